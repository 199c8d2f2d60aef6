/* SPDX-License-Identifier: Apache-2.0 */

/*
 * evt: event logs of Windows NT to 2003 (MS-EVEN, "EVENTLOGRECORD").
 *
 * A header of 48 bytes, then records in a ring: one that does not fit before the end
 * of the file goes on behind the header. All are found by their signature, not by the
 * chain, so that those of before the log was cleared and those behind damage are found
 * too. Live are those from the oldest to the end, round the ring; the others have the
 * origin deleted. Of those some have lost their end to a newer record. Where these are is
 * told by the record of the end, which is always right, else by the header, which is
 * written when the log is closed.
 *
 *     header   4 "LfLe"  16 oldest record at  20 end at
 *     end      0 size, 40  4 11111111 22222222 33333333 44444444  20 oldest record at
 *             24 end at
 *     record   0 size  4 "LfLe"  8 number  12 generated  16 written  20 event id
 *             24 type (16 bits)  26 strings (16 bits)  28 category (16 bits)  36 strings at
 *             40 size of SID  44 SID at  48 size of data  52 data at
 *             56 source, computer: UTF-16 with NUL ... last four bytes: size
 *
 * Times are seconds since 1970, UTC.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { HEADER = 48, LEAST = 56, STRINGS_MOST = 1024 };

struct log {
    const uint8_t *data;
    size_t size;
    size_t oldest, end;      /* places of live records: from, to, round the ring */
    uint8_t *wrapped;        /* a record that goes over the end of the file */
    struct buffer message, source, computer, user;
};

static bool is_evt(const uint8_t *head, size_t size)
{
    return size >= HEADER && bytes_u32le(head) == HEADER && memcmp(head + 4, "LfLe", 4) == 0;
}

static bool is_evt_path(const char *path, size_t length)
{
    return path_ends(path, length, ".evt");
}

/* A text of UTF-16 with NUL within a record; where the next begins. */
static size_t add_text(struct buffer *buffer, const uint8_t *record, size_t size, size_t at)
{
    if (at >= size)
        return size;
    size_t units = utf16_units(record + at, (size - at) / 2);
    text_add_utf16le(buffer, record + at, units);
    return at + 2 * units + 2;
}

static const char *type_word(uint16_t type)
{
    switch (type) {
    case 0:
    case 4: return "information";
    case 1: return "error";
    case 2: return "warning";
    case 8: return "audit success";
    case 16: return "audit failure";
    default: return "unknown type";
    }
}

static void make_texts(struct log *log, const uint8_t *record, size_t size, bool whole)
{
    uint32_t sid_size = bytes_u32le(record + 40), sid = bytes_u32le(record + 44);
    size_t at = bytes_u32le(record + 36);
    unsigned strings = bytes_u16le(record + 26);

    buffer_clear(&log->source);
    buffer_clear(&log->computer);
    buffer_clear(&log->user);
    buffer_clear(&log->message);
    add_text(&log->computer, record, size, add_text(&log->source, record, size, LEAST));
    if (sid <= size && sid_size <= size - sid)
        sid_add(&log->user, record + sid, sid_size);
    buffer_add(&log->message, log->source.data, log->source.length);
    buffer_add_format(&log->message, " %u (%s)", bytes_u32le(record + 20) & 0xffff,
                      type_word(bytes_u16le(record + 24)));
    for (unsigned i = 0; i < strings && i < STRINGS_MOST && at < size; i++) {
        buffer_add_text(&log->message, i == 0 ? ": " : "; ");
        at = add_text(&log->message, record, size, at);
    }
    if (!whole)
        buffer_add_text(&log->message, " (the end of this record was overwritten)");
    log->message.failed |= log->source.failed || log->computer.failed || log->user.failed;
}

static int hand_out(struct log *log, const uint8_t *stored, size_t size, bool live, bool whole,
                    const struct artifact_sink *sink, struct error *error)
{
    uint32_t number = bytes_u32le(stored + 8), times[2] = { bytes_u32le(stored + 12),
                                                            bytes_u32le(stored + 16) };
    int result = 0;

    make_texts(log, stored, size, whole);
    for (int i = 0; i < 2 && result == 0; i++) {
        struct instant time = instant_from_unix(times[i], 0, PRECISION_SECOND);
        struct record record;
        if (times[i] == 0 || (i == 1 && times[1] == times[0]))
            continue;
        record_begin(&record, RECORD_EVENT);
        record_number(&record, FIELD_RECORD_NUMBER, number);
        record_number(&record, FIELD_EVENT_ID, bytes_u32le(stored + 20) & 0xffff);
        record_text_n(&record, FIELD_PROVIDER, buffer_text(&log->source), log->source.length);
        if (log->user.length > 0)
            record_text(&record, FIELD_USER, buffer_text(&log->user));
        record_text_n(&record, FIELD_HOST, buffer_text(&log->computer), log->computer.length);
        record_text(&record, FIELD_ORIGIN, live ? "live" : "deleted");
        result = artifact_event(sink, &record, &time, "evt",
                                i == 0 ? "event generated" : "event written", &log->message,
                                error);
    }
    return result;
}

/* The record at a place, in one piece; NULL where there is none. */
static const uint8_t *record_at(struct log *log, size_t at, size_t *size)
{
    const uint8_t *record = log->data + at;
    size_t left = log->size - at;

    *size = bytes_u32le(record);
    if (*size < LEAST || *size % 4 != 0 || *size > log->size - HEADER)
        return NULL;
    if (*size <= left)
        return bytes_u32le(record + *size - 4) == *size ? record : NULL;
    free(log->wrapped);
    log->wrapped = malloc(*size);
    if (!log->wrapped)
        return NULL;
    memcpy(log->wrapped, record, left);
    memcpy(log->wrapped + left, log->data + HEADER, *size - left);
    return bytes_u32le(log->wrapped + *size - 4) == *size ? log->wrapped : NULL;
}

/* Whether a record that does not end as it should begins as one does, and in one piece. */
static bool is_remnant(const struct log *log, size_t at, size_t size)
{
    const uint8_t *record = log->data + at;

    if (size < LEAST || size % 4 != 0 || size > log->size - at)
        return false;
    uint32_t generated = bytes_u32le(record + 12), written = bytes_u32le(record + 16);
    return generated != 0 && written >= generated && bytes_u32le(record + 36) >= LEAST &&
           bytes_u32le(record + 36) < size && bytes_u32le(record + 44) < size &&
           bytes_u32le(record + 52) < size;
}

static bool is_live(const struct log *log, size_t at)
{
    if (log->oldest <= log->end)
        return at >= log->oldest && at < log->end;
    return at >= log->oldest || at < log->end;
}

/* Where live records begin and end. */
static void find_ends(struct log *log)
{
    static const uint8_t end[] = { 40, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22,
                                   0x33, 0x33, 0x33, 0x33, 0x44, 0x44, 0x44, 0x44 };

    log->oldest = bytes_u32le(log->data + 16);
    log->end = bytes_u32le(log->data + 20);
    for (size_t at = HEADER; at + 40 <= log->size; at += 4)
        if (memcmp(log->data + at, end, sizeof end) == 0 &&
            bytes_u32le(log->data + at + 24) == at) {
            log->oldest = bytes_u32le(log->data + at + 20);
            log->end = at;
            return;
        }
}

static int parse_log(struct log *log, const struct artifact_sink *sink, struct error *error)
{
    int result = 0;

    for (size_t at = HEADER, size; result == 0 && at + 8 <= log->size;) {
        const uint8_t *record = NULL;
        bool signed_here = memcmp(log->data + at + 4, "LfLe", 4) == 0;
        if (signed_here)
            record = record_at(log, at, &size);
        if (record)
            result = hand_out(log, record, size, is_live(log, at), true, sink, error);
        else if (signed_here && !is_live(log, at) && is_remnant(log, at, size))
            result = hand_out(log, log->data + at, size, false, false, sink, error);
        else if (signed_here && is_live(log, at))
            artifact_damage(sink, at, "a record whose size does not fit");
        at += record && record != log->wrapped ? size : 4;
    }
    return result;
}

static int parse_evt(struct reader *reader, const struct artifact_sink *sink,
                     struct error *error)
{
    struct log log = { .message = BUFFER_INIT };
    uint8_t *data;

    if (artifact_read(reader, LIMIT_EVENT_LOG_BYTES, sink, &data, &log.size, error) != 0)
        return -1;
    log.data = data;
    int result = 0;
    if (!is_evt(data, log.size)) {
        result = error_set(error, ERROR_DAMAGED, "no event log: no header");
    } else {
        find_ends(&log);
        result = parse_log(&log, sink, error);
        if (result == 0 && (log.oldest >= log.size || log.end >= log.size))
            artifact_damage(sink, log.size, "an event log that was cut");
    }
    free(data);
    free(log.wrapped);
    buffer_release(&log.message);
    buffer_release(&log.source);
    buffer_release(&log.computer);
    buffer_release(&log.user);
    return result;
}

const struct artifact_format artifact_evt = {
    "evt", "event logs of Windows NT to 2003", is_evt, is_evt_path, parse_evt,
};
