/* SPDX-License-Identifier: Apache-2.0 */

/* keywords: blocks into hits. See ioc_keywords.h and keywords.h. */

#include <stdlib.h>

#include "keywords.h"
#include "order.h"
#include "vector.h"

/* Hits at one place: in each form one of each length at most, and of those that
 * two keys lead to each twice. */
enum { MOST_HITS = 8 * LIMIT_KEYWORD_BYTES };

struct found {
    const struct pattern *pattern;
    enum ioc_encoding encoding;
};

struct scan {
    const struct ioc_keywords *set;
    const uint8_t *data;
    size_t size;
    struct found found[MOST_HITS];
    size_t count;
    struct wide_texts texts;
};

/* A byte of UTF-8 beyond ASCII, folded together with the one that makes a letter with
 * it. */
static int folded_byte(const struct scan *scan, size_t at)
{
    const uint8_t *data = scan->data;
    const uint16_t *fold = scan->set->fold;
    unsigned byte = data[at];

    if (byte >= 0xc2 && byte < 0xe0 && scan->size - at > 1 && (data[at + 1] & 0xc0) == 0x80)
        return 0xc0 | fold[(byte & 31) << 6 | (data[at + 1] & 63)] >> 6;
    if (byte < 0xc0 && at > 0 && data[at - 1] >= 0xc2 && data[at - 1] < 0xe0)
        return 0x80 | (fold[(data[at - 1] & 31) << 6 | (byte & 63)] & 63);
    return (int)byte;
}

/* The unit `distance` units behind `at`, folded; -1 beyond the data. */
static inline int unit_at(const struct scan *scan, enum form form, size_t at, size_t distance)
{
    if (form == FORM_UTF8 || form == FORM_1252) {
        at += distance;
        if (at >= scan->size)
            return -1;
        unsigned byte = scan->data[at];
        if (form == FORM_1252)
            return scan->set->fold_1252[byte];
        return byte < 0x80 ? scan->set->fold[byte] : folded_byte(scan, at);
    }
    at += 2 * distance;
    if (at >= scan->size || scan->size - at < 2)
        return -1;
    unsigned unit = form == FORM_UTF16LE ? bytes_u16le(scan->data + at)
                                         : bytes_u16be(scan->data + at);
    return unit < FOLDED ? scan->set->fold[unit] : (int)unit;
}

static inline __attribute__((always_inline)) size_t
match_in(const struct scan *scan, const struct pattern *pattern, enum form form, size_t at,
         size_t common)
{
    const uint16_t *units = scan->set->units + pattern->units;
    size_t length = pattern->length;

    while (common < length && unit_at(scan, form, at, common) == units[common])
        common++;
    return common;
}

/* How many units of a pattern stand at a place; `common` are known to. A loop for each
 * form: here the time goes where text and pattern have much in common. */
static size_t match_length(const struct scan *scan, const struct pattern *pattern,
                           enum form form, size_t at, size_t common)
{
    switch (form) {
    case FORM_UTF8:
        return match_in(scan, pattern, FORM_UTF8, at, common);
    case FORM_1252:
        return match_in(scan, pattern, FORM_1252, at, common);
    case FORM_UTF16LE:
        return match_in(scan, pattern, FORM_UTF16LE, at, common);
    default:
        return match_in(scan, pattern, FORM_UTF16BE, at, common);
    }
}

static void keep(struct scan *scan, const struct pattern *pattern, enum form form)
{
    static const uint32_t encodings[] = {
        [FORM_UTF8] = 1u << IOC_ASCII | 1u << IOC_UTF8,
        [FORM_1252] = 1u << IOC_WINDOWS_1252,
        [FORM_UTF16LE] = 1u << IOC_UTF16LE,
        [FORM_UTF16BE] = 1u << IOC_UTF16BE,
    };
    uint32_t encoding = pattern->encodings & encodings[form];

    if (encoding != 0)
        scan->found[scan->count++] =
            (struct found){ pattern, (enum ioc_encoding)__builtin_ctz(encoding) };
}

/* Patterns of a range that are a start of the text; the first `common` units of all
 * are. The last that is not behind the text in the order of patterns is one, or has
 * all that are among its `shorter` ones. What two patterns have in common with the
 * text, those between them have too, and it is not compared again. */
static void search(struct scan *scan, const struct slot *slot, enum form form, size_t at,
                   size_t common)
{
    const struct ioc_keywords *set = scan->set;
    uint32_t low = slot->first, high = slot->first + slot->count, last = NO_PATTERN;
    size_t low_common = common, high_common = common;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct pattern *pattern = &set->patterns[middle];
        size_t length = match_length(scan, pattern, form, at,
                                     low_common < high_common ? low_common : high_common);
        if (length == pattern->length ||
            unit_at(scan, form, at, length) > set->units[pattern->units + length]) {
            last = middle;
            low = middle + 1;
            low_common = length;
        } else {
            high = middle;
            high_common = length;
        }
    }
    while (last != NO_PATTERN && set->patterns[last].length > low_common)
        last = set->patterns[last].shorter;
    for (; last != NO_PATTERN; last = set->patterns[last].shorter)
        keep(scan, &set->patterns[last], form);
}

static void look_up(struct scan *scan, enum form form, size_t at, uint64_t key, size_t units)
{
    const struct ioc_keywords *set = scan->set;
    size_t mask = ((size_t)1 << set->slot_bits) - 1, index = slot_hash(set, key);

    while (set->slots[index].key != 0 && set->slots[index].key != key)
        index = (index + 1) & mask;
    if (set->slots[index].key == key)
        search(scan, &set->slots[index], form, at, units);
}

/* All keys that the text at a place has, and that the windows leave room for. */
static inline __attribute__((always_inline)) void
find_in(struct scan *scan, enum form form, enum key_kind kind, size_t at, unsigned windows)
{
    unsigned lengths = scan->set->key_lengths[kind], step = kind == KEY_UNITS ? 1 : 2;
    uint64_t bytes = 0;

    for (unsigned length = step; length <= KEY_BYTES; length += step) {
        int unit = unit_at(scan, form, at, length / step - 1);
        if (unit < 0 || (kind == KEY_UNITS && unit > 255))
            return;
        if (kind == KEY_RAW_BE)
            unit = __builtin_bswap16((uint16_t)unit);
        bytes |= (uint64_t)unit << 8 * (length - step);
        if (lengths >> length & 1 && windows & window_of(length))
            look_up(scan, form, at, key_of(bytes, length, kind), length / step);
    }
}

static void find_at(struct scan *scan, size_t at, unsigned windows)
{
    const struct ioc_keywords *set = scan->set;
    unsigned of_bytes = windows & 7, of_packed = windows >> 3;

    if (of_bytes) {
        find_in(scan, FORM_UTF8, KEY_UNITS, at, of_bytes);
        if (set->has_1252)
            find_in(scan, FORM_1252, KEY_UNITS, at, of_bytes);
        if (set->has_raw) {
            find_in(scan, FORM_UTF16LE, KEY_RAW_LE, at, of_bytes);
            find_in(scan, FORM_UTF16BE, KEY_RAW_BE, at, of_bytes);
        }
    }
    if (of_packed && scan->data[at] == 0)
        find_in(scan, FORM_UTF16BE, KEY_UNITS, at, of_packed);
    else if (of_packed)
        find_in(scan, FORM_UTF16LE, KEY_UNITS, at, of_packed);
}

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->pattern->keyword != y->pattern->keyword)
        return x->pattern->keyword < y->pattern->keyword ? -1 : 1;
    return (x->encoding > y->encoding) - (x->encoding < y->encoding);
}

/* Whether a hit of UTF-16 is one in the other byte order too, which the text around rather
 * is in. */
static bool is_doubtful(struct scan *scan, const struct found *found, size_t at, uint64_t base)
{
    const struct pattern *pattern = found->pattern;
    bool little = found->encoding == IOC_UTF16LE;
    enum ioc_encoding other = little ? IOC_UTF16BE : IOC_UTF16LE;

    if ((!little && found->encoding != IOC_UTF16BE) || !(pattern->encodings & 1u << other) ||
        (little && at == 0) ||
        match_length(scan, pattern, little ? FORM_UTF16BE : FORM_UTF16LE,
                     little ? at - 1 : at + 1, 0) != pattern->length)
        return false;
    enum order order = order_of_text(&scan->texts, scan->data, scan->size, base,
                                     !scan->set->options.portable && vector_available(),
                                     little ? at : at + 1);
    return little != (order == ORDER_LITTLE || order == ORDER_LITTLE_OR_BIG);
}

static void give(struct scan *scan, size_t at, uint64_t base, ioc_keyword_sink sink,
                 void *context)
{
    if (scan->count > 1)
        qsort(scan->found, scan->count, sizeof *scan->found, compare_found);
    for (size_t i = 0; i < scan->count; i++) {
        const struct found *found = &scan->found[i];
        if (i > 0 && compare_found(found - 1, found) == 0)
            continue;
        bool wide = found->encoding == IOC_UTF16LE || found->encoding == IOC_UTF16BE;
        const struct ioc_keyword_hit hit = {
            .offset = base + at,
            .length = found->pattern->length * (wide ? 2u : 1u),
            .keyword = found->pattern->keyword,
            .encoding = (uint8_t)found->encoding,
            .doubtful = is_doubtful(scan, found, at, base),
        };
        sink(context, &hit);
    }
    scan->count = 0;
}

void ioc_keywords_scan(const struct ioc_keywords *keywords, const uint8_t *data, size_t size,
                       size_t start, size_t end, uint64_t base, ioc_keyword_sink sink,
                       void *context)
{
    uint32_t places[FILTER_STRETCH];
    struct scan scan;

    scan.set = keywords;
    scan.data = data;
    scan.size = size;
    scan.count = 0;
    scan.texts = (struct wide_texts){ 0 };
    for (size_t from = start; from < end; from += FILTER_STRETCH) {
        size_t to = end - from < FILTER_STRETCH ? end : from + FILTER_STRETCH;
        size_t count = keywords->options.portable
                           ? filter_portable(keywords, data, size, from, to, places)
                           : filter_vector(keywords, data, size, from, to, places);
        for (size_t i = 0; i < count; i++) {
            size_t at = from + (places[i] >> 6);
            find_at(&scan, at, places[i] & 63);
            if (scan.count > 0)
                give(&scan, at, base, sink, context);
        }
    }
}
