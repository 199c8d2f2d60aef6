/* SPDX-License-Identifier: Apache-2.0 */

/* tree: the calls that every tree answers, see tree.h. */

#include <fett/tree.h>

int tree_root(struct tree *tree, struct file *file, struct error *error)
{
    return tree->operations->root(tree, file, error);
}

int tree_lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    return tree->operations->lookup(tree, path, file, error);
}

int tree_file(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    return tree->operations->file(tree, handle, file, error);
}

int tree_list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
              struct error *error)
{
    return tree->operations->list(tree, handle, visit, context, error);
}

int tree_walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    return tree->operations->walk(tree, visit, context, error);
}

int tree_walk_times(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    return tree->operations->walk_times
               ? tree->operations->walk_times(tree, visit, context, error)
               : tree_walk(tree, visit, context, error);
}

int tree_open(struct tree *tree, uint64_t handle, struct reader **reader, struct error *error)
{
    return tree->operations->open(tree, handle, reader, error);
}

struct tree *tree_view(struct tree *tree)
{
    return tree->operations->view ? tree->operations->view(tree) : NULL;
}

void tree_free(struct tree *tree)
{
    if (tree)
        tree->operations->free(tree);
}
