/* SPDX-License-Identifier: Apache-2.0 */

/*
 * candidates: where an indicator can be.
 *
 * Every host, address, mail address and URL has a '.', '@' or "://" with
 * letters or digits beside it. Searching for these three bytes, 32 at a time,
 * leaves little for the code that looks closer. In UTF-16LE the neighbours are
 * two bytes away and the bytes between are zero; both alignments are the same
 * search, because it goes byte by byte.
 *
 *              before    at    behind
 *              alnum     .     alnum
 *              any       @     alnum
 *              alnum     :     /
 *
 * (UTF-16BE looks the same, one byte off.)
 */

#include "scan.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#define HAVE_AVX2 1
#endif

static bool is_alnum(unsigned byte)
{
    return character_classes[byte] & CHARACTER_ALNUM;
}

static bool fits(unsigned before, unsigned byte, unsigned behind)
{
    switch (byte) {
    case '.':
        return is_alnum(before) && is_alnum(behind);
    case '@':
        return is_alnum(behind);
    case ':':
        return is_alnum(before) && behind == '/';
    default:
        return false;
    }
}

size_t candidates_portable(const uint8_t *data, size_t size, size_t from, size_t to,
                           uint32_t *places)
{
    size_t count = 0;

    for (size_t at = from; at < to; at++) {
        unsigned byte = data[at];
        if (byte != '.' && byte != '@' && byte != ':')
            continue;
        /* a zero is no neighbour of anything, so it may stand for "beyond the data" */
        unsigned before = at >= 1 ? data[at - 1] : 0;
        unsigned behind = size - at > 1 ? data[at + 1] : 0;
        if (fits(before, byte, behind)) {
            places[count++] = (uint32_t)((at - from) << 1);
        } else if (before == 0 && behind == 0) {
            before = at >= 2 ? data[at - 2] : 0;
            behind = size - at > 2 ? data[at + 2] : 0;
            if (at >= 1 && size - at > 1 && fits(before, byte, behind))
                places[count++] = (uint32_t)((at - from) << 1 | 1);
        }
    }
    return count;
}

#ifdef HAVE_AVX2

bool candidates_have_vector(void)
{
    return __builtin_cpu_supports("avx2");
}

__attribute__((target("avx2")))
static inline __m256i between(__m256i bytes, char low, char high)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), bytes));
}

__attribute__((target("avx2")))
static inline __m256i alnum(__m256i bytes)
{
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));

    return _mm256_or_si256(between(lower, 'a', 'z'), between(bytes, '0', '9'));
}

/* fits(), for 32 bytes at once */
__attribute__((target("avx2")))
static inline __m256i fits_vector(__m256i before, __m256i dots, __m256i ats, __m256i colons,
                                  __m256i behind)
{
    __m256i alnum_before = alnum(before), alnum_behind = alnum(behind);
    __m256i slash_behind = _mm256_cmpeq_epi8(behind, _mm256_set1_epi8('/'));
    __m256i of_dots = _mm256_and_si256(dots, _mm256_and_si256(alnum_before, alnum_behind));
    __m256i of_ats = _mm256_and_si256(ats, alnum_behind);
    __m256i of_colons = _mm256_and_si256(colons, _mm256_and_si256(alnum_before, slash_behind));

    return _mm256_or_si256(of_dots, _mm256_or_si256(of_ats, of_colons));
}

__attribute__((target("avx2")))
static inline __m256i load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

/* Bits of the 32 bytes at `data` that are candidates; two bytes on either side
 * must be there. */
__attribute__((target("avx2")))
static inline void candidate_bits(const uint8_t *data, uint32_t *ascii, uint32_t *wide)
{
    __m256i bytes = load(data);
    __m256i dots = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('.'));
    __m256i ats = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('@'));
    __m256i colons = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(':'));
    __m256i any = _mm256_or_si256(dots, _mm256_or_si256(ats, colons));

    *ascii = *wide = 0;
    if (_mm256_testz_si256(any, any))
        return;
    __m256i before = load(data - 1), behind = load(data + 1);
    __m256i zero = _mm256_setzero_si256();
    __m256i spaced = _mm256_cmpeq_epi8(_mm256_or_si256(before, behind), zero);

    *ascii = (uint32_t)_mm256_movemask_epi8(fits_vector(before, dots, ats, colons, behind));
    if (_mm256_testz_si256(any, spaced))
        return;
    *wide = (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(
        spaced, fits_vector(load(data - 2), dots, ats, colons, load(data + 2))));
}

__attribute__((target("avx2")))
size_t candidates_vector(const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places)
{
    size_t count = 0, at = from;

    /* the first two and last two bytes of the data lack neighbours */
    while (at < to && at < 2)
        at++;
    count = candidates_portable(data, size, from, at, places);
    for (; at + 32 <= to && at + 34 <= size; at += 32) {
        uint32_t ascii, wide;

        candidate_bits(data + at, &ascii, &wide);
        for (uint32_t bits = ascii | wide; bits; bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctz(bits);
            places[count++] = (uint32_t)((at - from + bit) << 1) | (wide >> bit & 1);
        }
    }
    size_t more = candidates_portable(data, size, at, to, places + count);
    for (size_t i = count; i < count + more; i++)
        places[i] += (uint32_t)((at - from) << 1);
    return count + more;
}

#else

bool candidates_have_vector(void)
{
    return false;
}

size_t candidates_vector(const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places)
{
    return candidates_portable(data, size, from, to, places);
}

#endif
