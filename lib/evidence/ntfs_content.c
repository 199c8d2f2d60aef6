/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_content: the content of an NTFS stream as a reader: resident, in runs,
 * sparse, compressed by LZNT1, with a tail that was never initialised (zeros).
 * Encrypted content is given as it is stored.
 *
 * A compressed stream is cut into units of (usually) 16 clusters. A unit whose
 * runs cover all of its clusters is stored plainly; one that has none is zero;
 * one in between is compressed into the clusters it has.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "ntfs.h"

struct ntfs_content {
    struct reader reader;
    struct reader *media;
    uint64_t volume_offset;
    uint32_t cluster_size;
    uint64_t initialized;
    struct ntfs_run *runs;
    uint64_t *starts;     /* first cluster of each run within the stream */
    size_t run_count;
    uint64_t clusters;    /* covered by runs */
    uint32_t unit_size;   /* bytes of a compression unit, 0: not compressed */
    uint8_t *unit;        /* the one decompressed last */
    uint64_t unit_number; /* which; UINT64_MAX: none */
    uint8_t *packed;
};

/* The run that covers a cluster of the stream. */
static size_t find_run(const struct ntfs_content *content, uint64_t cluster)
{
    size_t low = 0, high = content->run_count;

    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (content->starts[middle] <= cluster)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Read stored bytes, without regard to compression. */
static int read_stored(struct ntfs_content *content, uint64_t offset, uint8_t *out, size_t size,
                       struct error *error)
{
    int result = 0;

    while (size > 0) {
        uint64_t cluster = offset / content->cluster_size;
        if (cluster >= content->clusters) {
            memset(out, 0, size);
            return error_set(error, ERROR_DAMAGED,
                             "run list ends: needs %zu bytes at %llu, has 0", size,
                             (unsigned long long)offset);
        }
        size_t i = find_run(content, cluster);
        uint64_t into = offset - content->starts[i] * content->cluster_size;
        uint64_t left = content->runs[i].clusters * content->cluster_size - into;
        size_t part = left < size ? (size_t)left : size;
        if (content->runs[i].cluster == NTFS_SPARSE)
            memset(out, 0, part);
        else if (reader_read(content->media,
                             content->volume_offset +
                                 content->runs[i].cluster * content->cluster_size + into,
                             out, part, result == 0 ? error : NULL) != 0)
            result = -1;
        offset += part;
        out += part;
        size -= part;
    }
    return result;
}

static int load_unit(struct ntfs_content *content, uint64_t number, struct error *error)
{
    uint32_t clusters = content->unit_size / content->cluster_size, present = 0;
    uint64_t first = number * clusters;
    int result = 0;

    if (content->unit_number == number)
        return 0;
    for (uint32_t i = 0; i < clusters && first + i < content->clusters; i++) {
        if (content->runs[find_run(content, first + i)].cluster == NTFS_SPARSE)
            break;
        present++;
    }
    bool ends_here = first + clusters > content->clusters && first + present == content->clusters;
    if (present == clusters || ends_here) {
        /* Plain; the last unit may be plain with fewer clusters. */
        memset(content->unit, 0, content->unit_size);
        if (present > 0)
            result = read_stored(content, first * content->cluster_size, content->unit,
                                 (size_t)present * content->cluster_size, error);
        content->unit_number = result == 0 ? number : UINT64_MAX;
        return result;
    }
    if (present == 0) {
        memset(content->unit, 0, content->unit_size);
    } else {
        size_t packed = (size_t)present * content->cluster_size;
        result = read_stored(content, first * content->cluster_size, content->packed, packed,
                             error);
        if (ntfs_decompress(content->packed, packed, content->unit, content->unit_size) != 0 &&
            result == 0)
            result = error_set(error, ERROR_DAMAGED, "compressed unit %llu is malformed",
                               (unsigned long long)number);
    }
    content->unit_number = result == 0 ? number : UINT64_MAX;
    return result;
}

static int read_compressed(struct ntfs_content *content, uint64_t offset, uint8_t *out,
                           size_t size, struct error *error)
{
    int result = 0;

    while (size > 0) {
        size_t into = (size_t)(offset % content->unit_size);
        size_t part = content->unit_size - into < size ? content->unit_size - into : size;
        if (load_unit(content, offset / content->unit_size, result == 0 ? error : NULL) != 0)
            result = -1;
        memcpy(out, content->unit + into, part);
        offset += part;
        out += part;
        size -= part;
    }
    return result;
}

static int content_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                           struct error *error)
{
    struct ntfs_content *content = (struct ntfs_content *)reader;
    uint64_t valid = offset < content->initialized ? content->initialized - offset : 0;

    if (valid < size) {
        memset((uint8_t *)buffer + valid, 0, size - (size_t)valid);
        size = (size_t)valid;
    }
    return content->unit_size ? read_compressed(content, offset, buffer, size, error)
                              : read_stored(content, offset, buffer, size, error);
}

static void content_free(struct reader *reader)
{
    struct ntfs_content *content = (struct ntfs_content *)reader;

    free(content->runs);
    free(content->starts);
    free(content->unit);
    free(content->packed);
    free(content);
}

static int load_runs(struct ntfs_content *content, const uint8_t *bytes, size_t size)
{
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    size_t capacity = 0, starts_capacity = 0;

    ntfs_run_walk_init(&walk, bytes, size);
    while (ntfs_run_next(&walk, &run) > 0) {
        if (memory_grow((void **)&content->runs, &capacity, content->run_count + 1,
                        sizeof *content->runs) != 0 ||
            memory_grow((void **)&content->starts, &starts_capacity, content->run_count + 1,
                        sizeof *content->starts) != 0)
            return -1;
        if (run.clusters > LIMIT_STREAM_CLUSTERS - content->clusters)
            break; /* what is behind is told as missing when it is read */
        content->starts[content->run_count] = content->clusters;
        content->runs[content->run_count++] = run;
        content->clusters += run.clusters;
    }
    return 0;
}

/* Resident content is a part of the fixed-up record that holds it. */
struct resident_content {
    struct reader reader;
    uint8_t data[];
};

static int resident_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                            struct error *error)
{
    (void)error;
    memcpy(buffer, ((struct resident_content *)reader)->data + offset, size);
    return 0;
}

static void resident_free(struct reader *reader)
{
    free(reader);
}

static int open_resident(struct ntfs *ntfs, struct reader *media,
                         const struct ntfs_stream *stream, struct reader **reader,
                         struct error *error)
{
    static const struct reader_operations operations = { resident_read_at, resident_free };
    uint32_t size = ntfs->geometry.record_size;
    struct resident_content *content = malloc(sizeof *content + size);
    struct ntfs_record record;

    if (!content)
        return error_set_memory(error);
    if (ntfs_mft_read_by(ntfs, media, (uint64_t)stream->holder * size, content->data, size,
                         error) != 0 ||
        ntfs_record_open(&record, content->data, size, error) != 0) {
        free(content);
        return error_prefix(error, "$MFT record %u", stream->holder);
    }
    if (stream->place > record.usable || stream->size > record.usable - stream->place) {
        free(content);
        return error_set(error, ERROR_DAMAGED, "$MFT record %u: content is in a torn sector",
                         stream->holder);
    }
    memmove(content->data, content->data + stream->place, (size_t)stream->size);
    content->reader = (struct reader){ &operations, stream->size };
    *reader = &content->reader;
    return 0;
}

int ntfs_content_open(struct ntfs *ntfs, const struct ntfs_stream *stream,
                      struct reader **reader, struct error *error)
{
    return ntfs_content_open_by(ntfs, ntfs->base.reader, stream, reader, error);
}

int ntfs_content_open_by(struct ntfs *ntfs, struct reader *media,
                         const struct ntfs_stream *stream, struct reader **reader,
                         struct error *error)
{
    static const struct reader_operations operations = { content_read_at, content_free };

    if (stream->flags & STREAM_RESIDENT)
        return open_resident(ntfs, media, stream, reader, error);

    struct ntfs_content *content = calloc(1, sizeof *content);
    size_t size;
    const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);

    if (!content)
        return error_set_memory(error);
    content->reader = (struct reader){ &operations, stream->size };
    content->media = media;
    content->volume_offset = ntfs->base.volume->offset;
    content->cluster_size = ntfs->geometry.cluster_size;
    content->initialized = ntfs_stream_initialized(ntfs, stream);
    content->unit_number = UINT64_MAX;
    if (content->initialized > stream->size)
        content->initialized = stream->size;
    if (load_runs(content, runs, size) != 0) {
        content_free(&content->reader);
        return error_set_memory(error);
    }
    if (stream->flags & STREAM_COMPRESSED && stream->unit > 0) {
        if (stream->unit > 8 ||
            (uint64_t)content->cluster_size << stream->unit > LIMIT_COMPRESSION_UNIT_BYTES) {
            content_free(&content->reader);
            return error_set(error, ERROR_UNSUPPORTED, "compression unit of 2^%u clusters",
                             stream->unit);
        }
        content->unit_size = content->cluster_size << stream->unit;
        content->unit = malloc(content->unit_size);
        content->packed = malloc(content->unit_size);
        if (!content->unit || !content->packed) {
            content_free(&content->reader);
            return error_set_memory(error);
        }
    }
    *reader = &content->reader;
    return 0;
}
