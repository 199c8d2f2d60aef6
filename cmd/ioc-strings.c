/* SPDX-License-Identifier: Apache-2.0 */

/* ioc-strings: indicators in every byte, each named by the file it lies in. */

#include <string.h>
#include <unistd.h>

#include <fett/cli.h>
#include <fett/examine.h>

static struct examine_strings_options strings = { .ioc = IOC_OPTIONS_DEFAULT, .to = UINT64_MAX };
static const char *kinds, *confidence, *range, *shard;
static struct cli_list stop_lists, baselines;
static struct ioc_stop *stop;
static struct histogram *histogram;
static bool all, text, counts;

static const struct cli_option options[] = {
    { 'a', "all", NULL, "weak ones and noise hosts too", .flag = &all },
    { 0, "baseline", "FILE", "leave out the values of a clean system's records",
      .list = &baselines },
    { 0, "histogram", NULL, "count by value instead: how often, in how many files, where first",
      .flag = &counts },
    { 'k', "kind", "KIND,...", "only these kinds; all for every one", .text = &kinds },
    { 'n', "noise", NULL, "give the hosts of the noise list too", .flag = &strings.ioc.noise },
    { 0, "min-confidence", "N", "only those at least this sure (default: 50)",
      .text = &confidence },
    { 0, "range", "A-B", "only what starts in bytes A to B of the object, B not included",
      .text = &range },
    { 0, "shard", "I/N", "only part I of N; all parts put together are the whole",
      .text = &shard },
    { 0, "stop", "FILE", "leave out the values, .suffixes and networks of this list",
      .list = &stop_lists },
    { 0, "text", NULL, "the operand - is plain bytes, not records", .flag = &text },
    { 0 },
};

static void report(void *context, struct error *error)
{
    cli_report(context, error);
}

static int load_lists(struct cli *cli, struct error *error)
{
    const struct examine_stop_files files = { stop_lists.items, baselines.items,
                                              stop_lists.count, baselines.count };
    int result = examine_load_stop(&stop, &files, report, cli, error);

    strings.stop = stop;
    return result;
}

static struct command command;

static int prepare(struct cli *cli, struct error *error)
{
    uint64_t number = all ? 0 : strings.ioc.min_confidence;

    if (text && (cli->operand_count != 1 || strcmp(cli->operands[0], "-") != 0))
        return error_set(error, ERROR_USAGE, "--text takes the operand - and no other");
    strings.threads = (unsigned)cli->threads;
    strings.progress = cli_progress;
    strings.progress_context = cli;
    strings.ioc.noise |= all;
    if (confidence && (cli_parse_number(confidence, &number, error) != 0 || number > 100))
        return error_set(error, ERROR_USAGE, "--min-confidence: from 0 to 100: %s", confidence);
    strings.ioc.min_confidence = (unsigned)number;
    if (range && shard)
        return error_set(error, ERROR_USAGE, "--range and --shard are not for one run");
    if (range && cli_parse_range(range, &strings.from, &strings.to, error) != 0)
        return error_prefix(error, "--range");
    if (shard && cli_parse_part(shard, &strings.shard, &strings.shards, error) != 0)
        return error_prefix(error, "--shard");
    if (kinds && ioc_parse_kinds(kinds, &strings.ioc.kinds, error) != 0)
        return error_prefix(error, "--kind");
    if (counts) {
        histogram = histogram_new();
        command.main_type = RECORD_COUNT;
        command.table_fields = "count,kind,value,files,image,offset";
        if (!histogram)
            return error_set_memory(error);
    }
    return load_lists(cli, error);
}

static struct command command = {
    .name = "ioc-strings",
    .summary = "find hosts, URLs, addresses and mail addresses in every byte of the evidence",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_STDIN_OBJECTS | CLI_SEARCH | CLI_THREADS | CLI_ZONE,
    .main_type = RECORD_INDICATOR,
    .table_fields = "kind,value,encoding,confidence,area,state,offset,file_offset,path",
    .options = options,
    .prepare = prepare,
};

/* Indicators are counted, gaps are told. */
static int count(void *context, struct record *record)
{
    struct error error = ERROR_INIT;

    if (record->type != RECORD_INDICATOR)
        return cli_write(context, record);
    if (histogram_add(histogram, record) == 0)
        return 0;
    error_set_memory(&error);
    cli_report(context, &error);
    return -1;
}

static int find(struct cli *cli, struct object *object, void *context, struct error *error)
{
    return examine_strings(object, &strings, context, counts ? count : cli_write, cli, error);
}

static void find_text(struct cli *cli, struct ioc_held_back *held_back)
{
    struct error error = ERROR_INIT;

    if (examine_strings_text(STDIN_FILENO, "-", &strings, held_back,
                             counts ? count : cli_write, cli, &error) != 0)
        cli_report(cli, &error);
}

int main(int argc, char **argv)
{
    struct cli cli;
    struct ioc_held_back held_back = { 0 };
    struct error error = ERROR_INIT;

    if (cli_begin(&cli, &command, argc, argv) == 0) {
        if (text)
            find_text(&cli, &held_back);
        else
            cli_each_object(&cli, find, NULL, &held_back);
        if (histogram && histogram_each(histogram, cli_write, &cli, &error) != 0)
            cli_report(&cli, &error);
    }
    histogram_free(histogram);
    ioc_stop_free(stop);
    if (held_back.stopped > 0)
        cli_warn(&cli, "left out by --stop and --baseline: %llu",
                 (unsigned long long)held_back.stopped);
    if (held_back.weak + held_back.noise > 0)
        cli_warn(&cli, "held back: %llu below the confidence, %llu noise hosts (-a gives all)",
                 (unsigned long long)held_back.weak, (unsigned long long)held_back.noise);
    return cli_end(&cli);
}
