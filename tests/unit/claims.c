/* SPDX-License-Identifier: Apache-2.0 */

/* Which clusters more than one deleted file claims. */

#include "../../lib/evidence/claims.h"
#include "tap.h"

static void test_contested(void)
{
    static const struct {
        uint64_t first, count;
    } ranges[] = {
        { 50, 10 }, { 10, 10 }, { 20, 5 },            /* side by side: nobody's loss */
        { 100, 100 }, { 110, 5 }, { 115, 5 }, { 150, 100 }, /* inside, and over the end */
        { 300, 1 }, { 300, 1 }, { 300, 1 },           /* the same three times */
        { 400, 10 }, { 405, 10 }, { 412, 10 },
    };
    struct claims claims = { .items = NULL };
    bool is[500] = { false }, right = true;
    unsigned times[500] = { 0 };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        ok(claims_add(&claims, ranges[i].first, ranges[i].count) == 0, "range %zu", i);
        for (uint64_t k = 0; k < ranges[i].count; k++)
            is[ranges[i].first + k] = ++times[ranges[i].first + k] > 1;
    }
    claims_add(&claims, 105, 0);
    claims_seal(&claims);
    for (uint64_t first = 0; first < 480; first++) {
        bool any = false;
        for (uint64_t n = 1; n < 20; n++) {
            any |= is[first + n - 1];
            right = right && claims_contested(&claims, first, n) == any;
        }
    }
    ok(right, "the same as counted one by one");
    claims_release(&claims);
    claims_seal(&claims);
    ok(!claims_contested(&claims, 0, UINT64_MAX), "none");
}

static void test_judge(void)
{
    static const struct {
        struct claims_tally tally;
        enum file_content content;
        const char *what;
    } cases[] = {
        { { false, false, false }, CONTENT_INTACT, "no clusters" },
        { { true, false, false }, CONTENT_INTACT, "all free" },
        { { false, true, false }, CONTENT_OVERWRITTEN, "all used" },
        { { true, true, false }, CONTENT_PARTIAL, "some" },
        { { true, true, true }, CONTENT_PARTIAL, "some, whatever became of the contested ones" },
        { { true, false, true }, CONTENT_UNKNOWN, "free ones and contested ones" },
        { { false, true, true }, CONTENT_UNKNOWN, "used ones and contested ones" },
        { { false, false, true }, CONTENT_UNKNOWN, "contested ones" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ok(claims_judge(&cases[i].tally) == cases[i].content, "%s", cases[i].what);
}

int main(void)
{
    test_contested();
    test_judge();
    return tap_done();
}
