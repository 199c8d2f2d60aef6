/* SPDX-License-Identifier: Apache-2.0 */

/*
 * children: sorted by folder, then by the hash of the folded name, so that a
 * look-up is a binary search and a folder is one stretch.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/children.h>
#include <fett/limits.h>
#include <fett/text.h>

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

struct search {
    const struct children *children;
    const char *end;
    size_t tries; /* that are left */
    uint32_t file;
    const char *part; /* the furthest one that no folder has */
};

enum match { MATCH_NONE, MATCH_NOCASE, MATCH_EXACT };

/* How well the names that one file has in a folder fit, from the item at *at on,
 * which goes to the next file of this hash. */
static enum match match_file(const struct children *children, size_t *at, const char *text,
                             size_t length)
{
    const struct child *first = &children->items[*at];
    enum match best = MATCH_NONE;

    for (; *at < children->count; ++*at) {
        const struct child *child = &children->items[*at];
        if (child->folder != first->folder || child->hash != first->hash ||
            child->file != first->file)
            break;
        const char *name = text_of(children, child);
        if (child->length == length && memcmp(name, text, length) == 0)
            best = MATCH_EXACT;
        else if (best == MATCH_NONE &&
                 text_compare_nocase(name, child->length, text, length) == 0)
            best = MATCH_NOCASE;
    }
    return best;
}

/*
 * A part that several folders have, written in different case, may lead on in
 * any of them. In a tree each name is tried once at most; in a damaged file
 * system, whose folders hold each other, `tries` and the depth end the search.
 */
static bool find_below(struct search *search, uint32_t folder, const char *at, unsigned depth)
{
    const struct children *children = search->children;
    bool any = false;

    while (at < search->end && *at == '/')
        at++;
    if (at == search->end) {
        search->file = folder;
        return true;
    }
    const char *slash = memchr(at, '/', (size_t)(search->end - at));
    const char *next = slash ? slash : search->end;
    size_t length = (size_t)(next - at);
    uint32_t hash = (uint32_t)text_hash_nocase(at, length);
    size_t first = first_of(children, folder, hash);
    for (int wanted = MATCH_EXACT; wanted > MATCH_NONE && depth <= LIMIT_PATH_DEPTH; wanted--)
        for (size_t i = first; i < children->count && search->tries > 0;) {
            const struct child *child = &children->items[i];
            if (child->folder != folder || child->hash != hash)
                break;
            if ((int)match_file(children, &i, at, length) != wanted)
                continue;
            any = true;
            search->tries--;
            if (find_below(search, child->file, next, depth + 1))
                return true;
        }
    if (!any && at > search->part)
        search->part = at;
    return false;
}

bool children_find_path(const struct children *children, uint32_t root, const char *path,
                        size_t length, uint32_t *file, const char **part, size_t *part_length)
{
    struct search search = { .children = children,
                             .end = path + length,
                             .tries = children->count + LIMIT_PATH_DEPTH,
                             .part = path };

    if (find_below(&search, root, path, 0)) {
        *file = search.file;
        return true;
    }
    const char *slash = memchr(search.part, '/', (size_t)(search.end - search.part));
    *part = search.part;
    *part_length = (size_t)((slash ? slash : search.end) - search.part);
    return false;
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
