/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry_network: the networks that a machine was in, of Windows Vista and later, and
 * when Windows was shut down.
 *
 *     NetworkList\Profiles\{GUID}    ProfileName, Description; DateCreated and
 *         DateLastConnected: SYSTEMTIME by the local clock: 0 year  2 month  4 day of the
 *         week  6 day  8 hour  10 minute  12 second  14 ms, 16 bits each
 *     Control\Windows    ShutdownTime: FILETIME
 */

#include <fett/bytes.h>

#include "artifact_internal.h"

enum { SYSTEMTIME_SIZE = 16, MILLISECOND = 1000000 };

static struct instant from_systemtime(const struct artifact_value *value)
{
    const uint8_t *at = value ? value->data : NULL;

    if (!at || value->size != SYSTEMTIME_SIZE)
        return INSTANT_NONE;
    return instant_from_civil(bytes_u16le(at), bytes_u16le(at + 2), bytes_u16le(at + 6),
                              bytes_u16le(at + 8), bytes_u16le(at + 10), bytes_u16le(at + 12),
                              bytes_u16le(at + 14) * (uint32_t)MILLISECOND,
                              PRECISION_MILLISECOND, true);
}

static int parse_network(const struct artifact_key *key, const struct artifact_sink *sink,
                         struct error *error)
{
    static const struct {
        const char *value, *what;
    } times[] = {
        { "DateCreated", "network first connected" },
        { "DateLastConnected", "network last connected" },
    };
    struct buffer message = BUFFER_INIT;
    size_t name_length, about_length;
    const char *name = key_text(key, "ProfileName", &name_length);
    const char *about = key_text(key, "Description", &about_length);
    int result = 0;

    if (name_length == 0)
        name = key_name(key, 0, &name_length);
    buffer_add_text(&message, "network ");
    buffer_add(&message, name, name_length);
    if (about_length > 0 &&
        (about_length != name_length || memcmp(about, name, name_length) != 0)) {
        buffer_add_text(&message, ", ");
        buffer_add(&message, about, about_length);
    }
    for (size_t i = 0; i < sizeof times / sizeof *times && result == 0; i++) {
        const struct artifact_value *value = key_value(key, times[i].value);
        struct instant time = from_systemtime(value);
        struct record record;
        if (value && time.state == INSTANT_ABSENT)
            artifact_damage(sink, 0, "a network with a date that is none");
        record_begin(&record, RECORD_EVENT);
        if (time.state != INSTANT_ABSENT)
            result = artifact_event(sink, &record, &time, "network", times[i].what, &message,
                                    error);
    }
    buffer_release(&message);
    return result;
}

static int parse_shutdown(const struct artifact_key *key, const struct artifact_sink *sink,
                          struct error *error)
{
    const struct artifact_value *value = key_value(key, "ShutdownTime");
    struct buffer message = BUFFER_INIT;
    struct record record;

    if (!value)
        return 0;
    struct instant time = value->size == 8 ? instant_from_filetime(bytes_u64le(value->data))
                                           : INSTANT_NONE;
    if (time.state != INSTANT_UTC) {
        artifact_damage(sink, 0, "ShutdownTime is no time");
        return 0;
    }
    record_begin(&record, RECORD_EVENT);
    buffer_add_text(&message, "Windows was shut down");
    int result = artifact_event(sink, &record, &time, "shutdown", "last shut down", &message,
                                error);
    buffer_release(&message);
    return result;
}

const struct artifact_keys artifact_network = {
    "network", "networks the machine was in, first and last",
    "NetworkList\\Profiles\\*", parse_network,
};

const struct artifact_keys artifact_shutdown = {
    "shutdown", "when Windows was last shut down", "Control\\Windows", parse_shutdown,
};
