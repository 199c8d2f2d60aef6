/* SPDX-License-Identifier: Apache-2.0 */

/* claims: see claims.h. */

#include <stdlib.h>

#include <fett/buffer.h>

#include "claims.h"

int claims_add(struct claims *claims, uint64_t first, uint64_t count)
{
    if (count == 0)
        return 0;
    if (memory_grow((void **)&claims->items, &claims->capacity, claims->count + 1,
                    sizeof *claims->items) != 0)
        return -1;
    claims->items[claims->count++] = (struct claims_range){ first, first + count };
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct claims_range *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* What begins before the end of one that began before is contested up to there. */
void claims_seal(struct claims *claims)
{
    struct claims_range *items = claims->items;
    uint64_t claimed = 0; /* up to here by those seen */
    size_t kept = 0;

    if (claims->count > 0)
        qsort(items, claims->count, sizeof *items, compare);
    for (size_t i = 0; i < claims->count; i++) {
        struct claims_range both = items[i];
        if (both.end > claimed)
            both.end = claimed;
        if (items[i].end > claimed)
            claimed = items[i].end;
        if (both.first >= both.end)
            continue;
        if (kept == 0 || both.first > items[kept - 1].end)
            items[kept++] = both;
        else if (both.end > items[kept - 1].end)
            items[kept - 1].end = both.end;
    }
    claims->count = kept;
    claims->sealed = true;
    struct claims_range *less = kept > 0 ? realloc(items, kept * sizeof *items) : NULL;
    if (less) {
        claims->items = less;
        claims->capacity = kept;
    }
}

bool claims_contested(const struct claims *claims, uint64_t first, uint64_t count)
{
    size_t low = 0, high = claims->count;

    /* The first one that ends behind `first`. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (claims->items[middle].end <= first)
            low = middle + 1;
        else
            high = middle;
    }
    return low < claims->count && claims->items[low].first < first + count;
}

void claims_release(struct claims *claims)
{
    free(claims->items);
    *claims = (struct claims){ .items = NULL };
}

enum file_content claims_judge(const struct claims_tally *tally)
{
    if (tally->free && tally->used)
        return CONTENT_PARTIAL;
    if (tally->contested)
        return CONTENT_UNKNOWN;
    return tally->used ? CONTENT_OVERWRITTEN : CONTENT_INTACT;
}
