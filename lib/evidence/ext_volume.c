/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ext_volume: the superblock and the groups of ext2, ext3 and ext4. See ext_inode.h.
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
 *    96    4  s_feature_incompat: 0x2 filetype, 0x10 meta_bg, 0x80 64bit, 0x100 mmp,
 *             0x4000 largedir
 *   100    4  s_feature_ro_compat: 0x1 sparse_super, 0x2 large_file
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
 */

#include <stdlib.h>

#include <fett/bytes.h>

#include "ext_internal.h"

enum {
    SUPERBLOCK_AT = 1024,
    SUPERBLOCK_SIZE = 1024,
    SUPERBLOCK_MAGIC = 0xef53,
    MOST_LOG_BLOCK_SIZE = 6, /* 64 KiB */
    LARGEST_BLOCK = 65536, /* whose entries' lengths are written otherwise */
    OLD_DESCRIPTOR_SIZE = 32,
    WIDE_DESCRIPTOR_SIZE = 64,
    MOST_DESCRIPTOR_SIZE = 1024,
    SMALLEST_GROUP = 256, /* blocks; mke2fs makes none that are smaller */
    FIRST_FREE_INODE = 11,
    COMPAT_RESIZE_INODE = 0x10,
    COMPAT_SPARSE_SUPER2 = 0x200,
    INCOMPAT_FILETYPE = 0x2,
    INCOMPAT_META_BG = 0x10,
    INCOMPAT_64BIT = 0x80,
    INCOMPAT_MMP = 0x100,
    RO_COMPAT_SPARSE_SUPER = 0x1,
};

#define MOST_BLOCKS (UINT64_C(1) << 48) /* blocks of a volume, in extents, in 48 bits */

static bool is_power_of_2(uint32_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static bool has_sane_layout(const struct ext *ext)
{
    return is_power_of_2(ext->inode_size) && ext->inode_size >= EXT_OLD_INODE_SIZE &&
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
        return error_set(error, ERROR_DAMAGED,
                         "superblock of ext: magic %04x, blocks of 1024 << %u",
                         bytes_u16le(data + 56), log_block_size);
    bool wide = bytes_u32le(data + 96) & INCOMPAT_64BIT;
    ext->inode_count = bytes_u32le(data);
    ext->block_count = bytes_u32le(data + 4) | (wide ? (uint64_t)bytes_u32le(data + 336) << 32 : 0);
    ext->first_block = bytes_u32le(data + 20);
    ext->block_size = UINT32_C(1024) << log_block_size;
    ext->blocks_per_group = bytes_u32le(data + 32);
    ext->inodes_per_group = bytes_u32le(data + 40);
    ext->revision = bytes_u32le(data + 76);
    ext->inode_size = ext->revision == 0 ? EXT_OLD_INODE_SIZE : bytes_u16le(data + 88);
    ext->compat = bytes_u32le(data + 92);
    ext->incompat = bytes_u32le(data + 96);
    ext->ro_compat = bytes_u32le(data + 100);
    ext->stored_descriptor_size = bytes_u16le(data + 254);
    ext->descriptor_size = wide ? ext->stored_descriptor_size : OLD_DESCRIPTOR_SIZE;
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
    new->table_group = new->bitmap_group = EXT_NO_BLOCK;
    if (read_superblock(new, error) != 0) {
        ext_free(new);
        return -1;
    }
    new->window = malloc(EXT_WINDOW);
    new->nodes = malloc((size_t)EXT_MOST_DEPTH * new->block_size);
    new->folder = malloc(new->block_size);
    new->folder_blocks = new->block_count;
    if (!new->window || !new->nodes || !new->folder) {
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
    free(ext->window);
    free(ext->nodes);
    free(ext->folder);
    free(ext);
}

/* --- groups --- */

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

bool ext_is_apart(const struct ext *ext)
{
    uint64_t together = ext->first_meta_group > 1 ? ext->first_meta_group : 1;

    return ext->incompat & INCOMPAT_META_BG &&
           together * descriptors_a_block(ext) * ext->inodes_per_group < ext->inode_count;
}

struct ext_table ext_table_of_group(const struct ext *ext, uint64_t group)
{
    uint64_t a_block = descriptors_a_block(ext), n = group / a_block;

    return (struct ext_table){
        .start = ((int64_t)descriptor_block(ext, n) - (int64_t)n) * ext->block_size,
        .last_block = ext->first_block + (n + 1) * a_block * ext->blocks_per_group - 1,
    };
}

uint64_t ext_group_of_inode(const struct ext *ext, uint64_t number)
{
    return number > 0 ? (number - 1) / ext->inodes_per_group : 0;
}

uint64_t ext_group_of_block(const struct ext *ext, uint64_t block)
{
    return block > ext->first_block ? (block - ext->first_block) / ext->blocks_per_group : 0;
}

int ext_read_group(struct ext *ext, uint64_t group, uint64_t blocks[EXT_GROUP_BLOCKS],
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
    for (int i = 0; i < EXT_GROUP_BLOCKS; i++) {
        blocks[i] = bytes_u32le(data + 4 * i);
        if (ext->descriptor_size > OLD_DESCRIPTOR_SIZE)
            blocks[i] |= (uint64_t)bytes_u32le(data + 32 + 4 * i) << 32;
    }
    return 0;
}

uint32_t ext_inode_count(const struct ext *ext)
{
    return ext->inode_count;
}

uint32_t ext_block_size(const struct ext *ext)
{
    return ext->block_size;
}

static uint64_t group_count(const struct ext *ext)
{
    return (ext->block_count - ext->first_block + ext->blocks_per_group - 1) /
           ext->blocks_per_group;
}

bool ext_is_plain(const struct ext *ext, uint64_t size)
{
    bool wide = ext->incompat & INCOMPAT_64BIT;
    uint32_t a_bitmap = 8 * ext->block_size;

    return ext->revision > 0 && !(ext->incompat & (INCOMPAT_META_BG | EXT_INCOMPAT_LARGEDIR)) &&
           ext->incompat & INCOMPAT_FILETYPE && ext->block_size < LARGEST_BLOCK &&
           ext->first_block == (ext->block_size == SUPERBLOCK_AT) &&
           ext->block_count <= UINT32_MAX &&
           (wide ? ext->descriptor_size >= WIDE_DESCRIPTOR_SIZE
                 : ext->stored_descriptor_size <= OLD_DESCRIPTOR_SIZE) &&
           ext->inodes_per_group % 8 == 0 && ext->inodes_per_group <= a_bitmap &&
           ext->blocks_per_group <= a_bitmap && size / ext->block_size >= ext->block_count &&
           (uint64_t)ext->inode_count * ext->inode_size <= ext->block_count * ext->block_size &&
           group_count(ext) * ext->inodes_per_group == ext->inode_count;
}

/* The bitmap of a group; what libtsk would not take for one is damage. */
static int read_inode_bitmap(struct ext *ext, uint64_t group, uint8_t *bits, struct error *error)
{
    uint64_t blocks[EXT_GROUP_BLOCKS];

    if (ext_read_group(ext, group, blocks, error) != 0)
        return -1;
    for (int i = 0; i < EXT_GROUP_BLOCKS; i++)
        if (blocks[i] <= ext->first_block || blocks[i] >= ext->block_count)
            return error_set(error, ERROR_DAMAGED, "group %llu of ext: block %llu",
                             (unsigned long long)group, (unsigned long long)blocks[i]);
    return reader_read(ext->reader, blocks[EXT_INODE_BITMAP] * ext->block_size, bits,
                       ext->inodes_per_group / 8, error);
}

int ext_block_in_use(struct ext *ext, uint64_t block, bool *used, struct error *error)
{
    uint64_t group = ext_group_of_block(ext, block), blocks[EXT_GROUP_BLOCKS];

    if (block == 0 || block < ext->first_block) { /* before the groups */
        *used = true;
        return 0;
    }
    if (group != ext->bitmap_group && ext_read_group(ext, group, blocks, error) != 0)
        return -1;
    if (group != ext->bitmap_group)
        ext->bitmap = blocks[EXT_BLOCK_BITMAP];
    ext->bitmap_group = group;
    const uint8_t *bits = ext_load_block(ext, ext->bitmap, error);
    if (!bits)
        return -1;
    uint64_t bit = (block - ext->first_block) % ext->blocks_per_group;
    *used = bits[bit / 8] >> bit % 8 & 1;
    return 0;
}

int ext_inodes_in_use(struct ext *ext, uint8_t **bits, struct error *error)
{
    size_t a_group = ext->inodes_per_group / 8;
    uint8_t *all = calloc(group_count(ext), a_group);

    if (!all)
        return error_set_memory(error);
    for (uint64_t group = 0; group < group_count(ext); group++)
        if (read_inode_bitmap(ext, group, all + group * a_group, error) != 0) {
            free(all);
            return -1;
        }
    *bits = all;
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
    uint64_t groups = group_count(ext);
    uint64_t table = ((uint64_t)ext->inodes_per_group * ext->inode_size + ext->block_size - 1) /
                     ext->block_size;
    int result = visit_blocks(ext, 0, SUPERBLOCK_AT / ext->block_size + 1, visit, context);

    if (ext->blocks_per_group < SMALLEST_GROUP)
        return error_set(error, ERROR_DAMAGED, "superblock of ext: %u blocks a group",
                         ext->blocks_per_group);
    if (result == 0 && ext->mmp_block != 0)
        result = visit_blocks(ext, ext->mmp_block, 1, visit, context);
    for (uint64_t group = 0; group < groups && result == 0; group++) {
        uint64_t blocks[EXT_GROUP_BLOCKS];
        if (ext_read_group(ext, group, blocks, error) != 0)
            return -1;
        result = visit_group_start(ext, group, groups, visit, context);
        for (int i = 0; i < EXT_GROUP_BLOCKS && result == 0; i++)
            result = visit_blocks(ext, blocks[i], i == EXT_INODE_TABLE ? table : 1, visit, context);
    }
    return result;
}

size_t ext_own_inodes(const struct ext *ext, uint32_t inodes[EXT_OWN_INODES])
{
    size_t count = 0;

    for (uint32_t i = 1; i < FIRST_FREE_INODE; i++)
        if (i != EXT_ROOT_INODE)
            inodes[count++] = i;
    if (ext->project_quota != 0)
        inodes[count++] = ext->project_quota;
    if (ext->orphan_file != 0)
        inodes[count++] = ext->orphan_file;
    return count;
}
