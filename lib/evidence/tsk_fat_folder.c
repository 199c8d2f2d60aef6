/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_fat_folder: whether the names of a live folder of FAT12, FAT16 or FAT32 are all in the
 * index, see tsk_fat.h.
 *
 * A folder but the root begins with the entries `.`, which has its own first cluster, and
 * `..`. An entry whose first byte is 0 ends it: Windows looks at none behind. Nothing takes
 * entries away in front of others, so with names behind it stands where names were. The parts
 * of a long name stand before the entry that it is of, which writers never end with a 0.
 */

#include <string.h>

#include <fett/keyed.h>

#include "tsk_fat.h"

enum {
    ATTRIBUTE_FOLDER = 0x10,
    FIRST_FREE = 0x00,
    FIRST_DELETED = 0xe5,
    LONG_ORDER = 0x3f, /* bits of the first byte of a part of a long name */
    LONG_PARTS = 20,
};

#define NONE UINT64_MAX

struct folder {
    struct tsk_filesystem *owner;
    const struct tsk_entry *entry;
    uint32_t first;   /* cluster; 0 of a root */
    uint64_t number;  /* of the next entry, from 0 */
    size_t cursor;    /* in the index */
    uint64_t free_at; /* where entries end that names stand behind, or NONE */
    bool ended;       /* a first byte 0 was met */
    bool part;        /* the entry before is a part of a long name */
};

static void tell(const struct folder *folder, uint64_t place, uint64_t length, const char *reason)
{
    tsk_file_add_gap(folder->owner, folder->entry, place, length, reason);
}

/* Whether the index has a live name with this inode; asked in ascending order. */
static bool is_listed(struct folder *folder, uint64_t inode)
{
    const struct tsk_filesystem *owner = folder->owner;

    while (folder->cursor < owner->count && owner->entries[folder->cursor].inode < inode)
        folder->cursor++;
    for (size_t i = folder->cursor; i < owner->count && owner->entries[i].inode == inode; i++)
        if (owner->entries[i].state == FILE_ALLOCATED)
            return true;
    return false;
}

/* One of the first two entries: `.` or `..`. */
static void check_dots(struct folder *folder, uint64_t place, const struct fat_entry *stored)
{
    static const char names[][12] = { ".          ", "..         " };

    if (memcmp(stored->name, names[folder->number], sizeof stored->name) != 0 ||
        !(stored->attributes & ATTRIBUTE_FOLDER) ||
        (folder->number == 0 && stored->first_cluster != folder->first))
        tell(folder, place, FAT_ENTRY_SIZE,
             "this folder does not begin with . and ..: names may be lost");
}

/* The label of the volume stands in its root. */
static bool is_label(const struct folder *folder, const struct fat_entry *stored)
{
    char name[FAT_NAME_MAX];

    return !fat_entry_is_long_part(stored) && fat_entry_name(stored, name) == 0 &&
           folder->entry == folder->owner->entries && stored->first_cluster == 0 &&
           stored->size == 0;
}

/* An entry in use that is no part of a long name, or no sound one. */
static void check_used(struct folder *folder, uint64_t place, uint64_t inode,
                       const struct fat_entry *stored)
{
    if (is_label(folder, stored))
        return;
    if (!is_listed(folder, inode)) {
        /* Behind the end anything may stand. */
        if (!folder->ended)
            tell(folder, place, FAT_ENTRY_SIZE,
                 "an entry in use of this folder is no name that libtsk lists as live: a file may be "
                 "lost");
    } else if (folder->free_at != NONE) {
        tell(folder, folder->free_at, FAT_ENTRY_SIZE,
             "this folder ends here and has names behind its end: names may be lost");
        folder->free_at = NONE;
    }
}

static bool is_sound_part(const struct fat_entry *stored)
{
    unsigned order = stored->name[0] & LONG_ORDER;

    return fat_entry_is_long_part(stored) && (stored->attributes & ~LONG_ORDER) == 0 &&
           stored->cases == 0 && order > 0 && order <= LONG_PARTS;
}

static void check_entry(struct folder *folder, uint64_t place, uint64_t inode,
                        const uint8_t data[FAT_ENTRY_SIZE])
{
    struct fat_entry stored;
    bool part = folder->part;

    fat_entry_parse(&stored, data, folder->owner->fat->geometry.bits);
    folder->part = false;
    if (folder->first != 0 && folder->number < 2) {
        check_dots(folder, place, &stored);
    } else if (data[0] == FIRST_FREE) {
        if (part)
            tell(folder, place, FAT_ENTRY_SIZE,
                 "this folder ends here behind a long name without its entry: names may be lost");
        if (!folder->ended || folder->free_at == NONE)
            folder->free_at = place;
        folder->ended = true;
    } else if (data[0] != FIRST_DELETED) {
        folder->part = is_sound_part(&stored) && !folder->ended;
        if (!is_sound_part(&stored))
            check_used(folder, place, inode, &stored);
    }
    folder->number++;
}

/* Entries from `at` of the volume on. */
static void check_part(struct folder *folder, uint64_t at, uint64_t size)
{
    struct tsk_filesystem *owner = folder->owner;
    struct tsk_fat *fat = owner->fat;
    uint64_t inode = (at - fat->geometry.data) / FAT_ENTRY_SIZE + FAT_FIRST_INODE;
    uint64_t start = owner->base.volume->offset;

    folder->cursor = 1 + keyed_find(owner->entries + 1, owner->count - 1, sizeof *owner->entries,
                                    inode);
    while (size > 0) {
        size_t piece = size < sizeof fat->folder ? (size_t)size : sizeof fat->folder;
        /* The image remembers what is lost of it. */
        bool lost = reader_read(owner->base.reader, start + at, fat->folder, piece, NULL) != 0;
        for (size_t i = 0; i < piece && !lost; i += FAT_ENTRY_SIZE)
            check_entry(folder, start + at + i, inode + i / FAT_ENTRY_SIZE, fat->folder + i);
        folder->number += lost ? piece / FAT_ENTRY_SIZE : 0;
        at += piece;
        size -= piece;
        inode += piece / FAT_ENTRY_SIZE;
    }
}

void tsk_fat_check_root(struct tsk_filesystem *owner)
{
    const struct fat_geometry *geometry = &owner->fat->geometry;
    struct folder folder = { .owner = owner, .entry = owner->entries, .free_at = NONE };

    if (geometry->bits != 32)
        check_part(&folder, geometry->data, geometry->heap - geometry->data);
}

void tsk_fat_check_folder(struct tsk_filesystem *owner, const struct tsk_entry *entry)
{
    const struct fat_geometry *geometry = &owner->fat->geometry;
    const struct fat_chain *chain = &owner->fat->chain;
    struct folder folder = { .owner = owner, .entry = entry, .free_at = NONE };

    if (chain->count > 0 && entry != owner->entries)
        folder.first = chain->runs[0].cluster;
    for (size_t i = 0; i < chain->count; i++)
        for (uint32_t k = 0; k < chain->runs[i].count; k++) {
            uint32_t cluster = chain->runs[i].cluster + k;
            if (tsk_fat_is_claimed(owner, cluster))
                return;
            check_part(&folder, fat_cluster_place(geometry, cluster), geometry->cluster_size);
        }
}
