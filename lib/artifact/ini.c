/* SPDX-License-Identifier: Apache-2.0 */

/* The lines of INI files. See ini.h. */

#include <fett/ini.h>
#include <fett/text.h>

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && (**text == ' ' || **text == '\t')) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && strchr(" \t\r\n", (*text)[*length - 1]))
        (*length)--;
}

static int visit_line(const struct buffer *section, const char *line, size_t length,
                      ini_visit visit, void *context)
{
    const char *equals = memchr(line, '=', length);

    if (!equals)
        return 0;
    struct ini_line found = { .section = buffer_text(section),
                              .key = line,
                              .key_length = (size_t)(equals - line),
                              .value = equals + 1,
                              .value_length = length - (size_t)(equals - line) - 1 };
    trim(&found.key, &found.key_length);
    trim(&found.value, &found.value_length);
    return visit(context, &found);
}

int ini_walk(const uint8_t *data, size_t size, unsigned code_page, ini_visit visit,
             void *context, struct error *error)
{
    struct buffer text = BUFFER_INIT, section = BUFFER_INIT;
    int result = 0;

    text_add_file(&text, code_page, data, size);
    for (size_t at = 0, end; at < text.length && result == 0; at = end + 1) {
        const char *newline = memchr(text.data + at, '\n', text.length - at);
        end = newline ? (size_t)(newline - text.data) : text.length;
        const char *line = text.data + at;
        size_t length = end - at;
        trim(&line, &length);
        if (length > 1 && line[0] == '[') {
            const char *close = memchr(line, ']', length);
            buffer_clear(&section);
            buffer_add(&section, line + 1, (close ? (size_t)(close - line) : length) - 1);
        } else if (length > 0 && line[0] != ';') {
            result = visit_line(&section, line, length, visit, context);
        }
    }
    if (result == 0 && (text.failed || section.failed))
        result = error_set_memory(error);
    buffer_release(&text);
    buffer_release(&section);
    return result;
}
