/* SPDX-License-Identifier: Apache-2.0 */

/* Unit tests of signature. The bytes are written by hand from "PE Format". */

#include <fett/signature.h>

#include "tap.h"

enum { SIZE = 0x600, PE = 0x80, OPTIONAL = PE + 24, SECTIONS = OPTIONAL + 240, RAW = 0x400 };

static uint8_t file[SIZE];

static void put(size_t at, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        file[at + i] = (uint8_t)(number >> 8 * i);
}

/* PE32+ with one section, in which the debug directory has one entry. */
static void make(uint32_t stamp, uint32_t debug_type)
{
    memset(file, 0, sizeof file);
    memcpy(file, "MZ", 2);
    put(0x3c, PE, 4);
    memcpy(file + PE, "PE\0\0", 4);
    put(PE + 6, 1, 2);
    put(PE + 8, stamp, 4);
    put(PE + 20, 240, 2);
    put(OPTIONAL, 0x20b, 2);
    put(OPTIONAL + 108, 16, 4);
    put(OPTIONAL + 112 + 8 * 6, 0x1010, 4);
    put(OPTIONAL + 112 + 8 * 6 + 4, 28, 4);
    put(SECTIONS + 8, 0x200, 4);
    put(SECTIONS + 12, 0x1000, 4);
    put(SECTIONS + 16, 0x200, 4);
    put(SECTIONS + 20, RAW, 4);
    put(RAW + 0x10 + 12, debug_type, 4);
}

static struct instant linked(size_t size)
{
    struct reader *reader = reader_over_memory(file, size);
    struct instant time = signature_link_time(reader);

    reader_free(reader);
    return time;
}

static void test_link_time(void)
{
    char text[INSTANT_TEXT_SIZE];

    make(974198493, 2); /* date -d @974198493: 2000-11-14 10:41:33 */
    struct instant time = linked(SIZE);
    instant_format(&time, text);
    same_text(text, "2000-11-14T10:41:33.000000000Z", "a link time");
    same_number(time.precision, PRECISION_SECOND, "in seconds");
    make(974198493, 16);
    same_number(linked(SIZE).state, INSTANT_ABSENT, "a digest is no time");
    same_number(linked(RAW + 0x10).state, INSTANT_UTC, "the entry is cut off: nothing is known of it");
    make(974198493, 16);
    put(OPTIONAL + 112 + 8 * 6, 0xfffffff0, 4);
    same_number(linked(SIZE).state, INSTANT_UTC, "the entry lies nowhere");
    make(974198493, 16);
    put(OPTIONAL + 108, 6, 4);
    same_number(linked(SIZE).state, INSTANT_UTC, "there is no such directory");
    make(0, 2);
    same_number(linked(SIZE).state, INSTANT_ABSENT, "0 is no time");
    make(0x80000000, 2);
    time = linked(SIZE);
    instant_format(&time, text);
    same_text(text, "2038-01-19T03:14:08.000000000Z", "the number has no sign");
    put(0x3c, 0xffffff00, 4);
    same_number(linked(SIZE).state, INSTANT_ABSENT, "the header lies behind the end");
    for (size_t size = 0; size < PE + 24; size++)
        if (linked(size).state != INSTANT_ABSENT)
            ok(false, "cut to %zu bytes", size);
}

static void test_mime(void)
{
    static const uint8_t png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0";
    struct signatures *signatures;
    struct error error = ERROR_INIT;

    if (!ok(signatures_new(&signatures, &error) == 0, "libmagic's database"))
        return;
    same_text(signature_mime(signatures, png, sizeof png - 1), "image/png", "a picture");
    same_text(signature_mime(signatures, "run this\n", 9), "text/plain", "text");
    static const char program[] = "application/vnd.microsoft.portable-executable";
    make(974198493, 2);
    same_text(signature_mime(signatures, file, SIZE), program, "a Windows program");
    same_text(signature_mime(signatures, file, PE + 4), program, "of which the rest is cut off");
    ok(strcmp(signature_mime(signatures, file, PE + 3), program) != 0, "cut off before its mark");
    put(0x3c, 0xfffffffd, 4);
    ok(strcmp(signature_mime(signatures, file, SIZE), program) != 0, "a mark behind the end");
    signatures_free(signatures);
    signatures_free(NULL);
}

int main(void)
{
    test_link_time();
    test_mime();
    return tap_done();
}
