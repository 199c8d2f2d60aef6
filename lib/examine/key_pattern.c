/* SPDX-License-Identifier: Apache-2.0 */

/* key_pattern: see key_pattern.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/text.h>

#include "key_pattern.h"

/* Roots as people write them, and what stands for them in the paths of keys. */
static const struct {
    const char *name, *stands_for;
} roots[] = {
    { "HKLM", "HKLM" },
    { "HKU", "HKU" },
    { "HKEY_LOCAL_MACHINE", "HKLM" },
    { "HKEY_USERS", "HKU" },
    { "HKCU", "HKU\\*" },
    { "HKEY_CURRENT_USER", "HKU\\*" },
    { "HKCR", "HKLM\\SOFTWARE\\Classes" },
    { "HKEY_CLASSES_ROOT", "HKLM\\SOFTWARE\\Classes" },
};

/* Add the pattern as it is from the mount point on; the rest of it is returned. */
static const char *add_root(struct buffer *whole, const char *text)
{
    size_t length = strcspn(text, "\\");

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (text_compare_nocase(text, length, roots[i].name, strlen(roots[i].name)) == 0) {
            buffer_add_text(whole, roots[i].stands_for);
            return text + length;
        }
    buffer_add_text(whole, "**\\");
    return text;
}

int key_pattern_init(struct key_pattern *pattern, const char *text, struct error *error)
{
    struct buffer whole = BUFFER_INIT;

    *pattern = (struct key_pattern){ .from_root = *text == '\\' };
    const char *rest = pattern->from_root ? text + 1 : add_root(&whole, text);
    buffer_add_text(&whole, rest);
    if (whole.failed) {
        buffer_release(&whole);
        return error_set_memory(error);
    }
    pattern->text = whole.data;
    for (char *at = whole.data; at && *at;) {
        size_t length = strcspn(at, "\\");
        bool last = at[length] == '\0';
        if (length > 0 && pattern->count == KEY_PATTERN_PARTS)
            return error_set(error, ERROR_USAGE, "a pattern of more than %d parts: %s",
                             KEY_PATTERN_PARTS, text);
        if (length > 0)
            pattern->parts[pattern->count++] = at;
        at[length] = '\0';
        at += length + !last;
    }
    return 0;
}

void key_pattern_release(struct key_pattern *pattern)
{
    free(pattern->text);
    pattern->text = NULL;
}

static bool is_any_depth(const struct key_pattern *pattern, unsigned part)
{
    return strcmp(pattern->parts[part], "**") == 0;
}

/* `**` may stand for nothing. */
static uint64_t close_state(const struct key_pattern *pattern, uint64_t state)
{
    for (unsigned i = 0; i < pattern->count; i++)
        if (state >> i & 1 && is_any_depth(pattern, i))
            state |= (uint64_t)1 << (i + 1);
    return state;
}

uint64_t key_pattern_start(const struct key_pattern *pattern)
{
    return close_state(pattern, 1);
}

uint64_t key_pattern_step(const struct key_pattern *pattern, uint64_t state, const char *name,
                          size_t length, const char *current)
{
    uint64_t next = 0;

    for (unsigned i = 0; i < pattern->count; i++) {
        if (!(state >> i & 1))
            continue;
        const char *part = pattern->parts[i];
        if (is_any_depth(pattern, i))
            next |= (uint64_t)1 << i;
        else if (text_glob(part, name, length) ||
                 (*current && text_equal_nocase(part, "CurrentControlSet") &&
                  text_compare_nocase(name, length, current, strlen(current)) == 0))
            next |= (uint64_t)1 << (i + 1);
    }
    return close_state(pattern, next);
}
