/* SPDX-License-Identifier: Apache-2.0 */

/*
 * keywords_build: a set of keywords out of words. See keywords.h for what it holds.
 *
 * The bytes that a pattern can begin with are its windows: more than one where case
 * does not count and letters beyond ASCII are among the first six bytes. (The two
 * cases of an ASCII letter are one window.)
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/text.h>

#include "keywords.h"
#include "vector.h"

enum { MOST_CHARACTERS = LIMIT_KEYWORD_BYTES };

struct build {
    struct ioc_keywords *set;
    size_t pattern_capacity, unit_capacity;
    uint64_t *windows; /* first byte highest, the number of bytes lowest */
    size_t window_count, window_capacity;
    uint16_t alike[FOLDED]; /* the next code point with the same folded form, in a ring */
    uint32_t from_1252[256];
    bool failed;            /* no memory */
};

/* A word, character by character. */
struct characters {
    uint32_t folded[MOST_CHARACTERS];
    uint8_t in_1252[MOST_CHARACTERS]; /* folded as bytes are; 0: not all are there */
    size_t count;
    bool ascii, all_1252;
};

/* How the characters of a window are written. */
enum script { SCRIPT_UTF8, SCRIPT_1252, SCRIPT_PACKED, SCRIPT_RAW_LE, SCRIPT_RAW_BE };

static uint32_t folded(const struct ioc_keywords *set, uint32_t c)
{
    return c < FOLDED ? set->fold[c] : c;
}

/* The byte of a character in Windows-1252, or 0. */
static uint8_t to_1252(const struct build *build, uint32_t c)
{
    for (unsigned byte = c < 256 ? c : 0x80; byte < 256; byte++)
        if (build->from_1252[byte] == c)
            return (uint8_t)byte;
    return 0;
}

/* Folding never changes the number of bytes or units, in any form: ASCII only folds
 * to and from ASCII, and below FOLDED all else is two bytes of UTF-8. */
static void make_folding(struct build *build)
{
    struct ioc_keywords *set = build->set;
    struct buffer text = BUFFER_INIT;

    for (unsigned c = 0; c < FOLDED; c++) {
        uint32_t to = set->options.nocase ? text_fold(c) : c;
        set->fold[c] = (uint16_t)((c < 0x80) == (to < 0x80) ? to : c);
        build->alike[c] = (uint16_t)c;
    }
    for (unsigned c = 0; c < FOLDED; c++) {
        unsigned to = set->fold[c];
        if (to != c) {
            build->alike[c] = build->alike[to];
            build->alike[to] = (uint16_t)c;
        }
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        const uint8_t one = (uint8_t)byte;
        size_t used;
        buffer_clear(&text);
        text_add_cp1252(&text, &one, 1);
        build->failed |= text.failed;
        if (!text.failed)
            build->from_1252[byte] = text_code_point(text.data, text.length, &used);
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t to = to_1252(build, folded(set, build->from_1252[byte]));
        set->fold_1252[byte] = to != 0 ? to : (uint8_t)byte;
    }
    buffer_release(&text);
}

static void read_word(const struct build *build, const char *word, struct characters *characters)
{
    characters->count = 0;
    characters->ascii = characters->all_1252 = true;
    for (size_t used; *word; word += used) {
        uint32_t c = text_code_point(word, strlen(word), &used);
        uint8_t byte = to_1252(build, c);
        characters->ascii &= c < 0x80;
        characters->all_1252 &= byte != 0;
        characters->in_1252[characters->count] = build->set->fold_1252[byte];
        characters->folded[characters->count++] = folded(build->set, c);
    }
}

static void add_window(struct build *build, const uint8_t *bytes, size_t length)
{
    uint64_t window = length < KEY_BYTES ? length : KEY_BYTES;

    for (size_t i = 0; i < length && i < KEY_BYTES; i++)
        window |= (uint64_t)bytes[i] << (56 - 8 * i);
    if (memory_grow((void **)&build->windows, &build->window_capacity, build->window_count + 1,
                    sizeof *build->windows) != 0)
        build->failed = true;
    else
        build->windows[build->window_count++] = window;
}

static size_t write_unit(uint8_t *bytes, uint32_t unit, enum script script)
{
    bytes[script == SCRIPT_RAW_BE] = (uint8_t)unit;
    bytes[script == SCRIPT_RAW_LE] = (uint8_t)(unit >> 8);
    return 2;
}

/* One character in a script; its length, 0 if the script has it not. */
static size_t write_character(const struct build *build, uint8_t bytes[4], uint32_t c,
                              enum script script)
{
    if (script == SCRIPT_UTF8 && c >= 0x80) {
        size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        for (size_t i = length - 1; i > 0; i--, c >>= 6)
            bytes[i] = (uint8_t)(0x80 | (c & 63));
        bytes[0] = (uint8_t)(0xf00 >> length | c);
        return length;
    }
    if (script == SCRIPT_RAW_LE || script == SCRIPT_RAW_BE) {
        if (c < 0x10000)
            return write_unit(bytes, c, script);
        write_unit(bytes, 0xd7c0 + (c >> 10), script);
        return 2 + write_unit(bytes + 2, 0xdc00 | (c & 0x3ff), script);
    }
    bytes[0] = script == SCRIPT_1252 ? to_1252(build, c) : (uint8_t)c;
    return script == SCRIPT_1252 && bytes[0] == 0 ? 0 : 1;
}

/* All windows of a word in one script: `bytes` holds those before character `at`. */
static void add_windows(struct build *build, const struct characters *characters,
                        enum script script, size_t at, uint8_t bytes[KEY_BYTES + 4],
                        size_t length)
{
    if (at == characters->count || length >= KEY_BYTES) {
        add_window(build, bytes, length);
        return;
    }
    uint32_t first = characters->folded[at], c = first;
    do {
        size_t more = write_character(build, bytes + length, c, script);
        if (more > 0)
            add_windows(build, characters, script, at + 1, bytes, length + more);
        /* the other case of ASCII letters is seen to where windows are used */
        c = c < 0x80 || c >= FOLDED ? first : build->alike[c];
    } while (c != first);
}

static void windows_in(struct build *build, const struct characters *characters,
                       enum script script)
{
    uint8_t bytes[KEY_BYTES + 4];

    add_windows(build, characters, script, 0, bytes, 0);
}

static struct pattern *add_pattern(struct build *build, uint32_t keyword, uint32_t encodings)
{
    struct ioc_keywords *set = build->set;

    if (memory_grow((void **)&set->patterns, &build->pattern_capacity, set->pattern_count + 1,
                    sizeof *set->patterns) != 0 ||
        memory_grow((void **)&set->units, &build->unit_capacity,
                    set->unit_count + LIMIT_KEYWORD_BYTES, sizeof *set->units) != 0) {
        build->failed = true;
        return NULL;
    }
    struct pattern *pattern = &set->patterns[set->pattern_count++];
    *pattern = (struct pattern){ .units = (uint32_t)set->unit_count, .keyword = keyword,
                                 .shorter = NO_PATTERN, .encodings = (uint8_t)encodings };
    return pattern;
}

static void add_unit(struct ioc_keywords *set, struct pattern *pattern, uint32_t unit)
{
    set->units[set->unit_count++] = (uint16_t)unit;
    pattern->length++;
}

/* A word in its bytes, UTF-8 or Windows-1252, and as what else these units are. */
static void add_bytes(struct build *build, const struct characters *characters,
                      enum script script, uint32_t keyword, uint32_t encodings)
{
    struct pattern *pattern = add_pattern(build, keyword, encodings);
    uint8_t bytes[4];

    for (size_t i = 0; pattern && i < characters->count; i++) {
        size_t length = 1;
        if (script == SCRIPT_1252)
            bytes[0] = characters->in_1252[i];
        else
            length = write_character(build, bytes, characters->folded[i], script);
        for (size_t k = 0; k < length; k++)
            add_unit(build->set, pattern, bytes[k]);
    }
    windows_in(build, characters, script);
}

/* Whether the first units of UTF-16 are below 256, in either case. */
static bool is_packed(const struct build *build, const struct pattern *pattern)
{
    const uint16_t *units = build->set->units + pattern->units;

    for (size_t i = 0; i < pattern->length && i < KEY_BYTES; i++) {
        unsigned unit = units[i];
        do {
            if (unit >= 256)
                return false;
            unit = build->alike[unit];
        } while (unit != units[i]);
    }
    return true;
}

static void count_packed(struct ioc_keywords *set, size_t units)
{
    if (set->packed_units == 0 || units < set->packed_units)
        set->packed_units = units < 4 ? (unsigned)units : 4;
}

static void add_utf16(struct build *build, const struct characters *characters, uint32_t keyword,
                      uint32_t encodings)
{
    struct pattern *pattern = add_pattern(build, keyword, encodings);

    for (size_t i = 0; pattern && i < characters->count; i++) {
        uint8_t bytes[4];
        size_t length = write_character(build, bytes, characters->folded[i], SCRIPT_RAW_LE);
        for (size_t k = 0; k < length; k += 2)
            add_unit(build->set, pattern, bytes_u16le(bytes + k));
    }
    if (pattern && is_packed(build, pattern)) {
        count_packed(build->set, pattern->length);
        windows_in(build, characters, SCRIPT_PACKED);
        return;
    }
    build->set->has_raw = true;
    if (encodings & 1u << IOC_UTF16LE)
        windows_in(build, characters, SCRIPT_RAW_LE);
    if (encodings & 1u << IOC_UTF16BE)
        windows_in(build, characters, SCRIPT_RAW_BE);
}

static void add_word(struct build *build, struct characters *characters, const char *word,
                     uint32_t keyword)
{
    const uint32_t utf16 = 1u << IOC_UTF16LE | 1u << IOC_UTF16BE;
    uint32_t wanted = build->set->options.encodings;

    read_word(build, word, characters);
    if (characters->ascii) {
        wanted &= 1u << IOC_ASCII | utf16;
        if (wanted)
            add_bytes(build, characters, SCRIPT_UTF8, keyword, wanted);
        if (wanted & utf16)
            count_packed(build->set, characters->count);
        return;
    }
    if (wanted & 1u << IOC_UTF8)
        add_bytes(build, characters, SCRIPT_UTF8, keyword, 1u << IOC_UTF8);
    if (characters->all_1252 && wanted & 1u << IOC_WINDOWS_1252) {
        add_bytes(build, characters, SCRIPT_1252, keyword, 1u << IOC_WINDOWS_1252);
        build->set->has_1252 = true;
    }
    if (wanted & utf16)
        add_utf16(build, characters, keyword, wanted & utf16);
}

static int compare_units(const struct ioc_keywords *set, const struct pattern *a,
                         const struct pattern *b)
{
    const uint16_t *x = set->units + a->units, *y = set->units + b->units;

    for (size_t i = 0; i < a->length && i < b->length; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return (a->length > b->length) - (a->length < b->length);
}

static int compare_patterns(const void *a, const void *b, void *set)
{
    const struct pattern *x = a, *y = b;
    int order = compare_units(set, x, y);

    return order ? order : (x->keyword > y->keyword) - (x->keyword < y->keyword);
}

/* Take out the patterns of words that are the same as one before: they have the same
 * units and forms, each behind that of the first. */
static void drop_repeated(struct ioc_keywords *set)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->pattern_count; i++) {
        bool repeated = false;
        for (size_t k = kept; k > 0 && !repeated; k--) {
            if (compare_units(set, &set->patterns[k - 1], &set->patterns[i]) != 0)
                break;
            repeated = set->patterns[k - 1].encodings == set->patterns[i].encodings;
        }
        if (!repeated)
            set->patterns[kept++] = set->patterns[i];
    }
    set->pattern_count = kept;
}

static bool is_start_of(const struct ioc_keywords *set, const struct pattern *a,
                        const struct pattern *b)
{
    return a->length <= b->length && memcmp(set->units + a->units, set->units + b->units,
                                            a->length * sizeof *set->units) == 0;
}

static void link_shorter(struct ioc_keywords *set)
{
    for (size_t i = 1; i < set->pattern_count; i++) {
        uint32_t shorter = (uint32_t)(i - 1);
        while (shorter != NO_PATTERN &&
               !is_start_of(set, &set->patterns[shorter], &set->patterns[i]))
            shorter = set->patterns[shorter].shorter;
        set->patterns[i].shorter = shorter;
    }
}

/* Pattern `index` is found by this key. Those of one key stand together. */
static void add_key(struct ioc_keywords *set, size_t index, uint64_t bytes, unsigned length,
                    enum key_kind kind)
{
    uint64_t key = key_of(bytes, length, kind);
    size_t mask = ((size_t)1 << set->slot_bits) - 1, at = slot_hash(set, key);

    while (set->slots[at].key != 0 && set->slots[at].key != key)
        at = (at + 1) & mask;
    struct slot *slot = &set->slots[at];
    if (slot->key == 0)
        *slot = (struct slot){ .key = key, .first = (uint32_t)index };
    slot->count = (uint32_t)index - slot->first + 1;
    set->key_lengths[kind] |= (uint8_t)(1 << length);
}

static void add_keys(struct build *build, size_t index)
{
    struct ioc_keywords *set = build->set;
    const struct pattern *pattern = &set->patterns[index];
    const uint16_t *units = set->units + pattern->units;
    unsigned length = pattern->length < KEY_BYTES ? pattern->length : KEY_BYTES;
    uint64_t bytes = 0, raw_le = 0, raw_be = 0;
    bool below_256 = true;

    for (unsigned i = 0; i < length; i++) {
        below_256 &= units[i] < 256;
        bytes |= (uint64_t)(units[i] & 255) << 8 * i;
        if (i < KEY_BYTES / 2) {
            raw_le |= (uint64_t)units[i] << 16 * i;
            raw_be |= (uint64_t)__builtin_bswap16(units[i]) << 16 * i;
        }
    }
    if (below_256)
        add_key(set, index, bytes, length, KEY_UNITS);
    if (is_packed(build, pattern))
        return;
    unsigned raw_length = length < KEY_BYTES / 2 ? 2 * length : KEY_BYTES;
    if (pattern->encodings & 1u << IOC_UTF16LE)
        add_key(set, index, raw_le, raw_length, KEY_RAW_LE);
    if (pattern->encodings & 1u << IOC_UTF16BE)
        add_key(set, index, raw_be, raw_length, KEY_RAW_BE);
}

static unsigned bits_for(size_t count, unsigned least)
{
    unsigned bits = least;

    while ((size_t)1 << bits < count)
        bits++;
    return bits;
}

static void make_slots(struct build *build)
{
    struct ioc_keywords *set = build->set;

    set->slot_bits = bits_for(set->pattern_count * (set->has_raw ? 6 : 2), 4);
    set->slots = calloc((size_t)1 << set->slot_bits, sizeof *set->slots);
    if (!set->slots) {
        build->failed = true;
        return;
    }
    for (size_t i = 0; i < set->pattern_count; i++)
        add_keys(build, i);
}

static void set_bit(struct ioc_keywords *set, uint64_t bytes, unsigned window)
{
    size_t hash = window_hash(set, bytes | set->case_mask, window);

    set->bitmap[hash / 64] |= UINT64_C(1) << hash % 64;
    set->windows |= window;
}

static void accept(struct ioc_keywords *set, unsigned place, unsigned byte, unsigned bucket)
{
    set->accept[byte] |= UINT32_C(1) << (8 * place + bucket);
    set->accept_low[place][byte & 15] |= (uint8_t)(1 << bucket);
    set->accept_high[place][byte >> 4] |= (uint8_t)(1 << bucket);
}

static void use_window(struct ioc_keywords *set, uint64_t window, unsigned bucket)
{
    unsigned length = window & 255;
    uint64_t bytes = __builtin_bswap64(window) & UINT64_C(0xffffffffffff);

    for (unsigned i = 0; i < ACCEPTED_BYTES; i++) {
        unsigned byte = bytes >> 8 * i & 255;
        for (unsigned any = 0; i >= length && any < 256; any++)
            accept(set, i, any, bucket);
        if (i >= length)
            continue;
        accept(set, i, byte, bucket);
        if (set->options.nocase && byte >= 'a' && byte <= 'z')
            accept(set, i, byte - 32, bucket);
    }
    if (length > 1)
        set_bit(set, bytes, window_of(length));
    for (uint64_t second = 0; length == 1 && second < 256; second++)
        set_bit(set, bytes | second << 8, WINDOW_2);
}

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Windows in order, cut into as many parts as there are buckets: so those of a bucket
 * have their first bytes in common. */
static void make_filter(struct build *build)
{
    struct ioc_keywords *set = build->set;

    set->case_mask = set->options.nocase ? UINT64_C(0x2020202020202020) : 0;
    unsigned bits = bits_for(build->window_count * 64, 17);
    set->bitmap_shift = 64 - bits;
    set->bitmap = calloc((size_t)1 << (bits - 6), sizeof *set->bitmap);
    if (!set->bitmap) {
        build->failed = true;
        return;
    }
    if (build->window_count > 0)
        qsort(build->windows, build->window_count, sizeof *build->windows, compare_numbers);
    for (size_t i = 0; i < build->window_count; i++)
        if (i == 0 || build->windows[i] != build->windows[i - 1])
            use_window(set, build->windows[i], (unsigned)(i * BUCKETS / build->window_count));
}

/* Give back what growing has left over. */
static void shrink(struct ioc_keywords *set)
{
    void *smaller = realloc(set->patterns, set->pattern_count * sizeof *set->patterns + 1);

    if (smaller)
        set->patterns = smaller;
    smaller = realloc(set->units, set->unit_count * sizeof *set->units + 1);
    if (smaller)
        set->units = smaller;
}

static int check_words(const char *const *words, size_t count, struct error *error)
{
    size_t total = 0;

    if (count == 0)
        return error_set(error, ERROR_USAGE, "no keywords");
    if (count > LIMIT_KEYWORDS)
        return error_set(error, ERROR_LIMIT, "more than %d keywords", LIMIT_KEYWORDS);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i]);
        const char *why = word_problem(words[i], length);
        if (why)
            return error_set(error, ERROR_USAGE, "keyword %zu: %s", i, why);
        total += length;
    }
    if (total > LIMIT_KEYWORDS_BYTES)
        return error_set(error, ERROR_LIMIT, "keywords of more than %d bytes together",
                         LIMIT_KEYWORDS_BYTES);
    return 0;
}

static void make_set(struct build *build, const char *const *words, size_t count)
{
    struct ioc_keywords *set = build->set;
    struct characters characters;

    make_folding(build);
    for (size_t i = 0; i < count && !build->failed; i++)
        add_word(build, &characters, words[i], (uint32_t)i);
    if (build->failed)
        return;
    if (set->pattern_count > 0)
        qsort_r(set->patterns, set->pattern_count, sizeof *set->patterns, compare_patterns, set);
    drop_repeated(set);
    link_shorter(set);
    shrink(set);
    make_slots(build);
    make_filter(build);
}

int ioc_keywords_new(struct ioc_keywords **keywords, const char *const *words, size_t count,
                     const struct ioc_keywords_options *options, struct error *error)
{
    if (check_words(words, count, error) != 0)
        return -1;
    struct build *build = calloc(1, sizeof *build);
    struct ioc_keywords *set = calloc(1, sizeof *set);
    bool made = build && set;
    if (made) {
        build->set = set;
        set->options = *options;
        set->options.portable |= !vector_available();
        make_set(build, words, count);
        made = !build->failed;
        free(build->windows);
    }
    free(build);
    if (!made) {
        ioc_keywords_free(set);
        return error_set_memory(error);
    }
    *keywords = set;
    return 0;
}

void ioc_keywords_free(struct ioc_keywords *keywords)
{
    if (!keywords)
        return;
    free(keywords->patterns);
    free(keywords->units);
    free(keywords->slots);
    free(keywords->bitmap);
    free(keywords);
}
