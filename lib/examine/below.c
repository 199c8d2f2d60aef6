/* SPDX-License-Identifier: Apache-2.0 */

/* below: see below.h. */

#include <stdlib.h>
#include <string.h>

#include "below.h"

int below_init(struct below *below, const struct file *folder)
{
    below->path = strndup(folder->path, folder->path_length);
    below->length = folder->path_length == 1 ? 0 : folder->path_length; /* "/" */
    return below->path ? 0 : -1;
}

void below_release(struct below *below)
{
    free(below->path);
}

static bool has_path(const struct below *below, const char *path, size_t length)
{
    return length >= below->length && memcmp(path, below->path, below->length) == 0 &&
           (length == below->length || path[below->length] == '/' || path[below->length] == ':');
}

bool below_has(const struct below *below, const struct file *file)
{
    bool has = !below->path || has_path(below, file->path, file->path_length);

    for (size_t i = 1; i < file->name_count && !has; i++)
        has = has_path(below, file->names[i].path, file->names[i].path_length);
    return has;
}
