/* SPDX-License-Identifier: Apache-2.0 */

/*
 * first: the chain that led to what is in focus. The rule is that of fs-timeline(1), --first:
 * from what is in focus each step goes back to what was run or came just before, as far as
 * there is such; then to the mail, visit or drive before it, and to the logon. Programs of the
 * chain lead on to what starts them, and to the start of the system that did.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "first.h"

enum { MOMENT = 2 }; /* seconds in which a program writes its files; FAT's times are as exact */

/* Where a step begins; of a time that is in focus nothing is behind it. */
struct point {
    int64_t seconds;
    uint32_t nanoseconds;
    uint32_t image;             /* 0: any */
    const struct trace *trace;  /* or NULL */
    size_t behind;              /* traces before this one are not later */
    int64_t span;
    const char *what;
};

static int is_later(const struct event *event, const struct point *point)
{
    if (event->seconds != point->seconds)
        return event->seconds > point->seconds;
    return event->nanoseconds > point->nanoseconds;
}

static size_t find_behind(const struct first *first, const struct point *point)
{
    size_t low = 0, high = first->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_later(&first->traces[middle].event, point))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static struct point point_of(struct first *first, const struct trace *trace, int64_t span)
{
    struct point point = { trace->event.seconds, trace->event.nanoseconds, trace->image, trace, 0,
                           span, first_subject(first, trace, &first->subject) };

    point.behind = find_behind(first, &point);
    return point;
}

/* --- reasons --- */

/* Take a trace into the chain; the caller writes the reason behind this. */
static bool begin_reason(struct first *first, struct trace *trace)
{
    if (trace->reason != 0)
        return false;
    trace->reason = (uint32_t)first->reasons.length + 1;
    return true;
}

static void end_reason(struct first *first, const struct trace *trace)
{
    struct buffer *reasons = &first->reasons;
    const char *place = first_place(trace->place);

    if (trace->kind == TRACE_BIRTH && *place)
        buffer_add_format(reasons, ", %s", place);
    if (trace->flags & TRACE_UNLIKE)
        buffer_add_text(reasons, "; its birth in $STANDARD_INFORMATION is another");
    buffer_add_byte(reasons, '\0');
}

/* " N s", and what that is about where nobody counts in seconds. */
static void add_span(struct buffer *reasons, int64_t seconds)
{
    enum { HOUR = 3600, DAY = 86400 };

    buffer_add_format(reasons, " %lld s", (long long)seconds);
    if (seconds >= 2 * DAY)
        buffer_add_format(reasons, " (%lld days)", (long long)(seconds / DAY));
    else if (seconds >= 2 * HOUR)
        buffer_add_format(reasons, " (%lld hours)", (long long)(seconds / HOUR));
}

/* "WORDS N s before the birth of WHAT" */
static void give_reason(struct first *first, struct trace *trace, const char *words,
                        const struct point *point)
{
    bool after = is_later(&trace->event, point);
    int64_t seconds = after ? trace->event.seconds - point->seconds
                            : point->seconds - trace->event.seconds;
    bool born = point->trace && point->trace->kind == TRACE_BIRTH;

    /* whole seconds that have passed */
    if (seconds > 0 && (after ? trace->event.nanoseconds < point->nanoseconds
                              : trace->event.nanoseconds > point->nanoseconds))
        seconds--;
    if (!begin_reason(first, trace))
        return;
    buffer_add_text(&first->reasons, words);
    if (seconds > 0) {
        add_span(&first->reasons, seconds);
        buffer_add_text(&first->reasons, after ? " after " : " before ");
    } else {
        buffer_add_text(&first->reasons, " within a second of ");
    }
    buffer_add_format(&first->reasons, "%s%s", born ? "the birth of " : "", point->what);
    end_reason(first, trace);
    first->linked = true;
}

/* --- back --- */

static bool within(const struct trace *trace, const struct point *point)
{
    return trace->event.seconds + point->span >= point->seconds &&
           (point->image == 0 || trace->image == point->image);
}

/* Another file than the one at hand or its copies in snapshots, not later; of the same time
 * only one that came to where files come in, while that one did not. */
static bool came_before(const struct trace *trace, const struct point *point)
{
    if (trace->kind != TRACE_BIRTH || trace->place == 0 ||
        (point->trace && trace->path == point->trace->path))
        return false;
    bool same = trace->event.seconds == point->seconds &&
                trace->event.nanoseconds == point->nanoseconds;
    return !same || (point->trace && point->trace->place == 0);
}

static struct trace *birth_of(struct first *first, const struct trace *run)
{
    size_t from = 0;
    struct trace *birth = first_find(first, first->paths, run->path, TRACE_BIRTH, &from);

    if (birth || run->path != 0)
        return birth;
    from = 0;
    return first_find(first, first->names, run->name, TRACE_BIRTH, &from);
}

/* A run counts of a program that came to where files come in, or just before it. */
static bool is_new_program(struct first *first, const struct trace *run,
                           const struct point *point)
{
    const struct trace *birth = birth_of(first, run);

    return birth && birth != point->trace && birth < run &&
           (birth->place != 0 || birth->event.seconds + point->span >= run->event.seconds);
}

/* What a step goes back to: the latest run of a new program, else the latest program or
 * archive that came in, else the latest document. */
static struct trace *find_cause(struct first *first, const struct point *point)
{
    struct trace *carrier = NULL, *document = NULL;
    size_t looked = 0;

    for (size_t i = point->behind; i > 0 && looked < LIMIT_FIRST_LOOKED; i--, looked++) {
        struct trace *trace = &first->traces[i - 1];
        if (trace->event.seconds + point->span < point->seconds)
            break;
        if (!within(trace, point))
            continue;
        if (trace->kind == TRACE_RUN && is_new_program(first, trace, point))
            return trace;
        if (!came_before(trace, point))
            continue;
        if (!carrier && trace->flags & TRACE_CARRIER)
            carrier = trace;
        if (!document && trace->flags & TRACE_DOCUMENT)
            document = trace;
    }
    return carrier ? carrier : document;
}

/* When a file was looked at last, if that was between its birth and the point. */
static void add_access(struct first *first, const struct trace *trace, const struct point *point)
{
    struct timeline *timeline = first->timeline;
    struct file file;

    if (trace->tree == TRACE_OF_RECORD ||
        tree_file(timeline->trees[trace->tree].tree, trace->handle, &file, NULL) != 0)
        return;
    struct instant accessed = timeline_correct(timeline, &file.times.accessed);
    if ((accessed.state != INSTANT_UTC && accessed.state != INSTANT_CONVERTED) ||
        accessed.precision == PRECISION_DAY || accessed.seconds <= trace->event.seconds ||
        accessed.seconds > point->seconds)
        return;
    first->reasons.length--; /* the NUL */
    buffer_add_text(&first->reasons, "; last opened");
    add_span(&first->reasons, point->seconds - accessed.seconds);
    buffer_add_text(&first->reasons, " before");
    buffer_add_byte(&first->reasons, '\0');
}

/* Take in the visits of an address whose last part is the file's name. */
static void add_visits(struct first *first, const struct point *point)
{
    struct trace *visit;

    if (!point->trace || point->trace->kind != TRACE_BIRTH)
        return;
    for (size_t from = 0; (visit = first_find(first, first->names, point->trace->name, TRACE_VISIT,
                                              &from)) != NULL;)
        if (visit < first->traces + point->behind && within(visit, point))
            give_reason(first, visit, "the visit to an address that ends in its name,", point);
}

/* The latest of each way in before the first file. */
static void add_entries(struct first *first, const struct point *point)
{
    static const struct {
        enum trace_kind kind;
        const char *words;
    } ways[] = {
        { TRACE_MAIL, "the mail store was written" },
        { TRACE_VISIT, "the last visit," },
        { TRACE_DEVICE, "a drive was plugged in" },
    };

    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++)
        for (size_t i = point->behind; i > 0; i--) {
            struct trace *trace = &first->traces[i - 1];
            if (trace->event.seconds + point->span < point->seconds)
                break;
            if (trace->kind != ways[way].kind || !within(trace, point) ||
                (trace->kind == TRACE_VISIT && !(trace->flags & TRACE_HISTORY)))
                continue;
            give_reason(first, trace, ways[way].words, point);
            break;
        }
}

/* Which of the sessions is the first at or behind a trace. */
static size_t find_session(const struct first *first, size_t trace)
{
    size_t low = 0, high = first->session_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (first->sessions[middle] < trace)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The last logon before, unless the system was started since: then that start. */
static void add_session(struct first *first, const struct point *point)
{
    for (size_t i = find_session(first, point->behind); i > 0; i--) {
        struct trace *trace = &first->traces[first->sessions[i - 1]];
        if (trace->event.seconds + LIMIT_FIRST_SESSION_SECONDS < point->seconds)
            return;
        if (point->image != 0 && trace->image != point->image)
            continue;
        give_reason(first, trace, trace->kind == TRACE_LOGON ? "the last logon,"
                                                             : "the last start of the system,",
                    point);
        return;
    }
}

/* Follow the chain back. */
static void follow(struct first *first, struct point point)
{
    for (int step = 0; step < LIMIT_FIRST_STEPS; step++) {
        struct trace *cause = find_cause(first, &point), *birth = cause;
        add_visits(first, &point);
        if (!cause)
            break;
        bool known = cause->reason != 0;
        bool run = cause->kind == TRACE_RUN;
        give_reason(first, cause,
                    !run                               ? "born"
                    : cause->flags & TRACE_FIRST_RUN ? "the first run known of a new program,"
                                                       : "a run of a new program,",
                    &point);
        if (!known && !run)
            add_access(first, cause, &point);
        if (run) {
            struct point of_run = point_of(first, cause, point.span);
            birth = birth_of(first, cause);
            known = birth->reason != 0;
            of_run.what = "its run";
            give_reason(first, birth, "born", &of_run);
        }
        if (known)
            return; /* the rest is in the chain */
        point = point_of(first, birth, point.span);
    }
    add_entries(first, &point);
    add_session(first, &point);
}

/* --- at the same time --- */

static bool is_sibling(const struct trace *trace, const struct trace *of)
{
    return trace != of && trace->kind == TRACE_BIRTH && trace->flags & TRACE_PROGRAM &&
           trace->image == of->image && trace->path != of->path;
}

/* Programs that came in the same moment; how many, and the first of them. */
static size_t find_siblings(struct first *first, const struct point *point,
                            struct trace *found[LIMIT_FIRST_SIBLINGS])
{
    const struct trace *of = point->trace, *end = first->traces + first->count;
    size_t count = 0;

    for (struct trace *trace = first->traces + point->behind;
         trace > first->traces && trace[-1].event.seconds + MOMENT >= point->seconds; trace--)
        if (is_sibling(trace - 1, of) && count++ < LIMIT_FIRST_SIBLINGS)
            found[count - 1] = trace - 1;
    for (struct trace *trace = first->traces + point->behind;
         trace < end && trace->event.seconds <= point->seconds + MOMENT; trace++)
        if (is_sibling(trace, of) && count++ < LIMIT_FIRST_SIBLINGS)
            found[count - 1] = trace;
    return count;
}

/* More of them are an installation's, which the reason of the file in focus says. */
static void add_siblings(struct first *first, const struct point *point)
{
    struct trace *found[LIMIT_FIRST_SIBLINGS];
    size_t count = find_siblings(first, point, found);

    for (size_t i = 0; i < count && count <= LIMIT_FIRST_SIBLINGS; i++)
        give_reason(first, found[i], "a program that came in the same moment, born", point);
}

/* --- on --- */

/* The next of a kind behind a trace. */
static void add_next(struct first *first, const struct trace *trace, enum trace_kind kind,
                     const char *words, const struct point *point)
{
    size_t behind = (size_t)(trace - first->traces) + 1;

    for (size_t i = find_session(first, behind); i < first->session_count; i++) {
        struct trace *next = &first->traces[first->sessions[i]];
        if (next->event.seconds - LIMIT_FIRST_SESSION_SECONDS > point->seconds)
            return;
        if (next->kind == kind && next->image == point->image) {
            give_reason(first, next, words, point);
            return;
        }
    }
}

/* Whether an autostart that came in was found in the evidence too, which is told then. Those
 * before `from` are earlier. */
static bool is_own_too(struct first *first, const struct trace *piped, size_t *from)
{
    const struct trace *own;

    for (size_t at = *from; (own = first_find(first, first->paths, piped->path, TRACE_AUTOSTART,
                                              &at)) != NULL; *from = at)
        if (!(own->flags & TRACE_PIPED) && (own->event.seconds > piped->event.seconds ||
                                            (own->event.seconds == piped->event.seconds &&
                                             own->event.nanoseconds >= piped->event.nanoseconds)))
            break;
    return own && own->event.seconds == piped->event.seconds &&
           own->event.nanoseconds == piped->event.nanoseconds;
}

/* What starts a program, and when it did. */
static void lead_on(struct first *first, const struct trace *program)
{
    struct point point = point_of(first, program, 0);
    struct trace *trace, *last = NULL;

    size_t own = 0;
    for (size_t from = 0; (trace = first_find(first, first->paths, program->path, TRACE_AUTOSTART,
                                              &from)) != NULL; last = last ? last : trace)
        if (!(trace->flags & TRACE_PIPED) || !is_own_too(first, trace, &own))
            give_reason(first, trace, "what starts it was written", &point);
    for (size_t from = 0; (trace = first_find(first, first->names, program->name, TRACE_SERVICE,
                                              &from)) != NULL; last = last ? last : trace)
        give_reason(first, trace, "it was installed as a service", &point);
    size_t from = 0;
    if (!(trace = first_find(first, first->paths, program->path, TRACE_RUN, &from))) {
        from = 0;
        trace = first_find(first, first->names, program->name, TRACE_RUN, &from);
        trace = trace && trace->path == 0 ? trace : NULL;
    }
    if (trace && trace->flags & TRACE_FIRST_RUN)
        give_reason(first, trace, "its first run known,", &point);
    if (!last)
        return;
    buffer_clear(&first->other);
    buffer_add_format(&first->other, "what starts %s was written", point.what);
    point = point_of(first, last, 0);
    point.what = buffer_text(&first->other);
    add_next(first, last, TRACE_START, "the first start of the system", &point);
    add_next(first, last, TRACE_LOGON, "the first logon", &point);
}

/* --- what is in focus --- */

/* A run or an autostart stands for a file that is gone. */
static bool is_meant(struct first *first, const struct trace *trace)
{
    if (trace->focus == 0)
        return false;
    if (trace->kind == TRACE_RUN || trace->kind == TRACE_AUTOSTART)
        return !birth_of(first, trace);
    return trace->kind == TRACE_BIRTH || trace->flags & TRACE_PIPED;
}

static void begin_with(struct first *first, struct trace *trace)
{
    struct trace *found[LIMIT_FIRST_SIBLINGS];
    struct point point = point_of(first, trace, 0);

    if (!begin_reason(first, trace))
        return;
    bool born = trace->kind == TRACE_BIRTH;
    buffer_add_format(&first->reasons, "in focus: %s%s", born ? "birth of " : "", point.what);
    size_t count = born ? find_siblings(first, &point, found) : 0;
    if (count > LIMIT_FIRST_SIBLINGS)
        buffer_add_format(&first->reasons, ", with %zu other programs in the same moment, as "
                          "of an installation or update", count);
    end_reason(first, trace);
}

/* A time that was asked for is a point without a trace. */
static void follow_times(struct first *first)
{
    const struct focus *focus = &first->timeline->focus;

    for (size_t i = 0; i < focus->window_count; i++) {
        const struct window *window = &focus->windows[i];
        const struct around *around = &focus->arounds[window->around];
        if (around->named || around->piped)
            continue;
        struct point point = { window->centre.seconds, window->centre.nanoseconds, 0, NULL, 0,
                               around->span, around->what };
        point.behind = find_behind(first, &point);
        follow(first, point);
    }
}

static int make_chain(struct first *first, struct error *error)
{
    const struct around *arounds = first->timeline->focus.arounds;
    size_t meant = 0;

    first->sessions = calloc(first->count + 1, sizeof *first->sessions);
    if (!first->sessions)
        return error_set_memory(error);
    for (size_t i = 0; i < first->count; i++)
        if (first->traces[i].kind == TRACE_LOGON || first->traces[i].kind == TRACE_START)
            first->sessions[first->session_count++] = (uint32_t)i;
    for (size_t i = 0; i < first->count; i++)
        if (is_meant(first, &first->traces[i])) {
            if (++meant > LIMIT_FIRST_MEANT)
                return error_set(error, ERROR_LIMIT, "--first: more than %d files are in focus",
                                 LIMIT_FIRST_MEANT);
            begin_with(first, &first->traces[i]);
        } else {
            first->traces[i].focus = 0;
        }
    follow_times(first);
    for (size_t i = 0; i < first->count; i++) {
        struct trace *trace = &first->traces[i];
        if (trace->focus == 0)
            continue;
        int64_t span = arounds[trace->focus - 1].span;
        follow(first, point_of(first, trace, span));
        struct point point = point_of(first, trace, span);
        if (trace->kind == TRACE_BIRTH)
            add_siblings(first, &point);
    }
    for (size_t i = 0; i < first->count; i++) {
        const struct trace *trace = &first->traces[i];
        bool program = trace->kind == TRACE_BIRTH && trace->flags & TRACE_PROGRAM;
        if (trace->reason != 0 && (program || trace->focus != 0))
            lead_on(first, trace);
    }
    return first->reasons.failed || first->subject.failed || first->other.failed
               ? error_set_memory(error)
               : 0;
}

int first_each(struct timeline *timeline, struct merge *merge, first_give give, void *context,
               struct error *error)
{
    struct first first = { .timeline = timeline };
    int result = first_gather(&first, merge, error);

    if (result == 0)
        result = make_chain(&first, error);
    timeline->told = first.linked;
    for (size_t i = 0; i < first.count && result == 0 && first.linked; i++)
        if (first.traces[i].reason != 0)
            result = give(context, &first.traces[i].event,
                          first.reasons.data + first.traces[i].reason - 1, error);
    free(first.traces);
    free(first.paths);
    free(first.names);
    free(first.sessions);
    buffer_release(&first.reasons);
    buffer_release(&first.subject);
    buffer_release(&first.other);
    return result;
}
