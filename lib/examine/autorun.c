/* SPDX-License-Identifier: Apache-2.0 */

/*
 * reg-runkeys: walks the hives, INI files and Startup folders of a tree; reg-ls:
 * its hives.
 */

#include <stdlib.h>

#include <fett/limits.h>
#include <fett/wmi.h>

#include "autorun_internal.h"

void autorun_report(struct autoruns *all, struct error *error)
{
    if (all->place) {
        autorun_emit_gap(all, error->text, NULL);
        return;
    }
    if (all->keeps == KEEP_NONE) /* told in the second walk */
        return;
    if (all->carved) {
        if (error->kind == ERROR_DAMAGED)
            error->kind = ERROR_REMNANT;
        error_prefix(error, "%s@%llu: %s is left of this hive", all->evidence->name,
                     (unsigned long long)all->carved->offset,
                     all->carved->has_fragments ? "no first hbin" : "nothing");
    } else {
        error_prefix(error, "%s%s%s", all->evidence->name, all->volume ? ":" : "",
                     all->volume ? all->volume->name : "");
    }
    all->problem(all->context, error);
}

void autorun_report_unopened(struct autoruns *all, struct error *error)
{
    /* A folder of this machine has told what it lost (tree_open_directory). */
    if (all->whole || error->kind != ERROR_DAMAGED)
        autorun_report(all, error);
}

static int walk_place(struct autoruns *all, const struct place *place, struct error *error)
{
    struct error reason = ERROR_INIT;
    struct reader *reader;
    int result;

    all->place = place;
    all->installation = place->installation;
    buffer_clear(&all->search);
    if (place->installation && place->installation->search)
        buffer_add_text(&all->search, place->installation->search);
    if (autorun_open_place(all, place, &reader, &reason) != 0) {
        if (place->member && reason.kind != ERROR_SYSTEM) /* told of its cabinet */
            return 0;
        autorun_report_unopened(all, &reason);
        return place->kind == PLACE_STARTUP ? autorun_emit_startup(all, NULL, error) : 0;
    }
    /* The content's reader is of the tree too: what it gives is taken at once. */
    result = place->kind == PLACE_HIVE      ? autorun_emit_hive(all, reader, error)
             : place->kind == PLACE_STARTUP ? autorun_emit_startup(all, reader, error)
             : place->kind == PLACE_CABINET ? autorun_emit_cabinet(all, reader, error)
                                            : autorun_emit_file(all, reader, error);
    reader_free(reader);
    return result;
}

/* Whether a place is this file, or lies in this folder. */
static bool is_within(const struct place *place, const struct buffer *path)
{
    size_t length = path->length;

    if (length == 1) /* the root */
        return true;
    return strncmp(place->path, path->data, length) == 0 &&
           (place->path[length] == '\0' || place->path[length] == '/');
}

/* Whether a place is walked that was not named by itself. */
static bool is_wanted(const struct autoruns *all, const struct place *place)
{
    bool hive = place->kind == PLACE_HIVE || place->kind == PLACE_CABINET;

    if (all->host)
        return hive && (all->host->backups || !place->backup);
    return all->registry ? hive : !place->no_autostarts;
}

/* Live ones in the order in which they were found, then backups, the latest first. */
static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->backup != y->backup)
        return x->backup ? 1 : -1;
    int by_time = x->backup ? instant_compare(&y->time, &x->time) : 0;
    return by_time ? by_time : (x->order > y->order) - (x->order < y->order);
}

enum { LIVE = 1, BACKUPS = 2 };

/* The wanted places of a folder, or of one file (`handle`, else 0); *any: there were. */
static int walk_places(struct autoruns *all, const struct buffer *path, uint64_t handle,
                       unsigned which, bool *any, struct error *error)
{
    int result = 0;

    for (size_t i = 0; i < all->place_count && result == 0; i++) {
        const struct place *place = &all->places[i];
        bool named = handle ? place->handle == handle
                            : is_wanted(all, place) && is_within(place, path);
        if (!named || !(which & (place->backup ? BACKUPS : LIVE)))
            continue;
        *any = true;
        result = walk_place(all, place, error);
    }
    all->place = NULL;
    return result;
}

/* What was met in a first walk decides what a second one hands out. */
static int walk_twice(struct autoruns *all, const struct buffer *path, bool history,
                      struct error *error)
{
    bool any;

    all->keeps = history ? KEEP_NONE : KEEP_LIVE;
    int result = walk_places(all, path, 0, history ? LIVE | BACKUPS : LIVE, &any, error);
    history_sort(&all->history);
    all->keeps = history ? KEEP_FIRST : KEEP_OTHERS;
    if (result == 0)
        result = walk_places(all, path, 0, history ? LIVE | BACKUPS : BACKUPS, &any, error);
    history_release(&all->history);
    all->keeps = KEEP_ALL;
    return result;
}

/* All places, or only those of one file or folder. */
static int walk_tree(struct autoruns *all, uint64_t handle, struct error *error)
{
    struct buffer path = BUFFER_INIT;
    struct file file = { .path = "/", .path_length = 1, .type = FILE_DIRECTORY };
    int result = autorun_find_places(all, error);
    bool any = false;

    if (result == 0 && handle != 0 && autorun_take_cabinet(all, handle) != 0)
        result = error_set_memory(error);
    if (result == 0)
        result = autorun_find_installations(all, error);
    if (all->place_count > 0)
        qsort(all->places, all->place_count, sizeof *all->places, compare_places);
    if (result == 0 && handle != 0)
        result = tree_file(all->tree, handle, &file, error);
    buffer_add(&path, file.path, result == 0 ? file.path_length : 0);
    bool folder = file.type == FILE_DIRECTORY;
    if (result == 0)
        autorun_tell_transactions(all, &path, folder);
    if (result == 0 && folder && all->options && all->keeps == KEEP_ALL &&
        (all->options->history || !all->options->backups))
        result = walk_twice(all, &path, all->options->history, error);
    else if (result == 0)
        result = walk_places(all, &path, folder ? 0 : handle, LIVE | BACKUPS, &any, error);
    if (result == 0 && !folder && !any) {
        /* A file that was named, whatever it is called: taken as a hive. */
        if (tree_file(all->tree, handle, &file, error) != 0 ||
            autorun_add_place(all, &file, PLACE_HIVE, false) != 0)
            result = -1;
        else
            result = walk_place(all, &all->places[all->place_count - 1], error);
    }
    buffer_release(&path);
    return result;
}

void autorun_release(struct autoruns *all)
{
    for (size_t i = 0; i < all->place_count; i++) {
        hive_free(all->places[i].opened);
        free(all->places[i].before);
        free(all->places[i].path);
    }
    autorun_release_others(all);
    autorun_release_installations(all);
    autorun_release_targets(all);
    free(all->places);
    free(all->transaction_logs);
    free(all->deleted.items);
    for (size_t i = 0; i < sizeof all->deleted_on / sizeof *all->deleted_on; i++)
        free(all->deleted_on[i].items);
    free(all->profile);
    free(all->items);
    free(all->facts);
    free(all->users);
    buffer_release(&all->strings);
    buffer_release(&all->startup_off);
    buffer_release(&all->search);
    autorun_release_environments(all);
    buffer_release(&all->beside);
    buffer_release(&all->way);
    buffer_release(&all->plain);
}

struct request {
    const struct examine_registry_filter *registry;
    const struct examine_host_filter *host;
    const struct examine_autoruns_options *options;
    bool all_hives, carve;
    bool alone;       /* an image is not walked, but a part of it */
    bool lacks_names; /* of the tree's files some may not be known */
    enum autorun_keeps keeps; /* with a history of more than one tree */
    struct history history;
    const struct shadow_copy *copy; /* that the tree is of */
    const struct object *named;     /* the file or folder that is walked alone; NULL: all */
    examine_sink sink;
    examine_problem problem;
    void *context;
};

/* Whether a loose file is a repository of WMI. */
static bool is_wmi(const struct autoruns *all, struct reader *reader)
{
    uint8_t head[READER_PAGE];
    size_t size;

    return all->options && !all->carved && !all->evidence->image &&
           reader_skip_zeros(reader, LIMIT_LEADING_ZEROS, head, &size) == 0 &&
           wmi_is_objects(head, size);
}

/* A tree, one file of it (`handle` not 0), a loose hive (`reader`), or one that was carved. */
static int walk_one(struct request *request, struct evidence *evidence,
                    const struct volume *volume, struct tree *tree, uint64_t handle,
                    const struct carved *carved, struct reader *reader, struct error *error)
{
    struct autoruns all = { .registry = request->registry,
                            .host = request->host,
                            .options = request->options,
                            .all_hives = request->all_hives,
                            .evidence = evidence,
                            .volume = volume,
                            .tree = tree,
                            .whole = volume != NULL,
                            .alone = request->alone,
                            .complete = volume && !request->lacks_names,
                            .carved = carved,
                            .copy = request->copy,
                            .keeps = request->keeps,
                            .history = request->history,
                            .sink = request->sink,
                            .problem = request->problem,
                            .context = request->context };
    int result = tree && !all.registry && !all.host ? signatures_new(&all.signatures, error) : 0;

    if (result == 0)
        result = !reader                ? walk_tree(&all, handle, error)
                 : is_wmi(&all, reader) ? autorun_emit_wmi(&all, reader, error)
                                        : autorun_emit_hive(&all, reader, error);
    if (result == 0 && all.out_of_memory)
        result = error_set_memory(error);
    request->history = all.history;
    autorun_release(&all);
    return result;
}

/* What was named in a tree: by its handle, and in a copy of the tree by its path.
 * ERROR_NOT_FOUND: it is not there. */
static int find_named(const struct request *request, struct tree *tree, uint64_t *handle,
                      struct error *error)
{
    const struct object *named = request->named;
    struct buffer path = BUFFER_INIT;
    struct file file;

    *handle = named ? named->handle : 0;
    if (!named || !request->copy)
        return 0;
    int result = tree_file(filesystem_tree(named->filesystem), named->handle, &file, error);
    if (result == 0)
        buffer_add(&path, file.path, file.path_length);
    if (path.failed)
        result = error_set_memory(error);
    if (result == 0)
        result = tree_lookup(tree, buffer_text(&path), &file, error);
    if (result == 0)
        *handle = file.handle;
    buffer_release(&path);
    return result;
}

/* What was named cannot be found in a copy; -1: it is for want of memory. */
static int tell_unfound(struct evidence *evidence, const struct volume *copy,
                        const struct error *reason, struct error *error)
{
    const struct gap gap = { .offset = copy->offset,
                             .kind = GAP_STRUCTURE,
                             .reason = reason->text,
                             .volume = copy->name };

    if (reason->kind == ERROR_NOT_FOUND) /* it was not there then */
        return 0;
    if (reason->kind == ERROR_SYSTEM)
        return error_set(error, reason->kind, "%s", reason->text);
    image_add_gap(evidence->image, &gap);
    return 0;
}

static int walk_volume(void *context, struct evidence *evidence, struct filesystem *filesystem,
                       struct error *error)
{
    struct request *request = context;
    const struct volume *volume = filesystem_volume(filesystem);
    struct tree *tree = filesystem_tree(filesystem);
    struct error reason = ERROR_INIT;
    uint64_t handle;

    if (find_named(request, tree, &handle, &reason) != 0)
        return tell_unfound(evidence, volume, &reason, error);
    request->lacks_names = filesystem_may_lack_names(filesystem);
    return walk_one(request, evidence, volume, tree, handle, NULL, NULL, error);
}

static int walk_copy(void *context, struct evidence *evidence, struct filesystem *filesystem,
                     struct error *error)
{
    struct request *request = context;

    request->copy = filesystem_volume(filesystem)->shadow;
    int result = walk_volume(request, evidence, filesystem, error);
    request->copy = NULL;
    return result;
}

/* A volume and then its shadow copies, the latest first, twice, as walk_twice does it. */
static int walk_with_copies(struct request *request, struct evidence *evidence,
                            struct filesystem *filesystem, struct error *error)
{
    static const enum autorun_keeps passes[] = { KEEP_NONE, KEEP_FIRST };
    int result = 0;

    examine_tell_lost_shadows(evidence, filesystem);
    for (size_t i = 0; i < 2 && result == 0; i++) {
        request->keeps = passes[i];
        result = walk_volume(request, evidence, filesystem, error);
        if (result == 0)
            result = examine_shadow_copies(evidence, filesystem_volume(filesystem), walk_copy,
                                           request, error);
        history_sort(&request->history);
    }
    history_release(&request->history);
    request->keeps = KEEP_ALL;
    return result;
}

static int walk_filesystem(void *context, struct evidence *evidence,
                           struct filesystem *filesystem, struct error *error)
{
    struct request *request = context;
    bool history = request->options && request->options->history;

    return history && !filesystem_volume(filesystem)->shadow
               ? walk_with_copies(request, evidence, filesystem, error)
               : walk_volume(request, evidence, filesystem, error);
}

struct carve_request {
    struct request *request;
    struct evidence *evidence;
};

/* A carved hive: all that is in it was deleted with it, so it is no matter what a filter says
 * of deleted keys. */
static int walk_carved(void *context, const struct carved *carved, struct error *error)
{
    const struct carve_request *carve = context;
    struct request request = *carve->request;
    struct examine_registry_filter filter;

    if (request.registry) {
        filter = *request.registry;
        filter.live = filter.deleted = false;
        request.registry = &filter;
    }
    return walk_one(&request, carve->evidence, NULL, NULL, 0, carved, carved->reader, error);
}

/* Hives of which no file system tells. */
static int walk_free(struct request *request, struct object *object, struct error *error)
{
    struct carve_request carve = { request, object->evidence };

    return carve_hives(object, walk_carved, &carve, error);
}

/* What a BIOS starts, the files of file systems, then what these do not tell of. */
static int walk_media(struct request *request, struct object *object, struct error *error)
{
    int result = request->options
                     ? autorun_emit_boot(object, request->sink, request->context, error)
                     : 0;

    if (result != 0)
        return result;
    /* Where hives are carved none need be in a file; volumes that cannot be read are told. */
    if (examine_need_files(object, request->carve ? NULL : error) != 0 && !request->carve)
        return -1;
    if (examine_filesystems(object, walk_filesystem, request, error) != 0)
        return -1;
    return request->carve ? walk_free(request, object, error) : 0;
}

static bool begins_with_hive(struct reader *reader)
{
    uint8_t head[4];

    return reader->size >= sizeof head && reader_read(reader, 0, head, sizeof head, NULL) == 0 &&
           hive_is(head, sizeof head);
}

static int walk_object(struct request *request, struct object *object, struct error *error)
{
    struct tree *tree = NULL;
    struct reader *reader;
    uint64_t handle = 0;

    request->alone = object->kind != OBJECT_IMAGE;
    if (request->carve && (object->kind == OBJECT_DIRECTORY || object->kind == OBJECT_FILE))
        return error_set(error, ERROR_USAGE,
                         "%s: --carve is for media: an image, a volume or a range of bytes",
                         object->evidence->name);
    if (object->kind == OBJECT_DIRECTORY)
        return walk_one(request, object->evidence, NULL, object->evidence->directory, 0, NULL,
                        NULL, error);
    request->named = object->kind == OBJECT_FILE && object->filesystem ? object : NULL;
    request->lacks_names = request->named && filesystem_may_lack_names(object->filesystem);
    if (request->named && request->options && request->options->history)
        return walk_filesystem(request, object->evidence, object->filesystem, error);
    if (object->kind == OBJECT_FILE)
        return walk_one(request, object->evidence, object->volume,
                        object->filesystem ? filesystem_tree(object->filesystem)
                                           : object->evidence->directory,
                        object->handle, NULL, NULL, error);
    if (object->kind == OBJECT_IMAGE || object->kind == OBJECT_VOLUME)
        return walk_media(request, object, error);
    if (object_open(object, &reader, error) != 0)
        return -1;
    bool searched = request->carve && object->kind == OBJECT_BYTES && !begins_with_hive(reader);
    int result = 0;
    if (object->kind == OBJECT_LOOSE)
        result = autorun_loose_cabinet(object->evidence, reader, &tree, &handle, error);
    if (result == 0)
        result = searched ? walk_free(request, object, error)
                          : walk_one(request, object->evidence, object->volume, tree, handle, NULL,
                                     tree ? NULL : reader, error);
    tree_free(tree);
    reader_free(reader);
    return result;
}

int examine_autoruns(struct object *object, const struct examine_autoruns_options *options,
                     examine_sink sink, examine_problem problem, void *context,
                     struct error *error)
{
    struct request request = { .options = options,
                               .all_hives = options->all_hives,
                               .carve = options->carve,
                               .sink = sink,
                               .problem = problem,
                               .context = context };

    return walk_object(&request, object, error);
}

int examine_registry(struct object *object, const struct examine_registry_filter *filter,
                     examine_sink sink, examine_problem problem, void *context,
                     struct error *error)
{
    struct request request = { .registry = filter,
                               .all_hives = filter->all_hives,
                               .carve = filter->carve && (filter->deleted || !filter->live),
                               .sink = sink,
                               .problem = problem,
                               .context = context };

    return walk_object(&request, object, error);
}

int examine_host(struct object *object, const struct examine_host_filter *filter,
                 examine_sink sink, examine_problem problem, void *context, struct error *error)
{
    struct request request = { .host = filter,
                               .all_hives = filter->all_hives,
                               .sink = sink,
                               .problem = problem,
                               .context = context };

    return walk_object(&request, object, error);
}
