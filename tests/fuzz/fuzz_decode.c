/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over the decoder: units lie within the media, their pieces follow each other,
 * parts put together give the units of the whole, and the work stays within its bounds. */

#include <stdlib.h>
#include <string.h>

#include <fett/ioc_decode.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    size_t size;
    uint64_t last, hash;
    uint64_t made[LIMIT_DECODE_DEPTH]; /* of units that are not over, by depth */
};

static void add(struct sum *sum, uint64_t number)
{
    sum->hash = sum->hash * 31 + number;
}

static void add_name(struct sum *sum, const char *name)
{
    for (; *name; name++)
        add(sum, (uint8_t)*name);
}

static void add_piece(void *context, const struct ioc_decoded *decoded)
{
    struct sum *sum = context;
    unsigned depth = 0;

    for (const char *name = decoded->encoding; *name; name++)
        depth += *name == '+';
    if (decoded->start > decoded->end || decoded->end > decoded->size ||
        decoded->offset < sum->last || decoded->size > LIMIT_DECODED_WINDOW ||
        (sum->made[depth] > 0 && decoded->base + decoded->start != sum->made[depth]))
        abort();
    sum->made[depth] = decoded->base + decoded->end;
    add(sum, decoded->offset);
    add_name(sum, decoded->encoding);
    for (size_t i = decoded->start; i < decoded->end; i++)
        add(sum, decoded->data[i]);
}

static void add_unit(void *context, const struct ioc_unit *unit)
{
    struct sum *sum = context;

    if (unit->length == 0 || unit->offset < sum->last || unit->offset >= sum->size ||
        (unit->depth == 0 && unit->coding >= 0 && unit->length > sum->size - unit->offset) ||
        (unit->state == IOC_WHOLE && sum->made[unit->depth] > unit->made))
        abort();
    sum->last = unit->offset;
    sum->made[unit->depth] = 0;
    add(sum, unit->offset);
    add(sum, unit->start);
    add(sum, unit->length);
    add(sum, unit->made);
    add(sum, unit->state);
    add_name(sum, unit->encoding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ioc_decoder *decoder;
    const struct ioc_decoder_options options = IOC_DECODER_OPTIONS_DEFAULT;
    struct ioc_decode_counts counts = { 0 }, part_counts = { 0 };
    struct sum whole = { .size = size }, parts = { .size = size };
    const struct ioc_decode_sink whole_sink = { add_piece, add_unit, &whole };
    const struct ioc_decode_sink parts_sink = { add_piece, add_unit, &parts };

    if (!decoder && ioc_decoder_new(&decoder, &options, NULL) != 0)
        abort();
    ioc_decode(decoder, data, size, 0, size, 0, NULL, &whole_sink, &counts, NULL);
    if (counts.work > (size / LIMIT_DECODE_CELL + 1) *
                          (uint64_t)(2 * LIMIT_DECODE_CELL_WORK + 2 * LIMIT_DECODED_WINDOW) +
                          (uint64_t)size * 4 * LIMIT_DECODED_RATIO)
        abort();
    struct reader *more = reader_over_memory(data, size);
    size_t part = size / 4 + 1 + (size > 0 ? data[0] : 0);
    for (size_t at = 0; more && at < size; at += part) {
        size_t length = size - at < part ? size - at : part;
        ioc_decode(decoder, data + at, length, 0, length, at, more, &parts_sink, &part_counts,
                   NULL);
    }
    reader_free(more);
    if (more && (whole.hash != parts.hash || counts.units != part_counts.units ||
                 counts.closed != part_counts.closed || counts.left_out != part_counts.left_out))
        abort();
    return 0;
}
