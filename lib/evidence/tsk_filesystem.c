/* SPDX-License-Identifier: Apache-2.0 */

/*
 * tsk_filesystem: the file systems that libtsk reads are opened and their files listed into the
 * index of tsk_index.h, by a process of its own (trial.h), which hands the index over
 * (tsk_handover.c). Here libtsk is opened only for who asks for more: the content of files,
 * who owns which blocks. A sound ext is listed without libtsk (tsk_ext_list.c), which is tried
 * when it is asked for more.
 */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trial.h"
#include "tsk_fat.h"

static const struct {
    enum filesystem_kind kind;
    TSK_FS_TYPE_ENUM type;
} types[] = {
    { FS_FAT12, TSK_FS_TYPE_FAT12 },     { FS_FAT16, TSK_FS_TYPE_FAT16 },
    { FS_FAT32, TSK_FS_TYPE_FAT32 },     { FS_EXFAT, TSK_FS_TYPE_EXFAT },
    { FS_EXT2, TSK_FS_TYPE_EXT_DETECT }, { FS_EXT3, TSK_FS_TYPE_EXT_DETECT },
    { FS_EXT4, TSK_FS_TYPE_EXT_DETECT }, { FS_HFS, TSK_FS_TYPE_HFS },
    { FS_ISO9660, TSK_FS_TYPE_ISO9660 }, { FS_UFS, TSK_FS_TYPE_FFS_DETECT },
};

void tsk_filesystem_free(struct tree *tree)
{
    struct tsk_filesystem *owner = (struct tsk_filesystem *)tree;

    if (owner->apfs.fs)
        tsk_bridge_apfs_close(&owner->apfs);
    else if (owner->fs)
        owner->tsk.fs_close(owner->fs);
    if (owner->view)
        owner->tsk.img_close(owner->view);
    ext_free(owner->ext);
    tsk_exfat_close(owner);
    reader_free(owner->volume_reader);
    tsk_fat_close(owner);
    free(owner->claimed);
    fat_copy_release(&owner->fat_copy);
    free(owner->entries);
    claims_release(&owner->claims);
    children_release(&owner->children);
    buffer_release(&owner->text);
    buffer_release(&owner->path);
    free(owner->names);
    filesystem_release(&owner->base);
    free(owner);
}

/* What ext_inode.c cannot make sense of is left to libtsk, and is a gap. */
static int open_ext(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    struct error reason = ERROR_INIT;

    if (!tsk_is_ext(volume->kind) || owner->volume_reader)
        return 0;
    owner->volume_reader = reader_over_part(owner->base.reader, volume->offset, volume->length);
    if (!owner->volume_reader)
        return error_set_memory(error);
    if (ext_open(&owner->ext, owner->volume_reader, &reason) == 0)
        return 0;
    if (reason.kind == ERROR_SYSTEM)
        return error_set(error, reason.kind, "%s", reason.text);
    filesystem_add_gap(&owner->base, volume->offset, 0, NULL, NULL, reason.text);
    return 0;
}

/* What libtsk does not find is a gap. */
static void check_groups(struct tsk_filesystem *owner)
{
    if (owner->ext && tsk_ext_check_groups(owner) != 0)
        filesystem_add_gap(
            &owner->base, owner->base.volume->offset, 0, NULL, NULL,
            "meta_bg: inodes behind those of the first block of groups are not read");
}

static int open_filesystem(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    TSK_FS_TYPE_ENUM type = TSK_FS_TYPE_UNSUPP;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].kind == volume->kind)
            type = types[i].type;
    if (tsk_load(&owner->tsk, error) != 0 ||
        (!owner->view &&
         !(owner->view = tsk_bridge_open(owner->base.image, &owner->tsk, error))))
        return -1;
    if (tsk_fat_compare(owner, error) != 0)
        return -1;
    if (volume->kind == FS_APFS) {
        if (tsk_bridge_apfs_open(&owner->apfs, &owner->tsk, owner->view, volume, error) != 0)
            return -1;
        owner->fs = owner->apfs.fs;
    } else {
        owner->fs = owner->tsk.fs_open_img(owner->view, (TSK_OFF_T)volume->offset, type);
    }
    if (!owner->fs)
        return tsk_bridge_error(&owner->tsk, error, ERROR_DAMAGED, "cannot open %s of volume %s",
                                volume->kind_name, volume->name);
    if (open_ext(owner, error) != 0)
        return -1;
    check_groups(owner);
    return tsk_fat_open(owner, error);
}

/* Open and list, on an owner that filesystem_init was called for. */
static int open_and_load(struct tsk_filesystem *owner, struct error *error)
{
    return open_filesystem(owner, error) != 0 || tsk_index_load(owner, error) != 0 ||
                   tsk_fat_check_chains(owner, error) != 0 || tsk_iso_check(owner, error) != 0
               ? -1
               : 0;
}

struct attempt {
    struct tsk_filesystem *owner;
    int file; /* for the index; -1: there is none */
};

/* All that commands ask of libtsk but the content of files. */
static void try_everything(void *context)
{
    const struct attempt *attempt = context;
    struct tsk_filesystem *owner = attempt->owner;
    struct extents *extents = extents_new();
    struct file file;

    owner->is_trial = true;
    if (!extents || open_and_load(owner, NULL) != 0)
        return;
    /* Before the others add gaps, which are told to who asks the same. */
    tsk_index_hand_over(owner, attempt->file);
    tsk_add_extents(&owner->base, 0, 0, extents, NULL);
    for (size_t i = 0; i < owner->count; i++)
        if (owner->entries[i].state != FILE_ALLOCATED || owner->entries[i].type == FILE_LINK)
            tsk_file_fill(owner, (uint32_t)i, &file, NULL);
}

/* Whether libtsk survives all that it may be asked for. */
static int try_libtsk(struct tsk_filesystem *owner, void (*task)(void *context), int file,
                      struct error *error)
{
    const struct volume *volume = owner->base.volume;
    struct attempt attempt = { owner, file };

    return trial_run(owner->base.image, task, &attempt, volume->length, volume->kind_name,
                     "libtsk", error);
}

/* As if nothing was listed. */
static void forget_list(struct tsk_filesystem *owner)
{
    owner->is_own = false;
    free(owner->entries);
    owner->entries = NULL;
    owner->count = owner->capacity = 0;
    buffer_clear(&owner->text);
    claims_release(&owner->claims);
    ext_free(owner->ext);
    reader_free(owner->volume_reader);
    owner->ext = NULL;
    owner->volume_reader = NULL;
}

static void try_from_the_start(void *context)
{
    const struct attempt *attempt = context;

    forget_list(attempt->owner);
    try_everything(context);
}

int tsk_filesystem_need(struct tsk_filesystem *owner, struct error *error)
{
    /* Other threads may run by now, but none that reads this evidence: those that do begin
     * when it is known who owns which blocks, for which libtsk was needed. */
    if (owner->untried) {
        owner->untried = false;
        try_libtsk(owner, try_from_the_start, -1, &owner->fault);
    }
    if (owner->fault.kind != ERROR_NONE)
        return error_set(error, owner->fault.kind, "%s", owner->fault.text);
    return owner->fs ? 0 : open_filesystem(owner, error);
}

/* The index of a sound ext by its own reader. 0; 1: it is for libtsk; or -1. */
static int list_ext(struct tsk_filesystem *owner, struct error *error)
{
    const struct volume *volume = owner->base.volume;
    int result = 1;

    if (!tsk_is_ext(volume->kind))
        return 1;
    owner->volume_reader = reader_over_part(owner->base.reader, volume->offset, volume->length);
    if (!owner->volume_reader)
        return error_set_memory(error);
    if (ext_open(&owner->ext, owner->volume_reader, NULL) == 0)
        result = tsk_ext_list(owner, error);
    if (result > 0)
        forget_list(owner);
    owner->is_own = owner->untried = result == 0;
    return result;
}

/* The index by a process of its own, or by this one where it was tried and did not hand it over. */
static int load_by_libtsk(struct tsk_filesystem *owner, struct error *error)
{
    int file = memfd_create("fett", MFD_CLOEXEC);
    int result = try_libtsk(owner, try_everything, file, error);

    if (result == 0)
        result = tsk_index_take_over(owner, file, error);
    if (file >= 0)
        close(file);
    if (result > 0)
        return open_and_load(owner, error);
    return result == 0 ? open_ext(owner, error) : -1;
}

static int load(struct tsk_filesystem *owner, struct error *error)
{
    int result = list_ext(owner, error);

    return result > 0 ? load_by_libtsk(owner, error) : result;
}

int tsk_filesystem_open(struct filesystem **filesystem, struct image *image,
                        const struct volume *volume, struct error *error)
{
    static const struct filesystem_operations operations = { tsk_find_inode, tsk_add_extents };
    struct tsk_filesystem *owner = calloc(1, sizeof *owner);

    if (!owner)
        return error_set_memory(error);
    owner->base.tree.operations = &tsk_tree_operations;
    owner->base.operations = &operations;
    if (filesystem_init(&owner->base, image, volume, error) != 0 ||
        load(owner, error) != 0) {
        tsk_filesystem_free(&owner->base.tree);
        return -1;
    }
    *filesystem = &owner->base;
    return 0;
}
