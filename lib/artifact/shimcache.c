/* SPDX-License-Identifier: Apache-2.0 */

/*
 * shimcache: the cache of application compatibility (value AppCompatCache). Windows notes
 * there each program that it looked at, with the time when the file was modified: that it
 * was there, not that it ran. It is written when the machine is shut down.
 *
 *     XP       DEADBEEF; entries from 400 on of 552 bytes: 0 path, UTF-16, 528 bytes
 *              528 modified  544 cached, FILETIME
 *     2003, Vista  BADC0FFE  4 count; entries from 8 on, of 24 or 32 bytes as below
 *     7        BADC0FEE  4 count; entries from 128 on of 32 bytes: 0 bytes of path (16 bits)
 *              4 path at (32 bits)  8 modified; of 48 on 64-bit Windows: 8 path at (64 bits)
 *              16 modified
 *     8, 8.1   128; entries from 128 on: 0 "00ts" or "10ts"  8 bytes that follow  12 bytes
 *              of path (16 bits), path, bytes of package (16 bits), package, 8 bytes,
 *              modified
 *     10       48 or 52: where entries begin: as of 8.1, modified right behind the path
 *
 * Sources: Mandiant's ShimCacheParser, libyal's description of the cache.
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { XP_BEGIN = 400, XP_ENTRY = 552, XP_PATH = 528, MOST = 65536 };

struct cache {
    const uint8_t *data;
    size_t size;
    const struct artifact_sink *sink;
    struct buffer message, program;
};

static int tell(struct cache *cache, const uint8_t *path, size_t bytes, uint64_t filetime,
                const char *what, struct error *error)
{
    struct instant time = instant_from_filetime(filetime);
    struct record record;

    buffer_clear(&cache->message);
    text_add_utf16le(&cache->message, path, utf16_units(path, bytes / 2));
    if (time.state == INSTANT_ABSENT || cache->message.length == 0)
        return 0;
    artifact_set_program(&cache->program, cache->message.data, cache->message.length);
    cache->message.failed |= cache->program.failed;
    record_begin(&record, RECORD_EVENT);
    record_text_n(&record, FIELD_PROGRAM, buffer_text(&cache->program), cache->program.length);
    return artifact_event(cache->sink, &record, &time, "shimcache", what, &cache->message, error);
}

static int parse_xp(struct cache *cache, struct error *error)
{
    uint32_t count = cache->size >= 8 ? bytes_u32le(cache->data + 4) : 0;
    int result = 0;

    for (size_t i = 0; result == 0 && i < count && i < MOST; i++) {
        size_t at = XP_BEGIN + i * XP_ENTRY;
        if (at + XP_ENTRY > cache->size) {
            artifact_damage(cache->sink, at, "a cache of programs that was cut");
            break;
        }
        const uint8_t *entry = cache->data + at;
        result = tell(cache, entry, XP_PATH, bytes_u64le(entry + XP_PATH),
                      "program modified, as it was cached", error);
        if (result == 0)
            result = tell(cache, entry, XP_PATH, bytes_u64le(entry + 544), "program cached", error);
    }
    return result;
}

/* Entries that point to their paths. Of 64-bit Windows the four bytes behind the two
 * lengths are zero, of 32-bit Windows they are where the path is. */
static int parse_table(struct cache *cache, size_t begin, size_t narrow, size_t broad,
                       struct error *error)
{
    bool wide = begin + 8 <= cache->size && bytes_u32le(cache->data + begin + 4) == 0;
    size_t entry_size = wide ? broad : narrow;
    uint32_t count = cache->size >= 8 ? bytes_u32le(cache->data + 4) : 0;
    int result = 0;

    for (size_t i = 0; result == 0 && i < count && i < MOST; i++) {
        size_t at = begin + i * entry_size;
        if (at + entry_size > cache->size) {
            artifact_damage(cache->sink, at, "a cache of programs that was cut");
            break;
        }
        const uint8_t *entry = cache->data + at;
        size_t bytes = bytes_u16le(entry);
        uint64_t path = wide ? bytes_u64le(entry + 8) : bytes_u32le(entry + 4);
        if (path > cache->size || bytes > cache->size - path)
            artifact_damage(cache->sink, at,
                            "an entry of a cache of programs whose path is outside");
        else
            result = tell(cache, cache->data + path, bytes, bytes_u64le(entry + (wide ? 16 : 8)),
                          "program modified, as it was cached", error);
    }
    return result;
}

/* Entries one behind the other. */
static int parse_chain(struct cache *cache, size_t begin, bool has_package, struct error *error)
{
    int result = 0;

    for (size_t at = begin; result == 0 && at < cache->size;) {
        const uint8_t *entry = cache->data + at;
        bool fits = cache->size - at >= 14;
        if (!fits || (memcmp(entry, "10ts", 4) != 0 && memcmp(entry, "00ts", 4) != 0)) {
            if (!bytes_all_zero(entry, cache->size - at))
                artifact_damage(cache->sink, at, "no entry of a cache of programs");
            break;
        }
        size_t left = cache->size - at - 12, bytes = bytes_u16le(entry + 12), time = 2 + bytes;
        uint32_t follows = bytes_u32le(entry + 8);
        if (has_package && time + 2 <= left)
            time += 2 + (size_t)bytes_u16le(entry + 12 + time) + 8;
        if (follows > left || time + 8 > left) {
            artifact_damage(cache->sink, at, "an entry of a cache of programs that was cut");
            break;
        }
        result = tell(cache, entry + 14, bytes, bytes_u64le(entry + 12 + time),
                      "program modified, as it was cached", error);
        at += 12 + (size_t)follows;
    }
    return result;
}

static int parse_value(const struct artifact_value *value, const struct artifact_sink *sink,
                       struct error *error)
{
    struct cache cache = { .data = value->data, .size = value->size, .sink = sink };
    uint32_t first = value->size >= 132 ? bytes_u32le(value->data) : 0;
    int result = 0;

    if (first == 0xdeadbeef)
        result = parse_xp(&cache, error);
    else if (first == 0xbadc0ffe)
        result = parse_table(&cache, 8, 24, 32, error);
    else if (first == 0xbadc0fee)
        result = parse_table(&cache, 128, 32, 48, error);
    else if (first == 48 || first == 52)
        result = parse_chain(&cache, first, false, error);
    else if (first == 128)
        result = parse_chain(&cache, 128, true, error);
    else
        artifact_damage(sink, 0, "a cache of programs of unknown version");
    buffer_release(&cache.message);
    buffer_release(&cache.program);
    return result;
}

static int parse_shimcache(const struct artifact_key *key, const struct artifact_sink *sink,
                           struct error *error)
{
    const struct artifact_value *value = key_value(key, "AppCompatCache");

    return value && value->data ? parse_value(value, sink, error) : 0;
}

const struct artifact_keys artifact_shimcache = {
    "shimcache", "programs that Windows looked at, when they were modified",
    "Control\\Session Manager\\AppCompatCache", parse_shimcache,
};

const struct artifact_keys artifact_shimcache_xp = {
    "shimcache", "the same of Windows XP", "Control\\Session Manager\\AppCompatibility",
    parse_shimcache,
};
