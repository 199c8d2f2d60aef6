/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What cmd.exe and command.com start, as "cmd /?", "start /?" say:
 *
 *   cmd [switches] /c|/k|/r COMMAND [& | && || COMMAND ...]
 *
 * A quote that begins all is dropped with the last one, unless the two have the name of a file
 * between them, with blanks and without &<>()@^|. A command ends at & and |, its arguments at
 * < and > too, outside of quotes and not behind ^.
 */

#include <string.h>

#include <fett/text.h>

#include "command.h"
#include "expand.h"
#include "words.h"

/* What cmd does itself, which starts nothing. */
static const char own[] =
    "echo|echo.*|echo:*|del|erase|copy|move|ren|rename|rd|rmdir|md|mkdir|set|type|exit|title|ver|"
    "cls|path|assoc|ftype|mklink|rem|goto|color|date|time|setlocal|endlocal|verify|vol|prompt|"
    "break|shift|dir|popd|pause|:*";
static const char changes_folder[] = "cd|chdir|pushd";
/* What others are started behind only later. */
static const char waits[] = "ping|ping.exe|timeout|timeout.exe|choice|choice.exe";
/* What another stands behind, which it starts. */
static const char before[] = "call|do|else";

/* Skip to what is behind /c. */
static bool take_switches(struct words *words, bool *strips)
{
    *strips = false;
    while (words->size > 1) {
        if (*words->text != '/') {
            words_take(words);
            continue;
        }
        char letter = (char)(words->text[1] | 0x20);
        words_skip(words, 2);
        *strips |= letter == 's';
        if (strchr("ckr", letter)) {
            words_skip_any(words, " \t");
            return words->size > 0;
        }
        while (words->size > 0 && !strchr(" \t/", *words->text)) /* "/e:on" */
            words_skip(words, 1);
        words_skip_any(words, " \t");
    }
    return false;
}

static bool is_special(char c)
{
    return strchr("&<>()@^|", c) != NULL;
}

/* Whether a text in quotes, of this size with them, is the name of a file. */
static bool is_file(const struct autorun_machine *machine, const char *text, size_t size)
{
    struct autorun_program program;

    for (size_t i = 0; i < size; i++)
        if (is_special(text[i]))
            return false;
    if (!command_resolve(machine, AUTORUN_ONE, text, size, &program))
        return false;
    buffer_release(&program.path);
    return program.state == AUTORUN_FOUND;
}

static void strip_quotes(const struct autorun_machine *machine, struct words *words, bool always)
{
    size_t size = words->size;

    while (size > 0 && strchr(" \t", words->text[size - 1]))
        size--;
    words->size = size;
    if (size < 2 || *words->text != '"')
        return;
    const char *second = memchr(words->text + 1, '"', size - 1);
    size_t between = second ? (size_t)(second - words->text) + 1 : size;
    bool at_end = words->text[size - 1] == '"', twofold = between == 2;
    if (!always && at_end && between == size && is_file(machine, words->text, size))
        return;
    /* Where more stands behind, or is quoted too, the first quotes are those of the program. */
    bool around = at_end && (between == size || !strchr(" \t", words->text[between]));
    if (!always && !twofold && !around)
        return;
    words_skip(words, 1);
    words->size -= at_end;
}

/* Bytes up to the end of the arguments; *next: up to the next command. */
static size_t command_end(const struct words *words, size_t *next)
{
    size_t end = words->size, at;
    bool quoted = false;

    for (at = 0; at < words->size; at++) {
        char c = words->text[at];
        quoted ^= c == '"';
        if (quoted || c == '"')
            continue;
        if (c == '^')
            at++;
        else if (c == '&' || c == '|' || c == ')')
            break;
        else if (c == '<' || c == '>') {
            end = at < end ? at : end;
            at += at + 1 < words->size && words->text[at + 1] == '&'; /* "2>&1" */
        }
    }
    *next = at < words->size ? at : words->size;
    if (end > *next)
        return *next;
    bool numbered = end < words->size && end > 1 && words->text[end - 1] >= '0' &&
                    words->text[end - 1] <= '9' && strchr(" \t", words->text[end - 2]);
    return end - numbered;
}

/* The folder that a command changes to, below which names begin then. */
static bool set_folder(struct autorun_machine *machine, struct words folder, struct buffer *path)
{
    struct words name = words_unquoted(folder);

    while (name.size > 0 && strchr(" \t", name.text[name.size - 1]))
        name.size--;
    if (!autorun_path(machine, name.text, name.size, path, NULL))
        return false;
    expand_cut_trailing(path, "/");
    machine->folder = buffer_text(path);
    return true;
}

/* start ["title"] [/d folder] [switches] command; the title may stand behind switches. */
static bool take_start(struct autorun_machine *machine, struct words *words, struct buffer *path)
{
    bool titled = false, known = true;

    for (words_take(words); words->size > 0 && known;) {
        if (*words->text == '"' && !titled && words_first(words) < words->size) {
            words_take(words);
            titled = true;
        } else if (words_begin(words, "/d*")) {
            struct words folder = words_take(words);
            words_skip(&folder, 2);
            known = set_folder(machine, folder.size > 0 ? folder : words_take(words), path);
        } else if (words_begin(words, "/node|/affinity|/machine")) {
            words_take(words);
            words_take(words);
        } else if (*words->text == '/') {
            words_take(words);
        } else {
            break;
        }
    }
    return known;
}

/* if [/i] [not] CONDITION command. What the condition says nobody knows: the command is told. */
static void take_condition(struct words *words)
{
    words_take(words);
    while (words_begin(words, "/i|not"))
        words_take(words);
    bool named = words_begin(words, "exist|defined|errorlevel|cmdextversion");
    bool joined = words_begin(words, "?*==?*"); /* or of three words: "a == b", "a equ b" */
    words_take(words);
    if (named) {
        words_take(words);
    } else if (!joined) {
        bool ends = words_begin(words, "==|equ|neq|lss|leq|gtr|geq");
        words_take(words);
        if (ends)
            words_take(words);
    }
    words_skip_any(words, " \t(@");
}

/* Take away what only leads to the command that starts something. False: nobody knows where.
 * *conditional is set where an if is among it. */
static bool take_leads(struct autorun_machine *machine, struct words *command, struct buffer *path,
                       bool *conditional)
{
    for (;;) {
        *conditional |= words_begin(command, "if|else");
        if (words_begin(command, before))
            words_take(command);
        else if (words_begin(command, "if"))
            take_condition(command);
        else if (!words_begin(command, "start"))
            return true;
        else if (!take_start(machine, command, path))
            return false;
        words_skip_any(command, " \t(@");
    }
}

/* Skip what stands between commands. Whether an if ends there: up to a ) it holds for all that
 * is behind it. */
static bool skip_separators(struct words *words)
{
    bool closes = false;

    while (words->size > 0 && strchr(" \t&|@(),;=", *words->text)) {
        closes |= *words->text == ')';
        words_skip(words, 1);
    }
    return closes;
}

/* The first of these commands that starts something; those that change the folder count. */
static bool resolve_first(struct autorun_machine *machine, struct words words, struct buffer *path,
                          struct autorun_program *program)
{
    bool in_loop = false; /* its variable may stand for the program */
    bool conditional = false;

    while (words.size > 0) {
        if (skip_separators(&words))
            conditional = false;
        size_t next, end = command_end(&words, &next);
        struct words command = { words.text, end };
        while (command.size > 0 && strchr(" \t", command.text[command.size - 1]))
            command.size--;
        words_skip(&words, next);
        if (!take_leads(machine, &command, path, &conditional))
            return false;
        if (words_begin(&command, "for")) { /* what it does stands behind its list in () */
            in_loop = true;
        } else if (in_loop && memchr(command.text, '%', words_first(&command))) {
            return false;
        } else if (words_begin(&command, changes_folder)) {
            words_take(&command);
            if (words_begin(&command, "/d"))
                words_take(&command);
            if (command.size > 0 && !set_folder(machine, command, path))
                return false;
        } else if (words_unquoted(command).size > 0 && !words_begin(&command, own) &&
                   !(words.size > 0 && words_begin(&command, waits))) {
            bool found = command_resolve(machine, AUTORUN_ONE, command.text, command.size, program);
            program->conditional = conditional;
            return found;
        }
    }
    return false;
}

bool shell_resolve(const struct autorun_machine *machine, const char *text, size_t size,
                   struct autorun_program *program)
{
    struct autorun_machine inside = *machine;
    struct words words = { text, size };
    struct buffer path = BUFFER_INIT;
    bool strips;

    if (!take_switches(&words, &strips))
        return false;
    strip_quotes(machine, &words, strips);
    bool found = resolve_first(&inside, words, &path, program);
    if (found)
        program->path.failed |= path.failed;
    buffer_release(&path);
    return found;
}
