/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SAM: accounts, groups, and what the domain asks of passwords. No hash is read.
 *
 * F of a domain:               F of a user:
 *     24 i64 longest age           8 u64 last logon
 *     32 i64 shortest age         24 u64 password set
 *     40 i64 forced logoff        32 u64 account expires
 *     48 i64 lockout              40 u64 last failed logon
 *     56 i64 lockout window       48 u32 RID
 *     76 u32 properties           52 u32 RID of the primary group
 *     80 u16 shortest length      56 u32 flags
 *     82 u16 history              64 u16 failed logons
 *     84 u16 lockout threshold    66 u16 logons
 *
 * V of a user: from 12 on, for each text, | u32 offset behind 204 | u32 bytes | u32 |.
 * C of an alias: thirteen u32, texts and SIDs from 52 on by offset and size: 4 and 5 name,
 * 7 and 8 comment, 10 offset of members, 12 how many.
 *
 * Times are FILETIME, spans negative, 100 ns; the smallest number is "never". Source:
 * comparison of real hives with RegRipper and samparse; the header files of Samba.
 */

#include <inttypes.h>
#include <stdio.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "host_internal.h"

static int emit_span(struct host_walk *walk, hive_key key, const struct hive_value *from,
                     const char *name, uint64_t stored)
{
    const uint64_t second = 10000000;
    uint64_t span = (uint64_t)0 - stored, minutes = span / second / 60;

    if (stored == (uint64_t)1 << 63)
        return host_emit_format(walk, key, from, name, "never");
    if (span >> 63)
        return host_emit_format(walk, key, from, name, "0x%" PRIx64, stored);
    if (minutes >= 1440 && span % (second * 86400) == 0)
        return host_emit_format(walk, key, from, name, "%" PRIu64 "d", minutes / 1440);
    if (span % (second * 60) != 0)
        return host_emit_format(walk, key, from, name, "%" PRIu64 "s", span / second);
    return host_emit_format(walk, key, from, name, "%" PRIu64 "m", minutes);
}

struct bit {
    uint32_t bit;
    const char *meaning;
};

static int emit_bits(struct host_walk *walk, hive_key key, const struct hive_value *from,
                     const char *name, uint32_t stored, const struct bit *bits, size_t count)
{
    buffer_clear(&walk->text);
    for (size_t i = 0; i < count; i++)
        if (stored & bits[i].bit) {
            buffer_add_text(&walk->text, walk->text.length > 0 ? ", " : "");
            buffer_add_text(&walk->text, bits[i].meaning);
            stored &= ~bits[i].bit;
        }
    if (stored)
        buffer_add_format(&walk->text, "%s0x%" PRIx32, walk->text.length > 0 ? ", " : "", stored);
    if (walk->text.length == 0)
        buffer_add_text(&walk->text, "none");
    return host_emit(walk, key, from, name);
}

int host_read_policy(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    enum { SIZE = 86 };
    static const struct bit properties[] = {
        { 1, "complex passwords" },      { 2, "no anonymous change" },
        { 4, "no change in clear" },     { 8, "administrators are locked out" },
        { 16, "passwords stored in clear" }, { 32, "no change by users" },
    };
    static const struct {
        const char *name;
        size_t at;
    } spans[] = { { "longest password age", 24 },
                  { "shortest password age", 32 },
                  { "lockout duration", 48 },
                  { "lockout window", 56 } },
      numbers[] = { { "shortest password length", 80 },
                    { "password history", 82 },
                    { "lockout threshold", 84 } };
    const uint8_t *data = value->data;
    int result = 0;

    if (!data || value->size < SIZE)
        return 0;
    for (size_t i = 0; i < sizeof spans / sizeof *spans && result == 0; i++)
        result = emit_span(walk, key, value, spans[i].name, bytes_u64le(data + spans[i].at));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && result == 0; i++)
        result = host_emit_format(walk, key, value, numbers[i].name, "%u",
                                  bytes_u16le(data + numbers[i].at));
    return result != 0 ? result
                       : emit_bits(walk, key, value, "password properties",
                                   bytes_u32le(data + 76), properties,
                                   sizeof properties / sizeof *properties);
}

/* Make the subject the SID of an account of this number: the machine's, or that of
 * the groups that are built in. */
static void set_subject(struct host_walk *walk, hive_key account, uint32_t number)
{
    hive_key domain = account;
    size_t length = 0;
    const char *name = "";
    struct hive_value value;

    for (int i = 0; i < 2 && domain; i++) /* Users\000001F4, Aliases\00000220 */
        domain = hive_key_parent(walk->hive, domain);
    if (domain)
        name = hive_key_name(walk->hive, domain, &length);
    buffer_clear(&walk->subject);
    if (text_compare_nocase(name, length, "Builtin", 7) == 0)
        buffer_add_text(&walk->subject, "S-1-5-32");
    else if (!domain || hive_value_find(walk->hive, domain, "V", &value, NULL) != 0 ||
             !host_decode_sid(walk->hive, &value, &walk->subject))
        buffer_add_text(&walk->subject, "?");
    buffer_add_format(&walk->subject, "-%" PRIu32, number);
}

static uint32_t number_of(struct host_walk *walk, hive_key key)
{
    size_t length;
    const char *name = hive_key_name(walk->hive, key, &length);
    char text[16];

    snprintf(text, sizeof text, "%.*s", (int)(length < 15 ? length : 15), name);
    unsigned number = 0;
    sscanf(text, "%8x", &number);
    return number;
}

static int emit_user_texts(struct host_walk *walk, hive_key key)
{
    enum { TEXTS = 204 };
    static const struct {
        const char *name;
        size_t at;
    } texts[] = { { "name", 12 },        { "full name", 24 }, { "comment", 36 },
                  { "user comment", 48 }, { "home folder", 72 }, { "logon script", 96 },
                  { "profile", 108 } };
    struct hive_value value;
    int result = 0;

    if (hive_value_find(walk->hive, key, "V", &value, NULL) != 0 || !value.data ||
        value.size < TEXTS)
        return 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && result == 0; i++) {
        size_t offset = bytes_u32le(value.data + texts[i].at);
        size_t length = bytes_u32le(value.data + texts[i].at + 4);
        if (length == 0 || offset > value.size - TEXTS || length > value.size - TEXTS - offset)
            continue;
        buffer_clear(&walk->text);
        text_add_utf16le(&walk->text, value.data + TEXTS + offset, length / 2);
        result = host_emit(walk, key, &value, texts[i].name);
    }
    return result;
}

static int emit_user_state(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    enum { SIZE = 68 };
    static const struct bit flags[] = {
        { 0x1, "disabled" },          { 0x2, "home folder required" },
        { 0x4, "no password needed" }, { 0x8, "temporary duplicate" },
        { 0x10, "normal account" },   { 0x20, "logon by MNS" },
        { 0x40, "domain trust" },     { 0x80, "workstation trust" },
        { 0x100, "server trust" },    { 0x200, "password never expires" },
        { 0x400, "locked out" },      { 0x800, "password stored in clear" },
        { 0x1000, "smart card required" }, { 0x20000, "password expired" },
    };
    static const struct {
        const char *name;
        size_t at;
    } times[] = { { "last logon", 8 },
                  { "password set", 24 },
                  { "account expires", 32 },
                  { "last failed logon", 40 } };
    const uint8_t *data = value->data;
    int result = 0;

    if (!data || value->size < SIZE)
        return 0;
    for (size_t i = 0; i < sizeof times / sizeof *times && result == 0; i++) {
        uint64_t stored = bytes_u64le(data + times[i].at);
        if (stored == INT64_MAX) /* never */
            continue;
        const struct instant time = instant_from_filetime(stored);
        result = host_emit_time(walk, key, value, times[i].name, &time);
    }
    if (result == 0)
        result = host_emit_format(walk, key, value, "RID", "%" PRIu32, bytes_u32le(data + 48));
    if (result == 0 && bytes_u32le(data + 48) != number_of(walk, key))
        result = host_emit_format(walk, key, value, "RID of another account",
                                  "logs on with the rights of %" PRIu32 ", is %" PRIu32,
                                  bytes_u32le(data + 48), number_of(walk, key));
    if (result == 0)
        result = emit_bits(walk, key, value, "account flags", bytes_u32le(data + 56) & 0xfffff,
                           flags, sizeof flags / sizeof *flags);
    if (result == 0)
        result = host_emit_format(walk, key, value, "failed logons", "%u", bytes_u16le(data + 64));
    return result != 0 ? result
                       : host_emit_format(walk, key, value, "logon count", "%u",
                                          bytes_u16le(data + 66));
}

int host_read_user(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    struct hive_value found;
    int result;

    (void)value;
    set_subject(walk, key, number_of(walk, key));
    result = emit_user_texts(walk, key);
    if (result == 0 && hive_value_find(walk->hive, key, "F", &found, NULL) == 0)
        result = emit_user_state(walk, key, &found);
    return result;
}

/* The names of accounts are keys whose default value has the RID as its type. */
int host_read_user_name(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    size_t length;
    const char *name = hive_key_name(walk->hive, key, &length);
    uint32_t number = value->type;

    buffer_clear(&walk->text);
    buffer_add(&walk->text, name, length);
    if (number != 0)
        set_subject(walk, hive_key_parent(walk->hive, key), number);
    else
        buffer_clear(&walk->subject);
    return host_emit(walk, key, NULL, "listed name");
}

static int emit_text_of(struct host_walk *walk, hive_key key, const struct hive_value *value,
                        const char *name, size_t field)
{
    enum { HEAD = 52 };
    size_t offset = bytes_u32le(value->data + 4 * field);
    size_t length = bytes_u32le(value->data + 4 * (field + 1));

    if (length == 0 || offset > value->size - HEAD || length > value->size - HEAD - offset)
        return 0;
    buffer_clear(&walk->text);
    text_add_utf16le(&walk->text, value->data + HEAD + offset, length / 2);
    return host_emit(walk, key, value, name);
}

int host_read_alias(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    enum { HEAD = 52, NAME = 4, COMMENT = 7, MEMBERS = 10, COUNT = 12 };
    struct hive_value stored;

    (void)value;
    set_subject(walk, key, number_of(walk, key));
    if (hive_value_find(walk->hive, key, "C", &stored, NULL) != 0 || !stored.data ||
        stored.size < HEAD)
        return 0;
    const uint8_t *data = stored.data;
    int result = emit_text_of(walk, key, &stored, "name", NAME);
    if (result == 0)
        result = emit_text_of(walk, key, &stored, "comment", COMMENT);
    size_t at = HEAD + (size_t)bytes_u32le(data + 4 * MEMBERS), used;
    uint32_t count = bytes_u32le(data + 4 * COUNT);
    for (uint32_t i = 0; i < count && at < stored.size && result == 0; i++, at += used) {
        buffer_clear(&walk->text);
        if (!host_add_sid(&walk->text, data + at, stored.size - at, &used))
            break;
        result = host_emit(walk, key, &stored, "member");
    }
    return result;
}
