/* SPDX-License-Identifier: Apache-2.0 */

/* scan: blocks into hits. See ioc.h and scan.h. */

#include <stdlib.h>
#include <string.h>

#include "scan.h"

/* A search for candidates goes this far at once, so that their places fit. */
enum { STRETCH = 1 << 16 };

#define D (CHARACTER_DIGIT | CHARACTER_LABEL | CHARACTER_MAIL | CHARACTER_URL)
#define L (CHARACTER_LETTER | CHARACTER_LABEL | CHARACTER_MAIL | CHARACTER_URL)
#define M (CHARACTER_MAIL | CHARACTER_URL)
#define U CHARACTER_URL

const uint8_t character_classes[256] = {
    ['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D, ['5'] = D, ['6'] = D, ['7'] = D,
    ['8'] = D, ['9'] = D, ['A'] = L, ['B'] = L, ['C'] = L, ['D'] = L, ['E'] = L, ['F'] = L,
    ['G'] = L, ['H'] = L, ['I'] = L, ['J'] = L, ['K'] = L, ['L'] = L, ['M'] = L, ['N'] = L,
    ['O'] = L, ['P'] = L, ['Q'] = L, ['R'] = L, ['S'] = L, ['T'] = L, ['U'] = L, ['V'] = L,
    ['W'] = L, ['X'] = L, ['Y'] = L, ['Z'] = L, ['a'] = L, ['b'] = L, ['c'] = L, ['d'] = L,
    ['e'] = L, ['f'] = L, ['g'] = L, ['h'] = L, ['i'] = L, ['j'] = L, ['k'] = L, ['l'] = L,
    ['m'] = L, ['n'] = L, ['o'] = L, ['p'] = L, ['q'] = L, ['r'] = L, ['s'] = L, ['t'] = L,
    ['u'] = L, ['v'] = L, ['w'] = L, ['x'] = L, ['y'] = L, ['z'] = L,
    ['-'] = CHARACTER_LABEL | M, ['_'] = CHARACTER_LABEL | M, ['.'] = M, ['+'] = M, ['%'] = M,
    ['~'] = U, [':'] = U, ['/'] = U, ['?'] = U, ['#'] = U, ['['] = U, [']'] = U, ['@'] = U,
    ['!'] = U, ['$'] = U, ['&'] = U, ['('] = U, [')'] = U, ['*'] = U, [','] = U, [';'] = U,
    ['='] = U,
};

#undef D
#undef L
#undef M
#undef U

static const char *const kind_names[IOC_KIND_COUNT] = { "domain", "url", "email", "ipv4" };

static const char *const encoding_names[IOC_ENCODING_COUNT] = {
    "ascii", "utf-16le", "utf-16be", "utf-8", "windows-1252",
};

static const char *const reason_texts[REASON_COUNT] = {
    [REASON_SCHEME] = "scheme",
    [REASON_MAIL_NAME] = "name before @",
    [REASON_ADDRESS] = "four groups",
    [REASON_ADDRESS6] = "IPv6 address",
    [REASON_SUFFIX_PUBLIC] = "public suffix",
    [REASON_SUFFIX_COUNTRY] = "country suffix",
    [REASON_SUFFIX_GENERIC] = "generic suffix",
    [REASON_SUFFIX_FILE] = "suffix is also a file type or a word",
    [REASON_NO_SUFFIX] = "host without public suffix",
    [REASON_LABELS_TWO] = "two labels",
    [REASON_LABELS_THREE] = "three labels",
    [REASON_LABELS_MORE] = "more than three labels",
    [REASON_WWW] = "www",
    [REASON_IN_URL] = "in a URL",
    [REASON_IN_MAIL] = "behind @",
    [REASON_NUL_BEFORE] = "NUL before",
    [REASON_PORT_BEHIND] = "port behind",
    [REASON_TAG_BEHIND] = "DER tag behind",
    [REASON_CUT_BEHIND] = "cut out of a longer name",
    [REASON_PATH_BEHIND] = "path behind",
    [REASON_PATH_BEFORE] = "part of a path",
    [REASON_CALL_BEHIND] = "call behind",
    [REASON_MIXED_CASE] = "mixed case",
    [REASON_SHORT] = "short",
    [REASON_VERSION_BEFORE] = "a version before",
    [REASON_DIGITS_BESIDE] = "digits beside",
    [REASON_SMALL_NUMBERS] = "small numbers",
    [REASON_SPECIAL_ADDRESS] = "special address",
};

enum { REASONS_TEXT_SIZE = 512 };

const char *ioc_kind_name(enum ioc_kind kind)
{
    return kind_names[kind];
}

int ioc_kind_by_name(const char *name)
{
    for (int i = 0; i < IOC_KIND_COUNT; i++)
        if (strcmp(name, kind_names[i]) == 0)
            return i;
    return -1;
}

const char *ioc_encoding_name(enum ioc_encoding encoding)
{
    return encoding_names[encoding];
}

int ioc_scanner_new(struct ioc_scanner **scanner, const struct ioc_options *options,
                    struct error *error)
{
    struct ioc_scanner *new = calloc(1, sizeof *new);

    if (!new)
        return error_set_memory(error);
    new->options = *options;
    new->list = psl_builtin();
    new->vector = candidates_have_vector();
    if (!new->list) {
        free(new);
        return error_set(error, ERROR_SYSTEM, "libpsl was built without a public suffix list");
    }
    suffixes_init(new);
    *scanner = new;
    return 0;
}

void ioc_scanner_free(struct ioc_scanner *scanner)
{
    free(scanner);
}

static int compare_findings(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return (x->wide > y->wide) - (x->wide < y->wide);
}

/* The value: one byte a unit, scheme and host in lower case. */
static void set_value(const struct view *view, const struct finding *finding, char *value)
{
    size_t units = finding->length / view->step;
    size_t host_end = finding->host_at + finding->host_length;
    bool scheme = finding->kind == IOC_URL;

    for (size_t i = 0; i < units; i++) {
        char c = (char)view_behind(view, finding->at, i);
        scheme &= c != ':';
        bool fold = scheme || (i >= finding->host_at && i < host_end);
        value[i] = fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
}

static void set_reason(const struct finding *finding, char text[REASONS_TEXT_SIZE])
{
    size_t length = 0;

    for (int i = 0; i < REASON_COUNT; i++) {
        if (!(finding->reasons >> i & 1))
            continue;
        size_t size = strlen(reason_texts[i]);
        if (length + size + 3 > REASONS_TEXT_SIZE)
            break;
        if (length > 0) {
            memcpy(text + length, ", ", 2);
            length += 2;
        }
        memcpy(text + length, reason_texts[i], size);
        length += size;
    }
    text[length] = '\0';
}

static void give(const struct scan *scan, const struct finding *finding, const uint8_t *data,
                 size_t size, uint64_t base, ioc_sink sink, void *context,
                 struct ioc_held_back *held_back)
{
    const struct ioc_options *options = &scan->scanner->options;
    const struct view view = { data, size, finding->wide ? 2 : 1 };
    char value[LIMIT_INDICATOR_BYTES + 64], reason[REASONS_TEXT_SIZE];
    int confidence = finding->points < 0 ? 0 : finding->points > 100 ? 100 : finding->points;

    if (confidence < (int)options->min_confidence) {
        held_back->weak++;
        return;
    }
    set_value(&view, finding, value);
    const char *noise = noise_reason(value + finding->host_at, finding->host_length);
    if (noise && !options->noise) {
        held_back->noise++;
        return;
    }
    set_reason(finding, reason);
    const struct ioc_hit hit = {
        .offset = base + finding->at,
        .length = (uint32_t)finding->length,
        .kind = finding->kind,
        .encoding = finding->wide ? IOC_UTF16LE : IOC_ASCII,
        .confidence = (uint8_t)confidence,
        .value = value,
        .value_length = finding->length / view.step,
        .reason = reason,
        .noise = noise,
    };
    sink(context, &hit);
}

void ioc_scan(const struct ioc_scanner *scanner, const uint8_t *data, size_t size, size_t start,
              size_t end, uint64_t base, ioc_sink sink, void *context,
              struct ioc_held_back *held_back)
{
    struct scan scan = { .scanner = scanner };
    const struct view views[2] = { { data, size, 1 }, { data, size, 2 } };
    /* What begins in the part may show its first candidate behind it. */
    size_t search_end = size - end < IOC_MARGIN ? size : end + IOC_MARGIN;
    uint32_t places[STRETCH];

    for (size_t from = start; from < search_end; from += STRETCH) {
        size_t to = search_end - from < STRETCH ? search_end : from + STRETCH;
        size_t count = scanner->vector ? candidates_vector(data, size, from, to, places)
                                       : candidates_portable(data, size, from, to, places);
        for (size_t i = 0; i < count; i++)
            find_at(&scan, &views[places[i] & 1], from + (places[i] >> 1));
    }
    if (scan.count > 0)
        qsort(scan.findings, scan.count, sizeof *scan.findings, compare_findings);
    for (size_t i = 0; i < scan.count; i++)
        if (scan.findings[i].at >= start && scan.findings[i].at < end &&
            (i == 0 || compare_findings(&scan.findings[i - 1], &scan.findings[i]) != 0))
            give(&scan, &scan.findings[i], data, size, base, sink, context, held_back);
    free(scan.findings);
}
