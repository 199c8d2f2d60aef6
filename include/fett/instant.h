/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_INSTANT_H
#define FETT_INSTANT_H

/*
 * instant: a point in time as a source gives it, with how exact it is.
 *
 * Seconds count from 1970-01-01T00:00:00, may be negative, and leap seconds do
 * not exist. An instant is absent, UTC, or local: local means that the source
 * stores wall-clock time without a zone (FAT, .job), and seconds count as if
 * that clock showed UTC until zone_resolve (zone.h) turned it into UTC.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum instant_precision {
    PRECISION_NANOSECOND,  /* up to 100 ns: not told in records */
    PRECISION_MICROSECOND,
    PRECISION_MILLISECOND,
    PRECISION_10_MILLISECONDS,
    PRECISION_SECOND,
    PRECISION_2_SECONDS,
    PRECISION_MINUTE,
    PRECISION_DAY,         /* a date alone */
};

enum instant_state {
    INSTANT_ABSENT,
    INSTANT_UTC,
    INSTANT_LOCAL,     /* wall clock, zone unknown as yet */
    INSTANT_CONVERTED, /* was local, is UTC by a zone that was given or found */
    INSTANT_RAW,       /* outside what RFC 3339 can hold: `raw` is the stored number */
};

struct instant {
    int64_t seconds;     /* with INSTANT_RAW: the stored number, bit for bit */
    uint32_t nanoseconds; /* 0 .. 999,999,999 */
    uint8_t precision;   /* enum instant_precision */
    uint8_t state;       /* enum instant_state */
    uint8_t raw_size;    /* with INSTANT_RAW: bytes of the stored number, little-endian */
};

#define INSTANT_NONE ((struct instant){ 0, 0, 0, INSTANT_ABSENT, 0 })

/* Whether it is a point in time: neither absent nor raw. */
static inline bool instant_is_set(const struct instant *instant)
{
    return instant->state != INSTANT_ABSENT && instant->state != INSTANT_RAW;
}

/* Longest text with its NUL: 2000-11-22T08:14:04.981000000Z */
enum { INSTANT_TEXT_SIZE = 32 };

/* 100 ns since 1601-01-01 UTC. 0 is absent; later than the year 9999 is raw. */
struct instant instant_from_filetime(uint64_t filetime);

/* Seconds and nanoseconds since 1970 UTC, as they are (0 is 1970, not absent). */
struct instant instant_from_unix(int64_t seconds, uint32_t nanoseconds,
                                 enum instant_precision precision);

/* A DOS date and time, local, 2 s; with `tenths` (10 ms units, 0-199) 10 ms; a
 * time of -1 means a date alone. A date of 0 is absent, an impossible date or time raw: the time
 * in the lower 16 bits, the date in the upper ones, or the date alone. */
struct instant instant_from_dos(uint16_t date, int32_t time, int32_t tenths);

/* Year, month 1-12, day, hour, minute, second; impossible ones are absent. */
struct instant instant_from_civil(int year, int month, int day, int hour, int minute,
                                  int second, uint32_t nanoseconds,
                                  enum instant_precision precision, bool local);

/* RFC 3339 with nine digits; local without Z; a date alone as its ten
 * characters. Returns the length; 0 for absent and raw. */
size_t instant_format(const struct instant *instant, char text[INSTANT_TEXT_SIZE]);

/* Read what instant_format writes, and any RFC 3339 text: "2000-11-22",
 * "2000-11-22T08:14:04Z", fraction (what is below nanoseconds is cut off), offset; ' ' for T.
 * Without a zone it is local. Returns 0 or -1. */
int instant_parse(struct instant *instant, const char *text, size_t size);

/* Length of the interval that the precision leaves open, in nanoseconds. */
uint64_t instant_span(const struct instant *instant);

/* "2s", "1d", ... for the member FIELD_precision; NULL for nanoseconds. */
const char *instant_precision_text(enum instant_precision precision);

/* Order of absent first, then by seconds and nanoseconds, then precision. */
int instant_compare(const struct instant *a, const struct instant *b);

#endif
