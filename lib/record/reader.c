/* SPDX-License-Identifier: Apache-2.0 */

/* reader: lines from a descriptor; see record_reader.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/limits.h>

#include "line.h"

enum { READ_SIZE = 1 << 18 };

/* Bytes that a text member stood for, as long as its line is in use. */
struct decoded {
    struct decoded *next;
    char bytes[];
};

struct record_reader {
    int fd;
    bool at_end;        /* the descriptor gave its last byte */
    bool skipping;      /* inside a line that is too long */
    uint64_t number;    /* of the last line */
    struct buffer input;
    size_t start;       /* of the next line in input */
    size_t searched;    /* no newline before this place */
    json_t *json;       /* of the current line, and what was decoded of it */
    struct decoded *decoded;
};

struct record_reader *record_reader_new(int fd)
{
    struct record_reader *reader = calloc(1, sizeof *reader);

    if (reader)
        reader->fd = fd;
    return reader;
}

/* Forget the current line. */
static void release_line(struct record_reader *reader)
{
    json_decref(reader->json);
    reader->json = NULL;
    while (reader->decoded) {
        struct decoded *next = reader->decoded->next;
        free(reader->decoded);
        reader->decoded = next;
    }
}

void record_reader_free(struct record_reader *reader)
{
    if (!reader)
        return;
    release_line(reader);
    buffer_release(&reader->input);
    free(reader);
}

void line_assume(struct record_reader *reader, const char *text, size_t length, int type,
                 struct record_line *line)
{
    release_line(reader);
    *line = (struct record_line){ .number = reader->number, .text = text, .length = length,
                                  .type = type, .reader = reader };
}

static json_t *parse(const char *text, size_t length, json_error_t *why)
{
    return json_loadb(text, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, why);
}

json_t *line_json(struct record_line *line)
{
    struct record_reader *reader = line->reader;

    if (!reader->json)
        reader->json = parse(line->text, line->length, NULL);
    return reader->json;
}

char *line_room(struct record_line *line, size_t size)
{
    struct decoded *decoded = malloc(sizeof *decoded + size + 1);

    if (!decoded)
        return NULL;
    decoded->next = line->reader->decoded;
    line->reader->decoded = decoded;
    return decoded->bytes;
}

int record_reader_parse(struct record_reader *reader, const char *text, size_t length,
                        struct record_line *line, struct error *error)
{
    json_error_t why;

    reader->number++;
    release_line(reader);
    json_t *json = parse(text, length, &why);
    if (!json)
        return error_set(error, ERROR_DAMAGED, "line %llu: no record: column %d: %s",
                         (unsigned long long)reader->number, why.column, why.text);
    if (!json_is_object(json)) {
        json_decref(json);
        return error_set(error, ERROR_DAMAGED, "line %llu: no record: not a JSON object",
                         (unsigned long long)reader->number);
    }
    const json_t *type = json_object_get(json, "type");
    line_assume(reader, text, length,
                record_type_by_name(json_string_value(type), json_string_length(type)), line);
    reader->json = json;
    return 1;
}

/* Read once; the bytes before the next line go away first. 1, 0 at the end, -2. */
static int fill(struct record_reader *reader, struct error *error)
{
    struct buffer *input = &reader->input;

    if (reader->start > 0) {
        memmove(input->data, input->data + reader->start, input->length - reader->start);
        buffer_truncate(input, input->length - reader->start);
        reader->searched -= reader->start;
        reader->start = 0;
    }
    char *at = buffer_reserve(input, READ_SIZE);
    if (!at) {
        error_set_memory(error);
        return -2;
    }
    ssize_t got;
    do
        got = read(reader->fd, at, READ_SIZE);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        error_set_errno(error, "cannot read records");
        return -2;
    }
    buffer_truncate(input, input->length + (size_t)got);
    reader->at_end = got == 0;
    return got > 0;
}

/* The next line without its newline. 1, 0 at the end, -1 too long, -2. */
static int next_line(struct record_reader *reader, const char **text, size_t *length,
                     struct error *error)
{
    struct buffer *input = &reader->input;

    for (;;) {
        char *newline = memchr(input->data + reader->searched, '\n',
                               input->length - reader->searched);
        size_t end = newline ? (size_t)(newline - input->data) : input->length;
        bool whole = newline || (reader->at_end && (end > reader->start || reader->skipping));
        bool too_long = reader->skipping || end - reader->start > LIMIT_LINE_BYTES;

        if (whole || too_long) {
            *text = input->data + reader->start;
            *length = end - reader->start;
            reader->start = reader->searched = newline ? end + 1 : end;
            reader->skipping = !whole;
        }
        if (whole && too_long) {
            reader->number++;
            return error_set(error, ERROR_LIMIT, "line %llu: no record: longer than %d bytes",
                             (unsigned long long)reader->number, LIMIT_LINE_BYTES);
        }
        if (whole)
            return 1;
        if (reader->at_end)
            return 0;
        reader->searched = end;
        int result = fill(reader, error);
        if (result < 0)
            return result;
    }
}

int record_reader_next(struct record_reader *reader, struct record_line *line,
                       struct error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *text = NULL;
    size_t length = 0;

    release_line(reader);
    if (!reader->input.data && fill(reader, error) < 0)
        return -2;
    for (;;) {
        int result = next_line(reader, &text, &length, error);
        if (result != 1)
            return result;
        if (reader->number == 0 && length >= 3 && memcmp(text, mark, 3) == 0) {
            text += 3;
            length -= 3;
        }
        size_t blank = 0;
        while (blank < length && memchr(" \t\r", text[blank], 3))
            blank++;
        if (blank < length)
            return record_reader_parse(reader, text, length, line, error);
        reader->number++;
    }
}
