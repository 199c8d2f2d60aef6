/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGF_H
#define REGF_H

/*
 * regf.h: what the files that read regf hives share: regf.c opens one and finds its
 * keys, regf_value.c reads values, regf_recover.c finds what was deleted. The
 * layout is told in regf.c.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "hive_internal.h"

enum {
    BASE = 4096,
    PAGE = 4096,
    CHECKSUM_AT = 508,
    HBIN_HEADER = 32,
    NK_SIZE = 76,
    VK_SIZE = 20,
    NK_ROOT = 4,
    NK_LINK = 0x10,
    NK_LATIN1 = 0x20,
    VK_LATIN1 = 1,
    SEGMENT = 16344,
    MOST_LIST_LEVELS = 4, /* an ri of lists; Windows makes two levels */
    LAST_MINOR_OF_LONG_CELLS = 1,
};

#define INLINE_DATA 0x80000000u
#define NO_CELL UINT32_MAX

/* Bits, one for each 8 bytes of the hbins, which is where a cell may begin. */
static inline size_t regf_words(const struct hive *hive)
{
    return (hive->file_size - BASE) / 512 + 1;
}

static inline uint64_t *regf_new_bits(const struct hive *hive)
{
    return calloc(regf_words(hive), sizeof(uint64_t));
}

static inline bool regf_bit(const uint64_t *bits, size_t offset)
{
    return bits[offset / 512] >> offset / 8 % 64 & 1;
}

static inline void regf_set_bit(uint64_t *bits, size_t offset)
{
    bits[offset / 512] |= (uint64_t)1 << offset / 8 % 64;
}

/* An offset of a cell as it is stored, from the first hbin that is there. One that lies
 * before it becomes larger than any file. */
static inline uint32_t regf_place(const struct hive *hive, const uint8_t *stored)
{
    uint32_t offset = bytes_u32le(stored);

    return offset == NO_CELL ? NO_CELL : offset - hive->first;
}

/* The data of a cell in use and its size; NULL when there is none at `offset`. */
const uint8_t *regf_cell(const struct hive *hive, uint32_t offset, size_t *size);

/* As regf_cell, of a cell with this signature and at least `least` bytes. */
const uint8_t *regf_cell_of(const struct hive *hive, uint32_t offset, const char *signature,
                            size_t least, size_t *size);

/* The nk of a key. */
static inline const uint8_t *regf_nk(const struct hive *hive, const struct key *key)
{
    return hive->file + BASE + key->cell + hive->cell_header;
}

/* regf_fragment.c: give a hive whose base block has no signature one, and where its checksum
 * then does not match a new one, which names no root. It is told. */
void regf_repair_base(struct hive *hive);

/* Whether a base block of 512 bytes lacks its signature, and nothing else. */
bool regf_is_unsigned(const uint8_t *base);

/* Find the keys of a hive whose file was read; 0 or -1. */
int regf_open_read(struct hive *hive, struct error *error);

/* Give a key the name of its nk, which has `length` bytes. 0, or -1: no memory. */
int regf_set_name(struct hive *hive, struct key *key, const uint8_t *nk, size_t length);

/* How a list of subkeys is read: bytes of an entry, 0: no list; whether of lists. */
size_t regf_list_stride(const uint8_t *list, bool *of_lists);

/* regf_traces.c: the data of a cell that no live key uses, as far as nothing else was put
 * there since: NULL, or all `size` bytes. */
const uint8_t *regf_free_data(const struct hive *hive, uint32_t offset, size_t size);

#endif
