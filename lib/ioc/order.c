/* SPDX-License-Identifier: Apache-2.0 */

/*
 * order: the byte order of text in UTF-16. ASCII letters have a zero beside each:
 *
 *     LE     h 0 o 0 s 0 t 0 .           the letters begin the text
 *     BE   . 0 h 0 o 0 s 0 t             the zeros begin it
 *
 * In between both look the same, so what decides is at the ends of the text: a byte
 * that is not zero before its first letter speaks for LE, one behind its last for BE.
 * The second is weaker: what follows LE may look like one more letter. So where there
 * are other texts nearby, at even places or at odd ones like this, that only LE fits, it
 * is LE, or both are tried. Where nothing speaks, as between zeros, the text is taken to
 * begin at an even place, as in ioc_strings.h.
 *
 * A word in Greek or Cyrillic has a byte that is not zero beside each letter on both
 * sides; digits, capitals and "?@" at such an end say nothing, for the low bytes of its
 * letters are those. A blank is none and parts words.
 *
 * All is looked for in ORDER_REACH bytes around a place, so that the answer does not
 * depend on where a block begins. Each byte is looked at once as long as places come in
 * order.
 */

#include <fett/bytes.h>

#include "scan.h"
#include "vector.h"

/* With the longest way from the beginning of an indicator to the byte it is found by,
 * less than IOC_MARGIN. */
enum { ORDER_REACH = 4096 };

/* Bytes that are_letters looks at. */
enum { LETTERS_AT_ONCE = 16 };

/* High bytes of Greek and Cyrillic letters; the low ones of most of these begin here. */
enum { ALPHABETS_FROM = 3, ALPHABETS_TO = 4, ALPHABET_LOW_FROM = 0x30 };

static bool is_letter(const struct view *bytes, size_t at)
{
    unsigned byte = view_unit(bytes, at);

    return (byte >= ' ' && byte <= '~') || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Whether eight letters stand there, each with a zero behind; line ends count as none
 * here. A letter that is none carries into its zero, or does not. */
static inline bool are_letters(const uint8_t *at)
{
    const uint64_t each = UINT64_C(0x0001000100010001), carry = each << 8;
    const uint64_t above = each * (0xff - '~'), below = each * (0x100 - ' ');
    uint64_t first = bytes_u64le(at), second = bytes_u64le(at + sizeof first);
    uint64_t high = (first | second) & each * 0xff00;
    uint64_t wrong = ((first + above) | (second + above) | ~((first + below) & (second + below)));

    return (high | (wrong & carry)) == 0;
}

static void walk_back(struct wide_text *text, const struct view *bytes, size_t letter)
{
    size_t from = text->from;
    bool begun = text->begun;

    while (!begun && letter - from < ORDER_REACH) {
        while (from >= LETTERS_AT_ONCE && letter - from < ORDER_REACH &&
               are_letters(bytes->data + from - LETTERS_AT_ONCE))
            from -= LETTERS_AT_ONCE;
        begun = view_before(bytes, from, 1) != 0 || !is_letter(bytes, from - 2);
        from -= begun ? 0 : 2;
    }
    text->from = from;
    text->begun = begun;
}

/* The letters from `at` on that a few tests at once see, not beyond `stop`; where they
 * end. */
static size_t skip_portable(const struct view *bytes, size_t at, size_t stop)
{
    while (at < stop && stop - at >= LETTERS_AT_ONCE && are_letters(bytes->data + at))
        at += LETTERS_AT_ONCE;
    return at;
}

#ifdef HAVE_AVX2

__attribute__((target("avx2")))
static size_t skip_vector(const struct view *bytes, size_t at, size_t stop)
{
    enum { STEP = 32 };

    for (; at < stop && stop - at >= STEP; at += STEP) {
        __m256i units = _mm256_loadu_si256((const __m256i *)(bytes->data + at));
        __m256i letters = _mm256_and_si256(_mm256_cmpgt_epi16(units, _mm256_set1_epi16(' ' - 1)),
                                           _mm256_cmpgt_epi16(_mm256_set1_epi16('~' + 1), units));
        __m256i ends = _mm256_or_si256(_mm256_cmpeq_epi16(units, _mm256_set1_epi16('\n')),
                                       _mm256_cmpeq_epi16(units, _mm256_set1_epi16('\r')));
        if ((uint32_t)_mm256_movemask_epi8(_mm256_or_si256(letters, ends)) != UINT32_MAX)
            break;
    }
    return at;
}

#else

static size_t skip_vector(const struct view *bytes, size_t at, size_t stop)
{
    return skip_portable(bytes, at, stop);
}

#endif

/* Twice as far as needed, for the next places too. */
static void walk_on(struct wide_text *text, const struct view *bytes, size_t letter, bool vector)
{
    size_t to = text->to, stop = letter + 2 * ORDER_REACH;
    size_t end = stop < bytes->size ? stop : bytes->size;

    if (text->ended || to - letter >= ORDER_REACH)
        return;
    while (to < stop && view_before(bytes, to, 1) == 0 && is_letter(bytes, to)) {
        to += 2;
        if (view_before(bytes, to, 1) == 0)
            to = vector ? skip_vector(bytes, to, end) : skip_portable(bytes, to, end);
    }
    text->ended = to < stop;
    text->to = to;
}

/* Whether `low`, beside `high`, is rather of a letter in a word of another alphabet,
 * whose next letter has the high byte `next`. */
static bool is_of_alphabet(unsigned low, unsigned high, unsigned next)
{
    return high >= ALPHABETS_FROM && high <= ALPHABETS_TO && next == high &&
           low >= ALPHABET_LOW_FROM;
}

/* What the bytes before its first letter, and behind its last, say of a text. Two zeros
 * and no more are the end mark of what is before in LE, of the text itself in BE: in the
 * other order one of them would be half of a character. */

static enum order order_by_begin(const struct view *bytes, size_t from)
{
    unsigned before = view_before(bytes, from, 1), third = view_before(bytes, from, 3);

    if (before == 0)
        return view_before(bytes, from, 2) == 0 && third != 0 && third != UNIT_NONE ? ORDER_LITTLE
                                                                                    : NO_ORDER;
    return is_of_alphabet(view_unit(bytes, from), before, third) ? NO_ORDER : ORDER_LITTLE;
}

static enum order order_by_end(const struct view *bytes, size_t to)
{
    unsigned behind = view_before(bytes, to, 1), third = view_behind(bytes, to, 1);

    if (behind == 0)
        return view_unit(bytes, to) == 0 && third != 0 && third != UNIT_NONE ? ORDER_BIG
                                                                             : NO_ORDER;
    return is_of_alphabet(view_before(bytes, to, 2), behind, third) ? NO_ORDER : ORDER_BIG;
}

/* Whether the number of units or bytes stands before the text, as LE has it that ends
 * before the last letter. */
static bool has_length(const struct view *bytes, const struct wide_text *text)
{
    size_t size = text->to - text->from - 2;
    unsigned length = view_before(bytes, text->from, 2) | view_before(bytes, text->from, 1) << 8;

    return length == size || length == size / 2;
}

/* Letters that make a text of its own. */
enum { LETTERS = 4 };

/* Whether a text begins at `at` that only LE fits; in BE its first letter would not be the
 * half of another. */
static bool begins_little(const struct view *bytes, size_t at)
{
    for (size_t i = 0; i < LETTERS; i++)
        if (view_behind(bytes, at, 2 * i + 1) != 0 || !is_letter(bytes, at + 2 * i))
            return false;
    return at > 0 && order_by_begin(bytes, at) == ORDER_LITTLE &&
           !is_foreign_letter(view_before(bytes, at, 1) << 8 | view_unit(bytes, at));
}

/* Whether there are such near this letter. A text that begins at one of LETTERS places has
 * the last of them in it, with its zero. */
static bool has_little_nearby(struct wide_text *text, const struct view *bytes, size_t letter)
{
    size_t from = letter < ORDER_REACH ? letter & 1 : letter - ORDER_REACH;
    size_t to = letter + ORDER_REACH;

    if (text->looked_to < from || text->looked_to > to) {
        text->looked_to = from;
        text->last = 0;
    }
    while (text->last <= from && text->looked_to < to) {
        size_t at = text->looked_to;
        if (to - at > 2 * LETTERS && view_behind(bytes, at, 2 * LETTERS - 1) != 0) {
            text->looked_to += 2 * LETTERS;
            continue;
        }
        if (begins_little(bytes, at))
            text->last = at;
        text->looked_to += 2;
    }
    return text->last > from;
}

enum order order_of_text(struct wide_texts *texts, const uint8_t *data, size_t size,
                         uint64_t base, bool vector, size_t letter)
{
    const struct view view = { data, size, 1, 0, IOC_ASCII }, *bytes = &view;
    struct wide_text *text = &texts->at[letter & 1];
    bool even = (base + letter) % 2 == 0, big = false, little = false;

    if (letter < text->from || letter >= text->to) {
        text->from = letter;
        text->to = letter + 2;
        text->begun = text->ended = false;
    }
    walk_back(text, bytes, letter);
    walk_on(text, bytes, letter, vector);
    if (text->begun && letter - text->from < ORDER_REACH)
        little = order_by_begin(bytes, text->from) == ORDER_LITTLE;
    if (text->ended && text->to - letter < ORDER_REACH)
        big = order_by_end(bytes, text->to) == ORDER_BIG &&
              !(text->begun && has_length(bytes, text));
    if (little != big && (little || !has_little_nearby(text, bytes, letter)))
        return little ? ORDER_LITTLE : ORDER_BIG;
    if (!big)
        return even || has_little_nearby(text, bytes, letter) ? ORDER_LITTLE : ORDER_BIG;
    return even || !little || has_little_nearby(text, bytes, letter) ? ORDER_LITTLE_OR_BIG
                                                                     : ORDER_BIG_OR_LITTLE;
}

enum order text_order(struct scan *scan, const struct view *bytes, size_t letter)
{
    return order_of_text(&scan->texts, bytes->data, bytes->size, scan->base,
                         scan->scanner->vector, letter);
}

const struct view *text_view(struct scan *scan, const struct view views[3], size_t letter)
{
    enum order order = text_order(scan, &views[IOC_ASCII], letter);

    return &views[order == ORDER_LITTLE || order == ORDER_LITTLE_OR_BIG ? IOC_UTF16LE
                                                                       : IOC_UTF16BE];
}
