/* SPDX-License-Identifier: Apache-2.0 */

/*
 * partition_gpt: the partition table of UEFI, and its copy at the end of the media.
 *
 *     GPT header, in sector 1 and the last
 *      0  8  EFI PART
 *     12  4  header size
 *     16  4  CRC-32 of the header, itself 0
 *     72  8  first sector of the entries
 *     80  4  number of entries
 *     84  4  size of one
 *     88  4  CRC-32 of all entries
 *     entry:
 *      0 16  type, 0 for none
 *     32  8  first sector
 *     40  8  last sector
 *     56 72  name, UTF-16
 *
 * Reference: UEFI 2.10 chapter 5.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "partition_table.h"

enum { GPT_HEADER_SIZE = 92, GPT_ENTRY_SIZE = 128 };

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
    partition_read(table, at, sector, unit);
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
    partition_read(table, gpt->entries_at, gpt->entries, (size_t)size);
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
        if (partition_add(table, i + 1, first * unit, (last - first + 1) * unit, use, detail,
                          error) != 0)
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

static int read_both(struct table *table, struct error *error)
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

int gpt_read(struct table *table, struct error *error)
{
    const uint32_t units[] = { table->sector_size, 512, 4096 };
    uint32_t sector_size = table->sector_size;

    for (size_t i = 0; i < 3 && table->out->scheme == SCHEME_NONE; i++) {
        if (i > 0 && units[i] == sector_size)
            continue;
        table->sector_size = units[i];
        if (read_both(table, error) != 0)
            return -1;
        table->out->sector_size = units[i];
    }
    table->sector_size = sector_size;
    return 0;
}
