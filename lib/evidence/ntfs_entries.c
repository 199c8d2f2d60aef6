/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_entries: see ntfs_entries.h.
 *
 * An entry, of an index record or of the index in a folder's $MFT record ($INDEX_ROOT)
 *     0    8  the file: record (48 bits), sequence (16)
 *     8    2  length of the entry
 *    10    2  length of the $FILE_NAME
 *    16       the $FILE_NAME, with the times of $STANDARD_INFORMATION
 *
 * $FILE_NAME
 *     0    8  the folder: record, sequence
 *     8   32  born, modified, changed, accessed
 *    48    8  bytes of the file
 *    56    4  attributes
 *    64    1  characters of the name
 *    65    1  name space: 0 POSIX, 1 Windows, 2 DOS, 3 Windows and DOS
 *    66       the name, UTF-16LE
 *
 * Entries are found by the reference to the folder that each $FILE_NAME begins with, since of
 * those left behind the head may be overwritten.
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/fixup.h>
#include <fett/text.h>

#include "ntfs_entries.h"

enum {
    ENTRY_HEAD = 16,
    NAME_FIXED = 66, /* of a $FILE_NAME */
    STEP = 8,        /* to which entries are aligned */
    DOS_NAME = 2,
    LAST_SPACE = 3,
};

#define ATTRIBUTE_DIRECTORY 0x10000000u /* in a $FILE_NAME only */

/* 1980 and 2108: what other bytes give as a time is not between them. */
#define FIRST_TIME 119600064000000000u
#define LAST_TIME 160000000000000000u

/* Which a program of Windows cannot give to a file; others can but / and what is no sign. */
static bool is_possible(uint16_t unit, uint8_t name_space)
{
    return unit >= 0x20 && unit != '/' &&
           (name_space == 0 || unit >= 0x80 || !strchr("\"*:<>?\\|", unit));
}

bool ntfs_entry_is_plausible(const uint8_t *name)
{
    for (size_t i = 8; i < 40; i += 8)
        if (bytes_u64le(name + i) < FIRST_TIME || bytes_u64le(name + i) >= LAST_TIME)
            return false;
    for (size_t i = 0; i < name[64]; i++)
        if (!is_possible(bytes_u16le(name + NAME_FIXED + 2 * i), name[65]))
            return false;
    return true;
}

/* Whether bytes have the end of a stretch that was not put back; those before `whole` were. */
static bool is_torn(size_t at, size_t size, size_t whole)
{
    size_t from = at < whole ? whole : at;

    return at + size > whole && (from / FIXUP_STRIDE + 1) * FIXUP_STRIDE - 2 < at + size;
}

int ntfs_each_entry(const uint8_t *data, size_t size, size_t whole, uint64_t reference,
                    ntfs_take_entry take, void *context)
{
    for (size_t at = ENTRY_HEAD; at + NAME_FIXED + 2 <= size; at += STEP) {
        const uint8_t *p = data + at;
        if (bytes_u64le(p) != reference)
            continue;
        size_t length = NAME_FIXED + 2u * p[64];
        if (p[64] == 0 || p[65] > LAST_SPACE || length > size - at || is_torn(at, length, whole))
            continue;
        bool torn = is_torn(at - ENTRY_HEAD, ENTRY_HEAD, whole);
        int taken = take(context, p, torn ? NULL : p - ENTRY_HEAD);
        if (taken < 0)
            return -1;
        if (taken > 0)
            at += (length - 1) / STEP * STEP; /* no other begins within it */
    }
    return 0;
}

size_t ntfs_entry_name(const uint8_t *name, const uint8_t **text)
{
    *text = name + NAME_FIXED;
    return name[64];
}

void ntfs_entry_times(const uint8_t *name, uint64_t times[4])
{
    for (size_t i = 0; i < 4; i++)
        times[i] = bytes_u64le(name + 8 + 8 * i);
}

uint64_t ntfs_entry_size(const uint8_t *name)
{
    return bytes_u64le(name + 48);
}

bool ntfs_entry_is_dos_name(const uint8_t *name)
{
    return name[65] == DOS_NAME;
}

bool ntfs_entry_is_folder(const uint8_t *name)
{
    return bytes_u32le(name + 56) & ATTRIBUTE_DIRECTORY;
}

bool ntfs_entry_file(const struct ntfs *ntfs, const uint8_t *head, const uint8_t *name,
                     uint32_t *number, uint16_t *sequence)
{
    size_t length = NAME_FIXED + 2u * name[64];

    if (!head)
        return false;
    uint64_t file = bytes_u64le(head) & NTFS_NUMBER_MASK;
    if (file >= ntfs->records || file == (bytes_u64le(name) & NTFS_NUMBER_MASK) ||
        bytes_u16le(head + 10) != length || bytes_u16le(head + 8) < ENTRY_HEAD + length)
        return false;
    *number = (uint32_t)file;
    *sequence = bytes_u16le(head + 6);
    return true;
}

uint64_t ntfs_entry_key(uint64_t folder, const char *name, size_t length)
{
    const uint64_t prime = 0x9e3779b97f4a7c15;
    uint64_t key = (folder + length) * prime, word;

    for (; length >= sizeof word; name += sizeof word, length -= sizeof word) {
        memcpy(&word, name, sizeof word);
        key = (key ^ key >> 32 ^ word) * prime;
    }
    word = 0;
    memcpy(&word, name, length);
    key = (key ^ key >> 32 ^ word) * prime;
    return key ^ key >> 32;
}

struct noting {
    struct ntfs *ntfs;
    struct buffer *name;
    uint32_t folder;
};

static int note_entry(void *context, const uint8_t *name, const uint8_t *head)
{
    struct noting *noting = context;
    struct ntfs *ntfs = noting->ntfs;
    struct ntfs_entry entry = { .folder = noting->folder, .number = NTFS_NO_FILE,
                                .dos = ntfs_entry_is_dos_name(name) };
    const uint8_t *text;
    size_t units = ntfs_entry_name(name, &text);

    if (!ntfs_entry_is_plausible(name))
        return 0;
    if (memory_grow((void **)&ntfs->entries, &ntfs->entry_capacity, ntfs->entry_count + 1,
                    sizeof *ntfs->entries) != 0)
        return -1;
    buffer_clear(noting->name);
    text_add_utf16le(noting->name, text, units);
    entry.key = (uint32_t)ntfs_entry_key(entry.folder, noting->name->data, noting->name->length);
    ntfs_entry_file(ntfs, head, name, &entry.number, &entry.sequence);
    ntfs->entries[ntfs->entry_count++] = entry;
    return noting->name->failed ? -1 : 1;
}

int ntfs_note_entries(struct ntfs *ntfs, uint32_t folder, const struct ntfs_record *record,
                      struct buffer *name)
{
    struct noting noting = { ntfs, name, folder };
    bool in_use = record->flags & NTFS_RECORD_IN_USE;
    uint64_t sequence = record->extends ? record->base_sequence
                                        : (uint16_t)(record->sequence - !in_use);

    return ntfs_each_entry(record->data, record->usable, record->usable, folder | sequence << 48,
                           note_entry, &noting);
}
