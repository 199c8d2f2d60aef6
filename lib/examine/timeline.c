/* SPDX-License-Identifier: Apache-2.0 */

/* fs-timeline: the file systems of an object into a timeline. */

#include <fett/examine.h>

#include "lines.h"

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

struct body {
    struct timeline *timeline;
    const char *path;
};

static int add_body_line(void *context, const char *line, size_t length, struct error *error)
{
    struct body *body = context;

    return timeline_add_body(body->timeline, body->path, line, length, error);
}

int examine_timeline_body(const char *path, struct timeline *timeline, examine_problem problem,
                          void *context, struct error *error)
{
    struct body body = { timeline, path };

    return lines_each(path, add_body_line, &body, problem, context, error);
}
