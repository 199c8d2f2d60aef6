/* SPDX-License-Identifier: Apache-2.0 */

/* Update sequences: a record of two stretches is made here by the format's rule:
 * its last words go into the array in its head, the number takes their place. */

#include <stdint.h>
#include <string.h>

#include <fett/fixup.h>

#include "tap.h"

enum { SIZE = 1024, SEQUENCE_AT = 48 };

/* A record of 1,024 bytes, all 'a' behind its head, as it is stored. */
static void make_record(uint8_t *record, const char *signature)
{
    memset(record, 'a', SIZE);
    memcpy(record, signature, 4);
    record[4] = SEQUENCE_AT;
    record[5] = 0;
    record[6] = 3;
    record[7] = 0;
    memcpy(record + SEQUENCE_AT, "\x07\x01" "xy" "zz", 6);
    memcpy(record + 510, "\x07\x01", 2);
    memcpy(record + 1022, "\x07\x01", 2);
}

static void test_one_record(void)
{
    uint8_t record[SIZE], before[SIZE];
    size_t whole = 0;

    make_record(record, "FILE");
    ok(fixup_undo(record, SIZE, &whole) == 0 && whole == SIZE, "a sound record is whole");
    ok(memcmp(record + 509, "axya", 4) == 0, "the first stretch has its bytes again");
    ok(memcmp(record + 1021, "azz", 3) == 0, "so has the second");

    make_record(record, "FILE");
    memcpy(record + 1022, "??", 2);
    ok(fixup_undo(record, SIZE, &whole) == 0 && whole == 512, "a torn one is good up to there");
    ok(memcmp(record + 1022, "??", 2) == 0, "and its torn stretch stays as it is");

    make_record(record, "FILE");
    record[6] = 2;
    memcpy(before, record, SIZE);
    ok(fixup_undo(record, SIZE, &whole) == -1, "too few words for its size");
    record[6] = 3;
    record[5] = 2; /* at 0x230 */
    ok(fixup_undo(record, SIZE, &whole) == -1, "an array behind the first stretch");
    record[5] = 0;
    record[4] = 8;
    ok(fixup_undo(record, SIZE, &whole) == -1, "an array over the head");
    ok(memcmp(record + 500, before + 500, 524) == 0, "nothing was changed");
    ok(fixup_undo(record, 511, &whole) == -1, "less than one stretch");
}

static void test_search(void)
{
    enum { BEFORE = 100, TOTAL = BEFORE + 512 + 3 * SIZE };
    uint8_t data[TOTAL], map[TOTAL / 512 / 8 + 8];

    /* data[0] stands 100 bytes before a border; an index record, a torn one and
     * one that goes beyond the end */
    memset(data, 'b', sizeof data);
    make_record(data + BEFORE, "INDX");
    make_record(data + BEFORE + SIZE, "FILE");
    memcpy(data + BEFORE + SIZE + 1022, "??", 2);
    make_record(data + BEFORE + 2 * SIZE + 512, "RCRD");
    ok(fixup_map_size(sizeof data) <= sizeof map, "the map is small");
    fixup_undo_all(data, sizeof data, 5 * 512 - BEFORE, map);
    ok(memcmp(data + BEFORE + 510, "xy", 2) == 0, "a record is found at its sector");
    ok(memcmp(data + BEFORE + SIZE + 510, "\x07\x01", 2) == 0, "a torn one is left alone");
    ok(memcmp(data + BEFORE + 2 * SIZE + 512 + 1022, "zz", 2) == 0, "so is none that is whole");
    /* stretch 0 holds data[0], 1 and 2 are the first record */
    ok(map[0] == (2 | 4 | 64 | 128), "the map has the stretches that were changed");

    make_record(data, "FILE");
    fixup_undo_all(data, SIZE - 1, 0, map);
    ok(memcmp(data + 510, "\x07\x01", 2) == 0, "one that is cut is left alone");
    make_record(data + 1, "FILE");
    fixup_undo_all(data, SIZE + 1, 0, map);
    ok(memcmp(data + 511, "\x07\x01", 2) == 0, "one that begins at no sector is none");
}

/* $FILE_NAME at 64 and, with a time that no file has, at 256. */
static void test_names(void)
{
    static const char name[] = "a\0.\0b\0c\0d";
    uint8_t record[SIZE], sectors[8];

    make_record(record, "INDX");
    for (size_t at = 64; at <= 256; at += 192) {
        memset(record + at, 0, 96);
        for (size_t time = 8; time <= 32; time += 8)
            record[at + time + 7] = 1;
        record[at + 64] = 5;
        record[at + 65] = 1;
        memcpy(record + at + 66, name, 10);
        memcpy(record + at + 76, "xyz", 3);
    }
    record[256 + 31] = 2;
    fixup_undo_all(record, SIZE, 0, sectors);
    ok(memcmp(record + 64 + 64, "\5\7", 2) == 0, "before a name stands what no letter is");
    ok(memcmp(record + 64 + 66, name, 10) == 0 && memcmp(record + 64 + 76, "\0\0z", 3) == 0,
       "and it ends with 0");
    ok(memcmp(record + 256 + 64, "\5\1", 2) == 0 && record[256 + 76] == 'x',
       "what has no such times is no name");
}

int main(void)
{
    test_one_record();
    test_search();
    test_names();
    return tap_done();
}
