/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOUND_SPILL_H
#define FOUND_SPILL_H

/*
 * found_spill: hits in encoded units that are more than a block holds in memory, in TMPDIR,
 * and all hits of a block in order again.
 */

#include <fett/sorter.h>

#include "found.h"

/* Take the last hit out of the block, and what was added to its texts behind `texts`; its
 * length is not known yet. -1: it is lost. */
int spill_last(struct found_block *block, size_t texts);

/* All were added. Those that cannot be had again count as cut. */
void spill_finish(struct found_block *block);

/* Through the hits of a block. */
struct found_walk {
    struct found_block *block;
    size_t next;
    struct found_block spilled; /* the first of those, or none */
    struct found_block *of;     /* what has the texts of the first hit: one of both */
};

int found_walk_begin(struct found_walk *walk, struct found_block *block, struct error *error);
void found_walk_end(struct found_walk *walk);

/* The first hit, whose texts walk->of has; NULL: there are no more. */
const struct found *found_walk_first(const struct found_walk *walk);
int found_walk_next(struct found_walk *walk, struct error *error);

#endif
