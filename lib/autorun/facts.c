/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What hives tell about each other. Of classes the name and the server are kept,
 * sorted by the hash of the name; a hive has ten thousand of them.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "walk.h"

enum class_kind { CLASS_LIBRARY, CLASS_COMMAND, CLASS_PROGID };

/* Name and text lie in facts->texts, with a NUL each. */
struct class {
    uint64_t hash;
    size_t name, text;
    enum class_kind kind;
    bool wow64;
};

struct autorun_facts {
    struct class *classes;
    size_t class_count, class_capacity;
    struct buffer texts;
    struct buffer groups; /* of svchost: "group\0service\0" ... */
    struct buffer windows;
    uint64_t *services; /* hashes of their names, sorted */
    size_t service_count, service_capacity;
    bool knows_services;
    unsigned version;
};

struct autorun_facts *autorun_facts_new(void)
{
    return calloc(1, sizeof(struct autorun_facts));
}

void autorun_facts_free(struct autorun_facts *facts)
{
    if (!facts)
        return;
    buffer_release(&facts->texts);
    buffer_release(&facts->groups);
    buffer_release(&facts->windows);
    free(facts->classes);
    free(facts->services);
    free(facts);
}

static size_t add_text(struct autorun_facts *facts, const char *text, size_t size)
{
    size_t at = facts->texts.length;

    buffer_add(&facts->texts, text, strnlen(text, size));
    buffer_add_byte(&facts->texts, '\0');
    return at;
}

static int add_class(struct autorun_facts *facts, const char *name, size_t size,
                     const struct buffer *text, enum class_kind kind, bool wow64)
{
    if (memory_grow((void **)&facts->classes, &facts->class_capacity, facts->class_count + 1,
                    sizeof *facts->classes) != 0)
        return -1;
    facts->classes[facts->class_count++] = (struct class){
        .hash = text_hash_nocase(name, size),
        .name = add_text(facts, name, size),
        .text = add_text(facts, buffer_text(text), text->length),
        .kind = kind,
        .wow64 = wow64,
    };
    return 0;
}

static bool stored_text(struct hive *hive, hive_key key, const char *name, struct buffer *text)
{
    struct hive_value value;

    buffer_clear(text);
    if (key && hive_value_find(hive, key, name, &value, NULL) == 0 &&
        (value.type == HIVE_SZ || value.type == HIVE_EXPAND_SZ))
        hive_value_text(hive, &value, text);
    return text->length > 0;
}

/* The .NET runtime is the server of classes whose own library CodeBase names. */
static void take_code_base(struct hive *hive, hive_key server, struct buffer *text)
{
    static const char scheme[] = "file:///";
    struct buffer base = BUFFER_INIT;

    if (autorun_matches("*mscoree.dll", text->data, text->length) &&
        stored_text(hive, server, "CodeBase", &base)) {
        size_t skip = autorun_matches("file:///*", base.data, base.length) ? sizeof scheme - 1 : 0;
        buffer_clear(text);
        buffer_add(text, base.data + skip, base.length - skip);
    }
    buffer_release(&base);
}

static int learn_class(struct autorun_facts *facts, struct hive *hive, hive_key key, bool wow64)
{
    static const struct {
        const char *key;
        enum class_kind kind;
    } servers[] = {
        { "InprocServer32", CLASS_LIBRARY }, { "LocalServer32", CLASS_COMMAND },
        { "InprocServer", CLASS_LIBRARY },   { "LocalServer", CLASS_COMMAND },
    };
    struct buffer text = BUFFER_INIT;
    size_t length;
    int result = 0;

    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        hive_key server = hive_key_find(hive, key, servers[i].key);
        if (!stored_text(hive, server, "", &text))
            continue;
        take_code_base(hive, server, &text);
        const char *name = hive_key_name(hive, key, &length);
        result = add_class(facts, name, length, &text, servers[i].kind, wow64);
        break;
    }
    buffer_release(&text);
    return result;
}

/* What a key of Classes tells besides: the CLSID of a ProgID. */
static int learn_prog_id(struct autorun_facts *facts, struct hive *hive, hive_key key)
{
    struct buffer text = BUFFER_INIT;
    size_t length;
    int result = 0;
    hive_key class = hive_key_find(hive, key, "CLSID");

    if (class && stored_text(hive, class, "", &text)) {
        const char *name = hive_key_name(hive, key, &length);
        result = add_class(facts, name, length, &text, CLASS_PROGID, false);
    }
    buffer_release(&text);
    return result;
}

static int learn_classes(struct autorun_facts *facts, struct hive *hive, hive_key classes,
                         bool wow64)
{
    hive_key list = classes ? hive_key_find(hive, classes, "CLSID") : 0;
    int result = 0;

    for (size_t i = 0, count = list ? hive_key_child_count(hive, list) : 0;
         i < count && result == 0; i++)
        result = learn_class(facts, hive, hive_key_child(hive, list, i), wow64);
    for (size_t i = 0, count = classes && !wow64 ? hive_key_child_count(hive, classes) : 0;
         i < count && result == 0; i++)
        result = learn_prog_id(facts, hive, hive_key_child(hive, classes, i));
    return result;
}

static unsigned version_of(struct hive *hive, hive_key key)
{
    static const struct {
        const char *version;
        unsigned bit;
    } versions[] = {
        { "4.0*", AUTORUN_NT4 },   { "5.0*", AUTORUN_2000 }, { "5.1*", AUTORUN_XP },
        { "5.2*", AUTORUN_2003 },  { "6.0*", AUTORUN_VISTA }, { "6.1*", AUTORUN_7 },
        { "6.2*|6.3*", AUTORUN_8 },
    };
    enum { WINDOWS_11_BUILD = 22000 };
    struct buffer text = BUFFER_INIT;
    struct hive_value value;
    unsigned version = 0;

    if (hive_value_find(hive, key, "CurrentMajorVersionNumber", &value, NULL) == 0) {
        stored_text(hive, key, "CurrentBuildNumber", &text);
        version = strtoul(buffer_text(&text), NULL, 10) < WINDOWS_11_BUILD ? AUTORUN_10
                                                                           : AUTORUN_11;
    } else if (stored_text(hive, key, "CurrentVersion", &text)) {
        for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
            if (autorun_matches(versions[i].version, text.data, text.length))
                version = versions[i].bit;
    }
    buffer_release(&text);
    return version;
}

struct group {
    struct autorun_facts *facts;
    const struct buffer *name;
};

static void add_member(void *context, const char *text, size_t size)
{
    const struct group *group = context;
    struct buffer *groups = &group->facts->groups;

    if (strnlen(text, size) == 0)
        return;
    buffer_add_text(groups, buffer_text(group->name));
    buffer_add_byte(groups, '\0');
    buffer_add(groups, text, strnlen(text, size));
    buffer_add_byte(groups, '\0');
}

static void learn_groups(struct autorun_facts *facts, struct hive *hive, hive_key key)
{
    struct buffer name = BUFFER_INIT;
    struct group group = { facts, &name };
    struct hive_value value;

    for (size_t i = 0, count = key ? hive_value_count(hive, key) : 0; i < count; i++) {
        if (hive_value_get(hive, key, i, &value, NULL) != 0 || value.type != HIVE_MULTI_SZ)
            continue;
        buffer_clear(&name);
        buffer_add(&name, value.name, value.name_length);
        hive_value_strings(hive, &value, add_member, &group);
    }
    facts->texts.failed |= name.failed;
    buffer_release(&name);
}

static void learn_machine(struct autorun_facts *facts, struct hive *hive)
{
    hive_key version = hive_key_find(hive, hive_root(hive),
                                     "Microsoft\\Windows NT\\CurrentVersion");

    if (!version)
        return;
    facts->version = version_of(hive, version);
    stored_text(hive, version, "SystemRoot", &facts->windows);
    learn_groups(facts, hive, hive_key_find(hive, version, "Svchost"));
}

static int learn_services(struct autorun_facts *facts, struct hive *hive)
{
    char path[64];

    snprintf(path, sizeof path, "ControlSet%03u\\Services", autorun_current_set(hive));
    hive_key list = hive_key_find(hive, hive_root(hive), path);
    for (size_t i = 0; list && i < hive_key_child_count(hive, list); i++) {
        size_t length;
        const char *name = hive_key_name(hive, hive_key_child(hive, list, i), &length);
        if (memory_grow((void **)&facts->services, &facts->service_capacity,
                        facts->service_count + 1, sizeof *facts->services) != 0)
            return -1;
        facts->services[facts->service_count++] = text_hash_nocase(name, length);
    }
    if (facts->service_count > 0)
        qsort(facts->services, facts->service_count, sizeof *facts->services, keyed_compare);
    facts->knows_services |= facts->service_count > 0;
    return 0;
}

/* Of several of one name the first one that was learnt comes first. */
static int compare_class(const void *a, const void *b)
{
    const struct class *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

int autorun_facts_learn(struct autorun_facts *facts, struct hive *hive, enum autorun_hive kind,
                        struct error *error)
{
    static const struct {
        enum autorun_hive kind;
        const char *classes;
        bool wow64;
    } places[] = {
        { AUTORUN_SOFTWARE, "Classes", false },
        { AUTORUN_SOFTWARE, "Classes\\Wow6432Node", true },
        { AUTORUN_SOFTWARE, "Wow6432Node\\Classes", true },
        { AUTORUN_USER, "Software\\Classes", false },
        { AUTORUN_USER, "Software\\Classes\\Wow6432Node", true },
        { AUTORUN_CLASSES, "", false },
        { AUTORUN_CLASSES, "Wow6432Node", true },
        { AUTORUN_9X_SYSTEM, "Software\\Classes", false },
        { AUTORUN_9X_CLASSES, "", false },
    };
    int result = 0;

    if (kind == AUTORUN_SOFTWARE)
        learn_machine(facts, hive);
    else if (kind == AUTORUN_SYSTEM)
        result = learn_services(facts, hive);
    else if (kind == AUTORUN_9X_SYSTEM)
        facts->version = AUTORUN_9X;
    for (size_t i = 0; i < sizeof places / sizeof *places && result == 0; i++)
        if (places[i].kind == kind)
            result = learn_classes(facts, hive,
                                   hive_key_find(hive, hive_root(hive), places[i].classes),
                                   places[i].wow64);
    if (facts->class_count > 0)
        qsort(facts->classes, facts->class_count, sizeof *facts->classes, compare_class);
    if (result != 0 || facts->texts.failed || facts->groups.failed || facts->windows.failed)
        return error_set_memory(error);
    return 0;
}

/* The class of a name in one place; NULL for none. */
static const struct class *find_class(const struct autorun_facts *facts, const char *name,
                                      size_t size, bool wow64)
{
    uint64_t hash = text_hash_nocase(name, size);
    size_t count = facts ? facts->class_count : 0;

    for (size_t i = count ? keyed_find(facts->classes, count, sizeof *facts->classes, hash) : 0;
         i < count && facts->classes[i].hash == hash; i++) {
        const struct class *class = &facts->classes[i];
        const char *own = facts->texts.data + class->name;
        if ((class->wow64 == wow64 || class->kind == CLASS_PROGID) &&
            text_compare_nocase(own, strlen(own), name, size) == 0)
            return class;
    }
    return NULL;
}

bool facts_has_server(const struct autorun_facts *facts, const char *class, size_t size,
                      bool wow64)
{
    return find_class(facts, class, size, wow64) != NULL;
}

bool facts_server(const struct autorun_known *known, const char *name, size_t size, bool wow64,
                  struct buffer *text, bool *command)
{
    const struct autorun_facts *where = NULL;
    const struct class *class = NULL;

    /* A ProgID leads to a CLSID, and that to its server. */
    for (int step = 0; step < 2 && known; step++) {
        class = find_class(where = known->user, name, size, wow64);
        if (!class)
            class = find_class(where = known->machine, name, size, wow64);
        if (!class || class->kind != CLASS_PROGID)
            break;
        name = where->texts.data + class->text;
        size = strlen(name);
    }
    if (!class || class->kind == CLASS_PROGID)
        return false;
    *command = class->kind == CLASS_COMMAND;
    buffer_add_text(text, where->texts.data + class->text);
    return true;
}

int facts_in_group(const struct autorun_facts *facts, const char *group, size_t group_size,
                   const char *service, size_t size)
{
    bool any = false;

    if (!facts || facts->groups.length == 0)
        return -1;
    for (const char *at = facts->groups.data, *end = at + facts->groups.length; at < end;) {
        const char *member = at + strlen(at) + 1;
        any = true;
        if (text_compare_nocase(at, strlen(at), group, group_size) == 0 &&
            text_compare_nocase(member, strlen(member), service, size) == 0)
            return 1;
        at = member + strlen(member) + 1;
    }
    return any ? 0 : -1;
}

bool facts_has_service(const struct autorun_facts *facts, const char *name, size_t size)
{
    uint64_t hash = text_hash_nocase(name, size);

    return !facts || !facts->knows_services ||
           keyed_row(facts->services, facts->service_count, sizeof hash, hash) != NULL;
}

unsigned facts_version(const struct autorun_facts *facts)
{
    return facts ? facts->version : 0;
}

const char *facts_windows(const struct autorun_facts *facts)
{
    return facts ? buffer_text(&facts->windows) : "";
}
