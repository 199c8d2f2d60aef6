/* SPDX-License-Identifier: Apache-2.0 */

/*
 * zone: local time to UTC, see zone.h. Format: RFC 8536.
 *
 * TZif header, 44 bytes
 *     0    4  "TZif"
 *     4    1  version: 0, '2', '3' ...
 *    20    4  count of UT/local indicators
 *    24    4  count of standard/wall indicators
 *    28    4  count of leap seconds
 *    32    4  count of transitions
 *    36    4  count of local time types
 *    40    4  bytes of designations
 * then transition times (4 bytes each, 8 in the second block of version 2),
 * one type index a transition, types of 6 bytes (offset 4, daylight 1,
 * designation 1), designations, leap seconds, indicators. Version 2 repeats
 * all with 8-byte times, then gives a POSIX TZ rule between newlines for the
 * time behind the last transition. All big-endian.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/reader.h>
#include <fett/version.h>
#include <fett/zone.h>

#define ZONE_FOLDER "/usr/share/zoneinfo/"

enum { HEADER = 44, LONGEST_NAME = 64, MOST_BYTES = 1 << 20, SECONDS_A_DAY = 86400 };

/* "M3.5.0/2" of a POSIX rule: month, week, day of week, seconds into the day. */
struct rule_date {
    int month, week, weekday;
    int32_t time;
};

struct rule {
    bool known, has_daylight;
    int32_t standard, daylight; /* seconds east */
    struct rule_date begin, end;
};

struct zone {
    char *name;
    int64_t *times;    /* of transitions */
    int32_t *offsets;  /* in force from each transition on */
    size_t count;
    int32_t first;     /* before the first transition */
    struct rule rule;  /* behind the last */
};

static int32_t read_i32(const uint8_t *p)
{
    return (int32_t)bytes_u32be(p);
}

static int64_t read_i64(const uint8_t *p)
{
    return (int64_t)((uint64_t)bytes_u32be(p) << 32 | bytes_u32be(p + 4));
}

/* A number at *at; -1 when there is none. */
static long take_number(const char **at)
{
    char *end;

    if (**at < '0' || **at > '9')
        return -1;
    long number = strtol(*at, &end, 10);
    *at = end;
    return number;
}

/* [+-]h[h][:mm[:ss]] in seconds. */
static int take_time(const char **at, int32_t *seconds)
{
    int sign = **at == '-' ? -1 : 1;

    if (**at == '-' || **at == '+')
        (*at)++;
    long parts[3] = { take_number(at), 0, 0 };
    for (int i = 1; i < 3 && **at == ':'; i++) {
        (*at)++;
        parts[i] = take_number(at);
    }
    if (parts[0] < 0 || parts[0] > 167 || parts[1] < 0 || parts[1] > 59 || parts[2] < 0 ||
        parts[2] > 59)
        return -1;
    *seconds = sign * (int32_t)(parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return 0;
}

static int skip_designation(const char **at)
{
    const char *start = *at;

    if (**at == '<') {
        while (**at && **at != '>')
            (*at)++;
        if (!**at)
            return -1;
        (*at)++;
        return 0;
    }
    while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z'))
        (*at)++;
    return *at - start >= 3 ? 0 : -1;
}

static int take_date(const char **at, struct rule_date *date)
{
    date->time = 7200;
    if (*(*at)++ != ',' || *(*at)++ != 'M')
        return -1;
    date->month = (int)take_number(at);
    if (*(*at)++ != '.')
        return -1;
    date->week = (int)take_number(at);
    if (*(*at)++ != '.')
        return -1;
    date->weekday = (int)take_number(at);
    if (date->month < 1 || date->month > 12 || date->week < 1 || date->week > 5 ||
        date->weekday < 0 || date->weekday > 6)
        return -1;
    if (**at == '/') {
        (*at)++;
        return take_time(at, &date->time);
    }
    return 0;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3". Rules by day number are in no current zone and
 * leave the last transition in force. */
static void parse_rule(struct rule *rule, const char *text)
{
    struct rule parsed = { .known = true };

    if (skip_designation(&text) != 0 || take_time(&text, &parsed.standard) != 0)
        return;
    parsed.standard = -parsed.standard; /* POSIX counts west */
    if (*text) {
        parsed.has_daylight = true;
        parsed.daylight = parsed.standard + 3600;
        if (skip_designation(&text) != 0)
            return;
        if (*text && *text != ',') {
            if (take_time(&text, &parsed.daylight) != 0)
                return;
            parsed.daylight = -parsed.daylight;
        }
        if (take_date(&text, &parsed.begin) != 0 || take_date(&text, &parsed.end) != 0)
            return;
    }
    *rule = parsed;
}

/* Read one data block; times have `width` bytes. Returns its length or 0. */
static size_t parse_block(struct zone *zone, const uint8_t *p, size_t size, size_t width,
                          bool keep)
{
    if (size < HEADER || memcmp(p, "TZif", 4) != 0)
        return 0;
    size_t ut = bytes_u32be(p + 20), standard = bytes_u32be(p + 24), leap = bytes_u32be(p + 28);
    size_t count = bytes_u32be(p + 32), types = bytes_u32be(p + 36), text = bytes_u32be(p + 40);
    if (count > size || types > 256 || types == 0 || text > size || leap > size ||
        ut > size || standard > size)
        return 0;
    size_t length = HEADER + count * width + count + types * 6 + text + leap * (width + 4) +
                    standard + ut;
    if (length > size)
        return 0;
    if (!keep)
        return length;

    const uint8_t *times = p + HEADER, *indexes = times + count * width;
    const uint8_t *type = indexes + count;
    zone->times = malloc((count + 1) * sizeof *zone->times);
    zone->offsets = malloc((count + 1) * sizeof *zone->offsets);
    if (!zone->times || !zone->offsets)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] >= types)
            return 0;
        zone->times[i] = width == 8 ? read_i64(times + 8 * i) : read_i32(times + 4 * i);
        zone->offsets[i] = read_i32(type + 6 * indexes[i]);
    }
    zone->count = count;
    zone->first = read_i32(type);
    return length;
}

static int parse_tables(struct zone *zone, const uint8_t *data, size_t size)
{
    if (size > 4 && data[4] < '2')
        return parse_block(zone, data, size, 4, true) ? 0 : -1;
    size_t first = parse_block(zone, data, size, 4, false);
    size_t second = first ? parse_block(zone, data + first, size - first, 8, true) : 0;
    if (!second)
        return -1;
    const char *footer = (const char *)data + first + second;
    size_t left = size - first - second;
    const char *end = left > 1 ? memchr(footer + 1, '\n', left - 1) : NULL;
    if (end && footer[0] == '\n') {
        char *text = strndup(footer + 1, (size_t)(end - footer - 1));
        if (!text)
            return -1;
        parse_rule(&zone->rule, text);
        free(text);
    }
    return 0;
}

/* "+02:00", "-0530", "+2" */
static bool parse_fixed(struct zone *zone, const char *name)
{
    int hours, minutes = 0, used = 0;

    if (name[0] != '+' && name[0] != '-')
        return false;
    if (strlen(name) == 5 && !strchr(name, ':'))
        sscanf(name + 1, "%2d%2d%n", &hours, &minutes, &used);
    else if (sscanf(name + 1, "%2d%n:%2d%n", &hours, &used, &minutes, &used) < 1)
        return false;
    if (used == 0 || name[used + 1] != '\0' || hours > 23 || minutes > 59 || minutes < 0)
        return false;
    zone->first = (hours * 3600 + minutes * 60) * (name[0] == '-' ? -1 : 1);
    return true;
}

static bool is_safe_name(const char *name)
{
    return name[0] && name[0] != '/' && strlen(name) <= LONGEST_NAME && !strstr(name, "..") &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
               strlen(name);
}

int zone_open(struct zone **zone, const char *name, struct error *error)
{
    struct zone *new = calloc(1, sizeof *new);
    char path[sizeof ZONE_FOLDER + LONGEST_NAME];
    struct reader *reader = NULL;
    uint8_t *data = NULL;
    size_t size;
    int result = -1, damaged = 0;

    if (!new || !(new->name = strdup(name))) {
        free(new);
        return error_set_memory(error);
    }
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0 || parse_fixed(new, name)) {
        *zone = new;
        return 0;
    }
    if (is_safe_name(name)) {
        snprintf(path, sizeof path, "%s%s", ZONE_FOLDER, name);
        if (reader_open_file(&reader, path, NULL) == 0 &&
            reader_read_all(reader, MOST_BYTES, &data, &size, &damaged, NULL) == 0 && !damaged)
            result = parse_tables(new, data, size);
    }
    free(data);
    reader_free(reader);
    if (result != 0) {
        zone_free(new);
        return error_set(error, ERROR_USAGE, "no such zone: %s", name);
    }
    *zone = new;
    return 0;
}

int zone_open_rule(struct zone **zone, const char *rule, struct error *error)
{
    struct zone *new = calloc(1, sizeof *new);

    if (!new || !(new->name = strdup(rule))) {
        free(new);
        return error_set_memory(error);
    }
    parse_rule(&new->rule, rule);
    if (!new->rule.known) {
        zone_free(new);
        return error_set(error, ERROR_USAGE, "not a rule of a zone: %s", rule);
    }
    *zone = new;
    return 0;
}

void zone_free(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->name);
    free(zone->times);
    free(zone->offsets);
    free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* The wall-clock second of the year's rule date, as if UTC. */
static int64_t rule_second(const struct rule_date *date, int year)
{
    struct instant first = instant_from_civil(year, date->month, 1, 0, 0, 0, 0, 0, true);
    int64_t day = first.seconds / SECONDS_A_DAY;
    int weekday = (int)(((day + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    int64_t at = day + (date->weekday - weekday + 7) % 7 + 7 * (date->week - 1);
    struct instant next = date->month == 12
                              ? instant_from_civil(year + 1, 1, 1, 0, 0, 0, 0, 0, true)
                              : instant_from_civil(year, date->month + 1, 1, 0, 0, 0, 0, 0, true);

    while (at >= next.seconds / SECONDS_A_DAY) /* week 5 is the last one */
        at -= 7;
    return at * SECONDS_A_DAY + date->time;
}

static int year_of(int64_t seconds)
{
    char text[INSTANT_TEXT_SIZE];
    struct instant instant = instant_from_unix(seconds, 0, PRECISION_SECOND);

    return instant_format(&instant, text) ? atoi(text) : 0;
}

/* The offset in force at a moment of UTC. */
static int32_t offset_at(const struct zone *zone, int64_t utc)
{
    size_t low = 0, high = zone->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zone->times[middle] <= utc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < zone->count || !zone->rule.known)
        return low ? zone->offsets[low - 1] : zone->first;
    const struct rule *rule = &zone->rule;
    if (!rule->has_daylight)
        return rule->standard;
    int year = year_of(utc + rule->standard);
    int64_t begin = rule_second(&rule->begin, year) - rule->standard;
    int64_t end = rule_second(&rule->end, year) - rule->daylight;
    bool daylight = begin < end ? utc >= begin && utc < end : utc >= begin || utc < end;
    return daylight ? rule->daylight : rule->standard;
}

int32_t zone_offset(const struct zone *zone, int64_t seconds)
{
    return offset_at(zone, seconds);
}

void zone_resolve(const struct zone *zone, struct instant *instant)
{
    if (instant->state != INSTANT_LOCAL || instant->precision == PRECISION_DAY)
        return;
    /* The offsets before and after any change near this wall-clock time. A time
     * that occurs twice fits both: the larger offset is the earlier reading. One
     * that does not occur fits neither: the offset before the change moves it on. */
    int64_t wall = instant->seconds;
    int32_t before = offset_at(zone, wall - SECONDS_A_DAY);
    int32_t after = offset_at(zone, wall + SECONDS_A_DAY);
    bool fits_before = offset_at(zone, wall - before) == before;
    bool fits_after = offset_at(zone, wall - after) == after;
    int32_t offset = fits_before && fits_after ? (before > after ? before : after)
                     : fits_after              ? after
                                               : before;

    instant->seconds = wall - offset;
    instant->state = INSTANT_CONVERTED;
}

/* The source form of the tables begins with "# version 2025b". */
void zone_versions(version_sink sink, void *context)
{
    FILE *file = fopen(ZONE_FOLDER "tzdata.zi", "re");
    char version[16];

    if (file && fscanf(file, "# version %15s", version) == 1)
        sink(context, "tzdata", version);
    if (file)
        fclose(file);
}
