/* SPDX-License-Identifier: Apache-2.0 */

/* ioc-strings: indicators in every byte, each named by the file it lies in. */

#include <string.h>
#include <unistd.h>

#include <fett/cli.h>
#include <fett/examine.h>

static struct examine_strings_options strings = { .ioc = IOC_OPTIONS_DEFAULT };
static const char *kinds, *confidence;
static bool all, text;

static const struct cli_option options[] = {
    { 'a', "all", NULL, "weak ones and noise hosts too", .flag = &all },
    { 'k', "kind", "KIND,...", "only these kinds; all for every one", .text = &kinds },
    { 'n', "noise", NULL, "give the hosts of the noise list too", .flag = &strings.ioc.noise },
    { 0, "min-confidence", "N", "only those at least this sure (default: 50)",
      .text = &confidence },
    { 0, "text", NULL, "the operand - is plain bytes, not records", .flag = &text },
    { 0 },
};

static int parse_kinds(struct error *error)
{
    strings.ioc.kinds = 0;
    for (const char *at = kinds; at; at = *at ? at + 1 : NULL) {
        char name[16] = "";
        size_t length = strcspn(at, ",");
        if (length < sizeof name)
            memcpy(name, at, length);
        int kind = ioc_kind_by_name(name);
        if (kind < 0 && strcmp(name, "all") != 0)
            return error_set(error, ERROR_USAGE, "--kind: no such kind: %.*s", (int)length, at);
        strings.ioc.kinds |= kind < 0 ? IOC_KINDS_ALL : 1u << kind;
        at += length;
    }
    return 0;
}

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
    return kinds ? parse_kinds(error) : 0;
}

static const struct command command = {
    .name = "ioc-strings",
    .summary = "find hosts, URLs, addresses and mail addresses in every byte of the evidence",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_STDIN_OBJECTS | CLI_SEARCH | CLI_THREADS | CLI_ZONE,
    .main_type = RECORD_INDICATOR,
    .table_fields = "kind,value,encoding,confidence,area,state,offset,file_offset,path",
    .options = options,
    .prepare = prepare,
};

static int find(struct cli *cli, struct object *object, void *context, struct error *error)
{
    return examine_strings(object, &strings, context, cli_write, cli, error);
}

static void find_text(struct cli *cli, struct ioc_held_back *held_back)
{
    struct error error = ERROR_INIT;

    if (examine_strings_text(STDIN_FILENO, "-", &strings, held_back, cli_write, cli, &error) != 0)
        cli_report(cli, &error);
}

int main(int argc, char **argv)
{
    struct cli cli;
    struct ioc_held_back held_back = { 0 };

    if (cli_begin(&cli, &command, argc, argv) == 0) {
        if (text)
            find_text(&cli, &held_back);
        else
            cli_each_object(&cli, find, NULL, &held_back);
    }
    if (held_back.weak + held_back.noise > 0)
        cli_warn(&cli, "held back: %llu below the confidence, %llu noise hosts (-a gives all)",
                 (unsigned long long)held_back.weak, (unsigned long long)held_back.noise);
    return cli_end(&cli);
}
