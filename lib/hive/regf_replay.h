/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGF_REPLAY_H
#define REGF_REPLAY_H

/*
 * regf_replay: applying the transaction logs of a hive to what is read of it. regf_log.c
 * chooses among the logs, regf_log_entries.c applies those of the newer format,
 * regf_log_pages.c those of the older. What is wrong with a log is told of the hive.
 */

#include <fett/bytes.h>

#include "overlay.h"
#include "regf_log.h"

enum {
    BASE = 4096,  /* bytes before the hbins */
    SECTOR = 512, /* of the base block, what a log has of it */
};

struct log {
    struct reader *reader;
    size_t number;        /* its place among the logs, from 1 */
    uint8_t base[SECTOR];
};

struct replay {
    struct hive *hive;
    struct overlay *overlay;
    bool is_valid;      /* the base block of the hive itself */
    uint32_t next;      /* sequence number of the entry that is due */
    bool is_begun;      /* no entry may be missing any more */
    uint32_t bins_size; /* of the hive so far */
    struct error *error;
};

/* Of a base block, of a hive or a log. */
static inline uint32_t log_sequence(const uint8_t *base)
{
    return bytes_u32le(base + 4);
}

static inline uint64_t log_time(const uint8_t *base)
{
    return bytes_u64le(base + 12);
}

static inline uint32_t log_bins_size(const uint8_t *base)
{
    return bytes_u32le(base + 40);
}

/* Whether hbins may grow to a size, by a log that brings this many bytes of them:
 * what is new is in the log. */
bool replay_may_grow(const struct replay *replay, uint32_t bins_size, uint64_t brought);

/* The base block of the hive as it is behind what was applied. */
void replay_seal(struct replay *replay, uint32_t sequence);

/* Apply logs of the newer format, in the order of their entries. A damaged base block of the
 * hive is taken from the newest, whose entries alone can be relied on then. 0, or -1
 * without memory. */
int replay_entries(struct replay *replay, const struct log *logs, size_t count);

/* Apply the first log of the older format that is of the hive's time; others are told
 * where there is none. 0, or -1 without memory. */
int replay_pages(struct replay *replay, const struct log *logs, size_t count);

#endif
