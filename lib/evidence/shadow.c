/* SPDX-License-Identifier: Apache-2.0 */

/*
 * shadow: see shadow.h.
 *
 * libvshadow reads the volume through a reader that says what the catalog's patches say,
 * and that has a good boot sector at both places where libvshadow looks for one. It is
 * asked for whole blocks only. A block of a copy that was not changed since is read from
 * the volume as it is.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvshadow.h>

#include <fett/bfio.h>
#include <fett/bytes.h>

#include "ntfs_record.h"
#include "shadow.h"
#include "trial.h"

enum { BOOT_SECTOR = 512 };

/* The volume as libvshadow sees it. */
struct source {
    struct reader reader;
    struct shadows *shadows;
};

/* A copy, once it was asked for. */
struct copy {
    libvshadow_store_t *store;
    bool opened;
    bool needed; /* with all that were made after it */
    struct error fault;
};

struct shadows {
    struct image *image;
    uint64_t offset, length; /* of the volume, on the media */
    struct shadow_catalog catalog;
    struct copy *copies;
    pthread_mutex_t lock; /* for all that follows, and the copies */
    struct reader *media;
    struct source source;
    struct error loss; /* bytes that the source could not give */
    uint8_t boot[BOOT_SECTOR];
    uint64_t boot_copy; /* where libvshadow looks for it too; 0: the volume has none */
    libbfio_handle_t *handle;
    libvshadow_volume_t *volume;
    bool opened;
    struct error fault;
};

/* --- the volume for libvshadow --- */

/* Put `size` bytes that lie at `at` where they fall into what was read. */
static void overlay(uint8_t *buffer, uint64_t offset, size_t buffer_size, uint64_t at,
                    const uint8_t *bytes, size_t size)
{
    if (at >= offset + buffer_size || at + size <= offset)
        return;
    for (size_t i = 0; i < size; i++)
        if (at + i >= offset && at + i - offset < buffer_size)
            buffer[at + i - offset] = bytes[i];
}

static int source_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                          struct error *error)
{
    struct shadows *shadows = ((struct source *)reader)->shadows;
    const struct shadow_catalog *catalog = &shadows->catalog;
    bool is_lost = shadows->loss.kind != ERROR_NONE;
    int result = reader_read(shadows->media, shadows->offset + offset, buffer, size,
                             is_lost ? error : &shadows->loss);

    for (size_t i = 0; i < catalog->patch_count; i++) {
        uint8_t bytes[8];
        for (int k = 0; k < 8; k++)
            bytes[k] = (uint8_t)(catalog->patches[i].number >> 8 * k);
        overlay(buffer, offset, size, catalog->patches[i].offset, bytes, sizeof bytes);
    }
    if (shadows->boot_copy > 0) {
        overlay(buffer, offset, size, 0, shadows->boot, BOOT_SECTOR);
        overlay(buffer, offset, size, shadows->boot_copy, shadows->boot, BOOT_SECTOR);
    }
    return result;
}

/* The boot sector, or its copy; without any libvshadow says what is wrong. */
static void find_boot(struct shadows *shadows)
{
    struct ntfs_geometry geometry;
    const uint64_t places[] = { 0, shadows->length - BOOT_SECTOR };

    for (size_t i = 0; i < 2 && shadows->length > BOOT_SECTOR; i++) {
        if (reader_read(shadows->media, shadows->offset + places[i], shadows->boot, BOOT_SECTOR,
                        NULL) != 0 ||
            ntfs_geometry_parse(&geometry, shadows->boot, NULL) != 0)
            continue;
        uint64_t sectors = bytes_u64le(shadows->boot + 40);
        if (sectors > 0 && sectors < INT64_MAX / geometry.sector_size)
            shadows->boot_copy = sectors * geometry.sector_size;
        return;
    }
}

static int fail(struct error *error, const char *what, libvshadow_error_t **reason)
{
    char text[1024] = "";

    /* The first of its lines is the cause, the others say what asked for it. */
    if (*reason)
        libvshadow_error_backtrace_sprint(*reason, text, sizeof text);
    libvshadow_error_free(reason);
    text[strcspn(text, "\n")] = '\0';
    return error_set(error, ERROR_DAMAGED, "%s: %s", what, text);
}

static int open_volume(struct shadows *shadows, struct error *error)
{
    static const struct reader_operations operations = { source_read_at, NULL };
    libvshadow_error_t *reason = NULL;
    uint64_t size = shadows->length;

    find_boot(shadows);
    /* A volume that was cut still has what lies before the cut. */
    if (shadows->boot_copy > 0 && shadows->boot_copy + BOOT_SECTOR > size)
        size = shadows->boot_copy + BOOT_SECTOR;
    shadows->source = (struct source){ { &operations, size }, shadows };
    if (bfio_open(&shadows->handle, &shadows->source.reader, error) != 0)
        return -1;
    if (libvshadow_volume_initialize(&shadows->volume, &reason) != 1)
        return fail(error, "cannot start", &reason);
    if (libvshadow_volume_open_file_io_handle(shadows->volume, shadows->handle,
                                              LIBVSHADOW_OPEN_READ, &reason) != 1)
        return fail(error, "cannot open", &reason);
    return 0;
}

/* libvshadow's store with an identifier. */
static int find_store(struct shadows *shadows, const uint8_t *id, libvshadow_store_t **store,
                      struct error *error)
{
    libvshadow_error_t *reason = NULL;
    int count = 0;

    if (libvshadow_volume_get_number_of_stores(shadows->volume, &count, &reason) != 1)
        return fail(error, "cannot count", &reason);
    for (int i = 0; i < count; i++) {
        uint8_t found[SHADOW_ID];
        if (libvshadow_volume_get_store(shadows->volume, i, store, &reason) != 1)
            return fail(error, "cannot find", &reason);
        if (libvshadow_store_get_identifier(*store, found, sizeof found, &reason) == 1 &&
            memcmp(found, id, sizeof found) == 0)
            return 0;
        libvshadow_error_free(&reason);
        libvshadow_store_free(store, NULL);
    }
    return error_set(error, ERROR_DAMAGED, "libvshadow does not find it");
}

/* Read a whole block of a copy, or what there is of it at the end. */
static int read_store(struct copy *copy, uint64_t offset, uint8_t *data, size_t size,
                      struct error *error)
{
    libvshadow_error_t *reason = NULL;

    if (libvshadow_store_read_buffer_at_offset(copy->store, data, size, (off64_t)offset,
                                               &reason) == (ssize_t)size)
        return 0;
    return fail(error, "cannot read", &reason);
}

/* Open a copy, and read of it what makes libvshadow read its lists of blocks. */
static int open_copy(struct shadows *shadows, size_t index)
{
    struct copy *copy = &shadows->copies[index];
    const struct shadow_store *store = &shadows->catalog.stores[index];
    uint8_t data[SHADOW_BLOCK];

    copy->opened = true;
    if (!shadows->opened) {
        shadows->opened = true;
        open_volume(shadows, &shadows->fault);
    }
    if (shadows->fault.kind != ERROR_NONE)
        return error_set(&copy->fault, shadows->fault.kind, "%s", shadows->fault.text);
    if (find_store(shadows, store->id, &copy->store, &copy->fault) != 0)
        return -1;
    return read_store(copy, 0, data, store->size < sizeof data ? (size_t)store->size : sizeof data,
                      &copy->fault);
}

/* A copy, and those made after it, which it needs. */
static int open_chain(struct shadows *shadows, size_t index)
{
    struct copy *copies = shadows->copies;

    for (size_t i = shadows->catalog.count; i-- > index;) {
        if (!copies[i].opened)
            open_copy(shadows, i);
        if (copies[i].fault.kind == ERROR_NONE)
            continue;
        return i == index ? -1
                          : error_set(&copies[index].fault, ERROR_DAMAGED,
                                      "needs shadow copy %zu, made after it: %s", i + 1,
                                      copies[i].fault.text);
    }
    return 0;
}

struct attempt {
    struct shadows *shadows;
    size_t index;
};

static void try_chain(void *context)
{
    const struct attempt *attempt = context;

    open_chain(attempt->shadows, attempt->index);
}

/* The lock is held. */
static int need_copy(struct shadows *shadows, size_t index, struct error *error)
{
    struct copy *copy = &shadows->copies[index];
    struct attempt attempt = { shadows, index };

    if (!copy->needed &&
        trial_run(shadows->image, try_chain, &attempt, shadows->length, "lists of blocks",
                  "libvshadow", &copy->fault) == 0)
        open_chain(shadows, index);
    copy->needed = true;
    return copy->fault.kind == ERROR_NONE
               ? 0
               : error_set(error, copy->fault.kind, "%s", copy->fault.text);
}

/* --- the copy for its readers --- */

struct shadow_reader {
    struct reader reader;
    struct shadows *shadows;
    size_t index;
    char *name;
    uint64_t size;  /* of the copy */
    uint64_t block; /* that is held; UINT64_MAX: none */
    struct error loss; /* of it */
    uint8_t data[SHADOW_BLOCK];
};

/* A block that is lost is not held, so that whoever asks again is told again. */
static int load_block(struct shadow_reader *shadow, uint64_t block, size_t size,
                      struct error *error)
{
    struct shadows *shadows = shadow->shadows;
    struct error loss = ERROR_INIT;

    if (shadow->block == block)
        return 0;
    pthread_mutex_lock(&shadows->lock);
    shadows->loss = (struct error)ERROR_INIT;
    if (read_store(&shadows->copies[shadow->index], block * SHADOW_BLOCK, shadow->data, size,
                   &loss) != 0)
        memset(shadow->data, 0, size);
    else
        loss = shadows->loss;
    pthread_mutex_unlock(&shadows->lock);
    shadow->block = loss.kind == ERROR_NONE ? block : UINT64_MAX;
    if (loss.kind == ERROR_NONE)
        return 0;
    const struct gap gap = { .offset = shadows->offset + block * SHADOW_BLOCK,
                             .length = size,
                             .kind = GAP_DAMAGE,
                             .reason = "bytes of the shadow copy cannot be read",
                             .volume = shadow->name };
    image_add_gap(shadows->image, &gap);
    return error_set(error, loss.kind, "%s: %s", shadow->name, loss.text);
}

static int read_media(struct shadows *shadows, uint64_t offset, uint8_t *out, size_t size,
                      struct error *error)
{
    pthread_mutex_lock(&shadows->lock);
    int result = reader_read(shadows->media, offset, out, size, error);
    pthread_mutex_unlock(&shadows->lock);
    return result;
}

static int shadow_read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                          struct error *error)
{
    struct shadow_reader *shadow = (struct shadow_reader *)reader;
    uint64_t start = shadow->shadows->offset, end = start + shadow->size;
    uint8_t *out = buffer;
    int result = 0;

    while (size > 0) {
        size_t part = size;
        int got;
        if (offset >= start && offset < end) {
            uint64_t block = (offset - start) / SHADOW_BLOCK, at = block * SHADOW_BLOCK;
            size_t whole = shadow->size - at < SHADOW_BLOCK ? (size_t)(shadow->size - at)
                                                            : SHADOW_BLOCK;
            size_t into = (size_t)(offset - start - at);
            part = whole - into < part ? whole - into : part;
            got = load_block(shadow, block, whole, result == 0 ? error : NULL);
            memcpy(out, shadow->data + into, part);
        } else {
            if (offset < start && start - offset < part)
                part = (size_t)(start - offset);
            got = read_media(shadow->shadows, offset, out, part, result == 0 ? error : NULL);
        }
        result = got != 0 ? -1 : result;
        offset += part;
        out += part;
        size -= part;
    }
    return result;
}

static void shadow_free(struct reader *reader)
{
    free(((struct shadow_reader *)reader)->name);
    free(reader);
}

int shadows_reader(struct shadows *shadows, size_t index, const char *name,
                   struct reader **reader, struct error *error)
{
    static const struct reader_operations operations = { shadow_read_at, shadow_free };
    const struct shadow_store *store = &shadows->catalog.stores[index];
    struct shadow_reader *shadow;

    if (store->fault.kind != ERROR_NONE)
        return error_set(error, store->fault.kind, "%s", store->fault.text);
    pthread_mutex_lock(&shadows->lock);
    int result = need_copy(shadows, index, error);
    pthread_mutex_unlock(&shadows->lock);
    if (result != 0)
        return -1;
    shadow = malloc(sizeof *shadow);
    char *copy = strdup(name);
    if (!shadow || !copy) {
        free(shadow);
        free(copy);
        return error_set_memory(error);
    }
    uint64_t end = shadows->offset + store->size, media = image_size(shadows->image);
    shadow->reader = (struct reader){ &operations, end > media ? end : media };
    shadow->shadows = shadows;
    shadow->index = index;
    shadow->name = copy;
    shadow->size = store->size;
    shadow->block = UINT64_MAX;
    *reader = &shadow->reader;
    return 0;
}

/* --- all copies --- */

static int read_catalog(struct shadows *shadows, struct error *error)
{
    struct reader *volume = reader_over_part(shadows->media, shadows->offset, shadows->length);

    if (!volume)
        return error_set_memory(error);
    int result = shadow_catalog_read(&shadows->catalog, volume, error);
    reader_free(volume);
    if (result != 0)
        return -1;
    shadows->copies = calloc(shadows->catalog.count + 1, sizeof *shadows->copies);
    return shadows->copies ? 0 : error_set_memory(error);
}

int shadows_open(struct shadows **shadows, struct image *image, uint64_t offset,
                 uint64_t length, struct error *error)
{
    uint8_t head[SHADOW_ID];
    struct reader *media;

    *shadows = NULL;
    if (length < SHADOW_HEADER_AT + BOOT_SECTOR)
        return 0;
    if (image_reader(image, &media, error) != 0)
        return -1;
    if (reader_read(media, offset + SHADOW_HEADER_AT, head, sizeof head, NULL) != 0 ||
        !shadow_catalog_is(head)) {
        reader_free(media);
        return 0;
    }
    struct shadows *new = calloc(1, sizeof *new);
    if (!new || pthread_mutex_init(&new->lock, NULL) != 0) {
        free(new);
        reader_free(media);
        return error_set_memory(error);
    }
    new->image = image;
    new->media = media;
    new->offset = offset;
    new->length = length;
    if (read_catalog(new, error) != 0) {
        shadows_free(new);
        return -1;
    }
    *shadows = new;
    return 0;
}

void shadows_free(struct shadows *shadows)
{
    if (!shadows)
        return;
    for (size_t i = 0; shadows->copies && i < shadows->catalog.count; i++)
        if (shadows->copies[i].store)
            libvshadow_store_free(&shadows->copies[i].store, NULL);
    if (shadows->volume)
        libvshadow_volume_free(&shadows->volume, NULL);
    if (shadows->handle)
        libbfio_handle_free(&shadows->handle, NULL);
    free(shadows->copies);
    shadow_catalog_release(&shadows->catalog);
    reader_free(shadows->media);
    pthread_mutex_destroy(&shadows->lock);
    free(shadows);
}

const struct shadow_catalog *shadows_catalog(const struct shadows *shadows)
{
    return &shadows->catalog;
}

void shadows_version(version_sink sink, void *context)
{
    sink(context, "libvshadow", libvshadow_get_version());
    sink(context, "libbfio", libbfio_get_version());
}
