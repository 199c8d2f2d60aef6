/* SPDX-License-Identifier: Apache-2.0 */

/* check: see check.h. The grammar is that of RFC 8259. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "check.h"

/* Where the parser is, and what stopped it. */
struct parser {
    struct check *check;
    const char *at, *end;
    const char *why;
    size_t depth;
};

static bool fail(struct parser *parser, const char *why)
{
    parser->why = why;
    return false;
}

static void skip_space(struct parser *parser)
{
    while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\t' ||
                                        *parser->at == '\r' || *parser->at == '\n'))
        parser->at++;
}

/* Whether this byte is next, which is passed. */
static bool takes(struct parser *parser, char byte)
{
    bool is = parser->at < parser->end && *parser->at == byte;

    parser->at += is;
    return is;
}

static bool takes_digits(struct parser *parser)
{
    const char *begin = parser->at;

    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9')
        parser->at++;
    return parser->at > begin;
}

/* --- strings --- */

/* The four digits behind \u. */
static bool take_unit(struct parser *parser, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = parser->at < parser->end ? (unsigned char)*parser->at : 0;
        unsigned letter = (c | 0x20u) - 'a', digit = c - (unsigned)'0';
        if (digit > 9 && letter > 5)
            return fail(parser, "an escape without four hex digits");
        *unit = *unit << 4 | (digit <= 9 ? digit : letter + 10);
        parser->at++;
    }
    return true;
}

/* What follows a backslash. */
static bool check_escape(struct parser *parser)
{
    unsigned unit;

    if (parser->at == parser->end || *parser->at == '\0' || !strchr("\"\\/bfnrtu", *parser->at))
        return fail(parser, "an unknown escape");
    if (*parser->at++ != 'u')
        return true;
    if (!take_unit(parser, &unit))
        return false;
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    bool high = unit < 0xdc00 && takes(parser, '\\') && takes(parser, 'u');
    if (high && !take_unit(parser, &unit))
        return false;
    return (high && unit >= 0xdc00 && unit <= 0xdfff) ||
           fail(parser, "half of a surrogate pair");
}

static bool check_letters(struct parser *parser)
{
    const char *begin = parser->at;

    while (parser->at < parser->end && (unsigned char)*parser->at >= 0x80)
        parser->at++;
    size_t size = (size_t)(parser->at - begin), valid = text_valid_length(begin, size);
    if (valid == size)
        return true;
    parser->at = begin + valid;
    return fail(parser, "no UTF-8");
}

/* Whether a byte stands for itself: not '"', '\\', control bytes and those beyond ASCII. */
static bool is_plain(char c)
{
    return (signed char)c >= ' ' && c != '"' && c != '\\';
}

static bool check_string(struct parser *parser)
{
    if (!takes(parser, '"'))
        return fail(parser, "a string is expected");
    for (;;) {
        while (parser->at < parser->end && is_plain(*parser->at))
            parser->at++;
        if (parser->at == parser->end)
            return fail(parser, "a string without an end");
        if (takes(parser, '"'))
            return true;
        bool good = takes(parser, '\\')                ? check_escape(parser)
                    : (unsigned char)*parser->at < ' ' ? fail(parser, "a bare control byte")
                                                       : check_letters(parser);
        if (!good)
            return false;
    }
}

/* --- other values --- */

static bool check_number(struct parser *parser)
{
    const char *begin = parser->at;
    bool negative = takes(parser, '-'), whole = true;
    uint64_t number = 0;

    if (!takes(parser, '0') && !takes_digits(parser))
        return fail(parser, "a value is expected");
    const char *end = parser->at;
    if (takes(parser, '.')) {
        whole = false;
        if (!takes_digits(parser))
            return fail(parser, "a fraction without digits");
    }
    if (takes(parser, 'e') || takes(parser, 'E')) {
        whole = false;
        if (!takes(parser, '+'))
            takes(parser, '-');
        if (!takes_digits(parser))
            return fail(parser, "an exponent without digits");
    }
    if (!whole) /* its object ends behind it, so that strtod does */
        return isfinite(strtod(begin, NULL)) || fail(parser, "a number beyond a double");
    for (const char *digit = begin + negative; digit < end; digit++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (unsigned)(*digit - '0'), &number))
            return fail(parser, "a number beyond 64 bits");
    return number <= (uint64_t)INT64_MAX + negative || fail(parser, "a number beyond 64 bits");
}

static bool check_word(struct parser *parser, const char *word)
{
    for (; *word; word++)
        if (!takes(parser, *word))
            return fail(parser, "a value is expected");
    return true;
}

static bool check_value(struct parser *parser);

static bool check_list(struct parser *parser)
{
    skip_space(parser);
    if (takes(parser, ']'))
        return true;
    do {
        skip_space(parser);
        if (!check_value(parser))
            return false;
        skip_space(parser);
    } while (takes(parser, ','));
    return takes(parser, ']') || fail(parser, "a comma or ']' is expected");
}

/* --- objects --- */

static int compare_names(const void *a, const void *b)
{
    const struct scan_member *x = a, *y = b;

    if (x->name_length != y->name_length)
        return x->name_length < y->name_length ? -1 : 1;
    return memcmp(x->name, y->name, x->name_length);
}

static bool has_twice(struct scan_member *names, size_t count)
{
    enum { FEW = 32 };

    if (count > FEW)
        qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        for (size_t other = count > FEW ? i - 1 : 0; other < i; other++)
            if (compare_names(&names[other], &names[i]) == 0)
                return true;
    return false;
}

/* Forget the names behind the first `count`. */
static void forget_names(struct check *check, size_t count)
{
    for (; check->count > count; check->count--)
        if (check->names[check->count - 1].escaped)
            free((char *)check->names[check->count - 1].name);
}

/* Keep a name between quotes; one with escapes is decoded. */
static bool keep_name(struct parser *parser, const char *name, size_t size)
{
    struct check *check = parser->check;
    struct scan_member member = { .name = name, .name_length = size };

    if (memory_grow((void **)&check->names, &check->capacity, check->count + 1,
                    sizeof *check->names) != 0)
        return fail(parser, "out of memory");
    if (memchr(name, '\\', size)) {
        char *decoded = malloc(size);
        if (!decoded)
            return fail(parser, "out of memory");
        member.name_length = scan_unquote(name, size, decoded);
        member.name = decoded;
        member.escaped = true;
    }
    check->names[check->count++] = member;
    return true;
}

static bool check_member(struct parser *parser)
{
    const char *name = parser->at + 1;

    if (!check_string(parser) || !keep_name(parser, name, (size_t)(parser->at - name) - 1))
        return false;
    skip_space(parser);
    if (!takes(parser, ':'))
        return fail(parser, "':' is expected");
    skip_space(parser);
    return check_value(parser);
}

static bool check_members(struct parser *parser)
{
    struct check *check = parser->check;
    size_t first = check->count;

    skip_space(parser);
    if (takes(parser, '}'))
        return true;
    do {
        skip_space(parser);
        if (!check_member(parser))
            return false;
        skip_space(parser);
    } while (takes(parser, ','));
    if (!takes(parser, '}'))
        return fail(parser, "a comma or '}' is expected");
    if (has_twice(check->names + first, check->count - first))
        return fail(parser, "a name that is there twice");
    forget_names(check, first);
    return true;
}

static bool check_value(struct parser *parser)
{
    char byte = parser->at < parser->end ? *parser->at : '\0';

    if (byte == '{' || byte == '[') {
        if (++parser->depth > LIMIT_JSON_DEPTH)
            return fail(parser, "too many brackets within each other");
        parser->at++;
        bool good = byte == '{' ? check_members(parser) : check_list(parser);
        parser->depth--;
        return good;
    }
    return byte == '"'   ? check_string(parser)
           : byte == 't' ? check_word(parser, "true")
           : byte == 'f' ? check_word(parser, "false")
           : byte == 'n' ? check_word(parser, "null")
                         : check_number(parser);
}

void check_release(struct check *check)
{
    free(check->names);
    *check = (struct check){ 0 };
}

const char *check_object(struct check *check, const char *text, size_t size, size_t *place)
{
    struct parser parser = { check, text, text + size, NULL, 0 };

    skip_space(&parser);
    if (parser.at < parser.end && *parser.at != '{')
        fail(&parser, "not a JSON object");
    else if (check_value(&parser)) {
        skip_space(&parser);
        if (parser.at < parser.end)
            fail(&parser, "more behind the object");
    }
    forget_names(check, 0);
    *place = (size_t)(parser.at - text);
    return parser.why;
}
