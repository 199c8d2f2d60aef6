/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOUND_NAMES_H
#define FOUND_NAMES_H

/*
 * found_names: what stands in the long names of folders of FAT and exFAT, which are kept in
 * pieces: each name is put together and searched. What its bytes as they are stored show in
 * UTF-16 are pieces of that, which are not kept.
 */

#include "found.h"

/* Keep a hit of the block, of ioc_sink's form. */
void found_keep(void *block, const struct ioc_hit *hit);

/* The same, unless it is in UTF-16 and begins within a name. */
void found_keep_outside(void *block, const struct ioc_hit *hit);

/* Search the text of one name, which stands in `data`, data[0] at `place`. The place of a hit is
 * that of its first letter. What is in the word at an end where pieces of the name are
 * missing is no sure indicator. -1 when memory was out. */
int search_name(const struct searchers *searchers, const uint8_t *data, uint64_t place,
                const struct long_name *name, ioc_sink sink, void *context,
                struct ioc_held_back *held_back);

/* Remember the names that stand in the bytes of a block, data[0] at block->base. */
void found_names_collect(struct found_block *block, const uint8_t *data, size_t size);

/* Search them; keep what begins in data[start .. end). */
void found_names_search(struct found_block *block, const uint8_t *data, size_t start, size_t end);

#endif
