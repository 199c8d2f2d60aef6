/* SPDX-License-Identifier: Apache-2.0 */

/* found_names: see found_names.h. */

#include <stdio.h>

#include <fett/buffer.h>
#include <fett/bytes.h>

#include "found_names.h"

enum { BEFORE = 2 }; /* bytes: its head; behind it a NUL */
enum { TORN_CONFIDENCE = 40 };

void found_names_collect(struct found_block *block, const uint8_t *data, size_t size)
{
    struct long_name name;
    size_t at = 0;

    block->name_count = 0;
    while (long_name_next(data, size, block->base, &at, &name)) {
        if (memory_grow((void **)&block->names, &block->name_capacity, block->name_count + 1,
                        sizeof *block->names) != 0) {
            block->out_of_memory = true;
            return;
        }
        block->names[block->name_count++] = name;
    }
}

/* Whether a place is within the entries of a name. */
static bool is_in_name(const struct found_block *block, uint64_t place)
{
    size_t low = 0, high = block->name_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block->names[middle].place <= place)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && place - block->names[low - 1].place <
                          (uint64_t)block->names[low - 1].entries * LONG_NAME_ENTRY;
}

void found_keep_outside(void *context, const struct ioc_hit *hit)
{
    bool wide = hit->encoding == IOC_UTF16LE || hit->encoding == IOC_UTF16BE;

    /* In the second byte too: half of its first letter is of the entry before then. */
    if (!wide || (!is_in_name(context, hit->offset) && !is_in_name(context, hit->offset + 1)))
        found_keep(context, hit);
}

struct name_search {
    const struct long_name *name;
    const uint8_t *text;
    ioc_sink sink;
    void *context;
};

/* Whether there is one among these letters: what is beyond it is another word. */
static bool has_blank(const uint8_t *text, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        if (bytes_u16le(text + 2 * i) == ' ')
            return true;
    return false;
}

static void give_in_name(void *context, const struct ioc_hit *hit)
{
    const struct name_search *search = context;
    const struct long_name *name = search->name;
    struct ioc_hit placed = *hit;
    char reason[256];

    if (hit->encoding != IOC_UTF16LE || hit->offset % 2 != 0)
        return;
    unsigned first = (unsigned)(hit->offset - BEFORE) / 2;
    unsigned behind = first + hit->length / 2;
    bool torn = (!name->begins && !has_blank(search->text, 0, first)) ||
                (!name->ends && !has_blank(search->text, behind, name->letters));
    placed.offset = long_name_letter(name, first);
    if (torn && hit->confidence != FOUND_SURE && hit->confidence > TORN_CONFIDENCE) {
        snprintf(reason, sizeof reason, "%s, a piece of the name is missing", hit->reason);
        placed.reason = reason;
        placed.confidence = TORN_CONFIDENCE;
    }
    search->sink(search->context, &placed);
}

int search_name(const struct searchers *searchers, const uint8_t *data, uint64_t place,
                const struct long_name *name, ioc_sink sink, void *context,
                struct ioc_held_back *held_back)
{
    uint8_t text[BEFORE + 2 * LONG_NAME_LETTERS + BEFORE] = { 0 };
    struct name_search search = { name, text + BEFORE, sink, context };
    size_t end = BEFORE + 2 * (size_t)name->letters;

    text[0] = name->letters < LONG_NAME_MANY ? (uint8_t)name->letters : LONG_NAME_MANY;
    text[1] = LONG_NAME_MARK;
    long_name_text(data, place, name, text + BEFORE);
    return search_bytes(searchers, text, end + BEFORE, BEFORE, end, 0, give_in_name, &search,
                        held_back);
}

struct part_search {
    struct found_block *block;
    enum long_name_format format;
    uint64_t start, end; /* of the media: what is asked for */
};

static void keep_in_part(void *context, const struct ioc_hit *hit)
{
    const struct part_search *search = context;
    struct found_block *block = search->block;
    struct long_name_run runs[LONG_NAME_RUNS];
    size_t before = block->count;

    if (hit->offset < search->start || hit->offset >= search->end)
        return;
    if (hit->confidence < block->searchers->min_confidence) {
        block->held_back.weak++;
        return;
    }
    found_keep(block, hit);
    if (block->count > before &&
        long_name_runs(search->format, hit->offset, hit->length, runs) > 1)
        block->hits[before].long_name = (uint8_t)search->format;
}

void found_names_search(struct found_block *block, const uint8_t *data, size_t start, size_t end)
{
    const uint64_t from = block->base + start, to = block->base + end;

    for (size_t i = 0; i < block->name_count; i++) {
        const struct long_name *name = &block->names[i];
        struct part_search search = { block, name->format, from, to };
        struct ioc_held_back held_back = { 0 };
        if (name->place + (uint64_t)name->entries * LONG_NAME_ENTRY <= from || name->place >= to)
            continue;
        if (search_name(block->searchers, data, block->base, name, keep_in_part, &search,
                        &held_back) != 0)
            block->out_of_memory = true;
        if (name->place >= from) { /* in one part only */
            block->held_back.weak += held_back.weak;
            block->held_back.noise += held_back.noise;
        }
    }
}
