/* SPDX-License-Identifier: Apache-2.0 */

/*
 * index_dat: cache, cookies and history of Internet Explorer 4 to 9, index.dat, as
 * libmsiecf's documentation of the format describes it.
 *
 *     header  0 "Client UrlCache MMF Ver 5." or " 4."  28 size of the file  592 which
 *             blocks are in use, a bit each
 *     blocks  of 128 bytes from 16384; records begin at one
 *     record  0 "URL " or "LEAK"  4 blocks  8 FILETIME: content modified; of the history
 *             the visit, in that of days and weeks by the local clock  16 FILETIME: last
 *             accessed  52 location at  60 name of the cached file at  80 DOS time, UTC:
 *             last compared with the server  84 how often  92 DOS time, UTC: put into
 *             the cache; in that of version 4 all from 52 on is 4 bytes later
 *
 * The time when a record expires is left out: it did not happen, and of the history it
 * is computed.
 * Locations are 8-bit texts with NUL. Records in blocks that are not in use are of
 * before they were freed: their origin is deleted. Bytes that were never written are
 * 0xBADF00D or 0xDEADBEEF. Redirections ("REDR") have no times.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { FILE_SIZE = 28, BITMAP = 592, FIRST_BLOCK = 16384, BLOCK = 128, LEAST = 104,
       MOST_BLOCKS = 1024 };

static const char signature[] = "Client UrlCache MMF Ver ";

static bool is_index_dat(const uint8_t *head, size_t size)
{
    size_t length = sizeof signature - 1;

    return size >= length + 2 && memcmp(head, signature, length) == 0 &&
           (head[length] == '5' || head[length] == '4') && head[length + 1] == '.';
}

static bool is_index_dat_path(const char *path, size_t length)
{
    return path_has_name(path, length, "index.dat");
}

struct history {
    const uint8_t *data;
    size_t size;
    size_t shift; /* of what stands from 52 on */
    struct buffer message;
};

enum { TIMES = 4 };

static bool is_allocated(const struct history *history, size_t at)
{
    size_t block = (at - FIRST_BLOCK) / BLOCK, byte = BITMAP + block / 8;

    return byte < FIRST_BLOCK && history->data[byte] >> (block % 8) & 1;
}

/* A text within a record; false where there is none. */
static bool add_text(struct buffer *buffer, const uint8_t *record, size_t size, size_t at)
{
    if (at < LEAST || at >= size)
        return false;
    size_t length = strnlen((const char *)record + at, size - at);
    size_t before = buffer->length;
    if (length == 0 || length == size - at)
        return false;
    if (text_valid_length((const char *)record + at, length) == length)
        buffer_add(buffer, record + at, length);
    else
        text_add_cp1252(buffer, record + at, length);
    return buffer->length > before;
}

enum kind { KIND_CACHE, KIND_COOKIE, KIND_VISITED, KIND_BY_DAYS };

static bool begins(const struct buffer *location, const char *with)
{
    return location->length >= strlen(with) &&
           memcmp(location->data, with, strlen(with)) == 0;
}

/* By the location: "Visited: user@http://...", "Cookie:user@host/", of the history of days
 * and weeks ":2013030420130311: user@http://...". */
static enum kind kind_of(const struct buffer *location)
{
    size_t digits = 0;

    while (location->length > 1 + digits && location->data[1 + digits] >= '0' &&
           location->data[1 + digits] <= '9')
        digits++;
    if (location->length > 18 && location->data[0] == ':' && digits == 16)
        return KIND_BY_DAYS;
    return begins(location, "Visited:")  ? KIND_VISITED
           : begins(location, "Cookie:") ? KIND_COOKIE
                                         : KIND_CACHE;
}

static struct instant from_dos_utc(const uint8_t *at)
{
    struct instant time = instant_from_dos(bytes_u16le(at), bytes_u16le(at + 2), -1);

    if (time.state == INSTANT_LOCAL)
        time.state = INSTANT_UTC;
    return time;
}

/* DOS times are rounded up to 2 s. */
static bool is_rounded(const struct instant *time, const struct instant *from)
{
    return from->state == INSTANT_UTC && time->seconds >= from->seconds &&
           time->seconds - from->seconds <= 2;
}

/* The times of a record that say something of their own. */
static void read_times(const struct history *history, const uint8_t *stored, enum kind kind,
                       struct instant times[TIMES], const char *what[TIMES])
{
    static const char *const first[] = {
        [KIND_CACHE] = "content modified",
        [KIND_COOKIE] = "cookie modified",
        [KIND_VISITED] = "last visited",
        [KIND_BY_DAYS] = "visited, by the local clock",
    };

    times[0] = instant_from_filetime(bytes_u64le(stored + 8));
    times[1] = instant_from_filetime(bytes_u64le(stored + 16));
    times[2] = from_dos_utc(stored + history->shift + 92);
    times[3] = from_dos_utc(stored + history->shift + 80);
    what[0] = first[kind];
    what[1] = kind == KIND_VISITED || kind == KIND_BY_DAYS ? "last visited" : "last accessed";
    what[2] = "put into the cache";
    what[3] = "compared with the server";
    if (kind == KIND_BY_DAYS && times[0].state == INSTANT_UTC)
        times[0].state = INSTANT_LOCAL;
    if (kind == KIND_VISITED && instant_compare(&times[0], &times[1]) == 0)
        times[0] = INSTANT_NONE;
    if (is_rounded(&times[3], &times[1]) || instant_compare(&times[3], &times[2]) == 0 ||
        kind != KIND_CACHE)
        times[3] = INSTANT_NONE;
    if (kind != KIND_CACHE)
        times[2] = INSTANT_NONE;
}

static int hand_out(struct history *history, size_t at, size_t size,
                    const struct artifact_sink *sink, struct error *error)
{
    const uint8_t *stored = history->data + at;
    struct instant times[TIMES];
    const char *what[TIMES];
    struct buffer *message = &history->message;
    bool live = is_allocated(history, at);
    int result = 0;

    buffer_clear(message);
    if (!add_text(message, stored, size, bytes_u32le(stored + history->shift + 52))) {
        if (live && stored[0] == 'U') /* what leaked has a file only */
            artifact_damage(sink, at, "a record of index.dat without a location");
        return 0;
    }
    read_times(history, stored, kind_of(message), times, what);
    buffer_add_text(message, " (");
    if (add_text(message, stored, size, bytes_u32le(stored + history->shift + 60)))
        buffer_add_byte(message, ')');
    else if (!message->failed)
        buffer_truncate(message, message->length - 2);
    for (int i = 0; i < TIMES && result == 0; i++) {
        struct record record;
        record_begin(&record, RECORD_EVENT);
        record_text(&record, FIELD_ORIGIN, live ? "live" : "deleted");
        record_number(&record, FIELD_COUNT, bytes_u32le(stored + history->shift + 84));
        if (times[i].state != INSTANT_ABSENT)
            result = artifact_event(sink, &record, &times[i], "webhist", what[i], message, error);
    }
    return result;
}

static int parse_blocks(struct history *history, const struct artifact_sink *sink,
                        struct error *error)
{
    int result = 0;

    for (size_t at = FIRST_BLOCK; result == 0 && at + LEAST <= history->size;) {
        const uint8_t *stored = history->data + at;
        size_t blocks = bytes_u32le(stored + 4);
        bool known = memcmp(stored, "URL ", 4) == 0 || memcmp(stored, "LEAK", 4) == 0;
        at += BLOCK;
        if (!known)
            continue;
        size_t from = at - BLOCK, size = blocks * BLOCK;
        if (blocks == 0 || blocks > MOST_BLOCKS || size > history->size - from) {
            if (is_allocated(history, from))
                artifact_damage(sink, from, "a record of index.dat whose size does not fit");
            continue;
        }
        result = hand_out(history, from, size, sink, error);
    }
    return result;
}

/* Records that were cut off would be missing and not told. */
static void check_size(const struct history *history, const struct artifact_sink *sink)
{
    if (history->size >= FILE_SIZE + 4 && history->size < LIMIT_EVENT_LOG_BYTES &&
        bytes_u32le(history->data + FILE_SIZE) > history->size)
        artifact_damage(sink, history->size, "an index.dat that was cut");
}

static int parse_index_dat(struct reader *reader, const struct artifact_sink *sink,
                           struct error *error)
{
    struct history history = { .message = BUFFER_INIT };
    uint8_t *data;

    if (artifact_read(reader, LIMIT_EVENT_LOG_BYTES, sink, &data, &history.size, error) != 0)
        return -1;
    history.data = data;
    history.shift = history.size > sizeof signature && data[sizeof signature - 1] == '4' ? 4 : 0;
    int result = is_index_dat(data, history.size)
                     ? parse_blocks(&history, sink, error)
                     : error_set(error, ERROR_DAMAGED, "no index.dat: no header");
    if (result == 0)
        check_size(&history, sink);
    free(data);
    buffer_release(&history.message);
    return result;
}

const struct artifact_format artifact_index_dat = {
    "webhist", "cache and history of Internet Explorer", is_index_dat, is_index_dat_path,
    parse_index_dat,
};
