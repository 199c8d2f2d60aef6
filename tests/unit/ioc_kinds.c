/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc_kinds: what is an indicator of each kind and what only looks like one, in
 * both encodings, and wherever the border between two blocks falls. The examples
 * are those of the documents that define the kinds, named beside them.
 */

#include <stdlib.h>

#include <fett/ioc.h>

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
static size_t lay_out(uint8_t data[2 * TEXT_MOST], const char *text, size_t step, size_t shift)
{
    size_t length = strlen(text);

    if (length + 3 > TEXT_MOST)
        abort();
    memset(data, 0, 2 * TEXT_MOST);
    data[shift] = '\n';
    for (size_t i = 0; i < length; i++)
        data[shift + (i + 1) * step] = (uint8_t)text[i];
    data[shift + (length + 1) * step] = '\n';
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

static bool shows(const struct ioc_scanner *scanner, const struct example *example, size_t step,
                  size_t shift)
{
    uint8_t data[2 * TEXT_MOST];
    size_t size = lay_out(data, example->text, step, shift);
    struct seen seen = { 0 };

    scan_part(scanner, data, size, 0, size, &seen);
    bool right = example->value
                     ? seen.count == 1 && strcmp(seen.value, example->value) == 0 &&
                           seen.encoding == (step == 1 ? IOC_ASCII : IOC_UTF16LE)
                     : seen.count == 0;
    if (!right)
        printf("# %zu bytes a character: %zu, %s\n", step, seen.count, seen.value);
    return right && parts_agree(scanner, data, size, &seen);
}

static void check(const char *kind, const struct example *examples, size_t count)
{
    struct ioc_scanner *scanner = scanner_of(kind, 50);

    for (size_t i = 0; i < count; i++) {
        const struct example *example = &examples[i];
        bool right = shows(scanner, example, 1, 0);
        right &= shows(scanner, example, 2, 0) && shows(scanner, example, 2, 7);
        ok(right, "%s in \"%s\": %s", kind, example->text,
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

static void test_ipv6(void)
{
    static const struct example examples[] = {
        /* RFC 4291 2.2 */
        { "2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a" },
        { "FF01:0:0:0:0:0:0:101", "ff01::101" },
        { "2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a" },
        { "::FFFF:129.144.52.38", "::ffff:129.144.52.38" },
        /* RFC 5952 1, 2.2, 4.2.2, 4.2.3 */
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "2001:db8:0:0:0::1", "2001:db8::1" },
        { "2001:db8::0:1", "2001:db8::1" },
        { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
        { "2001:db8::", "2001:db8::" },
        { "2001:db8:a:b:c:d:0:0", "2001:db8:a:b:c:d::" },
        /* RFC 3986 3.2.2, RFC 4007 11, RFC 6052 2.4, RFC 4193 */
        { "http://[2001:db8::7]:8080/a", "2001:db8::7" },
        { "[fe80::1%eth0]:80", "fe80::1%eth0" },
        { "fe80::1234%1", "fe80::1234%1" },
        { "64:ff9b::192.0.2.33", "64:ff9b::c000:221" },
        { "fd12:3456:789a:1::1/64", "fd12:3456:789a:1::1" },
        { "It was 2001:db8::5.", "2001:db8::5" },
        { "2001:db8::5: unreachable", "2001:db8::5" },
        { "http://fdc4:2581:575b:5a72:0000:0000:0000:0001", "fdc4:2581:575b:5a72::1" },
        { "12:34:56", NULL },
        { "2000-11-22T12:34:56:78", NULL },
        { "00:11:22:33:44:55", NULL },
        { "00:11:22:33:44:55:66:77", NULL },
        { "a9:4a:8f:e5:cc:b1:9b:a6:1c:4c:08:73:d3:91:e9:87:98:2f:bb:d3", NULL },
        { "std::x", NULL },
        { "std::deque", NULL },
        { "add::face", NULL },
        { "abc::def::x", NULL },
        { "::", NULL },
        { "::1", NULL },
        { "2001:db8:::1", NULL },
        { "2001:db8::1::2", NULL },
        { "2001:db8:1:2:3:4:5:6:7", NULL },
        { "2001:db8:1:2:3:4:5", NULL },
        { "2001:db8::12345", NULL },
        { "2001:db8::192.0.2.256", NULL },
        { "x2001:db8::1", NULL },
        { "2001:db8::1x", NULL },
    };

    CHECK("ipv6", examples);
    is_weak("ipv6", "::1", "::1");
    is_weak("ipv6", "add::face", "add::face");
}

int main(void)
{
    test_ipv6();
    return tap_done();
}
