/* SPDX-License-Identifier: Apache-2.0 */

/* img-verify: whether an image is whole. */

#include <stdlib.h>

#include <fett/cli.h>
#include <fett/examine.h>

enum { MOST_EXPECTED = 16 };

static struct cli_list expected;
static bool ignore_files;
static struct verify_expectation expectations[MOST_EXPECTED];

static const struct cli_option options[] = {
    { 'e', "expect", "ALGORITHM:HEX", "compare with this digest (repeatable)",
      .list = &expected },
    { 0, "no-files", NULL, "do not look for digest files beside the image",
      .flag = &ignore_files },
    { 0 },
};

static int prepare(struct cli *cli, struct error *error)
{
    (void)cli;
    if (expected.count > MOST_EXPECTED)
        return error_set(error, ERROR_USAGE, "--expect: at most %d", MOST_EXPECTED);
    for (size_t i = 0; i < expected.count; i++)
        if (verify_parse_expectation(&expectations[i], expected.items[i], error) != 0)
            return error_prefix(error, "--expect");
    return 0;
}

static const struct command command = {
    .name = "img-verify",
    .summary = "read an image whole and compare its digests",
    .operands = "IMAGE...",
    .flags = CLI_OBJECTS,
    .main_type = RECORD_IMAGE,
    .table_fields = "verdict,format,size,md5,sha1,sha256",
    .options = options,
    .prepare = prepare,
};

static int verify(struct cli *cli, struct object *object, void *context, struct error *error)
{
    const struct verify_options verify_options = {
        .expected = expectations,
        .expected_count = expected.count,
        .ignore_files = ignore_files,
        .progress = cli_progress,
        .context = cli,
    };
    enum verify_verdict verdict = VERIFY_NOTHING;
    int result = examine_verify(object, &verify_options, &verdict, cli_write, cli, error);

    (void)context;
    if (result == 0 && verdict != VERIFY_MATCH)
        cli_raise(cli, OUTCOME_DIFFERS);
    return result;
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0)
        cli_each_object(&cli, verify, NULL, NULL);
    return cli_end(&cli);
}
