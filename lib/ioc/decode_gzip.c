/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_gzip: RFC 1952.
 *
 *     offset  size
 *          0     2  1f 8b
 *          2     1  method: 8, deflate
 *          3     1  flags; 0x20 and above are reserved
 *          4     4  time
 *          8     1  how hard it was tried: 0, 2, 4
 *          9     1  system: 0 to 13, 255
 *         10        by flags: extra field, name, comment, checksum; deflate
 *          n     8  CRC-32, size
 *
 * Members that follow each other are units of their own.
 */

#include <string.h>

#include "decode.h"

enum { HEADER_SIZE = 10 };

static bool is_header(const uint8_t *bytes)
{
    return bytes[1] == 0x8b && bytes[2] == 8 && bytes[3] < 0x20 &&
           (bytes[8] == 0 || bytes[8] == 2 || bytes[8] == 4) &&
           (bytes[9] <= 13 || bytes[9] == 255);
}

void gzip_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    const uint8_t *bytes = window->bytes + (from - window->from), *end = bytes + (to - from);
    const uint8_t *last = window->bytes + (window->to - window->from);

    for (const uint8_t *at = bytes; (at = memchr(at, 0x1f, (size_t)(end - at))); at++)
        if (last - at >= HEADER_SIZE && is_header(at))
            run_add_start(place, &(struct start){ .at = from + (uint64_t)(at - bytes),
                                                  .coding = IOC_GZIP });
}

bool gzip_open(struct stream *stream, const struct start *start)
{
    (void)start;
    return inflate_open(stream, INFLATE_GZIP);
}
