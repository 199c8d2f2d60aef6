/* SPDX-License-Identifier: Apache-2.0 */

/* scan: see scan.h. The grammar is RFC 8259; depth needs no stack, because only
 * the brackets' balance matters in text that is known to be JSON. */

#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "scan.h"

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && (unsigned char)*scan->at <= ' ')
        scan->at++;
}

/* Go behind the string whose quote is at `at`; at most to the end. */
static void skip_string(struct scan *scan)
{
    const char *begin = scan->at + 1, *quote;
    size_t backslashes;

    do {
        scan->at++;
        quote = scan->at < scan->end ? memchr(scan->at, '"', (size_t)(scan->end - scan->at)) : NULL;
        if (!quote) {
            scan->at = scan->end;
            return;
        }
        scan->at = quote;
        for (backslashes = 0; quote > begin && quote[-1] == '\\'; quote--)
            backslashes++;
    } while (backslashes % 2 != 0);
    scan->at++;
}

/* Go behind one value; at most to the end. */
static void skip_value(struct scan *scan)
{
    size_t depth = 0;

    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '"') {
            skip_string(scan);
            if (depth == 0)
                return;
            continue;
        }
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            if (depth == 0)
                return;
            depth--;
            if (depth == 0) {
                scan->at++;
                return;
            }
        } else if (depth == 0 && memchr(", \t\r\n", c, 5)) {
            return;
        }
        scan->at++;
    }
}

struct scan scan_text(const char *text, size_t size)
{
    struct scan scan = { text, text + size };

    skip_space(&scan);
    if (scan.at < scan.end)
        scan.at++; /* the bracket */
    return scan;
}

static void skip_comma(struct scan *scan)
{
    skip_space(scan);
    if (scan->at < scan->end && *scan->at == ',') {
        scan->at++;
        skip_space(scan);
    }
}

static bool take_value(struct scan *scan, struct scan_member *member)
{
    member->value = scan->at;
    skip_value(scan);
    member->value_length = (size_t)(scan->at - member->value);
    return member->value_length > 0;
}

bool scan_next(struct scan *scan, struct scan_member *member)
{
    skip_comma(scan);
    if (scan->at == scan->end || *scan->at != '"')
        return false;
    member->start = scan->at;
    skip_string(scan);
    if (scan->at - member->start < 2)
        return false;
    member->name = member->start + 1;
    member->name_length = (size_t)(scan->at - member->start) - 2;
    member->escaped = memchr(member->name, '\\', member->name_length) != NULL;
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != ':')
        return false;
    scan->at++;
    skip_space(scan);
    return take_value(scan, member);
}

bool scan_next_item(struct scan *scan, struct scan_member *item)
{
    skip_comma(scan);
    *item = (struct scan_member){ .start = scan->at };
    return take_value(scan, item);
}

/* --- texts --- */

static uint32_t hex_unit(const char *digits)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4; i++) {
        char c = digits[i];
        unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit & 0xffff;
}

/* What stands behind a backslash: bytes that it is of the text, and the code point. */
static size_t escaped(const char *at, size_t size, uint32_t *code_point)
{
    static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, *at);
    enum { UNIT = 5 };

    *code_point = (uint8_t)(letter && *at ? bytes[letter - letters] : *at);
    if (*at != 'u' || size < UNIT)
        return 1;
    *code_point = hex_unit(at + 1);
    if (*code_point < 0xd800 || *code_point >= 0xdc00 || size < 2 * UNIT + 1)
        return UNIT;
    *code_point = 0x10000 + ((*code_point - 0xd800) << 10) +
                  ((hex_unit(at + UNIT + 2) - 0xdc00) & 0x3ff);
    return 2 * UNIT + 1;
}

size_t scan_unquote(const char *text, size_t size, char *bytes)
{
    size_t length = 0;

    for (size_t at = 0; at < size;) {
        const char *backslash = memchr(text + at, '\\', size - at);
        size_t plain = (backslash ? (size_t)(backslash - text) : size) - at;
        memcpy(bytes + length, text + at, plain);
        length += plain;
        at += plain + 1;
        if (at >= size)
            continue;
        uint32_t code_point;
        char put[4];
        at += escaped(text + at, size - at, &code_point);
        size_t put_length = text_put_code_point(put, code_point);
        memcpy(bytes + length, put, put_length);
        length += put_length;
    }
    return length;
}

bool scan_is_named_with_escapes(const struct scan_member *member, const char *name, size_t size)
{
    char *decoded = malloc(member->name_length);
    bool same = decoded && scan_unquote(member->name, member->name_length, decoded) == size &&
                memcmp(decoded, name, size) == 0;
    free(decoded);
    return same;
}

bool scan_find(const char *text, size_t size, const char *name, size_t name_size,
               struct scan_member *member)
{
    struct scan scan = scan_text(text, size);

    while (scan_next(&scan, member))
        if (scan_is_named(member, name, name_size))
            return true;
    return false;
}
