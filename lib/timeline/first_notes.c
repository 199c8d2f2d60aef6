/* SPDX-License-Identifier: Apache-2.0 */

/*
 * first_notes: what --first must know of records before the events are sorted: the files
 * that records mean which came in, and files that start programs.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>

#include "first.h"

static uint16_t piped_around(const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->focus.around_count; i++)
        if (timeline->focus.arounds[i].piped)
            return (uint16_t)(i + 1);
    return 0;
}

static bool is_of_file(const char *source)
{
    static const char *const sources[] = { "si", "fn", "fs", "pe" };

    for (size_t i = 0; source && i < sizeof sources / sizeof *sources; i++)
        if (strcmp(source, sources[i]) == 0)
            return true;
    return false;
}

/* The file that a record means; of events of logs and the like none: they are meant
 * themselves. */
static uint64_t key_meant(struct timeline *timeline, struct record_line *line)
{
    size_t size;
    const char *image = record_line_text(line, "target.image", NULL);
    const char *path = record_line_text(line, "target.path", &size);

    if (!path)
        path = record_line_text(line, "program", &size);
    if (!path && line->type != RECORD_AUTORUN &&
        (line->type != RECORD_EVENT || is_of_file(record_line_text(line, "source", NULL))))
        path = record_line_text(line, "path", &size);
    if (!path || path[0] != '/')
        return 0;
    if (!image)
        image = record_line_text(line, "image", NULL);
    return first_path_key(timeline_evidence(timeline, image), path, without_stream(path, size));
}

bool first_may_begin(struct record_line *line)
{
    struct record record;
    size_t unknown;

    return line->type != RECORD_AUTORUN || record_line_to_record(line, &record, &unknown) != 0 ||
           !record_get(&record, FIELD_DEFAULT) || record_get(&record, FIELD_DEFAULT)->number == 0;
}

static int note_starter(struct timeline *timeline, struct record_line *line, uint64_t program)
{
    struct first_notes *notes = &timeline->notes;
    size_t size;
    const char *image = record_line_text(line, "image", NULL);
    const char *path = record_line_text(line, "path", &size);

    if (!path || program == 0)
        return 0;
    if (memory_grow((void **)&notes->starters, &notes->starter_capacity,
                    notes->starter_count + 1, sizeof *notes->starters) != 0)
        return -1;
    notes->starters[notes->starter_count++] =
        (struct starter){ first_path_key(timeline_evidence(timeline, image), path, size), program,
                          around_of_record(timeline, line) };
    return 0;
}

int first_note_record(struct timeline *timeline, struct record_line *line)
{
    struct first_notes *notes = &timeline->notes;

    if (!timeline->focus.limits.first)
        return 0;
    uint64_t key = key_meant(timeline, line);
    /* Without anything else the records are in focus. */
    if (!timeline->making && timeline->focus.around_count == 0 &&
        focus_add_around(&timeline->focus, "-", TIMELINE_REACH, NULL) != 0)
        return -1;
    notes->piped_around = piped_around(timeline);
    if (!timeline->making && notes->piped_around != 0 && key != 0 && first_may_begin(line)) {
        if (memory_grow((void **)&notes->piped, &notes->piped_capacity, notes->piped_count + 1,
                        sizeof *notes->piped) != 0)
            return -1;
        notes->piped[notes->piped_count++] = key;
    }
    return line->type == RECORD_AUTORUN && !record_line_has(line, "key_last_write")
               ? note_starter(timeline, line, key)
               : 0;
}

static int compare_starters(const void *a, const void *b)
{
    const struct starter *x = a, *y = b;

    if (x->path != y->path)
        return x->path < y->path ? -1 : 1;
    return (x->program > y->program) - (x->program < y->program);
}

size_t first_notes_starter(const struct first_notes *notes, uint64_t path)
{
    return keyed_find(notes->starters, notes->starter_count, sizeof *notes->starters, path);
}

void first_notes_sort(struct first_notes *notes)
{
    struct starter *starters = notes->starters;
    size_t count = 0;

    if (notes->starter_count > 0)
        qsort(starters, notes->starter_count, sizeof *starters, compare_starters);
    /* One that came in was found in the evidence too. */
    for (size_t i = 0; i < notes->starter_count; i++) {
        if (count == 0 || compare_starters(&starters[count - 1], &starters[i]) != 0)
            starters[count++] = starters[i];
        else if (starters[count - 1].focus == 0)
            starters[count - 1].focus = starters[i].focus;
    }
    notes->starter_count = count;
    if (notes->piped_count > 0)
        qsort(notes->piped, notes->piped_count, sizeof *notes->piped, keyed_compare);
}

void first_notes_release(struct first_notes *notes)
{
    free(notes->piped);
    free(notes->starters);
}
