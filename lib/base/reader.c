/* SPDX-License-Identifier: Apache-2.0 */

/* reader: the readers that need no evidence format, see reader.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/reader.h>

int reader_read(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                struct error *error)
{
    uint64_t had = offset < reader->size ? reader->size - offset : 0;

    if (size <= had)
        return size == 0 ? 0 : reader->operations->read_at(reader, offset, buffer, size, error);
    memset((uint8_t *)buffer + had, 0, size - had);
    if (had > 0 && reader->operations->read_at(reader, offset, buffer, had, error) != 0)
        return -1;
    return error_set(error, ERROR_DAMAGED, "needs %zu bytes at %llu, has %llu", size,
                     (unsigned long long)offset, (unsigned long long)had);
}

void reader_free(struct reader *reader)
{
    if (reader && reader->operations->free)
        reader->operations->free(reader);
}

static void free_plain(struct reader *reader)
{
    free(reader);
}

struct memory_reader {
    struct reader reader;
    const uint8_t *data;
};

static int memory_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                          struct error *error)
{
    struct memory_reader *memory = (struct memory_reader *)reader;

    (void)error;
    memcpy(buffer, memory->data + offset, size);
    return 0;
}

struct reader *reader_over_memory(const void *data, size_t size)
{
    static const struct reader_operations operations = { memory_read_at, free_plain };
    struct memory_reader *memory = malloc(sizeof *memory);

    if (!memory)
        return NULL;
    *memory = (struct memory_reader){ { &operations, size }, data };
    return &memory->reader;
}

struct part_reader {
    struct reader reader;
    struct reader *parent;
    uint64_t offset;
};

static int part_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                        struct error *error)
{
    struct part_reader *part = (struct part_reader *)reader;

    return reader_read(part->parent, part->offset + offset, buffer, size, error);
}

struct reader *reader_over_part(struct reader *parent, uint64_t offset, uint64_t size)
{
    static const struct reader_operations operations = { part_read_at, free_plain };
    struct part_reader *part = malloc(sizeof *part);

    if (!part)
        return NULL;
    if (offset > parent->size)
        offset = parent->size;
    if (size > parent->size - offset)
        size = parent->size - offset;
    *part = (struct part_reader){ { &operations, size }, parent, offset };
    return &part->reader;
}

struct file_reader {
    struct reader reader;
    int fd;
};

static int file_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                        struct error *error)
{
    struct file_reader *file = (struct file_reader *)reader;
    uint8_t *at = buffer;

    while (size > 0) {
        ssize_t got = pread(file->fd, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            memset(at, 0, size);
            if (got == 0) /* shorter than when it was opened */
                return error_set(error, ERROR_DAMAGED, "needs %zu bytes at %llu, has 0", size,
                                 (unsigned long long)offset);
            error_set_errno(error, "cannot read at %llu", (unsigned long long)offset);
            if (error)
                error->kind = ERROR_DAMAGED;
            return -1;
        }
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}

static void file_free(struct reader *reader)
{
    close(((struct file_reader *)reader)->fd);
    free(reader);
}

/*
 * The descriptor of an ordinary file, or -1. What is none is looked at, not
 * opened: opening a device may already do something. Where it becomes one in
 * between, O_NONBLOCK does not wait, and errno is 0.
 */
static int open_ordinary(int folder, const char *name, bool follow, struct stat *status)
{
    int fd = -1;

    if (fstatat(folder, name, status, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return -1;
    if (S_ISREG(status->st_mode)) {
        fd = openat(folder, name,
                    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
        if (fd < 0)
            return -1;
        if (fstat(fd, status) == 0 && S_ISREG(status->st_mode))
            return fd;
        close(fd);
    }
    errno = 0;
    return -1;
}

static int wrap_file(struct reader **reader, int fd, const struct stat *status,
                     struct error *error)
{
    static const struct reader_operations operations = { file_read_at, file_free };
    struct file_reader *file = malloc(sizeof *file);

    if (!file) {
        close(fd);
        return error_set_memory(error);
    }
    *file = (struct file_reader){ { &operations, (uint64_t)status->st_size }, fd };
    *reader = &file->reader;
    return 0;
}

int reader_open_file(struct reader **reader, const char *path, struct error *error)
{
    struct stat status;
    int fd = open_ordinary(AT_FDCWD, path, true, &status);

    if (fd < 0)
        return errno ? error_set_errno(error, "cannot open: %s", path)
                     : error_set(error, ERROR_USAGE, "not an ordinary file: %s", path);
    return wrap_file(reader, fd, &status, error);
}

int reader_open_at(struct reader **reader, int folder, const char *name, struct error *error)
{
    struct stat status;
    int fd = open_ordinary(folder, name, false, &status);

    if (fd < 0)
        return errno ? error_set_errno(error, "cannot open")
                     : error_set(error, ERROR_USAGE, "not an ordinary file");
    return wrap_file(reader, fd, &status, error);
}

int reader_read_all(struct reader *reader, uint64_t limit, uint8_t **data, size_t *size,
                    int *damaged, struct error *error)
{
    if (reader->size > limit)
        return error_set(error, ERROR_LIMIT, "%llu bytes, more than the limit of %llu",
                         (unsigned long long)reader->size, (unsigned long long)limit);
    uint8_t *all = malloc((size_t)reader->size + 1);
    if (!all)
        return error_set_memory(error);
    int lost = reader_read(reader, 0, all, (size_t)reader->size, error) != 0;
    all[reader->size] = 0;
    *data = all;
    *size = (size_t)reader->size;
    if (damaged)
        *damaged = lost;
    return 0;
}

int reader_skip_zeros(struct reader *reader, uint64_t limit, uint8_t page[READER_PAGE],
                      size_t *size)
{
    enum { BLOCK = 256 * READER_PAGE };
    uint64_t end = reader->size < limit ? reader->size : limit;
    uint8_t *block = malloc(BLOCK);
    int result = -1;

    for (uint64_t at = 0; block && result != 0 && at < end; at += BLOCK) {
        size_t count = reader->size - at < BLOCK ? (size_t)(reader->size - at) : BLOCK;
        reader_read(reader, at, block, count, NULL);
        for (size_t i = 0; result != 0 && i < count; i += READER_PAGE) {
            *size = count - i < READER_PAGE ? count - i : READER_PAGE;
            if (bytes_all_zero(block + i, *size))
                continue;
            memcpy(page, block + i, *size);
            result = 0;
        }
    }
    free(block);
    return result;
}
