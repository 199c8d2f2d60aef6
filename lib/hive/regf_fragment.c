/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_fragment: hbins of a regf hive whose base block is lost.
 *
 * Each hbin tells at 4 where it stood among those of the hive, and all offsets in cells count
 * from the first of them; so those of the fragment are less by where it begins (hive->first).
 * It gets a base block, and behind its end an hbin with a root that it does not have: what no
 * root leads to is found as what was deleted is.
 */

#include <fett/limits.h>

#include "regf.h"

enum { MOST_BIN = 1 << 24, FIRST_CELL = HBIN_HEADER, LEAST_CELL = 8 };

size_t hive_measure_bin(const uint8_t *head, size_t size, uint32_t *place)
{
    if (size < HBIN_HEADER + 4 || memcmp(head, "hbin", 4) != 0)
        return 0;
    uint32_t offset = bytes_u32le(head + 4), length = bytes_u32le(head + 8);
    int64_t cell = (int32_t)bytes_u32le(head + FIRST_CELL);
    cell = cell < 0 ? -cell : cell;
    if (offset % PAGE != 0 || length % PAGE != 0 || length == 0 || length > MOST_BIN ||
        offset >= LIMIT_HIVE_BYTES - length || cell < LEAST_CELL || cell % 8 != 0 ||
        cell > (int64_t)length - HBIN_HEADER)
        return 0;
    *place = offset;
    return length;
}

static void put(uint8_t *at, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(number >> 8 * i);
}

/* A base block that names no root: the first key that says it is one is taken. */
static void make_base(uint8_t *base, uint32_t size)
{
    memcpy(base, "regf", 4);
    put(base + 20, 1);
    put(base + 24, 5);
    put(base + 36, NO_CELL);
    put(base + 40, size);
    put(base + 508, regf_checksum(base));
}

/* An hbin with a root that has no name and no subkeys. */
static void make_root(uint8_t *bin, uint32_t place)
{
    uint8_t *cell = bin + HBIN_HEADER, *nk = cell + 4;

    memcpy(bin, "hbin", 4);
    put(bin + 4, place);
    put(bin + 8, PAGE);
    put(cell, (uint32_t)-(NK_SIZE + 4));
    memcpy(nk, "nk", 2);
    nk[2] = NK_ROOT | NK_LATIN1;
    put(nk + 16, NO_CELL);
    put(nk + 28, NO_CELL);
    put(nk + 40, NO_CELL);
    put(nk + 44, NO_CELL);
    put(nk + 48, NO_CELL);
    put(cell + NK_SIZE + 4, PAGE - HBIN_HEADER - NK_SIZE - 4);
}

/* An hbin that says it is longer than what is there ends there: the root's is behind it. */
static void cut_last(uint8_t *bins, size_t size)
{
    for (size_t at = 0, length; at < size; at += length) {
        length = bytes_u32le(bins + at + 8);
        if (memcmp(bins + at, "hbin", 4) != 0 || length == 0 || length % PAGE != 0)
            length = PAGE;
        else if (length > size - at)
            put(bins + at + 8, (uint32_t)(size - at));
    }
}

int hive_open_fragment(struct hive **hive, struct reader *bins, struct error *error)
{
    uint8_t head[HBIN_HEADER + 4];
    uint32_t first;
    size_t size = (size_t)bins->size & ~(size_t)(PAGE - 1);
    struct error lost = ERROR_INIT;

    if (bins->size > LIMIT_HIVE_BYTES - BASE - PAGE || size < PAGE)
        return error_set(error, ERROR_LIMIT, "hbins: %llu bytes",
                         (unsigned long long)bins->size);
    if (reader_read(bins, 0, head, sizeof head, error) != 0)
        return -1;
    if (hive_measure_bin(head, sizeof head, &first) == 0)
        return error_set(error, ERROR_DAMAGED, "no hbin");
    struct hive *new = calloc(1, sizeof *new);
    uint8_t *file = calloc(1, BASE + size + PAGE);
    if (!new || !file) {
        free(new);
        free(file);
        return error_set_memory(error);
    }
    reader_read(bins, 0, file + BASE, size, &lost); /* what cannot be read is zero */
    cut_last(file + BASE, size);
    make_base(file, (uint32_t)size + PAGE);
    make_root(file + BASE + size, first + (uint32_t)size);
    *new = (struct hive){ .file = file, .file_size = BASE + size + PAGE, .first = first,
                          .is_fragment = true };
    if (regf_open_read(new, error) != 0) {
        hive_free(new);
        return -1;
    }
    new->is_rootless = new->keys[0].cell == size + HBIN_HEADER;
    *hive = new;
    return 0;
}
