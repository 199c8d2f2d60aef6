/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_KEYWORDS_BUILD_H
#define FETT_IOC_KEYWORDS_BUILD_H

/* A set of keywords while it is made: keywords_patterns.c makes patterns out of words,
 * keywords_build.c sorts them and makes the tables. */

#include "keywords.h"

/* The windows are the bytes that a pattern can begin with: more than one where case does not
 * count and letters beyond ASCII are among the first six bytes. (The two cases of an ASCII
 * letter are one window.) */
struct build {
    struct ioc_keywords *set;
    size_t pattern_capacity, unit_capacity;
    uint64_t *windows; /* first byte highest, the number of bytes lowest */
    size_t window_count, window_capacity;
    uint16_t alike[FOLDED]; /* the next code point with the same folded form, in a ring */
    uint32_t from_1252[256];
    bool failed;            /* no memory */
};

/* Which characters are the same, by the options of the set; before the first word. */
void keywords_make_folding(struct build *build);

/* Add the patterns of a word, and their windows. */
void keywords_add_word(struct build *build, const char *word, uint32_t keyword);

/* Whether the first units of a pattern, in any case, are all below 256: then UTF-16 that is
 * packed to bytes leads to it. */
bool keywords_is_packed(const struct build *build, const struct pattern *pattern);

#endif
