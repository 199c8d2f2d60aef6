/* SPDX-License-Identifier: Apache-2.0 */

/* Volumes of ext in memory: where inodes lie, each field of them that is used,
 * trees of extents, and what damage does to all that. */

#include <stdint.h>
#include <stdlib.h>

#include "../../lib/evidence/ext_inode.h"

#include "put.h"
#include "tap.h"

enum { SIZE = 512 * 1024, BLOCK = 1024, TABLE = 5, INODE = 12 };

static uint8_t volume[SIZE];

/* One group of 32 inodes, blocks of 1,024 bytes. */
static void begin(unsigned inode_size)
{
    uint8_t *superblock = volume + 1024;

    memset(volume, 0, sizeof volume);
    put32(superblock, 32);
    put32(superblock + 4, SIZE / BLOCK);
    put32(superblock + 20, 1);
    put32(superblock + 32, 8192);
    put32(superblock + 40, 32);
    put16(superblock + 56, 0xef53);
    put32(superblock + 76, inode_size == 128 ? 0 : 1);
    put16(superblock + 88, inode_size);
    put32(volume + 2 * BLOCK + 8, TABLE);
}

static uint8_t *inode_at(unsigned number, unsigned inode_size)
{
    return volume + TABLE * BLOCK + (number - 1) * inode_size;
}

static struct ext *open_volume(size_t size, struct reader **reader)
{
    struct ext *ext = NULL;

    *reader = reader_over_memory(volume, size);
    if (ext_open(&ext, *reader, NULL) != 0)
        ext = NULL;
    return ext;
}

static int read_inode(uint64_t number, struct ext_inode *inode)
{
    struct reader *reader;
    struct ext *ext = open_volume(SIZE, &reader);
    int result = ext ? ext_inode_read(ext, number, inode, NULL) : -1;

    ext_free(ext);
    reader_free(reader);
    return result;
}

/* As the Linux kernel documents them, Documentation/filesystems/ext4/inodes.rst. */
static void test_epochs(void)
{
    static const struct {
        uint32_t seconds, epoch;
        long long expected;
    } rows[] = {
        { 0xffffffff, 0, -1 },                   /* 1969-12-31 */
        { 0x80000000, 0, -2147483648LL },        /* 1901-12-13 */
        { 0x00000001, 0, 1 },                    /* 1970-01-01 */
        { 0x7fffffff, 0, 2147483647LL },         /* 2038-01-19 */
        { 0x80000000, 1, 2147483648LL },         /* 2038-01-19 */
        { 0x00000000, 1, 4294967296LL },         /* 2106-02-07 */
        { 0x7fffffff, 2, 0x27fffffffLL },        /* 2310-04-04 */
        { 0x80000000, 3, 0x280000000LL },        /* 2310-04-04 */
        { 0x7fffffff, 3, 0x37fffffffLL },        /* 2446-05-10 */
    };
    struct ext_inode inode;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(256);
        uint8_t *p = inode_at(INODE, 256);
        put32(p + 16, rows[i].seconds);
        put16(p + 128, 32);
        put32(p + 136, 123456789u << 2 | rows[i].epoch);
        ok(read_inode(INODE, &inode) == 0 && inode.times.modified.state == INSTANT_UTC, "read");
        same_number(inode.times.modified.seconds, rows[i].expected, "seconds and epoch");
        same_number(inode.times.modified.nanoseconds, 123456789, "nanoseconds");
        same_number(inode.times.modified.precision, PRECISION_NANOSECOND, "precision");
    }
}

static void test_times(void)
{
    struct ext_inode inode;
    uint8_t *p;

    begin(256);
    p = inode_at(INODE, 256);
    for (int i = 0; i < 4; i++)
        put32(p + 8 + 4 * i, (uint32_t)(i + 1) * 1000);
    put16(p + 128, 32);
    for (int i = 0; i < 3; i++)
        put32(p + 132 + 4 * i, (uint32_t)(i + 1) << 2);
    put32(p + 132, 1 << 2 | 1);
    put32(p + 144, 5000);
    put32(p + 148, 4 << 2);
    ok(read_inode(INODE, &inode) == 0, "inode with room for all");
    same_number(inode.times.accessed.seconds, 1000, "accessed");
    same_number(inode.times.accessed.nanoseconds, 3, "accessed, fraction");
    same_number(inode.times.changed.seconds, 2000 + (1LL << 32), "changed");
    same_number(inode.times.changed.nanoseconds, 1, "changed, fraction");
    same_number(inode.times.modified.seconds, 3000, "modified");
    same_number(inode.times.modified.nanoseconds, 2, "modified, fraction");
    same_number(inode.deleted.seconds, 4000 + (1LL << 32), "deleted, in the epoch of changed");
    same_number(inode.deleted.precision, PRECISION_SECOND, "deleted, precision");
    same_number(inode.times.born.seconds, 5000, "born");
    same_number(inode.times.born.nanoseconds, 4, "born, fraction");

    put16(p + 128, 16);
    ok(read_inode(INODE, &inode) == 0 && inode.times.born.state == INSTANT_ABSENT,
       "no room for born");
    same_number(inode.times.modified.nanoseconds, 2, "but for the others");
    put16(p + 128, 8);
    ok(read_inode(INODE, &inode) == 0 && inode.times.modified.precision == PRECISION_SECOND,
       "no room for the fraction of modified");
    same_number(inode.times.changed.precision, PRECISION_NANOSECOND, "but for that of changed");
    put16(p + 128, 129);
    ok(read_inode(INODE, &inode) == 0 && inode.times.changed.precision == PRECISION_SECOND,
       "more in use than there is: none of it is believed");
    put16(p + 128, 32);
    put32(p + 136, 1000000000u << 2 | 1);
    ok(read_inode(INODE, &inode) == 0 && inode.times.modified.nanoseconds == 0,
       "a second of nanoseconds");
    same_number(inode.times.modified.seconds, 3000 + (1LL << 32), "its epoch is there");
    put32(p + 16, 0);
    put32(p + 136, 0);
    ok(read_inode(INODE, &inode) == 0 && inode.times.modified.state == INSTANT_ABSENT, "not set");

    begin(128);
    p = inode_at(8, 128); /* the last of its block */
    put32(p + 16, 0x85bcd480);
    put32(p + 20, 0xffffffff);
    put16(p + 128, 32);
    put32(p + 136, 7);
    ok(read_inode(8, &inode) == 0, "an inode of 128 bytes");
    same_number(inode.times.modified.seconds, -2051222400, "1905, signed");
    same_number(inode.times.modified.precision, PRECISION_SECOND, "whole seconds");
    same_number(inode.deleted.seconds, -1, "deleted in 1969");
    ok(inode.times.born.state == INSTANT_ABSENT, "no birth");
}

/* The inode with this time is found. */
static void expect_inode(uint64_t number, uint64_t at, const char *what)
{
    struct ext_inode inode = { .extents = false };

    put32(volume + at + 16, 77);
    ok(read_inode(number, &inode) == 0 && inode.times.modified.seconds == 77, "%s", what);
    put32(volume + at + 16, 0);
}

/* Where a volume is cut in its table of inodes, those before are read all the same. */
static void test_cut(void)
{
    struct ext_inode inode = { .extents = false };
    struct reader *reader;

    begin(256);
    put32(inode_at(4, 256) + 16, 77);
    struct ext *ext = open_volume((TABLE + 1) * BLOCK, &reader);
    ok(ext_inode_read(ext, 4, &inode, NULL) == 0 && inode.times.modified.seconds == 77,
       "the last inode before the end of a volume that is cut");
    ok(ext_inode_read(ext, 5, &inode, NULL) != 0, "the first one behind it");
    ext_free(ext);
    reader_free(reader);
}

static void test_places(void)
{
    uint8_t *superblock = volume + 1024;
    struct ext_inode inode;

    begin(256);
    ok(read_inode(0, &inode) != 0 && read_inode(33, &inode) != 0, "numbers that are none");

    /* 4 groups of 8 inodes, descriptors of 32 bytes: all in block 2 */
    put32(superblock + 40, 8);
    put32(superblock + 32, 128);
    for (unsigned group = 0; group < 4; group++)
        put32(volume + 2 * BLOCK + 32 * group + 8, 20 + 10 * group);
    expect_inode(1, 20 * BLOCK, "the first of group 0");
    expect_inode(8, 20 * BLOCK + 7 * 256, "the last of group 0");
    expect_inode(9, 30 * BLOCK, "the first of group 1");
    expect_inode(32, 50 * BLOCK + 7 * 256, "the last of group 3");
    put32(volume + 2 * BLOCK + 32 + 40, 1);
    expect_inode(9, 30 * BLOCK, "without 64bit there is no high half");

    /* 64bit: descriptors of 512 bytes, two a block */
    put32(superblock + 96, 0x80);
    put16(superblock + 254, 512);
    for (unsigned group = 0; group < 4; group++)
        put32(volume + 2 * BLOCK + 512 * group + 8, 60 + 10 * group);
    put32(volume + 2 * BLOCK + 512 + 40, 0);
    expect_inode(9, 70 * BLOCK, "64bit: group 1");
    expect_inode(25, 90 * BLOCK, "64bit: group 3, in the next block");
    put32(volume + 2 * BLOCK + 512 + 40, 1);
    ok(read_inode(9, &inode) != 0, "a table beyond 32 bits is outside");

    /* meta_bg: the second block of descriptors is in the first group it is for, behind
     * a superblock where one is */
    put32(superblock + 96, 0x80 | 0x10);
    put32(superblock + 260, 1);
    put32(volume + (1 + 2 * 128 + 1) * BLOCK + 512 + 8, 100);
    expect_inode(25, 100 * BLOCK, "meta_bg: behind the superblock of group 2");
    put32(superblock + 100, 1);
    put32(volume + (1 + 2 * 128) * BLOCK + 512 + 8, 110);
    expect_inode(25, 110 * BLOCK, "meta_bg: group 2 has no superblock with sparse_super");
    put32(superblock + 92, 0x200);
    put32(superblock + 588, 2);
    expect_inode(25, 100 * BLOCK, "meta_bg: group 2 has one with sparse_super2");

    /* blocks of 4,096 bytes: superblock and descriptors in blocks 0 and 1 */
    begin(256);
    put32(superblock + 24, 2);
    put32(superblock + 20, 0);
    put32(superblock + 4, SIZE / 4096);
    put32(volume + 4096 + 8, 9);
    expect_inode(INODE, 9 * 4096 + (INODE - 1) * 256, "blocks of 4,096 bytes");
    put32(volume + 4096 + 8, SIZE / 4096 - 1);
    ok(read_inode(32, &inode) != 0, "a table that leaves the volume");
    put32(volume + 4096 + 8, SIZE / 4096);
    ok(read_inode(1, &inode) != 0, "a table outside");
}

static void test_superblocks(void)
{
    static const struct {
        unsigned at, value;
        const char *what;
    } rows[] = {
        { 4, 1, "no block behind the first" },
        { 24, 7, "blocks of 128 KiB" },
        { 24, 0xffffffff, "blocks of 1024 << -1" },
        { 32, 0, "no blocks in a group" },
        { 40, 0, "no inodes in a group" },
        { 56, 0xef52, "magic" },
        { 88, 64, "inodes of 64 bytes" },
        { 88, 384, "inodes of 384 bytes" },
        { 88, 2048, "inodes larger than a block" },
        { 96, 0x80, "64bit with descriptors of no bytes" },
    };
    struct reader *reader;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(256);
        put32(volume + 1024 + rows[i].at, rows[i].value);
        ok(open_volume(SIZE, &reader) == NULL, "%s", rows[i].what);
        reader_free(reader);
    }
    begin(256);
    ok(open_volume(1500, &reader) == NULL, "half a superblock");
    reader_free(reader);
    put32(volume + 1024 + 96, 0x80);
    put16(volume + 1024 + 254, 64);
    put32(volume + 1024 + 336, 0xffffffff);
    ok(open_volume(SIZE, &reader) == NULL, "2^64 blocks");
    reader_free(reader);
}

static void expect_pieces(const char *what, size_t count, uint64_t at, uint64_t length,
                          uint64_t second_at, uint64_t second_length)
{
    uint64_t start = (uint64_t)(inode_at(INODE, 512) - volume);
    struct ext_inode inode;

    if (!ok(read_inode(INODE, &inode) == 0 && inode.piece_count == count, "%s: %zu pieces", what,
            count))
        return;
    if (count > 0)
        ok(inode.pieces[0].at == start + at && inode.pieces[0].length == length &&
               inode.pieces[0].file_offset == 0, "%s: the first", what);
    if (count > 1)
        ok(inode.pieces[1].at == start + second_at && inode.pieces[1].length == second_length &&
               inode.pieces[1].file_offset == 60, "%s: the second", what);
}

static void test_pieces(void)
{
    uint8_t *p = inode_at(INODE, 512), *entry = p + 164;

    begin(512);
    put16(p, 0120777);
    put32(p + 4, 59);
    expect_pieces("a link of 59 bytes", 1, 40, 59, 0, 0);
    put32(p + 4, 60);
    expect_pieces("a link of 60 bytes is in a block", 0, 0, 0, 0, 0);
    put32(p + 4, 11);
    put32(p + 32, 0x80000);
    expect_pieces("a link with extents", 0, 0, 0, 0, 0);
    put32(p + 32, 0);
    put32(p + 108, 1);
    expect_pieces("a link of 4 GiB", 0, 0, 0, 0, 0);
    put32(p + 108, 0);
    put16(p, 0100644);
    expect_pieces("a regular file", 0, 0, 0, 0, 0);

    put32(p + 32, 0x10000000);
    expect_pieces("inline data", 1, 40, 11, 0, 0);
    put32(p + 4, 0);
    expect_pieces("no inline data", 0, 0, 0, 0, 0);
    put32(p + 4, 100);
    expect_pieces("inline data without the attribute", 1, 40, 60, 0, 0);
    put16(p + 128, 32);
    put32(p + 160, 0xea020000);
    entry[0] = 5; /* user.other, then system.data */
    entry[1] = 1;
    memcpy(entry + 16, "other", 5);
    entry += 16 + 8;
    entry[0] = 4;
    entry[1] = 7;
    put16(entry + 2, 200);
    put32(entry + 8, 40);
    memcpy(entry + 16, "data", 4);
    expect_pieces("inline data and its rest", 2, 40, 60, 164 + 200, 40);
    put32(entry + 8, 48);
    expect_pieces("an attribute with room behind the end", 2, 40, 60, 164 + 200, 40);
    put32(entry + 8, 30);
    expect_pieces("an attribute that is short", 2, 40, 60, 164 + 200, 30);
    put16(entry + 2, 512 - 164 - 30);
    expect_pieces("an attribute up to the end", 2, 40, 60, 512 - 30, 30);
    put16(entry + 2, 512 - 164 - 29);
    expect_pieces("an attribute beyond the end", 1, 40, 60, 0, 0);
    put16(entry + 2, 200);
    put32(entry + 4, 99);
    expect_pieces("an attribute in an inode of its own", 1, 40, 60, 0, 0);
    put32(entry + 4, 0);
    entry[1] = 1;
    expect_pieces("user.data", 1, 40, 60, 0, 0);
    entry[1] = 7;
    put32(p + 160, 0xea020001);
    expect_pieces("no magic", 1, 40, 60, 0, 0);
    put32(p + 160, 0xea020000);
    put16(p + 128, 512 - 128);
    expect_pieces("no room for attributes", 1, 40, 60, 0, 0);
}

struct seen {
    struct ext_extent extents[16];
    size_t count;
    uint64_t nodes[16];
    size_t node_count;
    int stop_after;
};

static int see(void *context, const struct ext_extent *extent)
{
    struct seen *seen = context;

    if (extent->node) {
        if (seen->node_count < 16)
            seen->nodes[seen->node_count++] = extent->block;
        return 0;
    }
    if (seen->count < 16)
        seen->extents[seen->count] = *extent;
    seen->count++;
    return seen->stop_after > 0 && --seen->stop_after == 0 ? 7 : 0;
}

static int walk_extents(struct seen *seen, struct error *error)
{
    struct reader *reader;
    struct ext *ext = open_volume(SIZE, &reader);
    struct ext_inode inode;
    int result = -2;

    seen->count = seen->node_count = 0;
    if (ext && ext_inode_read(ext, INODE, &inode, NULL) == 0)
        result = ext_inode_extents(ext, &inode, see, seen, error);
    ext_free(ext);
    reader_free(reader);
    return result;
}

static uint8_t *put_node(uint8_t *node, unsigned entries, unsigned depth)
{
    put16(node, 0xf30a);
    put16(node + 2, entries);
    put16(node + 4, 4);
    put16(node + 6, depth);
    return node + 12;
}

static uint8_t *put_leaf(uint8_t *entry, uint32_t file_block, unsigned length, uint32_t block)
{
    put32(entry, file_block);
    put16(entry + 4, length);
    put16(entry + 6, 0);
    put32(entry + 8, block);
    return entry + 12;
}

static uint8_t *put_index(uint8_t *entry, uint32_t file_block, uint32_t block)
{
    put32(entry, file_block);
    put32(entry + 4, block);
    put16(entry + 8, 0);
    return entry + 12;
}

static void test_extents(void)
{
    uint8_t *p = inode_at(INODE, 256), *root = p + 40, *at;
    struct seen seen = { .count = 0 };
    struct error error = ERROR_INIT;

    begin(256);
    ok(walk_extents(&seen, NULL) == 0 && seen.count == 0, "no tree, no extents");
    put32(p + 32, 0x80000);
    at = put_node(root, 3, 0);
    at = put_leaf(at, 0, 1, 300);
    at = put_leaf(at, 1, 32768 + 34, 301);
    put_leaf(at, 100, 5, 400);
    ok(walk_extents(&seen, &error) == 0 && seen.count == 3, "a leaf in the inode");
    ok(!seen.extents[0].unwritten && seen.extents[0].count == 1 && seen.extents[0].block == 300,
       "written");
    ok(seen.extents[1].unwritten && seen.extents[1].count == 34 && seen.extents[1].file_block == 1,
       "unwritten");
    seen.stop_after = 2;
    ok(walk_extents(&seen, NULL) == 7 && seen.count == 2, "the visitor ends the walk");
    seen.stop_after = 0;
    put32(p + 32, 0x10080000);
    ok(walk_extents(&seen, NULL) == 0 && seen.count == 0, "inline data is no tree");
    put32(p + 32, 0x80000);

    put_leaf(put_node(root, 1, 0), 0, 32768, 1);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 0, "32,768 are written, and too many here");
    put_leaf(root + 12, 0, 0, 300);
    ok(walk_extents(&seen, &error) != 0, "an extent of nothing");
    put_leaf(root + 12, 0, 1, 0);
    ok(walk_extents(&seen, &error) != 0, "block 0 is a hole");
    put_leaf(root + 12, 0, 2, SIZE / BLOCK - 1);
    ok(walk_extents(&seen, &error) != 0, "an extent that leaves the volume");
    put16(put_leaf(root + 12, 0, 1, 300) - 6, 1);
    ok(walk_extents(&seen, &error) != 0, "a block of 48 bits");
    put_leaf(root + 12, 0xffffffff, 1, 300);
    ok(walk_extents(&seen, &error) == 0, "the last block that a file can have");
    put_leaf(root + 12, 0xffffffff, 2, 300);
    ok(walk_extents(&seen, &error) != 0, "one more");
    at = put_node(root, 2, 0);
    at = put_leaf(at, 5, 5, 300);
    put_leaf(at, 9, 5, 400);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 1, "extents that overlap: the first");
    put_node(root, 5, 0);
    ok(walk_extents(&seen, &error) != 0, "more entries than the inode has room for");
    put_node(root, 1, 6);
    ok(walk_extents(&seen, &error) != 0, "too deep");
    put16(root, 0xf30b);
    ok(walk_extents(&seen, &error) != 0, "no magic");

    /* two levels */
    at = put_node(root, 2, 2);
    at = put_index(at, 0, 200);
    put_index(at, 50, 201);
    put_index(put_node(volume + 200 * BLOCK, 1, 1), 0, 210);
    put_index(put_node(volume + 201 * BLOCK, 1, 1), 60, 211);
    at = put_node(volume + 210 * BLOCK, 2, 0);
    at = put_leaf(at, 0, 10, 300);
    put_leaf(at, 10, 32768 + 40, 310);
    put_leaf(put_node(volume + 211 * BLOCK, 1, 0), 60, 1, 400);
    ok(walk_extents(&seen, &error) == 0 && seen.count == 3, "a tree of depth 2");
    ok(seen.extents[1].unwritten && seen.extents[1].count == 40 && seen.extents[2].block == 400,
       "in order");
    ok(seen.node_count == 4 && seen.nodes[0] == 200 && seen.nodes[1] == 210 &&
           seen.nodes[2] == 201 && seen.nodes[3] == 211, "with its nodes");
    put_leaf(at, 10, 41, 310);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 1,
       "an extent that reaches into the next node's part");
    put_leaf(at, 10, 40, 310);
    put_leaf(volume + 211 * BLOCK + 12, 59, 1, 400);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 2, "an extent before its node's part");
    put_index(volume + 201 * BLOCK + 12, 60, 201);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 2, "a node below itself: depth");
    put_index(volume + 201 * BLOCK + 12, 60, 210);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 2, "a node twice: its part");
    put_index(volume + 201 * BLOCK + 12, 60, SIZE / BLOCK);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 2, "a node outside");
    put_index(volume + 201 * BLOCK + 12, 60, 211);
    put_node(volume + 211 * BLOCK, 0, 0);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 2, "a node without entries");
    put_node(volume + 211 * BLOCK, 85, 0);
    ok(walk_extents(&seen, &error) != 0 && seen.count == 2, "more entries than a block has room for");
}

struct blocks {
    uint8_t used[SIZE / BLOCK];
    size_t count;
};

static int mark(void *context, uint64_t block, uint64_t count)
{
    struct blocks *blocks = context;

    for (uint64_t i = block; i < block + count && i < SIZE / BLOCK; i++) {
        blocks->count += !blocks->used[i];
        blocks->used[i] = 1;
    }
    return block + count > SIZE / BLOCK;
}

static int structure(struct blocks *blocks)
{
    struct reader *reader;
    struct ext *ext = open_volume(SIZE, &reader);

    *blocks = (struct blocks){ .count = 0 };
    int result = ext ? ext_structure(ext, mark, blocks, NULL) : -2;
    ext_free(ext);
    reader_free(reader);
    return result;
}

/* Whether exactly these blocks, up to a 0, of [from, to) are structure. */
static bool only(const struct blocks *blocks, unsigned from, unsigned to, const unsigned *expected)
{
    for (unsigned i = from; i < to; i++) {
        if (*expected == i)
            expected++;
        else if (blocks->used[i])
            return false;
        else
            continue;
        if (!blocks->used[i])
            return false;
    }
    return *expected == 0;
}

static void test_structure(void)
{
    uint8_t *superblock = volume + 1024;
    struct blocks blocks;
    struct reader *reader;
    uint32_t inodes[EXT_OWN_INODES];

    /* 2 groups of 256 blocks, 16 inodes: tables of 4 blocks */
    begin(256);
    put32(superblock + 32, 256);
    put32(superblock + 40, 16);
    for (unsigned group = 0; group < 2; group++)
        for (unsigned i = 0; i < 3; i++)
            put32(volume + 2 * BLOCK + 32 * group + 4 * i, 20 + 10 * group + i);
    ok(structure(&blocks) == 0, "two groups");
    ok(blocks.used[0] && only(&blocks, 1, 257, (unsigned[]){ 1, 2, 20, 21, 22, 23, 24, 25, 30, 31,
                                                             32, 33, 34, 35, 0 }),
       "the first");
    ok(only(&blocks, 257, 512, (unsigned[]){ 257, 258, 0 }), "a copy in the second");
    put32(superblock + 92, 0x10);
    put16(superblock + 206, 3);
    ok(structure(&blocks) == 0 &&
           only(&blocks, 257, 512, (unsigned[]){ 257, 258, 259, 260, 261, 0 }),
       "with descriptors in reserve");
    put32(superblock + 92, 0x200);
    ok(structure(&blocks) == 0 && only(&blocks, 257, 512, (unsigned[]){ 0 }),
       "no copy with sparse_super2");
    put32(superblock + 96, 0x100);
    put32(superblock + 360, 300);
    ok(structure(&blocks) == 0 && only(&blocks, 257, 512, (unsigned[]){ 300, 0 }), "mmp");
    put32(superblock + 96, 0x10);
    ok(structure(&blocks) == 0 && only(&blocks, 257, 512, (unsigned[]){ 257, 0 }),
       "meta_bg: a copy of the descriptors in the second group");
    put32(volume + 2 * BLOCK + 8, 510);
    ok(structure(&blocks) == 0 && blocks.used[510] && blocks.used[511], "a table cut by the end");
    put32(volume + 2 * BLOCK, 0xffffffff);
    ok(structure(&blocks) == 0, "a bitmap outside");
    put32(superblock + 32, 255);
    ok(structure(&blocks) == -1, "groups too small");

    begin(256);
    struct ext *ext = open_volume(SIZE, &reader);
    ok(ext && !ext_is_apart(ext), "all descriptors together");
    same_number(ext ? (long long)ext_own_inodes(ext, inodes) : 0, 9, "inodes of its own");
    ext_free(ext);
    reader_free(reader);
    put32(superblock + 40, 1);
    put32(superblock + 96, 0x90);
    put16(superblock + 254, 64);
    put32(superblock + 640, 12);
    ext = open_volume(SIZE, &reader);
    ok(ext && ext_is_apart(ext), "meta_bg: 16 groups in the first block");
    struct ext_table table = ext ? ext_table_of_group(ext, 15) : (struct ext_table){ 0 };
    ok(table.start == 2 * BLOCK && table.last_block == 16 * 8192, "and where they are");
    table = ext ? ext_table_of_group(ext, 16) : (struct ext_table){ 0 };
    /* behind the superblock of group 16, as the second block of a table */
    ok(table.start == (1 + 16 * 8192 + 1 - 1) * BLOCK && table.last_block == 32 * 8192,
       "those of the next 16");
    ok(ext && ext_group_of_inode(ext, 16) == 15 && ext_group_of_inode(ext, 17) == 16,
       "groups of inodes");
    ok(ext && ext_group_of_block(ext, 8192) == 0 && ext_group_of_block(ext, 8193) == 1 &&
           ext_group_of_block(ext, 0) == 0,
       "groups of blocks");
    ok(ext && ext_own_inodes(ext, inodes) == 10 && inodes[9] == 12, "and the orphan file");
    ext_free(ext);
    reader_free(reader);
}

static int count_extent(void *context, const struct ext_extent *extent)
{
    (void)extent;
    return ++*(size_t *)context > 100000;
}

static int count_blocks(void *context, uint64_t block, uint64_t count)
{
    (void)block;
    (void)count;
    return ++*(size_t *)context % 1000 == 0;
}

/* Bytes that are changed at random, in what is read: for the sanitizers. */
static void test_damage(void)
{
    uint32_t random = 12345;
    size_t opened = 0, inodes = 0, extents = 0, blocks = 0;

    for (int round = 0; round < 5000; round++) {
        struct reader *reader;
        begin(512);
        for (unsigned number = 1; number <= 32; number++) {
            uint8_t *p = inode_at(number, 512);
            put32(p + 32, number % 2 ? 0x80000 : 0x10000000);
            put32(p + 4, 100);
            put16(p + 128, 32);
            put32(p + 160, 0xea020000);
            p[164] = 4;
            p[165] = 7;
            put32(p + 164 + 8, 40);
            memcpy(p + 164 + 16, "data", 4);
            if (number % 2)
                put_index(put_node(p + 40, 1, 1), 0, 200 + number);
            put_leaf(put_node(volume + (200 + number) * BLOCK, 1, 0), 0, 3, 100);
        }
        for (int i = 0; i < 40; i++) {
            static const struct { uint32_t from, length; } parts[] = {
                { 1024, 600 }, { 2 * BLOCK, 64 }, { TABLE * BLOCK, 16384 }, { 200 * BLOCK, 33 * BLOCK },
            };
            random = random * 1664525 + 1013904223;
            uint32_t part = random >> 30;
            if (part == 0 && i % 8)
                part = 2;
            random = random * 1664525 + 1013904223;
            volume[parts[part].from + (random >> 8) % parts[part].length] ^= (uint8_t)(random >> 4);
        }
        struct ext *ext = open_volume(SIZE, &reader);
        opened += ext != NULL;
        for (uint64_t number = 0; ext && number <= 40; number++) {
            struct ext_inode inode;
            if (ext_inode_read(ext, number, &inode, NULL) != 0)
                continue;
            inodes++;
            ext_inode_extents(ext, &inode, count_extent, &extents, NULL);
        }
        if (ext)
            ext_structure(ext, count_blocks, &blocks, NULL);
        ext_free(ext);
        reader_free(reader);
    }
    ok(opened > 0 && inodes > 0 && extents > 0, "damage: %zu volumes, %zu inodes, %zu extents",
       opened, inodes, extents);
}

int main(void)
{
    test_epochs();
    test_times();
    test_cut();
    test_places();
    test_superblocks();
    test_pieces();
    test_extents();
    test_structure();
    test_damage();
    return tap_done();
}
