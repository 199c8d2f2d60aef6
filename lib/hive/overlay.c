/* SPDX-License-Identifier: Apache-2.0 */

/* overlay: see overlay.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>

#include "overlay.h"

/* Read what [at, at + length) and the wanted stretch share. The first failure
 * is the one that is told. */
static int read_shared(struct reader *from, uint64_t from_at, uint64_t at, uint64_t length,
                       uint64_t offset, uint8_t *buffer, size_t size, struct error *error)
{
    uint64_t begin = at > offset ? at : offset, end = offset + size;

    if (end > at + length)
        end = at + length;
    if (begin >= end)
        return 0;
    return reader_read(from, from_at + (begin - at), buffer + (begin - offset),
                       (size_t)(end - begin), error);
}

static int read_at(struct reader *reader, uint64_t offset, void *buffer, size_t size,
                   struct error *error)
{
    struct overlay *overlay = (struct overlay *)reader;
    struct reader *primary = overlay->primary;
    int result = 0;

    memset(buffer, 0, size);
    if (read_shared(primary, 0, 0, primary->size, offset, buffer, size, error) != 0)
        result = -1;
    for (size_t i = 0; i < overlay->count; i++) {
        const struct patch *patch = &overlay->patches[i];
        if (read_shared(patch->log, patch->from, patch->at, patch->length, offset, buffer, size,
                        result == 0 ? error : NULL) != 0)
            result = -1;
    }
    if (offset < OVERLAY_HEAD_SIZE) {
        size_t left = OVERLAY_HEAD_SIZE - (size_t)offset;
        memcpy(buffer, overlay->head + offset, size < left ? size : left);
    }
    return result;
}

static void free_overlay(struct reader *reader)
{
    free(((struct overlay *)reader)->patches);
    free(reader);
}

struct overlay *overlay_new(struct reader *primary)
{
    static const struct reader_operations operations = { read_at, free_overlay };
    struct overlay *overlay = malloc(sizeof *overlay);

    if (!overlay)
        return NULL;
    *overlay = (struct overlay){
        .reader = { &operations, primary->size },
        .primary = primary,
    };
    reader_read(primary, 0, overlay->head, sizeof overlay->head, NULL);
    return overlay;
}

int overlay_add(struct overlay *overlay, const struct patch *patch, struct error *error)
{
    struct patch *last = overlay->count > 0 ? &overlay->patches[overlay->count - 1] : NULL;

    if (overlay->reader.size < patch->at + patch->length)
        overlay->reader.size = patch->at + patch->length;
    if (last && last->log == patch->log && last->at + last->length == patch->at &&
        last->from + last->length == patch->from) {
        last->length += patch->length;
        return 0;
    }
    if (memory_grow((void **)&overlay->patches, &overlay->capacity, overlay->count + 1,
                    sizeof *overlay->patches) != 0)
        return error_set_memory(error);
    overlay->patches[overlay->count++] = *patch;
    return 0;
}
