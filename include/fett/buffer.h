/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_BUFFER_H
#define FETT_BUFFER_H

/*
 * buffer: bytes that grow.
 *
 * Invariants: data[0..length) is what was added, data[length] is NUL once
 * anything was reserved, length < capacity then. A fresh or released buffer
 * has data == NULL and length 0. Memory that cannot be had sets `failed`; the
 * bytes of that and every later addition are dropped, so a caller adds as it
 * likes and asks once. Pointers into data hold until the next addition.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <fett/error.h>

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
    bool failed;
};

#define BUFFER_INIT { NULL, 0, 0, false }

void buffer_init(struct buffer *buffer);

/* Give the memory back; the buffer is as after buffer_init. */
void buffer_release(struct buffer *buffer);

/* Forget the bytes and `failed`, keep the memory. */
void buffer_clear(struct buffer *buffer);

/* Cut to `length` bytes, which must not be more than there are. */
void buffer_truncate(struct buffer *buffer, size_t length);

/* Behind buffer_reserve, where the memory has to grow. */
char *buffer_grow(struct buffer *buffer, size_t size);

/* Room for `size` more bytes (and a NUL); returns where they go, or NULL. The
 * caller adds what it wrote to length. */
static inline char *buffer_reserve(struct buffer *buffer, size_t size)
{
    return buffer->failed || size >= buffer->capacity - buffer->length
               ? buffer_grow(buffer, size)
               : buffer->data + buffer->length;
}

static inline void buffer_add(struct buffer *buffer, const void *data, size_t size)
{
    char *at = buffer_reserve(buffer, size);

    if (!at || size == 0)
        return;
    memcpy(at, data, size);
    buffer->length += size;
    at[size] = '\0';
}

static inline void buffer_add_byte(struct buffer *buffer, char byte)
{
    char *at = buffer_reserve(buffer, 1);

    if (!at)
        return;
    at[0] = byte;
    at[1] = '\0';
    buffer->length++;
}

void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_number(struct buffer *buffer, uint64_t number);
void buffer_add_hex(struct buffer *buffer, const void *data, size_t size);
void buffer_add_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The text with its NUL; "" for an empty buffer. */
static inline const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

/* Put a copy of the text in place of what is at *to, which is freed; an empty one leaves
 * it. */
int buffer_keep(const struct buffer *buffer, char **to, struct error *error);

/* Behind memory_grow, where there is no room. */
int memory_enlarge(void **array, size_t *capacity, size_t need, size_t item);

/*
 * Grow an array to hold at least `need` items of `item` bytes; *capacity is in
 * items. Doubles, so that adding one at a time is linear. Returns 0, or -1
 * when the memory cannot be had (the array is as it was).
 */
static inline int memory_grow(void **array, size_t *capacity, size_t need, size_t item)
{
    return need <= *capacity ? 0 : memory_enlarge(array, capacity, need, item);
}

#endif
