/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_JSON_H
#define RECORD_JSON_H

/* json: what the module's other files need of json.c and json_line.c. */

#include <stdbool.h>

#include <fett/record.h>

/* Add the line of a record with these fields only, in this order; returns how
 * many of them it has. */
unsigned json_add_fields(struct buffer *buffer, const struct record *record,
                         const uint16_t *fields, size_t count);

/* The same for the members alone, each with a comma before it. */
unsigned json_add_members(struct buffer *buffer, const struct record *record,
                          const uint16_t *fields, size_t count);

/*
 * The front of a line, of records that come many in a row from one object: the members that
 * name the object and the area in it. They are kept as they were written last, to be copied
 * if those of the next record are the same, byte for byte. Zeroed at first.
 */
enum { JSON_FRONT_MOST = 9 };

struct json_front {
    struct buffer text;
    uint64_t present; /* whose members: as in struct record */
    bool kept;        /* each is a text that stands in `text` as it is */
    size_t count;
    struct {
        uint16_t field;
        size_t at, length;
    } values[JSON_FRONT_MOST];
};

/* As record_add_json, by way of what is kept. */
void json_add_behind_front(struct buffer *buffer, const struct record *record,
                           struct json_front *front);

/* Make what was added since `start`, members with a comma before each, an
 * object. */
void json_wrap_object(struct buffer *buffer, size_t start);

/* The same for values and an array. */
void json_wrap_array(struct buffer *buffer, size_t start);

#endif
