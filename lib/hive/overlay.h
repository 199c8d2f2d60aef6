/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OVERLAY_H
#define OVERLAY_H

/*
 * overlay: a hive as it is after its logs, as a reader. Pages are not copied: a
 * patch tells which bytes of which log stand where, and later ones cover earlier
 * ones. The hive and its logs must outlive it.
 */

#include <fett/error.h>
#include <fett/reader.h>

enum { OVERLAY_HEAD_SIZE = 512 };

struct patch {
    uint64_t at;       /* in the hive */
    uint64_t length;
    struct reader *log;
    uint64_t from;     /* in the log */
};

struct overlay {
    struct reader reader;
    struct reader *primary;
    uint8_t head[OVERLAY_HEAD_SIZE]; /* stands at 0, before all patches */
    struct patch *patches;
    size_t count, capacity;
};

/* An overlay without patches, and the bytes of the hive at its head; those that
 * cannot be read are zeros. NULL: no memory. */
struct overlay *overlay_new(struct reader *primary);

/* Add a patch; the reader grows with it. One that continues the last joins it. */
int overlay_add(struct overlay *overlay, const struct patch *patch, struct error *error);

#endif
