/* SPDX-License-Identifier: Apache-2.0 */

/* What .job and XML files have in common. See task.h. */

#include <stdlib.h>

#include "task_internal.h"

int task_add_action(struct task *task, struct task_action *action, struct error *error)
{
    if (memory_grow((void **)&task->actions, &task->action_capacity, task->action_count + 1,
                    sizeof *task->actions) != 0)
        return error_set_memory(error);
    task->actions[task->action_count++] = *action;
    *action = (struct task_action){ .command = NULL };
    return 0;
}

int task_add_trigger(struct task *task, const struct buffer *text, struct error *error)
{
    char *trigger = NULL;

    if (buffer_keep(text, &trigger, error) != 0)
        return -1;
    if (!trigger)
        return 0;
    if (memory_grow((void **)&task->triggers, &task->trigger_capacity, task->trigger_count + 1,
                    sizeof *task->triggers) != 0) {
        free(trigger);
        return error_set_memory(error);
    }
    task->triggers[task->trigger_count++] = trigger;
    return 0;
}

void task_action_release(struct task_action *action)
{
    free(action->command);
    free(action->arguments);
    free(action->folder);
    *action = (struct task_action){ .command = NULL };
}

void task_release(struct task *task)
{
    for (size_t i = 0; i < task->action_count; i++)
        task_action_release(&task->actions[i]);
    for (size_t i = 0; i < task->trigger_count; i++)
        free(task->triggers[i]);
    free(task->actions);
    free(task->triggers);
    free(task->uri);
    free(task->author);
    free(task->comment);
    free(task->user);
}
