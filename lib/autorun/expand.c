/* SPDX-License-Identifier: Apache-2.0 */

/* expand: see expand.h. */

#include <string.h>

#include <fett/text.h>

#include "expand.h"

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

const char *expand_root(const struct autorun_machine *machine)
{
    return machine->root ? machine->root : "";
}

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
        if (variables[i].base == BELOW_ROOT && !machine->drive)
            return PATH_UNKNOWN;
        buffer_add_text(path, variables[i].base == BELOW_PROFILE   ? machine->profile
                              : variables[i].base == BELOW_WINDOWS ? machine->windows
                                                                   : expand_root(machine));
        buffer_add_text(path, variables[i].paths[variant]);
        *size -= length + 2;
        *name += length + 2;
        return PATH_TOLD;
    }
    return PATH_UNKNOWN;
}

/* Take "." and ".." out of a path. */
void expand_fold_dots(struct buffer *path)
{
    bool drive = path->length >= 2 && path->data[1] == ':' && is_letter(path->data[0]);
    size_t root = drive ? 2 : 0, out = root;

    for (size_t at = root, end; at < path->length; at = end) {
        for (end = at + 1; end < path->length && path->data[end] != '/';)
            end++;
        bool part = path->data[at] == '/';
        if (part && end - at == 2 && path->data[at + 1] == '.')
            continue;
        if (part && end - at == 3 && memcmp(path->data + at, "/..", 3) == 0) {
            while (out > root && path->data[--out] != '/')
                ;
            continue;
        }
        memmove(path->data + out, path->data + at, end - at);
        out += end - at;
    }
    buffer_truncate(path, out);
}

void expand_cut_trailing(struct buffer *path, const char *which)
{
    size_t length = path->length;

    while (length > 0 && strchr(which, path->data[length - 1]))
        length--;
    buffer_truncate(path, length);
}

/* Win32 takes a single period from the end of each part, and all periods and
 * blanks from the end of the whole; parts of three periods and more stay. */
void expand_trim_parts(struct buffer *path)
{
    size_t out = 0;

    for (size_t at = 0; at < path->length; at++) {
        bool ends_part = at + 1 < path->length && path->data[at + 1] == '/';
        if (path->data[at] == '.' && ends_part && at > 0 && path->data[at - 1] != '.' &&
            path->data[at - 1] != '/')
            continue;
        path->data[out++] = path->data[at];
    }
    buffer_truncate(path, out);
    expand_cut_trailing(path, ". ");
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

/* What drivers and services have, which start in the folder of Windows. */
static bool is_in_system32(const char *name, size_t size)
{
    return take_prefix(&name, &size, "system32\\");
}

/* A name that is no folder's part: of Windows' folder, or one to be searched for. */
static enum expansion expand_relative(const struct autorun_machine *machine, const char *name,
                                      size_t size, struct buffer *path)
{
    if (!*machine->windows)
        return PATH_UNKNOWN;
    if (!memchr(name, '\\', size) && !memchr(name, '/', size))
        return PATH_SEARCHED;
    buffer_add_format(path, "%s/", machine->windows);
    return is_in_system32(name, size) ? PATH_TOLD : PATH_RELATIVE;
}

/* Add what the begin of a name stands for, which is taken from it. */
static enum expansion expand_begin(const struct autorun_machine *machine, const char **name,
                                   size_t *size, int variant, struct buffer *path)
{
    const char *text = *name;

    if (take_prefix(name, size, "\\SystemRoot\\") || take_prefix(name, size, "SystemRoot\\")) {
        if (!*machine->windows)
            return PATH_UNKNOWN;
        buffer_add_format(path, "%s/", machine->windows);
        return PATH_TOLD;
    }
    if (*size > 0 && *text == '%')
        return expand_variable(machine, name, size, variant, path);
    if (*size >= 2 && text[1] == ':' && is_letter(text[0])) {
        char letter = (char)(text[0] & ~0x20);
        bool other = letter != machine->drive;
        if (!machine->drive || (other && !(machine->drives && strchr(machine->drives, letter))))
            return PATH_UNKNOWN;
        *name += 2;
        *size -= 2;
        if (*size == 0 || (**name != '\\' && **name != '/'))
            return PATH_UNKNOWN; /* below the drive's current folder */
        if (other)
            buffer_add_format(path, "%c:", letter);
        else
            buffer_add_text(path, expand_root(machine));
        return PATH_TOLD;
    }
    if (*size >= 1 && *text == '*')
        return PATH_UNKNOWN; /* a driver inside VMM32.VXD */
    if (*size >= 2 && text[0] == '\\' && text[1] == '\\')
        return PATH_UNKNOWN; /* another machine */
    if (*size > 0 && *text != '\\' && *text != '/')
        return expand_relative(machine, text, *size, path);
    if (!machine->drive)
        return PATH_UNKNOWN;
    buffer_add_text(path, expand_root(machine));
    return PATH_TOLD;
}

enum expansion expand_name(const struct autorun_machine *machine, const char *name, size_t size,
                           int variant, struct buffer *path)
{
    bool literal = take_namespace(&name, &size);

    buffer_clear(path);
    if (literal && (size < 2 || name[1] != ':'))
        return PATH_UNKNOWN; /* UNC, a volume by its GUID ... */
    if (is_device(name, size))
        return PATH_UNKNOWN;
    bool varies = size > 0 && *name == '%';
    enum expansion told = expand_begin(machine, &name, &size, variant, path);
    if (told == PATH_UNKNOWN || told == PATH_NO_MORE)
        return told;
    if (variant > 0 && !varies)
        return PATH_NO_MORE;
    if (memchr(name, '%', size))
        return PATH_UNKNOWN;
    for (size_t i = 0; i < size; i++)
        buffer_add_byte(path, name[i] == '\\' ? '/' : name[i]);
    expand_fold_dots(path);
    if (!literal)
        expand_trim_parts(path);
    return path->length > 0 ? told : PATH_UNKNOWN;
}

bool autorun_path(const struct autorun_machine *machine, const char *name, size_t size,
                  struct buffer *path)
{
    return expand_name(machine, name, size, 0, path) == PATH_TOLD;
}
