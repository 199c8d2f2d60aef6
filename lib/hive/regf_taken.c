/* SPDX-License-Identifier: Apache-2.0 */

/* regf_taken: what of a regf hive its live keys use: their cells, and the bytes of these
 * that have a meaning. What is behind them in a cell may be a rest of something deleted. */

#include "regf_recover.h"

/* Mark the first `size` bytes of a cell's data; false: it was marked before. */
static bool take(struct hive *hive, uint32_t offset, size_t size)
{
    size_t end = offset + hive->cell_header + size;

    if (regf_bit(hive->taken, offset))
        return false;
    for (size_t at = offset; at < end; at += 8)
        regf_set_bit(hive->taken, at);
    return true;
}

static void take_list(struct hive *hive, uint32_t offset, unsigned level)
{
    size_t size;
    bool of_lists;
    const uint8_t *list = regf_cell(hive, offset, &size);

    if (!list || size < 4 || level > MOST_LIST_LEVELS)
        return;
    size_t stride = regf_list_stride(list, &of_lists);
    size_t count = bytes_u16le(list + 2);
    if (stride == 0)
        return;
    if (count > (size - 4) / stride)
        count = (size - 4) / stride;
    if (take(hive, offset, 4 + count * stride) && of_lists)
        for (size_t i = 0; i < count; i++)
            take_list(hive, regf_place(hive, list + 4 + 4 * i), level + 1);
}

/* A cell of which `size` bytes are used, as far as it has them. */
static void take_plain(struct hive *hive, uint32_t offset, size_t size)
{
    size_t has;

    if (regf_cell(hive, offset, &has))
        take(hive, offset, size < has ? size : has);
}

static void take_data(struct hive *hive, const uint8_t *vk)
{
    uint32_t declared = bytes_u32le(vk + 4), place = regf_place(hive, vk + 8);
    size_t size, list_size = 0;

    if (declared & INLINE_DATA || declared == 0)
        return;
    const uint8_t *data = regf_cell(hive, place, &size);
    if (!data)
        return;
    if (declared <= SEGMENT || size >= declared || size < 8 || memcmp(data, "db", 2) != 0) {
        take(hive, place, size < declared ? size : declared);
        return;
    }
    size_t count = bytes_u16le(data + 2), left = declared;
    uint32_t list_place = regf_place(hive, data + 4);
    const uint8_t *list = regf_cell(hive, list_place, &list_size);
    if (!take(hive, place, 8) || !list ||
        !take(hive, list_place, list_size / 4 < count ? list_size : 4 * count))
        return;
    for (size_t i = 0; i < count && i < list_size / 4 && left > 0; i++) {
        size_t part = left < SEGMENT ? left : SEGMENT;
        take_plain(hive, regf_place(hive, list + 4 * i), part);
        left -= part;
    }
}

static void take_values(struct recovery *recovery, uint32_t place)
{
    struct hive *hive = recovery->hive;
    const uint8_t *nk = regf_nk(hive, &hive->keys[place]);
    size_t count = bytes_u32le(nk + 36), size, list_size;
    const uint8_t *list = count > 0 ? regf_cell(hive, regf_place(hive, nk + 40), &list_size) : NULL;

    if (!list)
        return;
    if (count > list_size / 4)
        count = list_size / 4;
    /* Two keys that have the same list are damage: once is enough. */
    if (!take(hive, regf_place(hive, nk + 40), 4 * count))
        return;
    for (size_t i = 0; i < count; i++) {
        uint32_t cell = regf_place(hive, list + 4 * i);
        const uint8_t *vk = regf_cell_of(hive, cell, "vk", VK_SIZE, &size);
        if (!vk)
            continue;
        size_t name = bytes_u16le(vk + 2);
        if (!take(hive, cell, VK_SIZE + (name < size - VK_SIZE ? name : size - VK_SIZE)))
            continue;
        take_data(hive, vk);
        if (memory_grow((void **)&recovery->value_owners, &recovery->value_owner_capacity,
                        recovery->value_owner_count + 1, sizeof(struct owner)) != 0) {
            recovery->out_of_memory = true;
            return;
        }
        recovery->value_owners[recovery->value_owner_count++] = (struct owner){ cell, place };
    }
}

void recovery_take_live(struct recovery *recovery)
{
    struct hive *hive = recovery->hive;

    for (size_t i = 0; i < hive->live_count; i++) {
        const uint8_t *nk = regf_nk(hive, &hive->keys[i]);
        take_plain(hive, hive->keys[i].cell, NK_SIZE + (size_t)bytes_u16le(nk + 72));
        if (bytes_u32le(nk + 20) > 0)
            take_list(hive, regf_place(hive, nk + 28), 0);
        if (bytes_u16le(nk + 74) > 0)
            take_plain(hive, regf_place(hive, nk + 48), bytes_u16le(nk + 74));
        size_t size;
        const uint8_t *sk = regf_cell_of(hive, regf_place(hive, nk + 44), "sk", 20, &size);
        if (sk)
            take_plain(hive, regf_place(hive, nk + 44), 20 + (size_t)bytes_u32le(sk + 16));
        take_values(recovery, (uint32_t)i);
    }
}
