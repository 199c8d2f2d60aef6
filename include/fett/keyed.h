/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_KEYED_H
#define FETT_KEYED_H

/*
 * keyed: search in an array of rows that are sorted by a uint64_t, with which each row begins,
 * or by a text, to which each row begins with a pointer.
 *
 * Rows may have equal keys: they stand behind each other, in whatever order the caller
 * sorted them. `rows` may be NULL where count is 0. `size` is that of a row.
 */

#include <stddef.h>
#include <stdint.h>

/* The first row with this key or a higher one; count: there is none. */
size_t keyed_find(const void *rows, size_t count, size_t size, uint64_t key);

/* The first row with exactly this key; NULL: there is none. */
const void *keyed_row(const void *rows, size_t count, size_t size, uint64_t key);

/* For qsort: by this key. */
int keyed_compare(const void *a, const void *b);

/* The row of this text, `length` bytes without a NUL; NULL: there is none. */
const void *keyed_text_row(const void *rows, size_t count, size_t size, const char *text,
                           size_t length);

#endif
