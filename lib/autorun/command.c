/* SPDX-License-Identifier: Apache-2.0 */

/* Which files a command line or a list of programs starts. See autorun.h. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "command.h"
#include "expand.h"

/* A name that may be completed: in which folders and with which endings. */
static const char *const program_endings[] = { "", ".exe", ".com", ".bat", ".cmd", ".dll", ".drv",
                                               NULL };
/* Of PATHEXT and the shell, where no program has the name. */
static const char *const script_endings[] = { ".pif", ".lnk", ".vbs", ".vbe", ".js", ".jse",
                                              ".wsf", ".wsh", ".msc", NULL };
static const char *const library_endings[] = { "", ".dll", NULL };
static const char *const no_ending[] = { "", NULL };
/* In the order of CreateProcess, what PATH has by default behind them, and where
 * print processors and OLE's own libraries are without a folder. */
static const char *const folders[] = { "/system32", "/system", "", "/system32/Wbem",
                                       "/system32/WindowsPowerShell/v1.0",
                                       "/system32/spool/prtprocs/x64",
                                       "/system32/spool/prtprocs/w32x86", "/system/iosubsys",
                                       "/system/vmm32" };

static bool find(const struct autorun_machine *machine, struct buffer *path)
{
    redirect_path(machine, path);
    return !path->failed && machine->find(machine->context, buffer_text(path));
}

/* Try a name below a folder (or, with its own, below none) with every ending. */
static bool try_endings(const struct autorun_machine *machine, const char *folder,
                        const struct buffer *name, const char *const *endings,
                        struct buffer *path)
{
    for (size_t i = 0; endings[i]; i++) {
        buffer_clear(path);
        if (folder)
            buffer_add_format(path, "%s/", folder);
        buffer_add(path, buffer_text(name), name->length);
        buffer_add_text(path, endings[i]);
        if (find(machine, path))
            return true;
    }
    return false;
}

static bool is_path(enum expansion told)
{
    return told == PATH_TOLD || told == PATH_GUESSED;
}

/* The next folder of PATH, in the tree; PATH_NO_MORE behind the last. */
static enum expansion next_folder(const struct autorun_machine *machine, const char **search,
                                  struct buffer *folder)
{
    while (*search && (**search == ';' || **search == ' '))
        (*search)++;
    if (!*search || !**search)
        return PATH_NO_MORE;
    const char *begin = *search;
    size_t size = strcspn(begin, ";");
    *search += size;
    while (begin[size - 1] == ' ')
        size--;
    if (size >= 2 && begin[0] == '"' && begin[size - 1] == '"') {
        begin++;
        size -= 2;
    }
    enum expansion told = expand_name(machine, begin, size, 0, folder);
    expand_cut_trailing(folder, "/");
    return is_path(told) ? told : PATH_UNKNOWN;
}

/* What App Paths says of a name, in the tree; PATH_NO_MORE: it says nothing. */
static enum expansion app_path(const struct autorun_machine *machine, const struct buffer *name,
                               struct buffer *path)
{
    static const char *const app_endings[] = { "", ".exe" };
    struct buffer full = BUFFER_INIT, text = BUFFER_INIT;
    enum expansion told = PATH_NO_MORE;

    for (size_t i = 0; machine->app_path && told == PATH_NO_MORE && i < 2; i++) {
        buffer_clear(&full);
        buffer_add(&full, buffer_text(name), name->length);
        buffer_add_text(&full, app_endings[i]);
        if (!machine->app_path(machine->context, buffer_text(&full), full.length, &text))
            continue;
        const char *begin = buffer_text(&text);
        bool quoted = *begin == '"';
        size_t size = quoted ? strcspn(++begin, "\"") : text.length;
        told = expand_name(machine, begin, size, 0, path);
        told = is_path(told) ? told : PATH_UNKNOWN;
    }
    buffer_release(&full);
    buffer_release(&text);
    return told;
}

/* Look for a name without a folder; the path that was found is left in *path. */
static bool search_name(const struct autorun_machine *machine, const struct buffer *name,
                        const char *const *endings, struct buffer *path)
{
    struct buffer folder = BUFFER_INIT;
    const char *search = machine->search;
    enum expansion told;
    bool found = false;

    for (size_t i = 0; i < sizeof folders / sizeof *folders && !found; i++) {
        buffer_clear(&folder);
        buffer_add_format(&folder, "%s%s", machine->windows, folders[i]);
        found = try_endings(machine, buffer_text(&folder), name, endings, path);
    }
    while (!found && (told = next_folder(machine, &search, &folder)) != PATH_NO_MORE)
        if (is_path(told))
            found = try_endings(machine, buffer_text(&folder), name, endings, path);
    if (!found && is_path(app_path(machine, name, path)))
        found = find(machine, path);
    buffer_release(&folder);
    return found;
}

/* Whether a name says nothing of where it begins. */
static bool is_relative(const char *name, size_t size)
{
    return size > 0 && !strchr("\\/%*", *name) && !memchr(name, ':', size);
}

/* The path of a relative name below the folder that is looked in first. */
static void add_beside(const struct autorun_machine *machine, const char *name, size_t size,
                       struct buffer *path)
{
    buffer_clear(path);
    buffer_add_format(path, "%s/", machine->folder);
    for (size_t i = 0; i < size; i++)
        buffer_add_byte(path, name[i] == '\\' ? '/' : name[i]);
    expand_fold_dots(path);
    expand_trim_parts(path);
}

/* Try one name with every folder and ending that it may mean; the path that was
 * found is left in *path. */
static bool try_name(const struct autorun_machine *machine, const char *name, size_t size,
                     const char *const *endings, struct buffer *path)
{
    struct buffer base = BUFFER_INIT;
    bool found = false;

    if (size > 0 && name[size - 1] == '.') /* it has none */
        endings = no_ending;
    if (machine->folder && is_relative(name, size)) {
        add_beside(machine, name, size, &base);
        found = try_endings(machine, NULL, &base, endings, path);
    }
    for (int variant = 0; variant < 2 && !found; variant++) {
        enum expansion told = expand_name(machine, name, size, variant, &base);
        if (told == PATH_UNKNOWN || told == PATH_NO_MORE)
            break;
        found = told == PATH_SEARCHED ? search_name(machine, &base, endings, path)
                                      : try_endings(machine, NULL, &base, endings, path);
    }
    buffer_release(&base);
    return found;
}

/* The same of a whole name, which may be that of a script too. */
static bool try_whole(const struct autorun_machine *machine, const char *name, size_t size,
                      const char *const *endings, struct buffer *path)
{
    return try_name(machine, name, size, endings, path) ||
           (endings == program_endings && try_name(machine, name, size, script_endings, path));
}

/* Whether a word begins here that is an argument: a switch, another path. */
static bool is_argument(const char *text, size_t size)
{
    return size > 1 && (*text == '/' || *text == '"' || *text == '%' ||
                        (*text == '-' && is_letter(text[1])) || text[1] == ':');
}

/* Where an unquoted name most likely ends: behind an ending of a program that
 * stands before any argument, else before the first blank. */
static size_t likely_end(const char *text, size_t size, const char *separators)
{
    static const char *const programs[] = { ".exe", ".dll", ".com", ".bat", ".cmd", ".sys",
                                            ".scr", ".pif", ".vbs", ".vbe", ".js", ".jse",
                                            ".wsf", ".hta", ".ps1", ".lnk", ".msi", ".jar",
                                            ".vxd", ".drv", ".cpl", ".ocx", ".inf", ".msc" };
    size_t at;

    for (at = 0; at < size; at++) {
        if (at > 0 && strchr(separators, text[at]) && is_argument(text + at + 1, size - at - 1))
            break;
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
            size_t length = strlen(programs[i]);
            if (length <= size - at &&
                text_compare_nocase(text + at, length, programs[i], length) == 0 &&
                (length == size - at || text[at + length] == '"' ||
                 strchr(separators, text[at + length])))
                return at + length;
        }
    }
    for (at = 0; at < size && !strchr(separators, text[at]);)
        at++;
    return at;
}

/* The name at the start of a text that is not quoted: the shortest that is a
 * file, else the most likely. Tells whether it is one. */
static bool find_name(const struct autorun_machine *machine, const char *text, size_t size,
                      const char *separators, const char *const *endings, size_t *name_size,
                      struct buffer *path)
{
    size_t words = 0, most = size < LIMIT_PROGRAM_BYTES ? size : LIMIT_PROGRAM_BYTES;

    for (size_t end = 0; end < most && words < LIMIT_PROGRAM_WORDS; end++, words++) {
        while (end < size && !strchr(separators, text[end]))
            end++;
        if (end > 0 && try_name(machine, text, end, endings, path)) {
            *name_size = end;
            return true;
        }
    }
    /* A quote behind a name has not begun. */
    *name_size = likely_end(text, size, separators);
    return *name_size <= LIMIT_PROGRAM_BYTES &&
           try_whole(machine, text, *name_size, endings, path);
}

/* Whether all folders of PATH lie in the tree. */
static bool is_search_known(const struct autorun_machine *machine)
{
    struct buffer folder = BUFFER_INIT;
    const char *search = machine->search;
    enum expansion told = PATH_TOLD;

    while (told == PATH_TOLD)
        told = next_folder(machine, &search, &folder);
    buffer_release(&folder);
    return machine->search && told == PATH_NO_MORE;
}

static void set_unfound(const struct autorun_machine *machine, const char *name, size_t size,
                        struct autorun_program *program)
{
    struct buffer listed = BUFFER_INIT;

    program->state = AUTORUN_ABSENT;
    if (machine->folder && is_relative(name, size) &&
        (memchr(name, '\\', size) || memchr(name, '/', size))) {
        add_beside(machine, name, size, &program->path);
        return;
    }
    enum expansion told = expand_name(machine, name, size, 0, &program->path);
    bool known = told == PATH_TOLD;

    if (told == PATH_SEARCHED) {
        told = app_path(machine, &program->path, &listed);
        known = told == PATH_NO_MORE ? is_search_known(machine) : told == PATH_TOLD;
        if (told == PATH_TOLD) {
            buffer_clear(&program->path);
            buffer_add(&program->path, listed.data, listed.length);
        }
    }
    buffer_release(&listed);
    redirect_path(machine, &program->path);
    /* Letters of a code page that is not known stand for nobody knows what. */
    known &= text_valid_length(name, size) == size;
    if (known && *machine->windows && machine->drive && !strchr(expand_root(machine), '/'))
        return;
    program->state = AUTORUN_UNKNOWN;
    buffer_clear(&program->path);
    buffer_add(&program->path, name, size);
}

static size_t blanks(const char *text, size_t size, const char *which)
{
    size_t count = 0;

    while (count < size && strchr(which, text[count]))
        count++;
    return count;
}

/* Where the command ends that begins at text: lists of commands have commas. */
static size_t command_size(enum autorun_list list, const char *text, size_t most)
{
    bool quoted = false;
    size_t size;

    if (list != AUTORUN_COMMANDS)
        return most;
    for (size = 0; size < most && (quoted || text[size] != ','); size++)
        quoted ^= text[size] == '"';
    return size;
}

/* Explorer opens what it is given: a program behind it is started too. */
static bool is_explorer(const struct buffer *path)
{
    static const char name[] = "explorer.exe";
    size_t length = sizeof name - 1;

    return path->length >= length &&
           text_compare_nocase(path->data + path->length - length, length, name, length) == 0;
}

/* The name of one file is all of the text, blanks and all. Excel has switches before
 * it. */
static bool resolve_library(const struct autorun_machine *machine, const char *text, size_t size,
                            struct autorun_program *program)
{
    const char *name = text;
    size_t end;

    if (size > 3 && name[0] == '/' && name[2] == ' ') {
        name += 3;
        size -= 3;
    }
    while (size > 0 && strchr(" \t\"", *name))
        name++, size--;
    for (end = size; end > 0 && strchr(" \t\"", name[end - 1]);)
        end--;
    if (end == 0)
        return false;
    program->text = text;
    program->text_size = (size_t)(name - text) + end;
    program->state = AUTORUN_FOUND;
    if (try_name(machine, name, end, library_endings, &program->path))
        return true;
    size_t name_size;
    if (find_name(machine, name, end, " \t,", library_endings, &name_size, &program->path)) {
        program->arguments = name + name_size + blanks(name + name_size, end - name_size, " \t,");
        program->arguments_size = end - (size_t)(program->arguments - name);
        return true;
    }
    set_unfound(machine, name, end, program);
    return true;
}

/* The file of a driver's service that is known by its name alone. */
static bool resolve_driver(const struct autorun_machine *machine, const char *text, size_t size,
                           struct autorun_program *program)
{
    struct buffer name = BUFFER_INIT;

    buffer_add_text(&name, "System32\\drivers\\");
    buffer_add(&name, text, size);
    buffer_add_text(&name, ".sys");
    program->state = AUTORUN_FOUND;
    program->text = text;
    program->text_size = size;
    if (!try_name(machine, buffer_text(&name), name.length, no_ending, &program->path))
        set_unfound(machine, buffer_text(&name), name.length, program);
    program->path.failed |= name.failed;
    buffer_release(&name);
    return size > 0;
}

/* Of RunOnceEx. */
static bool resolve_parts(const struct autorun_machine *machine, const char *text, size_t size,
                          struct autorun_program *program)
{
    const char *bar = memchr(text, '|', size);

    if (!bar || bar == text) {
        size_t skip = blanks(text, size, "|");
        return command_resolve(machine, AUTORUN_ONE, text + skip, size - skip, program);
    }
    if (!resolve_library(machine, text, (size_t)(bar - text), program))
        return false;
    program->text_size = size;
    program->arguments = bar + 1;
    program->arguments_size = size - (size_t)(program->arguments - text);
    return true;
}

static bool resolve_command(const struct autorun_machine *machine, enum autorun_list list,
                            const char *text, size_t most, struct autorun_program *program)
{
    static const char autocheck[] = "autocheck ";
    const char *separators = list == AUTORUN_ONE ? " \t" : " \t,", *begin = text;
    size_t length = sizeof autocheck - 1, name_size, end;
    bool found;

    if (list == AUTORUN_NATIVE && most > length &&
        text_compare_nocase(text, length, autocheck, length) == 0) {
        text += length;
        most -= length;
    }
    size_t size = command_size(list, text, most);
    if (size == 0)
        return false;
    const char *name = text;
    /* INI files, which is where lists of names come from, know both quotes. */
    if (*text == '"' || (*text == '\'' && list == AUTORUN_NAMES)) {
        const char *close = memchr(++name, *text, size - 1);
        name_size = close ? (size_t)(close - name) : size - 1;
        end = close ? name_size + 2 : size;
        found = try_whole(machine, name, name_size, program_endings, &program->path);
    } else {
        found = find_name(machine, name, size, separators, program_endings, &name_size,
                          &program->path);
        end = name_size;
        end += end < size && name[end] == '"';
    }
    if (found)
        program->state = AUTORUN_FOUND;
    else
        set_unfound(machine, name, name_size, program);
    program->text = begin;
    program->text_size = (size_t)(text - begin) + (list == AUTORUN_NAMES ? end : size);
    end += blanks(text + end, size - end, list == AUTORUN_NAMES ? " \t," : " \t");
    if (list == AUTORUN_NAMES) {
        program->next = end < size ? text + end : NULL;
    } else {
        program->arguments = text + end;
        program->arguments_size = size - end;
        program->next = size < most ? text + size : NULL;
        if (list == AUTORUN_COMMANDS && end < size && is_explorer(&program->path))
            program->next = text + end;
    }
    return true;
}

bool command_resolve_library(const struct autorun_machine *machine, const char *text, size_t size,
                             struct autorun_program *program)
{
    const char *separators = " \t,", *name = text;
    size_t name_size, end;
    bool found;

    *program = (struct autorun_program){ .arguments = "" };
    if (size > 0 && *text == '"') {
        const char *close = memchr(++name, '"', size - 1);
        name_size = close ? (size_t)(close - name) : size - 1;
        end = close ? name_size + 2 : size;
        found = try_name(machine, name, name_size, library_endings, &program->path);
    } else {
        found = find_name(machine, name, size, separators, library_endings, &name_size,
                          &program->path);
        end = name_size;
    }
    if (name_size == 0) {
        buffer_release(&program->path);
        return false;
    }
    program->state = AUTORUN_FOUND;
    if (!found)
        set_unfound(machine, name, name_size, program);
    end += blanks(text + end, size - end, separators);
    program->arguments = text + end;
    program->arguments_size = size - end;
    return true;
}

bool command_resolve(const struct autorun_machine *machine, enum autorun_list list,
                     const char *text, size_t size, struct autorun_program *program)
{
    size_t skip = blanks(text, size, list == AUTORUN_ONE ? " \t" : " \t,");

    *program = (struct autorun_program){ .arguments = "" };
    text += skip;
    size -= skip;
    switch (list) {
    case AUTORUN_NOTHING:
        return false;
    case AUTORUN_LIBRARY:
    case AUTORUN_FOLDER:
    case AUTORUN_EVERY:
        return resolve_library(machine, text, size, program);
    case AUTORUN_DRIVER:
        return size > 0 && resolve_driver(machine, text, size, program);
    case AUTORUN_PARTS:
        return resolve_parts(machine, text, size, program);
    default:
        return resolve_command(machine, list, text, size, program);
    }
}

bool autorun_resolve(const struct autorun_machine *machine, enum autorun_list list,
                     const char *text, struct autorun_program *program)
{
    if (!command_resolve(machine, list, text, strlen(text), program))
        return false;
    if (list != AUTORUN_LIBRARY && list != AUTORUN_FOLDER && list != AUTORUN_EVERY &&
        list != AUTORUN_DRIVER && list != AUTORUN_NAMES)
        host_unwrap(machine, program);
    return true;
}
