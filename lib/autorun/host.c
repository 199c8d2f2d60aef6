/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Programs of Windows that are there to start others: what they start is what an
 * examiner asks for. One of such a name that lies elsewhere than Windows' own is
 * itself what is started.
 */

#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "command.h"
#include "expand.h"
#include "words.h"

/* Whether a program is but what Explorer puts there ("%1"), the user's choice, and is dropped. */
static bool is_chosen(struct autorun_program *program)
{
    if (program->path.length != 2 || *program->path.data != '%')
        return false;
    buffer_release(&program->path);
    return true;
}

/* A protocol instead of a file: "http:", "javascript:". */
static bool is_protocol(const char *text, size_t size)
{
    size_t letters = 0;

    if (size > 0 && *text == '"')
        text++, size--;
    while (letters < size && (text[letters] | 0x20) >= 'a' && (text[letters] | 0x20) <= 'z')
        letters++;
    return letters > 1 && letters < size && text[letters] == ':';
}

/* Functions of Windows' libraries that start what they are given. */
static const struct {
    const char *names;
    size_t words;  /* before it */
    bool ends;     /* at a comma: more for the function stands behind that */
} starters[] = {
    { "shellexec_rundll*|routethecall|launchapplication|fileprotocolhandler|openurl*|"
      "installscreensaver|registerocx", 0, false },
    { "control_rundll*|launchinfsection*", 0, true },
    { "installhinfsection|setupinfobjectinstallaction", 2, false },
};

static bool of_starter(const struct autorun_machine *machine, struct words words,
                       struct autorun_program *program)
{
    static const char parts[] = " \t,";
    struct words function = words;

    for (function.size = 0; function.size < words.size;) {
        if (strchr(parts, words.text[function.size]))
            break;
        function.size++;
    }
    words_skip(&words, function.size);
    words_skip_any(&words, parts);
    for (size_t i = 0; i < sizeof starters / sizeof *starters; i++) {
        if (!autorun_matches(starters[i].names, function.text, function.size))
            continue;
        for (size_t skip = starters[i].words; skip > 0; skip--)
            words_take(&words);
        return words.size > 0 &&
               (starters[i].ends
                    ? command_resolve_library(machine, words.text, words.size, program)
                    : command_resolve(machine, AUTORUN_ONE, words.text, words.size, program)) &&
               !is_chosen(program);
    }
    return false;
}

/* "library,function arguments". What some functions are given is started too. */
static bool of_rundll(const struct autorun_machine *machine, struct words words,
                      struct autorun_program *program)
{
    struct autorun_program inner;

    if (is_protocol(words.text, words.size) ||
        !command_resolve_library(machine, words.text, words.size, program))
        return false;
    /* Quotes may be around the function as well. */
    struct words quoted = { words.text + 1, 0 };
    while (quoted.size + 1 < words.size && quoted.text[quoted.size] != '"')
        quoted.size++;
    if (program->state != AUTORUN_FOUND && *words.text == '"' &&
        memchr(quoted.text, ',', quoted.size)) {
        buffer_release(&program->path);
        if (!command_resolve_library(machine, quoted.text, quoted.size, program))
            return false;
    }
    const struct words rest = { program->arguments, program->arguments_size };
    if (of_starter(machine, rest, &inner)) {
        buffer_release(&program->path);
        *program = inner;
    }
    return true;
}

/* The first argument that is no switch; where there is none behind it, the
 * arguments are the switches before. */
static bool of_first(const struct autorun_machine *machine, struct words words,
                     const char *switches, bool library, struct autorun_program *program)
{
    const struct words all = words;

    while (words.size > 0 && words_begin(&words, switches))
        words_take(&words);
    const struct words before = { all.text, (size_t)(words.text - all.text) };
    bool found = library ? command_resolve_library(machine, words.text, words.size, program)
                         : command_resolve(machine, AUTORUN_ONE, words.text, words.size, program);
    if (found && program->arguments_size == 0 && before.size > 0) {
        program->arguments = before.text;
        program->arguments_size = before.size;
        while (strchr(" \t", program->arguments[program->arguments_size - 1]))
            program->arguments_size--;
    }
    return found;
}

/* What stands behind one of these switches. */
static bool behind(struct words *words, const char *switches)
{
    while (words->size > 0) {
        bool found = words_begin(words, switches);
        words_take(words);
        if (found)
            return words->size > 0;
    }
    return false;
}

/* hh [switches] HELP: a file, or a page of it ("ms-its:C:\\a.chm::/page.htm"). */
static bool of_help(const struct autorun_machine *machine, struct words words,
                    struct autorun_program *program)
{
    static const char *const protocols[] = { "mk:@msitstore:", "ms-its:", "its:" };

    while (words_begin(&words, "-*")) {
        bool takes = words_begin(&words, "-decompile|-mapid");
        words_take(&words);
        if (takes)
            words_take(&words);
    }
    struct words name = words_unquoted(words);
    for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
        size_t length = strlen(protocols[i]);
        if (name.size > length &&
            text_compare_nocase(name.text, length, protocols[i], length) == 0) {
            words_skip(&name, length);
            break;
        }
    }
    const char *page = memmem(name.text, name.size, "::", 2);
    if (page)
        name.size = (size_t)(page - name.text);
    return name.size > 0 && !is_protocol(name.text, name.size) &&
           command_resolve(machine, AUTORUN_ONE, name.text, name.size, program);
}

/* Options of msiexec stand behind each other, and what they take right behind them or as the
 * next word: "/q/i x.msi", "/i\"x.msi\"". */
static bool of_installer(const struct autorun_machine *machine, struct words words,
                         struct autorun_program *program)
{
    static const char packages[] = "i|package|a|j|ju|jm|f*|p|update|x|uninstall";
    static const char libraries[] = "y|z";

    while (words.size > 0) {
        struct words option = { words.text, words_first(&words) };
        while (option.size > 1 && strchr("/-", *option.text)) {
            size_t end = 1;
            while (end < option.size && is_letter(option.text[end]))
                end++;
            if (end < option.size && end > 2 && option.text[end] == ':') /* "/iC:" */
                end--;
            bool library = autorun_matches(libraries, option.text + 1, end - 1);
            if (library || autorun_matches(packages, option.text + 1, end - 1)) {
                words_skip(&words, (size_t)(option.text + end - words.text));
                words_skip_any(&words, " \t");
                /* A product that is installed is named by its GUID. */
                return words.size > 0 && !strchr("{/-", *words.text) &&
                       !is_protocol(words.text, words.size) &&
                       of_first(machine, words, "", library, program);
            }
            for (words_skip(&option, end); option.size > 0 && *option.text != '/';)
                words_skip(&option, 1);
        }
        words_take(&words);
    }
    return false;
}

/* conhost [--headless ...] command; what Windows gives it itself is a number. */
static bool of_console(const struct autorun_machine *machine, struct words words,
                       struct autorun_program *program)
{
    while (words.size > 0 && words_begin(&words, "-*")) {
        bool takes = words_begin(&words, "--width|--height|--signal|--server|--feature");
        words_take(&words);
        if (takes)
            words_take(&words);
    }
    return words.size > 0 && !words_begin(&words, "0x*|^\\*") &&
           command_resolve(machine, AUTORUN_ONE, words.text, words.size, program);
}

/* forfiles /c "command": for each file that it finds. */
static bool of_each_file(const struct autorun_machine *machine, struct words words,
                         struct autorun_program *program)
{
    if (!behind(&words, "/c|-c"))
        return false;
    if (*words.text == '"')
        words = words_unquoted((struct words){ words.text, words_first(&words) });
    return words.size > 0 &&
           command_resolve(machine, AUTORUN_ONE, words.text, words.size, program);
}

/* Explorer opens what it is given; a folder, or what it has options for, is no program. */
static bool of_explorer(const struct autorun_machine *machine, struct words words,
                        struct autorun_program *program)
{
    static const char programs[] = "*.exe|*.com|*.scr|*.pif|*.bat|*.cmd|*.vbs|*.vbe|*.js|*.jse|"
                                   "*.wsf|*.hta|*.lnk|*.cpl|*.msi|*.ps1";

    if (strchr("/-:", *words.text) || is_protocol(words.text, words.size) ||
        !command_resolve(machine, AUTORUN_ONE, words.text, words.size, program))
        return false;
    if (program->state == AUTORUN_FOUND ||
        autorun_matches(programs, buffer_text(&program->path), program->path.length))
        return true;
    buffer_release(&program->path);
    return false;
}

static bool of_library(const struct autorun_machine *machine, struct words words,
                       struct autorun_program *program)
{
    return of_first(machine, words, "/*|-*", true, program);
}

static bool of_script(const struct autorun_machine *machine, struct words words,
                      struct autorun_program *program)
{
    return !is_protocol(words.text, words.size) &&
           of_first(machine, words, "//*|/*|-*", false, program);
}

static bool of_shell(const struct autorun_machine *machine, struct words words,
                     struct autorun_program *program)
{
    return shell_resolve(machine, words.text, words.size, program);
}

static bool of_powershell(const struct autorun_machine *machine, struct words words,
                          struct autorun_program *program)
{
    return powershell_resolve(machine, words.text, words.size, program);
}

/* pcalua -a PROGRAM */
static bool of_assistant(const struct autorun_machine *machine, struct words words,
                         struct autorun_program *program)
{
    return behind(&words, "-a|/a") && of_first(machine, words, "", false, program);
}

static bool of_java(const struct autorun_machine *machine, struct words words,
                    struct autorun_program *program)
{
    return behind(&words, "-jar") && of_first(machine, words, "", false, program);
}

struct host {
    const char *names;
    bool (*resolve)(const struct autorun_machine *machine, struct words arguments,
                    struct autorun_program *program);
};

static const struct host *host_of(const char *path, size_t size)
{
    static const struct host hosts[] = {
        { "rundll32|rundll32.exe|rundll|rundll.exe", of_rundll },
        { "regsvr32|regsvr32.exe", of_library },
        { "wscript|wscript.exe|cscript|cscript.exe|mshta|mshta.exe", of_script },
        { "cmd|cmd.exe|command|command.com|%comspec%", of_shell },
        { "powershell|powershell.exe|pwsh|pwsh.exe", of_powershell },
        { "msiexec|msiexec.exe", of_installer },
        { "conhost|conhost.exe", of_console },
        { "forfiles|forfiles.exe", of_each_file },
        { "pcalua|pcalua.exe", of_assistant },
        { "hh|hh.exe", of_help },
        { "java|java.exe|javaw|javaw.exe", of_java },
        { "explorer|explorer.exe", of_explorer },
    };
    size_t begin = size;

    while (begin > 0 && path[begin - 1] != '/' && path[begin - 1] != '\\')
        begin--;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (autorun_matches(hosts[i].names, path + begin, size - begin))
            return &hosts[i];
    return NULL;
}

/* Whether a program is in a folder of Windows, or is named without one; of others where their
 * setup puts them. */
static bool is_windows_own(const struct autorun_machine *machine, const char *path, size_t size)
{
    static const char written[] =
        "%systemroot%\\*|%windir%\\*|\\systemroot\\*|?:\\windows\\*|?:\\winnt\\*|%comspec%";
    static const char others[] = "*/powershell/?/pwsh.exe|*\\powershell\\?\\pwsh.exe|"
                                 "*/bin/java*.exe|*\\bin\\java*.exe";
    static const char below[] = "/*exe|/system32/*|/syswow64/*|/sysnative/*|/system/*|/command*";
    size_t windows = strlen(machine->windows);

    if (!memchr(path, '/', size) && !memchr(path, '\\', size))
        return true;
    if (autorun_matches(others, path, size))
        return true;
    if (*path != '/' && !(size > 2 && path[2] == '/')) /* of no volume */
        return autorun_matches(written, path, size);
    return windows > 0 && size > windows &&
           text_compare_nocase(path, windows, machine->windows, windows) == 0 &&
           autorun_matches(below, path + windows, size - windows);
}

static bool unwrap_one(const struct autorun_machine *machine, struct autorun_program *program)
{
    const char *path = buffer_text(&program->path);
    struct words words = { program->arguments, program->arguments_size };
    const struct host *host = host_of(path, program->path.length);
    struct autorun_program inner = { .arguments = "" };

    if (!host || words.size == 0 || !is_windows_own(machine, path, program->path.length))
        return false;
    if (host->resolve == of_explorer && program->next) /* of a list of commands: it comes next */
        return false;
    if (!host->resolve(machine, words, &inner) || is_chosen(&inner)) {
        /* Others were asked for meanwhile. */
        if (program->state == AUTORUN_FOUND)
            machine->find(machine->context, buffer_text(&program->path));
        return false;
    }
    buffer_release(&program->path);
    program->path = inner.path;
    program->state = inner.state;
    program->conditional |= inner.conditional;
    program->arguments = inner.arguments;
    program->arguments_size = inner.arguments_size;
    return true;
}

void host_unwrap(const struct autorun_machine *machine, struct autorun_program *program)
{
    struct autorun_machine host = *machine;

    for (int depth = 0; depth < LIMIT_HOST_DEPTH; depth++) {
        if (is_in_windows(&host, &program->path, "/syswow64/"))
            host.wow64 = true;
        else if (is_in_windows(&host, &program->path, "/system32/"))
            host.wow64 = false;
        if (!unwrap_one(&host, program))
            return;
    }
}
