/* SPDX-License-Identifier: Apache-2.0 */

/* hive: the view that both kinds share, see hive.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "creg.h"
#include "regf.h"
#include "regf_log.h"

enum { TYPE_AT = 28, TYPE_PRIMARY = 0 };

static bool has_signature(const uint8_t *head, size_t size)
{
    return size >= 4 && (memcmp(head, "CREG", 4) == 0 || memcmp(head, "regf", 4) == 0);
}

bool hive_is(const uint8_t *head, size_t size)
{
    uint32_t place;

    if (has_signature(head, size))
        return *head == 'C' || size < HIVE_HEAD_SIZE ||
               bytes_u32le(head + TYPE_AT) == TYPE_PRIMARY;
    return size >= HIVE_WHOLE_HEAD_SIZE &&
           (regf_is_unsigned(head) ||
            (hive_measure_bin(head + BASE, size - BASE, &place) > 0 && place == 0));
}

/* Its data blocks have at most 64 KiB; twice that is allowed, for what was damaged. */
static uint64_t measure_creg(const uint8_t *head, bool *sure)
{
    uint64_t size = bytes_u32le(head + 8) + bytes_u16le(head + 16) * UINT64_C(131072);

    *sure = bytes_u32le(head + 4) == 0x00010000 && memcmp(head + 32, "RGKN", 4) == 0;
    if (!*sure)
        return 0;
    return size < LIMIT_9X_HIVE_BYTES ? size : LIMIT_9X_HIVE_BYTES;
}

uint64_t hive_measure(const uint8_t *head, size_t size, bool *sure)
{
    *sure = false;
    if (size < 512 || !has_signature(head, size) || !hive_is(head, size))
        return 0;
    if (memcmp(head, "CREG", 4) == 0)
        return measure_creg(head, sure);
    uint64_t bins = bytes_u32le(head + 40);
    if (bytes_u32le(head + 20) != 1 || bytes_u32le(head + 24) > 6 || bins == 0 ||
        bins % 4096 != 0 || 4096 + bins > LIMIT_HIVE_BYTES)
        return 0;
    *sure = regf_checksum(head) == bytes_u32le(head + 508);
    return 4096 + bins;
}

/* Whether a hive of NT begins here whose base block has lost its signature. */
static bool is_damaged_regf(struct reader *reader)
{
    uint8_t base[512], bin[4];

    return (reader_read(reader, BASE, bin, sizeof bin, NULL) == 0 && memcmp(bin, "hbin", 4) == 0) ||
           (reader_read(reader, 0, base, sizeof base, NULL) == 0 && regf_is_unsigned(base));
}

static int open_as_it_is(struct hive *hive, struct reader *reader, struct error *error)
{
    uint8_t head[4];

    if (reader_read(reader, 0, head, sizeof head, error) != 0)
        return error_prefix(error, "hive signature");
    if (memcmp(head, "CREG", 4) == 0)
        return hive_open_creg(hive, reader, error);
    if (memcmp(head, "regf", 4) == 0 || is_damaged_regf(reader))
        return hive_open_regf(hive, reader, error);
    return error_set(error, ERROR_DAMAGED, "not a hive: begins with %02x %02x %02x %02x",
                     head[0], head[1], head[2], head[3]);
}

int hive_open_with_logs(struct hive **hive, struct reader *primary, struct reader *const *logs,
                        size_t count, struct error *error)
{
    struct hive *new = calloc(1, sizeof *new);
    struct reader *after = NULL;

    if (!new)
        return error_set_memory(error);
    int result = regf_replay(new, primary, logs, count, &after, error);
    if (result == 0)
        result = open_as_it_is(new, after ? after : primary, error);
    reader_free(after);
    if (result != 0) {
        hive_free(new);
        return -1;
    }
    *hive = new;
    return 0;
}

int hive_open(struct hive **hive, struct reader *reader, struct error *error)
{
    return hive_open_with_logs(hive, reader, NULL, 0, error);
}

void hive_free(struct hive *hive)
{
    if (!hive)
        return;
    for (size_t i = 0; i < hive->problem_count; i++)
        free(hive->problems[i].text);
    free(hive->problems);
    free(hive->keys);
    free(hive->values);
    free(hive->file);
    free(hive->cells);
    free(hive->borders);
    free(hive->outside);
    free(hive->taken);
    free(hive->recovered);
    buffer_release(&hive->texts);
    creg_free(hive->creg);
    buffer_release(&hive->value_name);
    buffer_release(&hive->value_data);
    free(hive);
}

bool hive_is_fragment(const struct hive *hive)
{
    return hive->is_fragment;
}

bool hive_is_rootless(const struct hive *hive)
{
    return hive->is_rootless;
}

bool hive_is_9x(const struct hive *hive)
{
    return hive->is_9x;
}

static void decode_name(const struct hive *hive, struct buffer *texts, uint32_t *name,
                        uint32_t *length)
{
    const char *stored = buffer_text(&hive->texts) + *name;

    *name = (uint32_t)texts->length;
    text_add_code_page(texts, hive->code_page, (const uint8_t *)stored, *length);
    *length = (uint32_t)(texts->length - *name);
}

int hive_set_code_page(struct hive *hive, unsigned code_page, struct error *error)
{
    struct buffer texts = BUFFER_INIT;

    if (!hive->is_9x || code_page == 0)
        return 0;
    hive->code_page = code_page;
    for (size_t i = 0; i < hive->key_count; i++)
        decode_name(hive, &texts, &hive->keys[i].name, &hive->keys[i].name_length);
    for (size_t i = 0; i < hive->value_count; i++)
        decode_name(hive, &texts, &hive->values[i].name, &hive->values[i].name_length);
    buffer_release(&hive->texts);
    hive->texts = texts;
    return texts.failed ? error_set_memory(error) : 0;
}

bool hive_is_dirty(const struct hive *hive)
{
    return hive->is_dirty;
}

bool hive_is_replayed(const struct hive *hive)
{
    return hive->is_replayed;
}

static void add_problem(struct hive *hive, size_t log, uint64_t offset, const char *format,
                        va_list arguments)
{
    char text[256];

    if (hive->problem_count > LIMIT_HIVE_PROBLEMS)
        return;
    vsnprintf(text, sizeof text, format, arguments);
    /* Values are asked for again and again: what is known is not told twice. */
    for (size_t i = 0; i < hive->problem_count; i++)
        if (hive->problems[i].log == log && hive->problems[i].offset == offset &&
            strcmp(hive->problems[i].text, text) == 0)
            return;
    if (hive->problem_count == LIMIT_HIVE_PROBLEMS)
        strcpy(text, "further problems are not listed");
    if (memory_grow((void **)&hive->problems, &hive->problem_capacity, hive->problem_count + 1,
                    sizeof *hive->problems) != 0)
        return;
    char *copy = strdup(text);
    if (copy)
        hive->problems[hive->problem_count++] = (struct problem){ log, offset, copy };
}

void hive_add_problem(struct hive *hive, uint64_t offset, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_problem(hive, 0, offset, format, arguments);
    va_end(arguments);
}

void hive_add_log_problem(struct hive *hive, size_t log, uint64_t offset, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_problem(hive, log, offset, format, arguments);
    va_end(arguments);
}

size_t hive_problem_count(const struct hive *hive)
{
    return hive->problem_count;
}

const char *hive_problem(const struct hive *hive, size_t index, uint64_t *offset)
{
    *offset = hive->problems[index].offset;
    return hive->problems[index].text;
}

size_t hive_problem_log(const struct hive *hive, size_t index)
{
    return hive->problems[index].log;
}

struct key *hive_add_key(struct hive *hive)
{
    if (hive->key_count >= UINT32_MAX - 1 ||
        memory_grow((void **)&hive->keys, &hive->key_capacity, hive->key_count + 1,
                    sizeof *hive->keys) != 0)
        return NULL;
    hive->keys[hive->key_count] = (struct key){ .cell = 0 };
    return &hive->keys[hive->key_count++];
}

static struct key *key_of(const struct hive *hive, hive_key key)
{
    return &hive->keys[key - 1];
}

hive_key hive_root(const struct hive *hive)
{
    return hive->key_count > 0 ? 1 : 0;
}

const char *hive_key_name(struct hive *hive, hive_key key, size_t *length)
{
    *length = key_of(hive, key)->name_length;
    return buffer_text(&hive->texts) + key_of(hive, key)->name;
}

struct instant hive_key_last_write(const struct hive *hive, hive_key key)
{
    return hive->is_9x ? INSTANT_NONE : regf_last_write(hive, key_of(hive, key));
}

hive_key hive_key_parent(const struct hive *hive, hive_key key)
{
    /* That of a deleted key whose parent is not known, UINT32_MAX, becomes 0 too. */
    return key == 1 ? 0 : key_of(hive, key)->parent + 1;
}

uint64_t hive_key_offset(const struct hive *hive, hive_key key)
{
    return (hive->is_9x ? 0 : 4096) + (uint64_t)key_of(hive, key)->cell;
}

void hive_key_class(const struct hive *hive, hive_key key, struct buffer *buffer)
{
    if (!hive->is_9x && !hive_key_is_deleted(hive, key))
        regf_class(hive, key_of(hive, key), buffer);
}

bool hive_key_is_link(const struct hive *hive, hive_key key)
{
    return !hive->is_9x && regf_is_link(hive, key_of(hive, key));
}

uint32_t hive_key_security_id(const struct hive *hive, hive_key key)
{
    return hive->is_9x ? 0 : regf_security_id(hive, key_of(hive, key));
}

void hive_key_security(const struct hive *hive, hive_key key, struct hive_security *security)
{
    *security = (struct hive_security){ .readers = HIVE_READ_UNKNOWN };
    if (!hive->is_9x)
        regf_security(hive, key_of(hive, key), security);
}

size_t hive_key_child_count(struct hive *hive, hive_key key)
{
    return key_of(hive, key)->child_count;
}

hive_key hive_key_child(struct hive *hive, hive_key key, size_t index)
{
    const struct key *parent = key_of(hive, key);

    return index < parent->child_count ? parent->first_child + (hive_key)index + 1 : 0;
}

hive_key hive_key_next(const struct hive *hive, hive_key key)
{
    hive_key above = hive_key_parent(hive, key);
    const struct key *parent = above ? key_of(hive, above) : NULL;

    return !parent || key >= parent->first_child + parent->child_count ? 0 : key + 1;
}

hive_key hive_key_find(struct hive *hive, hive_key key, const char *path)
{
    while (key != 0 && *path) {
        size_t length = strcspn(path, "\\");
        hive_key found = 0;
        for (size_t i = 0; i < hive_key_child_count(hive, key) && !found && length > 0; i++) {
            size_t name_length;
            hive_key child = hive_key_child(hive, key, i);
            const char *name = hive_key_name(hive, child, &name_length);
            if (text_compare_nocase(name, name_length, path, length) == 0)
                found = child;
        }
        key = length > 0 ? found : key;
        path += length;
        path += *path == '\\';
    }
    return key;
}

int hive_recover(struct hive *hive, struct error *error)
{
    if (hive->is_9x)
        return hive->creg->is_recovered ? 0 : creg_recover(hive, error);
    return hive->taken ? 0 : regf_recover(hive, error);
}

size_t hive_deleted_key_count(const struct hive *hive)
{
    return hive->key_count - hive->live_count;
}

hive_key hive_deleted_key(const struct hive *hive, size_t index)
{
    return index < hive_deleted_key_count(hive) ? (hive_key)(hive->live_count + index + 1) : 0;
}

bool hive_key_is_deleted(const struct hive *hive, hive_key key)
{
    return key > hive->live_count;
}

size_t hive_deleted_value_count(const struct hive *hive)
{
    return hive->recovered_count - hive->recovered_of_keys;
}

hive_key hive_deleted_value_key(const struct hive *hive, size_t index)
{
    return index < hive_deleted_value_count(hive)
               ? hive->recovered[hive->recovered_of_keys + index].key + 1 /* none becomes 0 */
               : 0;
}

/* A value of a 9x hive, at its place in the table. */
static int get_stored(struct hive *hive, size_t place, struct hive_value *value,
                      struct error *error)
{
    const struct stored_value *stored = &hive->values[place];

    buffer_clear(&hive->value_name);
    buffer_add(&hive->value_name, hive->texts.data + stored->name, stored->name_length);
    if (hive->value_name.failed)
        return error_set_memory(error);
    *value = (struct hive_value){
        .name = buffer_text(&hive->value_name),
        .name_length = stored->name_length,
        .type = stored->type,
        .data = stored->data > 0 ? hive->file + stored->data : NULL,
        .size = stored->data > 0 ? stored->size : 0,
        .declared = stored->size,
        .offset = stored->at,
    };
    return 0;
}

int hive_deleted_value(struct hive *hive, size_t index, struct hive_value *value, hive_key *key,
                       struct error *error)
{
    if (index >= hive_deleted_value_count(hive))
        return error_set(error, ERROR_NOT_FOUND, "no value %zu", index);
    size_t place = hive->recovered_of_keys + index;
    *key = hive_deleted_value_key(hive, index);
    return hive->is_9x ? get_stored(hive, hive->recovered[place].cell, value, error)
                       : regf_recovered_get(hive, place, value, error);
}

bool hive_is_unlinked(const struct hive *hive, uint64_t offset)
{
    if (hive->is_9x)
        return creg_is_unlinked(hive, offset);
    if (hive->is_fragment) /* what leads to it may be elsewhere */
        return false;
    return offset >= BASE && regf_is_cell(hive, (uint32_t)(offset - BASE));
}

size_t hive_value_count(struct hive *hive, hive_key key)
{
    return hive->is_9x || hive_key_is_deleted(hive, key)
               ? key_of(hive, key)->value_count
               : regf_value_count(hive, key_of(hive, key));
}

bool hive_key_lost_value(const struct hive *hive, hive_key key)
{
    return !hive->is_9x && !hive_key_is_deleted(hive, key) &&
           regf_lost_value(hive, key_of(hive, key));
}

int hive_value_get(struct hive *hive, hive_key key, size_t index, struct hive_value *value,
                   struct error *error)
{
    const struct key *of = key_of(hive, key);

    if (!hive->is_9x && !hive_key_is_deleted(hive, key))
        return regf_value_get(hive, of, index, value, error);
    if (index >= of->value_count)
        return error_set(error, ERROR_NOT_FOUND, "no value %zu", index);
    if (!hive->is_9x)
        return regf_recovered_get(hive, of->first_value + index, value, error);
    return get_stored(hive, of->first_value + index, value, error);
}

int hive_value_find(struct hive *hive, hive_key key, const char *name, struct hive_value *value,
                    struct error *error)
{
    for (size_t i = 0, count = hive_value_count(hive, key); i < count; i++)
        if (hive_value_get(hive, key, i, value, NULL) == 0 &&
            text_compare_nocase(value->name, value->name_length, name, strlen(name)) == 0)
            return 0;
    return error_set(error, ERROR_NOT_FOUND, "no value %s", name);
}

void hive_key_path(struct hive *hive, hive_key key, struct buffer *buffer)
{
    hive_key chain[LIMIT_KEY_DEPTH];
    size_t depth = 0;

    for (; key > 1 && depth < LIMIT_KEY_DEPTH; key = hive_key_parent(hive, key))
        chain[depth++] = key;
    if (key == 0)
        buffer_add_text(buffer, "?\\");
    while (depth > 0) {
        size_t length;
        const char *name = hive_key_name(hive, chain[--depth], &length);
        buffer_add(buffer, name, length);
        if (depth > 0)
            buffer_add_byte(buffer, '\\');
    }
}
