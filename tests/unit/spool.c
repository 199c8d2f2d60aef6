/* SPDX-License-Identifier: Apache-2.0 */

/* Bytes that were kept aside come back, from memory and from the file. */

#include <stdlib.h>
#include <string.h>

#include <fett/temporary.h>

#include "tap.h"

enum { PARTS = 500 };

static void comes_back(size_t memory, const char *what)
{
    struct spool spool = SPOOL_INIT(memory);
    struct error error = ERROR_INIT;
    uint64_t places[PARTS];
    unsigned wrong = 0;

    for (int i = 0; i < PARTS; i++) {
        char part[300];
        memset(part, 'a' + i % 26, sizeof part);
        wrong += spool_add(&spool, part, (size_t)(i * 7 % 300), &places[i], &error) != 0;
    }
    for (int i = PARTS - 1; i >= 0; i--) {
        struct buffer got = BUFFER_INIT;
        size_t size = (size_t)(i * 7 % 300);
        wrong += spool_get(&spool, places[i], size, &got, &error) != 0 || got.length != size;
        for (size_t k = 0; k < got.length; k++)
            wrong += got.data[k] != 'a' + i % 26;
        buffer_release(&got);
    }
    same_number(wrong, 0, what);
    ok((spool.file < 0) == (memory > 1000000), "  in a file where it must be");
    ok(spool.held.length <= memory, "  within its memory");
    spool_release(&spool);
}

static void test_no_folder(void)
{
    struct spool spool = SPOOL_INIT(4);
    struct error error = ERROR_INIT;
    uint64_t place;

    setenv("TMPDIR", "/nonexistent", 1);
    ok(spool_add(&spool, "abcd", 4, &place, &error) == 0, "what fits needs no file");
    ok(spool_add(&spool, "e", 1, &place, &error) != 0, "no place for the file");
    same_text(error.text,
              "cannot create a temporary file in /nonexistent: No such file or directory",
              "  is told");
    spool_release(&spool);
}

int main(void)
{
    comes_back(2000000, "all in memory");
    comes_back(10000, "a part in memory");
    comes_back(0, "nothing in memory");
    test_no_folder();
    return tap_done();
}
