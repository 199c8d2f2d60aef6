/* SPDX-License-Identifier: Apache-2.0 */

/* The start and the end of every command, in one order. See cli.h. */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <fett/limits.h>

#include "cli_internal.h"

/* The command line as a shell would take it again. */
static void remember_command_line(struct cli *cli, int argc, char **argv)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_=+,./:@%";

    for (int i = 0; i < argc; i++) {
        if (i > 0)
            buffer_add_byte(&cli->command_line, ' ');
        if (argv[i][0] && strspn(argv[i], plain) == strlen(argv[i])) {
            buffer_add_text(&cli->command_line, argv[i]);
            continue;
        }
        buffer_add_byte(&cli->command_line, '\'');
        for (const char *at = argv[i]; *at; at++)
            if (*at == '\'')
                buffer_add_text(&cli->command_line, "'\\''");
            else
                buffer_add_byte(&cli->command_line, *at);
        buffer_add_byte(&cli->command_line, '\'');
    }
}

static uint64_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count < 1 ? 1 : count > LIMIT_THREADS ? LIMIT_THREADS : (uint64_t)count;
}

static int prepare(struct cli *cli)
{
    struct error error = ERROR_INIT;

    if (cli->zone_name && strcmp(cli->zone_name, "none") != 0 &&
        zone_open(&cli->zone, cli->zone_name, &error) != 0)
        return cli_usage(cli, "--zone: %s", error.text);
    if (cli->clock_text && cli_parse_span(cli->clock_text, &cli->clock, &error) != 0)
        return cli_usage(cli, "--clock: %s", error.text);
    if (cli->clock > LIMIT_CLOCK_SECONDS || cli->clock < -LIMIT_CLOCK_SECONDS)
        return cli_usage(cli, "--clock: no clock is wrong by more than a century: %s",
                         cli->clock_text);
    if (cli->command->prepare && cli->command->prepare(cli, &error) != 0) {
        if (error.kind == ERROR_USAGE)
            return cli_usage(cli, "%s", error.text);
        cli_report(cli, &error);
        return -1;
    }
    if (cli_custody_open(cli, &error) == 0 && cli_output_open(cli, &error) == 0) {
        cli_seal(cli);
        return 0;
    }
    if (error.kind == ERROR_USAGE)
        return cli_usage(cli, "%s", error.text);
    cli_report(cli, &error);
    return -1;
}

/* A standard stream that is closed would be the next file that is opened. What
 * takes its place cannot be written to. */
static void hold_standard_streams(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int cli_begin(struct cli *cli, const struct command *command, int argc, char **argv)
{
    hold_standard_streams();
    *cli = (struct cli){
        .command = command,
        .threads = processors(),
        .gap_file = -1,
        .custody_file = -1,
        .sector = UINT64_MAX,
        .outcome = command->flags & CLI_SEARCH ? OUTCOME_NOTHING : OUTCOME_DONE,
    };
    pthread_mutex_init(&cli->progress.lock, NULL);
    /* libtsk converts the local times of FAT by the zone of the process. */
    setenv("TZ", "UTC", 1);
    tzset();
    signal(SIGPIPE, SIG_IGN); /* so that cli_end can clean up first */
    remember_command_line(cli, argc, argv);
    if (cli_options_parse(cli, argc, argv) != 0 || prepare(cli) != 0)
        return -1;
    cli_progress_init(cli);
    return 0;
}

int cli_end(struct cli *cli)
{
    if (cli->written.main_records > 0)
        cli_raise(cli, OUTCOME_DONE);
    pthread_mutex_lock(&cli->progress.lock);
    cli_progress_clear(cli);
    pthread_mutex_unlock(&cli->progress.lock);
    if (cli->help || cli->version || cli->show)
        cli->outcome = fflush(stdout) == 0 ? OUTCOME_DONE : OUTCOME_FAILED;
    cli_output_close(cli);
    if (cli->written.clocks & CLI_CONVERTED_TIMES && cli->zone_told.length > 0)
        cli_warn(cli, CLI_ZONE_TOLD, cli->zone_told.data);
    if (cli->written.clocks & CLI_LOCAL_TIMES)
        cli_warn(cli, "times without Z are by a clock whose zone is not known, and sort as if UTC; "
                      "%s", cli->command->flags & CLI_ZONE ? "-z ZONE converts them"
                                                           : "they came so");
    cli_custody_append(cli);
    int status = cli_status(cli);
    cli_output_release(cli);
    if (cli->release)
        cli->release(cli);
    zone_free(cli->zone);
    cli_options_release(cli);
    buffer_release(&cli->command_line);
    buffer_release(&cli->stored);
    buffer_release(&cli->versions);
    buffer_release(&cli->zone_told);
    pthread_mutex_destroy(&cli->progress.lock);
    if (cli->pipe_closed) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    return status;
}
