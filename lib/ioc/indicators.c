/* SPDX-License-Identifier: Apache-2.0 */

/* indicators: candidates into findings. */

#include <string.h>

#include "scan.h"

static bool is_label_unit(unsigned unit)
{
    return unit_is(unit, CHARACTER_LABEL);
}

/* The first place of the run of labels and single dots around `at`; stops where
 * it is longer than a name can be. */
static size_t run_begin(const struct view *view, size_t at)
{
    for (size_t walked = 0; walked <= HOST_LENGTH_MAX; walked++) {
        unsigned before = view_before(view, at, 1);
        if (!is_label_unit(before) &&
            !(before == '.' && is_label_unit(view_before(view, at, 2)) &&
              is_label_unit(view_unit(view, at))))
            break;
        at -= view->step;
    }
    return at;
}

size_t run_end(const struct view *view, size_t at)
{
    for (size_t walked = 0, labels; walked <= HOST_LENGTH_MAX; walked += labels) {
        labels = class_length(view, at, CHARACTER_LABEL, HOST_LENGTH_MAX + 1 - walked);
        if (labels == 0 && view_unit(view, at) == '.' &&
            is_label_unit(view_behind(view, at, 1)) && is_label_unit(view_before(view, at, 1)))
            labels = 1;
        if (labels == 0)
            break;
        at += labels * view->step;
    }
    return at;
}

static bool label_is_good(const char *label, size_t length, bool plain)
{
    if (length == 0 || length > LABEL_LENGTH_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    return !plain || !memchr(label, '_', length);
}

/* What a character says of the name that it is in. */
enum { HOST_UPPER = 1, HOST_LOWER = 2, HOST_NO_NUMBER = 4, HOST_LINE = 8 };

#define U (HOST_UPPER | HOST_NO_NUMBER)
#define L (HOST_LOWER | HOST_NO_NUMBER)
#define N HOST_NO_NUMBER

static const uint8_t host_letters[256] = {
    [0 ... '-'] = N,   ['/'] = N,         [':' ... '@'] = N, ['A' ... 'Z'] = U,
    ['[' ... '^'] = N, ['_'] = N | HOST_LINE, ['`'] = N,     ['a' ... 'z'] = L,
    ['{' ... 255] = N,
};

#undef U
#undef L
#undef N

/* Its units in lower case, and together what they say of it. */
static unsigned copy_host(const struct view *view, size_t begin, size_t units, char *name)
{
    const uint8_t *bytes = view->step == 1 ? view->data + begin : NULL;
    unsigned letters = 0;

    for (size_t i = 0; i < units; i++) {
        unsigned unit = bytes ? bytes[i] : view_behind(view, begin, i);
        unsigned letter = unit < 256 ? host_letters[unit] : HOST_NO_NUMBER;
        letters |= letter;
        name[i] = (char)(unit + 32 * (letter & HOST_UPPER));
    }
    return letters;
}

/* Whether an upper case letter stands anywhere behind one in lower case. */
static bool has_letter_switch(const struct view *view, size_t begin, size_t units)
{
    bool lower = false;

    for (size_t i = 0; i < units; i++) {
        unsigned unit = view_behind(view, begin, i);
        if (lower && unit >= 'A' && unit <= 'Z')
            return true;
        lower |= unit >= 'a' && unit <= 'z';
    }
    return false;
}

/* Behind "@" or "//" stands what somebody meant as a host, also where it can be none:
 * jo@my_firm.com. */
static bool is_meant(const struct view *view, size_t begin)
{
    unsigned before = view_before(view, begin, 1);

    return before == '@' || (before == '/' && view_before(view, begin, 2) == '/');
}

/* Take [begin, end) apart: the longest end of it whose labels are all good. */
static bool host_measure(const struct view *view, size_t begin, size_t end, struct host *host)
{
    size_t units = (end - begin) / view->step, good_from;
    unsigned plain = is_meant(view, begin) ? 1 : 2; /* labels from the end without "_" */

    /* But for the name, which is long. */
    host->labels = 0;
    host->length = host->skipped = 0;
    host->numeric = true;
    host->mixed_case = host->camel_case = false;
    if (units > HOST_LENGTH_MAX || units < HOST_LENGTH_MIN)
        return false;
    unsigned letters = copy_host(view, begin, units, host->name);
    host->name[units] = '\0';
    host->length = good_from = units;
    host->numeric = !(letters & HOST_NO_NUMBER);
    host->mixed_case = (letters & HOST_UPPER) && (letters & HOST_LOWER);
    host->camel_case = host->mixed_case && has_letter_switch(view, begin, units);
    bool lines = letters & HOST_LINE;
    for (size_t at = units; at > 0;) {
        size_t stop = at;
        while (at > 0 && host->name[at - 1] != '.')
            at--;
        if (!label_is_good(host->name + at, stop - at, lines && host->labels < plain))
            break;
        host->labels++;
        good_from = at;
        at -= at > 0;
    }
    if (good_from > 0)
        memmove(host->name, host->name + good_from, units - good_from + 1);
    host->length = units - good_from;
    host->skipped = good_from;
    return host->labels >= 2;
}

static enum suffix host_suffix(const struct scan *scan, const struct host *host)
{
    const char *dot = strrchr(host->name, '.');

    return dot ? suffix_of(scan, dot + 1) : SUFFIX_NONE;
}

/* Whether cutting labels off leaves a name that ends in a suffix, or may: '_' is a letter of some
 * labels only, by their place. */
static bool may_be_cut(const struct scan *scan, struct host *host, int cuts)
{
    size_t length = host->length;
    bool found = memchr(host->name, '_', length) != NULL;

    for (unsigned labels = host->labels; cuts > 0 && labels > 2 && !found; cuts--, labels--) {
        while (host->name[length] != '.')
            length--;
        host->name[length] = '\0';
        found = host_suffix(scan, host) != SUFFIX_NONE;
        host->name[length--] = '.';
    }
    return found;
}

enum suffix fit_host(const struct scan *scan, const struct view *view, size_t begin, size_t *end,
                     struct host *host, struct finding *finding, enum reason cut)
{
    enum { MOST_CUTS = 3 };
    size_t at = *end;
    enum suffix suffix = SUFFIX_NONE;

    if (!host_measure(view, begin, *end, host)) {
        host->labels = 0;
        return SUFFIX_NONE;
    }
    if (host->numeric || (suffix = host_suffix(scan, host)) != SUFFIX_NONE) {
        finding->suffix = host->numeric ? SUFFIX_NONE : suffix;
        return finding->suffix;
    }
    size_t tag = before_tag(view, begin, *end);
    if (tag > begin && tag < *end && host_measure(view, begin, tag, host) && !host->numeric &&
        (suffix = host_suffix(scan, host)) != SUFFIX_NONE) {
        finding->suffix = suffix;
        judge(finding, REASON_TAG_BEHIND);
        *end = tag;
        return suffix;
    }
    if (tag > begin && tag < *end)
        host_measure(view, begin, *end, host);
    if (!may_be_cut(scan, host, MOST_CUTS))
        return SUFFIX_NONE;
    for (int cuts = 0; cuts < MOST_CUTS; cuts++) {
        while (at > begin && view_before(view, at, 1) != '.')
            at -= view->step;
        if (at == begin || !host_measure(view, begin, at -= view->step, host))
            break;
        if (host->numeric || (suffix = host_suffix(scan, host)) == SUFFIX_NONE)
            continue;
        finding->suffix = suffix;
        judge(finding, cut);
        *end = at;
        return suffix;
    }
    host_measure(view, begin, *end, host);
    return SUFFIX_NONE;
}

bool parse_ipv4(const char *text, unsigned groups[4])
{
    enum { PADDED_LENGTH = 15 }; /* 192.000.002.001: some logs have all groups so */
    const char *at = text;
    bool padded = false;

    for (int i = 0; i < 4; i++) {
        unsigned number = 0, digits = 0;
        for (; *at >= '0' && *at <= '9'; at++, digits++)
            number = number * 10 + (unsigned)(*at - '0');
        if (digits == 0 || digits > 3 || number > 255)
            return false;
        padded |= digits > 1 && at[-(int)digits] == '0';
        groups[i] = number;
        if (i < 3 && *at++ != '.')
            return false;
    }
    return *at == '\0' && (!padded || at - text == PADDED_LENGTH);
}

void write_ipv4(const struct view *view, const struct finding *finding, struct buffer *value)
{
    size_t units = finding->length / view->step;
    char *out = buffer_reserve(value, units);
    bool leading = true; /* no digit of the number yet */

    for (size_t i = 0; i < units && out; i++) {
        unsigned unit = view_behind(view, finding->at, i);
        if (leading && unit == '0' && i + 1 < units && view_behind(view, finding->at, i + 1) != '.')
            continue;
        leading = unit == '.';
        out[0] = (char)unit;
        out++;
        value->length++;
    }
}

/* Does a word that announces a version stand before? */
static bool version_before(const struct view *view, size_t begin)
{
    char word[12];
    bool has_v = false, has_b = false;

    for (size_t i = 1; i <= sizeof word - 1; i++) {
        unsigned unit = view_before(view, begin, i);
        char letter = unit < 128 ? (char)(unit | 0x20) : ' ';
        has_v |= letter == 'v';
        has_b |= letter == 'b';
        word[sizeof word - 1 - i] = letter;
    }
    word[sizeof word - 1] = '\0';
    if (!has_v && !has_b && !strstr(word, "rsion"))
        return false;
    const char *ver = strstr(word, "ver");
    bool server = ver && ver - word >= 3 && memcmp(ver - 3, "ser", 3) == 0;
    return (ver && !server) || strstr(word, "rsion") || word[10] == 'v' ||
           strstr(word, "build") || strstr(word, "rev");
}

/* Whether what stands behind ends a text: no more of a path, a name or a number. */
static bool ends_text(const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at);

    if (unit_among(unit, ",;:)]}!'"))
        return true;
    if (unit == '.')
        return !unit_is(view_behind(view, at, 1), CHARACTER_ALNUM);
    return !unit_is(unit, CHARACTER_URL | CHARACTER_DIGIT);
}

/* Whether it is a network with a length of prefix behind (192.0.2.0/24). One that has bits
 * behind the prefix is an address with its network (192.0.2.77/24), as is one of 32 bits. */
static bool is_network(const struct view *view, size_t begin, size_t end, const unsigned groups[4])
{
    const uint32_t address = groups[0] << 24 | groups[1] << 16 | groups[2] << 8 | groups[3];
    unsigned prefix = 0, digits = 0;

    if (view_unit(view, end) != '/' || view_before(view, begin, 1) == '/' ||
        view_before(view, begin, 1) == '@')
        return false;
    while (digits < 3 && unit_is(view_behind(view, end, digits + 1), CHARACTER_DIGIT))
        prefix = 10 * prefix + (view_behind(view, end, ++digits) - '0');
    return digits > 0 && prefix < 32 && (address & (UINT32_MAX >> prefix)) == 0 &&
           ends_text(view, end + (digits + 1) * view->step);
}

/* Servers of names that anybody may ask, whose numbers are small. */
static bool is_known_resolver(const unsigned groups[4])
{
    static const uint8_t resolvers[][4] = {
        { 8, 8, 8, 8 }, { 8, 8, 4, 4 }, { 9, 9, 9, 9 }, { 4, 2, 2, 1 }, { 4, 2, 2, 2 },
        { 4, 2, 2, 3 }, { 4, 2, 2, 4 }, { 4, 2, 2, 5 }, { 4, 2, 2, 6 },
    };

    for (size_t i = 0; i < sizeof resolvers / sizeof *resolvers; i++)
        if (groups[0] == resolvers[i][0] && groups[1] == resolvers[i][1] &&
            groups[2] == resolvers[i][2] && groups[3] == resolvers[i][3])
            return true;
    return false;
}

/* [begin, end) is `text`, numbers and dots. */
static void find_ipv4(struct scan *scan, const struct view *view, size_t begin, size_t end,
                      const char *text)
{
    struct finding finding = { .at = begin,
                               .length = end - begin,
                               .kind = IOC_IPV4,
                               .encoding = view->encoding };
    unsigned groups[4];

    if (!parse_ipv4(text, groups))
        return;
    find_mail_at_address(scan, view, begin, end);
    judge(&finding, REASON_ADDRESS);
    if (version_before(view, begin))
        judge(&finding, REASON_VERSION_BEFORE);
    if (groups[0] == 0 || groups[0] >= 224 || groups[0] == 127)
        judge(&finding, REASON_SPECIAL_ADDRESS);
    else if (groups[0] < 10 && groups[1] < 10 && groups[2] < 10)
        judge(&finding, REASON_SMALL_NUMBERS);
    if (address_word_before(view, begin))
        judge(&finding, REASON_HOST_WORD);
    if (groups[3] != 0 && is_own_line(view, begin, end))
        judge(&finding, REASON_OWN_LINE);
    if (groups[0] < 10 && is_known_resolver(groups))
        judge(&finding, REASON_KNOWN_HOST);
    if (is_network(view, begin, end, groups))
        judge(&finding, REASON_NETWORK);
    judge_around(&finding, view, begin, end);
    add_finding(scan, &finding);
}

/* Addresses with a hyphen between: 192.0.2.1-192.0.2.9, 192.0.2.1-9; versions have small
 * numbers (2.5.0.9-2.7.17.0). */
static void find_ipv4_range(struct scan *scan, const struct view *view, size_t begin, size_t end)
{
    enum { ADDRESS_LENGTH_MAX = 15, NUMBER_LENGTH_MAX = 3 };
    char first[ADDRESS_LENGTH_MAX + 1] = "", second[ADDRESS_LENGTH_MAX + 1] = "";
    char *text = first;
    size_t length = 0, border = 0;
    unsigned from[4], to[4];

    for (size_t at = begin; at < end; at += view->step) {
        unsigned unit = view_unit(view, at);
        if (unit == '-' && text == first) {
            text = second;
            length = 0;
            border = at;
        } else if ((unit_is(unit, CHARACTER_DIGIT) || unit == '.') &&
                   length < ADDRESS_LENGTH_MAX) {
            text[length++] = (char)unit;
        } else {
            return;
        }
    }
    if (border == 0 || !parse_ipv4(first, from) || from[0] < 10)
        return;
    bool address = parse_ipv4(second, to);
    if (address ? to[0] != from[0] : length > NUMBER_LENGTH_MAX || strchr(second, '.'))
        return;
    find_ipv4(scan, view, begin, border, first);
    if (address)
        find_ipv4(scan, view, border + view->step, end, second);
}

/*
 * Where the name begins in a run: behind what is left of escaped characters
 * (%2F, %252F) and of lines of hyphens.
 */
static size_t skip_escape(const struct view *view, size_t begin, size_t end)
{
    size_t at = begin;

    if (view_before(view, begin, 1) == '%') {
        while (view_unit(view, at) == '2' && view_behind(view, at, 1) == '5')
            at += 2 * view->step;
        if (unit_is(view_unit(view, at), CHARACTER_HEX) &&
            unit_is(view_behind(view, at, 1), CHARACTER_HEX))
            at += 2 * view->step;
        else
            at = begin;
    }
    at = skip_value_name(view, skip_quoted(view, at), end);
    while (at < end && view_unit(view, at) == '-')
        at += view->step;
    return at;
}

/* Whether a name goes on before `begin` with letters beyond ASCII. */
static bool goes_on_before(const struct view *view, size_t begin)
{
    if (view_before(view, begin, 1) == '.')
        begin -= view->step;
    return view_before(view, begin, 1) >= 0x80 && foreign_before(view, begin);
}

bool goes_on_behind(const struct view *view, size_t end)
{
    if (view_unit(view, end) == '.')
        end += view->step;
    return view_unit(view, end) >= 0x80 && foreign_at(view, end);
}

/* The dot of a name with such letters; false if it is in none. */
static bool find_international_host(struct scan *scan, const struct view *view, size_t dot,
                                    size_t *walked)
{
    size_t *refused = &scan->refused[walked - scan->walked];
    struct finding finding = { .at = dot,
                               .kind = IOC_DOMAIN,
                               .encoding = view->encoding,
                               .international = true };
    struct host host = { 0 };
    size_t end;

    if (dot >= *refused)
        *refused = international_refused(scan, view, dot);
    if (dot < *refused)
        return false;
    enum suffix suffix = find_international(scan, view, &finding.at, &end, &host, true);
    if (host.hopeless)
        *refused = end;
    if (suffix == SUFFIX_NONE || suffix_is_registry(scan, host.name))
        return false;
    finding.suffix = suffix;
    finding.length = end - finding.at;
    finding.host_length = finding.length / view->step;
    judge(&finding, REASON_INTERNATIONAL);
    if (host.short_label)
        judge(&finding, REASON_SHORT);
    judge_domain(scan, &finding, &host, view, finding.at, end);
    add_finding(scan, &finding);
    *walked = end;
    return true;
}

static size_t walked_slot(const struct view *view, size_t at)
{
    return view->step == 1 ? 0 : 1 + (at & 1) + 2 * view->low;
}

bool is_walked(const struct scan *scan, const struct view *view, size_t at)
{
    return at < scan->walked[walked_slot(view, at)];
}

/* A candidate dot. */
static void find_host(struct scan *scan, const struct view *view, size_t dot)
{
    size_t *walked = &scan->walked[walked_slot(view, dot)];

    if (dot < *walked)
        return;
    size_t begin = run_begin(view, dot), end = run_end(view, dot), run = end;
    struct finding finding = { .kind = IOC_DOMAIN, .encoding = view->encoding };
    struct host host;
    *walked = end > dot ? end : dot + view->step;
    if ((goes_on_before(view, begin) || goes_on_behind(view, end)) &&
        find_international_host(scan, view, dot, walked))
        return;
    const char *plain;
    size_t escape = begin;
    begin = skip_escape(view, begin, end);
    if (begin > escape && token_at(view, begin - 3 * view->step, &plain) == 3)
        return; /* behind %2E: the whole name is found by that mark */
    enum escaped escaped = begin > escape ? find_escaped(scan, view, begin) : ESCAPED_NONE;
    bool origin = find_origin(view, &begin, &end);
    while (end > begin && view_before(view, end, 1) == '-')
        end -= view->step;
    run = end;
    enum suffix suffix = fit_host(scan, view, begin, &end, &host, &finding, REASON_CUT_BEHIND);
    if (host.labels == 0)
        return;
    begin += host.skipped * view->step;
    if (host.numeric) {
        find_ipv4(scan, view, begin, end, host.name);
        return;
    }
    if (suffix == SUFFIX_NONE && unit_is(view_unit(view, begin), CHARACTER_DIGIT)) {
        find_ipv4_range(scan, view, begin, run);
        return;
    }
    /* Words of programs have dots too: what is cut off must be sure, or have its length before. */
    bool is_sure = end == run || suffix == SUFFIX_PUBLIC || is_measured(view, begin, end);
    if (suffix == SUFFIX_NONE || !is_sure || suffix_is_registry(scan, host.name))
        return;
    finding.at = begin;
    finding.length = end - begin;
    finding.host_length = host.length;
    if (origin || escaped != ESCAPED_NONE)
        judge(&finding, escaped == ESCAPED_MAIL ? REASON_IN_MAIL : REASON_IN_URL);
    judge_domain(scan, &finding, &host, view, begin, end);
    if (is_onion(host.name, &finding))
        finding.kind = IOC_ONION;
    else if (strcmp(strrchr(host.name, '.'), ".onion") == 0)
        judge(&finding, REASON_NO_ONION);
    add_finding(scan, &finding);
}

static void find_at_dot(struct scan *scan, const struct view *view, size_t dot)
{
    if (unit_is(view_before(view, dot, 1), CHARACTER_ALNUM) || foreign_before(view, dot))
        find_host(scan, view, dot);
    if (is_wanted(scan, IOC_MAC))
        find_mac(scan, view, dot);
    if (is_wanted(scan, IOC_FILENAME))
        find_filename(scan, view, dot);
    if (is_wanted(scan, IOC_PDB))
        find_pdb(scan, view, dot);
    if (is_wanted(scan, IOC_USER_AGENT))
        find_browser(scan, view, dot);
}

static void find_at_colon(struct scan *scan, const struct view *view, size_t colon)
{
    if (view_behind(view, colon, 1) == '/') {
        find_url(scan, view, colon);
        if (is_wanted(scan, IOC_WINPATH))
            find_drive(scan, view, colon + view->step);
    } else if (view_behind(view, colon, 1) == '\\') {
        find_quoted_url(scan, view, colon);
    } else if (view_behind(view, colon, 1) == '?') {
        find_magnet(scan, view, colon);
    } else if (is_wanted(scan, IOC_IPV6) || is_wanted(scan, IOC_EMAIL)) {
        find_ipv6(scan, view, colon);
    }
    if (is_wanted(scan, IOC_MAC))
        find_mac(scan, view, colon);
    if (is_wanted(scan, IOC_USER_AGENT))
        find_agent(scan, view, colon);
}

void find_at(struct scan *scan, const struct view *view, size_t at)
{
    switch (view_unit(view, at)) {
    case '.':
        find_at_dot(scan, view, at);
        break;
    case '@':
        find_mail(scan, view, at);
        break;
    case ':':
        find_at_colon(scan, view, at);
        break;
    case '-':
    case '_':
        find_cve(scan, view, at);
        find_mac(scan, view, at);
        break;
    case '%':
        find_variable(scan, view, at + view->step);
        break;
    case '\\':
        find_path(scan, view, at);
    }
}
