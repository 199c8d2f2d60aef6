/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILESYSTEM_INTERNAL_H
#define FILESYSTEM_INTERNAL_H

/*
 * What the two readers of file systems share: NTFS (ntfs.c), all others
 * (tsk_filesystem.c). Each embeds a struct filesystem as its first member.
 */

#include <fett/filesystem.h>

struct filesystem_operations {
    int (*find_inode)(struct filesystem *filesystem, const char *inode, struct file *file,
                      struct error *error);
    /* Of all files, or of the one with this handle. */
    int (*add_extents)(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                       struct extents *extents, struct error *error);
};

struct filesystem {
    struct tree tree; /* first: a tree of a file system is the file system */
    const struct filesystem_operations *operations;
    struct image *image;
    const struct volume *volume;
    const struct zone *zone;
    bool may_lack_names;
    struct reader *reader; /* of the image, for this file system's own use */
};

int ntfs_seek_lost_names(struct filesystem *filesystem, struct error *error);
int ntfs_lost_names(struct filesystem *filesystem, struct tree **tree, struct error *error);

int ntfs_filesystem_open(struct filesystem **filesystem, struct image *image,
                         const struct volume *volume, struct error *error);
int tsk_filesystem_open(struct filesystem **filesystem, struct image *image,
                        const struct volume *volume, struct error *error);

/* What both do alike at open and at free. */
int filesystem_init(struct filesystem *filesystem, struct image *image,
                    const struct volume *volume, struct error *error);
void filesystem_release(struct filesystem *filesystem);

/* Parse an inode as TSK writes it: "61", "61-128" or "61-128-3". How many of the
 * three numbers there are; -1 for what is none (ERROR_USAGE). */
int filesystem_parse_inode(const char *inode, uint64_t *number, unsigned *type, unsigned *id,
                           struct error *error);

/* Remember a GAP_STRUCTURE gap; offset in bytes of the media. Without a path, or with that of
 * $MFT, names may be lost by it. */
void filesystem_add_gap(struct filesystem *filesystem, uint64_t offset, uint64_t length,
                        const char *path, const char *inode, const char *reason);

#endif
