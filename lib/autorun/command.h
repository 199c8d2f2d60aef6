/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUTORUN_COMMAND_H
#define AUTORUN_COMMAND_H

/*
 * command.c finds the program of a text, host.c what that program is only there to
 * start.
 */

#include <fett/autorun.h>

/* As autorun_resolve, of `size` bytes, and without what hosts start. */
bool command_resolve(const struct autorun_machine *machine, enum autorun_list list,
                     const char *text, size_t size, struct autorun_program *program);

/* A library with a comma or blank behind it: path, state and arguments. */
bool command_resolve_library(const struct autorun_machine *machine, const char *text, size_t size,
                             struct autorun_program *program);

/* shell.c: what cmd /c starts. False: nothing, or not for certain. */
bool shell_resolve(const struct autorun_machine *machine, const char *text, size_t size,
                   struct autorun_program *program);

/* powershell.c: the same of powershell. */
bool powershell_resolve(const struct autorun_machine *machine, const char *text, size_t size,
                        struct autorun_program *program);

/* Where a program is Windows' own and only starts what its arguments name
 * (rundll32, regsvr32, cmd /c ...), put that in its place. */
void host_unwrap(const struct autorun_machine *machine, struct autorun_program *program);

#endif
