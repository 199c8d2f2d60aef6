/* SPDX-License-Identifier: Apache-2.0 */

/*
 * compound: OLE compound files ([MS-CFB]).
 *
 *     header   0 d0cf11e0a1b11ae1  30 shift of a sector (9, 12)  32 of a small one (6)
 *              44 sectors of the table  48 directory at sector  56 streams below this
 *              are small  60 table of small sectors at sector  68 more of the list at
 *              sector  72 its sectors  76 list: the first 109 sectors of the table
 *     sector   number N begins at (N + 1) << shift
 *     table    for each sector the number of the next, of 32 bits; from fffffffa on none
 *     entry    of the directory, 128 bytes: 0 name, UTF-16  64 its bytes with NUL (16 bits)
 *              66 kind: 2 stream, 5 root  116 first sector  120 size
 *     The small sectors lie one behind the other in the stream of the root.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "compound.h"

enum { HEADER = 512, LISTED = 109, ENTRY = 128, STREAM = 2, ROOT = 5 };

#define LAST_SECTOR 0xfffffffau

bool compound_is(const uint8_t *head, size_t size)
{
    static const uint8_t signature[] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 };

    return size >= sizeof signature && memcmp(head, signature, sizeof signature) == 0;
}

/* A sector, or what of it is there; NULL: none. */
static const uint8_t *sector_at(const struct compound *compound, uint32_t sector, size_t *size)
{
    uint64_t at = ((uint64_t)sector + 1) << compound->sector_shift;
    size_t whole = (size_t)1 << compound->sector_shift;

    if (at >= compound->size)
        return NULL;
    *size = compound->size - (size_t)at < whole ? compound->size - (size_t)at : whole;
    return compound->data + at;
}

static int add_table_sector(struct compound *compound, uint32_t sector, size_t most)
{
    size_t size, count = ((size_t)1 << compound->sector_shift) / 4;
    const uint8_t *data = sector_at(compound, sector, &size);

    for (size_t i = 0; i < count && compound->table_count < most; i++)
        compound->table[compound->table_count++] =
            data && 4 * i + 4 <= size ? bytes_u32le(data + 4 * i) : UINT32_MAX;
    return compound->table_count < most ? 0 : 1;
}

/* The table, no longer than the file has sectors. */
static int read_table(struct compound *compound, struct error *error)
{
    size_t most = (compound->size >> compound->sector_shift) + 1, size;
    size_t each = ((size_t)1 << compound->sector_shift) / 4 - 1, hops = 0;
    uint32_t more = bytes_u32le(compound->data + 68), sector;
    int full = 0;

    compound->table = malloc(most * sizeof *compound->table);
    if (!compound->table)
        return error_set_memory(error);
    for (size_t i = 0; i < LISTED && !full; i++) {
        sector = bytes_u32le(compound->data + 76 + 4 * i);
        full = sector >= LAST_SECTOR || add_table_sector(compound, sector, most);
    }
    for (; !full && more < LAST_SECTOR && hops < most; hops++) {
        const uint8_t *list = sector_at(compound, more, &size);
        if (!list || size < 4 * (each + 1))
            break;
        for (size_t i = 0; i < each && !full; i++) {
            sector = bytes_u32le(list + 4 * i);
            full = sector >= LAST_SECTOR || add_table_sector(compound, sector, most);
        }
        more = bytes_u32le(list + 4 * each);
    }
    return 0;
}

static int lost(struct error *error, uint32_t sector)
{
    return error_set(error, ERROR_DAMAGED, "compound file: a stream ends at sector %u", sector);
}

/* Add a chain of sectors, of `size` bytes at most; UINT64_MAX: to its end. */
static int read_chain(const struct compound *compound, uint32_t sector, uint64_t size,
                      struct buffer *bytes, struct error *error)
{
    for (size_t hops = 0; size > 0 && sector < LAST_SECTOR; hops++) {
        size_t there;
        const uint8_t *data = sector_at(compound, sector, &there);
        if (!data || sector >= compound->table_count || hops > compound->table_count)
            return lost(error, sector);
        bool cut = there < (size_t)1 << compound->sector_shift && there < size;
        if (there > size)
            there = (size_t)size;
        buffer_add(bytes, data, there);
        if (cut)
            return bytes->failed ? error_set_memory(error) : lost(error, sector);
        size -= size == UINT64_MAX ? 0 : there;
        sector = compound->table[sector];
    }
    if (bytes->failed)
        return error_set_memory(error);
    return size == 0 || size == UINT64_MAX ? 0 : lost(error, sector);
}

static int read_small(const struct compound *compound, uint32_t sector, uint64_t size,
                      struct buffer *bytes, struct error *error)
{
    size_t each = (size_t)1 << compound->small_shift, count = compound->small_table.length / 4;

    for (size_t hops = 0; size > 0; hops++) {
        uint64_t at = (uint64_t)sector << compound->small_shift;
        if (sector >= count || hops > count || at >= compound->small.length)
            return lost(error, sector);
        size_t there = compound->small.length - (size_t)at;
        there = there < each ? there : each;
        there = there < size ? there : (size_t)size;
        buffer_add(bytes, compound->small.data + at, there);
        size -= there;
        sector = bytes_u32le((const uint8_t *)compound->small_table.data + 4 * (size_t)sector);
    }
    return bytes->failed ? error_set_memory(error) : 0;
}

static const uint8_t *entry_at(const struct compound *compound, size_t index)
{
    return (const uint8_t *)compound->directory.data + index * ENTRY;
}

static size_t entry_count(const struct compound *compound)
{
    return compound->directory.length / ENTRY;
}

/* Sizes are of 64 bits where sectors have 4096 bytes only. */
static uint64_t size_of(const struct compound *compound, const uint8_t *entry)
{
    return compound->sector_shift == 9 ? bytes_u32le(entry + 120) : bytes_u64le(entry + 120);
}

int compound_open(struct compound *compound, const uint8_t *data, size_t size,
                  struct error *error)
{
    *compound = (struct compound){ .data = data, .size = size };
    if (size < HEADER || !compound_is(data, size))
        return error_set(error, ERROR_DAMAGED, "compound file: no header");
    compound->sector_shift = bytes_u16le(data + 30);
    compound->small_shift = bytes_u16le(data + 32);
    compound->small_below = bytes_u32le(data + 56);
    if ((compound->sector_shift != 9 && compound->sector_shift != 12) ||
        compound->small_shift != 6)
        return error_set(error, ERROR_DAMAGED, "compound file: sectors of 2^%u and 2^%u bytes",
                         compound->sector_shift, compound->small_shift);
    if (read_table(compound, error) != 0)
        return -1;
    int result = read_chain(compound, bytes_u32le(data + 48), UINT64_MAX, &compound->directory,
                            error);
    if (entry_count(compound) == 0)
        return result != 0 ? -1
                           : error_set(error, ERROR_DAMAGED, "compound file: no directory");
    const uint8_t *root = entry_at(compound, 0);
    if (root[66] == ROOT) { /* of what is damaged of these each stream tells that uses it */
        read_chain(compound, bytes_u32le(data + 60), UINT64_MAX, &compound->small_table, NULL);
        read_chain(compound, bytes_u32le(root + 116), size_of(compound, root), &compound->small,
                   NULL);
    }
    bool failed = compound->directory.failed || compound->small.failed ||
                  compound->small_table.failed;
    return failed ? error_set_memory(error) : 0;
}

void compound_release(struct compound *compound)
{
    free(compound->table);
    buffer_release(&compound->small_table);
    buffer_release(&compound->small);
    buffer_release(&compound->directory);
}

bool compound_next(const struct compound *compound, size_t *index,
                   struct compound_stream *stream)
{
    for (; *index < entry_count(compound); ++*index) {
        const uint8_t *entry = entry_at(compound, *index);
        size_t bytes = bytes_u16le(entry + 64);
        if (entry[66] != STREAM)
            continue;
        *stream = (struct compound_stream){
            .name = entry, .units = bytes >= 2 && bytes <= 64 ? bytes / 2 - 1 : 0,
            .sector = bytes_u32le(entry + 116), .size = size_of(compound, entry),
        };
        ++*index;
        return true;
    }
    return false;
}

int compound_read(const struct compound *compound, const struct compound_stream *stream,
                  struct buffer *bytes, struct error *error)
{
    if (stream->size < compound->small_below)
        return read_small(compound, stream->sector, stream->size, bytes, error);
    return read_chain(compound, stream->sector, stream->size, bytes, error);
}
