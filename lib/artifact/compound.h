/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPOUND_H
#define COMPOUND_H

/*
 * compound: the streams of an OLE compound file in memory ([MS-CFB]). All of its
 * directory is listed, in the order in which it is stored, without its tree: nothing
 * here depends on names, and storages are passed over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/error.h>

enum { COMPOUND_NAME_UNITS = 31 };

struct compound {
    const uint8_t *data; /* must outlive it */
    size_t size;
    unsigned sector_shift, small_shift;
    uint32_t small_below;      /* streams smaller than this lie in the small sectors */
    uint32_t *table;           /* the next sector of each */
    size_t table_count;
    struct buffer small_table; /* the same of small sectors, as stored */
    struct buffer small;       /* their bytes */
    struct buffer directory;
};

struct compound_stream {
    const uint8_t *name; /* UTF-16 */
    size_t units;
    uint32_t sector;
    uint64_t size;
};

bool compound_is(const uint8_t *head, size_t size);

/* -1: it has no directory. Where a list of sectors ends early, what stands before is there.
 * Release in any case. */
int compound_open(struct compound *compound, const uint8_t *data, size_t size,
                  struct error *error);
void compound_release(struct compound *compound);

/* The next stream from entry *index on, which goes on behind it; false: there is none. */
bool compound_next(const struct compound *compound, size_t *index,
                   struct compound_stream *stream);

/* Add the bytes of a stream, no more than the file has. -1: damaged, what stands before the
 * damage was added. */
int compound_read(const struct compound *compound, const struct compound_stream *stream,
                  struct buffer *bytes, struct error *error);

#endif
