/* SPDX-License-Identifier: Apache-2.0 */

/* traces: see traces.h. */

#include <stdlib.h>

#include "traces.h"

int traces_add(struct traces *traces, uint32_t cell)
{
    if (memory_grow((void **)&traces->items, &traces->capacity, traces->count + 1,
                    sizeof *traces->items) != 0)
        return -1;
    traces->items[traces->count++] = (struct trace){ cell, NO_PLACE, NO_PLACE, NO_PLACE };
    return 0;
}

static int compare_traces(const void *a, const void *b)
{
    const struct trace *x = a, *y = b;

    return (x->cell > y->cell) - (x->cell < y->cell);
}

struct trace *traces_find(const struct traces *traces, uint32_t cell)
{
    const struct trace wanted = { .cell = cell };

    return traces->count > 0 ? bsearch(&wanted, traces->items, traces->count, sizeof wanted,
                                       compare_traces)
                             : NULL;
}

struct filling {
    struct hive *hive;
    struct traces *keys;
    int (*fill)(struct hive *hive, struct key *key, const struct trace *trace);
    struct below *below;
    size_t below_count;
    uint32_t *order; /* the trace of each deleted key of the table */
};

int below_compare(const void *a, const void *b)
{
    const struct below *x = a, *y = b;

    if (x->above != y->above)
        return x->above < y->above ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

size_t below_first(const void *rows, size_t count, size_t size, uint32_t above)
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;
        const struct below *row = (const void *)((const char *)rows + middle * size);
        if (row->above < above)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* A key of a trace, at the end of the table. */
static int add_key(struct filling *filling, uint32_t index, uint32_t parent)
{
    struct hive *hive = filling->hive;
    struct trace *trace = &filling->keys->items[index];
    struct key *key = hive_add_key(hive);

    if (!key)
        return -1;
    key->parent = parent;
    trace->place = (uint32_t)(hive->key_count - 1);
    filling->order[hive->key_count - 1 - hive->live_count] = index;
    return filling->fill(hive, key, trace);
}

/* Those below deleted keys that are in the table, level by level, from `next` on. */
static int add_below(struct filling *filling, size_t next)
{
    struct hive *hive = filling->hive;
    const struct below *below = filling->below;
    int result = 0;

    for (; next < hive->key_count - hive->live_count && result == 0; next++) {
        uint32_t place = (uint32_t)(hive->live_count + next), first = (uint32_t)hive->key_count;
        uint32_t above = filling->order[next];
        for (size_t i = below_first(below, filling->below_count, sizeof *below, above);
             i < filling->below_count && below[i].above == above && result == 0; i++)
            if (filling->keys->items[below[i].index].place == NO_PLACE)
                result = add_key(filling, below[i].index, place);
        hive->keys[place].first_child = first;
        hive->keys[place].child_count = (uint32_t)hive->key_count - first;
    }
    return result;
}

static int add_all(struct filling *filling)
{
    const struct traces *keys = filling->keys;
    int result = 0;

    for (size_t i = 0; i < keys->count && result == 0; i++) {
        const struct trace *trace = &keys->items[i];
        if (trace->above != NO_PLACE)
            filling->below[filling->below_count++] = (struct below){ trace->above, (uint32_t)i };
        else
            result = add_key(filling, (uint32_t)i, trace->parent);
    }
    if (filling->below_count > 0)
        qsort(filling->below, filling->below_count, sizeof *filling->below, below_compare);
    if (result == 0)
        result = add_below(filling, 0);
    for (size_t i = 0; i < keys->count && result == 0; i++) {
        size_t next = filling->hive->key_count - filling->hive->live_count;
        if (keys->items[i].place != NO_PLACE)
            continue;
        result = add_key(filling, (uint32_t)i, NO_PLACE);
        if (result == 0)
            result = add_below(filling, next);
    }
    return result;
}

int traces_add_keys(struct hive *hive, struct traces *keys,
                    int (*fill)(struct hive *hive, struct key *key, const struct trace *trace))
{
    struct filling filling = { .hive = hive, .keys = keys, .fill = fill };
    int result = -1;

    filling.below = malloc((keys->count + 1) * sizeof *filling.below);
    filling.order = malloc((keys->count + 1) * sizeof *filling.order);
    if (filling.below && filling.order)
        result = add_all(&filling);
    free(filling.below);
    free(filling.order);
    return result;
}
