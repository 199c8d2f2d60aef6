/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_hand_out: events as records, in order. Events of files are given out in batches,
 * which threads make and the caller's thread joins; the batches are the same whatever the
 * number of threads. Records that came in, and trees that have no views for threads, are the
 * caller's thread's.
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "timeline_internal.h"

enum { LINE_EVENTS = 4, BATCH_EVENTS = 1024, BATCHES_A_THREAD = 4 };

/* What gives out records: the caller's thread, or one of its own. */
struct hand_out {
    struct timeline *timeline;
    struct tree **views; /* of the timeline's trees; NULL: these themselves */
    timeline_sink sink;
    void *context;
    char mode[8];             /* of the record that is given out */
    struct buffer path, name; /* likewise */
};

static void hand_out_release(struct hand_out *out)
{
    buffer_release(&out->path);
    buffer_release(&out->name);
    for (size_t i = 0; out->views && i < out->timeline->tree_count; i++)
        tree_free(out->views[i]);
    free(out->views);
}

/* What only the lines of fls have. */
static void set_details(struct hand_out *out, struct record *record,
                        const struct source_tree *source, const struct file *file)
{
    const struct timeline *timeline = out->timeline;

    record_text(record, FIELD_FILE_TYPE, record_file_type_word(file->type));
    if (file->owned) {
        text_put_mode(out->mode, file->mode);
        record_text(record, FIELD_MODE, out->mode);
        record_number(record, FIELD_UID, file->uid);
        record_number(record, FIELD_GID, file->gid);
    }
    record_text(record, FIELD_LINK_TARGET, file->link_target);
    if (timeline->several == 0)
        return;
    const struct value *message = record_get(record, FIELD_MESSAGE);
    struct buffer *name = &out->name;
    buffer_clear(name);
    if (timeline->several > 1)
        buffer_add_format(name, "%s:", source->image);
    if (source->volume)
        buffer_add_format(name, "%s:", source->volume);
    buffer_add(name, message->text, message->length);
    record_text_n(record, FIELD_MESSAGE, buffer_text(name), name->length);
}

/* The path of one of a file's names, with its stream. */
static void set_name(struct hand_out *out, struct record *record, const struct file *file,
                     size_t number)
{
    const struct file_name *name = &file->names[number];
    struct buffer *path = &out->path;

    buffer_clear(path);
    buffer_add(path, name->path, name->path_length);
    if (file->stream) {
        buffer_add_byte(path, ':');
        buffer_add(path, file->stream, file->stream_length);
    }
    record_text_n(record, FIELD_PATH, buffer_text(path), path->length);
    record_text_n(record, FIELD_MESSAGE, buffer_text(path), path->length);
}

static void set_lost(struct hand_out *out, struct record *record, const struct file *file)
{
    struct buffer *path = &out->path;

    buffer_clear(path);
    buffer_add(path, file->path, file->path_length);
    buffer_add_text(path, " (only in the index of its folder)");
    record_text_n(record, FIELD_MESSAGE, buffer_text(path), path->length);
}

/* An event of a file, by the path it is known by or by another of its names. */
static int hand_out_file(struct hand_out *out, const struct event *event,
                         const struct file *file, size_t name, const char *reason,
                         struct error *error)
{
    const struct timeline *timeline = out->timeline;
    const struct source_tree *source = &timeline->trees[event->source_tree];
    struct record record;

    record_begin(&record, RECORD_EVENT);
    timeline_set_time(timeline, &record, event);
    if (*reason)
        record_text(&record, FIELD_REASON, reason);
    timeline_set_letters(&record, event->what);
    record_text(&record, FIELD_IMAGE, source->image);
    record_text(&record, FIELD_VOLUME, source->volume);
    record_file_reference(&record, file);
    if (file->sized)
        record_number(&record, FIELD_SIZE, file->size);
    record_text(&record, FIELD_SOURCE, event_source(timeline, event));
    if (event->name != NO_NAME && event->name < file->name_count) {
        const struct file_name *own = &file->names[event->name];
        record_text_n(&record, FIELD_PATH, own->path, own->path_length);
        record_text_n(&record, FIELD_MESSAGE, own->path, own->path_length);
        record_number(&record, FIELD_NAME_ID, own->id);
    } else if (name > 0) {
        set_name(out, &record, file, name);
    } else {
        record_text_n(&record, FIELD_MESSAGE, file->path, file->path_length);
    }
    if (event->source == SOURCE_I30)
        set_lost(out, &record, file);
    if (timeline->order != TIMELINE_TIMES)
        set_details(out, &record, source, file);
    if (out->path.failed || out->name.failed)
        return error_set_memory(error);
    return out->sink(out->context, &record);
}

/* The events of one line: of a file's own times, in the formats of fls, a line for
 * each of its names. */
static int hand_out_line(struct hand_out *out, const struct event *events, size_t count,
                  const char *reason, struct error *error)
{
    struct timeline *timeline = out->timeline;
    struct file file;
    int result = 0;

    if (events[0].source == SOURCE_RECORD) {
        for (size_t i = 0; i < count && result == 0; i++)
            result = noted_hand_out(timeline, &events[i], reason, out->sink, out->context, error);
        return result;
    }
    uint32_t tree = events[0].source_tree;
    if (tree_file(out->views ? out->views[tree] : timeline->trees[tree].tree, events[0].handle,
                  &file, error) != 0)
        return -1;
    bool each = timeline->order != TIMELINE_TIMES && events[0].name == NO_NAME;
    size_t names = each && file.name_count > 1 ? file.name_count : 1;
    for (size_t name = 0; name < names; name++)
        for (size_t i = 0; i < count && result == 0; i++)
            result = hand_out_file(out, &events[i], &file, name, reason, error);
    return result;
}

/* --- batches --- */

struct line {
    size_t first, count; /* in batch.events */
    size_t reason;       /* in batch.reasons */
};

struct batch {
    struct event events[BATCH_EVENTS + LINE_EVENTS];
    struct line lines[BATCH_EVENTS];
    size_t event_count, line_count;
    struct buffer reasons;
    bool own;   /* for the caller's thread */
    bool done;  /* it is made; one for the caller's thread will be */
    void *part;
    int result;
    struct error error;
};

/* Batches by their number: [joined, next) are made, [next, filled) wait. */
struct crew {
    const struct timeline_parts *parts; /* NULL: there are no batches */
    timeline_sink sink;
    void *context;
    struct hand_out out;                /* of the caller's thread */
    struct batch *batches;              /* `window` of them, used in turn */
    size_t window;
    uint64_t joined, next, filled;
    pthread_t *threads;
    size_t thread_count;
    bool stop;
    pthread_mutex_t lock;               /* of all from `joined` on, and of batch.done */
    pthread_cond_t changed;
};

static struct batch *batch_at(const struct crew *crew, uint64_t number)
{
    return &crew->batches[number % crew->window];
}

static void make(struct hand_out *out, struct batch *batch)
{
    batch->result = 0;
    for (size_t i = 0; i < batch->line_count && batch->result == 0; i++) {
        const struct line *line = &batch->lines[i];
        batch->result = hand_out_line(out, &batch->events[line->first], line->count,
                                      batch->reasons.data + line->reason, &batch->error);
    }
}

/* Whether threads can read a tree of their own accord. */
static bool has_view(const struct timeline *timeline, size_t tree)
{
    return timeline->trees[tree].tree->operations->view != NULL;
}

/* The views of a thread. 0, or -1 without memory. */
static int open_views(struct hand_out *out)
{
    struct timeline *timeline = out->timeline;

    out->views = calloc(timeline->tree_count + 1, sizeof *out->views);
    for (size_t i = 0; out->views && i < timeline->tree_count; i++) {
        out->views[i] = tree_view(timeline->trees[i].tree);
        if (has_view(timeline, i) && !out->views[i])
            return -1;
    }
    return out->views ? 0 : -1;
}

/* Make the batch that no thread has begun; with the lock, which is given up meanwhile. */
static void make_next(struct crew *crew, struct hand_out *out)
{
    struct batch *batch = batch_at(crew, crew->next++);

    pthread_mutex_unlock(&crew->lock);
    out->context = batch->part;
    if (!batch->own)
        make(out, batch);
    pthread_mutex_lock(&crew->lock);
    batch->done = true;
}

static void *work(void *context)
{
    struct crew *crew = context;
    struct hand_out out = { .timeline = crew->out.timeline, .sink = crew->parts->add };
    bool usable = open_views(&out) == 0;

    pthread_mutex_lock(&crew->lock);
    while (usable) {
        while (crew->next == crew->filled && !crew->stop)
            pthread_cond_wait(&crew->changed, &crew->lock);
        if (crew->stop)
            break;
        make_next(crew, &out);
        pthread_cond_broadcast(&crew->changed);
    }
    pthread_mutex_unlock(&crew->lock);
    hand_out_release(&out);
    return NULL;
}

/* Give out the first batch that was not yet. While it is made, this thread makes others. */
static int join_one(struct crew *crew, struct error *error)
{
    struct batch *batch = batch_at(crew, crew->joined);

    crew->out.sink = crew->parts->add;
    pthread_mutex_lock(&crew->lock);
    while (!batch->done)
        if (crew->next < crew->filled)
            make_next(crew, &crew->out);
        else
            pthread_cond_wait(&crew->changed, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
    if (batch->own) {
        crew->out.sink = crew->sink;
        crew->out.context = crew->context;
        make(&crew->out, batch);
    }
    if (batch->result != 0 && error)
        *error = batch->error;
    /* What was made before a failure is given out too; a part that failed tells why. */
    int joined = batch->own ? 0 : crew->parts->join(crew->context, batch->part);
    crew->joined++;
    return batch->result != 0 ? batch->result : joined;
}

static void begin_batch(struct batch *batch)
{
    batch->event_count = batch->line_count = 0;
    batch->own = batch->done = false;
    batch->error = (struct error)ERROR_INIT;
    buffer_clear(&batch->reasons);
}

static unsigned threads_of(const struct timeline_parts *parts)
{
    return parts->threads < MOST_THREADS ? parts->threads : MOST_THREADS;
}

/* Let the threads, which start when there is a second one, have the batch that is filled. */
static int submit(struct crew *crew, struct error *error)
{
    unsigned threads = threads_of(crew->parts);
    unsigned wanted = threads > 1 && crew->filled > 0 ? threads : 0;
    int result = 0;

    pthread_mutex_lock(&crew->lock);
    crew->filled++;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    while (crew->thread_count < wanted &&
           pthread_create(&crew->threads[crew->thread_count], NULL, work, crew) == 0)
        crew->thread_count++;
    if (crew->filled - crew->joined == crew->window)
        result = join_one(crew, error);
    begin_batch(batch_at(crew, crew->filled));
    return result;
}

static int add_line(struct crew *crew, const struct event *events, size_t count,
                    const char *reason, struct error *error)
{
    if (!crew->parts)
        return hand_out_line(&crew->out, events, count, reason, error);
    struct batch *batch = batch_at(crew, crew->filled);
    batch->own |= events[0].source == SOURCE_RECORD ||
                  !has_view(crew->out.timeline, events[0].source_tree);
    batch->lines[batch->line_count++] =
        (struct line){ batch->event_count, count, batch->reasons.length };
    memcpy(batch->events + batch->event_count, events, count * sizeof *events);
    batch->event_count += count;
    buffer_add(&batch->reasons, reason, strlen(reason) + 1);
    if (batch->reasons.failed)
        return error_set_memory(error);
    return batch->event_count >= BATCH_EVENTS ? submit(crew, error) : 0;
}

static void crew_release(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->stop = true;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < crew->thread_count; i++)
        pthread_join(crew->threads[i], NULL);
    for (size_t i = 0; crew->batches && i < crew->window; i++) {
        buffer_release(&crew->batches[i].reasons);
        crew->parts->free(crew->batches[i].part);
    }
    free(crew->batches);
    free(crew->threads);
    pthread_mutex_destroy(&crew->lock);
    pthread_cond_destroy(&crew->changed);
    hand_out_release(&crew->out);
}

/* 0, or -1 without memory. Release is right after both. */
static int crew_init(struct crew *crew, struct timeline *timeline,
                     const struct timeline_parts *parts, timeline_sink sink, void *context)
{
    size_t threads = parts ? threads_of(parts) : 0;

    *crew = (struct crew){ .parts = parts, .sink = sink, .context = context,
                           .out = { .timeline = timeline, .sink = sink, .context = context } };
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->changed, NULL);
    if (!parts)
        return 0;
    crew->threads = calloc(threads + 1, sizeof *crew->threads);
    crew->batches = calloc(threads * BATCHES_A_THREAD + 1, sizeof *crew->batches);
    if (!crew->threads || !crew->batches)
        return -1;
    for (; crew->window < threads * BATCHES_A_THREAD + 1; crew->window++)
        if (!(crew->batches[crew->window].part = parts->make(context)))
            return -1;
    return 0;
}

/* Whether names need their volume (1) or their image too (2) to be told apart. */
static int count_origins(const struct timeline *timeline)
{
    int several = 0;

    for (size_t i = 1; i < timeline->tree_count; i++) {
        const struct source_tree *tree = &timeline->trees[i], *first = &timeline->trees[0];
        if (strcmp(tree->evidence, first->evidence) != 0)
            return 2;
        if (tree->kind != TIMELINE_TREE_I30) /* that is of a volume which is there too */
            several = 1;
    }
    return several;
}

/* Every line in order. */
static int add_lines(struct crew *crew, struct merge *merge, struct error *error)
{
    struct timeline *timeline = crew->out.timeline;
    char text[ERROR_TEXT_SIZE], reason[ERROR_TEXT_SIZE] = "";
    struct event line[LINE_EVENTS];
    size_t count = 0;
    int result = 0;

    for (const struct event *event; result == 0 && (event = runs_next(merge));) {
        const struct instant time = event_time(event);
        /* fls has no place for a deletion */
        if (event->what == DELETED && timeline->order != TIMELINE_TIMES)
            continue;
        if (!focus_shows(&timeline->focus, &time, text))
            continue;
        if (count == LINE_EVENTS ||
            (count > 0 && (timeline->order == TIMELINE_TIMES ||
                           !timeline_same_line(timeline, &line[0], event)))) {
            result = add_line(crew, line, count, reason, error);
            count = 0;
        }
        memcpy(reason, text, strlen(text) + 1);
        line[count++] = *event;
    }
    return count > 0 && result == 0 ? add_line(crew, line, count, reason, error) : result;
}

static int add_link(void *context, const struct event *event, const char *reason,
                    struct error *error)
{
    return add_line(context, event, 1, reason, error);
}

int timeline_each(struct timeline *timeline, enum timeline_order order, timeline_sink sink,
                  void *context, const struct timeline_parts *parts, struct error *error)
{
    struct merge merge;
    struct crew crew;

    timeline->order = timeline->focus.limits.first ? TIMELINE_TIMES : order;
    timeline->several = count_origins(timeline);
    if (around_find_wanted(timeline, error) != 0 || journal_check(timeline, error) != 0 ||
        anomalies_tell_set_back(timeline, error) != 0 ||
        latest_check(timeline, error) != 0 || use_check(timeline, error) != 0)
        return -1;
    if (focus_seal(&timeline->focus) != 0)
        return error_set_memory(error);
    int result = crew_init(&crew, timeline, parts, sink, context);
    if (result != 0)
        error_set_memory(error);
    int sorted = runs_sort(timeline, parts ? threads_of(parts) : 1, &merge, error);
    if (result == 0)
        result = sorted;
    if (result == 0)
        result = timeline->focus.limits.first
                     ? first_each(timeline, &merge, add_link, &crew, error)
                     : add_lines(&crew, &merge, error);
    if (result == 0 && parts && batch_at(&crew, crew.filled)->line_count > 0)
        result = submit(&crew, error);
    while (result == 0 && crew.joined < crew.filled)
        result = join_one(&crew, error);
    crew_release(&crew);
    int merged = merge_end(&merge, error);
    return result != 0 ? result : merged;
}
