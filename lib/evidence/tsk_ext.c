/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_ext: what is known of the inodes of ext by its own reader (ext_inode.h), for the
 * index of tsk_index.h.
 *
 * libtsk takes the seconds of times as unsigned and leaves out the bits above them; and it
 * passes over names and inodes that are damaged without a word. It expects the descriptors of
 * all groups to stand together, which they do not with meta_bg: it is told where the table
 * would begin that has the next one at its place, before each call that looks for one.
 */

#include "tsk_index.h"

#include <tsk/fs/tsk_ext2fs.h> /* it needs what the other includes */

/* libtsk goes on with the descriptor of the group that it looked at last. */
#define NO_GROUP UINT32_MAX

struct folder_faults {
    struct tsk_filesystem *owner;
    const struct tsk_entry *entry;
};

int tsk_ext_check_groups(struct tsk_filesystem *owner)
{
    const EXT2FS_INFO *ext2fs = (const EXT2FS_INFO *)owner->fs;
    int64_t first = ext_table_of_group(owner->ext, 0).start;

    owner->apart = ext_is_apart(owner->ext) && ext2fs->groups_offset == first;
    return ext_is_apart(owner->ext) && !owner->apart ? -1 : 0;
}

static uint64_t choose_group(struct tsk_filesystem *owner, uint64_t group)
{
    EXT2FS_INFO *ext2fs = (EXT2FS_INFO *)owner->fs;
    struct ext_table table = ext_table_of_group(owner->ext, group);

    ext2fs->groups_offset = table.start;
    ext2fs->grp_num = NO_GROUP;
    return table.last_block;
}

void tsk_ext_choose_inode(struct tsk_filesystem *owner, uint64_t number)
{
    if (owner->apart)
        choose_group(owner, ext_group_of_inode(owner->ext, number));
}

uint64_t tsk_ext_choose_block(struct tsk_filesystem *owner, uint64_t block)
{
    return owner->apart ? choose_group(owner, ext_group_of_block(owner->ext, block)) : UINT64_MAX;
}

static void set_time(struct tsk_entry *entry, int which, const struct instant *time)
{
    bool there = time->state != INSTANT_ABSENT;

    entry->seconds[which] = there ? time->seconds : 0;
    entry->nanoseconds[which] = there ? time->nanoseconds : 0;
    if (there)
        entry->whole_seconds |= time->precision != PRECISION_NANOSECOND;
}

void tsk_ext_set_times(struct tsk_entry *entry, const struct ext_inode *inode)
{
    set_time(entry, BORN, &inode->times.born);
    set_time(entry, MODIFIED, &inode->times.modified);
    set_time(entry, ACCESSED, &inode->times.accessed);
    set_time(entry, CHANGED, &inode->times.changed);
    if (entry->meta == META_DELETED)
        entry->deleted_at = inode->deleted.state != INSTANT_ABSENT ? inode->deleted.seconds : 0;
}

static void add_folder_gap(void *context, uint64_t at, uint64_t length, const char *reason)
{
    const struct folder_faults *faults = context;

    tsk_file_add_gap(faults->owner, faults->entry, faults->owner->base.volume->offset + at, length,
                     reason);
}

const char *tsk_ext_fault(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                          const struct ext_inode *inode)
{
    bool root = entry == owner->entries, folder = entry->type == FILE_DIRECTORY;

    if (inode->mode == 0)
        return folder ? "the inode of this live folder is empty: names in it are lost"
                      : "the inode of this live file is empty";
    if (entry->odd & TSK_ODD_FREE)
        return folder ? "the inode of this live folder is marked as free: names in it are told "
                        "as deleted"
                      : "the inode of this live file is marked as free";
    if (inode->links == 0)
        return "the inode of this live name says that it has no name";
    if (entry->odd & TSK_ODD_TYPE || (root && !ext_inode_is_folder(inode)))
        return "by its name it is a folder and by its inode not, or the other way round";
    return NULL;
}

/* The inode of a live name. */
static void check(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                  const struct ext_inode *inode)
{
    struct folder_faults faults = { owner, entry };
    const char *reason = tsk_ext_fault(owner, entry, inode);

    if (reason)
        add_folder_gap(&faults, inode->at, inode->length, reason);
    if (ext_inode_is_folder(inode) && !entry->further)
        ext_folder_check(owner->ext, entry->inode, inode, add_folder_gap, &faults);
}

void tsk_ext_read_inodes(struct tsk_filesystem *owner)
{
    for (size_t i = 0; owner->ext && i < owner->count; i++) {
        struct tsk_entry *entry = &owner->entries[i];
        struct error error = ERROR_INIT;
        struct ext_inode inode;
        bool live = entry->state == FILE_ALLOCATED;

        if (entry->type == FILE_VIRTUAL || !(live || entry->has_meta))
            continue;
        if (ext_inode_read(owner->ext, entry->inode, &inode, &error) != 0) {
            if (live)
                tsk_file_add_gap(owner, entry, owner->base.volume->offset, 0, error.text);
            continue;
        }
        if (entry->has_meta)
            tsk_ext_set_times(entry, &inode);
        if (live)
            check(owner, entry, &inode);
    }
}
