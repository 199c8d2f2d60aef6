/* SPDX-License-Identifier: Apache-2.0 */

/* What is odd about an autostart by its name and its program's path. See autorun.h. */

#include <string.h>

#include <fett/autorun.h>
#include <fett/limits.h>
#include <fett/text.h>

/* Programs of Windows that others pretend to be. Those in `alike` are Windows' own. */
#define LIKE(name) { name, "its program's name is like " name ", but is not" }
static const struct {
    const char *name, *says;
} own_programs[] = {
    LIKE("svchost.exe"),  LIKE("lsass.exe"),    LIKE("services.exe"), LIKE("winlogon.exe"),
    LIKE("csrss.exe"),    LIKE("smss.exe"),     LIKE("spoolsv.exe"),  LIKE("userinit.exe"),
    LIKE("taskhost.exe"), LIKE("rundll32.exe"), LIKE("ctfmon.exe"),   LIKE("conhost.exe"),
    LIKE("dllhost.exe"),  LIKE("wininit.exe"),  LIKE("explorer.exe"), LIKE("taskmgr.exe"),
    LIKE("wuauclt.exe"),  LIKE("regsvr32.exe"), LIKE("logonui.exe"),  LIKE("alg.exe"),
};
static const char alike[] = "taskhostw.exe|spoolss.exe|smsss.exe|rundll.exe";

/* Folders with the slashes of a tree. */
static const struct {
    const char *paths, *says;
} folders[] = {
    { "*/temp/*|*/tmp/*|*/temporary internet files/*|*/inetcache/*|%temp%/*|%tmp%/*",
      "its program lies in a folder for temporary files" },
    { "*/recycler/*|*/recycled/*|*/$recycle.bin/*|*/recycle.bin/*",
      "its program lies in the recycler" },
    { "*/system volume information/*", "its program lies in System Volume Information" },
    { "*/users/*|*/documents and settings/*|*/docume~1/*|%appdata%/*|%localappdata%/*|"
      "%userprofile%/*|*/winnt/profiles/*|*/windows/profiles/*|*/users/public/*",
      "its program lies in a user's folder" },
    { "*/windows/fonts/*|*/windows/help/*|*/windows/inf/*|*/windows/media/*|*/windows/cursors/*|"
      "*/windows/debug/*|*/windows/tasks/*|*/winnt/fonts/*|*/winnt/help/*|*/winnt/inf/*|"
      "*/winnt/media/*|*/winnt/cursors/*|*/perflogs/*",
      "its program lies in a folder that holds no programs" },
};
static const char scripts[] = "*/inf/*.inf"; /* of setup, which lie there */

struct path {
    const char *whole, *name; /* with slashes; the part behind the last one */
    size_t size, name_size;
};

static bool has_bidirectional(const char *text, size_t size)
{
    for (size_t at = 0, used; at < size; at += used) {
        uint32_t c = text_code_point(text + at, size - at, &used);
        if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
            c == 0x200f)
            return true;
    }
    return false;
}

static const char *disguise(const struct path *path)
{
    enum { MANY_BLANKS = 4 };
    static const char twofold[] =
        "*.doc.???|*.docx.???|*.xls.???|*.xlsx.???|*.ppt.???|*.pdf.???|*.txt.???|*.rtf.???|"
        "*.jpg.???|*.jpeg.???|*.gif.???|*.bmp.???|*.png.???|*.zip.???|*.rar.???|*.mp3.???|"
        "*.avi.???|*.mpg.???|*.htm.???|*.html.???|*.eml.???|*.mp4.???";
    static const char programs[] = "*.exe|*.scr|*.pif|*.com|*.bat|*.cmd|*.vbs|*.js|*.lnk|*.cpl";
    size_t blanks = 0;

    if (has_bidirectional(path->name, path->name_size))
        return "its program's name changes the direction of writing";
    for (size_t i = 0; i < path->name_size; i++) {
        blanks = path->name[i] == ' ' ? blanks + 1 : 0;
        if (blanks == MANY_BLANKS)
            return "its program's name hides its ending behind blanks";
    }
    if (autorun_matches(twofold, path->name, path->name_size) &&
        autorun_matches(programs, path->name, path->name_size))
        return "its program's name has two endings";
    return NULL;
}

/* Whether a folder is one of those that Windows has its programs in. */
static bool is_system_folder(const struct path *path, const char *windows)
{
    static const char written[] =
        "%systemroot%/*|%windir%/*|/systemroot/*|?:/windows/*|?:/winnt/*|/windows/*|/winnt/*";
    /* Programs lie in these folders themselves, in none of their own below them. */
    static const char below[] = "explorer.exe|taskmgr.exe|rundll32.exe|rundll.exe|winsxs/*|"
                                "servicepackfiles/*";
    static const char holders[] = "system32/|syswow64/|sysnative/|system/|system32/dllcache/";
    size_t length = strlen(windows);
    const char *rest = NULL;

    if (length > 0 && path->size > length &&
        text_compare_nocase(path->whole, length, windows, length) == 0)
        rest = path->whole + length;
    else if (autorun_matches("system32/*", path->whole, path->size))
        rest = path->whole;
    else if (length == 0 && autorun_matches(written, path->whole, path->size)) {
        rest = memchr(path->whole + 1, '/', path->size - 1);
        if (*path->whole != '%' && rest && rest[-1] == ':') /* behind the drive */
            rest = strchr(rest + 1, '/');
    }
    if (!rest)
        return false;
    rest += *rest == '/';
    return autorun_matches(holders, rest, (size_t)(path->name - rest)) ||
           autorun_matches(below, rest, path->size - (size_t)(rest - path->whole));
}

/* Whether two names differ in one letter: another, one more, one less, or two that
 * have changed places. */
static bool differs_once(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t same = 0, end = 0, least = a_size < b_size ? a_size : b_size;

    if (a_size > b_size + 1 || b_size > a_size + 1)
        return false;
    while (same < least && (a[same] | 0x20) == (b[same] | 0x20))
        same++;
    while (end < least - same && (a[a_size - 1 - end] | 0x20) == (b[b_size - 1 - end] | 0x20))
        end++;
    size_t a_left = a_size - same - end, b_left = b_size - same - end;
    return (a_left <= 1 && b_left <= 1 && a_left + b_left > 0) ||
           (a_left == 2 && b_left == 2 && (a[same] | 0x20) == (b[same + 1] | 0x20) &&
            (a[same + 1] | 0x20) == (b[same] | 0x20));
}

static const char *pretence(const struct path *path, const char *windows)
{
    enum { SHORTEST = 8 }; /* of shorter names too many are like each other */

    for (size_t i = 0; i < sizeof own_programs / sizeof *own_programs; i++) {
        const char *own = own_programs[i].name;
        size_t length = strlen(own);
        if (text_compare_nocase(path->name, path->name_size, own, length) == 0)
            return path->name > path->whole && !is_system_folder(path, windows)
                       ? "its program has a name of Windows' own, but lies elsewhere"
                       : NULL;
    }
    if (autorun_matches(alike, path->name, path->name_size))
        return NULL;
    for (size_t i = 0; i < sizeof own_programs / sizeof *own_programs; i++) {
        const char *own = own_programs[i].name;
        size_t length = strlen(own);
        if (length >= SHORTEST && differs_once(path->name, path->name_size, own, length))
            return own_programs[i].says;
    }
    return NULL;
}

static size_t of_path(const struct path *path, const char *windows, const char *texts[])
{
    size_t count = 0;

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (autorun_matches(folders[i].paths, path->whole, path->size) &&
            !autorun_matches(scripts, path->whole, path->size)) {
            texts[count++] = folders[i].says;
            break;
        }
    if ((texts[count] = disguise(path)) != NULL)
        count++;
    if ((texts[count] = pretence(path, windows)) != NULL)
        count++;
    return count;
}

size_t autorun_oddities(const struct autorun *autorun, const struct autorun_program *program,
                        const char *windows, const char *texts[AUTORUN_MOST_ODDITIES])
{
    struct buffer whole = BUFFER_INIT;
    bool starts = program && !autorun->deletes && autorun->list != AUTORUN_FOLDER;
    size_t count = 0;

    for (size_t i = 0; i < sizeof autorun->says / sizeof *autorun->says; i++)
        if (autorun->says[i])
            texts[count++] = autorun->says[i];
    if (memchr(autorun->name, '\0', autorun->name_length))
        texts[count++] = "its name has a NUL, which hides it from Windows' own tools";
    if (autorun->more)
        texts[count++] = "data stands behind its end, where Windows does not read";
    if (starts && program->conditional)
        texts[count++] = "its command line starts it only if a condition holds";
    for (size_t i = 0; starts && i < program->path.length; i++) {
        char c = program->path.data[i] == '\\' ? '/' : program->path.data[i];
        /* two are one, but for those that begin the name of another machine */
        if (c != '/' || i < 2 || whole.data[whole.length - 1] != '/')
            buffer_add_byte(&whole, c);
    }
    if (whole.length > 0 && !whole.failed) {
        size_t skip = autorun_matches("/^?^?/*", whole.data, whole.length) ? 4 : 0; /* \??\ */
        struct path path = { .whole = whole.data + skip, .size = whole.length - skip };
        const char *last = strrchr(path.whole, '/');
        path.name = last ? last + 1 : path.whole;
        path.name_size = strlen(path.name);
        count += of_path(&path, windows, texts + count);
    }
    buffer_release(&whole);
    return count;
}
