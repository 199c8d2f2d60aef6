/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_MET_H
#define FETT_MET_H

/*
 * met: which texts were met before. Of each a hash of 128 bits is kept (FNV-1a): that two
 * texts among a billion share one is less likely than that the memory lies. A text is any
 * bytes; each takes 32 to 64 bytes. All zeros is an empty set.
 */

#include <stdbool.h>
#include <stddef.h>

struct met {
    unsigned __int128 *slots;
    size_t count, capacity;
};

/* 1: it was met before; 0: it is new; -1: memory is out. */
int met_add(struct met *met, const char *text, size_t size);
bool met_has(const struct met *met, const char *text, size_t size);
void met_release(struct met *met);

#endif
