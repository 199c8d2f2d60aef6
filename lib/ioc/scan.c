/* SPDX-License-Identifier: Apache-2.0 */

/* scan: blocks into hits. See ioc.h and scan.h. */

#include <stdlib.h>
#include <string.h>

#include "scan.h"
#include "vector.h"

/* The name of a header stands before what is found by it: ':' and some blanks. */
enum { LEAD = 16 };

#define U CHARACTER_URL
#define P CHARACTER_PATH
#define N (CHARACTER_PATH | CHARACTER_NAME)
#define M (CHARACTER_MAIL | CHARACTER_URL | N)
#define D (CHARACTER_DIGIT | CHARACTER_LABEL | CHARACTER_HEX | M)
#define L (CHARACTER_LETTER | CHARACTER_LABEL | M)
#define H (L | CHARACTER_HEX)

const uint8_t character_classes[256] = {
    ['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D, ['5'] = D, ['6'] = D,
    ['7'] = D, ['8'] = D, ['9'] = D, ['A'] = H, ['B'] = H, ['C'] = H, ['D'] = H,
    ['E'] = H, ['F'] = H, ['G'] = L, ['H'] = L, ['I'] = L, ['J'] = L, ['K'] = L,
    ['L'] = L, ['M'] = L, ['N'] = L, ['O'] = L, ['P'] = L, ['Q'] = L, ['R'] = L,
    ['S'] = L, ['T'] = L, ['U'] = L, ['V'] = L, ['W'] = L, ['X'] = L, ['Y'] = L,
    ['Z'] = L, ['a'] = H, ['b'] = H, ['c'] = H, ['d'] = H, ['e'] = H, ['f'] = H,
    ['g'] = L, ['h'] = L, ['i'] = L, ['j'] = L, ['k'] = L, ['l'] = L, ['m'] = L,
    ['n'] = L, ['o'] = L, ['p'] = L, ['q'] = L, ['r'] = L, ['s'] = L, ['t'] = L,
    ['u'] = L, ['v'] = L, ['w'] = L, ['x'] = L, ['y'] = L, ['z'] = L,
    ['-'] = CHARACTER_LABEL | M, ['_'] = CHARACTER_LABEL | M, ['.'] = M, ['+'] = M, ['%'] = M,
    ['~'] = U | N, ['#'] = U | N, ['['] = U | N, [']'] = U | N, ['@'] = U | N, ['!'] = U | N,
    ['$'] = U | N, ['&'] = U | N, ['('] = U | N, [')'] = U | N, ['{'] = N, ['}'] = N, ['^'] = N,
    [','] = U | P, [';'] = U | P, ['='] = U | P, [' '] = P, ['\''] = P, ['`'] = P,
    [':'] = U, ['/'] = U, ['?'] = U, ['*'] = U,
};

#undef U
#undef P
#undef N
#undef M
#undef D
#undef L
#undef H

/* Units [from, to) of it as they stand, or in lower case. */
static void write_units(const struct view *view, const struct finding *finding, size_t from,
                        size_t to, bool lower, struct buffer *value)
{
    const uint8_t *bytes = view->step == 1 ? view->data + finding->at : NULL;
    char *out = buffer_reserve(value, to - from);

    if (!out)
        return;
    for (size_t i = 0; i < to - from; i++)
        out[i] = (char)(bytes ? bytes[from + i] : view_behind(view, finding->at, from + i));
    for (size_t i = 0; i < to - from && lower; i++)
        out[i] = (char)unit_lower((unsigned char)out[i]);
    value->length += to - from;
}

/* Units [from, to) of it as they stand, in UTF-8 where letters beyond ASCII may be. */
static void write_as_is(const struct view *view, const struct finding *finding, size_t from,
                        size_t to, struct buffer *value)
{
    if (finding->foreign)
        write_utf8(view, finding->at + from * view->step, finding->at + to * view->step, value);
    else
        write_units(view, finding, from, to, false, value);
}

/* The value: one byte a unit, scheme and host in lower case, labels that are not of ASCII
 * as A-labels. */
static void write_host(const struct view *view, const struct finding *finding,
                       struct buffer *value)
{
    size_t units = finding->length / view->step, scheme = 0;
    size_t host_at = finding->host_at, host_end = host_at + finding->host_length;

    while (finding->kind == IOC_URL && scheme < host_at &&
           view_behind(view, finding->at, scheme) != ':')
        scheme++;
    write_units(view, finding, 0, scheme, true, value);
    write_as_is(view, finding, scheme, host_at, value);
    if (finding->international)
        write_international(view, finding->at + host_at * view->step,
                            finding->at + host_end * view->step, value);
    else
        write_units(view, finding, host_at, host_end, true, value);
    write_as_is(view, finding, host_end, units, value);
    const char *plain = value->failed ? NULL : hidden_scheme(value->data, scheme);
    if (plain)
        memcpy(value->data, plain, scheme);
}

/* Whether a URL stands there with another scheme than in its value, or an address with zeros
 * before its numbers. */
static bool is_rewritten(const struct view *view, const struct finding *finding,
                         const struct buffer *value)
{
    if (finding->kind == IOC_IPV4)
        return value->length != finding->length / view->step;
    return finding->kind == IOC_URL &&
           (unit_lower(view_unit(view, finding->at)) != (unsigned char)value->data[0] ||
            unit_lower(view_behind(view, finding->at, 1)) != (unsigned char)value->data[1] ||
            unit_lower(view_behind(view, finding->at, 2)) != (unsigned char)value->data[2]);
}

static void write_text(const struct view *view, const struct finding *finding,
                       struct buffer *value)
{
    for (size_t i = 0; i < finding->length / view->step; i++)
        buffer_add_byte(value, (char)view_behind(view, finding->at, i));
}

/* What a kind is called, what it is found by, how its value is written. */
static const struct kind {
    const char *name;
    unsigned marks;
    void (*write)(const struct view *view, const struct finding *finding, struct buffer *value);
} kinds[IOC_KIND_COUNT] = {
    [IOC_DOMAIN] = { "domain", MARK_HOST, write_host },
    [IOC_URL] = { "url", MARK_HOST, write_host },
    [IOC_EMAIL] = { "email", MARK_HOST | MARK_GROUPS, write_host },
    [IOC_IPV4] = { "ipv4", MARK_HOST, write_ipv4 },
    [IOC_IPV6] = { "ipv6", MARK_GROUPS, write_ipv6 },
    [IOC_UNC] = { "unc", MARK_SHARE, write_path },
    [IOC_WINPATH] = { "winpath", MARK_PATH, write_path },
    [IOC_REGPATH] = { "regpath", MARK_PATH, write_path },
    [IOC_PIPE] = { "pipe", MARK_SHARE | MARK_PATH, write_path },
    [IOC_FILENAME] = { "filename", MARK_NAME, write_path },
    [IOC_PDB] = { "pdb", MARK_NAME, write_path },
    [IOC_HASH] = { "hash", MARK_RUN, write_lower },
    [IOC_CVE] = { "cve", MARK_DASH, write_cve },
    [IOC_MAC] = { "mac", MARK_GROUPS | MARK_DASH | MARK_HOST, write_mac },
    [IOC_BTC] = { "btc", MARK_RUN, write_coin },
    [IOC_ONION] = { "onion", MARK_HOST, write_host },
    [IOC_USER_AGENT] = { "user-agent", MARK_HOST | MARK_HEADER, write_text },
    [IOC_MUTEX] = { "mutex", MARK_PATH, write_path },
};

static const char *const encoding_names[IOC_ENCODING_COUNT] = {
    "ascii", "utf-16le", "utf-16be", "utf-8", "windows-1252",
};

enum { REASONS_TEXT_SIZE = 512 };

const char *ioc_kind_name(enum ioc_kind kind)
{
    return kinds[kind].name;
}

int ioc_kind_by_name(const char *name)
{
    for (int i = 0; i < IOC_KIND_COUNT; i++)
        if (strcmp(name, kinds[i].name) == 0)
            return i;
    return -1;
}

int ioc_parse_names(const char *text, const char *what, int (*by_name)(const char *name),
                    uint32_t all, uint32_t *bits, struct error *error)
{
    *bits = 0;
    for (const char *at = text; at; at = *at ? at + 1 : NULL) {
        char name[16] = "";
        size_t length = strcspn(at, ",");
        if (length < sizeof name)
            memcpy(name, at, length);
        int number = by_name(name);
        if (number < 0 && strcmp(name, "all") != 0)
            return error_set(error, ERROR_USAGE, "no such %s: %.*s", what, (int)length, at);
        *bits |= number < 0 ? all : 1u << number;
        at += length;
    }
    return 0;
}

int ioc_parse_kinds(const char *text, uint32_t *bits, struct error *error)
{
    return ioc_parse_names(text, "kind", ioc_kind_by_name, IOC_KINDS_ALL, bits, error);
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
    for (int i = 0; i < IOC_KIND_COUNT; i++)
        new->marks |= options->kinds >> i & 1 ? kinds[i].marks : 0;
    new->list = psl_builtin();
    new->vector = !options->portable && vector_available();
    sieve_init(&new->sieve, new->marks);
    new->short_suffixes = calloc(SHORT_SUFFIXES, sizeof *new->short_suffixes);
    new->answers = answers_new(&new->answers_memory);
    if (!new->list || !new->short_suffixes || !new->answers) {
        int result = new->list ? error_set_memory(error)
                               : error_set(error, ERROR_SYSTEM,
                                           "libpsl was built without a public suffix list");
        ioc_scanner_free(new);
        return result;
    }
    *scanner = new;
    return 0;
}

void ioc_scanner_free(struct ioc_scanner *scanner)
{
    if (!scanner)
        return;
    free(scanner->short_suffixes);
    free(scanner->answers_memory);
    free(scanner);
}

void add_finding(struct scan *scan, const struct finding *finding)
{
    if (!is_wanted(scan, (enum ioc_kind)finding->kind))
        return;
    if (memory_grow((void **)&scan->findings, &scan->capacity, scan->count + 1,
                    sizeof *scan->findings) == 0)
        scan->findings[scan->count++] = *finding;
    else
        scan->failed = true;
}

/* 0: they are the same. */
static int compare_places(const struct finding *x, const struct finding *y)
{
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->length != y->length)
        return x->length < y->length ? -1 : 1;
    return (x->encoding > y->encoding) - (x->encoding < y->encoding);
}

/* Of what is the same, that which is as it stands comes before that without marks. */
static int compare_findings(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int order = compare_places(x, y);

    return order != 0 ? order : (x->plain > y->plain) - (x->plain < y->plain);
}

/* Add `text` to the list of reasons if there is room. */
static void add_reason(char list[REASONS_TEXT_SIZE], size_t *length, const char *text)
{
    static const char comma[] = ", ";
    size_t size = strlen(text), between = *length > 0 ? sizeof comma - 1 : 0;

    if (*length + between + size >= REASONS_TEXT_SIZE)
        return;
    memcpy(list + *length, comma, between);
    memcpy(list + *length + between, text, size + 1);
    *length += between + size;
}

/* Its reasons as text; the length. */
static size_t set_reason(const struct finding *finding, char text[REASONS_TEXT_SIZE])
{
    size_t length = 0;

    text[0] = '\0';
    for (int word = 0; word < REASON_WORDS; word++)
        for (uint64_t bits = finding->reasons[word]; bits; bits &= bits - 1) {
            int reason = 64 * word + __builtin_ctzll(bits);
            add_reason(text, &length, reason_text(finding, (enum reason)reason));
        }
    return length;
}

/* The same, remembered; valid until the next call. */
static const char *reasons_of(const struct scan *scan, const struct finding *finding,
                              char text[REASONS_TEXT_SIZE])
{
    uint64_t mixed = finding->suffix;
    struct reason_list *list = NULL;

    for (int word = 0; word < REASON_WORDS; word++)
        mixed = (mixed ^ finding->reasons[word]) * 0x9e3779b97f4a7c15;
    if (scan->answers)
        list = &scan->answers->reasons[(mixed >> 32) % REASON_LIST_COUNT];
    if (list && list->text[0] != '\0' && list->suffix == finding->suffix &&
        memcmp(list->reasons, finding->reasons, sizeof list->reasons) == 0)
        return list->text;
    size_t length = set_reason(finding, text);
    if (list && length < sizeof list->text) {
        memcpy(list->text, text, length + 1);
        memcpy(list->reasons, finding->reasons, sizeof list->reasons);
        list->suffix = finding->suffix;
    }
    return text;
}

static int confidence_of(const struct finding *finding)
{
    return finding->points < 0 ? 0 : finding->points > 100 ? 100 : finding->points;
}

/* Whether a finding is a host with marks, so that its last labels by themselves are none: not
 * where a blank is within, for "see the link[.] evil.com" may be the end of a sentence. */
static bool hides_its_end(const struct scan *scan, const struct finding *finding)
{
    return finding->kind == IOC_DOMAIN && has_reason(finding, REASON_DEFANGED) &&
           !has_reason(finding, REASON_BLANKS) &&
           confidence_of(finding) >= (int)scan->scanner->options.min_confidence;
}

static void give(struct scan *scan, const struct finding *finding, const struct view views[3],
                 ioc_sink sink, void *context, struct ioc_held_back *held_back)
{
    const struct ioc_options *options = &scan->scanner->options;
    const struct view *stands = &views[finding->encoding];
    struct view view = *stands;
    struct finding written = *finding;
    struct buffer *value = &scan->value;
    char reason[REASONS_TEXT_SIZE];
    int confidence = confidence_of(finding);

    if (confidence < (int)options->min_confidence) {
        held_back->weak++;
        return;
    }
    if (finding->plain) {
        view = (struct view){ .data = (const uint8_t *)scan->plain.data + finding->plain_text,
                              .size = scan->plain.length - finding->plain_text,
                              .step = 1 };
        written.at = finding->plain_at;
        written.length = finding->plain_length;
    }
    buffer_clear(value);
    kinds[finding->kind].write(&view, &written, value);
    if (value->failed) {
        scan->failed = true;
        return;
    }
    const char *noise = NULL; /* its hosts are all of ASCII */
    if (!finding->international && !(finding->foreign && finding->kind == IOC_EMAIL))
        noise = noise_reason(scan, value->data + finding->host_at, finding->host_length);
    if (noise && !options->noise) {
        held_back->noise++;
        return;
    }
    bool utf8 = stands->step == 1 && (finding->international || finding->foreign);
    const struct ioc_hit hit = {
        .offset = scan->base + finding->at,
        .length = (uint32_t)finding->length,
        .kind = finding->kind,
        .encoding = utf8 ? IOC_UTF8 : finding->encoding,
        .confidence = (uint8_t)confidence,
        .value = value->data,
        .value_length = value->length,
        .reason = reasons_of(scan, finding, reason),
        .noise = noise,
        .rewritten = finding->international || finding->plain ||
                     is_rewritten(stands, finding, value),
        .bytes = stands->data + finding->at,
    };
    sink(context, &hit);
}

static int points_of(const struct scan *scan, size_t from, size_t to)
{
    int points = 0;

    for (size_t i = from; i < to; i++)
        points += scan->findings[i].points;
    return points;
}

/* Where no byte order fits the text as a whole: that in which more is found. A run that a place
 * before was in too was read in one of them, and stays so. */
static void find_in_both(struct scan *scan, const struct view *first, const struct view *second,
                         size_t letter)
{
    size_t from = scan->count, at = unit_place(first, letter), other = unit_place(second, letter);
    bool walked = is_walked(scan, first, at);

    if (walked != is_walked(scan, second, other)) {
        find_at(scan, walked ? first : second, walked ? at : other);
        return;
    }
    find_at(scan, first, at);
    size_t middle = scan->count;
    find_at(scan, second, other);
    size_t count = scan->count - middle;
    if (points_of(scan, middle, scan->count) > points_of(scan, from, middle)) {
        memmove(scan->findings + from, scan->findings + middle, count * sizeof *scan->findings);
        middle = from + count;
    }
    scan->count = middle;
}

static void find_candidate(struct scan *scan, const struct view views[3], size_t at,
                           enum candidate candidate)
{
    const struct view *little = &views[IOC_UTF16LE], *big = &views[IOC_UTF16BE];
    enum order order = candidate == CANDIDATE_LITTLE ? ORDER_LITTLE : ORDER_BIG;

    if (candidate == CANDIDATE_WIDE)
        order = text_order(scan, &views[IOC_ASCII], at);
    if (candidate == CANDIDATE_BYTES)
        find_at(scan, &views[IOC_ASCII], at);
    else if (order == ORDER_LITTLE)
        find_at(scan, little, unit_place(little, at));
    else if (order == ORDER_BIG)
        find_at(scan, big, unit_place(big, at));
    else if (order == ORDER_LITTLE_OR_BIG)
        find_in_both(scan, little, big, at);
    else
        find_in_both(scan, big, little, at);
}

/* What is asked for, and how much of it was given. */
struct part {
    const struct view *views;
    size_t start;
    ioc_sink sink;
    void *context;
    struct ioc_held_back *held_back;
    size_t marked_to; /* the end of a host with marks */
    struct finding last;
    bool begun; /* there is a last one */
};

static bool is_sorted(const struct scan *scan)
{
    for (size_t i = 1; i < scan->count; i++)
        if (compare_findings(&scan->findings[i - 1], &scan->findings[i]) > 0)
            return false;
    return true;
}

/* Give what begins before `end`, while its bytes are near. */
static void give_all(struct scan *scan, size_t end, struct part *part)
{
    size_t given = 0;

    if (!is_sorted(scan))
        qsort(scan->findings, scan->count, sizeof *scan->findings, compare_findings);
    for (; given < scan->count && scan->findings[given].at < end; given++) {
        const struct finding *finding = &scan->findings[given];
        bool again = part->begun && compare_places(&part->last, finding) == 0;
        if (hides_its_end(scan, finding))
            part->marked_to = finding->at + finding->length;
        else if (finding->kind == IOC_DOMAIN &&
                 finding->at + finding->length <= part->marked_to)
            continue; /* evil.com of www[.]evil.com */
        if (finding->at >= part->start && !again)
            give(scan, finding, part->views, part->sink, part->context, part->held_back);
        part->last = *finding;
        part->begun = true;
    }
    scan->count -= given;
    if (given > 0 && scan->count > 0)
        memmove(scan->findings, scan->findings + given, scan->count * sizeof *scan->findings);
}

/* The first mark of a word may stand before the part. */
static void search_lead(struct scan *scan, const struct view views[3], size_t from, size_t to)
{
    const struct ioc_scanner *scanner = scan->scanner;
    struct sifted sifted;

    if (!(scanner->marks & MARKS_DEFAULT) || from == to)
        return;
    sift(&scanner->sieve, scanner->vector, views[0].data, views[0].size, from, to, &sifted);
    find_marks(scan, views, from, to, &sifted);
}

static void search_stretch(struct scan *scan, const struct view views[3], size_t from, size_t to)
{
    const struct ioc_scanner *scanner = scan->scanner;
    const uint8_t *data = views[0].data;
    const size_t size = views[0].size;
    uint32_t places[STRETCH];
    struct sifted sifted;

    sift(&scanner->sieve, scanner->vector, data, size, from, to, &sifted);
    size_t count = candidates(scanner->marks, data, size, from, to, &sifted, places);
    for (size_t i = 0; i < count; i++)
        find_candidate(scan, views, from + (places[i] >> CANDIDATE_BITS), candidate_of(places[i]));
    if (scanner->marks & MARK_RUN)
        find_runs(scan, views, from, to);
    if (scanner->marks & MARKS_DEFAULT)
        find_marks(scan, views, from, to, &sifted);
}

int ioc_scan(const struct ioc_scanner *scanner, const uint8_t *data, size_t size, size_t start,
              size_t end, uint64_t base, ioc_sink sink, void *context,
              struct ioc_held_back *held_back)
{
    struct scan scan = { .scanner = scanner, .answers = answers_take(scanner->answers),
                         .base = base };
    const struct view views[3] = {
        [IOC_ASCII] = { data, size, 1, 0, IOC_ASCII },
        [IOC_UTF16LE] = { data, size, 2, 0, IOC_UTF16LE },
        [IOC_UTF16BE] = { data, size, 2, 1, IOC_UTF16BE },
    };
    /* What begins in the part may show its first candidate behind it. */
    size_t search_end = size - end < IOC_MARGIN ? size : end + IOC_MARGIN;
    struct part part = { views, start, sink, context, held_back, .marked_to = 0 };
    size_t from = start < LEAD ? 0 : start - LEAD;

    search_lead(&scan, views, start < DEFANG_LEAD ? 0 : start - DEFANG_LEAD, from);
    for (; from < search_end; from += STRETCH) {
        size_t to = search_end - from < STRETCH ? search_end : from + STRETCH;
        search_stretch(&scan, views, from, to);
        /* what is found behind begins so far before it at most */
        size_t settled = to == search_end ? SIZE_MAX : to < IOC_MARGIN ? 0 : to - IOC_MARGIN;
        give_all(&scan, settled < end ? settled : end, &part);
    }
    answers_give_back(scan.answers);
    free(scan.findings);
    buffer_release(&scan.value);
    buffer_release(&scan.plain);
    return scan.failed ? -1 : 0;
}
