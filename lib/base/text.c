/* SPDX-License-Identifier: Apache-2.0 */

/*
 * text: see text.h. Case folding is Unicode simple folding, given as ranges in
 * which a fixed distance or the parity decides; single exceptions stand apart.
 * Source: Unicode CaseFolding.txt, status C and S, up to U+058F, and the
 * fullwidth and Georgian letters that NTFS $UpCase leaves alone are left alone.
 */

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <fett/bytes.h>
#include <fett/text.h>

const char text_digit_pairs[200] = {
    "00010203040506070809101112131415161718192021222324"
    "25262728293031323334353637383940414243444546474849"
    "50515253545556575859606162636465666768697071727374"
    "75767778798081828384858687888990919293949596979899"
};

/* How many digits a number has: its binary ones tell within one, log 2 being 1233 / 4096. */
static size_t count_digits(uint64_t number)
{
    static const uint64_t powers[] = {
        0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
        100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
        10000000000000000, 100000000000000000, 1000000000000000000, 10000000000000000000u,
    };
    size_t least = (64 - (size_t)__builtin_clzll(number | 1)) * 1233 >> 12;

    return least + (number >= powers[least]);
}

char *text_put_number(char *at, uint64_t number)
{
    char *end = at + count_digits(number), *first = end;

    for (; number >= 10000; number /= 10000) {
        const uint32_t four = number % 10000;
        memcpy(first -= 2, &text_digit_pairs[2 * (four % 100)], 2);
        memcpy(first -= 2, &text_digit_pairs[2 * (four / 100)], 2);
    }
    uint32_t rest = (uint32_t)number;
    for (; rest >= 10; rest /= 100)
        memcpy(first -= 2, &text_digit_pairs[2 * (rest % 100)], 2);
    if (first > at)
        *at = (char)('0' + rest);
    return end;
}

void text_put_mode(char at[TEXT_MODE_SIZE], uint32_t mode)
{
    for (int i = 0; i < TEXT_MODE_SIZE - 1; i++)
        at[i] = (char)('0' + (mode >> (9 - 3 * i) & 7));
    at[TEXT_MODE_SIZE - 1] = '\0';
}

char *text_put_hex(char *at, const void *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = data;

    for (size_t i = 0; i < size; i++) {
        *at++ = digits[p[i] >> 4];
        *at++ = digits[p[i] & 15];
    }
    return at;
}

size_t text_put_code_point(char bytes[4], uint32_t c)
{
    size_t size;

    if (c < 0x80) {
        bytes[0] = (char)c;
        size = 1;
    } else if (c < 0x800) {
        bytes[0] = (char)(0xc0 | c >> 6);
        size = 2;
    } else if (c < 0x10000) {
        bytes[0] = (char)(0xe0 | c >> 12);
        size = 3;
    } else {
        bytes[0] = (char)(0xf0 | (c >> 18 & 7));
        size = 4;
    }
    for (size_t i = 1; i < size; i++)
        bytes[i] = (char)(0x80 | (c >> (6 * (size - 1 - i)) & 63));
    return size;
}

void text_add_code_point(struct buffer *buffer, uint32_t c)
{
    char bytes[4];

    buffer_add(buffer, bytes, text_put_code_point(bytes, c));
}

/* u32, u16, u16 little-endian, then 8 bytes in order. */
void text_add_guid(struct buffer *buffer, const uint8_t guid[16])
{
    buffer_add_format(buffer, "%08x-%04x-%04x-", bytes_u32le(guid), bytes_u16le(guid + 4),
                      bytes_u16le(guid + 6));
    buffer_add_hex(buffer, guid + 8, 2);
    buffer_add_byte(buffer, '-');
    buffer_add_hex(buffer, guid + 10, 6);
}

/* How many units at the start are ASCII, packed to bytes at `out`. */
static size_t pack_ascii(char *out, const uint8_t *data, size_t units)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i high = _mm_set1_epi16((short)0xff80);
    for (; i + 8 <= units; i += 8) {
        __m128i v = _mm_loadu_si128((const __m128i *)(data + 2 * i));
        __m128i any = _mm_cmpeq_epi16(_mm_and_si128(v, high), _mm_setzero_si128());
        if (_mm_movemask_epi8(any) != 0xffff)
            break;
        _mm_storel_epi64((__m128i *)(out + i), _mm_packus_epi16(v, v));
    }
    if (i >= 8 && i < units && units - i < 8) { /* the rest, with some of what was packed */
        __m128i v = _mm_loadu_si128((const __m128i *)(data + 2 * (units - 8)));
        __m128i any = _mm_cmpeq_epi16(_mm_and_si128(v, high), _mm_setzero_si128());
        if (_mm_movemask_epi8(any) == 0xffff) {
            _mm_storel_epi64((__m128i *)(out + units - 8), _mm_packus_epi16(v, v));
            return units;
        }
    }
#endif
    for (; i < units && data[2 * i + 1] == 0 && data[2 * i] < 0x80; i++)
        out[i] = (char)data[2 * i];
    return i;
}

static void add_utf16(struct buffer *buffer, const uint8_t *data, size_t units,
                      uint16_t (*load)(const uint8_t *))
{
    for (size_t i = 0; i < units; i++) {
        uint32_t c = load(data + 2 * i);
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units) {
            uint32_t low = load(data + 2 * i + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i++;
            }
        }
        text_add_code_point(buffer, c);
    }
}

void text_add_utf16le(struct buffer *buffer, const uint8_t *data, size_t units)
{
    char *out = buffer_reserve(buffer, units);

    if (!out)
        return;
    size_t ascii = pack_ascii(out, data, units);
    buffer->length += ascii;
    out[ascii] = '\0';
    if (ascii < units)
        add_utf16(buffer, data + 2 * ascii, units - ascii, bytes_u16le);
}

void text_add_utf16be(struct buffer *buffer, const uint8_t *data, size_t units)
{
    add_utf16(buffer, data, units, bytes_u16be);
}

void text_add_latin1(struct buffer *buffer, const uint8_t *data, size_t size)
{
    size_t ascii = 0;
    uint64_t eight;

    for (; ascii + sizeof eight <= size; ascii += sizeof eight) { /* nearly always all of it */
        memcpy(&eight, data + ascii, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (ascii < size && data[ascii] < 0x80)
        ascii++;
    buffer_add(buffer, data, ascii);
    for (size_t i = ascii; i < size; i++)
        text_add_code_point(buffer, data[i]);
}

void text_add_cp1252(struct buffer *buffer, const uint8_t *data, size_t size)
{
    /* 0x80-0x9f; the five places that Windows-1252 leaves open are C1 controls,
     * as Windows itself maps them. */
    static const uint16_t upper[32] = {
        0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
    };

    for (size_t i = 0; i < size; i++)
        text_add_code_point(buffer, data[i] >= 0x80 && data[i] < 0xa0 ? upper[data[i] - 0x80]
                                                                       : data[i]);
}

/*
 * The length of the UTF-8 sequence at p and its code point, 0 if it is none.
 * Lone surrogates are decoded too (fett's inside form); *strict tells.
 */
static size_t decode(const uint8_t *p, size_t size, uint32_t *c, bool *strict)
{
    *strict = true;
    if (p[0] < 0x80) {
        *c = p[0];
        return 1;
    }
    size_t need = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || size < need)
        return 0;
    uint32_t v = p[0] & (0x7f >> need);
    for (size_t i = 1; i < need; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (p[i] & 63);
    }
    if ((need == 3 && v < 0x800) || (need == 4 && (v < 0x10000 || v > 0x10ffff)))
        return 0;
    *strict = v < 0xd800 || v > 0xdfff;
    *c = v;
    return need;
}

size_t text_valid_length(const char *text, size_t size)
{
    const uint8_t *p = (const uint8_t *)text;
    size_t at = 0;

    while (at < size) {
#ifdef __SSE2__
        while (size - at >= 16 &&
               _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(p + at))) == 0)
            at += 16;
        if (at == size)
            break;
#endif
        uint32_t c;
        bool strict;
        size_t used = decode(p + at, size - at, &c, &strict);
        if (used == 0 || !strict)
            break;
        at += used;
    }
    return at;
}

uint32_t text_code_point(const char *text, size_t size, size_t *used)
{
    const uint8_t *p = (const uint8_t *)text;
    uint32_t c;
    bool strict;

    *used = decode(p, size, &c, &strict);
    if (*used > 0)
        return c;
    *used = 1;
    return 0xdc80 + (uint32_t)(p[0] - 0x80);
}

uint32_t text_fold(uint32_t c)
{
    static const struct {
        uint16_t first, last;
        int16_t distance; /* 0: even to odd, 1: odd to even, by parity of the upper letter */
    } ranges[] = {
        { 0x00c0, 0x00d6, 32 },  { 0x00d8, 0x00de, 32 },  { 0x0100, 0x012f, 0 },
        { 0x0132, 0x0137, 0 },   { 0x0139, 0x0148, 1 },   { 0x014a, 0x0177, 0 },
        { 0x0179, 0x017e, 1 },   { 0x01cd, 0x01dc, 1 },   { 0x01de, 0x01ef, 0 },
        { 0x01f8, 0x021f, 0 },   { 0x0222, 0x0233, 0 },   { 0x0246, 0x024f, 0 },
        { 0x0388, 0x038a, 37 },  { 0x0391, 0x03a1, 32 },  { 0x03a3, 0x03ab, 32 },
        { 0x03d8, 0x03ef, 0 },   { 0x0400, 0x040f, 80 },  { 0x0410, 0x042f, 32 },
        { 0x0460, 0x0481, 0 },   { 0x048a, 0x04bf, 0 },   { 0x04c1, 0x04ce, 1 },
        { 0x04d0, 0x052f, 0 },   { 0x0531, 0x0556, 48 },
    };
    static const struct {
        uint16_t from, to;
    } singles[] = {
        { 0x00b5, 0x03bc }, { 0x0178, 0x00ff }, { 0x017f, 0x0073 }, { 0x0386, 0x03ac },
        { 0x038c, 0x03cc }, { 0x038e, 0x03cd }, { 0x038f, 0x03ce }, { 0x03c2, 0x03c3 },
        { 0x04c0, 0x04cf },
    };

    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    if (c > 0x0556)
        return c;
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
        if (singles[i].from == c)
            return singles[i].to;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c < ranges[i].first || c > ranges[i].last)
            continue;
        if (ranges[i].distance > 1)
            return c + (uint32_t)ranges[i].distance;
        return (c & 1) == (uint32_t)ranges[i].distance ? c + 1 : c;
    }
    return c;
}

static uint32_t ascii_fold(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20u : c;
}

/* The next character, folded. */
static uint32_t next_folded(const char *text, size_t size, size_t *used)
{
    unsigned char c = (unsigned char)*text;

    *used = 1;
    return c < 0x80 ? ascii_fold(c) : text_fold(text_code_point(text, size, used));
}

int text_compare_nocase(const char *a, size_t a_size, const char *b, size_t b_size)
{
    while (a_size > 0 && b_size > 0) {
        size_t a_used, b_used;
        if (*a == *b && (unsigned char)*a < 0x80) { /* nearly always, until they differ */
            a++, a_size--;
            b++, b_size--;
            continue;
        }
        uint32_t x = next_folded(a, a_size, &a_used), y = next_folded(b, b_size, &b_used);
        if (x != y)
            return x < y ? -1 : 1;
        a += a_used;
        a_size -= a_used;
        b += b_used;
        b_size -= b_used;
    }
    return (a_size > 0) - (b_size > 0);
}

bool text_equal_nocase(const char *a, const char *b)
{
    return text_compare_nocase(a, strlen(a), b, strlen(b)) == 0;
}

uint64_t text_hash_nocase(const char *text, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a over folded code points */

    while (size > 0) {
        size_t used;
        hash = (hash ^ next_folded(text, size, &used)) * 0x100000001b3;
        text += used;
        size -= used;
    }
    return hash ^ hash >> 32;
}

/* Whether a pattern that does not begin with a star takes the first character; how many
 * bytes of both that are. */
static bool takes_one(const char *pattern, const char *text, size_t size, size_t *pattern_used,
                      size_t *used)
{
    size_t escape = pattern[0] == '\\' && pattern[1];
    unsigned char p = (unsigned char)pattern[escape], t = (unsigned char)*text;

    *used = *pattern_used = 1;
    if (t < 0x80 && p < 0x80 && *pattern != '?') { /* nearly always */
        *pattern_used += escape;
        return p != '\0' && ascii_fold(p) == ascii_fold(t);
    }
    uint32_t c = next_folded(text, size, used);
    if (*pattern == '?' || !*pattern)
        return *pattern == '?';
    uint32_t want = next_folded(pattern + escape, strlen(pattern + escape), pattern_used);
    *pattern_used += escape;
    return want == c;
}

/* The ASCII character that a pattern wants next, folded; 0: another one, or any. */
static uint32_t wanted(const char *pattern, size_t *used)
{
    size_t escape = pattern[0] == '\\' && pattern[1];
    unsigned char c = (unsigned char)pattern[escape];

    *used = escape + 1;
    return c >= 0x80 || (!escape && (c == '*' || c == '?')) ? 0 : ascii_fold(c);
}

/* Where what stands behind a star may begin: most places differ in the first character or in
 * the next. What is not ASCII is left to takes_one where it may be equal to a letter. */
static const char *skip(const char *pattern, const char *text, const char *end)
{
    size_t used, ignored;
    uint32_t first = wanted(pattern, &used), next = first ? wanted(pattern + used, &ignored) : 0;
    bool letter = first >= 'a' && first <= 'z';

    for (; first && text < end && (!letter || (unsigned char)*text < 0x80); text++) {
        if (!letter && !(text = memchr(text, (int)first, (size_t)(end - text))))
            return end;
        if (ascii_fold((unsigned char)*text) != first)
            continue;
        unsigned char c = text + 1 < end ? (unsigned char)text[1] : 0;
        if (!next || c >= 0x80 || ascii_fold(c) == next)
            break;
    }
    return text;
}

bool text_glob(const char *pattern, const char *text, size_t size)
{
    const char *star = NULL; /* behind the last '*' met */
    const char *star_text = NULL, *end = text + size;

    while (text < end) {
        size_t used, pattern_used;
        if (*pattern == '*') {
            star = ++pattern;
            if (!*pattern)
                return true;
            star_text = text = skip(star, text, end);
        } else if (takes_one(pattern, text, (size_t)(end - text), &pattern_used, &used)) {
            pattern += pattern_used;
            text += used;
        } else if (star) {
            /* Let the last star take one character more. */
            text_code_point(star_text, (size_t)(end - star_text), &used);
            star_text = text = skip(star, star_text + used, end);
            pattern = star;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Characters that reorder or hide text. */
static bool deceives(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0x00ad || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xd800 && c <= 0xdfff) || c >= 0xe0000;
}

void text_add_safe(struct buffer *buffer, const char *text, size_t size)
{
    while (size > 0) {
        size_t used;
        uint32_t c = text_code_point(text, size, &used);
        if (c == '\n')
            buffer_add_text(buffer, "\\n");
        else if (c == '\t')
            buffer_add_text(buffer, "\\t");
        else if (c == '\r')
            buffer_add_text(buffer, "\\r");
        else if (c < 0x20 || c == 0x7f || (used == 1 && c >= 0x80))
            buffer_add_format(buffer, "\\x%02X", (unsigned char)*text);
        else if (deceives(c))
            buffer_add_format(buffer, "\\u{%X}", (unsigned)c);
        else
            buffer_add(buffer, text, used);
        text += used;
        size -= used;
    }
}

/* East Asian wide and fullwidth blocks, and combining marks: near enough for
 * alignment, independent of the locale. */
static size_t code_point_columns(uint32_t c)
{
    if ((c >= 0x0300 && c <= 0x036f) || (c >= 0x200b && c <= 0x200f) || c == 0xfeff ||
        (c >= 0xfe00 && c <= 0xfe0f))
        return 0;
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
                   (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                   (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
                   (c >= 0x1f300 && c <= 0x1f64f) || (c >= 0x1f900 && c <= 0x1f9ff) ||
                   (c >= 0x20000 && c <= 0x3fffd)
               ? 2
               : 1;
}

size_t text_columns(const char *text, size_t size)
{
    size_t columns = 0;

    while (size > 0) {
        size_t used;
        columns += code_point_columns(text_code_point(text, size, &used));
        text += used;
        size -= used;
    }
    return columns;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int text_add_unescaped(struct buffer *buffer, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '%') {
            buffer_add_byte(buffer, text[i]);
            continue;
        }
        int high = i + 2 < size ? hex_digit(text[i + 1]) : -1;
        int low = high < 0 ? -1 : hex_digit(text[i + 2]);
        if (low < 0)
            return -1;
        buffer_add_byte(buffer, (char)(high << 4 | low));
        i += 2;
    }
    return 0;
}
