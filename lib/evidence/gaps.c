/* SPDX-License-Identifier: Apache-2.0 */

/*
 * gaps: sorted arrays under a lock. A gap that touches one of the same kind,
 * reason and object is joined to it, so that reading a bad place again adds
 * nothing; it is found by a binary search among those of this kind, reason and
 * object, of which none touches another, however many there are of others.
 * When LIMIT_GAPS are told one by one, or memory is out, a last one grows over
 * all further places.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/limits.h>

#include "gaps.h"

struct gap_text {
    struct gap_text *next;
    char text[];
};

static const char *const rest_reason = "more places are damaged than are told one by one";

/* Room for one item more, and one besides. */
static int reserve(struct gap_set *set, size_t count)
{
    return memory_grow((void **)&set->items, &set->capacity, count + 2, sizeof *set->items);
}

int gaps_init(struct gaps *gaps)
{
    memset(gaps, 0, sizeof *gaps);
    if (reserve(&gaps->all, 0) != 0)
        return -1;
    if (pthread_mutex_init(&gaps->lock, NULL) != 0) {
        free(gaps->all.items);
        return -1;
    }
    return 0;
}

void gaps_release(struct gaps *gaps)
{
    while (gaps->texts) {
        struct gap_text *next = gaps->texts->next;
        free(gaps->texts);
        gaps->texts = next;
    }
    for (size_t i = 0; i < gaps->all.count; i++)
        if (gaps->all.items[i] != &gaps->rest)
            free(gaps->all.items[i]);
    free(gaps->all.items);
    free(gaps->waiting.items);
    free(gaps->told.items);
    pthread_mutex_destroy(&gaps->lock);
}

static int compare_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_about(const struct gap *a, const struct gap *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    int order = compare_text(a->reason, b->reason);
    if (order == 0)
        order = compare_text(a->volume, b->volume);
    if (order == 0)
        order = compare_text(a->path, b->path);
    return order ? order : compare_text(a->inode, b->inode);
}

typedef int compare_items(const struct gap_item *a, const struct gap_item *b);

static int compare_place(const struct gap_item *a, const struct gap_item *b)
{
    if (a->gap.offset != b->gap.offset)
        return a->gap.offset < b->gap.offset ? -1 : 1;
    return compare_about(&a->gap, &b->gap);
}

static int compare_subject(const struct gap_item *a, const struct gap_item *b)
{
    int order = compare_about(&a->gap, &b->gap);

    return order ? order : (a->from > b->from) - (a->from < b->from);
}

/* Where an item belongs: the first that is not before it. */
static size_t place(const struct gap_set *set, compare_items *compare, const struct gap_item *item)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(set->items[middle], item) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The set has room. */
static void insert(struct gap_set *set, size_t at, struct gap_item *item)
{
    memmove(set->items + at + 1, set->items + at, (set->count - at) * sizeof *set->items);
    set->items[at] = item;
    set->count++;
}

static void take_out(struct gap_set *set, size_t at)
{
    set->count--;
    memmove(set->items + at, set->items + at + 1, (set->count - at) * sizeof *set->items);
}

static void insert_in_all(struct gaps *gaps, struct gap_item *item)
{
    size_t at = place(&gaps->all, compare_place, item);

    insert(&gaps->all, at, item);
    if (at < gaps->untold)
        gaps->untold = at;
}

static void take_out_of_all(struct gaps *gaps, const struct gap_item *item)
{
    size_t at = place(&gaps->all, compare_place, item);

    while (gaps->all.items[at] != item)
        at++;
    take_out(&gaps->all, at);
    if (at < gaps->untold)
        gaps->untold = at;
}

static struct gap_item make_item(const struct gap *gap)
{
    uint64_t end = gap->length > UINT64_MAX - gap->offset ? UINT64_MAX : gap->offset + gap->length;

    return (struct gap_item){ *gap, gap->offset, end, false };
}

static void cover(struct gap_item *item, const struct gap_item *more)
{
    if (more->from < item->from)
        item->from = more->from;
    if (more->end > item->end)
        item->end = more->end;
}

static bool touch(const struct gap_item *a, const struct gap_item *b)
{
    return a->from <= b->end && b->from <= a->end && compare_about(&a->gap, &b->gap) == 0;
}

/* An item that touches this one, or count for none: as those of one subject do
 * not touch each other, it is a neighbour of the place where this one belongs. */
static size_t find_touching(const struct gap_set *set, const struct gap_item *item)
{
    size_t at = place(set, compare_subject, item);

    if (at > 0 && touch(set->items[at - 1], item))
        return at - 1;
    return at < set->count && touch(set->items[at], item) ? at : set->count;
}

/* One gap for all that are not told one by one; `all` has room for it. */
static void add_rest(struct gaps *gaps, struct gap_item more)
{
    struct gap_item *rest = &gaps->rest;

    more.gap = (struct gap){ .kind = more.gap.kind, .reason = rest_reason };
    if (gaps->full) {
        if (rest->from <= more.from && rest->end >= more.end)
            return;
        take_out_of_all(gaps, rest);
        cover(&more, rest);
        more.gap.kind = rest->gap.kind;
    }
    gaps->full = true;
    *rest = more;
    rest->gap.offset = rest->from;
    rest->gap.length = rest->end - rest->from;
    insert_in_all(gaps, rest);
}

static bool copy_text(struct gaps *gaps, const char **text)
{
    if (!*text)
        return true;
    size_t size = strlen(*text) + 1;
    struct gap_text *copy = malloc(sizeof *copy + size);
    if (!copy)
        return false;
    memcpy(copy->text, *text, size);
    copy->next = gaps->texts;
    gaps->texts = copy;
    *text = copy->text;
    return true;
}

static void await(struct gaps *gaps, struct gap_item *item)
{
    item->gap.offset = item->from;
    item->gap.length = item->end - item->from;
    insert_in_all(gaps, item);
    insert(&gaps->waiting, place(&gaps->waiting, compare_subject, item), item);
}

/* Whether it was told already; of one that was told in part, leave what follows. */
static bool was_told(const struct gaps *gaps, struct gap_item *item)
{
    size_t at = find_touching(&gaps->told, item);

    if (at == gaps->told.count)
        return false;
    const struct gap_item *told = gaps->told.items[at];
    if (told->from <= item->from && told->end >= item->end)
        return true;
    if (item->from >= told->from)
        item->from = told->end;
    return false;
}

/* Join it to those that wait and touch it. */
static bool join(struct gaps *gaps, const struct gap_item *item)
{
    struct gap_item *joined = NULL, wider = *item;
    size_t at;

    while ((at = find_touching(&gaps->waiting, &wider)) < gaps->waiting.count) {
        struct gap_item *other = gaps->waiting.items[at];
        take_out(&gaps->waiting, at);
        take_out_of_all(gaps, other);
        cover(&wider, other);
        free(joined);
        joined = other;
    }
    if (!joined)
        return false;
    joined->from = wider.from;
    joined->end = wider.end;
    await(gaps, joined);
    return true;
}

/* With own texts; NULL without memory or beyond the limit. One place is always kept free: for
 * the rest. There is room for all that wait to be told. */
static struct gap_item *new_item(struct gaps *gaps, const struct gap_item *from)
{
    size_t count = gaps->all.count + 1;

    if (count >= LIMIT_GAPS || reserve(&gaps->all, count) != 0 ||
        reserve(&gaps->waiting, count) != 0 || reserve(&gaps->told, count) != 0)
        return NULL;
    struct gap_item *item = malloc(sizeof *item);
    if (!item)
        return NULL;
    *item = *from;
    if (copy_text(gaps, &item->gap.reason) && copy_text(gaps, &item->gap.volume) &&
        copy_text(gaps, &item->gap.path) && copy_text(gaps, &item->gap.inode))
        return item;
    free(item);
    return NULL;
}

void gaps_add(struct gaps *gaps, const struct gap *gap)
{
    struct gap_item added = make_item(gap);

    pthread_mutex_lock(&gaps->lock);
    if (!was_told(gaps, &added) && !join(gaps, &added)) {
        struct gap_item *item = new_item(gaps, &added);
        if (item)
            await(gaps, item);
        else
            add_rest(gaps, added);
    }
    atomic_store(&gaps->news, true);
    pthread_mutex_unlock(&gaps->lock);
}

static void tell(struct gaps *gaps, struct gap_item *item)
{
    size_t at;

    item->told = true;
    if (item == &gaps->rest)
        return;
    take_out(&gaps->waiting, place(&gaps->waiting, compare_subject, item));
    while ((at = find_touching(&gaps->told, item)) < gaps->told.count) {
        cover(item, gaps->told.items[at]);
        take_out(&gaps->told, at);
    }
    insert(&gaps->told, place(&gaps->told, compare_subject, item), item);
}

bool gaps_take(struct gaps *gaps, uint64_t offset, struct gap *gap)
{
    bool found = false;

    if (!atomic_load(&gaps->news)) /* as for most hits of most evidence */
        return false;
    pthread_mutex_lock(&gaps->lock);
    while (gaps->untold < gaps->all.count && gaps->all.items[gaps->untold]->told)
        gaps->untold++;
    if (gaps->untold < gaps->all.count) {
        struct gap_item *item = gaps->all.items[gaps->untold];
        if (item->gap.offset <= offset) {
            *gap = item->gap;
            gaps->untold++;
            tell(gaps, item);
            found = true;
        }
    } else {
        atomic_store(&gaps->news, false);
    }
    pthread_mutex_unlock(&gaps->lock);
    return found;
}

size_t gaps_count(struct gaps *gaps)
{
    pthread_mutex_lock(&gaps->lock);
    size_t count = gaps->all.count;
    pthread_mutex_unlock(&gaps->lock);
    return count;
}

void gaps_get(struct gaps *gaps, size_t index, struct gap *gap)
{
    pthread_mutex_lock(&gaps->lock);
    *gap = gaps->all.items[index]->gap;
    pthread_mutex_unlock(&gaps->lock);
}
