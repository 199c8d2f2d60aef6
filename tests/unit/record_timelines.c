/* SPDX-License-Identifier: Apache-2.0 */

/* The formats of timelines, against what their readers say of them: mactime(1),
 * Timesketch, log2timeline. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fett/record_writer.h>

#include "tap.h"

static struct record_writer *writer;
static int output = -1;
static struct error error;

static void begin_with(enum record_format format, const char *table_fields)
{
    const struct record_writer_options options = { .format = format, .main_type = RECORD_EVENT,
                                                   .table_fields = table_fields };

    output = memfd_create("test", 0);
    if (output < 0 || record_writer_new(&writer, output, &options, &error) != 0) {
        printf("Bail out! %s\n", error.text);
        exit(2);
    }
}

static void begin(enum record_format format)
{
    begin_with(format, NULL);
}

static void ends_as(const char *expected, const char *what)
{
    static char text[1 << 16];

    if (record_writer_flush(writer, &error) != 0)
        ok(false, "flush: %s", error.text);
    ssize_t size = pread(output, text, sizeof text - 1, 0);
    text[size < 0 ? 0 : size] = '\0';
    same_text(text, expected, what);
    record_writer_free(writer);
    close(output);
}

static void put(const char *text)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;

    if (record_reader_parse(reader, text, strlen(text), &line, &error) != 1 ||
        record_writer_write_line(writer, &line, &error) != 0)
        ok(false, "write %s: %s", text, error.text);
    record_reader_free(reader);
}

/* 974880844 is 2000-11-22T08:14:04Z. */
#define FIRST "\"datetime\":\"2000-11-22T08:14:04.981000000Z\""
#define SECOND "\"datetime\":\"2000-11-22T08:14:05.000000000Z\""

static void test_body(void)
{
    begin(FORMAT_BODY);
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\",\"source\":\"si\",\"macb\":\"m..b\","
        "\"path\":\"/a\",\"inode\":\"61-128-3\",\"state\":\"allocated\",\"size\":7,"
        "\"file_type\":\"regular\",\"mode\":\"4755\",\"uid\":1,\"gid\":2}");
    put("{\"type\":\"event\"," SECOND ",\"message\":\"/a\",\"source\":\"si\",\"macb\":\".a..\","
        "\"path\":\"/a\",\"inode\":\"61-128-3\",\"state\":\"allocated\",\"size\":7,"
        "\"file_type\":\"regular\",\"mode\":\"4755\",\"uid\":1,\"gid\":2}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\",\"source\":\"fn\",\"macb\":\"macb\","
        "\"path\":\"/a\",\"inode\":\"61-128-3\",\"state\":\"deleted\",\"meta\":\"deleted\","
        "\"size\":7,\"name_id\":2}");
    ends_as("0|/a|61-128-3|r/rrwsr-xr-x|1|2|7|974880845|974880844|0|974880844\n"
            "0|/a ($FILE_NAME) (deleted)|61-48-2|-/----------|0|0|68|974880844|974880844|"
            "974880844|974880844\n",
            "a line for all times of a file, a $FILE_NAME has one of its own");

    begin(FORMAT_BODY);
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/x|y%41%zz\\n\\\"\",\"source\":\"fs\","
        "\"macb\":\"...b\",\"inode\":\"5\",\"file_type\":\"link\",\"link_target\":\"|\"}");
    ends_as("0|/x%7Cy%2541%zz^\" -> %7C|5|l/l---------|0|0|0|0|0|0|974880844\n",
            "what mactime would take for its own is escaped");

    begin(FORMAT_BODY);
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\",\"source\":\"fs\",\"macb\":\"m...\","
        "\"inode\":\"5\",\"volume\":\"p1\"}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\",\"source\":\"fs\",\"macb\":\".a..\","
        "\"inode\":\"5\",\"volume\":\"p2\"}");
    put("{\"type\":\"event\",\"datetime\":\"1969-12-31T23:59:59.500000000Z\","
        "\"message\":\"HKLM\\\\X\",\"source\":\"reg\"}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"C:\\\\x\",\"source\":\"lnk\","
        "\"timestamp_desc\":\"target accessed\"}");
    put("{\"type\":\"file\",\"path\":\"/a\"}");
    put("{\"type\":\"event\",\"message\":\"never\"}");
    same_number(record_writer_left_out(writer, RECORD_FILE), 1, "a file has no place");
    same_number(record_writer_left_out(writer, RECORD_EVENT), 1, "nor what has no time");
    ends_as("0|/a|5|-/----------|0|0|0|0|974880844|0|0\n"
            "0|/a|5|-/----------|0|0|0|974880844|0|0|0\n"
            "0|[reg] HKLM\\X|0|-/----------|0|0|0|0|-1|0|0\n"
            "0|[lnk: target accessed] C:\\x|0|-/----------|0|0|0|0|974880844|0|0\n",
            "files of two volumes are two; what is no file has its source");
}

static void test_mactime(void)
{
    begin(FORMAT_MACTIME);
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\\\"b\",\"source\":\"si\","
        "\"macb\":\"...b\",\"inode\":\"61-128-3\",\"size\":7}");
    put("{\"type\":\"event\",\"datetime\":\"2000-11-22T08:14:04.990000000Z\","
        "\"message\":\"/a\\\"b\",\"source\":\"si\",\"macb\":\"ma..\",\"inode\":\"61-128-3\","
        "\"size\":7}");
    put("{\"type\":\"event\"," SECOND ",\"message\":\"/a\\\"b\",\"source\":\"si\","
        "\"macb\":\"..c.\",\"inode\":\"61-128-3\",\"size\":7}");
    ends_as("Date,Size,Type,Mode,UID,GID,Meta,File Name\n"
            "2000-11-22T08:14:04Z,7,ma.b,-/----------,0,0,61-128-3,\"/a\"\"b\"\n"
            "2000-11-22T08:14:05Z,7,..c.,-/----------,0,0,61-128-3,\"/a\"\"b\"\n",
            "a line for a second of a file");
}

static void test_timesketch(void)
{
    begin(FORMAT_TIMESKETCH);
    put("{\"type\":\"event\"," FIRST ",\"timestamp_desc\":\"born\",\"message\":\"/a\"}");
    put("{\"type\":\"anomaly\"," FIRST ",\"code\":\"c\",\"evidence\":\"e\"}");
    put("{\"type\":\"gap\",\"reason\":\"r\"}");
    ends_as("{\"type\":\"event\"," FIRST ",\"timestamp_desc\":\"born\",\"message\":\"/a\","
            "\"timestamp\":974880844981000}\n"
            "{\"type\":\"anomaly\"," FIRST ",\"code\":\"c\",\"evidence\":\"e\","
            "\"timestamp\":974880844981000,\"timestamp_desc\":\"event\",\"message\":\"e\"}\n",
            "each line has message, datetime, timestamp_desc");

    begin(FORMAT_TIMESKETCH_CSV);
    put("{\"type\":\"event\"," FIRST ",\"timestamp_desc\":\"born\",\"message\":\"/a,b\","
        "\"source\":\"si\"}");
    ends_as("message,timestamp,datetime,timestamp_desc,source,macb,image,volume,path,inode,host,"
            "state,meta,size,name_id,reason,code,evidence,datetime_clock,origin\n"
            "\"/a,b\",974880844981000,2000-11-22T08:14:04.981000000Z,born,si,,,,,,,,,,,,,,,\n",
            "the required columns come first");
}

static void test_l2tcsv(void)
{
    begin(FORMAT_L2TCSV);
    put("{\"type\":\"event\"," FIRST ",\"timestamp_desc\":\"born; modified\",\"message\":\"/a\","
        "\"source\":\"si\",\"macb\":\"m..b\",\"path\":\"/a\",\"inode\":\"61-128-3\","
        "\"volume\":\"p1\",\"host\":\"h\",\"reason\":\"because\"}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"m\",\"source\":\"evt\",\"user\":\"S-1-5-18\","
        "\"origin\":\"deleted\"}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/b\",\"source\":\"i30\",\"macb\":\"m...\"}");
    ends_as("date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,"
            "inode,notes,format,extra\n"
            "11/22/2000,08:14:04,UTC,M..B,FILE,NTFS $STANDARD_INFORMATION,born; modified,-,h,/a,"
            "/a,2,/a,61-128-3,because,fett,"
            "datetime: 2000-11-22T08:14:04.981000000Z; volume: p1\n"
            "11/22/2000,08:14:04,UTC,....,EVT,event log,event,S-1-5-18,,m,m,2,,,,fett,"
            "datetime: 2000-11-22T08:14:04.981000000Z; origin: deleted\n"
            "11/22/2000,08:14:04,UTC,M...,FILE,NTFS $INDEX_ALLOCATION,event,-,,/b,/b,2,,,,fett,"
            "datetime: 2000-11-22T08:14:04.981000000Z\n",
            "17 columns");
}

static void test_days(void)
{
    begin(FORMAT_TABLE);
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\"}");
    put("{\"type\":\"event\"," SECOND ",\"message\":\"/b\"}");
    put("{\"type\":\"event\",\"datetime\":\"2000-11-23\",\"message\":\"/c\"}");
    put("{\"type\":\"event\",\"datetime\":\"1969-12-31T23:00:00Z\",\"message\":\"/d\"}");
    ends_as("DATETIME       MESSAGE\n"
            "2000-11-22 Wednesday\n"
            "08:14:04.981Z  /a\n"
            "08:14:05Z      /b\n"
            "2000-11-23 Thursday\n"
            "               /c\n"
            "1969-12-31 Wednesday\n"
            "23:00:00Z      /d\n",
            "days are headings");

    begin_with(FORMAT_TABLE, "datetime,macb,message");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/a\",\"macb\":\"m...\","
        "\"timestamp_desc\":\"modified\"}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/b\",\"macb\":\"....\","
        "\"timestamp_desc\":\"deleted\"}");
    put("{\"type\":\"event\"," FIRST ",\"message\":\"/c\",\"timestamp_desc\":\"program born\"}");
    ends_as("DATETIME       MACB          MESSAGE\n"
            "2000-11-22 Wednesday\n"
            "08:14:04.981Z  m...          /a\n"
            "08:14:04.981Z  deleted       /b\n"
            "08:14:04.981Z  program born  /c\n",
            "what has no letters has words");
}

int main(void)
{
    test_body();
    test_mactime();
    test_timesketch();
    test_l2tcsv();
    test_days();
    return tap_done();
}
