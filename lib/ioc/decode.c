/* SPDX-License-Identifier: Apache-2.0 */

/* decode: units of a part, in order, and what is inside them. See ioc_decode.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "decode.h"

/* Bytes at the end of a base64 text that may begin what stands behind it: "PK", "x". */
enum { LOOKALIKE = 2 };

static const struct coding codings[IOC_CODING_COUNT] = {
    [IOC_BASE64] = { "base64", base64_find, base64_open, base64_make, base64_is_sensible, false,
                     NULL },
    [IOC_GZIP] = { "gzip", gzip_find, gzip_open, inflate_make, NULL, true, NULL },
    [IOC_ZLIB] = { "zlib", zlib_find, zlib_open, inflate_make, zlib_is_sensible, true, NULL },
    [IOC_ZIP] = { "zip", zip_find, zip_open, zip_make, NULL, true, NULL },
    [IOC_DEFLATE] = { "deflate", deflate_find, deflate_open, inflate_make, deflate_is_sensible,
                      false, NULL },
    [IOC_PDF] = { "pdf", pdf_find, pdf_open, pdf_make, pdf_is_sensible, false, NULL },
    [IOC_XOR] = { "xor", xor_find, xor_open, xor_make, NULL, false, NULL },
    [IOC_QUOTED_PRINTABLE] = { "qp", qp_find, words_open, words_make, NULL, false, &qp_words },
    [IOC_HTML] = { "html", html_find, words_open, words_make, NULL, false, &html_words },
};

const struct coding *coding_of(unsigned coding)
{
    return &codings[coding];
}

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

void run_add_start(const struct place *place, const struct start *start)
{
    struct starts *starts = place->run->found;

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

/* The cell with its margins in one piece. */
static bool view_cell(const struct place *place, uint64_t cell, struct window *window)
{
    const struct source *source = place->source;
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
    struct input input = { .source = source };
    size_t size = (size_t)(window->to - window->from);
    bool have = input_copy(&input, window->from, run->bytes, size) == size;
    run->failed |= input.failed;
    input_release(&input);
    return have;
}

void place_find_starts(const struct place *place, uint64_t cell, uint32_t wanted,
                       struct starts *found)
{
    uint64_t from = cell, to = cell + LIMIT_DECODE_CELL;
    struct window window;

    found->count = 0;
    place->run->found = found;
    if (!view_cell(place, cell, &window) || bytes_all_zero(window.bytes, window.to - window.from))
        return;
    if (from < window.from)
        from = window.from;
    if (to > window.to)
        to = window.to;
    for (int i = 0; i < IOC_CODING_COUNT; i++)
        if (wanted >> i & 1)
            codings[i].find(place, &window, from, to);
    if (found->count > 0)
        qsort(found->list, found->count, sizeof *found->list, compare_starts);
}

/* --- what was decoded --- */

/* Windows become smaller from level to level, so that all of them have a bound. */
static size_t window_size(unsigned depth)
{
    return (LIMIT_DECODED_WINDOW >> depth) - STREAM_STEP;
}

/* Make what comes next, until `output` has `size` bytes. */
static void fill(struct stream *stream, struct buffer *output, size_t size)
{
    while (!stream->ended && output->length + STREAM_LEAST <= size) {
        size_t room = size - output->length < STREAM_STEP ? size - output->length : STREAM_STEP;
        uint8_t *to = (uint8_t *)buffer_reserve(output, room);
        if (!to) {
            stream->run->failed = true;
            stream_end(stream, IOC_DAMAGED, 0);
            return;
        }
        output->length += stream_make(stream, to, room);
    }
}

struct stream *place_decode(const struct place *place, const struct start *start,
                            struct buffer *output, size_t size)
{
    struct stream *stream = stream_open(place, start);

    if (!stream)
        return NULL;
    buffer_clear(output);
    fill(stream, output, size);
    if (stream->made > 0 ? !stream->coding->is_sensible ||
                               stream->coding->is_sensible(
                                   stream, (const uint8_t *)buffer_text(output), output->length)
                         : stream->state >= IOC_ENCRYPTED)
        return stream;
    stream_free(stream);
    return NULL;
}

/* --- units --- */

static void decode_range(const struct place *place, uint64_t from, uint64_t to);

/* A unit that is given, window by window. */
struct giving {
    const struct place *place;
    struct stream *stream;
    struct buffer *output;
    int coding;
    uint64_t base, from; /* of output; what was given ends there */
};

/* Hand a window over, then look through it. */
static void give_window(struct giving *giving)
{
    struct run *run = giving->place->run;
    const struct stream *stream = giving->stream;
    uint64_t base = giving->base, made = base + giving->output->length, to = made;

    if (!stream->ended)
        to = (made - DECODE_MARGIN) / LIMIT_DECODE_CELL * LIMIT_DECODE_CELL;
    else if (to > stream->own_end)
        to = stream->own_end;
    const struct ioc_decoded decoded = {
        .offset = run->offset,
        .encoding = buffer_text(&run->names),
        .base = base - stream->own_start,
        .data = (const uint8_t *)buffer_text(giving->output),
        .size = giving->output->length,
        .start = (size_t)(giving->from - base),
        .end = (size_t)(to - base),
    };
    if (!run->muted)
        run->sink->decoded(run->sink->context, &decoded);
    if (giving->place->depth + 1 < run->decoder->options.depth) {
        const struct source inside = {
            .data = decoded.data,
            .size = decoded.size,
            .base = base,
            .end = stream->ended ? made : UINT64_MAX,
            .goes_on = stream->ended ? NULL : stream,
        };
        const struct place within = { run, &inside, giving->place->depth + 1, giving->coding };
        decode_range(&within, giving->from, to);
    }
    giving->from = to;
}

/* Go on with a long unit: what was given goes, but for the margin. */
static void move_window(struct giving *giving)
{
    struct buffer *output = giving->output;
    uint64_t base = giving->from - DECODE_MARGIN;
    size_t gone = (size_t)(base - giving->base), kept = output->length - gone;

    memmove(output->data, output->data + gone, kept);
    buffer_truncate(output, kept);
    giving->base = base;
    fill(giving->stream, output, window_size(giving->place->depth));
}

/* Other long units begin in what a unit of the media reads. Each may stand in each of the
 * ones before: so many of them end it. */
static bool is_crowded(const struct giving *giving, uint64_t *cell, unsigned *count)
{
    const struct stream *stream = giving->stream;

    if (giving->place->depth > 0 || !stream->coding->crowds)
        return false;
    for (; *cell + LIMIT_DECODE_CELL <= stream->start + stream->used; *cell += LIMIT_DECODE_CELL)
        if (*count < LIMIT_DECODE_CROWD)
            *count += place_count_large(giving->place, *cell);
    return *count >= LIMIT_DECODE_CROWD;
}

/* A unit that its window does not hold pays for itself, not from the account of its cell. */
static void give_long(struct giving *giving)
{
    struct stream *stream = giving->stream;
    struct run *run = giving->place->run;
    const struct account account = run->account;
    uint64_t cell = stream->start - stream->start % LIMIT_DECODE_CELL + LIMIT_DECODE_CELL;
    unsigned crowd = 0;

    if (giving->place->depth == 0)
        run->account = (struct account){
            LIMIT_DECODED_WINDOW + stream->used * LIMIT_DECODED_RATIO, true, stream->used };
    give_window(giving);
    while (!stream->ended) {
        if (is_crowded(giving, &cell, &crowd))
            stream_end(stream, IOC_LIMITED, 0);
        move_window(giving);
        give_window(giving);
    }
    if (giving->place->depth == 0)
        run->account = account;
}

static void give(const struct place *place, const struct start *start, struct stream *stream)
{
    struct run *run = place->run;
    size_t named = run->names.length;
    struct giving giving = { place, stream, &run->levels[place->depth].output, start->coding, 0,
                             stream->own_start };

    if (place->depth == 0)
        run->offset = start->at;
    else
        buffer_add_byte(&run->names, '+');
    buffer_add_text(&run->names, stream->coding->name);
    if (start->key != 0)
        buffer_add_format(&run->names, "-0x%02x", start->key);
    run->failed |= run->names.failed;
    if (!stream->ended)
        give_long(&giving);
    else if (stream->made > 0)
        give_window(&giving);
    if (!run->muted) {
        const struct ioc_unit unit = {
            .offset = run->offset,
            .start = start->at,
            .length = stream->own_end < UINT64_MAX ? stream->own_end - stream->own_start
                                                   : stream->used,
            .made = stream->made,
            .encoding = buffer_text(&run->names),
            .coding = start->coding,
            .depth = place->depth,
            .state = stream->state,
        };
        run->counts->units += stream->made > 0;
        run->counts->limited += unit.state == IOC_LIMITED;
        run->counts->closed += unit.state >= IOC_ENCRYPTED;
        run->sink->unit(run->sink->context, &unit);
    }
    buffer_truncate(&run->names, named);
}

/* Units of a cell for which its work does not suffice. */
static void leave_out(const struct place *place, uint64_t at, uint64_t to)
{
    struct run *run = place->run;
    const struct ioc_unit unit = {
        .offset = place->depth == 0 ? at : run->offset,
        .start = at,
        .length = to - at,
        .encoding = buffer_text(&run->names),
        .coding = -1,
        .depth = place->depth,
        .state = IOC_LIMITED,
    };

    if (!run->muted)
        run->sink->unit(run->sink->context, &unit);
}

/* The units of a cell that begin in [from, to). Those before are decoded too,
 * to know what they leave. */
static void decode_cell(const struct place *place, uint64_t cell, uint64_t from, uint64_t to)
{
    struct run *run = place->run;
    struct level *level = &run->levels[place->depth];
    const struct starts *starts = &level->starts;
    uint64_t covered = 0, left_out = 0;

    place_find_starts(place, cell, run->decoder->options.codings, &level->starts);
    for (size_t i = 0; i < starts->count && starts->list[i].at < to; i++) {
        struct start start = starts->list[i];
        /* A text under XOR may begin in what ends before it, whose last bytes look like it. */
        if (start.at < covered && start.end > covered)
            start.at = covered;
        if (start.at < covered || start.at >= to ||
            (i > 0 && compare_starts(&start, &starts->list[i - 1]) == 0))
            continue;
        if (place->depth == 0)
            run->muted = start.at < from;
        if (run->account.left == 0) {
            run->counts->left_out += !run->muted;
            if (!run->muted && left_out++ == 0)
                leave_out(place, start.at, cell + LIMIT_DECODE_CELL);
            continue;
        }
        struct stream *stream = place_decode(place, &start, &level->output,
                                             window_size(place->depth));
        if (!stream)
            continue;
        /* What filled a window is none by chance. */
        bool is_long = !stream->ended;
        if (is_long || (stream->state == IOC_WHOLE && !stream->open))
            covered = stream->start + stream->used - (start.coding == IOC_BASE64 ? LOOKALIKE : 0);
        if (!is_long || !run->muted)
            give(place, &start, stream);
        stream_free(stream);
    }
}

static void decode_range(const struct place *place, uint64_t from, uint64_t to)
{
    for (uint64_t cell = from - from % LIMIT_DECODE_CELL; cell < to; cell += LIMIT_DECODE_CELL) {
        if (place->depth == 0)
            place->run->account = (struct account){ .left = LIMIT_DECODE_CELL_WORK };
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
    free(run->beside.list);
    buffer_release(&run->beside_output);
    buffer_release(&run->names);
    free(run->bytes);
}

int ioc_decode(const struct ioc_decoder *decoder, const uint8_t *data, size_t size, size_t start,
               size_t end, uint64_t base, struct reader *more, const struct ioc_decode_sink *sink,
               struct ioc_decode_counts *counts, struct error *error)
{
    struct run run = { .decoder = decoder, .sink = sink, .counts = counts };
    struct source source = { .data = data, .size = size, .base = base, .end = base + size,
                             .more = more };
    const struct place place = { &run, &source, 0, -1 };

    if (more && more->size > source.end)
        source.end = more->size;
    decode_range(&place, base + start, base + end);
    release_run(&run);
    return run.failed ? error_set_memory(error) : 0;
}
