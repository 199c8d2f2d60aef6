/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf_index: the sections of an EWF image (.E01, .s01).
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
 *     volume, disk, data (94 or 1,052)     table, table2
 *      0  1  media type                     0  4  number of entries
 *      4  4  number of chunks               4  4  unused
 *      8  4  sectors in a chunk             8  8  base of the offsets
 *     12  4  bytes in a sector             16  4  unused
 *     16  8  sectors (4 in the short one)  20  4  checksum
 *     64 16  identifier of the set         24     entries: 4 bytes each, bit 31: deflated
 *     -4  4  checksum                             checksum of the entries
 *
 *     hash                                 digest
 *      0 16  MD5                            0 16  MD5
 *     16 16  unknown                       16 20  SHA-1
 *     32  4  checksum                      76  4  checksum
 *
 *     error2
 *      0   4  number of entries
 *      4 512  unused
 *    516   4  checksum
 *    520      entries: first sector, number of sectors (4 bytes each)
 *             checksum of the entries
 *
 * "sectors" holds the chunks, the table that follows says where they begin
 * (EnCase 1 and SMART keep them in the table section). "next" ends a segment,
 * "done" the image. No table says which chunk is its first: they are counted
 * from the start; behind a segment or section that is lost, from the end.
 *
 * Chunks whose table is lost (an aborted copy ends before it) are found one
 * behind the other, as long as each fits its checksum.
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
#include <fett/limits.h>

#include "ewf_index.h"

enum {
    FILE_HEADER_SIZE = 13,
    DESCRIPTOR_SIZE = 76,
    SHORT_VOLUME_SIZE = 94,
    VOLUME_SIZE = 1052,
    TABLE_HEADER_SIZE = 24,
    HASH_SIZE = 36,
    DIGEST_SECTION_SIZE = 80,
    ERRORS_HEADER_SIZE = 520,
    SET_IDENTIFIER_AT = 64,
    SET_IDENTIFIER_SIZE = 16,
};

struct section {
    char type[17];
    uint64_t at;      /* of the descriptor in the file */
    uint64_t content; /* behind it */
    uint64_t end;     /* where the next begins */
};

struct walk {
    struct image *image;
    struct ewf_index *index;
    struct segment_files files;
    size_t segment;            /* index of the file that is read */
    size_t table_capacity;
    uint64_t data, data_end;   /* of the last "sectors" section without a table; 0: none */
    bool table_usable;         /* the last table section was */
    bool goes_on, done;        /* how the last segment ended */
    bool geometry, identified, case_data;
    uint8_t identifier[SET_IDENTIFIER_SIZE];
    /* Holes: places where an unknown number of chunks is lost. */
    size_t first_hole, last_hole; /* number of tables before them */
    bool hole;
    char hole_reason[ERROR_TEXT_SIZE];
};

static const char *file_name(const struct walk *walk)
{
    const char *path = walk->image->segments.items[walk->segment].path;
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static uint32_t adler32(const uint8_t *data, size_t size)
{
    return libdeflate_adler32(1, data, size);
}

/* Whether the last four bytes of data are the checksum of those before. */
static bool checksum_matches(const uint8_t *data, size_t size)
{
    return adler32(data, size - 4) == bytes_u32le(data + size - 4);
}

static bool read_all(struct walk *walk, uint64_t at, void *buffer, size_t size)
{
    return segment_read(&walk->files, walk->segment, at, buffer, size, NULL) == (ssize_t)size;
}

static void note(struct walk *walk, const struct section *section, const char *what)
{
    image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0, "%s: section \"%s\" at %llu: %s",
                        file_name(walk), section->type, (unsigned long long)section->at, what);
}

__attribute__((format(printf, 2, 3)))
static void add_hole(struct walk *walk, const char *format, ...)
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

static int read_geometry(struct walk *walk, const struct section *section, const uint8_t *data,
                         size_t size, struct error *error)
{
    uint64_t chunks = bytes_u32le(data + 4);
    uint64_t sectors_a_chunk = bytes_u32le(data + 8), sector_size = bytes_u32le(data + 12);
    uint64_t sectors = size == VOLUME_SIZE ? bytes_u64le(data + 16) : bytes_u32le(data + 16);
    const char *path = walk->image->path;

    if (sector_size == 0 || sectors_a_chunk == 0 ||
        sector_size > LIMIT_EWF_CHUNK_BYTES / sectors_a_chunk)
        return error_set(error, ERROR_DAMAGED,
                         "%s: section \"%s\" at %llu: chunks of %llu sectors of %llu bytes", path,
                         section->type, (unsigned long long)section->at,
                         (unsigned long long)sectors_a_chunk, (unsigned long long)sector_size);
    if (sectors == 0)
        sectors = chunks * sectors_a_chunk;
    if (sectors > (uint64_t)INT64_MAX / sector_size - sectors_a_chunk)
        return error_set(error, ERROR_DAMAGED, "%s: section \"%s\" at %llu: %llu sectors", path,
                         section->type, (unsigned long long)section->at,
                         (unsigned long long)sectors);
    walk->image->sector_size = (uint32_t)sector_size;
    walk->image->size = sectors * sector_size;
    walk->index->chunk_size = (uint32_t)(sector_size * sectors_a_chunk);
    walk->index->chunk_count =
        (walk->image->size + walk->index->chunk_size - 1) / walk->index->chunk_size;
    walk->geometry = true;
    return 0;
}

static const char *media_name(uint8_t type)
{
    switch (type) {
    case 0x00: return "removable";
    case 0x01: return "fixed";
    case 0x03: return "optical";
    case 0x10: return "memory";
    default: return NULL;
    }
}

/* The first one counts; those of later segments tell whether they belong to it. */
static int read_volume(struct walk *walk, const struct section *section, struct error *error)
{
    uint8_t data[VOLUME_SIZE];
    uint64_t room = section->end - section->content;
    size_t size = room >= VOLUME_SIZE ? VOLUME_SIZE : SHORT_VOLUME_SIZE;

    if (room < size || !read_all(walk, section->content, data, size)) {
        note(walk, section, "is cut");
        return 0;
    }
    if (!checksum_matches(data, size))
        note(walk, section, "checksum does not match");
    if (size == VOLUME_SIZE) {
        const uint8_t *identifier = data + SET_IDENTIFIER_AT;
        if (!walk->identified)
            memcpy(walk->identifier, identifier, SET_IDENTIFIER_SIZE);
        else if (memcmp(walk->identifier, identifier, SET_IDENTIFIER_SIZE) != 0)
            note(walk, section, "the segment is of another set");
        walk->identified = true;
    }
    if (walk->geometry)
        return 0;
    if (read_geometry(walk, section, data, size, error) != 0)
        return -1;
    const char *media = media_name(data[0]);
    return media ? image_add_fact(walk->image, "media", media, strlen(media), error) : 0;
}

static int read_case_data(struct walk *walk, const struct section *section, struct error *error)
{
    uint64_t size = section->end - section->content;
    struct error cause = ERROR_INIT;

    if (walk->case_data || size == 0)
        return 0;
    if (size > LIMIT_EWF_HEADER_BYTES) {
        note(walk, section, "too long for case data");
        return 0;
    }
    uint8_t *data = malloc((size_t)size);
    if (!data)
        return error_set_memory(error);
    int result = 0;
    if (!read_all(walk, section->content, data, (size_t)size))
        note(walk, section, "is cut");
    else if (ewf_header_add_facts(walk->image, data, (size_t)size, &cause) == 0)
        walk->case_data = true;
    else if (cause.kind == ERROR_DAMAGED)
        note(walk, section, cause.text);
    else
        result = error_set(error, cause.kind, "%s", cause.text);
    free(data);
    return result;
}

static void store_digest(struct walk *walk, enum digest_algorithm algorithm, const uint8_t *bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = walk->image->digests[algorithm];
    size_t size = digest_hex_length(algorithm) / 2;

    if (bytes_all_zero(bytes, size))
        return;
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * size] = '\0';
}

static void read_digests(struct walk *walk, const struct section *section, size_t size)
{
    uint8_t data[DIGEST_SECTION_SIZE];

    if (section->end - section->content < size || !read_all(walk, section->content, data, size)) {
        note(walk, section, "is cut");
        return;
    }
    if (!checksum_matches(data, size))
        note(walk, section, "checksum does not match");
    store_digest(walk, DIGEST_MD5, data);
    if (size == DIGEST_SECTION_SIZE)
        store_digest(walk, DIGEST_SHA1, data + 16);
}

/* The sectors that the acquiring tool could not read. */
static void read_errors(struct walk *walk, const struct section *section)
{
    uint8_t data[ERRORS_HEADER_SIZE], entries[8 * 512];
    uint64_t room = section->end - section->content;

    if (room < sizeof data || !read_all(walk, section->content, data, sizeof data)) {
        note(walk, section, "is cut");
        return;
    }
    if (!checksum_matches(data, sizeof data))
        note(walk, section, "checksum does not match");
    uint64_t count = bytes_u32le(data), fit = (room - sizeof data) / 8;
    uint64_t at = section->content + sizeof data;
    if (count > fit) {
        note(walk, section, "has fewer entries than it says");
        count = fit;
    }
    while (count > 0) {
        size_t part = count < 512 ? (size_t)count : 512;
        if (!read_all(walk, at, entries, part * 8)) {
            note(walk, section, "is cut");
            return;
        }
        for (size_t i = 0; i < part; i++)
            image_add_plain_gap(walk->image, GAP_ACQUISITION,
                                (uint64_t)bytes_u32le(entries + 8 * i) * walk->image->sector_size,
                                (uint64_t)bytes_u32le(entries + 8 * i + 4) *
                                    walk->image->sector_size,
                                "could not be read when the image was acquired");
        at += part * 8;
        count -= part;
    }
}

/* Whether a table header can be used; fills in what it says. */
static const char *parse_table(struct walk *walk, const struct section *section,
                               struct ewf_table *table)
{
    uint8_t data[TABLE_HEADER_SIZE];
    uint64_t room = section->end - section->content;

    if (room < sizeof data || !read_all(walk, section->content, data, sizeof data))
        return "is cut";
    if (!checksum_matches(data, sizeof data))
        return "checksum of the table does not match";
    *table = (struct ewf_table){
        .base = bytes_u64le(data + 8),
        .entries = section->content + sizeof data,
        .count = bytes_u32le(data),
        .segment = (uint32_t)walk->segment,
    };
    if (table->count > LIMIT_EWF_TABLE_ENTRIES)
        return "more entries than any segment holds";
    if ((uint64_t)table->count * 4 > room - sizeof data)
        return "has fewer entries than it says";
    if (table->base > INT64_MAX)
        return "its offsets are outside the file";
    /* Chunks in a section of their own: the table is nothing but itself. */
    table->checksum = walk->data_end > 0;
    table->data_end = walk->data_end > 0 ? walk->data_end : section->end;
    return NULL;
}

static int read_table(struct walk *walk, const struct section *section, bool second,
                      struct error *error)
{
    struct ewf_index *index = walk->index;
    struct ewf_table table;
    const char *fault = parse_table(walk, section, &table);

    if (second && walk->table_usable) {
        struct ewf_table *first = &index->tables[index->table_count - 1];
        if (fault)
            note(walk, section, fault);
        else if (table.count == first->count && table.base == first->base)
            first->mirror = table.entries;
        else
            note(walk, section, "is not the same as the table before");
        walk->table_usable = false;
        return 0;
    }
    walk->table_usable = !fault;
    if (fault) {
        note(walk, section, fault);
        if (walk->data_end == 0)
            add_hole(walk, "%s: the table at %llu is damaged", file_name(walk),
                     (unsigned long long)section->at);
        return 0;
    }
    if (memory_grow((void **)&index->tables, &walk->table_capacity, index->table_count + 1,
                    sizeof *index->tables) != 0)
        return error_set_memory(error);
    index->tables[index->table_count++] = table;
    walk->data_end = 0;
    if (second)
        walk->table_usable = false;
    return 0;
}

static int read_section(struct walk *walk, const struct section *section, struct error *error)
{
    const char *type = section->type;

    if (strcmp(type, "header2") == 0 || strcmp(type, "header") == 0)
        return read_case_data(walk, section, error);
    if (strcmp(type, "volume") == 0 || strcmp(type, "disk") == 0 || strcmp(type, "data") == 0)
        return read_volume(walk, section, error);
    if (strcmp(type, "table") == 0)
        return read_table(walk, section, false, error);
    if (strcmp(type, "table2") == 0)
        return read_table(walk, section, true, error);
    if (strcmp(type, "hash") == 0)
        read_digests(walk, section, HASH_SIZE);
    else if (strcmp(type, "digest") == 0)
        read_digests(walk, section, DIGEST_SECTION_SIZE);
    else if (strcmp(type, "error2") == 0)
        read_errors(walk, section);
    return 0;
}

size_t ewf_stored_most(uint32_t chunk_size)
{
    return chunk_size + chunk_size / 256 + 1024;
}

/* How many of the `size` bytes are one stored chunk: 0 for none. */
static size_t match_chunk(struct libdeflate_decompressor *decompressor, const uint8_t *stored,
                          size_t size, uint8_t *chunk, uint32_t chunk_size, bool *deflated)
{
    size_t used = 0, got = 0;

    *deflated = libdeflate_zlib_decompress_ex(decompressor, stored, size, chunk, chunk_size,
                                              &used, &got) == LIBDEFLATE_SUCCESS &&
                got > 0;
    if (*deflated)
        return used;
    return size >= (size_t)chunk_size + 4 && checksum_matches(stored, (size_t)chunk_size + 4)
               ? (size_t)chunk_size + 4
               : 0;
}

/* Fill in the entries of a lost table; *at ends behind the last good chunk. */
static int recover_entries(struct walk *walk, struct ewf_table *table, uint64_t *at,
                           struct error *error)
{
    uint32_t chunk_size = walk->index->chunk_size;
    size_t room = ewf_stored_most(chunk_size), capacity = 0;
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    uint8_t *stored = malloc(room), *chunk = malloc(chunk_size);
    int result = decompressor && stored && chunk ? 0 : error_set_memory(error);

    while (result == 0 && *at < walk->data_end && *at - table->base < 0x80000000 &&
           table->count < LIMIT_EWF_TABLE_ENTRIES) {
        size_t most = walk->data_end - *at < room ? (size_t)(walk->data_end - *at) : room;
        ssize_t got = segment_read(&walk->files, walk->segment, *at, stored, most, NULL);
        bool deflated;
        size_t used = got <= 0 ? 0
                               : match_chunk(decompressor, stored, (size_t)got, chunk,
                                             chunk_size, &deflated);
        if (used == 0)
            break;
        if (memory_grow((void **)&table->recovered, &capacity, (size_t)table->count + 1,
                        sizeof *table->recovered) != 0)
            result = error_set_memory(error);
        else
            table->recovered[table->count++] =
                (uint32_t)(*at - table->base) | (deflated ? 0x80000000 : 0);
        *at += used;
    }
    if (decompressor)
        libdeflate_free_decompressor(decompressor);
    free(stored);
    free(chunk);
    return result;
}

/* Chunks whose table did not come before the next ones begin, or before the
 * chain of sections broke, for the reason `fault`. */
static int check_orphan_data(struct walk *walk, const char *fault, struct error *error)
{
    struct ewf_index *index = walk->index;
    struct ewf_table table = { .base = walk->data, .segment = (uint32_t)walk->segment };
    uint64_t at = walk->data;

    if (walk->data_end == 0) {
        if (fault)
            add_hole(walk, "%s", fault);
        return 0;
    }
    if (walk->geometry && recover_entries(walk, &table, &at, error) != 0) {
        free(table.recovered);
        return -1;
    }
    table.data_end = at;
    if (table.count > 0) {
        if (memory_grow((void **)&index->tables, &walk->table_capacity, index->table_count + 1,
                        sizeof *index->tables) != 0) {
            free(table.recovered);
            return error_set_memory(error);
        }
        index->tables[index->table_count++] = table;
    }
    if (fault)
        add_hole(walk, "%s", fault);
    else if (at == walk->data_end)
        image_add_plain_gap(walk->image, GAP_STRUCTURE, 0, 0,
                            "%s: the table of the chunks before %llu is lost; all were found "
                            "without it", file_name(walk), (unsigned long long)walk->data_end);
    else
        add_hole(walk, "%s: the table of the chunks before %llu is lost", file_name(walk),
                 (unsigned long long)walk->data_end);
    walk->data_end = 0;
    return 0;
}

/* Read a descriptor; what is wrong with it goes to `fault`. */
static bool read_descriptor(struct walk *walk, uint64_t at, struct section *section,
                            char fault[ERROR_TEXT_SIZE])
{
    uint8_t data[DESCRIPTOR_SIZE];

    if (!read_all(walk, at, data, sizeof data)) {
        snprintf(fault, ERROR_TEXT_SIZE, "%s ends early, at %llu", file_name(walk),
                 (unsigned long long)walk->image->segments.items[walk->segment].size);
        return false;
    }
    memcpy(section->type, data, 16);
    section->type[16] = '\0';
    section->at = at;
    section->content = at + sizeof data;
    section->end = bytes_u64le(data + 16);
    if (!checksum_matches(data, sizeof data)) {
        snprintf(fault, ERROR_TEXT_SIZE, "%s: the section at %llu is damaged", file_name(walk),
                 (unsigned long long)at);
        return false;
    }
    bool last = strcmp(section->type, "next") == 0 || strcmp(section->type, "done") == 0;
    if (!last && (section->end < section->content || section->end > INT64_MAX)) {
        snprintf(fault, ERROR_TEXT_SIZE,
                 "%s: section \"%s\" at %llu: the next one is said to be at %llu",
                 file_name(walk), section->type, (unsigned long long)at,
                 (unsigned long long)section->end);
        return false;
    }
    uint64_t size = bytes_u64le(data + 24);
    if (!last && size != 0 && size != section->end - at)
        note(walk, section, "its size and the place of the next section do not agree");
    return true;
}

static int read_segment(struct walk *walk, struct error *error)
{
    struct section section;
    uint64_t at = FILE_HEADER_SIZE;
    char fault[ERROR_TEXT_SIZE] = "";

    walk->goes_on = false;
    walk->done = false;
    while (!walk->goes_on && !walk->done) {
        if (!read_descriptor(walk, at, &section, fault))
            break;
        walk->goes_on = strcmp(section.type, "next") == 0;
        walk->done = strcmp(section.type, "done") == 0;
        bool data = strcmp(section.type, "sectors") == 0;
        if ((data || walk->goes_on || walk->done) && check_orphan_data(walk, NULL, error) != 0)
            return -1;
        if (data) {
            walk->data = section.content;
            walk->data_end = section.end;
        } else if (read_section(walk, &section, error) != 0) {
            return -1;
        }
        at = section.end;
    }
    if (check_orphan_data(walk, *fault ? fault : NULL, error) != 0)
        return -1;
    walk->table_usable = false;
    return 0;
}

/* 0: this is not a segment of an EWF image. */
static unsigned stored_number(struct walk *walk)
{
    uint8_t data[FILE_HEADER_SIZE];

    if (!read_all(walk, 0, data, sizeof data) || memcmp(data, "EVF\x09\r\n\xff\0", 8) != 0)
        return 0;
    return bytes_u16le(data + 9);
}

static int read_segments(struct walk *walk, struct error *error)
{
    const struct segments *segments = &walk->image->segments;
    unsigned expected = 1;

    for (; walk->segment < segments->count; walk->segment++) {
        unsigned number = stored_number(walk);
        if (walk->segment == 0 && number != 1)
            return error_set(error, ERROR_USAGE, "segment %u of an EWF image, not the first: %s",
                             number, walk->image->path);
        if (walk->done)
            break; /* a file behind the end: of another image of this name */
        if (number < expected ||
            (walk->segment > 0 && number != segments->items[walk->segment].number)) {
            add_hole(walk, "%s is damaged or not a segment of this image", file_name(walk));
            expected++;
            continue;
        }
        if (number > expected + 1)
            add_hole(walk, "segment files %u to %u are missing", expected, number - 1);
        else if (number > expected)
            add_hole(walk, "segment file %u is missing", expected);
        if (read_segment(walk, error) != 0)
            return -1;
        expected = number + 1;
    }
    segments_cut(&walk->image->segments, walk->segment);
    walk->segment = walk->image->segments.count - 1;
    if (walk->goes_on)
        add_hole(walk, "the segment files behind %s are missing", file_name(walk));
    return 0;
}

/* Give the tables their places; those between two holes have none. */
static void place_tables(struct walk *walk)
{
    struct ewf_index *index = walk->index;
    size_t count = index->table_count, kept = 0;
    size_t front = walk->hole ? walk->first_hole : count;
    size_t back = walk->hole ? walk->last_hole : count;
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
    struct walk walk = { .image = image, .index = index };

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
