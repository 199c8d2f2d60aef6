/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_CHECK_H
#define RECORD_CHECK_H

/*
 * check: whether a text is one JSON object, as strictly as RFC 8259 can be read: valid UTF-8, no
 * bare control bytes, no half of a surrogate pair, no name twice in one object, whole numbers of
 * 64 bits with sign, others that a double holds, no more than LIMIT_JSON_DEPTH objects and lists
 * within each other. White space may stand around it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "scan.h"

/* What is kept from one text to the next; all zeros at first. */
struct check {
    struct scan_member *names; /* of the objects that are open; those with escapes are decoded */
    size_t count, capacity;
};

void check_release(struct check *check);

/* NULL: it is; else what is wrong with it, and at which byte. */
const char *check_object(struct check *check, const char *text, size_t size, size_t *place);

#endif
