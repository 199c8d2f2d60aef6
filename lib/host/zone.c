/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The zone of a machine: what TimeZoneInformation says, the IANA name of it, and its
 * rule. The names are those that Unicode's CLDR gives for the world ("001") to each
 * zone that Windows has a key for.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "host_internal.h"

#define SUFFIX " Standard Time"

static const struct {
    const char *windows, *iana;
} names[] = {
    { "Afghanistan Standard Time", "Asia/Kabul" },
    { "Alaskan Standard Time", "America/Anchorage" },
    { "Aleutian Standard Time", "America/Adak" },
    { "Altai Standard Time", "Asia/Barnaul" },
    { "Arab Standard Time", "Asia/Riyadh" },
    { "Arabian Standard Time", "Asia/Dubai" },
    { "Arabic Standard Time", "Asia/Baghdad" },
    { "Argentina Standard Time", "America/Argentina/Buenos_Aires" },
    { "Astrakhan Standard Time", "Europe/Astrakhan" },
    { "Atlantic Standard Time", "America/Halifax" },
    { "AUS Central Standard Time", "Australia/Darwin" },
    { "Aus Central W. Standard Time", "Australia/Eucla" },
    { "AUS Eastern Standard Time", "Australia/Sydney" },
    { "Azerbaijan Standard Time", "Asia/Baku" },
    { "Azores Standard Time", "Atlantic/Azores" },
    { "Bahia Standard Time", "America/Bahia" },
    { "Bangladesh Standard Time", "Asia/Dhaka" },
    { "Belarus Standard Time", "Europe/Minsk" },
    { "Bougainville Standard Time", "Pacific/Bougainville" },
    { "Canada Central Standard Time", "America/Regina" },
    { "Cape Verde Standard Time", "Atlantic/Cape_Verde" },
    { "Caucasus Standard Time", "Asia/Yerevan" },
    { "Cen. Australia Standard Time", "Australia/Adelaide" },
    { "Central America Standard Time", "America/Guatemala" },
    { "Central Asia Standard Time", "Asia/Almaty" },
    { "Central Brazilian Standard Time", "America/Cuiaba" },
    { "Central Europe Standard Time", "Europe/Budapest" },
    { "Central European Standard Time", "Europe/Warsaw" },
    { "Central Pacific Standard Time", "Pacific/Guadalcanal" },
    { "Central Standard Time", "America/Chicago" },
    { "Central Standard Time (Mexico)", "America/Mexico_City" },
    { "Chatham Islands Standard Time", "Pacific/Chatham" },
    { "China Standard Time", "Asia/Shanghai" },
    { "Cuba Standard Time", "America/Havana" },
    { "Dateline Standard Time", "Etc/GMT+12" },
    { "E. Africa Standard Time", "Africa/Nairobi" },
    { "E. Australia Standard Time", "Australia/Brisbane" },
    { "E. Europe Standard Time", "Europe/Chisinau" },
    { "E. South America Standard Time", "America/Sao_Paulo" },
    { "Easter Island Standard Time", "Pacific/Easter" },
    { "Eastern Standard Time", "America/New_York" },
    { "Eastern Standard Time (Mexico)", "America/Cancun" },
    { "Egypt Standard Time", "Africa/Cairo" },
    { "Ekaterinburg Standard Time", "Asia/Yekaterinburg" },
    { "Fiji Standard Time", "Pacific/Fiji" },
    { "FLE Standard Time", "Europe/Kiev" },
    { "Georgian Standard Time", "Asia/Tbilisi" },
    { "GMT Standard Time", "Europe/London" },
    { "Greenland Standard Time", "America/Nuuk" },
    { "Greenwich Standard Time", "Atlantic/Reykjavik" },
    { "GTB Standard Time", "Europe/Bucharest" },
    { "Haiti Standard Time", "America/Port-au-Prince" },
    { "Hawaiian Standard Time", "Pacific/Honolulu" },
    { "India Standard Time", "Asia/Kolkata" },
    { "Iran Standard Time", "Asia/Tehran" },
    { "Israel Standard Time", "Asia/Jerusalem" },
    { "Jordan Standard Time", "Asia/Amman" },
    { "Kaliningrad Standard Time", "Europe/Kaliningrad" },
    { "Korea Standard Time", "Asia/Seoul" },
    { "Libya Standard Time", "Africa/Tripoli" },
    { "Line Islands Standard Time", "Pacific/Kiritimati" },
    { "Lord Howe Standard Time", "Australia/Lord_Howe" },
    { "Magadan Standard Time", "Asia/Magadan" },
    { "Magallanes Standard Time", "America/Punta_Arenas" },
    { "Marquesas Standard Time", "Pacific/Marquesas" },
    { "Mauritius Standard Time", "Indian/Mauritius" },
    { "Middle East Standard Time", "Asia/Beirut" },
    { "Montevideo Standard Time", "America/Montevideo" },
    { "Morocco Standard Time", "Africa/Casablanca" },
    { "Mountain Standard Time", "America/Denver" },
    { "Mountain Standard Time (Mexico)", "America/Chihuahua" },
    { "Myanmar Standard Time", "Asia/Yangon" },
    { "N. Central Asia Standard Time", "Asia/Novosibirsk" },
    { "Namibia Standard Time", "Africa/Windhoek" },
    { "Nepal Standard Time", "Asia/Kathmandu" },
    { "New Zealand Standard Time", "Pacific/Auckland" },
    { "Newfoundland Standard Time", "America/St_Johns" },
    { "Norfolk Standard Time", "Pacific/Norfolk" },
    { "North Asia East Standard Time", "Asia/Irkutsk" },
    { "North Asia Standard Time", "Asia/Krasnoyarsk" },
    { "North Korea Standard Time", "Asia/Pyongyang" },
    { "Omsk Standard Time", "Asia/Omsk" },
    { "Pacific SA Standard Time", "America/Santiago" },
    { "Pacific Standard Time", "America/Los_Angeles" },
    { "Pacific Standard Time (Mexico)", "America/Tijuana" },
    { "Pakistan Standard Time", "Asia/Karachi" },
    { "Paraguay Standard Time", "America/Asuncion" },
    { "Qyzylorda Standard Time", "Asia/Qyzylorda" },
    { "Romance Standard Time", "Europe/Paris" },
    { "Russia Time Zone 10", "Asia/Srednekolymsk" },
    { "Russia Time Zone 11", "Asia/Kamchatka" },
    { "Russia Time Zone 3", "Europe/Samara" },
    { "Russian Standard Time", "Europe/Moscow" },
    { "SA Eastern Standard Time", "America/Cayenne" },
    { "SA Pacific Standard Time", "America/Bogota" },
    { "SA Western Standard Time", "America/La_Paz" },
    { "Saint Pierre Standard Time", "America/Miquelon" },
    { "Sakhalin Standard Time", "Asia/Sakhalin" },
    { "Samoa Standard Time", "Pacific/Apia" },
    { "Sao Tome Standard Time", "Africa/Sao_Tome" },
    { "Saratov Standard Time", "Europe/Saratov" },
    { "SE Asia Standard Time", "Asia/Bangkok" },
    { "Singapore Standard Time", "Asia/Singapore" },
    { "South Africa Standard Time", "Africa/Johannesburg" },
    { "South Sudan Standard Time", "Africa/Juba" },
    { "Sri Lanka Standard Time", "Asia/Colombo" },
    { "Sudan Standard Time", "Africa/Khartoum" },
    { "Syria Standard Time", "Asia/Damascus" },
    { "Taipei Standard Time", "Asia/Taipei" },
    { "Tasmania Standard Time", "Australia/Hobart" },
    { "Tocantins Standard Time", "America/Araguaina" },
    { "Tokyo Standard Time", "Asia/Tokyo" },
    { "Tomsk Standard Time", "Asia/Tomsk" },
    { "Tonga Standard Time", "Pacific/Tongatapu" },
    { "Transbaikal Standard Time", "Asia/Chita" },
    { "Turkey Standard Time", "Europe/Istanbul" },
    { "Turks And Caicos Standard Time", "America/Grand_Turk" },
    { "Ulaanbaatar Standard Time", "Asia/Ulaanbaatar" },
    { "US Eastern Standard Time", "America/Indiana/Indianapolis" },
    { "US Mountain Standard Time", "America/Phoenix" },
    { "UTC", "Etc/UTC" },
    { "UTC+12", "Etc/GMT-12" },
    { "UTC+13", "Etc/GMT-13" },
    { "UTC-02", "Etc/GMT+2" },
    { "UTC-08", "Etc/GMT+8" },
    { "UTC-09", "Etc/GMT+9" },
    { "UTC-11", "Etc/GMT+11" },
    { "Venezuela Standard Time", "America/Caracas" },
    { "Vladivostok Standard Time", "Asia/Vladivostok" },
    { "Volgograd Standard Time", "Europe/Volgograd" },
    { "W. Australia Standard Time", "Australia/Perth" },
    { "W. Central Africa Standard Time", "Africa/Lagos" },
    { "W. Europe Standard Time", "Europe/Berlin" },
    { "W. Mongolia Standard Time", "Asia/Hovd" },
    { "West Asia Standard Time", "Asia/Tashkent" },
    { "West Bank Standard Time", "Asia/Hebron" },
    { "West Pacific Standard Time", "Pacific/Port_Moresby" },
    { "Yakutsk Standard Time", "Asia/Yakutsk" },
    { "Yukon Standard Time", "America/Whitehorse" },
};

const char *host_zone_iana(const char *windows_name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = names[i].windows;
        size_t length = strlen(name), whole = strlen(SUFFIX);
        /* Windows 9x has keys without the end. */
        bool short_name = length > whole && strcmp(name + length - whole, SUFFIX) == 0 &&
                          text_compare_nocase(windows_name, strlen(windows_name), name,
                                              length - whole) == 0;
        if (short_name || text_equal_nocase(windows_name, name))
            return names[i].iana;
    }
    return NULL;
}

/* A day on which the clock is changed, 16 bits each; NT and its successors have the
 * weekday behind the rest, Windows 9x as SYSTEMTIME has it:
 *
 *     | year, 0: every | month | week, 5: the last | hour | minute | second | ms | weekday |
 *     | year, 0: every | month | weekday | week, 5: the last | hour | minute | second | ms |
 *
 * No week is 0: then that is a Sunday. */
bool host_zone_day(const uint8_t data[16], struct host_day *day)
{
    bool weekday_first = bytes_u16le(data + 4) == 0;
    size_t at = weekday_first ? 6 : 4;

    *day = (struct host_day){
        .month = bytes_u16le(data + 2),
        .week = bytes_u16le(data + at),
        .weekday = weekday_first ? 0 : bytes_u16le(data + 14),
        .hour = bytes_u16le(data + at + 2),
        .minute = bytes_u16le(data + at + 4),
    };
    return bytes_u16le(data) == 0 && day->month >= 1 && day->month <= 12 && day->week >= 1 &&
           day->week <= 5 && day->weekday <= 6 && day->hour <= 23 && day->minute <= 59;
}

static bool find_minutes(struct hive *hive, hive_key key, const char *name, int32_t *minutes)
{
    enum { WEEK = 7 * 24 * 60 };
    struct hive_value value;
    uint64_t number;

    if (hive_value_find(hive, key, name, &value, NULL) != 0 ||
        !host_take_number(&value, &number))
        return false;
    *minutes = (int32_t)(uint32_t)number;
    if (*minutes <= WEEK && *minutes >= -WEEK)
        return true;
    *minutes = 0;
    return false;
}

static bool find_day(struct hive *hive, hive_key key, const char *name, uint8_t data[16])
{
    struct hive_value value;
    struct host_day day;

    if (hive_value_find(hive, key, name, &value, NULL) != 0 || !value.data || value.size != 16)
        return false;
    memcpy(data, value.data, 16);
    return host_zone_day(data, &day);
}

bool host_zone_read_key(struct host_zone *zone, struct hive *hive, hive_key key)
{
    uint64_t fixed = 0;

    *zone = (struct host_zone){ .bias = 0 };
    if (!find_minutes(hive, key, "Bias", &zone->bias))
        return false;
    host_find(hive, key, "TimeZoneKeyName", &zone->key_name);
    host_find(hive, key, "StandardName", &zone->standard_name);
    find_minutes(hive, key, "StandardBias", &zone->standard_bias);
    find_minutes(hive, key, "DaylightBias", &zone->daylight_bias);
    zone->has_active_bias = find_minutes(hive, key, "ActiveTimeBias", &zone->active_bias);
    zone->last_write = hive_key_last_write(hive, key);
    zone->has_daylight = find_day(hive, key, "StandardStart", zone->standard_start) &&
                         find_day(hive, key, "DaylightStart", zone->daylight_start);
    if ((host_find_number(hive, key, "DisableAutoDaylightTimeSet", &fixed) && fixed) ||
        (host_find_number(hive, key, "DynamicDaylightTimeDisabled", &fixed) && fixed))
        zone->has_daylight = false;
    return true;
}

bool host_zone_read(struct host_zone *zone, struct hive *hive, enum host_hive kind)
{
    hive_key set = host_current_set(hive, kind);
    hive_key key = set ? hive_key_find(hive, set, "Control\\TimeZoneInformation") : 0;

    *zone = (struct host_zone){ .bias = 0 };
    return key && host_zone_read_key(zone, hive, key);
}

void host_zone_release(struct host_zone *zone)
{
    buffer_release(&zone->key_name);
    buffer_release(&zone->standard_name);
}

/* An offset west of UTC: its name is how far east that is, "<+01>-01". */
static void add_offset(struct buffer *rule, int32_t west)
{
    unsigned east = (unsigned)abs(west);

    buffer_add_format(rule, "<%c%02u%02u>%s%u:%02u", west > 0 ? '-' : '+', east / 60, east % 60,
                      west < 0 ? "-" : "", east / 60, east % 60);
}

static void add_day(struct buffer *rule, const uint8_t data[16])
{
    struct host_day day;

    host_zone_day(data, &day);
    buffer_add_format(rule, ",M%u.%u.%u/%u:%02u", day.month, day.week, day.weekday, day.hour,
                      day.minute);
}

void host_zone_rule(const struct host_zone *zone, struct buffer *rule)
{
    add_offset(rule, zone->bias + zone->standard_bias);
    if (!zone->has_daylight)
        return;
    add_offset(rule, zone->bias + zone->daylight_bias);
    add_day(rule, zone->daylight_start);
    add_day(rule, zone->standard_start);
}

bool host_zone_key(struct hive *hive, enum host_hive kind, const char *standard_name,
                   struct buffer *key_name)
{
    const char *path = kind == HOST_SOFTWARE ? "Microsoft\\Windows NT\\CurrentVersion\\Time Zones"
                       : kind == HOST_9X_SYSTEM
                           ? "Software\\Microsoft\\Windows\\CurrentVersion\\Time Zones"
                           : NULL;
    hive_key list = path ? hive_key_find(hive, hive_root(hive), path) : 0;
    struct buffer text = BUFFER_INIT;
    bool found = false;

    for (size_t i = 0; list && i < hive_key_child_count(hive, list) && !found; i++) {
        hive_key key = hive_key_child(hive, list, i);
        buffer_clear(&text);
        if (!host_find(hive, key, "Std", &text) ||
            !text_equal_nocase(buffer_text(&text), standard_name))
            continue;
        size_t length;
        const char *name = hive_key_name(hive, key, &length);
        buffer_add(key_name, name, length);
        found = true;
    }
    buffer_release(&text);
    return found;
}
