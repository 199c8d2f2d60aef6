/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CREG_H
#define CREG_H

/*
 * creg.h: what the files that read hives of Windows 95, 98 and Me share: creg.c opens one
 * and gives its keys their values, creg_tree.c finds the keys, creg_block.c the records.
 *
 * Header, 32 bytes                       Key tree, at 32; offsets count from here
 *     0  4  "CREG"                           0  4  "RGKN"
 *     8  4  offset of the first data block   4  4  size
 *    16  2  number of data blocks            8  4  offset of the root's entry
 *                                           12  4  the first free run of entries
 *
 * Entry of a key, 28 bytes, from 32 on; none stands across the end of the first 8192 bytes
 * or of a later page of 4096
 *     0  4  0; 0x80000000: the first of a free run
 *     4  4  sum of the upper-case ASCII letters of its name, 0: not stored; of a free run:
 *           its bytes
 *     8  4  not stored; of a free run: the next one
 *    12  4  parent        16  4  first subkey       20  4  next key of the same parent
 *    24  2  number of its record in the data block  26  2  number of the data block
 *           both 0xffff: no record, as the root
 *
 * Data block                             Record of a key, from 32 on, one behind the other
 *     0  4  "RGDB"                           0  4  size
 *     4  4  size                             4  2  number        6  2  data block
 *     8  4  bytes that are free                    both 0xffff: free
 *    14  2  number                           8  4  bytes used; free: the next free one
 *    16  4  the first free record           12  2  length of the name  14  2  values
 *                                           20     name, then values
 * Value: 0  4  type, 4  4  not stored, 8  2  length of the name, 10  2  of the data,
 *     12  name, then data
 *
 * What is free keeps its bytes from 12 on. Fields that are not stored have what stood in
 * memory. Sources: libyal's documentation of CREG, and real hives of Windows 98 and Me.
 */

#include <fett/bytes.h>

#include "hive_internal.h"

enum {
    CREG_HEADER = 32,
    CREG_FIRST_BLOCK = 8,
    CREG_BLOCK_COUNT = 16,
    TREE_AT = CREG_HEADER,
    TREE_HEADER = 32,
    TREE_ROOT = 8,
    TREE_FIRST_RUN = 8192,
    ENTRY_SIZE = 28,
    ENTRY_STATE = 0,
    ENTRY_SUM = 4,
    ENTRY_PARENT = 12,
    ENTRY_SUBKEY = 16,
    ENTRY_NEXT = 20,
    ENTRY_RECORD = 24,
    ENTRY_BLOCK = 26,
    BLOCK_HEADER = 32,
    BLOCK_NUMBER = 14,
    RECORD_NUMBER = 4,
    RECORD_BLOCK = 6,
    RECORD_USED = 8,
    RECORD_NAME_LENGTH = 12,
    RECORD_VALUES = 14,
    RECORD_HEADER = 20,
    VALUE_HEADER = 12,
    CREG_PAGE = 4096,
};

#define CREG_NONE UINT32_MAX /* a link to nothing; a record that has no key */
#define CREG_FREE_ENTRY 0x80000000u

/* A record as far as it is in the file. */
struct creg_record {
    uint32_t at;    /* in the file */
    uint32_t block; /* that it stands in */
    uint32_t size;  /* bytes of it that are there */
    uint32_t used;  /* of these; of a free one: all */
    uint32_t id;    /* data block << 16 | number; CREG_NONE: free */
    uint32_t entry; /* of the key that has it, in the tree; CREG_NONE: of none */
};

struct creg {
    uint32_t tree_size;
    uint32_t root;
    uint8_t *met;                /* a bit for each offset where a key's entry begins */
    struct creg_record *records; /* in the order of the file */
    size_t record_count, record_capacity;
    uint32_t *by_id;             /* places of those in use, by id, then by place in the file */
    size_t id_count;
    uint64_t search_budget;      /* steps behind damage that may still be taken */
    bool is_damaged;             /* a key may be out of the reach of links */
    bool is_recovered;
};

/* A value of a record. */
struct creg_value {
    uint32_t type;
    uint32_t name, name_length; /* in the file */
    uint32_t data, size;
    uint32_t end;
};

static inline const uint8_t *creg_entry(const struct hive *hive, uint32_t offset)
{
    return hive->file + TREE_AT + offset;
}

static inline bool creg_can_be_entry(const struct hive *hive, uint32_t offset)
{
    return offset >= TREE_HEADER && offset <= hive->creg->tree_size - ENTRY_SIZE;
}

static inline bool creg_is_met(const struct hive *hive, uint32_t offset)
{
    return hive->creg->met[offset / 8] >> offset % 8 & 1;
}

static inline uint32_t creg_entry_id(const uint8_t *entry)
{
    return (uint32_t)bytes_u16le(entry + ENTRY_BLOCK) << 16 | bytes_u16le(entry + ENTRY_RECORD);
}

static inline uint32_t creg_name_length(const struct hive *hive, const struct creg_record *record)
{
    return bytes_u16le(hive->file + record->at + RECORD_NAME_LENGTH);
}

static inline unsigned creg_value_count(const struct hive *hive, const struct creg_record *record)
{
    return bytes_u16le(hive->file + record->at + RECORD_VALUES);
}

static inline const char *creg_name(const struct hive *hive, const struct creg_record *record)
{
    return (const char *)hive->file + record->at + RECORD_HEADER;
}

/* The place of the entry behind this one. */
uint32_t creg_next_entry(uint32_t offset);

/* creg_tree.c: all keys into the table, and the records that they have. 0, or -1: no memory. */
int creg_read_tree(struct hive *hive);

/* creg_block.c: all records. 0, or -1: no memory. */
int creg_read_blocks(struct hive *hive, uint32_t first, unsigned count);

/* Where the first data block stands at or behind an offset; the size of the file: none. */
uint32_t creg_find_block(const struct hive *hive, uint32_t from);

/* The records with an id: the first, and how many. */
const uint32_t *creg_find_id(const struct hive *hive, uint32_t id, size_t *count);

/* The value that begins at a place of the file, as far as it is before `end`. Its header and
 * name are whole, or false: then *end is what it needs. Its data may go beyond. */
bool creg_value_at(const struct hive *hive, uint32_t at, uint32_t end, struct creg_value *value);

/* How many values of known types follow each other from `at` on, if the last one ends at
 * `end`; else, or when the hive's damage asked for too much already, 0. */
size_t creg_count_values(struct hive *hive, uint32_t at, uint32_t end);

/* The record that has this place of the file in it, or NULL. */
const struct creg_record *creg_record_at(const struct hive *hive, uint64_t at);

/* Add a name to the texts of the hive. */
void creg_add_text(struct hive *hive, const void *text, size_t size, uint32_t *place,
                   uint32_t *length);

/* A value that begins at `at`, behind all others. It has no data if these go beyond `end`. 0, or
 * -1: no memory. */
int creg_add_value(struct hive *hive, const struct creg_value *value, uint32_t at, uint32_t end);

/* Whether the name of a record has the sum that a key's entry tells. */
bool creg_name_fits(const struct hive *hive, const struct creg_record *record,
                    const uint8_t *entry);

#endif
