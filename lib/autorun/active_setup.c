/* SPDX-License-Identifier: Apache-2.0 */

/* What Active Setup has run for a user. See autorun.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "walk.h"

/* Name and version lie in components->texts, with a NUL each. */
struct installed {
    uint64_t hash; /* of the name */
    size_t name, version;
    bool wow64;
};

struct autorun_components {
    struct installed *items;
    size_t count, capacity;
    struct buffer texts;
};

void autorun_components_free(struct autorun_components *components)
{
    if (!components)
        return;
    buffer_release(&components->texts);
    free(components->items);
    free(components);
}

void walk_version(struct hive *hive, hive_key key, struct buffer *version)
{
    struct hive_value value;

    buffer_clear(version);
    if (hive_value_find(hive, key, "Version", &value, NULL) == 0 &&
        (value.type == HIVE_SZ || value.type == HIVE_EXPAND_SZ))
        hive_value_text(hive, &value, version);
}

static int learn(struct autorun_components *components, struct hive *hive, const char *path,
                 bool wow64)
{
    hive_key list = hive_key_find(hive, hive_root(hive), path);
    struct buffer version = BUFFER_INIT;
    int result = 0;

    for (size_t i = 0, count = list ? hive_key_child_count(hive, list) : 0; i < count; i++) {
        hive_key key = hive_key_child(hive, list, i);
        size_t length;
        const char *name = hive_key_name(hive, key, &length);
        if (memory_grow((void **)&components->items, &components->capacity,
                        components->count + 1, sizeof *components->items) != 0) {
            result = -1;
            break;
        }
        struct installed *new = &components->items[components->count++];
        *new = (struct installed){ .hash = text_hash_nocase(name, length),
                                   .name = components->texts.length,
                                   .wow64 = wow64 };
        buffer_add(&components->texts, name, length);
        buffer_add_byte(&components->texts, '\0');
        new->version = components->texts.length;
        walk_version(hive, key, &version);
        buffer_add_text(&components->texts, buffer_text(&version));
        buffer_add_byte(&components->texts, '\0');
    }
    result = version.failed ? -1 : result;
    buffer_release(&version);
    return result;
}

struct autorun_components *autorun_components_new(struct hive *hive)
{
    struct autorun_components *new = calloc(1, sizeof *new);

    if (!new)
        return NULL;
    if (learn(new, hive, "Software\\Microsoft\\Active Setup\\Installed Components", false) != 0 ||
        learn(new, hive, "Software\\Wow6432Node\\Microsoft\\Active Setup\\Installed Components",
              true) != 0 ||
        new->texts.failed) {
        autorun_components_free(new);
        return NULL;
    }
    if (new->count > 0)
        qsort(new->items, new->count, sizeof *new->items, keyed_compare);
    return new;
}

/* Whether a version is lower: numbers with commas between, those that are missing are 0. */
static bool is_lower(const char *version, const char *other)
{
    while (*version || *other) {
        char *version_end, *other_end;
        unsigned long a = strtoul(version, &version_end, 10);
        unsigned long b = strtoul(other, &other_end, 10);
        if (a != b)
            return a < b;
        version_end += strcspn(version_end, ",");
        other_end += strcspn(other_end, ",");
        version = version_end + (*version_end == ',');
        other = other_end + (*other_end == ',');
    }
    return false;
}

bool autorun_is_pending(const struct autorun_components *components,
                        const struct autorun_component *component)
{
    uint64_t hash = text_hash_nocase(component->name, strlen(component->name));
    size_t at = keyed_find(components->items, components->count, sizeof *components->items, hash);

    for (; at < components->count && components->items[at].hash == hash; at++) {
        const struct installed *own = &components->items[at];
        const char *texts = components->texts.data;
        if (own->wow64 == component->wow64 &&
            text_equal_nocase(texts + own->name, component->name))
            return is_lower(texts + own->version, component->version);
    }
    return true;
}
