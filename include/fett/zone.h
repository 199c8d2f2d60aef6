/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_ZONE_H
#define FETT_ZONE_H

/*
 * zone: local wall-clock times to UTC.
 *
 * A zone is an IANA name ("Europe/Berlin", read from the system's zone tables
 * by the rule of the date in question), a fixed offset ("+02:00", "-0530"), or
 * "UTC". Nothing of the examiner's own zone is ever used.
 *
 * Source: RFC 8536 (TZif), version 2 data with the POSIX TZ footer for dates
 * behind the table.
 */

#include <fett/error.h>
#include <fett/instant.h>

struct zone;

/* Read a zone. ERROR_USAGE for a name that is none. */
int zone_open(struct zone **zone, const char *name, struct error *error);

/* A zone by a rule as POSIX has it in TZ, with days as in "M10.5.0": what Windows has
 * where no name is known. It is in force at all times. ERROR_USAGE for another text. */
int zone_open_rule(struct zone **zone, const char *rule, struct error *error);

/* Seconds east of UTC at a moment of UTC. */
int32_t zone_offset(const struct zone *zone, int64_t seconds);
void zone_free(struct zone *zone);
const char *zone_name(const struct zone *zone);

/* Turn a local instant into UTC, state INSTANT_CONVERTED. A wall-clock time
 * that occurs twice takes the earlier (daylight) reading; one that does not
 * occur is moved on by the gap. Other instants are left as they are. Dates
 * alone (PRECISION_DAY) stay local dates: they have no hour to convert. */
void zone_resolve(const struct zone *zone, struct instant *instant);

#endif
