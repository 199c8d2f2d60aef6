/* SPDX-License-Identifier: Apache-2.0 */

/* decode_stream: what a unit is decoded to, piece by piece, and the account of it. See
 * decode.h. */

#include <stdlib.h>
#include <string.h>

#include "decode.h"

/* What a place costs that turns out to be none: setting up, a small read. */
enum { START_WORK = 256 };

void run_charge(struct run *run, uint64_t work)
{
    run->counts->work += work;
    run->account.left -= work < run->account.left ? work : run->account.left;
}

/* A unit that reads the media earns by each byte that was not read before. */
static void earn(struct run *run, uint64_t used)
{
    struct account *account = &run->account;

    if (!account->earns || used <= account->earned)
        return;
    account->left += (used - account->earned) * LIMIT_DECODED_RATIO;
    account->earned = used;
}

/* What bytes cost that were made; less for runs of one byte. */
static uint64_t cost(const uint8_t *bytes, size_t size)
{
    return size >= READER_PAGE && is_one_byte(bytes, size) ? size / LIMIT_DECODED_SAME : size;
}

/* A long unit of the media pays by itself: what is inside it must not stop it. */
static bool pays_itself(const struct stream *stream)
{
    return stream->depth == 0 && stream->run->account.earns && !stream->copy;
}

static bool is_beyond_limits(const struct stream *stream)
{
    if (!pays_itself(stream))
        return stream->run->account.left == 0;
    return stream->cost > LIMIT_DECODED_WINDOW &&
           (stream->cost - LIMIT_DECODED_WINDOW) / LIMIT_DECODED_RATIO > stream->used;
}

size_t stream_end(struct stream *stream, uint8_t state, size_t made)
{
    stream->ended = true;
    stream->state = state;
    return made;
}

/* One step, and the account of it. */
static size_t make_some(struct stream *stream, uint8_t *output, size_t room)
{
    struct run *run = stream->run;
    uint64_t used = stream->used;
    size_t made = stream->coding->make(stream, output, room);
    uint64_t price = cost(output, made), work = stream->used - used + price;

    stream->made += made;
    stream->cost += price;
    run->failed |= stream->input.failed;
    if (stream->depth == 0)
        earn(run, stream->used);
    if (pays_itself(stream))
        run->counts->work += work;
    else
        run_charge(run, work);
    return made;
}

size_t stream_make(struct stream *stream, uint8_t *output, size_t room)
{
    size_t made = 0;

    while (!stream->ended && room - made >= STREAM_LEAST) {
        size_t step = room - made < STREAM_STEP ? room - made : STREAM_STEP;
        if (is_beyond_limits(stream))
            stream_end(stream, IOC_LIMITED, 0);
        else
            made += make_some(stream, output + made, step);
    }
    return made;
}

struct stream *stream_open(const struct place *place, const struct start *start)
{
    const struct coding *coding = coding_of(start->coding);
    struct run *run = place->run;
    struct stream *stream = calloc(1, sizeof *stream);

    run_charge(run, START_WORK);
    if (!stream) {
        run->failed = true;
        return NULL;
    }
    stream->run = run;
    stream->coding = coding;
    stream->depth = place->depth;
    stream->input.source = place->source;
    stream->start = start->at;
    stream->own_end = UINT64_MAX;
    if (!coding->open(stream, start)) {
        stream_free(stream);
        return NULL;
    }
    return stream;
}

struct stream *stream_fork(const struct stream *stream)
{
    struct stream *fork = malloc(sizeof *fork);

    if (!fork)
        return NULL;
    *fork = *stream;
    fork->copy = true;
    fork->inflater = NULL;
    fork->joined = NULL;
    buffer_init(&fork->pdf.lines);
    buffer_add(&fork->pdf.lines, buffer_text(&stream->pdf.lines), stream->pdf.lines.length);
    if (input_fork(&fork->input, &stream->input) != 0 || fork->pdf.lines.failed ||
        (stream->inflater && !(fork->inflater = inflater_copy(stream->inflater)))) {
        stream_free(fork);
        return NULL;
    }
    return fork;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    input_release(&stream->input);
    buffer_release(&stream->pdf.lines);
    free(stream->joined);
    run_give_inflater(stream->run, stream->inflater);
    free(stream);
}
