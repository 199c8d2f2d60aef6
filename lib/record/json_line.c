/* SPDX-License-Identifier: Apache-2.0 */

/* json_line: records as lines of JSON, see record.h and json.h. */

#include <assert.h>
#include <string.h>

#include "json.h"

/* With room to be copied as a whole. */
enum { OPENING_ROOM = 32 };

static const struct opening {
    char text[OPENING_ROOM];
    size_t length;
} openings[RECORD_TYPE_COUNT] = {
#define RECORD_TYPE(symbol, name, meaning, ...) { "{\"type\":\"" name "\"", sizeof name + 9 },
#include <fett/record_table.h>
#undef RECORD_TYPE
};

#ifndef NDEBUG
static unsigned count_present(const struct record *record)
{
    unsigned count = 0;

    for (size_t i = 0; i < RECORD_SET_WORDS; i++)
        count += (unsigned)__builtin_popcountll(record->present[i]);
    return count;
}
#endif

/* How a line begins, and what stands before its other members. */
static void open_line(struct buffer *buffer, enum record_type type, const char *front, size_t size)
{
    const struct opening *opening = &openings[type];
    char *at = buffer_reserve(buffer, OPENING_ROOM + size);

    if (!at)
        return;
    memcpy(at, opening->text, OPENING_ROOM);
    memcpy(at + opening->length, front, size);
    buffer->length += opening->length + size;
    at[opening->length + size] = '\0';
}

static void close_line(struct buffer *buffer)
{
    buffer_add(buffer, "}\n", 2);
}

unsigned json_add_fields(struct buffer *buffer, const struct record *record,
                         const uint16_t *fields, size_t count)
{
    open_line(buffer, record->type, "", 0);
    unsigned written = json_add_members(buffer, record, fields, count);
    close_line(buffer);
    return written;
}

void record_add_json(struct buffer *buffer, const struct record *record)
{
    size_t count;
    const uint16_t *fields = record_type_fields(record->type, &count);
    unsigned written = json_add_fields(buffer, record, fields, count);

    assert(written == count_present(record)); /* all are declared for the type */
    (void)written;
}

/* --- the front of a line --- */

#define BIT(field) ((uint64_t)1 << FIELD_##field)

/* The fields that it may have; their order is the same in all types. */
static const uint64_t front_fields = BIT(IMAGE) | BIT(VOLUME) | BIT(PATH) | BIT(INODE) |
                                     BIT(HOST) | BIT(STATE) | BIT(META) | BIT(CONTENT) | BIT(AREA);
_Static_assert(FIELD_IMAGE < 64 && FIELD_VOLUME < 64 && FIELD_PATH < 64 && FIELD_INODE < 64 &&
                   FIELD_HOST < 64 && FIELD_STATE < 64 && FIELD_META < 64 && FIELD_CONTENT < 64 &&
                   FIELD_AREA < 64,
               "the fields of the front are in the first word of the set");

/* With how many of them a type begins, if its records come many in a row from one object. */
static const uint8_t front_counts[RECORD_TYPE_COUNT] = {
    [RECORD_INDICATOR] = 9,
    [RECORD_KEY] = 5,
    [RECORD_VALUE] = 5,
};

static bool is_in_front(size_t field)
{
    return field < 64 && front_fields >> field & 1;
}

/* Whether the front that is kept is this record's: the same fields have the same texts. */
static bool is_kept(const struct json_front *front, const struct record *record)
{
    if (!front->kept || front->present != (record->present[0] & front_fields))
        return false;
    for (size_t i = 0; i < front->count; i++) {
        const struct value *value = &record->values[front->values[i].field];
        if (value->kind != VALUE_TEXT || value->length != front->values[i].length ||
            memcmp(front->text.data + front->values[i].at, value->text, value->length) != 0)
            return false;
    }
    return true;
}

/* Write it anew. It can be copied if each value stands in it as it is: what is escaped, or
 * replaced and told in hex, makes a text longer. */
static void write_front(struct json_front *front, const struct record *record,
                        const uint16_t *fields, size_t count)
{
    struct buffer *text = &front->text;

    buffer_clear(text);
    front->present = record->present[0] & front_fields;
    front->count = 0;
    front->kept = true;
    for (size_t i = 0; i < count; i++) {
        size_t at = text->length + strlen(record_field_name((enum record_field)fields[i])) +
                    strlen(",\"\":\"");
        front->kept &= is_in_front(fields[i]);
        if (json_add_members(text, record, &fields[i], 1) == 0)
            continue;
        const struct value *value = &record->values[fields[i]];
        front->values[front->count].field = fields[i];
        front->values[front->count].at = at;
        front->values[front->count++].length = value->length;
        front->kept &= value->kind == VALUE_TEXT &&
                       text->length == at + value->length + strlen("\"");
    }
    front->kept &= !text->failed;
}

void json_add_behind_front(struct buffer *buffer, const struct record *record,
                           struct json_front *front)
{
    size_t count, leading = front_counts[record->type];
    const uint16_t *fields = record_type_fields(record->type, &count);

    if (leading == 0) {
        record_add_json(buffer, record);
        return;
    }
    if (!is_kept(front, record))
        write_front(front, record, fields, leading);
    open_line(buffer, record->type, buffer_text(&front->text), front->text.length);
    buffer->failed |= front->text.failed;
    size_t written = front->count + json_add_members(buffer, record, fields + leading,
                                                     count - leading);
    close_line(buffer);
    assert(written == count_present(record));
    (void)written;
}
