/* SPDX-License-Identifier: Apache-2.0 */

/*
 * agents: what programs call themselves to web servers (RFC 9110 10.1.5). Those
 * that say they are browsers, or one of the programs that scripts and malware have
 * it from, are found anywhere, others behind the name of the header.
 *
 *     Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)
 *     python-requests/2.25.1
 *     User-Agent: wget 3.0        "User-Agent": "wget 3.0"
 */

#include <string.h>

#include "path.h"

enum { AGENT_UNITS_MAX = 512, AGENT_UNITS_MIN = 3, BLANKS_MAX = 4, NESTED_MAX = 2 };

static const char product[] = "mozilla/", header[] = "user-agent";

enum { PRODUCT = sizeof product - 1, HEADER = sizeof header - 1 };

static bool is_quote(unsigned unit)
{
    return unit == '"' || unit == '\'';
}

/* Where the name of the header begins, in any case, which ends before the ':' at `colon`, in
 * quotes or not; `colon` itself if it does not. */
static size_t header_begin(const struct view *view, size_t colon)
{
    size_t end = colon - (is_quote(view_before(view, colon, 1)) ? view->step : 0);
    size_t begin = end - HEADER * view->step;

    return view_has(view, begin, header, HEADER) ? begin : colon;
}

/* Whether a bracket ends that was open before the text did begin; `open` counts those since. */
static bool ends_bracket(unsigned unit, size_t open[2])
{
    if (unit_among(unit, "(["))
        open[unit == '[']++;
    return unit_among(unit, ")]") && open[unit == ']']-- == 0;
}

/* The end of the text at `begin`: of the line, of the quotation, or where another
 * begins, so that no byte is in many. `inside`: of other text, whose brackets and full stop
 * are not its own. */
static size_t agent_end(const struct view *view, size_t begin, bool inside)
{
    size_t end = begin, nested = 0, open[2] = { 0 };
    unsigned before = view_before(view, begin, 1);
    bool quoted = before == '\'' || before == '`';

    for (size_t units = 0; units < AGENT_UNITS_MAX; units++, end += view->step) {
        unsigned unit = view_unit(view, end);
        if (unit < ' ' || unit > '~' || unit_among(unit, "\"<>\\|") ||
            (quoted && unit == before) || (inside && ends_bracket(unit, open)) ||
            (unit == '&' && is_html_border(view, end)))
            break;
        if (unit_lower(unit) == 'm' && end > begin && view_has(view, end, product, PRODUCT) &&
            ++nested > NESTED_MAX)
            break;
        if (unit == ':' && header_begin(view, end) < end) {
            end = header_begin(view, end);
            break;
        }
    }
    while (end > begin && unit_among(view_before(view, end, 1), inside ? " ,;." : " ,;"))
        end -= view->step;
    return end;
}

/* Where the name of the header begins that stands before, so that it is found by that; `begin`
 * itself for none. */
static size_t header_before(const struct view *view, size_t begin)
{
    size_t at = begin - (is_quote(view_before(view, begin, 1)) ? view->step : 0);

    for (int i = 0; i < BLANKS_MAX && view_before(view, at, 1) == ' '; i++)
        at -= view->step;
    if (view_before(view, at, 1) != ':')
        return begin;
    size_t colon = at - view->step, name = header_begin(view, colon);
    return name < colon ? name : begin;
}

/* Whether it stands within other text: a header is a line of its own, if it is in no
 * brackets, and a quotation has its own end. */
static bool is_inside(const struct view *view, size_t begin)
{
    size_t name = header_before(view, begin);

    if (is_quote(view_before(view, begin, 1)))
        return false;
    return name == begin || unit_among(view_before(view, name, 1), "([");
}

static void add_agent(struct scan *scan, const struct view *view, size_t begin, enum reason reason)
{
    struct finding finding = { .at = begin,
                               .length = agent_end(view, begin, is_inside(view, begin)) - begin,
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

    unsigned behind = view_behind(view, dot, 2);

    if (!view_has(view, begin, product, PRODUCT) ||
        !unit_is(view_before(view, dot, 1), CHARACTER_DIGIT) || view_unit(view, dot) != '.' ||
        !unit_is(view_behind(view, dot, 1), CHARACTER_DIGIT))
        return false;
    return (behind == ' ' && view_behind(view, dot, 3) == '(') || behind == 0 ||
           behind == UNIT_NONE || unit_among(behind, "\"'\r\n"); /* and no more */
}

/* Programs and libraries that ask web servers, as they write themselves before '/'. */
static const char *const programs[] = {
    "curl", "Wget", "Lynx", "Opera", "libwww-perl", "LWP::Simple", "PycURL", "python-requests",
    "Python-urllib", "aiohttp", "python-httpx", "Go-http-client", "okhttp", "Java",
    "Apache-HttpClient", "Jakarta Commons-HttpClient", "Microsoft-CryptoAPI",
    "Microsoft-WebDAV-MiniRedir", "Microsoft BITS", "WindowsPowerShell", "Dalvik", "CFNetwork",
    "Googlebot", "bingbot", "masscan", "zgrab", "sqlmap", "Nikto", "DirBuster", "gobuster",
    "GuzzleHttp", "axios", "node-fetch", "Ruby", "Nim httpclient", "AutoIt", "InetURL",
    "NSIS_Inetc", "PowerShell", "WinHTTP", "WinINet", "PostmanRuntime", "HTTPie",
};

/* Where the program begins that the slash at `slash` parts from its version; `slash` itself
 * for none. */
static size_t program_begin(const struct view *view, size_t slash)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        size_t length = strlen(programs[i]), k = 0;
        while (k < length &&
               view_before(view, slash, k + 1) == (unsigned char)programs[i][length - 1 - k])
            k++;
        size_t begin = slash - length * view->step;
        if (k == length && ((is_boundary(view_before(view, begin, 1)) &&
                             !unit_among(view_before(view, begin, 1), "/-@")) ||
                            is_behind_quoted(view, begin)))
            return begin;
    }
    return slash;
}

static void add_program(struct scan *scan, const struct view *view, size_t dot)
{
    enum { MAJOR_DIGITS_MAX = 3 };
    size_t slash = dot - view->step, digits = 0;

    while (digits <= MAJOR_DIGITS_MAX && unit_is(view_unit(view, slash), CHARACTER_DIGIT)) {
        slash -= view->step;
        digits++;
    }
    if (digits == 0 || view_unit(view, slash) != '/' ||
        !unit_is(view_behind(view, dot, 1), CHARACTER_DIGIT))
        return;
    size_t begin = program_begin(view, slash);
    bool browser = view_before(view, begin, 1) == ' ' &&
                   unit_among(view_before(view, begin, 2), ";("); /* of what one says */
    if (begin < slash && !browser && header_before(view, begin) == begin)
        add_agent(scan, view, begin, REASON_PROGRAM);
}

/* The dot of a version. */
void find_browser(struct scan *scan, const struct view *view, size_t dot)
{
    size_t begin = dot - (PRODUCT + 1) * view->step;

    if (!is_browser(view, begin))
        add_program(scan, view, dot);
    else if (!unit_is(view_before(view, begin, 1), CHARACTER_ALNUM) ||
             is_behind_quoted(view, begin))
        add_agent(scan, view, begin, REASON_BROWSER);
}

/* The ':' of a header. */
void find_agent(struct scan *scan, const struct view *view, size_t colon)
{
    size_t begin = colon + view->step;

    if (header_begin(view, colon) == colon)
        return;
    for (int i = 0; i < BLANKS_MAX && view_unit(view, begin) == ' '; i++)
        begin += view->step;
    begin += is_quote(view_unit(view, begin)) ? view->step : 0;
    if (!is_browser(view, begin))
        add_agent(scan, view, begin, REASON_HEADER);
}
