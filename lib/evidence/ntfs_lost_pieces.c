/* SPDX-License-Identifier: Apache-2.0 */

/* ntfs_lost_pieces: what the search for lost names has to look through. See ntfs_lost.h. */

#include <stdlib.h>

#include "ntfs_lost.h"

static int add_piece(struct ntfs_lost *lost, const struct ntfs_piece *piece)
{
    if (memory_grow((void **)&lost->pieces, &lost->piece_capacity, lost->piece_count + 1,
                    sizeof *lost->pieces) != 0)
        return -1;
    lost->pieces[lost->piece_count++] = *piece;
    return 0;
}

/* One run, `bytes` of which are of the index. */
static int add_run(struct ntfs_lost *lost, const struct ntfs_run *run, uint64_t bytes,
                   struct ntfs_piece piece)
{
    const struct ntfs *ntfs = lost->ntfs;

    if (run->cluster == NTFS_SPARSE)
        return 0;
    piece.media = ntfs->base.volume->offset + run->cluster * ntfs->geometry.cluster_size;
    for (uint64_t left = bytes; left > 0; left -= piece.length) {
        piece.length = left < NTFS_PIECE_BYTES ? (uint32_t)left : NTFS_PIECE_BYTES;
        if (add_piece(lost, &piece) != 0)
            return -1;
        piece.media += piece.length;
        piece.at += piece.length;
    }
    return 0;
}

/* An index whose runs hold whole records is read run by run. */
static int add_index(struct ntfs_lost *lost, uint32_t folder, const struct ntfs_stream *stream,
                     uint32_t position)
{
    const struct ntfs *ntfs = lost->ntfs;
    size_t first = lost->piece_count, size;
    const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
    uint64_t left = ntfs_stream_initialized(ntfs, stream);
    struct ntfs_piece piece = { .folder = folder, .number = position, .kind = NTFS_PIECE_RUN };
    struct ntfs_run_walk walk;
    struct ntfs_run run;

    if (left > stream->size)
        left = stream->size;
    ntfs_run_walk_init(&walk, runs, size);
    while (left > 0 && ntfs_run_next(&walk, &run) > 0) {
        uint64_t bytes = run.clusters * ntfs->geometry.cluster_size;
        if (bytes % ntfs->geometry.index_size != 0 || stream->flags & STREAM_COMPRESSED) {
            lost->piece_count = first;
            piece = (struct ntfs_piece){ .folder = folder, .number = position,
                                         .kind = NTFS_PIECE_STREAM };
            return add_piece(lost, &piece);
        }
        if (bytes > left)
            bytes = left;
        if (add_run(lost, &run, bytes, piece) != 0)
            return -1;
        piece.at += bytes;
        left -= bytes;
    }
    return 0;
}

static int add_record(struct ntfs_lost *lost, uint32_t folder, uint32_t number)
{
    struct ntfs_piece piece = { .folder = folder, .number = number, .kind = NTFS_PIECE_RECORD };
    uint64_t left;

    ntfs_mft_place(lost->ntfs, (uint64_t)number * lost->ntfs->geometry.record_size, &piece.media,
                   &left);
    return add_piece(lost, &piece);
}

static int add_folder(struct ntfs_lost *lost, uint32_t folder, bool suspect)
{
    const struct ntfs *ntfs = lost->ntfs;
    const struct ntfs_node *node = &ntfs->nodes[folder];
    int result = suspect ? add_record(lost, folder, folder) : 0;

    for (unsigned i = 1; i <= node->stream_count && result == 0; i++) {
        const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, i);
        bool resident = stream->flags & STREAM_RESIDENT;
        if (stream->type == NTFS_INDEX_ALLOCATION && !resident)
            result = add_index(lost, folder, stream, i);
        else if (suspect && stream->type == NTFS_INDEX_ROOT && resident &&
                 stream->holder != folder)
            result = add_record(lost, folder, stream->holder);
    }
    return result;
}

static int compare_pieces(const void *a, const void *b)
{
    const struct ntfs_piece *x = a, *y = b;

    if (x->media != y->media)
        return x->media < y->media ? -1 : 1;
    if (x->folder != y->folder)
        return x->folder < y->folder ? -1 : 1;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

int ntfs_lost_add_pieces(struct ntfs_lost *lost)
{
    const struct ntfs *ntfs = lost->ntfs;
    uint32_t *suspects;
    size_t count, next = 0;
    int result = ntfs_find_suspects(ntfs, &suspects, &count);

    for (uint64_t record = 0; record < ntfs->records && result == 0; record++) {
        const struct ntfs_node *node = &ntfs->nodes[record];
        bool suspect = false;
        for (; next < count && suspects[next] <= record; next++)
            suspect |= suspects[next] == record;
        if (node->flags & NODE_USABLE && node->flags & NODE_DIRECTORY)
            result = add_folder(lost, (uint32_t)record, suspect);
    }
    if (lost->piece_count > 1)
        qsort(lost->pieces, lost->piece_count, sizeof *lost->pieces, compare_pieces);
    free(suspects);
    return result;
}
