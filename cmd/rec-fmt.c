/* SPDX-License-Identifier: Apache-2.0 */

/* rec-fmt: convert, project, filter, sort records. */

#include <fett/cli.h>
#include <fett/record_filter.h>

static struct cli_list conditions;
static const char *sort;
static struct record_filter *filter;

static const struct cli_option options[] = {
    { 's', "sort", "FIELD,...", "sort by these; -FIELD downwards", .text = &sort },
    { 'w', "where", "CONDITION", "only records with FIELD OP VALUE; OP: = != < <= > >= ~ ?",
      .list = &conditions, .filter = true },
    { 0 },
};

static int prepare(struct cli *cli, struct error *error)
{
    (void)cli;
    if (record_filter_new(&filter, error) != 0)
        return -1;
    for (size_t i = 0; i < conditions.count; i++)
        if (record_filter_add(filter, conditions.items[i], error) != 0)
            return error_prefix(error, "--where");
    if (sort && record_filter_sort(filter, sort, NULL, error) != 0)
        return error_prefix(error, "--sort");
    return 0;
}

static const struct command command = {
    .name = "rec-fmt",
    .summary = "convert, filter, project and sort records",
    .operands = "[FILE...]",
    .flags = CLI_STDIN_RECORDS | CLI_TIMELINE,
    .main_type = RECORD_TYPE_COUNT,
    .options = options,
    .prepare = prepare,
};

static int pass(struct cli *cli, struct record_line *line, void *context, struct error *error)
{
    (void)context;
    return cli_filter(cli, filter, line, error);
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0) {
        if (record_filter_type(filter) != RECORD_TYPE_COUNT)
            cli_set_main_type(&cli, record_filter_type(filter));
        cli_each_record(&cli, pass, NULL);
        cli_filter(&cli, filter, NULL, NULL);
    }
    record_filter_free(filter);
    return cli_end(&cli);
}
