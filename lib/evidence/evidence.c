/* SPDX-License-Identifier: Apache-2.0 */

/* evidence: images, loose files and folders, each opened once. See object.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <fett/buffer.h>
#include <fett/bytes.h>
#include <fett/limits.h>

#include "object_internal.h"

struct objects *objects_new(const struct objects_options *options)
{
    struct objects *objects = calloc(1, sizeof *objects);

    if (objects)
        objects->options = *options;
    return objects;
}

static void free_item(struct evidence_item *item)
{
    for (size_t i = 0; i < item->volume_count; i++)
        filesystem_free(item->evidence.filesystems[i]);
    for (size_t i = 0;
         item->evidence.default_zones && i < volumes_count(item->evidence.volumes); i++)
        zone_free(item->evidence.default_zones[i]);
    free(item->evidence.default_zones);
    free(item->evidence.filesystems);
    free(item->evidence.faults);
    volumes_free(item->evidence.volumes);
    image_free(item->evidence.image);
    tree_free(item->evidence.directory);
    if (item->evidence.gaps)
        gaps_release(item->evidence.gaps);
    free(item->name);
    free(item->path);
    free(item);
}

void objects_free(struct objects *objects)
{
    if (!objects)
        return;
    for (size_t i = 0; i < objects->count; i++)
        free_item(objects->items[i]);
    free(objects->items);
    free(objects);
}

size_t objects_count(const struct objects *objects)
{
    return objects->count;
}

struct evidence *objects_get(struct objects *objects, size_t index)
{
    return &objects->items[index]->evidence;
}

/* Whether the command parses this file's format by itself. */
static bool is_loose(const struct objects *objects, const char *path)
{
    struct reader *reader;
    uint8_t head[OBJECT_HEAD_SIZE];
    bool loose = false;

    if (!objects->options.is_loose || objects->options.image.force_raw ||
        reader_open_file(&reader, path, NULL) != 0)
        return false;
    size_t size = reader->size < sizeof head ? (size_t)reader->size : sizeof head;
    if (reader_read(reader, 0, head, size, NULL) == 0)
        loose = objects->options.is_loose(head, size);
    if (!loose && objects->options.is_loose_behind_zeros &&
        bytes_all_zero(head, size < READER_PAGE ? size : READER_PAGE) &&
        reader_skip_zeros(reader, LIMIT_LEADING_ZEROS, head, &size) == 0)
        loose = objects->options.is_loose_behind_zeros(head, size);
    reader_free(reader);
    return loose;
}

static int open_image(struct objects *objects, struct evidence_item *item, struct error *error)
{
    struct evidence *evidence = &item->evidence;

    if (image_open(&evidence->image, item->path, &objects->options.image, error) != 0 ||
        volumes_open(&evidence->volumes, evidence->image, error) != 0)
        return -1;
    item->volume_count =
        volumes_count(evidence->volumes) + volumes_shadow_count(evidence->volumes);
    evidence->filesystems = calloc(item->volume_count + 1, sizeof *evidence->filesystems);
    evidence->faults = calloc(item->volume_count + 1, sizeof *evidence->faults);
    return evidence->filesystems && evidence->faults ? 0 : error_set_memory(error);
}

static void add_loss(void *context, const char *path, const char *reason)
{
    struct evidence_item *item = context;
    const struct gap gap = { .kind = GAP_DAMAGE, .reason = reason, .path = path };

    gaps_add(&item->gaps, &gap);
}

static int open_directory(struct evidence_item *item, struct error *error)
{
    if (gaps_init(&item->gaps) != 0)
        return error_set_memory(error);
    item->evidence.gaps = &item->gaps;
    return tree_open_directory(&item->evidence.directory, item->path, add_loss, item, error);
}

void evidence_add_gap(struct evidence *evidence, const struct gap *gap)
{
    if (evidence->gaps)
        gaps_add(evidence->gaps, gap);
}

bool evidence_take_gap(struct evidence *evidence, uint64_t offset, struct gap *gap)
{
    return evidence->image  ? image_take_gap(evidence->image, offset, gap)
           : evidence->gaps ? gaps_take(evidence->gaps, offset, gap)
                            : false;
}

struct evidence_item *objects_find_segment(const struct objects *objects, const char *path)
{
    struct stat file, status;

    if (stat(path, &file) != 0)
        return NULL;
    for (size_t i = 0; i < objects->count; i++) {
        const struct image *image = objects->items[i]->evidence.image;
        for (size_t k = 1; image && k < image_segment_count(image); k++)
            if (stat(image_segment_path(image, k), &status) == 0 &&
                status.st_dev == file.st_dev && status.st_ino == file.st_ino)
                return objects->items[i];
    }
    return NULL;
}

/* As what its path says it is. */
static int open_item(struct objects *objects, struct evidence_item *item, bool has_more,
                     struct error *error)
{
    struct stat status;

    if (stat(item->path, &status) != 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        error_set_errno(error, "cannot open: %s", item->path);
        if (error && missing)
            error->kind = ERROR_NOT_FOUND;
        return -1;
    }
    if (S_ISDIR(status.st_mode) && (has_more || !objects->options.takes_directories))
        return error_set(error, ERROR_USAGE, "is a folder: %s", item->path);
    if (S_ISDIR(status.st_mode))
        return open_directory(item, error);
    if (!has_more && is_loose(objects, item->path))
        return 0;
    return open_image(objects, item, error);
}

int objects_get_evidence(struct objects *objects, char *name, char *path, bool has_more,
                         struct evidence_item **found, struct error *error)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct evidence_item *item = objects->items[i];
        if (strcmp(item->name, name) == 0 && (item->evidence.image || !has_more)) {
            free(name);
            free(path);
            *found = item;
            return 0;
        }
    }
    struct evidence_item *item = calloc(1, sizeof *item);
    if (!item || memory_grow((void **)&objects->items, &objects->capacity, objects->count + 1,
                             sizeof *objects->items) != 0) {
        free(item);
        free(name);
        free(path);
        return error_set_memory(error);
    }
    item->name = name;
    item->path = path;
    item->evidence.name = name;
    item->evidence.path = path;
    item->evidence.zone = objects->options.zone;
    item->evidence.finds_zone = objects->options.finds_zone;
    if (open_item(objects, item, has_more, error) != 0) {
        free_item(item);
        return -1;
    }
    objects->items[objects->count++] = item;
    *found = item;
    return 0;
}

int evidence_filesystem(struct evidence *evidence, const struct volume *volume,
                        struct filesystem **filesystem, struct error *error)
{
    size_t index = 0;

    while (volumes_get(evidence->volumes, index) != volume)
        index++;
    struct error *fault = &evidence->faults[index];
    if (!evidence->filesystems[index]) {
        if (fault->kind == ERROR_NONE)
            filesystem_open(&evidence->filesystems[index], evidence->image, volume, fault);
        if (fault->kind != ERROR_NONE)
            return error_set(error, fault->kind, "%s", fault->text);
        filesystem_set_zone(evidence->filesystems[index], evidence->zone);
    }
    *filesystem = evidence->filesystems[index];
    return 0;
}
