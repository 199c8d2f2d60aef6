/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of Startup folders start: shortcuts what they open, others
 * themselves. See autorun_files.h. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fett/ini.h>
#include <fett/shortcut.h>
#include <fett/text.h>

#include "file_walk.h"

struct walk {
    const struct autorun_file *file;
    const char *name;
    autorun_visit visit;
    void *context;
};

static int emit(const struct walk *walk, const char *program, const char *arguments,
                const char *folder, const struct facts *facts, const char *oddity,
                struct error *error)
{
    struct buffer text = BUFFER_INIT, shown = BUFFER_INIT;

    if (program) {
        add_command(&text, program, arguments);
        add_shown(&shown, program, arguments);
    }
    const struct autorun autorun = { .location = walk->file->id,
                                     .category = walk->file->category,
                                     .technique = walk->file->technique,
                                     .name = walk->name,
                                     .name_length = strlen(walk->name),
                                     .text = buffer_text(&text),
                                     .data = program ? buffer_text(&shown) : NULL,
                                     .folder = folder,
                                     .beside = "",
                                     .says = { oddity },
                                     .facts = facts->members,
                                     .fact_count = facts->count,
                                     .enabled = true,
                                     .list = AUTORUN_ONE };
    int result = text.failed || shown.failed ? error_set_memory(error)
                                             : walk->visit(walk->context, &autorun);
    buffer_release(&text);
    buffer_release(&shown);
    return result;
}

static const char *drive_type_word(uint32_t type)
{
    static const char *const words[] = { "unknown", "no root", "removable", "fixed",
                                         "network", "CD", "RAM" };

    return type < sizeof words / sizeof *words ? words[type] : "unknown";
}

static void format_mac(char text[18], const uint8_t mac[6])
{
    snprintf(text, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
}

/* Texts that facts point to. */
struct fact_texts {
    char serial[9], droid[18], birth[18], reference[32];
};

static void add_paths(struct facts *facts, const struct shortcut *shortcut, const char *target)
{
    const struct {
        const char *name, *path;
    } paths[] = { { "network_path", shortcut->network_path },
                  { "environment_path", shortcut->environment_path },
                  { "item_path", shortcut->item_path },
                  { "relative_path", shortcut->relative_path } };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i].path != target && (!target || !paths[i].path ||
                                        !text_equal_nocase(paths[i].path, target)))
            facts_add_text(facts, paths[i].name, paths[i].path);
}

static void add_tracking(struct facts *facts, const struct shortcut *shortcut,
                         struct fact_texts *texts)
{
    const struct shortcut_origin *droid = &shortcut->droid, *birth = &shortcut->birth;

    facts_add_text(facts, "machine", shortcut->machine);
    if (birth->time.state != INSTANT_ABSENT) {
        format_mac(texts->birth, birth->mac);
        facts_add_time(facts, "birth_time", &birth->time);
        facts_add_text(facts, "birth_mac", texts->birth);
    }
    if (droid->time.state != INSTANT_ABSENT &&
        (instant_compare(&droid->time, &birth->time) != 0 ||
         memcmp(droid->mac, birth->mac, sizeof droid->mac) != 0)) {
        format_mac(texts->droid, droid->mac);
        facts_add_time(facts, "droid_time", &droid->time);
        facts_add_text(facts, "droid_mac", texts->droid);
    }
}

static void add_facts(struct facts *facts, const struct shortcut *shortcut, const char *target,
                      struct fact_texts *texts)
{
    uint64_t reference = shortcut->file_reference;

    facts_add_text(facts, "description", shortcut->description);
    facts_add_text(facts, "working_folder", shortcut->working_folder);
    add_paths(facts, shortcut, target);
    facts_add_text(facts, "installer", shortcut->installer);
    facts_add_time(facts, "btime", &shortcut->born);
    facts_add_time(facts, "mtime", &shortcut->modified);
    facts_add_time(facts, "atime", &shortcut->accessed);
    if (shortcut->size > 0)
        facts_add(facts, "size", value_number(shortcut->size));
    if (reference != 0) {
        snprintf(texts->reference, sizeof texts->reference, "%" PRIu64 "-%" PRIu64,
                 reference & UINT64_C(0xffffffffffff), reference >> 48);
        facts_add_text(facts, "file_reference", texts->reference);
    }
    if (shortcut->has_volume) {
        snprintf(texts->serial, sizeof texts->serial, "%08" PRIx32, shortcut->volume_serial);
        facts_add_text(facts, "drive_type", drive_type_word(shortcut->drive_type));
        facts_add_text(facts, "volume_serial", texts->serial);
        facts_add_text(facts, "volume_label", shortcut->volume_label);
    }
    add_tracking(facts, shortcut, texts);
}

static const char *last_part(const char *path)
{
    const char *last = strrchr(path, '\\');

    return last ? last + 1 : path;
}

/* Whether two paths are of files with other names; short ones may stand for any. */
static bool differ(const char *a, const char *b)
{
    return a && b && !strchr(a, '~') && !strchr(b, '~') &&
           !text_equal_nocase(last_part(a), last_part(b));
}

/* Explorer follows variables and items before the local path, which tools show. */
static const char *target_oddity(const struct shortcut *shortcut)
{
    const char *local = shortcut->local_path;

    if (differ(local, shortcut->environment_path))
        return "its path with variables names another file than its local path";
    if (differ(local ? local : shortcut->environment_path, shortcut->item_path))
        return "its list of items names another file";
    return NULL;
}

static int walk_shortcut(const struct walk *walk, const struct shortcut *shortcut,
                         struct error *error)
{
    struct facts facts = { .count = 0 };
    struct fact_texts texts;
    const char *target = shortcut_target(shortcut);

    add_facts(&facts, shortcut, target, &texts);
    return emit(walk, target, shortcut->arguments, shortcut->working_folder, &facts,
                target_oddity(shortcut), error);
}

static int find_url(void *context, const struct ini_line *line)
{
    struct buffer *url = context;

    if (url->length == 0 && text_equal_nocase(line->section, "InternetShortcut") &&
        text_compare_nocase(line->key, line->key_length, "URL", 3) == 0)
        buffer_add(url, line->value, line->value_length);
    return 0;
}

/* The path in a URL of this machine. */
static void add_file_path(struct buffer *path, const char *url)
{
    static const char file[] = "file://";
    size_t length = sizeof file - 1;

    if (text_compare_nocase(url, strnlen(url, length), file, length) != 0)
        return;
    url += length;
    bool local = *url == '/';
    url += local;
    if (!local)
        buffer_add_text(path, "\\\\");
    if (text_add_unescaped(path, url, strlen(url)) != 0) {
        buffer_clear(path);
        return;
    }
    for (size_t i = 0; i < path->length; i++)
        if (path->data[i] == '/')
            path->data[i] = '\\';
}

static int walk_url(const struct walk *walk, const uint8_t *data, size_t size, unsigned code_page,
                    struct error *error)
{
    struct buffer url = BUFFER_INIT, path = BUFFER_INIT;
    struct facts facts = { .count = 0 };
    int result = ini_walk(data, size, code_page, find_url, &url, error);

    add_file_path(&path, buffer_text(&url));
    if (path.length > 0)
        facts_add_text(&facts, "url", buffer_text(&url));
    if (url.failed || path.failed)
        result = error_set_memory(error);
    if (result == 0)
        result = emit(walk, path.length > 0  ? buffer_text(&path)
                            : url.length > 0 ? buffer_text(&url)
                                             : NULL, NULL, NULL, &facts, NULL, error);
    buffer_release(&url);
    buffer_release(&path);
    return result;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), end_length = strlen(end);

    return length >= end_length && text_equal_nocase(name + length - end_length, end);
}

/* Windows starts what is a program whatever it is called: worms are fond of .pif. */
static bool is_program(const uint8_t *data, size_t size)
{
    return size >= 2 && data[0] == 'M' && data[1] == 'Z';
}

int autorun_walk_shortcut(const struct autorun_file *file, const char *name, const uint8_t *data,
                          size_t size, unsigned code_page, autorun_visit visit, void *context,
                          struct error *damage, struct error *error)
{
    const struct walk walk = { file, name, visit, context };
    const struct facts none = { .count = 0 };
    struct shortcut shortcut;
    int result;

    if (ends_with(name, ".url"))
        return walk_url(&walk, data, size, code_page, error);
    if (ends_with(name, ".lnk"))
        result = shortcut_read(&shortcut, data, size, code_page, damage);
    else if (ends_with(name, ".pif") && !is_program(data, size))
        result = shortcut_read_pif(&shortcut, data, size, code_page, damage);
    else
        return emit(&walk, NULL, NULL, NULL, &none, NULL, error);
    result = result != 0 && damage->kind == ERROR_SYSTEM ? error_set_memory(error)
                                                         : walk_shortcut(&walk, &shortcut, error);
    shortcut_release(&shortcut);
    return result;
}
