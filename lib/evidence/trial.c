/* SPDX-License-Identifier: Apache-2.0 */

/* trial: see trial.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <fett/limits.h>

#include "trial.h"

static void run_and_exit(void (*task)(void *context), void *context, uint64_t bytes)
{
    uint64_t seconds = LIMIT_TRIAL_SECONDS + bytes / LIMIT_TRIAL_BYTES_A_SECOND;
    if (seconds > LIMIT_TRIAL_MOST_SECONDS)
        seconds = LIMIT_TRIAL_MOST_SECONDS;
    struct rlimit time = { .rlim_cur = (rlim_t)seconds, .rlim_max = (rlim_t)seconds };
    struct rlimit core = { 0 };

    /* What a dying C++ library says is told by the parent. */
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &core);
    if (setrlimit(RLIMIT_CPU, &time) == 0)
        task(context);
    _exit(0);
}

/* A process that waits for a lock which nobody gives back uses no time of the processor, so
 * that its limit never ends it. One that works, or reads at all, uses some. */
static void end_if_stuck(pid_t child)
{
    struct pollfd end = { .fd = pidfd_open(child, 0), .events = POLLIN };
    struct timespec used = { 0 }, before;
    clockid_t clock;
    int ready = end.fd < 0 ? 1 : 0;

    while (ready == 0) {
        before = used;
        ready = poll(&end, 1, LIMIT_TRIAL_IDLE_SECONDS * 1000);
        if (ready < 0 && errno == EINTR)
            ready = 0;
        else if (ready == 0 &&
                 (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) != 0))
            ready = -1;
        else if (ready == 0 && used.tv_sec == before.tv_sec && used.tv_nsec == before.tv_nsec)
            kill(child, SIGKILL);
    }
    if (end.fd >= 0)
        close(end.fd);
}

int trial_run(struct image *image, void (*task)(void *context), void *context, uint64_t bytes,
              const char *what, const char *library, struct error *error)
{
    int status;
    pid_t child, ended;

    /* These are read by libraries whose file position both processes would share. */
    if (image_format(image) == IMAGE_VMDK || image_format(image) == IMAGE_VHD)
        return 0;
    child = fork();
    if (child < 0)
        return error_set_errno(error, "cannot start a process");
    if (child == 0)
        run_and_exit(task, context, bytes);
    end_if_stuck(child);
    while ((ended = waitpid(child, &status, 0)) < 0 && errno == EINTR)
        ;
    if (ended != child)
        return error_set_errno(error, "cannot wait for a process");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU))
        return error_set(error, ERROR_DAMAGED, "%s: %s does not come to an end on it", what,
                         library);
    return error_set(error, ERROR_DAMAGED, "%s: %s fails on it (%s)", what, library,
                     WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it ends the process");
}
