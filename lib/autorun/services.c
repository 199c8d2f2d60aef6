/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Services and drivers. What svchost hosts is told as the library that it loads,
 * with svchost's own arguments, by the service's ImagePath and by its ServiceDll.
 */

#include <string.h>

#include <fett/text.h>

#include "walk.h"

/* Bits of a service's Type: kernel and file system drivers, adapters, recognizers. */
enum { ANY_DRIVER = 1 | 2 | 4 | 8 };

/* Values of a service's Start; those below MANUAL start by themselves. */
enum { MANUAL = 3, DISABLED = 4 };

/* The library that svchost loads: svchost takes it from the service's key where
 * Parameters has none. */
static bool find_library(struct walk *walk, hive_key key, hive_key *where,
                         struct hive_value *value)
{
    hive_key places[2] = { hive_key_find(walk->hive, key, "Parameters"), key };

    for (int i = 0; i < 2; i++) {
        *where = places[i];
        if (places[i] &&
            hive_value_find(walk->hive, places[i], "ServiceDll", value, NULL) == 0)
            return true;
    }
    return false;
}

/* The arguments of svchost itself; NULL: another program, or one of its name that
 * lies elsewhere. */
static const char *host_arguments(const char *image)
{
    static const char hosts[] = "%systemroot%\\system32\\svchost*|%windir%\\system32\\svchost*|"
                                "\\systemroot\\system32\\svchost*|system32\\svchost*|"
                                "?:\\windows\\system32\\svchost*|?:\\winnt\\system32\\svchost*|"
                                "%systemroot%\\syswow64\\svchost*|%windir%\\syswow64\\svchost*|"
                                "\\systemroot\\syswow64\\svchost*|syswow64\\svchost*|"
                                "?:\\windows\\syswow64\\svchost*";
    const char *bare = image + (*image == '"');
    const char *arguments = strchr(bare, ' ');
    size_t length = arguments ? (size_t)(arguments - bare) : 0;

    if (length > 0 && bare[length - 1] == '"')
        length--;
    if (!arguments || !autorun_matches(hosts, bare, length) ||
        !autorun_matches("*\\svchost|*\\svchost.exe", bare, length))
        return NULL;
    return arguments + strspn(arguments, " ");
}

/* Whether the image is the svchost of 32 bits, where it is svchost. */
static bool is_32_bits(const char *image)
{
    return autorun_matches("*syswow64\\svchost*", image, strlen(image));
}

/* What is odd about the group that svchost is told. */
static const char *group_oddity(struct walk *walk, const char *arguments)
{
    const struct autorun_facts *facts = walk->known ? walk->known->machine : NULL;
    const char *group = strstr(arguments, "-k ");

    if (!group)
        return NULL;
    group += 3 + strspn(group + 3, " ");
    size_t length = strcspn(group, " ");
    const char *name = buffer_text(&walk->matched);
    if (facts_in_group(facts, group, length, name, walk->matched.length) == 0)
        return "the group of svchost does not list it";
    if (autorun_matches("netsvcs", group, length) && !is_shipped_name(facts, name))
        return "in the group netsvcs, where this Windows has no service of its name";
    return NULL;
}

static int emit_driver(struct walk *walk, hive_key key, struct autorun *autorun)
{
    buffer_clear(&walk->text);
    buffer_add_text(&walk->text, "System32\\drivers\\");
    buffer_add(&walk->text, buffer_text(&walk->matched), walk->matched.length);
    buffer_add_text(&walk->text, ".sys");
    walk->more = false;
    return walk_emit(walk, key, NULL, autorun);
}

/* The ImagePath, or where svchost is it, the library; and the ServiceDll. */
static int emit_service(struct walk *walk, hive_key key, const struct autorun *start,
                        bool is_driver)
{
    struct hive_value image, library;
    struct autorun autorun = *start;
    bool wow64 = false;
    hive_key where;
    int result = 0;

    bool has_image = hive_value_find(walk->hive, key, "ImagePath", &image, NULL) == 0;
    if (!has_image && is_driver)
        return emit_driver(walk, key, &autorun);
    buffer_clear(&walk->arguments);
    if (has_image) {
        walk_set_text(walk, &image);
        const char *arguments = host_arguments(buffer_text(&walk->text));
        wow64 = arguments && is_32_bits(buffer_text(&walk->text));
        bool hosted = arguments && find_library(walk, key, &where, &library);
        if (arguments) {
            buffer_add_text(&walk->arguments, arguments);
            autorun.says[AUTORUN_SAYS_ROW] = group_oddity(walk, buffer_text(&walk->arguments));
        }
        if (hosted) {
            walk_set_text(walk, &library);
            autorun.list = AUTORUN_LIBRARY;
            autorun.wow64 = wow64;
            autorun.arguments = buffer_text(&walk->arguments);
        }
        /* The library was asked for meanwhile. */
        hive_value_find(walk->hive, key, "ImagePath", &image, NULL);
        result = walk_emit(walk, key, &image, &autorun);
    }
    if (result != 0 || !find_library(walk, key, &where, &library))
        return result;
    autorun = *start;
    autorun.list = AUTORUN_LIBRARY;
    autorun.wow64 = wow64;
    if (walk->arguments.length > 0)
        autorun.arguments = buffer_text(&walk->arguments);
    walk_set_text(walk, &library);
    return walk_emit(walk, where, &library, &autorun);
}

/* Whether the image of a service lies where no setup puts one. */
static bool is_in_users_folder(struct walk *walk, hive_key key)
{
    static const char folders[] =
        "*\\temp\\*|*\\tmp\\*|*\\users\\*|*\\documents and settings\\*|*\\docume~1\\*|"
        "*\\appdata\\*|*\\profiles\\*|*\\recycle*\\*|*\\perflogs\\*";
    struct hive_value value;

    if (hive_value_find(walk->hive, key, "ImagePath", &value, NULL) != 0)
        return false;
    walk_set_text(walk, &value);
    return autorun_matches(folders, buffer_text(&walk->text), walk->text.length);
}

/* A service that starts by itself, by a trigger too, or was kept from it; of those that
 * others start on demand those that Windows does not ship: remote execution and drivers of
 * intruders mostly are such. Drivers may have no ImagePath: then it is their name. */
int walk_service(struct walk *walk, hive_key key)
{
    struct hive_value value;
    uint64_t start = 0, type = 0;

    bool told = hive_value_find(walk->hive, key, "Start", &value, NULL) == 0 &&
                hive_value_number(&value, &start) == 0;
    /* Of a deleted one Start may be lost. */
    if ((!told && !walk->deleted) || start > DISABLED)
        return 0;
    bool demand = start == MANUAL && !hive_key_find(walk->hive, key, "TriggerInfo");
    bool in_users_folder = demand && is_in_users_folder(walk, key);
    if (hive_value_find(walk->hive, key, "Type", &value, NULL) == 0)
        hive_value_number(&value, &type);
    const struct autorun autorun = {
        .enabled = start != DISABLED && !demand,
        .unless_default = demand,
        .says = { [AUTORUN_SAYS_VALUE] =
                      in_users_folder ? "started on demand, from a folder that users write into"
                      : demand        ? "started on demand"
                                      : NULL },
    };
    return emit_service(walk, key, &autorun, type & ANY_DRIVER);
}
