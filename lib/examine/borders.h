/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BORDERS_H
#define BORDERS_H

/*
 * borders: what is found where the bytes of two owners meet. Read as they lie on the media, the
 * end of a file and the start of the next can make one name, which nobody wrote, in place of
 * two that somebody did.
 *
 *      file A          | slack of A |   file B
 *     ..go to www.evil.com|ated.net..|kozirog.netissat.net..
 *
 * For any thread; each has its own.
 */

#include <fett/extents.h>

#include "found.h"

struct borders {
    const struct extents *extents; /* sealed */
    struct searchers searchers;    /* for indicators alone: a keyword stands for itself */
    struct found_block clipped;    /* what is found on one side */
    uint64_t *places;
    size_t count, capacity;
};

/* 0, or -1 without memory. Release is right after both. */
int borders_init(struct borders *borders, const struct extents *extents,
                 const struct searchers *searchers);
void borders_release(struct borders *borders);

/* The bytes of a block as they were searched: data[0 .. size) is at `base` of the media,
 * hits of the block begin in [from, to). */
struct searched {
    const uint8_t *data;
    size_t size;
    uint64_t base, from, to;
};

/*
 * Search on both sides of each border in it, by itself, where text stands on both: the hits of
 * the block that only both sides together make are covered, those of one side are added. Where
 * content goes on in another fragment hidden.h tells what is there. 0, or -1 without memory.
 */
int borders_mend(struct borders *borders, struct found_block *block,
                 const struct searched *searched);

#endif
