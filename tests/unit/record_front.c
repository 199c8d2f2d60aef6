/* SPDX-License-Identifier: Apache-2.0 */

/* The front of lines that is kept from one record to the next: lines of records that differ
 * in one member only, against literal ones and against those of records by themselves. */

#include <stdlib.h>

#include "../../lib/record/json.h"

#include "tap.h"

static const enum record_field front_fields[] = {
    FIELD_IMAGE, FIELD_VOLUME,  FIELD_PATH, FIELD_INODE, FIELD_HOST,
    FIELD_STATE, FIELD_META, FIELD_CONTENT, FIELD_AREA,
};
enum { FRONT_FIELDS = sizeof front_fields / sizeof *front_fields };

static struct json_front front;
static struct buffer lines = BUFFER_INIT, expected = BUFFER_INIT;

static void add(const struct record *record)
{
    json_add_behind_front(&lines, record, &front);
    record_add_json(&expected, record);
}

/* What was added since the last time, against records by themselves. */
static void same_lines(const char *what)
{
    same_text(buffer_text(&lines), buffer_text(&expected), what);
    buffer_clear(&lines);
    buffer_clear(&expected);
}

static void begin_hit(struct record *record, const char *path)
{
    record_begin(record, RECORD_INDICATOR);
    record_text(record, FIELD_IMAGE, "a.raw");
    record_text(record, FIELD_VOLUME, "p1");
    record_text(record, FIELD_PATH, path);
    record_text(record, FIELD_INODE, "5-128-1");
    record_text(record, FIELD_STATE, "allocated");
    record_text(record, FIELD_AREA, "content");
    record_number(record, FIELD_OFFSET, 4096);
    record_text(record, FIELD_VALUE, "example.com");
}

#define HIT(path)                                                                                 \
    "{\"type\":\"indicator\",\"image\":\"a.raw\",\"volume\":\"p1\",\"path\":" path                \
    ",\"inode\":\"5-128-1\",\"state\":\"allocated\",\"area\":\"content\",\"offset\":4096,"        \
    "\"value\":\"example.com\"}\n"

/* Names of the same length in the same memory. */
static void test_memory(void)
{
    struct record record;
    char path[] = "/one";

    begin_hit(&record, path);
    add(&record);
    add(&record);
    memcpy(path, "/two", 4);
    add(&record);
    memcpy(path, "/tw\"", 4);
    add(&record);
    add(&record);
    memcpy(path, "/tw\xff", 4);
    add(&record);
    memcpy(path, "/two", 4);
    add(&record);
    record_text_n(&record, FIELD_PATH, path, 3);
    add(&record);
    same_text(buffer_text(&lines),
              HIT("\"/one\"") HIT("\"/one\"") HIT("\"/two\"") HIT("\"/tw\\\"\"")
                  HIT("\"/tw\\\"\"") HIT("\"/tw\xef\xbf\xbd\",\"path_hex\":\"2f7477ff\"")
                      HIT("\"/two\"") HIT("\"/tw\""),
              "the memory of a path may be another's the next time");
    same_lines("likewise");
}

/* One of the values that a member may have; false: there are no more. */
static bool set_variant(struct record *record, enum record_field field, int variant)
{
    static const struct value list = { .kind = VALUE_LIST };
    static char longer[400];

    memset(longer, 'x', sizeof longer - 1);
    switch (variant) {
    case 0: record->present[field / 64] &= ~((uint64_t)1 << field % 64); break;
    case 1: record_text(record, field, ""); break;
    case 2: record_text(record, field, "x"); break;
    case 3: record_text(record, field, "y"); break;
    case 4: record_text(record, field, "xy"); break;
    case 5: record_text(record, field, "\xd0\x9f\xd1\x80"); break;
    case 6: record_text_n(record, field, "a\0b", 3); break;
    case 7: record_text(record, field, "\\"); break;
    case 8: record_text(record, field, "\\\\"); break;
    case 9: record_text(record, field, "\\\""); break;
    case 10: record_text(record, field, "a\",\"area\":\"b"); break;
    case 11: record_text(record, field, "\x80"); break;
    case 12: record_text(record, field, "\xef"); break;
    case 13: record_text(record, field, "\xed\xa0\x80"); break;
    case 14: record_text(record, field, longer); break;
    case 15: record_hex(record, field, "x", 1); break;
    case 16: record_number(record, field, 7); break;
    case 17: record_value(record, field, &list); break;
    default: return false;
    }
    return true;
}

/* From each value to each other one and back, of each member. */
static void test_members(void)
{
    struct record record;

    for (int i = 0; i < FRONT_FIELDS; i++) {
        enum record_field field = front_fields[i];
        begin_hit(&record, "/path");
        for (int from = 0; set_variant(&record, field, from); from++) {
            for (int to = 0; set_variant(&record, field, to); to++) {
                set_variant(&record, field, from);
                add(&record);
                set_variant(&record, field, to);
                add(&record);
                add(&record);
            }
            set_variant(&record, field, from);
        }
        same_lines(record_field_name(field));
    }
}

/* All of them, none, and each without one of the others. */
static void test_presence(void)
{
    struct record record;

    for (unsigned set = 0; set < 1u << FRONT_FIELDS; set++) {
        record_begin(&record, RECORD_INDICATOR);
        for (int i = 0; i < FRONT_FIELDS; i++)
            if (set >> i & 1)
                record_text(&record, front_fields[i], "same");
        record_number(&record, FIELD_OFFSET, set);
        add(&record);
        add(&record);
    }
    same_lines("members that are there and not there");
}

/* Records of other types between, of which some begin alike. */
static void test_types(void)
{
    struct record record;

    for (int type = 0; type < RECORD_TYPE_COUNT; type++) {
        size_t count;
        const uint16_t *fields = record_type_fields((enum record_type)type, &count);
        for (int before = 0; before < RECORD_TYPE_COUNT; before++) {
            size_t declared;
            const uint16_t *others = record_type_fields((enum record_type)before, &declared);
            record_begin(&record, (enum record_type)before);
            for (size_t i = 0; i < declared; i++)
                record_text(&record, (enum record_field)others[i], "text");
            add(&record);
            record_begin(&record, (enum record_type)type);
            for (size_t i = 0; i < count; i++)
                record_text(&record, (enum record_field)fields[i], "text");
            add(&record);
            add(&record);
        }
    }
    same_lines("a record of any type behind one of any other");
}

static void test_growth(void)
{
    static char path[5000];
    struct record record;

    for (size_t size = 1; size < sizeof path; size += 1 + size / 7) {
        memset(path, '/', size);
        begin_hit(&record, path);
        add(&record);
        add(&record);
    }
    same_lines("paths of all lengths");
    begin_hit(&record, "/short");
    add(&record);
    same_lines("and a short one again");
}

int main(void)
{
    test_memory();
    test_members();
    test_presence();
    test_types();
    test_growth();
    buffer_release(&front.text);
    buffer_release(&lines);
    buffer_release(&expected);
    return tap_done();
}
