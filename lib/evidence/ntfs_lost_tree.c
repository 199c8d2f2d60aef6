/* SPDX-License-Identifier: Apache-2.0 */

/* ntfs_lost_tree: the names that ntfs_lost.c found as a tree. A handle is the name's place in
 * the list, plus 1. */

#include <stdlib.h>

#include <fett/text.h>

#include "ntfs_lost.h"

/* What gives out names: the tree's own, or that of another thread. */
struct giver {
    const struct ntfs_lost *lost;
    struct ntfs_view *folders;
    struct buffer *path;
};

struct lost_view {
    struct tree tree;    /* first */
    const struct ntfs_lost *lost;
    struct ntfs_view folders;
    struct buffer path;
};

/* Whether the file lives on under another name, is deleted, or its record is another's. */
static enum file_meta meta_of(const struct ntfs *ntfs, const struct ntfs_lost_name *name)
{
    const struct ntfs_node *node = &ntfs->nodes[name->number];

    if (!name->referenced || !(node->flags & NODE_USABLE))
        return META_UNKNOWN;
    if (!ntfs_is_same_file(node, name->sequence))
        return META_REALLOCATED;
    return node->flags & NODE_IN_USE ? META_ALLOCATED : META_DELETED;
}

static int give(const struct giver *giver, uint64_t handle, struct file *file,
                struct error *error)
{
    const struct ntfs_lost *lost = giver->lost;
    struct ntfs *ntfs = lost->ntfs;
    struct buffer *path = giver->path;
    struct file folder;

    if (handle == 0 || handle > lost->list.count)
        return error_set(error, ERROR_NOT_FOUND, "no lost name with handle %llu",
                         (unsigned long long)handle);
    const struct ntfs_lost_name *name = &lost->list.names[handle - 1];
    const struct ntfs_node *node = &ntfs->nodes[name->folder];
    if (ntfs_view_file(giver->folders, name->folder, ntfs_main_position(ntfs, node), &folder,
                       error) != 0)
        return -1;
    buffer_clear(path);
    if (folder.path_length > 1) /* "/" ends in what separates */
        buffer_add(path, folder.path, folder.path_length);
    buffer_add_byte(path, '/');
    buffer_add(path, ntfs_lost_text(&lost->list, name), name->length);
    if (path->failed)
        return error_set_memory(error);
    *file = (struct file){
        .handle = handle,
        .path = path->data,
        .path_length = path->length,
        .name = path->data + path->length - name->length,
        .name_length = name->length,
        .number = name->number,
        .type = name->directory ? FILE_DIRECTORY : FILE_REGULAR,
        .state = folder.state == FILE_ORPHAN ? FILE_ORPHAN : FILE_DELETED,
        .meta = meta_of(ntfs, name),
        .content = CONTENT_UNKNOWN,
        .sized = !name->directory,
        .size = name->size,
        .sequenced = name->referenced,
        .seq = name->sequence,
        .has_parent = true,
        .parent = name->folder,
        .parent_seq = (uint16_t)(node->sequence - !(node->flags & NODE_IN_USE)),
    };
    file->times.born = instant_from_filetime(name->times[0]);
    file->times.modified = instant_from_filetime(name->times[1]);
    file->times.changed = instant_from_filetime(name->times[2]);
    file->times.accessed = instant_from_filetime(name->times[3]);
    if (name->referenced)
        *text_put_number(file->inode, name->number) = '\0';
    return 0;
}

static int by_handle(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct ntfs_lost *lost = (struct ntfs_lost *)tree;
    const struct giver giver = { lost, &lost->view, &lost->path };

    return give(&giver, handle, file, error);
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    const struct ntfs_lost *lost = (struct ntfs_lost *)tree;
    int result = 0;

    for (uint64_t handle = 1; handle <= lost->list.count && result == 0; handle++) {
        struct file file;
        result = by_handle(tree, handle, &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    return result;
}

static int by_handle_of_view(struct tree *tree, uint64_t handle, struct file *file,
                             struct error *error)
{
    struct lost_view *view = (struct lost_view *)tree;
    const struct giver giver = { view->lost, &view->folders, &view->path };

    return give(&giver, handle, file, error);
}

static void free_view(struct tree *tree)
{
    struct lost_view *view = (struct lost_view *)tree;

    ntfs_view_release(&view->folders);
    buffer_release(&view->path);
    free(view);
}

static struct tree *make_view(struct tree *tree)
{
    static const struct tree_operations operations = { .file = by_handle_of_view,
                                                       .free = free_view };
    struct ntfs_lost *lost = (struct ntfs_lost *)tree;
    struct lost_view *view = calloc(1, sizeof *view);

    if (!view)
        return NULL;
    view->tree.operations = &operations;
    view->lost = lost;
    if (ntfs_view_init(&view->folders, lost->ntfs) == 0)
        return &view->tree;
    free_view(&view->tree);
    return NULL;
}

const struct tree_operations ntfs_lost_operations = {
    .file = by_handle,
    .walk = walk,
    .view = make_view,
};
