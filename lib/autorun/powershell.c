/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What powershell.exe starts, as "about_PowerShell_exe" and "about_Operators" say:
 *
 *   powershell [switches] -File SCRIPT | [-Command] TEXT
 *
 * Of a text only its first command counts, where that is a file: "& 'C:\a b.ps1' -x",
 * ". C:\a.ps1", "&{C:\a.exe}", "Start-Process -FilePath C:\a.exe".
 */

#include <string.h>

#include "command.h"
#include "words.h"

/* Up to what ends a name in a text, where quotes may have a backslash before them. */
static struct words take_name(struct words *words)
{
    if (words->size > 1 && words->text[0] == '\\' && words->text[1] == '"')
        words_skip(words, 1);
    const char quote = words->size > 0 ? *words->text : '\0';
    bool quoted = quote == '"' || quote == '\'';
    struct words name = { words->text + quoted, 0 };

    words_skip(words, quoted);
    while (name.size < words->size && (quoted ? name.text[name.size] != quote
                                              : !strchr(" \t;|})", name.text[name.size])))
        name.size++;
    words_skip(words, name.size);
    words_skip(words, quoted && words->size > 0);
    words_skip_any(words, " \t})");
    name.size -= quote == '"' && name.size > 0 && name.text[name.size - 1] == '\\';
    return name;
}

/* What calls the command behind it. */
static void skip_calls(struct words *words)
{
    static const char calls[] = "start-process|saps|start|invoke-item|ii|-filepath|-path|.";

    for (;;) {
        words_skip_any(words, " \t&{(;@");
        if (!words_begin(words, calls))
            return;
        words_take(words);
    }
}

static bool of_text(const struct autorun_machine *machine, struct words words,
                    struct autorun_program *program)
{
    static const char files[] = "*\\*|*/*|*.ps1|*.exe|*.com|*.bat|*.cmd|*.vbs|*.js|*.hta";

    /* Quotes are around all of it, or around a name. */
    if (words.size > 1 && *words.text == '"' &&
        (words_first(&words) == words.size || strchr("&.{(", words.text[1])))
        words = words_unquoted(words);
    skip_calls(&words);
    struct words name = take_name(&words);
    if (name.size == 0 || strchr("$[", *name.text) ||
        autorun_matches("*://*", name.text, name.size) ||
        !autorun_matches(files, name.text, name.size) ||
        !command_resolve(machine, AUTORUN_ONE, name.text, name.size, program))
        return false;
    program->arguments = words.text;
    program->arguments_size = words.size;
    return true;
}

bool powershell_resolve(const struct autorun_machine *machine, const char *text, size_t size,
                        struct autorun_program *program)
{
    static const char paths[] = "-psc*|-wo*|-wd|-set*|-cus*"; /* a file that is not started */
    struct words words = { text, size };

    while (words.size > 0 && !words_begin(&words, "-e|-ec|-en*|/e|/ec|/en*")) {
        bool script = words_begin(&words, "-f|-fi*|/f|/fi*");
        bool command = words_begin(&words, "-c|-co*|/c|/co*");
        bool skips = words_begin(&words, paths);
        bool is_switch = strchr("-/", *words.text) != NULL;
        if (!is_switch && of_text(machine, words, program))
            return true;
        words_take(&words);
        if (script || command)
            return script ? command_resolve(machine, AUTORUN_ONE, words.text, words.size, program)
                          : of_text(machine, words, program);
        if (skips)
            words_take(&words);
    }
    return false;
}
