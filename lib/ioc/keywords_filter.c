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

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#define HAVE_AVX2 1
#endif

/* Places that are looked at together, and bytes that this reads. */
enum { GROUP = 32, GROUP_BYTES = 2 * GROUP + 16 };

/* The places of `group` where the bytes of a pattern can begin; which of its first 64
 * bytes are zero. */
typedef uint32_t (*step_1)(const struct ioc_keywords *set, const uint8_t *group,
                           uint64_t *zeros);

static inline unsigned windows_of(const struct ioc_keywords *set, uint64_t bytes)
{
    unsigned found = 0;

    bytes |= set->case_mask;
    for (unsigned window = WINDOW_2; window <= WINDOW_6; window <<= 1) {
        if (!(set->windows & window))
            continue;
        size_t hash = window_hash(set, bytes, window);
        found |= window & -(unsigned)(set->bitmap[hash / 64] >> hash % 64 & 1);
    }
    return found;
}

/* Every other byte of eight, in the lower half. */
static inline uint64_t every_other(uint64_t bytes)
{
    bytes &= UINT64_C(0x00ff00ff00ff00ff);
    bytes = (bytes | bytes >> 8) & UINT64_C(0x0000ffff0000ffff);
    return (bytes | bytes >> 16) & UINT64_C(0xffffffff);
}

static inline uint64_t packed(const uint8_t *data)
{
    return every_other(bytes_u64le(data)) | every_other(bytes_u64le(data + 8)) << 32;
}

/* Both step 1 of UTF-16, for 32 places. */
static inline void packed_places(unsigned units, uint64_t zeros, uint32_t *little, uint32_t *big)
{
    uint64_t begin_little = units > 0 ? UINT32_MAX : 0, begin_big = begin_little;

    for (unsigned i = 0; i < units; i++) {
        uint64_t at = zeros >> 2 * i, behind = zeros >> (2 * i + 1);
        begin_little &= ~at & behind;
        begin_big &= at & ~behind;
    }
    *little = (uint32_t)begin_little;
    *big = (uint32_t)begin_big;
}

static inline __attribute__((always_inline)) size_t
filter_group(const struct ioc_keywords *set, const uint8_t *group, uint32_t valid, size_t at,
             step_1 step, uint32_t *places)
{
    uint64_t zeros;
    uint32_t little, big, bytes = step(set, group, &zeros) & valid;
    size_t count = 0;

    packed_places(set->packed_units, zeros, &little, &big);
    uint32_t wide = (little | big) & valid;
    if (wide == 0) {
        for (; bytes; bytes &= bytes - 1) {
            unsigned bit = (unsigned)__builtin_ctz(bytes);
            unsigned windows = windows_of(set, bytes_u64le(group + bit));
            places[count] = (uint32_t)(at + bit) << 6 | windows;
            count += windows != 0;
        }
        return count;
    }
    for (uint32_t any = bytes | wide; any; any &= any - 1) {
        unsigned bit = (unsigned)__builtin_ctz(any), windows = 0;
        if (bytes >> bit & 1)
            windows = windows_of(set, bytes_u64le(group + bit));
        if (wide >> bit & 1)
            windows |= windows_of(set, packed(group + bit + (big >> bit & 1))) << 3;
        places[count] = (uint32_t)(at + bit) << 6 | windows;
        count += windows != 0;
    }
    return count;
}

static inline __attribute__((always_inline)) size_t
filter(const struct ioc_keywords *set, const uint8_t *data, size_t size, size_t from, size_t to,
       step_1 step, uint32_t *places)
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

bool filter_have_vector(void)
{
    return __builtin_cpu_supports("avx2");
}

__attribute__((target("avx2")))
static inline __m256i load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

__attribute__((target("avx2")))
static inline __m256i table(const uint8_t nibbles[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)nibbles));
}

__attribute__((target("avx2")))
static inline uint32_t zero_bits(__m256i bytes)
{
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256()));
}

__attribute__((target("avx2")))
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

__attribute__((target("avx2")))
size_t filter_vector(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                     size_t from, size_t to, uint32_t *places)
{
    return filter(set, data, size, from, to, step_1_vector, places);
}

#else

bool filter_have_vector(void)
{
    return false;
}

size_t filter_vector(const struct ioc_keywords *set, const uint8_t *data, size_t size,
                     size_t from, size_t to, uint32_t *places)
{
    return filter_portable(set, data, size, from, to, places);
}

#endif
