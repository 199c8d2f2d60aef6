/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_redirected: Startup folders that stand elsewhere than Windows puts them, or
 * have a name in a language that is not in the catalogue: the hives say where.
 */

#include <stdlib.h>

#include "autorun_internal.h"

#define EXPLORER "Microsoft\\Windows\\CurrentVersion\\Explorer\\"

struct handles {
    uint64_t *items;
    size_t count, capacity;
    bool out_of_memory;
};

static int add_handle(void *context, const struct file *file)
{
    struct handles *handles = context;

    if (file->type != FILE_REGULAR ||
        text_compare_nocase(file->name, file->name_length, "desktop.ini", 11) == 0)
        return 0;
    if (memory_grow((void **)&handles->items, &handles->capacity, handles->count + 1,
                    sizeof *handles->items) != 0) {
        handles->out_of_memory = true;
        return -1;
    }
    handles->items[handles->count++] = file->handle;
    return 0;
}

/* A file of a folder that lies there, on this drive (0: on the volume that is walked). */
static int emit_file(struct autoruns *all, const struct where *where, char drive, uint64_t handle,
                     struct error *error)
{
    struct place place = { .kind = PLACE_STARTUP,
                           .handle = handle,
                           .installation = all->installation,
                           .named_by = all->place };
    struct error reason = ERROR_INIT;
    struct reader *reader;
    struct file file;

    if (tree_file(where->tree, handle, &file, error) != 0)
        return -1;
    if (drive) {
        place.where = *where;
        place.drive = drive;
    }
    place.time = file.times.modified;
    place.path = strndup(file.path, file.path_length);
    if (!place.path)
        return error_set_memory(error);
    strcpy(place.inode, file.inode);
    const struct place *hive = all->place;
    all->place = &place;
    bool opened = tree_open(where->tree, handle, &reader, &reason) == 0;
    if (!opened)
        autorun_report_unopened(all, &reason);
    int result = autorun_emit_startup(all, opened ? reader : NULL, error);
    if (opened)
        reader_free(reader);
    all->place = hive;
    all->startup_hive = NULL; /* its names are of a place that ends here */
    free(place.path);
    return result;
}

/* The files of a folder, unless they are found by its name where their volume is walked. */
static int emit_folder(struct autoruns *all, struct buffer *path, struct error *error)
{
    struct handles handles = { .count = 0 };
    int result = 0;

    if (path->length == 0 || autorun_look_up(all, path->data) != LOOKUP_FOUND ||
        all->found.type != FILE_DIRECTORY)
        return 0;
    const struct where where = all->where;
    char drive = where.tree != all->tree ? *buffer_text(&all->way) : '\0';
    uint64_t folder = all->found.handle;
    buffer_clear(path);
    buffer_add(path, all->found.path, all->found.path_length);
    buffer_add_text(path, "/x");
    if (path->failed)
        return error_set_memory(error);
    if (autorun_is_startup(path->data) && (!drive || !all->alone))
        return 0;
    /* A folder that cannot be listed was told when the tree was walked. */
    tree_list(where.tree, folder, add_handle, &handles, NULL);
    for (size_t i = 0; i < handles.count && result == 0; i++)
        result = emit_file(all, &where, drive, handles.items[i], error);
    free(handles.items);
    return handles.out_of_memory ? error_set_memory(error) : result;
}

/* What a user's or the machine's Explorer takes its Startup folders from. */
static int emit_of(struct autoruns *all, struct hive *hive, hive_key software,
                   struct error *error)
{
    static const char *const names[] = { "Startup", "Common Startup", "AltStartup",
                                         "Common AltStartup" };
    static const char *const keys[] = { EXPLORER "User Shell Folders", EXPLORER "Shell Folders" };
    const struct autorun_machine machine = autorun_machine_walked(all, NULL);
    struct buffer text = BUFFER_INIT, path = BUFFER_INIT;
    bool guessed; /* which is no harm: folders are only looked for */
    int result = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names && result == 0; i++) {
        buffer_clear(&text);
        for (size_t k = 0; k < sizeof keys / sizeof *keys && text.length == 0; k++) {
            hive_key key = hive_key_find(hive, software, keys[k]);
            struct hive_value value;
            if (key && hive_value_find(hive, key, names[i], &value, NULL) == 0)
                hive_value_text(hive, &value, &text);
        }
        buffer_clear(&path);
        if (text.length > 0 &&
            autorun_path(&machine, text.data, strlen(text.data), &path, &guessed))
            result = emit_folder(all, &path, error);
    }
    if (result == 0 && (text.failed || path.failed))
        result = error_set_memory(error);
    buffer_release(&text);
    buffer_release(&path);
    return result;
}

int autorun_emit_redirected(struct autoruns *all, struct hive *hive, enum autorun_hive kind,
                            struct error *error)
{
    hive_key root = hive_root(hive), software;
    int result = 0;

    if (!all->tree || !all->place || all->place->backup)
        return 0;
    all->origin = NULL;
    if (kind == AUTORUN_SOFTWARE)
        return emit_of(all, hive, root, error);
    if (kind == AUTORUN_USER || kind == AUTORUN_9X_SYSTEM)
        return (software = hive_key_find(hive, root, "Software")) != 0
                   ? emit_of(all, hive, software, error)
                   : 0;
    /* USER.DAT has a key for each user at its root. */
    for (size_t i = 0; kind == AUTORUN_9X_USER && i < hive_key_child_count(hive, root) &&
                       result == 0; i++)
        if ((software = hive_key_find(hive, hive_key_child(hive, root, i), "Software")) != 0)
            result = emit_of(all, hive, software, error);
    return result;
}
