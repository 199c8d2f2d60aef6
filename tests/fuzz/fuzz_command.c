/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over command lines, lists of programs and INI files. */

#include <stdlib.h>
#include <string.h>

#include <fett/autorun_files.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct autorun_file ini_file = { .kind = AUTORUN_INI };

static bool find(void *context, const char *path)
{
    (void)context;
    return strlen(path) % 7 == 3;
}

static int ignore(void *context, const struct autorun *autorun)
{
    (void)context;
    autorun_is_default(autorun, autorun->text, strlen(autorun->text));
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct autorun_machine machine = {
        .windows = "/Windows", .profile = "/Users/bob", .drive = 'C', .find = find,
        .search = "%SystemRoot%\\system32;C:\\tools;%APPDATA%"
    };
    char *text = malloc(size + 1);

    if (!text || size == 0 || size > 4096) {
        free(text);
        return 0;
    }
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    struct autorun_program program = { .next = text };
    while (program.next &&
           autorun_resolve(&machine, (enum autorun_list)(data[0] & 3), program.next, &program)) {
        /* It goes on, within the text. */
        if (program.text_size == 0 || program.text + program.text_size > text + strlen(text) ||
            program.arguments + program.arguments_size > text + strlen(text) ||
            (program.next && (program.next <= program.text || program.next >= text + strlen(text))))
            if (program.arguments_size > 0 || program.next)
                abort();
        buffer_release(&program.path);
    }
    autorun_walk_file(&ini_file, "win.ini", data, size, 932, NULL, ignore, NULL, NULL, NULL);
    free(text);
    return 0;
}
