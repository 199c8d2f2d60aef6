/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OWN_EXTENTS_H
#define OWN_EXTENTS_H

/*
 * own_extents: where on the media the content of one file lies, by its place in the file.
 * Slack is left out: content is never read from it.
 */

#include <fett/extents.h>
#include <fett/filesystem.h>

#include "hidden.h"

struct own_extents {
    struct extent *items; /* in order of the content */
    size_t count;
};

/* Those of a file of a tree; 0 or -1. Release in any case. */
int own_extents_init(struct own_extents *own, struct filesystem *filesystem, uint64_t handle,
                     struct error *error);
void own_extents_release(struct own_extents *own);

/* The extent that holds a byte of the content, of a packed unit its first one; NULL: none. */
const struct extent *own_extents_at(const struct own_extents *own, uint64_t file_offset);

/* Where that byte is on the media: of a packed unit where it begins. */
uint64_t own_extents_place(const struct extent *extent, uint64_t file_offset);

/*
 * The pieces of the media that hold the content [start, start + length), at most
 * HIDDEN_RUNS_MOST; how many. None where some of it is not on the media as it reads: sets
 * *packed where that is compressed.
 */
size_t own_extents_runs(const struct own_extents *own, uint64_t start, uint64_t length,
                        struct hidden_run runs[HIDDEN_RUNS_MOST], bool *packed);

#endif
