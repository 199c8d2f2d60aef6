/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jump_list: what was opened with a program, of Windows 7 and later, by its button of the
 * taskbar. Source: libyal's "Jump lists format", compared with real files. The name of
 * the file stands for the program.
 *
 *     .automaticDestinations-ms    a compound file: DestList, and a shortcut in each
 *         stream that has the number of an entry as its name, in hex
 *         DestList  0 version (1: Windows 7, 3 and 4: 10)  4 entries; from 32 entries:
 *                   72 machine, 16 bytes  88 number  100 FILETIME: last opened  108 place
 *                   among those that were pinned, or -1;
 *                   1: 112 units  114 path, UTF-16
 *                   later: 116 how often  128 units  130 path, 4 bytes behind it
 *     .customDestinations-ms    0 version, 2  4 categories  8 zero; then shortcuts, each
 *         behind its class, in categories that end in ab fb bf ba. A shortcut does not tell
 *         its length: they are found by how they begin.
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/shortcut.h>
#include <fett/text.h>

#include "artifact_internal.h"
#include "compound.h"

enum { DESTLIST_HEADER = 32, CUSTOM_HEADER = 12, CLASS_SIZE = 16, SHORTCUT_HEAD = 20,
       SHORTCUT_FIRST = 0x4c, MOST_CATEGORIES = 1024, NO_PIN = -1 };

/* --- automatic --- */

static bool is_automatic_path(const char *path, size_t length)
{
    return path_ends(path, length, ".automaticDestinations-ms");
}

static bool has_name(const struct compound_stream *stream, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < length && stream->units == length; i++)
        if (stream->name[2 * i] != (uint8_t)name[i] || stream->name[2 * i + 1] != 0)
            return false;
    return stream->units == length;
}

static int hand_out(const uint8_t *entry, size_t path_at, size_t units, bool later,
                    const struct artifact_sink *sink, struct error *error)
{
    struct instant time = instant_from_filetime(bytes_u64le(entry + 100));
    struct buffer message = BUFFER_INIT;
    struct record record;
    int result = 0;

    record_begin(&record, RECORD_EVENT);
    if (later)
        record_number(&record, FIELD_COUNT, bytes_u32le(entry + 116));
    text_add_utf16le(&message, entry + path_at, utf16_units(entry + path_at, units));
    if (entry[72] != 0)
        buffer_add_text(&message, ", machine ");
    text_add_cp1252(&message, entry + 72, strnlen((const char *)entry + 72, 16));
    buffer_add_format(&message, ", entry %x", bytes_u32le(entry + 88));
    if ((int32_t)bytes_u32le(entry + 108) != NO_PIN)
        buffer_add_text(&message, ", pinned");
    if (time.state != INSTANT_ABSENT)
        result = artifact_event(sink, &record, &time, "jumplist", "last opened", &message, error);
    buffer_release(&message);
    return result;
}

static int parse_destlist(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                          struct error *error)
{
    bool later = size >= DESTLIST_HEADER && bytes_u32le(data) > 1;
    uint32_t count = size >= DESTLIST_HEADER ? bytes_u32le(data + 4) : 0;
    size_t path_at = later ? 130 : 114, at = DESTLIST_HEADER;
    int result = 0;

    for (uint32_t i = 0; i < count && result == 0; i++) {
        size_t left = size - at;
        size_t units = left >= path_at ? bytes_u16le(data + at + path_at - 2) : 0;
        if (left < path_at || 2 * units > left - path_at) {
            artifact_damage(sink, at, "DestList: an entry that was cut");
            break;
        }
        result = hand_out(data + at, path_at, units, later, sink, error);
        size_t whole = path_at + 2 * units + (later ? 4 : 0);
        at += whole < left ? whole : left;
    }
    return result;
}

/* *read counts the bytes of all. */
static int parse_stream(const struct compound *compound, const struct compound_stream *stream,
                        size_t *read, const struct artifact_sink *sink, struct error *error)
{
    struct buffer bytes = BUFFER_INIT;
    struct error damage = ERROR_INIT;
    int result = 0;

    if (compound_read(compound, stream, &bytes, &damage) != 0)
        sink->damage(sink->context, NULL, &damage);
    const uint8_t *data = (const uint8_t *)bytes.data;
    *read += bytes.length;
    if (has_name(stream, "DestList"))
        result = parse_destlist(data, bytes.length, sink, error);
    else if (shortcut_is(data, bytes.length))
        result = shortcut_events(data, bytes.length, 0, "jumplist", sink, error);
    buffer_release(&bytes);
    return result;
}

static int parse_automatic_list(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                                struct error *error)
{
    struct compound compound;
    struct compound_stream stream;
    size_t read = 0;
    bool found = false;
    int result = compound_open(&compound, data, size, error);

    for (size_t i = 0; result == 0 && compound_next(&compound, &i, &stream);) {
        found |= has_name(&stream, "DestList");
        result = parse_stream(&compound, &stream, &read, sink, error);
        if (result == 0 && read > 2 * size)
            result = error_set(error, ERROR_DAMAGED, "compound file: streams share their sectors");
    }
    if (result == 0 && !found)
        result = error_set(error, ERROR_DAMAGED, "no jump list: a compound file without DestList");
    compound_release(&compound);
    return result;
}

static int parse_automatic(struct reader *reader, const struct artifact_sink *sink,
                           struct error *error)
{
    return artifact_parse_whole(reader, LIMIT_EVENT_LOG_BYTES, parse_automatic_list, sink, error);
}

/* --- custom --- */

static bool is_custom(const uint8_t *head, size_t size)
{
    if (size < CUSTOM_HEADER || bytes_u32le(head) != 2 || bytes_u32le(head + 8) != 0)
        return false;
    uint32_t categories = bytes_u32le(head + 4);
    return categories == 0 ? size == CUSTOM_HEADER
                           : categories <= MOST_CATEGORIES && size > CUSTOM_HEADER + 4 &&
                                 bytes_u32le(head + CUSTOM_HEADER) <= 2;
}

static bool is_custom_path(const char *path, size_t length)
{
    return path_ends(path, length, ".customDestinations-ms");
}

/* Where the next shortcut begins, or the end. */
static size_t next_shortcut(const uint8_t *data, size_t size, size_t at)
{
    while (at + SHORTCUT_HEAD <= size && !shortcut_is(data + at, size - at)) {
        const uint8_t *next = memchr(data + at + 1, SHORTCUT_FIRST, size - at - 1);
        at = next ? (size_t)(next - data) : size;
    }
    return at + SHORTCUT_HEAD <= size ? at : size;
}

static int parse_custom_list(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                             struct error *error)
{
    static const uint8_t footer[] = { 0xab, 0xfb, 0xbf, 0xba };
    size_t at = next_shortcut(data, size, CUSTOM_HEADER);
    int result = 0;

    if (size < CUSTOM_HEADER || bytes_u32le(data) != 2)
        return error_set(error, ERROR_DAMAGED, "no jump list: no header");
    while (at < size && result == 0) {
        size_t next = next_shortcut(data, size, at + SHORTCUT_HEAD);
        size_t end = next < size ? next - CLASS_SIZE : size;
        result = shortcut_events(data + at, end - at, at, "jumplist", sink, error);
        at = next;
    }
    if (result == 0 && size > CUSTOM_HEADER && bytes_u32le(data + 4) > 0 &&
        memcmp(data + size - sizeof footer, footer, sizeof footer) != 0)
        artifact_damage(sink, size, "a jump list that was cut");
    return result;
}

static int parse_custom(struct reader *reader, const struct artifact_sink *sink,
                        struct error *error)
{
    return artifact_parse_whole(reader, LIMIT_EVENT_LOG_BYTES, parse_custom_list, sink, error);
}

const struct artifact_format artifact_jump_automatic = {
    "jumplist", "jump lists: what was opened with a program", compound_is, is_automatic_path,
    parse_automatic,
};

const struct artifact_format artifact_jump_custom = {
    "jumplist", "jump lists that programs make", is_custom, is_custom_path, parse_custom,
};
