/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_fragment: hbins of a regf hive whose base block is lost.
 *
 * Each hbin tells at 4 where it stood among those of the hive, and all offsets in cells count
 * from the first of them; so those of the fragment are less by where it begins (hive->first).
 * It gets a base block, and behind its end an hbin with a root that it does not have: what no
 * root leads to is found as what was deleted is. A hive that has its base block, and no root,
 * gets the root alone.
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

/* A base block of version 1.5. */
static void make_base(uint8_t *base)
{
    memcpy(base, "regf", 4);
    put(base + 20, 1);
    put(base + 24, 5);
}

/* It names no root: the first key that says it is one is taken. */
static void set_size(uint8_t *base, uint32_t size)
{
    put(base + 36, NO_CELL);
    put(base + 40, size);
    put(base + CHECKSUM_AT, regf_checksum(base));
}

void regf_repair_base(struct hive *hive)
{
    uint8_t *base = hive->file;

    hive_add_problem(hive, 0, "base block: no signature: begins with %02x %02x %02x %02x", base[0],
                     base[1], base[2], base[3]);
    memcpy(base, "regf", 4);
    if (regf_checksum(base) == bytes_u32le(base + CHECKSUM_AT))
        return;
    memset(base, 0, CHECKSUM_AT);
    make_base(base);
    set_size(base, (uint32_t)(hive->file_size - BASE) & ~(uint32_t)(PAGE - 1));
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

/* A hive of a file with `size` bytes of hbins, the first of which stood at `first`, and room for
 * one more behind them. The file is the hive's from here on. */
static int open_bins(struct hive **hive, uint8_t *file, size_t size, uint32_t first,
                     struct error *error)
{
    struct hive *new = calloc(1, sizeof *new);

    if (!new) {
        free(file);
        return error_set_memory(error);
    }
    cut_last(file + BASE, size);
    set_size(file, (uint32_t)size + PAGE);
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

static int check_size(uint64_t all, size_t size, struct error *error)
{
    return all <= LIMIT_HIVE_BYTES - BASE - PAGE && size >= PAGE
               ? 0
               : error_set(error, ERROR_LIMIT, "hbins: %llu bytes", (unsigned long long)all);
}

int hive_open_fragment(struct hive **hive, struct reader *bins, struct error *error)
{
    uint8_t head[HBIN_HEADER + 4];
    uint32_t first;
    size_t size = (size_t)bins->size & ~(size_t)(PAGE - 1);
    struct error lost = ERROR_INIT;

    if (check_size(bins->size, size, error) != 0 ||
        reader_read(bins, 0, head, sizeof head, error) != 0)
        return -1;
    if (hive_measure_bin(head, sizeof head, &first) == 0)
        return error_set(error, ERROR_DAMAGED, "no hbin");
    uint8_t *file = calloc(1, BASE + size + PAGE);
    if (!file)
        return error_set_memory(error);
    make_base(file);
    reader_read(bins, 0, file + BASE, size, &lost); /* what cannot be read is zero */
    return open_bins(hive, file, size, first, error);
}

/* Whether an hbin stands where it says that it does. */
static bool has_bins(const uint8_t *bins, size_t size)
{
    uint32_t place;

    for (size_t at = 0; at < size; at += PAGE)
        if (hive_measure_bin(bins + at, PAGE, &place) > 0 && place == at)
            return true;
    return false;
}

int hive_open_rootless(struct hive **hive, struct reader *reader, struct error *error)
{
    uint64_t bins = reader->size > BASE ? reader->size - BASE : 0;
    size_t size = ((size_t)bins + PAGE - 1) & ~(size_t)(PAGE - 1);
    struct error lost = ERROR_INIT;

    if (check_size(bins, size, error) != 0)
        return -1;
    uint8_t *file = calloc(1, BASE + size + PAGE);
    if (!file)
        return error_set_memory(error);
    reader_read(reader, 0, file, (size_t)reader->size, &lost); /* likewise */
    if (memcmp(file, "regf", 4) != 0) {
        if (!has_bins(file + BASE, size)) {
            free(file);
            return error_set(error, ERROR_DAMAGED, "no base block and no hbin");
        }
        memset(file, 0, CHECKSUM_AT);
        make_base(file);
    }
    return open_bins(hive, file, size, 0, error);
}
