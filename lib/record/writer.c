/* SPDX-License-Identifier: Apache-2.0 */

/* writer: records to a descriptor, see record_writer.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/digest.h>

#include "event_lines.h"
#include "json.h"
#include "line.h"
#include "writer.h"

enum { OUTPUT_SIZE = 1 << 20, LARGE_SIZE = 1 << 16 };

struct record_writer {
    int fd;                       /* -1: of a part, whose text stays in `output` */
    struct record_writer_options options;
    struct columns columns;
    struct event_lines lines;     /* FORMAT_BODY, FORMAT_MACTIME */
    struct table *table;          /* FORMAT_TABLE, once the columns are known */
    bool begun;                   /* columns are settled, the header line is written */
    uint64_t count;
    uint64_t type_count[RECORD_TYPE_COUNT + 1]; /* the last: unknown types */
    uint64_t left_out[RECORD_TYPE_COUNT + 1];
    struct buffer output;
    struct buffer text, cell;     /* to work with */
    struct json_front front;      /* FORMAT_JSONL: of the line written last */
    struct record_reader *parser;
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];    /* of a finished digest */
    struct error failure;         /* once output failed */
};

static const char *const format_names[FORMAT_COUNT] = {
    [FORMAT_JSONL] = "jsonl", [FORMAT_TABLE] = "table", [FORMAT_TSV] = "tsv", [FORMAT_CSV] = "csv",
    [FORMAT_BODY] = "body", [FORMAT_MACTIME] = "mactime", [FORMAT_TIMESKETCH] = "timesketch",
    [FORMAT_TIMESKETCH_CSV] = "timesketch-csv", [FORMAT_L2TCSV] = "l2tcsv",
};

const char *record_format_name(enum record_format format)
{
    return format_names[format];
}

int record_format_by_name(const char *name)
{
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(name, format_names[i]) == 0)
            return i;
    return -1;
}

bool record_format_is_timeline(enum record_format format)
{
    return format >= FORMAT_BODY && format < FORMAT_COUNT;
}

int record_writer_new(struct record_writer **writer, int fd,
                      const struct record_writer_options *options, struct error *error)
{
    struct record_writer *new = calloc(1, sizeof *new);
    const char *fields = options->fields;

    if (!new)
        return error_set_memory(error);
    new->fd = fd;
    new->options = *options;
    if (!fields && options->format == FORMAT_TABLE)
        fields = options->table_fields;
    new->parser = record_reader_new(-1);
    if (!new->parser) {
        error_set_memory(error);
        goto fail;
    }
    if (fields && columns_parse(&new->columns, fields, error) != 0)
        goto fail;
    if (options->fields && record_format_is_timeline(options->format)) {
        error_set(error, ERROR_USAGE, "format %s has its own fields",
                  record_format_name(options->format));
        goto fail;
    }
    if (options->digest && digest_init(&new->digest, DIGEST_SHA256, error) != 0)
        goto fail;
    *writer = new;
    return 0;
fail:
    record_writer_free(new);
    return -1;
}

void record_writer_free(struct record_writer *writer)
{
    if (!writer)
        return;
    table_free(writer->table);
    columns_release(&writer->columns);
    event_lines_release(&writer->lines);
    buffer_release(&writer->output);
    buffer_release(&writer->text);
    buffer_release(&writer->cell);
    buffer_release(&writer->front.text);
    record_reader_free(writer->parser);
    digest_release(&writer->digest);
    free(writer);
}

int record_writer_set_main_type(struct record_writer *writer, enum record_type type,
                                struct error *error)
{
    if (writer->begun)
        return error_set(error, ERROR_USAGE, "records were written already");
    writer->options.main_type = type;
    return 0;
}

/* --- output --- */

static int fail(struct record_writer *writer, struct error *error)
{
    if (error)
        *error = writer->failure;
    return -1;
}

static int put(struct record_writer *writer, const char *data, size_t size, struct error *error)
{
    if (writer->options.digest && !writer->hex[0])
        digest_update(&writer->digest, data, size);
    while (size > 0) {
        ssize_t done = write(writer->fd, data, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0) {
            error_set_errno(&writer->failure, "cannot write records");
            return fail(writer, error);
        }
        data += done;
        size -= (size_t)done;
    }
    return 0;
}

/* Write out what is there if it is `enough`. Every writing ends here, so that
 * memory that could not be had is a failure of the output too. */
static int drain(struct record_writer *writer, size_t enough, struct error *error)
{
    if (writer->output.failed || writer->text.failed || writer->cell.failed) {
        error_set_memory(&writer->failure);
        return fail(writer, error);
    }
    if (writer->output.length < enough || writer->fd < 0)
        return 0;
    int result = put(writer, writer->output.data, writer->output.length, error);
    buffer_clear(&writer->output);
    return result;
}

/* Put text behind what waits already. Large blocks need no copy. */
static int put_behind(struct record_writer *writer, const char *text, size_t size,
                      struct error *error)
{
    if (drain(writer, size < LARGE_SIZE ? OUTPUT_SIZE : 1, error) != 0)
        return -1;
    if (size >= LARGE_SIZE)
        return put(writer, text, size, error);
    buffer_add(&writer->output, text, size);
    return drain(writer, OUTPUT_SIZE, error);
}

/* --- records --- */

static bool is_unset(const struct record_writer *writer)
{
    return writer->options.main_type == RECORD_TYPE_COUNT;
}

static bool is_main(const struct record_writer *writer, int type)
{
    if (is_unset(writer))
        return writer->options.fields && type != RECORD_GAP;
    return type == (int)writer->options.main_type;
}

/* Settle the columns before the first row, and write what stands above it. */
static int begin(struct record_writer *writer, struct error *error)
{
    if (writer->begun)
        return 0;
    if (writer->columns.count == 0 &&
        columns_of_type(&writer->columns, writer->options.main_type, error) != 0)
        return -1;
    if (writer->options.format == FORMAT_TABLE) {
        writer->table = table_new(&writer->columns, &writer->options, &writer->output);
        if (!writer->table)
            return error_set_memory(error);
    } else {
        delimited_add_header(&writer->output, writer->options.format, &writer->columns);
    }
    writer->begun = true;
    return 0;
}

/* Table, tsv, csv. */
static int write_row(struct record_writer *writer, struct row *row, struct error *error)
{
    struct record_writer_options *options = &writer->options;
    size_t index = row->type < 0 ? RECORD_TYPE_COUNT : (size_t)row->type;
    bool table = options->format == FORMAT_TABLE;

    if (is_unset(writer) && !options->fields && row->type >= 0 && row->type != RECORD_GAP)
        options->main_type = (enum record_type)row->type;
    bool main_type = is_main(writer, row->type);
    if (!main_type && !table) {
        writer->left_out[index]++;
        return 0;
    }
    if (main_type && begin(writer, error) != 0)
        return -1;
    if (!main_type && writer->table)
        table_add_note(writer->table, row);
    else if (!main_type)
        table_put_note(&writer->output, row, options->colour);
    else if (table)
        table_add_row(writer->table, row);
    else
        delimited_add_row(&writer->output, options->format, &writer->columns, row, &writer->cell);
    writer->count++;
    writer->type_count[index]++;
    return drain(writer, OUTPUT_SIZE, error);
}

static void begin_timeline(struct record_writer *writer)
{
    if (!writer->begun)
        event_lines_add_header(&writer->output, writer->options.format);
    writer->begun = true;
}

static int write_timeline(struct record_writer *writer, const struct record *record,
                          struct error *error)
{
    enum record_format format = writer->options.format;

    begin_timeline(writer);
    bool taken = format == FORMAT_BODY || format == FORMAT_MACTIME
                     ? event_lines_add(&writer->lines, format, record, &writer->output)
                     : sketch_add(&writer->output, format, record, &writer->cell);
    writer->count += taken;
    writer->type_count[record->type] += taken;
    writer->left_out[record->type] += !taken;
    return drain(writer, OUTPUT_SIZE, error);
}

int record_writer_write(struct record_writer *writer, const struct record *record,
                        struct error *error)
{
    if (writer->failure.kind != ERROR_NONE)
        return fail(writer, error);
    if (record_format_is_timeline(writer->options.format))
        return write_timeline(writer, record, error);
    if (writer->options.format != FORMAT_JSONL) {
        struct row row = { .record = record, .type = (int)record->type,
                           .parser = writer->parser, .text = &writer->text };
        return write_row(writer, &row, error);
    }
    if (writer->options.fields)
        columns_project_record(&writer->output, &writer->columns, record);
    else
        json_add_behind_front(&writer->output, record, &writer->front);
    writer->count++;
    writer->type_count[record->type]++;
    return drain(writer, OUTPUT_SIZE, error);
}

int record_writer_write_line(struct record_writer *writer, struct record_line *line,
                             struct error *error)
{
    if (writer->failure.kind != ERROR_NONE)
        return fail(writer, error);
    if (record_format_is_timeline(writer->options.format)) {
        struct record record;
        size_t unknown;
        if (record_line_to_record(line, &record, &unknown) == 0)
            return write_timeline(writer, &record, error);
        writer->left_out[RECORD_TYPE_COUNT]++;
        return 0;
    }
    if (writer->options.format != FORMAT_JSONL) {
        struct row row = { .line = line, .type = line->type };
        return write_row(writer, &row, error);
    }
    if (writer->options.fields) {
        columns_project(&writer->output, &writer->columns, line->text, line->length);
    } else {
        buffer_add(&writer->output, line->text, line->length);
        buffer_add_byte(&writer->output, '\n');
    }
    writer->count++;
    writer->type_count[line->type < 0 ? RECORD_TYPE_COUNT : line->type]++;
    return drain(writer, OUTPUT_SIZE, error);
}

int record_writer_write_lines(struct record_writer *writer, const char *text, size_t size,
                              uint64_t records, struct error *error)
{
    if (writer->failure.kind != ERROR_NONE)
        return fail(writer, error);
    if (writer->options.format != FORMAT_JSONL)
        return error_set(error, ERROR_USAGE, "format %s has no place for lines of JSON",
                         record_format_name(writer->options.format));
    writer->count += records;
    if (!writer->options.fields)
        return put_behind(writer, text, size, error);
    while (size > 0) {
        const char *newline = memchr(text, '\n', size);
        size_t length = newline ? (size_t)(newline - text) : size;
        columns_project(&writer->output, &writer->columns, text, length);
        text += length + (newline != NULL);
        size -= length + (newline != NULL);
        if (drain(writer, OUTPUT_SIZE, error) != 0)
            return -1;
    }
    return 0;
}

bool record_writer_divides(const struct record_writer *writer)
{
    return writer->options.format == FORMAT_JSONL ||
           record_format_is_timeline(writer->options.format);
}

int record_writer_new_part(struct record_writer **part, const struct record_writer *writer,
                           struct error *error)
{
    struct record_writer_options options = writer->options;

    options.digest = false;
    if (record_writer_new(part, -1, &options, error) != 0)
        return -1;
    (*part)->begun = true; /* what stands above the first line is the writer's */
    return 0;
}

int record_writer_join(struct record_writer *writer, struct record_writer *part,
                       struct error *error)
{
    if (writer->failure.kind != ERROR_NONE)
        return fail(writer, error);
    if (record_format_is_timeline(writer->options.format)) {
        begin_timeline(writer);
        event_lines_flush(&writer->lines, writer->options.format, &writer->output);
        event_lines_flush(&part->lines, writer->options.format, &part->output);
    }
    if (drain(part, 1, error) != 0)
        return -1;
    writer->count += part->count;
    part->count = 0;
    for (size_t i = 0; i <= RECORD_TYPE_COUNT; i++) {
        writer->type_count[i] += part->type_count[i];
        writer->left_out[i] += part->left_out[i];
        part->type_count[i] = part->left_out[i] = 0;
    }
    int result = put_behind(writer, part->output.data, part->output.length, error);
    buffer_clear(&part->output);
    return result;
}

int record_writer_flush(struct record_writer *writer, struct error *error)
{
    bool delimited =
        writer->options.format == FORMAT_TSV || writer->options.format == FORMAT_CSV;

    if (writer->failure.kind != ERROR_NONE)
        return fail(writer, error);
    /* A header without rows tells that nothing was found. */
    if (delimited && (writer->columns.count > 0 || !is_unset(writer)) &&
        begin(writer, error) != 0)
        return -1;
    if (writer->table)
        table_finish(writer->table);
    if (record_format_is_timeline(writer->options.format)) {
        begin_timeline(writer);
        event_lines_flush(&writer->lines, writer->options.format, &writer->output);
    }
    return drain(writer, 1, error);
}

uint64_t record_writer_count(const struct record_writer *writer)
{
    return writer->count;
}

uint64_t record_writer_type_count(const struct record_writer *writer, enum record_type type)
{
    return writer->type_count[type];
}

uint64_t record_writer_left_out(const struct record_writer *writer, enum record_type type)
{
    return writer->left_out[type];
}

void record_writer_digest(struct record_writer *writer, char hex[65])
{
    if (!writer->hex[0])
        digest_finish(&writer->digest, writer->hex);
    memcpy(hex, writer->hex, sizeof writer->hex);
}
