/* SPDX-License-Identifier: Apache-2.0 */

/* regf_value: values of regf hives and their data. The layout is told in regf.c. */

#include <fett/limits.h>
#include <fett/text.h>

#include "regf.h"

/* The list of values of a key; *count is what it has room for. */
static const uint8_t *value_list(const struct hive *hive, const struct key *key, size_t *count)
{
    const uint8_t *nk = regf_nk(hive, key);
    size_t size;
    const uint8_t *list = regf_cell(hive, regf_place(hive, nk + 40), &size);

    *count = bytes_u32le(nk + 36);
    if (!list)
        return NULL;
    if (*count > size / 4)
        *count = size / 4;
    return list;
}

size_t regf_value_count(struct hive *hive, const struct key *key)
{
    size_t declared = bytes_u32le(regf_nk(hive, key) + 36), count = 0;

    if (declared > 0 && !value_list(hive, key, &count))
        count = 0;
    if (count < declared)
        hive_add_problem(hive, BASE + (uint64_t)key->cell,
                         "value list: needs %zu entries, has %zu", declared, count);
    return count > LIMIT_VALUES_A_KEY ? LIMIT_VALUES_A_KEY : count;
}

bool regf_lost_value(const struct hive *hive, const struct key *key)
{
    const uint8_t *nk = regf_nk(hive, key);
    size_t count = bytes_u32le(nk + 36), size;
    const uint8_t *list = count > 0 ? regf_cell(hive, regf_place(hive, nk + 40), &size) : NULL;

    return list && count < size / 4 &&
           bytes_u32le(list + 4 * count) == bytes_u32le(list + 4 * (count - 1));
}

/* The data of a cell: of a live value of one in use, of a deleted one of what was not
 * used since, then `need` bytes of it. */
static const uint8_t *data_at(const struct hive *hive, bool deleted, uint32_t offset, size_t need,
                              size_t *size)
{
    if (!deleted)
        return regf_cell(hive, offset, size);
    *size = need;
    return regf_free_data(hive, offset, need);
}

/* Data in segments behind a db cell. */
static int load_segments(struct hive *hive, bool deleted, const uint8_t *db, size_t size,
                         struct error *error)
{
    size_t count = bytes_u16le(db + 2), list_size = 0, left = size;
    const uint8_t *list = data_at(hive, deleted, regf_place(hive, db + 4), 4 * count, &list_size);

    buffer_clear(&hive->value_data);
    for (size_t i = 0; list && i < count && i < list_size / 4 && left > 0; i++) {
        size_t part_size, take = left < SEGMENT ? left : SEGMENT;
        const uint8_t *part =
            data_at(hive, deleted, regf_place(hive, list + 4 * i), take, &part_size);
        if (!part || part_size < take)
            break;
        buffer_add(&hive->value_data, part, take);
        left -= take;
    }
    if (hive->value_data.failed)
        return error_set_memory(error);
    return left > 0 ? error_set(error, ERROR_DAMAGED, "big data: needs %zu bytes, has %zu", size,
                                size - left)
                    : 0;
}

/* The db cell of data that is too long for one, or NULL. */
static const uint8_t *big_data(const struct hive *hive, bool deleted, uint32_t place,
                               const uint8_t *data, size_t size, size_t declared)
{
    if (declared <= SEGMENT)
        return NULL;
    if (deleted)
        data = regf_free_data(hive, place, size = 8);
    return data && size >= 8 && size < declared && memcmp(data, "db", 2) == 0 ? data : NULL;
}

/* Whether data of a deleted value may be read: many that claim the same would take for
 * ever. */
static bool may_read(struct hive *hive, struct hive_value *value, uint32_t declared)
{
    if (declared <= hive->deleted_budget) {
        hive->deleted_budget -= declared;
        return true;
    }
    value->data = NULL;
    hive_add_problem(hive, 0, "deleted values claim more than %d times what the hive has: the data "
                              "of the rest is left out", LIMIT_DELETED_DATA_TIMES);
    return false;
}

static int load_data(struct hive *hive, bool deleted, const uint8_t *vk, struct hive_value *value,
                     struct error *error)
{
    uint32_t declared = bytes_u32le(vk + 4), place = regf_place(hive, vk + 8);
    size_t size = 0;

    value->declared = declared & ~INLINE_DATA;
    if (declared & INLINE_DATA) {
        value->data = vk + 8;
        value->size = value->declared < 4 ? value->declared : 4;
        return 0;
    }
    value->data = (const uint8_t *)"";
    if (declared == 0)
        return 0;
    if (deleted && !may_read(hive, value, declared))
        return 0;
    const uint8_t *data = data_at(hive, deleted, place, declared, &size);
    const uint8_t *db = big_data(hive, deleted, place, data, size, declared);
    if (db) {
        struct error reason = ERROR_INIT;
        if (load_segments(hive, deleted, db, declared, &reason) != 0 &&
            reason.kind == ERROR_SYSTEM)
            return error_set_memory(error);
        value->data = (const uint8_t *)buffer_text(&hive->value_data);
        value->size = hive->value_data.length;
    } else if (data) {
        value->data = data;
        value->size = size < declared ? size : declared;
    } else {
        value->data = NULL;
    }
    if (value->size < declared && !deleted)
        hive_add_problem(hive, value->offset, "value: needs %u bytes, has %zu", declared,
                         value->size);
    return 0;
}

/* The value of a vk, whose name has room for `room` bytes. */
static int load_value(struct hive *hive, bool deleted, uint32_t offset, const uint8_t *vk,
                      size_t room, struct hive_value *value, struct error *error)
{
    size_t length = bytes_u16le(vk + 2);

    if (length > room) {
        hive_add_problem(hive, BASE + (uint64_t)offset, "value name: needs %zu bytes, has %zu",
                         length, room);
        length = room;
    }
    buffer_clear(&hive->value_name);
    if (bytes_u16le(vk + 16) & VK_LATIN1)
        text_add_latin1(&hive->value_name, vk + VK_SIZE, length);
    else
        text_add_utf16le(&hive->value_name, vk + VK_SIZE, length / 2);
    if (hive->value_name.failed)
        return error_set_memory(error);
    *value = (struct hive_value){
        .name = buffer_text(&hive->value_name),
        .name_length = hive->value_name.length,
        .type = bytes_u32le(vk + 12),
        .offset = BASE + (uint64_t)offset,
    };
    return load_data(hive, deleted, vk, value, error);
}

int regf_value_get(struct hive *hive, const struct key *key, size_t index,
                   struct hive_value *value, struct error *error)
{
    size_t count, size;
    const uint8_t *list = value_list(hive, key, &count);

    if (!list || index >= count)
        return error_set(error, ERROR_DAMAGED, "value list: needs %zu entries, has %zu", index + 1,
                         list ? count : 0);
    uint32_t offset = regf_place(hive, list + 4 * index);
    const uint8_t *vk = regf_cell_of(hive, offset, "vk", VK_SIZE, &size);
    if (!vk) {
        hive_add_problem(hive, BASE + (uint64_t)key->cell, "value %zu: no value cell at %u", index,
                         offset);
        return error_set(error, ERROR_DAMAGED, "value %zu: no value cell at %u", index, offset);
    }
    return load_value(hive, false, offset, vk, size - VK_SIZE, value, error);
}

int regf_recovered_get(struct hive *hive, size_t index, struct hive_value *value,
                       struct error *error)
{
    uint32_t offset = hive->recovered[index].cell;
    const uint8_t *vk = hive->file + BASE + offset + hive->cell_header;

    return load_value(hive, true, offset, vk, bytes_u16le(vk + 2), value, error);
}
