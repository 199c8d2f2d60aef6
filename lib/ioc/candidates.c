/* SPDX-License-Identifier: Apache-2.0 */

/*
 * candidates: where an indicator can be.
 *
 * Every kind has a byte that is rare and has certain neighbours. Searching for
 * such bytes, 32 at a time, leaves little for the code that looks closer. In
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
#include "vector.h"

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

size_t candidates_portable(unsigned marks, const uint8_t *data, size_t size, size_t from,
                           size_t to, uint32_t *places)
{
    size_t count = 0;

    for (size_t at = from; at < to; at++) {
        unsigned byte = data[at];
        if (byte != '.' && byte != '@' && byte != ':' && byte != '\\' && byte != '-' &&
            byte != '_' && byte != '%')
            continue;
        /* a zero is no neighbour of anything, so it may stand for "beyond the data" */
        unsigned before = at >= 1 ? data[at - 1] : 0;
        unsigned behind = size - at > 1 ? data[at + 1] : 0;
        bool spaced = before == 0 && behind == 0 && at >= 1 && size - at > 1;
        unsigned second = at >= 2 ? data[at - 2] : 0;
        if (fits(marks, before, byte, behind))
            add_place(places, &count, at - from, bytes_candidate(data, size, at));
        else if (spaced && fits(marks, second, byte, size - at > 2 ? data[at + 2] : 0))
            add_place(places, &count, at - from, CANDIDATE_WIDE);
        else
            add_place(places, &count, at - from, foreign_candidate(marks, data, size, at));
    }
    return count;
}

#ifdef HAVE_AVX2

/* VECTOR: the search is compiled for the marks of the default kinds by itself; the
 * compiler would not put these into both. */
VECTOR __m256i between(__m256i bytes, char low, char high)
{
    return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), bytes));
}

VECTOR __m256i alnum(__m256i bytes)
{
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));

    return _mm256_or_si256(between(lower, 'a', 'z'), between(bytes, '0', '9'));
}

VECTOR __m256i hex(__m256i bytes)
{
    __m256i lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));

    return _mm256_or_si256(between(lower, 'a', 'f'), between(bytes, '0', '9'));
}

VECTOR __m256i equal(__m256i bytes, char byte)
{
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

VECTOR bool is_none(__m256i bits)
{
    return _mm256_testz_si256(bits, bits);
}

/* Where the bytes that marks have stand in a block of 32. */
struct anchors {
    __m256i dots, ats, colons, backslashes, dashes, percents;
};

VECTOR __m256i colons_fit(unsigned marks, __m256i colons, __m256i before, __m256i behind)
{
    __m256i fit = _mm256_setzero_si256();

    if (marks & MARK_HOST)
        fit = _mm256_and_si256(alnum(before),
                               _mm256_or_si256(_mm256_or_si256(equal(behind, '/'),
                                                               equal(behind, '\\')),
                                               equal(behind, '?')));
    if (!(marks & MARK_HOST) && (marks & MARK_PATH))
        fit = _mm256_and_si256(alnum(before), equal(behind, '/'));
    if (marks & MARK_GROUPS) {
        fit = _mm256_or_si256(fit, equal(behind, ':'));
        fit = _mm256_or_si256(fit, _mm256_and_si256(hex(before), hex(behind)));
    }
    if (marks & MARK_HEADER) {
        __m256i lower = _mm256_or_si256(before, _mm256_set1_epi8(0x20));
        __m256i quote = _mm256_or_si256(equal(before, '"'), equal(before, '\''));
        __m256i header = _mm256_and_si256(_mm256_or_si256(equal(lower, 't'), quote),
                                          between(behind, ' ', '~'));
        fit = _mm256_or_si256(fit, header);
    }
    return _mm256_and_si256(colons, fit);
}

VECTOR __m256i backslashes_fit(unsigned marks, __m256i backslashes, __m256i before,
                                      __m256i behind)
{
    __m256i fit = _mm256_setzero_si256();

    if (marks & MARK_SHARE) {
        __m256i marked = _mm256_or_si256(equal(behind, '.'), equal(behind, '?'));
        fit = _mm256_and_si256(equal(before, '\\'), _mm256_or_si256(alnum(behind), marked));
    }
    if (marks & MARK_PATH) {
        __m256i marked = _mm256_or_si256(equal(before, ':'), equal(before, '%'));
        marked = _mm256_or_si256(marked, equal(before, '}'));
        fit = _mm256_or_si256(fit, _mm256_or_si256(alnum(before), marked));
    }
    return _mm256_and_si256(backslashes, fit);
}

/* fits(), for 32 bytes at once */
VECTOR uint32_t fits_vector(unsigned marks, const struct anchors *anchors, __m256i before,
                                   __m256i behind)
{
    __m256i fit = _mm256_setzero_si256();

    if (marks & MARK_NAME)
        fit = _mm256_and_si256(anchors->dots, between(before, ' ', '~'));
    else if (marks & MARK_HOST)
        fit = _mm256_and_si256(anchors->dots, alnum(before));
    if (marks & MARK_HOST)
        fit = _mm256_or_si256(fit, _mm256_andnot_si256(equal(before, 0), anchors->ats));
    fit = _mm256_and_si256(fit, alnum(behind));
    if (!is_none(anchors->colons))
        fit = _mm256_or_si256(fit, colons_fit(marks, anchors->colons, before, behind));
    if (!is_none(anchors->backslashes))
        fit = _mm256_or_si256(fit, backslashes_fit(marks, anchors->backslashes, before, behind));
    if (marks & MARK_DASH) {
        __m256i dashes = _mm256_and_si256(anchors->dashes, hex(before));
        fit = _mm256_or_si256(fit, _mm256_and_si256(dashes, hex(behind)));
    }
    if (marks & MARK_PATH) {
        __m256i marked = _mm256_or_si256(alnum(before), equal(before, ')'));
        __m256i percents = _mm256_and_si256(anchors->percents, equal(behind, '/'));
        fit = _mm256_or_si256(fit, _mm256_and_si256(percents, marked));
    }
    return (uint32_t)_mm256_movemask_epi8(fit);
}

VECTOR __m256i load(const uint8_t *data)
{
    return _mm256_loadu_si256((const __m256i *)data);
}

/* Where letters beyond ASCII begin in UTF-8: bits of the bytes, not all. */
VECTOR __m256i characters(__m256i behind, __m256i next)
{
    __m256i first = _mm256_subs_epu8(behind, _mm256_set1_epi8((char)0xc2));

    return _mm256_and_si256(first, _mm256_cmpgt_epi8(_mm256_set1_epi8((char)0xc0), next));
}

/* Where letters beyond ASCII may be beside a dot, '@' or backslash. */
VECTOR uint32_t foreign_bits(unsigned marks, const struct anchors *anchors, __m256i before,
                             __m256i behind, __m256i next)
{
    __m256i anchor = _mm256_or_si256(anchors->dots, anchors->ats);
    __m256i zero = equal(_mm256_min_epu8(before, behind), 0);
    __m256i beyond = _mm256_or_si256(_mm256_or_si256(before, behind), zero);

    if (marks & MARK_PATH)
        anchor = _mm256_or_si256(anchor, anchors->backslashes);
    if (_mm256_movemask_epi8(_mm256_and_si256(anchor, beyond)) == 0) /* as in most text */
        return 0;
    __m256i tail = _mm256_cmpgt_epi8(_mm256_set1_epi8((char)0xc0), before);
    __m256i head = _mm256_cmpgt_epi8(characters(behind, next), _mm256_setzero_si256());

    head = _mm256_or_si256(head, _mm256_and_si256(tail, alnum(behind)));
    head = _mm256_or_si256(head, zero);
    return (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(anchor, head));
}

/* Where one of the bytes stands that are looked for. Their lower halves differ, so that one
 * look into a table by these finds all. */
VECTOR __m256i anchor_bits(unsigned marks, __m256i bytes)
{
    const char dash = marks & MARK_DASH ? '-' : 0, line = marks & MARK_DASH ? '_' : 0;
    const char percent = marks & MARK_PATH ? '%' : 0;
    const __m256i table = _mm256_setr_epi8(
        '@', 0, 0, 0, 0, percent, 0, 0, 0, 0, ':', 0, '\\', dash, '.', line,
        '@', 0, 0, 0, 0, percent, 0, 0, 0, 0, ':', 0, '\\', dash, '.', line);

    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), bytes);
}

/* So many bytes on either side are looked at with a byte. */
enum { EDGE = HOST_LENGTH_MIN };

/* Where anything can be in the 32 bytes at `data`, by what is behind, or before a backslash:
 * random bytes seldom are. */
VECTOR __m256i plausible(unsigned marks, const uint8_t *data)
{
    char least = marks & MARK_HEADER ? ' ' : '/';
    __m256i bytes = load(data), before = load(data - 1), behind = load(data + 1);
    __m256i next = load(data + 2), third = load(data + 3), fourth = load(data + 4);
    __m256i text = _mm256_cmpgt_epi8(behind, _mm256_set1_epi8((char)(least - 1)));
    __m256i zero = equal(_mm256_min_epu8(before, behind), 0);
    __m256i share = equal(marks & MARK_PATH ? bytes : before, '\\');
    __m256i any = _mm256_or_si256(_mm256_or_si256(text, zero), characters(behind, next));
    /* text that ends before a host could: _open@8 */
    __m256i ended = equal(_mm256_min_epu8(_mm256_min_epu8(next, third), fourth), 0);
    __m256i no_mail = _mm256_andnot_si256(zero, _mm256_and_si256(ended, equal(bytes, '@')));

    any = _mm256_andnot_si256(no_mail, _mm256_or_si256(any, share));
    return _mm256_and_si256(anchor_bits(marks, bytes), any);
}

/* Bits of the 32 bytes at `data` that are candidates, or may be. */
struct candidates {
    uint32_t bytes, wide, foreign;
};

VECTOR struct candidates candidate_bits(unsigned marks, const uint8_t *data)
{
    __m256i bytes = load(data), before = load(data - 1), behind = load(data + 1);
    __m256i next = load(data + 2);
    struct candidates found = { 0 };
    const struct anchors anchors = { equal(bytes, '.'), equal(bytes, '@'), equal(bytes, ':'),
                                     equal(bytes, '\\'),
                                     marks & MARK_DASH ? _mm256_or_si256(equal(bytes, '-'),
                                                                         equal(bytes, '_'))
                                                       : _mm256_setzero_si256(),
                                     marks & MARK_PATH ? equal(bytes, '%')
                                                       : _mm256_setzero_si256() };
    __m256i spaced = equal(_mm256_or_si256(before, behind), 0);

    found.bytes = fits_vector(marks, &anchors, before, behind);
    if (!is_none(spaced))
        found.wide = (uint32_t)_mm256_movemask_epi8(spaced) &
                     fits_vector(marks, &anchors, load(data - 2), next);
    if (marks & (MARK_HOST | MARK_NAME | MARK_PATH))
        found.foreign = foreign_bits(marks, &anchors, before, behind, next) &
                        ~(found.bytes | found.wide);
    return found;
}

/* So many bytes are sifted at once: no branch depends on what they are, which in text and
 * in random bytes cannot be foreseen. */
enum { SIFTED = 1 << 12 };

VECTOR size_t search(unsigned marks, const uint8_t *data, size_t size, size_t from,
                            size_t to, uint32_t *places)
{
    size_t count = 0, at = from;
    uint16_t rest[SIFTED / 32];

    /* the first and last bytes of the data lack neighbours */
    while (at < to && at < EDGE)
        at++;
    count = candidates_portable(marks, data, size, from, at, places);
    const size_t end = size < EDGE ? 0 : to < size - EDGE ? to : size - EDGE;
    while (at + 32 <= end) {
        const size_t start = at, most = (end - at) / 32;
        const size_t blocks = most < SIFTED / 32 ? most : SIFTED / 32;
        size_t left = 0;
        for (size_t i = 0; i < blocks; i++) {
            rest[left] = (uint16_t)i;
            left += !is_none(plausible(marks, data + start + 32 * i));
        }
        at += 32 * blocks;
        for (size_t i = 0; i < left; i++) {
            size_t block = start + 32 * (size_t)rest[i];
            struct candidates found = candidate_bits(marks, data + block);

            for (uint32_t bits = found.bytes | found.wide | found.foreign; bits;
                 bits &= bits - 1) {
                unsigned bit = (unsigned)__builtin_ctz(bits);
                enum candidate candidate = CANDIDATE_WIDE;
                if (found.bytes >> bit & 1)
                    candidate = bytes_candidate(data, size, block + bit);
                else if (found.foreign >> bit & 1)
                    candidate = foreign_candidate(marks, data, size, block + bit);
                add_place(places, &count, block - from + bit, candidate);
            }
        }
    }
    size_t more = candidates_portable(marks, data, size, at, to, places + count);
    for (size_t i = count; i < count + more; i++)
        places[i] += (uint32_t)((at - from) << CANDIDATE_BITS);
    return count + more;
}

/* The marks of the kinds that are looked for by default are known when this is
 * compiled. */
__attribute__((target("avx2")))
size_t candidates_vector(unsigned marks, const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places)
{
    return marks == MARKS_DEFAULT ? search(MARKS_DEFAULT, data, size, from, to, places)
                                  : search(marks, data, size, from, to, places);
}

#else

size_t candidates_vector(unsigned marks, const uint8_t *data, size_t size, size_t from, size_t to,
                         uint32_t *places)
{
    return candidates_portable(marks, data, size, from, to, places);
}

#endif
