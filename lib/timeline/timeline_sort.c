/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_sort: a run of events, sorted by a number, their time, byte by byte from its lowest
 * (radix), and where they share it by timeline_compare. Below the time is the source: events
 * come in by their files, so that those of one time are in order then, which is quickly seen.
 */

#include <stdlib.h>
#include <string.h>

#include "timeline_internal.h"

enum { BYTES = 8, BYTE_VALUES = 256, FEW = 16 };

/* Units of 100 ns in a second; seconds before 1970 that are told apart, and all of them. */
enum { UNITS = 10000000, UNIT = 100, SOURCE_BITS = 2 /* no room for more */ };
#define SECONDS_BEFORE ((int64_t)70000000000)
#define SECONDS_ALL ((int64_t)330000000000) /* years -250 to 10200 */

static uint64_t number_of(const struct timeline *timeline, const struct event *event)
{
    static const uint8_t ranks[] = { [SOURCE_FN] = 0, [SOURCE_FS] = 1, [SOURCE_I30] = 1,
                                     [SOURCE_SI] = 2, [SOURCE_RECORD] = 3 };
    int64_t seconds = event->seconds;
    uint64_t units;

    if (timeline->order == TIMELINE_FILES || seconds < -SECONDS_BEFORE)
        units = 0;
    else if (seconds >= SECONDS_ALL - SECONDS_BEFORE)
        units = (uint64_t)SECONDS_ALL * UNITS;
    else
        units = (uint64_t)(seconds + SECONDS_BEFORE) * UNITS +
                (timeline->order == TIMELINE_TIMES ? event->nanoseconds / UNIT : 0);
    return units << SOURCE_BITS | ranks[event->source];
}

/* Sort by one byte of the number; false: all have the same. */
static bool sort_by_byte(const struct event_key *from, struct event_key *to, size_t count,
                         unsigned byte)
{
    size_t places[BYTE_VALUES] = { 0 }, next = 0;

    for (size_t i = 0; i < count; i++)
        places[from[i].number >> (8 * byte) & 0xff]++;
    for (unsigned i = 0; i < BYTE_VALUES; i++) {
        size_t here = places[i];
        if (here == count)
            return false;
        places[i] = next;
        next += here;
    }
    for (size_t i = 0; i < count; i++)
        to[places[from[i].number >> (8 * byte) & 0xff]++] = from[i];
    return true;
}

static bool is_same_time(const struct event_key *a, const struct event_key *b)
{
    return a->number >> SOURCE_BITS == b->number >> SOURCE_BITS;
}

struct comparison {
    const struct timeline *timeline;
    const struct event *events;
};

static int compare_keys(const void *a, const void *b, void *context)
{
    const struct comparison *comparison = context;

    return timeline_compare(&comparison->events[((const struct event_key *)a)->event],
                            &comparison->events[((const struct event_key *)b)->event],
                            (void *)comparison->timeline);
}

static void sort_equal(struct comparison *comparison, struct event_key *keys, size_t count)
{
    size_t sorted = 1;

    while (sorted < count && compare_keys(&keys[sorted - 1], &keys[sorted], comparison) <= 0)
        sorted++;
    if (count - sorted > FEW) {
        qsort_r(keys, count, sizeof *keys, compare_keys, comparison);
        return;
    }
    for (size_t i = sorted; i < count; i++) {
        struct event_key key = keys[i];
        size_t k = i;
        for (; k > 0 && compare_keys(&keys[k - 1], &key, comparison) > 0; k--)
            keys[k] = keys[k - 1];
        keys[k] = key;
    }
}

/* Bring each event to the place of its key, along the circles that they make. */
static void move(struct event *events, struct event_key *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event first = events[i];
        size_t to = i;
        for (size_t from; (from = keys[to].event) != i; to = from) {
            events[to] = events[from];
            keys[to].event = (uint32_t)to;
        }
        events[to] = first;
        keys[to].event = (uint32_t)to;
    }
}

void timeline_sort(const struct timeline *timeline, struct event *events, size_t count,
                   struct event_key *keys)
{
    struct comparison comparison = { timeline, events };
    struct event_key *from = keys, *to = keys + count;

    for (size_t i = 0; i < count; i++)
        keys[i] = (struct event_key){ number_of(timeline, &events[i]), (uint32_t)i };
    for (unsigned byte = 0; byte < BYTES; byte++) {
        if (!sort_by_byte(from, to, count, byte))
            continue;
        struct event_key *other = from;
        from = to;
        to = other;
    }
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && is_same_time(&from[end], &from[i]); end++)
            ;
        sort_equal(&comparison, from + i, end - i);
    }
    move(events, from, count);
}
