/* SPDX-License-Identifier: Apache-2.0 */

/* autorun_files: what starts from files other than hives. */

#include <stdlib.h>

#include <fett/limits.h>

#include "autorun_internal.h"

/* At most this many bytes of a file of this kind are read; of a shortcut only its
 * beginning, the others are not walked if they are larger. */
static uint64_t limit_of(enum autorun_file_kind kind)
{
    switch (kind) {
    case AUTORUN_JOB:
    case AUTORUN_TASK:
        return LIMIT_TASK_BYTES;
    case AUTORUN_STARTUP:
        return LIMIT_SHORTCUT_BYTES;
    default:
        return LIMIT_INI_BYTES;
    }
}

/* The profile that a file lies in, or NULL. */
static const struct profile *profile_of(const struct installation *installation, const char *path)
{
    for (size_t i = 0; installation && i < installation->profile_count; i++) {
        const char *folder = installation->profiles[i].folder;
        if (folder && autorun_drive_length(folder) > 0 && *folder == installation->here)
            folder += 2; /* on the volume that is walked, of a Windows on another */
        if (folder && autorun_lies_in(path, folder, strlen(folder)))
            return &installation->profiles[i];
    }
    return NULL;
}

static int walk(struct autoruns *all, const struct autorun_file *file, struct reader *reader,
                autorun_visit visit, struct error *error)
{
    struct error reason = ERROR_INIT, damage = ERROR_INIT;
    const struct autorun_known known = {
        .machine = all->installation ? all->installation->facts : NULL
    };
    uint8_t *data;
    size_t size;
    int damaged;

    if (reader_read_all(reader, limit_of(file->kind), &data, &size, &damaged, &reason) != 0) {
        autorun_report(all, &reason);
        return 0;
    }
    if (damaged)
        autorun_report(all, &reason);
    const char *path = all->place->before ? all->place->before : all->place->path;
    const struct profile *profile =
        all->place->drive ? NULL : profile_of(all->installation, path);
    char *profile_before = all->profile;
    const char *user_before = all->user;
    if (profile) {
        all->profile = profile->folder;
        all->user = profile->name;
    }
    int result = autorun_walk_file(file, strrchr(path, '/') + 1, data, size,
                                   all->installation ? all->installation->code_page : 0, &known,
                                   visit, all, &damage, error);
    all->profile = profile_before;
    all->user = user_before;
    free(data);
    if (result == 0 && damage.kind != ERROR_NONE)
        autorun_report(all, &damage);
    return result;
}

/* Programs that an intruder puts in the place of another, by where they lie beside it. */
static const struct {
    const char *path, *says;
} shells[] = {
    { "/cmd.exe", "its content is that of cmd.exe" },
    { "/WindowsPowerShell/v1.0/powershell.exe", "its content is that of powershell.exe" },
    { "/taskmgr.exe", "its content is that of taskmgr.exe" },
    { "../explorer.exe", "its content is that of explorer.exe" },
};

/* What the file that is walked is a copy of; NULL: of none of them. */
static const char *replaced_by(struct autoruns *all)
{
    const char *path = all->place->path;
    size_t folder = (size_t)(strrchr(path, '/') - path);
    const char *says = NULL;

    for (size_t i = 0; i < sizeof shells / sizeof *shells && !says; i++) {
        bool above = *shells[i].path == '.';
        struct buffer name = BUFFER_INIT;
        struct file shell;
        size_t length = folder;
        while (above && length > 0 && path[--length] != '/')
            ;
        buffer_add(&name, path, length);
        buffer_add_text(&name, shells[i].path + 2 * above);
        if (!name.failed && tree_lookup(all->tree, buffer_text(&name), &shell, NULL) == 0 &&
            autorun_same_content(all, all->place->handle, shell.handle))
            says = shells[i].says;
        buffer_release(&name);
    }
    return says;
}

/* Whether a file lies where it would have to, for Windows to find it. */
static bool lies_right(const struct autoruns *all, const struct autorun_file *file)
{
    bool of_windows = all->installation && *all->installation->windows;

    return file->place == AUTORUN_ON_DRIVE     ? of_windows
           : file->place == AUTORUN_IN_WINDOWS ? of_windows && !all->place->backup
                                               : true;
}

/* A file that is started itself, because of where it lies. */
static int emit_whole(struct autoruns *all, const struct autorun_file *file)
{
    const char *says = file->kind == AUTORUN_REPLACED ? replaced_by(all) : NULL;
    const struct autorun autorun = { .location = file->id,
                                     .category = file->category,
                                     .technique = file->technique,
                                     .name = strrchr(all->place->path, '/') + 1,
                                     .name_length = strlen(strrchr(all->place->path, '/') + 1),
                                     .text = "",
                                     .says = { [AUTORUN_SAYS_FILES] = says },
                                     .enabled = true };

    if ((file->kind == AUTORUN_REPLACED && !says) || !lies_right(all, file))
        return 0;
    return autorun_emit_itself(all, &autorun);
}

int autorun_emit_file(struct autoruns *all, struct reader *reader, struct error *error)
{
    const struct autorun_file *file = all->place->file;

    if (file->kind == AUTORUN_ITSELF || file->kind == AUTORUN_REPLACED)
        return emit_whole(all, file);
    if (file->kind == AUTORUN_WMI)
        return autorun_emit_wmi(all, reader, error);
    if (file->kind == AUTORUN_CIM_REP) {
        struct error unread = ERROR_INIT;
        error_set(&unread, ERROR_UNSUPPORTED,
                  "the repository of WMI of Windows 2000 is not read: it may have event consumers");
        autorun_report(all, &unread);
        return 0;
    }
    if (autorun_ends_with(all->place->path, ".job")) /* has local times */
        autorun_seek_zone(all);
    return walk(all, all->place->file, reader, autorun_emit, error);
}

/* What does not name another file is started itself. */
static int emit_startup(void *context, const struct autorun *autorun)
{
    struct autoruns *all = context;
    struct autorun copy = *autorun;

    copy.enabled = !autorun_startup_is_off(all);
    return *copy.text ? autorun_emit(all, &copy) : autorun_emit_itself(all, &copy);
}

int autorun_emit_startup(struct autoruns *all, struct reader *reader, struct error *error)
{
    const struct autorun unread = { .location = autorun_startup_file.id,
                                    .category = autorun_startup_file.category,
                                    .technique = autorun_startup_file.technique,
                                    .name = strrchr(all->place->path, '/') + 1,
                                    .name_length = strlen(strrchr(all->place->path, '/') + 1),
                                    .text = "" };

    if (!reader)
        return emit_startup(all, &unread);
    struct reader *head = reader_over_part(reader, 0, LIMIT_SHORTCUT_BYTES);
    if (!head)
        return error_set_memory(error);
    int result = walk(all, &autorun_startup_file, head, emit_startup, error);
    reader_free(head);
    return result;
}
