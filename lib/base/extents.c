/* SPDX-License-Identifier: Apache-2.0 */

/*
 * extents: see extents.h. Ranges sorted by start are read as a balanced tree:
 * the middle of each part is its root. Beside each range stands how far any
 * range of its part reaches, so parts that end before an offset are not entered.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/extents.h>

struct extents {
    struct extent *items;
    size_t count, capacity;
    uint64_t *reach; /* furthest end within the part whose middle is i */
};

const char *area_name(enum area area)
{
    static const char *const names[AREA_COUNT] = { "content",  "slack",       "resident",
                                                   "index",    "metadata",    "unallocated",
                                                   "unpartitioned" };

    return names[area];
}

struct extents *extents_new(void)
{
    return calloc(1, sizeof(struct extents));
}

void extents_free(struct extents *extents)
{
    if (!extents)
        return;
    free(extents->items);
    free(extents->reach);
    free(extents);
}

static bool continues(const struct extent *last, const struct extent *next)
{
    return last->owner == next->owner && last->space == next->space && last->area == next->area &&
           last->rank == next->rank && last->packed == next->packed &&
           last->start + last->length == next->start &&
           last->file_offset + last->length == next->file_offset;
}

int extents_add(struct extents *extents, const struct extent *extent)
{
    struct extent *last = extents->count ? &extents->items[extents->count - 1] : NULL;

    if (extent->length == 0)
        return 0;
    if (last && continues(last, extent)) {
        last->length += extent->length;
        return 0;
    }
    if (last && extent_is_content(last) && extent_is_content(extent) &&
        last->owner == extent->owner && last->space == extent->space)
        last->goes_on = true;
    if (memory_grow((void **)&extents->items, &extents->capacity, extents->count + 1,
                    sizeof *extents->items) != 0)
        return -1;
    extents->items[extents->count++] = *extent;
    return 0;
}

static int compare_starts(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->space != y->space)
        return x->space < y->space ? -1 : 1;
    return (x->owner > y->owner) - (x->owner < y->owner);
}

/* Of the part [low, high); returns its furthest end. */
static uint64_t set_reach(struct extents *extents, size_t low, size_t high)
{
    if (low == high)
        return 0;
    size_t middle = low + (high - low) / 2;
    uint64_t furthest = extents->items[middle].start + extents->items[middle].length;
    uint64_t left = set_reach(extents, low, middle), right = set_reach(extents, middle + 1, high);

    if (left > furthest)
        furthest = left;
    if (right > furthest)
        furthest = right;
    extents->reach[middle] = furthest;
    return furthest;
}

int extents_seal(struct extents *extents)
{
    extents->reach = malloc((extents->count + 1) * sizeof *extents->reach);
    if (!extents->reach)
        return -1;
    if (extents->count > 0)
        qsort(extents->items, extents->count, sizeof *extents->items, compare_starts);
    set_reach(extents, 0, extents->count);
    return 0;
}

/* Of the found, the weakest goes when there is no more room. */
static size_t insert(struct extent *found, size_t count, size_t most, const struct extent *extent)
{
    size_t at = count;

    while (at > 0 && (extent->rank < found[at - 1].rank ||
                      (extent->rank == found[at - 1].rank &&
                       (extent->space < found[at - 1].space ||
                        (extent->space == found[at - 1].space &&
                         extent->owner < found[at - 1].owner)))))
        at--;
    if (at == most)
        return count;
    size_t kept = count < most ? count : most - 1;
    memmove(found + at + 1, found + at, (kept - at) * sizeof *found);
    found[at] = *extent;
    return kept + 1;
}

/* Parts that are passed over have their borders on one side: the nearest is that
 * of their furthest end, or of their first start. */
static size_t search(const struct extents *extents, size_t low, size_t high, uint64_t offset,
                     struct extent *found, size_t count, size_t most, struct stretch *stretch)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct extent *extent = &extents->items[middle];
        if (extents->reach[middle] <= offset) {
            stretch_cut(stretch, offset, extents->reach[middle]);
            return count;
        }
        count = search(extents, low, middle, offset, found, count, most, stretch);
        stretch_cut(stretch, offset, extent->start);
        if (extent->start > offset)
            return count;
        stretch_cut(stretch, offset, extent->start + extent->length);
        if (offset - extent->start < extent->length)
            count = insert(found, count, most, extent);
        low = middle + 1;
    }
    return count;
}

size_t extents_at(const struct extents *extents, uint64_t offset, struct extent *found,
                  size_t most, struct stretch *stretch)
{
    *stretch = (struct stretch){ 0, UINT64_MAX };
    return search(extents, 0, extents->count, offset, found, 0, most, stretch);
}

size_t extents_count(const struct extents *extents)
{
    return extents->count;
}

size_t extents_first(const struct extents *extents, uint64_t offset)
{
    size_t low = 0, high = extents->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (extents->items[middle].start < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct extent extents_get(const struct extents *extents, size_t index)
{
    return extents->items[index];
}
