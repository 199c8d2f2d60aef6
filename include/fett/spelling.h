/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_SPELLING_H
#define FETT_SPELLING_H

/*
 * spelling: the names by which one file of the examiner's machine is called: disk.raw,
 * ./disk.raw, /case/disk.raw, a link to it. All of them stand for the one that was met first.
 * Files are the same by device and inode. Where none has a name, only the same text is the
 * same. Each name is looked up once; files are not opened. All zeros is none met.
 */

#include <stddef.h>

struct spelling;

struct spellings {
    struct spelling *slots;
    size_t count, capacity;
};

/* The name that was met first of the file that `name` stands for, which holds until the
 * release. NULL without memory. */
const char *spellings_first(struct spellings *spellings, const char *name);
void spellings_release(struct spellings *spellings);

#endif
