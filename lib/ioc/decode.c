/* SPDX-License-Identifier: Apache-2.0 */

/* decode: units of a part, in order, and what is inside them. See ioc_decode.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "decode.h"

struct ioc_decoder {
    struct ioc_decoder_options options;
};

/* What a place costs that turns out to be none: setting up, a small read. */
enum { START_WORK = 256 };

/* Bytes at the end of a base64 text that may begin what stands behind it: "PK", "x". */
enum { LOOKALIKE = 2 };

static const struct coding codings[IOC_CODING_COUNT] = {
    [IOC_BASE64] = { "base64", base64_find, base64_decode },
    [IOC_GZIP] = { "gzip", gzip_find, gzip_decode },
    [IOC_ZLIB] = { "zlib", zlib_find, zlib_decode },
    [IOC_ZIP] = { "zip", zip_find, zip_decode },
    [IOC_DEFLATE] = { "deflate", deflate_find, deflate_decode },
    [IOC_PDF] = { "pdf", pdf_find, pdf_decode },
    [IOC_XOR] = { "xor", xor_find, xor_decode },
};

const char *ioc_coding_name(enum ioc_coding coding)
{
    return codings[coding].name;
}

int ioc_coding_by_name(const char *name)
{
    for (int i = 0; i < IOC_CODING_COUNT; i++)
        if (strcmp(name, codings[i].name) == 0)
            return i;
    return -1;
}

void ioc_decode_versions(version_sink sink, void *context)
{
    sink(context, "zlib", zlibVersion());
}

int ioc_decoder_new(struct ioc_decoder **decoder, const struct ioc_decoder_options *options,
                    struct error *error)
{
    struct ioc_decoder *new = calloc(1, sizeof *new);

    if (!new)
        return error_set_memory(error);
    new->options = *options;
    if (new->options.depth > LIMIT_DECODE_DEPTH)
        new->options.depth = LIMIT_DECODE_DEPTH;
    *decoder = new;
    return 0;
}

void ioc_decoder_free(struct ioc_decoder *decoder)
{
    free(decoder);
}

size_t place_output_limit(const struct place *place)
{
    uint64_t limit = LIMIT_DECODED_BYTES >> place->depth;

    return (size_t)(limit < place->run->work_left ? limit : place->run->work_left);
}

void run_charge(struct run *run, uint64_t work)
{
    run->counts->work += work;
    run->work_left -= work < run->work_left ? work : run->work_left;
}

void run_add_start(const struct place *place, const struct start *start)
{
    struct starts *starts = &place->run->levels[place->depth].starts;

    if (memory_grow((void **)&starts->list, &starts->capacity, starts->count + 1,
                    sizeof *starts->list) != 0)
        place->run->failed = true;
    else
        starts->list[starts->count++] = *start;
}

static int compare_starts(const void *a, const void *b)
{
    const struct start *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->coding != y->coding)
        return x->coding < y->coding ? -1 : 1;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->program > y->program) - (x->program < y->program);
}

static void decode_range(const struct place *place, uint64_t from, uint64_t to);

/* Hand a unit over, then look through what was decoded. */
static void give(const struct place *place, const struct start *start, const struct unit *unit)
{
    struct run *run = place->run;
    size_t named = run->names.length;

    if (place->depth == 0) {
        run->offset = start->at;
        run->length = unit->length;
    } else {
        buffer_add_byte(&run->names, '+');
    }
    buffer_add_text(&run->names, codings[start->coding].name);
    if (start->key != 0)
        buffer_add_format(&run->names, "-0x%02x", start->key);
    run->failed |= run->names.failed;
    if (!run->muted) {
        const struct ioc_decoded decoded = {
            .offset = run->offset,
            .length = run->length,
            .encoding = buffer_text(&run->names),
            .state = unit->state,
            .data = (const uint8_t *)buffer_text(unit->output),
            .size = unit->output->length,
            .start = unit->start,
            .end = unit->end,
        };
        run->counts->units++;
        run->counts->limited += unit->state == IOC_LIMITED;
        run->sink(run->context, &decoded);
    }
    if (place->depth + 1 < run->decoder->options.depth) {
        struct source inside = {
            .data = (const uint8_t *)buffer_text(unit->output),
            .size = unit->output->length,
            .end = unit->output->length,
        };
        const struct place within = { run, &inside, place->depth + 1, start->coding };
        decode_range(&within, unit->start, unit->end);
    }
    buffer_truncate(&run->names, named);
}

/* The cell with its margins in one piece. */
static bool view_cell(const struct place *place, uint64_t cell, struct window *window)
{
    struct source *source = place->source;
    uint64_t first = source->more ? 0 : source->base, end = cell + LIMIT_DECODE_CELL;

    window->from = cell < DECODE_MARGIN ? 0 : cell - DECODE_MARGIN;
    if (window->from < first)
        window->from = first;
    window->to = end + DECODE_MARGIN < source->end ? end + DECODE_MARGIN : source->end;
    if (window->from >= source->base && window->to - source->base <= source->size) {
        window->bytes = source->data + (window->from - source->base);
        return true;
    }
    struct run *run = place->run;
    if (!run->bytes && !(run->bytes = malloc(LIMIT_DECODE_CELL + 2 * DECODE_MARGIN))) {
        run->failed = true;
        return false;
    }
    window->bytes = run->bytes;
    size_t size = (size_t)(window->to - window->from);
    return source_copy(source, window->from, run->bytes, size) == size;
}

static void find_starts(const struct place *place, uint64_t cell)
{
    struct starts *starts = &place->run->levels[place->depth].starts;
    uint64_t from = cell, to = cell + LIMIT_DECODE_CELL;
    struct window window;

    starts->count = 0;
    if (!view_cell(place, cell, &window) || bytes_all_zero(window.bytes, window.to - window.from))
        return;
    if (from < window.from)
        from = window.from;
    if (to > window.to)
        to = window.to;
    for (int i = 0; i < IOC_CODING_COUNT; i++)
        if (place->run->decoder->options.codings >> i & 1)
            codings[i].find(place, &window, from, to);
    if (starts->count > 0)
        qsort(starts->list, starts->count, sizeof *starts->list, compare_starts);
}

/* The units of a cell that begin in [from, to). Those before are decoded too,
 * to know what they leave. */
static void decode_cell(const struct place *place, uint64_t cell, uint64_t from, uint64_t to)
{
    struct run *run = place->run;
    struct level *level = &run->levels[place->depth];
    uint64_t covered = 0;

    find_starts(place, cell);
    for (size_t i = 0; i < level->starts.count && level->starts.list[i].at < to; i++) {
        struct start start = level->starts.list[i];
        struct unit unit = { .output = &level->output };
        /* A text under XOR may begin in what ends before it, whose last bytes look like it. */
        if (start.at < covered && start.end > covered)
            start.at = covered;
        if (start.at < covered || start.at >= to ||
            (i > 0 && compare_starts(&start, &level->starts.list[i - 1]) == 0))
            continue;
        if (place->depth == 0)
            run->muted = start.at < from;
        if (run->work_left == 0) {
            run->counts->left_out += !run->muted;
            continue;
        }
        buffer_clear(unit.output);
        run_charge(run, START_WORK);
        if (!codings[start.coding].decode(place, &start, &unit))
            continue;
        if (unit.state == IOC_WHOLE && !unit.open)
            covered = start.at + unit.length - (start.coding == IOC_BASE64 ? LOOKALIKE : 0);
        give(place, &start, &unit);
    }
}

static void decode_range(const struct place *place, uint64_t from, uint64_t to)
{
    for (uint64_t cell = from - from % LIMIT_DECODE_CELL; cell < to; cell += LIMIT_DECODE_CELL) {
        if (place->depth == 0)
            place->run->work_left = LIMIT_DECODE_CELL_WORK;
        decode_cell(place, cell, from, to);
    }
}

static void release_run(struct run *run)
{
    run_release_inflater(run);
    for (int i = 0; i < LIMIT_DECODE_DEPTH; i++) {
        free(run->levels[i].starts.list);
        buffer_release(&run->levels[i].output);
    }
    buffer_release(&run->names);
    free(run->bytes);
}

int ioc_decode(const struct ioc_decoder *decoder, const uint8_t *data, size_t size, size_t start,
               size_t end, uint64_t base, struct reader *more, ioc_decoded_sink sink,
               void *context, struct ioc_decode_counts *counts, struct error *error)
{
    struct run run = { .decoder = decoder, .sink = sink, .context = context, .counts = counts };
    struct source source = { .data = data, .size = size, .base = base, .end = base + size,
                             .more = more };
    const struct place place = { &run, &source, 0, -1 };

    if (more && more->size > source.end)
        source.end = more->size;
    decode_range(&place, base + start, base + end);
    bool failed = run.failed || source.failed;
    release_run(&run);
    source_release(&source);
    return failed ? error_set_memory(error) : 0;
}
