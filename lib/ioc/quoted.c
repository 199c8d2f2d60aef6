/* SPDX-License-Identifier: Apache-2.0 */

/*
 * quoted: what encodings of text make of hosts in it. Quoted-printable (RFC 2045 6.7), in mails:
 * a line ends in "=" where the text goes on in the next one, and "=3D" stands for "=". HTML:
 * "&#46;" stands for ".".
 *
 *     see http://www.exam=        www.exam, and ple.org, are halves of a host
 *     ple.org/ and a=3Db.org      3db.org is none
 *     ev&#105;l.com               l.com is a half too
 *
 * Lines are broken so because they may not be longer than 76 characters: those that are much
 * shorter end in "=" for another reason, as the empty values of settings do.
 */

#include "scan.h"

/* A line of base64 ends in "=" too. */
enum { BASE64_SHORTEST = 24 };

/* Of a line that is broken: a long word may have gone to the next one, and some writers count
 * their own way. */
enum { LINE_SHORTEST = 50, LINE_LONGEST = 80 };

/* Of a reference: "x", and zeros before. */
enum { REFERENCE_DIGITS_MOST = 7 };

static bool goes_on_within(unsigned unit)
{
    return unit_is(unit, CHARACTER_LABEL) || unit == '.';
}

static bool is_hex(unsigned unit)
{
    return unit_is(unit, CHARACTER_HEX) && !(unit >= 'a' && unit <= 'f');
}

static bool is_base64(unsigned unit)
{
    return unit_is(unit, CHARACTER_ALNUM) || unit == '+' || unit == '/';
}

/* Whether what ends before `at` is a word of base64 with one "=" behind. */
static bool is_base64_before(const struct view *view, size_t at)
{
    size_t length = 0;

    while (length < 2 * BASE64_SHORTEST && is_base64(view_before(view, at, length + 1)))
        length++;
    unsigned before = view_before(view, at, length + 1);
    return length == 2 * BASE64_SHORTEST ||
           (length >= BASE64_SHORTEST && length % 4 == 3 &&
            (before <= ' ' || before == '"' || before == '\'' || before == UNIT_NONE));
}

/* Whether the line that ends in "=" at `at` is one that had to be broken. */
static bool is_full_line(const struct view *view, size_t at)
{
    size_t length = 1;

    while (length <= LINE_LONGEST && view_before(view, at, length) != '\n' &&
           view_before(view, at, length) != UNIT_NONE)
        length++;
    return length >= LINE_SHORTEST && length <= LINE_LONGEST;
}

/* Whether a soft line break ends before, behind '\n', and a name goes on beyond it. */
static bool is_cut_before(const struct view *view, size_t begin)
{
    size_t distance = view_before(view, begin, 2) == '\r' ? 3 : 2;

    return view_before(view, begin, distance) == '=' &&
           goes_on_within(view_before(view, begin, distance + 1)) &&
           is_full_line(view, begin - distance * view->step) &&
           !is_base64_before(view, begin - distance * view->step);
}

/* Whether one begins at '='. */
static bool is_cut_behind(const struct view *view, size_t end)
{
    size_t distance = view_behind(view, end, 1) == '\r' ? 2 : 1;

    return view_behind(view, end, distance) == '\n' &&
           goes_on_within(view_behind(view, end, distance + 1)) && is_full_line(view, end);
}

/* Whether what begins behind '=' is the rest of an escaped character. */
static bool is_behind_escape(const struct view *view, size_t begin)
{
    unsigned high = view_unit(view, begin), low = view_behind(view, begin, 1);

    if ((high == '2' && unit_among(low, "EF")) || (high == '3' && unit_among(low, "ACDE")))
        return true;
    return high >= '8' && is_hex(high) && is_hex(low) && view_before(view, begin, 4) == '=' &&
           is_hex(view_before(view, begin, 3)) && is_hex(view_before(view, begin, 2));
}

/* The character that the digits [at, end) of a reference stand for; 0 for none. */
static unsigned reference_character(const struct view *view, size_t at, size_t end)
{
    bool hex = unit_lower(view_unit(view, at)) == 'x';
    unsigned number = 0;

    for (at += hex ? view->step : 0; at < end; at += view->step) {
        unsigned unit = view_unit(view, at);
        if (!unit_is(unit, hex ? CHARACTER_HEX : CHARACTER_DIGIT))
            return 0;
        number = number * (hex ? 16 : 10) +
                 (unit <= '9' ? unit - '0' : unit_lower(unit) - 'a' + 10);
    }
    return number;
}

/* Behind a letter, digit or sign of host names that stands there as a reference; ';' is. */
static bool is_behind_reference(const struct view *view, size_t begin)
{
    size_t length = 0;

    while (length < REFERENCE_DIGITS_MOST &&
           unit_is(view_before(view, begin, length + 2), CHARACTER_ALNUM))
        length++;
    return view_before(view, begin, length + 2) == '#' &&
           view_before(view, begin, length + 3) == '&' &&
           goes_on_within(reference_character(view, begin - (length + 1) * view->step,
                                              begin - view->step));
}

/* Before one; '&' is. */
static bool is_before_reference(const struct view *view, size_t end)
{
    size_t length = 0;

    if (view_behind(view, end, 1) != '#')
        return false;
    while (length < REFERENCE_DIGITS_MOST &&
           unit_is(view_behind(view, end, length + 2), CHARACTER_ALNUM))
        length++;
    return view_behind(view, end, length + 2) == ';' &&
           goes_on_within(reference_character(view, end + 2 * view->step,
                                              end + (length + 2) * view->step));
}

void judge_cut_behind(struct finding *finding, const struct view *view, size_t end)
{
    unsigned behind = view_unit(view, end);

    if (behind == '=' && is_cut_behind(view, end))
        judge(finding, REASON_SOFT_BREAK);
    else if (behind == '&' && is_before_reference(view, end))
        judge(finding, REASON_BESIDE_REFERENCE);
}

void judge_halves(struct finding *finding, const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1);

    if (before == '\n' && is_cut_before(view, begin))
        judge(finding, REASON_SOFT_BREAK);
    else if (before == '=' && is_behind_escape(view, begin))
        judge(finding, REASON_BEHIND_ESCAPE);
    else if (before == ';' && is_behind_reference(view, begin))
        judge(finding, REASON_BESIDE_REFERENCE);
    else
        judge_cut_behind(finding, view, end);
}
