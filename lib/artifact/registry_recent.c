/* SPDX-License-Identifier: Apache-2.0 */

/*
 * registry_recent: the file that a user opened or saved last. A list has one time, the
 * last write of its key, that of its newest entry.
 *
 *     Explorer\RecentDocs, RecentDocs\.ext    MRUListEx: numbers of 32 bits, the newest
 *         first; 0, 1 ...: name, UTF-16 with NUL, and a shell item
 *     ComDlg32\OpenSaveMRU\ext    a, b ...: path; MRUList: "ba"
 *     ComDlg32\OpenSavePidlMRU\ext (from Vista)    MRUListEx; 0, 1 ...: list of shell items
 *     ComDlg32\LastVisited..., CIDSizeMRU    MRUList or MRUListEx; name of the program,
 *         UTF-16 with NUL
 *     Explorer\Map Network Drive MRU    as OpenSaveMRU
 *
 * A key changes too where its list is put in order again, or an entry is removed.
 */

#include <stdio.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"
#include "shortcut_items.h"

enum { WINDOWS_1252 = 1252 };

/* The newest entry of a list, or NULL. */
static const struct artifact_value *newest(const struct artifact_key *key)
{
    const struct artifact_value *order = key_value(key, "MRUListEx");
    char name[16] = "";
    size_t length;

    if (order && order->data && order->size >= 4)
        snprintf(name, sizeof name, "%u", bytes_u32le(order->data));
    else
        name[0] = *key_text(key, "MRUList", &length);
    return *name ? key_value(key, name) : NULL;
}

/* Lists of programs that used a dialog. */
static bool is_of_programs(const struct artifact_key *key)
{
    return text_glob("*\\\\LastVisited*", key->path, key->path_length) ||
           text_glob("*\\\\CIDSize*", key->path, key->path_length);
}

/* What an entry names. */
static void add_entry(struct buffer *text, const struct artifact_key *key,
                      const struct artifact_value *value)
{
    struct error unreadable = ERROR_INIT;
    struct cursor items;
    uint64_t reference;

    if (value->text) {
        buffer_add(text, value->text, value->text_length);
        return;
    }
    size_t units = utf16_units(value->data, value->size / 2);
    if (is_of_programs(key) || !text_glob("*Pidl*", key->path, key->path_length)) {
        text_add_utf16le(text, value->data, units);
        return;
    }
    cursor_init(&items, value->data, value->size, 0, "list of shell items");
    shortcut_items(&items, WINDOWS_1252, true, text, &reference, &unreadable);
}

static int parse_recent(const struct artifact_key *key, const struct artifact_sink *sink,
                        struct error *error)
{
    const struct artifact_value *value = newest(key);
    struct buffer message = BUFFER_INIT;
    struct record record;
    int result = 0;

    if (value && (value->text || value->data))
        add_entry(&message, key, value);
    record_begin(&record, RECORD_EVENT);
    if (message.failed)
        result = error_set_memory(error);
    else if (message.length > 0 && key->last_write.state != INSTANT_ABSENT)
        result = artifact_event(sink, &record, &key->last_write, "recent",
                                is_of_programs(key) ? "program last used a dialog for files"
                                                    : "last opened",
                                &message, error);
    buffer_release(&message);
    return result;
}

const struct artifact_keys artifact_recent_docs = {
    "recent", "documents that a user opened last", "Explorer\\RecentDocs", parse_recent,
};

const struct artifact_keys artifact_recent_type = {
    "recent", "the same by type", "Explorer\\RecentDocs\\*", parse_recent,
};

const struct artifact_keys artifact_recent_opened = {
    "recent", "files in dialogs to open and save", "Explorer\\ComDlg32\\*MRU*\\**", parse_recent,
};

const struct artifact_keys artifact_recent_drive = {
    "recent", "network drives", "Explorer\\Map Network Drive MRU", parse_recent,
};
