/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ioc_escapes: what stands around indicators in logs, in JSON and source, on terminals, in HTML, in
 * Markdown, in typeset text and in random bytes is no part of them, and hides none.
 */

#include <fett/text.h>

#include "ioc_examples.h"

/* RFC 8259 7: in JSON a line end is \n; a path's backslashes are two. */
static void test_line_ends(void)
{
    static const struct example hosts[] = {
        { "{\"t\":\"see these\\nevil-host.net\"}", "evil-host.net" },
        { "{\"t\":\"these\\tnot-here.org\\n\"}", "not-here.org" },
        { "\"a b\\r\\nremote.example.net\\r\\n\"", "remote.example.net" },
        { "\"C:\\\\a b\\nnorth.example.net\"", "north.example.net" },
        { "C:\\Tools\\nas.example.net", "nas.example.net" },
        { "\"C:\\new\\temp\\nas.example.net\"", "nas.example.net" },
        { "copy \"\\\\srv\\nas.example.net\"", "nas.example.net" },
        { "\"C:\\\\a b\\\\nas.example.net\"", "nas.example.net" },
    };
    static const struct example mails[] = {
        { "{\"t\":\"write to\\njo@example.com\"}", "jo@example.com" },
        { "CORP\\nina@example.com", "nina@example.com" },
        { "cc=a%20jo@example.com", "jo@example.com" },
        { "\"%22jo@example.com%22\"", "jo@example.com" },
        { "https://user:he%2F%2Fo@example.com/", NULL },
    };
    static const struct example addresses[] = {
        { "Addresses:\\n192.0.2.77\\n", "192.0.2.77" },
        { "\\t192.0.2.77\\t", "192.0.2.77" },
    };
    static const struct example groups[] = {
        { "at:\\n2001:db8::7\\n", "2001:db8::7" },
        { "ip=%202001:db8::7%20x", "2001:db8::7" },
        { "fe80::1:2%22 is", "fe80::1:2%22" },
    };
    static const struct example digests[] = {
        { "\\n68b329da9893e34099c7d8ad5cb9c940\\n", "68b329da9893e34099c7d8ad5cb9c940" },
        { "md5%3D68b329da9893e34099c7d8ad5cb9c940%26", "68b329da9893e34099c7d8ad5cb9c940" },
        { "x68b329da9893e34099c7d8ad5cb9c940", NULL },
    };
    static const struct example numbers[] = {
        { "\\nCVE-2001-0500\\n", "CVE-2001-0500" },
        { "q=a%20CVE-2001-0500", "CVE-2001-0500" },
        { "NCVE-2001-0500", NULL },
    };
    static const struct example cards[] = { { "\\t00:0c:29:3e:53:f9", "00:0c:29:3e:53:f9" } };
    static const struct example files[] = {
        { "\"at\\nC:\\\\a\\\\b.exe\\nnext\"", "C:\\a\\b.exe" },
        { "{C:\\a\\b.exe}", NULL }, /* weak, see below */
    };
    static const struct example keys[] = {
        { "\"at\\nHKLM\\\\SOFTWARE\\\\x\\nnext\"", "HKLM\\SOFTWARE\\x" },
    };
    static const struct example programs[] = {
        { "\"bin\\notepad.exe\"", NULL },
        { "\\u0022evil.scr\\u0022", "evil.scr" },
    };

    CHECK("domain", hosts);
    CHECK("email", mails);
    CHECK("ipv4", addresses);
    CHECK("ipv6", groups);
    CHECK("hash", digests);
    CHECK("cve", numbers);
    CHECK("mac", cards);
    CHECK("winpath", files);
    is_weak("winpath", "{C:\\a\\b.exe}", "C:\\a\\b.exe");
    CHECK("regpath", keys);
    CHECK("filename", programs);
}

/* C and the logs of web servers write a quotation mark as \x22. */
static void test_hex_codes(void)
{
    static const struct example hosts[] = {
        { "\\x22www.example.org\\x22", "www.example.org" },
        { "C:\\x64dbg.example.org", "x64dbg.example.org" },
    };
    static const struct example agents[] = {
        { "\\x22Mozilla/5.0 (X11; Linux x86_64)\\x22", "Mozilla/5.0 (X11; Linux x86_64)" },
        { "`curl/7.68.0`", "curl/7.68.0" },
    };
    static const struct example mutexes[] = {
        { "\"f(\\\"Global\\\\a-7\\\")\"", "Global\\a-7" },
        { "\\u0022Global\\\\a-7\\u0022", "Global\\a-7" },
    };

    CHECK("domain", hosts);
    CHECK("user-agent", agents);
    CHECK("mutex", mutexes);
}

/* ECMA-48 8.3.117 (SGR), 8.3.41 (EL), as terminals get them, which is in 8 bits. */
static void test_colours(void)
{
    static const struct {
        const char *kind, *value;
    } examples[] = {
        { "domain", "www.example.org" },
        { "ipv4", "192.0.2.77" },
        { "email", "jo@example.com" },
        { "ipv6", "2001:db8::7" },
        { "hash", "68b329da9893e34099c7d8ad5cb9c940" },
        { "winpath", "C:\\a\\b.exe" },
        { "filename", "evil.scr" },
        { "pdb", "C:\\a\\b.pdb" },
        { "cve", "CVE-2001-0500" },
        { "user-agent", "curl/7.68.0" },
    };
    static const char *const before[] = { "\x1b[31m", "\x1b[01;31m\x1b[K", "\x1b[m" };

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct ioc_scanner *scanner = scanner_of(examples[i].kind, 50);
        for (size_t k = 0; k < sizeof before / sizeof *before; k++) {
            struct example example = { .value = examples[i].value };
            char text[TEXT_MOST];
            snprintf(text, sizeof text, "at %s%s\x1b[m\x1b[K, now", before[k], example.value);
            example.text = text;
            ok(shows(scanner, &example, IOC_ASCII, 0), "%s in colour: %s", examples[i].kind,
               example.value);
        }
        ioc_scanner_free(scanner);
    }
}

/* The same as logs in JSON, source and pagers write them. */
static void test_written_colours(void)
{
    static const struct example hosts[] = {
        { "\\u001b[1;33mwww.example.org\\u001b[39m", "www.example.org" },
        { "\\x1b[31mwww.example.org\\033[0m", "www.example.org" },
        { "\\033[31mwww.example.org\\033[0m", "www.example.org" },
        { "^[[mwww.example.org^[[0m", "www.example.org" },
        { "a[31mwww.example.org", "31mwww.example.org" },
    };
    static const struct example addresses[] = { { "\\e[31m192.0.2.77\\e[0m", "192.0.2.77" } };

    CHECK("domain", hosts);
    CHECK("ipv4", addresses);
}

/* A symbol file ends where a sentence goes on. */
static void test_symbols(void)
{
    static const struct example examples[] = {
        { "C:\\src\\bot.pdb was loaded", "C:\\src\\bot.pdb" },
        { "see C:\\src\\bot.pdb.", "C:\\src\\bot.pdb" },
        { "&quot;C:\\src\\bot.pdb&quot;", "C:\\src\\bot.pdb" },
        { "`C:\\src\\bot.pdb`", "C:\\src\\bot.pdb" },
        { "C:\\sym\\a.pdb\\3844DBB92\\a.pdb", "C:\\sym\\a.pdb\\3844DBB92\\a.pdb" },
        { "C:\\src\\bot.pdb.zip", NULL },
    };

    CHECK("pdb", examples);
}

/* Marks of HTML and Markdown. */
static void test_markup(void)
{
    static const struct example files[] = {
        { "<a>&quot;C:\\a b\\c.exe&quot; -k</a>", "C:\\a b\\c.exe" },
        { "&lt;C:\\a\\c.exe&gt;", "C:\\a\\c.exe" },
        { "C:\\a&b\\c.exe", "C:\\a&b\\c.exe" },
    };
    static const struct example keys[] = {
        { "&#39;HKLM\\SOFTWARE\\x&#39;", "HKLM\\SOFTWARE\\x" },
    };
    static const struct example agents[] = {
        { "&quot;curl/7.68.0&quot;", "curl/7.68.0" },
    };
    static const struct example urls[] = {
        { "**http://example.com/a**", "http://example.com/a" },
        { "*http://example.com/a*", "http://example.com/a" },
        { "__http://example.com/a__", "http://example.com/a" },
        { "http://example.com/a*", "http://example.com/a*" },
        { "<!--http://example.com/a-->", "http://example.com/a" },
    };

    CHECK("winpath", files);
    CHECK("regpath", keys);
    CHECK("user-agent", agents);
    CHECK("url", urls);
}

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

/* Quotation marks and the like of typeset text, in UTF-8 and UTF-16LE. */
static void test_typeset(void)
{
    static const struct {
        const char *kind, *text, *value;
    } examples[] = {
        { "regpath", " \u201cHKLM\\SOFTWARE\\x\u201d key\n", "HKLM\\SOFTWARE\\x" },
        { "regpath", " \u00abHKLM\\SOFTWARE\\x\u00bb ", "HKLM\\SOFTWARE\\x" },
        { "regpath", " HKLM\\SOFTWARE\\x\u2026 ", "HKLM\\SOFTWARE\\x" },
        { "pipe", " \u2018\\\\.\\pipe\\ab12\u2019 ", "\\\\.\\pipe\\ab12" },
        { "winpath", " C:\\a\\John\u2019s \u2013 b.doc ", "C:\\a\\John\u2019s \u2013 b.doc" },
        { "filename", " \u201csoundv.exe\u201d ", "soundv.exe" },
        { "filename", " \u2022soundv.exe ", "soundv.exe" },
        { "filename", " a\u2013b.exe ", "a\u2013b.exe" },
    };

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct ioc_scanner *scanner = scanner_of(examples[i].kind, 50);
        for (int encoding = IOC_ASCII; encoding <= IOC_UTF16LE; encoding++) {
            uint8_t data[2 * TEXT_MOST] = { 0 };
            struct seen seen = { 0 };
            size_t size = encode(data + 2, examples[i].text, (enum ioc_encoding)encoding) + 4;
            scan_part(scanner, data, size, 0, size, &seen);
            same_text(seen.value, examples[i].value, examples[i].kind);
            same_number((long long)seen.count, 1, "  once");
        }
        ioc_scanner_free(scanner);
    }
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

enum { PLANTED = 200, APART = 512 };

struct placed {
    size_t count;
    unsigned encoding;
    unsigned odd;
};

static void place(void *context, const struct ioc_hit *hit)
{
    struct placed *placed = context;

    placed->count += hit->offset % APART == 100 + placed->odd &&
                     hit->encoding == placed->encoding &&
                     hit->length == 2 * strlen("host1000.evil-site.net");
}

/* Between random bytes, which look like a letter before or behind one text in three. What
 * looks like UTF-16LE at an even place at both its ends is that, so that of UTF-16BE at odd places
 * some is not told. */
static void test_random(void)
{
    static uint8_t data[PLANTED * APART];
    struct ioc_scanner *scanner = scanner_of("domain", 50);

    for (unsigned i = 0; i < 4; i++) {
        struct placed placed = { .encoding = i < 2 ? IOC_UTF16LE : IOC_UTF16BE, .odd = i % 2 };
        struct ioc_held_back held_back = { 0 };
        unsigned seed = 7;
        for (size_t at = 0; at < sizeof data; at++)
            data[at] = (uint8_t)((seed = seed * 1103515245 + 12345) >> 16);
        for (unsigned k = 0; k < PLANTED; k++) {
            char text[TEXT_MOST];
            snprintf(text, sizeof text, " host%u.evil-site.net ", 1000 + k);
            encode(data + k * APART + 98 + placed.odd, text, (enum ioc_encoding)placed.encoding);
        }
        ioc_scan(scanner, data, sizeof data, 0, sizeof data, 0, place, &placed, &held_back);
        ok(placed.count >= (i < 3 ? PLANTED * 95 / 100 : PLANTED / 2), "%zu of %d in %s, %s",
           placed.count, PLANTED, ioc_encoding_name((enum ioc_encoding)placed.encoding),
           placed.odd ? "odd" : "even");
    }
    ioc_scanner_free(scanner);
}

int main(void)
{
    test_line_ends();
    test_hex_codes();
    test_colours();
    test_written_colours();
    test_symbols();
    test_markup();
    test_typeset();
    test_signs();
    test_random();
    return tap_done();
}
