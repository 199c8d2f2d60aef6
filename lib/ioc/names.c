/* SPDX-License-Identifier: Apache-2.0 */

/*
 * names: names of programs that stand alone, and of the symbol files that
 * compilers leave in programs. Both are found by the dot before their type.
 *
 *     soundv.exe    OFFER2001.ZIP             .EXE    invoice.pdf.scr
 *
 * In text a name begins behind a blank; in an entry of a folder, whose edges are marked (ioc.h), it
 * is all of it.
 *
 *     "RSDS" | GUID, 16 bytes | age, 4 | C:\src\bot\Release\bot.pdb | NUL
 *     "NB10" | offset, 4 | time, 4 | age, 4 | C:\src\bot.pdb | NUL
 */

#include <string.h>

#include <fett/text.h>

#include "path.h"

enum { NAME_UNITS_MAX = 255, PDB_UNITS_MAX = 1024, TYPE_LENGTH_MAX = 4 };

/* What Windows runs, or unpacks to what it runs. */
static const char program_types[][TYPE_LENGTH_MAX + 1] = {
    "exe", "dll", "sys", "scr", "pif", "com", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf",
    "wsh", "hta", "ps1", "psm1", "lnk", "cpl", "ocx", "drv", "jar", "msi", "msp", "mst", "zip",
    "rar", "7z", "cab", "ace", "arj", "iso", "img", "vxd", "386", "reg", "inf", "chm", "hlp",
    "shs", "url", "xll", "vhd", "vhdx", "sct", "wsc", "scf", "psc1", "psd1", "mof", "sdb", "appx",
    "msix", "jnlp", "apk", "dex", "elf", "docm", "dotm", "xlsm", "xltm", "xlam",
    "pptm", "potm", "ppam", "ppsm", "sldm", "sh", "py", "pyc", "pl", "rb", "lua", "php", "asp",
    "aspx", "ashx", "asmx", "jsp", "jspx", "cgi", "war", "gz", "tgz", "bz2", "xz", "tar", "bin",
    "swf", "crx", "xpi", "so", "deb", "rpm", "dmg",
};

/* What users open without fear. */
static const char harmless_types[][TYPE_LENGTH_MAX + 1] = {
    "txt", "doc", "docx", "rtf", "pdf", "xls", "xlsx", "ppt", "pptx", "jpg", "jpeg", "gif", "png",
    "bmp", "htm", "html", "zip", "rar", "mp3", "mp4", "avi", "mpg", "mpeg", "wav", "csv", "xml",
    "eml", "msg",
};

static bool is_listed(const char (*list)[TYPE_LENGTH_MAX + 1], size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (list[i][0] == type[0] && strcmp(list[i], type) == 0)
            return true;
    return false;
}

#define IS_LISTED(list, type) is_listed(list, sizeof list / sizeof *list, type)

/* The type behind `dot` in lower case; its length, 0 for none that is so short. */
static size_t read_type(const struct view *view, size_t dot, char type[TYPE_LENGTH_MAX + 2])
{
    size_t length = 0;

    while (length <= TYPE_LENGTH_MAX &&
           unit_is(view_behind(view, dot, length + 1), CHARACTER_ALNUM)) {
        type[length] = (char)unit_lower(view_behind(view, dot, length + 1));
        length++;
    }
    type[length] = '\0';
    return length <= TYPE_LENGTH_MAX ? length : 0;
}

/* Is the type written in small and capital letters? */
static bool is_mixed(const struct view *view, size_t dot, size_t length)
{
    bool upper = false, lower = false;

    for (size_t i = 1; i <= length; i++) {
        unsigned unit = view_behind(view, dot, i);
        upper |= unit >= 'A' && unit <= 'Z';
        lower |= unit >= 'a' && unit <= 'z';
    }
    return upper && lower;
}

/* Units of the letter beyond ASCII that ends before `at`; 0 for none. */
static size_t letter_length(const struct view *view, size_t at)
{
    unsigned unit = view_before(view, at, 1);
    size_t used;

    if (unit < 0x80 || unit == UNIT_NONE || is_name_head(view, unit))
        return 0;
    if (view->step == 2)
        return unit >= UNIT_LETTERS_FROM && unit <= UNIT_LETTERS_TO;
    for (size_t length = 2; length <= UTF8_LENGTH_MAX && length <= at; length++) {
        text_code_point((const char *)view->data + at - length, length, &used);
        if (used == length)
            return length;
    }
    return 0;
}

/* The beginning of the name that ends before `end`: no blanks, and no bracket
 * that is not closed in it. */
static size_t name_begin(const struct view *view, size_t end)
{
    size_t begin = end, open = 0;

    while ((end - begin) / view->step < NAME_UNITS_MAX) {
        unsigned unit = view_before(view, begin, 1);
        size_t units = unit < 0x80 ? unit_is(unit, CHARACTER_NAME) : letter_length(view, begin);
        bool closing = unit == ')' || unit == ']' || unit == '}';
        bool opening = unit == '(' || unit == '[' || unit == '{';
        if (units == 0 || (opening && open == 0))
            break;
        open += closing;
        open -= opening;
        begin -= units * view->step;
    }
    for (size_t units = 1; begin < end && units > 0; begin += units * view->step)
        units = unit_among(view_unit(view, begin), "-.+%@&#!^)]") ? 1 : sign_at(view, begin);
    return begin;
}

/* Whether an entry of a folder has [begin, end) for its name, by what is marked before it, or on
 * both sides. */
static bool is_entry(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1);
    size_t letters = (end - begin) / view->step;

    if (before == UNIT_EDGE)
        return view_unit(view, end) == UNIT_EDGE;
    return is_name_head(view, before) &&
           (before & 0xff) == (letters < NAME_LETTERS_MANY ? letters : NAME_LETTERS_MANY);
}

/* Where the name of an entry begins that goes on before the blank at `begin`, and ends at `end`;
 * `begin` if there is none. */
static size_t entry_begin(const struct view *view, size_t begin, size_t end)
{
    size_t at = begin;

    while (view->step == 2 && (end - at) / view->step < NAME_UNITS_MAX) {
        unsigned unit = view_before(view, at, 1);
        size_t units = unit < 0x80 ? unit_is(unit, CHARACTER_PATH) : letter_length(view, at);
        if (units == 0)
            return is_entry(view, at, end) ? at : begin;
        at -= units * view->step;
    }
    return is_entry(view, at, end) ? at : begin;
}

/* Whether the path with slashes that the name at `begin` ends is a URL, or begins with a drive or
 * a variable: these are kinds of their own; those of Unix and of archives are not. */
static bool is_in_rooted(const struct view *view, size_t begin)
{
    for (size_t walked = 0; walked < NAME_UNITS_MAX; walked++, begin -= view->step) {
        unsigned before = view_before(view, begin, 1);
        if ((before == ':' || before == '%' || before == '}') && view_unit(view, begin) == '/')
            return true;
        if (!unit_is(before, CHARACTER_URL))
            return false;
    }
    return true;
}

/* Does the name that begins at `begin` belong to a path, perhaps one with blanks? */
static bool is_in_path(const struct view *view, size_t begin)
{
    for (size_t walked = 0; walked < NAME_UNITS_MAX; walked++, begin -= view->step) {
        unsigned before = view_before(view, begin, 1);
        if (before == '\\' || (before == '/' && (walked > 0 || is_in_rooted(view, begin))))
            return true;
        if (before == '/')
            return false;
        if (walked == 0 ? before != ' ' : !unit_is(before, CHARACTER_PATH))
            return false;
        if (before == ' ' && has_type(view, 0, begin - view->step))
            return false;
    }
    return false;
}

/* The name has `units` before the dot. */
static void judge_type(struct finding *finding, const struct view *view, size_t dot,
                       const char *type, size_t units)
{
    enum { SHORT_NAME = 4 };
    size_t length = strlen(type);

    judge(finding, REASON_PROGRAM_TYPE);
    if (length == 2 && units < SHORT_NAME)
        judge(finding, REASON_SHORT_TYPE);
    if (is_mixed(view, dot, length))
        judge(finding, REASON_MIXED_CASE);
    if (strcmp(type, "com") == 0)
        judge(finding, REASON_COM_TYPE);
}

/* The type before the last one, as .pdf in .pdf.exe */
static bool has_harmless_type(const struct view *view, size_t begin, size_t end)
{
    char type[TYPE_LENGTH_MAX + 2];
    size_t dot = end;

    if (!has_type(view, begin, end))
        return false;
    do
        dot -= view->step;
    while (view_unit(view, dot) != '.');
    read_type(view, dot, type);
    return IS_LISTED(harmless_types, type);
}

/* The end of what stands before the blanks that hide the type at `dot`; `dot`
 * itself if there are none. */
static size_t before_blanks(const struct view *view, size_t dot)
{
    size_t end = dot;

    while ((dot - end) / view->step < NAME_UNITS_MAX && view_before(view, end, 1) == ' ')
        end -= view->step;
    return hidden_type(view, end) == dot ? end : dot;
}

/* Where the name begins behind what is quoted or coloured before it; a line end is not told here:
 * names of programs begin with its letter, as \notepad.exe. */
static size_t skip_coded(const struct view *view, size_t begin)
{
    bool letter = view_before(view, begin, 1) == '\\' && unit_among(view_unit(view, begin), "nrt");

    return letter ? begin : skip_quoted(view, begin);
}

void find_filename(struct scan *scan, const struct view *view, size_t dot)
{
    char type[TYPE_LENGTH_MAX + 2];
    size_t length = read_type(view, dot, type), end = dot + (length + 1) * view->step;
    unsigned behind = view_unit(view, end);

    if (length == 0 || !IS_LISTED(program_types, type) || behind == '_' ||
        hidden_type(view, end) != end ||
        (behind == '.' && unit_is(view_behind(view, end, 1), CHARACTER_ALNUM)))
        return;
    size_t stem = before_blanks(view, dot), begin = entry_begin(view, name_begin(view, stem), end);
    begin = skip_value_name(view, skip_coded(view, begin), stem);
    bool two_types = has_harmless_type(view, begin, stem);
    if (begin >= stem || (stem < dot && !two_types) || is_in_path(view, begin))
        return;
    struct finding finding = { .at = begin,
                               .length = end - begin,
                               .kind = IOC_FILENAME,
                               .encoding = view->encoding,
                               .repeat = 1 };
    judge_type(&finding, view, dot, type, (stem - begin) / view->step);
    if (stem < dot)
        judge(&finding, REASON_HIDDEN_TYPE);
    if (two_types)
        judge(&finding, REASON_TWO_TYPES);
    if (stem - begin <= view->step && length < 3)
        judge(&finding, REASON_SHORT_FILE);
    judge_before(&finding, view);
    add_finding(scan, &finding);
}

/* Characters of a path and what stands between its parts. */
static size_t path_unit_before(const struct view *view, size_t at)
{
    unsigned unit = view_before(view, at, 1);

    if (unit < 0x80)
        return unit_is(unit, CHARACTER_PATH) || unit == '\\' || unit == '/' || unit == ':';
    return letter_length(view, at);
}

/* Does a path with a drive or host begin at `at`? */
static bool is_root(const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at), next = view_behind(view, at, 1);
    unsigned third = view_behind(view, at, 2), before = view_before(view, at, 1);

    if (!is_boundary(before) && !is_behind_quoted(view, at))
        return false;
    return (unit_is(unit, CHARACTER_LETTER) && next == ':' && (third == '\\' || third == '/')) ||
           (unit == '\\' && next == '\\' && unit_is(third, CHARACTER_ALNUM) && before != ':');
}

/* The record of the linker before the path at `begin`, which is in 8-bit text. */
static bool is_debug_record(const struct view *view, size_t begin)
{
    enum { RSDS_SIZE = 24, NB10_SIZE = 16 };
    const uint8_t *at = view->data + begin;

    return view->step == 1 && ((begin >= RSDS_SIZE && memcmp(at - RSDS_SIZE, "RSDS", 4) == 0) ||
                               (begin >= NB10_SIZE && memcmp(at - NB10_SIZE, "NB10", 4) == 0));
}

/* Where the path begins that ends before `end`, in text from `first` on: at the
 * last root; else behind the last of what may be no text, and if no end mark is
 * before the text, behind its last blank. */
static size_t pdb_begin(const struct view *view, size_t first, size_t end)
{
    size_t begin = first;
    bool rooted = false;
    unsigned before = view_before(view, first, 1);
    bool marked = before == 0 || before == '"' || before == UNIT_NONE;

    for (size_t at = first; at < end; at += view->step) {
        bool root = is_root(view, at);
        rooted |= root;
        if (root)
            begin = at;
        else if (!rooted && (view_unit(view, at) > '~' ||
                             (!marked && view_unit(view, at) == ' ')))
            begin = at + view->step;
    }
    return begin;
}

static void judge_pdb(struct finding *finding, const struct view *view, size_t dot)
{
    bool folder = false;

    for (size_t at = finding->at; at < dot; at += view->step) {
        unsigned unit = view_unit(view, at);
        bool separator = at > finding->at && view_before(view, at, 1) != '\\' &&
                         separator_length(view, at) > 0;
        if (separator && finding->repeat == 0)
            finding->repeat = (uint8_t)separator_length(view, at);
        folder |= separator || unit == '/';
    }
    finding->repeat += finding->repeat == 0;
    judge(finding, REASON_SYMBOL_TYPE);
    if (folder)
        judge(finding, REASON_SOURCE_FOLDER);
    if (is_debug_record(view, finding->at))
        judge(finding, REASON_LINKER_RECORD);
    judge_before(finding, view);
}

/* Whether what may be of a name ends one of this type at `at`: a blank, a mark, the end of a
 * sentence. */
static bool ends_pdb(const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at), behind = view_behind(view, at, 1);

    if (unit == '.')
        return !unit_is(behind, CHARACTER_ALNUM);
    return unit_among(unit, " ,;)]}'`!") || (unit == '\\' && unit_among(behind, "\"'")) ||
           (unit == '&' && is_html_border(view, at));
}

/* Whether another one ends before the mark that ends at `at`. */
static bool is_behind_pdb(const struct view *view, size_t at)
{
    static const char type[] = "bdp.";

    if (at < view->step || !ends_pdb(view, at - view->step))
        return false;
    for (size_t i = 0; type[i]; i++)
        if (unit_lower(view_before(view, at, i + 2)) != (unsigned char)type[i])
            return false;
    return true;
}

void find_pdb(struct scan *scan, const struct view *view, size_t dot)
{
    char type[TYPE_LENGTH_MAX + 2];
    size_t length = read_type(view, dot, type), end = dot + (length + 1) * view->step;
    unsigned behind = view_unit(view, end);
    size_t begin = dot, units;

    /* What is behind can be no part of a path, so that no byte is in two of them. */
    if (strcmp(type, "pdb") != 0 || !unit_is(view_before(view, dot, 1), CHARACTER_NAME) ||
        (behind < 0x80 && path_unit_before(view, end + view->step) > 0 && !ends_pdb(view, end)))
        return;
    while ((dot - begin) / view->step < PDB_UNITS_MAX && !is_behind_pdb(view, begin) &&
           (units = path_unit_before(view, begin)) > 0)
        begin -= units * view->step;
    struct finding finding = { .at = pdb_begin(view, begin, dot),
                               .kind = IOC_PDB,
                               .encoding = view->encoding };
    finding.length = end - finding.at;
    judge_pdb(&finding, view, dot);
    if ((dot - begin) / view->step >= PDB_UNITS_MAX)
        judge(&finding, REASON_TOO_LONG);
    add_finding(scan, &finding);
}
