/* SPDX-License-Identifier: Apache-2.0 */

/* columns: see columns.h. */

#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "json.h"
#include "line.h"
#include "scan.h"

static const char *const twin_suffixes[] = { "_hex", "_precision" };

enum { TWIN_SUFFIXES = 2 };

static bool is_known(const char *name, size_t size)
{
    return record_field_by_name(name, size) >= 0 || (size == 4 && memcmp(name, "type", 4) == 0) ||
           (size == 5 && memcmp(name, "local", 5) == 0);
}

int columns_check_name(const char *name, struct error *error)
{
    size_t size = strcspn(name, ".");

    if (is_known(name, size))
        return 0;
    for (size_t i = 0; i < TWIN_SUFFIXES; i++) {
        size_t suffix = strlen(twin_suffixes[i]);
        if (size > suffix && memcmp(name + size - suffix, twin_suffixes[i], suffix) == 0 &&
            is_known(name, size - suffix))
            return 0;
    }
    return error_set(error, ERROR_USAGE, "no record has a field '%s'", name);
}

static int add(struct columns *columns, const char *name, size_t size, struct error *error)
{
    char *copy = strndup(name, size);

    if (!copy || memory_grow((void **)&columns->items, &columns->capacity, columns->count + 1,
                             sizeof *columns->items) != 0) {
        free(copy);
        return error_set_memory(error);
    }
    columns->items[columns->count++] = (struct column){
        .name = copy, .field = record_field_by_name(name, size), .kind = line_kind(copy),
    };
    return 0;
}

static const struct column *find(const struct columns *columns, const char *name, size_t size)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strncmp(columns->items[i].name, name, size) == 0 &&
            columns->items[i].name[size] == '\0')
            return &columns->items[i];
    return NULL;
}

/* Prepare for writing records straight. */
static int list_fields(struct columns *columns, struct error *error)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i].field < 0)
            return 0;
    columns->fields = calloc(columns->count, sizeof *columns->fields);
    if (!columns->fields)
        return error_set_memory(error);
    for (size_t i = 0; i < columns->count; i++)
        columns->fields[i] = (uint16_t)columns->items[i].field;
    return 0;
}

int columns_parse(struct columns *columns, const char *list, struct error *error)
{
    *columns = (struct columns){ 0 };
    for (;;) {
        size_t size = strcspn(list, ",");
        if (find(columns, list, size)) {
            columns_release(columns);
            return error_set(error, ERROR_USAGE, "field '%.*s' is named twice", (int)size, list);
        }
        bool last = list[size] == '\0';
        if (add(columns, list, size, error) != 0 ||
            columns_check_name(columns->items[columns->count - 1].name, error) != 0 ||
            (last && list_fields(columns, error) != 0)) {
            columns_release(columns);
            return -1;
        }
        if (last)
            return 0;
        list += size + 1;
    }
}

int columns_of_type(struct columns *columns, enum record_type type, struct error *error)
{
    size_t count;
    const uint16_t *fields = record_type_fields(type, &count);

    *columns = (struct columns){ 0 };
    for (size_t i = 0; i < count; i++) {
        const char *name = record_field_name((enum record_field)fields[i]);
        if (add(columns, name, strlen(name), error) != 0) {
            columns_release(columns);
            return -1;
        }
    }
    return 0;
}

void columns_release(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        free((void *)columns->items[i].name);
    free(columns->items);
    free(columns->fields);
    *columns = (struct columns){ 0 };
}

/* --- values --- */

struct record_line *row_line(struct row *row)
{
    if (row->line)
        return row->line;
    buffer_clear(row->text);
    record_add_json(row->text, row->record);
    if (row->text->failed ||
        record_reader_take(row->parser, row->text->data, row->text->length - 1, &row->made,
                           NULL) != 0)
        return NULL;
    row->line = &row->made;
    return row->line;
}

struct value row_value(struct row *row, const struct column *column)
{
    const struct value none = { .kind = VALUE_NONE };

    if (row->record && column->field >= 0) {
        const struct value *value = record_get(row->record, (enum record_field)column->field);
        return value ? *value : none;
    }
    struct record_line *line = row_line(row);
    return line ? line_value(line, column->name) : none;
}

static void add_signed(struct buffer *buffer, int64_t number)
{
    if (number < 0)
        buffer_add_byte(buffer, '-');
    buffer_add_number(buffer, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void cell_add_plain(struct buffer *buffer, const struct value *value)
{
    char time[INSTANT_TEXT_SIZE];

    switch (value->kind) {
    case VALUE_NONE:
        break;
    case VALUE_TEXT:
        buffer_add(buffer, value->text, value->length);
        break;
    case VALUE_HEX:
        buffer_add_hex(buffer, value->bytes, value->length);
        break;
    case VALUE_NUMBER:
        buffer_add_number(buffer, value->number);
        break;
    case VALUE_SIGNED:
        add_signed(buffer, value->signed_number);
        break;
    case VALUE_BOOL:
        buffer_add_text(buffer, value->number ? "true" : "false");
        break;
    case VALUE_TIME:
        buffer_add(buffer, time, instant_format(&value->time, time));
        break;
    case VALUE_LIST:
    case VALUE_OBJECT:
    case VALUE_JSON:
        value_add_json(buffer, value);
        break;
    }
}

/* "2000-11-22 08:14:04.981Z": as many digits of the fraction as say something,
 * in steps of 3, 6, 7 (Windows) and 9. */
static void add_readable_time(struct buffer *buffer, const struct instant *instant)
{
    enum { FRACTION = 20 }; /* where its digits begin */
    static const uint8_t steps[] = { 0, 3, 3, 3, 6, 6, 6, 7, 9, 9 };
    char text[INSTANT_TEXT_SIZE];
    size_t length = instant_format(instant, text), digits = 9;

    if (length < FRACTION + digits) {
        buffer_add(buffer, text, length);
        return;
    }
    text[10] = ' ';
    while (digits > 0 && text[FRACTION + digits - 1] == '0')
        digits--;
    digits = steps[digits];
    buffer_add(buffer, text, digits > 0 ? FRACTION + digits : FRACTION - 1);
    buffer_add(buffer, text + FRACTION + 9, length - FRACTION - 9);
}

/* Add the bytes that a JSON string stands for. */
static void add_unquoted(struct buffer *buffer, const struct scan_member *text)
{
    char *bytes = buffer_reserve(buffer, text->value_length);

    if (bytes)
        buffer->length += scan_unquote(text->value + 1, text->value_length - 2, bytes);
}

/* A list of texts and whole numbers joined by commas; false for other JSON. */
static bool add_joined(struct buffer *buffer, const char *text, size_t size)
{
    struct scan scan = scan_text(text, size);
    size_t start = buffer->length;
    struct scan_member item;

    if (text[0] != '[')
        return false;
    for (size_t count = 0; scan_next_item(&scan, &item); count++) {
        if (count > 0)
            buffer_add_text(buffer, ", ");
        if (item.value[0] == '"') {
            add_unquoted(buffer, &item);
        } else if (strspn(item.value, "-0123456789") >= item.value_length) {
            buffer_add(buffer, item.value, item.value_length);
        } else {
            buffer_truncate(buffer, start);
            return false;
        }
    }
    return true;
}

void cell_add_readable(struct buffer *buffer, const struct value *value)
{
    if (value->kind == VALUE_TIME && value->time.state == INSTANT_RAW) {
        buffer_add_text(buffer, "hex:");
        for (size_t i = 0; i < value->time.raw_size; i++) {
            uint8_t byte = (uint8_t)((uint64_t)value->time.seconds >> (8 * i));
            buffer_add_hex(buffer, &byte, 1);
        }
        return;
    }
    if (value->kind == VALUE_TIME) {
        add_readable_time(buffer, &value->time);
        return;
    }
    if (value->kind == VALUE_LIST || value->kind == VALUE_JSON) {
        struct buffer json = BUFFER_INIT;
        value_add_json(&json, value);
        bool joined = !json.failed && add_joined(buffer, json.data, json.length);
        buffer->failed |= json.failed;
        buffer_release(&json);
        if (joined)
            return;
    }
    cell_add_plain(buffer, value);
}

/* --- projection --- */

static void copy_member(struct buffer *buffer, const struct scan_member *member)
{
    buffer_add_byte(buffer, ',');
    buffer_add(buffer, member->start,
               (size_t)(member->value + member->value_length - member->start));
}

/* Whether prefix + name is a column. */
static bool is_chosen(const struct columns *columns, const char *prefix, size_t prefix_size,
                      const char *name, size_t size)
{
    for (size_t i = 0; i < columns->count; i++) {
        const char *column = columns->items[i].name;
        if (strncmp(column, prefix, prefix_size) == 0 &&
            strncmp(column + prefix_size, name, size) == 0 &&
            column[prefix_size + size] == '\0')
            return true;
    }
    return false;
}

/* What is written beside a member: NAME_hex, NAME_precision, where not chosen
 * themselves. */
static void copy_twins(struct buffer *buffer, const struct columns *columns, const char *column,
                       size_t prefix_size, const char *text, size_t size)
{
    struct buffer name = BUFFER_INIT;
    struct scan_member member;

    for (size_t i = 0; i < TWIN_SUFFIXES; i++) {
        buffer_clear(&name);
        buffer_add_text(&name, column + prefix_size);
        buffer_add_text(&name, twin_suffixes[i]);
        if (!name.failed &&
            !is_chosen(columns, column, prefix_size, name.data, name.length) &&
            scan_find(text, size, name.data, name.length, &member))
            copy_member(buffer, &member);
    }
    buffer->failed |= name.failed;
    buffer_release(&name);
}

/* The list `local`, of the chosen members only. */
static void copy_local(struct buffer *buffer, const struct columns *columns, const char *prefix,
                       size_t prefix_size, const char *text, size_t size)
{
    struct scan_member member, item;
    struct buffer local = BUFFER_INIT, name = BUFFER_INIT;

    if (is_chosen(columns, prefix, prefix_size, "local", 5) ||
        !scan_find(text, size, "local", 5, &member) || member.value[0] != '[')
        return;
    struct scan scan = scan_text(member.value, member.value_length);
    while (scan_next_item(&scan, &item)) {
        buffer_clear(&name);
        if (item.value[0] == '"')
            add_unquoted(&name, &item);
        if (!is_chosen(columns, prefix, prefix_size, buffer_text(&name), name.length))
            continue;
        buffer_add_byte(&local, ',');
        json_add_text(&local, name.data, name.length);
    }
    if (local.length > 0) {
        json_wrap_array(&local, 0);
        buffer_add_text(buffer, ",\"local\":");
        buffer_add(buffer, local.data, local.length);
    }
    buffer->failed |= local.failed || name.failed;
    buffer_release(&name);
    buffer_release(&local);
}

/* Add `,"NAME":VALUE` for the columns whose names begin with the prefix, from
 * the object in text. Depth is that of the dots in a column's name. */
static void project(struct buffer *buffer, const struct columns *columns, const char *prefix,
                    size_t prefix_size, const char *text, size_t size)
{
    struct scan_member member;

    for (size_t i = 0; i < columns->count; i++) {
        const char *column = columns->items[i].name, *name = column + prefix_size;
        if (strncmp(column, prefix, prefix_size) != 0 || strcmp(column, "type") == 0)
            continue;
        size_t head = strcspn(name, "."), length = strlen(name);
        bool found = scan_find(text, size, name, length, &member);
        if (found)
            copy_member(buffer, &member);
        if (found || head == length) {
            copy_twins(buffer, columns, column, prefix_size, text, size);
            continue;
        }
        /* Nested: once for all columns that go into the same object. */
        size_t first = 0;
        while (strncmp(columns->items[first].name, column, prefix_size + head + 1) != 0)
            first++;
        if (first < i || is_chosen(columns, prefix, prefix_size, name, head) ||
            !scan_find(text, size, name, head, &member) || *member.value != '{')
            continue;
        size_t start = buffer->length;
        buffer_add(buffer, ",", 1);
        buffer_add(buffer, member.start, (size_t)(member.value - member.start));
        size_t inner = buffer->length;
        project(buffer, columns, column, prefix_size + head + 1, member.value,
                member.value_length);
        if (buffer->length == inner)
            buffer_truncate(buffer, start);
        else
            json_wrap_object(buffer, inner);
    }
    copy_local(buffer, columns, prefix, prefix_size, text, size);
}

void columns_project(struct buffer *buffer, const struct columns *columns, const char *text,
                     size_t size)
{
    struct scan_member type;
    size_t start = buffer->length;

    if (scan_find(text, size, "type", 4, &type))
        copy_member(buffer, &type);
    project(buffer, columns, "", 0, text, size);
    json_wrap_object(buffer, start);
    buffer_add_byte(buffer, '\n');
}

void columns_project_record(struct buffer *buffer, const struct columns *columns,
                            const struct record *record)
{
    struct buffer line = BUFFER_INIT;

    if (columns->fields) {
        json_add_fields(buffer, record, columns->fields, columns->count);
        return;
    }
    record_add_json(&line, record);
    if (!line.failed)
        columns_project(buffer, columns, line.data, line.length);
    buffer->failed |= line.failed;
    buffer_release(&line);
}
