/* SPDX-License-Identifier: Apache-2.0 */

/* Code pages, against those of the C library. */

#include <iconv.h>

#include <fett/text.h>

#include "tap.h"

static void decodes(unsigned page, const char *bytes, const char *expected, const char *what)
{
    struct buffer text = BUFFER_INIT;

    text_add_code_page(&text, page, (const uint8_t *)bytes, strlen(bytes));
    same_text(buffer_text(&text), expected, what);
    buffer_release(&text);
}

/* Every byte of a page that iconv knows is the same here. */
static void test_page(unsigned page)
{
    char name[16];
    int same = 0, other = 0;

    snprintf(name, sizeof name, "CP%u", page);
    iconv_t converter = iconv_open("UTF-8", name);
    for (int byte = 0x80; byte < 0x100 && converter != (iconv_t)-1; byte++) {
        char in = (char)byte, out[8], *from = &in, *to = out;
        size_t in_left = 1, out_left = sizeof out;
        struct buffer text = BUFFER_INIT;
        if (iconv(converter, &from, &in_left, &to, &out_left) == (size_t)-1 ||
            iconv(converter, NULL, NULL, &to, &out_left) == (size_t)-1)
            continue;
        text_add_code_page(&text, page, (const uint8_t *)&in, 1);
        bool equal = text.length == (size_t)(to - out) && memcmp(text.data, out, text.length) == 0;
        same += equal;
        other += !equal;
        buffer_release(&text);
    }
    ok(same > 64 && other == 0, "page %u: %d bytes the same, %d not", page, same, other);
    if (converter != (iconv_t)-1)
        iconv_close(converter);
}

int main(void)
{
    static const unsigned pages[] = { 874, 1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258 };

    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        test_page(pages[i]);
    decodes(1250, "tas\xb3mon.exe", "tas\u0142mon.exe", "Polish");
    decodes(1251, "\xcf\xf3\xf1\xea", "\u041f\u0443\u0441\u043a", "Russian");
    /* The second byte of a character may be a backslash. */
    decodes(932, "C:\\\x83\x5c.exe", "C:\\\u30bd.exe", "Japanese");
    decodes(936, "\xc4\xe3", "\u4f60", "simplified Chinese");
    decodes(949, "\xb0\xa1", "\uac00", "Korean");
    decodes(950, "\xa4\xa4", "\u4e2d", "traditional Chinese");
    decodes(932, "a\x83", "a\x83", "half a character is kept");
    decodes(932, "\xff\x83\x5c", "\xff\u30bd", "what is no character is kept");
    decodes(1253, "\xd2\xe1", "\xd2\u03b1", "a byte that the page leaves open");
    decodes(0, "a\xb3", "a\xb3", "no page: bytes are kept");
    decodes(437, "a\x82", "a\x82", "a page that is not known");
    return tap_done();
}
