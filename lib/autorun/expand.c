/* SPDX-License-Identifier: Apache-2.0 */

/* expand: see expand.h. */

#include <string.h>

#include <fett/limits.h>
#include <fett/text.h>

#include "expand.h"

/* What variables stand for where no hive tells it. */
static const struct fallback {
    const char *name;
    const char *texts[2]; /* where Windows versions differ, both */
    enum {
        CERTAIN,
        DEFAULT,     /* another may have been set */
        VIEW_32_BIT, /* and the second is what programs of 32 bits see, whatever is told: first
                        where one starts the text, else where the first is no file */
        OF_USER,     /* and what the machine has is that of no user */
    } kind;
} fallbacks[] = {
    { "windir", { "%SystemRoot%", NULL }, CERTAIN },
    { "ComSpec", { "%SystemRoot%\\system32\\cmd.exe", "%SystemRoot%\\command.com" }, DEFAULT },
    { "ProgramFiles", { "%SystemDrive%\\Program Files", "%ProgramFiles(x86)%" }, VIEW_32_BIT },
    { "ProgramFiles(x86)", { "%SystemDrive%\\Program Files (x86)", NULL }, DEFAULT },
    { "ProgramW6432", { "%SystemDrive%\\Program Files", NULL }, DEFAULT },
    { "CommonProgramFiles", { "%ProgramFiles%\\Common Files", "%CommonProgramFiles(x86)%" },
      VIEW_32_BIT },
    { "CommonProgramFiles(x86)", { "%ProgramFiles(x86)%\\Common Files", NULL }, DEFAULT },
    { "CommonProgramW6432", { "%ProgramW6432%\\Common Files", NULL }, DEFAULT },
    { "ProgramData", { "%SystemDrive%\\ProgramData", NULL }, DEFAULT },
    { "ALLUSERSPROFILE",
      { "%SystemDrive%\\ProgramData", "%SystemDrive%\\Documents and Settings\\All Users" },
      DEFAULT },
    { "PUBLIC", { "%SystemDrive%\\Users\\Public", NULL }, DEFAULT },
    { "HOMEDRIVE", { "%SystemDrive%", NULL }, DEFAULT },
    { "HOMEPATH", { "%USERPROFILE%", NULL }, DEFAULT },
    { "APPDATA", { "%USERPROFILE%\\AppData\\Roaming", "%USERPROFILE%\\Application Data" },
      DEFAULT },
    { "LOCALAPPDATA",
      { "%USERPROFILE%\\AppData\\Local", "%USERPROFILE%\\Local Settings\\Application Data" },
      DEFAULT },
    { "TEMP", { "%USERPROFILE%\\AppData\\Local\\Temp", "%USERPROFILE%\\Local Settings\\Temp" },
      OF_USER },
    { "TMP", { "%USERPROFILE%\\AppData\\Local\\Temp", "%USERPROFILE%\\Local Settings\\Temp" },
      OF_USER },
};

/* A name whose variables are replaced. */
struct expanded {
    const struct autorun_machine *machine;
    int variant;        /* which of two defaults is taken */
    const char *base;   /* path of the tree that it begins with; NULL: with none */
    struct buffer text; /* what stands behind that, as Windows writes it */
    unsigned replaced;
    bool guessed; /* by a default */
    bool varied;  /* by one of two */
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

static bool is_named(const char *name, size_t size, const char *other)
{
    return text_compare_nocase(name, size, other, strlen(other)) == 0;
}

/* The folder of the tree that a variable is, whatever drives are called; NULL: it is none. */
static const char *base_of(const struct autorun_machine *machine, const char *name, size_t size)
{
    if (is_named(name, size, "SystemRoot"))
        return *machine->windows ? machine->windows : NULL;
    if (is_named(name, size, "SystemDrive"))
        return machine->drive ? expand_root(machine) : NULL;
    return is_named(name, size, "USERPROFILE") ? machine->profile : NULL;
}

/* A folder begins the name, or is the path on the drive that begins it. */
static bool add_base(struct expanded *to, const char *base)
{
    bool begins = !to->base || to->base == expand_root(to->machine);

    if (!begins || to->text.length > 0)
        return false;
    to->base = base;
    return true;
}

static const struct fallback *fallback_of(const char *name, size_t size)
{
    for (size_t i = 0; i < sizeof fallbacks / sizeof *fallbacks; i++)
        if (is_named(name, size, fallbacks[i].name))
            return &fallbacks[i];
    return NULL;
}

/* What a variable stands for, as hives tell it; NULL: they do not. */
static const char *told_of(struct expanded *to, const char *name, size_t size,
                           const struct fallback *fallback)
{
    const struct autorun_machine *machine = to->machine;
    bool of_user = fallback && fallback->kind == OF_USER;
    const char *text = autorun_variables_find(machine->user_variables, name, size);

    if (text || (of_user && machine->profile))
        return text;
    text = autorun_variables_find(machine->variables, name, size);
    to->guessed |= of_user;
    return text;
}

static const char *text_of(struct expanded *to, const char *name, size_t size)
{
    const struct fallback *fallback = fallback_of(name, size);
    const char *told = told_of(to, name, size, fallback);

    if (told && (!fallback || fallback->kind != VIEW_32_BIT))
        return told;
    if (!fallback)
        return NULL;
    bool second = to->variant > 0;
    if (fallback->kind == VIEW_32_BIT)
        second ^= to->machine->wow64;
    to->varied |= fallback->texts[1] != NULL;
    if (second && fallback->texts[1])
        return fallback->texts[1];
    to->guessed |= !told && fallback->kind != CERTAIN;
    return told ? told : fallback->texts[0];
}

/* The user's name is that of his profile, unless he was renamed. */
static bool add_user(struct expanded *to, const char *name, size_t size)
{
    const char *profile = to->machine->profile, *last = profile ? strrchr(profile, '/') : NULL;

    if (!last || !is_named(name, size, "USERNAME"))
        return false;
    to->guessed = true;
    buffer_add_text(&to->text, last + 1);
    return true;
}

/* Add a text with its variables replaced, and those in their texts. False: one is not known. A
 * single % stands for itself. */
static bool expand_text(struct expanded *to, const char *text, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        const char *name = text + at + 1;
        const char *end = text[at] == '%' ? memchr(name, '%', size - at - 1) : NULL;
        if (to->text.length > LIMIT_EXPANDED_BYTES)
            return false;
        if (!end) {
            buffer_add_byte(&to->text, text[at]);
            continue;
        }
        size_t length = (size_t)(end - name);
        at += length + 1;
        if (to->replaced++ == LIMIT_VARIABLES_A_NAME)
            return false;
        const char *base = base_of(to->machine, name, length);
        const char *value = base ? NULL : text_of(to, name, length);
        bool known = base    ? add_base(to, base)
                     : value ? expand_text(to, value, strlen(value))
                             : add_user(to, name, length);
        if (!known)
            return false;
    }
    return true;
}

/* Take ".", ".." and the second of two slashes out of a path. */
void expand_fold_dots(struct buffer *path)
{
    bool drive = path->length >= 2 && path->data[1] == ':' && is_letter(path->data[0]);
    size_t root = drive ? 2 : 0, out = root;

    for (size_t at = root, end; at < path->length; at = end) {
        for (end = at + 1; end < path->length && path->data[end] != '/';)
            end++;
        bool part = path->data[at] == '/';
        if (part && end - at == 1 && end < path->length)
            continue;
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
                                   size_t *size, struct buffer *path)
{
    const char *text = *name;

    if (take_prefix(name, size, "\\SystemRoot\\") || take_prefix(name, size, "SystemRoot\\")) {
        if (!*machine->windows)
            return PATH_UNKNOWN;
        buffer_add_format(path, "%s/", machine->windows);
        return PATH_TOLD;
    }
    if (*size > 0 && *text == '%')
        return PATH_UNKNOWN;
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

/* The path that a name without variables stands for. */
static enum expansion expand_plain(const struct expanded *from, bool literal, struct buffer *path)
{
    const char *name = buffer_text(&from->text);
    size_t size = from->text.length;
    enum expansion told = PATH_TOLD;

    if (from->base) {
        if (from->base == expand_root(from->machine) && size > 0 && *name != '\\' && *name != '/')
            return PATH_UNKNOWN; /* below the drive's current folder */
        buffer_add_text(path, from->base);
    } else {
        literal |= take_namespace(&name, &size);
        if ((literal && (size < 2 || name[1] != ':')) || is_device(name, size))
            return PATH_UNKNOWN; /* UNC, a volume by its GUID ... */
        told = expand_begin(from->machine, &name, &size, path);
        if (told == PATH_UNKNOWN)
            return told;
    }
    for (size_t i = 0; i < size; i++)
        buffer_add_byte(path, name[i] == '\\' ? '/' : name[i]);
    expand_fold_dots(path);
    if (!literal)
        expand_trim_parts(path);
    if (path->length == 0)
        return PATH_UNKNOWN;
    return told == PATH_TOLD && from->guessed ? PATH_GUESSED : told;
}

enum expansion expand_name(const struct autorun_machine *machine, const char *name, size_t size,
                           int variant, struct buffer *path)
{
    struct expanded expanded = { .machine = machine, .variant = variant };
    bool literal = take_namespace(&name, &size);
    enum expansion told = PATH_UNKNOWN;

    buffer_clear(path);
    if (expand_text(&expanded, name, size) && !expanded.text.failed)
        told = variant > 0 && !expanded.varied ? PATH_NO_MORE
                                               : expand_plain(&expanded, literal, path);
    path->failed |= expanded.text.failed;
    buffer_release(&expanded.text);
    return told;
}

bool autorun_path(const struct autorun_machine *machine, const char *name, size_t size,
                  struct buffer *path, bool *guessed)
{
    enum expansion told = expand_name(machine, name, size, 0, path);

    if (guessed)
        *guessed = told == PATH_GUESSED;
    return told == PATH_TOLD || (guessed && told == PATH_GUESSED);
}
