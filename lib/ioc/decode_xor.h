/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_DECODE_XOR_H
#define FETT_IOC_DECODE_XOR_H

/* decode_xor: literals under a key, and the search for them; not public. */

#include "decode.h"

enum {
    XOR_LITERALS = 9,
    XOR_OF_PROGRAM = 8,       /* the literal that programs have */
    XOR_LONGEST_LITERAL = 64, /* bytes, in UTF-16 */
    XOR_STRETCH = 16384,      /* a search goes this far at once */
};

extern const char *const xor_literals[XOR_LITERALS];

/* Offsets below `stretch`, at most XOR_STRETCH, of bytes[0 .. size) at which two
 * neighbouring differences are those of a literal; in order. Returns how many.
 * Both functions give the same. */
size_t xor_candidates_portable(const uint8_t *bytes, size_t size, size_t stretch,
                               uint32_t *places);
size_t xor_candidates_vector(const uint8_t *bytes, size_t size, size_t stretch,
                             uint32_t *places);

/* decode_xor_program.c: whether a literal of a program stands behind the first
 * bytes of one; and the program, or none. */
bool xor_find_program(const struct window *window, uint64_t literal, uint8_t key,
                      uint64_t *start);
bool xor_open_program(struct stream *stream);

/* Take the key off. */
void xor_lift(const struct xor_state *state, uint8_t *bytes, size_t size);

#endif
