/* SPDX-License-Identifier: Apache-2.0 */

/* keywords_build: a set of keywords out of words. See keywords.h for what it holds. */

#include <stdlib.h>
#include <string.h>

#include "keywords_build.h"
#include "vector.h"

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
    if (keywords_is_packed(build, pattern))
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

    keywords_make_folding(build);
    for (size_t i = 0; i < count && !build->failed; i++)
        keywords_add_word(build, words[i], (uint32_t)i);
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
