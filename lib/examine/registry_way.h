/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REGISTRY_WAY_H
#define REGISTRY_WAY_H

/*
 * registry_way: the way from the root of a hive down to the key that is walked: its path,
 * and for whom the keys on it are wanted. A stack of levels, the root's is 0; entering a
 * name at a depth forgets what was below.
 */

#include <fett/buffer.h>
#include <fett/examine.h>
#include <fett/limits.h>

#include "key_pattern.h"

/* For whom a key is. */
struct registry_wanted {
    bool by_filter;    /* key and depth of the filter */
    uint64_t patterns; /* a bit for each of its patterns */
};

/* What holds for a key on the way. */
struct registry_level {
    size_t path_length;
    uint64_t below; /* levels below the nearest that the filter's key matched; UINT64_MAX:
                       none did */
    bool alive;     /* something below may match */
};

struct registry_way {
    const struct examine_registry_filter *filter;
    struct buffer path;
    char current_name[sizeof "ControlSet4294967295"]; /* "": not known */
    bool in_control_set, current;
    struct key_pattern *patterns; /* [0] is the filter's key, then its patterns */
    size_t count;
    uint64_t *states; /* of the patterns, for each level */
    struct registry_level levels[LIMIT_KEY_DEPTH + 2]; /* a `?` too */
};

enum { REGISTRY_MOST_PATTERNS = 63 };

/* The way is zeros before. Release in any case. */
int registry_way_init(struct registry_way *way, const struct examine_registry_filter *filter,
                      unsigned current_set, struct error *error);
void registry_way_release(struct registry_way *way);

void registry_way_enter_root(struct registry_way *way, const char *mount);
void registry_way_enter(struct registry_way *way, const char *name, size_t length, size_t depth);

struct registry_wanted registry_way_wanted(const struct registry_way *way, size_t depth);
bool registry_way_goes_on(const struct registry_way *way, size_t depth);

#endif
