/* SPDX-License-Identifier: Apache-2.0 */

/*
 * host_zone: the zone that a machine was in.
 *
 * Windows names its zones; of each name CLDR knows the IANA zone, which knows the rules
 * of past years too. Before Vista the name is translated: then Time Zones, in SOFTWARE,
 * tells which key it stands for. The IANA zone is taken where it agrees with what the
 * hive says of the year in which that was written; a machine that never got the new rule,
 * or whose user has switched daylight time off, is taken at its word.
 */

#include "autorun_internal.h"

enum { WINTER = 15, SUMMER = 15 + 181, DAY = 24 * 60 * 60, YEAR = 31556952 };

/* In a year whose first second is near this: mid January and mid July. */
static bool agree(const struct zone *a, const struct zone *b, int64_t seconds)
{
    int64_t year = seconds / YEAR * YEAR;

    return zone_offset(a, year + WINTER * DAY) == zone_offset(b, year + WINTER * DAY) &&
           zone_offset(a, year + SUMMER * DAY) == zone_offset(b, year + SUMMER * DAY);
}

/* The key of Time Zones with this name, in the SOFTWARE of the same installation. */
static bool find_key(struct autoruns *all, const char *name, struct buffer *key_name)
{
    bool found = false;

    for (size_t i = 0; i < all->place_count && !found; i++) {
        const struct place *place = &all->places[i];
        struct hive *software;
        if (place->kind != PLACE_HIVE || !all->installation || !all->place ||
            place->installation != all->installation || place->backup != all->place->backup ||
            !autorun_ends_with(place->path, "/software") ||
            autorun_open_hive(all, place, &software) != 0)
            continue;
        found = host_zone_key(software, HOST_SOFTWARE, name, key_name);
        hive_free(software);
    }
    return found;
}

struct zone *host_find_zone(struct autoruns *all, struct hive *hive, enum host_hive kind)
{
    enum { YEAR_2000 = 946684800 };
    struct buffer rule = BUFFER_INIT, key = BUFFER_INIT;
    struct zone *by_rule = NULL, *by_name = NULL;
    const char *iana = NULL;
    struct host_zone told;

    if (host_zone_read(&told, hive, kind)) {
        const char *name = buffer_text(&told.standard_name);
        host_zone_rule(&told, &rule);
        iana = host_zone_iana(buffer_text(&told.key_name));
        if (!iana)
            iana = host_zone_iana(name);
        if (!iana && *name &&
            (host_zone_key(hive, kind, name, &key) || find_key(all, name, &key)))
            iana = host_zone_iana(buffer_text(&key));
        zone_open_rule(&by_rule, buffer_text(&rule), NULL);
    }
    if (iana && by_rule && zone_open(&by_name, iana, NULL) == 0) {
        bool timed = told.last_write.state == INSTANT_UTC;
        if (agree(by_name, by_rule, timed ? told.last_write.seconds : YEAR_2000)) {
            zone_free(by_rule);
            by_rule = by_name;
        } else {
            zone_free(by_name);
        }
    }
    host_zone_release(&told);
    buffer_release(&rule);
    buffer_release(&key);
    return by_rule;
}
