/* SPDX-License-Identifier: Apache-2.0 */

/* line: values out of a line; see record_reader.h. */

#include <string.h>

#include "line.h"
#include "scan.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes that hex digits stand for, kept with the line; false for other text. */
static bool decode_hex(struct record_line *line, const json_t *text, struct value *bytes)
{
    const char *hex = json_string_value(text);
    size_t size = json_string_length(text);

    if (!hex || size % 2 != 0)
        return false;
    for (size_t i = 0; i < size; i++)
        if (hex_digit(hex[i]) < 0)
            return false;
    char *decoded = line_room(line, size / 2);
    if (!decoded)
        return false;
    for (size_t i = 0; i < size / 2; i++)
        decoded[i] = (char)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
    decoded[size / 2] = '\0';
    *bytes = value_text_n(decoded, size / 2);
    return true;
}

/* The member NAME with a suffix; names longer than any field have none. */
static json_t *twin(const json_t *object, const char *name, size_t size, const char *suffix)
{
    char whole[LINE_NAME_SIZE];
    size_t suffix_size = strlen(suffix);

    if (size + suffix_size > sizeof whole)
        return NULL;
    memcpy(whole, name, size);
    memcpy(whole + size, suffix, suffix_size);
    return json_object_getn(object, whole, size + suffix_size);
}

static struct value text_of(struct record_line *line, const json_t *object, const char *name,
                            size_t size, const json_t *json)
{
    struct value bytes;

    if (decode_hex(line, twin(object, name, size, "_hex"), &bytes))
        return bytes;
    return value_text_n(json_string_value(json), json_string_length(json));
}

/* A time whose number alone is there, as FIELD_hex. */
static struct value raw_time_of(struct record_line *line, const json_t *object, const char *name,
                                size_t size)
{
    struct instant instant = { .state = INSTANT_RAW };
    struct value bytes;
    uint64_t number = 0;

    if (!decode_hex(line, twin(object, name, size, "_hex"), &bytes) || bytes.length == 0 ||
        bytes.length > sizeof number)
        return (struct value){ .kind = VALUE_NONE };
    for (size_t i = 0; i < bytes.length; i++)
        number |= (uint64_t)(uint8_t)bytes.text[i] << (8 * i);
    instant.seconds = (int64_t)number;
    instant.raw_size = (uint8_t)bytes.length;
    return value_time(&instant);
}

static bool is_listed(const json_t *list, const char *name, size_t size)
{
    size_t index;
    json_t *item;

    json_array_foreach(list, index, item) {
        if (json_is_string(item) && json_string_length(item) == size &&
            memcmp(json_string_value(item), name, size) == 0)
            return true;
    }
    return false;
}

static struct value time_of(const json_t *object, const char *name, size_t size,
                            const json_t *json)
{
    struct instant instant;
    const char *precision = json_string_value(twin(object, name, size, "_precision"));

    if (!json_is_string(json) ||
        instant_parse(&instant, json_string_value(json), json_string_length(json)) != 0)
        return (struct value){ .kind = VALUE_NONE };
    for (int i = PRECISION_NANOSECOND; precision && i <= PRECISION_DAY; i++) {
        const char *text = instant_precision_text((enum instant_precision)i);
        if (text && strcmp(text, precision) == 0)
            instant.precision = (uint8_t)i;
    }
    if (instant.state == INSTANT_UTC && is_listed(json_object_get(object, "local"), name, size))
        instant.state = INSTANT_CONVERTED;
    return value_time(&instant);
}

/* All digits, in 64 bits. */
static int parse_digits(const char *text, size_t size, uint64_t *number)
{
    uint64_t n = 0;

    if (size == 0)
        return -1;
    for (size_t i = 0; i < size; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (digit > 9 || __builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, digit, &n))
            return -1;
    }
    *number = n;
    return 0;
}

static struct value number_of(const json_t *json)
{
    const char *text = json_string_value(json);
    size_t size = json_string_length(json);
    uint64_t number;

    if (json_is_integer(json)) {
        json_int_t n = json_integer_value(json);
        if (n >= 0)
            return value_number((uint64_t)n);
        return (struct value){ .kind = VALUE_SIGNED, .signed_number = n };
    }
    if (text && parse_digits(text, size, &number) == 0)
        return value_number(number);
    if (text && size > 1 && text[0] == '-' && parse_digits(text + 1, size - 1, &number) == 0 &&
        number > 0 && number - 1 <= INT64_MAX)
        return (struct value){ .kind = VALUE_SIGNED, .signed_number = -1 - (int64_t)(number - 1) };
    return (struct value){ .kind = VALUE_NONE };
}

struct value line_convert(struct record_line *line, const json_t *object, const char *name,
                          size_t size, enum record_kind kind)
{
    const json_t *json = json_object_getn(object, name, size);
    struct value value = { .kind = VALUE_NONE };

    if (json_is_null(json))
        json = NULL;
    if (!json)
        return kind == KIND_TIME ? raw_time_of(line, object, name, size) : value;
    if (kind == KIND_TIME)
        value = time_of(object, name, size, json);
    else if (kind == KIND_NUMBER || json_is_integer(json))
        value = number_of(json);
    if (value.kind != VALUE_NONE)
        return value;
    if (json_is_string(json))
        return text_of(line, object, name, size, json);
    if (json_is_integer(json))
        return number_of(json);
    if (json_is_boolean(json))
        return (struct value){ .kind = VALUE_BOOL, .number = json_is_true(json) };
    return (struct value){ .kind = VALUE_JSON };
}

enum record_kind line_kind(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *last = dot ? dot + 1 : name;
    int field = record_field_by_name(last, strlen(last));

    return field < 0 ? KIND_ANY : record_field_kind((enum record_field)field);
}

/* The object that holds the last part of a dotted name, which *name becomes; a
 * member whose own name has dots goes before. */
static json_t *container(json_t *object, const char **name)
{
    const char *dot;

    while (!json_object_get(object, *name) && (dot = strchr(*name, '.'))) {
        json_t *inner = json_object_getn(object, *name, (size_t)(dot - *name));
        if (!json_is_object(inner))
            break;
        object = inner;
        *name = dot + 1;
    }
    return object;
}

/* The text of a value that container() would find. */
static struct value json_text_of(struct record_line *line, const char *name)
{
    const char *text = line->text, *dot;
    size_t size = line->length;
    struct scan_member member;

    while (!scan_find(text, size, name, strlen(name), &member)) {
        dot = strchr(name, '.');
        if (!dot || !scan_find(text, size, name, (size_t)(dot - name), &member))
            return (struct value){ .kind = VALUE_NONE };
        text = member.value;
        size = member.value_length;
        name = dot + 1;
    }
    return (struct value){ .kind = VALUE_JSON, .length = member.value_length,
                           .text = member.value };
}

struct value line_value(struct record_line *line, const char *name)
{
    const char *last = name;
    json_t *object = container(line_json(line), &last);
    struct value value = line_convert(line, object, last, strlen(last), line_kind(name));

    return value.kind == VALUE_JSON ? json_text_of(line, name) : value;
}

const char *record_line_text(struct record_line *line, const char *name, size_t *size)
{
    json_t *object = container(line_json(line), &name);
    json_t *json = json_object_get(object, name);

    if (!json_is_string(json))
        return NULL;
    struct value value = text_of(line, object, name, strlen(name), json);
    if (size)
        *size = value.length;
    return value.text;
}

const char *record_line_item(struct record_line *line, const char *name, size_t number,
                             size_t *size)
{
    json_t *object = container(line_json(line), &name);
    const json_t *json = json_array_get(json_object_get(object, name), number);

    if (!json_is_string(json))
        return NULL;
    *size = json_string_length(json);
    return json_string_value(json);
}

int record_line_number(struct record_line *line, const char *name, uint64_t *number)
{
    json_t *object = container(line_json(line), &name);
    struct value value = number_of(json_object_get(object, name));

    if (value.kind != VALUE_NUMBER)
        return -1;
    *number = value.number;
    return 0;
}

int record_line_time(struct record_line *line, const char *name, struct instant *instant)
{
    json_t *object = container(line_json(line), &name);
    struct value value = time_of(object, name, strlen(name), json_object_get(object, name));

    if (value.kind != VALUE_TIME)
        return -1;
    *instant = value.time;
    return 0;
}

int record_line_has(struct record_line *line, const char *name)
{
    const json_t *object = container(line_json(line), &name);
    const json_t *json = json_object_get(object, name);

    return json && !json_is_null(json);
}

/* --- as a record --- */

/* Whether name is that of a declared field with a suffix; *base its length without. */
static bool is_twin(const char *name, size_t size, const char *suffix, size_t *base)
{
    size_t suffix_size = strlen(suffix);

    if (size <= suffix_size || memcmp(name + size - suffix_size, suffix, suffix_size) != 0)
        return false;
    *base = size - suffix_size;
    return true;
}

/* The declared field of a name, looked for from *next on, because lines have
 * the declared order; -1 for none. */
static int declared(enum record_type type, const char *name, size_t size, size_t *next)
{
    size_t count;
    const uint16_t *fields = record_type_fields(type, &count);

    for (size_t i = 0; i < count; i++) {
        size_t at = (*next + i) % count;
        const char *candidate = record_field_name(fields[at]);
        if (strncmp(candidate, name, size) == 0 && candidate[size] == '\0') {
            *next = at + 1;
            return fields[at];
        }
    }
    return -1;
}

/* Whether a member that is no field is read together with one: the type, the
 * zone's list, NAME_hex, NAME_precision. A raw time has only NAME_hex. */
static bool goes_with_a_field(struct record_line *line, struct record *record, const char *name,
                              size_t size)
{
    size_t base, next = 0;
    int field;

    if ((size == 4 && memcmp(name, "type", 4) == 0) ||
        (size == 5 && memcmp(name, "local", 5) == 0))
        return true;
    if (!is_twin(name, size, "_hex", &base) && !is_twin(name, size, "_precision", &base))
        return false;
    field = declared(record->type, name, base, &next);
    if (field < 0)
        return false;
    if (!record_get(record, (enum record_field)field)) {
        struct value value = line_convert(line, line_json(line), name, base,
                                          record_field_kind((enum record_field)field));
        if (value.kind == VALUE_TIME)
            record_value(record, (enum record_field)field, &value);
    }
    return true;
}

int record_line_to_record(struct record_line *line, struct record *record, size_t *unknown)
{
    const char *name;
    size_t size, next = 0;
    json_t *json, *object = line_json(line);
    struct scan scan = scan_object(line->text, line->length);
    struct scan_member member;

    *unknown = 0;
    if (line->type < 0 || !object)
        return -1;
    record_begin(record, (enum record_type)line->type);
    json_object_keylen_foreach(object, name, size, json) {
        /* jansson keeps the order of the text. */
        if (!scan_next(&scan, &member))
            return -1;
        int field = declared(record->type, name, size, &next);
        if (field < 0) {
            *unknown += !goes_with_a_field(line, record, name, size);
            continue;
        }
        struct value value = line_convert(line, object, name, size,
                                          record_field_kind((enum record_field)field));
        if (value.kind == VALUE_JSON) {
            value.text = member.value;
            value.length = member.value_length;
        }
        record_value(record, (enum record_field)field, &value);
    }
    return 0;
}
