/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRIAL_H
#define TRIAL_H

/*
 * trial: what a library is about to do is done by a process of its own first. One
 * damaged byte can crash libtsk, end it by a C++ exception or keep it busy for
 * ever, and all other volumes of the disk would be lost with it. What did not
 * survive the trial is not tried again; it is damage that can be told. What the process found
 * it can write into a file that was opened before.
 *
 * The process is a copy of this one: for a thread's work before others start.
 */

#include <stdint.h>

#include <fett/error.h>
#include <fett/image.h>

/*
 * Run `task` on `bytes` of media in a copy of this process, which ends with it.
 * 0: it came back, whatever it found. -1: it crashed, or took longer than any
 * honest volume of that size: ERROR_DAMAGED, told with `what` and the library's name.
 */
int trial_run(struct image *image, void (*task)(void *context), void *context, uint64_t bytes,
              const char *what, const char *library, struct error *error);

#endif
