/* SPDX-License-Identifier: Apache-2.0 */

/*
 * volume_search: what is in the places where volumes may be. Signatures (probe.h) say which
 * file systems to try. A claim that does not hold is told as a gap, and the bytes can
 * still be scanned. See volume_search.h.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>

#include "volume_search.h"

void search_gap(struct search *search, const struct place *place, uint64_t offset,
                uint64_t length, const char *reason)
{
    const struct gap gap = { .offset = offset, .length = length, .kind = GAP_STRUCTURE,
                             .reason = reason, .volume = place->name };

    image_add_gap(search->image, &gap);
}

int search_add(struct search *search, const struct place *place, const char *suffix,
               const struct finding *finding, struct error *error)
{
    char name[VOLUME_NAME_SIZE + 48], detail[ERROR_TEXT_SIZE + PARTITION_DETAIL_SIZE];
    bool both = finding->detail[0] && place->detail[0];

    snprintf(name, sizeof name, "%s%s", place->name, suffix);
    snprintf(detail, sizeof detail, "%s%s%s", finding->detail, both ? "; " : "", place->detail);
    const struct volume volume = {
        .name = name,
        .offset = place->offset,
        .length = place->length,
        .declared = place->declared,
        .slot = -1,
        .kind = finding->kind,
        .kind_name = finding->kind_name,
        .label = finding->label.length ? buffer_text(&finding->label) : NULL,
        .detail = detail,
        .unread = finding->unread,
    };
    return volumes_append(search->volumes, &volume, error);
}

void search_check_length(struct search *search, const struct place *place, uint64_t length)
{
    char reason[128];

    if (length <= place->declared)
        return;
    snprintf(reason, sizeof reason, "the file system is %" PRIu64 " bytes longer than its volume",
             length - place->declared);
    search_gap(search, place, place->offset + place->length, length - place->declared, reason);
}

/* 1 and the finding, 0: the claim does not hold. */
static int examine(struct search *search, const struct place *place,
                   const struct probe_result *claim, struct finding *finding,
                   struct error *error)
{
    *finding = (struct finding){ .kind = claim->kind, .kind_name = volume_kind_name(claim->kind) };
    switch (claim->kind) {
    case FS_NTFS:
        return search_ntfs(search, place, true, finding, error);
    case FS_ENCRYPTED:
        snprintf(finding->detail, sizeof finding->detail, "%s", claim->name);
        finding->unread = true;
        return 1;
    case FS_KNOWN:
        finding->kind_name = claim->name;
        finding->unread = claim->files;
        return 1;
    case FS_APFS:
        snprintf(finding->detail, sizeof finding->detail, "container");
        return 1;
    default:
        return search_tsk(search, place, claim, finding, error);
    }
}

static int read_head(struct search *search, const struct place *place, struct error *error)
{
    search->head_size = place->length < PROBE_BYTES ? (size_t)place->length : PROBE_BYTES;
    if (!search->head) {
        search->head = malloc(PROBE_BYTES);
        if (!search->head)
            return error_set_memory(error);
    }
    reader_read(search->reader, place->offset, search->head, search->head_size, NULL);
    return 0;
}

/* Whether there are bytes other than zero at its start, or in samples of the rest:
 * partitions that were never used are no loss. */
static bool is_used(struct search *search, const struct place *place)
{
    enum { SAMPLES = 64, SAMPLE = 65536 };

    if (!bytes_all_zero(search->head, search->head_size))
        return true;
    for (uint64_t i = 1; i < SAMPLES && place->length > PROBE_BYTES; i++) {
        uint64_t at = place->length / SAMPLES * i, left = place->length - at;
        size_t size = left < SAMPLE ? (size_t)left : SAMPLE;
        reader_read(search->reader, place->offset + at, search->head, size, NULL);
        if (!bytes_all_zero(search->head, size))
            return true;
    }
    return false;
}

static int add_unknown(struct search *search, const struct place *place, struct error *error)
{
    struct finding finding = { .kind = FS_NONE, .kind_name = volume_kind_name(FS_NONE) };
    int found = search_ntfs(search, place, false, &finding, error);

    if (found == 0 && !probe_has_order(search->head, search->head_size))
        snprintf(finding.detail, sizeof finding.detail,
                 "no signature, random bytes: perhaps encrypted");
    /* A whole image (p0) without a file system is told as that. */
    finding.unread = found == 0 && place->name[1] != '0' && place->use != USE_OTHER &&
                     is_used(search, place);
    int result = found < 0 ? -1 : search_add(search, place, "", &finding, error);
    buffer_release(&finding.label);
    return result;
}

/* All file systems of a place, as .fs1, .fs2 where there are more than one. */
static int search_place(struct search *search, const struct place *place, struct error *error)
{
    struct probe_result claims[PROBE_MOST];
    struct finding findings[PROBE_MOST];
    size_t found = 0;
    int result = 0;

    if (read_head(search, place, error) != 0)
        return -1;
    size_t count = probe(search->head, search->head_size, claims);
    for (size_t i = 0; i < count && result >= 0; i++) {
        result = examine(search, place, &claims[i], &findings[found], error);
        if (result == 0)
            buffer_release(&findings[found].label);
        else
            found++;
    }
    for (size_t i = 0; i < found; i++) {
        char suffix[24] = "";
        if (found > 1)
            snprintf(suffix, sizeof suffix, ".fs%zu", i + 1);
        if (result >= 0)
            result = search_add(search, place, suffix, &findings[i], error);
        if (result >= 0 && findings[i].kind == FS_APFS)
            result = search_apfs_volumes(search, place, suffix, error);
        buffer_release(&findings[i].label);
    }
    if (result >= 0 && found == 0)
        result = add_unknown(search, place, error);
    return result < 0 ? -1 : 0;
}

static int search_partition(struct search *search, const struct partition *partition,
                            struct error *error)
{
    uint64_t size = image_size(search->image);
    struct place place = {
        .offset = partition->offset,
        .declared = partition->length,
        .use = partition->use,
        .detail = partition->detail,
    };
    char reason[128];

    snprintf(place.name, sizeof place.name, "p%u", partition->number);
    if (place.offset >= size) {
        snprintf(reason, sizeof reason, "the partition lies outside the image, at sector %" PRIu64,
                 place.offset / 512);
        search_gap(search, &place, size, 0, reason);
        const struct finding none = { .kind = FS_NONE, .kind_name = volume_kind_name(FS_NONE),
                                      .detail = "outside the image" };
        return search_add(search, &place, "", &none, error);
    }
    place.length = size - place.offset < place.declared ? size - place.offset : place.declared;
    if (place.length < place.declared) {
        snprintf(reason, sizeof reason,
                 "the partition is cut: the image ends %" PRIu64 " bytes before it",
                 place.declared - place.length);
        search_gap(search, &place, size, place.declared - place.length, reason);
    }
    if (place.use == USE_DYNAMIC)
        search_gap(search, &place, place.offset, 0,
                   "Windows dynamic disk: of its volumes only one at its start is found");
    return search_place(search, &place, error);
}

/* The whole media as one volume: without a table, or a CD-ROM with one beside
 * (then only if it is a file system). */
static int search_whole(struct search *search, bool table, struct error *error)
{
    struct place place = { .name = "p0", .detail = "" };
    struct probe_result claims[PROBE_MOST];

    place.length = place.declared = image_size(search->image);
    if (!table)
        return search_place(search, &place, error);
    for (size_t i = 0; i < search->volumes->count; i++)
        if (search->volumes->items[i].offset == 0)
            return 0;
    if (read_head(search, &place, error) != 0)
        return -1;
    size_t count = probe(search->head, search->head_size, claims);
    for (size_t i = 0; i < count; i++)
        if (claims[i].kind == FS_ISO9660) {
            place.detail = "beside the partition table";
            return search_place(search, &place, error);
        }
    return 0;
}

static bool has_boot_signature(struct search *search, const struct place *place)
{
    uint8_t boot[PROBE_BOOT_SECTOR];

    return place->offset < image_size(search->image) &&
           reader_read(search->reader, place->offset, boot, sizeof boot, NULL) == 0 &&
           bytes_u16le(boot + 510) == 0xaa55;
}

/* Whether a file system of Windows begins at a place, by its signatures and all that it says. */
static int begins_volume(struct search *search, const struct place *place, struct error *error)
{
    struct probe_result claims[PROBE_MOST];
    struct finding finding;

    if (read_head(search, place, error) != 0)
        return -1;
    if (probe(search->head, search->head_size, claims) == 0 || claims[0].weak ||
        (claims[0].kind != FS_NTFS && claims[0].kind != FS_FAT32 && claims[0].kind != FS_EXFAT))
        return 0;
    int result = examine(search, place, &claims[0], &finding, error);
    buffer_release(&finding.label);
    return result;
}

/*
 * A disk without a partition, as its table was destroyed: the file system that begins where
 * partitioning programs put the first one, if the media is none itself. 1: found, 0, -1.
 */
static int search_first_partition(struct search *search, struct error *error)
{
    /* By the geometry of disks up to Windows 2003; from Vista on; small and removable ones. */
    static const uint16_t sectors[] = { 63, 2048, 32, 56, 128, 8192 };
    const uint64_t size = image_size(search->image);
    const struct place whole = { .name = "p0", .length = size };
    struct place place = { .name = "p1", .use = USE_FILES, .detail = "in no partition table" };
    struct probe_result claims[PROBE_MOST];
    int result = 0;

    for (size_t i = 0; i < sizeof sectors / sizeof *sectors && result == 0; i++) {
        place.offset = (uint64_t)sectors[i] * image_sector_size(search->image);
        place.length = place.declared = size - place.offset;
        if (!has_boot_signature(search, &place))
            continue;
        if (read_head(search, &whole, error) != 0)
            return -1;
        if (probe(search->head, search->head_size, claims) > 0)
            return 0;
        result = begins_volume(search, &place, error);
    }
    if (result <= 0)
        return result;
    const struct gap gap = { .length = PROBE_BOOT_SECTOR,
                             .kind = GAP_STRUCTURE,
                             .reason = "no partition table: the file system that begins in the "
                                       "usual place of a first partition is read, others are "
                                       "not found" };
    image_add_gap(search->image, &gap);
    search->without_table = true;
    return search_place(search, &place, error) == 0 ? 1 : -1;
}

int search_partitions(struct search *search, const struct partitions *partitions,
                      struct error *error)
{
    for (size_t i = 0; i < partitions->count; i++)
        if (search_partition(search, &partitions->items[i], error) != 0)
            return -1;
    int found = partitions->count == 0 ? search_first_partition(search, error) : 0;
    return found != 0 ? -(found < 0) : search_whole(search, partitions->count > 0, error);
}
