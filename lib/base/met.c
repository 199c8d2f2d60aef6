/* SPDX-License-Identifier: Apache-2.0 */

/* met: an open hash table of hashes, at most half full. See met.h. */

#include <stdint.h>
#include <stdlib.h>

#include <fett/met.h>

typedef unsigned __int128 hash;

static hash hash_of(const char *text, size_t size)
{
    const hash prime = ((hash)1 << 88) + 0x13b;
    hash value = (hash)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;

    for (size_t i = 0; i < size; i++)
        value = (value ^ (uint8_t)text[i]) * prime;
    return value != 0 ? value : 1; /* 0 is an empty slot */
}

/* The slot of a hash, or the empty one where it goes. */
static size_t find_slot(const struct met *met, hash value)
{
    size_t slot = (size_t)(value ^ value >> 64) & (met->capacity - 1);

    while (met->slots[slot] != 0 && met->slots[slot] != value)
        slot = (slot + 1) & (met->capacity - 1);
    return slot;
}

static int grow(struct met *met)
{
    enum { LEAST = 1024 };
    struct met larger = { .capacity = met->capacity ? met->capacity * 2 : LEAST,
                          .count = met->count };

    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return -1;
    for (size_t i = 0; i < met->capacity; i++)
        if (met->slots[i] != 0)
            larger.slots[find_slot(&larger, met->slots[i])] = met->slots[i];
    met_release(met);
    *met = larger;
    return 0;
}

int met_add(struct met *met, const char *text, size_t size)
{
    hash value = hash_of(text, size);

    if (2 * (met->count + 1) > met->capacity && grow(met) != 0)
        return -1;
    size_t slot = find_slot(met, value);
    if (met->slots[slot] == value)
        return 1;
    met->slots[slot] = value;
    met->count++;
    return 0;
}

bool met_has(const struct met *met, const char *text, size_t size)
{
    return met->count > 0 && met->slots[find_slot(met, hash_of(text, size))] != 0;
}

void met_release(struct met *met)
{
    free(met->slots);
    *met = (struct met){ 0 };
}
