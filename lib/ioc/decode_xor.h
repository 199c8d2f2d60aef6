/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_DECODE_XOR_H
#define FETT_IOC_DECODE_XOR_H

/* decode_xor: literals under a key, and the search for them; not public. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    XOR_LITERALS = 9,
    XOR_LONGEST_LITERAL = 64, /* bytes, in UTF-16 */
    XOR_STRETCH = 16384,      /* a search goes this far at once */
};

extern const char *const xor_literals[XOR_LITERALS];

/* Offsets below `stretch`, at most XOR_STRETCH, of bytes[0 .. size) at which two
 * neighbouring differences are those of a literal; in order. Returns how many.
 * Both functions give the same. */
size_t xor_candidates_portable(const uint8_t *bytes, size_t size, size_t stretch,
                               uint32_t *places);
bool xor_candidates_have_vector(void);
size_t xor_candidates_vector(const uint8_t *bytes, size_t size, size_t stretch,
                             uint32_t *places);

#endif
