/* SPDX-License-Identifier: Apache-2.0 */

/*
 * rp.log of a restore point of System Restore, Windows XP:
 * System Volume Information/_restore{GUID}/RPn/rp.log. It begins with RESTOREPOINTINFOW of
 * srrestoreptapi.h.
 *
 *      0    4  event: 100 begin and 101 end of a change, 102 and 103 of one within another
 *      4    4  kind of change
 *      8    8  sequence number
 *     16  512  description, UTF-16LE with a NUL
 *    528    8  when it was made, FILETIME
 */

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { DESCRIPTION_AT = 16, DESCRIPTION_UNITS = 256, TIME_AT = 528, SIZE = 536 };

static const char *kind_of(uint32_t kind)
{
    static const struct {
        uint32_t kind;
        const char *word;
    } kinds[] = {
        { 0, "program installed" }, { 1, "program removed" }, { 6, "restored" },
        { 7, "checkpoint" }, { 10, "driver installed" }, { 11, "first run" },
        { 12, "settings changed" }, { 13, "cancelled" }, { 14, "backup restored" },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return kinds[i].word;
    return NULL;
}

/* The numbers are common ones: of the head all have to fit. */
static bool is_restore(const uint8_t *head, size_t size)
{
    return size == SIZE && bytes_u32le(head) >= 100 && bytes_u32le(head) <= 103 &&
           bytes_u32le(head + 4) < 32 && utf16_units(head + DESCRIPTION_AT, DESCRIPTION_UNITS) > 0;
}

static bool is_restore_path(const char *path, size_t length)
{
    return text_glob("*/_restore*/rp*/rp.log", path, length);
}

static int parse_log(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                     struct error *error)
{
    struct buffer message = BUFFER_INIT;
    struct record record;
    int result = 0;

    if (size == SIZE) {
        const struct instant made = instant_from_filetime(bytes_u64le(data + TIME_AT));
        const char *kind = kind_of(bytes_u32le(data + 4));
        text_add_utf16le(&message, data + DESCRIPTION_AT,
                         utf16_units(data + DESCRIPTION_AT, DESCRIPTION_UNITS));
        if (kind)
            buffer_add_format(&message, " (%s)", kind);
        record_begin(&record, RECORD_EVENT);
        result = artifact_event(sink, &record, &made, "restore", "restore point made", &message,
                                error);
    } else {
        artifact_damage(sink, size, "a restore point's log has 536 bytes");
    }
    buffer_release(&message);
    return result;
}

static int parse_restore(struct reader *reader, const struct artifact_sink *sink,
                         struct error *error)
{
    return artifact_parse_whole(reader, SIZE, parse_log, sink, error);
}

const struct artifact_format artifact_restore = {
    "restore", "restore points: when each was made and why", is_restore, is_restore_path,
    parse_restore,
};
