/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIVE_INTERNAL_H
#define HIVE_INTERNAL_H

/*
 * The one shape that both kinds of hive are brought into: a table of keys in
 * breadth-first order, so that the children of a key stand side by side, every
 * key stands in it once whatever the hive's lists say, and a handle is its place
 * plus 1. Names and, of 9x hives, values lie in buffers beside it.
 */

#include <fett/hive.h>

struct key {
    uint32_t cell;        /* regf: offset of the cell behind the base block; 9x: of the record
                             in the file, or of the entry of a key that has none */
    uint32_t entry;       /* 9x: offset of the entry in the key tree */
    uint32_t parent;      /* place in the table; the root is its own */
    uint32_t first_child, child_count;
    uint32_t name, name_length; /* in texts */
    uint32_t first_value, value_count; /* 9x: in values; else, if it is deleted, in recovered */
};

/* A deleted value. */
struct recovered_value {
    uint32_t cell;  /* 9x: its place in values */
    uint32_t key;   /* that had it: place in the table; UINT32_MAX: not known */
};

struct stored_value {
    uint32_t name, name_length; /* in texts */
    uint32_t type;
    uint32_t at;                /* in the file */
    uint32_t data, size;        /* in the file; data is 0 where it is not whole */
};

struct problem {
    size_t log; /* 0: in the hive's own file; else in that log */
    uint64_t offset;
    char *text;
};

struct hive {
    bool is_9x, is_dirty, is_replayed;
    bool is_fragment, is_rootless; /* see hive_open_fragment */
    uint32_t first;                /* regf: stored offset of the first hbin that is there */
    unsigned code_page; /* of text of 9x hives; 0: not known */
    struct key *keys; /* deleted ones stand behind the live */
    size_t key_count, key_capacity;
    size_t live_count;
    struct buffer texts;
    struct stored_value *values; /* 9x */
    size_t value_count, value_capacity;
    struct creg *creg;           /* 9x: see creg.h */
    uint8_t *file;               /* all of it */
    size_t file_size;
    uint8_t cell_header;         /* regf: bytes before the data of a cell */
    uint64_t *cells;             /* regf: a bit for each 8 bytes where a cell in use begins */
    uint64_t *borders;           /* regf: likewise a free cell or an hbin */
    uint64_t *outside;           /* regf: likewise what is in no hbin */
    uint64_t *taken;             /* regf: likewise what live keys use; NULL: not recovered */
    struct recovered_value *recovered; /* those of deleted keys, then the others */
    size_t recovered_count, recovered_capacity, recovered_of_keys;
    uint64_t deleted_budget;     /* bytes of their data that may still be read */
    struct problem *problems;
    size_t problem_count, problem_capacity;
    struct buffer value_name, value_data; /* of the value given out last */
};

int hive_open_regf(struct hive *hive, struct reader *reader, struct error *error);
int hive_open_creg(struct hive *hive, struct reader *reader, struct error *error);

size_t regf_value_count(struct hive *hive, const struct key *key);
bool regf_lost_value(const struct hive *hive, const struct key *key);
int regf_value_get(struct hive *hive, const struct key *key, size_t index,
                   struct hive_value *value, struct error *error);
int regf_recovered_get(struct hive *hive, size_t index, struct hive_value *value,
                       struct error *error);
int regf_recover(struct hive *hive, struct error *error);
uint32_t regf_security_id(const struct hive *hive, const struct key *key);
void regf_security(const struct hive *hive, const struct key *key,
                   struct hive_security *security);
void regf_class(const struct hive *hive, const struct key *key, struct buffer *buffer);
bool regf_is_link(const struct hive *hive, const struct key *key);
bool regf_is_cell(const struct hive *hive, uint32_t offset);
struct instant regf_last_write(const struct hive *hive, const struct key *key);

/* Remember a problem; those beyond LIMIT_HIVE_PROBLEMS are only counted in the
 * last one's text. */
void hive_add_problem(struct hive *hive, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of a log, which is counted from 1. */
void hive_add_log_problem(struct hive *hive, size_t log, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What a base block should have at 508. */
uint32_t regf_checksum(const uint8_t *base);

void creg_free(struct creg *creg);
int creg_recover(struct hive *hive, struct error *error);
bool creg_is_unlinked(const struct hive *hive, uint64_t offset);

/* A new key at the end of the table; NULL when memory is out. */
struct key *hive_add_key(struct hive *hive);

#endif
