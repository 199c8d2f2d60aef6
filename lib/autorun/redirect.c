/* SPDX-License-Identifier: Apache-2.0 */

/*
 * redirect: the files that programs of 32 bits get on a Windows of 64. Source: Microsoft,
 * "File System Redirector". Where the file they get is not there, they do not get the
 * other one.
 */

#include <string.h>

#include <fett/text.h>

#include "expand.h"

/* In the folder of Windows. */
static const struct {
    const char *from, *to;
    bool from_any; /* by its name the file is meant by whoever names it */
} redirected[] = {
    { "/system32/", "/SysWOW64/", false },
    { "/lastgood/system32/", "/lastgood/SysWOW64/", false },
    { "/regedit.exe", "/SysWOW64/regedit.exe", false },
    { "/sysnative/", "/System32/", true },
};

/* Folders of /system32 that both see. Up to Vista the driver store was none, but nothing is
 * started there. */
static const char shared[] = "/system32/catroot/*|/system32/catroot2/*|/system32/driverstore/*|"
                             "/system32/drivers/etc/*|/system32/logfiles/*|/system32/spool/*";

bool is_in_windows(const struct autorun_machine *machine, const struct buffer *path,
                   const char *folder)
{
    size_t windows = strlen(machine->windows), length = strlen(folder);

    return windows > 0 && path->length >= windows + length &&
           text_compare_nocase(path->data, windows, machine->windows, windows) == 0 &&
           text_compare_nocase(path->data + windows, length, folder, length) == 0;
}

void redirect_path(const struct autorun_machine *machine, struct buffer *path)
{
    size_t windows = strlen(machine->windows);
    struct buffer rest = BUFFER_INIT;

    for (size_t i = 0; machine->has_wow64 && i < sizeof redirected / sizeof *redirected; i++) {
        if ((!machine->wow64 && !redirected[i].from_any) ||
            !is_in_windows(machine, path, redirected[i].from) ||
            autorun_matches(shared, path->data + windows, path->length - windows))
            continue;
        buffer_add_text(&rest, path->data + windows + strlen(redirected[i].from));
        buffer_truncate(path, windows);
        buffer_add_format(path, "%s%s", redirected[i].to, buffer_text(&rest));
        path->failed |= rest.failed;
        buffer_release(&rest);
        return;
    }
}
