/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_xor_search: where a literal may stand under any key.
 *
 * Of each literal, in ASCII and in UTF-16LE, two neighbouring differences are
 * looked for: the first two, or where those are zeros or alike, which is what
 * filling bytes have, later ones.
 */

#include <string.h>

#include "decode_xor.h"
#include "vector.h"

enum { FORMS = 2 * XOR_LITERALS, REACH = 8 };

/* Two differences, and how far behind the begin of the literal they are. */
struct form {
    uint8_t first, second, behind;
};

static void set_forms(struct form forms[FORMS])
{
    for (size_t i = 0; i < XOR_LITERALS; i++) {
        const char *text = xor_literals[i];
        size_t at = 0;
        while (text[at] == text[at + 1])
            at++;
        at -= at > 0; /* "www.": from the last w but one */
        forms[2 * i] = (struct form){ (uint8_t)(text[at] ^ text[at + 1]),
                                      (uint8_t)(text[at + 1] ^ text[at + 2]), (uint8_t)at };
        at += at > 0;
        forms[2 * i + 1] = (struct form){ (uint8_t)text[at], (uint8_t)text[at + 1],
                                          (uint8_t)(2 * at) };
    }
}

static bool fits(const struct form *form, const uint8_t *bytes)
{
    bytes += form->behind;
    return (bytes[0] ^ bytes[1]) == form->first && (bytes[1] ^ bytes[2]) == form->second;
}

/* From offset `at` on. */
static size_t search(const struct form forms[FORMS], const uint8_t *bytes, size_t size, size_t at,
                     size_t stretch, uint32_t *places)
{
    size_t count = 0;

    for (; at < stretch; at++) {
        uint8_t end[REACH] = { 0 };
        const uint8_t *here = bytes + at;
        if (size - at < REACH) { /* zeros behind the end fit nothing that is_literal takes */
            memcpy(end, here, size - at);
            here = end;
        }
        for (size_t i = 0; i < FORMS; i++)
            if (fits(&forms[i], here)) {
                places[count++] = (uint32_t)at;
                break;
            }
    }
    return count;
}

size_t xor_candidates_portable(const uint8_t *bytes, size_t size, size_t stretch,
                               uint32_t *places)
{
    struct form forms[FORMS];

    set_forms(forms);
    return search(forms, bytes, size, 0, stretch, places);
}

#ifdef HAVE_AVX2

__attribute__((target("avx2")))
static inline __m256i load(const uint8_t *bytes)
{
    return _mm256_loadu_si256((const __m256i *)bytes);
}

__attribute__((target("avx2")))
size_t xor_candidates_vector(const uint8_t *bytes, size_t size, size_t stretch,
                             uint32_t *places)
{
    struct form forms[FORMS];
    __m256i first[FORMS], second[FORMS];
    size_t count = 0, at = 0;

    set_forms(forms);
    for (size_t i = 0; i < FORMS; i++) {
        first[i] = _mm256_set1_epi8((char)forms[i].first);
        second[i] = _mm256_set1_epi8((char)forms[i].second);
    }
    for (; at + 32 <= stretch && at + 32 + REACH <= size; at += 32) {
        const uint8_t *here = bytes + at;
        __m256i next = load(here + 1);
        __m256i plain_first = _mm256_xor_si256(load(here), next);
        __m256i plain_second = _mm256_xor_si256(next, load(here + 2));
        __m256i found = _mm256_setzero_si256();

        for (size_t i = 0; i < FORMS; i++) {
            __m256i one = plain_first, two = plain_second;
            if (forms[i].behind > 0) {
                const uint8_t *behind = here + forms[i].behind;
                one = _mm256_xor_si256(load(behind), load(behind + 1));
                two = _mm256_xor_si256(load(behind + 1), load(behind + 2));
            }
            found = _mm256_or_si256(found, _mm256_and_si256(_mm256_cmpeq_epi8(one, first[i]),
                                                            _mm256_cmpeq_epi8(two, second[i])));
        }
        for (uint32_t bits = (uint32_t)_mm256_movemask_epi8(found); bits; bits &= bits - 1)
            places[count++] = (uint32_t)at + (uint32_t)__builtin_ctz(bits);
    }
    return count + search(forms, bytes, size, at, stretch, places + count);
}

#else

size_t xor_candidates_vector(const uint8_t *bytes, size_t size, size_t stretch,
                             uint32_t *places)
{
    return xor_candidates_portable(bytes, size, stretch, places);
}

#endif
