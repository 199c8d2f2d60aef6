/* SPDX-License-Identifier: Apache-2.0 */

/* ioc_keywords: the search against one that compares every word at every byte, in
 * random data with words planted in every form; parts against the whole; keyword
 * files. */

#include <stdlib.h>

#include <fett/ioc_keywords.h>
#include <fett/text.h>

#include "tap.h"

struct hit {
    uint64_t offset;
    uint32_t length, keyword;
    uint32_t encoding, doubtful;
};

struct hits {
    struct hit *hits;
    size_t count, capacity;
};

static void keep(void *context, const struct ioc_keyword_hit *hit)
{
    struct hits *hits = context;

    if (memory_grow((void **)&hits->hits, &hits->capacity, hits->count + 1,
                    sizeof *hits->hits) != 0)
        exit(2);
    hits->hits[hits->count++] = (struct hit){ hit->offset, hit->length, hit->keyword,
                                              hit->encoding, hit->doubtful };
}

static bool same_hits(const struct hits *a, const struct hits *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (memcmp(&a->hits[i], &b->hits[i], sizeof *a->hits) != 0) {
            printf("# hit %zu: %llu+%u keyword %u encoding %u %u, or %llu+%u %u %u %u\n", i,
                   (unsigned long long)a->hits[i].offset, a->hits[i].length, a->hits[i].keyword,
                   a->hits[i].encoding, a->hits[i].doubtful,
                   (unsigned long long)b->hits[i].offset, b->hits[i].length, b->hits[i].keyword,
                   b->hits[i].encoding, b->hits[i].doubtful);
            return false;
        }
    if (a->count != b->count)
        printf("# %zu hits, or %zu\n", a->count, b->count);
    return a->count == b->count;
}

/* --- the reference: by definition ----------------------------------------- */

/* A letter in one encoding, in all its cases. */
struct letter {
    uint8_t bytes[3][4];
    unsigned cases, size;
};

struct form {
    uint32_t keyword;
    enum ioc_encoding encoding;
    size_t length; /* letters */
    struct letter *letters;
};

struct reference {
    struct form *forms;
    size_t count, capacity;
    const struct form **by_byte[256];
    size_t by_byte_count[256];
};

static unsigned encode(uint32_t c, enum ioc_encoding encoding, uint8_t bytes[4])
{
    struct buffer text = BUFFER_INIT, upper = BUFFER_INIT;
    unsigned size = 0;

    if (encoding == IOC_UTF16LE || encoding == IOC_UTF16BE) {
        uint32_t units[2] = { c, 0 };
        if (c >= 0x10000) {
            units[0] = 0xd800 + ((c - 0x10000) >> 10);
            units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        for (int i = 0; i < (c >= 0x10000 ? 2 : 1); i++) {
            bytes[size++] = (uint8_t)(encoding == IOC_UTF16LE ? units[i] : units[i] >> 8);
            bytes[size++] = (uint8_t)(encoding == IOC_UTF16LE ? units[i] >> 8 : units[i]);
        }
        return size;
    }
    text_add_code_point(&text, c);
    if (encoding == IOC_WINDOWS_1252) {
        for (unsigned byte = 1; byte < 256 && size == 0; byte++) {
            uint8_t one = (uint8_t)byte;
            buffer_clear(&upper);
            text_add_cp1252(&upper, &one, 1);
            if (strcmp(buffer_text(&upper), buffer_text(&text)) == 0)
                bytes[size++] = one;
        }
    } else {
        memcpy(bytes, text.data, size = (unsigned)text.length);
    }
    buffer_release(&text);
    buffer_release(&upper);
    return size;
}

static bool alike(uint32_t a, uint32_t b)
{
    return a == b || ((a < 0x80) == (b < 0x80) && text_fold(a) == text_fold(b));
}

/* Code points from the first to before the last that may differ from c in case only. */
static uint32_t first_alike(uint32_t c)
{
    return c < 0x80 ? 0 : 0x80;
}

static uint32_t last_alike(uint32_t c)
{
    return c < 0x80 ? 0x80 : 0x600;
}

static bool set_letter(struct letter *letter, uint32_t c, enum ioc_encoding encoding, bool nocase)
{
    letter->cases = 1;
    letter->size = encode(c, encoding, letter->bytes[0]);
    for (uint32_t other = first_alike(c); nocase && other < last_alike(c); other++)
        if (other != c && alike(c, other) && letter->cases < 3 &&
            encode(other, encoding, letter->bytes[letter->cases]) > 0)
            letter->cases++;
    return letter->size > 0;
}

static bool is_ascii(const char *word)
{
    while (*word && !(*word & 0x80))
        word++;
    return *word == '\0';
}

static void add_form(struct reference *reference, uint32_t keyword, const char *word,
                     enum ioc_encoding encoding, bool nocase)
{
    bool wide = encoding == IOC_UTF16LE || encoding == IOC_UTF16BE, possible = true;

    if (!wide && is_ascii(word) != (encoding == IOC_ASCII))
        return;
    struct form form = { keyword, encoding, 0, calloc(strlen(word), sizeof *form.letters) };
    for (size_t used; *word; word += used) {
        uint32_t c = text_code_point(word, strlen(word), &used);
        possible &= set_letter(&form.letters[form.length++], c, encoding, nocase);
    }
    if (memory_grow((void **)&reference->forms, &reference->capacity, reference->count + 1,
                    sizeof *reference->forms) != 0)
        exit(2);
    if (possible)
        reference->forms[reference->count++] = form;
    else
        free(form.letters);
}

static void reference_init(struct reference *reference, const char *const *words, size_t count,
                           bool nocase)
{
    memset(reference, 0, sizeof *reference);
    for (size_t i = 0; i < count; i++)
        for (int encoding = 0; encoding < IOC_ENCODING_COUNT; encoding++)
            add_form(reference, (uint32_t)i, words[i], (enum ioc_encoding)encoding, nocase);
    for (int byte = 0; byte < 256; byte++) {
        reference->by_byte[byte] = calloc(reference->count, sizeof **reference->by_byte);
        for (size_t i = 0; i < reference->count; i++) {
            const struct letter *first = &reference->forms[i].letters[0];
            bool fits = false;
            for (unsigned k = 0; k < first->cases; k++)
                fits |= first->bytes[k][0] == byte;
            if (fits)
                reference->by_byte[byte][reference->by_byte_count[byte]++] = &reference->forms[i];
        }
    }
}

static void reference_release(struct reference *reference)
{
    for (size_t i = 0; i < reference->count; i++)
        free(reference->forms[i].letters);
    for (int byte = 0; byte < 256; byte++)
        free(reference->by_byte[byte]);
    free(reference->forms);
}

/* The length of a form at a place, or 0. */
static size_t stands(const struct form *form, const uint8_t *data, size_t size, size_t at)
{
    size_t start = at;

    for (size_t i = 0; i < form->length; i++) {
        const struct letter *letter = &form->letters[i];
        bool found = false;
        for (unsigned k = 0; k < letter->cases && !found; k++)
            found = size - at >= letter->size &&
                    memcmp(letter->bytes[k], data + at, letter->size) == 0;
        if (!found)
            return 0;
        at += letter->size;
    }
    return at - start;
}

static void reference_scan(const struct reference *reference, const uint8_t *data, size_t size,
                           struct hits *hits)
{
    hits->count = 0;
    for (size_t at = 0; at < size; at++)
        for (size_t i = 0; i < reference->by_byte_count[data[at]]; i++) {
            const struct form *form = reference->by_byte[data[at]][i];
            size_t length = stands(form, data, size, at);
            const struct ioc_keyword_hit hit = { .offset = at, .length = (uint32_t)length,
                                                 .keyword = form->keyword,
                                                 .encoding = (uint8_t)form->encoding };
            if (length > 0)
                keep(hits, &hit);
        }
}

/* --- random words and data ------------------------------------------------- */

static uint32_t seed = 1;

static uint32_t random_below(uint32_t most)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)seed * most >> 32);
}

/* A word of letters that are few, so that words are in each other. */
static void random_word(char *word, size_t most_letters, bool ascii)
{
    static const char *const letters[] = {
        "a", "b", "A", "c", "e", "B", "http", "[", "{", "\\", "1",
        "\xc3\xa9", "\xc3\x89", "\xc3\xbf", "\xc5\xb8", "\xc2\xb5", "\xce\xbc", "\xc5\xa1",
        "\xd0\x96", "\xd0\xb6", "\xd0\xa0", "\xd1\x80", "\xe2\x82\xac", "\xf0\x9d\x92\x9c",
        "\xc5\xbf", "\xcf\x83", "\xcf\x82",
    };
    size_t count = 1 + random_below((uint32_t)most_letters);

    *word = '\0';
    for (size_t i = 0; i < count; i++)
        strcat(word, letters[random_below(ascii ? 11 : sizeof letters / sizeof *letters)]);
}

static size_t plant(uint8_t *data, size_t room, const char *word)
{
    enum ioc_encoding encoding = (enum ioc_encoding)random_below(IOC_ENCODING_COUNT);
    unsigned other_case = random_below(3);
    size_t at = 0;

    for (size_t used; *word; word += used) {
        uint32_t c = text_code_point(word, strlen(word), &used), other = c;
        uint8_t bytes[4];
        for (uint32_t i = first_alike(c); other_case == 0 && i < last_alike(c); i++)
            if (i != c && alike(i, c) && random_below(2))
                other = i;
        unsigned size = encode(other, encoding, bytes);
        for (unsigned i = 0; i < size && at < room; i++)
            data[at++] = bytes[i];
    }
    return at;
}

static void fill(uint8_t *data, size_t size, const char *const *words, size_t count)
{
    for (size_t at = 0; at < size;) {
        unsigned what = random_below(8);
        if (what < 4) {
            at += plant(data + at, size - at, words[random_below((uint32_t)count)]);
        } else {
            size_t end = at + 1 + random_below(6);
            for (; at < size && at < end; at++)
                data[at] = what == 4 ? (uint8_t)random_below(256) : what == 5 ? 'a' : 0;
        }
    }
}

static size_t planted; /* hits that there were */

/* --- tests ------------------------------------------------------------------ */

static struct ioc_keywords *make(const char *const *words, size_t count, bool nocase,
                                 bool portable)
{
    struct ioc_keywords_options options = IOC_KEYWORDS_OPTIONS_DEFAULT;
    struct ioc_keywords *keywords = NULL;
    struct error error = ERROR_INIT;

    options.nocase = nocase;
    options.portable = portable;
    if (ioc_keywords_new(&keywords, words, count, &options, &error) != 0) {
        ok(false, "a set of keywords: %s", error.text);
        exit(1);
    }
    return keywords;
}

/* Scan part after part, each with its margins in memory of its own. */
static void scan_parts(const struct ioc_keywords *keywords, const uint8_t *data, size_t size,
                       size_t part, struct hits *hits)
{
    hits->count = 0;
    for (size_t at = 0; at < size; at += part) {
        size_t end = size - at < part ? size : at + part;
        size_t from = at < IOC_KEYWORDS_BEFORE ? 0 : at - IOC_KEYWORDS_BEFORE;
        size_t to = size - end < IOC_KEYWORDS_BEHIND ? size : end + IOC_KEYWORDS_BEHIND;
        uint8_t *copy = malloc(to - from);
        if (!copy)
            exit(2);
        memcpy(copy, data + from, to - from);
        ioc_keywords_scan(keywords, copy, to - from, at - from, end - from, from, keep, hits);
        free(copy);
    }
}

/* The reference has none. */
static void forget_doubts(struct hits *hits)
{
    for (size_t i = 0; i < hits->count; i++)
        hits->hits[i].doubtful = false;
}

static void compare(const char *const *words, size_t count, size_t size, bool nocase,
                    size_t part, bool *equal)
{
    struct hits expected = { 0 }, whole = { 0 }, got = { 0 };
    struct reference reference;
    uint8_t *data = malloc(size);

    if (!data)
        exit(2);
    fill(data, size, words, count);
    reference_init(&reference, words, count, nocase);
    reference_scan(&reference, data, size, &expected);
    for (int portable = 0; portable < 2; portable++) {
        struct ioc_keywords *keywords = make(words, count, nocase, portable);
        scan_parts(keywords, data, size, size, &whole);
        scan_parts(keywords, data, size, part, &got);
        *equal &= same_hits(&whole, &got);
        forget_doubts(&got);
        *equal &= same_hits(&expected, &got);
        ioc_keywords_free(keywords);
    }
    planted += expected.count;
    reference_release(&reference);
    free(expected.hits);
    free(whole.hits);
    free(got.hits);
    free(data);
}

static bool is_known(char (*texts)[256], size_t count, const char *word, bool nocase)
{
    for (size_t i = 0; i < count; i++) {
        const char *a = texts[i], *b = word;
        size_t a_used = 0, b_used = 0;
        for (; *a && *b; a += a_used, b += b_used) {
            uint32_t x = text_code_point(a, strlen(a), &a_used);
            uint32_t y = text_code_point(b, strlen(b), &b_used);
            if (nocase ? !alike(x, y) : x != y)
                break;
        }
        if (*a == *b && *a == '\0')
            return true;
    }
    return false;
}

/* Up to `count` words, all different, and data with them. */
static void compare_random(size_t count, size_t letters, size_t size, size_t part, bool ascii,
                           bool *equal)
{
    char (*texts)[256] = calloc(count, sizeof *texts);
    const char **words = calloc(count, sizeof *words);
    bool nocase = random_below(2);

    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        random_word(texts[different], letters, ascii);
        words[different] = texts[different];
        different += !is_known(texts, different, texts[different], nocase);
    }
    compare(words, different, size, nocase, part, equal);
    free(words);
    free(texts);
}

static void test_random(void)
{
    bool equal = true;

    for (unsigned i = 0; i < 300 && equal; i++)
        compare_random(1 + random_below(12), 1 + random_below(9) + (i % 10 == 0) * 20,
                       1 + random_below(600), 1 + random_below(50), i % 3 == 0, &equal);
    ok(equal && planted > 1000, "random words in random data, in parts too");
    equal = true;
    for (unsigned i = 0; i < 4 && equal; i++)
        compare_random(300, 12, 20000, 777, i % 2 == 0, &equal);
    ok(equal, "hundreds of words");
}

static void test_many(void)
{
    enum { COUNT = 10000 };
    static char texts[COUNT][32];
    static const char *words[COUNT];
    bool equal = true;

    planted = 0;
    for (size_t i = 0; i < COUNT; i++) {
        size_t length = 0, letters = random_below(8);
        for (size_t k = 0; k < letters; k++)
            texts[i][length++] = (char)('a' + random_below(26));
        snprintf(texts[i] + length, sizeof texts[i] - length, "%zu", i); /* all different */
        words[i] = texts[i];
    }
    compare(words, COUNT, 30000, false, 20000, &equal);
    compare(words, COUNT, 30000, true, 20000, &equal);
    ok(equal && planted > COUNT / 2, "ten thousand words");
}

static void test_splits(void)
{
    static const char *const words[] = { "ab", "abc", "b", "bcabc", "\xd0\x96\xd0\xb6", "abcabc" };
    uint8_t data[160];
    bool equal = true;

    for (int i = 0; i < 20; i++) {
        struct ioc_keywords *keywords = make(words, 6, i % 2, false);
        struct hits whole = { 0 }, parts = { 0 };
        fill(data, sizeof data, words, 6);
        scan_parts(keywords, data, sizeof data, sizeof data, &whole);
        for (size_t part = 1; part < sizeof data; part++) {
            scan_parts(keywords, data, sizeof data, part, &parts);
            equal &= same_hits(&whole, &parts);
        }
        free(whole.hits);
        free(parts.hits);
        ioc_keywords_free(keywords);
    }
    ok(equal, "parts of every size put together are the whole");
}

/* All hits of words in data, as text. */
static void finds(const char *const *words, size_t count, bool nocase, const void *data,
                  size_t size, const char *expected)
{
    struct ioc_keywords *keywords = make(words, count, nocase, false);
    struct hits hits = { 0 };
    struct buffer text = BUFFER_INIT;

    scan_parts(keywords, data, size, size, &hits);
    for (size_t i = 0; i < hits.count; i++)
        buffer_add_format(&text, "%s%llu+%u %u %s%s", i > 0 ? ", " : "",
                          (unsigned long long)hits.hits[i].offset, hits.hits[i].length,
                          hits.hits[i].keyword,
                          ioc_encoding_name((enum ioc_encoding)hits.hits[i].encoding),
                          hits.hits[i].doubtful ? "?" : "");
    same_text(buffer_text(&text), expected, expected);
    buffer_release(&text);
    free(hits.hits);
    ioc_keywords_free(keywords);
}

#define FINDS(words, nocase, data, expected) \
    finds(words, sizeof words / sizeof *words, nocase, data, sizeof data - 1, expected)

static void test_by_hand(void)
{
    static const char *const kozirog[] = { "kozirog", "KOZIROG", "rog" };
    FINDS(kozirog, false, "kozirog KOZIROG", "0+7 0 ascii, 4+3 2 ascii, 8+7 1 ascii");
    FINDS(kozirog, true, "kozirog KoziROG",
          "0+7 0 ascii, 4+3 2 ascii, 8+7 0 ascii, 12+3 2 ascii");

    static const char *const again[] = { "aa", "a", "aaa" };
    FINDS(again, false, "aaa",
          "0+2 0 ascii, 0+1 1 ascii, 0+3 2 ascii, 1+2 0 ascii, 1+1 1 ascii, 2+1 1 ascii");

    static const char *const wide[] = { "abcd" };
    FINDS(wide, false, "xa\0b\0c\0d\0", "1+8 0 utf-16le");
    FINDS(wide, false, "\0a\0b\0c\0dx", "0+8 0 utf-16be");
    FINDS(wide, false, "\0\0a\0b\0c\0d\0", "1+8 0 utf-16be?, 2+8 0 utf-16le");
    FINDS(wide, false, "\0a\0b\0c\0d\0", "0+8 0 utf-16be, 1+8 0 utf-16le?");
    FINDS(wide, false, "a\0b\0c\0d", "");
    /* what is before and behind the text tells its order, wherever it begins */
    FINDS(wide, false, "x\n\0a\0b\0c\0d\0\n\0", "2+8 0 utf-16be?, 3+8 0 utf-16le");
    FINDS(wide, false, "xx \0a\0b\0c\0d\0\0\0\0", "3+8 0 utf-16be?, 4+8 0 utf-16le");
    FINDS(wide, false, "\0\0\0\0\0a\0b\0c\0d\0\nx", "4+8 0 utf-16be, 5+8 0 utf-16le?");

    static const char *const cafe[] = { "caf\xc3\xa9" };
    FINDS(cafe, true, "CAF\xc3\x89 caf\xe9 C\0a\0F\0\xc9\0",
          "0+5 0 utf-8, 6+4 0 windows-1252, 11+8 0 utf-16le");
    FINDS(cafe, false, "caf\xc3\xa9 caf\xc9", "0+5 0 utf-8");

    static const char *const russian[] = { "\xd0\x9f\xd0\xa0\xd0\x98" };
    FINDS(russian, true, "x\xd0\xbf\xd1\x80\xd0\xb8 \x3f\x04\x20\x04\x38\x04",
          "1+6 0 utf-8, 8+6 0 utf-16le");

    static const char *const kelvin[] = { "sk" };
    FINDS(kelvin, true, "\xc5\xbfk s\xe2\x84\xaa", "");
}

/* Each encoding by itself gives its hits, and no doubt without the other. */
static void test_encodings(void)
{
    static const char *const words[] = { "ab", "abcabc", "\xc3\xa9\xc3\xbf", "\xd0\x96\xd0\xb6" };
    struct ioc_keywords *all = make(words, 4, true, false);
    struct hits hits = { 0 }, one = { 0 };
    static uint8_t data[5000];
    bool equal = true;

    fill(data, sizeof data, words, 4);
    scan_parts(all, data, sizeof data, sizeof data, &hits);
    for (int encoding = 0; encoding < IOC_ENCODING_COUNT; encoding++) {
        struct ioc_keywords_options options = { 1u << encoding, true, false };
        struct ioc_keywords *keywords = NULL;
        size_t count = 0;
        if (ioc_keywords_new(&keywords, words, 4, &options, NULL) != 0)
            exit(2);
        scan_parts(keywords, data, sizeof data, sizeof data, &one);
        for (size_t i = 0; i < hits.count; i++) {
            struct hit hit = hits.hits[i];
            hit.doubtful = false;
            if (hit.encoding == (uint32_t)encoding)
                equal &= count < one.count &&
                         memcmp(&hit, &one.hits[count++], sizeof hit) == 0;
        }
        equal &= count == one.count && count > 0;
        ioc_keywords_free(keywords);
    }
    ok(equal, "each encoding by itself");
    free(hits.hits);
    free(one.hits);
    ioc_keywords_free(all);
}

static void test_errors(void)
{
    static const char *const words[] = { "good", "", "bad\xff" };
    struct ioc_keywords_options options = IOC_KEYWORDS_OPTIONS_DEFAULT;
    struct ioc_keywords *keywords = NULL;
    struct error error = ERROR_INIT;

    same_number(ioc_keywords_new(&keywords, words, 2, &options, &error), -1, "an empty word");
    same_text(error.text, "keyword 1: empty", "is named");
    same_number(ioc_keywords_new(&keywords, words + 2, 1, &options, &error), -1, "a bad one");
    same_text(error.text, "keyword 0: not UTF-8", "too");
    same_number(ioc_keywords_new(&keywords, words, 0, &options, &error), -1, "none at all");
    ok(keywords == NULL, "no set then");
    ioc_keywords_free(NULL);
}

static void note_problem(void *context, uint64_t line, const char *why)
{
    buffer_add_format(context, "%llu %s; ", (unsigned long long)line, why);
}

static void test_file(void)
{
    static const char file[] = "\xef\xbb\xbf" "first\r\n\n# comment\n\\#hash\n \\\\#x \n\\\\#y\n"
                               "\\\\server\\share\nbad\xc3\nN\0L\n#\n\r\n\\\nlast";
    struct buffer problems = BUFFER_INIT, all = BUFFER_INIT;
    struct ioc_words words = IOC_WORDS_INIT;
    struct reader *reader = reader_over_memory(file, sizeof file - 1);
    struct error error = ERROR_INIT;

    same_number(ioc_words_add_file(&words, reader, note_problem, &problems, &error), 0,
                "a keyword file");
    for (size_t i = 0; i < words.count; i++)
        buffer_add_format(&all, "%s|", words.words[i]);
    same_text(buffer_text(&all), "first|#hash| \\\\#x |\\#y|\\\\server\\share|\\|last|",
              "its words");
    same_text(buffer_text(&problems), "8 not UTF-8; 9 has a NUL; ", "and its bad lines");
    same_number(ioc_words_add(&words, "", 0, &error), -1, "an empty word is not added");
    ioc_words_release(&words);
    reader_free(reader);
    buffer_release(&problems);
    buffer_release(&all);
}

static void test_long(void)
{
    static char text[LIMIT_KEYWORD_BYTES + 2], near_text[LIMIT_KEYWORD_BYTES + 1];
    static uint8_t data[3 * LIMIT_KEYWORD_BYTES];
    const char *words[LIMIT_KEYWORD_BYTES / 2 + 2];
    struct hits hits = { 0 };
    struct ioc_words list = IOC_WORDS_INIT;

    memset(text, 'a', sizeof text - 1);
    memset(data, 'a', sizeof data);
    same_number(ioc_words_add(&list, text, sizeof text - 1, NULL), -1, "a word that is too long");
    memset(near_text, 'a', sizeof near_text - 1);
    near_text[sizeof near_text - 2] = 'b';
    for (size_t i = 0; i < sizeof words / sizeof *words - 1; i++)
        words[i] = text + 1 + 2 * i; /* 1024, 1022 ... letters */
    words[sizeof words / sizeof *words - 1] = near_text;
    struct ioc_keywords *keywords = make(words, sizeof words / sizeof *words - 2, true, false);
    scan_parts(keywords, data, sizeof data, sizeof data, &hits);
    size_t expected = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words - 2; i++)
        expected += sizeof data - strlen(words[i]) + 1;
    same_number((long long)hits.count, (long long)expected, "words that begin each other");
    free(hits.hits);
    ioc_keywords_free(keywords);
}

int main(void)
{
    test_by_hand();
    test_encodings();
    test_errors();
    test_file();
    test_long();
    test_splits();
    test_random();
    test_many();
    return tap_done();
}
