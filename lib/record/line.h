/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_LINE_H
#define RECORD_LINE_H

/* line: what the module's other files need of a record that was read (reader.c), by its values
 * (line.c). */

#include <fett/record_reader.h>

#include "scan.h"

enum { LINE_NAME_SIZE = 256 }; /* no name of a field is longer, with _hex or _precision */

/* The members of the line in the order of its text. */
const struct scan_member *line_members(const struct record_line *line, size_t *count);

/* Room for `size` bytes and a NUL, until the line is out of use; NULL without memory. */
char *line_room(struct record_line *line, size_t size);

/* An object in the text of a line, or the whole line. */
struct line_object {
    struct record_line *line;
    const char *text;
    size_t size;
};

struct line_object line_whole(struct record_line *line);

/* Find a member, null too. */
bool line_find(const struct line_object *object, const char *name, size_t size,
               struct scan_member *member);

/* The bytes of a member that is a string, with a NUL behind them, kept with the line; NULL for
 * other members, and without memory. */
const char *line_text(struct record_line *line, const struct scan_member *member, size_t *size);

/* What kind of value a dotted name has by its last part: "target.size" is a
 * number; KIND_ANY for names that are not declared. */
enum record_kind line_kind(const char *name);

/* The value of a member of `object`: texts as the bytes of their FIELD_hex, times
 * with precision and zone, numbers also from decimal strings where `kind` says so.
 * VALUE_NONE when there is none, VALUE_JSON for lists, objects and fractions. */
struct value line_convert(const struct line_object *object, const char *name, size_t size,
                          enum record_kind kind);

/* The value of an item of a list, likewise; it has no name and so no twins. */
struct value line_item(struct record_line *line, const struct scan_member *item);

/* The value of a dotted name. */
struct value line_value(struct record_line *line, const char *name);

#endif
