/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXT_INTERNAL_H
#define EXT_INTERNAL_H

/*
 * What the files behind ext_inode.h share: ext_volume.c has the superblock and the groups,
 * ext_inode.c the inodes, ext_extents.c the trees in them, ext_folder.c the folders. Names
 * are those of the Linux kernel, fs/ext4/ext4.h and ext4_extents.h; all integers are
 * little-endian.
 */

#include "ext_inode.h"

enum {
    EXT_OLD_INODE_SIZE = 128,
    EXT_WINDOW = 65536, /* bytes that are read at once of tables; the largest block */
    EXT_MOST_DEPTH = 5, /* of a tree: EXT4_MAX_EXTENT_DEPTH */
    EXT_INCOMPAT_LARGEDIR = 0x4000,
    EXT_RO_COMPAT_LARGE_FILE = 0x2,
};

#define EXT_NO_BLOCK UINT64_MAX

struct ext {
    struct reader *reader;
    uint64_t block_count;
    uint32_t block_size, first_block;
    uint32_t inode_count, inode_size, inodes_per_group;
    uint32_t blocks_per_group, descriptor_size;
    uint32_t revision, stored_descriptor_size; /* as the superblock says */
    uint32_t compat, incompat, ro_compat;
    uint32_t first_meta_group; /* blocks of descriptors that stand together */
    uint32_t backups[2];
    uint32_t reserved_descriptors; /* blocks */
    uint32_t project_quota, orphan_file; /* inodes */
    uint64_t mmp_block;
    uint64_t table_group, table; /* the group looked at last, block of its inodes */
    uint64_t window_block, window_count; /* what `window` holds */
    uint64_t bitmap_group, bitmap; /* the group looked at last, block of the bitmap of blocks */
    uint8_t *window;             /* EXT_WINDOW bytes */
    uint8_t *nodes;              /* EXT_MOST_DEPTH blocks */
    uint8_t *folder;             /* one block */
    uint64_t folder_blocks;      /* of folders that may still be read */
};

/* What a group descriptor tells of. */
enum ext_group_block { EXT_BLOCK_BITMAP, EXT_INODE_BITMAP, EXT_INODE_TABLE, EXT_GROUP_BLOCKS };

/* Where a group says that its bitmaps and inodes are. 0 or -1. */
int ext_read_group(struct ext *ext, uint64_t group, uint64_t blocks[EXT_GROUP_BLOCKS],
                   struct error *error);

/* The bytes of a block of the volume, which it has, until the next; NULL: they are lost. */
const uint8_t *ext_load_block(struct ext *ext, uint64_t block, struct error *error);

#endif
