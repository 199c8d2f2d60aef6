/* SPDX-License-Identifier: Apache-2.0 */

/* The patterns of the catalogue. See autorun.h. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/limits.h>
#include <fett/text.h>

static bool is_special(char c)
{
    return c == '*' || c == '?' || c == '^';
}

static bool same_letter(char a, char b)
{
    return a == b || ((a | 0x20) == (b | 0x20) && (a | 0x20) >= 'a' && (a | 0x20) <= 'z');
}

/* Whether the first or the last character of a text is another than the pattern's, as it mostly
 * is. What is not ASCII may be equal to what is in another case. */
static bool differs(const char *pattern, size_t size, const char *text, size_t text_size)
{
    char first = text[0], last = text[text_size - 1], end = pattern[size - 1];

    if (!is_special(*pattern) && !(*pattern & 0x80) && !(first & 0x80) &&
        !same_letter(*pattern, first))
        return true;
    return !is_special(end) && !(end & 0x80) && !(last & 0x80) && !same_letter(end, last);
}

/* One pattern, with the escapes of text_glob: there a backslash makes the next
 * character literal, here it stands for itself. */
static bool match(const char *pattern, size_t size, const char *text, size_t text_size)
{
    char glob[LIMIT_PATTERN_BYTES];
    size_t out = 0;

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
        size_t length = 0;
        bool plain = true; /* most alternatives are names, and do not match */
        for (; at[length] && at[length] != '|'; length++)
            plain &= !is_special(at[length]);
        if (length > 0 && size > 0 && differs(at, length, text, size))
            found = false;
        else
            found = plain ? length == size && text_compare_nocase(at, length, text, size) == 0
                          : match(at, length, text, size);
        if (found || !at[length])
            return found != negated;
        at += length + 1;
    }
}
