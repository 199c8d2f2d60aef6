/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TIMELINE_INTERNAL_H
#define FETT_TIMELINE_INTERNAL_H

/*
 * What the files of lib/timeline share: timeline.c gathers events, timeline_runs.c keeps and
 * sorts them by timeline_sort.c and timeline_order.c, timeline_hand_out.c hands them out,
 * timeline_records.c makes them of records that came in, first.c follows the chain to what
 * is in focus, focus.c tells which are shown and why.
 */

#include <fett/buffer.h>
#include <fett/met.h>
#include <fett/spelling.h>
#include <fett/temporary.h>
#include <fett/timeline.h>

/* --- focus.c --- */

/* What is shown around. */
struct around {
    char *what;
    int64_t span;        /* seconds, to both sides */
    bool named;          /* a file is meant */
    bool piped;          /* the records that come in; neither: a time */
    bool pattern;        /* the name is a pattern of paths */
    bool found;
};

/* A time that something is shown around. */
struct window {
    struct instant centre;
    uint32_t around;
    size_t reason;       /* in focus.reasons */
};

/* Windows of one span and precision, one behind the other. */
struct window_group {
    size_t first, end;
};

struct focus {
    struct timeline_focus limits;
    struct around *arounds;
    size_t around_count, around_capacity;
    struct window *windows;
    size_t window_count, window_capacity;
    struct window_group *groups; /* once sealed */
    size_t group_count, group_capacity;
    struct buffer reasons;
};

int focus_add_around(struct focus *focus, const char *what, int64_t span, struct error *error);

/* A file is meant whose path matches. */
int focus_add_pattern(struct focus *focus, const char *pattern, int64_t span,
                      struct error *error);

/* Whether a path is the /path that the around means, or ends in its name. A stream,
 * the last `stream_length` bytes behind a colon, is meant by its own name or by
 * that of its file. */
bool focus_means(const struct around *around, const char *path, size_t path_length,
                 size_t stream_length);

/* Show what is around this time, which is "WHY PATH". 0, or -1 without memory. */
int focus_note(struct focus *focus, size_t around, const struct instant *time, const char *why,
               const char *path, size_t path_length);

bool focus_passes(const struct focus *focus, const char *path, size_t length);

/* All was noted. 0, or -1 without memory. */
int focus_seal(struct focus *focus);

/* Whether a time is neither too early nor too late. */
bool focus_is_within(const struct focus *focus, const struct instant *time);

/* Whether an event of this time is shown, and why: "" where nothing is asked for. */
bool focus_shows(const struct focus *focus, const struct instant *time,
                 char reason[ERROR_TEXT_SIZE]);

void focus_release(struct focus *focus);

/* --- timeline.c --- */

enum source { SOURCE_FN, SOURCE_FS, SOURCE_I30, SOURCE_SI, SOURCE_RECORD };

/* name of an event that is not about a $FILE_NAME */
enum { NO_NAME = 0xffff };

struct event {
    int64_t seconds;
    uint32_t nanoseconds;
    uint32_t source_tree;  /* in trees; not of records */
    uint64_t handle;       /* of records: in noted */
    uint16_t name;         /* which of the file's names, or NO_NAME; of records: of its times */
    uint8_t source;        /* enum source */
    uint8_t what;          /* letters */
    uint8_t precision;
    uint8_t state;         /* enum instant_state; absent: the file has no time */
};

struct source_tree {
    struct tree *tree;
    const char *image, *volume;
    const char *evidence; /* timeline_evidence of the image */
    enum timeline_tree kind;
    struct instant acquired; /* its media; not always known */
};

/* Where a record came from: places in texts, NUL-terminated. */
struct origin {
    size_t source, volume;
    const char *evidence;
};

/* A record that came in, in spool. */
struct noted {
    uint64_t place;
    uint32_t length;
    uint32_t origin : 31;
    uint32_t piped : 1; /* it was not made here */
};

/* A file that starts a program: an INI file, a shortcut, a task; as first_path_key. */
struct starter {
    uint64_t path; /* the key */
    uint64_t program;
    uint16_t focus;
};

/* When the journal says that a file was created, by journal_key. */
struct created {
    uint64_t key;
    struct instant time;
};

/* The last time that Windows wrote of itself: latest.c. */
struct latest {
    const char *evidence; /* timeline_evidence of the image */
    struct instant time;
};

enum use_kind { USE_OTHER, USE_START, USE_KERNEL_START, USE_STOP };

/* A log was written: the system ran. */
struct use {
    int64_t seconds;
    uint32_t image; /* in texts */
    uint8_t kind;   /* enum use_kind */
};

/* A record of the $MFT that was never freed: it was taken after those before it. */
struct entry {
    uint64_t number;
    struct instant born;
};

enum { ENTRIES = 4 };

/* What --first must know of records before the events are sorted. */
struct first_notes {
    uint64_t *piped; /* files that records mean which came in, as first_path_key */
    size_t piped_count, piped_capacity;
    uint16_t piped_around; /* by which these are in focus, plus 1; 0: they are not */
    struct starter *starters;
    size_t starter_count, starter_capacity;
};

/* All events, in no order: timeline_runs.c. */
struct runs {
    struct event *events; /* the first ones, and those that wait to be written */
    size_t count, capacity;
    int file;             /* -1: none yet */
    uint64_t spilt;       /* events in it */
    struct error failure; /* of it */
};

/* A file that is born in $SI before `named`, its birth in $FN, in whole seconds. */
struct set_back {
    uint32_t tree;
    uint64_t handle;
    struct instant named;
};

struct timeline {
    struct focus focus;
    struct source_tree *trees;
    size_t tree_count, tree_capacity;
    struct runs runs;
    struct noted *noted;
    size_t noted_count, noted_capacity;
    struct origin *origins;
    size_t origin_count, origin_capacity;
    struct buffer texts; /* of origins */
    struct spool spool;  /* lines of records */
    struct buffer line;  /* the one read again last */
    struct record_reader *reader; /* parses it */
    uint32_t current;    /* tree that is being walked */
    uint64_t last_number; /* inode of the file met last, plus 1 */
    bool out_of_memory;
    enum timeline_order order;
    int several;         /* names are told apart: 1 by volume, 2 by image and volume */
    struct spellings spellings; /* of images */
    struct buffer path, name; /* to make keys and names of */
    struct met names;    /* of file records that came in */
    struct met wanted;   /* files that records without times lie in: timeline_around.c */
    struct instant volume_born; /* of the tree that is being walked */
    struct instant acquired;    /* the media of the trees that are added next */
    bool making;         /* a record is added that was made here */
    struct entry entries[ENTRIES]; /* of the tree that is being walked: the last ones */
    size_t entry_count;            /* how many there were */
    struct set_back *set_back;
    size_t set_back_count, set_back_capacity;
    struct created *created;
    size_t created_count, created_capacity;
    struct latest *latests;
    size_t latest_count, latest_capacity;
    struct use *uses;
    size_t use_count, use_capacity;
    uint64_t *unplaced; /* files of the last tree with times that no event can have */
    size_t unplaced_count, unplaced_capacity;
    struct first_notes notes;
    bool any_record;     /* one was added */
    bool told;           /* first_each handed something out */
};

/* Letters; what was deleted has none. */
enum { BORN = 1, MODIFIED = 2, CHANGED = 4, ACCESSED = 8, DELETED = 16 };

/* Events in order, one behind the other: in memory, or what was read of the file. */
struct run {
    const struct event *at, *end;
    uint64_t next, left;  /* the next one in the file, and how many there are */
    struct event *window; /* of the file */
};

/* Runs that are merged: a heap by their first event. Those that are at their end stand
 * behind it. */
struct merge {
    struct timeline *timeline;
    struct run *heap;
    size_t count, all;
    struct event taken;   /* last */
    struct error failure; /* of the file */
};

struct instant event_time(const struct event *event);

/* What stands for an image in keys and orders, however it is spelled; "" for none. It holds as
 * long as the timeline. */
const char *timeline_evidence(struct timeline *timeline, const char *image);

/* A time of the evidence by the right clock. */
struct instant timeline_correct(const struct timeline *timeline, const struct instant *time);

/* One that is corrected as the evidence has it. */
struct instant timeline_stored(const struct timeline *timeline, const struct instant *right);

/* datetime, and datetime_clock where the clock was wrong. */
void timeline_set_time(const struct timeline *timeline, struct record *record,
                       const struct event *event);

/* An event of a time, which is corrected; absent ones make none. */
void timeline_add_event(struct timeline *timeline, const struct instant *time, uint8_t what,
                        uint8_t source, uint16_t name, uint64_t handle, uint32_t tree);

/* Of what has no time an event without one, where they are wanted. */
void timeline_add_untimed(struct timeline *timeline, uint8_t source, uint16_t name,
                          uint64_t handle, uint32_t tree);

/* One event for each distinct time of the four and of the deletion. Whether one has a letter,
 * and so is a time of a bodyfile. */
bool timeline_add_times(struct timeline *timeline, const struct file_times *times,
                        const struct instant *deleted, uint8_t source, uint16_t name,
                        uint64_t handle, uint32_t tree);

void timeline_set_letters(struct record *record, uint8_t what);

/* --- timeline_around.c --- */

/* Note the times that are looked around. 0, or -1 without memory. */
int around_note_file(struct timeline *timeline, const struct file *file);
int around_note_record(struct timeline *timeline, struct record_line *line);

/* Of files that records without times lie in, once all trees were added. */
int around_find_wanted(struct timeline *timeline, struct error *error);

/* A path of a record by number: its file, what it starts, then further hard links; NULL
 * behind the last, "" for one that it does not have. */
const char *record_path(struct record_line *line, size_t number, size_t *size);

/* The bytes of a path before its stream. */
size_t without_stream(const char *path, size_t size);

/* The around by which a file or record is in focus, plus 1; 0: it is not. */
uint16_t around_of_file(const struct timeline *timeline, const struct file *file);
uint16_t around_of_record(const struct timeline *timeline, struct record_line *line);

/* --- anomalies.c --- */

/* Add the anomalies of a file of the current tree. 0 or -1. */
int anomalies_check(struct timeline *timeline, const struct file *file);

/* Tell of the files that may have been set back, once all was added. */
int anomalies_tell_set_back(struct timeline *timeline, struct error *error);

/* A file was born a minute or more before the journal says that it was created, or after. */
int anomalies_tell_journal(struct timeline *timeline, const struct file *file,
                           const struct instant *created, bool after);

/* A file has a time a day or more after the latest one of its image. */
int anomalies_check_late(struct timeline *timeline, const struct file *file,
                         const struct instant *latest);

/* Go over the files of a tree once more, when all was added: the context of `check` is the
 * timeline. It asks by the other whether a file is none of the file system itself, and was not
 * met before under another name. */
int anomalies_walk(struct timeline *timeline, size_t tree,
                   int (*check)(void *context, const struct file *file), struct error *error);
bool anomalies_is_next(struct timeline *timeline, const struct file *file);

/* --- latest.c --- */

/* Keep when Windows wrote of itself last. 0, or -1 without memory. */
int latest_note(struct timeline *timeline, struct record_line *line);

/* Add the anomalies of files that are later, once all was added. */
int latest_check(struct timeline *timeline, struct error *error);

/* --- journal.c --- */

/* Keep a record of the journal that says that a file was created. 0, or -1 without memory. */
int journal_note(struct timeline *timeline, struct record_line *line);

/* Add the anomalies of files that the journal contradicts, once all was added. */
int journal_check(struct timeline *timeline, struct error *error);

/* --- use.c --- */

/* Keep when a log was written, and what it says of starts. 0, or -1 without memory. */
int use_note(struct timeline *timeline, struct record_line *line);

/* Add a record for each day on which the system ran, once all was added. */
int use_check(struct timeline *timeline, struct error *error);

/* --- timeline_order.c --- */

const char *event_source(const struct timeline *timeline, const struct event *event);

/* Whether two events are one line in the order of files or of seconds. */
bool timeline_same_line(const struct timeline *timeline, const struct event *x,
                        const struct event *y);

/* Of two events, by timeline->order; the context is the timeline. */
int timeline_compare(const void *a, const void *b, void *context);

/* --- timeline_sort.c --- */

struct event_key {
    uint64_t number;
    uint32_t event;
};

/* Sort events by timeline_compare; `keys` has room for two of each. */
void timeline_sort(const struct timeline *timeline, struct event *events, size_t count,
                   struct event_key *keys);

/* Of those that sort, and of those that make lines: more make no more than one thread merges
 * and writes, but take their memory. */
enum { MOST_THREADS = 8 };

/* --- timeline_runs.c --- */

/* 0, or -1 without memory. */
int runs_add(struct runs *runs, const struct event *event);
void runs_release(struct runs *runs);

/* Sort by timeline->order. 0 or -1; merge_end is right after both. */
int runs_sort(struct timeline *timeline, unsigned threads, struct merge *merge,
              struct error *error);

/* The next event, which holds until the one behind it; NULL behind the last, or where it
 * cannot be read, which merge_end tells: 0 or -1. */
const struct event *runs_next(struct merge *merge);
int merge_end(struct merge *merge, struct error *error);

/* --- timeline_records.c --- */

/* The three that events are ordered by. */
const char *noted_source(const struct timeline *timeline, const struct event *event);
const char *noted_evidence(const struct timeline *timeline, const struct event *event);
const char *noted_volume(const struct timeline *timeline, const struct event *event);

/* Parse a record's line again; it holds until the next. */
int noted_read(struct timeline *timeline, const struct event *event, struct record_line *line,
               struct error *error);

/* Whether an event is the record's first time of its own, or the last write of its key;
 * or is of the times of its $FILE_NAME. */
bool noted_is_single(const struct event *event);
bool noted_is_name(const struct event *event);

/* An event record is handed out as it came, another one is made an event of. */
int noted_hand_out(struct timeline *timeline, const struct event *event, const char *reason,
                   timeline_sink sink, void *context, struct error *error);

/* --- first_notes.c --- */

/* Keep what --first needs of a record. 0, or -1 without memory. */
int first_note_record(struct timeline *timeline, struct record_line *line);
/* Whether a record that came in can be in focus: not what Windows itself starts, by default. */
bool first_may_begin(struct record_line *line);
void first_notes_sort(struct first_notes *notes);
/* The first of the starters that lie at this path, if one does. */
size_t first_notes_starter(const struct first_notes *notes, uint64_t path);
void first_notes_release(struct first_notes *notes);

/* --- first_kinds.c --- */

/* Whether a file that is not in focus can be a link of the chain, or start a program. */
bool first_may_link(const char *path, size_t size);

/* --- first.c --- */

/* Give the events of the chain that led to what is in focus, each with its reason, of a
 * sorted timeline. */
typedef int (*first_give)(void *context, const struct event *event, const char *reason,
                          struct error *error);
int first_each(struct timeline *timeline, struct merge *merge, first_give give, void *context,
               struct error *error);

#endif
