/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf_descriptor: the descriptors of the sections of an EWF image, also damaged ones. See
 * ewf_walk.h; the layout stands in ewf_index.c.
 *
 * A descriptor says twice where the next one stands, by its offset and by the size of the
 * section, and its checksum tells which of them, and which type, was meant. So damage to one
 * field, or to the unused bytes, takes nothing away. What is damaged more is stepped over: the
 * next descriptor is found by its checksum. It has to say itself that it stands where it was
 * found, since the chunks may hold another EWF image.
 */

#include <stdio.h>
#include <string.h>

#include <libdeflate.h>

#include <fett/bytes.h>

#include "ewf_walk.h"

enum { TYPE_SIZE = 16, USED_SIZE = 32, BLOCK_SIZE = 65536 };

/* All that the writers are known to make. */
static const char types[][TYPE_SIZE + 1] = {
    "header", "header2", "xheader", "volume", "disk",    "data",    "sectors",
    "table",  "table2",  "next",    "done",   "hash",    "digest",  "xhash",
    "error2", "session", "ltree",   "ltypes", "delta_chunk",
};
enum { TYPES = sizeof types / sizeof *types };

bool ewf_section_is_last(const struct ewf_section *section)
{
    return strcmp(section->type, "next") == 0 || strcmp(section->type, "done") == 0;
}

static uint64_t file_size(const struct ewf_walk *walk)
{
    return walk->image->segments.items[walk->segment].size;
}

static struct ewf_section parse(const uint8_t *data, uint64_t at)
{
    struct ewf_section section = { .at = at, .content = at + EWF_DESCRIPTOR_SIZE };

    memcpy(section.type, data, TYPE_SIZE);
    section.end = bytes_u64le(data + 16);
    section.size = bytes_u64le(data + 24);
    return section;
}

bool ewf_descriptor_read(struct ewf_walk *walk, uint64_t at, struct ewf_section *section,
                         char fault[ERROR_TEXT_SIZE])
{
    uint8_t data[EWF_DESCRIPTOR_SIZE];

    if (!ewf_walk_read(walk, at, data, sizeof data)) {
        snprintf(fault, ERROR_TEXT_SIZE, "%s ends early, at %llu", ewf_walk_file(walk),
                 (unsigned long long)file_size(walk));
        return false;
    }
    *section = parse(data, at);
    if (!ewf_checksum_matches(data, sizeof data)) {
        snprintf(fault, ERROR_TEXT_SIZE, "%s: the section at %llu is damaged", ewf_walk_file(walk),
                 (unsigned long long)at);
        return false;
    }
    bool last = ewf_section_is_last(section);
    if (!last && (section->end < section->content || section->end > INT64_MAX)) {
        snprintf(fault, ERROR_TEXT_SIZE,
                 "%s: section \"%s\" at %llu: the next one is said to be at %llu",
                 ewf_walk_file(walk), section->type, (unsigned long long)at,
                 (unsigned long long)section->end);
        return false;
    }
    if (!last && section->size != 0 && section->size != section->end - at)
        ewf_walk_note(walk, section, "its size and the place of the next section do not agree");
    return true;
}

/* --- damaged ones --- */

static bool is_known(const struct ewf_section *section)
{
    for (size_t i = 0; i < TYPES; i++)
        if (memcmp(section->type, types[i], TYPE_SIZE) == 0)
            return true;
    return false;
}

bool ewf_descriptor_is(const uint8_t data[EWF_DESCRIPTOR_SIZE])
{
    struct ewf_section section = parse(data, 0);

    return ewf_checksum_matches(data, EWF_DESCRIPTOR_SIZE) && is_known(&section);
}

/* Whether a whole descriptor of a known type stands at a place. */
static bool stands_at(struct ewf_walk *walk, uint64_t at)
{
    uint8_t data[EWF_DESCRIPTOR_SIZE];

    return ewf_walk_read(walk, at, data, sizeof data) && ewf_descriptor_is(data);
}

/* Whether what it says is true of the place where it stands. */
static bool fits(struct ewf_walk *walk, const struct ewf_section *section)
{
    if (ewf_section_is_last(section))
        return section->end == section->at || section->content == file_size(walk);
    if (section->end < section->content || section->end > file_size(walk))
        return false;
    return section->size == 0 ? stands_at(walk, section->end)
                              : section->size == section->end - section->at;
}

static bool has_checksum(const struct ewf_section *section, uint32_t checksum)
{
    uint8_t data[EWF_DESCRIPTOR_SIZE - 4] = { 0 };

    memcpy(data, section->type, TYPE_SIZE);
    for (int i = 0; i < 8; i++) {
        data[16 + i] = (uint8_t)(section->end >> 8 * i);
        data[24 + i] = (uint8_t)(section->size >> 8 * i);
    }
    return libdeflate_adler32(1, data, sizeof data) == checksum;
}

/* Give it the type that the stored checksum tells. */
static bool find_type(struct ewf_section *section, uint32_t checksum)
{
    struct ewf_section meant = *section;

    for (size_t i = 0; i < TYPES; i++) {
        memcpy(meant.type, types[i], sizeof types[i]);
        if (has_checksum(&meant, checksum)) {
            *section = meant;
            return true;
        }
    }
    return false;
}

bool ewf_descriptor_repair(struct ewf_walk *walk, uint64_t at, struct ewf_section *section)
{
    uint8_t data[EWF_DESCRIPTOR_SIZE];

    if (!ewf_walk_read(walk, at, data, sizeof data))
        return false;
    const struct ewf_section stored = parse(data, at);
    uint32_t checksum = bytes_u32le(data + EWF_DESCRIPTOR_SIZE - 4);
    struct ewf_section meant[] = { stored, stored, stored };
    meant[1].end = at + stored.size;
    meant[2].size = stored.end - at;
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        if (find_type(&meant[i], checksum) && fits(walk, &meant[i])) {
            *section = meant[i];
            return true;
        }
    /* Its checksum is damaged, and more than one other place if at all. "table2" may have
     * become "table", whose chunks would be counted twice. */
    bool twice = strcmp(stored.type, "table") == 0 && stored.end - at == walk->table_size;
    *section = stored;
    return is_known(&stored) && !twice && fits(walk, &stored) &&
           (ewf_section_is_last(&stored) || stands_at(walk, stored.end));
}

/* --- the next one --- */

/* The first place in `data`, from `from` on, that may begin a descriptor: a letter, and 40
 * unused bytes; `size` for none. */
static size_t find_likely(const uint8_t *data, size_t size, size_t from)
{
    size_t at = from;

    while (at + EWF_DESCRIPTOR_SIZE <= size) {
        if (data[at] < 'a' || data[at] > 'z') {
            at++;
            continue;
        }
        size_t unused = EWF_DESCRIPTOR_SIZE - 4;
        while (unused > USED_SIZE && data[at + unused - 1] == 0)
            unused--;
        if (unused == USED_SIZE)
            return at;
        at += unused - USED_SIZE;
    }
    return size;
}

bool ewf_descriptor_search(struct ewf_walk *walk, uint64_t from, struct ewf_section *section)
{
    uint8_t data[BLOCK_SIZE];

    for (;; from += sizeof data - EWF_DESCRIPTOR_SIZE + 1) {
        ssize_t got = segment_read(&walk->files, walk->segment, from, data, sizeof data, NULL);
        size_t size = got < 0 ? 0 : (size_t)got;
        for (size_t at = 0; (at = find_likely(data, size, at)) < size; at++) {
            *section = parse(data + at, from + at);
            if (ewf_checksum_matches(data + at, EWF_DESCRIPTOR_SIZE) && is_known(section) &&
                fits(walk, section))
                return true;
        }
        if (size < sizeof data)
            return false;
    }
}
