/* SPDX-License-Identifier: Apache-2.0 */

/* What scheduled tasks start. See autorun_files.h. */

#include <stdlib.h>

#include <fett/task.h>
#include <fett/text.h>

#include "file_walk.h"
#include "walk.h"

enum autorun_list add_server(struct buffer *text, const struct autorun_known *known,
                             const char *class)
{
    bool command = false;

    /* A class of 32 bits may be the only one of its name. */
    if (!facts_server(known, class, strlen(class), false, text, &command))
        facts_server(known, class, strlen(class), true, text, &command);
    return command ? AUTORUN_ONE : AUTORUN_LIBRARY;
}

/* Jobs of at.exe are called At1.job, At2.job ... */
static bool is_at_job(const char *name)
{
    size_t digits = strspn(name + strnlen(name, 2), "0123456789");

    return text_compare_nocase(name, strnlen(name, 2), "at", 2) == 0 && digits > 0 &&
           text_equal_nocase(name + 2 + digits, ".job");
}

struct walk_of_task {
    const struct autorun_file *file;
    const char *name;
    const struct autorun_known *known;
    autorun_visit visit;
    void *context;
};

static int visit_action(const struct walk_of_task *walk, const struct task *task,
                        const struct task_action *action, const struct facts *facts,
                        struct error *error)
{
    struct buffer text = BUFFER_INIT, shown = BUFFER_INIT;
    const struct autorun_file *file = walk->file;
    enum autorun_list list = AUTORUN_ONE;

    if (action->kind == TASK_PROGRAM)
        add_command(&text, action->command, action->arguments);
    else if (action->kind == TASK_CLASS)
        list = add_server(&text, walk->known, action->command);
    add_shown(&shown, action->command, action->arguments);
    const struct autorun autorun = {
        .location = file->id,
        .category = file->category,
        .technique = is_at_job(walk->name) ? "T1053.002" : file->technique,
        .row = file->id,
        .identity = task->uri ? task->uri : "",
        .known = walk->known,
        .name = walk->name,
        .name_length = strlen(walk->name),
        .text = buffer_text(&text),
        .data = buffer_text(&shown),
        .folder = action->folder,
        .user = task->user,
        .facts = facts->members,
        .fact_count = facts->count,
        .enabled = !task->disabled,
        .list = list,
    };
    int result = text.failed || shown.failed ? error_set_memory(error)
                                             : walk->visit(walk->context, &autorun);
    buffer_release(&text);
    buffer_release(&shown);
    return result;
}

static int visit_actions(const struct walk_of_task *walk, const struct task *task,
                         struct error *error)
{
    struct value *triggers = calloc(task->trigger_count + 1, sizeof *triggers);
    int result = 0;

    if (!triggers)
        return error_set_memory(error);
    for (size_t i = 0; i < task->trigger_count; i++)
        triggers[i] = value_text(task->triggers[i]);
    for (size_t i = 0; i < task->action_count && result == 0; i++) {
        struct facts facts = { .count = 0 };
        facts_add_text(&facts, "uri", task->uri);
        facts_add_text(&facts, "author", task->author);
        facts_add_text(&facts, "comment", task->comment);
        facts_add_text(&facts, "working_folder", task->actions[i].folder);
        if (task->trigger_count > 0)
            facts_add(&facts, "triggers", (struct value){ .kind = VALUE_LIST,
                                                          .length = task->trigger_count,
                                                          .items = triggers });
        if (task->hidden)
            facts_add(&facts, "hidden", (struct value){ .kind = VALUE_BOOL, .number = 1 });
        facts_add_time(&facts, "registered", &task->registered);
        facts_add_time(&facts, "last_run", &task->last_run);
        result = visit_action(walk, task, &task->actions[i], &facts, error);
    }
    free(triggers);
    return result;
}

int autorun_walk_task(const struct autorun_file *file, const char *name, const uint8_t *data,
                      size_t size, const struct autorun_known *known, autorun_visit visit,
                      void *context, struct error *damage, struct error *error)
{
    const struct walk_of_task walk = { file, name, known, visit, context };
    struct task task;
    int result = file->kind == AUTORUN_JOB ? task_read_job(&task, data, size, damage)
                                           : task_read_xml(&task, data, size, damage);

    result = result != 0 && damage->kind == ERROR_SYSTEM
                 ? error_set_memory(error)
                 : visit_actions(&walk, &task, error);
    task_release(&task);
    return result;
}
