/* SPDX-License-Identifier: Apache-2.0 */

/* sorter: the same order in memory, in runs, and in runs of runs. */

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/sorter.h>

#include "tap.h"

struct pair {
    char key[12];
    size_t key_size;
    unsigned number; /* in the order of adding */
};

enum { PAIRS = 60000 };

static struct pair pairs[PAIRS];

/* The truth: insertion by a comparison that knows nothing of the sorter. */
static int by_key(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    size_t least = a->key_size < b->key_size ? a->key_size : b->key_size;
    int order = memcmp(a->key, b->key, least);

    if (order == 0 && a->key_size != b->key_size)
        order = a->key_size < b->key_size ? -1 : 1;
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

static void sorts(size_t memory, size_t count, const char *what)
{
    static struct pair expected[PAIRS];
    struct error error = ERROR_INIT;
    struct sorter *sorter = NULL;
    const void *data;
    size_t size, got = 0, wrong = 0;
    int result = sorter_new(&sorter, memory, NULL, &error);

    for (size_t i = 0; i < count && result == 0; i++)
        result = sorter_add(sorter, pairs[i].key, pairs[i].key_size, &pairs[i].number,
                            sizeof pairs[i].number, &error);
    if (result == 0)
        result = sorter_finish(sorter, &error);
    memcpy(expected, pairs, count * sizeof *pairs);
    qsort(expected, count, sizeof *expected, by_key);
    while (result == 0 && sorter_next(sorter, &data, &size, &error) == 1) {
        unsigned number;
        if (got >= count || size != sizeof number)
            break;
        memcpy(&number, data, size);
        wrong += number != expected[got++].number;
    }
    ok(result == 0 && got == count && wrong == 0, "%s (%s)", what, error.text);
    sorter_free(sorter);
}

/* Pairs that do not fit into the memory at all. */
static void test_large(void)
{
    struct error error = ERROR_INIT;
    struct sorter *sorter = NULL;
    const void *data;
    size_t size;
    static char large[200000];

    sorter_new(&sorter, 1024, NULL, &error);
    memset(large, 'x', sizeof large);
    sorter_add(sorter, "b", 1, "small", 5, &error);
    sorter_add(sorter, "a", 1, large, sizeof large, &error);
    sorter_add(sorter, "b", 1, large, sizeof large, &error);
    sorter_add(sorter, "b", 1, "again", 5, &error);
    sorter_add(sorter, large, sizeof large, "key", 3, &error);
    sorter_add(sorter, "", 0, "", 0, &error);
    same_number(sorter_finish(sorter, &error), 0, "large pairs are sorted");
    static const struct {
        const char *data;
        size_t size;
    } expected[] = { { "", 0 }, { large, sizeof large }, { "small", 5 },
                     { large, sizeof large }, { "again", 5 }, { "key", 3 } };
    for (size_t i = 0; i < 6; i++)
        ok(sorter_next(sorter, &data, &size, &error) == 1 && size == expected[i].size &&
               (size == 0 || memcmp(data, expected[i].data, size) == 0),
           "  number %zu", i);
    same_number(sorter_next(sorter, &data, &size, &error), 0, "  no more");
    same_number(sorter_next(sorter, &data, &size, &error), 0, "  and none again");
    sorter_free(sorter);
}

static void test_failure(void)
{
    struct error error = ERROR_INIT;
    struct sorter *sorter = NULL;
    int result = sorter_new(&sorter, 256, "/nonexistent", &error);

    for (int i = 0; i < 100 && result == 0; i++)
        result = sorter_add(sorter, "k", 1, "data", 4, &error);
    same_number(result, -1, "no place for files");
    same_text(error.text,
              "cannot create a temporary file in /nonexistent: No such file or directory",
              "  is told");
    sorter_free(sorter);
    sorter_free(NULL);
}

int main(void)
{
    unsigned state = 7;

    for (unsigned i = 0; i < PAIRS; i++) {
        pairs[i].number = i;
        state = state * 1103515245 + 12345;
        pairs[i].key_size = (state >> 20) % sizeof pairs[i].key;
        for (size_t j = 0; j < pairs[i].key_size; j++) {
            state = state * 1103515245 + 12345;
            pairs[i].key[j] = "\0a\xff" [(state >> 20) % 3];
        }
    }
    sorts(1 << 20, 0, "nothing");
    sorts(1 << 24, PAIRS, "in memory");
    sorts(1 << 18, PAIRS, "in a few runs");
    /* 4096 bytes hold about 90 pairs: more than twice LIMIT_SORT_RUNS runs. */
    sorts(1 << 12, PAIRS, "in runs of runs");
    test_large();
    test_failure();
    return tap_done();
}
