/* SPDX-License-Identifier: Apache-2.0 */

/* ioc-strings: indicators in every byte, each named by the file it lies in. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <fett/cli.h>
#include <fett/examine.h>

static struct examine_strings_options search = { .ioc = IOC_OPTIONS_DEFAULT, .to = UINT64_MAX };
static struct examine_strings_request request = EXAMINE_STRINGS_REQUEST_DEFAULT;
static const char *range, *shard;
static struct cli_list words, word_files, stop_lists, baselines;
static struct histogram_filter histogram = { .sink = cli_write };
static bool all, text, counts;

static void show_noise(void)
{
    for (size_t i = 0; ioc_noise_host(i); i++)
        printf("%s\t%s\n", ioc_noise_host(i), ioc_noise_reason(i));
}

static const struct cli_option options[] = {
    { 'a', "all", NULL, "weak ones and noise hosts too", .flag = &all },
    { 0, "baseline", "FILE", "leave out the values of a clean system's records",
      .list = &baselines },
    { 0, "decode", "CODING,...", "also in base64, gzip, zlib, zip, deflate, pdf, xor, qp, html; all",
      .text = &request.codings },
    { 'e', "keyword", "WORD", "this text, in all encodings", .list = &words },
    { 'f', "keyword-file", "FILE", "the texts of this file, a line each", .list = &word_files },
    { 0, "histogram", NULL, "count by value instead: how often, in how many files, where first",
      .flag = &counts },
    { 'i', "ignore-case", NULL, "keywords without case", .flag = &request.nocase },
    { 'k', "kind", "KIND,...", "only these kinds; all for every one", .text = &request.kinds },
    { 0, "min-confidence", "N", "only those at least this sure (default: 50)",
      .number = &request.min_confidence },
    { 'n', "noise", NULL, "give the hosts of the noise list too", .flag = &search.ioc.noise },
    { 0, "noise-list", NULL, "show the noise list: host and what it is, and exit",
      .show = show_noise },
    { 0, "range", "A-B", "only what starts in bytes A to B of the object, B not included",
      .text = &range },
    { 0, "shard", "I/N", "only part I of N; parts put together are the whole", .text = &shard },
    { 0, "stop", "FILE", "leave out the values, .suffixes and networks of this list",
      .list = &stop_lists },
    { 0, "strings", "N", "all printable strings of at least N characters (default: 4)",
      .number = &request.least, .fallback = "4" },
    { 0, "text", NULL, "the operand - is plain bytes, not records", .flag = &text },
    { 0 },
};

static void report(void *context, struct error *error)
{
    cli_report(context, error);
}

static struct examine_texts texts(const struct cli_list *list)
{
    return (struct examine_texts){ list->items, list->count };
}

static struct command command;

static int prepare(struct cli *cli, struct error *error)
{
    if (text && (cli->operand_count != 1 || strcmp(cli->operands[0], "-") != 0))
        return error_set(error, ERROR_USAGE, "--text takes the operand - and no other");
    if (range && shard)
        return error_set(error, ERROR_USAGE, "--range and --shard are not for one run");
    if (range && cli_parse_range(range, &search.from, &search.to, error) != 0)
        return error_prefix(error, "--range");
    if (shard && cli_parse_part(shard, &search.shard, &search.shards, error) != 0)
        return error_prefix(error, "--shard");
    if (counts) {
        command.main_type = RECORD_COUNT;
        command.table_fields = "count,kind,value,files,image,offset";
        histogram.context = cli;
        if (!(histogram.histogram = histogram_new()))
            return error_set_memory(error);
    }
    search.threads = (unsigned)cli->threads;
    search.progress = cli_progress;
    search.progress_context = cli;
    search.ioc.noise |= all;
    request.min_confidence = all ? 0 : request.min_confidence;
    request.words = texts(&words);
    request.word_files = texts(&word_files);
    request.stop_lists = texts(&stop_lists);
    request.baselines = texts(&baselines);
    return examine_strings_prepare(&search, &request, report, cli, error);
}

static struct command command = {
    .name = "ioc-strings",
    .summary = "find hosts, URLs, addresses, keywords and more in every byte of the evidence",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_DIRECTORIES | CLI_STDIN_OBJECTS | CLI_SEARCH | CLI_ZONE,
    .main_type = RECORD_INDICATOR,
    .table_fields = "kind,value,encoding,confidence,area,state,offset,file_offset,path",
    .options = options,
    .prepare = prepare,
};

static int find(struct cli *cli, struct object *object, void *context, struct error *error)
{
    return examine_strings(object, cli->line, &search, context,
                           counts ? histogram_sink : cli_write,
                           counts ? (void *)&histogram : cli, error);
}

static void tell_held_back(struct cli *cli, const struct ioc_held_back *held_back)
{
    if (held_back->stopped > 0)
        cli_warn(cli, "left out by --stop and --baseline: %llu",
                 (unsigned long long)held_back->stopped);
    if (held_back->limited > 0)
        cli_warn(cli, "encoded units that were not decoded to their end: %llu",
                 (unsigned long long)held_back->limited);
    if (held_back->weak + held_back->noise > 0)
        cli_warn(cli, "held back: %llu below the confidence, %llu noise hosts (-a gives all)",
                 (unsigned long long)held_back->weak, (unsigned long long)held_back->noise);
}

int main(int argc, char **argv)
{
    struct cli cli;
    struct ioc_held_back held_back = { 0 };
    struct error error = ERROR_INIT;
    int result = 0;

    if (cli_begin(&cli, &command, argc, argv) == 0) {
        if (text)
            result = examine_strings_text(STDIN_FILENO, "-", &search, &held_back,
                                          counts ? histogram_sink : cli_write,
                                          counts ? (void *)&histogram : &cli, &error);
        else
            cli_each_object(&cli, find, NULL, &held_back);
        if (histogram.out_of_memory)
            result = error_set_memory(&error);
        else if (result == 0 && counts)
            result = histogram_each(histogram.histogram, cli_write, &cli, &error);
        if (result != 0)
            cli_report(&cli, &error);
        tell_held_back(&cli, &held_back);
    }
    histogram_free(histogram.histogram);
    examine_strings_release(&search);
    return cli_end(&cli);
}
