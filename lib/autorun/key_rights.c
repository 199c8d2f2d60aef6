/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is odd about the rights to an autostart's key: that every user may change it, so
 * that it lets each of them be what it runs as, or that only SYSTEM may read it, which
 * hides it from regedit. NT 4.0 lets everyone change much of HKLM\SOFTWARE as it is
 * installed.
 */

#include "walk.h"

enum {
    OF_USERS = AUTORUN_IN_USER | AUTORUN_IN_USER_WOW64 | AUTORUN_IN_USER_ROOT |
               AUTORUN_IN_USER_CLASSES,
};

const char *walk_rights_oddity(struct walk *walk, hive_key key)
{
    const struct autorun_facts *machine = walk->known ? walk->known->machine : NULL;
    struct hive_security security;
    uint32_t id = hive_key_security_id(walk->hive, key);

    if (id == 0 || walk->deleted)
        return NULL;
    if (id != walk->rights_id) { /* keys side by side have the same */
        hive_key_security(walk->hive, key, &security);
        walk->rights_id = id;
        walk->users_may_write = security.users_may_write;
        walk->only_system = security.readers == HIVE_READ_BY_SYSTEM;
    }
    if (walk->only_system)
        return "only SYSTEM may read its key";
    return walk->users_may_write && !(walk->base->place & OF_USERS) &&
                   facts_version(machine) != AUTORUN_NT4
               ? "every user may change its key"
               : NULL;
}
