/* SPDX-License-Identifier: Apache-2.0 */

/* scan: see scan.h. The grammar is RFC 8259; depth needs no stack, because only
 * the brackets' balance matters in text that is known to be JSON. */

#include <string.h>

#include <jansson.h>

#include "scan.h"

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4))
        scan->at++;
}

/* Go behind the string whose quote is at `at`; at most to the end. */
static void skip_string(struct scan *scan)
{
    for (scan->at++; scan->at < scan->end; scan->at++) {
        if (*scan->at == '"') {
            scan->at++;
            return;
        }
        if (*scan->at == '\\' && scan->end - scan->at > 1)
            scan->at++;
    }
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

struct scan scan_object(const char *text, size_t size)
{
    struct scan scan = { text, text + size };

    skip_space(&scan);
    if (scan.at < scan.end)
        scan.at++; /* the brace */
    return scan;
}

bool scan_next(struct scan *scan, struct scan_member *member)
{
    skip_space(scan);
    if (scan->at < scan->end && *scan->at == ',') {
        scan->at++;
        skip_space(scan);
    }
    if (scan->at == scan->end || *scan->at != '"')
        return false;
    member->start = scan->at;
    skip_string(scan);
    if (scan->at - member->start < 2)
        return false;
    member->name = member->start + 1;
    member->name_length = (size_t)(scan->at - member->start) - 2;
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != ':')
        return false;
    scan->at++;
    skip_space(scan);
    member->value = scan->at;
    skip_value(scan);
    member->value_length = (size_t)(scan->at - member->value);
    return member->value_length > 0;
}

bool scan_is_named(const struct scan_member *member, const char *name, size_t size)
{
    if (!memchr(member->name, '\\', member->name_length))
        return member->name_length == size && memcmp(member->name, name, size) == 0;
    json_t *text = json_loadb(member->start, member->name_length + 2,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    bool same = text && json_string_length(text) == size &&
                memcmp(json_string_value(text), name, size) == 0;
    json_decref(text);
    return same;
}

bool scan_find(const char *text, size_t size, const char *name, size_t name_size,
               struct scan_member *member)
{
    struct scan scan = scan_object(text, size);

    while (scan_next(&scan, member))
        if (scan_is_named(member, name, name_size))
            return true;
    return false;
}
