/* SPDX-License-Identifier: Apache-2.0 */

/* What Windows itself puts into the places of the catalogue. See defaults.h. */

#include <fett/autorun.h>

#include "defaults.h"

static const struct shipped rows[] = {
    { 0, "run-hklm", "*", "systray.exe|%win%\\scanregw.exe /autorun|%win%\\taskmon.exe|"
      "rundll32.exe powrprof.dll,loadcurrentpwrscheme|ctfmon.exe" },
    { 0, "runservices-hklm", "*", "rundll32.exe powrprof.dll,loadcurrentpwrscheme|mstask.exe" },
    { 0, "winlogon-shell", "*", "explorer.exe" },
    { 0, "winlogon-userinit", "*", "userinit|nddeagnt.exe|userinit.exe" },
    { 0, "winlogon-system", "*", "lsass.exe" },
    { 0, "winlogon-gina", "*", "msgina.dll" },
    { 0, "winlogon-vmapplet", "*", "rundll32 shell32,control_rundll \"sysdm.cpl\"|"
      "rundll32 shell32,control_rundll sysdm.cpl|systempropertiesperformance.exe /pagefile" },
    { 0, "aedebug", "*", "drwtsn32 -p %ld -e %ld -g" },
    { 0, "boot-execute", "*", "autocheck autochk ^*" },
};

const struct shipped *shipped(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}
