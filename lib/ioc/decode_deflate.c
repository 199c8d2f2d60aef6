/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_deflate: RFC 1951 without anything around it, as scripts have it in
 * base64 (.NET's DeflateStream). Nothing tells where it begins or whether it is
 * right: only what base64 gives is tried, from its first byte, and it must end
 * where that ends.
 */

#include "decode.h"

void deflate_find(const struct place *place, const struct window *window, uint64_t from,
                  uint64_t to)
{
    (void)window;
    if (place->inside == IOC_BASE64 && from == 0 && to > 0)
        run_add_start(place, &(struct start){ .coding = IOC_DEFLATE });
}

bool deflate_open(struct stream *stream, const struct start *start)
{
    (void)start;
    return inflate_open(stream, INFLATE_RAW);
}

/* Random bytes do not get beyond a window. */
bool deflate_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size)
{
    const struct source *source = stream->input.source;

    (void)bytes;
    (void)size;
    return !stream->ended || (stream->state == IOC_WHOLE && stream->used == source->end);
}
