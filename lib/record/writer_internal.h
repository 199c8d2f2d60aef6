/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WRITER_INTERNAL_H
#define WRITER_INTERNAL_H

/* What writer.c and the formats share. */

#include <fett/record_writer.h>

/* One column: a field, or a member inside a nested object ("target.size"). */
struct column {
    char *name;
    int field;          /* enum record_field, or -1: "type" */
    const char *member; /* inside name, or NULL */
    bool number;        /* right-aligned */
};

struct columns {
    struct column *items;
    size_t count, capacity;
};

/* "a,b,target.size"; ERROR_USAGE for a name that no type has. */
int columns_parse(struct columns *columns, const char *list, struct error *error);
/* "type" and the fields of a type. */
int columns_of_type(struct columns *columns, enum record_type type, bool with_type,
                    struct error *error);
void columns_release(struct columns *columns);

/* The value of a column in a record, or NULL. */
const struct value *column_value(const struct column *column, const struct record *record);

/* A value as plain text: lists and objects as JSON. Text is added as it is. */
void value_add_text(struct buffer *buffer, const struct value *value);

/* format_delimited.c: a header line, a row. */
void delimited_header(struct buffer *buffer, const struct columns *columns, bool csv);
void delimited_row(struct buffer *buffer, const struct columns *columns,
                   const struct record *record, bool csv);

/* format_table.c */
struct table;
struct table *table_new(struct columns *columns, const struct record_writer_options *options);
void table_free(struct table *table);
/* Both add what is to be written now; rows wait until widths are known. */
int table_row(struct table *table, struct buffer *buffer, const struct record *record);
int table_flush(struct table *table, struct buffer *buffer);

#endif
