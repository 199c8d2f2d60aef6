/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TASK_H
#define FETT_TASK_H

/*
 * task: scheduled tasks of Windows: .job files (95 with Internet Explorer 4 to
 * 2003, and by AT on later ones too), and the XML files and registry values of
 * Vista and later.
 *
 * All become the same. Texts are UTF-8, NULL where the file has none. Sources:
 * [MS-TSCH] 2.4 (.job) and 2.5 (XML).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/instant.h>

struct task_action {
    enum { TASK_PROGRAM, TASK_CLASS, TASK_OTHER } kind;
    char *command;   /* program; TASK_CLASS: "{CLSID}"; TASK_OTHER: "SendEmail", "ShowMessage" */
    char *arguments; /* TASK_CLASS: its data */
    char *folder;    /* to start in */
};

struct task {
    struct task_action *actions;
    size_t action_count, action_capacity;
    char **triggers;         /* each in words: "daily 12:30 from 2000-02-08" */
    size_t trigger_count, trigger_capacity;
    char *uri;               /* path in the scheduler; XML only */
    char *author, *comment;
    char *user;              /* that it runs as: name or SID; XML only */
    bool disabled, hidden;
    struct instant last_run; /* not XML; of a .job local */
    struct instant registered; /* not .job; of XML local where it has no zone */
};

/* Whether a file begins as a .job does: versions and offsets are those of one. */
bool task_is_job(const uint8_t *data, size_t size);

/* Read a task in memory. -1: damaged; what stands before the damage is there.
 * ERROR_SYSTEM: memory is out. Release in any case. */
int task_read_job(struct task *task, const uint8_t *data, size_t size, struct error *error);
int task_read_xml(struct task *task, const uint8_t *data, size_t size, struct error *error);
void task_release(struct task *task);

/* The values Actions, Triggers and DynamicInfo of a task in the registry, into one that
 * is zeroed. Actions: as above. Of the others what has no known version is left out; a
 * trigger that is not known says so, and is the last. -1 of triggers: memory is out. */
int task_read_actions(struct task *task, const uint8_t *data, size_t size, struct error *error);
int task_read_triggers(struct task *task, const uint8_t *data, size_t size, struct error *error);
void task_read_times(struct task *task, const uint8_t *info, size_t size);

#endif
