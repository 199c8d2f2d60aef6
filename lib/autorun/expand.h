/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUTORUN_EXPAND_H
#define AUTORUN_EXPAND_H

/*
 * expand: the path of the tree that a name of Windows stands for, with its variables,
 * prefixes and dots; redirect.c: which of Windows' two system folders it lies in.
 */

#include <fett/autorun.h>

/* What can be told of a name. */
enum expansion {
    PATH_TOLD,
    PATH_GUESSED,  /* by what Windows has by default */
    PATH_RELATIVE, /* to Windows, if that is the current folder */
    PATH_SEARCHED, /* no folder is given: those of the system are searched */
    PATH_UNKNOWN,  /* not in this tree, or nobody knows */
    PATH_NO_MORE,  /* there is no such variant */
};

/* Put the path that a name stands for into *path, in one of two variants. */
enum expansion expand_name(const struct autorun_machine *machine, const char *name, size_t size,
                           int variant, struct buffer *path);

/* Path of the folder that is the root of the drive; "" for the tree's own root. */
const char *expand_root(const struct autorun_machine *machine);

/* Undo "." and ".." as parts of a path; blanks and dots behind parts, which Windows does
 * not see. */
void expand_fold_dots(struct buffer *path);
void expand_trim_parts(struct buffer *path);

/* A path of the tree as programs of 32 bits see it, if such a one starts it. */
void redirect_path(const struct autorun_machine *machine, struct buffer *path);

/* Whether a path lies in a folder of Windows ("/system32/"), at whatever depth. */
bool is_in_windows(const struct autorun_machine *machine, const struct buffer *path,
                   const char *folder);

/* Cut off any of these characters at the end. */
void expand_cut_trailing(struct buffer *path, const char *which);

static inline bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

#endif
