/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUTORUN_INTERNAL_H
#define AUTORUN_INTERNAL_H

/*
 * What the parts of reg-runkeys share: autorun_places.c finds where autostarts
 * stand, autorun_installations.c which Windows each of these places belongs to,
 * autorun_drives.c the volumes of its drives, autorun.c walks what was found, autorun_hive.c the hives with their logs,
 * autorun_record.c makes the records and looks for the programs, autorun_find.c for
 * one file.
 *
 * reg-ls takes the hives and their logs from the same parts; registry.c walks the
 * keys of one.
 */

#include <string.h>

#include <fett/autorun_files.h>
#include <fett/digest.h>
#include <fett/examine.h>
#include <fett/host.h>
#include <fett/signature.h>
#include <fett/text.h>

#include "carve.h"

enum place_kind { PLACE_HIVE, PLACE_FILE, PLACE_STARTUP, PLACE_CABINET };

/* A profile, by ProfileList. */
struct profile {
    char *sid;
    char *folder; /* its path in the tree; NULL: elsewhere, or not known */
    char *name;   /* last part of ProfileImagePath */
};

/* A program that is known by its name alone, by App Paths. */
struct app_path {
    char *name, *text;
};

/* Tasks that a hive knows: hashes of their paths, sorted. */
struct task_names {
    uint64_t *hashes;
    size_t count, capacity;
    bool known; /* the hive has a list of them */
};

/* What Active Setup has run for a user, by the name of his profile's folder. */
struct component_user {
    char *name;
    struct autorun_components *components;
};

/* The environment of a user, by the folder of his profile. */
struct environment {
    char *folder;
    struct autorun_variables *variables;
};

/* A volume that paths lead to. */
struct where {
    struct tree *tree;
    const struct volume *volume;
    bool complete; /* what is not in it is absent */
};

/* Drives by their letters, and behind these volumes that have none but are mounted in a folder:
 * by small letters, which paths here begin with as with others. */
enum { AUTORUN_LETTERS = 26, AUTORUN_DRIVES = 2 * AUTORUN_LETTERS };

/* Index of a letter, or -1. */
static inline int autorun_drive_index(char letter)
{
    return letter >= 'A' && letter <= 'Z'   ? letter - 'A'
           : letter >= 'a' && letter <= 'z' ? AUTORUN_LETTERS + letter - 'a'
                                            : -1;
}

/* A volume by the name that mount points have for it. */
struct mount {
    char *name;  /* "Volume{01234567-...}" */
    char letter; /* of its drive */
};

/* One Windows of a tree: several may stand side by side, or be kept. */
struct installation {
    char *windows; /* path of its folder in the tree; "" when that is not known */
    char *root;    /* folder of the tree that its drive's root is in: "" or "/Windows.old" */
    bool has_wow64; /* its folder has SysWOW64 */
    const struct volume *drives[AUTORUN_DRIVES]; /* of the same image; NULL: another's */
    char letters[AUTORUN_LETTERS + 1]; /* of these; the path of what lies in them begins with it:
                                          "D:/a" */
    struct mount *mounts;
    size_t mount_count, mount_capacity;
    char here;     /* of another volume's Windows: its letter for the one that is walked */
    char drive;    /* letter of the volume that it is on; 0: its folder was copied here */
    unsigned code_page; /* of its 8-bit text; 0: not known */
    struct profile *profiles;
    size_t profile_count, profile_capacity;
    struct app_path *app_paths;
    size_t app_path_count, app_path_capacity;
    struct autorun_variables *variables; /* of the machine; NULL: none were learnt yet */
    const char *search; /* PATH of the machine; NULL: not known */
    struct task_names tasks;
    struct component_user *users;
    size_t user_count, user_capacity;
    bool users_sought;
    char *name;   /* of the machine; NULL: not known */
    struct autorun_facts *facts; /* NULL: its hives have told nothing yet */
    bool zone_sought;
    struct zone *zone; /* that it was in, once that was asked for; NULL: not known */
};

/* A file that autostarts stand in. */
struct place {
    enum place_kind kind;
    size_t order;                    /* in which it was found */
    const struct autorun_file *file; /* what it is, with PLACE_FILE */
    uint64_t handle;
    size_t member; /* of the cabinet with this handle, from 1; 0: the file itself */
    char *before;  /* path of the file that was packed as that member, or NULL */
    char *path;
    char inode[FILE_INODE_SIZE];
    bool backup;
    struct instant time; /* of the file: last modified; of what a cabinet has, before */
    const struct profile *profile; /* of System Restore: whose hive it is by the file's name */
    struct hive *opened; /* with its logs, when it was learnt from; NULL: not, or no more */
    bool no_autostarts; /* a hive that nothing starts from: SECURITY */
    const struct installation *installation; /* that it belongs to; NULL: to none that is known */
    const char *sid;                         /* of the profile that it lies in, or NULL */
    const struct place *named_by; /* of a file in a Startup folder that a hive names: that hive */
    struct where where; /* that file's, on another drive; its tree is NULL: where all else is */
    char drive;         /* letter of that */
};

/* A deleted file, to be found by its path. */
struct deleted {
    uint64_t hash; /* of the path */
    uint64_t handle;
};

/* Those of a tree, by hash. */
struct deleted_files {
    const struct tree *tree;
    struct deleted *items;
    size_t count, capacity;
};

enum { AUTORUN_MOST_LOGS = 3 };

/* The logs beside a hive. */
struct autorun_logs {
    struct reader *readers[AUTORUN_MOST_LOGS];
    struct place places[AUTORUN_MOST_LOGS];
    size_t count;
};

/* What stands for an autostart where two walks are compared. */
struct found {
    char digest[DIGEST_HEX_SIZE];
};

/* A set of them. */
struct found_list {
    struct found *items;
    size_t count, capacity;
    uint32_t *slots;
    size_t slot_count;
};

/* One autostart in all hives and files that have it. */
struct sighting {
    char digest[DIGEST_HEX_SIZE];
    struct instant first, last;
    bool in_use; /* one of them is of the control set in use, or of none */
    bool told;   /* its record was handed out */
};

struct history {
    struct sighting *items;
    size_t count, capacity;
};

/* What is made of an autostart that is met. */
enum autorun_keeps {
    KEEP_ALL,
    KEEP_LIVE,   /* all, and each is noted */
    KEEP_OTHERS, /* what was not noted */
    KEEP_NONE,   /* each is noted, with its times */
    KEEP_FIRST,  /* each once, with the times that were noted */
};

/* found_list.c: 0, also where it is in it already, or -1 without memory. */
int found_list_add(struct found_list *list, const struct found *found);
bool found_list_has(const struct found_list *list, const struct found *found);
void found_list_release(struct found_list *list);

/* Which walk over a hive it is: where logs were replayed there are three. */
enum hive_pass {
    PASS_ONLY,
    PASS_BEFORE,     /* without its logs: nothing is output */
    PASS_AFTER,      /* with them */
    PASS_SUPERSEDED, /* without them again: what they changed or removed */
};

/* A hive and where it is mounted. */
struct mounted_hive {
    struct hive *hive;
    enum autorun_hive kind;
    const char *mount; /* "HKLM\\SOFTWARE"; "" where that is not known */
};

struct autoruns {
    const struct examine_registry_filter *registry; /* reg-ls; NULL: reg-runkeys */
    const struct examine_host_filter *host;         /* host-info, likewise */
    const struct examine_autoruns_options *options; /* NULL with these two */
    bool all_hives;    /* hives are found by their first bytes too */
    enum autorun_keeps keeps;
    struct history history;
    const struct sighting *sighting; /* with KEEP_FIRST: of what is handed out */
    struct evidence *evidence;
    const struct volume *volume;
    struct tree *tree; /* NULL: a loose hive */
    bool whole;        /* the tree is a file system */
    bool alone;        /* no other volume of the image is walked */
    bool complete;     /* and all its names could be read: what is not in it is absent */
    const struct shadow_copy *copy; /* that the tree is of, met on the way; NULL: none */
    struct deleted_files deleted;     /* of the tree */
    struct deleted_files deleted_on[AUTORUN_DRIVES]; /* once one was looked for there */
    bool among_deleted; /* where find_program looks */
    struct file found;  /* what autorun_look_up found last, or where it did not */
    struct where where;
    struct buffer way;  /* the path that it went, with what links say in their place */
    struct buffer plain; /* folder on which there is no link, met last */
    struct place *places;
    size_t place_count, place_capacity;
    uint64_t kept_bytes; /* of the files of hives that are kept open */
    uint64_t *transaction_logs; /* handles: autorun_transactions.c */
    size_t transaction_log_count, transaction_log_capacity;
    struct installation *installations;
    size_t installation_count, installation_capacity;
    struct autoruns **others; /* other volumes with a Windows that has profiles on this one */
    size_t other_count, other_capacity;
    const struct installation *installation; /* of what is walked now, or NULL */
    struct buffer beside;       /* folder in which relative names are looked for first */
    struct buffer search;       /* PATH, with that of the user whose hive is walked */
    char *profile;     /* folder of the user whose hive is walked, or NULL */
    const struct autorun_variables *variables; /* of that hive; NULL: of the user's profile */
    struct environment *environments;
    size_t environment_count, environment_capacity;
    const struct place *place; /* what is walked now */
    const struct carved *carved; /* or this hive, which may be damaged in any way */
    const char *user;
    const char *origin; /* of the records; NULL: live or backup, by the place */
    enum hive_pass pass;
    struct found_list before, after; /* in a hive without its logs, and with them */
    struct found_list told; /* autostarts of the hive, in effect or not */
    examine_sink sink;
    examine_problem problem;
    void *context;
    const struct place *startup_hive; /* that startup_off is of */
    struct buffer startup_off;        /* names of files in Startup folders, each with its NUL */
    struct buffer strings; /* of a REG_MULTI_SZ, each with its NUL */
    char type[16];         /* of a value whose type has no name */
    struct member *facts;
    size_t fact_capacity;
    struct value *users; /* of a component of Active Setup */
    size_t user_capacity;
    struct value *items;
    size_t item_count, item_capacity;
    struct signatures *signatures; /* for the files that are started */
    void *targets;                 /* what the started files hold; see search.h */
    bool out_of_memory;
};

static inline bool autorun_ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), end_length = strlen(end);

    return length >= end_length &&
           text_compare_nocase(path + length - end_length, end_length, end, end_length) == 0;
}

/* autorun.c: tell what is wrong with the place that is walked. */
void autorun_report(struct autoruns *all, struct error *error);

/* The same of a file that cannot be opened. */
void autorun_report_unopened(struct autoruns *all, struct error *error);

/* autorun_places.c: the deleted files of a tree, which is walked for them where they are those
 * of another. 0 or -1. */
int autorun_find_deleted(struct deleted_files *deleted, struct tree *tree, struct error *error);

/* autorun_find.c: set all->where to the volume that a path leads to. False: nobody knows its
 * files. */
bool autorun_find_volume(struct autoruns *all, const char *path);
/* where a path leads: to all->found, to nothing, or to where nobody knows.
 * all->way is the path with the links on it followed, as far as they are there. */
enum lookup { LOOKUP_FOUND, LOOKUP_ABSENT, LOOKUP_AWAY };
enum lookup autorun_look_up(struct autoruns *all, const char *path);
/* Whether a file is at this path: a live one, or, all->among_deleted, a deleted one. */
bool autorun_find_program(void *context, const char *path);
/* Look at a program that was resolved once more: one that was not found may be a folder, or
 * behind a link to where nobody knows, which is false; one behind another link is judged by where
 * it is. */
bool autorun_settle(struct autoruns *all, struct autorun_program *program);

/* The volume that is walked. */
struct where autorun_own(const struct autoruns *all);
/* That of the place that is walked. */
struct where autorun_of_place(const struct autoruns *all);
/* Of a path that begins with the letter of a drive the bytes of that; else 0. */
static inline size_t autorun_drive_length(const char *path)
{
    return *path && *path != '/' && path[1] == ':' ? 2 : 0;
}

/* autorun_drives.c: the volume of the image that is a partition of Windows; NULL: of another
 * disk. */
const struct volume *autorun_volume_of(struct evidence *evidence,
                                       const struct host_partition *partition);
/* Which volumes the letters of a machine's drives stand for, as its SYSTEM hive has them. */
void autorun_learn_drives(struct autoruns *all, struct installation *installation,
                          struct hive *hive);
/* The drive of a volume that a name begins with, which mount points have for it:
 * "\\??\\Volume{GUID}\\"; 0: it begins with none, or nobody knows which it is. *size: the bytes of
 * it. */
char autorun_mounted_drive(const struct installation *installation, const char *name,
                           size_t *size);
void autorun_set_drive(struct installation *installation, char letter,
                       const struct volume *volume);
/* Tell which places belong to a profile of the Windows of another volume. */
void autorun_assign_others(struct autoruns *all);
void autorun_release_others(struct autoruns *all);

/* autorun_places.c: what a file is by its path, enum place_kind; -1: nothing of interest. */
int autorun_place_of(const char *path, bool whole, bool *backup);
/* Find all places of the tree, and its deleted files. 0 or -1. */
int autorun_find_places(struct autoruns *all, struct error *error);
/* Whether a path is in a Startup folder, by its name in all languages that are known. */
bool autorun_is_startup(const char *path);
int autorun_add_place(struct autoruns *all, const struct file *file, enum place_kind kind,
                      bool backup);

/* autorun_installations.c: tell which installation each place belongs to, and
 * which profile. 0 or -1. */
int autorun_find_installations(struct autoruns *all, struct error *error);
void autorun_release_installations(struct autoruns *all);
/* What a text of an installation's hives or files, or of none's, starts. */
struct autorun_machine autorun_machine_of(const struct installation *installation);
/* What App Paths of the installation that is walked says of a name. */
bool autorun_find_app_path(void *context, const char *name, size_t size, struct buffer *text);

/* autorun_known.c: remember what a hive of the machine tells about others. */
void autorun_learn_machine(struct autoruns *all, struct installation *installation,
                           struct hive *hive, enum autorun_hive kind);
/* What is known when a hive is walked; *own is the caller's to free. */
struct autorun_known autorun_know(struct autoruns *all, struct hive *hive,
                                  enum autorun_hive kind, struct autorun_facts **own);

/* autorun_environment.c: what a hive of the machine tells of its variables. */
void autorun_learn_environment(struct autoruns *all, struct installation *installation,
                               struct hive *hive, enum autorun_hive kind);
/* Variables of a user's hive that is walked; the caller's to free. NULL without memory, which is
 * told. */
struct autorun_variables *autorun_user_environment(struct autoruns *all, struct hive *hive);
/* What a text of what is walked starts: with the variables of its machine and of its user, or
 * where it has none of whom it runs as (SID or name; NULL: not said). Asks the tree for the
 * user's hive. */
struct autorun_machine autorun_machine_walked(struct autoruns *all, const char *user);
void autorun_release_environments(struct autoruns *all);

/* Bytes of the path of the profile that a user's hive lies in. */
size_t autorun_profile_length(const char *path);

/* autorun_components.c: what Active Setup has run for the users of the installation that is
 * walked; asks the tree. */
void autorun_learn_users(struct autoruns *all);
void autorun_release_users(struct installation *installation);
/* The users for whom a component is pending, and for whom it is done; how many members. */
size_t autorun_component_facts(struct autoruns *all, const struct autorun_component *component,
                               struct member members[2]);

/* autorun_logs.c: open the logs beside a hive, or, where it was named by itself
 * (NULL), beside the evidence; those that cannot be opened are told on demand. */
void autorun_find_logs(struct autoruns *all, const struct place *hive, struct autorun_logs *logs,
                       bool tell);
void autorun_release_logs(struct autorun_logs *logs);
/* Open a file by its path in the tree, or beside evidence that is a loose file; the case of its
 * name is put there as it is written. -1: it is not there, or cannot be opened, which is told where
 * that is wanted. */
int autorun_open_beside(struct autoruns *all, struct place *place, struct reader **reader,
                        bool tell);
/* A hive of the tree with its logs; -1: it cannot be read. */
int autorun_open_hive(struct autoruns *all, const struct place *place, struct hive **hive);
/* Done with a hive that was learnt from: it is kept for its walk where that needs no other
 * view of it and memory is left, else freed. */
void autorun_keep_hive(struct autoruns *all, struct place *place, struct hive *hive);
/* The hive that was kept for the place that is walked, which is the caller's then; or NULL. */
struct hive *autorun_kept_hive(struct autoruns *all);

/* autorun_hive.c: all that starts from the hive that is walked, or is in it. */
int autorun_emit_hive(struct autoruns *all, struct reader *reader, struct error *error);
/* What this pass makes of a thing found: 0 output it, all->origin is set; 1 do not;
 * -1 memory is out. Its digest is not asked for in PASS_ONLY. What is deleted is not
 * looked for in PASS_BEFORE. */
int autorun_judge(struct autoruns *all, const struct found *found, bool deleted);

/* Why what was found as deleted things are need not be one, or NULL. */
const char *autorun_hive_oddity(const struct autoruns *all, const struct hive *hive);

/* host.c: the facts of the hive that is walked. */
int host_walk(struct autoruns *all, const struct mounted_hive *mounted, struct error *error);
/* What a hive is to host.h. False: it tells nothing. */
bool host_kind_of(const struct mounted_hive *mounted, enum host_hive *kind);

/* host_zone.c: the zone that the machine of a SYSTEM hive was in, by name, or where none
 * fits by its rule; NULL: it does not tell. */
struct zone *host_find_zone(struct autoruns *all, struct hive *hive, enum host_hive kind);

/* autorun_history.c: 0 hand it out, 1 do not, -1 memory is out. */
int autorun_keep(struct autoruns *all, const struct autorun *autorun);
/* To be called between noting and asking. */
void history_sort(struct history *history);
void history_release(struct history *history);

/* default_zone.c: of local times in the file that is walked; NULL: not known. */
const struct zone *autorun_zone(const struct autoruns *all);
/* Find it first: hives are read for it, and the tree is asked. */
void autorun_seek_zone(struct autoruns *all);

/* Find only the hives of the machine of each Windows in the root of the tree. */
void autorun_find_machines(struct autoruns *all);

/* autorun.c: give back what it points to. */
void autorun_release(struct autoruns *all);

/* registry.c: the keys and values of the hive that is walked. */
int registry_walk(struct autoruns *all, const struct mounted_hive *mounted, struct error *error);

/* autorun_startup.c: whether the file in a Startup folder that is walked is
 * switched off. */
bool autorun_startup_is_off(struct autoruns *all);

/* autorun_redirected.c: what starts from the Startup folders that a hive names, unless
 * they are known by their names. */
int autorun_emit_redirected(struct autoruns *all, struct hive *hive, enum autorun_hive kind,
                            struct error *error);

/* autorun_tasks.c: the tasks of a machine's SOFTWARE hive. */
void autorun_learn_tasks(struct autoruns *all, struct installation *installation,
                         struct hive *hive);
/* Add the path that the file of a task which is walked has in the scheduler: where the
 * file lies, whatever it says itself. */
void autorun_task_path(const struct autoruns *all, struct buffer *name);
/* What is odd about a task that has a file or a key only; NULL: nothing. */
const char *autorun_task_oddity(struct autoruns *all, const struct autorun *autorun);

/* Whether a path lies in a folder, at whatever depth; without case. */
bool autorun_lies_in(const char *path, const char *folder, size_t length);

/* autorun_cabinet.c: whether a file is a cabinet with a copy of the registry. */
bool autorun_is_cabinet(const char *path, bool whole);
/* Add what is in the cabinets that were found. 0 or -1: memory is out. */
int autorun_find_in_cabinets(struct autoruns *all);
/* Add a file that is named and no place yet, with what is in it, if it is a cabinet, whatever it is
 * called. 0 or -1: memory is out. */
int autorun_take_cabinet(struct autoruns *all, uint64_t handle);
/* A loose cabinet as the only file of a tree, which the caller frees in any case; NULL: what the
 * reader has is none. */
int autorun_loose_cabinet(const struct evidence *evidence, struct reader *reader,
                          struct tree **tree, uint64_t *handle, struct error *error);
/* The content of a place. */
int autorun_open_place(struct autoruns *all, const struct place *place, struct reader **reader,
                       struct error *error);
/* Tell what is wrong with the cabinet that is walked. */
int autorun_emit_cabinet(struct autoruns *all, struct reader *reader, struct error *error);

/* autorun_files.c: all that starts from the file that is walked. */
int autorun_emit_file(struct autoruns *all, struct reader *reader, struct error *error);
/* The same of a file in a Startup folder, which may be unreadable (NULL). */
int autorun_emit_startup(struct autoruns *all, struct reader *reader, struct error *error);

/* autorun_wmi.c: all that the repository of WMI starts, whose OBJECTS.DATA is walked. */
int autorun_emit_wmi(struct autoruns *all, struct reader *objects, struct error *error);

/* autorun_transactions.c: note a file if it is a log of transactions of hives. */
void autorun_note_transactions(struct autoruns *all, const struct file *file);
/* Tell of those that have something, beside the hives of a folder, or of the folder of a file. */
void autorun_tell_transactions(struct autoruns *all, const struct buffer *path, bool folder);

/* autorun_boot.c: the code that a BIOS starts from an image, or a volume of it. */
int autorun_emit_boot(struct object *object, examine_sink sink, void *context,
                      struct error *error);

/* autorun_record.c: start a record of what stands in the place that is walked. */
void autorun_begin_record(const struct autoruns *all, struct record *record,
                          enum record_type type);
/* data and data_type of a value. */
void autorun_set_data(struct autoruns *all, struct record *record, const struct hive *hive,
                      const struct hive_value *value);

/* Sinks of what is found; other than 0 ends the walk. */
int autorun_emit(void *context, const struct autorun *autorun);
/* The file that is walked as what is started. */
int autorun_emit_itself(struct autoruns *all, const struct autorun *autorun);

/* autorun_target.c: what the content of a started file says; read when it is asked for
 * the first time, after which `file` is the tree's again. *found is valid for the walk,
 * NULL without memory. What it returns is the sink's, which is told of a gap. */
struct target_content;
/* The file is of all->where. */
int autorun_target_content(struct autoruns *all, struct file *file,
                           const struct target_content **found);

/* Whether the files of two handles have the same, and some. */
bool autorun_same_content(struct autoruns *all, uint64_t a, uint64_t b);

/* Add it to a target's members: at most three; returns how many there are then. NULL: none. */
size_t autorun_add_content(const struct target_content *content, struct member *members,
                           size_t count);
void autorun_release_targets(struct autoruns *all);

/* A gap in the place that is walked; file_offset may be NULL. */
int autorun_emit_gap(struct autoruns *all, const char *reason, const uint64_t *file_offset);

#endif
