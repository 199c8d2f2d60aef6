/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_FILESYSTEM_H
#define FETT_FILESYSTEM_H

/*
 * filesystem: the files of one volume, as a tree and as extents.
 *
 * NTFS is read by fett itself: $MFT in one sequential pass into an index of 120
 * to 168 bytes a file besides its names; every record that cannot be used is
 * a gap of the image with its number. The others are read by libtsk, folder by
 * folder, into an index of their own; libtsk is quadratic in huge folders.
 *
 * Times of FAT are local; filesystem_set_zone converts those of every file
 * given out from then on.
 */

#include <stdbool.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/extents.h>
#include <fett/image.h>
#include <fett/tree.h>
#include <fett/volume.h>
#include <fett/zone.h>

struct filesystem;

/* Open the volume's file system and read its index. The image and the volumes
 * must outlive it. ERROR_UNSUPPORTED for a volume without one. */
int filesystem_open(struct filesystem **filesystem, struct image *image,
                    const struct volume *volume, struct error *error);
void filesystem_free(struct filesystem *filesystem);

const struct volume *filesystem_volume(const struct filesystem *filesystem);
enum filesystem_kind filesystem_kind(const struct filesystem *filesystem);

/* Whether it may have files of which it gives no name: what could not be read, which is a gap
 * of the image, belongs to a file or folder that is not known, or to a folder. What is not
 * found in it need not be absent. */
bool filesystem_may_lack_names(const struct filesystem *filesystem);

/* The zone must outlive the file system; NULL: leave local times local. */
void filesystem_set_zone(struct filesystem *filesystem, const struct zone *zone);

/* Its files; freed with the file system. */
struct tree *filesystem_tree(struct filesystem *filesystem);

/* By metadata address as TSK writes it: "61", "61-128", "61-128-3". */
int filesystem_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                          struct error *error);

/* Add all that is known of who owns which bytes of the media: content, slack,
 * resident content, folders, structure; live and deleted. Owners are handles
 * of the tree; `space` is stored in each. */
int filesystem_add_extents(struct filesystem *filesystem, uint32_t space,
                           struct extents *extents, struct error *error);

/* The same of one file or stream by its handle: what its bytes are. */
int filesystem_add_file_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                                struct extents *extents, struct error *error);

/*
 * Names that stand in the index of a folder, in use there or not, or are left behind in its $MFT
 * record, and in no record of $MFT: of a file whose record was taken by another since, or is
 * damaged, or has another name now. Only NTFS has any.
 *
 * They are a tree of their own, which answers tree_file, tree_walk and tree_view, ordered by
 * their folders, each name with the same times once. Times and size of a file are those of the
 * entry when it was written: $STANDARD_INFORMATION, which Windows copies into the index now and
 * then. `inode` is empty and `sequenced` false where the entry does not tell any more whose it was;
 * else `meta` tells whether that file lives on under another name, is deleted, or its record is
 * another file's now.
 */

/* Begin to search for them, while the caller does other things with the file system. */
int filesystem_seek_lost_names(struct filesystem *filesystem, struct error *error);

/* What was found, NULL: nothing; freed with the file system. */
int filesystem_lost_names(struct filesystem *filesystem, struct tree **tree,
                          struct error *error);

#endif
