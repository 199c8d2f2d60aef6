/* SPDX-License-Identifier: Apache-2.0 */

/* tree_nodes: a table of nodes as a tree, see tree_nodes.h. */

#include <stdlib.h>
#include <string.h>

#include "tree_nodes.h"

int node_tree_init(struct node_tree *tree, const struct tree_operations *operations)
{
    struct node root = { .type = FILE_DIRECTORY };

    *tree = (struct node_tree){ .tree = { operations } };
    tree->children.text = &tree->names;
    if (node_tree_keep_name(tree, "", 0, &root.text) == 0 && node_tree_add(tree, &root) == 0)
        return 0;
    node_tree_release(tree);
    return -1;
}

void node_tree_release(struct node_tree *tree)
{
    for (size_t i = 0; i < tree->count; i++)
        free(tree->nodes[i].content);
    free(tree->nodes);
    children_release(&tree->children);
    buffer_release(&tree->names);
    buffer_release(&tree->path);
}

int node_tree_keep_name(struct node_tree *tree, const char *name, size_t length, uint32_t *text)
{
    size_t at = tree->names.length;

    if (length > UINT16_MAX || at + length >= UINT32_MAX)
        return -1;
    buffer_add(&tree->names, name, length);
    buffer_add_byte(&tree->names, '\0');
    *text = (uint32_t)at;
    return tree->names.failed ? -1 : 0;
}

int node_tree_add(struct node_tree *tree, const struct node *node)
{
    if (tree->count >= UINT32_MAX ||
        memory_grow((void **)&tree->nodes, &tree->capacity, tree->count + 1,
                    sizeof *tree->nodes) != 0)
        return -1;
    tree->nodes[tree->count++] = *node;
    children_release(&tree->children);
    return 0;
}

void node_tree_add_path(const struct node_tree *tree, uint32_t number, struct buffer *path)
{
    size_t length = 0;

    for (uint32_t i = number; i != 0; i = tree->nodes[i].parent)
        length += tree->nodes[i].length + 1u;
    char *start = buffer_reserve(path, length + 1);
    if (!start)
        return;
    *start = '/'; /* the root */
    char *at = start + length;
    path->length += length > 0 ? length : 1;
    path->data[path->length] = '\0';
    for (uint32_t i = number; i != 0; i = tree->nodes[i].parent) {
        const struct node *node = &tree->nodes[i];
        at -= node->length;
        memcpy(at, node_name(tree, node), node->length);
        *--at = '/';
    }
}

static int fill_file(struct node_tree *tree, uint32_t number, struct file *file,
                     struct error *error)
{
    const struct node *node = &tree->nodes[number];

    buffer_clear(&tree->path);
    node_tree_add_path(tree, number, &tree->path);
    if (tree->path.failed)
        return error_set_memory(error);
    *file = (struct file){
        .handle = (uint64_t)number + 1,
        .path = tree->path.data,
        .path_length = tree->path.length,
        .name = tree->path.data + tree->path.length - node->length,
        .name_length = node->name_length,
        .type = node->type,
        .sized = node->type != FILE_DIRECTORY,
        .size = node->size,
    };
    if (node->content)
        file->times = node->content->times;
    if (node->name_length < node->length) {
        file->stream = file->name + node->name_length + 1;
        file->stream_length = node->length - node->name_length - 1u;
    }
    return 0;
}

int node_tree_root(struct tree *tree, struct file *file, struct error *error)
{
    return fill_file((struct node_tree *)tree, 0, file, error);
}

static int find(const struct node_tree *tree, uint64_t handle, uint32_t *number,
                struct error *error)
{
    if (handle == 0 || handle > tree->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    *number = (uint32_t)(handle - 1);
    return 0;
}

int node_tree_file(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    uint32_t number = 0;

    return find(nodes, handle, &number, error) != 0 ? -1 : fill_file(nodes, number, file, error);
}

int node_tree_with_content(const struct node_tree *tree, uint64_t handle, uint32_t *number,
                           struct error *error)
{
    struct buffer path = BUFFER_INIT;

    if (find(tree, handle, number, error) != 0)
        return -1;
    if (tree->nodes[*number].type == FILE_REGULAR)
        return 0;
    node_tree_add_path(tree, *number, &path);
    error_set(error, ERROR_UNSUPPORTED, "%s has no content", buffer_text(&path));
    buffer_release(&path);
    return -1;
}

/* All names by folder, made when first needed. Streams are found, not listed. */
static int load_children(struct node_tree *tree, struct error *error)
{
    if (tree->children.sorted)
        return 0;
    for (size_t i = 1; i < tree->count; i++) {
        const struct node *node = &tree->nodes[i];
        if (children_add(&tree->children, node->parent, (uint32_t)i, node->text, node->length,
                         node->name_length < node->length) != 0) {
            children_release(&tree->children);
            return error_set_memory(error);
        }
    }
    children_sort(&tree->children);
    return 0;
}

int node_tree_lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    const char *part = path;
    size_t part_length = 0;
    uint32_t number;

    if (load_children(nodes, error) != 0)
        return -1;
    if (*path == '/' && children_find_path(&nodes->children, 0, path, strlen(path), &number,
                                           &part, &part_length))
        return fill_file(nodes, number, file, error);
    return error_set(error, ERROR_NOT_FOUND, "no such file: %s: %.*s is not there", path,
                     (int)part_length, part);
}

int node_tree_list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                   struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    uint32_t folder = 0, *files;
    size_t count;
    int result = 0;

    if (find(nodes, handle, &folder, error) != 0 || load_children(nodes, error) != 0)
        return -1;
    if (children_list(&nodes->children, folder, &files, &count) != 0)
        return error_set_memory(error);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct file file;
        result = fill_file(nodes, files[i], &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    free(files);
    return result;
}

int node_tree_walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    int result = 0;

    for (size_t i = 0; i < nodes->count && result == 0; i++) {
        struct file file;
        result = fill_file(nodes, (uint32_t)i, &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    return result;
}
