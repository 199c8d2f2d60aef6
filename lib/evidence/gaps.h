/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_GAPS_H
#define FETT_EVIDENCE_GAPS_H

/*
 * gaps: the list behind image_add_gap and image_gap. Internal to lib/evidence.
 * Thread-safe but for init and release.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <fett/image.h>

struct gap_text;

struct gap_item {
    struct gap gap;
    uint64_t from, end; /* of the gap; of one that was told: of all told ones that touch too */
    bool told;
};

/* Sorted; the order is that of the search. */
struct gap_set {
    struct gap_item **items;
    size_t count, capacity;
};

struct gaps {
    pthread_mutex_t lock;
    struct gap_set all;     /* by offset, kind, reason, object; owns the items */
    struct gap_set waiting; /* not told: by kind, reason, object, place; none touches another */
    struct gap_set told;    /* likewise; of those that touch, one stands for all */
    size_t untold;          /* all items before this one were told */
    _Atomic bool news;      /* there may be untold ones; asked without the lock */
    struct gap_text *texts; /* all strings of the items */
    struct gap_item rest;   /* stands for all that are not told one by one; in no set but all ... */
    bool full;              /* ... and only then */
};

/* 0, or -1 when memory is out. */
int gaps_init(struct gaps *gaps);
void gaps_release(struct gaps *gaps);
void gaps_add(struct gaps *gaps, const struct gap *gap);
bool gaps_take(struct gaps *gaps, uint64_t offset, struct gap *gap);
size_t gaps_count(struct gaps *gaps);
void gaps_get(struct gaps *gaps, size_t index, struct gap *gap);

#endif
