/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIVE_MAKER_H
#define HIVE_MAKER_H

/* A small hive for unit tests, in memory. */

#include <stdint.h>
#include <string.h>

#include <fett/hive.h>

#include "put.h"

enum { BASE = 4096, SIZE = BASE + 4096 };

/* A hive of one hbin; cells are added one behind the other. */
static uint8_t file[SIZE];
static uint32_t next_cell;

/* The checksum of a base block. */
static inline void seal(uint8_t *base)
{
    uint32_t sum = 0;

    for (int i = 0; i < 508; i += 4)
        sum ^= (uint32_t)base[i] | (uint32_t)base[i + 1] << 8 | (uint32_t)base[i + 2] << 16 |
               (uint32_t)base[i + 3] << 24;
    put32(base + 508, sum);
}

static inline uint8_t *cell_at(uint32_t offset)
{
    return file + BASE + offset + 4;
}

static inline uint32_t add_cell(const char *signature, size_t size)
{
    uint32_t offset = next_cell, whole = (uint32_t)(size + 4 + 7) & ~7u;

    put32(file + BASE + offset, (uint32_t)-(int32_t)whole);
    memcpy(cell_at(offset), signature, strlen(signature));
    next_cell += whole;
    return offset;
}

static inline uint32_t add_nk(const char *name, unsigned flags)
{
    uint32_t offset = add_cell("nk", 76 + strlen(name));
    uint8_t *nk = cell_at(offset);

    put16(nk + 2, flags | 0x20);
    put32(nk + 4, 0xd53e8000); /* FILETIME of 1970-01-01 */
    put32(nk + 8, 0x019db1de);
    put32(nk + 28, UINT32_MAX);
    put32(nk + 40, UINT32_MAX);
    put16(nk + 72, (unsigned)strlen(name));
    memcpy(nk + 76, name, strlen(name));
    return offset;
}

static inline uint32_t set_children(uint32_t key, const uint32_t *children, unsigned count)
{
    uint32_t list = add_cell("lf", 4 + 8 * count);

    put16(cell_at(list) + 2, count);
    for (unsigned i = 0; i < count; i++) {
        put32(cell_at(list) + 4 + 8 * i, children[i]);
        put32(cell_at(children[i]) + 16, key);
    }
    put32(cell_at(key) + 20, count);
    put32(cell_at(key) + 28, list);
    return list;
}

static uint32_t root, run, other, root_list, text_cell, text_value;

/* ROOT\Run with the value a = "xy" (REG_SZ), b = 7 (REG_DWORD, inline); ROOT\Other. */
static inline void build(void)
{
    memset(file, 0, sizeof file);
    memcpy(file, "regf", 4);
    memcpy(file + BASE, "hbin", 4);
    put32(file + BASE + 8, 4096);
    put32(file + 40, 4096);
    next_cell = 32;
    root = add_nk("ROOT", 4);
    run = add_nk("Run", 0);
    other = add_nk("Other", 0);
    root_list = set_children(root, (uint32_t[]){ run, other }, 2);

    uint32_t data = add_cell("", 6), values[2];
    memcpy(cell_at(data), "x\0y\0\0\0", 6);
    for (int i = 0; i < 2; i++) {
        values[i] = add_cell("vk", 21);
        uint8_t *vk = cell_at(values[i]);
        put16(vk + 2, 1);
        put32(vk + 4, i ? 0x80000004 : 6);
        put32(vk + 8, i ? 7 : data);
        put32(vk + 12, i ? HIVE_DWORD : HIVE_SZ);
        put16(vk + 16, 1);
        vk[20] = (uint8_t)(i ? 'b' : 'a');
    }
    text_cell = data;
    text_value = values[0];
    uint32_t list = add_cell("", 8);
    put32(cell_at(list), values[0]);
    put32(cell_at(list) + 4, values[1]);
    put32(cell_at(run) + 36, 2);
    put32(cell_at(run) + 40, list);

    /* What is left is one free cell. */
    put32(file + BASE + next_cell, 4096 - next_cell);
    put32(file + 36, root);
    seal(file);
}

static inline uint32_t turn(uint32_t word, int bits)
{
    return word << bits | word >> (32 - bits);
}

/* Marvin32 by its definition, of whole words, with the seed of hive logs. */
static inline void hash(const uint8_t *data, size_t size, uint8_t *result)
{
    uint32_t a = 0x7a4e55c5, b = 0x82ef4d88;

    for (size_t i = 0; i < size + 8; i += 4) {
        if (i < size)
            a += data[i] | (uint32_t)data[i + 1] << 8 | (uint32_t)data[i + 2] << 16 |
                 (uint32_t)data[i + 3] << 24;
        else if (i == size)
            a += 0x80;
        b ^= a, a = turn(a, 20);
        a += b, b = turn(b, 9);
        b ^= a, a = turn(a, 27);
        a += b, b = turn(b, 19);
    }
    put32(result, a);
    put32(result + 4, b);
}

/* The two hashes of a log entry. */
static inline void hash_entry(uint8_t *entry, size_t size)
{
    hash(entry + 40, size - 40, entry + 24);
    hash(entry, 32, entry + 32);
}

#endif
