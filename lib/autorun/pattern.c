/* SPDX-License-Identifier: Apache-2.0 */

/* The patterns of the catalogue. See autorun.h. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/limits.h>
#include <fett/text.h>

/* One pattern, with the escapes of text_glob: there a backslash makes the next
 * character literal, here it stands for itself. */
static bool match(const char *pattern, size_t size, const char *text, size_t text_size)
{
    char glob[LIMIT_PATTERN_BYTES];
    size_t out = 0;
    unsigned char first = size > 0 ? (unsigned char)*pattern : '*';

    /* Most differ in the first letter. */
    if (text_size > 0 && !strchr("*?^", first) && first < 0x80 && (unsigned char)*text < 0x80 &&
        (first | 0x20) != (*text | 0x20))
        return false;
    for (size_t i = 0; i < size && out + 3 < sizeof glob; i++) {
        if (pattern[i] == '^' && i + 1 < size)
            i++, glob[out++] = '\\';
        else if (pattern[i] == '\\')
            glob[out++] = '\\';
        glob[out++] = pattern[i];
    }
    glob[out] = '\0';
    return text_glob(glob, text, text_size);
}

bool autorun_matches(const char *patterns, const char *text, size_t size)
{
    bool negated = *patterns == '!', found = false;
    const char *at = patterns + negated;

    for (;;) {
        size_t length = strcspn(at, "|");
        /* Most alternatives are plain names, and do not match. */
        bool plain = strcspn(at, "*?^|") == length;
        found |= plain ? length == size && text_compare_nocase(at, length, text, size) == 0
                       : match(at, length, text, size);
        if (found || !at[length])
            return found != negated;
        at += length + 1;
    }
}
