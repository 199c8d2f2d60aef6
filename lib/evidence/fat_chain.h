/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAT_CHAIN_H
#define FAT_CHAIN_H

/*
 * fat_chain: the file allocation table of FAT12, FAT16 and FAT32, and the chains
 * of clusters in it. Of a damaged chain the part before the damage is given; no
 * table makes a walk endless.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/reader.h>

#include "fat_copy.h"

/* What the entry of a cluster says, and what a chain ends with. */
enum fat_link {
    FAT_NEXT,       /* there is another cluster; no chain ends so */
    FAT_END,
    FAT_FREE,
    FAT_BAD,
    FAT_OUTSIDE,    /* to a number that is no cluster */
    FAT_UNREADABLE, /* the evidence lost that part of the table */
    FAT_LOOP,       /* of a chain: to a cluster that it has already */
};

enum { FAT_WINDOW = 32768 };

/* The first FAT of a volume, read piece by piece, as `copy` mends it. */
struct fat_table {
    struct reader *reader;
    uint64_t start; /* of the volume, in the reader */
    const struct fat_geometry *geometry;
    const struct fat_copy *copy;
    uint64_t window_at; /* byte of the table */
    size_t window_size; /* 0 before the first read */
    bool window_lost;   /* some of it is zeros instead */
    uint8_t window[FAT_WINDOW];
};

/* What is said of a cluster of the volume; *next is set with FAT_NEXT only. */
enum fat_link fat_table_link(struct fat_table *table, uint32_t cluster, uint32_t *next);

/* Clusters that follow each other. */
struct fat_run {
    uint32_t cluster, count;
};

/* Zeros are an empty one; used again for one chain after the other. */
struct fat_chain {
    struct fat_run *runs;
    size_t count, capacity;
    uint32_t clusters;  /* in all runs, each once */
    uint32_t last;      /* the cluster whose entry ends it */
    enum fat_link end;
};

/* Follow the chain that begins with a cluster; a number that is none has an empty
 * chain with FAT_OUTSIDE. 0, or -1 without memory. */
int fat_chain_read(struct fat_chain *chain, struct fat_table *table, uint32_t first);
void fat_chain_release(struct fat_chain *chain);

#endif
