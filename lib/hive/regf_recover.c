/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_recover: deleted keys and values of regf hives.
 *
 * Windows frees the cells of what is deleted and overwrites nothing: cells stand in
 * free cells, which neighbours were joined to, and behind the content of cells that
 * were given out again. First all that live keys use is marked (regf_taken.c), then keys
 * and values are found in the rest (regf_traces.c). Here is told what they belong to.
 *
 * An nk tells its parent and its list of values, which is still read if it is free
 * too. A vk that no such list has is of a live key where that key's own list has it
 * behind its end, or an old copy of that list, where live values of the key stand
 * beside it; else nobody knows.
 */

#include <fett/limits.h>

#include "regf_recover.h"

static int compare_owners(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;

    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* The place of the live key that a cell is of; NO_PLACE for none. */
static uint32_t owner_of(const struct owner *owners, size_t count, uint32_t cell)
{
    const struct owner wanted = { cell, 0 };
    const struct owner *found =
        count > 0 ? bsearch(&wanted, owners, count, sizeof *owners, compare_owners) : NULL;

    return found ? found->place : NO_PLACE;
}

static void index_live(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;

    recovery->key_owners = malloc(hive->live_count * sizeof *recovery->key_owners);
    if (!recovery->key_owners) {
        recovery->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < hive->live_count; i++)
        recovery->key_owners[i] = (struct owner){ hive->keys[i].cell, (uint32_t)i };
    qsort(recovery->key_owners, hive->live_count, sizeof(struct owner), compare_owners);
    if (recovery->value_owner_count > 0)
        qsort(recovery->value_owners, recovery->value_owner_count, sizeof(struct owner),
              compare_owners);
}

static void find_parents(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;
    struct traces *keys = &recovery->keys;

    for (size_t i = 0; i < keys->count; i++) {
        struct trace *key = &keys->items[i];
        const uint8_t *nk = hive->file + BASE + key->cell + hive->cell_header;
        uint32_t cell = regf_place(hive, nk + 16);
        if (bytes_u16le(nk + 2) & NK_ROOT)
            continue;
        key->parent = owner_of(recovery->key_owners, hive->live_count, cell);
        const struct trace *above = traces_find(keys, cell);
        if (key->parent == NO_PLACE && above && above != key)
            key->above = (uint32_t)(above - keys->items);
    }
}

static int fill_key(struct hive *hive, struct key *key, const struct trace *trace)
{
    key->cell = trace->cell;
    const uint8_t *nk = regf_nk(hive, key);
    return regf_set_name(hive, key, nk, bytes_u16le(nk + 72));
}

static void add_value(struct recovery *recovery, uint32_t cell, uint32_t key)
{
    struct hive *hive = recovery->hive;

    if (memory_grow((void **)&hive->recovered, &hive->recovered_capacity,
                    hive->recovered_count + 1, sizeof *hive->recovered) != 0) {
        recovery->out_of_memory = true;
        return;
    }
    hive->recovered[hive->recovered_count++] = (struct recovered_value){ cell, key };
}

/* The values of a deleted key, as far as its list is left. */
static void add_values(struct recovery *recovery, uint32_t place)
{
    struct hive *hive = recovery->hive;
    const uint8_t *nk = regf_nk(hive, &hive->keys[place]);
    size_t count = bytes_u32le(nk + 36), left = count;
    uint32_t at = regf_place(hive, nk + 40);

    hive->keys[place].first_value = (uint32_t)hive->recovered_count;
    if (at == NO_CELL || count > recovery->list_budget)
        return;
    recovery->list_budget -= count;
    while (left > 0 && !regf_free_data(hive, at, 4 * left))
        left /= 2;
    const uint8_t *list = left > 0 ? hive->file + BASE + at + hive->cell_header : NULL;
    for (size_t i = 0; i < left; i++) {
        struct trace *value = traces_find(&recovery->values, regf_place(hive, list + 4 * i));
        if (!value || value->place != NO_PLACE)
            continue;
        value->place = place;
        add_value(recovery, value->cell, place);
    }
    hive->keys[place].value_count =
        (uint32_t)hive->recovered_count - hive->keys[place].first_value;
}

/* What stands behind the end of a live key's list of values. */
static void claim_behind(struct recovery *recovery, uint32_t place)
{
    const struct hive *hive = recovery->hive;
    const uint8_t *nk = regf_nk(hive, &hive->keys[place]);
    size_t count = bytes_u32le(nk + 36), size;
    const uint8_t *list = count > 0 ? regf_cell(hive, regf_place(hive, nk + 40), &size) : NULL;

    for (size_t i = count; list && i < size / 4; i++) {
        struct trace *value = traces_find(&recovery->values, regf_place(hive, list + 4 * i));
        if (value && value->place == NO_PLACE)
            value->place = place;
    }
}

/* The live key that all live values in a row of offsets are of; NO_PLACE for none. */
static uint32_t owner_of_row(const struct recovery *recovery, const uint8_t *row, size_t count)
{
    uint32_t owner = NO_PLACE;

    for (size_t i = 0; i < count; i++) {
        uint32_t other = owner_of(recovery->value_owners, recovery->value_owner_count,
                                  regf_place(recovery->hive, row + 4 * i));
        if (other != NO_PLACE && owner != NO_PLACE && other != owner)
            return NO_PLACE;
        owner = other != NO_PLACE ? other : owner;
    }
    return owner;
}

/* Whether an offset is that of a vk, live or deleted. */
static bool is_value(const struct recovery *recovery, uint32_t cell)
{
    const struct hive *hive = recovery->hive;

    if (cell == 0 || cell % 8 != 0 || cell >= hive->file_size - BASE - VK_SIZE - 8 ||
        memcmp(hive->file + BASE + cell + hive->cell_header, "vk", 2) != 0)
        return false;
    return traces_find(&recovery->values, cell) ||
           owner_of(recovery->value_owners, recovery->value_owner_count, cell) != NO_PLACE;
}

/* Old copies of lists of values: rows of offsets of values in what is free. */
static void claim_by_rows(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;
    size_t end = hive->file_size - BASE, count = 0;
    const uint8_t *bytes = hive->file + BASE;

    for (size_t at = 0; at <= end; at += 4) {
        if (count == 0 && at % 512 == 0 && hive->taken[at / 512] == UINT64_MAX) {
            at += 508;
            continue;
        }
        if (at + 4 <= end && !regf_bit(hive->taken, at) &&
            is_value(recovery, regf_place(hive, bytes + at))) {
            count++;
            continue;
        }
        const uint8_t *row = bytes + at - 4 * count;
        uint32_t owner = count > 1 ? owner_of_row(recovery, row, count) : NO_PLACE;
        for (size_t i = 0; i < count && owner != NO_PLACE; i++) {
            struct trace *value = traces_find(&recovery->values, regf_place(hive, row + 4 * i));
            if (value && value->place == NO_PLACE)
                value->place = owner;
        }
        count = 0;
    }
}

static void assign_values(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;

    for (size_t i = hive->live_count; i < hive->key_count && !recovery->out_of_memory; i++)
        add_values(recovery, (uint32_t)i);
    hive->recovered_of_keys = hive->recovered_count;
    if (recovery->values.count == 0)
        return;
    for (size_t i = 0; i < hive->live_count; i++)
        claim_behind(recovery, (uint32_t)i);
    claim_by_rows(recovery);
    for (size_t i = 0; i < recovery->values.count && !recovery->out_of_memory; i++) {
        const struct trace *value = &recovery->values.items[i];
        if (value->place == NO_PLACE || value->place < hive->live_count)
            add_value(recovery, value->cell, value->place);
    }
}

int regf_recover(struct hive *hive, struct error *error)
{
    struct recovery recovery = { .hive = hive, .list_budget = hive->file_size / 4 };

    hive->taken = regf_new_bits(hive);
    if (!hive->taken)
        return error_set_memory(error);
    hive->deleted_budget = (uint64_t)LIMIT_DELETED_DATA_TIMES * hive->file_size;
    recovery_take_live(&recovery);
    recovery_find_traces(&recovery);
    if (recovery.keys.count + recovery.values.count > 0)
        index_live(&recovery);
    if (!recovery.out_of_memory)
        find_parents(&recovery);
    if (!recovery.out_of_memory)
        recovery.out_of_memory = traces_add_keys(hive, &recovery.keys, fill_key) != 0;
    if (!recovery.out_of_memory)
        assign_values(&recovery);
    free(recovery.keys.items);
    free(recovery.values.items);
    free(recovery.key_owners);
    free(recovery.value_owners);
    return recovery.out_of_memory ? error_set_memory(error) : 0;
}
