/* SPDX-License-Identifier: Apache-2.0 */

/*
 * escaped: URLs and mail addresses whose separators stand there in another form.
 *
 *     https:\/\/host\/path?a=1\u0026b=2      as JSON and scripts quote them
 *     http:\\host\path                       as people type them
 *     u=http%3A%2F%2Fhost%2Fpath&m=jo%40host as URLs have them in their queries (RFC 3986 2.1),
 *     http%253A%252F%252Fhost                also twice
 *
 * The text is written in the usual form, and scanned as any other. And where indicators begin
 * behind what is escaped before them, as in JSON, source and logs: \nhost \u0022host \x22host, and
 * behind colours for terminals.
 */

#include <stdlib.h>
#include <string.h>

#include "scan.h"

enum { NESTED_URLS_MAX = 3 };

/* A text in its usual form; where each byte stood. */
struct plain {
    uint8_t bytes[LIMIT_INDICATOR_BYTES];
    size_t places[LIMIT_INDICATOR_BYTES + 1];
    size_t length;
};

/* Whether the text may go on at `at`. What is read of the block counts, not what it stands for:
 * a block has no more behind its end, and where blocks end must not show. */
static bool may_go_on(const struct view *view, size_t begin, size_t at)
{
    return (at - begin) / view->step < LIMIT_INDICATOR_BYTES;
}

static void add(struct plain *plain, unsigned byte, size_t place)
{
    plain->bytes[plain->length] = (uint8_t)byte;
    plain->places[plain->length++] = place;
}

static unsigned hex_digit(unsigned unit)
{
    return unit <= '9' ? unit - '0' : unit_lower(unit) - 'a' + 10;
}

/* What is found at the byte `at` of the plain text by `find` are findings of the block. */
static void find_plain(struct scan *scan, const struct view *view, const struct plain *plain,
                       size_t at, enum reason reason,
                       void (*find)(struct scan *, const struct view *, size_t))
{
    struct scan inner = { .scanner = scan->scanner, .answers = scan->answers };
    const struct view bytes = { .data = plain->bytes, .size = plain->length, .step = 1 };

    find(&inner, &bytes, at);
    size_t texts = take_plain_texts(scan, &inner), text = scan->plain.length;
    if (inner.count > 0)
        buffer_add(&scan->plain, plain->bytes, plain->length);
    for (size_t i = 0; i < inner.count; i++) {
        struct finding finding = inner.findings[i];
        place_finding(&finding, plain->places, text, texts);
        finding.encoding = view->encoding;
        judge(&finding, reason);
        add_finding(scan, &finding);
    }
    scan->failed |= scan->plain.failed;
    free(inner.findings);
}

/* Of a character as JSON codes it behind a backslash, and as C does: u0026, x26. */
enum { CODE_UNITS = 5, HEX_CODE_UNITS = 3 };

static bool coded_at(const struct view *view, size_t at, unsigned *character)
{
    if (view_unit(view, at) != 'u')
        return false;
    *character = 0;
    for (size_t i = 1; i < CODE_UNITS; i++) {
        unsigned unit = view_behind(view, at, i);
        if (!unit_is(unit, CHARACTER_HEX))
            return false;
        *character = *character << 4 | hex_digit(unit);
    }
    return true;
}

/* What the backslash at `at` quotes, with *units that it takes: "/" behind up to three of
 * them, as JSON within JSON has it, or a character of ASCII as \u0026; 0 for none. */
static unsigned quoted_at(const struct view *view, size_t at, size_t *units)
{
    enum { BACKSLASHES_MAX = 3 };
    size_t backslashes = 0;

    while (backslashes <= BACKSLASHES_MAX && view_behind(view, at, backslashes) == '\\')
        backslashes++;
    *units = backslashes + 1;
    if (backslashes > 0 && backslashes <= BACKSLASHES_MAX &&
        view_behind(view, at, backslashes) == '/')
        return '/';
    *units = 1 + CODE_UNITS;
    unsigned character;
    return backslashes == 1 && coded_at(view, at + view->step, &character) &&
                   unit_is(character, CHARACTER_URL)
               ? character
               : 0;
}

/* --- what stands before an indicator --- */

/* Whether the quotation mark at `at` begins a value, as in JSON. */
static bool opens_value(const struct view *view, size_t at)
{
    enum { BLANKS_MAX = 4 };

    for (int i = 0; i < BLANKS_MAX && view_before(view, at, 1) == ' '; i++)
        at -= view->step;
    return unit_among(view_before(view, at, 1), ":[");
}

/* Whether the backslash at `at` is one of quoted text, by its quotation mark or by more of them
 * before, and not of a path: of that some quote no character, or a drive is before them. */
static bool is_in_string(const struct view *view, size_t at)
{
    enum { LOOKED_AT = 64 };
    bool words = false, quoted = false;

    for (int i = 0; i < LOOKED_AT; i++, at -= view->step) {
        unsigned unit = view_before(view, at, 1), before = view_before(view, at, 2);
        bool separator = view_unit(view, at) == '\\' && view_behind(view, at, 1) != '\\';
        if (unit < ' ' || unit == UNIT_NONE ||
            (separator && unit == ':' && unit_is(before, CHARACTER_LETTER) &&
             !unit_is(view_before(view, at, 3), CHARACTER_ALNUM)))
            return false;
        if (unit == '"' && before != '\\')
            return words || quoted || opens_value(view, at - view->step);
        if (unit == '\\' && before != '\\') {
            if (!unit_among(view_unit(view, at), "nrtbfu\"'/"))
                return false;
            quoted = true;
        } else if (unit == '\\') {
            at -= view->step;
        }
        words |= unit == ' ' || unit == '.';
    }
    return words && quoted;
}

/* Whether two numbers with dots behind stand at `at`, as an address begins. */
static bool is_address_at(const struct view *view, size_t at)
{
    for (int i = 0; i < 2; i++, at += view->step) {
        size_t digits = class_length(view, at, CHARACTER_DIGIT, 4);
        at += digits * view->step;
        if (digits == 0 || digits > 3 || view_unit(view, at) != '.')
            return false;
    }
    return true;
}

/* Whether the letter of a line end or tab that is written as \n, \r or \t is at `at`. */
static bool is_line_letter(const struct view *view, size_t at)
{
    return view_before(view, at, 1) == '\\' && unit_among(view_unit(view, at), "nrt");
}

/* Whether it is, and a name behind it. A folder's name may begin with that letter, so that www must
 * be in the name, or before it what ends another text, or quoted text around it. */
static bool is_line_end(const struct view *view, size_t at)
{
    unsigned before = view_before(view, at, 2);

    if (!is_line_letter(view, at))
        return false;
    return view_has(view, at + view->step, "www.", 4) || unit_among(before, ".,;!?)>\"'") ||
           (before == 'r' && view_before(view, at, 3) == '\\') ||
           (before != '\\' && (is_address_at(view, at + view->step) ||
                               is_in_string(view, at - view->step)));
}

/* Whether the '[' at `at` begins a sequence for terminals (ECMA-48), with ESC as it is or as text
 * has it: \x1b \u001b \033 \e ^[ */
static bool is_sequence(const struct view *view, size_t at)
{
    static const char *const escapes[] = { "\x1b", "\\x1b", "\\u001b", "\\033", "\\e", "^[" };

    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        size_t length = strlen(escapes[i]);
        if (view_has(view, at - length * view->step, escapes[i], length))
            return true;
    }
    return false;
}

/* The end of such a sequence that gives text its colour, or clears a line, and the rest of which is
 * at `begin`: 31m; `begin` where none is. */
static size_t skip_colour(const struct view *view, size_t begin)
{
    enum { NUMBERS_MAX = 16, DIGITS_MAX = 3 };
    size_t at = begin, end = begin;

    for (int i = 0; i < NUMBERS_MAX && (unit_is(view_before(view, at, 1), CHARACTER_DIGIT) ||
                                        view_before(view, at, 1) == ';'); i++)
        at -= view->step;
    end += class_length(view, end, CHARACTER_DIGIT, DIGITS_MAX) * view->step;
    return unit_among(view_unit(view, end), "mK") && view_before(view, at, 1) == '[' &&
                   is_sequence(view, at - view->step)
               ? end + view->step
               : begin;
}

/* What the two digits at `at` code that stand behind \x in source and logs; as coded_at. */
static bool hex_coded_at(const struct view *view, size_t at, unsigned *character)
{
    unsigned high = view_behind(view, at, 1), low = view_behind(view, at, 2);

    if (view_unit(view, at) != 'x' || !unit_is(high, CHARACTER_HEX) || !unit_is(low, CHARACTER_HEX))
        return false;
    *character = hex_digit(high) << 4 | hex_digit(low);
    return *character < 0x80;
}

size_t skip_quoted(const struct view *view, size_t begin)
{
    unsigned before = view_before(view, begin, 1), character;
    size_t units = CODE_UNITS;

    if (before == '[' || before == ';')
        return skip_colour(view, begin);
    if (before != '\\')
        return begin;
    if (is_line_end(view, begin))
        return begin + view->step;
    if (hex_coded_at(view, begin, &character))
        units = HEX_CODE_UNITS;
    else if (!coded_at(view, begin, &character))
        return begin;
    bool goes_on = character < 0x80 && unit_is(character, CHARACTER_MAIL);
    return goes_on ? begin : begin + units * view->step;
}

size_t skip_any_quoted(const struct view *view, size_t begin)
{
    unsigned high = view_unit(view, begin), low = view_behind(view, begin, 1);

    if (is_line_letter(view, begin) && view_before(view, begin, 2) != '\\')
        return begin + view->step;
    if (view_before(view, begin, 1) != '%')
        return skip_quoted(view, begin);
    if (!unit_is(high, CHARACTER_HEX) || !unit_is(low, CHARACTER_HEX))
        return begin;
    unsigned character = hex_digit(high) << 4 | hex_digit(low);
    return character >= 0x80 || unit_is(character, CHARACTER_LABEL) ? begin
                                                                   : begin + 2 * view->step;
}

bool is_behind_quoted(const struct view *view, size_t at)
{
    for (size_t i = 1; i <= CODE_UNITS && i * view->step <= at; i++)
        if (skip_any_quoted(view, at - i * view->step) == at)
            return true;
    return false;
}

bool quoted_letter_before(const struct view *view, size_t at)
{
    unsigned character;

    return view_before(view, at, CODE_UNITS + 1) == '\\' &&
           coded_at(view, at - CODE_UNITS * view->step, &character) && is_european(character);
}

/* --- quoted URLs --- */

/* The URL from `begin` on, which has its ':' at `colon`. */
static void read_quoted(const struct view *view, size_t begin, size_t colon, struct plain *plain)
{
    size_t at = begin, units, nested = 0;

    for (plain->length = 0; may_go_on(view, begin, at); at += units * view->step) {
        unsigned unit = view_unit(view, at);
        units = 1;
        if (unit == '\\')
            unit = quoted_at(view, at, &units);
        if ((!unit_is(unit, CHARACTER_URL) && unit < 0x80) || unit >= 0x100 ||
            (unit == ':' && at > colon && view_behind(view, at, 1) == '\\' &&
             ++nested > NESTED_URLS_MAX))
            break;
        add(plain, unit, at);
    }
    plain->places[plain->length] = at;
}

/* Whether the scheme before `colon` is one of web servers, hidden or not: file:\\ and others
 * are paths. */
static bool is_web(const struct view *view, size_t colon, size_t scheme)
{
    unsigned first = unit_lower(view_before(view, colon, scheme));

    return scheme >= 4 && first == 'h';
}

/* http:\\host\path */
static void read_backslashes(const struct view *view, size_t begin, size_t colon,
                             struct plain *plain)
{
    size_t at = begin;

    for (plain->length = 0; may_go_on(view, begin, at); at += view->step) {
        unsigned unit = view_unit(view, at);
        if ((unit != '\\' && !unit_is(unit, CHARACTER_URL)) ||
            (unit == ':' && at > colon && view_behind(view, at, 1) == '\\'))
            break;
        add(plain, unit == '\\' ? '/' : unit, at);
    }
    plain->places[plain->length] = at;
}

void find_quoted_url(struct scan *scan, const struct view *view, size_t colon)
{
    struct plain plain;
    size_t units, scheme;

    if (!is_wanted(scan, IOC_URL))
        return;
    if (quoted_at(view, colon + view->step, &units) == '/' &&
        quoted_at(view, colon + (units + 1) * view->step, &units) == '/') {
        if ((scheme = scheme_length(view, colon)) == 0)
            return;
        read_quoted(view, colon - scheme * view->step, colon, &plain);
        find_plain(scan, view, &plain, scheme, REASON_QUOTED_SLASHES, find_url);
    } else if (view_behind(view, colon, 2) == '\\' &&
               unit_is(view_behind(view, colon, 3), CHARACTER_ALNUM) &&
               is_web(view, colon, scheme = scheme_length(view, colon))) {
        read_backslashes(view, colon - scheme * view->step, colon, &plain);
        find_plain(scan, view, &plain, scheme, REASON_BACKSLASHES, find_url);
    }
}

/* --- percent --- */

/* How often '%' itself is written as %25. */
enum { DEPTH_MAX = 2 };

/* The escaped character that ends before `at`, with its beginning and depth; 0 for none. */
static unsigned escaped_before(const struct view *view, size_t at, size_t *begin, unsigned *depth)
{
    unsigned high = view_before(view, at, 2), low = view_before(view, at, 1);

    *begin = at - 2 * view->step;
    *depth = 0;
    if (!unit_is(high, CHARACTER_HEX) || !unit_is(low, CHARACTER_HEX))
        return 0;
    while (*depth < DEPTH_MAX && view_before(view, *begin, 2) == '2' &&
           view_before(view, *begin, 1) == '5') {
        *begin -= 2 * view->step;
        ++*depth;
    }
    *begin -= view->step;
    return view_unit(view, *begin) == '%' ? hex_digit(high) << 4 | hex_digit(low) : 0;
}

/* The character at `at`, which may be escaped at this depth, with the units it takes. */
static unsigned escaped_at(const struct view *view, size_t at, unsigned depth, size_t *units)
{
    unsigned unit = view_unit(view, at);
    size_t length = 1;

    *units = 1;
    if (unit != '%')
        return unit;
    for (unsigned i = 0; i < depth; i++, length += 2)
        if (view_behind(view, at, length) != '2' || view_behind(view, at, length + 1) != '5')
            return unit;
    unsigned high = view_behind(view, at, length), low = view_behind(view, at, length + 1);
    if (!unit_is(high, CHARACTER_HEX) || !unit_is(low, CHARACTER_HEX))
        return unit;
    *units = length + 2;
    return hex_digit(high) << 4 | hex_digit(low);
}

size_t skip_escapes(const struct view *view, size_t begin, size_t end)
{
    size_t units;

    for (size_t at = begin; at < end; at += units * view->step) {
        unsigned character = escaped_at(view, at, 0, &units);
        if (units > 1 && character < 0x80 && !unit_is(character, CHARACTER_MAIL))
            begin = at + units * view->step;
    }
    return begin;
}

/* From `begin` on, to what ends it in a query. */
static void read_escaped(const struct view *view, size_t begin, unsigned depth,
                         struct plain *plain)
{
    size_t at = begin, units;

    for (plain->length = 0; may_go_on(view, begin, at); at += units * view->step) {
        unsigned unit = escaped_at(view, at, depth, &units);
        if (!unit_is(unit, CHARACTER_URL) || (units == 1 && unit_among(unit, "&#;+,()[]")))
            break;
        add(plain, unit, at);
    }
    plain->places[plain->length] = at;
}

/* The place of the name of a mailbox that ends before `at`. */
static size_t escaped_name(const struct view *view, size_t at)
{
    size_t begin = at;

    while ((at - begin) / view->step < MAIL_NAME_LENGTH_MAX &&
           unit_is(view_before(view, begin, 1), CHARACTER_MAIL) &&
           view_before(view, begin, 1) != '%')
        begin -= view->step;
    if (view_before(view, begin, 1) == '%') /* an escaped character is before it */
        begin += 2 * view->step;
    return begin < at ? begin : at;
}

enum escaped find_escaped(struct scan *scan, const struct view *view, size_t host)
{
    struct plain plain;
    size_t at, slash, colon, scheme;
    unsigned depth, ignored;
    unsigned last = escaped_before(view, host, &at, &depth);

    if (last == '@') {
        size_t name = escaped_name(view, at);
        if (name == at)
            return ESCAPED_NONE;
        if (is_wanted(scan, IOC_EMAIL)) {
            read_escaped(view, name, depth, &plain);
            find_plain(scan, view, &plain, (at - name) / view->step, REASON_ESCAPED, find_mail);
        }
        return ESCAPED_MAIL;
    }
    if (last != '/' || escaped_before(view, at, &slash, &ignored) != '/')
        return ESCAPED_NONE;
    if (view_before(view, slash, 1) == ':')
        colon = slash - view->step;
    else if (escaped_before(view, slash, &colon, &ignored) != ':')
        return ESCAPED_NONE;
    if ((scheme = scheme_length(view, colon)) == 0)
        return ESCAPED_NONE;
    if (is_wanted(scan, IOC_URL)) {
        read_escaped(view, colon - scheme * view->step, depth, &plain);
        find_plain(scan, view, &plain, scheme, REASON_ESCAPED, find_url);
    }
    return ESCAPED_URL;
}
