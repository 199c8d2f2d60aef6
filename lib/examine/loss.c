/* SPDX-License-Identifier: Apache-2.0 */

/* loss: see loss.h. */

#include <string.h>

#include "loss.h"

bool loss_is_told(const struct found_loss *loss, uint64_t at, struct reader *content)
{
    uint8_t first[4];

    if (loss->state != IOC_DAMAGED)
        return true;
    if (!content || loss->coding == IOC_GZIP)
        return content && at == 0;
    /* Entries of an archive that is inside something else are often not in one piece. */
    return reader_read(content, 0, first, sizeof first, NULL) == 0 &&
           memcmp(first, "PK\3\4", sizeof first) == 0;
}

bool loss_find_owner(const struct found_loss *loss, uint64_t at, struct filesystem *filesystem,
                     uint64_t owner, struct file *file, struct gap *gap)
{
    struct tree *tree = filesystem_tree(filesystem);
    struct reader *content = NULL;

    gap->volume = filesystem_volume(filesystem)->name;
    if (tree_file(tree, owner, file, NULL) != 0)
        return loss_is_told(loss, at, NULL);
    gap->path = file->path;
    gap->inode = file->inode;
    if (loss->state == IOC_DAMAGED && file->state == FILE_ALLOCATED &&
        tree_open(tree, owner, &content, NULL) != 0)
        content = NULL;
    bool told = loss_is_told(loss, at, content);
    reader_free(content);
    return told;
}

struct gap loss_gap(const struct found_block *block, const struct found_loss *loss)
{
    return (struct gap){ .offset = loss->offset,
                         .length = loss->length,
                         .kind = GAP_STRUCTURE,
                         .reason = block->texts.data + loss->reason };
}
