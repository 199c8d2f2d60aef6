/* SPDX-License-Identifier: Apache-2.0 */

/* The timeline over files that only a file system with $FILE_NAME has: names,
 * streams, links, each time alike or not; its order; spans to the nanosecond.
 * The tree is a table in this file. */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/timeline.h>

#include "file_table.h"
#include "tap.h"

static const struct timeline_focus everything;

static struct instant at(int64_t seconds, uint32_t nanoseconds)
{
    return instant_from_unix(seconds, nanoseconds, PRECISION_NANOSECOND);
}

static struct file_times all_at(int64_t seconds)
{
    return (struct file_times){ at(seconds, 0), at(seconds, 0), at(seconds, 0), at(seconds, 0) };
}

static struct file_times born_at(int64_t seconds, uint32_t nanoseconds)
{
    return (struct file_times){ .born = at(seconds, nanoseconds) };
}

/* --- what comes out --- */

static int keep(void *context, struct record *record)
{
    static const enum record_field fields[] = { FIELD_SOURCE, FIELD_MACB, FIELD_IMAGE,
                                                FIELD_VOLUME, FIELD_MESSAGE, FIELD_REASON };
    const struct instant *time = &record_get(record, FIELD_DATETIME)->time;
    struct buffer *got = context;
    char text[INSTANT_TEXT_SIZE];

    instant_format(time, text);
    buffer_add_text(got, text + (strncmp(text, "1970-01-01T", 11) == 0 ? 11 : 0));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct value *value = record_get(record, fields[i]);
        buffer_add_byte(got, ' ');
        if (value)
            buffer_add(got, value->text, value->length);
        else
            buffer_add_byte(got, '-');
    }
    buffer_add_byte(got, '\n');
    return 0;
}

static void gives(struct timeline *timeline, const char *expected, const char *what)
{
    struct buffer got = BUFFER_INIT;

    ok(timeline_each(timeline, TIMELINE_TIMES, keep, &got, NULL, NULL) == 0, "%s: handed out", what);
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    timeline_free(timeline);
}

static struct timeline *over(const struct timeline_focus *focus, const char *around, int64_t span,
                             struct table *table)
{
    struct timeline *timeline = timeline_new(focus);

    if (around)
        ok(timeline_add_around(timeline, around, span, NULL) == 0, "around %s", around);
    ok(timeline_add_tree(timeline, &table->tree, "img", "p1", TIMELINE_TREE_NTFS, NULL) == 0,
       "a tree");
    return timeline;
}

/* --- letters --- */

/* Each of the four times is absent or one of three: all 256 files, against a
 * grouping by hand. */
static void test_all_letters(void)
{
    static struct table table;
    struct timeline *timeline;
    struct buffer got = BUFFER_INIT;
    int bad = 0;

    for (int i = 0; i < 256; i++) {
        const int each[4] = { i & 3, i >> 2 & 3, i >> 4 & 3, i >> 6 };
        const struct instant times[] = { INSTANT_NONE, at(1, 0), at(2, 0), at(3, 0) };
        char expected[512] = "";
        table.count = 0;
        add(&table, "30-128-1", "/f", (struct file_times){ .born = times[each[0]],
                                                           .modified = times[each[1]],
                                                           .changed = times[each[2]],
                                                           .accessed = times[each[3]] });
        for (int second = 1; second <= 3; second++) {
            char letters[5] = "....";
            for (int k = 0; k < 4; k++)
                if (each[k] == second)
                    letters[k == 0 ? 3 : k == 1 ? 0 : k == 2 ? 2 : 1] = "bmca"[k];
            if (strcmp(letters, "....") != 0)
                sprintf(expected + strlen(expected), "00:00:0%d.000000000Z si %s img p1 /f -\n",
                        second, letters);
        }
        timeline = timeline_new(&everything);
        timeline_add_tree(timeline, &table.tree, "img", "p1", TIMELINE_TREE_NTFS, NULL);
        buffer_clear(&got);
        bad += timeline_each(timeline, TIMELINE_TIMES, keep, &got, NULL, NULL) != 0 ||
               strcmp(buffer_text(&got), expected) != 0;
        timeline_free(timeline);
    }
    same_number(bad, 0, "all 256 ways in which four times are alike");
    buffer_release(&got);
}

static int keep_words(void *context, struct record *record)
{
    const struct value *value = record_get(record, FIELD_TIMESTAMP_DESC);

    buffer_add(context, value->text, value->length);
    buffer_add_byte(context, '\n');
    return 0;
}

static void test_words(void)
{
    static struct table table;
    struct buffer got = BUFFER_INIT;

    add(&table, "30", "/f", (struct file_times){ at(1, 0), at(2, 0), at(3, 0), at(4, 0) });
    add(&table, "31", "/g", all_at(5));
    struct timeline *timeline = over(&everything, NULL, 0, &table);
    timeline_each(timeline, TIMELINE_TIMES, keep_words, &got, NULL, NULL);
    same_text(buffer_text(&got), "born\nmodified\naccessed\nmetadata changed\n"
                                 "born; modified; metadata changed; accessed\n", "in words");
    buffer_release(&got);
    timeline_free(timeline);
}

/* Times that look alike and are not: by a nanosecond, by how exact they are, by
 * whether they are UTC. Raw ones have no place. */
static void test_distinct(void)
{
    static struct table table;
    struct file_times times = { at(1, 1), at(1, 0), at(1, 1), at(1, 0) };

    add(&table, "30", "/ns", times);
    times = (struct file_times){ instant_from_unix(2, 0, PRECISION_2_SECONDS), at(2, 0),
                                 instant_from_unix(2, 0, PRECISION_2_SECONDS), INSTANT_NONE };
    add(&table, "31", "/exact", times);
    times.born = times.modified = times.accessed = times.changed = at(3, 0);
    times.modified.state = INSTANT_LOCAL;
    times.accessed.state = INSTANT_LOCAL;
    add(&table, "32", "/zone", times);
    times = (struct file_times){ instant_from_filetime(UINT64_MAX), at(4, 0),
                                 instant_from_filetime(UINT64_MAX), instant_from_filetime(0) };
    add(&table, "33", "/raw", times);
    gives(over(&everything, NULL, 0, &table),
          "00:00:01.000000000Z si m.c. img p1 /ns -\n"
          "00:00:01.000000001Z si .a.b img p1 /ns -\n"
          "00:00:02.000000000Z si .a.b img p1 /exact -\n"
          "00:00:02.000000000Z si m... img p1 /exact -\n"
          "00:00:03.000000000 si ma.. img p1 /zone -\n"
          "00:00:03.000000000Z si ..cb img p1 /zone -\n"
          "00:00:04.000000000Z si m... img p1 /raw -\n",
          "equal seconds only, and no place for what is raw");
}

/* --- names and streams --- */

static void test_names(void)
{
    static struct table table;
    static const struct file_name names[] = {
        { "/first", 6, 2, { .born = { 10, 0, 0, INSTANT_UTC, 0 } } },
        { "/d/second", 9, 7, { .born = { 10, 0, 0, INSTANT_UTC, 0 },
                               .changed = { 11, 0, 0, INSTANT_UTC, 0 } } },
    };
    const struct timeline_focus second = { .path = "/D/*" }, first = { .path = "/first" };
    struct file *file;

    file = add(&table, "30-128-1", "/first", born_at(20, 0));
    file->names = names;
    file->name_count = 2;
    file = add(&table, "30-128-5", "/first:s", born_at(20, 0));
    file->names = names;
    file->name_count = 2;
    file = add(&table, "31-128-5", "/only:s", born_at(21, 0)); /* no content but a stream */
    file->names = &names[1];
    file->name_count = 1;

    gives(over(&everything, NULL, 0, &table),
          "00:00:10.000000000Z fn ...b img p1 /first -\n"
          "00:00:10.000000000Z fn ...b img p1 /d/second -\n"
          "00:00:10.000000000Z fn ...b img p1 /d/second -\n"
          "00:00:11.000000000Z fn ..c. img p1 /d/second -\n"
          "00:00:11.000000000Z fn ..c. img p1 /d/second -\n"
          "00:00:20.000000000Z si ...b img p1 /first -\n"
          "00:00:20.000000000Z si ...b img p1 /first:s -\n"
          "00:00:21.000000000Z si ...b img p1 /only:s -\n",
          "names once for a file, streams each");
    table.count = 2;
    gives(over(&second, NULL, 0, &table),
          "00:00:10.000000000Z fn ...b img p1 /d/second -\n"
          "00:00:11.000000000Z fn ..c. img p1 /d/second -\n"
          "00:00:20.000000000Z si ...b img p1 /first -\n"
          "00:00:20.000000000Z si ...b img p1 /first:s -\n",
          "a pattern that fits one name: its times and the file's own");
    gives(over(&first, NULL, 0, &table),
          "00:00:10.000000000Z fn ...b img p1 /first -\n"
          "00:00:20.000000000Z si ...b img p1 /first -\n",
          "a pattern that fits the other: the stream's path is not that");
}

/* The file met last of one tree and first of the next have one number. */
static void test_two_trees(void)
{
    static struct table one, two;
    static const struct file_name name = { "/f", 2, 2, { .born = { 10, 0, 0, INSTANT_UTC, 0 } } };
    struct table *const tables[] = { &one, &two };
    struct timeline *timeline = timeline_new(&everything);

    for (int i = 0; i < 2; i++) {
        struct file *file = add(tables[i], "30-128-1", "/f", born_at(20, 0));
        file->names = &name;
        file->name_count = 1;
        timeline_add_tree(timeline, &tables[i]->tree, i ? "b" : "a", "p1", TIMELINE_TREE_NTFS,
                          NULL);
    }
    gives(timeline, "00:00:10.000000000Z fn ...b a p1 /f -\n"
                    "00:00:10.000000000Z fn ...b b p1 /f -\n"
                    "00:00:20.000000000Z si ...b a p1 /f -\n"
                    "00:00:20.000000000Z si ...b b p1 /f -\n", "two trees, each with its names");
}

/* --- order --- */

static void add_line(struct timeline *timeline, struct record_reader *reader, const char *text)
{
    struct record_line line;

    if (record_reader_parse(reader, text, strlen(text), &line, NULL) != 1 ||
        timeline_add_record(timeline, &line, NULL) != 0)
        ok(false, "a record: %s", text);
}

/* Trees and records come in any order; the timeline is the same. */
static void test_order(void)
{
    static struct table one, two, three, lost;
    static const struct file_name name = { "/b", 2, 2, { .born = { 5, 0, 0, INSTANT_UTC, 0 } } };
    static const char *const lines[] = {
        "{\"type\":\"event\",\"datetime\":\"1970-01-01T00:00:05Z\",\"source\":\"evt\","
        "\"image\":\"a\",\"message\":\"1\"}",
        "{\"type\":\"event\",\"datetime\":\"1970-01-01T00:00:05Z\",\"source\":\"si\","
        "\"image\":\"b\",\"volume\":\"p1\",\"message\":\"2\"}",
        "{\"type\":\"event\",\"datetime\":\"1970-01-01T00:00:05Z\",\"source\":\"si\","
        "\"image\":\"a\",\"volume\":\"p9\",\"message\":\"6\"}",
        "{\"type\":\"event\",\"datetime\":\"1970-01-01T00:00:05\",\"source\":\"z\","
        "\"image\":\"z\",\"message\":\"3\"}",
        "{\"type\":\"event\",\"datetime\":\"1970-01-01\",\"source\":\"z\",\"message\":\"4\"}",
        "{\"type\":\"event\",\"datetime\":\"1969-12-31T23:59:59.9Z\",\"source\":\"z\","
        "\"message\":\"5\"}",
    };
    enum { LINES = sizeof lines / sizeof *lines, TREES = 4 };
    static const char expected[] =
        "1969-12-31T23:59:59.900000000Z z - - - 5 -\n"
        "1970-01-01 z - - - 4 -\n"
        "00:00:05.000000000 z - z - 3 -\n"
        "00:00:05.000000000Z evt - a - 1 -\n"
        "00:00:05.000000000Z fn ...b b p2 /b -\n"
        "00:00:05.000000000Z fs macb a p1 /x -\n"
        "00:00:05.000000000Z i30 macb b p1 /z (only in the index of its folder) -\n"
        "00:00:05.000000000Z si - a p9 6 -\n"
        "00:00:05.000000000Z si macb b p1 /y -\n"
        "00:00:05.000000000Z si - b p1 2 -\n"
        "00:00:05.000000000Z si macb b p2 /a -\n"
        "00:00:05.000000000Z si macb b p2 /b -\n"
        "00:00:06.000000000Z si macb b p2 /0 -\n";
    struct buffer got = BUFFER_INIT;
    int bad = 0;

    add(&one, "30", "/x", all_at(5));
    add(&two, "30", "/y", all_at(5));
    add(&lost, "30", "/z", all_at(5));
    add(&three, "30", "/0", all_at(6));
    add(&three, "31", "/a", all_at(5));
    struct file *file = add(&three, "32", "/b", all_at(5));
    file->names = &name;
    file->name_count = 1;
    for (int turn = 0; turn < 8 * LINES; turn++) {
        struct timeline *timeline = timeline_new(&everything);
        struct record_reader *reader = record_reader_new(-1);
        for (int i = 0; i < TREES + LINES; i++) {
            int which = (turn / 2 + (turn & 1 ? TREES - 1 + LINES - i : i)) % (TREES + LINES);
            if (which >= TREES)
                add_line(timeline, reader, lines[which - TREES]);
            else if (which == 0)
                timeline_add_tree(timeline, &one.tree, "a", "p1", TIMELINE_TREE, NULL);
            else if (which == 3)
                timeline_add_tree(timeline, &lost.tree, "b", "p1", TIMELINE_TREE_I30, NULL);
            else
                timeline_add_tree(timeline, which == 1 ? &two.tree : &three.tree, "b",
                                  which == 1 ? "p1" : "p2", TIMELINE_TREE_NTFS, NULL);
        }
        buffer_clear(&got);
        timeline_each(timeline, TIMELINE_TIMES, keep, &got, NULL, NULL);
        bad += strcmp(buffer_text(&got), expected) != 0;
        if (turn == 0)
            same_text(buffer_text(&got), expected, "time, source, image, volume, inode, name");
        timeline_free(timeline);
        record_reader_free(reader);
    }
    same_number(bad, 0, "in whatever order they came");
    buffer_release(&got);
}

static int stop_at_second(void *context, struct record *record)
{
    (void)record;
    return ++*(int *)context == 2 ? 5 : 0;
}

static void test_ends(void)
{
    static struct table table;
    int count = 0;

    for (int i = 0; i < 5; i++)
        add(&table, "30", "/f", all_at(i));
    struct timeline *timeline = over(&everything, NULL, 0, &table);
    ok(timeline_each(timeline, TIMELINE_TIMES, stop_at_second, &count, NULL, NULL) == 5 && count == 2,
       "a sink ends the timeline");
    timeline_free(timeline);
    table.count = 0;
    gives(over(&everything, NULL, 0, &table), "", "a tree of nothing");
    gives(timeline_new(&everything), "", "nothing at all");
    timeline_free(NULL);
}

/* --- spans --- */

static void test_around(void)
{
    bool by_path;
    static struct table table;
    static const char *const paths[] = { "/a", "/b", "/c", "/d", "/e", "/f" };
    static const struct { int64_t seconds; uint32_t nanoseconds; } times[] = {
        { 89, 999999999 }, { 90, 0 }, { 100, 0 }, { 110, 0 }, { 110, 1 }, { 200, 0 },
    };
    struct error error = ERROR_INIT;
    struct timeline *timeline;

    for (int i = 0; i < 6; i++)
        add(&table, "30", paths[i], born_at(times[i].seconds, times[i].nanoseconds));
    gives(over(&everything, "1970-01-01T00:01:40.000000000Z", 10, &table),
          "00:01:30.000000000Z si ...b img p1 /b 10 s before 1970-01-01T00:01:40.000000000Z\n"
          "00:01:40.000000000Z si ...b img p1 /c 0 s after 1970-01-01T00:01:40.000000000Z\n"
          "00:01:50.000000000Z si ...b img p1 /d 10 s after 1970-01-01T00:01:40.000000000Z\n",
          "both ends are in it, the nanosecond beyond is not");
    gives(over(&everything, "/c", 10, &table),
          "00:01:30.000000000Z si ...b img p1 /b 10 s before birth of /c\n"
          "00:01:40.000000000Z si ...b img p1 /c 0 s after birth of /c\n"
          "00:01:50.000000000Z si ...b img p1 /d 10 s after birth of /c\n",
          "the same around a file");
    gives(over(&everything, "/c", 0, &table),
          "00:01:40.000000000Z si ...b img p1 /c 0 s after birth of /c\n", "no span");
    gives(over(&everything, "1970-01-01T00:01:39.5Z", 0, &table), "", "nor anything in it");
    gives(over(&everything, "1970-01-01T00:01:30.000000001Z", 0, &table), "",
          "not even a nanosecond before");

    /* Two, one over the other: the nearer is told. */
    timeline = timeline_new(&everything);
    ok(timeline_add_around(timeline, "/b", 25, NULL) == 0 &&
           timeline_add_around(timeline, "/D", 25, NULL) == 0 &&
           timeline_add_tree(timeline, &table.tree, "img", "p1", TIMELINE_TREE_NTFS, NULL) == 0,
       "around two");
    ok(timeline_around_missing(timeline, &by_path) == NULL, "both are there");
    gives(timeline, "00:01:29.999999999Z si ...b img p1 /a 0 s before birth of /b\n"
                    "00:01:30.000000000Z si ...b img p1 /b 0 s after birth of /b\n"
                    "00:01:40.000000000Z si ...b img p1 /c 10 s after birth of /b\n"
                    "00:01:50.000000000Z si ...b img p1 /d 0 s after birth of /d\n"
                    "00:01:50.000000001Z si ...b img p1 /e 0 s after birth of /d\n",
          "each event once, by the nearer");

    /* With after and before both must hold. */
    const struct timeline_focus narrow = { .after = at(100, 0), .before = at(110, 0) };
    gives(over(&narrow, "/c", 1000, &table),
          "00:01:40.000000000Z si ...b img p1 /c 0 s after birth of /c\n"
          "00:01:50.000000000Z si ...b img p1 /d 10 s after birth of /c\n",
          "and after, and before");

    timeline = timeline_new(&everything);
    ok(timeline_add_around(timeline, "x", -1, &error) == -1 && error.kind == ERROR_USAGE,
       "no span is negative: %s", error.text);
    ok(timeline_add_around(timeline, "/c", INT64_MAX, NULL) == 0 &&
           timeline_add_around(timeline, "9999-12-31T23:59:59Z", INT64_MAX, NULL) == 0,
       "spans of all time");
    timeline_free(timeline);
    table.count = 1;
    gives(over(&everything, "/a", INT64_MAX, &table),
          "00:01:29.999999999Z si ...b img p1 /a 0 s after birth of /a\n", "have no end");
}

/* A time that is not exact is an interval; some of it must be in the span. */
static void test_inexact(void)
{
    static struct table table;

    add(&table, "30", "/sec", (struct file_times){ .born = instant_from_unix(9, 0,
                                                                            PRECISION_SECOND) });
    add(&table, "31", "/dos", (struct file_times){ .born = instant_from_unix(8, 0,
                                                                            PRECISION_2_SECONDS) });
    add(&table, "32", "/out", (struct file_times){ .born = instant_from_unix(7, 0,
                                                                            PRECISION_2_SECONDS) });
    add(&table, "33", "/late", born_at(86400, 0));
    add(&table, "34", "/day", (struct file_times){ .born = instant_from_unix(0, 0,
                                                                            PRECISION_DAY) });
    gives(over(&everything, "1970-01-01T00:00:09.5Z", 0, &table),
          "1970-01-01 si ...b img p1 /day 9 s before 1970-01-01T00:00:09.5Z\n"
          "00:00:08.000000000Z si ...b img p1 /dos 1 s before 1970-01-01T00:00:09.5Z\n"
          "00:00:09.000000000Z si ...b img p1 /sec 0 s before 1970-01-01T00:00:09.5Z\n",
          "a second, two, a day");

    /* A day as the centre is all of it. */
    table.count = 3;
    gives(over(&everything, "1970-01-01", 0, &table),
          "00:00:07.000000000Z si ...b img p1 /out 7 s after 1970-01-01\n"
          "00:00:08.000000000Z si ...b img p1 /dos 8 s after 1970-01-01\n"
          "00:00:09.000000000Z si ...b img p1 /sec 9 s after 1970-01-01\n", "around a day");
    gives(over(&everything, "1970-01-03", 86400, &table), "", "the day before it");
    gives(over(&everything, "1970-01-02T00:00:00.5Z", 86391, &table),
          "00:00:08.000000000Z si ...b img p1 /dos 86392 s before 1970-01-02T00:00:00.5Z\n"
          "00:00:09.000000000Z si ...b img p1 /sec 86391 s before 1970-01-02T00:00:00.5Z\n",
          "what reaches 500 ms into the span, not what ends before");
}

/* Which files a name means. */
static void test_meant(void)
{
    bool by_path;
    static struct table table;
    static const struct file_name names[] = {
        { "/x/Main.exe", 11, 2, { .born = { 500, 0, 0, INSTANT_UTC, 0 } } },
        { "/y/Other.exe", 12, 3, { .born = { 900, 0, 0, INSTANT_UTC, 0 } } },
    };
    static const struct {
        const char *what;
        bool found;
    } cases[] = {
        { "/x/Main.exe", true },  { "/X/MAIN.EXE", true },   { "main.exe", true },
        { "/y/other.exe", true }, { "OTHER.EXE", true },     { "main.exe:ads", true },
        { "/x/main.exe:ADS", true }, { "x/Main.exe", false }, { "Main", false },
        { "ain.exe", false },     { "/Main.exe", false },    { "x", false },
        { "/x", false },          { "main.exe:", false },    { "main.exe:other", false },
        { "ads", false },
    };

    struct file *file = add(&table, "30-128-1", "/x/Main.exe", born_at(100, 0));
    file->names = names;
    file->name_count = 2;
    add(&table, "30-128-4", "/x/Main.exe:ads", born_at(100, 0));
    add(&table, "31-128-1", "/z/near", born_at(901, 0));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct timeline *timeline = timeline_new(&everything);
        timeline_add_around(timeline, cases[i].what, 1, NULL);
        timeline_add_tree(timeline, &table.tree, "img", "p1", TIMELINE_TREE_NTFS, NULL);
        const char *missing = timeline_around_missing(timeline, &by_path);
        ok(cases[i].found ? !missing : missing && strcmp(missing, cases[i].what) == 0,
           "\"%s\" is %s", cases[i].what, cases[i].found ? "meant" : "not there, and told");
        timeline_free(timeline);
    }
    struct timeline *nothing = timeline_new(&everything);
    ok(timeline_add_around(nothing, "", 1, NULL) != 0, "nothing cannot be meant");
    timeline_free(nothing);
    gives(over(&everything, "other.exe", 1, &table),
          "00:01:40.000000000Z si ...b img p1 /x/Main.exe 0 s after birth of /x/Main.exe\n"
          "00:01:40.000000000Z si ...b img p1 /x/Main.exe:ads 0 s after birth of /x/Main.exe\n"
          "00:08:20.000000000Z fn ...b img p1 /x/Main.exe "
          "0 s after birth in $FILE_NAME of /x/Main.exe\n"
          "00:15:00.000000000Z fn ...b img p1 /y/Other.exe "
          "0 s after birth in $FILE_NAME of /y/Other.exe\n"
          "00:15:01.000000000Z si ...b img p1 /z/near "
          "1 s after birth in $FILE_NAME of /y/Other.exe\n",
          "around each birth that a file has");
    table.count = 0;
    add(&table, "30", "/unborn", (struct file_times){ .modified = at(5, 0) });
    struct timeline *timeline = over(&everything, "unborn", 1000, &table);
    ok(timeline_around_missing(timeline, &by_path) == NULL, "a file without a birth is there");
    gives(timeline, "", "but nothing is around it");
}

int main(void)
{
    test_all_letters();
    test_words();
    test_distinct();
    test_names();
    test_two_trees();
    test_order();
    test_ends();
    test_around();
    test_inexact();
    test_meant();
    return tap_done();
}
