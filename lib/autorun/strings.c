/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Values of a MULTI_SZ each string of which says something of its own.
 *
 * What smss.exe renames and deletes at the next start: pairs, the file and what it
 * becomes. An empty second name: it is deleted; ! before it: what is there is replaced.
 * Empty strings end nothing.
 *
 * The services that a process of svchost may host. A worm puts itself at the end of such
 * a list; when its service is removed it is still there.
 */

#include <fett/bytes.h>
#include <fett/text.h>

#include "walk.h"

/* Bytes of the string that data begins with, with its NUL. */
static size_t string_size(const uint8_t *data, size_t size)
{
    size_t at = 0;

    while (at + 1 < size && bytes_u16le(data + at) != 0)
        at += 2;
    return at + 1 < size ? at + 2 : size;
}

static void set_string(struct buffer *text, const uint8_t *data, size_t size)
{
    size_t units = size / 2;

    buffer_clear(text);
    while (units > 0 && bytes_u16le(data + 2 * (units - 1)) == 0)
        units--;
    text_add_utf16le(text, data, units);
}

/* One pair: its value has these two strings alone. */
static int emit_pair(struct walk *walk, hive_key key, const struct hive_value *pair,
                     size_t from_size, struct buffer *from, bool enabled)
{
    struct autorun autorun = { .enabled = enabled, .whole = true };
    struct buffer to = BUFFER_INIT;

    set_string(from, pair->data, from_size);
    set_string(&to, pair->data + from_size, pair->size - from_size);
    if (from->length == 0) {
        buffer_release(&to);
        return 0;
    }
    bool deletes = to.length == 0;
    size_t mark = !deletes && *to.data == '!';
    buffer_clear(&walk->text);
    walk->more = false;
    if (deletes)
        buffer_add(&walk->text, from->data, from->length);
    else
        buffer_add(&walk->text, to.data + mark, to.length - mark);
    walk->text.failed |= to.failed | from->failed;
    buffer_release(&to);
    autorun.deletes = deletes;
    autorun.arguments = deletes ? NULL : buffer_text(from);
    autorun.says[AUTORUN_SAYS_VALUE] =
        deletes ? "deleted at the next start" : "put in place at the next start";
    return walk_emit(walk, key, pair, &autorun);
}

int walk_renames(struct walk *walk, hive_key key, const struct hive_value *value, bool enabled)
{
    struct buffer from = BUFFER_INIT;
    struct hive_value pair = *value;
    size_t size = value->data ? value->size : 0;
    int result = 0;

    for (size_t at = 0; at < size && result == 0; at += pair.size) {
        size_t from_size = string_size(value->data + at, size - at);
        pair.data = value->data + at;
        pair.size = from_size + string_size(pair.data + from_size, size - at - from_size);
        result = emit_pair(walk, key, &pair, from_size, &from, enabled);
    }
    buffer_release(&from);
    return result;
}

static int emit_member(struct walk *walk, hive_key key, const struct hive_value *member)
{
    const struct autorun_facts *facts = walk->known ? walk->known->machine : NULL;
    struct autorun autorun = { .whole = true, .unless_default = true };

    set_string(&walk->text, member->data, member->size);
    walk->more = false;
    if (walk->text.length == 0)
        return 0;
    if (!walk->deleted && !facts_has_service(facts, walk->text.data, walk->text.length))
        autorun.says[AUTORUN_SAYS_ROW] = "a group of svchost lists it, and no service has its name";
    return walk_emit(walk, key, member, &autorun);
}

int walk_group(struct walk *walk, hive_key key, const struct hive_value *value)
{
    struct hive_value member = *value;
    size_t size = value->type == HIVE_MULTI_SZ && value->data ? value->size : 0;
    int result = 0;

    for (size_t at = 0; at < size && result == 0; at += member.size) {
        member.data = value->data + at;
        member.size = string_size(member.data, size - at);
        result = emit_member(walk, key, &member);
    }
    return result;
}
