/* SPDX-License-Identifier: Apache-2.0 */

/* LZNT1 by [MS-XCA] 2.5: a compressor that knows only its rules (which split of
 * a token holds where) writes chunks here and keeps by itself what they mean. */

#include <stdint.h>
#include <stdlib.h>

#include "../../lib/evidence/ntfs_record.h"

#include "tap.h"

enum { CHUNK = 4096 };

/* A chunk that is being written, and what it stands for. */
static uint8_t packed[2 * CHUNK], plain[CHUNK];
static size_t packed_size, plain_size, flags_at;
static unsigned items;

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void begin(void)
{
    packed_size = 2;
    plain_size = 0;
    items = 0;
}

static void begin_item(unsigned flag)
{
    if (items % 8 == 0) {
        flags_at = packed_size++;
        packed[flags_at] = 0;
    }
    packed[flags_at] |= (uint8_t)(flag << items++ % 8);
}

static void literal(uint8_t byte)
{
    begin_item(0);
    packed[packed_size++] = byte;
    if (plain_size < CHUNK)
        plain[plain_size++] = byte;
}

/* "The largest M in 4..12 such that 2^(M-1) is less than the bytes that there
 * are": bits of the displacement. */
static unsigned displacement_bits(size_t done)
{
    unsigned bits = 12;

    while (bits > 4 && (1u << (bits - 1)) >= done)
        bits--;
    return bits;
}

static size_t longest(size_t done)
{
    return (1u << (16 - displacement_bits(done))) - 1 + 3;
}

static void token(unsigned word)
{
    begin_item(1);
    put16(packed + packed_size, word);
    packed_size += 2;
}

static void copy(size_t displacement, size_t length)
{
    token((unsigned)((displacement - 1) << (16 - displacement_bits(plain_size)) | (length - 3)));
    for (; length > 0 && plain_size < CHUNK; length--, plain_size++)
        plain[plain_size] = plain[plain_size - displacement];
}

static size_t end(void)
{
    put16(packed, 0xb000 | (unsigned)(packed_size - 3));
    return packed_size;
}

static unsigned seed = 2463534242;

static unsigned random_below(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % below;
}

static void literals(size_t count)
{
    while (count-- > 0)
        literal((uint8_t)random_below(256));
}

/* Unpack from and into memory of exactly these sizes, which sanitizers watch. */
static int unpack(const void *input, size_t size, uint8_t *out, size_t out_size)
{
    uint8_t *in = malloc(size + !size), *exact = malloc(out_size + !out_size);

    memcpy(in, input, size);
    memset(exact, '?', out_size);
    int result = ntfs_decompress(in, size, exact, out_size);
    memcpy(out, exact, out_size);
    free(in);
    free(exact);
    return result;
}

/* The chunk that was written gives what it stands for, then zeros. */
static bool is_right(void)
{
    static uint8_t out[CHUNK];
    size_t size = end();

    if (unpack(packed, size, out, CHUNK) != 0 || memcmp(out, plain, plain_size) != 0)
        return false;
    for (size_t i = plain_size; i < CHUNK; i++)
        if (out[i] != 0)
            return false;
    return true;
}

static bool is_refused(size_t size)
{
    static uint8_t out[CHUNK];

    return unpack(packed, size, out, CHUNK) == -1;
}

/* The example of [MS-XCA] 3.3, from another hand. */
static void test_published(void)
{
    static const uint8_t example[] = {
        0x38, 0xb0, 0x88, 0x46, 0x23, 0x20, 0x00, 0x20, 0x47, 0x20, 0x41, 0x00, 0x10, 0xa2, 0x47,
        0x01, 0xa0, 0x45, 0x20, 0x44, 0x00, 0x08, 0x45, 0x01, 0x50, 0x79, 0x00, 0xc0, 0x45, 0x20,
        0x05, 0x24, 0x13, 0x88, 0x05, 0xb4, 0x02, 0x4a, 0x44, 0xef, 0x03, 0x58, 0x02, 0x8c, 0x09,
        0x16, 0x01, 0x48, 0x45, 0x00, 0xbe, 0x00, 0x9e, 0x00, 0x04, 0x01, 0x18, 0x90, 0x00,
    };
    static const char text[] =
        "F# F# G A A G F# E D D E F# F# E E F# F# G A A G F# E D D E F# E D D E E F# D E F# G F# "
        "D E F# G F# E D E A F# F# G A A G F# E D D E F# E D D";
    uint8_t out[sizeof text];

    ok(unpack(example, sizeof example, out, sizeof out) == 0 &&
           memcmp(out, text, sizeof text) == 0, "the published example");
}

/* At each place where the split moves, and beside it: the furthest and the
 * nearest copy, the shortest and the longest. */
static void test_splits(void)
{
    static const size_t borders[] = { 16, 32, 64, 128, 256, 512, 1024, 2048 };
    static const unsigned published[][2] = {
        /* bytes before, bits of the displacement */
        { 1, 4 },    { 16, 4 },   { 17, 5 },   { 32, 5 },    { 33, 6 },    { 64, 6 },
        { 65, 7 },   { 128, 7 },  { 129, 8 },  { 256, 8 },   { 257, 9 },   { 512, 9 },
        { 513, 10 }, { 1024, 10 }, { 1025, 11 }, { 2048, 11 }, { 2049, 12 }, { 4095, 12 },
    };
    int bad = 0;

    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        bad += displacement_bits(published[i][0]) != published[i][1];
    same_number(bad, 0, "the table of the splits");
    for (size_t i = 0; i < sizeof borders / sizeof *borders; i++)
        for (size_t done = borders[i] - 1; done <= borders[i] + 2; done++) {
            size_t room = CHUNK - done, most = longest(done) < room ? longest(done) : room;
            bool good = true;
            for (int variant = 0; variant < 4; variant++) {
                begin();
                literals(done);
                copy(variant & 1 ? done : 1, variant & 2 ? most : 3);
                literals(plain_size < CHUNK ? 1 : 0);
                good &= is_right();
            }
            ok(good, "behind %zu bytes: %u bits back, %zu bytes at most", done,
               displacement_bits(done), longest(done));
        }

    /* The largest displacement of all, for the last three bytes. */
    begin();
    literals(200);
    while (plain_size < 4093)
        copy(200, plain_size + 18 <= 4093 ? 18 : 4093 - plain_size);
    copy(4093, 3);
    ok(plain_size == CHUNK && is_right(), "to the last byte of a chunk from its first");
    begin();
    literal('a');
    copy(1, 4095);
    ok(plain_size == CHUNK && is_right(), "one byte, 4,096 times, by one token");
    begin();
    literals(CHUNK);
    ok(packed_size == 2 + CHUNK + CHUNK / 8 && packed_size - 3 > 0xfff,
       "literals alone do not fit: such a chunk is stored");
}

/* Any order of literals and copies. */
static void test_random(void)
{
    int bad = 0;

    for (int round = 0; round < 3000; round++) {
        unsigned often = 1 + random_below(8);
        begin();
        literal((uint8_t)random_below(256));
        while (plain_size < CHUNK && packed_size < CHUNK - 32) {
            size_t room = CHUNK - plain_size, most = longest(plain_size);
            if (most > room)
                most = room;
            if (most >= 3 && random_below(8) < often)
                copy(1 + random_below((unsigned)plain_size),
                     3 + random_below((unsigned)(random_below(4) ? (most < 20 ? most - 2 : 18)
                                                                 : most - 2)));
            else
                literal((uint8_t)random_below(256));
            if (random_below(200) == 0)
                break;
        }
        bad += !is_right();
    }
    same_number(bad, 0, "3,000 chunks of any copies and literals");
}

static void test_refused(void)
{
    static const size_t places[] = { 1, 15, 16, 17, 31, 32, 33, 100, 1000, 2047, 2048, 3000 };
    int far = 0, known = 0;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t done = places[i], shift = 16 - displacement_bits(done);
        if (done == 1u << displacement_bits(done))
            continue; /* all that can be said is there */
        known++;
        begin();
        literals(done);
        token((unsigned)(done << shift));
        far += is_refused(end());
    }
    same_number(far, known, "a copy from one byte before the chunk");

    begin();
    literals(3000);
    for (int i = 0; i < 60; i++)
        copy(1, 18);
    copy(1, 16);
    ok(plain_size == CHUNK && is_right(), "as much as a chunk holds");
    begin();
    literals(3000);
    for (int i = 0; i < 60; i++)
        copy(1, 18);
    copy(1, 17);
    ok(is_refused(end()), "and one byte more");
    begin();
    literal('a');
    copy(1, 4095);
    literal('b');
    ok(is_refused(end()), "nor a literal behind 4,096");

    /* Cut at any place: refused, or what is there; never more. */
    begin();
    literals(40);
    copy(20, 10);
    literals(9);
    copy(59, 5);
    size_t size = end();
    int refused = 0;
    for (size_t cut = 2; cut < size; cut++)
        refused += is_refused(cut);
    same_number(refused, (long long)size - 2, "a chunk that is cut anywhere behind its head");
    ok(!is_refused(1) && !is_refused(0), "less than a head ends the unit");
    put16(packed, 0xb000 | (unsigned)(size - 4)); /* the head says one byte less */
    ok(is_refused(size), "a token of which the head gives one byte");
}

/* Chunks behind each other, stored, short, and in units of any size. */
static void test_units(void)
{
    static uint8_t unit[5 * CHUNK], expected[4 * CHUNK], out[4 * CHUNK];
    size_t at = 0;

    memset(expected, 0, sizeof expected);
    begin();
    literals(50);
    copy(50, 100);
    memcpy(expected, plain, plain_size);
    memcpy(unit + at, packed, end());
    at += packed_size;
    put16(unit + at, 0x3fff); /* 4,096 stored bytes */
    for (size_t i = 0; i < CHUNK; i++)
        expected[CHUNK + i] = unit[at + 2 + i] = (uint8_t)random_below(256);
    at += 2 + CHUNK;
    put16(unit + at, 0x3000 | 99); /* 100 stored bytes */
    memset(unit + at + 2, 's', 100);
    memset(expected + 2 * CHUNK, 's', 100);
    at += 102;
    begin();
    literals(20);
    memcpy(expected + 3 * CHUNK, plain, plain_size);
    memcpy(unit + at, packed, end());
    at += packed_size;
    ok(unpack(unit, at, out, sizeof out) == 0 && memcmp(out, expected, sizeof out) == 0,
       "short, stored, short and stored, last: each at its own 4,096 bytes");

    put16(unit + at, 0);
    memset(unit + at + 2, 0xff, 100);
    ok(unpack(unit, at + 102, out, sizeof out) == 0 && memcmp(out, expected, sizeof out) == 0,
       "nothing behind a head of 0 counts");
    ok(unpack(unit, at, out, CHUNK) == 0 && memcmp(out, expected, CHUNK) == 0,
       "no more than there is room for");
    ok(unpack(unit, at, out, 2 * CHUNK - 7) == 0 && memcmp(out, expected, 2 * CHUNK - 7) == 0,
       "a stored chunk that is cut by the room");
    ok(unpack(unit, at - packed_size - 3, out, sizeof out) == -1 &&
           memcmp(out, expected, 2 * CHUNK) == 0, "what came before a cut chunk is there");

    begin();
    literals(10);
    memcpy(unit, packed, end());
    put16(unit + packed_size, 0);
    memcpy(unit + packed_size + 2, packed, packed_size);
    ok(unpack(unit, 2 * packed_size + 2, out, 2 * CHUNK) == 0 && memcmp(out, plain, 10) == 0 &&
           out[CHUNK] == 0 && memcmp(out + CHUNK, out + CHUNK + 1, CHUNK - 1) == 0,
       "a head of 0 ends the unit, also before chunks");
    begin();
    literal('a');
    copy(1, 4095);
    literal('b');
    ok(unpack(packed, end(), out, 2 * CHUNK) == -1, "no chunk gives more than 4,096 bytes");

    /* The window is one chunk: a copy cannot reach into the chunk before. */
    begin();
    literals(10);
    size_t first = end();
    memcpy(unit, packed, first);
    begin();
    token(0);
    memcpy(unit + first, packed, end());
    ok(unpack(unit, first + packed_size, out, sizeof out) == -1, "no copy from the chunk before");
}

/* Whatever the bytes: it ends, stays inside, and zeros are what is not given. */
static void test_noise(void)
{
    static uint8_t noise[2 * CHUNK], out[4 * CHUNK];
    int odd = 0;

    for (int round = 0; round < 3000; round++) {
        size_t size = random_below(sizeof noise), out_size = random_below(sizeof out);
        for (size_t i = 0; i < size; i++)
            noise[i] = (uint8_t)random_below(256);
        if (size > 2 && round % 2)
            put16(noise, 0xb000 | random_below(0x1000));
        int result = unpack(noise, size, out, out_size);
        odd += result != 0 && result != -1;
    }
    same_number(odd, 0, "3,000 times noise");
}

int main(void)
{
    test_published();
    test_splits();
    test_random();
    test_refused();
    test_units();
    test_noise();
    return tap_done();
}
