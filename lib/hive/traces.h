/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRACES_H
#define TRACES_H

/*
 * traces: what a search for deleted keys and values finds, and the keys of it in the table of
 * the hive, level by level.
 */

#include "hive_internal.h"

#define NO_PLACE UINT32_MAX

/* A cell or record found, and what it belongs to. */
struct trace {
    uint32_t cell;
    uint32_t parent; /* of a key: place of a live key, or NO_PLACE */
    uint32_t above;  /* of a key: index of a deleted key, or NO_PLACE */
    uint32_t place;  /* of a key: in the table; of a value: of its key, or NO_PLACE */
};

struct traces {
    struct trace *items; /* in the order of their cells */
    size_t count, capacity;
};

/* What is below something else, in its order; rows of these, or that begin with one, are
 * sorted by below_compare. */
struct below {
    uint32_t above, index;
};

int below_compare(const void *a, const void *b);

/* The first of `count` sorted rows of `size` bytes that is not below a lesser one. */
size_t below_first(const void *rows, size_t count, size_t size, uint32_t above);

/* A trace that belongs to nothing yet. 0, or -1: no memory. */
int traces_add(struct traces *traces, uint32_t cell);

/* The trace with a cell, or NULL. */
struct trace *traces_find(const struct traces *traces, uint32_t cell);

/* The deleted keys into the table, each behind the deleted key above it; `fill` gives one what
 * it has besides its parent. Those that lead into a circle have no parent that is known. 0, or
 * -1: no memory, also when `fill` fails. */
int traces_add_keys(struct hive *hive, struct traces *keys,
                    int (*fill)(struct hive *hive, struct key *key, const struct trace *trace));

#endif
