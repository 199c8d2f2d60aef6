/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_places: hives, INI files and Startup folders of a tree.
 *
 * In a file system a hive is taken by its name and place; in a folder of the
 * examiner's machine, where hives are collected in any way, by its first bytes.
 * Those in RegBack, repair, .DA0 and the like are backups, and all of a Windows
 * that a later setup has put aside.
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

/* Whether the last part of a path is one that hives have: asked for every file. What
 * stands behind a dot is looked at by the patterns. */
static bool may_be_hive(const char *name)
{
    static const char *const stems[] = { "software", "system",   "default", "sam",    "security",
                                         "ntuser",   "usrclass", "user",    "classes",
                                         "userclasses" };
    size_t length = strcspn(name, ".");

    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++)
        if (text_compare_nocase(name, length, stems[i], strlen(stems[i])) == 0)
            return true;
    return text_compare_nocase(name, strnlen(name, 10), "_registry_", 10) == 0;
}

/* Whether nothing starts from a hive of this name. */
static bool is_without_autostarts(const char *name)
{
    static const char *const patterns[] = { "security", "security.*",
                                            "_registry_machine_security", NULL };

    return matches(name, patterns);
}

/* Whether a path is in a Startup folder. The name of its folder is looked at first,
 * because every file is asked. */
bool autorun_is_startup(const char *path)
{
    const char *name = strrchr(path, '/') + 1, *folder = name - 1;

    while (folder > path && folder[-1] != '/')
        folder--;
    if (folder == path)
        return false;
    size_t length = (size_t)(name - 1 - folder);
    for (size_t i = 0; autorun_startup_folder(i); i++) {
        const char *pattern = autorun_startup_folder(i);
        size_t end = strlen(pattern) - 2, begin = end; /* the part before the last */
        while (pattern[begin - 1] != '/')
            begin--;
        if (text_compare_nocase(folder, length, pattern + begin, end - begin) == 0 &&
            text_glob(pattern, path, strlen(path)))
            return true;
    }
    return false;
}

int autorun_place_of(const char *path, bool whole, bool *backup)
{
    static const char *const hives[] = {
        "*/config/software", "*/config/system", "*/config/default", "*/config/sam",
        "*/config/security", "*/ntuser.dat",    "*/ntuser.man",     "*/usrclass.dat",
        "*/system.dat",      "*/user.dat",      "*/classes.dat",    "*/helium/userclasses.dat",
        NULL
    };
    /* Before a change by Windows, its setup or a tool; of System Restore of Windows XP. */
    static const char *const backups[] = {
        "*/config/regback/*", "*/config/*.sav", "*/config/*.bak", "*/config/*.old",
        "*/config/*.alt", "*/config/*.new", "*/repair/software", "*/repair/system",
        "*/repair/default", "*/repair/sam", "*/repair/security", "*/repair/ntuser.dat",
        "*/repair/*/software", "*/repair/*/system", "*/repair/*/default", "*/repair/*/sam",
        "*/repair/*/security", "*/repair/*/ntuser.dat", "*/ntuser.dat.bak", "*/ntuser.dat.old",
        "*/ntuser.dat.sav", "*/*.da0", "*/system.1st",
        "*/snapshot/_registry_machine_*", "*/snapshot/_registry_user_*", NULL
    };
    /* Beside a hive, and told as its logs. */
    static const char *const logs[] = { "*.log", "*.log1", "*.log2", "*.blf",
                                        "*.regtrans-ms", NULL };
    /* Of WMI: put aside when Windows made a new one, and of System Restore. */
    static const char *const repositories[] = { "*/wbem/repository.*/*", "*/snapshot/repository*",
                                                NULL };
    const char *name = strrchr(path, '/') + 1;

    *backup = false;
    if (may_be_hive(name) && !matches(name, logs)) {
        *backup = matches(path, backups);
        if (*backup || matches(path, hives))
            return PLACE_HIVE;
    }
    if (autorun_is_cabinet(path, whole)) {
        *backup = true;
        return PLACE_CABINET;
    }
    if (autorun_file_of(path, whole)) {
        *backup = matches(path, repositories);
        return PLACE_FILE;
    }
    return autorun_is_startup(path) && !text_equal_nocase(name, "desktop.ini") ? PLACE_STARTUP : -1;
}

/* Hives of System Restore have the SID of their user at the end of their name. */
static const char *sid_of_name(const char *name)
{
    static const char *const begins[] = { "_registry_user_ntuser_", "_registry_user_usrclass_" };

    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        size_t length = strlen(begins[i]);
        if (text_compare_nocase(name, strnlen(name, length), begins[i], length) == 0 &&
            text_compare_nocase(name + length, strnlen(name + length, 2), "S-", 2) == 0)
            return name + length;
    }
    return NULL;
}

static int note_deleted(struct deleted_files *deleted, const struct file *file)
{
    if (memory_grow((void **)&deleted->items, &deleted->capacity, deleted->count + 1,
                    sizeof *deleted->items) != 0)
        return -1;
    deleted->items[deleted->count++] =
        (struct deleted){ text_hash_nocase(file->path, file->path_length), file->handle };
    return 0;
}

/* Of the other kinds of files nothing is noted. */
static bool is_deleted_file(const struct file *file)
{
    return file->type == FILE_REGULAR && !file->stream && file->state == FILE_DELETED;
}

static int compare_deleted(const void *a, const void *b)
{
    const struct deleted *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->handle > y->handle) - (x->handle < y->handle);
}

static void sort_deleted(struct deleted_files *deleted)
{
    if (deleted->count > 0)
        qsort(deleted->items, deleted->count, sizeof *deleted->items, compare_deleted);
}

static int visit_deleted(void *context, const struct file *file)
{
    return is_deleted_file(file) ? note_deleted(context, file) : 0;
}

int autorun_find_deleted(struct deleted_files *deleted, struct tree *tree, struct error *error)
{
    if (deleted->tree == tree)
        return 0;
    deleted->tree = tree;
    deleted->count = 0;
    int result = tree_walk(tree, visit_deleted, deleted, error);
    sort_deleted(deleted);
    return result;
}

int autorun_add_place(struct autoruns *all, const struct file *file, enum place_kind kind,
                      bool backup)
{
    static const char put_aside[] = "*/windows.old*/*"; /* by a later setup */
    char *path = strndup(file->path, file->path_length);

    if (!path || memory_grow((void **)&all->places, &all->place_capacity, all->place_count + 1,
                             sizeof *all->places) != 0) {
        free(path);
        all->out_of_memory = true;
        return -1;
    }
    const char *name = strrchr(path, '/') + 1;
    struct place *place = &all->places[all->place_count++];
    *place = (struct place){
        .order = all->place_count,
        .sid = kind == PLACE_HIVE ? sid_of_name(name) : NULL,
        .kind = kind,
        .file = kind == PLACE_FILE ? autorun_file_of(path, all->whole) : NULL,
        .handle = file->handle,
        .path = path,
        .time = file->times.modified,
        .no_autostarts = kind == PLACE_HIVE && is_without_autostarts(name),
        .backup = backup || text_glob(put_aside, path, strlen(path)),
    };
    strcpy(place->inode, file->inode);
    return 0;
}

/* By its first bytes; one of NT whose signature is lost by its first bin, for which in a file
 * system only files of whole pages are read, as all such hives are. -1: it cannot be read. */
static int is_hive_inside(struct autoruns *all, const struct file *file, struct error *error)
{
    enum { PAGE = 4096 };
    struct reader *reader;
    uint8_t head[HIVE_WHOLE_HEAD_SIZE];

    if (all->whole && (!file->sized || file->size < 2 * PAGE))
        return 0;
    bool pages = !all->whole || file->size % PAGE == 0;
    if (tree_open(all->tree, file->handle, &reader, error) != 0)
        return -1;
    size_t size = pages && reader->size >= sizeof head ? sizeof head : HIVE_HEAD_SIZE;
    bool read = reader->size >= size && reader_read(reader, 0, head, size, error) == 0;
    reader_free(reader);
    return read && hive_is(head, size);
}

/* A hive that lies where Windows loads none is a copy. */
static int collect_copy(struct autoruns *all, uint64_t handle)
{
    struct file again;

    /* The tree was asked since: `file` holds no more. */
    return tree_file(all->tree, handle, &again, NULL) != 0
               ? 0
               : autorun_add_place(all, &again, PLACE_HIVE, true);
}

static int collect(void *context, const struct file *file)
{
    struct autoruns *all = context;
    bool backup;

    if (file->type != FILE_REGULAR || file->stream)
        return 0;
    if (is_deleted_file(file)) {
        all->out_of_memory |= note_deleted(&all->deleted, file) != 0;
        return all->out_of_memory ? -1 : 0;
    }
    if (file->state != FILE_ALLOCATED)
        return 0;
    autorun_note_transactions(all, file);
    int kind = autorun_place_of(file->path, all->whole, &backup);
    if (kind >= 0)
        return autorun_add_place(all, file, (enum place_kind)kind, backup);
    uint64_t handle = file->handle;
    return all->all_hives && is_hive_inside(all, file, NULL) > 0 ? collect_copy(all, handle) : 0;
}

/* Of a folder of the examiner's machine: hives by what they begin with. */
static int collect_loose(void *context, const struct file *file)
{
    struct autoruns *all = context;
    struct error error = ERROR_INIT;
    struct file again;
    bool backup;

    if (file->type != FILE_REGULAR)
        return 0;
    autorun_note_transactions(all, file);
    uint64_t handle = file->handle;
    int kind = autorun_place_of(file->path, all->whole, &backup);
    if (kind != PLACE_HIVE) {
        int inside = is_hive_inside(all, file, &error);
        if (inside < 0) {
            autorun_report_unopened(all, &error);
            return 0;
        }
        if (inside)
            kind = PLACE_HIVE;
    }
    if (kind < 0 && error.kind == ERROR_NONE)
        return 0;
    /* The tree was asked since: `file` holds no more. */
    if (tree_file(all->tree, handle, &again, NULL) != 0)
        return -1;
    if (kind >= 0)
        return autorun_add_place(all, &again, (enum place_kind)kind, backup);
    const struct place unread = { .path = (char *)again.path };
    all->place = &unread;
    autorun_report(all, &error);
    all->place = NULL;
    return 0;
}

int autorun_find_places(struct autoruns *all, struct error *error)
{
    int result = tree_walk(all->tree, all->whole ? collect : collect_loose, all, error);

    if (result == 0)
        autorun_find_in_cabinets(all);
    if (all->out_of_memory)
        return error_set_memory(error);
    all->deleted.tree = all->tree;
    sort_deleted(&all->deleted);
    return result;
}
