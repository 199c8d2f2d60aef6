/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_xor_program: a Windows program (PE) under a key of one byte.
 *
 *     offset  size
 *          0     2  "MZ"
 *          3     1  0 in all that is known
 *       0x3c     4  where the PE header is: e
 *      0x4e?        "This program cannot be run in DOS mode."
 *          e     4  "PE\0\0"
 *        e+6     2  sections: n
 *       e+20     2  size of the optional header: o
 *     e+24+o  40 n  sections; each at 16: size in the file, at 20: place in it
 *
 * The program ends where its last section does. Some leave zeros and the key's
 * own byte as they are, so that runs of zeros do not show the key: then byte 3
 * is zero under the key too.
 */

#include <string.h>

#include <fett/bytes.h>

#include "decode.h"
#include "decode_xor.h"

enum {
    HEADERS = 4096,
    STUB_LONGEST = 512, /* from "MZ" to the literal */
    PE_FARTHEST = 1024,
    SECTIONS_MOST = 96, /* Windows loads no more */
    DOS_HEADER = 64,
    PE_HEADER = 24,
    SECTION = 40,
};

void xor_lift(const struct xor_state *state, uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!state->keeps_zeros || (bytes[i] != 0 && bytes[i] != state->key))
            bytes[i] ^= state->key;
}

bool xor_find_program(const struct window *window, uint64_t literal, uint8_t key, uint64_t *start)
{
    uint64_t low = literal - window->from < STUB_LONGEST ? window->from : literal - STUB_LONGEST;

    for (uint64_t at = literal; at > low; at--) {
        const uint8_t *bytes = window->bytes + (at - 1 - window->from);
        if ((bytes[0] ^ key) == 'M' && (bytes[1] ^ key) == 'Z' && literal - at >= DOS_HEADER) {
            *start = at - 1;
            return true;
        }
    }
    return false;
}

/* The size of the program by its headers; 0: they are none. */
static uint64_t program_size(const uint8_t *headers, size_t size)
{
    if (size < DOS_HEADER)
        return 0;
    uint64_t pe = bytes_u32le(headers + 0x3c), end = 0;
    if (pe > PE_FARTHEST || pe + PE_HEADER > size || memcmp(headers + pe, "PE\0\0", 4) != 0)
        return 0;
    unsigned sections = bytes_u16le(headers + pe + 6);
    uint64_t table = pe + PE_HEADER + bytes_u16le(headers + pe + 20);
    if (sections > SECTIONS_MOST || table + sections * SECTION > size)
        return 0;
    for (const uint8_t *each = headers + table; sections > 0; sections--, each += SECTION) {
        uint64_t length = bytes_u32le(each + 16), at = bytes_u32le(each + 20);
        if (length > 0 && at + length > end)
            end = at + length;
    }
    return end;
}

bool xor_open_program(struct stream *stream)
{
    struct xor_state *state = &stream->xor;
    uint8_t headers[HEADERS];
    size_t have = input_copy(&stream->input, stream->start, headers, sizeof headers);

    state->keeps_zeros = have > 3 && headers[3] == 0;
    xor_lift(state, headers, have);
    state->size = program_size(headers, have);
    if (state->size > LIMIT_DECODED_PROGRAM_BYTES) {
        state->size = LIMIT_DECODED_PROGRAM_BYTES;
        state->cut = true;
    }
    return state->size > 0;
}
