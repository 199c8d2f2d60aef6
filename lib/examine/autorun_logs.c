/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_logs: the transaction logs beside a hive: of the same name with .LOG,
 * .LOG1 or .LOG2 behind it, whatever the case.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fett/limits.h>

#include "autorun_internal.h"

static const char *const suffixes[AUTORUN_MOST_LOGS] = { ".LOG", ".LOG1", ".LOG2" };

/* Whether a folder of the examiner's machine has a file of this very name, else of
 * one that differs in case, which is put there then. */
static bool find_nocase(int folder, char *name)
{
    struct stat status;
    bool found = fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    int copy = found ? -1 : dup(folder);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry;

    while (entries && !found && (entry = readdir(entries)) != NULL)
        if (strlen(entry->d_name) == strlen(name) && text_equal_nocase(entry->d_name, name)) {
            strcpy(name, entry->d_name);
            found = true;
        }
    if (entries)
        closedir(entries);
    else if (copy >= 0)
        close(copy);
    return found;
}

/* A log beside a hive that was named by itself; what cannot be opened is told where
 * that is wanted. */
static int open_loose(struct autoruns *all, struct place *place, struct reader **reader, bool tell)
{
    struct error reason = ERROR_INIT;
    char *slash = strrchr(place->path, '/'), *name = slash ? slash + 1 : place->path;
    char *folder_name = slash ? strndup(place->path, (size_t)(name - place->path)) : strdup(".");
    int folder = folder_name ? open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int result = -1;

    if (folder >= 0 && find_nocase(folder, name)) {
        result = reader_open_at(reader, folder, name, &reason);
        if (result != 0 && tell) {
            reason.kind = ERROR_DAMAGED;
            error_prefix(&reason, "%s", name);
            autorun_report(all, &reason);
        }
    }
    if (folder >= 0)
        close(folder);
    free(folder_name);
    return result;
}

/* The same of the tree. */
static int open_in_tree(struct autoruns *all, struct place *place, struct reader **reader,
                        bool tell)
{
    struct error reason = ERROR_INIT;
    struct file file;

    if (tree_lookup(all->tree, place->path, &file, NULL) != 0 || file.type != FILE_REGULAR)
        return -1;
    place->handle = file.handle;
    strcpy(place->inode, file.inode);
    if (file.path_length == strlen(place->path)) /* as it is written there */
        memcpy(place->path, file.path, file.path_length);
    if (tree_open(all->tree, place->handle, reader, &reason) == 0)
        return 0;
    if (tell) {
        const struct place *hive = all->place;
        all->place = place;
        autorun_report_unopened(all, &reason);
        all->place = hive;
    }
    return -1;
}

int autorun_open_beside(struct autoruns *all, struct place *place, struct reader **reader,
                        bool tell)
{
    return all->tree ? open_in_tree(all, place, reader, tell)
                     : open_loose(all, place, reader, tell);
}

/* Where a log would be; NULL: no memory. */
static char *log_path(const char *hive, const char *suffix)
{
    struct buffer path = BUFFER_INIT;

    buffer_add_text(&path, hive);
    buffer_add_text(&path, suffix);
    if (path.failed)
        buffer_release(&path);
    return path.data;
}

void autorun_find_logs(struct autoruns *all, const struct place *hive, struct autorun_logs *logs,
                       bool tell)
{
    *logs = (struct autorun_logs){ .count = 0 };
    if (!hive && all->evidence->image) /* bytes of the media: beside them is no file */
        return;
    for (size_t i = 0; i < AUTORUN_MOST_LOGS; i++) {
        struct place *place = &logs->places[logs->count];
        struct reader **reader = &logs->readers[logs->count];
        *place = (struct place){
            .kind = PLACE_HIVE,
            .path = log_path(hive ? hive->path : all->evidence->path, suffixes[i]),
        };
        all->out_of_memory |= !place->path;
        if (place->path && autorun_open_beside(all, place, reader, tell) == 0)
            logs->count++;
        else
            free(place->path);
    }
}

void autorun_release_logs(struct autorun_logs *logs)
{
    for (size_t i = 0; i < logs->count; i++) {
        reader_free(logs->readers[i]);
        free(logs->places[i].path);
    }
}

int autorun_open_hive(struct autoruns *all, const struct place *place, struct hive **hive)
{
    struct autorun_logs logs;
    struct reader *reader;

    if (autorun_open_place(all, place, &reader, NULL) != 0)
        return -1;
    autorun_find_logs(all, place, &logs, false);
    int result = hive_open_with_logs(hive, reader, logs.readers, logs.count, NULL);
    autorun_release_logs(&logs);
    reader_free(reader);
    return result;
}

/* Of one that is replayed there are three views, and text of Windows 9x may need the code
 * page of another hive, which is set once. */
void autorun_keep_hive(struct autoruns *all, struct place *place, struct hive *hive)
{
    struct file file;
    bool fits = !hive_is_9x(hive) && !hive_is_replayed(hive) && !place->opened &&
                tree_file(all->tree, place->handle, &file, NULL) == 0 &&
                file.size <= LIMIT_KEPT_HIVES_BYTES - all->kept_bytes;

    if (!fits) {
        hive_free(hive);
        return;
    }
    all->kept_bytes += file.size;
    place->opened = hive;
}

struct hive *autorun_kept_hive(struct autoruns *all)
{
    for (size_t i = 0; all->place && i < all->place_count; i++) {
        struct hive *hive = all->places[i].opened;
        if (&all->places[i] != all->place || !hive)
            continue;
        all->places[i].opened = NULL;
        return hive;
    }
    return NULL;
}
