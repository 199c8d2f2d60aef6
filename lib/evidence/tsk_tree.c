/* SPDX-License-Identifier: Apache-2.0 */

/* tsk_tree: the index of tsk_index.h as a tree. */

#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "tsk_index.h"

static int root(struct tree *tree, struct file *file, struct error *error)
{
    return tsk_file_fill((struct tsk_filesystem *)tree, 0, file, error);
}

static int by_handle(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (handle == 0 || handle > owner->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    return tsk_file_fill(owner, (uint32_t)(handle - 1), file, error);
}

/* All live names by folder, made when first needed. */
static int load_children(struct tsk_filesystem *owner, struct error *error)
{
    struct children *children = &owner->children;

    if (children->sorted)
        return 0;
    children->text = &owner->text;
    for (size_t i = 1; i < owner->count; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        if (entry->state != FILE_ALLOCATED || entry->stream_length)
            continue;
        if (children_add(children, entry->parent, (uint32_t)i, entry->text, entry->length,
                         false) != 0 ||
            (entry->dos_length > 0 &&
             children_add(children, entry->parent, (uint32_t)i, entry->text + entry->length,
                          entry->dos_length, true) != 0)) {
            children_release(children);
            return error_set_memory(error);
        }
    }
    children_sort(children);
    return 0;
}

static int lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;
    const char *part = path, *ignored, *colon = strrchr(path, ':');
    size_t part_length = 0, ignored_length;
    uint32_t number;

    if (load_children(owner, error) != 0)
        return -1;
    if (children_find_path(&owner->children, 0, path, strlen(path), &number, &part,
                           &part_length))
        return tsk_file_fill(owner, number, file, error);
    if (colon && children_find_path(&owner->children, 0, path, (size_t)(colon - path), &number,
                                    &ignored, &ignored_length)) {
        number = tsk_file_main(owner, number);
        for (size_t i = number + 1; i < owner->count && owner->entries[i].stream_length &&
                                    owner->entries[i].inode == owner->entries[number].inode;
             i++) {
            const struct tsk_entry *entry = &owner->entries[i];
            if (text_compare_nocase(owner->text.data + entry->text + entry->length,
                                    entry->stream_length, colon + 1, strlen(colon + 1)) == 0)
                return tsk_file_fill(owner, (uint32_t)i, file, error);
        }
    }
    return error_set(error, ERROR_NOT_FOUND, "no such file: %s: %.*s is not there", path,
                     (int)part_length, part);
}

static int list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;
    uint32_t *entries;
    size_t count;
    int result = 0;

    if (load_children(owner, error) != 0)
        return -1;
    if (children_list(&owner->children, (uint32_t)(handle - 1), &entries, &count) != 0)
        return error_set_memory(error);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct file file;
        result = tsk_file_fill(owner, entries[i], &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    free(entries);
    return result;
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    for (size_t i = 0; i < owner->count; i++) {
        struct file file;
        if (owner->entries[i].further)
            continue;
        int result = tsk_file_fill(owner, (uint32_t)i, &file, error);
        if (result == 0)
            result = visit(context, &file);
        if (result != 0)
            return result;
    }
    return 0;
}

static int open_content(struct tree *tree, uint64_t handle, struct reader **reader,
                        struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (handle == 0 || handle > owner->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    const struct tsk_entry *entry = &owner->entries[handle - 1];
    if (!entry->has_meta)
        return error_set(error, ERROR_UNSUPPORTED,
                         "its metadata belongs to another file now: the content is unknown");
    return tsk_content_open(owner, entry, reader, error);
}

/* The first entry but the root that has this inode or a higher one. */
static size_t first_of_inode(const struct tsk_filesystem *owner, uint64_t inode)
{
    return 1 + keyed_find(owner->entries + 1, owner->count - 1, sizeof *owner->entries, inode);
}

int tsk_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                   struct error *error)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)filesystem;
    uint64_t number;
    unsigned type, id;
    int fields = filesystem_parse_inode(inode, &number, &type, &id, error);
    size_t best = SIZE_MAX;

    if (fields < 0)
        return -1;
    if (number == owner->entries[0].inode && (fields == 1 || type == TSK_FS_ATTR_TYPE_DEFAULT))
        return tsk_file_fill(owner, 0, file, error);
    for (size_t i = first_of_inode(owner, number);
         i < owner->count && owner->entries[i].inode == number; i++) {
        const struct tsk_entry *entry = &owner->entries[i];
        if (fields > 1 && entry->stream_length &&
            (entry->attribute_type != type || (fields > 2 && entry->attribute_id != id)))
            continue;
        if (fields > 1 && !entry->stream_length && type != TSK_FS_ATTR_TYPE_DEFAULT)
            continue;
        /* The live name of an inode before its former ones. */
        if (best == SIZE_MAX || entry->state < owner->entries[best].state)
            best = i;
    }
    if (best == SIZE_MAX)
        return error_set(error, ERROR_NOT_FOUND, "no inode %s", inode);
    return tsk_file_fill(owner, (uint32_t)best, file, error);
}

const struct tree_operations tsk_tree_operations = {
    .root = root,
    .lookup = lookup,
    .file = by_handle,
    .list = list,
    .walk = walk,
    .open = open_content,
    .free = tsk_filesystem_free,
};
