/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOSS_H
#define LOSS_H

/*
 * loss: encoded units that were not decoded to their end, as gaps.
 *
 * What is encrypted, in another method, or beyond a limit is always told. What is damaged
 * or breaks off is ordinary in remnants and where bytes only look like a unit: it is told
 * of a file that is in use and is such a unit by its first bytes.
 */

#include <fett/filesystem.h>

#include "found.h"

/* Whether it is told: `at` is its place in the content of what it lies in, `content` that;
 * NULL: of no file in use. */
bool loss_is_told(const struct found_loss *loss, uint64_t at, struct reader *content);

/* The same in a file of an image; fills in whose it is too. The strings hold until the
 * tree is asked again. */
bool loss_find_owner(const struct found_loss *loss, uint64_t at, struct filesystem *filesystem,
                     uint64_t owner, struct file *file, struct gap *gap);

/* Place and reason, which is the block's. */
struct gap loss_gap(const struct found_block *block, const struct found_loss *loss);

#endif
