/* SPDX-License-Identifier: Apache-2.0 */

/* indicators: what stands around a candidate, and how sure that is. */

#include <string.h>

#include <fett/buffer.h>

#include "scan.h"

enum { SCHEME_LENGTH_MAX = 12, NESTED_URLS_MAX = 3 };

enum { HOST_LENGTH_MIN = 4, HOST_LENGTH_SHORT = 7 }; /* t.co */

enum { WORD_LENGTH_MAX = 12 };

/* RFC 4291 2.2: eight groups with a zone or an IPv4 address at their end. */
enum { IPV6_LENGTH_MAX = 64 };

static void add(struct scan *scan, const struct finding *finding)
{
    if (!(scan->scanner->options.kinds >> finding->kind & 1))
        return;
    if (memory_grow((void **)&scan->findings, &scan->capacity, scan->count + 1,
                    sizeof *scan->findings) == 0)
        scan->findings[scan->count++] = *finding;
}

static bool is_hexadecimal(unsigned unit)
{
    return (unit >= '0' && unit <= '9') || ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'f');
}

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

static size_t run_end(const struct view *view, size_t at)
{
    for (size_t walked = 0; walked <= HOST_LENGTH_MAX; walked++) {
        unsigned unit = view_unit(view, at);
        if (!is_label_unit(unit) && !(unit == '.' && is_label_unit(view_behind(view, at, 1)) &&
                                      is_label_unit(view_before(view, at, 1))))
            break;
        at += view->step;
    }
    return at;
}

/* A host name taken apart. */
struct host {
    char name[HOST_LENGTH_MAX + 1]; /* lower case */
    size_t length, skipped; /* units left out before it, which break the rules */
    unsigned labels;
    bool numeric, mixed_case, camel_case, capital_suffix;
};

static bool label_is_good(const char *label, size_t length, bool registered)
{
    if (length == 0 || length > LABEL_LENGTH_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    return !registered || !memchr(label, '_', length);
}

/* Whether the last label is written like a name: .Net, not .net or .NET. */
static bool ends_capital(const struct view *view, size_t begin, size_t end)
{
    while (end > begin && view_before(view, end, 1) != '.')
        end -= view->step;
    unsigned first = view_unit(view, end), second = view_behind(view, end, 1);
    return first >= 'A' && first <= 'Z' && second >= 'a' && second <= 'z';
}

/* Take [begin, end) apart: the longest end of it whose labels are all good. */
static bool host_measure(const struct view *view, size_t begin, size_t end, struct host *host)
{
    size_t units = (end - begin) / view->step, good_from;
    bool upper = false, lower = false, letter_switch = false;

    *host = (struct host){ .numeric = true };
    if (units > HOST_LENGTH_MAX || units < HOST_LENGTH_MIN)
        return false;
    for (size_t i = 0; i < units; i++) {
        unsigned unit = view_behind(view, begin, i);
        host->numeric &= unit == '.' || (unit >= '0' && unit <= '9');
        if (unit >= 'A' && unit <= 'Z') {
            letter_switch |= lower;
            upper = true;
            unit += 32;
        } else if (unit >= 'a' && unit <= 'z') {
            lower = true;
        }
        host->name[i] = (char)unit;
    }
    host->name[units] = '\0';
    host->capital_suffix = ends_capital(view, begin, end);
    host->length = good_from = units;
    host->mixed_case = upper && lower;
    host->camel_case = host->mixed_case && letter_switch;
    for (size_t at = units; at > 0;) {
        size_t stop = at;
        while (at > 0 && host->name[at - 1] != '.')
            at--;
        if (!label_is_good(host->name + at, stop - at, host->labels < 2))
            break;
        host->labels++;
        good_from = at;
        at -= at > 0;
    }
    memmove(host->name, host->name + good_from, units - good_from + 1);
    host->length = units - good_from;
    host->skipped = good_from;
    return host->labels >= 2;
}

static enum suffix host_suffix(const struct scan *scan, const struct host *host)
{
    const char *dot = strrchr(host->name, '.');

    return dot ? suffix_of(scan->scanner, dot + 1) : SUFFIX_NONE;
}

/*
 * The host that begins at `begin`: all of [begin, *end), or as much of it as has
 * a suffix, with *end moved. In DER, which certificates are, a name is followed
 * by the tag of a sequence, 0x30, which is the digit 0; in names of files by
 * endings (jo@example.com.pst). Points for the cut are `cut_points`. SUFFIX_NONE
 * and host->labels 0: it is no host at all.
 */
static enum suffix fit_host(const struct scan *scan, const struct view *view, size_t begin,
                            size_t *end, struct host *host, struct finding *finding,
                            enum reason cut)
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
    if (view_before(view, *end, 1) == '0' && host_measure(view, begin, *end - view->step, host) &&
        !host->numeric && (suffix = host_suffix(scan, host)) != SUFFIX_NONE) {
        finding->suffix = suffix;
        judge(finding, REASON_TAG_BEHIND);
        *end -= view->step;
        return suffix;
    }
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

/* Whether names are registered under the whole of it (co.uk). The list's private
 * part, hosts under which others get names (ddns.net), is left out: these are
 * hosts themselves. */
static bool is_suffix_itself(const struct scan *scan, const struct host *host)
{
    return psl_is_public_suffix2(scan->scanner->list, host->name,
                                 PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

/* Whether a registry of a country gives names under the last two labels (co.uk). */
static bool has_registry(const struct scan *scan, const struct host *host)
{
    const char *at = host->name + host->length;
    int dots = 0;

    while (at > host->name && (dots += at[-1] == '.') < 2)
        at--;
    return dots == 2 && psl_is_public_suffix2(scan->scanner->list, at,
                                              PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

/* The use of the labels of a name, as words. */
static void judge_words(const struct scan *scan, struct finding *finding,
                        const struct host *host)
{
    unsigned first = 0, uses = 0, last = 0;
    const char *label = host->name;

    for (const char *dot; (dot = strchr(label, '.')); label = dot + 1) {
        last = word_uses(label, (size_t)(dot - label));
        uses |= last;
        if (label == host->name)
            first = last;
    }
    if (((first & WORD_PACKAGE) && (host->labels > 2 || finding->suffix != SUFFIX_PUBLIC)) ||
        ((first & WORD_REVERSED) && host->labels > 2))
        judge(finding, REASON_PACKAGE);
    if ((first & WORD_SERVER) && host->labels > 2)
        judge(finding, REASON_SERVER);
    if (first & WORD_OBJECT)
        judge(finding, REASON_OBJECT);
    else if (uses & WORD_MEMBER)
        judge(finding, REASON_MEMBER);
    if ((last & WORD_FILE) && host->labels > 2 && !has_registry(scan, host))
        judge(finding, REASON_FILE_LABEL);
}

/* What the name says for itself. */
static void judge_host(const struct scan *scan, struct finding *finding, const struct host *host)
{
    judge(finding, REASON_SUFFIX);
    if (host->labels == 2)
        judge(finding, REASON_LABELS_TWO);
    else
        judge(finding, host->labels == 3 ? REASON_LABELS_THREE : REASON_LABELS_MORE);
    if (strncmp(host->name, "www.", 4) == 0)
        judge(finding, REASON_WWW);
    if (finding->suffix >= SUFFIX_WORD && host->labels > 2 && has_registry(scan, host))
        judge(finding, REASON_REGISTRY);
    if (host->length < HOST_LENGTH_SHORT)
        judge(finding, REASON_SHORT);
}

/* Whether a label before the suffix is one letter (a.from.ch, swp.b.ge). */
static bool has_single_letter(const struct host *host)
{
    unsigned left = host->labels;

    if (left < 3)
        return false;
    for (const char *at = host->name; left > 1; at = strchr(at, '.') + 1, left--)
        if (at[1] == '.' && (at == host->name || at[0] > '9'))
            return true;
    return false;
}

/* What it says against itself. */
static void judge_spelling(const struct scan *scan, struct finding *finding,
                           const struct host *host)
{
    judge_words(scan, finding, host);
    if (has_single_letter(host))
        judge(finding, REASON_SINGLE_LETTER);
    if (memchr(host->name, '_', host->length))
        judge(finding, REASON_UNDERSCORE);
    if (finding->suffix <= SUFFIX_COUNTRY ? host->camel_case : host->mixed_case)
        judge(finding, REASON_MIXED_CASE);
    if (host->capital_suffix)
        judge(finding, REASON_CAPITAL_SUFFIX);
}

static bool is_text(unsigned unit)
{
    return unit >= ' ' || unit == '\t' || unit == '\n' || unit == '\r' || unit == 0;
}

/* Whether bytes that are no text, nor of UTF-8, stand on both sides: what random
 * or packed bytes look like. A byte before may also tell the length. */
static bool no_text_beside(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);
    unsigned next = view_behind(view, end, 1);

    if (behind == '.') {
        behind = next;
        next = view_behind(view, end, 2);
    }
    if (view->step != 1 || before == end - begin)
        return false;
    bool text_before = is_text(before) && (before < 0x7f || before == UNIT_NONE);
    bool text_behind = is_text(behind) && (behind < 0x7f || behind == UNIT_NONE);
    if (before >= 0x80 && before < 0xc0)
        text_before = (view_before(view, begin, 2) & 0x80) && begin > 0;
    if (behind >= 0xc2 && behind < 0xf5)
        text_behind = (next & 0xc0) == 0x80;
    return !text_before && !text_behind;
}

/* Whether the field Host of HTTP holds it. */
static bool in_host_field(const struct view *view, size_t begin)
{
    static const char field[] = "Host: ";
    size_t length = sizeof field - 1;

    for (size_t i = 0; i < length; i++)
        if (view_before(view, begin, length - i) != (unsigned char)field[i])
            return false;
    return view_before(view, begin, length + 1) == '\n' ||
           view_before(view, begin, length + 1) == UNIT_NONE;
}

/* The word before `begin`, at most four of " =:\"'(" between, in lower case; its length. */
static size_t word_before(const struct view *view, size_t begin, char word[WORD_LENGTH_MAX + 1])
{
    size_t skipped = 0, length = 0;

    while (skipped < 4 && view_before(view, begin, skipped + 1) < 128 &&
           strchr(" =:\"'(", (int)view_before(view, begin, skipped + 1)) &&
           view_before(view, begin, skipped + 1) != 0)
        skipped++;
    if (skipped == 0)
        return 0;
    while (length < WORD_LENGTH_MAX &&
           unit_is(view_before(view, begin, skipped + length + 1), CHARACTER_LETTER))
        length++;
    for (size_t i = 0; i < length; i++)
        word[i] = (char)(view_before(view, begin, skipped + length - i) | 0x20);
    word[length] = '\0';
    return length;
}

/* Whether it is the name in an entry of a folder: a byte of its length and one of
 * its kind stand before it, in ext2 to ext4 as in NTFS. */
static bool in_folder(const struct view *view, size_t begin, size_t end)
{
    return begin >= 2 && view->data[begin - 1] < 8 &&
           view->data[begin - 2] == (end - begin) / view->step;
}

/* What stands around a name. */
static void judge_around(struct finding *finding, const struct view *view, size_t begin,
                         size_t end)
{
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);
    unsigned next = view_behind(view, end, 1);

    if (before == '/' && view_before(view, begin, 2) == '/')
        judge(finding, view_before(view, begin, 3) == ':' ? REASON_IN_URL
                                                           : REASON_SLASHES_BEFORE);
    else if (before == '\\' && view_before(view, begin, 2) == '\\' && behind == '\\' &&
             !is_label_unit(view_before(view, begin, 3)) && view_before(view, begin, 3) != ':')
        judge(finding, REASON_SLASHES_BEFORE);
    else if (before == '@' && unit_is(view_before(view, begin, 2), CHARACTER_MAIL))
        judge(finding, REASON_IN_MAIL);
    else if (before == '@')
        judge(finding, REASON_AT_BEFORE);
    else if (before == 0 || before == UNIT_NONE)
        judge(finding, REASON_NUL_BEFORE);
    else if (before == '/' || before == '\\')
        judge(finding, REASON_PATH_BEFORE);
    else if (before == '.' && view_before(view, begin, 2) == '*')
        judge(finding, REASON_WILDCARD);
    if (behind == '(')
        judge(finding, REASON_CALL_BEHIND);
    else if (behind == '/')
        judge(finding, REASON_PATH_BEHIND);
    else if (behind == ':' && unit_is(next, CHARACTER_DIGIT))
        judge(finding, REASON_PORT_BEHIND);
}

/* What stands around a name, but for that which makes it a host. */
static void judge_code(struct finding *finding, const struct view *view, size_t begin, size_t end)
{
    char word[WORD_LENGTH_MAX + 1];
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);
    unsigned next = view_behind(view, end, 1);
    unsigned uses = word_uses(word, word_before(view, begin, word));

    if (behind == '@' && unit_is(next, CHARACTER_ALNUM))
        judge(finding, REASON_MAIL_BEHIND);
    if (in_host_field(view, begin))
        judge(finding, REASON_HOST_FIELD);
    else if (uses & WORD_HOST)
        judge(finding, REASON_HOST_WORD);
    if (before == '$' || before == '%' ||
        (before == '>' && view_before(view, begin, 2) == '-') || (uses & WORD_CODE) ||
        (before == '=' && view_before(view, begin, 2) == '='))
        judge(finding, REASON_CODE_BEFORE);
    if (behind == '[' && next != 'a')
        judge(finding, REASON_CODE_BEHIND);
    if (behind == ' ') {
        behind = next;
        next = view_behind(view, end, 2);
    }
    if (behind == '=' || (behind == '.' && next == '(') ||
        ((behind == '!' || behind == '+' || behind == '|' || behind == '&') &&
         (next == '=' || next == behind)))
        judge(finding, REASON_CODE_BEHIND);
    if (in_folder(view, begin, end))
        judge(finding, REASON_FILE_NAME);
    else if (no_text_beside(view, begin, end))
        judge(finding, REASON_NO_TEXT);
}

static bool parse_ipv4(const char *text, unsigned groups[4])
{
    const char *at = text;

    for (int i = 0; i < 4; i++) {
        unsigned number = 0, digits = 0;
        for (; *at >= '0' && *at <= '9'; at++, digits++)
            number = number * 10 + (unsigned)(*at - '0');
        if (digits == 0 || digits > 3 || number > 255 || (digits > 1 && at[-(int)digits] == '0'))
            return false;
        groups[i] = number;
        if (i < 3 && *at++ != '.')
            return false;
    }
    return *at == '\0';
}

/* Does a word that announces a version stand before? */
static bool version_before(const struct view *view, size_t begin)
{
    char word[12];
    size_t length = 0;

    for (size_t i = 1; i <= sizeof word - 1; i++) {
        unsigned unit = view_before(view, begin, i);
        word[sizeof word - 1 - i] = unit < 128 ? (char)(unit | 0x20) : ' ';
        length++;
    }
    word[sizeof word - 1] = '\0';
    return length > 0 && (strstr(word, "ver") || strstr(word, "rsion") || word[10] == 'v' ||
                          strstr(word, "build") || strstr(word, "rev"));
}

static void find_ipv4(struct scan *scan, const struct view *view, size_t begin, size_t end,
                      const struct host *host)
{
    struct finding finding = { .at = begin,
                               .length = end - begin,
                               .host_length = host->length,
                               .kind = IOC_IPV4,
                               .wide = view->step == 2 };
    unsigned groups[4];

    if (!parse_ipv4(host->name, groups))
        return;
    judge(&finding, REASON_ADDRESS);
    if (version_before(view, begin))
        judge(&finding, REASON_VERSION_BEFORE);
    if (groups[0] == 0 || groups[0] >= 224 || groups[0] == 127)
        judge(&finding, REASON_SPECIAL_ADDRESS);
    else if (groups[0] < 10 && groups[1] < 10 && groups[2] < 10)
        judge(&finding, REASON_SMALL_NUMBERS);
    judge_around(&finding, view, begin, end);
    add(scan, &finding);
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
        if (is_hexadecimal(view_unit(view, at)) && is_hexadecimal(view_behind(view, at, 1)))
            at += 2 * view->step;
        else
            at = begin;
    }
    while (at < end && view_unit(view, at) == '-')
        at += view->step;
    return at;
}

/* A candidate dot. */
static void find_host(struct scan *scan, const struct view *view, size_t dot)
{
    size_t *walked = &scan->walked[view->step == 1 ? 0 : 1 + (dot & 1)];

    if (dot < *walked)
        return;
    size_t begin = run_begin(view, dot), end = run_end(view, dot), run = end;
    struct finding finding = { .kind = IOC_DOMAIN, .wide = view->step == 2 };
    struct host host;
    *walked = end;
    begin = skip_escape(view, begin, end);
    while (end > begin && view_before(view, end, 1) == '-')
        end -= view->step;
    run = end;
    enum suffix suffix = fit_host(scan, view, begin, &end, &host, &finding, REASON_CUT_BEHIND);
    if (host.labels == 0)
        return;
    begin += host.skipped * view->step;
    if (host.numeric) {
        find_ipv4(scan, view, begin, end, &host);
        return;
    }
    /* Words of programs have dots too: what is cut off must be sure. */
    if (suffix == SUFFIX_NONE || (end != run && suffix != SUFFIX_PUBLIC) ||
        is_suffix_itself(scan, &host))
        return;
    finding.at = begin;
    finding.length = end - begin;
    finding.host_length = host.length;
    judge_host(scan, &finding, &host);
    judge_around(&finding, view, begin, end);
    /* A URL or a mail address holds a host, whatever it is called. */
    if (!(finding.reasons & (UINT64_C(1) << REASON_IN_URL | UINT64_C(1) << REASON_IN_MAIL))) {
        judge_spelling(scan, &finding, &host);
        judge_code(&finding, view, begin, end);
    }
    add(scan, &finding);
}

/* Whether a name before '@' is the user or password of a URL: "://" or "://user:"
 * stands before it. */
static bool is_userinfo(const struct view *view, size_t begin)
{
    if (view_before(view, begin, 1) == ':') {
        size_t walked = 0;
        do
            begin -= view->step;
        while (++walked <= MAIL_NAME_LENGTH_MAX && unit_is(view_before(view, begin, 1),
                                                           CHARACTER_MAIL));
    }
    return view_before(view, begin, 1) == '/' && view_before(view, begin, 2) == '/' &&
           view_before(view, begin, 3) == ':';
}

/* A candidate '@'. */
static void find_mail(struct scan *scan, const struct view *view, size_t at)
{
    size_t begin = at, end;
    struct host host;

    /* Most of them are random bytes, or names of functions (_open@8). */
    if (!unit_is(view_before(view, at, 1), CHARACTER_MAIL))
        return;
    end = run_end(view, at + view->step);
    if ((end - at) / view->step <= HOST_LENGTH_MIN)
        return;
    while ((at - begin) / view->step < MAIL_NAME_LENGTH_MAX &&
           unit_is(view_before(view, begin, 1), CHARACTER_MAIL))
        begin -= view->step;
    while (begin < at && !unit_is(view_unit(view, begin), CHARACTER_ALNUM))
        begin += view->step;
    if (begin == at || unit_is(view_before(view, begin, 1), CHARACTER_MAIL) ||
        is_userinfo(view, begin))
        return;
    struct finding finding = { .at = begin,
                               .host_at = (at - begin) / view->step + 1,
                               .kind = IOC_EMAIL,
                               .wide = view->step == 2 };
    enum suffix suffix =
        fit_host(scan, view, at + view->step, &end, &host, &finding, REASON_CUT_MAIL);
    if (suffix == SUFFIX_NONE || host.skipped > 0)
        return;
    finding.length = end - begin;
    finding.host_length = host.length;
    judge(&finding, REASON_MAIL_NAME);
    judge(&finding, REASON_SUFFIX);
    if ((at - begin) / view->step < 2)
        judge(&finding, REASON_SHORT_NAME);
    add(scan, &finding);
}

/* The scheme that ends before `colon`; its length, 0 when it is none of note. */
static size_t scheme_length(const struct view *view, size_t colon)
{
    static const char *const schemes[] = { "http", "https", "ftp", "ftps", "sftp", "ssh",
                                           "telnet", "irc", "ircs", "news", "nntp", "gopher",
                                           "ldap", "ldaps", "smb", "rtsp", "mms", "ws", "wss",
                                           "tftp", "file", "hxxp", "hxxps", "socks5", "socks4" };
    char text[SCHEME_LENGTH_MAX + 1];
    size_t length = 0, best = 0;

    for (; length < SCHEME_LENGTH_MAX; length++) {
        unsigned unit = view_before(view, colon, length + 1);
        if (!unit_is(unit, CHARACTER_ALNUM))
            break;
        text[SCHEME_LENGTH_MAX - 1 - length] = (char)(unit >= 'A' && unit <= 'Z' ? unit + 32
                                                                                 : unit);
    }
    const char *word = text + SCHEME_LENGTH_MAX - length;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t size = strlen(schemes[i]);
        if (size <= length && size > best && memcmp(word + length - size, schemes[i], size) == 0)
            best = size;
    }
    return best;
}

/* The end of an IPv6 address in brackets; `at` itself where none is. */
static size_t ipv6_end(const struct view *view, size_t at, size_t end)
{
    size_t colons = 0, walked = 0, place = at + view->step;

    if (view_unit(view, at) != '[')
        return at;
    for (; place < end && walked < IPV6_LENGTH_MAX; place += view->step, walked++) {
        unsigned unit = view_unit(view, place);
        if (unit == ']')
            return colons >= 2 ? place + view->step : at;
        colons += unit == ':';
        if (unit != ':' && unit != '.' && unit != '%' && !unit_is(unit, CHARACTER_ALNUM))
            break;
    }
    return at;
}

/* A candidate ':' that a slash follows. */
static void find_url(struct scan *scan, const struct view *view, size_t colon)
{
    size_t scheme, end = colon + 3 * view->step, host_at = end, nested = 0;
    size_t most = LIMIT_INDICATOR_BYTES;
    struct host host;

    if (view_behind(view, colon, 1) != '/' || view_behind(view, colon, 2) != '/' ||
        (scheme = scheme_length(view, colon)) == 0)
        return;
    while ((end - colon) / view->step < most && unit_is(view_unit(view, end), CHARACTER_URL)) {
        if (view_unit(view, end) == ':' && view_behind(view, end, 1) == '/' &&
            view_behind(view, end, 2) == '/' && ++nested > NESTED_URLS_MAX)
            break;
        end += view->step;
    }
    while (end > host_at && strchr(".,;:!?)]}", (int)view_before(view, end, 1)))
        end -= view->step;
    for (size_t at = host_at; at < end && !strchr("/?#", (int)view_unit(view, at));
         at += view->step)
        if (view_unit(view, at) == '@' && is_label_unit(view_behind(view, at, 1)))
            host_at = at + view->step;
    struct finding finding = { .at = colon - scheme * view->step,
                               .kind = IOC_URL,
                               .wide = view->step == 2 };
    size_t host_end = ipv6_end(view, host_at, end);
    bool ipv6 = host_end > host_at;
    while (!ipv6 && host_end < end &&
           (is_label_unit(view_unit(view, host_end)) || view_unit(view, host_end) == '.') &&
           (host_end - host_at) / view->step <= HOST_LENGTH_MAX)
        host_end += view->step;
    if (host_end == host_at)
        return;
    judge(&finding, REASON_SCHEME);
    size_t whole = host_end;
    if (!ipv6)
        fit_host(scan, view, host_at, &host_end, &host, &finding, REASON_CUT_MAIL);
    if (ipv6)
        judge(&finding, REASON_ADDRESS6);
    else if (host.labels > 0 && host.numeric)
        judge(&finding, REASON_HOST_ADDRESS);
    else {
        if (host.skipped > 0)
            finding.suffix = SUFFIX_NONE;
        judge(&finding, REASON_SUFFIX);
    }
    if (host_end != whole) /* what follows the host is not of the URL */
        end = host_end;
    finding.length = end - finding.at;
    finding.host_at = (host_at - finding.at) / view->step;
    finding.host_length = (host_end - host_at) / view->step;
    add(scan, &finding);
}

void find_at(struct scan *scan, const struct view *view, size_t at)
{
    switch (view->data[at]) {
    case '.':
        find_host(scan, view, at);
        break;
    case '@':
        find_mail(scan, view, at);
        break;
    case ':':
        find_url(scan, view, at);
    }
}
