/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Deleted keys of which only the end of the path is left, for a key above them is lost, and
 * with it where they were. The catalogue decides: two names of a row, of keys or of the value,
 * are those that are left, or a key is one of the Run family and its value a command. Nobody
 * knows that Windows looked there: each says so.
 */

#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "walk.h"

enum { MOST_PARTS = 32 }; /* of a row's path */

struct part {
    const char *text;
    size_t size;
};

static size_t split(const char *path, struct part parts[MOST_PARTS])
{
    size_t count = 0;

    while (*path && count < MOST_PARTS) {
        size_t size = strcspn(path, "\\");
        parts[count++] = (struct part){ path, size };
        path += size + (path[size] != '\0');
    }
    return *path ? 0 : count;
}

static bool is_literal(const char *pattern, size_t size)
{
    return size > 0 && !memchr(pattern, '*', size) && !memchr(pattern, '?', size);
}

static bool part_matches(const struct part *part, const char *name, size_t length)
{
    char pattern[LIMIT_PATTERN_BYTES * 2];

    if (part->size >= sizeof pattern)
        return false;
    memcpy(pattern, part->text, part->size);
    pattern[part->size] = '\0';
    return autorun_matches(pattern, name, length);
}

/* How many names of the row's path, but for those that are below every class, the key and those
 * above it have; 0: another one is there. */
static unsigned names_of_path(struct walk *walk, hive_key key)
{
    struct part parts[MOST_PARTS];
    size_t count = split(walk->location->key, parts);
    unsigned names = 0;

    buffer_clear(&walk->matched);
    for (; count > 0 && key != 0; key = hive_key_parent(walk->hive, key)) {
        const struct part *part = &parts[--count];
        size_t length;
        const char *name = hive_key_name(walk->hive, key, &length);
        if (!part_matches(part, name, length))
            return 0;
        if (is_literal(part->text, part->size))
            names += !autorun_matches("shell|open|command", name, length);
        else if (walk->matched.length == 0)
            buffer_add(&walk->matched, name, length);
    }
    return names;
}

/* Whether a text is more likely to be a command than anything else. */
static bool is_command(const char *text, size_t size)
{
    return autorun_matches("?:\\*|\"?:\\*|\\\\*|%*%\\*|*.exe|*.exe *|*.exe\"*|*.com|*.com *|*.bat*|"
                           "*.cmd*|*.scr*|*.pif*|*.dll*|*.vbs*|*.js|*.js *|*.ps1*|*.hta*|*.lnk|"
                           "*://*",
                           text, size);
}

static bool is_program_row(const struct autorun_location *location)
{
    return location->read == AUTORUN_VALUES && location->list != AUTORUN_NOTHING &&
           !location->only;
}

/* How sure it is that a value of the key is of the row; 0: not enough. */
static unsigned rank(struct walk *walk, hive_key key, const struct hive_value *value)
{
    const struct autorun_location *location = walk->location;
    const char *wanted = location->value ? location->value : "";

    if (!is_program_row(location) ||
        !autorun_matches(wanted, value->name, value->name_length))
        return 0;
    unsigned names = names_of_path(walk, key);
    bool named = is_literal(wanted, strlen(wanted)) && value->name_length > 0;
    if (names == 0 || walk->text.length == 0)
        return 0;
    bool of_run = strncmp(location->id, "run", 3) == 0 &&
                  is_command(walk->text.data, walk->text.length);
    return names + named >= 2 || of_run ? names + named : 0;
}

/* Where the row may be in this hive, or anywhere, where it is only a part of one. Of the
 * machine's classes, which a part may be of too, the servers are none. */
static bool set_base(struct walk *walk)
{
    static const struct base anywhere = { .place = 0 };
    bool may_be = walk->location->places & ~(unsigned)AUTORUN_IN_USER_CLASSES;

    walk->base = walk->base_count == 0 && may_be ? &anywhere : NULL;
    for (size_t i = 0; i < walk->base_count && !walk->base; i++)
        if (walk->bases[i].place & walk->location->places && !walk->bases[i].wow64)
            walk->base = &walk->bases[i];
    return walk->base != NULL;
}

static int visit_value(struct walk *walk, hive_key key, struct hive_value *value)
{
    const struct autorun_location *best = NULL;
    struct autorun autorun = { .enabled = false };
    unsigned best_rank = 0;

    walk->location = autorun_location(0); /* how strings are joined is its matter */
    walk_set_text(walk, value);
    for (size_t i = 0; (walk->location = autorun_location(i)) != NULL; i++) {
        unsigned own = set_base(walk) ? rank(walk, key, value) : 0;
        if (own > best_rank) {
            best = walk->location;
            best_rank = own;
        }
    }
    if (!best)
        return 0;
    walk->location = best;
    set_base(walk);
    walk_set_id(walk);
    walk_set_text(walk, value);
    names_of_path(walk, key); /* sets walk->matched */
    return walk_emit(walk, key, value, &autorun);
}

/* A service by the name of the key above it and what it starts; 1: it is none. */
static int visit_service(struct walk *walk, hive_key key)
{
    struct hive_value value;

    if (hive_value_find(walk->hive, key, "ImagePath", &value, NULL) != 0)
        return 1;
    for (size_t i = 0; (walk->location = autorun_location(i)) != NULL; i++)
        if (walk->location->read == AUTORUN_SERVICES && set_base(walk) &&
            names_of_path(walk, key) > 0) {
            walk_set_id(walk);
            return walk_service(walk, key);
        }
    return 1;
}

/* Whether a key above is not known, or where all of the hive is. */
static bool is_lost(struct walk *walk, hive_key key)
{
    if (walk->base_count == 0)
        return true;
    for (size_t depth = 0; key != 0 && depth <= MOST_PARTS; depth++) {
        if (!hive_key_is_deleted(walk->hive, key))
            return false;
        key = hive_key_parent(walk->hive, key);
    }
    return key == 0;
}

int walk_lost(struct walk *walk)
{
    int result = 0;

    /* Nothing starts from such a hive, unless it is none whole. */
    if (walk->base_count == 0 && !hive_is_fragment(walk->hive) &&
        hive_key_child_count(walk->hive, hive_root(walk->hive)) > 0)
        return 0;
    walk->lost = true;
    for (size_t i = 0; i < hive_deleted_key_count(walk->hive) && result == 0; i++) {
        hive_key key = hive_deleted_key(walk->hive, i);
        if (!is_lost(walk, key) || (result = visit_service(walk, key)) == 0)
            continue;
        size_t values = result > 0 ? hive_value_count(walk->hive, key) : 0;
        result = result > 0 ? 0 : result;
        for (size_t v = 0; v < values && result == 0; v++) {
            struct hive_value value;
            if (hive_value_get(walk->hive, key, v, &value, NULL) == 0)
                result = visit_value(walk, key, &value);
        }
    }
    return result;
}
