/* SPDX-License-Identifier: Apache-2.0 */

/* ioc_decode: units of each coding, whole, cut and damaged; parts against the
 * whole; bounds on the work. */

#include <stdlib.h>
#include <zlib.h>

#include <fett/buffer.h>
#include <fett/ioc_decode.h>

#include "../../lib/ioc/decode_xor.h"
#include "../../lib/ioc/vector.h"
#include "tap.h"

static struct ioc_decoder *decoder;
static const char message[] = "ping kozirog.netissat.net, then mail to someone@example.com";

/* One line a unit: offset, length, encoding, state, size, text, checksum; those inside
 * another one before it. */
struct units {
    struct buffer lines;
    struct ioc_decode_counts counts;
    struct { /* of units that are not over, by depth */
        uint64_t size;
        unsigned long checksum;
        char text[41];
    } open[LIMIT_DECODE_DEPTH];
    uint64_t longest; /* the end of what was decoded at once */
    bool broken;      /* pieces do not follow each other */
};

static void keep(void *context, const struct ioc_decoded *decoded)
{
    struct units *units = context;
    const uint8_t *own = decoded->data + decoded->start;
    size_t size = decoded->end - decoded->start;
    unsigned depth = 0;

    for (const char *name = decoded->encoding; *name; name++)
        depth += *name == '+';
    uint64_t at = units->open[depth].size;
    units->broken |= decoded->base + decoded->start != at;
    for (size_t i = 0; i < size && at + i < 40; i++)
        units->open[depth].text[at + i] = own[i] >= 0x20 && own[i] < 0x7f ? (char)own[i] : '.';
    units->open[depth].size += size;
    units->open[depth].checksum = crc32(units->open[depth].checksum, own, (uInt)size);
    if (units->longest < decoded->size)
        units->longest = decoded->size;
}

static void end(void *context, const struct ioc_unit *unit)
{
    struct units *units = context;

    buffer_add_format(&units->lines, "%llu+%llu %s %u %llu %s #%08lx\n",
                      (unsigned long long)unit->offset, (unsigned long long)unit->length,
                      unit->encoding, unit->state,
                      (unsigned long long)units->open[unit->depth].size,
                      units->open[unit->depth].text, units->open[unit->depth].checksum);
    memset(&units->open[unit->depth], 0, sizeof units->open[0]);
}

static void decode(struct units *units, const void *data, size_t size)
{
    const struct ioc_decode_sink sink = { keep, end, units };

    memset(units, 0, sizeof *units);
    ioc_decode(decoder, data, size, 0, size, 0, NULL, &sink, &units->counts, NULL);
}

/* Exactly this one unit; `expected` without its checksum. */
static void gives(const void *data, size_t size, const char *expected, const char *what)
{
    struct units units;

    decode(&units, data, size);
    ok(units.counts.units == (expected ? 1 : 0), "%s: %s", what, expected ? "one unit" : "none");
    if (expected && units.lines.length > 0) {
        strrchr(units.lines.data, '#')[-1] = '\0';
        same_text(units.lines.data, expected, what);
    }
    buffer_release(&units.lines);
}

static int level = 9; /* of compression */

/* Compress, with a header by zlib's numbers: 31 gzip, 15 zlib, -15 none. */
static void add_compressed(struct buffer *media, const void *data, size_t size, int format)
{
    z_stream stream = { .next_in = (Bytef *)data, .avail_in = (uInt)size };

    deflateInit2(&stream, level, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY);
    size_t room = deflateBound(&stream, size);
    stream.next_out = (Bytef *)buffer_reserve(media, room);
    stream.avail_out = (uInt)room;
    deflate(&stream, Z_FINISH);
    media->length += stream.total_out;
    deflateEnd(&stream);
}

static void add_u16(struct buffer *media, unsigned value)
{
    buffer_add_byte(media, (char)value);
    buffer_add_byte(media, (char)(value >> 8));
}

static void add_u32(struct buffer *media, unsigned long value)
{
    add_u16(media, value & 0xffff);
    add_u16(media, (unsigned)(value >> 16));
}

/* An entry of a ZIP file; `behind`: its sizes stand behind it. */
static void add_entry(struct buffer *media, const char *name, const void *data, size_t size,
                      bool behind, bool signature)
{
    struct buffer packed = BUFFER_INIT;
    unsigned long crc = crc32(0, data, (uInt)size);

    add_compressed(&packed, data, size, -15);
    buffer_add(media, "PK\3\4\24", 6);
    add_u16(media, behind ? 8 : 0);
    add_u16(media, 8);
    add_u32(media, 0);
    add_u32(media, behind ? 0 : crc);
    add_u32(media, behind ? 0 : packed.length);
    add_u32(media, behind ? 0 : size);
    add_u16(media, (unsigned)strlen(name));
    add_u16(media, 0);
    buffer_add_text(media, name);
    buffer_add(media, packed.data, packed.length);
    if (behind) {
        if (signature)
            buffer_add(media, "PK\7\10", 4);
        add_u32(media, crc);
        add_u32(media, packed.length);
        add_u32(media, size);
    }
    buffer_release(&packed);
}

static void add_random(struct buffer *media, size_t size, unsigned seed)
{
    while (size-- > 0) {
        seed = seed * 1664525 + 1013904223;
        buffer_add_byte(media, (char)(seed >> 24));
    }
}

static void test_vectors(void)
{
    /* RFC 1951 3.2.4: one stored block; 3.2.6: fixed codes, of "A" and the end */
    static const uint8_t stored[] = "\x78\x01\x01\x05\x00\xfa\xff" "hello\x06\x2c\x02\x15";
    static const uint8_t fixed[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x73\x04\x00"
                                   "\x8b\x9e\xd9\xd3\x01\x00\x00\x00";
    static const uint8_t dictionary[] = "\x78\xbb\x01\x05\x00\xfa\xffhello\x06\x2c\x02\x15";

    gives(stored, sizeof stored - 1, "0+16 zlib 0 5 hello", "a stored block in zlib");
    gives(fixed, sizeof fixed - 1, "0+21 gzip 0 1 A", "fixed codes in gzip");
    gives(dictionary, sizeof dictionary - 1, NULL, "zlib with a dictionary");
}

static void test_deflate(void)
{
    static const struct {
        int format;
        const char *name;
    } formats[] = { { 31, "gzip" }, { 15, "zlib" } };
    struct buffer media = BUFFER_INIT;
    char expected[160];

    for (size_t i = 0; i < 2; i++) {
        buffer_clear(&media);
        buffer_add(&media, "\0\0\0", 3);
        add_compressed(&media, message, sizeof message - 1, formats[i].format);
        snprintf(expected, sizeof expected, "3+%zu %s 0 %zu %.40s", media.length - 3,
                 formats[i].name, sizeof message - 1, message);
        buffer_add(&media, "behind", 6);
        gives(media.data, media.length, expected, formats[i].name);
        media.data[media.length - 8] ^= 1;
        snprintf(expected, sizeof expected, "3+%zu gzip 1 %zu %.40s", media.length - 9,
                 sizeof message - 1, message);
        gives(media.data, media.length, i == 0 ? expected : NULL, "with a wrong checksum");
    }
    buffer_release(&media);
}

/* Data that does not stand at the start of the media, with nothing else to read. */
static void test_base(void)
{
    struct buffer media = BUFFER_INIT;
    struct units units = { 0 };
    const struct ioc_decode_sink sink = { keep, end, &units };
    char expected[64];

    add_random(&media, 100, 6);
    add_compressed(&media, message, sizeof message - 1, 31);
    for (uint64_t base = LIMIT_DECODE_CELL - 150; base <= LIMIT_DECODE_CELL; base += 25) {
        buffer_clear(&units.lines);
        ioc_decode(decoder, (const uint8_t *)media.data, media.length, 50, media.length, base,
                   NULL, &sink, &units.counts, NULL);
        snprintf(expected, sizeof expected, "%llu+%zu gzip 0 ", (unsigned long long)base + 100,
                 media.length - 100);
        ok(strncmp(buffer_text(&units.lines), expected, strlen(expected)) == 0,
           "data at %llu", (unsigned long long)base);
    }
    buffer_release(&units.lines);
    buffer_release(&media);
}

static void test_zip(void)
{
    struct buffer media = BUFFER_INIT;
    char expected[160];

    for (int i = 0; i < 3; i++) {
        buffer_clear(&media);
        add_entry(&media, "a/b.txt", message, sizeof message - 1, i > 0, i == 1);
        snprintf(expected, sizeof expected, "0+%zu zip 0 %zu %.40s", media.length,
                 sizeof message - 1, message);
        buffer_add(&media, "PK\1\2", 4);
        gives(media.data, media.length, expected,
              i == 0 ? "zip" : i == 1 ? "zip, sizes behind" : "zip, sizes behind, no signature");
    }
    media.data[6] |= 1;
    gives(media.data, media.length, NULL, "an encrypted entry");
    media.data[6] &= ~1;
    media.data[8] = 9;
    gives(media.data, media.length, NULL, "another method");
    buffer_release(&media);
}

/* base64 in lines of `columns` (0: one line), in characters of `step` bytes. */
static void add_base64(struct buffer *media, const void *data, size_t size, const char *last_two,
                       size_t columns, const char *line_break, unsigned step)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const uint8_t *bytes = data;
    struct buffer text = BUFFER_INIT;

    for (size_t i = 0; i < size; i += 3) {
        unsigned long group = (unsigned long)bytes[i] << 16 |
                              (unsigned long)(i + 1 < size ? bytes[i + 1] : 0) << 8 |
                              (i + 2 < size ? bytes[i + 2] : 0);
        if (columns && i > 0 && i / 3 * 4 % columns == 0)
            buffer_add_text(&text, line_break);
        for (unsigned j = 0; j < 4; j++) {
            unsigned value = group >> (18 - 6 * j) & 63;
            if (i + j <= size)
                buffer_add_byte(&text, value < 62 ? letters[value] : last_two[value - 62]);
            else if (last_two[2])
                buffer_add_byte(&text, last_two[2]);
        }
    }
    for (size_t i = 0; i < text.length; i++) {
        buffer_add_byte(media, text.data[i]);
        if (step == 2)
            buffer_add_byte(media, '\0');
    }
    buffer_release(&text);
}

static void test_base64(void)
{
    static const struct {
        const char *last_two, *line_break;
        size_t columns;
        unsigned step;
    } forms[] = {
        { "+/=", "", 0, 1 }, { "-_", "", 0, 1 }, { "+/", "", 0, 1 }, { "+/=", "", 0, 2 },
        { "-_=", "", 0, 2 }, { "+/=", "\n", 76, 1 }, { "+/=", "\r\n", 64, 1 },
        { "+/=", "\r\n", 76, 2 }, { "+/", "\n", 32, 1 },
    };
    struct buffer plain = BUFFER_INIT, media = BUFFER_INIT;
    char expected[160], what[64];

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t size = 300; size < 303; size++) {
            buffer_clear(&plain);
            while (plain.length < size)
                buffer_add_text(&plain, "http://h\xc3\xbf.example.com/?~\xc3\xbf ~~~ ");
            buffer_clear(&media);
            buffer_add_text(&media, "x=\"");
            add_base64(&media, plain.data, size, forms[i].last_two, forms[i].columns,
                       forms[i].line_break, forms[i].step);
            snprintf(expected, sizeof expected,
                     "3+%zu base64 0 %zu http://h...example.com/?~.. ~~~ http://h",
                     media.length - 3, size);
            buffer_add_text(&media, forms[i].columns ? "\n--=_next\n" : "\"\n");
            snprintf(what, sizeof what, "base64, form %zu, %zu bytes", i, size);
            gives(media.data, media.length, expected, what);
        }
    buffer_release(&plain);
    buffer_release(&media);
}

static void test_base64_sense(void)
{
    static const char shell[] = "powershell -enc SQBFAFgAIAAoAGEAKQAuAGIA";
    static const char *const words[] = {
        "InitializeCriticalSectionAndSpinCount", "GetSystemTimeAsFileTime",
        "0123456789abcdef0123456789ABCDEF0123456789abcdef", "d41d8cd98f00b204e9800998ecf8427e",
        "C:/Program-Files/SomeProgram_of/SomeOne", "aHR0cDovL2E",
    };

    gives(shell, sizeof shell - 1, "16+24 base64 0 18 I.E.X. .(.a.)...b.", "as PowerShell has it");
    gives("\"MS4yLjMuNDo0NDMK\"", 18, "1+16 base64 0 12 1.2.3.4:443.", "the shortest");
    gives("MS4yLjMuNDo0NDMK-+", 18, NULL, "both alphabets");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        gives(words[i], strlen(words[i]), NULL, words[i]);
}

/* RFC 2045 6.7. */
static void test_quoted_printable(void)
{
    static const char cut[] = "see http://www.exam=\r\nple.org/ now";
    static const char *const none[] = {
        "?id=20&x=30", "a==b.example.com", "key=value.example.com", "a=3d.com", "x=3Dy=",
        "http://example.com/?q=2E&r=s", "a=00=2Ebcdef", "a=2Ecom",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI=\nexample.org", /* of base64 */
    };
    struct buffer media = BUFFER_INIT;
    struct units units;

    gives(cut, sizeof cut - 1, "3+27 qp 0 24  http://www.example.org/", "a soft line break");
    gives("www=2Eevil=2Ecom", 16, "0+16 qp 0 12 www.evil.com", "escaped dots");
    gives("<b=C3=BCcher.de>", 16, "0+15 qp 0 11 <b..cher.de", "a letter beyond ASCII");
    gives("www=2Ea.de is", 13, "0+11 qp 0 9 www.a.de ", "at the start of its line");
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        gives(none[i], strlen(none[i]), NULL, none[i]);
    decode(&units, "abcd=3De fgh=3Dij\nklm=3Dnop", 27);
    ok(units.counts.units == 3, "words are units of their own");
    buffer_release(&units.lines);
    for (int length = 6000; length <= 7000; length += 1000) {
        buffer_clear(&media);
        for (int i = 0; i < length; i++)
            buffer_add_byte(&media, 'a');
        buffer_add_text(&media, "=2Ecom=\n");
        decode(&units, media.data, media.length);
        ok(units.counts.units == (length == 6000), "a word of %d letters", length);
        buffer_release(&units.lines);
    }
    buffer_release(&media);
}

/* The HTML standard 13.1.4 and 13.5; XML 1.0 4.1, 4.6. */
static void test_html(void)
{
    static const struct {
        const char *media, *unit;
    } some[] = {
        { "see http://www&#46;evil&#x2e;com/ now", "3+30 html 0 21  http://www.evil.com/" },
        { "www&period;evil&#0046com", "0+24 html 0 12 www.evil.com" },
        { "<http&colon;&sol;&sol;a.de>", "0+26 html 0 12 <http://a.de" },
        { "?a=1&amp;b.com=2", "0+16 html 0 12 ?a=1&b.com=2" },
        { "href=&quot;http://a.de/&QUOT;", "0+29 html 0 19 href=\"http://a.de/\"" },
        { "b&uuml;cher.de", "0+14 html 0 10 b..cher.de" },
        { "b&#xFC;cher.de", "0+14 html 0 10 b..cher.de" },
        { "ev&shy;il&#8203;&NoBreak;&#xfeff;.com", "0+37 html 0 8 evil.com" },
        { "jo&commat;ev&#105;l.com", "0+23 html 0 11 jo@evil.com" },
        { "a&nbsp;b&#46;c.example", "0+22 html 0 14 a..b.c.example" },
        { "evil.example&#46com;x&y=z", "0+25 html 0 22 evil.example.com;x&y=z" },
    };
    static const char *const none[] = {
        "http://a.de/?a=1&b=2", "http://a.de/?a=1&amp=2", "AT&amp;T", "a&#;.com", "a&#x;.example.com",
        "a&#xd800;.example.com", "a&#1114112;.example.com", "a&#0;.example.com",
        "&quot;www.example.com&quot;", "&lt;jo@example.com&gt;", "www.a.de&nbsp;is",
        "a&mdash;www.example.com", "a&#8212;www.example.com", "&Period;www.example.com",
        "f&uuml;r&uuml;ber", "a&#12345678901234567;.example.com", "&unknown;.example.com",
        "a&#46 ;b", "example.com&", "example.com&#", "example.com&#x", "example.com&amp",
    };
    struct units units;

    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        gives(some[i].media, strlen(some[i].media), some[i].unit, some[i].media);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        gives(none[i], strlen(none[i]), NULL, none[i]);
    decode(&units, "www&amp;#46;evil=2Ecom", 22);
    ok(units.lines.data && strstr(units.lines.data, "0+16 qp+html+html 0 12 www.evil.com "),
       "references in what references stand for, and in quoted-printable");
    buffer_release(&units.lines);
}

static void test_pdf_header(void)
{
    struct buffer media = BUFFER_INIT;
    char expected[160];

    for (int i = 0; i < 3; i++) {
        buffer_clear(&media);
        buffer_add_text(&media, i == 0 ? "stream\n" : i == 1 ? "stream\r\n" : "streak\n");
        size_t at = media.length;
        add_compressed(&media, message, sizeof message - 1, 12);
        snprintf(expected, sizeof expected, "%zu+%zu zlib 0 %zu %.40s", at, media.length - at,
                 sizeof message - 1, message);
        gives(media.data, media.length, i < 2 ? expected : NULL,
              i < 2 ? "a small window behind \"stream\"" : "a small window elsewhere");
    }
    buffer_release(&media);
}

static void test_pdf(void)
{
    static const struct {
        const char *page, *text;
    } pages[] = {
        { "BT /F1 1 Tf [(exam) -0.2 (ple) -250 (x) 300 (.c\\157m)] TJ ET", "example x.com." },
        { "BT /F1 1 Tf (as it is) Tj 0 -12 Td (so too) Tj ET", NULL },
        { "BT /F1 1 Tf 1 0 0 1 5 9 Tm (a\\(b) Tj 1 0 0 1 9 9 Tm (\\)c) Tj T* (none) Tj ET",
          "a(b)c." },
        { "BT /F1 1 Tf <0061 0062> Tj 4 0 Td <63> Tj ET", "abc." },
        { "BT /F1 1 Tf (ab) Tj 1 0 0 1 0 7 cm (cd) Tj (ef) Tj (1 0 0 1 0 8 Tm ET",
          "cdef1 0 0 1 0 8 Tm ET." },
        { "BT /F1 1 Tf BI /W 1 ID ((( \nEI (a(b)) ' (cd\\\nef\\) Tj", "cdef) Tj." },
    };
    struct buffer media = BUFFER_INIT;
    char expected[64];

    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct units units;
        buffer_clear(&media);
        add_compressed(&media, pages[i].page, strlen(pages[i].page), 15);
        decode(&units, media.data, media.length);
        const char *found = strstr(buffer_text(&units.lines), " zlib+pdf ");
        const char *text = pages[i].text ? pages[i].text : "";
        snprintf(expected, sizeof expected, " zlib+pdf 0 %zu %s #", strlen(text), text);
        ok(*text ? found && strncmp(found, expected, strlen(expected)) == 0 : !found,
           "text of page %zu", i);
        buffer_release(&units.lines);
    }
    buffer_release(&media);
}

static void test_deflate_in_base64(void)
{
    struct buffer packed = BUFFER_INIT, media = BUFFER_INIT;
    struct units units;

    add_compressed(&packed, message, sizeof message - 1, -15);
    add_base64(&media, packed.data, packed.length, "+/=", 0, "", 1);
    decode(&units, media.data, media.length);
    ok(packed.length < 192 && units.counts.units == 2 &&
           strstr(buffer_text(&units.lines), " base64+deflate 0 "),
       "short deflate of text in base64");
    buffer_release(&units.lines);
    for (unsigned i = 0; i < 2; i++) { /* it must end where base64 does; and be of text */
        uint8_t noise[64];
        for (size_t j = 0; j < sizeof noise; j++)
            noise[j] = (uint8_t)(j * j * 251 + 5);
        if (i == 1) {
            buffer_clear(&packed);
            add_compressed(&packed, noise, sizeof noise, -15);
        } else
            buffer_add_byte(&packed, 'x');
        buffer_clear(&media);
        add_base64(&media, packed.data, packed.length, "+/=", 0, "", 1);
        decode(&units, media.data, media.length);
        same_number((long long)units.counts.units, 0, "short and no text: none");
        buffer_release(&units.lines);
    }
    buffer_clear(&packed);
    struct buffer text = BUFFER_INIT;
    for (int i = 0; i < 40; i++)
        buffer_add_format(&text, "%d %s\n", i * i * 7919, message);
    add_compressed(&packed, text.data, text.length, -15);
    buffer_clear(&media);
    add_base64(&media, packed.data, packed.length, "+/=", 0, "", 1);
    decode(&units, media.data, media.length);
    ok(units.counts.units == 2 && strstr(units.lines.data, " base64+deflate 0 "),
       "deflate alone in base64");
    buffer_release(&units.lines);
    buffer_release(&text);
    buffer_release(&packed);
    buffer_release(&media);
}

/* Text under a key, in characters of `step` bytes. */
static void add_xor(struct buffer *media, const char *text, unsigned key, unsigned step)
{
    for (; *text; text++) {
        buffer_add_byte(media, (char)((unsigned)(uint8_t)*text ^ key));
        if (step == 2)
            buffer_add_byte(media, (char)key);
    }
}

static void test_xor(void)
{
    static const char *const texts[] = { "get http://evil.example/a now", "c:/temp/dropper.exe -i",
                                         "mail someone@example.com", "This program cannot be run" };
    struct buffer media = BUFFER_INIT;
    unsigned found[4][2] = { 0 }, others = 0;
    char expected[64];

    for (unsigned i = 0; i < 4; i++)
        for (unsigned key = 0; key < 256; key++)
            for (unsigned step = 1; step <= 2; step++) {
                struct units units;
                buffer_clear(&media);
                add_xor(&media, "\1\1", key, 1);
                add_xor(&media, texts[i], key, step);
                add_xor(&media, "\1\1", key, 1);
                decode(&units, media.data, media.length);
                snprintf(expected, sizeof expected, "2+%zu xor-0x%02x 0 %zu ", media.length - 4,
                         key, media.length - 4);
                if (strncmp(buffer_text(&units.lines), expected, strlen(expected)) == 0)
                    found[i][step - 1] += units.counts.units == 1;
                else
                    others += units.counts.units > 0;
                buffer_release(&units.lines);
            }
    for (unsigned i = 0; i < 4; i++)
        ok(found[i][0] == 255 && found[i][1] == 255, "\"%s\" under %u and %u of 255 keys",
           texts[i], found[i][0], found[i][1]);
    same_number(others, 0, "nothing else, and nothing under no key");
    buffer_release(&media);
}

/* Plain text, and text under another key, are printable under many keys as well. */
static void test_xor_beside_text(void)
{
    static const char text[] = "server=http://c2.needlehost.com/gate.php;port=443;";
    static const char script[] = "if test -r \"$file\"; then echo 'not found' >&2; exit 1; fi\n";
    struct buffer media = BUFFER_INIT;
    unsigned found = 0, beside = 0;

    for (unsigned key = 1; key < 256; key++) {
        unsigned other = key ^ 3;
        unsigned long long at, length, under;
        struct units units;
        buffer_clear(&media);
        for (unsigned i = 0; i < 20; i++)
            buffer_add_text(&media, script);
        size_t begin = media.length, end = begin + strlen(text);
        add_xor(&media, text, key, 1);
        for (unsigned i = 0; i < 20; i++)
            buffer_add_text(&media, script);
        for (unsigned i = 0; i < 20; i++)
            add_xor(&media, script, key, 1);
        size_t next = media.length;
        add_xor(&media, text, other, 1);
        for (unsigned i = 0; i < 20; i++)
            add_xor(&media, script, other, 1);
        decode(&units, media.data, media.length);
        for (const char *line = buffer_text(&units.lines); *line; line = strchr(line, '\n') + 1)
            if (sscanf(line, "%llu+%llu xor-%llx", &at, &length, &under) == 3) {
                found += under == key && at <= begin && at + length >= end;
                beside += under == other && at <= next && at + length >= next + strlen(text);
            }
        buffer_release(&units.lines);
    }
    same_number(found, 255, "text in a script, under each key once");
    same_number(beside, 254, "and behind text under another key");
    buffer_release(&media);
}

/* Long texts come in pieces, none twice, none missing. */
static void test_xor_groups(void)
{
    struct buffer plain = BUFFER_INIT, media = BUFFER_INIT;
    struct units units;
    unsigned long long at, length, sum = 0, until = 100;
    bool follows = true;

    for (unsigned i = 0; plain.length < 40000; i++)
        buffer_add_format(&plain, "%s%u ", i % 900 < 100 ? "see http://www.example.com/" : "word",
                          i);
    add_random(&media, 100, 9);
    media.data[99] = 0;
    add_xor(&media, plain.data, 0xa7, 1);
    decode(&units, media.data, media.length);
    for (const char *line = buffer_text(&units.lines); *line; line = strchr(line, '\n') + 1)
        if (sscanf(line, "%llu+%llu xor-0xa7", &at, &length) == 2) {
            follows &= at >= until;
            sum += length;
            until = at + length;
        }
    ok(follows && units.counts.units >= 5 && sum > 20000, "pieces of a long text follow");
    buffer_release(&units.lines);
    buffer_release(&plain);
    buffer_release(&media);
}

static void test_xor_searches(void)
{
    static const char alphabet[] = "p:/w.comnetrgxdlThi\0\0";
    static uint32_t one[XOR_STRETCH], other[XOR_STRETCH];
    struct buffer media = BUFFER_INIT;
    bool same = true;
    size_t found = 0;

    add_random(&media, 3000, 5);
    for (size_t i = 0; i < media.length; i++)
        media.data[i] = alphabet[(uint8_t)media.data[i] % (sizeof alphabet - 1)];
    for (size_t size = 1; vector_available() && size < media.length; size += 7) {
        size_t count = xor_candidates_portable((const uint8_t *)media.data, size, size, one);
        same &= xor_candidates_vector((const uint8_t *)media.data, size, size, other) == count &&
                memcmp(one, other, count * sizeof *one) == 0;
        found += count;
    }
    ok(same, "both searches give the same %zu places", found);
    buffer_release(&media);
}

/* A program of two sections of 512 bytes; the indicator in the last has no literal. */
static void make_program(uint8_t program[1536])
{
    static const char stub[] = "This program cannot be run in DOS mode.\r\r\n$";

    memset(program, 0, 1536);
    memcpy(program, "MZ\x90", 3);
    program[0x3c] = 0x80;
    memcpy(program + 0x4e, stub, sizeof stub);
    memcpy(program + 0x80, "PE\0\0\x4c\1\2", 7);
    program[0x80 + 20] = 0xe0;
    for (size_t i = 0; i < 2; i++) {
        uint8_t *section = program + 0x80 + 24 + 0xe0 + 40 * i;
        section[17] = 2;
        section[21] = (uint8_t)(2 + 2 * i);
    }
    memcpy(program + 1400, "kozirog.netissat.biz", 20);
}

static void test_xor_program(void)
{
    uint8_t program[1536], media[2048];
    struct units units;
    char expected[64];

    for (unsigned key = 1; key < 256; key += 127)
        for (unsigned keeps_zeros = 0; keeps_zeros < 2; keeps_zeros++) {
            make_program(program);
            unsigned long crc = crc32(0, program, sizeof program);
            memset(media, 0x11, sizeof media);
            for (size_t i = 0; i < sizeof program; i++)
                media[100 + i] = keeps_zeros && (program[i] == 0 || program[i] == key)
                                     ? program[i] : program[i] ^ (uint8_t)key;
            decode(&units, media, sizeof media);
            snprintf(expected, sizeof expected, "100+1536 xor-0x%02x 0 1536 ", key);
            const char *line = buffer_text(&units.lines);
            char sum[16];
            snprintf(sum, sizeof sum, "#%08lx\n", crc);
            ok(strncmp(line, expected, strlen(expected)) == 0 && strstr(line, sum) &&
               units.counts.units == 1, "a program under key %u%s", key,
               keeps_zeros ? ", zeros kept" : "");
            buffer_release(&units.lines);
            decode(&units, media, 1000);
            ok(strstr(buffer_text(&units.lines), " 1 900 "), "cut");
            buffer_release(&units.lines);
        }
}

static void test_nested(void)
{
    struct buffer inner = BUFFER_INIT, outer = BUFFER_INIT;
    struct units units;

    add_entry(&inner, "x", message, sizeof message - 1, false, false);
    add_compressed(&outer, inner.data, inner.length, 31);
    decode(&units, outer.data, outer.length);
    same_number((long long)units.counts.units, 2, "a ZIP entry in gzip");
    ok(strstr(units.lines.data, " gzip+zip 0 59 "), "has both names");
    buffer_release(&units.lines);
    for (int depth = 3; depth < 12; depth++) {
        buffer_clear(&inner);
        add_compressed(&inner, outer.data, outer.length, 31);
        buffer_clear(&outer);
        buffer_add(&outer, inner.data, inner.length);
    }
    decode(&units, outer.data, outer.length);
    same_number((long long)units.counts.units, LIMIT_DECODE_DEPTH, "down to the depth");
    buffer_release(&units.lines);
    buffer_release(&inner);
    buffer_release(&outer);
}

/* Parts of `split` bytes, each with only its own bytes and the margin in memory. */
static bool same_in_parts(const struct buffer *media, size_t split, size_t margin,
                          const struct units *whole)
{
    const uint8_t *bytes = (const uint8_t *)media->data;
    struct reader *more = reader_over_memory(bytes, media->length);
    struct units parts = { 0 };
    const struct ioc_decode_sink sink = { keep, end, &parts };
    size_t from = 0;

    while (from < media->length) {
        size_t to = media->length - from < split ? media->length : from + split;
        size_t before = from < margin ? from : margin;
        size_t behind = media->length - to < margin ? media->length - to : margin;
        ioc_decode(decoder, bytes + from - before, before + to - from + behind, before,
                   before + to - from, from - before, more, &sink, &parts.counts, NULL);
        from = to;
    }
    bool same = strcmp(buffer_text(&parts.lines), buffer_text(&whole->lines)) == 0 &&
                parts.counts.units == whole->counts.units &&
                parts.counts.limited == whole->counts.limited &&
                parts.counts.left_out == whole->counts.left_out;
    if (!same)
        printf("# split %zu, margin %zu\n", split, margin);
    buffer_release(&parts.lines);
    reader_free(more);
    return same;
}

static void test_truncated(void)
{
    struct buffer text = BUFFER_INIT, media = BUFFER_INIT;
    bool grows = true, all = true;
    size_t before = 0;

    for (int i = 0; i < 400; i++)
        buffer_add_format(&text, "line %d of %s\n", i * i, message);
    add_compressed(&media, text.data, text.length, 31);
    for (size_t size = 64; size < media.length; size++) {
        struct units units;
        unsigned long long made = 0;
        decode(&units, media.data, size);
        if (units.counts.units == 1)
            sscanf(units.lines.data, "%*s gzip 1 %llu", &made);
        grows &= made >= before;
        all &= made > 0 || size < 200;
        before = made;
        buffer_release(&units.lines);
    }
    ok(grows && all && before > text.length / 2, "a cut stream gives what was there");
    /* the last code makes more than there is room for in one step */
    struct buffer zeros = BUFFER_INIT, packed = BUFFER_INIT;
    memset(buffer_reserve(&zeros, 1 << 20), 0, 1 << 20);
    zeros.length = 1 << 20;
    add_compressed(&packed, zeros.data, zeros.length, 31);
    bool same = true;
    for (size_t size = 100; size < packed.length; size += 10) {
        struct units whole;
        struct buffer cut = { packed.data, size, packed.capacity, false };
        decode(&whole, cut.data, cut.length);
        same &= same_in_parts(&cut, size / 2, 0, &whole) && same_in_parts(&cut, 60, 0, &whole);
        buffer_release(&whole.lines);
    }
    ok(same, "whatever the pieces in which it is read");
    buffer_release(&zeros);
    buffer_release(&packed);
    struct units units;
    media.data[media.length / 2] ^= 0x55;
    decode(&units, media.data, media.length);
    ok(units.counts.units == 1 && strstr(units.lines.data, " gzip 1 "), "a damaged one too");
    buffer_release(&units.lines);
    buffer_release(&text);
    buffer_release(&media);
}

/* All that a search can find, one behind the other. */
static void add_mixture(struct buffer *media)
{
    struct buffer inner = BUFFER_INIT;

    add_random(media, 100, 1);
    add_compressed(media, message, sizeof message - 1, 31);
    add_random(media, 30, 2);
    add_entry(media, "name", message, sizeof message - 1, true, true);
    add_entry(media, "name", message, sizeof message - 1, false, true);
    buffer_add_text(media, "stream\r\n");
    add_compressed(media, message, sizeof message - 1, 15);
    add_compressed(&inner, message, sizeof message - 1, 31);
    add_entry(&inner, "inner", message, sizeof message - 1, false, true);
    add_random(&inner, 300, 3);
    add_compressed(media, inner.data, inner.length, 31);
    buffer_add_byte(media, '"');
    add_base64(media, inner.data, inner.length, "+/=", 76, "\r\n", 1);
    buffer_add_byte(media, '\n');
    add_base64(media, message, sizeof message - 1, "+/=", 32, "\n", 2);
    buffer_add(media, "\n\0", 2);
    add_base64(media, message, sizeof message - 1, "-_", 0, "", 2);
    add_xor(media, "mail someone@example.com or see http://www.example.net/", 0x5a, 1);
    add_xor(media, "x\n", 0, 1);
    add_xor(media, "mail someone@example.com or see http://www.example.net/", 0xc1, 2);
    buffer_release(&inner);
}

static void test_splits(void)
{
    struct buffer media = BUFFER_INIT;
    struct units whole;
    bool same = true;

    add_mixture(&media);
    decode(&whole, media.data, media.length);
    ok(whole.counts.units >= 12, "a mixture has %llu units",
       (unsigned long long)whole.counts.units);
    for (size_t split = media.length / 40; split <= media.length; split++)
        same &= same_in_parts(&media, split, split % 3 * 20, &whole);
    ok(same, "every split of it gives the same");
    buffer_release(&whole.lines);
    for (size_t i = 0; i < 4; i++) {
        while (media.length % LIMIT_DECODE_CELL < LIMIT_DECODE_CELL - 300 - 400 * i)
            buffer_add_byte(&media, (char)(media.length % 251));
        add_mixture(&media);
    }
    decode(&whole, media.data, media.length);
    same = true;
    for (size_t split = LIMIT_DECODE_CELL / 2; split <= media.length; split += 77773)
        same &= same_in_parts(&media, split, split % 9999, &whole);
    ok(same, "so does it over the borders of cells");
    buffer_release(&whole.lines);
    buffer_release(&media);
}

/* Work is bounded by cells: each some attack. */
static void bounded(const struct buffer *media, const char *what)
{
    struct units units;
    uint64_t cells = media->length / LIMIT_DECODE_CELL + 1;

    decode(&units, media->data, media->length);
    ok(units.counts.work <= cells * (LIMIT_DECODE_CELL_WORK + 2 * LIMIT_DECODED_WINDOW),
       "%s: %llu bytes of work for %zu", what, (unsigned long long)units.counts.work,
       media->length);
    buffer_release(&units.lines);
}

static void test_bombs(void)
{
    struct buffer text = BUFFER_INIT, bomb = BUFFER_INIT, media = BUFFER_INIT;
    struct units units;

    while (text.length < 50000000)
        buffer_add_text(&text, "ab");
    add_compressed(&bomb, text.data, text.length, 31);
    decode(&units, bomb.data, bomb.length);
    ok(units.counts.limited == 1 && strstr(units.lines.data, " gzip 2 "),
       "a bomb ends at a limit");
    ok(units.counts.work < 4 * LIMIT_DECODED_WINDOW, "early");
    buffer_release(&units.lines);
    for (int i = 0; i < 12; i++)
        buffer_add(&media, bomb.data, bomb.length);
    bounded(&media, "many bombs");
    buffer_clear(&media);
    buffer_clear(&text);
    for (int i = 0; i < 200; i++)
        add_compressed(&text, bomb.data, bomb.length, 31);
    add_compressed(&media, text.data, text.length, 31);
    bounded(&media, "bombs in gzip in gzip");
    buffer_release(&text);
    buffer_release(&bomb);
    buffer_release(&media);
}

/* Streams that begin in every cell and go on over each other to the end: stored blocks,
 * whose headers lie in the data of the others. */
static void test_crowd(void)
{
    enum { CHAINS = 64, BLOCK_SIZE = 65535 + 5, SIZE = CHAINS * LIMIT_DECODE_CELL };
    static const char header[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03";
    struct buffer media = BUFFER_INIT;
    struct units units;

    add_random(&media, SIZE, 11);
    for (size_t chain = 0; chain < CHAINS; chain++) {
        size_t at = chain * LIMIT_DECODE_CELL + chain * 16;
        memcpy(media.data + at, header, 10);
        for (at += 10; at + 5 < SIZE; at += BLOCK_SIZE)
            memcpy(media.data + at, "\0\xff\xff\0\0", 5);
    }
    decode(&units, media.data, media.length);
    ok(units.counts.limited > CHAINS / 4, "%llu streams over each other are not followed",
       (unsigned long long)units.counts.limited);
    ok(units.counts.work < (uint64_t)SIZE * 300, "their work is %llu for %d bytes",
       (unsigned long long)units.counts.work, SIZE);
    buffer_release(&units.lines);
    buffer_release(&media);
}

/* A stream that no window holds: pieces follow each other, and those of units inside it, of
 * which one is as long as all, others lie over the borders of windows. */
static void test_long(void)
{
    enum { LINES = 700000 };
    struct buffer text = BUFFER_INIT, inner = BUFFER_INIT, all = BUFFER_INIT, media = BUFFER_INIT;
    struct units units;
    char expected[96];

    level = 1;
    for (unsigned i = 0; i < LINES; i++)
        buffer_add_format(&text, "%u http://h%u.example.com/\n", i * 7919 % 65537, i);
    unsigned long sum = crc32(0, (const Bytef *)text.data, (uInt)text.length);
    add_compressed(&inner, text.data, text.length, 31);
    add_random(&media, 77, 8);
    for (unsigned i = 0; i < 40; i++) { /* each of 300,000 bytes and more */
        add_entry(&media, "large", text.data + i * 100000, 2000000, i % 2 > 0, true);
        add_random(&media, 100000 + i * 1000, i);
    }
    buffer_add(&all, media.data, media.length);
    buffer_add(&all, inner.data, inner.length);
    buffer_add(&all, text.data, text.length);
    buffer_clear(&media);
    add_random(&media, 1000, 9);
    add_compressed(&media, all.data, all.length, 31);
    size_t end_of_unit = media.length;
    add_random(&media, 500000, 10);
    decode(&units, media.data, media.length);
    ok(all.length > 2 * LIMIT_DECODED_WINDOW && text.length > 2 * LIMIT_DECODED_WINDOW,
       "longer than the window: %zu and %zu", all.length, text.length);
    ok(units.longest <= LIMIT_DECODED_WINDOW && !units.broken, "pieces follow each other");
    snprintf(expected, sizeof expected, " gzip+gzip 0 %zu 0 http://h0.", text.length);
    char *found = strstr(units.lines.data, expected);
    snprintf(expected, sizeof expected, " #%08lx\n", sum);
    ok(found && strstr(found, expected) == strchr(found, '#') - 1, "the long one inside is whole");
    size_t entries = 0;
    for (found = units.lines.data; (found = strstr(found, " gzip+zip 0 2000000 ")); found++)
        entries++;
    same_number((long long)entries, 40, "all entries inside");
    snprintf(expected, sizeof expected, "1000+%zu gzip 0 %zu ", end_of_unit - 1000, all.length);
    ok(strstr(units.lines.data, expected) != NULL, "and so is the outer one");
    ok(same_in_parts(&media, LIMIT_DECODE_CELL * 4, 9000, &units) &&
       same_in_parts(&media, media.length / 3 + 1, 0, &units), "whatever the parts");
    buffer_release(&units.lines);
    /* damaged far behind the first window: what stands before it is there */
    memset(media.data + end_of_unit - 100000, 0xff, 1000);
    decode(&units, media.data, media.length);
    unsigned long long made = 0;
    found = strstr(units.lines.data, " gzip 1 ");
    ok(found && sscanf(found, " gzip 1 %llu", &made) == 1, "a unit that is damaged far behind");
    ok(made > 2 * LIMIT_DECODED_WINDOW && made < all.length,
       "what stands before the damage is there: %llu of %zu", made, all.length);
    level = 9;
    buffer_release(&units.lines);
    buffer_release(&text);
    buffer_release(&inner);
    buffer_release(&all);
    buffer_release(&media);
}

static void test_magics(void)
{
    static const struct {
        const char *bytes;
        size_t size;
    } magics[] = {
        { "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10 },
        /* with a name that does not end */
        { "\x1f\x8b\x08\x08xxxx\x00\x03", 10 },
        /* with a stored block over all that follow */
        { "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x00\xf0\xff\x0f\x00", 15 },
        { "\x78\x01\x00\xf0\xff\x0f\x00", 7 },
        { "PK\3\4\24\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0x\0\xf0\xff\x0f\0", 36 },
        /* empty blocks: nothing is made */
        { "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\xff\xff", 15 },
        { "x\x9c", 2 },
        { "stream\nH\x89", 9 },
        { "MS4yLjMuNDo0NDMK ", 17 },
        { "MS4yLjMuNDo0NDMKMS4yLjMuNDo0NDMK\n", 33 },
        { "MS4yLjMuNDo0NDMKaaaa", 20 },
        { "/bnl\x06/bnl\x07o", 11 },
        { "/bnl", 4 },
    };
    struct buffer media = BUFFER_INIT;
    char what[32];

    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        buffer_clear(&media);
        while (media.length < 600000)
            buffer_add(&media, magics[i].bytes, magics[i].size);
        snprintf(what, sizeof what, "magic %zu all over", i);
        bounded(&media, what);
    }
    buffer_release(&media);
}

static void test_random(void)
{
    struct buffer media = BUFFER_INIT;
    struct units units;

    add_random(&media, 4 << 20, 4);
    decode(&units, media.data, media.length);
    ok(units.counts.units < 4, "random bytes have %llu units",
       (unsigned long long)units.counts.units);
    ok(units.counts.work < media.length, "and cost %llu", (unsigned long long)units.counts.work);
    buffer_release(&units.lines);
    buffer_release(&media);
}

static void test_names(void)
{
    for (int i = 0; i < IOC_CODING_COUNT; i++)
        same_number(ioc_coding_by_name(ioc_coding_name((enum ioc_coding)i)), i,
                    ioc_coding_name((enum ioc_coding)i));
    same_number(ioc_coding_by_name("rot13"), -1, "no coding of that name");
}

int main(void)
{
    const struct ioc_decoder_options options = IOC_DECODER_OPTIONS_DEFAULT;

    if (ioc_decoder_new(&decoder, &options, NULL) != 0)
        return 1;
    test_names();
    test_vectors();
    test_deflate();
    test_base();
    test_zip();
    test_base64();
    test_base64_sense();
    test_quoted_printable();
    test_html();
    test_pdf_header();
    test_pdf();
    test_deflate_in_base64();
    test_xor();
    test_xor_beside_text();
    test_xor_groups();
    test_xor_searches();
    test_xor_program();
    test_nested();
    test_truncated();
    test_splits();
    test_bombs();
    test_crowd();
    test_long();
    test_magics();
    test_random();
    ioc_decoder_free(decoder);
    return tap_done();
}
