/* SPDX-License-Identifier: Apache-2.0 */

/* FAT12, FAT16, FAT32: geometry and directory entries by Microsoft's FAT
 * specification, written byte by byte here. */

#include <stdint.h>

#include "../../lib/evidence/fat_entry.h"
#include "../../lib/evidence/fat_geometry.h"
#include "tap.h"

static void put(uint8_t *at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* A boot sector: sectors of 512 bytes, two FATs. */
static void make_boot(uint8_t boot[FAT_BOOT_SIZE], unsigned cluster_sectors, unsigned reserved,
                      unsigned root_entries, uint32_t sectors, unsigned table_sectors)
{
    memset(boot, 0, FAT_BOOT_SIZE);
    put(boot + 11, 512, 2);
    boot[13] = (uint8_t)cluster_sectors;
    put(boot + 14, reserved, 2);
    boot[16] = 2;
    put(boot + 17, root_entries, 2);
    boot[21] = 0xf8;
    if (sectors < 65536)
        put(boot + 19, sectors, 2);
    else
        put(boot + 32, sectors, 4);
    if (root_entries)
        put(boot + 22, table_sectors, 2);
    else
        put(boot + 36, table_sectors, 4);
}

static void test_geometry(void)
{
    uint8_t boot[FAT_BOOT_SIZE];
    struct fat_geometry geometry;

    make_boot(boot, 1, 1, 224, 2880, 9); /* the floppy of 1.44 MB */
    ok(fat_geometry_parse(&geometry, boot, 12), "a floppy");
    same_number((long long)geometry.table, 512, "its first FAT");
    same_number((long long)geometry.data, 19 * 512, "its root folder");
    same_number((long long)geometry.heap, 33 * 512, "its cluster 2");
    same_number(geometry.clusters, 2847, "its clusters");
    same_number((long long)fat_cluster_place(&geometry, 3), 34 * 512, "its cluster 3");
    ok(fat_is_cluster(&geometry, 2848) && !fat_is_cluster(&geometry, 2849) &&
           !fat_is_cluster(&geometry, 1) && !fat_is_cluster(&geometry, 0),
       "2 to 2848 are clusters");

    make_boot(boot, 8, 32, 0, 1048576, 1021);
    put(boot + 44, 5, 4);
    ok(fat_geometry_parse(&geometry, boot, 32), "FAT32");
    same_number((long long)geometry.heap, (32 + 2 * 1021) * 512, "its cluster 2");
    same_number((long long)geometry.data, (long long)geometry.heap, "its root is in clusters");
    same_number(geometry.root_cluster, 5, "which begin with this");
    same_number(geometry.cluster_size, 4096, "bytes of one");
    same_number(geometry.clusters, 1021 * 128 - 2, "no more clusters than the FAT has entries");

    make_boot(boot, 1, 1, 224, 30, 9);
    ok(!fat_geometry_parse(&geometry, boot, 12), "no room for clusters");
    memset(boot, 0, sizeof boot);
    ok(!fat_geometry_parse(&geometry, boot, 12), "no boot sector");
}

static const char *text_of(const struct instant *instant)
{
    static char text[INSTANT_TEXT_SIZE];

    instant_format(instant, text);
    return text;
}

static void test_entry(void)
{
    uint8_t data[FAT_ENTRY_SIZE] = "FUTURE  TXT";
    struct fat_entry entry;

    data[11] = 0x20;
    data[13] = 142;                                  /* 1.42 s */
    put(data + 14, 10 << 11 | 30 << 5 | 4, 2);       /* 10:30:08 */
    put(data + 16, (2040 - 1980) << 9 | 5 << 5 | 6, 2);
    put(data + 18, (2038 - 1980) << 9 | 1 << 5 | 20, 2);
    put(data + 20, 0x12, 2);
    put(data + 22, 23 << 11 | 59 << 5 | 29, 2);      /* 23:59:58 */
    put(data + 24, 127 << 9 | 12 << 5 | 31, 2);      /* 2107-12-31 */
    put(data + 26, 0x3456, 2);
    put(data + 28, 0x89abcdef, 4);
    fat_entry_parse(&entry, data, 32);
    same_text(text_of(&entry.born), "2040-05-06T10:30:09.420000000", "born after 2037");
    same_text(text_of(&entry.accessed), "2038-01-20", "accessed after 2037");
    same_text(text_of(&entry.modified), "2107-12-31T23:59:58.000000000", "the last that FAT has");
    same_number(entry.first_cluster, 0x123456, "first cluster in FAT32");
    same_number(entry.size, 0x89abcdef, "size");
    fat_entry_parse(&entry, data, 16);
    same_number(entry.first_cluster, 0x3456, "first cluster in FAT16");
    ok(!fat_entry_is_long_part(&entry), "a file");
    data[11] = 0x0f;
    fat_entry_parse(&entry, data, 16);
    ok(fat_entry_is_long_part(&entry), "a part of a long name");
    put(data + 16, 0, 2);
    put(data + 24, 13 << 5 | 1, 2);
    fat_entry_parse(&entry, data, 16);
    ok(entry.born.state == INSTANT_ABSENT && entry.modified.state == INSTANT_ABSENT,
       "no date, and one of a thirteenth month");
}

/* The name of an entry whose first 11 bytes are `stored`. */
static const char *name_of(const char *stored, unsigned cases, unsigned attributes)
{
    static char name[FAT_NAME_MAX + 1];
    uint8_t data[FAT_ENTRY_SIZE] = { 0 };
    struct fat_entry entry;

    memcpy(data, stored, 11);
    data[11] = (uint8_t)attributes;
    data[12] = (uint8_t)cases;
    fat_entry_parse(&entry, data, 16);
    name[fat_entry_name(&entry, name)] = '\0';
    return name;
}

static bool is_shown(const char *stored, const char *shown)
{
    uint8_t data[FAT_ENTRY_SIZE] = { 0 };
    struct fat_entry entry;

    memcpy(data, stored, 11);
    fat_entry_parse(&entry, data, 16);
    return fat_entry_is_shown_as(&entry, shown);
}

static void test_name(void)
{
    same_text(name_of("README  TXT", 0, 0x20), "README.TXT", "name and extension");
    same_text(name_of("EIGHT678ABC", 0, 0x20), "EIGHT678.ABC", "all eleven bytes");
    same_text(name_of("FOLDER     ", 0, 0x10), "FOLDER", "no extension");
    same_text(name_of("A B     C D", 0, 0x20), "A B.C D", "blanks inside");
    same_text(name_of("README  TXT", 0x08, 0x20), "readme.TXT", "name in lower case");
    same_text(name_of("README  TXT", 0x10, 0x20), "README.txt", "extension in lower case");
    same_text(name_of("\x8e" "B      \x9a  ", 0x18, 0x20), "\x8e" "b.\x9a",
              "the code page decides on letters beyond ASCII");
    same_text(name_of("\x05XY     TXT", 0, 0x20), "\xe5XY.TXT", "0x05 stands for 0xe5");
    same_text(name_of("\xe5XY     TXT", 0, 0x20), "_XY.TXT", "0xe5 is a deleted one");
    same_text(name_of("MY LABEL   ", 0, 0x08), "", "the label");

    ok(is_shown("README  TXT", "README.TXT") && !is_shown("README  TXT", "README.TX") &&
           !is_shown("README  TXT", "README.TXTX") && !is_shown("README  TXT", "^EADME.TXT"),
       "the same name as libtsk's");
    ok(is_shown("\x8e" "B      TXT", "^B.TXT") && is_shown("A B     TXT", "AB.TXT") &&
           is_shown("\x05" "B      TXT", "\x05" "B.TXT") &&
           !is_shown("\x8e" "B      TXT", "AB.TXT"),
       "the same but for what libtsk changes");
}

int main(void)
{
    test_geometry();
    test_entry();
    test_name();
    return tap_done();
}
