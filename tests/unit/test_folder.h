/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

/* test_folder: files in a folder of the test's own. */

#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static char folder[64];

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(folder, sizeof folder, "%.40s/fett-unit-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder)) {
        printf("Bail out! cannot make a folder\n");
        exit(1);
    }
}

/* Remove it; the status of the program. */
static int done(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? tap_done() : 1;
}

static const char *in_folder(const char *name)
{
    static char paths[4][256];
    static int next;

    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

static void write_file(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(in_folder(name), "wb");

    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
        printf("Bail out! cannot write %s\n", name);
        exit(1);
    }
}

#endif
