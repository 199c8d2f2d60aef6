/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline: see timeline.h. All events are gathered, then the focus is applied:
 * what lies around a file is known only when the file was met.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "timeline_internal.h"

struct timeline *timeline_new(const struct timeline_focus *focus)
{
    struct timeline *timeline = malloc(sizeof *timeline);

    if (!timeline)
        return NULL;
    *timeline = (struct timeline){ .focus.limits = *focus,
                                   .acquired = INSTANT_NONE,
                                   .runs = { .file = -1 },
                                   .spool = SPOOL_INIT(LIMIT_SPOOL_BYTES) };
    if (!focus->first || !focus->path)
        return timeline;
    /* It names what is in focus; what led to it lies elsewhere. */
    timeline->focus.limits.path = NULL;
    if (focus_add_pattern(&timeline->focus, focus->path, TIMELINE_REACH, NULL) == 0)
        return timeline;
    timeline_free(timeline);
    return NULL;
}

void timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    focus_release(&timeline->focus);
    free(timeline->trees);
    runs_release(&timeline->runs);
    free(timeline->noted);
    free(timeline->origins);
    record_reader_free(timeline->reader);
    spool_release(&timeline->spool);
    buffer_release(&timeline->texts);
    buffer_release(&timeline->line);
    buffer_release(&timeline->path);
    buffer_release(&timeline->name);
    spellings_release(&timeline->spellings);
    met_release(&timeline->names);
    met_release(&timeline->wanted);
    first_notes_release(&timeline->notes);
    free(timeline->created);
    free(timeline->set_back);
    free(timeline->latests);
    free(timeline->uses);
    free(timeline->unplaced);
    free(timeline);
}

int timeline_add_around(struct timeline *timeline, const char *what, int64_t span,
                        struct error *error)
{
    return focus_add_around(&timeline->focus, what, span, error);
}

const char *timeline_around_missing(const struct timeline *timeline, bool *by_path)
{
    for (size_t i = 0; i < timeline->focus.around_count; i++) {
        *by_path = timeline->focus.arounds[i].pattern;
        if (!timeline->focus.arounds[i].found)
            return timeline->focus.arounds[i].what;
    }
    return NULL;
}

bool timeline_is_empty(const struct timeline *timeline)
{
    return timeline->tree_count == 0 && !timeline->any_record;
}

bool timeline_told(const struct timeline *timeline)
{
    return timeline->told;
}

struct instant event_time(const struct event *event)
{
    return (struct instant){ event->seconds, event->nanoseconds, event->precision, event->state,
                             0 };
}

const char *timeline_evidence(struct timeline *timeline, const char *image)
{
    const char *first = image ? spellings_first(&timeline->spellings, image) : "";

    timeline->out_of_memory |= !first;
    return first ? first : "";
}

/* Of a date alone whole days: the one in which most of that day lies. */
static int64_t correction_of(const struct timeline *timeline, uint8_t precision)
{
    enum { DAY = 86400 };
    int64_t clock = timeline->focus.limits.clock;

    return precision == PRECISION_DAY ? (clock + (clock < 0 ? -1 : 1) * (DAY / 2)) / DAY * DAY
                                      : clock;
}

struct instant timeline_correct(const struct timeline *timeline, const struct instant *time)
{
    struct instant right = *time;

    right.seconds += correction_of(timeline, time->precision);
    return right;
}

struct instant timeline_stored(const struct timeline *timeline, const struct instant *right)
{
    struct instant stored = *right;

    stored.seconds -= correction_of(timeline, right->precision);
    return stored;
}

void timeline_set_time(const struct timeline *timeline, struct record *record,
                       const struct event *event)
{
    struct instant time = event_time(event);

    record_time(record, FIELD_DATETIME, &time);
    if (timeline->focus.limits.clock == 0)
        return;
    time = timeline_stored(timeline, &time);
    record_time(record, FIELD_DATETIME_CLOCK, &time);
}

static void keep_event(struct timeline *timeline, const struct instant *time, uint8_t what,
                       uint8_t source, uint16_t name, uint64_t handle, uint32_t tree)
{
    const struct event event = {
        .seconds = timeline_correct(timeline, time).seconds,
        .nanoseconds = time->nanoseconds,
        .source_tree = tree,
        .handle = handle,
        .name = name,
        .source = source,
        .what = what,
        .precision = time->precision,
        .state = time->state,
    };
    timeline->out_of_memory |= runs_add(&timeline->runs, &event) != 0;
}

void timeline_add_event(struct timeline *timeline, const struct instant *time, uint8_t what,
                        uint8_t source, uint16_t name, uint64_t handle, uint32_t tree)
{
    if (instant_is_set(time))
        keep_event(timeline, time, what, source, name, handle, tree);
}

void timeline_add_untimed(struct timeline *timeline, uint8_t source, uint16_t name,
                          uint64_t handle, uint32_t tree)
{
    const struct timeline_focus *limits = &timeline->focus.limits;

    if (limits->untimed && !limits->first && limits->after.state == INSTANT_ABSENT &&
        limits->before.state == INSTANT_ABSENT && timeline->focus.around_count == 0)
        keep_event(timeline, &INSTANT_NONE, 0, source, name, handle, tree);
}

static bool is_same(const struct instant *a, const struct instant *b)
{
    return a->seconds == b->seconds && a->nanoseconds == b->nanoseconds &&
           a->precision == b->precision && a->state == b->state;
}

enum { FILE_TIMES = 5 };

/* A time of a file, with the letters that it is. */
struct distinct_time {
    const struct instant *time;
    uint8_t what;
};

/* Those that differ; how many they are. */
static size_t distinct_times(const struct file_times *times, const struct instant *deleted,
                             struct distinct_time distinct[FILE_TIMES])
{
    const struct instant *each[FILE_TIMES] = { &times->born, &times->modified, &times->changed,
                                               &times->accessed, deleted };
    size_t count = 0;

    for (unsigned i = 0, done = 0; i < FILE_TIMES; i++) {
        unsigned what = 1u << i;
        if (done & what)
            continue;
        for (unsigned k = i + 1; k < FILE_TIMES; k++)
            if (is_same(each[k], each[i]))
                what |= 1u << k;
        done |= what;
        distinct[count++] = (struct distinct_time){ each[i], (uint8_t)what };
    }
    return count;
}

bool timeline_add_times(struct timeline *timeline, const struct file_times *times,
                        const struct instant *deleted, uint8_t source, uint16_t name,
                        uint64_t handle, uint32_t tree)
{
    struct distinct_time distinct[FILE_TIMES];
    size_t count = distinct_times(times, deleted, distinct);
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        timeline_add_event(timeline, distinct[i].time, distinct[i].what, source, name, handle,
                           tree);
        any |= instant_is_set(distinct[i].time) && distinct[i].what != DELETED;
    }
    return any;
}

/* The file's own times are shown if one of its names passes. */
static bool file_passes(const struct focus *focus, const struct file *file)
{
    if (focus_passes(focus, file->path, file->path_length))
        return true;
    for (size_t i = 1; i < file->name_count; i++)
        if (focus_passes(focus, file->names[i].path, file->names[i].path_length))
            return true;
    return false;
}

/* All files are shown, and nothing of them but their times tells which events there are. */
static bool times_are_enough(const struct timeline *timeline)
{
    const struct focus *focus = &timeline->focus;

    return !focus->limits.path && focus->around_count == 0 &&
           focus->limits.anomalies == ANOMALIES_NONE;
}

static bool any_raw(const struct file_times *times)
{
    return times->born.state == INSTANT_RAW || times->modified.state == INSTANT_RAW ||
           times->changed.state == INSTANT_RAW || times->accessed.state == INSTANT_RAW;
}

/* The walk need not tell the file's path and state: they are asked for later. */
static int keep_unplaced(struct timeline *timeline, const struct file *file)
{
    bool raw = any_raw(&file->times);

    for (size_t i = 0; i < file->name_count && !raw; i++)
        raw = any_raw(&file->names[i].times);
    if (!raw)
        return 0;
    if (memory_grow((void **)&timeline->unplaced, &timeline->unplaced_capacity,
                    timeline->unplaced_count + 1, sizeof *timeline->unplaced) != 0)
        return -1;
    timeline->unplaced[timeline->unplaced_count++] = file->handle;
    return 0;
}

/* Of the chain few files are; those that records mean which come later may be any. */
static bool may_be_shown(const struct timeline *timeline, const struct file *file)
{
    const struct focus *focus = &timeline->focus;
    bool piped = focus->around_count == 0;

    for (size_t i = 0; i < focus->around_count; i++)
        piped |= focus->arounds[i].piped;
    return !focus->limits.first || piped || around_of_file(timeline, file) != 0 ||
           first_may_link(file->path, file->path_length);
}

/* The times of a file, or of one of its names. */
static void add_times(struct timeline *timeline, const struct file *file,
                      const struct file_times *times, enum source source, uint16_t name)
{
    const struct instant *deleted = name == NO_NAME ? &file->deleted : &INSTANT_NONE;
    bool any = timeline_add_times(timeline, times, deleted, source, name, file->handle,
                                  timeline->current);

    /* Names elsewhere have none of their own. */
    if (!any &&
        (name == NO_NAME || timeline->trees[timeline->current].kind == TIMELINE_TREE_NTFS))
        timeline_add_untimed(timeline, source, name, file->handle, timeline->current);
}

static int add_file(void *context, const struct file *file)
{
    static const enum source sources[] = { [TIMELINE_TREE] = SOURCE_FS,
                                           [TIMELINE_TREE_NTFS] = SOURCE_SI,
                                           [TIMELINE_TREE_I30] = SOURCE_I30 };
    struct timeline *timeline = context;

    if (keep_unplaced(timeline, file) != 0 || around_note_file(timeline, file) != 0) {
        timeline->out_of_memory = true;
        return -1;
    }
    if (!may_be_shown(timeline, file))
        return 0;
    if (file_passes(&timeline->focus, file))
        add_times(timeline, file, &file->times,
                  sources[timeline->trees[timeline->current].kind], NO_NAME);
    /* The names belong to the file, not to each of its streams, which come one
     * behind the other; a file may have named ones only. */
    bool known = file->number + 1 == timeline->last_number;
    timeline->last_number = file->number + 1;
    if (!known && file_passes(&timeline->focus, file) &&
        anomalies_check(timeline, file) != 0)
        timeline->out_of_memory = true;
    for (size_t i = 0; !known && i < file->name_count && i < NO_NAME; i++)
        if (focus_passes(&timeline->focus, file->names[i].path, file->names[i].path_length))
            add_times(timeline, file, &file->names[i].times, SOURCE_FN, (uint16_t)i);
    return timeline->out_of_memory ? -1 : 0;
}

uint64_t timeline_count_unplaced(struct timeline *timeline, const char **first)
{
    uint64_t count = 0;
    struct file file;

    buffer_clear(&timeline->path);
    for (size_t i = 0; i < timeline->unplaced_count; i++) {
        /* What is left of deleted files may be anything; a stream has its file's times. */
        if (tree_file(timeline->trees[timeline->tree_count - 1].tree, timeline->unplaced[i], &file,
                      NULL) != 0 ||
            file.state != FILE_ALLOCATED || file.stream)
            continue;
        if (count++ == 0)
            buffer_add(&timeline->path, file.path, file.path_length);
    }
    *first = buffer_text(&timeline->path);
    return count;
}

void timeline_set_acquired(struct timeline *timeline, const struct instant *acquired)
{
    timeline->acquired = *acquired;
}

int timeline_add_tree(struct timeline *timeline, struct tree *tree, const char *image,
                      const char *volume, enum timeline_tree kind, struct error *error)
{
    if (memory_grow((void **)&timeline->trees, &timeline->tree_capacity,
                    timeline->tree_count + 1, sizeof *timeline->trees) != 0)
        return error_set_memory(error);
    timeline->current = (uint32_t)timeline->tree_count;
    timeline->last_number = 0;
    timeline->volume_born = INSTANT_NONE;
    timeline->entry_count = timeline->unplaced_count = 0;
    timeline->trees[timeline->tree_count++] = (struct source_tree){
        tree, image, volume, timeline_evidence(timeline, image), kind, timeline->acquired
    };
    int result = times_are_enough(timeline) ? tree_walk_times(tree, add_file, timeline, error)
                                            : tree_walk(tree, add_file, timeline, error);
    return timeline->out_of_memory ? error_set_memory(error) : result;
}

/* By the bits of BORN, MODIFIED, CHANGED, ACCESSED, and DELETED, which has no letter. */
void timeline_set_letters(struct record *record, uint8_t what)
{
    static const struct {
        const char *macb, *description, *deleted;
    } texts[DELETED] = {
        { "....", "", "deleted" },
        { "...b", "born", "born; deleted" },
        { "m...", "modified", "modified; deleted" },
        { "m..b", "born; modified", "born; modified; deleted" },
        { "..c.", "metadata changed", "metadata changed; deleted" },
        { "..cb", "born; metadata changed", "born; metadata changed; deleted" },
        { "m.c.", "modified; metadata changed", "modified; metadata changed; deleted" },
        { "m.cb", "born; modified; metadata changed", "born; modified; metadata changed; deleted" },
        { ".a..", "accessed", "accessed; deleted" },
        { ".a.b", "born; accessed", "born; accessed; deleted" },
        { "ma..", "modified; accessed", "modified; accessed; deleted" },
        { "ma.b", "born; modified; accessed", "born; modified; accessed; deleted" },
        { ".ac.", "metadata changed; accessed", "metadata changed; accessed; deleted" },
        { ".acb", "born; metadata changed; accessed", "born; metadata changed; accessed; deleted" },
        { "mac.", "modified; metadata changed; accessed",
          "modified; metadata changed; accessed; deleted" },
        { "macb", "born; modified; metadata changed; accessed",
          "born; modified; metadata changed; accessed; deleted" },
    };

    if (what == 0)
        return;
    record_text(record, FIELD_TIMESTAMP_DESC,
                what & DELETED ? texts[what & ~DELETED].deleted : texts[what].description);
    record_text(record, FIELD_MACB, texts[what & ~DELETED].macb);
}
