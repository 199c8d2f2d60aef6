/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_extents: who owns which bytes of an NTFS volume.
 *
 * A stream's runs are its content up to its size and initialised size, and
 * slack behind. Resident content lies inside $MFT, which owns the rest of its
 * records itself. Clusters of deleted files that $Bitmap shows in use belong
 * to another file by now and are only remembered as a former owner's.
 * Compressed content has no place of its own for each byte: its clusters are
 * content whose file_offset is that of the unit's stored bytes.
 */

#include "ntfs.h"

struct extent_pass {
    struct ntfs *ntfs;
    struct extents *extents;
    uint32_t space;
    bool out_of_memory;
};

static void add(struct extent_pass *pass, uint64_t start, uint64_t length, uint64_t file_offset,
                uint64_t owner, enum area area, enum extent_rank rank)
{
    const struct extent extent = {
        .start = start,
        .length = length,
        .file_offset = file_offset,
        .owner = owner,
        .space = pass->space,
        .area = (uint8_t)area,
        .rank = (uint8_t)rank,
    };

    if (length > 0 && extents_add(pass->extents, &extent) != 0)
        pass->out_of_memory = true;
}

/* A range of one run, cut where content ends and slack begins. */
static void add_range(struct extent_pass *pass, uint64_t start, uint64_t length,
                      uint64_t file_offset, uint64_t valid, uint64_t owner, enum area area,
                      enum extent_rank rank)
{
    uint64_t content = file_offset < valid ? valid - file_offset : 0;

    if (content > length)
        content = length;
    add(pass, start, content, file_offset, owner, area, rank);
    add(pass, start + content, length - content, file_offset + content, owner, AREA_SLACK, rank);
}

/* A run of a deleted stream, split by what $Bitmap says of its clusters now. */
static void add_deleted_run(struct extent_pass *pass, const struct ntfs_run *run,
                            uint64_t file_offset, uint64_t valid, uint64_t owner, enum area area)
{
    struct ntfs *ntfs = pass->ntfs;
    uint32_t cluster_size = ntfs->geometry.cluster_size;

    for (uint64_t i = 0, next; i < run->clusters; i = next) {
        int used = ntfs_cluster_in_use(ntfs, run->cluster + i);
        for (next = i + 1; next < run->clusters; next++)
            if (ntfs_cluster_in_use(ntfs, run->cluster + next) != used)
                break;
        add_range(pass, ntfs->base.volume->offset + (run->cluster + i) * cluster_size,
                  (next - i) * cluster_size, file_offset + i * cluster_size, valid, owner, area,
                  used == 0 ? RANK_DELETED : RANK_REALLOCATED);
    }
}

static void add_runs(struct extent_pass *pass, const struct ntfs_node *node,
                     const struct ntfs_stream *stream, uint64_t owner, enum area area)
{
    struct ntfs *ntfs = pass->ntfs;
    const struct volume *volume = ntfs->base.volume;
    uint32_t cluster_size = ntfs->geometry.cluster_size;
    uint64_t file_offset = 0, valid = ntfs_stream_initialized(ntfs, stream);
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    size_t size;

    if (valid > stream->size)
        valid = stream->size;
    if (stream->flags & STREAM_COMPRESSED) /* units end inside their clusters, not the stream */
        valid = UINT64_MAX;
    const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
    ntfs_run_walk_init(&walk, runs, size);
    while (ntfs_run_next(&walk, &run) > 0) {
        uint64_t length = run.clusters * cluster_size, start = run.cluster * cluster_size;
        if (run.cluster != NTFS_SPARSE && start < volume->length) {
            if (length > volume->length - start) {
                length = volume->length - start;
                run.clusters = length / cluster_size;
            }
            if (node->flags & NODE_IN_USE)
                add_range(pass, volume->offset + start, length, file_offset, valid, owner, area,
                          area == AREA_METADATA ? RANK_METADATA : RANK_ALLOCATED);
            else
                add_deleted_run(pass, &run, file_offset, valid, owner, area);
        }
        file_offset += run.clusters * cluster_size;
    }
}

static void add_resident(struct extent_pass *pass, const struct ntfs_node *node,
                         const struct ntfs_stream *stream, uint64_t owner, enum area area)
{
    struct ntfs *ntfs = pass->ntfs;
    uint64_t at = (uint64_t)stream->holder * ntfs->geometry.record_size + stream->place;
    uint64_t left = stream->size, file_offset = 0;

    while (left > 0) {
        uint64_t media, run_left;
        if (!ntfs_mft_place(ntfs, at, &media, &run_left))
            return;
        uint64_t part = left < run_left ? left : run_left;
        add(pass, media, part, file_offset, owner, area,
            node->flags & NODE_IN_USE ? RANK_ALLOCATED : RANK_DELETED);
        at += part;
        file_offset += part;
        left -= part;
    }
}

static enum area area_of(const struct ntfs_node *node, const struct ntfs_stream *stream,
                         uint64_t record)
{
    uint32_t type = (uint32_t)stream->type << 4;

    if (type == NTFS_INDEX_ROOT || type == NTFS_INDEX_ALLOCATION)
        return AREA_INDEX;
    if (type != NTFS_DATA || (record < NTFS_FIRST_USER_RECORD && !(node->flags & NODE_DIRECTORY)))
        return AREA_METADATA;
    return stream->flags & STREAM_RESIDENT ? AREA_RESIDENT : AREA_CONTENT;
}

int ntfs_add_extents(struct filesystem *filesystem, uint32_t space, struct extents *extents,
                     struct error *error)
{
    struct ntfs *ntfs = ntfs_of(filesystem);
    struct extent_pass pass = { .ntfs = ntfs, .extents = extents, .space = space };

    for (uint64_t record = 0; record < ntfs->records; record++) {
        const struct ntfs_node *node = &ntfs->nodes[record];
        if (!(node->flags & NODE_USABLE))
            continue;
        for (unsigned i = 1; i <= node->stream_count; i++) {
            const struct ntfs_stream *stream = &ntfs->streams[node->first_stream + i - 1];
            uint64_t owner = record << 16 | i;
            enum area area = area_of(node, stream, record);
            if (!(stream->flags & STREAM_RESIDENT))
                add_runs(&pass, node, stream, owner, area);
            else if (ntfs_stream_shown(node, ntfs, stream))
                add_resident(&pass, node, stream, owner, area);
        }
    }
    return pass.out_of_memory ? error_set_memory(error) : 0;
}
