/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_named: which unallocated inodes names lead to. What else libtsk finds is in $OrphanFiles,
 * before which it walks over all folders for that list once more, unless it has it already:
 * the walk that fills the index of tsk_index.h comes by all of them.
 */

#include "tsk_index.h"

void tsk_named_add(struct tsk_named *named, struct tsk_filesystem *owner, const TSK_FS_FILE *file)
{
    if (file && file->meta && file->meta->flags & TSK_FS_META_FLAG_UNALLOC &&
        owner->tsk.list_add(&named->inodes, file->meta->addr) != 0)
        named->whole = false;
}

void tsk_named_give(struct tsk_named *named, struct tsk_filesystem *owner, size_t depth)
{
    /* An empty list would be none: no file has the number 0. */
    if (depth != 1 || !named->whole || owner->fs->list_inum_named ||
        owner->tsk.list_add(&named->inodes, 0) != 0)
        return;
    owner->fs->list_inum_named = named->inodes;
    named->inodes = NULL;
}
