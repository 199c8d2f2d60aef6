/* SPDX-License-Identifier: Apache-2.0 */

/* The progress bar of long work: on a terminal's standard error, or plain lines
 * with --progress; at most five times a second. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli_internal.h"

enum { INTERVAL_MS = 200, LINE_INTERVAL_MS = 5000, FIRST_MS = 700, BAR = 30 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cli_progress_init(struct cli *cli)
{
    struct cli_progress_state *state = &cli->progress;
    const char *terminal = getenv("TERM");
    bool plain = !terminal || strcmp(terminal, "dumb") == 0;

    state->bar = !cli->quiet && !plain && isatty(STDERR_FILENO);
    state->lines = cli->progress_lines && !state->bar;
    state->start = now_ms();
    atomic_store(&state->due, state->start + FIRST_MS);
}

void cli_progress_clear(struct cli *cli)
{
    static const char clear[] = "\r\x1b[K";

    if (!cli->progress.shown)
        return;
    ssize_t ignored = write(STDERR_FILENO, clear, sizeof clear - 1);
    (void)ignored;
    cli->progress.shown = false;
}

void cli_progress(void *context, uint64_t done, uint64_t total)
{
    struct cli *cli = context;
    struct cli_progress_state *state = &cli->progress;

    if ((!state->bar && !state->lines) || total == 0)
        return;
    int64_t now = now_ms(), due = atomic_load(&state->due);
    int64_t interval = state->bar ? INTERVAL_MS : LINE_INTERVAL_MS;
    if (now < due || !atomic_compare_exchange_strong(&state->due, &due, now + interval))
        return;

    double part = (double)done / (double)total, seconds = (double)(now - state->start) / 1000;
    double left = part > 0 ? seconds / part - seconds : 0;
    char text[160], bar[BAR + 1];
    int filled = (int)(part * BAR);
    for (int i = 0; i < BAR; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR] = '\0';
    int length =
        state->bar
            ? snprintf(text, sizeof text, "\r%s [%s] %3.0f%%  %.0f s left\x1b[K",
                       cli->command->name, bar, part * 100, left)
            : snprintf(text, sizeof text, "%s: %3.0f%%, %.0f s left\n", cli->command->name,
                       part * 100, left);
    pthread_mutex_lock(&state->lock);
    ssize_t ignored = write(STDERR_FILENO, text, (size_t)length);
    (void)ignored;
    state->shown = state->bar;
    pthread_mutex_unlock(&state->lock);
}
