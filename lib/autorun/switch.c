/* SPDX-License-Identifier: Apache-2.0 */

/* What has switched an autostart off. See autorun.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "walk.h"

/* Bits of GlobalFlag and of LoadBehavior. */
enum { FLAG_APPLICATION_VERIFIER = 0x100 };
enum { LOAD_AT_START = 2, LOAD_ON_DEMAND = 8, LOAD_FIRST_THEN_DEMAND = 16 };

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
    const char *name;
    size_t size;
    bool found;
};

static void compare_name(void *context, const char *name, size_t size)
{
    struct wanted *wanted = context;

    wanted->found |= text_compare_nocase(name, size, wanted->name, wanted->size) == 0;
}

/* Windows before Vista loads AppInit_DLLs whatever LoadAppInit_DLLs says. */
static bool is_before_vista(struct walk *walk)
{
    enum { VISTA = 6 };
    hive_key key = hive_key_find(walk->hive, walk->base->software,
                                 "Microsoft\\Windows NT\\CurrentVersion");
    struct buffer version = BUFFER_INIT;
    struct hive_value value;

    if (key && hive_value_find(walk->hive, key, "CurrentVersion", &value, NULL) == 0)
        hive_value_text(walk->hive, &value, &version);
    bool before = version.length > 0 && strtoul(version.data, NULL, 10) < VISTA;
    buffer_release(&version);
    return before;
}

/* A number beside the value, or that a text has; false: there is none. */
static bool number_beside(struct walk *walk, hive_key key, const char *name, uint64_t *number)
{
    struct buffer text = BUFFER_INIT;
    struct hive_value value;

    if (hive_value_find(walk->hive, key, name, &value, NULL) != 0)
        return false;
    if (hive_value_number(&value, number) != 0) {
        hive_value_text(walk->hive, &value, &text);
        *number = strtoull(buffer_text(&text), NULL, 0);
    }
    buffer_release(&text);
    return true;
}

static bool is_zero(struct walk *walk, hive_key key, const char *name)
{
    uint64_t number;

    return number_beside(walk, key, name, &number) && number == 0;
}

bool walk_is_off(struct walk *walk, hive_key key, const char *name, size_t size)
{
    struct wanted wanted = { name, size, false };
    uint64_t number = 0;

    if (walk->aside)
        return true;
    switch (walk->location->off_by) {
    case AUTORUN_ALWAYS:
        break;
    case AUTORUN_APPROVED:
        each_off(walk->hive, walk->base->software, walk->base->wow64 ? "Run32" : "Run",
                 compare_name, &wanted);
        break;
    case AUTORUN_LOAD_APPINIT:
        return is_zero(walk, key, "LoadAppInit_DLLs") && !is_before_vista(walk);
    case AUTORUN_IS_INSTALLED:
        return is_zero(walk, key, "IsInstalled");
    case AUTORUN_VERIFIER:
        number_beside(walk, key, "GlobalFlag", &number);
        return !(number & FLAG_APPLICATION_VERIFIER);
    case AUTORUN_LOAD_BEHAVIOR:
        return number_beside(walk, key, "LoadBehavior", &number) &&
               !(number & (LOAD_AT_START | LOAD_ON_DEMAND | LOAD_FIRST_THEN_DEMAND));
    case AUTORUN_PUT_ASIDE:
        return true;
    }
    return wanted.found;
}

void autorun_startup_off(struct hive *hive, enum autorun_hive kind,
                         void (*each)(void *context, const char *name, size_t size),
                         void *context)
{
    hive_key software = kind == AUTORUN_SOFTWARE ? hive_root(hive)
                        : kind == AUTORUN_USER ? hive_key_find(hive, hive_root(hive), "Software")
                                               : 0;

    each_off(hive, software, "StartupFolder", each, context);
}
