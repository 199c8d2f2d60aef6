/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_HOST_H
#define FETT_HOST_H

/*
 * host: what the registry tells about the machine: its name, Windows, zone, users,
 * addresses, drives, shares, firewall, antivirus, devices.
 *
 * Most of it is a table of facts (lib/host/facts.c): hive, key, value, and how it
 * is decoded; adding one is adding a row. What is no single value is read by a
 * function of its own. A walk takes one hive and hands out its facts in the order
 * of the table; which file of an image that is, is joined by examine.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/error.h>
#include <fett/hive.h>
#include <fett/instant.h>

/* The categories of facts; NULL behind the last. */
const char *host_category(size_t index);

/* What a hive is. */
enum host_hive {
    HOST_SYSTEM,    /* HKLM\SYSTEM */
    HOST_SOFTWARE,  /* HKLM\SOFTWARE */
    HOST_SAM,       /* HKLM\SAM */
    HOST_SECURITY,  /* HKLM\SECURITY */
    HOST_USER,      /* HKU\<SID> */
    HOST_9X_SYSTEM, /* HKLM of SYSTEM.DAT */
    HOST_9X_USER,   /* HKU of USER.DAT */
};

/* One fact. All texts hold for the call only. */
struct host_fact {
    const char *category;     /* "system", "user", "network" ... */
    const char *subject;      /* which user, interface, drive ...; "" for the machine itself */
    size_t subject_length;
    const char *name;         /* "computer name" */
    const char *value;
    size_t value_length;
    const char *key;          /* that it comes from, from the mount point */
    size_t key_length;
    const char *value_name;   /* of the registry value; NULL: more than one, or none */
    size_t value_name_length;
    struct instant last_write; /* of the key */
    bool in_control_set, current; /* as in autorun.h */
    const struct host_partition *partition; /* what a drive letter stands for, or NULL */
};

/* A partition as MountedDevices names it. */
struct host_partition {
    bool is_guid;       /* of a GPT, else of an MBR */
    uint8_t guid[16];   /* as it is stored */
    uint32_t signature; /* of the disk */
    uint64_t offset;    /* on it, in bytes */
};

/* Read what a value of MountedDevices names. False: another thing than a partition. */
bool host_partition_read(const struct hive_value *value, struct host_partition *partition);

/* Other than 0 ends the walk, which returns it. */
typedef int (*host_visit)(void *context, const struct host_fact *fact);

/* All facts of a hive that is mounted at `mount` ("HKLM\\SOFTWARE"). `zone` is the
 * IANA name of the machine's zone where that is known, else NULL. */
int host_walk_hive(struct hive *hive, enum host_hive kind, const char *mount, const char *zone,
                   host_visit visit, void *context, struct error *error);

/*
 * The zone of a machine, as TimeZoneInformation of the control set in use has it.
 * Minutes count west of UTC, as Windows does.
 */
struct host_zone {
    struct buffer key_name;      /* TimeZoneKeyName, "W. Europe Standard Time"; Vista and later */
    struct buffer standard_name; /* translated before Vista; later a resource */
    int32_t bias, standard_bias, daylight_bias;
    bool has_active_bias;
    int32_t active_bias;         /* what was in force when the key was written */
    bool has_daylight;           /* the clock is changed, on these days */
    uint8_t standard_start[16], daylight_start[16];
    struct instant last_write;
};

/* Read it; release in any case. False: the hive does not tell. */
bool host_zone_read(struct host_zone *zone, struct hive *hive, enum host_hive kind);
void host_zone_release(struct host_zone *zone);

/* The IANA name of a zone that Windows calls so in English; NULL: none is known. */
const char *host_zone_iana(const char *windows_name);

/* Add the rule of the zone as POSIX has it in TZ: "<-05>5<-04>,M3.2.0,M11.1.0". */
void host_zone_rule(const struct host_zone *zone, struct buffer *rule);

/* Find the key below Time Zones, of a hive of the machine, whose zone is called so
 * in its language. False: there is none. */
bool host_zone_key(struct hive *hive, enum host_hive kind, const char *standard_name,
                   struct buffer *key_name);

/* The name of the machine in the control set in use; false: the hive does not tell. */
bool host_name(struct hive *hive, enum host_hive kind, struct buffer *name);

#endif
