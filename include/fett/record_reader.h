/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_RECORD_READER_H
#define FETT_RECORD_READER_H

/*
 * record_reader: records out of JSON Lines, one line at a time.
 *
 * Unknown types and fields are accepted and kept; numbers above 2^53 - 1 come
 * as decimal strings and are read as numbers where a field is declared one.
 * A line that is no JSON object, names a member twice or is longer than
 * LIMIT_LINE_BYTES is reported with its number and does not end the reading.
 * Lines of white space and a byte order mark are passed over.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <fett/error.h>
#include <fett/record.h>

struct record_reader;

/* A record that was read: the line's bytes as they came, without newline, and
 * access to members by name. Holds until the next one is read. */
struct record_line {
    uint64_t number;       /* line, from 1 */
    const char *text;
    size_t length;
    int type;              /* enum record_type, or -1 for an unknown one */
    struct record_reader *reader; /* for record_line_*: keeps what is decoded */
};

/* Reads from a file descriptor that stays the caller's; -1: only parses. NULL
 * when memory is out. Free accepts NULL. */
struct record_reader *record_reader_new(int fd);
void record_reader_free(struct record_reader *reader);

/* 1: a record is in *line. 0: end of input. -1: the line is malformed (the
 * error tells its number); go on calling. -2: the input cannot be read. */
int record_reader_next(struct record_reader *reader, struct record_line *line,
                       struct error *error);

/* The same for a line that is in memory, which must outlive the record: 1, -1 or
 * -2, as above; the number counts on. */
int record_reader_parse(struct record_reader *reader, const char *text, size_t length,
                        struct record_line *line, struct error *error);

/* The same for a line that is known to be good: it was parsed before, or is of
 * record_add_json. 0, or -1 without memory. */
int record_reader_take(struct record_reader *reader, const char *text, size_t length,
                       struct record_line *line, struct error *error);

/* A text member, or NULL; *size may be NULL. The bytes of a FIELD_hex twin are
 * preferred when there is one. "target.path" goes into objects. */
const char *record_line_text(struct record_line *line, const char *name, size_t *size);
/* A text of a list of texts by its number; NULL behind the last. */
const char *record_line_item(struct record_line *line, const char *name, size_t number,
                             size_t *size);
/* 0 and the number, or -1. */
int record_line_number(struct record_line *line, const char *name, uint64_t *number);
/* 0 and the time (with its precision), or -1: also for one that RFC 3339 cannot
 * hold, whose bytes stand in FIELD_hex. */
int record_line_time(struct record_line *line, const char *name, struct instant *instant);
/* Whether the member is there and not null. */
int record_line_has(struct record_line *line, const char *name);

/* Fill a record from the line, nested values as JSON text; members that are not
 * declared for the type are counted in *unknown. Valid as long as the line. -1
 * for an unknown type. */
int record_line_to_record(struct record_line *line, struct record *record, size_t *unknown);

/* Add the line's bytes with members added before the last brace, and a newline.
 * A member of that name, with its FIELD_hex and FIELD_precision, is replaced
 * where it stands. */
void record_line_enrich(struct buffer *buffer, struct record_line *line,
                        const struct member *members, size_t count);

#endif
