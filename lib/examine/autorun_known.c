/* SPDX-License-Identifier: Apache-2.0 */

/*
 * autorun_known: what other hives of the machine, and of the user, tell about the
 * one that is walked.
 */

#include "autorun_internal.h"

void autorun_learn_machine(struct autoruns *all, struct installation *installation,
                           struct hive *hive, enum autorun_hive kind)
{
    if (!installation->facts)
        installation->facts = autorun_facts_new();
    all->out_of_memory |= !installation->facts ||
                          autorun_facts_learn(installation->facts, hive, kind, NULL) != 0;
    if (kind == AUTORUN_SOFTWARE)
        autorun_learn_tasks(all, installation, hive);
}

/* The hive of a user's classes that lies in the same profile as the one walked. */
static const struct place *classes_of_user(const struct autoruns *all)
{
    for (size_t i = 0; all->profile && i < all->place_count; i++) {
        const struct place *place = &all->places[i];
        if (place->kind == PLACE_HIVE && place->backup == all->place->backup &&
            autorun_ends_with(place->path, "/usrclass.dat") &&
            autorun_lies_in(place->path, all->profile, strlen(all->profile)))
            return place;
    }
    return NULL;
}

static struct autorun_facts *facts_of(struct autoruns *all, struct hive *hive,
                                      enum autorun_hive kind)
{
    struct autorun_facts *facts = autorun_facts_new();
    const struct place *classes = kind == AUTORUN_USER ? classes_of_user(all) : NULL;
    struct hive *other;

    all->out_of_memory |= !facts || autorun_facts_learn(facts, hive, kind, NULL) != 0;
    if (facts && classes && autorun_open_hive(all, classes, &other) == 0) {
        all->out_of_memory |= autorun_facts_learn(facts, other, AUTORUN_CLASSES, NULL) != 0;
        hive_free(other);
    }
    return facts;
}

struct autorun_known autorun_know(struct autoruns *all, struct hive *hive,
                                  enum autorun_hive kind, struct autorun_facts **own)
{
    struct autorun_known known = {
        .machine = all->installation ? all->installation->facts : NULL
    };
    bool user = kind == AUTORUN_USER || kind == AUTORUN_CLASSES;
    bool machine = kind == AUTORUN_SOFTWARE || kind == AUTORUN_9X_SYSTEM;

    *own = user || (machine && !known.machine) ? facts_of(all, hive, kind) : NULL;
    if (user)
        known.user = *own;
    else if (*own)
        known.machine = *own;
    return known;
}
