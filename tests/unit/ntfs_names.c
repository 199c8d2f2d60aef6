/* SPDX-License-Identifier: Apache-2.0 */

/* $FILE_NAME and what becomes of it: paths, states, look-ups, what indexes keep of it; what
 * becomes of content. Each test writes a small NTFS volume record by record, as the format is
 * published. */

#include <stdint.h>
#include <stdlib.h>
#include <uchar.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/filesystem.h>

#include "tap.h"

enum {
    CLUSTER = 1024,
    RECORD = 1024,
    RECORDS = 64,
    MFT_CLUSTER = 4,
    CLUSTERS = 256,
    SIZE = CLUSTERS * CLUSTER,
    ROOT = 5,
};

enum { IN_USE = 1, FOLDER = 2 };
enum { POSIX, WINDOWS, DOS, WINDOWS_AND_DOS };

static uint8_t disk[SIZE];
static size_t used[RECORDS]; /* bytes of each record */
static char path[64];
static struct image *image;
static struct volumes *volumes;
static struct filesystem *filesystem;
static struct tree *tree;

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

static void put64(uint8_t *at, uint64_t value)
{
    put32(at, (uint32_t)value);
    put32(at + 4, (uint32_t)(value >> 32));
}

static uint8_t *record_at(unsigned number)
{
    return disk + MFT_CLUSTER * CLUSTER + number * RECORD;
}

static void begin_record(unsigned number, unsigned sequence, unsigned flags)
{
    uint8_t *p = record_at(number);

    memset(p, 0, RECORD);
    memcpy(p, "FILE", 4);
    put16(p + 4, 48);
    put16(p + 6, RECORD / 512 + 1);
    put16(p + 16, sequence);
    put16(p + 18, 1);
    put16(p + 20, 56);
    put16(p + 22, flags);
    put32(p + 28, RECORD);
    used[number] = 56;
}

static void add_attribute(unsigned number, uint32_t type, unsigned id, const char16_t *name,
                          const void *value, size_t size)
{
    uint8_t *p = record_at(number) + used[number];
    size_t units = 0, at;

    while (name && name[units])
        units++;
    at = (24 + 2 * units + 7) & ~(size_t)7;
    put32(p, type);
    put32(p + 4, (uint32_t)((at + size + 7) & ~(size_t)7));
    p[9] = (uint8_t)units;
    put16(p + 10, 24);
    put16(p + 14, id);
    put32(p + 16, (uint32_t)size);
    put16(p + 20, (unsigned)at);
    for (size_t i = 0; i < units; i++)
        put16(p + 24 + 2 * i, name[i]);
    memcpy(p + at, value, size);
    used[number] += (at + size + 7) & ~(size_t)7;
}

/* The times are base, base + 1, ... seconds of 2000 in the order of the format. */
static void put_times(uint8_t *at, unsigned base)
{
    for (unsigned i = 0; i < 4; i++)
        put64(at + 8 * i, 125911584000000000 + (uint64_t)(base + i) * 10000000);
}

static size_t make_name(uint8_t value[578], uint64_t parent, unsigned parent_sequence,
                        unsigned space, const char16_t *name, size_t units)
{
    memset(value, 0, 66);
    put64(value, parent | (uint64_t)parent_sequence << 48);
    put_times(value + 8, 100);
    value[64] = (uint8_t)units;
    value[65] = (uint8_t)space;
    for (size_t i = 0; i < units; i++)
        put16(value + 66 + 2 * i, name[i]);
    return 66 + 2 * units;
}

static void add_name(unsigned number, unsigned id, uint64_t parent, unsigned parent_sequence,
                     unsigned space, const char16_t *name)
{
    uint8_t value[578];
    size_t units = 0;

    while (name[units])
        units++;
    units = make_name(value, parent, parent_sequence, space, name, units);
    add_attribute(number, 0x30, id, NULL, value, units);
}

static void add_standard_information(unsigned number)
{
    uint8_t value[48] = { 0 };

    put_times(value, 0);
    add_attribute(number, 0x10, 0, NULL, value, sizeof value);
}

/* A file in the root whose content is its number in text. */
static void add_file(unsigned number, const char16_t *name)
{
    char content[16];

    snprintf(content, sizeof content, "%u", number);
    begin_record(number, 1, IN_USE);
    add_standard_information(number);
    if (name)
        add_name(number, 2, ROOT, ROOT, WINDOWS, name);
    add_attribute(number, 0x80, 1, NULL, content, strlen(content));
}

static void begin_folder(unsigned number, unsigned sequence, unsigned flags)
{
    static const uint8_t index[32];

    begin_record(number, sequence, flags | FOLDER);
    add_standard_information(number);
    add_attribute(number, 0x90, 1, u"$I30", index, sizeof index);
}

/* A volume with $MFT, $Bitmap and the root folder only. */
static void begin_volume(void)
{
    static const uint8_t no_bits[RECORDS / 8];
    uint8_t *p, all_used[CLUSTERS / 8];

    memset(disk, 0, sizeof disk);
    memset(used, 0, sizeof used);
    memcpy(disk, "\xeb\x52\x90NTFS    ", 11);
    put16(disk + 11, 512);
    disk[13] = CLUSTER / 512;
    put64(disk + 40, SIZE / 512 - 1);
    put64(disk + 48, MFT_CLUSTER);
    put64(disk + 56, CLUSTERS - 8);
    disk[64] = 0xf6;
    put16(disk + 510, 0xaa55);

    begin_record(0, 1, IN_USE);
    add_standard_information(0);
    add_name(0, 2, ROOT, ROOT, WINDOWS_AND_DOS, u"$MFT");
    p = record_at(0) + used[0]; /* $DATA: one run of 64 clusters at cluster 4 */
    put32(p, 0x80);
    put32(p + 4, 72);
    p[8] = 1;
    put16(p + 10, 64);
    put16(p + 14, 1);
    put64(p + 24, RECORDS - 1);
    put16(p + 32, 64);
    put64(p + 40, RECORDS * RECORD);
    put64(p + 48, RECORDS * RECORD);
    put64(p + 56, RECORDS * RECORD);
    memcpy(p + 64, "\x11\x40\x04", 3);
    used[0] += 72;
    add_attribute(0, 0xb0, 3, NULL, no_bits, sizeof no_bits);
    begin_folder(ROOT, ROOT, IN_USE);
    add_name(ROOT, 2, ROOT, ROOT, WINDOWS_AND_DOS, u".");
    begin_record(6, 6, IN_USE);
    add_standard_information(6);
    add_name(6, 2, ROOT, ROOT, WINDOWS_AND_DOS, u"$Bitmap");
    memset(all_used, 0xff, sizeof all_used);
    add_attribute(6, 0x80, 1, NULL, all_used, sizeof all_used);
}

static void close_volume(void)
{
    filesystem_free(filesystem);
    volumes_free(volumes);
    image_free(image);
    filesystem = NULL;
    volumes = NULL;
    image = NULL;
    tree = NULL;
}

/* End the records, put their fixups in, and open what was made. */
static void open_volume(void)
{
    struct error error = ERROR_INIT;
    uint8_t *bitmap = record_at(0) + used[0] - RECORDS / 8; /* of $MFT: its last attribute */

    close_volume();
    for (unsigned i = 0; i < RECORDS; i++) {
        uint8_t *p = record_at(i);
        if (used[i] == 0)
            continue;
        bitmap[i / 8] |= (uint8_t)(1 << i % 8);
        put32(p + used[i], 0xffffffff);
        put32(p + 24, (uint32_t)used[i] + 8);
        put16(p + 48, 0x1234);
        for (size_t k = 1; k <= RECORD / 512; k++) {
            memcpy(p + 48 + 2 * k, p + 512 * k - 2, 2);
            put16(p + 512 * k - 2, 0x1234);
        }
    }
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(disk, 1, SIZE, file) != SIZE || fclose(file) != 0 ||
        image_open(&image, path, NULL, &error) != 0 ||
        volumes_open(&volumes, image, &error) != 0 || volumes_count(volumes) < 1 ||
        filesystem_open(&filesystem, image, volumes_get(volumes, 0), &error) != 0) {
        printf("Bail out! %s\n", error.text);
        exit(1);
    }
    tree = filesystem_tree(filesystem);
}

/* Path and state of a record's file; streams as :name. */
static void is(unsigned number, const char *expected)
{
    static const char *const states[] = { "live", "deleted", "orphan" };
    char inode[16];
    struct file file;
    struct buffer got = BUFFER_INIT;

    snprintf(inode, sizeof inode, "%u", number);
    if (filesystem_find_inode(filesystem, inode, &file, NULL) == 0)
        buffer_add_format(&got, "%s %.*s", states[file.state], (int)file.path_length, file.path);
    else
        buffer_add_text(&got, "none");
    ok(strcmp(buffer_text(&got), expected) == 0, "file %u", number);
    if (strcmp(buffer_text(&got), expected) != 0)
        printf("#      got: %s\n# expected: %s\n", buffer_text(&got), expected);
    buffer_release(&got);
}

static void finds(const char *what, unsigned number)
{
    struct file file;
    unsigned got = 0;

    if (tree_lookup(tree, what, &file, NULL) == 0)
        got = (unsigned)strtoul(file.inode, NULL, 10);
    same_number(got, number, what);
}

static int add_listed(void *context, const struct file *file)
{
    buffer_add_format(context, "%.*s ", (int)file->path_length, file->path);
    return 0;
}

static void lists(const char *folder, const char *expected)
{
    struct file file;
    struct buffer got = BUFFER_INIT;

    ok(tree_lookup(tree, folder, &file, NULL) == 0 &&
           tree_list(tree, file.handle, add_listed, &got, NULL) == 0, "%s is listed", folder);
    same_text(buffer_text(&got), expected, expected);
    buffer_release(&got);
}

static bool is_time(const struct instant *instant, unsigned seconds)
{
    return instant->state == INSTANT_UTC && instant->seconds == 946684800 + seconds &&
           instant->nanoseconds == 0;
}

/* --- names --- */

static void test_spaces(void)
{
    struct file file;

    begin_volume();
    add_file(24, u"Windows name.txt");
    begin_record(25, 1, IN_USE);
    add_standard_information(25);
    add_name(25, 5, ROOT, ROOT, DOS, u"LONGNA~1.TXT"); /* before its long one, as Windows does */
    add_name(25, 6, ROOT, ROOT, WINDOWS, u"Long name.text");
    add_attribute(25, 0x80, 1, NULL, "25", 2);
    begin_record(26, 1, IN_USE);
    add_standard_information(26);
    add_name(26, 2, ROOT, ROOT, WINDOWS_AND_DOS, u"BOTH.TXT");
    begin_record(27, 1, IN_USE);
    add_standard_information(27);
    add_name(27, 2, ROOT, ROOT, POSIX, u"both.txt");
    begin_record(28, 1, IN_USE);
    add_standard_information(28);
    add_name(28, 2, ROOT, ROOT, DOS, u"ONLYDO~1");
    open_volume();
    is(24, "live /Windows name.txt");
    is(25, "live /Long name.text");
    is(26, "live /BOTH.TXT");
    is(27, "live /both.txt");
    finds("/WINDOWS NAME.TXT", 24);
    finds("/long name.text", 25);
    finds("/LONGNA~1.TXT", 25);
    finds("/longna~1.txt", 25);
    finds("/BOTH.TXT", 26);
    finds("/both.txt", 27);
    finds("/LONGNA~1", 0);
    lists("/", "/$Bitmap /$MFT /BOTH.TXT /both.txt /Long name.text /Windows name.txt ");
    ok(filesystem_find_inode(filesystem, "25", &file, NULL) == 0 && file.name_count == 1 &&
           file.names[0].id == 6, "a DOS name is none of the names");
    ok(filesystem_find_inode(filesystem, "28", &file, NULL) == 0 && file.name_count == 0,
       "not even where there is no other");
    same_number((long long)image_gap_count(image), 0, "nothing is wrong with them");
}

static void test_times(void)
{
    struct file file;

    begin_volume();
    add_file(24, u"a");
    open_volume();
    if (!ok(tree_lookup(tree, "/a", &file, NULL) == 0 && file.name_count == 1, "a file"))
        return;
    ok(is_time(&file.times.born, 0) && is_time(&file.times.modified, 1) &&
           is_time(&file.times.changed, 2) && is_time(&file.times.accessed, 3),
       "$STANDARD_INFORMATION: born, modified, changed, accessed");
    const struct file_times *times = &file.names[0].times;
    ok(is_time(&times->born, 100) && is_time(&times->modified, 101) &&
           is_time(&times->changed, 102) && is_time(&times->accessed, 103), "$FILE_NAME likewise");
    ok(file.has_parent && file.parent == ROOT && file.parent_seq == ROOT && file.sequenced &&
           file.seq == 1 && file.sized && file.size == 2, "folder and sequence numbers");
}

/* Two names, two folders: one file. */
static void test_links(void)
{
    struct file file;

    begin_volume();
    begin_folder(24, 1, IN_USE);
    add_name(24, 2, ROOT, ROOT, WINDOWS, u"folder");
    add_file(25, u"first");
    add_name(25, 7, 24, 1, POSIX, u"second");
    open_volume();
    finds("/first", 25);
    finds("/folder/second", 25);
    finds("/second", 0);
    if (ok(tree_lookup(tree, "/folder/second", &file, NULL) == 0 && file.name_count == 2,
           "two names")) {
        same_text(file.path, "/first", "the first is that of the file");
        same_text(file.names[0].path, "/first", "one");
        same_text(file.names[1].path, "/folder/second", "the other");
        ok(file.names[1].path_length == 14 && file.names[1].id == 7, "its length and id");
    }
}

/* Names of any units, as long as there are, and cut ones. */
static void test_units(void)
{
    const struct {
        const char16_t *units;
        const char *expected;
    } names[] = {
        { u"\u00e4\u20ac", "live /\u00e4\u20ac" },
        { (const char16_t[]){ 0xd83d, 0xde00, 0 }, "live /\U0001f600" },
        { (const char16_t[]){ 0xd83d, 'x', 0 }, "live /\xed\xa0\xbdx" }, /* a lone surrogate */
        { (const char16_t[]){ 0xde00, 0 }, "live /\xed\xb8\x80" },
        { u"a:b", "live /a:b" },
        { u"a\nb\x1b[31m", "live /a\nb\x1b[31m" },
        { u"a/b", "live /a/b" },
        { u"..", "live /.." },
    };
    enum { COUNT = sizeof names / sizeof *names };
    char16_t longest[256];
    uint8_t value[578];

    for (int i = 0; i < 255; i++)
        longest[i] = 0x20ac;
    longest[255] = 0;
    begin_volume();
    for (unsigned i = 0; i < COUNT; i++)
        add_file(24 + i, names[i].units);
    begin_record(40, 1, IN_USE);
    add_standard_information(40);
    add_name(40, 2, ROOT, ROOT, POSIX, longest);
    /* What says that it is longer than it is, and what is no name at all. */
    add_file(41, NULL);
    size_t size = make_name(value, ROOT, ROOT, WINDOWS, u"cut", 3);
    value[64] = 4;
    add_attribute(41, 0x30, 2, NULL, value, size);
    add_file(42, NULL);
    add_attribute(42, 0x30, 2, NULL, value, 65);
    add_file(43, NULL);
    value[64] = 255;
    add_attribute(43, 0x30, 2, NULL, value, size);
    add_name(43, 3, ROOT, ROOT, WINDOWS, u"whole");
    open_volume();
    for (unsigned i = 0; i < COUNT; i++)
        is(24 + i, names[i].expected);
    struct file file;
    ok(filesystem_find_inode(filesystem, "40", &file, NULL) == 0 && file.path_length == 766 &&
           file.name_length == 765 && file.name == file.path + 1, "255 units of three bytes each");
    is(41, "orphan /$OrphanFiles/OrphanFile-41");
    is(42, "orphan /$OrphanFiles/OrphanFile-42");
    is(43, "live /whole");
    finds("/a/b", 0);
    finds("/cut", 0);
    finds("/a:b", 28);
}

/* --- folders --- */

static void test_folders(void)
{
    struct buffer below = BUFFER_INIT;
    struct file file;

    begin_volume();
    begin_folder(24, 3, IN_USE);
    add_name(24, 2, ROOT, ROOT, WINDOWS, u"live");
    begin_folder(25, 8, 0); /* freed: its sequence is one more than its files know */
    add_name(25, 2, ROOT, ROOT, WINDOWS, u"freed");
    add_file(26, u"no folder");

    begin_record(30, 1, IN_USE);
    add_name(30, 2, 24, 3, WINDOWS, u"ok");
    begin_record(31, 1, IN_USE);
    add_name(31, 2, 24, 2, WINDOWS, u"older");
    begin_record(32, 1, IN_USE);
    add_name(32, 2, 24, 4, WINDOWS, u"newer");
    begin_record(33, 1, IN_USE);
    add_name(33, 2, RECORDS, 1, WINDOWS, u"beyond");
    begin_record(34, 1, IN_USE);
    add_name(34, 2, 26, 1, WINDOWS, u"in a file");
    begin_record(35, 2, 0);
    add_name(35, 2, 24, 3, WINDOWS, u"gone");
    begin_record(36, 2, 0);
    add_name(36, 2, 25, 7, WINDOWS, u"gone too");
    begin_record(37, 2, 0);
    add_name(37, 2, 25, 6, WINDOWS, u"long gone");
    begin_record(38, 1, IN_USE);
    add_name(38, 2, 25, 7, WINDOWS, u"lost");
    begin_record(39, 1, IN_USE);
    add_name(39, 2, 63, 1, WINDOWS, u"in nothing");
    begin_record(40, 1, IN_USE);
    add_name(40, 2, 0xffffffffffff, 1, WINDOWS, u"far beyond");
    for (unsigned i = 30; i <= 40; i++)
        add_attribute(i, 0x80, 1, NULL, "x", 1);
    open_volume();
    is(30, "live /live/ok");
    is(31, "orphan /$OrphanFiles/older");
    is(32, "orphan /$OrphanFiles/newer");
    is(33, "orphan /$OrphanFiles/beyond");
    is(34, "orphan /$OrphanFiles/in a file");
    is(35, "deleted /live/gone");
    is(36, "deleted /freed/gone too");
    is(37, "orphan /$OrphanFiles/long gone");
    is(38, "orphan /freed/lost");
    is(39, "orphan /$OrphanFiles/in nothing");
    is(40, "orphan /$OrphanFiles/far beyond");
    finds("/live/ok", 30);
    finds("/live/gone", 0);
    finds("/freed", 0);
    lists("/live", "/live/ok ");
    ok(filesystem_find_inode(filesystem, "25", &file, NULL) == 0 &&
           tree_list(tree, file.handle, add_listed, &below, NULL) == 0 && below.length == 0,
       "no live file is in a folder that is freed");
    buffer_release(&below);
    lists("/", "/$Bitmap /$MFT /live /no folder ");
}

/* Folders that hold themselves and each other. */
static void test_circles(void)
{
    struct buffer all = BUFFER_INIT;
    struct file file;
    bool ends = true;

    begin_volume();
    begin_folder(24, 1, IN_USE);
    add_name(24, 2, 24, 1, WINDOWS, u"self");
    begin_folder(25, 1, IN_USE);
    add_name(25, 2, 26, 1, WINDOWS, u"one");
    begin_folder(26, 1, IN_USE);
    add_name(26, 2, 25, 1, WINDOWS, u"two");
    begin_record(27, 1, IN_USE);
    add_name(27, 2, 26, 1, WINDOWS, u"file");
    add_attribute(27, 0x80, 1, NULL, "x", 1);
    begin_record(28, 1, IN_USE);
    add_name(28, 2, 24, 1, WINDOWS, u"file");
    add_attribute(28, 0x80, 1, NULL, "x", 1);
    open_volume();
    for (unsigned i = 24; i <= 28; i++) {
        char inode[16];
        snprintf(inode, sizeof inode, "%u", i);
        ends &= filesystem_find_inode(filesystem, inode, &file, NULL) == 0 &&
                file.state == FILE_ORPHAN;
    }
    ok(ends, "all of them are orphans");
    ok(tree_walk(tree, add_listed, &all, NULL) == 0, "a walk ends");
    finds("/self", 0);
    finds("/one", 0);
    lists("/", "/$Bitmap /$MFT ");
    buffer_release(&all);
}

/* --- content --- */

/* A deleted file in the root with this many clusters by these runs. */
static void add_deleted(unsigned number, unsigned clusters, const char *runs)
{
    begin_record(number, 2, 0);
    add_standard_information(number);
    add_name(number, 2, ROOT, ROOT, WINDOWS, u"file");
    uint8_t *p = record_at(number) + used[number];
    put32(p, 0x80);
    put32(p + 4, 72);
    p[8] = 1;
    put16(p + 10, 64);
    put16(p + 14, 1);
    put64(p + 24, clusters - 1);
    put16(p + 32, 64);
    put64(p + 40, clusters * CLUSTER);
    put64(p + 48, clusters * CLUSTER);
    put64(p + 56, clusters * CLUSTER);
    memcpy(p + 64, runs, strlen(runs));
    used[number] += 72;
}

static void has_content(unsigned number, enum file_content content, const char *what)
{
    struct file file;
    char inode[16];

    snprintf(inode, sizeof inode, "%u", number);
    ok(filesystem_find_inode(filesystem, inode, &file, NULL) == 0 && file.meta == META_DELETED &&
           file.content == content, "%s", what);
}

static void test_content(void)
{
    begin_volume();
    uint8_t *bitmap = record_at(6) + used[6] - CLUSTERS / 8;
    memset(bitmap + 96 / 8, 0, 3); /* clusters 96 to 119 are free */
    add_deleted(24, 4, "\x11\x04\x60");             /* 96 to 99 */
    add_deleted(25, 4, "\x11\x04\x64");             /* 100 to 103 */
    add_deleted(26, 4, "\x11\x02\x68\x11\x02\xfe");  /* 104 and 105, 102 and 103 */
    add_deleted(27, 3, "\x11\x03\x76");             /* 118 to 120 */
    add_deleted(28, 2, "\x11\x02\x78");             /* 120 and 121 */
    add_deleted(29, 2, "\x11\x02\x70");             /* 112 and 113 */
    add_deleted(30, 2, "\x11\x02\x70");
    open_volume();
    has_content(24, CONTENT_INTACT, "all clusters free, and nobody else's");
    has_content(25, CONTENT_UNKNOWN, "all free, two also another deleted file's");
    has_content(26, CONTENT_UNKNOWN, "that other one");
    has_content(27, CONTENT_PARTIAL, "two free, one in use");
    has_content(28, CONTENT_OVERWRITTEN, "both in use");
    has_content(29, CONTENT_UNKNOWN, "all of them another deleted file's");
    has_content(30, CONTENT_UNKNOWN, "and the other way round");
}

/* --- names that only an index has --- */

enum { INDEX_CLUSTER = 0x50, INDEX_SIZE = 4096, DOCS = 40 };

/* An entry of the index; `file` 0: its head was overwritten. */
static void put_entry(uint8_t *p, unsigned file, unsigned sequence, unsigned folder,
                      unsigned space, const char16_t *name)
{
    size_t units = 0;

    while (name[units])
        units++;
    size_t size = make_name(p + 16, folder, 1, space, name, units);
    put64(p + 16 + 48, 1234);
    put64(p, file | (uint64_t)sequence << 48);
    put16(p + 8, file ? (unsigned)((16 + size + 7) & ~(size_t)7) : 16);
    put16(p + 10, file ? (unsigned)size : 0);
}

static int add_lost(void *context, const struct file *file)
{
    static const char *const metas[] = { "lives", "deleted", "another's", "unknown" };

    buffer_add_format(context, "%.*s", (int)file->path_length, file->path);
    if (file->sequenced)
        buffer_add_format(context, " of %s-%u", file->inode, (unsigned)file->seq);
    buffer_add_format(context, " (%s)", metas[file->meta]);
    buffer_add_text(context, is_time(&file->times.born, 100) && file->size == 1234 ? "; " : "?; ");
    return 0;
}

/* What the volume has of lost names, "" for none. */
static void same_lost(const char *expected, const char *what)
{
    struct buffer got = BUFFER_INIT;
    struct tree *names;

    ok(filesystem_lost_names(filesystem, &names, NULL) == 0 &&
           (!names || tree_walk(names, add_lost, &got, NULL) == 0), "%s: searched", what);
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
}

/* The index of a folder, in these runs. */
static void make_index(const char *runs)
{
    uint8_t *index = disk + INDEX_CLUSTER * CLUSTER, *p;

    begin_volume();
    begin_folder(DOCS, 1, IN_USE);
    add_name(DOCS, 2, ROOT, ROOT, WINDOWS, u"docs");
    p = record_at(DOCS) + used[DOCS]; /* $INDEX_ALLOCATION of 4 clusters */
    put32(p, 0xa0);
    put32(p + 4, 80);
    p[8] = 1;
    p[9] = 4;
    put16(p + 10, 64);
    put64(p + 24, INDEX_SIZE / CLUSTER - 1);
    put16(p + 32, 72);
    put64(p + 40, INDEX_SIZE);
    put64(p + 48, INDEX_SIZE);
    put64(p + 56, INDEX_SIZE);
    for (size_t i = 0; i < 4; i++)
        put16(p + 64 + 2 * i, (unsigned)"$I30"[i]);
    memcpy(p + 72, runs, strlen(runs));
    used[DOCS] += 80;
    begin_record(41, 1, IN_USE);
    add_standard_information(41);
    add_name(41, 2, DOCS, 1, WINDOWS, u"kept.txt");
    begin_record(42, 9, IN_USE);
    add_standard_information(42);
    add_name(42, 2, ROOT, ROOT, WINDOWS, u"gone.doc");
    begin_record(43, 4, 0);
    add_standard_information(43);
    add_name(43, 2, DOCS, 1, WINDOWS, u"deleted.txt");

    memcpy(index, "INDX", 4);
    put16(index + 4, 40);
    put16(index + 6, INDEX_SIZE / 512 + 1);
    put_entry(index + 64, 41, 1, DOCS, WINDOWS, u"kept.txt");
    put_entry(index + 424, 42, 7, DOCS, WINDOWS, u"gone.doc"); /* its text crosses a sector's end */
    put_entry(index + 640, 0, 0, DOCS, WINDOWS, u"headless.exe");
    put_entry(index + 840, 0, 0, DOCS, WINDOWS, u"kept.txt");
    put_entry(index + 1040, 42, 7, DOCS, WINDOWS, u"gone.doc");
    put_entry(index + 1240, 42, 7, DOCS, DOS, u"GONE~1.DOC");
    put_entry(index + 1440, 42, 7, ROOT, WINDOWS, u"elsewhere.txt");
    put_entry(index + 1640, 41, 1, DOCS, WINDOWS, u"before.txt");
    put_entry(index + 1840, 43, 3, DOCS, WINDOWS, u"deleted.txt");
    put_entry(index + 2040, 44, 1, DOCS, WINDOWS, u"no record.txt");
    put_entry(index + 3000, 42, 7, DOCS, WINDOWS, u"no time.txt");
    put64(index + 3000 + 16 + 8, 7);
    put_entry(index + 2400, 44, 2, DOCS, DOS, u"LONELY~1.TXT"); /* its longer twin is gone */
    put_entry(index + 2600, 41, 1, DOCS, DOS, u"KEPT~1.TXT");
    put_entry(index + 3200, 42, 7, DOCS, WINDOWS, u"of an earlier folder.txt");
    put16(index + 3200 + 16 + 6, 2);
    put_entry(index + 3400, 42, 7, DOCS, WINDOWS, u"no?name.txt");
    put16(index + 40, 0x4321);
    for (size_t k = 1; k <= INDEX_SIZE / 512; k++) {
        memcpy(index + 40 + 2 * k, index + 512 * k - 2, 2);
        put16(index + 512 * k - 2, 0x4321);
    }
}

#define ONE_RUN "\x11\x04\x50"

static void test_lost_names(void)
{
    static const char all[] =
        "/docs/gone.doc of 42-7 (another's); /docs/headless.exe (unknown); "
        "/docs/before.txt of 41-1 (lives); /docs/no record.txt of 44-1 (unknown); "
        "/docs/LONELY~1.TXT of 44-2 (unknown); ";

    make_index(ONE_RUN);
    open_volume();
    same_lost(all, "names that no record has, each once; not those of files that $MFT has, live "
                   "or deleted, DOS names with a longer twin, other folders, earlier ones, what "
                   "has no time, what is no name");
    make_index("\x11\x02\x50\x11\x02\x02");
    open_volume();
    same_lost(all, "an index record in two places");
    make_index(ONE_RUN);
    memcpy(disk + INDEX_CLUSTER * CLUSTER, "XXXX", 4);
    open_volume();
    same_lost("/docs/headless.exe (unknown); /docs/gone.doc of 42-7 (another's); "
              "/docs/before.txt of 41-1 (lives); /docs/no record.txt (unknown); "
              "/docs/LONELY~1.TXT of 44-2 (unknown); ",
              "no index record any more: what lies across the end of a sector is not believed");
}

static void test_lost_in_records(void)
{
    uint8_t root[256] = { 0 };

    begin_volume();
    begin_record(42, 9, IN_USE);
    add_standard_information(42);
    add_name(42, 2, ROOT, ROOT, WINDOWS, u"gone.doc");
    put32(root, 0x30);
    put32(root + 16, 16); /* entries begin here, from 16 on, and end there */
    put32(root + 20, 16 + 104);
    put32(root + 24, 16 + 104);
    put_entry(root + 32, 51, 1, 50, WINDOWS, u"kept2.txt");
    begin_record(50, 1, IN_USE | FOLDER);
    add_standard_information(50);
    add_name(50, 2, ROOT, ROOT, WINDOWS, u"small");
    add_attribute(50, 0x90, 1, u"$I30", root, 32 + 104);
    put_entry(record_at(50) + 456, 42, 7, 50, WINDOWS, u"removed.exe"); /* across a sector's end */
    put_entry(record_at(50) + 600, 0, 0, 50, WINDOWS, u"kept2.txt");
    put_entry(record_at(50) + 720, 51, 1, 50, WINDOWS, u"kept1.txt");
    put_entry(record_at(50) + 840, 42, 7, 49, WINDOWS, u"elsewhere.txt");
    begin_record(51, 1, IN_USE);
    add_standard_information(51);
    add_name(51, 2, 50, 1, WINDOWS, u"kept2.txt");

    begin_folder(52, 6, 0);
    add_name(52, 2, ROOT, ROOT, WINDOWS, u"gone");
    put_entry(record_at(52) + 600, 42, 7, 52, WINDOWS, u"inside.exe");
    put16(record_at(52) + 600 + 16 + 6, 5);
    put_entry(record_at(52) + 720, 42, 7, 52, WINDOWS, u"of an earlier folder.txt");
    put16(record_at(52) + 720 + 16 + 6, 4);

    put32(root + 20, 16 + 2 * 104); /* in use, of a record that is damaged */
    put_entry(root + 32 + 104, 54, 3, 53, WINDOWS, u"unread.txt");
    begin_record(53, 1, IN_USE | FOLDER);
    add_standard_information(53);
    add_name(53, 2, ROOT, ROOT, WINDOWS, u"damaged");
    add_attribute(53, 0x90, 1, u"$I30", root, 32 + 2 * 104);
    begin_record(54, 3, IN_USE);
    add_name(54, 2, 53, 1, WINDOWS, u"unread.txt");
    open_volume();
    same_lost("/small/removed.exe of 42-7 (another's); /small/kept1.txt of 51-1 (lives); "
              "/gone/inside.exe of 42-7 (another's); ",
              "in $MFT records of folders");
    memcpy(record_at(54), "BAAD", 4);
    for (unsigned i = 0; i < RECORDS; i++)
        used[i] = 0; /* they have their fixups */
    open_volume();
    same_lost("/small/removed.exe of 42-7 (another's); /small/kept1.txt of 51-1 (lives); "
              "/gone/inside.exe of 42-7 (another's); /damaged/unread.txt of 54-3 (unknown); ",
              "of a file whose record is damaged");
}

int main(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(path, sizeof path, "%.40s/fett-names-XXXXXX", base ? base : "/tmp");
    if (close(mkstemp(path)) != 0) {
        printf("Bail out! cannot make a file\n");
        return 1;
    }
    test_spaces();
    test_times();
    test_links();
    test_units();
    test_folders();
    test_circles();
    test_content();
    test_lost_names();
    test_lost_in_records();
    close_volume();
    unlink(path);
    return tap_done();
}
