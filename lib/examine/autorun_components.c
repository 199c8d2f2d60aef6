/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_components: for which users a component of Active Setup has run, and for which
 * it will at their next logon. Users are those of ProfileList who can log on and whose hive
 * is there and can be read; of the others nothing is said.
 */

#include <stdlib.h>

#include "autorun_internal.h"

/* SIDs of accounts of a machine or domain, and of those of Azure: not services, not SYSTEM. */
static bool can_log_on(const char *sid)
{
    return sid && (strncmp(sid, "S-1-5-21-", 9) == 0 || strncmp(sid, "S-1-12-1-", 9) == 0);
}

static bool is_of_user(const struct autoruns *all, const struct place *place)
{
    return place->kind == PLACE_HIVE && !place->backup &&
           place->installation == all->installation && can_log_on(place->sid) &&
           (autorun_ends_with(place->path, "/ntuser.dat") ||
            autorun_ends_with(place->path, "/ntuser.man"));
}

/* Add a user with what has run for him. */
static int add_user(struct installation *installation, const char *path, struct hive *hive)
{
    size_t length = autorun_profile_length(path);
    const char *last = memrchr(path, '/', length);
    const char *name = last ? last + 1 : path;

    if (memory_grow((void **)&installation->users, &installation->user_capacity,
                    installation->user_count + 1, sizeof *installation->users) != 0)
        return -1;
    struct component_user *user = &installation->users[installation->user_count++];
    *user = (struct component_user){ .name = strndup(name, length - (size_t)(name - path)),
                                     .components = autorun_components_new(hive) };
    return user->name && user->components ? 0 : -1;
}

static int compare_names(const void *a, const void *b)
{
    const struct component_user *x = a, *y = b;

    return strcmp(x->name ? x->name : "", y->name ? y->name : "");
}

void autorun_learn_users(struct autoruns *all)
{
    if (!all->place || all->place->backup || !all->installation)
        return;
    struct installation *installation = &all->installations[all->installation -
                                                            all->installations];
    if (installation->users_sought)
        return;
    installation->users_sought = true;
    for (size_t i = 0; i < all->place_count; i++) {
        struct place *place = &all->places[i];
        struct hive *hive;
        if (!is_of_user(all, place) || autorun_open_hive(all, place, &hive) != 0)
            continue;
        all->out_of_memory |= add_user(installation, place->path, hive) != 0;
        autorun_keep_hive(all, place, hive);
    }
    if (installation->user_count > 0)
        qsort(installation->users, installation->user_count, sizeof *installation->users,
              compare_names);
}

void autorun_release_users(struct installation *installation)
{
    for (size_t i = 0; i < installation->user_count; i++) {
        free(installation->users[i].name);
        autorun_components_free(installation->users[i].components);
    }
    free(installation->users);
}

/* Add the names of those for whom it is pending, or for whom it is done, as a list. */
static size_t add_names(struct autoruns *all, const struct autorun_component *component,
                        bool pending, size_t *used, struct member *member)
{
    const struct installation *installation = all->installation;
    size_t first = *used;

    for (size_t i = 0; i < installation->user_count; i++) {
        const struct component_user *user = &installation->users[i];
        if (autorun_is_pending(user->components, component) == pending)
            all->users[(*used)++] = value_text(user->name);
    }
    if (*used == first)
        return 0;
    *member = (struct member){ pending ? "pending" : "done",
                               { .kind = VALUE_LIST, .length = *used - first,
                                 .items = all->users + first } };
    return 1;
}

size_t autorun_component_facts(struct autoruns *all, const struct autorun_component *component,
                               struct member members[2])
{
    size_t users = all->installation ? all->installation->user_count : 0, used = 0;

    if (users == 0)
        return 0;
    if (memory_grow((void **)&all->users, &all->user_capacity, users, sizeof *all->users) != 0) {
        all->out_of_memory = true;
        return 0;
    }
    size_t count = add_names(all, component, true, &used, &members[0]);
    return count + add_names(all, component, false, &used, &members[count]);
}
