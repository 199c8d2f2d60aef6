/* SPDX-License-Identifier: Apache-2.0 */

/*
 * lnk: the times that a shortcut keeps of what it opens, as they were when it was last
 * saved, and when that file got the identity by which it is tracked (shortcut.h). They
 * tell of files that are gone, and of media that were taken out.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/shortcut.h>

#include "artifact_internal.h"

enum { TIMES = 5, WINDOWS_1252 = 1252 };

static bool is_lnk_path(const char *path, size_t length)
{
    return path_ends(path, length, ".lnk");
}

static void add_part(struct buffer *message, const char *what, const char *text)
{
    if (text && *text) {
        buffer_add_text(message, what);
        buffer_add_text(message, text);
    }
}

static void make_message(struct buffer *message, const struct shortcut *shortcut)
{
    const char *target = shortcut_target(shortcut);

    buffer_add_text(message, target ? target : "names no file");
    add_part(message, " ", shortcut->arguments);
    if (shortcut->has_volume)
        buffer_add_format(message, ", drive %08X", shortcut->volume_serial);
    add_part(message, " ", shortcut->volume_label);
    add_part(message, ", machine ", shortcut->machine);
    if (shortcut->birth.time.state != INSTANT_ABSENT) {
        buffer_add_text(message, ", network card ");
        buffer_add_hex(message, shortcut->birth.mac, sizeof shortcut->birth.mac);
    }
}

/* An event for each distinct time. */
static int hand_out(const struct shortcut *shortcut, const char *source,
                    const struct buffer *message, const struct artifact_sink *sink,
                    struct error *error)
{
    const struct {
        const struct instant *time;
        const char *what;
    } times[TIMES] = {
        { &shortcut->born, "target born" },
        { &shortcut->modified, "target modified" },
        { &shortcut->accessed, "target accessed" },
        { &shortcut->birth.time, "tracking of target begun" },
        { &shortcut->droid.time, "tracking of target moved" },
    };
    int result = 0;

    for (int i = 0; i < TIMES && result == 0; i++) {
        struct buffer what = BUFFER_INIT;
        struct record record;
        bool told = false;
        for (int k = 0; k < TIMES; k++) {
            if (instant_compare(times[k].time, times[i].time) != 0)
                continue;
            told |= k < i;
            add_part(&what, what.length > 0 ? "; " : "", times[k].what);
        }
        record_begin(&record, RECORD_EVENT);
        if (shortcut->size > 0)
            record_number(&record, FIELD_SIZE, shortcut->size);
        if (what.failed)
            result = error_set_memory(error);
        else if (!told && times[i].time->state != INSTANT_ABSENT)
            result = artifact_event(sink, &record, times[i].time, source, what.data, message,
                                    error);
        buffer_release(&what);
    }
    return result;
}

int shortcut_events(const uint8_t *data, size_t size, uint64_t base, const char *source,
                    const struct artifact_sink *sink, struct error *error)
{
    struct buffer message = BUFFER_INIT;
    struct error lost = ERROR_INIT;
    struct shortcut shortcut;
    int result = shortcut_read(&shortcut, data, size, WINDOWS_1252, &lost);

    if (result != 0 && lost.kind == ERROR_SYSTEM) {
        error_set(error, lost.kind, "%s", lost.text);
    } else {
        if (result != 0 && base != 0)
            error_prefix(&lost, "shortcut at %llu", (unsigned long long)base);
        if (result != 0) /* what stands before the damage is there */
            sink->damage(sink->context, NULL, &lost);
        make_message(&message, &shortcut);
        result = hand_out(&shortcut, source, &message, sink, error);
    }
    shortcut_release(&shortcut);
    buffer_release(&message);
    return result;
}

static int parse_lnk(struct reader *reader, const struct artifact_sink *sink,
                     struct error *error)
{
    size_t size = reader->size < LIMIT_SHORTCUT_BYTES ? (size_t)reader->size
                                                      : LIMIT_SHORTCUT_BYTES;
    uint8_t *data = malloc(size + 1);
    struct error lost = ERROR_INIT;

    if (!data)
        return error_set_memory(error);
    if (reader_read(reader, 0, data, size, &lost) != 0)
        sink->damage(sink->context, NULL, &lost);
    int result = shortcut_events(data, size, 0, "lnk", sink, error);
    free(data);
    return result;
}

const struct artifact_format artifact_lnk = {
    "lnk", "shortcuts: times of what they open", shortcut_is, is_lnk_path, parse_lnk,
};
