/* SPDX-License-Identifier: Apache-2.0 */

/* bfio: see bfio.h. libbfio never learns of writing: there is no such callback. */

#include <errno.h>
#include <stdlib.h>

#include <fett/bfio.h>

struct bfio {
    struct reader *reader;
    uint64_t at;
};

static int free_io(intptr_t **io, libbfio_error_t **error)
{
    (void)error;
    free(*io);
    *io = NULL;
    return 1;
}

static int clone_io(intptr_t **copy, intptr_t *io, libbfio_error_t **error)
{
    struct bfio *bfio = malloc(sizeof *bfio);

    (void)error;
    if (!bfio)
        return -1;
    *bfio = *(struct bfio *)io;
    *copy = (intptr_t *)bfio;
    return 1;
}

static int open_io(intptr_t *io, int flags, libbfio_error_t **error)
{
    (void)error;
    ((struct bfio *)io)->at = 0;
    return flags & LIBBFIO_ACCESS_FLAG_WRITE ? -1 : 1;
}

static int close_io(intptr_t *io, libbfio_error_t **error)
{
    (void)io;
    (void)error;
    return 0;
}

static ssize_t read_io(intptr_t *io, uint8_t *buffer, size_t size, libbfio_error_t **error)
{
    struct bfio *bfio = (struct bfio *)io;
    uint64_t left = bfio->at < bfio->reader->size ? bfio->reader->size - bfio->at : 0;

    (void)error;
    if (size > left)
        size = (size_t)left;
    /* What the evidence lost is zeros here; the image remembers the gap. */
    reader_read(bfio->reader, bfio->at, buffer, size, NULL);
    bfio->at += size;
    return (ssize_t)size;
}

static off64_t seek_io(intptr_t *io, off64_t offset, int whence, libbfio_error_t **error)
{
    struct bfio *bfio = (struct bfio *)io;
    int64_t from = whence == SEEK_CUR   ? (int64_t)bfio->at
                   : whence == SEEK_END ? (int64_t)bfio->reader->size
                                        : 0;
    int64_t at;

    (void)error;
    if (__builtin_add_overflow(from, offset, &at) || at < 0)
        return -1;
    bfio->at = (uint64_t)at;
    return at;
}

static int yes(intptr_t *io, libbfio_error_t **error)
{
    (void)io;
    (void)error;
    return 1;
}

static int size_io(intptr_t *io, size64_t *size, libbfio_error_t **error)
{
    (void)error;
    *size = ((struct bfio *)io)->reader->size;
    return 1;
}

int bfio_open(libbfio_handle_t **handle, struct reader *reader, struct error *error)
{
    struct bfio *bfio = malloc(sizeof *bfio);

    if (!bfio)
        return error_set_memory(error);
    *bfio = (struct bfio){ reader, 0 };
    *handle = NULL;
    if (libbfio_handle_initialize(handle, (intptr_t *)bfio, free_io, clone_io, open_io, close_io,
                                  read_io, NULL, seek_io, yes, yes, size_io,
                                  LIBBFIO_FLAG_IO_HANDLE_MANAGED |
                                      LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION,
                                  NULL) != 1) {
        free(bfio);
        return error_set_memory(error);
    }
    return 0;
}
