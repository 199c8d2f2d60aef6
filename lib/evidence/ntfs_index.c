/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ntfs_index: $MFT into nodes, names and streams.
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
 *
 * $ATTRIBUTE_LIST entry
 *     0    4  type
 *     4    2  length
 *     6    1  characters of the name
 *     7    1  offset of the name
 *     8    8  first VCN
 *    16    8  record that holds it (48 bits), sequence (16)
 *    24    2  id
 *
 * A file whose attributes do not fit one record spreads over extension
 * records, which point back to their base. The pass meets them in any order,
 * so they are noted and joined at its end; run lists that come in pieces are
 * put together by their first VCN. What does not add up is a gap.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_ahead.h"

enum { NAME_SPACE_DOS = 2, ATTRIBUTE_LIST_ENTRY = 26 };

/* An extension record: what it adds to its base. */
struct extension {
    uint32_t base, record;
    uint16_t base_sequence;
    bool in_use;
    uint32_t first_name, first_stream, first_dos_name;
    uint16_t name_count, stream_count, dos_name_count;
};

/* A record of which something or everything is lost. */
struct loss {
    uint32_t record;
    bool certain; /* else only when $MFT's bitmap says that it is in use */
    char reason[104];
};

struct pass {
    struct ntfs *ntfs;
    struct extension *extensions;
    size_t extension_count, extension_capacity;
    struct loss *losses;
    size_t loss_count, loss_capacity;
    uint64_t losses_beyond; /* not remembered one by one */
    bool out_of_memory;
};

static void add_loss(struct pass *pass, uint32_t record, bool certain, const char *reason)
{
    if (pass->loss_count >= LIMIT_GAPS) {
        pass->losses_beyond++;
        return;
    }
    if (memory_grow((void **)&pass->losses, &pass->loss_capacity, pass->loss_count + 1,
                    sizeof *pass->losses) != 0) {
        pass->out_of_memory = true;
        return;
    }
    struct loss *loss = &pass->losses[pass->loss_count++];
    *loss = (struct loss){ .record = record, .certain = certain };
    snprintf(loss->reason, sizeof loss->reason, "%s", reason);
}

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
    if (memcmp(times, times + 8, 24) == 0) /* each is the one before */
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

static void add_file_name(struct pass *pass, uint32_t owner, const struct ntfs_attribute *attribute,
                          uint16_t *count)
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

/* Append run bytes to the arena, the initialised size before them if needed. */
static int store_runs(struct ntfs *ntfs, struct ntfs_stream *stream, const void *runs, size_t size,
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

static void add_stream(struct pass *pass, uint32_t record, const struct ntfs_attribute *attribute,
                       uint16_t *count)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_stream stream = {
        .type = attribute->type,
        .id = attribute->id,
        .flags = (uint8_t)((attribute->flags & 0xff ? STREAM_COMPRESSED : 0) |
                           (attribute->flags & 0x4000 ? STREAM_ENCRYPTED : 0) |
                           (attribute->flags & 0x8000 ? STREAM_SPARSE : 0)),
        .unit = attribute->compression_unit,
    };

    if (attribute->name_units > 0)
        stream.text =
            add_name_text(ntfs, attribute->name, attribute->name_units, &stream.name_length);
    if (!attribute->nonresident) {
        stream.flags = (uint8_t)((stream.flags & ~STREAM_COMPRESSED) | STREAM_RESIDENT);
        stream.size = attribute->value_size;
        stream.place = (uint32_t)attribute->value_offset;
        stream.holder = record;
    } else {
        bool bad;
        size_t size = ntfs_runs_length(attribute->runs, attribute->runs_size, &bad);
        uint64_t initialized = attribute->initialized;
        stream.size = attribute->size;
        if (bad)
            stream.flags |= STREAM_BROKEN;
        if (attribute->first_vcn != 0) {
            stream.flags |= STREAM_PIECE;
            stream.size = initialized = attribute->first_vcn;
        }
        if (store_runs(ntfs, &stream, attribute->runs, size, initialized) != 0)
            pass->out_of_memory = true;
    }
    if (memory_grow((void **)&ntfs->streams, &ntfs->stream_capacity, ntfs->stream_count + 1,
                    sizeof *ntfs->streams) != 0) {
        pass->out_of_memory = true;
        return;
    }
    ntfs->streams[ntfs->stream_count++] = stream;
    (*count)++;
}

static bool is_file_name(const struct ntfs_attribute *attribute)
{
    return !attribute->nonresident && attribute->value_size >= 66 && attribute->value[64] > 0 &&
           attribute->value_size >= 66 + 2u * attribute->value[64];
}

static void parse_record(struct pass *pass, uint32_t number, uint8_t *data)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_record record;
    struct ntfs_attribute attribute;
    struct error error = ERROR_INIT;

    if (ntfs_record_open(&record, data, ntfs->geometry.record_size, &error) != 0) {
        bool marked_bad = memcmp(data, "BAAD", 4) == 0, file = memcmp(data, "FILE", 4) == 0;
        add_loss(pass, number, file || marked_bad,
                 marked_bad ? "marked BAAD by the system" : error.text);
        return;
    }
    if (record.torn)
        add_loss(pass, number, true, "fixup does not match: a sector was not written");

    struct ntfs_node local = { .flags = 0 };
    struct ntfs_node *node = record.extends ? &local : &ntfs->nodes[number];
    uint32_t owner = record.extends ? (uint32_t)record.base : number;
    size_t first_dos_name = ntfs->dos_name_count;
    node->first_name = (uint32_t)ntfs->name_count;
    node->first_stream = (uint32_t)ntfs->stream_count;
    node->sequence = record.sequence;
    node->links = record.links;
    node->flags = (uint8_t)(NODE_USABLE | (record.flags & NTFS_RECORD_IN_USE ? NODE_IN_USE : 0) |
                            (record.flags & NTFS_RECORD_DIRECTORY ? NODE_DIRECTORY : 0));

    int got;
    while ((got = ntfs_record_next(&record, &attribute, &error)) > 0) {
        if (attribute.type == NTFS_STANDARD_INFORMATION && attribute.value_size >= 36) {
            for (int i = 0; i < 4; i++)
                node->times[i] = bytes_u64le(attribute.value + 8 * i);
            node->attributes = bytes_u32le(attribute.value + 32);
            node->flags |= NODE_SI;
        } else if (attribute.type == NTFS_FILE_NAME) {
            if (is_file_name(&attribute))
                add_file_name(pass, owner, &attribute, &node->name_count);
            else
                add_loss(pass, number, record.flags & NTFS_RECORD_IN_USE,
                         "$FILE_NAME is malformed");
        } else if (attribute.type == NTFS_ATTRIBUTE_LIST || attribute.type > NTFS_FILE_NAME) {
            if (attribute.type == NTFS_ATTRIBUTE_LIST)
                node->flags |= NODE_EXTENDED;
            add_stream(pass, number, &attribute, &node->stream_count);
        }
    }
    if (got < 0 && !record.torn)
        add_loss(pass, number, record.flags & NTFS_RECORD_IN_USE, error.text);
    if (!record.extends)
        return;

    if (record.base >= ntfs->records ||
        memory_grow((void **)&pass->extensions, &pass->extension_capacity,
                    pass->extension_count + 1, sizeof *pass->extensions) != 0) {
        if (record.base >= ntfs->records)
            add_loss(pass, number, record.flags & NTFS_RECORD_IN_USE,
                     "extends a record beyond the end of $MFT");
        else
            pass->out_of_memory = true;
        return;
    }
    pass->extensions[pass->extension_count++] = (struct extension){
        .base = owner,
        .record = number,
        .base_sequence = record.base_sequence,
        .in_use = record.flags & NTFS_RECORD_IN_USE,
        .first_name = local.first_name,
        .first_stream = local.first_stream,
        .first_dos_name = (uint32_t)first_dos_name,
        .name_count = local.name_count,
        .stream_count = local.stream_count,
        .dos_name_count = (uint16_t)(ntfs->dos_name_count - first_dos_name),
    };
}

/* Does this extension belong to the base as it is now? */
static bool belongs(const struct ntfs *ntfs, const struct extension *extension)
{
    const struct ntfs_node *base = &ntfs->nodes[extension->base];
    bool in_use = base->flags & NODE_IN_USE;

    return base->flags & NODE_USABLE && in_use == extension->in_use &&
           (base->sequence == extension->base_sequence ||
            (!in_use && base->sequence == (uint16_t)(extension->base_sequence + 1)));
}

static int compare_extensions(const void *a, const void *b)
{
    const struct extension *x = a, *y = b;

    if (x->base != y->base)
        return x->base < y->base ? -1 : 1;
    return (x->record > y->record) - (x->record < y->record);
}

static void encode_run(struct buffer *out, const struct ntfs_run *run, int64_t *last)
{
    uint8_t bytes[17];
    unsigned count_size = 0, cluster_size = 0;
    uint64_t count = run->clusters;

    do
        bytes[1 + count_size++] = (uint8_t)count;
    while (count >>= 8);
    if (run->cluster != NTFS_SPARSE) {
        int64_t distance = (int64_t)run->cluster - *last;
        *last = (int64_t)run->cluster;
        for (bool done = false; !done; distance >>= 8) {
            uint8_t byte = (uint8_t)distance;
            bytes[1 + count_size + cluster_size++] = byte;
            done = distance >> 8 == (byte & 0x80 ? -1 : 0);
        }
    }
    bytes[0] = (uint8_t)(cluster_size << 4 | count_size);
    buffer_add(out, bytes, 1 + count_size + cluster_size);
}

/* Add the runs of one piece; returns the clusters they cover. */
static uint64_t join_runs(const struct ntfs *ntfs, const struct ntfs_stream *piece,
                          struct buffer *joined, int64_t *last)
{
    size_t size;
    const uint8_t *runs = ntfs_stream_runs(ntfs, piece, &size);
    struct ntfs_run_walk walk;
    struct ntfs_run run;
    uint64_t clusters = 0;

    ntfs_run_walk_init(&walk, runs, size);
    while (ntfs_run_next(&walk, &run) > 0) {
        encode_run(joined, &run, last);
        clusters += run.clusters;
    }
    return clusters;
}

static int compare_attributes(const struct ntfs *ntfs, const struct ntfs_stream *a,
                              const struct ntfs_stream *b)
{
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    if (a->name_length != b->name_length)
        return a->name_length < b->name_length ? -1 : 1;
    return memcmp(ntfs->text.data + a->text, ntfs->text.data + b->text, a->name_length);
}

static int compare_pieces(const void *a, const void *b, void *ntfs)
{
    const struct ntfs_stream *x = a, *y = b;
    int order = compare_attributes(ntfs, x, y);

    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* The first of the sorted pieces that is not before `head`. */
static size_t find_pieces(const struct ntfs *ntfs, const struct ntfs_stream *head,
                          const struct ntfs_stream *pieces, size_t count)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_attributes(ntfs, &pieces[middle], head) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Put the pieces of one stream behind its head; a second head of the same name
 * gets none. */
static int join_stream(struct pass *pass, uint32_t base, struct ntfs_stream *head,
                       struct ntfs_stream *pieces, size_t count)
{
    struct ntfs *ntfs = pass->ntfs;
    struct buffer joined = BUFFER_INIT;
    uint64_t clusters = 0, initialized = ntfs_stream_initialized(ntfs, head);
    int64_t last = 0;
    bool any = false;

    for (size_t i = find_pieces(ntfs, head, pieces, count);
         i < count && !(pieces[i].flags & STREAM_JOINED) &&
         compare_attributes(ntfs, head, &pieces[i]) == 0;
         i++) {
        pieces[i].flags |= STREAM_JOINED;
        if (!any)
            clusters = join_runs(ntfs, head, &joined, &last);
        any = true;
        if (pieces[i].size != clusters) {
            head->flags |= STREAM_BROKEN;
            if (ntfs->nodes[base].flags & NODE_IN_USE)
                add_loss(pass, base, true, "a piece of a run list is missing");
            if (pieces[i].size < clusters)
                continue; /* overlaps what is there: an older copy */
            const struct ntfs_run hole = { pieces[i].size - clusters, NTFS_SPARSE };
            encode_run(&joined, &hole, &last);
            clusters = pieces[i].size;
        }
        clusters += join_runs(ntfs, &pieces[i], &joined, &last);
    }
    int result = joined.failed ? -1 : 0;
    if (any && result == 0) {
        head->flags &= (uint8_t)~STREAM_TAIL;
        result = store_runs(ntfs, head, joined.data, joined.length, initialized);
    }
    buffer_release(&joined);
    return result;
}

/* Move the pieces among the streams of a base behind the heads, whose order stays. */
static size_t part_heads(struct ntfs_stream *streams, size_t count, struct ntfs_stream *pieces)
{
    size_t heads = 0, moved = 0;

    for (size_t i = 0; i < count; i++)
        if (streams[i].flags & STREAM_PIECE)
            pieces[moved++] = streams[i];
        else
            streams[heads++] = streams[i];
    return heads;
}

/* Run lists in pieces become one. */
static int join_pieces(struct pass *pass, uint32_t base)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_node *node = &ntfs->nodes[base];
    struct ntfs_stream *streams = ntfs->streams + node->first_stream;
    struct ntfs_stream *pieces = calloc(node->stream_count + 1u, sizeof *pieces);
    int result = 0;
    bool lost = false;

    if (!pieces)
        return -1;
    size_t heads = part_heads(streams, node->stream_count, pieces);
    size_t count = node->stream_count - heads;
    qsort_r(pieces, count, sizeof *pieces, compare_pieces, ntfs);
    for (size_t i = 0; i < heads && result == 0; i++)
        if (!(streams[i].flags & STREAM_RESIDENT))
            result = join_stream(pass, base, &streams[i], pieces, count);
    for (size_t i = 0; i < count; i++)
        lost |= !(pieces[i].flags & STREAM_JOINED);
    if (lost && node->flags & NODE_IN_USE)
        add_loss(pass, base, true, "the first piece of a run list is missing");
    node->stream_count = (uint16_t)heads;
    free(pieces);
    return result;
}

/* Gather names and streams of a base and its extensions into one place each. */
static int join_extensions(struct pass *pass, const struct extension *first, size_t count)
{
    struct ntfs *ntfs = pass->ntfs;
    struct ntfs_node *node = &ntfs->nodes[first->base];
    size_t names = node->name_count, streams = node->stream_count;

    for (size_t i = 0; i < count; i++) {
        names += first[i].name_count;
        streams += first[i].stream_count;
    }
    if (names > UINT16_MAX || streams > UINT16_MAX) {
        add_loss(pass, first->base, true, "more than 65535 attributes");
        return 0;
    }
    if (memory_grow((void **)&ntfs->names, &ntfs->name_capacity, ntfs->name_count + names,
                    sizeof *ntfs->names) != 0 ||
        memory_grow((void **)&ntfs->streams, &ntfs->stream_capacity, ntfs->stream_count + streams,
                    sizeof *ntfs->streams) != 0)
        return -1;

    struct ntfs_name *name = ntfs->names + ntfs->name_count;
    struct ntfs_stream *stream = ntfs->streams + ntfs->stream_count;
    memcpy(name, ntfs->names + node->first_name, node->name_count * sizeof *name);
    memcpy(stream, ntfs->streams + node->first_stream, node->stream_count * sizeof *stream);
    name += node->name_count;
    stream += node->stream_count;
    for (size_t i = 0; i < count; i++) {
        memcpy(name, ntfs->names + first[i].first_name, first[i].name_count * sizeof *name);
        memcpy(stream, ntfs->streams + first[i].first_stream,
               first[i].stream_count * sizeof *stream);
        name += first[i].name_count;
        stream += first[i].stream_count;
    }
    node->first_name = (uint32_t)ntfs->name_count;
    node->first_stream = (uint32_t)ntfs->stream_count;
    node->name_count = (uint16_t)names;
    ntfs->name_count += names;

    node->stream_count = (uint16_t)streams;
    ntfs->stream_count += streams;
    return join_pieces(pass, first->base);
}

/* The DOS names of an extension that belongs to no base lead nowhere. */
static void drop_dos_names(struct ntfs *ntfs, const struct extension *extension)
{
    for (uint16_t i = 0; i < extension->dos_name_count; i++)
        ntfs->dos_names[extension->first_dos_name + i].record = UINT32_MAX;
}

/* A base without extensions can hold pieces too, when the others are lost. */
static bool has_pieces(const struct ntfs *ntfs, const struct ntfs_node *node)
{
    for (uint16_t i = 0; i < node->stream_count; i++)
        if (ntfs->streams[node->first_stream + i].flags & STREAM_PIECE)
            return true;
    return false;
}

static int join_all(struct pass *pass)
{
    struct ntfs *ntfs = pass->ntfs;
    struct extension *all = pass->extensions;
    size_t kept = 0;

    for (size_t i = 0; i < pass->extension_count; i++) {
        if (belongs(ntfs, &all[i])) {
            all[kept++] = all[i];
            continue;
        }
        drop_dos_names(ntfs, &all[i]);
        if (all[i].in_use)
            add_loss(pass, all[i].record, true, "extends a record that is not its base");
    }
    pass->extension_count = kept;
    if (kept > 0)
        qsort(all, kept, sizeof *all, compare_extensions);
    for (size_t i = 0, next; i < kept; i = next) {
        for (next = i + 1; next < kept && all[next].base == all[i].base; next++)
            ;
        if (join_extensions(pass, all + i, next - i) != 0)
            return -1;
    }
    for (uint64_t i = 0; i < ntfs->records; i++)
        if (ntfs->nodes[i].flags & NODE_USABLE && has_pieces(ntfs, &ntfs->nodes[i]) &&
            join_pieces(pass, (uint32_t)i) != 0)
            return -1;
    return 0;
}

static bool has_extension(const struct pass *pass, uint32_t base, uint64_t record)
{
    size_t low = 0, high = pass->extension_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct extension *e = &pass->extensions[middle];
        if (e->base == base && e->record == record)
            return true;
        if (e->base < base || (e->base == base && e->record < record))
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

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

/* Every record that an attribute list names must have been met. */
static void check_attribute_list(struct pass *pass, uint32_t record)
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
            add_loss(pass, record, true, error.text);
        return;
    }
    if (assign_ids(ntfs, record, list, size, id) != 0)
        pass->out_of_memory = true;
    while ((length = list_entry_length(list, size, at)) > 0) {
        uint64_t holder = list_entry_holder(list + at);
        if (in_use && holder != record && !has_extension(pass, record, holder)) {
            char reason[96];
            snprintf(reason, sizeof reason,
                     "attributes in record %llu are lost: it does not extend this one",
                     (unsigned long long)holder);
            add_loss(pass, record, true, reason);
            break;
        }
        at += length;
    }
    if (in_use && length == 0 && at < size)
        add_loss(pass, record, true, "attribute list is malformed");
    free(list);
}

static void check_runs(struct pass *pass, uint32_t record)
{
    struct ntfs *ntfs = pass->ntfs;
    const struct ntfs_node *node = &ntfs->nodes[record];

    for (uint16_t i = 0; i < node->stream_count; i++) {
        struct ntfs_stream *stream = &ntfs->streams[node->first_stream + i];
        struct ntfs_run_walk walk;
        struct ntfs_run run;
        uint64_t bytes = 0;
        size_t size;

        if (stream->flags & STREAM_RESIDENT)
            continue;
        const uint8_t *runs = ntfs_stream_runs(ntfs, stream, &size);
        bool outside = false;
        ntfs_run_walk_init(&walk, runs, size);
        while (ntfs_run_next(&walk, &run) > 0 && bytes < INT64_MAX / 2) {
            bytes += run.clusters * ntfs->geometry.cluster_size;
            outside |= run.cluster != NTFS_SPARSE &&
                       (run.cluster + run.clusters) * ntfs->geometry.cluster_size >
                           ntfs->base.volume->declared;
        }
        if (!outside && bytes >= stream->size && !(stream->flags & STREAM_BROKEN))
            continue;
        stream->flags |= STREAM_BROKEN;
        if (node->flags & NODE_IN_USE)
            add_loss(pass, record, true,
                     outside ? "runs lie beyond the end of the volume"
                             : "run list covers less than the size");
    }
}

/* Tell what was lost, now that names and $MFT's bitmap are known. */
static void report_losses(struct pass *pass)
{
    struct ntfs *ntfs = pass->ntfs;
    const struct ntfs_node *mft = &ntfs->nodes[NTFS_RECORD_MFT];
    struct reader *bitmap = NULL;

    for (uint16_t i = 0; i < mft->stream_count && !bitmap; i++) {
        const struct ntfs_stream *stream = &ntfs->streams[mft->first_stream + i];
        if (stream->type == NTFS_BITMAP)
            ntfs_content_open(ntfs, stream, &bitmap, NULL);
    }
    for (size_t i = 0; i < pass->loss_count; i++) {
        const struct loss *loss = &pass->losses[i];
        uint64_t media, left, length = ntfs->geometry.record_size;
        uint8_t bits = 0xff; /* without a bitmap every record may be in use */
        char inode[FILE_INODE_SIZE], reason[160];
        struct file file;

        if (!loss->certain && bitmap && loss->record / 8 < bitmap->size &&
            reader_read(bitmap, loss->record / 8, &bits, 1, NULL) != 0)
            bits = 0xff;
        if (!loss->certain && !(bits >> loss->record % 8 & 1))
            continue;
        if (!ntfs_mft_place(ntfs, loss->record * length, &media, &left)) {
            media = ntfs->base.volume->offset;
            length = 0;
        }
        snprintf(inode, sizeof inode, "%u", loss->record);
        snprintf(reason, sizeof reason, "$MFT record %u: %s", loss->record, loss->reason);
        bool named = ntfs->nodes[loss->record].flags & NODE_USABLE &&
                     ntfs->nodes[loss->record].name_count > 0 &&
                     tree_file(&ntfs->base.tree, (uint64_t)loss->record << 16, &file, NULL) == 0;
        filesystem_add_gap(&ntfs->base, media, length, named ? file.path : NULL, inode, reason);
    }
    if (pass->losses_beyond > 0) {
        char reason[96];
        snprintf(reason, sizeof reason, "$MFT: %llu further records cannot be used",
                 (unsigned long long)pass->losses_beyond);
        filesystem_add_gap(&ntfs->base, ntfs->base.volume->offset, 0, "/$MFT", "0", reason);
    }
    reader_free(bitmap);
}

static int read_all_records(struct pass *pass, struct error *error)
{
    struct ntfs *ntfs = pass->ntfs;
    uint32_t record_size = ntfs->geometry.record_size;
    struct ntfs_ahead ahead;
    uint8_t *block;
    uint64_t at;
    size_t size;
    int result = ntfs_ahead_init(&ahead, ntfs, error);

    while (result == 0 && !pass->out_of_memory &&
           (block = ntfs_ahead_next(&ahead, &at, &size)) != NULL)
        for (size_t i = 0; i < size; i += record_size)
            parse_record(pass, (uint32_t)((at + i) / record_size), block + i);
    ntfs_ahead_release(&ahead);
    if (result != 0)
        return result;
    return pass->out_of_memory || ntfs->text.failed || ntfs->runs.failed ? error_set_memory(error)
                                                                         : 0;
}

static int finish(struct pass *pass)
{
    struct ntfs *ntfs = pass->ntfs;

    if (join_all(pass) != 0)
        return -1;
    for (uint64_t i = 0; i < ntfs->records; i++) {
        if (!(ntfs->nodes[i].flags & NODE_USABLE))
            continue;
        check_runs(pass, (uint32_t)i);
        if (ntfs->nodes[i].flags & NODE_EXTENDED)
            check_attribute_list(pass, (uint32_t)i);
    }
    report_losses(pass);
    return pass->out_of_memory ? -1 : 0;
}

int ntfs_index(struct ntfs *ntfs, struct error *error)
{
    struct pass pass = { .ntfs = ntfs };
    int result = read_all_records(&pass, error);

    if (result == 0 && finish(&pass) != 0)
        result = error_set_memory(error);
    free(pass.extensions);
    free(pass.losses);
    return result;
}

const char *ntfs_stream_name(const struct ntfs *ntfs, const struct ntfs_stream *stream,
                             size_t *length)
{
    *length = stream->name_length;
    return stream->name_length ? ntfs->text.data + stream->text : NULL;
}

const uint8_t *ntfs_stream_runs(const struct ntfs *ntfs, const struct ntfs_stream *stream,
                                size_t *size)
{
    *size = stream->holder;
    return (const uint8_t *)buffer_text(&ntfs->runs) + stream->place;
}

uint64_t ntfs_stream_initialized(const struct ntfs *ntfs, const struct ntfs_stream *stream)
{
    uint64_t initialized = stream->size;

    if (stream->flags & STREAM_TAIL)
        memcpy(&initialized, ntfs->runs.data + stream->place - sizeof initialized,
               sizeof initialized);
    return initialized;
}
