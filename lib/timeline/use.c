/* SPDX-License-Identifier: Apache-2.0 */

/*
 * use: on which days the system ran, and from when to when, by the starts and stops that
 * its logs tell. Where a stop is missing the last record before the next start is the last
 * sign of life; so is one that none follows for two days.
 */

#include <stdlib.h>
#include <string.h>

#include "first.h"

enum { DAY = 86400, PAUSE = 2 * DAY, STARTING = 600 /* seconds from the kernel to the logs */ };

/* The days of one image. */
struct days {
    struct timeline *timeline;
    size_t image;           /* in the timeline's texts */
    int64_t day;            /* that is being told */
    int64_t first;          /* when the system ran first on it */
    int64_t total;          /* seconds */
    int64_t off;            /* when it stopped last; 0: never, as far as is known */
    struct buffer evidence; /* of it */
};

static int64_t day_of(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY : -((-seconds + DAY - 1) / DAY);
}

static void add_clock(struct buffer *buffer, int64_t seconds)
{
    buffer_add_format(buffer, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                      (int)(seconds % 60));
}

static int tell_day(struct days *days)
{
    struct record record;

    if (days->evidence.length == 0)
        return 0;
    /* What is added is corrected by the clock, which these times are already. */
    struct timeline *timeline = days->timeline;
    const struct instant first = instant_from_unix(
        days->first - timeline->focus.limits.clock, 0, PRECISION_SECOND);
    buffer_add_format(&days->evidence, "; %d h %02d min", (int)(days->total / 3600),
                      (int)(days->total / 60 % 60));
    if (days->evidence.failed)
        return -1;
    record_begin(&record, RECORD_ANOMALY);
    record_time(&record, FIELD_DATETIME, &first);
    if (timeline->texts.data[days->image])
        record_text(&record, FIELD_IMAGE, timeline->texts.data + days->image);
    record_text(&record, FIELD_CODE, "use");
    record_text_n(&record, FIELD_EVIDENCE, buffer_text(&days->evidence), days->evidence.length);
    record_text(&record, FIELD_MESSAGE,
                "when the system ran on this day, UTC: hours that do not fit its users may be of "
                "interest; a wrong clock, updates and machines that run on do that too");
    int result = timeline_add_made(timeline, &record, NULL);
    buffer_clear(&days->evidence);
    days->total = 0;
    return result;
}

/* The system ran from `begin` to `end`, each known or not. */
static int add_run(struct days *days, int64_t begin, int64_t end, bool begins, bool ends)
{
    char text[INSTANT_TEXT_SIZE];
    struct buffer *evidence = &days->evidence;
    int64_t last = day_of(end);

    for (int64_t day = day_of(begin); day <= last; day++) {
        int64_t from = day == day_of(begin) ? begin - day * DAY : 0;
        int64_t to = day == last ? end - day * DAY : DAY;
        if (day != days->day && tell_day(days) != 0)
            return -1;
        if (evidence->length == 0) {
            days->day = day;
            days->first = day * DAY + from;
            if (days->off != 0 && from > 0) {
                const struct instant off = instant_from_unix(days->off, 0, PRECISION_SECOND);
                buffer_add_text(evidence, "off since ");
                buffer_add(evidence, text, instant_format(&off, text));
                buffer_add_text(evidence, "; ");
            }
            buffer_add_text(evidence, "on ");
        } else {
            buffer_add_text(evidence, ", ");
        }
        add_clock(evidence, from);
        if (day == day_of(begin) && !begins)
            buffer_add_text(evidence, " (no start is known)");
        buffer_add_byte(evidence, '-');
        add_clock(evidence, to);
        if (day == last && !ends)
            buffer_add_text(evidence, " (no stop is known)");
        days->total += to - from;
    }
    days->off = end;
    return 0;
}

/* The runs of one image, whose uses are sorted. */
static int tell_image(struct days *days, const struct use *uses, size_t count)
{
    int64_t begin = 0, last = 0, kernel = INT64_MIN / 2;
    bool on = false, begins = false;
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        const struct use *use = &uses[i];
        bool start = use->kind == USE_KERNEL_START ||
                     (use->kind == USE_START && use->seconds > kernel + STARTING);
        if (use->kind == USE_KERNEL_START)
            kernel = use->seconds;
        if (on && (start || use->seconds > last + PAUSE)) {
            result = add_run(days, begin, last, begins, false);
            on = false;
        }
        if (use->kind == USE_STOP && on) {
            result = add_run(days, begin, use->seconds, begins, true);
            on = false;
        } else if (!on && use->kind != USE_STOP && (start || i == 0 ||
                                                    use->seconds > last + PAUSE)) {
            begin = use->seconds;
            begins = start;
            on = true;
        }
        last = use->seconds;
    }
    if (on && result == 0)
        result = add_run(days, begin, last, begins, false);
    return result == 0 ? tell_day(days) : result;
}

static int compare(const void *a, const void *b)
{
    const struct use *x = a, *y = b;

    if (x->image != y->image)
        return x->image < y->image ? -1 : 1;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return (x->kind < y->kind) - (x->kind > y->kind); /* stops first */
}

/* Records of one image come together: it is noted again where they do not. */
static uint32_t note_image(struct timeline *timeline, const char *image)
{
    size_t place = timeline->use_count > 0 ? timeline->uses[timeline->use_count - 1].image : 0;

    if (timeline->use_count > 0 && strcmp(timeline->texts.data + place, image) == 0)
        return (uint32_t)place;
    place = timeline->texts.length;
    buffer_add(&timeline->texts, image, strlen(image) + 1);
    return (uint32_t)place;
}

int use_note(struct timeline *timeline, struct record_line *line)
{
    const char *source = record_line_text(line, "source", NULL);
    const char *origin = record_line_text(line, "origin", NULL);
    const char *image = record_line_text(line, "image", NULL);
    struct trace trace = { 0 };
    struct instant time;
    uint64_t id = 0;

    if (timeline->focus.limits.anomalies != ANOMALIES_ALL || line->type != RECORD_EVENT ||
        !source || strcmp(source, "evt") != 0 || (origin && strcmp(origin, "live") != 0) ||
        record_line_time(line, "datetime", &time) != 0)
        return 0;
    first_classify_record(line, &trace);
    record_line_number(line, "event_id", &id);
    enum use_kind kind = trace.kind == TRACE_STOP    ? USE_STOP
                         : trace.kind != TRACE_START ? USE_OTHER
                         : id == 12                  ? USE_KERNEL_START
                                                     : USE_START;
    uint32_t place = note_image(timeline, timeline_evidence(timeline, image));
    if (timeline->texts.failed ||
        memory_grow((void **)&timeline->uses, &timeline->use_capacity, timeline->use_count + 1,
                    sizeof *timeline->uses) != 0)
        return -1;
    timeline->uses[timeline->use_count++] = (struct use){ time.seconds, place, kind };
    return 0;
}

int use_check(struct timeline *timeline, struct error *error)
{
    const struct use *uses = timeline->uses;
    int result = 0;

    if (timeline->use_count > 0)
        qsort(timeline->uses, timeline->use_count, sizeof *timeline->uses, compare);
    for (size_t i = 0, end; i < timeline->use_count && result == 0; i = end) {
        for (end = i; end < timeline->use_count && uses[end].image == uses[i].image;)
            end++;
        struct days days = { .timeline = timeline, .image = uses[i].image };
        result = tell_image(&days, uses + i, end - i);
        buffer_release(&days.evidence);
    }
    return result != 0 ? error_set_memory(error) : 0;
}
