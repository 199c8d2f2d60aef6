/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tree_directory: a folder of the examiner's machine as a tree, see tree.h.
 *
 * What is in it is a suspect's, and may change while it is read. So no path is
 * ever given to the system: folders are opened one in the other, from the root
 * on, with O_NOFOLLOW. While the tree is listed or walked the last few stay open,
 * since neighbours come next; else only the root, since trees may be many.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/limits.h>

#include "tree_nodes.h"

enum { OPEN_FOLDERS = 8 };

struct directory_tree {
    struct node_tree nodes;
    int root;
    tree_loss loss;
    void *context;
    bool walking;
    /* A folder of depth N, from 1 on, is at N % OPEN_FOLDERS; number 0: none. */
    struct open_folder {
        uint32_t number;
        int fd;
    } open[OPEN_FOLDERS];
};

/* Tell that a node, or what has this name in it, cannot be read. */
static void lose(struct directory_tree *tree, uint32_t number, const char *name,
                 const char *reason)
{
    struct buffer path = BUFFER_INIT;

    node_tree_add_path(&tree->nodes, number, &path);
    if (name && number != 0)
        buffer_add_byte(&path, '/');
    if (name)
        buffer_add_text(&path, name);
    if (tree->loss)
        tree->loss(tree->context, buffer_text(&path), reason);
    buffer_release(&path);
}

static void close_folders(struct directory_tree *tree)
{
    for (int i = 0; i < OPEN_FOLDERS; i++) {
        if (tree->open[i].number != 0)
            close(tree->open[i].fd);
        tree->open[i].number = 0;
    }
}

/* The descriptor of a folder, which stays the tree's; -1 with errno. */
static int open_folder(struct directory_tree *tree, uint32_t number)
{
    const struct node_tree *nodes = &tree->nodes;
    uint32_t chain[LIMIT_PATH_DEPTH]; /* from the folder up */
    size_t depth = 0, above = 0;
    int fd = tree->root;

    for (; number != 0; number = nodes->nodes[number].parent)
        chain[depth++] = number;
    for (; above < depth; above++) {
        const struct open_folder *open = &tree->open[(depth - above) % OPEN_FOLDERS];
        if (open->number == chain[above]) {
            fd = open->fd;
            break;
        }
    }
    while (above > 0) {
        struct open_folder *open = &tree->open[(depth - --above) % OPEN_FOLDERS];
        fd = openat(fd, node_name(nodes, &nodes->nodes[chain[above]]),
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
            return -1;
        if (open->number != 0)
            close(open->fd);
        *open = (struct open_folder){ chain[above], fd };
    }
    return fd;
}

struct entries {
    struct node *items; /* as they will be added */
    size_t count, capacity;
};

static int add_entry(struct directory_tree *tree, uint32_t folder, int fd, const char *name,
                     struct entries *entries)
{
    size_t length = strlen(name);
    struct error reason = ERROR_INIT;
    struct stat status;

    if (fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        error_set_errno(&reason, "cannot read");
        lose(tree, folder, name, reason.text);
        return 0;
    }
    struct node node = {
        .parent = folder,
        .length = (uint16_t)length,
        .name_length = (uint16_t)length,
        .type = S_ISREG(status.st_mode)   ? FILE_REGULAR
                : S_ISDIR(status.st_mode) ? FILE_DIRECTORY
                : S_ISLNK(status.st_mode) ? FILE_LINK
                                          : FILE_SPECIAL,
        .size = (uint64_t)status.st_size,
    };
    if (node_tree_keep_name(&tree->nodes, name, length, &node.text) != 0 ||
        memory_grow((void **)&entries->items, &entries->capacity, entries->count + 1,
                    sizeof *entries->items) != 0)
        return -1;
    entries->items[entries->count++] = node;
    return 0;
}

/* What is in a folder. -1 without memory; all else costs the folder, or the rest of it. */
static int read_folder(struct directory_tree *tree, uint32_t folder, struct entries *entries)
{
    struct error reason = ERROR_INIT;
    int fd = open_folder(tree, folder), result = 0;
    int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    DIR *directory = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry;

    while (directory && result == 0 && (errno = 0, entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = add_entry(tree, folder, fd, entry->d_name, entries);
    if (result == 0 && (!directory || errno != 0)) {
        error_set_errno(&reason, "cannot read folder");
        lose(tree, folder, NULL, reason.text);
    }
    if (directory)
        closedir(directory);
    else if (copy >= 0)
        close(copy);
    return result;
}

static int compare_names(const void *a, const void *b, void *context)
{
    const struct node_tree *tree = context;

    return strcmp(node_name(tree, a), node_name(tree, b));
}

/* Add all that is below a folder. -1 without memory. */
static int add_folder(struct directory_tree *tree, uint32_t folder, unsigned depth)
{
    struct node_tree *nodes = &tree->nodes;
    struct entries entries = { NULL };
    int result = 0;

    if (depth > LIMIT_PATH_DEPTH)
        lose(tree, folder, NULL, "cannot read folder: deeper than any that fett reads");
    else
        result = read_folder(tree, folder, &entries);
    if (entries.count > 0)
        qsort_r(entries.items, entries.count, sizeof *entries.items, compare_names, nodes);
    for (size_t i = 0; i < entries.count && result == 0; i++) {
        const struct node *entry = &entries.items[i];
        uint32_t number = (uint32_t)nodes->count;
        result = node_tree_add(nodes, entry);
        if (result == 0 && entry->type == FILE_DIRECTORY)
            result = add_folder(tree, number, depth + 1);
    }
    free(entries.items);
    return result;
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct directory_tree *directory = (struct directory_tree *)tree;

    directory->walking = true;
    int result = node_tree_walk(tree, visit, context, error);
    directory->walking = false;
    close_folders(directory);
    return result;
}

static int open_file(struct tree *tree, uint64_t handle, struct reader **reader,
                     struct error *error)
{
    struct directory_tree *directory = (struct directory_tree *)tree;
    struct error reason = ERROR_INIT;
    struct buffer path = BUFFER_INIT;
    struct reader *opened;
    uint32_t number;

    if (node_tree_with_content(&directory->nodes, handle, &number, error) != 0)
        return -1;
    struct node *node = &directory->nodes.nodes[number];
    int folder = open_folder(directory, node->parent);
    int result = folder < 0
                     ? error_set_errno(&reason, "cannot open its folder")
                     : reader_open_at(&opened, folder, node_name(&directory->nodes, node), &reason);
    if (!directory->walking)
        close_folders(directory);
    if (result == 0 && opened->size != node->size) {
        error_set(&reason, ERROR_DAMAGED, "changed after it was listed: from %llu bytes to %llu",
                  (unsigned long long)node->size, (unsigned long long)opened->size);
        node->size = opened->size;
    }
    if (reason.kind != ERROR_NONE)
        lose(directory, number, NULL, reason.text);
    if (result == 0) {
        *reader = opened;
        return 0;
    }
    node_tree_add_path(&directory->nodes, number, &path);
    error_set(error, ERROR_DAMAGED, "%s: %s", buffer_text(&path), reason.text);
    buffer_release(&path);
    return -1;
}

static void free_tree(struct tree *tree)
{
    struct directory_tree *directory = (struct directory_tree *)tree;

    close_folders(directory);
    if (directory->root >= 0)
        close(directory->root);
    node_tree_release(&directory->nodes);
    free(directory);
}

int tree_open_directory(struct tree **tree, const char *path, tree_loss loss, void *context,
                        struct error *error)
{
    static const struct tree_operations operations = {
        .root = node_tree_root,
        .lookup = node_tree_lookup,
        .file = node_tree_file,
        .list = node_tree_list,
        .walk = walk,
        .open = open_file,
        .free = free_tree,
    };
    struct directory_tree *directory = calloc(1, sizeof *directory);

    if (!directory || node_tree_init(&directory->nodes, &operations) != 0) {
        free(directory);
        return error_set_memory(error);
    }
    directory->loss = loss;
    directory->context = context;
    directory->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = directory->root < 0 ? error_set_errno(error, "cannot read folder: %s", path)
                 : add_folder(directory, 0, 0) != 0 ? error_set_memory(error)
                                                       : 0;
    close_folders(directory);
    if (result != 0) {
        free_tree(&directory->nodes.tree);
        return -1;
    }
    *tree = &directory->nodes.tree;
    return 0;
}
