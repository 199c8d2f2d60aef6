/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry_values: what was run, of values that keep the time of the last run. Sources:
 * Stevens' UserAssist, the parsers of plaso and RegRipper, compared with real hives.
 *
 *     UserAssist  its name is ROT13 of letters
 *         16 bytes, to XP      4 count, which begins at 5  8 FILETIME
 *         72 bytes, from 7 on  4 count  60 FILETIME
 *     bam, dam    its name is the program, of Windows 10 from 1709 on
 *         0 FILETIME
 */

#include <string.h>

#include <fett/bytes.h>

#include "artifact_internal.h"

enum { OLD = 16, NEW = 72, OLD_BEGINS_AT = 5 };

static char rot13(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)('a' + (c - 'a' + 13) % 26);
    if (c >= 'A' && c <= 'Z')
        return (char)('A' + (c - 'A' + 13) % 26);
    return c;
}

static bool begins(const char *text, size_t length, const char *with)
{
    return length >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* "UEME_RUNPATH:C:\x.exe" to XP, "{GUID of a folder}\x.exe" or an application's name
 * later; UEME_RUNPIDL, _RUNCPL are what was opened, others what was clicked. */
static bool is_run(const char *name, size_t length, size_t *path)
{
    *path = 0;
    if (!begins(name, length, "UEME_"))
        return true;
    if (begins(name, length, "UEME_RUNPATH:"))
        *path = strlen("UEME_RUNPATH:");
    return begins(name, length, "UEME_RUN");
}

static int parse_userassist(const struct artifact_value *value, const struct artifact_sink *sink,
                            struct error *error)
{
    bool old = value->size == OLD;
    struct buffer message = BUFFER_INIT, program = BUFFER_INIT;
    struct record record;
    size_t path;

    if (value->size != OLD && value->size != NEW)
        return 0; /* UEME_CTLSESSION: of the whole key */
    struct instant time = instant_from_filetime(bytes_u64le(value->data + (old ? 8 : 60)));
    uint32_t count = bytes_u32le(value->data + 4);
    if (old && count >= OLD_BEGINS_AT)
        count -= OLD_BEGINS_AT;
    bool plain = begins(value->name, value->name_length, "UEME_");
    for (size_t i = 0; i < value->name_length; i++)
        buffer_add_byte(&message, plain ? value->name[i] : rot13(value->name[i]));
    const char *name = buffer_text(&message);
    bool run = is_run(name, message.length, &path);
    if (run && (path > 0 || !old))
        artifact_set_program(&program, name + path, message.length - path);
    record_begin(&record, RECORD_EVENT);
    if (program.length > 0)
        record_text_n(&record, FIELD_PROGRAM, program.data, program.length);
    record_number(&record, FIELD_COUNT, count);
    buffer_add_format(&message, run ? " was run %u times" : " was used %u times", count);
    message.failed |= program.failed;
    int result = time.state != INSTANT_UTC ? 0
                                           : artifact_event(sink, &record, &time, "userassist",
                                                            run ? "last run" : "last used",
                                                            &message, error);
    buffer_release(&message);
    buffer_release(&program);
    return result;
}

/* The user is the last part of the key. */
static int parse_bam(const struct artifact_value *value, const struct artifact_sink *sink,
                     struct error *error)
{
    struct buffer message = BUFFER_INIT, program = BUFFER_INIT;
    const char *user = memrchr(value->key, '\\', value->key_length);
    struct record record;

    if (value->size < 8)
        return 0; /* Version, SequenceNumber */
    struct instant time = instant_from_filetime(bytes_u64le(value->data));
    record_begin(&record, RECORD_EVENT);
    artifact_set_program(&program, value->name, value->name_length);
    record_text_n(&record, FIELD_PROGRAM, buffer_text(&program), program.length);
    if (user)
        record_text_n(&record, FIELD_USER, user + 1,
                      value->key_length - (size_t)(user + 1 - value->key));
    buffer_add(&message, value->name, value->name_length);
    buffer_add_text(&message, " was run");
    message.failed |= program.failed;
    int result = time.state != INSTANT_UTC
                     ? 0
                     : artifact_event(sink, &record, &time, "bam", "last run", &message, error);
    buffer_release(&message);
    buffer_release(&program);
    return result;
}

const struct artifact_values artifact_userassist = {
    "userassist", "programs that a user started, how often, when last", "UserAssist\\*\\Count",
    NULL, parse_userassist,
};

const struct artifact_values artifact_bam = {
    "bam", "programs that ran in the background, when last", "Services\\bam\\UserSettings\\*",
    NULL, parse_bam,
};

const struct artifact_values artifact_bam_state = {
    "bam", "the same from Windows 10 1809 on", "Services\\bam\\State\\UserSettings\\*",
    NULL, parse_bam,
};

const struct artifact_values artifact_dam_state = {
    "bam", "the same of the moderator of desktop activity",
    "Services\\dam\\State\\UserSettings\\*", NULL, parse_bam,
};
