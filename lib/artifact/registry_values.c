/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry_values: what was run, of values that keep the time of the last run. Sources:
 * Stevens' UserAssist, the parsers of plaso and RegRipper, compared with real hives.
 *
 *     UserAssist  its name is ROT13 of letters
 *         16 bytes, to XP      4 count, which begins at 5  8 FILETIME
 *         72 bytes, from 7 on  4 count  60 FILETIME
 *             a folder that Windows knows stands there as its GUID (folders below)
 *     bam, dam    its name is the program, of Windows 10 from 1709 on
 *         0 FILETIME
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"

enum { OLD = 16, NEW = 72, OLD_BEGINS_AT = 5, GUID_LENGTH = 38 };

/* KNOWNFOLDERID (Windows SDK, KnownFolders.h), from Windows 7 on: where each stands. */
static const struct {
    const char *guid, *folder;
} folders[] = {
    { "{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}", "\\Windows\\System32" },
    { "{D65231B0-B2F1-4857-A4CE-A8E7C6EA7D27}", "\\Windows\\SysWOW64" },
    { "{F38BF404-1D43-42F2-9305-67DE0B28FC23}", "\\Windows" },
    { "{6D809377-6AF0-444B-8957-A3773F02200E}", "\\Program Files" },
    { "{905E63B6-C1BF-494E-B29C-65B732D3D21A}", "\\Program Files" },
    { "{7C5A40EF-A0FB-4BFC-874A-C0F2E0B9FA8E}", "\\Program Files (x86)" },
    { "{6365D5A7-0F0D-45E5-87F6-0DA56B6A4F7D}", "\\Program Files\\Common Files" },
    { "{F7F1ED05-9F6D-47A2-AAAE-29D317C6F066}", "\\Program Files\\Common Files" },
    { "{DE974D24-D9C6-4D3E-BF91-F4455120B917}", "\\Program Files (x86)\\Common Files" },
    { "{62AB5D82-FDC1-4DC3-A9DD-070D1D495D97}", "\\ProgramData" },
    { "{0139D44E-6AFE-49F2-8690-3DAFCAE6FFB8}",
      "\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs" },
    { "{A4115719-D62E-491D-AA7C-E74B8BE3B067}",
      "\\ProgramData\\Microsoft\\Windows\\Start Menu" },
    { "{82A5EA35-D9CD-47C5-9629-E15D2F714E6E}",
      "\\ProgramData\\Microsoft\\Windows\\Start Menu\\Programs\\StartUp" },
    { "{C4AA340D-F20F-4863-AFEF-F87EF2E6BA25}", "\\Users\\Public\\Desktop" },
    { "{DFDF76A2-C82A-4D63-906A-5644AC457385}", "\\Users\\Public" },
    { "{5E6C858F-0E22-4760-9AFE-EA3317B67173}", "%USERPROFILE%" },
    { "{B4BFCC3A-DB2C-424C-B029-7FE99A87C641}", "%USERPROFILE%\\Desktop" },
    { "{FDD39AD0-238F-46AF-ADB4-6C85480369C7}", "%USERPROFILE%\\Documents" },
    { "{374DE290-123F-4565-9164-39C4925E467B}", "%USERPROFILE%\\Downloads" },
    { "{F1B32785-6FBA-4FCF-9D55-7B8E7F157091}", "%LOCALAPPDATA%" },
    { "{3EB685DB-65F9-4CF6-A03A-E3EF65729F3D}", "%APPDATA%" },
    { "{A77F5D77-2E2B-44C3-A6A2-ABA601054A51}",
      "%APPDATA%\\Microsoft\\Windows\\Start Menu\\Programs" },
    { "{625B53C3-AB48-4EC1-BA1F-A1EF4146FC19}", "%APPDATA%\\Microsoft\\Windows\\Start Menu" },
    { "{B97D20BB-F46A-4C97-BA10-5E3608430854}",
      "%APPDATA%\\Microsoft\\Windows\\Start Menu\\Programs\\Startup" },
    { "{52A4F021-7B75-48A9-9F6B-4B87A210BC8F}",
      "%APPDATA%\\Microsoft\\Internet Explorer\\Quick Launch" },
    { "{9E3995AB-1F9C-4F13-B827-48B24B6C7174}",
      "%APPDATA%\\Microsoft\\Internet Explorer\\Quick Launch\\User Pinned" },
};

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

/* The folder that a name begins with the GUID of, in place of it. */
static void resolve_folder(struct buffer *name)
{
    struct buffer resolved = BUFFER_INIT;

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (name->length <= GUID_LENGTH || name->data[GUID_LENGTH] != '\\' ||
            text_compare_nocase(name->data, GUID_LENGTH, folders[i].guid, GUID_LENGTH) != 0)
            continue;
        buffer_add_text(&resolved, folders[i].folder);
        buffer_add(&resolved, name->data + GUID_LENGTH, name->length - GUID_LENGTH);
        buffer_clear(name);
        buffer_add(name, resolved.data, resolved.length);
        name->failed |= resolved.failed;
        break;
    }
    buffer_release(&resolved);
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

static int parse_use(const struct artifact_value *value, const struct artifact_sink *sink,
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
    resolve_folder(&message);
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
    int result = time.state == INSTANT_ABSENT
                     ? 0
                     : artifact_event(sink, &record, &time, "userassist",
                                      run ? "last run" : "last used", &message, error);
    buffer_release(&message);
    buffer_release(&program);
    return result;
}

static int parse_userassist(const struct artifact_key *key, const struct artifact_sink *sink,
                            struct error *error)
{
    int result = 0;

    for (size_t i = 0; i < key->value_count && result == 0; i++)
        if (key->values[i].data)
            result = parse_use(&key->values[i], sink, error);
    return result;
}

/* The user is the last part of the key. */
static int parse_background(const struct artifact_key *key, const struct artifact_value *value,
                            const struct artifact_sink *sink, struct error *error)
{
    struct buffer message = BUFFER_INIT, program = BUFFER_INIT;
    size_t user_length;
    const char *user = key_name(key, 0, &user_length);
    struct record record;

    if (value->size < 8)
        return 0; /* Version, SequenceNumber */
    struct instant time = instant_from_filetime(bytes_u64le(value->data));
    record_begin(&record, RECORD_EVENT);
    artifact_set_program(&program, value->name, value->name_length);
    record_text_n(&record, FIELD_PROGRAM, buffer_text(&program), program.length);
    record_text_n(&record, FIELD_USER, user, user_length);
    buffer_add(&message, value->name, value->name_length);
    buffer_add_text(&message, " was run");
    message.failed |= program.failed;
    int result = time.state == INSTANT_ABSENT
                     ? 0
                     : artifact_event(sink, &record, &time, "bam", "last run", &message, error);
    buffer_release(&message);
    buffer_release(&program);
    return result;
}

static int parse_bam(const struct artifact_key *key, const struct artifact_sink *sink,
                     struct error *error)
{
    int result = 0;

    for (size_t i = 0; i < key->value_count && result == 0; i++)
        if (key->values[i].data)
            result = parse_background(key, &key->values[i], sink, error);
    return result;
}

const struct artifact_keys artifact_userassist = {
    "userassist", "programs that a user started, how often, when last", "UserAssist\\*\\Count",
    parse_userassist,
};

const struct artifact_keys artifact_bam = {
    "bam", "programs that ran in the background, when last", "Services\\bam\\UserSettings\\*",
    parse_bam,
};

const struct artifact_keys artifact_bam_state = {
    "bam", "the same from Windows 10 1809 on", "Services\\bam\\State\\UserSettings\\*", parse_bam,
};

const struct artifact_keys artifact_dam_state = {
    "bam", "the same of the moderator of desktop activity",
    "Services\\dam\\State\\UserSettings\\*", parse_bam,
};
