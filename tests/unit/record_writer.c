/* SPDX-License-Identifier: Apache-2.0 */

/* record_writer: every format against literal expectations. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fett/record_writer.h>

#include "tap.h"

/* U+FFFD, U+2026 */
#define BAD "\xef\xbf\xbd"
#define CUT "\xe2\x80\xa6"

static struct record_writer *writer;
static int output = -1;
static struct error error;

static void begin(const struct record_writer_options *options)
{
    output = memfd_create("test", 0);
    if (output < 0 || record_writer_new(&writer, output, options, &error) != 0) {
        printf("Bail out! %s\n", error.text);
        exit(2);
    }
}

/* What was written since begin. */
static void ends_as(const char *expected, const char *what)
{
    static char text[1 << 20];

    if (record_writer_flush(writer, &error) != 0)
        ok(false, "flush: %s", error.text);
    ssize_t size = pread(output, text, sizeof text - 1, 0);
    text[size < 0 ? 0 : size] = '\0';
    same_text(text, expected, what);
    record_writer_free(writer);
    close(output);
}

static void put(const struct record *record)
{
    if (record_writer_write(writer, record, &error) != 0)
        ok(false, "write: %s", error.text);
}

static void put_line(const char *text)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;

    if (record_reader_parse(reader, text, strlen(text), &line, &error) != 1 ||
        record_writer_write_line(writer, &line, &error) != 0)
        ok(false, "write %s: %s", text, error.text);
    record_reader_free(reader);
}

/* A file record; NULL and 0 are not set. */
static void put_file(const char *path, uint64_t size, const char *state)
{
    struct record record;

    record_begin(&record, RECORD_FILE);
    record_text(&record, FIELD_PATH, path);
    record_text(&record, FIELD_STATE, state);
    if (size > 0)
        record_number(&record, FIELD_SIZE, size);
    put(&record);
}

static void put_gap(void)
{
    struct record record;

    record_begin(&record, RECORD_GAP);
    record_text(&record, FIELD_IMAGE, "g.E01");
    record_text(&record, FIELD_VOLUME, "p1");
    record_number(&record, FIELD_OFFSET, 13336576);
    record_number(&record, FIELD_LENGTH, 32768);
    record_text(&record, FIELD_REASON, "EWF chunk 407: checksum\ndoes not match");
    put(&record);
}

static const char autorun[] =
    "{\"type\":\"autorun\",\"name\":\"soundv\",\"anomalies\":[\"a\",\"b\"],\"target\":{\"path\":"
    "\"/S\",\"path_hex\":\"2fff\",\"size\":61440,\"btime\":\"2000-11-22T08:14:04.981000000Z\","
    "\"btime_precision\":\"1s\",\"local\":[\"btime\"]}}";

static void test_jsonl(void)
{
    struct record_writer_options options = { .format = FORMAT_JSONL, .main_type = RECORD_FILE };

    begin(&options);
    put_file("/a\n", 5, NULL);
    put_gap();
    put_line("{ \"type\":\"unheard\", \"x\":1.50 }");
    if (record_writer_write_lines(writer, "{\"type\":\"event\"}\n", 17, 1, &error) != 0)
        ok(false, "%s", error.text);
    same_number((long long)record_writer_count(writer), 4, "records are counted");
    same_number((long long)record_writer_type_count(writer, RECORD_GAP), 1, "by type");
    same_number((long long)record_writer_type_count(writer, RECORD_TYPE_COUNT), 1, "unknown too");
    ends_as("{\"type\":\"file\",\"path\":\"/a\\n\",\"size\":5}\n"
            "{\"type\":\"gap\",\"image\":\"g.E01\",\"volume\":\"p1\",\"offset\":13336576,"
            "\"length\":32768,\"reason\":\"EWF chunk 407: checksum\\ndoes not match\"}\n"
            "{ \"type\":\"unheard\", \"x\":1.50 }\n"
            "{\"type\":\"event\"}\n",
            "jsonl");
}

static void test_projection(void)
{
    struct record_writer_options options = { .format = FORMAT_JSONL, .main_type = RECORD_FILE,
                                             .fields = "size,path" };

    begin(&options);
    put_file("/a\xff", 5, "deleted");
    put_line("{\"x\":1, \"path\" : \"\\u002fb\", \"size\":5.0,\"type\":\"event\"}");
    if (record_writer_write_lines(writer, "{\"type\":\"key\",\"size\":1}\n{\"a\":1}\n", 32, 2,
                                  &error) != 0)
        ok(false, "%s", error.text);
    ends_as("{\"type\":\"file\",\"size\":5,\"path\":\"/a" BAD "\",\"path_hex\":\"2f61ff\"}\n"
            "{\"type\":\"event\",\"size\":5.0,\"path\" : \"\\u002fb\"}\n"
            "{\"type\":\"key\",\"size\":1}\n{}\n",
            "jsonl with -F: type, then the fields in the order given");
    options.fields = "target.size,name,target.btime,target.path";
    begin(&options);
    put_line(autorun);
    put_line("{\"type\":\"autorun\",\"target\":7}");
    put_line("{\"type\":\"autorun\",\"target\":{\"mime\":\"x\"}}");
    ends_as("{\"type\":\"autorun\",\"target\":{\"size\":61440,\"btime\":"
            "\"2000-11-22T08:14:04.981000000Z\",\"btime_precision\":\"1s\",\"path\":\"/S\","
            "\"path_hex\":\"2fff\",\"local\":[\"btime\"]},\"name\":\"soundv\"}\n"
            "{\"type\":\"autorun\"}\n{\"type\":\"autorun\"}\n",
            "nested fields stay nested");
    options.fields = "target.path,target,type";
    begin(&options);
    put_line("{\"type\":\"autorun\",\"target\":{\"path\":\"x\",\"a\":1}}");
    ends_as("{\"type\":\"autorun\",\"target\":{\"path\":\"x\",\"a\":1}}\n", "a whole object once");
    options.fields = "mtime,path_hex";
    begin(&options);
    put_line("{\"type\":\"file\",\"path\":\"x\",\"path_hex\":\"78\",\"mtime_hex\":\"00\","
             "\"btime\":\"2000-11-22T08:14:04Z\",\"local\":[\"btime\"]}");
    ends_as("{\"type\":\"file\",\"mtime_hex\":\"00\",\"path_hex\":\"78\"}\n",
            "a raw time comes with its name, the list of others does not");
}

static void test_delimited(void)
{
    struct record_writer_options options = {
        .format = FORMAT_TSV, .main_type = RECORD_AUTORUN,
        .fields = "name,target.path,target.size,target.btime,anomalies,data,data_hex,enabled",
    };
    struct record record;
    const struct value items[] = { value_text("x,y"), value_number(2) };
    const struct value list = { .kind = VALUE_LIST, .length = 2, .items = items };
    const struct member members[] = {
        { "path", value_text_n("/\xff", 2) }, { "size", value_number(UINT64_MAX) },
    };
    const struct value target = { .kind = VALUE_OBJECT, .length = 2, .members = members };

    record_begin(&record, RECORD_AUTORUN);
    record_text_n(&record, FIELD_NAME, "a\tb\nc\rd\\e\x1b\x7f\0\xc3\xa9\xff\xed\xa0\x80", 18);
    record_text_n(&record, FIELD_DATA, "x,\"y\"\n\xff", 7);
    record_value(&record, FIELD_ANOMALIES, &list);
    record_value(&record, FIELD_TARGET, &target);
    record_bool(&record, FIELD_ENABLED, false);
    begin(&options);
    put(&record);
    put_gap();
    put_line(autorun);
    put_line("{\"type\":\"unheard\"}");
    same_number((long long)record_writer_count(writer), 2, "rows are counted");
    same_number((long long)record_writer_left_out(writer, RECORD_GAP), 1, "what is left out too");
    same_number((long long)record_writer_left_out(writer, RECORD_TYPE_COUNT), 1, "  and unknown");
    ends_as("type\tname\ttarget.path\ttarget.size\ttarget.btime\tanomalies\tdata\tdata_hex\t"
            "enabled\n"
            "autorun\ta\\tb\\nc\\rd\\\\e\\x1B\\x7F\\x00\xc3\xa9\\xFF\\xED\\xA0\\x80\t/\\xFF\t"
            "18446744073709551615\t\t[\"x,y\",2]\tx,\"y\"\\n\\xFF\t782c2279220aff\tfalse\n"
            "autorun\tsoundv\t/\\xFF\t61440\t2000-11-22T08:14:04.981000000Z\t[\"a\",\"b\"]\t\t\t\n",
            "tsv");
}

static void test_csv(void)
{
    struct record_writer_options options = { .format = FORMAT_CSV, .main_type = RECORD_VALUE,
                                             .fields = "name,data,anomalies" };
    struct record record;
    const struct value items[] = { value_text("x") };
    const struct value list = { .kind = VALUE_LIST, .length = 1, .items = items };

    begin(&options);
    record_begin(&record, RECORD_VALUE);
    record_text(&record, FIELD_NAME, "plain \t text");
    record_text(&record, FIELD_DATA, "a,b");
    record_value(&record, FIELD_ANOMALIES, &list);
    put(&record);
    record_begin(&record, RECORD_VALUE);
    record_text(&record, FIELD_NAME, "say \"x\"");
    record_text(&record, FIELD_DATA, "two\r\nlines\xff");
    put(&record);
    record_begin(&record, RECORD_VALUE);
    record_text_n(&record, FIELD_NAME, "a\0b", 3);
    put(&record);
    ends_as("type,name,data,anomalies\n"
            "value,plain \t text,\"a,b\",\"[\"\"x\"\"]\"\n"
            "value,\"say \"\"x\"\"\",\"two\r\nlines" BAD "\",\n"
            "value,a\\x00b,,\n",
            "csv");
    options.main_type = RECORD_AUTORUN;
    options.fields = "target,target.path,target.path_hex";
    begin(&options);
    put_line("{\"type\":\"autorun\",\"target\":{\"path\":\"" BAD
             "\",\"path_hex\":\"ff\"}}");
    ends_as("type,target,target.path,target.path_hex\n"
            "autorun,\"{\"\"path\"\":\"\"" BAD
            "\"\",\"\"path_hex\"\":\"\"ff\"\"}\"," BAD ",ff\n",
            "an object whole and in parts");
}

static void test_columns(void)
{
    struct record_writer_options options = { .format = FORMAT_CSV, .main_type = RECORD_GAP };

    begin(&options);
    ends_as("type,image,volume,path,inode,host,offset,file_offset,length,kind,reason\n",
            "a header without rows, the fields of the main type");
    begin(&options);
    put_gap();
    put_file("/a", 1, NULL);
    ends_as("type,image,volume,path,inode,host,offset,file_offset,length,kind,reason\n"
            "gap,g.E01,p1,,,,13336576,,32768,,\"EWF chunk 407: checksum\ndoes not match\"\n",
            "gaps where they are the main type");
    options.main_type = RECORD_TYPE_COUNT;
    options.format = FORMAT_TSV;
    begin(&options);
    ends_as("", "without a type and rows there is no header");
    begin(&options);
    put_gap();
    put_line("{\"type\":\"count\",\"count\":7}");
    put_line("{\"type\":\"run\"}");
    same_number((long long)record_writer_left_out(writer, RECORD_RUN), 1, "others are left out");
    ends_as("type\tkind\tvalue\tcount\tfiles\timage\thost\toffset\ncount\t\t\t7\t\t\t\t\n",
            "the first type that is no gap is the main type");
    options.fields = "count,type";
    begin(&options);
    put_gap();
    put_line("{\"type\":\"count\",\"count\":7}");
    put_line("{\"type\":\"unheard\",\"count\":8}");
    ends_as("type\tcount\ncount\t7\nunheard\t8\n", "with -F every type but gaps");
    options.fields = NULL;
    begin(&options);
    same_number(record_writer_set_main_type(writer, RECORD_COUNT, &error), 0, "a type is set");
    put_line("{\"type\":\"count\",\"count\":7}");
    same_number(record_writer_set_main_type(writer, RECORD_FILE, &error), -1, "  but not later");
    ends_as("type\tkind\tvalue\tcount\tfiles\timage\thost\toffset\ncount\t\t\t7\t\t\t\t\n", "  and is used");
}

static void refused(enum record_format format, const char *fields, const char *expected)
{
    struct record_writer_options options = { .format = format, .main_type = RECORD_FILE,
                                             .fields = fields };
    struct record_writer *none = NULL;

    error = (struct error)ERROR_INIT;
    same_number(record_writer_new(&none, -1, &options, &error), -1, fields);
    same_number(error.kind, ERROR_USAGE, "  is misuse");
    same_text(error.text, expected, "  and says so");
    ok(!none, "  and gives no writer");
}

static void test_misuse(void)
{
    for (int i = 0; i < FORMAT_COUNT; i++) {
        refused((enum record_format)i, "path,sise", "no record has a field 'sise'");
        refused((enum record_format)i, "", "no record has a field ''");
        refused((enum record_format)i, "path,", "no record has a field ''");
        refused((enum record_format)i, "path,size,path", "field 'path' is named twice");
        refused((enum record_format)i, "_hex", "no record has a field '_hex'");
        same_number(record_format_by_name(record_format_name((enum record_format)i)), i,
                    "formats by name");
    }
    same_number(record_format_by_name("json"), -1, "no such format");
}

static void test_failure(void)
{
    struct record_writer_options options = { .format = FORMAT_JSONL };
    int full = open("/dev/full", O_WRONLY);

    if (record_writer_new(&writer, full, &options, &error) != 0)
        ok(false, "%s", error.text);
    put_file("/a", 1, NULL);
    same_number(record_writer_flush(writer, &error), -1, "a full disk is an error");
    same_text(error.text, "cannot write records: No space left on device", "  with its reason");
    struct record record;
    record_begin(&record, RECORD_FILE);
    error = (struct error)ERROR_INIT;
    same_number(record_writer_write(writer, &record, &error), -1, "and stays one");
    same_number(error.kind, ERROR_SYSTEM, "  of the system");
    record_writer_free(writer);
    close(full);
    record_writer_free(NULL);
}

/* What stands before, in, and behind parts comes in that order; one is used again. */
static void put_parts(void)
{
    struct record_writer *whole = writer, *parts[2];

    if (record_writer_new_part(&parts[0], whole, &error) != 0 ||
        record_writer_new_part(&parts[1], whole, &error) != 0)
        ok(false, "parts: %s", error.text);
    put_line("{\"type\":\"event\",\"datetime\":\"2000-11-22\",\"message\":\"a\",\"macb\":\"m...\"}");
    for (int i = 1; i >= 0; i--) {
        writer = parts[i];
        put_line(i == 1 ? "{\"type\":\"event\",\"datetime\":\"2000-11-24\",\"message\":\"c\"}"
                        : "{\"type\":\"event\",\"datetime\":\"2000-11-23\",\"message\":\"b\"}");
    }
    writer = whole;
    ok(record_writer_join(writer, parts[0], &error) == 0 &&
           record_writer_join(writer, parts[1], &error) == 0 &&
           record_writer_join(writer, parts[0], &error) == 0,
       "joined, and joined again when it is empty");
    put_line("{\"type\":\"event\",\"datetime\":\"2000-11-25\",\"message\":\"d\"}");
    ok(record_writer_count(writer) == 4 && record_writer_type_count(writer, RECORD_EVENT) == 4,
       "counted");
    record_writer_free(parts[0]);
    record_writer_free(parts[1]);
}

static void test_parts(void)
{
    struct record_writer_options options = { .format = FORMAT_JSONL, .main_type = RECORD_EVENT,
                                             .fields = "message" };

    begin(&options);
    ok(record_writer_divides(writer), "jsonl divides");
    put_parts();
    ends_as("{\"type\":\"event\",\"message\":\"a\"}\n{\"type\":\"event\",\"message\":\"b\"}\n"
            "{\"type\":\"event\",\"message\":\"c\"}\n{\"type\":\"event\",\"message\":\"d\"}\n",
            "jsonl in parts");
    options = (struct record_writer_options){ .format = FORMAT_MACTIME,
                                              .main_type = RECORD_EVENT };
    begin(&options);
    put_parts();
    ends_as("Date,Size,Type,Mode,UID,GID,Meta,File Name\n"
            "2000-11-22T00:00:00Z,0,m...,-/----------,0,0,0,\"a\"\n"
            "2000-11-23T00:00:00Z,0,m...,-/----------,0,0,0,\"b\"\n"
            "2000-11-24T00:00:00Z,0,m...,-/----------,0,0,0,\"c\"\n"
            "2000-11-25T00:00:00Z,0,m...,-/----------,0,0,0,\"d\"\n",
            "mactime in parts: one header, all lines that wait");
    options.format = FORMAT_TABLE;
    begin(&options);
    ok(!record_writer_divides(writer), "a table does not divide");
    ends_as("", "nothing");
}

static void test_digest(void)
{
    struct record_writer_options options = { .format = FORMAT_JSONL, .digest = true };
    char hex[65];

    begin(&options);
    put_line("{\"a\":1}");
    record_writer_flush(writer, &error);
    record_writer_digest(writer, hex);
    /* printf '{"a":1}\n' | sha256sum */
    same_text(hex, "e346432021b04179518d9614f3560ccd71354a4ee101ddcb893d6959a9d6301c", "SHA-256");
    record_writer_digest(writer, hex);
    ends_as("{\"a\":1}\n", "of what was written");
}

/* More than the buffer, in pieces and at once. */
static void test_size(void)
{
    struct record_writer_options options = { .format = FORMAT_JSONL, .digest = true };
    size_t size = 3 << 20;
    char *lines = malloc(size);
    char hex[65], other[65];

    for (size_t i = 0; i < size; i += 8)
        memcpy(lines + i, "{\"a\":1}\n", 8);
    begin(&options);
    put_line("{\"a\":1}");
    record_writer_write_lines(writer, lines, size - 8, size / 8 - 1, &error);
    record_writer_flush(writer, &error);
    record_writer_digest(writer, hex);
    same_number((long long)record_writer_count(writer), (long long)(size / 8), "all are counted");
    same_number((long long)lseek(output, 0, SEEK_END), (long long)size, "and written");
    record_writer_free(writer);
    close(output);
    begin(&options);
    for (size_t i = 0; i < size; i += 8)
        put_line("{\"a\":1}");
    record_writer_flush(writer, &error);
    record_writer_digest(writer, other);
    same_text(other, hex, "line by line the same");
    record_writer_free(writer);
    close(output);
    free(lines);
}

/* --- table --- */

static void test_table(void)
{
    struct record_writer_options options = { .format = FORMAT_TABLE, .main_type = RECORD_FILE,
                                             .table_fields = "size,btime,path,inode,state" };
    struct record record;
    struct instant times[] = {
        instant_from_unix(974880844, 0, PRECISION_NANOSECOND),
        instant_from_unix(974880844, 981000000, PRECISION_NANOSECOND),
        instant_from_unix(974880844, 123456700, PRECISION_NANOSECOND),
        instant_from_civil(2000, 11, 22, 9, 14, 4, 0, PRECISION_2_SECONDS, true),
        instant_from_civil(2000, 11, 22, 0, 0, 0, 0, PRECISION_DAY, true),
        { .seconds = -2, .state = INSTANT_RAW, .raw_size = 8 },
    };

    begin(&options);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        record_begin(&record, RECORD_FILE);
        record_time(&record, FIELD_BTIME, &times[i]);
        record_number(&record, FIELD_SIZE, i * 1000);
        record_text(&record, FIELD_PATH, i == 1 ? "/x\n\x1b[31m" : "/x");
        record_text(&record, FIELD_STATE, i == 2 ? "deleted" : NULL);
        put(&record);
    }
    ends_as("SIZE  BTIME                         PATH          STATE\n"
            "   0  2000-11-22 08:14:04Z          /x\n"
            "1000  2000-11-22 08:14:04.981Z      /x\\n\\x1B[31m\n"
            "2000  2000-11-22 08:14:04.1234567Z  /x            deleted\n"
            "3000  2000-11-22 09:14:04           /x\n"
            "4000  2000-11-22                    /x\n"
            "5000  hex:feffffffffffffff          /x\n",
            "a table: numbers right, times short, controls neutralised, empty columns left out");
    options.fields = "size,inode,path";
    options.colour = true;
    begin(&options);
    put_file("/a", 1, NULL);
    put_file("/b", 22, "deleted");
    put_gap();
    ends_as("\033[1mSIZE  INODE  PATH\033[0m\n"
            "   1         /a\n"
            "\033[2m  22         /b\033[0m\n"
            "\033[31m! gap at 13336576+32768: EWF chunk 407: checksum\\ndoes not match (g.E01:p1)"
            "\033[0m\n",
            "chosen columns stay when empty; header bold, deleted dim, gaps red");
    begin(&options);
    ends_as("", "nothing at all");
    begin(&options);
    put_gap();
    ends_as("\033[31m! gap at 13336576+32768: EWF chunk 407: checksum\\ndoes not match (g.E01:p1)"
            "\033[0m\n",
            "no header without rows");
}

static void test_notes(void)
{
    struct record_writer_options options = { .format = FORMAT_TABLE,
                                             .main_type = RECORD_TYPE_COUNT };

    begin(&options);
    put_line("{\"type\":\"gap\",\"reason\":\"r\"}");
    put_line("{\"type\":\"unheard\",\"image\":\"i\",\"a\\n\":[1,\"x\"],\"b\":true,"
             "\"b_hex\":\"00\"}");
    put_line("{\"type\":\"count\",\"value\":\"v\",\"count\":7}");
    put_line("{\"type\":\"anomaly\",\"datetime\":\"2000-11-22T08:14:04.000000000Z\","
             "\"evidence\":\"born after modified\",\"image\":\"i\",\"path\":\"/p\"}");
    put_line("{}");
    ends_as("! gap: r\n"
            "unheard: a\\n 1, x, b true (i)\n"
            "VALUE  COUNT\n"
            "v          7\n"
            "! anomaly at 2000-11-22 08:14:04Z: born after modified (i:/p)\n"
            "record\n",
            "records of other types, in their order");
}

static void test_width(void)
{
    struct record_writer_options options = { .format = FORMAT_TABLE, .main_type = RECORD_FILE,
                                             .table_fields = "size,path,mime,magic", .width = 40 };
    struct record record;

    begin(&options);
    record_begin(&record, RECORD_FILE);
    record_text(&record, FIELD_PATH, "/WINNT/system32/drivers/etc/hosts");
    record_text(&record, FIELD_MIME, "text of a plain kind");
    record_number(&record, FIELD_SIZE, 734);
    put(&record);
    put_file("/\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad"
             "\xe4\xb8\xad\xe4\xb8\xad", 1, NULL);
    /* 40 = 4 + 2 + 16 + 2 + 16: both texts narrowed alike */
    ends_as("SIZE  PATH              MIME\n"
            " 734  /WINN" CUT "/etc/hosts  text of a plain" CUT "\n"
            "   1  /\xe4\xb8\xad\xe4\xb8\xad" CUT
            "\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\xe4\xb8\xad\n",
            "fits the width; paths are cut in the middle, other text at its end");

    options.table_fields = "path,mime,size,magic,state";
    options.width = 36;
    begin(&options);
    record_text(&record, FIELD_MAGIC, "a description of some length");
    record_text(&record, FIELD_STATE, "allocated");
    put(&record);
    ends_as("PATH          MIME  +3 more\n"
            "/WIN" CUT "c/hosts  text of a p" CUT "\n",
            "columns that do not fit are left out from the right, and said so");
    options.fields = "path,mime,size,magic,state";
    begin(&options);
    put(&record);
    ends_as("PATH          MIME          SIZE  MAGIC         STATE\n"
            "/WIN" CUT "c/hosts  text of a p" CUT "   734  a descripti" CUT "  allocated\n",
            "chosen columns are never left out");
}

static void test_later_rows(void)
{
    struct record_writer_options options = { .format = FORMAT_TABLE, .main_type = RECORD_FILE,
                                             .table_fields = "path,size,state" };
    struct buffer expected = BUFFER_INIT;

    begin(&options);
    buffer_add_text(&expected, "PATH\n");
    for (int i = 0; i < WRITER_TABLE_ROWS + 1; i++) {
        put_file("/abc", 0, NULL);
        buffer_add_text(&expected, "/abc\n");
    }
    put_file("/longer", 12345, NULL);
    put_gap();
    put_file("/abc", 0, NULL);
    buffer_add_text(&expected, "\nPATH      SIZE\n/longer  12345\n"
                               "! gap at 13336576+32768: EWF chunk 407: checksum\\n"
                               "does not match (g.E01:p1)\n/abc\n");
    ends_as(buffer_text(&expected), "a value in a column left out begins the table anew");
    buffer_clear(&expected);
    begin(&options);
    buffer_add_text(&expected, "PATH  SIZE\n");
    for (int i = 0; i < WRITER_TABLE_ROWS; i++) {
        put_file("/abc", 1, NULL);
        buffer_add_text(&expected, "/abc     1\n");
    }
    put_file("/longer", 2, NULL);
    put_gap();
    buffer_add_text(&expected, "/longer     2\n! gap at 13336576+32768: EWF chunk 407: checksum\\n"
                               "does not match (g.E01:p1)\n");
    ends_as(buffer_text(&expected), "without a width a longer text moves its row");
    buffer_clear(&expected);
    options.width = 11;
    begin(&options);
    buffer_add_text(&expected, "PATH  SIZE\n");
    for (int i = 0; i < WRITER_TABLE_ROWS; i++) {
        put_file("/abc", 1, NULL);
        buffer_add_text(&expected, "/abc     1\n");
    }
    put_file("/longer", 123456, NULL);
    buffer_add_text(&expected, "/" CUT "er  123456\n");
    ends_as(buffer_text(&expected), "with one it is cut, but never a number");
    buffer_release(&expected);
}

int main(void)
{
    test_jsonl();
    test_projection();
    test_delimited();
    test_csv();
    test_columns();
    test_misuse();
    test_failure();
    test_parts();
    test_digest();
    test_size();
    test_table();
    test_notes();
    test_width();
    test_later_rows();
    return tap_done();
}
