/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over keywords and strings: the first bytes are a keyword file, the rest
 * is scanned. Hits lie within the data, parts put together give those of the whole,
 * and so does the search without vector instructions. */

#include <stdlib.h>

#include <fett/ioc_keywords.h>
#include <fett/ioc_strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sum {
    size_t size;
    uint64_t last, count, hash;
};

static void add(struct sum *sum, uint64_t offset, uint32_t length, uint32_t what)
{
    if (length == 0 || offset + length > sum->size || offset < sum->last)
        abort();
    sum->last = offset;
    sum->count++;
    sum->hash = sum->hash * 31 + offset * 7 + length * 5 + what;
}

static void add_hit(void *context, const struct ioc_keyword_hit *hit)
{
    add(context, hit->offset, hit->length,
        hit->keyword * 16 + hit->encoding + (hit->doubtful ? 8 : 0));
}

static void add_string(void *context, const struct ioc_string *string)
{
    add(context, string->offset, string->length, string->encoding);
}

static void same(const struct sum *a, const struct sum *b)
{
    if (a->count != b->count || a->hash != b->hash)
        abort();
}

static void try_keywords(const struct ioc_words *words, bool nocase, const uint8_t *data,
                         size_t size, size_t part)
{
    struct ioc_keywords_options options = IOC_KEYWORDS_OPTIONS_DEFAULT;
    struct sum whole = { .size = size }, parts = whole, portable = whole;
    struct ioc_keywords *keywords;

    options.nocase = nocase;
    if (ioc_keywords_new(&keywords, words->words, words->count, &options, NULL) != 0)
        return;
    ioc_keywords_scan(keywords, data, size, 0, size, 0, add_hit, &whole);
    for (size_t at = 0; at < size; at += part)
        ioc_keywords_scan(keywords, data, size, at, size - at < part ? size : at + part, 0,
                          add_hit, &parts);
    ioc_keywords_free(keywords);
    same(&whole, &parts);
    options.portable = true;
    if (ioc_keywords_new(&keywords, words->words, words->count, &options, NULL) != 0)
        abort();
    ioc_keywords_scan(keywords, data, size, 0, size, 0, add_hit, &portable);
    ioc_keywords_free(keywords);
    same(&whole, &portable);
}

static void try_strings(const uint8_t *data, size_t size, size_t part)
{
    struct ioc_strings_options options = IOC_STRINGS_OPTIONS_DEFAULT;
    struct sum whole = { .size = size }, parts = whole, portable = whole;

    ioc_strings_scan(&options, data, size, 0, size, 0, add_string, &whole);
    for (size_t at = 0; at < size; at += part)
        ioc_strings_scan(&options, data, size, at, size - at < part ? size : at + part, 0,
                         add_string, &parts);
    options.portable = true;
    ioc_strings_scan(&options, data, size, 0, size, 0, add_string, &portable);
    same(&whole, &parts);
    same(&whole, &portable);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t file = data[0] < size - 2 ? data[0] : size - 2, part = 1 + data[1] / 2u;
    struct ioc_words words = IOC_WORDS_INIT;
    struct reader *reader = reader_over_memory(data + 2, file);

    if (!reader || ioc_words_add_file(&words, reader, NULL, NULL, NULL) != 0)
        abort();
    try_keywords(&words, data[1] & 1, data + 2 + file, size - 2 - file, part);
    try_strings(data + 2 + file, size - 2 - file, part);
    ioc_words_release(&words);
    reader_free(reader);
    return 0;
}
