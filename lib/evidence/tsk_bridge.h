/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_TSK_BRIDGE_H
#define FETT_EVIDENCE_TSK_BRIDGE_H

/*
 * tsk_bridge: an image as libtsk wants to see it. Internal to lib/evidence.
 *
 * libtsk holds a lock of the TSK_IMG_INFO while it reads, so each thread opens
 * a bridge of its own. Reading through it fails for want of memory only: zeros
 * stand where the evidence lost bytes, and the image remembers the gap.
 */

#include <fett/error.h>
#include <fett/image.h>
#include <fett/volume.h>

#include "fat_copy.h"
#include "tsk_library.h"

/* A new view with a reader of its own, or NULL. Close it by tsk->img_close, before the image
 * is freed; `tsk` must outlive it. */
TSK_IMG_INFO *tsk_bridge_open(struct image *image, const struct tsk *tsk, struct error *error);

/* Give the bytes of the first FAT as `copy`, which must outlive it, mends them. */
void tsk_bridge_mend(TSK_IMG_INFO *bridge, const struct fat_copy *copy);

/* A volume ("p1.vol2") of an APFS container, which libtsk calls a pool. */
struct tsk_bridge_apfs {
    const struct tsk *tsk;
    const TSK_POOL_INFO *pool;
    TSK_IMG_INFO *info; /* the volume's view of the pool */
    TSK_FS_INFO *fs;
};

/* Open it by its name, through a bridge, which must outlive it. */
int tsk_bridge_apfs_open(struct tsk_bridge_apfs *apfs, const struct tsk *tsk,
                         TSK_IMG_INFO *bridge, const struct volume *volume, struct error *error);
void tsk_bridge_apfs_close(struct tsk_bridge_apfs *apfs);

/* Set error to `kind` and "FORMATTED TEXT: what libtsk says", and clear
 * libtsk's own error state of this thread. Always returns -1. */
int tsk_bridge_error(const struct tsk *tsk, struct error *error, enum error_kind kind,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
