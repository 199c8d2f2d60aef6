/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TIMELINE_FIRST_H
#define TIMELINE_FIRST_H

/*
 * first: how what is in focus came to be. first_traces.c picks of all events those that
 * can be a link of the chain, first_kinds.c knows which those are, first.c follows it.
 */

#include "timeline_internal.h"

enum trace_kind {
    TRACE_OTHER,     /* a record that is in focus itself */
    TRACE_BIRTH,     /* a file came: once for each file */
    TRACE_RUN,       /* a program was run */
    TRACE_AUTOSTART, /* what starts a program was written */
    TRACE_SERVICE,   /* a log says that a service was installed */
    TRACE_MAIL,      /* a mail store was written */
    TRACE_VISIT,     /* an address was visited */
    TRACE_DEVICE,    /* a drive was plugged in */
    TRACE_LOGON,     /* a user logged on, at the machine or from afar */
    TRACE_START,     /* the system was started */
    TRACE_STOP,      /* and stopped */
};

enum trace_flag {
    TRACE_PROGRAM = 1,   /* the file can run */
    TRACE_CARRIER = 2,   /* the file can bring others: an archive, a program */
    TRACE_DOCUMENT = 4,  /* likewise, though most do not: a document, a mail */
    TRACE_FIRST_RUN = 8, /* no earlier run is possible, or none is known */
    TRACE_PIPED = 16,    /* the record came in */
    TRACE_UNLIKE = 32,   /* the file's own birth is another */
    TRACE_HISTORY = 64,  /* a visit by the history, not a part of a page in the cache */
};

enum { TRACE_OF_RECORD = 0xffffffff };

/* Names are hashes without case, together with that of the image; 0: none. */
struct trace {
    struct event event;
    uint64_t handle;   /* of the file, which `event` need not be of */
    uint32_t tree;     /* likewise, or TRACE_OF_RECORD */
    uint32_t number;   /* order of those of one time */
    uint64_t path;     /* of the file or program */
    uint64_t name;     /* its last part */
    uint32_t image;    /* hash */
    uint32_t reason;   /* in the reasons, plus 1: it is in the chain */
    uint16_t focus;    /* the around it is in focus by, plus 1 */
    uint8_t kind, flags, place;
};

/* A trace by the name of what it is about. */
struct trace_key {
    uint64_t key;
    uint32_t trace;
};

struct first {
    struct timeline *timeline;
    struct trace *traces; /* in order of time */
    size_t count, capacity;
    struct trace_key *paths, *names;
    uint32_t *sessions; /* the traces that are logons and starts */
    size_t session_count;
    struct buffer reasons, subject, other;
    bool linked; /* something was found of what is in focus */
};

/* --- first_kinds.c --- */

/* What the path of a file says. */
void first_classify_path(const char *path, size_t size, uint8_t *flags, uint8_t *place);
bool first_is_mail_store(const char *path, size_t size);
const char *first_place(uint8_t place);

/* What an event of a log, of the registry or of the history is; false: no link. */
bool first_classify_record(struct record_line *line, struct trace *trace);

uint64_t first_path_key(const char *image, const char *path, size_t size);

/* Of the last part of a path or address, as Internet Explorer's cache numbers it: name[1].exe
 * is name.exe. */
uint64_t first_name_key(const char *image, const char *path, size_t size);

/* --- journal.c --- */

/* The number and sequence of a file of which a record of the journal says that it was
 * created: "NAME: REASON, ... (file NUMBER-SEQUENCE)". */
bool journal_parse_creation(struct record_line *line, uint64_t *number, uint16_t *seq);

uint64_t journal_key(const char *image, const char *volume, uint64_t number, uint16_t seq);

/* --- first_traces.c --- */

/* Gather the traces of a sorted timeline. 0 or -1. */
int first_gather(struct first *first, struct merge *merge, struct error *error);

/* What a trace is about, until the next call. */
const char *first_subject(struct first *first, const struct trace *trace, struct buffer *buffer);

/* The first trace of a kind with this key at or behind `from`, or NULL. */
struct trace *first_find(struct first *first, const struct trace_key *keys, uint64_t key,
                         enum trace_kind kind, size_t *from);

#endif
