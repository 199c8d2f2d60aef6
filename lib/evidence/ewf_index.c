/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf_index: the sections of an EWF image (.E01, .s01). See ewf_walk.h.
 *
 * A segment file is a header and a chain of sections, each with a descriptor.
 * Integers are little-endian; every checksum is the Adler-32 of what stands
 * before it in the structure.
 *
 *     file header                          section descriptor
 *      0  8  EVF 09 0d 0a ff 00             0 16  type
 *      8  1  1                             16  8  offset of the next, in the file
 *      9  2  segment number, from 1        24  8  size; 0 in some
 *     11  2  0                             32 40  unused
 *                                          72  4  checksum
 *
 * "sectors" holds the chunks, the table that follows says where they begin
 * (EnCase 1 and SMART keep them in the table section). "next" ends a segment,
 * "done" the image. No table says which chunk is its first: they are counted
 * from the start; behind a segment or section that is lost, from the end.
 *
 * Reference: J. Metz, Expert Witness Compression Format specification.
 * Left out: sessions and tracks of optical discs.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/keyed.h>

#include "ewf_walk.h"

enum { FILE_HEADER_SIZE = 13 };

const char *ewf_walk_file(const struct ewf_walk *walk)
{
    const char *path = walk->image->segments.items[walk->segment].path;
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool ewf_checksum_matches(const uint8_t *data, size_t size)
{
    return libdeflate_adler32(1, data, size - 4) == bytes_u32le(data + size - 4);
}

bool ewf_walk_read(struct ewf_walk *walk, uint64_t at, void *buffer, size_t size)
{
    return segment_read(&walk->files, walk->segment, at, buffer, size, NULL) == (ssize_t)size;
}

void ewf_walk_note(struct ewf_walk *walk, const struct ewf_section *section, const char *what)
{
    image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0, "%s: section \"%s\" at %llu: %s",
                        ewf_walk_file(walk), section->type, (unsigned long long)section->at, what);
}

void ewf_walk_hole(struct ewf_walk *walk, const char *format, ...)
{
    char reason[ERROR_TEXT_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    walk->last_hole = walk->index->table_count;
    if (walk->hole) {
        image_add_plain_gap(walk->image, GAP_DAMAGE, 0, 0, "%s", reason);
        return;
    }
    walk->hole = true;
    walk->first_hole = walk->last_hole;
    memcpy(walk->hole_reason, reason, sizeof reason);
}

int ewf_walk_add_table(struct ewf_walk *walk, const struct ewf_table *table,
                       struct error *error)
{
    struct ewf_index *index = walk->index;

    if (memory_grow((void **)&index->tables, &walk->table_capacity, index->table_count + 1,
                    sizeof *index->tables) != 0)
        return error_set_memory(error);
    index->tables[index->table_count++] = *table;
    return 0;
}

/* --- segments and sections --- */

/* Where the chunks of a table begin: 0 if that cannot be told. */
static uint64_t first_chunk(struct ewf_walk *walk, const struct ewf_section *table)
{
    uint8_t data[28]; /* the header and the first entry */

    if (table->end - table->content < sizeof data ||
        !ewf_walk_read(walk, table->content, data, sizeof data) ||
        !ewf_checksum_matches(data, 24) || bytes_u64le(data + 8) > INT64_MAX)
        return 0;
    return bytes_u64le(data + 8) + (bytes_u32le(data + 24) & 0x7fffffff);
}

/* Go on at `found`, behind a section at `at` that is lost, and maybe more with it. */
static int step_over(struct ewf_walk *walk, uint64_t at, const struct ewf_section *found,
                     struct error *error)
{
    static const char *const before_chunks[] = { "header", "header2", "xheader", "volume",
                                                 "disk" };
    char text[ERROR_TEXT_SIZE];
    uint64_t first = 0;
    bool explained = walk->table_size == found->at - at; /* the copy of the table before */

    for (size_t i = 0; i < sizeof before_chunks / sizeof *before_chunks; i++)
        explained = explained || strcmp(found->type, before_chunks[i]) == 0;
    if (strncmp(found->type, "table", 5) == 0)
        first = first_chunk(walk, found);
    if (walk->data_end > 0 && first >= walk->data && first < walk->data_end) {
        explained = true; /* the table of the chunks that wait for one */
    } else if (ewf_recover_table(walk, NULL, error) != 0) {
        return -1;
    } else if (first > at && first < found->at) {
        explained = first == at + EWF_DESCRIPTOR_SIZE;
        walk->data = first;
        walk->data_end = found->at;
    }
    walk->table_size = 0;
    snprintf(text, sizeof text,
             "%s: the section at %llu is damaged; the next whole one is at %llu",
             ewf_walk_file(walk), (unsigned long long)at, (unsigned long long)found->at);
    if (explained)
        image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0, "%s", text);
    else
        ewf_walk_hole(walk, "%s", text);
    return 0;
}

/* Get the section at `at`, or the next one that is left. 1; 0 for none, with what is wrong in
 * `fault`; -1 without memory. */
static int next_section(struct ewf_walk *walk, uint64_t at, struct ewf_section *section,
                        char fault[ERROR_TEXT_SIZE], struct error *error)
{
    if (ewf_descriptor_read(walk, at, section, fault))
        return 1;
    if (ewf_descriptor_repair(walk, at, section)) {
        ewf_walk_note(walk, section, "its descriptor is damaged");
        return 1;
    }
    if (!ewf_descriptor_search(walk, at + 1, section))
        return 0;
    return step_over(walk, at, section, error) == 0 ? 1 : -1;
}

static int read_segment(struct ewf_walk *walk, struct error *error)
{
    struct ewf_section section;
    uint64_t at = FILE_HEADER_SIZE;
    char fault[ERROR_TEXT_SIZE] = "";
    int result = 1;

    walk->goes_on = false;
    walk->done = false;
    while (!walk->goes_on && !walk->done) {
        result = next_section(walk, at, &section, fault, error);
        if (result < 0)
            return -1;
        if (result == 0)
            break;
        walk->goes_on = strcmp(section.type, "next") == 0;
        walk->done = strcmp(section.type, "done") == 0;
        bool data = strcmp(section.type, "sectors") == 0;
        if ((data || walk->goes_on || walk->done) && ewf_recover_table(walk, NULL, error) != 0)
            return -1;
        if (data) {
            walk->data = section.content;
            walk->data_end = section.end;
            walk->table_size = 0;
        } else if (ewf_section_read(walk, &section, error) != 0) {
            return -1;
        }
        at = section.end;
    }
    walk->table_size = 0;
    return ewf_recover_table(walk, result == 0 ? fault : NULL, error);
}

bool ewf_is_headless(const uint8_t *head, size_t size)
{
    return size >= FILE_HEADER_SIZE + EWF_DESCRIPTOR_SIZE &&
           ewf_descriptor_is(head + FILE_HEADER_SIZE);
}

/* The number of the segment: stored, or that of its name where the header is damaged. 0: this
 * is not a segment of an EWF image. */
static unsigned number_of(struct ewf_walk *walk)
{
    uint8_t data[FILE_HEADER_SIZE + EWF_DESCRIPTOR_SIZE];

    if (ewf_walk_read(walk, 0, data, FILE_HEADER_SIZE) &&
        memcmp(data, "EVF\x09\r\n\xff\0", 8) == 0)
        return bytes_u16le(data + 9);
    if (!ewf_walk_read(walk, 0, data, sizeof data) || !ewf_is_headless(data, sizeof data))
        return 0;
    image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0, "%s: its file header is damaged",
                        ewf_walk_file(walk));
    return walk->image->segments.items[walk->segment].number;
}

static int read_segments(struct ewf_walk *walk, struct error *error)
{
    const struct segments *segments = &walk->image->segments;
    unsigned expected = 1;

    for (; walk->segment < segments->count; walk->segment++) {
        unsigned number = number_of(walk);
        if (walk->segment == 0 && number != 1)
            return error_set(error, ERROR_USAGE, "segment %u of an EWF image, not the first: %s",
                             number, walk->image->path);
        if (walk->done)
            break; /* a file behind the end: of another image of this name */
        if (number < expected ||
            (walk->segment > 0 && number != segments->items[walk->segment].number)) {
            ewf_walk_hole(walk, "%s is damaged or not a segment of this image",
                          ewf_walk_file(walk));
            expected++;
            continue;
        }
        if (number > expected + 1)
            ewf_walk_hole(walk, "segment files %u to %u are missing", expected, number - 1);
        else if (number > expected)
            ewf_walk_hole(walk, "segment file %u is missing", expected);
        if (read_segment(walk, error) != 0)
            return -1;
        expected = number + 1;
    }
    segments_cut(&walk->image->segments, walk->segment);
    walk->segment = walk->image->segments.count - 1;
    if (walk->goes_on)
        ewf_walk_hole(walk, "the segment files behind %s are missing", ewf_walk_file(walk));
    return 0;
}

/* --- the index --- */

static uint64_t count_entries(const struct ewf_index *index)
{
    uint64_t entries = 0;

    for (size_t i = 0; i < index->table_count; i++)
        entries += index->tables[i].count;
    return entries;
}

/* Give the tables their places; those between two holes have none. */
static void place_tables(struct ewf_walk *walk)
{
    struct ewf_index *index = walk->index;
    size_t count = index->table_count, kept = 0;
    bool whole = count_entries(index) == index->chunk_count; /* the holes have no chunks */
    size_t front = walk->hole && !whole ? walk->first_hole : count;
    size_t back = walk->hole && !whole ? walk->last_hole : count;
    uint64_t start = 0, end = index->chunk_count;

    for (; kept < front && start < end; kept++) {
        index->tables[kept].first = start;
        start += index->tables[kept].count;
    }
    if (!walk->done)
        back = count;
    size_t at = count;
    while (at > back && end >= start && index->tables[at - 1].count <= end - start) {
        end -= index->tables[--at].count;
        index->tables[at].first = end;
    }
    if (at > back) { /* more than the hole leaves room for: the counts are wrong */
        at = count;
        end = index->chunk_count;
    }
    for (size_t i = kept; i < at; i++)
        free(index->tables[i].recovered);
    if (at < count)
        memmove(index->tables + kept, index->tables + at, (count - at) * sizeof *index->tables);
    index->table_count = kept + (count - at);
    if (start > end)
        image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0,
                            "the tables have more entries than the media has chunks");
    if (start >= end) {
        if (walk->hole)
            image_add_plain_gap(walk->image, GAP_DAMAGE, 0, 0, "%s", walk->hole_reason);
        return;
    }
    uint64_t from = start * index->chunk_size, to = end * index->chunk_size;
    if (to > walk->image->size)
        to = walk->image->size;
    image_add_plain_gap(walk->image, GAP_DAMAGE, from, to - from,
                        "EWF chunks %llu to %llu are missing: %s", (unsigned long long)start,
                        (unsigned long long)end - 1,
                        walk->hole ? walk->hole_reason : "the tables have fewer entries");
}

int ewf_index_read(struct ewf_index *index, struct image *image, struct error *error)
{
    struct ewf_walk walk = { .image = image, .index = index };

    *index = (struct ewf_index){ .tables = NULL };
    segment_files_init(&walk.files, &image->segments);
    int result = read_segments(&walk, error);
    segment_files_release(&walk.files);
    if (result == 0 && !walk.geometry)
        result = error_set(error, ERROR_DAMAGED, "%s: its size is not known: %s", image->path,
                           walk.hole ? walk.hole_reason : "it has no section \"volume\"");
    if (result != 0) {
        ewf_index_release(index);
        return -1;
    }
    place_tables(&walk);
    return 0;
}

void ewf_index_release(struct ewf_index *index)
{
    for (size_t i = 0; i < index->table_count; i++)
        free(index->tables[i].recovered);
    free(index->tables);
    index->tables = NULL;
    index->table_count = 0;
}

const struct ewf_table *ewf_index_find(const struct ewf_index *index, uint64_t chunk)
{
    size_t behind = keyed_find(index->tables, index->table_count, sizeof *index->tables,
                               chunk + 1);

    if (behind == 0)
        return NULL;
    const struct ewf_table *table = &index->tables[behind - 1];
    return chunk - table->first < table->count ? table : NULL;
}

size_t ewf_stored_most(uint32_t chunk_size)
{
    return chunk_size + chunk_size / 256 + 1024;
}
