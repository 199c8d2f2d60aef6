/* SPDX-License-Identifier: Apache-2.0 */

/* spelling: an open hash table, at most half full, of names and of files as texts
 * "DEVICE:INODE", each with the name that was met first. See spelling.h. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/spelling.h>
#include <fett/text.h>

struct spelling {
    char *text;        /* NULL: the slot is empty */
    const char *first; /* text of a slot */
    bool is_file;      /* it is a device and an inode */
};

/* The slot of a text, or the empty one where it goes. */
static struct spelling *find_slot(const struct spellings *spellings, const char *text,
                                  bool is_file)
{
    size_t slot = text_hash_nocase(text, strlen(text)) & (spellings->capacity - 1);
    struct spelling *at = &spellings->slots[slot];

    while (at->text && (at->is_file != is_file || strcmp(at->text, text) != 0)) {
        slot = (slot + 1) & (spellings->capacity - 1);
        at = &spellings->slots[slot];
    }
    return at;
}

/* Room for two texts more. */
static int grow(struct spellings *spellings)
{
    enum { LEAST = 16 };
    struct spellings larger = { .capacity = spellings->capacity ? spellings->capacity * 2 : LEAST,
                                .count = spellings->count };

    if (2 * (spellings->count + 2) <= spellings->capacity)
        return 0;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return -1;
    for (size_t i = 0; i < spellings->capacity; i++) {
        const struct spelling *slot = &spellings->slots[i];
        if (slot->text)
            *find_slot(&larger, slot->text, slot->is_file) = *slot;
    }
    free(spellings->slots);
    *spellings = larger;
    return 0;
}

/* What a text stands for; one that is new for `first`, or, where that is NULL, for itself. */
static const char *meet(struct spellings *spellings, const char *text, bool is_file,
                        const char *first)
{
    struct spelling *slot = find_slot(spellings, text, is_file);

    if (slot->text)
        return slot->first;
    char *copy = strdup(text);
    if (!copy)
        return NULL;
    *slot = (struct spelling){ copy, first ? first : copy, is_file };
    spellings->count++;
    return slot->first;
}

const char *spellings_first(struct spellings *spellings, const char *name)
{
    struct stat status;
    char file[64];

    if (grow(spellings) != 0)
        return NULL;
    const struct spelling *known = find_slot(spellings, name, false);
    if (known->text)
        return known->first;
    if (stat(name, &status) != 0)
        return meet(spellings, name, false, NULL);
    snprintf(file, sizeof file, "%llu:%llu", (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    known = find_slot(spellings, file, true);
    if (known->text)
        return meet(spellings, name, false, known->first);
    const char *first = meet(spellings, name, false, NULL);
    return first ? meet(spellings, file, true, first) : NULL;
}

void spellings_release(struct spellings *spellings)
{
    for (size_t i = 0; i < spellings->capacity; i++)
        free(spellings->slots[i].text);
    free(spellings->slots);
    *spellings = (struct spellings){ 0 };
}
