/* SPDX-License-Identifier: Apache-2.0 */

/* tree_memory: a tree of files in memory, see tree.h. */

#include <stdlib.h>
#include <string.h>

#include "tree_nodes.h"

static int open_content(struct tree *tree, uint64_t handle, struct reader **reader,
                        struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    uint32_t number;

    if (node_tree_with_content(nodes, handle, &number, error) != 0)
        return -1;
    const struct node *node = &nodes->nodes[number];
    *reader = reader_over_memory(node->content->data, node->size);
    return *reader ? 0 : error_set_memory(error);
}

static void free_tree(struct tree *tree)
{
    node_tree_release((struct node_tree *)tree);
    free(tree);
}

struct tree *tree_new_memory(void)
{
    static const struct tree_operations operations = {
        .root = node_tree_root,
        .lookup = node_tree_lookup,
        .file = node_tree_file,
        .list = node_tree_list,
        .walk = node_tree_walk,
        .open = open_content,
        .free = free_tree,
    };
    struct node_tree *nodes = malloc(sizeof *nodes);

    if (!nodes || node_tree_init(nodes, &operations) != 0) {
        free(nodes);
        return NULL;
    }
    return &nodes->tree;
}

/* The folder of exactly this name, made if it is not there. Folders are few and
 * stand before what is in them: an index would be made anew for each file. */
static int enter(struct node_tree *nodes, uint32_t parent, const char *name, size_t length,
                 uint32_t *folder)
{
    struct node made = { .parent = parent,
                         .length = (uint16_t)length,
                         .name_length = (uint16_t)length,
                         .type = FILE_DIRECTORY };

    for (size_t i = 1; i < nodes->count; i++) {
        const struct node *node = &nodes->nodes[i];
        if (node->type == FILE_DIRECTORY && node->parent == parent && node->length == length &&
            memcmp(node_name(nodes, node), name, length) == 0) {
            *folder = (uint32_t)i;
            return 0;
        }
    }
    *folder = (uint32_t)nodes->count;
    return node_tree_keep_name(nodes, name, length, &made.text) == 0 ? node_tree_add(nodes, &made)
                                                                     : -1;
}

int tree_memory_add(struct tree *tree, const char *path, const void *data, size_t size,
                    const struct file_times *times)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    struct node node = { .type = FILE_REGULAR, .size = size };
    const char *name = path + 1, *slash;

    for (; (slash = strchr(name, '/')); name = slash + 1)
        if (enter(nodes, node.parent, name, (size_t)(slash - name), &node.parent) != 0)
            return -1;
    size_t length = strlen(name);
    if (node_tree_keep_name(nodes, name, length, &node.text) != 0)
        return -1;
    node.length = (uint16_t)length;
    node.name_length = (uint16_t)strcspn(name, ":");
    node.content = malloc(sizeof *node.content + size);
    if (!node.content)
        return -1;
    node.content->times = times ? *times : (struct file_times){ .born = { 0 } };
    if (size > 0)
        memcpy(node.content->data, data, size);
    if (node_tree_add(nodes, &node) != 0) {
        free(node.content);
        return -1;
    }
    return 0;
}
