/* SPDX-License-Identifier: Apache-2.0 */

/* host-info: what machine it was. */

#include <stdlib.h>
#include <string.h>

#include <fett/cabinet.h>
#include <fett/cli.h>
#include <fett/examine.h>
#include <fett/hive.h>

static struct examine_host_filter filter;
static const char *categories[32];
static const char *list;
static bool known;

static const struct cli_option options[] = {
    { 'a', "all-sets", NULL, "also what control sets have in common with the one in use",
      .flag = &filter.all_sets },
    { 'b', "backups", NULL, "also hives that are kept as backups", .flag = &filter.backups },
    { 'c', "category", "LIST", "only facts of these: system, user, network ...", .text = &list,
      .filter = true },
    { 0, "all-hives", NULL, "find hives by their first bytes too", .flag = &filter.all_hives },
    { 0 },
};

/* What --category names, in a copy of it. */
static int prepare(struct cli *cli, struct error *error)
{
    static char copy[512];
    char *rest = NULL;

    (void)cli;
    if (!list)
        return 0;
    if (strlen(list) >= sizeof copy)
        return error_set(error, ERROR_USAGE, "--category: too long");
    strcpy(copy, list);
    for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
        if (filter.count == sizeof categories / sizeof *categories)
            return error_set(error, ERROR_USAGE, "--category: too many");
        categories[filter.count++] = part;
    }
    filter.categories = categories;
    if (filter.count == 0)
        return error_set(error, ERROR_USAGE, "--category: nothing is left");
    return examine_check_categories(&filter, error) != 0 ? error_prefix(error, "--category") : 0;
}

static int is_loose(const uint8_t *head, size_t size)
{
    return hive_is(head, size) || cabinet_is(head, size);
}

static const struct command command = {
    .name = "host-info",
    .summary = "tell what machine it was: name, Windows, zone, users, addresses, drives ...",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_DIRECTORIES,
    .main_type = RECORD_HOST,
    .table_fields = "category,subject,name,value,key_last_write,key",
    .options = options,
    .prepare = prepare,
    .is_loose = is_loose,
};

static void report(void *cli, struct error *error)
{
    if (error->kind == ERROR_UNSUPPORTED) /* said, but not lost by damage */
        error->kind = ERROR_DAMAGED;
    cli_report(cli, error);
}

static int write_record(void *cli, struct record *record)
{
    known |= record->type == RECORD_HOST;
    return cli_write(cli, record);
}

static int tell(struct cli *cli, struct object *object, void *context, struct error *error)
{
    (void)context;
    return examine_host(object, &filter, write_record, report, cli, error);
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0) {
        cli_each_object(&cli, tell, NULL, NULL);
        if (cli.outcome == OUTCOME_DONE && !known && !list)
            cli_warn(&cli, "nothing is known of the machine: no hive that was found tells of it");
    }
    return cli_end(&cli);
}
