/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs: opening an NTFS volume: boot sector or its backup, record 0 of $MFT or
 * its mirror, the run list of $MFT itself, then the index over it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "ntfs.h"

enum { BOOT_SECTOR = 512, BITMAP_WINDOW = 65536, LIST_ENTRY = 26 };

/* The boot sector; else the copy in the last sector of the volume. */
static int read_geometry(struct ntfs *ntfs, struct error *error)
{
    const struct volume *volume = ntfs->base.volume;
    uint8_t boot[BOOT_SECTOR];
    struct error first = ERROR_INIT;

    if (reader_read(ntfs->base.reader, volume->offset, boot, sizeof boot, &first) == 0 &&
        ntfs_geometry_parse(&ntfs->geometry, boot, &first) == 0)
        return 0;
    if (volume->declared < sizeof boot ||
        reader_read(ntfs->base.reader, volume->offset + volume->declared - sizeof boot, boot,
                    sizeof boot, NULL) != 0 ||
        ntfs_geometry_parse(&ntfs->geometry, boot, NULL) != 0)
        return error_set(error, first.kind, "%s", first.text);
    filesystem_add_gap(&ntfs->base, volume->offset, sizeof boot, "/$Boot", "7", first.text);
    return 0;
}

/* The run that holds byte `offset` of $MFT; NULL beyond the last. */
static const struct ntfs_mft_run *find_mft_run(const struct ntfs *ntfs, uint64_t offset)
{
    size_t low = 0, high = ntfs->mft_run_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ntfs->mft_runs[middle].start + ntfs->mft_runs[middle].length <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ntfs->mft_run_count ? &ntfs->mft_runs[low] : NULL;
}

bool ntfs_mft_place(const struct ntfs *ntfs, uint64_t offset, uint64_t *media, uint64_t *left)
{
    const struct ntfs_mft_run *run = find_mft_run(ntfs, offset);

    if (!run || run->media == NTFS_SPARSE)
        return false;
    *media = run->media + offset - run->start;
    *left = run->length - (offset - run->start);
    return true;
}

int ntfs_mft_read_by(const struct ntfs *ntfs, struct reader *reader, uint64_t offset, void *data,
                     size_t size, struct error *error)
{
    uint8_t *at = data;
    int result = 0;

    while (size > 0) {
        const struct ntfs_mft_run *run = find_mft_run(ntfs, offset);
        uint64_t left = run ? run->length - (offset - run->start) : size;
        size_t part = left < size ? (size_t)left : size;
        if (!run || run->media == NTFS_SPARSE) {
            memset(at, 0, part);
            result = error_set(error, ERROR_DAMAGED, "$MFT has no place for its byte %llu",
                               (unsigned long long)offset);
        } else if (reader_read(reader, run->media + offset - run->start, at, part, error) != 0) {
            result = -1;
        }
        at += part;
        offset += part;
        size -= part;
    }
    return result;
}

int ntfs_mft_read(const struct ntfs *ntfs, uint64_t offset, void *data, size_t size,
                  struct error *error)
{
    return ntfs_mft_read_by(ntfs, ntfs->base.reader, offset, data, size, error);
}

/* Append the runs of the unnamed $DATA that go on where *covered clusters end. */
static int add_mft_runs(struct ntfs *ntfs, struct ntfs_record *record, uint64_t *covered,
                        uint64_t *size, struct error *error)
{
    struct ntfs_attribute attribute;
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    const struct volume *volume = ntfs->base.volume;
    uint32_t cluster_size = ntfs->geometry.cluster_size;
    int got;

    while ((got = ntfs_record_next(record, &attribute, error)) > 0)
        if (attribute.type == NTFS_DATA && attribute.name_units == 0 && attribute.nonresident &&
            attribute.first_vcn == *covered)
            break;
    if (got <= 0)
        return got < 0 ? -1 : error_set(error, ERROR_DAMAGED, "$MFT has no runs at cluster %llu",
                                        (unsigned long long)*covered);
    if (attribute.first_vcn == 0)
        *size = attribute.initialized < attribute.size ? attribute.initialized : attribute.size;
    ntfs_run_walk_init(&walk, attribute.runs, attribute.runs_size);
    while (ntfs_run_next(&walk, &run) > 0) {
        uint64_t all = volume->declared / cluster_size;
        bool sparse = run.cluster == NTFS_SPARSE;
        if (run.clusters > all - *covered || (!sparse && run.cluster > all - run.clusters))
            return error_set(error, ERROR_DAMAGED, "$MFT has %llu clusters at %llu of %llu",
                             (unsigned long long)run.clusters, (unsigned long long)run.cluster,
                             (unsigned long long)all);
        if (memory_grow((void **)&ntfs->mft_runs, &ntfs->mft_run_capacity,
                        ntfs->mft_run_count + 1, sizeof *ntfs->mft_runs) != 0)
            return error_set_memory(error);
        ntfs->mft_runs[ntfs->mft_run_count++] = (struct ntfs_mft_run){
            .start = *covered * cluster_size,
            .length = run.clusters * cluster_size,
            .media = sparse ? NTFS_SPARSE : volume->offset + run.cluster * cluster_size,
        };
        *covered += run.clusters;
    }
    return 0;
}

/* The attribute list of record 0 in memory of its own; size 0 where there is none. */
static int read_attribute_list(struct ntfs *ntfs, struct ntfs_record *record, uint8_t **list,
                               size_t *size, struct error *error)
{
    struct ntfs_attribute attribute;
    uint32_t cluster_size = ntfs->geometry.cluster_size;
    int got;

    *list = NULL;
    *size = 0;
    while ((got = ntfs_record_next(record, &attribute, error)) > 0)
        if (attribute.type == NTFS_ATTRIBUTE_LIST)
            break;
    if (got <= 0)
        return got;
    uint64_t wanted = attribute.nonresident ? attribute.size : attribute.value_size;
    if (wanted > LIMIT_ATTRIBUTE_LIST_BYTES)
        return error_set(error, ERROR_LIMIT, "attribute list of $MFT has %llu bytes",
                         (unsigned long long)wanted);
    *list = malloc((size_t)wanted + 1);
    if (!*list)
        return error_set_memory(error);
    if (!attribute.nonresident) {
        memcpy(*list, attribute.value, (size_t)wanted);
        *size = (size_t)wanted;
        return 0;
    }
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    ntfs_run_walk_init(&walk, attribute.runs, attribute.runs_size);
    while (*size < wanted && ntfs_run_next(&walk, &run) > 0 && run.cluster != NTFS_SPARSE) {
        uint64_t bytes = run.clusters * cluster_size;
        size_t part = bytes < wanted - *size ? (size_t)bytes : (size_t)(wanted - *size);
        if (reader_read(ntfs->base.reader,
                        ntfs->base.volume->offset + run.cluster * cluster_size, *list + *size,
                        part, error) != 0)
            return -1;
        *size += part;
    }
    return 0;
}

/* $MFT that is in so many pieces that its run list needs extension records. */
static int add_extended_mft_runs(struct ntfs *ntfs, const uint8_t *list, size_t size,
                                 uint64_t *covered, struct error *error)
{
    uint32_t record_size = ntfs->geometry.record_size;
    uint8_t *data = malloc(record_size);
    int result = data ? 0 : error_set_memory(error);

    for (size_t at = 0; result == 0 && size - at >= LIST_ENTRY;) {
        size_t length = bytes_u16le(list + at + 4);
        uint64_t holder = bytes_u64le(list + at + 16) & 0xffffffffffff, ignored;
        struct ntfs_record record;
        if (length < LIST_ENTRY || length > size - at) {
            result = error_set(error, ERROR_DAMAGED, "attribute list of $MFT is malformed");
            break;
        }
        if (bytes_u32le(list + at) == NTFS_DATA && bytes_u64le(list + at + 8) > 0) {
            if (ntfs_mft_read(ntfs, holder * record_size, data, record_size, error) != 0 ||
                ntfs_record_open(&record, data, record_size, error) != 0 ||
                add_mft_runs(ntfs, &record, covered, &ignored, error) != 0)
                result = error_prefix(error, "$MFT record %llu", (unsigned long long)holder);
        }
        at += length;
    }
    free(data);
    return result;
}

static int read_record_zero(struct ntfs *ntfs, uint64_t cluster, uint8_t *data,
                            struct ntfs_record *record, struct error *error)
{
    uint64_t place;

    if (__builtin_mul_overflow(cluster, ntfs->geometry.cluster_size, &place) ||
        place > ntfs->base.volume->length)
        return error_set(error, ERROR_DAMAGED, "cluster %llu lies beyond the volume",
                         (unsigned long long)cluster);
    if (reader_read(ntfs->base.reader, ntfs->base.volume->offset + place, data,
                    ntfs->geometry.record_size, error) != 0 ||
        ntfs_record_open(record, data, ntfs->geometry.record_size, error) != 0)
        return -1;
    return record->torn ? error_set(error, ERROR_DAMAGED, "fixup does not match") : 0;
}

/* Where $MFT lies and how many records it has. */
static int find_mft(struct ntfs *ntfs, struct error *error)
{
    uint8_t *data = malloc(ntfs->geometry.record_size), *list = NULL;
    struct ntfs_record record;
    struct error first = ERROR_INIT, incomplete = ERROR_INIT;
    size_t list_size = 0;
    uint64_t covered = 0, size = 0;

    if (!data)
        return error_set_memory(error);
    int result = read_record_zero(ntfs, ntfs->geometry.mft_cluster, data, &record, &first);
    if (result != 0) {
        result = read_record_zero(ntfs, ntfs->geometry.mirror_cluster, data, &record, NULL);
        if (result != 0)
            error_set(error, ERROR_DAMAGED, "$MFT record 0 and its mirror cannot be used: %s",
                      first.text);
    }
    if (result == 0) {
        struct ntfs_record again = record;
        result = add_mft_runs(ntfs, &record, &covered, &size, error);
        if (result == 0 &&
            (read_attribute_list(ntfs, &again, &list, &list_size, &incomplete) != 0 ||
             add_extended_mft_runs(ntfs, list, list_size, &covered, &incomplete) != 0))
            filesystem_add_gap(&ntfs->base, ntfs->base.volume->offset, 0, "/$MFT", "0",
                               incomplete.text);
    }
    free(list);
    free(data);
    if (result != 0)
        return -1;

    uint64_t reachable = covered * ntfs->geometry.cluster_size;
    if (size > reachable) {
        char reason[96];
        snprintf(reason, sizeof reason, "$MFT: runs cover %llu of %llu bytes",
                 (unsigned long long)reachable, (unsigned long long)size);
        filesystem_add_gap(&ntfs->base, ntfs->base.volume->offset, 0, "/$MFT", "0", reason);
        size = reachable;
    }
    ntfs->records = size / ntfs->geometry.record_size;
    if (ntfs->records == 0 || size > ntfs->base.volume->declared || ntfs->records > UINT32_MAX - 1)
        return error_set(error, ERROR_DAMAGED, "$MFT of %llu bytes in a volume of %llu",
                         (unsigned long long)size,
                         (unsigned long long)ntfs->base.volume->declared);
    return 0;
}

int ntfs_cluster_in_use(struct ntfs *ntfs, uint64_t cluster)
{
    uint64_t window = cluster / 8 / BITMAP_WINDOW;

    if (!ntfs->bitmap || cluster / 8 >= ntfs->bitmap->size)
        return -1;
    if (window != ntfs->bitmap_window) {
        uint64_t at = window * BITMAP_WINDOW, left = ntfs->bitmap->size - at;
        if (reader_read(ntfs->bitmap, at, ntfs->volume_bitmap,
                        left < BITMAP_WINDOW ? (size_t)left : BITMAP_WINDOW, NULL) != 0)
            return -1;
        ntfs->bitmap_window = window;
    }
    return ntfs->volume_bitmap[cluster / 8 % BITMAP_WINDOW] >> cluster % 8 & 1;
}

static int open_bitmap(struct ntfs *ntfs, struct error *error)
{
    ntfs->volume_bitmap = malloc(BITMAP_WINDOW);
    ntfs->bitmap_window = UINT64_MAX;
    if (!ntfs->volume_bitmap)
        return error_set_memory(error);
    if (ntfs->records <= NTFS_RECORD_BITMAP)
        return 0;

    const struct ntfs_node *node = &ntfs->nodes[NTFS_RECORD_BITMAP];
    struct error lost = ERROR_INIT;
    for (uint16_t i = 0; i < node->stream_count && !ntfs->bitmap; i++) {
        const struct ntfs_stream *stream = &ntfs->streams[node->first_stream + i];
        if (stream->type == NTFS_DATA && stream->name_length == 0)
            ntfs_content_open(ntfs, stream, &ntfs->bitmap, &lost);
    }
    if (!ntfs->bitmap)
        filesystem_add_gap(&ntfs->base, ntfs->base.volume->offset, 0, "/$Bitmap", "6",
                           "$Bitmap cannot be read: whether clusters are free is unknown");
    return 0;
}

int ntfs_filesystem_open(struct filesystem **filesystem, struct image *image,
                         const struct volume *volume, struct error *error)
{
    static const struct filesystem_operations operations = { ntfs_find_inode, ntfs_add_extents };
    struct ntfs *ntfs = calloc(1, sizeof *ntfs);

    if (!ntfs)
        return error_set_memory(error);
    ntfs->base.tree.operations = &ntfs_tree_operations;
    ntfs->base.operations = &operations;
    pthread_mutex_init(&ntfs->lock, NULL);
    if (filesystem_init(&ntfs->base, image, volume, error) != 0 ||
        read_geometry(ntfs, error) != 0 || find_mft(ntfs, error) != 0) {
        filesystem_free(&ntfs->base);
        return error_prefix(error, "NTFS of volume %s", volume->name);
    }
    ntfs->nodes = calloc((size_t)ntfs->records, sizeof *ntfs->nodes);
    if (!ntfs->nodes || ntfs_view_init(&ntfs->own, ntfs) != 0) {
        filesystem_free(&ntfs->base);
        return error_set_memory(error);
    }
    if (ntfs_index(ntfs, error) != 0 || open_bitmap(ntfs, error) != 0) {
        filesystem_free(&ntfs->base);
        return -1;
    }
    *filesystem = &ntfs->base;
    return 0;
}
