/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TEMPORARY_H
#define FETT_TEMPORARY_H

/*
 * temporary: what does not fit into memory, in files without a name in $TMPDIR,
 * else in /tmp. They are gone when they are closed, also after a crash.
 *
 * spool: bytes that are kept aside and read again by their place; those that
 * come first in memory, the rest in such a file.
 */

#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/error.h>

/* Where such files are made. */
const char *temporary_folder(void);

/* A new file to read and write, in `folder`; NULL: temporary_folder(). -1 on failure. */
int temporary_open(const char *folder, struct error *error);

/* All bytes, or an error. */
int temporary_write(int file, uint64_t offset, const void *data, size_t size,
                    struct error *error);
int temporary_read(int file, uint64_t offset, void *data, size_t size, struct error *error);

struct spool {
    size_t memory;      /* bytes that are kept in memory at most */
    struct buffer held;
    int file;           /* -1: none yet */
    uint64_t size;      /* of all that was added */
};

#define SPOOL_INIT(memory) { (memory), BUFFER_INIT, -1, 0 }

/* Keep `size` bytes; *place is where they are found again. */
int spool_add(struct spool *spool, const void *data, size_t size, uint64_t *place,
              struct error *error);

/* The bytes that were added at `place` and so many; they go to the end of *out. */
int spool_get(const struct spool *spool, uint64_t place, size_t size, struct buffer *out,
              struct error *error);

void spool_release(struct spool *spool);

#endif
