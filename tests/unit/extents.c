/* SPDX-License-Identifier: Apache-2.0 */

/* extents against a brute-force search over the same random ranges. */

#include <stdlib.h>

#include <fett/extents.h>

#include "tap.h"

enum { SPACE = 4096, RANGES = 400, MOST = 64 };

static unsigned seed = 12345;

static unsigned next_random(unsigned below)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 16) % below;
}

static bool stronger(const struct extent *a, const struct extent *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->owner < b->owner;
}

static void test_random(void)
{
    static struct extent ranges[RANGES];
    struct extents *extents = extents_new();
    bool counts = true, owners = true;

    for (unsigned i = 0; i < RANGES; i++) {
        ranges[i] = (struct extent){ .start = next_random(SPACE),
                                     .length = 1 + next_random(i % 10 ? 20 : SPACE),
                                     .owner = i + 1,
                                     .rank = (uint8_t)next_random(4) };
        extents_add(extents, &ranges[i]);
    }
    struct extent before_found[MOST];
    struct stretch before = { 0, 0 };
    size_t before_count = 0;
    bool stretches = true;
    extents_seal(extents);
    for (uint64_t offset = 0; offset < 2 * SPACE; offset++) {
        struct extent found[MOST], *best = NULL;
        struct stretch stretch;
        size_t expected = 0, got = extents_at(extents, offset, found, MOST, &stretch);
        for (unsigned i = 0; i < RANGES; i++)
            if (offset >= ranges[i].start && offset - ranges[i].start < ranges[i].length) {
                expected++;
                if (!best || stronger(&ranges[i], best))
                    best = &ranges[i];
            }
        stretches &= stretch.from <= offset && offset < stretch.to &&
                     (offset == 0 || offset >= before.to
                          ? stretch.from == (offset == 0 ? 0 : before.to)
                          : stretch.from == before.from && stretch.to == before.to &&
                                got == before_count &&
                                memcmp(found, before_found, got * sizeof *found) == 0);
        before = stretch;
        before_count = got;
        memcpy(before_found, found, got * sizeof *found);
        counts &= got == (expected < MOST ? expected : MOST);
        owners &= !best || found[0].owner == best->owner;
        for (size_t i = 1; i < got; i++)
            owners &= stronger(&found[i - 1], &found[i]);
    }
    ok(stretches, "the same owners in all of a stretch, and stretches one behind the other");
    ok(counts, "as many owners as a search of all ranges finds");
    ok(owners, "strongest first, and the strongest is the right one");
    extents_free(extents);
}

/* Whether `a` comes before `b`; those that nothing tells apart stay as they were added, which
 * their file_offset counts. */
static bool before(const struct extent *a, const struct extent *b)
{
    if (a->start != b->start)
        return a->start < b->start;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (a->space != b->space)
        return a->space < b->space;
    return a->owner != b->owner ? a->owner < b->owner : a->file_offset < b->file_offset;
}

/* `count` extents whose starts have `bits` bits; but each `step`-th, if `step` is given, they
 * ascend. */
static bool in_order(size_t count, unsigned bits, unsigned step)
{
    struct extents *extents = extents_new();
    uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX, lengths = 0;
    bool right = true;

    extents_expect(extents, count / 2);
    for (size_t i = 0; i < count; i++) {
        uint64_t any = (uint64_t)next_random(65536) << 48 | (uint64_t)next_random(65536) << 32 |
                       (uint64_t)next_random(65536) << 16 | next_random(65536);
        bool ascending = step && i % step + 1 < step;
        const struct extent extent = { .start = (ascending ? i << bits / 2 : any) & mask,
                                       .length = 1 + i,
                                       .file_offset = i,
                                       .owner = next_random(3),
                                       .space = next_random(2),
                                       .rank = (uint8_t)next_random(3),
                                       .area = AREA_INDEX };
        extents_add(extents, &extent);
        lengths += extent.length;
    }
    right &= extents_seal(extents) == 0 && extents_count(extents) == count;
    for (size_t i = 0; i < extents_count(extents); i++) {
        lengths -= extents_get(extents, i)->length;
        right &= i == 0 || before(extents_get(extents, i - 1), extents_get(extents, i));
    }
    extents_free(extents);
    return right && lengths == 0;
}

static void test_order(void)
{
    static const unsigned widths[] = { 0, 1, 5, 11, 12, 22, 33, 40, 55, 64 };
    bool few = true;

    for (size_t count = 0; count < 40; count++)
        few &= in_order(count, 4, 0) && in_order(count, 64, 0);
    ok(few, "up to 40 extents in order");
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        ok(in_order(5000, widths[i], 0) && in_order(5000, widths[i], 50),
           "5,000 extents in order, starts of %u bits", widths[i]);
    ok(in_order(5000, 33, 5001), "and such as were in order before");
}

static void test_few(void)
{
    struct extents *extents = extents_new();
    struct extent found[1];
    struct stretch stretch;

    extents_add(extents, &(struct extent){ .start = 0, .length = 100, .owner = 9,
                                           .rank = RANK_METADATA });
    extents_add(extents, &(struct extent){ .start = 10, .length = 10, .owner = 7 });
    extents_add(extents, &(struct extent){ .start = 20, .length = 10, .owner = 7,
                                           .file_offset = 10 });
    extents_add(extents, &(struct extent){ .start = 50, .length = 0, .owner = 3 });
    extents_seal(extents);
    same_number((long long)extents_count(extents), 2, "neighbours joined, empty ones dropped");
    same_number((long long)extents_at(extents, 25, found, 1, &stretch), 1, "room for one");
    same_number((long long)found[0].owner, 7, "which is the strongest");
    same_number((long long)extents_at(extents, 100, found, 1, &stretch), 0, "nobody behind the end");
    extents_free(extents);
    extents = extents_new();
    extents_seal(extents);
    same_number((long long)extents_at(extents, 0, found, 1, &stretch), 0, "an empty map");
    extents_free(extents);
}

/* What of a file's content goes on elsewhere; where a search by place begins. */
static void test_pieces(void)
{
    static const struct extent pieces[] = {
        { .start = 100, .length = 10, .owner = 7, .area = AREA_CONTENT },
        { .start = 110, .length = 10, .file_offset = 10, .owner = 7, .area = AREA_CONTENT },
        { .start = 50, .length = 5, .file_offset = 20, .owner = 7, .area = AREA_CONTENT },
        { .start = 55, .length = 5, .file_offset = 25, .owner = 7, .area = AREA_SLACK },
        { .start = 200, .length = 5, .owner = 8, .area = AREA_CONTENT },
        { .start = 300, .length = 5, .area = AREA_CONTENT },
        { .start = 400, .length = 5, .area = AREA_CONTENT },
    };
    struct extents *extents = extents_new();

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        extents_add(extents, &pieces[i]);
    extents_seal(extents);
    same_number((long long)extents_count(extents), 6, "neighbours are one");
    size_t at = extents_first(extents, 100);
    ok(extents_get(extents, at)->start == 100 && extents_get(extents, at)->goes_on,
       "content that goes on elsewhere");
    ok(!extents_get(extents, 0)->goes_on && !extents_get(extents, 1)->goes_on, "its end does not");
    ok(!extents_get(extents, at + 1)->goes_on && !extents_get(extents, at + 2)->goes_on,
       "nor does that of others, or of nobody");
    same_number((long long)extents_first(extents, 101), (long long)at + 1, "the first behind");
    same_number((long long)extents_first(extents, 401), 6, "none behind the last");
    extents_free(extents);
}

int main(void)
{
    test_random();
    test_order();
    test_pieces();
    test_few();
    same_text(area_name(AREA_UNPARTITIONED), "unpartitioned", "names of areas");
    return tap_done();
}
