/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ext_inode: see ext_inode.h. Names are those of the Linux kernel, fs/ext4/ext4.h
 * and ext4_extents.h; all integers are little-endian.
 *
 * Superblock, 1,024 bytes from the start of the volume:
 *     0    4  s_inodes_count
 *     4    4  s_blocks_count_lo
 *    20    4  s_first_data_block: 1 with blocks of 1,024 bytes, else 0
 *    24    4  s_log_block_size: 1,024 << this
 *    32    4  s_blocks_per_group
 *    40    4  s_inodes_per_group
 *    56    2  s_magic: 0xef53
 *    76    4  s_rev_level: 0 has inodes of 128 bytes
 *    88    2  s_inode_size
 *    92    4  s_feature_compat: 0x10 resize_inode, 0x200 sparse_super2
 *    96    4  s_feature_incompat: 0x10 meta_bg, 0x80 64bit, 0x100 mmp
 *   100    4  s_feature_ro_compat: 0x1 sparse_super
 *   206    2  s_reserved_gdt_blocks, with resize_inode: kept free behind the descriptors
 *   254    2  s_desc_size, with 64bit
 *   260    4  s_first_meta_bg: blocks of descriptors before those of meta_bg
 *   336    4  s_blocks_count_hi, with 64bit
 *   360    8  s_mmp_block, with mmp
 *   588    8  s_backup_bgs: the two groups with a superblock, with sparse_super2
 *   620    4  s_prj_quota_inum
 *   640    4  s_orphan_file_inum
 *
 * Group descriptor:
 *     0   12  bg_block_bitmap_lo, bg_inode_bitmap_lo, bg_inode_table_lo: blocks
 *    32   12  their high halves, with 64bit
 *
 * Inode:
 *     0    2  i_mode
 *     4    4  i_size_lo
 *     8   16  i_atime, i_ctime, i_mtime, i_dtime: seconds since 1970, signed
 *    32    4  i_flags
 *    40   60  i_block: block map, root of the extents, content
 *   104    4  i_file_acl_lo: block of extended attributes
 *   108    4  i_size_high
 *   118    2  i_file_acl_high
 *   128    2  i_extra_isize: bytes behind 128 that are in use; those that follow:
 *   132   12  i_ctime_extra, i_mtime_extra, i_atime_extra: bits 0-1 are added to the
 *             seconds as bits 32-33, bits 2-31 are nanoseconds
 *   144    8  i_crtime, i_crtime_extra: born
 *
 * Behind 128 + i_extra_isize are the extended attributes that fit: 0xea020000,
 * then entries up to one of four zeros:
 *     0    1  e_name_len
 *     1    1  e_name_index: 7 "system."
 *     2    2  e_value_offs: from the first entry
 *     4    4  e_value_inum: 0 where the value is here
 *     8    4  e_value_size
 *    16       name, to the next multiple of 4
 * system.data is what i_block has no room for of content in the inode.
 *
 * Node of a tree of extents, 12 bytes of header and entries of 12 bytes:
 *     0    2  eh_magic: 0xf30a
 *     2    2  eh_entries
 *     6    2  eh_depth: 0 in a leaf
 * In a leaf ee_block (4 bytes, of the file), ee_len (2; over 32,768: unwritten, that
 * much shorter), ee_start_hi (2), ee_start_lo (4); above ei_block (4: the first of
 * the file below), ei_leaf_lo (4), ei_leaf_hi (2).
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "ext_inode.h"

enum {
    SUPERBLOCK_AT = 1024,
    SUPERBLOCK_SIZE = 1024,
    SUPERBLOCK_MAGIC = 0xef53,
    MOST_LOG_BLOCK_SIZE = 6, /* 64 KiB */
    OLD_INODE_SIZE = 128,
    OLD_DESCRIPTOR_SIZE = 32,
    MOST_DESCRIPTOR_SIZE = 1024,
    SMALLEST_GROUP = 256, /* blocks; mke2fs makes none that are smaller */
    FIRST_FREE_INODE = 11,
    COMPAT_RESIZE_INODE = 0x10,
    COMPAT_SPARSE_SUPER2 = 0x200,
    INCOMPAT_META_BG = 0x10,
    INCOMPAT_64BIT = 0x80,
    INCOMPAT_MMP = 0x100,
    RO_COMPAT_SPARSE_SUPER = 0x1,

    MODE_TYPE = 0170000,
    MODE_LINK = 0120000,
    FLAG_ENCRYPT = 0x800,
    FLAG_EXTENTS = 0x80000,
    FLAG_EA_INODE = 0x200000,
    FLAG_INLINE_DATA = 0x10000000,

    INODE_BLOCK = 40, /* i_block */
    ATTRIBUTE_ENTRY_SIZE = 16,
    ATTRIBUTE_SYSTEM = 7,

    NODE_MAGIC = 0xf30a,
    NODE_HEADER_SIZE = 12,
    NODE_ENTRY_SIZE = 12,
    NODE_MOST_DEPTH = 5, /* EXT4_MAX_EXTENT_DEPTH */
    EXTENT_MOST_WRITTEN = 32768,
};

#define ATTRIBUTE_MAGIC 0xea020000u
#define FILE_BLOCKS (UINT64_C(1) << 32) /* blocks of a file are numbered in 32 bits */
#define MOST_BLOCKS (UINT64_C(1) << 48)  /* blocks of a volume, in extents, in 48 */
#define NO_BLOCK UINT64_MAX

struct ext {
    struct reader *reader;
    uint64_t block_count;
    uint32_t block_size, first_block;
    uint32_t inode_count, inode_size, inodes_per_group;
    uint32_t blocks_per_group, descriptor_size;
    uint32_t compat, incompat, ro_compat;
    uint32_t first_meta_group; /* blocks of descriptors that stand together */
    uint32_t backups[2];
    uint32_t reserved_descriptors; /* blocks */
    uint32_t project_quota, orphan_file; /* inodes */
    uint64_t mmp_block;
    uint64_t table_group, table; /* the group looked at last, block of its inodes */
    uint64_t block_number;       /* what `block` holds */
    uint8_t *block;
    uint8_t *nodes;              /* NODE_MOST_DEPTH blocks */
};

static bool is_power_of_2(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static bool has_sane_layout(const struct ext *ext)
{
    return is_power_of_2(ext->inode_size) && ext->inode_size >= OLD_INODE_SIZE &&
           ext->inode_size <= ext->block_size && is_power_of_2(ext->descriptor_size) &&
           ext->descriptor_size >= OLD_DESCRIPTOR_SIZE &&
           ext->descriptor_size <= MOST_DESCRIPTOR_SIZE && ext->inodes_per_group > 0 &&
           ext->blocks_per_group > 0 && ext->first_block < ext->block_count &&
           ext->block_count <= MOST_BLOCKS;
}

static int read_superblock(struct ext *ext, struct error *error)
{
    uint8_t data[SUPERBLOCK_SIZE];

    if (reader_read(ext->reader, SUPERBLOCK_AT, data, sizeof data, error) != 0)
        return -1;
    uint32_t log_block_size = bytes_u32le(data + 24);
    if (bytes_u16le(data + 56) != SUPERBLOCK_MAGIC || log_block_size > MOST_LOG_BLOCK_SIZE)
        return error_set(error, ERROR_DAMAGED, "superblock of ext: magic %04x, blocks of 1024 << %u",
                         bytes_u16le(data + 56), log_block_size);
    bool wide = bytes_u32le(data + 96) & INCOMPAT_64BIT;
    ext->inode_count = bytes_u32le(data);
    ext->block_count = bytes_u32le(data + 4) | (wide ? (uint64_t)bytes_u32le(data + 336) << 32 : 0);
    ext->first_block = bytes_u32le(data + 20);
    ext->block_size = UINT32_C(1024) << log_block_size;
    ext->blocks_per_group = bytes_u32le(data + 32);
    ext->inodes_per_group = bytes_u32le(data + 40);
    ext->inode_size = bytes_u32le(data + 76) == 0 ? OLD_INODE_SIZE : bytes_u16le(data + 88);
    ext->compat = bytes_u32le(data + 92);
    ext->incompat = bytes_u32le(data + 96);
    ext->ro_compat = bytes_u32le(data + 100);
    ext->descriptor_size = wide ? bytes_u16le(data + 254) : OLD_DESCRIPTOR_SIZE;
    ext->first_meta_group = bytes_u32le(data + 260);
    if (ext->compat & COMPAT_RESIZE_INODE)
        ext->reserved_descriptors = bytes_u16le(data + 206);
    if (ext->incompat & INCOMPAT_MMP)
        ext->mmp_block = bytes_u64le(data + 360);
    ext->project_quota = bytes_u32le(data + 620);
    ext->orphan_file = bytes_u32le(data + 640);
    ext->backups[0] = bytes_u32le(data + 588);
    ext->backups[1] = bytes_u32le(data + 592);
    if (!has_sane_layout(ext))
        return error_set(error, ERROR_DAMAGED,
                         "superblock of ext: inodes of %u bytes, %u a group; descriptors of %u",
                         ext->inode_size, ext->inodes_per_group, ext->descriptor_size);
    return 0;
}

int ext_open(struct ext **ext, struct reader *reader, struct error *error)
{
    struct ext *new = calloc(1, sizeof *new);

    if (!new)
        return error_set_memory(error);
    new->reader = reader;
    new->table_group = new->block_number = NO_BLOCK;
    if (read_superblock(new, error) != 0) {
        ext_free(new);
        return -1;
    }
    new->block = malloc(new->block_size);
    new->nodes = malloc((size_t)NODE_MOST_DEPTH * new->block_size);
    if (!new->block || !new->nodes) {
        ext_free(new);
        return error_set_memory(error);
    }
    *ext = new;
    return 0;
}

void ext_free(struct ext *ext)
{
    if (!ext)
        return;
    free(ext->block);
    free(ext->nodes);
    free(ext);
}

/* Whether a number is 1, or a power of `base`. */
static bool is_power_of(uint64_t number, uint32_t base)
{
    while (number > 1 && number % base == 0)
        number /= base;
    return number == 1;
}

/* Whether a copy of the superblock begins a group. */
static bool has_superblock(const struct ext *ext, uint64_t group)
{
    if (group == 0)
        return true;
    if (ext->compat & COMPAT_SPARSE_SUPER2)
        return group == ext->backups[0] || group == ext->backups[1];
    return !(ext->ro_compat & RO_COMPAT_SPARSE_SUPER) || is_power_of(group, 3) ||
           is_power_of(group, 5) || is_power_of(group, 7);
}

/* The block of the volume that is the n-th of group descriptors. */
static uint64_t descriptor_block(const struct ext *ext, uint64_t n)
{
    uint64_t behind_superblock = SUPERBLOCK_AT / ext->block_size + 1;

    if (!(ext->incompat & INCOMPAT_META_BG) || n < ext->first_meta_group)
        return behind_superblock + n;
    uint64_t group = n * (ext->block_size / ext->descriptor_size);
    if (group == 0)
        return behind_superblock;
    return ext->first_block + group * ext->blocks_per_group + has_superblock(ext, group);
}

static uint32_t descriptors_a_block(const struct ext *ext)
{
    return ext->block_size / ext->descriptor_size;
}

uint64_t ext_first_apart(const struct ext *ext)
{
    uint64_t together = ext->first_meta_group > 1 ? ext->first_meta_group : 1;
    uint64_t inode = together * descriptors_a_block(ext) * ext->inodes_per_group + 1;

    return ext->incompat & INCOMPAT_META_BG && inode <= ext->inode_count ? inode : 0;
}

enum group_block { BLOCK_BITMAP, INODE_BITMAP, INODE_TABLE, GROUP_BLOCKS };

/* Where a group says that its bitmaps and inodes are. */
static int read_group(struct ext *ext, uint64_t group, uint64_t blocks[GROUP_BLOCKS],
                      struct error *error)
{
    uint64_t a_block = descriptors_a_block(ext), block = descriptor_block(ext, group / a_block);
    uint8_t data[MOST_DESCRIPTOR_SIZE];

    if (block >= ext->block_count)
        return error_set(error, ERROR_DAMAGED, "group %llu of ext: its descriptor is in block %llu",
                         (unsigned long long)group, (unsigned long long)block);
    if (reader_read(ext->reader, block * ext->block_size + group % a_block * ext->descriptor_size,
                    data, ext->descriptor_size, error) != 0)
        return -1;
    for (int i = 0; i < GROUP_BLOCKS; i++) {
        blocks[i] = bytes_u32le(data + 4 * i);
        if (ext->descriptor_size > OLD_DESCRIPTOR_SIZE)
            blocks[i] |= (uint64_t)bytes_u32le(data + 32 + 4 * i) << 32;
    }
    return 0;
}

static int visit_blocks(const struct ext *ext, uint64_t block, uint64_t count,
                        ext_blocks_visit visit, void *context)
{
    if (block >= ext->block_count || count == 0)
        return 0;
    if (count > ext->block_count - block)
        count = ext->block_count - block;
    return visit(context, block, count);
}

/* Superblock and descriptors at the start of a group. */
static int visit_group_start(const struct ext *ext, uint64_t group, uint64_t groups,
                             ext_blocks_visit visit, void *context)
{
    uint64_t a_block = descriptors_a_block(ext), place = group % a_block;
    uint64_t together = (groups + a_block - 1) / a_block, count = has_superblock(ext, group);

    if (ext->incompat & INCOMPAT_META_BG && together > ext->first_meta_group)
        together = ext->first_meta_group;
    if (count > 0)
        count += together + ext->reserved_descriptors;
    /* Of those apart there are copies in the second and the last group they are for. */
    if (ext->incompat & INCOMPAT_META_BG && group / a_block >= ext->first_meta_group &&
        (place == 0 || place == 1 || place == a_block - 1))
        count++;
    return visit_blocks(ext, ext->first_block + group * ext->blocks_per_group, count, visit,
                        context);
}

int ext_structure(struct ext *ext, ext_blocks_visit visit, void *context, struct error *error)
{
    uint64_t groups = (ext->block_count - ext->first_block + ext->blocks_per_group - 1) /
                      ext->blocks_per_group;
    uint64_t table = ((uint64_t)ext->inodes_per_group * ext->inode_size + ext->block_size - 1) /
                     ext->block_size;
    int result = visit_blocks(ext, 0, SUPERBLOCK_AT / ext->block_size + 1, visit, context);

    if (ext->blocks_per_group < SMALLEST_GROUP)
        return error_set(error, ERROR_DAMAGED, "superblock of ext: %u blocks a group",
                         ext->blocks_per_group);
    if (result == 0 && ext->mmp_block != 0)
        result = visit_blocks(ext, ext->mmp_block, 1, visit, context);
    for (uint64_t group = 0; group < groups && result == 0; group++) {
        uint64_t blocks[GROUP_BLOCKS];
        if (read_group(ext, group, blocks, error) != 0)
            return -1;
        result = visit_group_start(ext, group, groups, visit, context);
        for (int i = 0; i < GROUP_BLOCKS && result == 0; i++)
            result = visit_blocks(ext, blocks[i], i == INODE_TABLE ? table : 1, visit, context);
    }
    return result;
}

size_t ext_own_inodes(const struct ext *ext, uint32_t inodes[EXT_OWN_INODES])
{
    size_t count = 0;

    for (uint32_t i = 1; i < FIRST_FREE_INODE; i++)
        if (i != 2)
            inodes[count++] = i;
    if (ext->project_quota != 0)
        inodes[count++] = ext->project_quota;
    if (ext->orphan_file != 0)
        inodes[count++] = ext->orphan_file;
    return count;
}

/* A time; its extra field is there where `used` bytes of the inode reach it. */
static struct instant decode_time(const uint8_t *data, size_t used, size_t at, size_t extra_at)
{
    uint32_t stored = at + 4 <= used ? bytes_u32le(data + at) : 0;
    uint32_t extra = extra_at + 4 <= used ? bytes_u32le(data + extra_at) : 0;
    int64_t seconds = (int32_t)stored + ((int64_t)(extra & 3) << 32);
    uint32_t nanoseconds = extra >> 2;
    bool fine = extra_at + 4 <= used && nanoseconds < 1000000000;

    if (stored == 0 && extra == 0)
        return INSTANT_NONE;
    return instant_from_unix(seconds, fine ? nanoseconds : 0,
                             fine ? PRECISION_NANOSECOND : PRECISION_SECOND);
}

static void decode_times(struct ext_inode *inode, const uint8_t *data, size_t used)
{
    inode->times.accessed = decode_time(data, used, 8, 140);
    inode->times.changed = decode_time(data, used, 12, 132);
    inode->times.modified = decode_time(data, used, 16, 136);
    inode->times.born = decode_time(data, used, 144, 148);
    /* It has no extra field; what is deleted was changed at about that time. */
    if (bytes_u32le(data + 20) != 0) {
        inode->deleted = decode_time(data, used, 20, 132);
        inode->deleted.nanoseconds = 0;
        inode->deleted.precision = PRECISION_SECOND;
    }
}

/* The value of system.data among the attributes at data[from, size). */
static bool find_inline_data(const uint8_t *data, size_t from, size_t size, size_t *at,
                             size_t *length)
{
    size_t first = from + 4;

    if (first > size || bytes_u32le(data + from) != ATTRIBUTE_MAGIC)
        return false;
    for (size_t entry = first; entry + ATTRIBUTE_ENTRY_SIZE <= size;) {
        size_t name_length = data[entry], offset = bytes_u16le(data + entry + 2);
        uint32_t value = bytes_u32le(data + entry + 8);
        if (bytes_u32le(data + entry) == 0)
            return false;
        if (data[entry + 1] == ATTRIBUTE_SYSTEM && name_length == 4 &&
            entry + ATTRIBUTE_ENTRY_SIZE + 4 <= size &&
            memcmp(data + entry + ATTRIBUTE_ENTRY_SIZE, "data", 4) == 0) {
            *at = first + offset;
            *length = value;
            return bytes_u32le(data + entry + 4) == 0 && *at <= size && value <= size - *at;
        }
        entry += ATTRIBUTE_ENTRY_SIZE + ((name_length + 3) & ~(size_t)3);
    }
    return false;
}

static void add_piece(struct ext_inode *inode, uint64_t at, uint64_t file_offset, uint64_t length)
{
    if (length > 0)
        inode->pieces[inode->piece_count++] = (struct ext_piece){ at, file_offset, length };
}

/* Content in the inode at `inode_at` of the volume, of which data[0, size) are the
 * bytes; its attributes begin at `used`. */
static void find_pieces(struct ext_inode *inode, const uint8_t *data, size_t used, size_t size,
                        uint64_t inode_at)
{
    uint32_t flags = bytes_u32le(data + 32);
    uint64_t content = bytes_u32le(data + 4) | (uint64_t)bytes_u32le(data + 108) << 32;
    bool link = (bytes_u16le(data) & MODE_TYPE) == MODE_LINK;
    uint64_t in_block = content < EXT_BLOCK_BYTES ? content : EXT_BLOCK_BYTES;
    size_t at, length;

    if (flags & FLAG_INLINE_DATA) {
        add_piece(inode, inode_at + INODE_BLOCK, 0, in_block);
        if (content > in_block && find_inline_data(data, used, size, &at, &length))
            add_piece(inode, inode_at + at, in_block,
                      length < content - in_block ? length : content - in_block);
    } else if (link && content < EXT_BLOCK_BYTES && !(flags & (FLAG_EXTENTS | FLAG_EA_INODE))) {
        add_piece(inode, inode_at + INODE_BLOCK, 0, in_block);
    }
}

int ext_inode_read(struct ext *ext, uint64_t number, struct ext_inode *inode,
                   struct error *error)
{
    if (number == 0 || number > ext->inode_count)
        return error_set(error, ERROR_NOT_FOUND, "inode %llu of %u", (unsigned long long)number,
                         ext->inode_count);
    uint64_t group = (number - 1) / ext->inodes_per_group;
    if (group != ext->table_group) {
        uint64_t blocks[GROUP_BLOCKS];
        if (read_group(ext, group, blocks, error) != 0)
            return -1;
        if (blocks[INODE_TABLE] >= ext->block_count)
            return error_set(error, ERROR_DAMAGED, "group %llu of ext: its inodes are in block %llu",
                             (unsigned long long)group, (unsigned long long)blocks[INODE_TABLE]);
        ext->table = blocks[INODE_TABLE];
        ext->table_group = group;
    }
    uint64_t in_table = (number - 1) % ext->inodes_per_group * ext->inode_size;
    uint64_t block = ext->table + in_table / ext->block_size;
    if (block != ext->block_number) {
        ext->block_number = NO_BLOCK;
        if (block >= ext->block_count)
            return error_set(error, ERROR_DAMAGED, "inode %llu is in block %llu of %llu",
                             (unsigned long long)number, (unsigned long long)block,
                             (unsigned long long)ext->block_count);
        if (reader_read(ext->reader, block * ext->block_size, ext->block, ext->block_size,
                        error) != 0)
            return -1;
        ext->block_number = block;
    }
    size_t in_block = in_table % ext->block_size, used = OLD_INODE_SIZE;
    const uint8_t *data = ext->block + in_block;
    if (ext->inode_size > OLD_INODE_SIZE) {
        uint16_t extra_size = bytes_u16le(data + OLD_INODE_SIZE);
        if (extra_size <= ext->inode_size - OLD_INODE_SIZE)
            used += extra_size;
    }
    uint32_t flags = bytes_u32le(data + 32);
    *inode = (struct ext_inode){ .extents = flags & FLAG_EXTENTS && !(flags & FLAG_INLINE_DATA),
                                 .encrypted = flags & FLAG_ENCRYPT,
                                 .attributes = bytes_u32le(data + 104) |
                                               (uint64_t)bytes_u16le(data + 118) << 32 };
    memcpy(inode->block, data + INODE_BLOCK, sizeof inode->block);
    decode_times(inode, data, used);
    find_pieces(inode, data, used, ext->inode_size, block * ext->block_size + in_block);
    return 0;
}

struct extent_walk {
    struct ext *ext;
    ext_extent_visit visit;
    void *context;
    struct error *error;
};

static int visit_leaf(struct extent_walk *walk, const uint8_t *entry, uint64_t first, uint64_t end,
                      uint64_t *next)
{
    uint32_t length = bytes_u16le(entry + 4);
    bool unwritten = length > EXTENT_MOST_WRITTEN;
    const struct ext_extent extent = {
        .file_block = bytes_u32le(entry),
        .block = bytes_u32le(entry + 8) | (uint64_t)bytes_u16le(entry + 6) << 32,
        .count = unwritten ? length - EXTENT_MOST_WRITTEN : length,
        .unwritten = unwritten,
    };

    *next = extent.file_block + extent.count;
    if (extent.count == 0 || extent.file_block < first || *next > end || extent.block == 0 ||
        extent.block > walk->ext->block_count ||
        extent.count > walk->ext->block_count - extent.block)
        return error_set(walk->error, ERROR_DAMAGED,
                         "extent of %llu blocks at %llu of the file, %llu of the volume",
                         (unsigned long long)extent.count, (unsigned long long)extent.file_block,
                         (unsigned long long)extent.block);
    return walk->visit(walk->context, &extent);
}

static int walk_node(struct extent_walk *walk, const uint8_t *data, size_t size, unsigned depth,
                     uint64_t first, uint64_t end);

/* The node of `depth` that an entry leads to, for blocks up to `next` of the file. */
static int enter_node(struct extent_walk *walk, const uint8_t *entry, unsigned depth,
                      uint64_t first, uint64_t next)
{
    struct ext *ext = walk->ext;
    uint64_t block = bytes_u32le(entry + 4) | (uint64_t)bytes_u16le(entry + 8) << 32;
    uint8_t *data = ext->nodes + depth * (size_t)ext->block_size;
    const struct ext_extent node = {
        .file_block = bytes_u32le(entry),
        .block = block,
        .count = 1,
        .node = true,
    };

    if (node.file_block < first || next <= node.file_block || block == 0 ||
        block >= ext->block_count)
        return error_set(walk->error, ERROR_DAMAGED,
                         "node of extents in block %llu for %llu to %llu of the file",
                         (unsigned long long)block, (unsigned long long)node.file_block,
                         (unsigned long long)next);
    if (reader_read(ext->reader, block * ext->block_size, data, ext->block_size, walk->error) != 0)
        return -1;
    if (bytes_u16le(data + 2) == 0)
        return error_set(walk->error, ERROR_DAMAGED, "node of extents in block %llu: no entries",
                         (unsigned long long)block);
    int result = walk->visit(walk->context, &node);
    return result != 0 ? result
                       : walk_node(walk, data, ext->block_size, depth, node.file_block, next);
}

/* A node of `depth` at data[0, size), which holds blocks [first, end) of the file.
 * Its depth is one less than that of the node above, and no two nodes or extents
 * hold the same block of the file: a loop comes to an end. */
static int walk_node(struct extent_walk *walk, const uint8_t *data, size_t size, unsigned depth,
                     uint64_t first, uint64_t end)
{
    size_t count = bytes_u16le(data + 2);

    if (bytes_u16le(data) != NODE_MAGIC || bytes_u16le(data + 6) != depth ||
        count > (size - NODE_HEADER_SIZE) / NODE_ENTRY_SIZE)
        return error_set(walk->error, ERROR_DAMAGED,
                         "node of extents: magic %04x, depth %u for %u, %zu entries",
                         bytes_u16le(data), bytes_u16le(data + 6), depth, count);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *entry = data + NODE_HEADER_SIZE + i * NODE_ENTRY_SIZE;
        uint64_t next = i + 1 < count ? bytes_u32le(entry + NODE_ENTRY_SIZE) : end;
        if (depth > 0 && next > end)
            next = end;
        int result = depth == 0 ? visit_leaf(walk, entry, first, end, &next)
                                : enter_node(walk, entry, depth - 1, first, next);
        if (result != 0)
            return result;
        first = next;
    }
    return 0;
}

int ext_inode_extents(struct ext *ext, const struct ext_inode *inode, ext_extent_visit visit,
                      void *context, struct error *error)
{
    struct extent_walk walk = { ext, visit, context, error };
    unsigned depth = bytes_u16le(inode->block + 6);

    if (!inode->extents)
        return 0;
    if (depth > NODE_MOST_DEPTH)
        return error_set(error, ERROR_DAMAGED, "tree of extents: depth %u", depth);
    return walk_node(&walk, inode->block, sizeof inode->block, depth, 0, FILE_BLOCKS);
}
