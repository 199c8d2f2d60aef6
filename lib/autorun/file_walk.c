/* SPDX-License-Identifier: Apache-2.0 */

/* The walk over INI files, autorun.inf, scripts.ini and the batch files of DOS. See
 * autorun_files.h. */

#include <stdio.h>

#include <fett/autorun_files.h>
#include <fett/ini.h>
#include <fett/text.h>

#include "file_walk.h"
#include "walk.h"

struct text_walk {
    const char *file;
    const struct autorun_known *known;
    autorun_visit visit;
    void *context;
    struct buffer text;
    /* scripts.ini: a script waits for its parameters, which stand in the next line. */
    struct buffer section, name;
    bool waits;
};

static bool same(const char *text, size_t length, const char *other)
{
    return text_compare_nocase(text, length, other, strlen(other)) == 0;
}

static struct autorun autorun_of(const struct text_walk *walk, const struct autorun_line *row)
{
    unsigned version = walk->known ? facts_version(walk->known->machine) : 0;
    bool unread = row->only_9x && version != 0 && version != AUTORUN_9X;
    size_t length = strlen(buffer_text(&walk->text));
    bool more = length < walk->text.length; /* behind a NUL */

    return (struct autorun){ .enabled = length > 0 && !unread,
                             .more = more,
                             .data = more ? buffer_text(&walk->text) : NULL,
                             .data_length = more ? walk->text.length : 0,
                             .location = row->id,
                             .category = row->category,
                             .technique = row->technique,
                             .defaults = row->defaults,
                             .text = buffer_text(&walk->text),
                             .beside = row->beside ? "" : NULL,
                             .list = row->list };
}

static int emit(struct text_walk *walk, const struct autorun_line *row, const char *section,
                const char *name, size_t name_length)
{
    struct autorun autorun = autorun_of(walk, row);

    autorun.key = section;
    autorun.name = name;
    autorun.name_length = name_length;
    return walk->visit(walk->context, &autorun);
}

/* The row that asks for a line; of files that are no INI file the one they have. */
static const struct autorun_line *row_of(const struct text_walk *walk, const struct ini_line *line)
{
    const struct autorun_line *row;

    for (size_t i = 0; (row = autorun_line(i)) != NULL; i++)
        if (text_equal_nocase(row->file, walk->file) &&
            (!line || !row->section ||
             (text_glob(row->section, line->section, strlen(line->section)) &&
              text_glob(row->key, line->key, line->key_length))))
            return row;
    return NULL;
}

static int visit_ini(void *context, const struct ini_line *line)
{
    struct text_walk *walk = context;
    const struct autorun_line *row = row_of(walk, line);

    if (!row)
        return 0;
    buffer_clear(&walk->text);
    buffer_add(&walk->text, line->value, line->value_length);
    return emit(walk, row, line->section, line->key, line->key_length);
}

/* --- scripts.ini: "0CmdLine=x.bat", "0Parameters=-a" in [Startup], [Logon] ... --- */

static int emit_script(struct text_walk *walk)
{
    const struct ini_line line = { .section = buffer_text(&walk->section),
                                   .key = buffer_text(&walk->name),
                                   .key_length = walk->name.length };
    const struct autorun_line *row = row_of(walk, &line);

    if (!walk->waits || !row)
        return 0;
    walk->waits = false;
    struct autorun autorun = autorun_of(walk, row);
    autorun.key = line.section;
    autorun.name = line.key;
    autorun.name_length = line.key_length;
    autorun.beside = line.section; /* scripts lie in a folder that has its name */
    return walk->visit(walk->context, &autorun);
}

/* Bytes of the number at the start of a key. */
static size_t number_length(const char *key, size_t length)
{
    size_t digits = 0;

    while (digits < length && key[digits] >= '0' && key[digits] <= '9')
        digits++;
    return digits;
}

static int visit_script(void *context, const struct ini_line *line)
{
    static const char cmdline[] = "CmdLine", parameters[] = "Parameters";
    struct text_walk *walk = context;
    size_t digits = number_length(line->key, line->key_length);
    const char *word = line->key + digits;
    size_t word_length = line->key_length - digits;

    if (digits == 0)
        return 0;
    if (walk->waits && same(word, word_length, parameters) &&
        text_equal_nocase(buffer_text(&walk->section), line->section) &&
        digits == number_length(buffer_text(&walk->name), walk->name.length) &&
        memcmp(buffer_text(&walk->name), line->key, digits) == 0) {
        if (line->value_length > 0)
            buffer_add_byte(&walk->text, ' ');
        buffer_add(&walk->text, line->value, line->value_length);
        return emit_script(walk);
    }
    int result = emit_script(walk);
    if (result != 0 || !same(word, word_length, cmdline))
        return result;
    buffer_clear(&walk->section);
    buffer_add_text(&walk->section, line->section);
    buffer_clear(&walk->name);
    buffer_add(&walk->name, line->key, line->key_length);
    buffer_clear(&walk->text);
    buffer_add(&walk->text, line->value, line->value_length);
    walk->waits = true;
    return 0;
}

/* --- batch files --- */

static const char blanks[] = " \t\r,;=\x1a";

/* NUL is one too. */
static void skip_blanks(const char **text, size_t *length)
{
    while (*length > 0 && strchr(blanks, **text)) {
        (*text)++;
        (*length)--;
    }
}

/* The next word, in quotes or not. */
static size_t word_length(const char *text, size_t length)
{
    size_t at = 0;
    bool quoted = false;

    while (at < length && (quoted || !strchr(blanks, text[at])))
        quoted ^= text[at++] == '"';
    return at;
}

static bool take_word(const char **text, size_t *length, const char *word)
{
    size_t found = word_length(*text, *length);

    if (!same(*text, found, word))
        return false;
    *text += found;
    *length -= found;
    skip_blanks(text, length);
    return true;
}

static void drop_word(const char **text, size_t *length)
{
    size_t found = word_length(*text, *length);

    *text += found;
    *length -= found;
    skip_blanks(text, length);
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* An option, which may have commas in it: "/L:1,2". */
static void drop_option(const char **text, size_t *length)
{
    while (*length > 0 && **text != ' ' && **text != '\t') {
        (*text)++;
        (*length)--;
    }
    skip_blanks(text, length);
}

/* What COMMAND.COM does itself: "echo.", "cd..", "D:" too, but not "path.exe". */
static bool is_internal(const char *text, size_t length)
{
    static const char *const commands[] = {
        "rem", "set", "echo", "path", "prompt", "cls", "pause", "goto", "shift", "cd", "chdir",
        "md", "mkdir", "rd", "rmdir", "del", "erase", "copy", "ren", "rename", "type", "dir",
        "date", "time", "ver", "vol", "verify", "break", "exit", "ctty", "lock", "unlock",
        "truename", "setlocal", "endlocal", "title", "color", "pushd", "popd",
    };
    size_t size = 0;

    while (size < length && is_letter(text[size]))
        size++;
    if (size == 1 && length == 2 && text[1] == ':')
        return true;
    if (size < length && !strchr(blanks, text[size]) && !strchr("./\\:+", text[size]))
        return false;
    if (size + 1 < length && text[size] == '.' && is_letter(text[size + 1]) &&
        !same(text, size, "echo"))
        return false;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (same(text, size, commands[i]))
            return true;
    return false;
}

/* The command behind "if [not] exist x", "if [not] a==b", "if [not] errorlevel 1",
 * "for %%x in (...) do", "call", "lh", "start", "@". */
static void take_prefixes(const char **text, size_t *length)
{
    for (;;) {
        while (*length > 0 && **text == '@') {
            (*text)++;
            (*length)--;
        }
        skip_blanks(text, length);
        if (take_word(text, length, "if")) {
            take_word(text, length, "not");
            if (take_word(text, length, "exist") || take_word(text, length, "errorlevel")) {
                drop_word(text, length);
                continue;
            }
            drop_word(text, length); /* `=` is a blank */
            drop_word(text, length);
        } else if (take_word(text, length, "for")) {
            while (*length > 0 && !take_word(text, length, "do"))
                drop_word(text, length);
        } else if (take_word(text, length, "call") || take_word(text, length, "lh") ||
                   take_word(text, length, "loadhigh")) {
            while (*length > 1 && **text == '/')
                drop_option(text, length);
        } else if (take_word(text, length, "start")) {
            while (*length > 1 && **text == '/')
                drop_option(text, length);
            if (*length > 1 && **text == '"' && word_length(*text, *length) < *length)
                drop_word(text, length); /* the title */
        } else {
            return;
        }
    }
}

static int visit_batch_line(struct text_walk *walk, const struct autorun_line *row,
                            const char *line, size_t length, const char *name)
{
    while (length > 0 && strchr(blanks, line[length - 1]))
        length--;
    skip_blanks(&line, &length);
    const char *whole = line;
    size_t whole_length = length;
    take_prefixes(&line, &length);
    if (length == 0 || *line == ':' || is_internal(line, length))
        return 0;
    buffer_clear(&walk->text);
    buffer_add(&walk->text, line, length);
    buffer_clear(&walk->section); /* the line as it stands */
    buffer_add(&walk->section, whole, whole_length);
    struct autorun autorun = autorun_of(walk, row);
    autorun.name = name;
    autorun.name_length = strlen(name);
    autorun.data = buffer_text(&walk->section);
    autorun.data_length = 0;
    return walk->visit(walk->context, &autorun);
}

/* --- CONFIG.SYS: "device=x.sys", "devicehigh /l:1 = x", "install?=x" --- */

static int visit_config_line(struct text_walk *walk, const struct autorun_line *row,
                             const char *line, size_t length)
{
    static const char *const keys[] = { "device", "devicehigh", "install", "installhigh", "shell" };
    size_t size = 0;
    bool known = false;

    skip_blanks(&line, &length);
    while (length > 0 && strchr(blanks, line[length - 1]))
        length--;
    while (size < length && is_letter(line[size]))
        size++;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        known |= same(line, size, keys[i]);
    if (!known || size == length)
        return 0;
    const char *name = line;
    line += size;
    length -= size;
    if (*line != '?' && !strchr(blanks, *line))
        return 0;
    skip_blanks(&line, &length);
    if (length > 0 && *line == '?') { /* it is asked for */
        line++;
        length--;
        skip_blanks(&line, &length);
    }
    const char *equals = length > 0 && *line == '/' ? memchr(line, '=', length) : NULL;
    if (equals) { /* behind "/l:1,2" */
        length -= (size_t)(equals - line);
        line = equals;
        skip_blanks(&line, &length);
    }
    buffer_clear(&walk->text);
    buffer_add(&walk->text, line, length);
    return emit(walk, row, NULL, name, size);
}

/* --- hosts: "address name ...", # begins a comment --- */

/* Whether a line gives this machine its own names only. */
static bool is_own_name(const char *line, size_t length)
{
    static const char own[] = "127.0.0.1|::1|fe80::1%lo0";
    static const char names[] = "localhost|localhost.localdomain|loopback|ip6-localhost";
    size_t size = word_length(line, length);

    if (!autorun_matches(own, line, size))
        return false;
    for (drop_word(&line, &length); length > 0; drop_word(&line, &length)) {
        size = word_length(line, length);
        if (size == 0 || !autorun_matches(names, line, size))
            return false;
    }
    return true;
}

static int visit_host_line(struct text_walk *walk, const struct autorun_line *row, const char *line,
                           size_t length)
{
    const char *comment = memchr(line, '#', length);

    if (comment)
        length = (size_t)(comment - line);
    skip_blanks(&line, &length);
    while (length > 0 && strchr(blanks, line[length - 1]))
        length--;
    if (length == 0 || is_own_name(line, length))
        return 0;
    buffer_clear(&walk->text);
    buffer_add(&walk->text, line, length);
    const char *name = line;
    size_t name_length = length;
    drop_word(&name, &name_length);
    struct autorun autorun = autorun_of(walk, row);
    autorun.name = name;
    autorun.name_length = word_length(name, name_length);
    autorun.says[AUTORUN_SAYS_ROW] = "the hosts file answers for this name";
    return walk->visit(walk->context, &autorun);
}

/* Each line of a text that is no INI file. */
static int walk_lines(struct text_walk *walk, enum autorun_file_kind kind, const struct buffer *all)
{
    const struct autorun_line *row = row_of(walk, NULL);
    size_t number = 0;
    int result = 0;

    for (size_t at = 0, end; row && at < all->length && result == 0; at = end + 1) {
        const char *newline = memchr(all->data + at, '\n', all->length - at);
        char name[32];
        end = newline ? (size_t)(newline - all->data) : all->length;
        snprintf(name, sizeof name, "line %zu", ++number);
        result = kind == AUTORUN_BATCH
                     ? visit_batch_line(walk, row, all->data + at, end - at, name)
                 : kind == AUTORUN_HOSTS
                     ? visit_host_line(walk, row, all->data + at, end - at)
                     : visit_config_line(walk, row, all->data + at, end - at);
    }
    return result;
}

static int walk_text(const struct autorun_file *file, const char *name, const uint8_t *data,
                     size_t size, unsigned code_page, const struct autorun_known *known,
                     autorun_visit visit, void *context, struct error *error)
{
    struct text_walk walk = { .file = name, .known = known, .visit = visit, .context = context };
    struct buffer all = BUFFER_INIT;
    int result;

    if (file->kind == AUTORUN_INI) {
        result = ini_walk(data, size, code_page, visit_ini, &walk, error);
    } else if (file->kind == AUTORUN_SCRIPTS) {
        result = ini_walk(data, size, code_page, visit_script, &walk, error);
        if (result == 0)
            result = emit_script(&walk);
    } else {
        text_add_file(&all, code_page, data, size);
        result = walk_lines(&walk, file->kind, &all);
    }
    if (result == 0 && (all.failed || walk.text.failed || walk.section.failed || walk.name.failed))
        result = error_set_memory(error);
    buffer_release(&all);
    buffer_release(&walk.text);
    buffer_release(&walk.section);
    buffer_release(&walk.name);
    return result;
}

/* Whether 8-bit text stands behind the mark of UTF-16: a section that is none in UTF-16. */
static bool is_marked_wrongly(const uint8_t *data, size_t size)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    bool found = false;

    if (size < 2 || data[0] != 0xff || data[1] != 0xfe)
        return false;
    for (size_t i = 2; i + 3 < size; i++) {
        if (data[i] != '[')
            continue;
        if (i % 2 == 0 && data[i + 1] == 0)
            return false;
        found |= data[i + 1] && strchr(letters, data[i + 1]) && data[i + 2] &&
                 strchr(letters, data[i + 2]) && data[i + 3] && strchr(letters, data[i + 3]);
    }
    return found;
}

int autorun_walk_file(const struct autorun_file *file, const char *name, const uint8_t *data,
                      size_t size, unsigned code_page, const struct autorun_known *known,
                      autorun_visit visit, void *context, struct error *damage,
                      struct error *error)
{
    switch (file->kind) {
    case AUTORUN_JOB:
    case AUTORUN_TASK:
        return autorun_walk_task(file, name, data, size, known, visit, context, damage, error);
    case AUTORUN_STARTUP:
        return autorun_walk_shortcut(file, name, data, size, code_page, visit, context, damage,
                                     error);
    default:
        if (file->kind == AUTORUN_INI && is_marked_wrongly(data, size))
            error_set(damage, ERROR_UNSUPPORTED, "begins with the mark of UTF-16 and goes on in "
                                                 "8 bits: Windows reads nothing of it");
        return walk_text(file, name, data, size, code_page, known, visit, context, error);
    }
}
