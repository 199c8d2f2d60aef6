/* SPDX-License-Identifier: Apache-2.0 */

/* record_filter: conditions and order. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fett/record_filter.h>

#include "tap.h"

static struct error error;

static const char file[] =
    "{\"type\":\"file\",\"path\":\"/WINNT/Sound.EXE\",\"path_hex\":\"2f57494e4e542fff\","
    "\"size\":\"9007199254740993\",\"uid\":0,\"mode\":\"0644\",\"names\":[\"/a\",\"/b\"],"
    "\"mtime\":\"2000-11-22T08:14:04.981000000Z\",\"atime\":\"2000-11-22\","
    "\"atime_precision\":\"1d\",\"btime\":\"2000-11-22T08:14:04.000000000\","
    "\"btime_precision\":\"2s\",\"ctime_hex\":\"feffffffffffffff\",\"name\":\"caf\xc3\xa9\","
    "\"enabled\":true,\"data\":12,\"count\":-3,\"target\":{\"path\":\"/t\",\"size\":10},"
    "\"match\":[{\"level\":\"low\",\"rule\":\"a\"},{\"level\":\"high\"}],\"facts\":{\"x\":1.5}}";

static bool matches(const char *text, const char *condition)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record_filter *filter = NULL;
    struct record_line line;
    bool result = false;

    if (record_filter_new(&filter, &error) != 0 ||
        record_filter_add(filter, condition, &error) != 0 ||
        record_reader_parse(reader, text, strlen(text), &line, &error) != 1)
        ok(false, "%s: %s", condition, error.text);
    else
        result = record_filter_matches(filter, &line);
    record_filter_free(filter);
    record_reader_free(reader);
    return result;
}

static void test_conditions(void)
{
    static const char *const met[] = {
        "type = file", "type=file", " type  ==  file", "type != event",
        /* text: exactly, in order of bytes, as a pattern */
        "mode = 0644", "mode != 644", "mode > 0600", "mode <= 0644", "mode >= 0644",
        "name ~ CAF?", "name ~ *\xc3\x89", "name~caf*", "name = caf\xc3\xa9", "name < caf\xff",
        /* bytes of a twin, not what stands for them */
        "path ~ /winnt/*", "path != /WINNT/Sound.EXE",
        /* numbers */
        "size = 9007199254740993", "size > 9007199254740992", "size < 9007199254740994",
        "size = 0x20000000000001", "uid = 0", "uid = 00", "uid < 1", "uid >= -1", "count < -2",
        "count = -3", "data = 12", "data < 100", "size ~ 90071*",
        /* times: the interval of either side */
        "mtime = 2000-11-22", "mtime >= 2000-11-22", "mtime <= 2000-11-22",
        "mtime > 2000-11-21", "mtime < 2000-11-23", "mtime != 2000-11-21",
        "mtime = 2000-11-22T08:14:04Z", "mtime > 2000-11-22T08:14:04.980Z",
        "mtime < 2000-11-22T08:14:04.982Z", "mtime = 2000-11-22T09:14:04.981+01:00",
        "mtime = 2000-11-22 08:14Z", "mtime ~ 2000-11-22T08*",
        "atime = 2000-11-22T12:00:00Z", "atime > 2000-11-22T12:00:00Z",
        "atime < 2000-11-22T12:00:00Z", "atime <= 2000-11-22", "atime >= 2000-11-22",
        "btime = 2000-11-22T08:14:05Z", "btime > 2000-11-22T08:14:05.000Z",
        "btime < 2000-11-22T08:14:04.001",
        /* presence */
        "ctime ?", "path?", "names ?", "target.path ?", "links != 5", "links != 0",
        /* truth, lists, objects */
        "enabled = true", "enabled != false", "names = /a", "names = /b", "names ~ /?",
        "target.path = /t", "target.size > 9", "match.level = high", "match.rule ?",
        "match.level != middle", "facts.x = 1.5", "facts.x > 1",
    };
    static const char *const not_met[] = {
        "type = files", "type != file", "name = CAF\xc3\x89", "name ~ caf", "name < caf",
        "path = /WINNT/Sound.EXE", "mode = 644", "size = 9007199254740992", "uid > 0",
        "size != 9007199254740993", "count > -3", "data > 12",
        "mtime > 2000-11-22", "mtime < 2000-11-22", "mtime != 2000-11-22", "mtime = 2000-11-21",
        "mtime = 2000-11-22T08:14:05Z", "mtime > 2000-11-22T08:14:04Z",
        "mtime = 2000-11-22T08:14:04.981+01:00", "atime < 2000-11-22", "atime > 2000-11-22",
        "btime = 2000-11-22T08:14:06Z", "btime > 2000-11-22T08:14:06.000Z",
        "ctime > 1900-01-01", "ctime = 2000-11-22", "dtime < 2100-01-01", "dtime ?", "links = 0",
        "links < 5", "links ?", "links ~ *", "enabled = false", "names = /c", "names != /a",
        "target = /t", "target.path.x ?", "match.level = middle", "match.level != low", "match = a",
        "facts.y ?",
    };

    for (size_t i = 0; i < sizeof met / sizeof *met; i++)
        ok(matches(file, met[i]), "met: %s", met[i]);
    for (size_t i = 0; i < sizeof not_met / sizeof *not_met; i++)
        ok(!matches(file, not_met[i]), "not met: %s", not_met[i]);
}

static void refused(const char *condition, const char *expected)
{
    struct record_filter *filter = NULL;

    record_filter_new(&filter, &error);
    error = (struct error)ERROR_INIT;
    same_number(record_filter_add(filter, condition, &error), -1, condition);
    same_text(error.text, expected, "  is told why");
    same_number(error.kind, ERROR_USAGE, "  is misuse");
    record_filter_free(filter);
}

static void test_misuse(void)
{
    static const char shape[] = " is no condition: FIELD = VALUE, also != < <= > >= ~ ?";
    static const char *const shapeless[] = { "", "path", "= x", "path x", "  ", "path ! x" };
    char expected[128];

    for (size_t i = 0; i < sizeof shapeless / sizeof *shapeless; i++) {
        snprintf(expected, sizeof expected, "'%s'%s", shapeless[i], shape);
        refused(shapeless[i], expected);
    }
    refused("sise > 5", "no record has a field 'sise'");
    refused("size > big", "size is a number, 'big' is none");
    refused("size = 5k", "size is a number, '5k' is none");
    refused("size = -", "size is a number, '-' is none");
    refused("size = 0x", "size is a number, '0x' is none");
    refused("size = 0x1ffffffffffffffff", "size is a number, '0x1ffffffffffffffff' is none");
    refused("size = 1.2.3", "size is a number, '1.2.3' is none");
    refused("size = .", "size is a number, '.' is none");
    refused("size = inf", "size is a number, 'inf' is none");
    refused("target.size = x", "target.size is a number, 'x' is none");
    refused("mtime = 2000",
            "mtime is a time, '2000' is none (2000-11-22, 2000-11-22T08:14:04Z)");
    refused("mtime = 2000-13-01",
            "mtime is a time, '2000-13-01' is none (2000-11-22, 2000-11-22T08:14:04Z)");
    refused("enabled = yes", "enabled is true or false, not 'yes'");
    refused("path ? x", "'path ?' takes no value");

    struct record_filter *filter = NULL;
    record_filter_new(&filter, &error);
    same_number(record_filter_add_test(filter, "path", "=", "= x", &error), 0, "three texts");
    same_number(record_filter_add_test(filter, "path", "?", NULL, &error), 0, "no value");
    same_number(record_filter_add_test(filter, "path", "=x", "", &error), -1, "no comparison");
    same_text(error.text, "'=x' is no comparison: = != < <= > >= ~ ?", "  is told");
    same_number(record_filter_type(filter), RECORD_TYPE_COUNT, "no type is asked for");
    same_number(record_filter_add(filter, "type = gap", &error), 0, "a type");
    same_number(record_filter_type(filter), RECORD_GAP, "  is known");
    same_number(record_filter_sort(filter, "path,,size", NULL, &error), -1, "an empty field");
    same_text(error.text, "no record has a field ''", "  is told");
    record_filter_free(filter);
    record_filter_free(NULL);
}

/* Filter lines as rec-fmt does; returns what was written. */
static char *filtered(const char *const *conditions, const char *sort, const char *input)
{
    static char text[1 << 16];
    struct record_writer_options options = { .format = FORMAT_JSONL };
    struct record_writer *writer = NULL;
    struct record_filter *filter = NULL;
    struct record_reader *reader;
    struct record_line line;
    int in = memfd_create("in", 0), out = memfd_create("out", 0), result = 0;

    if (write(in, input, strlen(input)) < 0 || lseek(in, 0, SEEK_SET) < 0)
        exit(2);
    reader = record_reader_new(in);
    result |= record_writer_new(&writer, out, &options, &error);
    result |= record_filter_new(&filter, &error);
    for (; *conditions; conditions++)
        result |= record_filter_add(filter, *conditions, &error);
    if (sort)
        result |= record_filter_sort(filter, sort, NULL, &error);
    while (record_reader_next(reader, &line, &error) == 1)
        result |= record_filter_write(filter, writer, &line, &error);
    result |= record_filter_finish(filter, writer, &error);
    result |= record_writer_flush(writer, &error);
    ok(result == 0, "filtered by %s", sort ? sort : "conditions");
    ssize_t size = pread(out, text, sizeof text - 1, 0);
    text[size < 0 ? 0 : size] = '\0';
    record_filter_free(filter);
    record_writer_free(writer);
    record_reader_free(reader);
    close(in);
    close(out);
    return text;
}

static void test_write(void)
{
    static const char *const none[] = { NULL };
    static const char *const two[] = { "size > 1", "type = file", NULL };
    static const char input[] =
        "{\"type\":\"file\", \"size\":10,\"x\":\"a\"}\n"
        "{\"type\":\"gap\",\"size\":2}\n"
        "{\"type\":\"file\",\"size\":9,\"mtime\":\"2000-11-22T08:14:04.000000000Z\"}\n"
        "{\"size\":-1}\n"
        "{\"type\":\"unheard\",\"mtime\":\"1969-12-31T23:59:59.500000000Z\",\"x\":\"b\"}\n"
        "{\"type\":\"file\",\"size\":10,\"mtime\":\"2000-11-22\"}\n"
        "{\"type\":\"file\",\"size\":\"9007199254740993\",\"mtime_hex\":\"00\"}\n";

    same_text(filtered(none, NULL, input), input, "without conditions all, byte for byte");
    same_text(filtered(two, NULL, input),
              "{\"type\":\"file\", \"size\":10,\"x\":\"a\"}\n"
              "{\"type\":\"file\",\"size\":9,\"mtime\":\"2000-11-22T08:14:04.000000000Z\"}\n"
              "{\"type\":\"file\",\"size\":10,\"mtime\":\"2000-11-22\"}\n"
              "{\"type\":\"file\",\"size\":\"9007199254740993\",\"mtime_hex\":\"00\"}\n",
              "conditions must all be met");
    same_text(filtered(none, "size", input),
              "{\"type\":\"unheard\",\"mtime\":\"1969-12-31T23:59:59.500000000Z\",\"x\":\"b\"}\n"
              "{\"size\":-1}\n"
              "{\"type\":\"gap\",\"size\":2}\n"
              "{\"type\":\"file\",\"size\":9,\"mtime\":\"2000-11-22T08:14:04.000000000Z\"}\n"
              "{\"type\":\"file\", \"size\":10,\"x\":\"a\"}\n"
              "{\"type\":\"file\",\"size\":10,\"mtime\":\"2000-11-22\"}\n"
              "{\"type\":\"file\",\"size\":\"9007199254740993\",\"mtime_hex\":\"00\"}\n",
              "numbers in order, absent first, equal ones as they came");
    same_text(filtered(two, "-size,mtime", input),
              "{\"type\":\"file\",\"size\":\"9007199254740993\",\"mtime_hex\":\"00\"}\n"
              "{\"type\":\"file\", \"size\":10,\"x\":\"a\"}\n"
              "{\"type\":\"file\",\"size\":10,\"mtime\":\"2000-11-22\"}\n"
              "{\"type\":\"file\",\"size\":9,\"mtime\":\"2000-11-22T08:14:04.000000000Z\"}\n",
              "descending, then by time");
    same_text(filtered(none, "mtime,size", input),
              "{\"size\":-1}\n"
              "{\"type\":\"gap\",\"size\":2}\n"
              "{\"type\":\"file\", \"size\":10,\"x\":\"a\"}\n"
              "{\"type\":\"unheard\",\"mtime\":\"1969-12-31T23:59:59.500000000Z\",\"x\":\"b\"}\n"
              "{\"type\":\"file\",\"size\":10,\"mtime\":\"2000-11-22\"}\n"
              "{\"type\":\"file\",\"size\":9,\"mtime\":\"2000-11-22T08:14:04.000000000Z\"}\n"
              "{\"type\":\"file\",\"size\":\"9007199254740993\",\"mtime_hex\":\"00\"}\n",
              "times before 1970 too; raw ones last");
    same_text(filtered(none, "name",
                       "{\"name\":\"ab\"}\n{\"name\":\"a\\u0000b\"}\n{\"name\":\"a\"}\n"
                       "{\"name\":\"\"}\n{\"name\":\"B\"}\n{\"name\":\"\xc3\xa9\"}\n"),
              "{\"name\":\"\"}\n{\"name\":\"B\"}\n{\"name\":\"a\"}\n{\"name\":\"a\\u0000b\"}\n"
              "{\"name\":\"ab\"}\n{\"name\":\"\xc3\xa9\"}\n",
              "texts by their bytes");
    same_text(filtered(none, "-name", "{\"name\":\"a\"}\n{\"name\":\"a\\u0000b\"}\n{\"x\":1}\n"),
              "{\"name\":\"a\\u0000b\"}\n{\"name\":\"a\"}\n{\"x\":1}\n", "and back");
}

int main(void)
{
    test_conditions();
    test_misuse();
    test_write();
    return tap_done();
}
