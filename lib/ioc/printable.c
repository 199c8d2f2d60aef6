/* SPDX-License-Identifier: Apache-2.0 */

/*
 * printable: all printable strings. See ioc_strings.h.
 *
 * Bytes become bits, 64 at a time: is it printable, is it zero, ... From then on all
 * work is on bits, where a run is found by a few shifts. There are three streams of
 * runs, which are merged by offset:
 *
 *   bytes          a bit a byte: part of a printable character
 *   letters at     a bit for every other byte: it and the one two further are letters,
 *   even, odd      and the one between them is zero (a "link"); n links in a row are
 *   places         n + 1 letters
 *
 * The letters of UTF-16 have a zero behind each (little-endian) or before each
 * (big-endian); which of the two is seen at the ends of a run only.
 *
 *      q_a     q_b
 *   ?  L 0 L 0 L  ?      ? before: big-endian fits; ? behind: little-endian fits
 */

#include <string.h>

#include <fett/ioc_strings.h>
#include <fett/text.h>

#include "vector.h"

#ifdef HAVE_AVX2
#define TARGET __attribute__((target("avx2,bmi")))
#endif

/* Strings that begin in so many bytes are looked for at once. */
enum { STRETCH = 1 << 17 };
enum { WORDS = (IOC_STRINGS_BEFORE + STRETCH + IOC_STRINGS_BEHIND) / 64 + 3 };

enum { PIECE = LIMIT_STRING_PIECE_BYTES };

/* What 64 bytes are. */
struct classes {
    uint64_t ascii, zero;
    uint64_t latin; /* printable ISO 8859-1 beyond ASCII */
    /* of UTF-8: first bytes of two, all of which are printable characters; of two with
     * some that are not (0xc2, 0xd8); of more */
    uint64_t continuation, pair, doubtful_pair, longer;
};

typedef void (*classifier)(const uint8_t *data, struct classes *classes);

struct maps {
    const uint8_t *data; /* what the bits stand for, from the first */
    size_t size;
    uint64_t printable[WORDS], inner[WORDS]; /* inner: not the first byte of a character */
    uint64_t links[2][WORDS / 2 + 1];
};

struct stream {
    const struct maps *maps;
    const uint64_t *bits;
    size_t count;      /* bits */
    size_t begin_most; /* runs that begin behind this are not wanted */
    size_t first;      /* place of bit 0 */
    size_t step;       /* bytes a bit */
    size_t least;      /* bits of a run */
    size_t at;         /* next to look at */
    size_t run, run_end;
    bool in_run;       /* `at` is where the next piece of the run begins */
};

struct scan {
    const struct ioc_strings_options *options;
    uint64_t base; /* of the maps */
    struct maps maps;
};

/* --- bits ------------------------------------------------------------------- */

static size_t next_clear(const uint64_t *bits, size_t at, size_t count)
{
    while (at < count) {
        uint64_t clear = ~bits[at / 64] >> at % 64;
        if (clear)
            return at + (size_t)__builtin_ctzll(clear) < count
                       ? at + (size_t)__builtin_ctzll(clear)
                       : count;
        at += 64 - at % 64;
    }
    return count;
}

/* The first of `length` set bits in a row, 1 to 64; `count` for none. A word of zeros
 * stands behind the bits. */
static size_t next_run(const uint64_t *bits, size_t at, size_t count, size_t length)
{
    for (size_t word = at / 64; word * 64 < count; word++) {
        uint64_t low = bits[word], high = bits[word + 1];
        if (word == at / 64)
            low &= UINT64_MAX << at % 64;
        /* a bit of low & low >> 1 stands for two in a row, and so on */
        for (size_t have = 1, more; have < length && low; have += more) {
            more = length - have < have ? length - have : have;
            low &= low >> more | high << (64 - more);
            high &= high >> more;
        }
        if (low) {
            size_t found = word * 64 + (size_t)__builtin_ctzll(low);
            return found < count ? found : count;
        }
    }
    return count;
}

static size_t count_bits(const uint64_t *bits, size_t from, size_t to)
{
    size_t count = 0;

    for (; from < to; from += 64 - from % 64) {
        uint64_t word = bits[from / 64] >> from % 64;
        if (to - from < 64 - from % 64)
            word &= (UINT64_C(1) << (to - from)) - 1;
        count += (size_t)__builtin_popcountll(word);
    }
    return count;
}

/* The even bits, in the lower half. */
static uint64_t even_bits(uint64_t bits)
{
    bits &= UINT64_C(0x5555555555555555);
    bits = (bits | bits >> 1) & UINT64_C(0x3333333333333333);
    bits = (bits | bits >> 2) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    bits = (bits | bits >> 4) & UINT64_C(0x00ff00ff00ff00ff);
    bits = (bits | bits >> 8) & UINT64_C(0x0000ffff0000ffff);
    return (bits | bits >> 16) & UINT64_C(0xffffffff);
}

/* --- bytes to bits ---------------------------------------------------------- */

static inline void classify_portable(const uint8_t *data, struct classes *classes)
{
    *classes = (struct classes){ 0 };
    for (unsigned i = 0; i < 64; i++) {
        unsigned byte = data[i];
        classes->ascii |= (uint64_t)((byte >= 0x20 && byte < 0x7f) || byte == '\t') << i;
        classes->zero |= (uint64_t)(byte == 0) << i;
        classes->latin |= (uint64_t)(byte >= 0xa0 && byte != 0xad) << i;
        classes->continuation |= (uint64_t)(byte >= 0x80 && byte < 0xc0) << i;
        classes->pair |= (uint64_t)(byte >= 0xc3 && byte < 0xe0 && byte != 0xd8) << i;
        classes->doubtful_pair |= (uint64_t)(byte == 0xc2 || byte == 0xd8) << i;
        classes->longer |= (uint64_t)(byte >= 0xe0 && byte < 0xf5) << i;
    }
}

#ifdef HAVE_AVX2

/* As signed numbers, bytes from 0x80 are below zero: -128 and up. */
TARGET static inline __m256i above(__m256i bytes, int bound)
{
    return _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)(bound - 256 * (bound > 127))));
}

TARGET static inline __m256i below(__m256i bytes, int bound)
{
    return _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(bound - 256 * (bound > 127))), bytes);
}

TARGET static inline __m256i equal(__m256i bytes, int byte)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8((char)byte));
}

TARGET static inline uint64_t two(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

TARGET static inline __m256i is_ascii(__m256i bytes)
{
    return _mm256_or_si256(_mm256_andnot_si256(equal(bytes, 0x7f), above(bytes, 0x1f)),
                           equal(bytes, '\t'));
}

TARGET static inline __m256i is_latin(__m256i bytes)
{
    return _mm256_andnot_si256(equal(bytes, 0xad),
                               _mm256_and_si256(above(bytes, 0x9f), below(bytes, 0)));
}

TARGET static inline __m256i is_pair(__m256i bytes)
{
    return _mm256_andnot_si256(equal(bytes, 0xd8),
                               _mm256_and_si256(above(bytes, 0xc2), below(bytes, 0xe0)));
}

TARGET static inline __m256i is_doubtful_pair(__m256i bytes)
{
    return _mm256_or_si256(equal(bytes, 0xc2), equal(bytes, 0xd8));
}

TARGET static inline __m256i is_longer(__m256i bytes)
{
    return _mm256_and_si256(above(bytes, 0xdf), below(bytes, 0xf5));
}

TARGET static inline void classify_vector(const uint8_t *data, struct classes *classes)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)data);
    __m256i high = _mm256_loadu_si256((const __m256i *)(data + 32));

    *classes = (struct classes){ .ascii = two(is_ascii(low), is_ascii(high)),
                                 .zero = two(equal(low, 0), equal(high, 0)) };
    if (two(low, high) == 0)
        return;
    classes->latin = two(is_latin(low), is_latin(high));
    classes->continuation = two(below(low, 0xc0), below(high, 0xc0));
    classes->pair = two(is_pair(low), is_pair(high));
    classes->doubtful_pair = two(is_doubtful_pair(low), is_doubtful_pair(high));
    classes->longer = two(is_longer(low), is_longer(high));
}

#endif

/* Code points from 0x80 that are printable. */
static bool is_printable(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } others[] = {
        { 0x0080, 0x009f },   { 0x00ad, 0x00ad },   { 0x061c, 0x061c }, { 0x180e, 0x180e },
        { 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f }, { 0xd800, 0xf8ff },
        { 0xfdd0, 0xfdef },   { 0xfeff, 0xfeff },   { 0xfff0, 0xffff }, { 0x1fffe, 0x1ffff },
        { 0x2fffe, 0x2ffff }, { 0x3fffe, UINT32_MAX },
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (c <= others[i].last)
            return c < others[i].first;
    return false;
}

/* A character of UTF-8 beyond ASCII, if one is at a place. */
static void map_character(struct maps *maps, size_t at)
{
    size_t size = maps->size - at < 4 ? maps->size - at : 4, used;
    uint32_t c = text_code_point((const char *)maps->data + at, size, &used);

    if (used == 1 || !is_printable(c))
        return;
    for (size_t i = at; i < at + used; i++) {
        maps->printable[i / 64] |= UINT64_C(1) << i % 64;
        maps->inner[i / 64] |= (uint64_t)(i > at) << i % 64;
    }
}

static inline void map_links(struct maps *maps, size_t word, const struct classes *now,
                             const struct classes *next)
{
    uint64_t letters = now->ascii | now->latin, more = next->ascii | next->latin;
    uint64_t links = letters & (now->zero >> 1 | next->zero << 63) & (letters >> 2 | more << 62);

    if (!links)
        return;
    maps->links[0][word / 2] |= even_bits(links) << 32 * (word % 2);
    maps->links[1][word / 2] |= even_bits(links >> 1) << 32 * (word % 2);
}

static inline void map_utf8(struct maps *maps, size_t word, const struct classes *now,
                            const struct classes *next)
{
    uint64_t second = now->continuation >> 1 | next->continuation << 63;
    uint64_t third = now->continuation >> 2 | next->continuation << 62;
    uint64_t pairs = now->pair & second;
    uint64_t others = second & (now->doubtful_pair | (now->longer & third));

    maps->printable[word] |= pairs | pairs << 1;
    maps->inner[word] |= pairs << 1;
    maps->printable[word + 1] |= pairs >> 63;
    maps->inner[word + 1] |= pairs >> 63;
    for (; others; others &= others - 1)
        map_character(maps, word * 64 + (size_t)__builtin_ctzll(others));
}

static inline __attribute__((always_inline)) void
map_bytes(struct maps *maps, const struct ioc_strings_options *options, classifier classify)
{
    const uint32_t wide = 1u << IOC_UTF16LE | 1u << IOC_UTF16BE;
    size_t words = maps->size / 64 + 1;
    struct classes now, next;
    uint8_t last[64]; /* what fills it up belongs to nothing */

    memset(last, 1, sizeof last);
    memcpy(last, maps->data + maps->size / 64 * 64, maps->size % 64);
    classify(words > 1 ? maps->data : last, &now);
    for (size_t word = 0; word < words; word++, now = next) {
        next = (struct classes){ 0 };
        if (word + 1 < words)
            classify(word + 2 < words ? maps->data + (word + 1) * 64 : last, &next);
        maps->printable[word] |= now.ascii;
        if (options->encodings & wide)
            map_links(maps, word, &now, &next);
        if (options->encodings & 1u << IOC_UTF8)
            map_utf8(maps, word, &now, &next);
    }
}

static void map_portable(struct maps *maps, const struct ioc_strings_options *options)
{
    map_bytes(maps, options, classify_portable);
}

#ifdef HAVE_AVX2

TARGET static void map_vector(struct maps *maps, const struct ioc_strings_options *options)
{
    map_bytes(maps, options, classify_vector);
}

#else

static void map_vector(struct maps *maps, const struct ioc_strings_options *options)
{
    map_portable(maps, options);
}

#endif

static void make_maps(struct scan *scan, const uint8_t *data, size_t size)
{
    struct maps *maps = &scan->maps;
    size_t words = size / 64 + 2; /* one of zeros behind */

    maps->data = data;
    maps->size = size;
    memset(maps->printable, 0, words * sizeof *maps->printable);
    memset(maps->inner, 0, words * sizeof *maps->inner);
    for (int i = 0; i < 2; i++)
        memset(maps->links[i], 0, (words / 2 + 1) * sizeof *maps->links[i]);
    if (scan->options->portable || !vector_available())
        map_portable(maps, scan->options);
    else
        map_vector(maps, scan->options);
}

/* --- runs to strings -------------------------------------------------------- */

/* The bit at which the piece that begins at `at` must end, if the run goes on. */
static size_t cut_behind(const struct scan *scan, const struct stream *stream, size_t at)
{
    uint64_t offset = scan->base + stream->first + at * stream->step;
    uint64_t cut = (offset / PIECE + 1) * PIECE;

    if (at == stream->run) /* a piece's worth lies before the cut */
        cut = (offset + 2 * PIECE - 1) / PIECE * PIECE;
    at += (size_t)(cut - offset + stream->step - 1) / stream->step;
    while (stream->step == 1 && at < stream->count &&
           stream->maps->inner[at / 64] >> at % 64 & 1)
        at++;
    return at;
}

/* The next piece of a run: bits [*from, *to); false at the end. */
static bool next_piece(const struct scan *scan, struct stream *stream, size_t *from, size_t *to)
{
    size_t shortest = stream->least < 64 ? stream->least : 64;

    while (!stream->in_run) {
        stream->run = next_run(stream->bits, stream->at, stream->begin_most, shortest);
        if (stream->run >= stream->begin_most)
            return false;
        stream->at = stream->run;
        stream->run_end = next_clear(stream->bits, stream->run, stream->count);
        stream->in_run = stream->run_end - stream->run >= stream->least;
        if (!stream->in_run)
            stream->at = stream->run_end;
    }
    *from = stream->at;
    *to = cut_behind(scan, stream, stream->at);
    /* n links are n + 1 letters: the last of them may be a piece of its own */
    size_t end = stream->run_end + (stream->step == 2);
    if (*to >= end) {
        *to = end;
        stream->in_run = false;
    }
    stream->at = *to;
    return true;
}

static bool has_byte_string(const struct scan *scan, const struct stream *stream, size_t from,
                            size_t to, struct ioc_string *string)
{
    size_t inner = count_bits(stream->maps->inner, from, to);
    bool whole = from == stream->run && to == stream->run_end;

    string->offset = scan->base + from;
    string->length = (uint32_t)(to - from);
    string->characters = (uint32_t)(to - from - inner);
    string->encoding = inner > 0 ? IOC_UTF8 : IOC_ASCII;
    string->bytes = stream->maps->data + from;
    return scan->options->encodings & 1u << string->encoding &&
           (string->characters >= scan->options->least || !whole);
}

/* Letters as UTF-16, in the byte order that fits better. */
static bool has_wide_string(const struct scan *scan, const struct stream *stream, size_t from,
                            size_t to, struct ioc_string *string)
{
    const struct maps *maps = stream->maps;
    size_t first = stream->first + 2 * from, end = stream->first + 2 * to - 1;
    bool whole = from == stream->run && to == stream->run_end + 1;
    bool little_fits = end < maps->size && maps->data[end] == 0;
    bool big_fits = first > 0 && maps->data[first - 1] == 0;
    bool little = little_fits != big_fits ? little_fits : (scan->base + first) % 2 == 0;

    if (!(scan->options->encodings & 1u << IOC_UTF16LE))
        little = false;
    else if (!(scan->options->encodings & 1u << IOC_UTF16BE))
        little = true;
    if (!little)
        first += big_fits ? (size_t)-1 : 1;
    string->offset = scan->base + first;
    string->characters = (uint32_t)(to - from - (little ? !little_fits : !big_fits));
    string->length = 2 * string->characters;
    string->encoding = little ? IOC_UTF16LE : IOC_UTF16BE;
    string->bytes = maps->data + first;
    return string->characters >= (whole ? scan->options->least : 1);
}

static bool next_string(const struct scan *scan, struct stream *stream,
                        struct ioc_string *string)
{
    size_t from, to;

    while (next_piece(scan, stream, &from, &to))
        if (stream->step == 1 ? has_byte_string(scan, stream, from, to, string)
                              : has_wide_string(scan, stream, from, to, string))
            return true;
    return false;
}

/* Strings that begin in [from, to) of the maps. */
static void give_strings(const struct scan *scan, size_t from, size_t to, ioc_string_sink sink,
                         void *context)
{
    const struct maps *maps = &scan->maps;
    size_t least = scan->options->least;
    struct stream streams[3] = {
        { .bits = maps->printable, .count = maps->size, .begin_most = to, .step = 1,
          .least = least },
        { .bits = maps->links[0], .count = maps->size / 2, .begin_most = to / 2 + 1, .step = 2,
          .least = least - 1 },
        { .bits = maps->links[1], .count = maps->size / 2, .begin_most = to / 2 + 1, .step = 2,
          .least = least - 1, .first = 1 },
    };
    struct ioc_string strings[3];
    bool left[3];

    for (int i = 0; i < 3; i++) {
        streams[i].maps = maps;
        if (streams[i].begin_most > streams[i].count)
            streams[i].begin_most = streams[i].count;
        left[i] = next_string(scan, &streams[i], &strings[i]);
    }
    for (;;) {
        int first = -1;
        for (int i = 0; i < 3; i++)
            if (left[i] && (first < 0 || strings[i].offset < strings[first].offset))
                first = i;
        if (first < 0 || strings[first].offset >= scan->base + to)
            return;
        if (strings[first].offset >= scan->base + from)
            sink(context, &strings[first]);
        left[first] = next_string(scan, &streams[first], &strings[first]);
    }
}

int ioc_strings_check(const struct ioc_strings_options *options, struct error *error)
{
    if (options->least < 2 || options->least > LIMIT_STRING_LEAST_CHARACTERS)
        return error_set(error, ERROR_USAGE, "strings of at least %u characters: 2 to %d",
                         options->least, LIMIT_STRING_LEAST_CHARACTERS);
    return 0;
}

void ioc_strings_scan(const struct ioc_strings_options *options, const uint8_t *data, size_t size,
                      size_t start, size_t end, uint64_t base, ioc_string_sink sink,
                      void *context)
{
    struct scan scan;

    scan.options = options;
    for (size_t from = start; from < end; from += STRETCH) {
        size_t to = end - from < STRETCH ? end : from + STRETCH;
        size_t before = from < IOC_STRINGS_BEFORE ? from : IOC_STRINGS_BEFORE;
        size_t behind = size - to < IOC_STRINGS_BEHIND ? size - to : IOC_STRINGS_BEHIND;
        scan.base = base + from - before;
        make_maps(&scan, data + from - before, before + (to - from) + behind);
        give_strings(&scan, before, before + (to - from), sink, context);
    }
}
