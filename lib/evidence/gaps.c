/* SPDX-License-Identifier: Apache-2.0 */

/*
 * gaps: a sorted array under a lock. A gap that touches one of the same kind,
 * reason and object is joined to it, so that reading a bad place again adds
 * nothing. When LIMIT_GAPS are told one by one, or memory is out, a last one
 * grows over all further places.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/limits.h>

#include "gaps.h"

struct gap_text {
    struct gap_text *next;
    char text[];
};

static const char *const rest_reason = "more places are damaged than are told one by one";

int gaps_init(struct gaps *gaps)
{
    memset(gaps, 0, sizeof *gaps);
    if (memory_grow((void **)&gaps->items, &gaps->capacity, 2, sizeof *gaps->items) != 0)
        return -1;
    if (pthread_mutex_init(&gaps->lock, NULL) != 0) {
        free(gaps->items);
        return -1;
    }
    return 0;
}

void gaps_release(struct gaps *gaps)
{
    while (gaps->texts) {
        struct gap_text *next = gaps->texts->next;
        free(gaps->texts);
        gaps->texts = next;
    }
    free(gaps->items);
    pthread_mutex_destroy(&gaps->lock);
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_about(const struct gap *a, const struct gap *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = compare_text(a->reason, b->reason);
    if (order == 0)
        order = compare_text(a->volume, b->volume);
    if (order == 0)
        order = compare_text(a->path, b->path);
    return order ? order : compare_text(a->inode, b->inode);
}

static int compare(const struct gap *a, const struct gap *b)
{
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return compare_about(a, b);
}

static uint64_t end_of(const struct gap *gap)
{
    return gap->length > UINT64_MAX - gap->offset ? UINT64_MAX : gap->offset + gap->length;
}

static bool covers(const struct gap *gap, const struct gap *other)
{
    return gap->offset <= other->offset && end_of(gap) >= end_of(other);
}

static void cover(struct gap *gap, const struct gap *more)
{
    uint64_t end = end_of(gap), more_end = end_of(more);

    if (more->offset < gap->offset)
        gap->offset = more->offset;
    gap->length = (more_end > end ? more_end : end) - gap->offset;
}

static bool touch(const struct gap *a, const struct gap *b)
{
    return a->offset <= end_of(b) && b->offset <= end_of(a) && compare_about(a, b) == 0;
}

/* Where a gap belongs: the first item that is not before it. */
static size_t place(const struct gaps *gaps, const struct gap *gap)
{
    size_t low = 0, high = gaps->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&gaps->items[middle].gap, gap) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The array has room. Returns where it is. */
static size_t insert(struct gaps *gaps, struct gap gap)
{
    size_t at = place(gaps, &gap);

    memmove(gaps->items + at + 1, gaps->items + at, (gaps->count - at) * sizeof *gaps->items);
    gaps->items[at] = (struct gap_item){ gap, false };
    gaps->count++;
    if (at < gaps->untold)
        gaps->untold = at;
    if (at <= gaps->rest)
        gaps->rest++;
    if (gap.length > gaps->longest)
        gaps->longest = gap.length;
    return at;
}

static void take_out(struct gaps *gaps, size_t at)
{
    gaps->count--;
    if (at < gaps->untold)
        gaps->untold = at;
    if (at < gaps->rest)
        gaps->rest--;
    memmove(gaps->items + at, gaps->items + at + 1, (gaps->count - at) * sizeof *gaps->items);
}

/* One gap for all that are not told one by one; the array has room for it. */
static void add_rest(struct gaps *gaps, struct gap gap)
{
    gap.reason = rest_reason;
    gap.volume = gap.path = gap.inode = NULL;
    if (gaps->full) {
        struct gap rest = gaps->items[gaps->rest].gap;
        if (covers(&rest, &gap))
            return;
        take_out(gaps, gaps->rest);
        cover(&rest, &gap);
        gap = rest;
    }
    gaps->full = true;
    gaps->rest = insert(gaps, gap);
}

static bool copy_text(struct gaps *gaps, const char **text)
{
    if (!*text)
        return true;
    size_t size = strlen(*text) + 1;
    struct gap_text *copy = malloc(sizeof *copy + size);
    if (!copy)
        return false;
    memcpy(copy->text, *text, size);
    copy->next = gaps->texts;
    gaps->texts = copy;
    *text = copy->text;
    return true;
}

/* The item that touches `gap`, or count for none. No item that starts more than
 * the longest length before it can. */
static size_t find_touching(const struct gaps *gaps, const struct gap *gap, bool told)
{
    size_t at = place(gaps, gap);

    /* Where nothing has a length its equal can, which is here: all places of a
     * folder are at 0. */
    if (gaps->longest == 0 && gap->length == 0)
        return at < gaps->count && gaps->items[at].told == told &&
                       touch(&gaps->items[at].gap, gap)
                   ? at
                   : gaps->count;
    for (size_t i = at; i > 0; i--) {
        if (gap->offset - gaps->items[i - 1].gap.offset > gaps->longest)
            break;
        if (gaps->items[i - 1].told == told && touch(&gaps->items[i - 1].gap, gap))
            return i - 1;
    }
    for (; at < gaps->count && gaps->items[at].gap.offset <= end_of(gap); at++)
        if (gaps->items[at].told == told && touch(&gaps->items[at].gap, gap))
            return at;
    return gaps->count;
}

/* Join the gap to those that it touches. What of it was told already is not told
 * again: then *gap is the rest. */
static bool join(struct gaps *gaps, struct gap *gap)
{
    bool found = false;
    size_t at = find_touching(gaps, gap, true);

    if (at < gaps->count) {
        const struct gap *told = &gaps->items[at].gap;
        if (covers(told, gap))
            return true;
        if (gap->offset >= told->offset) {
            gap->length = end_of(gap) - end_of(told);
            gap->offset = end_of(told);
        }
    }
    struct gap joined = *gap;
    while ((at = find_touching(gaps, &joined, false)) < gaps->count) {
        struct gap item = gaps->items[at].gap;
        take_out(gaps, at);
        cover(&item, &joined);
        joined = item;
        found = true;
    }
    if (found)
        insert(gaps, joined);
    return found;
}

void gaps_add(struct gaps *gaps, const struct gap *gap)
{
    struct gap copy = *gap;

    pthread_mutex_lock(&gaps->lock);
    if (!join(gaps, &copy)) {
        /* One item more is always kept free: for the rest. */
        bool room = gaps->count + 1 < LIMIT_GAPS &&
                    memory_grow((void **)&gaps->items, &gaps->capacity, gaps->count + 2,
                                sizeof *gaps->items) == 0;
        if (room && copy_text(gaps, &copy.reason) && copy_text(gaps, &copy.volume) &&
            copy_text(gaps, &copy.path) && copy_text(gaps, &copy.inode))
            insert(gaps, copy);
        else
            add_rest(gaps, copy);
    }
    pthread_mutex_unlock(&gaps->lock);
}

bool gaps_take(struct gaps *gaps, uint64_t offset, struct gap *gap)
{
    bool found = false;

    pthread_mutex_lock(&gaps->lock);
    while (gaps->untold < gaps->count && gaps->items[gaps->untold].told)
        gaps->untold++;
    if (gaps->untold < gaps->count && gaps->items[gaps->untold].gap.offset <= offset) {
        *gap = gaps->items[gaps->untold].gap;
        gaps->items[gaps->untold++].told = true;
        found = true;
    }
    pthread_mutex_unlock(&gaps->lock);
    return found;
}

size_t gaps_count(struct gaps *gaps)
{
    pthread_mutex_lock(&gaps->lock);
    size_t count = gaps->count;
    pthread_mutex_unlock(&gaps->lock);
    return count;
}

void gaps_get(struct gaps *gaps, size_t index, struct gap *gap)
{
    pthread_mutex_lock(&gaps->lock);
    *gap = gaps->items[index].gap;
    pthread_mutex_unlock(&gaps->lock);
}
