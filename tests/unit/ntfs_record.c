/* SPDX-License-Identifier: Apache-2.0 */

/* The pieces of NTFS that lie in memory, each built here as the format says. */

#include <stdint.h>
#include <string.h>

#include "../../lib/evidence/ntfs_record.h"

#include "tap.h"

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value & 0xffff);
    put16(at + 2, value >> 16);
}

/* --- run lists --- */

static void runs(const void *bytes, size_t size, const char *expected, const char *what)
{
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    char got[256] = "";
    int more;

    ntfs_run_walk_init(&walk, bytes, size);
    while ((more = ntfs_run_next(&walk, &run)) > 0) {
        size_t at = strlen(got);
        if (run.cluster == NTFS_SPARSE)
            snprintf(got + at, sizeof got - at, "%llu* ", (unsigned long long)run.clusters);
        else
            snprintf(got + at, sizeof got - at, "%llu@%llu ", (unsigned long long)run.clusters,
                     (unsigned long long)run.cluster);
    }
    if (more < 0)
        strcat(got, "bad");
    same_text(got, expected, what);
}

static void test_runs(void)
{
    runs("\x21\x18\x34\x56\x00", 5, "24@22068 ", "one run: 0x18 clusters at 0x5634");
    runs("\x11\x30\x60\x21\x10\x00\x01\x11\x20\xe0\x00", 11, "48@96 16@352 32@320 ",
         "distances are signed and from the run before");
    runs("\x11\x10\x40\x01\x08\x11\x04\x10\x00", 9, "16@64 8* 4@80 ", "a hole keeps the place");
    runs("\x00", 1, "", "an empty list");
    runs("", 0, "", "no bytes at all");
    runs("\x11\x10\x40", 3, "16@64 ", "the end of the attribute ends the list");
    runs("\x21\x10\x40", 3, "bad", "a run that is cut");
    runs("\x11\x00\x40\x00", 4, "bad", "no clusters");
    runs("\x11\x10\x80\x00", 4, "bad", "before the start of the volume");
    runs("\x91\x10\x01\x02\x03\x04\x05\x06\x07\x08\x09\x00", 12, "bad", "a size of nine bytes");
    runs("\x18\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x00", 11, "bad", "more clusters than bytes");
    runs("\x81\x01\xff\xff\xff\xff\xff\xff\xff\x7f\x11\x01\x7f\x00", 14, "bad",
         "a cluster beyond anything");

    struct ntfs_runs list = ntfs_runs_measure((const uint8_t *)"\x11\x10\x40\x00\xff", 5);
    same_number((long long)list.length, 3, "the length is without the end mark");
    ok(!list.bad, "and the list is sound");
    list = ntfs_runs_measure((const uint8_t *)"\x11\x10\x40\x21\x01", 5);
    same_number((long long)list.length, 3, "of a broken list the good part");
    ok(list.bad && list.clusters == 16 && list.end == 80, "which is told, with what it covers");
    list = ntfs_runs_measure((const uint8_t *)"\x11\x10\x40\x01\x08\x11\x04\xf0\x00", 9);
    ok(list.clusters == 28 && list.end == 80, "holes count, and the furthest end");
    list = ntfs_runs_measure((const uint8_t *)"\x01\x08\x00", 3);
    ok(list.clusters == 8 && list.end == 0, "nothing but a hole");
}

/* --- LZNT1 --- */

static void unpacks(const void *input, size_t size, size_t out_size, const void *expected,
                    int result, const char *what)
{
    uint8_t out[8192];

    memset(out, '?', sizeof out);
    ok(ntfs_decompress(input, size, out, out_size) == result, "%s: result", what);
    ok(memcmp(out, expected, out_size) == 0, "%s: bytes", what);
    ok(out[out_size] == '?', "%s: nothing behind", what);
}

static void test_decompress(void)
{
    static uint8_t expected[8192], input[8192];

    /* header: 0xb000 | size - 1; flags; items */
    unpacks("\x03\xb0\x00" "abc", 6, 8, "abc\0\0\0\0\0", 0, "literals, the rest is zero");
    unpacks("\x05\xb0\x08" "abc\x00\x20", 8, 9, "abcabc\0\0\0", 0, "a reference: back 3, 3 bytes");
    unpacks("\x03\xb0\x02" "a\x05\x00", 6, 9, "aaaaaaaaa", 0, "one that overlaps itself");
    unpacks("\x02\x30" "xyz", 5, 4, "xyz\0", 0, "a chunk that is stored");
    unpacks("\x00\x00\x03\xb0\x00" "abc", 8, 4, "\0\0\0\0", 0, "a header of 0 ends the unit");
    unpacks("", 0, 4, "\0\0\0\0", 0, "nothing");
    unpacks("\x03\xb0\x01\x00\x00\x00", 6, 4, "\0\0\0\0", -1, "a reference before the start");
    unpacks("\x03\xb0\x02" "a\x00\x20", 6, 4, "a\0\0\0", -1, "one further back than there is");
    unpacks("\x02\xb0\x02" "a\x00", 5, 4, "a\0\0\0", -1, "one that is cut");
    unpacks("\xff\xbf\x00" "ab", 5, 4, "\0\0\0\0", -1, "a chunk that is cut");

    /* The split of the 16 bits moves with the place: behind 17 bytes five bits are
     * distance, eleven length. 17 literals, then back 17, 3 bytes. */
    memcpy(input, "\x15\xb0\x00" "01234567\x00" "89abcdef\x02" "g\x00\x80", 24);
    memcpy(expected, "0123456789abcdefg012", 20);
    unpacks(input, 24, 20, expected, 0, "five bits of distance behind 17 bytes");

    /* Two chunks: the second begins at 4,096 whatever the first gave. */
    memset(expected, 0, sizeof expected);
    memcpy(expected, "abc", 3);
    memcpy(expected + 4096, "def", 3);
    unpacks("\x03\xb0\x00" "abc\x03\xb0\x00" "def", 12, 4100, expected, 0, "two chunks");
}

/* --- records --- */

enum { SIZE = 1024, FIRST = 56 };

/* A record of two sectors whose fixups are in order, without attributes. */
static void make_record(uint8_t *data)
{
    memset(data, 0, SIZE);
    memcpy(data, "FILE", 4);
    put16(data + 4, 48);
    put16(data + 6, 3);
    put16(data + 16, 7);
    put16(data + 18, 2);
    put16(data + 20, FIRST);
    put16(data + 22, NTFS_RECORD_IN_USE);
    put32(data + FIRST, 0xffffffff);
    memcpy(data + 48, "\x05\x00" "\x11\x22" "\x33\x44", 6);
    memcpy(data + 510, "\x05\x00", 2);
    memcpy(data + 1022, "\x05\x00", 2);
}

/* A resident attribute of this value; returns its length. */
static size_t put_resident(uint8_t *at, uint32_t type, const char *value)
{
    size_t size = strlen(value), length = (24 + size + 7) / 8 * 8;

    memset(at, 0, length + 4);
    put32(at, type);
    put32(at + 4, (uint32_t)length);
    put16(at + 10, 24);
    put16(at + 14, 3);
    put32(at + 16, (uint32_t)size);
    put16(at + 20, 24);
    memcpy(at + 24, value, size);
    put32(at + length, 0xffffffff);
    return length;
}

static void test_records(void)
{
    uint8_t data[SIZE];
    struct ntfs_record record;
    struct ntfs_attribute attribute;

    make_record(data);
    put_resident(data + FIRST, NTFS_DATA, "content");
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 && !record.torn, "a sound record");
    ok(record.sequence == 7 && record.links == 2 && record.flags == NTFS_RECORD_IN_USE, "its head");
    ok(memcmp(data + 510, "\x11\x22", 2) == 0 && memcmp(data + 1022, "\x33\x44", 2) == 0,
       "its sectors have their last bytes again");
    ok(ntfs_record_next(&record, &attribute, NULL) == 1, "an attribute");
    ok(attribute.type == NTFS_DATA && !attribute.nonresident && attribute.id == 3 &&
           attribute.value_size == 7 && memcmp(attribute.value, "content", 7) == 0 &&
           attribute.value_offset == FIRST + 24, "what it holds, and where");
    ok(ntfs_record_next(&record, &attribute, NULL) == 0, "the end");

    ok(!record.extends, "a base record");
    make_record(data);
    put16(data + 32, 39);
    put16(data + 38, 4);
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 && record.extends && record.base == 39 &&
           record.base_sequence == 4, "an extension of record 39");
    make_record(data);
    put16(data + 38, 1);
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 && record.extends && record.base == 0 &&
           record.base_sequence == 1, "an extension of record 0");

    make_record(data);
    put32(data + FIRST, NTFS_DATA);
    put32(data + FIRST + 4, 72);
    data[FIRST + 8] = 1;
    put16(data + FIRST + 32, 64);
    put16(data + FIRST + 34, 4);
    put32(data + FIRST + 48, 5000);
    put32(data + FIRST + 56, 4000);
    memcpy(data + FIRST + 64, "\x11\x02\x30\x00", 4);
    put32(data + FIRST + 72, 0xffffffff);
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 &&
           ntfs_record_next(&record, &attribute, NULL) == 1 && attribute.nonresident &&
           attribute.size == 5000 && attribute.initialized == 4000 &&
           attribute.compression_unit == 4 && memcmp(attribute.runs, "\x11\x02\x30", 3) == 0,
       "an attribute that is not resident");
}

/* What the attribute that `change` damages gives. */
static void damaged(size_t place, uint32_t value, const char *what)
{
    uint8_t data[SIZE];
    struct ntfs_record record;
    struct ntfs_attribute attribute;
    struct error error = ERROR_INIT;

    make_record(data);
    put_resident(data + FIRST, NTFS_DATA, "content");
    put32(data + FIRST + place, value);
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 &&
           ntfs_record_next(&record, &attribute, &error) == -1 && error.kind == ERROR_DAMAGED,
       "%s", what);
}

static void test_damage(void)
{
    uint8_t data[SIZE];
    struct ntfs_record record;
    struct ntfs_attribute attribute;

    damaged(4, 2000, "an attribute longer than its record");
    damaged(4, 8, "one shorter than its head");
    damaged(4, 0, "one of length 0");
    damaged(16, 5000, "a value longer than its attribute");
    damaged(20, 40, "a value that begins behind it");
    damaged(8, 0x00c8ff00, "a name beyond its end");

    make_record(data);
    data[1022] = 9;
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 && record.torn && record.usable == 512,
       "a torn sector leaves what is before it");
    make_record(data);
    data[510] = 9;
    ok(ntfs_record_open(&record, data, SIZE, NULL) == -1, "a torn first sector leaves nothing");
    make_record(data);
    memcpy(data, "BAAD", 4);
    ok(ntfs_record_open(&record, data, SIZE, NULL) == -1, "a record that chkdsk gave up");
    make_record(data);
    put16(data + 20, 2000);
    ok(ntfs_record_open(&record, data, SIZE, NULL) == 0 &&
           ntfs_record_next(&record, &attribute, NULL) == -1, "attributes behind the record");
    ok(ntfs_record_open(&record, data, 20, NULL) == -1, "less than a head");
}

/* --- boot sector --- */

static void test_geometry(void)
{
    uint8_t boot[512] = { 0 };
    struct ntfs_geometry geometry;

    memcpy(boot + 3, "NTFS    ", 8);
    put16(boot + 11, 512);
    boot[13] = 8;
    put32(boot + 40, 8000);
    put32(boot + 48, 4);
    put32(boot + 56, 500);
    boot[64] = 0xf6; /* 2^10 bytes */
    boot[510] = 0x55;
    boot[511] = 0xaa;
    ok(ntfs_geometry_parse(&geometry, boot, NULL) == 0 && geometry.cluster_size == 4096 &&
           geometry.record_size == 1024 && geometry.mft_cluster == 4 && geometry.clusters == 1000,
       "a boot sector");
    boot[13] = 0xf4; /* 2^12 sectors: 2 MiB, as Windows 10 writes them */
    put32(boot + 40, 8192 * 4096);
    ok(ntfs_geometry_parse(&geometry, boot, NULL) == 0 && geometry.cluster_size == 2097152,
       "clusters of 2 MiB");
    boot[13] = 3;
    ok(ntfs_geometry_parse(&geometry, boot, NULL) == -1, "three sectors a cluster");
    boot[13] = 8;
    put16(boot + 11, 500);
    ok(ntfs_geometry_parse(&geometry, boot, NULL) == -1, "sectors of 500 bytes");
    put16(boot + 11, 512);
    boot[64] = 0xe0; /* 2^32 bytes */
    ok(ntfs_geometry_parse(&geometry, boot, NULL) == -1, "records of 4 GiB");
    boot[64] = 0xf6;
    boot[3] = 'X';
    ok(ntfs_geometry_parse(&geometry, boot, NULL) == -1, "no NTFS");
}

int main(void)
{
    test_runs();
    test_decompress();
    test_records();
    test_damage();
    test_geometry();
    return tap_done();
}
