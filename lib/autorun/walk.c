/* SPDX-License-Identifier: Apache-2.0 */

/* The walk of the catalogue over one hive or one INI file. See autorun.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/autorun.h>
#include <fett/text.h>

struct walk {
    struct hive *hive;
    const char *mount;
    const struct autorun_location *location;
    const char *id;
    bool in_control_set, current;
    hive_key software; /* that rows outside control sets begin at; 0: no such key */
    autorun_visit visit;
    void *context;
    struct buffer key, text;
    char separator; /* between strings of a MULTI_SZ */
    bool ended;     /* an empty string of it was met */
    bool more;      /* the value has data behind what Windows reads */
};

/* Bits of a service's Type: kernel and file system drivers, adapters, recognizers. */
enum { ANY_DRIVER = 1 | 2 | 4 | 8 };

/* Values of a service's Start; those below MANUAL start by themselves. */
enum { MANUAL = 3, DISABLED = 4 };

static bool starts(const char *text, const char *prefix)
{
    return text_compare_nocase(text, strnlen(text, strlen(prefix)), prefix, strlen(prefix)) == 0;
}

static bool has(struct hive *hive, const char *path)
{
    return hive_key_find(hive, hive_root(hive), path) != 0;
}

enum autorun_hive autorun_hive_kind(struct hive *hive)
{
    if (hive_is_9x(hive))
        return has(hive, "Software\\Microsoft\\Windows\\CurrentVersion\\Setup") ||
                       has(hive, "System") || has(hive, "Hardware") || has(hive, "Enum")
                   ? AUTORUN_9X_SYSTEM
                   : AUTORUN_9X_USER;
    if (has(hive, "Select") || has(hive, "ControlSet001"))
        return AUTORUN_SYSTEM;
    if (has(hive, "Microsoft\\Windows\\CurrentVersion") ||
        has(hive, "Microsoft\\Windows NT\\CurrentVersion"))
        return AUTORUN_SOFTWARE;
    return has(hive, "Software") ? AUTORUN_USER : AUTORUN_OTHER;
}

static void add_string(void *context, const char *text, size_t size)
{
    struct walk *walk = context;

    walk->more |= walk->ended;
    walk->ended |= size == 0;
    if (walk->ended)
        return;
    if (walk->text.length > 0)
        buffer_add_byte(&walk->text, walk->separator);
    buffer_add(&walk->text, text, size);
}

/* What a value starts, as text: strings as they are, one behind the other. */
static void set_text(struct walk *walk, const struct hive_value *value)
{
    buffer_clear(&walk->text);
    walk->ended = walk->more = false;
    if (value->type == HIVE_MULTI_SZ)
        hive_value_strings(walk->hive, value, add_string, walk);
    else if (value->type == HIVE_SZ || value->type == HIVE_EXPAND_SZ)
        hive_value_text(walk->hive, value, &walk->text);
    walk->more |= strlen(buffer_text(&walk->text)) < walk->text.length;
}

static void set_key(struct walk *walk, hive_key key)
{
    buffer_clear(&walk->key);
    buffer_add_text(&walk->key, walk->mount);
    if (key != hive_root(walk->hive))
        buffer_add_byte(&walk->key, '\\');
    hive_key_path(walk->hive, key, &walk->key);
}

static int emit(struct walk *walk, hive_key key, const struct hive_value *value,
                struct autorun *autorun)
{
    set_key(walk, key);
    autorun->location = walk->id;
    autorun->category = walk->location->category;
    autorun->technique = walk->location->technique;
    autorun->defaults = walk->location->defaults;
    autorun->list = walk->location->list;
    autorun->key = buffer_text(&walk->key);
    autorun->hive = walk->hive;
    autorun->value = value;
    autorun->name = value ? value->name : "";
    autorun->name_length = value ? value->name_length : 0;
    autorun->last_write = hive_key_last_write(walk->hive, key);
    autorun->text = buffer_text(&walk->text);
    autorun->more = value && walk->more;
    autorun->enabled &= *autorun->text != '\0';
    autorun->in_control_set = walk->in_control_set;
    autorun->current = walk->current;
    return walk->visit(walk->context, autorun);
}

/* Task Manager notes with a time which entries it has switched off. */
static void each_off(struct hive *hive, hive_key software, const char *list,
                     void (*each)(void *context, const char *name, size_t size), void *context)
{
    char path[128];
    struct hive_value value;

    if (!software)
        return;
    snprintf(path, sizeof path,
             "Microsoft\\Windows\\CurrentVersion\\Explorer\\StartupApproved\\%s", list);
    hive_key key = hive_key_find(hive, software, path);
    for (size_t i = 0, count = key ? hive_value_count(hive, key) : 0; i < count; i++)
        if (hive_value_get(hive, key, i, &value, NULL) == 0 && value.size > 0 && value.data[0] & 1)
            each(context, value.name, value.name_length);
}

struct wanted {
    const struct buffer *name;
    bool found;
};

static void compare_name(void *context, const char *name, size_t size)
{
    struct wanted *wanted = context;

    wanted->found |= text_compare_nocase(name, size, buffer_text(wanted->name),
                                         wanted->name->length) == 0;
}

/* Windows before Vista loads AppInit_DLLs whatever LoadAppInit_DLLs says. */
static bool is_before_vista(struct walk *walk)
{
    enum { VISTA = 6 };
    hive_key key = hive_key_find(walk->hive, walk->software,
                                 "Microsoft\\Windows NT\\CurrentVersion");
    struct buffer version = BUFFER_INIT;
    struct hive_value value;

    if (key && hive_value_find(walk->hive, key, "CurrentVersion", &value, NULL) == 0)
        hive_value_text(walk->hive, &value, &version);
    bool before = version.length > 0 && strtoul(version.data, NULL, 10) < VISTA;
    buffer_release(&version);
    return before;
}

static bool is_zero(struct walk *walk, hive_key key, const char *name)
{
    struct hive_value value;
    uint64_t number;

    return hive_value_find(walk->hive, key, name, &value, NULL) == 0 &&
           hive_value_number(&value, &number) == 0 && number == 0;
}

/* Whether the value of a key that has this name is switched off. */
static bool is_off(struct walk *walk, hive_key key, const struct buffer *name)
{
    struct wanted wanted = { name, false };

    switch (walk->location->off_by) {
    case AUTORUN_ALWAYS:
        break;
    case AUTORUN_APPROVED_RUN:
        each_off(walk->hive, walk->software, "Run", compare_name, &wanted);
        break;
    case AUTORUN_APPROVED_RUN32:
        each_off(walk->hive, walk->software, "Run32", compare_name, &wanted);
        break;
    case AUTORUN_LOAD_APPINIT:
        return is_zero(walk, key, "LoadAppInit_DLLs") && !is_before_vista(walk);
    case AUTORUN_PUT_ASIDE:
        return true;
    }
    return wanted.found;
}

/* Get a value that the row asks for, and whether it is in effect; 1 for another. */
static int get_value(struct walk *walk, hive_key key, size_t index, struct hive_value *value,
                     bool *enabled)
{
    struct buffer name = BUFFER_INIT;

    if (hive_value_get(walk->hive, key, index, value, NULL) != 0 ||
        !text_glob(walk->location->value, value->name, value->name_length))
        return 1;
    buffer_add(&name, value->name, value->name_length);
    *enabled = !is_off(walk, key, &name);
    buffer_release(&name);
    /* Other values were asked for meanwhile. */
    return hive_value_get(walk->hive, key, index, value, NULL);
}

static int walk_values(struct walk *walk, hive_key key)
{
    for (size_t i = 0, count = hive_value_count(walk->hive, key); i < count; i++) {
        struct hive_value value;
        struct autorun autorun = { .enabled = false };
        if (get_value(walk, key, i, &value, &autorun.enabled) != 0)
            continue;
        set_text(walk, &value);
        int result = emit(walk, key, &value, &autorun);
        if (result != 0)
            return result;
    }
    return 0;
}

/* The library that svchost loads: svchost takes it from the service's key where
 * Parameters has none. */
static int walk_service_dll(struct walk *walk, hive_key key, struct autorun *autorun)
{
    hive_key places[2] = { hive_key_find(walk->hive, key, "Parameters"), key };
    struct hive_value value;

    for (int i = 0; i < 2; i++)
        if (places[i] && hive_value_find(walk->hive, places[i], "ServiceDll", &value, NULL) == 0) {
            set_text(walk, &value);
            return emit(walk, places[i], &value, autorun);
        }
    return 0;
}

/* A service that starts by itself, by a trigger too, or was kept from it; those
 * that others start on demand are left out. Drivers may have no ImagePath: then
 * it is their name. */
static int walk_service(struct walk *walk, hive_key key)
{
    struct hive_value value;
    uint64_t start = 0, type = 0;
    struct autorun autorun = { .enabled = false };
    size_t length;

    if (hive_value_find(walk->hive, key, "Start", &value, NULL) != 0 ||
        hive_value_number(&value, &start) != 0 || start > DISABLED ||
        (start == MANUAL && !hive_key_find(walk->hive, key, "TriggerInfo")))
        return 0;
    if (hive_value_find(walk->hive, key, "Type", &value, NULL) == 0)
        hive_value_number(&value, &type);
    autorun.enabled = start != DISABLED;
    bool found = hive_value_find(walk->hive, key, "ImagePath", &value, NULL) == 0;
    if (found) {
        set_text(walk, &value);
    } else {
        if (!(type & ANY_DRIVER))
            return 0;
        const char *name = hive_key_name(walk->hive, key, &length);
        buffer_clear(&walk->text);
        buffer_add_format(&walk->text, "System32\\drivers\\%.*s.sys", (int)length, name);
    }
    int result = emit(walk, key, found ? &value : NULL, &autorun);
    return result != 0 ? result : walk_service_dll(walk, key, &autorun);
}

/* All keys below `key` that match the rest of the row's path. */
static int walk_path(struct walk *walk, hive_key key, const char *path)
{
    size_t length = strcspn(path, "\\");
    const char *rest = path[length] ? path + length + 1 : NULL;

    if (length != 1 || *path != '*') {
        char part[256];
        if (length >= sizeof part)
            return 0;
        memcpy(part, path, length);
        part[length] = '\0';
        key = hive_key_find(walk->hive, key, part);
        if (!key)
            return 0;
        if (rest)
            return walk_path(walk, key, rest);
        return walk->location->read == AUTORUN_SERVICES ? walk_service(walk, key)
                                                        : walk_values(walk, key);
    }
    for (size_t i = 0; i < hive_key_child_count(walk->hive, key); i++) {
        hive_key child = hive_key_child(walk->hive, key, i);
        int result = rest ? walk_path(walk, child, rest)
                     : walk->location->read == AUTORUN_SERVICES ? walk_service(walk, child)
                                                                : walk_values(walk, child);
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

static int walk_control_sets(struct walk *walk)
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
        walk->in_control_set = current != 0;
        walk->current = number == current;
        int result = walk_path(walk, set, walk->location->key);
        if (result != 0)
            return result;
    }
    return 0;
}

/* USER.DAT has a key for each user at its root. */
static int walk_9x_users(struct walk *walk)
{
    hive_key root = hive_root(walk->hive);

    for (size_t i = 0; i < hive_key_child_count(walk->hive, root); i++) {
        walk->software = hive_key_find(walk->hive, hive_key_child(walk->hive, root, i), "Software");
        int result = walk->software ? walk_path(walk, walk->software, walk->location->key) : 0;
        if (result != 0)
            return result;
    }
    return 0;
}

/* The key that rows outside control sets begin at; 0 for none. */
static hive_key software_of(struct hive *hive, enum autorun_hive kind)
{
    switch (kind) {
    case AUTORUN_SOFTWARE:
        return hive_root(hive);
    case AUTORUN_USER:
    case AUTORUN_9X_SYSTEM:
        return hive_key_find(hive, hive_root(hive), "Software");
    default:
        return 0;
    }
}

void autorun_startup_off(struct hive *hive, enum autorun_hive kind,
                         void (*each)(void *context, const char *name, size_t size),
                         void *context)
{
    each_off(hive, software_of(hive, kind), "StartupFolder", each, context);
}

int autorun_walk_hive(struct hive *hive, enum autorun_hive kind, const char *mount,
                      autorun_visit visit, void *context, struct error *error)
{
    struct walk walk = { .hive = hive,
                         .mount = mount,
                         .visit = visit,
                         .context = context,
                         .software = software_of(hive, kind),
                         .separator = ' ' };
    bool user = kind == AUTORUN_USER || kind == AUTORUN_9X_USER;
    int result = 0;

    for (size_t i = 0; result == 0 && (walk.location = autorun_location(i)) != NULL; i++) {
        walk.id = user ? walk.location->user_id : walk.location->id;
        walk.in_control_set = walk.current = false;
        if (walk.location->control_set) {
            if (kind == AUTORUN_SYSTEM)
                result = walk_control_sets(&walk);
        } else if (!walk.id) {
            continue;
        } else if (kind == AUTORUN_9X_USER) {
            result = walk_9x_users(&walk);
        } else if (walk.software) {
            result = walk_path(&walk, walk.software, walk.location->key);
        }
    }
    if (result == 0 && (walk.key.failed || walk.text.failed))
        result = error_set_memory(error);
    buffer_release(&walk.key);
    buffer_release(&walk.text);
    return result;
}

bool autorun_is_default(const char *defaults, const char *text, size_t text_size)
{
    char pattern[128];

    for (const char *at = defaults; at && *at;) {
        size_t size = strcspn(at, "|");
        if (size < sizeof pattern) {
            /* A backslash in data stands for itself, `\*` for a star. */
            size_t out = 0;
            for (size_t i = 0; i < size && out + 2 < sizeof pattern; i++) {
                if (at[i] == '\\' && at[i + 1] != '*')
                    pattern[out++] = '\\';
                pattern[out++] = at[i];
            }
            pattern[out] = '\0';
            if (text_glob(pattern, text, text_size))
                return true;
        }
        at += size;
        at += *at == '|';
    }
    return false;
}
