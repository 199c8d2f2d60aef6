/* SPDX-License-Identifier: Apache-2.0 */

/* reg-runkeys: everything that starts by itself. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/cabinet.h>
#include <fett/cli.h>
#include <fett/examine.h>
#include <fett/wmi.h>

static bool no_default, enabled_only, settings;
static struct examine_autoruns_options how;

static const struct cli_option options[] = {
    { 'b', "backups", NULL, "all of backups, not only what nothing live has",
      .flag = &how.backups },
    { 'e', "enabled", NULL, "only what is in effect", .flag = &enabled_only },
    { 'n', "no-default", NULL, "not what Windows itself puts there", .flag = &no_default },
    { 0, "all-hives", NULL, "find hives by their first bytes too", .flag = &how.all_hives },
    { 0, "carve", NULL, "what hives in space that no live file owns start too", .flag = &how.carve },
    { 0, "history", NULL, "each once, with when it was seen first and last, over backups too",
      .flag = &how.history },
    { 0, "settings", NULL, "settings too that were tampered with", .flag = &settings },
    { 0 },
};

static int is_loose(const uint8_t *head, size_t size)
{
    return hive_is(head, size) || cabinet_is(head, size) || wmi_is_objects(head, size);
}

static int is_repository(const uint8_t *page, size_t size)
{
    return wmi_is_objects(page, size);
}

static const struct command command = {
    .name = "reg-runkeys",
    .summary = "find everything that starts by itself: registry, INI files, Startup folders",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_DIRECTORIES | CLI_SEARCH | CLI_ZONE,
    .main_type = RECORD_AUTORUN,
    .table_fields = "location,name,data,enabled,key_last_write,target.state,program,key",
    .options = options,
    .is_loose = is_loose,
    .is_loose_behind_zeros = is_repository,
};

static bool is_true(const struct record *record, enum record_field field)
{
    const struct value *value = record_get(record, field);

    return value && value->number;
}

/* Other control sets and backups keep what was in effect once; what is superseded
 * is never enabled. */
static bool is_in_effect(const struct record *record)
{
    const struct value *origin = record_get(record, FIELD_ORIGIN);

    return is_true(record, FIELD_ENABLED) && origin && strcmp(origin->text, "backup") != 0 &&
           (!record_get(record, FIELD_CURRENT) || is_true(record, FIELD_CURRENT));
}

static bool is_wanted(const struct record *record)
{
    const struct value *category = record_get(record, FIELD_CATEGORY);

    return (settings || !category || strcmp(category->text, "setting") != 0) &&
           !(no_default && is_true(record, FIELD_DEFAULT)) &&
           !(enabled_only && !is_in_effect(record));
}

static int write_autorun(void *cli, struct record *record)
{
    if (record->type == RECORD_AUTORUN && !is_wanted(record))
        return 0;
    return cli_write(cli, record);
}

static void report(void *cli, struct error *error)
{
    if (error->kind == ERROR_UNSUPPORTED) /* said, but not lost by damage */
        error->kind = ERROR_DAMAGED;
    cli_report(cli, error);
}

static int find(struct cli *cli, struct object *object, void *context, struct error *error)
{
    (void)context;
    return examine_autoruns(object, &how, write_autorun, report, cli, error);
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0)
        cli_each_object(&cli, find, NULL, NULL);
    return cli_end(&cli);
}
