/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_LINE_H
#define RECORD_LINE_H

/* line: what the module's other files need of a record that was read (reader.c), by its values
 * (line.c). */

#include <jansson.h>

#include <fett/record_reader.h>

enum { LINE_NAME_SIZE = 256 }; /* no name of a field is longer, with _hex or _precision */

/* The parsed object; NULL only when memory is out. */
json_t *line_json(struct record_line *line);

/* A line that is known to be good, parsed when first asked for. */
void line_assume(struct record_reader *reader, const char *text, size_t length, int type,
                 struct record_line *line);

/* Room for `size` bytes and a NUL, until the line is out of use; NULL without memory. */
char *line_room(struct record_line *line, size_t size);

/* What kind of value a dotted name has by its last part: "target.size" is a
 * number; KIND_ANY for names that are not declared. */
enum record_kind line_kind(const char *name);

/* The value of a member of `object` (the line's, or one inside it): texts as
 * the bytes of their FIELD_hex, times with precision and zone, numbers also
 * from decimal strings where `kind` says so. VALUE_NONE when there is none,
 * VALUE_JSON with no text for lists, objects and fractions. */
struct value line_convert(struct record_line *line, const json_t *object, const char *name,
                          size_t size, enum record_kind kind);

/* The value of a dotted name, also VALUE_JSON with its text. */
struct value line_value(struct record_line *line, const char *name);

#endif
