/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_crowd: units that begin inside a long one, and are large too. See decode.h.
 *
 * Real streams hardly lie over each other. Bytes can be made so that a stream begins at
 * every place and all of them read on to the end: what begins in the first half is read
 * by all in the second, which is quadratic. So a long unit goes on until
 * LIMIT_DECODE_CROWD others have begun behind its cell, and each byte of the media is read
 * by so many, and those of one cell, at most. This looks at nothing before the unit, so that
 * it is the same for each part.
 */

#include "decode.h"

unsigned place_count_large(const struct place *place, uint64_t cell)
{
    struct run *run = place->run;
    const struct account account = run->account;
    uint32_t codings = 0;
    unsigned count = 0;
    uint64_t covered = 0;

    for (unsigned i = 0; i < IOC_CODING_COUNT; i++)
        if (coding_of(i)->crowds)
            codings |= run->decoder->options.codings & 1u << i;
    place_find_starts(place, cell, codings, &run->beside);
    run->account = (struct account){ .left = LIMIT_DECODE_CROWD * LIMIT_DECODE_CROWD_BYTES };
    for (size_t i = 0; i < run->beside.count && run->account.left > 0; i++) {
        const struct start *start = &run->beside.list[i];
        struct stream *stream =
            start->at < covered ? NULL
                                : place_decode(place, start, &run->beside_output,
                                               LIMIT_DECODE_CROWD_BYTES);
        if (!stream)
            continue;
        count += !stream->ended;
        if (!stream->ended || stream->state == IOC_WHOLE)
            covered = start->at + stream->used;
        stream_free(stream);
    }
    /* Where its work does not suffice, the cell is made to cost. */
    if (run->account.left == 0)
        count = LIMIT_DECODE_CROWD;
    run->account = account;
    return count;
}
