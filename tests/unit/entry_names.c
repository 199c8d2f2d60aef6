/* SPDX-License-Identifier: Apache-2.0 */

/* Names with numbers beside them: records are made here by the layouts of Microsoft's
 * documentation (USN_RECORD_V2, V3), ECMA-119 9.1 and SUSP. */

#include <stdint.h>
#include <string.h>

#include <fett/entry_names.h>
#include <fett/long_name.h>

#include "tap.h"

enum { PAGE = 4096, BLOCK = 2048 };

static void put(uint8_t *at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(number >> 8 * i);
}

/* Text of ASCII in UTF-16, its low bytes at `low`. */
static void put_wide(uint8_t *at, const char *text, size_t low)
{
    for (size_t i = 0; text[i]; i++)
        at[2 * i + low] = (uint8_t)text[i];
}

/* A record at `at`; returns its length. */
static size_t put_usn(uint8_t *at, unsigned version, const char *name)
{
    size_t place = version == 2 ? 60 : 76, bytes = 2 * strlen(name);
    size_t length = (place + bytes + 7) / 8 * 8;

    put(at, length, 4);
    put(at + 4, version, 2);
    put(at + place - 4, bytes, 2);
    put(at + place - 2, place, 2);
    put_wide(at + place, name, 0);
    return length;
}

/* Whether a name in UTF-16LE stands at `at` with what is marked around it. */
static bool is_marked(const uint8_t *at, const char *name)
{
    uint8_t wide[512] = { 0 };
    size_t letters = strlen(name);

    put_wide(wide, name, 0);
    return at[-2] == (letters < LONG_NAME_MANY ? letters : LONG_NAME_MANY) &&
           at[-1] == LONG_NAME_MARK && memcmp(at, wide, 2 * letters + 2) == 0;
}

/* Names whose ends are at each place in eight bytes, up to the last of a page, and more behind. */
static void test_usn(void)
{
    static const char long_name[] =
        "a-name-of-128-letters-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-"
        "0123456789-0123456789-0123456789-0123456";
    static const char *const names[] = { "ab", "abc", "abcd", "abcde", "abcdef", long_name };
    enum { NAMES = sizeof names / sizeof *names };
    static uint8_t data[512 + 3 * PAGE];

    for (unsigned version = 2; version <= 3; version++) {
        size_t at = 512, places[200], which[200], count = 0, head = version == 2 ? 60 : 76;
        memset(data, 0, sizeof data);
        for (size_t page = 512; page + PAGE <= sizeof data; page += PAGE)
            for (at = page; page + PAGE - at >= 400;) {
                places[count] = at + head;
                which[count] = count % NAMES;
                at += put_usn(data + at, version, names[which[count]]);
                count++;
                if (count % 3 == 0) { /* V4: no name */
                    put(data + at, 80, 4);
                    put(data + at + 4, 4, 2);
                    at += 80;
                }
            }
        entry_names_mark_all(data + 100, sizeof data - 100, 7 * 512 + 100);
        size_t right = 0;
        for (size_t i = 0; i < count; i++)
            right += is_marked(data + places[i], names[which[i]]);
        ok(count > 60 && right == count, "names of V%u records: %zu of %zu", version, right, count);
    }
}

static void test_no_usn(void)
{
    static const struct {
        size_t at, bytes;
        unsigned number;
        const char *what;
    } wrong[] = {
        { 0, 4, 70, "a length that is no multiple of 8" }, { 0, 4, 72, "a length without the name" },
        { 0, 4, 128, "a length with more than the name" }, { 4, 2, 1, "version 1" },
        { 6, 2, 1, "a minor version" }, { 56, 2, 21, "an odd name" }, { 56, 2, 0, "no name" },
        { 58, 2, 62, "a name elsewhere" }, { 0, 4, 0x10000, "a length that is too long" },
    };
    uint8_t data[1024], before[1024];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(data, 0, sizeof data);
        memset(data + put_usn(data, 2, "abcdefghij"), 'x', 200);
        put(data + wrong[i].at, wrong[i].number, wrong[i].bytes);
        memcpy(before, data, sizeof data);
        entry_names_mark_all(data, sizeof data, 0);
        ok(memcmp(before, data, sizeof data) == 0, "%s: nothing is changed", wrong[i].what);
    }
    put_usn(data, 2, "abcdefghij");
    memcpy(before, data, sizeof data);
    for (size_t size = 0; size < 80; size++)
        entry_names_mark_all(data, size, 0);
    ok(memcmp(before, data, sizeof data) == 0, "nor is one that is cut");
    entry_names_mark_all(data, sizeof data, 8);
    ok(memcmp(before, data, sizeof data) == 0, "nor one that begins elsewhere");
    entry_names_mark_all(data, 80, 0);
    ok(is_marked(data + 60, "abcdefghij") == false && data[59] == LONG_NAME_MARK,
       "a name may end where the data does");
}

/* `name` in 8 bits, or in UTF-16BE; behind it `more` bytes. */
static size_t put_iso(uint8_t *at, const char *name, bool wide, const char *more, size_t size)
{
    size_t bytes = strlen(name) * (wide ? 2 : 1), length = 33 + bytes + (bytes % 2 == 0);

    put(at + 2, 0x12345, 4);
    put(at + 6, 0x45230100, 4);
    put(at + 10, 0x800, 4);
    put(at + 14, 0x80000, 4);
    put(at + 28, 1, 2);
    put(at + 30, 0x100, 2);
    at[32] = (uint8_t)bytes;
    if (wide)
        put_wide(at + 33, name, 1);
    else
        memcpy(at + 33, name, bytes);
    memcpy(at + length, more, size);
    at[0] = (uint8_t)(length + size);
    return at[0];
}

static void test_iso(void)
{
    static const char more[] = "RR\5\1\x89NM\x11\1\0www.evil.comPX\7\1xyz";
    static const uint8_t edge[2] = { 0xff, 0xff };
    uint8_t data[2 * BLOCK] = { 0 }, before[sizeof data];
    size_t at = 0, wide[40], plain[40], count = 0;

    for (; BLOCK - at >= 100; count++) { /* names whose records end in both kinds of places */
        const char *name = "www.evil-host.com" + count % 7;
        wide[count] = at + 33;
        at += put_iso(data + at, name, true, "", 0);
    }
    at = BLOCK;
    for (size_t i = 0; i < 10; i++) {
        plain[i] = at + 33;
        at += put_iso(data + at, "WWW_EVIL.COM;1" + i % 2, false, more, sizeof more - 1);
    }
    memcpy(before, data, sizeof data);
    entry_names_mark_all(data, sizeof data, 0);
    size_t right = 0;
    for (size_t i = 0; i < count; i++) {
        size_t bytes = before[wide[i] - 1];
        right += memcmp(data + wide[i] - 2, edge, 2) == 0 &&
                 memcmp(data + wide[i] + bytes, edge, i + 1 < count ? 2 : 1) == 0 &&
                 memcmp(data + wide[i], before + wide[i], bytes) == 0;
    }
    ok(count > 20 && right == count, "names of Joliet have edges: %zu of %zu", right, count);
    right = 0;
    for (size_t i = 0; i < 10; i++) {
        size_t bytes = before[plain[i] - 1], other = plain[i] + bytes + (bytes % 2 == 0) + 10;
        right += memcmp(data + plain[i], before + plain[i], bytes) == 0 &&
                 data[plain[i] + bytes] == 0 && memcmp(data + other, "www.evil.com\0X", 14) == 0;
    }
    ok(right == 10, "names of ISO 9660 and Rock Ridge end: %zu of 10", right);

    static const size_t places[] = { 1, 3, 11, 28, 32 };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memset(data, 0, sizeof data);
        memset(data + put_iso(data, "evil.com", true, "", 0), 'x', 100);
        data[places[i]] = 0x77;
        memcpy(before, data, sizeof data);
        entry_names_mark_all(data, sizeof data, 0);
        ok(memcmp(before, data, sizeof data) == 0, "no record: byte %zu", places[i]);
    }
}

int main(void)
{
    test_usn();
    test_no_usn();
    test_iso();
    return tap_done();
}
