/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NTFS_ENTRIES_H
#define NTFS_ENTRIES_H

/*
 * ntfs_entries: the entries of folders, in use or left behind, in the bytes of an index or of
 * an $MFT record.
 */

#include "ntfs.h"

#define NTFS_NUMBER_MASK 0xffffffffffffu /* of a reference; above it is the sequence */

/* What has the length of a $FILE_NAME, and the head of its entry where all of it can be trusted,
 * else NULL. 1: it is one; 0: it is none, and others may begin within it; -1 ends the search. */
typedef int (*ntfs_take_entry)(void *context, const uint8_t *name, const uint8_t *head);

/*
 * Give whatever in these bytes may be a $FILE_NAME in this folder (record | sequence << 48).
 * `whole`: how many bytes, by fixup_undo; behind them what lies across the end of a stretch is
 * left out. -1 where `take` ended it.
 */
int ntfs_each_entry(const uint8_t *data, size_t size, size_t whole, uint64_t reference,
                    ntfs_take_entry take, void *context);

/* Whether its times and its name are such as Windows writes. */
bool ntfs_entry_is_plausible(const uint8_t *name);

/* What a $FILE_NAME says. */
size_t ntfs_entry_name(const uint8_t *name, const uint8_t **text); /* UTF-16 units */
void ntfs_entry_times(const uint8_t *name, uint64_t times[4]);
uint64_t ntfs_entry_size(const uint8_t *name);
bool ntfs_entry_is_dos_name(const uint8_t *name);
bool ntfs_entry_is_folder(const uint8_t *name);

/* The file that the head, NULL: none, of an entry with this name means; false where it is
 * another's. */
bool ntfs_entry_file(const struct ntfs *ntfs, const uint8_t *head, const uint8_t *name,
                     uint32_t *number, uint16_t *sequence);

/* Of a name in a folder. */
uint64_t ntfs_entry_key(uint64_t folder, const char *name, size_t length);

/* Note the entries of the folder that lie in its own $MFT record, or in one that extends it.
 * `name` is room to work in. 0, or -1 without memory. */
int ntfs_note_entries(struct ntfs *ntfs, uint32_t folder, const struct ntfs_record *record,
                      struct buffer *name);

#endif
