/* SPDX-License-Identifier: Apache-2.0 */

/* zone and instant. Expected values are from the zones' published rules. */

#include <fett/zone.h>

#include "tap.h"

static void resolves(const char *name, const char *local, const char *expected)
{
    struct zone *zone;
    struct instant instant;
    struct error error = ERROR_INIT;
    char text[INSTANT_TEXT_SIZE] = "";

    if (!ok(zone_open(&zone, name, &error) == 0, "zone %s opens", name))
        return;
    instant_parse(&instant, local, strlen(local));
    zone_resolve(zone, &instant);
    instant_format(&instant, text);
    same_text(text, expected, local);
    zone_free(zone);
}

static void formats(struct instant instant, const char *expected)
{
    char text[INSTANT_TEXT_SIZE] = "";

    instant_format(&instant, text);
    same_text(text, expected, expected);
}

static void parses(const char *text, const char *expected)
{
    struct instant instant = INSTANT_NONE;
    char again[INSTANT_TEXT_SIZE] = "";

    ok(instant_parse(&instant, text, strlen(text)) == 0, "%s parses", text);
    instant_format(&instant, again);
    same_text(again, expected, "and is written again");
}

static bool refuses(const char *text)
{
    struct instant instant;

    return instant_parse(&instant, text, strlen(text)) != 0;
}

int main(void)
{
    struct zone *zone;

    resolves("Europe/Berlin", "2000-11-22T09:14:04", "2000-11-22T08:14:04.000000000Z");
    resolves("Europe/Berlin", "2000-07-01T12:00:00", "2000-07-01T10:00:00.000000000Z");
    resolves("Europe/Berlin", "2000-03-26T02:30:00", "2000-03-26T01:30:00.000000000Z");
    resolves("Europe/Berlin", "2000-10-29T02:30:00", "2000-10-29T00:30:00.000000000Z");
    resolves("Europe/Warsaw", "2000-11-22T09:14:04", "2000-11-22T08:14:04.000000000Z");
    resolves("America/New_York", "2000-07-04T00:00:00", "2000-07-04T04:00:00.000000000Z");
    resolves("America/New_York", "2120-07-04T00:00:00", "2120-07-04T04:00:00.000000000Z");
    resolves("Australia/Sydney", "2090-01-15T00:00:00", "2090-01-14T13:00:00.000000000Z");
    resolves("Asia/Kolkata", "2000-01-01T05:30:00", "2000-01-01T00:00:00.000000000Z");
    resolves("+02:00", "2000-01-01T02:00:00", "2000-01-01T00:00:00.000000000Z");
    resolves("-0530", "2000-01-01T00:00:00", "2000-01-01T05:30:00.000000000Z");
    resolves("UTC", "2000-01-01T00:00:00", "2000-01-01T00:00:00.000000000Z");
    resolves("Europe/Berlin", "2000-11-22", "2000-11-22");
    ok(zone_open(&zone, "../../../etc/passwd", NULL) != 0, "no way out of the folder");
    ok(zone_open(&zone, "/etc/localtime", NULL) != 0, "no absolute path");
    ok(zone_open(&zone, "Nowhere/Land", NULL) != 0, "no such zone");
    ok(zone_open(&zone, "", NULL) != 0, "no name");
    ok(zone_open(&zone, "+25:00", NULL) != 0, "no such offset");

    formats(instant_from_filetime(0x01d0000000000000), "2014-11-14T11:41:59.374438400Z");
    formats(instant_from_filetime(1), "1601-01-01T00:00:00.000000100Z");
    formats(instant_from_unix(-1, 500000000, PRECISION_NANOSECOND),
            "1969-12-31T23:59:59.500000000Z");
    formats(instant_from_unix(951782400, 0, PRECISION_SECOND), "2000-02-29T00:00:00.000000000Z");
    formats(instant_from_unix(253402300799, 0, PRECISION_SECOND),
            "9999-12-31T23:59:59.000000000Z");
    formats(instant_from_dos(0x2976, 0x49c7, -1), "2000-11-22T09:14:14.000000000");
    formats(instant_from_dos(0x2976, 0x49c7, 198), "2000-11-22T09:14:15.980000000");
    formats(instant_from_dos(0x2976, -1, -1), "2000-11-22");
    ok(instant_from_filetime(0).state == INSTANT_ABSENT, "0 is no FILETIME");
    ok(instant_from_filetime(UINT64_MAX).state == INSTANT_RAW, "a FILETIME too late is raw");
    ok(instant_from_dos(0, 0, -1).state == INSTANT_ABSENT, "0 is no DOS date");
    ok(instant_from_civil(1999, 2, 29, 0, 0, 0, 0, 0, false).state == INSTANT_ABSENT,
       "1999 has no 29 February");

    parses("2000-11-22T08:14:04.981Z", "2000-11-22T08:14:04.981000000Z");
    parses("2000-11-22 09:14:04+01:00", "2000-11-22T08:14:04.000000000Z");
    parses("2000-11-22T08:14", "2000-11-22T08:14:00.000000000");
    parses("2000-11-22", "2000-11-22");
    ok(refuses("") && refuses("2000-11-22T") && refuses("2000-13-01") && refuses("20001122") &&
           refuses("2000-11-22T08:14:04.") && refuses("2000-11-22T24:00:00") &&
           refuses("2000-11-22T08:14:04Zx"), "what is no time");
    return tap_done();
}
