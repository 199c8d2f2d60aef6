/* SPDX-License-Identifier: Apache-2.0 */

/* own_extents: see own_extents.h. */

#include <stdlib.h>

#include "own_extents.h"

static int compare(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;

    return (x->file_offset > y->file_offset) - (x->file_offset < y->file_offset);
}

int own_extents_init(struct own_extents *own, struct filesystem *filesystem, uint64_t handle,
                     struct error *error)
{
    struct extents *extents = extents_new();
    int result = extents ? filesystem_add_file_extents(filesystem, handle, 0, extents, error)
                         : error_set_memory(error);
    size_t count = result == 0 ? extents_count(extents) : 0;

    *own = (struct own_extents){ calloc(count + 1, sizeof *own->items), 0 };
    if (result == 0 && !own->items)
        result = error_set_memory(error);
    for (size_t i = 0; result == 0 && i < count; i++) {
        const struct extent *extent = extents_get(extents, i);
        if (extent->area != AREA_SLACK)
            own->items[own->count++] = *extent;
    }
    extents_free(extents);
    if (own->count > 0)
        qsort(own->items, own->count, sizeof *own->items, compare);
    return result;
}

void own_extents_release(struct own_extents *own)
{
    free(own->items);
    *own = (struct own_extents){ NULL, 0 };
}

/* The pieces of a unit follow each other without a hole, units never do. */
static bool same_unit(const struct extent *a, const struct extent *b)
{
    return a->packed && b->packed && a->file_offset + a->length == b->file_offset;
}

const struct extent *own_extents_at(const struct own_extents *own, uint64_t file_offset)
{
    size_t low = 0, high = own->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (own->items[middle].file_offset <= file_offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct extent *extent = &own->items[low - 1];
    while (extent > own->items && same_unit(extent - 1, extent))
        extent--;
    return extent->packed || file_offset - extent->file_offset < extent->length ? extent : NULL;
}

uint64_t own_extents_place(const struct extent *extent, uint64_t file_offset)
{
    return extent->start + (extent->packed ? 0 : file_offset - extent->file_offset);
}

size_t own_extents_runs(const struct own_extents *own, uint64_t start, uint64_t length,
                        struct hidden_run runs[HIDDEN_RUNS_MOST], bool *packed)
{
    size_t count = 0;

    *packed = false;
    while (length > 0 && count < HIDDEN_RUNS_MOST) {
        const struct extent *extent = own_extents_at(own, start);
        if (!extent || extent->packed) {
            *packed = extent != NULL;
            return 0;
        }
        uint64_t left = extent->file_offset + extent->length - start;
        uint64_t part = left < length ? left : length;
        runs[count++] = (struct hidden_run){ own_extents_place(extent, start), part };
        start += part;
        length -= part;
    }
    return count;
}
