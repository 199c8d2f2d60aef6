/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_EWF_INDEX_H
#define FETT_EVIDENCE_EWF_INDEX_H

/*
 * ewf_index: where the chunks of an EWF image stand. Internal to lib/evidence.
 *
 * Only the places of the chunk tables are kept, about 60 bytes for 16,375 or
 * more chunks; the tables themselves are read when they are needed. (libewf
 * keeps about 290 bytes for each chunk that was ever read: 4.6 GB for a disk of
 * 500 GB, for each thread.)
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

#include "image_internal.h"

struct ewf_table {
    uint64_t first;      /* chunk number of its first entry; the key */
    uint64_t base;       /* what its offsets count from, in the file */
    uint64_t entries;    /* where they stand in the file */
    uint64_t mirror;     /* where the second copy stands, or 0 */
    uint64_t data_end;   /* where the data of its last chunk end at the latest */
    uint32_t count;
    uint32_t segment;    /* index of the segment file */
    bool checksum;       /* one stands behind the entries */
    uint32_t *recovered; /* the entries, where the table is lost; else NULL */
};

struct ewf_index {
    uint32_t chunk_size;    /* bytes */
    uint64_t chunk_count;
    struct ewf_table *tables; /* sorted by first, not overlapping */
    size_t table_count;
};

/* Read the sections of all segments: fills in the index, and of the image
 * size, sector_size, facts, digests, and gaps for what is missing. */
int ewf_index_read(struct ewf_index *index, struct image *image, struct error *error);

/* Whether a file that begins so is a segment of an EWF image whose file header is damaged: a
 * whole section descriptor stands behind it. */
bool ewf_is_headless(const uint8_t *head, size_t size);
void ewf_index_release(struct ewf_index *index);

/* Bytes that the stored form of a chunk never exceeds: what does not deflate
 * grows by 5 bytes in 16 KiB at worst. */
size_t ewf_stored_most(uint32_t chunk_size);

/* The table that holds a chunk, or NULL. */
const struct ewf_table *ewf_index_find(const struct ewf_index *index, uint64_t chunk);

/* Add what the content of a "header" or "header2" section says to the facts.
 * -1 with the error if it cannot be read (ERROR_DAMAGED) or memory is out. */
int ewf_header_add_facts(struct image *image, const uint8_t *data, size_t size,
                         struct error *error);

#endif
