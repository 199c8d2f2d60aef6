/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_KEYWORDS_INTERNAL_H
#define FETT_IOC_KEYWORDS_INTERNAL_H

/*
 * keywords: what wordlist.c, keywords_patterns.c, keywords_build.c, keywords_filter.c and
 * keywords.c share; not public.
 *
 * A word becomes one to three patterns: sequences of units, with case folded if it
 * does not count. A unit is a byte or a 16-bit number; a word in ASCII has the same
 * units in all of its forms. keywords_build.c sorts them.
 *
 * keywords_filter.c finds the few places where one can begin, by its first bytes.
 * Of UTF-16 whose units are all below 256 it packs the units to bytes first, so that
 * one table serves all forms; other UTF-16 ("raw") is taken as the bytes that it is.
 * keywords.c then reads units at such a place, in each form that it can be, and
 * finds by their first six bytes, its key, a range of the sorted patterns, in that
 * by binary search the last pattern that is not behind the text, and from there by
 * `shorter` all that are a start of the text.
 */

#include <fett/bytes.h>
#include <fett/ioc_keywords.h>

enum { NO_PATTERN = UINT32_MAX };

struct pattern {
    uint32_t units;    /* where they begin in all units */
    uint32_t keyword;
    uint32_t shorter;  /* the longest one before it that is a start of it, or the same */
    uint16_t length;   /* in units */
    uint8_t encodings; /* bits of enum ioc_encoding in which it is looked for */
};

/* How units are read out of bytes. */
enum form { FORM_UTF8, FORM_1252, FORM_UTF16LE, FORM_UTF16BE };

/* What the bytes of a key are: units below 256, or the bytes of 16-bit units. */
enum key_kind { KEY_UNITS, KEY_RAW_LE, KEY_RAW_BE, KEY_KIND_COUNT };

enum { KEY_BYTES = 6 };

/* Patterns of the same first KEY_BYTES, or that are shorter and the same. */
struct slot {
    uint64_t key; /* see key_of(); 0: free */
    uint32_t first, count;
};

static inline uint64_t key_of(uint64_t bytes, unsigned length, enum key_kind kind)
{
    return bytes | (uint64_t)length << 48 | (uint64_t)kind << 56;
}

/* The filter looks at the first two, four or six bytes, the most that a pattern has.
 * These are bits, so that several can be meant. */
enum { WINDOW_2 = 1, WINDOW_4 = 2, WINDOW_6 = 4 };

static inline unsigned window_of(unsigned length)
{
    return length < 4 ? WINDOW_2 : length < KEY_BYTES ? WINDOW_4 : WINDOW_6;
}

/* Code points below this have their folded form in a table; text_fold changes none
 * beyond. */
enum { FOLDED = 0x800 };

enum { BUCKETS = 8, ACCEPTED_BYTES = 4 };

struct ioc_keywords {
    struct ioc_keywords_options options;
    struct pattern *patterns; /* sorted by their units */
    uint16_t *units;
    size_t pattern_count, unit_count;
    bool has_1252, has_raw;

    struct slot *slots; /* a hash table, at most half full */
    unsigned slot_bits;
    uint8_t key_lengths[KEY_KIND_COUNT]; /* bit per length of a key that occurs */

    /* The filter: which of BUCKETS a byte may belong to in the first four places;
     * `accept` has them in one number, the nibble tables allow a little more. */
    uint32_t accept[256];
    uint8_t accept_low[ACCEPTED_BYTES][16], accept_high[ACCEPTED_BYTES][16];
    uint64_t *bitmap; /* hashes of first bytes */
    unsigned bitmap_shift; /* of a product of 64 bits: what is left is a bit of it */
    unsigned windows;      /* that occur */
    unsigned packed_units; /* the fewest of a pattern in packed UTF-16, at most 4; 0: none */
    uint64_t case_mask;    /* or'ed to bytes before they are hashed */

    uint16_t fold[FOLDED];
    uint8_t fold_1252[256];
};

/* Where the hash of a window stands in the bitmap. `bytes`: first byte lowest. */
static inline size_t window_hash(const struct ioc_keywords *set, uint64_t bytes, unsigned window)
{
    unsigned cut = window == WINDOW_6 ? 16 : window == WINDOW_4 ? 32 : 48;

    return (size_t)((bytes << cut) * UINT64_C(0x9e3779b97f4a7c15) >> set->bitmap_shift);
}

static inline size_t slot_hash(const struct ioc_keywords *set, uint64_t key)
{
    key ^= key >> 29;
    return (size_t)(key * UINT64_C(0xd6e8feb86659fd93) >> (64 - set->slot_bits));
}

/* wordlist.c: why text is no word, or NULL. */
const char *word_problem(const char *text, size_t length);

/*
 * keywords_filter.c: places in [from, to) of data[0 .. size) where a pattern can begin,
 * in order, at most to - from <= FILTER_STRETCH of them. A place is
 * (offset - from) << 6 | WINDOW_s of packed UTF-16 << 3 | WINDOW_s of bytes.
 */
enum { FILTER_STRETCH = 1 << 14 };

size_t filter_portable(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                       size_t from, size_t to, uint32_t *places);
size_t filter_vector(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                     size_t from, size_t to, uint32_t *places);

#endif
