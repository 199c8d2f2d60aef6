/* SPDX-License-Identifier: Apache-2.0 */

/* found_list: digests of what was found, see autorun_internal.h. A table of slots, of
 * which at most half are in use, leads to them. */

#include <stdlib.h>

#include "autorun_internal.h"

/* The slot that a digest is in, or would be. */
static size_t slot_of(const struct found_list *list, const struct found *found)
{
    uint64_t hash;

    memcpy(&hash, found->digest, sizeof hash);
    hash *= UINT64_C(0x9e3779b97f4a7c15); /* hex digits have few bits that differ */
    size_t slot = (size_t)(hash >> 32) & (list->slot_count - 1);
    while (list->slots[slot] != 0 &&
           strcmp(list->items[list->slots[slot] - 1].digest, found->digest) != 0)
        slot = (slot + 1) & (list->slot_count - 1);
    return slot;
}

static int grow_slots(struct found_list *list)
{
    size_t count = list->slot_count > 0 ? 2 * list->slot_count : 256;
    uint32_t *slots = calloc(count, sizeof *slots);

    if (!slots)
        return -1;
    free(list->slots);
    list->slots = slots;
    list->slot_count = count;
    for (size_t i = 0; i < list->count; i++)
        slots[slot_of(list, &list->items[i])] = (uint32_t)(i + 1);
    return 0;
}

bool found_list_has(const struct found_list *list, const struct found *found)
{
    return list->count > 0 && list->slots[slot_of(list, found)] != 0;
}

int found_list_add(struct found_list *list, const struct found *found)
{
    if (found_list_has(list, found))
        return 0;
    if (2 * list->count >= list->slot_count && grow_slots(list) != 0)
        return -1;
    if (memory_grow((void **)&list->items, &list->capacity, list->count + 1,
                    sizeof *list->items) != 0)
        return -1;
    list->items[list->count++] = *found;
    list->slots[slot_of(list, found)] = (uint32_t)list->count;
    return 0;
}

void found_list_release(struct found_list *list)
{
    free(list->items);
    free(list->slots);
    *list = (struct found_list){ .count = 0 };
}
