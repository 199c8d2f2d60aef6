/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_index_join: what spreads over several records of $MFT. See ntfs_index.h.
 *
 * A file whose attributes do not fit one record has extension records, which point back to
 * their base. The pass meets them in any order, so they are noted and joined at its end;
 * run lists that come in pieces are put together by their first VCN.
 */

#include <stdlib.h>
#include <string.h>

#include "ntfs_index.h"

/* Does this extension belong to the base as it is now? */
static bool belongs(const struct ntfs *ntfs, const struct ntfs_extension *extension)
{
    const struct ntfs_node *base = &ntfs->nodes[extension->base];
    bool in_use = base->flags & NODE_IN_USE;

    return base->flags & NODE_USABLE && in_use == extension->in_use &&
           (base->sequence == extension->base_sequence ||
            (!in_use && base->sequence == (uint16_t)(extension->base_sequence + 1)));
}

static int compare_extensions(const void *a, const void *b)
{
    const struct ntfs_extension *x = a, *y = b;

    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static void encode_run(struct buffer *out, const struct ntfs_run *run, int64_t *last)
{
    enum { MOST = sizeof(uint64_t) }; /* bytes of either number */
    uint8_t bytes[1 + 2 * MOST];
    unsigned count_size = 0, cluster_size = 0;
    uint64_t count = run->clusters;

    do
        bytes[1 + count_size++] = (uint8_t)count;
    while ((count >>= 8) && count_size < MOST);
    if (run->cluster != NTFS_SPARSE) {
        int64_t distance = (int64_t)run->cluster - *last;
        *last = (int64_t)run->cluster;
        for (bool done = false; !done && cluster_size < MOST; distance >>= 8) {
            uint8_t byte = (uint8_t)distance;
            bytes[1 + count_size + cluster_size++] = byte;
            done = distance >> 8 == (byte & 0x80 ? -1 : 0);
        }
    }
    bytes[0] = (uint8_t)(cluster_size << 4 | count_size);
    buffer_add(out, bytes, 1 + count_size + cluster_size);
}

/* Add the runs of one piece; returns the clusters they cover. */
static uint64_t join_runs(const struct ntfs *ntfs, const struct ntfs_stream *piece,
                          struct buffer *joined, int64_t *last)
{
    size_t size;
    const uint8_t *runs = ntfs_stream_runs(ntfs, piece, &size);
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    uint64_t clusters = 0;

    ntfs_run_walk_init(&walk, runs, size);
    while (ntfs_run_next(&walk, &run) > 0) {
        encode_run(joined, &run, last);
        clusters += run.clusters;
    }
    return clusters;
}

static int compare_attributes(const struct ntfs *ntfs, const struct ntfs_stream *a,
                              const struct ntfs_stream *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->name_length != b->name_length)
        return a->name_length < b->name_length ? -1 : 1;
    return memcmp(ntfs->text.data + a->text, ntfs->text.data + b->text, a->name_length);
}

static int compare_pieces(const void *a, const void *b, void *ntfs)
{
    const struct ntfs_stream *x = a, *y = b;
    int order = compare_attributes(ntfs, x, y);

    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* The first of the sorted pieces that is not before `head`. */
static size_t find_pieces(const struct ntfs *ntfs, const struct ntfs_stream *head,
                          const struct ntfs_stream *pieces, size_t count)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_attributes(ntfs, &pieces[middle], head) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Put the pieces of one stream behind its head; a second head of the same name
 * gets none. */
static int join_stream(struct ntfs_pass *pass, uint32_t base, struct ntfs_stream *head,
                       struct ntfs_stream *pieces, size_t count)
{
    struct ntfs *ntfs = pass->ntfs;
    struct buffer joined = BUFFER_INIT;
    uint64_t clusters = 0, initialized = ntfs_stream_initialized(ntfs, head);
    int64_t last = 0;
    bool any = false;

    for (size_t i = find_pieces(ntfs, head, pieces, count);
         i < count && !(pieces[i].flags & STREAM_JOINED) &&
         compare_attributes(ntfs, head, &pieces[i]) == 0;
         i++) {
        pieces[i].flags |= STREAM_JOINED;
        if (!any)
            clusters = join_runs(ntfs, head, &joined, &last);
        any = true;
        if (pieces[i].size != clusters) {
            head->flags |= STREAM_BROKEN;
            if (ntfs->nodes[base].flags & NODE_IN_USE)
                ntfs_pass_lose(pass, base, true, "a piece of a run list is missing");
            if (pieces[i].size < clusters)
                continue; /* overlaps what is there: an older copy */
            const struct ntfs_run hole = { pieces[i].size - clusters, NTFS_SPARSE };
            encode_run(&joined, &hole, &last);
            clusters = pieces[i].size;
        }
        clusters += join_runs(ntfs, &pieces[i], &joined, &last);
    }
    int result = joined.failed ? -1 : 0;
    if (any && result == 0) {
        head->flags &= (uint8_t)~STREAM_TAIL;
        result = ntfs_store_runs(ntfs, head, joined.data, joined.length, initialized);
    }
    buffer_release(&joined);
    return result;
}

/* Move the pieces among the streams of a base behind the heads, whose order stays. */
static size_t part_heads(struct ntfs_stream *streams, size_t count, struct ntfs_stream *pieces)
{
    size_t heads = 0, moved = 0;

    for (size_t i = 0; i < count; i++)
        if (streams[i].flags & STREAM_PIECE)
            pieces[moved++] = streams[i];
        else
            streams[heads++] = streams[i];
    return heads;
}

/* Run lists in pieces become one. */
static int join_pieces(struct ntfs_pass *pass, uint32_t base)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_node *node = &ntfs->nodes[base];
    struct ntfs_stream *streams = ntfs->streams + node->first_stream;
    struct ntfs_stream *pieces = calloc(node->stream_count + 1u, sizeof *pieces);
    int result = 0;
    bool lost = false;

    if (!pieces)
        return -1;
    node->flags |= NODE_UNSURE;
    size_t heads = part_heads(streams, node->stream_count, pieces);
    size_t count = node->stream_count - heads;
    qsort_r(pieces, count, sizeof *pieces, compare_pieces, ntfs);
    for (size_t i = 0; i < heads && result == 0; i++)
        if (!(streams[i].flags & STREAM_RESIDENT))
            result = join_stream(pass, base, &streams[i], pieces, count);
    for (size_t i = 0; i < count; i++)
        lost |= !(pieces[i].flags & STREAM_JOINED);
    if (lost && node->flags & NODE_IN_USE)
        ntfs_pass_lose(pass, base, true, "the first piece of a run list is missing");
    node->stream_count = (uint16_t)heads;
    free(pieces);
    return result;
}

/* Gather names and streams of a base and its extensions into one place each. */
static int join_extensions(struct ntfs_pass *pass, const struct ntfs_extension *first, size_t count)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_node *node = &ntfs->nodes[first->base];
    size_t names = node->name_count, streams = node->stream_count;

    for (size_t i = 0; i < count; i++) {
        names += first[i].name_count;
        streams += first[i].stream_count;
    }
    if (names > UINT16_MAX || streams > UINT16_MAX) {
        ntfs_pass_lose(pass, first->base, true, "more than 65535 attributes");
        return 0;
    }
    if (memory_grow((void **)&ntfs->names, &ntfs->name_capacity, ntfs->name_count + names,
                    sizeof *ntfs->names) != 0 ||
        memory_grow((void **)&ntfs->streams, &ntfs->stream_capacity, ntfs->stream_count + streams,
                    sizeof *ntfs->streams) != 0)
        return -1;

    struct ntfs_name *name = ntfs->names + ntfs->name_count;
    struct ntfs_stream *stream = ntfs->streams + ntfs->stream_count;
    memcpy(name, ntfs->names + node->first_name, node->name_count * sizeof *name);
    memcpy(stream, ntfs->streams + node->first_stream, node->stream_count * sizeof *stream);
    name += node->name_count;
    stream += node->stream_count;
    for (size_t i = 0; i < count; i++) {
        memcpy(name, ntfs->names + first[i].first_name, first[i].name_count * sizeof *name);
        memcpy(stream, ntfs->streams + first[i].first_stream,
               first[i].stream_count * sizeof *stream);
        name += first[i].name_count;
        stream += first[i].stream_count;
    }
    node->first_name = (uint32_t)ntfs->name_count;
    node->first_stream = (uint32_t)ntfs->stream_count;
    node->name_count = (uint16_t)names;
    ntfs->name_count += names;

    node->stream_count = (uint16_t)streams;
    ntfs->stream_count += streams;
    return join_pieces(pass, first->base);
}

/* The DOS names of an extension that belongs to no base lead nowhere. */
static void drop_dos_names(struct ntfs *ntfs, const struct ntfs_extension *extension)
{
    for (uint16_t i = 0; i < extension->dos_name_count; i++)
        ntfs->dos_names[extension->first_dos_name + i].record = UINT32_MAX;
}

/* A base without extensions can hold pieces too, when the others are lost. */
static bool has_pieces(const struct ntfs *ntfs, const struct ntfs_node *node)
{
    for (uint16_t i = 0; i < node->stream_count; i++)
        if (ntfs->streams[node->first_stream + i].flags & STREAM_PIECE)
            return true;
    return false;
}

int ntfs_index_join(struct ntfs_pass *pass)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_extension *all = pass->extensions;
    size_t kept = 0;

    for (size_t i = 0; i < pass->extension_count; i++) {
        if (belongs(ntfs, &all[i])) {
            all[kept++] = all[i];
            continue;
        }
        drop_dos_names(ntfs, &all[i]);
        if (all[i].in_use)
            ntfs_pass_lose(pass, all[i].record, true, "extends a record that is not its base");
    }
    pass->extension_count = kept;
    if (kept > 0)
        qsort(all, kept, sizeof *all, compare_extensions);
    for (size_t i = 0, next; i < kept; i = next) {
        for (next = i + 1; next < kept && all[next].base == all[i].base; next++)
            ;
        if (join_extensions(pass, all + i, next - i) != 0)
            return -1;
    }
    for (uint64_t i = 0; i < ntfs->records; i++)
        if (ntfs->nodes[i].flags & NODE_UNSURE && has_pieces(ntfs, &ntfs->nodes[i]) &&
            join_pieces(pass, (uint32_t)i) != 0)
            return -1;
    return 0;
}

bool ntfs_has_extension(const struct ntfs_pass *pass, uint32_t base, uint64_t record)
{
    const struct ntfs_extension key = { .base = base, .record = (uint32_t)record };

    return record <= UINT32_MAX && pass->extension_count > 0 &&
           bsearch(&key, pass->extensions, pass->extension_count, sizeof key,
                   compare_extensions) != NULL;
}
