/* SPDX-License-Identifier: Apache-2.0 */

/*
 * recycle: what was put into the recycle bin, and when.
 *
 *     INFO, INFO2 (to 2003): 0 version (0: 95, 2: NT 4, 4: 98, 5: ME and from 2000 on)
 *         12 bytes of an entry, 280 or 800; entries from 20: 0 path, 8-bit, 260 bytes
 *         260 number  264 drive (A is 0, 26: a share)  268 FILETIME  276 size  280 path,
 *         UTF-16, 520 bytes, where entries have 800
 *         An entry whose path begins with NUL left the bin; the rest of it still stands.
 *     $I... (from Vista): 0 version (1 or 2, 64 bits)  8 size  16 FILETIME
 *         version 1: 24 path, UTF-16, 520 bytes; version 2: 24 units  28 path
 *         Some files of version 1 lack a byte of the size, and with it its value.
 *
 * Sources: libyal's descriptions of both, rifiuti2.
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum {
    INFO2_HEADER = 20,
    ENTRY_9X = 280,
    ENTRY_NT = 800,
    PATH_8BIT = 260,
    PATH_UNITS = 260,
    I_PATH = 24,
    I_LEAST = 28,
    I_SHORT = 543, /* of 544: without a byte of the size */
    SHARE = 26,
};

/* The first path of a list, whose first letter may be gone. */
static bool has_path(const uint8_t *path)
{
    return (path[1] == ':' && path[2] == '\\') || (path[1] == '\\' && path[2] != '\\');
}

static bool is_info2(const uint8_t *head, size_t size)
{
    uint32_t version = size >= INFO2_HEADER ? bytes_u32le(head) : UINT32_MAX;
    uint32_t entry = version != UINT32_MAX ? bytes_u32le(head + 12) : 0;

    if (version == 0 || version == 2) /* little else tells these from other files */
        return entry == (version == 0 ? ENTRY_9X : ENTRY_NT) &&
               (size == INFO2_HEADER || (size > INFO2_HEADER + 3 && has_path(head + INFO2_HEADER)));
    return (version == 4 || version == 5) && (entry == ENTRY_9X || entry == ENTRY_NT);
}

/* How many bytes of the size a file lacks: then the path begins at an odd place. */
static size_t missing(const uint8_t *head, size_t size)
{
    return size == I_SHORT && bytes_u64le(head) == 1 && head[I_PATH] == 0;
}

/* "C:\..." or "\\server\..." */
static bool is_i(const uint8_t *head, size_t size)
{
    uint64_t version = size >= I_LEAST ? bytes_u64le(head) : 0;
    size_t less = version == 1 ? missing(head, size) : 0;
    size_t at = version == 1 ? I_PATH - less : I_PATH + 4;

    return (version == 1 || version == 2) && size >= at + 6 && head[at + 1] == 0 &&
           head[at + 3] == 0 &&
           ((head[at + 2] == ':' && head[at + 4] == '\\') ||
            (head[at] == '\\' && head[at + 2] == '\\')) &&
           instant_from_filetime(bytes_u64le(head + 16 - less)).state == INSTANT_UTC;
}

static bool is_recycle(const uint8_t *head, size_t size)
{
    return is_info2(head, size) || is_i(head, size);
}

static bool is_recycle_path(const char *path, size_t length)
{
    return path_has_name(path, length, "INFO2") ||
           (path_has_name(path, length, "INFO") && text_glob("*/recycle?/*", path, length)) ||
           (path_has_name(path, length, "$I*") && text_glob("*/$recycle.bin/*", path, length));
}

static int hand_out(const struct artifact_sink *sink, struct record *record, uint64_t at,
                    uint64_t filetime, bool left, struct buffer *message, struct error *error)
{
    struct instant time = instant_from_filetime(filetime);

    record_text(record, FIELD_ORIGIN, left ? "deleted" : "live");
    if (left)
        buffer_add_text(message, " (no longer in the bin)");
    if (time.state == INSTANT_ABSENT) {
        if (!left)
            artifact_damage(sink, at, "a file that was put into the recycle bin at no time");
        return 0;
    }
    return artifact_event(sink, record, &time, "recycle", "put into the recycle bin", message,
                          error);
}

static int parse_info2(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                       struct buffer *message, struct error *error)
{
    size_t entry = bytes_u32le(data + 12), at;
    int result = 0;

    for (at = INFO2_HEADER; result == 0 && at + entry <= size; at += entry) {
        const uint8_t *stored = data + at;
        bool left = stored[0] == 0;
        struct record record;
        uint32_t drive = bytes_u32le(stored + 264);
        if (bytes_all_zero(stored, entry))
            continue;
        buffer_clear(message);
        if (entry == ENTRY_NT) {
            text_add_utf16le(message, stored + ENTRY_9X,
                             utf16_units(stored + ENTRY_9X, PATH_UNITS));
        } else {
            if (left && drive < 26) /* the letter was overwritten */
                buffer_add_byte(message, (char)('A' + drive));
            else if (left && drive == SHARE)
                buffer_add_byte(message, '\\');
            text_add_cp1252(message, stored + left,
                            strnlen((const char *)stored + left, PATH_8BIT - left));
        }
        record_begin(&record, RECORD_EVENT);
        record_number(&record, FIELD_RECORD_NUMBER, bytes_u32le(stored + PATH_8BIT));
        record_number(&record, FIELD_SIZE, bytes_u32le(stored + 276));
        result = hand_out(sink, &record, at, bytes_u64le(stored + 268), left, message, error);
    }
    if (result == 0 && at < size)
        artifact_damage(sink, at, "an entry that was cut");
    return result;
}

static int parse_i(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                   struct buffer *message, struct error *error)
{
    struct record record;
    size_t less = missing(data, size), at = I_PATH - less, units = PATH_UNITS;

    if (bytes_u64le(data) == 2) {
        units = bytes_u32le(data + I_PATH);
        at += 4;
    }
    if (units > (size - at) / 2) {
        units = (size - at) / 2;
        artifact_damage(sink, size, "a path that was cut");
    }
    text_add_utf16le(message, data + at, utf16_units(data + at, units));
    record_begin(&record, RECORD_EVENT);
    if (less == 0)
        record_number(&record, FIELD_SIZE, bytes_u64le(data + 8));
    return hand_out(sink, &record, 0, bytes_u64le(data + 16 - less), false, message, error);
}

static int parse_list(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                      struct error *error)
{
    struct buffer message = BUFFER_INIT;
    int result;

    if (is_info2(data, size))
        result = parse_info2(data, size, sink, &message, error);
    else if (is_i(data, size))
        result = parse_i(data, size, sink, &message, error);
    else
        result = error_set(error, ERROR_DAMAGED, "no list of a recycle bin");
    buffer_release(&message);
    return result;
}

static int parse_recycle(struct reader *reader, const struct artifact_sink *sink,
                         struct error *error)
{
    return artifact_parse_whole(reader, LIMIT_EVENT_LOG_BYTES, parse_list, sink, error);
}

const struct artifact_format artifact_recycle = {
    "recycle", "recycle bin: INFO, INFO2 and $I", is_recycle, is_recycle_path, parse_recycle,
};
