/* SPDX-License-Identifier: Apache-2.0 */

/*
 * anomalies: signs that the times of a file were changed. Each has harmless causes,
 * which its message names; alone the first two are made in thousands by installers and
 * archives, so that without --all-anomalies only a file that has both is told, and of many
 * that came at once the first for all.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timeline_internal.h"

enum sign { BEFORE_NAME, ZERO_FRACTION, COPIED, BEFORE_VOLUME, ENTRY_NUMBER, AFTER_ACQUISITION,
            AFTER_LAST_LOG, JOURNAL, SIGNS };

enum { DAY = 86400 };

static const struct {
    const char *code, *message;
} signs[SIGNS] = {
    { "si-before-fn",
      "born in $STANDARD_INFORMATION before the $FILE_NAME was made: its times may have been "
      "set back; installers, archives and restored backups do that too" },
    { "zero-subseconds",
      "times without a fraction of a second: they may have been set by a program that knows "
      "seconds only; archives and copies from FAT do that too" },
    { "copied",
      "modified before it was born: its content is older than this file; copying and "
      "unpacking do that" },
    { "before-volume",
      "born before its volume: it came from elsewhere with its times; restored backups, "
      "archives and images of an installation do that" },
    { "entry-number",
      "born before the files whose $MFT records were taken earlier: its times, in its "
      "$FILE_NAME too, may have been set back; an installer that sets times and renames then, "
      "and a clock that was wrong, do that too" },
    { "after-acquisition",
      "a time a day or more after the image was acquired: it may have been set by hand, or the "
      "evidence was used since; a wrong clock, here or where it was acquired, does that too" },
    { "after-last-log",
      "a time a day or more after all that Windows wrote of itself, in event logs, journals and at "
      "its shutdown: it may have been set by hand; another system that used the volume, logs that "
      "were cleared or are off, and a clock that was wrong do that too" },
    { "journal-contradicts",
      "the journal of the volume says that the file was created at another time: its times may "
      "have been set; copying and unpacking that keep times do that too" },
};

static bool is_set(const struct instant *time)
{
    return time->state == INSTANT_UTC || time->state == INSTANT_CONVERTED;
}

static bool is_before(const struct instant *time, const struct instant *other)
{
    return is_set(time) && is_set(other) && time->seconds + 1 < other->seconds;
}

/* The earliest birth in a $FILE_NAME. */
static struct instant name_birth(const struct file *file)
{
    struct instant first = INSTANT_NONE;

    for (size_t i = 0; i < file->name_count; i++) {
        const struct instant *born = &file->names[i].times.born;
        if (is_set(born) && (!is_set(&first) || instant_compare(born, &first) < 0))
            first = *born;
    }
    return first;
}

static void add_time(struct buffer *buffer, const char *what, const struct instant *time)
{
    char text[INSTANT_TEXT_SIZE];

    if (!is_set(time))
        return;
    if (buffer->length > 0)
        buffer_add_text(buffer, ", ");
    buffer_add_text(buffer, what);
    buffer_add(buffer, text, instant_format(time, text));
}

/* The latest of its own times; accessed is set by who looks. */
static struct instant last_time(const struct file *file)
{
    const struct instant *times[] = { &file->times.born, &file->times.modified,
                                      &file->times.changed };
    struct instant last = INSTANT_NONE;

    for (int i = 0; i < 3; i++)
        if (is_set(times[i]) && (!is_set(&last) || instant_compare(times[i], &last) > 0))
            last = *times[i];
    return last;
}

static int tell(struct timeline *timeline, const struct file *file, enum sign sign,
                const struct instant *named, const char *also)
{
    const struct source_tree *tree = &timeline->trees[timeline->current];
    const struct instant *born = &file->times.born;
    struct instant last = last_time(file);
    bool late = sign == AFTER_ACQUISITION || sign == AFTER_LAST_LOG;
    struct buffer evidence = BUFFER_INIT;
    struct record record;

    if (late) {
        add_time(&evidence, "", &last);
        add_time(&evidence, sign == AFTER_ACQUISITION ? "acquired " : "last log ", named);
    } else {
        add_time(&evidence, "born in $SI ", born);
        add_time(&evidence, "modified in $SI ", &file->times.modified);
        add_time(&evidence, sign == JOURNAL        ? "created in the journal "
                            : sign == ENTRY_NUMBER ? "born of the record before it "
                                                   : "born in $FN ", named);
    }
    if (sign == JOURNAL || sign == ENTRY_NUMBER) {
        struct instant name = name_birth(file);
        add_time(&evidence, "born in $FN ", &name);
    }
    if (sign == BEFORE_VOLUME)
        add_time(&evidence, "volume made ", &timeline->volume_born);
    if (also)
        buffer_add_text(&evidence, also);
    record_begin(&record, RECORD_ANOMALY);
    record_time(&record, FIELD_DATETIME, late ? &last : born);
    record_text(&record, FIELD_IMAGE, tree->image);
    record_text(&record, FIELD_VOLUME, tree->volume);
    record_file_reference(&record, file);
    record_text(&record, FIELD_CODE, signs[sign].code);
    record_text_n(&record, FIELD_EVIDENCE, buffer_text(&evidence), evidence.length);
    record_text(&record, FIELD_MESSAGE, signs[sign].message);
    int result = evidence.failed ? -1 : timeline_add_made(timeline, &record, NULL);
    buffer_release(&evidence);
    return result;
}

/* The clocks of two machines and their zones differ. */
static bool is_day_after(const struct timeline *timeline, const struct instant *time,
                         const struct instant *other)
{
    return other->state != INSTANT_ABSENT && is_set(time) &&
           timeline_correct(timeline, time).seconds > other->seconds + DAY;
}

/*
 * Records of the $MFT are taken in the order of their numbers, until they are freed: then
 * their sequence is no longer 1. Whether the last of that kind before this one were all born
 * a day or more later; `*before` is the birth of the nearest.
 */
static bool is_out_of_order(const struct timeline *timeline, const struct file *file,
                            const struct instant *named, struct instant *before)
{
    enum { NEAR = 16 };
    uint64_t number = file->number;
    size_t count = timeline->entry_count;

    if (file->seq != 1 || count < ENTRIES || !is_set(named))
        return false;
    for (size_t i = count - ENTRIES; i < count; i++) {
        const struct entry *entry = &timeline->entries[i % ENTRIES];
        if (entry->number >= number || entry->number + NEAR < number ||
            entry->born.seconds < named->seconds + DAY ||
            entry->born.seconds < file->times.born.seconds + DAY)
            return false;
        *before = entry->born;
    }
    return true;
}

/* What comes behind is compared with this one; one that is told is not. */
static void keep_entry(struct timeline *timeline, const struct file *file,
                       const struct instant *named)
{
    if (file->seq == 1 && is_set(named))
        timeline->entries[timeline->entry_count++ % ENTRIES] =
            (struct entry){ file->number, *named };
}

int anomalies_tell_journal(struct timeline *timeline, const struct file *file,
                           const struct instant *created, bool after)
{
    struct instant named = name_birth(file);
    bool whole = file->times.born.nanoseconds == 0 && created->nanoseconds != 0;
    bool likely = after || whole || is_before(&named, created);

    return likely || timeline->focus.limits.anomalies == ANOMALIES_ALL
               ? tell(timeline, file, JOURNAL, created, NULL)
               : 0;
}

int anomalies_check_late(struct timeline *timeline, const struct file *file,
                         const struct instant *latest)
{
    const struct instant *acquired = &timeline->trees[timeline->current].acquired;
    struct instant last = last_time(file), stored = timeline_stored(timeline, latest);

    if (!is_day_after(timeline, &last, latest) || is_day_after(timeline, &last, acquired))
        return 0;
    /* What is told stays as it is stored; this time is corrected by the clock already. */
    return tell(timeline, file, AFTER_LAST_LOG, &stored, NULL);
}

/* Both signs of a file: whether it came with many others is known at the end. */
static int keep_set_back(struct timeline *timeline, const struct file *file,
                         const struct instant *named)
{
    if (memory_grow((void **)&timeline->set_back, &timeline->set_back_capacity,
                    timeline->set_back_count + 1, sizeof *timeline->set_back) != 0)
        return -1;
    timeline->set_back[timeline->set_back_count++] =
        (struct set_back){ timeline->current, file->handle, *named };
    return 0;
}

static int compare_set_back(const void *a, const void *b)
{
    const struct set_back *x = a, *y = b;
    int order = instant_compare(&x->named, &y->named);

    if (x->tree != y->tree)
        return x->tree < y->tree ? -1 : 1;
    return order != 0 ? order : (x->handle > y->handle) - (x->handle < y->handle);
}

static int tell_set_back(struct timeline *timeline, const struct set_back *set_back,
                         size_t others, struct error *error)
{
    char also[128] = "; those of $SI have no fraction of a second";
    size_t length = strlen(also);
    struct file file;

    timeline->current = set_back->tree;
    if (tree_file(timeline->trees[set_back->tree].tree, set_back->handle, &file, error) != 0)
        return -1;
    if (others > 0)
        snprintf(also + length, sizeof also - length,
                 "; so it is of %zu more that came with it, as in an installation", others);
    return tell(timeline, &file, BEFORE_NAME, &set_back->named, also) == 0
               ? 0
               : error_set_memory(error);
}

int anomalies_tell_set_back(struct timeline *timeline, struct error *error)
{
    enum { MINUTE = 60, CROWD = 16 };
    const struct set_back *all = timeline->set_back;
    size_t count = timeline->set_back_count;

    if (count > 0)
        qsort(timeline->set_back, count, sizeof *all, compare_set_back);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && all[end].tree == all[i].tree &&
                          all[end].named.seconds <= all[end - 1].named.seconds + MINUTE; end++)
            ;
        bool crowd = end - i > CROWD;
        for (size_t k = i; k < (crowd ? i + 1 : end); k++)
            if (tell_set_back(timeline, &all[k], crowd ? end - i - 1 : 0, error) != 0)
                return -1;
    }
    return 0;
}

int anomalies_check(struct timeline *timeline, const struct file *file)
{
    enum timeline_tree kind = timeline->trees[timeline->current].kind;
    const struct instant *acquired = &timeline->trees[timeline->current].acquired;

    if (timeline->focus.limits.anomalies == ANOMALIES_NONE || kind == TIMELINE_TREE_I30)
        return 0;
    const struct file_times *times = &file->times;
    struct instant named = name_birth(file), last = last_time(file), before = INSTANT_NONE;
    bool has[SIGNS] = { false };

    /* $MFT was made with its volume */
    if (kind == TIMELINE_TREE_NTFS && file->number == 0)
        timeline->volume_born = is_set(&named) ? named : times->born;
    if (file->metadata_file)
        return 0;
    if (is_day_after(timeline, &last, acquired) &&
        tell(timeline, file, AFTER_ACQUISITION, acquired, NULL) != 0)
        return -1;
    if (kind != TIMELINE_TREE_NTFS || !is_set(&times->born))
        return 0;
    has[BEFORE_NAME] = is_before(&times->born, &named);
    has[ZERO_FRACTION] = is_set(&times->modified) && times->born.nanoseconds == 0 &&
                         times->modified.nanoseconds == 0 && is_set(&named) &&
                         named.nanoseconds != 0;
    has[COPIED] = is_before(&times->modified, &times->born);
    has[BEFORE_VOLUME] = is_before(&times->born, &timeline->volume_born);
    has[ENTRY_NUMBER] = is_out_of_order(timeline, file, &named, &before);
    bool whole = times->born.nanoseconds == 0 && times->modified.nanoseconds == 0;
    if (has[ENTRY_NUMBER] &&
        (timeline->focus.limits.anomalies == ANOMALIES_ALL || whole || has[BEFORE_VOLUME]) &&
        tell(timeline, file, ENTRY_NUMBER, &before, NULL) != 0)
        return -1;
    if (!has[ENTRY_NUMBER])
        keep_entry(timeline, file, &named);
    if (timeline->focus.limits.anomalies == ANOMALIES_LIKELY)
        return has[BEFORE_NAME] && has[ZERO_FRACTION] ? keep_set_back(timeline, file, &named) : 0;
    for (int sign = 0; sign < ENTRY_NUMBER; sign++)
        if (has[sign] && tell(timeline, file, (enum sign)sign, &named, NULL) != 0)
            return -1;
    return 0;
}

int anomalies_walk(struct timeline *timeline, size_t tree,
                   int (*check)(void *context, const struct file *file), struct error *error)
{
    timeline->current = (uint32_t)tree;
    timeline->last_number = 0;
    if (tree_walk(timeline->trees[tree].tree, check, timeline, error) == 0)
        return 0;
    return error && error->kind != ERROR_NONE ? -1 : error_set_memory(error);
}

bool anomalies_is_next(struct timeline *timeline, const struct file *file)
{
    uint64_t number = file->number + 1;

    if (number == timeline->last_number || file->metadata_file)
        return false;
    timeline->last_number = number;
    return true;
}
