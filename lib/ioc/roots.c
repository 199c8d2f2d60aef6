/* SPDX-License-Identifier: Apache-2.0 */

/*
 * roots: paths of files, of the registry, of pipes, by how they begin, and the
 * names of objects that Windows keeps in such folders of their own.
 *
 *     C:\  C:/  \??\C:\  \\?\C:\  %TEMP%\  %TEMP%/  $env:TEMP\  ${env:TEMP}\
 *     \SystemRoot\                                       winpath
 *     \\host\share                                       unc
 *     \\.\pipe\  \\host\pipe\  \Device\NamedPipe\  \pipe\  pipe
 *     HKLM\  HKLM:\  \Registry\Machine\  SOFTWARE\...    regpath
 *     Global\  Local\  \BaseNamedObjects\  \Sessions\1\BaseNamedObjects\   mutex
 *
 * The backslash behind the word, or the last of those before the host, is what
 * they are found by.
 */

#include <string.h>

#include "path.h"

enum { WORD_MAX = 24, VARIABLE_MAX = 32, HOST_MAX = 255, OBJECT_NAME_MAX = 260 };

/* Words that begin a path; `next`: what of must stand behind the separator. */
static const struct root {
    const char *word;
    const char *next;
    enum ioc_kind kind;
    enum reason reason;
    bool separator; /* one before the word is of the path */
} roots[] = {
    { "hklm", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkcu", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hku", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkcr", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkcc", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_local_machine", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_current_user", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_users", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_classes_root", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_current_config", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_dyn_data", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "hkey_performance_data", "", IOC_REGPATH, REASON_REGISTRY_ROOT, false },
    { "registry", "machine\\ user\\ a\\", IOC_REGPATH, REASON_REGISTRY_ROOT, true },
    { "software", "microsoft\\ classes\\ policies\\ wow6432node\\", IOC_REGPATH,
      REASON_KNOWN_KEY, false },
    { "system", "currentcontrolset\\ controlset00", IOC_REGPATH, REASON_KNOWN_KEY, false },
    { "systemroot", "", IOC_WINPATH, REASON_KERNEL_NAME, true },
    { "device", "harddisk mup\\", IOC_WINPATH, REASON_KERNEL_NAME, true },
    { "device", "namedpipe\\", IOC_PIPE, REASON_PIPE, true },
    { "pipe", "", IOC_PIPE, REASON_PIPE, true },
    { "global", "", IOC_MUTEX, REASON_GLOBAL_NAME, false },
    { "local", "", IOC_MUTEX, REASON_LOCAL_NAME, false },
    { "basenamedobjects", "", IOC_MUTEX, REASON_OBJECT_FOLDER, true },
};

static bool is_word_unit(unsigned unit)
{
    return unit_is(unit, CHARACTER_ALNUM) || unit == '_';
}

/* Whether nothing before `at` keeps a root from beginning there: the name of a value does not. */
static bool has_border(const struct view *view, size_t at)
{
    return is_boundary(view_before(view, at, 1)) || value_data(view, at) == at ||
           is_behind_quoted(view, at);
}

/* Does one of the words in `list` stand at `at`? An empty list is any. */
static bool one_stands_at(const struct view *view, size_t at, const char *list)
{
    size_t length;

    for (const char *word = list; *word; word += length + (word[length] == ' ')) {
        length = strcspn(word, " ");
        if (view_has(view, at, word, length))
            return true;
    }
    return *list == '\0';
}

/* The root whose word is [begin, end), with its separator behind; NULL for none. */
static const struct root *root_of(const struct view *view, size_t begin, size_t end)
{
    size_t length = (end - begin) / view->step, separator = end;

    separator += view_unit(view, end) == ':' ? view->step : 0;
    size_t next = separator + separator_length(view, separator) * view->step;
    for (size_t i = 0; i < sizeof roots / sizeof *roots && next > separator; i++)
        if (strlen(roots[i].word) == length && view_has(view, begin, roots[i].word, length) &&
            one_stands_at(view, next, roots[i].next))
            return &roots[i];
    return NULL;
}

/* The '%' that ends the variable which begins at `at`; `at` itself for none. */
static size_t variable_end(const struct view *view, size_t at)
{
    size_t end = at + view->step;

    if (view_unit(view, at) != '%' || !unit_is(view_unit(view, end), CHARACTER_LETTER))
        return at;
    while ((end - at) / view->step <= VARIABLE_MAX &&
           (is_word_unit(view_unit(view, end)) || view_unit(view, end) == '(' ||
            view_unit(view, end) == ')'))
        end += view->step;
    return view_unit(view, end) == '%' ? end : at;
}

bool begins_root(const struct view *view, size_t at)
{
    size_t end = at;

    if (view_unit(view, at) == '%')
        return variable_end(view, at) > at;
    while ((end - at) / view->step <= WORD_MAX && is_word_unit(view_unit(view, end)))
        end += view->step;
    return end > at && root_of(view, at, end);
}

/* Points that files have, beyond those of the root. */
static void judge_file(struct finding *finding, const struct view *view, const struct path *path,
                       size_t root_end)
{
    enum { SHORT_UNITS = 2 };

    if (path->components > 1)
        judge(finding, REASON_FOLDERS);
    if (path->typed)
        judge(finding, REASON_TYPE);
    if (path->hidden_type)
        judge(finding, REASON_HIDDEN_TYPE);
    if ((path->end - root_end) / view->step <= path->repeat + SHORT_UNITS)
        judge(finding, REASON_SHORT_PATH);
}

/* The end of the alternate stream whose ':' is at `at`: a.txt:b.exe, a.txt:b:$DATA; `at`
 * itself for none, as in a.c:12: and a.txt: no */
static size_t stream_end(const struct view *view, size_t at)
{
    static const char type[] = ":$data";
    enum { STREAM_UNITS_MAX = 255, STREAM_UNITS_MIN = 2 };
    size_t begin = at + view->step, end = begin;

    if (view_unit(view, at) != ':')
        return at;
    if (view_has(view, begin, type, sizeof type - 1))
        return begin + (sizeof type - 1) * view->step;
    if (unit_is(view_unit(view, begin), CHARACTER_DIGIT))
        return at;
    while ((end - begin) / view->step < STREAM_UNITS_MAX &&
           unit_is(view_unit(view, end), CHARACTER_LABEL | CHARACTER_MAIL))
        end += view->step;
    while (end > begin && unit_among(view_before(view, end, 1), ".-"))
        end -= view->step;
    if (view_has(view, end, type, sizeof type - 1))
        end += (sizeof type - 1) * view->step;
    return (end - begin) / view->step >= STREAM_UNITS_MIN && is_boundary(view_unit(view, end))
               ? end
               : at;
}

/* The path that begins at finding->at and has its first separator at `at`. */
static void add_path(struct scan *scan, const struct view *view, struct finding *finding,
                     const struct path *path)
{
    if (path->foreign)
        judge(finding, REASON_FOREIGN);
    if (path->cut)
        judge(finding, REASON_TOO_LONG);
    judge_before(finding, view);
    finding->length = path->end - finding->at;
    if (path->typed && (finding->kind == IOC_WINPATH || finding->kind == IOC_UNC))
        finding->length = stream_end(view, path->end) - finding->at;
    finding->repeat = (uint8_t)path->repeat;
    finding->encoding = view->encoding;
    add_finding(scan, finding);
}

/* \??\ or \\?\ or \\.\ before the drive letter at `letter`; that place if there is
 * none. */
static size_t prefix_begin(const struct view *view, size_t letter, size_t repeat)
{
    size_t at = letter, marks = 0;

    for (size_t i = 0; i < repeat; i++)
        if (view_before(view, at, i + 1) != '\\')
            return letter;
    at -= repeat * view->step;
    while (marks < 2 && (view_before(view, at, 1) == '?' || view_before(view, at, 1) == '.')) {
        at -= view->step;
        marks++;
    }
    size_t slashes = marks == 1 ? 2 * repeat : repeat;
    for (size_t i = 0; i < slashes; i++)
        if (marks == 0 || view_before(view, at, i + 1) != '\\')
            return letter;
    return at - slashes * view->step;
}

/* A separator behind ':' with a letter before it. Lists of folders in Unix look like a drive
 * with slashes: a:/b/c */
void find_drive(struct scan *scan, const struct view *view, size_t separator)
{
    size_t letter = separator - 2 * view->step;
    struct finding finding = { .at = letter, .kind = IOC_WINPATH };
    struct path path;

    if (!unit_is(view_unit(view, letter), CHARACTER_LETTER))
        return;
    if (!has_border(view, letter)) {
        finding.at = prefix_begin(view, letter, separator_length(view, separator));
        if (finding.at == letter)
            return;
        judge(&finding, REASON_NT_PREFIX);
    }
    if (!path_walk(view, finding.at, separator, &path))
        return;
    judge(&finding, REASON_DRIVE);
    if (view_unit(view, separator) == '/' && view_unit(view, letter) >= 'a' && !path.typed)
        judge(&finding, REASON_SLASHES);
    judge_file(&finding, view, &path, separator);
    add_path(scan, view, &finding, &path);
}

/* A separator behind '%'. */
void find_variable(struct scan *scan, const struct view *view, size_t separator)
{
    size_t end = separator - view->step, begin = end, walked = 0;
    struct finding finding = { .kind = IOC_WINPATH };
    struct path path;

    do
        begin -= view->step;
    while (++walked <= VARIABLE_MAX && view_unit(view, begin) != '%' &&
           view_unit(view, begin) != UNIT_NONE);
    if (variable_end(view, begin) != end || !has_border(view, begin) ||
        !path_walk(view, begin, separator, &path))
        return;
    finding.at = begin;
    judge(&finding, REASON_VARIABLE);
    judge_file(&finding, view, &path, separator);
    add_path(scan, view, &finding, &path);
}

/* A separator behind $env:NAME or ${env:NAME}, as PowerShell has it. */
static void find_environment(struct scan *scan, const struct view *view, size_t separator)
{
    static const char word[] = "env:";
    bool closed = view_before(view, separator, 1) == '}';
    size_t at = separator - (closed ? view->step : 0), name = at;
    struct finding finding = { .kind = IOC_WINPATH };
    struct path path;

    while ((name - at) / view->step < VARIABLE_MAX &&
           (is_word_unit(view_before(view, at, 1)) ||
            (closed && unit_among(view_before(view, at, 1), "()"))))
        at -= view->step;
    if (at == name || !view_has(view, at - (sizeof word - 1) * view->step, word, sizeof word - 1))
        return;
    at -= (sizeof word - 1) * view->step;
    if (closed && view_before(view, at, 1) != '{')
        return;
    at -= closed ? view->step : 0;
    finding.at = at - view->step;
    if (view_unit(view, finding.at) != '$' || !is_boundary(view_before(view, finding.at, 1)) ||
        !path_walk(view, finding.at, separator, &path))
        return;
    judge(&finding, REASON_VARIABLE);
    judge_file(&finding, view, &path, separator);
    add_path(scan, view, &finding, &path);
}

/* Shares that every Windows has, and those of domain controllers. */
static bool is_known_share(const struct view *view, size_t at, size_t end)
{
    static const char known[] = "admin$ ipc$ print$ sysvol netlogon";
    size_t units = (end - at) / view->step;

    return (units == 2 && view_behind(view, at, 1) == '$') || one_stands_at(view, at, known);
}

/* Windows also takes \\host@SSL@port\share, by WebDAV. */
static bool is_host_unit(unsigned unit)
{
    return unit_is(unit, CHARACTER_LABEL) || unit_among(unit, ".?@");
}

static void judge_share(struct finding *finding, const struct view *view, size_t host,
                        size_t share, const struct path *path, size_t separator)
{
    bool dotted = false;

    for (size_t at = host; at < separator; at += view->step)
        dotted |= view_unit(view, at) == '.';
    judge(finding, REASON_SHARE);
    if (is_known_share(view, share, path->first_end))
        judge(finding, REASON_KNOWN_SHARE);
    if (dotted)
        judge(finding, REASON_DOTTED_HOST);
    if ((separator - host == view->step && view_unit(view, host) != '?') ||
        path->first_end - share == view->step)
        judge(finding, REASON_SHORT_PATH);
    if (path->components > 1)
        judge(finding, REASON_FOLDERS);
    if (path->typed)
        judge(finding, REASON_TYPE);
}

/* C: before `at`, as in badly quoted paths. */
static bool is_drive(const struct view *view, size_t at)
{
    return view_before(view, at, 1) == ':' && unit_is(view_before(view, at, 2), CHARACTER_LETTER) &&
           is_boundary(view_before(view, at, 3));
}

/* The last of the backslashes before a host. */
static void find_share(struct scan *scan, const struct view *view, size_t last)
{
    size_t host = last + view->step, separator = host, slashes = 0;
    struct finding finding = { .kind = IOC_UNC };
    struct path path;

    while (slashes <= 2 * SEPARATOR_MAX && view_before(view, host, slashes + 1) == '\\')
        slashes++;
    finding.at = host - slashes * view->step;
    while ((separator - host) / view->step <= HOST_MAX && is_host_unit(view_unit(view, separator)))
        separator += view->step;
    if (!has_border(view, finding.at) || is_drive(view, finding.at) ||
        slashes != 2 * separator_length(view, separator) ||
        !path_walk(view, finding.at, separator, &path))
        return;
    size_t share = separator + path.repeat * view->step;
    bool device = separator - host == view->step && view_unit(view, host) == '.';
    if (path.components > 1 && path.first_end - share == 4 * view->step &&
        view_has(view, share, "pipe", 4)) {
        finding.kind = IOC_PIPE;
        judge(&finding, REASON_PIPE);
    } else if (!device && (view_unit(view, host) != '?' || view_has(view, share, "unc\\", 4))) {
        judge_share(&finding, view, host, share, &path, separator);
    } else {
        return;
    }
    add_path(scan, view, &finding, &path);
}

/* Where a name begins that the word at `begin` is the first part of: before the
 * separator if one stands there. */
static size_t with_separator(const struct view *view, size_t begin, size_t repeat)
{
    size_t at = begin;

    for (size_t i = 0; i < repeat; i++)
        if (view_before(view, begin, i + 1) == '\\')
            at -= view->step;
    return at == begin - repeat * view->step ? at : begin;
}

static void find_key_or_file(struct scan *scan, const struct view *view, size_t separator,
                             const struct root *root, struct finding *finding)
{
    struct path path;

    if (!path_walk(view, finding->at, separator, &path))
        return;
    judge(finding, root->reason);
    if (root->kind == IOC_WINPATH)
        judge_file(finding, view, &path, separator);
    add_path(scan, view, finding, &path);
}

static bool is_object_unit(unsigned unit)
{
    return unit_is(unit, CHARACTER_NAME);
}

/* Where \Sessions\1 begins before the separator at `separator`, if it does. */
static size_t session_begin(const struct view *view, size_t separator, size_t repeat)
{
    static const char word[] = "sessions";
    enum { DIGITS_MAX = 5 };
    size_t at = separator, digits = 0;

    while (digits <= DIGITS_MAX && unit_is(view_before(view, at, 1), CHARACTER_DIGIT)) {
        at -= view->step;
        digits++;
    }
    size_t number = at;
    at = with_separator(view, at, repeat);
    size_t begin = at - (sizeof word - 1) * view->step;
    if (digits == 0 || at == number || !view_has(view, begin, word, sizeof word - 1) ||
        with_separator(view, begin, repeat) == begin)
        return separator;
    return with_separator(view, begin, repeat);
}

/* Whether a word that programs call such objects by stands in [begin, end). */
static bool has_object_word(const struct view *view, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at += view->step)
        if (unit_among(unit_lower(view_unit(view, at)), "mes") &&
            one_stands_at(view, at, "mutex mutant mtx event semaphore section"))
            return true;
    return false;
}

/* What the name and the words before it say for an object. */
static void judge_object(struct finding *finding, const struct view *view, size_t begin,
                         size_t end)
{
    enum { SHORT_UNITS = 2, WORDS_BEFORE = 16 };
    size_t before = finding->at / view->step < WORDS_BEFORE ? finding->at / view->step
                                                            : WORDS_BEFORE;

    if ((end - begin) / view->step <= SHORT_UNITS)
        judge(finding, REASON_SHORT_PATH);
    if (has_type(view, begin, end))
        judge(finding, REASON_OBJECT_TYPE);
    if (has_object_word(view, finding->at - before * view->step, end))
        judge(finding, REASON_OBJECT_WORD);
    else if (view_unit(view, begin) == '{' && view_before(view, end, 1) == '}')
        judge(finding, REASON_OBJECT_NUMBER);
}

/* A mutex, event, section: all have names of this form. */
static void find_object(struct scan *scan, const struct view *view, size_t separator,
                        const struct root *root, struct finding *finding)
{
    struct path path = { .repeat = separator_length(view, separator) };
    size_t begin = separator + path.repeat * view->step;

    if (strcmp(root->word, "basenamedobjects") == 0)
        begin += view_has(view, begin, "global\\", 7)  ? (6 + path.repeat) * view->step
                 : view_has(view, begin, "local\\", 6) ? (5 + path.repeat) * view->step
                                                      : 0;
    for (path.end = begin; (path.end - begin) / view->step <= OBJECT_NAME_MAX &&
                           is_object_unit(view_unit(view, path.end)) &&
                           !(view_unit(view, path.end) == '&' && is_html_border(view, path.end));)
        path.end += view->step;
    if (separator_length(view, path.end) == path.repeat &&
        !unit_among(view_behind(view, path.end, 1), "\"'"))
        return;
    while (path.end > begin && unit_among(view_before(view, path.end, 1), ".)]"))
        path.end -= view->step;
    if (path.end == begin)
        return;
    judge(finding, root->reason);
    judge_object(finding, view, begin, path.end);
    add_path(scan, view, finding, &path);
}

/* Whether a path can begin at `at` with this root, whose word is at `begin`. Before the long
 * roots of the registry stands what editors call the machine: Computer\HKEY_USERS\... */
static bool may_begin(const struct view *view, const struct root *root, size_t at, size_t begin)
{
    unsigned before = view_before(view, at, 1);

    if (strcmp(root->word, "pipe") == 0 &&
        (at == begin || before == ':' ||
         (before == '?' && view_before(view, at, 2) == '\\'))) /* \\?\pipe\: see find_share */
        return false;
    return is_boundary(before) || (before == '\\' && strncmp(root->word, "hkey_", 5) == 0) ||
           is_behind_quoted(view, at);
}

/* A separator behind a word, or a word and ':'. */
static void find_word(struct scan *scan, const struct view *view, size_t separator)
{
    size_t end = separator, begin, walked = 0;

    end -= view_before(view, end, 1) == ':' ? view->step : 0;
    for (begin = end; walked <= WORD_MAX && is_word_unit(view_before(view, begin, 1)); walked++)
        begin -= view->step;
    const struct root *root = root_of(view, begin, end);
    if (!root) {
        begin = skip_any_quoted(view, begin);
        root = begin < end ? root_of(view, begin, end) : NULL;
    }
    if (!root) {
        find_environment(scan, view, separator);
        return;
    }
    struct finding finding = { .at = begin, .kind = (uint8_t)root->kind };
    if (root->separator)
        finding.at = with_separator(view, begin, separator_length(view, separator));
    if (strcmp(root->word, "basenamedobjects") == 0)
        finding.at = session_begin(view, finding.at, separator_length(view, separator));
    if (!may_begin(view, root, finding.at, begin))
        return;
    if (root->kind == IOC_MUTEX)
        find_object(scan, view, separator, root, &finding);
    else
        find_key_or_file(scan, view, separator, root, &finding);
}

void find_path(struct scan *scan, const struct view *view, size_t at)
{
    unsigned before = view_before(view, at, 1);
    size_t letter = at - 2 * view->step;

    if (before == '\\')
        find_share(scan, view, at);
    else if (before == '%')
        find_variable(scan, view, at);
    else if (before == ':' &&
             (!is_word_unit(view_before(view, letter, 1)) || value_data(view, letter) == letter ||
              is_behind_quoted(view, letter)))
        find_drive(scan, view, at);
    else
        find_word(scan, view, at);
}
