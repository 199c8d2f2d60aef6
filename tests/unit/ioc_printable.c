/* SPDX-License-Identifier: Apache-2.0 */

/* ioc_strings: by hand, against the definition applied byte by byte, in parts, and
 * with and without vector instructions. */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/ioc_strings.h>
#include <fett/text.h>

#include "tap.h"

enum { PIECE = LIMIT_STRING_PIECE_BYTES };

struct string {
    uint64_t offset, encoding;
    uint32_t length, characters;
};

struct strings {
    struct string *strings;
    size_t count, capacity;
    const uint8_t *data; /* of the whole, or NULL */
    bool bytes_fit;
};

static void keep(void *context, const struct ioc_string *string)
{
    struct strings *strings = context;

    if (memory_grow((void **)&strings->strings, &strings->capacity, strings->count + 1,
                    sizeof *strings->strings) != 0)
        exit(2);
    strings->strings[strings->count++] = (struct string){ string->offset, string->encoding,
                                                          string->length, string->characters };
    if (strings->data)
        strings->bytes_fit &=
            memcmp(strings->data + string->offset, string->bytes, string->length) == 0;
}

static bool same_strings(const struct strings *a, const struct strings *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (memcmp(&a->strings[i], &b->strings[i], sizeof *a->strings) != 0) {
            const struct string *x = &a->strings[i], *y = &b->strings[i];
            printf("# string %zu: %llu+%u %u %u, or %llu+%u %u %u\n", i,
                   (unsigned long long)x->offset, x->length, x->characters,
                   (unsigned)x->encoding, (unsigned long long)y->offset, y->length,
                   y->characters, (unsigned)y->encoding);
            return false;
        }
    if (a->count != b->count)
        printf("# %zu strings, or %zu\n", a->count, b->count);
    return a->count == b->count;
}

/* --- the definition ---------------------------------------------------------- */

static bool is_ascii(unsigned c)
{
    return c == '\t' || (c >= 0x20 && c <= 0x7e);
}

/* Bytes of the printable character at a place, 0 for none. */
static size_t character(const uint8_t *data, size_t size, size_t at, bool utf8)
{
    size_t used;

    if (at >= size)
        return 0;
    if (data[at] < 0x80)
        return is_ascii(data[at]);
    uint32_t c = text_code_point((const char *)data + at, size - at, &used);
    bool hidden = c < 0xa0 || c == 0xad || c == 0x61c || c == 0x180e ||
                  (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
                  (c >= 0x2060 && c <= 0x206f) || (c >= 0xd800 && c <= 0xf8ff) ||
                  (c >= 0xfdd0 && c <= 0xfdef) || c == 0xfeff || (c >= 0xfff0 && c <= 0xffff) ||
                  (c & 0xfffe) == 0xfffe || c > 0x3ffff;
    return utf8 && used > 1 && !hidden ? used : 0;
}

/* Where a piece that begins at `from` of a run from `run` on must end. */
static size_t cut(size_t run, size_t from)
{
    size_t at = (from / PIECE + 1) * PIECE;

    while (at - run < PIECE)
        at += PIECE;
    return at;
}

static void define_bytes(const struct ioc_strings_options *options, const uint8_t *data,
                         size_t size, struct strings *strings)
{
    bool utf8 = options->encodings & 1u << IOC_UTF8;

    for (size_t run = 0, end; run < size; run = end + (end < size)) {
        size_t all = 0;
        for (end = run; character(data, size, end, utf8); all++)
            end += character(data, size, end, utf8);
        for (size_t from = run, at; all >= options->least && from < end; from = at) {
            struct ioc_string string = { .offset = from, .encoding = IOC_ASCII,
                                         .bytes = data + from };
            size_t most = cut(run, from);
            for (at = from; at < most && at < end; string.characters++) {
                if (data[at] >= 0x80)
                    string.encoding = IOC_UTF8;
                at += character(data, size, at, utf8);
            }
            string.length = (uint32_t)(at - from);
            if (options->encodings & 1u << string.encoding)
                keep(strings, &string);
        }
    }
}

static bool is_letter(const uint8_t *data, size_t size, size_t at)
{
    return at < size && (is_ascii(data[at]) || (data[at] >= 0xa0 && data[at] != 0xad));
}

static void define_wide(const struct ioc_strings_options *options, const uint8_t *data,
                        size_t size, size_t first, struct strings *strings)
{
    for (size_t run = first, end; run < size; run = end) {
        end = run + 2;
        if (!is_letter(data, size, run))
            continue;
        while (is_letter(data, size, end) && data[end - 1] == 0)
            end += 2;
        for (size_t from = run, at; from < end; from = at) {
            for (at = from; at < cut(run, from) && at < end; at += 2)
                continue;
            bool little = at - 1 < size && data[at - 1] == 0;
            bool big = from > 0 && data[from - 1] == 0;
            size_t letters = (at - from) / 2;
            bool as_little = little == big ? from % 2 == 0 : little;
            if (!(options->encodings & 1u << IOC_UTF16LE))
                as_little = false;
            if (!(options->encodings & 1u << IOC_UTF16BE))
                as_little = true;
            letters -= as_little ? !little : !big;
            size_t offset = as_little ? from : big ? from - 1 : from + 1;
            struct ioc_string string = { .offset = offset, .length = (uint32_t)(2 * letters),
                                         .characters = (uint32_t)letters,
                                         .encoding = as_little ? IOC_UTF16LE : IOC_UTF16BE,
                                         .bytes = data + offset };
            bool whole = from == run && at == end;
            if (letters >= (whole ? options->least : 1) &&
                options->encodings & (1u << IOC_UTF16LE | 1u << IOC_UTF16BE))
                keep(strings, &string);
        }
    }
}

static int compare_strings(const void *a, const void *b)
{
    const struct string *x = a, *y = b;

    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->encoding > y->encoding) - (x->encoding < y->encoding);
}

static void define(const struct ioc_strings_options *options, const uint8_t *data, size_t size,
                   struct strings *strings)
{
    strings->count = 0;
    define_bytes(options, data, size, strings);
    define_wide(options, data, size, 0, strings);
    define_wide(options, data, size, 1, strings);
    if (strings->count > 0)
        qsort(strings->strings, strings->count, sizeof *strings->strings, compare_strings);
}

/* --- tests -------------------------------------------------------------------- */

/* Part after part, each with its margins in memory of its own. */
static void scan_parts(const struct ioc_strings_options *options, const uint8_t *data,
                       size_t size, size_t part, struct strings *strings)
{
    strings->count = 0;
    strings->data = data;
    for (size_t at = 0; at < size; at += part) {
        size_t end = size - at < part ? size : at + part;
        size_t from = at < IOC_STRINGS_BEFORE ? 0 : at - IOC_STRINGS_BEFORE;
        size_t to = size - end < IOC_STRINGS_BEHIND ? size : end + IOC_STRINGS_BEHIND;
        uint8_t *copy = malloc(to - from);
        if (!copy)
            exit(2);
        memcpy(copy, data + from, to - from);
        ioc_strings_scan(options, copy, to - from, at - from, end - from, from, keep, strings);
        free(copy);
    }
}

static uint32_t seed = 7;

static uint32_t random_below(uint32_t most)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * most >> 32);
}

/* Text in all encodings, noise and zeros; runs up to `longest` characters. */
static void fill(uint8_t *data, size_t size, uint32_t longest)
{
    static const char *const characters[] = {
        "a", "Z", "~", "\t", "\xc3\xa9", "\xd8\x9c", "\xd8\x9d", "\xc2\xa0", "\xc2\x9f", "\xdf\xbf",
        "\xe2\x82\xac", "\xe2\x80\x8b", "\xed\xa0\x80", "\xe0\xa0\x80", "\xe0\x80\x80",
        "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbd", "\xe1\xa0\x8e", "\xf0\xbf\xbf\xbd",
    };

    for (size_t at = 0; at < size;) {
        uint32_t what = random_below(7), count = 1 + random_below(1 + random_below(longest));
        uint32_t kinds = random_below(3) == 0 ? 20 : random_below(2) ? 5 : 4;
        for (uint32_t i = 0; i < count && at < size; i++) {
            const char *c = characters[random_below(kinds)];
            if (what < 2) {
                for (; *c && at < size; c++)
                    data[at++] = (uint8_t)*c;
            } else if (what < 4) {
                data[at++] = what == 2 ? 0 : (uint8_t)(kinds == 20 ? random_below(256) : 'x');
                if (at < size)
                    data[at++] = what == 3 ? 0 : (uint8_t)(kinds == 20 ? random_below(256) : 'y');
            } else {
                data[at++] = what == 4 ? 0 : (uint8_t)random_below(256);
                i += 7;
            }
        }
    }
}

static bool agree(const struct ioc_strings_options *options, const uint8_t *data, size_t size,
                  size_t part)
{
    struct strings expected = { 0 }, got = { .bytes_fit = true };
    struct ioc_strings_options portable = *options;
    bool equal = true;

    portable.portable = true;
    define(options, data, size, &expected);
    scan_parts(options, data, size, size, &got);
    equal &= same_strings(&expected, &got);
    scan_parts(options, data, size, part, &got);
    equal &= same_strings(&expected, &got);
    scan_parts(&portable, data, size, size, &got);
    equal &= same_strings(&expected, &got) && got.bytes_fit;
    free(expected.strings);
    free(got.strings);
    return equal;
}

static void test_random(void)
{
    enum { SIZE = 200000 };
    static uint8_t data[SIZE];
    static const uint32_t encodings[] = { 0x1f, 1u << IOC_ASCII, 1u << IOC_UTF8,
                                          1u << IOC_UTF16LE, 1u << IOC_UTF16BE,
                                          1u << IOC_ASCII | 1u << IOC_UTF16LE };
    bool equal = true;

    for (int i = 0; i < 600 && equal; i++) {
        struct ioc_strings_options options = { encodings[i % 6], 2 + random_below(9), false };
        size_t size = 1 + random_below(500);
        fill(data, size, 12);
        equal &= agree(&options, data, size, 1 + random_below(70));
    }
    ok(equal, "short data is as defined");
    for (int i = 0; i < 24 && equal; i++) {
        struct ioc_strings_options options = { encodings[i % 6], 2 + random_below(100), false };
        fill(data, SIZE, i % 2 ? 20000 : 300);
        equal &= agree(&options, data, SIZE, 500 + random_below(20000));
    }
    ok(equal, "long runs are");
}

static void test_splits(void)
{
    struct ioc_strings_options options = IOC_STRINGS_OPTIONS_DEFAULT;
    struct strings whole = { 0 }, parts = { 0 };
    uint8_t data[200];
    bool equal = true;

    for (int i = 0; i < 20; i++) {
        fill(data, sizeof data, 20);
        scan_parts(&options, data, sizeof data, sizeof data, &whole);
        for (size_t part = 1; part < sizeof data; part++) {
            scan_parts(&options, data, sizeof data, part, &parts);
            equal &= same_strings(&whole, &parts);
        }
    }
    ok(equal, "parts of every size put together are the whole");
    free(whole.strings);
    free(parts.strings);
}

static void finds(uint32_t encodings, const void *data, size_t size, const char *expected)
{
    struct ioc_strings_options options = IOC_STRINGS_OPTIONS_DEFAULT;
    struct strings strings = { 0 };
    struct buffer text = BUFFER_INIT;

    if (encodings)
        options.encodings = encodings;
    scan_parts(&options, data, size, size, &strings);
    for (size_t i = 0; i < strings.count; i++)
        buffer_add_format(&text, "%s%llu+%u %s", i > 0 ? ", " : "",
                          (unsigned long long)strings.strings[i].offset,
                          strings.strings[i].length,
                          ioc_encoding_name((enum ioc_encoding)strings.strings[i].encoding));
    same_text(buffer_text(&text), expected, expected);
    buffer_release(&text);
    free(strings.strings);
}

#define FINDS(encodings, data, expected) finds(encodings, data, sizeof data - 1, expected)

static void test_by_hand(void)
{
    FINDS(0, "abc\0abcd\n\tx y", "4+4 ascii, 9+4 ascii");
    FINDS(0, "\x7f" "abcd\x80", "1+4 ascii");
    FINDS(0, "caf\xc3\xa9 caf\xc3", "0+9 utf-8");
    FINDS(1u << IOC_ASCII, "abcd\xc3\xa9 caf", "0+4 ascii, 6+4 ascii");
    FINDS(1u << IOC_UTF8, "abcd\1caf\xc3\xa9", "5+5 utf-8");
    FINDS(0, "a\0b\0c\0d\0", "0+8 utf-16le");
    FINDS(0, "xa\0b\0c\0d\0", "1+8 utf-16le");
    FINDS(0, "\0a\0b\0c\0d", "0+8 utf-16be");
    FINDS(0, "\0a\0b\0c\0d\0", "0+8 utf-16be");
    FINDS(0, "\0\0a\0b\0c\0d\0", "2+8 utf-16le");
    FINDS(0, "\1\0a\0b\0c\0\xe9\0", "2+8 utf-16le");
    FINDS(1u << IOC_UTF16BE, "\0\0a\0b\0c\0d\0", "1+8 utf-16be");
    FINDS(0, "a\0b\0c\0d", "");
    FINDS(0, "a\0b\0c\0d\0e", "0+8 utf-16le");
    FINDS(0, "abcd\0e\0f\0g\0", "0+4 ascii, 3+8 utf-16le");
}

static void test_long(void)
{
    static uint8_t data[3 * PIECE + 101];

    memset(data, 'a', sizeof data);
    data[0] = 0;
    finds(0, data, sizeof data, "1+8191 ascii, 8192+4096 ascii, 12288+101 ascii");
    for (size_t i = 0; i < sizeof data; i += 2)
        data[i] = 0;
    finds(0, data, sizeof data, "0+8192 utf-16be, 8192+4096 utf-16be, 12288+100 utf-16be");
}

static void test_options(void)
{
    struct ioc_strings_options options = IOC_STRINGS_OPTIONS_DEFAULT;
    struct error error = ERROR_INIT;

    same_number(ioc_strings_check(&options, &error), 0, "the defaults");
    options.least = 1;
    same_number(ioc_strings_check(&options, &error), -1, "strings of one character");
    same_text(error.text, "strings of at least 1 characters: 2 to 1024", "are refused");
}

int main(void)
{
    test_by_hand();
    test_options();
    test_long();
    test_splits();
    test_random();
    return tap_done();
}
