/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_extents: who owns which blocks of a file system that libtsk reads: runs of
 * files, content up to their valid size and slack behind; what is in use besides
 * is structure. Not so in FAT, whose structure lies before its clusters: those that
 * are in use but in no file's chain, lost or marked as bad, belong to nobody.
 */

#include "tsk_fat.h"

struct extent_pass {
    struct tsk_filesystem *owner;
    struct extents *extents;
    uint32_t space;
    bool out_of_memory;
    TSK_DADDR_T first_block; /* of the run of allocated blocks that grows */
    uint64_t block_count;
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
        bool used = entry->state == FILE_ALLOCATED || tsk_block_in_use(owner->fs, run->addr + i);
        next = run->len;
        if (entry->state != FILE_ALLOCATED) {
            rank = used ? RANK_REALLOCATED : RANK_DELETED;
            for (next = i + 1; next < run->len; next++)
                if (tsk_block_in_use(owner->fs, run->addr + next) != used)
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

    if (!entry->has_meta || add_chain(pass, entry, (uint64_t)number + 1))
        return;
    TSK_FS_FILE *file = tsk_index_open_file(owner, entry);
    const TSK_FS_ATTR *attribute = file ? tsk_index_attribute(file, entry) : NULL;
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
    tsk_fs_file_close(file);
    tsk_error_reset();
}

static void end_allocated_run(struct extent_pass *pass)
{
    uint64_t block_size = pass->owner->fs->block_size;

    add_extent(pass, pass->owner->base.volume->offset + pass->first_block * block_size,
               pass->block_count * block_size, 0, 0, AREA_METADATA, RANK_METADATA);
    pass->block_count = 0;
}

/* Blocks in use that no file owns: superblocks, tables, bitmaps, indirect blocks. */
static TSK_WALK_RET_ENUM add_allocated_block(const TSK_FS_BLOCK *block, void *context)
{
    struct extent_pass *pass = context;

    if (pass->block_count > 0 && block->addr != pass->first_block + pass->block_count)
        end_allocated_run(pass);
    if (pass->block_count == 0)
        pass->first_block = block->addr;
    pass->block_count++;
    return pass->out_of_memory ? TSK_WALK_STOP : TSK_WALK_CONT;
}

int tsk_add_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                    struct extents *extents, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)filesystem;
    struct extent_pass pass = { .owner = owner, .extents = extents, .space = space };

    if (handle != 0) {
        if (handle <= owner->count)
            add_entry_extents(&pass, (uint32_t)(handle - 1));
        return pass.out_of_memory ? error_set_memory(error) : 0;
    }
    for (size_t i = 0; i < owner->count; i++)
        add_entry_extents(&pass, (uint32_t)i);
    if (owner->fat) {
        add_extent(&pass, owner->base.volume->offset, owner->fat->geometry.heap, 0, 0,
                   AREA_METADATA, RANK_METADATA);
        return pass.out_of_memory ? error_set_memory(error) : 0;
    }
    uint8_t failed = tsk_fs_block_walk(
        owner->fs, owner->fs->first_block, owner->fs->last_block_act,
        TSK_FS_BLOCK_WALK_FLAG_ALLOC | TSK_FS_BLOCK_WALK_FLAG_META | TSK_FS_BLOCK_WALK_FLAG_CONT |
            TSK_FS_BLOCK_WALK_FLAG_AONLY,
        add_allocated_block, &pass);
    end_allocated_run(&pass);
    if (failed && !pass.out_of_memory) {
        struct error reason = ERROR_INIT;
        tsk_bridge_error(&reason, ERROR_DAMAGED, "which blocks are in use cannot be told");
        filesystem_add_gap(&owner->base, owner->base.volume->offset, 0, NULL, NULL, reason.text);
    }
    tsk_error_reset();
    return pass.out_of_memory ? error_set_memory(error) : 0;
}
