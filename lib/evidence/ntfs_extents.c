/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_extents: who owns which bytes of an NTFS volume.
 *
 * A stream's runs are its content up to its size and initialised size, and
 * slack behind. Resident content lies inside $MFT, which owns the rest of its
 * records itself. Clusters of deleted files that $Bitmap shows in use belong
 * to another file by now and are only remembered as a former owner's.
 * Compressed content has no place of its own for each byte: a unit's clusters
 * are packed up to the end of its last chunk and slack behind.
 *
 * LZNT1 chunk
 *     0    2  bytes that follow minus 1 in the low twelve bits; 0 ends the unit
 */

#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/limits.h>

#include "ntfs.h"

struct extent_pass {
    struct ntfs *ntfs;
    struct extents *extents;
    uint32_t space;
    uint32_t cluster_size;
    uint64_t clusters; /* of the volume */
    uint8_t *unit; /* stored bytes of a compression unit */
    bool packed;   /* of what is added now */
    bool out_of_memory;
};

/* What runs are cut and named by. */
struct claim {
    const struct ntfs_node *node;
    uint64_t valid;       /* content ends here, slack begins */
    enum area area;
    struct extent extent; /* added last; its owner, space and rank stay */
};

static struct claim claim_of(const struct extent_pass *pass, const struct ntfs_node *node,
                             uint64_t owner, enum area area)
{
    enum extent_rank rank = node->flags & NODE_IN_USE ? RANK_ALLOCATED : RANK_DELETED;

    return (struct claim){
        .node = node,
        .area = area,
        .extent = { .owner = owner, .space = pass->space, .rank = (uint8_t)rank },
    };
}

static void add(struct extent_pass *pass, struct claim *claim, uint64_t start, uint64_t length,
                uint64_t file_offset, enum area area)
{
    struct extent *extent = &claim->extent;

    extent->start = start;
    extent->length = length;
    extent->file_offset = file_offset;
    extent->area = (uint8_t)area;
    extent->packed = pass->packed && area == AREA_CONTENT;
    if (extents_add(pass->extents, extent) != 0)
        pass->out_of_memory = true;
}

/* A range of one run, cut where content ends and slack begins. */
static void add_range(struct extent_pass *pass, struct claim *claim, uint64_t start,
                      uint64_t length, uint64_t file_offset)
{
    uint64_t content = file_offset < claim->valid ? claim->valid - file_offset : 0;

    if (content > length)
        content = length;
    if (content > 0)
        add(pass, claim, start, content, file_offset, claim->area);
    if (content < length)
        add(pass, claim, start + content, length - content, file_offset + content, AREA_SLACK);
}

/* A run of a deleted stream, split by what $Bitmap says of its clusters now. */
static void add_deleted_run(struct extent_pass *pass, struct claim *claim,
                            const struct ntfs_run *run, uint64_t file_offset)
{
    struct ntfs *ntfs = pass->ntfs;
    uint32_t cluster_size = pass->cluster_size;

    for (uint64_t i = 0, next; i < run->clusters; i = next) {
        int used = ntfs_cluster_in_use(ntfs, run->cluster + i);
        for (next = i + 1; next < run->clusters; next++)
            if (ntfs_cluster_in_use(ntfs, run->cluster + next) != used)
                break;
        claim->extent.rank = used == 0 ? RANK_DELETED : RANK_REALLOCATED;
        add_range(pass, claim, ntfs->base.volume->offset + (run->cluster + i) * cluster_size,
                  (next - i) * cluster_size, file_offset + i * cluster_size);
    }
}

static void add_run(struct extent_pass *pass, struct claim *claim, struct ntfs_run run,
                    uint64_t file_offset)
{
    if (run.cluster == NTFS_SPARSE || run.cluster >= pass->clusters)
        return;
    if (run.clusters > pass->clusters - run.cluster)
        run.clusters = pass->clusters - run.cluster;
    if (claim->node->flags & NODE_IN_USE)
        add_range(pass, claim, pass->ntfs->base.volume->offset + run.cluster * pass->cluster_size,
                  run.clusters * pass->cluster_size, file_offset);
    else
        add_deleted_run(pass, claim, &run, file_offset);
}

enum { UNIT_CLUSTERS_MAX = 256 };

/* A compression unit, while its runs come in. */
struct unit {
    struct ntfs_run runs[UNIT_CLUSTERS_MAX];
    size_t count;
    uint64_t stored, covered; /* clusters: with bytes, with and without */
};

/* Bytes that the chunks of a stored unit take; all where it cannot be read. */
static uint64_t packed_length(struct extent_pass *pass, const struct unit *unit)
{
    uint32_t cluster_size = pass->cluster_size;
    size_t size = 0, at = 0;

    for (size_t i = 0; i < unit->count; i++) {
        size_t part = (size_t)unit->runs[i].clusters * cluster_size;
        if (reader_read(pass->ntfs->base.reader,
                        pass->ntfs->base.volume->offset + unit->runs[i].cluster * cluster_size,
                        pass->unit + size, part, NULL) != 0)
            return unit->stored * cluster_size;
        size += part;
    }
    while (size - at >= 2 && bytes_u16le(pass->unit + at) != 0) {
        at += 2u + (bytes_u16le(pass->unit + at) & 0xfff) + 1;
        if (at >= size)
            return size;
    }
    return at;
}

static bool all_free(struct ntfs *ntfs, const struct unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        for (uint64_t k = 0; k < unit->runs[i].clusters; k++)
            if (ntfs_cluster_in_use(ntfs, unit->runs[i].cluster + k) != 0)
                return false;
    return true;
}

static void add_unit(struct extent_pass *pass, struct claim *claim, struct unit *unit,
                     uint64_t unit_clusters, uint64_t file_offset)
{
    uint64_t valid = claim->valid;

    /* The last one may be plain with fewer clusters, see ntfs_content.c. */
    bool plain = unit->stored == unit_clusters || unit->stored == unit->covered;
    bool intact = claim->node->flags & NODE_IN_USE || all_free(pass->ntfs, unit);
    if (!plain && intact) {
        pass->packed = true;
        claim->valid = file_offset + packed_length(pass, unit);
    }
    for (size_t i = 0; i < unit->count; i++) {
        add_run(pass, claim, unit->runs[i], file_offset);
        file_offset += unit->runs[i].clusters * pass->cluster_size;
    }
    pass->packed = false;
    claim->valid = valid;
    *unit = (struct unit){ .count = 0 };
}

/* Runs of a compressed stream, unit by unit. */
static void add_units(struct extent_pass *pass, struct claim *claim,
                      struct ntfs_run_walk *walk, unsigned unit_log2)
{
    uint64_t unit_clusters = UINT64_C(1) << unit_log2, first = 0;
    uint32_t cluster_size = pass->cluster_size;
    struct unit *unit = calloc(1, sizeof *unit);
    struct ntfs_run run;

    pass->out_of_memory |= !unit;
    while (unit && ntfs_run_next(walk, &run) > 0) {
        bool sparse = run.cluster == NTFS_SPARSE;
        if (!sparse &&
            (run.cluster >= pass->clusters || run.clusters > pass->clusters - run.cluster))
            break; /* beyond the volume: the index made it a gap */
        while (run.clusters > 0) {
            uint64_t room = unit_clusters - unit->covered;
            uint64_t part = run.clusters < room ? run.clusters : room;
            if (!sparse) {
                unit->runs[unit->count++] = (struct ntfs_run){ part, run.cluster };
                unit->stored += part;
                run.cluster += part;
            }
            unit->covered += part;
            run.clusters -= part;
            if (unit->covered < unit_clusters)
                break;
            uint64_t skip = 1;
            add_unit(pass, claim, unit, unit_clusters, first * cluster_size);
            if (sparse) { /* units that are nothing but holes */
                skip += run.clusters / unit_clusters;
                run.clusters %= unit_clusters;
            }
            first += skip * unit_clusters;
        }
    }
    if (unit && unit->covered > 0)
        add_unit(pass, claim, unit, unit_clusters, first * cluster_size);
    free(unit);
}

static void add_runs(struct extent_pass *pass, const struct ntfs_node *node,
                     const struct ntfs_stream *stream, uint64_t owner, enum area area)
{
    struct ntfs *ntfs = pass->ntfs;
    struct claim claim = claim_of(pass, node, owner, area);
    uint64_t file_offset = 0;
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    size_t size;

    if (node->flags & NODE_IN_USE && area == AREA_METADATA)
        claim.extent.rank = RANK_METADATA;
    claim.valid = ntfs_stream_initialized(ntfs, stream);
    if (claim.valid > stream->size)
        claim.valid = stream->size;
    const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
    ntfs_run_walk_init(&walk, runs, size);
    if (stream->flags & STREAM_COMPRESSED && stream->unit > 0 && stream->unit <= 8 &&
        (uint64_t)pass->cluster_size << stream->unit <= LIMIT_COMPRESSION_UNIT_BYTES) {
        add_units(pass, &claim, &walk, stream->unit);
        return;
    }
    while (ntfs_run_next(&walk, &run) > 0) {
        add_run(pass, &claim, run, file_offset);
        file_offset += run.clusters * pass->cluster_size;
    }
}

static void add_resident(struct extent_pass *pass, const struct ntfs_node *node,
                         const struct ntfs_stream *stream, uint64_t owner, enum area area)
{
    struct ntfs *ntfs = pass->ntfs;
    struct claim claim = claim_of(pass, node, owner, area);
    uint64_t at = (uint64_t)stream->holder * ntfs->geometry.record_size + stream->place;
    uint64_t left = stream->size, file_offset = 0;

    while (left > 0) {
        uint64_t media, run_left;
        if (!ntfs_mft_place(ntfs, at, &media, &run_left))
            return;
        uint64_t part = left < run_left ? left : run_left;
        add(pass, &claim, media, part, file_offset, area);
        at += part;
        file_offset += part;
        left -= part;
    }
}

static enum area area_of(const struct ntfs_node *node, const struct ntfs_stream *stream,
                         uint64_t record)
{
    uint32_t type = stream->type;

    if (type == NTFS_INDEX_ROOT || type == NTFS_INDEX_ALLOCATION)
        return AREA_INDEX;
    if (type != NTFS_DATA || (record < NTFS_FIRST_USER_RECORD && !(node->flags & NODE_DIRECTORY)))
        return AREA_METADATA;
    return stream->flags & STREAM_RESIDENT ? AREA_RESIDENT : AREA_CONTENT;
}

/* What the stream at `position` of a record owns. */
static void add_stream(struct extent_pass *pass, const struct ntfs_node *node, uint64_t record,
                       unsigned position)
{
    const struct ntfs_stream *stream = ntfs_stream_at(pass->ntfs, node, position);
    uint64_t owner = record << 16 | position;

    if (!(stream->flags & STREAM_RESIDENT))
        add_runs(pass, node, stream, owner, area_of(node, stream, record));
    else if (ntfs_stream_shown(node, pass->ntfs, stream))
        add_resident(pass, node, stream, owner, area_of(node, stream, record));
}

int ntfs_add_extents(struct filesystem *filesystem, uint64_t handle, uint32_t space,
                     struct extents *extents, struct error *error)
{
    struct ntfs *ntfs = ntfs_of(filesystem);
    struct extent_pass pass = {
        .ntfs = ntfs,
        .extents = extents,
        .space = space,
        .cluster_size = ntfs->geometry.cluster_size,
        .clusters = ntfs->base.volume->length / ntfs->geometry.cluster_size,
    };
    uint64_t first = handle >> 16, end = handle ? first + 1 : ntfs->records;
    unsigned only = handle & 0xffff;

    pass.unit = malloc(LIMIT_COMPRESSION_UNIT_BYTES);
    if (!pass.unit)
        return error_set_memory(error);
    if (handle == 0)
        extents_expect(extents, ntfs->stream_count);
    for (uint64_t record = first; record < end && record < ntfs->records; record++) {
        const struct ntfs_node *node = &ntfs->nodes[record];
        unsigned count = node->flags & NODE_USABLE ? node->stream_count : 0;
        for (unsigned i = 1; i <= count; i++)
            if (handle == 0 || only == i)
                add_stream(&pass, node, record, i);
    }
    free(pass.unit);
    return pass.out_of_memory ? error_set_memory(error) : 0;
}
