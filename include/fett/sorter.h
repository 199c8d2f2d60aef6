/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_SORTER_H
#define FETT_SORTER_H

/*
 * sorter: any number of (key, data) pairs in order of key, in bounded memory.
 *
 * Keys are bytes, compared as memcmp does, a shorter one before those that it
 * begins. Pairs of equal keys keep the order in which they were added. What
 * does not fit into memory is sorted in parts, written to a file without a
 * name, and merged.
 */

#include <stddef.h>

#include <fett/error.h>

struct sorter;

/* Sort in `memory` bytes (LIMIT_SORT_BYTES is meant); the files are made in
 * `directory`, NULL: $TMPDIR or /tmp, when they are needed. */
int sorter_new(struct sorter **sorter, size_t memory, const char *directory,
               struct error *error);
void sorter_free(struct sorter *sorter);

int sorter_add(struct sorter *sorter, const void *key, size_t key_size, const void *data,
               size_t size, struct error *error);

/* All were added: sort. */
int sorter_finish(struct sorter *sorter, struct error *error);

/* The data of the next pair, which holds until the next call. 1, 0 at the end, -1. */
int sorter_next(struct sorter *sorter, const void **data, size_t *size, struct error *error);

#endif
