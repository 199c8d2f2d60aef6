/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_xor: text under a key of one byte, in ASCII and UTF-16LE; programs are
 * in decode_xor_program.c.
 *
 * Neighbouring bytes have the same difference a ^ b under every key, so a search
 * for the differences of a few literals finds them for all 255 keys at once.
 * Around one, what stays printable under its key is the text.
 *
 *     "www."     77 77 77 2e    differences  00 00 59
 *     key 5a     2d 2d 2d 74    differences  00 00 59
 *
 * A long text has many literals. The media is cut into groups; the first literal
 * of a text in a group gives the text from one group before to one behind as
 * context, and as its own (struct ioc_decoded, start and end) its group, and half
 * of a neighbour that has no literal of the same text. So each place of a text
 * is given once, and by what stands close to it alone.
 *
 *     group    |    1    |    2    |    3    |
 *     literal      x   x                x
 *     given    |---------:----|----:---------|     each with half of group 2
 */

#include <string.h>

#include "decode_xor.h"
#include "vector.h"

enum {
    GROUP = 4096,
    SHORTEST = 12, /* characters of a text */
    FILLING = 4,   /* zeros that are none of it, though its key is a letter: they are beside it */
    NEAR = 32,     /* characters on both sides that a literal is judged by */
    BLOCK = 32,    /* characters of plain text beside it that end a text */
};

const char *const xor_literals[XOR_LITERALS] = {
    "p://", "s://", "www.", ".com", ".net", ".org", ".exe", ".dll", "This program cannot",
};

static bool is_printable(unsigned byte)
{
    return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Bytes of a window under a key. */
struct veil {
    const struct window *window;
    uint8_t key;
    uint8_t step; /* bytes a character */
};

static unsigned veil_byte(const struct veil *veil, uint64_t at)
{
    return veil->window->bytes[at - veil->window->from] ^ veil->key;
}

static bool is_character(const struct veil *veil, uint64_t at)
{
    return is_printable(veil_byte(veil, at)) &&
           (veil->step == 1 || veil_byte(veil, at + 1) == 0);
}

static bool is_literal(const struct veil *veil, uint64_t at, uint64_t end, const char *literal)
{
    for (; *literal; literal++, at += veil->step)
        if (end - at < veil->step || veil_byte(veil, at) != (uint8_t)*literal ||
            (veil->step == 2 && veil_byte(veil, at + 1) != 0))
            return false;
    return true;
}

/* A stretch of text. */
struct stretch {
    uint64_t start, end;
};

/* Texts, names and addresses are mostly of these. */
static const uint8_t common_bytes[256] = {
    [' '] = 1, ['.'] = 1, ['/'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
    ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, [':'] = 1, ['a'] = 1, ['c'] = 1,
    ['d'] = 1, ['e'] = 1, ['h'] = 1, ['i'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1,
    ['p'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1,
};

static int is_common(unsigned byte)
{
    return common_bytes[byte];
}

/* How much more like text a byte is under the key than as it lies: 1, 0 or -1. */
static int gain(const struct veil *veil, uint64_t at)
{
    unsigned byte = veil_byte(veil, at);

    return is_common(byte) - is_common(byte ^ veil->key);
}

/* Whether BLOCK characters, which begin at a multiple of that, are rather plain text. */
static bool is_plain(const struct veil *veil, uint64_t at)
{
    int sum = 0;

    for (unsigned i = 0; i < BLOCK; i++, at += veil->step)
        sum += gain(veil, at);
    return sum <= -BLOCK / 4;
}

/* What stays printable around `at`, in [low, high), and is no plain text; that begins at places
 * that are the same for each literal. */
static struct stretch text_around(const struct veil *veil, uint64_t at, uint64_t low, uint64_t high)
{
    struct stretch text = { at, at };
    uint64_t step = veil->step, block = BLOCK * step;
    unsigned zeros = 0;

    while (text.start - low >= step && is_character(veil, text.start - step)) {
        text.start -= step;
        zeros = veil_byte(veil, text.start) == veil->key ? zeros + 1 : 0;
        if (zeros == FILLING) {
            text.start += FILLING * step;
            break;
        }
        if (text.start % block < step && at - text.start >= block && is_plain(veil, text.start)) {
            text.start += block;
            break;
        }
    }
    zeros = 0;
    while (high - text.end >= step && is_character(veil, text.end)) {
        zeros = veil_byte(veil, text.end) == veil->key ? zeros + 1 : 0;
        text.end += step;
        if (zeros == FILLING) {
            text.end -= FILLING * step;
            break;
        }
        if (text.end % block < step && text.end - at >= block &&
            is_plain(veil, text.end - block)) {
            text.end -= block;
            break;
        }
    }
    return text;
}

/* Where around `at`, within [start, end), most is gained: plain text beside it is often printable
 * under the key too. */
static struct stretch likely_text(const struct veil *veil, uint64_t at, const struct stretch *near)
{
    struct stretch text = { at, at };
    int sum = 0, most = 0;

    for (uint64_t place = at; place > near->start;) {
        place -= veil->step;
        sum += gain(veil, place);
        if (sum >= most) {
            most = sum;
            text.start = place;
        }
    }
    sum = most = 0;
    for (uint64_t place = at; place < near->end; place += veil->step) {
        sum += gain(veil, place);
        if (sum >= most) {
            most = sum;
            text.end = place + veil->step;
        }
    }
    return text;
}

/* Not plain text, which is printable under a small key as well but looks less like
 * text, and not zeros, which are letters under some keys. */
static bool is_sensible(const struct veil *veil, const struct stretch *text)
{
    uint64_t characters = (text->end - text->start) / veil->step, common = 0, plain = 0, zeros = 0;

    for (uint64_t at = text->start; at < text->end; at += veil->step) {
        unsigned byte = veil_byte(veil, at);
        common += is_common(byte);
        plain += is_common(byte ^ veil->key);
        zeros += byte == veil->key;
    }
    return characters >= SHORTEST && common >= characters / 2 && common > plain + characters / 8 &&
           zeros <= characters / 4;
}

/* Whether another literal is there: no chance makes two. */
static bool has_another(const struct veil *veil, uint64_t literal, const struct stretch *near)
{
    int first = -1;

    for (int i = 0; i < XOR_LITERALS && first < 0; i++)
        if (is_literal(veil, literal, near->end, xor_literals[i]))
            first = i;
    for (uint64_t at = near->start; at < near->end; at += veil->step)
        for (int i = 0; i < XOR_LITERALS; i++)
            if (veil_byte(veil, at) == (uint8_t)xor_literals[i][0] && i != first &&
                is_literal(veil, at, near->end, xor_literals[i]))
                return true;
    return false;
}

/* Whether the literal at `at` is in a text under the key, by what is near it. */
static bool is_in_text(const struct veil *veil, uint64_t at)
{
    const struct window *window = veil->window;
    uint64_t reach = NEAR * veil->step;
    uint64_t low = at - window->from < reach ? window->from : at - reach;
    uint64_t high = window->to - at < reach ? window->to : at + reach;
    struct stretch near = text_around(veil, at, low, high), text = likely_text(veil, at, &near);

    return is_sensible(veil, &near) || is_sensible(veil, &text) ||
           ((near.end - near.start) / veil->step >= SHORTEST && has_another(veil, at, &near));
}

/* Whether a literal of a text begins in [from, to). */
static bool has_literal(const struct veil *veil, const struct stretch *text, uint64_t from,
                        uint64_t to)
{
    if (from < text->start)
        from = text->start;
    for (uint64_t at = from + (from - text->start) % veil->step; at < to && at < text->end;
         at += veil->step)
        for (int i = 0; i < XOR_LITERALS; i++)
            if (is_literal(veil, at, text->end, xor_literals[i]) && is_in_text(veil, at))
                return true;
    return false;
}

/* One search through a cell. `ends` are of the texts looked at last, in `groups`,
 * by key and kind (ASCII, UTF-16 even, odd): literals up to there are part of them. */
struct search {
    const struct place *place;
    const struct window *window;
    uint64_t from, to;
    uint64_t groups[256][3], ends[256][3];
};

static void add_unit(const struct search *search, const struct start *start)
{
    if (start->at >= search->from && start->at < search->to)
        run_add_start(search->place, start);
}

/* A literal begins at `at`. */
static void look_at(struct search *search, const struct veil *veil, uint64_t at)
{
    unsigned kind = veil->step == 1 ? 0 : 1 + (at & 1);
    uint64_t group = at - at % GROUP, low = group < GROUP ? 0 : group - GROUP;
    uint64_t high = group + 2 * GROUP + XOR_LONGEST_LITERAL;
    struct start found = { .at = at, .coding = IOC_XOR, .step = veil->step, .key = veil->key };

    if (search->groups[veil->key][kind] == group && search->ends[veil->key][kind] > at)
        return;
    if (search->place->run->account.left == 0) {
        add_unit(search, &found); /* to be counted */
        return;
    }
    run_charge(search->place->run, NEAR * veil->step);
    if (!is_in_text(veil, at))
        return;
    if (low < veil->window->from)
        low = veil->window->from;
    if (high > veil->window->to)
        high = veil->window->to;
    if (search->groups[veil->key][kind] == group && search->ends[veil->key][kind] > low)
        low = search->ends[veil->key][kind];
    struct stretch text = text_around(veil, at, low, high);
    search->groups[veil->key][kind] = group;
    search->ends[veil->key][kind] = text.end;
    run_charge(search->place->run, text.end - text.start);
    found.at = text.start < group ? group : text.start;
    found.end = text.end > group + GROUP ? group + GROUP : text.end;
    if (found.at > text.start && !has_literal(veil, &text, low, group))
        found.at = text.start + GROUP / 2 > group ? text.start : group - GROUP / 2;
    if (found.end < text.end && !has_literal(veil, &text, group + GROUP, group + 2 * GROUP))
        found.end = text.end < group + GROUP + GROUP / 2 ? text.end : group + GROUP + GROUP / 2;
    found.text_start = text.start;
    found.text_end = text.end;
    add_unit(search, &found);
}

static void look_for_literals(struct search *search, uint64_t at)
{
    const struct window *window = search->window;

    for (int i = 0; i < XOR_LITERALS; i++) {
        uint8_t key = window->bytes[at - window->from] ^ (uint8_t)xor_literals[i][0];
        for (uint8_t step = 1; key != 0 && step <= 2; step++) {
            const struct veil veil = { window, key, step };
            uint64_t program;
            if (!is_literal(&veil, at, window->to, xor_literals[i]))
                continue;
            look_at(search, &veil, at);
            if (i == XOR_OF_PROGRAM && step == 1 && xor_find_program(window, at, key, &program))
                add_unit(search, &(struct start){ .at = program, .coding = IOC_XOR, .step = 1,
                                                  .key = key, .program = true });
        }
    }
}

void xor_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    struct search search = { .place = place, .window = window, .from = from, .to = to };
    bool vector = vector_available();
    uint32_t places[XOR_STRETCH];
    /* The text of a literal in the next group may begin in this cell. */
    uint64_t at = from - window->from < GROUP ? window->from : from - GROUP;
    uint64_t end = window->to - to < GROUP ? window->to : to + GROUP;

    if (place->inside == IOC_XOR)
        return;
    for (; at < end; at += XOR_STRETCH) {
        const uint8_t *bytes = window->bytes + (at - window->from);
        size_t size = (size_t)(window->to - at);
        size_t stretch = end - at < XOR_STRETCH ? (size_t)(end - at) : XOR_STRETCH;
        size_t count = vector ? xor_candidates_vector(bytes, size, stretch, places)
                              : xor_candidates_portable(bytes, size, stretch, places);
        for (size_t i = 0; i < count; i++)
            look_for_literals(&search, at + places[i]);
    }
}

bool xor_open(struct stream *stream, const struct start *start)
{
    struct xor_state *state = &stream->xor;

    state->key = start->key;
    if (start->program)
        return xor_open_program(stream);
    state->size = start->text_end - start->text_start;
    stream->start = start->text_start;
    stream->own_start = start->at - start->text_start;
    stream->own_end = start->end - start->text_start;
    stream->open = true;
    return true;
}

size_t xor_make(struct stream *stream, uint8_t *output, size_t room)
{
    const struct xor_state *state = &stream->xor;
    uint64_t left = state->size - stream->used;
    size_t want = left < room ? (size_t)left : room;
    size_t made = input_copy(&stream->input, stream->start + stream->used, output, want);

    xor_lift(state, output, made);
    stream->used += made;
    if (made < want)
        return stream_end(stream, IOC_DAMAGED, made);
    if (stream->used < state->size)
        return made;
    return stream_end(stream, state->cut ? IOC_LIMITED : IOC_WHOLE, made);
}
