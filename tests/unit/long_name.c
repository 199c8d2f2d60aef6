/* SPDX-License-Identifier: Apache-2.0 */

/* Long names in folders of FAT and exFAT: entries made here by Microsoft's specifications. */

#include <stdint.h>
#include <string.h>

#include <fett/long_name.h>

#include "tap.h"

enum { ENTRY = LONG_NAME_ENTRY, ROOM = 64 * ENTRY };

/* The entry of a piece: its 13 letters from text[13 * (number - 1)] on. */
static void put_piece(uint8_t *entry, const char *text, unsigned number, uint8_t first, uint8_t sum)
{
    static const uint8_t places[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
    size_t length = strlen(text);

    memset(entry, 0, ENTRY);
    entry[0] = first;
    entry[11] = 0x0f;
    entry[13] = sum;
    for (size_t i = 0; i < sizeof places; i++) {
        size_t letter = 13 * (number - 1) + i;
        unsigned value = letter < length ? (uint8_t)text[letter] : letter == length ? 0 : 0xffff;
        entry[places[i]] = (uint8_t)value;
        entry[places[i] + 1] = (uint8_t)(value >> 8);
    }
}

/* All pieces of a name, and the entry of its file; returns what is behind them. */
static uint8_t *put_fat(uint8_t *at, const char *text, bool deleted)
{
    unsigned count = (unsigned)(strlen(text) + 12) / 13;

    for (unsigned number = count; number > 0; number--, at += ENTRY) {
        uint8_t first = (uint8_t)(number | (number == count) << 6);
        put_piece(at, text, number, deleted ? 0xe5 : first, 77);
    }
    memcpy(at, "SHORT~1 TXT ", 12);
    memset(at + 12, 0, ENTRY - 12);
    if (deleted)
        at[0] = 0xe5;
    return at + ENTRY;
}

static uint8_t *put_exfat(uint8_t *at, const char *text, bool deleted)
{
    uint8_t in_use = deleted ? 0 : 0x80;
    size_t length = strlen(text), count = (length + 14) / 15;

    memset(at, 0, (count + 2) * ENTRY);
    at[0] = 0x05 | in_use;
    at[1] = (uint8_t)(count + 1);
    at += ENTRY;
    at[0] = 0x40 | in_use;
    at[3] = (uint8_t)length;
    for (size_t i = 0; i < length; i++) {
        if (i % 15 == 0) {
            at += ENTRY;
            at[0] = 0x41 | in_use;
        }
        at[2 + 2 * (i % 15)] = (uint8_t)text[i];
    }
    return at + ENTRY;
}

/* The next name as text; "" for none. */
static const char *next_text(const uint8_t *data, uint64_t place, size_t *at,
                             struct long_name *name)
{
    static char text[LONG_NAME_LETTERS + 1];
    uint8_t wide[2 * LONG_NAME_LETTERS];

    text[0] = '\0';
    if (!long_name_next(data, ROOM, place, at, name))
        return text;
    long_name_text(data, place, name, wide);
    for (unsigned i = 0; i < name->letters; i++)
        text[i] = (char)wide[2 * i];
    text[name->letters] = '\0';
    return text;
}

static void test_fat(void)
{
    uint8_t data[ROOM] = { 0 };
    struct long_name name;
    size_t at = 0;
    uint8_t *next = put_fat(data + ENTRY, "see www.example.org and more.txt", false);

    next = put_fat(next, "thirteen.text", false);
    next = put_fat(next, "deleted www.example.net.txt", true);
    put_fat(next, "a", true);

    same_text(next_text(data, 512, &at, &name), "see www.example.org and more.txt", "a live name");
    ok(name.place == 512 + ENTRY && name.entries == 3 && name.begins && name.ends, "it is whole");
    same_number((long long)long_name_letter(&name, 0), 512 + 3 * ENTRY + 1, "its first letter");
    same_number((long long)long_name_letter(&name, 5), 512 + 3 * ENTRY + 14, "its sixth");
    same_number((long long)long_name_letter(&name, 12), 512 + 3 * ENTRY + 30, "its thirteenth");
    same_number((long long)long_name_letter(&name, 13), 512 + 2 * ENTRY + 1, "the next piece's");
    same_text(next_text(data, 512, &at, &name), "thirteen.text", "one that fills its piece");
    ok(name.begins && name.ends, "it is whole");
    same_text(next_text(data, 512, &at, &name), "deleted www.example.net.txt", "a deleted one");
    ok(name.begins && name.ends, "it is whole");
    same_text(next_text(data, 512, &at, &name), "a", "one of a letter");
    same_text(next_text(data, 512, &at, &name), "", "and there are no more");
    at = 0;
    same_text(next_text(data, 16, &at, &name), "", "entries begin at multiples of their size");
}

static void test_torn(void)
{
    uint8_t data[ROOM] = { 0 };
    struct long_name name;
    size_t at = 0;
    uint8_t *next = put_fat(data, "twenty-six letters is this", false);

    memset(next - 2 * ENTRY, 'x', 2 * ENTRY); /* its first piece */
    same_text(next_text(data, 0, &at, &name), "tters is this", "its letters from the 14th on");
    ok(!name.begins && name.ends, "that its start is missing is known");

    memset(data, 0, sizeof data);
    put_fat(data, "twenty-six letters is this", true);
    memcpy(data, "NEW     TXT ", 12); /* over its last piece */
    at = 0;
    same_text(next_text(data, 0, &at, &name), "twenty-six le", "a new file over the last one");
    ok(name.begins && !name.ends, "that its end may be missing is known");
}

static void test_no_names(void)
{
    uint8_t data[ROOM] = { 0 };
    struct long_name name;
    size_t at = 0;

    put_fat(data, "some name.txt", false);
    data[5] = 3;
    data[6] = 0;
    same_text(next_text(data, 0, &at, &name), "", "control characters are in no name");
    put_fat(data, "some name.txt", false);
    data[26] = 1;
    at = 0;
    same_text(next_text(data, 0, &at, &name), "", "nor has one a cluster");
    put_fat(data, "some name.txt", false);
    data[0] = 0x40 | 21;
    at = 0;
    same_text(next_text(data, 0, &at, &name), "", "nor a 21st piece");
    memset(data, 0, sizeof data);
    for (unsigned i = 0; i < 30; i++)
        put_piece(data + i * ENTRY, "thirteen.text", 1, 0xe5, 9);
    at = 0;
    same_text(next_text(data, 0, &at, &name), "", "nor thirty deleted ones");
    put_fat(data, "two pieces of a name.txt", false);
    data[ENTRY + 13] ^= 1;
    memset(data + 3 * ENTRY, 0, sizeof data - 3 * ENTRY);
    at = 0;
    same_text(next_text(data, 0, &at, &name), " a name.txt", "another sum: of another name");
}

static void test_exfat(void)
{
    uint8_t data[ROOM] = { 0 };
    struct long_name name;
    size_t at = 0;
    uint8_t *next = put_exfat(data, "see www.example.org and more.txt", false);

    next = put_exfat(next, "fifteen.letters", true);
    put_exfat(next, "torn www.example.com.txt", false);
    next[3 * ENTRY] = 0x41; /* its second piece is no more in use */

    same_text(next_text(data, 0, &at, &name), "see www.example.org and more.txt", "of exFAT");
    ok(name.place == 2 * ENTRY && name.entries == 3, "it has three entries, the third is first");
    same_number((long long)long_name_letter(&name, 16), 3 * ENTRY + 4, "its 17th letter");
    same_text(next_text(data, 0, &at, &name), "fifteen.letters", "a deleted one");
    same_text(next_text(data, 0, &at, &name), "", "all of a name is in use, or none");
}

static void test_runs(void)
{
    struct long_name_run runs[LONG_NAME_RUNS];

    /* from the third letter of the piece at 96 to the second of the one before it */
    ok(long_name_runs(LONG_NAME_FAT, 96 + 5, 26, runs) == 4, "three pieces of an entry and one");
    ok(runs[0].place == 101 && runs[0].length == 6 && runs[1].place == 110 &&
           runs[1].length == 12 && runs[2].place == 124 && runs[2].length == 4 &&
           runs[3].place == 65 && runs[3].length == 4, "in the order of the text");
    ok(long_name_runs(LONG_NAME_FAT, 96 + 14, 12, runs) == 1, "what is in one piece is one");
    ok(long_name_runs(LONG_NAME_EXFAT, 64 + 30, 4, runs) == 2 && runs[0].place == 94 &&
           runs[0].length == 2 && runs[1].place == 98 && runs[1].length == 2, "of exFAT");
    ok(long_name_runs(LONG_NAME_FAT, 1600 + 1, 2 * LONG_NAME_LETTERS, runs) == LONG_NAME_RUNS,
       "the longest name");
}

int main(void)
{
    test_fat();
    test_torn();
    test_no_names();
    test_exfat();
    test_runs();
    return tap_done();
}
