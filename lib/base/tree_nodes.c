/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The two trees that are no file systems: files in memory, and a folder of the
 * examiner's machine. Both are a table of nodes with their paths; they differ
 * in where content comes from. A handle is the number of the node plus 1.
 */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/text.h>
#include <fett/tree.h>

struct node {
    char *path;        /* with :stream */
    size_t name_at, name_length;
    size_t stream_at;  /* 0: none */
    enum file_type type;
    uint64_t size;
    void *data;        /* in memory */
    struct file_times times;
};

struct node_tree {
    struct tree tree;
    char *folder; /* of the examiner's machine; NULL: in memory */
    struct node *nodes;
    size_t count, capacity;
};

static int add_node(struct node_tree *tree, const char *path, enum file_type type, uint64_t size)
{
    char *copy = strdup(path);

    if (!copy || memory_grow((void **)&tree->nodes, &tree->capacity, tree->count + 1,
                             sizeof *tree->nodes) != 0) {
        free(copy);
        return -1;
    }
    struct node *node = &tree->nodes[tree->count++];
    *node = (struct node){ .path = copy, .type = type, .size = size };
    node->name_at = (size_t)(strrchr(copy, '/') - copy) + 1;
    node->name_length = strlen(copy + node->name_at);
    return 0;
}

static void fill_file(const struct node_tree *tree, size_t index, struct file *file)
{
    const struct node *node = &tree->nodes[index];

    *file = (struct file){
        .handle = index + 1,
        .path = node->path,
        .path_length = strlen(node->path),
        .name = node->path + node->name_at,
        .name_length = node->name_length,
        .type = node->type,
        .sized = node->type != FILE_DIRECTORY,
        .size = node->size,
        .times = node->times,
    };
    if (node->stream_at > 0) {
        file->stream = node->path + node->stream_at;
        file->stream_length = strlen(file->stream);
    }
}

static int root(struct tree *tree, struct file *file, struct error *error)
{
    (void)error;
    fill_file((struct node_tree *)tree, 0, file);
    return 0;
}

static int by_handle(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;

    if (handle == 0 || handle > nodes->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    fill_file(nodes, handle - 1, file);
    return 0;
}

static int lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    size_t length = strlen(path), found = SIZE_MAX;

    while (length > 1 && path[length - 1] == '/')
        length--;
    for (size_t i = 0; i < nodes->count; i++) {
        const char *each = nodes->nodes[i].path;
        if (strlen(each) == length && memcmp(each, path, length) == 0) {
            found = i;
            break;
        }
        if (found == SIZE_MAX && text_compare_nocase(each, strlen(each), path, length) == 0)
            found = i;
    }
    if (found == SIZE_MAX)
        return error_set(error, ERROR_NOT_FOUND, "no such file: %s", path);
    fill_file(nodes, found, file);
    return 0;
}

/* Is `path` directly in `folder`? */
static bool is_child(const struct node *folder, const struct node *node)
{
    size_t length = strcmp(folder->path, "/") == 0 ? 0 : strlen(folder->path);

    return node != folder && node->stream_at == 0 && node->name_at == length + 1 &&
           memcmp(node->path, folder->path, length) == 0;
}

static int list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    size_t *children, count = 0;
    int result = 0;

    if (handle == 0 || handle > nodes->count)
        return error_set(error, ERROR_NOT_FOUND, "no folder with handle %llu",
                         (unsigned long long)handle);
    children = malloc(nodes->count * sizeof *children);
    if (!children)
        return error_set_memory(error);
    for (size_t i = 0; i < nodes->count; i++) {
        if (!is_child(&nodes->nodes[handle - 1], &nodes->nodes[i]))
            continue;
        const char *name = nodes->nodes[i].path + nodes->nodes[i].name_at;
        size_t at = count++;
        for (; at > 0; at--) {
            const struct node *before = &nodes->nodes[children[at - 1]];
            const char *other = before->path + before->name_at;
            if (text_compare_nocase(other, strlen(other), name, strlen(name)) <= 0)
                break;
            children[at] = children[at - 1];
        }
        children[at] = i;
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        struct file file;
        fill_file(nodes, children[i], &file);
        result = visit(context, &file);
    }
    free(children);
    return result;
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;

    (void)error;
    for (size_t i = 0; i < nodes->count; i++) {
        struct file file;
        fill_file(nodes, i, &file);
        int result = visit(context, &file);
        if (result != 0)
            return result;
    }
    return 0;
}

static int open_node(struct tree *tree, uint64_t handle, struct reader **reader,
                     struct error *error)
{
    struct node_tree *nodes = (struct node_tree *)tree;

    if (handle == 0 || handle > nodes->count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    const struct node *node = &nodes->nodes[handle - 1];
    if (node->type != FILE_REGULAR)
        return error_set(error, ERROR_UNSUPPORTED, "%s has no content", node->path);
    if (!nodes->folder) {
        *reader = reader_over_memory(node->data ? node->data : "", node->size);
        return *reader ? 0 : error_set_memory(error);
    }
    struct buffer path = BUFFER_INIT;
    buffer_add_text(&path, nodes->folder);
    buffer_add_text(&path, node->path);
    int result = path.failed ? error_set_memory(error)
                             : reader_open_file(reader, buffer_text(&path), error);
    buffer_release(&path);
    return result;
}

static void free_nodes(struct tree *tree)
{
    struct node_tree *nodes = (struct node_tree *)tree;

    for (size_t i = 0; i < nodes->count; i++) {
        free(nodes->nodes[i].path);
        free(nodes->nodes[i].data);
    }
    free(nodes->nodes);
    free(nodes->folder);
    free(nodes);
}

static struct node_tree *new_tree(const char *folder)
{
    static const struct tree_operations operations = {
        .root = root,
        .lookup = lookup,
        .file = by_handle,
        .list = list,
        .walk = walk,
        .open = open_node,
        .free = free_nodes,
    };
    struct node_tree *nodes = calloc(1, sizeof *nodes);

    if (!nodes)
        return NULL;
    nodes->tree.operations = &operations;
    nodes->folder = folder ? strdup(folder) : NULL;
    if ((folder && !nodes->folder) || add_node(nodes, "/", FILE_DIRECTORY, 0) != 0) {
        free_nodes(&nodes->tree);
        return NULL;
    }
    return nodes;
}

struct tree *tree_new_memory(void)
{
    struct node_tree *nodes = new_tree(NULL);

    return nodes ? &nodes->tree : NULL;
}

int tree_memory_add(struct tree *tree, const char *path, const void *data, size_t size,
                    const struct file_times *times)
{
    struct node_tree *nodes = (struct node_tree *)tree;
    struct file file;

    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        char *folder = strndup(path, (size_t)(slash - path));
        int failed = !folder || (lookup(tree, folder, &file, NULL) != 0 &&
                                 add_node(nodes, folder, FILE_DIRECTORY, 0) != 0);
        free(folder);
        if (failed)
            return -1;
    }
    if (add_node(nodes, path, FILE_REGULAR, size) != 0)
        return -1;
    struct node *node = &nodes->nodes[nodes->count - 1];
    const char *colon = strchr(node->path + node->name_at, ':');
    if (colon) {
        node->stream_at = (size_t)(colon + 1 - node->path);
        node->name_length = node->stream_at - 1 - node->name_at;
    }
    node->data = malloc(size + 1);
    if (!node->data)
        return -1;
    memcpy(node->data, data, size);
    if (times)
        node->times = *times;
    return 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int no_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Add what is in the folder at `path` below nodes->folder ("" for itself). */
static int add_folder(struct node_tree *nodes, const char *path, unsigned depth,
                      struct error *error)
{
    struct buffer full = BUFFER_INIT, below = BUFFER_INIT;
    struct dirent **entries = NULL;
    int result = 0;

    buffer_add_text(&full, nodes->folder);
    buffer_add_text(&full, path);
    int count = full.failed ? -1 : scandir(buffer_text(&full), &entries, no_dots, compare_names);
    if (count < 0)
        result = error_set_errno(error, "cannot read folder: %s", buffer_text(&full));
    else if (depth > LIMIT_PATH_DEPTH)
        result = error_set(error, ERROR_LIMIT, "folders too deep: %s", buffer_text(&full));
    for (int i = 0; i < count; i++) {
        struct stat status;
        buffer_clear(&below);
        buffer_add_format(&below, "%s/%s", path, entries[i]->d_name);
        buffer_clear(&full);
        buffer_add_format(&full, "%s%s", nodes->folder, buffer_text(&below));
        free(entries[i]);
        if (result != 0)
            continue;
        if (full.failed || below.failed || lstat(buffer_text(&full), &status) != 0) {
            result = error_set_errno(error, "cannot read: %s", buffer_text(&full));
            continue;
        }
        enum file_type type = S_ISREG(status.st_mode)   ? FILE_REGULAR
                              : S_ISDIR(status.st_mode) ? FILE_DIRECTORY
                              : S_ISLNK(status.st_mode) ? FILE_LINK
                                                        : FILE_SPECIAL;
        if (add_node(nodes, buffer_text(&below), type, (uint64_t)status.st_size) != 0)
            result = error_set_memory(error);
        else if (type == FILE_DIRECTORY)
            result = add_folder(nodes, buffer_text(&below), depth + 1, error);
    }
    free(entries);
    buffer_release(&full);
    buffer_release(&below);
    return result;
}

int tree_open_directory(struct tree **tree, const char *path, struct error *error)
{
    struct node_tree *nodes = new_tree(path);

    if (!nodes)
        return error_set_memory(error);
    if (add_folder(nodes, "", 0, error) != 0) {
        free_nodes(&nodes->tree);
        return -1;
    }
    *tree = &nodes->tree;
    return 0;
}
