/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_READER_H
#define FETT_READER_H

/*
 * reader: a sized thing that can be read at any place. Every parser takes one.
 *
 * A reader never delivers less than asked within its size. Bytes that the
 * evidence no longer has are delivered as zeros and told: the call returns -1
 * with the first such place in the error, and the rest of the buffer is
 * usable. What happens then is the parser's choice; an image remembers the
 * place as a gap either way (image.h), so nothing is lost in silence.
 *
 * A reader is used by one thread at a time. Whoever opened it frees it with
 * reader_free; what it reads from must outlive it.
 */

#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

struct reader;

struct reader_operations {
    /* Fill buffer with the `size` bytes at `offset`; offset + size is within
     * the reader's size. 0, or -1 as said above. */
    int (*read_at)(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                   struct error *error);
    /* Release what the reader owns, and itself. May be NULL: nothing to do. */
    void (*free)(struct reader *reader);
};

struct reader {
    const struct reader_operations *operations;
    uint64_t size; /* bytes */
};

/* Read exactly `size` bytes at `offset`. Beyond the end is ERROR_DAMAGED
 * "needs N bytes at OFFSET, has M"; the bytes that exist are delivered, zeros
 * behind them. */
int reader_read(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                struct error *error);

/* Accepts NULL. */
void reader_free(struct reader *reader);

/* Over memory that must outlive it. */
struct reader *reader_over_memory(const void *data, size_t size);

/* Over a part of another reader, which must outlive it; the part is cut to
 * what the parent has. */
struct reader *reader_over_part(struct reader *parent, uint64_t offset, uint64_t size);

/* Over an ordinary file, opened read-only. A device, FIFO or directory is
 * ERROR_USAGE. */
int reader_open_file(struct reader **reader, const char *path, struct error *error);

/* The same of a name in a folder that is open; a symbolic link is not followed,
 * and is ERROR_USAGE too. The text of the error is without the name. */
int reader_open_at(struct reader **reader, int folder, const char *name, struct error *error);

/* The first READER_PAGE bytes, from a multiple of it on, that are not all zeros: into
 * `page`, less at the end of the reader. -1: none within the first `limit` bytes, or
 * memory is out. What cannot be read counts as zeros. */
enum { READER_PAGE = 4096 };
int reader_skip_zeros(struct reader *reader, uint64_t limit, uint8_t page[READER_PAGE],
                      size_t *size);

/* All of it in memory, at most `limit` bytes (else ERROR_LIMIT). *data is
 * malloc'd and the caller's; a NUL stands behind it. Bytes that the evidence
 * lacks are zeros: then the data is delivered, *damaged (may be NULL) is set,
 * and the error tells the first place, but the return is 0. */
int reader_read_all(struct reader *reader, uint64_t limit, uint8_t **data, size_t *size,
                    int *damaged, struct error *error);

#endif
