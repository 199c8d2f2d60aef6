/* SPDX-License-Identifier: Apache-2.0 */

/*
 * task_times: when a scheduled task was registered, and when it ran last (task.h): .job
 * files keep the one, by the local clock, XML files the other.
 */

#include <string.h>

#include <fett/limits.h>
#include <fett/task.h>
#include <fett/text.h>

#include "artifact_internal.h"

static bool is_xml_task(const uint8_t *head, size_t size)
{
    return memmem(head, size, "<\0T\0a\0s\0k\0", 10) || memmem(head, size, "<Task", 5);
}

static bool is_task(const uint8_t *head, size_t size)
{
    static const uint8_t marks[][4] = { { 0xff, 0xfe, '<', 0 }, { 0xef, 0xbb, 0xbf, '<' },
                                        { '<', '?', 'x', 'm' }, { '<', 'T', 'a', 's' },
                                        { '<', 0, '?', 0 } };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (size >= 4 && memcmp(head, marks[i], 4) == 0)
            return is_xml_task(head, size);
    return task_is_job(head, size);
}

static bool is_task_path(const char *path, size_t length)
{
    static const char *const patterns[] = { "*/tasks/*.job", "*/system32/tasks/*",
                                            "*/syswow64/tasks/*" };

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (text_glob(patterns[i], path, length))
            return true;
    return false;
}

static void make_message(struct buffer *message, const struct task *task)
{
    for (size_t i = 0; i < task->action_count; i++) {
        const struct task_action *action = &task->actions[i];
        if (i > 0)
            buffer_add_text(message, "; ");
        buffer_add_text(message, action->command ? action->command : "no program");
        if (action->arguments) {
            buffer_add_byte(message, ' ');
            buffer_add_text(message, action->arguments);
        }
    }
    for (size_t i = 0; i < task->trigger_count; i++) {
        buffer_add_text(message, i == 0 ? " (" : ", ");
        buffer_add_text(message, task->triggers[i]);
    }
    if (task->trigger_count > 0)
        buffer_add_byte(message, ')');
}

static int hand_out(const struct task *task, const struct artifact_sink *sink,
                    struct error *error)
{
    const struct {
        const struct instant *time;
        const char *what;
    } times[] = { { &task->registered, "task registered" }, { &task->last_run, "task last run" } };
    const char *command = task->action_count > 0 ? task->actions[0].command : NULL;
    struct buffer message = BUFFER_INIT, program = BUFFER_INIT;
    int result = 0;

    make_message(&message, task);
    if (command)
        artifact_set_program(&program, command, strlen(command));
    message.failed |= program.failed;
    for (size_t i = 0; i < 2 && result == 0; i++) {
        struct record record;
        if (times[i].time->state == INSTANT_ABSENT)
            continue;
        record_begin(&record, RECORD_EVENT);
        if (program.length > 0)
            record_text_n(&record, FIELD_PROGRAM, program.data, program.length);
        record_text(&record, FIELD_USER, task->user);
        result = artifact_event(sink, &record, times[i].time, "task", times[i].what, &message,
                                error);
    }
    buffer_release(&message);
    buffer_release(&program);
    return result;
}

static int parse_either(const uint8_t *data, size_t size, const struct artifact_sink *sink,
                        struct error *error)
{
    struct error lost = ERROR_INIT;
    struct task task = { .actions = NULL };
    int result = task_is_job(data, size) ? task_read_job(&task, data, size, &lost)
                                         : task_read_xml(&task, data, size, &lost);
    if (result != 0 && lost.kind == ERROR_SYSTEM) {
        error_set(error, lost.kind, "%s", lost.text);
    } else {
        if (result != 0) /* what stands before the damage is there */
            sink->damage(sink->context, NULL, &lost);
        result = hand_out(&task, sink, error);
    }
    task_release(&task);
    return result;
}

static int parse_task(struct reader *reader, const struct artifact_sink *sink,
                      struct error *error)
{
    return artifact_parse_whole(reader, LIMIT_TASK_BYTES, parse_either, sink, error);
}

const struct artifact_format artifact_task = {
    "task", "scheduled tasks: registered, last run", is_task, is_task_path, parse_task,
};
