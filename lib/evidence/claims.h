/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLAIMS_H
#define CLAIMS_H

/*
 * claims: which clusters more than one deleted file says are its own. At most one of
 * them can be right. Ranges are added in any order, sealed once, then asked for.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/tree.h>

struct claims_range {
    uint64_t first, end; /* clusters; `end` is not in it */
};

struct claims {
    struct claims_range *items; /* sealed: what is contested, in order, apart from each other */
    size_t count, capacity;
    bool sealed;
};

/* `count` clusters from `first` on. 0, or -1 without memory. */
int claims_add(struct claims *claims, uint64_t first, uint64_t count);

/* Keep what was added more than once. */
void claims_seal(struct claims *claims);

/* Whether any of these clusters is contested. */
bool claims_contested(const struct claims *claims, uint64_t first, uint64_t count);

void claims_release(struct claims *claims);

/* What became of a deleted file's content, cluster by cluster. */
struct claims_tally {
    bool free, used, contested; /* there are such clusters */
};

/* Intact only if all are free and no other's; where it cannot be told, unknown. */
enum file_content claims_judge(const struct claims_tally *tally);

#endif
