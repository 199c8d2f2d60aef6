/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_RECORD_READER_H
#define FETT_RECORD_READER_H

/*
 * record_reader: records out of JSON Lines, one line at a time, by jansson.
 *
 * Unknown types and fields are accepted and kept; numbers above 2^53 - 1 come
 * as decimal strings and are read as numbers where a field is declared one.
 * A line that is no JSON object is reported with its number and does not end
 * the reading.
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
    void *json;            /* for record_line_*: json_t */
};

/* Reads from a file descriptor that stays the caller's. */
struct record_reader *record_reader_new(int fd);
void record_reader_free(struct record_reader *reader);

/* 1: a record is in *line. 0: end of input. -1: the line is malformed (the
 * error tells its number); go on calling. -2: the input cannot be read. */
int record_reader_next(struct record_reader *reader, struct record_line *line,
                       struct error *error);

/* A text member, or NULL; *size may be NULL. The bytes of a FIELD_hex twin are
 * preferred when there is one. "target.path" goes into objects. */
const char *record_line_text(struct record_line *line, const char *name, size_t *size);
/* 0 and the number, or -1. */
int record_line_number(struct record_line *line, const char *name, uint64_t *number);
/* 0 and the time (with its precision), or -1. */
int record_line_time(struct record_line *line, const char *name, struct instant *instant);
/* Whether the member is there and not null. */
int record_line_has(struct record_line *line, const char *name);

/* Fill a record from the line, nested values as JSON text; fields that are not
 * declared for the type are counted in *unknown. Valid as long as the line. */
int record_line_to_record(struct record_line *line, struct record *record, size_t *unknown);

/* Add the line's bytes with members added before the last brace (a member of
 * that name is replaced), and a newline. */
void record_line_enrich(struct buffer *buffer, struct record_line *line,
                        const struct member *members, size_t count);

#endif
