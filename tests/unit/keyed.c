/* SPDX-License-Identifier: Apache-2.0 */

/* Rows by the number that they begin with: between, before and behind them, and where
 * several have the same. */

#include <fett/keyed.h>

#include "tap.h"

struct row {
    uint64_t key;
    char name;
};

static const struct row rows[] = {
    { 2, 'a' }, { 5, 'b' }, { 5, 'c' }, { 5, 'd' }, { 9, 'e' }, { UINT64_MAX, 'f' },
};
enum { COUNT = sizeof rows / sizeof *rows };

static void finds(uint64_t key, size_t place)
{
    size_t got = keyed_find(rows, COUNT, sizeof *rows, key);

    ok(got == place, "%llu is at %zu (%zu)", (unsigned long long)key, place, got);
}

static void has(uint64_t key, char name)
{
    const struct row *row = keyed_row(rows, COUNT, sizeof *rows, key);

    ok(row ? row->name == name : name == '\0', "row of %llu", (unsigned long long)key);
}

int main(void)
{
    static const uint64_t bare[] = { 7, 8 };

    finds(0, 0);
    finds(2, 0);
    finds(3, 1);
    finds(5, 1);
    finds(6, 4);
    finds(10, 5);
    finds(UINT64_MAX, 5);
    has(0, '\0');
    has(2, 'a');
    has(5, 'b');
    has(6, '\0');
    has(UINT64_MAX, 'f');
    ok(keyed_find(bare, 2, sizeof *bare, 9) == 2, "behind all of them");
    ok(!keyed_row(bare, 2, sizeof *bare, 9), "no row behind all of them");
    ok(keyed_find(NULL, 0, sizeof *rows, 1) == 0, "of no rows none");
    ok(!keyed_row(NULL, 0, sizeof *rows, 1), "of no rows none, again");
    return tap_done();
}
