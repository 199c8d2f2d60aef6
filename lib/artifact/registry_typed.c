/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry_typed: what a user typed. Of a list only its newest entry has a time, the last
 * write of the key; TypedURLsTime, of Internet Explorer 10 and later, has that of each.
 *
 *     Explorer\RunMRU                a, b ...: commands, ended by "\1"; MRUList: "ba", the
 *                                     newest first
 *     Explorer\TypedPaths            url1, the newest, url2 ...
 *     Internet Explorer\TypedURLs    likewise; TypedURLsTime: url1 ..., FILETIME
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"

static int hand_out(const struct artifact_sink *sink, const struct instant *time,
                    const char *what, const char *text, size_t length, struct error *error)
{
    struct buffer message = BUFFER_INIT;
    struct record record;

    if (time->state == INSTANT_ABSENT || length == 0)
        return 0;
    record_begin(&record, RECORD_EVENT);
    buffer_add(&message, text, length);
    int result = artifact_event(sink, &record, time, "typed", what, &message, error);
    buffer_release(&message);
    return result;
}

static int parse_run(const struct artifact_key *key, const struct artifact_sink *sink,
                     struct error *error)
{
    size_t length;
    char newest[] = { *key_text(key, "MRUList", &length), '\0' };
    const char *command = *newest ? key_text(key, newest, &length) : "";

    if (*command == '\0')
        return 0;
    if (length > 2 && memcmp(command + length - 2, "\\1", 2) == 0)
        length -= 2;
    return hand_out(sink, &key->last_write, "last command typed to run", command, length, error);
}

static int parse_paths(const struct artifact_key *key, const struct artifact_sink *sink,
                       struct error *error)
{
    size_t length;
    const char *path = key_text(key, "url1", &length);

    return hand_out(sink, &key->last_write, "last path typed", path, length, error);
}

static bool has_times(const struct artifact_key *key)
{
    size_t length;
    const char *name = key_name(key, 0, &length);

    return text_compare_nocase(name, length, "TypedURLsTime", strlen("TypedURLsTime")) == 0;
}

/* TypedURLs and TypedURLsTime: of the second the addresses stand in the first. */
static int parse_urls(const struct artifact_key *key, const struct artifact_sink *sink,
                      struct error *error)
{
    size_t length;
    int result = 0;

    if (!has_times(key)) {
        const char *url = key_text(key, "url1", &length);
        return hand_out(sink, &key->last_write, "last address typed", url, length, error);
    }
    for (size_t i = 0; i < key->value_count && result == 0; i++) {
        const struct artifact_value *value = &key->values[i];
        char name[16];
        if (value->size != 8 || value->name_length >= sizeof name)
            continue;
        memcpy(name, value->name, value->name_length);
        name[value->name_length] = '\0';
        const char *url = key->before ? key_text(key->before, name, &length) : "";
        struct instant time = instant_from_filetime(bytes_u64le(value->data));
        if (*url == '\0') {
            url = name;
            length = value->name_length;
        }
        result = hand_out(sink, &time, "address typed", url, length, error);
    }
    return result;
}

const struct artifact_keys artifact_typed_run = {
    "typed", "commands, paths and addresses that a user typed", "Explorer\\RunMRU", parse_run,
};

const struct artifact_keys artifact_typed_paths = {
    "typed", "paths in the Explorer", "Explorer\\TypedPaths", parse_paths,
};

const struct artifact_keys artifact_typed_urls = {
    "typed", "addresses in the Internet Explorer", "Internet Explorer\\TypedURLs*", parse_urls,
};
