/* SPDX-License-Identifier: Apache-2.0 */

/*
 * volume_ntfs: whether a place holds an NTFS, by its boot sector, or the copy of that behind
 * it, and the first record of $MFT. See volume_search.h.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_record.h"
#include "volume_search.h"

enum { NTFS_VOLUME_RECORD = 3, NTFS_VOLUME_NAME = 0x60 };

/* Read an $MFT record of the volume; `data` has room for the largest. */
static bool read_mft_record(struct search *search, const struct place *place,
                            const struct ntfs_geometry *geometry, uint64_t cluster,
                            unsigned number, uint8_t *data)
{
    uint64_t limit = search->reader->size / geometry->cluster_size;
    uint64_t offset = (uint64_t)number * geometry->record_size;

    if (cluster > limit)
        return false;
    offset += cluster * geometry->cluster_size;
    if (offset > place->length || place->length - offset < geometry->record_size)
        return false;
    return reader_read(search->reader, place->offset + offset, data, geometry->record_size,
                       NULL) == 0;
}

static void label_from_mft(struct search *search, const struct place *place,
                           const struct ntfs_geometry *geometry, struct finding *finding,
                           uint8_t *data)
{
    struct ntfs_record record;
    struct ntfs_attribute attribute;

    if (!read_mft_record(search, place, geometry, geometry->mft_cluster, NTFS_VOLUME_RECORD,
                         data) ||
        ntfs_record_open(&record, data, geometry->record_size, NULL) != 0)
        return;
    while (ntfs_record_next(&record, &attribute, NULL) > 0)
        if (attribute.type == NTFS_VOLUME_NAME && !attribute.nonresident) {
            text_add_utf16le(&finding->label, attribute.value, attribute.value_size / 2);
            return;
        }
}

static bool has_mft(struct search *search, const struct place *place,
                    const struct ntfs_geometry *geometry, uint8_t *data)
{
    const uint64_t clusters[] = { geometry->mft_cluster, geometry->mirror_cluster };

    for (size_t i = 0; i < 2; i++)
        if (read_mft_record(search, place, geometry, clusters[i], 0, data) &&
            (memcmp(data, "FILE", 4) == 0 || memcmp(data, "BAAD", 4) == 0))
            return true;
    return false;
}

/* The boot sector, or its copy in the last sector of the volume. */
static bool find_geometry(struct search *search, const struct place *place,
                          struct ntfs_geometry *geometry, struct finding *finding)
{
    uint8_t copy[PROBE_BOOT_SECTOR];
    struct error fault = ERROR_INIT;

    if (search->head_size >= PROBE_BOOT_SECTOR &&
        ntfs_geometry_parse(geometry, search->head, &fault) == 0)
        return true;
    if (place->length < place->declared || place->length < 2 * PROBE_BOOT_SECTOR ||
        reader_read(search->reader, place->offset + place->length - PROBE_BOOT_SECTOR, copy,
                    sizeof copy, NULL) != 0 ||
        ntfs_geometry_parse(geometry, copy, NULL) != 0)
        return false;
    snprintf(finding->detail, sizeof finding->detail,
             "boot sector damaged, opened by its copy in the last sector");
    const struct gap gap = { .offset = place->offset, .length = PROBE_BOOT_SECTOR,
                             .kind = GAP_STRUCTURE, .reason = fault.text,
                             .volume = place->name, .path = "/$Boot", .inode = "7" };
    image_add_gap(search->image, &gap);
    return true;
}

int search_ntfs(struct search *search, const struct place *place, bool claimed,
                struct finding *finding, struct error *error)
{
    struct ntfs_geometry geometry;
    const char *fault = NULL;

    if (!find_geometry(search, place, &geometry, finding)) {
        if (!claimed)
            return 0;
        fault = "NTFS boot sector is damaged, and so is its copy";
    } else {
        uint8_t *data = malloc(LIMIT_MFT_RECORD_BYTES);
        if (!data)
            return error_set_memory(error);
        if (has_mft(search, place, &geometry, data))
            label_from_mft(search, place, &geometry, finding, data);
        else
            fault = "NTFS without $MFT: neither it nor its mirror is where it should be";
        free(data);
        if (geometry.clusters <= UINT64_MAX / geometry.cluster_size)
            search_check_length(search, place, geometry.clusters * geometry.cluster_size);
    }
    finding->kind = fault ? FS_KNOWN : FS_NTFS;
    finding->kind_name = volume_kind_name(FS_NTFS);
    if (fault) {
        snprintf(finding->detail, sizeof finding->detail, "%s", fault);
        search_gap(search, place, place->offset, PROBE_BOOT_SECTOR, fault);
    }
    return 1;
}
