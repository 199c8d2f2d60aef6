/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_environment: the variables of the machine and of the user that what is walked
 * belongs to. Those of a user are of the hive that is walked, or, for his classes and shortcuts
 * and what runs as him, of the NTUSER.DAT in his profile, which is read once.
 */

#include <stdlib.h>

#include "autorun_internal.h"

void autorun_learn_environment(struct autoruns *all, struct installation *installation,
                               struct hive *hive, enum autorun_hive kind)
{
    if (!installation->variables)
        installation->variables = autorun_variables_new();
    all->out_of_memory |= !installation->variables ||
                          autorun_variables_learn(installation->variables, hive, kind) != 0;
    installation->search = autorun_variables_find(installation->variables, "Path", 4);
}

struct autorun_variables *autorun_user_environment(struct autoruns *all, struct hive *hive)
{
    struct autorun_variables *variables = autorun_variables_new();

    all->out_of_memory |=
        !variables || autorun_variables_learn(variables, hive, AUTORUN_USER) != 0;
    return variables;
}

/* The user's hive in the folder of his profile. */
static const struct place *hive_in(const struct autoruns *all, const char *folder)
{
    size_t length = strlen(folder);

    for (size_t i = 0; i < all->place_count; i++) {
        const struct place *place = &all->places[i];
        if (place->kind == PLACE_HIVE && autorun_lies_in(place->path, folder, length) &&
            (text_equal_nocase(place->path + length, "/ntuser.dat") ||
             text_equal_nocase(place->path + length, "/ntuser.man")))
            return place;
    }
    return NULL;
}

static const struct autorun_variables *of_profile(struct autoruns *all, const char *folder)
{
    struct hive *hive;

    for (size_t i = 0; i < all->environment_count; i++)
        if (text_equal_nocase(all->environments[i].folder, folder))
            return all->environments[i].variables;
    if (memory_grow((void **)&all->environments, &all->environment_capacity,
                    all->environment_count + 1, sizeof *all->environments) != 0) {
        all->out_of_memory = true;
        return NULL;
    }
    struct environment *new = &all->environments[all->environment_count++];
    *new = (struct environment){ .folder = strdup(folder) };
    all->out_of_memory |= !new->folder;
    const struct place *place = new->folder ? hive_in(all, folder) : NULL;
    if (place && autorun_open_hive(all, place, &hive) == 0) {
        new->variables = autorun_user_environment(all, hive);
        hive_free(hive);
    }
    return new->variables;
}

/* The folder of the profile of a user by his SID, or by his name behind that of his machine or
 * domain: NULL where none has it, or several. Windows itself has the machine's variables. */
static const char *folder_of(const struct installation *installation, const char *user)
{
    static const char people[] = "S-1-5-21-*|S-1-12-1-*";
    const char *last = strrchr(user, '\\'), *folder = NULL;
    const char *name = last ? last + 1 : user;
    bool several = false;

    for (size_t i = 0; installation && i < installation->profile_count; i++) {
        const struct profile *profile = &installation->profiles[i];
        if (!profile->folder || !autorun_matches(people, profile->sid, strlen(profile->sid)) ||
            !(text_equal_nocase(profile->sid, user) || text_equal_nocase(profile->name, name)))
            continue;
        several |= folder != NULL;
        folder = profile->folder;
    }
    return several ? NULL : folder;
}

struct autorun_machine autorun_machine_walked(struct autoruns *all, const char *user)
{
    struct autorun_machine machine = autorun_machine_of(all->installation);

    machine.profile = all->profile;
    if (!machine.profile && user)
        machine.profile = folder_of(all->installation, user);
    machine.user_variables = all->variables;
    if (!all->variables && machine.profile && !all->out_of_memory)
        machine.user_variables = of_profile(all, machine.profile);
    return machine;
}

void autorun_release_environments(struct autoruns *all)
{
    for (size_t i = 0; i < all->environment_count; i++) {
        free(all->environments[i].folder);
        autorun_variables_free(all->environments[i].variables);
    }
    free(all->environments);
}
