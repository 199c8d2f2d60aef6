/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXT_INODE_H
#define EXT_INODE_H

/*
 * ext_inode: what libtsk does not tell of the inodes of ext2, ext3 and ext4:
 * times before 1970 and after 2038, content that lies in the inode itself, blocks
 * that are set aside for a file and were never written.
 *
 * One thread at a time uses an ext. Inodes are read in any order; in ascending
 * order each block of them is read once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/reader.h>
#include <fett/tree.h>

struct ext;

/* Over a reader whose first byte is that of the volume, and which must outlive
 * it. ERROR_DAMAGED for a superblock that no such file system can have. */
int ext_open(struct ext **ext, struct reader *reader, struct error *error);

/* Accepts NULL. */
void ext_free(struct ext *ext);

/* Whether the descriptors of all groups do not stand together (meta_bg), as libtsk expects. */
bool ext_is_apart(const struct ext *ext);

/*
 * Where the table of descriptors would begin that has the one of this group at its place, in
 * bytes from the start of the volume, which may be before it; and the last block of the volume
 * whose group has its descriptor so too.
 */
struct ext_table {
    int64_t start;
    uint64_t last_block;
};
struct ext_table ext_table_of_group(const struct ext *ext, uint64_t group);
uint64_t ext_group_of_inode(const struct ext *ext, uint64_t number);
uint64_t ext_group_of_block(const struct ext *ext, uint64_t block);

/* What a walk over blocks calls for each run of them; not 0 ends the walk, which
 * then returns it. */
typedef int (*ext_blocks_visit)(void *context, uint64_t block, uint64_t count);

/* The blocks that the file system itself uses, in any order: copies of the
 * superblock, group descriptors, bitmaps, tables of inodes; those of its own
 * inodes (ext_own_inodes) not. */
int ext_structure(struct ext *ext, ext_blocks_visit visit, void *context, struct error *error);

enum { EXT_ROOT_INODE = 2, EXT_OWN_INODES = 12 };

/* The inodes that the file system itself uses, but for the root: the journal, quota,
 * ... Returns how many. */
size_t ext_own_inodes(const struct ext *ext, uint32_t inodes[EXT_OWN_INODES]);

enum {
    EXT_BLOCK_BYTES = 60, /* of the block map in an inode */
    EXT_PIECES = 2,
};

/* Content in the inode itself. */
struct ext_piece {
    uint64_t at;          /* bytes from the start of the volume */
    uint64_t file_offset;
    uint64_t length;
};

struct ext_inode {
    uint64_t at, length;  /* where it is stored: bytes from the start of the volume */
    uint16_t mode, links;
    uint32_t uid, gid;
    uint64_t size;
    bool was_used;        /* it has a time of change: libtsk's sign that it was in use once */
    struct file_times times;
    struct instant deleted;
    bool extents;         /* its blocks are in a tree of extents */
    bool inside;          /* its content is in the inode itself */
    bool encrypted;
    uint8_t block[EXT_BLOCK_BYTES]; /* the root of that tree, or the block map */
    uint64_t attributes;  /* the block of its extended attributes, or 0 */
    struct ext_piece pieces[EXT_PIECES]; /* in order of the content */
    size_t piece_count;   /* 0: the content is in blocks, or there is none */
};

bool ext_inode_is_folder(const struct ext_inode *inode);

/* Whether nothing in it says where content is, or was. */
bool ext_inode_is_empty(struct ext *ext, const struct ext_inode *inode);

/* The block with which the content begins; false where it has none that was written. */
bool ext_inode_first_block(struct ext *ext, const struct ext_inode *inode, uint64_t *block);

/* Whether the blocks in the block map of an inode without extents are of the volume. */
bool ext_inode_map_is_sound(const struct ext *ext, const struct ext_inode *inode);

/* ERROR_NOT_FOUND for a number that the volume does not have. */
int ext_inode_read(struct ext *ext, uint64_t number, struct ext_inode *inode,
                   struct error *error);

struct ext_extent {
    uint64_t file_block;  /* where it is in the file */
    uint64_t block;       /* where it is in the volume */
    uint64_t count;
    bool unwritten;       /* reads as zeros; the blocks hold what was there before */
    bool node;            /* no content: a block of the tree, for what is from file_block on */
};

/* What a walk calls for each extent; not 0 ends the walk, which then returns it. */
typedef int (*ext_extent_visit)(void *context, const struct ext_extent *extent);

/* The extents of an inode in the order of its content, each node of the tree before
 * what is below it; none without a tree. A tree that is damaged gives those before the
 * damage, and ERROR_DAMAGED. */
int ext_inode_extents(struct ext *ext, const struct ext_inode *inode, ext_extent_visit visit,
                      void *context, struct error *error);

/* What a check calls for each part of a folder in which names may be lost: bytes from
 * the start of the volume, and why. */
typedef void (*ext_folder_fault)(void *context, uint64_t at, uint64_t length,
                                 const char *reason);

/* Look for damage in the folder that is inode `number`, which must be live. All checks
 * together read each block of the volume about once, whatever its folders say. */
void ext_folder_check(struct ext *ext, uint64_t number, const struct ext_inode *inode,
                      ext_folder_fault fault, void *context);

/* The same, and call `block` for each block of the folder that has no fault, in order, until
 * the next call for this ext; not of a folder in its inode. */
typedef void (*ext_folder_block)(void *context, const uint8_t *data, size_t size);
void ext_folder_walk(struct ext *ext, uint64_t number, const struct ext_inode *inode,
                     ext_folder_block block, ext_folder_fault fault, void *context);

/* Whether the volume is laid out in the way in which libtsk and ext_inode.c surely find the
 * same: all of it on `size` bytes, names with their types, descriptors together. */
bool ext_is_plain(const struct ext *ext, uint64_t size);

uint32_t ext_inode_count(const struct ext *ext);
uint32_t ext_block_size(const struct ext *ext);

/* Which inodes of a plain volume are in use, by its bitmaps: a bit for each, from that of
 * inode 1 on. The caller frees it. 0 or -1. */
int ext_inodes_in_use(struct ext *ext, uint8_t **bits, struct error *error);

/* Whether a block of a plain volume is in use, by its bitmap. 0 or -1. */
int ext_block_in_use(struct ext *ext, uint64_t block, bool *used, struct error *error);

/* The size of a file as libtsk has it: it takes 32 bits of it where the upper ones are not
 * told to be in use. */
uint64_t ext_inode_plain_size(const struct ext *ext, const struct ext_inode *inode);

#endif
