/* SPDX-License-Identifier: Apache-2.0 */

/*
 * latest: when Windows itself, by its own clock, last wrote that it ran: in event logs, journals
 * of volumes, at its shutdown. What is later than that is not of its use.
 */

#include <string.h>

#include "timeline_internal.h"

static bool is_trusted(const char *source)
{
    return source && (strcmp(source, "evt") == 0 || strcmp(source, "usn") == 0 ||
                      strcmp(source, "shutdown") == 0);
}

static struct latest *latest_of(const struct timeline *timeline, const char *evidence)
{
    for (size_t i = timeline->latest_count; i > 0; i--) /* records of one image come together */
        if (strcmp(timeline->latests[i - 1].evidence, evidence) == 0)
            return &timeline->latests[i - 1];
    return NULL;
}

int latest_note(struct timeline *timeline, struct record_line *line)
{
    struct instant time;

    if (timeline->focus.limits.anomalies == ANOMALIES_NONE || line->type != RECORD_EVENT ||
        !is_trusted(record_line_text(line, "source", NULL)) ||
        record_line_time(line, "datetime", &time) != 0 || !instant_is_set(&time))
        return 0;
    const char *evidence = timeline_evidence(timeline, record_line_text(line, "image", NULL));
    struct latest *latest = latest_of(timeline, evidence);
    if (!latest) {
        if (memory_grow((void **)&timeline->latests, &timeline->latest_capacity,
                        timeline->latest_count + 1, sizeof *timeline->latests) != 0)
            return -1;
        latest = &timeline->latests[timeline->latest_count++];
        *latest = (struct latest){ evidence, time };
    }
    if (instant_compare(&time, &latest->time) > 0)
        latest->time = time;
    return 0;
}

static int check(void *context, const struct file *file)
{
    struct timeline *timeline = context;

    if (!anomalies_is_next(timeline, file))
        return 0;
    return anomalies_check_late(
        timeline, file, &latest_of(timeline, timeline->trees[timeline->current].evidence)->time);
}

int latest_check(struct timeline *timeline, struct error *error)
{
    for (size_t i = 0; i < timeline->tree_count; i++) {
        const struct source_tree *tree = &timeline->trees[i];
        if (tree->kind == TIMELINE_TREE_I30 || !latest_of(timeline, tree->evidence))
            continue;
        if (anomalies_walk(timeline, i, check, error) != 0)
            return -1;
    }
    return 0;
}
