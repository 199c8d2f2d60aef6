/* SPDX-License-Identifier: Apache-2.0 */

/*
 * instant: see instant.h.
 *
 * Days are counted with the era arithmetic of the proleptic Gregorian
 * calendar: years begin in March, so that the leap day is the last, and 400
 * years (146,097 days) repeat.
 */

#include <string.h>

#include <fett/instant.h>
#include <fett/text.h>

enum { SECONDS_A_DAY = 86400 };

/* 1601-01-01 to 1970-01-01 */
#define FILETIME_EPOCH_SECONDS 11644473600LL

/* What RFC 3339 can hold: years 0000 to 9999. */
#define FIRST_SECOND (-62167219200LL)
#define LAST_SECOND 253402300799LL

static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static bool is_date(int year, int month, int day)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return year >= 0 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

struct instant instant_from_filetime(uint64_t filetime)
{
    if (filetime == 0)
        return INSTANT_NONE;
    int64_t seconds = (int64_t)(filetime / 10000000) - FILETIME_EPOCH_SECONDS;
    if (seconds > LAST_SECOND)
        return (struct instant){ (int64_t)filetime, 0, 0, INSTANT_RAW, 8 };
    return (struct instant){ seconds, (uint32_t)(filetime % 10000000) * 100, PRECISION_NANOSECOND,
                             INSTANT_UTC, 0 };
}

struct instant instant_from_unix(int64_t seconds, uint32_t nanoseconds,
                                 enum instant_precision precision)
{
    if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanoseconds > 999999999)
        return (struct instant){ seconds, 0, (uint8_t)precision, INSTANT_RAW, 8 };
    return (struct instant){ seconds, nanoseconds, (uint8_t)precision, INSTANT_UTC, 0 };
}

struct instant instant_from_civil(int year, int month, int day, int hour, int minute, int second,
                                  uint32_t nanoseconds, enum instant_precision precision,
                                  bool local)
{
    if (!is_date(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 59 || nanoseconds > 999999999)
        return INSTANT_NONE;
    return (struct instant){ days_from_civil(year, month, day) * SECONDS_A_DAY + hour * 3600 +
                                 minute * 60 + second,
                             nanoseconds, (uint8_t)precision,
                             local ? INSTANT_LOCAL : INSTANT_UTC, 0 };
}

struct instant instant_from_dos(uint16_t date, int32_t time, int32_t tenths)
{
    int year = 1980 + (date >> 9), month = date >> 5 & 15, day = date & 31;
    int clock = time < 0 ? 0 : time;
    struct instant instant =
        instant_from_civil(year, month, day, clock >> 11 & 31, clock >> 5 & 63, (clock & 31) * 2, 0,
                           time < 0 ? PRECISION_DAY : PRECISION_2_SECONDS, true);

    if (date == 0)
        return INSTANT_NONE;
    if (instant.state == INSTANT_ABSENT && time < 0)
        return (struct instant){ date, 0, 0, INSTANT_RAW, 2 };
    if (instant.state == INSTANT_ABSENT)
        return (struct instant){ (int64_t)date << 16 | time, 0, 0, INSTANT_RAW, 4 };
    if (time >= 0 && tenths >= 0 && tenths <= 199) {
        instant.seconds += tenths / 100;
        instant.nanoseconds = (uint32_t)(tenths % 100) * 10000000;
        instant.precision = PRECISION_10_MILLISECONDS;
    }
    return instant;
}

/* Two digits, of a number below 100. */
static char *put_two(char *at, unsigned number)
{
    memcpy(at, &text_digit_pairs[2 * number], 2);
    return at + 2;
}

size_t instant_format(const struct instant *instant, char text[INSTANT_TEXT_SIZE])
{
    text[0] = '\0';
    if (!instant_is_set(instant))
        return 0;
    int64_t days = instant->seconds / SECONDS_A_DAY, second = instant->seconds % SECONDS_A_DAY;
    if (second < 0) {
        second += SECONDS_A_DAY;
        days--;
    }
    int year, month, day;
    civil_from_days(days, &year, &month, &day);
    char *at = put_two(put_two(text, (unsigned)year / 100 % 100), (unsigned)year % 100);
    *at++ = '-';
    at = put_two(at, (unsigned)month);
    *at++ = '-';
    at = put_two(at, (unsigned)day);
    if (instant->precision != PRECISION_DAY) {
        *at++ = 'T';
        at = put_two(at, (unsigned)second / 3600);
        *at++ = ':';
        at = put_two(at, (unsigned)second / 60 % 60);
        *at++ = ':';
        at = put_two(at, (unsigned)second % 60);
        *at++ = '.';
        *at++ = (char)('0' + instant->nanoseconds / 100000000);
        /* one by one: to divide by what is known beforehand is to multiply */
        at = put_two(at, instant->nanoseconds / 1000000 % 100);
        at = put_two(at, instant->nanoseconds / 10000 % 100);
        at = put_two(at, instant->nanoseconds / 100 % 100);
        at = put_two(at, instant->nanoseconds % 100);
        if (instant->state != INSTANT_LOCAL)
            *at++ = 'Z';
    }
    *at = '\0';
    return (size_t)(at - text);
}

/* The next `digits` digits, or -1. */
static int take_digits(const char **at, const char *end, int digits)
{
    int number = 0;

    if (end - *at < digits)
        return -1;
    for (int i = 0; i < digits; i++) {
        char c = (*at)[i];
        if (c < '0' || c > '9')
            return -1;
        number = number * 10 + (c - '0');
    }
    *at += digits;
    return number;
}

static bool take(const char **at, const char *end, char c)
{
    if (*at == end || **at != c)
        return false;
    (*at)++;
    return true;
}

/* "Z", "+02:00" or "-0530" as seconds east; 0 or -1. */
static int take_offset(const char **at, const char *end, int *seconds)
{
    if (take(at, end, 'Z') || take(at, end, 'z')) {
        *seconds = 0;
        return 0;
    }
    int sign = take(at, end, '+') ? 1 : take(at, end, '-') ? -1 : 0;
    int hours = sign ? take_digits(at, end, 2) : -1;
    take(at, end, ':');
    int minutes = hours < 0 ? -1 : take_digits(at, end, 2);
    if (minutes < 0 || hours > 23 || minutes > 59)
        return -1;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return 0;
}

int instant_parse(struct instant *instant, const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    int year = take_digits(&at, end, 4);
    int month = take(&at, end, '-') ? take_digits(&at, end, 2) : -1;
    int day = take(&at, end, '-') ? take_digits(&at, end, 2) : -1;

    if (!is_date(year, month, day))
        return -1;
    if (at == end) {
        *instant = instant_from_civil(year, month, day, 0, 0, 0, 0, PRECISION_DAY, true);
        return 0;
    }
    if (!take(&at, end, 'T') && !take(&at, end, 't') && !take(&at, end, ' '))
        return -1;
    int hour = take_digits(&at, end, 2);
    int minute = take(&at, end, ':') ? take_digits(&at, end, 2) : -1;
    int second = 0;
    enum instant_precision precision = PRECISION_MINUTE;
    uint32_t nanoseconds = 0;
    if (take(&at, end, ':')) {
        second = take_digits(&at, end, 2);
        precision = PRECISION_SECOND;
        if (take(&at, end, '.')) {
            int digits = 0;
            for (; digits < 9 && at < end && *at >= '0' && *at <= '9'; at++, digits++)
                nanoseconds = nanoseconds * 10 + (uint32_t)(*at - '0');
            if (digits == 0)
                return -1;
            precision = digits <= 3   ? PRECISION_MILLISECOND
                        : digits <= 6 ? PRECISION_MICROSECOND
                                      : PRECISION_NANOSECOND;
            for (; digits < 9; digits++)
                nanoseconds *= 10;
            while (at < end && *at >= '0' && *at <= '9')
                at++; /* finer than nanoseconds */
        }
    }
    int offset = 0;
    bool local = at == end;
    if (!local && (take_offset(&at, end, &offset) != 0 || at != end))
        return -1;
    struct instant parsed = instant_from_civil(year, month, day, hour, minute, second, nanoseconds,
                                               precision, local);
    if (parsed.state == INSTANT_ABSENT)
        return -1;
    parsed.seconds -= offset;
    if (parsed.seconds < FIRST_SECOND || parsed.seconds > LAST_SECOND)
        return -1;
    *instant = parsed;
    return 0;
}

static const struct {
    uint64_t span; /* nanoseconds */
    const char *text;
} precisions[] = {
    [PRECISION_NANOSECOND] = { 0, NULL },
    [PRECISION_MICROSECOND] = { 1000, "1us" },
    [PRECISION_MILLISECOND] = { 1000000, "1ms" },
    [PRECISION_10_MILLISECONDS] = { 10000000, "10ms" },
    [PRECISION_SECOND] = { 1000000000, "1s" },
    [PRECISION_2_SECONDS] = { 2000000000, "2s" },
    [PRECISION_MINUTE] = { 60000000000, "1m" },
    [PRECISION_DAY] = { 86400000000000, "1d" },
};

uint64_t instant_span(const struct instant *instant)
{
    return precisions[instant->precision].span;
}

const char *instant_precision_text(enum instant_precision precision)
{
    return precisions[precision].text;
}

int instant_compare(const struct instant *a, const struct instant *b)
{
    bool a_known = a->state != INSTANT_ABSENT, b_known = b->state != INSTANT_ABSENT;

    if (a_known != b_known)
        return a_known ? 1 : -1;
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    if (a->nanoseconds != b->nanoseconds)
        return a->nanoseconds < b->nanoseconds ? -1 : 1;
    return (a->precision > b->precision) - (a->precision < b->precision);
}
