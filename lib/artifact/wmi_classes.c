/* SPDX-License-Identifier: Apache-2.0 */

/* The classes of WMI that are read, with their properties as they lie in an instance. */

#include <stdio.h>

#include <fett/buffer.h>
#include <fett/digest.h>
#include <fett/text.h>

#include "wmi_internal.h"

#define STRING(name) { name, 4, WMI_STRING }
#define BYTES(name) { name, 4, WMI_BYTES }
#define NUMBER(name, size) { name, size, WMI_OTHER }
/* What every consumer has of its superclasses. */
#define CONSUMER \
    STRING("MachineName"), NUMBER("MaximumQueueSize", 4), BYTES("CreatorSID"), STRING("Name")

static const struct wmi_property command_line[] = {
    CONSUMER,
    STRING("ExecutablePath"),
    STRING("CommandLineTemplate"),
    NUMBER("UseDefaultErrorMode", 2),
    NUMBER("CreateNewConsole", 2),
    NUMBER("CreateNewProcessGroup", 2),
    NUMBER("CreateSeparateWowVdm", 2),
    NUMBER("CreateSharedWowVdm", 2),
    NUMBER("Priority", 4),
    STRING("WorkingDirectory"),
    STRING("DesktopName"),
    STRING("WindowTitle"),
    NUMBER("XCoordinate", 4),
    NUMBER("YCoordinate", 4),
    NUMBER("XSize", 4),
    NUMBER("YSize", 4),
    NUMBER("XNumCharacters", 4),
    NUMBER("YNumCharacters", 4),
    NUMBER("FillAttributes", 4),
    NUMBER("ShowWindowCommand", 4),
    NUMBER("ForceOnFeedback", 2),
    NUMBER("ForceOffFeedback", 2),
    NUMBER("RunInteractively", 2),
    NUMBER("KillTimeout", 4),
};

static const struct wmi_property active_script[] = {
    CONSUMER,
    STRING("ScriptingEngine"),
    STRING("ScriptText"),
    STRING("ScriptFilename"),
    NUMBER("KillTimeout", 4),
};

static const struct wmi_property event_log[] = {
    CONSUMER,
    STRING("UNCServerName"),
    STRING("SourceName"),
    NUMBER("EventID", 4),
    NUMBER("EventType", 4),
    NUMBER("Category", 2),
    NUMBER("NumberOfInsertionStrings", 4),
    NUMBER("InsertionStringTemplates", 4),
    STRING("NameOfRawDataProperty"),
    STRING("NameOfUserSidProperty"),
};

static const struct wmi_property log_file[] = {
    CONSUMER,
    STRING("Filename"),
    STRING("Text"),
    NUMBER("MaximumFileSize", 8),
    NUMBER("IsUnicode", 2),
};

static const struct wmi_property mail[] = {
    CONSUMER,
    STRING("SMTPServer"),
    STRING("Subject"),
    STRING("FromLine"),
    STRING("ReplyToLine"),
    STRING("Message"),
    STRING("ToLine"),
    STRING("CcLine"),
    STRING("BccLine"),
    NUMBER("HeaderFields", 4),
};

static const struct wmi_property filter[] = {
    STRING("Name"),
    BYTES("CreatorSID"),
    STRING("QueryLanguage"),
    STRING("Query"),
    STRING("EventNamespace"),
    NUMBER("EventAccess", 4),
};

static const struct wmi_property binding[] = {
    STRING("Filter"),
    STRING("Consumer"),
    NUMBER("DeliveryQoS", 4),
    NUMBER("DeliverSynchronously", 2),
    NUMBER("MaintainSecurityContext", 2),
    NUMBER("SlowDownProviders", 2),
    BYTES("CreatorSID"),
};

#define COUNT(table) (table), sizeof(table) / sizeof *(table)
static const struct wmi_class classes[WMI_CLASSES] = {
    { "CommandLineEventConsumer", WMI_CONSUMER, COUNT(command_line) },
    { "ActiveScriptEventConsumer", WMI_CONSUMER, COUNT(active_script) },
    { "NTEventLogEventConsumer", WMI_CONSUMER, COUNT(event_log) },
    { "LogFileEventConsumer", WMI_CONSUMER, COUNT(log_file) },
    { "SMTPEventConsumer", WMI_CONSUMER, COUNT(mail) },
    { "__EventFilter", WMI_FILTER, COUNT(filter) },
    { "__FilterToConsumerBinding", WMI_BINDING, COUNT(binding) },
};

static const char *const name_spaces[WMI_NAME_SPACES] = { "root\\subscription", "root\\default",
                                                          "root\\cimv2", "root" };

static const enum digest_algorithm algorithms[2] = { DIGEST_SHA256, DIGEST_MD5 };

static int hash_name(const char *name, enum digest_algorithm algorithm,
                     char hex[WMI_SHA256_DIGITS + 1], struct error *error)
{
    struct digest digest;

    if (digest_init(&digest, algorithm, error) != 0)
        return -1;
    for (; *name; name++) {
        char c = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;
        const char unit[2] = { c, '\0' };
        digest_update(&digest, unit, sizeof unit);
    }
    digest_finish(&digest, hex);
    return 0;
}

int wmi_hash_names(struct wmi_hashes *hashes, struct error *error)
{
    int result = 0;

    for (size_t a = 0; a < 2 && result == 0; a++) {
        for (size_t i = 0; i < WMI_CLASSES && result == 0; i++)
            result = hash_name(classes[i].name, algorithms[a], hashes->classes[a][i], error);
        for (size_t i = 0; i < WMI_NAME_SPACES && result == 0; i++)
            result = hash_name(name_spaces[i], algorithms[a], hashes->name_spaces[a][i], error);
    }
    return result;
}

/* Which of the hashes; `total`: none. */
static size_t find(const char hashes[][WMI_SHA256_DIGITS + 1], size_t total, const char *digits,
                   size_t count)
{
    size_t i = 0;

    while (i < total && text_compare_nocase(hashes[i], strlen(hashes[i]), digits, count) != 0)
        i++;
    return i;
}

const struct wmi_class *wmi_class_of(const struct wmi_hashes *hashes, const char *digits,
                                     size_t count)
{
    for (size_t a = 0; a < 2; a++) {
        size_t i = find(hashes->classes[a], WMI_CLASSES, digits, count);
        if (i < WMI_CLASSES)
            return &classes[i];
    }
    return NULL;
}

const char *wmi_name_space_of(const struct wmi_hashes *hashes, const char *digits, size_t count)
{
    for (size_t a = 0; a < 2; a++) {
        size_t i = find(hashes->name_spaces[a], WMI_NAME_SPACES, digits, count);
        if (i < WMI_NAME_SPACES)
            return name_spaces[i];
    }
    return NULL;
}
