/* SPDX-License-Identifier: Apache-2.0 */

/*
 * keywords_filter: where a keyword can begin.
 *
 * Three steps, each on what the one before has left:
 *
 *  1. The first four bytes: each may stand at its place in one of eight buckets of
 *     patterns. 32 places at once by table lookups of nibbles (the way of Teddy in
 *     Hyperscan), which leaves little of what is no text. For packed UTF-16: letters
 *     and zeros in turn.
 *  2. The first 2, 4 and 6 bytes, as many as a pattern has, hashed into a bitmap. No
 *     branch depends on the result, so it costs the same in text.
 *  3. keywords.c compares.
 *
 * Step 1 of packed UTF-16, L a byte that is not zero, 0 one that is:
 *
 *     little-endian   L 0 L 0 L 0 L 0        big-endian   0 L 0 L 0 L 0 L
 */

#include <string.h>

#include "keywords.h"
#include "vector.h"

#ifdef HAVE_AVX2
#define TARGET __attribute__((target("avx2,bmi,bmi2")))
#endif

/* Places that are looked at together, and bytes that this reads. */
enum { GROUP = 32, GROUP_BYTES = 2 * GROUP + 16 };

/* The places of `group` where the bytes of a pattern can begin; which of its first 64
 * bytes are zero. */
typedef uint32_t (*step_1)(const struct ioc_keywords *set, const uint8_t *group,
                           uint64_t *zeros);

/* `window` if it is one that a pattern begins with, else 0. */
static inline unsigned probe(const struct ioc_keywords *set, uint64_t bytes, unsigned window)
{
    size_t hash = window_hash(set, bytes, window);

    return window & -(unsigned)(set->bitmap[hash / 64] >> hash % 64 & 1);
}

/* All windows of these bytes that patterns begin with. What occurs in the set is the
 * same at every place, so these branches cost nothing. */
static inline unsigned windows_of(const struct ioc_keywords *set, uint64_t bytes)
{
    unsigned found = 0;

    bytes |= set->case_mask;
    if (set->windows & WINDOW_6)
        found |= probe(set, bytes, WINDOW_6);
    if (set->windows & WINDOW_4)
        found |= probe(set, bytes, WINDOW_4);
    if (set->windows & WINDOW_2)
        found |= probe(set, bytes, WINDOW_2);
    return found;
}

/* Of 32 places those where zeros and others take turns: bytes of packed UTF-16. */
static inline uint32_t packed_places(unsigned units, uint64_t zeros)
{
    uint64_t change = zeros ^ zeros >> 1, found = units > 0 ? change : 0;

    for (unsigned i = 1; i + 1 < 2 * units; i++)
        found &= change >> i;
    return (uint32_t)found;
}

/* Places of bytes and, where `wide` says, of UTF-16. Every other byte is put together
 * first, so that letters are looked at once for both byte orders. */
static inline __attribute__((always_inline)) size_t
filter_wide(const struct ioc_keywords *set, const uint8_t *group, uint32_t bytes, uint32_t wide,
            uint32_t zeros, size_t at, uint32_t *restrict places)
{
    uint8_t letters[2][GROUP_BYTES / 2], windows[GROUP + 1];
    uint64_t starts = (wide & ~zeros) | (uint64_t)(wide & zeros) << 1; /* at letters */
    uint64_t left = 0;
    size_t count = 0;

    for (unsigned i = 0; i < GROUP_BYTES / 2; i++) {
        letters[0][i] = group[2 * i];
        letters[1][i] = group[2 * i + 1];
    }
    for (; starts; starts &= starts - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(starts);
        windows[bit] = (uint8_t)windows_of(set, bytes_u64le(letters[bit % 2] + bit / 2));
        left |= (uint64_t)(windows[bit] != 0) << bit;
    }
    wide &= (uint32_t)((left & ~(uint64_t)zeros) | (left >> 1 & zeros));
    for (uint32_t any = bytes | wide; any; any &= any - 1) {
        unsigned bit = (unsigned)__builtin_ctz(any), found = 0;
        if (wide >> bit & 1)
            found = (unsigned)windows[bit + (zeros >> bit & 1)] << 3;
        if (bytes >> bit & 1)
            found |= windows_of(set, bytes_u64le(group + bit));
        places[count] = (uint32_t)(at + bit) << 6 | found;
        count += found != 0;
    }
    return count;
}

static inline __attribute__((always_inline)) size_t
filter_group(const struct ioc_keywords *set, const uint8_t *group, uint32_t valid, size_t at,
             step_1 step, uint32_t *restrict places)
{
    uint64_t zeros;
    uint32_t bytes = step(set, group, &zeros) & valid;
    uint32_t wide = packed_places(set->packed_units, zeros) & valid;
    size_t count = 0;

    if (wide)
        return filter_wide(set, group, bytes, wide, (uint32_t)zeros, at, places);
    for (; bytes; bytes &= bytes - 1) {
        unsigned bit = (unsigned)__builtin_ctz(bytes);
        unsigned found = windows_of(set, bytes_u64le(group + bit));
        places[count] = (uint32_t)(at + bit) << 6 | found;
        count += found != 0;
    }
    return count;
}

static inline __attribute__((always_inline)) size_t
filter(const struct ioc_keywords *set, const uint8_t *data, size_t size, size_t from, size_t to,
       step_1 step, uint32_t *restrict places)
{
    size_t count = 0, at = from;

    for (; to - at >= GROUP && size - at >= GROUP_BYTES; at += GROUP)
        count += filter_group(set, data + at, UINT32_MAX, at - from, step, places + count);
    for (; at < to; at += GROUP) {
        uint8_t group[GROUP_BYTES] = { 0 };
        uint32_t valid = to - at >= GROUP ? UINT32_MAX : (UINT32_C(1) << (to - at)) - 1;
        memcpy(group, data + at, size - at < GROUP_BYTES ? size - at : GROUP_BYTES);
        count += filter_group(set, group, valid, at - from, step, places + count);
    }
    return count;
}

static inline uint32_t step_1_portable(const struct ioc_keywords *set, const uint8_t *group,
                                       uint64_t *zeros)
{
    uint32_t found = 0;

    *zeros = 0;
    for (unsigned i = 0; i < 64; i++)
        *zeros |= (uint64_t)(group[i] == 0) << i;
    for (unsigned i = 0; i < GROUP; i++) {
        uint32_t buckets = set->accept[group[i]] & set->accept[group[i + 1]] >> 8 &
                           set->accept[group[i + 2]] >> 16 & set->accept[group[i + 3]] >> 24;
        found |= (uint32_t)((buckets & 0xff) != 0) << i;
    }
    return found;
}

size_t filter_portable(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                       size_t from, size_t to, uint32_t *places)
{
    return filter(set, data, size, from, to, step_1_portable, places);
}

#ifdef HAVE_AVX2

TARGET
static inline __m256i load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

TARGET
static inline __m256i table(const uint8_t nibbles[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)nibbles));
}

TARGET
static inline uint32_t zero_bits(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));
}

TARGET
static inline uint32_t step_1_vector(const struct ioc_keywords *set, const uint8_t *group,
                                     uint64_t *zeros)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i buckets = _mm256_set1_epi8(-1);

    for (unsigned i = 0; i < ACCEPTED_BYTES; i++) {
        __m256i bytes = load(group + i);
        __m256i low = _mm256_and_si256(bytes, nibble);
        __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
        buckets = _mm256_and_si256(
            buckets, _mm256_and_si256(_mm256_shuffle_epi8(table(set->accept_low[i]), low),
                                      _mm256_shuffle_epi8(table(set->accept_high[i]), high)));
    }
    *zeros = zero_bits(load(group)) | (uint64_t)zero_bits(load(group + GROUP)) << 32;
    return ~zero_bits(buckets);
}

TARGET
size_t filter_vector(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                     size_t from, size_t to, uint32_t *places)
{
    return filter(set, data, size, from, to, step_1_vector, places);
}

#else

size_t filter_vector(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                     size_t from, size_t to, uint32_t *places)
{
    return filter_portable(set, data, size, from, to, places);
}

#endif
