/* SPDX-License-Identifier: Apache-2.0 */

/* Unit tests of volume: tables written here from their specifications, whole
 * and damaged, and signatures. */

#include <stdlib.h>
#include <unistd.h>

#include <libdeflate.h>

#include <fett/volume.h>

#include "tap.h"

enum { SECTOR = 512, SECTORS = 8192, SIZE = SECTORS * SECTOR };

static uint8_t disk[SIZE];
static char path[64];
static struct image *image;
static struct volumes *volumes;

static void put16(size_t at, unsigned number)
{
    disk[at] = (uint8_t)number;
    disk[at + 1] = (uint8_t)(number >> 8);
}

static void put32(size_t at, uint32_t number)
{
    put16(at, number & 0xffff);
    put16(at + 2, number >> 16);
}

static void put64(size_t at, uint64_t number)
{
    put32(at, (uint32_t)number);
    put32(at + 4, (uint32_t)(number >> 32));
}

static void put16be(size_t at, unsigned number)
{
    disk[at] = (uint8_t)(number >> 8);
    disk[at + 1] = (uint8_t)number;
}

static void put32be(size_t at, uint32_t number)
{
    put16be(at, number >> 16);
    put16be(at + 2, number & 0xffff);
}

static void put_bytes(size_t at, const void *bytes, size_t size)
{
    memcpy(disk + at, bytes, size);
}

static void clear(void)
{
    memset(disk, 0, sizeof disk);
}

static void open_disk(size_t size)
{
    FILE *file = fopen(path, "wb");
    struct error error = ERROR_INIT;

    volumes_free(volumes);
    image_free(image);
    volumes = NULL;
    image = NULL;
    if (!file || fwrite(disk, 1, size, file) != size || fclose(file) != 0 ||
        image_open(&image, path, NULL, &error) != 0 ||
        volumes_open(&volumes, image, &error) != 0) {
        printf("Bail out! %s\n", error.text);
        exit(1);
    }
}

/* All volumes as "name start+sectors; ...", unpartitioned ranges as "-". */
static const char *listing(void)
{
    static char text[1024];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < volumes_count(volumes); i++) {
        const struct volume *volume = volumes_get(volumes, i);
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %llu+%llu",
                                 i ? "; " : "", volume->name[0] ? volume->name : "-",
                                 (unsigned long long)(volume->offset / SECTOR),
                                 (unsigned long long)(volume->length / SECTOR));
    }
    return text;
}

static bool has_gap(const char *word)
{
    struct gap gap;

    for (size_t i = 0; i < image_gap_count(image); i++) {
        image_gap(image, i, &gap);
        if (strstr(gap.reason, word) && gap.kind == GAP_STRUCTURE)
            return true;
    }
    return false;
}

/* --- MBR --- */

static void put_mbr(size_t at)
{
    put16(at + 510, 0xaa55);
}

static void put_entry(size_t table, int slot, uint8_t type, uint32_t start, uint32_t length)
{
    size_t at = table + 446 + 16 * (size_t)slot;

    disk[at + 4] = type;
    put32(at + 8, start);
    put32(at + 12, length);
}

/* p1, p3, and an extended partition at 4096 with p5 and p6. */
static void put_chain(void)
{
    clear();
    put_mbr(0);
    put_entry(0, 0, 0x07, 63, 1000);
    put_entry(0, 1, 0x05, 4096, 4000);
    put_entry(0, 2, 0x83, 2000, 500);
    put_mbr(4096 * SECTOR);
    put_entry(4096 * SECTOR, 0, 0x0b, 63, 937);
    put_entry(4096 * SECTOR, 1, 0x05, 1000, 1000);
    put_mbr(5096 * SECTOR);
    put_entry(5096 * SECTOR, 0, 0x83, 10, 990);
}

static void test_mbr(void)
{
    put_chain();
    open_disk(SIZE);
    same_text(volumes_scheme_name(volumes), "MBR", "MBR");
    same_text(listing(),
              "- 0+63; p1 63+1000; - 1063+937; p3 2000+500; - 2500+1659; p5 4159+937; "
              "- 5096+10; p6 5106+990; - 6096+2096",
              "slots are numbers, logical partitions begin at 5, the rest is unpartitioned");
    same_number((long long)image_gap_count(image), 0, "no gap");
    const struct volume *volume = volumes_find(volumes, "p1");
    same_text(volume ? volume->detail : NULL, "type 0x07, NTFS, exFAT or HPFS", "type in words");
    same_text(volume ? volume->kind_name : NULL, "none", "nothing is in it");
    ok(volume && !volume_has_files(volume) && volume->slot == -1, "no files; no slot as yet");
    ok(volumes_find_slots(volumes, NULL) == 0 && volume->slot > 0, "mmls lists it");
    ok(volumes_at_sector(volumes, 5106) == volumes_find(volumes, "p6"), "found by its sector");
    ok(!volumes_find(volumes, "p2") && !volumes_find(volumes, "") &&
       !volumes_at_sector(volumes, 0), "the extended partition and free ranges have no name");
}

static void test_mbr_damage(void)
{
    put_chain();
    put_entry(5096 * SECTOR, 1, 0x05, 0, 1000); /* back to the first */
    open_disk(SIZE);
    ok(volumes_find(volumes, "p6") && has_gap("loop"), "a chain that is a loop ends");
    put_chain();
    put_entry(5096 * SECTOR, 1, 0x05, 1000, 1000); /* to itself */
    open_disk(SIZE);
    ok(volumes_find(volumes, "p6") && has_gap("loop"), "so does a link to itself");

    put_chain();
    put16(5096 * SECTOR + 510, 0);
    open_disk(SIZE);
    ok(volumes_find(volumes, "p5") && !volumes_find(volumes, "p6") && has_gap("no signature"),
       "a table without signature ends the chain");

    put_chain();
    put_entry(4096 * SECTOR, 1, 0x05, 1000000, 1000);
    open_disk(SIZE);
    ok(volumes_find(volumes, "p5") && volumes_find(volumes, "p1") && has_gap("outside the media"),
       "so does one outside");

    put_chain();
    open_disk(2200 * SECTOR);
    const struct volume *cut = volumes_find(volumes, "p3");
    ok(cut && cut->length == 200 * SECTOR && cut->declared == 500 * SECTOR, "a partition is cut");
    ok(has_gap("the partition is cut"), "and told");

    clear();
    put_mbr(0);
    put_entry(0, 0, 0x83, 10, 20);
    put_entry(0, 1, 0x83, 0xfffffff0, 0xffffffff);
    open_disk(SIZE);
    cut = volumes_find(volumes, "p2");
    ok(cut && cut->length == 0 && has_gap("outside the image"), "one lies outside");

    clear();
    put_mbr(0);
    put_entry(0, 0, 0x83, 10, 20);
    disk[446] = 0x12;
    open_disk(SIZE);
    same_text(listing(), "p0 0+8192", "flags that are none: no table");
}

static void put_bsd(size_t at, bool relative)
{
    uint32_t base = relative ? 0 : 100;
    uint16_t sum = 0;

    put32(at, 0x82564557);
    put32(at + 132, 0x82564557);
    put16(at + 138, 5);
    put32(at + 148, 300); /* a */
    put32(at + 152, base + 16);
    disk[at + 160] = 7;
    put32(at + 164, 200); /* b */
    put32(at + 168, base + 400);
    disk[at + 176] = 1;
    put32(at + 180, 1000); /* c: all */
    put32(at + 184, base);
    for (size_t i = 0; i < 148 + 5 * 16; i += 2)
        sum ^= (uint16_t)(disk[at + i] | disk[at + i + 1] << 8);
    put16(at + 136, sum);
}

static void test_slices(void)
{
    for (int relative = 0; relative < 2; relative++) {
        clear();
        put_mbr(0);
        put_entry(0, 0, 0xa5, 100, 1000);
        put_bsd(101 * SECTOR, relative);
        open_disk(SIZE);
        same_text(listing(), "- 0+100; p1 100+1000; p5 116+300; p6 500+200; - 1100+7092",
                  relative ? "BSD slices that count from their partition"
                           : "BSD slices go on from 5");
        same_number((long long)image_gap_count(image), 0, "the label's checksum is right");
    }
    disk[101 * SECTOR + 148] ^= 1;
    open_disk(SIZE);
    ok(has_gap("BSD label: checksum"), "a damaged label is told");

    clear();
    put_mbr(0);
    put_entry(0, 0, 0xa5, 100, 1000);
    put_bsd(101 * SECTOR, false);
    disk[101 * SECTOR + 176] = 0;
    open_disk(SIZE);
    same_text(listing(), "- 0+100; p1 100+1000; p5 116+300; - 1100+7092",
              "a slice without a type is none beside others");
    disk[101 * SECTOR + 160] = 0;
    open_disk(SIZE);
    same_text(listing(), "- 0+100; p1 100+1000; p5 116+300; p6 500+200; - 1100+7092",
              "where none has a type all are, but for the whole");

    clear();
    put_bsd(SECTOR, true);
    open_disk(SIZE);
    same_text(volumes_scheme_name(volumes), "BSD", "a BSD label of a whole disk");
    ok(volumes_find(volumes, "p1") && volumes_find(volumes, "p2"), "its slices");

    clear();
    put_mbr(0);
    put_entry(0, 0, 0xbf, 100, 1000);
    put32(101 * SECTOR + 12, 0x600ddeee);
    put16(101 * SECTOR + 30, 16);
    put16(101 * SECTOR + 72, 2);
    put32(101 * SECTOR + 76, 50);
    put32(101 * SECTOR + 80, 200);
    open_disk(SIZE);
    same_text(listing(), "- 0+100; p1 100+1000; p5 150+200; - 1100+7092", "a Solaris slice");
}

/* --- GPT --- */

static const uint8_t basic_data[16] = { 0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
                                        0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7 };

static void put_gpt_header(size_t unit, size_t at, size_t entries_at, size_t other)
{
    put_bytes(at, "EFI PART\0\0\1\0", 12);
    put32(at + 12, 92);
    put32(at + 16, 0);
    put64(at + 24, at / unit);
    put64(at + 32, other / unit);
    put64(at + 72, entries_at / unit);
    put32(at + 80, 128);
    put32(at + 84, 128);
    put32(at + 88, libdeflate_crc32(0, disk + entries_at, 128 * 128));
    put32(at + 16, libdeflate_crc32(0, disk + at, 92));
}

static void put_gpt(size_t unit)
{
    size_t entries = 2 * unit, copy = SIZE - 128 * 128 - unit, end = SIZE - unit;

    clear();
    put_mbr(0);
    put_entry(0, 0, 0xee, 1, 0xffffffff);
    put_bytes(entries, basic_data, 16);
    put64(entries + 32, 100);
    put64(entries + 40, 199);
    put_bytes(entries + 56, "d\0a\0t\0a\0", 8);
    put_bytes(entries + 3 * 128, basic_data, 16);
    put64(entries + 3 * 128 + 32, 300);
    put64(entries + 3 * 128 + 40, 300);
    put_bytes(copy, disk + entries, 128 * 128);
    put_gpt_header(unit, unit, entries, end);
    put_gpt_header(unit, end, copy, unit);
}

static void test_gpt(void)
{
    static const char expected[] = "- 0+100; p1 100+100; - 200+100; p4 300+1; - 301+7891";

    put_gpt(SECTOR);
    open_disk(SIZE);
    same_text(volumes_scheme_name(volumes), "GPT", "GPT before its protective MBR");
    same_text(listing(), expected, "entries are numbers");
    same_text(volumes_get(volumes, 1)->detail, "Microsoft basic data, \"data\"",
              "type and name");
    same_number((long long)image_gap_count(image), 0, "no gap");

    disk[SECTOR + 24] ^= 1;
    open_disk(SIZE);
    same_text(listing(), expected, "a damaged header: the copy is used");
    ok(has_gap("checksum of the header does not match; the copy at the end is used"), "and told");

    put_gpt(SECTOR);
    disk[2 * SECTOR + 32] ^= 0x01;
    open_disk(SIZE);
    same_text(listing(), expected, "damaged entries: the copy is used");
    ok(has_gap("checksum of the entries does not match; the copy"), "and told");

    memset(disk + SIZE - SECTOR, 0, SECTOR);
    open_disk(SIZE);
    same_text(listing(), "- 0+101; p1 101+99; - 200+100; p4 300+1; - 301+7891",
              "without a copy the damaged entries are used");
    ok(has_gap("checksum of the entries does not match"), "and told");

    put_gpt(SECTOR);
    memset(disk + SECTOR, 0, SECTOR);
    open_disk(SIZE);
    same_text(listing(), expected, "the first is gone: the copy is used");

    put_gpt(SECTOR);
    memset(disk + SECTOR, 0, SECTOR);
    memset(disk + SIZE - SECTOR, 0, SECTOR);
    open_disk(SIZE);
    same_text(listing(), "p0 0+8192", "both are gone: the whole disk");
    ok(has_gap("no usable GPT"), "and told");

    put_gpt(4096);
    open_disk(SIZE);
    same_text(listing(), "- 0+800; p1 800+800; - 1600+800; p4 2400+8; - 2408+5784",
              "in sectors of 4,096 bytes");

    for (size_t field = 72; field < 92; field += 4) { /* no crash, whatever it says */
        put_gpt(SECTOR);
        memset(disk + SECTOR + field, 0xff, 4);
        put32(SECTOR + 16, 0);
        put32(SECTOR + 16, libdeflate_crc32(0, disk + SECTOR, 92));
        open_disk(SIZE);
        same_text(listing(), expected, "an impossible field: the copy is used");
    }
}

/* --- Sun, Apple --- */

static void test_others(void)
{
    uint16_t sum = 0;

    clear();
    put16be(436, 4);
    put16be(438, 25); /* cylinders of 100 sectors */
    put32be(444, 1);
    put32be(448, 500);
    put32be(444 + 16, 0); /* the whole */
    put32be(448 + 16, 8192);
    put16be(508, 0xdabe);
    for (size_t i = 0; i < 510; i += 2)
        sum ^= (uint16_t)(disk[i] << 8 | disk[i + 1]);
    put16be(510, sum);
    open_disk(SIZE);
    same_text(volumes_scheme_name(volumes), "Sun", "Sun label");
    same_text(listing(), "- 0+100; p1 100+500; - 600+7592", "its slice");
    disk[448] ^= 1;
    open_disk(SIZE);
    ok(volumes_scheme(volumes) == SCHEME_NONE && has_gap("Sun label"), "damaged: not used");

    clear();
    put_bytes(0, "ER", 2);
    put16be(2, 512);
    for (size_t i = 1; i <= 3; i++) {
        size_t at = i * SECTOR;
        put_bytes(at, "PM", 2);
        put32be(at + 4, 3);
        put32be(at + 8, i == 1 ? 1 : i == 2 ? 100 : 300);
        put32be(at + 12, i == 1 ? 63 : 200);
        const char *type = i == 1   ? "Apple_partition_map"
                           : i == 2 ? "Apple_HFS"
                                    : "Apple_Free";
        put_bytes(at + 48, type, strlen(type));
    }
    open_disk(SIZE);
    same_text(volumes_scheme_name(volumes), "Mac", "Apple partition map");
    same_text(listing(), "- 0+1; p1 1+63; - 64+36; p2 100+200; - 300+7892", "its partitions");
    same_text(volumes_find(volumes, "p2")->detail, "Apple_HFS", "its type");
}

/* --- signatures --- */

static void test_signatures(void)
{
    static const struct {
        size_t at;
        const char *bytes;
        size_t size;
        enum filesystem_kind kind;
        const char *name, *detail;
    } cases[] = {
        { 0, "LUKS\xba\xbe", 6, FS_ENCRYPTED, "encrypted", "LUKS" },
        { 3, "-FVE-FS-", 8, FS_ENCRYPTED, "encrypted", "BitLocker" },
        { 0, "XFSB", 4, FS_KNOWN, "XFS", "" },
        { 65600, "_BHRfS_M", 8, FS_KNOWN, "Btrfs", "" },
        { 4086, "SWAPSPACE2", 10, FS_KNOWN, "Linux swap", "" },
        { 512, "LABELONE", 8, FS_KNOWN, "LVM", "" },
        { 3, "ReFS\0\0\0\0", 8, FS_KNOWN, "ReFS", "" },
    };
    uint32_t noise = 1;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clear();
        put_bytes(cases[i].at, cases[i].bytes, cases[i].size);
        open_disk(SIZE);
        const struct volume *volume = volumes_find(volumes, "p0");
        ok(volume && volume->kind == cases[i].kind && !volume_has_files(volume) &&
           strcmp(volume->kind_name, cases[i].name) == 0 &&
           strcmp(volume->detail, cases[i].detail) == 0, "%s",
           *cases[i].detail ? cases[i].detail : cases[i].name);
    }
    clear();
    for (size_t i = 0; i < SIZE; i++) {
        noise = noise * 1664525 + 1013904223;
        disk[i] = (uint8_t)(noise >> 24);
    }
    open_disk(SIZE);
    ok(strstr(volumes_get(volumes, 0)->detail, "perhaps encrypted"), "random bytes are told");
    memset(disk, 'a', SIZE / 2);
    open_disk(SIZE);
    same_text(volumes_get(volumes, 0)->detail, "", "others are not");

    clear();
    put_bytes(3, "NTFS    ", 8);
    put16(11, 512);
    disk[13] = 8;
    put64(40, SECTORS - 1);
    put64(48, 4);
    put64(56, 2);
    disk[64] = 0xf6;
    put16(510, 0xaa55);
    open_disk(SIZE);
    ok(volumes_get(volumes, 0)->kind == FS_KNOWN && has_gap("NTFS without $MFT"),
       "NTFS that has lost its $MFT");
    put_bytes(4 * 8 * SECTOR, "FILE", 4);
    put_bytes(SIZE - SECTOR, disk, SECTOR);
    open_disk(SIZE);
    ok(volumes_get(volumes, 0)->kind == FS_NTFS && image_gap_count(image) == 0, "with it: NTFS");
    memset(disk, 0, SECTOR);
    open_disk(SIZE);
    ok(volumes_get(volumes, 0)->kind == FS_NTFS && has_gap("NTFS boot sector"),
       "by the copy of the boot sector");
}

static void test_small(void)
{
    static const size_t sizes[] = { 1, 100, 511, 512, 513, 1024, 4095, 40000 };
    bool fine = true;

    put_chain();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        open_disk(sizes[i]);
        fine = fine && volumes_count(volumes) >= 1;
    }
    ok(fine, "images of a few bytes have a volume or a range");
}

int main(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(path, sizeof path, "%.40s/fett-volume-XXXXXX", base ? base : "/tmp");
    if (close(mkstemp(path)) != 0) {
        printf("Bail out! cannot make a file\n");
        return 1;
    }
    test_mbr();
    test_mbr_damage();
    test_slices();
    test_gpt();
    test_others();
    test_signatures();
    test_small();
    volumes_free(volumes);
    image_free(image);
    unlink(path);
    return tap_done();
}
