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

struct words {
    const char *text;
    size_t size;
};

static void skip_blanks(struct words *words)
{
    while (words->size > 0 && strchr(" \t", *words->text))
        words->text++, words->size--;
}

/* Bytes of the word at the start, with its quotes. */
static size_t word_size(const struct words *words)
{
    bool quoted = false;
    size_t size;

    for (size = 0; size < words->size && (quoted || !strchr(" \t", words->text[size])); size++)
        quoted ^= words->text[size] == '"';
    return size;
}

static void take_word(struct words *words)
{
    size_t size = word_size(words);

    words->text += size;
    words->size -= size;
    skip_blanks(words);
}

static bool is_word(const struct words *words, const char *patterns)
{
    return autorun_matches(patterns, words->text, word_size(words));
}

/* "library,function arguments". What some functions are given is started too. */
static bool of_rundll(const struct autorun_machine *machine, struct words words,
                      struct autorun_program *program)
{
    static const char starters[] =
        "control_rundll*|shellexec_rundll*|routethecall|launchapplication|fileprotocolhandler|"
        "openurl|launchinfsection*";
    static const char parts[] = " \t,";

    if (!command_resolve_library(machine, words.text, words.size, program))
        return false;
    struct words rest = { program->arguments, program->arguments_size };
    size_t name_size = 0;
    while (name_size < rest.size && !strchr(parts, rest.text[name_size]))
        name_size++;
    if (!autorun_matches(starters, rest.text, name_size))
        return true;
    rest.text += name_size;
    rest.size -= name_size;
    while (rest.size > 0 && strchr(parts, *rest.text))
        rest.text++, rest.size--;
    struct autorun_program inner;
    if (rest.size == 0 || !command_resolve(machine, AUTORUN_ONE, rest.text, rest.size, &inner))
        return true;
    buffer_release(&program->path);
    *program = inner;
    return true;
}

/* The first argument that is no switch; where there is none behind it, the
 * arguments are the switches before. */
static bool of_first(const struct autorun_machine *machine, struct words words,
                     const char *switches, bool library, struct autorun_program *program)
{
    const struct words all = words;

    while (words.size > 0 && is_word(&words, switches))
        take_word(&words);
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
        bool found = is_word(words, switches);
        take_word(words);
        if (found)
            return words->size > 0;
    }
    return false;
}

/* cmd /c: quotes around all, start with its own switches, and commands of its own,
 * which start nothing. */
static bool of_shell(const struct autorun_machine *machine, struct words words,
                     struct autorun_program *program)
{
    static const char own[] =
        "echo|echo.|@echo|del|erase|copy|move|ren|rename|rd|rmdir|md|mkdir|set|if|for|cd|chdir|"
        "type|exit|pushd|popd|title|ver|cls|path|assoc|ftype|mklink|rem|goto|(*";

    while (words.size > 0 && !autorun_matches("/c*|/k*|/r*", words.text, words.size))
        take_word(&words);
    if (words.size <= 2)
        return false;
    words.text += 2;
    words.size -= 2;
    skip_blanks(&words);
    if (words.size > 1 && words.text[0] == '"' && words.text[1] == '"') {
        words.text++;
        words.size--;
    }
    while (words.size > 0 && (is_word(&words, "start|call|@start|@call") || *words.text == '@')) {
        bool start = is_word(&words, "start|@start");
        if (!start && !is_word(&words, "call|@call")) {
            words.text++;
            words.size--;
            continue;
        }
        take_word(&words);
        if (start && words.size > 0 && *words.text == '"' && word_size(&words) < words.size)
            take_word(&words); /* the title */
        while (start && words.size > 0 && *words.text == '/')
            take_word(&words);
    }
    if (words.size == 0 || is_word(&words, own))
        return false;
    return command_resolve(machine, AUTORUN_ONE, words.text, words.size, program);
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

enum host { NO_HOST, RUNDLL, REGSVR, SCRIPT, SHELL, POWERSHELL, MSIEXEC };

static enum host host_of(const char *path, size_t size)
{
    static const struct {
        const char *names;
        enum host host;
    } hosts[] = {
        { "rundll32|rundll32.exe|rundll|rundll.exe", RUNDLL },
        { "regsvr32|regsvr32.exe", REGSVR },
        { "wscript|wscript.exe|cscript|cscript.exe|mshta|mshta.exe", SCRIPT },
        { "cmd|cmd.exe|command|command.com|%comspec%", SHELL },
        { "powershell|powershell.exe", POWERSHELL },
        { "msiexec|msiexec.exe", MSIEXEC },
    };
    size_t begin = size;

    while (begin > 0 && path[begin - 1] != '/' && path[begin - 1] != '\\')
        begin--;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (autorun_matches(hosts[i].names, path + begin, size - begin))
            return hosts[i].host;
    return NO_HOST;
}

/* Whether a program is in a folder of Windows, or is named without one. */
static bool is_windows_own(const struct autorun_machine *machine, const char *path, size_t size)
{
    static const char written[] =
        "%systemroot%\\*|%windir%\\*|\\systemroot\\*|?:\\windows\\*|?:\\winnt\\*|%comspec%";
    static const char below[] = "/*exe|/system32/*|/syswow64/*|/sysnative/*|/system/*|/command*";
    size_t windows = strlen(machine->windows);

    if (!memchr(path, '/', size) && !memchr(path, '\\', size))
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
    enum host host = host_of(path, program->path.length);
    struct autorun_program inner = { .arguments = "" };
    bool found = false;

    if (host == NO_HOST || words.size == 0 ||
        !is_windows_own(machine, path, program->path.length))
        return false;
    if ((host == RUNDLL || host == SCRIPT) && is_protocol(words.text, words.size))
        return false;
    switch (host) {
    case RUNDLL:
        found = of_rundll(machine, words, &inner);
        break;
    case REGSVR:
        found = of_first(machine, words, "/*|-*", true, &inner);
        break;
    case SCRIPT:
        found = of_first(machine, words, "//*|/*|-*", false, &inner);
        break;
    case SHELL:
        found = of_shell(machine, words, &inner);
        break;
    case POWERSHELL:
        found = behind(&words, "-f|-fi*|/f|/fi*") && of_first(machine, words, "", false, &inner);
        break;
    case MSIEXEC:
        found = behind(&words, "/i|/package|-i|-package") && !is_protocol(words.text, words.size) &&
                of_first(machine, words, "", false, &inner);
        break;
    case NO_HOST:
        break;
    }
    if (!found)
        return false;
    buffer_release(&program->path);
    program->path = inner.path;
    program->state = inner.state;
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
