/* SPDX-License-Identifier: Apache-2.0 */

/* The tables of what Windows ships: each row is a default as it is written, and none
 * when what it starts lies elsewhere, leads elsewhere, or goes by another name. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/text.h>

#include "../../lib/autorun/defaults.h"
#include "tap.h"

/* A text that the first of the patterns matches; how many bytes that is. */
static size_t example(const char *patterns, struct buffer *text)
{
    size_t at = 0;

    for (; patterns[at] && patterns[at] != '|'; at++) {
        if (patterns[at] == '^')
            buffer_add_byte(text, patterns[++at]);
        else
            buffer_add_byte(text, patterns[at] == '*' || patterns[at] == '?' ? 'x' : patterns[at]);
    }
    return at;
}

static bool is_default(const char *row, const char *identity, const char *text)
{
    const struct autorun autorun = { .row = row, .identity = identity, .text = text };

    return autorun_is_default(&autorun, text, strlen(text));
}

/* Each text of a row: as it is, in another folder, through another folder. */
static size_t wrong_texts(const char *row, const char *identity, const char *patterns)
{
    size_t wrong = 0;

    for (const char *at = patterns;; at++) {
        struct buffer text = BUFFER_INIT, moved = BUFFER_INIT, led = BUFFER_INIT;
        at += example(at, &text);
        if (text.length > 0) {
            buffer_add_format(&moved, "C:\\evil\\%s", text.data);
            buffer_add_format(&led, "C:\\Windows\\system32\\..\\temp\\%s", text.data);
            bool good = is_default(row, identity, text.data) &&
                        !is_default(row, identity, moved.data) &&
                        !is_default(row, identity, led.data);
            if (!good && wrong++ == 0)
                printf("# %s, %s: %s\n", row, identity, text.data);
        }
        buffer_release(&text);
        buffer_release(&moved);
        buffer_release(&led);
        if (!*at)
            return wrong;
    }
}

static void test_rows(void)
{
    const struct shipped *row;
    size_t wrong = 0, named = 0;

    for (size_t i = 0; (row = shipped(i)) != NULL; i++) {
        struct buffer name = BUFFER_INIT;
        example(row->names, &name);
        wrong += wrong_texts(row->row, buffer_text(&name), row->texts);
        named += *row->names != '*' && *row->texts && strcmp(row->texts, "") != 0;
        buffer_release(&name);
    }
    ok(wrong == 0, "no row of the tables is one with another program");
    ok(named > 20, "%zu rows are of one name", named);
}

static void test_services(void)
{
    size_t count, wrong = 0;
    const struct shipped_service *services = shipped_services(&count);

    for (size_t i = 0; i < count; i++)
        wrong += wrong_texts("service", services[i].name, services[i].texts);
    ok(wrong == 0, "no service is one of Windows with another program");
    const char *const *drivers = shipped_drivers(&count);
    for (size_t i = 0; i < count; i++) {
        struct buffer own = BUFFER_INIT;
        buffer_add_format(&own, "\\SystemRoot\\System32\\drivers\\%s.sys", drivers[i]);
        wrong += !is_default("service", drivers[i], own.data);
        wrong += is_default("service", drivers[i], "System32\\drivers\\evil.sys");
        buffer_add_text(&own, " ");
        wrong += is_default("service", drivers[i], own.data);
        buffer_release(&own);
    }
    ok(wrong == 0, "a driver is one of Windows by its own file only");
}

static void test_tasks(void)
{
    const struct shipped_task *task;
    size_t wrong = 0;

    for (size_t i = 0; (task = shipped_task(i)) != NULL; i++) {
        struct buffer path = BUFFER_INIT;
        example(task->paths, &path);
        wrong += wrong_texts("task-xml", buffer_text(&path), task->texts);
        struct buffer text = BUFFER_INIT;
        example(task->texts, &text);
        buffer_add_text(&path, "\\other");
        if (!strchr(task->paths, '*'))
            wrong += is_default("task-xml", path.data, buffer_text(&text));
        buffer_release(&text);
        buffer_release(&path);
    }
    ok(wrong == 0, "no task is one of Windows with another program or path");
}

/* A bare ending * would let any program follow a name. */
static size_t open_ends(const char *texts)
{
    size_t open = 0;

    for (const char *at = texts; (at = strchr(at, '*')) != NULL; at++)
        if ((at[1] == '|' || !at[1]) && at > texts && at[-1] != '^' &&
            (at - texts > 4 && (memcmp(at - 4, ".exe", 4) == 0 || memcmp(at - 4, ".dll", 4) == 0)))
            open++;
    return open;
}

static void test_ends(void)
{
    const struct shipped_task *task;
    const struct shipped *row;
    size_t open = 0;

    for (size_t i = 0; (row = shipped(i)) != NULL; i++)
        open += open_ends(row->texts);
    for (size_t i = 0; (task = shipped_task(i)) != NULL; i++)
        open += open_ends(task->texts);
    ok(open == 0, "behind a program's name no pattern is open");
}

int main(void)
{
    test_rows();
    test_services();
    test_tasks();
    test_ends();
    return tap_done();
}
