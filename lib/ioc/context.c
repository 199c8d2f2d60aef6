/* SPDX-License-Identifier: Apache-2.0 */

/*
 * context: what a name says of itself, and what stands around it. Names with dots
 * are hosts, but also members of objects, packages, files, and what random bytes
 * make; each check here tells one of them, and weights.c what it counts.
 */

#include <string.h>

#include <fett/keyed.h>

#include "scan.h"

enum { HOST_LENGTH_SHORT = 7, HOST_LENGTH_SHORT_MAIL = 5 };

/* "nameserver" and what may stand between it and a name */
enum { WORD_LENGTH_MAX = 12, BETWEEN_MAX = 4 };

/* Whether a registry of a country gives names under the last two labels (co.uk). */
static bool has_registry(const struct scan *scan, const struct host *host)
{
    const char *at = host->name + host->length;
    int dots = 0;

    while (at > host->name && (dots += at[-1] == '.') < 2)
        at--;
    return dots == 2 && suffix_is_registry(scan, at);
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

/* Whether everybody knows it, as a host or as another thing. */
static void judge_known(struct finding *finding, const struct host *host)
{
    switch (known_name(host->name, host->length)) {
    case KNOWN_HOST:
        judge(finding, REASON_KNOWN_HOST);
        break;
    case KNOWN_NAME:
        judge(finding, REASON_KNOWN_NAME);
        break;
    case KNOWN_NONE:
        break;
    }
}

/* What it says against itself. */
static void judge_spelling(const struct scan *scan, struct finding *finding,
                           const struct host *host)
{
    judge_words(scan, finding, host);
    if (host->length < HOST_LENGTH_SHORT)
        judge(finding, REASON_SHORT);
    if (has_single_letter(host))
        judge(finding, REASON_SINGLE_LETTER);
    if (memchr(host->name, '_', host->length))
        judge(finding, REASON_UNDERSCORE);
    if (host->labels == 2)
        judge_known(finding, host);
    if (finding->suffix == SUFFIX_COUNTRY ? host->camel_case
                                          : host->mixed_case && finding->suffix != SUFFIX_PUBLIC)
        judge(finding, REASON_MIXED_CASE);
}

/* Letters of Europe, U+00C0 to U+052F. Others are written without space between
 * words, so that hosts stand beside them. */
bool is_european(unsigned unit)
{
    return unit >= 0xc0 && unit < 0x530 && unit != 0xd7 && unit != 0xf7;
}

static bool is_european_utf8(unsigned first, unsigned second)
{
    return first >= 0xc3 && first < 0xd5 && second >= 0x80 && second < 0xc0 &&
           is_european((first & 0x1f) << 6 | (second & 0x3f));
}

static bool is_text(unsigned unit)
{
    return (unit >= ' ' && unit < 0x7f) || unit == '\t' || unit == '\n' || unit == '\r' ||
           unit == 0 || unit == UNIT_NONE;
}

/* Whether text stands beyond a letter in UTF-16; two bytes of other meaning look like such a
 * letter, but seldom those beside them like text. */
static bool is_letter_of_text(unsigned letter, unsigned beyond)
{
    return is_european(letter) && (is_text(beyond) || is_european(beyond) ||
                                   (beyond >= 0x2010 && beyond < 0x2040));
}

/* In UTF-16, in UTF-8, or, within a word, in an alphabet of one byte a letter. */
bool letter_before(const struct view *view, size_t at)
{
    unsigned first = view_before(view, at, 2), second = view_before(view, at, 1);

    if (quoted_letter_before(view, at))
        return true;
    if (view->step == 2)
        return is_letter_of_text(second, first);
    return is_european_utf8(first, second) ||
           (second < 256 && is_european(second) && unit_is(first, CHARACTER_LETTER) &&
            unit_is(view_unit(view, at), CHARACTER_LETTER));
}

bool letter_behind(const struct view *view, size_t at)
{
    unsigned first = view_unit(view, at), second = view_behind(view, at, 1);

    if (view->step == 2)
        return is_letter_of_text(first, second);
    return is_european_utf8(first, second) ||
           (first < 256 && is_european(first) && unit_is(second, CHARACTER_LETTER) &&
            unit_is(view_before(view, at, 1), CHARACTER_LETTER));
}

static bool is_line_end(unsigned unit)
{
    return unit == '\n' || unit == '\r' || unit == UNIT_NONE;
}

bool is_own_line(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);

    return is_line_end(before) && is_line_end(behind);
}

/* Whether bytes that are no text, nor the end and the start of characters in UTF-8,
 * stand on both sides, as in random or packed bytes; a byte of the length may. */
static bool no_text_beside(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);
    unsigned next = view_behind(view, end, 1);

    if (behind == '.') {
        behind = next;
        next = view_behind(view, end, 2);
    }
    bool character_before = before >= 0x80 && before < 0xc0;
    bool character_behind = behind >= 0xc2 && behind < 0xf5 && next >= 0x80 && next < 0xc0;
    return view->step == 1 && before != end - begin && !is_text(before) && !is_text(behind) &&
           !(character_before && character_behind);
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

/* The word before `begin`, with some of " =:\"'(" between, in lower case; its length. */
static size_t word_before(const struct view *view, size_t begin, char word[WORD_LENGTH_MAX + 1])
{
    size_t skipped = 0, length = 0;

    while (skipped < BETWEEN_MAX && view_before(view, begin, skipped + 1) < 128 &&
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

bool address_word_before(const struct view *view, size_t begin)
{
    static const char *const words[] = { "addr", "address", "addresses", "dst", "gateway",
                                         "ip", "ips", "nameserver", "ping", "src" };
    char word[WORD_LENGTH_MAX + 1];
    size_t length = word_before(view, begin, word);

    return length > 0 && keyed_text_row(words, sizeof words / sizeof *words, sizeof *words, word,
                                        length);
}

/* Whether it is the name in an entry of a folder: a byte of its length and one of
 * its kind, 1 to 7, stand before it, in ext2 to ext4 as in NTFS. */
static bool in_folder(const struct view *view, size_t begin, size_t end)
{
    return begin >= 2 && view->data[begin - 1] > 0 && view->data[begin - 1] < 8 &&
           view->data[begin - 2] == (end - begin) / view->step;
}

/* Whether an address that nobody answers at, or this machine, stands before with blanks between,
 * as in a file of hosts. */
static bool in_hosts_file(const struct view *view, size_t begin)
{
    static const char *const addresses[] = { "127.0.0.1", "0.0.0.0", "::1" };
    enum { BLANKS_MAX = 16 };
    size_t end = begin;

    for (int i = 0; i < BLANKS_MAX && unit_among(view_before(view, end, 1), " \t"); i++)
        end -= view->step;
    for (size_t i = 0; end < begin && i < sizeof addresses / sizeof *addresses; i++) {
        size_t length = strlen(addresses[i]), k = 0;
        while (k < length &&
               view_before(view, end, length - k) == (unsigned char)addresses[i][k])
            k++;
        if (k == length && !unit_is(view_before(view, end, length + 1), CHARACTER_HEX) &&
            !unit_among(view_before(view, end, length + 1), ".:"))
            return true;
    }
    return false;
}

/* Behind ":" and two slashes with up to three backslashes before each. */
static bool is_quoted_url(const struct view *view, size_t begin)
{
    enum { SLASHES = 2, BACKSLASHES_MAX = 3 };
    size_t distance = 1;

    for (int i = 0; i < SLASHES; i++) {
        size_t last = distance + BACKSLASHES_MAX;
        if (view_before(view, begin, distance++) != '/')
            return false;
        while (distance <= last && view_before(view, begin, distance) == '\\')
            distance++;
    }
    return view_before(view, begin, distance) == ':';
}

void judge_border(struct finding *finding, unsigned before)
{
    judge(finding, before == 0 ? REASON_NUL_BEFORE : REASON_AT_START);
}

void judge_around(struct finding *finding, const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);
    unsigned second = view_before(view, begin, 2), third = view_before(view, begin, 3);

    if (before == '/' && second == '\\') /* quoted: https:\/\/ */
        judge(finding, is_quoted_url(view, begin) ? REASON_IN_URL : REASON_PATH_BEFORE);
    else if (before == '/' && second == '/')
        judge(finding, third == ':' ? REASON_IN_URL : REASON_SLASHES_BEFORE);
    else if (before == '\\' && second == '\\' && third == ':' &&
             unit_is(view_before(view, begin, 4), CHARACTER_LETTER) &&
             unit_is(view_before(view, begin, 5), CHARACTER_LETTER)) /* http:\\, no drive */
        judge(finding, REASON_IN_URL);
    else if (before == '\\' && second == '\\' && behind == '\\' && third != ':' &&
             !unit_is(third, CHARACTER_LABEL)) /* UNC, not C:\\ in source code */
        judge(finding, REASON_SLASHES_BEFORE);
    else if (before == '@')
        judge(finding, unit_is(second, CHARACTER_MAIL) ? REASON_IN_MAIL : REASON_AT_BEFORE);
    else if (before == 0 || before == UNIT_NONE)
        judge_border(finding, before);
    else if (before == '/' || before == '\\')
        judge(finding, REASON_PATH_BEFORE);
    else if (before == '.' && second == '*')
        judge(finding, REASON_WILDCARD);
    if (behind == '(')
        judge(finding, REASON_CALL_BEHIND);
    else if (behind == '/')
        judge(finding, REASON_PATH_BEHIND);
    else if (behind == ':' && unit_is(view_behind(view, end, 1), CHARACTER_DIGIT))
        judge(finding, REASON_PORT_BEHIND);
}

void judge_before(struct finding *finding, const struct view *view)
{
    unsigned before = view_before(view, finding->at, 1);

    if (before == 0 || before == UNIT_NONE)
        judge_border(finding, before);
    else if (is_name_head(view, before))
        judge(finding, REASON_FILE_NAME);
    else if (before == '"' || before == '\'')
        judge(finding, REASON_QUOTED);
    else if (before == '\\' || before == '{')
        judge(finding, REASON_PATH_BEFORE);
}

/* What stands around a name that no URL and no mail address holds. */
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
    else if (in_hosts_file(view, begin))
        judge(finding, REASON_HOSTS_FILE);
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
    if ((behind == '=' && next != '\r' && next != '\n') || (behind == '.' && next == '(') ||
        ((behind == '!' || behind == '+' || behind == '|' || behind == '&') &&
         (next == '=' || next == behind)))
        judge(finding, REASON_CODE_BEHIND);
    if (in_folder(view, begin, end))
        judge(finding, REASON_FILE_NAME);
    else if (no_text_beside(view, begin, end))
        judge(finding, REASON_NO_TEXT);
}

void judge_domain(const struct scan *scan, struct finding *finding, const struct host *host,
                  const struct view *view, size_t begin, size_t end)
{
    judge_host(scan, finding, host);
    judge_around(finding, view, begin, end);
    if (letter_before(view, begin) || letter_behind(view, end))
        judge(finding, REASON_LETTER_BESIDE);
    judge_halves(finding, view, begin, end);
    /* A URL or a mail address holds a host, whatever it is called; but for h@w.hm,
     * which random bytes make. */
    if (has_reason(finding, REASON_IN_URL))
        return;
    if (has_reason(finding, REASON_IN_MAIL)) {
        if (host->length < HOST_LENGTH_SHORT_MAIL)
            judge(finding, REASON_SHORT);
        return;
    }
    judge_spelling(scan, finding, host);
    if (host->labels == 2 && !finding->international && is_own_line(view, begin, end))
        judge(finding, REASON_OWN_LINE);
    judge_code(finding, view, begin, end);
}
