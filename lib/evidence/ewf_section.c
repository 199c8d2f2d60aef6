/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf_section: what the sections of an EWF image say. See ewf_walk.h. Integers are
 * little-endian; every checksum is the Adler-32 of what stands before it in the structure.
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
 * Reference: J. Metz, Expert Witness Compression Format specification.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ewf_walk.h"

enum {
    SHORT_VOLUME_SIZE = 94,
    VOLUME_SIZE = 1052,
    TABLE_HEADER_SIZE = 24,
    HASH_SIZE = 36,
    DIGEST_SECTION_SIZE = 80,
    ERRORS_HEADER_SIZE = 520,
    SET_IDENTIFIER_AT = 64,
};

static int read_geometry(struct ewf_walk *walk, const struct ewf_section *section,
                         const uint8_t *data, size_t size, struct error *error)
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

/* The first whole one counts; those of later segments tell whether they belong to it. */
static int read_volume(struct ewf_walk *walk, const struct ewf_section *section,
                       struct error *error)
{
    uint8_t data[VOLUME_SIZE];
    uint64_t room = section->end - section->content;
    size_t size = room >= VOLUME_SIZE ? VOLUME_SIZE : SHORT_VOLUME_SIZE;

    if (room < size || !ewf_walk_read(walk, section->content, data, size)) {
        ewf_walk_note(walk, section, "is cut");
        return 0;
    }
    bool whole = ewf_checksum_matches(data, size);
    if (!whole)
        ewf_walk_note(walk, section, "checksum does not match");
    if (whole && size == VOLUME_SIZE) {
        const uint8_t *identifier = data + SET_IDENTIFIER_AT;
        if (!walk->identified)
            memcpy(walk->identifier, identifier, EWF_SET_IDENTIFIER_SIZE);
        else if (memcmp(walk->identifier, identifier, EWF_SET_IDENTIFIER_SIZE) != 0)
            ewf_walk_note(walk, section, "the segment is of another set");
        walk->identified = true;
    }
    if (walk->geometry && (walk->geometry_whole || !whole))
        return 0;
    if (read_geometry(walk, section, data, size, whole ? error : NULL) != 0)
        return whole ? -1 : 0;
    walk->geometry_whole = whole;
    if (!whole)
        return 0;
    const char *media = media_name(data[0]);
    return media ? image_add_fact(walk->image, "media", media, strlen(media), error) : 0;
}

static int read_case_data(struct ewf_walk *walk, const struct ewf_section *section,
                          struct error *error)
{
    uint64_t size = section->end - section->content;
    struct error cause = ERROR_INIT;

    if (walk->case_data || size == 0)
        return 0;
    if (size > LIMIT_EWF_HEADER_BYTES) {
        ewf_walk_note(walk, section, "too long for case data");
        return 0;
    }
    uint8_t *data = malloc((size_t)size);
    if (!data)
        return error_set_memory(error);
    int result = 0;
    if (!ewf_walk_read(walk, section->content, data, (size_t)size))
        ewf_walk_note(walk, section, "is cut");
    else if (ewf_header_add_facts(walk->image, data, (size_t)size, &cause) == 0)
        walk->case_data = true;
    else if (cause.kind == ERROR_DAMAGED)
        ewf_walk_note(walk, section, cause.text);
    else
        result = error_set(error, cause.kind, "%s", cause.text);
    free(data);
    return result;
}

static void store_digest(struct ewf_walk *walk, enum digest_algorithm algorithm,
                         const uint8_t *bytes)
{
    size_t size = digest_hex_length(algorithm) / 2;

    if (bytes_all_zero(bytes, size))
        return;
    *text_put_hex(walk->image->digests[algorithm], bytes, size) = '\0';
}

static void read_digests(struct ewf_walk *walk, const struct ewf_section *section, size_t size)
{
    uint8_t data[DIGEST_SECTION_SIZE];

    if (section->end - section->content < size ||
        !ewf_walk_read(walk, section->content, data, size)) {
        ewf_walk_note(walk, section, "is cut");
        return;
    }
    if (!ewf_checksum_matches(data, size))
        ewf_walk_note(walk, section, "checksum does not match");
    store_digest(walk, DIGEST_MD5, data);
    if (size == DIGEST_SECTION_SIZE)
        store_digest(walk, DIGEST_SHA1, data + 16);
}

/* The sectors that the acquiring tool could not read. */
static void read_errors(struct ewf_walk *walk, const struct ewf_section *section)
{
    uint8_t data[ERRORS_HEADER_SIZE], entries[8 * 512];
    uint64_t room = section->end - section->content;

    if (room < sizeof data || !ewf_walk_read(walk, section->content, data, sizeof data)) {
        ewf_walk_note(walk, section, "is cut");
        return;
    }
    if (!ewf_checksum_matches(data, sizeof data))
        ewf_walk_note(walk, section, "checksum does not match");
    uint64_t count = bytes_u32le(data), fit = (room - sizeof data) / 8;
    uint64_t at = section->content + sizeof data;
    if (count > fit) {
        ewf_walk_note(walk, section, "has fewer entries than it says");
        count = fit;
    }
    while (count > 0) {
        size_t part = count < 512 ? (size_t)count : 512;
        if (!ewf_walk_read(walk, at, entries, part * 8)) {
            ewf_walk_note(walk, section, "is cut");
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
static const char *parse_table(struct ewf_walk *walk, const struct ewf_section *section,
                               struct ewf_table *table)
{
    uint8_t data[TABLE_HEADER_SIZE];
    uint64_t room = section->end - section->content;

    if (room < sizeof data || !ewf_walk_read(walk, section->content, data, sizeof data))
        return "is cut";
    if (!ewf_checksum_matches(data, sizeof data))
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

static int read_table(struct ewf_walk *walk, const struct ewf_section *section, bool second,
                      struct error *error)
{
    struct ewf_index *index = walk->index;
    struct ewf_table table;
    const char *fault = parse_table(walk, section, &table);

    if (second && walk->table_size > 0) {
        struct ewf_table *first = &index->tables[index->table_count - 1];
        if (fault)
            ewf_walk_note(walk, section, fault);
        else if (table.count == first->count && table.base == first->base)
            first->mirror = table.entries;
        else
            ewf_walk_note(walk, section, "is not the same as the table before");
        walk->table_size = 0;
        return 0;
    }
    walk->table_size = fault || second ? 0 : section->end - section->at;
    if (fault) {
        ewf_walk_note(walk, section, fault);
        if (walk->data_end == 0)
            ewf_walk_hole(walk, "%s: the table at %llu is damaged", ewf_walk_file(walk),
                          (unsigned long long)section->at);
        return 0;
    }
    if (ewf_walk_add_table(walk, &table, error) != 0)
        return -1;
    walk->data_end = 0;
    return 0;
}

int ewf_section_read(struct ewf_walk *walk, const struct ewf_section *section, struct error *error)
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
