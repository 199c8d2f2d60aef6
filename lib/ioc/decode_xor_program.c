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

static void lift(uint8_t *bytes, size_t size, uint8_t key, bool keeps_zeros)
{
    for (size_t i = 0; i < size; i++)
        if (!keeps_zeros || (bytes[i] != 0 && bytes[i] != key))
            bytes[i] ^= key;
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

bool xor_decode_program(const struct place *place, const struct start *start, struct unit *unit)
{
    uint8_t headers[HEADERS];
    size_t limit = place_output_limit(place), have;

    have = source_copy(place->source, start->at, headers, sizeof headers);
    bool keeps_zeros = have > 3 && headers[3] == 0;
    lift(headers, have, start->key, keeps_zeros);
    uint64_t size = program_size(headers, have);
    if (size == 0)
        return false;
    unit->state = IOC_WHOLE;
    if (size > limit) {
        size = limit;
        unit->state = IOC_LIMITED;
    }
    if (size > place->source->end - start->at) {
        size = place->source->end - start->at;
        unit->state = IOC_DAMAGED;
    }
    uint8_t *bytes = (uint8_t *)buffer_reserve(unit->output, (size_t)size);
    if (!bytes) {
        place->run->failed = true;
        return false;
    }
    size = source_copy(place->source, start->at, bytes, (size_t)size);
    lift(bytes, (size_t)size, start->key, keeps_zeros);
    unit->length = unit->end = unit->output->length = (size_t)size;
    run_charge(place->run, 2 * size);
    return true;
}
