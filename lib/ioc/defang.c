/* SPDX-License-Identifier: Apache-2.0 */

/*
 * defang: hosts, addresses and URLs that were made harmless by hand, as reports and
 * mails have them: evil[.]com, hxxp://evil(dot)com, jo[at]evil[.]com, 192[.]0[.]2[.]1.
 *
 *     [.] (.) {.} [,] [dot] (dot) {dot} and in other languages   .
 *     [. .] (. .) [.[   between letters     .
 *     \. \\. %2E       between letters     .
 *     [-]                             -
 *     [@] (@) {@} [at] (at) {at} and in other languages   @
 *     [:] (:) {:}                     :
 *     [::]                            ::
 *     [://] (://)                     ://
 *     [/] (/)                         /
 *
 * A blank beside [.], [@] and their words belongs to them: jo [at] evil [dot] com. Letters beyond
 * ASCII are those of names, as in any text. A backslash before a dot is not there to make a host
 * harmless: patterns and Markdown have it, so that it says nothing for one, nor does %2E. Behind
 * the first name of a path it is a folder's (C:\Users\jo\.net).
 *
 * A mark that has none in the 64 units before it, in the same word, is the first:
 * the word around it is written without marks, scanned as any text, and what holds
 * a mark is a finding, with its place and length among the marks. Words are cut
 * where lists have their separators, so that no mark costs more than one word. Where the
 * backslashes of \\host\share or http:\\host\path end a word, the scan sees them, and so much
 * of the path as Windows takes; but what begins in the path is found by its own marks.
 */

#include <stdlib.h>
#include <string.h>

#include "path.h"

enum {
    WORD_BEFORE = 320,  /* units: a scheme, a user, a host */
    WORD_BEHIND = DEFANG_LEAD / 2, /* a URL */
    MARK_APART = 64,    /* a label and a bracket */
    ROOT_BEFORE = 24,   /* backslashes, and a scheme before them */
    PATH_BEHIND = 260,
    HALF_TOKEN_LENGTH = 2, PERCENT_DOT_LENGTH = 3, TOKEN_LENGTH_MIN = 3, TOKEN_LENGTH_MAX = 9,
    LETTER_LENGTH_MAX = 3, /* in UTF-8 */
    WORD_SIZE = LETTER_LENGTH_MAX * (ROOT_BEFORE + WORD_BEFORE + WORD_BEHIND) +
                2 * TOKEN_LENGTH_MAX,
};

#define TEXT(text) text, sizeof text - 1
static const struct token {
    const char *text; /* without its brackets */
    size_t length;
    const char *plain;
    bool square;      /* in "[" and "]" only */
} tokens[] = {
    { TEXT("."), ".", false }, { TEXT("dot"), ".", false }, { TEXT("@"), "@", false },
    { TEXT("at"), "@", false }, { TEXT(":"), ":", false }, { TEXT("::"), "::", false },
    { TEXT("://"), "://", false }, { TEXT("/"), "/", false }, { TEXT(","), ".", true },
    { TEXT("-"), "-", true }, { TEXT("punkt"), ".", false }, { TEXT("punto"), ".", false },
    { TEXT("ponto"), ".", false }, { TEXT("point"), ".", false }, { TEXT("arroba"), "@", false },
    { TEXT("arobase"), "@", false },
};
#undef TEXT

static bool two_letters(const struct view *view, size_t first)
{
    return unit_is(view_unit(view, first), CHARACTER_ALNUM) &&
           unit_is(view_behind(view, first, 1), CHARACTER_ALNUM);
}

/* Whether a suffix that is no type of a file and no word is [label, end). */
static bool is_plain_suffix(const struct view *view, size_t label, size_t end)
{
    static const char *const suffixes[] = { "com", "net", "org" };
    size_t length = (end - label) / view->step;

    for (size_t i = 0; length == 3 && i < sizeof suffixes / sizeof *suffixes; i++)
        if (view_has(view, label, suffixes[i], length))
            return true;
    return false;
}

/* Half of brackets around a dot, between letters of a name: evil[.com, evil.]com; but not what
 * is in whole ones, as in hhmm[.ss], (of a.)b, log(.info, "c") and qw(.com .exe), unless a plain
 * suffix is all that is: evil[.com] */
static bool is_half_token(const struct view *view, size_t at, unsigned open, unsigned close)
{
    size_t label = at + HALF_TOKEN_LENGTH * view->step, end = label;

    if (!two_letters(view, at - 2 * view->step) || !two_letters(view, label))
        return false;
    if (view_unit(view, at) == '.') {
        for (size_t i = 1; i <= LABEL_LENGTH_MAX && view_before(view, at, i) >= ' '; i++)
            if (view_before(view, at, i) == open)
                return false;
        return true;
    }
    while ((end - label) / view->step < LABEL_LENGTH_MAX &&
           unit_is(view_unit(view, end), CHARACTER_LABEL))
        end += view->step;
    unsigned behind = view_unit(view, end);
    bool is_list = open == '(' &&
                   (behind == ',' || (behind == ' ' && view_behind(view, end, 1) == '.'));
    bool is_whole = behind == close || is_list;
    return !is_whole || (!is_list && is_plain_suffix(view, label, end));
}

/* Whether the dot in %2E stands at `at`, between letters of a name. */
static bool is_percent_dot(const struct view *view, size_t at)
{
    return view_behind(view, at, 1) == '2' && unit_lower(view_behind(view, at, 2)) == 'e' &&
           unit_is(view_before(view, at, 1), CHARACTER_ALNUM) &&
           unit_is(view_behind(view, at, 3), CHARACTER_ALNUM);
}

/* The backslashes and the dot at `at`, between letters of a name: evil\.com. 0: there are none, or
 * the name before stands behind a backslash, as those of folders do. */
static size_t escaped_dot_at(const struct view *view, size_t at)
{
    size_t slashes = view_behind(view, at, 1) == '\\' ? 2 : 1, before = 1;

    if (view_behind(view, at, slashes) != '.' ||
        !unit_is(view_behind(view, at, slashes + 1), CHARACTER_ALNUM) ||
        !unit_is(view_before(view, at, 1), CHARACTER_ALNUM))
        return 0;
    while (before <= LABEL_LENGTH_MAX && unit_is(view_before(view, at, before), CHARACTER_LABEL))
        before++;
    return view_before(view, at, before) == '\\' ? 0 : slashes + 1;
}

/* Whether the text of a mark, which begins like `first`, stands behind the bracket at `at`. */
static bool is_token(const struct token *token, const struct view *view, size_t at, unsigned first,
                     unsigned close)
{
    size_t k = 1;

    if (first != (unsigned char)token->text[0])
        return false;
    while (k < token->length &&
           unit_lower(view_behind(view, at, k + 1)) == (unsigned char)token->text[k])
        k++;
    return k == token->length && view_behind(view, at, k + 1) == close &&
           !(token->square && close != ']');
}

size_t token_at(const struct view *view, size_t at, const char **plain)
{
    unsigned open = view_unit(view, at);
    unsigned close = open == '[' ? ']' : open == '(' ? ')' : open == '{' ? '}' : 0;
    unsigned next = view_behind(view, at, 1);

    *plain = ".";
    if (next == '.' && (open == '[' || open == '(') && view_behind(view, at, 2) != close &&
        is_half_token(view, at, open, close))
        return HALF_TOKEN_LENGTH;
    if (open == '.')
        return (next == ']' && is_half_token(view, at, '[', ']')) ||
                       (next == ')' && is_half_token(view, at, '(', ')'))
                   ? HALF_TOKEN_LENGTH : 0;
    if (open == '\\')
        return escaped_dot_at(view, at);
    if (open == '%')
        return is_percent_dot(view, at) ? PERCENT_DOT_LENGTH : 0;
    if (open == '[' && next == '.' && view_behind(view, at, 2) == '[')
        close = '[';
    next = unit_lower(next);
    for (size_t i = 0; close && i < sizeof tokens / sizeof *tokens; i++)
        if (is_token(&tokens[i], view, at, next, close)) {
            *plain = tokens[i].plain;
            return tokens[i].length + 2;
        }
    return 0;
}

static bool is_in_word(unsigned unit)
{
    return (unit > ' ' && unit < 0x7f && !unit_among(unit, "\"'`<>|,;\\^")) ||
           (unit >= 0x80 && unit != UNIT_NONE);
}

/* The length of the mark of '.' or '@' that begins at `at`, but for (.) and (@), which text
 * has for the characters themselves; 0 for none. */
static size_t name_token_at(const struct view *view, size_t at)
{
    const char *plain;
    size_t length = token_at(view, at, &plain);

    bool itself = length == TOKEN_LENGTH_MIN && view_unit(view, at) == '(';
    return length > 0 && !itself && (*plain == '.' || *plain == '@') ? length : 0;
}

/* Does one end before `at`? */
static bool name_token_before(const struct view *view, size_t at)
{
    for (size_t length = TOKEN_LENGTH_MIN; length <= TOKEN_LENGTH_MAX; length++)
        if (name_token_at(view, at - length * view->step) == length)
            return true;
    return false;
}

/* Whether it stands in a mark of those that are not of units of words. */
static bool is_in_token(const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at);

    if (unit == ',')
        return view_before(view, at, 1) == '[' && view_behind(view, at, 1) == ']';
    return unit == '\\' &&
           (escaped_dot_at(view, at) > 0 || escaped_dot_at(view, at - view->step) > 2);
}

/* Is it the one blank before or behind such a mark? */
static bool is_beside_token(const struct view *view, size_t blank)
{
    if (view_unit(view, blank) != ' ')
        return false;
    return name_token_at(view, blank + view->step) > 0 || name_token_before(view, blank);
}

/* Whether the word goes on at `at`. */
static bool goes_on(const struct view *view, size_t at)
{
    return is_in_word(view_unit(view, at)) || is_beside_token(view, at) || is_in_token(view, at);
}

/* Whether no mark stands before, in the same word and near. */
static bool is_first(const struct view *view, size_t at)
{
    const char *plain;

    for (size_t i = 1; i <= MARK_APART && goes_on(view, at - i * view->step); i++)
        if (token_at(view, at - i * view->step, &plain) > 0)
            return false;
    return true;
}

enum mark_of_byte { UNMARKED, MARKED, MARKED_BY_BACKSLASH, MARKED_BY_PERCENT };

/* A word without its marks: bytes, and where each stood. */
struct word {
    uint8_t bytes[WORD_SIZE];
    size_t places[WORD_SIZE + 1];
    uint8_t marked[WORD_SIZE]; /* enum mark_of_byte */
    size_t length;
    size_t own; /* of them: behind is a path */
};

static void add(struct word *word, uint8_t byte, size_t place, enum mark_of_byte marked)
{
    word->bytes[word->length] = byte;
    word->places[word->length] = place;
    word->marked[word->length++] = (uint8_t)marked;
}

/* A unit of UTF-16 that is a letter, in UTF-8. */
static void add_letter(struct word *word, unsigned unit, size_t place)
{
    if (unit >= 0x800) {
        add(word, (uint8_t)(0xe0 | unit >> 12), place, false);
        add(word, (uint8_t)(0x80 | (unit >> 6 & 0x3f)), place, false);
    } else {
        add(word, (uint8_t)(0xc0 | unit >> 6), place, false);
    }
    add(word, (uint8_t)(0x80 | (unit & 0x3f)), place, false);
}

/* Add the mark or unit at `at`; its units. */
static size_t add_at(struct word *word, const struct view *view, size_t at)
{
    const char *plain;
    unsigned unit = view_unit(view, at);
    size_t length = token_at(view, at, &plain);

    if (length > 0) {
        for (; *plain; plain++)
            add(word, (uint8_t)*plain, at, unit == '\\'  ? MARKED_BY_BACKSLASH
                                           : unit == '%' ? MARKED_BY_PERCENT
                                                         : MARKED);
    } else if (view->step == 2 && unit >= 0x80) {
        add_letter(word, unit, at);
    } else {
        add(word, (uint8_t)unit, at, UNMARKED);
    }
    return length > 0 ? length : 1;
}

/* Where the backslashes of a share or URL begin that end before the word at `begin`; that place
 * if there are none. */
static size_t root_begin(const struct view *view, size_t begin)
{
    size_t slashes = 0, scheme;

    while (slashes <= 2 * SEPARATOR_MAX && view_before(view, begin, slashes + 1) == '\\')
        slashes++;
    size_t at = begin - slashes * view->step;
    if (slashes == 2 && view_before(view, at, 1) == ':' &&
        (scheme = scheme_length(view, at - view->step)) > 0)
        return at - (scheme + 1) * view->step;
    return slashes >= 2 && slashes <= 2 * SEPARATOR_MAX && is_boundary(view_before(view, at, 1))
               ? at : begin;
}

static bool is_in_path(unsigned unit)
{
    return unit >= ' ' && unit != 0x7f && unit != UNIT_NONE && !unit_among(unit, "\"<>|");
}

/* Add what stands beside a word, which tells of it there as beside any text. */
static void add_beside(struct word *word, const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at);

    if (unit >= ' ' && unit < 0x7f)
        add(word, (uint8_t)unit, at, UNMARKED);
}

static void read_word(const struct view *view, size_t mark, struct word *word)
{
    bool by_hand = !unit_among(view_unit(view, mark), "\\%");
    size_t begin = mark, at, left = WORD_BEHIND;

    word->length = 0;
    for (size_t i = 0; i < WORD_BEFORE && goes_on(view, begin - view->step); i++)
        begin -= view->step;
    for (at = root_begin(view, begin); at < begin; at += view->step)
        add(word, (uint8_t)view_unit(view, at), at, UNMARKED);
    bool path = word->length > 0;
    if (!path && !by_hand)
        add_beside(word, view, begin - view->step);
    for (; left > 0 && goes_on(view, at); left -= at >= mark) {
        if (view_unit(view, at) != ' ')
            at += add_at(word, view, at) * view->step;
        else
            at += view->step;
    }
    word->own = word->length;
    path |= word->length > 0 && word->bytes[word->length - 1] == ':'; /* http[:]\\ */
    path &= view_unit(view, at) == '\\';
    for (size_t i = 0; path && i < PATH_BEHIND && i < left && is_in_path(view_unit(view, at)); i++)
        at += add_at(word, view, at) * view->step;
    if (!path && !by_hand)
        add_beside(word, view, at);
    word->places[word->length] = at;
}

static bool has_blank(const struct view *view, size_t at, size_t end)
{
    while (at < end && view_unit(view, at) != ' ')
        at += view->step;
    return at < end;
}

size_t take_plain_texts(struct scan *scan, struct scan *inner)
{
    size_t texts = scan->plain.length;

    if (inner->plain.length > 0)
        buffer_add(&scan->plain, inner->plain.data, inner->plain.length);
    scan->failed |= inner->failed || inner->plain.failed;
    buffer_release(&inner->plain);
    return texts;
}

void place_finding(struct finding *finding, const size_t *places, size_t text, size_t texts)
{
    size_t at = finding->at, end = at + finding->length;

    if (finding->plain) {
        finding->plain_text += texts;
    } else {
        finding->plain = true;
        finding->plain_text = text;
        finding->plain_at = at;
        finding->plain_length = finding->length;
    }
    finding->at = places[at];
    finding->length = places[end] - places[at];
}

/* Findings of the word that hold a mark become findings of the block. */
static void take_findings(struct scan *scan, struct scan *inner, const struct view *view,
                          const struct word *word)
{
    size_t texts = take_plain_texts(scan, inner), text = scan->plain.length;

    for (size_t i = 0; i < inner->count; i++) {
        struct finding finding = inner->findings[i];
        size_t end = finding.at + finding.length;
        unsigned marked = 0;
        for (size_t k = finding.at; k < end; k++)
            marked |= 1u << word->marked[k];
        if (marked == 1u << UNMARKED || finding.at >= word->own)
            continue;
        if (scan->plain.length == text)
            buffer_add(&scan->plain, word->bytes, word->length);
        judge(&finding, marked >> MARKED & 1              ? REASON_DEFANGED
                        : marked >> MARKED_BY_PERCENT & 1 ? REASON_ESCAPED
                                                          : REASON_ESCAPED_DOTS);
        if (has_blank(view, word->places[finding.at],
                      word->places[end < word->own ? end : word->own]))
            judge(&finding, REASON_BLANKS);
        place_finding(&finding, word->places, text, texts);
        finding.encoding = view->encoding;
        if (letter_before(view, finding.at) || letter_behind(view, finding.at + finding.length))
            judge(&finding, REASON_LETTER_BESIDE);
        add_finding(scan, &finding);
    }
}

void find_defanged(struct scan *scan, const struct view *view, size_t mark)
{
    const char *plain;
    struct word word;

    if (token_at(view, mark, &plain) == 0 || !is_first(view, mark))
        return;
    read_word(view, mark, &word);
    struct scan inner = { .scanner = scan->scanner, .answers = scan->answers };
    const struct view bytes = { .data = word.bytes, .size = word.length, .step = 1 };
    uint32_t places[sizeof word.bytes];
    unsigned marks = scan->scanner->marks & MARKS_DEFAULT;
    size_t count = candidates_portable(marks, word.bytes, word.length, 0, word.length, places);
    for (size_t i = 0; i < count; i++)
        if (candidate_of(places[i]) == CANDIDATE_BYTES)
            find_at(&inner, &bytes, places[i] >> CANDIDATE_BITS);
    take_findings(scan, &inner, view, &word);
    scan->failed |= scan->plain.failed;
    free(inner.findings);
}

static bool begins_token(unsigned opening, unsigned byte)
{
    if (opening == '\\')
        return byte == '.' || byte == '\\';
    if (opening == '.')
        return byte == ')' || byte == ']';
    if (opening == '%')
        return byte == '2';
    return unit_among(unit_lower(byte), ".@:/,-dap");
}

/* An opening byte: is it followed by what begins a token, in 8 bits or UTF-16? */
static void look_at(struct scan *scan, const struct view views[3], size_t at)
{
    unsigned opening = view_unit(&views[IOC_ASCII], at);
    unsigned behind = view_behind(&views[IOC_ASCII], at, 1);

    if (begins_token(opening, behind)) {
        find_defanged(scan, &views[IOC_ASCII], at);
    } else if (behind == 0 && begins_token(opening, view_behind(&views[IOC_ASCII], at, 2))) {
        const struct view *view = text_view(scan, views, at);
        find_defanged(scan, view, unit_place(view, at));
    }
}

static void look_bytes(struct scan *scan, const struct view views[3], size_t from, size_t to)
{
    for (size_t at = from; at < to; at++)
        if (is_opening(views[0].data[at]))
            look_at(scan, views, at);
}

void find_marks(struct scan *scan, const struct view views[3], size_t from, size_t to,
                const struct sifted *sifted)
{
    look_bytes(scan, views, from, sifted->begin);
    for (size_t i = 0; i < sifted->words.count; i++) {
        size_t at = sifted->begin + sifted->words.places[i];
        if (is_opening(views[0].data[at])) /* a ':' is sifted by the same rules as brackets */
            look_at(scan, views, at);
    }
    look_bytes(scan, views, sifted->end, to);
}
