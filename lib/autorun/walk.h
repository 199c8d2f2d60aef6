/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUTORUN_WALK_H
#define AUTORUN_WALK_H

/*
 * What the parts of the walk share: walk.c finds the keys of each row, read.c hands
 * out what stands in them, services.c the services, switch.c tells what is switched
 * off, facts.c what other hives say.
 */

#include <fett/autorun.h>

/* A key that rows are looked for below. */
struct base {
    unsigned place;    /* one of AUTORUN_IN_... */
    bool wow64;
    hive_key key;
    hive_key software; /* of the same machine or user; 0: none */
    bool in_control_set, current;
};

/* A deleted key, or the key of a deleted value, and how far below a base it is. */
struct deleted {
    size_t base, depth;
    bool is_value;
    size_t index; /* of those of the hive */
    hive_key key;
};

struct walk {
    struct hive *hive;
    const char *mount;
    const struct autorun_known *known;
    autorun_visit visit;
    void *context;
    struct base *bases;
    size_t base_count, base_capacity;
    struct deleted *deleted_items; /* by base and depth */
    size_t deleted_count, deleted_capacity;
    /* Of the row that is walked: */
    const struct autorun_location *location;
    const struct base *base;
    char id[96];
    struct buffer matched; /* name of the key that the row's last pattern matched */
    struct buffer key, text, class, arguments, version;
    uint64_t *met; /* what was handed out: hashes of name and text */
    size_t met_count, met_capacity;
    char separator; /* between strings of a MULTI_SZ */
    bool ended;     /* an empty string of it was met */
    bool more;      /* the value has data behind what Windows reads */
    bool aside;     /* what is walked was put aside by Autoruns */
    bool deleted;   /* what is walked was deleted */
    bool lost;      /* and of its key's path only the end is left */
    const char *lost_says; /* what is said of that; NULL: the usual */
    uint32_t rights_id; /* of the descriptor looked at last */
    bool users_may_write, only_system; /* by it */
    bool is_command; /* the server of the class is a command line */
};

/* walk.c: what stands at the key at the end of the row's path. */
int walk_key(struct walk *walk, hive_key key);
/* The id of the row at walk->base. */
void walk_set_id(struct walk *walk);

/* walk_deleted.c: find what was deleted below the bases, -1: no memory; then what of it is
 * of the row's keys and values. */
int walk_find_deleted(struct walk *walk);
int walk_deleted(struct walk *walk);

/* walk_lost.c: deleted keys of which only the end of the path is left. */
int walk_lost(struct walk *walk);

/* walk_orphans.c: deleted values of which nobody knows the key, unless they are copies of what
 * was handed out. */
int walk_note_met(struct walk *walk, const struct hive_value *value);
int walk_orphans(struct walk *walk);

/* strings.c: a record for each pair of names, and for each service of a group. */
int walk_renames(struct walk *walk, hive_key key, const struct hive_value *value, bool enabled);
int walk_group(struct walk *walk, hive_key key, const struct hive_value *value);

/* account.c: a record where an account has the RID of another. */
int walk_account(struct walk *walk, hive_key key, const struct hive_value *value, bool enabled);

/* active_setup.c: the version beside a component's other values; "" for none. */
void walk_version(struct hive *hive, hive_key key, struct buffer *version);

/* key_rights.c: what is odd about them; NULL: nothing. */
const char *walk_rights_oddity(struct walk *walk, hive_key key);

/* read.c */
int walk_values(struct walk *walk, hive_key key);
int walk_value(struct walk *walk, hive_key key, struct hive_value *value, bool enabled);
/* Put what a value starts into walk->text: strings one behind the other. */
void walk_set_text(struct walk *walk, const struct hive_value *value);
/* Hand out what is filled in, with all that row, key and value tell. */
int walk_emit(struct walk *walk, hive_key key, const struct hive_value *value,
              struct autorun *autorun);

/* services.c */
int walk_service(struct walk *walk, hive_key key);

/* switch.c: whether the value of a key that has this name is switched off. */
bool walk_is_off(struct walk *walk, hive_key key, const char *name, size_t size);

/* facts.c: the server of a class (CLSID or ProgID), as a user has it before the
 * machine; *command: with arguments. False: nobody knows one. */
bool facts_server(const struct autorun_known *known, const char *class, size_t size, bool wow64,
                  struct buffer *text, bool *command);
/* The same of one of them. */
bool facts_has_server(const struct autorun_facts *facts, const char *class, size_t size,
                      bool wow64);
/* Whether svchost's group lists a service; -1: nobody knows. */
int facts_in_group(const struct autorun_facts *facts, const char *group, size_t group_size,
                   const char *service, size_t size);
/* Whether a service has a key in the control set in use; true where nobody knows. */
bool facts_has_service(const struct autorun_facts *facts, const char *name, size_t size);
/* One of AUTORUN_9X ...; 0: not known. */
unsigned facts_version(const struct autorun_facts *facts);
/* "C:\\WINDOWS"; "" where it is not known. */
const char *facts_windows(const struct autorun_facts *facts);

/* is_default.c: whether this Windows has a service of this name. */
bool is_shipped_name(const struct autorun_facts *facts, const char *name);

bool is_guid(const char *text, size_t size);

#endif
