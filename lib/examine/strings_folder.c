/* SPDX-License-Identifier: Apache-2.0 */

/* strings_folder: see strings_folder.h. */

#include <stdlib.h>

#include <fett/buffer.h>

#include "strings_folder.h"

static int add_file(void *context, const struct file *file)
{
    struct folder *folder = context;

    if (file->type != FILE_REGULAR || file->size == 0)
        return 0;
    if (memory_grow((void **)&folder->files, &folder->capacity, folder->count + 1,
                    sizeof *folder->files) != 0)
        return -1;
    folder->files[folder->count++] =
        (struct folder_file){ file->handle, file->size, folder->block_count };
    folder->block_count += (file->size - 1) / folder->block_size + 1;
    return 0;
}

int folder_init(struct folder *folder, struct tree *tree, uint64_t block_size,
                struct error *error)
{
    *folder = (struct folder){ .tree = tree, .block_size = block_size,
                               .lock = PTHREAD_MUTEX_INITIALIZER };
    return tree_walk(tree, add_file, folder, error) == 0 ? 0 : error_set_memory(error);
}

void folder_release(struct folder *folder)
{
    free(folder->files);
}

const struct folder_file *folder_file(const struct folder *folder, uint64_t block)
{
    size_t low = 0, high = folder->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (folder->files[middle].first_block <= block)
            low = middle;
        else
            high = middle;
    }
    return &folder->files[low];
}

struct reader *folder_open(struct folder *folder, const struct folder_file *file)
{
    struct reader *reader = NULL;

    pthread_mutex_lock(&folder->lock);
    if (tree_open(folder->tree, file->handle, &reader, NULL) != 0)
        reader = NULL;
    pthread_mutex_unlock(&folder->lock);
    return reader;
}

int folder_describe(struct folder *folder, const struct folder_file *file, struct file *known)
{
    pthread_mutex_lock(&folder->lock);
    int result = tree_file(folder->tree, file->handle, known, NULL);
    pthread_mutex_unlock(&folder->lock);
    return result;
}
