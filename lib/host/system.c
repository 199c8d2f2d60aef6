/* SPDX-License-Identifier: Apache-2.0 */

/* What Windows it is, its zone, and times that are stored in two halves. */

#include <stdlib.h>

#include <fett/text.h>

#include "host_internal.h"

enum { FIRST_BUILD_OF_11 = 22000 };

/* The name, with what newer versions call themselves wrongly put right: Windows 11
 * has kept the name of 10. */
static void add_product(struct host_walk *walk, hive_key key, const char *version,
                        unsigned long build)
{
    static const char ten[] = "Windows 10";
    struct buffer product = BUFFER_INIT;
    size_t length = sizeof ten - 1;

    host_find(walk->hive, key, "ProductName", &product);
    if (product.length == 0)
        buffer_add_text(&walk->text, "Windows NT");
    else if (build >= FIRST_BUILD_OF_11 && product.length >= length &&
             memcmp(product.data, ten, length) == 0)
        buffer_add_format(&walk->text, "Windows 11%s", product.data + length);
    else
        buffer_add(&walk->text, product.data, product.length);
    /* "Microsoft Windows 2000" and others do not tell the version. */
    if (*version)
        buffer_add_format(&walk->text, ", version %s", version);
    buffer_release(&product);
}

/* One line of what CurrentVersion says. */
int host_read_windows(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    static const char *const releases[] = { "DisplayVersion", "ReleaseId" };
    struct buffer version = BUFFER_INIT, build = BUFFER_INIT, more = BUFFER_INIT;
    uint64_t revision;

    (void)value;
    host_find(walk->hive, key, "CurrentVersion", &version);
    /* CurrentBuild was something else before Vista. */
    if (!host_find(walk->hive, key, "CurrentBuildNumber", &build))
        host_find(walk->hive, key, "CurrentBuild", &build);
    buffer_clear(&walk->text);
    add_product(walk, key, buffer_text(&version), strtoul(buffer_text(&build), NULL, 10));
    if (build.length > 0)
        buffer_add_format(&walk->text, ", build %s", buffer_text(&build));
    if (build.length > 0 && host_find_number(walk->hive, key, "UBR", &revision)) {
        buffer_add_byte(&walk->text, '.');
        buffer_add_number(&walk->text, revision);
    }
    for (size_t i = 0; i < sizeof releases / sizeof *releases && more.length == 0; i++)
        host_find(walk->hive, key, releases[i], &more);
    if (more.length > 0)
        buffer_add_format(&walk->text, ", release %s", buffer_text(&more));
    buffer_clear(&more);
    if (host_find(walk->hive, key, "CSDVersion", &more) && more.length > 0)
        buffer_add_format(&walk->text, ", %s", buffer_text(&more));
    int result = version.length + build.length > 0 ? host_emit(walk, key, NULL, "Windows") : 0;
    buffer_release(&version);
    buffer_release(&build);
    buffer_release(&more);
    return result;
}

/* "Windows 98", "4.10.1998", " A " */
int host_read_windows_9x(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    static const char *const parts[] = { "Version", "VersionNumber", "SubVersionNumber" };
    struct buffer part = BUFFER_INIT;

    (void)value;
    if (!hive_is_9x(walk->hive))
        return 0;
    buffer_clear(&walk->text);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buffer_clear(&part);
        host_find(walk->hive, key, parts[i], &part);
        const char *text = buffer_text(&part) + strspn(buffer_text(&part), " ");
        if (*text)
            buffer_add_format(&walk->text, "%s%s", walk->text.length > 0 ? " " : "", text);
    }
    buffer_release(&part);
    while (walk->text.length > 0 && walk->text.data[walk->text.length - 1] == ' ')
        buffer_truncate(&walk->text, walk->text.length - 1);
    return walk->text.length > 0 ? host_emit(walk, key, NULL, "Windows") : 0;
}

int host_read_zone(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    struct host_zone zone;
    int result = 0;

    (void)value;
    if (host_zone_read_key(&zone, walk->hive, key)) {
        buffer_clear(&walk->text);
        host_zone_rule(&zone, &walk->text);
        result = host_emit(walk, key, NULL, "rule");
    }
    host_zone_release(&zone);
    if (result != 0 || !walk->zone || (walk->in_control_set && !walk->current))
        return result;
    return host_emit_format(walk, key, NULL, "IANA zone", "%s", walk->zone);
}

/* A FILETIME whose halves are two values; absent where one is. */
static struct instant find_halves(struct hive *hive, hive_key key, const char *high,
                                  const char *low)
{
    uint64_t upper, lower;

    return host_find_number(hive, key, high, &upper) && host_find_number(hive, key, low, &lower)
               ? instant_from_filetime(upper << 32 | (uint32_t)lower)
               : INSTANT_NONE;
}

/* A package of Component Based Servicing: an update, or a part of one. */
int host_read_package(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    const struct instant time =
        find_halves(walk->hive, key, "InstallTimeHigh", "InstallTimeLow");
    struct hive_value state;
    int result = host_emit_time(walk, key, NULL, "installed", &time);

    (void)value;
    if (result != 0 || hive_value_find(walk->hive, key, "CurrentState", &state, NULL) != 0)
        return result;
    buffer_clear(&walk->text);
    if (!host_decode_update_state(walk->hive, &state, &walk->text))
        host_decode_any(walk->hive, &state, &walk->text);
    return host_emit(walk, key, &state, "state");
}

int host_read_profile_times(struct host_walk *walk, hive_key key, const struct hive_value *value)
{
    static const struct {
        const char *name, *high, *low;
    } times[] = {
        { "profile loaded", "LocalProfileLoadTimeHigh", "LocalProfileLoadTimeLow" },
        { "profile unloaded", "LocalProfileUnloadTimeHigh", "LocalProfileUnloadTimeLow" },
        { "profile loaded", "ProfileLoadTimeHigh", "ProfileLoadTimeLow" },
        { "profile unloaded", "ProfileUnloadTimeHigh", "ProfileUnloadTimeLow" },
    };
    int result = 0;

    (void)value;
    for (size_t i = 0; i < sizeof times / sizeof *times && result == 0; i++) {
        const struct instant time = find_halves(walk->hive, key, times[i].high, times[i].low);
        result = host_emit_time(walk, key, NULL, times[i].name, &time);
    }
    return result;
}
