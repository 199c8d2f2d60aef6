/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_hive: one hive with its logs, and what starts from it.
 *
 * Where logs are replayed the hive is walked with and without them: what only the
 * logs have is of origin "log", what they have changed or removed "superseded". The
 * two are not in memory at once, for each may have a hundred megabytes: of one
 * walk only digests of what it found are kept for the other.
 */

#include <stdio.h>
#include <stdlib.h>

#include <fett/digest.h>

#include "autorun_internal.h"

/* The hive of the screen before logon, or a backup of it. */
static bool is_default(const char *path)
{
    static const char *const patterns[] = { "*/config/default", "*/config/default.*",
                                            "*/config/regback/default*", "*/repair/default",
                                            "*/repair/*/default", "*/_registry_user_.default" };

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (text_glob(patterns[i], path, strlen(path)))
            return true;
    return false;
}

/* A hive of System Restore: its folder is no profile. */
static bool is_of_restore(const char *path)
{
    return text_glob("*/snapshot/_registry_*", path, strlen(path));
}

/* "HKU\\<SID>" for the hive of a profile folder; sets the user. */
static void mount_user(struct autoruns *all, enum autorun_hive kind, char *mount, size_t size,
                       char *user, size_t user_size)
{
    const char *path = all->place ? all->place->path : "", *folder, *last;
    const char *classes = kind == AUTORUN_CLASSES ? "_Classes" : "";

    last = folder = path + autorun_profile_length(path);
    while (folder > path && folder[-1] != '/')
        folder--;
    const char *sid = all->place ? all->place->sid : NULL;
    snprintf(mount, size, "HKU\\%s%s", sid ? sid : "?", classes);
    if (is_default(path)) {
        snprintf(mount, size, "HKU\\.DEFAULT");
        return;
    }
    if (sid && is_of_restore(path)) {
        const struct profile *profile = all->place->profile;
        all->user = profile ? profile->name : NULL;
        all->profile = profile && profile->folder ? strdup(profile->folder) : NULL;
        return;
    }
    if (folder == last || is_of_restore(path))
        return;
    snprintf(user, user_size, "%.*s", (int)(last - folder), folder);
    all->user = user;
    all->profile = strndup(path, (size_t)(last - path));
}

/* Hives that nothing starts from, by a key at their root. */
static const char *other_mount(struct hive *hive)
{
    static const struct {
        const char *key, *mount;
    } others[] = {
        { "SAM", "HKLM\\SAM" },
        { "Policy", "HKLM\\SECURITY" },
        { "Objects", "HKLM\\BCD00000000" },
        { "DerivedData", "HKLM\\COMPONENTS" },
        { "DriverDatabase", "HKLM\\DRIVERS" },
    };

    for (size_t i = 0; !hive_is_9x(hive) && i < sizeof others / sizeof *others; i++)
        if (hive_key_find(hive, hive_root(hive), others[i].key))
            return others[i].mount;
    return "";
}

/* UsrClass.dat has "<SID>_Classes" as the name of its root, and is mounted so. */
static bool mount_classes(struct hive *hive, char *mount, size_t size)
{
    static const char end[] = "_Classes";
    size_t length, end_length = sizeof end - 1;
    const char *name = hive_key_name(hive, hive_root(hive), &length);

    if (length <= end_length + 2 || length > 250 || strncmp(name, "S-", 2) != 0 ||
        text_compare_nocase(name + length - end_length, end_length, end, end_length) != 0)
        return false;
    snprintf(mount, size, "HKU\\%.*s", (int)length, name);
    return true;
}

/* What a hive is by its keys, or where they leave it open by its place: Windows loads one of
 * this name as classes, whatever is in it. */
static enum autorun_hive kind_of(const struct autoruns *all, struct hive *hive)
{
    static const char *const patterns[] = { "*usrclass.dat", "*/_registry_user_usrclass_*",
                                            "*/helium/userclasses.dat" };
    enum autorun_hive kind = autorun_hive_kind(hive);
    const char *path = all->place      ? all->place->path
                       : all->evidence ? all->evidence->path
                                       : NULL;

    if (path && !hive_is_9x(hive) && kind != AUTORUN_SOFTWARE && kind != AUTORUN_SYSTEM)
        for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
            if (text_glob(patterns[i], path, strlen(path)))
                return AUTORUN_CLASSES;
    return kind;
}

static const char *mount_of(struct hive *hive, enum autorun_hive kind)
{
    switch (kind) {
    case AUTORUN_SOFTWARE:
        return "HKLM\\SOFTWARE";
    case AUTORUN_SYSTEM:
        return "HKLM\\SYSTEM";
    case AUTORUN_9X_SYSTEM:
        return "HKLM";
    case AUTORUN_9X_USER:
        return "HKU";
    case AUTORUN_9X_CLASSES:
        return "HKLM\\Software\\Classes";
    case AUTORUN_USER:
        return "HKU\\?";
    default:
        return other_mount(hive);
    }
}

/* The user's own PATH stands behind the machine's. */
static void add_search(struct autoruns *all)
{
    const char *path = autorun_variables_find(all->variables, "Path", 4);

    if (!path)
        return;
    buffer_add_format(&all->search, ";%s", path);
    all->out_of_memory |= all->search.failed;
}

/* What an autostart is, and on demand whether it is in effect; not when its key was
 * written, for another value may have been. */
static int identify(const struct autorun *autorun, bool with_effect, struct found *found)
{
    const struct hive_value *value = autorun->value;
    struct digest digest;

    if (digest_init(&digest, DIGEST_SHA256, NULL) != 0)
        return -1;
    digest_update_part(&digest, autorun->location, strlen(autorun->location));
    digest_update_part(&digest, autorun->key, strlen(autorun->key));
    digest_update_part(&digest, autorun->name, autorun->name_length);
    digest_update_part(&digest, autorun->text, strlen(autorun->text));
    if (value) {
        digest_update_part(&digest, &value->type, sizeof value->type);
        digest_update_part(&digest, value->data, value->data ? value->size : 0);
    }
    if (with_effect)
        digest_update(&digest, &autorun->enabled, sizeof autorun->enabled);
    digest_finish(&digest, found->digest);
    return 0;
}

int autorun_judge(struct autoruns *all, const struct found *found, bool deleted)
{
    bool failed = false;

    all->origin = deleted ? "deleted" : NULL;
    switch (all->pass) {
    case PASS_ONLY:
        return 0;
    case PASS_BEFORE:
        failed = found_list_add(&all->before, found) != 0;
        break;
    case PASS_AFTER:
        failed = found_list_add(&all->after, found) != 0;
        if (deleted && found_list_has(&all->before, found))
            return 1; /* superseded, as it is told then */
        if (!deleted && !found_list_has(&all->before, found))
            all->origin = "log";
        break;
    case PASS_SUPERSEDED:
        if (found_list_has(&all->after, found))
            return 1;
        if (!deleted)
            all->origin = "superseded";
        break;
    }
    all->out_of_memory |= failed;
    return failed ? -1 : all->pass == PASS_BEFORE;
}

/* A hive of an app that is installed as a package (MSIX): no other program sees it. */
static bool is_of_package(const struct autoruns *all)
{
    return all->place &&
           text_glob("*/systemappdata/helium/*", all->place->path, strlen(all->place->path));
}

const char *autorun_hive_oddity(const struct autoruns *all, const struct hive *hive)
{
    if (hive_is_rootless(hive) && !all->carved)
        return "the root of its hive is lost: it need not have been deleted";
    return is_of_package(all) ? "only the app of its package sees this hive" : NULL;
}

/* A deleted autostart that is not told yet: neither live, nor superseded, nor found
 * elsewhere in the hive. */
static int emit_deleted(struct autoruns *all, const struct autorun *autorun)
{
    struct autorun judged = *autorun;
    struct found found;

    if (identify(autorun, false, &found) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    if (found_list_has(&all->told, &found))
        return 0;
    all->origin = "deleted";
    all->out_of_memory |= found_list_add(&all->told, &found) != 0;
    judged.says[AUTORUN_SAYS_HIVE] = autorun_hive_oddity(all, autorun->hive);
    return autorun_emit(all, &judged);
}

/* One autostart of the hive in this pass. */
static int emit(void *context, const struct autorun *autorun)
{
    struct autoruns *all = context;
    struct autorun judged = *autorun;
    struct found found;

    if (autorun->deleted)
        return emit_deleted(all, autorun);
    if (identify(autorun, false, &found) != 0 || found_list_add(&all->told, &found) != 0 ||
        identify(autorun, true, &found) != 0) {
        all->out_of_memory = true;
        return -1;
    }
    int result = autorun_judge(all, &found, false);
    if (result != 0)
        return result > 0 ? 0 : -1;
    judged.enabled &= all->pass != PASS_SUPERSEDED && !all->carved && !is_of_package(all);
    if (is_of_package(all))
        judged.says[AUTORUN_SAYS_HIVE] = autorun_hive_oddity(all, autorun->hive);
    return autorun_emit(all, &judged);
}

/* All that starts from the hive, what of it was deleted, and what starts from the
 * folders that it names. */
static int autoruns_walk(struct autoruns *all, const struct mounted_hive *mounted,
                         struct error *error)
{
    struct autorun_facts *own = NULL;
    const struct autorun_known known = autorun_know(all, mounted->hive, mounted->kind, &own);
    int result = all->pass == PASS_BEFORE ? 0 : hive_recover(mounted->hive, error);

    if (mounted->kind == AUTORUN_SOFTWARE)
        autorun_learn_users(all);
    if (result == 0)
        result = autorun_walk_hive(mounted->hive, mounted->kind, mounted->mount, &known, emit,
                                   all, error);
    if (result == 0 && mounted->kind == AUTORUN_SOFTWARE)
        result = autorun_walk_task_cache(mounted->hive, mounted->mount, &known, emit, all, error);
    autorun_facts_free(own);
    bool is_last = all->pass == PASS_ONLY || all->pass == PASS_AFTER;
    return result == 0 && is_last ? autorun_emit_redirected(all, mounted->hive, mounted->kind,
                                                            error)
                                  : result;
}

/* One pass over the hive, with what its names and its user depend on. */
static int walk_open(struct autoruns *all, struct hive *hive, enum hive_pass pass,
                     struct error *error)
{
    struct autorun_variables *variables = NULL;
    char mount[256], user[1024];
    size_t search_length = all->search.length;
    enum autorun_hive kind = kind_of(all, hive);
    unsigned code_page = autorun_code_page(hive, kind);

    if (!code_page && all->installation)
        code_page = all->installation->code_page;
    if (hive_set_code_page(hive, code_page, error) != 0)
        return -1;
    snprintf(mount, sizeof mount, "%s", mount_of(hive, kind));
    if (kind == AUTORUN_USER || kind == AUTORUN_CLASSES) {
        mount_user(all, kind, mount, sizeof mount, user, sizeof user);
    }
    if (kind == AUTORUN_USER) {
        all->variables = variables = autorun_user_environment(all, hive);
        add_search(all);
    }
    if (mount_classes(hive, mount, sizeof mount))
        kind = AUTORUN_CLASSES;
    const struct mounted_hive mounted = { .hive = hive, .kind = kind, .mount = mount };
    all->pass = pass;
    int result = all->registry ? registry_walk(all, &mounted, error)
                 : all->host   ? host_walk(all, &mounted, error)
                               : autoruns_walk(all, &mounted, error);
    if (search_length < all->search.length)
        buffer_truncate(&all->search, search_length);
    autorun_variables_free(variables);
    all->variables = NULL;
    free(all->profile);
    all->profile = NULL;
    all->user = NULL;
    return result;
}

/* Damage of a hive or a log costs a part of it: each is a gap in that file. */
static int emit_problem(struct autoruns *all, const struct autorun_logs *logs, size_t log,
                        const char *text, uint64_t offset)
{
    const struct place *hive = all->place;
    struct buffer named = BUFFER_INIT;

    if (log == 0)
        return autorun_emit_gap(all, text, &offset);
    const struct place *place = &logs->places[log - 1];
    if (hive) {
        all->place = place;
    } else { /* named by itself: records have no path */
        buffer_add_format(&named, "%s: %s", place->path, text);
        text = buffer_text(&named);
    }
    int result = autorun_emit_gap(all, text, &offset);
    all->place = hive;
    buffer_release(&named);
    return result;
}

/* Walk it, and tell its problems behind: values add some when they are read. */
static int walk_and_tell(struct autoruns *all, const struct autorun_logs *logs, struct hive *hive,
                         enum hive_pass pass, struct error *error)
{
    int result = walk_open(all, hive, pass, error);

    for (size_t i = 0; i < hive_problem_count(hive) && result == 0; i++) {
        uint64_t offset;
        const char *text = hive_problem(hive, i, &offset);
        result = emit_problem(all, logs, hive_problem_log(hive, i), text, offset);
    }
    return result;
}

static void report_dirty(struct autoruns *all, const struct autorun_logs *logs)
{
    struct error reason = ERROR_INIT;

    error_set(&reason, ERROR_DAMAGED,
              logs->count == 0 ? "hive: its last changes are in its log, which is not there"
                               : "hive: its last changes are in none of the logs beside it");
    autorun_report(all, &reason);
}

/* One walk over the hive, with these logs or (NULL) without. One that is no hive
 * without them has nothing to compare with, and its problems then are none. */
static int walk_with(struct autoruns *all, struct reader *reader, const struct autorun_logs *logs,
                     enum hive_pass pass, struct error *error)
{
    struct hive *hive;

    if (hive_open_with_logs(&hive, reader, logs ? logs->readers : NULL, logs ? logs->count : 0,
                            NULL) != 0)
        return 0;
    int result = logs ? walk_and_tell(all, logs, hive, pass, error)
                      : walk_open(all, hive, pass, error);
    hive_free(hive);
    return result;
}

static int walk_replayed(struct autoruns *all, struct reader *reader,
                         const struct autorun_logs *logs, struct error *error)
{
    int result = walk_with(all, reader, NULL, PASS_BEFORE, error);

    if (result == 0)
        result = walk_with(all, reader, logs, PASS_AFTER, error);
    if (result == 0)
        result = walk_with(all, reader, NULL, PASS_SUPERSEDED, error);
    all->origin = NULL;
    found_list_release(&all->before);
    found_list_release(&all->after);
    return result;
}

/* The hive that is walked, with its logs. */
static int open_walked(struct autoruns *all, struct reader *reader,
                       const struct autorun_logs *logs, struct hive **hive, struct error *error)
{
    *hive = autorun_kept_hive(all);
    if (*hive)
        return 0;
    return all->carved && all->carved->is_fragment
               ? hive_open_fragment(hive, reader, error)
               : hive_open_with_logs(hive, reader, logs->readers, logs->count, error);
}

/* What is left of a hive that cannot be opened, and why it cannot. Of one that was carved that
 * is told only where nothing is left. */
static int walk_rootless(struct autoruns *all, struct reader *reader, struct error *reason,
                         struct error *error)
{
    bool by_itself = !all->carved || !(all->carved->is_fragment || all->carved->has_fragments);
    bool found = false;
    struct hive *hive;
    int result = 0;

    if (!all->carved)
        autorun_report(all, reason);
    if (by_itself && hive_open_rootless(&hive, reader, NULL) == 0) {
        result = walk_open(all, hive, PASS_ONLY, error);
        found = hive_deleted_key_count(hive) + hive_deleted_value_count(hive) > 0;
        hive_free(hive);
    }
    if (all->carved && !found)
        autorun_report(all, reason);
    return result;
}

static int walk_logged(struct autoruns *all, struct reader *reader,
                       const struct autorun_logs *logs, struct error *error)
{
    struct error reason = ERROR_INIT;
    struct hive *hive;
    int result = 0;

    if (open_walked(all, reader, logs, &hive, &reason) != 0)
        return walk_rootless(all, reader, &reason, error);
    bool replayed = hive_is_replayed(hive);
    if (hive_is_dirty(hive) && !replayed && !all->carved)
        report_dirty(all, logs);
    if (!replayed)
        result = walk_and_tell(all, logs, hive, PASS_ONLY, error);
    hive_free(hive);
    return replayed ? walk_replayed(all, reader, logs, error) : result;
}

int autorun_emit_hive(struct autoruns *all, struct reader *reader, struct error *error)
{
    struct autorun_logs logs;

    autorun_find_logs(all, all->place, &logs, true);
    int result = walk_logged(all, reader, &logs, error);
    found_list_release(&all->told);
    autorun_release_logs(&logs);
    return result;
}
