/* SPDX-License-Identifier: Apache-2.0 */

/* The seal of a command: what it may still do, and what the kernel refuses. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/landlock.h>

#include <fett/cli.h>

#include "tap.h"

static int try_to_create(const char *folder, const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    close(fd);
    unlink(path);
    return 0;
}

/* The seal cannot be taken off: all of this runs in a process of its own. */
static int run_sealed(const char *base)
{
    static const struct command command = {
        .name = "sealed", .summary = "nothing", .operands = "", .flags = CLI_FOLDER | CLI_OBJECTS,
        .main_type = RECORD_FILE,
    };
    char folder[64], temporary[64], other[64], secret[80];
    struct cli cli;

    snprintf(folder, sizeof folder, "%s/out", base);
    snprintf(temporary, sizeof temporary, "%s/tmp", base);
    snprintf(other, sizeof other, "%s/other", base);
    snprintf(secret, sizeof secret, "%s/evidence", other);
    mkdir(temporary, 0700);
    mkdir(other, 0700);
    close(open(secret, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    setenv("TMPDIR", temporary, 1);
    bool landlock =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;

    ok(try_to_create(other, "before") == 0, "before the seal any folder can be written to");
    char name[] = "sealed", option[] = "-d", operand[] = "evidence";
    char *arguments[] = { name, option, folder, operand, NULL };
    ok(cli_begin(&cli, &command, 4, arguments) == 0, "a command begins");

    struct stat status;
    ok(stat(folder, &status) == 0 && S_ISDIR(status.st_mode), "its output folder is there");
    ok(try_to_create(folder, "record") == 0, "it can be written to");
    ok(try_to_create(temporary, "run") == 0, "so can TMPDIR");
    int fd = open(temporary, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    ok(fd >= 0, "also by files without a name");
    fd = open(secret, O_RDONLY | O_CLOEXEC);
    ok(fd >= 0, "any file can be read");
    if (landlock) {
        ok(try_to_create(other, "after") == EACCES, "no other folder can be written to");
        ok(open(secret, O_WRONLY | O_CLOEXEC) < 0 && errno == EACCES, "no file in it either");
        ok(unlink(secret) != 0 && errno == EACCES, "nor removed");
    } else {
        for (int i = 0; i < 3; i++)
            ok(1, "# SKIP the kernel has no landlock");
    }
    errno = 0;
    ok(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM, "no socket can be had");
    errno = 0;
    ok(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM, "of no kind");
    errno = 0;
    ok(execv("/bin/true", arguments) < 0 && errno == EPERM, "no program can be started");
    int failed = tap_done();
    cli_end(&cli); /* closes standard output */
    return failed;
}

int main(void)
{
    char base[] = "/tmp/fett-seal-XXXXXX", removal[64];
    int status = 1;

    if (!mkdtemp(base))
        return 1;
    pid_t child = fork();
    if (child == 0)
        return run_sealed(base);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    snprintf(removal, sizeof removal, "rm -r %s", base);
    return system(removal) != 0 || status != 0;
}
