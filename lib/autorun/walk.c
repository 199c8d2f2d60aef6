/* SPDX-License-Identifier: Apache-2.0 */

/* The walk of the catalogue over one hive. See autorun.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "walk.h"

static bool starts(const char *text, const char *prefix)
{
    return text_compare_nocase(text, strnlen(text, strlen(prefix)), prefix, strlen(prefix)) == 0;
}

static bool has(struct hive *hive, const char *path)
{
    return hive_key_find(hive, hive_root(hive), path) != 0;
}

static enum autorun_hive kind_9x(struct hive *hive)
{
    if (has(hive, "Software\\Microsoft\\Windows\\CurrentVersion\\Setup") || has(hive, "System") ||
        has(hive, "Hardware") || has(hive, "Enum"))
        return AUTORUN_9X_SYSTEM;
    return has(hive, "CLSID") ? AUTORUN_9X_CLASSES : AUTORUN_9X_USER;
}

/* Whether a key is one that file types have: named by their ending, or with a command. */
static bool is_file_type(struct hive *hive, hive_key key)
{
    size_t length;
    const char *name = hive_key_name(hive, key, &length);
    hive_key shell = hive_key_find(hive, key, "shell");

    if (length > 1 && *name == '.')
        return true;
    for (size_t i = 0; shell && i < hive_key_child_count(hive, shell); i++)
        if (hive_key_find(hive, hive_key_child(hive, shell, i), "command"))
            return true;
    return false;
}

/* UsrClass.dat: its root is named "<SID>_Classes", or it has what classes are known by. */
static bool has_classes(struct hive *hive)
{
    static const char end[] = "_Classes";
    size_t length, end_length = sizeof end - 1;
    hive_key root = hive_root(hive);
    const char *name = hive_key_name(hive, root, &length);

    if (length > end_length &&
        text_compare_nocase(name + length - end_length, end_length, end, end_length) == 0)
        return true;
    if (has(hive, "CLSID") || has(hive, "Local Settings"))
        return true;
    for (size_t i = 0; i < hive_key_child_count(hive, root); i++)
        if (is_file_type(hive, hive_key_child(hive, root, i)))
            return true;
    return false;
}

enum autorun_hive autorun_hive_kind(struct hive *hive)
{
    if (hive_is_9x(hive))
        return kind_9x(hive);
    if (has(hive, "Select") || has(hive, "ControlSet001"))
        return AUTORUN_SYSTEM;
    if (has(hive, "Microsoft\\Windows\\CurrentVersion") ||
        has(hive, "Microsoft\\Windows NT\\CurrentVersion"))
        return AUTORUN_SOFTWARE;
    bool has_software = has(hive, "Software");
    /* Every user has both; a class that was put beside them hides nothing. */
    if (has_software && (has(hive, "Control Panel") || has(hive, "Environment")))
        return AUTORUN_USER;
    if (has_classes(hive))
        return AUTORUN_CLASSES;
    if (has_software)
        return AUTORUN_USER;
    return has(hive, "SAM\\Domains") ? AUTORUN_SAM : AUTORUN_OTHER;
}

/* The subkey that Autoruns moves to what it switches off: values, and keys. */
static const char put_aside[] = "AutorunsDisabled";

int walk_key(struct walk *walk, hive_key key)
{
    if (walk->location->read == AUTORUN_SERVICES)
        return walk_service(walk, key);
    int result = walk_values(walk, key);
    hive_key aside = result == 0 ? hive_key_find(walk->hive, key, put_aside) : 0;
    if (aside) {
        walk->aside = true;
        result = walk_values(walk, aside);
        walk->aside = false;
    }
    return result;
}

static int walk_path(struct walk *walk, hive_key key, const char *path);

/* A key whose name matches the begin of a path, of which `rest` is left. */
static int walk_matched(struct walk *walk, hive_key key, const char *name, size_t length,
                        const char *path, const char *rest)
{
    if (!walk->aside && text_compare_nocase(name, length, put_aside, sizeof put_aside - 1) == 0) {
        walk->aside = true;
        int result = walk_path(walk, key, path);
        walk->aside = false;
        return result;
    }
    buffer_clear(&walk->matched);
    buffer_add(&walk->matched, name, length);
    return walk_path(walk, key, rest);
}

/* All keys below `key` that match the rest of the row's path. */
static int walk_path(struct walk *walk, hive_key key, const char *path)
{
    size_t length = strcspn(path, "\\");
    const char *rest = path[length] ? path + length + 1 : "";
    char part[LIMIT_PATTERN_BYTES * 2];

    if (!*path)
        return walk_key(walk, key);
    if (length >= sizeof part)
        return 0;
    memcpy(part, path, length);
    part[length] = '\0';
    if (!strpbrk(part, "*?|")) {
        key = hive_key_find(walk->hive, key, part);
        return key ? walk_path(walk, key, rest) : 0;
    }
    for (size_t i = 0; i < hive_key_child_count(walk->hive, key); i++) {
        hive_key child = hive_key_child(walk->hive, key, i);
        size_t name_length;
        const char *name = hive_key_name(walk->hive, child, &name_length);
        if (!autorun_matches(part, name, name_length))
            continue;
        int result = walk_matched(walk, child, name, name_length, path, rest);
        if (result != 0)
            return result;
    }
    return 0;
}

uint32_t autorun_current_set(struct hive *hive)
{
    struct hive_value value;
    uint64_t number = 0;
    hive_key select = hive_key_find(hive, hive_root(hive), "Select");

    if (select && hive_value_find(hive, select, "Current", &value, NULL) == 0)
        hive_value_number(&value, &number);
    return (uint32_t)number;
}

unsigned autorun_code_page(struct hive *hive, enum autorun_hive kind)
{
    char path[64] = "System\\CurrentControlSet\\Control\\Nls\\Codepage";
    struct buffer text = BUFFER_INIT;
    struct hive_value value;

    if (kind == AUTORUN_SYSTEM)
        snprintf(path, sizeof path, "ControlSet%03u\\Control\\Nls\\CodePage",
                 autorun_current_set(hive));
    else if (kind != AUTORUN_9X_SYSTEM)
        return 0;
    hive_key key = hive_key_find(hive, hive_root(hive), path);
    if (key && hive_value_find(hive, key, "ACP", &value, NULL) == 0)
        hive_value_text(hive, &value, &text);
    unsigned page = (unsigned)strtoul(buffer_text(&text), NULL, 10);
    buffer_release(&text);
    return page;
}

static int add_base(struct walk *walk, const struct base *base)
{
    if (base->key == 0)
        return 0;
    if (memory_grow((void **)&walk->bases, &walk->base_capacity, walk->base_count + 1,
                    sizeof *walk->bases) != 0)
        return -1;
    walk->bases[walk->base_count++] = *base;
    return 0;
}

static int add_control_sets(struct walk *walk)
{
    hive_key root = hive_root(walk->hive);
    uint32_t current = autorun_current_set(walk->hive);

    for (size_t i = 0; i < hive_key_child_count(walk->hive, root); i++) {
        hive_key set = hive_key_child(walk->hive, root, i);
        size_t length;
        const char *stored = hive_key_name(walk->hive, set, &length);
        char name[sizeof "ControlSet001"];
        unsigned number;
        if (length != sizeof name - 1)
            continue;
        memcpy(name, stored, length);
        name[length] = '\0';
        if (!starts(name, "ControlSet") || sscanf(name + 10, "%3u", &number) != 1)
            continue;
        const struct base base = { .place = AUTORUN_IN_SETS,
                                   .key = set,
                                   .in_control_set = current != 0,
                                   .current = number == current };
        if (add_base(walk, &base) != 0)
            return -1;
    }
    return 0;
}

/* Where rows are looked for below the root of a hive, or of one user of USER.DAT. */
static const struct {
    enum autorun_hive kind;
    unsigned place;
    bool wow64;
    const char *path;
} places[] = {
    { AUTORUN_SOFTWARE, AUTORUN_IN_SOFTWARE, false, "" },
    { AUTORUN_SOFTWARE, AUTORUN_IN_WOW64, true, "Wow6432Node" },
    { AUTORUN_SOFTWARE, AUTORUN_IN_CLASSES, false, "Classes" },
    { AUTORUN_SOFTWARE, AUTORUN_IN_CLASSES, true, "Classes\\Wow6432Node" },
    { AUTORUN_SOFTWARE, AUTORUN_IN_CLASSES, true, "Wow6432Node\\Classes" },
    { AUTORUN_USER, AUTORUN_IN_USER, false, "Software" },
    { AUTORUN_USER, AUTORUN_IN_USER_WOW64, true, "Software\\Wow6432Node" },
    { AUTORUN_USER, AUTORUN_IN_USER_ROOT, false, "" },
    { AUTORUN_USER, AUTORUN_IN_USER_CLASSES, false, "Software\\Classes" },
    { AUTORUN_USER, AUTORUN_IN_USER_CLASSES, true, "Software\\Classes\\Wow6432Node" },
    { AUTORUN_CLASSES, AUTORUN_IN_USER_CLASSES, false, "" },
    { AUTORUN_CLASSES, AUTORUN_IN_USER_CLASSES, true, "Wow6432Node" },
    { AUTORUN_SYSTEM, AUTORUN_IN_SYSTEM, false, "" },
    { AUTORUN_SAM, AUTORUN_IN_SAM, false, "" },
    { AUTORUN_9X_SYSTEM, AUTORUN_IN_SOFTWARE, false, "Software" },
    { AUTORUN_9X_SYSTEM, AUTORUN_IN_CLASSES, false, "Software\\Classes" },
    { AUTORUN_9X_SYSTEM, AUTORUN_IN_SETS_9X, false, "System\\CurrentControlSet" },
    { AUTORUN_9X_USER, AUTORUN_IN_USER, false, "Software" },
    { AUTORUN_9X_USER, AUTORUN_IN_USER_ROOT, false, "" },
    { AUTORUN_9X_CLASSES, AUTORUN_IN_CLASSES, false, "" },
};

static int add_bases(struct walk *walk, enum autorun_hive kind, hive_key root)
{
    static const unsigned with_software = AUTORUN_IN_USER | AUTORUN_IN_USER_WOW64 |
                                          AUTORUN_IN_USER_ROOT;
    hive_key software = hive_key_find(walk->hive, root, "Software");

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i].kind != kind)
            continue;
        const struct base base = {
            .place = places[i].place,
            .wow64 = places[i].wow64,
            .key = hive_key_find(walk->hive, root, places[i].path),
            .software = kind == AUTORUN_SOFTWARE ? root
                        : places[i].place & with_software ? software : 0,
        };
        if (add_base(walk, &base) != 0)
            return -1;
    }
    return 0;
}

/* Find all bases of a hive. USER.DAT has a key for each user at its root. */
static int find_bases(struct walk *walk, enum autorun_hive kind)
{
    hive_key root = hive_root(walk->hive);
    int result = 0;

    if (kind == AUTORUN_SYSTEM)
        result = add_control_sets(walk);
    if (kind != AUTORUN_9X_USER)
        return result != 0 ? result : add_bases(walk, kind, root);
    for (size_t i = 0; i < hive_key_child_count(walk->hive, root) && result == 0; i++)
        result = add_bases(walk, kind, hive_key_child(walk->hive, root, i));
    return result;
}

/* See autorun_location; at no known place neither -hklm nor -hku is at its end. */
void walk_set_id(struct walk *walk)
{
    static const char machine[] = "-hklm";
    const char *id = walk->location->id;
    size_t length = strlen(id), suffix = sizeof machine - 1;
    bool both = length > suffix && strcmp(id + length - suffix, machine) == 0;
    bool user = walk->base->place & (AUTORUN_IN_USER | AUTORUN_IN_USER_WOW64 |
                                     AUTORUN_IN_USER_CLASSES) &&
                walk->location->places & (AUTORUN_IN_SOFTWARE | AUTORUN_IN_CLASSES);

    snprintf(walk->id, sizeof walk->id, "%.*s%s%s", (int)(both ? length - suffix : length), id,
             walk->base->wow64 ? "-wow64" : "",
             user ? "-hku" : both && walk->base->place ? machine : "");
}

static void release(struct walk *walk)
{
    free(walk->bases);
    free(walk->deleted_items);
    free(walk->met);
    buffer_release(&walk->matched);
    buffer_release(&walk->key);
    buffer_release(&walk->text);
    buffer_release(&walk->class);
    buffer_release(&walk->arguments);
    buffer_release(&walk->version);
}

static int walk_rows(struct walk *walk)
{
    int result = 0;

    for (size_t i = 0; result == 0 && (walk->location = autorun_location(i)) != NULL; i++)
        for (size_t b = 0; result == 0 && b < walk->base_count; b++) {
            walk->base = &walk->bases[b];
            if (!(walk->location->places & walk->base->place))
                continue;
            walk_set_id(walk);
            buffer_clear(&walk->matched);
            result = walk->deleted ? walk_deleted(walk)
                                   : walk_path(walk, walk->base->key, walk->location->key);
        }
    return result;
}

int autorun_walk_hive(struct hive *hive, enum autorun_hive kind, const char *mount,
                      const struct autorun_known *known, autorun_visit visit, void *context,
                      struct error *error)
{
    struct walk walk = { .hive = hive,
                         .mount = mount,
                         .known = known,
                         .visit = visit,
                         .context = context,
                         .separator = ' ' };
    int result = 0;

    if (find_bases(&walk, kind) != 0) {
        release(&walk);
        return error_set_memory(error);
    }
    result = walk_rows(&walk);
    walk.deleted = true;
    if (result == 0 && walk_find_deleted(&walk) != 0)
        result = error_set_memory(error);
    if (result == 0 && walk.deleted_count > 0)
        result = walk_rows(&walk);
    if (result == 0)
        result = walk_lost(&walk);
    if (result == 0)
        result = walk_orphans(&walk);
    if (result == 0 && (walk.key.failed || walk.text.failed || walk.matched.failed ||
                        walk.class.failed || walk.arguments.failed || walk.version.failed))
        result = error_set_memory(error);
    release(&walk);
    return result;
}
