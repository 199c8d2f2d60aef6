/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGF_LOG_H
#define REGF_LOG_H

#include "hive_internal.h"

/*
 * Replay the logs of a regf hive over it. *after is a reader of the hive as it is
 * then, which primary and logs must outlive, and hive->is_replayed is set; NULL
 * where the hive needs none or none could be applied. What is wrong with a log is
 * a problem of the hive. -1: no memory.
 */
int regf_replay(struct hive *hive, struct reader *primary, struct reader *const *logs,
                size_t count, struct reader **after, struct error *error);

#endif
