/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TASK_INTERNAL_H
#define TASK_INTERNAL_H

#include <fett/buffer.h>
#include <fett/task.h>

/* Add an action, which is the task's then, and cleared. 0 or -1. */
int task_add_action(struct task *task, struct task_action *action, struct error *error);
int task_add_trigger(struct task *task, const struct buffer *text, struct error *error);
/* Add the names of days of the week, bit 0 Sunday, each behind a blank. */
void task_add_days(struct buffer *text, unsigned days);
void task_action_release(struct task_action *action);

#endif
