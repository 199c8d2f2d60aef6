/* SPDX-License-Identifier: Apache-2.0 */

/* FAT12, FAT16, FAT32: geometry, directory entries and chains by Microsoft's FAT
 * specification, written byte by byte here. */

#include <stdint.h>

#include "../../lib/evidence/fat_chain.h"
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
    struct file_times times;
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
    fat_entry_times(&times, data);
    same_text(text_of(&times.born), "2040-05-06T10:30:09.420000000", "born after 2037");
    same_text(text_of(&times.accessed), "2038-01-20", "accessed after 2037");
    same_text(text_of(&times.modified), "2107-12-31T23:59:58.000000000", "the last that FAT has");
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
    fat_entry_times(&times, data);
    ok(times.born.state == INSTANT_ABSENT && times.modified.state == INSTANT_RAW,
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

/* A volume of one reserved sector and a table, whose sector `lost` cannot be read. */
enum { TABLE_SECTORS = 200, VOLUME_AT = 100 };

static uint8_t disk[VOLUME_AT + (1 + TABLE_SECTORS) * 512];
static uint64_t lost; /* of the disk; 0: none */

static int read_disk(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                     struct error *error)
{
    (void)reader;
    memcpy(buffer, disk + offset, size);
    if (lost == 0 || offset + size <= lost || offset >= lost + 512)
        return 0;
    memset(buffer, 0, size);
    return error_set(error, ERROR_DAMAGED, "lost");
}

static const struct reader_operations disk_operations = { read_disk, NULL };
static struct reader disk_reader = { &disk_operations, sizeof disk };
static struct fat_geometry geometry;
static struct fat_table table;

static void set_link(uint32_t cluster, uint32_t value)
{
    uint8_t *at = disk + VOLUME_AT + 512 + (size_t)cluster * geometry.bits / 8;

    if (geometry.bits != 12) {
        put(at, value, geometry.bits / 8);
    } else if (cluster % 2 == 0) {
        at[0] = (uint8_t)value;
        at[1] = (uint8_t)((at[1] & 0xf0) | value >> 8);
    } else {
        at[0] = (uint8_t)((at[0] & 0x0f) | value << 4);
        at[1] = (uint8_t)(value >> 4);
    }
}

static void begin_table(unsigned bits, uint32_t clusters)
{
    memset(disk, 0, sizeof disk);
    lost = 0;
    geometry = (struct fat_geometry){ .sector_size = 512, .cluster_size = 512, .table = 512,
                                      .data = sizeof disk - VOLUME_AT,
                                      .heap = sizeof disk - VOLUME_AT,
                                      .clusters = clusters, .bits = (uint8_t)bits };
    table = (struct fat_table){ .reader = &disk_reader, .start = VOLUME_AT,
                                .geometry = &geometry };
}

/* The chain from a cluster as "FIRST+COUNT ... END". */
static const char *chain_text(uint32_t first)
{
    static const char *const ends[] = { "next", "end", "free", "bad", "outside", "unreadable",
                                        "loop" };
    static char text[200];
    static struct fat_chain chain;
    uint32_t clusters = 0;
    int length = 0;

    if (first == 0) {
        fat_chain_release(&chain);
        return NULL;
    }
    table.window_size = 0;
    if (fat_chain_read(&chain, &table, first) != 0)
        return "no memory";
    for (size_t i = 0; i < chain.count && length < (int)sizeof text; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, "%u+%u ",
                           chain.runs[i].cluster, chain.runs[i].count);
        clusters += chain.runs[i].count;
    }
    snprintf(text + length, sizeof text - (size_t)length, "%s", ends[chain.end]);
    if (chain.count > 0) {
        const struct fat_run *run = &chain.runs[chain.count - 1];
        ok(chain.clusters == clusters && chain.last == run->cluster + run->count - 1,
           "clusters are counted, and the last one is known");
    }
    return text;
}

static void test_chains(unsigned bits, uint32_t end)
{
    begin_table(bits, 4000);
    set_link(2, 3);
    set_link(3, 4);
    set_link(4, end);
    same_text(chain_text(2), "2+3 end", "in one piece");
    set_link(4, 340);
    set_link(340, 341);
    set_link(341, 342);
    set_link(342, 10);
    set_link(10, end | 7);
    same_text(chain_text(2), "2+3 340+3 10+1 end", "in pieces, across sectors");
    set_link(10, end - 1);
    same_text(chain_text(2), "2+3 340+3 10+1 bad", "to a bad cluster");
    set_link(10, 0);
    same_text(chain_text(2), "2+3 340+3 10+1 free", "to a free cluster");
    set_link(10, 1);
    same_text(chain_text(2), "2+3 340+3 10+1 outside", "to cluster 1");
    set_link(10, 4002);
    same_text(chain_text(2), "2+3 340+3 10+1 outside", "beyond the last cluster");
    set_link(10, 4001);
    set_link(4001, end);
    same_text(chain_text(2), "2+3 340+3 10+1 4001+1 end", "to the last cluster");
    set_link(10, 2);
    same_text(chain_text(2), "2+3 340+3 10+1 loop", "to its first cluster");
    set_link(10, 10);
    same_text(chain_text(2), "2+3 340+3 10+1 loop", "to the same cluster");
    set_link(10, 341);
    same_text(chain_text(2), "2+3 340+3 10+1 loop", "into its middle");
    set_link(4, 2);
    same_text(chain_text(2), "2+3 loop", "one short run");
    set_link(2, 2);
    same_text(chain_text(2), "2+1 loop", "one cluster");
    same_text(chain_text(1), "outside", "a chain that begins nowhere");
    same_text(chain_text(4002), "outside", "a chain that begins behind the volume");

    for (uint32_t i = 2; i < 4001; i++)
        set_link(i, i + 1);
    set_link(4001, 3999);
    same_text(chain_text(2), "2+4000 loop", "all clusters");
}

/* Cluster 341 of FAT12 has its last four bits in the first sector of the table,
 * the others in the second. */
static void test_lost_table(void)
{
    begin_table(12, 4000);
    for (uint32_t i = 338; i < 345; i++)
        set_link(i, i + 1);
    set_link(345, 0xfff);
    same_text(chain_text(338), "338+8 end", "a whole table");
    lost = VOLUME_AT + 512 + 512;
    same_text(chain_text(338), "338+4 unreadable", "its second sector is lost");
    lost = VOLUME_AT + 512;
    same_text(chain_text(342), "342+4 end", "its first sector is lost");
    same_text(chain_text(341), "341+1 unreadable", "and the entry with it that reaches into it");
    begin_table(32, 20000);
    set_link(5, 0xf0000000 | 16000); /* in another window; the upper bits do not count */
    set_link(16000, 6);
    set_link(6, 0xfffffff);
    same_text(chain_text(5), "5+1 16000+1 6+1 end", "there and back");
}

int main(void)
{
    test_chains(12, 0xff8);
    test_chains(16, 0xfff8);
    test_chains(32, 0xffffff8);
    test_lost_table();
    chain_text(0);
    test_geometry();
    test_entry();
    test_name();
    return tap_done();
}
