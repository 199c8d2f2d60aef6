/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_WRITER_INTERNAL_H
#define RECORD_WRITER_INTERNAL_H

/* writer: what writer.c and the formats share. */

#include <fett/record_writer.h>

#include "columns.h"

struct table;

/* A table that adds what is ready to `output`; columns must outlive it. NULL
 * when memory is out. */
struct table *table_new(const struct columns *columns, const struct record_writer_options *options,
                        struct buffer *output);
void table_free(struct table *table);

/* A row of the main type. */
void table_add_row(struct table *table, struct row *row);
/* A record of another type, in one line; put_note: where there is no table yet. */
void table_add_note(struct table *table, struct row *row);
void table_put_note(struct buffer *buffer, struct row *row, bool colour);
/* Add the rows that wait. */
void table_finish(struct table *table);

/* tsv and csv: a header line, a record. `cell` is memory to work with. */
void delimited_add_header(struct buffer *buffer, enum record_format format,
                          const struct columns *columns);
void delimited_add_row(struct buffer *buffer, enum record_format format,
                       const struct columns *columns, struct row *row, struct buffer *cell);
void delimited_add_cell(struct buffer *buffer, enum record_format format, const char *text,
                        size_t size);

#endif
