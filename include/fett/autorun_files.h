/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_AUTORUN_FILES_H
#define FETT_AUTORUN_FILES_H

/*
 * autorun_files: autostarts that stand in files other than hives: INI files,
 * autorun.inf, batch files, tasks, Startup folders.
 *
 * Which files, and which lines of them, are two tables
 * (lib/autorun/file_catalogue.c). A walk takes one file in memory and hands out
 * what it starts.
 */

#include <fett/autorun.h>

/* How a file is read. */
enum autorun_file_kind {
    AUTORUN_INI,
    AUTORUN_SCRIPTS,    /* scripts.ini of Group Policy */
    AUTORUN_BATCH,
    AUTORUN_CONFIG_SYS,
    AUTORUN_HOSTS,      /* names and the addresses that are given for them */
    AUTORUN_JOB,        /* a task: task.h */
    AUTORUN_TASK,       /* likewise, XML */
    AUTORUN_STARTUP,    /* in a Startup folder: a shortcut, or started itself */
    AUTORUN_ITSELF,     /* started itself */
    AUTORUN_WMI,        /* OBJECTS.DATA, the repository of WMI: wmi.h */
    AUTORUN_CIM_REP,    /* that of Windows 2000, which is not read */
    AUTORUN_REPLACED,   /* Windows' own; told where its content is that of another program */
};

/* Where it counts. */
enum autorun_file_place {
    AUTORUN_IN_ROOT,    /* of a volume only */
    AUTORUN_ON_DRIVE,   /* likewise, of that which Windows is on */
    AUTORUN_IN_FOLDER,  /* where its path matches and the folder has the name */
    AUTORUN_IN_WINDOWS, /* in the folder of Windows; elsewhere it is a copy */
    AUTORUN_AT_PATTERN, /* where its path matches */
    AUTORUN_COLLECTED,  /* in a folder of collected files only, wherever it lies there */
    AUTORUN_TASKS,      /* where its path matches, below a folder "Tasks" of Windows; elsewhere
                           a copy */
};

struct autorun_file {
    const char *name;   /* last part of its path, without case, or that of its folder; NULL: any */
    const char *pattern; /* of its path, with AUTORUN_AT_PATTERN and AUTORUN_IN_FOLDER */
    enum autorun_file_place place;
    enum autorun_file_kind kind;
    const char *id, *category, *technique; /* of a file that is one autostart as a whole */
};

/* What a file is by its path; NULL: nothing starts from it. `whole`: of a file
 * system; in a folder of collected files nobody knows what was the root. */
const struct autorun_file *autorun_file_of(const char *path, bool whole);

/* Patterns of paths in Startup folders, whose names are translated before Vista;
 * NULL behind the last. */
const char *autorun_startup_folder(size_t index);

/* What the lines of a file start. A row without section and key is that of all
 * lines of a file that is no INI file. */
struct autorun_line {
    const char *id;
    const char *category;
    const char *technique;
    const char *file;          /* name, without case */
    const char *section, *key; /* patterns */
    const char *defaults;
    enum autorun_list list;
    bool beside;               /* what has no folder is looked for beside the file first */
    bool only_9x;              /* Windows NT does not read it */
};

/* NULL behind the last. */
const struct autorun_line *autorun_line(size_t index);

/* Walk a file of this name in memory, of which `file` tells how it is read. Text is
 * UTF-16 or UTF-8 with its mark, or in this code page (0: not known, as in
 * text_add_code_page). `known`: what the hives of its machine tell. Damage is stored in
 * *damage, which is ERROR_NONE before; what could be read was handed out. */
int autorun_walk_file(const struct autorun_file *file, const char *name, const uint8_t *data,
                      size_t size, unsigned code_page, const struct autorun_known *known,
                      autorun_visit visit, void *context, struct error *damage,
                      struct error *error);

/* Walk the event consumers of WMI. */
struct wmi;
int autorun_walk_wmi(const struct autorun_file *file, const struct wmi *wmi, autorun_visit visit,
                     void *context, struct error *error);

/* Walk the tasks that a hive mounted at `mount`, HKLM\\SOFTWARE, has: their cache, from Vista
 * on, which Windows goes by whatever the files say. */
int autorun_walk_task_cache(struct hive *hive, const char *mount,
                            const struct autorun_known *known, autorun_visit visit,
                            void *context, struct error *error);

/* The file of a Startup folder, and a repository of WMI by itself. */
extern const struct autorun_file autorun_startup_file, autorun_wmi_file;

#endif
