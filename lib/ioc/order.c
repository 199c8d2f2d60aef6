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
 * is LE, or both are tried: texts that only LE fits at both ends, or at its beginning where none
 * is near that only BE fits. Where nothing speaks, as between zeros, the text is taken to
 * begin at an even place, as in ioc_strings.h.
 *
 * A word in Greek or Cyrillic has a byte that is not zero beside each letter on both
 * sides; digits, capitals and "?@" at such an end say nothing, for the low bytes of its
 * letters are those. A blank is none and parts words. Nor does a letter like U+017E say
 * something, whose low byte is one of ASCII, where there is text on both sides of it.
 *
 * A number before the text that counts its letters or bytes decides, for it counts one
 * more in BE than in LE, or tells by the order of its own bytes.
 *
 * All is looked for in ORDER_REACH bytes around a place, so that the answer does not
 * depend on where a block begins. Each byte is looked at once as long as places come in
 * order.
 */

#include <string.h>

#include <fett/bytes.h>

#include "scan.h"
#include "vector.h"

/* With the longest way from the beginning of an indicator to the byte it is found by,
 * less than IOC_MARGIN. */
enum { ORDER_REACH = 4096 };

/* Its end says less where another sector begins. */
enum { SECTOR = 512 };

/* Bytes that are_letters looks at. */
enum { LETTERS_AT_ONCE = 16 };

/* High bytes of Latin, Greek, Cyrillic, Hebrew and Arabic letters, and of general punctuation;
 * of Greek and Cyrillic, whose low ones mostly begin at 0x30. */
enum { HIGH_FROM = 1, HIGH_TO = 6, HIGH_OF_SIGNS = 0x20 };

/* The same of all signs, arrows and the like, and of wide letters, and where their low bytes that
 * are letters too end. */
enum { SIGNS_FROM = 0x20, SIGNS_TO = 0x27, SIGNS_LOW_TO = 0x3f, WIDE = 0xff, WIDE_LOW_TO = 0x5f };

enum { LETTERS_BEFORE = 64 }; /* looked at before one of them */
enum { ALPHABETS_FROM = 3, ALPHABETS_TO = 4, ALPHABET_LOW_FROM = 0x30, LATIN_FROM = 0xa0 };

static bool is_letter_byte(unsigned byte)
{
    return (byte >= ' ' && byte <= '~') || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool is_letter(const struct view *bytes, size_t at)
{
    return is_letter_byte(view_unit(bytes, at));
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

/* High bytes of letters beyond Latin-1, and of signs, that documents have between others. */
static bool is_high(unsigned byte)
{
    return (byte >= HIGH_FROM && byte <= HIGH_TO) || byte == HIGH_OF_SIGNS;
}

/* Whether `low`, beside `high`, may as well be of one letter with it as of one with the zero on
 * its other side: the unit beside them is of text too. */
static bool is_of_either(unsigned low, unsigned high, unsigned beside_low, unsigned beside_high)
{
    bool alphabet = high >= ALPHABETS_FROM && high <= ALPHABETS_TO;
    bool printable = (beside_low >= ' ' && beside_low <= '~') ||
                     (beside_low >= LATIN_FROM && beside_low <= UINT8_MAX);

    return is_high(high) && low >= (alphabet ? ALPHABET_LOW_FROM : ' ' + 1) &&
           (is_high(beside_high) || (beside_high == 0 && printable));
}

/* Whether such a sign may begin a line, or stand behind a letter, with `low`, at `from`. */
static bool is_of_sign(const struct view *bytes, size_t from)
{
    unsigned low = view_unit(bytes, from), high = view_before(bytes, from, 1);
    bool sign = (high >= SIGNS_FROM && high <= SIGNS_TO && low <= SIGNS_LOW_TO) ||
                (high == WIDE && low <= WIDE_LOW_TO);

    return sign && low != ' ' && view_before(bytes, from, 3) == 0 &&
           is_letter_byte(view_before(bytes, from, 2));
}

/* What the bytes before its first letter, and behind its last, say of a text. Two zeros
 * and no more are the end mark of what is before in LE, of the text itself in BE: in the
 * other order one of them would be half of a character. */

static bool is_little_at(const struct view *bytes, size_t from)
{
    unsigned before = view_before(bytes, from, 1);

    return before != 0 && !is_of_sign(bytes, from) &&
           !is_of_either(view_unit(bytes, from), before, view_before(bytes, from, 2),
                         view_before(bytes, from, 3));
}

/* Whether the text before such a letter begins near as only LE does. */
static bool is_little_before(const struct view *bytes, size_t from)
{
    for (size_t i = 0; i < LETTERS_BEFORE; i++) {
        bool begins = view_before(bytes, from, 1) != 0;
        if (begins && is_little_at(bytes, from))
            return true;
        if (view_before(bytes, from, begins ? 3 : 1) != 0 || !is_letter(bytes, from - 2))
            return false;
        from -= 2;
    }
    return false;
}

static enum order order_by_begin(const struct view *bytes, size_t from)
{
    unsigned second = view_before(bytes, from, 2), third = view_before(bytes, from, 3);

    if (view_before(bytes, from, 1) != 0)
        return is_little_before(bytes, from) ? ORDER_LITTLE : NO_ORDER;
    if (second == 0xff && third == 0xfe) /* the byte order mark */
        return ORDER_BIG;
    return second == 0 && third != 0 && third != UNIT_NONE ? ORDER_LITTLE : NO_ORDER;
}

/* Whether what follows the last letter in LE looks like one more letter. */
static bool is_big_at(const struct view *bytes, size_t to)
{
    unsigned behind = view_before(bytes, to, 1);

    return behind != 0 && !is_of_either(view_before(bytes, to, 2), behind, view_unit(bytes, to),
                                        view_behind(bytes, to, 1));
}

static enum order order_by_end(const struct view *bytes, size_t to)
{
    unsigned third = view_behind(bytes, to, 1);

    if (view_before(bytes, to, 1) != 0)
        return is_big_at(bytes, to) ? ORDER_BIG : NO_ORDER;
    return view_unit(bytes, to) == 0 && third != 0 && third != UNIT_NONE ? ORDER_BIG : NO_ORDER;
}

/* Whether zeros are before the text, and but one behind it, which is that of its last letter
 * in LE; not a letter of Latin-1. */
static bool is_behind_zeros(const struct view *bytes, const struct wide_text *text)
{
    unsigned next = view_unit(bytes, text->to), last = view_behind(bytes, text->to, 1);

    return view_before(bytes, text->from, 1) == 0 && view_before(bytes, text->from, 2) == 0 &&
           view_before(bytes, text->from, 3) == 0 && view_before(bytes, text->to, 1) == 0 &&
           next != 0 && last != 0 && last != UNIT_NONE;
}

/* Letters that make a text of its own. */
enum { LETTERS = 4 };

static bool is_length(size_t number, size_t letters)
{
    return letters >= LETTERS && (number == letters || number == 2 * letters);
}

/* What a number of its units or bytes before a text says, which has 16 or 32 bits in LE, 8 or
 * more in BE; where it has 16 in LE or 8 in BE, it may look like the first letter. In LE the text
 * ends before the last letter, where a byte that is not zero is behind that. */
static enum order order_by_length(const struct view *bytes, const struct wide_text *text)
{
    size_t from = text->from, letters = (text->to - from) / 2;
    size_t less = letters - (view_before(bytes, text->to, 1) != 0);
    size_t letter = view_unit(bytes, from), first = view_before(bytes, from, 1);
    size_t second = view_before(bytes, from, 2), third = view_before(bytes, from, 3);
    size_t low = second | first << 8, high = view_before(bytes, from, 4) | third << 8;
    bool little = is_length(low, less) || (low == 0 && is_length(high, less)) ||
                  (letter >= ' ' && less > 0 && is_length(letter, less - 1));
    bool big = first == 0 ? is_length(second, letters) || is_length(second | third << 8, letters)
                          : letter >= ' ' && (is_length(letter, letters - 1) ||
                                              is_length(letter | first << 8, letters - 1));

    return little == big ? NO_ORDER : little ? ORDER_LITTLE : ORDER_BIG;
}

/* A text is looked at so far for what ends it. */
enum { FOLLOWED_TO = 256 };

/* Whether the text that goes on at `at` ends as only BE does, if what is behind is no letter. */
static bool ends_big(const struct view *bytes, size_t at)
{
    size_t stop = at + FOLLOWED_TO;

    while (at < stop && view_behind(bytes, at, 1) == 0 && is_letter(bytes, at))
        at += 2;
    return at < stop && is_letter(bytes, at);
}

/* What the text that begins at `at` is, by both its ends; NO_ORDER for none. That only LE fits its
 * beginning says less where it ends as in BE, which is ORDER_LITTLE_OR_BIG: bytes of other
 * meaning look like a letter before one text in three, and behind one in three. */
static enum order text_at(const struct view *bytes, size_t at)
{
    for (size_t i = 0; i < LETTERS; i++)
        if (view_behind(bytes, at, 2 * i + 1) != 0 || !is_letter(bytes, at + 2 * i))
            return NO_ORDER;
    unsigned before = view_before(bytes, at, 1), second = view_before(bytes, at, 2);
    if (at < 2 || (before == 0 && (second == 0 || is_letter_byte(second))))
        return NO_ORDER;
    bool big = ends_big(bytes, at + 2 * LETTERS);
    if (before == 0)
        return big ? ORDER_BIG : NO_ORDER;
    if (!is_little_at(bytes, at) || is_foreign_letter(before << 8 | view_unit(bytes, at)))
        return NO_ORDER; /* in BE its first letter would be the half of another */
    return big ? ORDER_LITTLE_OR_BIG : ORDER_LITTLE;
}

/* Whether there are texts near this letter that only LE fits, or some that may be either and none
 * that only BE fits. A text that begins at one of LETTERS places has the last of them in it, with
 * its zero. */
static bool has_little_nearby(struct wide_text *text, const struct view *bytes, size_t letter)
{
    size_t from = letter < ORDER_REACH ? letter & 1 : letter - ORDER_REACH;
    size_t to = letter + ORDER_REACH;

    if (text->looked_to < from || text->looked_to > to) {
        text->looked_to = from;
        memset(text->last, 0, sizeof text->last);
    }
    while (text->last[ORDER_LITTLE] <= from && text->looked_to < to) {
        size_t at = text->looked_to;
        if (to - at > 2 * LETTERS && view_behind(bytes, at, 2 * LETTERS - 1) != 0) {
            text->looked_to += 2 * LETTERS;
            continue;
        }
        text->last[text_at(bytes, at)] = at;
        text->looked_to += 2;
    }
    return text->last[ORDER_LITTLE] > from ||
           (text->last[ORDER_LITTLE_OR_BIG] > from && text->last[ORDER_BIG] <= from);
}

/* Where the end says BE, which LE has too if what follows looks like one more letter: what is
 * tried first. */
static enum order order_at_end(struct wide_text *text, const struct view *bytes, size_t letter,
                               bool even, uint64_t base)
{
    bool far = !text->begun || letter - text->from >= ORDER_REACH;
    bool another = (base + text->to - 2) % SECTOR == 0;

    return (even && (far || another)) || has_little_nearby(text, bytes, letter)
               ? ORDER_LITTLE_OR_BIG
               : ORDER_BIG_OR_LITTLE;
}

enum order order_of_text(struct wide_texts *texts, const uint8_t *data, size_t size,
                         uint64_t base, bool vector, size_t letter)
{
    const struct view view = { data, size, 1, 0, IOC_ASCII }, *bytes = &view;
    struct wide_text *text = &texts->at[letter & 1];
    enum order begin = NO_ORDER, end = NO_ORDER, length = NO_ORDER;
    bool even = (base + letter) % 2 == 0;

    if (letter < text->from || letter >= text->to) {
        text->from = letter;
        text->to = letter + 2;
        text->begun = text->ended = false;
    }
    walk_back(text, bytes, letter);
    walk_on(text, bytes, letter, vector);
    bool begun = text->begun && letter - text->from < ORDER_REACH;
    bool ended = text->ended && text->to - letter < ORDER_REACH;
    if (begun)
        begin = order_by_begin(bytes, text->from);
    if (ended)
        end = order_by_end(bytes, text->to);
    if (begun && ended && begin != ORDER_BIG)
        length = order_by_length(bytes, text);
    if (begin == ORDER_BIG || length != NO_ORDER)
        return begin == ORDER_BIG ? begin : length;
    if (begin == NO_ORDER && end == ORDER_BIG)
        return order_at_end(text, bytes, letter, even, base);
    if (begin == ORDER_LITTLE && end == ORDER_BIG)
        return even || has_little_nearby(text, bytes, letter) ? ORDER_LITTLE_OR_BIG
                                                              : ORDER_BIG_OR_LITTLE;
    if (begin == ORDER_LITTLE)
        return begin;
    if (!even && begun && ended && is_behind_zeros(bytes, text))
        return ORDER_LITTLE_OR_BIG;
    return even || has_little_nearby(text, bytes, letter) ? ORDER_LITTLE : ORDER_BIG;
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
