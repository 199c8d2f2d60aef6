/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_PATH_H
#define FETT_IOC_PATH_H

/* path: what is shared by the kinds that are paths or names of files; see path.c
 * and roots.c. */

#include "scan.h"

/* Letters in UTF-16 begin behind the C1 controls; the last two units are none. */
enum { UNIT_LETTERS_FROM = 0xa0, UNIT_LETTERS_TO = 0xfffd };

/* RFC 3629 3 */
enum { UTF8_LENGTH_MAX = 4 };

/* Backslashes of one separator: 1, 2 or 4. */
enum { SEPARATOR_MAX = 4 };

struct path {
    size_t repeat;       /* backslashes a separator; 1 of slashes */
    size_t first_end;    /* of the first component */
    size_t end;
    unsigned components;
    bool typed;          /* the last has a type: name.exe */
    bool hidden_type;    /* many blanks before the type */
    bool foreign;        /* bytes of a code page that is not known */
    bool cut;            /* it goes on */
};

/* Walk over a path whose root begins at `begin` and has its first separator at
 * `at`; false if nothing follows the root. */
bool path_walk(const struct view *view, size_t begin, size_t at, struct path *path);

/* Units of a quotation mark, dash or other sign beyond ASCII at `at` that a name hardly begins or
 * ends with; 0 for none. */
size_t sign_at(const struct view *view, size_t at);

/* Can a root or name begin behind this unit? */
bool is_boundary(unsigned unit);

/* Backslashes at `at` that are one separator; 0 for none. */
size_t separator_length(const struct view *view, size_t at);

/* Does [begin, end) end in a type of file? */
bool has_type(const struct view *view, size_t begin, size_t end);

/* The dot of a type that stands behind the many blanks at `at`; `at` itself if
 * there is none. */
size_t hidden_type(const struct view *view, size_t at);

/* roots.c: does a root which is a word or variable begin at `at`? */
bool begins_root(const struct view *view, size_t at);

#endif
