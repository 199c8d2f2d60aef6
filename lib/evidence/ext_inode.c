/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ext_inode: inodes of ext2, ext3 and ext4. See ext_inode.h.
 *
 * Inode:
 *     0    2  i_mode
 *     2    2  i_uid
 *     4    4  i_size_lo
 *    24    2  i_gid
 *    26    2  i_links_count
 *     8   16  i_atime, i_ctime, i_mtime, i_dtime: seconds since 1970, signed
 *    32    4  i_flags
 *    40   60  i_block: block map, root of the extents, content
 *   104    4  i_file_acl_lo: block of extended attributes
 *   108    4  i_size_high
 *   118    2  i_file_acl_high
 *   120    4  l_i_uid_high, l_i_gid_high
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
 */

#include <string.h>

#include <fett/bytes.h>

#include "ext_internal.h"

enum {
    MODE_TYPE = 0170000,
    MODE_FOLDER = 0040000,
    MODE_REGULAR = 0100000,
    MODE_LINK = 0120000,
    FLAG_ENCRYPT = 0x800,
    FLAG_EXTENTS = 0x80000,
    FLAG_EA_INODE = 0x200000,
    FLAG_INLINE_DATA = 0x10000000,
    INODE_BLOCK = 40, /* i_block */
    ATTRIBUTE_ENTRY_SIZE = 16,
    ATTRIBUTE_SYSTEM = 7,
};

#define ATTRIBUTE_MAGIC 0xea020000u

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
    uint64_t content = inode->size;
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

/* The blocks behind come along, for the next inodes, unless bytes of them are lost. */
const uint8_t *ext_load_block(struct ext *ext, uint64_t block, struct error *error)
{
    uint64_t count = EXT_WINDOW / ext->block_size;

    if (block >= ext->window_block && block - ext->window_block < ext->window_count)
        return ext->window + (block - ext->window_block) * ext->block_size;
    if (count > ext->block_count - block)
        count = ext->block_count - block;
    ext->window_count = 0;
    if (reader_read(ext->reader, block * ext->block_size, ext->window, count * ext->block_size,
                    NULL) != 0) {
        count = 1;
        if (reader_read(ext->reader, block * ext->block_size, ext->window, ext->block_size,
                        error) != 0)
            return NULL;
    }
    ext->window_block = block;
    ext->window_count = count;
    return ext->window;
}

/* The bytes of an inode, until the next; where they are in the volume to *at. */
static const uint8_t *load_inode(struct ext *ext, uint64_t number, uint64_t *at,
                                 struct error *error)
{
    uint64_t group = (number - 1) / ext->inodes_per_group;

    if (group != ext->table_group) {
        uint64_t blocks[EXT_GROUP_BLOCKS];
        if (ext_read_group(ext, group, blocks, error) != 0)
            return NULL;
        if (blocks[EXT_INODE_TABLE] <= ext->first_block ||
            blocks[EXT_INODE_TABLE] >= ext->block_count) {
            error_set(error, ERROR_DAMAGED, "group %llu of ext: its inodes are in block %llu",
                      (unsigned long long)group, (unsigned long long)blocks[EXT_INODE_TABLE]);
            return NULL;
        }
        ext->table = blocks[EXT_INODE_TABLE];
        ext->table_group = group;
    }
    uint64_t in_table = (number - 1) % ext->inodes_per_group * ext->inode_size;
    uint64_t block = ext->table + in_table / ext->block_size;
    if (block >= ext->block_count) {
        error_set(error, ERROR_DAMAGED, "inode %llu is in block %llu of %llu",
                  (unsigned long long)number, (unsigned long long)block,
                  (unsigned long long)ext->block_count);
        return NULL;
    }
    const uint8_t *data = ext_load_block(ext, block, error);
    *at = ext->table * ext->block_size + in_table;
    return data ? data + in_table % ext->block_size : NULL;
}

bool ext_inode_is_folder(const struct ext_inode *inode)
{
    return (inode->mode & MODE_TYPE) == MODE_FOLDER;
}

static int stop_at_extent(void *context, const struct ext_extent *extent)
{
    (void)context;
    (void)extent;
    return 1;
}

bool ext_inode_is_empty(struct ext *ext, const struct ext_inode *inode)
{
    if (inode->inside || inode->size != 0)
        return false;
    if (inode->extents)
        return ext_inode_extents(ext, inode, stop_at_extent, NULL, NULL) == 0;
    for (size_t i = 0; i < sizeof inode->block; i++)
        if (inode->block[i] != 0)
            return false;
    return true;
}

static int take_first(void *context, const struct ext_extent *extent)
{
    uint64_t *block = context;

    if (extent->node)
        return 0;
    if (extent->file_block == 0 && !extent->unwritten)
        *block = extent->block;
    return 1;
}

bool ext_inode_first_block(struct ext *ext, const struct ext_inode *inode, uint64_t *block)
{
    *block = 0;
    if (inode->extents)
        ext_inode_extents(ext, inode, take_first, block, NULL);
    else
        *block = bytes_u32le(inode->block);
    return *block > 0 && *block < ext->block_count;
}

bool ext_inode_map_is_sound(const struct ext *ext, const struct ext_inode *inode)
{
    for (size_t i = 0; i < sizeof inode->block; i += 4)
        if (bytes_u32le(inode->block + i) >= ext->block_count)
            return false;
    return true;
}

uint64_t ext_inode_plain_size(const struct ext *ext, const struct ext_inode *inode)
{
    bool wide = (inode->mode & MODE_TYPE) == MODE_REGULAR &&
                ext->ro_compat & EXT_RO_COMPAT_LARGE_FILE;
    uint64_t size = wide ? inode->size : (uint32_t)inode->size;

    return size > INT64_MAX ? 0 : size;
}

int ext_inode_read(struct ext *ext, uint64_t number, struct ext_inode *inode,
                   struct error *error)
{
    size_t used = EXT_OLD_INODE_SIZE;
    uint64_t at = 0;

    if (number == 0 || number > ext->inode_count)
        return error_set(error, ERROR_NOT_FOUND, "inode %llu of %u", (unsigned long long)number,
                         ext->inode_count);
    const uint8_t *data = load_inode(ext, number, &at, error);
    if (!data)
        return -1;
    if (ext->inode_size > EXT_OLD_INODE_SIZE) {
        uint16_t extra_size = bytes_u16le(data + EXT_OLD_INODE_SIZE);
        if (extra_size <= ext->inode_size - EXT_OLD_INODE_SIZE)
            used += extra_size;
    }
    uint32_t flags = bytes_u32le(data + 32);
    *inode = (struct ext_inode){
        .at = at,
        .length = ext->inode_size,
        .mode = bytes_u16le(data),
        .links = bytes_u16le(data + 26),
        .uid = bytes_u16le(data + 2) | (uint32_t)bytes_u16le(data + 120) << 16,
        .gid = bytes_u16le(data + 24) | (uint32_t)bytes_u16le(data + 122) << 16,
        .was_used = bytes_u32le(data + 12) != 0,
        .size = bytes_u32le(data + 4) | (uint64_t)bytes_u32le(data + 108) << 32,
        .extents = flags & FLAG_EXTENTS && !(flags & FLAG_INLINE_DATA),
        .inside = flags & FLAG_INLINE_DATA,
        .encrypted = flags & FLAG_ENCRYPT,
        .attributes = bytes_u32le(data + 104) | (uint64_t)bytes_u16le(data + 118) << 32,
    };
    memcpy(inode->block, data + INODE_BLOCK, sizeof inode->block);
    decode_times(inode, data, used);
    find_pieces(inode, data, used, ext->inode_size, inode->at);
    return 0;
}
