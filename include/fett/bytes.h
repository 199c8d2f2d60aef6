/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_BYTES_H
#define FETT_BYTES_H

/*
 * bytes: integers out of evidence bytes, and the bounded cursor.
 *
 * No structure is ever laid over evidence. bytes_* load an integer from an
 * address that the caller has checked; a cursor checks by itself.
 *
 * A cursor walks over a block of memory that it does not own. A read beyond
 * the end, or a seek outside, sets `failed` once and for all, remembers the
 * first place, and every read from then on gives 0 or NULL. So a parser reads
 * a whole structure and asks once at its end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <fett/error.h>

static inline uint16_t bytes_u16le(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t bytes_u32le(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap32(v);
#endif
    return v;
}

static inline uint64_t bytes_u64le(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static inline uint16_t bytes_u16be(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t bytes_u32be(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Whether all `size` bytes are zero; true for none. */
bool bytes_all_zero(const void *data, size_t size);

struct cursor {
    const uint8_t *data;
    size_t size;
    size_t at;            /* next byte, at most size */
    uint64_t base;        /* where data[0] stands in its source, for messages */
    const char *what;     /* what is read, for messages: "regf header" */
    bool failed;
    size_t failed_at;     /* where the first failed read began */
    size_t failed_need;   /* how much it needed */
};

/* A cursor over data[0..size), which must outlive it. `what` is a string that
 * outlives it too, usually a literal. */
void cursor_init(struct cursor *cursor, const void *data, size_t size, uint64_t base,
                 const char *what);

/* Little-endian integers; 0 once failed. */
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);
uint64_t cursor_u64(struct cursor *cursor);

/* The next `size` bytes in place, or NULL when there are fewer. */
const uint8_t *cursor_bytes(struct cursor *cursor, size_t size);

/* Go `size` bytes on, or to an offset from data[0]. */
void cursor_skip(struct cursor *cursor, size_t size);
void cursor_seek(struct cursor *cursor, size_t at);

/* Bytes from here to the end; 0 once failed. */
size_t cursor_left(const struct cursor *cursor);

/* If the cursor failed: set error to ERROR_DAMAGED, "WHAT: needs N bytes at
 * OFFSET, has M" (OFFSET in the source), and return -1. Else return 0. */
int cursor_check(const struct cursor *cursor, struct error *error);

#endif
