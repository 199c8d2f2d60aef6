/* SPDX-License-Identifier: Apache-2.0 */

/* The timeline over a tree in memory and records as text. */

#include <string.h>

#include <fett/timeline.h>

#include "tap.h"

static struct instant at(int64_t seconds, enum instant_precision precision)
{
    return instant_from_unix(seconds, 0, precision);
}

static int keep(void *context, struct record *record)
{
    struct buffer *got = context;
    char time[INSTANT_TEXT_SIZE] = "";
    static const enum record_field fields[] = { FIELD_SOURCE, FIELD_MACB, FIELD_TIMESTAMP_DESC,
                                                FIELD_MESSAGE, FIELD_REASON };

    instant_format(&record_get(record, FIELD_DATETIME)->time, time);
    buffer_add_text(got, time);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct value *value = record_get(record, fields[i]);
        buffer_add_byte(got, '|');
        if (value)
            buffer_add(got, value->text, value->length);
    }
    buffer_add_byte(got, '\n');
    return 0;
}

/* The events of a tree, then of records (a line each), as text. */
static void tells(const struct timeline_focus *focus, const char *around, int64_t span,
                  struct tree *tree, const char *const *lines, const char *expected,
                  const char *what)
{
    struct timeline *timeline = timeline_new(focus);
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;
    struct buffer got = BUFFER_INIT;

    if (around)
        ok(timeline_add_around(timeline, around, span, NULL) == 0, "around %s", around);
    if (tree)
        ok(timeline_add_tree(timeline, tree, "img", "p1", TIMELINE_TREE, NULL) == 0, "a tree");
    for (; lines && *lines; lines++)
        if (!ok(record_reader_parse(reader, *lines, strlen(*lines), &line, NULL) == 1 &&
                    timeline_add_record(timeline, &line, NULL) == 0,
                "a record"))
            break;
    ok(timeline_each(timeline, TIMELINE_TIMES, keep, &got, NULL, NULL) == 0, "handed out");
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    timeline_free(timeline);
    record_reader_free(reader);
}

static void test_letters(void)
{
    const struct timeline_focus all = { .path = NULL };
    struct tree *tree = tree_new_memory();
    const struct file_times same = { at(100, 0), at(100, 0), at(100, 0), at(100, 0) };
    const struct file_times some = { at(50, 0), at(100, 0), INSTANT_NONE, at(100, 0) };
    const struct file_times exact = { at(100, PRECISION_SECOND), at(100, PRECISION_2_SECONDS),
                                      INSTANT_NONE, INSTANT_NONE };

    tree_memory_add(tree, "/a", "", 0, &same);
    tree_memory_add(tree, "/b", "", 0, &some);
    tree_memory_add(tree, "/c", "", 0, &exact);
    tells(&all, NULL, 0, tree, NULL,
          "1970-01-01T00:00:50.000000000Z|fs|...b|born|/b|\n"
          "1970-01-01T00:01:40.000000000Z|fs|macb|born; modified; metadata changed; accessed|/a|\n"
          "1970-01-01T00:01:40.000000000Z|fs|m.c.|modified; metadata changed|/b|\n"
          "1970-01-01T00:01:40.000000000Z|fs|...b|born|/c|\n"
          "1970-01-01T00:01:40.000000000Z|fs|m...|modified|/c|\n",
          "one event for each distinct time and precision");
    tree_free(tree);
}

static void test_focus(void)
{
    struct timeline_focus focus = { .after = at(100, 0), .before = at(200, 0) };
    const struct timeline_focus all = { .path = NULL };
    struct tree *tree = tree_new_memory();
    const struct file_times times[] = {
        { at(99, 0), INSTANT_NONE, INSTANT_NONE, INSTANT_NONE },
        { at(100, 0), INSTANT_NONE, INSTANT_NONE, INSTANT_NONE },
        { at(200, 0), INSTANT_NONE, INSTANT_NONE, INSTANT_NONE },
        { at(201, 0), INSTANT_NONE, INSTANT_NONE, INSTANT_NONE },
        { at(99, PRECISION_2_SECONDS), INSTANT_NONE, INSTANT_NONE, INSTANT_NONE },
    };
    static const char *const paths[] = { "/99", "/100", "/200", "/201", "/dos" };

    for (size_t i = 0; i < 5; i++)
        tree_memory_add(tree, paths[i], "", 0, &times[i]);
    tells(&focus, NULL, 0, tree, NULL,
          "1970-01-01T00:01:39.000000000Z|fs|...b|born|/dos|\n"
          "1970-01-01T00:01:40.000000000Z|fs|...b|born|/100|\n"
          "1970-01-01T00:03:20.000000000Z|fs|...b|born|/200|\n",
          "after and before are within; a time of two seconds reaches into it");
    tells(&all, "1970-01-01T00:03:21Z", 1, tree, NULL,
          "1970-01-01T00:03:20.000000000Z|fs|...b|born|/200|1 s before 1970-01-01T00:03:21Z\n"
          "1970-01-01T00:03:21.000000000Z|fs|...b|born|/201|0 s after 1970-01-01T00:03:21Z\n",
          "around a time, to both sides");
    tells(&all, "/200", 1, tree, NULL,
          "1970-01-01T00:03:20.000000000Z|fs|...b|born|/200|0 s after birth of /200\n"
          "1970-01-01T00:03:21.000000000Z|fs|...b|born|/201|1 s after birth of /200\n",
          "around the birth of a file by its path");
    tells(&all, "nothing", 1, tree, NULL, "", "around what is not there: nothing");
    focus = (struct timeline_focus){ .path = "/2*" };
    tells(&focus, NULL, 0, tree, NULL,
          "1970-01-01T00:03:20.000000000Z|fs|...b|born|/200|\n"
          "1970-01-01T00:03:21.000000000Z|fs|...b|born|/201|\n", "a pattern for the path");
    tree_free(tree);
}

static void test_records(void)
{
    static const char *const lines[] = {
        "{\"type\":\"event\",\"datetime\":\"2000-01-01T00:00:00.5Z\",\"source\":\"evt\","
        "\"message\":\"from elsewhere\",\"macb\":\"m...\"}",
        "{\"type\":\"autorun\",\"key\":\"HKLM\\\\Run\",\"name\":\"x\",\"data\":\"x.exe\","
        "\"key_last_write\":\"2000-01-01T00:00:00Z\"}",
        "{\"type\":\"file\",\"path\":\"/f\",\"seq\":1,\"btime\":\"2000-01-01T00:00:00Z\","
        "\"mtime\":\"2000-01-01T00:00:00Z\",\"fn_btime\":\"1999-01-01T00:00:00Z\"}",
        "{\"type\":\"count\",\"count\":1}",
        "{\"type\":\"other\",\"mtime\":\"2000-01-01\"}",
        NULL,
    };
    const struct timeline_focus all = { .path = NULL };

    tells(&all, NULL, 0, NULL, lines,
          "1999-01-01T00:00:00.000000000Z|fn|...b|born|/f|\n"
          "2000-01-01|other|m...|modified||\n"
          "2000-01-01T00:00:00.000000000Z|reg||key last written|HKLM\\Run\\x: x.exe|\n"
          "2000-01-01T00:00:00.000000000Z|si|m..b|born; modified|/f|\n"
          "2000-01-01T00:00:00.500000000Z|evt|m...||from elsewhere|\n",
          "records of all kinds, in the order of time and source");
}

int main(void)
{
    test_letters();
    test_focus();
    test_records();
    return tap_done();
}
