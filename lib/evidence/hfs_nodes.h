/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HFS_NODES_H
#define HFS_NODES_H

/* hfs_nodes: the nodes of a B-tree of HFS+, by number: the catalogue, the extents overflow
 * file. Nothing in them is trusted. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/reader.h>

enum { HFS_SMALLEST_NODE = 512, HFS_LARGEST_NODE = 32768, HFS_DESCRIPTOR_SIZE = 14 };
enum { HFS_FORK_SIZE = 80 };
enum { HFS_LEAF = -1, HFS_INDEX = 0, HFS_HEADER = 1, HFS_MAP = 2 }; /* kinds */

struct hfs_extent {
    uint64_t file_block;   /* the first, in the file */
    uint32_t first, count; /* blocks of the volume */
};

struct hfs_nodes {
    struct reader *reader; /* of the volume */
    uint32_t block_size;
    struct hfs_extent *extents; /* in the order of the file */
    size_t extent_count, extent_capacity;
    uint64_t blocks; /* in all extents */
    uint32_t size;   /* of a node */
    uint32_t count;  /* no more than the volume has room for */
    uint32_t number; /* of the one that was read last */
    uint8_t node[HFS_LARGEST_NODE];
};

/* Over the fork of file `inode`, with those of its extents that the extents overflow file has
 * (NULL: none). Node 0 is read. 1: its header is none; -1: without memory. `nodes` is zeros, and
 * is to be released in any case. */
int hfs_nodes_open(struct hfs_nodes *nodes, struct reader *reader, uint32_t block_size,
                   const uint8_t fork[HFS_FORK_SIZE], const uint8_t *overflow_fork,
                   uint32_t inode);
void hfs_nodes_release(struct hfs_nodes *nodes);

/* From the start of the volume; 0 where no extent has it. */
uint64_t hfs_node_place(const struct hfs_nodes *nodes, uint32_t number);

/* Read a node. What cannot be read is zeros. */
void hfs_node_read(struct hfs_nodes *nodes, uint32_t number);

/* Of the node that was read last: */
bool hfs_node_is_leaf(const struct hfs_nodes *nodes);

/* How many records it says it has, no more than there can be. */
size_t hfs_node_records(const struct hfs_nodes *nodes);

/* A record that lies whole in it, or NULL. */
const uint8_t *hfs_node_record(const struct hfs_nodes *nodes, size_t index, size_t *length);

#endif
