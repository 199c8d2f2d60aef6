/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_fat: see tsk_fat.h.
 *
 * libtsk numbers the directory entries of 32 bytes from the end of the last FAT,
 * 3 is the first, so that the number of an inode is the place of its entry.
 */

#include <stdlib.h>

#include "fat_entry.h"
#include "probe.h"
#include "tsk_fat.h"

enum {
    FIRST_INODE = 3,
    BACKUP_SECTOR = 6, /* of the boot sector, in FAT32 */
};

int tsk_fat_open(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    unsigned bits = volume->kind == FS_FAT12 ? 12 : volume->kind == FS_FAT16 ? 16 : 32;
    uint8_t boot[FAT_BOOT_SIZE];

    if (!tsk_is_fat(volume->kind))
        return 0;
    reader_read(owner->base.reader, volume->offset, boot, sizeof boot, NULL);
    if (!probe_is_fat(boot))
        reader_read(owner->base.reader, volume->offset + BACKUP_SECTOR * FAT_BOOT_SIZE, boot,
                    sizeof boot, NULL);
    owner->fat = calloc(1, sizeof *owner->fat);
    if (!owner->fat)
        return error_set_memory(error);
    if (!fat_geometry_parse(&owner->fat->geometry, boot, bits) ||
        owner->fat->geometry.sector_size != owner->fs->block_size)
        tsk_fat_close(owner);
    return 0;
}

void tsk_fat_close(struct tsk_filesystem *owner)
{
    free(owner->fat);
    owner->fat = NULL;
}

/* Where on the media the directory entry of an inode stands; false for inodes
 * that have none: the root and what libtsk makes up. */
static bool find_entry(const struct tsk_filesystem *owner, uint64_t inode, uint64_t *place)
{
    const struct fat_geometry *geometry = &owner->fat->geometry;
    uint64_t end = fat_cluster_place(geometry, FAT_FIRST_CLUSTER + geometry->clusters);

    if (inode < FIRST_INODE || inode - FIRST_INODE >= (end - geometry->data) / FAT_ENTRY_SIZE)
        return false;
    *place = owner->base.volume->offset + geometry->data + (inode - FIRST_INODE) * FAT_ENTRY_SIZE;
    return true;
}

/* The directory entry of an inode; false where it has none, where it cannot be
 * read, which the image remembers, and where libtsk says another size. */
static bool read_entry(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                       struct fat_entry *stored)
{
    uint8_t data[FAT_ENTRY_SIZE];
    uint64_t place;

    if (!owner->fat || !entry->has_meta || entry->type == FILE_VIRTUAL ||
        !find_entry(owner, entry->inode, &place) ||
        reader_read(owner->base.reader, place, data, sizeof data, NULL) != 0)
        return false;
    fat_entry_parse(stored, data, owner->fat->geometry.bits);
    return !fat_entry_is_long_part(stored) &&
           (entry->type == FILE_DIRECTORY || stored->size == entry->size);
}

void tsk_fat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry)
{
    struct fat_entry stored;

    if (!read_entry(owner, entry, &stored))
        return;
    const struct instant times[] = {
        [BORN] = stored.born, [MODIFIED] = stored.modified, [ACCESSED] = stored.accessed
    };
    for (int i = BORN; i < CHANGED; i++) {
        entry->seconds[i] = times[i].seconds;
        entry->nanoseconds[i] = times[i].nanoseconds;
    }
}
