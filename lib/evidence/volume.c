/* SPDX-License-Identifier: Apache-2.0 */

/*
 * volume: partitions, what is in them, and the ranges between. See volume.h.
 *
 * Signatures (probe.c) say which file systems to try; libtsk then opens each by
 * name, NTFS is opened by fett's own reader. A claim that does not hold is told
 * as a gap, and the bytes can still be scanned.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tsk/libtsk.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ntfs_record.h"
#include "partition.h"
#include "probe.h"
#include "shadow_volumes.h"
#include "trial.h"
#include "tsk_bridge.h"

enum {
    BOOT_SECTOR = 512,
    NTFS_VOLUME_RECORD = 3,
    NTFS_VOLUME_NAME = 0x60,
    BITLOCKER_TO_GO_AT = 424,
    NAME_SIZE = 32,
};

/* 4967d63b-2e29-4ad8-8399-f6a339e3d001 */
static const uint8_t bitlocker_to_go[16] = { 0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
                                             0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01 };

struct volumes {
    struct image *image;
    enum volume_scheme scheme;
    struct volume *items;
    size_t count, capacity;
    struct shadow_volumes copies;
};

/* What volumes_open works with. */
struct search {
    struct volumes *volumes;
    struct image *image;
    struct reader *reader;
    struct tsk tsk;       /* loaded with the bridge */
    TSK_IMG_INFO *bridge;
    uint8_t *head; /* of the place that is looked at, PROBE_BYTES */
    size_t head_size;
};

/* A place where volumes may be: a partition, or the whole media. */
struct place {
    char name[NAME_SIZE];
    uint64_t offset, length, declared;
    enum partition_use use;
    const char *detail;
};

/* What was found in a place. */
struct finding {
    enum filesystem_kind kind;
    const char *kind_name;
    bool unread;
    char detail[ERROR_TEXT_SIZE]; /* "" for none */
    struct buffer label;
};

static const char *kind_name(enum filesystem_kind kind)
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

static void add_gap(struct search *search, const struct place *place, uint64_t offset,
                    uint64_t length, const char *reason)
{
    const struct gap gap = { .offset = offset, .length = length, .kind = GAP_STRUCTURE,
                             .reason = reason, .volume = place->name };

    image_add_gap(search->image, &gap);
}

static void partition_gap(void *context, uint64_t offset, uint64_t length, const char *reason)
{
    const struct gap gap = { .offset = offset, .length = length, .kind = GAP_STRUCTURE,
                             .reason = reason };

    image_add_gap(((struct search *)context)->image, &gap);
}

/* --- the list --- */

static int append(struct volumes *volumes, const struct volume *volume, struct error *error)
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

static int add_finding(struct search *search, const struct place *place, const char *suffix,
                       const struct finding *finding, struct error *error)
{
    char name[NAME_SIZE + 48], detail[ERROR_TEXT_SIZE + PARTITION_DETAIL_SIZE];
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
    return append(search->volumes, &volume, error);
}

/* --- labels --- */

static void trim(struct buffer *label)
{
    while (label->length > 0 && label->data[label->length - 1] == ' ')
        buffer_truncate(label, label->length - 1);
}

/* 8-bit text up to a NUL. */
static void set_label(struct finding *finding, const uint8_t *text, size_t size)
{
    size_t length = strnlen((const char *)text, size);

    if (text_valid_length((const char *)text, length) == length)
        buffer_add(&finding->label, text, length);
    else
        text_add_latin1(&finding->label, text, length);
    trim(&finding->label);
}

/* libtsk shows the label of FAT and exFAT as an entry of the root folder. */
static void label_from_root(const struct search *search, struct finding *finding,
                            TSK_FS_INFO *fs)
{
    static const char mark[] = " (Volume Label Entry)";
    TSK_FS_DIR *root = search->tsk.fs_dir_open_meta(fs, fs->root_inum);

    for (size_t i = 0; root && i < search->tsk.fs_dir_getsize(root); i++) {
        const TSK_FS_NAME *name = search->tsk.fs_dir_get_name(root, i);
        size_t length = name && name->name ? strlen(name->name) : 0;
        if (length > sizeof mark - 1 && (name->flags & TSK_FS_NAME_FLAG_ALLOC) &&
            strcmp(name->name + length - (sizeof mark - 1), mark) == 0) {
            set_label(finding, (const uint8_t *)name->name, length - (sizeof mark - 1));
            break;
        }
    }
    search->tsk.fs_dir_close(root);
    search->tsk.error_reset();
}

/* FAT keeps the label of the day it was made in the boot sector. */
static void label_from_boot(struct finding *finding, const uint8_t *boot)
{
    const uint8_t *label = bytes_u16le(boot + 22) == 0 ? boot + 71 : boot + 43;

    if (label[-5] == 0x29 && memcmp(label, "NO NAME    ", 11) != 0)
        set_label(finding, label, 11);
}

static void read_label(struct search *search, struct finding *finding, TSK_FS_INFO *fs)
{
    const uint8_t *head = search->head;

    switch (finding->kind) {
    case FS_FAT12:
    case FS_FAT16:
    case FS_FAT32:
        label_from_root(search, finding, fs);
        if (finding->label.length == 0)
            label_from_boot(finding, head);
        break;
    case FS_EXFAT:
        label_from_root(search, finding, fs);
        break;
    case FS_EXT2:
    case FS_EXT3:
    case FS_EXT4:
        set_label(finding, head + 1024 + 120, 16);
        break;
    case FS_ISO9660:
        if (search->head_size >= 32768 + 72 && memcmp(head + 32769, "CD001", 5) == 0)
            set_label(finding, head + 32768 + 40, 32);
        break;
    default:
        break;
    }
}

/* Whether what the file system says of its size fits into its place. */
static void check_length(struct search *search, const struct place *place, uint64_t length)
{
    char reason[128];

    if (length <= place->declared)
        return;
    snprintf(reason, sizeof reason, "the file system is %" PRIu64 " bytes longer than its volume",
             length - place->declared);
    add_gap(search, place, place->offset + place->length, length - place->declared, reason);
}

/* --- NTFS --- */

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
    uint8_t copy[BOOT_SECTOR];
    struct error fault = ERROR_INIT;

    if (search->head_size >= BOOT_SECTOR &&
        ntfs_geometry_parse(geometry, search->head, &fault) == 0)
        return true;
    if (place->length < place->declared || place->length < 2 * BOOT_SECTOR ||
        reader_read(search->reader, place->offset + place->length - BOOT_SECTOR, copy,
                    sizeof copy, NULL) != 0 ||
        ntfs_geometry_parse(geometry, copy, NULL) != 0)
        return false;
    snprintf(finding->detail, sizeof finding->detail,
             "boot sector damaged, opened by its copy in the last sector");
    const struct gap gap = { .offset = place->offset, .length = BOOT_SECTOR,
                             .kind = GAP_STRUCTURE, .reason = fault.text,
                             .volume = place->name, .path = "/$Boot", .inode = "7" };
    image_add_gap(search->image, &gap);
    return true;
}

/* 1 and the finding, 0: no NTFS. `claimed`: the boot sector says that it is. */
static int find_ntfs(struct search *search, const struct place *place, bool claimed,
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
            check_length(search, place, geometry.clusters * geometry.cluster_size);
    }
    finding->kind = fault ? FS_KNOWN : FS_NTFS;
    finding->kind_name = kind_name(FS_NTFS);
    if (fault) {
        snprintf(finding->detail, sizeof finding->detail, "%s", fault);
        add_gap(search, place, place->offset, BOOT_SECTOR, fault);
    }
    return 1;
}

/* --- file systems that libtsk opens --- */

static TSK_FS_TYPE_ENUM tsk_type(enum filesystem_kind kind)
{
    switch (kind) {
    case FS_FAT32: return TSK_FS_TYPE_FAT_DETECT;
    case FS_EXFAT: return TSK_FS_TYPE_EXFAT;
    case FS_EXT4: return TSK_FS_TYPE_EXT_DETECT;
    case FS_HFS: return TSK_FS_TYPE_HFS;
    case FS_ISO9660: return TSK_FS_TYPE_ISO9660;
    case FS_UFS: return TSK_FS_TYPE_FFS_DETECT;
    default: return TSK_FS_TYPE_UNSUPP;
    }
}

static enum filesystem_kind kind_of(TSK_FS_TYPE_ENUM type)
{
    switch ((int)type) {
    case TSK_FS_TYPE_FAT12: return FS_FAT12;
    case TSK_FS_TYPE_FAT16: return FS_FAT16;
    case TSK_FS_TYPE_FAT32: return FS_FAT32;
    case TSK_FS_TYPE_EXFAT: return FS_EXFAT;
    case TSK_FS_TYPE_EXT2: return FS_EXT2;
    case TSK_FS_TYPE_EXT3: return FS_EXT3;
    case TSK_FS_TYPE_EXT4: return FS_EXT4;
    case TSK_FS_TYPE_HFS: return FS_HFS;
    case TSK_FS_TYPE_ISO9660: return FS_ISO9660;
    case TSK_FS_TYPE_FFS1:
    case TSK_FS_TYPE_FFS1B:
    case TSK_FS_TYPE_FFS2: return FS_UFS;
    default: return FS_KNOWN;
    }
}

static bool need_bridge(struct search *search, struct error *error)
{
    if (!search->bridge && tsk_load(&search->tsk, error) == 0)
        search->bridge = tsk_bridge_open(search->image, &search->tsk, error);
    return search->bridge != NULL;
}

/* A file system or an APFS container, opened and closed. */
struct attempt {
    const struct tsk *tsk;
    TSK_IMG_INFO *bridge;
    TSK_OFF_T offset;
    TSK_FS_TYPE_ENUM type; /* TSK_FS_TYPE_APFS: the container */
};

static void attempt(void *context)
{
    const struct attempt *attempt = context;
    const struct tsk *tsk = attempt->tsk;

    if (attempt->type == TSK_FS_TYPE_APFS)
        tsk->pool_close(tsk->pool_open_img_sing(attempt->bridge, attempt->offset,
                                                TSK_POOL_TYPE_APFS));
    else
        tsk->fs_close(tsk->fs_open_img(attempt->bridge, attempt->offset, attempt->type));
}

/* Whether libtsk survives what it is asked next; a gap where not. */
static bool survives(struct search *search, const struct place *place, TSK_FS_TYPE_ENUM type,
                     const char *name)
{
    struct attempt attempts = { &search->tsk, search->bridge, (TSK_OFF_T)place->offset, type };
    struct error fault = ERROR_INIT;

    if (trial_run(search->image, attempt, &attempts, place->length, name, "libtsk",
                  &fault) == 0)
        return true;
    add_gap(search, place, place->offset, 0, fault.text);
    return false;
}

static int find_by_tsk(struct search *search, const struct place *place,
                       const struct probe_result *claim, struct finding *finding,
                       struct error *error)
{
    struct error fault = ERROR_INIT;

    if (!need_bridge(search, error))
        return -1;
    if (!survives(search, place, tsk_type(claim->kind), claim->name)) {
        finding->kind = FS_KNOWN;
        finding->kind_name = claim->name;
        snprintf(finding->detail, sizeof finding->detail, "cannot be opened");
        return 1;
    }
    TSK_FS_INFO *fs = search->tsk.fs_open_img(search->bridge, (TSK_OFF_T)place->offset,
                                              tsk_type(claim->kind));
    if (!fs) {
        tsk_bridge_error(&search->tsk, &fault, ERROR_DAMAGED, "%s cannot be opened", claim->name);
        if (claim->weak)
            return 0;
        finding->kind = FS_KNOWN;
        finding->kind_name = claim->name;
        snprintf(finding->detail, sizeof finding->detail, "cannot be opened");
        add_gap(search, place, place->offset, 0, fault.text);
        return 1;
    }
    finding->kind = kind_of(fs->ftype);
    finding->kind_name = finding->kind == FS_KNOWN ? claim->name : kind_name(finding->kind);
    read_label(search, finding, fs);
    if (fs->block_pre_size == 0 && fs->last_block < UINT64_MAX / fs->block_size)
        check_length(search, place, (fs->last_block + 1) * fs->block_size);
    search->tsk.fs_close(fs);
    search->tsk.error_reset();
    if (claim->kind == FS_FAT32 && search->head_size >= BOOT_SECTOR &&
        memcmp(search->head + BITLOCKER_TO_GO_AT, bitlocker_to_go, sizeof bitlocker_to_go) == 0) {
        snprintf(finding->detail, sizeof finding->detail,
                 "BitLocker To Go: only its discovery volume is readable");
        finding->unread = true;
    }
    return 1;
}

/* The volumes that share an APFS container. */
static int add_apfs_volumes(struct search *search, const struct place *place,
                            const char *suffix, struct error *error)
{
    if (!need_bridge(search, error))
        return -1;
    if (!survives(search, place, TSK_FS_TYPE_APFS, "APFS"))
        return 0;
    const TSK_POOL_INFO *pool = search->tsk.pool_open_img_sing(
        search->bridge, (TSK_OFF_T)place->offset, TSK_POOL_TYPE_APFS);
    if (!pool) {
        struct error fault = ERROR_INIT;
        tsk_bridge_error(&search->tsk, &fault, ERROR_DAMAGED, "APFS container cannot be opened");
        add_gap(search, place, place->offset, 0, fault.text);
        return 0;
    }
    const TSK_POOL_VOLUME_INFO *item = pool->vol_list;
    int result = 0;
    for (unsigned i = 1; item && i <= LIMIT_VOLUMES && result == 0; i++, item = item->next) {
        char whole_suffix[48];
        bool encrypted = item->flags & TSK_POOL_VOLUME_FLAG_ENCRYPTED;
        struct finding finding = { .kind = encrypted ? FS_ENCRYPTED : FS_APFS,
                                   .unread = encrypted };
        finding.kind_name = kind_name(finding.kind);
        snprintf(finding.detail, sizeof finding.detail, "APFS volume%s",
                 encrypted ? ", encrypted" : "");
        snprintf(whole_suffix, sizeof whole_suffix, "%s.vol%u", suffix, i);
        if (item->desc)
            set_label(&finding, (const uint8_t *)item->desc, strlen(item->desc));
        result = add_finding(search, place, whole_suffix, &finding, error);
        buffer_release(&finding.label);
    }
    search->tsk.pool_close(pool);
    search->tsk.error_reset();
    return result;
}

/* 1 and the finding, 0: the claim does not hold. */
static int examine(struct search *search, const struct place *place,
                   const struct probe_result *claim, struct finding *finding,
                   struct error *error)
{
    *finding = (struct finding){ .kind = claim->kind, .kind_name = kind_name(claim->kind) };
    switch (claim->kind) {
    case FS_NTFS:
        return find_ntfs(search, place, true, finding, error);
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
        return find_by_tsk(search, place, claim, finding, error);
    }
}

/* --- places --- */

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
    struct finding finding = { .kind = FS_NONE, .kind_name = kind_name(FS_NONE) };
    int found = find_ntfs(search, place, false, &finding, error);

    if (found == 0 && !probe_has_order(search->head, search->head_size))
        snprintf(finding.detail, sizeof finding.detail,
                 "no signature, random bytes: perhaps encrypted");
    /* A whole image (p0) without a file system is told as that. */
    finding.unread = found == 0 && place->name[1] != '0' && place->use != USE_OTHER &&
                     is_used(search, place);
    int result = found < 0 ? -1 : add_finding(search, place, "", &finding, error);
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
            result = add_finding(search, place, suffix, &findings[i], error);
        if (result >= 0 && findings[i].kind == FS_APFS)
            result = add_apfs_volumes(search, place, suffix, error);
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
        add_gap(search, &place, size, 0, reason);
        const struct finding none = { .kind = FS_NONE, .kind_name = kind_name(FS_NONE),
                                      .detail = "outside the image" };
        return add_finding(search, &place, "", &none, error);
    }
    place.length = size - place.offset < place.declared ? size - place.offset : place.declared;
    if (place.length < place.declared) {
        snprintf(reason, sizeof reason,
                 "the partition is cut: the image ends %" PRIu64 " bytes before it",
                 place.declared - place.length);
        add_gap(search, &place, size, place.declared - place.length, reason);
    }
    if (place.use == USE_DYNAMIC)
        add_gap(search, &place, place.offset, 0,
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

/* --- ranges without volume, slots, order --- */

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
        .kind_name = kind_name(FS_NONE),
        .detail = "unpartitioned",
    };

    return from < to ? append(volumes, &range, error) : 0;
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

static TSK_VS_TYPE_ENUM tsk_scheme(enum volume_scheme scheme)
{
    switch (scheme) {
    case SCHEME_MBR: return TSK_VS_TYPE_DOS;
    case SCHEME_GPT: return TSK_VS_TYPE_GPT;
    case SCHEME_BSD: return TSK_VS_TYPE_BSD;
    case SCHEME_SUN: return TSK_VS_TYPE_SUN;
    case SCHEME_MAC: return TSK_VS_TYPE_MAC;
    case SCHEME_NONE: break;
    }
    return TSK_VS_TYPE_UNSUPP;
}

int volumes_find_slots(struct volumes *volumes, struct error *error)
{
    struct tsk tsk;

    if (volumes->scheme == SCHEME_NONE)
        return 0;
    TSK_IMG_INFO *bridge = tsk_load(&tsk, error) == 0
                               ? tsk_bridge_open(volumes->image, &tsk, error) : NULL;
    if (!bridge)
        return -1;
    TSK_VS_INFO *vs = tsk.vs_open(bridge, 0, tsk_scheme(volumes->scheme));
    for (const TSK_VS_PART_INFO *part = vs ? vs->part_list : NULL; part; part = part->next) {
        if (!(part->flags & TSK_VS_PART_FLAG_ALLOC))
            continue;
        for (size_t i = 0; i < volumes->count; i++)
            if (volumes->items[i].offset / vs->block_size == part->start &&
                volumes->items[i].declared / vs->block_size == part->len &&
                volumes->items[i].name[0])
                volumes->items[i].slot = (int)part->addr;
    }
    if (vs)
        tsk.vs_close(vs);
    tsk.img_close(bridge);
    tsk.error_reset();
    return 0;
}

static int search_all(struct search *search, const struct partitions *partitions,
                      struct error *error)
{
    bool table = partitions->count > 0;

    search->volumes->scheme = partitions->scheme;
    for (size_t i = 0; i < partitions->count; i++)
        if (search_partition(search, &partitions->items[i], error) != 0)
            return -1;
    if (search_whole(search, table, error) != 0)
        return -1;
    sort(search->volumes);
    if (table && add_unpartitioned(search->volumes, error) != 0)
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

const struct volume *volumes_at_sector(const struct volumes *volumes, uint64_t sector)
{
    uint64_t unit = image_sector_size(volumes->image);

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
