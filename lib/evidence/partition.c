/* SPDX-License-Identifier: Apache-2.0 */

/*
 * partition: partition tables, read from the media by fett itself, because
 * libtsk checks no checksum of them and gives a whole disk up for one broken
 * link in a chain of logical partitions. Numbers are those of Linux.
 *
 *     MBR, and each table of logical       GPT header, in sector 1 and the last
 *     partitions, little-endian             0  8  EFI PART
 *     446 16  four entries                  12  4  header size
 *     510  2  55 aa                         16  4  CRC-32 of the header, itself 0
 *     entry:                                72  8  first sector of the entries
 *      0  1  00 or 80                       80  4  number of entries
 *      4  1  type                           84  4  size of one
 *      8  4  first sector                   88  4  CRC-32 of all entries
 *     12  4  sectors                       entry:
 *                                            0 16  type, 0 for none
 *     BSD label, sector 1 of its slice      32  8  first sector
 *       0  4  82564557                      40  8  last sector
 *     132  4  82564557                      56 72  name, UTF-16
 *     138  2  number of partitions
 *     148     partitions:                  Solaris x86 table, sector 1 of its slice
 *      0  4  sectors                        12  4  600ddeee
 *      4  4  first sector                   30  2  number of slices
 *     12  1  type, 0 for none               72     slices:
 *                                            0  2  tag, 0 for none, 5: whole disk
 *     Sun label, big-endian                  4  4  first sector, of the partition
 *     142  4  tag and flags, eight           8  4  sectors
 *     436  2  tracks in a cylinder
 *     438  2  sectors in a track           Apple map, big-endian, from block 1 on
 *     444     partitions, eight:             0  2  PM
 *      0  4  first cylinder                  4  4  blocks of the map
 *      4  4  sectors                         8  4  first block
 *     508  2  dabe                          12  4  blocks
 *     510  2  XOR of all words is 0         16 32  name
 *                                           48 32  type
 *
 * Logical partitions: the first entry counts from its own table, the link to
 * the next table from the extended partition. Sectors have 512 bytes unless the
 * image says otherwise, or only 4,096 lead to something known.
 *
 * References: UEFI 2.10 chapter 5; Linux block/partitions; Inside Macintosh:
 * Devices chapter 3. Left out: the volumes of LDM (Windows dynamic disks) and of
 * other managers of volumes.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "partition.h"
#include "probe.h"

enum {
    SECTOR = 512,
    FIRST_LOGICAL = 5,
    MBR_ENTRIES = 446,
    GPT_HEADER_SIZE = 92,
    GPT_ENTRY_SIZE = 128,
    BSD_LABEL_MOST = 22,
};

struct table {
    struct partitions *out;
    struct reader *media;
    uint32_t sector_size; /* unit of MBR and GPT */
    unsigned next;        /* number of the next logical partition or slice */
    partition_fault fault;
    void *context;
};

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

static const struct gpt_type {
    const char *identifier;
    enum partition_use use;
    const char *name;
} gpt_types[] = {
    { "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", USE_FILES, "EFI system" },
    { "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", USE_FILES, "Microsoft basic data" },
    { "e3c9e316-0b5c-4db8-817d-f92df00215ae", USE_OTHER, "Microsoft reserved" },
    { "de94bba4-06d1-4d40-a16a-bfd50179d6ac", USE_FILES, "Windows recovery" },
    { "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3", USE_OTHER, "Windows dynamic disk metadata" },
    { "af9b60a0-1431-4f62-bc68-3311714a69ad", USE_DYNAMIC, "Windows dynamic disk data" },
    { "e75caf8f-f680-4cee-afa3-b001e56efc2d", USE_FILES, "Windows storage spaces" },
    { "21686148-6449-6e6f-744e-656564454649", USE_OTHER, "BIOS boot" },
    { "0fc63daf-8483-4772-8e79-3d69d8477de4", USE_FILES, "Linux" },
    { "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", USE_OTHER, "Linux swap" },
    { "e6d6d379-f507-44c2-a23c-238f2a3df928", USE_FILES, "Linux LVM" },
    { "a19d880f-05fc-4d3b-a006-743f0f84911e", USE_FILES, "Linux RAID" },
    { "ca7d7ccb-63ed-4c53-861c-1742536059cc", USE_FILES, "Linux LUKS" },
    { "933ac7e1-2eb4-4f13-b844-0e14e2aef915", USE_FILES, "Linux home" },
    { "48465300-0000-11aa-aa11-00306543ecac", USE_FILES, "Apple HFS+" },
    { "7c3457ef-0000-11aa-aa11-00306543ecac", USE_FILES, "Apple APFS" },
    { "53746f72-6167-11aa-aa11-00306543ecac", USE_FILES, "Apple CoreStorage" },
    { "516e7cb6-6ecf-11d6-8ff8-00022d09712b", USE_FILES, "FreeBSD UFS" },
    { "516e7cb4-6ecf-11d6-8ff8-00022d09712b", USE_FILES, "FreeBSD" },
};

/* Bytes that the media does not have are zeros. */
static void read_block(const struct table *table, uint64_t offset, uint8_t *block, size_t size)
{
    if (offset >= table->media->size)
        memset(block, 0, size);
    else
        reader_read(table->media, offset, block, size, NULL);
}

/* detail: UTF-8 */
static int add(struct table *table, unsigned number, uint64_t offset, uint64_t length,
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

static void set_use(struct table *table, unsigned number, enum partition_use use)
{
    for (size_t i = 0; i < table->out->count; i++)
        if (table->out->items[i].number == number)
            table->out->items[i].use = use;
}

/* --- MBR --- */

static bool has_boot_signature(const uint8_t *sector)
{
    return sector[510] == 0x55 && sector[511] == 0xaa;
}

static bool is_extended(uint8_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85;
}

/* A boot sector has code or text where a table has flags of 00 or 80. */
static bool is_mbr(const uint8_t *sector, uint64_t sectors)
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

static bool is_protective(const uint8_t *sector)
{
    for (int i = 0; i < 4; i++)
        if (sector[MBR_ENTRIES + 16 * i + 4] == 0xee)
            return true;
    return false;
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
    return add(table, number, base + bytes_u32le(entry + 8) * unit,
               bytes_u32le(entry + 12) * unit, use, detail, error);
}

/* Whether a slice of the label has a type; bsdlabel(8) makes some where none has. */
static bool has_bsd_type(const uint8_t *slices, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (i != 2 && slices[16 * i + 12] != 0)
            return true;
    return false;
}

/* Slices inside a partition, numbered on from the logical ones. */
static int read_bsd(struct table *table, uint64_t start, uint64_t length, struct error *error)
{
    uint8_t label[SECTOR];
    uint16_t sum = 0;

    read_block(table, start + SECTOR, label, sizeof label);
    if (bytes_u32le(label) != 0x82564557 || bytes_u32le(label + 132) != 0x82564557)
        return 0;
    unsigned count = bytes_u16le(label + 138);
    if (count > BSD_LABEL_MOST)
        count = BSD_LABEL_MOST;
    for (size_t i = 0; i < 148 + count * 16; i += 2)
        sum ^= bytes_u16le(label + i);
    if (sum != 0)
        table->fault(table->context, start + SECTOR, sizeof label,
                     "BSD label: checksum does not match");
    /* Where the slice for the whole (c) begins at 0, all count from there. */
    uint64_t base = count > 2 && bytes_u32le(label + 148 + 2 * 16 + 4) == 0 ? start : 0;
    bool typed = has_bsd_type(label + 148, count);
    if (table->out->scheme == SCHEME_NONE)
        table->out->scheme = SCHEME_BSD;
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *slice = label + 148 + 16 * i;
        uint64_t size = (uint64_t)bytes_u32le(slice) * SECTOR;
        uint64_t offset = base + (uint64_t)bytes_u32le(slice + 4) * SECTOR;
        char detail[64];
        bool outside = offset < start || offset - start > length ||
                       (table->out->scheme != SCHEME_BSD && size > length - (offset - start));
        if (size == 0 || (typed && slice[12] == 0) || i == 2 || outside) /* listed elsewhere */
            continue;
        snprintf(detail, sizeof detail, "BSD slice %c, type %u", 'a' + (int)i, slice[12]);
        unsigned number = table->out->scheme == SCHEME_BSD ? i + 1 : table->next++;
        if (add(table, number, offset, size, USE_FILES, detail, error) != 0)
            return -1;
    }
    return 0;
}

static int read_solaris(struct table *table, uint64_t start, struct error *error)
{
    uint8_t sector[SECTOR];

    read_block(table, start + SECTOR, sector, sizeof sector);
    if (bytes_u32le(sector + 12) != 0x600ddeee)
        return 0;
    unsigned count = bytes_u16le(sector + 30);
    for (unsigned i = 0; i < count && i < 16; i++) {
        const uint8_t *slice = sector + 72 + 12 * i;
        unsigned tag = bytes_u16le(slice);
        char detail[64];
        if (tag == 0 || tag == 5)
            continue;
        snprintf(detail, sizeof detail, "Solaris slice %u, tag %u", i, tag);
        if (add(table, table->next++, start + (uint64_t)bytes_u32le(slice + 4) * SECTOR,
                (uint64_t)bytes_u32le(slice + 8) * SECTOR, USE_FILES, detail, error) != 0)
            return -1;
    }
    return 0;
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
            read_block(table, at, sector, sizeof sector);
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

static int read_mbr(struct table *table, const uint8_t *sector, struct error *error)
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
            result = read_bsd(table, start, length, error);
        else if (entry[4] == 0x82 || entry[4] == 0xbf)
            result = read_solaris(table, start, error);
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
        read_block(table, start, head, PROBE_BYTES);
        if (is_extended(entry[4]) ? has_boot_signature(head)
                                  : probe(head, PROBE_BYTES, claims) > 0)
            return true;
    }
    return false;
}

/* A raw image does not say how large its sectors were. Disks of 4,096 bytes a sector,
 * and USB bridges above 2 TiB, write MBRs that count these. */
static int find_mbr_sectors(struct table *table, const uint8_t *sector, struct error *error)
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

/* --- GPT --- */

struct gpt {
    uint64_t at;       /* of the header */
    bool present, header_good, entries_good;
    uint64_t entries_at;
    uint32_t count, entry_size;
    uint8_t *entries;  /* NULL: cannot be had */
};

static int load_gpt(struct table *table, uint64_t at, struct gpt *gpt, struct error *error)
{
    uint8_t sector[4096];
    size_t unit = table->sector_size;

    *gpt = (struct gpt){ .at = at };
    if (at >= table->media->size || table->media->size - at < unit || unit > sizeof sector)
        return 0;
    read_block(table, at, sector, unit);
    gpt->present = memcmp(sector, "EFI PART", 8) == 0;
    if (!gpt->present)
        return 0;
    uint32_t header_size = bytes_u32le(sector + 12), stored = bytes_u32le(sector + 16);
    memset(sector + 16, 0, 4);
    gpt->header_good = header_size >= GPT_HEADER_SIZE && header_size <= unit &&
                       libdeflate_crc32(0, sector, header_size) == stored;
    uint64_t first = bytes_u64le(sector + 72);
    gpt->count = bytes_u32le(sector + 80);
    gpt->entry_size = bytes_u32le(sector + 84);
    uint64_t size = (uint64_t)gpt->count * gpt->entry_size;
    if (gpt->entry_size < GPT_ENTRY_SIZE || size == 0 || size > LIMIT_GPT_BYTES ||
        first > table->media->size / unit || size > table->media->size - first * unit)
        return 0;
    gpt->entries_at = first * unit;
    gpt->entries = malloc((size_t)size);
    if (!gpt->entries)
        return error_set_memory(error);
    read_block(table, gpt->entries_at, gpt->entries, (size_t)size);
    gpt->entries_good = libdeflate_crc32(0, gpt->entries, (size_t)size) ==
                        bytes_u32le(sector + 88);
    return 0;
}

static enum partition_use gpt_detail(const uint8_t *entry, char detail[PARTITION_DETAIL_SIZE])
{
    enum partition_use use = USE_FILES;
    char identifier[37];
    const char *type = identifier;
    struct buffer name = BUFFER_INIT;
    size_t units = 0;

    snprintf(identifier, sizeof identifier, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             bytes_u32le(entry), bytes_u16le(entry + 4), bytes_u16le(entry + 6), entry[8],
             entry[9], entry[10], entry[11], entry[12], entry[13], entry[14], entry[15]);
    for (size_t i = 0; i < sizeof gpt_types / sizeof *gpt_types; i++)
        if (strcmp(gpt_types[i].identifier, identifier) == 0) {
            type = gpt_types[i].name;
            use = gpt_types[i].use;
        }
    while (units < 36 && bytes_u16le(entry + 56 + 2 * units) != 0)
        units++;
    text_add_utf16le(&name, entry + 56, units);
    snprintf(detail, PARTITION_DETAIL_SIZE, units ? "%s, \"%s\"" : "%s", type,
             buffer_text(&name));
    buffer_release(&name);
    return use;
}

static int add_gpt(struct table *table, const struct gpt *gpt, struct error *error)
{
    uint64_t unit = table->sector_size, last_sector = table->media->size / unit;
    char detail[PARTITION_DETAIL_SIZE];

    table->out->scheme = SCHEME_GPT;
    for (uint32_t i = 0; i < gpt->count; i++) {
        const uint8_t *entry = gpt->entries + (size_t)i * gpt->entry_size;
        uint64_t first = bytes_u64le(entry + 32), last = bytes_u64le(entry + 40);
        if (bytes_all_zero(entry, 16))
            continue;
        if (first > last || last >= UINT64_MAX / unit || first > last_sector) {
            snprintf(detail, sizeof detail, "GPT entry %u: sectors %llu to %llu", i + 1,
                     (unsigned long long)first, (unsigned long long)last);
            table->fault(table->context, gpt->entries_at + (uint64_t)i * gpt->entry_size,
                         gpt->entry_size, detail);
            continue;
        }
        enum partition_use use = gpt_detail(entry, detail);
        if (add(table, i + 1, first * unit, (last - first + 1) * unit, use, detail, error) != 0)
            return -1;
    }
    return 0;
}

static const char *gpt_fault(const struct gpt *gpt)
{
    return !gpt->present        ? "is missing"
           : !gpt->header_good  ? "checksum of the header does not match"
           : !gpt->entries      ? "entries cannot be read"
           : !gpt->entries_good ? "checksum of the entries does not match"
                                : NULL;
}

/* The table at the start, or its copy at the end if only that is whole, or
 * what is left of the first. */
static int choose_gpt(struct table *table, const struct gpt *first, const struct gpt *copy,
                      struct error *error)
{
    char reason[128];
    const char *wrong = gpt_fault(first);
    const struct gpt *used = !wrong || gpt_fault(copy) ? first : copy;

    if (!used->entries && copy->entries)
        used = copy;
    if (wrong) {
        snprintf(reason, sizeof reason, "GPT at sector %llu: %s%s",
                 (unsigned long long)(first->at / table->sector_size), wrong,
                 used == copy ? "; the copy at the end is used" : "");
        table->fault(table->context, first->at, table->sector_size, reason);
    }
    return used->entries ? add_gpt(table, used, error) : 0;
}

static int read_gpt(struct table *table, struct error *error)
{
    uint64_t unit = table->sector_size;
    struct gpt first = { .at = 0 }, copy = { .at = 0 };
    int result = load_gpt(table, unit, &first, error);

    if (result == 0 && table->media->size >= 2 * unit)
        result = load_gpt(table, (table->media->size / unit - 1) * unit, &copy, error);
    if (result == 0 && (first.present || copy.present))
        result = choose_gpt(table, &first, &copy, error);
    free(first.entries);
    free(copy.entries);
    return result;
}

/* In units of the media's sectors, else of 512 or 4,096 bytes. */
static int try_gpt(struct table *table, struct error *error)
{
    const uint32_t units[] = { table->sector_size, 512, 4096 };
    uint32_t sector_size = table->sector_size;

    for (size_t i = 0; i < 3 && table->out->scheme == SCHEME_NONE; i++) {
        if (i > 0 && units[i] == sector_size)
            continue;
        table->sector_size = units[i];
        if (read_gpt(table, error) != 0)
            return -1;
    }
    table->sector_size = sector_size;
    return 0;
}

/* --- Sun, Apple --- */

static int read_sun(struct table *table, const uint8_t *label, struct error *error)
{
    uint16_t sum = 0;

    if (bytes_u16be(label + 508) != 0xdabe)
        return 0;
    for (size_t i = 0; i < SECTOR; i += 2)
        sum ^= bytes_u16be(label + i);
    if (sum != 0) {
        table->fault(table->context, 0, SECTOR, "Sun label: checksum does not match");
        return 0;
    }
    table->out->scheme = SCHEME_SUN;
    uint64_t cylinder = (uint64_t)bytes_u16be(label + 436) * bytes_u16be(label + 438) * SECTOR;
    for (unsigned i = 0; i < 8; i++) {
        const uint8_t *slice = label + 444 + 8 * i;
        uint64_t start = bytes_u32be(slice) * cylinder;
        unsigned tag = bytes_u16be(label + 142 + 4 * i);
        char detail[64];
        if (tag == 5 || (i == 2 && start == 0)) /* the whole disk */
            continue;
        snprintf(detail, sizeof detail, "Sun slice %u, tag %u", i, tag);
        if (add(table, i + 1, start, (uint64_t)bytes_u32be(slice + 4) * SECTOR, USE_FILES,
                detail, error) != 0)
            return -1;
    }
    return 0;
}

static int read_apple(struct table *table, uint64_t unit, struct error *error)
{
    uint8_t entry[SECTOR];
    uint32_t count = 1;

    for (uint32_t i = 1; i <= count && i <= LIMIT_VOLUMES; i++) {
        read_block(table, i * unit, entry, sizeof entry);
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
        if (add(table, i, bytes_u32be(entry + 8) * unit, bytes_u32be(entry + 12) * unit, USE_FILES,
                detail, error) != 0)
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

    read_block(table, 0, sector, sizeof sector);
    bool mbr = is_mbr(sector, table->media->size / table->sector_size);
    if ((!mbr || is_protective(sector)) && try_gpt(table, error) != 0)
        return -1;
    if (table->out->scheme != SCHEME_NONE)
        return 0;
    if (mbr)
        return find_mbr_sectors(table, sector, error) != 0 ? -1
                                                           : read_mbr(table, sector, error);
    if (read_sun(table, sector, error) != 0)
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
    return read_bsd(table, 0, table->media->size, error);
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
