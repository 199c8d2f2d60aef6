/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_SIFT_H
#define FETT_IOC_SIFT_H

/*
 * sift: which bytes of a stretch are worth a closer look, by candidates.c and by defang.c.
 *
 * Most of a disk is not. No branch depends here on what the bytes are, which in text and in
 * random bytes cannot be foreseen. What is passed by has nothing; what is left may have. Bytes
 * without neighbours on both sides, and all where there are no vectors, are not sifted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A search goes this far at once, so that the places of what it finds fit. */
enum { STRETCH = 1 << 15 };

/* By the lower and the upper half of a byte: what may begin with it, what it may be behind. */
struct sieve {
    uint8_t first[16];  /* the byte with this lower half that begins anything; or none has */
    uint8_t begins[16]; /* what */
    uint8_t low[16], high[16]; /* what a byte with both may be behind is in both */
    uint8_t always;     /* what any byte may be behind */
};

struct places {
    size_t count;
    uint16_t places[STRETCH]; /* from `begin` on, in order */
};

struct sifted {
    size_t begin, end; /* what was sifted */
    struct places candidates, words; /* for candidates.c, for defang.c */
};

/* For what is found by `marks`. */
void sieve_init(struct sieve *sieve, unsigned marks);

/* The bytes [from, to) of data[0..size), a stretch at most. */
void sift(const struct sieve *sieve, bool vector, const uint8_t *data, size_t size, size_t from,
          size_t to, struct sifted *sifted);

#endif
