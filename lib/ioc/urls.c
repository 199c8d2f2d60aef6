/* SPDX-License-Identifier: Apache-2.0 */

/*
 * urls: a scheme of note, "://", a host, and what follows it (RFC 3986).
 *
 *     http://user@host:8080/path?query     stratum+tcp://pool:3333     hxxps://host
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

size_t scheme_length(const struct view *view, size_t colon)
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

    for (size_t at = begin; at < end; at += view->step) {
        at += class_length(view, at, CHARACTER_LABEL, (end - at) / view->step) * view->step;
        if (at < end && is_opening(view_unit(view, at)) && token_at(view, at, &plain) > 0)
            return true;
    }
    return false;
}

bool is_html_border(const struct view *view, size_t at)
{
    static const char *const names[] = { "&quot;", "&apos;", "&lt;",   "&gt;",
                                         "&nbsp;", "&#34;",  "&#39;",  "&#039;",
                                         "&#x22;", "&#x27;", "&#60;",  "&#62;" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (view_has(view, at, names[i], strlen(names[i])))
            return true;
    return false;
}

/* Whether the character at `at` ends a URL with `before` before its scheme: in a list with
 * commas, in [url](url), in HTML, where too many others begin. */
static bool ends_url(const struct view *view, size_t at, unsigned before, size_t *nested)
{
    unsigned unit = view_unit(view, at), behind = view_behind(view, at, 1);

    return (unit == ',' && before == ',') || (unit == ']' && behind == '(' && before == '[') ||
           (unit == '&' && is_html_border(view, at)) ||
           (unit == ':' && behind == '/' && view_behind(view, at, 2) == '/' &&
            ++*nested > NESTED_URLS_MAX);
}

/* The end of the URL whose scheme ends at `colon`, known to go on to `from`, with `before`
 * before it. What ends sentences is not of it, nor a bracket that it does not open: a_(b).
 * Behind the host it may have letters beyond ASCII; then *foreign is set. */
static size_t url_end(const struct view *view, size_t colon, size_t from, unsigned before,
                      bool *foreign)
{
    size_t end = from, nested = 0, letter, most = LIMIT_INDICATOR_BYTES;
    bool path = false;
    int open = 0;

    *foreign = false;
    for (;; end += letter) {
        size_t length = (end - colon) / view->step;
        if (length < most)
            end += class_length(view, end, CHARACTER_LABEL, most - length) * view->step;
        if ((end - colon) / view->step >= most)
            break;
        unsigned unit = view_unit(view, end);
        letter = view->step;
        if (unit_is(unit, CHARACTER_URL)) {
            if (ends_url(view, end, before, &nested))
                break;
            path |= unit == '/' || unit == '?' || unit == '#';
            open += (unit == '(') - (unit == ')');
        } else if (unit < 0x80 || !path || (letter = international_text(view, end)) == 0) {
            break;
        } else {
            *foreign = true;
        }
    }
    for (; end > from && unit_among(view_before(view, end, 1), ".,;:!?)]}"); end -= view->step)
        if (view_before(view, end, 1) == ')' && open++ >= 0)
            break;
    while (end > from && unit_among(before, "*_~") && view_before(view, end, 1) == before)
        end -= view->step; /* **url**, as Markdown has it */
    if (view_unit(view, end) == '>' && end - from >= 2 * view->step &&
        view_before(view, end, 1) == '-' && view_before(view, end, 2) == '-')
        end -= 2 * view->step; /* <!--url--> */
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

/* file:///C:/a.txt: the host is this one (RFC 8089). */
static void add_file_url(struct scan *scan, const struct view *view, size_t colon, size_t end,
                         bool foreign)
{
    static const char file[] = "file";
    size_t scheme = scheme_length(view, colon), path = colon + 4 * view->step;
    struct finding finding = { .at = colon - scheme * view->step,
                               .host_at = scheme + 3,
                               .kind = IOC_URL,
                               .foreign = foreign,
                               .encoding = view->encoding };

    for (size_t i = 0; i < scheme; i++)
        if (scheme != sizeof file - 1 ||
            unit_lower(view_behind(view, finding.at, i)) != (unsigned char)file[i])
            return;
    if (!has_alnum(view, path, end) || end - path == view->step) /* file:///C:\a is a path */
        return;
    finding.length = end - finding.at;
    judge(&finding, REASON_SCHEME);
    add_finding(scan, &finding);
}

/* magnet:?xt=urn:btih:...: what to load, from whoever has it. */
void find_magnet(struct scan *scan, const struct view *view, size_t colon)
{
    static const char before[] = "magnet", behind[] = "?xt=urn:";
    bool foreign;
    size_t scheme = sizeof before - 1, begin = colon - scheme * view->step;

    for (size_t i = 0; i < scheme; i++)
        if (unit_lower(view_behind(view, begin, i)) != (unsigned char)before[i])
            return;
    for (size_t i = 0; i < sizeof behind - 1; i++)
        if (unit_lower(view_behind(view, colon, i + 1)) != (unsigned char)behind[i])
            return;
    struct finding finding = { .at = begin,
                               .host_at = scheme + 1,
                               .kind = IOC_URL,
                               .encoding = view->encoding };
    finding.length = url_end(view, colon, colon + view->step, view_before(view, begin, 1),
                             &foreign) - begin;
    finding.foreign = foreign;
    judge(&finding, REASON_SCHEME);
    add_finding(scan, &finding);
}

void find_url(struct scan *scan, const struct view *view, size_t colon)
{
    size_t scheme, host_at = colon + 3 * view->step, foreign_end;
    struct host host;
    bool foreign;

    if (view_behind(view, colon, 2) != '/' || (scheme = scheme_length(view, colon)) == 0)
        return;
    unsigned before = view_before(view, colon, scheme + 1);
    size_t end = url_end(view, colon, host_at, before, &foreign);
    if (view_unit(view, host_at) == '/') {
        add_file_url(scan, view, colon, end, foreign);
        return;
    }
    for (size_t at = host_at; at < end; at += view->step) {
        at += class_length(view, at, CHARACTER_LABEL, (end - at) / view->step) * view->step;
        if (at == end || unit_among(view_unit(view, at), "/?#"))
            break;
        if (view_unit(view, at) == '@' && (is_label_unit(view_behind(view, at, 1)) ||
                                           foreign_at(view, at + view->step)))
            host_at = at + view->step;
    }
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
        end = url_end(view, colon, host_end, before, &foreign);
    }
    if (view_unit(view, host_end) == ']' && view_before(view, host_end, 1) == '.')
        find_defanged(scan, view, host_end - view->step); /* which no bracket begins */
    if (!has_alnum(view, host_at, host_end) || view_unit(view, host_at) == '-' ||
        holds_mark(view, host_at, end + (view_unit(view, end) == '\\') * view->step))
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
    finding.foreign = foreign && host_end == whole;
    if (host_end != whole) /* what follows the host is not of the URL */
        end = host_end;
    if (letter_behind(view, host_end))
        judge(&finding, REASON_LETTER_BESIDE);
    judge_cut_behind(&finding, view, host_end);
    finding.length = end - finding.at;
    finding.host_at = (host_at - finding.at) / view->step;
    finding.host_length = (host_end - host_at) / view->step;
    add_finding(scan, &finding);
}
