/* SPDX-License-Identifier: Apache-2.0 */

/*
 * creg: hives of Windows 95, 98 and Me, brought into the shape of hive_internal.h. They keep
 * no times. The largest real ones have a few megabytes. Layout: creg.h.
 *
 * What is damaged costs that part: a key whose record is lost keeps its place, and has the
 * name "?", which no key of a sound hive has without a record.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "creg.h"

void creg_free(struct creg *creg)
{
    if (!creg)
        return;
    free(creg->met);
    free(creg->records);
    free(creg->by_id);
    free(creg);
}

void creg_add_text(struct hive *hive, const void *text, size_t size, uint32_t *place,
                   uint32_t *length)
{
    *place = (uint32_t)hive->texts.length;
    if (hive->code_page != 0)
        text_add_code_page(&hive->texts, hive->code_page, text, size);
    else
        buffer_add(&hive->texts, text, size);
    *length = (uint32_t)(hive->texts.length - *place);
}

int creg_add_value(struct hive *hive, const struct creg_value *value, uint32_t at, uint32_t end)
{
    if (memory_grow((void **)&hive->values, &hive->value_capacity, hive->value_count + 1,
                    sizeof *hive->values) != 0)
        return -1;
    struct stored_value *stored = &hive->values[hive->value_count++];
    *stored = (struct stored_value){ .type = value->type,
                                     .at = at,
                                     .data = value->end <= end ? value->data : 0,
                                     .size = value->size };
    creg_add_text(hive, hive->file + value->name, value->name_length, &stored->name,
                  &stored->name_length);
    return hive->texts.failed ? -1 : 0;
}

/* Tell that a value is not whole, and find where values begin that follow each other up to the
 * end of what the record uses; that end: nowhere. */
static uint32_t pass_over(struct hive *hive, const struct creg_record *record, size_t index,
                          uint32_t at, uint32_t needs)
{
    uint32_t end = record->at + record->used, next = at < end ? at + 1 : end;

    while (next < end && creg_count_values(hive, next, end) == 0)
        next++;
    hive_add_problem(hive, at, "value %zu of %u of key %.*s needs %u bytes at %u, has %u%s",
                     index + 1, creg_value_count(hive, record),
                     (int)creg_name_length(hive, record), creg_name(hive, record), needs, at,
                     at < end ? end - at : 0, next < end ? ": read on behind it" : "");
    return next;
}

static int load_values(struct hive *hive, const struct creg_record *record)
{
    uint32_t end = record->at + record->used, limit = record->at + record->size;
    uint32_t at = record->at + RECORD_HEADER + creg_name_length(hive, record);
    size_t told = creg_value_count(hive, record), count = told;
    struct creg_value value;

    for (size_t i = 0; i < count; i++) {
        bool is_named = creg_value_at(hive, at, limit, &value);
        if (is_named && creg_add_value(hive, &value, at, limit) != 0)
            return -1;
        if (is_named && value.end <= limit) {
            at = value.end;
        } else {
            at = pass_over(hive, record, i, at, value.end - at);
            count = i + 1 + creg_count_values(hive, at, end);
            if (at == end)
                return 0;
        }
        if (i + 1 == count && count <= told)
            count += creg_count_values(hive, at, end);
    }
    if (at != end || count > told)
        hive_add_problem(hive, record->at, "key %.*s: %zu values in %u bytes, of which it tells "
                                           "%zu in %u", (int)creg_name_length(hive, record),
                         creg_name(hive, record), count, at - record->at, told, record->used);
    return 0;
}

static int load_key(struct hive *hive, struct key *key, const struct creg_record *record)
{
    uint32_t length = creg_name_length(hive, record), has = record->size - RECORD_HEADER;

    key->cell = record->at;
    creg_add_text(hive, creg_name(hive, record), length < has ? length : has, &key->name,
             &key->name_length);
    if (length <= has)
        return load_values(hive, record);
    hive_add_problem(hive, record->at, "the name of a key needs %u bytes at %u, has %u", length,
                     record->at + RECORD_HEADER, has);
    return 0;
}

/* The keys' names and values, out of their records. */
static int load_keys(struct hive *hive)
{
    struct creg *creg = hive->creg;
    uint32_t *record_of = malloc(creg->tree_size * sizeof *record_of);
    int result = record_of ? 0 : -1;

    if (record_of)
        memset(record_of, 0xff, creg->tree_size * sizeof *record_of);
    for (size_t i = 0; result == 0 && i < creg->record_count; i++)
        if (creg->records[i].entry != CREG_NONE)
            record_of[creg->records[i].entry] = (uint32_t)i;
    for (size_t i = 0; result == 0 && i < hive->key_count; i++) {
        struct key *key = &hive->keys[i];
        key->first_value = (uint32_t)hive->value_count;
        key->cell = TREE_AT + key->entry;
        if (record_of[key->entry] != CREG_NONE)
            result = load_key(hive, key, &creg->records[record_of[key->entry]]);
        else if (i > 0)
            creg_add_text(hive, "?", 1, &key->name, &key->name_length);
        key->value_count = (uint32_t)hive->value_count - key->first_value;
    }
    free(record_of);
    return hive->texts.failed ? -1 : result;
}

/* How large the key tree is: up to the data blocks, whatever it says itself. */
static uint32_t find_tree_size(struct hive *hive, uint32_t *first_block)
{
    const uint8_t *tree = hive->file + TREE_AT;
    uint32_t size = bytes_u32le(tree + 4), told = bytes_u32le(hive->file + CREG_FIRST_BLOCK);
    uint32_t left = (uint32_t)hive->file_size - TREE_AT;

    if (memcmp(tree, "RGKN", 4) != 0)
        hive_add_problem(hive, TREE_AT, "key tree: no RGKN at %u", TREE_AT);
    *first_block = told;
    /* Two that say the same are right, though the block be damaged. */
    if ((told < TREE_AT || told - TREE_AT != size) && creg_find_block(hive, told) != told)
        *first_block = creg_find_block(hive, TREE_AT + CREG_PAGE);
    if (*first_block != told && *first_block < hive->file_size)
        hive_add_problem(hive, CREG_FIRST_BLOCK, "no data block at %u, but at %u", told,
                         *first_block);
    if (*first_block < hive->file_size && size != *first_block - TREE_AT) {
        hive_add_problem(hive, TREE_AT, "the key tree needs %u bytes at %u, has %u", size, TREE_AT,
                         *first_block - TREE_AT);
        hive->creg->is_damaged = true;
        size = *first_block - TREE_AT;
    } else if (size > left) {
        hive_add_problem(hive, TREE_AT, "the key tree needs %u bytes at %u, has %u", size, TREE_AT,
                         left);
        size = left;
    }
    return size;
}

/* Where the root is: at the place that is told, or the first. */
static void find_root(struct hive *hive)
{
    struct creg *creg = hive->creg;
    const uint8_t *entry;

    creg->root = bytes_u32le(hive->file + TREE_AT + TREE_ROOT);
    if (creg_can_be_entry(hive, creg->root)) {
        entry = creg_entry(hive, creg->root);
        if (bytes_u32le(entry + ENTRY_PARENT) == CREG_NONE)
            return;
    }
    hive_add_problem(hive, TREE_AT + TREE_ROOT, "no root key at %u of the key tree", creg->root);
    creg->is_damaged = true;
    creg->root = TREE_HEADER;
}

static int load(struct hive *hive, struct error *error)
{
    struct creg *creg = hive->creg;
    uint32_t first_block;

    if (hive->file_size < TREE_AT + TREE_HEADER + ENTRY_SIZE)
        return error_set(error, ERROR_DAMAGED, "9x hive: key tree needs %d bytes at %d, has %zu",
                         TREE_HEADER + ENTRY_SIZE, TREE_AT,
                         hive->file_size < TREE_AT ? 0 : hive->file_size - TREE_AT);
    creg->tree_size = find_tree_size(hive, &first_block);
    if (creg->tree_size < TREE_HEADER + ENTRY_SIZE)
        return error_set(error, ERROR_DAMAGED, "9x hive: a key tree of %u bytes", creg->tree_size);
    find_root(hive);
    creg->met = calloc(creg->tree_size / 8 + 1, 1);
    if (!creg->met ||
        creg_read_blocks(hive, first_block,
                         bytes_u16le(hive->file + CREG_BLOCK_COUNT)) != 0 ||
        creg_read_tree(hive) != 0 || load_keys(hive) != 0)
        return error_set_memory(error);
    if (creg->id_count == 0 && hive->problem_count > 0)
        return error_set(error, ERROR_DAMAGED, "9x hive: no record of a key: %s",
                         hive->problems[0].text);
    return 0;
}

bool creg_is_unlinked(const struct hive *hive, uint64_t offset)
{
    const struct creg_record *record = creg_record_at(hive, offset);

    return record && record->id != CREG_NONE && record->entry == CREG_NONE;
}

int hive_open_creg(struct hive *hive, struct reader *reader, struct error *error)
{
    struct error damage = ERROR_INIT;
    int damaged;

    hive->is_9x = true;
    if (reader_read_all(reader, LIMIT_9X_HIVE_BYTES, &hive->file, &hive->file_size, &damaged,
                        &damage) != 0) {
        if (error)
            *error = damage;
        return -1;
    }
    if (damaged)
        hive_add_problem(hive, 0, "bytes of it cannot be read: %s", damage.text);
    hive->creg = calloc(1, sizeof *hive->creg);
    if (!hive->creg)
        return error_set_memory(error);
    if (load(hive, error) != 0)
        return -1;
    hive->live_count = hive->key_count;
    return 0;
}
