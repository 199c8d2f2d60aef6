/* SPDX-License-Identifier: Apache-2.0 */

/* volume: partitions, what is in them, and the ranges between. See volume.h, and
 * volume_search.h for how they are found. */

#include <stdlib.h>
#include <string.h>

#include "volume_search.h"

const char *volume_kind_name(enum filesystem_kind kind)
{
    switch (kind) {
    case FS_NONE: return "none";
    case FS_NTFS: return "NTFS";
    case FS_FAT12: return "FAT12";
    case FS_FAT16: return "FAT16";
    case FS_FAT32: return "FAT32";
    case FS_EXFAT: return "exFAT";
    case FS_EXT2: return "ext2";
    case FS_EXT3: return "ext3";
    case FS_EXT4: return "ext4";
    case FS_HFS: return "HFS+";
    case FS_APFS: return "APFS";
    case FS_ISO9660: return "ISO 9660";
    case FS_UFS: return "UFS";
    case FS_ENCRYPTED: return "encrypted";
    case FS_KNOWN: break;
    }
    return "known";
}

/* --- the list --- */

int volumes_append(struct volumes *volumes, const struct volume *volume, struct error *error)
{
    struct volume copy = *volume;

    if (memory_grow((void **)&volumes->items, &volumes->capacity, volumes->count + 1,
                    sizeof *volumes->items) != 0)
        return error_set_memory(error);
    copy.name = strdup(volume->name);
    copy.kind_name = strdup(volume->kind_name);
    copy.detail = strdup(volume->detail);
    copy.label = volume->label ? strdup(volume->label) : NULL;
    volumes->items[volumes->count++] = copy;
    return copy.name && copy.kind_name && copy.detail && (copy.label || !volume->label)
               ? 0
               : error_set_memory(error);
}

/* --- ranges without volume, order --- */

static int compare_volumes(const void *a, const void *b)
{
    const struct volume *left = a, *right = b;

    if (left->offset != right->offset)
        return left->offset < right->offset ? -1 : 1;
    return strcmp(left->name, right->name);
}

static void sort(struct volumes *volumes)
{
    if (volumes->count > 0)
        qsort(volumes->items, volumes->count, sizeof *volumes->items, compare_volumes);
}

static int add_range(struct volumes *volumes, uint64_t from, uint64_t to, struct error *error)
{
    const struct volume range = {
        .name = "",
        .offset = from,
        .length = to - from,
        .declared = to - from,
        .slot = -1,
        .kind = FS_NONE,
        .kind_name = volume_kind_name(FS_NONE),
        .detail = "unpartitioned",
    };

    return from < to ? volumes_append(volumes, &range, error) : 0;
}

/* The volumes are sorted. */
static int add_unpartitioned(struct volumes *volumes, struct error *error)
{
    size_t count = volumes->count;
    uint64_t at = 0, size = image_size(volumes->image);

    for (size_t i = 0; i < count; i++) {
        uint64_t offset = volumes->items[i].offset, length = volumes->items[i].length;
        if (volumes->items[i].name[1] == '0') /* p0 covers all */
            continue;
        if (offset > size)
            offset = size;
        if (offset > at && add_range(volumes, at, offset, error) != 0)
            return -1;
        if (offset + length > at)
            at = offset + length;
    }
    return add_range(volumes, at, size, error);
}

/* --- finding them --- */

static void partition_gap(void *context, uint64_t offset, uint64_t length, const char *reason)
{
    const struct gap gap = { .offset = offset, .length = length, .kind = GAP_STRUCTURE,
                             .reason = reason };

    image_add_gap(((struct search *)context)->image, &gap);
}

static int search_all(struct search *search, const struct partitions *partitions,
                      struct error *error)
{
    search->volumes->scheme = partitions->scheme;
    search->volumes->sector_size = partitions->scheme == SCHEME_NONE
                                       ? image_sector_size(search->image)
                                       : partitions->sector_size;
    if (search_partitions(search, partitions, error) != 0)
        return -1;
    sort(search->volumes);
    if ((partitions->count > 0 || search->without_table) && add_unpartitioned(search->volumes, error) != 0)
        return -1;
    sort(search->volumes);
    return 0;
}

int volumes_open(struct volumes **volumes, struct image *image, struct error *error)
{
    struct search search = { .image = image };
    struct partitions partitions = { .count = 0 };
    int result = -1;

    search.volumes = calloc(1, sizeof *search.volumes);
    if (!search.volumes)
        return error_set_memory(error);
    search.volumes->image = image;
    if (image_reader(image, &search.reader, error) == 0 &&
        partitions_read(&partitions, search.reader, image_sector_size(image), partition_gap,
                        &search, error) == 0)
        result = search_all(&search, &partitions, error);
    if (result == 0)
        result = shadow_volumes_find(&search.volumes->copies, image, search.volumes->items,
                                     search.volumes->count, error);
    partitions_release(&partitions);
    if (search.bridge)
        search.tsk.img_close(search.bridge);
    reader_free(search.reader);
    free(search.head);
    if (result != 0) {
        volumes_free(search.volumes);
        return -1;
    }
    *volumes = search.volumes;
    return 0;
}

void volumes_free(struct volumes *volumes)
{
    if (!volumes)
        return;
    shadow_volumes_release(&volumes->copies);
    for (size_t i = 0; i < volumes->count; i++) {
        free((char *)volumes->items[i].name);
        free((char *)volumes->items[i].kind_name);
        free((char *)volumes->items[i].label);
        free((char *)volumes->items[i].detail);
    }
    free(volumes->items);
    free(volumes);
}

enum volume_scheme volumes_scheme(const struct volumes *volumes)
{
    return volumes->scheme;
}

const char *volumes_scheme_name(const struct volumes *volumes)
{
    static const char *const names[] = {
        [SCHEME_NONE] = "none", [SCHEME_MBR] = "MBR", [SCHEME_GPT] = "GPT",
        [SCHEME_BSD] = "BSD", [SCHEME_SUN] = "Sun", [SCHEME_MAC] = "Mac",
    };

    return names[volumes->scheme];
}

size_t volumes_count(const struct volumes *volumes)
{
    return volumes->count;
}

size_t volumes_shadow_count(const struct volumes *volumes)
{
    return volumes->copies.count;
}

const struct volume *volumes_get(const struct volumes *volumes, size_t index)
{
    return index < volumes->count ? &volumes->items[index]
                                  : &volumes->copies.items[index - volumes->count].volume;
}

const struct volume *volumes_find(const struct volumes *volumes, const char *name)
{
    size_t length = strlen(name);

    if (length == 0)
        return NULL;
    for (size_t i = 0; i < volumes->count + volumes->copies.count; i++)
        if (strcmp(volumes_get(volumes, i)->name, name) == 0)
            return volumes_get(volumes, i);
    for (size_t i = 0; i < volumes->count; i++)
        if (strncmp(volumes->items[i].name, name, length) == 0 &&
            strcmp(volumes->items[i].name + length, ".fs1") == 0)
            return &volumes->items[i];
    return NULL;
}

uint32_t volumes_sector_size(const struct volumes *volumes)
{
    return volumes->sector_size;
}

const struct volume *volumes_at_sector(const struct volumes *volumes, uint64_t sector)
{
    uint64_t unit = volumes->sector_size;

    for (size_t i = 0; i < volumes->count; i++)
        if (volumes->items[i].offset % unit == 0 && volumes->items[i].offset / unit == sector &&
            volumes->items[i].name[0])
            return &volumes->items[i];
    return NULL;
}

bool volume_has_files(const struct volume *volume)
{
    return volume->kind != FS_NONE && volume->kind != FS_ENCRYPTED && volume->kind != FS_KNOWN &&
           (volume->kind != FS_APFS || strstr(volume->name, ".vol"));
}
