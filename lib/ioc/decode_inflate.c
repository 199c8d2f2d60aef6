/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_inflate: deflate (RFC 1951), by zlib.
 *
 * zlib and not libdeflate, which wants all of a stream in memory, the size of
 * what it makes beforehand, and gives nothing of a stream that breaks off.
 */

#include "decode.h"

/* Output and input of one step, after which limits are looked at. */
enum { STEP = 65536 };

/* The inflater, for a new stream. */
static z_stream *fresh_inflater(struct run *run, int format)
{
    z_stream *stream = &run->inflater;

    if (!run->has_inflater)
        run->has_inflater = inflateInit2(stream, format) == Z_OK;
    else if (inflateReset2(stream, format) != Z_OK)
        return NULL;
    stream->avail_out = 1;
    return run->has_inflater ? stream : NULL;
}

void run_release_inflater(struct run *run)
{
    if (run->has_inflater)
        inflateEnd(&run->inflater);
}

static bool is_beyond_limits(uint64_t used, size_t made)
{
    return (made == 0 && used >= LIMIT_DECODE_SILENT_BYTES) ||
           (made > LIMIT_DECODED_RATIO_FROM && made / LIMIT_DECODED_RATIO > used);
}

void place_inflate(const struct place *place, uint64_t at, int format, struct unit *unit,
                   uint64_t *used)
{
    z_stream *stream = fresh_inflater(place->run, format);
    struct buffer *output = unit->output;
    size_t limit = place_output_limit(place);
    int result = Z_OK;

    *used = 0;
    unit->state = IOC_DAMAGED;
    if (!stream)
        place->run->failed = true;
    while (stream && result == Z_OK) {
        size_t have = 0, room = limit - output->length < STEP ? limit - output->length : STEP;
        const uint8_t *input = source_at(place->source, at + *used, &have);
        if (have > STEP)
            have = STEP;
        /* Where room ran out, something of the last input may still be to come. */
        if (!input && stream->avail_out > 0)
            break;
        if (room == 0 || is_beyond_limits(*used, output->length)) {
            unit->state = IOC_LIMITED;
            break;
        }
        char *made = buffer_reserve(output, room);
        if (!made) {
            place->run->failed = true;
            break;
        }
        stream->next_in = (Bytef *)input;
        stream->avail_in = (uInt)have;
        stream->next_out = (Bytef *)made;
        stream->avail_out = (uInt)room;
        result = inflate(stream, Z_NO_FLUSH);
        output->length += room - stream->avail_out;
        *used += have - stream->avail_in;
    }
    if (result == Z_STREAM_END)
        unit->state = IOC_WHOLE;
    if (result == Z_MEM_ERROR)
        place->run->failed = true;
    unit->end = output->length;
    run_charge(place->run, *used + output->length);
}
