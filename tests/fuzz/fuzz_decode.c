/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over the decoder: units lie within the media, parts put together give
 * the units of the whole, and the work stays within its bounds. */

#include <stdlib.h>

#include <fett/ioc_decode.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    size_t size;
    uint64_t last, hash;
};

static void add_unit(void *context, const struct ioc_decoded *decoded)
{
    struct sum *sum = context;

    if (decoded->length == 0 || decoded->offset + decoded->length > sum->size ||
        decoded->start > decoded->end || decoded->end > decoded->size ||
        decoded->offset < sum->last)
        abort();
    sum->last = decoded->offset;
    sum->hash = sum->hash * 31 + decoded->offset * 7 + decoded->length * 5 + decoded->state * 3;
    for (const char *name = decoded->encoding; *name; name++)
        sum->hash = sum->hash * 31 + (uint8_t)*name;
    for (size_t i = decoded->start; i < decoded->end; i++)
        sum->hash = sum->hash * 31 + decoded->data[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ioc_decoder *decoder;
    const struct ioc_decoder_options options = IOC_DECODER_OPTIONS_DEFAULT;
    struct ioc_decode_counts counts = { 0 }, part_counts = { 0 };
    struct sum whole = { .size = size }, parts = { .size = size };

    if (!decoder && ioc_decoder_new(&decoder, &options, NULL) != 0)
        abort();
    ioc_decode(decoder, data, size, 0, size, 0, NULL, add_unit, &whole, &counts, NULL);
    if (counts.work > (size / LIMIT_DECODE_CELL + 1) *
                          (uint64_t)(LIMIT_DECODE_CELL_WORK + 2 * LIMIT_DECODED_BYTES))
        abort();
    struct reader *more = reader_over_memory(data, size);
    size_t part = size / 4 + 1 + (size > 0 ? data[0] : 0);
    for (size_t at = 0; more && at < size; at += part) {
        size_t length = size - at < part ? size - at : part;
        ioc_decode(decoder, data + at, length, 0, length, at, more, add_unit, &parts,
                   &part_counts, NULL);
    }
    reader_free(more);
    if (more && (whole.hash != parts.hash || counts.units != part_counts.units ||
                 counts.left_out != part_counts.left_out))
        abort();
    return 0;
}
