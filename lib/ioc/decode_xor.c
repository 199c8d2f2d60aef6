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

/* Whether a literal of the text [start, end) begins in [from, to). */
static bool has_literal(const struct veil *veil, uint64_t start, uint64_t end, uint64_t from,
                        uint64_t to)
{
    if (from < start)
        from = start;
    for (uint64_t at = from + (from - start) % veil->step; at < to && at < end; at += veil->step)
        for (int i = 0; i < XOR_LITERALS; i++)
            if (is_literal(veil, at, end, xor_literals[i]))
                return true;
    return false;
}

/* Texts, names and addresses are mostly of these. */
static bool is_common(unsigned byte)
{
    return byte != 0 && strchr("etaoinsrhlcdmpu ./:0123456789", (int)byte);
}

/* Not plain text, which is printable under a small key as well but looks less like
 * text, and not zeros, which are letters under some keys. */
static bool is_sensible(const struct veil *veil, uint64_t start, uint64_t end)
{
    uint64_t characters = (end - start) / veil->step, common = 0, plain = 0, zeros = 0;

    for (uint64_t at = start; at < end; at += veil->step) {
        unsigned byte = veil_byte(veil, at);
        common += is_common(byte);
        plain += is_common(byte ^ veil->key);
        zeros += byte == veil->key;
    }
    return characters >= SHORTEST && common >= characters / 2 && common > plain + characters / 8 &&
           zeros <= characters / 4;
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
    unsigned kind = veil->step == 1 ? 0 : 1 + (at & 1), step = veil->step;
    uint64_t group = at - at % GROUP, start = at, end = at;
    uint64_t low = group < GROUP ? 0 : group - GROUP;
    uint64_t high = group + 2 * GROUP + XOR_LONGEST_LITERAL;
    struct start found = { .at = at, .coding = IOC_XOR, .step = veil->step, .key = veil->key };

    if (search->groups[veil->key][kind] == group && search->ends[veil->key][kind] > at)
        return;
    if (search->place->run->account.left == 0) {
        add_unit(search, &found); /* to be counted */
        return;
    }
    if (low < veil->window->from)
        low = veil->window->from;
    if (high > veil->window->to)
        high = veil->window->to;
    for (unsigned zeros = 0; start - low >= step && is_character(veil, start - step);) {
        start -= step;
        zeros = veil_byte(veil, start) == veil->key ? zeros + 1 : 0;
        if (zeros == FILLING) {
            start += FILLING * step;
            break;
        }
    }
    for (unsigned zeros = 0; high - end >= step && is_character(veil, end);) {
        zeros = veil_byte(veil, end) == veil->key ? zeros + 1 : 0;
        end += step;
        if (zeros == FILLING) {
            end -= FILLING * step;
            break;
        }
    }
    search->groups[veil->key][kind] = group;
    search->ends[veil->key][kind] = end;
    run_charge(search->place->run, end - start);
    if (!is_sensible(veil, start, end))
        return;
    found.at = start < group ? group : start;
    found.end = end > group + GROUP ? group + GROUP : end;
    if (found.at > start && !has_literal(veil, start, end, low, group))
        found.at = start + GROUP / 2 > group ? start : group - GROUP / 2;
    if (found.end < end && !has_literal(veil, start, end, group + GROUP, group + 2 * GROUP))
        found.end = end < group + GROUP + GROUP / 2 ? end : group + GROUP + GROUP / 2;
    found.text_start = start;
    found.text_end = end;
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
