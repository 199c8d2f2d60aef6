/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_index_record: one record of $MFT into a node, names and streams. See ntfs_index.h.
 *
 * $FILE_NAME
 *     0    8  parent: record (48 bits), sequence (16)
 *     8   32  born, modified, changed, accessed
 *    56    4  attributes
 *    64    1  characters of the name
 *    65    1  name space: 0 POSIX, 1 Windows, 2 DOS, 3 Windows and DOS
 *    66       the name, UTF-16LE
 *
 * $STANDARD_INFORMATION
 *     0   32  born, modified, changed, accessed
 *    32    4  attributes
 */

#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_entries.h"
#include "ntfs_index.h"

enum { NAME_SPACE_DOS = 2 };

/* Add text to the arena; its place, or UINT32_MAX when memory is out. */
static uint32_t add_name_text(struct ntfs *ntfs, const uint8_t *name, size_t units,
                              uint16_t *length)
{
    size_t at = ntfs->text.length;

    text_add_utf16le(&ntfs->text, name, units);
    *length = (uint16_t)(ntfs->text.length - at);
    return ntfs->text.failed || ntfs->text.length > UINT32_MAX ? UINT32_MAX : (uint32_t)at;
}

/* The times of a name. 0, or -1 without memory. */
static int set_name_times(struct ntfs *ntfs, struct ntfs_name *name, const uint8_t *times)
{
    name->born = bytes_u64le(times);
    if (bytes_u64le(times + 8) == name->born && bytes_u64le(times + 16) == name->born &&
        bytes_u64le(times + 24) == name->born)
        return 0;
    if (memory_grow((void **)&ntfs->later_times, &ntfs->later_capacity, ntfs->later_count + 1,
                    sizeof *ntfs->later_times) != 0)
        return -1;
    struct ntfs_later_times *later = &ntfs->later_times[ntfs->later_count++];
    for (int i = 0; i < 3; i++)
        later->times[i] = bytes_u64le(times + 8 + 8 * i);
    name->later = (uint32_t)ntfs->later_count;
    return 0;
}

static void add_file_name(struct ntfs_pass *pass, uint32_t owner,
                          const struct ntfs_attribute *attribute, uint16_t *count)
{
    struct ntfs *ntfs = pass->ntfs;
    const uint8_t *p = attribute->value;
    uint16_t length;
    uint32_t text = add_name_text(ntfs, p + 66, p[64], &length);

    if (p[65] == NAME_SPACE_DOS) {
        if (memory_grow((void **)&ntfs->dos_names, &ntfs->dos_name_capacity,
                        ntfs->dos_name_count + 1, sizeof *ntfs->dos_names) != 0) {
            pass->out_of_memory = true;
            return;
        }
        ntfs->dos_names[ntfs->dos_name_count++] =
            (struct ntfs_dos_name){ bytes_u64le(p), owner, text, length };
        return;
    }
    if (memory_grow((void **)&ntfs->names, &ntfs->name_capacity, ntfs->name_count + 1,
                    sizeof *ntfs->names) != 0) {
        pass->out_of_memory = true;
        return;
    }
    struct ntfs_name *name = &ntfs->names[ntfs->name_count++];
    *name = (struct ntfs_name){
        .parent = bytes_u64le(p), .text = text, .id = attribute->id, .length = length
    };
    pass->out_of_memory |= set_name_times(ntfs, name, p + 8) != 0;
    (*count)++;
}

int ntfs_store_runs(struct ntfs *ntfs, struct ntfs_stream *stream, const void *runs, size_t size,
                    uint64_t initialized)
{
    if (initialized != stream->size) {
        stream->flags |= STREAM_TAIL;
        buffer_add(&ntfs->runs, &initialized, sizeof initialized);
    }
    stream->place = (uint32_t)ntfs->runs.length;
    stream->holder = (uint32_t)size;
    buffer_add(&ntfs->runs, runs, size);
    return ntfs->runs.failed || ntfs->runs.length > UINT32_MAX ? -1 : 0;
}

static uint8_t stream_flags(const struct ntfs_attribute *attribute)
{
    bool compressed = attribute->flags & 0xff && attribute->nonresident;

    return (uint8_t)((compressed ? STREAM_COMPRESSED : 0) |
                     (attribute->flags & 0x4000 ? STREAM_ENCRYPTED : 0) |
                     (attribute->flags & 0x8000 ? STREAM_SPARSE : 0));
}

/* Whether runs cover the size and lie within the volume. */
static bool is_sound(const struct ntfs_pass *pass, const struct ntfs_runs *runs, uint64_t size)
{
    return !runs->bad && runs->end <= pass->clusters && runs->clusters <= LIMIT_RUN_CLUSTERS &&
           runs->clusters * pass->ntfs->geometry.cluster_size >= size;
}

static void add_stream(struct ntfs_pass *pass, uint32_t record,
                       const struct ntfs_attribute *attribute, struct ntfs_node *node)
{
    struct ntfs *ntfs = pass->ntfs;

    if (memory_grow((void **)&ntfs->streams, &ntfs->stream_capacity, ntfs->stream_count + 1,
                    sizeof *ntfs->streams) != 0) {
        pass->out_of_memory = true;
        return;
    }
    struct ntfs_stream *stream = &ntfs->streams[ntfs->stream_count++];
    node->stream_count++;
    *stream = (struct ntfs_stream){
        .type = attribute->type,
        .id = attribute->id,
        .flags = attribute->flags ? stream_flags(attribute) : 0,
        .unit = attribute->compression_unit,
    };
    if (attribute->name_units > 0)
        stream->text =
            add_name_text(ntfs, attribute->name, attribute->name_units, &stream->name_length);
    if (!attribute->nonresident) {
        stream->flags |= STREAM_RESIDENT;
        stream->size = attribute->value_size;
        stream->place = (uint32_t)attribute->value_offset;
        stream->holder = record;
    } else {
        const struct ntfs_runs runs = ntfs_runs_measure(attribute->runs, attribute->runs_size);
        uint64_t initialized = attribute->initialized;
        stream->size = attribute->size;
        if (runs.bad)
            stream->flags |= STREAM_BROKEN;
        if (attribute->first_vcn != 0) {
            stream->flags |= STREAM_PIECE;
            stream->size = initialized = attribute->first_vcn;
        }
        if (attribute->first_vcn != 0 || !is_sound(pass, &runs, stream->size))
            node->flags |= NODE_UNSURE;
        if (ntfs_store_runs(ntfs, stream, attribute->runs, runs.length, initialized) != 0)
            pass->out_of_memory = true;
    }
}

static bool is_file_name(const struct ntfs_attribute *attribute)
{
    return !attribute->nonresident && attribute->value_size >= 66 && attribute->value[64] > 0 &&
           attribute->value_size >= 66 + 2u * attribute->value[64];
}

static void add_attribute(struct ntfs_pass *pass, uint32_t number, const struct ntfs_record *record,
                          const struct ntfs_attribute *attribute, struct ntfs_node *node)
{
    if (attribute->type == NTFS_STANDARD_INFORMATION && attribute->value_size >= 36) {
        for (int i = 0; i < 4; i++)
            node->times[i] = bytes_u64le(attribute->value + 8 * i);
        node->attributes = bytes_u32le(attribute->value + 32);
        node->flags |= NODE_SI;
    } else if (attribute->type == NTFS_FILE_NAME) {
        uint32_t owner = record->extends ? (uint32_t)record->base : number;
        if (is_file_name(attribute))
            add_file_name(pass, owner, attribute, &node->name_count);
        else
            ntfs_pass_lose(pass, number, record->flags & NTFS_RECORD_IN_USE,
                           "$FILE_NAME is malformed");
    } else if (attribute->type == NTFS_ATTRIBUTE_LIST || attribute->type > NTFS_FILE_NAME) {
        if (attribute->type == NTFS_ATTRIBUTE_LIST)
            node->flags |= NODE_EXTENDED;
        add_stream(pass, number, attribute, node);
    }
}

/* Note an extension record; `node` has what it holds. */
static void add_extension(struct ntfs_pass *pass, uint32_t number,
                          const struct ntfs_record *record, const struct ntfs_node *node,
                          size_t first_dos_name)
{
    struct ntfs *ntfs = pass->ntfs;

    if (record->base >= ntfs->records) {
        ntfs_pass_lose(pass, number, record->flags & NTFS_RECORD_IN_USE,
                       "extends a record beyond the end of $MFT");
        return;
    }
    if (memory_grow((void **)&pass->extensions, &pass->extension_capacity,
                    pass->extension_count + 1, sizeof *pass->extensions) != 0) {
        pass->out_of_memory = true;
        return;
    }
    pass->extensions[pass->extension_count++] = (struct ntfs_extension){
        .base = (uint32_t)record->base,
        .record = number,
        .base_sequence = record->base_sequence,
        .in_use = record->flags & NTFS_RECORD_IN_USE,
        .first_name = node->first_name,
        .first_stream = node->first_stream,
        .first_dos_name = (uint32_t)first_dos_name,
        .name_count = node->name_count,
        .stream_count = node->stream_count,
        .dos_name_count = (uint16_t)(ntfs->dos_name_count - first_dos_name),
    };
}

void ntfs_index_record(struct ntfs_pass *pass, uint32_t number, uint8_t *data)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_record record;
    struct ntfs_attribute attribute;
    bool index = false;

    if (ntfs_record_open(&record, data, ntfs->geometry.record_size, &pass->error) != 0) {
        bool marked_bad = memcmp(data, "BAAD", 4) == 0, file = memcmp(data, "FILE", 4) == 0;
        ntfs_pass_lose(pass, number, file || marked_bad,
                       marked_bad ? "marked BAAD by the system" : pass->error.text);
        return;
    }
    if (record.torn)
        ntfs_pass_lose(pass, number, true, "fixup does not match: a sector was not written");

    struct ntfs_node local = { .flags = 0 };
    struct ntfs_node *node = record.extends ? &local : &ntfs->nodes[number];
    size_t first_dos_name = ntfs->dos_name_count;
    node->first_name = (uint32_t)ntfs->name_count;
    node->first_stream = (uint32_t)ntfs->stream_count;
    node->sequence = record.sequence;
    node->links = record.links;
    node->flags = (uint8_t)(NODE_USABLE | (record.flags & NTFS_RECORD_IN_USE ? NODE_IN_USE : 0) |
                            (record.flags & NTFS_RECORD_DIRECTORY ? NODE_DIRECTORY : 0));

    int got;
    while ((got = ntfs_record_next(&record, &attribute, &pass->error)) > 0) {
        add_attribute(pass, number, &record, &attribute, node);
        index |= attribute.type == NTFS_INDEX_ROOT;
    }
    uint32_t folder = record.extends ? (uint32_t)record.base : number;
    if (node->flags & NODE_DIRECTORY || (record.extends && index))
        pass->out_of_memory |= ntfs_note_entries(ntfs, folder, &record, &pass->name) != 0;
    if (got < 0 && !record.torn)
        ntfs_pass_lose(pass, number, record.flags & NTFS_RECORD_IN_USE, pass->error.text);
    if (record.extends)
        add_extension(pass, number, &record, node, first_dos_name);
}
