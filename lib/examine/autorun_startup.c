/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_startup: which files of Startup folders are switched off. A user's
 * hive says so of the folder in the profile that it lies in, the machine's of
 * the folder of all users.
 */

#include "autorun_internal.h"

static size_t folder_length(const char *path)
{
    return (size_t)(strrchr(path, '/') - path);
}

static bool is_users_hive(const struct place *hive, const struct place *file)
{
    size_t length = folder_length(hive->path);

    return length > 0 &&
           (autorun_ends_with(hive->path, "/ntuser.dat") ||
            autorun_ends_with(hive->path, "/ntuser.man")) &&
           autorun_lies_in(file->path, hive->path, length);
}

static bool is_machines_hive(const struct place *hive, const struct place *file)
{
    return hive->installation && hive->installation == file->installation &&
           autorun_ends_with(hive->path, "/config/software");
}

/* The hive that tells of a file; NULL when it is not there. */
static const struct place *hive_of(const struct autoruns *all, const struct place *file)
{
    const struct place *machines = NULL;

    if (file->named_by)
        return file->named_by;
    for (size_t i = 0; i < all->place_count; i++) {
        const struct place *hive = &all->places[i];
        if (hive->kind != PLACE_HIVE || hive->backup != file->backup)
            continue;
        if (is_users_hive(hive, file))
            return hive;
        if (is_machines_hive(hive, file))
            machines = hive;
    }
    return machines;
}

static void add_name(void *context, const char *name, size_t size)
{
    struct buffer *names = context;

    buffer_add(names, name, size);
    buffer_add_byte(names, '\0');
}

/* One that cannot be read is told when it is walked. */
static void load(struct autoruns *all, const struct place *place)
{
    struct hive *hive;

    buffer_clear(&all->startup_off);
    all->startup_hive = place;
    if (!place || autorun_open_hive(all, place, &hive) != 0)
        return;
    autorun_startup_off(hive, autorun_hive_kind(hive), add_name, &all->startup_off);
    hive_free(hive);
    all->out_of_memory |= all->startup_off.failed;
}

bool autorun_startup_is_off(struct autoruns *all)
{
    const struct place *hive = hive_of(all, all->place);
    const char *name = strrchr(all->place->path, '/') + 1;

    /* Files of one folder come one after the other. */
    if (hive != all->startup_hive)
        load(all, hive);
    const struct buffer *names = &all->startup_off;
    for (size_t at = 0; at < names->length; at += strlen(names->data + at) + 1)
        if (text_equal_nocase(names->data + at, name))
            return true;
    return false;
}
