/* SPDX-License-Identifier: Apache-2.0 */

/*
 * creg_recover: deleted keys and values of hives of Windows 9x. Layout: creg.h.
 *
 * Windows frees the record of a key that is deleted, or that grew out of its place, and
 * overwrites the size, the number and the bytes used; name and values stay. Neighbours that
 * are free are joined, so that further records stand inside. A key that loses a value keeps
 * its place, and what stood at the end stays behind the bytes used; but a key that was given
 * a larger place has there what another one left.
 *
 * A free record does not tell its number, nor which entry of the key tree had it: the parent
 * of a deleted key is not known. Where exactly one key has the name and a value of a free
 * record, this is taken for an older copy of the key: its other values are deleted ones.
 * Only what is whole, and of which name and text can be read, is taken.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "creg.h"
#include "traces.h"

enum {
    MOST_NAME = 255, /* bytes, as Windows allows for keys and values */
    LEAST_NAME = 2,  /* of a value that does not stand where one is expected */
    LEAST_BINARY_NAME = 4,
};

/* An entry that no link leads to, and its record. */
struct lost {
    uint32_t entry, cell;
};

struct recovery {
    struct hive *hive;
    struct traces keys;      /* by the places of their records */
    struct lost *lost;       /* by entry */
    size_t lost_count, lost_capacity;
    uint32_t *places;        /* of live keys, by the offsets of their entries */
    uint32_t *named;         /* live keys that have values, by the names of their records */
    size_t named_count;
    uint64_t compare_budget; /* pairs of values that may still be compared */
    bool out_of_memory;
};

/* A record that is free, or what is left of one. */
struct head {
    uint32_t at, values, end; /* its values, as far as they are whole */
    size_t count;
};

static bool is_text(const uint8_t *text, size_t size, bool of_name)
{
    while (!of_name && size > 0 && text[size - 1] == '\0')
        size--;
    for (size_t i = 0; i < size; i++)
        if (text[i] == 0x7f || (text[i] < ' ' && (of_name || !strchr("\t\r\n", text[i]) ||
                                                  text[i] == '\0')))
            return false;
    return true;
}

/* Whether a value stands here; `expected`: behind another one, or a name. */
static bool value_at(const struct hive *hive, uint32_t at, uint32_t end, bool expected,
                     struct creg_value *value)
{
    if (!creg_value_at(hive, at, end, value) || value->end > end ||
        value->name_length > MOST_NAME ||
        !is_text(hive->file + value->name, value->name_length, true))
        return false;
    if (!expected && value->name_length < (value->type == HIVE_BINARY ? LEAST_BINARY_NAME
                                                                      : LEAST_NAME))
        return false;
    switch (value->type) {
    case HIVE_SZ:
    case HIVE_EXPAND_SZ:
        return is_text(hive->file + value->data, value->size, false);
    case HIVE_DWORD:
        return value->size == 4;
    case HIVE_BINARY:
    case HIVE_MULTI_SZ:
        return value->name_length > 0 || value->size > 0;
    }
    return false;
}

/* Whether what is left of a record stands here; `is_first`: a free record begins here. */
static bool head_at(const struct hive *hive, unsigned block, uint32_t at, uint32_t end,
                    bool is_first, struct head *head)
{
    const uint8_t *p = hive->file + at;
    struct creg_value value;

    if (end - at <= RECORD_HEADER || bytes_u32le(p + 16) != 0)
        return false;
    uint32_t size = bytes_u32le(p), length = bytes_u16le(p + RECORD_NAME_LENGTH);
    size_t told = bytes_u16le(p + RECORD_VALUES);
    if (length == 0 || length > MOST_NAME || length > end - at - RECORD_HEADER ||
        !is_text(p + RECORD_HEADER, length, true) || memchr(p + RECORD_HEADER, '\\', length))
        return false;
    *head = (struct head){ .at = at, .values = at + RECORD_HEADER + length };
    head->end = head->values;
    if (!is_first) {
        unsigned of = bytes_u16le(p + RECORD_BLOCK), number = bytes_u16le(p + RECORD_NUMBER);
        if (size < RECORD_HEADER + length || size > end - at ||
            (of != block && (of != 0xffff || number != 0xffff)) ||
            (told == 0 && size != RECORD_HEADER + length))
            return false;
    }
    while (head->count < told && value_at(hive, head->end, end, true, &value)) {
        head->end = value.end;
        head->count++;
    }
    return told == 0 || head->count > 0;
}

/* --- values of live keys --- */

static bool is_same_value(const struct hive *hive, const struct creg_value *value,
                          const struct stored_value *stored)
{
    const uint8_t *file = hive->file;

    return stored->type == value->type && stored->size == value->size && stored->data != 0 &&
           bytes_u16le(file + stored->at + 8) == value->name_length &&
           memcmp(file + stored->at + VALUE_HEADER, file + value->name, value->name_length) == 0 &&
           memcmp(file + stored->data, file + value->data, value->size) == 0;
}

static bool has_value(struct recovery *recovery, uint32_t place, const struct creg_value *value)
{
    const struct hive *hive = recovery->hive;
    const struct key *key = &hive->keys[place];

    for (uint32_t i = 0; i < key->value_count && recovery->compare_budget > 0; i++) {
        recovery->compare_budget--;
        if (is_same_value(hive, value, &hive->values[key->first_value + i]))
            return true;
    }
    return false;
}

/* Whether it was found already; only what was found last of the same key is looked at. */
static bool was_found(struct recovery *recovery, uint32_t place, const struct creg_value *value)
{
    const struct hive *hive = recovery->hive;

    for (size_t i = hive->recovered_count; i > 0 && hive->recovered[i - 1].key == place &&
                                           recovery->compare_budget > 0;
         i--) {
        recovery->compare_budget--;
        if (is_same_value(hive, value, &hive->values[hive->recovered[i - 1].cell]))
            return true;
    }
    return false;
}

/* A deleted value of a live key, or, NO_PLACE, of one that is not known. */
static void add_value(struct recovery *recovery, uint32_t at, uint32_t place,
                      const struct creg_value *value)
{
    struct hive *hive = recovery->hive;

    if ((place != NO_PLACE && has_value(recovery, place, value)) ||
        was_found(recovery, place, value))
        return;
    if (memory_grow((void **)&hive->recovered, &hive->recovered_capacity,
                    hive->recovered_count + 1, sizeof *hive->recovered) != 0 ||
        creg_add_value(hive, value, at, value->end) != 0) {
        recovery->out_of_memory = true;
        return;
    }
    hive->recovered[hive->recovered_count++] =
        (struct recovered_value){ (uint32_t)hive->value_count - 1, place };
}

/* --- older copies of live keys --- */

static int compare_names(const struct hive *hive, uint32_t a, uint32_t b)
{
    return text_compare_nocase((const char *)hive->file + a + RECORD_HEADER,
                               bytes_u16le(hive->file + a + RECORD_NAME_LENGTH),
                               (const char *)hive->file + b + RECORD_HEADER,
                               bytes_u16le(hive->file + b + RECORD_NAME_LENGTH));
}

static int compare_named(const void *a, const void *b, void *context)
{
    const struct hive *hive = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = compare_names(hive, hive->keys[x].cell, hive->keys[y].cell);

    return order != 0 ? order : (x > y) - (x < y);
}

static void index_names(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;

    recovery->named = malloc((hive->live_count + 1) * sizeof *recovery->named);
    if (!recovery->named) {
        recovery->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < hive->live_count; i++)
        if (hive->keys[i].value_count > 0)
            recovery->named[recovery->named_count++] = (uint32_t)i;
    qsort_r(recovery->named, recovery->named_count, sizeof *recovery->named, compare_named, hive);
}

static bool has_any(struct recovery *recovery, uint32_t place, const struct head *head)
{
    struct creg_value value;
    uint32_t at = head->values;

    for (size_t i = 0; i < head->count; i++, at = value.end)
        if (creg_value_at(recovery->hive, at, head->end, &value) &&
            has_value(recovery, place, &value))
            return true;
    return false;
}

/* The one live key of which a free record is an older copy; NO_PLACE: none, or not one. */
static uint32_t find_successor(struct recovery *recovery, const struct head *head)
{
    const struct hive *hive = recovery->hive;
    size_t low = 0, high = recovery->named_count;
    uint32_t successor = NO_PLACE;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_names(hive, hive->keys[recovery->named[middle]].cell, head->at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < recovery->named_count && recovery->compare_budget > 0; low++) {
        uint32_t place = recovery->named[low];
        recovery->compare_budget--;
        if (compare_names(hive, hive->keys[place].cell, head->at) != 0)
            break;
        if (!has_any(recovery, place, head))
            continue;
        if (successor != NO_PLACE)
            return NO_PLACE;
        successor = place;
    }
    return recovery->compare_budget > 0 ? successor : NO_PLACE;
}

/* --- the search --- */

static void take_head(struct recovery *recovery, const struct head *head)
{
    uint32_t place = find_successor(recovery, head), at = head->values;
    struct creg_value value;

    if (place == NO_PLACE) {
        recovery->out_of_memory |= traces_add(&recovery->keys, head->at) != 0;
        return;
    }
    for (size_t i = 0; i < head->count && creg_value_at(recovery->hive, at, head->end, &value);
         i++, at = value.end)
        add_value(recovery, at, place, &value);
}

/* What is left in bytes that no key uses, from `at` on; `place`: of the key before them. */
static void search(struct recovery *recovery, const struct creg_record *record, uint32_t at,
                   uint32_t place)
{
    uint32_t end = record->at + record->size;
    bool is_first = place == NO_PLACE, expected = !is_first;
    struct creg_value value;
    struct head head;

    while (end - at >= VALUE_HEADER && !recovery->out_of_memory) {
        if (head_at(recovery->hive, record->block, at, end, is_first, &head)) {
            take_head(recovery, &head);
            at = head.end;
            expected = true;
        } else if (value_at(recovery->hive, at, end, expected, &value)) {
            add_value(recovery, at, place, &value);
            at = value.end;
            expected = true;
        } else {
            at++;
            expected = false;
        }
        is_first = false;
    }
}

static void search_all(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;

    for (size_t i = 0; i < hive->creg->record_count && !recovery->out_of_memory; i++) {
        const struct creg_record *record = &hive->creg->records[i];
        if (record->id == CREG_NONE)
            search(recovery, record, record->at, NO_PLACE);
        else if (record->entry == CREG_NONE)
            recovery->out_of_memory |= traces_add(&recovery->keys, record->at) != 0;
        else if (record->used < record->size)
            search(recovery, record, record->at + record->used,
                   recovery->places[record->entry]);
    }
}

/* --- keys that damage has cut off --- */

static int compare_lost(const void *a, const void *b)
{
    const struct lost *x = a, *y = b;

    return (x->entry > y->entry) - (x->entry < y->entry);
}

/* Entries in use that no link leads to, whose record is one that no key has. */
static void find_lost(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;

    for (uint32_t at = TREE_HEADER; creg_can_be_entry(hive, at); at = creg_next_entry(at)) {
        const uint8_t *entry = creg_entry(hive, at);
        size_t count;
        const uint32_t *places = creg_find_id(hive, creg_entry_id(entry), &count);
        if (creg_is_met(hive, at) || bytes_u32le(entry + ENTRY_STATE) != 0 || count == 0)
            continue;
        const struct creg_record *record = &hive->creg->records[places[0]];
        if (record->entry != CREG_NONE || !creg_name_fits(hive, record, entry))
            continue;
        if (memory_grow((void **)&recovery->lost, &recovery->lost_capacity,
                        recovery->lost_count + 1, sizeof *recovery->lost) != 0) {
            recovery->out_of_memory = true;
            return;
        }
        recovery->lost[recovery->lost_count++] = (struct lost){ at, record->at };
    }
}

/* Keys whose record is in use, each below the one that its entry names. */
static void link_lost(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;

    for (size_t i = 0; i < recovery->lost_count; i++) {
        const uint8_t *entry = creg_entry(hive, recovery->lost[i].entry);
        const struct lost wanted = { .entry = bytes_u32le(entry + ENTRY_PARENT) };
        const struct lost *above = bsearch(&wanted, recovery->lost, recovery->lost_count,
                                           sizeof wanted, compare_lost);
        struct trace *key = traces_find(&recovery->keys, recovery->lost[i].cell);
        const struct trace *parent =
            above ? traces_find(&recovery->keys, above->cell) : NULL;
        if (key && parent && parent != key)
            key->above = (uint32_t)(parent - recovery->keys.items);
    }
}

/* The name and values that are left of a deleted key. */
static int fill_key(struct hive *hive, struct key *key, const struct trace *trace)
{
    const struct creg_record *record = creg_record_at(hive, trace->cell);
    uint32_t end = record->at + (record->id == CREG_NONE ? record->size : record->used);
    uint32_t length = bytes_u16le(hive->file + trace->cell + RECORD_NAME_LENGTH);
    uint32_t at = trace->cell + RECORD_HEADER, left = end - at;
    size_t count = bytes_u16le(hive->file + trace->cell + RECORD_VALUES);
    struct creg_value value;

    length = length < left ? length : left;
    key->cell = trace->cell;
    key->first_value = (uint32_t)hive->value_count;
    creg_add_text(hive, hive->file + at, length, &key->name, &key->name_length);
    for (at += length; count > 0; count--, at = value.end) {
        if (record->id == CREG_NONE ? !value_at(hive, at, end, true, &value)
                                    : !creg_value_at(hive, at, end, &value) || value.end > end)
            break;
        if (creg_add_value(hive, &value, at, end) != 0)
            return -1;
        key->value_count++;
    }
    return hive->texts.failed ? -1 : 0;
}

static void index_places(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;

    recovery->places = malloc(hive->creg->tree_size * sizeof *recovery->places);
    recovery->out_of_memory = !recovery->places;
    for (size_t i = 0; recovery->places && i < hive->live_count; i++)
        recovery->places[hive->keys[i].entry] = (uint32_t)i;
}

int creg_recover(struct hive *hive, struct error *error)
{
    struct recovery recovery = { .hive = hive, .compare_budget = 16 * (uint64_t)hive->file_size };

    hive->creg->is_recovered = true;
    index_places(&recovery);
    if (!recovery.out_of_memory)
        index_names(&recovery);
    if (!recovery.out_of_memory)
        search_all(&recovery);
    if (!recovery.out_of_memory && hive->creg->is_damaged)
        find_lost(&recovery);
    if (!recovery.out_of_memory && recovery.lost_count > 0)
        link_lost(&recovery);
    if (!recovery.out_of_memory)
        recovery.out_of_memory = traces_add_keys(hive, &recovery.keys, fill_key) != 0;
    free(recovery.keys.items);
    free(recovery.lost);
    free(recovery.named);
    free(recovery.places);
    return recovery.out_of_memory ? error_set_memory(error) : 0;
}
