/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over the scan: hits lie within the data, and parts put together give
 * the hits of the whole. */

#include <stdlib.h>

#include <fett/ioc.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    size_t size;
    uint64_t count, hash;
};

static void add_hit(void *context, const struct ioc_hit *hit)
{
    struct sum *sum = context;

    if (hit->length == 0 || hit->offset + hit->length > sum->size || hit->value_length == 0 ||
        hit->confidence > 100)
        abort();
    sum->count++;
    sum->hash = sum->hash * 31 + hit->offset * 7 + hit->length * 5 + hit->kind * 3 + hit->encoding;
    for (size_t i = 0; i < hit->value_length; i++)
        sum->hash = sum->hash * 31 + (uint8_t)hit->value[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ioc_scanner *scanner;
    struct ioc_options options = { .kinds = UINT32_MAX, .noise = true };
    struct ioc_held_back held_back = { 0 };
    struct sum whole = { .size = size }, parts = { .size = size };

    if (!scanner && ioc_scanner_new(&scanner, &options, NULL) != 0)
        abort();
    ioc_scan(scanner, data, size, 0, size, 0, add_hit, &whole, &held_back);
    size_t part = size > 0 ? 1 + data[0] : 1;
    for (size_t at = 0; at < size; at += part)
        ioc_scan(scanner, data, size, at, at + part < size ? at + part : size, 0, add_hit, &parts,
                 &held_back);
    if (whole.count != parts.count || whole.hash != parts.hash)
        abort();
    return 0;
}
