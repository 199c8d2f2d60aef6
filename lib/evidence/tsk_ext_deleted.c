/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_ext_deleted: what became of the content of the deleted files of an ext that
 * tsk_ext_list.c lists, as tsk_content.c finds it by libtsk. Only of inodes that surely say the
 * same to both: the extents stand in the inode, or no more than the blocks of a map that do.
 */

#include <stdlib.h>

#include <fett/bytes.h>

#include "tsk_index.h"

enum { DIRECT_BLOCKS = 12 };

/* Blocks that a deleted file says are its own. */
struct run {
    uint64_t block, count;
    uint32_t entry;
};

struct collection {
    struct tsk_filesystem *owner;
    struct run *runs; /* in order of the entries */
    size_t count, capacity;
    uint32_t entry;   /* whose runs are added */
    bool claimed;     /* those of this inode are in the claims already */
    bool out_of_memory;
};

static int stop_at_odd(void *context, const struct ext_extent *extent)
{
    (void)context;
    return extent->node || extent->unwritten || extent->block > UINT32_MAX;
}

static uint64_t blocks_of(const struct tsk_filesystem *owner, const struct ext_inode *inode)
{
    uint64_t block_size = ext_block_size(owner->ext);

    return inode->size / block_size + (inode->size % block_size != 0);
}

bool tsk_ext_can_judge(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                       const struct ext_inode *inode)
{
    if (entry->type != FILE_REGULAR && entry->type != FILE_LINK && entry->type != FILE_DIRECTORY)
        return false;
    if (inode->size == 0)
        return ext_inode_is_empty(owner->ext, inode);
    if (inode->inside || entry->type == FILE_DIRECTORY)
        return false;
    if (inode->piece_count > 0)
        return true;
    if (inode->extents)
        return ext_inode_extents(owner->ext, inode, stop_at_odd, NULL, NULL) == 0;
    return entry->type == FILE_REGULAR && blocks_of(owner, inode) <= DIRECT_BLOCKS &&
           ext_inode_map_is_sound(owner->ext, inode);
}

static void add_run(struct collection *collection, uint64_t block, uint64_t count)
{
    if (memory_grow((void **)&collection->runs, &collection->capacity, collection->count + 1,
                    sizeof *collection->runs) != 0 ||
        (!collection->claimed && claims_add(&collection->owner->claims, block, count) != 0)) {
        collection->out_of_memory = true;
        return;
    }
    collection->runs[collection->count++] = (struct run){ block, count, collection->entry };
}

static int add_extent(void *context, const struct ext_extent *extent)
{
    add_run(context, extent->block, extent->count);
    return 0;
}

/* The runs of an entry; what is known without them is set. -1: the inode cannot be read. */
static int collect(struct collection *collection, struct tsk_entry *entry)
{
    struct tsk_filesystem *owner = collection->owner;
    struct ext_inode inode;

    if (ext_inode_read(owner->ext, entry->inode, &inode, NULL) != 0)
        return -1;
    entry->content = inode.size == 0 || inode.piece_count > 0 ? CONTENT_INTACT : CONTENT_UNKNOWN;
    if (inode.piece_count > 0)
        return 0;
    if (inode.extents)
        return ext_inode_extents(owner->ext, &inode, add_extent, collection, NULL);
    for (uint64_t i = 0; i < blocks_of(owner, &inode); i++) {
        uint32_t block = bytes_u32le(inode.block + 4 * i);
        if (block != 0)
            add_run(collection, block, 1);
    }
    return 0;
}

/* The state of the entry whose runs begin at `first`; the next one's to *end. */
static int judge(const struct collection *collection, size_t first, size_t *end)
{
    struct tsk_filesystem *owner = collection->owner;
    struct tsk_entry *entry = &owner->entries[collection->runs[first].entry];
    struct claims_tally tally = { .free = false };
    const struct run *run = &collection->runs[first], *last = collection->runs + collection->count;

    for (; run < last && run->entry == collection->runs[first].entry; run++) {
        bool contested = claims_contested(&owner->claims, run->block, run->count);
        for (uint64_t i = 0; i < run->count; i++) {
            bool used;
            if (ext_block_in_use(owner->ext, run->block + i, &used, NULL) != 0)
                return -1;
            if (used)
                tally.used = true;
            else if (contested && claims_contested(&owner->claims, run->block + i, 1))
                tally.contested = true;
            else
                tally.free = true;
        }
    }
    entry->content = (uint8_t)claims_judge(&tally);
    *end = (size_t)(run - collection->runs);
    return 0;
}

int tsk_ext_judge(struct tsk_filesystem *owner)
{
    struct collection collection = { .owner = owner };
    uint64_t before = 0; /* the inode */
    int result = 0;

    for (size_t i = 0; i < owner->count && result == 0; i++) {
        struct tsk_entry *entry = &owner->entries[i];
        if (entry->state == FILE_ALLOCATED)
            continue;
        entry->content = CONTENT_UNKNOWN;
        if (!entry->has_meta)
            continue;
        collection.entry = (uint32_t)i;
        collection.claimed = entry->inode == before;
        before = entry->inode;
        result = collect(&collection, entry) != 0;
    }
    claims_seal(&owner->claims);
    for (size_t i = 0; i < collection.count && result == 0 && !collection.out_of_memory;)
        result = judge(&collection, i, &i) != 0;
    free(collection.runs);
    return collection.out_of_memory ? -1 : result;
}
