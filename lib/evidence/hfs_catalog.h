/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HFS_CATALOG_H
#define HFS_CATALOG_H

/*
 * hfs_catalog: the names of an HFS+ volume by the leaves of its catalogue, each node read by
 * itself from the first to the last: what leads to the leaves may be damaged.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/instant.h>
#include <fett/reader.h>

enum { HFS_ROOT = 2 };

/* A name in use. What a thread names has its own record elsewhere, if that is not lost. */
struct hfs_name {
    uint32_t inode, parent;
    const uint8_t *name; /* UTF-16, big-endian; until the sink returns */
    size_t units;
    bool folder;
    uint32_t link; /* of a hard link: its file is named iNode, or dir_, and this; else 0 */
    bool thread; /* nothing below is known */
    uint32_t uid, gid;
    uint16_t mode; /* with the type of the file */
    uint64_t size;
    struct instant born, modified, accessed, changed;
};

/* 0, or -1 without memory. */
typedef int (*hfs_name_sink)(void *context, const struct hfs_name *name);

/* A part of the catalogue in which names may be lost: bytes from the start of the volume, why. */
typedef void (*hfs_catalog_fault)(void *context, uint64_t at, uint64_t length,
                                  const char *reason);

/* Over a reader whose first byte is that of the volume. Bytes that cannot be read are zeros.
 * 0, or -1 without memory. */
int hfs_catalog_walk(struct reader *reader, hfs_name_sink sink, hfs_catalog_fault fault,
                     void *context, struct error *error);

#endif
