/* SPDX-License-Identifier: Apache-2.0 */

/*
 * default_zone: the zone of local times, where none was given.
 *
 * FAT keeps the time of the machine's clock. Windows in the same volume, else the only
 * zone of those in the same image, tells what that was. Only folders in the root of a
 * volume are asked whether they are a Windows: no more of it has to be walked.
 */

#include <stdlib.h>

#include "autorun_internal.h"

struct folders {
    struct buffer names; /* each with its NUL */
};

static int note_folder(void *context, const struct file *file)
{
    struct folders *folders = context;

    if (file->type == FILE_DIRECTORY) {
        buffer_add(&folders->names, file->path, file->path_length);
        buffer_add_byte(&folders->names, '\0');
    }
    return 0;
}

void autorun_find_machines(struct autoruns *all)
{
    static const char *const hives[] = { "/system32/config/software",
                                         "/system32/config/system", "/system.dat" };
    struct folders folders = { BUFFER_INIT };
    struct buffer path = BUFFER_INIT;
    struct file file;

    if (tree_root(all->tree, &file, NULL) == 0)
        tree_list(all->tree, file.handle, note_folder, &folders, NULL);
    for (size_t at = 0; at < folders.names.length; at += strlen(folders.names.data + at) + 1)
        for (size_t i = 0; i < sizeof hives / sizeof *hives; i++) {
            buffer_clear(&path);
            buffer_add_format(&path, "%s%s", folders.names.data + at, hives[i]);
            if (tree_lookup(all->tree, buffer_text(&path), &file, NULL) == 0 &&
                file.type == FILE_REGULAR)
                autorun_add_place(all, &file, PLACE_HIVE, false);
        }
    buffer_release(&folders.names);
    buffer_release(&path);
}

/* The zone that a hive of the machine tells; NULL: it is another hive, or tells none. */
static struct zone *zone_of_place(struct autoruns *all, const struct place *place)
{
    struct zone *zone = NULL;
    struct hive *hive;

    if (autorun_open_hive(all, place, &hive) != 0)
        return NULL;
    const struct mounted_hive mounted = { .hive = hive,
                                          .kind = autorun_hive_kind(hive),
                                          .mount = "" };
    enum host_hive kind;
    all->place = place;
    all->installation = place->installation;
    if ((mounted.kind == AUTORUN_SYSTEM || mounted.kind == AUTORUN_9X_SYSTEM) &&
        host_kind_of(&mounted, &kind))
        zone = host_find_zone(all, hive, kind);
    hive_free(hive);
    return zone;
}

/* The only zone of the Windows of a tree, with the path of a hive that tells it. */
static struct zone *zone_of_tree(struct evidence *evidence, const struct volume *volume,
                                 struct tree *tree, struct buffer *path)
{
    struct autoruns all = { .evidence = evidence, .volume = volume, .tree = tree, .whole = true };
    struct zone *found = NULL;
    bool several = false;

    autorun_find_machines(&all);
    if (all.place_count > 0 && autorun_find_installations(&all, NULL) == 0)
        for (size_t i = 0; i < all.place_count; i++) {
            struct zone *zone = all.places[i].backup ? NULL : zone_of_place(&all, &all.places[i]);
            if (zone && !found) {
                found = zone;
                buffer_add_text(path, all.places[i].path);
                continue;
            }
            several |= zone && strcmp(zone_name(zone), zone_name(found)) != 0;
            zone_free(zone);
        }
    autorun_release(&all);
    if (!several)
        return found;
    zone_free(found);
    buffer_clear(path);
    return NULL;
}

const struct zone *autorun_zone(const struct autoruns *all)
{
    return all->evidence->zone ? all->evidence->zone
           : all->installation ? all->installation->zone
                               : NULL;
}

void autorun_seek_zone(struct autoruns *all)
{
    struct installation *installation = NULL;

    for (size_t i = 0; i < all->installation_count; i++)
        if (&all->installations[i] == all->installation)
            installation = &all->installations[i];
    if (all->evidence->zone || !installation || !all->evidence->finds_zone)
        return;
    const struct place *walked = all->place;
    for (size_t i = 0; i < all->place_count && !installation->zone_sought; i++) {
        const struct place *place = &all->places[i];
        if (place->kind != PLACE_HIVE || place->backup != walked->backup ||
            place->installation != installation ||
            !(autorun_ends_with(place->path, "/system") ||
              autorun_ends_with(place->path, "/system.dat")))
            continue;
        installation->zone = zone_of_place(all, place);
        installation->zone_sought = installation->zone != NULL;
        all->place = walked;
        all->installation = installation;
    }
    installation->zone_sought = true;
}

static bool keeps_local_time(const struct volume *volume)
{
    return volume->kind == FS_FAT12 || volume->kind == FS_FAT16 || volume->kind == FS_FAT32 ||
           volume->kind == FS_EXFAT;
}

/* Whether the object has files with local times. */
static bool needs_zone(const struct object *object)
{
    const struct evidence *evidence = object->evidence;
    bool needs = false;

    if (object->volume)
        return keeps_local_time(object->volume);
    for (size_t i = 0; evidence->volumes && i < volumes_count(evidence->volumes); i++)
        needs |= keeps_local_time(volumes_get(evidence->volumes, i));
    return needs && object->kind != OBJECT_BYTES;
}

static void tell(struct buffer *told, const struct volume *volume, const struct zone *zone,
                 const char *path)
{
    buffer_add_format(told, "%s%s: %s, by %s", told->length > 0 ? "; " : "", volume->name,
                      zone_name(zone), path);
}

/* Which of the zones of the volumes is that of all Windows, their count: of none. */
static size_t common_zone(struct zone *const *zones, size_t count)
{
    size_t common = count;

    for (size_t i = 0; i < count; i++) {
        if (common < count && zones[i] &&
            strcmp(zone_name(zones[common]), zone_name(zones[i])) != 0)
            return count;
        if (common == count && zones[i])
            common = i;
    }
    return common;
}

const struct zone *examine_volume_zone(const struct evidence *evidence,
                                       const struct volume *volume)
{
    size_t count = evidence->volumes ? volumes_count(evidence->volumes) : 0;

    if (evidence->zone || !evidence->default_zones)
        return evidence->zone;
    for (size_t i = 0; i < count; i++)
        if (volumes_get(evidence->volumes, i) == volume && evidence->default_zones[i])
            return evidence->default_zones[i];
    size_t common = common_zone(evidence->default_zones, count);
    return common < count ? evidence->default_zones[common] : NULL;
}

/* Set the zone of each volume, as long as the evidence lives; what tells it goes to
 * `told`. */
static void set_zones(struct evidence *evidence, struct zone **zones, const struct buffer *paths,
                      bool always, struct buffer *told)
{
    struct filesystem *filesystem;
    size_t count = volumes_count(evidence->volumes), common = common_zone(zones, count);

    for (size_t i = 0; i < count; i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        size_t by = zones[i] ? i : common;
        if (by == count || !(always || keeps_local_time(volume)) || !volume_has_files(volume) ||
            evidence_filesystem(evidence, volume, &filesystem, NULL) != 0)
            continue;
        filesystem_set_zone(filesystem, zones[by]);
        tell(told, volume, zones[by], buffer_text(&paths[by]));
    }
}

int examine_default_zone(struct object *object, bool always, struct buffer *told,
                         struct error *error)
{
    struct evidence *evidence = object->evidence;
    size_t count = evidence->volumes ? volumes_count(evidence->volumes) : 0;

    if (!evidence->finds_zone || evidence->default_zones || count == 0 ||
        !(always || needs_zone(object)))
        return 0;
    struct zone **zones = calloc(count, sizeof *zones);
    struct buffer *paths = calloc(count, sizeof *paths);
    if (!zones || !paths) {
        free(zones);
        free(paths);
        return error_set_memory(error);
    }
    evidence->default_zones = zones;
    for (size_t i = 0; i < count; i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        struct filesystem *filesystem;
        if (volume_has_files(volume) &&
            evidence_filesystem(evidence, volume, &filesystem, NULL) == 0)
            zones[i] =
                zone_of_tree(evidence, volume, filesystem_tree(filesystem), &paths[i]);
    }
    set_zones(evidence, zones, paths, always, told);
    for (size_t i = 0; i < count; i++)
        buffer_release(&paths[i]);
    free(paths);
    return told->failed ? error_set_memory(error) : 0;
}
