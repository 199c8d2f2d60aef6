/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_SHADOW_CATALOG_H
#define FETT_EVIDENCE_SHADOW_CATALOG_H

/*
 * shadow_catalog: which shadow copies a volume has, and which of them have what is
 * needed to read them. Internal to lib/evidence.
 *
 * libvshadow gives up a whole volume for one damaged store. What stands in its way is
 * found here first, said of the copy that it hits, and hidden from libvshadow by
 * patches of what it reads.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/error.h>
#include <fett/instant.h>
#include <fett/reader.h>

enum {
    SHADOW_HEADER_AT = 0x1e00, /* in the volume */
    SHADOW_BLOCK = 16384,
    SHADOW_ID = 16,
};

/* A shadow copy: Windows calls what it is kept in a store. */
struct shadow_store {
    uint8_t id[SHADOW_ID]; /* of the store; names its file in System Volume Information */
    uint64_t filetime;     /* when it was made */
    uint64_t size;         /* bytes of the volume that it is a copy of */
    uint64_t entry;        /* where the catalog says where its data is; 0: it does not */
    uint64_t header;       /* block that describes it */
    bool described;        /* the following are known */
    uint8_t copy_id[SHADOW_ID], set_id[SHADOW_ID];
    struct buffer machine; /* that made it */
    struct error fault;    /* why it cannot be read; ERROR_NONE: it can */
};

/* What libvshadow is to read in place of what is there: a 64-bit number. */
struct shadow_patch {
    uint64_t offset; /* in the volume */
    uint64_t number;
};

struct shadow_catalog {
    struct shadow_store *stores; /* the oldest first */
    size_t count, capacity;
    struct shadow_patch *patches;
    size_t patch_count, patch_capacity;
    struct error fault; /* copies may be missing: why; ERROR_NONE: none are */
    uint64_t fault_at;  /* in the volume */
};

/* Whether the bytes at SHADOW_HEADER_AT, 16 of them, say that there may be copies. */
bool shadow_catalog_is(const uint8_t *data);

/* Read the catalog of a volume; release it in any case. Fails for want of memory only:
 * damage is told in the faults. */
int shadow_catalog_read(struct shadow_catalog *catalog, struct reader *volume,
                        struct error *error);
void shadow_catalog_release(struct shadow_catalog *catalog);

#endif
