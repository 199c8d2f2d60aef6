/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_JSON_H
#define RECORD_JSON_H

/* json: what the module's other files need of the writer in json.c. */

#include <stdbool.h>

#include <fett/record.h>

/* Add the line of a record with these fields only, in this order; returns how
 * many of them it has. */
unsigned json_add_fields(struct buffer *buffer, const struct record *record,
                         const uint16_t *fields, size_t count);

/* Make what was added since `start`, members with a comma before each, an
 * object. */
void json_wrap_object(struct buffer *buffer, size_t start);

/* The same for values and an array. */
void json_wrap_array(struct buffer *buffer, size_t start);

#endif
