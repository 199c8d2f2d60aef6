/* SPDX-License-Identifier: Apache-2.0 */

/* What ntfs_record.c leaves to be tried: records of 4,096 bytes, update
 * sequences of another size, each field of an attribute, places where one ends,
 * run lists against a second reading of their definition. */

#include <stdint.h>
#include <stdlib.h>

#include "../../lib/evidence/ntfs_record.h"

#include "put.h"
#include "tap.h"

enum { LARGEST = 4096, SEQUENCE = 48 };

static uint8_t data[LARGEST];
static size_t at; /* where the next attribute goes */

static void put64(uint8_t *p, uint64_t value)
{
    put32(p, (uint32_t)value);
    put32(p + 4, (uint32_t)(value >> 32));
}

static void begin(void)
{
    memset(data, 0, sizeof data);
    memcpy(data, "FILE", 4);
    put16(data + 4, SEQUENCE);
    put16(data + 20, 72);
    put16(data + 22, NTFS_RECORD_IN_USE);
    at = 72;
}

static uint8_t *resident(uint32_t type, size_t name_units, size_t size)
{
    uint8_t *p = data + at;
    size_t value = (24 + 2 * name_units + 7) & ~(size_t)7, length = (value + size + 7) & ~(size_t)7;

    put32(p, type);
    put32(p + 4, (uint32_t)length);
    p[9] = (uint8_t)name_units;
    put16(p + 10, 24);
    put32(p + 16, (uint32_t)size);
    put16(p + 20, (unsigned)value);
    at += length;
    return p;
}

static uint8_t *nonresident(uint32_t type, size_t name_units, const char *runs, size_t size)
{
    uint8_t *p = data + at;
    size_t place = (64 + 2 * name_units + 7) & ~(size_t)7, length = (place + size + 7) & ~(size_t)7;

    put32(p, type);
    put32(p + 4, (uint32_t)length);
    p[8] = 1;
    p[9] = (uint8_t)name_units;
    put16(p + 10, 64);
    put16(p + 32, (unsigned)place);
    memcpy(p + place, runs, size);
    at += length;
    return p;
}

/* Put the end mark, then take the last words of the sectors into the array. */
static void end(size_t size)
{
    put32(data + at, 0xffffffff);
    put16(data + 6, (unsigned)(size / 512 + 1));
    put16(data + SEQUENCE, 0xbeef);
    for (size_t i = 1; i <= size / 512; i++) {
        memcpy(data + SEQUENCE + 2 * i, data + 512 * i - 2, 2);
        put16(data + 512 * i - 2, 0xbeef);
    }
}

/* Open a copy that has exactly this size, which sanitizers watch. */
static int opened(struct ntfs_record *record, size_t size, struct error *error)
{
    static uint8_t *copy;

    free(copy);
    copy = NULL;
    if (size == 0)
        return 0;
    copy = malloc(size);
    memcpy(copy, data, size);
    return ntfs_record_open(record, copy, size, error);
}

static void test_update_sequence(void)
{
    struct ntfs_record record;
    struct ntfs_attribute attribute;
    uint8_t *value, expected[3000];

    begin();
    value = resident(NTFS_DATA, 0, sizeof expected) + 24;
    for (size_t i = 0; i < sizeof expected; i++)
        value[i] = expected[i] = (uint8_t)(i % 251);
    end(LARGEST);
    ok(memcmp(value, expected, sizeof expected) != 0, "the stored bytes are others");
    ok(opened(&record, LARGEST, NULL) == 0 && !record.torn && record.usable == LARGEST &&
           ntfs_record_next(&record, &attribute, NULL) == 1 &&
           attribute.value_size == sizeof expected &&
           memcmp(attribute.value, expected, sizeof expected) == 0,
       "a record of eight sectors has all of its bytes again");
    ok(ntfs_record_next(&record, &attribute, NULL) == 0, "and its end");

    for (size_t torn = 1; torn <= 8; torn++) {
        struct error error = ERROR_INIT;
        begin();
        resident(NTFS_DATA, 0, 3000);
        end(LARGEST);
        data[512 * torn - 1] ^= 1;
        int result = opened(&record, LARGEST, &error);
        if (torn == 1)
            ok(result == -1 && error.kind == ERROR_DAMAGED, "sector 1 torn: %s", error.text);
        else
            ok(result == 0 && record.torn && record.usable == 512 * (torn - 1) &&
                   ntfs_record_next(&record, &attribute, NULL) == (torn == 8 ? 1 : -1),
               "sector %zu torn: what is before it counts", torn);
    }

    begin();
    resident(NTFS_DATA, 0, 3000);
    end(LARGEST);
    data[512 * 3 - 1] ^= 1;
    data[512 * 6 - 1] ^= 1;
    ok(opened(&record, LARGEST, NULL) == 0 && record.torn && record.usable == 1024,
       "of two torn sectors the first");

    static const struct {
        unsigned place, words;
        const char *what;
    } wrong[] = {
        { SEQUENCE, 0, "no words" },           { SEQUENCE, 1, "the number alone" },
        { SEQUENCE, 8, "one word too few" },   { SEQUENCE, 10, "one word too many" },
        { SEQUENCE, 0xffff, "all words" },     { 0, 9, "at the start" },
        { 8, 9, "over the head" },             { 22, 9, "over the end of the head" },
        { 0xfffe, 9, "beyond the record" },    { 508, 9, "over the end of its sector" },
        { 494, 9, "over its own last word" },  { SEQUENCE + 1, 9, "at an odd place" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error error = ERROR_INIT;
        begin();
        end(LARGEST);
        put16(data + 4, wrong[i].place);
        put16(data + 6, wrong[i].words);
        if (wrong[i].place > 6 && wrong[i].place < LARGEST) /* all else is right */
            put16(data + wrong[i].place, 0xbeef);
        ok(opened(&record, LARGEST, &error) == -1 && error.kind == ERROR_DAMAGED,
           "update sequence, %s: %s", wrong[i].what, error.text);
    }
    for (size_t size = 1; size < 512; size += 41) {
        begin();
        end(size); /* one word, as for no sector */
        ok(opened(&record, size, NULL) == -1, "%zu bytes are no record", size);
    }
    opened(&record, 0, NULL);
}

static void test_head(void)
{
    struct ntfs_record record;

    begin();
    put16(data + 16, 0xfffe);
    put16(data + 18, 0x102);
    put16(data + 22, NTFS_RECORD_DIRECTORY | 0x8);
    put64(data + 32, 0x1234000012345678);
    end(1024);
    ok(opened(&record, 1024, NULL) == 0 && record.sequence == 0xfffe && record.links == 0x102 &&
           record.flags == (NTFS_RECORD_DIRECTORY | 8), "sequence, links, flags");
    ok(record.base == 0x12345678 && record.base_sequence == 0x1234, "base and its sequence");
    begin();
    put64(data + 32, 0xffffffffffffffff);
    end(1024);
    ok(opened(&record, 1024, NULL) == 0 && record.base == 0xffffffffffff &&
           record.base_sequence == 0xffff, "48 bits and 16");
}

static void test_attributes(void)
{
    struct ntfs_record record;
    struct ntfs_attribute a;
    struct error error = ERROR_INIT;
    uint8_t *p;

    begin();
    p = resident(NTFS_FILE_NAME, 0, 70);
    put16(p + 14, 0xabcd);
    size_t first = at;
    p = resident(NTFS_DATA, 3, 5);
    put16(p + 12, 0xc001);
    memcpy(p + 24, "a\0b\0c\0", 6);
    memcpy(p + 32, "value", 5);
    p = nonresident(NTFS_INDEX_ALLOCATION, 4, "\x11\x02\x30\x00\xff", 5);
    put16(p + 12, 0x8000);
    memcpy(p + 64, "$\0I\0003\0000\0", 8);
    put64(p + 16, 0x1122334455667788);
    put16(p + 34, 4);
    put64(p + 40, 111);
    put64(p + 48, 0x8877665544332211);
    put64(p + 56, 333);
    resident(0x1000, 0, 0);
    end(1024);
    if (!ok(opened(&record, 1024, NULL) == 0, "a record of four"))
        return;
    ok(ntfs_record_next(&record, &a, &error) == 1 && a.type == NTFS_FILE_NAME && a.id == 0xabcd &&
           a.flags == 0 && !a.nonresident && a.name_units == 0 && a.value_size == 70 &&
           a.value_offset == 72 + 24, "one without a name");
    ok(ntfs_record_next(&record, &a, &error) == 1 && a.type == NTFS_DATA && a.flags == 0xc001 &&
           a.name_units == 3 && memcmp(a.name, "a\0b\0c\0", 6) == 0 && a.value_size == 5 &&
           memcmp(a.value, "value", 5) == 0 && a.value_offset == first + 32, "one with a name");
    ok(ntfs_record_next(&record, &a, &error) == 1 && a.type == NTFS_INDEX_ALLOCATION &&
           a.nonresident && a.flags == 0x8000 && a.name_units == 4 &&
           memcmp(a.name, "$\0I\0003\0000\0", 8) == 0 && !a.value && a.value_size == 0,
       "one that is not resident");
    ok(a.first_vcn == 0x1122334455667788 && a.size == 0x8877665544332211 && a.initialized == 333 &&
           a.compression_unit == 4, "its numbers");
    ok(a.runs_size == 8 && memcmp(a.runs, "\x11\x02\x30\x00\xff", 5) == 0,
       "its runs: to the end of the attribute");
    ok(ntfs_record_next(&record, &a, &error) == 1 && a.type == 0x1000 && a.value_size == 0,
       "one without a value");
    ok(ntfs_record_next(&record, &a, &error) == 0 && ntfs_record_next(&record, &a, &error) == 0,
       "the end, again and again");
}

/* A place in an attribute that is changed, what it says then, and whether that
 * can still be used. */
static void test_borders(void)
{
    static const struct {
        bool nonresident, usable;
        unsigned place, size;
        uint32_t value;
        const char *what;
    } cases[] = {
        { false, true, 16, 4, 16, "a value to the last byte" },
        { false, false, 16, 4, 17, "a value to one behind it" },
        { false, false, 16, 4, 0xffffffff, "a value of 4 GiB" },
        { false, true, 20, 2, 25, "a value to the last byte, at its place" },
        { false, false, 20, 2, 26, "a value that begins one too late" },
        { false, false, 20, 2, 0xffff, "a value at 64 KiB" },
        { false, false, 4, 4, 23, "a head that is cut" },
        { false, false, 4, 4, 0xffffffff, "a length of 4 GiB" },
        { false, true, 9, 1, 8, "a name to the last byte" },
        { false, false, 9, 1, 9, "a name to one behind it" },
        { false, false, 9, 1, 255, "a name of 255" },
        { true, true, 32, 2, 72, "runs at the end" },
        { true, false, 32, 2, 73, "runs behind the end" },
        { true, false, 32, 2, 63, "runs in the head" },
        { true, false, 32, 2, 0xffff, "runs at 64 KiB" },
        { true, false, 4, 4, 56, "a long head that is cut" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ntfs_record record;
        struct ntfs_attribute attribute;
        struct error error = ERROR_INIT;
        uint8_t *p;
        begin();
        if (cases[i].nonresident)
            p = nonresident(NTFS_DATA, 0, "\x11\x01\x01\0\0\0\0\0", 8);
        else
            p = resident(NTFS_DATA, 0, 15); /* in 16 bytes: 40 in all */
        resident(NTFS_BITMAP, 0, 0);
        end(1024);
        for (unsigned k = 0; k < cases[i].size; k++)
            p[cases[i].place + k] = (uint8_t)(cases[i].value >> (8 * k));
        if (!ok(opened(&record, 1024, NULL) == 0, "%s", cases[i].what))
            continue;
        int got = ntfs_record_next(&record, &attribute, &error);
        ok(cases[i].usable ? got == 1 && ntfs_record_next(&record, &attribute, NULL) == 1 &&
                                 attribute.type == NTFS_BITMAP
                           : got == -1 && error.kind == ERROR_DAMAGED, "%s: %s",
           cases[i].usable ? "can be used, and the next" : "is told", error.text);
    }

    /* The last 0 to 24 bytes: an end mark needs four of them, nothing less than
     * a head is an attribute. */
    struct ntfs_record record;
    struct ntfs_attribute attribute;
    for (unsigned left = 0; left <= 24; left += 2)
        for (int mark = 0; mark <= 1; mark++) {
            begin();
            memset(data + 1000, mark ? 0xff : 0, 24);
            put16(data + 20, 1024 - left);
            end(1024);
            ok(opened(&record, 1024, NULL) == 0 &&
                   ntfs_record_next(&record, &attribute, NULL) == (mark && left >= 4 ? 0 : -1),
               "%u bytes before the end: %s", left, mark ? "the mark" : "none");
        }
    for (unsigned more = 0; more <= 1; more++) {
        begin();
        uint8_t *p = resident(NTFS_DATA, 0, 1024 - 72 - 24);
        end(1024);
        put32(p + 4, 1024 - 72 + more);
        ok(opened(&record, 1024, NULL) == 0 &&
               ntfs_record_next(&record, &attribute, NULL) == (more ? -1 : 1) &&
               ntfs_record_next(&record, &attribute, NULL) == -1,
           "an attribute to %s", more ? "one byte behind the record" : "its last byte");
    }
    begin();
    put16(data + 20, 0xffff);
    end(1024);
    ok(opened(&record, 1024, NULL) == 0 && ntfs_record_next(&record, &attribute, NULL) == -1,
       "attributes behind any record");
}

/* --- run lists --- */

static unsigned seed = 2463534242;

static unsigned random_below(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % below;
}

/* Bytes of the shortest two's complement of a number, then `more`. */
static unsigned put_signed(uint8_t *p, int64_t number, unsigned more)
{
    unsigned size = 1;

    while (size < 8 && (number < -(INT64_C(1) << (8 * size - 1)) ||
                        number >= INT64_C(1) << (8 * size - 1)))
        size++;
    size = size + more > 8 ? 8 : size + more;
    for (unsigned i = 0; i < size; i++)
        p[i] = (uint8_t)((uint64_t)number >> (8 * i));
    return size;
}

/* Any runs, in the fewest bytes and in more. Counts are below 2^39, clusters
 * below 2^40: more than any volume has. */
static void test_random_runs(void)
{
    int bad = 0;

    for (int round = 0; round < 2000; round++) {
        uint8_t list[64 * 17 + 1], *p = list;
        uint64_t counts[64], clusters[64], last = 0, covered = 0, end = 0;
        unsigned count = random_below(65);
        for (unsigned i = 0; i < count; i++) {
            counts[i] = 1 + ((uint64_t)random_below(0x8000) << random_below(25));
            bool sparse = random_below(5) == 0;
            uint64_t cluster = (uint64_t)random_below(0x10000) << random_below(25);
            clusters[i] = sparse ? NTFS_SPARSE : cluster;
            covered += counts[i];
            end = !sparse && cluster + counts[i] > end ? cluster + counts[i] : end;
            unsigned low = put_signed(p + 1, (int64_t)counts[i], random_below(3)), high = 0;
            if (!sparse) {
                high = put_signed(p + 1 + low, (int64_t)cluster - (int64_t)last, random_below(3));
                last = cluster;
            }
            *p = (uint8_t)(high << 4 | low);
            p += 1 + low + high;
        }
        *p = 0;
        size_t size = (size_t)(p - list);
        uint8_t *exact = malloc(size + 1); /* sanitizers watch its end */
        memcpy(exact, list, size + 1);
        for (int mark = 0; mark <= 1; mark++) {
            struct ntfs_run_walk walk;
            struct ntfs_run run;
            unsigned i = 0;
            ntfs_run_walk_init(&walk, exact, size + (size_t)mark);
            for (; i < count && ntfs_run_next(&walk, &run) == 1; i++)
                bad += run.clusters != counts[i] || run.cluster != clusters[i];
            bad += i != count || ntfs_run_next(&walk, &run) != 0;
            const struct ntfs_runs measured = ntfs_runs_measure(exact, size + (size_t)mark);
            bad += measured.length != size || measured.bad || measured.clusters != covered ||
                   measured.end != end;
        }
        free(exact);
    }
    same_number(bad, 0, "2,000 lists of up to 64 runs");
}

/* 1, 0 or -1 for the run that these bytes begin. */
static int one_run(const void *bytes, size_t size, struct ntfs_run *run)
{
    struct ntfs_run_walk walk;
    uint8_t *exact = malloc(size);

    memcpy(exact, bytes, size);
    ntfs_run_walk_init(&walk, exact, size);
    int result = ntfs_run_next(&walk, run);
    free(exact);
    return result;
}

static void test_single_runs(void)
{
    struct ntfs_run run;
    bool refused = true;

    ok(one_run("\x88\x01\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0", 17, &run) == 1 && run.clusters == 1 &&
           run.cluster == 64, "eight bytes each, which need not be so many");
    ok(one_run("\x13\xff\xff\xff\x7f", 5, &run) == 1 && run.clusters == 0xffffff &&
           run.cluster == 127, "counts have no sign");
    ok(one_run("\x11\xff\xff", 3, &run) == -1, "clusters have one");
    ok(one_run("\x21\x01\xff\x00", 4, &run) == 1 && run.cluster == 255, "which a zero byte gives");
    ok(one_run("\x11\x01\x00", 3, &run) == 1 && run.cluster == 0, "cluster 0 is one");
    ok(one_run("\x01\x05", 2, &run) == 1 && run.clusters == 5 && run.cluster == NTFS_SPARSE,
       "no cluster: sparse");

    /* Every head, with all bytes that it asks for, and with one less. */
    for (unsigned head = 1; head < 256; head++) {
        unsigned low = head & 15, high = head >> 4;
        uint8_t bytes[33] = { (uint8_t)head, 1 };
        if (low == 0 || low > 8 || high > 8)
            refused &= one_run(bytes, sizeof bytes, &run) == -1;
        else
            refused &= one_run(bytes, low + high, &run) == -1 &&
                       one_run(bytes, 1 + low + high, &run) == 1 && run.clusters == 1;
    }
    ok(refused, "each head takes the bytes that it names, or is none");

    struct ntfs_run_walk walk;
    ntfs_run_walk_init(&walk, (const uint8_t *)"\x11\x01\x20\x11\x01\x80\x11\x01\x01", 9);
    ok(ntfs_run_next(&walk, &run) == 1 && ntfs_run_next(&walk, &run) == -1 &&
           ntfs_run_next(&walk, &run) == -1, "a walk does not go on behind what is malformed");
    ntfs_run_walk_init(&walk, (const uint8_t *)"\x11\x01\x20\x11\x01\xe0\x11\x01\x01", 9);
    ok(ntfs_run_next(&walk, &run) == 1 && ntfs_run_next(&walk, &run) == 1 && run.cluster == 0 &&
           ntfs_run_next(&walk, &run) == 1 && run.cluster == 1, "back to cluster 0, and on");
}

/* No bytes make it leave the record. */
static void test_noise(void)
{
    struct ntfs_record record;
    struct ntfs_attribute attribute;
    int inside = 0, outside = 0;

    for (int round = 0; round < 3000; round++) {
        begin();
        resident(NTFS_DATA, 2, 40);
        nonresident(NTFS_DATA, 1, "\x11\x02\x30\x00", 4);
        resident(NTFS_BITMAP, 0, 8);
        end(1024);
        for (unsigned i = 1 + random_below(4); i > 0; i--) {
            size_t place = 20 + random_below((unsigned)at - 20);
            data[place] = (uint8_t)random_below(256);
        }
        int got = opened(&record, 1024, NULL) == 0;
        for (unsigned i = 0; got == 1 && i < 100; i++) {
            got = ntfs_record_next(&record, &attribute, NULL);
            const uint8_t *first = attribute.nonresident ? attribute.runs : attribute.value;
            size_t size = attribute.nonresident ? attribute.runs_size : attribute.value_size;
            if (got != 1)
                break;
            if (first < record.data || size > (size_t)(record.data + record.usable - first) ||
                (attribute.name_units &&
                 attribute.name + 2u * attribute.name_units > record.data + record.usable))
                outside++;
            else
                inside++;
        }
    }
    ok(inside > 3000 && outside == 0, "damaged records stay within themselves");
    opened(&record, 0, NULL);
}

int main(void)
{
    test_update_sequence();
    test_head();
    test_attributes();
    test_borders();
    test_random_runs();
    test_single_runs();
    test_noise();
    return tap_done();
}
