/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_ORDER_H
#define FETT_IOC_ORDER_H

/* order: the byte order of text in UTF-16; see order.c. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum order { NO_ORDER, ORDER_LITTLE, ORDER_BIG, ORDER_LITTLE_OR_BIG, ORDER_BIG_OR_LITTLE };

/* Text that was walked over: letters of ASCII, each with a zero before and behind it. */
struct wide_text {
    size_t from, to;  /* its first letter, the place behind its last; both 0 for none */
    bool begun, ended; /* it does not go on there; else nobody looked */
    size_t looked_to;  /* up to here for the beginnings of texts */
    size_t last[ORDER_LITTLE_OR_BIG + 1]; /* the last of each order; 0 for none */
};

/* All zero before the first question about a block. */
struct wide_texts {
    struct wide_text at[2]; /* letters at even, odd places */
};

/* The order of the text that the letter at data[letter] is in, by the zeros beside it and by
 * what is within IOC_MARGIN of it; data[0] stands at `base` of the media. Places in order make
 * the time linear. */
enum order order_of_text(struct wide_texts *texts, const uint8_t *data, size_t size,
                         uint64_t base, bool vector, size_t letter);

#endif
