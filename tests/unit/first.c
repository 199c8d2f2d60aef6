/* SPDX-License-Identifier: Apache-2.0 */

/* The chain that led to what is in focus (fs-timeline(1), THE CHAIN), over files in a
 * table and records as text. Seconds are of 1970-01-01. */

#include <fett/buffer.h>
#include <fett/timeline.h>

#include "file_table.h"
#include "tap.h"

static const struct timeline_focus first = { .first = true };

static struct instant at(int64_t seconds)
{
    return instant_from_unix(seconds, 0, PRECISION_NANOSECOND);
}

static struct file *born(struct table *table, const char *inode, const char *path,
                         int64_t seconds)
{
    return add(table, inode, path, (struct file_times){ .born = at(seconds) });
}

static int keep(void *context, struct record *record)
{
    static const enum record_field fields[] = { FIELD_SOURCE, FIELD_MESSAGE, FIELD_REASON };
    struct buffer *got = context;
    char text[INSTANT_TEXT_SIZE];

    instant_format(&record_get(record, FIELD_DATETIME)->time, text);
    buffer_add(got, text + 11, 8);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct value *value = record_get(record, fields[i]);
        buffer_add_byte(got, '|');
        buffer_add(got, value ? value->text : "-", value ? value->length : 1);
    }
    buffer_add_byte(got, '\n');
    return 0;
}

static void add_lines(struct timeline *timeline, const char *const *lines)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;

    for (; lines && *lines; lines++)
        ok(record_reader_parse(reader, *lines, strlen(*lines), &line, NULL) == 1 &&
               timeline_add_record(timeline, &line, NULL) == 0,
           "a record");
    record_reader_free(reader);
}

static void tells(const char *around, int64_t span, struct table *table,
                  const char *const *lines, const char *expected, const char *what)
{
    struct timeline *timeline = timeline_new(&first);
    struct buffer got = BUFFER_INIT;

    if (around)
        ok(timeline_add_around(timeline, around, span, NULL) == 0, "around %s", around);
    if (table)
        ok(timeline_add_tree(timeline, &table->tree, "img", "p1", TIMELINE_TREE_NTFS, NULL) == 0, "a tree");
    add_lines(timeline, lines);
    ok(timeline_each(timeline, TIMELINE_TIMES, keep, &got, NULL, NULL) == 0, "%s: handed out", what);
    same_text(buffer_text(&got), expected, what);
    same_number(timeline_told(timeline), *expected != '\0', "whether something is known");
    buffer_release(&got);
    timeline_free(timeline);
}

#define EVENT "{\"type\":\"event\",\"image\":\"img\",\"volume\":\"p1\",\"datetime\":\"1970-01-01T"
#define RUN EVENT "00:10:10Z\",\"timestamp_desc\":\"first run\",\"message\":\"DROP.EXE was " \
    "run\"," \
            "\"source\":\"prefetch\",\"program\":\"/DOCUMENTS AND SETTINGS/U/DROP.EXE\"}"

static void test_run(void)
{
    static struct table table;
    const char *lines[] = {
        RUN,
        EVENT "00:09:58Z\",\"source\":\"webhist\",\"message\":\"Visited: "
            "u@http://h.test/a/drop.exe?x\"}",
        EVENT "00:09:20Z\",\"source\":\"webhist\",\"message\":\"Visited: u@http://h.test/\"}",
        EVENT "00:09:57Z\",\"source\":\"webhist\",\"message\":\"http://h.test/logo.gif "
            "(logo[1].gif)\"}",
        NULL };

    born(&table, "30-128-1", "/Documents and Settings/u/drop.exe", 600);
    born(&table, "31-128-1", "/WINDOWS/system32/evil.exe", 611);
    born(&table, "32-128-1", "/WINDOWS/system32/other.exe", 609 - 60); /* not with it */
    tells("evil.exe", 60, &table, lines,
          "00:09:58|webhist|Visited: u@http://h.test/a/drop.exe?x|the visit to an address that "
          "ends "
          "in its name, 2 s before the birth of /Documents and Settings/u/drop.exe\n"
          "00:10:00|si|/Documents and Settings/u/drop.exe|born 10 s before its run, in a profile\n"
          "00:10:10|prefetch|DROP.EXE was run|the first run known of a new program, 1 s before "
          "the "
          "birth of /WINDOWS/system32/evil.exe\n"
          "00:10:11|si|/WINDOWS/system32/evil.exe|in focus: birth of /WINDOWS/system32/evil.exe\n",
          "a visit, the file it brought, its run");
    tells("drop.exe", 60, &table, lines,
          "00:09:58|webhist|Visited: u@http://h.test/a/drop.exe?x|the visit to an address that "
          "ends "
          "in its name, 2 s before the birth of /Documents and Settings/u/drop.exe\n"
          "00:10:00|si|/Documents and Settings/u/drop.exe|in focus: birth of /Documents and "
          "Settings/u/drop.exe, in a profile\n"
          "00:10:10|prefetch|DROP.EXE was run|its first run known, 10 s after the birth of "
          "/Documents and Settings/u/drop.exe\n",
          "what came of a file");
    tells("evil.exe", 1, &table, (const char *const[]){ RUN, NULL },
          "00:10:00|si|/Documents and Settings/u/drop.exe|born 10 s before its run, in a profile\n"
          "00:10:10|prefetch|DROP.EXE was run|the first run known of a new program, 1 s before "
          "the "
          "birth of /WINDOWS/system32/evil.exe\n"
          "00:10:11|si|/WINDOWS/system32/evil.exe|in focus: birth of /WINDOWS/system32/evil.exe\n",
          "a step reaches back exactly so far");
    tells("evil.exe", 0, &table, (const char *const[]){ RUN, NULL }, "", "and no further");
}

/* A program that came with the system is no cause, though it was run. */
static void test_old_program(void)
{
    static struct table table;

    born(&table, "30-128-1", "/WINDOWS/explorer.exe", 10);
    born(&table, "31-128-1", "/WINDOWS/system32/evil.exe", 611);
    tells("evil.exe", 60, &table,
          (const char *const[]){ EVENT "00:10:10Z\",\"timestamp_desc\":\"run\",\"source\":"
                                       "\"prefetch\",\"program\":\"/WINDOWS/EXPLORER.EXE\"}",
                                       NULL },
          "", "the run of an old program");
}

/* Set back in $STANDARD_INFORMATION; by the journal even in $FILE_NAME. */
static void test_false_times(void)
{
    static struct table table;
    static const char name[] = "/WINDOWS/system32/evil.exe";
    const struct file_name named = { .path = name, .path_length = sizeof name - 1,
                                     .times = { .born = at(611) } };
    const char *journal[] = {
        EVENT "00:11:40Z\",\"source\":\"usn\",\"message\":\"a (b).exe: data extended, created "
            "(file 31-7)\"}",
        EVENT "00:11:41Z\",\"source\":\"usn\",\"message\":\"evil.exe: created, closed (file "
            "31-7)\"}",
        EVENT "00:11:20Z\",\"source\":\"usn\",\"message\":\"evil.exe: created, closed (file "
            "31-6)\"}",
        EVENT "00:11:20Z\",\"source\":\"usn\",\"message\":\"created.exe: renamed to (file "
            "31-7)\"}",
        NULL };

    born(&table, "30-128-1", "/TEMP/drop.exe", 600);
    struct file *file = born(&table, "31-128-1", name, 10);
    file->names = &named;
    file->name_count = 1;
    file->seq = 7;
    tells("evil.exe", 60, &table, NULL,
          "00:10:00|si|/TEMP/drop.exe|born 11 s before the birth of /WINDOWS/system32/evil.exe, "
          "in "
          "a temporary folder\n"
          "00:10:11|fn|/WINDOWS/system32/evil.exe|in focus: birth of /WINDOWS/system32/evil.exe; "
          "its birth in $STANDARD_INFORMATION is another\n",
          "the birth in $FILE_NAME counts");
    tells("evil.exe", 100, &table, journal,
          "00:10:00|si|/TEMP/drop.exe|born 100 s before the birth of /WINDOWS/system32/evil.exe, "
          "in "
          "a temporary folder\n"
          "00:11:40|usn|a (b).exe: data extended, created (file 31-7)|in focus: birth of "
          "/WINDOWS/system32/evil.exe; its birth in $STANDARD_INFORMATION is another\n",
          "what the journal says counts more, of this file only");
}

static void test_cache(void)
{
    static struct table table;
    static const char cached[] = "/Documents and Settings/u/Local Settings/Temporary Internet "
                                 "Files/Content.IE5/AB/setup[1].exe";

    born(&table, "30-128-1", cached, 600);
    tells("setup[1].exe", 60, &table,
          (const char *const[]){ EVENT "00:09:59Z\",\"source\":\"webhist\",\"message\":"
                                       "\"http://h.test/setup.exe (setup[1].exe)\"}", NULL },
          "00:09:59|webhist|http://h.test/setup.exe (setup[1].exe)|the visit to an address that "
          "ends "
          "in its name, 1 s before the birth of /Documents and Settings/u/Local "
          "Settings/Temporary "
          "Internet Files/Content.IE5/AB/setup[1].exe\n"
          "00:10:00|si|/Documents and Settings/u/Local Settings/Temporary Internet "
          "Files/Content.IE5"
          "/AB/setup[1].exe|in focus: birth of /Documents and Settings/u/Local Settings/Temporary "
          "Internet Files/Content.IE5/AB/setup[1].exe, in the cache of the browser\n",
          "a file as the cache numbers it");
}

#define LOG(time, provider, id, message) \
    EVENT time "Z\",\"source\":\"evt\",\"provider\":\"" provider "\",\"event_id\":" id \
               ",\"message\":\"" message "\"}"

static void test_session(void)
{
    static struct table table;
    const char *lines[] = {
        LOG("00:01:00", "EventLog", "6005", "start"),
        LOG("00:02:00", "Security", "528", "Security 528 (audit success): u; W; (0x0,0x2A1B); 2; "
            "x"),
        LOG("00:03:00", "Security", "528", "Security 528 (audit success): u; W; (0x0,0x2A1C); 3; "
            "x"),
        LOG("00:04:00", "Microsoft-Windows-Security-Auditing", "4624",
            "x; TargetDomainName=Window Manager; LogonType=2; y"),
        NULL, NULL };
    static const char evil[] = "00:10:00|si|/evil.exe|in focus: birth of /evil.exe\n";
    char expected[512];

    born(&table, "30-128-1", "/evil.exe", 600);
    snprintf(expected, sizeof expected,
             "00:02:00|evt|Security 528 (audit success): u; W; (0x0,0x2A1B); 2; x|the last logon, "
             "480 s before the birth of /evil.exe\n%s", evil);
    tells("evil.exe", 1, &table, lines, expected, "the last logon, not over the network");
    lines[4] = LOG("00:05:00", "Microsoft-Windows-Kernel-General", "12", "again");
    snprintf(expected, sizeof expected,
             "00:05:00|evt|again|the last start of the system, 300 s before the birth of "
             "/evil.exe\n%s", evil);
    tells("evil.exe", 1, &table, lines, expected, "or the start since");
}

/* Spans that nobody counts in seconds. */
static void test_long_spans(void)
{
    static struct table hours, days;
    static const char *const lines[] = {
        LOG("00:05:00", "Microsoft-Windows-Kernel-General", "12", "start"), NULL };

    born(&hours, "30-128-1", "/evil.exe", 300 + 4 * 3600 + 59);
    tells("evil.exe", 1, &hours, lines,
          "00:05:00|evt|start|the last start of the system, 14459 s (4 hours) before the birth of "
          "/evil.exe\n"
          "04:05:59|si|/evil.exe|in focus: birth of /evil.exe\n", "hours");
    born(&days, "30-128-1", "/evil.exe", 300 + 3 * 86400);
    tells("evil.exe", 1, &days, lines,
          "00:05:00|evt|start|the last start of the system, 259200 s (3 days) before the birth of "
          "/evil.exe\n"
          "00:05:00|si|/evil.exe|in focus: birth of /evil.exe\n", "days");
}

#define AUTORUN \
    "{\"type\":\"autorun\",\"image\":\"img\",\"volume\":\"p1\",\"path\":\"/software\"," \
    "\"key\":\"HKLM\\\\Run\",\"name\":\"x\",\"data\":\"evil\",\"key_last_write\":" \
    "\"1970-01-01T00:10:05Z\",\"origin\":\"live\",\"program\":\"/evil.exe\"}"

static void test_on(void)
{
    static struct table table;
    const char *lines[] = { AUTORUN, LOG("00:10:04", "EventLog", "6005", "too early"),
                            LOG("01:00:00", "EventLog", "6005", "start"),
                            LOG("02:00:00", "EventLog", "6005", "later"), NULL };

    born(&table, "30-128-1", "/evil.exe", 600);
    tells(NULL, 0, &table, lines,
          "00:10:00|si|/evil.exe|in focus: birth of /evil.exe\n"
          "00:10:04|evt|too early|in focus: too early\n"
          "00:10:05|reg|HKLM\\Run\\x: evil|what starts it was written 5 s after the birth of "
          "/evil.exe\n"
          "01:00:00|evt|start|in focus: start\n"
          "02:00:00|evt|later|in focus: later\n",
          "records that are piped in are in focus");
    tells("evil.exe", 60, NULL, lines,
          "00:10:04|evt|too early|the last start of the system, 1 s before /evil.exe\n"
          "00:10:05|reg|HKLM\\Run\\x: evil|in focus: /evil.exe\n"
          "01:00:00|evt|start|the first start of the system 2995 s after what starts /evil.exe "
          "was "
          "written\n",
          "a program that is gone, by what starts it");
}

static void test_moment(void)
{
    static struct table table;
    static char paths[20][16];

    born(&table, "30-128-1", "/evil.exe", 600);
    born(&table, "31-128-1", "/text.txt", 600);
    born(&table, "32-128-1", "/early.dll", 598);
    born(&table, "33-128-1", "/late.dll", 603);
    tells("evil.exe", 1, &table, NULL,
          "00:09:58|si|/early.dll|a program that came in the same moment, born 2 s before the "
          "birth "
          "of /evil.exe\n"
          "00:10:00|si|/evil.exe|in focus: birth of /evil.exe\n",
          "programs of the same moment");
    for (int i = 0; i < 16; i++) {
        snprintf(paths[i], sizeof paths[i], "/%d.dll", i);
        born(&table, "40-128-1", paths[i], 601);
    }
    tells("evil.exe", 1, &table, NULL, "", "of an installation there are more");
    tells("evil.exe", 1, &table, (const char *const[]){ AUTORUN, NULL },
          "00:10:00|si|/evil.exe|in focus: birth of /evil.exe, with 17 other programs in the same "
          "moment, as of an installation or update\n"
          "00:10:05|reg|HKLM\\Run\\x: evil|what starts it was written 5 s after the birth of "
          "/evil.exe\n",
          "which is said");
}

int main(void)
{
    test_run();
    test_old_program();
    test_false_times();
    test_cache();
    test_session();
    test_long_spans();
    test_on();
    test_moment();
    return tap_done();
}
