/* SPDX-License-Identifier: Apache-2.0 */

/*
 * partition_slices: the slices of BSD, Solaris and SunOS. Inside a partition they are numbered
 * on from the logical ones.
 *
 *     BSD label, sector 1 of its slice     Solaris x86 table, sector 1 of its slice
 *       0  4  82564557                       12  4  600ddeee
 *     132  4  82564557                       30  2  number of slices
 *     138  2  number of partitions           72     slices:
 *     148     partitions:                     0  2  tag, 0 for none, 5: whole disk
 *      0  4  sectors                          4  4  first sector, of the partition
 *      4  4  first sector                     8  4  sectors
 *     12  1  type, 0 for none
 *
 *     Sun label, big-endian
 *     142  4  tag and flags, eight         444     partitions, eight:
 *     436  2  tracks in a cylinder           0  4  first cylinder
 *     438  2  sectors in a track             4  4  sectors
 *     508  2  dabe                         510  2  XOR of all words is 0
 *
 * Reference: Linux block/partitions.
 */

#include <stdio.h>

#include <fett/bytes.h>

#include "partition_table.h"

enum { BSD_LABEL_MOST = 22 };

/* Whether a slice of the label has a type; bsdlabel(8) makes some where none has. */
static bool has_bsd_type(const uint8_t *slices, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (i != 2 && slices[16 * i + 12] != 0)
            return true;
    return false;
}

int slices_read_bsd(struct table *table, uint64_t start, uint64_t length, struct error *error)
{
    uint8_t label[SECTOR];
    uint16_t sum = 0;

    partition_read(table, start + SECTOR, label, sizeof label);
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
        if (partition_add(table, number, offset, size, USE_FILES, detail, error) != 0)
            return -1;
    }
    return 0;
}

int slices_read_solaris(struct table *table, uint64_t start, struct error *error)
{
    uint8_t sector[SECTOR];

    partition_read(table, start + SECTOR, sector, sizeof sector);
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
        if (partition_add(table, table->next++, start + (uint64_t)bytes_u32le(slice + 4) * SECTOR,
                          (uint64_t)bytes_u32le(slice + 8) * SECTOR, USE_FILES, detail, error) != 0)
            return -1;
    }
    return 0;
}

int slices_read_sun(struct table *table, const uint8_t *label, struct error *error)
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
        if (partition_add(table, i + 1, start, (uint64_t)bytes_u32be(slice + 4) * SECTOR, USE_FILES,
                          detail, error) != 0)
            return -1;
    }
    return 0;
}
