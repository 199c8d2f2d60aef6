/* SPDX-License-Identifier: Apache-2.0 */

/* filesystem: which reader a volume gets, and what they share. See filesystem.h. */

#include <stdio.h>
#include <string.h>

#include <fett/filesystem.h>

#include "filesystem_internal.h"

int filesystem_open(struct filesystem **filesystem, struct image *image,
                    const struct volume *volume, struct error *error)
{
    if (!volume_has_files(volume))
        return error_set(error, ERROR_UNSUPPORTED,
                         "volume %s has no file system that fett reads: %s",
                         volume->name, volume->kind_name);
    return volume->kind == FS_NTFS ? ntfs_filesystem_open(filesystem, image, volume, error)
                                   : tsk_filesystem_open(filesystem, image, volume, error);
}

int filesystem_seek_lost_names(struct filesystem *filesystem, struct error *error)
{
    return filesystem_kind(filesystem) == FS_NTFS ? ntfs_seek_lost_names(filesystem, error) : 0;
}

int filesystem_lost_names(struct filesystem *filesystem, struct tree **tree,
                          struct error *error)
{
    *tree = NULL;
    return filesystem_kind(filesystem) == FS_NTFS ? ntfs_lost_names(filesystem, tree, error) : 0;
}

void filesystem_free(struct filesystem *filesystem)
{
    if (filesystem)
        tree_free(&filesystem->tree);
}

int filesystem_init(struct filesystem *filesystem, struct image *image,
                    const struct volume *volume, struct error *error)
{
    filesystem->image = image;
    filesystem->volume = volume;
    return volume_reader(image, volume, &filesystem->reader, error);
}

void filesystem_release(struct filesystem *filesystem)
{
    reader_free(filesystem->reader);
}

int filesystem_parse_inode(const char *inode, uint64_t *number, unsigned *type, unsigned *id,
                           struct error *error)
{
    unsigned long long parsed;
    int used = 0;
    int fields = sscanf(inode, "%llu%n-%u%n-%u%n", &parsed, &used, type, &used, id, &used);

    /* sscanf would take a sign and blanks in front. */
    if (fields < 1 || inode[used] != '\0' || strspn(inode, "0123456789-") != strlen(inode) ||
        inode[0] == '-')
        return error_set(error, ERROR_USAGE, "not an inode: %s", inode);
    *number = parsed;
    return fields;
}

void filesystem_add_gap(struct filesystem *filesystem, uint64_t offset, uint64_t length,
                        const char *path, const char *inode, const char *reason)
{
    const struct gap gap = {
        .offset = offset,
        .length = length,
        .kind = GAP_STRUCTURE,
        .reason = reason,
        .volume = filesystem->volume->name,
        .path = path,
        .inode = inode,
    };

    image_add_gap(filesystem->image, &gap);
    filesystem->may_lack_names |= !path || strcmp(path, "/$MFT") == 0;
}

bool filesystem_may_lack_names(const struct filesystem *filesystem)
{
    return filesystem->may_lack_names;
}

const struct volume *filesystem_volume(const struct filesystem *filesystem)
{
    return filesystem->volume;
}

enum filesystem_kind filesystem_kind(const struct filesystem *filesystem)
{
    return filesystem->volume->kind;
}

void filesystem_set_zone(struct filesystem *filesystem, const struct zone *zone)
{
    filesystem->zone = zone;
}

struct tree *filesystem_tree(struct filesystem *filesystem)
{
    return &filesystem->tree;
}

int filesystem_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                          struct error *error)
{
    return filesystem->operations->find_inode(filesystem, inode, file, error);
}

int filesystem_add_extents(struct filesystem *filesystem, uint32_t space,
                           struct extents *extents, struct error *error)
{
    return filesystem->operations->add_extents(filesystem, 0, space, extents, error);
}

int filesystem_add_file_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                                struct extents *extents, struct error *error)
{
    return filesystem->operations->add_extents(filesystem, handle, space, extents, error);
}
