/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_installations: which Windows each place of a tree belongs to.
 *
 * An installation is told by the hives of its machine: the folder that
 * system32/config/software lies in is its own, and what its hives name on its
 * drive lies in the tree where the hives themselves are (Windows.old, a copy of
 * another machine's disk). What lies in its folder belongs to it, and so do the
 * profiles that its ProfileList has, wherever they are; whatever else there is
 * belongs to it where it is the only one.
 */

#include <stdlib.h>

#include "autorun_internal.h"

enum { DEFAULT_DRIVE = 'C' };

#define APP_PATHS "Microsoft\\Windows\\CurrentVersion\\App Paths"
#define APP_PATHS_32 "Wow6432Node\\" APP_PATHS
#define APP_PATHS_9X "Software\\" APP_PATHS

/* Hives of the machine: where they lie in the folder of Windows. */
static const char *const machine_hives[] = { "/system32/config/software",
                                             "/system32/config/system", "/system.dat" };

/* In a folder that hives were collected in they may lie in any. */
static const char *const loose_hives[] = { "/software" };

struct autorun_machine autorun_machine_of(const struct installation *installation)
{
    return (struct autorun_machine){
        .windows = installation ? installation->windows : "",
        .root = installation ? installation->root : NULL,
        .drive = installation ? installation->drive : DEFAULT_DRIVE,
        .drives = installation ? installation->letters : NULL,
        .has_wow64 = installation && installation->has_wow64,
        .variables = installation ? installation->variables : NULL,
        .search = installation ? installation->search : NULL,
    };
}

bool autorun_find_app_path(void *context, const char *name, size_t size, struct buffer *text)
{
    const struct autoruns *all = context;

    for (size_t i = 0; all->installation && i < all->installation->app_path_count; i++) {
        const struct app_path *known = &all->installation->app_paths[i];
        if (text_compare_nocase(known->name, strlen(known->name), name, size) == 0) {
            buffer_add_text(text, known->text);
            return true;
        }
    }
    return false;
}

/* Bytes of a path before its last part; 0 for what lies in the root. */
static size_t folder_length(const char *path)
{
    const char *last = strrchr(path, '/');

    return last ? (size_t)(last - path) : 0;
}

bool autorun_lies_in(const char *path, const char *folder, size_t length)
{
    return strlen(path) > length && path[length] == '/' &&
           text_compare_nocase(path, length, folder, length) == 0;
}

/* How many bytes at the end of a path tell that it is a hive of the machine; 0
 * when none do. */
static size_t machine_hive_length(const char *path, const char *const *ends, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (autorun_ends_with(path, ends[i]))
            return strlen(ends[i]);
    return 0;
}

#define HIVE_LENGTH(path, ends) machine_hive_length(path, ends, sizeof ends / sizeof *ends)

/* The installation of a folder of Windows, or, where that is not known, of the
 * folder that its hives lie in; a new one when there is none yet. */
static struct installation *installation_of(struct autoruns *all, const char *folder,
                                            size_t length, bool is_windows)
{
    for (size_t i = 0; i < all->installation_count; i++) {
        struct installation *other = &all->installations[i];
        const char *known = is_windows ? other->windows : *other->windows ? NULL : other->root;
        if (known && text_compare_nocase(known, strlen(known), folder, length) == 0)
            return other;
    }
    if (memory_grow((void **)&all->installations, &all->installation_capacity,
                    all->installation_count + 1, sizeof *all->installations) != 0)
        return NULL;
    struct installation *new = &all->installations[all->installation_count];
    *new = (struct installation){
        .windows = strndup(folder, is_windows ? length : 0),
        .root = strndup(folder, length),
        .drive = DEFAULT_DRIVE,
    };
    if (!new->windows || !new->root) {
        free(new->windows);
        free(new->root);
        return NULL;
    }
    all->installation_count++;
    if (is_windows)
        new->root[folder_length(new->root)] = '\0';
    return new;
}

/* The installation that a place tells of by where it lies; NULL: it tells of none,
 * or memory is out. */
static struct installation *told_by(struct autoruns *all, const struct place *place)
{
    if (place->kind != PLACE_HIVE)
        return NULL;
    size_t whole = strlen(place->path), length = HIVE_LENGTH(place->path, machine_hives);
    struct installation *told = NULL;
    if (length > 0 && length < whole)
        told = installation_of(all, place->path, whole - length, true);
    else if ((length = HIVE_LENGTH(place->path, loose_hives)) > 0 && !all->whole)
        told = installation_of(all, place->path, whole - length, false);
    else
        return NULL;
    all->out_of_memory |= !told;
    return told;
}

/* Letter and root of the volume that Windows is on, as its own hive says:
 * "C:\WINNT", which lies in the tree as /WINNT or as /Windows.old/WINNT. A folder
 * that ends otherwise was copied: where the rest of its drive is nobody knows. */
static void learn_drive(struct installation *installation, struct hive *hive, const char *key_path)
{
    struct hive_value value;
    struct buffer text = BUFFER_INIT;
    hive_key key = hive_key_find(hive, hive_root(hive), key_path);

    if (key && hive_value_find(hive, key, "SystemRoot", &value, NULL) == 0)
        hive_value_text(hive, &value, &text);
    if (text.length > 3 && text.data[1] == ':' && text.data[2] == '\\') {
        installation->drive = (char)(text.data[0] & ~0x20);
        for (size_t i = 2; i < text.length; i++)
            if (text.data[i] == '\\')
                text.data[i] = '/';
        size_t whole = strlen(installation->windows);
        if (whole > 0 && !autorun_ends_with(installation->windows, text.data + 2))
            installation->drive = 0;
        else if (whole > 0)
            installation->root[whole - strlen(text.data + 2)] = '\0';
    }
    buffer_release(&text);
}

/* Windows renames the key of a profile that it cannot load: "<SID>.bak". */
static size_t sid_length(const char *key_name, size_t length)
{
    static const char bak[] = ".bak";
    size_t bak_length = sizeof bak - 1;

    return length > bak_length && text_compare_nocase(key_name + length - bak_length, bak_length,
                                                      bak, bak_length) == 0
               ? length - bak_length
               : length;
}

static int add_profile(struct installation *installation, const char *sid, size_t sid_size,
                       const struct buffer *image_path)
{
    const struct autorun_machine machine = autorun_machine_of(installation);
    struct buffer folder = BUFFER_INIT;

    if (memory_grow((void **)&installation->profiles, &installation->profile_capacity,
                    installation->profile_count + 1, sizeof *installation->profiles) != 0)
        return -1;
    const char *text = buffer_text(image_path), *last = strrchr(text, '\\');
    bool told = autorun_path(&machine, text, strlen(text), &folder, NULL);
    struct profile *profile = &installation->profiles[installation->profile_count++];
    *profile = (struct profile){
        .sid = strndup(sid, sid_size),
        .folder = told ? strdup(buffer_text(&folder)) : NULL,
        .name = strdup(last ? last + 1 : text),
    };
    bool failed = !profile->sid || !profile->name || (told && !profile->folder) || folder.failed;
    buffer_release(&folder);
    return failed ? -1 : 0;
}

static int learn_profiles(struct installation *installation, struct hive *hive)
{
    hive_key list = hive_key_find(hive, hive_root(hive),
                                  "Microsoft\\Windows NT\\CurrentVersion\\ProfileList");
    struct buffer path = BUFFER_INIT;
    int result = 0;

    for (size_t i = 0; list && i < hive_key_child_count(hive, list) && result == 0; i++) {
        hive_key key = hive_key_child(hive, list, i);
        struct hive_value value;
        size_t length;
        if (hive_value_find(hive, key, "ProfileImagePath", &value, NULL) != 0)
            continue;
        buffer_clear(&path);
        hive_value_text(hive, &value, &path);
        const char *sid = hive_key_name(hive, key, &length);
        result = add_profile(installation, sid, sid_length(sid, length), &path);
    }
    buffer_release(&path);
    return result;
}

/* The default value of each key is the path of the program that the key names. */
static int learn_app_paths(struct installation *installation, struct hive *hive, const char *path)
{
    hive_key list = hive_key_find(hive, hive_root(hive), path);
    struct buffer text = BUFFER_INIT;
    bool failed = false;

    for (size_t i = 0; list && i < hive_key_child_count(hive, list) && !failed; i++) {
        hive_key key = hive_key_child(hive, list, i);
        struct hive_value value;
        size_t length;
        if (hive_value_find(hive, key, "", &value, NULL) != 0)
            continue;
        buffer_clear(&text);
        hive_value_text(hive, &value, &text);
        if (memory_grow((void **)&installation->app_paths, &installation->app_path_capacity,
                        installation->app_path_count + 1,
                        sizeof *installation->app_paths) != 0) {
            failed = true;
            break;
        }
        const char *name = hive_key_name(hive, key, &length);
        struct app_path *new = &installation->app_paths[installation->app_path_count++];
        *new = (struct app_path){ strndup(name, length), strdup(buffer_text(&text)) };
        failed = !new->name || !new->text;
    }
    buffer_release(&text);
    return failed ? -1 : 0;
}

/* The name of the machine, for the records of all its hives. */
static int learn_name(struct installation *installation, struct hive *hive, enum host_hive kind)
{
    struct buffer name = BUFFER_INIT;

    if (host_name(hive, kind, &name)) {
        free(installation->name);
        installation->name = strdup(buffer_text(&name));
        buffer_release(&name);
        return installation->name ? 0 : -1;
    }
    buffer_release(&name);
    return 0;
}

/* What a hive of the machine says; one that cannot be read is told when it is
 * walked. */
static void learn(struct autoruns *all, struct place *place,
                  struct installation *installation)
{
    struct hive *hive;

    if (autorun_open_hive(all, place, &hive) != 0)
        return;
    enum autorun_hive kind = autorun_hive_kind(hive);
    unsigned code_page = autorun_code_page(hive, kind);
    if (code_page)
        installation->code_page = code_page;
    all->out_of_memory |= hive_set_code_page(hive, code_page, NULL) != 0;
    autorun_learn_machine(all, installation, hive, kind);
    autorun_learn_environment(all, installation, hive, kind);
    if (kind == AUTORUN_SOFTWARE) {
        learn_drive(installation, hive, "Microsoft\\Windows NT\\CurrentVersion");
        all->out_of_memory |= learn_profiles(installation, hive) != 0 ||
                              learn_app_paths(installation, hive, APP_PATHS) != 0 ||
                              learn_app_paths(installation, hive, APP_PATHS_32) != 0;
    } else if (kind == AUTORUN_SYSTEM) {
        autorun_learn_drives(all, installation, hive);
        all->out_of_memory |= learn_name(installation, hive, HOST_SYSTEM) != 0;
    } else if (kind == AUTORUN_9X_SYSTEM) {
        learn_drive(installation, hive, "Software\\Microsoft\\Windows\\CurrentVersion");
        all->out_of_memory |= learn_app_paths(installation, hive, APP_PATHS_9X) != 0 ||
                              learn_name(installation, hive, HOST_9X_SYSTEM) != 0;
    }
    autorun_keep_hive(all, place, hive);
}

static void learn_wow64(struct autoruns *all, struct installation *installation)
{
    struct buffer path = BUFFER_INIT;
    struct file file;

    buffer_add_format(&path, "%s/SysWOW64", installation->windows);
    installation->has_wow64 = *installation->windows && !path.failed &&
                              tree_lookup(all->tree, buffer_text(&path), &file, NULL) == 0 &&
                              file.type == FILE_DIRECTORY;
    all->out_of_memory |= path.failed;
    buffer_release(&path);
}

/* The one in whose folder a place lies; the innermost. */
static const struct installation *find_by_windows(const struct autoruns *all, const char *path)
{
    const struct installation *found = NULL;

    for (size_t i = 0; i < all->installation_count; i++) {
        const struct installation *one = &all->installations[i];
        if (*one->windows && autorun_lies_in(path, one->windows, strlen(one->windows)) &&
            (!found || strlen(one->windows) > strlen(found->windows)))
            found = one;
    }
    return found;
}

/* The only one on the drive that a place lies on; the innermost drive. */
static const struct installation *find_by_root(const struct autoruns *all, const char *path)
{
    const struct installation *found = NULL;
    bool several = false;

    for (size_t i = 0; i < all->installation_count; i++) {
        const struct installation *one = &all->installations[i];
        if (!one->drive || !autorun_lies_in(path, one->root, strlen(one->root)) ||
            (found && strlen(one->root) < strlen(found->root)))
            continue;
        several = found && strlen(one->root) == strlen(found->root);
        found = one;
    }
    if (!found && !all->whole && all->installation_count == 1)
        return all->installations;
    return several ? NULL : found;
}

/* Which profile a folder is: its path decides, and where hives were only
 * collected its name. */
static bool fits(const struct autoruns *all, const struct profile *profile, const char *folder,
                 size_t length)
{
    const char *last = memrchr(folder, '/', length);
    size_t name_length = last ? length - (size_t)(last + 1 - folder) : 0;

    if (profile->folder &&
        text_compare_nocase(profile->folder, strlen(profile->folder), folder, length) == 0)
        return true;
    return !all->whole && name_length > 0 &&
           text_compare_nocase(profile->name, strlen(profile->name), last + 1, name_length) == 0;
}

size_t autorun_profile_length(const char *path)
{
    /* Hives that lie deeper, and by how many folders; 0: in no profile. */
    static const struct {
        const char *pattern;
        size_t folders;
    } deeper[] = {
        /* AppData/Local/Microsoft/Windows, or their names before Vista */
        { "*/microsoft/windows/usrclass.dat", 4 },
        { "*/appdata/local/packages/*/systemappdata/helium/*", 6 },
        { "*/systemappdata/helium/*", 0 },
        { "*/repair/ntuser.dat", 0 },
    };
    size_t length = folder_length(path);

    for (size_t i = 0; i < sizeof deeper / sizeof *deeper; i++) {
        if (!text_glob(deeper[i].pattern, path, strlen(path)))
            continue;
        if (deeper[i].folders == 0)
            return 0;
        for (size_t folders = deeper[i].folders; folders > 0 && length > 0; folders--)
            while (length > 0 && path[--length] != '/')
                ;
        break;
    }
    return length;
}

/* The profile whose SID the name of a file ends with. */
static void assign_named(const struct autoruns *all, struct place *place)
{
    for (size_t i = 0; i < all->installation_count; i++) {
        const struct installation *one = &all->installations[i];
        for (size_t p = 0; p < one->profile_count; p++)
            if (text_equal_nocase(place->sid, one->profiles[p].sid)) {
                place->installation = one;
                place->profile = &one->profiles[p];
                return;
            }
    }
}

/* Set installation and SID of a hive by the profile that it lies in, unless it may
 * be more than one. An installation that is known already is not left. */
static void assign_profile(const struct autoruns *all, struct place *place)
{
    size_t length = autorun_profile_length(place->path);
    const struct installation *told = NULL;
    const char *sid = NULL;
    bool several = false, several_sids = false;

    for (size_t i = 0; i < all->installation_count; i++) {
        const struct installation *one = &all->installations[i];
        if (place->installation && one != place->installation)
            continue;
        for (size_t p = 0; p < one->profile_count; p++) {
            if (!fits(all, &one->profiles[p], place->path, length))
                continue;
            several |= told && told != one;
            several_sids |= sid && !text_equal_nocase(sid, one->profiles[p].sid);
            told = one;
            sid = one->profiles[p].sid;
        }
    }
    if (told && !several)
        place->installation = told;
    if (!several_sids)
        place->sid = sid;
}

/* Windows reads WIN.INI and the like of its own folder; others are copies. */
static bool is_copy(const struct autoruns *all, const struct place *place)
{
    bool any = false;

    if (place->kind != PLACE_FILE || place->file->place != AUTORUN_IN_WINDOWS)
        return false;
    for (size_t i = 0; i < all->installation_count; i++) {
        const char *windows = all->installations[i].windows;
        any |= *windows != '\0';
        if (*windows && text_compare_nocase(place->path, folder_length(place->path), windows,
                                            strlen(windows)) == 0)
            return false;
    }
    return any;
}

/* SYSTEM first: it tells the drives that the profiles of SOFTWARE lie on. */
static void learn_places(struct autoruns *all, bool systems)
{
    for (size_t i = 0; i < all->place_count; i++) {
        struct place *place = &all->places[i];
        struct installation *told = autorun_ends_with(place->path, "/system") == systems
                                        ? told_by(all, place)
                                        : NULL;
        if (told)
            learn(all, place, told);
    }
}

int autorun_find_installations(struct autoruns *all, struct error *error)
{
    learn_places(all, true);
    learn_places(all, false);
    for (size_t i = 0; i < all->installation_count; i++)
        learn_wow64(all, &all->installations[i]);
    for (size_t i = 0; i < all->place_count; i++) {
        struct place *place = &all->places[i];
        place->installation = find_by_windows(all, place->path);
        if (!place->installation && !all->whole) /* machines, a folder each */
            place->installation = find_by_root(all, place->path);
        if (place->kind == PLACE_HIVE && place->sid)
            assign_named(all, place);
        else if (place->kind == PLACE_HIVE)
            assign_profile(all, place);
        if (!place->installation)
            place->installation = find_by_root(all, place->path);
        place->backup |= is_copy(all, place);
    }
    if (all->volume && !all->volume->shadow && (all->options || all->registry || all->host))
        autorun_assign_others(all);
    return all->out_of_memory ? error_set_memory(error) : 0;
}

void autorun_release_installations(struct autoruns *all)
{
    for (size_t i = 0; i < all->installation_count; i++) {
        struct installation *installation = &all->installations[i];
        for (size_t p = 0; p < installation->profile_count; p++) {
            free(installation->profiles[p].sid);
            free(installation->profiles[p].folder);
            free(installation->profiles[p].name);
        }
        for (size_t p = 0; p < installation->app_path_count; p++) {
            free(installation->app_paths[p].name);
            free(installation->app_paths[p].text);
        }
        autorun_facts_free(installation->facts);
        autorun_release_users(installation);
        free(installation->app_paths);
        autorun_variables_free(installation->variables);
        for (size_t m = 0; m < installation->mount_count; m++)
            free(installation->mounts[m].name);
        free(installation->mounts);
        free(installation->tasks.hashes);
        free(installation->name);
        zone_free(installation->zone);
        free(installation->profiles);
        free(installation->windows);
        free(installation->root);
    }
    free(all->installations);
}
