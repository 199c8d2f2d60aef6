/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_around: the times that something is shown around, out of files and records.
 */

#include <string.h>

#include "timeline_internal.h"

/* The path of a file without its stream. */
static size_t main_length(const struct file *file)
{
    return file->path_length - (file->stream ? file->stream_length + 1 : 0);
}

static bool is_file_meant(const struct around *around, const struct file *file)
{
    if (focus_means(around, file->path, main_length(file), file->stream_length))
        return true;
    for (size_t i = 1; i < file->name_count; i++)
        if (focus_means(around, file->names[i].path, file->names[i].path_length, 0))
            return true;
    return false;
}

uint16_t around_of_file(const struct timeline *timeline, const struct file *file)
{
    for (size_t i = 0; i < timeline->focus.around_count; i++)
        if (is_file_meant(&timeline->focus.arounds[i], file))
            return (uint16_t)(i + 1);
    return 0;
}

/* Show what is around the birth of a file. */
static int note_births(struct timeline *timeline, size_t around, const struct file *file)
{
    struct focus *focus = &timeline->focus;
    struct instant born = timeline_correct(timeline, &file->times.born);

    if (focus_note(focus, around, &born, "birth of ", file->path, file->path_length) != 0)
        return -1;
    for (size_t i = 0; i < file->name_count; i++) {
        struct instant named = timeline_correct(timeline, &file->names[i].times.born);
        if (focus_note(focus, around, &named, "birth in $FILE_NAME of ", file->names[i].path,
                       file->names[i].path_length) != 0)
            return -1;
    }
    return 0;
}

int around_note_file(struct timeline *timeline, const struct file *file)
{
    const struct focus *focus = &timeline->focus;

    for (size_t i = 0; i < focus->around_count; i++)
        if (is_file_meant(&focus->arounds[i], file) && note_births(timeline, i, file) != 0)
            return -1;
    return 0;
}

/* --- files that records without a time mean --- */

static void make_key(struct buffer *key, const char *evidence, const char *volume,
                     const char *path, size_t length)
{
    buffer_clear(key);
    buffer_add_text(key, evidence);
    buffer_add_byte(key, '\0');
    buffer_add_text(key, volume ? volume : "");
    buffer_add_byte(key, '\0');
    buffer_add(key, path, length);
}

static int note_wanted(void *context, const struct file *file)
{
    struct timeline *timeline = context;
    const struct focus *focus = &timeline->focus;
    const struct source_tree *tree = &timeline->trees[timeline->current];

    make_key(&timeline->path, tree->evidence, tree->volume, file->path, main_length(file));
    if (timeline->path.failed)
        return -1;
    if (!met_has(&timeline->wanted, timeline->path.data, timeline->path.length))
        return 0;
    for (size_t i = 0; i < focus->around_count; i++) /* each of them wants all records */
        if (focus->arounds[i].piped && note_births(timeline, i, file) != 0)
            return -1;
    return 0;
}

int around_find_wanted(struct timeline *timeline, struct error *error)
{
    for (size_t i = 0; i < timeline->tree_count && timeline->wanted.count > 0; i++) {
        if (timeline->trees[i].kind == TIMELINE_TREE_I30)
            continue; /* a record is about a file that is there */
        timeline->current = (uint32_t)i;
        int result = tree_walk(timeline->trees[i].tree, note_wanted, timeline, error);
        if (result != 0)
            return error && error->kind != ERROR_NONE ? -1 : error_set_memory(error);
    }
    return 0;
}

/* --- records --- */

/* The paths that a record is about: its file, what it starts. */
static const char *const path_members[] = { "path", "target.path", "program" };

const char *record_path(struct record_line *line, size_t number, size_t *size)
{
    enum { MEMBERS = sizeof path_members / sizeof *path_members };

    *size = 0;
    if (number >= MEMBERS)
        return record_line_item(line, "names", number - MEMBERS, size);
    const char *path = record_line_text(line, path_members[number], size);
    return path ? path : "";
}

size_t without_stream(const char *path, size_t size)
{
    const char *colon = memrchr(path, ':', size);
    bool stream = colon && !memchr(colon, '/', size - (size_t)(colon - path));

    return stream ? (size_t)(colon - path) : size;
}

/* What of a record is a time to look around, by the paths that were asked for. */
static const struct {
    int type;
    const char *path; /* NULL: the file's path, or a hard link of it */
    const char *time, *why;
} centres[] = {
    { RECORD_FILE, NULL, "btime", "birth of " },
    { RECORD_FILE, NULL, "fn_btime", "birth in $FILE_NAME of " },
    { RECORD_EVENT, "path", "datetime", "birth of " },
    { RECORD_EVENT, "program", "datetime", "first run known of " },
    { RECORD_AUTORUN, "target.path", "target.btime", "birth of " },
    { RECORD_AUTORUN, "program", "key_last_write", "key of autostart of " },
};

static bool means(const struct around *around, const char *path, size_t size)
{
    size_t length = without_stream(path, size);

    return focus_means(around, path, size, 0) ||
           (length < size && focus_means(around, path, length, size - length - 1));
}

static int note_centre(struct timeline *timeline, size_t around, struct record_line *line,
                       size_t row)
{
    struct instant time = INSTANT_NONE;
    const char *path;
    size_t size;

    for (size_t i = 0; (path = record_path(line, i, &size)) != NULL; i++) {
        bool asked = centres[row].path
                         ? i < sizeof path_members / sizeof *path_members &&
                               strcmp(path_members[i], centres[row].path) == 0
                         : i == 0 || i >= sizeof path_members / sizeof *path_members;
        if (!asked || size == 0 || !means(&timeline->focus.arounds[around], path, size))
            continue;
        record_line_time(line, centres[row].time, &time);
        if (line->type != RECORD_EVENT)
            time = timeline_correct(timeline, &time);
        return focus_note(&timeline->focus, around, &time, centres[row].why, path, size);
    }
    return 0;
}

/* Of events only births, and the run that is the first as far as is known. */
static bool is_centre(struct record_line *line, size_t row)
{
    const char *letters = record_line_text(line, "macb", NULL);
    const char *what = record_line_text(line, "timestamp_desc", NULL);

    if (line->type != RECORD_EVENT)
        return true;
    if (strcmp(centres[row].path, "program") == 0)
        return what && (strcmp(what, "first run") == 0 || strcmp(what, "earliest run known") == 0);
    return letters && strchr(letters, 'b');
}

/* The times of a record that is itself looked around, and what they are called. */
static const struct {
    const char *time, *why;
} own_times[] = {
    { "datetime", "" },       { "btime", "birth of " },
    { "fn_btime", "birth in $FILE_NAME of " }, { "key_last_write", "last write of key " },
    { "target.btime", "birth of " },
};

/* What a record is about, for a reason. */
static const char *subject_of(struct record_line *line, size_t time, size_t *size)
{
    static const char *const members[][4] = {
        { "message", "title", "path", "value" }, { "path", "message", "value", "type" },
        { "path", "message", "value", "type" },  { "key", "path", "name", "type" },
        { "target.path", "program", "path", "type" },
    };

    for (int i = 0; i < 4; i++) {
        const char *text = record_line_text(line, members[time][i], size);
        if (text)
            return text;
    }
    *size = 6;
    return "record";
}

/* A record without a time means the file that it lies in: which are met later. */
static int want_file(struct timeline *timeline, struct record_line *line)
{
    size_t size;
    const char *path = record_line_text(line, "path", &size);

    if (!path)
        return 0;
    struct buffer *key = &timeline->path;
    make_key(key, timeline_evidence(timeline, record_line_text(line, "image", NULL)),
             record_line_text(line, "volume", NULL), path, without_stream(path, size));
    return key->failed || met_add(&timeline->wanted, key->data, key->length) < 0 ? -1 : 0;
}

static int note_piped(struct timeline *timeline, size_t around, struct record_line *line)
{
    bool any = false;

    for (size_t i = 0; i < sizeof own_times / sizeof *own_times; i++) {
        struct instant time = INSTANT_NONE;
        size_t size;
        if (record_line_time(line, own_times[i].time, &time) != 0)
            continue;
        any = true;
        if (line->type != RECORD_EVENT)
            time = timeline_correct(timeline, &time);
        const char *subject = subject_of(line, i, &size);
        if (focus_note(&timeline->focus, around, &time, own_times[i].why, subject, size) != 0)
            return -1;
    }
    return any ? 0 : want_file(timeline, line);
}

uint16_t around_of_record(const struct timeline *timeline, struct record_line *line)
{
    const char *path;
    size_t size;

    for (size_t i = 0; i < timeline->focus.around_count; i++)
        for (size_t number = 0; (path = record_path(line, number, &size)) != NULL; number++)
            if (size > 0 && means(&timeline->focus.arounds[i], path, size))
                return (uint16_t)(i + 1);
    return 0;
}

int around_note_record(struct timeline *timeline, struct record_line *line)
{
    const struct focus *focus = &timeline->focus;

    for (size_t i = 0; i < focus->around_count; i++) {
        if (focus->arounds[i].piped && !timeline->making && note_piped(timeline, i, line) != 0)
            return -1;
        for (size_t row = 0; row < sizeof centres / sizeof *centres; row++)
            if (centres[row].type == line->type && focus->arounds[i].named &&
                is_centre(line, row) && note_centre(timeline, i, line, row) != 0)
                return -1;
    }
    return 0;
}
