/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fat_entry: see fat_entry.h. Directory entry (Microsoft's FAT specification):
 *     0    8  name, 8    3  extension, in the code page of the machine, filled
 *             up with blanks; the first byte is 0xe5 when deleted, 0x05 for 0xe5
 *    11    1  attributes: 0x08 label, 0x10 folder; 0x0f part of a long name
 *    12    1  0x08 the name, 0x10 the extension is in lower case (Windows NT)
 *    13    1  born: 10 ms units, 0-199
 *    14    4  born: DOS time, then date
 *    18    2  accessed: date
 *    20    2  upper half of the first cluster's number (FAT32)
 *    22    4  modified: time, then date
 *    26    2  lower half of the first cluster's number
 *    28    4  bytes; 0 of folders
 */

#include <string.h>

#include <fett/bytes.h>

#include "fat_entry.h"

enum { ATTRIBUTES_LONG_PART = 0x0f };

void fat_entry_parse(struct fat_entry *entry, const uint8_t data[FAT_ENTRY_SIZE], unsigned bits)
{
    *entry = (struct fat_entry){
        .attributes = data[11],
        .cases = data[12],
        .first_cluster = bytes_u16le(data + 26),
        .size = bytes_u32le(data + 28),
        .born = instant_from_dos(bytes_u16le(data + 16), bytes_u16le(data + 14), data[13]),
        .modified = instant_from_dos(bytes_u16le(data + 24), bytes_u16le(data + 22), -1),
        .accessed = instant_from_dos(bytes_u16le(data + 18), -1, -1),
    };
    memcpy(entry->name, data, sizeof entry->name);
    if (bits == 32)
        entry->first_cluster |= (uint32_t)bytes_u16le(data + 20) << 16;
}

bool fat_entry_is_long_part(const struct fat_entry *entry)
{
    return (entry->attributes & ATTRIBUTES_LONG_PART) == ATTRIBUTES_LONG_PART;
}
