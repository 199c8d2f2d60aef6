/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_places: hives, INI files and Startup folders of a tree.
 *
 * In a file system a hive is taken by its name and place; in a folder of the
 * examiner's machine, where hives are collected in any way, by its first bytes.
 * Those in RegBack, repair, .DA0 and the like are backups.
 */

#include <stdlib.h>

#include "autorun_internal.h"

static bool matches(const char *path, const char *const patterns[])
{
    for (size_t i = 0; patterns[i]; i++)
        if (text_glob(patterns[i], path, strlen(path)))
            return true;
    return false;
}

/* What a file is by its path; -1: nothing of interest. */
static int place_of(const char *path, bool *backup)
{
    static const char *const hives[] = {
        "*/config/software", "*/config/system", "*/config/default", "*/ntuser.dat",
        "*/ntuser.man",      "*/system.dat",    "*/user.dat",       NULL
    };
    static const char *const backups[] = {
        "*/config/regback/s*", "*/config/regback/default", "*/repair/software", "*/repair/system",
        "*/repair/default", "*/repair/ntuser.dat", "*/system.da0", "*/user.da0", "/system.1st",
        "*/snapshot/_registry_machine_software", "*/snapshot/_registry_machine_system",
        "*/snapshot/_registry_user_ntuser_*", "/windows.old/*/config/software",
        "/windows.old/*/config/system", "/windows.old/*/ntuser.dat", NULL
    };

    *backup = matches(path, backups);
    if (*backup || matches(path, hives))
        return PLACE_HIVE;
    if (autorun_ends_with(path, "/win.ini") || autorun_ends_with(path, "/system.ini"))
        return PLACE_INI;
    if (autorun_ends_with(path, "/desktop.ini"))
        return -1;
    for (size_t i = 0; autorun_startup_folder(i); i++)
        if (text_glob(autorun_startup_folder(i), path, strlen(path)))
            return PLACE_STARTUP;
    return -1;
}

/* The Windows folder is where config/software, or win.ini of 9x, stands. */
static void note_windows(struct autoruns *all, const char *path)
{
    static const char *const marks[] = { "/system32/config/software", "/system.dat" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (autorun_ends_with(path, marks[i]) && !text_glob("/windows.old/*", path, strlen(path)) &&
            !*all->windows) {
            char *windows = strndup(path, strlen(path) - strlen(marks[i]));
            if (!windows)
                return;
            free(all->windows);
            all->windows = windows;
        }
}

static int note_deleted(struct autoruns *all, const struct file *file)
{
    if (memory_grow((void **)&all->deleted, &all->deleted_capacity, all->deleted_count + 1,
                    sizeof *all->deleted) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    all->deleted[all->deleted_count++] =
        (struct deleted){ text_hash_nocase(file->path, file->path_length), file->handle };
    return 0;
}

static int compare_deleted(const void *a, const void *b)
{
    const struct deleted *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->handle > y->handle) - (x->handle < y->handle);
}

int autorun_add_place(struct autoruns *all, const struct file *file, enum place_kind kind,
                      bool backup)
{
    char *path = strndup(file->path, file->path_length);

    if (!path || memory_grow((void **)&all->places, &all->place_capacity, all->place_count + 1,
                             sizeof *all->places) != 0) {
        free(path);
        all->out_of_memory = true;
        return -1;
    }
    struct place *place = &all->places[all->place_count++];
    *place = (struct place){
        .kind = kind, .handle = file->handle, .path = path, .backup = backup
    };
    strcpy(place->inode, file->inode);
    note_windows(all, path);
    return 0;
}

static int collect(void *context, const struct file *file)
{
    struct autoruns *all = context;
    bool backup;

    if (file->type != FILE_REGULAR || file->stream)
        return 0;
    if (file->state == FILE_DELETED)
        return note_deleted(all, file);
    if (file->state != FILE_ALLOCATED)
        return 0;
    int kind = place_of(file->path, &backup);
    return kind < 0 ? 0 : autorun_add_place(all, file, (enum place_kind)kind, backup);
}

/* Of a folder of the examiner's machine: hives by what they begin with. */
static int collect_loose(void *context, const struct file *file)
{
    struct autoruns *all = context;
    struct error error = ERROR_INIT;
    struct reader *reader;
    uint8_t head[HIVE_HEAD_SIZE];
    bool backup, hive = false;

    if (file->type != FILE_REGULAR)
        return 0;
    int kind = place_of(file->path, &backup);
    if (kind != PLACE_HIVE) {
        if (tree_open(all->tree, file->handle, &reader, &error) != 0) {
            all->place = NULL;
            autorun_report(all, &error);
            return 0;
        }
        hive = reader->size >= sizeof head &&
               reader_read(reader, 0, head, sizeof head, NULL) == 0 &&
               hive_is(head, sizeof head);
        reader_free(reader);
    }
    if (hive)
        kind = PLACE_HIVE;
    return kind < 0 ? 0 : autorun_add_place(all, file, (enum place_kind)kind, backup);
}

/* Windows reads the INI files of its own folder; others are copies. */
static void mark_copies(struct autoruns *all)
{
    size_t length = strlen(all->windows);

    for (size_t i = 0; i < all->place_count && *all->windows; i++) {
        struct place *place = &all->places[i];
        const char *name = strrchr(place->path, '/');
        place->backup |= place->kind == PLACE_INI &&
                         ((size_t)(name - place->path) != length ||
                          text_compare_nocase(place->path, length, all->windows, length) != 0);
    }
}

int autorun_find_places(struct autoruns *all, struct error *error)
{
    int result = tree_walk(all->tree, all->whole ? collect : collect_loose, all, error);

    if (all->out_of_memory)
        return error_set_memory(error);
    mark_copies(all);
    if (all->deleted_count > 0)
        qsort(all->deleted, all->deleted_count, sizeof *all->deleted, compare_deleted);
    return result;
}
