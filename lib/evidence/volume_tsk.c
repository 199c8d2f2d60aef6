/* SPDX-License-Identifier: Apache-2.0 */

/*
 * volume_tsk: file systems that libtsk opens, each by its name, in a process of its own first
 * (trial.h); their labels. See volume_search.h.
 */

#include <stdio.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "trial.h"
#include "tsk_bridge.h"
#include "volume_search.h"

enum { BITLOCKER_TO_GO_AT = 424 };

/* 4967d63b-2e29-4ad8-8399-f6a339e3d001 */
static const uint8_t bitlocker_to_go[16] = { 0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
                                             0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01 };

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

/* --- opening --- */

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
    search_gap(search, place, place->offset, 0, fault.text);
    return false;
}

/* What libtsk says nothing about. */
static void look_at_fat_boot(struct search *search, const struct place *place,
                             struct finding *finding)
{
    const uint8_t *boot = search->head;

    if (search->head_size < PROBE_BOOT_SECTOR)
        return;
    if (memcmp(boot + BITLOCKER_TO_GO_AT, bitlocker_to_go, sizeof bitlocker_to_go) == 0) {
        snprintf(finding->detail, sizeof finding->detail,
                 "BitLocker To Go: only its discovery volume is readable");
        finding->unread = true;
    } else if (!probe_is_fat(boot)) {
        snprintf(finding->detail, sizeof finding->detail,
                 "boot sector damaged, opened by its copy in sector 6");
        search_gap(search, place, place->offset, PROBE_BOOT_SECTOR, finding->detail);
    }
}

/* Libtsk reads what stands in its place, not what the journal would put there:
 *     ext, 1,024 bytes from the start    92  4  0x04 there is a journal
 *                                        96  4  0x04 it is to be replayed
 *     HFS+, likewise, big-endian          4  4  0x0100 was unmounted, 0x2000 there is a journal */
static void look_at_journal(struct search *search, const struct place *place,
                            struct finding *finding)
{
    enum { SUPERBLOCK_AT = 1024, EXT_JOURNAL = 0x04, EXT_RECOVER = 0x04 };
    enum { HFS_UNMOUNTED = 0x0100, HFS_JOURNAL = 0x2000 };
    const uint8_t *block = search->head + SUPERBLOCK_AT;
    bool ext = finding->kind == FS_EXT2 || finding->kind == FS_EXT3 || finding->kind == FS_EXT4;
    const char *name = ext ? "needs_recovery" : "not unmounted";

    if (search->head_size < 2 * SUPERBLOCK_AT)
        return;
    if (ext && !(bytes_u32le(block + 92) & EXT_JOURNAL && bytes_u32le(block + 96) & EXT_RECOVER))
        return;
    if (!ext && (finding->kind != FS_HFS || block[0] != 'H' ||
                 (bytes_u32be(block + 4) & (HFS_UNMOUNTED | HFS_JOURNAL)) != HFS_JOURNAL))
        return;
    snprintf(finding->detail, sizeof finding->detail,
             "%s: its journal was not replayed, and may have names and times that are not listed",
             name);
    search_gap(search, place, place->offset + SUPERBLOCK_AT, SUPERBLOCK_AT, finding->detail);
}

int search_tsk(struct search *search, const struct place *place,
               const struct probe_result *claim, struct finding *finding, struct error *error)
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
        search_gap(search, place, place->offset, 0, fault.text);
        return 1;
    }
    finding->kind = kind_of(fs->ftype);
    finding->kind_name = finding->kind == FS_KNOWN ? claim->name : volume_kind_name(finding->kind);
    read_label(search, finding, fs);
    if (fs->block_pre_size == 0 && fs->last_block < UINT64_MAX / fs->block_size)
        search_check_length(search, place, (fs->last_block + 1) * fs->block_size);
    search->tsk.fs_close(fs);
    search->tsk.error_reset();
    if (claim->kind == FS_FAT32)
        look_at_fat_boot(search, place, finding);
    look_at_journal(search, place, finding);
    return 1;
}

int search_apfs_volumes(struct search *search, const struct place *place, const char *suffix,
                        struct error *error)
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
        search_gap(search, place, place->offset, 0, fault.text);
        return 0;
    }
    const TSK_POOL_VOLUME_INFO *item = pool->vol_list;
    int result = 0;
    for (unsigned i = 1; item && i <= LIMIT_VOLUMES && result == 0; i++, item = item->next) {
        char whole_suffix[48];
        bool encrypted = item->flags & TSK_POOL_VOLUME_FLAG_ENCRYPTED;
        struct finding finding = { .kind = encrypted ? FS_ENCRYPTED : FS_APFS,
                                   .unread = encrypted };
        finding.kind_name = volume_kind_name(finding.kind);
        snprintf(finding.detail, sizeof finding.detail, "APFS volume%s",
                 encrypted ? ", encrypted" : "");
        snprintf(whole_suffix, sizeof whole_suffix, "%s.vol%u", suffix, i);
        if (item->desc)
            set_label(&finding, (const uint8_t *)item->desc, strlen(item->desc));
        result = search_add(search, place, whole_suffix, &finding, error);
        buffer_release(&finding.label);
    }
    search->tsk.pool_close(pool);
    search->tsk.error_reset();
    return result;
}

/* --- slots --- */

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
