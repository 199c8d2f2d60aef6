/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TSK_INDEX_H
#define TSK_INDEX_H

/*
 * What the parts of the file systems that libtsk reads share: tsk_filesystem.c opens them,
 * tsk_index.c walks them once into a table of entries, tsk_handover.c gives it from one process
 * to another, tsk_tree.c is the tree over it, tsk_file.c makes files of entries, tsk_content.c
 * reads them, tsk_extents.c tells who owns which blocks. Entry 0 is the root, the others are in
 * order of inode. Of the live names of one file the first is the file, the others are
 * `further`; a stream stands behind its name.
 */

#include <fett/buffer.h>
#include <fett/children.h>

#include "claims.h"
#include "ext_inode.h"
#include "filesystem_internal.h"
#include "tsk_bridge.h"

enum { BORN, MODIFIED, ACCESSED, CHANGED, TIME_COUNT };

enum { TSK_ZONE_KNOWN = 0x80 }; /* in tsk_entry.zones */

/* What is wrong with the metadata of a live name; bits. */
enum {
    TSK_ODD_NONE = 1,  /* there is none */
    TSK_ODD_FREE = 2,  /* it is marked as free */
    TSK_ODD_TYPE = 4,  /* a folder by the name, none by the metadata, or the other way round */
};

struct tsk_entry {
    uint64_t inode;
    uint64_t size;
    int64_t seconds[TIME_COUNT];
    int64_t deleted_at;
    uint32_t nanoseconds[TIME_COUNT];
    uint32_t parent; /* entry */
    uint32_t text;   /* name */
    uint32_t uid, gid, links;
    uint16_t length; /* bytes of the name */
    uint16_t mode;
    uint16_t attribute_type, attribute_id;
    uint16_t stream_length; /* of a stream's name, which stands behind the name */
    uint8_t dos_length;     /* of a DOS name (FAT), likewise */
    uint8_t type, state, meta; /* enum file_type, file_state, file_meta */
    uint8_t odd; /* TSK_ODD_... */
    uint8_t content; /* enum file_content, of a deleted one where the owner is_own */
    uint8_t zones[CHANGED];    /* of born, modified, accessed, as exFAT stores them */
    uint8_t raw; /* FAT, exFAT: a bit for each time that is impossible: its seconds are as stored */
    bool has_meta;
    bool further;              /* a hard link of a file with an entry before this one */
    bool whole_seconds;        /* ext: its inode has no room for less */
    bool broken; /* FAT: a live file whose cluster chain covers less than its size */
};

struct tsk_filesystem {
    struct filesystem base;
    struct tsk tsk;
    TSK_IMG_INFO *view;
    TSK_FS_INFO *fs; /* NULL until tsk_filesystem_need */
    struct tsk_bridge_apfs apfs; /* what `fs` belongs to in an APFS container */
    struct tsk_entry *entries;
    size_t count, capacity;
    struct buffer text;
    struct children children; /* live names; filled when first asked for */
    struct claims claims; /* blocks of deleted files; filled when first asked for */
    bool is_trial; /* all that libtsk could be asked for is to be asked */
    struct buffer path;
    struct file_name *names; /* of the file that was filled last */
    size_t name_capacity;
    struct ext *ext;             /* what libtsk does not tell of inodes, or NULL */
    bool is_own;                 /* listed by it alone: tsk_ext_list.c */
    bool untried;                /* libtsk was not asked for anything of it yet */
    struct error fault;          /* why it cannot be asked */
    bool apart;                  /* its group descriptors are: tsk_ext_choose_... */
    struct reader *volume_reader; /* that the own parsers read by */
    struct fat_copy fat_copy; /* of a FAT */
    struct tsk_fat *fat; /* tsk_fat.h; NULL where it is none */
    uint8_t *claimed;    /* FAT: a bit a cluster: in the chain of a live file */
    size_t claimed_size; /* bytes */
    struct exfat_volume *exfat; /* exfat_folder.h; NULL where it is none */
};

static inline bool tsk_is_fat(enum filesystem_kind kind)
{
    return kind == FS_FAT12 || kind == FS_FAT16 || kind == FS_FAT32;
}

static inline bool tsk_is_ext(enum filesystem_kind kind)
{
    return kind == FS_EXT2 || kind == FS_EXT3 || kind == FS_EXT4;
}

/* --- tsk_index.c --- */

/* What is lost of an entry, whose place is not told. */
void tsk_index_add_gap(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                       const char *reason);

/* Fill the table. Folders that cannot be read are gaps. */
int tsk_index_load(struct tsk_filesystem *owner, struct error *error);

/* Of FAT and exFAT. Deleted entries may be anything: of these impossible times are absent. */
void tsk_index_set_dos_time(struct tsk_entry *entry, int which, const struct instant *time);

/* An empty entry behind the others, or NULL: without memory. */
struct tsk_entry *tsk_index_add(struct tsk_filesystem *owner);

/* Put all entries but the root in order of inode; those of one stay as they came. 0, or -1
 * without memory. */
int tsk_index_sort(struct tsk_filesystem *owner);

/* Live names of one inode are one file. The table is sorted. */
void tsk_index_join_links(struct tsk_filesystem *owner);

/* No sound volume has more. */
size_t tsk_index_most_entries(const struct tsk_filesystem *owner);

/* The live name or the first of several of an inode, among the first entries, which are sorted;
 * 0: there is none, or it is the root. */
uint32_t tsk_index_find_live(const struct tsk_filesystem *owner, size_t sorted, uint64_t inode);

/* libtsk's file of an entry with its attributes loaded, or NULL; and the one
 * attribute that is meant, or NULL. The caller closes the file. */
TSK_FS_FILE *tsk_index_open_file(struct tsk_filesystem *owner, const struct tsk_entry *entry);
const TSK_FS_ATTR *tsk_index_attribute(const struct tsk_filesystem *owner, TSK_FS_FILE *file,
                                       const struct tsk_entry *entry);

/* libtsk's file of an inode, or NULL; what a block is in use for, or not. */
TSK_FS_FILE *tsk_index_open_inode(struct tsk_filesystem *owner, uint64_t inode);
bool tsk_block_in_use(struct tsk_filesystem *owner, TSK_DADDR_T block);

/* --- tsk_named.c --- */

struct tsk_named {
    TSK_LIST *inodes;
    bool whole; /* FAT, ext: and libtsk would have gone into the same folders */
};

/* Note what a name leads to, or NULL; also that of `.` and `..`. */
void tsk_named_add(struct tsk_named *named, struct tsk_filesystem *owner,
                   const TSK_FS_FILE *file);

/* Before $OrphanFiles is opened, which stands last in the root: give libtsk the list. `depth`
 * of the folders that it was met in. */
void tsk_named_give(struct tsk_named *named, struct tsk_filesystem *owner, size_t depth);

/* --- tsk_handover.c --- */

/* Write the index, and the gaps of the image, into an empty file; -1: there is none. */
void tsk_index_hand_over(struct tsk_filesystem *owner, int file);

/* Have what was written so. 0; 1: nothing was, or not all; -1: it cannot be an index, or memory
 * is out. */
int tsk_index_take_over(struct tsk_filesystem *owner, int file, struct error *error);

/* --- tsk_file.c --- */

/* An entry as a file, until the next; that of the file itself where it is a further name.
 * 0, or -1 without memory. */
int tsk_file_fill(struct tsk_filesystem *owner, uint32_t number, struct file *file,
                  struct error *error);

/* Add the path of an entry, without that of a stream. */
void tsk_file_add_path(const struct tsk_filesystem *owner, uint32_t number, struct buffer *path);

/* Remember that something of a live entry is lost; bytes from the start of the media.
 * What a folder has lost are names. */
void tsk_file_add_gap(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      uint64_t offset, uint64_t length, const char *reason);

/* The entry of the file that a live name or stream belongs to. */
uint32_t tsk_file_main(const struct tsk_filesystem *owner, uint32_t number);

/* --- tsk_ext.c --- */

/* Of an ext whose group descriptors are apart, before libtsk is asked for an inode or for a
 * block: show it the one that it needs. Returns the last block of those that it can be asked
 * for then. */
void tsk_ext_choose_inode(struct tsk_filesystem *owner, uint64_t number);
uint64_t tsk_ext_choose_block(struct tsk_filesystem *owner, uint64_t block);

/* See whether that is needed; -1: it is, and cannot be done. */
int tsk_ext_check_groups(struct tsk_filesystem *owner);

/* The times of the inode of an entry that has metadata. */
void tsk_ext_set_times(struct tsk_entry *entry, const struct ext_inode *inode);

/* Why the inode cannot be that of a live name, or NULL. */
const char *tsk_ext_fault(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                          const struct ext_inode *inode);

/* What ext_inode.h knows of the inodes of all entries: their times, and gaps where live
 * names or what they name are damaged. The table is filled and sorted. */
void tsk_ext_read_inodes(struct tsk_filesystem *owner);

/* --- tsk_ext_list.c --- */

/* Fill the table by owner->ext as libtsk would. 0; 1: libtsk must, what the table has is of no
 * use; -1: without memory. */
int tsk_ext_list(struct tsk_filesystem *owner, struct error *error);

/* --- tsk_ext_deleted.c --- */

/* Whether it is known of a deleted entry, without libtsk, where its content was. */
bool tsk_ext_can_judge(const struct tsk_filesystem *owner, const struct tsk_entry *entry,
                       const struct ext_inode *inode);

/* Set `content` of all deleted entries, of which that is known. 0; 1: what says which blocks
 * are in use cannot be read; -1: without memory. */
int tsk_ext_judge(struct tsk_filesystem *owner);

/* --- tsk_exfat.c --- */

/* Sets owner->exfat of exFAT. 0, or -1 without memory. */
int tsk_exfat_open(struct tsk_filesystem *owner, struct error *error);
void tsk_exfat_close(struct tsk_filesystem *owner);

/* The times of an entry with their zones; those of libtsk stay where they cannot be read, which
 * the image remembers. */
void tsk_exfat_set_times(const struct tsk_filesystem *owner, struct tsk_entry *entry);

/* As tsk_hfs_add_lost, of exFAT by its folders. */
int tsk_exfat_add_lost(struct tsk_filesystem *owner, struct error *error);

/* --- tsk_iso.c --- */

/* Of an ISO 9660 whose index is complete: gaps for folders in which names may be lost, and the
 * zones of the times of its entries. 0, or -1 without memory. */
int tsk_iso_check(struct tsk_filesystem *owner, struct error *error);

/* --- tsk_hfs.c --- */

/* Add the names of HFS+ that the catalogue has and libtsk did not list; its damages are gaps. The
 * table is sorted, and is so again. 0, or -1 without memory. */
int tsk_hfs_add_lost(struct tsk_filesystem *owner, struct error *error);

/* --- tsk_content.c --- */

/* What became of the content of an entry that is not live. 0, or -1 without memory. */
int tsk_content_state(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                      enum file_content *content, struct error *error);

/* The content of an entry that has metadata. */
int tsk_content_open(struct tsk_filesystem *owner, const struct tsk_entry *entry,
                     struct reader **reader, struct error *error);

/* --- tsk_tree.c --- */

/* Handles are the numbers of entries plus 1. */
extern const struct tree_operations tsk_tree_operations;

/* As filesystem_find_inode. */
int tsk_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                   struct error *error);

/* --- tsk_filesystem.c --- */

/* Have libtsk's file system, and what is read besides by own parsers: before anything but the
 * index is asked for. 0 or -1. Where libtsk was not tried yet (trial.h) it is now. */
int tsk_filesystem_need(struct tsk_filesystem *owner, struct error *error);

void tsk_filesystem_free(struct tree *tree);

/* --- tsk_extents.c --- */

/* As filesystem_add_extents. */
int tsk_add_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                    struct extents *extents, struct error *error);

#endif
