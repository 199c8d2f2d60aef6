/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_SCAN_H
#define RECORD_SCAN_H

/*
 * scan: where the members of a JSON object stand in its text, so that they can
 * be passed on byte for byte. The text has been accepted by check.h or comes
 * from the writer; other text gives wrong places, but never places outside it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct scan {
    const char *at;
    const char *end;
};

struct scan_member {
    const char *start;   /* the quote before the name */
    const char *name;    /* between the quotes, escapes as they are */
    size_t name_length;
    const char *value;
    size_t value_length;
    bool escaped;        /* the name has escapes */
};

/* Begin with the text of an object or list; white space may stand around it. */
struct scan scan_text(const char *text, size_t size);

/* The next member, whose value has at least one byte; false at the end. */
bool scan_next(struct scan *scan, struct scan_member *member);

/* The next item of a list, which has no name; false at the end. */
bool scan_next_item(struct scan *scan, struct scan_member *item);

/* The bytes that the text between two quotes stands for, of which there are no more than it has,
 * and how many they are. */
size_t scan_unquote(const char *text, size_t size, char *bytes);

bool scan_is_named_with_escapes(const struct scan_member *member, const char *name, size_t size);

/* Whether the member's name, decoded, is this. */
static inline bool scan_is_named(const struct scan_member *member, const char *name, size_t size)
{
    return member->escaped ? scan_is_named_with_escapes(member, name, size)
                           : member->name_length == size && memcmp(member->name, name, size) == 0;
}

/* Find a member by name. */
bool scan_find(const char *text, size_t size, const char *name, size_t name_size,
               struct scan_member *member);

#endif
