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

bool ntfs_has_dos_entry(const struct ntfs *ntfs, uint32_t folder, uint32_t number,
                        uint16_t sequence)
{
    const struct ntfs_node *node = &ntfs->nodes[number];

    for (uint16_t i = 0; i < node->name_count; i++)
        if ((ntfs->names[node->first_name + i].parent & NTFS_NUMBER_MASK) == folder)
            return ntfs_is_same_file(node, sequence);
    return false;
}

/* --- entries in $MFT records --- */

static bool is_entry_known(const struct ntfs *ntfs, const struct ntfs_entry *entry)
{
    const struct ntfs_node *node = &ntfs->nodes[entry->number];

    if (entry->dos)
        return ntfs_has_dos_entry(ntfs, entry->folder, entry->number, entry->sequence);
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

/* Names that some entry without a file may have: most of $MFT are not among them. */
struct sieve {
    uint64_t bits[1024];
};

static uint64_t *sieve_word(struct sieve *sieve, uint64_t key)
{
    return &sieve->bits[key / 64 % (sizeof sieve->bits / sizeof *sieve->bits)];
}

/* Drop the entries without a file that have this name of $MFT. */
static void drop_name(struct ntfs_lost_list *list, const struct row *rows, size_t count,
                      struct sieve *sieve, uint64_t parent, const char *text, size_t length)
{
    uint64_t folder = parent & NTFS_NUMBER_MASK, key = ntfs_entry_key(folder, text, length);

    if (!(*sieve_word(sieve, key) >> key % 64 & 1))
        return;
    size_t first = keyed_find(rows, count, sizeof *rows, key);
    for (size_t k = first; k < count && k < first + LIMIT_LOST_COPIES && rows[k].key == key; k++) {
        struct ntfs_lost_name *found = &list->names[rows[k].name];
        if (!found->referenced && found->folder == folder && found->length == length &&
            memcmp(ntfs_lost_text(list, found), text, length) == 0)
            found->length = 0;
    }
}

/* An entry that means no file any more is told unless any file of the folder has its name. */
static void drop_known(const struct ntfs *ntfs, struct ntfs_lost_list *list,
                       const struct row *rows, size_t count)
{
    struct sieve sieve = { { 0 } };

    for (size_t i = 0; i < count; i++)
        if (!list->names[rows[i].name].referenced)
            *sieve_word(&sieve, rows[i].key) |= UINT64_C(1) << rows[i].key % 64;
    for (size_t i = 0; i < ntfs->name_count && count > 0; i++) {
        const struct ntfs_name *name = &ntfs->names[i];
        drop_name(list, rows, count, &sieve, name->parent, text_of(ntfs, name), name->length);
    }
    for (size_t i = 0; i < ntfs->dos_name_count && count > 0; i++) {
        const struct ntfs_dos_name *name = &ntfs->dos_names[i];
        drop_name(list, rows, count, &sieve, name->parent, ntfs->text.data + name->text,
                  name->length);
    }
}

/* A number for the file that a name means. */
static uint64_t file_key(const struct ntfs_lost_name *name)
{
    const uint32_t file[2] = { name->number, name->sequence };

    return ntfs_entry_key(name->folder, (const char *)file, sizeof file);
}

/* DOS names of files that another name in the folder is known of. */
static void drop_twins(struct ntfs_lost_list *list, struct row *rows)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        if (list->names[i].referenced && !list->names[i].dos)
            rows[count++] = (struct row){ file_key(&list->names[i]), (uint32_t)i };
    if (count > 1)
        qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < list->count; i++) {
        struct ntfs_lost_name *name = &list->names[i];
        if (name->referenced && name->dos &&
            keyed_row(rows, count, sizeof *rows, file_key(name)))
            name->length = 0;
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
    drop_twins(list, rows);
    for (size_t i = 0; i < list->count; i++)
        if (list->names[i].length > 0)
            list->names[kept++] = list->names[i];
    list->count = kept;
    free(rows);
    return 0;
}
