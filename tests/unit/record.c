/* SPDX-License-Identifier: Apache-2.0 */

/* record: the table, and records as JSON text against literal expectations. */

#include <stdlib.h>

#include <fett/record.h>

#include "tap.h"

static struct buffer out = BUFFER_INIT;

static const char *json_of(const struct record *record)
{
    buffer_clear(&out);
    record_add_json(&out, record);
    return buffer_text(&out);
}

static void same_json_text(const char *text, size_t size, bool valid, const char *expected)
{
    buffer_clear(&out);
    bool got = json_add_text(&out, text, size);
    same_text(buffer_text(&out), expected, expected);
    ok(got == valid, "  is %svalid", valid ? "" : "not ");
}

#define JSON_TEXT(text, valid, expected) same_json_text(text, sizeof text - 1, valid, expected)

/* U+FFFD */
#define BAD "\xef\xbf\xbd"

static void test_table(void)
{
    size_t count;

    for (int i = 0; i < FIELD_COUNT_; i++) {
        const char *name = record_field_name((enum record_field)i);
        if (record_field_by_name(name, strlen(name)) != i)
            ok(false, "field %s is found by its name", name);
    }
    for (int i = 0; i < RECORD_TYPE_COUNT; i++) {
        const char *name = record_type_name((enum record_type)i);
        if (record_type_by_name(name, strlen(name)) != i)
            ok(false, "type %s is found by its name", name);
        const uint16_t *fields = record_type_fields((enum record_type)i, &count);
        bool seen[FIELD_COUNT_] = { false };
        for (size_t j = 0; j < count; j++) {
            if (fields[j] >= FIELD_COUNT_ || seen[fields[j]])
                ok(false, "type %s declares each field once", name);
            seen[fields[j]] = true;
        }
    }
    same_number(record_field_by_name("path", 3), -1, "part of a name is no name");
    same_number(record_field_by_name("", 0), -1, "the empty name is no field");
    same_number(record_type_by_name("events", 6), -1, "more than a name is no type");
    same_number(record_type_by_name("event", 5), RECORD_EVENT, "event is a type");
    same_text(record_field_name(FIELD_FN_BTIME), "fn_btime", "fn_btime is a field");
    same_number(record_field_kind(FIELD_SIZE), KIND_NUMBER, "size is a number");
    same_number(record_field_kind(FIELD_BTIME), KIND_TIME, "btime is a time");
    same_text(record_content_word(CONTENT_OVERWRITTEN), "overwritten", "words of content");
    same_text(record_meta_word(META_REALLOCATED), "reallocated", "words of meta");
    same_text(record_state_word(FILE_ORPHAN), "orphan", "words of state");
    same_text(record_file_type_word(FILE_VIRTUAL), "virtual", "words of file type");
}

static void test_text(void)
{
    JSON_TEXT("", true, "\"\"");
    JSON_TEXT("plain", true, "\"plain\"");
    JSON_TEXT("longer than a word of eight", true, "\"longer than a word of eight\"");
    JSON_TEXT("a\"b\\c/d", true, "\"a\\\"b\\\\c/d\"");
    JSON_TEXT("\n\t\r\b\f", true, "\"\\n\\t\\r\\b\\f\"");
    JSON_TEXT("a\0b", true, "\"a\\u0000b\"");
    JSON_TEXT("\x01\x0b\x1b\x1f", true, "\"\\u0001\\u000b\\u001b\\u001f\"");
    JSON_TEXT("\x7f", true, "\"\x7f\"");
    JSON_TEXT("\xe2\x80\xa8\xe2\x80\xa9", true, "\"\xe2\x80\xa8\xe2\x80\xa9\"");
    JSON_TEXT("\xc2\x80", true, "\"\xc2\x80\"");
    JSON_TEXT("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xe4\xb8\xad", true,
              "\"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xe4\xb8\xad\"");
    JSON_TEXT("\xf0\x9f\x98\x80", true, "\"\xf0\x9f\x98\x80\"");
    JSON_TEXT("\xf4\x8f\xbf\xbf", true, "\"\xf4\x8f\xbf\xbf\"");
    JSON_TEXT("\x80", false, "\"" BAD "\"");
    JSON_TEXT("a\xff", false, "\"a" BAD "\"");
    JSON_TEXT("\xfe\xff", false, "\"" BAD BAD "\"");
    JSON_TEXT("\xc0\xaf", false, "\"" BAD BAD "\"");
    JSON_TEXT("\xc1\x81", false, "\"" BAD BAD "\"");
    JSON_TEXT("\xe0\x80\xaf", false, "\"" BAD BAD BAD "\"");
    JSON_TEXT("\xe0\x9f\xbf", false, "\"" BAD BAD BAD "\"");
    JSON_TEXT("\xf0\x8f\xbf\xbf", false, "\"" BAD BAD BAD BAD "\"");
    JSON_TEXT("\xf4\x90\x80\x80", false, "\"" BAD BAD BAD BAD "\"");
    JSON_TEXT("\xf5\x80\x80\x80", false, "\"" BAD BAD BAD BAD "\"");
    JSON_TEXT("\xed\xa0\x80", false, "\"" BAD "\"");
    JSON_TEXT("\xed\xbf\xbfx", false, "\"" BAD "x\"");
    JSON_TEXT("\xed\x9f\xbf", true, "\"\xed\x9f\xbf\"");
    JSON_TEXT("\xe4\xb8", false, "\"" BAD BAD "\"");
    JSON_TEXT("\xc3", false, "\"" BAD "\"");
    JSON_TEXT("\xc3(", false, "\"" BAD "(\"");
    JSON_TEXT("\xf0\x9f\x98", false, "\"" BAD BAD BAD "\"");
}

/* A special byte at every place of texts of every length around the word size. */
static void test_places(void)
{
    static const struct {
        char byte;
        const char *escape;
    } specials[] = { { '"', "\\\"" }, { '\\', "\\\\" }, { 1, "\\u0001" }, { (char)0xff, BAD } };
    char text[40], expected[64];
    int wrong = 0;

    for (size_t size = 1; size < 35; size++)
        for (size_t place = 0; place < size; place++)
            for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
                memset(text, '~', size);
                text[place] = specials[i].byte;
                int length = snprintf(expected, sizeof expected, "\"%.*s%s%.*s\"", (int)place,
                                      text, specials[i].escape, (int)(size - place - 1),
                                      text + place + 1);
                buffer_clear(&out);
                json_add_text(&out, text, size);
                wrong += out.length != (size_t)length || memcmp(out.data, expected, out.length);
            }
    same_number(wrong, 0, "special bytes at every place of short texts");
}

static void test_values(void)
{
    struct record record;

    record_begin(&record, RECORD_FILE);
    same_text(json_of(&record), "{\"type\":\"file\"}\n", "a record without members");
    record_number(&record, FIELD_SIZE, 9007199254740991);
    record_text(&record, FIELD_PATH, "/a");
    record_text(&record, FIELD_IMAGE, NULL);
    same_text(json_of(&record), "{\"type\":\"file\",\"path\":\"/a\",\"size\":9007199254740991}\n",
              "declared order, the largest number");
    record_number(&record, FIELD_SIZE, 9007199254740992);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"path\":\"/a\",\"size\":\"9007199254740992\"}\n",
              "a larger number is a text, and replaces the earlier one");
    record_number(&record, FIELD_SIZE, UINT64_MAX);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"path\":\"/a\",\"size\":\"18446744073709551615\"}\n",
              "the largest of 64 bits");
    record_begin(&record, RECORD_FILE);
    record_text_n(&record, FIELD_PATH, "/a\xff\xed\xa0\x81", 6);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"path\":\"/a" BAD BAD "\",\"path_hex\":\"2f61ffeda081\"}\n",
              "invalid text has a twin");
    record_begin(&record, RECORD_VALUE);
    record_hex(&record, FIELD_DATA, "\x00\xff", 2);
    record_bool(&record, FIELD_CURRENT, true);
    same_text(json_of(&record), "{\"type\":\"value\",\"data\":\"00ff\",\"current\":true}\n",
              "bytes and truth");
    ok(record_get(&record, FIELD_DATA) && !record_get(&record, FIELD_NAME),
       "what was set is there, what was not is not");

    struct value number = { .kind = VALUE_SIGNED, .signed_number = -5 };
    record_begin(&record, RECORD_VALUE);
    record_value(&record, FIELD_DATA, &number);
    same_text(json_of(&record), "{\"type\":\"value\",\"data\":-5}\n", "a negative number");
    number.signed_number = INT64_MIN;
    record_value(&record, FIELD_DATA, &number);
    same_text(json_of(&record), "{\"type\":\"value\",\"data\":\"-9223372036854775808\"}\n",
              "the least of 64 bits");
}

static void test_times(void)
{
    struct record record;
    struct instant utc = instant_from_unix(974880844, 981000000, PRECISION_NANOSECOND);
    struct instant local = instant_from_civil(2000, 11, 22, 9, 14, 4, 0, PRECISION_2_SECONDS, true);
    struct instant date = instant_from_civil(2000, 11, 22, 0, 0, 0, 0, PRECISION_DAY, true);
    struct instant raw = { .seconds = -2, .state = INSTANT_RAW, .raw_size = 8 };
    struct instant converted = utc, absent = INSTANT_NONE;

    converted.state = INSTANT_CONVERTED;
    converted.precision = PRECISION_2_SECONDS;
    record_begin(&record, RECORD_FILE);
    record_time(&record, FIELD_BTIME, &utc);
    record_time(&record, FIELD_MTIME, &local);
    record_time(&record, FIELD_ATIME, &date);
    record_time(&record, FIELD_CTIME, &raw);
    record_time(&record, FIELD_DTIME, &absent);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"btime\":\"2000-11-22T08:14:04.981000000Z\","
              "\"mtime\":\"2000-11-22T09:14:04.000000000\",\"mtime_precision\":\"2s\","
              "\"atime\":\"2000-11-22\",\"atime_precision\":\"1d\","
              "\"ctime_hex\":\"feffffffffffffff\"}\n",
              "times with precision, local, date, raw, absent");
    record_begin(&record, RECORD_FILE);
    record_time(&record, FIELD_MTIME, &converted);
    record_time(&record, FIELD_BTIME, &converted);
    record_time(&record, FIELD_CTIME, &utc);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"btime\":\"2000-11-22T08:14:04.981000000Z\","
              "\"btime_precision\":\"2s\",\"mtime\":\"2000-11-22T08:14:04.981000000Z\","
              "\"mtime_precision\":\"2s\",\"ctime\":\"2000-11-22T08:14:04.981000000Z\","
              "\"local\":[\"btime\",\"mtime\"]}\n",
              "times by a zone are listed");
}

static void test_nested(void)
{
    struct record record;
    struct instant time = instant_from_unix(0, 0, PRECISION_SECOND);
    time.state = INSTANT_CONVERTED;
    const struct member owner[] = {
        { "path", value_text_n("a\xff", 2) },
        { "size", value_number(3) },
        { "mtime", value_time(&time) },
    };
    const struct member absent[] = { { "mtime", value_time(&INSTANT_NONE) } };
    const struct value items[] = {
        value_text_n("b\xff", 2),
        { .kind = VALUE_OBJECT, .length = 3, .members = owner },
        { .kind = VALUE_OBJECT, .length = 1, .members = absent },
        { .kind = VALUE_LIST, .length = 0 },
        { .kind = VALUE_JSON, .text = "[1.50]", .length = 6 },
    };
    struct value list = { .kind = VALUE_LIST, .length = 5, .items = items };

    record_begin(&record, RECORD_INDICATOR);
    record_value(&record, FIELD_ALSO, &list);
    same_text(json_of(&record),
              "{\"type\":\"indicator\",\"also\":[\"b" BAD "\",{\"path\":\"a" BAD "\","
              "\"path_hex\":\"61ff\",\"size\":3,\"mtime\":\"1970-01-01T00:00:00.000000000Z\","
              "\"mtime_precision\":\"1s\",\"local\":[\"mtime\"]},{},[],[1.50]]}\n",
              "lists and objects");
}

static void test_file(void)
{
    struct record record;
    struct file file = { .path = "/x", .path_length = 2, .inode = "61-128-3",
                         .state = FILE_ALLOCATED };

    record_begin(&record, RECORD_FILE);
    record_file_reference(&record, &file);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"path\":\"/x\",\"inode\":\"61-128-3\","
              "\"state\":\"allocated\"}\n",
              "a live file");
    file.state = FILE_DELETED;
    file.meta = META_REALLOCATED;
    file.content = CONTENT_UNKNOWN;
    record_begin(&record, RECORD_FILE);
    record_file_reference(&record, &file);
    same_text(json_of(&record),
              "{\"type\":\"file\",\"path\":\"/x\",\"inode\":\"61-128-3\",\"state\":\"deleted\","
              "\"meta\":\"reallocated\",\"content\":\"unknown\"}\n",
              "a deleted file");
    record_begin(&record, RECORD_EVENT);
    record_file_reference(&record, &file);
    same_text(json_of(&record),
              "{\"type\":\"event\",\"path\":\"/x\",\"inode\":\"61-128-3\",\"state\":\"deleted\","
              "\"meta\":\"reallocated\"}\n",
              "events have no content");
    record_begin(&record, RECORD_GAP);
    record_file_reference(&record, &file);
    same_text(json_of(&record), "{\"type\":\"gap\",\"path\":\"/x\",\"inode\":\"61-128-3\"}\n",
              "gaps have no state");
}

int main(void)
{
    test_table();
    test_text();
    test_places();
    test_values();
    test_times();
    test_nested();
    test_file();
    buffer_release(&out);
    return tap_done();
}
