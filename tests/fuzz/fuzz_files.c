/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over the files that autostarts stand in: INI files, autorun.inf, scripts.ini,
 * batch files, tasks, Startup folders. The first byte chooses. */

#include <stdlib.h>
#include <string.h>

#include <fett/autorun_files.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check(void *context, const struct autorun *autorun)
{
    (void)context;
    /* Texts end, names have their length. */
    if (!autorun->location || !autorun->text || (autorun->name_length > 0 && !autorun->name) ||
        strlen(autorun->text) > 1 << 24)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        "/windows/win.ini", "/autorun.inf", "/windows/system32/grouppolicy/user/scripts/scripts.ini",
        "/autoexec.bat", "/config.sys", "/windows/tasks/at1.job", "/windows/system32/tasks/x",
        "/startup/x.lnk", "/startup/x.pif", "/startup/x.url",
    };
    struct error damage = ERROR_INIT;

    if (size == 0)
        return 0;
    const char *path = paths[data[0] % (sizeof paths / sizeof *paths)];
    const struct autorun_file *file = autorun_file_of(path, true);
    autorun_walk_file(file ? file : &autorun_startup_file, strrchr(path, '/') + 1, data + 1,
                      size - 1, data[0] & 0x80 ? 932 : 1252, NULL, check, NULL, &damage, NULL);
    return 0;
}
