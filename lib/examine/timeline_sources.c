/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_sources: what Windows noted, found by itself in the file systems of an
 * object, into a timeline: artifacts by where they lie, deleted ones too, and the keys
 * of autostarts.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/artifact.h>
#include <fett/hive.h>
#include <fett/limits.h>

#include "link_times.h"
#include "log_order.h"
#include "timeline_sources.h"

/* A file that may be an artifact, or, without a format, a program. */
struct candidate {
    uint64_t handle;
    const struct artifact_format *format;
};

struct search {
    const struct examine_timeline_options *options;
    struct timeline *timeline;
    struct candidate *items;
    size_t count, capacity;
    bool out_of_memory;
    /* of the file that is being parsed */
    const char *image, *volume;
    const struct zone *zone;
    char *path;
    char inode[FILE_INODE_SIZE];
    const char *state;
    uint64_t problems;
    struct log_order order;
    /* of a journal: the volume it is of, else NULL, and the folder of the record before */
    struct filesystem *own_filesystem, *filesystem;
    char folder_reference[FILE_INODE_SIZE];
    struct buffer folder, message;
    struct member target[2];
};

bool source_is_named(const char *sources, const char *name)
{
    size_t size = strlen(name);

    for (const char *at = sources; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == size && strncmp(at, name, size) == 0)
            return true;
    return false;
}

bool source_is_wanted(const char *sources, const char *name)
{
    if (!sources)
        return strcmp(name, "fs") == 0 || strcmp(name, "i30") == 0;
    return source_is_named(sources, "all") || source_is_named(sources, name);
}

static bool is_source(const char *name, size_t size)
{
    static const char *const own[] = { "all", "fs", "i30", "reg", "pe", "vss" };

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strlen(own[i]) == size && strncmp(own[i], name, size) == 0)
            return true;
    for (size_t i = 0; i < artifact_format_count; i++)
        if (strlen(artifact_formats[i]->source) == size &&
            strncmp(artifact_formats[i]->source, name, size) == 0)
            return true;
    return timeline_is_registry_source(name, size);
}

static void add_source(struct buffer *list, const char *name)
{
    size_t length = list->length, size = strlen(name);

    /* those of one source stand together in the tables */
    if (length >= size && memcmp(list->data + length - size, name, size) == 0)
        return;
    buffer_add_text(list, length > 0 ? ", " : "");
    buffer_add_text(list, name);
}

static int no_such_source(const char *name, size_t size, struct error *error)
{
    struct buffer list = BUFFER_INIT;

    buffer_add_text(&list, "all, fs, i30, reg");
    for (size_t i = 0; i < artifact_format_count; i++)
        add_source(&list, artifact_formats[i]->source);
    buffer_add_text(&list, ", pe, vss");
    for (size_t i = 0; i < artifact_registry_count; i++)
        add_source(&list, artifact_registry[i]->source);
    buffer_add_text(&list, ", keys");
    error_set(error, ERROR_USAGE, "no such source: %.*s (%s)", (int)size, name,
              buffer_text(&list));
    buffer_release(&list);
    return -1;
}

int examine_timeline_check_sources(const char *sources, struct error *error)
{
    for (const char *at = sources;;) {
        size_t size = strcspn(at, ",");
        if (!is_source(at, size))
            return no_such_source(at, size, error);
        if (at[size] == '\0')
            return 0;
        at += size + 1;
    }
}

static bool is_live(const struct record *record)
{
    const struct value *origin = record_get(record, FIELD_ORIGIN);

    return !origin || strcmp(origin->text, "live") == 0;
}

void timeline_resolve_time(const struct zone *zone, struct record *record)
{
    const struct value *value = record_get(record, FIELD_DATETIME);

    if (!zone || !value || value->kind != VALUE_TIME || value->time.state != INSTANT_LOCAL)
        return;
    struct instant time = value->time;
    zone_resolve(zone, &time);
    record_time(record, FIELD_DATETIME, &time);
}

/* Whether a folder has still the sequence number of a reference, "RECORD-SEQUENCE": that of
 * a freed record was raised by one. */
static bool is_same_folder(const struct file *folder, const char *reference)
{
    const char *sequence = strchr(reference, '-');

    return folder->type == FILE_DIRECTORY && folder->sequenced && sequence &&
           strtoul(sequence + 1, NULL, 10) + (folder->state != FILE_ALLOCATED) == folder->seq;
}

/* The path of a folder as it is now, from a slash to a slash; "" where it is not known. */
static void find_folder(struct search *search, const char *reference)
{
    size_t digits = strspn(reference, "0123456789");
    char inode[FILE_INODE_SIZE];
    struct file folder;

    if (strcmp(reference, search->folder_reference) == 0 || digits >= sizeof inode)
        return;
    snprintf(search->folder_reference, sizeof search->folder_reference, "%s", reference);
    memcpy(inode, reference, digits);
    inode[digits] = '\0';
    buffer_clear(&search->folder);
    if (filesystem_find_inode(search->filesystem, inode, &folder, NULL) != 0 ||
        !is_same_folder(&folder, reference))
        return;
    buffer_add(&search->folder, folder.path, folder.path_length);
    if (folder.path_length > 1)
        buffer_add_byte(&search->folder, '/');
}

/* The file of a journal's "PATH: what happened (file RECORD-SEQUENCE)" as the target. */
static void set_target(struct search *search, struct record *record)
{
    const char *text = search->message.data;
    size_t number = search->message.length, end;

    while (number > 6 && memcmp(text + number - 6, "(file ", 6) != 0)
        number--;
    for (end = number; end > 2 && memcmp(text + end - 2, ": ", 2) != 0;)
        end--;
    if (end <= 2 || text[0] != '/')
        return;
    size_t digits = strspn(text + number, "0123456789");
    search->target[0] = (struct member){ "path", value_text_n(text, end - 2) };
    search->target[1] = (struct member){ "inode", value_text_n(text + number, digits) };
    const struct value target = { .kind = VALUE_OBJECT, .length = 2, .members = search->target };
    record_value(record, FIELD_TARGET, &target);
}

/* A journal has the name of a file only, and in which folder it was. */
static int set_whole_path(struct search *search, struct record *record)
{
    const struct value *parent = record_get(record, FIELD_PARENT);
    const struct value *message = record_get(record, FIELD_MESSAGE);

    if (!search->filesystem || !parent || !message)
        return 0;
    find_folder(search, parent->text);
    buffer_clear(&search->message);
    buffer_add(&search->message, search->folder.data, search->folder.length);
    buffer_add(&search->message, message->text, message->length);
    if (search->message.failed || search->folder.failed)
        return -1;
    record_text_n(record, FIELD_MESSAGE, buffer_text(&search->message), search->message.length);
    set_target(search, record);
    return 0;
}

static int take_event(void *context, struct record *record)
{
    struct search *search = context;
    struct error error = ERROR_INIT;
    const struct value *number = record_get(record, FIELD_RECORD_NUMBER);
    const struct value *time = record_get(record, FIELD_DATETIME);

    if (search->options->anomalies && number && time && record->type == RECORD_EVENT &&
        is_live(record) && log_order_add(&search->order, number->number, &time->time) != 0)
        error_set_memory(&error);

    if (set_whole_path(search, record) != 0)
        error_set_memory(&error);
    timeline_resolve_time(search->zone, record);
    record_text(record, FIELD_IMAGE, search->image);
    record_text(record, FIELD_VOLUME, search->volume);
    record_text(record, FIELD_PATH, search->path);
    if (search->inode[0])
        record_text(record, FIELD_INODE, search->inode);
    record_text(record, FIELD_STATE, search->state);
    if (error.kind == ERROR_NONE && timeline_add_made(search->timeline, record, &error) == 0)
        return 0;
    search->options->problem(search->options->context, &error);
    return -1;
}

/* A part of a file that cannot be used. What is left of a deleted file is damaged as a rule. */
static void take_damage(void *context, const uint64_t *offset, struct error *error)
{
    struct search *search = context;
    struct record record;

    if (search->state && strcmp(search->state, "allocated") != 0)
        return;
    if (error->kind == ERROR_SYSTEM) {
        search->options->problem(search->options->context, error);
        return;
    }
    if (++search->problems > LIMIT_ARTIFACT_PROBLEMS)
        return;
    record_begin(&record, RECORD_GAP);
    record_text(&record, FIELD_IMAGE, search->image);
    record_text(&record, FIELD_VOLUME, search->volume);
    record_text(&record, FIELD_PATH, search->path);
    if (search->inode[0])
        record_text(&record, FIELD_INODE, search->inode);
    if (offset)
        record_number(&record, FIELD_FILE_OFFSET, *offset);
    record_text(&record, FIELD_KIND, "structure");
    record_text(&record, FIELD_REASON,
                search->problems < LIMIT_ARTIFACT_PROBLEMS
                    ? error->text
                    : "more that cannot be used is not told one by one");
    search->options->gap(search->options->context, &record);
}

static int parse(struct search *search, const struct artifact_format *format,
                 struct reader *reader)
{
    const struct artifact_sink sink = { take_event, take_damage, search };
    struct error error = ERROR_INIT;

    search->problems = 0;
    int result = format->parse(reader, &sink, &error);
    bool numbered = strcmp(format->source, "evt") == 0;
    if (result == 0 && (numbered || strcmp(format->source, "usn") == 0))
        result = log_order_check(&search->order, numbered, take_event, search);
    log_order_release(&search->order);
    if (result == 0)
        return 0;
    if (error.kind == ERROR_NONE)
        return -1; /* the timeline cannot take more; it was told */
    take_damage(search, NULL, &error);
    return error.kind == ERROR_SYSTEM ? -1 : 0;
}

static const struct artifact_format *format_of(struct reader *reader)
{
    uint8_t head[READER_PAGE];
    size_t size = reader->size < sizeof head ? (size_t)reader->size : sizeof head;

    reader_read(reader, 0, head, size, NULL);
    return artifact_by_head(head, size);
}

static bool is_hive(struct reader *reader)
{
    uint8_t head[HIVE_WHOLE_HEAD_SIZE];

    return reader->size > sizeof head && reader_read(reader, 0, head, sizeof head, NULL) == 0 &&
           hive_is(head, sizeof head);
}

/* Of the formats the journal may begin with a hole, and event logs were seen with a head of
 * zeros. */
static const struct artifact_format *format_behind_zeros(struct reader *reader)
{
    const struct artifact_format *format = NULL;
    uint8_t page[READER_PAGE];
    size_t size;

    if (reader_skip_zeros(reader, LIMIT_LEADING_ZEROS, page, &size) == 0)
        format = artifact_by_head(page, size);
    return format && (strcmp(format->source, "usn") == 0 || strcmp(format->source, "evt") == 0)
               ? format
               : NULL;
}

/* --- in a file system --- */

static int add_candidate(struct search *search, const struct file *file,
                         const struct artifact_format *format)
{
    if (memory_grow((void **)&search->items, &search->capacity, search->count + 1,
                    sizeof *search->items) != 0) {
        search->out_of_memory = true;
        return -1;
    }
    search->items[search->count++] = (struct candidate){ file->handle, format };
    return 0;
}

static int collect(void *context, const struct file *file)
{
    struct search *search = context;

    if (file->type != FILE_REGULAR || (file->sized && file->size == 0) ||
        file->meta == META_REALLOCATED)
        return 0;
    for (size_t i = 0; i < artifact_format_count; i++) {
        const struct artifact_format *format = artifact_formats[i];
        if (!source_is_wanted(search->options->sources, format->source) ||
            !format->is_path(file->path, file->path_length))
            continue;
        return add_candidate(search, file, format);
    }
    return source_is_wanted(search->options->sources, "pe") &&
                   link_times_is_path(file->path, file->path_length)
               ? add_candidate(search, file, NULL)
               : 0;
}

/* A name alone does not make an artifact, but for the journal, which begins with a hole. */
static int parse_named(struct search *search, const struct artifact_format *named,
                       struct reader *reader)
{
    const struct artifact_format *format = format_of(reader);
    struct error why = ERROR_INIT;

    if (!format)
        format = strcmp(named->source, "usn") == 0 ? named : format_behind_zeros(reader);
    if (format && strcmp(format->source, named->source) == 0)
        return parse(search, format, reader);
    error_set(&why, ERROR_DAMAGED, "has the name of an artifact (%s) and is none",
              named->source);
    take_damage(search, NULL, &why);
    return 0;
}

/* What its events say of the file; search->path is to be freed. */
static int name_file(struct search *search, const struct file *file, struct error *error)
{
    search->path = strndup(file->path, file->path_length);
    if (!search->path)
        return error_set_memory(error);
    memcpy(search->inode, file->inode, sizeof search->inode);
    search->state = record_state_word(file->state);
    return 0;
}

static int parse_candidate(struct search *search, struct tree *tree,
                           const struct candidate *candidate, struct error *error)
{
    struct error why = ERROR_INIT;
    struct reader *reader;
    struct file file;
    int result = 0;

    if (tree_file(tree, candidate->handle, &file, error) != 0 ||
        name_file(search, &file, error) != 0)
        return -1;
    if (tree_open(tree, candidate->handle, &reader, &why) != 0) {
        take_damage(search, NULL, &why);
    } else {
        search->filesystem = candidate->format == NULL ||
                                     strcmp(candidate->format->source, "usn") != 0
                                 ? NULL
                                 : search->own_filesystem;
        if (candidate->format)
            result = parse_named(search, candidate->format, reader);
        else
            result = link_times_add(&file, reader, search->options->anomalies, take_event, search);
        reader_free(reader);
    }
    free(search->path);
    search->path = NULL;
    return result;
}

int timeline_add_artifacts(struct timeline *timeline, const struct evidence *evidence,
                           struct filesystem *filesystem,
                           const struct examine_timeline_options *options, struct error *error)
{
    struct tree *tree = filesystem_tree(filesystem);
    struct search search = { .options = options, .timeline = timeline, .image = evidence->name,
                             .volume = filesystem_volume(filesystem)->name,
                             .zone = examine_volume_zone(evidence, filesystem_volume(filesystem)),
                             .own_filesystem = filesystem };

    if (!options->sources) /* the file system's times alone: none of what lies in it */
        return 0;
    int result = tree_walk(tree, collect, &search, error);
    if (search.out_of_memory)
        result = error_set_memory(error);
    for (size_t i = 0; i < search.count && result == 0; i++)
        result = parse_candidate(&search, tree, &search.items[i], error);
    free(search.items);
    buffer_release(&search.folder);
    buffer_release(&search.message);
    return result;
}

/* --- loose files --- */

/* Of a file in an image where it lies. */
static int name_object(struct search *search, const struct object *object, struct error *error)
{
    struct file file;

    if (object->kind != OBJECT_FILE || !object->filesystem)
        return 0;
    if (tree_file(filesystem_tree(object->filesystem), object->handle, &file, error) != 0)
        return -1;
    if (file.type == FILE_DIRECTORY)
        return error_set(error, ERROR_USAGE, "is a folder: %.*s: of its volume -p '%.*s/*' shows "
                         "what lies in it", (int)file.path_length, file.path,
                         file.path_length > 1 ? (int)file.path_length : 0, file.path);
    search->volume = object->volume->name;
    return name_file(search, &file, error);
}

int timeline_add_loose(struct timeline *timeline, struct object *object,
                       const struct examine_timeline_options *options, struct error *error)
{
    struct search search = { .options = options, .timeline = timeline,
                             .image = object->evidence->name,
                             .zone = examine_volume_zone(object->evidence, object->volume) };
    struct reader *reader;
    int result;

    if (name_object(&search, object, error) != 0 || object_open(object, &reader, error) != 0) {
        free(search.path);
        return -1;
    }
    if (is_hive(reader)) {
        free(search.path);
        reader_free(reader);
        return timeline_add_registry(timeline, object, options->sources ? options->sources
                                                                         : "all,keys",
                                     options, error);
    }
    const struct artifact_format *format = format_of(reader);
    if (!format)
        format = format_behind_zeros(reader);
    if (format && strcmp(format->source, "usn") == 0)
        search.filesystem = object->filesystem;
    result = format ? parse(&search, format, reader)
                    : error_set(error, ERROR_UNSUPPORTED, "no artifact with times: %s%s%s",
                                object->evidence->name, search.path ? ":" : "",
                                search.path ? search.path : "");
    reader_free(reader);
    buffer_release(&search.folder);
    buffer_release(&search.message);
    free(search.path);
    return result;
}

/* --- keys of autostarts --- */

static int take_autorun(void *context, struct record *record)
{
    struct search *search = context;
    struct error error = ERROR_INIT;

    if (record->type == RECORD_GAP)
        return search->options->gap(search->options->context, record);
    if (timeline_add_made(search->timeline, record, &error) == 0)
        return 0;
    search->options->problem(search->options->context, &error);
    return -1;
}

static void report(void *context, struct error *error)
{
    struct search *search = context;

    search->options->problem(search->options->context, error);
}

int timeline_add_autoruns(struct timeline *timeline, struct object *object,
                          const struct examine_timeline_options *options, struct error *error)
{
    static const struct examine_autoruns_options all = { .backups = true };
    struct search search = { .options = options, .timeline = timeline };

    return examine_autoruns(object, &all, take_autorun, report, &search, error);
}
