/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAT_COPY_H
#define FAT_COPY_H

/*
 * fat_copy: where the copies of the file allocation table differ, and which parts of the first,
 * which is the one that is read, cannot be: there the second is read in their place.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/reader.h>

#include "fat_geometry.h"

struct fat_copy {
    uint64_t first;  /* where the first FAT is, in the reader */
    uint64_t size;   /* of a FAT */
    uint64_t second; /* the one that is read where `used` says so */
    uint32_t unit;   /* bytes that are read from one of them */
    uint8_t *used;   /* a bit a unit; NULL: none */
    /* Differences, from the first to the end of the last one, in the reader; none: end is 0. */
    struct fat_difference {
        uint64_t at, end, units;
    } left, mended; /* that are read from the first, from the second */
};

/* Compare the FATs of the volume at `start` by its boot sector, which `geometry` is of. Where the
 * boot sector says that another FAT than the first is in use, it is used without more. 0, or -1
 * without memory. `copy` is zeros, and is to be released in any case. */
int fat_copy_compare(struct fat_copy *copy, struct reader *reader, uint64_t start,
                     const struct fat_geometry *geometry, const uint8_t boot[FAT_BOOT_SIZE]);
void fat_copy_release(struct fat_copy *copy);

/* Whether a byte of the first FAT, by its place in the reader, is to be read from the second. */
static inline bool fat_copy_is_used(const struct fat_copy *copy, uint64_t place)
{
    uint64_t unit = copy->used ? (place - copy->first) / copy->unit : 0;

    return copy->used && copy->used[unit / 8] >> unit % 8 & 1;
}

/* Put what is to be read from the second FAT into bytes that were read at `offset`. */
void fat_copy_mend(const struct fat_copy *copy, struct reader *reader, uint64_t offset,
                   void *buffer, size_t size);

#endif
