/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_PARTITION_TABLE_H
#define FETT_EVIDENCE_PARTITION_TABLE_H

/*
 * partition_table: what the readers of partition tables share. Internal to lib/evidence;
 * partition.c asks each whether the table is its own. Unless it is said otherwise they give
 * 0, where there is no such table too, or -1 without memory.
 */

#include <stdbool.h>

#include "partition.h"

enum { SECTOR = 512 };

struct table {
    struct partitions *out;
    struct reader *media;
    uint32_t sector_size; /* unit of MBR and GPT */
    unsigned next;        /* number of the next logical partition or slice */
    partition_fault fault;
    void *context;
};

/* --- partition.c --- */

/* Bytes that the media does not have are zeros. */
void partition_read(const struct table *table, uint64_t offset, uint8_t *block, size_t size);

/* Add a partition; `detail` is UTF-8. */
int partition_add(struct table *table, unsigned number, uint64_t offset, uint64_t length,
                  enum partition_use use, const char *detail, struct error *error);

/* --- partition_mbr.c; `sector` is the first of the media --- */

/* A boot sector has code or text where a table has flags of 00 or 80. */
bool mbr_is(const uint8_t *sector, uint64_t sectors);
bool mbr_is_protective(const uint8_t *sector);

/* A raw image does not say how large its sectors were. Disks of 4,096 bytes a sector,
 * and USB bridges above 2 TiB, write MBRs that count these: set what this one counts. */
int mbr_find_sectors(struct table *table, const uint8_t *sector, struct error *error);

/* With the logical partitions and the slices that are inside. */
int mbr_read(struct table *table, const uint8_t *sector, struct error *error);

/* --- partition_gpt.c --- */

/* In units of the media's sectors, else of 512 or 4,096 bytes. */
int gpt_read(struct table *table, struct error *error);

/* --- partition_slices.c --- */

/* Those of a BSD label in a partition, or of the whole media where there is no other table. */
int slices_read_bsd(struct table *table, uint64_t start, uint64_t length, struct error *error);
int slices_read_solaris(struct table *table, uint64_t start, struct error *error);

/* `label` is the first sector of the media. */
int slices_read_sun(struct table *table, const uint8_t *label, struct error *error);

#endif
