/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_GAPS_H
#define FETT_EVIDENCE_GAPS_H

/*
 * gaps: the list behind image_add_gap and image_gap. Internal to lib/evidence.
 * Thread-safe but for init and release.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include <fett/image.h>

struct gap_text;

struct gap_item {
    struct gap gap;
    bool told;
};

struct gaps {
    pthread_mutex_t lock;
    struct gap_item *items; /* sorted by offset, kind, reason */
    size_t untold;          /* all items before this one were told */
    size_t count, capacity;
    struct gap_text *texts; /* all strings of the items */
    uint64_t longest;       /* length that an item had or has */
    bool full;              /* items hold the one that stands for the rest ... */
    size_t rest;            /* ... here */
};

/* 0, or -1 when memory is out. */
int gaps_init(struct gaps *gaps);
void gaps_release(struct gaps *gaps);
void gaps_add(struct gaps *gaps, const struct gap *gap);
bool gaps_take(struct gaps *gaps, uint64_t offset, struct gap *gap);
size_t gaps_count(struct gaps *gaps);
void gaps_get(struct gaps *gaps, size_t index, struct gap *gap);

#endif
