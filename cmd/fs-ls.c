/* SPDX-License-Identifier: Apache-2.0 */

/* fs-ls: files of an image as records. */

#include <fett/cli.h>
#include <fett/examine.h>

static struct examine_filter filter = EXAMINE_FILTER_ALL;
static const char *smallest, *largest, *after, *before;

static const struct cli_option options[] = {
    { 'a', "allocated", NULL, "only allocated files (with -r, -O: these too)",
      .flag = &filter.allocated, .filter = true },
    { 'n', "name", "PATTERN", "only files whose name matches, without case",
      .text = &filter.name, .filter = true, .filled = true },
    { 'O', "orphan", NULL, "only orphans", .flag = &filter.orphan, .filter = true },
    { 'p', "path", "PATTERN", "only files whose path matches, without case",
      .text = &filter.path, .filter = true, .filled = true },
    { 'r', "deleted", NULL, "only deleted files", .flag = &filter.deleted, .filter = true },
    { 0, "min-size", "SIZE", "only files of at least this size", .text = &smallest,
      .filter = true },
    { 0, "max-size", "SIZE", "only files of at most this size", .text = &largest,
      .filter = true },
    { 0, "after", "TIME", "only files with a time at or after this", .text = &after,
      .filter = true },
    { 0, "before", "TIME", "only files with a time at or before this", .text = &before,
      .filter = true },
    { 0 },
};

static int prepare(struct cli *cli, struct error *error)
{
    if (smallest && cli_parse_size(smallest, &filter.smallest, error) != 0)
        return error_prefix(error, "--min-size");
    if (largest && cli_parse_size(largest, &filter.largest, error) != 0)
        return error_prefix(error, "--max-size");
    if (after && cli_parse_time(cli, after, &filter.after, error) != 0)
        return error_prefix(error, "--after");
    if (before && cli_parse_time_end(cli, before, &filter.before, error) != 0)
        return error_prefix(error, "--before");
    return 0;
}

static const struct command command = {
    .name = "fs-ls",
    .summary = "list the files of images: live, deleted and orphan, with all streams and times",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_DIRECTORIES | CLI_STDIN_OBJECTS | CLI_ZONE,
    .main_type = RECORD_FILE,
    .table_fields = "volume,inode,state,size,mtime,btime,path",
    .options = options,
    .prepare = prepare,
};

static int list(struct cli *cli, struct object *object, void *context, struct error *error)
{
    (void)context;
    return examine_files(object, cli->line != NULL, &filter, cli_write, cli, error);
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0)
        cli_each_object(&cli, list, NULL, NULL);
    return cli_end(&cli);
}
