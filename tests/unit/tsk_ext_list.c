/* SPDX-License-Identifier: Apache-2.0 */

/* A sound ext in memory, listed without libtsk: live, deleted and orphan files, what became of
 * their content; and what is odd in it, which leaves it to libtsk. */

#include <stdint.h>
#include <stdlib.h>

#include "../../lib/evidence/tsk_index.h"

#include "put.h"
#include "tap.h"

enum {
    SIZE = 512 * 1024, BLOCK = 1024, INODE = 256, INODES = 32,
    BLOCK_BITMAP = 3, INODE_BITMAP, TABLE,
    ROOT_BLOCK = 20, SUB_BLOCK, FREE_BLOCK, USED_BLOCK, LINK_BLOCK,
    FOLDER = 0040755, FILE_MODE = 0100644, LINK = 0120777,
};

enum { ROOT = 2, LIVE = 12, GONE, SUB, LOST, SHORT };

static uint8_t image[SIZE];

static void set_bit(unsigned block, unsigned bit)
{
    image[block * BLOCK + bit / 8] |= (uint8_t)(1 << bit % 8);
}

static uint8_t *inode_at(unsigned number)
{
    return image + TABLE * BLOCK + (number - 1) * INODE;
}

/* An inode with a block map; it is in use if it has links. */
static void put_inode(unsigned number, unsigned mode, unsigned links, uint32_t size,
                      uint32_t block)
{
    uint8_t *data = inode_at(number);

    put16(data, mode);
    put16(data + 2, 1000);
    put32(data + 4, size);
    put32(data + 12, 1000000000 + number);
    put32(data + 16, 900000000 + number);
    put16(data + 26, links);
    put32(data + 40, block);
    put16(data + 120, 1); /* the upper half of the owner */
    if (links > 0)
        set_bit(INODE_BITMAP, number - 1);
}

/* An entry of a folder; returns the end of its name. */
static size_t put_name(size_t at, uint32_t inode, unsigned length, unsigned type, const char *name)
{
    put32(image + at, inode);
    put16(image + at + 4, length);
    image[at + 6] = (uint8_t)strlen(name);
    image[at + 7] = (uint8_t)type;
    memcpy(image + at + 8, name, strlen(name));
    return at + 8 + ((strlen(name) + 3) & ~(size_t)3);
}

static void put_root(void)
{
    size_t at = ROOT_BLOCK * BLOCK, end = at + BLOCK;

    at = put_name(at, ROOT, 12, 2, ".");
    at = put_name(at, ROOT, 12, 2, "..");
    /* Behind the name of this one were that of another and, deleted before, its own. */
    size_t gone = put_name(at, LIVE, 16 + 12 + 16, 1, "file.txt");
    size_t again = put_name(gone, GONE, 12 + 16, 1, "gone");
    put_name(again, LIVE, 16, 1, "file.txt");
    at = put_name(at + 44, SUB, 12, 2, "sub");
    put_name(at, SHORT, (unsigned)(end - at), 7, "link");
}

static void put_sub(void)
{
    size_t at = SUB_BLOCK * BLOCK, end = at + BLOCK;

    at = put_name(at, SUB, 12, 2, ".");
    at = put_name(at, ROOT, 12, 2, "..");
    put_name(at, LIVE, (unsigned)(end - at), 1, "again");
}

static void begin(void)
{
    uint8_t *superblock = image + 1024, *group = image + 2 * BLOCK;

    memset(image, 0, sizeof image);
    put32(superblock, INODES);
    put32(superblock + 4, SIZE / BLOCK);
    put32(superblock + 20, 1);
    put32(superblock + 32, 8192);
    put32(superblock + 40, INODES);
    put16(superblock + 56, 0xef53);
    put32(superblock + 76, 1);
    put16(superblock + 88, INODE);
    put32(superblock + 96, 0x2); /* filetype */
    put32(group, BLOCK_BITMAP);
    put32(group + 4, INODE_BITMAP);
    put32(group + 8, TABLE);
    for (unsigned i = 1; i < LIVE; i++)
        set_bit(INODE_BITMAP, i - 1);
    set_bit(BLOCK_BITMAP, USED_BLOCK - 1);
    put_inode(ROOT, FOLDER, 3, BLOCK, ROOT_BLOCK);
    put_inode(LIVE, FILE_MODE, 2, 5, USED_BLOCK);
    put_inode(GONE, FILE_MODE, 0, 1000, FREE_BLOCK);
    put_inode(SUB, FOLDER, 2, BLOCK, SUB_BLOCK);
    put_inode(LOST, FILE_MODE, 0, 1000, USED_BLOCK);
    put_inode(SHORT, LINK, 1, 70, LINK_BLOCK);
    memset(image + LINK_BLOCK * BLOCK, 'x', 70);
    put_root();
    put_sub();
}

static struct volume volume = { .name = "p0", .kind = FS_EXT2, .kind_name = "ext2" };

/* What listing it returns. */
static int list(struct tsk_filesystem *owner)
{
    volume.length = sizeof image;
    *owner = (struct tsk_filesystem){ .base.volume = &volume };
    owner->volume_reader = reader_over_memory(image, sizeof image);
    if (ext_open(&owner->ext, owner->volume_reader, NULL) != 0)
        return -2;
    return tsk_ext_list(owner, NULL);
}

static void release(struct tsk_filesystem *owner)
{
    ext_free(owner->ext);
    reader_free(owner->volume_reader);
    free(owner->entries);
    claims_release(&owner->claims);
    buffer_release(&owner->text);
    buffer_release(&owner->path);
}

static void expect(const struct tsk_filesystem *owner, size_t number, const char *expected)
{
    const struct tsk_entry *entry = &owner->entries[number];
    struct buffer line = BUFFER_INIT;

    tsk_file_add_path(owner, (uint32_t)number, &line);
    buffer_add_format(&line, " %llu type %u state %u meta %u size %llu uid %u content %u",
                      (unsigned long long)entry->inode, entry->type, entry->state, entry->meta,
                      (unsigned long long)entry->size, entry->uid, entry->content);
    same_text(buffer_text(&line), expected, expected);
    buffer_release(&line);
}

static void test_sound(void)
{
    struct tsk_filesystem owner;
    char expected[8][96];

    begin();
    same_number(list(&owner), 0, "a sound volume is listed");
    if (!same_number((long long)owner.count, 8, "entries"))
        return;
    snprintf(expected[0], 96, "/ 2 type %u state 0 meta 0 size 1024 uid 66536 content 0",
             FILE_DIRECTORY);
    snprintf(expected[1], 96, "/file.txt 12 type %u state 0 meta 0 size 5 uid 66536 content 0",
             FILE_REGULAR);
    snprintf(expected[2], 96, "/sub/again 12 type %u state 0 meta 0 size 5 uid 66536 content 0",
             FILE_REGULAR);
    snprintf(expected[3], 96, "/gone 13 type %u state %u meta %u size 1000 uid 66536 content %u",
             FILE_REGULAR, FILE_DELETED, META_DELETED, CONTENT_INTACT);
    snprintf(expected[4], 96, "/sub 14 type %u state 0 meta 0 size 1024 uid 66536 content 0",
             FILE_DIRECTORY);
    snprintf(expected[5], 96,
             "/$OrphanFiles/OrphanFile-15 15 type %u state %u meta %u size 1000 uid 66536 "
             "content %u", FILE_REGULAR, FILE_ORPHAN, META_DELETED, CONTENT_OVERWRITTEN);
    snprintf(expected[6], 96, "/link 16 type %u state 0 meta 0 size 70 uid 66536 content 0",
             FILE_LINK);
    snprintf(expected[7], 96, "/$OrphanFiles 33 type %u state 0 meta 0 size 0 uid 0 content 0",
             FILE_VIRTUAL);
    for (size_t i = 0; i < 8; i++)
        expect(&owner, i, expected[i]);
    ok(owner.entries[2].further && !owner.entries[1].further, "two names are one file");
    same_number(owner.entries[1].seconds[MODIFIED], 900000012, "modified");
    same_number(owner.entries[3].seconds[CHANGED], 1000000013, "a deleted one, changed");
    owner.is_own = true;
    struct reader *reader = NULL;
    char text[71] = "";
    ok(tsk_content_open(&owner, &owner.entries[6], &reader, NULL) == 0 && reader->size == 70 &&
           reader_read(reader, 0, text, 70, NULL) == 0 && strspn(text, "x") == 70,
       "a link is read without libtsk");
    reader_free(reader);
    release(&owner);
}

static void test_contested(void)
{
    struct tsk_filesystem owner;

    begin();
    put_inode(LOST, FILE_MODE, 0, 1000, FREE_BLOCK);
    same_number(list(&owner), 0, "two deleted files with one block");
    same_number(owner.entries[3].content, CONTENT_UNKNOWN, "nobody knows whose it is");
    same_number(owner.entries[5].content, CONTENT_UNKNOWN, "of both");
    release(&owner);
}

static void expect_odd(const char *what)
{
    struct tsk_filesystem owner;

    same_number(list(&owner), 1, what);
    release(&owner);
    begin();
}

static void test_odd(void)
{
    begin();
    image[INODE_BITMAP * BLOCK + (LIVE - 1) / 8] ^= 1 << (LIVE - 1) % 8;
    expect_odd("a live name whose inode is free");
    put16(inode_at(LIVE), 0);
    expect_odd("a live name whose inode is empty");
    put16(inode_at(LIVE), FOLDER);
    expect_odd("a file by its name that is a folder");
    put32(inode_at(SUB) + 40, ROOT_BLOCK);
    expect_odd("a folder with the block of another");
    put32(image + SUB_BLOCK * BLOCK + 24, INODES + 1);
    expect_odd("a name of an inode that there is not");
    put16(image + SUB_BLOCK * BLOCK + 24 + 4, 8);
    expect_odd("an entry that is too short");
    image[SUB_BLOCK * BLOCK + 24 + 7] = 0;
    expect_odd("a name without a type");
    put32(inode_at(SUB) + 32, 0x10000000);
    expect_odd("a folder that lies in its inode");
    put16(inode_at(GONE), FOLDER);
    expect_odd("a deleted folder with names");
    put32(inode_at(GONE) + 4, 13 * BLOCK);
    expect_odd("a deleted file with indirect blocks");
    put32(inode_at(GONE) + 40, SIZE / BLOCK);
    expect_odd("a deleted file with a block behind the volume");
    put32(inode_at(SHORT) + 40, SIZE / BLOCK);
    expect_odd("a link with a block behind the volume");
    put32(image + 2 * BLOCK + 4, SIZE / BLOCK);
    expect_odd("a bitmap behind the volume");
    put32(image + 1024 + 4, SIZE / BLOCK + 1);
    expect_odd("a volume that is cut");
    put32(image + 1024 + 96, 0);
    expect_odd("names without types");
    put32(image + 1024 + 96, 0x12);
    expect_odd("descriptors apart");
}

int main(void)
{
    test_sound();
    test_contested();
    test_odd();
    return tap_done();
}
