/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_inflate: deflate (RFC 1951), by zlib.
 *
 * zlib and not libdeflate, which wants all of a stream in memory, the size of
 * what it makes beforehand, and gives nothing of a stream that breaks off.
 */

#include <stdlib.h>
#include <string.h>

#include "decode.h"

/* What is not used of one is read again. */
enum { INPUT_BLOCK = SOURCE_HISTORY };

static void inflater_free(z_stream *inflater)
{
    if (inflater)
        inflateEnd(inflater);
    free(inflater);
}

/* One that stands at a beginning; NULL: no memory. */
static z_stream *take_inflater(struct run *run, int format)
{
    z_stream *inflater = run->inflater;

    run->inflater = NULL;
    if (!inflater && (inflater = calloc(1, sizeof *inflater)) &&
        inflateInit2(inflater, format) != Z_OK) {
        free(inflater);
        inflater = NULL;
    }
    if (inflater && inflateReset2(inflater, format) != Z_OK) {
        inflater_free(inflater);
        inflater = NULL;
    }
    run->failed |= !inflater;
    return inflater;
}

bool inflate_open(struct stream *stream, int format)
{
    stream->inflater = take_inflater(stream->run, format);
    if (!stream->inflater)
        return false;
    stream->inflater->avail_out = 1;
    return true;
}

size_t inflate_all(struct run *run, const uint8_t *bytes, size_t size, uint8_t *output,
                   size_t room)
{
    z_stream *inflater = take_inflater(run, INFLATE_RAW);

    if (!inflater)
        return 0;
    inflater->next_in = (Bytef *)bytes;
    inflater->avail_in = (uInt)size;
    inflater->next_out = output;
    inflater->avail_out = (uInt)room;
    bool whole = inflate(inflater, Z_FINISH) == Z_STREAM_END && inflater->avail_in == 0;
    size_t made = whole ? room - inflater->avail_out : 0;
    run_charge(run, size + made);
    run_give_inflater(run, inflater);
    return made;
}

z_stream *inflater_copy(const z_stream *inflater)
{
    z_stream *copy = calloc(1, sizeof *copy);

    if (copy && inflateCopy(copy, (z_stream *)inflater) != Z_OK) {
        free(copy);
        return NULL;
    }
    return copy;
}

void run_give_inflater(struct run *run, z_stream *inflater)
{
    if (run->inflater)
        inflater_free(inflater);
    else
        run->inflater = inflater;
}

void run_release_inflater(struct run *run)
{
    inflater_free(run->inflater);
}

bool is_one_byte(const uint8_t *bytes, size_t size)
{
    return size < 2 || (bytes[0] == bytes[size - 1] && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/*
 * Behind a remnant there are often zeros, or what a disk was wiped with: the same code over
 * and over, which makes something of nothing without end. A compressor does that too, of
 * what repeats, but with the longest matches there are, or where all is one byte.
 */
static bool is_filling(struct stream *stream, const uint8_t *input, size_t used,
                       const uint8_t *output, size_t made)
{
    enum { FILLING_LEAST = 512, LONGEST_MATCHES = 1000 };
    struct filling *filling = &stream->filling;

    if (used > 0 && (!is_one_byte(input, used) || (filling->used > 0 && *input != filling->byte)))
        *filling = (struct filling){ 0 };
    else if (used > 0 || filling->used > 0) {
        filling->used += used;
        filling->made += made;
        filling->varied |= !is_one_byte(output, made);
    }
    if (used > 0)
        filling->byte = input[used - 1];
    return filling->used >= FILLING_LEAST && filling->varied &&
           filling->made / LONGEST_MATCHES < filling->used;
}

/* What comes next, up to a multiple of a block, in one piece: what is made of one call, and
 * so where a limit is met, must not depend on the pieces in which the source is at hand. */
static const uint8_t *next_input(struct stream *stream, size_t *have)
{
    uint64_t at = stream->start + stream->used;
    size_t want = INPUT_BLOCK - (size_t)(at % INPUT_BLOCK);
    const uint8_t *bytes = input_at(&stream->input, at, have);

    if (!bytes)
        return NULL;
    if (*have >= want) {
        *have = want;
        return bytes;
    }
    if (!stream->joined && !(stream->joined = malloc(INPUT_BLOCK))) {
        stream->run->failed = true;
        return NULL;
    }
    *have = input_copy(&stream->input, at, stream->joined, want);
    return stream->joined;
}

size_t inflate_make(struct stream *stream, uint8_t *output, size_t room)
{
    z_stream *inflater = stream->inflater;
    size_t have = 0;
    const uint8_t *input = next_input(stream, &have);

    /* Where room ran out, something of the last input may still be to come. */
    if (!input && inflater->avail_out > 0)
        return stream_end(stream, IOC_DAMAGED, 0);
    if (stream->made == 0 && stream->used >= LIMIT_DECODE_SILENT_BYTES)
        return stream_end(stream, IOC_LIMITED, 0);
    inflater->next_in = (Bytef *)input;
    inflater->avail_in = (uInt)have;
    inflater->next_out = (Bytef *)output;
    inflater->avail_out = (uInt)room;
    int result = inflate(inflater, Z_NO_FLUSH);
    size_t made = room - inflater->avail_out;
    stream->used += have - inflater->avail_in;
    if (result == Z_MEM_ERROR)
        stream->run->failed = true;
    if (result == Z_STREAM_END)
        return stream_end(stream, IOC_WHOLE, made);
    if (is_filling(stream, input, have - inflater->avail_in, output, made))
        return stream_end(stream, IOC_DAMAGED, 0);
    return result == Z_OK || result == Z_BUF_ERROR ? made : stream_end(stream, IOC_DAMAGED, made);
}
