/* SPDX-License-Identifier: Apache-2.0 */

/* A run of events: sorted, and still the same events. */

#include <stdlib.h>

#include "../../lib/timeline/timeline_internal.h"
#include "tap.h"

enum { COUNT = 5000 };

static struct event events[COUNT];
static struct event_key keys[2 * COUNT];
static struct source_tree trees[] = {
    { NULL, "b.raw", "p1", "b.raw", TIMELINE_TREE_NTFS, INSTANT_NONE },
    { NULL, "a.raw", "p1", "a.raw", TIMELINE_TREE_NTFS, INSTANT_NONE },
};
static struct timeline timeline = { .trees = trees, .tree_count = 2 };

/* Numbers that are the same at each run (Knuth's linear congruential generator). */
static unsigned next_number(unsigned below)
{
    static uint64_t state = 2000;

    state = state * 6364136223846793005 + 1442695040888963407;
    return (unsigned)(state >> 33) % below;
}

/* `times`: how many different seconds there are. */
static void make_events(unsigned times)
{
    static const int64_t far[] = { INT64_MIN, -62167219200, -1, 253402300799, INT64_MAX };

    for (size_t i = 0; i < COUNT; i++)
        events[i] = (struct event){
            .seconds = next_number(50) == 0 ? far[next_number(5)]
                                            : 974500000 + (int64_t)next_number(times) * 777,
            .nanoseconds = next_number(3) == 0 ? 0 : next_number(1000000000),
            .source_tree = next_number(2),
            .handle = next_number(COUNT),
            .name = (uint16_t)next_number(3),
            .source = next_number(2) ? SOURCE_SI : SOURCE_FN,
            .what = (uint8_t)(1 + next_number(15)),
            .precision = next_number(9) == 0 ? PRECISION_DAY : PRECISION_NANOSECOND,
            .state = next_number(9) == 0 ? INSTANT_LOCAL : INSTANT_UTC,
        };
}

/* Of all members of all events, in whatever order. */
static uint64_t sum(void)
{
    uint64_t total = 0;

    for (size_t i = 0; i < COUNT; i++) {
        uint64_t one = (uint64_t)events[i].seconds * 31 + events[i].nanoseconds;
        one = one * 31 + events[i].handle;
        one = one * 31 + events[i].what * 4u + events[i].source;
        total += one * one;
    }
    return total;
}

static void test_order(enum timeline_order order, unsigned times, const char *what)
{
    size_t wrong = 0;

    timeline.order = order;
    make_events(times);
    uint64_t before = sum();
    timeline_sort(&timeline, events, COUNT, keys);
    for (size_t i = 1; i < COUNT; i++)
        wrong += timeline_compare(&events[i - 1], &events[i], &timeline) > 0;
    same_number((long long)wrong, 0, what);
    ok(sum() == before, "the same events");
}

int main(void)
{
    test_order(TIMELINE_TIMES, 1000000, "by time, most differ");
    test_order(TIMELINE_TIMES, 3, "by time, most are the same second");
    test_order(TIMELINE_SECONDS, 40, "by second, then by file");
    test_order(TIMELINE_FILES, 1000, "by file");
    uint64_t before = sum();
    timeline_sort(&timeline, events, 0, keys);
    timeline_sort(&timeline, events, 1, keys);
    ok(sum() == before, "none, and one");
    return tap_done();
}
