/* SPDX-License-Identifier: Apache-2.0 */

/* Where records, content and gaps go, and what happens when they cannot. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_internal.h"

static unsigned terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    uint64_t number;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return columns && cli_parse_number(columns, &number, NULL) == 0 && number < 10000
               ? (unsigned)number
               : 80;
}

static bool wants_colour(void)
{
    const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");

    return !(no_colour && *no_colour) && terminal && strcmp(terminal, "dumb") != 0;
}

static int open_writer(struct cli *cli, enum record_type type, struct error *error)
{
    bool table = cli->format == FORMAT_TABLE;
    const struct record_writer_options options = {
        .format = cli->format < FORMAT_COUNT ? (enum record_format)cli->format : FORMAT_JSONL,
        .main_type = type,
        .fields = cli->fields,
        .table_fields = type == cli->command->main_type ? cli->command->table_fields : NULL,
        .width = table && cli->terminal ? terminal_width() : 0,
        .colour = table && cli->terminal && wants_colour(),
        .digest = cli->custody != NULL,
    };

    return record_writer_new(&cli->writer, STDOUT_FILENO, &options, error);
}

bool cli_has_format(const struct cli *cli, int format)
{
    return cli->command->flags & CLI_TIMELINE ||
           !record_format_is_timeline((enum record_format)format);
}

static int choose_format(struct cli *cli, struct error *error)
{
    const char *const *own = cli->command->formats;

    cli->terminal = isatty(STDOUT_FILENO);
    cli->format = cli->terminal ? FORMAT_TABLE : FORMAT_JSONL;
    if (!cli->format_name)
        return 0;
    cli->format = record_format_by_name(cli->format_name);
    if (cli->format >= 0 && !cli_has_format(cli, cli->format))
        cli->format = -1;
    for (int i = 0; cli->format < 0 && own && own[i]; i++)
        if (strcmp(own[i], cli->format_name) == 0)
            cli->format = FORMAT_COUNT + i;
    return cli->format < 0
               ? error_set(error, ERROR_USAGE, "--output: no such format: %s", cli->format_name)
               : 0;
}

int cli_open_records(const char *path, int flags, struct error *error)
{
    struct stat status;
    char first = '{';
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0666);

    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
        (pread(fd, &first, 1, 0) != 1 || first != '{')) {
        close(fd);
        return error_set(error, ERROR_USAGE, "%s: holds no records: not overwritten", path);
    }
    return fd < 0 ? error_set_errno(error, "cannot write: %s", path) : fd;
}

static bool is_same_file(int a, int b)
{
    struct stat left, right;

    return a >= 0 && b >= 0 && fstat(a, &left) == 0 && fstat(b, &right) == 0 &&
           S_ISREG(left.st_mode) && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

int cli_output_open(struct cli *cli, struct error *error)
{
    cli->gap_file = -1;
    if (cli->folder && mkdir(cli->folder, 0777) != 0 && errno != EEXIST)
        return error_set_errno(error, "cannot make folder: %s", cli->folder);
    if (cli->gaps) {
        const struct record_writer_options options = { .format = FORMAT_JSONL,
                                                       .main_type = RECORD_GAP };
        cli->gap_file = cli_open_records(cli->gaps, 0, error);
        if (cli->gap_file < 0)
            return -1;
        if (is_same_file(cli->gap_file, cli->custody_file))
            return error_set(error, ERROR_USAGE, "--gaps and --custody are the same file: %s",
                             cli->gaps);
        if (ftruncate(cli->gap_file, 0) != 0 && errno != EINVAL) /* a pipe has no length */
            return error_set_errno(error, "cannot write: %s", cli->gaps);
        if (record_writer_new(&cli->gap_writer, cli->gap_file, &options, error) != 0)
            return -1;
    }
    if (cli->command->flags & CLI_CONTENT)
        return cli->custody ? digest_init(&cli->digest, DIGEST_SHA256, error) : 0;
    if (choose_format(cli, error) != 0)
        return -1;
    return open_writer(cli, cli->command->main_type, error);
}

/* A failed output is told once. A closed pipe is told by the end of the process. */
static int output_failed(struct cli *cli, struct error *error)
{
    bool pipe_closed = errno == EPIPE;

    if (!cli->output_failed && !pipe_closed) {
        error_prefix(error, "standard output");
        error->kind = ERROR_SYSTEM;
        cli_report(cli, error);
    }
    cli->pipe_closed |= pipe_closed;
    cli->output_failed = true;
    return -1;
}

static bool shows_gaps(const struct cli *cli)
{
    return !(cli->command->flags & CLI_CONTENT) &&
           (cli->format == FORMAT_JSONL || cli->format == FORMAT_TABLE);
}

static const char *text_of(const struct record *record, enum record_field field)
{
    const struct value *value = record_get(record, field);

    return value && value->kind == VALUE_TEXT ? value->text : "";
}

static void tell_gap(struct cli *cli, const struct record *record)
{
    const struct value *offset = record_get(record, FIELD_OFFSET);
    const char *image = text_of(record, FIELD_IMAGE), *path = text_of(record, FIELD_PATH);
    const char *reason = text_of(record, FIELD_REASON);
    struct error error = ERROR_INIT;

    if (offset)
        error_set(&error, ERROR_DAMAGED, "%s%s%s: at %llu: %s", image, *path ? ": " : "", path,
                  (unsigned long long)offset->number, reason);
    else
        error_set(&error, ERROR_DAMAGED, "%s%s%s: %s", image, *path ? ": " : "", path, reason);
    cli_message(cli, error.text);
}

static int write_gap(struct cli *cli, struct record *record)
{
    struct error error = ERROR_INIT;

    cli->gap_records++;
    cli_raise(cli, OUTCOME_PARTIAL);
    if (cli->gap_writer && record_writer_write(cli->gap_writer, record, &error) != 0) {
        error_prefix(&error, "%s", cli->gaps);
        cli_report(cli, &error);
    }
    if (!shows_gaps(cli)) {
        tell_gap(cli, record);
        return 0;
    }
    if (cli->output_failed)
        return -1;
    if (record_writer_write(cli->writer, record, &error) != 0)
        return output_failed(cli, &error);
    cli->written.records++;
    return 0;
}

static unsigned clock_of(const struct value *value)
{
    if (value->kind != VALUE_TIME)
        return 0;
    if (value->time.state == INSTANT_LOCAL && value->time.precision != PRECISION_DAY)
        return CLI_LOCAL_TIMES;
    return value->time.state == INSTANT_CONVERTED ? CLI_CONVERTED_TIMES : 0;
}

static unsigned clocks_of_value(const struct value *value)
{
    unsigned clocks = clock_of(value);

    for (size_t m = 0; value->kind == VALUE_OBJECT && m < value->length; m++)
        clocks |= clock_of(&value->members[m].value);
    return clocks;
}

static inline unsigned clocks_of_field(const struct record *record, enum record_field field)
{
    const struct value *value = record_get(record, field);

    return value ? clocks_of_value(value) : 0;
}

/* Whether times of the record are by a clock whose zone is not known, or was converted. */
static unsigned clocks_of(const struct record *record)
{
    return clocks_of_field(record, FIELD_DATETIME) | clocks_of_field(record, FIELD_BTIME) |
           clocks_of_field(record, FIELD_MTIME) | clocks_of_field(record, FIELD_ATIME) |
           clocks_of_field(record, FIELD_CTIME) | clocks_of_field(record, FIELD_FACTS) |
           clocks_of_field(record, FIELD_TARGET);
}

/* Write a record that is no gap, to the output or a part of it. 0 or -1. */
static int write_counted(const struct cli *cli, struct record_writer *writer,
                         struct cli_tally *tally, struct record *record, struct error *error)
{
    if (record_writer_write(writer, record, error) != 0)
        return -1;
    tally->records++;
    tally->main_records += record->type == cli->command->main_type;
    if (tally->clocks != CLI_ALL_CLOCKS)
        tally->clocks |= clocks_of(record);
    return 0;
}

static void count_main(struct cli *cli, uint64_t records)
{
    cli->written.records += records;
    cli->written.main_records += records;
}

int cli_write(void *context, struct record *record)
{
    struct cli *cli = context;
    struct error error;

    error_clear(&error);
    if (cli->host)
        record_text(record, FIELD_HOST, cli->host);
    if (record->type == RECORD_GAP)
        return write_gap(cli, record);
    if (cli->output_failed)
        return -1;
    if (write_counted(cli, cli->writer, &cli->written, record, &error) != 0)
        return output_failed(cli, &error);
    return 0;
}

struct part {
    struct cli *cli;
    struct record_writer *writer;
    struct cli_tally written;
};

bool cli_divides(const struct cli *cli)
{
    return record_writer_divides(cli->writer);
}

void *cli_part_new(void *context)
{
    struct cli *cli = context;
    struct part *part = calloc(1, sizeof *part);

    if (!part)
        return NULL;
    part->cli = cli;
    if (record_writer_new_part(&part->writer, cli->writer, NULL) != 0) {
        free(part);
        return NULL;
    }
    return part;
}

void cli_part_free(void *context)
{
    struct part *part = context;

    if (part)
        record_writer_free(part->writer);
    free(part);
}

int cli_part_add(void *context, struct record *record)
{
    struct part *part = context;

    if (part->cli->host)
        record_text(record, FIELD_HOST, part->cli->host);
    return write_counted(part->cli, part->writer, &part->written, record, NULL);
}

int cli_join(void *context, void *filled)
{
    struct cli *cli = context;
    struct part *part = filled;
    struct error error = ERROR_INIT;

    if (cli->output_failed)
        return -1;
    if (record_writer_join(cli->writer, part->writer, &error) != 0)
        return output_failed(cli, &error);
    cli->written.records += part->written.records;
    cli->written.main_records += part->written.main_records;
    cli->written.clocks |= part->written.clocks;
    part->written = (struct cli_tally){ 0 };
    return 0;
}

int cli_write_content(struct cli *cli, const void *data, size_t size, uint64_t records)
{
    const char *at = data;
    struct error error = ERROR_INIT;

    if (cli->output_failed)
        return -1;
    if (cli->digest.context)
        digest_update(&cli->digest, data, size);
    count_main(cli, records);
    while (size > 0) {
        ssize_t done = write(STDOUT_FILENO, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0) {
            error_set_errno(&error, "cannot write");
            return output_failed(cli, &error);
        }
        at += done;
        size -= (size_t)done;
    }
    return 0;
}

int cli_set_main_type(struct cli *cli, enum record_type type)
{
    struct error error = ERROR_INIT;

    if (record_writer_set_main_type(cli->writer, type, &error) == 0)
        return 0;
    cli_report(cli, &error);
    return -1;
}

int cli_filter(struct cli *cli, struct record_filter *filter, struct record_line *line,
               struct error *error)
{
    struct error reason = ERROR_INIT;
    uint64_t before = record_writer_count(cli->writer);

    if (cli->output_failed)
        return -1;
    errno = 0;
    int result = line ? record_filter_write(filter, cli->writer, line, &reason)
                      : record_filter_finish(filter, cli->writer, &reason);
    count_main(cli, record_writer_count(cli->writer) - before);
    if (result == 0)
        return 0;
    if (reason.kind == ERROR_SYSTEM)
        return output_failed(cli, &reason);
    return error_set(error, reason.kind, "%s", reason.text);
}

void cli_output_close(struct cli *cli)
{
    struct error error = ERROR_INIT;

    if (cli->writer && !cli->output_failed && record_writer_flush(cli->writer, &error) != 0)
        output_failed(cli, &error);
    if (cli->gap_writer && record_writer_flush(cli->gap_writer, &error) != 0) {
        error_prefix(&error, "%s", cli->gaps);
        cli_report(cli, &error);
    }
    if (cli->gap_file >= 0 && close(cli->gap_file) != 0) {
        error_set_errno(&error, "cannot write: %s", cli->gaps);
        cli_report(cli, &error);
    }
    /* A full disk may tell only now. */
    errno = 0;
    if (close(STDOUT_FILENO) != 0 && errno != EBADF && !cli->output_failed) {
        error_set_errno(&error, "cannot close");
        output_failed(cli, &error);
    }
    for (int i = 0; cli->writer && i < RECORD_TYPE_COUNT; i++) {
        uint64_t left_out = record_writer_left_out(cli->writer, (enum record_type)i);
        if (left_out > 0)
            cli_warn(cli, "%llu records of type %s have no place in this format",
                     (unsigned long long)left_out, record_type_name((enum record_type)i));
    }
}

void cli_output_release(struct cli *cli)
{
    record_writer_free(cli->writer);
    record_writer_free(cli->gap_writer);
    digest_release(&cli->digest);
}
