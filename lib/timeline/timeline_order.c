/* SPDX-License-Identifier: Apache-2.0 */

/* timeline_order: the orders of events. */

#include <string.h>

#include "timeline_internal.h"

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

const char *event_source(const struct timeline *timeline, const struct event *event)
{
    static const char *const names[] = { "fn", "fs", "i30", "si" };

    if (event->source != SOURCE_RECORD)
        return names[event->source];
    return noted_source(timeline, event);
}

static const char *evidence_of(const struct timeline *timeline, const struct event *event)
{
    return event->source == SOURCE_RECORD ? noted_evidence(timeline, event)
                                          : timeline->trees[event->source_tree].evidence;
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

/* Tells the times of one file apart that differ in nothing but how exact they are. */
static int first_letter(const struct event *event)
{
    return event->what & -event->what;
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
        order = compare_texts(evidence_of(timeline, x), evidence_of(timeline, y));
        if (order == 0)
            order = compare_texts(volume_of(timeline, x), volume_of(timeline, y));
    }
    if (order != 0)
        return order;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->handle != y->handle)
        return x->handle < y->handle ? -1 : 1;
    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
    return first_letter(x) - first_letter(y);
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

int timeline_compare(const void *a, const void *b, void *context)
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
