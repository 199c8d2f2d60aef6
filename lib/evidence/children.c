/* SPDX-License-Identifier: Apache-2.0 */

/*
 * children: sorted by folder, then by the hash of the folded name, so that a
 * look-up is a binary search and a folder is one stretch.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "children.h"

static const char *text_of(const struct children *children, const struct child *child)
{
    return children->text->data + child->text;
}

int children_add(struct children *children, uint32_t folder, uint32_t file, uint32_t text,
                 uint16_t length, bool alias)
{
    if (memory_grow((void **)&children->items, &children->capacity, children->count + 1,
                    sizeof *children->items) != 0)
        return -1;
    children->items[children->count++] = (struct child){
        .folder = folder,
        .hash = (uint32_t)text_hash_nocase(children->text->data + text, length),
        .file = file,
        .text = text,
        .length = length,
        .alias = alias,
    };
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct child *x = a, *y = b;

    if (x->folder != y->folder)
        return x->folder < y->folder ? -1 : 1;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->file > y->file) - (x->file < y->file);
}

void children_sort(struct children *children)
{
    if (children->count > 0)
        qsort(children->items, children->count, sizeof *children->items, compare);
    children->sorted = true;
}

static size_t first_of(const struct children *children, uint32_t folder, uint32_t hash)
{
    size_t low = 0, high = children->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct child *child = &children->items[middle];
        if (child->folder < folder || (child->folder == folder && child->hash < hash))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool find(const struct children *children, uint32_t folder, const char *text,
                 size_t length, uint32_t *file)
{
    uint32_t hash = (uint32_t)text_hash_nocase(text, length);
    bool found = false;

    for (size_t i = first_of(children, folder, hash); i < children->count; i++) {
        const struct child *child = &children->items[i];
        if (child->folder != folder || child->hash != hash)
            break;
        const char *name = text_of(children, child);
        if (child->length == length && memcmp(name, text, length) == 0) {
            *file = child->file;
            return true;
        }
        if (!found && text_compare_nocase(name, child->length, text, length) == 0) {
            *file = child->file;
            found = true;
        }
    }
    return found;
}

bool children_find_path(const struct children *children, uint32_t root, const char *path,
                        size_t length, uint32_t *file, const char **part, size_t *part_length)
{
    const char *at = path, *end = path + length;

    *file = root;
    while (at < end) {
        while (at < end && *at == '/')
            at++;
        const char *slash = memchr(at, '/', (size_t)(end - at));
        *part = at;
        *part_length = (size_t)((slash ? slash : end) - at);
        if (*part_length > 0 && !find(children, *file, at, *part_length, file))
            return false;
        at += *part_length;
    }
    return true;
}

struct listed {
    const struct children *children;
    const struct child *child;
};

static int compare_listed(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    const char *left = text_of(x->children, x->child), *right = text_of(y->children, y->child);
    uint16_t left_length = x->child->length, right_length = y->child->length;
    int order = text_compare_nocase(left, left_length, right, right_length);

    if (order == 0)
        order = memcmp(left, right, left_length < right_length ? left_length : right_length);
    if (order == 0)
        order = (x->child->file > y->child->file) - (x->child->file < y->child->file);
    return order;
}

int children_list(const struct children *children, uint32_t folder, uint32_t **files,
                  size_t *count)
{
    size_t first = first_of(children, folder, 0), last = first, listed_count = 0;

    while (last < children->count && children->items[last].folder == folder)
        last++;
    struct listed *listed = malloc((last - first + 1) * sizeof *listed);
    *files = malloc((last - first + 1) * sizeof **files);
    if (!listed || !*files) {
        free(listed);
        free(*files);
        return -1;
    }
    for (size_t i = first; i < last; i++)
        if (!children->items[i].alias)
            listed[listed_count++] = (struct listed){ children, &children->items[i] };
    qsort(listed, listed_count, sizeof *listed, compare_listed);
    for (size_t i = 0; i < listed_count; i++)
        (*files)[i] = listed[i].child->file;
    free(listed);
    *count = listed_count;
    return 0;
}

void children_release(struct children *children)
{
    free(children->items);
    *children = (struct children){ .text = children->text };
}
