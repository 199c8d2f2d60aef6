/* SPDX-License-Identifier: Apache-2.0 */

/* bytes: the bounded cursor, see bytes.h. */

#include <fett/bytes.h>

bool bytes_all_zero(const void *data, size_t size)
{
    const uint8_t *p = data;

    /* Equal to itself shifted by one byte and beginning with zero: all zero. */
    return size == 0 || (p[0] == 0 && memcmp(p, p + 1, size - 1) == 0);
}

void cursor_init(struct cursor *cursor, const void *data, size_t size, uint64_t base,
                 const char *what)
{
    *cursor = (struct cursor){ .data = data, .size = size, .base = base, .what = what };
}

static void fail(struct cursor *cursor, size_t at, size_t need)
{
    if (cursor->failed)
        return;
    cursor->failed = true;
    cursor->failed_at = at;
    cursor->failed_need = need;
}

const uint8_t *cursor_bytes(struct cursor *cursor, size_t size)
{
    if (cursor->failed || size > cursor->size - cursor->at) {
        fail(cursor, cursor->at, size);
        return NULL;
    }
    const uint8_t *p = cursor->data + cursor->at;
    cursor->at += size;
    return p;
}

uint8_t cursor_u8(struct cursor *cursor)
{
    const uint8_t *p = cursor_bytes(cursor, 1);
    return p ? *p : 0;
}

uint16_t cursor_u16(struct cursor *cursor)
{
    const uint8_t *p = cursor_bytes(cursor, 2);
    return p ? bytes_u16le(p) : 0;
}

uint32_t cursor_u32(struct cursor *cursor)
{
    const uint8_t *p = cursor_bytes(cursor, 4);
    return p ? bytes_u32le(p) : 0;
}

uint64_t cursor_u64(struct cursor *cursor)
{
    const uint8_t *p = cursor_bytes(cursor, 8);
    return p ? bytes_u64le(p) : 0;
}

void cursor_skip(struct cursor *cursor, size_t size)
{
    cursor_bytes(cursor, size);
}

void cursor_seek(struct cursor *cursor, size_t at)
{
    if (cursor->failed || at > cursor->size)
        fail(cursor, at, 0);
    else
        cursor->at = at;
}

size_t cursor_left(const struct cursor *cursor)
{
    return cursor->failed ? 0 : cursor->size - cursor->at;
}

int cursor_check(const struct cursor *cursor, struct error *error)
{
    if (!cursor->failed)
        return 0;
    size_t had = cursor->failed_at < cursor->size ? cursor->size - cursor->failed_at : 0;
    return error_set(error, ERROR_DAMAGED, "%s: needs %zu bytes at %llu, has %zu", cursor->what,
                     cursor->failed_need, (unsigned long long)(cursor->base + cursor->failed_at),
                     had);
}
