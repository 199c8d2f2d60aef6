/* SPDX-License-Identifier: Apache-2.0 */

/* sift: see sift.h. */

#include <string.h>

#include "scan.h"
#include "vector.h"

/* So many bytes on either side are looked at with a byte. */
enum { EDGE = HOST_LENGTH_MIN };

/*
 * What may begin with a byte, and what the byte behind may then be: two bytes that have one of
 * these in common are worth a look. Each is the bytes behind whose upper half and whose lower
 * half are in two sets, which may be more than is meant.
 *
 *              begins with  behind                           in halves
 */
enum {
    WORD = 1,     /* . : \ - _   alnum : ? \ and others         3-7, any */
    MAIL = 2,     /* @           the same                       3-7, any */
    HEADER = 4,   /* :           printable                      2, any */
    FOLDER = 8,   /* \           any */
    STROKE = 16,  /* : \ % [ ( { , - . /                         2, c-f */
    AT = 32,      /* [ ( {       @ a d                          4 6, 0 1 4 */
    COLON = 64,   /* [ ( {       : p                            3 5 7, 0 a */
    ESCAPE = 128, /* . \ %       ) ] \ 2                         2 3 5, 2 9 c d */
    BRACKET = STROKE | AT | COLON,
    CANDIDATE = WORD | MAIL | HEADER | FOLDER | STROKE,
    MARK = STROKE | AT | COLON | ESCAPE,
};

static void add_first(struct sieve *sieve, uint8_t byte, unsigned begins)
{
    sieve->first[byte & 15] = byte;
    sieve->begins[byte & 15] |= (uint8_t)begins;
}

static void add_behind(struct sieve *sieve, unsigned what, unsigned highs, unsigned lows)
{
    for (unsigned half = 0; half < 16; half++) {
        sieve->high[half] |= highs >> half & 1 ? (uint8_t)what : 0;
        sieve->low[half] |= lows >> half & 1 ? (uint8_t)what : 0;
    }
}

/* The lower halves of what begins anything differ, but for '{', which has that of '['. */
void sieve_init(struct sieve *sieve, unsigned marks)
{
    enum { ANY = 0xffff };

    *sieve = (struct sieve){ .always = marks & MARK_PATH ? FOLDER : 0 };
    memset(sieve->first, 0xff, sizeof sieve->first); /* which has another half, or begins nothing */
    add_first(sieve, '.', WORD | ESCAPE);
    add_first(sieve, '@', MAIL);
    add_first(sieve, ':', WORD | STROKE | (marks & MARK_HEADER ? HEADER : 0));
    add_first(sieve, '\\', WORD | STROKE | ESCAPE | (marks & MARK_PATH ? FOLDER : 0));
    add_first(sieve, '%', ESCAPE | (marks & MARK_PATH ? STROKE : 0));
    add_first(sieve, '[', BRACKET);
    add_first(sieve, '(', BRACKET);
    if (marks & MARK_DASH) {
        add_first(sieve, '-', WORD);
        add_first(sieve, '_', WORD);
    }
    add_behind(sieve, WORD | MAIL, 0xf8, ANY);
    add_behind(sieve, HEADER, 1 << 2, ANY);
    add_behind(sieve, STROKE, 1 << 2, 0xf000);
    add_behind(sieve, AT, 1 << 4 | 1 << 6, 1 << 0 | 1 << 1 | 1 << 4);
    add_behind(sieve, COLON, 1 << 3 | 1 << 5 | 1 << 7, 1 << 0 | 1 << 0xa);
    add_behind(sieve, ESCAPE, 1 << 2 | 1 << 3 | 1 << 5, 1 << 2 | 1 << 9 | 1 << 0xc | 1 << 0xd);
}

#ifdef HAVE_AVX2

/* Bytes that are sifted at once. */
enum { BLOCK = 32 };

VECTOR __m256i load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

VECTOR __m256i load_table(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

VECTOR __m256i equal(__m256i bytes, char byte)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

struct tables {
    __m256i first, begins, low, high, always;
};

VECTOR __m256i begins(const struct tables *tables, __m256i bytes)
{
    __m256i any = _mm256_or_si256(
        _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(tables->first, bytes)), equal(bytes, '{'));

    return _mm256_and_si256(any, _mm256_shuffle_epi8(tables->begins, bytes));
}

/* What a byte may be behind; nothing is it beyond ASCII. */
VECTOR __m256i goes_on(const struct tables *tables, __m256i bytes)
{
    __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));

    return _mm256_and_si256(_mm256_shuffle_epi8(tables->low, bytes),
                            _mm256_shuffle_epi8(tables->high, upper));
}

/* What may go on behind each of the 32 bytes at `data`: anything before a zero, as in UTF-16; a
 * name where letters beyond ASCII may be; no mail address where text ends before a host could, as
 * in _open@8. */
VECTOR __m256i behind_bits(const struct tables *tables, const uint8_t *data)
{
    const __m256i heads = _mm256_set1_epi8((char)0xc3); /* of letters in UTF-8 are from here on */
    const __m256i tails = _mm256_set1_epi8((char)0xc0); /* those behind are below */
    __m256i behind = load(data + 1), next = load(data + 2);
    __m256i letter = _mm256_and_si256(_mm256_cmpeq_epi8(behind, _mm256_max_epu8(behind, heads)),
                                      _mm256_cmpgt_epi8(tails, next));
    __m256i foreign = _mm256_or_si256(letter, equal(load(data - 1), 0));
    __m256i rest = _mm256_min_epu8(_mm256_min_epu8(next, load(data + 3)), load(data + 4));
    __m256i any = _mm256_andnot_si256(_mm256_and_si256(equal(rest, 0), _mm256_set1_epi8(MAIL)),
                                      goes_on(tables, behind));

    any = _mm256_or_si256(any, _mm256_or_si256(tables->always, equal(behind, 0)));
    return _mm256_or_si256(any, _mm256_and_si256(foreign, _mm256_set1_epi8(WORD | MAIL)));
}

VECTOR __m256i plausible(const struct tables *tables, const uint8_t *data)
{
    return _mm256_and_si256(begins(tables, load(data)), behind_bits(tables, data));
}

/* The places in a block that has any. */
VECTOR void add_places(__m256i plausible, uint8_t what, size_t block, struct places *places)
{
    __m256i none = equal(_mm256_and_si256(plausible, _mm256_set1_epi8((char)what)), 0);

    for (uint32_t bits = ~(uint32_t)_mm256_movemask_epi8(none); bits; bits &= bits - 1)
        places->places[places->count++] =
            (uint16_t)(BLOCK * block + (unsigned)__builtin_ctz(bits));
}

__attribute__((target("avx2")))
static void sift_blocks(const struct sieve *sieve, const uint8_t *data, size_t count,
                        struct sifted *sifted)
{
    const struct tables tables = { load_table(sieve->first), load_table(sieve->begins),
                                   load_table(sieve->low), load_table(sieve->high),
                                   _mm256_set1_epi8((char)sieve->always) };
    __m256i left[STRETCH / BLOCK + 1];
    uint16_t blocks[STRETCH / BLOCK + 1];
    size_t left_count = 0;

    for (size_t i = 0; i < count; i++) {
        /* no branch: what is not to stay is written over */
        left[left_count] = plausible(&tables, data + BLOCK * i);
        blocks[left_count] = (uint16_t)i;
        left_count += !_mm256_testz_si256(left[left_count], left[left_count]);
    }
    for (size_t i = 0; i < left_count; i++) {
        add_places(left[i], CANDIDATE, blocks[i], &sifted->candidates);
        add_places(left[i], MARK, blocks[i], &sifted->words);
    }
}

#endif

void sift(const struct sieve *sieve, bool vector, const uint8_t *data, size_t size, size_t from,
          size_t to, struct sifted *sifted)
{
    size_t end = size < EDGE ? 0 : to < size - EDGE ? to : size - EDGE;

    sifted->begin = from > EDGE ? from : to < EDGE ? to : EDGE;
    sifted->end = sifted->begin;
    sifted->candidates.count = sifted->words.count = 0;
    if (!vector || end < sifted->begin)
        return;
#ifdef HAVE_AVX2
    size_t count = (end - sifted->begin) / BLOCK;
    sifted->end += BLOCK * count;
    sift_blocks(sieve, data + sifted->begin, count, sifted);
#else
    (void)sieve, (void)data;
#endif
}
