/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TIMELINE_H
#define FETT_TIMELINE_H

/*
 * timeline: what happened when, out of the times of files and of records.
 *
 * Trees and records are added, the timeline is sorted once, and then handed out
 * as event records. An event of a file is 32 bytes until it is handed out: when,
 * which letters, and the handle by which its tree tells the rest. One event is
 * made for each (file, source, distinct time): source si or fs for the file's
 * own times, fn for each $FILE_NAME, i30 for names that only an index has.
 *
 * Order is total: datetime, source, image, volume, inode, name; or one of those of
 * fls and mactime (enum timeline_order).
 */

#include <stdbool.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/instant.h>
#include <fett/record.h>
#include <fett/record_reader.h>
#include <fett/tree.h>

struct timeline;

/* Anomaly records of files: none, those with two signs, all. */
enum timeline_anomalies { ANOMALIES_NONE, ANOMALIES_LIKELY, ANOMALIES_ALL };

/* What is shown; absent and NULL: everything. */
struct timeline_focus {
    struct instant after, before;
    const char *path;      /* pattern without case */
    int64_t clock;         /* seconds by which the evidence's clock was slow: added to all
                              times but those of event records, which keep the uncorrected
                              one as datetime_clock */
    enum timeline_anomalies anomalies;
    bool untimed;          /* also files that have no times, each as an event without datetime,
                              where no time is asked for */
    bool first;            /* only the chain that led to what is in focus, each event with the
                              reason; what `path` matches is in focus, then */
};

/* Seconds that a link of that chain reaches back where no span is given. */
enum { TIMELINE_REACH = 3600 };

/* Texts of `focus` must outlive it. NULL without memory. */
struct timeline *timeline_new(const struct timeline_focus *focus);
void timeline_free(struct timeline *timeline);

/*
 * Show only what happened within `span` seconds of this, to both sides: an RFC
 * 3339 time, a /path, a file name without case (of any hard link, also with :stream),
 * or - for the records that are added by timeline_add_record: the times they have, of
 * those that have none the birth of the file they lie in. Around a file means its birth in
 * $SI and in every $FILE_NAME, its first run, and the last write of a key that starts it; of
 * records too. Several add up. Before the first tree and record.
 */
int timeline_add_around(struct timeline *timeline, const char *what, int64_t span,
                        struct error *error);

/* After timeline_each: whether a file or time was found for each `what`; the first without,
 * or NULL. `by_path`: it is that of `path` in the focus. */
const char *timeline_around_missing(const struct timeline *timeline, bool *by_path);

/* What the files of a tree, and so their times, are. */
enum timeline_tree {
    TIMELINE_TREE,      /* source fs */
    TIMELINE_TREE_NTFS, /* si, and fn for their names */
    TIMELINE_TREE_I30,  /* i30: names that only the index of a folder has; no anomalies */
};

/* Whether neither a tree nor a record was added. */
bool timeline_is_empty(const struct timeline *timeline);

/* Add the times of all files of a tree, which must outlive the timeline; so must
 * the texts. */
int timeline_add_tree(struct timeline *timeline, struct tree *tree, const char *image,
                      const char *volume, enum timeline_tree kind, struct error *error);

/* How many files in use of the tree added last have times that no event can have, later than
 * the year 9999. `first`: the path of the first of them, until the next call. */
uint64_t timeline_count_unplaced(struct timeline *timeline, const char **first);

/* When the media of the trees that are added next was acquired, absent where it is not
 * known: files with later times are anomalies. */
void timeline_set_acquired(struct timeline *timeline, const struct instant *acquired);

/* Add the times of a record: an event as it is; of others each time becomes an
 * event, of files equal ones together as those of a tree. Its line goes to a
 * temporary file where there are many. */
int timeline_add_record(struct timeline *timeline, struct record_line *line,
                        struct error *error);

/* The same of a record that was made here of the evidence; an event is corrected too. */
int timeline_add_made(struct timeline *timeline, struct record *record, struct error *error);

/* Add the times of a line of a bodyfile, which are a file record's; `file`: its image.
 * Comments and empty lines are nothing. ERROR_DAMAGED for what is no such line. */
int timeline_add_body(struct timeline *timeline, const char *file, const char *line,
                      size_t length, struct error *error);

/*
 * The order of events. Those of fls and mactime put together what is one line there:
 * all times of a file, or those of a second. They also have an event for each hard
 * link, and file_type, mode, uid, gid, link_target; of several volumes the message
 * begins with VOLUME: or IMAGE:VOLUME:.
 */
enum timeline_order {
    TIMELINE_TIMES,
    TIMELINE_FILES,   /* of a bodyfile: by file, then as ever */
    TIMELINE_SECONDS, /* of mactime: by second, then by file */
};

typedef int (*timeline_sink)(void *context, struct record *record);

/* Parts of the output that threads make while others are written. */
struct timeline_parts {
    unsigned threads;
    void *(*make)(void *context);              /* NULL without memory */
    timeline_sink add;                         /* its context is a part; by any thread */
    /* In order; the part is empty then. One to which something could not be added comes too:
     * only here can that be told. */
    int (*join)(void *context, void *part);
    void (*free)(void *part);                  /* takes NULL */
};

/* Sort and hand out; a sink that returns other than 0 ends it. `parts` may be NULL; else events
 * of files go into parts, whose context is that of the sink, in the same order and the same
 * batches whatever the number of threads. */
int timeline_each(struct timeline *timeline, enum timeline_order order, timeline_sink sink,
                  void *context, const struct timeline_parts *parts, struct error *error);

/* After timeline_each with `first`: whether anything was found that belongs to what is
 * in focus; else nothing was handed out. */
bool timeline_told(const struct timeline *timeline);

#endif
