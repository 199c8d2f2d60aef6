/* SPDX-License-Identifier: Apache-2.0 */

/*
 * path: how far a path goes that begins with a root (see roots.c).
 *
 *     root  \  component  \  component  \  name.type
 *
 * Each separator is one backslash; in the source of programs two, in text that
 * was quoted twice four; or one slash, in all of the path. Blanks are part of names and also end
 * paths in text:
 *
 *     C:\Program Files\a.exe -x      a type before the blank: the path ends
 *     C:\Program Files\My Folder\a   a separator behind: it goes on
 *     "C:\Program Files"             enclosed: it goes on to the end
 *     C:\Temp is full                none of these: it ends at the first blank
 *
 * A path ends where another root begins, so that no byte is in many paths. Types
 * of files behind many blanks, which hide them from the user, are seen.
 */

#include <string.h>

#include <fett/text.h>

#include "path.h"

/* A value in UTF-8 is at most three times as long. */
enum { PATH_UNITS_MAX = 1024, TYPE_MAX = 5 };

enum { HIDING_BLANKS_MIN = 3, HIDING_BLANKS_MAX = 255 };

/* The names of registry values have no end mark, and the numbers behind them look
 * like letters: words do not go over from Latin into other scripts. */
enum { UNIT_LATIN_TO = 0x24f };

/* Letters in the Windows code pages for Latin, Cyrillic and Greek. */
enum { BYTE_LETTERS_FROM = 0xc0 };

bool is_boundary(unsigned unit)
{
    return unit < ' ' || unit > '~' || unit_among(unit, " \"'`<>|*?/:,;=([{-@&");
}

size_t separator_length(const struct view *view, size_t at)
{
    size_t length = 0;

    while (length <= SEPARATOR_MAX && view_behind(view, at, length) == '\\')
        length++;
    return length == 1 || length == 2 || length == SEPARATOR_MAX ? length : 0;
}

/* The same of a separator of this path, which may be a slash. */
static size_t path_separator(const struct view *view, size_t at, unsigned separator)
{
    return separator != '/' ? separator_length(view, at)
                            : view_unit(view, at) == '/' && view_behind(view, at, 1) != '/';
}

bool has_type(const struct view *view, size_t begin, size_t end)
{
    size_t at = end, letters = 0;

    while (at > begin && letters <= TYPE_MAX &&
           unit_is(view_before(view, at, 1), CHARACTER_ALNUM)) {
        at -= view->step;
        letters++;
    }
    return letters > 0 && letters <= TYPE_MAX && at > begin + view->step &&
           view_before(view, at, 1) == '.' &&
           (unit_is(view_unit(view, at), CHARACTER_LETTER) ||
            unit_is(view_before(view, end, 1), CHARACTER_LETTER));
}

size_t hidden_type(const struct view *view, size_t at)
{
    size_t blanks = 0;

    while (blanks <= HIDING_BLANKS_MAX && view_behind(view, at, blanks) == ' ')
        blanks++;
    if (blanks < HIDING_BLANKS_MIN || blanks > HIDING_BLANKS_MAX ||
        view_behind(view, at, blanks) != '.' ||
        !unit_is(view_behind(view, at, blanks + 1), CHARACTER_LETTER))
        return at;
    return at + blanks * view->step;
}

/* Quotation marks, dashes, blanks and arrows beyond ASCII, and what ends sentences in Chinese:
 * names may have them, but seldom at an end. */
static bool is_sign(uint32_t code_point)
{
    return code_point == 0xa0 || code_point == 0xab || code_point == 0xbb ||
           (code_point >= 0x2000 && code_point <= 0x206f) ||
           (code_point >= 0x2190 && code_point <= 0x21ff) ||
           (code_point >= 0x3000 && code_point <= 0x3002) || code_point == 0xfeff ||
           code_point == 0xff0c || code_point == 0xff1a || code_point == 0xff1b;
}

size_t sign_at(const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at);
    size_t used = 1;

    if (unit < 0x80 || unit == UNIT_NONE)
        return 0;
    if (view->step == 1)
        unit = text_code_point((const char *)view->data + at, view->size - at, &used);
    return (view->step == 2 || used > 1) && is_sign(unit) ? used : 0;
}

/* Units of such a sign that ends before `end`, behind `begin`; 0 for none. */
static size_t sign_before(const struct view *view, size_t begin, size_t end)
{
    for (size_t units = 1; units <= 3 && end - begin >= units * view->step; units++)
        if (sign_at(view, end - units * view->step) == units)
            return units;
    return 0;
}

/* Whether an apostrophe or dash is at `at` with more of the name behind it, as word processors
 * write: John\u2019s \u2013 1.doc */
static bool is_within_name(const struct view *view, size_t at)
{
    unsigned unit = view_unit(view, at), behind = view_behind(view, at, 1);

    return (unit == 0x2013 || unit == 0x2014 || unit == 0x2019) &&
           (unit_is(behind, CHARACTER_ALNUM) || behind == ' ');
}

/* Units of the character at `at` if names can have it, else 0; *foreign is set if
 * it is a letter of a code page. */
static size_t name_character(const struct view *view, size_t at, bool *foreign)
{
    unsigned unit = view_unit(view, at), before = view_before(view, at, 1);
    size_t used;

    if (unit < 0x80)
        return unit_is(unit, CHARACTER_PATH);
    if (unit == UNIT_NONE)
        return 0;
    if (view->step == 2)
        return unit >= UNIT_LETTERS_FROM &&
               (unit <= (unit_is(before, CHARACTER_ALNUM) ? UNIT_LATIN_TO : UNIT_LETTERS_TO) ||
                is_within_name(view, at));
    text_code_point((const char *)view->data + at, view->size - at, &used);
    if (used > 1)
        return used;
    if (unit < BYTE_LETTERS_FROM || !(before == '\\' || before == ' ' ||
                                      before >= BYTE_LETTERS_FROM ||
                                      unit_is(before, CHARACTER_ALNUM)))
        return 0;
    *foreign = true;
    return 1;
}

struct walk {
    const struct view *view;
    struct path *path;
    unsigned separator; /* a backslash or a slash */
    size_t at;
    size_t part;  /* where the component begins */
    size_t blank; /* its first one; 0 for none */
};

/* Each of these goes on by a separator, a blank or a character; false: the path
 * ends here. */

static bool walk_separator(struct walk *walk)
{
    const struct view *view = walk->view;
    unsigned before = view_before(view, walk->at, 1);
    size_t next = walk->at + walk->path->repeat * view->step;
    bool foreign;

    if (path_separator(view, walk->at, walk->separator) != walk->path->repeat ||
        view_unit(view, next) == ' ' || name_character(view, next, &foreign) == 0)
        return false;
    if (walk->path->components > 0 && is_boundary(before) &&
        (before < 0x80 || begins_root(view, next)))
        return false;
    if (walk->path->components++ == 1)
        walk->path->first_end = walk->at;
    walk->at = walk->part = next;
    walk->blank = 0;
    return true;
}

static bool walk_blank(struct walk *walk)
{
    const struct view *view = walk->view;

    if (has_type(view, walk->part, walk->at)) {
        size_t dot = hidden_type(view, walk->at);
        walk->path->hidden_type |= dot > walk->at;
        if (dot == walk->at)
            return false;
        walk->at = dot;
        return true;
    }
    if (view_behind(view, walk->at, 1) == ' ')
        return false;
    if (!walk->blank)
        walk->blank = walk->at;
    walk->at += view->step;
    return true;
}

static bool walk_character(struct walk *walk)
{
    const struct view *view = walk->view;
    unsigned unit = view_unit(view, walk->at);
    size_t units = name_character(view, walk->at, &walk->path->foreign);

    if (units == 0 || (unit == '&' && is_html_border(view, walk->at)) ||
        (is_boundary(view_before(view, walk->at, 1)) && begins_root(view, walk->at)))
        return false;
    if ((unit >= 0x80 || unit_among(unit, ",;')]}")) && has_type(view, walk->part, walk->at))
        return false;
    walk->at += units * view->step;
    return true;
}

/* Whether the words of a line are those of a name, as in C:\My Documents\Old Letters: each
 * begins with a capital letter or a digit. */
static bool is_title(const struct view *view, size_t begin, size_t end)
{
    for (size_t at = begin; at < end; at += view->step) {
        unsigned next = view_behind(view, at, 1);
        if (view_unit(view, at) == ' ' &&
            (!unit_is(next, CHARACTER_ALNUM) || (next >= 'a' && next <= 'z')))
            return false;
    }
    return true;
}

/* Is what stands in [begin, end) marked off as a whole? */
static bool is_enclosed(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1), behind = view_unit(view, end);

    if (behind == '\\' || behind == '/')
        return view_before(view, end, 1) != ' ';
    if (behind == 0 || behind == UNIT_NONE)
        return before < ' ' || before > '~' || value_data(view, begin) == begin;
    if (before == '[' && view_before(view, end, 1) == ']') /* a key in a .reg file */
        return true;
    if (behind == '\r' || behind == '\n')
        return before == '=' || ((before == '\r' || before == '\n') && is_title(view, begin, end));
    return (behind == before && unit_among(behind, "\"'|")) || (before == '<' && behind == '>');
}

/* Leave out what ends sentences and closes what was not opened. */
static size_t trim(const struct view *view, size_t part, size_t end)
{
    enum { TRIMMED_MAX = 4 };

    for (int i = 0; i < TRIMMED_MAX && end > part; i++) {
        unsigned last = view_before(view, end, 1);
        size_t sign = last < 0x80 ? 0 : sign_before(view, part, end);
        unsigned opening = last == ')' ? '(' : last == ']' ? '[' : last == '}' ? '{' : 0;
        size_t at = part;
        while (opening && at < end && view_unit(view, at) != opening)
            at += view->step;
        if (opening ? at < end : sign == 0 && !unit_among(last, " .,;'`-=&"))
            break;
        end -= (sign > 0 ? sign : 1) * view->step;
    }
    return end;
}

bool path_walk(const struct view *view, size_t begin, size_t at, struct path *path)
{
    struct walk walk = { .view = view, .path = path, .at = at, .part = at,
                         .separator = view_unit(view, at) == '/' ? '/' : '\\' };
    bool more = true;

    *path = (struct path){ .repeat = path_separator(view, at, walk.separator) };
    while (more && (walk.at - begin) / view->step < PATH_UNITS_MAX) {
        unsigned unit = view_unit(view, walk.at);
        more = unit == walk.separator ? walk_separator(&walk)
               : unit == ' '          ? walk_blank(&walk)
                                      : walk_character(&walk);
    }
    path->cut = more;
    if (path->repeat == 0 || path->components == 0)
        return false;
    path->typed = has_type(view, walk.part, walk.at);
    if (walk.blank && !path->typed && !is_enclosed(view, begin, walk.at))
        walk.at = walk.blank;
    path->end = trim(view, walk.part, walk.at);
    path->typed = has_type(view, walk.part, path->end);
    if (path->end == walk.part && --path->components > 0)
        path->end -= path->repeat * view->step;
    if (path->components == 1)
        path->first_end = path->end;
    return path->components > 0;
}

void write_utf8(const struct view *view, size_t begin, size_t end, struct buffer *value)
{
    if (view->step == 1)
        buffer_add(value, view->data + begin, end - begin);
    else if (view->encoding == IOC_UTF16BE)
        text_add_utf16be(value, view->data + begin, (end - begin) / 2);
    else
        text_add_utf16le(value, view->data + begin, (end - begin) / 2);
}

void write_path(const struct view *view, const struct finding *finding, struct buffer *value)
{
    size_t end = finding->at + finding->length;

    for (size_t at = finding->at, stop; at < end; at = stop) {
        for (stop = at; stop < end && view_unit(view, stop) != '\\';)
            stop += view->step;
        write_utf8(view, at, stop, value);
        for (unsigned i = 0; stop < end && view_unit(view, stop) == '\\'; i++) {
            if (i % finding->repeat == 0)
                buffer_add_byte(value, '\\');
            stop += view->step;
        }
    }
}
