/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_extents: who owns which blocks of a file system that libtsk reads: runs of
 * files, content up to their valid size and slack behind; what is in use besides
 * is structure, in ext only if the file system says so. Nor in FAT, whose structure
 * lies before its clusters: those that are in use but in no file's chain, lost or
 * marked as bad, belong to nobody.
 */

#include <stdlib.h>

#include <fett/bytes.h>

#include "tsk_fat.h"
#include "tsk_index.h"

enum {
    EXT_RESIZE_INODE = 7,
    DOUBLE_INDIRECT = 13, /* in the block map */
};

struct block_run {
    uint64_t start, end;
};

struct extent_pass {
    struct tsk_filesystem *owner;
    struct extents *extents;
    uint32_t space;
    bool out_of_memory;
    uint64_t extents_left; /* of ext: no sound volume has more than blocks */
    TSK_DADDR_T first_block; /* of the run of allocated blocks that grows */
    uint64_t block_count;
    enum area block_area;
    bool all;              /* of the whole volume, not of one file */
    struct block_run *own; /* ext: blocks that the file system itself uses */
    size_t own_count, own_capacity, next_own;
};

static void add_extent(struct extent_pass *pass, uint64_t start, uint64_t length,
                       uint64_t file_offset, uint64_t handle, enum area area,
                       enum extent_rank rank)
{
    const struct extent extent = {
        .start = start,
        .length = length,
        .file_offset = file_offset,
        .owner = handle,
        .space = pass->space,
        .area = (uint8_t)area,
        .rank = (uint8_t)rank,
    };

    if (length > 0 && extents_add(pass->extents, &extent) != 0)
        pass->out_of_memory = true;
}

/* One run of a file: content up to `valid`, slack behind. */
static void add_run(struct extent_pass *pass, const struct tsk_entry *entry, uint64_t handle,
                    const TSK_FS_ATTR_RUN *run, uint64_t valid)
{
    const struct tsk_filesystem *owner = pass->owner;
    uint64_t block_size = owner->fs->block_size;
    enum area area = entry->type == FILE_VIRTUAL     ? AREA_METADATA
                     : entry->type == FILE_DIRECTORY ? AREA_INDEX
                                                     : AREA_CONTENT;

    for (TSK_DADDR_T i = 0, next; i < run->len; i = next) {
        enum extent_rank rank = area == AREA_METADATA ? RANK_METADATA : RANK_ALLOCATED;
        bool used = entry->state == FILE_ALLOCATED || tsk_block_in_use(pass->owner, run->addr + i);
        next = run->len;
        if (entry->state != FILE_ALLOCATED) {
            rank = used ? RANK_REALLOCATED : RANK_DELETED;
            for (next = i + 1; next < run->len; next++)
                if (tsk_block_in_use(pass->owner, run->addr + next) != used)
                    break;
        }
        uint64_t start = owner->base.volume->offset + (run->addr + i) * block_size;
        uint64_t length = (next - i) * block_size, at = (run->offset + i) * block_size;
        uint64_t content = at < valid ? valid - at : 0;
        if (content > length)
            content = length;
        add_extent(pass, start, content, at, handle, area, rank);
        add_extent(pass, start + content, length - content, at + content, handle, AREA_SLACK,
                   rank);
    }
}

/* Blocks that the file system itself uses. */
static int add_own(void *context, uint64_t block, uint64_t count)
{
    struct extent_pass *pass = context;

    if (memory_grow((void **)&pass->own, &pass->own_capacity, pass->own_count + 1,
                    sizeof *pass->own) != 0) {
        pass->out_of_memory = true;
        return 1;
    }
    pass->own[pass->own_count++] = (struct block_run){ block, block + count };
    return 0;
}

static void add_own_runs(struct extent_pass *pass, const TSK_FS_ATTR *attribute)
{
    if (!attribute || !(attribute->flags & TSK_FS_ATTR_NONRES))
        return;
    for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next)
        if (run->flags == TSK_FS_ATTR_RUN_FLAG_NONE && run->addr <= pass->owner->fs->last_block)
            add_own(pass, run->addr, run->len);
}

/* The blocks that say where a file's blocks are, without extents. */
static void add_indirect_blocks(struct extent_pass *pass, TSK_FS_FILE *file)
{
    const struct tsk_filesystem *owner = pass->owner;
    int count = pass->all && owner->ext ? owner->tsk.fs_file_attr_getsize(file) : 0;

    for (int i = 0; i < count; i++) {
        const TSK_FS_ATTR *attribute = owner->tsk.fs_file_attr_get_idx(file, i);
        if (attribute && attribute->type == TSK_FS_ATTR_TYPE_UNIX_INDIR)
            add_own_runs(pass, attribute);
    }
}

static int add_own_extent(void *context, const struct ext_extent *extent)
{
    return add_own(context, extent->block, extent->count);
}

/* An inode that ext itself uses. */
static void add_own_inode(struct extent_pass *pass, uint32_t number)
{
    const struct tsk_entry entry = { .inode = number };
    struct ext_inode inode;

    if (ext_inode_read(pass->owner->ext, number, &inode, NULL) != 0)
        return;
    if (inode.extents) {
        ext_inode_extents(pass->owner->ext, &inode, add_own_extent, pass, NULL);
        return;
    }
    if (number == EXT_RESIZE_INODE) {
        /* The free descriptors, which are known, by one block, and holes of GiBs. */
        add_own(pass, bytes_u32le(inode.block + 4 * DOUBLE_INDIRECT), 1);
        return;
    }
    TSK_FS_FILE *file = tsk_index_open_file(pass->owner, &entry);
    if (file) {
        add_own_runs(pass, pass->owner->tsk.fs_file_attr_get(file));
        add_indirect_blocks(pass, file);
    }
    pass->owner->tsk.fs_file_close(file);
    pass->owner->tsk.error_reset();
}

/* What ext itself uses, in any order; nothing where that cannot be told. */
static void collect_own(struct extent_pass *pass)
{
    uint32_t inodes[EXT_OWN_INODES];

    if (ext_structure(pass->owner->ext, add_own, pass, NULL) != 0) {
        pass->own_count = 0;
        return;
    }
    size_t count = ext_own_inodes(pass->owner->ext, inodes);
    for (size_t i = 0; i < count; i++)
        add_own_inode(pass, inodes[i]);
}

static int compare_runs(const void *a, const void *b)
{
    const struct block_run *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

/* What a block is that is in use; they are asked for in order. Of other file systems
 * than ext all that is no file's counts as structure. */
static enum area area_of_used(struct extent_pass *pass, TSK_DADDR_T block)
{
    if (pass->own_count == 0)
        return AREA_METADATA;
    while (pass->next_own < pass->own_count && pass->own[pass->next_own].end <= block)
        pass->next_own++;
    return pass->next_own < pass->own_count && pass->own[pass->next_own].start <= block
               ? AREA_METADATA
               : AREA_CONTENT;
}

struct ext_walk {
    struct extent_pass *pass;
    const struct tsk_entry *entry;
    uint64_t handle;
};

/* Blocks that were set aside for a file and hold what was there before are slack at
 * their place in the file; blocks of the tree are structure. The others are libtsk's. */
static int add_extent_of_ext(void *context, const struct ext_extent *extent)
{
    const struct ext_walk *walk = context;
    const TSK_FS_ATTR_RUN run = {
        .addr = extent->block,
        .len = extent->count,
        .offset = extent->file_block,
    };

    if (walk->pass->extents_left == 0)
        return 1;
    walk->pass->extents_left--;
    if (extent->node && walk->pass->all)
        add_own(walk->pass, extent->block, 1);
    if (extent->unwritten)
        add_run(walk->pass, walk->entry, walk->handle, &run, 0);
    return 0;
}

/* What libtsk does not tell of a file of ext: content in the inode, blocks that were
 * never written. True for one that has all its content in the inode. */
static bool add_ext_extents(struct extent_pass *pass, const struct tsk_entry *entry,
                            uint64_t handle)
{
    struct tsk_filesystem *owner = pass->owner;
    struct ext_walk walk = { pass, entry, handle };
    bool live = entry->state == FILE_ALLOCATED;
    struct error reason = ERROR_INIT;
    struct ext_inode inode;

    if (!owner->ext || entry->type == FILE_VIRTUAL ||
        ext_inode_read(owner->ext, entry->inode, &inode, NULL) != 0)
        return false;
    for (size_t i = 0; i < inode.piece_count; i++)
        add_extent(pass, owner->base.volume->offset + inode.pieces[i].at, inode.pieces[i].length,
                   inode.pieces[i].file_offset, handle,
                   entry->type == FILE_DIRECTORY ? AREA_INDEX : AREA_RESIDENT,
                   live ? RANK_ALLOCATED : RANK_DELETED);
    if (live && pass->all && inode.attributes != 0)
        add_own(pass, inode.attributes, 1);
    int result = ext_inode_extents(owner->ext, &inode, add_extent_of_ext, &walk, &reason);
    if (live && result != 0)
        tsk_index_add_gap(owner, entry,
                          result < 0 ? reason.text : "more extents than the volume has blocks");
    return inode.piece_count > 0;
}

/* A live file of FAT by its whole chain, which can be longer than its size, or end
 * before it. False for what has none. */
static bool add_chain(struct extent_pass *pass, const struct tsk_entry *entry, uint64_t handle)
{
    struct tsk_filesystem *owner = pass->owner;
    uint64_t sector = owner->fs->block_size, offset = 0;

    if (!tsk_fat_read_chain(owner, entry, &pass->out_of_memory))
        return false;
    for (size_t i = 0; i < owner->fat->chain.count; i++) {
        const struct fat_run *run = &owner->fat->chain.runs[i];
        const TSK_FS_ATTR_RUN sectors = {
            .addr = fat_cluster_place(&owner->fat->geometry, run->cluster) / sector,
            .len = run->count * (owner->fat->geometry.cluster_size / sector),
            .offset = offset,
        };
        add_run(pass, entry, handle, &sectors,
                entry->type == FILE_DIRECTORY ? UINT64_MAX : entry->size);
        offset += sectors.len;
    }
    return true;
}

static void add_entry_extents(struct extent_pass *pass, uint32_t number)
{
    struct tsk_filesystem *owner = pass->owner;
    const struct tsk_entry *entry = &owner->entries[number];

    if (!entry->has_meta || entry->further ||
        add_ext_extents(pass, entry, (uint64_t)number + 1) ||
        add_chain(pass, entry, (uint64_t)number + 1))
        return;
    TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
    const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(owner, file, entry) : NULL;
    if (attribute && attribute->flags & TSK_FS_ATTR_NONRES) {
        /* Folders are used to the end of their clusters. */
        uint64_t valid = entry->type == FILE_DIRECTORY ? UINT64_MAX
                         : attribute->nrd.initsize < attribute->size
                             ? (uint64_t)attribute->nrd.initsize
                             : (uint64_t)attribute->size;
        for (const TSK_FS_ATTR_RUN *run = attribute->nrd.run; run; run = run->next)
            if (run->flags == TSK_FS_ATTR_RUN_FLAG_NONE && run->addr <= owner->fs->last_block)
                add_run(pass, entry, (uint64_t)number + 1, run, valid);
    }
    if (file && entry->state == FILE_ALLOCATED)
        add_indirect_blocks(pass, file);
    owner->tsk.fs_file_close(file);
    owner->tsk.error_reset();
}

static void end_allocated_run(struct extent_pass *pass)
{
    uint64_t block_size = pass->owner->fs->block_size;

    add_extent(pass, pass->owner->base.volume->offset + pass->first_block * block_size,
               pass->block_count * block_size, 0, 0, pass->block_area, RANK_METADATA);
    pass->block_count = 0;
}

/* Blocks in use, whose files, if any, are a stronger claim: superblocks, tables,
 * bitmaps, indirect blocks; content of files that have no name any more. */
static TSK_WALK_RET_ENUM add_allocated_block(const TSK_FS_BLOCK *block, void *context)
{
    struct extent_pass *pass = context;

    enum area area = area_of_used(pass, block->addr);

    if (pass->block_count > 0 && (block->addr != pass->first_block + pass->block_count ||
                                  area != pass->block_area))
        end_allocated_run(pass);
    if (pass->block_count == 0)
        pass->first_block = block->addr;
    pass->block_area = area;
    pass->block_count++;
    return pass->out_of_memory ? TSK_WALK_STOP : TSK_WALK_CONT;
}

static uint8_t walk_allocated_blocks(struct extent_pass *pass)
{
    struct tsk_filesystem *owner = pass->owner;
    const TSK_DADDR_T end = owner->fs->last_block_act;
    TSK_DADDR_T last = 0;
    uint8_t failed = 0;

    for (TSK_DADDR_T first = owner->fs->first_block; first <= end && !failed; first = last + 1) {
        last = tsk_ext_choose_block(owner, first);
        if (last > end)
            last = end;
        failed = owner->tsk.fs_block_walk(
            owner->fs, first, last,
            TSK_FS_BLOCK_WALK_FLAG_ALLOC | TSK_FS_BLOCK_WALK_FLAG_META |
                TSK_FS_BLOCK_WALK_FLAG_CONT | TSK_FS_BLOCK_WALK_FLAG_AONLY,
            add_allocated_block, pass);
    }
    return failed;
}

int tsk_add_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                    struct extents *extents, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)filesystem;
    struct extent_pass pass = { .owner = owner,
                                .extents = extents,
                                .space = space,
                                .all = handle == 0 };

    if (tsk_filesystem_need(owner, error) != 0) {
        if (handle != 0 || owner->fault.kind != ERROR_DAMAGED)
            return -1;
        /* A volume that was listed without libtsk: the others of the image are not lost. */
        filesystem_add_gap(&owner->base, owner->base.volume->offset, 0, NULL, NULL,
                           owner->fault.text);
        return 0;
    }
    pass.extents_left = owner->fs->block_count;
    if (handle != 0) {
        if (handle <= owner->count)
            add_entry_extents(&pass, (uint32_t)(handle - 1));
        return pass.out_of_memory ? error_set_memory(error) : 0;
    }
    for (size_t i = 0; i < owner->count; i++)
        if (!owner->is_trial || owner->entries[i].state != FILE_ALLOCATED)
            add_entry_extents(&pass, (uint32_t)i);
    if (owner->fat) {
        add_extent(&pass, owner->base.volume->offset, owner->fat->geometry.heap, 0, 0,
                   AREA_METADATA, RANK_METADATA);
        return pass.out_of_memory ? error_set_memory(error) : 0;
    }
    if (owner->ext)
        collect_own(&pass);
    if (pass.own_count > 0)
        qsort(pass.own, pass.own_count, sizeof *pass.own, compare_runs);
    uint8_t failed = walk_allocated_blocks(&pass);
    end_allocated_run(&pass);
    free(pass.own);
    if (failed && !pass.out_of_memory) {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&owner->tsk, &reason, ERROR_DAMAGED,
                         "which blocks are in use cannot be told");
        filesystem_add_gap(&owner->base, owner->base.volume->offset, 0, NULL, NULL, reason.text);
    }
    owner->tsk.error_reset();
    return pass.out_of_memory ? error_set_memory(error) : 0;
}
