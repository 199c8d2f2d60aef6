/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOG_ORDER_H
#define LOG_ORDER_H

/* log_order: whether the times of a log rise with its numbers. */

#include <fett/examine.h>

struct log_entry {
    uint64_t number;
    struct instant time;
};

struct log_order {
    struct log_entry *items;
    size_t count, capacity;
};

int log_order_add(struct log_order *order, uint64_t number, const struct instant *time);

/* Hand out anomaly records. `numbered`: each record has the next number, so that one
 * that is missing is missing. 0, -1 without memory, or what the sink returns. */
int log_order_check(struct log_order *order, bool numbered, examine_sink sink, void *context);

void log_order_release(struct log_order *order);

#endif
