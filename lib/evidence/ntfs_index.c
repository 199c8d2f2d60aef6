/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_index: $MFT into nodes, names and streams, in one pass; and what was lost on the way.
 * See ntfs_index.h.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "ntfs_ahead.h"
#include "ntfs_index.h"

void ntfs_pass_lose(struct ntfs_pass *pass, uint32_t record, bool certain, const char *reason)
{
    if (pass->loss_count >= LIMIT_GAPS) {
        pass->losses_beyond++;
        return;
    }
    if (memory_grow((void **)&pass->losses, &pass->loss_capacity, pass->loss_count + 1,
                    sizeof *pass->losses) != 0) {
        pass->out_of_memory = true;
        return;
    }
    struct ntfs_loss *loss = &pass->losses[pass->loss_count++];
    *loss = (struct ntfs_loss){ .record = record, .certain = certain };
    snprintf(loss->reason, sizeof loss->reason, "%s", reason);
}

static void check_runs(struct ntfs_pass *pass, uint32_t record)
{
    struct ntfs *ntfs = pass->ntfs;
    const struct ntfs_node *node = &ntfs->nodes[record];

    for (uint16_t i = 0; i < node->stream_count; i++) {
        struct ntfs_stream *stream = &ntfs->streams[node->first_stream + i];
        struct ntfs_run_walk walk;
        struct ntfs_run run;
        uint64_t bytes = 0;
        size_t size;

        if (stream->flags & STREAM_RESIDENT)
            continue;
        const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
        bool outside = false;
        ntfs_run_walk_init(&walk, runs, size);
        while (ntfs_run_next(&walk, &run) > 0 && bytes < INT64_MAX / 2) {
            bytes += run.clusters * ntfs->geometry.cluster_size;
            outside |= run.cluster != NTFS_SPARSE &&
                       (run.cluster + run.clusters) * ntfs->geometry.cluster_size >
                           ntfs->base.volume->declared;
        }
        if (!outside && bytes >= stream->size && !(stream->flags & STREAM_BROKEN))
            continue;
        stream->flags |= STREAM_BROKEN;
        if (node->flags & NODE_IN_USE)
            ntfs_pass_lose(pass, record, true,
                           outside ? "runs lie beyond the end of the volume"
                                   : "run list covers less than the size");
    }
}

/* Records that follow each other, on the media too, have no name and one fault: they are told as
 * one, as of an image that was cut there may be many thousands. */
struct lost_run {
    uint64_t first, count, media, length;
    const char *reason;
};

static void tell_run(struct ntfs *ntfs, struct lost_run *run, const char *path)
{
    char inode[FILE_INODE_SIZE], last[32] = "", reason[192];

    if (run->count == 0)
        return;
    snprintf(inode, sizeof inode, "%llu", (unsigned long long)run->first);
    if (run->count > 1)
        snprintf(last, sizeof last, " to %llu",
                 (unsigned long long)(run->first + run->count - 1));
    snprintf(reason, sizeof reason, "$MFT record%s %s%s: %s", run->count > 1 ? "s" : "", inode,
             last, run->reason);
    filesystem_add_gap(&ntfs->base, run->media, run->length, path, run->count > 1 ? NULL : inode,
                       reason);
    run->count = 0;
}

static void add_to_run(struct ntfs *ntfs, struct lost_run *run, const struct lost_run *one)
{
    if (run->count > 0 && one->length > 0 && one->first == run->first + run->count &&
        one->media == run->media + run->length && strcmp(one->reason, run->reason) == 0) {
        run->count++;
        run->length += one->length;
    } else {
        tell_run(ntfs, run, NULL);
        *run = *one;
    }
}

/* Whether the record lost something: not where $MFT's bitmap says that it is free. */
static bool is_loss(const struct ntfs_loss *loss, struct reader *bitmap)
{
    uint8_t bits = 0xff; /* without a bitmap every record may be in use */

    if (!loss->certain && bitmap && loss->record / 8 < bitmap->size &&
        reader_read(bitmap, loss->record / 8, &bits, 1, NULL) != 0)
        bits = 0xff;
    return loss->certain || bits >> loss->record % 8 & 1;
}

static bool find_name(struct ntfs *ntfs, uint32_t record, struct file *file)
{
    return ntfs->nodes[record].flags & NODE_USABLE && ntfs->nodes[record].name_count > 0 &&
           tree_file(&ntfs->base.tree, (uint64_t)record << 16, file, NULL) == 0;
}

static void tell_loss(struct ntfs *ntfs, const struct ntfs_loss *loss, struct lost_run *run)
{
    uint64_t media, left, length = ntfs->geometry.record_size;
    const char *reason = loss->reason;
    struct file file;

    if (!ntfs_mft_place(ntfs, loss->record * length, &media, &left)) {
        media = ntfs->base.volume->offset;
        length = 0;
    } else if (media >= ntfs->base.reader->size) {
        reason = "beyond the end of the image";
    }
    struct lost_run one = { loss->record, 1, media, length, reason };
    if (!find_name(ntfs, loss->record, &file)) {
        add_to_run(ntfs, run, &one);
    } else {
        tell_run(ntfs, run, NULL);
        tell_run(ntfs, &one, file.path);
    }
}

/* Tell what was lost, now that names and $MFT's bitmap are known. */
static void report_losses(struct ntfs_pass *pass)
{
    struct ntfs *ntfs = pass->ntfs;
    const struct ntfs_node *mft = &ntfs->nodes[NTFS_RECORD_MFT];
    struct reader *bitmap = NULL;
    struct lost_run run = { .count = 0 };

    for (uint16_t i = 0; i < mft->stream_count && !bitmap; i++) {
        const struct ntfs_stream *stream = &ntfs->streams[mft->first_stream + i];
        if (stream->type == NTFS_BITMAP)
            ntfs_content_open(ntfs, stream, &bitmap, NULL);
    }
    for (size_t i = 0; i < pass->loss_count; i++)
        if (is_loss(&pass->losses[i], bitmap))
            tell_loss(ntfs, &pass->losses[i], &run);
    tell_run(ntfs, &run, NULL);
    if (pass->losses_beyond > 0) {
        char reason[96];
        snprintf(reason, sizeof reason, "$MFT: %llu further records cannot be used",
                 (unsigned long long)pass->losses_beyond);
        filesystem_add_gap(&ntfs->base, ntfs->base.volume->offset, 0, "/$MFT", "0", reason);
    }
    reader_free(bitmap);
}

/* Room for what most records have, so that it is not moved while it grows; what is not written
 * takes no memory. Without it all goes on too. */
static void make_room(struct ntfs *ntfs)
{
    memory_grow((void **)&ntfs->names, &ntfs->name_capacity, ntfs->records, sizeof *ntfs->names);
    memory_grow((void **)&ntfs->streams, &ntfs->stream_capacity, 2 * ntfs->records,
                sizeof *ntfs->streams);
}

static int read_all_records(struct ntfs_pass *pass, struct error *error)
{
    struct ntfs *ntfs = pass->ntfs;
    uint32_t record_size = ntfs->geometry.record_size;
    struct ntfs_ahead ahead;
    uint8_t *block;
    uint64_t at;
    size_t size;
    int result = ntfs_ahead_init(&ahead, ntfs, error);

    make_room(ntfs);
    while (result == 0 && !pass->out_of_memory &&
           (block = ntfs_ahead_next(&ahead, &at, &size)) != NULL)
        for (size_t i = 0; i < size; i += record_size)
            ntfs_index_record(pass, (uint32_t)((at + i) / record_size), block + i);
    ntfs_ahead_release(&ahead);
    if (result != 0)
        return result;
    return pass->out_of_memory || ntfs->text.failed || ntfs->runs.failed ? error_set_memory(error)
                                                                         : 0;
}

static int finish(struct ntfs_pass *pass)
{
    struct ntfs *ntfs = pass->ntfs;

    if (ntfs_index_join(pass) != 0)
        return -1;
    for (uint64_t i = 0; i < ntfs->records; i++) {
        if (!(ntfs->nodes[i].flags & NODE_USABLE))
            continue;
        if (ntfs->nodes[i].flags & NODE_UNSURE)
            check_runs(pass, (uint32_t)i);
        if (ntfs->nodes[i].flags & NODE_EXTENDED)
            ntfs_index_check_list(pass, (uint32_t)i);
    }
    report_losses(pass);
    return pass->out_of_memory ? -1 : 0;
}

int ntfs_index(struct ntfs *ntfs, struct error *error)
{
    struct ntfs_pass pass = {
        .ntfs = ntfs,
        .clusters = ntfs->base.volume->declared / ntfs->geometry.cluster_size,
        .error = ERROR_INIT,
    };
    int result = read_all_records(&pass, error);

    if (result == 0 && finish(&pass) != 0)
        result = error_set_memory(error);
    free(pass.extensions);
    free(pass.losses);
    buffer_release(&pass.name);
    return result;
}
