/* SPDX-License-Identifier: Apache-2.0 */

/* Signs that times of files were changed, over files in a table: what the numbers of their
 * $MFT records and the journal of the volume say. Days are of January 1970. */

#include <fett/buffer.h>
#include <fett/timeline.h>

#include "file_table.h"
#include "tap.h"

enum { DAY = 86400 };

static struct instant at(int64_t seconds, uint32_t nanoseconds)
{
    return instant_from_unix(seconds, nanoseconds, PRECISION_NANOSECOND);
}

/* A file with one $FILE_NAME, whose own times are `own`. */
static void born(struct table *table, unsigned number, uint16_t seq, struct instant own,
                 struct instant named)
{
    static struct file_name names[300];
    static char paths[300][16];
    char inode[16];
    size_t place = table->count;

    snprintf(inode, sizeof inode, "%u-128-1", number);
    snprintf(paths[place], sizeof paths[place], "/%u", number);
    struct file *file = add(table, inode, paths[place], (struct file_times){ own, own, own, own });
    names[place] = (struct file_name){ .path = file->path, .path_length = file->path_length,
                                       .times = { named, named, named, named } };
    file->seq = seq;
    file->names = &names[place];
    file->name_count = 1;
}

static int keep(void *context, struct record *record)
{
    if (record->type == RECORD_ANOMALY) {
        const struct value *path = record_get(record, FIELD_PATH);
        const struct value *code = record_get(record, FIELD_CODE);
        buffer_add(context, path->text, path->length);
        buffer_add_byte(context, ' ');
        buffer_add(context, code->text, code->length);
        buffer_add_byte(context, '\n');
    }
    return 0;
}

static void tells(enum timeline_anomalies anomalies, struct table *table, const char *line,
                  const char *expected, const char *what)
{
    const struct timeline_focus focus = { .anomalies = anomalies };
    struct timeline *timeline = timeline_new(&focus);
    struct record_reader *reader = record_reader_new(-1);
    struct record_line record;
    struct buffer got = BUFFER_INIT;

    ok(timeline_add_tree(timeline, &table->tree, "img", "p1", TIMELINE_TREE_NTFS, NULL) == 0, "a tree");
    if (line)
        ok(record_reader_parse(reader, line, strlen(line), &record, NULL) == 1 &&
               timeline_add_record(timeline, &record, NULL) == 0,
           "a record");
    ok(timeline_each(timeline, TIMELINE_TIMES, keep, &got, NULL, NULL) == 0, "handed out");
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    record_reader_free(reader);
    timeline_free(timeline);
}

/* Four files of day 9, then one of day 7: so many nanoseconds, of that sequence. */
static void make_order(struct table *table, size_t before, uint32_t nanoseconds, uint16_t seq,
                       unsigned number)
{
    table->count = 0;
    for (unsigned i = 0; i < before; i++)
        born(table, 50 + i, 1, at(9 * DAY + i, 5), at(9 * DAY + i, 5));
    born(table, number, seq, at(7 * DAY, nanoseconds), at(7 * DAY, nanoseconds));
    born(table, number + 1, 1, at(9 * DAY + 99, 5), at(9 * DAY + 99, 5));
}

static void test_entry(void)
{
    static struct table table;

    make_order(&table, 4, 0, 1, 54);
    tells(ANOMALIES_LIKELY, &table, NULL, "/54 entry-number\n", "out of order, in whole seconds");
    tells(ANOMALIES_NONE, &table, NULL, "", "none is asked for");
    make_order(&table, 4, 7, 1, 54);
    tells(ANOMALIES_LIKELY, &table, NULL, "", "alone it is not told");
    tells(ANOMALIES_ALL, &table, NULL, "/54 entry-number\n", "but where all are");
    make_order(&table, 4, 0, 2, 54);
    tells(ANOMALIES_ALL, &table, NULL, "", "a record that was used before");
    make_order(&table, 3, 0, 1, 54);
    tells(ANOMALIES_ALL, &table, NULL, "", "too few before it");
    make_order(&table, 4, 0, 1, 67);
    tells(ANOMALIES_ALL, &table, NULL, "", "they are too far away");
    table.count = 4;
    born(&table, 54, 1, at(7 * DAY, 0), at(9 * DAY, 3));
    tells(ANOMALIES_LIKELY, &table, NULL, "/54 si-before-fn\n", "its $FILE_NAME is in order");
    table.count = 4;
    born(&table, 54, 1, at(8 * DAY + 4, 0), at(8 * DAY + 4, 0));
    tells(ANOMALIES_ALL, &table, NULL, "", "less than a day");
}

#define CREATED(time, file) \
    "{\"type\":\"event\",\"image\":\"img\",\"volume\":\"p1\",\"source\":\"usn\",\"datetime\":" \
    "\"1970-01-09T00:" time ".500000000Z\",\"message\":\"/50: created (file " file ")\"}"

static void test_journal(void)
{
    static struct table table;

    born(&table, 50, 3, at(8 * DAY, 0), at(8 * DAY, 0));
    tells(ANOMALIES_LIKELY, &table, CREATED("00:59", "50-3"), "", "less than a minute later");
    tells(ANOMALIES_LIKELY, &table, CREATED("01:01", "50-3"), "/50 journal-contradicts\n",
          "created a minute later than born");
    tells(ANOMALIES_ALL, &table, CREATED("01:01", "50-2"), "", "another file with that number");
    table.count = 0;
    born(&table, 50, 3, at(8 * DAY, 9), at(8 * DAY + 61, 5));
    tells(ANOMALIES_LIKELY, &table, CREATED("01:01", "50-3"), "", "its $FILE_NAME agrees");
    tells(ANOMALIES_ALL, &table, CREATED("01:01", "50-3"),
          "/50 si-before-fn\n/50 journal-contradicts\n", "which is told with all");
    table.count = 0;
    born(&table, 50, 3, at(9 * DAY, 9), at(9 * DAY, 9));
    tells(ANOMALIES_LIKELY, &table, CREATED("01:01", "50-3"), "/50 journal-contradicts\n",
          "born later than it was created");
}

#define LAST(source, day) \
    "{\"type\":\"event\",\"image\":\"img\",\"source\":\"" source "\",\"datetime\":" \
    "\"1970-01-" day "T00:00:00Z\",\"message\":\"x\"}"

static void test_late(void)
{
    static struct table table;

    born(&table, 50, 3, at(8 * DAY, 7), at(8 * DAY, 7));
    tells(ANOMALIES_LIKELY, &table, LAST("evt", "07"), "/50 after-last-log\n", "two days later");
    tells(ANOMALIES_LIKELY, &table, LAST("usn", "07"), "/50 after-last-log\n", "than the journal");
    tells(ANOMALIES_LIKELY, &table, LAST("shutdown", "07"), "/50 after-last-log\n", "the shutdown");
    tells(ANOMALIES_LIKELY, &table, LAST("evt", "08"), "", "a day");
    tells(ANOMALIES_LIKELY, &table, LAST("webhist", "07"), "", "what programs write is no measure");
    tells(ANOMALIES_NONE, &table, LAST("evt", "07"), "", "not asked for");
}

/* --- hours of use --- */

static int keep_use(void *context, struct record *record)
{
    if (record->type == RECORD_ANOMALY) {
        const struct value *evidence = record_get(record, FIELD_EVIDENCE);
        buffer_add(context, evidence->text, evidence->length);
        buffer_add_byte(context, '\n');
    }
    return 0;
}

static void runs(const char *const *lines, const char *expected, const char *what)
{
    const struct timeline_focus focus = { .anomalies = ANOMALIES_ALL };
    struct timeline *timeline = timeline_new(&focus);
    struct record_reader *reader = record_reader_new(-1);
    struct record_line record;
    struct buffer got = BUFFER_INIT;

    for (; *lines; lines++)
        ok(record_reader_parse(reader, *lines, strlen(*lines), &record, NULL) == 1 &&
               timeline_add_record(timeline, &record, NULL) == 0,
           "a record");
    ok(timeline_each(timeline, TIMELINE_TIMES, keep_use, &got, NULL, NULL) == 0, "handed out");
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    record_reader_free(reader);
    timeline_free(timeline);
}

#define LOG(day, time, provider, id) \
    "{\"type\":\"event\",\"image\":\"img\",\"source\":\"evt\",\"datetime\":\"1970-01-" day "T" \
        time ":00Z\",\"provider\":\"" provider "\",\"event_id\":" id "}"
#define KERNEL "Microsoft-Windows-Kernel-General"

static void test_use(void)
{
    runs((const char *const[]){ LOG("02", "08:00", "EventLog", "6005"),
                                LOG("02", "17:30", "EventLog", "6006"), NULL },
         "on 08:00:00-17:30:00; 9 h 30 min\n", "a day");
    runs((const char *const[]){ LOG("02", "08:00", KERNEL, "12"),
                                LOG("02", "08:05", "EventLog", "6005"),
                                LOG("02", "17:30", "EventLog", "6006"),
                                LOG("02", "17:31", KERNEL, "13"), NULL },
         "on 08:00:00-17:30:00; 9 h 30 min\n", "the kernel's and the log's start are one");
    runs((const char *const[]){ LOG("02", "20:00", "Print", "10"),
                                LOG("03", "01:00", "EventLog", "6006"), NULL },
         "on 20:00:00 (no start is known)-24:00:00; 4 h 00 min\n"
         "on 00:00:00-01:00:00; 1 h 00 min\n",
         "over midnight, from what is behind the start");
    runs((const char *const[]){ LOG("02", "08:00", "EventLog", "6005"),
                                LOG("02", "09:00", "Print", "10"),
                                LOG("02", "11:00", "EventLog", "6005"),
                                LOG("02", "12:00", "EventLog", "6006"), NULL },
         "on 08:00:00-09:00:00 (no stop is known), 11:00:00-12:00:00; 2 h 00 min\n", "a crash");
    runs((const char *const[]){ LOG("02", "08:00", "EventLog", "6005"),
                                LOG("02", "09:00", "Print", "10"),
                                LOG("05", "10:00", "Print", "10"),
                                LOG("05", "12:00", "EventLog", "6006"), NULL },
         "on 08:00:00-09:00:00 (no stop is known); 1 h 00 min\n"
         "off since 1970-01-02T09:00:00.000000000Z; on 10:00:00 (no start is known)-12:00:00; "
         "2 h 00 min\n",
         "nothing is written for days");
}

/* Files born in $SI in whole seconds of day 1, in $FN a minute after one another. */
static void make_set_back(struct table *table, unsigned count, unsigned gap)
{
    table->count = 0;
    for (unsigned i = 0; i < count; i++)
        born(table, 50 + i, 1, at(DAY + i, 0), at(9 * DAY + i * gap, 5));
}

static void test_crowd(void)
{
    static struct table table;
    struct buffer all = BUFFER_INIT;

    for (unsigned i = 0; i < 17; i++)
        buffer_add_format(&all, "/%u si-before-fn\n", 50 + i);
    make_set_back(&table, 17, 60);
    tells(ANOMALIES_LIKELY, &table, NULL, "/50 si-before-fn\n", "an installation's first");
    make_set_back(&table, 17, 61);
    tells(ANOMALIES_LIKELY, &table, NULL, buffer_text(&all), "they did not come at once");
    buffer_truncate(&all, all.length - strlen("/66 si-before-fn\n"));
    make_set_back(&table, 16, 60);
    tells(ANOMALIES_LIKELY, &table, NULL, buffer_text(&all), "they are no more than 16");
    buffer_release(&all);
}

int main(void)
{
    test_entry();
    test_crowd();
    test_journal();
    test_late();
    test_use();
    return tap_done();
}
