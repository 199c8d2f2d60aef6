/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The values of a task in the registry (TaskCache\Tasks\{GUID}), which Windows starts
 * it by; the XML file is a copy. Its triggers: task_triggers.c. Not documented; by
 * published research ("Windows Registry Analysis: Tasks" of G DATA Advanced Analytics,
 * 2022) on Windows 7 to 10.
 * Little-endian; a text is 4 bytes size and UTF-16.
 *
 *     Actions      0  2  version: 1 to Windows 8.1, 2 and 3 Windows 10
 *                  2  n  of 2 and 3: text, the context ("Author")
 *                  then actions: 2 bytes kind, text of its id, and
 *                     0x6666 program: texts command, arguments, folder; of 3 2 bytes flags
 *                     0x7777 class:   16 bytes CLSID, text of its data
 *                     0x8888 mail, 0x9999 message: told, not read; nothing is read behind
 *     DynamicInfo  0  4  3; 4 8 registered, 12 8 last run, FILETIME
 */

#include <stdio.h>
#include <stdlib.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "task_internal.h"

enum {
    ACTION_PROGRAM = 0x6666, ACTION_CLASS = 0x7777, ACTION_MAIL = 0x8888, ACTION_MESSAGE = 0x9999,
};

static int read_text(char **to, struct cursor *blob, struct error *error)
{
    struct buffer text = BUFFER_INIT;
    size_t size = cursor_u32(blob), units = 0;
    const uint8_t *data = cursor_bytes(blob, size);

    if (cursor_check(blob, error) != 0)
        return -1;
    while (units < size / 2 && bytes_u16le(data + 2 * units) != 0)
        units++;
    text_add_utf16le(&text, data, units);
    int result = to ? buffer_keep(&text, to, error) : 0;
    buffer_release(&text);
    return result;
}

static int read_program(struct task_action *action, unsigned version, struct cursor *blob,
                        struct error *error)
{
    enum { WITH_FLAGS = 3 };

    action->kind = TASK_PROGRAM;
    if (read_text(&action->command, blob, error) != 0 ||
        read_text(&action->arguments, blob, error) != 0 ||
        read_text(&action->folder, blob, error) != 0)
        return -1;
    if (version >= WITH_FLAGS)
        cursor_skip(blob, 2);
    return cursor_check(blob, error);
}

static int read_class(struct task_action *action, struct cursor *blob, struct error *error)
{
    char id[40];
    struct buffer text = BUFFER_INIT;

    action->kind = TASK_CLASS;
    unsigned first = cursor_u32(blob), second = cursor_u16(blob), third = cursor_u16(blob);
    const uint8_t *rest = cursor_bytes(blob, 8);
    if (cursor_check(blob, error) != 0)
        return -1;
    snprintf(id, sizeof id, "{%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X}", first, second,
             third, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]);
    buffer_add_text(&text, id);
    int result = buffer_keep(&text, &action->command, error);
    buffer_release(&text);
    return result == 0 ? read_text(&action->arguments, blob, error) : result;
}

static int read_other(struct task_action *action, const char *name, struct error *error)
{
    action->kind = TASK_OTHER;
    action->command = strdup(name);
    return action->command ? 0 : error_set_memory(error);
}

static int read_action(struct task_action *action, unsigned version, struct cursor *blob,
                       struct error *error)
{
    unsigned kind = cursor_u16(blob);

    if (read_text(NULL, blob, error) != 0)
        return -1;
    switch (kind) {
    case ACTION_PROGRAM:
        return read_program(action, version, blob, error);
    case ACTION_CLASS:
        return read_class(action, blob, error);
    case ACTION_MAIL:
    case ACTION_MESSAGE:
        cursor_seek(blob, blob->size);
        return read_other(action, kind == ACTION_MAIL ? "SendEmail" : "ShowMessage", error);
    default:
        return error_set(error, ERROR_DAMAGED, "actions of a task: kind 0x%04x is not known",
                         kind);
    }
}

int task_read_actions(struct task *task, const uint8_t *data, size_t size, struct error *error)
{
    enum { WITH_CONTEXT = 2, KNOWN_VERSIONS = 3 };
    struct task_action action = { .command = NULL };
    struct cursor blob;
    int result = 0;

    cursor_init(&blob, data, size, 0, "actions of a task");
    unsigned version = cursor_u16(&blob);
    if (cursor_check(&blob, error) != 0)
        return -1;
    if (version == 0 || version > KNOWN_VERSIONS)
        return error_set(error, ERROR_UNSUPPORTED, "actions of a task: version %u is not known",
                         version);
    if (version >= WITH_CONTEXT)
        result = read_text(NULL, &blob, error);
    while (result == 0 && cursor_left(&blob) > 0) {
        result = read_action(&action, version, &blob, error);
        /* What was read of a program before damage counts. */
        if (action.command && task_add_action(task, &action, result == 0 ? error : NULL) != 0)
            result = -1;
        task_action_release(&action);
    }
    return result;
}

void task_read_times(struct task *task, const uint8_t *info, size_t size)
{
    if (size < 20 || bytes_u32le(info) != 3)
        return;
    task->registered = instant_from_filetime(bytes_u64le(info + 4));
    task->last_run = instant_from_filetime(bytes_u64le(info + 12));
}
