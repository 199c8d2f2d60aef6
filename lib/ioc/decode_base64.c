/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_base64: RFC 4648, in ASCII and UTF-16LE.
 *
 * A text is a run of characters of one alphabet: letters, digits and either
 * "+/" or "-_". It goes on behind a line break where lines are full: 32 to 76
 * characters, a multiple of 4, none longer than the one before, as in MIME and
 * PEM. A break may be one of source code (\n or \r\n in letters, as in JSON), and what
 * mails put before lines that they quote (> ) may stand behind it. A line joins the one
 * before by these two lines alone, so that it can be told anywhere in the middle. Padding
 * may be missing.
 *
 * Words and names look like base64 too. So what is short must decode to text, in
 * ASCII, UTF-8 or UTF-16LE, or to deflate that makes such; what is longer may be anything,
 * if it has letters of both cases.
 */

#include <string.h>

#include <fett/text.h>

#include "decode.h"

enum {
    SHORTEST = 16,       /* characters: "1.2.3.4:443" and its padding */
    ANY_CONTENT = 256,   /* characters from which it need not be text */
    DEFLATED_MOST = 8192, /* bytes that what is shorter makes */
    CASES_WITHIN = 64,   /* characters that must have both cases */
    LINE_SHORTEST = 32,
    LINE_LONGEST = 76,
    QUOTING_LONGEST = 8,   /* before a line of a mail that is quoted */
};

/* Values of characters plus 1, of both alphabets; 0 for all others. */
static const uint8_t values[256] = {
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['-'] = 63,
    ['/'] = 64, ['_'] = 64,
};

static bool is_of_run(unsigned character)
{
    return character < 256 && values[character] != 0;
}

static bool is_of_url(unsigned character)
{
    return character == '-' || character == '_';
}

/* Text as units of one or two bytes, read one after the other. */
struct text {
    struct input *input;
    unsigned step;
    const uint8_t *bytes; /* what stands at `at` */
    uint64_t at;
    size_t size;
};

enum { END = 0x10000 };

static unsigned text_unit(struct text *text, uint64_t at)
{
    uint8_t pair[2];

    if (at - text->at >= text->size || text->size - (at - text->at) < text->step) {
        text->size = 0;
        text->at = at;
        text->bytes = input_at(text->input, at, &text->size);
        if (!text->bytes) {
            text->size = 0;
            return END;
        }
        if (text->size < text->step) { /* two bytes, one on either side of a border */
            text->size = 0;
            return input_copy(text->input, at, pair, 2) == 2 ? pair[0] | (unsigned)pair[1] << 8
                                                               : END;
        }
    }
    const uint8_t *unit = text->bytes + (at - text->at);
    return text->step == 1 ? unit[0] : unit[0] | (unsigned)unit[1] << 8;
}

/* The unit that is `count` before `at`, or END; the text begins at `first`. */
static unsigned unit_before(struct text *text, uint64_t at, uint64_t first, unsigned count)
{
    uint64_t back = (uint64_t)count * text->step;

    return at - first < back ? END : text_unit(text, at - back);
}

/* Units of the run at `at`, at most LINE_LONGEST + 1. */
static unsigned line_length(struct text *text, uint64_t at)
{
    unsigned length = 0;

    while (length <= LINE_LONGEST && is_of_run(text_unit(text, at + (uint64_t)length * text->step)))
        length++;
    return length;
}

static bool is_full_line(unsigned length)
{
    return length >= LINE_SHORTEST && length <= LINE_LONGEST && length % 4 == 0;
}

static bool is_quoting(unsigned unit)
{
    return unit == '>' || unit == '|' || unit == ' ' || unit == '\t';
}

/* Whether the letter at `at`, "n" or "r", is one of source code: \n. */
static bool is_escape(struct text *text, uint64_t at, uint64_t first, unsigned letter)
{
    return text_unit(text, at) == letter && unit_before(text, at, first, 1) == '\\';
}

/* The place behind the line break at `at`; `at` itself: there is none. */
static uint64_t behind_break(struct text *text, uint64_t at)
{
    uint64_t step = text->step, begin = at;

    if (text_unit(text, at) == '\\') {
        if (text_unit(text, at + step) == 'r' && text_unit(text, at + 2 * step) == '\\')
            at += 2 * step;
        return text_unit(text, at + step) == 'n' ? at + 2 * step : begin;
    }
    if (text_unit(text, at) == '\r')
        at += step;
    if (text_unit(text, at) != '\n')
        return begin;
    at += step;
    for (unsigned i = 0; i < QUOTING_LONGEST && is_quoting(text_unit(text, at)); i++)
        at += step;
    return at;
}

/* The place of the line that joins one of `length` units ending at `at`; 0: none. What
 * begins with "--" is a border of MIME or PEM. */
static uint64_t next_line(struct text *text, uint64_t at, unsigned length)
{
    uint64_t behind = is_full_line(length) ? behind_break(text, at) : at;

    if (behind == at ||
        (text_unit(text, behind) == '-' && text_unit(text, behind + text->step) == '-'))
        return 0;
    unsigned next = line_length(text, behind);
    return next > 0 && next <= length ? behind : 0;
}

/* The end of the line before the one at `at`; `at` itself: there is none. */
static uint64_t line_end_before(struct text *text, uint64_t at, uint64_t first)
{
    uint64_t step = text->step, end = at;

    if (unit_before(text, at, first, 1) == 'n' && unit_before(text, at, first, 2) == '\\') {
        end = at - 2 * step;
        return unit_before(text, end, first, 1) == 'r' && unit_before(text, end, first, 2) == '\\'
                   ? end - 2 * step
                   : end;
    }
    for (unsigned i = 0; i < QUOTING_LONGEST && is_quoting(unit_before(text, end, first, 1)); i++)
        end -= step;
    if (unit_before(text, end, first, 1) != '\n')
        return at;
    return unit_before(text, end, first, 2) == '\r' ? end - 2 * step : end - step;
}

/* Whether the line at `at` is joined to the one before. */
static bool joins_line_before(struct text *text, uint64_t at, uint64_t first)
{
    uint64_t end = line_end_before(text, at, first), start = end;
    unsigned length = 0;

    if (end == at)
        return false;
    for (; length <= LINE_LONGEST && is_of_run(unit_before(text, start, first, 1)); length++)
        start -= text->step;
    if (length > 0 && is_escape(text, start, first, 'n')) {
        start += text->step;
        length--;
    }
    return line_length(text, start) == length && next_line(text, end, length) == at;
}

static bool has_both_cases(struct text *text, uint64_t at, uint64_t units)
{
    bool lower = false, upper = false;

    if (units > CASES_WITHIN)
        units = CASES_WITHIN;
    for (uint64_t i = 0; i < units; i++) {
        unsigned unit = text_unit(text, at + i * text->step);
        lower |= unit - 'a' < 26;
        upper |= unit - 'A' < 26;
    }
    return lower && upper;
}

/* Whether a character of a run stands at `at` of a window. */
static inline bool run_at(const struct window *window, uint64_t at, unsigned step)
{
    const uint8_t *unit = window->bytes + (at - window->from);

    return at + step <= window->to && values[unit[0]] != 0 && (step == 1 || unit[1] == 0);
}

/* Runs of SHORTEST and more characters have one at every SHORTEST-th; from there
 * their ends are looked for. */
static inline void find_runs(const struct place *place, const struct window *window,
                             uint64_t from, uint64_t to, unsigned step)
{
    const struct source source = { .data = window->bytes,
                                   .size = (size_t)(window->to - window->from),
                                   .base = window->from, .end = window->to };
    struct input input = { .source = &source };
    struct text text = { .input = &input, .step = step };
    uint64_t stride = SHORTEST * step, border = from;

    for (uint64_t at = from; at < window->to; at += stride) {
        if (!run_at(window, at, step))
            continue;
        uint64_t start = at, end = at + step;
        while (start - border >= step && run_at(window, start - step, step))
            start -= step;
        if (start >= to)
            break;
        while (run_at(window, end, step))
            end += step;
        at = border = end; /* what stands there is of no run */
        if (start + step < to && (is_escape(&text, start, window->from, 'n') ||
                                  is_escape(&text, start, window->from, 'r')))
            start += step;
        if (end - start < stride || (start == from && start - window->from >= step &&
                                     run_at(window, start - step, step)))
            continue;
        if (has_both_cases(&text, start, (end - start) / step) &&
            !joins_line_before(&text, start, window->from))
            run_add_start(place, &(struct start){ .at = start, .coding = IOC_BASE64,
                                                  .step = (uint8_t)step });
    }
}

void base64_find(const struct place *place, const struct window *window, uint64_t from,
                 uint64_t to)
{
    find_runs(place, window, from, to, 1);
    find_runs(place, window, from, to, 2);
    find_runs(place, window, from + 1, to, 2);
}

/* One more character; bytes that are complete go to *output. */
static void add_character(struct base64_state *state, unsigned character, uint8_t **output)
{
    state->held = state->held << 6 | (values[character] - 1u);
    if (++state->held_count < 4)
        return;
    *(*output)++ = (uint8_t)(state->held >> 16);
    *(*output)++ = (uint8_t)(state->held >> 8);
    *(*output)++ = (uint8_t)state->held;
    state->held_count = 0;
}

/* The characters that do not fill a group. */
static void add_rest(struct base64_state *state, uint8_t **output)
{
    if (state->held_count < 2)
        return;
    uint32_t held = state->held << 6 * (4 - state->held_count);
    *(*output)++ = (uint8_t)(held >> 16);
    if (state->held_count == 3)
        *(*output)++ = (uint8_t)(held >> 8);
}

/* Most of it ASCII, all of it UTF-8 without control characters. */
static bool is_text(const uint8_t *bytes, size_t size)
{
    size_t plain = 0, tail = 0;

    for (size_t i = 0; i < size; i++) {
        if ((bytes[i] < 0x20 && !strchr("\t\r\n", bytes[i])) || bytes[i] == 0x7f ||
            bytes[i] == 0)
            return false;
        plain += bytes[i] < 0x80;
    }
    while (tail < 3 && tail < size && bytes[size - tail - 1] >= 0x80)
        tail++; /* may be cut */
    return plain >= size - size / 4 &&
           text_valid_length((const char *)bytes, size) >= size - tail;
}

/* `low`: where the byte that is not 0 stands. */
static bool is_wide_text(const uint8_t *bytes, size_t size, unsigned low)
{
    size_t plain = 0;

    for (size_t i = 0; i + 1 < size; i += 2)
        plain += bytes[i + 1 - low] == 0 && bytes[i + low] >= 0x20 && bytes[i + low] < 0x7f;
    return plain >= size / 2 - size / 8;
}

/* Magics of what is put into base64 in one piece. */
static bool has_magic(const uint8_t *bytes, size_t size)
{
    static const char *const magics[] = { "MZ", "PK\3\4", "\x1f\x8b\x08", "%PDF", "\x7f" "ELF",
                                          "\xd0\xcf\x11\xe0", "\x78\x9c", "\x78\xda",
                                          "\x78\x5e", "\x78\x01" };

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        size_t length = strlen(magics[i]);
        if (size > length && memcmp(bytes, magics[i], length) == 0)
            return true;
    }
    return false;
}

static bool has_both_alphabets(const struct base64_state *state)
{
    return state->standard && state->url;
}

static bool is_any_text(const uint8_t *bytes, size_t size)
{
    return is_text(bytes, size) || is_wide_text(bytes, size, 0) || is_wide_text(bytes, size, 1);
}

/* Whether it is deflate to its end, as scripts have it, and that is of text. */
static bool makes_text(struct run *run, const uint8_t *bytes, size_t size)
{
    uint8_t output[DEFLATED_MOST];

    if (!(run->decoder->options.codings >> IOC_DEFLATE & 1))
        return false;
    size_t made = inflate_all(run, bytes, size, output, sizeof output);
    return made >= SHORTEST && is_any_text(output, made);
}

bool base64_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size)
{
    const struct base64_state *state = &stream->base64;

    if (has_both_alphabets(state))
        return false;
    return state->characters >= ANY_CONTENT || is_any_text(bytes, size) ||
           has_magic(bytes, size) || makes_text(stream->run, bytes, size);
}

bool base64_open(struct stream *stream, const struct start *start)
{
    stream->base64.step = start->step;
    stream->base64.line = start->at;
    return true;
}

/* Take characters of the run at *at; what they make goes to *output, which has room up to
 * `last`. Whether the run is over, or a character of the other alphabet stands there. */
static bool take_run(struct base64_state *state, struct text *text, uint64_t *at,
                     uint8_t **output, const uint8_t *last)
{
    for (;; *at += text->step) {
        unsigned character = text_unit(text, *at);
        if (!is_of_run(character))
            return true;
        if (last - *output < 3)
            return false;
        state->url |= is_of_url(character);
        state->standard |= character == '+' || character == '/';
        if (has_both_alphabets(state))
            return true;
        add_character(state, character, output);
        state->characters++;
    }
}

/* Go from the end of a line to the one that joins it; false: there is none. */
static bool go_to_next_line(struct base64_state *state, struct text *text, uint64_t *at)
{
    uint64_t units = (*at - state->line) / text->step;
    uint64_t next = units > LINE_LONGEST || has_both_alphabets(state)
                        ? 0
                        : next_line(text, *at, (unsigned)units);

    if (next == 0)
        return false;
    state->line_before = *at;
    state->line = *at = next;
    state->joined = true;
    return true;
}

/* There is room for whole lines, but for the first, which may have any length. */
size_t base64_make(struct stream *stream, uint8_t *output, size_t room)
{
    struct base64_state *state = &stream->base64;
    struct text text = { .input = &stream->input, .step = state->step };
    uint64_t at = stream->start + stream->used;
    uint8_t *to = output, *last = output + room;
    bool over = false;

    while (!over && last - to >= LINE_LONGEST) {
        uint8_t *line = to;
        if (!take_run(state, &text, &at, &to, last))
            break;
        if (has_both_alphabets(state) && state->joined) { /* the line is of another text */
            to = line;
            at = state->line_before;
            state->held_count = 0;
            state->standard = state->url = false;
            over = true;
        } else {
            over = !go_to_next_line(state, &text, &at);
        }
    }
    if (over) {
        add_rest(state, &to);
        for (unsigned i = state->held_count; i >= 2 && i < 4 && text_unit(&text, at) == '='; i++)
            at += text.step;
        stream_end(stream, IOC_WHOLE, 0);
    }
    stream->used = at - stream->start;
    return (size_t)(to - output);
}
