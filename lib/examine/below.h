/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BELOW_H
#define BELOW_H

/* below: whether files lie in a folder, at any depth. */

#include <fett/tree.h>

struct below {
    char *path; /* of the folder; NULL: all files do */
    size_t length;
};

/* What lies in this folder: itself, its streams and all in it. 0, or -1 without memory. */
int below_init(struct below *below, const struct file *folder);
void below_release(struct below *below);

/* By any name of the file. */
bool below_has(const struct below *below, const struct file *file);

#endif
