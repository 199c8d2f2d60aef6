/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fat_chain: see fat_chain.h. The table (Microsoft's FAT specification) has an entry
 * for each cluster, little-endian:
 *     FAT12   12 bits: entry n begins at byte n * 3 / 2, an odd one at its bit 4
 *     FAT16   16 bits
 *     FAT32   32 bits, of which the lower 28 count
 * It is 0 of a free cluster, all ones but the last bit of a bad one, from the next
 * number on the end of a chain, else the next cluster.
 */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>

#include "fat_chain.h"

/* The `size` bytes of the table at `at`, or NULL where they are lost. */
static const uint8_t *table_bytes(struct fat_table *table, uint64_t at, size_t size)
{
    const uint64_t start = table->start + table->geometry->table;

    if (at < table->window_at || at + size > table->window_at + table->window_size) {
        uint64_t first = at & ~UINT64_C(511), end = table->geometry->data - table->geometry->table;
        if (at + size > end)
            return NULL;
        table->window_at = first;
        table->window_size = end - first < FAT_WINDOW ? (size_t)(end - first) : FAT_WINDOW;
        table->window_lost = reader_read(table->reader, start + first, table->window,
                                         table->window_size, NULL) != 0;
        if (table->copy)
            fat_copy_mend(table->copy, table->reader, start + first, table->window,
                          table->window_size);
    }
    uint8_t *bytes = table->window + (at - table->window_at);
    if (table->window_lost && !(table->copy && fat_copy_is_used(table->copy, start + at)) &&
        reader_read(table->reader, start + at, bytes, size, NULL) != 0)
        return NULL;
    return bytes;
}

enum fat_link fat_table_link(struct fat_table *table, uint32_t cluster, uint32_t *next)
{
    unsigned bits = table->geometry->bits;
    const uint8_t *bytes = table_bytes(table, (uint64_t)cluster * bits / 8, bits == 32 ? 4 : 2);
    uint32_t value, mask = bits == 12 ? 0xfff : bits == 16 ? 0xffff : 0xfffffff;

    if (!bytes)
        return FAT_UNREADABLE;
    value = bits == 32 ? bytes_u32le(bytes) : bytes_u16le(bytes);
    if (bits == 12 && cluster % 2 == 1)
        value >>= 4;
    value &= mask;
    if (value == 0)
        return FAT_FREE;
    if (value == mask - 8)
        return FAT_BAD;
    if (value > mask - 8)
        return FAT_END;
    if (!fat_is_cluster(table->geometry, value))
        return FAT_OUTSIDE;
    *next = value;
    return FAT_NEXT;
}

static int add_cluster(struct fat_chain *chain, uint32_t cluster)
{
    struct fat_run *run = chain->count > 0 ? &chain->runs[chain->count - 1] : NULL;

    chain->clusters++;
    chain->last = cluster;
    if (run && run->cluster + run->count == cluster) {
        run->count++;
        return 0;
    }
    if (memory_grow((void **)&chain->runs, &chain->capacity, chain->count + 1,
                    sizeof *chain->runs) != 0)
        return -1;
    chain->runs[chain->count++] = (struct fat_run){ cluster, 1 };
    return 0;
}

/* Cut a chain that runs round in a loop of `length` clusters behind the last one
 * that it has not had before: two that walk in that distance meet where it begins. */
static void cut_loop(struct fat_chain *chain, struct fat_table *table, uint32_t length)
{
    uint32_t behind = chain->runs[0].cluster, ahead = behind, clusters = length, before = 0;

    for (uint32_t i = 0; i < length; i++)
        if (fat_table_link(table, ahead, &ahead) != FAT_NEXT)
            return;
    while (behind != ahead) {
        if (fat_table_link(table, behind, &behind) != FAT_NEXT ||
            fat_table_link(table, ahead, &ahead) != FAT_NEXT)
            return;
        clusters++;
    }
    chain->clusters = clusters;
    for (chain->count = 0; before < clusters; chain->count++) {
        struct fat_run *run = &chain->runs[chain->count];
        if (run->count > clusters - before)
            run->count = clusters - before;
        before += run->count;
        chain->last = run->cluster + run->count - 1;
    }
}

/* Loops are found as Brent does: by waiting at a cluster, twice as long each time. */
int fat_chain_read(struct fat_chain *chain, struct fat_table *table, uint32_t first)
{
    uint32_t cluster = first, waiting = first, steps = 0, patience = 1;

    chain->count = 0;
    chain->clusters = 0;
    chain->last = 0;
    chain->end = FAT_OUTSIDE;
    if (!fat_is_cluster(table->geometry, first))
        return 0;
    for (;;) {
        if (add_cluster(chain, cluster) != 0)
            return -1;
        chain->end = fat_table_link(table, cluster, &cluster);
        if (chain->end != FAT_NEXT)
            return 0;
        steps++;
        if (cluster == waiting) {
            chain->end = FAT_LOOP;
            cut_loop(chain, table, steps);
            return 0;
        }
        if (steps == patience) {
            waiting = cluster;
            patience *= 2;
            steps = 0;
        }
    }
}

void fat_chain_release(struct fat_chain *chain)
{
    free(chain->runs);
    *chain = (struct fat_chain){ .runs = NULL };
}
