/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_lost: names that the index of a folder has and no record of $MFT.
 *
 * An index record ($INDEX_ALLOCATION, "$I30")
 *     0    4  INDX
 *     4    4  place and length of the update sequence (fixup.h)
 *    24    4  where the entries begin, from here on
 *    28    4  bytes of entries in use, from 24 on; behind them lies what was moved or deleted
 *
 * Its entries
 *     0    8  the file: record (48 bits), sequence (16)
 *     8    2  length of the entry
 *    10    2  length of the $FILE_NAME
 *    16       the $FILE_NAME (ntfs_index.h), with the times of $STANDARD_INFORMATION
 *
 * Whatever lies in the index is looked for by the reference to the folder that each $FILE_NAME
 * begins with, in use or not: records of the index that were freed say that their entries are in
 * use. A head that was overwritten since costs the file's number only. Names that $MFT has are
 * given with their files; DOS names have a longer twin.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/fixup.h>
#include <fett/keyed.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs.h"

enum {
    INDEX_RECORD = 4096,
    ENTRIES = 24,
    ENTRY_HEAD = 16,
    NAME_FIXED = 66, /* of a $FILE_NAME */
    STEP = 8,        /* to which entries are aligned */
    DOS_NAME = 2,
};

/* 1980 and 2108: what other bytes give as a time is not between them. */
#define FIRST_TIME 119600064000000000u
#define LAST_TIME 160000000000000000u

/* Its name is in search.texts, which grows. */
struct found {
    struct lost_name lost;
    size_t text;
};

struct search {
    struct ntfs *ntfs;
    uint32_t folder;
    filesystem_lost_name visit;
    void *context;
    uint64_t *keys;          /* of all names of $MFT, sorted */
    struct buffer name;
    struct found *found;     /* in this folder */
    size_t count, capacity;
    bool too_many;
    struct buffer texts;
};

static bool is_time(uint64_t filetime)
{
    return filetime >= FIRST_TIME && filetime < LAST_TIME;
}

/* Whether bytes are a $FILE_NAME of a folder that fits. */
static bool is_name(const uint8_t *p, size_t left, uint32_t folder)
{
    if (left < NAME_FIXED + 2 || (bytes_u64le(p) & 0xffffffffffff) != folder)
        return false;
    if (p[64] == 0 || p[65] > 3 || left < NAME_FIXED + 2u * p[64])
        return false;
    for (size_t i = 8; i < 40; i += 8)
        if (!is_time(bytes_u64le(p + i)))
            return false;
    for (size_t i = 0; i < p[64]; i++)
        if (bytes_u16le(p + NAME_FIXED + 2 * i) < 0x20)
            return false;
    return true;
}

static bool has_name(const struct ntfs *ntfs, uint32_t record, uint32_t folder,
                     const struct buffer *text)
{
    const struct ntfs_node *node = &ntfs->nodes[record];

    for (uint16_t i = 0; i < node->name_count; i++) {
        const struct ntfs_name *name = &ntfs->names[node->first_name + i];
        if ((name->parent & 0xffffffffffff) == folder && name->length == text->length &&
            memcmp(ntfs->text.data + name->text, text->data, text->length) == 0)
            return true;
    }
    return false;
}

/* FNV-1a, of a folder and a name in it. */
static uint64_t key_of(uint64_t folder, const char *name, size_t length)
{
    uint64_t key = 0xcbf29ce484222325;

    for (unsigned i = 0; i < 48; i += 8)
        key = (key ^ (folder >> i & 0xff)) * 0x100000001b3;
    for (size_t i = 0; i < length; i++)
        key = (key ^ (uint8_t)name[i]) * 0x100000001b3;
    return key;
}

/* Every name of $MFT, live and deleted. */
static int collect_names(struct search *search)
{
    const struct ntfs *ntfs = search->ntfs;

    search->keys = malloc((ntfs->name_count + 1) * sizeof *search->keys);
    if (!search->keys)
        return -1;
    for (size_t i = 0; i < ntfs->name_count; i++)
        search->keys[i] = key_of(ntfs->names[i].parent & 0xffffffffffff,
                                 ntfs->text.data + ntfs->names[i].text, ntfs->names[i].length);
    qsort(search->keys, ntfs->name_count, sizeof *search->keys, keyed_compare);
    return 0;
}

/* Whether $MFT has the name: of the file that the entry means, as it is or as it was deleted;
 * of an entry that means none any more, of any file of the folder. */
static bool is_known(const struct search *search, const struct lost_name *lost)
{
    const struct ntfs *ntfs = search->ntfs;

    if (!lost->referenced) {
        uint64_t key = key_of(search->folder, search->name.data, search->name.length);
        return keyed_row(search->keys, ntfs->name_count, sizeof key, key) != NULL;
    }
    const struct ntfs_node *node = &ntfs->nodes[lost->number];
    bool deleted = !(node->flags & NODE_IN_USE);
    return node->flags & NODE_USABLE &&
           (node->sequence == lost->seq ||
            (deleted && node->sequence == (uint16_t)(lost->seq + 1))) &&
           has_name(ntfs, (uint32_t)lost->number, search->folder, &search->name);
}

/* The file that an entry means, if its head is whole. */
static void set_reference(const struct search *search, const uint8_t *head, size_t name_size,
                          struct lost_name *lost)
{
    uint64_t number = bytes_u64le(head) & 0xffffffffffff;

    lost->referenced = number < search->ntfs->records && number != search->folder &&
                       bytes_u16le(head + 10) == name_size &&
                       bytes_u16le(head + 8) >= ENTRY_HEAD + name_size;
    lost->number = lost->referenced ? number : 0;
    lost->seq = lost->referenced ? bytes_u16le(head + 6) : 0;
}

/* A moved entry leaves copies of itself. */
static bool is_again(const struct search *search, const struct lost_name *lost)
{
    for (size_t i = search->count; i > 0; i--) {
        const struct found *other = &search->found[i - 1];
        if (other->lost.name_length == search->name.length &&
            memcmp(search->texts.data + other->text, search->name.data, search->name.length) == 0 &&
            memcmp(&other->lost.times, &lost->times, sizeof lost->times) == 0)
            return true;
    }
    return false;
}

/* Keep a name that $MFT does not have. 0, or -1 without memory. */
static int take_name(struct search *search, const uint8_t *p)
{
    struct lost_name lost = { .size = bytes_u64le(p + 48) };

    lost.times.born = instant_from_filetime(bytes_u64le(p + 8));
    lost.times.modified = instant_from_filetime(bytes_u64le(p + 16));
    lost.times.changed = instant_from_filetime(bytes_u64le(p + 24));
    lost.times.accessed = instant_from_filetime(bytes_u64le(p + 32));
    buffer_clear(&search->name);
    text_add_utf16le(&search->name, p + NAME_FIXED, p[64]);
    set_reference(search, p - ENTRY_HEAD, NAME_FIXED + 2u * p[64], &lost);
    if (search->name.failed)
        return -1;
    if (is_known(search, &lost) || is_again(search, &lost))
        return 0;
    if (search->count == LIMIT_LOST_NAMES) {
        search->too_many = true;
        return 0;
    }
    if (memory_grow((void **)&search->found, &search->capacity, search->count + 1,
                    sizeof *search->found) != 0)
        return -1;
    lost.name_length = search->name.length;
    search->found[search->count++] = (struct found){ lost, search->texts.length };
    buffer_add(&search->texts, search->name.data, search->name.length);
    return search->texts.failed ? -1 : 0;
}

static int search_record(struct search *search, uint8_t *record, size_t size)
{
    size_t whole = size;

    if (memcmp(record, "INDX", 4) == 0)
        fixup_undo(record, size, &whole);
    for (size_t at = ENTRIES + ENTRY_HEAD; at + NAME_FIXED < whole; at += STEP)
        if (is_name(record + at, whole - at, search->folder) && record[at + 65] != DOS_NAME &&
            take_name(search, record + at) != 0)
            return -1;
    return 0;
}

static int find_folder(struct search *search, struct file *folder, struct error *error)
{
    return tree_file(&search->ntfs->base.tree, (uint64_t)search->folder << 16, folder, error);
}

/* The names in the folder's index, or some of them, are lost. */
static int lose_index(struct search *search, const char *reason, struct error *error)
{
    struct filesystem *base = &search->ntfs->base;
    struct file folder;

    if (find_folder(search, &folder, error) != 0)
        return -1;
    filesystem_add_gap(base, base->volume->offset, 0, folder.path, folder.inode, reason);
    return 0;
}

static int give_names(struct search *search, struct error *error)
{
    struct file folder;
    int result = 0;

    if (search->count == 0)
        return 0;
    if (search->too_many &&
        lose_index(search, "more names in the slack of its index than are kept", error) != 0)
        return -1;
    if (find_folder(search, &folder, error) != 0)
        return -1;
    for (size_t i = 0; i < search->count && result == 0; i++) {
        struct found *found = &search->found[i];
        found->lost.name = search->texts.data + found->text;
        result = search->visit(search->context, &folder, &found->lost, error);
    }
    return result;
}

/* What cannot be read of an index is zeros, and the image has the gap. */
static int search_folder(struct search *search, const struct ntfs_stream *stream,
                         struct error *error)
{
    uint8_t record[INDEX_RECORD];
    struct error why = ERROR_INIT;
    struct reader *reader;
    int result = 0;

    if (ntfs_content_open(search->ntfs, stream, &reader, &why) != 0)
        return why.kind == ERROR_SYSTEM ? error_set(error, why.kind, "%s", why.text)
                                        : lose_index(search, why.text, error);
    search->count = 0;
    search->too_many = false;
    buffer_clear(&search->texts);
    for (uint64_t at = 0; at + sizeof record <= reader->size && result == 0; at += sizeof record) {
        reader_read(reader, at, record, sizeof record, NULL);
        result = search_record(search, record, sizeof record);
    }
    reader_free(reader);
    return result != 0 ? error_set_memory(error) : give_names(search, error);
}

int ntfs_each_lost_name(struct filesystem *filesystem, filesystem_lost_name visit, void *context,
                        struct error *error)
{
    struct search search = { .ntfs = ntfs_of(filesystem), .visit = visit, .context = context };
    const struct ntfs *ntfs = search.ntfs;
    int result = collect_names(&search) != 0 ? error_set_memory(error) : 0;

    for (uint64_t record = 0; record < ntfs->records && result == 0; record++) {
        const struct ntfs_node *node = &ntfs->nodes[record];
        if (!(node->flags & NODE_USABLE) || !(node->flags & NODE_DIRECTORY))
            continue;
        search.folder = (uint32_t)record;
        for (unsigned i = 1; i <= node->stream_count && result == 0; i++)
            if (ntfs_stream_at(ntfs, node, i)->type == NTFS_INDEX_ALLOCATION)
                result = search_folder(&search, ntfs_stream_at(ntfs, node, i), error);
    }
    free(search.keys);
    free(search.found);
    buffer_release(&search.texts);
    buffer_release(&search.name);
    return result;
}
