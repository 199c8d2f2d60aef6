/* SPDX-License-Identifier: Apache-2.0 */

/*
 * urls: a scheme of note, "://", a host, and what follows it (RFC 3986).
 *
 *     http://user@host:8080/path?query     stratum+tcp://pool:3333     hxxps://host
 *     https:\/\/host\/path?a=1\u0026b=2      as JSON and scripts quote it
 */

#include <stdlib.h>
#include <string.h>

#include "scan.h"

enum { SCHEME_LENGTH_MAX = 12, NESTED_URLS_MAX = 3 };

/* RFC 4291 2.2: eight groups with a zone or an IPv4 address at their end. */
enum { IPV6_LENGTH_MAX = 64 };

static bool is_label_unit(unsigned unit)
{
    return unit_is(unit, CHARACTER_LABEL);
}

/* Schemes of note, and what some stand for, which is as long. */
#define TEXT(text) text, sizeof text - 1
static const struct scheme {
    const char *text;
    size_t length;
    const char *plain;
} schemes[] = {
    { TEXT("http"), NULL }, { TEXT("https"), NULL }, { TEXT("ftp"), NULL }, { TEXT("ftps"), NULL },
    { TEXT("sftp"), NULL }, { TEXT("tftp"), NULL }, { TEXT("ssh"), NULL }, { TEXT("scp"), NULL },
    { TEXT("telnet"), NULL }, { TEXT("file"), NULL }, { TEXT("ws"), NULL }, { TEXT("wss"), NULL },
    { TEXT("smb"), NULL }, { TEXT("nfs"), NULL }, { TEXT("afp"), NULL }, { TEXT("dav"), NULL },
    { TEXT("davs"), NULL }, { TEXT("webdav"), NULL }, { TEXT("rsync"), NULL },
    { TEXT("git"), NULL }, { TEXT("svn"), NULL }, { TEXT("gopher"), NULL },
    { TEXT("finger"), NULL }, { TEXT("news"), NULL }, { TEXT("nntp"), NULL },
    { TEXT("irc"), NULL }, { TEXT("ircs"), NULL }, { TEXT("xmpp"), NULL }, { TEXT("sip"), NULL },
    { TEXT("sips"), NULL }, { TEXT("smtp"), NULL }, { TEXT("smtps"), NULL },
    { TEXT("imap"), NULL }, { TEXT("imaps"), NULL }, { TEXT("pop3"), NULL },
    { TEXT("pop3s"), NULL }, { TEXT("ldap"), NULL }, { TEXT("ldaps"), NULL },
    { TEXT("rmi"), NULL }, { TEXT("iiop"), NULL }, { TEXT("corba"), NULL }, { TEXT("dns"), NULL },
    { TEXT("tcp"), NULL }, { TEXT("udp"), NULL }, { TEXT("tls"), NULL }, { TEXT("ssl"), NULL },
    { TEXT("rdp"), NULL }, { TEXT("vnc"), NULL }, { TEXT("socks"), NULL },
    { TEXT("socks4"), NULL }, { TEXT("socks4a"), NULL }, { TEXT("socks5"), NULL },
    { TEXT("socks5h"), NULL }, { TEXT("stratum"), NULL }, { TEXT("stratum+tcp"), NULL },
    { TEXT("stratum+ssl"), NULL }, { TEXT("stratum+tls"), NULL }, { TEXT("stratum2+tcp"), NULL },
    { TEXT("rtsp"), NULL }, { TEXT("rtmp"), NULL }, { TEXT("mms"), NULL }, { TEXT("feed"), NULL },
    { TEXT("mysql"), NULL }, { TEXT("redis"), NULL }, { TEXT("amqp"), NULL },
    { TEXT("mqtt"), NULL }, { TEXT("mongodb"), NULL }, { TEXT("mongodb+srv"), NULL },
    { TEXT("postgresql"), NULL }, { TEXT("hxxp"), "http" }, { TEXT("hxxps"), "https" },
    { TEXT("hxtp"), "http" }, { TEXT("hxtps"), "https" }, { TEXT("htxp"), "http" },
    { TEXT("htxps"), "https" }, { TEXT("meow"), "http" }, { TEXT("meows"), "https" },
    { TEXT("fxp"), "ftp" }, { TEXT("fxps"), "ftps" }, { TEXT("sfxp"), "sftp" },
};
#undef TEXT

/* The longest of them that the text ends in; NULL for none. The first are the usual ones. */
static const struct scheme *scheme_of(const char *text, size_t length)
{
    const struct scheme *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes && most < length; i++) {
        size_t size = schemes[i].length;
        if (size > most && size <= length && schemes[i].text[size - 1] == text[length - 1] &&
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

    return scheme && scheme->length == length ? scheme->plain : NULL;
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
    return scheme ? scheme->length : 0;
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

void find_url(struct scan *scan, const struct view *view, size_t colon)
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

/* A text in which slashes are quoted, without its backslashes; where each byte stood. */
struct quoted {
    uint8_t bytes[LIMIT_INDICATOR_BYTES];
    size_t places[LIMIT_INDICATOR_BYTES + 1];
    size_t length;
};

static unsigned hex_digit(unsigned unit)
{
    return unit <= '9' ? unit - '0' : unit_lower(unit) - 'a' + 10;
}

/* What the backslash at `at` quotes, with *units that it takes: "/" behind up to three of
 * them, as JSON within JSON has it, or a character of ASCII as \u0026; 0 for none. */
static unsigned quoted_at(const struct view *view, size_t at, size_t *units)
{
    enum { BACKSLASHES_MAX = 3, CODE_UNITS = 6 };
    size_t backslashes = 0;

    while (backslashes <= BACKSLASHES_MAX && view_behind(view, at, backslashes) == '\\')
        backslashes++;
    *units = backslashes + 1;
    if (backslashes > 0 && backslashes <= BACKSLASHES_MAX &&
        view_behind(view, at, backslashes) == '/')
        return '/';
    *units = CODE_UNITS;
    unsigned high = view_behind(view, at, 4), low = view_behind(view, at, 5);
    if (backslashes != 1 || view_behind(view, at, 1) != 'u' || view_behind(view, at, 2) != '0' ||
        view_behind(view, at, 3) != '0' || !unit_is(high, CHARACTER_HEX) ||
        !unit_is(low, CHARACTER_HEX))
        return 0;
    unsigned character = hex_digit(high) << 4 | hex_digit(low);
    return unit_is(character, CHARACTER_URL) ? character : 0;
}

/* The URL from `begin` on, which has its ':' at `colon`. */
static void read_quoted(const struct view *view, size_t begin, size_t colon, struct quoted *quoted)
{
    size_t at = begin, units, nested = 0;

    for (quoted->length = 0; (at - begin) / view->step < LIMIT_INDICATOR_BYTES;
         at += units * view->step) {
        unsigned unit = view_unit(view, at);
        units = 1;
        if (unit == '\\')
            unit = quoted_at(view, at, &units);
        if ((!unit_is(unit, CHARACTER_URL) && unit < 0x80) || unit >= 0x100 ||
            (unit == ':' && at > colon && view_behind(view, at, 1) == '\\' &&
             ++nested > NESTED_URLS_MAX))
            break;
        quoted->bytes[quoted->length] = (uint8_t)unit;
        quoted->places[quoted->length++] = at;
    }
    quoted->places[quoted->length] = at;
}

void find_quoted_url(struct scan *scan, const struct view *view, size_t colon)
{
    struct scan inner = { .scanner = scan->scanner, .answers = scan->answers };
    struct quoted quoted;
    size_t units, scheme, text = scan->plain.length;

    if (quoted_at(view, colon + view->step, &units) != '/' ||
        quoted_at(view, colon + (units + 1) * view->step, &units) != '/' ||
        (scheme = scheme_length(view, colon)) == 0 || !is_wanted(scan, IOC_URL))
        return;
    read_quoted(view, colon - scheme * view->step, colon, &quoted);
    const struct view bytes = { .data = quoted.bytes, .size = quoted.length, .step = 1 };
    find_url(&inner, &bytes, scheme);
    scan->failed |= inner.failed;
    if (inner.count > 0) {
        struct finding finding = inner.findings[0];
        buffer_add(&scan->plain, quoted.bytes, quoted.length);
        finding.plain = true;
        finding.plain_text = text;
        finding.plain_at = finding.at;
        finding.plain_length = finding.length;
        finding.at = quoted.places[finding.plain_at];
        finding.length = quoted.places[finding.plain_at + finding.plain_length] - finding.at;
        finding.encoding = view->encoding;
        judge(&finding, REASON_QUOTED_SLASHES);
        add_finding(scan, &finding);
    }
    scan->failed |= scan->plain.failed;
    free(inner.findings);
}
