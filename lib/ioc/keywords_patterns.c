/* SPDX-License-Identifier: Apache-2.0 */

/* keywords_patterns: a word in all the forms that it can stand in, as patterns. See
 * keywords.h. */

#include <string.h>

#include <fett/buffer.h>
#include <fett/text.h>

#include "keywords_build.h"

enum { MOST_CHARACTERS = LIMIT_KEYWORD_BYTES };

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
void keywords_make_folding(struct build *build)
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

bool keywords_is_packed(const struct build *build, const struct pattern *pattern)
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
    if (pattern && keywords_is_packed(build, pattern)) {
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

void keywords_add_word(struct build *build, const char *word, uint32_t keyword)
{
    struct characters characters;
    const uint32_t utf16 = 1u << IOC_UTF16LE | 1u << IOC_UTF16BE;
    uint32_t wanted = build->set->options.encodings;

    read_word(build, word, &characters);
    if (characters.ascii) {
        wanted &= 1u << IOC_ASCII | utf16;
        if (wanted)
            add_bytes(build, &characters, SCRIPT_UTF8, keyword, wanted);
        if (wanted & utf16)
            count_packed(build->set, characters.count);
        return;
    }
    if (wanted & 1u << IOC_UTF8)
        add_bytes(build, &characters, SCRIPT_UTF8, keyword, 1u << IOC_UTF8);
    if (characters.all_1252 && wanted & 1u << IOC_WINDOWS_1252) {
        add_bytes(build, &characters, SCRIPT_1252, keyword, 1u << IOC_WINDOWS_1252);
        build->set->has_1252 = true;
    }
    if (wanted & utf16)
        add_utf16(build, &characters, keyword, wanted & utf16);
}
