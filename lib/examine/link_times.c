/* SPDX-License-Identifier: Apache-2.0 */

/* link_times: when the programs of a file system were linked, see link_times.h. */

#include <string.h>

#include <fett/buffer.h>
#include <fett/signature.h>
#include <fett/text.h>

#include "link_times.h"

enum { DAY = 86400 };

bool link_times_is_path(const char *path, size_t length)
{
    static const char *const ends[] = { "*.exe", "*.dll", "*.sys", "*.scr", "*.ocx",
                                        "*.cpl", "*.drv", "*.vxd", "*.com", "*.pif" };

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (text_glob(ends[i], path, length))
            return true;
    return false;
}

static bool is_set(const struct instant *time)
{
    return time->state == INSTANT_UTC || time->state == INSTANT_CONVERTED;
}

/* Days later, since the clocks of two machines and their zones differ. */
static bool is_days_later(const struct instant *time, const struct instant *other)
{
    return time->seconds > other->seconds + DAY;
}

/* What programs do not set: when metadata changed, and the birth of a $FILE_NAME. */
static struct instant last_witness(const struct file *file)
{
    struct instant last = file->times.changed;

    for (size_t i = 0; i < file->name_count; i++) {
        const struct instant *born = &file->names[i].times.born;
        if (is_set(born) && (!is_set(&last) || instant_compare(born, &last) > 0))
            last = *born;
    }
    return last;
}

/* A link time behind the last witness is wrong itself. */
static bool is_impossible(const struct file *file, const struct instant *linked)
{
    const struct file_times *times = &file->times;
    struct instant last = last_witness(file);

    return is_set(&times->born) && is_set(&times->modified) && is_set(&last) &&
           is_days_later(linked, &times->born) && is_days_later(linked, &times->modified) &&
           !is_days_later(linked, &last);
}

static void add_time(struct buffer *buffer, const char *what, const struct instant *time)
{
    char text[INSTANT_TEXT_SIZE];

    buffer_add_text(buffer, what);
    buffer_add(buffer, text, instant_format(time, text));
}

static int tell(const struct file *file, const struct instant *linked, examine_sink sink,
                void *context)
{
    struct instant last = last_witness(file);
    struct buffer evidence = BUFFER_INIT;
    struct record record;

    add_time(&evidence, "linked ", linked);
    add_time(&evidence, ", born in $SI ", &file->times.born);
    add_time(&evidence, ", modified in $SI ", &file->times.modified);
    add_time(&evidence, ", metadata changed or $FN born ", &last);
    record_begin(&record, RECORD_ANOMALY);
    record_time(&record, FIELD_DATETIME, &file->times.born);
    record_text(&record, FIELD_CODE, "linked-after-born");
    record_text_n(&record, FIELD_EVIDENCE, buffer_text(&evidence), evidence.length);
    record_text(&record, FIELD_MESSAGE,
                "a program was linked days after it was born and modified: its times may have been "
                "set back; a builder whose clock was fast, and builds that put a digest in the "
                "place of the link time, look like that too");
    int result = evidence.failed ? -1 : sink(context, &record);
    buffer_release(&evidence);
    return result;
}

int link_times_add(const struct file *file, struct reader *reader, bool anomalies,
                   examine_sink sink, void *context)
{
    struct instant linked = signature_link_time(reader);
    struct record record;

    if (linked.state != INSTANT_UTC)
        return 0;
    record_begin(&record, RECORD_EVENT);
    record_time(&record, FIELD_DATETIME, &linked);
    record_text(&record, FIELD_SOURCE, "pe");
    record_text(&record, FIELD_TIMESTAMP_DESC, "program linked");
    record_text_n(&record, FIELD_MESSAGE, file->path, file->path_length);
    int result = sink(context, &record);
    return result == 0 && anomalies && is_impossible(file, &linked)
               ? tell(file, &linked, sink, context)
               : result;
}
