/* SPDX-License-Identifier: Apache-2.0 */

/* Which files a command line or a list of programs starts. See autorun.h. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/limits.h>
#include <fett/text.h>

/* A name that may be completed: in which folders and with which endings. */
static const char *const endings[] = { "", ".exe", ".com", ".bat", ".cmd", ".dll", ".drv" };
static const char *const folders[] = { "/system32", "/system", "" };

/* What variables stand for: below the root of the volume, the Windows folder, or
 * the user's profile. Where Windows versions differ, both. */
static const struct {
    const char *name;
    enum { BELOW_ROOT, BELOW_WINDOWS, BELOW_PROFILE } base;
    const char *paths[2];
} variables[] = {
    { "SystemRoot", BELOW_WINDOWS, { "", NULL } },
    { "windir", BELOW_WINDOWS, { "", NULL } },
    { "ComSpec", BELOW_WINDOWS, { "/system32/cmd.exe", "/command.com" } },
    { "SystemDrive", BELOW_ROOT, { "", NULL } },
    { "ProgramFiles", BELOW_ROOT, { "/Program Files", "/Program Files (x86)" } },
    { "ProgramFiles(x86)", BELOW_ROOT, { "/Program Files (x86)", NULL } },
    { "ProgramW6432", BELOW_ROOT, { "/Program Files", NULL } },
    { "CommonProgramFiles", BELOW_ROOT,
      { "/Program Files/Common Files", "/Program Files (x86)/Common Files" } },
    { "CommonProgramFiles(x86)", BELOW_ROOT, { "/Program Files (x86)/Common Files", NULL } },
    { "ProgramData", BELOW_ROOT, { "/ProgramData", NULL } },
    { "ALLUSERSPROFILE", BELOW_ROOT,
      { "/ProgramData", "/Documents and Settings/All Users" } },
    { "PUBLIC", BELOW_ROOT, { "/Users/Public", NULL } },
    { "USERPROFILE", BELOW_PROFILE, { "", NULL } },
    { "HOMEPATH", BELOW_PROFILE, { "", NULL } },
    { "APPDATA", BELOW_PROFILE, { "/AppData/Roaming", "/Application Data" } },
    { "LOCALAPPDATA", BELOW_PROFILE, { "/AppData/Local", "/Local Settings/Application Data" } },
    { "TEMP", BELOW_PROFILE, { "/AppData/Local/Temp", "/Local Settings/Temp" } },
    { "TMP", BELOW_PROFILE, { "/AppData/Local/Temp", "/Local Settings/Temp" } },
};

/* What can be told of a name. */
enum expansion {
    PATH_TOLD,
    PATH_SEARCHED, /* no folder is given: those of the system are searched */
    PATH_UNKNOWN,  /* not in this tree, or nobody knows */
    PATH_NO_MORE,  /* there is no such variant */
};

static bool take_prefix(const char **text, size_t *size, const char *prefix)
{
    size_t length = strlen(prefix);

    if (*size < length || text_compare_nocase(*text, length, prefix, length) != 0)
        return false;
    *text += length;
    *size -= length;
    return true;
}

/* A variable at the start of a name; adds what it stands for. */
static enum expansion expand_variable(const struct autorun_machine *machine, const char **name,
                                      size_t *size, int variant, struct buffer *path)
{
    const char *end = memchr(*name + 1, '%', *size - 1);
    size_t length = end ? (size_t)(end - *name) - 1 : 0;

    for (size_t i = 0; end && i < sizeof variables / sizeof *variables; i++) {
        const char *own = variables[i].name;
        if (text_compare_nocase(*name + 1, length, own, strlen(own)) != 0)
            continue;
        if (!variables[i].paths[variant])
            return PATH_NO_MORE;
        if (variables[i].base == BELOW_PROFILE && !machine->profile)
            return PATH_UNKNOWN;
        if (variables[i].base == BELOW_WINDOWS && !*machine->windows)
            return PATH_UNKNOWN;
        if (variables[i].base == BELOW_PROFILE)
            buffer_add_text(path, machine->profile);
        else if (variables[i].base == BELOW_WINDOWS)
            buffer_add_text(path, machine->windows);
        buffer_add_text(path, variables[i].paths[variant]);
        *size -= length + 2;
        *name += length + 2;
        return PATH_TOLD;
    }
    return PATH_UNKNOWN;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Take "." and ".." out of a path. */
static void fold_dots(struct buffer *path)
{
    size_t out = 0;

    for (size_t at = 0, end; at < path->length; at = end) {
        for (end = at + 1; end < path->length && path->data[end] != '/';)
            end++;
        bool part = path->data[at] == '/';
        if (part && end - at == 2 && path->data[at + 1] == '.')
            continue;
        if (part && end - at == 3 && memcmp(path->data + at, "/..", 3) == 0) {
            while (out > 0 && path->data[--out] != '/')
                ;
            continue;
        }
        memmove(path->data + out, path->data + at, end - at);
        out += end - at;
    }
    buffer_truncate(path, out);
}

/* Names of the object manager. Behind the first three stands what a drive letter or
 * another device begins; what begins with the others lies in no tree by its name. */
static bool take_namespace(const char **name, size_t *size)
{
    return take_prefix(name, size, "\\??\\") || take_prefix(name, size, "\\\\?\\") ||
           take_prefix(name, size, "\\DosDevices\\");
}

static bool is_device(const char *name, size_t size)
{
    return take_prefix(&name, &size, "\\Device\\") || take_prefix(&name, &size, "\\GLOBAL??\\");
}

/* The path in the tree that a name stands for, in one of two variants. */
static enum expansion expand(const struct autorun_machine *machine, const char *name, size_t size,
                             int variant, struct buffer *path)
{
    enum expansion told = PATH_TOLD;
    bool varies = false;

    buffer_clear(path);
    if (take_namespace(&name, &size) && (size < 2 || name[1] != ':'))
        return PATH_UNKNOWN; /* UNC, a volume by its GUID ... */
    if (is_device(name, size))
        return PATH_UNKNOWN;
    if (take_prefix(&name, &size, "\\SystemRoot\\") || take_prefix(&name, &size, "SystemRoot\\")) {
        if (!*machine->windows)
            return PATH_UNKNOWN;
        buffer_add_format(path, "%s/", machine->windows);
    } else if (size > 0 && *name == '%') {
        varies = true;
        told = expand_variable(machine, &name, &size, variant, path);
    } else if (size >= 2 && name[1] == ':' && is_letter(name[0])) {
        if ((name[0] & ~0x20) != machine->drive)
            return PATH_UNKNOWN;
        name += 2;
        size -= 2;
        if (size == 0 || (*name != '\\' && *name != '/'))
            return PATH_UNKNOWN; /* below the drive's current folder */
    } else if (size >= 1 && *name == '*') {
        return PATH_UNKNOWN; /* a driver inside VMM32.VXD */
    } else if (size >= 2 && name[0] == '\\' && name[1] == '\\') {
        return PATH_UNKNOWN; /* another machine */
    } else if (size > 0 && *name != '\\' && *name != '/') {
        if (!*machine->windows)
            return PATH_UNKNOWN;
        if (memchr(name, '\\', size) || memchr(name, '/', size))
            buffer_add_format(path, "%s/", machine->windows);
        else
            told = PATH_SEARCHED;
    }
    if (told == PATH_UNKNOWN || told == PATH_NO_MORE)
        return told;
    if (variant > 0 && !varies)
        return PATH_NO_MORE;
    if (memchr(name, '%', size))
        return PATH_UNKNOWN;
    for (size_t i = 0; i < size; i++)
        buffer_add_byte(path, name[i] == '\\' ? '/' : name[i]);
    fold_dots(path);
    return path->length > 0 ? told : PATH_UNKNOWN;
}

static bool find(const struct autorun_machine *machine, struct buffer *path)
{
    return !path->failed && machine->find(machine->context, buffer_text(path));
}

/* Try one name with every folder and ending that it may mean; the path that was
 * found is left in *path. */
static bool try_name(const struct autorun_machine *machine, const char *name, size_t size,
                     struct buffer *path)
{
    struct buffer base = BUFFER_INIT;
    bool found = false;

    for (int variant = 0; variant < 2 && !found; variant++) {
        enum expansion told = expand(machine, name, size, variant, &base);
        if (told != PATH_TOLD && told != PATH_SEARCHED)
            break;
        size_t most = told == PATH_SEARCHED ? sizeof folders / sizeof *folders : 1;
        for (size_t f = 0; f < most && !found; f++)
            for (size_t e = 0; e < sizeof endings / sizeof *endings && !found; e++) {
                buffer_clear(path);
                if (told == PATH_SEARCHED)
                    buffer_add_format(path, "%s%s/", machine->windows, folders[f]);
                buffer_add(path, buffer_text(&base), base.length);
                buffer_add_text(path, endings[e]);
                found = find(machine, path);
            }
    }
    buffer_release(&base);
    return found;
}

/* Where an unquoted name most likely ends: behind an ending of a program. */
static size_t likely_end(const char *text, size_t size, const char *separators)
{
    static const char *const programs[] = { ".exe", ".dll", ".com", ".bat", ".cmd", ".sys",
                                            ".scr", ".pif", ".vbs", ".vbe", ".js", ".jse",
                                            ".wsf", ".hta", ".ps1", ".lnk", ".msi", ".jar",
                                            ".vxd", ".drv", ".cpl", ".ocx" };
    size_t at;

    for (at = 0; at < size; at++)
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
            size_t length = strlen(programs[i]);
            if (length <= size - at &&
                text_compare_nocase(text + at, length, programs[i], length) == 0 &&
                (length == size - at || text[at + length] == '"' ||
                 strchr(separators, text[at + length])))
                return at + length;
        }
    for (at = 0; at < size && !strchr(separators, text[at]);)
        at++;
    return at;
}

/* The name at the start of a text that is not quoted: the shortest that is a
 * file, else the most likely. Tells whether it is one. */
static bool find_name(const struct autorun_machine *machine, const char *text, size_t size,
                      const char *separators, size_t *name_size, struct buffer *path)
{
    size_t words = 0, most = size < LIMIT_PROGRAM_BYTES ? size : LIMIT_PROGRAM_BYTES;

    for (size_t end = 0; end < most && words < LIMIT_PROGRAM_WORDS; end++, words++) {
        while (end < size && !strchr(separators, text[end]))
            end++;
        if (end > 0 && try_name(machine, text, end, path)) {
            *name_size = end;
            return true;
        }
    }
    *name_size = likely_end(text, size, separators);
    return false;
}

static void set_unfound(const struct autorun_machine *machine, const char *name, size_t size,
                        struct autorun_program *program)
{
    enum expansion told = expand(machine, name, size, 0, &program->path);

    program->state = AUTORUN_ABSENT;
    if ((told == PATH_TOLD || told == PATH_SEARCHED) && *machine->windows)
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
static size_t command_size(enum autorun_list list, const char *text)
{
    bool quoted = false;
    size_t size;

    if (list != AUTORUN_COMMANDS)
        return strlen(text);
    for (size = 0; text[size] && (quoted || text[size] != ','); size++)
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

bool autorun_resolve(const struct autorun_machine *machine, enum autorun_list list,
                     const char *text, struct autorun_program *program)
{
    static const char autocheck[] = "autocheck ";
    const char *separators = list == AUTORUN_ONE ? " \t" : " \t,";
    size_t length = sizeof autocheck - 1, name_size, end;
    bool found;

    *program = (struct autorun_program){ .arguments = "" };
    text += blanks(text, strlen(text), separators);
    const char *begin = text;
    if (list == AUTORUN_NATIVE && strlen(text) > length &&
        text_compare_nocase(text, length, autocheck, length) == 0)
        text += length;
    size_t size = command_size(list, text);
    if (size == 0)
        return false;
    const char *name = text;
    /* INI files, which is where lists of names come from, know both quotes. */
    if (*text == '"' || (*text == '\'' && list == AUTORUN_NAMES)) {
        const char *close = memchr(++name, *text, size - 1);
        name_size = close ? (size_t)(close - name) : size - 1;
        end = close ? name_size + 2 : size;
        found = try_name(machine, name, name_size, &program->path);
    } else {
        found = find_name(machine, name, size, separators, &name_size, &program->path);
        end = name_size;
    }
    if (found)
        program->state = AUTORUN_FOUND;
    else
        set_unfound(machine, name, name_size, program);
    program->text = begin;
    program->text_size = (size_t)(text - begin) + (list == AUTORUN_NAMES ? end : size);
    end += blanks(text + end, size - end, list == AUTORUN_NAMES ? " \t," : " \t");
    if (list == AUTORUN_NAMES) {
        program->next = text[end] ? text + end : NULL;
    } else {
        program->arguments = text + end;
        program->arguments_size = size - end;
        program->next = text[size] ? text + size : NULL;
        if (list == AUTORUN_COMMANDS && end < size && is_explorer(&program->path))
            program->next = text + end;
    }
    return true;
}
