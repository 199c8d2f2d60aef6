/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TREE_NODES_H
#define TREE_NODES_H

/*
 * What the trees that are no file systems share: tree_memory.c and
 * tree_directory.c fill a table of nodes and open content; all else is answered
 * from the table here. Node 0 is the root; a handle is the number of the node
 * plus 1.
 */

#include <fett/buffer.h>
#include <fett/children.h>
#include <fett/tree.h>

struct node_content {
    struct file_times times;
    uint8_t data[];
};

struct node {
    uint32_t parent;
    uint32_t text;        /* of the name in `names`, a NUL behind it */
    uint16_t length;      /* of it, with :stream */
    uint16_t name_length; /* without; the same: no stream */
    enum file_type type;
    uint64_t size;
    struct node_content *content; /* in memory, or NULL */
};

struct node_tree {
    struct tree tree;
    struct node *nodes;
    size_t count, capacity;
    struct buffer names;
    struct children children; /* filled when first asked for */
    struct buffer path;       /* of the struct file that was filled last */
};

/* An empty tree: its root. 0, or -1 without memory; released either way. */
int node_tree_init(struct node_tree *tree, const struct tree_operations *operations);
void node_tree_release(struct node_tree *tree);

/* Keep a name; *text is where. 0, or -1 without memory, or for one that is longer
 * than any. */
int node_tree_keep_name(struct node_tree *tree, const char *name, size_t length, uint32_t *text);

/* 0, or -1 without memory. */
int node_tree_add(struct node_tree *tree, const struct node *node);

static inline const char *node_name(const struct node_tree *tree, const struct node *node)
{
    return tree->names.data + node->text;
}

void node_tree_add_path(const struct node_tree *tree, uint32_t number, struct buffer *path);

/* The node of a handle that has content. */
int node_tree_with_content(const struct node_tree *tree, uint64_t handle, uint32_t *number,
                           struct error *error);

/* For struct tree_operations. */
int node_tree_root(struct tree *tree, struct file *file, struct error *error);
int node_tree_lookup(struct tree *tree, const char *path, struct file *file, struct error *error);
int node_tree_file(struct tree *tree, uint64_t handle, struct file *file, struct error *error);
int node_tree_list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                   struct error *error);
int node_tree_walk(struct tree *tree, tree_visit visit, void *context, struct error *error);

#endif
