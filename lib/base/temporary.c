/* SPDX-License-Identifier: Apache-2.0 */

/* temporary: see temporary.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <fett/temporary.h>

const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder && *folder ? folder : "/tmp";
}

int temporary_open(const char *folder, struct error *error)
{
    struct buffer path = BUFFER_INIT;

    if (!folder)
        folder = temporary_folder();
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        return file;
    /* File systems without nameless files. */
    buffer_add_format(&path, "%s/fett-XXXXXX", folder);
    if (path.failed) {
        buffer_release(&path);
        return error_set_memory(error);
    }
    file = mkostemp(path.data, O_CLOEXEC);
    if (file < 0)
        error_set_errno(error, "cannot create a temporary file in %s", folder);
    else
        unlink(path.data);
    buffer_release(&path);
    return file;
}

int temporary_write(int file, uint64_t offset, const void *data, size_t size,
                    struct error *error)
{
    const char *at = data;

    while (size > 0) {
        ssize_t done = pwrite(file, at, size, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return error_set_errno(error, "cannot write a temporary file");
        at += done;
        size -= (size_t)done;
        offset += (uint64_t)done;
    }
    return 0;
}

int temporary_read(int file, uint64_t offset, void *data, size_t size, struct error *error)
{
    char *at = data;

    while (size > 0) {
        ssize_t got = pread(file, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(error, "cannot read a temporary file");
        if (got == 0)
            return error_set(error, ERROR_SYSTEM, "a temporary file was cut");
        at += got;
        size -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

/* Once something went to the file all that follows does: what is in memory has
 * the places below held.length, which grows no more. */
int spool_add(struct spool *spool, const void *data, size_t size, uint64_t *place,
              struct error *error)
{
    *place = spool->size;
    if (spool->file < 0 && size <= spool->memory - spool->held.length) {
        buffer_add(&spool->held, data, size);
        if (spool->held.failed)
            return error_set_memory(error);
    } else {
        if (spool->file < 0 && (spool->file = temporary_open(NULL, error)) < 0)
            return -1;
        if (temporary_write(spool->file, spool->size - spool->held.length, data, size, error) != 0)
            return -1;
    }
    spool->size += size;
    return 0;
}

int spool_get(const struct spool *spool, uint64_t place, size_t size, struct buffer *out,
              struct error *error)
{
    if (place < spool->held.length) {
        buffer_add(out, spool->held.data + place, size);
        return out->failed ? error_set_memory(error) : 0;
    }
    char *room = buffer_reserve(out, size);
    if (!room)
        return error_set_memory(error);
    out->length += size;
    return temporary_read(spool->file, place - spool->held.length, room, size, error);
}

void spool_release(struct spool *spool)
{
    buffer_release(&spool->held);
    if (spool->file >= 0)
        close(spool->file);
    spool->file = -1;
}
