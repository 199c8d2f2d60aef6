/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_INTERNAL_H
#define HOST_INTERNAL_H

/*
 * What the parts of host share: facts.c has the table, host.c walks it, decode.c
 * makes text of values, the others read what is no single value.
 */

#include <fett/host.h>

/* Where a row's key begins. */
enum host_begin {
    HOST_AT_SET,      /* each control set; CurrentControlSet of Windows 9x */
    HOST_AT_SYSTEM,   /* the root of SYSTEM */
    HOST_AT_SOFTWARE, /* HKLM\SOFTWARE, of Windows 9x too */
    HOST_AT_BOTH,     /* the same, and what 32-bit programs see on 64-bit Windows */
    HOST_AT_SAM,
    HOST_AT_SECURITY,
    HOST_AT_USER,     /* a user's root, of Windows 9x too */
    HOST_AT_9X,       /* the root of SYSTEM.DAT */
};

struct host_walk {
    struct hive *hive;
    const char *mount;
    const struct host_row *row;
    bool in_control_set, current;
    host_visit visit;
    void *context;
    struct buffer key;     /* of the fact that is handed out */
    struct buffer subject;
    struct buffer text;    /* its value */
    const char *zone;      /* IANA name, or NULL */
    const struct host_partition *partition; /* that the fact is about, or NULL */
};

/* Add what a value says; false: it is not what is expected there, and is given as
 * it is stored. */
typedef bool (*host_decode)(struct hive *hive, const struct hive_value *value,
                            struct buffer *text);

/* Hand out the facts of a key, of one value where the row names some. */
typedef int (*host_read)(struct host_walk *walk, hive_key key, const struct hive_value *value);

struct host_row {
    enum host_begin begin;
    const char *category;
    const char *subject; /* NULL: what the asterisks of the key stand for */
    const char *name;
    const char *key;     /* parts separated by backslashes, with `*` in any; `!` before a part
                            means names that do not match it */
    const char *value;   /* its name, or a pattern, whose names are the subject; NULL: none */
    host_decode decode;  /* NULL: as it is stored */
    host_read read;      /* in place of decode */
};

extern const struct host_row host_rows[];
extern const size_t host_row_count;

/* host.c: hand out a fact whose value is in walk->text; `from` is NULL where it is
 * made of no single value. */
int host_emit(struct host_walk *walk, hive_key key, const struct hive_value *from,
              const char *name);
/* The same with a time, which may be absent: then it is no fact. */
int host_emit_time(struct host_walk *walk, hive_key key, const struct hive_value *from,
                   const char *name, const struct instant *time);
int host_emit_format(struct host_walk *walk, hive_key key, const struct hive_value *from,
                     const char *name, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* A value of a key by name, decoded; false: it is not there. */
bool host_find(struct hive *hive, hive_key key, const char *name, struct buffer *text);
bool host_find_number(struct hive *hive, hive_key key, const char *name, uint64_t *number);
/* The control set in use, and CurrentControlSet of Windows 9x; 0: none is known. */
hive_key host_current_set(struct hive *hive, enum host_hive kind);

/* zone.c: a day on which the clock is changed every year. */
struct host_day {
    unsigned month, week, weekday, hour, minute; /* week 1 to 5, the last; Sunday is 0 */
};
bool host_zone_day(const uint8_t data[16], struct host_day *day);
/* As host_zone_read, of a TimeZoneInformation key. */
bool host_zone_read_key(struct host_zone *zone, struct hive *hive, hive_key key);

/* decode.c */
/* The number of a value; those of 9x are binary as often as not. */
bool host_take_number(const struct hive_value *value, uint64_t *number);
void host_decode_any(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_filetime(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_unix(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_system_time(struct hive *hive, const struct hive_value *value,
                             struct buffer *text);
bool host_decode_dos_time(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_day_rule(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_signed(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_on(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_off(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_last_access(struct hive *hive, const struct hive_value *value,
                             struct buffer *text);
bool host_decode_hex_number(struct hive *hive, const struct hive_value *value,
                            struct buffer *text);
bool host_decode_service_pack(struct hive *hive, const struct hive_value *value,
                              struct buffer *text);
bool host_decode_mac(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_pattern_date(struct hive *hive, const struct hive_value *value,
                              struct buffer *text);
bool host_decode_product_type(struct hive *hive, const struct hive_value *value,
                              struct buffer *text);
bool host_decode_sid(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_lsa_name(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_lsa_sid(struct hive *hive, const struct hive_value *value, struct buffer *text);
bool host_decode_update_state(struct hive *hive, const struct hive_value *value,
                              struct buffer *text);
void host_add_time(struct buffer *text, const struct instant *time);
/* Add a SID; false: the bytes are none. *used: how many it took. */
bool host_add_sid(struct buffer *text, const uint8_t *data, size_t size, size_t *used);

/* system.c */
int host_read_windows(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_windows_9x(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_zone(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_package(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_profile_times(struct host_walk *walk, hive_key key, const struct hive_value *value);

/* drives.c */
int host_read_mounted(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_share(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_device_times(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_mount_point(struct host_walk *walk, hive_key key, const struct hive_value *value);

/* sam.c */
int host_read_policy(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_user(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_user_name(struct host_walk *walk, hive_key key, const struct hive_value *value);
int host_read_alias(struct host_walk *walk, hive_key key, const struct hive_value *value);

#endif
