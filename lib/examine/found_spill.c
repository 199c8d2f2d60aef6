/* SPDX-License-Identifier: Apache-2.0 */

/*
 * found_spill: see found_spill.h. The data of a pair is a struct found, whose places count
 * from the first byte of the texts that stand behind it, and whose length is the number of
 * its unit; the key is, in the order of found.c,
 *
 *     size
 *        8  offset, most significant byte first
 *        n  coding, with a NUL
 *        8  decoded_offset
 *        2  kind, encoding
 *        n  value
 */

#include <string.h>

#include <fett/limits.h>

#include "found_spill.h"

static void add_number(struct buffer *key, uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        buffer_add_byte(key, (char)(number >> shift));
}

static void make_key(struct buffer *key, const struct found_block *block,
                     const struct found *found)
{
    const char *texts = block->texts.data;

    add_number(key, found->offset);
    buffer_add(key, texts + found->coding, strlen(texts + found->coding) + 1);
    add_number(key, found->decoded_offset);
    buffer_add_byte(key, (char)found->kind);
    buffer_add_byte(key, (char)found->encoding);
    buffer_add(key, texts + found->value, found->value_length);
}

/* A text of the block, with its NUL, behind the hit; returns its place there. */
static uint32_t add_text(struct buffer *data, const char *text, size_t length)
{
    size_t place = data->length - sizeof(struct found);

    buffer_add(data, text, length);
    buffer_add_byte(data, '\0');
    return (uint32_t)place;
}

static void make_data(struct buffer *data, const struct found_block *block,
                      const struct found *found)
{
    const char *texts = block->texts.data;
    struct found spilled = *found;

    buffer_add(data, &spilled, sizeof spilled);
    spilled.value = add_text(data, texts + found->value, found->value_length);
    spilled.reason = add_text(data, texts + found->reason, found->reason_length);
    spilled.coding = add_text(data, texts + found->coding, strlen(texts + found->coding));
    if (found->rewritten)
        spilled.context = add_text(data, texts + found->context, strlen(texts + found->context));
    spilled.length = block->unit_count;
    if (!data->failed)
        memcpy(data->data, &spilled, sizeof spilled);
}

int spill_last(struct found_block *block, size_t texts)
{
    const struct found *found = &block->hits[block->count - 1];
    struct buffer key = BUFFER_INIT, data = BUFFER_INIT;

    make_key(&key, block, found);
    make_data(&data, block, found);
    block->count--;
    buffer_truncate(&block->texts, texts);
    int result = key.failed || data.failed ? -1 : 0;
    if (result == 0 && !block->sorter)
        result = sorter_new(&block->sorter, LIMIT_FOUND_SORT_BYTES, NULL, NULL);
    if (result == 0)
        result = sorter_add(block->sorter, key.data, key.length, data.data, data.length, NULL);
    block->spilled += result == 0;
    buffer_release(&key);
    buffer_release(&data);
    return result;
}

void spill_finish(struct found_block *block)
{
    if (!block->sorter || sorter_finish(block->sorter, NULL) == 0)
        return;
    block->cut += block->spilled;
    sorter_free(block->sorter);
    block->sorter = NULL;
}

/* The next of those that were spilled. */
static int take(struct found_walk *walk, struct error *error)
{
    struct found_block *spilled = &walk->spilled;
    const void *data;
    size_t size;

    spilled->count = 0;
    int got = walk->block->sorter ? sorter_next(walk->block->sorter, &data, &size, error) : 0;
    if (got <= 0)
        return got;
    if (memory_grow((void **)&spilled->hits, &spilled->capacity, 1, sizeof *spilled->hits) != 0)
        return error_set_memory(error);
    memcpy(spilled->hits, data, sizeof *spilled->hits);
    buffer_clear(&spilled->texts);
    buffer_add(&spilled->texts, (const char *)data + sizeof *spilled->hits,
               size - sizeof *spilled->hits);
    if (spilled->texts.failed)
        return error_set_memory(error);
    spilled->hits[0].length = walk->block->units[spilled->hits[0].length].length;
    spilled->count = 1;
    return 0;
}

void found_walk_end(struct found_walk *walk)
{
    found_release(&walk->spilled);
    sorter_free(walk->block->sorter);
    walk->block->sorter = NULL;
}

/* Whether the hit of `a` comes before that of `b`. */
static bool is_before(const struct found_block *a, const struct found *x,
                      const struct found_block *b, const struct found *y)
{
    struct buffer one = BUFFER_INIT, other = BUFFER_INIT;

    if (x->offset != y->offset || x->decoded != y->decoded)
        return x->offset != y->offset ? x->offset < y->offset : !x->decoded;
    make_key(&one, a, x);
    make_key(&other, b, y);
    size_t size = one.length < other.length ? one.length : other.length;
    int order = memcmp(buffer_text(&one), buffer_text(&other), size);
    bool before = order != 0 ? order < 0 : one.length <= other.length;
    buffer_release(&one);
    buffer_release(&other);
    return before;
}

/* Find out which is the first. */
static void choose(struct found_walk *walk)
{
    struct found_block *block = walk->block, *spilled = &walk->spilled;
    const struct found *kept = walk->next < block->count ? &block->hits[walk->next] : NULL;

    walk->of = kept && (spilled->count == 0 || is_before(block, kept, spilled, spilled->hits))
                   ? block
                   : spilled;
}

int found_walk_begin(struct found_walk *walk, struct found_block *block, struct error *error)
{
    *walk = (struct found_walk){ .block = block };
    int result = take(walk, error);
    choose(walk);
    return result;
}

const struct found *found_walk_first(const struct found_walk *walk)
{
    if (walk->of == walk->block)
        return &walk->block->hits[walk->next];
    return walk->spilled.count > 0 ? walk->spilled.hits : NULL;
}

int found_walk_next(struct found_walk *walk, struct error *error)
{
    int result = 0;

    if (walk->of == walk->block)
        walk->next++;
    else
        result = take(walk, error);
    choose(walk);
    return result;
}
