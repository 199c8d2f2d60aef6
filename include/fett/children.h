/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_CHILDREN_H
#define FETT_CHILDREN_H

/*
 * children: the live names of a tree by folder, for look-ups by path and for
 * listings. Names are added, sorted once, and only read from then on. Folders
 * and files are numbers of the tree's own; the text of names stays in its
 * arena, which must outlive this.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>

struct child {
    uint32_t folder, hash, file;
    uint32_t text;   /* in the arena */
    uint16_t length; /* bytes */
    bool alias;      /* a DOS name: found, but not listed */
};

struct children {
    const struct buffer *text; /* the arena */
    struct child *items;
    size_t count, capacity;
    bool sorted;
};

/* Add the name of `length` bytes at `text` of the arena. 0, or -1 without memory. */
int children_add(struct children *children, uint32_t folder, uint32_t file, uint32_t text,
                 uint16_t length, bool alias);

void children_sort(struct children *children);

/* The file at a path below the folder `root`: each part exactly, else without
 * case. Where folders differ by case only, all of them are looked into, in that
 * order. On failure *part is the first name, of `part_length` bytes, that is in
 * none of them. */
bool children_find_path(const struct children *children, uint32_t root, const char *path,
                        size_t length, uint32_t *file, const char **part, size_t *part_length);

/* The files of a folder in order of name, aliases left out, in an array that
 * the caller frees. 0, or -1 without memory. */
int children_list(const struct children *children, uint32_t folder, uint32_t **files,
                  size_t *count);

void children_release(struct children *children);

#endif
