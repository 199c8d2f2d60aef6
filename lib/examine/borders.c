/* SPDX-License-Identifier: Apache-2.0 */

/* borders: see borders.h. */

#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/fixup.h>
#include <fett/keyed.h>

#include "borders.h"

enum { CLIP = 2 * IOC_MARGIN }; /* bytes on one side: hits in the nearer half, and their margin */

int borders_init(struct borders *borders, const struct extents *extents,
                 const struct searchers *searchers)
{
    *borders = (struct borders){ .extents = extents,
                                 .searchers = { .scanner = searchers->scanner,
                                                .stop = searchers->stop } };
    return found_init(&borders->clipped, CLIP + FIXUP_STRIDE);
}

void borders_release(struct borders *borders)
{
    found_release(&borders->clipped);
    free(borders->places);
}

static bool is_text(uint8_t byte)
{
    return byte > ' ' && byte != 0x7f;
}

/* Whether the bytes before and behind a place can be of one word, in ASCII or UTF-16. */
static bool may_join(const struct searched *searched, uint64_t place)
{
    if (place <= searched->base || place - searched->base >= searched->size)
        return false;
    size_t at = (size_t)(place - searched->base);
    const uint8_t *p = searched->data + at;

    if (is_text(p[-1]) && is_text(p[0]))
        return true;
    return at >= 2 && searched->size - at >= 2 &&
           ((is_text(p[-2]) && p[-1] == 0 && is_text(p[0]) && p[1] == 0) ||
            (p[-2] == 0 && is_text(p[-1]) && p[0] == 0 && is_text(p[1])));
}

static int add_place(struct borders *borders, const struct searched *searched, uint64_t place)
{
    if (place < searched->from || place >= searched->to + IOC_MARGIN ||
        !may_join(searched, place))
        return 0;
    if (memory_grow((void **)&borders->places, &borders->capacity, borders->count + 1,
                    sizeof *borders->places) != 0)
        return -1;
    borders->places[borders->count++] = place;
    return 0;
}

/* Where extents begin and end in the block and the margin behind it, in order. */
static int collect_places(struct borders *borders, const struct searched *searched)
{
    enum { MOST = 16 };
    const struct extents *extents = borders->extents;
    struct extent covering[MOST];
    struct stretch ignored;
    int failed = 0;

    borders->count = 0;
    size_t count = extents_at(extents, searched->from, covering, MOST, &ignored);
    for (size_t i = 0; i < count; i++)
        failed |= add_place(borders, searched, covering[i].start + covering[i].length);
    for (size_t i = extents_first(extents, searched->from); i < extents_count(extents); i++) {
        const struct extent *extent = extents_get(extents, i);
        if (extent->start >= searched->to + IOC_MARGIN)
            break;
        failed |= add_place(borders, searched, extent->start);
        failed |= add_place(borders, searched, extent->start + extent->length);
    }
    if (borders->count > 1)
        qsort(borders->places, borders->count, sizeof *borders->places, keyed_compare);
    return failed;
}

/* Whose a byte is; zeroed for nobody's. */
static struct extent owner_of(const struct borders *borders, uint64_t offset)
{
    struct stretch ignored;
    struct extent found;

    return extents_at(borders->extents, offset, &found, 1, &ignored) > 0 &&
                   found.rank != RANK_REALLOCATED
               ? found
               : (struct extent){ 0 };
}

/* Whether the bytes before and behind a place belong together. */
static bool is_one(const struct extent *left, const struct extent *right)
{
    return (left->length > 0) == (right->length > 0) && left->owner == right->owner &&
           left->space == right->space && left->area == right->area &&
           (!extent_is_content(left) ||
            left->file_offset - left->start == right->file_offset - right->start);
}

/* The first of the hits [0, count), which are in order, that does not begin before `offset`. */
static size_t first_hit(const struct found_block *block, size_t count, uint64_t offset)
{
    size_t low = 0;

    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (block->hits[middle].offset < offset)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* What a place is about: the hits that begin in [from, to), of which the first `ordered` in the
 * block are in order, those behind nearly. */
struct side {
    uint64_t from, to;
    size_t ordered;
};

/* The next hit from number `at` on that begins in `side`, but of what was decoded or joined;
 * count: none. */
static size_t next_hit(const struct found_block *block, const struct side *side, size_t at)
{
    for (; at < block->count; at++) {
        const struct found *hit = &block->hits[at];
        if (at < side->ordered && hit->offset >= side->to)
            at = side->ordered - 1;
        else if (hit->offset >= side->from && hit->offset < side->to && !hit->covered &&
                 !hit->decoded && !hit->long_name && hit->kind < IOC_KIND_COUNT)
            break;
    }
    return at;
}

static bool is_same(const struct found *a, const struct found *b)
{
    return a->offset == b->offset && a->length == b->length && a->kind == b->kind &&
           a->encoding == b->encoding;
}

/* Cover the hits that begin in `side` and are not found in the bytes [begin, end) alone; add
 * those that only they show. */
static int search_side(struct borders *borders, struct found_block *block,
                       const struct searched *searched, const struct side *side, uint64_t begin,
                       uint64_t end)
{
    struct found_block *clipped = &borders->clipped;

    if (side->from >= side->to)
        return 0;
    found_search(clipped, &borders->searchers, searched->data + (begin - searched->base),
                 (size_t)(end - begin), (size_t)(side->from - begin), (size_t)(side->to - begin),
                 begin, NULL);
    size_t first = first_hit(block, side->ordered, side->from);
    for (size_t at = next_hit(block, side, first); at < block->count;
         at = next_hit(block, side, at + 1)) {
        bool found = false;
        for (size_t i = 0; i < clipped->count; i++)
            if (is_same(&clipped->hits[i], &block->hits[at]))
                clipped->hits[i].covered = found = true;
        block->hits[at].covered = !found;
    }
    for (size_t i = 0; i < clipped->count; i++)
        if (!clipped->hits[i].covered && !clipped->hits[i].long_name &&
            found_add(block, clipped, &clipped->hits[i]) != 0)
            return -1;
    return clipped->out_of_memory ? -1 : 0;
}

/* Cover the hits that begin before a place and end behind it. */
static void cover_crossing(struct found_block *block, uint64_t place, size_t ordered)
{
    const struct side before = { place > IOC_MARGIN ? place - IOC_MARGIN : 0, place, ordered };

    for (size_t at = next_hit(block, &before, first_hit(block, ordered, before.from));
         at < block->count; at = next_hit(block, &before, at + 1))
        if (block->hits[at].offset + block->hits[at].length > place)
            block->hits[at].covered = true;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

int borders_mend(struct borders *borders, struct found_block *block,
                 const struct searched *searched)
{
    uint64_t before = searched->base, data_end = searched->base + searched->size;
    const size_t ordered = block->count;
    int result = collect_places(borders, searched);

    for (size_t i = 0; i < borders->count && result == 0; i++) {
        uint64_t place = borders->places[i];
        const struct extent left = owner_of(borders, place - 1), right = owner_of(borders, place);
        if ((i > 0 && place == borders->places[i - 1]) || is_one(&left, &right))
            continue;
        uint64_t far = place - least(place - before, CLIP);
        const struct side behind = { place, least(searched->to, place + IOC_MARGIN), ordered };
        const struct side ahead = {
            most(searched->from, most(far, place - least(place, IOC_MARGIN))),
            least(searched->to, place), ordered
        };
        bool goes_on = left.goes_on && left.start + left.length == place;
        bool went_on = extent_is_content(&right) && right.file_offset + (place - right.start) > 0;
        cover_crossing(block, place, ordered);
        if (!goes_on)
            result = search_side(borders, block, searched, &ahead, far, place);
        if (result == 0 && !went_on && place < searched->to)
            result = search_side(borders, block, searched, &behind, place,
                                 least(data_end, place + CLIP));
        before = place;
    }
    if (block->count > ordered)
        found_sort(block);
    return result;
}
