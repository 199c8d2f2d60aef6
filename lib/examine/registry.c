/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry: the keys and values of one hive as records, in stored order, each key
 * before what is in it. A stack of levels stands for the path to the key that is
 * walked: hives are damaged in any way, so nothing here calls itself.
 */

#include <stdio.h>
#include <stdlib.h>

#include <fett/limits.h>

#include "autorun_internal.h"
#include "key_pattern.h"

/* What holds for a key on the way to the one that is walked. */
struct level {
    size_t path_length; /* of its path */
    uint64_t state;     /* of the pattern */
    uint64_t below;     /* levels below the nearest that matched; UINT64_MAX: none did */
};

struct registry_walk {
    struct autoruns *all;
    const struct mounted_hive *mounted;
    struct hive *hive;
    struct key_pattern pattern;
    bool has_pattern;
    struct buffer path;
    char current_name[sizeof "ControlSet4294967295"]; /* "": not known */
    bool in_control_set, current;
    bool too_deep;
    struct level levels[LIMIT_KEY_DEPTH + 1];
};

enum { MOST_ANOMALIES = 4 };

/* What is odd about a key or value, as a list that the record points to. */
struct anomalies {
    struct value items[MOST_ANOMALIES];
    size_t count;
};

static void add_anomaly(struct anomalies *anomalies, const char *text)
{
    anomalies->items[anomalies->count++] = value_text(text);
}

static void set_anomalies(struct record *record, const struct anomalies *anomalies)
{
    const struct value list = { .kind = VALUE_LIST,
                                .length = anomalies->count,
                                .items = anomalies->items };

    if (anomalies->count > 0)
        record_value(record, FIELD_ANOMALIES, &list);
}

/* What stands for a key or a value where two walks are compared. */
static int identify(const struct registry_walk *walk, const struct hive_value *value,
                    const struct instant *last_write, struct found *found)
{
    struct digest digest;
    uint64_t sizes[4] = { walk->path.length, value ? value->name_length : UINT64_MAX,
                          value ? value->type : 0, value ? value->size : 0 };

    if (digest_init(&digest, DIGEST_SHA256, NULL) != 0)
        return -1;
    digest_update(&digest, sizes, sizeof sizes);
    digest_update(&digest, buffer_text(&walk->path), walk->path.length);
    if (value) {
        digest_update(&digest, value->name, value->name_length);
        digest_update(&digest, value->data, value->data ? value->size : 0);
    } else {
        digest_update(&digest, &last_write->seconds, sizeof last_write->seconds);
        digest_update(&digest, &last_write->nanoseconds, sizeof last_write->nanoseconds);
    }
    digest_finish(&digest, found->digest);
    return 0;
}

/* Whether this pass outputs it: 1, 0, or -1 without memory. */
static int judge(struct registry_walk *walk, const struct hive_value *value,
                 const struct instant *last_write)
{
    struct found found;

    if (walk->all->pass != PASS_ONLY && identify(walk, value, last_write, &found) != 0)
        return -1;
    int result = autorun_judge(walk->all, &found);
    return result < 0 ? -1 : !result;
}

static void begin_record(const struct registry_walk *walk, struct record *record,
                         enum record_type type, const struct instant *last_write)
{
    autorun_begin_record(walk->all, record, type);
    if (walk->path.length > 0)
        record_text_n(record, FIELD_KEY, walk->path.data, walk->path.length);
    else
        record_text(record, FIELD_KEY, "\\"); /* the root of a hive that is mounted nowhere */
    record_time(record, FIELD_KEY_LAST_WRITE, last_write);
    if (walk->in_control_set)
        record_bool(record, FIELD_CURRENT, walk->current);
}

static int emit_key(struct registry_walk *walk, hive_key key, const struct instant *last_write)
{
    struct anomalies anomalies = { .count = 0 };
    struct record record;
    size_t length;
    int result = judge(walk, NULL, last_write);

    if (result <= 0)
        return result;
    begin_record(walk, &record, RECORD_KEY, last_write);
    if (!hive_is_9x(walk->hive))
        record_number(&record, FIELD_FILE_OFFSET, hive_key_offset(walk->hive, key));
    const char *name = hive_key_name(walk->hive, key, &length);
    if (memchr(name, '\0', length))
        add_anomaly(&anomalies, "a NUL in its name");
    set_anomalies(&record, &anomalies);
    return walk->all->sink(walk->all->context, &record);
}

static int emit_value(struct registry_walk *walk, const struct hive_value *value,
                      const struct instant *last_write)
{
    struct anomalies anomalies = { .count = 0 };
    struct record record;
    int result = judge(walk, value, last_write);

    if (result <= 0)
        return result;
    begin_record(walk, &record, RECORD_VALUE, last_write);
    record_text_n(&record, FIELD_NAME, value->name, value->name_length);
    autorun_set_data(walk->all, &record, walk->hive, value);
    record_number(&record, FIELD_LENGTH, value->declared);
    if (!hive_is_9x(walk->hive))
        record_number(&record, FIELD_FILE_OFFSET, value->offset);
    if (memchr(value->name, '\0', value->name_length))
        add_anomaly(&anomalies, "a NUL in its name");
    set_anomalies(&record, &anomalies);
    return walk->all->sink(walk->all->context, &record);
}

/* A key and its values. One that cannot be read is a problem of the hive. */
static int emit_all(struct registry_walk *walk, hive_key key)
{
    const struct examine_registry_filter *filter = walk->all->registry;
    struct instant last_write = hive_key_last_write(walk->hive, key);
    int result = 0;

    if (filter->keys && !filter->value)
        result = emit_key(walk, key, &last_write);
    size_t count = filter->values && result == 0 ? hive_value_count(walk->hive, key) : 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        struct hive_value value;
        if (hive_value_get(walk->hive, key, i, &value, NULL) == 0 &&
            (!filter->value || text_glob(filter->value, value.name, value.name_length)))
            result = emit_value(walk, &value, &last_write);
    }
    return result;
}

/* "ControlSet" and three digits, below the root of a SYSTEM hive. */
static void note_control_set(struct registry_walk *walk, const char *name, size_t length)
{
    walk->in_control_set = *walk->current_name && length == strlen("ControlSet001") &&
                           text_compare_nocase(name, 10, "ControlSet", 10) == 0;
    walk->current = walk->in_control_set &&
                    text_compare_nocase(name, length, walk->current_name,
                                        strlen(walk->current_name)) == 0;
}

/* The root's level: what of the pattern its mount point meets. */
static void enter_root(struct registry_walk *walk)
{
    const char *mount = walk->mounted->mount;
    uint64_t state = walk->has_pattern ? key_pattern_start(&walk->pattern) : 0;

    buffer_add_text(&walk->path, mount);
    if (walk->has_pattern && !walk->pattern.from_root)
        for (const char *at = mount; *at;) {
            size_t length = strcspn(at, "\\");
            state = key_pattern_step(&walk->pattern, state, at, length, "");
            at += length + (at[length] != '\0');
        }
    walk->levels[0] = (struct level){ .path_length = walk->path.length, .state = state };
}

static void enter(struct registry_walk *walk, hive_key key, size_t depth)
{
    const struct level *above = &walk->levels[depth - 1];
    struct level *level = &walk->levels[depth];
    size_t length;
    const char *name = hive_key_name(walk->hive, key, &length);

    buffer_truncate(&walk->path, above->path_length);
    buffer_add_byte(&walk->path, '\\');
    buffer_add(&walk->path, name, length);
    if (depth == 1)
        note_control_set(walk, name, length);
    *level = (struct level){ .path_length = walk->path.length };
    if (walk->has_pattern && above->state)
        level->state =
            key_pattern_step(&walk->pattern, above->state, name, length, walk->current_name);
}

/* Whether a key is wanted, and sets how far below a matching one it is. */
static bool is_wanted(struct registry_walk *walk, size_t depth)
{
    struct level *level = &walk->levels[depth];
    uint64_t above = depth > 0 ? walk->levels[depth - 1].below : UINT64_MAX;

    if (!walk->has_pattern)
        return true;
    level->below = key_pattern_matches(&walk->pattern, level->state) ? 0
                   : above == UINT64_MAX                             ? UINT64_MAX
                                                                     : above + 1;
    return level->below != UINT64_MAX && level->below <= walk->all->registry->depth;
}

static bool may_match_below(const struct registry_walk *walk, size_t depth)
{
    const struct level *level = &walk->levels[depth];

    return !walk->has_pattern || level->state ||
           (level->below != UINT64_MAX && level->below < walk->all->registry->depth);
}

static int walk_keys(struct registry_walk *walk)
{
    hive_key key = hive_root(walk->hive), next;
    size_t depth = 0;

    enter_root(walk);
    for (;;) {
        int result = is_wanted(walk, depth) ? emit_all(walk, key) : 0;
        if (result != 0)
            return result;
        next = may_match_below(walk, depth) ? hive_key_child(walk->hive, key, 0) : 0;
        if (next && depth == LIMIT_KEY_DEPTH) {
            walk->too_deep = true;
            next = 0;
        }
        depth += next != 0;
        for (; next == 0 && depth > 0; depth -= next == 0) {
            next = hive_key_next(walk->hive, key);
            if (next == 0)
                key = hive_key_parent(walk->hive, key);
        }
        if (next == 0)
            return 0;
        key = next;
        enter(walk, key, depth);
    }
}

int registry_walk(struct autoruns *all, const struct mounted_hive *mounted, struct error *error)
{
    struct registry_walk *walk = calloc(1, sizeof *walk);
    int result = 0;

    if (!walk)
        return error_set_memory(error);
    walk->all = all;
    walk->mounted = mounted;
    walk->hive = mounted->hive;
    walk->has_pattern = all->registry->key != NULL;
    if (mounted->kind == AUTORUN_SYSTEM && autorun_current_set(mounted->hive) != 0)
        snprintf(walk->current_name, sizeof walk->current_name, "ControlSet%03u",
                 autorun_current_set(mounted->hive));
    if (walk->has_pattern)
        result = key_pattern_init(&walk->pattern, all->registry->key, error);
    if (result == 0)
        result = walk_keys(walk);
    if (result == 0 && walk->too_deep && all->pass != PASS_BEFORE && all->pass != PASS_SUPERSEDED)
        result = autorun_emit_gap(all, "keys below more levels than Windows allows, 512, are "
                                       "left out", NULL);
    all->out_of_memory |= walk->path.failed;
    key_pattern_release(&walk->pattern);
    buffer_release(&walk->path);
    free(walk);
    return result;
}

int examine_check_key_pattern(const char *text, struct error *error)
{
    struct key_pattern pattern;
    int result = key_pattern_init(&pattern, text, error);

    key_pattern_release(&pattern);
    return result;
}
