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

/* Of two of one owner. */
static bool continues(const struct extent *last, const struct extent *next)
{
    return last->area == next->area && last->rank == next->rank &&
           last->packed == next->packed && last->start + last->length == next->start &&
           last->file_offset + last->length == next->file_offset;
}

void extents_expect(struct extents *extents, size_t count)
{
    memory_grow((void **)&extents->items, &extents->capacity, extents->count + count,
                sizeof *extents->items);
}

int extents_add(struct extents *extents, const struct extent *extent)
{
    if (extent->length == 0)
        return 0;
    if (memory_grow((void **)&extents->items, &extents->capacity, extents->count + 1,
                    sizeof *extents->items) != 0)
        return -1;
    struct extent *next = &extents->items[extents->count];
    struct extent *last = extents->count > 0 ? next - 1 : NULL;
    if (last && last->owner == extent->owner && last->space == extent->space) {
        if (continues(last, extent)) {
            last->length += extent->length;
            return 0;
        }
        last->goes_on |= extent_is_content(last) && extent_is_content(extent);
    }
    *next = *extent;
    extents->count++;
    return 0;
}

/* Of those that start at one place. */
static int compare_alike(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->space != y->space)
        return x->space < y->space ? -1 : 1;
    return (x->owner > y->owner) - (x->owner < y->owner);
}

/* The bits in which starts differ; 0 too where all are in order. */
static uint64_t bits_out_of_order(const struct extents *extents)
{
    const struct extent *items = extents->items;
    uint64_t bits = 0;
    bool ordered = true;

    for (size_t i = 1; i < extents->count; i++) {
        bits |= items[i - 1].start ^ items[i].start;
        ordered &= items[i - 1].start <= items[i].start;
    }
    return ordered ? 0 : bits;
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* Put the numbers of extents in `order` into `next` by one digit of their starts; those of the
 * same digit stay as they were. */
static void order_by_digit(const struct extents *extents, const uint32_t *order, uint32_t *next,
                           unsigned shift)
{
    const struct extent *items = extents->items;
    uint32_t places[DIGITS] = { 0 }, place = 0;

    for (size_t i = 0; i < extents->count; i++)
        places[items[i].start >> shift & (DIGITS - 1)]++;
    for (size_t i = 0; i < DIGITS; i++) {
        uint32_t count = places[i];
        places[i] = place;
        place += count;
    }
    for (size_t i = 0; i < extents->count; i++)
        next[places[items[order[i]].start >> shift & (DIGITS - 1)]++] = order[i];
}

/* Put the extents into `order`, which is used up. */
static void move_to(struct extents *extents, uint32_t *order)
{
    struct extent *items = extents->items;

    for (uint32_t i = 0; i < extents->count; i++) {
        uint32_t at = i, from = order[i];
        if (from == i)
            continue;
        const struct extent first = items[i];
        for (; from != i; at = from, from = order[from]) {
            items[at] = items[from];
            order[at] = at;
        }
        items[at] = first;
        order[at] = at;
    }
}

/* Sort by start, digit by digit from the lowest on, in room for as many offsets. Comparing
 * takes ten times as long, and whoever scans the media waits for the map. */
static void sort_starts(struct extents *extents, uint64_t *room)
{
    uint32_t *order = (uint32_t *)room, *next = order + extents->count, *other;
    uint64_t bits = bits_out_of_order(extents);

    if (bits == 0)
        return;
    for (uint32_t i = 0; i < extents->count; i++)
        order[i] = i;
    for (unsigned shift = 0; shift < 64 && bits >> shift; shift += DIGIT_BITS) {
        if ((bits >> shift & (DIGITS - 1)) == 0)
            continue;
        order_by_digit(extents, order, next, shift);
        other = order;
        order = next;
        next = other;
    }
    move_to(extents, order);
}

/* Sort those that start at the same place. */
static void sort_alike(struct extents *extents)
{
    struct extent *items = extents->items;

    for (size_t i = 1; i < extents->count; i++) {
        if (items[i].start != items[i - 1].start)
            continue;
        size_t first = i - 1;
        while (i < extents->count && items[i].start == items[first].start)
            i++;
        qsort(items + first, i - first, sizeof *items, compare_alike);
    }
}

/* Of the part [low, high), which has some; returns its furthest end. */
static uint64_t set_reach(struct extents *extents, size_t low, size_t high)
{
    size_t middle = low + (high - low) / 2;
    uint64_t furthest = extents->items[middle].start + extents->items[middle].length;

    if (low < middle) {
        uint64_t left = set_reach(extents, low, middle);
        furthest = left > furthest ? left : furthest;
    }
    if (middle + 1 < high) {
        uint64_t right = set_reach(extents, middle + 1, high);
        furthest = right > furthest ? right : furthest;
    }
    extents->reach[middle] = furthest;
    return furthest;
}

int extents_seal(struct extents *extents)
{
    extents->reach = malloc((extents->count + 1) * sizeof *extents->reach);
    if (!extents->reach || extents->count > UINT32_MAX)
        return -1;
    if (extents->count == 0)
        return 0;
    sort_starts(extents, extents->reach);
    sort_alike(extents);
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

const struct extent *extents_get(const struct extents *extents, size_t index)
{
    return &extents->items[index];
}
