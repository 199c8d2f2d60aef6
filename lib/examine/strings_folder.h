/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STRINGS_FOLDER_H
#define STRINGS_FOLDER_H

/*
 * strings_folder: the files of a folder of the examiner's machine as blocks that are
 * numbered through, in the order of the tree. Links are not followed, empty files
 * have no block.
 *
 * folder_open may be called by any thread, the rest by one.
 */

#include <pthread.h>

#include <fett/object.h>

struct folder_file {
    uint64_t handle, size;
    uint64_t first_block;
};

struct folder {
    struct tree *tree;
    uint64_t block_size;
    struct folder_file *files;
    size_t count, capacity;
    uint64_t block_count;
    pthread_mutex_t lock; /* of the tree */
};

/* List the files. Release in any case. */
int folder_init(struct folder *folder, struct tree *tree, uint64_t block_size,
                struct error *error);
void folder_release(struct folder *folder);

/* The file that a block is of. */
const struct folder_file *folder_file(const struct folder *folder, uint64_t block);

/* Its content; NULL where it cannot be opened, which the tree has told. */
struct reader *folder_open(struct folder *folder, const struct folder_file *file);

/* What the tree knows of it; holds until the next call. */
int folder_describe(struct folder *folder, const struct folder_file *file, struct file *known);

#endif
