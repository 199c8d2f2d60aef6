/* SPDX-License-Identifier: Apache-2.0 */

/* record_reader: lines good and bad, values out of them, enriching; and that
 * every text comes back from the writer as it went in. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fett/limits.h>
#include <fett/record_reader.h>

#include "tap.h"

/* U+FFFD */
#define BAD "\xef\xbf\xbd"

static int file_of(const void *data, size_t size)
{
    int fd = memfd_create("test", 0);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0) {
        perror("memfd");
        exit(2);
    }
    return fd;
}

/* Each line of the input as "N text|" or "error|". */
static void same_lines(const char *input, size_t size, const char *expected, const char *what)
{
    int fd = file_of(input, size), result;
    struct record_reader *reader = record_reader_new(fd);
    struct record_line line;
    struct error error = ERROR_INIT;
    struct buffer got = BUFFER_INIT;

    while ((result = record_reader_next(reader, &line, &error)) != 0 && result != -2) {
        if (result == 1)
            buffer_add_format(&got, "%d %.*s|", (int)line.number, (int)line.length, line.text);
        else
            buffer_add_format(&got, "%.*s|", (int)strcspn(error.text, ":"), error.text);
    }
    same_text(buffer_text(&got), expected, what);
    buffer_release(&got);
    record_reader_free(reader);
    close(fd);
}

#define LINES(input, expected, what) same_lines(input, sizeof input - 1, expected, what)

static bool is_line(const char *text, size_t size)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;
    bool is = record_reader_parse(reader, text, size, &line, NULL) == 1;

    record_reader_free(reader);
    return is;
}

static void test_lines(void)
{
    LINES("", "", "no input");
    LINES("\n\n", "", "empty lines");
    LINES("{}", "1 {}|", "a last line without newline");
    LINES("{\"a\":1}\n{\"b\":2}\n", "1 {\"a\":1}|2 {\"b\":2}|", "two lines");
    LINES("{}\n\n \t\r\n{}\n", "1 {}|4 {}|", "lines of white space count");
    LINES("{}\r\n{}\r\n", "1 {}\r|2 {}\r|", "carriage returns stay");
    LINES("\xef\xbb\xbf{}\n{}\n", "1 {}|2 {}|", "a byte order mark");
    LINES("{}\n\xef\xbb\xbf{}\n{}\n", "1 {}|line 2|3 {}|", "a mark elsewhere is malformed");
    LINES("{}\n{\"a\":\n{}\n", "1 {}|line 2|3 {}|", "a cut object");
    LINES("[]\n7\n\"x\"\nnull\n{}\n", "line 1|line 2|line 3|line 4|5 {}|", "no objects");
    LINES("{\"a\":1,\"a\":2}\n{}\n", "line 1|2 {}|", "a member twice");
    LINES("{\"a\":1} x\n{} {}\n{}", "line 1|line 2|3 {}|", "something behind an object");
    LINES("{\"a\":\"\xff\"}\n{\"a\":\"\xed\xa0\x80\"}\n{\"a\":\"\\ud800\"}\n{}\n",
          "line 1|line 2|line 3|4 {}|", "invalid UTF-8 and a lone surrogate");
    LINES("{\"a\":\"\x01\"}\n\0\n{}\n", "line 1|line 2|3 {}|", "bare control bytes");
    LINES("{\"a\":99999999999999999999}\n{}\n", "line 1|2 {}|", "a number of more than 64 bits");
}

/* Whether each is one JSON object, as RFC 8259 has it. */
static void test_grammar(void)
{
    static const char *const good[] = {
        "{}", " { } ", "{\"\":0}", "{\"a\":-0}", "{\"a\":0.5}", "{\"a\":1e9}", "{\"a\":1E+9}",
        "{\"a\":-1.25e-3}", "{\"a\":9223372036854775807}", "{\"a\":-9223372036854775808}",
        "{\"a\":[]}", "{\"a\":[ 1 , [ ] , { } , null , true , false ]}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83d\\ude00\"}", "{\"a\":\"\x7f\xc3\xa9\"}",
        "{\"a\":{\"b\":1},\"b\":{\"b\":2}}", "{\"a\":1,\"A\":2}", "\t{\"a\"\t:\r1}\r",
    };
    static const char *const bad[] = {
        "", "{", "}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,\"a\":1}", "{a:1}", "{'a':1}",
        "{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":1e+}",
        "{\"a\":-}", "{\"a\":0x1}", "{\"a\":NaN}", "{\"a\":1e999}", "{\"a\":9223372036854775808}",
        "{\"a\":-9223372036854775809}", "{\"a\":tru}", "{\"a\":True}", "{\"a\":nul}",
        "{\"a\":[1 2]}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1}", "{\"a\":1 \"b\":2}",
        "{\"a\":\"", "{\"a\":\"\\\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u123\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\\ud800x\"}", "{\"a\":\"\t\"}", "{\"a\":\"\xc0\xaf\"}", "{\"a\":\"\xe2\x80\"}",
        "{\"a\":{\"b\":1,\"b\":2}}", "{\"a\":[{\"b\":1,\"b\":2}]}", "{\"ab\":1,\"\\u0061b\":2}",
        "{\"\\u0061b\":1,\"a\\u0062\":2}", "{} {}", "{}x", "[{}]",
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ok(is_line(good[i], strlen(good[i])), "good: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(!is_line(bad[i], strlen(bad[i])), "bad: %s", bad[i]);
}

/* One of many names is there twice, with escapes or without. */
static void test_many_names(void)
{
    struct buffer text = BUFFER_INIT;

    buffer_add_byte(&text, '{');
    for (int i = 0; i < 200000; i++)
        buffer_add_format(&text, "\"\\u0061%d\":0,", i);
    size_t size = text.length;
    buffer_add_text(&text, "\"a\":0}");
    ok(is_line(text.data, text.length), "many names");
    buffer_truncate(&text, size);
    buffer_add_text(&text, "\"a199998\":0}");
    ok(!is_line(text.data, text.length), "one of them twice");
    buffer_release(&text);
}

static void test_long_lines(void)
{
    size_t size = LIMIT_LINE_BYTES + 16;
    char *input = malloc(size + 4);

    memset(input, ' ', size);
    memcpy(input, "{}\n{\"a\":\"", 9);
    memcpy(input + size - 3, "\"}\n", 3);
    memcpy(input + size, "{}\n", 3);
    same_lines(input, size + 3, "1 {}|line 2|3 {}|", "a line beyond the limit");
    same_lines(input, size - 1, "1 {}|line 2|", "the last one too");
    /* Exactly the limit: "{}\n" before it, the newline not counted. */
    size = LIMIT_LINE_BYTES + 4;
    memset(input + 9, ' ', size - 9);
    memcpy(input + size - 3, "\"}\n", 3);
    int fd = file_of(input, size);
    struct record_reader *reader = record_reader_new(fd);
    struct record_line line;
    struct error error = ERROR_INIT;
    record_reader_next(reader, &line, &error);
    same_number(record_reader_next(reader, &line, &error), 1, "a line of the limit is read");
    same_number((long long)line.length, LIMIT_LINE_BYTES, "  all of it");
    record_reader_free(reader);
    close(fd);
    free(input);
}

static void test_deep(void)
{
    char input[20011];

    memset(input, '[', 20000);
    memcpy(input, "{\"a\":", 5);
    memcpy(input + 20000, "\n{}\n", 5);
    same_lines(input, 20004, "line 1|2 {}|", "nesting without end");
}

static void test_errors(void)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;
    struct error error = ERROR_INIT;

    same_number(record_reader_next(reader, &line, &error), -2, "an input that cannot be read");
    same_number(error.kind, ERROR_SYSTEM, "  is the system's failure");
    same_number(record_reader_parse(reader, "{,", 2, &line, &error), -1, "a malformed line");
    same_number(error.kind, ERROR_DAMAGED, "  is damage");
    ok(strncmp(error.text, "line 1: no record: column ", 26) == 0, "  with its place");
    record_reader_free(reader);
    record_reader_free(NULL);
}

/* --- values --- */

static struct record_reader *parser;

static struct record_line parsed(const char *text)
{
    struct record_line line = { 0 };
    struct error error = ERROR_INIT;

    if (record_reader_parse(parser, text, strlen(text), &line, &error) != 1) {
        printf("Bail out! %s: %s\n", text, error.text);
        exit(2);
    }
    return line;
}

static void test_values(void)
{
    struct record_line line = parsed(
        "{\"type\":\"file\",\"path\":\"a\\u0000b\",\"name\":\"x" BAD "\",\"name_hex\":\"78FF\","
        "\"data\":\"kept\",\"data_hex\":\"no hex\",\"size\":5,\"offset\":\"18446744073709551615\","
        "\"uid\":-1,\"gid\":\"12x\",\"links\":null,\"target\":{\"path\":\"/t\",\"size\":7,"
        "\"in\":{\"mime\":\"m\"}},\"a.b\":\"dotted\",\"enabled\":true}");
    size_t size = 0;
    uint64_t number = 0;

    same_number(line.type, RECORD_FILE, "the type");
    const char *text = record_line_text(&line, "path", &size);
    ok(text && size == 3 && memcmp(text, "a\0b", 3) == 0, "text with NUL");
    text = record_line_text(&line, "name", &size);
    ok(text && size == 2 && memcmp(text, "x\xff", 2) == 0, "bytes of a twin");
    same_text(record_line_text(&line, "data", NULL), "kept", "a twin that is no hex");
    same_text(record_line_text(&line, "target.path", NULL), "/t", "a nested text");
    same_text(record_line_text(&line, "target.in.mime", NULL), "m", "a text nested twice");
    same_text(record_line_text(&line, "a.b", NULL), "dotted", "a name with a dot");
    ok(!record_line_text(&line, "size", NULL), "a number is no text");
    ok(!record_line_text(&line, "path.x", NULL), "nothing is in a text");
    ok(!record_line_text(&line, "absent", NULL), "an absent member");
    ok(record_line_number(&line, "size", &number) == 0 && number == 5, "a number");
    ok(record_line_number(&line, "target.size", &number) == 0 && number == 7, "a nested number");
    ok(record_line_number(&line, "offset", &number) == 0 && number == UINT64_MAX,
       "a number as text");
    same_number(record_line_number(&line, "uid", &number), -1, "a negative number");
    same_number(record_line_number(&line, "gid", &number), -1, "no number");
    same_number(record_line_has(&line, "links"), 0, "null is not there");
    same_number(record_line_has(&line, "enabled"), 1, "true is there");
    same_number(record_line_has(&line, "target.in"), 1, "an object is there");
    line = parsed("{\"type\":\"unheard\",\"x\":1.5}");
    same_number(line.type, -1, "an unknown type");
    line = parsed("{\"type\":7}");
    same_number(line.type, -1, "a type that is no text");
    line = parsed("{}");
    same_number(line.type, -1, "no type");
}

static void test_times(void)
{
    struct record_line line = parsed(
        "{\"btime\":\"2000-11-22T08:14:04.981000000Z\",\"mtime\":\"2000-11-22T09:14:04.000000000\","
        "\"mtime_precision\":\"2s\",\"atime\":\"2000-11-22\",\"atime_precision\":\"1d\","
        "\"ctime_hex\":\"feffffffffffffff\",\"dtime\":\"yesterday\","
        "\"fn_btime\":\"2000-11-22T08:14:04.000000000Z\",\"local\":[\"fn_btime\"],"
        "\"target\":{\"btime\":\"2000-11-22T08:14:04Z\",\"local\":[\"btime\"]}}");
    struct instant time;

    ok(record_line_time(&line, "btime", &time) == 0 && time.seconds == 974880844 &&
           time.nanoseconds == 981000000 && time.state == INSTANT_UTC &&
           time.precision == PRECISION_NANOSECOND,
       "a time");
    ok(record_line_time(&line, "mtime", &time) == 0 && time.seconds == 974884444 &&
           time.state == INSTANT_LOCAL && time.precision == PRECISION_2_SECONDS,
       "a local time with precision");
    ok(record_line_time(&line, "atime", &time) == 0 && time.precision == PRECISION_DAY, "a date");
    ok(record_line_time(&line, "fn_btime", &time) == 0 && time.state == INSTANT_CONVERTED,
       "a time by a zone");
    ok(record_line_time(&line, "target.btime", &time) == 0 && time.state == INSTANT_CONVERTED &&
           time.precision == PRECISION_SECOND,
       "a nested one");
    same_number(record_line_time(&line, "ctime", &time), -1, "a raw time");
    same_number(record_line_time(&line, "dtime", &time), -1, "a text that is no time");
}

static void to_record_and_back(const char *text, size_t unknown, const char *expected)
{
    struct record_line line = parsed(text);
    struct record record;
    struct buffer json = BUFFER_INIT;
    size_t counted = 77;

    same_number(record_line_to_record(&line, &record, &counted), 0, text);
    same_number((long long)counted, (long long)unknown, "  unknown members");
    record_add_json(&json, &record);
    buffer_truncate(&json, json.length - 1);
    same_text(buffer_text(&json), expected, "  and back");
    buffer_release(&json);
}

static void test_records(void)
{
    static const char whole[] =
        "{\"type\":\"file\",\"image\":\"x" BAD "\",\"image_hex\":\"78ff\",\"path\":\"/a\\u0000\","
        "\"size\":\"9007199254740992\",\"names\":[\"b\",\"c\"],"
        "\"btime\":\"2000-11-22T08:14:04.000000000Z\",\"btime_precision\":\"2s\","
        "\"ctime_hex\":\"feffffffffffff7f\",\"local\":[\"btime\"]}";
    struct record_line line;
    struct record record;
    size_t unknown;

    to_record_and_back(whole, 0, whole);
    to_record_and_back("{ \"size\" : 5 , \"type\" : \"file\", \"names\": [ 1.50 , {} ], "
                       "\"p\\u0061th\":\"/a\" }",
                       0, "{\"type\":\"file\",\"path\":\"/a\",\"size\":5,\"names\":[ 1.50 , {} ]}");
    to_record_and_back("{\"type\":\"gap\",\"size\":5,\"x\":1,\"x_hex\":\"00\",\"reason\":null}", 3,
                       "{\"type\":\"gap\"}");
    to_record_and_back("{\"type\":\"file\",\"size\":\"big\",\"btime\":\"then\"}", 0,
                       "{\"type\":\"file\",\"size\":\"big\",\"btime\":\"then\"}");
    line = parsed("{\"type\":\"unheard\"}");
    same_number(record_line_to_record(&line, &record, &unknown), -1, "no record of unknown type");
}

/* --- round trip --- */

static bool comes_back(const char *text, size_t size)
{
    struct record record;
    struct buffer json = BUFFER_INIT;
    struct record_line line;
    size_t got_size = 0;

    record_begin(&record, RECORD_FILE);
    record_text_n(&record, FIELD_PATH, text, size);
    record_add_json(&json, &record);
    bool same = record_reader_parse(parser, json.data, json.length - 1, &line, NULL) == 1;
    const char *got = same ? record_line_text(&line, "path", &got_size) : NULL;
    same = got && got_size == size && memcmp(got, text, size) == 0;
    buffer_release(&json);
    return same;
}

static void test_round_trip(void)
{
    char text[64];
    int wrong = 0;
    unsigned state = 1;

    for (int byte = 0; byte < 256; byte++)
        for (size_t place = 0; place < 20; place++) {
            memset(text, 'a', 20);
            text[place] = (char)byte;
            wrong += !comes_back(text, 20);
        }
    same_number(wrong, 0, "every byte at every place comes back");
    wrong = 0;
    for (int i = 0; i < 20000; i++) {
        /* Bytes that make and break sequences, escapes and words. */
        static const char bytes[] = "\0\x1f\"\\a\x7f\x80\x9f\xa0\xbf\xc2\xe0\xed\xf0\xf4\xff";
        size_t size = (size_t)i % sizeof text;
        for (size_t j = 0; j < size; j++) {
            state = state * 1103515245 + 12345;
            text[j] = bytes[state >> 16 & 15];
        }
        wrong += !comes_back(text, size);
    }
    same_number(wrong, 0, "texts of hostile bytes come back");
    ok(comes_back("", 0), "the empty text comes back");
    ok(comes_back("\xe2\x80\xa8\xed\xa0\xbd\xed\xb8\x80\xf0\x9f\x98\x80", 13),
       "a line separator, two lone surrogates and a pair come back");
}

/* --- enriching --- */

static void enriches(const char *text, const struct member *members, size_t count,
                     const char *expected)
{
    struct record_line line = parsed(text);
    struct buffer out = BUFFER_INIT;

    buffer_add_text(&out, "before ");
    record_line_enrich(&out, &line, members, count);
    ok(out.length > 7 && out.data[out.length - 1] == '\n', "enriched line ends");
    buffer_truncate(&out, out.length - 1);
    same_text(buffer_text(&out) + 7, expected, text);
    buffer_release(&out);
}

static void test_enrich(void)
{
    struct instant time = instant_from_unix(0, 0, PRECISION_NANOSECOND);
    const struct member size = { "size", value_number(9) };
    const struct member path = { "path", value_text_n("p\xff", 2) };
    const struct member utc = { "mtime", value_time(&time) };
    time.state = INSTANT_CONVERTED;
    const struct member zoned = { "mtime", value_time(&time) };
    const struct member both[] = { size, path };

    enriches("{}", &size, 1, "{\"size\":9}");
    enriches("{}", NULL, 0, "{}");
    enriches(" { } ", &size, 1, "{\"size\":9 } ");
    enriches("{\"a\" : [1, {\"size\":2}],\t\"b\":1.50 } ", &size, 1,
             "{\"a\" : [1, {\"size\":2}],\t\"b\":1.50,\"size\":9 } ");
    enriches("{\"a\":1,\"size\":{\"x\":[1,\"}\"]},\"b\":2}", &size, 1,
             "{\"a\":1,\"size\":9,\"b\":2}");
    enriches("{\"size\":1, \"b\":2}", &size, 1, "{\"size\":9, \"b\":2}");
    enriches("{\"b\":\"x\\\\\", \"si\\u007ae\" : \"\\\"\"}", &size, 1,
             "{\"b\":\"x\\\\\",\"size\":9}");
    enriches("{\"a\":1}", both, 2,
             "{\"a\":1,\"size\":9,\"path\":\"p" BAD "\",\"path_hex\":\"70ff\"}");
    enriches("{\"path\":\"" BAD "\",\"path_hex\":\"fe\",\"size\":1}", both, 2,
             "{\"path\":\"p" BAD "\",\"path_hex\":\"70ff\",\"size\":9}");
    enriches("{\"path_hex\":\"fe\" , \"path\":\"" BAD "\", \"c\":1}", &path, 1,
             "{\"path\":\"p" BAD "\",\"path_hex\":\"70ff\", \"c\":1}");
    enriches("{\"size_hex\":1, \"size_precision\":2 , \"c\":1}", &size, 1,
             "{\"c\":1,\"size\":9}");
    enriches("{\"mtime\":\"x\",\"mtime_precision\":\"2s\",\"local\":[\"atime\",\"mtime\"]}", &utc,
             1, "{\"mtime\":\"1970-01-01T00:00:00.000000000Z\",\"local\":[\"atime\"]}");
    enriches("{\"local\":[\"mtime\"],\"a\":1}", &utc, 1,
             "{\"a\":1,\"mtime\":\"1970-01-01T00:00:00.000000000Z\"}");
    enriches("{\"a\":1}", &zoned, 1,
             "{\"a\":1,\"mtime\":\"1970-01-01T00:00:00.000000000Z\",\"local\":[\"mtime\"]}");
    enriches("{\"local\":[ \"x\" ],\"a\":1}", &size, 1,
             "{\"local\":[ \"x\" ],\"a\":1,\"size\":9}");
}

int main(void)
{
    parser = record_reader_new(-1);
    test_lines();
    test_grammar();
    test_many_names();
    test_long_lines();
    test_deep();
    test_errors();
    test_values();
    test_times();
    test_records();
    test_round_trip();
    test_enrich();
    record_reader_free(parser);
    return tap_done();
}
