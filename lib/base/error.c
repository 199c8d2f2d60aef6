/* SPDX-License-Identifier: Apache-2.0 */

/* error: see error.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <fett/error.h>

/* A text that was cut may end inside a UTF-8 sequence: take that back. */
static void trim_partial_character(char *text)
{
    size_t length = strlen(text), start = length;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
    if (length - start < need)
        text[start - 1] = '\0';
}

static void format_text(struct error *error, const char *format, va_list arguments)
{
    int length = vsnprintf(error->text, sizeof error->text, format, arguments);

    if (length < 0)
        strcpy(error->text, "unknown error");
    else if ((size_t)length >= sizeof error->text)
        trim_partial_character(error->text);
}

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return -1;
    error->kind = kind;
    va_start(arguments, format);
    format_text(error, format, arguments);
    va_end(arguments);
    return -1;
}

/* Put "text: " of the caller in front of, or ": text" behind, what is there. */
static void join(struct error *error, const char *first, const char *second)
{
    char joined[ERROR_TEXT_SIZE];
    int length = snprintf(joined, sizeof joined, "%s: %s", first, second);

    if (length >= (int)sizeof joined)
        trim_partial_character(joined);
    strcpy(error->text, joined);
}

int error_set_errno(struct error *error, const char *format, ...)
{
    int number = errno;
    va_list arguments;
    char system_text[128], what[ERROR_TEXT_SIZE];

    if (!error)
        return -1;
    error->kind = ERROR_SYSTEM;
    va_start(arguments, format);
    format_text(error, format, arguments);
    va_end(arguments);
    strcpy(what, error->text);
    join(error, what, strerror_r(number, system_text, sizeof system_text));
    return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
    va_list arguments;
    char text[ERROR_TEXT_SIZE], prefix[ERROR_TEXT_SIZE];

    if (!error)
        return -1;
    strcpy(text, error->text);
    va_start(arguments, format);
    format_text(error, format, arguments);
    va_end(arguments);
    strcpy(prefix, error->text);
    join(error, prefix, text);
    return -1;
}

int error_set_memory(struct error *error)
{
    return error_set(error, ERROR_SYSTEM, "out of memory");
}
