/* SPDX-License-Identifier: Apache-2.0 */

/*
 * usn: the change journal of an NTFS volume, $Extend\$UsnJrnl:$J (MS-FSCC,
 * USN_RECORD_V2 and V3).
 *
 * Records are aligned to 8 bytes and do not cross pages of 4096 bytes; zeros are behind the
 * last of a page, and before the first page: the start of the stream is sparse. Places that
 * are no record, zeros before one in its page too, are passed over in steps of 8, and told
 * once for each stretch.
 *
 *     V2   0 size  4 major  6 minor  8 file  16 parent  24 USN  32 FILETIME  40 reason
 *         44 source  48 security  52 attributes  56 bytes of name  58 name at
 *     V3   the references have 16 bytes: 8 file  24 parent  40 USN  48 FILETIME ...
 *         72 bytes of name  74 name at
 *     V4   ranges of a file that changed, without time and name: passed over
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { PAGE = 4096, BLOCK = 256 * PAGE, LEAST = 60, V4_LEAST = 64 };

static const char *const reasons[32] = {
    "data overwritten", "data extended", "data truncated", NULL,
    "stream overwritten", "stream extended", "stream truncated", NULL,
    "created", "deleted", "extended attributes changed", "security changed",
    "renamed from", "renamed to", "indexing changed", "attributes or times changed",
    "hard link changed", "compression changed", "encryption changed", "object id changed",
    "reparse point changed", "stream changed", "transacted", "integrity changed",
    [31] = "closed",
};

struct record_place {
    const uint8_t *data;
    size_t size;
    bool wide; /* V3 */
};

static bool is_record(const uint8_t *at, size_t left, struct record_place *place)
{
    if (left < LEAST)
        return false;
    uint32_t size = bytes_u32le(at);
    uint16_t major = bytes_u16le(at + 4), minor = bytes_u16le(at + 6);
    bool wide = major == 3;
    size_t least = wide ? LEAST + 16 : LEAST;
    if ((major != 2 && major != 3) || minor != 0 || size < least || size > left || size % 8 != 0)
        return false;
    const uint8_t *name = at + (wide ? 72 : 56);
    size_t bytes = bytes_u16le(name), from = bytes_u16le(name + 2);
    *place = (struct record_place){ at, size, wide };
    return from >= least && bytes % 2 == 0 && from + bytes <= size;
}

static bool is_usn(const uint8_t *head, size_t size)
{
    struct record_place place;

    return is_record(head, size, &place) &&
           instant_from_filetime(bytes_u64le(head + (place.wide ? 48 : 32))).state ==
               INSTANT_UTC;
}

static bool is_usn_path(const char *path, size_t length)
{
    return path_ends(path, length, "$UsnJrnl:$J");
}

static void add_reasons(struct buffer *buffer, uint32_t reason)
{
    const char *before = "";

    for (int i = 0; i < 32; i++)
        if (reason & UINT32_C(1) << i) {
            buffer_add_text(buffer, before);
            buffer_add_text(buffer, reasons[i] ? reasons[i] : "unknown");
            before = ", ";
        }
}

/* Record number and sequence of a file reference. */
static void add_reference(struct buffer *buffer, const uint8_t *reference)
{
    uint64_t number = bytes_u64le(reference);

    buffer_add_format(buffer, "%llu-%u", (unsigned long long)(number & 0xffffffffffff),
                      (unsigned)(number >> 48));
}

static int hand_out(const struct record_place *place, const struct artifact_sink *sink,
                    struct buffer *message, struct buffer *parent, struct error *error)
{
    const uint8_t *at = place->data, *rest = at + (place->wide ? 40 : 24);
    struct instant time = instant_from_filetime(bytes_u64le(rest + 8));
    struct record record;

    record_begin(&record, RECORD_EVENT);
    buffer_clear(message);
    text_add_utf16le(message, at + bytes_u16le(rest + 34), bytes_u16le(rest + 32) / 2u);
    buffer_add_text(message, ": ");
    add_reasons(message, bytes_u32le(rest + 16));
    buffer_add_text(message, " (file ");
    add_reference(message, at + 8);
    buffer_add_byte(message, ')');
    buffer_clear(parent);
    add_reference(parent, at + (place->wide ? 24 : 16));
    record_number(&record, FIELD_RECORD_NUMBER, bytes_u64le(rest));
    record_text(&record, FIELD_PARENT, buffer_text(parent));
    message->failed |= parent->failed;
    return artifact_event(sink, &record, &time, "usn", "journal of the volume", message, error);
}

static bool is_ranges(const uint8_t *at, size_t left)
{
    if (left < V4_LEAST || bytes_u16le(at + 4) != 4)
        return false;
    uint32_t size = bytes_u32le(at);
    return size >= V4_LEAST && size <= left && size % 8 == 0;
}

/* What stands in a block; *told: the stretch of damage before it was. */
static int parse_block(const uint8_t *block, size_t size, uint64_t offset, bool *told,
                       const struct artifact_sink *sink, struct buffer texts[2],
                       struct error *error)
{
    struct record_place place;
    int result = 0;

    for (size_t at = 0; result == 0 && at < size;) {
        size_t left = PAGE - at % PAGE < size - at ? PAGE - at % PAGE : size - at;
        if (bytes_all_zero(block + at, left)) {
            at += left;
            continue;
        }
        if (is_record(block + at, left, &place)) {
            result = hand_out(&place, sink, &texts[0], &texts[1], error);
            at += place.size;
            *told = false;
            continue;
        }
        bool ranges = is_ranges(block + at, left);
        if (!ranges && !*told)
            artifact_damage(sink, offset + at, "no record of a journal");
        *told = !ranges;
        at += ranges ? bytes_u32le(block + at) : 8;
    }
    return result;
}

static int parse_usn(struct reader *reader, const struct artifact_sink *sink,
                     struct error *error)
{
    struct buffer texts[2] = { BUFFER_INIT, BUFFER_INIT };
    uint8_t *block = malloc(BLOCK);
    bool told = false;
    int result = block ? 0 : error_set_memory(error);

    for (uint64_t at = 0; result == 0 && at < reader->size; at += BLOCK) {
        size_t size = reader->size - at < BLOCK ? (size_t)(reader->size - at) : BLOCK;
        struct error lost = ERROR_INIT;
        if (reader_read(reader, at, block, size, &lost) != 0)
            sink->damage(sink->context, NULL, &lost);
        if (!bytes_all_zero(block, size))
            result = parse_block(block, size, at, &told, sink, texts, error);
    }
    free(block);
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    return result;
}

const struct artifact_format artifact_usn = {
    "usn", "journal of NTFS volumes", is_usn, is_usn_path, parse_usn,
};
