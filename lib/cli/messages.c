/* SPDX-License-Identifier: Apache-2.0 */

/* Messages: `command: what failed: object: reason`, each in one write, control
 * bytes neutralised; and the outcome of a run. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <fett/text.h>

#include "cli_internal.h"

void cli_message(struct cli *cli, const char *text)
{
    struct buffer line = BUFFER_INIT;

    buffer_add_text(&line, cli->command->name);
    buffer_add_text(&line, ": ");
    text_add_safe(&line, text, strlen(text));
    buffer_add_byte(&line, '\n');
    pthread_mutex_lock(&cli->progress.lock);
    cli_progress_clear(cli);
    /* A message that cannot be written has nowhere else to go. */
    ssize_t ignored = write(STDERR_FILENO, buffer_text(&line), line.length);
    (void)ignored;
    pthread_mutex_unlock(&cli->progress.lock);
    buffer_release(&line);
}

static void message_format(struct cli *cli, const char *format, va_list arguments)
{
    char text[2 * ERROR_TEXT_SIZE];

    vsnprintf(text, sizeof text, format, arguments);
    cli_message(cli, text);
}

void cli_raise(struct cli *cli, enum cli_outcome outcome)
{
    if (outcome > cli->outcome)
        cli->outcome = outcome;
}

int cli_status(const struct cli *cli)
{
    static const int statuses[] = { [OUTCOME_NOTHING] = 1,
                                    [OUTCOME_DONE] = 0,
                                    [OUTCOME_DIFFERS] = 1,
                                    [OUTCOME_PARTIAL] = 3,
                                    [OUTCOME_FAILED] = 2 };

    return statuses[cli->outcome];
}

void cli_report(struct cli *cli, const struct error *error)
{
    if (error->kind == ERROR_NONE)
        return;
    if (error->kind == ERROR_REMNANT) {
        cli_warn(cli, "%s", error->text);
        return;
    }
    bool partial = error->kind == ERROR_DAMAGED || error->kind == ERROR_LIMIT;
    pthread_mutex_lock(&cli->progress.lock);
    cli_raise(cli, partial ? OUTCOME_PARTIAL : OUTCOME_FAILED);
    pthread_mutex_unlock(&cli->progress.lock);
    cli_message(cli, error->text);
}

void cli_warn(struct cli *cli, const char *format, ...)
{
    va_list arguments;

    if (cli->quiet)
        return;
    va_start(arguments, format);
    message_format(cli, format, arguments);
    va_end(arguments);
}

void cli_note(struct cli *cli, const char *format, ...)
{
    va_list arguments;

    if (!cli->verbose)
        return;
    va_start(arguments, format);
    message_format(cli, format, arguments);
    va_end(arguments);
}

int cli_usage(struct cli *cli, const char *format, ...)
{
    va_list arguments;
    char text[2 * ERROR_TEXT_SIZE];

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cli_raise(cli, OUTCOME_FAILED);
    cli_message(cli, text);
    snprintf(text, sizeof text, "try '%s --help'", cli->command->name);
    cli_message(cli, text);
    return -1;
}
