/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_fat: see tsk_fat.h.
 *
 * libtsk numbers the directory entries of 32 bytes from the end of the last FAT,
 * 3 is the first, so that the number of an inode is the place of its entry.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

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

/* The directory entry of an inode; false where it has none, and where it cannot be
 * read, which the image remembers. */
static bool read_entry(const struct tsk_filesystem *owner, uint64_t inode,
                       struct fat_entry *stored)
{
    uint8_t data[FAT_ENTRY_SIZE];
    uint64_t place;

    if (!owner->fat || !find_entry(owner, inode, &place) ||
        reader_read(owner->base.reader, place, data, sizeof data, NULL) != 0)
        return false;
    fat_entry_parse(stored, data, owner->fat->geometry.bits);
    return !fat_entry_is_long_part(stored);
}

/* The same, of what libtsk took for a file; false where it says another size. */
static bool read_file_entry(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                            struct fat_entry *stored)
{
    return entry->has_meta && entry->type != FILE_VIRTUAL &&
           read_entry(owner, entry->inode, stored) &&
           (entry->type == FILE_DIRECTORY || stored->size == entry->size);
}

/* Each byte of `name` that is no ASCII as a lone surrogate. */
static size_t keep_bytes(char *kept, const char *name, size_t length)
{
    size_t size = 0;

    for (size_t i = 0; i < length; i++) {
        unsigned c = (unsigned char)name[i];
        if (c < 0x80) {
            kept[size++] = (char)c;
            continue;
        }
        kept[size++] = (char)0xed; /* U+DC00 + c */
        kept[size++] = (char)(0xb0 | c >> 6);
        kept[size++] = (char)(0x80 | (c & 0x3f));
    }
    return size;
}

void tsk_fat_name(const struct tsk_filesystem *owner, const TSK_FS_NAME *name,
                  struct tsk_name *result)
{
    const char *alias = tsk_is_fat(owner->base.volume->kind) && name->shrt_name ? name->shrt_name
                                                                              : "";
    struct fat_entry stored;

    *result = (struct tsk_name){ name->name, strlen(name->name), "", 0, "" };
    if (!read_entry(owner, name->meta_addr, &stored) ||
        !fat_entry_is_shown_as(&stored, alias[0] ? alias : name->name)) {
        result->alias_length = strnlen(alias, sizeof result->alias);
        memcpy(result->alias, alias, result->alias_length);
        return;
    }
    result->alias_length = fat_entry_name(&stored, result->alias);
    if (alias[0])
        return;
    memcpy(result->kept, result->alias, result->alias_length);
    result->length = result->alias_length;
    if (text_valid_length(result->alias, result->alias_length) == result->alias_length)
        result->length = keep_bytes(result->kept, result->alias, result->alias_length);
    result->text = result->kept;
}

void tsk_fat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry)
{
    struct fat_entry stored;

    if (!read_file_entry(owner, entry, &stored))
        return;
    const struct instant times[] = {
        [BORN] = stored.born, [MODIFIED] = stored.modified, [ACCESSED] = stored.accessed
    };
    for (int i = BORN; i < CHANGED; i++) {
        entry->seconds[i] = times[i].seconds;
        entry->nanoseconds[i] = times[i].nanoseconds;
    }
}
