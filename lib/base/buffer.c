/* SPDX-License-Identifier: Apache-2.0 */

/* buffer: see buffer.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/text.h>

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer)BUFFER_INIT;
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->failed = false;
    buffer_truncate(buffer, 0);
}

void buffer_truncate(struct buffer *buffer, size_t length)
{
    buffer->length = length;
    if (buffer->data)
        buffer->data[length] = '\0';
}

char *buffer_grow(struct buffer *buffer, size_t size)
{
    size_t need = buffer->length + size + 1, capacity = buffer->capacity;

    if (buffer->failed)
        return NULL;
    if (need <= size) {
        buffer->failed = true;
        return NULL;
    }
    if (capacity < 64)
        capacity = 64;
    while (capacity < need)
        capacity = capacity > SIZE_MAX / 2 ? need : capacity * 2;
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return NULL;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    buffer->data[buffer->length] = '\0';
    return buffer->data + buffer->length;
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_number(struct buffer *buffer, uint64_t number)
{
    char digits[TEXT_NUMBER_SIZE];

    buffer_add(buffer, digits, (size_t)(text_put_number(digits, number) - digits));
}

void buffer_add_hex(struct buffer *buffer, const void *data, size_t size)
{
    char *at = size > SIZE_MAX / 2 ? NULL : buffer_reserve(buffer, size * 2);

    if (!at) {
        buffer->failed = true;
        return;
    }
    text_put_hex(at, data, size);
    buffer_truncate(buffer, buffer->length + size * 2);
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *at = length < 0 ? NULL : buffer_reserve(buffer, (size_t)length);
    if (!at) {
        buffer->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(at, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}

int buffer_keep(const struct buffer *buffer, char **to, struct error *error)
{
    if (buffer->failed)
        return error_set_memory(error);
    if (buffer->length == 0)
        return 0;
    free(*to);
    *to = strdup(buffer_text(buffer));
    return *to ? 0 : error_set_memory(error);
}

int memory_enlarge(void **array, size_t *capacity, size_t need, size_t item)
{
    size_t grown = *capacity < 16 ? 16 : *capacity;
    while (grown < need) {
        if (grown > SIZE_MAX / 2)
            return -1;
        grown *= 2;
    }
    if (grown > SIZE_MAX / item)
        return -1;
    void *moved = realloc(*array, grown * item);
    if (!moved)
        return -1;
    *array = moved;
    *capacity = grown;
    return 0;
}
