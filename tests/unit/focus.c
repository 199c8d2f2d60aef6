/* SPDX-License-Identifier: Apache-2.0 */

/* Which times are shown around others: sorted windows against every window in turn. */

#include <stdlib.h>
#include <string.h>

#include "../../lib/timeline/timeline_internal.h"

#include "tap.h"

static struct instant at(int64_t seconds, uint32_t nanoseconds, enum instant_precision precision)
{
    return instant_from_unix(seconds, nanoseconds, precision);
}

static __int128 whole(const struct instant *time)
{
    return (__int128)time->seconds * 1000000000 + time->nanoseconds;
}

/* How far the nearest window is that the time is in, by the definition; -1: none. */
static __int128 away_by_hand(const struct focus *focus, const struct instant *time)
{
    __int128 nearest = -1, first = whole(time), last = first + instant_span(time);

    for (size_t i = 0; i < focus->window_count; i++) {
        const struct window *window = &focus->windows[i];
        __int128 begin = whole(&window->centre), end = begin + instant_span(&window->centre);
        __int128 span = (__int128)focus->arounds[window->around].span * 1000000000;
        __int128 away = first < begin ? begin - first : first - begin;
        if (last >= begin - span && first <= end + span && (nearest < 0 || away < nearest))
            nearest = away;
    }
    return nearest;
}

static void test_by_chance(void)
{
    static const enum instant_precision precisions[] = { PRECISION_NANOSECOND, PRECISION_SECOND,
                                                         PRECISION_2_SECONDS, PRECISION_DAY };
    unsigned wrong = 0, shown = 0;

    srandom(20001122);
    for (int round = 0; round < 200; round++) {
        struct focus focus = { .limits = { .path = NULL } };
        struct error error = ERROR_INIT;
        int spans = 1 + (int)(random() % 3), windows = (int)(random() % 40);

        for (int i = 0; i < spans; i++)
            focus_add_around(&focus, "file.exe", random() % 30, &error);
        for (int i = 0; i < windows; i++) {
            struct instant centre = at(1000000 + random() % 400, (uint32_t)(random() % 3) * 500000000,
                                       precisions[random() % 4]);
            focus_note(&focus, (size_t)(random() % spans), &centre, "birth of ", "/file.exe", 9);
        }
        focus_seal(&focus);
        for (int i = 0; i < 200; i++) {
            char reason[ERROR_TEXT_SIZE];
            struct instant time = at(1000000 - 100 + random() % 600, (uint32_t)(random() % 1000000000),
                                     precisions[random() % 4]);
            __int128 away = away_by_hand(&focus, &time);
            bool is_shown = focus_shows(&focus, &time, reason);
            wrong += is_shown != (away >= 0);
            wrong += is_shown && strtoull(reason, NULL, 10) != (uint64_t)(away / 1000000000);
            shown += is_shown;
        }
        focus_release(&focus);
    }
    ok(shown > 1000, "many times are shown (%u)", shown);
    same_number(wrong, 0, "all as if each window was looked at");
}

static void test_names(void)
{
    struct error error = ERROR_INIT;
    struct focus focus = { .limits = { .path = NULL } };

    focus_add_around(&focus, "a.exe", 1, &error);
    focus_add_around(&focus, "/dir/a.exe", 1, &error);
    focus_add_around(&focus, "2000-11-22T08:14:04Z", 1, &error);
    const struct around *name = &focus.arounds[0], *path = &focus.arounds[1];
    ok(focus_means(name, "/x/A.EXE", 8, 0), "a name in any folder, without case");
    ok(!focus_means(name, "/x/ba.exe", 9, 0), "the whole name");
    ok(focus_means(name, "/x/a.exe:s", 8, 1), "a stream of it");
    ok(focus_means(path, "/Dir/a.exe", 10, 0) && !focus_means(path, "/x/dir/a.exe", 12, 0),
       "a path is the whole path");
    ok(!focus_means(&focus.arounds[2], "2000-11-22T08:14:04Z", 20, 0), "a time is no name");
    focus_release(&focus);
}

int main(void)
{
    test_by_chance();
    test_names();
    return tap_done();
}
