/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fs-cat: content of objects, and recovery of trees into a folder.
 *
 * Recovery trusts no name. Each part of a path is opened below the folder that
 * was opened before it, never following a link; bytes that could mean something
 * else to a shell, a terminal or another file system become %XX; files are
 * created, never overwritten: one that is there already gets the inode behind
 * its name.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/examine.h>
#include <fett/text.h>

#include "below.h"

enum { BLOCK = 1 << 20, LONGEST_NAME = 255 };

int examine_content(struct reader *reader, examine_data sink, void *context,
                    struct error *error)
{
    uint8_t *buffer = malloc(BLOCK);
    int result = 0, lost = 0;

    if (!buffer)
        return error_set_memory(error);
    for (uint64_t at = 0; at < reader->size && result == 0; at += BLOCK) {
        size_t size = reader->size - at < BLOCK ? (size_t)(reader->size - at) : BLOCK;
        /* What is lost is zeros, is told once, and the rest follows. */
        if (reader_read(reader, at, buffer, size, lost ? NULL : error) != 0)
            lost = 1;
        result = sink(context, at, buffer, size);
    }
    free(buffer);
    return result != 0 ? result : lost ? -1 : 0;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c != 0x7f && !strchr("/\\:*?\"<>|%", c);
}

/* One part of a path as a name that is safe anywhere. */
static void add_safe_name(struct buffer *buffer, const char *name, size_t size)
{
    size_t start = buffer->length, valid = text_valid_length(name, size);
    bool dots = (size == 1 && name[0] == '.') || (size == 2 && memcmp(name, "..", 2) == 0);

    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)name[i];
        bool last_odd = i + 1 == size && (c == ' ' || c == '.');
        if (is_plain(c) && !dots && !last_odd && (c < 0x80 || valid == size))
            buffer_add_byte(buffer, (char)c);
        else
            buffer_add_format(buffer, "%%%02X", c);
    }
    if (buffer->length == start)
        buffer_add_byte(buffer, '_');
    /* Longer than a file system takes: the beginning, and what makes it unique. */
    if (buffer->length - start > LONGEST_NAME - 24) {
        uint64_t hash = text_hash_nocase(name, size);
        size_t cut = start + LONGEST_NAME - 48;
        while (cut > start && ((unsigned char)buffer->data[cut] & 0xc0) == 0x80)
            cut--;
        buffer_truncate(buffer, cut);
        buffer_add_format(buffer, "~%016llx", (unsigned long long)hash);
    }
}

struct recovery {
    int root; /* descriptor of DIR */
    bool by_image;
    const struct examine_filter *filter;
    struct tree *tree;
    const struct volume *volume;
    struct evidence *evidence;
    struct below below;
    examine_problem problem;
    void *context;
    uint64_t files;
};

/* Open a folder below `parent`, made if it is not there. Closes `parent`. */
static int enter(int parent, const char *name)
{
    int folder = -1;

    if (mkdirat(parent, name, 0777) == 0 || errno == EEXIST)
        folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int number = errno;
    close(parent);
    errno = number;
    return folder;
}

/* The folder that a file goes into: DIR/[IMAGE/]VOLUME/parts of its path. */
static int enter_path(struct recovery *recovery, const struct file *file, size_t folders)
{
    int folder = dup(recovery->root);
    struct buffer name = BUFFER_INIT;
    const char *at = file->path, *end = file->path + folders;

    if (folder >= 0 && recovery->by_image) {
        add_safe_name(&name, recovery->evidence->name, strlen(recovery->evidence->name));
        folder = enter(folder, buffer_text(&name));
    }
    if (folder >= 0 && recovery->volume)
        folder = enter(folder, recovery->volume->name);
    while (folder >= 0 && at < end) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t length = (size_t)((slash ? slash : end) - at);
        if (length > 0) {
            buffer_clear(&name);
            add_safe_name(&name, at, length);
            folder = enter(folder, buffer_text(&name));
        }
        at += length + 1;
    }
    buffer_release(&name);
    return folder;
}

struct output {
    int fd;
    struct error *error;
};

static int write_data(void *context, uint64_t offset, const void *data, size_t size)
{
    const struct output *output = context;
    const char *at = data;

    (void)offset;
    while (size > 0) {
        ssize_t done = write(output->fd, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0) {
            error_set_errno(output->error, "cannot write");
            return -1;
        }
        at += done;
        size -= (size_t)done;
    }
    return 0;
}

/* A new file of this name, or of the name with the inode behind it. */
static int create(int folder, const struct file *file, struct buffer *name)
{
    const char *last = file->name;
    size_t length = file->path_length - (size_t)(last - file->path);
    int fd;

    buffer_clear(name);
    add_safe_name(name, last, length);
    fd = openat(folder, buffer_text(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0666);
    if (fd < 0 && errno == EEXIST) {
        buffer_add_format(name, "~%s", file->inode);
        fd = openat(folder, buffer_text(name),
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    }
    return fd;
}

static void report(struct recovery *recovery, const char *path, struct error *error)
{
    error_prefix(error, "%s%s%s: %s", recovery->evidence->name, recovery->volume ? ":" : "",
                 recovery->volume ? recovery->volume->name : "", path);
    recovery->problem(recovery->context, error);
}

static int recover_content(struct recovery *recovery, const struct file *file, int folder)
{
    struct error error = ERROR_INIT;
    struct buffer name = BUFFER_INIT;
    struct reader *reader;
    char *path = strndup(file->path, file->path_length); /* the tree's text does not last */
    int result = 0;

    int fd = path ? create(folder, file, &name) : -1;
    struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_nsec = UTIME_OMIT } };
    if (instant_is_set(&file->times.modified))
        times[1] = (struct timespec){ file->times.modified.seconds,
                                      file->times.modified.nanoseconds };
    if (fd < 0) {
        error_set_errno(&error, "cannot create: %s", buffer_text(&name));
        report(recovery, path ? path : "", &error);
    } else if (tree_open(recovery->tree, file->handle, &reader, &error) != 0) {
        unlinkat(folder, buffer_text(&name), 0);
        report(recovery, path, &error);
    } else {
        struct output output = { fd, &error };
        if (examine_content(reader, write_data, &output, &error) != 0) {
            report(recovery, path, &error);
            result = error.kind == ERROR_SYSTEM ? -1 : 0;
        }
        reader_free(reader);
        futimens(fd, times);
        recovery->files++;
    }
    if (fd >= 0 && close(fd) != 0 && result == 0) {
        error_set_errno(&error, "cannot write");
        report(recovery, path, &error);
        result = -1;
    }
    buffer_release(&name);
    free(path);
    return result;
}

static int recover_file(void *context, const struct file *file)
{
    struct recovery *recovery = context;
    bool folder = file->type == FILE_DIRECTORY && !file->stream;
    struct error error = ERROR_INIT;

    if (!below_has(&recovery->below, file) || file->metadata_file ||
        !examine_filter_passes(recovery->filter, file))
        return 0;
    size_t folders = folder ? file->path_length : (size_t)(file->name - file->path);
    int fd = enter_path(recovery, file, folders);
    if (fd < 0) {
        error_set_errno(&error, "cannot make its folder");
        report(recovery, file->path, &error);
        return 0;
    }
    int result = folder || !file->sized ? 0 : recover_content(recovery, file, fd);
    close(fd);
    return result;
}

static int recover_filesystem(void *context, struct evidence *evidence,
                              struct filesystem *filesystem, struct error *error)
{
    struct recovery *recovery = context;

    (void)evidence;
    recovery->tree = filesystem_tree(filesystem);
    recovery->volume = filesystem_volume(filesystem);
    return tree_walk(recovery->tree, recover_file, recovery, error);
}

int examine_recover(struct object *object, const char *folder, bool by_image, bool of_record,
                    const struct examine_filter *filter, examine_problem problem, void *context,
                    uint64_t *files, struct error *error)
{
    struct recovery recovery = { .by_image = by_image || of_record,
                                 .filter = filter,
                                 .evidence = object->evidence,
                                 .volume = object->volume,
                                 .problem = problem,
                                 .context = context };
    int result;

    recovery.root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (recovery.root < 0)
        return error_set_errno(error, "cannot open folder: %s", folder);
    if (object->kind == OBJECT_FILE) {
        struct file file;
        recovery.tree = object->filesystem ? filesystem_tree(object->filesystem)
                                           : object->evidence->directory;
        result = tree_file(recovery.tree, object->handle, &file, error);
        if (result == 0 && file.type == FILE_DIRECTORY && !of_record) {
            result = below_init(&recovery.below, &file) == 0
                         ? tree_walk(recovery.tree, recover_file, &recovery, error)
                         : error_set_memory(error);
            below_release(&recovery.below);
        } else if (result == 0) {
            result = recover_file(&recovery, &file);
        }
    } else if (object->kind == OBJECT_IMAGE || object->kind == OBJECT_VOLUME) {
        result = examine_filesystems(object, recover_filesystem, &recovery, error);
    } else {
        result = error_set(error, ERROR_USAGE, "has no files to recover: %s",
                           object->evidence->name);
    }
    close(recovery.root);
    *files += recovery.files;
    return result;
}
