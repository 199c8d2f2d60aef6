/* SPDX-License-Identifier: Apache-2.0 */

/*
 * focus: which events are shown, and why.
 *
 * Windows are gathered while files and records are met, then sorted by span,
 * precision and time: of those that are alike the nearest before a time and the
 * nearest behind it decide, so that an event costs a search in each group
 * however many windows there are.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "timeline_internal.h"

static int add_window(struct focus *focus, size_t around, const struct instant *centre,
                      const char *why, const char *what, size_t size)
{
    if (!instant_is_set(centre))
        return 0;
    if (memory_grow((void **)&focus->windows, &focus->window_capacity, focus->window_count + 1,
                    sizeof *focus->windows) != 0)
        return -1;
    focus->windows[focus->window_count++] =
        (struct window){ *centre, (uint32_t)around, focus->reasons.length };
    buffer_add_text(&focus->reasons, why);
    buffer_add(&focus->reasons, what, size);
    buffer_add_byte(&focus->reasons, '\0');
    return focus->reasons.failed ? -1 : 0;
}

int focus_add_around(struct focus *focus, const char *what, int64_t span, struct error *error)
{
    struct instant time;

    if (what[0] == '\0')
        return error_set(error, ERROR_USAGE, "no time, path or name to look around");
    if (span < 0)
        return error_set(error, ERROR_USAGE, "a span is not negative");
    if (memory_grow((void **)&focus->arounds, &focus->around_capacity, focus->around_count + 1,
                    sizeof *focus->arounds) != 0)
        return error_set_memory(error);
    struct around *around = &focus->arounds[focus->around_count];
    bool piped = strcmp(what, "-") == 0;
    bool dated = instant_parse(&time, what, strlen(what)) == 0;
    *around = (struct around){ .what = strdup(what), .span = span, .named = !dated && !piped,
                               .piped = piped, .found = dated };
    if (!around->what)
        return error_set_memory(error);
    focus->around_count++;
    return dated && add_window(focus, focus->around_count - 1, &time, "", what,
                                strlen(what)) != 0
               ? error_set_memory(error)
               : 0;
}

int focus_add_pattern(struct focus *focus, const char *pattern, int64_t span,
                      struct error *error)
{
    if (focus_add_around(focus, pattern, span, error) != 0)
        return -1;
    struct around *around = &focus->arounds[focus->around_count - 1];
    around->named = around->pattern = true;
    around->piped = false;
    return 0;
}

bool focus_means(const struct around *around, const char *path, size_t path_length,
                 size_t stream_length)
{
    const char *what = around->what, *begin = path;
    size_t length = strlen(what), whole = path_length + (stream_length ? stream_length + 1 : 0);

    if (!around->named)
        return false;
    if (around->pattern)
        return text_glob(what, path, path_length);
    if (what[0] != '/') {
        const char *slash = memrchr(path, '/', path_length);
        begin = slash ? slash + 1 : path;
    }
    size_t before = (size_t)(begin - path);
    return text_compare_nocase(begin, path_length - before, what, length) == 0 ||
           (stream_length && text_compare_nocase(begin, whole - before, what, length) == 0);
}

int focus_note(struct focus *focus, size_t around, const struct instant *time, const char *why,
               const char *path, size_t path_length)
{
    focus->arounds[around].found = true;
    return add_window(focus, around, time, why, path, path_length);
}

bool focus_passes(const struct focus *focus, const char *path, size_t length)
{
    return !focus->limits.path || text_glob(focus->limits.path, path, length);
}

/* Nanoseconds since 1970: 64 bits would end in the year 2262. */
static __int128 nanoseconds_of(int64_t seconds, uint32_t nanoseconds)
{
    return (__int128)seconds * 1000000000 + nanoseconds;
}

static __int128 nanoseconds_at(const struct instant *instant)
{
    return nanoseconds_of(instant->seconds, instant->nanoseconds);
}

static int compare_centres(const struct window *x, const struct window *y)
{
    __int128 a = nanoseconds_at(&x->centre), b = nanoseconds_at(&y->centre);

    return (a > b) - (a < b);
}

static int compare_groups(const struct window *x, const struct window *y)
{
    if (x->around != y->around)
        return x->around < y->around ? -1 : 1;
    return (x->centre.precision > y->centre.precision) -
           (x->centre.precision < y->centre.precision);
}

static int compare_windows(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    int order = compare_groups(x, y);

    if (order == 0)
        order = compare_centres(x, y);
    return order != 0 ? order : (x->reason > y->reason) - (x->reason < y->reason);
}

int focus_seal(struct focus *focus)
{
    if (focus->window_count > 0)
        qsort(focus->windows, focus->window_count, sizeof *focus->windows, compare_windows);
    focus->group_count = 0;
    for (size_t i = 0; i < focus->window_count; i++) {
        if (i > 0 && compare_groups(&focus->windows[i - 1], &focus->windows[i]) == 0) {
            focus->groups[focus->group_count - 1].end = i + 1;
            continue;
        }
        if (memory_grow((void **)&focus->groups, &focus->group_capacity, focus->group_count + 1,
                        sizeof *focus->groups) != 0)
            return -1;
        focus->groups[focus->group_count++] = (struct window_group){ i, i + 1 };
    }
    return 0;
}

/* The first window of a group whose centre is at or after a time; `after`: after. */
static size_t find_centre(const struct focus *focus, const struct window_group *group,
                          __int128 time, bool after)
{
    size_t low = group->first, high = group->end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        __int128 centre = nanoseconds_at(&focus->windows[middle].centre);
        if (centre < time || (after && centre == time))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The nearest window of a group that a time [first, last] is in; NULL: none. A
 * time that is not exact is in a window when some of it is. */
static const struct window *find_in_group(const struct focus *focus,
                                          const struct window_group *group, __int128 first,
                                          __int128 last)
{
    const struct window *windows = focus->windows, *nearest = NULL;
    const struct instant *like = &windows[group->first].centre;
    __int128 span = nanoseconds_of(focus->arounds[windows[group->first].around].span, 0);
    size_t behind = find_centre(focus, group, first, true);

    if (behind < group->end && last >= nanoseconds_at(&windows[behind].centre) - span)
        nearest = &windows[behind];
    if (behind == group->first)
        return nearest;
    __int128 before = nanoseconds_at(&windows[behind - 1].centre);
    if (first > before + instant_span(like) + span ||
        (nearest && nanoseconds_at(&nearest->centre) - first < first - before))
        return nearest;
    return &windows[find_centre(focus, group, before, false)];
}

static __int128 distance(__int128 time, const struct window *window)
{
    __int128 centre = nanoseconds_at(&window->centre);

    return time < centre ? centre - time : time - centre;
}

bool focus_is_within(const struct focus *focus, const struct instant *time)
{
    const struct timeline_focus *limits = &focus->limits;
    __int128 first = nanoseconds_at(time), last = first + instant_span(time);

    return (limits->after.state == INSTANT_ABSENT || last >= nanoseconds_at(&limits->after)) &&
           (limits->before.state == INSTANT_ABSENT || first <= nanoseconds_at(&limits->before));
}

bool focus_shows(const struct focus *focus, const struct instant *time,
                 char reason[ERROR_TEXT_SIZE])
{
    __int128 first = nanoseconds_at(time), last = first + instant_span(time);
    const struct window *nearest = NULL;

    reason[0] = '\0';
    if (!focus_is_within(focus, time))
        return false;
    if (focus->around_count == 0)
        return true;
    for (size_t i = 0; i < focus->group_count; i++) {
        const struct window *window = find_in_group(focus, &focus->groups[i], first, last);
        if (window && (!nearest || distance(first, window) < distance(first, nearest)))
            nearest = window;
    }
    if (!nearest)
        return false;
    snprintf(reason, ERROR_TEXT_SIZE, "%llu s %s %s",
             (unsigned long long)(distance(first, nearest) / 1000000000),
             first < nanoseconds_at(&nearest->centre) ? "before" : "after",
             focus->reasons.data + nearest->reason);
    return true;
}

void focus_release(struct focus *focus)
{
    for (size_t i = 0; i < focus->around_count; i++)
        free(focus->arounds[i].what);
    free(focus->arounds);
    free(focus->windows);
    free(focus->groups);
    buffer_release(&focus->reasons);
}
