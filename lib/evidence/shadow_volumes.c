/* SPDX-License-Identifier: Apache-2.0 */

/* shadow_volumes: see shadow_volumes.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "shadow_volumes.h"

static void set_id(char text[SHADOW_ID_TEXT], const uint8_t *id)
{
    struct buffer buffer = BUFFER_INIT;

    text_add_guid(&buffer, id);
    snprintf(text, SHADOW_ID_TEXT, "%s", buffer_text(&buffer));
    buffer_release(&buffer);
}

static int set_texts(struct shadow_volume *copy, const struct volume *of,
                     const struct shadow_store *store)
{
    bool lost = store->fault.kind != ERROR_NONE;

    set_id(copy->id, store->id);
    if (store->described) {
        set_id(copy->copy_id, store->copy_id);
        set_id(copy->set_id, store->set_id);
    }
    if (asprintf(&copy->name, "%s.vss%zu", of->name, copy->index + 1) < 0)
        copy->name = NULL;
    if (asprintf(&copy->detail, "shadow copy of %s%s%s", of->name, lost ? ", unreadable: " : "",
                 store->fault.text) < 0)
        copy->detail = NULL;
    return copy->name && copy->detail ? 0 : -1;
}

static int add(struct shadow_volumes *copies, struct shadows *all, size_t index,
               const struct volume *of)
{
    const struct shadow_store *store = &shadows_catalog(all)->stores[index];
    bool lost = store->fault.kind != ERROR_NONE;

    if (memory_grow((void **)&copies->items, &copies->capacity, copies->count + 1,
                    sizeof *copies->items) != 0)
        return -1;
    struct shadow_volume *copy = &copies->items[copies->count++];
    *copy = (struct shadow_volume){ .all = all, .index = index };
    copy->shadow.of = of;
    copy->shadow.created = instant_from_filetime(store->filetime);
    copy->shadow.machine = buffer_text(&store->machine);
    copy->volume = (struct volume){
        .offset = of->offset,
        .length = store->size < of->declared ? store->size : of->declared,
        .declared = of->declared,
        .slot = -1,
        .kind = lost ? FS_KNOWN : FS_NTFS,
        .kind_name = of->kind_name,
        .unread = lost,
    };
    return set_texts(copy, of, store);
}

static int find(struct shadow_volumes *copies, struct image *image, struct volume *volume,
                struct error *error)
{
    struct shadows *all;

    if (memory_grow((void **)&copies->shadows, &copies->shadows_capacity,
                    copies->shadows_count + 1, sizeof *copies->shadows) != 0)
        return error_set_memory(error);
    if (shadows_open(&all, image, volume->offset, volume->length, error) != 0)
        return -1;
    if (!all)
        return 0;
    copies->shadows[copies->shadows_count++] = all;
    volume->has_shadows = true;
    const struct shadow_catalog *catalog = shadows_catalog(all);
    if (catalog->fault.kind != ERROR_NONE)
        volume->shadow_fault = catalog->fault.text;
    for (size_t i = 0; i < catalog->count; i++)
        if (add(copies, all, i, volume) != 0)
            return error_set_memory(error);
    return 0;
}

int shadow_volumes_find(struct shadow_volumes *copies, struct image *image,
                        struct volume *volumes, size_t count, struct error *error)
{
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++)
        if (strcmp(volumes[i].kind_name, "NTFS") == 0)
            result = find(copies, image, &volumes[i], error);
    for (size_t i = 0; i < copies->count; i++) {
        struct shadow_volume *copy = &copies->items[i];
        copy->shadow.id = copy->id;
        copy->shadow.copy_id = copy->copy_id;
        copy->shadow.set_id = copy->set_id;
        copy->volume.name = copy->name;
        copy->volume.detail = copy->detail;
        copy->volume.shadow = &copy->shadow;
    }
    return result;
}

void shadow_volumes_release(struct shadow_volumes *copies)
{
    for (size_t i = 0; i < copies->count; i++) {
        free(copies->items[i].name);
        free(copies->items[i].detail);
    }
    for (size_t i = 0; i < copies->shadows_count; i++)
        shadows_free(copies->shadows[i]);
    free(copies->items);
    free(copies->shadows);
    *copies = (struct shadow_volumes){ .items = NULL };
}

int volume_reader(struct image *image, const struct volume *volume, struct reader **reader,
                  struct error *error)
{
    const struct shadow_volume *copy = (const struct shadow_volume *)volume;

    if (!volume || !volume->shadow)
        return image_reader(image, reader, error);
    return shadows_reader(copy->all, copy->index, copy->name, reader, error);
}
