/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_COLUMNS_H
#define RECORD_COLUMNS_H

/* columns: the fields that -F or a type's declaration chooses, and their values
 * in a record, whether it was made here or read. */

#include <stdbool.h>
#include <stddef.h>

#include <fett/error.h>
#include <fett/record_reader.h>

struct column {
    const char *name;       /* "path", "target.size", "path_hex" */
    int field;              /* enum record_field, or -1: found by name in JSON */
    enum record_kind kind;  /* of its last part */
};

struct columns {
    struct column *items;
    size_t count;
    size_t capacity;
    uint16_t *fields;       /* of all items; NULL when one is no declared field */
};

/* From "a,b,target.size". ERROR_USAGE for a field that no type has, or twice. */
int columns_parse(struct columns *columns, const char *list, struct error *error);

/* The declared fields of a type. */
int columns_of_type(struct columns *columns, enum record_type type, struct error *error);

void columns_release(struct columns *columns);

/* ERROR_USAGE unless the first part of a dotted name, with or without _hex or
 * _precision, is a declared field or "type" or "local". */
int columns_check_name(const char *name, struct error *error);

/* A record to take values from: one of both is set at first, `line` is made of
 * `record` when a value needs it. */
struct row {
    const struct record *record;
    struct record_line *line;
    int type;                     /* enum record_type, or -1 */
    struct record_reader *parser; /* what making `line` needs */
    struct buffer *text;
    struct record_line made;
};

/* The row as a line; NULL when memory is out. */
struct record_line *row_line(struct row *row);

/* The value of a column; VALUE_NONE where the record has none. */
struct value row_value(struct row *row, const struct column *column);

/* Add the value as text without any escapes: what tsv and csv hold. */
void cell_add_plain(struct buffer *buffer, const struct value *value);

/* Add the value as a person reads it: times without T and trailing zeros,
 * lists of texts joined by commas. */
void cell_add_readable(struct buffer *buffer, const struct value *value);

/* Add a record's line, or the object of JSON text, with `type` and the columns
 * only, and a newline. */
void columns_project(struct buffer *buffer, const struct columns *columns, const char *text,
                     size_t size);
void columns_project_record(struct buffer *buffer, const struct columns *columns,
                            const struct record *record);

#endif
