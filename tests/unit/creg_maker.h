/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CREG_MAKER_H
#define CREG_MAKER_H

/*
 * A small hive of Windows 98 for unit tests, in memory: the layout is that of creg.h.
 *
 *     Software          record 0 of data block 0
 *       Run             record 1 of data block 0: a "a.exe", b 7
 *       Other           record 0 of data block 1: c "c.exe"
 *     System            record 1 of data block 1
 */

#include <stdint.h>
#include <string.h>

#include <fett/hive.h>

#include "put.h"

enum {
    TREE = 32, FIRST_BLOCK = 32 + 4096, SECOND_BLOCK = FIRST_BLOCK + 4096,
    SIZE = FIRST_BLOCK + 8192,
    ROOT = 32, SOFTWARE = 60, RUN = 88, OTHER = 116, SYSTEM = 144, FREE_RUN = 172, /* entries */
    NOTHING = -1,
};

static uint8_t file[SIZE];
static uint32_t record_at[4]; /* of Software, Run, Other, System */

static inline void put_entry(uint32_t at, const char *name, int parent, int child, int next,
                             uint32_t record)
{
    uint8_t *p = file + TREE + at;
    uint32_t sum = 0;

    for (; *name; name++)
        sum += (uint32_t)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
    put32(p + 4, sum);
    put32(p + 8, 0x1c3b8); /* not stored */
    put32(p + 12, (uint32_t)parent);
    put32(p + 16, (uint32_t)child);
    put32(p + 20, (uint32_t)next);
    put16(p + 24, record & 0xffff);
    put16(p + 26, record >> 16);
}

/* A record without values; returns where it ends. */
static inline uint32_t put_record(uint32_t at, uint32_t id, const char *name)
{
    uint8_t *p = file + at;
    uint32_t size = 20 + (uint32_t)strlen(name);

    memset(p, 0, size);
    put32(p, size);
    put16(p + 4, id & 0xffff);
    put16(p + 6, id >> 16);
    put32(p + 8, size);
    put16(p + 12, (unsigned)strlen(name));
    memcpy(p + 20, name, strlen(name));
    return at + size;
}

/* A value at the end of a record, which grows. */
static inline uint32_t put_value(uint32_t record, uint32_t type, const char *name, const void *data,
                                 size_t size)
{
    uint8_t *p = file + record;
    uint32_t used = (uint32_t)(p[8] | p[9] << 8), whole = (uint32_t)(12 + strlen(name) + size);

    put32(p + used, type);
    put32(p + used + 4, UINT32_MAX); /* not stored */
    put16(p + used + 8, (unsigned)strlen(name));
    put16(p + used + 10, (unsigned)size);
    memcpy(p + used + 12, name, strlen(name));
    memcpy(p + used + 12 + strlen(name), data, size);
    put32(p, used + whole);
    put32(p + 8, used + whole);
    put16(p + 14, p[14] + 1u);
    return record + used + whole;
}

static inline void put_block(uint32_t at, unsigned number, uint32_t free_from)
{
    memcpy(file + at, "RGDB", 4);
    put32(file + at + 4, 4096);
    put32(file + at + 8, at + 4096 - free_from);
    put16(file + at + 14, number);
    put32(file + at + 16, free_from - at);
    put32(file + free_from, at + 4096 - free_from);
    memset(file + free_from + 4, 0xff, 8);
}

static inline void build(void)
{
    memset(file, 0, sizeof file);
    memcpy(file, "CREG\0\0\1\0", 8);
    put32(file + 8, FIRST_BLOCK);
    put16(file + 16, 2);
    memcpy(file + TREE, "RGKN", 4);
    put32(file + TREE + 4, 4096);
    put32(file + TREE + 8, ROOT);
    put32(file + TREE + 12, FREE_RUN);
    put_entry(ROOT, "", NOTHING, SOFTWARE, NOTHING, UINT32_MAX);
    put_entry(SOFTWARE, "Software", ROOT, RUN, SYSTEM, 0);
    put_entry(RUN, "Run", SOFTWARE, NOTHING, OTHER, 1);
    put_entry(OTHER, "Other", SOFTWARE, NOTHING, NOTHING, 0x10000);
    put_entry(SYSTEM, "System", ROOT, NOTHING, NOTHING, 0x10001);
    put32(file + TREE + FREE_RUN, 0x80000000);
    put32(file + TREE + FREE_RUN + 4, 4096 - FREE_RUN);
    put32(file + TREE + FREE_RUN + 8, UINT32_MAX);
    record_at[0] = FIRST_BLOCK + 32;
    record_at[1] = put_record(record_at[0], 0, "Software");
    put_record(record_at[1], 1, "Run");
    put_value(record_at[1], HIVE_SZ, "a", "a.exe", 5);
    put_block(FIRST_BLOCK, 0, put_value(record_at[1], HIVE_DWORD, "b", "\7\0\0", 4));
    record_at[2] = SECOND_BLOCK + 32;
    put_record(record_at[2], 0x10000, "Other");
    record_at[3] = put_value(record_at[2], HIVE_SZ, "c", "c.exe", 5);
    put_block(SECOND_BLOCK, 1, put_record(record_at[3], 0x10001, "System"));
}

#endif
