/* SPDX-License-Identifier: Apache-2.0 */

/* fs-cat: content of files, or of the bytes that records name. */

#include <stdio.h>

#include <fett/cli.h>
#include <fett/examine.h>

enum { ROW = 16 };

static bool hex;
static struct examine_filter filter = EXAMINE_FILTER_ALL;

static const struct cli_option options[] = {
    { 'n', "name", "PATTERN", "with -d: only files whose name matches, without case",
      .text = &filter.name, .filled = true },
    { 'r', "deleted", NULL, "with -d: only deleted files", .flag = &filter.deleted },
    { 'x', "hex", NULL, "in hex, with offsets", .flag = &hex },
    { 0 },
};

static int prepare(struct cli *cli, struct error *error)
{
    if (!cli->folder && (filter.name || filter.deleted))
        return error_set(error, ERROR_USAGE, "--name and --deleted need --directory");
    return 0;
}

static const struct command command = {
    .name = "fs-cat",
    .summary = "write the content of files, or the bytes that records name",
    .operands = "OBJECT...",
    .flags = CLI_OBJECTS | CLI_DIRECTORIES | CLI_STDIN_OBJECTS | CLI_CONTENT | CLI_FOLDER,
    .main_type = RECORD_FILE,
    .options = options,
    .prepare = prepare,
};

static int write_hex(struct cli *cli, uint64_t offset, const uint8_t *data, size_t size)
{
    struct buffer text = BUFFER_INIT;

    for (size_t at = 0; at < size; at += ROW) {
        buffer_add_format(&text, "%012llx ", (unsigned long long)(offset + at));
        for (size_t i = at; i < at + ROW; i++)
            buffer_add_format(&text, i < size ? " %02x" : "   ", i < size ? data[i] : 0);
        buffer_add_text(&text, "  ");
        for (size_t i = at; i < at + ROW && i < size; i++)
            buffer_add_byte(&text, data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.');
        buffer_add_byte(&text, '\n');
    }
    int result = cli_write_content(cli, buffer_text(&text), text.length, 0);
    buffer_release(&text);
    return result;
}

/* Offsets of a range of the media are those of the media. */
static uint64_t first_offset;

static int write_data(void *context, uint64_t offset, const void *data, size_t size)
{
    return hex ? write_hex(context, first_offset + offset, data, size)
               : cli_write_content(context, data, size, 0);
}

static void report(void *context, struct error *error)
{
    /* What has no content, or lost it, is no failure of the others. */
    if (error->kind == ERROR_UNSUPPORTED)
        error->kind = ERROR_DAMAGED;
    cli_report(context, error);
}

/* Put the name of what could not be read before the reason. */
static int name_object(const struct object *object, struct error *error)
{
    const char *name = object->evidence->name;
    struct file file;

    if (object->kind != OBJECT_FILE || !object->filesystem ||
        tree_file(filesystem_tree(object->filesystem), object->handle, &file, NULL) != 0)
        return error_prefix(error, "%s", name);
    return error_prefix(error, "%s:%s:%.*s", name, object->volume->name, (int)file.path_length,
                        file.path);
}

static int cat(struct cli *cli, struct object *object, void *context, struct error *error)
{
    struct reader *reader;
    uint64_t files = 0;

    (void)context;
    if (cli->folder) {
        int result = examine_recover(object, cli->folder, cli->operand_count > 1, cli->line,
                                     &filter, report, cli, &files, error);
        cli_note(cli, "%llu files written", (unsigned long long)files);
        return result;
    }
    if (object_open(object, &reader, error) != 0)
        return name_object(object, error);
    first_offset = object->kind == OBJECT_FILE ? 0 : object->offset;
    int result = examine_content(reader, write_data, cli, error);
    reader_free(reader);
    return result != 0 && error->kind == ERROR_DAMAGED ? name_object(object, error) : result;
}

int main(int argc, char **argv)
{
    struct cli cli;

    if (cli_begin(&cli, &command, argc, argv) == 0)
        cli_each_object(&cli, cat, NULL, NULL);
    return cli_end(&cli);
}
