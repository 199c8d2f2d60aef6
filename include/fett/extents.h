/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EXTENTS_H
#define FETT_EXTENTS_H

/*
 * extents: which ranges of the media belong to what.
 *
 * A map is filled with ranges in any order, sealed once, and then asked for
 * offsets, by any number of threads. Ranges may overlap (a deleted file whose
 * clusters were taken again): all owners of an offset are found, the strongest
 * rank first, then the lowest owner. Asking is O(log n) plus the overlap.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum area {
    AREA_CONTENT,       /* without an owner: in use, of no file that is known */
    AREA_SLACK,         /* in a file's clusters beyond its end or initialised size */
    AREA_RESIDENT,      /* content inside an $MFT record */
    AREA_INDEX,         /* folder structure */
    AREA_METADATA,      /* other file system structure */
    AREA_UNALLOCATED,
    AREA_UNPARTITIONED,
    AREA_COUNT,
};

/* "content", "slack", ... as records write it. */
const char *area_name(enum area area);

/* How strong a claim is. A deleted file whose bytes are still free beats the
 * structure around it (a resident file of a freed $MFT record); one whose bytes
 * were taken again comes last and is never an owner. */
enum extent_rank { RANK_ALLOCATED, RANK_DELETED, RANK_METADATA, RANK_REALLOCATED };

struct extent {
    uint64_t start;       /* bytes from the start of the media */
    uint64_t length;      /* bytes, not 0 */
    uint64_t file_offset; /* of the first byte within the owner */
    uint64_t owner;       /* what the one who filled the map wants: a handle */
    uint32_t space;       /* which file system the owner belongs to: its index */
    uint8_t area;         /* enum area */
    uint8_t rank;         /* enum extent_rank */
    bool packed;          /* stored compressed: the bytes are not those of the content,
                           * file_offset is that of the unit plus the place in it */
    bool goes_on;         /* content, of which more lies elsewhere; set by extents_add */
};

/* Whether it is a file's own content, wherever that lies. */
static inline bool extent_is_content(const struct extent *extent)
{
    return extent->owner != 0 && (extent->area == AREA_CONTENT || extent->area == AREA_RESIDENT);
}

struct extents;

struct extents *extents_new(void);
void extents_free(struct extents *extents);

/* About so many will be added: where there is room for them, they are not moved as the map
 * grows. */
void extents_expect(struct extents *extents, size_t count);

/* 0, or -1 when memory is out. Neighbours that go on (same owner, area, rank,
 * continuous on both sides) are joined. The content of one owner is added without
 * another's between, in its order. */
int extents_add(struct extents *extents, const struct extent *extent);

/* Sort and index; nothing is added from now on. */
int extents_seal(struct extents *extents);

/* Bytes [from, to). */
struct stretch {
    uint64_t from, to;
};

/* Cut a stretch around `offset` at a border that it is not to cross. */
static inline void stretch_cut(struct stretch *stretch, uint64_t offset, uint64_t border)
{
    if (border <= offset && border > stretch->from)
        stretch->from = border;
    else if (border > offset && border < stretch->to)
        stretch->to = border;
}

/* Owners of the byte at `offset`, strongest first, at most `most`; returns how
 * many were stored in `found`. All bytes of *stretch have the same. */
size_t extents_at(const struct extents *extents, uint64_t offset, struct extent *found,
                  size_t most, struct stretch *stretch);

/* How many ranges; the i-th in order of start, or of addition before the map is
 * sealed: it holds until the next is added, or that is done. */
size_t extents_count(const struct extents *extents);
const struct extent *extents_get(const struct extents *extents, size_t index);

/* The first, in order of start, that does not start before `offset`. */
size_t extents_first(const struct extents *extents, uint64_t offset);

#endif
