/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEY_PATTERN_H
#define KEY_PATTERN_H

/*
 * key_pattern: which paths of registry keys are meant, see examine_registry_filter.
 *
 * A state is what of the pattern was met on the way to a key: a bit for each number
 * of its parts. Of a key that has state 0 nothing below matches.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

enum { KEY_PATTERN_PARTS = 63 };

struct key_pattern {
    char *text; /* the parts, each with its NUL */
    const char *parts[KEY_PATTERN_PARTS];
    unsigned count;
    bool from_root; /* of a hive, not from where it is mounted */
};

/* ERROR_USAGE: too many parts. Release in any case. */
int key_pattern_init(struct key_pattern *pattern, const char *text, struct error *error);
void key_pattern_release(struct key_pattern *pattern);

uint64_t key_pattern_start(const struct key_pattern *pattern);

/* The state of a key of this name below one of that state. `current` is the name of
 * the control set in use, or "". */
uint64_t key_pattern_step(const struct key_pattern *pattern, uint64_t state, const char *name,
                          size_t length, const char *current);

static inline bool key_pattern_matches(const struct key_pattern *pattern, uint64_t state)
{
    return state >> pattern->count & 1;
}

#endif
