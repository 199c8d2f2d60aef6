/* SPDX-License-Identifier: Apache-2.0 */

/* reader: lines from a descriptor; see record_reader.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/limits.h>

#include "check.h"
#include "line.h"

enum { READ_SIZE = 1 << 18, ROOM_SIZE = 1 << 13 };

/* Bytes that members of the current line stood for. */
struct room {
    struct room *next;
    size_t used, size;
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
    struct scan_member *members; /* of the current line */
    size_t member_count, member_capacity;
    struct check check;
    struct room *rooms; /* the first is used; the last one is kept for further lines */
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
    reader->member_count = 0;
    while (reader->rooms && reader->rooms->next) {
        struct room *next = reader->rooms->next;
        free(reader->rooms);
        reader->rooms = next;
    }
    if (reader->rooms)
        reader->rooms->used = 0;
}

void record_reader_free(struct record_reader *reader)
{
    if (!reader)
        return;
    release_line(reader);
    free(reader->rooms);
    free(reader->members);
    check_release(&reader->check);
    buffer_release(&reader->input);
    free(reader);
}

const struct scan_member *line_members(const struct record_line *line, size_t *count)
{
    *count = line->reader->member_count;
    return line->reader->members;
}

char *line_room(struct record_line *line, size_t size)
{
    struct record_reader *reader = line->reader;
    struct room *room = reader->rooms;

    if (!room || room->size - room->used <= size) {
        size_t room_size = size < ROOM_SIZE ? ROOM_SIZE : size + 1;
        room = malloc(sizeof *room + room_size);
        if (!room)
            return NULL;
        *room = (struct room){ reader->rooms, 0, room_size };
        reader->rooms = room;
    }
    char *bytes = room->bytes + room->used;
    room->used += size + 1;
    return bytes;
}

int record_reader_take(struct record_reader *reader, const char *text, size_t length,
                       struct record_line *line, struct error *error)
{
    struct scan scan = scan_text(text, length);
    struct scan_member member;
    size_t size;

    release_line(reader);
    while (scan_next(&scan, &member)) {
        if (memory_grow((void **)&reader->members, &reader->member_capacity,
                        reader->member_count + 1, sizeof *reader->members) != 0)
            return error_set_memory(error);
        reader->members[reader->member_count++] = member;
    }
    *line = (struct record_line){ .number = reader->number, .text = text, .length = length,
                                  .type = -1, .reader = reader };
    const struct line_object whole = line_whole(line);
    if (line_find(&whole, "type", 4, &member)) {
        const char *type = line_text(line, &member, &size);
        line->type = type ? record_type_by_name(type, size) : -1;
    }
    return 0;
}

int record_reader_parse(struct record_reader *reader, const char *text, size_t length,
                        struct record_line *line, struct error *error)
{
    size_t place;

    reader->number++;
    const char *why = check_object(&reader->check, text, length, &place);
    if (why)
        return error_set(error, ERROR_DAMAGED, "line %llu: no record: column %zu: %s",
                         (unsigned long long)reader->number, place + 1, why);
    return record_reader_take(reader, text, length, line, error) == 0 ? 1 : -2;
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
