/* SPDX-License-Identifier: Apache-2.0 */

/*
 * xpress: LZXPRESS Huffman, MS-XCA 2.2. Each 65,536 bytes of output begin with a table of
 * 256 bytes: the code lengths of 512 symbols, four bits each, the low half first. Symbols
 * below 256 are bytes; of the others the low four bits are a length less 3, the next four
 * the bits of a distance. 15 of length: a byte more; 255 of that: 16 bits. Bits come from
 * 16-bit units, the highest first; the lengths' bytes lie between the units.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "artifact_internal.h"

enum { SYMBOLS = 512, LONGEST = 15, TABLE = 256, BLOCK = 65536 };

struct bits {
    const uint8_t *data;
    size_t size, at;
    uint32_t word; /* the next bits, from the highest */
    int left;      /* of them beyond 16 */
};

static uint32_t next_unit(struct bits *bits)
{
    uint32_t unit = bits->at + 2 <= bits->size ? bytes_u16le(bits->data + bits->at) : 0;

    bits->at += 2;
    return unit;
}

static void start(struct bits *bits)
{
    bits->word = next_unit(bits) << 16;
    bits->word |= next_unit(bits);
    bits->left = 16;
}

static void drop(struct bits *bits, int count)
{
    bits->word = count < 32 ? bits->word << count : 0;
    bits->left -= count;
    if (bits->left < 0) {
        bits->word |= next_unit(bits) << -bits->left;
        bits->left += 16;
    }
}

/* By the first 15 bits: symbol << 4 | length. 0: no code. */
static bool make_codes(const uint8_t *table, uint16_t codes[1 << LONGEST])
{
    size_t at = 0;

    memset(codes, 0, sizeof(uint16_t) << LONGEST);
    for (int length = 1; length <= LONGEST; length++)
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            int own = table[symbol / 2] >> (symbol % 2 * 4) & 15;
            if (own != length)
                continue;
            size_t count = (size_t)1 << (LONGEST - length);
            if (at + count > (size_t)1 << LONGEST)
                return false;
            for (size_t i = 0; i < count; i++)
                codes[at++] = (uint16_t)(symbol << 4 | length);
        }
    return true;
}

/* The length of a match; false where there is no more. */
static bool match_length(struct bits *bits, unsigned symbol, size_t *length)
{
    *length = symbol & 15;
    if (*length == 15) {
        if (bits->at >= bits->size)
            return false;
        *length = bits->data[bits->at++];
        if (*length == 255) {
            if (bits->at + 2 > bits->size)
                return false;
            *length = bytes_u16le(bits->data + bits->at);
            bits->at += 2;
            if (*length < 15)
                return false;
            *length -= 15;
        }
        *length += 15;
    }
    *length += 3;
    return true;
}

static bool inflate_block(struct bits *bits, const uint16_t *codes, uint8_t *to, size_t *at,
                          size_t end, size_t to_size)
{
    start(bits);
    while (*at < end) {
        uint16_t code = codes[bits->word >> (32 - LONGEST)];
        unsigned symbol = code >> 4;
        size_t length;
        if ((code & 15) == 0 || bits->at > bits->size + 4)
            return false;
        drop(bits, code & 15);
        if (symbol < 256) {
            to[(*at)++] = (uint8_t)symbol;
            continue;
        }
        int distance_bits = (symbol - 256) >> 4;
        if (!match_length(bits, symbol, &length))
            return false;
        size_t distance = (size_t)1 << distance_bits;
        if (distance_bits > 0)
            distance |= bits->word >> (32 - distance_bits);
        drop(bits, distance_bits);
        if (distance > *at || length > to_size - *at)
            return false;
        for (; length > 0; length--, (*at)++)
            to[*at] = to[*at - distance];
    }
    return true;
}

int xpress_inflate(const uint8_t *from, size_t size, uint8_t *to, size_t to_size, size_t *made,
                   struct error *error)
{
    struct bits bits = { .data = from, .size = size };
    uint16_t *codes = malloc(sizeof *codes << LONGEST);
    bool good = true;
    size_t at = 0;

    *made = 0;
    if (!codes)
        return error_set_memory(error);
    while (at < to_size && good) {
        size_t end = to_size - at < BLOCK ? to_size : at + BLOCK;
        good = bits.at + TABLE <= size && make_codes(from + bits.at, codes);
        bits.at += TABLE;
        good = good && inflate_block(&bits, codes, to, &at, end, to_size);
    }
    free(codes);
    *made = at;
    return good ? 0
                : error_set(error, ERROR_DAMAGED, "compressed: no more than %zu of %zu bytes", at,
                            to_size);
}
