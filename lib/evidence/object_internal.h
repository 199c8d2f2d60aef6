/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_OBJECT_INTERNAL_H
#define FETT_EVIDENCE_OBJECT_INTERNAL_H

/* The evidence that objects are in (evidence.c), for those who name them (object.c). */

#include <fett/object.h>

#include "gaps.h"

struct evidence_item {
    struct evidence evidence;
    char *name; /* as the operand gave it */
    char *path; /* that could be opened */
    size_t volume_count;
    struct gaps gaps;
};

struct objects {
    struct objects_options options;
    struct evidence_item **items;
    size_t count, capacity;
};

/* The evidence of a name, opened at its first use; `has_more`: something in it is meant. Takes
 * over `name` and `path`. 0 or -1. */
int objects_get_evidence(struct objects *objects, char *name, char *path, bool has_more,
                         struct evidence_item **found, struct error *error);

/* The evidence that this file is a further segment of, or NULL. */
struct evidence_item *objects_find_segment(const struct objects *objects, const char *path);

#endif
