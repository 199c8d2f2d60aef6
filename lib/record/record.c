/* SPDX-License-Identifier: Apache-2.0 */

/* record: setting and getting members, see record.h. */

#include <string.h>

#include <fett/record.h>

void record_begin(struct record *record, enum record_type type)
{
    record->type = type;
    memset(record->present, 0, sizeof record->present);
}

void record_text(struct record *record, enum record_field field, const char *text)
{
    if (text)
        record_text_n(record, field, text, strlen(text));
}

void record_hex(struct record *record, enum record_field field, const void *bytes, size_t size)
{
    if (bytes)
        *record_place(record, field) =
            (struct value){ .kind = VALUE_HEX, .length = size, .bytes = bytes };
}

void record_bool(struct record *record, enum record_field field, bool truth)
{
    *record_place(record, field) = (struct value){ .kind = VALUE_BOOL, .number = truth };
}

void record_time(struct record *record, enum record_field field, const struct instant *instant)
{
    if (instant->state != INSTANT_ABSENT)
        *record_place(record, field) = value_time(instant);
}

void record_value(struct record *record, enum record_field field, const struct value *value)
{
    if (value->kind != VALUE_NONE &&
        !(value->kind == VALUE_TIME && value->time.state == INSTANT_ABSENT))
        *record_place(record, field) = *value;
}

struct value value_text(const char *text)
{
    return value_text_n(text, strlen(text));
}

struct value value_text_n(const char *text, size_t size)
{
    return (struct value){ .kind = VALUE_TEXT, .length = size, .text = text };
}

struct value value_number(uint64_t number)
{
    return (struct value){ .kind = VALUE_NUMBER, .number = number };
}

struct value value_time(const struct instant *instant)
{
    return (struct value){ .kind = VALUE_TIME, .time = *instant };
}

static bool declares(enum record_type type, enum record_field field)
{
    size_t count;
    const uint16_t *fields = record_type_fields(type, &count);

    for (size_t i = 0; i < count; i++)
        if (fields[i] == field)
            return true;
    return false;
}

void record_file_reference(struct record *record, const struct file *file)
{
    record_text_n(record, FIELD_PATH, file->path, file->path_length);
    record_text(record, FIELD_INODE, *file->inode ? file->inode : NULL); /* of loose files */
    if (declares(record->type, FIELD_STATE))
        record_text(record, FIELD_STATE, record_state_word(file->state));
    if (file->state != FILE_ALLOCATED && declares(record->type, FIELD_META))
        record_text(record, FIELD_META, record_meta_word(file->meta));
    if (file->state != FILE_ALLOCATED && declares(record->type, FIELD_CONTENT))
        record_text(record, FIELD_CONTENT, record_content_word(file->content));
}
