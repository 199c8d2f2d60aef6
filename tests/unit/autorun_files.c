/* SPDX-License-Identifier: Apache-2.0 */

/* Batch files, CONFIG.SYS and scripts.ini. What starts something is known from how
 * COMMAND.COM and [MS-GPSCR] are documented to read them. */

#include <stdlib.h>
#include <string.h>

#include <fett/autorun_files.h>

#include "tap.h"

static int add(void *context, const struct autorun *autorun)
{
    buffer_add_format(context, "%.*s|%s\n", (int)autorun->name_length, autorun->name,
                      autorun->text);
    return 0;
}

static void walk(const char *path, const void *data, size_t size, const char *expected,
                 const char *what)
{
    const struct autorun_file *file = autorun_file_of(path, true);
    struct buffer got = BUFFER_INIT;
    struct error damage = ERROR_INIT;
    uint8_t *exact = malloc(size + !size);

    memcpy(exact, data, size);
    ok(file && autorun_walk_file(file, strrchr(path, '/') + 1, exact, size, 0, NULL, add, &got,
                                 &damage, NULL) == 0 && damage.kind == ERROR_NONE,
       "%s: walked", what);
    if (expected)
        same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    free(exact);
}

static void batch(const char *line, const char *expected)
{
    char text[256];

    snprintf(text, sizeof text, "line 1|%s\n", expected);
    walk("/autoexec.bat", line, strlen(line), *expected ? text : "", line);
}

static void test_batch(void)
{
    static const char *const nothing[] = {
        "", "   ", "@", ":label", "::remark", "rem x.exe", "REM", "@rem x", "echo off", "echo.",
        "echo.x.exe", "set x=y.exe", "path=c:\\dos;c:\\x", "path c:\\dos", "cd\\x", "cd..", "md x",
        "c:", "D:", "if exist x goto y", "if not errorlevel 1 echo x", "pause", "prompt $p$g",
        "@if \"%1\"==\"\" goto end", "copy a b >nul", "for %%a in (a b c) do del %%a",
    };

    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        batch(nothing[i], "");
    batch("x", "x");
    batch("  c:\\x.exe -a  \r", "c:\\x.exe -a");
    batch("@x", "x");
    batch("call x.bat", "x.bat");
    batch("lh x", "x");
    batch("LoadHigh /L:1,2000 /S x.exe /b", "x.exe /b");
    batch("start /min x.exe", "x.exe");
    batch("start \"title\" x.exe", "x.exe");
    batch("if exist c:\\a if not errorlevel 2 call x", "x");
    batch("if %a%==b x", "x");
    batch("for %%i in (1 2) do @lh x %%i", "x %%i");
    batch("echoes.exe", "echoes.exe");
    batch("path.exe", "path.exe");
    batch("set.com x", "set.com x");
    batch("c:x.exe", "c:x.exe");
    batch("win", "win");
}

static void test_config(void)
{
    static const char text[] = "device=a.sys\r\nDEVICEHIGH /L:1,2 =b.sys /x\r\ninstall ?= c\n"
                               "INSTALL?=d\nshell c:\\e.com /p\ndevices=f\ndevice\nrem device=g\n"
                               "[menu]\nmenuitem=h\nlastdrive=z";

    walk("/config.sys", text, sizeof text - 1,
         "device|a.sys\nDEVICEHIGH|b.sys /x\ninstall|c\nINSTALL|d\nshell|c:\\e.com /p\n",
         "CONFIG.SYS");
}

static void test_scripts(void)
{
    static const char text[] = "[Logon]\n0CmdLine=a\n0Parameters=b c\n1CmdLine=d\n2CmdLine=e\n"
                               "3Parameters=f\nCmdLine=g\n[Logoff]\n0CmdLine=h\n[Logon]\n"
                               "0Parameters=i\n";

    walk("/windows/system32/grouppolicy/user/scripts/scripts.ini", text, sizeof text - 1,
         "0CmdLine|a b c\n1CmdLine|d\n2CmdLine|e\n0CmdLine|h\n", "scripts.ini");
}

/* Any bytes: it ends. A NUL behind "for" once did not. */
static void test_noise(void)
{
    static const char *const words[] = { "for", "if", "call", "lh", "start", "not", "exist", "do",
                                         " ", "\t", "/", "\"", "=", "@", "%", "x", "echo", ".",
                                         ":", "device", "?", "\n", "" /* a NUL */ };
    static const char *const paths[] = { "/autoexec.bat", "/config.sys", "/autorun.inf",
                                         "/x/scripts/scripts.ini" };
    unsigned seed = 7;

    walk("/autoexec.bat", "for\0x\nfor \0 \0\n", 14, "", "a NUL behind \"for\"");
    for (int round = 0; round < 400; round++) {
        struct buffer text = BUFFER_INIT;
        for (int i = 0; i < 60; i++) {
            seed = seed * 1103515245 + 12345;
            const char *word = words[(seed >> 16) % (sizeof words / sizeof *words)];
            buffer_add(&text, word, strlen(word) + !*word);
        }
        walk(paths[round % 4], text.data, text.length, NULL, "noise");
        buffer_release(&text);
    }
}

int main(void)
{
    test_batch();
    test_config();
    test_scripts();
    test_noise();
    return tap_done();
}
