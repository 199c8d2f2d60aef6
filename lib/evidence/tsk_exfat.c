/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_exfat: what libtsk does not tell of exFAT, for the index of tsk_index.h: the zones of
 * times; names that it passes over, since it gives up a folder at the first fault of its chain;
 * and damages of folders.
 *
 * Times are in the first entry of a file (Microsoft's exFAT specification, 7.4):
 *     0    1  type: 0x85, or 0x05 when deleted
 *     8    4  created: DOS time, then date
 *    12    4  modified
 *    16    4  accessed
 *    20    2  created, modified: 10 ms units, 0-199
 *    22    3  created, modified, accessed: 0x80 known, 0x7f quarters of an
 *             hour ahead of UTC, signed
 * libtsk numbers the entries of 32 bytes from the start of the cluster heap, 3 is the first.
 */

#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "exfat_folder.h"
#include "tsk_index.h"

enum {
    FIRST_INODE = 3,
    FILE_ENTRY = 0x05, /* without the bit of those in use */
    IN_USE = 0x80,
};

int tsk_exfat_open(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;

    if (volume->kind != FS_EXFAT)
        return 0;
    owner->volume_reader = reader_over_part(owner->base.reader, volume->offset, volume->length);
    owner->exfat = calloc(1, sizeof *owner->exfat);
    int result = owner->volume_reader && owner->exfat
                     ? exfat_open(owner->exfat, owner->volume_reader)
                     : -1;
    if (result > 0)
        filesystem_add_gap(&owner->base, volume->offset, EXFAT_BOOT_SIZE, NULL, NULL,
                           "the numbers of the boot sector cannot be: folders are not looked at");
    if (result != 0)
        tsk_exfat_close(owner);
    return result < 0 ? error_set_memory(error) : 0;
}

void tsk_exfat_close(struct tsk_filesystem *owner)
{
    if (owner->exfat)
        exfat_release(owner->exfat);
    free(owner->exfat);
    owner->exfat = NULL;
}

void tsk_exfat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry)
{
    uint8_t data[EXFAT_ENTRY_SIZE];
    uint64_t at;

    if (!owner->exfat || entry->inode < FIRST_INODE ||
        __builtin_mul_overflow(entry->inode - FIRST_INODE, EXFAT_ENTRY_SIZE, &at) ||
        at > owner->base.volume->length)
        return;
    if (reader_read(owner->volume_reader, owner->exfat->heap + at, data, sizeof data, NULL) != 0 ||
        (data[0] & ~IN_USE) != FILE_ENTRY)
        return;
    for (int i = BORN; i < CHANGED; i++) {
        const uint8_t *stored = data + 8 + 4 * i;
        struct instant instant = instant_from_dos(bytes_u16le(stored + 2), bytes_u16le(stored),
                                                  i == ACCESSED ? -1 : data[20 + i]);
        tsk_index_set_dos_time(entry, i, &instant);
        entry->zones[i] = data[22 + i];
    }
}

/* Folders that are still to be looked at. */
struct pending {
    struct {
        struct exfat_file file;
        uint32_t entry;
    } *folders;
    size_t count, capacity;
};

struct exfat_walk {
    struct tsk_filesystem *owner;
    size_t known;    /* entries of the index before any were added */
    uint32_t folder; /* the entry of the folder that is looked at */
    struct pending sure, unsure; /* these last: they may lead into other folders */
};

static int add_pending(struct pending *pending, const struct exfat_file *file, uint32_t entry)
{
    if (memory_grow((void **)&pending->folders, &pending->capacity, pending->count + 1,
                    sizeof *pending->folders) != 0)
        return -1;
    pending->folders[pending->count].file = *file;
    pending->folders[pending->count++].entry = entry;
    return 0;
}

/* A file that libtsk did not list. 0: without memory. */
static uint32_t add_file(struct exfat_walk *walk, const struct exfat_file *file, uint64_t inode)
{
    struct tsk_filesystem *owner = walk->owner;
    struct tsk_entry *entry = tsk_index_add(owner);
    size_t text = owner->text.length;

    text_add_utf16le(&owner->text, file->name, file->units);
    if (!entry || owner->text.failed || owner->text.length > UINT32_MAX)
        return 0;
    entry->inode = inode;
    entry->parent = walk->folder;
    entry->text = (uint32_t)text;
    entry->length = (uint16_t)(owner->text.length - text);
    entry->type = file->folder ? FILE_DIRECTORY : FILE_REGULAR;
    entry->has_meta = true;
    entry->size = file->size;
    tsk_exfat_set_times(owner, entry);
    return (uint32_t)(owner->count - 1);
}

static int take_file(void *context, const struct exfat_file *file)
{
    struct exfat_walk *walk = context;
    uint64_t inode = (file->at - walk->owner->exfat->heap) / EXFAT_ENTRY_SIZE + FIRST_INODE;
    uint32_t entry = tsk_index_find_live(walk->owner, walk->known, inode);

    if (entry == 0 && (entry = add_file(walk, file, inode)) == 0)
        return -1;
    return file->folder ? add_pending(file->sure ? &walk->sure : &walk->unsure, file, entry) : 0;
}

static void add_fault(void *context, uint64_t at, uint64_t length, const char *reason)
{
    struct exfat_walk *walk = context;
    struct tsk_filesystem *owner = walk->owner;

    tsk_file_add_gap(owner, &owner->entries[walk->folder], owner->base.volume->offset + at,
                     length, reason);
}

int tsk_exfat_add_lost(struct tsk_filesystem *owner, struct error *error)
{
    struct exfat_walk walk = { .owner = owner, .known = owner->count };
    const struct exfat_sink sink = { &walk, take_file, add_fault };

    if (!owner->exfat)
        return 0;
    int result = exfat_read_folder(owner->exfat, NULL, &sink);
    while (result == 0 && (walk.sure.count > 0 || walk.unsure.count > 0)) {
        struct pending *pending = walk.sure.count > 0 ? &walk.sure : &walk.unsure;
        struct exfat_file file = pending->folders[--pending->count].file;
        walk.folder = pending->folders[pending->count].entry;
        result = exfat_read_folder(owner->exfat, &file, &sink);
    }
    free(walk.sure.folders);
    free(walk.unsure.folders);
    if (result == 0 && owner->count > walk.known)
        result = tsk_index_sort(owner);
    return result != 0 ? error_set_memory(error) : 0;
}
