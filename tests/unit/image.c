/* SPDX-License-Identifier: Apache-2.0 */

/* Unit tests of image: raw, split raw, refusals, gaps. */

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <fett/buffer.h>
#include <fett/bytes.h>

#include "image_files.h"

/* --- raw --- */

static void test_raw(void)
{
    uint8_t data[700], got[700];
    struct error error = ERROR_INIT;
    struct reader *reader;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    write_file("odd.raw", data, sizeof data);
    struct image *image = open_image("odd.raw", ERROR_NONE, "");
    if (!ok(image != NULL, "a raw file whose size is no multiple of 512 opens"))
        return;
    same_number((long long)image_size(image), 700, "its size is exact");
    same_text(image_format_name(image), "raw", "it is raw");
    same_number((long long)image_segment_count(image), 1, "one segment");
    ok(image_stored_digest(image, DIGEST_MD5) == NULL, "it stores no digest");
    image_reader(image, &reader, NULL);
    ok(reader_read(reader, 0, got, 700, &error) == 0 && memcmp(got, data, 700) == 0, "all of it");
    ok(reader_read(reader, 690, got, 20, &error) == -1 && memcmp(got, data + 690, 10) == 0 &&
       bytes_all_zero(got + 10, 10), "beyond the end: what there is, then zeros");
    ok(!image_known_zero(image, reader, 0, 700) && !image_known_zero(image, reader, 690, 20) &&
       !image_known_zero(image, reader, 0, 0), "not known to be zero");
    reader_free(reader);
    image_free(image);
}

static void test_hole(void)
{
    int fd = open(in_folder("sparse.raw"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct reader *reader;

    if (fd < 0 || ftruncate(fd, 4 << 20) != 0 || pwrite(fd, "x", 1, 2 << 20) != 1) {
        printf("Bail out! cannot write sparse.raw\n");
        exit(1);
    }
    bool holes = lseek(fd, 0, SEEK_DATA) > 0;
    close(fd);
    if (!holes) {
        ok(true, "# SKIP holes: the file system does not tell them");
        return;
    }
    struct image *image = open_image("sparse.raw", ERROR_NONE, "");
    image_reader(image, &reader, NULL);
    ok(image_known_zero(image, reader, 0, 1 << 20), "a hole is known to be zero");
    ok(image_known_zero(image, reader, 3 << 20, 1 << 20), "so is the one at the end");
    ok(!image_known_zero(image, reader, 0, (2 << 20) + 1), "not with a byte of data in it");
    ok(!image_known_zero(image, reader, 3 << 20, (1 << 20) + 1), "not beyond the end");
    reader_free(reader);
    image_free(image);
}

static void test_split(void)
{
    char got[16] = "";
    struct image *image;

    write_file("split.000", "abcd", 4);
    write_file("split.001", "efgh", 4);
    write_file("split.002", "ij", 2);
    image = open_image("split.000", ERROR_NONE, "");
    same_text(image_format_name(image), "split raw", "split raw");
    same_number((long long)image_size(image), 10, "the segments add up");
    ok(read_range(image, 2, got, 7) == 0 && memcmp(got, "cdefghi", 7) == 0,
       "a read goes over three of them");
    image_free(image);
    open_image("split.001", ERROR_USAGE, "not the first segment");

    unlink(in_folder("split.001"));
    image = open_image("split.000", ERROR_NONE, "");
    same_number((long long)image_size(image), 10, "a missing one leaves its place");
    same_text(gap_text(image, 0),
              "4+4 0 segment file number 1 is missing; its length is taken from the others",
              "which is a gap");
    ok(read_range(image, 2, got, 8) == -1 && memcmp(got, "cd\0\0\0\0ij", 8) == 0,
       "read as zeros, and told");
    ok(read_range(image, 8, got, 2) == 0, "what stands behind is fine");
    same_number((long long)image_gap_count(image), 1, "reading adds no further gap");
    image_free(image);

    write_file("split.003", "k", 1);
    open_image("split.000", ERROR_DAMAGED, "segment number 1 is missing");

    write_file("disk.aa", "12", 2);
    write_file("disk.ab", "34", 2);
    write_file("disk.db", "56", 2);
    image = open_image("disk.aa", ERROR_NONE, "");
    same_number((long long)image_size(image), 4, ".db does not follow .ab");
    image_free(image);

    write_file("one.001", "12345", 5);
    image = open_image("one.001", ERROR_NONE, "");
    same_text(image_format_name(image), "raw", ".001 alone is raw");
    image_free(image);
}

static void test_refused(void)
{
    static const struct {
        const char *bytes;
        size_t size, offset;
        const char *word;
    } cases[] = {
        { "EVF2\r\n\x81\0", 8, 0, "Ex01" },
        { "LVF\x09\r\n\xff\0", 8, 0, "L01" },
        { "LEF2\r\n\x81\0", 8, 0, "Lx01" },
        { "QFI\xfb", 4, 0, "qcow2" },
        { "\x7f\x10\xda\xbe", 4, 64, "VDI" },
        { "ADSEGMENTEDFILE\0", 16, 0, "AD1" },
        { "AFF10\r\n\0", 8, 0, "AFF" },
        { "\xfe\xef\1\1", 4, 0, "Norton Ghost" },
        { "\x1f\x8b\x08\0", 4, 0, "decompress it first; --raw takes its bytes as they are" },
        { "\xfd" "7zXZ\0", 6, 0, "decompress it first" },
        { "7z\xbc\xaf\x27\x1c", 6, 0, "unpack it first" },
        { "PK\x03\x04----------------------------container.description", 53, 0, "AFF4" },
        { "PK\x03\x04", 4, 0, "zip" },
        { "koly", 4, 1024 - 512, "DMG" },
    };
    uint8_t data[1024];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(data, 0, sizeof data);
        memcpy(data + cases[i].offset, cases[i].bytes, cases[i].size);
        write_file("refused", data, sizeof data);
        open_image("refused", ERROR_UNSUPPORTED, cases[i].word);
    }
    struct image *image = NULL;
    const struct image_options options = { .force_raw = true };
    ok(image_open(&image, in_folder("refused"), &options, NULL) == 0 &&
       image_size(image) == 1024, "force_raw takes it as it is");
    image_free(image);
    memset(data, 0, sizeof data);
    memcpy(data, "\xfe\xef", 2);
    memcpy(data + 510, "\x55\xaa", 2);
    write_file("boot", data, sizeof data);
    image = open_image("boot", ERROR_NONE, "");
    ok(image != NULL, "a boot sector that begins like Ghost is raw");
    image_free(image);
}

static void test_no_image(void)
{
    write_file("empty", "", 0);
    open_image("empty", ERROR_USAGE, "empty file");
    open_image(".", ERROR_USAGE, "a folder");
    open_image("absent", ERROR_SYSTEM, "No such file");
    if (mkfifo(in_folder("fifo"), 0600) == 0)
        open_image("fifo", ERROR_USAGE, "not an ordinary file");
}

static void test_gaps(void)
{
    struct gap gap = { .offset = 100, .length = 50, .kind = GAP_DAMAGE, .reason = "x" };

    write_file("gaps", "12345", 5);
    struct image *image = open_image("gaps", ERROR_NONE, "");
    image_add_gap(image, &gap);
    image_add_gap(image, &gap);
    same_number((long long)image_gap_count(image), 1, "the same gap again is one");
    gap.offset = 200;
    image_add_gap(image, &gap);
    gap.offset = 10;
    gap.length = 5;
    gap.reason = "y";
    image_add_gap(image, &gap);
    same_number((long long)image_gap_count(image), 3, "others are apart");
    same_text(gap_text(image, 0), "10+5 0 y", "in order of offset");
    gap.offset = 150;
    gap.length = 50;
    gap.reason = "x";
    image_add_gap(image, &gap);
    same_number((long long)image_gap_count(image), 2, "a neighbour of two joins both");
    same_text(gap_text(image, 1), "100+150 0 x", "into one");
    gap.volume = "p1";
    image_add_gap(image, &gap);
    same_number((long long)image_gap_count(image), 3, "another object is another gap");
    gap.volume = NULL;
    for (unsigned i = 0; i < 70000; i++) {
        gap.offset = 1000 + 100 * (uint64_t)i;
        gap.length = 10;
        image_add_gap(image, &gap);
    }
    struct gap last;
    size_t count = image_gap_count(image);
    bool covered = false;
    for (size_t i = 0; i < count; i++) {
        image_gap(image, i, &last);
        covered = covered || (last.offset <= gap.offset && last.offset + last.length >=
                                                               gap.offset + gap.length);
    }
    ok(count <= 65536, "their number is bounded");
    ok(covered, "and one of them covers the last that came");
    image_free(image);
}

/* Gaps that have a path and no place, as those of a folder: all of them are told,
 * once, and as quickly as they come. */
static void test_gaps_without_place(void)
{
    enum { GAPS = 200000, MOST = 65536, SECONDS = 10 };
    char path[32];
    struct gap gap = { .kind = GAP_DAMAGE, .reason = "x", .path = path };

    write_file("gaps", "12345", 5);
    struct image *image = open_image("gaps", ERROR_NONE, "");
    clock_t start = clock();
    for (int i = 0; i < GAPS && clock() - start < SECONDS * CLOCKS_PER_SEC; i++) {
        snprintf(path, sizeof path, "/%06d", i);
        image_add_gap(image, &gap);
        if (i < 1000)
            image_add_gap(image, &gap);
    }
    ok(clock() - start < SECONDS * CLOCKS_PER_SEC, "200,000 gaps within %d s", SECONDS);
    same_number((long long)image_gap_count(image), MOST, "as many as are kept");
    int in_order = 0, rest = 0;
    while (image_take_gap(image, 0, &gap)) {
        snprintf(path, sizeof path, "/%06d", in_order);
        if (gap.path && strcmp(gap.path, path) == 0)
            in_order++;
        else
            rest += !gap.path;
    }
    same_number(in_order, MOST - 1, "each once, in order of path");
    same_number(rest, 1, "and one for the rest");
    image_add_gap(image, &(struct gap){ .kind = GAP_DAMAGE, .reason = "x", .path = "/000000" });
    image_add_gap(image, &(struct gap){ .kind = GAP_DAMAGE, .reason = "x", .path = "/z" });
    ok(!image_take_gap(image, UINT64_MAX, &gap), "what was told is not told again");
    image_free(image);
}

/* Gaps of several objects, with and without a length, in no order, some told meanwhile. */
static void test_gaps_at_random(void)
{
    enum { OBJECTS = 3, BYTES = 400, ROUNDS = 20000 };
    static const char *const paths[OBJECTS] = { NULL, "/a", "/b" };
    static bool lost[OBJECTS][BYTES], told[OBJECTS][BYTES];
    struct gap gap = { .kind = GAP_DAMAGE, .reason = "x" };
    struct image *image = NULL;
    bool anew = true, right = true, within = true;
    uint32_t number = 1;

    for (int round = 0; round < ROUNDS; round++) {
        if (round % 50 == 0) {
            write_file("gaps", "12345", 5);
            image = open_image("gaps", ERROR_NONE, "");
            memset(lost, 0, sizeof lost);
            memset(told, 0, sizeof told);
        }
        number = number * 1664525 + 1013904223;
        int object = (int)(number >> 8) % OBJECTS;
        gap.path = paths[object];
        gap.offset = (number >> 16) % (BYTES - 40);
        gap.length = 1 + (number >> 10) % (number >> 30 ? 8 : 40);
        image_add_gap(image, &gap);
        for (uint64_t i = 0; i < gap.length; i++)
            lost[object][gap.offset + i] = true;
        bool last = round % 50 == 49;
        uint64_t limit = last ? UINT64_MAX : number % 8 == 0 ? (number >> 12) % BYTES : 0, at = 0;
        struct gap taken;
        while ((limit || last) && image_take_gap(image, limit, &taken)) {
            object = taken.path ? taken.path[1] - 'a' + 1 : 0;
            right &= taken.offset >= at && taken.offset <= limit;
            at = taken.offset;
            bool is_new = false;
            for (uint64_t i = taken.offset; i < taken.offset + taken.length; i++) {
                within &= lost[object][i];
                is_new |= !told[object][i];
                told[object][i] = true;
            }
            anew &= is_new;
        }
        if (last) {
            right &= memcmp(lost, told, sizeof lost) == 0;
            image_free(image);
        }
    }
    ok(right, "gaps at random: all are told, in order");
    ok(within, "nothing besides is");
    ok(anew, "each tells something new");
}

/* One long gap, as of an image that is cut, and very many short ones of other objects in it. */
static void test_gaps_in_a_long_one(void)
{
    enum { MOST = 60000 };
    char inode[16];
    struct gap gap = { .kind = GAP_STRUCTURE, .reason = "cut", .length = (uint64_t)1 << 40 };
    bool found = true;

    write_file("gaps", "12345", 5);
    struct image *image = open_image("gaps", ERROR_NONE, "");
    image_add_gap(image, &gap);
    gap = (struct gap){ .kind = GAP_STRUCTURE, .reason = "x", .length = 1024, .inode = inode };
    for (int i = MOST; i-- > 0;) {
        snprintf(inode, sizeof inode, "%d", i);
        gap.offset = 1000000 + 1024 * (uint64_t)i;
        image_add_gap(image, &gap);
    }
    same_number((long long)image_gap_count(image), MOST + 1, "all are kept apart");
    for (int i = 0; i <= MOST; i++) {
        image_gap(image, (size_t)i, &gap);
        found &= i == 0 ? !gap.inode : gap.inode && atoi(gap.inode) == i - 1;
    }
    ok(found, "in order of their places");
    image_free(image);
}

int main(void)
{
    make_folder();
    test_raw();
    test_hole();
    test_split();
    test_refused();
    test_no_image();
    test_gaps();
    test_gaps_without_place();
    test_gaps_at_random();
    test_gaps_in_a_long_one();
    return done();
}
