/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_RECORD_FILTER_H
#define FETT_RECORD_FILTER_H

/*
 * record_filter: which records that were read are written, and in what order.
 * It is all that rec-fmt does between reading and writing.
 *
 * A condition is FIELD OP VALUE:
 *
 *     =  !=           equal, not equal
 *     <  <=  >  >=    in order
 *     ~               the value is a pattern with * and ?, without case
 *     ?               the field is there; no value
 *
 * A number is compared as a number (decimal or 0x). A time is the interval that
 * its precision leaves open, on both sides: `datetime = 2000-11-22` is true of
 * every moment of that day, `<` and `>` of what begins before it or ends after
 * it. All else is compared as text, byte by byte. A field may go into objects
 * and lists ("target.size", "match.level"); a list meets a condition when one of
 * its items does. A field that is absent meets none but !=, which is always the
 * contrary of =.
 */

#include <stdbool.h>

#include <fett/error.h>
#include <fett/record_reader.h>
#include <fett/record_writer.h>

struct record_filter;

/* A filter without conditions passes every record, in the order they come. */
int record_filter_new(struct record_filter **filter, struct error *error);
void record_filter_free(struct record_filter *filter);

/* Add a condition, in one text ("kind = domain", "kind=domain", "path ?") or in
 * three. All conditions must be met. ERROR_USAGE tells what is wrong with it. */
int record_filter_add(struct record_filter *filter, const char *condition, struct error *error);
int record_filter_add_test(struct record_filter *filter, const char *field,
                           const char *comparison, const char *value, struct error *error);

/* Sort by fields, "datetime,-size": `-` for descending. Times and numbers as
 * such, absent ones first; records that are equal keep their order. Beyond
 * LIMIT_SORT_BYTES files in `directory` are used (sorter.h). */
int record_filter_sort(struct record_filter *filter, const char *fields, const char *directory,
                       struct error *error);

/* The type that a condition `type = NAME` asks for, or RECORD_TYPE_COUNT: the
 * main type of a writer behind the filter. */
enum record_type record_filter_type(const struct record_filter *filter);

bool record_filter_matches(struct record_filter *filter, struct record_line *line);

/* Write the record if it matches: at once, or when sorting with record_filter_finish. */
int record_filter_write(struct record_filter *filter, struct record_writer *writer,
                        struct record_line *line, struct error *error);
int record_filter_finish(struct record_filter *filter, struct record_writer *writer,
                         struct error *error);

#endif
