/* SPDX-License-Identifier: Apache-2.0 */

/*
 * mails: addresses of mail (RFC 5321 4.1.2).
 *
 *     jo@example.com    o'brien@example.com    "jo smith"@example.com
 *     jo@[192.0.2.1]    jo@[IPv6:2001:db8::1]
 *
 * Of the characters that RFC 5322 allows in names, those are taken that mailboxes have: the
 * others stand around addresses in text.
 */

#include "scan.h"

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

/* Whether "'" before `at` is of a name (o'brien), not a quote. */
static bool is_apostrophe(const struct view *view, size_t at)
{
    return view_before(view, at, 1) == '\'' &&
           unit_is(view_before(view, at, 2), CHARACTER_ALNUM) &&
           unit_is(view_unit(view, at), CHARACTER_ALNUM);
}

/* Where the name begins that ends before '@' at `at`; `at` itself for none: it is too long. */
static size_t mail_name_begin(const struct view *view, size_t at, bool quoted)
{
    size_t begin = at;

    while ((at - begin) / view->step < MAIL_NAME_LENGTH_MAX &&
           (unit_is(view_before(view, begin, 1), CHARACTER_MAIL) ||
            (!quoted && is_apostrophe(view, begin))))
        begin -= view->step;
    if (unit_is(view_before(view, begin, 1), CHARACTER_MAIL))
        return at;
    begin = skip_value_name(view, skip_quoted(view, begin), at);
    if (!is_userinfo(view, begin))
        begin = skip_escapes(view, begin, at);
    while (begin < at && !unit_is(view_unit(view, begin), CHARACTER_ALNUM) &&
           view_unit(view, begin) != '_')
        begin += view->step;
    return begin;
}

/* Where a name in quotes begins that ends before '@' at `at` (RFC 5321 4.1.2), as
 * "jo smith"@example.com; `at` itself for none. */
static size_t quoted_name_begin(const struct view *view, size_t at)
{
    size_t begin = at - view->step;

    if (view_before(view, at, 1) != '"')
        return at;
    for (size_t walked = 0; walked < MAIL_NAME_LENGTH_MAX; walked++) {
        unsigned unit = view_before(view, begin, 1);
        if (unit < ' ' || unit > '~' || unit_among(unit, "<>"))
            break;
        begin -= view->step;
        if (unit == '"' && view_before(view, begin, 1) != '\\')
            return walked > 0 && !unit_is(view_before(view, begin, 1), CHARACTER_MAIL) ? begin : at;
    }
    return at;
}

static bool has_dot(const struct view *view, size_t at, size_t end)
{
    while (at < end && view_unit(view, at) != '.')
        at += view->step;
    return at < end;
}

static void find_mail_of(struct scan *scan, const struct view *view, size_t at)
{
    size_t begin, host_at = at + view->step, end = run_end(view, host_at);
    enum suffix suffix = SUFFIX_NONE;
    unsigned groups[4];
    struct host host;

    if (goes_on_behind(view, end)) {
        size_t foreign_end;
        suffix = find_international(scan, view, &host_at, &foreign_end, &host, false);
        end = suffix != SUFFIX_NONE ? foreign_end : end;
    }
    if ((end - at) / view->step <= HOST_LENGTH_MIN || !has_dot(view, host_at, end))
        return;
    while (view_before(view, end, 1) == '-' || view_before(view, end, 1) == '_')
        end -= view->step;
    bool quoted = view_before(view, at, 1) == '"';
    begin = quoted ? quoted_name_begin(view, at)
                   : mail_name_begin(view, at, view_unit(view, end) == '\'');
    bool foreign = !quoted && foreign_before(view, begin);
    if (foreign) {
        size_t whole = international_name(view, at);
        foreign = whole < begin;
        begin = foreign ? whole : begin;
    }
    if (begin == at || is_userinfo(view, begin))
        return;
    struct finding finding = { .at = begin,
                               .host_at = (at - begin) / view->step + 1,
                               .kind = IOC_EMAIL,
                               .encoding = view->encoding,
                               .suffix = suffix,
                               .international = suffix != SUFFIX_NONE,
                               .foreign = foreign };
    if (finding.international || foreign)
        judge(&finding, REASON_INTERNATIONAL);
    if (!finding.international)
        suffix = fit_host(scan, view, host_at, &end, &host, &finding, REASON_CUT_MAIL);
    bool numeric = suffix == SUFFIX_NONE && host.labels > 0 && host.numeric &&
                   parse_ipv4(host.name, groups);
    if ((suffix == SUFFIX_NONE && !numeric) || host.skipped > 0)
        return;
    finding.length = end - begin;
    finding.host_length = (end - host_at) / view->step;
    judge(&finding, REASON_MAIL_NAME);
    judge(&finding, numeric ? REASON_BARE_ADDRESS : REASON_SUFFIX);
    if ((at - begin) / view->step < 2)
        judge(&finding, REASON_SHORT_NAME);
    if (letter_before(view, begin) || letter_behind(view, end))
        judge(&finding, REASON_LETTER_BESIDE);
    judge_halves(&finding, view, begin, end);
    add_finding(scan, &finding);
}

/* Whether what ends behind '@' at `at` is too short for a host. */
static bool is_short(const struct view *view, size_t at)
{
    for (size_t i = 1; i <= HOST_LENGTH_MIN; i++) {
        unsigned unit = view_behind(view, at, i);
        if (unit < 0x80 && unit != '.' && !unit_is(unit, CHARACTER_LABEL))
            return true;
    }
    return false;
}

/* A candidate '@'. Most of them are random bytes, or names of functions (_open@8). */
void find_mail(struct scan *scan, const struct view *view, size_t at)
{
    unsigned before = view_before(view, at, 1);

    if ((unit_is(before, CHARACTER_MAIL) || before == '"' ||
         (before >= 0x80 && foreign_before(view, at))) && !is_short(view, at))
        find_mail_of(scan, view, at);
}

void find_mail_at_address(struct scan *scan, const struct view *view, size_t begin, size_t end)
{
    static const char tag[] = "ipv6:";
    enum { TAG = sizeof tag - 1 };
    size_t open = begin - view->step, tagged = 0;

    if (view_unit(view, end) != ']')
        return;
    while (tagged < TAG && unit_lower(view_before(view, begin, tagged + 1)) ==
                               (unsigned char)tag[TAG - 1 - tagged])
        tagged++;
    open -= tagged == TAG ? TAG * view->step : 0;
    size_t at = open - view->step, name = mail_name_begin(view, at, false);
    if (view_unit(view, open) != '[' || view_unit(view, at) != '@' || name == at)
        return;
    struct finding finding = { .at = name,
                               .length = end + view->step - name,
                               .kind = IOC_EMAIL,
                               .encoding = view->encoding };
    judge(&finding, REASON_MAIL_NAME);
    judge(&finding, REASON_HOST_ADDRESS);
    judge(&finding, REASON_BRACKETS);
    add_finding(scan, &finding);
}
