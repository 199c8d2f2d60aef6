/* SPDX-License-Identifier: Apache-2.0 */

/* indicators: candidates into findings. */

#include <string.h>

#include "scan.h"

enum { SCHEME_LENGTH_MAX = 12, NESTED_URLS_MAX = 3 };

enum { HOST_LENGTH_MIN = 4 }; /* t.co */

/* RFC 4291 2.2: eight groups with a zone or an IPv4 address at their end. */
enum { IPV6_LENGTH_MAX = 64 };

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

static bool label_is_good(const char *label, size_t length, bool plain)
{
    if (length == 0 || length > LABEL_LENGTH_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    return !plain || !memchr(label, '_', length);
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
    bool upper = false, lower = false, letter_switch = false;
    unsigned plain = is_meant(view, begin) ? 1 : 2; /* labels from the end without "_" */

    /* But for the name, which is long. */
    host->labels = 0;
    host->length = host->skipped = 0;
    host->numeric = true;
    host->mixed_case = host->camel_case = false;
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
    host->length = good_from = units;
    host->mixed_case = upper && lower;
    host->camel_case = host->mixed_case && letter_switch;
    for (size_t at = units; at > 0;) {
        size_t stop = at;
        while (at > 0 && host->name[at - 1] != '.')
            at--;
        if (!label_is_good(host->name + at, stop - at, host->labels < plain))
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

    return dot ? suffix_of(scan, dot + 1) : SUFFIX_NONE;
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

/* Whether a length of prefix stands behind: 192.0.2.0/24 is no address. */
static bool is_network(const struct view *view, size_t begin, size_t end)
{
    unsigned prefix = 0, digits = 0;

    if (view_unit(view, end) != '/' || view_before(view, begin, 1) == '/' ||
        view_before(view, begin, 1) == '@')
        return false;
    while (digits < 3 && unit_is(view_behind(view, end, digits + 1), CHARACTER_DIGIT))
        prefix = 10 * prefix + (view_behind(view, end, ++digits) - '0');
    return digits > 0 && prefix <= 32 && !unit_is(view_behind(view, end, digits + 1),
                                                  CHARACTER_URL | CHARACTER_DIGIT);
}

static void find_ipv4(struct scan *scan, const struct view *view, size_t begin, size_t end,
                      const struct host *host)
{
    struct finding finding = { .at = begin,
                               .length = end - begin,
                               .host_length = host->length,
                               .kind = IOC_IPV4,
                               .encoding = view->encoding };
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
    if (is_network(view, begin, end))
        judge(&finding, REASON_NETWORK);
    judge_around(&finding, view, begin, end);
    add_finding(scan, &finding);
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
    while (at < end && view_unit(view, at) == '-')
        at += view->step;
    return at;
}

/* Whether a name goes on before `begin`, behind `end`, with letters beyond ASCII. */

static bool goes_on_before(const struct view *view, size_t begin)
{
    if (view_before(view, begin, 1) == '.')
        begin -= view->step;
    return view_before(view, begin, 1) >= 0x80 && foreign_before(view, begin);
}

static bool goes_on_behind(const struct view *view, size_t end)
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

/* A candidate dot. */
static void find_host(struct scan *scan, const struct view *view, size_t dot)
{
    size_t *walked = &scan->walked[view->step == 1 ? 0 : 1 + (dot & 1) + 2 * view->low];

    if (dot < *walked)
        return;
    size_t begin = run_begin(view, dot), end = run_end(view, dot), run = end;
    struct finding finding = { .kind = IOC_DOMAIN, .encoding = view->encoding };
    struct host host;
    *walked = end > dot ? end : dot + view->step;
    if ((goes_on_before(view, begin) || goes_on_behind(view, end)) &&
        find_international_host(scan, view, dot, walked))
        return;
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
        suffix_is_registry(scan, host.name))
        return;
    finding.at = begin;
    finding.length = end - begin;
    finding.host_length = host.length;
    judge_domain(scan, &finding, &host, view, begin, end);
    if (is_onion(host.name, &finding))
        finding.kind = IOC_ONION;
    else if (strcmp(strrchr(host.name, '.'), ".onion") == 0)
        judge(&finding, REASON_NO_ONION);
    add_finding(scan, &finding);
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
    size_t host_at = at + view->step;
    enum suffix suffix = SUFFIX_NONE;
    end = run_end(view, host_at);
    if (goes_on_behind(view, end)) {
        size_t foreign_end;
        suffix = find_international(scan, view, &host_at, &foreign_end, &host, false);
        end = suffix != SUFFIX_NONE ? foreign_end : end;
    }
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
                               .encoding = view->encoding,
                               .suffix = suffix,
                               .international = suffix != SUFFIX_NONE };
    if (finding.international)
        judge(&finding, REASON_INTERNATIONAL);
    else
        suffix = fit_host(scan, view, host_at, &end, &host, &finding, REASON_CUT_MAIL);
    if (suffix == SUFFIX_NONE || host.skipped > 0)
        return;
    finding.length = end - begin;
    finding.host_length = (end - host_at) / view->step;
    judge(&finding, REASON_MAIL_NAME);
    judge(&finding, REASON_SUFFIX);
    if ((at - begin) / view->step < 2)
        judge(&finding, REASON_SHORT_NAME);
    if (letter_before(view, begin) || letter_behind(view, end))
        judge(&finding, REASON_LETTER_BESIDE);
    add_finding(scan, &finding);
}

/* Schemes of note, and what some stand for, which is as long. */
static const struct scheme {
    const char *text, *plain;
} schemes[] = {
    { "http", NULL }, { "https", NULL }, { "ftp", NULL }, { "ftps", NULL }, { "sftp", NULL },
    { "tftp", NULL }, { "ssh", NULL }, { "scp", NULL }, { "telnet", NULL }, { "file", NULL },
    { "ws", NULL }, { "wss", NULL }, { "smb", NULL }, { "nfs", NULL }, { "afp", NULL },
    { "dav", NULL }, { "davs", NULL }, { "webdav", NULL }, { "rsync", NULL },
    { "git", NULL }, { "svn", NULL }, { "gopher", NULL }, { "finger", NULL },
    { "news", NULL }, { "nntp", NULL }, { "irc", NULL }, { "ircs", NULL }, { "xmpp", NULL },
    { "sip", NULL }, { "sips", NULL }, { "smtp", NULL }, { "smtps", NULL }, { "imap", NULL },
    { "imaps", NULL }, { "pop3", NULL }, { "pop3s", NULL }, { "ldap", NULL }, { "ldaps", NULL },
    { "rmi", NULL }, { "iiop", NULL }, { "corba", NULL }, { "dns", NULL }, { "tcp", NULL },
    { "udp", NULL }, { "tls", NULL }, { "ssl", NULL }, { "rdp", NULL }, { "vnc", NULL },
    { "socks", NULL }, { "socks4", NULL }, { "socks4a", NULL }, { "socks5", NULL },
    { "socks5h", NULL }, { "stratum", NULL }, { "stratum+tcp", NULL }, { "stratum+ssl", NULL },
    { "stratum+tls", NULL }, { "stratum2+tcp", NULL }, { "rtsp", NULL }, { "rtmp", NULL },
    { "mms", NULL }, { "feed", NULL }, { "mysql", NULL }, { "redis", NULL }, { "amqp", NULL },
    { "mqtt", NULL }, { "mongodb", NULL }, { "mongodb+srv", NULL }, { "postgresql", NULL },
    { "hxxp", "http" }, { "hxxps", "https" }, { "hxtp", "http" }, { "hxtps", "https" },
    { "htxp", "http" }, { "htxps", "https" }, { "meow", "http" }, { "meows", "https" },
    { "fxp", "ftp" }, { "fxps", "ftps" }, { "sfxp", "sftp" },
};

/* The longest of them that the text ends in; NULL for none. */
static const struct scheme *scheme_of(const char *text, size_t length)
{
    const struct scheme *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t size = strlen(schemes[i].text);
        if (size > most && size <= length &&
            memcmp(text + length - size, schemes[i].text, size) == 0) {
            best = &schemes[i];
            most = size;
        }
    }
    return best;
}

const char *hidden_scheme(const char *text, size_t length)
{
    const struct scheme *scheme = scheme_of(text, length);

    return scheme && strlen(scheme->text) == length ? scheme->plain : NULL;
}

/* The scheme that ends before `colon`; its length, 0 when it is none of note. */
static size_t scheme_length(const struct view *view, size_t colon)
{
    char text[SCHEME_LENGTH_MAX];
    size_t length = 0;

    for (; length < SCHEME_LENGTH_MAX; length++) {
        unsigned unit = view_before(view, colon, length + 1);
        if (!unit_is(unit, CHARACTER_ALNUM) && unit != '+')
            break;
        text[SCHEME_LENGTH_MAX - 1 - length] = (char)unit_lower(unit);
    }
    const struct scheme *scheme = scheme_of(text + SCHEME_LENGTH_MAX - length, length);
    return scheme ? strlen(scheme->text) : 0;
}

static bool has_alnum(const struct view *view, size_t at, size_t end)
{
    while (at < end && view_unit(view, at) < 0x80 && !unit_is(view_unit(view, at), CHARACTER_ALNUM))
        at += view->step;
    return at < end;
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

/* Whether a mark of defang.c is in it, which then finds it without. */
static bool holds_mark(const struct view *view, size_t begin, size_t end)
{
    const char *plain;

    for (size_t at = begin; at < end; at += view->step)
        if (token_at(view, at, &plain) > 0)
            return true;
    return false;
}

/* The end of the URL whose scheme ends at `colon`, known to go on to `from`. What ends
 * sentences is not of it, nor a bracket that it does not open: a_(b) */
static size_t url_end(const struct view *view, size_t colon, size_t from)
{
    size_t end = from, nested = 0, most = LIMIT_INDICATOR_BYTES;
    int open = 0;

    while ((end - colon) / view->step < most && unit_is(view_unit(view, end), CHARACTER_URL)) {
        if (view_unit(view, end) == ':' && view_behind(view, end, 1) == '/' &&
            view_behind(view, end, 2) == '/' && ++nested > NESTED_URLS_MAX)
            break;
        open += (view_unit(view, end) == '(') - (view_unit(view, end) == ')');
        end += view->step;
    }
    for (; end > from && unit_among(view_before(view, end, 1), ".,;:!?)]}"); end -= view->step)
        if (view_before(view, end, 1) == ')' && open++ >= 0)
            break;
    return end;
}

/* Judge the host of a URL in ASCII, that of [host_at, *host_end) which can be one. */
static void judge_url_host(struct scan *scan, struct finding *finding, const struct view *view,
                           size_t host_at, size_t *host_end)
{
    struct host host;

    fit_host(scan, view, host_at, host_end, &host, finding, REASON_CUT_MAIL);
    if (host.labels > 0 && host.numeric) {
        judge(finding, REASON_HOST_ADDRESS);
        return;
    }
    if (host.skipped > 0)
        finding->suffix = SUFFIX_NONE;
    judge(finding, REASON_SUFFIX);
}

/* A candidate ':' that a slash follows. */
static void find_url(struct scan *scan, const struct view *view, size_t colon)
{
    size_t scheme, host_at = colon + 3 * view->step, foreign_end;
    struct host host;

    if (view_behind(view, colon, 2) != '/' || (scheme = scheme_length(view, colon)) == 0)
        return;
    size_t end = url_end(view, colon, host_at);
    for (size_t at = host_at; at < end && !unit_among(view_unit(view, at), "/?#");
         at += view->step)
        if (view_unit(view, at) == '@' && (is_label_unit(view_behind(view, at, 1)) ||
                                           foreign_at(view, at + view->step)))
            host_at = at + view->step;
    struct finding finding = { .at = colon - scheme * view->step,
                               .kind = IOC_URL,
                               .encoding = view->encoding };
    size_t host_end = ipv6_end(view, host_at, end);
    bool ipv6 = host_end > host_at;
    while (!ipv6 && host_end < end &&
           (is_label_unit(view_unit(view, host_end)) || view_unit(view, host_end) == '.') &&
           (host_end - host_at) / view->step <= HOST_LENGTH_MAX)
        host_end += view->step;
    if (!ipv6 && goes_on_behind(view, host_end))
        finding.suffix = find_international(scan, view, &host_at, &foreign_end, &host, false);
    finding.international = finding.suffix != SUFFIX_NONE;
    if (finding.international) {
        host_end = foreign_end;
        end = url_end(view, colon, host_end);
    }
    if (!has_alnum(view, host_at, host_end) || holds_mark(view, host_at, end))
        return;
    judge(&finding, REASON_SCHEME);
    size_t whole = host_end;
    if (ipv6) {
        judge(&finding, REASON_ADDRESS6);
    } else if (finding.international) {
        judge(&finding, REASON_SUFFIX);
        judge(&finding, REASON_INTERNATIONAL);
    } else {
        judge_url_host(scan, &finding, view, host_at, &host_end);
    }
    if (host_end != whole) /* what follows the host is not of the URL */
        end = host_end;
    if (letter_behind(view, host_end))
        judge(&finding, REASON_LETTER_BESIDE);
    finding.length = end - finding.at;
    finding.host_at = (host_at - finding.at) / view->step;
    finding.host_length = (host_end - host_at) / view->step;
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
    if (view_behind(view, colon, 1) == '/')
        find_url(scan, view, colon);
    else if (is_wanted(scan, IOC_IPV6))
        find_ipv6(scan, view, colon);
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
    case '\\':
        find_path(scan, view, at);
    }
}
