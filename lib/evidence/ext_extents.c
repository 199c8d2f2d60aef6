/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ext_extents: the tree of extents of an inode of ext4. See ext_inode.h.
 *
 * Node, 12 bytes of header and entries of 12 bytes:
 *     0    2  eh_magic: 0xf30a
 *     2    2  eh_entries
 *     6    2  eh_depth: 0 in a leaf
 * In a leaf ee_block (4 bytes, of the file), ee_len (2; over 32,768: unwritten, that
 * much shorter), ee_start_hi (2), ee_start_lo (4); above ei_block (4: the first of
 * the file below), ei_leaf_lo (4), ei_leaf_hi (2).
 */

#include <fett/bytes.h>

#include "ext_internal.h"

enum {
    NODE_MAGIC = 0xf30a,
    NODE_HEADER_SIZE = 12,
    NODE_ENTRY_SIZE = 12,
    EXTENT_MOST_WRITTEN = 32768,
};

#define FILE_BLOCKS (UINT64_C(1) << 32) /* blocks of a file are numbered in 32 bits */

struct extent_walk {
    struct ext *ext;
    ext_extent_visit visit;
    void *context;
    struct error *error;
};

static int visit_leaf(struct extent_walk *walk, const uint8_t *entry, uint64_t first, uint64_t end,
                      uint64_t *next)
{
    uint32_t length = bytes_u16le(entry + 4);
    bool unwritten = length > EXTENT_MOST_WRITTEN;
    const struct ext_extent extent = {
        .file_block = bytes_u32le(entry),
        .block = bytes_u32le(entry + 8) | (uint64_t)bytes_u16le(entry + 6) << 32,
        .count = unwritten ? length - EXTENT_MOST_WRITTEN : length,
        .unwritten = unwritten,
    };

    *next = extent.file_block + extent.count;
    if (extent.count == 0 || extent.file_block < first || *next > end || extent.block == 0 ||
        extent.block > walk->ext->block_count ||
        extent.count > walk->ext->block_count - extent.block)
        return error_set(walk->error, ERROR_DAMAGED,
                         "extent of %llu blocks at %llu of the file, %llu of the volume",
                         (unsigned long long)extent.count, (unsigned long long)extent.file_block,
                         (unsigned long long)extent.block);
    return walk->visit(walk->context, &extent);
}

static int walk_node(struct extent_walk *walk, const uint8_t *data, size_t size, unsigned depth,
                     uint64_t first, uint64_t end);

/* The node of `depth` that an entry leads to, for blocks up to `next` of the file. */
static int enter_node(struct extent_walk *walk, const uint8_t *entry, unsigned depth,
                      uint64_t first, uint64_t next)
{
    struct ext *ext = walk->ext;
    uint64_t block = bytes_u32le(entry + 4) | (uint64_t)bytes_u16le(entry + 8) << 32;
    uint8_t *data = ext->nodes + depth * (size_t)ext->block_size;
    const struct ext_extent node = {
        .file_block = bytes_u32le(entry),
        .block = block,
        .count = 1,
        .node = true,
    };

    if (node.file_block < first || next <= node.file_block || block == 0 ||
        block >= ext->block_count)
        return error_set(walk->error, ERROR_DAMAGED,
                         "node of extents in block %llu for %llu to %llu of the file",
                         (unsigned long long)block, (unsigned long long)node.file_block,
                         (unsigned long long)next);
    if (reader_read(ext->reader, block * ext->block_size, data, ext->block_size, walk->error) != 0)
        return -1;
    if (bytes_u16le(data + 2) == 0)
        return error_set(walk->error, ERROR_DAMAGED, "node of extents in block %llu: no entries",
                         (unsigned long long)block);
    int result = walk->visit(walk->context, &node);
    return result != 0 ? result
                       : walk_node(walk, data, ext->block_size, depth, node.file_block, next);
}

/* A node of `depth` at data[0, size), which holds blocks [first, end) of the file.
 * Its depth is one less than that of the node above, and no two nodes or extents
 * hold the same block of the file: a loop comes to an end. */
static int walk_node(struct extent_walk *walk, const uint8_t *data, size_t size, unsigned depth,
                     uint64_t first, uint64_t end)
{
    size_t count = bytes_u16le(data + 2);

    if (bytes_u16le(data) != NODE_MAGIC || bytes_u16le(data + 6) != depth ||
        count > (size - NODE_HEADER_SIZE) / NODE_ENTRY_SIZE)
        return error_set(walk->error, ERROR_DAMAGED,
                         "node of extents: magic %04x, depth %u for %u, %zu entries",
                         bytes_u16le(data), bytes_u16le(data + 6), depth, count);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = data + NODE_HEADER_SIZE + i * NODE_ENTRY_SIZE;
        uint64_t next = i + 1 < count ? bytes_u32le(entry + NODE_ENTRY_SIZE) : end;
        if (depth > 0 && next > end)
            next = end;
        int result = depth == 0 ? visit_leaf(walk, entry, first, end, &next)
                                : enter_node(walk, entry, depth - 1, first, next);
        if (result != 0)
            return result;
        first = next;
    }
    return 0;
}

int ext_inode_extents(struct ext *ext, const struct ext_inode *inode, ext_extent_visit visit,
                      void *context, struct error *error)
{
    struct extent_walk walk = { ext, visit, context, error };
    unsigned depth = bytes_u16le(inode->block + 6);

    if (!inode->extents)
        return 0;
    if (depth > EXT_MOST_DEPTH)
        return error_set(error, ERROR_DAMAGED, "tree of extents: depth %u", depth);
    return walk_node(&walk, inode->block, sizeof inode->block, depth, 0, FILE_BLOCKS);
}
