/* SPDX-License-Identifier: Apache-2.0 */

/* line: values out of a line; see record_reader.h. */

#include <string.h>

#include "line.h"

struct line_object line_whole(struct record_line *line)
{
    return (struct line_object){ line, line->text, line->length };
}

bool line_find(const struct line_object *object, const char *name, size_t size,
               struct scan_member *member)
{
    size_t count;
    const struct scan_member *members = line_members(object->line, &count);

    if (object->text != object->line->text)
        return scan_find(object->text, object->size, name, size, member);
    for (size_t i = 0; i < count; i++)
        if (scan_is_named(&members[i], name, size)) {
            *member = members[i];
            return true;
        }
    return false;
}

const char *line_text(struct record_line *line, const struct scan_member *member, size_t *size)
{
    if (member->value[0] != '"')
        return NULL;
    char *text = line_room(line, member->value_length - 2);
    if (!text)
        return NULL;
    *size = scan_unquote(member->value + 1, member->value_length - 2, text);
    text[*size] = '\0';
    return text;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The member NAME with a suffix; names longer than any field have none. */
static bool find_twin(const struct line_object *object, const char *name, size_t size,
                      const char *suffix, struct scan_member *member)
{
    char whole[LINE_NAME_SIZE];
    size_t suffix_size = strlen(suffix);

    if (size + suffix_size > sizeof whole)
        return false;
    memcpy(whole, name, size);
    memcpy(whole + size, suffix, suffix_size);
    return line_find(object, whole, size + suffix_size, member);
}

/* The bytes that the hex digits of NAME_hex stand for, kept with the line; false for none and
 * other text. */
static bool twin_bytes(const struct line_object *object, const char *name, size_t name_size,
                       struct value *bytes)
{
    struct scan_member member;
    size_t size;

    if (!find_twin(object, name, name_size, "_hex", &member))
        return false;
    const char *hex = line_text(object->line, &member, &size);
    if (!hex || size % 2 != 0)
        return false;
    for (size_t i = 0; i < size; i++)
        if (hex_digit(hex[i]) < 0)
            return false;
    char *decoded = line_room(object->line, size / 2);
    if (!decoded)
        return false;
    for (size_t i = 0; i < size / 2; i++)
        decoded[i] = (char)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
    decoded[size / 2] = '\0';
    *bytes = value_text_n(decoded, size / 2);
    return true;
}

static struct value text_of(const struct line_object *object, const char *name, size_t size,
                            const struct scan_member *member)
{
    struct value bytes;
    size_t length;

    if (twin_bytes(object, name, size, &bytes))
        return bytes;
    const char *text = line_text(object->line, member, &length);
    return text ? value_text_n(text, length) : (struct value){ .kind = VALUE_NONE };
}

/* A time whose number alone is there, as FIELD_hex. */
static struct value raw_time_of(const struct line_object *object, const char *name, size_t size)
{
    struct instant instant = { .state = INSTANT_RAW };
    struct value bytes;
    uint64_t number = 0;

    if (!twin_bytes(object, name, size, &bytes) || bytes.length == 0 ||
        bytes.length > sizeof number)
        return (struct value){ .kind = VALUE_NONE };
    for (size_t i = 0; i < bytes.length; i++)
        number |= (uint64_t)(uint8_t)bytes.text[i] << (8 * i);
    instant.seconds = (int64_t)number;
    instant.raw_size = (uint8_t)bytes.length;
    return value_time(&instant);
}

/* Whether the list `local` of the object has the name. */
static bool is_local(const struct line_object *object, const char *name, size_t size)
{
    struct scan_member member;

    if (!line_find(object, "local", 5, &member) || member.value[0] != '[')
        return false;
    struct scan scan = scan_text(member.value, member.value_length);
    while (scan_next_item(&scan, &member)) {
        size_t length;
        const char *text = line_text(object->line, &member, &length);
        if (text && length == size && memcmp(text, name, size) == 0)
            return true;
    }
    return false;
}

static struct value time_of(const struct line_object *object, const char *name, size_t size,
                            const struct scan_member *member)
{
    struct instant instant;
    struct scan_member twin;
    size_t length;
    const char *text = line_text(object->line, member, &length), *precision = NULL;

    if (!text || instant_parse(&instant, text, length) != 0)
        return (struct value){ .kind = VALUE_NONE };
    if (find_twin(object, name, size, "_precision", &twin))
        precision = line_text(object->line, &twin, &length);
    for (int i = PRECISION_NANOSECOND; precision && i <= PRECISION_DAY; i++) {
        const char *known = instant_precision_text((enum instant_precision)i);
        if (known && strcmp(known, precision) == 0)
            instant.precision = (uint8_t)i;
    }
    if (instant.state == INSTANT_UTC && is_local(object, name, size))
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

/* Of a number without a fraction, or a string that is one. */
static struct value number_of(const struct scan_member *member)
{
    bool quoted = member->value[0] == '"';
    const char *text = member->value + quoted;
    size_t size = member->value_length - 2 * quoted;
    uint64_t number;

    if (parse_digits(text, size, &number) == 0)
        return value_number(number);
    if (size > 1 && text[0] == '-' && parse_digits(text + 1, size - 1, &number) == 0 &&
        (number > 0 || !quoted) && number <= (uint64_t)INT64_MAX + 1)
        return number == 0 ? value_number(0)
                           : (struct value){ .kind = VALUE_SIGNED,
                                             .signed_number = -1 - (int64_t)(number - 1) };
    return (struct value){ .kind = VALUE_NONE };
}

/* A value that no name and kind says more of. */
static struct value plain_value(const struct scan_member *member)
{
    struct value number = number_of(member);

    if (member->value[0] == 't' || member->value[0] == 'f')
        return (struct value){ .kind = VALUE_BOOL, .number = member->value[0] == 't' };
    if (number.kind != VALUE_NONE)
        return number;
    return (struct value){ .kind = VALUE_JSON, .text = member->value,
                           .length = member->value_length };
}

struct value line_item(struct record_line *line, const struct scan_member *item)
{
    size_t length;
    const char *text = line_text(line, item, &length);

    if (text)
        return value_text_n(text, length);
    return item->value[0] == 'n' || item->value[0] == '"' ? (struct value){ .kind = VALUE_NONE }
                                                          : plain_value(item);
}

struct value line_convert(const struct line_object *object, const char *name, size_t size,
                          enum record_kind kind)
{
    struct value value = { .kind = VALUE_NONE };
    struct scan_member member;

    if (!line_find(object, name, size, &member) || member.value[0] == 'n')
        return kind == KIND_TIME ? raw_time_of(object, name, size) : value;
    if (kind == KIND_TIME)
        value = time_of(object, name, size, &member);
    else if (kind == KIND_NUMBER)
        value = number_of(&member);
    if (value.kind != VALUE_NONE)
        return value;
    return member.value[0] == '"' ? text_of(object, name, size, &member) : plain_value(&member);
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
static struct line_object container(struct record_line *line, const char **name)
{
    struct line_object object = line_whole(line);
    struct scan_member member;
    const char *dot;

    while (!line_find(&object, *name, strlen(*name), &member) && (dot = strchr(*name, '.'))) {
        if (!line_find(&object, *name, (size_t)(dot - *name), &member) || member.value[0] != '{')
            break;
        object.text = member.value;
        object.size = member.value_length;
        *name = dot + 1;
    }
    return object;
}

struct value line_value(struct record_line *line, const char *name)
{
    const char *last = name;
    struct line_object object = container(line, &last);

    return line_convert(&object, last, strlen(last), line_kind(name));
}

const char *record_line_text(struct record_line *line, const char *name, size_t *size)
{
    struct line_object object = container(line, &name);
    struct scan_member member;

    if (!line_find(&object, name, strlen(name), &member) || member.value[0] != '"')
        return NULL;
    struct value value = text_of(&object, name, strlen(name), &member);
    if (value.kind == VALUE_NONE)
        return NULL;
    if (size)
        *size = value.length;
    return value.text;
}

const char *record_line_item(struct record_line *line, const char *name, size_t number,
                             size_t *size)
{
    struct line_object object = container(line, &name);
    struct scan_member member;

    if (!line_find(&object, name, strlen(name), &member) || member.value[0] != '[')
        return NULL;
    struct scan scan = scan_text(member.value, member.value_length);
    for (size_t i = 0; scan_next_item(&scan, &member); i++)
        if (i == number)
            return line_text(line, &member, size);
    return NULL;
}

int record_line_number(struct record_line *line, const char *name, uint64_t *number)
{
    struct line_object object = container(line, &name);
    struct scan_member member;

    if (!line_find(&object, name, strlen(name), &member))
        return -1;
    struct value value = number_of(&member);
    if (value.kind != VALUE_NUMBER)
        return -1;
    *number = value.number;
    return 0;
}

int record_line_time(struct record_line *line, const char *name, struct instant *instant)
{
    struct line_object object = container(line, &name);
    struct scan_member member;

    if (!line_find(&object, name, strlen(name), &member))
        return -1;
    struct value value = time_of(&object, name, strlen(name), &member);
    if (value.kind != VALUE_TIME)
        return -1;
    *instant = value.time;
    return 0;
}

int record_line_has(struct record_line *line, const char *name)
{
    struct line_object object = container(line, &name);
    struct scan_member member;

    return line_find(&object, name, strlen(name), &member) && member.value[0] != 'n';
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
        const struct line_object object = line_whole(line);
        struct value value = line_convert(&object, name, base,
                                          record_field_kind((enum record_field)field));
        if (value.kind == VALUE_TIME)
            record_value(record, (enum record_field)field, &value);
    }
    return true;
}

/* The name of a member as it is meant, kept with the line; NULL without memory. */
static const char *name_of(struct record_line *line, const struct scan_member *member,
                           size_t *size)
{
    *size = member->name_length;
    if (!member->escaped)
        return member->name;
    char *name = line_room(line, member->name_length);
    if (name)
        *size = scan_unquote(member->name, member->name_length, name);
    return name;
}

int record_line_to_record(struct record_line *line, struct record *record, size_t *unknown)
{
    const struct line_object object = line_whole(line);
    size_t size, count, next = 0;
    const struct scan_member *members = line_members(line, &count);

    *unknown = 0;
    if (line->type < 0)
        return -1;
    record_begin(record, (enum record_type)line->type);
    for (size_t i = 0; i < count; i++) {
        const char *name = name_of(line, &members[i], &size);
        if (!name)
            return -1;
        int field = declared(record->type, name, size, &next);
        if (field < 0) {
            *unknown += !goes_with_a_field(line, record, name, size);
            continue;
        }
        struct value value = line_convert(&object, name, size,
                                          record_field_kind((enum record_field)field));
        record_value(record, (enum record_field)field, &value);
    }
    return 0;
}
