/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry_drives: drives, shares and USB storage.
 *
 *     Explorer\MountPoints2\NAME, in 2000 MountPoints\NAME    of a user: a drive letter,
 *         {GUID of a volume} or ##server#share; the key is written when it is first seen, and
 *         later
 *     MountedDevices    of the machine: one time for all letters
 *     HKU\...\Network\X    a drive that is connected again: RemotePath
 *     Enum\USBSTOR\DEVICE\SERIAL    FriendlyName; below Properties\
 *         {83da6326-97a6-4088-9453-a1923f573b29} the keys 0064 first installed, 0065
 *         installed, 0066 connected last, 0067 removed last: FILETIME, unnamed value;
 *         in Windows 7 the keys 00000064 and 00000065, below them 00000000, value Data
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "artifact_internal.h"

static void add_name(struct buffer *message, const struct artifact_key *key, unsigned up)
{
    size_t length;
    const char *name = key_name(key, up, &length);

    buffer_add(message, name, length);
}

static int hand_out(const struct instant *time,
                    const char *what, struct buffer *message, const struct artifact_sink *sink,
                    struct error *error)
{
    struct record record;
    int result = 0;

    record_begin(&record, RECORD_EVENT);
    if (time->state != INSTANT_ABSENT)
        result = artifact_event(sink, &record, time, "drives", what, message, error);
    buffer_release(message);
    return result;
}

/* "##server#share" is \\server\share. */
static int parse_mounted(const struct artifact_key *key, const struct artifact_sink *sink,
                         struct error *error)
{
    struct buffer message = BUFFER_INIT;
    size_t length;
    const char *label = key_text(key, "_LabelFromReg", &length);

    add_name(&message, key, 0);
    if (!message.failed && message.length > 2 && memcmp(message.data, "##", 2) == 0)
        for (size_t i = 0; i < message.length; i++)
            if (message.data[i] == '#')
                message.data[i] = '\\';
    if (length > 0) {
        buffer_add_text(&message, ", ");
        buffer_add(&message, label, length);
    }
    return hand_out(&key->last_write, "mount point last written", &message, sink, error);
}

static int parse_letters(const struct artifact_key *key, const struct artifact_sink *sink,
                         struct error *error)
{
    struct buffer message = BUFFER_INIT;

    buffer_add_text(&message, "a drive letter or volume was added or removed");
    return hand_out(&key->last_write, "mounted devices last written", &message, sink, error);
}

static int parse_share(const struct artifact_key *key, const struct artifact_sink *sink,
                       struct error *error)
{
    struct buffer message = BUFFER_INIT;
    size_t length;
    const char *path = key_text(key, "RemotePath", &length);

    if (length == 0)
        return 0;
    add_name(&message, key, 0);
    buffer_add_text(&message, ": ");
    buffer_add(&message, path, length);
    return hand_out(&key->last_write, "network drive connected", &message, sink, error);
}

static int parse_usb(const struct artifact_key *key, const struct artifact_sink *sink,
                     struct error *error)
{
    struct buffer message = BUFFER_INIT;
    size_t length;
    const char *name = key_text(key, "FriendlyName", &length);

    if (length > 0) {
        buffer_add(&message, name, length);
        buffer_add_text(&message, ", ");
    }
    add_name(&message, key, 1);
    buffer_add_text(&message, ", serial ");
    add_name(&message, key, 0);
    return hand_out(&key->last_write, "USB storage key last written", &message, sink, error);
}

/* Which time a property is: how it is called, and how many keys it lies below the device. */
static const char *property_word(const struct artifact_key *key, unsigned *up)
{
    static const char *const words[] = { "USB storage first installed", "USB storage installed",
                                         "USB storage last connected",
                                         "USB storage last removed" };
    char name[9] = "";
    size_t length;

    for (*up = 0; *up < 2; ++*up) {
        const char *part = key_name(key, *up, &length);
        char *end;
        if (length != 4 && length != 8)
            return NULL;
        memcpy(name, part, length);
        name[length] = '\0';
        unsigned long number = strtoul(name, &end, 16);
        if (*end == '\0' && number >= 0x64 && number < 0x68)
            return words[number - 0x64];
    }
    return NULL;
}

static int parse_property(const struct artifact_key *key, const struct artifact_sink *sink,
                          struct error *error)
{
    const struct artifact_value *value = key_value(key, "Data");
    struct buffer message = BUFFER_INIT;
    unsigned up;
    const char *what = property_word(key, &up);

    if (!value)
        value = key_value(key, "");
    if (!what || !value || value->size != 8)
        return 0;
    struct instant time = instant_from_filetime(bytes_u64le(value->data));
    add_name(&message, key, up + 4);
    buffer_add_text(&message, ", serial ");
    add_name(&message, key, up + 3);
    return hand_out(&time, what, &message, sink, error);
}

const struct artifact_keys artifact_drives_mounted = {
    "drives", "drives, shares and USB storage", "Explorer\\MountPoints*\\*", parse_mounted,
};

const struct artifact_keys artifact_drives_letters = {
    "drives", "letters of drives", "HKLM\\SYSTEM\\MountedDevices", parse_letters,
};

const struct artifact_keys artifact_drives_share = {
    "drives", "network drives that are connected again", "HKU\\*\\Network\\?", parse_share,
};

const struct artifact_keys artifact_drives_usb = {
    "drives", "USB storage", "Enum\\USBSTOR\\*\\*", parse_usb,
};

const struct artifact_keys artifact_drives_property = {
    "drives", "times of USB storage",
    "Enum\\USBSTOR\\*\\*\\Properties\\{83da6326-97a6-4088-9453-a1923f573b29}\\**", parse_property,
};
