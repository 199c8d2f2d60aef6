/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What was deleted of the places of the catalogue: keys whose path a row asks for, as
 * far as their parents are known, and values of live keys. Nothing of it is in effect.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "walk.h"

enum { MOST_PARTS = 32 }; /* of a row's path */

/* A separator at the end has nothing behind it. */
static size_t count_parts(const char *path)
{
    size_t count = *path != '\0';

    for (; *path; path++)
        count += *path == '\\' && path[1] != '\0';
    return count;
}

static int compare_deleted(const void *a, const void *b)
{
    const struct deleted *x = a, *y = b;

    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    if (x->is_value != y->is_value)
        return x->is_value ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Note a key that something was deleted of for each base that it is below. */
static int add_deleted(struct walk *walk, hive_key key, bool is_value, size_t index)
{
    hive_key at = key;

    for (size_t depth = 0; at != 0 && depth <= MOST_PARTS; depth++) {
        for (size_t i = 0; i < walk->base_count; i++) {
            if (walk->bases[i].key != at)
                continue;
            if (memory_grow((void **)&walk->deleted_items, &walk->deleted_capacity,
                            walk->deleted_count + 1, sizeof *walk->deleted_items) != 0)
                return -1;
            walk->deleted_items[walk->deleted_count++] =
                (struct deleted){ i, depth, is_value, index, key };
        }
        at = hive_key_parent(walk->hive, at);
    }
    return 0;
}

int walk_find_deleted(struct walk *walk)
{
    size_t keys = hive_deleted_key_count(walk->hive);
    size_t values = hive_deleted_value_count(walk->hive);

    for (size_t i = 0; i < keys; i++)
        if (add_deleted(walk, hive_deleted_key(walk->hive, i), false, i) != 0)
            return -1;
    for (size_t i = 0; i < values; i++)
        if (add_deleted(walk, hive_deleted_value_key(walk->hive, i), true, i) != 0)
            return -1;
    if (walk->deleted_count > 0)
        qsort(walk->deleted_items, walk->deleted_count, sizeof *walk->deleted_items,
              compare_deleted);
    return 0;
}

/* The first that is so deep below the row's base, or behind that. */
static size_t first_deleted(const struct walk *walk, size_t depth)
{
    size_t low = 0, high = walk->deleted_count, base = (size_t)(walk->base - walk->bases);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct deleted *item = &walk->deleted_items[middle];
        if (item->base < base || (item->base == base && item->depth < depth))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a key is below the base at the row's path; sets walk->matched. */
static bool is_at_path(struct walk *walk, hive_key key)
{
    const char *path = walk->location->key;
    hive_key chain[MOST_PARTS], at = key;
    size_t count = count_parts(path);

    if (count > MOST_PARTS)
        return false;
    for (size_t i = count; i > 0; i--) {
        if (at == 0 || at == walk->base->key)
            return false;
        chain[i - 1] = at;
        at = hive_key_parent(walk->hive, at);
    }
    if (at != walk->base->key)
        return false;
    buffer_clear(&walk->matched);
    for (size_t i = 0; i < count; i++) {
        char part[LIMIT_PATTERN_BYTES * 2];
        size_t length = strcspn(path, "\\"), name_length;
        const char *name = hive_key_name(walk->hive, chain[i], &name_length);
        if (length >= sizeof part)
            return false;
        memcpy(part, path, length);
        part[length] = '\0';
        bool is_pattern = strpbrk(part, "*?|") != NULL;
        if (is_pattern ? !autorun_matches(part, name, name_length)
                       : text_compare_nocase(part, length, name, name_length) != 0)
            return false;
        if (is_pattern) {
            buffer_clear(&walk->matched);
            buffer_add(&walk->matched, name, name_length);
        }
        path += length + (path[length] != '\0');
    }
    return true;
}

/* Whether a key has the parameters of a service, of which ServiceDll is one. */
static bool is_of_service(struct walk *walk, hive_key key)
{
    size_t length;
    const char *name = hive_key_name(walk->hive, key, &length);

    return walk->location->read == AUTORUN_SERVICES &&
           text_compare_nocase(name, length, "Parameters", strlen("Parameters")) == 0 &&
           is_at_path(walk, hive_key_parent(walk->hive, key));
}

/* A value of a service, or of its parameters, that tells what it starts. */
static int walk_image(struct walk *walk, hive_key key, const struct hive_value *value)
{
    bool is_library = autorun_matches("ServiceDll", value->name, value->name_length);
    struct autorun autorun = { .list = is_library ? AUTORUN_LIBRARY : AUTORUN_ONE };

    if (!is_library && (!autorun_matches("ImagePath", value->name, value->name_length) ||
                        !is_at_path(walk, key)))
        return 0;
    walk_set_text(walk, value);
    return walk_emit(walk, key, value, &autorun);
}

/* What a deleted key of parameters has, the service of which is live. */
static int walk_parameters(struct walk *walk, hive_key key)
{
    int result = 0;

    for (size_t i = 0; i < hive_value_count(walk->hive, key) && result == 0; i++) {
        struct hive_value value;
        if (hive_value_get(walk->hive, key, i, &value, NULL) == 0)
            result = walk_image(walk, key, &value);
    }
    return result;
}

static int visit_key(struct walk *walk, hive_key key)
{
    if (is_at_path(walk, key))
        return walk_key(walk, key);
    return !hive_key_is_deleted(walk->hive, hive_key_parent(walk->hive, key)) &&
                   is_of_service(walk, key)
               ? walk_parameters(walk, key)
               : 0;
}

static int walk_single(struct walk *walk, hive_key key, struct hive_value *value)
{
    const char *wanted = walk->location->value;

    if (walk->location->read == AUTORUN_SERVICES)
        return walk_image(walk, key, value);
    return autorun_matches(wanted ? wanted : "", value->name, value->name_length)
               ? walk_value(walk, key, value, false)
               : 0;
}

static int visit_value(struct walk *walk, const struct deleted *item)
{
    struct hive_value value;
    hive_key key;

    if ((!is_at_path(walk, item->key) && !is_of_service(walk, item->key)) ||
        hive_deleted_value(walk->hive, item->index, &value, &key, NULL) != 0)
        return 0;
    return walk_single(walk, key, &value);
}

int walk_deleted(struct walk *walk)
{
    size_t depth = count_parts(walk->location->key);
    size_t most = depth + (walk->location->read == AUTORUN_SERVICES); /* their parameters */
    size_t end = first_deleted(walk, most + 1);
    int result = 0;

    for (size_t i = first_deleted(walk, depth); i < end && result == 0; i++) {
        const struct deleted *item = &walk->deleted_items[i];
        result = item->is_value ? visit_value(walk, item) : visit_key(walk, item->key);
    }
    return result;
}
