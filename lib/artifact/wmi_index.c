/* SPDX-License-Identifier: Apache-2.0 */

/* The keys of INDEX.BTR: see wmi_internal.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "wmi_internal.h"

enum {
    IN_USE = 0xaccc,
    ADMINISTRATION = 0xaddd,
    AT_KEYS = 16,
    AT_ROOT = 12,
    MOST_PARTS = 16, /* of one key; four are the most that is known */
};

struct walk {
    struct reader *reader;
    const struct wmi_map *map;
    const struct wmi_hashes *hashes;
    struct wmi_references *references;
    wmi_problem problem;
    void *context;
    uint8_t *met;    /* logical pages that were queued, a byte each */
    uint32_t *queue;
    size_t queued;
    bool complete, out_of_memory;
};

/* Words and texts of a page, each within it. */
struct page {
    const uint8_t *keys, *words, *parts, *texts;
    size_t key_count, word_count, part_count, text_size;
};

static void tell(struct walk *walk, uint32_t page, const struct error *reason)
{
    struct error error = *reason;

    walk->complete = false;
    error_prefix(&error, "INDEX.BTR: page %" PRIu32, page);
    walk->problem(walk->context, &error);
}

static void queue_page(struct walk *walk, uint32_t page, uint32_t from)
{
    struct error reason = ERROR_INIT;

    if (page == 0 || page == UINT32_MAX)
        return;
    if (page >= walk->map->count) {
        error_set(&reason, ERROR_DAMAGED, "its child %" PRIu32 " is not in the mapping", page);
        tell(walk, from, &reason);
    } else if (!walk->met[page]) {
        walk->met[page] = 1;
        walk->queue[walk->queued++] = page;
    }
}

static int read_page(struct walk *walk, uint32_t page, uint8_t data[WMI_PAGE],
                     struct error *error)
{
    uint32_t place = walk->map->pages[page];

    if (place == WMI_NO_PAGE)
        return error_set(error, ERROR_DAMAGED, "the mapping has no place for it");
    return reader_read(walk->reader, (uint64_t)place * WMI_PAGE, data, WMI_PAGE, error);
}

/* The number behind a dot, which is gone over. False: there is none. */
static bool take_number(const char **text, uint32_t *number)
{
    uint64_t value = 0;
    const char *at = *text;

    if (*at++ != '.' || *at < '0' || *at > '9')
        return false;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint64_t)(*at - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *text = at;
    *number = (uint32_t)value;
    return true;
}

/* Keep what a key refers to, if it is of an instance: "NS_x", "CI_y", "IL_z.PAGE.ID.SIZE". */
static void take_key(struct walk *walk, const char *const parts[], size_t count)
{
    struct wmi_reference reference = { .page = 0 };
    struct wmi_references *all = walk->references;
    const char *last = count > 2 ? strchr(parts[count - 1], '.') : NULL;

    if (!last || strncmp(parts[0], "NS_", 3) != 0 ||
        (strncmp(parts[1], "CI_", 3) != 0 && strncmp(parts[1], "KI_", 3) != 0) ||
        !take_number(&last, &reference.page) || !take_number(&last, &reference.id) ||
        !take_number(&last, &reference.size))
        return;
    reference.name_space = wmi_name_space_of(walk->hashes, parts[0] + 3, strlen(parts[0] + 3));
    reference.name_space_id = text_hash_nocase(parts[0], strlen(parts[0]));
    reference.is_wanted = parts[1][0] == 'C' && wmi_class_of(walk->hashes, parts[1] + 3,
                                                             strlen(parts[1] + 3)) != NULL;
    if (memory_grow((void **)&all->items, &all->capacity, all->count + 1, sizeof *all->items) != 0)
        walk->out_of_memory = true;
    else
        all->items[all->count++] = reference;
}

/* False: a part of it lies outside the page. */
static bool read_key(struct walk *walk, const struct page *page, size_t index)
{
    size_t at = bytes_u16le(page->keys + 2 * index);
    const char *parts[MOST_PARTS];

    if (at >= page->word_count)
        return false;
    size_t count = bytes_u16le(page->words + 2 * at);
    if (count > MOST_PARTS || count >= page->word_count - at)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t part = bytes_u16le(page->words + 2 * (at + 1 + i));
        if (part >= page->part_count)
            return false;
        size_t begin = bytes_u16le(page->parts + 2 * part);
        if (begin >= page->text_size ||
            !memchr(page->texts + begin, '\0', page->text_size - begin))
            return false;
        parts[i] = (const char *)page->texts + begin;
    }
    take_key(walk, parts, count);
    return true;
}

static void read_keys(struct walk *walk, uint32_t number, struct cursor *cursor)
{
    struct page page = { .key_count = cursor_u32(cursor) };
    struct error reason = ERROR_INIT;

    if (page.key_count > WMI_PAGE / 10) {
        error_set(&reason, ERROR_DAMAGED, "%zu keys are more than it has room for", page.key_count);
        tell(walk, number, &reason);
        return;
    }
    cursor_skip(cursor, 4 * page.key_count);
    const uint8_t *children = cursor_bytes(cursor, 4 * (page.key_count + 1));
    page.keys = cursor_bytes(cursor, 2 * page.key_count);
    page.word_count = cursor_u16(cursor);
    page.words = cursor_bytes(cursor, 2 * page.word_count);
    page.part_count = cursor_u16(cursor);
    page.parts = cursor_bytes(cursor, 2 * (page.part_count + 1));
    page.text_size = cursor_left(cursor);
    page.texts = cursor_bytes(cursor, page.text_size);
    if (children)
        for (size_t i = 0; i <= page.key_count; i++)
            queue_page(walk, bytes_u32le(children + 4 * i), number);
    if (cursor_check(cursor, &reason) != 0) {
        tell(walk, number, &reason);
        return;
    }
    size_t outside = 0;
    for (size_t i = 0; i < page.key_count; i++)
        outside += !read_key(walk, &page, i);
    if (outside > 0) {
        error_set(&reason, ERROR_DAMAGED, "%zu of its %zu keys lie outside it", outside,
                  page.key_count);
        tell(walk, number, &reason);
    }
}

static void walk_page(struct walk *walk, uint32_t number)
{
    struct error reason = ERROR_INIT;
    uint8_t data[WMI_PAGE];
    struct cursor cursor;

    if (read_page(walk, number, data, &reason) != 0) {
        tell(walk, number, &reason);
        return;
    }
    cursor_init(&cursor, data, sizeof data, 0, "keys");
    uint32_t type = cursor_u32(&cursor);
    if (type != IN_USE) {
        error_set(&reason, ERROR_DAMAGED, "its type is 0x%" PRIx32 ", not one in use", type);
        tell(walk, number, &reason);
        return;
    }
    cursor_seek(&cursor, AT_KEYS);
    read_keys(walk, number, &cursor);
}

/* Queue the root. */
static void find_root(struct walk *walk)
{
    struct error reason = ERROR_INIT;
    uint32_t root = walk->map->root;
    uint8_t data[WMI_PAGE];

    if (walk->map->is_xp) {
        if (read_page(walk, 0, data, &reason) != 0) {
            tell(walk, 0, &reason);
            return;
        }
        root = bytes_u32le(data) == ADMINISTRATION ? bytes_u32le(data + AT_ROOT) : 0;
    }
    queue_page(walk, root, 0);
    if (walk->queued == 0 && walk->complete) {
        error_set(&reason, ERROR_DAMAGED, "it names no root");
        tell(walk, 0, &reason);
    }
}

static int compare(const void *a, const void *b)
{
    const struct wmi_reference *x = a, *y = b;

    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Several keys refer to one record. */
static void sort(struct wmi_references *all)
{
    size_t kept = 0;

    if (all->count == 0)
        return;
    qsort(all->items, all->count, sizeof *all->items, compare);
    for (size_t i = 1; i < all->count; i++) {
        struct wmi_reference *last = &all->items[kept], *next = &all->items[i];
        if (compare(last, next) != 0) {
            all->items[++kept] = *next;
            continue;
        }
        last->is_wanted |= next->is_wanted;
        if (!last->name_space)
            last->name_space = next->name_space;
    }
    all->count = kept + 1;
}

int wmi_read_index(struct wmi_references *references, struct reader *index,
                   const struct wmi_map *map, const struct wmi_hashes *hashes, bool *complete,
                   wmi_problem problem, void *context, struct error *error)
{
    struct walk walk = { .reader = index,
                         .map = map,
                         .hashes = hashes,
                         .references = references,
                         .problem = problem,
                         .context = context,
                         .met = calloc(map->count + 1, 1),
                         .queue = calloc(map->count + 1, sizeof *walk.queue),
                         .complete = true };

    *references = (struct wmi_references){ .count = 0 };
    walk.out_of_memory = !walk.met || !walk.queue;
    if (!walk.out_of_memory)
        find_root(&walk);
    for (size_t i = 0; i < walk.queued && !walk.out_of_memory; i++)
        walk_page(&walk, walk.queue[i]);
    free(walk.met);
    free(walk.queue);
    sort(references);
    *complete = walk.complete;
    return walk.out_of_memory ? error_set_memory(error) : 0;
}
