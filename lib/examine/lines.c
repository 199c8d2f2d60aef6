/* SPDX-License-Identifier: Apache-2.0 */

/* lines: see lines.h. */

#include <stdio.h>
#include <stdlib.h>

#include "lines.h"

int lines_each(const char *path, lines_visit visit, void *context, examine_problem problem,
               void *problem_context, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    int result = 0;

    if (!file)
        return error_set_errno(error, "cannot open: %s", path);
    for (unsigned long number = 1;
         result == 0 && (length = getline(&line, &capacity, file)) >= 0; number++) {
        struct error wrong = ERROR_INIT;
        if (visit(context, line, (size_t)length, &wrong) == 0)
            continue;
        if (wrong.kind == ERROR_SYSTEM) {
            result = error_set(error, wrong.kind, "%s", wrong.text);
        } else {
            wrong.kind = ERROR_DAMAGED; /* one line of many: the rest is used */
            error_prefix(&wrong, "%s: line %lu", path, number);
            problem(problem_context, &wrong);
        }
    }
    if (result == 0 && ferror(file))
        result = error_set_errno(error, "cannot read: %s", path);
    free(line);
    fclose(file);
    return result;
}
