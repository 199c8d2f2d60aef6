/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TSK_FAT_H
#define TSK_FAT_H

/*
 * tsk_fat: what libtsk does not tell of FAT12, FAT16 and FAT32, read from the
 * volume itself for the index of tsk_index.h.
 */

#include "fat_geometry.h"
#include "tsk_index.h"

struct tsk_fat {
    struct fat_geometry geometry;
};

/* Sets owner->fat, unless it is no FAT or its boot sector cannot be used: then
 * libtsk's word is taken for all of it. 0, or -1 without memory. */
int tsk_fat_open(struct tsk_filesystem *owner, struct error *error);
void tsk_fat_close(struct tsk_filesystem *owner);

/* The times of an entry by its own 32 bytes. */
void tsk_fat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry);

#endif
