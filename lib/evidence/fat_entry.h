/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAT_ENTRY_H
#define FAT_ENTRY_H

/* fat_entry: an entry of a folder of FAT12, FAT16 or FAT32, as it is stored. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/tree.h>

enum {
    FAT_ENTRY_SIZE = 32,
    FAT_NAME_MAX = 12, /* bytes of an 8.3 name with its point */
};

struct fat_entry {
    uint8_t name[11];
    uint8_t attributes, cases;
    uint32_t first_cluster, size;
};

/* `bits` of the entries of the FAT: other than FAT32 has no upper half of the
 * cluster's number. */
void fat_entry_parse(struct fat_entry *entry, const uint8_t data[FAT_ENTRY_SIZE], unsigned bits);

/* Its times, which are local; it has no time of a change of metadata. */
void fat_entry_times(struct file_times *times, const uint8_t data[FAT_ENTRY_SIZE]);

/* Whether it is a part of a long name, which has no times, size or clusters. */
bool fat_entry_is_long_part(const struct fat_entry *entry);

/* The 8.3 name, its bytes in the code page of the machine that wrote it; `_` for
 * the first one when deleted. Returns its length; 0 for the label, which is no
 * file's name. */
size_t fat_entry_name(const struct fat_entry *entry, char name[FAT_NAME_MAX]);

/* Whether that is the name that libtsk gives as `shown`: with ^ for each byte that
 * is no ASCII, 0x05 as it is, and without blanks. */
bool fat_entry_is_shown_as(const struct fat_entry *entry, const char *shown);

#endif
