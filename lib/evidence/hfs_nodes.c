/* SPDX-License-Identifier: Apache-2.0 */

/*
 * hfs_nodes: see hfs_nodes.h. Numbers are big-endian (Apple's Technical Note 1150).
 *
 * Fork: where the content of a file is:
 *     0    8  bytes
 *    12    4  blocks
 *    16   64  eight extents: first block, blocks; further ones in the extents overflow file
 *
 * Node:
 *     0    4  number of the next node of its kind, 0: none
 *     8    1  kind: -1 leaf, 0 index, 1 header, 2 map
 *     9    1  height: 1 leaf, 2 and more index, 0 others
 *    10    2  records
 *    14       records; their offsets stand at the end of the node, two bytes each, the first
 *             one last, and before them that of the free space behind the last record
 *
 * Node 0, the header:
 *    32    2  bytes of a node
 *    36    4  nodes
 *
 * Record of a leaf of the extents overflow file:
 *     0    2  10
 *     2    1  fork: 0 the content
 *     4    4  inode
 *     8    4  the first of its blocks
 *    12   64  eight extents
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/keyed.h>
#include <fett/limits.h>

#include "hfs_nodes.h"

enum {
    EXTENTS = 8,
    EXTENT_SIZE = 8,
};

static int add_extents(struct hfs_nodes *nodes, const uint8_t data[EXTENTS * EXTENT_SIZE],
                       uint32_t file_block)
{
    for (size_t i = 0; i < EXTENTS; i++) {
        struct hfs_extent extent = { file_block, bytes_u32be(data + EXTENT_SIZE * i),
                                     bytes_u32be(data + EXTENT_SIZE * i + 4) };
        if (extent.count == 0)
            break;
        if (memory_grow((void **)&nodes->extents, &nodes->extent_capacity,
                        nodes->extent_count + 1, sizeof *nodes->extents) != 0)
            return -1;
        nodes->extents[nodes->extent_count++] = extent;
        nodes->blocks += extent.count;
        file_block += extent.count;
    }
    return 0;
}

/* Where a byte of the file is, from the start of the volume, and how many follow it there. */
static uint64_t find_place(const struct hfs_nodes *nodes, uint64_t offset, uint64_t *left)
{
    uint64_t block = offset / nodes->block_size;
    size_t next = keyed_find(nodes->extents, nodes->extent_count, sizeof *nodes->extents,
                             block + 1);
    const struct hfs_extent *extent = next > 0 ? &nodes->extents[next - 1] : NULL;

    *left = 0;
    if (!extent || block - extent->file_block >= extent->count)
        return 0;
    uint64_t into = offset - extent->file_block * nodes->block_size;
    *left = (uint64_t)extent->count * nodes->block_size - into;
    return (uint64_t)extent->first * nodes->block_size + into;
}

uint64_t hfs_node_place(const struct hfs_nodes *nodes, uint32_t number)
{
    uint64_t left;

    return find_place(nodes, (uint64_t)number * nodes->size, &left);
}

void hfs_node_read(struct hfs_nodes *nodes, uint32_t number)
{
    uint64_t offset = (uint64_t)number * nodes->size;

    nodes->number = number;
    memset(nodes->node, 0, nodes->size);
    for (size_t at = 0; at < nodes->size;) {
        uint64_t left, place = find_place(nodes, offset + at, &left);
        size_t part = left < nodes->size - at ? (size_t)left : nodes->size - at;
        if (part == 0)
            return;
        /* The image remembers what is lost. */
        reader_read(nodes->reader, place, nodes->node + at, part, NULL);
        at += part;
    }
}

/* Take over what the header says of the nodes, which is read as a node of the smallest size. */
static bool read_header(struct hfs_nodes *nodes)
{
    uint64_t bytes = nodes->blocks * nodes->block_size;

    nodes->size = HFS_SMALLEST_NODE;
    hfs_node_read(nodes, 0);
    uint32_t size = bytes_u16be(nodes->node + 32), count = bytes_u32be(nodes->node + 36);
    if (nodes->node[8] != HFS_HEADER || size < HFS_SMALLEST_NODE || size > HFS_LARGEST_NODE ||
        (size & (size - 1)) != 0)
        return false;
    if (bytes > nodes->reader->size)
        bytes = nodes->reader->size;
    nodes->size = size;
    nodes->count = count < bytes / size ? count : (uint32_t)(bytes / size);
    if (nodes->count > LIMIT_HFS_NODES)
        nodes->count = LIMIT_HFS_NODES;
    hfs_node_read(nodes, 0);
    return nodes->count > 0;
}

bool hfs_node_is_leaf(const struct hfs_nodes *nodes)
{
    return (int8_t)nodes->node[8] == HFS_LEAF && nodes->node[9] == 1;
}

size_t hfs_node_records(const struct hfs_nodes *nodes)
{
    enum { SMALLEST_RECORD = 2, OFFSET_SIZE = 2 };
    size_t count = bytes_u16be(nodes->node + 10);
    size_t most = (nodes->size - HFS_DESCRIPTOR_SIZE) / (SMALLEST_RECORD + OFFSET_SIZE);

    return count < most ? count : most;
}

/* Where record `index` of the node begins; behind the last one its free space does. */
static size_t record_at(const struct hfs_nodes *nodes, size_t index)
{
    return bytes_u16be(nodes->node + nodes->size - 2 * (index + 1));
}

const uint8_t *hfs_node_record(const struct hfs_nodes *nodes, size_t index, size_t *length)
{
    size_t at = record_at(nodes, index), end = record_at(nodes, index + 1);

    if (at < HFS_DESCRIPTOR_SIZE || at % 2 != 0 || at >= end ||
        end > nodes->size - 2 * (index + 2))
        return NULL;
    *length = end - at;
    return nodes->node + at;
}

/* The extents of file `inode` of which the leaf that was read last knows. */
static int add_leaf_extents(struct hfs_nodes *nodes, const struct hfs_nodes *overflow,
                            uint32_t inode)
{
    int result = 0;

    for (size_t i = 0; i < hfs_node_records(overflow) && result == 0; i++) {
        size_t length;
        const uint8_t *record = hfs_node_record(overflow, i, &length);
        if (record && length >= 12 + EXTENTS * EXTENT_SIZE && record[2] == 0 &&
            bytes_u32be(record + 4) == inode)
            result = add_extents(nodes, record + 12, bytes_u32be(record + 8));
    }
    return result;
}

static int add_overflow(struct hfs_nodes *nodes, const uint8_t *fork, uint32_t inode)
{
    struct hfs_nodes *overflow = calloc(1, sizeof *overflow);

    if (!overflow)
        return -1;
    int result = hfs_nodes_open(overflow, nodes->reader, nodes->block_size, fork, NULL, 0);
    for (uint32_t n = 1; result == 0 && n < overflow->count; n++) {
        hfs_node_read(overflow, n);
        if (hfs_node_is_leaf(overflow))
            result = add_leaf_extents(nodes, overflow, inode);
    }
    hfs_nodes_release(overflow);
    free(overflow);
    if (result >= 0 && nodes->extent_count > 0)
        qsort(nodes->extents, nodes->extent_count, sizeof *nodes->extents, keyed_compare);
    return result < 0 ? -1 : 0;
}

int hfs_nodes_open(struct hfs_nodes *nodes, struct reader *reader, uint32_t block_size,
                   const uint8_t fork[HFS_FORK_SIZE], const uint8_t *overflow_fork,
                   uint32_t inode)
{
    nodes->reader = reader;
    nodes->block_size = block_size;
    if (add_extents(nodes, fork + 16, 0) != 0 ||
        (overflow_fork && nodes->blocks < bytes_u32be(fork + 12) &&
         add_overflow(nodes, overflow_fork, inode) != 0))
        return -1;
    return read_header(nodes) ? 0 : 1;
}

void hfs_nodes_release(struct hfs_nodes *nodes)
{
    free(nodes->extents);
    nodes->extents = NULL;
}
