/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The seal. What a parser of hostile evidence can be talked into, whoever wrote
 * it, is bounded by the kernel: once outputs are open the process starts no
 * program, opens no socket, and writes to no file but those it has open and
 * those below the output folder and TMPDIR. Reading is not bounded: evidence,
 * its segments, digest files and zones are opened later.
 *
 * Programs and sockets are refused by seccomp(2) with EPERM, writes by
 * landlock(7), which Linux has from 5.13 on. Where the kernel has neither, the
 * command works all the same, and -v says so.
 */

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include <fett/temporary.h>

#include "cli_internal.h"

#if defined __x86_64__
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* In the order of the kernel's versions; each one knows those of the former. */
static const uint64_t write_rights[] = {
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
        LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
        LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
        LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    1 << 13, /* REFER: rename or link into another folder */
    1 << 14, /* TRUNCATE */
};

enum { WRITE_VERSIONS = sizeof write_rights / sizeof *write_rights };

/* Let the rights stand below a folder. What is not there needs none. */
static int allow_below(int rules, const char *folder, uint64_t rights)
{
    struct landlock_path_beneath_attr below = { .allowed_access = rights };
    long result = 0;

    below.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (below.parent_fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
    result = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
    close(below.parent_fd);
    return result == 0 ? 0 : -1;
}

static int seal_writes(const char *folder)
{
    struct landlock_ruleset_attr attributes = { 0 };
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

    if (version < 1)
        return -1;
    for (int i = 0; i < WRITE_VERSIONS && i < version; i++)
        attributes.handled_access_fs |= write_rights[i];
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (rules < 0)
        return -1;
    int result = allow_below(rules, temporary_folder(), attributes.handled_access_fs);
    if (result == 0 && folder)
        result = allow_below(rules, folder, attributes.handled_access_fs);
    if (result == 0)
        result = syscall(SYS_landlock_restrict_self, rules, 0) == 0 ? 0 : -1;
    close(rules);
    return result;
}

#ifdef OWN_ARCHITECTURE
static int seal_calls(void)
{
    /* io_uring opens files and sockets past this filter, ptrace drives others. */
    static const uint32_t refused[] = {
        SYS_execve, SYS_execveat, SYS_socket, SYS_socketpair, SYS_io_uring_setup,
        SYS_process_vm_writev,
#ifndef __SANITIZE_ADDRESS__ /* its search for leaks is done by ptrace */
        SYS_ptrace,
#endif
    };
    enum { REFUSED = sizeof refused / sizeof *refused, FRAME = 6 };
    struct sock_filter filter[REFUSED + FRAME];
    struct sock_fprog program = { REFUSED + FRAME, filter };
    size_t at = 0;

    /* Jumps count the instructions between; the last one refuses. */
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                offsetof(struct seccomp_data, arch));
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 0,
                                                REFUSED + 3);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                offsetof(struct seccomp_data, nr));
    /* Calls of the x32 kind have this bit set. */
    filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000,
                                                REFUSED + 1, 0);
    for (size_t i = 0; i < REFUSED; i++)
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[i],
                                                    (uint8_t)(REFUSED - i), 0);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : -1;
}
#else
static int seal_calls(void)
{
    errno = ENOSYS;
    return -1;
}
#endif

void cli_seal(struct cli *cli)
{
    struct error error = ERROR_INIT;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || seal_writes(cli->folder) != 0) {
        error_set_errno(&error, "writes are not sealed");
        cli_note(cli, "%s", error.text);
    }
    if (seal_calls() != 0) {
        error_set_errno(&error, "programs and sockets are not sealed");
        cli_note(cli, "%s", error.text);
    }
}
