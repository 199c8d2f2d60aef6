/* SPDX-License-Identifier: Apache-2.0 */

/*
 * journal: what the journal of a volume says of the birth of files, against what the files
 * say themselves. Its records are written by the file system, not by programs.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "first.h"

enum { MINUTE = 60 };

uint64_t journal_key(const char *image, const char *volume, uint64_t number, uint16_t seq)
{
    uint64_t place[2] = { number, seq };
    uint64_t key = first_path_key(image, (const char *)place, sizeof place);

    return key ^ text_hash_nocase(volume, strlen(volume)) * 31;
}

bool journal_parse_creation(struct record_line *line, uint64_t *number, uint16_t *seq)
{
    static const char word[] = "created", before[] = " (file ";
    size_t size;
    const char *text = record_line_text(line, "message", &size), *end = NULL;

    if (!text)
        return false;
    for (const char *at = text; (at = memmem(at, size - (size_t)(at - text), before,
                                             sizeof before - 1)) != NULL; at++)
        end = at;
    const char *begin = end ? memrchr(text, ':', (size_t)(end - text)) : NULL;
    if (!begin)
        return false;
    char *behind;
    *number = strtoull(end + sizeof before - 1, &behind, 10);
    *seq = *behind == '-' ? (uint16_t)strtoul(behind + 1, NULL, 10) : 0;
    for (const char *at = begin + 2; at < end; at += strcspn(at, ",(") + 2)
        if (strncmp(at, word, sizeof word - 1) == 0)
            return true;
    return false;
}

int journal_note(struct timeline *timeline, struct record_line *line)
{
    const char *source = record_line_text(line, "source", NULL);
    const char *image = record_line_text(line, "image", NULL);
    const char *volume = record_line_text(line, "volume", NULL);
    struct instant time;
    uint64_t number;
    uint16_t seq;

    if (timeline->focus.limits.anomalies == ANOMALIES_NONE || line->type != RECORD_EVENT ||
        !source || strcmp(source, "usn") != 0 ||
        record_line_time(line, "datetime", &time) != 0 ||
        !journal_parse_creation(line, &number, &seq))
        return 0;
    if (memory_grow((void **)&timeline->created, &timeline->created_capacity,
                    timeline->created_count + 1, sizeof *timeline->created) != 0)
        return -1;
    timeline->created[timeline->created_count++] =
        (struct created){ journal_key(timeline_evidence(timeline, image), volume ? volume : "",
                                      number, seq),
                          time };
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct created *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return instant_compare(&x->time, &y->time);
}

static int check(void *context, const struct file *file)
{
    struct timeline *timeline = context;
    const struct source_tree *tree = &timeline->trees[timeline->current];
    const struct instant *born = &file->times.born;

    if (!anomalies_is_next(timeline, file))
        return 0;
    const struct created *created =
        keyed_row(timeline->created, timeline->created_count, sizeof *timeline->created,
                  journal_key(tree->evidence, tree->volume ? tree->volume : "", file->number,
                              file->seq));
    if (!created || (born->state != INSTANT_UTC && born->state != INSTANT_CONVERTED))
        return 0;
    int64_t seconds = timeline_correct(timeline, born).seconds;
    bool before = seconds + MINUTE < created->time.seconds;
    bool after = seconds > created->time.seconds + MINUTE;
    /* What is told is corrected by the clock, which this time is already. */
    struct instant stored = timeline_stored(timeline, &created->time);
    return before || after ? anomalies_tell_journal(timeline, file, &stored, after) : 0;
}

int journal_check(struct timeline *timeline, struct error *error)
{
    if (timeline->created_count == 0)
        return 0;
    qsort(timeline->created, timeline->created_count, sizeof *timeline->created, compare);
    for (size_t i = 0; i < timeline->tree_count; i++) {
        if (timeline->trees[i].kind != TIMELINE_TREE_NTFS)
            continue;
        if (anomalies_walk(timeline, i, check, error) != 0)
            return -1;
    }
    return 0;
}
