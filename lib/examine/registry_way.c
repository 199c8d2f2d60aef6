/* SPDX-License-Identifier: Apache-2.0 */

/* registry_way: see registry_way.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "registry_way.h"

enum { LEVELS = LIMIT_KEY_DEPTH + 2 };

/* Without a key the filter has all, and its pattern is never asked. */
static const char *pattern_text(const struct examine_registry_filter *filter, size_t index)
{
    if (index > 0)
        return filter->patterns[index - 1].key;
    return filter->key ? filter->key : "";
}

int registry_way_init(struct registry_way *way, const struct examine_registry_filter *filter,
                      unsigned current_set, struct error *error)
{
    way->filter = filter;
    if (current_set != 0)
        snprintf(way->current_name, sizeof way->current_name, "ControlSet%03u", current_set);
    if (filter->pattern_count > REGISTRY_MOST_PATTERNS)
        return error_set(error, ERROR_USAGE, "more than %d patterns", REGISTRY_MOST_PATTERNS);
    size_t count = filter->pattern_count + 1;
    way->patterns = calloc(count, sizeof *way->patterns);
    way->states = calloc(LEVELS * count, sizeof *way->states);
    if (!way->patterns || !way->states)
        return error_set_memory(error);
    for (; way->count < count; way->count++)
        if (key_pattern_init(&way->patterns[way->count], pattern_text(filter, way->count),
                             error) != 0) {
            key_pattern_release(&way->patterns[way->count]);
            return -1;
        }
    return 0;
}

void registry_way_release(struct registry_way *way)
{
    for (size_t i = 0; i < way->count; i++)
        key_pattern_release(&way->patterns[i]);
    free(way->patterns);
    free(way->states);
    buffer_release(&way->path);
}

/* "ControlSet" and three digits, below the root of a SYSTEM hive. */
static void note_control_set(struct registry_way *way, const char *name, size_t length)
{
    way->in_control_set = *way->current_name && length == strlen("ControlSet001") &&
                          text_compare_nocase(name, 10, "ControlSet", 10) == 0;
    way->current = way->in_control_set &&
                   text_compare_nocase(name, length, way->current_name,
                                       strlen(way->current_name)) == 0;
}

static bool filter_takes(const struct registry_way *way)
{
    return way->filter->keys || way->filter->values;
}

/* What follows from the states of a level. */
static void set_level(struct registry_way *way, size_t depth)
{
    const uint64_t *states = way->states + depth * way->count;
    uint64_t above = depth > 0 ? way->levels[depth - 1].below : UINT64_MAX;
    struct registry_level *level = &way->levels[depth];

    level->path_length = way->path.length;
    level->below = key_pattern_matches(&way->patterns[0], states[0]) ? 0
                   : above == UINT64_MAX                             ? UINT64_MAX
                                                                     : above + 1;
    level->alive = filter_takes(way) && (!way->filter->key || states[0] ||
                                         (level->below != UINT64_MAX &&
                                          level->below < way->filter->depth));
    for (size_t i = 1; i < way->count; i++)
        level->alive |= states[i] != 0;
}

void registry_way_enter_root(struct registry_way *way, const char *mount)
{
    buffer_clear(&way->path);
    buffer_add_text(&way->path, mount);
    way->in_control_set = false;
    for (size_t i = 0; i < way->count; i++) {
        const struct key_pattern *pattern = &way->patterns[i];
        uint64_t state = key_pattern_start(pattern);
        for (const char *at = mount; !pattern->from_root && *at;) {
            size_t length = strcspn(at, "\\");
            state = key_pattern_step(pattern, state, at, length, "");
            at += length + (at[length] != '\0');
        }
        way->states[i] = state;
    }
    set_level(way, 0);
}

void registry_way_enter(struct registry_way *way, const char *name, size_t length, size_t depth)
{
    const uint64_t *above = way->states + (depth - 1) * way->count;
    uint64_t *states = way->states + depth * way->count;

    buffer_truncate(&way->path, way->levels[depth - 1].path_length);
    buffer_add_byte(&way->path, '\\');
    buffer_add(&way->path, name, length);
    if (depth == 1)
        note_control_set(way, name, length);
    for (size_t i = 0; i < way->count; i++)
        states[i] = above[i] == 0 ? 0
                                  : key_pattern_step(&way->patterns[i], above[i], name, length,
                                                     way->current_name);
    set_level(way, depth);
}

struct registry_wanted registry_way_wanted(const struct registry_way *way, size_t depth)
{
    const struct registry_level *level = &way->levels[depth];
    const uint64_t *states = way->states + depth * way->count;
    struct registry_wanted wanted = {
        .by_filter = filter_takes(way) &&
                     (!way->filter->key ||
                      (level->below != UINT64_MAX && level->below <= way->filter->depth)),
    };

    for (size_t i = 1; i < way->count; i++)
        if (key_pattern_matches(&way->patterns[i], states[i]))
            wanted.patterns |= UINT64_C(1) << (i - 1);
    return wanted;
}

bool registry_way_goes_on(const struct registry_way *way, size_t depth)
{
    return way->levels[depth].alive;
}
