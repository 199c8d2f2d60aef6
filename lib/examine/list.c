/* SPDX-License-Identifier: Apache-2.0 */

/* fs-ls: files as records; and the walk over the file systems of an object that
 * other commands use too. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/examine.h>
#include <fett/text.h>

#include "below.h"

void examine_space_release(struct examine_space *space)
{
    free(space->items);
    *space = (struct examine_space){ .items = NULL };
}

static int set_lists(struct record *record, const struct file *file, struct examine_space *space)
{
    const struct {
        bool set;
        const char *word;
    } attributes[] = {
        { file->hidden, "hidden" },         { file->system, "system" },
        { file->read_only, "read-only" },   { file->archive, "archive" },
        { file->compressed, "compressed" }, { file->encrypted, "encrypted" },
        { file->sparse, "sparse" },
    };
    size_t most = sizeof attributes / sizeof *attributes + file->name_count, count = 0;

    if (memory_grow((void **)&space->items, &space->capacity, most, sizeof *space->items) != 0)
        return -1;
    for (size_t i = 1; i < file->name_count; i++)
        space->items[count++] = value_text_n(file->names[i].path, file->names[i].path_length);
    const struct value names = { .kind = VALUE_LIST, .length = count, .items = space->items };
    if (count > 0)
        record_value(record, FIELD_NAMES, &names);
    struct value *first = space->items + count;
    size_t words = 0;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (attributes[i].set)
            first[words++] = value_text(attributes[i].word);
    const struct value list = { .kind = VALUE_LIST, .length = words, .items = first };
    if (words > 0)
        record_value(record, FIELD_ATTRIBUTES, &list);
    return 0;
}

int examine_file_record(struct record *record, const struct evidence *evidence,
                        const struct volume *volume, const struct file *file,
                        struct examine_space *space)
{
    record_begin(record, RECORD_FILE);
    record_text(record, FIELD_IMAGE, evidence->name);
    if (volume)
        record_text(record, FIELD_VOLUME, volume->name);
    record_file_reference(record, file);
    record_text(record, FIELD_FILE_TYPE, record_file_type_word(file->type));
    if (file->sized)
        record_number(record, FIELD_SIZE, file->size);
    if (file->owned) {
        text_put_mode(space->mode, file->mode);
        record_text(record, FIELD_MODE, space->mode);
        record_number(record, FIELD_UID, file->uid);
        record_number(record, FIELD_GID, file->gid);
    }
    if (file->linked)
        record_number(record, FIELD_LINKS, file->links);
    if (file->sequenced)
        record_number(record, FIELD_SEQ, file->seq);
    if (file->has_parent) {
        char *end = text_put_number(space->parent, file->parent);
        if (file->sequenced) {
            *end = '-';
            end = text_put_number(end + 1, file->parent_seq);
        }
        *end = '\0';
        record_text(record, FIELD_PARENT, space->parent);
    }
    record_text(record, FIELD_LINK_TARGET, file->link_target);
    record_time(record, FIELD_BTIME, &file->times.born);
    record_time(record, FIELD_MTIME, &file->times.modified);
    record_time(record, FIELD_ATIME, &file->times.accessed);
    record_time(record, FIELD_CTIME, &file->times.changed);
    record_time(record, FIELD_DTIME, &file->deleted);
    if (file->name_count > 0) {
        record_time(record, FIELD_FN_BTIME, &file->names[0].times.born);
        record_time(record, FIELD_FN_MTIME, &file->names[0].times.modified);
        record_time(record, FIELD_FN_ATIME, &file->names[0].times.accessed);
        record_time(record, FIELD_FN_CTIME, &file->names[0].times.changed);
    }
    return set_lists(record, file, space);
}

/* Does the interval of a coarse time touch [after, before]? */
static bool time_passes(const struct examine_filter *filter, const struct instant *time)
{
    if (!instant_is_set(time))
        return false;
    struct instant end = *time;
    uint64_t span = instant_span(time), nanoseconds = time->nanoseconds + (span ? span - 1 : 0);
    end.seconds += (int64_t)(nanoseconds / 1000000000);
    end.nanoseconds = (uint32_t)(nanoseconds % 1000000000);
    end.precision = filter->after.precision;
    if (filter->after.state != INSTANT_ABSENT && instant_compare(&end, &filter->after) < 0)
        return false;
    end = *time;
    end.precision = filter->before.precision;
    return filter->before.state == INSTANT_ABSENT || instant_compare(&end, &filter->before) <= 0;
}

static bool times_pass(const struct examine_filter *filter, const struct file_times *times)
{
    return time_passes(filter, &times->born) || time_passes(filter, &times->modified) ||
           time_passes(filter, &times->accessed) || time_passes(filter, &times->changed);
}

/* The last part of a path. */
static const char *last_part(const char *path, size_t length)
{
    const char *slash = memrchr(path, '/', length);

    return slash ? slash + 1 : path;
}

/* Whether one of a file's names, or its stream's behind it, fits the patterns. */
static bool names_pass(const struct examine_filter *filter, const struct file *file)
{
    bool passes = (!filter->name ||
                   text_glob(filter->name, file->name,
                             file->path_length - (size_t)(file->name - file->path)) ||
                   text_glob(filter->name, file->name, file->name_length)) &&
                  (!filter->path || text_glob(filter->path, file->path, file->path_length));
    struct buffer path = BUFFER_INIT;

    for (size_t i = 1; i < file->name_count && !passes; i++) {
        const struct file_name *link = &file->names[i];
        buffer_clear(&path);
        buffer_add(&path, link->path, link->path_length);
        if (file->stream) {
            buffer_add_byte(&path, ':');
            buffer_add(&path, file->stream, file->stream_length);
        }
        if (path.failed)
            break;
        const char *name = last_part(path.data, link->path_length);
        size_t before = (size_t)(name - path.data);
        passes = (!filter->name || text_glob(filter->name, name, path.length - before) ||
                  text_glob(filter->name, name, link->path_length - before)) &&
                 (!filter->path || text_glob(filter->path, path.data, path.length));
    }
    passes |= path.failed; /* rather one too many than one too few */
    buffer_release(&path);
    return passes;
}

bool examine_filter_passes(const struct examine_filter *filter, const struct file *file)
{
    bool any_state = !filter->allocated && !filter->deleted && !filter->orphan;
    bool timed = filter->after.state != INSTANT_ABSENT || filter->before.state != INSTANT_ABSENT;

    if (!any_state && !(file->state == FILE_ALLOCATED ? filter->allocated
                        : file->state == FILE_DELETED ? filter->deleted
                                                      : filter->orphan))
        return false;
    if ((filter->name || filter->path) && !names_pass(filter, file))
        return false;
    if ((filter->smallest > 0 || filter->largest < UINT64_MAX) &&
        (!file->sized || file->size < filter->smallest || file->size > filter->largest))
        return false;
    if (!timed)
        return true;
    bool passes = times_pass(filter, &file->times);
    for (size_t i = 0; i < file->name_count && !passes; i++)
        passes = times_pass(filter, &file->names[i].times);
    return passes;
}

struct listing {
    const struct evidence *evidence;
    const struct volume *volume;
    const struct examine_filter *filter;
    struct below below;
    examine_sink sink;
    void *context;
    struct examine_space space;
    struct record record;
    bool out_of_memory;
};

static int list_file(void *context, const struct file *file)
{
    struct listing *listing = context;

    if (!below_has(&listing->below, file) || !examine_filter_passes(listing->filter, file))
        return 0;
    if (examine_file_record(&listing->record, listing->evidence, listing->volume, file,
                            &listing->space) != 0) {
        listing->out_of_memory = true;
        return -1;
    }
    return listing->sink(listing->context, &listing->record);
}

static int list_tree(struct listing *listing, struct tree *tree, struct error *error)
{
    int result = tree_walk(tree, list_file, listing, error);

    return listing->out_of_memory ? error_set_memory(error) : result;
}

static int list_filesystem(void *context, struct evidence *evidence,
                           struct filesystem *filesystem, struct error *error)
{
    struct listing *listing = context;

    (void)evidence;
    listing->volume = filesystem_volume(filesystem);
    return list_tree(listing, filesystem_tree(filesystem), error);
}

/* The volumes of an object: the one that it names, else all but shadow copies. */
static size_t volumes_in(const struct object *object)
{
    return !object->evidence->volumes ? 0
           : object->volume           ? 1
                                      : volumes_count(object->evidence->volumes);
}

static const struct volume *volume_in(const struct object *object, size_t index)
{
    return object->volume ? object->volume : volumes_get(object->evidence->volumes, index);
}

/* The files of a volume that is encrypted, or that fett does not know, are lost to
 * whoever asks for them. */
static void add_unread_gap(struct evidence *evidence, const struct volume *volume)
{
    char reason[ERROR_TEXT_SIZE];
    const struct gap gap = { .offset = volume->offset,
                             .length = volume->length,
                             .kind = GAP_STRUCTURE,
                             .reason = reason,
                             .volume = volume->name };
    bool scheme = volume->kind == FS_ENCRYPTED && *volume->detail;

    if (volume->shadow || volume_has_files(volume)) /* it has others than are seen */
        snprintf(reason, sizeof reason, "%s", volume->detail);
    else if (volume->kind == FS_NONE)
        snprintf(reason, sizeof reason, "no file system that is known (%s): its files, if it has "
                 "any, are left out", volume->detail);
    else
        snprintf(reason, sizeof reason, "%s%s%s%s: its files cannot be read", volume->kind_name,
                 scheme ? " (" : "", scheme ? volume->detail : "", scheme ? ")" : "");
    image_add_gap(evidence->image, &gap);
}

int examine_need_files(const struct object *object, struct error *error)
{
    const struct evidence *evidence = object->evidence;
    struct buffer others = BUFFER_INIT;
    bool any = false; /* that has files, or is told as a gap since it may */

    for (size_t i = 0; i < volumes_in(object); i++) {
        const struct volume *volume = volume_in(object, i);
        if (!volume->name[0])
            continue;
        any |= volume_has_files(volume) || (volume->unread && !volume->shadow);
        if (volume->unread)
            add_unread_gap(object->evidence, volume);
        if (!volume_has_files(volume))
            buffer_add_format(&others, "%s%s %s", others.length > 0 ? ", " : ": ", volume->name,
                              volume->shadow ? volume->detail : volume->kind_name);
    }
    if (!any)
        error_set(error, ERROR_UNSUPPORTED, "%s has no file system that fett reads%s",
                  evidence->name, buffer_text(&others));
    buffer_release(&others);
    return any ? 0 : -1;
}

static void add_missing_gap(struct evidence *evidence, const struct volume *volume,
                            const char *why)
{
    char reason[ERROR_TEXT_SIZE];
    const struct gap gap = { .offset = volume->offset,
                             .kind = GAP_STRUCTURE,
                             .reason = reason,
                             .volume = volume->name };

    snprintf(reason, sizeof reason, "shadow copies may be missing: %s", why);
    image_add_gap(evidence->image, &gap);
}

void examine_tell_lost_shadows(struct evidence *evidence, struct filesystem *filesystem)
{
    static const char catalog[] =
        "/System Volume Information/{3808876b-c176-4e48-b7ae-04046e6cc752}";
    const struct volume *volume = filesystem_volume(filesystem);
    struct file file;

    if (volume->kind == FS_NTFS && !volume->shadow && !volume->has_shadows &&
        tree_lookup(filesystem_tree(filesystem), catalog, &file, NULL) == 0)
        add_missing_gap(evidence, volume,
                        "the volume has their catalog, and no header that leads to it");
}

void examine_tell_shadows(const struct object *object)
{
    const struct evidence *evidence = object->evidence;
    size_t count = evidence->volumes ? volumes_count(evidence->volumes) : 0;
    size_t all = count + (count ? volumes_shadow_count(evidence->volumes) : 0);

    for (size_t i = 0; i < all; i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        const struct volume *of = volume->shadow ? volume->shadow->of : volume;
        if (object->volume && object->volume != of && object->volume != volume)
            continue;
        if (volume->shadow && volume->unread)
            add_unread_gap(object->evidence, volume);
        if (volume->shadow_fault)
            add_missing_gap(object->evidence, volume, volume->shadow_fault);
    }
}

/* A volume whose file system cannot be opened; -1: it is for want of memory. */
static int add_unopened_gap(struct evidence *evidence, const struct volume *volume,
                            const struct error *reason, struct error *error)
{
    const struct gap gap = { .offset = volume->offset,
                             .length = volume->length,
                             .kind = GAP_STRUCTURE,
                             .reason = reason->text,
                             .volume = volume->name };

    if (reason->kind == ERROR_SYSTEM)
        return error_set(error, reason->kind, "%s", reason->text);
    image_add_gap(evidence->image, &gap);
    return 0;
}

int examine_shadow_copies(struct evidence *evidence, const struct volume *volume,
                          examine_visit visit, void *context, struct error *error)
{
    const struct object of = { .kind = OBJECT_VOLUME, .evidence = evidence, .volume = volume };
    size_t first = volumes_count(evidence->volumes);
    int result = 0;

    examine_tell_shadows(&of);
    for (size_t i = volumes_shadow_count(evidence->volumes); i-- > 0 && result == 0;) {
        const struct volume *copy = volumes_get(evidence->volumes, first + i);
        struct filesystem *filesystem;
        struct error reason = ERROR_INIT;
        if (copy->shadow->of != volume || !volume_has_files(copy))
            continue;
        if (filesystem_open(&filesystem, evidence->image, copy, &reason) != 0) {
            result = add_unopened_gap(evidence, copy, &reason, error);
            continue;
        }
        result = visit(context, evidence, filesystem, error);
        filesystem_free(filesystem);
    }
    return result;
}

void examine_open_tried(struct object *object)
{
    struct filesystem *filesystem;

    for (size_t i = 0; i < volumes_in(object); i++) {
        const struct volume *volume = volume_in(object, i);
        if (volume_has_files(volume) && volume->kind != FS_NTFS)
            evidence_filesystem(object->evidence, volume, &filesystem, NULL);
    }
}

int examine_filesystems(struct object *object, examine_visit visit, void *context,
                        struct error *error)
{
    struct evidence *evidence = object->evidence;

    for (size_t i = 0; i < volumes_in(object); i++) {
        const struct volume *volume = volume_in(object, i);
        struct filesystem *filesystem;
        struct error reason = ERROR_INIT;
        if (!volume_has_files(volume))
            continue;
        if (evidence_filesystem(evidence, volume, &filesystem, &reason) != 0) {
            if (add_unopened_gap(evidence, volume, &reason, error) != 0)
                return -1;
            continue;
        }
        int result = visit(context, evidence, filesystem, error);
        if (result != 0)
            return result;
    }
    return 0;
}

int examine_files(struct object *object, bool of_record, const struct examine_filter *filter,
                  examine_sink sink, void *context, struct error *error)
{
    struct listing listing = { .evidence = object->evidence,
                               .filter = filter,
                               .sink = sink,
                               .context = context };
    int result;

    if (object->kind == OBJECT_FILE || object->kind == OBJECT_DIRECTORY) {
        struct tree *tree = object->filesystem ? filesystem_tree(object->filesystem)
                                               : object->evidence->directory;
        struct file file;
        listing.volume = object->volume;
        if (object->kind == OBJECT_DIRECTORY)
            result = list_tree(&listing, tree, error);
        else if (tree_file(tree, object->handle, &file, error) != 0)
            result = -1;
        else if (file.type != FILE_DIRECTORY || of_record)
            result = list_file(&listing, &file);
        else if (below_init(&listing.below, &file) != 0)
            result = error_set_memory(error);
        else
            result = list_tree(&listing, tree, error);
    } else if (object->kind == OBJECT_IMAGE || object->kind == OBJECT_VOLUME) {
        result = examine_need_files(object, error);
        if (result == 0)
            result = examine_filesystems(object, list_filesystem, &listing, error);
    } else {
        result = error_set(error, ERROR_USAGE, "has no files: %s", object->evidence->name);
    }
    below_release(&listing.below);
    examine_space_release(&listing.space);
    return result;
}
