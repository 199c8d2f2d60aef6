/* SPDX-License-Identifier: Apache-2.0 */

/*
 * partition: partition tables, read from the media by fett itself, because
 * libtsk checks no checksum of them and gives a whole disk up for one broken
 * link in a chain of logical partitions. Numbers are those of Linux. Here is the
 * choice among them, and the smallest:
 *
 *     Apple map, big-endian, from block 1 on
 *      0  2  PM
 *      4  4  blocks of the map
 *      8  4  first block
 *     12  4  blocks
 *     16 32  name
 *     48 32  type
 *
 * Reference: Inside Macintosh: Devices chapter 3. Left out: the volumes of LDM (Windows
 * dynamic disks) and of other managers of volumes.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "partition_table.h"

enum { FIRST_LOGICAL = 5 };

void partition_read(const struct table *table, uint64_t offset, uint8_t *block, size_t size)
{
    if (offset >= table->media->size)
        memset(block, 0, size);
    else
        reader_read(table->media, offset, block, size, NULL);
}

int partition_add(struct table *table, unsigned number, uint64_t offset, uint64_t length,
                  enum partition_use use, const char *detail, struct error *error)
{
    struct partitions *out = table->out;

    if (length == 0)
        return 0;
    if (out->count == LIMIT_VOLUMES) {
        table->fault(table->context, offset, length, "more partitions than are listed");
        return 0;
    }
    if (memory_grow((void **)&out->items, &out->capacity, out->count + 1,
                    sizeof *out->items) != 0)
        return error_set_memory(error);
    struct partition *item = &out->items[out->count++];
    *item = (struct partition){ .number = number, .offset = offset, .length = length,
                                .use = use };
    snprintf(item->detail, sizeof item->detail, "%s", detail);
    return 0;
}

static int read_apple(struct table *table, uint64_t unit, struct error *error)
{
    uint8_t entry[SECTOR];
    uint32_t count = 1;

    for (uint32_t i = 1; i <= count && i <= LIMIT_VOLUMES; i++) {
        partition_read(table, i * unit, entry, sizeof entry);
        if (memcmp(entry, "PM", 2) != 0) {
            if (i > 1)
                table->fault(table->context, i * unit, SECTOR,
                             "Apple partition map: entry without signature");
            return 0;
        }
        table->out->scheme = SCHEME_MAC;
        count = bytes_u32be(entry + 4);
        char detail[PARTITION_DETAIL_SIZE];
        struct buffer type = BUFFER_INIT;
        text_add_latin1(&type, entry + 48, strnlen((const char *)entry + 48, 32));
        snprintf(detail, sizeof detail, "%s", buffer_text(&type));
        buffer_release(&type);
        if (strcmp(detail, "Apple_Free") == 0)
            continue;
        if (partition_add(table, i, bytes_u32be(entry + 8) * unit,
                          bytes_u32be(entry + 12) * unit, USE_FILES, detail, error) != 0)
            return -1;
    }
    return 0;
}

/* --- which one --- */

static int by_number(const void *a, const void *b)
{
    const struct partition *left = a, *right = b;

    return left->number < right->number ? -1 : left->number > right->number;
}

static int read_any(struct table *table, struct error *error)
{
    uint8_t sector[SECTOR];

    partition_read(table, 0, sector, sizeof sector);
    bool mbr = mbr_is(sector, table->media->size / table->sector_size);
    if ((!mbr || mbr_is_protective(sector)) && gpt_read(table, error) != 0)
        return -1;
    if (table->out->scheme != SCHEME_NONE)
        return 0;
    if (mbr)
        return mbr_find_sectors(table, sector, error) != 0 ? -1
                                                           : mbr_read(table, sector, error);
    if (slices_read_sun(table, sector, error) != 0)
        return -1;
    if (table->out->scheme != SCHEME_NONE)
        return 0;
    uint64_t unit = memcmp(sector, "ER", 2) == 0 ? bytes_u16be(sector + 2) : SECTOR;
    if (unit >= SECTOR && read_apple(table, unit, error) != 0)
        return -1;
    if (table->out->scheme == SCHEME_NONE && unit != SECTOR &&
        read_apple(table, SECTOR, error) != 0)
        return -1;
    if (table->out->scheme != SCHEME_NONE)
        return 0;
    return slices_read_bsd(table, 0, table->media->size, error);
}

int partitions_read(struct partitions *partitions, struct reader *media, uint32_t sector_size,
                    partition_fault fault, void *context, struct error *error)
{
    struct table table = {
        .out = partitions,
        .media = media,
        .sector_size = sector_size == 4096 ? 4096 : SECTOR,
        .next = FIRST_LOGICAL,
        .fault = fault,
        .context = context,
    };

    *partitions = (struct partitions){ .scheme = SCHEME_NONE };
    if (read_any(&table, error) != 0) {
        partitions_release(partitions);
        return -1;
    }
    if (partitions->scheme != SCHEME_GPT)
        partitions->sector_size = table.sector_size;
    if (partitions->count > 0)
        qsort(partitions->items, partitions->count, sizeof *partitions->items, by_number);
    return 0;
}

void partitions_release(struct partitions *partitions)
{
    free(partitions->items);
    partitions->items = NULL;
    partitions->count = 0;
}
