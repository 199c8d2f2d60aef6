/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_SHADOW_VOLUMES_H
#define FETT_EVIDENCE_SHADOW_VOLUMES_H

/* shadow_volumes: a volume for each shadow copy, for volume.c. */

#include "shadow.h"

enum { SHADOW_ID_TEXT = 37 };

struct shadow_volume {
    struct volume volume; /* first: volume_reader finds the rest behind it */
    struct shadow_copy shadow;
    struct shadows *all;
    size_t index; /* among them */
    char *name, *detail;
    char id[SHADOW_ID_TEXT], copy_id[SHADOW_ID_TEXT], set_id[SHADOW_ID_TEXT];
};

struct shadow_volumes {
    struct shadow_volume *items;
    size_t count, capacity;
    struct shadows **shadows; /* of each volume that has some */
    size_t shadows_count, shadows_capacity;
};

/* Find the copies of all volumes, which stay where they are; what may be missing is told in
 * them. Release it in any case, before the image. */
int shadow_volumes_find(struct shadow_volumes *copies, struct image *image,
                        struct volume *volumes, size_t count, struct error *error);
void shadow_volumes_release(struct shadow_volumes *copies);

#endif
