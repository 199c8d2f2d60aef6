/* SPDX-License-Identifier: Apache-2.0 */

/* instant: every day of the calendar against one that is counted by hand, the
 * limits of each source's format, texts. zone.c has the everyday values. */

#include <stdlib.h>

#include <fett/instant.h>

#include "tap.h"

/* From the definitions: days from 0000-01-01 and from 1601-01-01 to 1970-01-01. */
#define FIRST_SECOND (-719528LL * 86400)
#define LAST_SECOND 253402300799LL
#define FILETIME_1970 (134774ULL * 86400 * 10000000)

static void formats(struct instant instant, const char *expected, const char *what)
{
    char text[INSTANT_TEXT_SIZE + 8];

    memset(text, '#', sizeof text);
    size_t length = instant_format(&instant, text);
    same_text(text, expected, what);
    ok(length == strlen(expected) && text[INSTANT_TEXT_SIZE] == '#',
       "%s: its length, and within its room", what);
}

/* --- the calendar --- */

static bool is_leap(int year)
{
    return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* All 3,652,425 days of the years 0000 to 9999, one behind the other. */
static void test_calendar(void)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t seconds = FIRST_SECOND;
    long bad_civil = 0, bad_text = 0, bad_parse = 0, days = 0;

    for (int year = 0; year <= 9999; year++)
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap(year));
            for (int day = 1; day <= length; day++, seconds += 86400, days++) {
                char expected[64], text[INSTANT_TEXT_SIZE];
                struct instant got = instant_from_civil(year, month, day, 23, 59, 58, 7,
                                                        PRECISION_NANOSECOND, false);
                bad_civil += got.seconds != seconds + 86398 || got.state != INSTANT_UTC;
                got = instant_from_unix(seconds, 0, PRECISION_DAY);
                instant_format(&got, text);
                snprintf(expected, sizeof expected, "%04d-%02d-%02d", year, month, day);
                bad_text += strcmp(text, expected) != 0;
                bad_parse += instant_parse(&got, expected, 10) != 0 || got.seconds != seconds;
            }
            bad_civil += instant_from_civil(year, month, length + 1, 0, 0, 0, 0, 0, false).state !=
                         INSTANT_ABSENT;
        }
    same_number(days, 3652425, "the days of 10,000 years");
    same_number(seconds, LAST_SECOND + 1, "their end");
    same_number(bad_civil, 0, "dates into seconds");
    same_number(bad_text, 0, "seconds into dates");
    same_number(bad_parse, 0, "texts into seconds");
}

static bool is_impossible(int year, int month, int day, int hour, int minute, int second,
                          uint32_t nanoseconds)
{
    return instant_from_civil(year, month, day, hour, minute, second, nanoseconds, 0, false)
               .state == INSTANT_ABSENT;
}

static void test_civil(void)
{
    struct instant local = instant_from_civil(1970, 1, 1, 0, 0, 1, 5, PRECISION_SECOND, true);

    ok(local.state == INSTANT_LOCAL && local.seconds == 1 && local.nanoseconds == 5 &&
           local.precision == PRECISION_SECOND, "a wall clock");
    ok(is_impossible(-1, 1, 1, 0, 0, 0, 0) && is_impossible(10000, 1, 1, 0, 0, 0, 0), "years");
    ok(is_impossible(2000, 0, 1, 0, 0, 0, 0) && is_impossible(2000, 13, 1, 0, 0, 0, 0) &&
           is_impossible(2000, -1, 1, 0, 0, 0, 0), "months");
    ok(is_impossible(2000, 1, 0, 0, 0, 0, 0) && is_impossible(1900, 2, 29, 0, 0, 0, 0) &&
           !is_impossible(2000, 2, 29, 0, 0, 0, 0), "days");
    ok(is_impossible(2000, 1, 1, 24, 0, 0, 0) && is_impossible(2000, 1, 1, -1, 0, 0, 0), "hours");
    ok(is_impossible(2000, 1, 1, 0, 60, 0, 0) && is_impossible(2000, 1, 1, 0, -1, 0, 0),
       "minutes");
    ok(is_impossible(2000, 1, 1, 0, 0, 60, 0) && is_impossible(2000, 1, 1, 0, 0, -1, 0),
       "seconds: leap ones do not exist");
    ok(is_impossible(2000, 1, 1, 0, 0, 0, 1000000000) &&
           !is_impossible(2000, 1, 1, 0, 0, 0, 999999999), "nanoseconds");
}

/* --- sources --- */

static void test_filetime(void)
{
    uint64_t last = FILETIME_1970 + (uint64_t)LAST_SECOND * 10000000 + 9999999;

    formats(instant_from_filetime(FILETIME_1970), "1970-01-01T00:00:00.000000000Z", "1970");
    formats(instant_from_filetime(FILETIME_1970 - 1), "1969-12-31T23:59:59.999999900Z",
            "100 ns before 1970");
    formats(instant_from_filetime(0x01bf53eb256d4000), "2000-01-01T00:00:00.000000000Z", "2000");
    formats(instant_from_filetime(9999999), "1601-01-01T00:00:00.999999900Z",
            "the first second of 1601");
    formats(instant_from_filetime(last), "9999-12-31T23:59:59.999999900Z", "the last there is");

    struct instant raw = instant_from_filetime(last + 1);
    ok(raw.state == INSTANT_RAW && raw.seconds == (int64_t)(last + 1) && raw.raw_size == 8,
       "the next is its number");
    formats(raw, "", "which has no text");
    raw = instant_from_filetime(0x8000000000000001);
    ok(raw.state == INSTANT_RAW && raw.seconds == INT64_MIN + 1, "a negative one, bit for bit");
}

static void test_unix(void)
{
    formats(instant_from_unix(0, 0, PRECISION_SECOND), "1970-01-01T00:00:00.000000000Z",
            "0 is 1970, not absent");
    formats(instant_from_unix(INT32_MIN, 0, PRECISION_SECOND), "1901-12-13T20:45:52.000000000Z",
            "the least of 32 bits");
    formats(instant_from_unix(INT32_MAX, 999999999, PRECISION_NANOSECOND),
            "2038-01-19T03:14:07.999999999Z", "the most of 32 bits");
    formats(instant_from_unix(FIRST_SECOND, 0, PRECISION_SECOND),
            "0000-01-01T00:00:00.000000000Z", "the first there is");
    formats(instant_from_unix(LAST_SECOND, 999999999, PRECISION_NANOSECOND),
            "9999-12-31T23:59:59.999999999Z", "the last there is");

    struct instant raw = instant_from_unix(FIRST_SECOND - 1, 5, PRECISION_SECOND);
    ok(raw.state == INSTANT_RAW && raw.seconds == FIRST_SECOND - 1 && raw.raw_size == 8,
       "one before is its number");
    raw = instant_from_unix(LAST_SECOND + 1, 0, PRECISION_SECOND);
    ok(raw.state == INSTANT_RAW && raw.seconds == LAST_SECOND + 1, "so is one behind");
    ok(instant_from_unix(INT64_MIN, 0, 0).state == INSTANT_RAW &&
           instant_from_unix(INT64_MAX, 0, 0).state == INSTANT_RAW, "the ends of 64 bits");
    ok(instant_from_unix(0, 1000000000, 0).state == INSTANT_RAW, "more than a second of them");
}

static uint16_t dos_date(int year, int month, int day)
{
    return (uint16_t)((year - 1980) << 9 | month << 5 | day);
}

static int32_t dos_time(int hour, int minute, int second)
{
    return hour << 11 | minute << 5 | second / 2;
}

/* Whether it is impossible, and kept as it is stored. */
static bool is_raw(uint16_t date, int32_t time)
{
    struct instant instant = instant_from_dos(date, time, -1);

    return instant.state == INSTANT_RAW && instant.raw_size == (time < 0 ? 2 : 4) &&
           instant.seconds == (time < 0 ? date : (int64_t)date << 16 | time);
}

static void test_dos(void)
{
    struct instant first = instant_from_dos(dos_date(1980, 1, 1), 0, -1);
    struct instant exact = instant_from_dos(dos_date(2000, 2, 29), dos_time(23, 59, 58), 199);

    formats(first, "1980-01-01T00:00:00.000000000", "the first, without a zone");
    ok(first.state == INSTANT_LOCAL && first.precision == PRECISION_2_SECONDS, "of two seconds");
    formats(instant_from_dos(dos_date(2107, 12, 31), dos_time(23, 59, 58), -1),
            "2107-12-31T23:59:58.000000000", "the last");
    formats(exact, "2000-02-29T23:59:59.990000000", "10 ms units reach into the second second");
    ok(exact.precision == PRECISION_10_MILLISECONDS, "and are that exact");
    struct instant zero = instant_from_dos(dos_date(2000, 1, 1), dos_time(1, 2, 4), 0);
    formats(zero, "2000-01-01T01:02:04.000000000", "0 units");
    ok(zero.precision == PRECISION_10_MILLISECONDS, "are known too");
    struct instant more = instant_from_dos(dos_date(2000, 1, 1), dos_time(1, 2, 4), 200);
    formats(more, "2000-01-01T01:02:04.000000000", "200 are more than there can be");
    ok(more.precision == PRECISION_2_SECONDS, "and count for nothing");
    struct instant date = instant_from_dos(dos_date(1999, 12, 31), -1, 5);
    formats(date, "1999-12-31", "a date alone");
    ok(date.precision == PRECISION_DAY && date.state == INSTANT_LOCAL, "is a local day");

    ok(is_raw(dos_date(2001, 2, 29), 0) && !is_raw(dos_date(2004, 2, 29), 0) &&
           is_raw(dos_date(2100, 2, 29), 0), "29 February");
    ok(is_raw(dos_date(2000, 0, 1), 0) && is_raw(dos_date(2000, 13, 1), 0) &&
           is_raw(dos_date(2000, 15, 1), 0), "months 0, 13, 15");
    ok(is_raw(dos_date(2000, 1, 0), 0) && is_raw(dos_date(2000, 4, 31), 0), "days 0, 31");
    ok(is_raw(dos_date(2000, 1, 1), 24 << 11) && is_raw(dos_date(2000, 1, 1), 60 << 5) &&
           is_raw(dos_date(2000, 1, 1), 30), "hour 24, minute 60, second 60");
    ok(is_raw(0xffff, 0xffff) && is_raw(0xffff, -1), "all bits");
    ok(instant_from_dos(0, 0, -1).state == INSTANT_ABSENT &&
           instant_from_dos(0, -1, -1).state == INSTANT_ABSENT &&
           instant_from_dos(0, 1234, -1).state == INSTANT_ABSENT,
       "no date");
    ok(instant_from_dos(dos_date(2000, 1, 1), 30, 100).state == INSTANT_RAW,
       "units do not mend a time");
}

/* --- texts --- */

static void test_format(void)
{
    struct instant converted = instant_from_civil(2000, 1, 1, 0, 0, 0, 0, PRECISION_2_SECONDS,
                                                  true);

    converted.state = INSTANT_CONVERTED;
    formats(converted, "2000-01-01T00:00:00.000000000Z", "what a zone made UTC has its Z");
    formats(INSTANT_NONE, "", "what is absent has no text");
    formats(instant_from_civil(2000, 1, 1, 1, 2, 3, 0, PRECISION_DAY, false), "2000-01-01",
            "of a day its date");
    formats(instant_from_civil(2000, 1, 1, 1, 2, 0, 0, PRECISION_MINUTE, false),
            "2000-01-01T01:02:00.000000000Z", "of a minute all digits");
}

static void parses(const char *text, int64_t seconds, uint32_t nanoseconds,
                   enum instant_precision precision, enum instant_state state)
{
    struct instant got = INSTANT_NONE;
    size_t size = strlen(text);
    char *exact = malloc(size); /* no NUL behind it, a sanitizer's wall instead */

    memcpy(exact, text, size);
    ok(instant_parse(&got, exact, size) == 0 && got.seconds == seconds &&
           got.nanoseconds == nanoseconds && got.precision == precision && got.state == state,
       "%s", text);
    free(exact);
}

static void refuses(const char *text)
{
    struct instant got = { 42, 43, PRECISION_SECOND, INSTANT_UTC, 0 };
    size_t size = strlen(text);
    char *exact = malloc(size + !size);

    memcpy(exact, text, size);
    ok(instant_parse(&got, exact, size) == -1 && got.seconds == 42 && got.nanoseconds == 43,
       "no time, and nothing changed: \"%s\"", text);
    free(exact);
}

static void test_parse(void)
{
    static const char whole[] = "2000-11-22T08:14:04.123456789+01:00";
    const int64_t day = 974851200; /* 2000-11-22 */

    /* The examples of RFC 3339 that have no leap second. */
    parses("1985-04-12T23:20:50.52Z", 482196050, 520000000, PRECISION_MILLISECOND, INSTANT_UTC);
    parses("1996-12-19T16:39:57-08:00", 851042397, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("1937-01-01T12:00:27.87+00:20", -1041337173, 870000000, PRECISION_MILLISECOND,
           INSTANT_UTC);
    /* Its letters may be small, its offset of zero negative. */
    parses("2000-11-22t00:00:00z", day, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00-00:00", day, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("2000-11-22 00:00:00", day, 0, PRECISION_SECOND, INSTANT_LOCAL);
    parses("2000-11-22", day, 0, PRECISION_DAY, INSTANT_LOCAL);

    parses("2000-11-22T00:00:00+23:59", day - 86340, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00-23:59", day + 86340, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00+0530", day - 19800, 0, PRECISION_SECOND, INSTANT_UTC);

    parses("2000-11-22T00:00:00.1Z", day, 100000000, PRECISION_MILLISECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00.001Z", day, 1000000, PRECISION_MILLISECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00.0010Z", day, 1000000, PRECISION_MICROSECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00.000001Z", day, 1000, PRECISION_MICROSECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00.0000001", day, 100, PRECISION_NANOSECOND, INSTANT_LOCAL);
    parses("2000-11-22T00:00:00.999999999Z", day, 999999999, PRECISION_NANOSECOND, INSTANT_UTC);
    parses("2000-11-22T00:00:00.999999999999Z", day, 999999999, PRECISION_NANOSECOND, INSTANT_UTC);
    parses("1969-12-31T23:59:59.5Z", -1, 500000000, PRECISION_MILLISECOND, INSTANT_UTC);

    parses("0000-01-01T00:00:00Z", FIRST_SECOND, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("0000-01-01T00:01:00+00:01", FIRST_SECOND, 0, PRECISION_SECOND, INSTANT_UTC);
    parses("9999-12-31T23:59:59Z", LAST_SECOND, 0, PRECISION_SECOND, INSTANT_UTC);
    refuses("0000-01-01T00:00:00+00:01");
    refuses("9999-12-31T23:59:59-00:01");

    static const char *const none[] = {
        "", "2", "2000", "2000-11", "2000-11-2", "2000-1-22", "2000-11-222", "00-11-22",
        "2000/11/22", "2000-00-01", "2000-02-30", "2000-11-22T", "2000-11-22X08:14:04Z",
        "2000-11-22T08", "2000-11-22T8:14:04", "2000-11-22T08:1", "2000-11-22T08-14-04",
        "2000-11-22T24:00:00Z", "2000-11-22T08:60:00Z", "2000-11-22T08:14:61Z",
        "2000-11-22T08:14:.5Z", "2000-11-22T08:14:04,5Z", "2000-11-22T08:14:04.Z",
        "2000-11-22T08:14:04.123456789xZ", "2000-11-22T08:14:04.-5Z",
        "2000-11-22T08:14:04 Z", "2000-11-22T08:14:04ZZ", "2000-11-22T08:14:04+",
        "2000-11-22T08:14:04+1", "2000-11-22T08:14:04+01", "2000-11-22T08:14:04+01:",
        "2000-11-22T08:14:04+01:0", "2000-11-22T08:14:04+1:00", "2000-11-22T08:14:04+24:00",
        "2000-11-22T08:14:04+01:60", "2000-11-22T08:14:04+01:000", "2000-11-22Z",
        " 2000-11-22", "2000-11-22 ", "+200-11-22", "-200-11-22",
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        refuses(none[i]);

    /* Cut anywhere: a date, a minute, a second, or one with a fraction. */
    unsigned long taken = 0;
    for (size_t size = 0; size < sizeof whole; size++) {
        struct instant got;
        taken |= instant_parse(&got, whole, size) == 0 ? 1ul << size : 0;
    }
    ok(taken == (1ul << 10 | 1ul << 16 | 1ul << 19 | 0x1fful << 21 | 1ul << 35),
       "where a text may end");
    struct instant got;
    ok(instant_parse(&got, "2000-11-22\0", 11) == -1, "a NUL is no end");
}

/* What is written is read as the same moment. */
static void test_round(void)
{
    uint64_t state = 88172645463325252;
    long bad = 0;

    for (int i = 0; i < 100000; i++) {
        char text[INSTANT_TEXT_SIZE];
        struct instant back = INSTANT_NONE;
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        int64_t seconds =
            FIRST_SECOND + (int64_t)(state % (uint64_t)(LAST_SECOND - FIRST_SECOND + 1));
        struct instant from = instant_from_unix(seconds, (uint32_t)(state >> 32) % 1000000000,
                                                PRECISION_NANOSECOND);
        if (i % 2)
            from.state = INSTANT_LOCAL;
        bad += instant_parse(&back, text, instant_format(&from, text)) != 0 ||
               back.state != from.state || instant_compare(&from, &back) != 0;
    }
    same_number(bad, 0, "100,000 times, written and read");
}

/* --- how exact, which first --- */

static void test_precision(void)
{
    static const struct {
        enum instant_precision precision;
        uint64_t span;
        const char *text;
    } rows[] = {
        { PRECISION_NANOSECOND, 0, NULL },
        { PRECISION_MICROSECOND, 1000, "1us" },
        { PRECISION_MILLISECOND, 1000000, "1ms" },
        { PRECISION_10_MILLISECONDS, 10000000, "10ms" },
        { PRECISION_SECOND, 1000000000, "1s" },
        { PRECISION_2_SECONDS, 2000000000, "2s" },
        { PRECISION_MINUTE, 60000000000, "1m" },
        { PRECISION_DAY, 86400000000000, "1d" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct instant instant = instant_from_unix(0, 0, rows[i].precision);
        same_text(instant_precision_text(rows[i].precision), rows[i].text,
                  rows[i].text ? rows[i].text : "exact");
        ok(instant_span(&instant) == rows[i].span, "its length");
    }
}

/* These stand in order; each is compared with each. */
static void test_compare(void)
{
    const struct instant ordered[] = {
        INSTANT_NONE,
        instant_from_unix(FIRST_SECOND, 0, PRECISION_SECOND),
        instant_from_unix(-1, 0, PRECISION_NANOSECOND),
        instant_from_unix(-1, 999999999, PRECISION_NANOSECOND),
        instant_from_unix(0, 0, PRECISION_NANOSECOND),
        instant_from_unix(0, 0, PRECISION_MILLISECOND),
        instant_from_unix(0, 0, PRECISION_2_SECONDS),
        instant_from_unix(0, 0, PRECISION_DAY),
        instant_from_unix(0, 1, PRECISION_NANOSECOND),
        instant_from_unix(1, 0, PRECISION_NANOSECOND),
        instant_from_unix(LAST_SECOND, 0, PRECISION_NANOSECOND),
    };
    enum { COUNT = sizeof ordered / sizeof *ordered };
    int bad = 0;

    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++) {
            int got = instant_compare(&ordered[i], &ordered[k]);
            bad += (got > 0) - (got < 0) != (i > k) - (i < k);
        }
    same_number(bad, 0, "absent, seconds, nanoseconds, precision");
}

int main(void)
{
    test_calendar();
    test_civil();
    test_filetime();
    test_unix();
    test_dos();
    test_format();
    test_parse();
    test_round();
    test_precision();
    test_compare();
    return tap_done();
}
