/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGF_RECOVER_H
#define REGF_RECOVER_H

/*
 * regf_recover.h: what the steps of a recovery share: regf_taken.c marks what live keys
 * use, regf_traces.c finds keys and values in the rest, regf_recover.c puts together
 * what belongs together.
 */

#include "regf.h"
#include "traces.h"

/* A cell of a live key or value, and the place of that key. */
struct owner {
    uint32_t cell, place;
};

struct recovery {
    struct hive *hive;
    struct traces keys, values;
    struct owner *key_owners;   /* of live nk cells, by cell */
    struct owner *value_owners; /* of live vk cells, by cell */
    size_t value_owner_count, value_owner_capacity;
    size_t list_budget; /* entries of lists of deleted keys that may still be looked at: no
                           two have the same, but for damage */
    bool out_of_memory;
};

/* Mark what live keys use, and note whose their values are. */
void recovery_take_live(struct recovery *recovery);

/* Find keys and values in what is left, in the order of their cells. */
void recovery_find_traces(struct recovery *recovery);

#endif
