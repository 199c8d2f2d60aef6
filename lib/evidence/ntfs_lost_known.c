/* SPDX-License-Identifier: Apache-2.0 */

/* ntfs_lost_known: which of the names in indexes $MFT has. See ntfs_lost.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/keyed.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_entries.h"
#include "ntfs_lost.h"

bool ntfs_is_same_file(const struct ntfs_node *node, uint16_t sequence)
{
    bool deleted = !(node->flags & NODE_IN_USE);

    return node->flags & NODE_USABLE &&
           (node->sequence == sequence ||
            (deleted && node->sequence == (uint16_t)(sequence + 1)));
}

static const char *text_of(const struct ntfs *ntfs, const struct ntfs_name *name)
{
    return ntfs->text.data + name->text;
}

static bool is_text(const struct ntfs *ntfs, const struct ntfs_name *name, const char *text,
                    size_t length)
{
    return name->length == length && memcmp(text_of(ntfs, name), text, length) == 0;
}

/* Whether a name of $MFT has these letters, all ASCII; most have. */
static bool is_plain_text(const struct ntfs *ntfs, const struct ntfs_name *name,
                          const uint8_t *utf16, size_t units)
{
    const char *text = text_of(ntfs, name);

    if (name->length != units)
        return false;
    for (size_t i = 0; i < units; i++)
        if (bytes_u16le(utf16 + 2 * i) != (uint8_t)text[i] || text[i] & 0x80)
            return false;
    return true;
}

bool ntfs_has_entry(const struct ntfs *ntfs, uint32_t folder, uint32_t number, uint16_t sequence,
                    const uint8_t *utf16, size_t units, struct buffer *room)
{
    const struct ntfs_node *node = &ntfs->nodes[number];

    if (!ntfs_is_same_file(node, sequence))
        return false;
    buffer_clear(room);
    for (uint16_t i = 0; i < node->name_count; i++) {
        const struct ntfs_name *name = &ntfs->names[node->first_name + i];
        if ((name->parent & NTFS_NUMBER_MASK) != folder)
            continue;
        if (is_plain_text(ntfs, name, utf16, units))
            return true;
        if (room->length == 0)
            text_add_utf16le(room, utf16, units);
        if (is_text(ntfs, name, room->data, room->length))
            return true;
    }
    return false;
}

/* --- entries in $MFT records --- */

static bool is_entry_known(const struct ntfs *ntfs, const struct ntfs_entry *entry)
{
    const struct ntfs_node *node = &ntfs->nodes[entry->number];

    if (!ntfs_is_same_file(node, entry->sequence))
        return false;
    for (uint16_t i = 0; i < node->name_count; i++) {
        const struct ntfs_name *name = &ntfs->names[node->first_name + i];
        if ((name->parent & NTFS_NUMBER_MASK) == entry->folder &&
            (uint32_t)ntfs_entry_key(entry->folder, text_of(ntfs, name), name->length) ==
                entry->key)
            return true;
    }
    return false;
}

static int compare_numbers(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

int ntfs_find_suspects(const struct ntfs *ntfs, uint32_t **suspects, size_t *count)
{
    size_t capacity = 0;

    *suspects = NULL;
    *count = 0;
    for (size_t i = 0; i < ntfs->entry_count; i++) {
        const struct ntfs_entry *entry = &ntfs->entries[i];
        if ((entry->number != NTFS_NO_FILE && is_entry_known(ntfs, entry)) ||
            (*count > 0 && (*suspects)[*count - 1] == entry->folder))
            continue;
        if (memory_grow((void **)suspects, &capacity, *count + 1, sizeof **suspects) != 0)
            return -1;
        (*suspects)[(*count)++] = entry->folder;
    }
    if (*count > 1)
        qsort(*suspects, *count, sizeof **suspects, compare_numbers);
    return 0;
}

/* --- what is left --- */

/* A name that was found. */
struct row {
    uint64_t key;
    uint32_t name;       /* in the list */
};

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

static bool is_copy(const struct ntfs_lost_list *list, const struct ntfs_lost_name *a,
                    const struct ntfs_lost_name *b)
{
    bool other = a->referenced && b->referenced &&
                 (a->number != b->number || a->sequence != b->sequence);

    return !other && a->folder == b->folder && a->length == b->length &&
           memcmp(ntfs_lost_text(list, a), ntfs_lost_text(list, b), a->length) == 0 &&
           memcmp(a->times, b->times, sizeof a->times) == 0;
}

/* A moved entry leaves copies of itself, of which one whose head is whole says more. What is
 * dropped has no length. */
static void drop_copies(struct ntfs_lost_list *list, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct ntfs_lost_name *name = &list->names[rows[i].name];
        size_t end = i + 1 + LIMIT_LOST_COPIES;
        for (size_t k = i + 1; k < count && k < end && rows[k].key == rows[i].key; k++) {
            struct ntfs_lost_name *copy = &list->names[rows[k].name];
            if (name->length == 0 || !is_copy(list, name, copy))
                continue;
            if (!name->referenced) {
                name->referenced = copy->referenced;
                name->number = copy->number;
                name->sequence = copy->sequence;
            }
            copy->length = 0;
        }
    }
}

/* An entry that means no file any more is told unless any file of the folder has its name. */
static void drop_known(const struct ntfs *ntfs, struct ntfs_lost_list *list,
                       const struct row *rows, size_t count)
{
    enum { WORDS = 1024 };
    uint64_t some[WORDS] = { 0 }; /* a bit for each key: most names have none of them */

    for (size_t i = 0; i < count; i++)
        if (!list->names[rows[i].name].referenced)
            some[rows[i].key / 64 % WORDS] |= UINT64_C(1) << rows[i].key % 64;
    for (size_t i = 0; i < ntfs->name_count && count > 0; i++) {
        const struct ntfs_name *name = &ntfs->names[i];
        uint64_t folder = name->parent & NTFS_NUMBER_MASK;
        uint64_t key = ntfs_entry_key(folder, text_of(ntfs, name), name->length);
        if (!(some[key / 64 % WORDS] >> key % 64 & 1))
            continue;
        size_t first = keyed_find(rows, count, sizeof *rows, key);
        for (size_t k = first;
             k < count && k < first + LIMIT_LOST_COPIES && rows[k].key == key; k++) {
            struct ntfs_lost_name *found = &list->names[rows[k].name];
            if (!found->referenced && found->folder == folder &&
                is_text(ntfs, name, ntfs_lost_text(list, found), found->length))
                found->length = 0;
        }
    }
}

static int compare_places(const void *a, const void *b)
{
    const struct ntfs_lost_name *x = a, *y = b;

    if (x->folder != y->folder)
        return x->folder < y->folder ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

int ntfs_lost_settle(const struct ntfs *ntfs, struct ntfs_lost_list *list)
{
    struct row *rows = malloc((list->count + 1) * sizeof *rows);
    size_t kept = 0;

    if (!rows)
        return -1;
    if (list->count > 1)
        qsort(list->names, list->count, sizeof *list->names, compare_places);
    for (size_t i = 0; i < list->count; i++) {
        const struct ntfs_lost_name *name = &list->names[i];
        rows[i].key = ntfs_entry_key(name->folder, ntfs_lost_text(list, name), name->length);
        rows[i].name = (uint32_t)i;
    }
    if (list->count > 1)
        qsort(rows, list->count, sizeof *rows, compare_rows);
    drop_copies(list, rows, list->count);
    drop_known(ntfs, list, rows, list->count);
    for (size_t i = 0; i < list->count; i++)
        if (list->names[i].length > 0)
            list->names[kept++] = list->names[i];
    list->count = kept;
    free(rows);
    return 0;
}
