/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_zlib: RFC 1950, as PDF, PNG, SWF and many programs have it.
 *
 *     offset  size
 *          0     1  method in the low bits: 8, deflate; window above: 0 to 7
 *          1     1  level, dictionary 0x20; both bytes together a multiple of 31
 *          2        deflate
 *          n     4  Adler-32
 *
 * Two bytes tell little. So only the largest window counts, which is what zlib
 * itself writes (78), except behind the word that begins the stream of a PDF
 * object: Acrobat writes 48 89. And a stream that breaks off is believed only
 * when it got far.
 */

#include <string.h>

#include "decode.h"

/* Bytes of deflate; random ones break off after some dozen. */
enum { DAMAGED_LEAST = 128 };

static bool is_header(const uint8_t *bytes)
{
    return (bytes[0] & 0x0f) == 8 && bytes[0] >> 4 <= 7 && !(bytes[1] & 0x20) &&
           (bytes[0] << 8 | bytes[1]) % 31 == 0;
}

/* What stands behind "stream" and its line break, unless the search for 78 finds it. */
static void find_behind_word(const struct place *place, const struct window *window,
                             uint64_t from, uint64_t to)
{
    static const char word[] = "stream";
    enum { WORD = sizeof word - 1, BEFORE = WORD + 2 };
    uint64_t first = from - window->from < BEFORE ? window->from : from - BEFORE;
    const uint8_t *at = window->bytes + (first - window->from);
    const uint8_t *last = window->bytes + (window->to - window->from);
    const uint8_t *end = window->bytes + (to - window->from);

    while ((at = memmem(at, (size_t)(end - at), word, WORD))) {
        at += WORD;
        const uint8_t *header = at;
        if (header < last && *header == '\r')
            header++;
        if (last - header < 3 || *header++ != '\n' || *header == 0x78 || !is_header(header))
            continue;
        uint64_t place_of = window->from + (uint64_t)(header - window->bytes);
        if (place_of >= from && place_of < to)
            run_add_start(place, &(struct start){ .at = place_of, .coding = IOC_ZLIB });
    }
}

void zlib_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    const uint8_t *bytes = window->bytes + (from - window->from), *end = bytes + (to - from);
    const uint8_t *last = window->bytes + (window->to - window->from);

    for (const uint8_t *at = bytes; (at = memchr(at, 0x78, (size_t)(end - at))); at++)
        if (last - at >= 2 && is_header(at))
            run_add_start(place, &(struct start){ .at = from + (uint64_t)(at - bytes),
                                                  .coding = IOC_ZLIB });
    find_behind_word(place, window, from, to);
}

bool zlib_open(struct stream *stream, const struct start *start)
{
    (void)start;
    return inflate_open(stream, INFLATE_ZLIB);
}

bool zlib_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return !stream->ended || stream->state != IOC_DAMAGED || stream->used >= DAMAGED_LEAST;
}
