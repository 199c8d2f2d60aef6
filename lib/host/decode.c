/* SPDX-License-Identifier: Apache-2.0 */

/* Values of the registry as text. Each says false of what it does not expect, which
 * is then given as it is stored. */

#include <inttypes.h>
#include <stdio.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "host_internal.h"

struct listed {
    struct buffer *text;
    bool any;
};

static void add_listed(void *context, const char *text, size_t size)
{
    struct listed *listed = context;

    if (size == 0)
        return;
    buffer_add_text(listed->text, listed->any ? ", " : "");
    buffer_add(listed->text, text, size);
    listed->any = true;
}

void host_decode_any(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    struct listed listed = { text, false };
    size_t before = text->length;
    uint64_t number;

    if (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ || value->type == HIVE_LINK) {
        hive_value_text(hive, value, text);
        /* What stands behind a NUL Windows does not read; reg-ls shows it. */
        if (text->length > before)
            buffer_truncate(text, before + strlen(text->data + before));
    } else if (value->type == HIVE_MULTI_SZ) {
        hive_value_strings(hive, value, add_listed, &listed);
    } else if (hive_value_number(value, &number) == 0) {
        buffer_add_number(text, number);
    } else if (value->data) {
        buffer_add_hex(text, value->data, value->size);
    }
}

void host_add_time(struct buffer *text, const struct instant *time)
{
    char formatted[INSTANT_TEXT_SIZE];

    if (instant_format(time, formatted) > 0)
        buffer_add_text(text, formatted);
}

static bool add_time(struct buffer *text, struct instant time)
{
    size_t before = text->length;

    host_add_time(text, &time);
    return text->length > before;
}

bool host_take_number(const struct hive_value *value, uint64_t *number)
{
    if (hive_value_number(value, number) == 0)
        return true;
    if (value->type != HIVE_BINARY || !value->data || (value->size != 4 && value->size != 8))
        return false;
    *number = value->size == 4 ? bytes_u32le(value->data) : bytes_u64le(value->data);
    return true;
}

bool host_decode_filetime(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    (void)hive;
    return value->data && value->size == 8 &&
           add_time(text, instant_from_filetime(bytes_u64le(value->data)));
}

bool host_decode_unix(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    uint64_t number;

    (void)hive;
    return host_take_number(value, &number) && number != 0 &&
           add_time(text, instant_from_unix((int64_t)number, 0, PRECISION_SECOND));
}

/* SYSTEMTIME: year, month, day of week, day, hour, minute, second, milliseconds, 16
 * bits each; by the clock of the machine. */
bool host_decode_system_time(struct hive *hive, const struct hive_value *value,
                             struct buffer *text)
{
    const uint8_t *data = value->data;

    (void)hive;
    if (!data || value->size != 16)
        return false;
    return add_time(text, instant_from_civil(bytes_u16le(data), bytes_u16le(data + 2),
                                             bytes_u16le(data + 6), bytes_u16le(data + 8),
                                             bytes_u16le(data + 10), bytes_u16le(data + 12),
                                             bytes_u16le(data + 14) * UINT32_C(1000000),
                                             PRECISION_MILLISECOND, true));
}

/* FirstInstallDateTime: time, then date of DOS. */
bool host_decode_dos_time(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    (void)hive;
    return value->data && value->size == 4 &&
           add_time(text, instant_from_dos(bytes_u16le(value->data + 2),
                                           bytes_u16le(value->data), -1));
}

bool host_decode_day_rule(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    static const char *const days[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday" };
    static const char *const weeks[] = { "first", "second", "third", "fourth", "last" };
    static const char *const months[] = { "January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December" };
    struct host_day day;

    (void)hive;
    if (!value->data || value->size != 16 || !host_zone_day(value->data, &day))
        return false;
    buffer_add_format(text, "%s %s of %s at %02u:%02u", weeks[day.week - 1], days[day.weekday],
                      months[day.month - 1], day.hour, day.minute);
    return true;
}

bool host_decode_signed(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    uint64_t number;

    (void)hive;
    if (!host_take_number(value, &number))
        return false;
    buffer_add_format(text, "%" PRId32, (int32_t)(uint32_t)number);
    return true;
}

static bool decode_switch(const struct hive_value *value, struct buffer *text, const char *zero,
                          const char *other)
{
    uint64_t number;

    if (!host_take_number(value, &number))
        return false;
    buffer_add_text(text, number == 0 ? zero : other);
    return true;
}

bool host_decode_on(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    (void)hive;
    return decode_switch(value, text, "off", "on");
}

/* Of a value that says that something is switched off. */
bool host_decode_off(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    (void)hive;
    return decode_switch(value, text, "on", "off");
}

/* NtfsDisableLastAccessUpdate: bit 0 off; bit 31 of Windows 10 and later: bit 1 tells
 * who decides, the user or the system. */
bool host_decode_last_access(struct hive *hive, const struct hive_value *value,
                             struct buffer *text)
{
    uint64_t number;

    (void)hive;
    if (!host_take_number(value, &number))
        return false;
    buffer_add_text(text, number & 1 ? "off" : "on");
    if (number >> 31)
        buffer_add_text(text, number & 2 ? " (by the system)" : " (by the user)");
    return true;
}

bool host_decode_hex_number(struct hive *hive, const struct hive_value *value,
                            struct buffer *text)
{
    uint64_t number;

    (void)hive;
    if (!host_take_number(value, &number))
        return false;
    buffer_add_format(text, "0x%" PRIx64, number);
    return true;
}

/* The high byte is the number, the low one of a release between two. */
bool host_decode_service_pack(struct hive *hive, const struct hive_value *value,
                              struct buffer *text)
{
    uint64_t number;

    (void)hive;
    if (!host_take_number(value, &number) || number > UINT16_MAX)
        return false;
    if (number == 0)
        buffer_add_text(text, "none");
    else
        buffer_add_format(text, "Service Pack %u", (unsigned)number >> 8);
    return true;
}

bool host_decode_mac(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    const uint8_t *data = value->data;

    (void)hive;
    if (!data || value->size != 6)
        return false;
    buffer_add_format(text, "%02x:%02x:%02x:%02x:%02x:%02x", data[0], data[1], data[2], data[3],
                      data[4], data[5]);
    return true;
}

/* PatternFileDate of Symantec: years since 1970, months since January, day. */
bool host_decode_pattern_date(struct hive *hive, const struct hive_value *value,
                              struct buffer *text)
{
    const uint8_t *data = value->data;

    (void)hive;
    return data && value->size >= 3 &&
           add_time(text, instant_from_civil(1970 + data[0], data[1] + 1, data[2], 0, 0, 0, 0,
                                             PRECISION_DAY, true));
}

bool host_decode_product_type(struct hive *hive, const struct hive_value *value,
                              struct buffer *text)
{
    static const struct {
        const char *stored, *meaning;
    } types[] = { { "WinNT", "workstation" },
                  { "ServerNT", "server" },
                  { "LanmanNT", "domain controller" } };
    struct buffer stored = BUFFER_INIT;
    bool known = false;

    hive_value_text(hive, value, &stored);
    for (size_t i = 0; i < sizeof types / sizeof *types && !known; i++)
        if (text_equal_nocase(buffer_text(&stored), types[i].stored)) {
            buffer_add_text(text, types[i].meaning);
            known = true;
        }
    buffer_release(&stored);
    return known;
}

/* CurrentState of a package of Component Based Servicing. */
bool host_decode_update_state(struct hive *hive, const struct hive_value *value,
                              struct buffer *text)
{
    static const struct {
        unsigned number;
        const char *meaning;
    } states[] = { { 0x00, "absent" },          { 0x05, "uninstall pending" },
                   { 0x10, "resolving" },       { 0x20, "resolved" },
                   { 0x30, "staging" },         { 0x40, "staged" },
                   { 0x50, "superseded" },      { 0x60, "install pending" },
                   { 0x65, "partly installed" }, { 0x70, "installed" },
                   { 0x80, "permanent" } };
    uint64_t number;

    (void)hive;
    if (!host_take_number(value, &number))
        return false;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (states[i].number == number) {
            buffer_add_text(text, states[i].meaning);
            return true;
        }
    return false;
}

/*
 * SID: | 0 u8 revision, 1 | 1 u8 how many numbers follow | 2 authority, 6 bytes big-endian |
 *      | 8 numbers, u32 each |
 */
bool host_add_sid(struct buffer *text, const uint8_t *data, size_t size, size_t *used)
{
    enum { SID_HEAD = 8, MOST_NUMBERS = 15 };

    if (size < SID_HEAD || data[0] != 1 || data[1] > MOST_NUMBERS ||
        size < SID_HEAD + 4 * (size_t)data[1])
        return false;
    uint64_t authority = (uint64_t)bytes_u16be(data + 2) << 32 | bytes_u32be(data + 4);
    buffer_add_format(text, "S-1-%" PRIu64, authority);
    for (unsigned i = 0; i < data[1]; i++)
        buffer_add_format(text, "-%" PRIu32, bytes_u32le(data + SID_HEAD + 4 * i));
    *used = SID_HEAD + 4 * (size_t)data[1];
    return true;
}

/* The numbers of the machine's SID are the last 12 bytes of V of the account domain. */
bool host_decode_sid(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    enum { MACHINE_NUMBERS = 12 };

    (void)hive;
    if (!value->data || value->size < MACHINE_NUMBERS)
        return false;
    const uint8_t *at = value->data + value->size - MACHINE_NUMBERS;
    buffer_add_format(text, "S-1-5-21-%" PRIu32 "-%" PRIu32 "-%" PRIu32, bytes_u32le(at),
                      bytes_u32le(at + 4), bytes_u32le(at + 8));
    return true;
}

/* LSA's text: | 0 u16 bytes | 2 u16 room | 4 u32 offset in the value |, UTF-16. */
bool host_decode_lsa_name(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    (void)hive;
    if (!value->data || value->size < 8)
        return false;
    size_t length = bytes_u16le(value->data), offset = bytes_u32le(value->data + 4);
    if (offset > value->size || length > value->size - offset)
        return false;
    text_add_utf16le(text, value->data + offset, length / 2);
    return true;
}

bool host_decode_lsa_sid(struct hive *hive, const struct hive_value *value, struct buffer *text)
{
    size_t used;

    (void)hive;
    return value->data && host_add_sid(text, value->data, value->size, &used);
}
