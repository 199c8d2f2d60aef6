/* SPDX-License-Identifier: Apache-2.0 */

/* Which file a command line starts. See autorun.h. */

#include <stdio.h>
#include <string.h>

#include <fett/autorun.h>
#include <fett/buffer.h>
#include <fett/text.h>

/* A name that may be completed: in which folders and with which endings. */
static const char *const endings[] = { "", ".exe", ".com", ".bat", ".cmd", ".dll" };
static const char *const folders[] = { "/system32", "/system", "" };

static bool take_prefix(const char **text, size_t *size, const char *prefix)
{
    size_t length = strlen(prefix);

    if (*size < length || text_compare_nocase(*text, length, prefix, length) != 0)
        return false;
    *text += length;
    *size -= length;
    return true;
}

/* The path in the tree that a name stands for; *searched: it has no folder. */
static void add_path(struct buffer *path, const struct autorun_machine *machine,
                     const char *name, size_t size, bool *searched)
{
    *searched = false;
    take_prefix(&name, &size, "\\??\\");
    if (take_prefix(&name, &size, "%SystemRoot%") || take_prefix(&name, &size, "%windir%") ||
        take_prefix(&name, &size, "\\SystemRoot")) {
        buffer_add_text(path, machine->windows);
    } else if (take_prefix(&name, &size, "%SystemDrive%")) {
        /* The volume itself. */
    } else if (take_prefix(&name, &size, "%ProgramFiles%")) {
        buffer_add_text(path, "/Program Files");
    } else if (machine->profile && take_prefix(&name, &size, "%USERPROFILE%")) {
        buffer_add_text(path, machine->profile);
    } else if (size >= 2 && name[1] == ':') {
        name += 2;
        size -= 2;
    } else if (size > 0 && name[0] != '\\' && name[0] != '/') {
        *searched = !memchr(name, '\\', size);
        if (!*searched)
            buffer_add_format(path, "%s/", machine->windows);
    }
    for (size_t i = 0; i < size; i++)
        buffer_add_byte(path, name[i] == '\\' ? '/' : name[i]);
}

static bool is_file(struct tree *tree, const struct buffer *path, struct file *file)
{
    return !path->failed && path->length > 0 &&
           tree_lookup(tree, buffer_text(path), file, NULL) == 0 && file->type != FILE_DIRECTORY;
}

/* Try one name with every folder and ending it may mean. */
static bool try_name(struct tree *tree, const struct autorun_machine *machine, const char *name,
                     size_t size, struct file *file)
{
    struct buffer base = BUFFER_INIT, path = BUFFER_INIT;
    bool searched, found = false;

    add_path(&base, machine, name, size, &searched);
    for (size_t f = 0; f < (searched ? sizeof folders / sizeof *folders : 1) && !found; f++)
        for (size_t e = 0; e < sizeof endings / sizeof *endings && !found; e++) {
            buffer_clear(&path);
            if (searched)
                buffer_add_format(&path, "%s%s/", machine->windows, folders[f]);
            buffer_add(&path, buffer_text(&base), base.length);
            buffer_add_text(&path, endings[e]);
            found = is_file(tree, &path, file);
        }
    buffer_release(&base);
    buffer_release(&path);
    return found;
}

/* Where an unquoted name most likely ends: behind an ending of a program. */
static size_t likely_end(const char *command)
{
    static const char *const programs[] = { ".exe", ".dll", ".com", ".bat", ".cmd", ".sys",
                                            ".scr", ".pif", ".vbs", ".vxd" };

    for (size_t at = 0; command[at]; at++)
        for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
            if (text_compare_nocase(command + at, strnlen(command + at, 4), programs[i], 4) == 0 &&
                (command[at + 4] == '\0' || strchr(" ,\t\"", command[at + 4])))
                return at + 4;
    return strcspn(command, " ,\t");
}

int autorun_resolve(struct tree *tree, const struct autorun_machine *machine,
                    const char *command, struct file *file, char *program, size_t size,
                    const char **arguments)
{
    struct buffer guess = BUFFER_INIT;
    size_t end;
    bool searched;

    while (*command == ' ' || *command == '\t')
        command++;
    if (*command == '"') {
        const char *close = strchr(++command, '"');
        end = close ? (size_t)(close - command) : strlen(command);
        *arguments = close ? close + 1 : command + end;
        if (try_name(tree, machine, command, end, file))
            return 0;
    } else {
        for (end = 0; command[end];) {
            end += strcspn(command + end, " ,\t");
            *arguments = command + end;
            if (end > 0 && try_name(tree, machine, command, end, file))
                return 0;
            end += command[end] != '\0';
        }
        end = likely_end(command);
        *arguments = command + end;
    }
    add_path(&guess, machine, command, end, &searched);
    snprintf(program, size, "%s", buffer_text(&guess));
    buffer_release(&guess);
    return -1;
}
