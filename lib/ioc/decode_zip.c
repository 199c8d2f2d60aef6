/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_zip: entries of ZIP files (PKWARE's APPNOTE 4.3.7, 4.3.9), each by
 * itself: most of a ZIP file whose end is lost can still be read.
 *
 *     offset  size
 *          0     4  50 4b 03 04
 *          4     2  version needed: tens in the low byte, 63 at most
 *          6     2  flags: 1 encrypted, 8 sizes stand behind the data
 *          8     2  method: 0 stored, 8 deflate
 *         10     4  time and date
 *         14     4  CRC-32       }
 *         18     4  size here    } 0 by flag 8
 *         22     4  size before  }
 *         26     2  size of the name
 *         28     2  size of the extra field
 *         30        name, extra field, data
 *
 * and by flag 8 behind the data: 50 4b 07 08, which may be missing, CRC-32, both
 * sizes, in 4 or (ZIP64) 8 bytes.
 *
 * Entries that are stored (method 0) need no decoding; those that are encrypted or in
 * another method are told. The sizes of the header
 * are not looked at: deflate tells its own end, and they are what is falsified.
 */

#include <string.h>

#include <fett/bytes.h>

#include "decode.h"

enum {
    HEADER_SIZE = 30,
    NAME_MOST = 4096,
    FLAG_ENCRYPTED = 1,
    FLAG_SIZES_BEHIND = 8,
    METHOD_STORED = 0,
    METHOD_DEFLATE = 8,
    VERSION_MOST = 63,
    DESCRIPTOR_MOST = 24,
};

static bool is_plausible(const uint8_t *bytes, size_t size)
{
    if (size < HEADER_SIZE || memcmp(bytes, "PK\3\4", 4) != 0 || bytes[4] > VERSION_MOST)
        return false;
    size_t name_size = bytes_u16le(bytes + 26);
    if (name_size == 0 || name_size > NAME_MOST || name_size > size - HEADER_SIZE)
        return false;
    for (size_t i = 0; i < name_size; i++)
        if (bytes[HEADER_SIZE + i] < 0x20)
            return false;
    return true;
}

static bool is_encrypted(const uint8_t *header)
{
    return bytes_u16le(header + 6) & FLAG_ENCRYPTED;
}

/* Methods of APPNOTE 4.4.5 that somebody writes, but for 8 and 0. */
static bool is_other_method(unsigned method)
{
    return (method >= 1 && method <= 20 && method != METHOD_DEFLATE) ||
           (method >= 93 && method <= 99);
}

static bool is_header(const uint8_t *bytes, size_t size)
{
    if (!is_plausible(bytes, size))
        return false;
    unsigned method = bytes_u16le(bytes + 8);
    return method == METHOD_DEFLATE || is_other_method(method) ||
           (method == METHOD_STORED && is_encrypted(bytes));
}

void zip_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    const uint8_t *bytes = window->bytes + (from - window->from), *end = bytes + (to - from);
    const uint8_t *last = window->bytes + (window->to - window->from);

    for (const uint8_t *at = bytes; (at = memchr(at, 'P', (size_t)(end - at))); at++)
        if (is_header(at, (size_t)(last - at)))
            run_add_start(place, &(struct start){ .at = from + (uint64_t)(at - bytes),
                                                  .coding = IOC_ZIP });
}

/* The descriptor behind the data: its size, and the CRC it has. */
static size_t read_descriptor(struct stream *stream)
{
    uint8_t bytes[DESCRIPTOR_MOST] = { 0 };
    size_t have = input_copy(&stream->input, stream->start + stream->used, bytes, sizeof bytes);
    size_t behind = memcmp(bytes, "PK\7\10", 4) == 0 ? 4 : 0;

    stream->zip.expected = bytes_u32le(bytes + behind);
    size_t size = behind + (bytes_u32le(bytes + behind + 8) == stream->zip.made ? 12 : 20);
    return size < have ? size : have;
}

/* An entry that cannot be read is a unit that made nothing. */
bool zip_open(struct stream *stream, const struct start *start)
{
    uint8_t header[HEADER_SIZE];

    if (input_copy(&stream->input, start->at, header, sizeof header) < sizeof header)
        return false;
    stream->used = HEADER_SIZE + (uint64_t)bytes_u16le(header + 26) + bytes_u16le(header + 28);
    if (is_encrypted(header) || bytes_u16le(header + 8) != METHOD_DEFLATE) {
        stream_end(stream, is_encrypted(header) ? IOC_ENCRYPTED : IOC_UNSUPPORTED, 0);
        return true;
    }
    stream->zip.expected = bytes_u32le(header + 14);
    stream->zip.sizes_behind = bytes_u16le(header + 6) & FLAG_SIZES_BEHIND;
    return inflate_open(stream, INFLATE_RAW);
}

size_t zip_make(struct stream *stream, uint8_t *output, size_t room)
{
    struct zip_state *zip = &stream->zip;
    size_t made = inflate_make(stream, output, room);

    zip->crc = (uint32_t)crc32(zip->crc, output, (uInt)made);
    zip->made += made;
    if (stream->ended && stream->state == IOC_WHOLE) {
        if (zip->sizes_behind)
            stream->used += read_descriptor(stream);
        if (zip->crc != zip->expected)
            stream->state = IOC_DAMAGED;
    }
    return made;
}
