/* SPDX-License-Identifier: Apache-2.0 */

/*
 * partition_mbr: the partition table of PCs.
 *
 *     MBR, and each table of logical partitions, little-endian
 *     446 16  four entries
 *     510  2  55 aa
 *     entry:
 *      0  1  00 or 80
 *      4  1  type
 *      8  4  first sector
 *     12  4  sectors
 *
 * Logical partitions: the first entry counts from its own table, the link to
 * the next table from the extended partition. Sectors have 512 bytes unless the
 * image says otherwise, or only 4,096 lead to something known.
 *
 * Reference: Linux block/partitions.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "partition_table.h"
#include "probe.h"

enum { MBR_ENTRIES = 446 };

static const struct mbr_type {
    uint8_t type;
    enum partition_use use;
    const char *name;
} mbr_types[] = {
    { 0x01, USE_FILES, "FAT12" },
    { 0x04, USE_FILES, "FAT16" },
    { 0x05, USE_FILES, "extended" },
    { 0x06, USE_FILES, "FAT16" },
    { 0x07, USE_FILES, "NTFS, exFAT or HPFS" },
    { 0x0b, USE_FILES, "FAT32" },
    { 0x0c, USE_FILES, "FAT32" },
    { 0x0e, USE_FILES, "FAT16" },
    { 0x0f, USE_FILES, "extended" },
    { 0x11, USE_FILES, "hidden FAT12" },
    { 0x12, USE_FILES, "diagnostics" },
    { 0x14, USE_FILES, "hidden FAT16" },
    { 0x16, USE_FILES, "hidden FAT16" },
    { 0x17, USE_FILES, "hidden NTFS" },
    { 0x1b, USE_FILES, "hidden FAT32" },
    { 0x1c, USE_FILES, "hidden FAT32" },
    { 0x1e, USE_FILES, "hidden FAT16" },
    { 0x27, USE_FILES, "Windows recovery" },
    { 0x42, USE_DYNAMIC, "Windows dynamic disk" },
    { 0x82, USE_OTHER, "Linux swap or Solaris" },
    { 0x83, USE_FILES, "Linux" },
    { 0x85, USE_FILES, "extended" },
    { 0x8e, USE_FILES, "Linux LVM" },
    { 0xa5, USE_FILES, "FreeBSD" },
    { 0xa6, USE_FILES, "OpenBSD" },
    { 0xa8, USE_FILES, "Apple UFS" },
    { 0xa9, USE_FILES, "NetBSD" },
    { 0xaf, USE_FILES, "Apple HFS" },
    { 0xbf, USE_FILES, "Solaris" },
    { 0xee, USE_FILES, "GPT protective" },
    { 0xef, USE_FILES, "EFI system" },
    { 0xfd, USE_FILES, "Linux RAID" },
};

static bool has_boot_signature(const uint8_t *sector)
{
    return sector[510] == 0x55 && sector[511] == 0xaa;
}

static bool is_extended(uint8_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85;
}

bool mbr_is(const uint8_t *sector, uint64_t sectors)
{
    bool used = false;

    if (!has_boot_signature(sector))
        return false;
    for (int i = 0; i < 4; i++) {
        const uint8_t *entry = sector + MBR_ENTRIES + 16 * i;
        if (entry[0] & 0x7f)
            return false;
        used = used || (entry[4] != 0 && bytes_u32le(entry + 12) != 0 &&
                        bytes_u32le(entry + 8) < sectors);
    }
    return used;
}

bool mbr_is_protective(const uint8_t *sector)
{
    for (int i = 0; i < 4; i++)
        if (sector[MBR_ENTRIES + 16 * i + 4] == 0xee)
            return true;
    return false;
}

static void set_use(struct table *table, unsigned number, enum partition_use use)
{
    for (size_t i = 0; i < table->out->count; i++)
        if (table->out->items[i].number == number)
            table->out->items[i].use = use;
}

static enum partition_use mbr_detail(uint8_t type, char detail[PARTITION_DETAIL_SIZE])
{
    for (size_t i = 0; i < sizeof mbr_types / sizeof *mbr_types; i++)
        if (mbr_types[i].type == type) {
            snprintf(detail, PARTITION_DETAIL_SIZE, "type 0x%02x, %s", type, mbr_types[i].name);
            return mbr_types[i].use;
        }
    snprintf(detail, PARTITION_DETAIL_SIZE, "type 0x%02x", type);
    return USE_FILES;
}

static int add_mbr_entry(struct table *table, unsigned number, const uint8_t *entry,
                         uint64_t base, struct error *error)
{
    char detail[PARTITION_DETAIL_SIZE];
    uint64_t unit = table->sector_size;

    enum partition_use use = mbr_detail(entry[4], detail);
    return partition_add(table, number, base + bytes_u32le(entry + 8) * unit,
                         bytes_u32le(entry + 12) * unit, use, detail, error);
}

/* Follow the chain of logical partitions. */
static int read_extended(struct table *table, const uint8_t *entry, struct error *error)
{
    uint64_t unit = table->sector_size;
    uint64_t base = bytes_u32le(entry + 8) * unit, at = base;
    uint64_t visited[LIMIT_LOGICAL_PARTITIONS];
    uint8_t sector[SECTOR];
    char reason[128];

    for (size_t depth = 0;; depth++) {
        const char *wrong = NULL;
        for (size_t i = 0; i < depth; i++)
            if (visited[i] == at)
                wrong = "was met before: the chain is a loop";
        if (!wrong && depth == LIMIT_LOGICAL_PARTITIONS)
            wrong = "is one of more than are followed";
        if (!wrong && (at >= table->media->size || table->media->size - at < SECTOR))
            wrong = "is outside the media";
        if (!wrong) {
            partition_read(table, at, sector, sizeof sector);
            if (!has_boot_signature(sector))
                wrong = "has no signature";
        }
        if (wrong) {
            snprintf(reason, sizeof reason,
                     "table of logical partitions at sector %" PRIu64 " %s", at / unit, wrong);
            table->fault(table->context, at < table->media->size ? at : 0,
                         at < table->media->size ? SECTOR : 0, reason);
            return 0;
        }
        visited[depth] = at;
        const uint8_t *link = NULL;
        for (int i = 0; i < 4; i++) {
            const uint8_t *logical = sector + MBR_ENTRIES + 16 * i;
            if (bytes_u32le(logical + 12) == 0 || logical[4] == 0)
                continue;
            if (is_extended(logical[4]))
                link = link ? link : logical;
            else if (add_mbr_entry(table, table->next++, logical, at, error) != 0)
                return -1;
        }
        if (!link)
            return 0;
        at = base + bytes_u32le(link + 8) * unit;
    }
}

int mbr_read(struct table *table, const uint8_t *sector, struct error *error)
{
    table->out->scheme = SCHEME_MBR;
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t *entry = sector + MBR_ENTRIES + 16 * i;
        if (bytes_u32le(entry + 12) == 0 || entry[4] == 0)
            continue;
        if (entry[4] == 0xee) {
            table->fault(table->context, 0, SECTOR, "protective MBR, but there is no usable GPT");
            continue;
        }
        int result = is_extended(entry[4]) ? read_extended(table, entry, error)
                                           : add_mbr_entry(table, i + 1, entry, 0, error);
        if (result != 0)
            return -1;
    }
    for (unsigned i = 0; i < 4; i++) {
        const uint8_t *entry = sector + MBR_ENTRIES + 16 * i;
        uint64_t start = (uint64_t)bytes_u32le(entry + 8) * table->sector_size;
        uint64_t length = (uint64_t)bytes_u32le(entry + 12) * table->sector_size;
        size_t before = table->out->count;
        int result = 0;
        if (entry[4] == 0xa5 || entry[4] == 0xa6 || entry[4] == 0xa9)
            result = slices_read_bsd(table, start, length, error);
        else if (entry[4] == 0x82 || entry[4] == 0xbf)
            result = slices_read_solaris(table, start, error);
        if (result != 0)
            return -1;
        if (table->out->count > before)
            set_use(table, i + 1, USE_OTHER); /* the files are those of the slices */
    }
    return 0;
}

/* --- sectors of an MBR --- */

/* Whether something that is known begins where one of the four entries says, if it
 * counts sectors of this size. */
static bool fits_sectors(const struct table *table, const uint8_t *sector, uint64_t unit,
                         uint8_t *head)
{
    struct probe_result claims[PROBE_MOST];

    for (int i = 0; i < 4; i++) {
        const uint8_t *entry = sector + MBR_ENTRIES + 16 * i;
        uint64_t start = bytes_u32le(entry + 8) * unit;
        if (entry[4] == 0 || start == 0 || start >= table->media->size)
            continue;
        partition_read(table, start, head, PROBE_BYTES);
        if (is_extended(entry[4]) ? has_boot_signature(head)
                                  : probe(head, PROBE_BYTES, claims) > 0)
            return true;
    }
    return false;
}

int mbr_find_sectors(struct table *table, const uint8_t *sector, struct error *error)
{
    enum { LARGE = 4096 };
    uint8_t *head = malloc(PROBE_BYTES);

    if (!head)
        return error_set_memory(error);
    if (table->sector_size == SECTOR && !fits_sectors(table, sector, SECTOR, head) &&
        fits_sectors(table, sector, LARGE, head))
        table->sector_size = LARGE;
    free(head);
    return 0;
}
