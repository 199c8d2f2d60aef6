/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_runs: all events. The first ones are kept in memory, the others in a file in
 * TMPDIR, in runs of one size. Each run is sorted by itself, by threads, and they are merged
 * while events are handed out: sorting all at once would take as much memory again.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <fett/limits.h>

#include "timeline_internal.h"

/* Events of a run; of those that are read at once when a run of the file is merged. Each of the
 * threads that sort takes 5 MB. */
enum { RUN_EVENTS = 65536, WINDOW_EVENTS = 512 };

#define MEMORY_EVENTS (LIMIT_EVENTS_IN_MEMORY / RUN_EVENTS * RUN_EVENTS)

static int spill(struct runs *runs)
{
    size_t size = (runs->count - MEMORY_EVENTS) * sizeof *runs->events;

    if (runs->file < 0 && (runs->file = temporary_open(NULL, &runs->failure)) < 0)
        return -1;
    if (temporary_write(runs->file, runs->spilt * sizeof *runs->events,
                        runs->events + MEMORY_EVENTS, size, &runs->failure) != 0)
        return -1;
    runs->spilt += runs->count - MEMORY_EVENTS;
    runs->count = MEMORY_EVENTS;
    return 0;
}

int runs_add(struct runs *runs, const struct event *event)
{
    if (runs->failure.kind != ERROR_NONE)
        return 0; /* runs_sort tells */
    if (runs->count == MEMORY_EVENTS + RUN_EVENTS && spill(runs) != 0)
        return 0;
    if (memory_grow((void **)&runs->events, &runs->capacity, runs->count + 1,
                    sizeof *runs->events) != 0)
        return -1;
    runs->events[runs->count++] = *event;
    return 0;
}

void runs_release(struct runs *runs)
{
    free(runs->events);
    if (runs->file >= 0)
        close(runs->file);
}

/* --- sorting --- */

struct sorting {
    struct timeline *timeline;
    struct run *runs;
    size_t count;        /* of them; those of the file come behind those in memory */
    size_t in_memory;
    _Atomic size_t next;
    _Atomic bool failed; /* the first to fail sets the error */
    struct error error;
};

static size_t length_of_run(size_t events, size_t number)
{
    size_t left = events - number * RUN_EVENTS;

    return left < RUN_EVENTS ? left : RUN_EVENTS;
}

/* A run of the file is sorted in its place there. */
static int sort_in_file(struct sorting *sorting, size_t number, struct event *work,
                        struct event_key *keys, struct error *error)
{
    const struct runs *runs = &sorting->timeline->runs;
    size_t length = length_of_run(runs->spilt, number), size = length * sizeof *work;
    uint64_t at = (uint64_t)number * RUN_EVENTS * sizeof *work;

    if (temporary_read(runs->file, at, work, size, error) != 0)
        return -1;
    timeline_sort(sorting->timeline, work, length, keys);
    if (temporary_write(runs->file, at, work, size, error) != 0)
        return -1;
    sorting->runs[sorting->in_memory + number] = (struct run){
        .next = (uint64_t)number * RUN_EVENTS, .left = length,
        .window = malloc(WINDOW_EVENTS * sizeof *work),
    };
    return sorting->runs[sorting->in_memory + number].window ? 0 : error_set_memory(error);
}

static void *sort_runs(void *context)
{
    struct sorting *sorting = context;
    const struct runs *runs = &sorting->timeline->runs;
    struct error error = ERROR_INIT;
    struct event_key *keys = malloc(2 * RUN_EVENTS * sizeof *keys);
    struct event *work = NULL;
    int result = keys ? 0 : error_set_memory(&error);

    for (size_t i; result == 0 && !sorting->failed && (i = sorting->next++) < sorting->count;) {
        if (i < sorting->in_memory) {
            struct event *first = runs->events + i * RUN_EVENTS;
            size_t length = length_of_run(runs->count, i);
            timeline_sort(sorting->timeline, first, length, keys);
            sorting->runs[i] = (struct run){ .at = first, .end = first + length };
            continue;
        }
        if (!work && !(work = malloc(RUN_EVENTS * sizeof *work)))
            result = error_set_memory(&error);
        else
            result = sort_in_file(sorting, i - sorting->in_memory, work, keys, &error);
    }
    if (result != 0 && !atomic_exchange(&sorting->failed, true))
        sorting->error = error;
    free(keys);
    free(work);
    return NULL;
}

static void sort_in_threads(struct sorting *sorting, unsigned threads)
{
    pthread_t others[MOST_THREADS];
    unsigned count = 0;

    while (count + 1 < threads && count + 1 < sorting->count && count < MOST_THREADS &&
           pthread_create(&others[count], NULL, sort_runs, sorting) == 0)
        count++;
    sort_runs(sorting);
    for (unsigned i = 0; i < count; i++)
        pthread_join(others[i], NULL);
}

/* --- merging --- */

/* More of a run of the file, where all that was read of it is taken. */
static int refill(struct merge *merge, struct run *run)
{
    const struct runs *runs = &merge->timeline->runs;
    size_t count = run->left < WINDOW_EVENTS ? run->left : WINDOW_EVENTS;

    if (run->at != run->end || count == 0)
        return 0;
    if (temporary_read(runs->file, run->next * sizeof *run->window, run->window,
                       count * sizeof *run->window, &merge->failure) != 0)
        return -1;
    run->next += count;
    run->left -= count;
    run->at = run->window;
    run->end = run->window + count;
    return 0;
}

/* Let the run at `place` of the heap sink to where it belongs. */
static void sink_run(struct timeline *timeline, struct run *heap, size_t count, size_t place)
{
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count &&
            timeline_compare(heap[child + 1].at, heap[child].at, timeline) < 0)
            child++;
        if (timeline_compare(heap[place].at, heap[child].at, timeline) <= 0)
            break;
        struct run other = heap[place];
        heap[place] = heap[child];
        heap[child] = other;
    }
}

int runs_sort(struct timeline *timeline, unsigned threads, struct merge *merge,
              struct error *error)
{
    struct runs *runs = &timeline->runs;
    size_t in_memory = (runs->count + RUN_EVENTS - 1) / RUN_EVENTS;
    size_t in_file = (size_t)((runs->spilt + RUN_EVENTS - 1) / RUN_EVENTS);
    struct sorting sorting = { .timeline = timeline, .count = in_memory + in_file,
                               .in_memory = in_memory };
    int result = 0;

    *merge = (struct merge){ .timeline = timeline };
    if (runs->failure.kind != ERROR_NONE) {
        *error = runs->failure;
        return -1;
    }
    sorting.runs = merge->heap = calloc(sorting.count + 1, sizeof *merge->heap);
    if (!merge->heap)
        return error_set_memory(error);
    merge->all = merge->count = sorting.count;
    sort_in_threads(&sorting, threads);
    if (sorting.failed) {
        *error = sorting.error;
        return -1;
    }
    for (size_t i = in_memory; i < merge->count && result == 0; i++)
        result = refill(merge, &merge->heap[i]);
    for (size_t i = merge->count / 2; i > 0 && result == 0; i--)
        sink_run(timeline, merge->heap, merge->count, i - 1);
    if (result != 0)
        *error = merge->failure;
    return result;
}

const struct event *runs_next(struct merge *merge)
{
    struct run *heap = merge->heap;

    if (merge->count == 0 || merge->failure.kind != ERROR_NONE)
        return NULL;
    merge->taken = *heap[0].at++;
    if (refill(merge, &heap[0]) != 0)
        return NULL;
    if (heap[0].at == heap[0].end) { /* its window is released with the others */
        struct run empty = heap[0];
        heap[0] = heap[--merge->count];
        heap[merge->count] = empty;
    }
    sink_run(merge->timeline, heap, merge->count, 0);
    return &merge->taken;
}

int merge_end(struct merge *merge, struct error *error)
{
    for (size_t i = 0; merge->heap && i < merge->all; i++)
        free(merge->heap[i].window);
    free(merge->heap);
    if (merge->failure.kind == ERROR_NONE)
        return 0;
    *error = merge->failure;
    return -1;
}
