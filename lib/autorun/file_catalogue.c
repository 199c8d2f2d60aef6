/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The files, other than hives, from which Windows starts things, and which of their
 * lines do. Sources: Microsoft's documentation of each file (the Windows 95 and 98
 * Resource Kits, "Autorun.inf entries", "MS-GPSCR: Group Policy: Scripts Extension"),
 * ForensicArtifacts; defaults from clean installations.
 */

#include <fett/autorun_files.h>
#include <fett/text.h>

/* A profile of PowerShell: beside the program, of all its hosts or of one, and in a user's
 * documents, whose folder is translated before Vista. */
#define PROFILE(name) \
    { name, "*/windowspowershell/" name, AUTORUN_AT_PATTERN, AUTORUN_ITSELF, POWERSHELL }, \
    { name, "*/windowspowershell/v1.0/" name, AUTORUN_AT_PATTERN, AUTORUN_ITSELF, POWERSHELL }, \
    { name, "*/powershell/" name, AUTORUN_AT_PATTERN, AUTORUN_ITSELF, POWERSHELL }, \
    { name, "*/powershell/?/" name, AUTORUN_AT_PATTERN, AUTORUN_ITSELF, POWERSHELL }, \
    { name, "*/powershell/7-preview/" name, AUTORUN_AT_PATTERN, AUTORUN_ITSELF, POWERSHELL }
#define POWERSHELL "powershell-profile", "hijack", "T1546.013"

/* A library that Explorer, which lies in the folder of Windows, finds there before System32. */
#define BEFORE_SYSTEM(name) \
    { name, NULL, AUTORUN_IN_WINDOWS, AUTORUN_ITSELF, "windows-library", "hijack", "T1574.001" }

/* A tool that may be started before anyone has logged on. */
#define BEFORE_LOGON(name) \
    { name, "*/system32/" name, AUTORUN_AT_PATTERN, AUTORUN_REPLACED, "accessibility-program", \
      "logon", "T1546.008" }

/* The repository of WMI: what its event consumers start. */
#define CONSUMERS AUTORUN_WMI, "wmi-consumer", "event", "T1546.003"

static const struct autorun_file files[] = {
    { "win.ini", NULL, AUTORUN_IN_WINDOWS, AUTORUN_INI, NULL, NULL, NULL },
    { "system.ini", NULL, AUTORUN_IN_WINDOWS, AUTORUN_INI, NULL, NULL, NULL },
    { "wininit.ini", NULL, AUTORUN_IN_WINDOWS, AUTORUN_INI, NULL, NULL, NULL },
    { "autorun.inf", NULL, AUTORUN_IN_ROOT, AUTORUN_INI, NULL, NULL, NULL },
    { "scripts.ini", "*/scripts/scripts.ini", AUTORUN_AT_PATTERN, AUTORUN_SCRIPTS, NULL, NULL, NULL },
    { "psscripts.ini", "*/scripts/psscripts.ini", AUTORUN_AT_PATTERN, AUTORUN_SCRIPTS, NULL, NULL, NULL },
    { "autoexec.bat", NULL, AUTORUN_IN_ROOT, AUTORUN_BATCH, NULL, NULL, NULL },
    { "winstart.bat", NULL, AUTORUN_IN_WINDOWS, AUTORUN_BATCH, NULL, NULL, NULL },
    { "dosstart.bat", NULL, AUTORUN_IN_WINDOWS, AUTORUN_BATCH, NULL, NULL, NULL },
    { "autoexec.nt", "*/system32/autoexec.nt", AUTORUN_AT_PATTERN, AUTORUN_BATCH, NULL, NULL, NULL },
    { "hosts", "*/drivers/etc/hosts", AUTORUN_AT_PATTERN, AUTORUN_HOSTS, NULL, NULL, NULL },
    { "hosts", NULL, AUTORUN_IN_WINDOWS, AUTORUN_HOSTS, NULL, NULL, NULL },
    { "config.sys", NULL, AUTORUN_IN_ROOT, AUTORUN_CONFIG_SYS, NULL, NULL, NULL },
    { "config.nt", "*/system32/config.nt", AUTORUN_AT_PATTERN, AUTORUN_CONFIG_SYS, NULL, NULL, NULL },
    { NULL, "*/tasks/*.job", AUTORUN_TASKS, AUTORUN_JOB, "task", "task", "T1053.005" },
    { NULL, "*/system32/tasks/*", AUTORUN_TASKS, AUTORUN_TASK, "task-xml", "task", "T1053.005" },
    { NULL, "*/syswow64/tasks/*", AUTORUN_TASKS, AUTORUN_TASK, "task-xml", "task", "T1053.005" },
    { NULL, "*/tasks_migrated/*", AUTORUN_TASKS, AUTORUN_TASK, "task-xml", "task", "T1053.005" },
    { NULL, "*/tasks migrated/*", AUTORUN_TASKS, AUTORUN_TASK, "task-xml", "task", "T1053.005" },
    { "objects.data", "*/wbem/repository*/objects.data", AUTORUN_AT_PATTERN, CONSUMERS },
    { "objects.data", "*/snapshot/repository*/objects.data", AUTORUN_AT_PATTERN, CONSUMERS },
    { "objects.data", NULL, AUTORUN_COLLECTED, CONSUMERS },
    { "cim.rep", "*/wbem/repository*/cim.rep", AUTORUN_AT_PATTERN, AUTORUN_CIM_REP, NULL, NULL,
      NULL },
    PROFILE("profile.ps1"),
    PROFILE("microsoft.powershell_profile.ps1"),
    PROFILE("microsoft.powershellise_profile.ps1"),
    PROFILE("microsoft.vscode_profile.ps1"),
    BEFORE_SYSTEM("actxprxy.dll"),
    BEFORE_SYSTEM("cscapi.dll"),
    BEFORE_SYSTEM("cscdll.dll"),
    BEFORE_SYSTEM("cscui.dll"),
    BEFORE_SYSTEM("dui70.dll"),
    BEFORE_SYSTEM("duser.dll"),
    BEFORE_SYSTEM("fxsst.dll"),
    BEFORE_SYSTEM("linkinfo.dll"),
    BEFORE_SYSTEM("ntshrui.dll"),
    BEFORE_SYSTEM("slc.dll"),
    BEFORE_SYSTEM("srvcli.dll"),
    BEFORE_SYSTEM("sxs.dll"),
    BEFORE_SYSTEM("uxtheme.dll"),
    BEFORE_SYSTEM("version.dll"),
    BEFORE_SYSTEM("wtsapi32.dll"),
    BEFORE_LOGON("sethc.exe"),
    BEFORE_LOGON("utilman.exe"),
    BEFORE_LOGON("osk.exe"),
    BEFORE_LOGON("narrator.exe"),
    BEFORE_LOGON("magnify.exe"),
    BEFORE_LOGON("displayswitch.exe"),
    BEFORE_LOGON("atbroker.exe"),
    { "wpbbin.exe", "*/system32/wpbbin.exe", AUTORUN_AT_PATTERN, AUTORUN_ITSELF, "platform-binary",
      "boot", "T1542.001" },
    /* found before what a command line without quotes, or without a folder, means */
    { "explorer.exe", NULL, AUTORUN_ON_DRIVE, AUTORUN_ITSELF, "root-program", "hijack", "T1574.008" },
    { "program.exe", NULL, AUTORUN_ON_DRIVE, AUTORUN_ITSELF, "root-program", "hijack", "T1574.009" },
    { "startup", "*/microsoft/word/startup/*", AUTORUN_IN_FOLDER, AUTORUN_ITSELF, "word-startup",
      "office", "T1137.001" },
    { "startup", "*/microsoft office/*/startup/*", AUTORUN_IN_FOLDER, AUTORUN_ITSELF,
      "word-startup", "office", "T1137.001" },
    { "xlstart", "*/xlstart/*", AUTORUN_IN_FOLDER, AUTORUN_ITSELF, "excel-startup", "office",
      "T1137.001" },
    { "normal.dotm", "*/templates/normal.dotm", AUTORUN_AT_PATTERN, AUTORUN_ITSELF,
      "word-template", "office", "T1137.001" },
    { "normal.dot", "*/templates/normal.dot", AUTORUN_AT_PATTERN, AUTORUN_ITSELF,
      "word-template", "office", "T1137.001" },
    { "vbaproject.otm", "*/microsoft/outlook/vbaproject.otm", AUTORUN_AT_PATTERN, AUTORUN_ITSELF,
      "outlook-macros", "office", "T1137" },
};

const struct autorun_file autorun_startup_file = {
    NULL, NULL, AUTORUN_AT_PATTERN, AUTORUN_STARTUP, "startup-folder", "logon", "T1547.001"
};

const struct autorun_file autorun_wmi_file = { NULL, NULL, AUTORUN_AT_PATTERN, CONSUMERS };

/* Keyboard and code page as the setup of Windows 95 to Me writes them. */
#define DOS_DEFAULTS \
    "mode con *|keyb *|?:\\windows\\command\\keyb *|win|?:\\windows\\win.com"

/* What SetUp writes into CONFIG.SYS and CONFIG.NT. */
#define CONFIG_DEFAULTS \
    "?:\\windows\\himem.sys*|?:\\windows\\emm386.exe*|?:\\windows\\setver.exe|" \
    "?:\\windows\\ifshlp.sys|?:\\windows\\command\\display.sys*|" \
    "?:\\windows\\command\\country.sys*|?:\\windows\\command\\drvspace.sys*|" \
    "%systemroot%\\system32\\himem.sys|%systemroot%\\system32\\ansi.sys"

static const struct autorun_line lines[] = {
    { "hosts-file", "setting", "T1565.001", "hosts", NULL, NULL, NULL, AUTORUN_NOTHING, false,
      false },
    { "system-ini-boot-shell", "logon", "T1547.001", "system.ini", "boot", "shell",
      "explorer.exe", AUTORUN_COMMANDS, false, false },
    { "system-ini-boot-drivers", "logon", "T1547.001", "system.ini", "boot", "drivers",
      "mmsystem.dll|power.drv", AUTORUN_NAMES, false, true },
    { "system-ini-boot-scrnsave", "logon", "T1546.002", "system.ini", "boot", "scrnsave.exe",
      NULL, AUTORUN_ONE, false, false },
    { "system-ini-386enh-device", "driver", "T1547", "system.ini", "386enh", "device", "^**",
      AUTORUN_ONE, false, true },
    { "win-ini-load", "logon", "T1547.001", "win.ini", "windows", "load", NULL, AUTORUN_NAMES,
      false, false },
    { "win-ini-run", "logon", "T1547.001", "win.ini", "windows", "run", NULL, AUTORUN_NAMES,
      false, false },
    { "wininit-ini-rename", "boot", "T1547", "wininit.ini", "rename", "*", NULL, AUTORUN_ONE,
      false, true },
    { "autorun-inf", "media", "T1091", "autorun.inf", "autorun*", "open", NULL, AUTORUN_ONE,
      true, false },
    { "autorun-inf", "media", "T1091", "autorun.inf", "autorun*", "shellexecute", NULL,
      AUTORUN_ONE, true, false },
    { "autorun-inf", "media", "T1091", "autorun.inf", "autorun*", "shell\\\\*\\\\command", NULL,
      AUTORUN_ONE, true, false },
    { "group-policy-script", "logon", "T1037.003", "scripts.ini", "*", "*cmdline", NULL,
      AUTORUN_ONE, true, false },
    { "group-policy-script", "logon", "T1037.003", "psscripts.ini", "*", "*cmdline", NULL,
      AUTORUN_ONE, true, false },
    { "autoexec-bat", "boot", "T1037", "autoexec.bat", NULL, NULL, DOS_DEFAULTS, AUTORUN_ONE,
      true, true },
    { "winstart-bat", "boot", "T1037", "winstart.bat", NULL, NULL, NULL, AUTORUN_ONE, true,
      true },
    { "dosstart-bat", "boot", "T1037", "dosstart.bat", NULL, NULL, NULL, AUTORUN_ONE, true,
      true },
    { "autoexec-nt", "dos", "T1037", "autoexec.nt", NULL, NULL,
      "%systemroot%\\system32\\mscdexnt.exe|%systemroot%\\system32\\redir|"
      "%systemroot%\\system32\\dosx|%systemroot%\\system32\\nw16|"
      "%systemroot%\\system32\\vwipxspx", AUTORUN_ONE, false, false },
    { "config-sys", "boot", "T1547", "config.sys", NULL, NULL, CONFIG_DEFAULTS, AUTORUN_ONE,
      true, true },
    { "config-nt", "dos", "T1547", "config.nt", NULL, NULL, CONFIG_DEFAULTS, AUTORUN_ONE, false,
      false },
};

/* English, German, French, Italian, Spanish, Portuguese, Dutch, Swedish, Danish,
 * Norwegian, Finnish, Polish, Czech, Hungarian, Turkish, Russian. */
static const char *const startup_folders[] = {
    "*/start menu/programs/startup/*",
    "*/startmen\u00fc/programme/autostart/*",
    "*/menu d\u00e9marrer/programmes/d\u00e9marrage/*",
    "*/menu avvio/programmi/esecuzione automatica/*",
    "*/men\u00fa inicio/programas/inicio/*",
    "*/menu iniciar/programas/iniciar/*",
    "*/menu iniciar/programas/inicializar/*",
    "*/menu start/programma's/opstarten/*",
    "*/start-menyn/program/autostart/*",
    "*/start-meny/programmer/oppstart/*",
    "*/menuen start/programmer/start/*",
    "*/k\u00e4ynnist\u00e4-valikko/ohjelmat/k\u00e4ynnistys/*",
    "*/menu start/programy/autostart/*",
    "*/nab\u00eddka start/programy/po spu\u0161t\u011bn\u00ed/*",
    "*/start men\u00fc/programok/ind\u00edt\u00f3pult/*",
    "*/start men\u00fc/programlar/ba\u015flang\u0131\u00e7/*",
    "*/\u0433\u043b\u0430\u0432\u043d\u043e\u0435 \u043c\u0435\u043d\u044e/"
    "\u043f\u0440\u043e\u0433\u0440\u0430\u043c\u043c\u044b/"
    "\u0430\u0432\u0442\u043e\u0437\u0430\u0433\u0440\u0443\u0437\u043a\u0430/*",
};

const char *autorun_startup_folder(size_t index)
{
    return index < sizeof startup_folders / sizeof *startup_folders ? startup_folders[index] : NULL;
}

const struct autorun_line *autorun_line(size_t index)
{
    return index < sizeof lines / sizeof *lines ? &lines[index] : NULL;
}

/* What applications lay beside a file that is open, and Explorer in any folder. */
static bool is_aside(const char *name)
{
    return strncmp(name, "~$", 2) == 0 || text_equal_nocase(name, "desktop.ini");
}

const struct autorun_file *autorun_file_of(const char *path, bool whole)
{
    const char *name = strrchr(path, '/') + 1, *folder = name - 1;
    size_t length = strlen(name);

    while (folder > path && folder[-1] != '/')
        folder--;
    size_t folder_length = folder > path ? (size_t)(name - 1 - folder) : 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct autorun_file *file = &files[i];
        bool by_folder = file->place == AUTORUN_IN_FOLDER;
        /* Every file of a disk is asked: its length tells most of them. */
        size_t asked = by_folder ? folder_length : length;
        if (file->name && (strlen(file->name) != asked ||
                           text_compare_nocase(by_folder ? folder : name, asked, file->name,
                                               asked) != 0))
            continue;
        if ((by_folder && is_aside(name)) ||
            (file->place == AUTORUN_ON_DRIVE && name != path + 1))
            continue;
        if (file->place == AUTORUN_TASKS && !strcasestr(path, "/tasks"))
            continue;
        if ((file->place == AUTORUN_IN_ROOT && whole && name != path + 1) ||
            (file->place == AUTORUN_COLLECTED && whole))
            continue;
        if (!file->pattern || text_glob(file->pattern, path, strlen(path)))
            return file;
    }
    return NULL;
}
