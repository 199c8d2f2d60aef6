/* SPDX-License-Identifier: Apache-2.0 */

/*
 * evtx: event logs of Windows Vista and later.
 *
 *     header  0 "ElfFile" NUL  42 how many chunks were used  120 flags: 1 not closed, 4
 *             without checksums; 4096 bytes
 *     chunks  of 65,536 bytes: 0 "ElfChnk" NUL  48 where free space begins
 *             52 checksum of the records  124 that of 0-119 and 128-511  512 records
 *     record  0 2A 2A 00 00  4 size  8 number  16 FILETIME  24 binary XML ...
 *             last four bytes: size
 *
 * Records are found by their signature. What stands behind the start of the free space
 * is of before the chunk was used anew: its origin is deleted. In a log that was not closed
 * the chunk that was written to last, of the highest record number, may be newer than its
 * checksums.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "artifact_internal.h"
#include "binxml.h"

enum { HEADER = 4096, FIRST_RECORD = 512, RECORD_HEAD = 24, LEAST = 28, NOT_CLOSED = 1,
       NO_CHECKSUMS = 4 };

enum check { CHECK_NONE, CHECK_ALL, CHECK_CLOSED };

struct sums {
    uint64_t offset;     /* of the chunk */
    bool bad_head, bad_records;
};

struct log {
    uint8_t *chunk;
    uint64_t offset;     /* of it in the file */
    size_t free;         /* where its free space begins */
    uint64_t highest;    /* number of a live record */
    struct sums of_last; /* of the chunk that holds it */
    struct binxml_event event;
    struct buffer message;
};

static bool is_log(const uint8_t *head)
{
    return memcmp(head, "ElfFile", 8) == 0;
}

static bool is_chunk(const uint8_t *head)
{
    return memcmp(head, "ElfChnk", 8) == 0;
}

static bool is_evtx(const uint8_t *head, size_t size)
{
    return size >= 8 && (is_log(head) || is_chunk(head));
}

static bool is_evtx_path(const char *path, size_t length)
{
    return path_ends(path, length, ".evtx");
}

/* `crc`: of what stands before, 0 at first. */
static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t size)
{
    uint32_t table[256];

    crc = ~crc;

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int k = 0; k < 8; k++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 255];
    return ~crc;
}

static int hand_out(struct log *log, size_t at, size_t size, const struct artifact_sink *sink,
                    struct error *error)
{
    const uint8_t *stored = log->chunk + at;
    struct instant time = instant_from_filetime(bytes_u64le(stored + 16));
    struct binxml_event *event = &log->event;
    bool live = at < log->free;
    struct record record;

    if (!live && (time.state == INSTANT_RAW || time.seconds < 0))
        return 0; /* what is left of a former use may be anything: no clock was before 1970 */
    bool whole = binxml_parse(log->chunk, at + RECORD_HEAD, at + size - 4, event) &&
                 size > RECORD_HEAD + 4;
    if (!whole && live && size > RECORD_HEAD + 4)
        artifact_damage(sink, log->offset + at, "an event whose binary XML does not fit");
    buffer_clear(&log->message);
    if (!whole)
        buffer_add_text(&log->message, "(damaged) ");
    buffer_add(&log->message, event->provider.data, event->provider.length);
    if (event->has_id)
        buffer_add_format(&log->message, " %u", event->id);
    if (event->strings.length > 0)
        buffer_add_text(&log->message, ": ");
    buffer_add(&log->message, event->strings.data, event->strings.length);
    log->message.failed |= event->provider.failed || event->strings.failed ||
                           event->computer.failed || event->user.failed;

    record_begin(&record, RECORD_EVENT);
    record_number(&record, FIELD_RECORD_NUMBER, bytes_u64le(stored + 8));
    if (event->has_id)
        record_number(&record, FIELD_EVENT_ID, event->id);
    if (event->provider.length > 0)
        record_text_n(&record, FIELD_PROVIDER, event->provider.data, event->provider.length);
    if (event->user.length > 0)
        record_text_n(&record, FIELD_USER, event->user.data, event->user.length);
    if (event->computer.length > 0)
        record_text_n(&record, FIELD_HOST, event->computer.data, event->computer.length);
    record_text(&record, FIELD_ORIGIN, live ? "live" : "deleted");
    return artifact_event(sink, &record, &time, "evt", "event written", &log->message, error);
}

/* The size of the record at a place; 0: there is none. */
static size_t record_at(const struct log *log, size_t at)
{
    const uint8_t *stored = log->chunk + at;
    size_t size = bytes_u32le(stored + 4);

    if (memcmp(stored, "\x2a\x2a\0\0", 4) != 0 || size < LEAST || size > EVTX_CHUNK - at ||
        bytes_u32le(stored + size - 4) != size)
        return 0;
    return size;
}

static bool is_head(const struct log *log, size_t at)
{
    const uint8_t *stored = log->chunk + at;

    return memcmp(stored, "\x2a\x2a\0\0", 4) == 0 &&
           instant_from_filetime(bytes_u64le(stored + 16)).state == INSTANT_UTC;
}

static struct sums check_sums(const struct log *log)
{
    const uint8_t *chunk = log->chunk;
    uint32_t head = crc32(crc32(0, chunk, 120), chunk + 128, FIRST_RECORD - 128);

    return (struct sums){
        .offset = log->offset,
        .bad_head = head != bytes_u32le(chunk + 124),
        .bad_records = crc32(0, chunk + FIRST_RECORD, log->free - FIRST_RECORD) !=
                       bytes_u32le(chunk + 52),
    };
}

static void tell_sums(const struct sums *sums, const struct artifact_sink *sink)
{
    if (sums->bad_head)
        artifact_damage(sink, sums->offset, "a chunk whose header has another checksum");
    if (sums->bad_records)
        artifact_damage(sink, sums->offset, "a chunk whose checksum does not match");
}

/* Of a log that was not closed the last chunk's are never told. */
static void judge_sums(struct log *log, enum check check, uint64_t highest,
                       const struct artifact_sink *sink)
{
    struct sums sums = check_sums(log);

    if (check == CHECK_CLOSED && highest > log->highest) {
        tell_sums(&log->of_last, sink);
        log->of_last = sums;
    } else {
        tell_sums(&sums, sink);
    }
}

static int parse_chunk(struct log *log, enum check check, const struct artifact_sink *sink,
                       struct error *error)
{
    uint64_t highest = 0;
    bool told = false;
    int result = 0;

    log->free = bytes_u32le(log->chunk + 48);
    if (log->free < FIRST_RECORD || log->free > EVTX_CHUNK) {
        log->free = EVTX_CHUNK;
        check = CHECK_NONE;
    }
    for (size_t at = FIRST_RECORD, size; result == 0 && at + LEAST <= EVTX_CHUNK;) {
        size = record_at(log, at);
        if (size > 0)
            result = hand_out(log, at, size, sink, error);
        else if (at < log->free && is_head(log, at)) /* a torn one, whose head still stands */
            result = hand_out(log, at, RECORD_HEAD + 4, sink, error);
        if (size == 0 && at < log->free && !told)
            artifact_damage(sink, log->offset + at, "no whole record of an event log");
        if (size > 0 && at < log->free && bytes_u64le(log->chunk + at + 8) > highest)
            highest = bytes_u64le(log->chunk + at + 8);
        told = size == 0;
        at += size > 0 ? size : 4;
    }
    if (check != CHECK_NONE)
        judge_sums(log, check, highest, sink);
    return result;
}

/* Where the chunks begin, up to where they were used, which checksums count. A log whose
 * header is lost is read all the same. Of one that was not closed more may be used. */
static int find_chunks(struct reader *reader, uint64_t *first, uint64_t *used, enum check *check,
                       const struct artifact_sink *sink, struct error *error)
{
    struct error lost = ERROR_INIT;
    uint8_t head[128];

    *first = HEADER;
    *used = 0;
    *check = CHECK_CLOSED;
    if (reader_read(reader, 0, head, sizeof head, &lost) == 0 && is_log(head)) {
        uint32_t flags = bytes_u32le(head + 120);
        *used = HEADER + (uint64_t)EVTX_CHUNK * bytes_u16le(head + 42);
        *check = flags & NO_CHECKSUMS ? CHECK_NONE : flags & NOT_CLOSED ? CHECK_CLOSED : CHECK_ALL;
        return 0;
    }
    if (is_chunk(head))
        *first = 0;
    else if (reader_read(reader, HEADER, head, sizeof head, &lost) != 0 || !is_chunk(head))
        return error_set(error, ERROR_DAMAGED, "no event log: no header");
    artifact_damage(sink, 0, "the header of an event log is lost");
    return 0;
}

static int parse_evtx(struct reader *reader, const struct artifact_sink *sink,
                      struct error *error)
{
    struct log log = { .chunk = malloc(EVTX_CHUNK) };
    struct error lost = ERROR_INIT;
    uint64_t used;
    enum check check;
    int result = log.chunk ? find_chunks(reader, &log.offset, &used, &check, sink, error)
                           : error_set_memory(error);

    for (; result == 0 && log.offset < reader->size; log.offset += EVTX_CHUNK) {
        uint64_t left = reader->size - log.offset;
        size_t size = left < EVTX_CHUNK ? (size_t)left : EVTX_CHUNK;
        memset(log.chunk, 0, EVTX_CHUNK);
        if (reader_read(reader, log.offset, log.chunk, size, &lost) != 0)
            sink->damage(sink->context, NULL, &lost);
        if (size < EVTX_CHUNK) {
            artifact_damage(sink, log.offset + size, "a chunk that was cut");
            used = 0; /* so it is told where the log ends */
        }
        if (is_chunk(log.chunk))
            result = parse_chunk(&log, size == EVTX_CHUNK ? check : CHECK_NONE, sink, error);
        else if (log.offset < used || !bytes_all_zero(log.chunk, size))
            artifact_damage(sink, log.offset, "no chunk of an event log");
    }
    if (result == 0 && log.offset < used)
        artifact_damage(sink, reader->size, "an event log that was cut");
    free(log.chunk);
    binxml_release(&log.event);
    buffer_release(&log.message);
    return result;
}

const struct artifact_format artifact_evtx = {
    "evt", "event logs of Windows Vista and later", is_evtx, is_evtx_path, parse_evtx,
};
