/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ext_folder: whether a folder of ext2, ext3 and ext4 is whole. See ext_inode.h.
 *
 * Each block of a folder is filled with entries to its end:
 *     0    4  inode: 0 where there is no name
 *     4    2  rec_len: bytes to the next entry, a multiple of 4; in blocks of 64 KiB
 *             0 and 65,535 are 65,536
 *     6    1  name_len
 *     7    1  file_type
 *     8       name
 * The first two are `.`, which is the folder itself, and `..`. The blocks of an index
 * (dir_index) look like such with one long entry without a name. A folder in its inode has
 * four bytes, its parent's inode, instead of these two, and fills each of its pieces.
 *
 * A block map in the inode has the numbers of twelve blocks, then of one block of numbers, of
 * one block of such blocks, and of one of those.
 */

#include <string.h>

#include <fett/bytes.h>

#include "ext_internal.h"

enum {
    ENTRY_HEADER_SIZE = 8,
    LARGEST_BLOCK = 65536,
    DIRECT_BLOCKS = 12,
    INDIRECT_LEVELS = 3,
    PARENT_SIZE = 4, /* before the entries of a folder in its inode */
};

struct check {
    struct ext *ext;
    const struct ext_inode *inode;
    uint64_t number;
    uint64_t blocks; /* that its size says */
    uint64_t next;   /* the block of the folder that is expected */
    ext_folder_block block; /* NULL: it is only checked */
    ext_folder_fault fault;
    void *context;
};

static void tell(const struct check *check, const char *reason)
{
    check->fault(check->context, check->inode->at, check->inode->length, reason);
}

/* What is wrong with the entries that fill data[0, size), or NULL. */
static const char *entries_fault(const struct ext *ext, const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        if (size - at < ENTRY_HEADER_SIZE)
            return "the entries of this part of the folder do not fill it: names may be lost";
        uint32_t inode = bytes_u32le(data + at), length = bytes_u16le(data + at + 4);
        size_t name_length = data[at + 6];
        if (ext->block_size == LARGEST_BLOCK && (length == 0 || length == 0xffff))
            length = LARGEST_BLOCK;
        if (length < ENTRY_HEADER_SIZE || length % 4 != 0 || length > size - at)
            return "an entry in this part of the folder has a length that cannot be: names may "
                   "be lost";
        if (inode > ext->inode_count ||
            (inode != 0 && (name_length == 0 || name_length > length - ENTRY_HEADER_SIZE)))
            return "an entry in this part of the folder is none: names may be lost";
        at += length;
    }
    return NULL;
}

/* Whether the block that begins a folder begins with `.` and `..`. */
static bool begins_folder(const struct check *check, const uint8_t *data)
{
    static const uint8_t self[] = { 12, 0, 1 }, parent[] = { 2 };

    return bytes_u32le(data) == check->number && memcmp(data + 4, self, sizeof self) == 0 &&
           data[8] == '.' && bytes_u32le(data + 12) != 0 &&
           memcmp(data + 18, parent, sizeof parent) == 0 && data[20] == '.' && data[21] == '.';
}

/* Block `file_block` of the folder, which is `block` of the volume. */
static void check_block(struct check *check, uint64_t file_block, uint64_t block)
{
    struct ext *ext = check->ext;
    uint64_t at = block * ext->block_size;
    struct error error = ERROR_INIT;
    const char *reason;

    if (block == 0 || block >= ext->block_count)
        reason = "a block of this folder is none of the volume";
    else if (reader_read(ext->reader, at, ext->folder, ext->block_size, &error) != 0)
        reason = error.text;
    else if (file_block == 0 && !begins_folder(check, ext->folder))
        reason = "this folder does not begin with . and ..: names may be lost";
    else
        reason = entries_fault(ext, ext->folder, ext->block_size);
    if (reason)
        check->fault(check->context, at, ext->block_size, reason);
    else if (check->block)
        check->block(check->context, ext->folder, ext->block_size);
}

/* Blocks of the folder that follow each other. Not 0 ends the check. */
static int check_run(struct check *check, uint64_t file_block, uint64_t block, uint64_t count)
{
    if (file_block >= check->blocks)
        return 1;
    if (file_block > check->next)
        tell(check, "parts of this folder have no blocks: names may be lost");
    check->next = file_block + count;
    for (uint64_t i = 0; i < count && file_block + i < check->blocks; i++) {
        if (check->ext->folder_blocks == 0) {
            tell(check, "the folders have more blocks than the volume: the rest is not checked");
            return 1;
        }
        check->ext->folder_blocks--;
        check_block(check, file_block + i, block + i);
    }
    return 0;
}

static int visit_extent(void *context, const struct ext_extent *extent)
{
    const struct check *check = context;

    if (extent->node)
        return 0;
    if (extent->unwritten && check->block)
        tell(check, "blocks of this folder were never written");
    return check_run(context, extent->file_block, extent->block, extent->count);
}

/* What a number of a block map is for, blocks from *file_block on; `level` 0: one block. */
static int check_number(struct check *check, uint64_t number, unsigned level,
                        uint64_t *file_block)
{
    struct ext *ext = check->ext;
    uint64_t covered = 1, numbers = ext->block_size / 4;
    struct error error = ERROR_INIT;
    int result = 0;

    for (unsigned i = 0; i < level; i++)
        covered *= numbers;
    if (number == 0 || level == 0 || *file_block >= check->blocks) {
        if (number != 0)
            result = check_run(check, *file_block, number, 1);
        *file_block += covered;
        return result;
    }
    uint8_t *data = ext->nodes + (level - 1) * (size_t)ext->block_size;
    if (number >= ext->block_count || ext->folder_blocks == 0 ||
        reader_read(ext->reader, number * ext->block_size, data, ext->block_size, &error) != 0) {
        *file_block += covered;
        return 0;
    }
    ext->folder_blocks--;
    for (uint64_t i = 0; i < numbers && result == 0; i++)
        result = check_number(check, bytes_u32le(data + 4 * i), level - 1, file_block);
    return result;
}

static void check_map(struct check *check)
{
    uint64_t file_block = 0;
    int result = 0;

    for (unsigned i = 0; i < DIRECT_BLOCKS + INDIRECT_LEVELS && result == 0; i++)
        result = check_number(check, bytes_u32le(check->inode->block + 4 * i),
                              i < DIRECT_BLOCKS ? 0 : i - DIRECT_BLOCKS + 1, &file_block);
}

/* A folder that lies in its inode. */
static void check_inside(struct check *check)
{
    struct ext *ext = check->ext;

    for (size_t i = 0; i < check->inode->piece_count; i++) {
        const struct ext_piece *piece = &check->inode->pieces[i];
        size_t from = piece->file_offset == 0 ? PARENT_SIZE : 0;
        if (piece->length > ext->block_size || piece->length < from ||
            reader_read(ext->reader, piece->at, ext->folder, (size_t)piece->length, NULL) != 0)
            continue;
        const char *reason =
            entries_fault(ext, ext->folder + from, (size_t)piece->length - from);
        if (reason)
            check->fault(check->context, piece->at, piece->length, reason);
    }
}

void ext_folder_walk(struct ext *ext, uint64_t number, const struct ext_inode *inode,
                     ext_folder_block block, ext_folder_fault fault, void *context)
{
    uint64_t size = ext->incompat & EXT_INCOMPAT_LARGEDIR ? inode->size : (uint32_t)inode->size;
    struct check check = {
        .ext = ext,
        .inode = inode,
        .number = number,
        .blocks = size / ext->block_size,
        .block = block,
        .fault = fault,
        .context = context,
    };
    struct error error = ERROR_INIT;

    if (inode->inside) {
        check_inside(&check);
        return;
    }
    if (size == 0 || size % ext->block_size != 0)
        tell(&check, "the size of this folder cannot be: names may be lost");
    if (!inode->extents)
        check_map(&check);
    else if (ext_inode_extents(ext, inode, visit_extent, &check, &error) < 0)
        tell(&check, error.text);
    if (check.next < check.blocks && ext->folder_blocks > 0 && error.kind == ERROR_NONE)
        tell(&check, "parts of this folder have no blocks: names may be lost");
}

void ext_folder_check(struct ext *ext, uint64_t number, const struct ext_inode *inode,
                      ext_folder_fault fault, void *context)
{
    ext_folder_walk(ext, number, inode, NULL, fault, context);
}
