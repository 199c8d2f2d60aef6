/* SPDX-License-Identifier: Apache-2.0 */

/*
 * creg: hives of Windows 95, 98 and Me through libcreg, brought into the shape
 * of hive_internal.h. They keep no times. All of it is taken into memory at
 * open: the largest real ones have a few megabytes.
 */

#include <stdlib.h>
#include <string.h>

#include <libcreg.h>

#include <fett/bfio.h>
#include <fett/limits.h>

#include "hive_internal.h"

/* What libcreg hands out, until the table is filled. */
struct pending {
    libcreg_key_t **keys; /* by place in the table */
    size_t capacity;
};

static int fail(struct error *error, const char *what, libcreg_error_t **reason)
{
    char text[256] = "";

    if (*reason)
        libcreg_error_sprint(*reason, text, sizeof text);
    libcreg_error_free(reason);
    return error_set(error, ERROR_DAMAGED, "9x hive: %s: %s", what, text);
}

/* Add the bytes of a name, whose code page is not known yet; libcreg gives it
 * with a NUL. */
static void add_name(struct hive *hive, const uint8_t *name, size_t size, uint32_t *place,
                     uint32_t *length)
{
    *place = (uint32_t)hive->texts.length;
    buffer_add(&hive->texts, name, strnlen((const char *)name, size));
    *length = (uint32_t)(hive->texts.length - *place);
}

static int load_value(struct hive *hive, libcreg_value_t *from)
{
    size_t name_size = 0, size = 0;
    uint8_t *room;

    if (memory_grow((void **)&hive->values, &hive->value_capacity, hive->value_count + 1,
                    sizeof *hive->values) != 0)
        return -1;
    struct stored_value *value = &hive->values[hive->value_count++];
    *value = (struct stored_value){ .type = 0 };
    libcreg_value_get_value_type(from, &value->type, NULL);
    if (libcreg_value_get_name_size(from, &name_size, NULL) == 1 && name_size > 0) {
        room = malloc(name_size);
        if (!room)
            return -1;
        if (libcreg_value_get_name(from, room, name_size, NULL) == 1)
            add_name(hive, room, name_size, &value->name, &value->name_length);
        free(room);
    }
    value->data = (uint32_t)hive->bytes.length;
    if (libcreg_value_get_value_data_size(from, &size, NULL) == 1 && size > 0) {
        room = (uint8_t *)buffer_reserve(&hive->bytes, size);
        if (!room)
            return -1;
        if (libcreg_value_get_value_data(from, room, size, NULL) == 1) {
            value->size = (uint32_t)size;
            buffer_truncate(&hive->bytes, hive->bytes.length + size);
        } else {
            hive_add_problem(hive, 0, "value %.*s: data cannot be read", (int)value->name_length,
                             buffer_text(&hive->texts) + value->name);
        }
    }
    return hive->texts.failed ? -1 : 0;
}

static int load_values(struct hive *hive, libcreg_key_t *from, uint32_t place)
{
    int count = 0;

    libcreg_key_get_number_of_values(from, &count, NULL);
    hive->keys[place].first_value = (uint32_t)hive->value_count;
    for (int i = 0; i < count; i++) {
        libcreg_value_t *value = NULL;
        if (libcreg_key_get_value_by_index(from, i, &value, NULL) != 1) {
            hive_add_problem(hive, 0, "value %d of a key cannot be read", i);
            continue;
        }
        int result = load_value(hive, value);
        libcreg_value_free(&value, NULL);
        if (result != 0)
            return -1;
    }
    hive->keys[place].value_count = (uint32_t)hive->value_count - hive->keys[place].first_value;
    return 0;
}

/* Takes over `from`. */
static int add_key(struct hive *hive, struct pending *pending, libcreg_key_t *from,
                   uint32_t parent)
{
    size_t size = 0;
    struct key *key = hive_add_key(hive);

    if (!key || memory_grow((void **)&pending->keys, &pending->capacity, hive->key_count,
                            sizeof *pending->keys) != 0) {
        libcreg_key_free(&from, NULL);
        hive->key_count -= key != NULL;
        return -1;
    }
    pending->keys[hive->key_count - 1] = from;
    key->parent = parent;
    if (libcreg_key_get_name_size(from, &size, NULL) == 1 && size > 0) {
        uint8_t *name = malloc(size);
        if (!name)
            return -1;
        if (libcreg_key_get_name(from, name, size, NULL) == 1)
            add_name(hive, name, size, &key->name, &key->name_length);
        free(name);
    }
    return hive->texts.failed ? -1 : 0;
}

/* Keys that a hive of this size has room for; a loop in its tree gives more. */
static size_t most_keys(uint64_t size)
{
    enum { SMALLEST_KEY = 28 }; /* its entry in the key tree */

    return size / SMALLEST_KEY < LIMIT_9X_KEYS ? (size_t)(size / SMALLEST_KEY) : LIMIT_9X_KEYS;
}

static int load_keys(struct hive *hive, struct pending *pending, libcreg_key_t *root, size_t most)
{
    int result = add_key(hive, pending, root, 0);

    for (size_t i = 0; result == 0 && i < hive->key_count; i++) {
        libcreg_key_t *from = pending->keys[i];
        int count = 0;
        hive->keys[i].first_child = (uint32_t)hive->key_count;
        libcreg_key_get_number_of_sub_keys(from, &count, NULL);
        for (int k = 0; k < count && result == 0; k++) {
            libcreg_key_t *child = NULL;
            if (hive->key_count >= most)
                break;
            if (libcreg_key_get_sub_key_by_index(from, k, &child, NULL) == 1)
                result = add_key(hive, pending, child, (uint32_t)i);
            else
                hive_add_problem(hive, 0, "subkey %d of %.*s cannot be read", k,
                                 (int)hive->keys[i].name_length,
                                 buffer_text(&hive->texts) + hive->keys[i].name);
        }
        hive->keys[i].child_count = (uint32_t)hive->key_count - hive->keys[i].first_child;
        if (result == 0)
            result = load_values(hive, from, (uint32_t)i);
    }
    if (hive->key_count >= most)
        hive_add_problem(hive, 0, "more keys than it has room for, %zu: the rest is left out",
                         most);
    for (size_t i = 0; i < hive->key_count; i++)
        libcreg_key_free(&pending->keys[i], NULL);
    free(pending->keys);
    return result;
}

/* All of a hive whose key tree is sound. */
static int open_checked(struct hive *hive, struct reader *reader, struct error *error)
{
    libbfio_handle_t *handle = NULL;
    libcreg_file_t *file = NULL;
    libcreg_key_t *root = NULL;
    libcreg_error_t *reason = NULL;
    struct pending pending = { NULL, 0 };
    int result;

    if (bfio_open(&handle, reader, error) != 0)
        return -1;
    if (libcreg_file_initialize(&file, &reason) != 1)
        result = fail(error, "cannot start", &reason);
    else if (libcreg_file_open_file_io_handle(file, handle, LIBCREG_OPEN_READ, &reason) != 1)
        result = fail(error, "cannot open", &reason);
    else if (libcreg_file_get_root_key(file, &root, &reason) != 1)
        result = fail(error, "no root key", &reason);
    else
        result = load_keys(hive, &pending, root, most_keys(reader->size)) != 0
                     ? error_set_memory(error)
                     : 0;
    if (file) {
        libcreg_file_close(file, NULL);
        libcreg_file_free(&file, NULL);
    }
    libbfio_handle_free(&handle, NULL);
    return result;
}

int hive_open_creg(struct hive *hive, struct reader *reader, struct error *error)
{
    struct reader *checked = NULL;
    struct error cut;
    uint8_t *data;
    size_t size;
    int damaged;

    hive->is_9x = true;
    if (reader_read_all(reader, LIMIT_9X_HIVE_BYTES, &data, &size, &damaged, error) != 0)
        return -1;
    if (damaged)
        hive_add_problem(hive, 0, "bytes of it cannot be read");
    int result = creg_check_links(hive, data, size, error);
    if (result == 0 && !(checked = reader_over_memory(data, size)))
        result = error_set_memory(error);
    if (result == 0)
        result = open_checked(hive, checked, error);
    if (checked && (result == 0 || error->kind == ERROR_DAMAGED) &&
        creg_is_cut(data, size, &cut)) {
        if (result == 0)
            hive_add_problem(hive, 0, "%s", cut.text);
        else
            *error = cut;
    }
    reader_free(checked);
    free(data);
    return result;
}

void hive_versions(version_sink sink, void *context)
{
    sink(context, "libcreg", libcreg_get_version());
    sink(context, "libbfio", libbfio_get_version());
}
