/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_traces: keys and values in what no live key of a regf hive uses. One is an nk or vk
 * that is whole: nothing of it is taken, no cell begins in it, its size fits, and what it
 * says of others is possible. Outside of hbins, behind the last or in what was
 * overwritten, cells stand at any four bytes, and the size before one may be lost.
 */

#include <fett/limits.h>

#include "regf_recover.h"

/* 100 ns since 1601: 1990-01-01 and 2100-01-01. */
#define EARLIEST UINT64_C(122756256000000000)
#define LATEST UINT64_C(157469184000000000)

enum {
    MOST_KEY_NAME = 512,   /* bytes; Windows allows 255 characters */
    MOST_VALUE_NAME = 32767,
    MOST_CONTROLS = 4,     /* control characters in a name */
    KNOWN_VALUE_FLAGS = 3,
};

/* Whether `size` bytes are free, and no cell begins in them but the first. */
static bool is_free(const struct hive *hive, size_t offset, size_t size)
{
    if (size > hive->file_size - BASE || offset > hive->file_size - BASE - size)
        return false;
    for (size_t at = offset & ~(size_t)7; at < offset + size; at += 8)
        if (regf_bit(hive->taken, at) ||
            (at > offset && (regf_bit(hive->cells, at) || regf_bit(hive->borders, at))))
            return false;
    return true;
}

/* The size that stands before a cell, without its sign; 0 when it cannot be one. */
static size_t stored_size(const struct hive *hive, uint32_t offset)
{
    int64_t size = (int32_t)bytes_u32le(hive->file + BASE + offset);

    size = size < 0 ? -size : size;
    return size % 8 == 0 && (uint64_t)size <= hive->file_size - BASE ? (size_t)size : 0;
}

const uint8_t *regf_free_data(const struct hive *hive, uint32_t offset, size_t size)
{
    size_t whole = hive->cell_header + size;

    if (offset % 8 != 0 || !is_free(hive, offset, whole) || stored_size(hive, offset) < whole)
        return NULL;
    return hive->file + BASE + offset + hive->cell_header;
}

/* The same of a cell that may stand outside of hbins. */
static const uint8_t *free_cell(const struct hive *hive, uint32_t offset, size_t size)
{
    size_t data = (size_t)offset + hive->cell_header;

    if (!regf_bit(hive->outside, data))
        return regf_free_data(hive, offset, size);
    return is_free(hive, data, size) ? hive->file + BASE + data : NULL;
}

/* Bytes that the hbins of the hive may have: of a fragment nobody knows. */
static size_t hive_bytes(const struct hive *hive)
{
    return hive->is_fragment ? LIMIT_HIVE_BYTES - BASE : hive->file_size - BASE;
}

/* Whether an offset, as it is stored, is one of a cell, or none. */
static bool is_place(const struct hive *hive, const uint8_t *stored)
{
    uint32_t offset = bytes_u32le(stored);

    return offset == NO_CELL || (offset % 8 == 0 && offset < hive_bytes(hive));
}

/* Whether a name has no separator and few control characters. */
static bool is_name(const uint8_t *name, size_t length, bool latin1, bool of_key)
{
    size_t controls = 0;

    if (!latin1 && length % 2 != 0)
        return false;
    for (size_t i = 0; i < length && controls <= MOST_CONTROLS; i += latin1 ? 1 : 2) {
        unsigned character = latin1 ? name[i] : bytes_u16le(name + i);
        controls += character < ' ';
        if (of_key && character == '\\')
            return false;
    }
    return controls <= MOST_CONTROLS && controls < length;
}

/* Bytes of the deleted key that begins at a place; 0 when there is none. */
static size_t key_at(const struct hive *hive, uint32_t offset)
{
    const uint8_t *nk = free_cell(hive, offset, NK_SIZE);

    if (!nk || memcmp(nk, "nk", 2) != 0)
        return 0;
    size_t length = bytes_u16le(nk + 72), most = hive_bytes(hive) / 4;
    uint64_t time = bytes_u64le(nk + 4);
    if (length == 0 || length > MOST_KEY_NAME || !free_cell(hive, offset, NK_SIZE + length) ||
        !is_name(nk + NK_SIZE, length, bytes_u16le(nk + 2) & NK_LATIN1, true))
        return 0;
    if (time < EARLIEST || time > LATEST || bytes_u32le(nk + 20) > most ||
        bytes_u32le(nk + 36) > most || !is_place(hive, nk + 16))
        return 0;
    if ((bytes_u32le(nk + 20) > 0 && !is_place(hive, nk + 28)) ||
        (bytes_u32le(nk + 36) > 0 && !is_place(hive, nk + 40)) ||
        !is_place(hive, nk + 44))
        return 0;
    return hive->cell_header + NK_SIZE + length;
}

static size_t value_at(const struct hive *hive, uint32_t offset)
{
    const uint8_t *vk = free_cell(hive, offset, VK_SIZE);

    if (!vk || memcmp(vk, "vk", 2) != 0)
        return 0;
    size_t length = bytes_u16le(vk + 2);
    uint32_t size = bytes_u32le(vk + 4);
    unsigned flags = bytes_u16le(vk + 16);
    if (length > MOST_VALUE_NAME || flags > KNOWN_VALUE_FLAGS ||
        !free_cell(hive, offset, VK_SIZE + length) ||
        (length > 0 && !is_name(vk + VK_SIZE, length, flags & VK_LATIN1, false)))
        return 0;
    if (size & INLINE_DATA ? (size & ~INLINE_DATA) > 4
                           : size > hive_bytes(hive) ||
                                 (size > 0 && (bytes_u32le(vk + 8) == NO_CELL ||
                                               !is_place(hive, vk + 8))))
        return 0;
    return hive->cell_header + VK_SIZE + length;
}

/* What is found; what it begins in was written over by it. */
struct last_trace {
    struct traces *of;
    size_t end;
};

static void look_at(struct recovery *recovery, uint32_t offset, struct last_trace *last)
{
    const struct hive *hive = recovery->hive;
    const uint8_t *data = hive->file + BASE + offset + hive->cell_header;

    if (data[1] != 'k' || (data[0] != 'n' && data[0] != 'v'))
        return;
    bool is_key = data[0] == 'n';
    size_t size = is_key ? key_at(hive, offset) : value_at(hive, offset);
    if (size == 0)
        return;
    if (last->of && offset < last->end)
        last->of->count--;
    last->of = is_key ? &recovery->keys : &recovery->values;
    last->end = offset + size;
    recovery->out_of_memory |= traces_add(last->of, offset) != 0;
}

void recovery_find_traces(struct recovery *recovery)
{
    const struct hive *hive = recovery->hive;
    size_t end = hive->file_size - BASE, header = hive->cell_header;
    struct last_trace last = { NULL, 0 };

    for (size_t at = 0; at + header + VK_SIZE <= end; at += 8) {
        if (at % 512 == 0 && hive->taken[at / 512] == UINT64_MAX) {
            at += 504;
            continue;
        }
        if (regf_bit(hive->taken, at))
            continue;
        if (!regf_bit(hive->outside, at)) {
            look_at(recovery, (uint32_t)at, &last);
            continue;
        }
        for (size_t half = at < header ? header : at; half < at + 8; half += 4)
            if (half + VK_SIZE <= end)
                look_at(recovery, (uint32_t)(half - header), &last);
    }
}
