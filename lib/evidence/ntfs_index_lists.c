/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_index_lists: attribute lists. See ntfs_index.h.
 *
 * $ATTRIBUTE_LIST entry
 *     0    4  type
 *     4    2  length
 *     6    1  characters of the name
 *     7    1  offset of the name
 *     8    8  first VCN
 *    16    8  record that holds it (48 bits), sequence (16)
 *    24    2  id
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_index.h"

enum { ATTRIBUTE_LIST_ENTRY = 26 };

/* The attribute list of a record in memory; NULL when it cannot be read. */
static uint8_t *read_attribute_list(struct ntfs *ntfs, uint32_t record, uint16_t *id,
                                    size_t *size, struct error *error)
{
    const struct ntfs_node *node = &ntfs->nodes[record];
    struct reader *reader = NULL;
    uint8_t *data = NULL;

    for (uint16_t i = 0; i < node->stream_count && !reader; i++) {
        const struct ntfs_stream *stream = &ntfs->streams[node->first_stream + i];
        if (stream->type != NTFS_ATTRIBUTE_LIST)
            continue;
        *id = stream->id;
        if (ntfs_content_open(ntfs, stream, &reader, error) != 0)
            return NULL;
    }
    if (!reader)
        error_set(error, ERROR_DAMAGED, "its first piece is missing");
    else if (reader_read_all(reader, LIMIT_ATTRIBUTE_LIST_BYTES, &data, size, NULL, error) != 0)
        data = NULL;
    reader_free(reader);
    return data;
}

/* Bytes of the well-formed entry at `at`; 0 where there is none. */
static size_t list_entry_length(const uint8_t *list, size_t size, size_t at)
{
    if (size - at < ATTRIBUTE_LIST_ENTRY)
        return 0;
    size_t length = bytes_u16le(list + at + 4), name_at = list[at + 7];
    return length >= ATTRIBUTE_LIST_ENTRY && length <= size - at &&
                   name_at + 2u * list[at + 6] <= length
               ? length
               : 0;
}

static uint64_t list_entry_holder(const uint8_t *entry)
{
    return bytes_u64le(entry + 16) & 0xffffffffffff;
}

/* An attribute that a list names. */
struct listed {
    uint32_t type;
    uint32_t at;     /* of the entry in the list */
    const char *name;
    size_t name_at, name_length;
    uint16_t id;     /* given out */
    bool given;
};

static int compare_listed(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;

    if (x->type != y->type)
        return x->type < y->type ? -1 : 1;
    if (x->name_length != y->name_length)
        return x->name_length < y->name_length ? -1 : 1;
    return x->name_length ? memcmp(x->name, y->name, x->name_length) : 0;
}

static int compare_listed_entries(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = compare_listed(x, y);

    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static int compare_listed_places(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

/* The attributes of a list, each once, by its first entry; sorted. */
static size_t read_listed(const uint8_t *list, size_t size, struct listed *listed,
                          struct buffer *names)
{
    size_t count = 0, kept = 0;

    for (size_t at = 0, length; (length = list_entry_length(list, size, at)) > 0; at += length) {
        struct listed *new = &listed[count++];
        *new = (struct listed){ .type = bytes_u32le(list + at), .at = (uint32_t)at,
                                .name_at = names->length };
        text_add_utf16le(names, list + at + list[at + 7], list[at + 6]);
        new->name_length = names->length - new->name_at;
    }
    for (size_t i = 0; i < count; i++)
        listed[i].name = buffer_text(names) + listed[i].name_at;
    qsort(listed, count, sizeof *listed, compare_listed_entries);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || compare_listed(&listed[kept - 1], &listed[i]) != 0)
            listed[kept++] = listed[i];
    return kept;
}

/*
 * Attribute ids are unique within one record only. As TSK does, so that both
 * write the same addresses: each attribute of an extension record, in the order
 * of the list, takes the next number above all that the list names.
 */
static int assign_ids(struct ntfs *ntfs, uint32_t record, const uint8_t *list, size_t size,
                      uint16_t next)
{
    const struct ntfs_node *node = &ntfs->nodes[record];
    struct buffer names = BUFFER_INIT;
    struct listed *listed = calloc(size / ATTRIBUTE_LIST_ENTRY + 1, sizeof *listed);

    if (!listed)
        return -1;
    size_t count = read_listed(list, size, listed, &names);
    for (size_t at = 0, length; (length = list_entry_length(list, size, at)) > 0; at += length)
        if (bytes_u16le(list + at + 24) > next)
            next = bytes_u16le(list + at + 24);
    qsort(listed, count, sizeof *listed, compare_listed_places);
    for (size_t i = 0; i < count; i++) {
        listed[i].given = list_entry_holder(list + listed[i].at) != record;
        listed[i].id = listed[i].given ? ++next : 0;
    }
    qsort(listed, count, sizeof *listed, compare_listed);
    for (uint16_t i = 0; i < node->stream_count && count > 0; i++) {
        struct ntfs_stream *stream = &ntfs->streams[node->first_stream + i];
        const struct listed key = { .type = stream->type,
                                    .name = buffer_text(&ntfs->text) + stream->text,
                                    .name_length = stream->name_length };
        const struct listed *found = bsearch(&key, listed, count, sizeof *listed, compare_listed);
        if (found && found->given)
            stream->id = found->id;
    }
    int result = names.failed ? -1 : 0;
    buffer_release(&names);
    free(listed);
    return result;
}

void ntfs_index_check_list(struct ntfs_pass *pass, uint32_t record)
{
    struct ntfs *ntfs = pass->ntfs;
    bool in_use = ntfs->nodes[record].flags & NODE_IN_USE;
    size_t size = 0, at = 0, length;
    uint16_t id = 0;
    struct error error = ERROR_INIT;
    uint8_t *list = read_attribute_list(ntfs, record, &id, &size, &error);

    if (!list) {
        error_prefix(&error, "attribute list cannot be read");
        if (in_use)
            ntfs_pass_lose(pass, record, true, error.text);
        return;
    }
    if (assign_ids(ntfs, record, list, size, id) != 0)
        pass->out_of_memory = true;
    while ((length = list_entry_length(list, size, at)) > 0) {
        uint64_t holder = list_entry_holder(list + at);
        if (in_use && holder != record && !ntfs_has_extension(pass, record, holder)) {
            char reason[96];
            snprintf(reason, sizeof reason,
                     "attributes in record %llu are lost: it does not extend this one",
                     (unsigned long long)holder);
            ntfs_pass_lose(pass, record, true, reason);
            break;
        }
        at += length;
    }
    if (in_use && length == 0 && at < size)
        ntfs_pass_lose(pass, record, true, "attribute list is malformed");
    free(list);
}
