/* SPDX-License-Identifier: Apache-2.0 */

/*
 * candidates: where an indicator can be.
 *
 * Every kind has a byte that is rare and has certain neighbours. Searching for
 * such bytes, 32 at a time, leaves little for the code that looks closer. In
 * UTF-16 the neighbours are two bytes away and the bytes between are zero; both
 * byte orders (order.c) and both alignments are the same search, because it goes byte by
 * byte.
 *
 *              before    at    behind
 * MARK_HOST    alnum     .     alnum
 *              any       @     alnum
 *              alnum     :     /
 * MARK_GROUPS  hex       :     hex
 *              any       :     :
 * MARK_HEADER  t          :     printable
 * MARK_DASH    hex        -     hex
 * MARK_NAME    printable .     alnum
 * MARK_SHARE   \         \     alnum . ?
 * MARK_PATH    alnum : %  \     any
 *
 * A zero is no neighbour that is asked for on both sides, so that nothing can be
 * both. Only the marks that are asked for
 * cost time.
 */

#include "scan.h"
#include "vector.h"

static bool is_alnum(unsigned byte)
{
    return unit_is(byte, CHARACTER_ALNUM);
}

static bool is_hex(unsigned byte)
{
    return unit_is(byte, CHARACTER_HEX);
}

static bool is_printable(unsigned byte)
{
    return byte >= ' ' && byte <= '~';
}

static bool colon_fits(unsigned marks, unsigned before, unsigned behind)
{
    return ((marks & MARK_HOST) && is_alnum(before) && behind == '/') ||
           ((marks & MARK_GROUPS) && (behind == ':' || (is_hex(before) && is_hex(behind)))) ||
           ((marks & MARK_HEADER) && unit_lower(before) == 't' && is_printable(behind));
}

/* '.': the bytes of names, and blanks that hide types */
static bool dot_fits(unsigned marks, unsigned before, unsigned behind)
{
    return is_alnum(behind) && (((marks & MARK_HOST) && is_alnum(before)) ||
                                ((marks & MARK_NAME) && is_printable(before)));
}

static bool backslash_fits(unsigned marks, unsigned before, unsigned behind)
{
    return ((marks & MARK_SHARE) && before == '\\' &&
            (is_alnum(behind) || behind == '.' || behind == '?')) ||
           ((marks & MARK_PATH) && (is_alnum(before) || before == ':' || before == '%'));
}

static bool fits(unsigned marks, unsigned before, unsigned byte, unsigned behind)
{
    switch (byte) {
    case '.':
        return dot_fits(marks, before, behind);
    case '@':
        return (marks & MARK_HOST) && is_alnum(behind);
    case ':':
        return colon_fits(marks, before, behind);
    case '\\':
        return backslash_fits(marks, before, behind);
    case '-':
        return (marks & MARK_DASH) && is_hex(before) && is_hex(behind);
    default:
        return false;
    }
}

size_t candidates_portable(unsigned marks, const uint8_t *data, size_t size, size_t from,
                           size_t to, uint32_t *places)
{
    size_t count = 0;

    for (size_t at = from; at < to; at++) {
        unsigned byte = data[at];
        if (byte != '.' && byte != '@' && byte != ':' && byte != '\\' && byte != '-')
            continue;
        /* a zero is no neighbour of anything, so it may stand for "beyond the data" */
        unsigned before = at >= 1 ? data[at - 1] : 0;
        unsigned behind = size - at > 1 ? data[at + 1] : 0;
        if (fits(marks, before, byte, behind)) {
            places[count++] = (uint32_t)((at - from) << 1);
        } else if (before == 0 && behind == 0) {
            before = at >= 2 ? data[at - 2] : 0;
            behind = size - at > 2 ? data[at + 2] : 0;
            if (at >= 1 && size - at > 1 && fits(marks, before, byte, behind))
                places[count++] = (uint32_t)((at - from) << 1 | 1);
        }
    }
    return count;
}

#ifdef HAVE_AVX2

/* VECTOR: the search is compiled for the marks of the default kinds by itself; the
 * compiler would not put these into both. */
VECTOR __m256i between(__m256i bytes, char low, char high)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), bytes));
}

VECTOR __m256i alnum(__m256i bytes)
{
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));

    return _mm256_or_si256(between(lower, 'a', 'z'), between(bytes, '0', '9'));
}

VECTOR __m256i hex(__m256i bytes)
{
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));

    return _mm256_or_si256(between(lower, 'a', 'f'), between(bytes, '0', '9'));
}

VECTOR __m256i equal(__m256i bytes, char byte)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

VECTOR bool is_none(__m256i bits)
{
    return _mm256_testz_si256(bits, bits);
}

/* Where the bytes that marks have stand in a block of 32. */
struct anchors {
    __m256i dots, ats, colons, backslashes, dashes;
};

VECTOR __m256i colons_fit(unsigned marks, __m256i colons, __m256i before, __m256i behind)
{
    __m256i fit = _mm256_setzero_si256();

    if (marks & MARK_HOST)
        fit = _mm256_and_si256(alnum(before), equal(behind, '/'));
    if (marks & MARK_GROUPS) {
        fit = _mm256_or_si256(fit, equal(behind, ':'));
        fit = _mm256_or_si256(fit, _mm256_and_si256(hex(before), hex(behind)));
    }
    if (marks & MARK_HEADER) {
        __m256i lower = _mm256_or_si256(before, _mm256_set1_epi8(0x20));
        __m256i header = _mm256_and_si256(equal(lower, 't'), between(behind, ' ', '~'));
        fit = _mm256_or_si256(fit, header);
    }
    return _mm256_and_si256(colons, fit);
}

VECTOR __m256i backslashes_fit(unsigned marks, __m256i backslashes, __m256i before,
                                      __m256i behind)
{
    __m256i fit = _mm256_setzero_si256();

    if (marks & MARK_SHARE) {
        __m256i marked = _mm256_or_si256(equal(behind, '.'), equal(behind, '?'));
        fit = _mm256_and_si256(equal(before, '\\'), _mm256_or_si256(alnum(behind), marked));
    }
    if (marks & MARK_PATH) {
        __m256i marked = _mm256_or_si256(equal(before, ':'), equal(before, '%'));
        fit = _mm256_or_si256(fit, _mm256_or_si256(alnum(before), marked));
    }
    return _mm256_and_si256(backslashes, fit);
}

/* fits(), for 32 bytes at once */
VECTOR uint32_t fits_vector(unsigned marks, const struct anchors *anchors, __m256i before,
                                   __m256i behind)
{
    __m256i fit = _mm256_setzero_si256();

    if (marks & MARK_NAME)
        fit = _mm256_and_si256(anchors->dots, between(before, ' ', '~'));
    else if (marks & MARK_HOST)
        fit = _mm256_and_si256(anchors->dots, alnum(before));
    if (marks & MARK_HOST)
        fit = _mm256_or_si256(fit, anchors->ats);
    fit = _mm256_and_si256(fit, alnum(behind));
    if (!is_none(anchors->colons))
        fit = _mm256_or_si256(fit, colons_fit(marks, anchors->colons, before, behind));
    if (!is_none(anchors->backslashes))
        fit = _mm256_or_si256(fit, backslashes_fit(marks, anchors->backslashes, before, behind));
    if (marks & MARK_DASH) {
        __m256i dashes = _mm256_and_si256(anchors->dashes, hex(before));
        fit = _mm256_or_si256(fit, _mm256_and_si256(dashes, hex(behind)));
    }
    return (uint32_t)_mm256_movemask_epi8(fit);
}

VECTOR __m256i load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

/* Where anything can be, by what is behind, or before a backslash: a branch that
 * random bytes seldom take. */
VECTOR __m256i plausible(unsigned marks, const struct anchors *anchors, __m256i before,
                         __m256i behind)
{
    __m256i any = _mm256_or_si256(_mm256_or_si256(anchors->dots, anchors->ats),
                                  _mm256_or_si256(anchors->colons, anchors->dashes));
    char least = marks & MARK_HEADER ? ' ' : '/';
    __m256i text = _mm256_cmpgt_epi8(behind, _mm256_set1_epi8((char)(least - 1)));
    __m256i zero = equal(behind, 0), backslashes = anchors->backslashes;

    if (!(marks & MARK_PATH))
        backslashes = _mm256_and_si256(
            backslashes, _mm256_or_si256(equal(before, '\\'), equal(before, 0)));
    any = _mm256_and_si256(any, _mm256_or_si256(text, zero));
    return _mm256_or_si256(any, backslashes);
}

/* Bits of the 32 bytes at `data` that are candidates; two bytes on either side
 * must be there. */
VECTOR void candidate_bits(unsigned marks, const uint8_t *data, uint32_t *ascii, uint32_t *wide)
{
    __m256i bytes = load(data), before = load(data - 1), behind = load(data + 1);
    struct anchors anchors = { equal(bytes, '.'), equal(bytes, '@'), equal(bytes, ':'),
                               equal(bytes, '\\'), _mm256_setzero_si256() };
    if (marks & MARK_DASH)
        anchors.dashes = equal(bytes, '-');
    __m256i any = plausible(marks, &anchors, before, behind);

    *ascii = *wide = 0;
    if (is_none(any))
        return;
    __m256i spaced = equal(_mm256_or_si256(before, behind), 0);

    *ascii = fits_vector(marks, &anchors, before, behind);
    if (_mm256_testz_si256(any, spaced))
        return;
    *wide = (uint32_t)_mm256_movemask_epi8(spaced) &
            fits_vector(marks, &anchors, load(data - 2), load(data + 2));
}

VECTOR size_t search(unsigned marks, const uint8_t *data, size_t size, size_t from,
                            size_t to, uint32_t *places)
{
    size_t count = 0, at = from;

    /* the first two and last two bytes of the data lack neighbours */
    while (at < to && at < 2)
        at++;
    count = candidates_portable(marks, data, size, from, at, places);
    for (; at + 32 <= to && at + 34 <= size; at += 32) {
        uint32_t ascii, wide;

        candidate_bits(marks, data + at, &ascii, &wide);
        for (uint32_t bits = ascii | wide; bits; bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctz(bits);
            places[count++] = (uint32_t)((at - from + bit) << 1) | (wide >> bit & 1);
        }
    }
    size_t more = candidates_portable(marks, data, size, at, to, places + count);
    for (size_t i = count; i < count + more; i++)
        places[i] += (uint32_t)((at - from) << 1);
    return count + more;
}

/* The marks of the kinds that are looked for by default are known when this is
 * compiled. */
__attribute__((target("avx2")))
size_t candidates_vector(unsigned marks, const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places)
{
    return marks == MARKS_DEFAULT ? search(MARKS_DEFAULT, data, size, from, to, places)
                                  : search(marks, data, size, from, to, places);
}

#else

size_t candidates_vector(unsigned marks, const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places)
{
    return candidates_portable(marks, data, size, from, to, places);
}

#endif
