/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TEST_IOC_EXAMPLES_H
#define FETT_TEST_IOC_EXAMPLES_H

/* ioc_examples: texts with the one indicator of a kind that is in them, or none; looked for
 * in 8 and 16 bits, and with the border between two blocks at every place. */

#include <stdlib.h>

#include <fett/ioc.h>
#include <fett/text.h>

#include "tap.h"

enum { TEXT_MOST = 2400, VALUE_MOST = 700 };

struct example {
    const char *text;
    const char *value; /* NULL: there is none */
};

struct seen {
    size_t count;
    uint64_t offset;
    unsigned length;
    unsigned encoding;
    char value[VALUE_MOST];
};

static void see(void *context, const struct ioc_hit *hit)
{
    struct seen *seen = context;

    seen->count++;
    seen->offset = hit->offset;
    seen->length = hit->length;
    seen->encoding = hit->encoding;
    snprintf(seen->value, sizeof seen->value, "%.*s", (int)hit->value_length, hit->value);
}

static struct ioc_scanner *scanner_of(const char *kind, unsigned min_confidence)
{
    struct ioc_scanner *scanner = NULL;
    struct ioc_options options = { .kinds = 1u << ioc_kind_by_name(kind),
                                   .min_confidence = min_confidence };

    if (ioc_kind_by_name(kind) < 0 || ioc_scanner_new(&scanner, &options, NULL) != 0)
        abort();
    return scanner;
}

static void scan_part(const struct ioc_scanner *scanner, const uint8_t *data, size_t size,
                      size_t start, size_t end, struct seen *seen)
{
    struct ioc_held_back held_back = { 0 };

    ioc_scan(scanner, data, size, start, end, 0, see, seen, &held_back);
}

/* The text between two line ends, `shift` bytes further, in 8 or 16 bits a character. */
static size_t lay_out(uint8_t data[2 * TEXT_MOST], const char *text, enum ioc_encoding encoding,
                      size_t shift)
{
    size_t length = strlen(text), step = encoding == IOC_ASCII ? 1 : 2;
    size_t first = shift + (encoding == IOC_UTF16BE);

    if (length + 3 > TEXT_MOST)
        abort();
    memset(data, 0, 2 * TEXT_MOST);
    memset(data, 0xff, shift);
    data[first] = '\n';
    for (size_t i = 0; i < length; i++)
        data[first + (i + 1) * step] = (uint8_t)text[i];
    data[first + (length + 1) * step] = '\n';
    return shift + (length + 2) * step;
}

/* What the whole shows, two parts show together, whatever their border. */
static bool parts_agree(const struct ioc_scanner *scanner, const uint8_t *data, size_t size,
                        const struct seen *whole)
{
    for (size_t border = 0; border <= size; border++) {
        struct seen parts = { 0 };
        scan_part(scanner, data, size, 0, border, &parts);
        scan_part(scanner, data, size, border, size, &parts);
        if (parts.count != whole->count || parts.offset != whole->offset ||
            parts.length != whole->length || strcmp(parts.value, whole->value) != 0)
            return false;
    }
    return true;
}

static bool shows(const struct ioc_scanner *scanner, const struct example *example,
                  enum ioc_encoding encoding, size_t shift)
{
    uint8_t data[2 * TEXT_MOST];
    size_t size = lay_out(data, example->text, encoding, shift);
    struct seen seen = { 0 };

    scan_part(scanner, data, size, 0, size, &seen);
    bool right = example->value
                     ? seen.count == 1 && strcmp(seen.value, example->value) == 0 &&
                           seen.encoding == encoding
                     : seen.count == 0;
    if (!right)
        printf("# %s, %zu: %zu, %s, %s\n", ioc_encoding_name(encoding), shift, seen.count,
               seen.value, ioc_encoding_name((enum ioc_encoding)seen.encoding));
    return right && parts_agree(scanner, data, size, &seen);
}

/* On one line, for TAP. */
static const char *one_line(const char *text)
{
    static char line[TEXT_MOST];

    snprintf(line, sizeof line, "%s", text);
    for (char *at = line; *at; at++)
        *at = *at < ' ' && *at >= 0 ? ' ' : *at;
    return line;
}

static void check(const char *kind, const struct example *examples, size_t count)
{
    struct ioc_scanner *scanner = scanner_of(kind, 50);

    for (size_t i = 0; i < count; i++) {
        const struct example *example = &examples[i];
        bool right = shows(scanner, example, IOC_ASCII, 0);
        for (size_t shift = 0; shift <= 7; shift += 7) {
            right &= shows(scanner, example, IOC_UTF16LE, shift);
            right &= shows(scanner, example, IOC_UTF16BE, shift);
        }
        ok(right, "%s in \"%s\": %s", kind, one_line(example->text),
           example->value ? example->value : "none");
    }
    ioc_scanner_free(scanner);
}

#define CHECK(kind, examples) check(kind, examples, sizeof examples / sizeof *examples)

/* Only with -a: the text shows it, but no more. */
static void is_weak(const char *kind, const char *text, const char *value)
{
    struct ioc_scanner *scanner = scanner_of(kind, 0);
    const struct example example = { text, value }, none = { text, NULL };

    ok(shows(scanner, &example, 1, 0), "%s in \"%s\", weak", kind, text);
    ioc_scanner_free(scanner);
    scanner = scanner_of(kind, 50);
    ok(shows(scanner, &none, 1, 0), "%s in \"%s\", not sure", kind, text);
    ioc_scanner_free(scanner);
}

#endif
