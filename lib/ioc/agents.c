/* SPDX-License-Identifier: Apache-2.0 */

/*
 * agents: what programs call themselves to web servers (RFC 9110 10.1.5). Those
 * that say they are browsers are found anywhere, others behind the name of the
 * header.
 *
 *     Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)
 *     User-Agent: wget 3.0
 */

#include "scan.h"

enum { AGENT_UNITS_MAX = 512, AGENT_UNITS_MIN = 3, BLANKS_MAX = 4, NESTED_MAX = 2 };

static const char product[] = "Mozilla/", header[] = "user-agent:";

enum { PRODUCT = sizeof product - 1, HEADER = sizeof header - 1 };

static bool stands_at(const struct view *view, size_t at, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (view_behind(view, at, i) != (unsigned char)text[i])
            return false;
    return true;
}

/* Does the name of the header, in any case, end with the ':' at `colon`? */
static bool is_header(const struct view *view, size_t colon)
{
    for (size_t i = 0; i < HEADER; i++)
        if (unit_lower(view_before(view, colon, i)) != (unsigned char)header[HEADER - 1 - i])
            return false;
    return true;
}

/* The end of the text at `begin`: of the line, of the quotation, or where another
 * begins, so that no byte is in many. */
static size_t agent_end(const struct view *view, size_t begin)
{
    size_t end = begin, nested = 0;
    bool single = view_before(view, begin, 1) == '\'';

    for (size_t units = 0; units < AGENT_UNITS_MAX; units++, end += view->step) {
        unsigned unit = view_unit(view, end);
        if (unit < ' ' || unit > '~' || unit_among(unit, "\"<>\\|") || (single && unit == '\''))
            break;
        if (unit == 'M' && end > begin && stands_at(view, end, product, PRODUCT) &&
            ++nested > NESTED_MAX)
            break;
        if (unit == ':' && is_header(view, end)) {
            end -= (HEADER - 1) * view->step;
            break;
        }
    }
    while (end > begin && unit_among(view_before(view, end, 1), " ,;"))
        end -= view->step;
    return end;
}

static void add_agent(struct scan *scan, const struct view *view, size_t begin, enum reason reason)
{
    struct finding finding = { .at = begin,
                               .length = agent_end(view, begin) - begin,
                               .kind = IOC_USER_AGENT,
                               .encoding = view->encoding };

    if (finding.length / view->step < AGENT_UNITS_MIN)
        return;
    judge(&finding, reason);
    if (finding.length / view->step == AGENT_UNITS_MAX)
        judge(&finding, REASON_TOO_LONG);
    add_finding(scan, &finding);
}

static bool is_browser(const struct view *view, size_t begin)
{
    size_t dot = begin + (PRODUCT + 1) * view->step;

    return stands_at(view, begin, product, PRODUCT) &&
           unit_is(view_before(view, dot, 1), CHARACTER_DIGIT) && view_unit(view, dot) == '.' &&
           unit_is(view_behind(view, dot, 1), CHARACTER_DIGIT) &&
           view_behind(view, dot, 2) == ' ' && view_behind(view, dot, 3) == '(';
}

/* The dot of a version. */
void find_browser(struct scan *scan, const struct view *view, size_t dot)
{
    size_t begin = dot - (PRODUCT + 1) * view->step;

    if (is_browser(view, begin) && !unit_is(view_before(view, begin, 1), CHARACTER_ALNUM))
        add_agent(scan, view, begin, REASON_BROWSER);
}

/* The ':' of a header. */
void find_agent(struct scan *scan, const struct view *view, size_t colon)
{
    size_t begin = colon + view->step;

    if (!is_header(view, colon))
        return;
    for (int i = 0; i < BLANKS_MAX && view_unit(view, begin) == ' '; i++)
        begin += view->step;
    if (!is_browser(view, begin))
        add_agent(scan, view, begin, REASON_HEADER);
}
