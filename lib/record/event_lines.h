/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_EVENT_LINES_H
#define RECORD_EVENT_LINES_H

/* event_lines: the formats that other tools' timelines have (format_body.c,
 * format_timesketch.c). */

#include <fett/record_writer.h>

/* In the order of a bodyfile. */
enum body_time { BODY_ACCESSED, BODY_MODIFIED, BODY_CHANGED, BODY_BORN };

struct event_line {
    int64_t seconds[4]; /* by enum body_time */
    uint8_t set;        /* bit set of those that are there */
};

/* The line that is being put together. */
struct event_lines {
    struct buffer begin; /* image and volume */
    struct buffer end;   /* the line but for its times */
    struct buffer work;
    struct event_line line;
    bool waits;          /* the line is not written yet */
    int64_t second;      /* of mactime */
    uint64_t size;
};

/* What stands above the lines of each of these formats. */
void event_lines_add_header(struct buffer *output, enum record_format format);

/* body and mactime: add a record; false when its type has no place there. */
bool event_lines_add(struct event_lines *lines, enum record_format format,
                     const struct record *record, struct buffer *output);
/* Add the line that waits. */
void event_lines_flush(struct event_lines *lines, enum record_format format,
                       struct buffer *output);
void event_lines_release(struct event_lines *lines);

/* timesketch, timesketch-csv, l2tcsv: a record; false when it has no time. `work`
 * is memory to work with. */
bool sketch_add(struct buffer *output, enum record_format format, const struct record *record,
                struct buffer *work);

#endif
