/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_CLI_H
#define FETT_CLI_H

/*
 * cli: what the commands share: options, operands, output, messages, status.
 * For commands only; no other part of the library includes it, and it is the
 * only part that prints.
 *
 * A command declares itself in a struct command, and its main is
 *
 *     int main(int argc, char **argv)
 *     {
 *         struct cli cli;
 *
 *         if (cli_begin(&cli, &command, argc, argv) == 0)
 *             cli_each_object(&cli, list_files, NULL, NULL);
 *         return cli_end(&cli);
 *     }
 *
 * cli_begin keeps the order of start: options, then what they stand for (zone,
 * span, the command's own by command.prepare), then outputs; then the process
 * is sealed (lib/cli/seal.c): no program, no socket, no file written but below
 * the output folder and TMPDIR. cli_each_object opens all evidence before the
 * first callback runs; threads start in callbacks.
 *
 * Functions are for the thread that called cli_begin, except cli_progress,
 * cli_report, cli_warn and cli_note, which any thread may call. What a command
 * may read of struct cli stands above the line in it.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/digest.h>
#include <fett/error.h>
#include <fett/met.h>
#include <fett/object.h>
#include <fett/record.h>
#include <fett/record_filter.h>
#include <fett/record_reader.h>
#include <fett/record_writer.h>
#include <fett/spelling.h>
#include <fett/zone.h>

/* --- the declaration of a command --- */

/* The values of an option that may be given many times, in order. */
struct cli_list {
    const char **items;
    size_t count;
    size_t capacity;
};

/*
 * One option: parsing, help and custody record are made of it. It sets the one
 * that is not NULL; an option without argument sets a flag. A table ends with
 * an empty one: { 0 }.
 */
struct cli_option {
    char letter;          /* 0: a long one only */
    const char *name;     /* the long one, without dashes */
    const char *argument; /* its name in the help, or NULL */
    const char *help;     /* one line, lower case, no full stop */
    bool *flag;
    const char **text;
    uint64_t *number;
    struct cli_list *list;
    bool filter;          /* given: finding nothing is status 1 */
    bool filled;          /* an empty argument is misuse */
    const char *fallback; /* --NAME without =ARGUMENT means this; NULL: it needs one */
    void (*show)(void);   /* given: this on standard output is all that is done */
};

/* What a command takes and gives. Common options are added by these: always
 * -h, -q, -v, --custody, --version; -F, -H, -o unless CLI_CONTENT. */
enum {
    CLI_OBJECTS = 1 << 0,       /* operands are evidence: -j, --gaps, --progress, --raw,
                                 --sector */
    CLI_DIRECTORIES = 1 << 1,   /* folders of the examiner's machine are evidence too */
    CLI_STDIN_OBJECTS = 1 << 2, /* the operand `-`: objects that records name */
    CLI_STDIN_RECORDS = 1 << 3, /* `-`, or no operand: records as data */
    CLI_CONTENT = 1 << 4,       /* output is content, not records */
    CLI_SEARCH = 1 << 5,        /* no record of the main type: status 1 */
    CLI_ZONE = 1 << 7,          /* -z */
    CLI_CLOCK = 1 << 8,         /* --clock */
    CLI_FOLDER = 1 << 9,        /* -d: a folder to write into */
    CLI_TIMELINE = 1 << 10,     /* -o also in the formats of timelines */
};

struct cli;

struct command {
    const char *name;
    const char *summary;           /* one line, as in the man page */
    const char *operands;          /* as in the man page: "OBJECT..." */
    unsigned flags;
    enum record_type main_type;    /* columns of table, tsv, csv; what status 1 asks for */
    const char *table_fields;      /* columns on a terminal; NULL: the usual of main_type */
    const struct cli_option *options; /* its own, or NULL */
    const char *const *formats;    /* further ones for -o, ended by NULL, or NULL */
    /* Whether a file is in a format that the command reads by itself (object.h). */
    int (*is_loose)(const uint8_t *head, size_t size);
    int (*is_loose_behind_zeros)(const uint8_t *page, size_t size);
    /* Turn the options' texts into what they mean, before anything is opened.
     * ERROR_USAGE is misuse. May be NULL. */
    int (*prepare)(struct cli *cli, struct error *error);
};

/* --- one run --- */

/* What came of it; the highest counts. Of several operands: failed before
 * partial before differs before done before nothing. */
enum cli_outcome {
    OUTCOME_NOTHING, /* 1: a search without a result */
    OUTCOME_DONE,    /* 0 */
    OUTCOME_DIFFERS, /* 1: a comparison that is not in order */
    OUTCOME_PARTIAL, /* 3: some input could not be used */
    OUTCOME_FAILED,  /* 2 */
};

struct cli_progress_state {
    pthread_mutex_t lock; /* of the bar and of every message */
    bool bar;             /* on a terminal */
    bool lines;           /* --progress, where it is none */
    bool shown;           /* the bar stands on the screen now */
    int64_t start;        /* milliseconds */
    _Atomic int64_t due;  /* when to draw next */
};

/* Local times that were written: without a zone, and converted by one. */
enum cli_clocks { CLI_LOCAL_TIMES = 1, CLI_CONVERTED_TIMES = 2, CLI_ALL_CLOCKS = 3 };

/* What was written. */
struct cli_tally {
    uint64_t records;
    uint64_t main_records; /* of command.main_type */
    unsigned clocks;       /* of their times: enum cli_clocks */
};

struct cli {
    const struct command *command;
    char **operands;
    size_t operand_count;
    bool quiet, verbose;
    uint64_t threads;      /* -j, or the processors there are; at most LIMIT_THREADS */
    const char *host;      /* -H, or NULL */
    const char *folder;    /* -d, or NULL */
    struct zone *zone;     /* -z, or NULL */
    int64_t clock;         /* --clock, in seconds: add to times of the evidence */
    bool seeks_zone;       /* without -z that of Windows too where no file system needs it */
    int format;            /* enum record_format; FORMAT_COUNT + index in command.formats */
    struct objects *objects;      /* in callbacks of cli_each_object */
    struct record_line *line;     /* the record that named the object; NULL for operands */
    bool output_failed;    /* nothing more can be written: come to an end */

    /* ---- below: cli's own ---- */

    enum cli_outcome outcome;
    struct cli_option *options; /* the command's and the common ones, ended by { 0 } */
    size_t own_options;         /* how many of them are the command's */
    struct record_writer *writer, *gap_writer;
    int gap_file, custody_file; /* descriptors, or -1 */
    struct buffer zone_told;    /* by which zones local times are converted */
    void (*show)(void);    /* of the option that was given */
    bool help, version, force_raw, progress_lines, terminal, pipe_closed;
    const char *format_name, *fields, *zone_name, *clock_text, *custody, *gaps;
    uint64_t sector;            /* UINT64_MAX: none given */
    struct cli_tally written;
    uint64_t gap_records;
    struct instant start;
    struct digest digest;       /* of content on standard output, with --custody */
    struct buffer command_line;
    struct buffer stored;       /* members of a JSON object: digests that images store */
    struct buffer versions;     /* likewise: libraries in use */
    struct cli_progress_state progress;
    struct met visited;         /* objects that records named */
    struct spellings spellings; /* of the images of these */
    void (*release)(struct cli *cli); /* what cli_each_object opened */
};

/*
 * Start. 0: go on. -1: there is nothing to do, it was told, and cli_end gives
 * the status (misuse, --help, an output that cannot be opened).
 */
int cli_begin(struct cli *cli, const struct command *command, int argc, char **argv);

/* Close outputs, append the custody record, release all, and return the exit
 * status. Ends the process quietly by SIGPIPE when that is what happened. */
int cli_end(struct cli *cli);

/* Make the outcome at least this; the exit status as it is now. */
void cli_raise(struct cli *cli, enum cli_outcome outcome);
int cli_status(const struct cli *cli);

/* --- operands --- */

/* What is called for each object, and for each record that is data. Not 0 with
 * an error set: it is reported, and the next one is taken. Not 0 without:
 * nothing is reported. */
typedef int (*cli_object_visit)(struct cli *cli, struct object *object, void *context,
                                struct error *error);
typedef int (*cli_record_visit)(struct cli *cli, struct record_line *line, void *context,
                                struct error *error);

/*
 * Open every operand, then visit each. `-` stands for the objects that records
 * on standard input name, each visited once, at the first record that names it;
 * or with CLI_STDIN_RECORDS for the records themselves, which go to `record`
 * (else NULL). An operand that cannot be opened is reported, the others are
 * visited. Gaps that came in as records are written on, gaps of the evidence
 * that no visit took (object.h) after the last one.
 * Evidence stays open until cli_end. -1 when output failed.
 */
int cli_each_object(struct cli *cli, cli_object_visit visit, cli_record_visit record,
                    void *context);

/* Visit each record of each operand, a file of JSON Lines or `-`; without
 * operands of standard input. Malformed lines are reported. -1 when output failed. */
int cli_each_record(struct cli *cli, cli_record_visit visit, void *context);

/* --- output --- */

/*
 * Write a record; `cli` is a struct cli, so that this is a sink for the
 * library. -H is set in it; a gap goes where gaps go in this format. 0, or -1
 * when output failed, which has been reported.
 */
int cli_write(void *cli, struct record *record);

/*
 * Parts of the output: records that another thread makes while the command goes on. A part is
 * filled by one thread at a time, and written by the thread of cli_write when its turn comes.
 * Gaps have no place in it. `cli` is a struct cli, and a part is whatever cli_part_new gives,
 * so that these four make a struct timeline_parts.
 */

/* Whether records of the format can be made so. */
bool cli_divides(const struct cli *cli);

/* NULL without memory. To be freed before cli_end. */
void *cli_part_new(void *cli);

/* A sink, like cli_write; what cannot be added is told by cli_join. */
int cli_part_add(void *part, struct record *record);

/* Write what the part has; it is empty then. 0 or -1, as of cli_write. */
int cli_join(void *cli, void *part);

/* Accepts NULL. */
void cli_part_free(void *part);

/* Write content: large blocks, nothing is buffered. `records` is how many of the
 * main type it is. 0 or -1. */
int cli_write_content(struct cli *cli, const void *data, size_t size, uint64_t records);

/* Pass a record through a filter to the output; NULL: that was the last one. 0 or
 * -1 with an error set, or with none when output failed, which was reported. */
int cli_filter(struct cli *cli, struct record_filter *filter, struct record_line *line,
               struct error *error);

/* Records will be of this type; before the first is written. 0 or -1. */
int cli_set_main_type(struct cli *cli, enum record_type type);

/* --- messages --- */

/* Report an error and raise the outcome: to partial for evidence that is
 * damaged or beyond a limit, to failed for all else. ERROR_NONE is nothing, and
 * ERROR_REMNANT a warning. */
void cli_report(struct cli *cli, const struct error *error);

/* A warning, not with -q; a note, only with -v. The outcome stays. */
void cli_warn(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_note(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Misuse: the message, and where help is. Outcome failed. Always returns -1. */
int cli_usage(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How far long work is; `cli` is a struct cli. Cheap: call it as often as you like. */
void cli_progress(void *cli, uint64_t done, uint64_t total);

/* --- values of options --- */

/* A decimal number; bytes with K, M, G or T behind (powers of 1024); a span of
 * time: "90s", "2h", "1d12h", "-5m" (w, d, h, m, s), in seconds. 0 or -1. */
int cli_parse_number(const char *text, uint64_t *number, struct error *error);
int cli_parse_size(const char *text, uint64_t *bytes, struct error *error);
int cli_parse_span(const char *text, int64_t *seconds, struct error *error);

/* "A-B" with A not behind B, each a size; none: 0, UINT64_MAX. "I/N" with I from 1
 * to N. 0 or -1. */
int cli_parse_range(const char *text, uint64_t *from, uint64_t *to, struct error *error);
int cli_parse_part(const char *text, unsigned *part, unsigned *parts, struct error *error);

/* A time: RFC 3339 or a date; without a zone it is taken by -z, else as UTC. */
int cli_parse_time(const struct cli *cli, const char *text, struct instant *instant,
                   struct error *error);

/* The same for the end of a stretch: of a date alone its last nanosecond. */
int cli_parse_time_end(const struct cli *cli, const char *text, struct instant *instant,
                       struct error *error);

#endif
