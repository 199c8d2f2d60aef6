/* SPDX-License-Identifier: Apache-2.0 */

/* ntfs_tree: the index of an NTFS volume as a tree: look-ups, lists, walks. */

#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "ntfs_lost.h"

/* A record by its unnamed content, or as the folder that it is. */
static int view_record(struct ntfs *ntfs, uint64_t record, struct file *file, struct error *error)
{
    return ntfs_view_file(&ntfs->own, (uint32_t)record,
                          ntfs_main_position(ntfs, &ntfs->nodes[record]), file, error);
}

static int root(struct tree *tree, struct file *file, struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;

    if (ntfs->records <= NTFS_RECORD_ROOT ||
        !(ntfs->nodes[NTFS_RECORD_ROOT].flags & NODE_USABLE))
        return error_set(error, ERROR_DAMAGED, "the root folder's record cannot be used");
    return view_record(ntfs, NTFS_RECORD_ROOT, file, error);
}

/* The record and the stream of a handle. */
static int read_handle(const struct ntfs *ntfs, uint64_t handle, uint32_t *record,
                       unsigned *position, struct error *error)
{
    uint64_t number = handle >> 16;

    *record = (uint32_t)number;
    *position = handle & 0xffff;
    if (number >= ntfs->records || !(ntfs->nodes[number].flags & NODE_USABLE) ||
        *position > ntfs->nodes[number].stream_count)
        return error_set(error, ERROR_NOT_FOUND, "no file with handle %llu",
                         (unsigned long long)handle);
    return 0;
}

static int view_handle(struct ntfs_view *view, uint64_t handle, struct file *file,
                       struct error *error)
{
    uint32_t record;
    unsigned position;

    if (read_handle(view->ntfs, handle, &record, &position, error) != 0)
        return -1;
    return ntfs_view_file(view, record, position, file, error);
}

static int by_handle(struct tree *tree, uint64_t handle, struct file *file, struct error *error)
{
    return view_handle(&((struct ntfs *)tree)->own, handle, file, error);
}

static int by_handle_of_view(struct tree *tree, uint64_t handle, struct file *file,
                             struct error *error)
{
    return view_handle((struct ntfs_view *)tree, handle, file, error);
}

static void free_view(struct tree *tree)
{
    ntfs_view_release((struct ntfs_view *)tree);
    free(tree);
}

static struct tree *make_view(struct tree *tree)
{
    static const struct tree_operations operations = { .file = by_handle_of_view,
                                                       .free = free_view };
    struct ntfs_view *view = malloc(sizeof *view);

    if (!view)
        return NULL;
    if (ntfs_view_init(view, (struct ntfs *)tree) != 0) {
        free_view(&view->tree);
        return NULL;
    }
    view->tree.operations = &operations;
    return &view->tree;
}

/* All live names by folder, made when first needed. */
static int load_children(struct ntfs *ntfs, struct error *error)
{
    struct children *children = &ntfs->children;
    int failed = 0;

    if (children->sorted)
        return 0;
    children->text = &ntfs->text;
    for (uint64_t i = 0; i < ntfs->records; i++) {
        const struct ntfs_node *node = &ntfs->nodes[i];
        if (!(node->flags & NODE_USABLE) || !(node->flags & NODE_IN_USE))
            continue;
        for (uint16_t k = 0; k < node->name_count; k++) {
            const struct ntfs_name *name = &ntfs->names[node->first_name + k];
            uint32_t parent;
            if (i != NTFS_RECORD_ROOT && ntfs_parent_of(ntfs, name, &parent) &&
                ntfs->nodes[parent].flags & NODE_IN_USE)
                failed |= children_add(children, parent, (uint32_t)i, name->text, name->length,
                                       false);
        }
    }
    for (size_t i = 0; i < ntfs->dos_name_count; i++) {
        const struct ntfs_dos_name *name = &ntfs->dos_names[i];
        const struct ntfs_name reference = { .parent = name->parent };
        uint32_t parent;
        if (name->record < ntfs->records && ntfs->nodes[name->record].flags & NODE_IN_USE &&
            ntfs_parent_of(ntfs, &reference, &parent) && ntfs->nodes[parent].flags & NODE_IN_USE)
            failed |= children_add(children, parent, name->record, name->text, name->length,
                                   true);
    }
    if (failed) {
        children_release(children);
        return error_set_memory(error);
    }
    children_sort(children);
    return 0;
}

static int find_stream(struct ntfs *ntfs, uint32_t record, const char *name, size_t length,
                       struct file *file, struct error *error)
{
    const struct ntfs_node *node = &ntfs->nodes[record];

    for (unsigned i = 1; i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, i);
        if (ntfs_stream_shown(node, ntfs, stream) && stream->name_length > 0 &&
            text_compare_nocase(ntfs->text.data + stream->text, stream->name_length, name,
                                length) == 0)
            return ntfs_view_file(&ntfs->own, record, i, file, error);
    }
    return error_set(error, ERROR_NOT_FOUND, "no stream of this name: %.*s", (int)length, name);
}

static int lookup(struct tree *tree, const char *path, struct file *file, struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    const char *part = path, *ignored, *colon = strrchr(path, ':');
    size_t part_length = 0, ignored_length;
    uint32_t record;

    if (load_children(ntfs, error) != 0)
        return -1;
    bool found = children_find_path(&ntfs->children, NTFS_RECORD_ROOT, path, strlen(path), &record,
                                    &part, &part_length);
    bool stream = !found && colon &&
                  children_find_path(&ntfs->children, NTFS_RECORD_ROOT, path,
                                     (size_t)(colon - path), &record, &ignored, &ignored_length);
    if ((found || stream) &&
        (record >= ntfs->records || !(ntfs->nodes[record].flags & NODE_USABLE)))
        return error_set(error, ERROR_DAMAGED, "$MFT record %u cannot be used", record);
    if (found)
        return view_record(ntfs, record, file, error);
    if (stream)
        return find_stream(ntfs, record, colon + 1, strlen(colon + 1), file, error);
    return error_set(error, ERROR_NOT_FOUND, "no such file: %s: %.*s is not there", path,
                     (int)part_length, part);
}

static int list(struct tree *tree, uint64_t handle, tree_visit visit, void *context,
                struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    uint32_t *records;
    size_t count;
    int result = 0;

    if (load_children(ntfs, error) != 0)
        return -1;
    if (children_list(&ntfs->children, (uint32_t)(handle >> 16), &records, &count) != 0)
        return error_set_memory(error);
    for (size_t i = 0; i < count && result == 0; i++) {
        struct file file;
        result = view_record(ntfs, records[i], &file, error);
        if (result == 0)
            result = visit(context, &file);
    }
    free(records);
    return result;
}

/* Records that were never used, or reserved by the format, are no files. */
static bool is_file(uint64_t record, const struct ntfs_node *node)
{
    if (!(node->flags & NODE_USABLE))
        return false;
    if (node->name_count > 0)
        return true;
    return record >= NTFS_FIRST_USER_RECORD && (node->flags & NODE_SI || node->stream_count > 0);
}

typedef int (*fill)(struct ntfs_view *view, uint32_t record, unsigned position,
                    struct file *file, struct error *error);

static int walk_by(struct ntfs *ntfs, fill fill_file, tree_visit visit, void *context,
                   struct error *error)
{
    for (uint64_t record = 0; record < ntfs->records; record++) {
        const struct ntfs_node *node = &ntfs->nodes[record];
        struct file file;
        bool shown = false;
        int result;

        if (!is_file(record, node))
            continue;
        for (unsigned i = 1; i <= node->stream_count; i++) {
            if (!ntfs_stream_shown(node, ntfs, ntfs_stream_at(ntfs, node, i)))
                continue;
            shown = true;
            result = fill_file(&ntfs->own, (uint32_t)record, i, &file, error);
            if (result == 0)
                result = visit(context, &file);
            if (result != 0)
                return result;
        }
        if (shown)
            continue;
        result = fill_file(&ntfs->own, (uint32_t)record, 0, &file, error);
        if (result == 0)
            result = visit(context, &file);
        if (result != 0)
            return result;
    }
    return 0;
}

static int walk(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    return walk_by((struct ntfs *)tree, ntfs_view_file, visit, context, error);
}

static int walk_times(struct tree *tree, tree_visit visit, void *context, struct error *error)
{
    return walk_by((struct ntfs *)tree, ntfs_view_times, visit, context, error);
}

static bool compressed_by_wof(const struct ntfs *ntfs, const struct ntfs_node *node)
{
    static const char name[] = "WofCompressedData";

    for (unsigned i = 1; node->attributes & ATTRIBUTE_REPARSE && i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, i);
        if (stream->name_length == sizeof name - 1 &&
            memcmp(ntfs->text.data + stream->text, name, sizeof name - 1) == 0)
            return true;
    }
    return false;
}

static int open_content(struct tree *tree, uint64_t handle, struct reader **reader,
                        struct error *error)
{
    struct ntfs *ntfs = (struct ntfs *)tree;
    uint32_t record;
    unsigned position;

    if (read_handle(ntfs, handle, &record, &position, error) != 0)
        return -1;
    const struct ntfs_node *node = &ntfs->nodes[record];
    const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, position);
    if (!stream)
        return error_set(error, ERROR_UNSUPPORTED, "has no content");
    if (stream->type == NTFS_DATA && stream->name_length == 0 &&
        compressed_by_wof(ntfs, node))
        return error_set(error, ERROR_UNSUPPORTED,
                         "compressed by the system (WOF): its stored bytes are in the stream "
                         "WofCompressedData");
    return ntfs_content_open(ntfs, stream, reader, error);
}

int ntfs_find_inode(struct filesystem *filesystem, const char *inode, struct file *file,
                    struct error *error)
{
    struct ntfs *ntfs = ntfs_of(filesystem);
    uint64_t record;
    unsigned type, id;
    int fields = filesystem_parse_inode(inode, &record, &type, &id, error);

    if (fields < 0)
        return -1;
    if (record >= ntfs->records)
        return error_set(error, ERROR_NOT_FOUND, "no inode %s: the last one is %llu", inode,
                         (unsigned long long)ntfs->records - 1);
    const struct ntfs_node *node = &ntfs->nodes[record];
    if (!(node->flags & NODE_USABLE))
        return error_set(error, ERROR_NOT_FOUND, "no inode %s: its $MFT record is not usable",
                         inode);
    if (fields == 1)
        return view_record(ntfs, record, file, error);
    for (unsigned i = 1; i <= node->stream_count; i++) {
        const struct ntfs_stream *stream = ntfs_stream_at(ntfs, node, i);
        if (stream->type == type && (fields == 2 || stream->id == id))
            return ntfs_view_file(&ntfs->own, (uint32_t)record, i, file, error);
    }
    return error_set(error, ERROR_NOT_FOUND, "no inode %s: the file has no such attribute", inode);
}

static void free_ntfs(struct tree *tree)
{
    struct ntfs *ntfs = (struct ntfs *)tree;

    ntfs_lost_free(ntfs->lost); /* first: it may read still */
    reader_free(ntfs->bitmap);
    ntfs_view_release(&ntfs->own);
    pthread_mutex_destroy(&ntfs->lock);
    free(ntfs->nodes);
    free(ntfs->names);
    free(ntfs->later_times);
    free(ntfs->streams);
    free(ntfs->dos_names);
    free(ntfs->entries);
    free(ntfs->mft_runs);
    free(ntfs->volume_bitmap);
    children_release(&ntfs->children);
    claims_release(&ntfs->claims);
    buffer_release(&ntfs->text);
    buffer_release(&ntfs->runs);
    filesystem_release(&ntfs->base);
    free(ntfs);
}

const struct tree_operations ntfs_tree_operations = {
    .root = root,
    .lookup = lookup,
    .file = by_handle,
    .list = list,
    .walk = walk,
    .walk_times = walk_times,
    .open = open_content,
    .view = make_view,
    .free = free_ntfs,
};
