/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Tasks as XML, by [MS-TSCH] 2.5: what stands at which path.
 *
 *     Task/RegistrationInfo/{URI,Author,Description,Date}
 *     Task/Principals/Principal/{UserId,GroupId}
 *     Task/Settings/{Enabled,Hidden}
 *     Task/Triggers/TRIGGER/{Enabled,StartBoundary,EndBoundary,Subscription,...}
 *     Task/Actions/Exec/{Command,Arguments,WorkingDirectory}
 *     Task/Actions/ComHandler/{ClassId,Data}
 *     Task/Actions/{SendEmail,ShowMessage}/...
 */

#include <stdlib.h>

#include <fett/text.h>

#include "task_internal.h"
#include "xml.h"

struct reading {
    struct task *task;
    struct task_action action; /* of the element Actions that is open */
    struct buffer trigger;
    struct xml xml;
};

/* What stands behind a prefix of the path; NULL: it has another. */
static const char *below(const struct reading *reading, const char *prefix)
{
    const char *path = buffer_text(&reading->xml.path);
    size_t length = strlen(prefix);

    return strncmp(path, prefix, length) == 0 ? path + length : NULL;
}

/* The text of the element without white space around it. */
static void trim(struct buffer *text)
{
    size_t begin = 0, end = text->length;

    while (begin < end && strchr(" \t\r\n", text->data[begin]))
        begin++;
    while (end > begin && strchr(" \t\r\n", text->data[end - 1]))
        end--;
    if (begin > 0)
        memmove(text->data, text->data + begin, end - begin);
    if (text->length > 0)
        buffer_truncate(text, end - begin);
}

static bool is(const struct buffer *text, const char *word)
{
    return text_equal_nocase(buffer_text(text), word);
}

/* Booleans of XML Schema. */
static bool is_true(const struct buffer *text)
{
    return is(text, "true") || is(text, "1");
}

static bool is_false(const struct buffer *text)
{
    return is(text, "false") || is(text, "0");
}

/* Elements with one text each. */
static int take_text(struct reading *reading, const struct buffer *text, struct error *error)
{
    struct task *task = reading->task;
    const struct {
        const char *path;
        char **to;
    } texts[] = {
        { "Task/RegistrationInfo/URI", &task->uri },
        { "Task/RegistrationInfo/Author", &task->author },
        { "Task/RegistrationInfo/Description", &task->comment },
        { "Task/Principals/Principal/UserId", &task->user },
        { "Task/Principals/Principal/GroupId", &task->user },
        { "Task/Actions/Exec/Command", &reading->action.command },
        { "Task/Actions/Exec/Arguments", &reading->action.arguments },
        { "Task/Actions/Exec/WorkingDirectory", &reading->action.folder },
        { "Task/Actions/ComHandler/ClassId", &reading->action.command },
        { "Task/Actions/ComHandler/Data", &reading->action.arguments },
    };
    const char *path = buffer_text(&reading->xml.path);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(path, texts[i].path) == 0)
            return buffer_keep(text, texts[i].to, error);
    if (strcmp(path, "Task/RegistrationInfo/Date") == 0)
        instant_parse(&task->registered, buffer_text(text), text->length);
    else if (strcmp(path, "Task/Settings/Enabled") == 0)
        task->disabled = is_false(text);
    else if (strcmp(path, "Task/Settings/Hidden") == 0)
        task->hidden = is_true(text);
    return 0;
}

/* A trigger is told by its name and by what its elements say. */
static void take_trigger(struct reading *reading, const char *name, const struct buffer *text)
{
    const char *slash = strchr(name, '/'), *last = strrchr(name, '/');

    if (!slash || text->length == 0 || strcmp(slash, "/ExecutionTimeLimit") == 0)
        return;
    if (strcmp(slash, "/Enabled") == 0) {
        if (is_false(text))
            buffer_add_text(&reading->trigger, " disabled");
        return;
    }
    buffer_add_format(&reading->trigger, " %s=", last + 1);
    buffer_add(&reading->trigger, buffer_text(text), text->length);
}

static int end_trigger(struct reading *reading, const char *name, struct error *error)
{
    struct buffer whole = BUFFER_INIT;

    buffer_add_text(&whole, name);
    buffer_add(&whole, buffer_text(&reading->trigger), reading->trigger.length);
    int result = reading->trigger.failed ? error_set_memory(error)
                                         : task_add_trigger(reading->task, &whole, error);
    buffer_release(&whole);
    return result;
}

/* What was read of an action becomes one, unless it starts nothing. */
static int end_action(struct reading *reading, const char *name, struct error *error)
{
    struct task_action *action = &reading->action;
    struct buffer other = BUFFER_INIT;
    bool program = strcmp(name, "Exec") == 0, class = strcmp(name, "ComHandler") == 0;
    int result = 0;

    action->kind = program ? TASK_PROGRAM : class ? TASK_CLASS : TASK_OTHER;
    if (!program && !class) {
        buffer_add_text(&other, name);
        result = buffer_keep(&other, &action->command, error);
        buffer_release(&other);
    }
    if (result == 0 && action->command)
        result = task_add_action(reading->task, action, error);
    task_action_release(action);
    return result;
}

static int close_element(struct reading *reading, struct error *error)
{
    struct buffer *text = &reading->xml.text;
    const char *name;

    trim(text);
    if ((name = below(reading, "Task/Triggers/")) != NULL) {
        if (!strchr(name, '/'))
            return end_trigger(reading, name, error);
        take_trigger(reading, name, text);
        return 0;
    }
    if ((name = below(reading, "Task/Actions/")) != NULL && !strchr(name, '/'))
        return end_action(reading, name, error);
    return take_text(reading, text, error);
}

static int read_elements(struct reading *reading, struct error *error)
{
    enum xml_event event;
    const char *name;
    int result = 0;

    while (result == 0 && (event = xml_next(&reading->xml, error)) != XML_END) {
        if (event == XML_DAMAGED) {
            /* What an action has said before the damage counts. */
            if (below(reading, "Task/Actions/Exec"))
                end_action(reading, "Exec", NULL);
            return -1;
        }
        if (event == XML_OPEN && (name = below(reading, "Task/Triggers/")) != NULL &&
            !strchr(name, '/'))
            buffer_clear(&reading->trigger);
        if (event == XML_CLOSE)
            result = close_element(reading, error);
        if (result == 0 && (reading->xml.text.failed || reading->xml.path.failed))
            result = error_set_memory(error);
    }
    return result;
}

int task_read_xml(struct task *task, const uint8_t *data, size_t size, struct error *error)
{
    enum { ANSI = 1252 };
    struct reading reading = { .task = task };
    struct buffer text = BUFFER_INIT;

    *task = (struct task){ .disabled = false };
    text_add_file(&text, 0, data, size);
    if (text_valid_length(buffer_text(&text), text.length) < text.length &&
        text.length == size) { /* neither UTF-16 nor UTF-8 */
        buffer_clear(&text);
        text_add_code_page(&text, ANSI, data, size);
    }
    int result = text.failed ? error_set_memory(error) : 0;
    if (result == 0) {
        xml_init(&reading.xml, buffer_text(&text), text.length);
        result = read_elements(&reading, error);
        if (result == 0 && task->action_count == 0 && !task->uri && !task->author)
            result = error_set(error, ERROR_DAMAGED, "XML: no task in it");
        xml_release(&reading.xml);
    }
    task_action_release(&reading.action);
    buffer_release(&reading.trigger);
    buffer_release(&text);
    return result;
}
