/* SPDX-License-Identifier: Apache-2.0 */

/* The walk of the table of facts over one hive. See host.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <fett/text.h>

#include "host_internal.h"

const char *host_category(size_t index)
{
    static const char *const categories[] = {
        "system", "update", "zone",   "user",     "group",     "policy",  "network",
        "share",  "drive",  "device", "firewall", "antivirus", "program",
    };

    return index < sizeof categories / sizeof *categories ? categories[index] : NULL;
}

int host_emit(struct host_walk *walk, hive_key key, const struct hive_value *from,
              const char *name)
{
    const struct host_row *row = walk->row;
    bool own_subject = row->subject != NULL;

    buffer_clear(&walk->key);
    buffer_add_text(&walk->key, walk->mount);
    if (key != hive_root(walk->hive))
        buffer_add_byte(&walk->key, '\\');
    hive_key_path(walk->hive, key, &walk->key);
    const struct host_fact fact = {
        .category = row->category,
        .subject = own_subject ? row->subject : buffer_text(&walk->subject),
        .subject_length = own_subject ? strlen(row->subject) : walk->subject.length,
        .name = name,
        .value = buffer_text(&walk->text),
        .value_length = walk->text.length,
        .key = buffer_text(&walk->key),
        .key_length = walk->key.length,
        .value_name = from ? from->name : NULL,
        .value_name_length = from ? from->name_length : 0,
        .last_write = hive_key_last_write(walk->hive, key),
        .in_control_set = walk->in_control_set,
        .current = walk->current,
        .partition = walk->partition,
    };
    return walk->visit(walk->context, &fact);
}

int host_emit_time(struct host_walk *walk, hive_key key, const struct hive_value *from,
                   const char *name, const struct instant *time)
{
    buffer_clear(&walk->text);
    host_add_time(&walk->text, time);
    return walk->text.length > 0 ? host_emit(walk, key, from, name) : 0;
}

int host_emit_format(struct host_walk *walk, hive_key key, const struct hive_value *from,
                     const char *name, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buffer_clear(&walk->text);
    buffer_add_text(&walk->text, text);
    return host_emit(walk, key, from, name);
}

bool host_find(struct hive *hive, hive_key key, const char *name, struct buffer *text)
{
    struct hive_value value;

    if (!key || hive_value_find(hive, key, name, &value, NULL) != 0)
        return false;
    host_decode_any(hive, &value, text);
    return true;
}

bool host_find_number(struct hive *hive, hive_key key, const char *name, uint64_t *number)
{
    struct hive_value value;

    return key && hive_value_find(hive, key, name, &value, NULL) == 0 &&
           hive_value_number(&value, number) == 0;
}

/* The number of the control set in use; 0 when the hive does not tell. */
static unsigned current_set(struct hive *hive)
{
    uint64_t number = 0;

    host_find_number(hive, hive_key_find(hive, hive_root(hive), "Select"), "Current", &number);
    return number <= 999 ? (unsigned)number : 0;
}

hive_key host_current_set(struct hive *hive, enum host_hive kind)
{
    char name[32] = "System\\CurrentControlSet";

    if (kind == HOST_SYSTEM)
        snprintf(name, sizeof name, "ControlSet%03u", current_set(hive));
    else if (kind != HOST_9X_SYSTEM)
        return 0;
    return hive_key_find(hive, hive_root(hive), name);
}

/* Each string of a REG_MULTI_SZ is a fact of its own. */
struct strings {
    struct host_walk *walk;
    hive_key key;
    const struct hive_value *value;
    int result;
};

static void emit_string(void *context, const char *text, size_t size)
{
    struct strings *strings = context;

    if (size == 0 || strings->result != 0)
        return;
    buffer_clear(&strings->walk->text);
    buffer_add(&strings->walk->text, text, size);
    strings->result = host_emit(strings->walk, strings->key, strings->value,
                                strings->walk->row->name);
}

static int read_value(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    const struct host_row *row = walk->row;

    if (row->read)
        return row->read(walk, key, value);
    if (!row->decode && value->type == HIVE_MULTI_SZ) {
        struct strings strings = { walk, key, value, 0 };
        hive_value_strings(walk->hive, value, emit_string, &strings);
        return strings.result;
    }
    buffer_clear(&walk->text);
    if (!row->decode || !row->decode(walk->hive, value, &walk->text)) {
        buffer_clear(&walk->text);
        host_decode_any(walk->hive, value, &walk->text);
    }
    return walk->text.length > 0 ? host_emit(walk, key, value, row->name) : 0;
}

/* Values that a pattern stands for have the subject in their names. */
static int read_values(struct host_walk *walk, hive_key key)
{
    size_t before = walk->subject.length;
    int result = 0;

    for (size_t i = 0, count = hive_value_count(walk->hive, key); i < count && result == 0; i++) {
        struct hive_value value;
        if (hive_value_get(walk->hive, key, i, &value, NULL) != 0 ||
            !text_glob(walk->row->value, value.name, value.name_length))
            continue;
        if (before > 0)
            buffer_add_byte(&walk->subject, '\\');
        buffer_add(&walk->subject, value.name, value.name_length);
        result = read_value(walk, key, &value);
        buffer_truncate(&walk->subject, before);
    }
    return result;
}

static int read_key(struct host_walk *walk, hive_key key)
{
    struct hive_value value;

    if (!walk->row->value)
        return walk->row->read(walk, key, NULL);
    if (strchr(walk->row->value, '*'))
        return read_values(walk, key);
    return hive_value_find(walk->hive, key, walk->row->value, &value, NULL) == 0
               ? read_value(walk, key, &value)
               : 0;
}

/* The name of a key: a GUID, which Windows writes in either case, always in capitals, so that
 * what is told of the same thing by several keys has the same subject. */
static void add_subject(struct buffer *subject, const char *name, size_t size)
{
    enum { GUID_SIZE = 38 };
    bool guid = size == GUID_SIZE && name[0] == '{' && name[size - 1] == '}';

    for (size_t i = 0; i < size; i++) {
        bool small = guid && name[i] >= 'a' && name[i] <= 'f';
        buffer_add_byte(subject, small ? (char)(name[i] & ~0x20) : name[i]);
    }
}

/* All keys below `key` that match the rest of the row's path; as deep as that is. */
static int walk_path(struct host_walk *walk, hive_key key, const char *path)
{
    size_t length = strcspn(path, "\\"), before = walk->subject.length;
    const char *rest = path[length] ? path + length + 1 : NULL;
    char part[128];
    int result = 0;
    bool others = *path == '!'; /* those that do not match */

    snprintf(part, sizeof part, "%.*s", (int)length - others, path + others);
    if (!strchr(part, '*')) {
        key = hive_key_find(walk->hive, key, part);
        return !key ? 0 : rest ? walk_path(walk, key, rest) : read_key(walk, key);
    }
    for (size_t i = 0; i < hive_key_child_count(walk->hive, key) && result == 0; i++) {
        hive_key child = hive_key_child(walk->hive, key, i);
        size_t name_length;
        const char *name = hive_key_name(walk->hive, child, &name_length);
        if (text_glob(part, name, name_length) == others)
            continue;
        if (before > 0)
            buffer_add_byte(&walk->subject, '\\');
        add_subject(&walk->subject, name, name_length);
        result = rest ? walk_path(walk, child, rest) : read_key(walk, child);
        buffer_truncate(&walk->subject, before);
    }
    return result;
}

static int walk_below(struct host_walk *walk, const char *path)
{
    hive_key key = hive_key_find(walk->hive, hive_root(walk->hive), path);

    return key ? walk_path(walk, key, walk->row->key) : 0;
}

static int walk_control_sets(struct host_walk *walk)
{
    hive_key root = hive_root(walk->hive);
    unsigned current = current_set(walk->hive);
    int result = 0;

    for (size_t i = 0; i < hive_key_child_count(walk->hive, root) && result == 0; i++) {
        hive_key set = hive_key_child(walk->hive, root, i);
        char name[sizeof "ControlSet001"];
        size_t length;
        unsigned number;
        const char *stored = hive_key_name(walk->hive, set, &length);
        if (length != sizeof name - 1 || !text_glob("ControlSet???", stored, length))
            continue;
        memcpy(name, stored, length);
        name[length] = '\0';
        if (sscanf(name + 10, "%3u", &number) != 1)
            continue;
        walk->in_control_set = current != 0;
        walk->current = number == current;
        result = walk_path(walk, set, walk->row->key);
    }
    walk->in_control_set = walk->current = false;
    return result;
}

/* USER.DAT has a key for each user at its root. */
static int walk_9x_users(struct host_walk *walk)
{
    hive_key root = hive_root(walk->hive);
    int result = 0;

    for (size_t i = 0; i < hive_key_child_count(walk->hive, root) && result == 0; i++)
        result = walk_path(walk, hive_key_child(walk->hive, root, i), walk->row->key);
    return result;
}

static int walk_row(struct host_walk *walk, enum host_hive kind)
{
    enum host_begin begin = walk->row->begin;
    hive_key root = hive_root(walk->hive);
    int result = 0;

    switch (kind) {
    case HOST_SYSTEM:
        return begin == HOST_AT_SET      ? walk_control_sets(walk)
               : begin == HOST_AT_SYSTEM ? walk_path(walk, root, walk->row->key)
                                         : 0;
    case HOST_SOFTWARE:
        if (begin == HOST_AT_SOFTWARE || begin == HOST_AT_BOTH)
            result = walk_path(walk, root, walk->row->key);
        return result == 0 && begin == HOST_AT_BOTH ? walk_below(walk, "Wow6432Node") : result;
    case HOST_SAM:
        return begin == HOST_AT_SAM ? walk_path(walk, root, walk->row->key) : 0;
    case HOST_SECURITY:
        return begin == HOST_AT_SECURITY ? walk_path(walk, root, walk->row->key) : 0;
    case HOST_USER:
        return begin == HOST_AT_USER ? walk_path(walk, root, walk->row->key) : 0;
    case HOST_9X_SYSTEM:
        return begin == HOST_AT_SET ? walk_below(walk, "System\\CurrentControlSet")
               : begin == HOST_AT_SOFTWARE || begin == HOST_AT_BOTH
                   ? walk_below(walk, "Software")
               : begin == HOST_AT_9X ? walk_path(walk, root, walk->row->key)
                                     : 0;
    case HOST_9X_USER:
        return begin == HOST_AT_USER ? walk_9x_users(walk) : 0;
    }
    return 0;
}

int host_walk_hive(struct hive *hive, enum host_hive kind, const char *mount, const char *zone,
                   host_visit visit, void *context, struct error *error)
{
    struct host_walk walk = {
        .hive = hive, .mount = mount, .zone = zone, .visit = visit, .context = context
    };
    int result = 0;

    for (size_t i = 0; i < host_row_count && result == 0; i++) {
        walk.row = &host_rows[i];
        buffer_clear(&walk.subject);
        result = walk_row(&walk, kind);
    }
    if (result == 0 && (walk.key.failed || walk.text.failed || walk.subject.failed))
        result = error_set_memory(error);
    buffer_release(&walk.key);
    buffer_release(&walk.subject);
    buffer_release(&walk.text);
    return result;
}

bool host_name(struct hive *hive, enum host_hive kind, struct buffer *name)
{
    hive_key set = host_current_set(hive, kind);

    return set && host_find(hive, hive_key_find(hive, set, "Control\\ComputerName\\ComputerName"),
                            "ComputerName", name) && name->length > 0;
}
