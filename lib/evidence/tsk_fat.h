/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TSK_FAT_H
#define TSK_FAT_H

/*
 * tsk_fat: what libtsk does not tell of FAT12, FAT16 and FAT32, read from the
 * volume itself for the index of tsk_index.h.
 */

#include "fat_chain.h"
#include "fat_entry.h"
#include "fat_geometry.h"
#include "tsk_index.h"

enum {
    FAT_FIRST_INODE = 3, /* as libtsk numbers entries from the end of the last FAT on */
    FAT_FOLDER_PIECE = 16384,
    FAT_MOST_SECTOR = 4096,
};

struct tsk_fat {
    struct fat_geometry geometry;
    struct fat_table table;
    struct fat_chain chain; /* the one that was read last */
    uint8_t folder[FAT_FOLDER_PIECE];
    uint64_t sector_place;  /* on the media; of the one that is in `sector` */
    uint8_t sector[FAT_MOST_SECTOR];
};

static inline bool tsk_fat_is_claimed(const struct tsk_filesystem *owner, uint32_t cluster)
{
    uint32_t number = cluster - FAT_FIRST_CLUSTER;

    return owner->claimed[number / 8] >> number % 8 & 1;
}

/* Compare the copies of the FAT, before libtsk reads it by owner->view: where they differ there
 * is a gap. 0, or -1 without memory. */
int tsk_fat_compare(struct tsk_filesystem *owner, struct error *error);

/* Sets owner->fat, unless it is no FAT or its boot sector cannot be used: then
 * libtsk's word is taken for all of it. 0, or -1 without memory. */
int tsk_fat_open(struct tsk_filesystem *owner, struct error *error);
void tsk_fat_close(struct tsk_filesystem *owner);

/* What a name of the index is: libtsk's, or the bytes of its entry. */
struct tsk_name {
    const char *text;
    size_t length;
    char alias[FAT_NAME_MAX]; /* it is found by this as well */
    size_t alias_length;
    char kept[3 * FAT_NAME_MAX]; /* what `text` may lie in */
};

/* libtsk writes ^ for each byte of an 8.3 name that is no ASCII, and so gives
 * different files one name: here are the bytes as they are stored. Of which code
 * page they are is not known. Where they could be read as UTF-8 by chance each is
 * a lone surrogate instead (text.h), and the bytes are the alias. */
void tsk_fat_name(const struct tsk_filesystem *owner, const TSK_FS_NAME *name,
                  struct tsk_name *result);

/* The times of an entry by its own 32 bytes. */
void tsk_fat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry);

/* Follow the chains of all live files and folders, and look at the folders: each that is
 * damaged or shares a cluster with another is a gap, and `broken` is set in its entry where
 * the chain covers less than the size. 0, or -1 without memory. */
int tsk_fat_check_chains(struct tsk_filesystem *owner, struct error *error);

/* --- tsk_fat_folder.c --- */

/* Look for damage in a live folder by whose chain owner->fat->chain is, until a cluster that
 * is claimed: by another folder, which was looked at. The root of FAT12 and FAT16 has no
 * chain. Names that may be lost are gaps. */
void tsk_fat_check_folder(struct tsk_filesystem *owner, const struct tsk_entry *entry);
void tsk_fat_check_root(struct tsk_filesystem *owner);

/* --- tsk_fat.c --- */

/* Read the chain of an entry into owner->fat->chain. False for those that have none,
 * and for what is not live: their chains are gone. */
bool tsk_fat_read_chain(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                        bool *out_of_memory);

/* What became of the content of a deleted file, by owner->claims too: without the
 * chain only one that fits its first cluster is known to be whole, or overwritten. */
enum file_content tsk_fat_content_state(struct tsk_filesystem *owner,
                                        const struct tsk_entry *entry);

/* The content of a broken entry: what its chain still covers, then damage. */
int tsk_fat_open_content(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                         struct reader **reader, struct error *error);

#endif
