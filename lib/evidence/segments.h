/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_SEGMENTS_H
#define FETT_EVIDENCE_SEGMENTS_H

/*
 * segments: the files that one image was cut into, and reading them through
 * few descriptors. Internal to lib/evidence.
 *
 * Segments differ in their extension only. Numbers are those that the
 * extension stands for and rise; one that is missing between two leaves a
 * jump. A disk of 2 TB in pieces of 1,500 MiB has more files than a process
 * may open, so each reader keeps a few of them open.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <fett/error.h>

struct segment {
    char *path;
    unsigned number;
    uint64_t size; /* bytes of the file */
};

struct segments {
    struct segment *items;
    size_t count;
};

/* What number an extension ("E02", "001", "ab", without dot) stands for in the
 * series of which `first` is the first; -1 for one that is not of the series. */
typedef int (*segment_number)(const char *extension, const char *first);

/* All ordinary files beside `path` that go on its series, in order; `path`
 * itself is the first. With number NULL: path alone. */
int segments_find(struct segments *segments, const char *path, segment_number number,
                  struct error *error);
/* Keep the first `count`. */
void segments_cut(struct segments *segments, size_t count);
void segments_release(struct segments *segments);

/* The extension of a path: what stands behind the last dot of its last part,
 * or "" for none. */
const char *segment_extension(const char *path);

enum { SEGMENT_OPEN_FILES = 8 };

struct segment_files {
    const struct segments *segments;
    struct {
        int fd; /* -1: free */
        size_t index;
        uint64_t used;
    } open[SEGMENT_OPEN_FILES];
    uint64_t clock;
};

void segment_files_init(struct segment_files *files, const struct segments *segments);
void segment_files_release(struct segment_files *files);

/* A descriptor of a segment, good until the next call; -1 with the error. */
int segment_fd(struct segment_files *files, size_t index, struct error *error);

/* Read up to `size` bytes; less at the end of the file. -1 with the error when
 * the file cannot be opened or read at all. */
ssize_t segment_read(struct segment_files *files, size_t index, uint64_t offset, void *buffer,
                     size_t size, struct error *error);

#endif
