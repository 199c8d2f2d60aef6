/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry: the keys and values of one hive as records, in stored order, each key
 * before what is in it; then what was deleted. A stack of levels (registry_way.h) stands
 * for the path to the key that is walked: hives are damaged in any way, so nothing here
 * calls itself.
 */

#include <stdlib.h>

#include <fett/limits.h>

#include "autorun_internal.h"
#include "registry_way.h"

enum { SECURITIES = 64 }; /* a power of two */

struct registry_walk {
    struct autoruns *all;
    const struct mounted_hive *mounted;
    struct hive *hive;
    struct registry_way way;
    bool too_deep;
    bool deleted; /* what is walked now */
    struct hive_security securities[SECURITIES]; /* asked for last, by their ids */
    struct buffer class, link;
    hive_key chain[LIMIT_KEY_DEPTH]; /* keys above a deleted one, from below */
};

enum { MOST_ANOMALIES = 5 };

/* What is odd about a key or value, as a list that the record points to. */
struct anomalies {
    struct value items[MOST_ANOMALIES];
    size_t count;
};

static void add_anomaly(struct anomalies *anomalies, const char *text)
{
    anomalies->items[anomalies->count++] = value_text(text);
}

/* What is odd about the place of something deleted. */
static void add_place_anomaly(struct anomalies *anomalies, const struct registry_walk *walk,
                              uint64_t offset)
{
    if (walk->deleted && hive_is_unlinked(walk->hive, offset))
        add_anomaly(anomalies, hive_is_9x(walk->hive)
                                   ? "its record is in use, but no key leads to it"
                                   : "its cell is in use, but no list leads to it");
    const char *of_hive = walk->deleted ? autorun_hive_oddity(walk->all, walk->hive) : NULL;
    if (of_hive)
        add_anomaly(anomalies, of_hive);
}

static void set_anomalies(struct record *record, const struct anomalies *anomalies)
{
    const struct value list = { .kind = VALUE_LIST,
                                .length = anomalies->count,
                                .items = anomalies->items };

    if (anomalies->count > 0)
        record_value(record, FIELD_ANOMALIES, &list);
}

/* What stands for a key or a value where two walks are compared: its path, or, where that
 * is wanted, the place of its cell. */
static int identify(const struct registry_walk *walk, const struct hive_value *value,
                    const struct instant *last_write, const uint64_t *place, struct found *found)
{
    struct digest digest;
    uint64_t sizes[5] = { place ? 0 : walk->way.path.length,
                          value ? value->name_length : UINT64_MAX,
                          value ? value->type : 0, value ? value->size : 0, place ? *place : 0 };

    if (digest_init(&digest, DIGEST_SHA256, NULL) != 0)
        return -1;
    digest_update(&digest, sizes, sizeof sizes);
    digest_update(&digest, buffer_text(&walk->way.path), sizes[0]);
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

/* Whether this pass outputs what has its cell at `place`: 1, 0, or -1 without memory. A
 * deleted value may be known by its place only: its key is forgotten. */
static int judge(struct registry_walk *walk, const struct hive_value *value,
                 const struct instant *last_write, uint64_t place)
{
    struct autoruns *all = walk->all;
    struct found found, by_place;

    if (all->pass == PASS_ONLY)
        return !autorun_judge(all, NULL, walk->deleted);
    if (identify(walk, value, last_write, NULL, &found) != 0 ||
        identify(walk, value, last_write, &place, &by_place) != 0)
        return -1;
    if (all->pass == PASS_BEFORE || (walk->deleted && all->pass == PASS_AFTER)) {
        int result = autorun_judge(all, &by_place, walk->deleted);
        if (result < 0 || (result > 0 && all->pass == PASS_AFTER))
            return result < 0 ? -1 : 0;
    }
    int result = autorun_judge(all, &found, walk->deleted);
    if (!walk->deleted && all->registry->deleted && !all->registry->live)
        return result < 0 ? -1 : 0; /* compared only */
    return result < 0 ? -1 : !result;
}

static void begin_record(const struct registry_walk *walk, struct record *record,
                         enum record_type type, const struct instant *last_write)
{
    autorun_begin_record(walk->all, record, type);
    if (walk->way.path.length > 0)
        record_text_n(record, FIELD_KEY, walk->way.path.data, walk->way.path.length);
    else
        record_text(record, FIELD_KEY, "\\"); /* the root of a hive that is mounted nowhere */
    record_time(record, FIELD_KEY_LAST_WRITE, last_write);
    if (walk->way.in_control_set)
        record_bool(record, FIELD_CURRENT, walk->way.current);
}

/* Some hundred descriptors serve all keys of a hive. */
static const struct hive_security *security_of(struct registry_walk *walk, hive_key key)
{
    uint32_t id = hive_key_security_id(walk->hive, key);
    struct hive_security *known = &walk->securities[id / 8 % SECURITIES];

    if (known->id != id)
        hive_key_security(walk->hive, key, known);
    return known;
}

/* Owner, and whether others than SYSTEM are kept from reading, where that begins. */
static void add_security(struct registry_walk *walk, hive_key key, struct record *record,
                         struct anomalies *anomalies)
{
    hive_key above = hive_key_parent(walk->hive, key);
    enum hive_readers before = above ? security_of(walk, above)->readers : HIVE_READ_UNKNOWN;
    const struct hive_security *security = security_of(walk, key);

    record_text(record, FIELD_OWNER, *security->owner ? security->owner : NULL);
    if (security->readers == before)
        return;
    if (security->readers == HIVE_READ_BY_SYSTEM)
        add_anomaly(anomalies, "only SYSTEM may read it");
    else if (security->readers == HIVE_READ_BY_NONE)
        add_anomaly(anomalies, "nobody may read it");
}

/* Class name, and where a symbolic link leads. */
static void add_extras(struct registry_walk *walk, hive_key key, struct record *record)
{
    struct hive_value value;

    buffer_clear(&walk->class);
    hive_key_class(walk->hive, key, &walk->class);
    if (walk->class.length > 0)
        record_text_n(record, FIELD_CLASS, walk->class.data, walk->class.length);
    buffer_clear(&walk->link);
    if (hive_key_is_link(walk->hive, key) &&
        hive_value_find(walk->hive, key, "SymbolicLinkValue", &value, NULL) == 0)
        hive_value_text(walk->hive, &value, &walk->link);
    if (walk->link.length > 0)
        record_text_n(record, FIELD_LINK_TARGET, walk->link.data, walk->link.length);
}

/* To all for whom it is. */
static int hand_out(struct registry_walk *walk, struct record *record,
                    const struct registry_wanted *wanted)
{
    const struct examine_registry_filter *filter = walk->all->registry;
    int result = wanted->by_filter ? walk->all->sink(walk->all->context, record) : 0;

    for (size_t i = 0; i < filter->pattern_count && result == 0; i++)
        if (wanted->patterns >> i & 1)
            result = filter->patterns[i].sink(filter->patterns[i].context, record);
    return result;
}

/* Where a cell is in what was found: a fragment begins with its first hbin. */
static uint64_t offset_in_file(const struct registry_walk *walk, uint64_t offset)
{
    enum { BASE_BLOCK = 4096 };

    const struct carved *carved = walk->all->carved;

    return carved && carved->is_fragment ? offset - BASE_BLOCK : offset;
}

static int emit_key(struct registry_walk *walk, hive_key key, const struct instant *last_write,
                    const struct registry_wanted *wanted)
{
    struct anomalies anomalies = { .count = 0 };
    struct record record;
    size_t length;
    int result = judge(walk, NULL, last_write, hive_key_offset(walk->hive, key));

    if (result <= 0)
        return result;
    begin_record(walk, &record, RECORD_KEY, last_write);
    record_number(&record, FIELD_FILE_OFFSET,
                  offset_in_file(walk, hive_key_offset(walk->hive, key)));
    const char *name = hive_key_name(walk->hive, key, &length);
    if (memchr(name, '\0', length))
        add_anomaly(&anomalies, "a NUL in its name");
    add_place_anomaly(&anomalies, walk, hive_key_offset(walk->hive, key));
    if (!hive_is_9x(walk->hive)) {
        add_security(walk, key, &record, &anomalies);
        add_extras(walk, key, &record);
    }
    set_anomalies(&record, &anomalies);
    return hand_out(walk, &record, wanted);
}

/* `guessed`: which key a deleted value is of is told by no key. */
static int emit_value(struct registry_walk *walk, const struct hive_value *value,
                      const struct instant *last_write, bool guessed,
                      const struct registry_wanted *wanted)
{
    struct anomalies anomalies = { .count = 0 };
    struct record record;
    int result = judge(walk, value, last_write, value->offset);

    if (result <= 0)
        return result;
    begin_record(walk, &record, RECORD_VALUE, last_write);
    record_text_n(&record, FIELD_NAME, value->name, value->name_length);
    autorun_set_data(walk->all, &record, walk->hive, value);
    record_number(&record, FIELD_LENGTH, value->declared);
    record_number(&record, FIELD_FILE_OFFSET, offset_in_file(walk, value->offset));
    if (memchr(value->name, '\0', value->name_length))
        add_anomaly(&anomalies, "a NUL in its name");
    if (guessed)
        add_anomaly(&anomalies, hive_is_9x(walk->hive)
                                    ? "its key is told by its place, or by an older copy of the key"
                                    : "its key is told by what is left of a list of values");
    add_place_anomaly(&anomalies, walk, value->offset);
    set_anomalies(&record, &anomalies);
    return hand_out(walk, &record, wanted);
}

/* For whom a value is of those who want its key. */
static bool is_wanted_value(const struct registry_walk *walk, const struct hive_value *value,
                            struct registry_wanted *wanted)
{
    const struct examine_registry_filter *filter = walk->all->registry;

    wanted->by_filter &= filter->values && (!filter->value || text_glob(filter->value, value->name,
                                                                        value->name_length));
    return wanted->by_filter || wanted->patterns;
}

/* A key and its values. One that cannot be read is a problem of the hive. */
static int emit_all(struct registry_walk *walk, hive_key key, const struct registry_wanted *wanted)
{
    const struct examine_registry_filter *filter = walk->all->registry;
    struct instant last_write = hive_key_last_write(walk->hive, key);
    struct registry_wanted of_key = *wanted;
    int result = 0;

    of_key.by_filter &= filter->keys && !filter->value;
    if (of_key.by_filter || of_key.patterns)
        result = emit_key(walk, key, &last_write, &of_key);
    bool values = (wanted->by_filter && filter->values) || wanted->patterns;
    size_t count = values && result == 0 ? hive_value_count(walk->hive, key) : 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        struct registry_wanted of_value = *wanted;
        struct hive_value value;
        if (hive_value_get(walk->hive, key, i, &value, NULL) == 0 &&
            is_wanted_value(walk, &value, &of_value))
            result = emit_value(walk, &value, &last_write, false, &of_value);
    }
    return result;
}

static void enter(struct registry_walk *walk, hive_key key, size_t depth)
{
    size_t length;
    const char *name = hive_key_name(walk->hive, key, &length);

    registry_way_enter(&walk->way, name, length, depth);
}

/* A key that was entered, and all below it. */
static int walk_below(struct registry_walk *walk, hive_key key, size_t depth)
{
    size_t top = depth;
    hive_key next;

    for (;;) {
        const struct registry_wanted wanted = registry_way_wanted(&walk->way, depth);
        int result = wanted.by_filter || wanted.patterns ? emit_all(walk, key, &wanted) : 0;
        if (result != 0)
            return result;
        next = registry_way_goes_on(&walk->way, depth) ? hive_key_child(walk->hive, key, 0) : 0;
        if (next && depth == LIMIT_KEY_DEPTH) {
            walk->too_deep = true;
            next = 0;
        }
        depth += next != 0;
        for (; next == 0 && depth > top; depth -= next == 0) {
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

/* Enter all keys on the way to a live one, 0: one that is not known. Returns its depth;
 * -1: it is too deep. */
static int enter_path(struct registry_walk *walk, hive_key key)
{
    hive_key root = hive_root(walk->hive), above = key;
    size_t count = 0;

    for (; above != 0 && above != root; above = hive_key_parent(walk->hive, above)) {
        if (count == LIMIT_KEY_DEPTH - 1) {
            walk->too_deep = true;
            return -1;
        }
        walk->chain[count++] = above;
    }
    registry_way_enter_root(&walk->way, walk->mounted->mount);
    for (size_t i = 0; i < count; i++)
        enter(walk, walk->chain[count - 1 - i], i + 1);
    if (key == 0)
        registry_way_enter(&walk->way, "?", 1, 1);
    return key == 0 ? 1 : (int)count;
}

/* Deleted keys, each below the live one that it was in. */
static int walk_deleted_keys(struct registry_walk *walk)
{
    int result = 0;

    for (size_t i = 0; i < hive_deleted_key_count(walk->hive) && result == 0; i++) {
        hive_key key = hive_deleted_key(walk->hive, i), above = hive_key_parent(walk->hive, key);
        if (above != 0 && hive_key_is_deleted(walk->hive, above))
            break; /* the rest stands below these */
        int depth = enter_path(walk, above);
        if (depth < 0)
            continue;
        enter(walk, key, (size_t)depth + 1);
        result = walk_below(walk, key, (size_t)depth + 1);
    }
    return result;
}

/* Deleted values that no deleted key has. */
static int walk_deleted_values(struct registry_walk *walk)
{
    const struct instant unknown = INSTANT_NONE;
    int result = 0;

    for (size_t i = 0; i < hive_deleted_value_count(walk->hive) && result == 0; i++) {
        struct hive_value value;
        hive_key key;
        if (hive_deleted_value(walk->hive, i, &value, &key, NULL) != 0)
            continue;
        int depth = enter_path(walk, key);
        if (depth < 0)
            continue;
        struct registry_wanted wanted = registry_way_wanted(&walk->way, (size_t)depth);
        if (is_wanted_value(walk, &value, &wanted))
            result = emit_value(walk, &value, &unknown, key != 0, &wanted);
    }
    return result;
}

static int walk_deleted(struct registry_walk *walk, struct error *error)
{
    if (hive_recover(walk->hive, error) != 0)
        return -1;
    walk->deleted = true;
    int result = walk_deleted_keys(walk);
    bool values = walk->all->registry->values || walk->all->registry->pattern_count > 0;
    return result == 0 && values ? walk_deleted_values(walk) : result;
}

static int walk_all(struct registry_walk *walk, struct error *error)
{
    const struct examine_registry_filter *filter = walk->all->registry;
    int result = 0;

    registry_way_enter_root(&walk->way, walk->mounted->mount);
    bool live = filter->live || !filter->deleted || walk->all->pass != PASS_ONLY;
    if (live && !hive_is_rootless(walk->hive))
        result = walk_below(walk, hive_root(walk->hive), 0);
    if (result == 0 && (filter->deleted || !filter->live) && walk->all->pass != PASS_BEFORE)
        result = walk_deleted(walk, error);
    return result;
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
    unsigned current = mounted->kind == AUTORUN_SYSTEM ? autorun_current_set(mounted->hive) : 0;
    result = registry_way_init(&walk->way, all->registry, current, error);
    if (result == 0)
        result = walk_all(walk, error);
    if (result == 0 && walk->too_deep && all->pass != PASS_BEFORE && all->pass != PASS_SUPERSEDED)
        result = autorun_emit_gap(all, "keys below more levels than Windows allows, 512, are "
                                       "left out", NULL);
    all->out_of_memory |= walk->way.path.failed || walk->class.failed || walk->link.failed;
    registry_way_release(&walk->way);
    buffer_release(&walk->class);
    buffer_release(&walk->link);
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
