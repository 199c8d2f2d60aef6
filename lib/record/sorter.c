/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sorter: see sorter.h.
 *
 * One block of memory: pairs grow from its start, an index of them from its
 * end; when the two meet, the index is sorted and the pairs are written out as
 * a run. All runs stand one behind the other in one file; a pair there is
 *
 *     offset  size
 *          0     8  size of the key
 *          8     8  size of the data
 *         16        key, data
 *
 * Runs are merged by a heap. At LIMIT_SORT_RUNS they are merged into one run in
 * a new file, so that merging is bounded too.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/sorter.h>
#include <fett/temporary.h>

enum { HEAD_SIZE = 16, WINDOW = 65536 };

struct entry {
    uint64_t prefix;   /* the first eight bytes of the key, as a number */
    const uint8_t *at; /* key, data; ascends in the order of adding */
    size_t key_size;
    size_t size;
};

/* A run that is being merged, and its first pair. */
struct run {
    uint64_t at, end;  /* what of it is still in the file */
    struct buffer window;
    size_t used;       /* bytes of the window that were given out */
    const uint8_t *pair;
    size_t key_size;
    size_t size;
};

struct sorter {
    size_t memory;
    char *directory;
    uint8_t *block;    /* `memory` bytes */
    size_t filled;     /* by pairs */
    size_t count;      /* of entries, at the end of the block */
    size_t next;       /* entry to give out */
    int file;          /* of the runs, or -1 */
    uint64_t file_size;
    struct run *runs;
    size_t run_count;
    size_t *heap;      /* indexes of runs that have a pair, while merging */
    size_t heap_size;
    bool merging;
    bool advance;      /* the pair on top was given out */
};

int sorter_new(struct sorter **sorter, size_t memory, const char *directory,
               struct error *error)
{
    struct sorter *new = calloc(1, sizeof *new);

    if (new) {
        new->file = -1;
        new->memory = memory & ~(sizeof(struct entry) - 1);
        new->directory = strdup(directory ? directory : temporary_folder());
        new->block = malloc(new->memory);
    }
    if (!new || !new->directory || !new->block) {
        sorter_free(new);
        return error_set_memory(error);
    }
    *sorter = new;
    return 0;
}

void sorter_free(struct sorter *sorter)
{
    if (!sorter)
        return;
    for (size_t i = 0; i < sorter->run_count; i++)
        buffer_release(&sorter->runs[i].window);
    if (sorter->file >= 0)
        close(sorter->file);
    free(sorter->runs);
    free(sorter->heap);
    free(sorter->block);
    free(sorter->directory);
    free(sorter);
}

/* --- in memory --- */

/* The entries; the one added last is the first. */
static struct entry *entries(const struct sorter *sorter)
{
    return (struct entry *)(sorter->block + sorter->memory) - sorter->count;
}

static uint64_t prefix(const uint8_t *key, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof number; i++)
        number = number << 8 | (i < size ? key[i] : 0);
    return number;
}

static int compare_keys(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

    return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int order = compare_keys(a->at, a->key_size, b->at, b->key_size);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void sort_entries(struct sorter *sorter)
{
    qsort(entries(sorter), sorter->count, sizeof(struct entry), compare_entries);
}

/* --- the file --- */

static int flush(int file, struct buffer *buffer, uint64_t *offset, struct error *error)
{
    if (buffer->failed)
        return error_set_memory(error);
    if (temporary_write(file, *offset, buffer->data, buffer->length, error) != 0)
        return -1;
    *offset += buffer->length;
    buffer_clear(buffer);
    return 0;
}

/* Add a pair behind *offset; the buffer is written when it is full. */
static int put_pair(int file, struct buffer *buffer, uint64_t *offset, const uint8_t *key,
                    size_t key_size, const uint8_t *data, size_t size, struct error *error)
{
    uint64_t head[2] = { key_size, size };

    buffer_add(buffer, head, HEAD_SIZE);
    buffer_add(buffer, key, key_size);
    buffer_add(buffer, data, size);
    return buffer->length < WINDOW ? 0 : flush(file, buffer, offset, error);
}

static int add_run(struct sorter *sorter, uint64_t start, struct error *error)
{
    if (!sorter->runs)
        sorter->runs = calloc(LIMIT_SORT_RUNS, sizeof *sorter->runs);
    if (!sorter->heap)
        sorter->heap = calloc(LIMIT_SORT_RUNS, sizeof *sorter->heap);
    if (!sorter->runs || !sorter->heap)
        return error_set_memory(error);
    sorter->runs[sorter->run_count++] = (struct run){ .at = start, .end = sorter->file_size };
    return 0;
}

/* --- merging --- */

/* Have `need` bytes in the run's window, behind those that were given out. */
static int fill_window(struct sorter *sorter, struct run *run, size_t need, struct error *error)
{
    struct buffer *window = &run->window;
    size_t left = window->length - run->used;

    if (left >= need)
        return 0;
    if (left > 0)
        memmove(window->data, window->data + run->used, left);
    buffer_truncate(window, left);
    run->used = 0;
    while (window->length < need) {
        uint64_t most = run->end - run->at;
        size_t want = need - window->length > WINDOW ? need - window->length : WINDOW;
        if (want > most)
            want = (size_t)most;
        if (want == 0)
            return error_set(error, ERROR_SYSTEM, "a temporary file was cut");
        char *at = buffer_reserve(window, want);
        if (!at)
            return error_set_memory(error);
        if (temporary_read(sorter->file, run->at, at, want, error) != 0)
            return -1;
        window->length += want;
        run->at += want;
    }
    return 0;
}

/* Go to the run's next pair. 1, 0 at its end, -1. */
static int next_pair(struct sorter *sorter, struct run *run, struct error *error)
{
    uint64_t head[2];

    if (run->window.length == run->used && run->at == run->end)
        return 0;
    if (fill_window(sorter, run, HEAD_SIZE, error) != 0)
        return -1;
    memcpy(head, run->window.data + run->used, HEAD_SIZE);
    run->used += HEAD_SIZE;
    run->key_size = head[0];
    run->size = head[1];
    if (fill_window(sorter, run, run->key_size + run->size, error) != 0)
        return -1;
    run->pair = (const uint8_t *)run->window.data + run->used;
    run->used += run->key_size + run->size;
    return 1;
}

/* Whether the pair of run a comes before that of run b; of equal keys that of
 * the earlier run. */
static bool comes_before(const struct sorter *sorter, size_t a, size_t b)
{
    const struct run *x = &sorter->runs[a], *y = &sorter->runs[b];
    int order = compare_keys(x->pair, x->key_size, y->pair, y->key_size);

    return order ? order < 0 : a < b;
}

static void sift_down(struct sorter *sorter, size_t at)
{
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < sorter->heap_size &&
                comes_before(sorter, sorter->heap[child], sorter->heap[least]))
                least = child;
        if (least == at)
            return;
        size_t moved = sorter->heap[at];
        sorter->heap[at] = sorter->heap[least];
        sorter->heap[least] = moved;
        at = least;
    }
}

static int begin_merge(struct sorter *sorter, struct error *error)
{
    sorter->heap_size = 0;
    for (size_t i = 0; i < sorter->run_count; i++) {
        int result = next_pair(sorter, &sorter->runs[i], error);
        if (result < 0)
            return -1;
        if (result > 0)
            sorter->heap[sorter->heap_size++] = i;
    }
    for (size_t i = sorter->heap_size; i-- > 0;)
        sift_down(sorter, i);
    sorter->advance = false;
    return 0;
}

/* The run with the next pair. 1, 0 at the end, -1. */
static int merge_next(struct sorter *sorter, struct run **run, struct error *error)
{
    if (sorter->advance) {
        int result = next_pair(sorter, &sorter->runs[sorter->heap[0]], error);
        if (result < 0)
            return -1;
        if (result == 0)
            sorter->heap[0] = sorter->heap[--sorter->heap_size];
        sift_down(sorter, 0);
    }
    sorter->advance = sorter->heap_size > 0;
    if (!sorter->advance)
        return 0;
    *run = &sorter->runs[sorter->heap[0]];
    return 1;
}

/* All runs become one, in a new file. */
static int merge_runs(struct sorter *sorter, struct error *error)
{
    int file = temporary_open(sorter->directory, error), result = -1;
    struct buffer buffer = BUFFER_INIT;
    struct run *run;
    uint64_t size = 0;

    if (file < 0)
        return -1;
    if (begin_merge(sorter, error) == 0)
        while ((result = merge_next(sorter, &run, error)) > 0)
            if (put_pair(file, &buffer, &size, run->pair, run->key_size,
                         run->pair + run->key_size, run->size, error) != 0) {
                result = -1;
                break;
            }
    if (result == 0)
        result = flush(file, &buffer, &size, error);
    buffer_release(&buffer);
    if (result != 0) {
        close(file);
        return -1;
    }
    for (size_t i = 0; i < sorter->run_count; i++)
        buffer_release(&sorter->runs[i].window);
    close(sorter->file);
    sorter->file = file;
    sorter->file_size = size;
    sorter->run_count = 0;
    return add_run(sorter, 0, error);
}

/* --- adding --- */

/* Write what is in memory as a run, or one pair that is larger than memory. */
static int write_run(struct sorter *sorter, const struct entry *first, size_t count,
                     struct error *error)
{
    struct buffer buffer = BUFFER_INIT;
    int result = 0;

    if (sorter->run_count == LIMIT_SORT_RUNS && merge_runs(sorter, error) != 0)
        return -1;
    if (sorter->file < 0)
        sorter->file = temporary_open(sorter->directory, error);
    if (sorter->file < 0)
        return -1;
    uint64_t start = sorter->file_size;
    for (size_t i = 0; i < count && result == 0; i++)
        result = put_pair(sorter->file, &buffer, &sorter->file_size, first[i].at,
                          first[i].key_size, first[i].at + first[i].key_size, first[i].size,
                          error);
    if (result == 0)
        result = flush(sorter->file, &buffer, &sorter->file_size, error);
    buffer_release(&buffer);
    return result == 0 ? add_run(sorter, start, error) : -1;
}

static int spill(struct sorter *sorter, struct error *error)
{
    if (sorter->count == 0)
        return 0;
    sort_entries(sorter);
    if (write_run(sorter, entries(sorter), sorter->count, error) != 0)
        return -1;
    sorter->filled = 0;
    sorter->count = 0;
    return 0;
}

/* Bytes between the pairs and the index. */
static size_t room(const struct sorter *sorter)
{
    return sorter->memory - sorter->filled - sorter->count * sizeof(struct entry);
}

int sorter_add(struct sorter *sorter, const void *key, size_t key_size, const void *data,
               size_t size, struct error *error)
{
    size_t need = key_size + size;

    if (room(sorter) < sizeof(struct entry) || room(sorter) - sizeof(struct entry) < need) {
        if (spill(sorter, error) != 0)
            return -1;
    }
    if (room(sorter) < sizeof(struct entry) || room(sorter) - sizeof(struct entry) < need) {
        struct buffer pair = BUFFER_INIT;
        buffer_add(&pair, key, key_size);
        buffer_add(&pair, data, size);
        struct entry entry = { 0, (const uint8_t *)pair.data, key_size, size };
        int result = pair.failed ? error_set_memory(error) : write_run(sorter, &entry, 1, error);
        buffer_release(&pair);
        return result;
    }
    uint8_t *at = sorter->block + sorter->filled;
    if (key_size > 0)
        memcpy(at, key, key_size);
    if (size > 0)
        memcpy(at + key_size, data, size);
    sorter->filled += need;
    sorter->count++;
    *entries(sorter) = (struct entry){ prefix(at, key_size), at, key_size, size };
    return 0;
}

int sorter_finish(struct sorter *sorter, struct error *error)
{
    if (sorter->run_count == 0) {
        sort_entries(sorter);
        return 0;
    }
    if (spill(sorter, error) != 0)
        return -1;
    free(sorter->block);
    sorter->block = NULL;
    sorter->merging = true;
    return begin_merge(sorter, error);
}

int sorter_next(struct sorter *sorter, const void **data, size_t *size, struct error *error)
{
    if (sorter->merging) {
        struct run *run;
        int result = merge_next(sorter, &run, error);
        if (result > 0) {
            *data = run->pair + run->key_size;
            *size = run->size;
        }
        return result;
    }
    if (sorter->next == sorter->count)
        return 0;
    const struct entry *entry = &entries(sorter)[sorter->next++];
    *data = entry->at + entry->key_size;
    *size = entry->size;
    return 1;
}
