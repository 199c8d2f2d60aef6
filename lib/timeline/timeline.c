/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline: see timeline.h. All events are gathered, then the focus is applied:
 * what lies around a file is known only when the file was met.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "timeline_internal.h"

enum { BORN = 1, MODIFIED = 2, CHANGED = 4, ACCESSED = 8 };

struct timeline *timeline_new(const struct timeline_focus *focus)
{
    struct timeline *timeline = malloc(sizeof *timeline);

    if (timeline)
        *timeline = (struct timeline){ .focus.limits = *focus,
                                       .spool = SPOOL_INIT(LIMIT_SPOOL_BYTES) };
    return timeline;
}

void timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    focus_release(&timeline->focus);
    free(timeline->trees);
    free(timeline->events);
    free(timeline->noted);
    free(timeline->origins);
    record_reader_free(timeline->reader);
    spool_release(&timeline->spool);
    buffer_release(&timeline->texts);
    buffer_release(&timeline->line);
    free(timeline);
}

int timeline_add_around(struct timeline *timeline, const char *what, int64_t span,
                        struct error *error)
{
    return focus_add_around(&timeline->focus, what, span, error);
}

const char *timeline_around_missing(const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->focus.around_count; i++)
        if (!timeline->focus.arounds[i].found)
            return timeline->focus.arounds[i].what;
    return NULL;
}

struct instant event_time(const struct event *event)
{
    return (struct instant){ event->seconds, event->nanoseconds, event->precision, event->state,
                             0 };
}

struct instant timeline_correct(const struct timeline *timeline, const struct instant *time)
{
    struct instant right = *time;

    right.seconds += timeline->focus.limits.clock;
    return right;
}

void timeline_set_time(const struct timeline *timeline, struct record *record,
                       const struct event *event)
{
    struct instant time = event_time(event);

    record_time(record, FIELD_DATETIME, &time);
    if (timeline->focus.limits.clock == 0)
        return;
    time.seconds -= timeline->focus.limits.clock;
    record_time(record, FIELD_DATETIME_CLOCK, &time);
}

void timeline_add_event(struct timeline *timeline, const struct instant *time, uint8_t what,
                        uint8_t source, uint16_t name, uint64_t handle, uint32_t tree)
{
    if (time->state == INSTANT_ABSENT || time->state == INSTANT_RAW)
        return;
    if (memory_grow((void **)&timeline->events, &timeline->capacity, timeline->count + 1,
                    sizeof *timeline->events) != 0) {
        timeline->out_of_memory = true;
        return;
    }
    timeline->events[timeline->count++] = (struct event){
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
}

void timeline_add_times(struct timeline *timeline, const struct file_times *times,
                        uint8_t source, uint16_t name, uint64_t handle, uint32_t tree)
{
    const struct instant *each[4] = { &times->born, &times->modified, &times->changed,
                                      &times->accessed };

    for (int i = 0; i < 4; i++) {
        uint8_t what = (uint8_t)(1 << i);
        bool before = false;
        for (int k = 0; k < 4; k++) {
            if (each[k]->state != each[i]->state || instant_compare(each[k], each[i]) != 0)
                continue;
            before |= k < i;
            what |= (uint8_t)(1 << k);
        }
        if (!before)
            timeline_add_event(timeline, each[i], what, source, name, handle, tree);
    }
}

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

static int note_around(struct timeline *timeline, const struct file *file)
{
    struct focus *focus = &timeline->focus;
    struct instant born = timeline_correct(timeline, &file->times.born);

    for (size_t i = 0; i < focus->around_count; i++) {
        if (!is_file_meant(&focus->arounds[i], file))
            continue;
        if (focus_note(focus, i, &born, "birth of ", file->path, file->path_length) != 0)
            return -1;
        for (size_t k = 0; k < file->name_count; k++) {
            struct instant named = timeline_correct(timeline, &file->names[k].times.born);
            if (focus_note(focus, i, &named, "birth in $FILE_NAME of ", file->names[k].path,
                           file->names[k].path_length) != 0)
                return -1;
        }
    }
    return 0;
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

static int add_file(void *context, const struct file *file)
{
    struct timeline *timeline = context;
    bool ntfs = timeline->trees[timeline->current].ntfs;

    if (note_around(timeline, file) != 0) {
        timeline->out_of_memory = true;
        return -1;
    }
    if (file_passes(&timeline->focus, file))
        timeline_add_times(timeline, &file->times, ntfs ? SOURCE_SI : SOURCE_FS, NO_NAME,
                           file->handle, timeline->current);
    /* The names belong to the file, not to each of its streams, which come one
     * behind the other; a file may have named ones only. */
    unsigned long long number = strtoull(file->inode, NULL, 10) + 1;
    bool known = number == timeline->last_number;
    timeline->last_number = number;
    for (size_t i = 0; !known && i < file->name_count && i < NO_NAME; i++)
        if (focus_passes(&timeline->focus, file->names[i].path, file->names[i].path_length))
            timeline_add_times(timeline, &file->names[i].times, SOURCE_FN, (uint16_t)i,
                               file->handle, timeline->current);
    return timeline->out_of_memory ? -1 : 0;
}

int timeline_add_tree(struct timeline *timeline, struct tree *tree, const char *image,
                      const char *volume, bool ntfs, struct error *error)
{
    if (memory_grow((void **)&timeline->trees, &timeline->tree_capacity,
                    timeline->tree_count + 1, sizeof *timeline->trees) != 0)
        return error_set_memory(error);
    timeline->current = (uint32_t)timeline->tree_count;
    timeline->last_number = 0;
    timeline->trees[timeline->tree_count++] = (struct source_tree){ tree, image, volume, ntfs };
    int result = tree_walk(tree, add_file, timeline, error);
    return timeline->out_of_memory ? error_set_memory(error) : result;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static const char *source_of(const struct timeline *timeline, const struct event *event)
{
    static const char *const names[] = { "fn", "fs", "si" };

    if (event->source != SOURCE_RECORD)
        return names[event->source];
    return noted_source(timeline, event);
}

static const char *image_of(const struct timeline *timeline, const struct event *event)
{
    return event->source == SOURCE_RECORD ? noted_image(timeline, event)
                                          : timeline->trees[event->source_tree].image;
}

static const char *volume_of(const struct timeline *timeline, const struct event *event)
{
    return event->source == SOURCE_RECORD ? noted_volume(timeline, event)
                                          : timeline->trees[event->source_tree].volume;
}

/* Of equal times a date alone is the shortest text, then one without Z: in this
 * order the texts are sorted too. */
static int text_rank(const struct event *event)
{
    return event->precision == PRECISION_DAY ? 0 : event->state == INSTANT_LOCAL ? 1 : 2;
}

static int compare_events(const void *a, const void *b, void *context)
{
    const struct event *x = a, *y = b;
    const struct timeline *timeline = context;
    int order = 0;

    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    if (x->nanoseconds != y->nanoseconds)
        return x->nanoseconds < y->nanoseconds ? -1 : 1;
    if (text_rank(x) != text_rank(y))
        return text_rank(x) < text_rank(y) ? -1 : 1;
    if (x->source != y->source || x->source == SOURCE_RECORD)
        order = compare_texts(source_of(timeline, x), source_of(timeline, y));
    if (order == 0 && (x->source_tree != y->source_tree || x->source == SOURCE_RECORD ||
                       y->source == SOURCE_RECORD)) {
        order = compare_texts(image_of(timeline, x), image_of(timeline, y));
        if (order == 0)
            order = compare_texts(volume_of(timeline, x), volume_of(timeline, y));
    }
    if (order != 0)
        return order;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->handle != y->handle)
        return x->handle < y->handle ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

/* By the bits of BORN, MODIFIED, CHANGED, ACCESSED. */
void timeline_set_letters(struct record *record, uint8_t what)
{
    static const struct {
        const char *macb, *description;
    } texts[16] = {
        { "....", "" },
        { "...b", "born" },
        { "m...", "modified" },
        { "m..b", "born; modified" },
        { "..c.", "metadata changed" },
        { "..cb", "born; metadata changed" },
        { "m.c.", "modified; metadata changed" },
        { "m.cb", "born; modified; metadata changed" },
        { ".a..", "accessed" },
        { ".a.b", "born; accessed" },
        { "ma..", "modified; accessed" },
        { "ma.b", "born; modified; accessed" },
        { ".ac.", "metadata changed; accessed" },
        { ".acb", "born; metadata changed; accessed" },
        { "mac.", "modified; metadata changed; accessed" },
        { "macb", "born; modified; metadata changed; accessed" },
    };

    if (what == 0)
        return;
    record_text(record, FIELD_TIMESTAMP_DESC, texts[what].description);
    record_text(record, FIELD_MACB, texts[what].macb);
}

static int hand_out(struct timeline *timeline, const struct event *event, const char *reason,
                    timeline_sink sink, void *context, struct error *error)
{
    struct record record;
    struct file file;

    if (event->source == SOURCE_RECORD)
        return noted_hand_out(timeline, event, reason, sink, context, error);
    const struct source_tree *source = &timeline->trees[event->source_tree];
    if (tree_file(source->tree, event->handle, &file, error) != 0)
        return -1;
    record_begin(&record, RECORD_EVENT);
    timeline_set_time(timeline, &record, event);
    if (*reason)
        record_text(&record, FIELD_REASON, reason);
    timeline_set_letters(&record, event->what);
    record_text(&record, FIELD_IMAGE, source->image);
    record_text(&record, FIELD_VOLUME, source->volume);
    record_file_reference(&record, &file);
    if (file.sized)
        record_number(&record, FIELD_SIZE, file.size);
    record_text(&record, FIELD_SOURCE, source_of(timeline, event));
    if (event->name != NO_NAME && event->name < file.name_count) {
        const struct file_name *name = &file.names[event->name];
        record_text_n(&record, FIELD_PATH, name->path, name->path_length);
        record_text_n(&record, FIELD_MESSAGE, name->path, name->path_length);
        record_number(&record, FIELD_NAME_ID, name->id);
    } else {
        record_text_n(&record, FIELD_MESSAGE, file.path, file.path_length);
    }
    return sink(context, &record);
}

/* Events are sorted in runs, which are merged while they are handed out: sorting
 * all at once would take as much memory again. */
enum { RUN_EVENTS = 65536 };

struct run {
    const struct event *at, *end;
};

/* Let the run at `place` of the heap sink to where it belongs. */
static void sink_run(struct timeline *timeline, struct run *heap, size_t count, size_t place)
{
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && compare_events(heap[child + 1].at, heap[child].at, timeline) < 0)
            child++;
        if (compare_events(heap[place].at, heap[child].at, timeline) <= 0)
            break;
        struct run other = heap[place];
        heap[place] = heap[child];
        heap[child] = other;
    }
}

static int sort_runs(struct timeline *timeline, struct run **heap, size_t *count)
{
    *count = (timeline->count + RUN_EVENTS - 1) / RUN_EVENTS;
    *heap = malloc((*count + 1) * sizeof **heap);
    if (!*heap)
        return -1;
    for (size_t i = 0; i < *count; i++) {
        struct event *first = timeline->events + i * RUN_EVENTS;
        size_t left = timeline->count - i * RUN_EVENTS;
        size_t length = left < RUN_EVENTS ? left : RUN_EVENTS;
        qsort_r(first, length, sizeof *first, compare_events, timeline);
        (*heap)[i] = (struct run){ first, first + length };
    }
    for (size_t i = *count / 2; i > 0; i--)
        sink_run(timeline, *heap, *count, i - 1);
    return 0;
}

int timeline_each(struct timeline *timeline, timeline_sink sink, void *context,
                  struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    struct run *heap;
    size_t count;
    int result = 0;

    if (focus_seal(&timeline->focus) != 0 || sort_runs(timeline, &heap, &count) != 0)
        return error_set_memory(error);
    while (count > 0 && result == 0) {
        const struct event *event = heap[0].at++;
        const struct instant time = event_time(event);
        if (focus_shows(&timeline->focus, &time, text))
            result = hand_out(timeline, event, text, sink, context, error);
        if (heap[0].at == heap[0].end)
            heap[0] = heap[--count];
        sink_run(timeline, heap, count, 0);
    }
    free(heap);
    return result;
}
