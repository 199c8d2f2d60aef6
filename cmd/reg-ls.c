/* SPDX-License-Identifier: Apache-2.0 */

/* reg-ls: keys and values of hives. */

#include <string.h>

#include <fett/cabinet.h>
#include <fett/cli.h>
#include <fett/examine.h>
#include <fett/hive.h>

static struct examine_registry_filter filter = { .keys = true, .values = true };
static const char *types = "key,value", *depth;
static bool recursive, found;

static const struct cli_option options[] = {
    { 'D', "deleted", NULL, "only what was deleted", .flag = &filter.deleted, .filter = true },
    { 'k', "key", "PATTERN", "only keys whose path matches, without case; ** any depth",
      .text = &filter.key, .filter = true },
    { 'L', "live", NULL, "not what was deleted (with -D: this too)", .flag = &filter.live },
    { 'n', "name", "PATTERN", "only values whose name matches, without case",
      .text = &filter.value, .filter = true },
    { 'r', "recursive", NULL, "with -k: all below the keys that match too", .flag = &recursive },
    { 't', "type", "LIST", "records of these types: key, value", .text = &types },
    { 0, "all-hives", NULL, "find hives by their first bytes too", .flag = &filter.all_hives },
    { 0, "carve", NULL, "hives in space that no live file owns too", .flag = &filter.carve },
    { 0, "depth", "LEVELS", "with -k: so many levels below too", .text = &depth },
    { 0 },
};

static int set_types(struct error *error)
{
    filter.keys = filter.values = false;
    for (const char *at = types; *at;) {
        size_t length = strcspn(at, ",");
        if (length == 3 && strncmp(at, "key", 3) == 0)
            filter.keys = true;
        else if (length == 5 && strncmp(at, "value", 5) == 0)
            filter.values = true;
        else
            return error_set(error, ERROR_USAGE, "--type: key, value or both, not %s", types);
        at += length + (at[length] == ',');
    }
    if (!filter.keys && !filter.values)
        return error_set(error, ERROR_USAGE, "--type: nothing is left");
    if (filter.value && !filter.values)
        return error_set(error, ERROR_USAGE, "--name is about values, --type about keys alone");
    return 0;
}

static struct command command;

static int prepare(struct cli *cli, struct error *error)
{
    (void)cli;
    if (set_types(error) != 0)
        return -1;
    if (!filter.values)
        command.main_type = RECORD_KEY;
    if (depth && cli_parse_number(depth, &filter.depth, error) != 0)
        return error_prefix(error, "--depth");
    if (recursive)
        filter.depth = UINT64_MAX;
    if (filter.key && examine_check_key_pattern(filter.key, error) != 0)
        return error_prefix(error, "--key");
    return 0;
}

static int is_loose(const uint8_t *head, size_t size)
{
    return hive_is(head, size) || cabinet_is(head, size);
}

static struct command command = {
    .name = "reg-ls",
    .summary = "list keys and values of registry hives, Windows NT and 9x",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_DIRECTORIES,
    .main_type = RECORD_VALUE,
    .table_fields = "key,name,data_type,data,key_last_write,origin",
    .options = options,
    .is_loose = is_loose,
    .prepare = prepare,
};

/* A key is a result too where values are the main type. */
static int write_record(void *cli, struct record *record)
{
    if (record->type == RECORD_KEY)
        cli_raise(cli, OUTCOME_DONE);
    found |= record->type != RECORD_GAP;
    return cli_write(cli, record);
}

static void report(void *cli, struct error *error)
{
    if (error->kind == ERROR_UNSUPPORTED) /* said, but not lost by damage */
        error->kind = ERROR_DAMAGED;
    cli_report(cli, error);
}

static int list(struct cli *cli, struct object *object, void *context, struct error *error)
{
    (void)context;
    return examine_registry(object, &filter, write_record, report, cli, error);
}

/* Whether it need not be for want of a hive that nothing is told. */
static bool filtered(void)
{
    return filter.key || filter.value || filter.deleted || filter.carve;
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0) {
        cli_each_object(&cli, list, NULL, NULL);
        if (cli.outcome == OUTCOME_DONE && !found && !filtered())
            cli_warn(&cli, "no registry hive was found");
    }
    return cli_end(&cli);
}
