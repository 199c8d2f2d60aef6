/* SPDX-License-Identifier: Apache-2.0 */

/* carve: see carve.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/hive.h>
#include <fett/limits.h>

#include "carve.h"
#include "owners.h"

enum { SECTOR = 512, PAGE = 4096, HBIN_HEAD = 64, AT_ONCE = 1 << 20 };

/* Hives for which a budget was not enough. */
struct unmet {
    uint64_t count, first; /* first: place on the media */
};

struct carving {
    struct object *object;
    struct reader *media;
    struct owners owners;
    uint8_t *block;
    uint64_t left; /* bytes that hives may have in all: heads are easily made up */
    uint64_t unfit; /* likewise, bytes that are looked through for hbins that fit */
    struct unmet unread, unfitted;
    uint64_t covered; /* what begins before this place of the media is of one that was visited */
    carve_visit visit;
    void *context;
};

static bool is_bin_at(struct reader *reader, uint64_t offset)
{
    uint8_t bin[4];

    return offset + sizeof bin <= reader->size &&
           reader_read(reader, offset, bin, sizeof bin, NULL) == 0 && memcmp(bin, "hbin", 4) == 0;
}

/* Whether an hbin is behind the base block at a place. */
static bool has_first_bin(struct carving *carving, uint64_t offset)
{
    return is_bin_at(carving->media, offset + PAGE);
}

/* Bytes of the hive that begins with this sector; 0: none does. */
static uint64_t size_of_hive(struct carving *carving, const uint8_t *head, uint64_t offset)
{
    bool sure;
    uint64_t size = hive_measure(head, SECTOR, &sure);

    return size == 0 || sure || has_first_bin(carving, offset) ? size : 0;
}

/* Whether a live file, or the structure of a file system, is at a place; the stretch of which
 * this holds goes to owners.stretch. */
static bool is_live(struct carving *carving, uint64_t offset, struct extent *extent)
{
    *extent = *owners_strongest(&carving->owners, offset);
    return extent->length > 0 && extent->area != AREA_SLACK &&
           (extent->rank == RANK_ALLOCATED || extent->rank == RANK_METADATA);
}

/* How far it may go on, at most `size`. */
static uint64_t length_of(struct carving *carving, uint64_t offset, uint64_t size)
{
    uint64_t end = offset + size;
    struct extent extent;

    if (end > carving->media->size)
        end = carving->media->size;
    for (uint64_t at = offset; at < end; at = carving->owners.stretch.to)
        if (is_live(carving, at, &extent))
            return at - offset;
    return end - offset;
}

/* Bytes of an NT hive up to the end of the last hbin that stands where its header says; what
 * is behind it is of something else. */
static uint64_t fitting_length(struct carving *carving, uint64_t offset, uint64_t length)
{
    uint64_t end = PAGE < length ? PAGE : length;
    uint8_t head[HBIN_HEAD];
    uint32_t place;

    for (uint64_t at = PAGE; at + sizeof head <= length; at += PAGE) {
        if (reader_read(carving->media, offset + at, head, sizeof head, NULL) != 0)
            continue;
        uint64_t size = hive_measure_bin(head, sizeof head, &place);
        if (size > 0 && place == at - PAGE)
            end = at + size < length ? at + size : length;
    }
    return end;
}

/* Whether so many bytes of the hive at a place are within a budget, from which they are taken. */
static bool can_afford(uint64_t *budget, uint64_t bytes, struct unmet *unmet, uint64_t offset)
{
    if (bytes <= *budget) {
        *budget -= bytes;
        return true;
    }
    if (unmet->count++ == 0)
        unmet->first = offset;
    return false;
}

/* What follows it is visited even where it is too large. */
static int visit_whole(struct carving *carving, struct carved *carved, struct error *error)
{
    return can_afford(&carving->left, carved->reader->size, &carving->unread, carved->offset)
               ? carving->visit(carving->context, carved, error)
               : 0;
}

/* Fragments do not overlap, so that they need no budget. */
static int visit_fragment(struct carving *carving, struct carved *carved, uint64_t size,
                          struct error *error)
{
    uint64_t length = length_of(carving, carved->offset, size);

    carved->reader = reader_over_part(carving->media, carved->offset, length);
    if (!carved->reader)
        return error_set_memory(error);
    carving->covered = carved->offset + length;
    int result = carving->visit(carving->context, carved, error);
    reader_free(carved->reader);
    return result;
}

static int visit_contiguous(struct carving *carving, struct carved *carved, uint64_t size,
                            bool is_regf, struct error *error)
{
    uint64_t length = length_of(carving, carved->offset, size), left = carving->left;

    if (is_regf && can_afford(&carving->unfit, length, &carving->unfitted, carved->offset))
        length = fitting_length(carving, carved->offset, length);
    carved->reader = reader_over_part(carving->media, carved->offset, length);
    if (!carved->reader)
        return error_set_memory(error);
    carved->has_fragments = is_regf && !has_first_bin(carving, carved->offset);
    int result = visit_whole(carving, carved, error);
    if (!carved->has_fragments && carving->left < left)
        carving->covered = carved->offset + length;
    reader_free(carved->reader);
    return result;
}

/* Whether the deleted file that has these bytes is a hive, which is visited as a whole. */
static bool is_of_hive(struct carving *carving, const struct extent *extent)
{
    uint8_t head[SECTOR];
    struct reader *reader;
    bool sure, found = false;

    if (extent->length == 0 || extent->rank != RANK_DELETED)
        return false;
    struct tree *tree = filesystem_tree(carving->owners.spaces[extent->space]);
    if (tree_open(tree, extent->owner, &reader, NULL) != 0)
        return false;
    if (reader->size >= SECTOR && reader_read(reader, 0, head, SECTOR, NULL) == 0)
        found = hive_measure(head, SECTOR, &sure) > 0 && (sure || is_bin_at(reader, PAGE));
    reader_free(reader);
    return found;
}

/* The hbins that follow each other from a place on; 0, too, where there is none. */
static int visit_bins(struct carving *carving, const uint8_t *head, uint64_t offset, uint64_t to,
                      struct error *error)
{
    struct carved carved = { .offset = offset, .is_fragment = true };
    uint8_t next[SECTOR];
    uint32_t first, place;
    size_t size = hive_measure_bin(head, SECTOR, &first);
    uint64_t length = size;

    if (size == 0)
        return 0;
    const struct extent extent = *owners_strongest(&carving->owners, offset);
    carved.volume = carving->owners.volume;
    if (is_of_hive(carving, &extent)) {
        carving->covered = carving->owners.stretch.to;
        return 0;
    }
    while (offset + length + SECTOR <= to && length < LIMIT_FRAGMENT_BYTES &&
           reader_read(carving->media, offset + length, next, SECTOR, NULL) == 0 &&
           (size = hive_measure_bin(next, SECTOR, &place)) > 0 && place == first + length)
        length += size;
    length = (length < to - offset ? length : to - offset) / PAGE * PAGE;
    return length > 0 ? visit_fragment(carving, &carved, length, error) : 0;
}

/* The hive at a place, as that of a deleted file where it is the beginning of one. */
static int visit_hive(struct carving *carving, const uint8_t *head, uint64_t offset,
                      uint64_t size, struct error *error)
{
    bool is_regf = memcmp(head, "regf", 4) == 0;
    struct carved carved = { .offset = offset };
    const struct extent extent = *owners_strongest(&carving->owners, offset);
    struct file file;

    carved.volume = carving->owners.volume;
    bool whole = extent.length > 0 && extent.rank == RANK_DELETED &&
                 extent.file_offset + (offset - extent.start) == 0;
    if (!whole)
        return visit_contiguous(carving, &carved, size, is_regf, error);
    struct filesystem *filesystem = carving->owners.spaces[extent.space];
    struct tree *tree = filesystem_tree(filesystem);
    carved.volume = filesystem_volume(filesystem);
    bool open = tree_open(tree, extent.owner, &carved.reader, NULL) == 0;
    if (tree_file(tree, extent.owner, &file, NULL) == 0)
        carved.file = &file;
    if (!open)
        return visit_contiguous(carving, &carved, size, is_regf, error);
    int result = visit_whole(carving, &carved, error);
    reader_free(carved.reader);
    return result;
}

/* All that begin in [from, to), which no live file owns. */
static int search(struct carving *carving, uint64_t from, uint64_t to, struct error *error)
{
    struct image *image = carving->object->evidence->image;

    for (uint64_t at = (from + SECTOR - 1) / SECTOR * SECTOR, next; at < to; at = next) {
        size_t size = to - at < AT_ONCE ? (size_t)(to - at) : AT_ONCE;
        next = at + AT_ONCE;
        if (image_known_zero(image, carving->media, at, size))
            continue;
        reader_read(carving->media, at, carving->block, size, NULL);
        for (size_t i = 0; i + SECTOR <= size; i += SECTOR) {
            const uint8_t *head = carving->block + i;
            uint64_t hive = size_of_hive(carving, head, at + i);
            if (hive > 0 && visit_hive(carving, head, at + i, hive, error) != 0)
                return -1;
            if (hive == 0 && at + i >= carving->covered &&
                visit_bins(carving, head, at + i, to, error) != 0)
                return -1;
        }
    }
    return 0;
}

static int search_all(struct carving *carving, struct error *error)
{
    uint64_t at = carving->object->offset, end = at + carving->object->length;
    struct extent extent;
    int result = 0;

    while (at < end && result == 0) {
        bool live = is_live(carving, at, &extent);
        uint64_t to = carving->owners.stretch.to < end ? carving->owners.stretch.to : end;
        /* what is free goes on across borders of owners */
        while (!live && to < end && !is_live(carving, to, &extent))
            to = carving->owners.stretch.to < end ? carving->owners.stretch.to : end;
        if (!live)
            result = search(carving, at, to, error);
        at = to;
    }
    return result;
}

/* 0, or -1 where a budget was not enough. */
static int tell_unmet(const struct carving *carving, struct error *error)
{
    const struct unmet *unread = &carving->unread, *unfitted = &carving->unfitted;

    if (unread->count > 0)
        return error_set(error, ERROR_LIMIT,
                         "hives in free space have more bytes than %d times the media: %llu are "
                         "left out, the first at %llu",
                         LIMIT_CARVED_TIMES, (unsigned long long)unread->count,
                         (unsigned long long)unread->first);
    if (unfitted->count > 0)
        return error_set(error, ERROR_LIMIT,
                         "hives in free space have more bytes than %d times the media: what is "
                         "at the ends of %llu, the first at %llu, may be of others",
                         LIMIT_CARVED_TIMES, (unsigned long long)unfitted->count,
                         (unsigned long long)unfitted->first);
    return 0;
}

int carve_hives(struct object *object, carve_visit visit, void *context, struct error *error)
{
    struct carving carving = { .object = object, .visit = visit, .context = context,
                               .block = malloc(AT_ONCE) };
    int result = 0;

    if (object->volume && object->volume->shadow) {
        free(carving.block);
        return 0;
    }
    if (!carving.block)
        result = error_set_memory(error);
    if (result == 0)
        result = image_reader(object->evidence->image, &carving.media, error);
    carving.left = carving.unfit = LIMIT_CARVED_TIMES * image_size(object->evidence->image);
    if (result == 0)
        result = owners_init(&carving.owners, object, error);
    if (result == 0)
        result = owners_seal(&carving.owners, error);
    if (result == 0)
        result = search_all(&carving, error);
    if (result == 0)
        result = tell_unmet(&carving, error);
    owners_release(&carving.owners);
    reader_free(carving.media);
    free(carving.block);
    return result;
}
