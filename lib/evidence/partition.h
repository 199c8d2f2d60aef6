/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_PARTITION_H
#define FETT_EVIDENCE_PARTITION_H

/*
 * partition: partition tables. Internal to lib/evidence; volume.c makes
 * volumes of them.
 */

#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/reader.h>
#include <fett/volume.h>

enum { PARTITION_DETAIL_SIZE = 256 };

enum partition_use {
    USE_FILES,   /* a file system is to be expected */
    USE_OTHER,   /* none: reserved, swap, or slices that are listed too */
    USE_DYNAMIC, /* a part of a Windows dynamic disk, with volumes of its own */
};

struct partition {
    unsigned number;  /* as Linux counts: p1 is 1 */
    uint64_t offset;  /* bytes, from the table; may lie outside the media */
    uint64_t length;  /* bytes, likewise; not 0 */
    enum partition_use use;
    char detail[PARTITION_DETAIL_SIZE]; /* what the table says it is for, UTF-8 */
};

/* Told of each fault of a table: its place and length on the media in bytes. */
typedef void (*partition_fault)(void *context, uint64_t offset, uint64_t length,
                                const char *reason);

struct partitions {
    enum volume_scheme scheme;
    uint32_t sector_size;    /* that the table counts in */
    struct partition *items; /* in order of number */
    size_t count;
    size_t capacity;
};

/*
 * Read the partition table of a media: GPT, MBR (with logical partitions, and
 * BSD and Solaris slices inside), BSD label, Sun label or Apple map. None leaves
 * SCHEME_NONE. -1 only when memory is out.
 */
int partitions_read(struct partitions *partitions, struct reader *media, uint32_t sector_size,
                    partition_fault fault, void *context, struct error *error);
void partitions_release(struct partitions *partitions);

#endif
