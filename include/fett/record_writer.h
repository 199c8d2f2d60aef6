/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_RECORD_WRITER_H
#define FETT_RECORD_WRITER_H

/*
 * record_writer: records in one of the output formats, to a file descriptor.
 *
 * jsonl is one JSON object a line; with chosen fields `type` and those, in the
 * order given, nested ones still nested. tsv and csv have a header line; `type`
 * comes first, then the chosen fields or those of the main type, nested values
 * as `target.size`, lists and objects as JSON text; records of other types are
 * not written there but counted. In tsv a tab, newline, carriage return and
 * backslash are \t \n \r \\, other control and invalid bytes \xHH. csv is RFC
 * 4180 with newlines, U+FFFD for invalid bytes.
 *
 * table is for people: columns that fit the width, control bytes neutralised,
 * colour only where asked. Columns that are empty are left out unless chosen,
 * and so are, from the right, those that do not fit (the header ends in "+N
 * more"). Layout comes from the first rows (at most WRITER_TABLE_ROWS and
 * WRITER_TABLE_BYTES); texts behind that are longer are cut, and a value in a
 * column that was left out begins the table anew. Paths are cut in the middle,
 * other text at its end, numbers never. Where datetime comes first and no fields were
 * chosen, each day is a heading and rows have the time alone. A record of another type
 * has a line of its own: "! gap at OFFSET+LENGTH: reason (object)".
 *
 * The formats of timelines are those of other tools, and -F has no meaning there.
 * body is the bodyfile of TSK 3.x, mactime what `mactime -d -y` makes of it, both of
 * events: neighbours that are one line but for their times are written as one.
 * timesketch (JSON Lines), timesketch-csv and l2tcsv (log2timeline's 17 columns) take
 * every record with a datetime. Other records are counted as left out.
 */

#include <stdbool.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/record.h>
#include <fett/record_reader.h>

enum record_format {
    FORMAT_JSONL,
    FORMAT_TABLE,
    FORMAT_TSV,
    FORMAT_CSV,
    /* From here on those of timelines. */
    FORMAT_BODY,
    FORMAT_MACTIME,
    FORMAT_TIMESKETCH,
    FORMAT_TIMESKETCH_CSV,
    FORMAT_L2TCSV,
    FORMAT_COUNT,
};

enum { WRITER_TABLE_ROWS = 500, WRITER_TABLE_BYTES = 65536 };

const char *record_format_name(enum record_format format);
int record_format_by_name(const char *name); /* -1 for none */
bool record_format_is_timeline(enum record_format format);

struct record_writer_options {
    enum record_format format;
    /* Columns of table, tsv, csv. RECORD_TYPE_COUNT: the type of the first record
     * that is no gap; with -F all types but gaps. */
    enum record_type main_type;
    const char *fields;           /* -F: "a,b,target.size", or NULL */
    const char *table_fields;     /* columns of table where -F is not given */
    unsigned width;               /* of the terminal; 0: unlimited */
    bool colour;
    bool digest;                  /* compute SHA-256 of all that is written (custody) */
};

struct record_writer;

/* Fails with ERROR_USAGE for a field that no type has. */
int record_writer_new(struct record_writer **writer, int fd,
                      const struct record_writer_options *options, struct error *error);

/* Another main type, before anything was written. */
int record_writer_set_main_type(struct record_writer *writer, enum record_type type,
                                struct error *error);

/* Write a record (buffered, 1 MiB). 0, or -1 when the output failed; EPIPE is
 * reported like any other error. */
int record_writer_write(struct record_writer *writer, const struct record *record,
                        struct error *error);

/* Write a record that was read; in jsonl without -F byte for byte. */
int record_writer_write_line(struct record_writer *writer, struct record_line *line,
                             struct error *error);

/* Write lines that are complete already (jsonl only): records made elsewhere. */
int record_writer_write_lines(struct record_writer *writer, const char *text, size_t size,
                              uint64_t records, struct error *error);

/*
 * A part of the output, which another thread makes while the writer itself goes on: a writer
 * of the same format and fields that keeps its text. Whether a format can be made so: not
 * where lines depend on those before them (table) or there are columns of a main type.
 */
bool record_writer_divides(const struct record_writer *writer);
int record_writer_new_part(struct record_writer **part, const struct record_writer *writer,
                           struct error *error);
/* Write what is in a part, which is empty then. */
int record_writer_join(struct record_writer *writer, struct record_writer *part,
                       struct error *error);

/* Everything out: header lines too, and of a table the rows that wait for
 * their widths. */
int record_writer_flush(struct record_writer *writer, struct error *error);

uint64_t record_writer_count(const struct record_writer *writer);        /* all written */
/* Without those of record_writer_write_lines. RECORD_TYPE_COUNT: unknown types. */
uint64_t record_writer_type_count(const struct record_writer *writer, enum record_type type);
/* Not written because the format has no place for them: other types, gaps.
 * RECORD_TYPE_COUNT: unknown types. */
uint64_t record_writer_left_out(const struct record_writer *writer, enum record_type type);
/* After the last flush, with options.digest. */
void record_writer_digest(struct record_writer *writer, char hex[65]);

/* Accepts NULL; does not flush. */
void record_writer_free(struct record_writer *writer);

#endif
