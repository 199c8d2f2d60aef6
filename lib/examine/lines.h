/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMINE_LINES_H
#define EXAMINE_LINES_H

/* lines: text files of the examiner, line by line. */

#include <fett/examine.h>

/* What takes a line, with its newline; an error that is not of the system costs that
 * line only. */
typedef int (*lines_visit)(void *context, const char *line, size_t length, struct error *error);

/* Hand out the lines of a file; what is wrong with one goes to `problem` with the
 * file and the number of the line, as damage. */
int lines_each(const char *path, lines_visit visit, void *context, examine_problem problem,
               void *problem_context, struct error *error);

#endif
