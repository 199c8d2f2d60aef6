/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc_escapes: what stands around indicators in logs, in JSON and source, on terminals, in HTML, in
 * Markdown and in typeset text is no part of them, and hides none.
 */

#include <fett/text.h>

#include "ioc_examples.h"

/* `text`, in UTF-8, as `encoding` has it; its size. */
static size_t encode(uint8_t *data, const char *text, enum ioc_encoding encoding)
{
    size_t size = 0, used, length = strlen(text);

    if (encoding == IOC_ASCII) {
        memcpy(data, text, length);
        return length;
    }
    for (size_t at = 0; at < length; at += used, size += 2) {
        uint32_t unit = text_code_point(text + at, length - at, &used);
        data[size + (encoding == IOC_UTF16BE)] = (uint8_t)unit;
        data[size + (encoding == IOC_UTF16LE)] = (uint8_t)(unit >> 8);
    }
    return size;
}

/* Signs beyond Latin-1 in UTF-16BE do not turn the text around them into UTF-16LE, nor the
 * other way round. */
static void test_signs(void)
{
    static const char *const signs[] = { "\u2022", "\u2026", "\u2022\u00a0", "\uff21", "\u2122" };
    struct ioc_scanner *scanner = scanner_of("domain", 50);

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        for (int encoding = IOC_UTF16LE; encoding <= IOC_UTF16BE; encoding++) {
            uint8_t data[2 * TEXT_MOST];
            struct seen seen = { 0 };
            char text[TEXT_MOST];
            snprintf(text, sizeof text, "\nat www.example.org\n%sword more\n%s\n", signs[i],
                     signs[i]);
            size_t size = encode(data, text, (enum ioc_encoding)encoding);
            scan_part(scanner, data, size, 0, size, &seen);
            same_text(seen.value, "www.example.org", signs[i]);
            same_number(seen.encoding, encoding, "  in its order");
        }
    ioc_scanner_free(scanner);
}

int main(void)
{
    test_signs();
    return tap_done();
}
