/* SPDX-License-Identifier: Apache-2.0 */

/* tsk_bridge: see tsk_bridge.h. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "shadow.h"
#include "tsk_bridge.h"

struct bridge {
    TSK_IMG_INFO info; /* first: libtsk hands back its address */
    const struct tsk *tsk;
    struct reader *reader;
    const struct fat_copy *copy; /* NULL: of no FAT, or none is to be mended */
};

/* Zeros for what is lost; the image has the gap. What fails for want of memory
 * has none, and must fail. */
static ssize_t bridge_read(TSK_IMG_INFO *info, TSK_OFF_T offset, char *buffer, size_t size)
{
    const struct bridge *bridge = (struct bridge *)info;
    struct reader *reader = bridge->reader;
    struct error error = ERROR_INIT;

    if (offset < 0 || (uint64_t)offset >= reader->size)
        return 0;
    if (size > reader->size - (uint64_t)offset)
        size = (size_t)(reader->size - (uint64_t)offset);
    if (reader_read(reader, (uint64_t)offset, buffer, size, &error) != 0 &&
        error.kind == ERROR_SYSTEM) {
        bridge->tsk->error_reset();
        bridge->tsk->error_set_errno(TSK_ERR_IMG_READ);
        bridge->tsk->error_set_errstr("%s", error.text);
        return -1;
    }
    if (bridge->copy)
        fat_copy_mend(bridge->copy, reader, (uint64_t)offset, buffer, size);
    return (ssize_t)size;
}

static void bridge_close(TSK_IMG_INFO *info)
{
    reader_free(((struct bridge *)info)->reader);
    free(info);
}

static void bridge_describe(TSK_IMG_INFO *info, FILE *file)
{
    (void)info;
    (void)file;
}

TSK_IMG_INFO *tsk_bridge_open(struct image *image, const struct tsk *tsk, struct error *error)
{
    struct bridge *bridge = calloc(1, sizeof *bridge);

    if (!bridge) {
        error_set_memory(error);
        return NULL;
    }
    bridge->tsk = tsk;
    if (image_reader(image, &bridge->reader, error) != 0) {
        free(bridge);
        return NULL;
    }
    TSK_IMG_INFO *info = tsk->img_open_external(bridge, (TSK_OFF_T)image_size(image),
                                                image_sector_size(image), bridge_read,
                                                bridge_close, bridge_describe);
    if (!info) {
        tsk_bridge_error(tsk, error, ERROR_SYSTEM, "cannot give the image to libtsk");
        reader_free(bridge->reader);
        free(bridge);
    }
    return info;
}

void tsk_bridge_mend(TSK_IMG_INFO *bridge, const struct fat_copy *copy)
{
    ((struct bridge *)bridge)->copy = copy;
}

/* 2 of "p1.vol2"; 0 for other names. */
static unsigned long volume_number(const char *name)
{
    const char *suffix = strstr(name, ".vol");

    return suffix ? strtoul(suffix + 4, NULL, 10) : 0;
}

int tsk_bridge_apfs_open(struct tsk_bridge_apfs *apfs, const struct tsk *tsk,
                         TSK_IMG_INFO *bridge, const struct volume *volume, struct error *error)
{
    unsigned long number = volume_number(volume->name);
    const TSK_POOL_VOLUME_INFO *item = NULL;

    *apfs = (struct tsk_bridge_apfs){ .tsk = tsk };
    apfs->pool = tsk->pool_open_img_sing(bridge, (TSK_OFF_T)volume->offset, TSK_POOL_TYPE_APFS);
    if (!apfs->pool)
        return tsk_bridge_error(tsk, error, ERROR_DAMAGED, "APFS container cannot be opened");
    if (number > 0)
        item = apfs->pool->vol_list;
    while (item && --number > 0)
        item = item->next;
    if (!item) {
        tsk_bridge_apfs_close(apfs);
        return error_set(error, ERROR_NOT_FOUND, "no such volume in the APFS container: %s",
                         volume->name);
    }
    apfs->info = apfs->pool->get_img_info(apfs->pool, (TSK_DADDR_T)item->block);
    if (apfs->info)
        apfs->fs = tsk->fs_open_img(apfs->info, 0, TSK_FS_TYPE_APFS);
    if (!apfs->fs) {
        tsk_bridge_error(tsk, error, ERROR_DAMAGED, "APFS volume %s cannot be opened",
                         volume->name);
        tsk_bridge_apfs_close(apfs);
        return -1;
    }
    return 0;
}

void tsk_bridge_apfs_close(struct tsk_bridge_apfs *apfs)
{
    const struct tsk *tsk = apfs->tsk;

    if (apfs->fs)
        tsk->fs_close(apfs->fs);
    if (apfs->info)
        tsk->img_close(apfs->info);
    if (apfs->pool)
        tsk->pool_close(apfs->pool);
    *apfs = (struct tsk_bridge_apfs){ .pool = NULL };
}

int tsk_bridge_error(const struct tsk *tsk, struct error *error, enum error_kind kind,
                     const char *format, ...)
{
    char text[ERROR_TEXT_SIZE];
    const char *cause = tsk->error_get();
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error_set(error, kind, "%s: %s", text, cause ? cause : "libtsk gives no reason");
    /* What the libyal libraries say is many lines. */
    for (char *at = error ? strchr(error->text, '\n') : NULL; at; at = strchr(at, '\n'))
        *at = ' ';
    tsk->error_reset();
    return -1;
}

void image_versions(version_sink sink, void *context)
{
    struct tsk tsk;

    if (tsk_load(&tsk, NULL) == 0)
        sink(context, "libtsk", tsk.version_get_str());
    sink(context, "libdeflate", LIBDEFLATE_VERSION_STRING);
    shadows_version(sink, context);
}
