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

struct text_row {
    const char *text;
    int number;
};

static void test_texts(void)
{
    static const struct text_row texts[] = { { "a", 1 }, { "ab", 2 }, { "abc", 3 }, { "b", 4 } };
    const struct text_row *row;

    for (int i = 0; i < 4; i++) {
        row = keyed_text_row(texts, 4, sizeof *texts, texts[i].text, strlen(texts[i].text));
        ok(row && row->number == i + 1, "row of %s", texts[i].text);
    }
    row = keyed_text_row(texts, 4, sizeof *texts, "abcd", 2);
    ok(row && row->number == 2, "so many bytes count");
    ok(!keyed_text_row(texts, 4, sizeof *texts, "", 0), "of no text no row");
    ok(!keyed_text_row(texts, 4, sizeof *texts, "aa", 2) &&
       !keyed_text_row(texts, 4, sizeof *texts, "abcd", 4) &&
       !keyed_text_row(texts, 4, sizeof *texts, "c", 1), "none between and behind them");
}

static void test_order(void)
{
    static const uint64_t numbers[] = { 0, 7, (uint64_t)1 << 63, UINT64_MAX };
    bool right = true;

    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++) {
            int order = keyed_compare(&numbers[i], &numbers[k]);
            right &= (order > 0) - (order < 0) == (i > k) - (i < k);
        }
    ok(right, "numbers in order, the largest too");
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
    test_texts();
    test_order();
    return tap_done();
}
