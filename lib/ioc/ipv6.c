/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ipv6: addresses in the forms of RFC 4291 2.2, with a zone (RFC 4007 11).
 *
 *     fe80::1%eth0    [2001:db8::7]:80    ::ffff:192.0.2.1
 *
 * Hex digits between colons are in times, hardware addresses, fingerprints of
 * keys and names of programs (add::face) too. An address has "::" or all of its
 * groups, and begins as the blocks do that IANA has given out.
 */

#include <arpa/inet.h>
#include <string.h>

#include "scan.h"

/* RFC 4291 2.2: 45 characters with an IPv4 address at the end; a zone of the
 * length that names of Linux interfaces have. */
enum { TEXT_MAX = 45, GROUP_DIGITS_MAX = 4, GROUPS = 8, ZONE_MAX = 15 };

static unsigned group(const struct in6_addr *address, int index)
{
    return (unsigned)address->s6_addr[2 * index] << 8 | address->s6_addr[2 * index + 1];
}

/* Is it one of the whole prefix, groups [0, count) zero? */
static bool begins_with_zeros(const struct in6_addr *address, int count)
{
    for (int i = 0; i < count; i++)
        if (group(address, i) != 0)
            return false;
    return true;
}

/* RFC 4291 2.5.5.2: ::ffff:0:0/96 */
static bool is_mapped(const struct in6_addr *address)
{
    return begins_with_zeros(address, 5) && group(address, 5) == 0xffff;
}

static bool is_address_unit(unsigned unit)
{
    return unit == ':' || unit == '.' || unit_is(unit, CHARACTER_HEX);
}

/* The text in [begin, *end) as an address; *end goes before what ends a sentence. */
static bool parse(const struct view *view, size_t begin, size_t *end, struct in6_addr *address)
{
    char text[TEXT_MAX + 1];
    size_t units = (*end - begin) / view->step;

    for (size_t i = 0; i < units; i++)
        text[i] = (char)view_behind(view, begin, i);
    while (units > 1 && (text[units - 1] == '.' || (text[units - 1] == ':' &&
                                                    text[units - 2] != ':')))
        units--;
    text[units] = '\0';
    *end = begin + units * view->step;
    return inet_pton(AF_INET6, text, address) == 1;
}

/* By the registries of IANA: what is given out, and what stays at home. */
static void judge_address(struct finding *finding, const struct in6_addr *address)
{
    unsigned first = group(address, 0);

    judge(finding, REASON_GROUPS6);
    if (first >> 13 == 1 || (first == 0x64 && group(address, 1) == 0xff9b)) /* 2000::/3, NAT64 */
        judge(finding, REASON_GLOBAL_ADDRESS);
    else if (first >> 6 == 0xfe80 >> 6 || first >> 9 == 0xfc00 >> 9 ||
             (first >= 0xff01 && first <= 0xff0e)) /* well-known groups */
        judge(finding, REASON_LOCAL_ADDRESS);
    else if (is_mapped(address))
        judge(finding, REASON_MAPPED_ADDRESS);
    else
        judge(finding, REASON_SPECIAL_ADDRESS);
}

/* The end of a zone at `at`; `at` itself where none is. */
static size_t zone_end(const struct view *view, size_t at)
{
    size_t end = at + view->step;

    if (view_unit(view, at) != '%')
        return at;
    while ((end - at) / view->step <= ZONE_MAX && unit_is(view_unit(view, end), CHARACTER_LABEL))
        end += view->step;
    return end > at + view->step ? end : at;
}

/* Whether "ip6" or "ipv6" stands before, as in records of SPF (RFC 7208 5.6) and mail. */
static bool is_tag(const struct view *view, size_t colon)
{
    size_t digit = colon - view->step;

    if (view_unit(view, digit) != '6')
        return false;
    digit -= unit_lower(view_before(view, digit, 1)) == 'v' ? view->step : 0;
    return unit_lower(view_before(view, digit, 1)) == 'p' &&
           unit_lower(view_before(view, digit, 2)) == 'i' &&
           !unit_is(view_before(view, digit, 3), CHARACTER_ALNUM);
}

/* The place where the address begins whose first colon this is, or which this one parts from
 * its tag; false if it is another colon, or no address can begin so. */
static bool find_begin(const struct view *view, size_t colon, size_t *begin)
{
    *begin = colon;
    if (is_tag(view, colon)) {
        *begin += view->step;
        return unit_is(view_unit(view, *begin), CHARACTER_HEX) || view_unit(view, *begin) == ':';
    }
    for (int i = 0; i < GROUP_DIGITS_MAX && unit_is(view_before(view, *begin, 1), CHARACTER_HEX);
         i++)
        *begin -= view->step;
    unsigned before = view_before(view, *begin, 1);
    return (!unit_is(before, CHARACTER_ALNUM) || is_behind_quoted(view, *begin)) && before != ':' &&
           before != '.' && before != '_' &&
           (*begin != colon || view_behind(view, colon, 1) == ':');
}

void find_ipv6(struct scan *scan, const struct view *view, size_t colon)
{
    size_t begin, end;
    struct in6_addr address;

    if (!find_begin(view, colon, &begin))
        return;
    end = begin;
    while ((end - begin) / view->step <= TEXT_MAX && is_address_unit(view_unit(view, end)))
        end += view->step;
    unsigned behind = view_unit(view, end);
    if ((end - begin) / view->step > TEXT_MAX || unit_is(behind, CHARACTER_ALNUM) ||
        behind == '_' || !parse(view, begin, &end, &address) || begins_with_zeros(&address, GROUPS))
        return;
    /* What is global needs no zone. */
    bool escape = group(&address, 0) >> 13 == 1 && view_unit(view, end) == '%' &&
                  skip_any_quoted(view, end + view->step) > end + view->step;
    struct finding finding = { .at = begin,
                               .length = (escape ? end : zone_end(view, end)) - begin,
                               .kind = IOC_IPV6,
                               .encoding = view->encoding };
    find_mail_at_address(scan, view, begin, begin + finding.length);
    judge_address(&finding, &address);
    unsigned before = view_before(view, begin, 1);
    size_t closing = begin + finding.length;
    bool enclosed = before == '[' && view_unit(view, closing) == ']';
    if (enclosed && view_behind(view, closing, 1) == ':' &&
        unit_is(view_behind(view, closing, 2), CHARACTER_DIGIT))
        judge(&finding, REASON_PORT_BEHIND);
    if (enclosed)
        judge(&finding, REASON_BRACKETS);
    else if (before == 0 || before == UNIT_NONE)
        judge_border(&finding, before);
    add_finding(scan, &finding);
}

/* RFC 5952 4.2: "::" stands for the longest run of two zero groups or more, the
 * first of equals. */
static void find_zeros(const struct in6_addr *address, int groups, int *begin, int *end)
{
    *begin = *end = groups;
    for (int at = 0; at < groups; at++) {
        int stop = at;
        while (stop < groups && group(address, stop) == 0)
            stop++;
        if (stop - at >= 2 && stop - at > *end - *begin) {
            *begin = at;
            *end = stop;
        }
        at = stop;
    }
}

void write_ipv6(const struct view *view, const struct finding *finding, struct buffer *value)
{
    size_t end = finding->at, stop = finding->at + finding->length;
    int zeros, zeros_end;
    struct in6_addr address;

    while (end < stop && view_unit(view, end) != '%')
        end += view->step;
    parse(view, finding->at, &end, &address);
    int groups = is_mapped(&address) ? GROUPS - 2 : GROUPS;
    find_zeros(&address, groups, &zeros, &zeros_end);
    for (int i = 0; i < groups; i++) {
        if (i == zeros) {
            buffer_add_text(value, "::");
            i = zeros_end - 1;
        } else {
            buffer_add_format(value, "%s%x", i > 0 && i != zeros_end ? ":" : "",
                              group(&address, i));
        }
    }
    for (int i = 2 * groups; i < 2 * GROUPS; i++)
        buffer_add_format(value, "%c%u", i == 2 * groups ? ':' : '.', address.s6_addr[i]);
    for (; end < stop; end += view->step)
        buffer_add_byte(value, (char)view_unit(view, end));
}
