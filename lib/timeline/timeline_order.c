/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_order: the orders of events. They are sorted in runs, which are merged
 * while they are handed out: sorting all at once would take as much memory again.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "timeline_internal.h"

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

const char *event_source(const struct timeline *timeline, const struct event *event)
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

static int compare_by_time(const struct timeline *timeline, const struct event *x,
                           const struct event *y)
{
    int order = 0;

    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    if (x->nanoseconds != y->nanoseconds)
        return x->nanoseconds < y->nanoseconds ? -1 : 1;
    if (text_rank(x) != text_rank(y))
        return text_rank(x) < text_rank(y) ? -1 : 1;
    if (x->source != y->source || x->source == SOURCE_RECORD)
        order = compare_texts(event_source(timeline, x), event_source(timeline, y));
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

/* By what is one line of a bodyfile: its file, and which of its names. */
static int compare_by_file(const struct event *x, const struct event *y)
{
    bool of_record = x->source == SOURCE_RECORD;

    if (of_record != (y->source == SOURCE_RECORD))
        return of_record ? 1 : -1;
    if (!of_record && x->source_tree != y->source_tree)
        return x->source_tree < y->source_tree ? -1 : 1;
    if (x->handle != y->handle)
        return x->handle < y->handle ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

bool timeline_same_line(const struct timeline *timeline, const struct event *x,
                        const struct event *y)
{
    return compare_by_file(x, y) == 0 &&
           (timeline->order == TIMELINE_FILES || x->seconds == y->seconds);
}

static int compare_events(const void *a, const void *b, void *context)
{
    const struct event *x = a, *y = b;
    const struct timeline *timeline = context;
    int order = 0;

    if (timeline->order == TIMELINE_SECONDS && x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    if (timeline->order != TIMELINE_TIMES)
        order = compare_by_file(x, y);
    return order != 0 ? order : compare_by_time(timeline, x, y);
}

enum { RUN_EVENTS = 65536 };

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

/* Runs that threads sort. */
struct runs {
    struct timeline *timeline;
    struct run *runs;
    size_t count;
    _Atomic size_t next;
};

static void *sort_runs(void *context)
{
    struct runs *runs = context;

    for (size_t i; (i = runs->next++) < runs->count;) {
        struct event *first = runs->timeline->events + i * RUN_EVENTS;
        size_t left = runs->timeline->count - i * RUN_EVENTS;
        size_t length = left < RUN_EVENTS ? left : RUN_EVENTS;
        qsort_r(first, length, sizeof *first, compare_events, runs->timeline);
        runs->runs[i] = (struct run){ first, first + length };
    }
    return NULL;
}

int timeline_sort(struct timeline *timeline, unsigned threads, struct merge *merge)
{
    size_t count = (timeline->count + RUN_EVENTS - 1) / RUN_EVENTS;
    struct run *heap = malloc((count + 1) * sizeof *heap);
    struct runs runs = { .timeline = timeline, .runs = heap, .count = count };
    pthread_t others[LIMIT_THREADS];
    unsigned other_count = 0;

    if (!heap)
        return -1;
    while (other_count + 1 < threads && other_count + 1 < count && other_count < LIMIT_THREADS &&
           pthread_create(&others[other_count], NULL, sort_runs, &runs) == 0)
        other_count++;
    sort_runs(&runs);
    for (unsigned i = 0; i < other_count; i++)
        pthread_join(others[i], NULL);
    for (size_t i = count / 2; i > 0; i--)
        sink_run(timeline, heap, count, i - 1);
    *merge = (struct merge){ heap, count };
    return 0;
}

const struct event *timeline_next(struct timeline *timeline, struct merge *merge)
{
    struct run *heap = merge->heap;

    if (merge->count == 0)
        return NULL;
    const struct event *event = heap[0].at++;
    if (heap[0].at == heap[0].end)
        heap[0] = heap[--merge->count];
    sink_run(timeline, heap, merge->count, 0);
    return event;
}
