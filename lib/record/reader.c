/* SPDX-License-Identifier: Apache-2.0 */

/* reader: lines from a descriptor, and values out of them; see record_reader.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/limits.h>

#include "json.h"
#include "line.h"
#include "scan.h"

enum { READ_SIZE = 1 << 18 };

/* Bytes that a text member stood for, as long as its line is in use. */
struct decoded {
    struct decoded *next;
    size_t size;
    char bytes[];
};

struct record_reader {
    int fd;
    bool at_end;        /* the descriptor gave its last byte */
    bool skipping;      /* inside a line that is too long */
    uint64_t number;    /* of the last line */
    struct buffer input;
    size_t start;       /* of the next line in input */
    size_t searched;    /* no newline before this place */
    json_t *json;       /* of the current line, and what was decoded of it */
    struct decoded *decoded;
};

struct record_reader *record_reader_new(int fd)
{
    struct record_reader *reader = calloc(1, sizeof *reader);

    if (reader)
        reader->fd = fd;
    return reader;
}

/* Forget the current line. */
static void release_line(struct record_reader *reader)
{
    json_decref(reader->json);
    reader->json = NULL;
    while (reader->decoded) {
        struct decoded *next = reader->decoded->next;
        free(reader->decoded);
        reader->decoded = next;
    }
}

void record_reader_free(struct record_reader *reader)
{
    if (!reader)
        return;
    release_line(reader);
    buffer_release(&reader->input);
    free(reader);
}

void line_assume(struct record_reader *reader, const char *text, size_t length, int type,
                 struct record_line *line)
{
    release_line(reader);
    *line = (struct record_line){ .number = reader->number, .text = text, .length = length,
                                  .type = type, .reader = reader };
}

static json_t *parse(const char *text, size_t length, json_error_t *why)
{
    return json_loadb(text, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, why);
}

json_t *line_json(struct record_line *line)
{
    struct record_reader *reader = line->reader;

    if (!reader->json)
        reader->json = parse(line->text, line->length, NULL);
    return reader->json;
}

int record_reader_parse(struct record_reader *reader, const char *text, size_t length,
                        struct record_line *line, struct error *error)
{
    json_error_t why;

    reader->number++;
    release_line(reader);
    json_t *json = parse(text, length, &why);
    if (!json)
        return error_set(error, ERROR_DAMAGED, "line %llu: no record: column %d: %s",
                         (unsigned long long)reader->number, why.column, why.text);
    if (!json_is_object(json)) {
        json_decref(json);
        return error_set(error, ERROR_DAMAGED, "line %llu: no record: not a JSON object",
                         (unsigned long long)reader->number);
    }
    const json_t *type = json_object_get(json, "type");
    line_assume(reader, text, length,
                record_type_by_name(json_string_value(type), json_string_length(type)), line);
    reader->json = json;
    return 1;
}

/* Read once; the bytes before the next line go away first. 1, 0 at the end, -2. */
static int fill(struct record_reader *reader, struct error *error)
{
    struct buffer *input = &reader->input;

    if (reader->start > 0) {
        memmove(input->data, input->data + reader->start, input->length - reader->start);
        buffer_truncate(input, input->length - reader->start);
        reader->searched -= reader->start;
        reader->start = 0;
    }
    char *at = buffer_reserve(input, READ_SIZE);
    if (!at) {
        error_set_memory(error);
        return -2;
    }
    ssize_t got;
    do
        got = read(reader->fd, at, READ_SIZE);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        error_set_errno(error, "cannot read records");
        return -2;
    }
    buffer_truncate(input, input->length + (size_t)got);
    reader->at_end = got == 0;
    return got > 0;
}

/* The next line without its newline. 1, 0 at the end, -1 too long, -2. */
static int next_line(struct record_reader *reader, const char **text, size_t *length,
                     struct error *error)
{
    struct buffer *input = &reader->input;

    for (;;) {
        char *newline = memchr(input->data + reader->searched, '\n',
                               input->length - reader->searched);
        size_t end = newline ? (size_t)(newline - input->data) : input->length;
        bool whole = newline || (reader->at_end && (end > reader->start || reader->skipping));
        bool too_long = reader->skipping || end - reader->start > LIMIT_LINE_BYTES;

        if (whole || too_long) {
            *text = input->data + reader->start;
            *length = end - reader->start;
            reader->start = reader->searched = newline ? end + 1 : end;
            reader->skipping = !whole;
        }
        if (whole && too_long) {
            reader->number++;
            return error_set(error, ERROR_LIMIT, "line %llu: no record: longer than %d bytes",
                             (unsigned long long)reader->number, LIMIT_LINE_BYTES);
        }
        if (whole)
            return 1;
        if (reader->at_end)
            return 0;
        reader->searched = end;
        int result = fill(reader, error);
        if (result < 0)
            return result;
    }
}

int record_reader_next(struct record_reader *reader, struct record_line *line,
                       struct error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *text = NULL;
    size_t length = 0;

    release_line(reader);
    if (!reader->input.data && fill(reader, error) < 0)
        return -2;
    for (;;) {
        int result = next_line(reader, &text, &length, error);
        if (result != 1)
            return result;
        if (reader->number == 0 && length >= 3 && memcmp(text, mark, 3) == 0) {
            text += 3;
            length -= 3;
        }
        size_t blank = 0;
        while (blank < length && memchr(" \t\r", text[blank], 3))
            blank++;
        if (blank < length)
            return record_reader_parse(reader, text, length, line, error);
        reader->number++;
    }
}

/* --- values --- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes that hex digits stand for, kept with the line; NULL for other text. */
static struct decoded *decode_hex(struct record_reader *reader, const json_t *text)
{
    const char *hex = json_string_value(text);
    size_t size = json_string_length(text);

    if (!hex || size % 2 != 0)
        return NULL;
    struct decoded *decoded = malloc(sizeof *decoded + size / 2 + 1);
    if (!decoded)
        return NULL;
    decoded->size = size / 2;
    for (size_t i = 0; i < size / 2; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            free(decoded);
            return NULL;
        }
        decoded->bytes[i] = (char)(high << 4 | low);
    }
    decoded->bytes[size / 2] = '\0';
    decoded->next = reader->decoded;
    reader->decoded = decoded;
    return decoded;
}

enum { NAME_SIZE = 256 };

/* The member NAME with a suffix; names longer than any field have none. */
static json_t *twin(const json_t *object, const char *name, size_t size, const char *suffix)
{
    char whole[NAME_SIZE];
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
    struct decoded *decoded = decode_hex(line->reader, twin(object, name, size, "_hex"));

    if (decoded)
        return value_text_n(decoded->bytes, decoded->size);
    return value_text_n(json_string_value(json), json_string_length(json));
}

/* A time whose number alone is there, as FIELD_hex. */
static struct value raw_time_of(struct record_line *line, const json_t *object, const char *name,
                                size_t size)
{
    struct decoded *decoded = decode_hex(line->reader, twin(object, name, size, "_hex"));
    struct instant instant = { .state = INSTANT_RAW };
    uint64_t number = 0;

    if (!decoded || decoded->size == 0 || decoded->size > sizeof number)
        return (struct value){ .kind = VALUE_NONE };
    for (size_t i = 0; i < decoded->size; i++)
        number |= (uint64_t)(uint8_t)decoded->bytes[i] << (8 * i);
    instant.seconds = (int64_t)number;
    instant.raw_size = (uint8_t)decoded->size;
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

/* --- enriching --- */

static bool is_member(const struct member *members, size_t count, const char *name, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(members[i].name) == size && memcmp(members[i].name, name, size) == 0)
            return true;
    return false;
}

/* Whether a member of the line gives way to one of the new ones, whose own
 * name is stored in *by when it is the same. */
static bool gives_way(const struct scan_member *old, const struct member *members, size_t count,
                      const struct member **by)
{
    char name[NAME_SIZE];

    *by = NULL;
    for (size_t i = 0; i < count; i++) {
        static const char *const suffixes[] = { "_hex", "_precision" };
        size_t size = strlen(members[i].name);
        if (scan_is_named(old, members[i].name, size)) {
            *by = &members[i];
            return true;
        }
        for (size_t j = 0; j < 2; j++) {
            size_t suffix_size = strlen(suffixes[j]);
            if (size + suffix_size > sizeof name)
                continue;
            memcpy(name, members[i].name, size);
            memcpy(name + size, suffixes[j], suffix_size);
            if (scan_is_named(old, name, size + suffix_size))
                return true;
        }
    }
    return false;
}

/* The list `local` as it must be with the new members. False when it is as it was. */
static bool join_local(struct buffer *local, struct record_line *line,
                       const struct member *members, size_t count)
{
    json_t *old = json_object_get(line_json(line), "local"), *item;
    bool changed = false;
    size_t index;

    json_array_foreach(old, index, item) {
        const char *name = json_string_value(item);
        size_t size = json_string_length(item);
        if (name && is_member(members, count, name, size)) {
            changed = true;
        } else if (name) {
            buffer_add_byte(local, ',');
            json_add_text(local, name, size);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *value = &members[i].value;
        if (value->kind != VALUE_TIME || value->time.state != INSTANT_CONVERTED)
            continue;
        buffer_add_byte(local, ',');
        json_add_text(local, members[i].name, strlen(members[i].name));
        changed = true;
    }
    if (local->length > 0)
        json_wrap_array(local, 0);
    return changed;
}

static void add_local(struct buffer *buffer, const struct buffer *local)
{
    if (local->length == 0)
        return;
    buffer_add_text(buffer, ",\"local\":");
    buffer_add(buffer, local->data, local->length);
}

void record_line_enrich(struct buffer *buffer, struct record_line *line,
                        const struct member *members, size_t count)
{
    struct scan scan = scan_object(line->text, line->length);
    struct buffer local = BUFFER_INIT;
    bool local_changed = join_local(&local, line, members, count), local_written = false;
    size_t start = buffer->length;
    const char *behind = scan.at; /* the last member, or the brace */
    struct scan_member old;

    while (scan_next(&scan, &old)) {
        const struct member *by;
        bool is_local = local_changed && scan_is_named(&old, "local", 5);
        if (is_local) {
            add_local(buffer, &local);
            local_written = true;
        } else if (gives_way(&old, members, count, &by)) {
            if (by)
                json_add_member(buffer, by->name, &by->value);
        } else {
            /* The bytes between the members hold the comma, and come along. */
            if (buffer->length == start) {
                buffer_add_byte(buffer, ',');
                behind = old.start;
            }
            buffer_add(buffer, behind, (size_t)(old.value + old.value_length - behind));
        }
        behind = old.value + old.value_length;
    }
    for (size_t i = 0; i < count; i++)
        if (!scan_find(line->text, line->length, members[i].name, strlen(members[i].name), &old))
            json_add_member(buffer, members[i].name, &members[i].value);
    if (local_changed && !local_written)
        add_local(buffer, &local);
    if (buffer->length == start)
        buffer_add_byte(buffer, '{');
    else
        buffer->data[start] = '{';
    buffer_add(buffer, behind, (size_t)(line->text + line->length - behind));
    buffer_add_byte(buffer, '\n');
    buffer->failed |= local.failed;
    buffer_release(&local);
}
