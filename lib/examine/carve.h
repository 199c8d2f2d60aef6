/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CARVE_H
#define CARVE_H

/*
 * carve: hives in bytes of the media that no live file owns: unallocated and unpartitioned
 * space, slack, clusters of deleted files. One is known by its first sector: signature and
 * version, a size in whole pages, and either the checksum (regf) or what stands behind the
 * header. It is taken to be in one piece up to the next byte that a live file owns; that of a
 * deleted file whose first byte it is by the runs of that file.
 *
 * What is in none of these, but begins with the header of an hbin, is a fragment: as many
 * hbins as follow each other there by what their headers say.
 */

#include <fett/examine.h>

struct carved {
    uint64_t offset;             /* of the media */
    struct reader *reader;       /* the hive, as much of it as may be there */
    bool is_fragment;            /* hbins only, for hive_open_fragment */
    bool has_fragments;          /* its first hbin is lost: the others come by themselves */
    const struct volume *volume; /* NULL: in none */
    const struct file *file;     /* the deleted file that it is, or NULL */
};

typedef int (*carve_visit)(void *context, const struct carved *carved, struct error *error);

/* Visit each in order of its place; a visit that returns other than 0 ends it. Of a shadow
 * copy, whose free space is not its own, there are none. ERROR_LIMIT, after all others were
 * visited, for hives that have more bytes than LIMIT_CARVED_TIMES allows. */
int carve_hives(struct object *object, carve_visit visit, void *context, struct error *error);

#endif
