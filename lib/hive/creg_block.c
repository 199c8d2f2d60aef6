/* SPDX-License-Identifier: Apache-2.0 */

/*
 * creg_block: the records of a hive of Windows 9x, out of its data blocks. Where the chain
 * of records, or of blocks, is broken it is taken up again at the next record that is sound
 * in itself, or the next block. Layout: creg.h.
 */

#include <stdlib.h>
#include <string.h>

#include "creg.h"

bool creg_value_at(const struct hive *hive, uint32_t at, uint32_t end, struct creg_value *value)
{
    value->end = at + VALUE_HEADER;
    if (at > end || end - at < VALUE_HEADER)
        return false;
    const uint8_t *p = hive->file + at;
    value->type = bytes_u32le(p);
    value->name = at + VALUE_HEADER;
    value->name_length = bytes_u16le(p + 8);
    value->data = value->name + value->name_length;
    value->size = bytes_u16le(p + 10);
    value->end = value->data + value->size;
    return value->data <= end;
}

size_t creg_count_values(struct hive *hive, uint32_t at, uint32_t end)
{
    struct creg_value value;
    size_t count = 0;

    for (; at < end; at = value.end, count++) {
        if (hive->creg->search_budget == 0)
            return 0;
        hive->creg->search_budget--;
        if (!creg_value_at(hive, at, end, &value) || value.end > end || value.type > HIVE_QWORD)
            return 0;
    }
    return at == end ? count : 0;
}

bool creg_name_fits(const struct hive *hive, const struct creg_record *record,
                    const uint8_t *entry)
{
    const uint8_t *name = (const uint8_t *)creg_name(hive, record);
    uint32_t length = creg_name_length(hive, record), sum = 0;

    if (length > record->size - RECORD_HEADER)
        return false;
    for (uint32_t i = 0; i < length; i++)
        if (name[i] < 0x80)
            sum += name[i] >= 'a' && name[i] <= 'z' ? name[i] - 'a' + 'A' : name[i];
    return sum == bytes_u32le(entry + ENTRY_SUM);
}

static bool is_block(const struct hive *hive, uint32_t at)
{
    return at <= hive->file_size && hive->file_size - at >= 4 &&
           memcmp(hive->file + at, "RGDB", 4) == 0;
}

uint32_t creg_find_block(const struct hive *hive, uint32_t from)
{
    for (uint64_t at = from; at < hive->file_size; at += CREG_PAGE)
        if (is_block(hive, (uint32_t)at))
            return (uint32_t)at;
    return (uint32_t)hive->file_size;
}

/* A block, or what stands in its place. */
struct block {
    unsigned number, count; /* its own, and that of the header */
    uint32_t at, end;
};

/* A record that is cut short by the end of its block. If only the size of the last block
 * says so, the block goes on. */
static void tell_cut(struct hive *hive, struct block *block, uint32_t at, uint32_t size)
{
    uint32_t has = block->end - at;

    if (block->end < hive->file_size && !is_block(hive, block->end)) {
        block->end = (uint32_t)hive->file_size;
        hive_add_problem(hive, block->at, "data block %u of %u ends at %u, in a record",
                         block->number + 1, block->count, at + has);
        if (size <= block->end - at)
            return;
        has = block->end - at;
    }
    hive_add_problem(hive, at, "a record of data block %u of %u needs %u bytes at %u, has %u",
                     block->number + 1, block->count, size, at, has);
}

static int add_record(struct hive *hive, struct block *block, uint32_t at)
{
    struct creg *creg = hive->creg;
    const uint8_t *p = hive->file + at;
    uint32_t size = bytes_u32le(p), used = bytes_u32le(p + RECORD_USED);
    uint32_t id = (uint32_t)bytes_u16le(p + RECORD_BLOCK) << 16 | bytes_u16le(p + RECORD_NUMBER);

    if (memory_grow((void **)&creg->records, &creg->record_capacity, creg->record_count + 1,
                    sizeof *creg->records) != 0)
        return -1;
    if (size > block->end - at)
        tell_cut(hive, block, at, size);
    size = size < block->end - at ? size : block->end - at;
    used = id == CREG_NONE || used > size || used < RECORD_HEADER ? size : used;
    creg->records[creg->record_count++] =
        (struct creg_record){ at, block->number, size, used, id, CREG_NONE };
    return 0;
}

/* Whether the chain of records may go on here. */
static bool is_record(const struct hive *hive, const struct block *block, uint32_t at)
{
    const uint8_t *p = hive->file + at;
    unsigned number = bytes_u16le(p + RECORD_NUMBER), of = bytes_u16le(p + RECORD_BLOCK);
    uint32_t size = bytes_u32le(p);
    bool may_be_cut = !is_block(hive, block->end);

    return size >= RECORD_HEADER && (size <= block->end - at || may_be_cut) &&
           (of == block->number || (number == 0xffff && of == 0xffff));
}

/* Whether a record stands here by itself: it is in use, and all of it fits together. */
static bool is_sound(struct hive *hive, const struct block *block, uint32_t at)
{
    const uint8_t *p = hive->file + at;
    uint32_t size = bytes_u32le(p), used = bytes_u32le(p + RECORD_USED);
    uint32_t head = RECORD_HEADER + bytes_u16le(p + RECORD_NAME_LENGTH);
    unsigned of = bytes_u16le(p + RECORD_BLOCK), number = bytes_u16le(p + RECORD_NUMBER);

    return of >= block->number && of < block->count && number != 0xffff && size >= used &&
           size <= block->end - at && used >= head &&
           creg_count_values(hive, at + head, at + used) == bytes_u16le(p + RECORD_VALUES);
}

/* The next record that is sound; the end of the block: none. */
static uint32_t find_record(struct hive *hive, const struct block *block, uint32_t at)
{
    for (; block->end - at >= RECORD_HEADER; at++)
        if (is_sound(hive, block, at))
            return at;
    return block->end;
}

static int read_records(struct hive *hive, struct block *block)
{
    uint32_t at = block->at + BLOCK_HEADER;

    while (at < block->end && block->end - at >= RECORD_HEADER) {
        if (!is_record(hive, block, at)) {
            uint32_t next = find_record(hive, block, at + 1);
            hive_add_problem(hive, at,
                             "data block %u of %u: no record at %u, %u bytes are passed over",
                             block->number + 1, block->count, at, next - at);
            at = next;
            if (at < block->end)
                block->number = bytes_u16le(hive->file + at + RECORD_BLOCK);
            continue;
        }
        if (add_record(hive, block, at) != 0)
            return -1;
        at += block->end - at < bytes_u32le(hive->file + at) ? block->end - at
                                                             : bytes_u32le(hive->file + at);
    }
    return 0;
}

/* Where a block ends: its size tells, or the next one behind it, or the file. */
static void find_end(struct hive *hive, struct block *block)
{
    uint32_t file_size = (uint32_t)hive->file_size, left = file_size - block->at;
    bool is_one = left >= BLOCK_HEADER && is_block(hive, block->at);
    uint32_t size = is_one ? bytes_u32le(hive->file + block->at + 4) : BLOCK_HEADER;

    block->end = block->at + size;
    if (is_one && size >= BLOCK_HEADER && size <= left &&
        (block->number + 1 == block->count || size == left || is_block(hive, block->end)))
        return;
    block->end = left > CREG_PAGE ? creg_find_block(hive, block->at + CREG_PAGE) : file_size;
    if (left >= BLOCK_HEADER && !is_one)
        hive_add_problem(hive, block->at, "data block %u of %u: no RGDB at %u",
                         block->number + 1, block->count, block->at);
    else
        hive_add_problem(hive, block->at, "data block %u of %u needs %u bytes at %u, has %u",
                         block->number + 1, block->count, size, block->at,
                         block->end - block->at);
}

/* The number of a block: by its place, or, behind what was lost, as it says itself and its
 * first record does too. */
static void find_number(const struct hive *hive, struct block *block)
{
    const uint8_t *p = hive->file + block->at;

    if (block->end - block->at < BLOCK_HEADER + RECORD_HEADER)
        return;
    unsigned own = bytes_u16le(p + BLOCK_NUMBER);
    unsigned first = bytes_u16le(p + BLOCK_HEADER + RECORD_BLOCK);
    if (own == first || (first == 0xffff && own > block->number && own < block->count))
        block->number = own;
}

static int compare_ids(const void *a, const void *b, void *context)
{
    const struct creg_record *records = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    if (records[x].id != records[y].id)
        return records[x].id < records[y].id ? -1 : 1;
    return (x > y) - (x < y);
}

static int index_records(struct hive *hive)
{
    struct creg *creg = hive->creg;

    creg->by_id = malloc((creg->record_count + 1) * sizeof *creg->by_id);
    if (!creg->by_id)
        return -1;
    for (size_t i = 0; i < creg->record_count; i++)
        if (creg->records[i].id != CREG_NONE)
            creg->by_id[creg->id_count++] = (uint32_t)i;
    qsort_r(creg->by_id, creg->id_count, sizeof *creg->by_id, compare_ids, creg->records);
    for (size_t i = 1; i < creg->id_count; i++) {
        const struct creg_record *record = &creg->records[creg->by_id[i]];
        if (record->id == creg->records[creg->by_id[i - 1]].id)
            hive_add_problem(hive, record->at, "data block %u has a second record %u at %u",
                             record->id >> 16, record->id & 0xffff, record->at);
    }
    return 0;
}

const uint32_t *creg_find_id(const struct hive *hive, uint32_t id, size_t *count)
{
    const struct creg *creg = hive->creg;
    size_t low = 0, high = creg->id_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (creg->records[creg->by_id[middle]].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    for (*count = 0; low + *count < creg->id_count; ++*count)
        if (creg->records[creg->by_id[low + *count]].id != id)
            break;
    return creg->by_id + low;
}

const struct creg_record *creg_record_at(const struct hive *hive, uint64_t at)
{
    const struct creg *creg = hive->creg;
    size_t low = 0, high = creg->record_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (creg->records[middle].at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || at - creg->records[low - 1].at >= creg->records[low - 1].size)
        return NULL;
    return &creg->records[low - 1];
}

int creg_read_blocks(struct hive *hive, uint32_t first, unsigned count)
{
    struct block block = { 0, count, first, 0 };

    hive->creg->search_budget = 4 * (uint64_t)hive->file_size;
    for (; block.at < hive->file_size; block.at = block.end, block.number++) {
        if (block.number >= count && !is_block(hive, block.at))
            break;
        if (block.number == block.count) {
            hive_add_problem(hive, block.at, "more than %u data blocks, of which the header tells",
                             count);
            block.count = 0xffff;
        }
        find_end(hive, &block);
        find_number(hive, &block);
        if (read_records(hive, &block) != 0)
            return -1;
    }
    if (block.number < count)
        hive_add_problem(hive, hive->file_size, "data block %u of %u needs %u bytes at %zu, has 0",
                         block.number + 1, count, BLOCK_HEADER, hive->file_size);
    return index_records(hive);
}
