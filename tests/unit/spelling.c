/* SPDX-License-Identifier: Apache-2.0 */

/* Names of one file, and of files that are not there. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/met.h>
#include <fett/spelling.h>

#include "tap.h"

enum { MANY = 5000 };

static void test_spellings(const char *folder)
{
    struct spellings spellings = { 0 };
    char file[256], dotted[256], link[256], other[256], name[32];

    snprintf(file, sizeof file, "%s/a", folder);
    snprintf(dotted, sizeof dotted, "%s/./a", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    snprintf(other, sizeof other, "%s/b", folder);
    fclose(fopen(file, "w"));
    fclose(fopen(other, "w"));
    ok(symlink("a", link) == 0, "a link");
    same_text(spellings_first(&spellings, dotted), dotted, "the first name stands for itself");
    same_text(spellings_first(&spellings, file), dotted, "another name of the file");
    same_text(spellings_first(&spellings, link), dotted, "a link to it");
    same_text(spellings_first(&spellings, other), other, "another file");
    same_text(spellings_first(&spellings, "no/file"), "no/file", "none is there");
    same_text(spellings_first(&spellings, "./no/file"), "./no/file", "which is another text");
    unlink(file);
    same_text(spellings_first(&spellings, file), dotted, "a name is looked up once");
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "no/file %d", i);
        spellings_first(&spellings, name);
    }
    same_text(spellings_first(&spellings, link), dotted, "it is known among many");
    same_text(spellings_first(&spellings, ""), "", "an empty name");
    unlink(link);
    unlink(other);
    spellings_release(&spellings);
}

static void test_met(void)
{
    struct met met = { 0 };
    size_t new = 0, again = 0;

    ok(!met_has(&met, "x", 1), "nothing was met");
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            int known = met_add(&met, (const char *)&i, sizeof i);
            new += known == 0;
            again += known == 1;
        }
    ok(new == MANY && again == MANY, "each is new once");
    ok(met_add(&met, "", 0) == 0 && met_has(&met, "", 0), "no bytes are a text too");
    met_release(&met);
}

int main(void)
{
    char folder[] = "/tmp/fett-spelling-XXXXXX";

    if (ok(mkdtemp(folder) != NULL, "a folder"))
        test_spellings(folder);
    rmdir(folder);
    test_met();
    return tap_done();
}
