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

enum { ATTRIBUTE_LABEL = 0x08, ATTRIBUTES_LONG_PART = 0x0f };
enum { LOWER_NAME = 0x08, LOWER_EXTENSION = 0x10 };
enum { FIRST_DELETED = 0xe5, FIRST_E5 = 0x05 };

void fat_entry_parse(struct fat_entry *entry, const uint8_t data[FAT_ENTRY_SIZE], unsigned bits)
{
    *entry = (struct fat_entry){
        .attributes = data[11],
        .cases = data[12],
        .first_cluster = bytes_u16le(data + 26),
        .size = bytes_u32le(data + 28),
    };
    memcpy(entry->name, data, sizeof entry->name);
    if (bits == 32)
        entry->first_cluster |= (uint32_t)bytes_u16le(data + 20) << 16;
}

void fat_entry_times(struct file_times *times, const uint8_t data[FAT_ENTRY_SIZE])
{
    *times = (struct file_times){
        .born = instant_from_dos(bytes_u16le(data + 16), bytes_u16le(data + 14), data[13]),
        .modified = instant_from_dos(bytes_u16le(data + 24), bytes_u16le(data + 22), -1),
        .accessed = instant_from_dos(bytes_u16le(data + 18), -1, -1),
    };
}

bool fat_entry_is_long_part(const struct fat_entry *entry)
{
    return (entry->attributes & ATTRIBUTES_LONG_PART) == ATTRIBUTES_LONG_PART;
}

/* Add the `size` bytes of the name or the extension without the blanks behind. */
static size_t add_part(char *name, size_t length, const uint8_t *part, size_t size, bool lower)
{
    while (size > 0 && part[size - 1] == ' ')
        size--;
    for (size_t i = 0; i < size; i++) {
        bool is_capital = part[i] >= 'A' && part[i] <= 'Z';
        if (part[i] != '\0')
            name[length++] = (char)(lower && is_capital ? part[i] + ('a' - 'A') : part[i]);
    }
    return length;
}

size_t fat_entry_name(const struct fat_entry *entry, char name[FAT_NAME_MAX])
{
    enum { NAME_SIZE = 8, EXTENSION_SIZE = 3 };
    uint8_t stored[NAME_SIZE];

    if (entry->attributes & ATTRIBUTE_LABEL)
        return 0;
    memcpy(stored, entry->name, sizeof stored);
    if (stored[0] == FIRST_DELETED)
        stored[0] = '_';
    else if (stored[0] == FIRST_E5)
        stored[0] = 0xe5;
    size_t base = add_part(name, 0, stored, NAME_SIZE, entry->cases & LOWER_NAME);
    name[base] = '.';
    size_t length = add_part(name, base + 1, entry->name + NAME_SIZE, EXTENSION_SIZE,
                             entry->cases & LOWER_EXTENSION);
    return length == base + 1 ? base : length;
}

bool fat_entry_is_shown_as(const struct fat_entry *entry, const char *shown)
{
    char name[FAT_NAME_MAX];
    size_t length = fat_entry_name(entry, name);

    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c == ' ' || c == 0xff)
            continue;
        bool is_odd = c < 0x20 || c >= 0x7f;
        if (*shown != (char)c && !(is_odd && (*shown == '^' || *shown == FIRST_E5)))
            return false;
        shown++;
    }
    return length > 0 && *shown == '\0';
}
