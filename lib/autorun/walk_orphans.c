/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Deleted values of which nobody knows the key. Windows takes a value out of the list of its
 * key by moving those behind it up, so that only of the last one the list still tells; a value
 * does not name its key. Those that look like the command of a program are told, with the
 * places of the catalogue from whose lists a value was taken: it may be of one of them.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "walk.h"

static const struct autorun_location orphan = {
    "lost-value", "lost", "T1547", 0, "", "*", AUTORUN_VALUES, AUTORUN_ONE, AUTORUN_ALWAYS, NULL,
    NULL
};

/* Whether a text begins with a drive or a variable, and names a program or a script. */
static bool is_command(const char *text, size_t size)
{
    static const char begins[] = "?:\\*|\"?:\\*|%*%\\*|\"%*%\\*";
    static const char *const endings[] = { "exe", "dll", "com", "bat", "cmd", "scr", "pif", "vbs",
                                           "vbe", "js",  "jse", "wsf", "ps1", "hta", "cpl", "lnk" };

    if (!autorun_matches(begins, text, size))
        return false;
    for (size_t at = 0; at + 1 < size; at++) {
        size_t length = strcspn(text + at + 1, " \t\",;.\\");
        for (size_t i = 0; text[at] == '.' && i < sizeof endings / sizeof *endings; i++)
            if (text_compare_nocase(text + at + 1, length, endings[i], strlen(endings[i])) == 0)
                return true;
    }
    return false;
}

/* Names of values that say where texts and pictures are, or how to remove something. */
static bool starts_nothing(const struct hive_value *value)
{
    return autorun_matches("*messagefile|*messagefilename|resourcefilename|*namefile|"
                           "installreference.*|displayicon|*uninstallstring|modifypath|defaulticon",
                           value->name, value->name_length);
}

/* Add the places of which values were taken: rows of any value of one key. */
static void add_places(struct walk *walk, struct buffer *says)
{
    size_t before = says->length;

    for (size_t i = 0; (walk->location = autorun_location(i)) != NULL; i++)
        for (size_t b = 0; b < walk->base_count; b++) {
            const struct autorun_location *row = walk->location;
            if (!(row->places & walk->bases[b].place) || row->list == AUTORUN_NOTHING ||
                !row->value || strcmp(row->value, "*") != 0 || strpbrk(row->key, "*?|"))
                continue;
            hive_key key = hive_key_find(walk->hive, walk->bases[b].key, row->key);
            if (!key || !hive_key_lost_value(walk->hive, key))
                continue;
            buffer_add_text(says, says->length == before ? "; a value was taken from " : ", ");
            hive_key_path(walk->hive, key, says);
        }
}

static uint64_t hash_of(const struct walk *walk, const struct hive_value *value)
{
    return text_hash_nocase(value->name, value->name_length) * 31 +
           text_hash_nocase(walk->text.data, walk->text.length);
}

int walk_note_met(struct walk *walk, const struct hive_value *value)
{
    if (walk->text.length == 0)
        return 0;
    if (memory_grow((void **)&walk->met, &walk->met_capacity, walk->met_count + 1,
                    sizeof *walk->met) != 0)
        return -1;
    walk->met[walk->met_count++] = hash_of(walk, value);
    return 0;
}

/* Where it was moved from when a tool wrote the hive anew, it is not gone. */
static bool is_met(const struct walk *walk, const struct hive_value *value)
{
    return walk->met_count > 0 &&
           keyed_row(walk->met, walk->met_count, sizeof *walk->met, hash_of(walk, value)) != NULL;
}

static int visit(struct walk *walk, const struct hive_value *value)
{
    struct autorun autorun = { .enabled = false };

    if ((value->type != HIVE_SZ && value->type != HIVE_EXPAND_SZ) || starts_nothing(value))
        return 0;
    walk_set_text(walk, value);
    if (!is_command(buffer_text(&walk->text), walk->text.length) || is_met(walk, value))
        return 0;
    return walk_emit(walk, 0, value, &autorun);
}

int walk_orphans(struct walk *walk)
{
    static const struct base nowhere = { .place = 0 };
    struct buffer says = BUFFER_INIT;
    int result = 0;

    buffer_add_text(&says, "its key is lost: where it stood is not known");
    add_places(walk, &says);
    if (walk->met_count > 0)
        qsort(walk->met, walk->met_count, sizeof *walk->met, keyed_compare);
    walk->location = &orphan;
    walk->base = &nowhere;
    walk->lost = true;
    walk->lost_says = buffer_text(&says);
    buffer_clear(&walk->matched);
    walk_set_id(walk);
    for (size_t i = 0; i < hive_deleted_value_count(walk->hive) && result == 0; i++) {
        struct hive_value value;
        hive_key key;
        if (hive_deleted_value_key(walk->hive, i) == 0 &&
            hive_deleted_value(walk->hive, i, &value, &key, NULL) == 0)
            result = visit(walk, &value);
    }
    walk->lost_says = NULL;
    if (says.failed)
        walk->text.failed = true;
    buffer_release(&says);
    return result;
}
