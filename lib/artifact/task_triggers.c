/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The value Triggers of a task in the registry (TaskCache\Tasks\{GUID}). Not documented;
 * by published research ("Windows Registry Analysis: Tasks" of G DATA Advanced Analytics,
 * 2022) on Windows 10; those of Windows 7 and 8.1 agree to their last byte. Little-endian.
 * Every item fills a multiple of 8 bytes, but the data of a WNF trigger and the id.
 *
 *      0  8  version: 0x15 to Windows 8.1, 0x16 and 0x17 Windows 10
 *      8 16  first and 24 16 last time: 8 bytes, of which the first tells local time, FILETIME
 *     40  8  flags: 0x400000 enabled, 0x800000 hidden
 *     48  8  CRC-32
 *     then   from 0x16 on a text, the principal, from 0x17 on another, its name: 8 bytes size
 *            and UTF-16; user (see below); optional settings: 8 bytes size and data
 *     then triggers: 8 bytes kind, and
 *       0xdddd time:  0 48 first, last, unknown time; 48 4 interval, 52 4 duration, both in
 *                     seconds; 56 4 limit; 60 4 mode: 0 once, 1 daily, 2 weekly, 3 and 4
 *                     monthly; 64 2 every so many days or weeks, 66 2 days of the week; 73 1
 *                     enabled; 88 bytes; the id
 *       others:       0 32 first and last time; 32 4 delay, 36 4 timeout, 40 4 interval,
 *                     44 4 duration; 56 1 enabled; 72 bytes; the id, and
 *         0x6666 WNF state:  8 name, 8 size and data
 *         0x7777 session:    8 kind; user
 *         0xaaaa logon:      user
 *         0xcccc event:      text, the query; 8; text; 8 count and twice as many texts, each 8
 *                            bytes of characters without their NUL, and UTF-16
 *         0x8888 registration, 0xeeee idle, 0xffff boot: nothing
 *     The id from 0x16 on: 4 bytes size and UTF-16, filled to a multiple of 8.
 *     A user: 8 1 if there is none; 8 1 if there is no SID, else 8 its type, 8 size and SID;
 *     8 size and name, UTF-16.
 */

#include <stdio.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"
#include "task_internal.h"

enum {
    VERSION_7 = 0x15, VERSION_PRINCIPAL = 0x16, VERSION_NAME = 0x17, /* that 10 still has */
    FLAG_ENABLED = 0x400000, FLAG_HIDDEN = 0x800000,
    TIME_SIZE = 16, TIME_TRIGGER_SIZE = 88, OTHER_TRIGGER_SIZE = 72,
};

/* Bytes that fill up to a multiple of 8. */
static void skip_filled(struct cursor *blob, size_t size)
{
    cursor_skip(blob, size + (8 - size % 8) % 8);
}

static size_t read_size(struct cursor *blob)
{
    size_t size = cursor_u32(blob);

    cursor_skip(blob, 4);
    return size;
}

static void skip_sized(struct cursor *blob)
{
    skip_filled(blob, read_size(blob));
}

static void read_user(struct cursor *blob, struct buffer *words)
{
    bool none = cursor_u8(blob);

    cursor_skip(blob, 7);
    if (none)
        return;
    bool without_sid = cursor_u8(blob);
    cursor_skip(blob, 7);
    if (!without_sid) {
        cursor_skip(blob, 8);
        size_t size = read_size(blob);
        const uint8_t *sid = cursor_bytes(blob, size);
        if (sid && size > 0 && words) {
            buffer_add_text(words, " of ");
            sid_add(words, sid, size);
        }
        cursor_skip(blob, (8 - size % 8) % 8);
    }
    skip_sized(blob);
}

static void add_time(struct buffer *words, const char *before, const uint8_t *time)
{
    struct instant instant = instant_from_filetime(bytes_u64le(time + 8));
    char text[INSTANT_TEXT_SIZE];
    enum { TO_SECONDS = 19 };

    if (bytes_u64le(time + 8) == UINT64_MAX || instant_format(&instant, text) < TO_SECONDS)
        return;
    buffer_add_format(words, "%s%.*s%s", before, TO_SECONDS, text, *time & 1 ? "" : "Z");
}

static void add_repetition(struct buffer *words, uint32_t interval, uint32_t duration)
{
    if (interval == 0)
        return;
    buffer_add_format(words, ", every %u seconds", (unsigned)interval);
    if (duration > 0 && duration != UINT32_MAX)
        buffer_add_format(words, " for %u", (unsigned)duration);
}

static void add_schedule(struct buffer *words, uint32_t mode, unsigned every, unsigned days)
{
    static const char *const names[] = { "once", "daily", "weekly", "monthly", "monthly" };
    static const char *const units[] = { "", "days", "weeks" };

    if (mode >= sizeof names / sizeof *names) {
        buffer_add_format(words, "schedule %u", (unsigned)mode);
        return;
    }
    buffer_add_text(words, names[mode]);
    if (mode < 3 && mode > 0 && every > 1)
        buffer_add_format(words, " every %u %s", every, units[mode]);
    if (mode == 2)
        task_add_days(words, days);
}

static void read_time_trigger(struct cursor *blob, struct buffer *words)
{
    const uint8_t *data = cursor_bytes(blob, TIME_TRIGGER_SIZE);

    if (!data)
        return;
    add_schedule(words, bytes_u32le(data + 60), bytes_u16le(data + 64), bytes_u16le(data + 66));
    add_time(words, " from ", data);
    add_time(words, " to ", data + TIME_SIZE);
    add_repetition(words, bytes_u32le(data + 48), bytes_u32le(data + 52));
    if (!data[73])
        buffer_add_text(words, ", disabled");
}

/* The rest of what all but those have; it is told behind their own words. */
static void add_common(struct buffer *words, const uint8_t *data)
{
    if (!data)
        return;
    add_time(words, " from ", data);
    add_time(words, " to ", data + TIME_SIZE);
    if (bytes_u32le(data + 32) > 0)
        buffer_add_format(words, ", %u seconds later", (unsigned)bytes_u32le(data + 32));
    add_repetition(words, bytes_u32le(data + 40), bytes_u32le(data + 44));
    if (!data[56])
        buffer_add_text(words, ", disabled");
}

static void skip_id(struct cursor *blob, unsigned version)
{
    if (version < VERSION_PRINCIPAL)
        return;
    size_t size = cursor_u32(blob);
    cursor_skip(blob, size + (8 - (size + 4) % 8) % 8);
}

/* A text of an event trigger, counted in characters without its NUL. */
static void read_counted(struct cursor *blob, struct buffer *words)
{
    size_t count = read_size(blob), size = count > 0 ? 2 * (count + 1) : 0;
    const uint8_t *data = cursor_bytes(blob, size);

    if (data && words)
        text_add_utf16le(words, data, count);
    cursor_skip(blob, (8 - size % 8) % 8);
}

static void read_event(struct cursor *blob, struct buffer *words)
{
    buffer_add_text(words, "at an event: ");
    read_counted(blob, words);
    cursor_skip(blob, 8);
    read_counted(blob, NULL);
    for (size_t i = read_size(blob); i > 0 && !blob->failed; i--) {
        read_counted(blob, NULL);
        read_counted(blob, NULL);
    }
}

static void read_session(struct cursor *blob, struct buffer *words)
{
    static const char *const names[] = { "console connect", "console disconnect",
                                         "remote connect",  "remote disconnect",
                                         "session lock",    "session unlock" };
    size_t kind = read_size(blob);

    if (kind >= 1 && kind <= sizeof names / sizeof *names)
        buffer_add_format(words, "at %s", names[kind - 1]);
    else
        buffer_add_format(words, "at change %zu of a session", kind);
    read_user(blob, words);
}

static void read_wnf(struct cursor *blob, struct buffer *words)
{
    uint64_t name = cursor_u64(blob);

    buffer_add_format(words, "at change of the WNF state %016llx", (unsigned long long)name);
    cursor_skip(blob, read_size(blob));
}

/* One trigger in words; false: its kind is not known, and where it ends. */
static bool read_trigger(struct cursor *blob, unsigned version, struct buffer *words)
{
    size_t kind = read_size(blob);

    if (kind == 0xdddd) {
        read_time_trigger(blob, words);
        skip_id(blob, version);
        return true;
    }
    const uint8_t *common = cursor_bytes(blob, OTHER_TRIGGER_SIZE);
    skip_id(blob, version);
    switch (kind) {
    case 0x6666:
        read_wnf(blob, words);
        break;
    case 0x7777:
        read_session(blob, words);
        break;
    case 0x8888:
        buffer_add_text(words, "at registration");
        break;
    case 0xaaaa:
        buffer_add_text(words, "at logon");
        read_user(blob, words);
        break;
    case 0xcccc:
        read_event(blob, words);
        break;
    case 0xeeee:
        buffer_add_text(words, "when idle");
        break;
    case 0xffff:
        buffer_add_text(words, "at system start");
        break;
    default:
        return false;
    }
    add_common(words, common);
    return true;
}

int task_read_triggers(struct task *task, const uint8_t *data, size_t size, struct error *error)
{
    enum { FLAGS = 40, LEAST = 44 };
    struct buffer words = BUFFER_INIT;
    struct cursor blob;
    int result = 0;

    if (size < LEAST || data[0] < VERSION_7 || data[0] > VERSION_NAME)
        return 0;
    uint32_t flags = bytes_u32le(data + FLAGS);
    task->disabled = !(flags & FLAG_ENABLED);
    task->hidden = flags & FLAG_HIDDEN;
    cursor_init(&blob, data, size, 0, "triggers of a task");
    cursor_skip(&blob, FLAGS + 16);
    if (data[0] >= VERSION_PRINCIPAL)
        skip_sized(&blob);
    if (data[0] >= VERSION_NAME)
        skip_sized(&blob);
    read_user(&blob, NULL);
    skip_sized(&blob);
    bool known = !blob.failed;
    while (known && cursor_left(&blob) > 0 && result == 0) {
        size_t start = blob.at;
        buffer_clear(&words);
        known = read_trigger(&blob, data[0], &words) && !blob.failed;
        if (!known) {
            buffer_clear(&words);
            buffer_add_format(&words, "not known, from byte %zu on", start);
        }
        result = task_add_trigger(task, &words, error);
    }
    buffer_release(&words);
    return result;
}
