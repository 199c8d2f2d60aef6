/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_TABLE_H
#define FILE_TABLE_H

/* file_table: a tree over a table of files, whose times a test sets as it likes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/tree.h>

struct table {
    struct tree tree;
    struct file files[300];
    size_t count;
};

static int table_walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct table *table = (struct table *)tree;
    int result = 0;

    (void)error;
    for (size_t i = 0; i < table->count && result == 0; i++)
        result = visit(context, &table->files[i]);
    return result;
}

static int table_file(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct table *table = (struct table *)tree;

    if (handle == 0 || handle > table->count)
        return error_set(error, ERROR_NOT_FOUND, "no file %llu", (unsigned long long)handle);
    *file = table->files[handle - 1];
    return 0;
}

static const struct tree_operations table_operations = { .walk = table_walk, .file = table_file };

/* A file of the next handle; a path with a colon is a stream's. */
static struct file *add(struct table *table, const char *inode, const char *path,
                        struct file_times times)
{
    struct file *file = &table->files[table->count++];
    const char *colon = strchr(path, ':');

    table->tree.operations = &table_operations;
    *file = (struct file){ .handle = table->count,
                           .path = path,
                           .path_length = strlen(path),
                           .type = FILE_REGULAR,
                           .times = times };
    file->name = strrchr(path, '/') + 1;
    file->name_length = colon ? (size_t)(colon - file->name) : strlen(file->name);
    if (colon) {
        file->stream = colon + 1;
        file->stream_length = strlen(colon + 1);
    }
    snprintf(file->inode, sizeof file->inode, "%s", inode);
    file->number = strtoull(inode, NULL, 10);
    return file;
}

#endif
