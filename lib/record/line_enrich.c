/* SPDX-License-Identifier: Apache-2.0 */

/* line_enrich: a line with further members, and the bytes of the others as they are; see
 * record_reader.h. */

#include <string.h>

#include "json.h"
#include "line.h"
#include "scan.h"

static bool is_member(const struct member *members, size_t count, const char *name, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(members[i].name) == size && memcmp(members[i].name, name, size) == 0)
            return true;
    return false;
}

/* Whether a member of the line gives way to one of the new ones, whose own
 * name is stored in *by when it is the same. */
static bool gives_way(const struct scan_member *old, const struct member *members, size_t count,
                      const struct member **by)
{
    char name[LINE_NAME_SIZE];

    *by = NULL;
    for (size_t i = 0; i < count; i++) {
        static const char *const suffixes[] = { "_hex", "_precision" };
        size_t size = strlen(members[i].name);
        if (scan_is_named(old, members[i].name, size)) {
            *by = &members[i];
            return true;
        }
        for (size_t j = 0; j < 2; j++) {
            size_t suffix_size = strlen(suffixes[j]);
            if (size + suffix_size > sizeof name)
                continue;
            memcpy(name, members[i].name, size);
            memcpy(name + size, suffixes[j], suffix_size);
            if (scan_is_named(old, name, size + suffix_size))
                return true;
        }
    }
    return false;
}

/* The list `local` as it must be with the new members. False when it is as it was. */
static bool join_local(struct buffer *local, struct record_line *line,
                       const struct member *members, size_t count)
{
    const struct line_object whole = line_whole(line);
    bool changed = false;
    struct scan_member item;
    struct scan old = { 0 };

    if (line_find(&whole, "local", 5, &item) && item.value[0] == '[')
        old = scan_text(item.value, item.value_length);
    while (scan_next_item(&old, &item)) {
        size_t size;
        const char *name = line_text(line, &item, &size);
        if (name && is_member(members, count, name, size)) {
            changed = true;
        } else if (name) {
            buffer_add_byte(local, ',');
            json_add_text(local, name, size);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *value = &members[i].value;
        if (value->kind != VALUE_TIME || value->time.state != INSTANT_CONVERTED)
            continue;
        buffer_add_byte(local, ',');
        json_add_text(local, members[i].name, strlen(members[i].name));
        changed = true;
    }
    if (local->length > 0)
        json_wrap_array(local, 0);
    return changed;
}

static void add_local(struct buffer *buffer, const struct buffer *local)
{
    if (local->length == 0)
        return;
    buffer_add_text(buffer, ",\"local\":");
    buffer_add(buffer, local->data, local->length);
}

void record_line_enrich(struct buffer *buffer, struct record_line *line,
                        const struct member *members, size_t count)
{
    struct scan scan = scan_text(line->text, line->length);
    struct buffer local = BUFFER_INIT;
    bool local_changed = join_local(&local, line, members, count), local_written = false;
    size_t start = buffer->length;
    const char *behind = scan.at; /* the last member, or the brace */
    struct scan_member old;

    while (scan_next(&scan, &old)) {
        const struct member *by;
        bool is_local = local_changed && scan_is_named(&old, "local", 5);
        if (is_local) {
            add_local(buffer, &local);
            local_written = true;
        } else if (gives_way(&old, members, count, &by)) {
            if (by)
                json_add_member(buffer, by->name, &by->value);
        } else {
            /* The bytes between the members hold the comma, and come along. */
            if (buffer->length == start) {
                buffer_add_byte(buffer, ',');
                behind = old.start;
            }
            buffer_add(buffer, behind, (size_t)(old.value + old.value_length - behind));
        }
        behind = old.value + old.value_length;
    }
    for (size_t i = 0; i < count; i++)
        if (!scan_find(line->text, line->length, members[i].name, strlen(members[i].name), &old))
            json_add_member(buffer, members[i].name, &members[i].value);
    if (local_changed && !local_written)
        add_local(buffer, &local);
    if (buffer->length == start)
        buffer_add_byte(buffer, '{');
    else
        buffer->data[start] = '{';
    buffer_add(buffer, behind, (size_t)(line->text + line->length - behind));
    buffer_add_byte(buffer, '\n');
    buffer->failed |= local.failed;
    buffer_release(&local);
}
