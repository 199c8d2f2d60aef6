/* SPDX-License-Identifier: Apache-2.0 */

/* segments: see segments.h. The folder is listed once instead of asking for
 * one name after the other, so that segments behind a missing one are found. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/buffer.h>

#include "segments.h"

const char *segment_extension(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');

    return dot && (!slash || dot > slash + 1) && dot != path ? dot + 1 : "";
}

/* Takes `path` over, also when it fails. */
static int add(struct segments *segments, size_t *capacity, char *path, unsigned number,
               struct error *error)
{
    struct stat status;

    if (!path)
        return error_set_memory(error);
    if (stat(path, &status) != 0) {
        error_set_errno(error, "cannot open: %s", path);
        free(path);
        return -1;
    }
    if (!S_ISREG(status.st_mode)) {
        free(path);
        return 0;
    }
    if (memory_grow((void **)&segments->items, capacity, segments->count + 1,
                    sizeof *segments->items) != 0) {
        free(path);
        return error_set_memory(error);
    }
    segments->items[segments->count++] =
        (struct segment){ path, number, (uint64_t)status.st_size };
    return 0;
}

static int by_number(const void *a, const void *b)
{
    const struct segment *left = a, *right = b;

    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return strcmp(left->path, right->path);
}

/* The file names in `folder` that are `stem` plus an extension of the series. */
static int list(struct segments *segments, size_t *capacity, DIR *folder, const char *path,
                segment_number number, struct error *error)
{
    const char *first = segment_extension(path), *slash = strrchr(path, '/');
    const char *stem = slash ? slash + 1 : path;
    size_t stem_length = (size_t)(first - stem), folder_length = (size_t)(stem - path);
    unsigned first_number = (unsigned)number(first, first);
    struct dirent *entry;

    while ((entry = readdir(folder))) {
        if (strncmp(entry->d_name, stem, stem_length) != 0)
            continue;
        int found = number(entry->d_name + stem_length, first);
        if (found < 0 || (unsigned)found <= first_number)
            continue;
        struct buffer name = BUFFER_INIT;
        buffer_add(&name, path, folder_length);
        buffer_add_text(&name, entry->d_name);
        if (name.failed)
            buffer_release(&name);
        if (add(segments, capacity, name.data, (unsigned)found, error) != 0)
            return -1;
    }
    return 0;
}

/* Two files may stand for one number where only their case differs. */
static void drop_doubles(struct segments *segments)
{
    size_t kept = 1;

    for (size_t i = 1; i < segments->count; i++) {
        if (segments->items[i].number == segments->items[kept - 1].number)
            free(segments->items[i].path);
        else
            segments->items[kept++] = segments->items[i];
    }
    segments->count = kept;
}

int segments_find(struct segments *segments, const char *path, segment_number number,
                  struct error *error)
{
    const char *extension = segment_extension(path);
    int first = number ? number(extension, extension) : 0;
    size_t capacity = 0;

    *segments = (struct segments){ NULL, 0 };
    if (add(segments, &capacity, strdup(path), first < 0 ? 0 : (unsigned)first, error) != 0)
        return -1;
    if (segments->count == 0)
        return error_set(error, ERROR_USAGE, "not an ordinary file: %s", path);
    if (!number || first < 0)
        return 0;
    char *folder_name = strdup(path);
    if (!folder_name) {
        segments_release(segments);
        return error_set_memory(error);
    }
    char *slash = strrchr(folder_name, '/');
    if (slash)
        slash[1] = '\0';
    DIR *folder = opendir(slash ? folder_name : ".");
    int result = 0;
    if (!folder) /* a folder that may be searched but not listed */
        result = error_set_errno(error, "cannot look for further segments of %s", path);
    else
        result = list(segments, &capacity, folder, path, number, error);
    if (folder)
        closedir(folder);
    free(folder_name);
    if (result != 0) {
        segments_release(segments);
        return -1;
    }
    qsort(segments->items, segments->count, sizeof *segments->items, by_number);
    drop_doubles(segments);
    return 0;
}

void segments_cut(struct segments *segments, size_t count)
{
    while (segments->count > count)
        free(segments->items[--segments->count].path);
}

void segments_release(struct segments *segments)
{
    segments_cut(segments, 0);
    free(segments->items);
    segments->items = NULL;
}

void segment_files_init(struct segment_files *files, const struct segments *segments)
{
    files->segments = segments;
    files->clock = 0;
    for (size_t i = 0; i < SEGMENT_OPEN_FILES; i++) {
        files->open[i].fd = -1;
        files->open[i].used = 0;
    }
}

void segment_files_release(struct segment_files *files)
{
    for (size_t i = 0; i < SEGMENT_OPEN_FILES; i++)
        if (files->open[i].fd >= 0)
            close(files->open[i].fd);
}

int segment_fd(struct segment_files *files, size_t index, struct error *error)
{
    size_t oldest = 0;

    files->clock++;
    for (size_t i = 0; i < SEGMENT_OPEN_FILES; i++) {
        if (files->open[i].fd >= 0 && files->open[i].index == index) {
            files->open[i].used = files->clock;
            return files->open[i].fd;
        }
        if (files->open[i].used < files->open[oldest].used)
            oldest = i;
    }
    const char *path = files->segments->items[index].path;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return error_set_errno(error, "cannot open: %s", path);
    if (files->open[oldest].fd >= 0)
        close(files->open[oldest].fd);
    files->open[oldest].fd = fd;
    files->open[oldest].index = index;
    files->open[oldest].used = files->clock;
    return fd;
}

ssize_t segment_read(struct segment_files *files, size_t index, uint64_t offset, void *buffer,
                     size_t size, struct error *error)
{
    int fd = segment_fd(files, index, error);
    size_t done = 0;

    if (fd < 0)
        return -1;
    while (done < size) {
        ssize_t got = pread(fd, (uint8_t *)buffer + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && done == 0)
            return error_set_errno(error, "cannot read at %llu of %s",
                                   (unsigned long long)offset,
                                   files->segments->items[index].path);
        if (got <= 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}
