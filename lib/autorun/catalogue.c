/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The catalogue of places from which Windows starts things. Sources: the public
 * definitions of ForensicArtifacts, RECmd and RegRipper, and Microsoft's
 * documentation of each mechanism.
 */

#include <fett/autorun.h>

#define CURRENT_VERSION "Microsoft\\Windows\\CurrentVersion\\"
#define NT_VERSION "Microsoft\\Windows NT\\CurrentVersion\\"
#define WOW64 "Wow6432Node\\" CURRENT_VERSION
#define MSCONFIG "Microsoft\\Shared Tools\\MSConfig\\"
#define TERMINAL_INSTALL NT_VERSION "Terminal Server\\Install\\Software\\" CURRENT_VERSION

static const struct autorun_location locations[] = {
    { "run-hklm", "run-hku", "logon", "T1547.001", false, CURRENT_VERSION "Run", "*",
      AUTORUN_VALUES,
      "systray.exe|?:\\windows\\scanregw.exe /autorun|?:\\windows\\taskmon.exe|"
      "rundll32.exe powrprof.dll,loadcurrentpwrscheme|ctfmon.exe|"
      "?:\\windows\\system32\\ctfmon.exe|?:\\winnt\\system32\\ctfmon.exe|"
      "%systemroot%\\system32\\ctfmon.exe", AUTORUN_ONE, AUTORUN_APPROVED_RUN },
    { "run-wow64-hklm", "run-wow64-hku", "logon", "T1547.001", false, WOW64 "Run", "*",
      AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_APPROVED_RUN32 },
    { "runonce-hklm", "runonce-hku", "logon", "T1547.001", false, CURRENT_VERSION "RunOnce",
      "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "runonce-wow64-hklm", "runonce-wow64-hku", "logon", "T1547.001", false, WOW64 "RunOnce",
      "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "runonceex-hklm", "runonceex-hku", "logon", "T1547.001", false,
      CURRENT_VERSION "RunOnceEx\\*", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "runservices-hklm", "runservices-hku", "logon", "T1547.001", false,
      CURRENT_VERSION "RunServices", "*", AUTORUN_VALUES,
      "rundll32.exe powrprof.dll,loadcurrentpwrscheme|mstask.exe", AUTORUN_ONE, AUTORUN_ALWAYS },
    { "runservicesonce-hklm", "runservicesonce-hku", "logon", "T1547.001", false,
      CURRENT_VERSION "RunServicesOnce", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "policies-run-hklm", "policies-run-hku", "logon", "T1547.001", false,
      CURRENT_VERSION "Policies\\Explorer\\Run", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "terminal-run-hklm", "terminal-run-hku", "logon", "T1547.001", false,
      TERMINAL_INSTALL "Run", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "terminal-runonce-hklm", "terminal-runonce-hku", "logon", "T1547.001", false,
      TERMINAL_INSTALL "RunOnce", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "winlogon-shell", "winlogon-shell-hku", "winlogon", "T1547.004", false,
      NT_VERSION "Winlogon", "Shell", AUTORUN_VALUES, "explorer.exe", AUTORUN_COMMANDS, AUTORUN_ALWAYS },
    { "winlogon-userinit", "winlogon-userinit-hku", "winlogon", "T1547.004", false,
      NT_VERSION "Winlogon", "Userinit", AUTORUN_VALUES,
      "userinit|nddeagnt.exe|userinit.exe|?:\\windows\\system32\\userinit.exe|"
      "?:\\winnt\\system32\\userinit.exe", AUTORUN_COMMANDS, AUTORUN_ALWAYS },
    { "winlogon-system", NULL, "winlogon", "T1547.004", false, NT_VERSION "Winlogon", "System",
      AUTORUN_VALUES, "lsass.exe", AUTORUN_COMMANDS, AUTORUN_ALWAYS },
    { "winlogon-taskman", "winlogon-taskman-hku", "winlogon", "T1547.004", false,
      NT_VERSION "Winlogon", "Taskman", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "winlogon-gina", NULL, "winlogon", "T1547.004", false, NT_VERSION "Winlogon", "GinaDLL",
      AUTORUN_VALUES, "msgina.dll", AUTORUN_ONE, AUTORUN_ALWAYS },
    { "winlogon-vmapplet", NULL, "winlogon", "T1547.004", false, NT_VERSION "Winlogon",
      "VmApplet", AUTORUN_VALUES, "rundll32 shell32,control_rundll \"sysdm.cpl\"|"
      "rundll32 shell32,control_rundll sysdm.cpl|systempropertiesperformance.exe /pagefile", AUTORUN_ONE, AUTORUN_ALWAYS },
    { "winlogon-notify", NULL, "winlogon", "T1547.004", false, NT_VERSION "Winlogon\\Notify\\*",
      "DllName", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
    { "windows-load-hklm", "windows-load", "logon", "T1547.001", false, NT_VERSION "Windows",
      "Load", AUTORUN_VALUES, NULL, AUTORUN_NAMES, AUTORUN_ALWAYS },
    { "windows-run-hklm", "windows-run", "logon", "T1547.001", false, NT_VERSION "Windows",
      "Run", AUTORUN_VALUES, NULL, AUTORUN_NAMES, AUTORUN_ALWAYS },
    { "appinit-dlls", NULL, "appinit", "T1546.010", false, NT_VERSION "Windows", "AppInit_DLLs",
      AUTORUN_VALUES, NULL, AUTORUN_NAMES, AUTORUN_LOAD_APPINIT },
    { "appinit-dlls-wow64", NULL, "appinit", "T1546.010", false,
      "Wow6432Node\\" NT_VERSION "Windows", "AppInit_DLLs", AUTORUN_VALUES, NULL, AUTORUN_NAMES, AUTORUN_LOAD_APPINIT },
    { "aedebug", NULL, "hijack", "T1546", false, NT_VERSION "AeDebug", "Debugger",
      AUTORUN_VALUES, "drwtsn32 -p %ld -e %ld -g", AUTORUN_ONE, AUTORUN_ALWAYS },
    { "boot-execute", NULL, "boot", "T1547", true, "Control\\Session Manager", "BootExecute",
      AUTORUN_VALUES, "autocheck autochk \\*", AUTORUN_NATIVE, AUTORUN_ALWAYS },
    { "run-disabled-hklm", "run-disabled-hku", "logon", "T1547.001", false,
      CURRENT_VERSION "Run-", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_PUT_ASIDE },
    { "runservices-disabled-hklm", "runservices-disabled-hku", "logon", "T1547.001", false,
      CURRENT_VERSION "RunServices-", "*", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_PUT_ASIDE },
    { "msconfig-run", NULL, "logon", "T1547.001", false, MSCONFIG "startupreg\\*", "command",
      AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_PUT_ASIDE },
    { "msconfig-startup-folder", NULL, "logon", "T1547.001", false, MSCONFIG "startupfolder\\*",
      "command", AUTORUN_VALUES, NULL, AUTORUN_ONE, AUTORUN_PUT_ASIDE },
    { "service", NULL, "service", "T1543.003", true, "Services\\*", NULL, AUTORUN_SERVICES,
      NULL, AUTORUN_ONE, AUTORUN_ALWAYS },
};

const struct autorun_location *autorun_location(size_t index)
{
    return index < sizeof locations / sizeof *locations ? &locations[index] : NULL;
}
