/* SPDX-License-Identifier: Apache-2.0 */

/* artifact: the table of formats, see artifact.h, and what the parsers share. */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "artifact_internal.h"

const struct artifact_format *const artifact_formats[] = {
    &artifact_evt, &artifact_evtx, &artifact_prefetch, &artifact_recycle, &artifact_usn,
    &artifact_index_dat, &artifact_lnk, &artifact_jump_automatic, &artifact_jump_custom,
    &artifact_setupapi, &artifact_task, &artifact_restore,
};

const size_t artifact_format_count = sizeof artifact_formats / sizeof *artifact_formats;

const struct artifact_keys *const artifact_registry[] = {
    &artifact_userassist, &artifact_bam, &artifact_bam_state, &artifact_dam_state,
    &artifact_shimcache, &artifact_shimcache_xp, &artifact_network, &artifact_typed_run,
    &artifact_typed_paths, &artifact_typed_urls, &artifact_recent_docs, &artifact_recent_type,
    &artifact_recent_opened, &artifact_recent_drive, &artifact_drives_mounted,
    &artifact_drives_letters, &artifact_drives_share, &artifact_drives_usb,
    &artifact_drives_property, &artifact_shutdown,
};

const size_t artifact_registry_count = sizeof artifact_registry / sizeof *artifact_registry;

const struct artifact_format *artifact_by_head(const uint8_t *head, size_t size)
{
    for (size_t i = 0; i < artifact_format_count; i++)
        if (artifact_formats[i]->is(head, size))
            return artifact_formats[i];
    return NULL;
}

bool path_ends(const char *path, size_t length, const char *end)
{
    size_t size = strlen(end);

    return length >= size && text_compare_nocase(path + length - size, size, end, size) == 0;
}

bool path_has_name(const char *path, size_t length, const char *pattern)
{
    const char *slash = memrchr(path, '/', length);
    size_t before = slash ? (size_t)(slash - path) + 1 : 0;

    return text_glob(pattern, path + before, length - before);
}

size_t utf16_units(const uint8_t *data, size_t most)
{
    size_t units = 0;

    while (units < most && (data[2 * units] || data[2 * units + 1]))
        units++;
    return units;
}

void sid_add(struct buffer *buffer, const uint8_t *sid, size_t size)
{
    uint64_t authority = 0;

    if (size < 8 || size < 8 + 4 * (size_t)sid[1])
        return;
    for (int i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    buffer_add_format(buffer, "S-%u-%llu", sid[0], (unsigned long long)authority);
    for (unsigned i = 0; i < sid[1]; i++)
        buffer_add_format(buffer, "-%u", bytes_u32le(sid + 8 + 4 * i));
}

const struct artifact_value *key_value(const struct artifact_key *key, const char *name)
{
    for (size_t i = 0; i < key->value_count; i++)
        if (text_compare_nocase(key->values[i].name, key->values[i].name_length, name,
                                strlen(name)) == 0)
            return &key->values[i];
    return NULL;
}

const char *key_text(const struct artifact_key *key, const char *name, size_t *length)
{
    const struct artifact_value *value = key_value(key, name);

    *length = value && value->text ? value->text_length : 0;
    return *length > 0 ? value->text : "";
}

const char *key_name(const struct artifact_key *key, unsigned up, size_t *length)
{
    const char *end = key->path + key->path_length, *begin;

    for (;; up--) {
        begin = memrchr(key->path, '\\', (size_t)(end - key->path));
        if (up == 0 || !begin)
            break;
        end = begin;
    }
    begin = begin ? begin + 1 : key->path;
    *length = (size_t)(end - begin);
    return begin;
}

void artifact_set_program(struct buffer *program, const char *text, size_t length)
{
    static const char device[] = "\\Device\\", unparsed[] = "\\??\\";
    size_t at = 0;

    if (length > 4 && memcmp(text, unparsed, 4) == 0)
        at = 4;
    if (length > at + 2 && text[at + 1] == ':') {
        at += 2;
    } else if (length > 8 && memcmp(text, device, 8) == 0) {
        const char *end = memchr(text + 8, '\\', length - 8);
        at = end ? (size_t)(end - text) : 0;
    }
    buffer_clear(program);
    for (; at < length; at++)
        buffer_add_byte(program, text[at] == '\\' ? '/' : text[at]);
}

int artifact_read(struct reader *reader, uint64_t limit, const struct artifact_sink *sink,
                  uint8_t **data, size_t *size, struct error *error)
{
    struct error lost = ERROR_INIT;
    int damaged = 0;

    if (reader_read_all(reader, limit, data, size, &damaged, &lost) != 0)
        return error_set(error, lost.kind, "%s", lost.text);
    if (damaged)
        sink->damage(sink->context, NULL, &lost);
    return 0;
}

int artifact_parse_whole(struct reader *reader, uint64_t limit, artifact_parse_bytes parse,
                         const struct artifact_sink *sink, struct error *error)
{
    uint8_t *data;
    size_t size;

    if (artifact_read(reader, limit, sink, &data, &size, error) != 0)
        return -1;
    int result = parse(data, size, sink, error);
    free(data);
    return result;
}

void artifact_damage(const struct artifact_sink *sink, uint64_t offset, const char *what)
{
    struct error error = ERROR_INIT;

    error_set(&error, ERROR_DAMAGED, "%s", what);
    sink->damage(sink->context, &offset, &error);
}

int artifact_event(const struct artifact_sink *sink, struct record *record,
                   const struct instant *time, const char *source, const char *description,
                   const struct buffer *message, struct error *error)
{
    if (message->failed)
        return error_set_memory(error);
    if (!instant_is_set(time)) {
        struct error lost = ERROR_INIT;
        error_set(&lost, ERROR_DAMAGED, "%s, but %s: %.160s", description,
                  time->state == INSTANT_RAW ? "a time out of range" : "no time",
                  buffer_text(message));
        sink->damage(sink->context, NULL, &lost);
        return 0;
    }
    record_time(record, FIELD_DATETIME, time);
    record_text(record, FIELD_SOURCE, source);
    record_text(record, FIELD_TIMESTAMP_DESC, description);
    record_text_n(record, FIELD_MESSAGE, buffer_text(message), message->length);
    return sink->event(sink->context, record);
}
