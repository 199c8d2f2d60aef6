/* SPDX-License-Identifier: Apache-2.0 */

/* strings_inside: what is found in a file, or in each file of a folder, of an image. */

#include <stdlib.h>

#include "below.h"
#include "strings_internal.h"

static struct tree *tree_of(const struct object *object)
{
    return object->filesystem ? filesystem_tree(object->filesystem) : object->evidence->directory;
}

/* Compressed units that begin in a part and cannot be unpacked: each of their pieces is a gap,
 * as it is in a scan of the image. */
static bool tell_broken_units(struct scan *scan, struct stretch part, struct reader *content)
{
    const struct extent *begin = scan->own.items, *end = begin + scan->own.count;
    struct error error = ERROR_INIT;
    bool broken = false, any = false;
    uint8_t byte;

    for (const struct extent *piece = begin; piece < end; piece++) {
        if (!piece->packed || piece->file_offset < part.from || piece->file_offset >= part.to)
            continue;
        if (own_extents_at(&scan->own, piece->file_offset) == piece) { /* the first of a unit */
            error = (struct error)ERROR_INIT;
            broken = reader_read(content, piece->file_offset, &byte, 1, &error) != 0;
        }
        const struct gap gap = { .offset = piece->start,
                                 .length = piece->length,
                                 .kind = GAP_STRUCTURE,
                                 .reason = error.text,
                                 .volume = scan->object->volume->name };
        if (broken)
            image_add_gap(scan->object->evidence->image, &gap);
        any |= broken;
    }
    return any;
}

/* Whether it was only beside the part, which the next one tells. */
static bool is_beside(struct stretch part, struct reader *content)
{
    uint64_t end = part.to < content->size ? part.to : content->size;
    size_t size = part.from < end ? (size_t)(end - part.from) : 0;
    uint8_t *bytes = malloc(size + 1);
    bool whole = bytes && reader_read(content, part.from, bytes, size, NULL) == 0;

    free(bytes);
    return whole;
}

void scan_tell_loss(struct scan *scan, const struct error *loss, struct stretch part,
                    struct reader *content)
{
    const struct extent *extent = own_extents_at(&scan->own, part.from);
    const struct volume *volume = scan->object->volume;
    const struct gap gap = {
        .offset = extent ? own_extents_place(extent, part.from) : volume->offset,
        .kind = GAP_STRUCTURE,
        .reason = loss->text,
        .volume = volume->name,
        .path = scan->file_known ? scan->file.path : NULL,
        .inode = scan->file_known ? scan->file.inode : NULL,
    };

    if (tell_broken_units(scan, part, content) || scan->loss_told || is_beside(part, content))
        return;
    image_add_gap(scan->object->evidence->image, &gap);
    scan->loss_told = true;
}

/* The whole content of a file, or the part of it that was asked for. Frees the reader. */
static int scan_file(struct scan *scan, struct object *object, struct reader *reader,
                     struct block_reader *blocks, struct ioc_held_back *held_back,
                     examine_sink sink, void *context, struct error *error)
{
    int result = object->filesystem ? own_extents_init(&scan->own, object->filesystem,
                                                       object->handle, error)
                                    : 0;

    scan->object = object;
    scan->loss_told = false;
    scan->file_known = object->kind == OBJECT_FILE &&
                       tree_file(tree_of(object), object->handle, &scan->file, NULL) == 0;
    scan->start = 0;
    scan_set_part(scan, reader->size);
    block_reader_set(blocks, reader);
    if (result == 0)
        result = scan_take_results(scan, blocks, held_back, sink, context, error);
    own_extents_release(&scan->own);
    reader_free(reader);
    return result;
}

/* Those that lie in a folder. */
struct inside {
    struct below below;
    uint64_t *handles;
    size_t count, capacity;
    uint64_t blocks;
};

static int add_inside(void *context, const struct file *file)
{
    struct inside *inside = context;

    if (!below_has(&inside->below, file) || !file->sized || file->size == 0)
        return 0;
    if (memory_grow((void **)&inside->handles, &inside->capacity, inside->count + 1,
                    sizeof *inside->handles) != 0)
        return -1;
    inside->handles[inside->count++] = file->handle;
    inside->blocks += (file->size - 1) / BLOCK + 1;
    return 0;
}

/* A live file that cannot be opened is a gap; what is left of deleted ones is ordinary. */
static int pass_over(const struct object *object, const struct error *reason,
                     struct error *error)
{
    struct gap gap = { .kind = GAP_STRUCTURE,
                       .reason = reason->text,
                       .volume = object->volume->name };
    struct file file;

    if (reason->kind == ERROR_SYSTEM)
        return error_set(error, reason->kind, "%s", reason->text);
    if (tree_file(tree_of(object), object->handle, &file, NULL) != 0 ||
        file.state != FILE_ALLOCATED)
        return 0;
    gap.offset = object->volume->offset;
    gap.path = file.path;
    gap.inode = file.inode;
    image_add_gap(object->evidence->image, &gap);
    return 0;
}

/* Each file and stream of a folder, in the order of the tree, as if it were named. */
static int scan_folder(struct scan *scan, const struct file *folder, struct block_reader *blocks,
                       struct ioc_held_back *held_back, examine_sink sink, void *context,
                       struct error *error)
{
    struct object each = *scan->object;
    struct inside inside = { .handles = NULL };
    int result = below_init(&inside.below, folder) == 0 &&
                         tree_walk(tree_of(&each), add_inside, &inside, NULL) == 0
                     ? 0
                     : error_set_memory(error);

    scan->blocks_in_all = inside.blocks;
    for (size_t i = 0; i < inside.count && result == 0; i++) {
        struct error reason = ERROR_INIT;
        struct reader *reader;
        each.handle = inside.handles[i];
        if (object_open(&each, &reader, &reason) != 0) {
            result = pass_over(&each, &reason, error);
            continue;
        }
        result = scan_file(scan, &each, reader, blocks, held_back, sink, context, error);
        scan->blocks_before += scan->block_count;
    }
    below_release(&inside.below);
    free(inside.handles);
    return result;
}

static bool has_parts(const struct examine_strings_options *options)
{
    return options->from > 0 || options->to < UINT64_MAX || options->shards > 0;
}

int scan_inside(struct scan *scan, bool of_record, struct ioc_held_back *held_back,
                examine_sink sink, void *context, struct error *error)
{
    struct object *object = scan->object;
    struct block_reader blocks;
    struct reader *reader;
    struct file file = { .type = FILE_UNKNOWN };
    int result;

    if (object->kind == OBJECT_FILE && tree_file(tree_of(object), object->handle, &file, error))
        return -1;
    bool folder = file.type == FILE_DIRECTORY && !file.stream;
    if (folder && !object->filesystem)
        return 0; /* a loose folder's files have records of their own */
    if (block_reader_init(&blocks) != 0)
        result = error_set_memory(error);
    else if (folder && !of_record && has_parts(scan->options))
        result = error_set(error, ERROR_USAGE, "a folder has no parts, its files have: %s",
                           file.path);
    else if (folder && !of_record)
        result = scan_folder(scan, &file, &blocks, held_back, sink, context, error);
    else if ((result = object_open(object, &reader, error)) == 0)
        result = scan_file(scan, object, reader, &blocks, held_back, sink, context, error);
    block_reader_release(&blocks);
    scan->object = object;
    return result;
}
