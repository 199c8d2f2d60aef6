/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CABINET_INTERNAL_H
#define CABINET_INTERNAL_H

/* cabinet.c reads what tells of files, cabinet_content.c what is in them. */

#include <fett/cabinet.h>

struct cabinet_problems {
    cabinet_problem problem;
    void *context;
};

void cabinet_tell(const struct cabinet_problems *problems, uint64_t offset, const char *what);

#endif
