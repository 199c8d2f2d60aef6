/* SPDX-License-Identifier: Apache-2.0 */

/* fs-timeline: the file systems of an object into a timeline. */

#include <fett/examine.h>

static int add_filesystem(void *context, struct evidence *evidence,
                          struct filesystem *filesystem, struct error *error)
{
    return timeline_add_tree(context, filesystem_tree(filesystem), evidence->name,
                             filesystem_volume(filesystem)->name,
                             filesystem_kind(filesystem) == FS_NTFS, error);
}

int examine_timeline(struct object *object, struct timeline *timeline, struct error *error)
{
    if (object->kind != OBJECT_IMAGE && object->kind != OBJECT_VOLUME)
        return error_set(error, ERROR_USAGE, "an image or a volume is taken: %s",
                         object->evidence->name);
    if (examine_need_files(object, error) != 0)
        return -1;
    return examine_filesystems(object, add_filesystem, timeline, error);
}
