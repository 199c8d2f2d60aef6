/* SPDX-License-Identifier: Apache-2.0 */

/*
 * candidates: where an indicator can be.
 *
 * Every kind has a byte that is rare and has certain neighbours. Searching for
 * such bytes, of those that sift.c leaves, leaves little for the code that looks closer. In
 * UTF-16 the neighbours are two bytes away and the bytes between are zero; both
 * byte orders (order.c) and both alignments are the same search, because it goes byte by
 * byte.
 *
 *              before    at    behind
 * MARK_HOST    alnum     .     alnum
 *              not zero  @     alnum
 *              alnum     :     / \ ?
 * MARK_GROUPS  hex       :     hex
 *              any       :     :
 * MARK_HEADER  t " '      :     printable
 * MARK_DASH    hex        - _   hex
 * MARK_NAME    printable .     alnum
 * MARK_SHARE   \         \     alnum . ?
 * MARK_PATH    alnum : % } \    any
 *              alnum     :     /
 *              alnum )   %     /
 *
 * Letters beyond ASCII beside '.', '@' and backslashes are looked for more closely: their
 * bytes are any, and in UTF-16 one of the two around is not zero, which tells the order.
 *
 * A zero is no neighbour that is asked for on both sides, so that nothing can be
 * both. Only the marks that are asked for cost time.
 */

#include "scan.h"

static bool is_alnum(unsigned byte)
{
    return unit_is(byte, CHARACTER_ALNUM);
}

static bool is_hex(unsigned byte)
{
    return unit_is(byte, CHARACTER_HEX);
}

static bool is_printable(unsigned byte)
{
    return byte >= ' ' && byte <= '~';
}

static bool colon_fits(unsigned marks, unsigned before, unsigned behind)
{
    return ((marks & MARK_HOST) && is_alnum(before) &&
            (behind == '/' || behind == '\\' || behind == '?')) ||
           ((marks & MARK_PATH) && is_alnum(before) && behind == '/') ||
           ((marks & MARK_GROUPS) && (behind == ':' || (is_hex(before) && is_hex(behind)))) ||
           ((marks & MARK_HEADER) &&
            (unit_lower(before) == 't' || before == '"' || before == '\'') && is_printable(behind));
}

/* '.': the bytes of names, and blanks that hide types */
static bool dot_fits(unsigned marks, unsigned before, unsigned behind)
{
    return is_alnum(behind) && (((marks & MARK_HOST) && is_alnum(before)) ||
                                ((marks & MARK_NAME) && is_printable(before)));
}

static bool backslash_fits(unsigned marks, unsigned before, unsigned behind)
{
    return ((marks & MARK_SHARE) && before == '\\' &&
            (is_alnum(behind) || behind == '.' || behind == '?')) ||
           ((marks & MARK_PATH) &&
            (is_alnum(before) || before == ':' || before == '%' || before == '}'));
}

static bool fits(unsigned marks, unsigned before, unsigned byte, unsigned behind)
{
    switch (byte) {
    case '.':
        return dot_fits(marks, before, behind);
    case '@':
        return (marks & MARK_HOST) && before != 0 && is_alnum(behind);
    case ':':
        return colon_fits(marks, before, behind);
    case '\\':
        return backslash_fits(marks, before, behind);
    case '%':
        return (marks & MARK_PATH) && (is_alnum(before) || before == ')') && behind == '/';
    case '-':
    case '_':
        return (marks & MARK_DASH) && is_hex(before) && is_hex(behind);
    default:
        return false;
    }
}

static bool is_printable_at(const uint8_t *data, size_t size, size_t at)
{
    return at < size && is_printable(data[at]);
}

/* Whether the unit may stand before or behind a dot in a name. */
static bool is_beside_dot(unsigned unit)
{
    return is_alnum(unit) || is_foreign_letter(unit);
}

/* Whether '.', '@' or a backslash at `at`, in this view, is between such neighbours of
 * which one is not of ASCII. */
static bool foreign_fits(unsigned marks, const struct view *view, size_t at)
{
    unsigned before = view_before(view, at, 1), behind = view_behind(view, at, 1);
    bool names = marks & (MARK_HOST | MARK_NAME);

    switch (view_unit(view, at)) {
    case '.':
        return names && is_beside_dot(before) && is_beside_dot(behind) &&
               (before >= 0x80 || behind >= 0x80);
    case '@':
        return (marks & MARK_HOST) && is_beside_dot(before) && is_foreign_letter(behind);
    case '\\':
        return (marks & MARK_PATH) && is_foreign_letter(behind) &&
               (is_alnum(before) || before == ':' || before == '%');
    default:
        return false;
    }
}

/* The same in UTF-8. */
static bool foreign_bytes_fit(unsigned marks, const struct view *view, size_t at)
{
    bool alnum_before = is_alnum(view_before(view, at, 1));
    bool alnum_behind = is_alnum(view_behind(view, at, 1));

    if (alnum_before && alnum_behind)
        return false;
    if (view_unit(view, at) == '@')
        return (marks & MARK_HOST) && (alnum_before || foreign_before(view, at)) &&
               foreign_at(view, at + 1);
    return view_unit(view, at) == '.' && (marks & (MARK_HOST | MARK_NAME)) &&
           (alnum_before || foreign_before(view, at)) &&
           (alnum_behind || foreign_at(view, at + 1));
}

/* Text of ASCII whose zero at the end of a sentence looks like the half of a dot. */
static bool is_sentence(const uint8_t *data, size_t size, size_t at)
{
    return is_printable_at(data, size, at - 1) && is_printable_at(data, size, at - 2) &&
           is_printable_at(data, size, at + 2) && is_printable_at(data, size, at + 3) &&
           is_printable_at(data, size, at + 4) && is_printable_at(data, size, at + 5);
}

/* The candidate beside letters beyond ASCII at `at`; CANDIDATE_NONE: it is none. */
static enum candidate foreign_candidate(unsigned marks, const uint8_t *data, size_t size,
                                        size_t at)
{
    const struct view bytes = { data, size, 1, 0, IOC_ASCII };
    const struct view little = { data, size, 2, 0, IOC_UTF16LE };
    const struct view big = { data, size, 2, 1, IOC_UTF16BE };
    unsigned before = at >= 1 ? data[at - 1] : 1, behind = size - at > 1 ? data[at + 1] : 1;

    if (before == 0 && behind == 0 && at >= 3 && size - at > 3 && data[at - 3] == 0 &&
        data[at + 3] == 0 && (data[at - 2] | data[at + 2]) < 0x80)
        return CANDIDATE_NONE; /* beside ASCII on both sides */
    if (before != 0 && behind != 0)
        return foreign_bytes_fit(marks, &bytes, at) ? CANDIDATE_BYTES : CANDIDATE_NONE;
    bool is_little = behind == 0 && !(before != 0 && is_sentence(data, size, at)) &&
                     foreign_fits(marks, &little, at);
    bool is_big = before == 0 && foreign_fits(marks, &big, at - 1);
    return is_little && is_big ? CANDIDATE_WIDE
           : is_little         ? CANDIDATE_LITTLE
           : is_big            ? CANDIDATE_BIG
                               : CANDIDATE_NONE;
}

/* Whether '@' has no name before, or no room for a host behind, as most have that are random
 * bytes or in names of functions (_open@8): find_mail() says the same, but for a hundred times as
 * many. */
static bool is_no_mail(const uint8_t *data, size_t size, size_t at)
{
    if (data[at] != '@' || at == 0 || size - at <= HOST_LENGTH_MIN)
        return false;
    if (data[at - 1] < 0x80 && data[at - 1] != '"' && !unit_is(data[at - 1], CHARACTER_MAIL))
        return true;
    for (size_t i = 1; i <= HOST_LENGTH_MIN; i++)
        if (data[at + i] < 0x80 && data[at + i] != '.' &&
            !unit_is(data[at + i], CHARACTER_LABEL))
            return true;
    return false;
}

static enum candidate bytes_candidate(const uint8_t *data, size_t size, size_t at)
{
    return is_no_mail(data, size, at) ? CANDIDATE_NONE : CANDIDATE_BYTES;
}

static void add_place(uint32_t *places, size_t *count, size_t place, enum candidate candidate)
{
    if (candidate != CANDIDATE_NONE)
        places[(*count)++] = (uint32_t)(place << CANDIDATE_BITS | (unsigned)candidate);
}

/* What the byte at `at` is. A zero is no neighbour of anything, so it may stand for "beyond the
 * data". */
static enum candidate candidate_at(unsigned marks, const uint8_t *data, size_t size, size_t at)
{
    unsigned byte = data[at];
    unsigned before = at >= 1 ? data[at - 1] : 0;
    unsigned behind = size - at > 1 ? data[at + 1] : 0;
    bool spaced = before == 0 && behind == 0 && at >= 1 && size - at > 1;

    if (fits(marks, before, byte, behind))
        return bytes_candidate(data, size, at);
    if (spaced && fits(marks, at >= 2 ? data[at - 2] : 0, byte, size - at > 2 ? data[at + 2] : 0))
        return CANDIDATE_WIDE;
    return foreign_candidate(marks, data, size, at);
}

static size_t search(unsigned marks, const uint8_t *data, size_t size, size_t origin, size_t from,
                     size_t to, uint32_t *places, size_t count)
{
    for (size_t at = from; at < to; at++) {
        unsigned byte = data[at];
        if (byte == '.' || byte == '@' || byte == ':' || byte == '\\' || byte == '-' ||
            byte == '_' || byte == '%')
            add_place(places, &count, at - origin, candidate_at(marks, data, size, at));
    }
    return count;
}

size_t candidates_portable(unsigned marks, const uint8_t *data, size_t size, size_t from,
                           size_t to, uint32_t *places)
{
    return search(marks, data, size, from, from, to, places, 0);
}

size_t candidates(unsigned marks, const uint8_t *data, size_t size, size_t from, size_t to,
                  const struct sifted *sifted, uint32_t *places)
{
    size_t count = search(marks, data, size, from, from, sifted->begin, places, 0);

    for (size_t i = 0; i < sifted->candidates.count; i++) {
        size_t at = sifted->begin + sifted->candidates.places[i];
        add_place(places, &count, at - from, candidate_at(marks, data, size, at));
    }
    return search(marks, data, size, from, sifted->end, to, places, count);
}
