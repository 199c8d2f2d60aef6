/* SPDX-License-Identifier: Apache-2.0 */

/* filter: conditions and order, see record_filter.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>
#include <fett/record_filter.h>
#include <fett/sorter.h>
#include <fett/text.h>

#include "columns.h"
#include "line.h"

enum comparison { EQUAL, UNEQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, LIKE, PRESENT };

/* Those that begin another one stand behind it. */
static const struct {
    const char *text;
    enum comparison comparison;
} comparisons[] = {
    { "==", EQUAL }, { "!=", UNEQUAL }, { "<=", LESS_OR_EQUAL }, { ">=", GREATER_OR_EQUAL },
    { "=", EQUAL },  { "<", LESS },     { ">", GREATER },        { "~", LIKE },
    { "?", PRESENT },
};

enum { COMPARISONS = sizeof comparisons / sizeof *comparisons };

struct condition {
    char *field;
    char *value;
    enum comparison comparison;
    enum record_kind kind;  /* of the field */
    bool is_number;
    long double number;     /* holds every 64-bit integer */
    struct instant time;    /* with KIND_TIME */
};

struct order {
    char *field;
    bool descending;
};

struct record_filter {
    struct condition *conditions;
    size_t condition_count, condition_capacity;
    struct order *orders;
    size_t order_count, order_capacity;
    struct sorter *sorter;        /* NULL: not sorting */
    struct record_reader *parser; /* of lines out of the sorter */
    struct buffer text, key;
};

int record_filter_new(struct record_filter **filter, struct error *error)
{
    struct record_filter *new = calloc(1, sizeof *new);

    if (!new)
        return error_set_memory(error);
    *filter = new;
    return 0;
}

void record_filter_free(struct record_filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->condition_count; i++) {
        free(filter->conditions[i].field);
        free(filter->conditions[i].value);
    }
    for (size_t i = 0; i < filter->order_count; i++)
        free(filter->orders[i].field);
    free(filter->conditions);
    free(filter->orders);
    sorter_free(filter->sorter);
    record_reader_free(filter->parser);
    buffer_release(&filter->text);
    buffer_release(&filter->key);
    free(filter);
}

/* --- conditions: parsing --- */

/* All of text as a number, decimal or 0x. */
static bool parse_number(const char *text, long double *number)
{
    const char *digits = text + (*text == '-');
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    char *end;

    digits += hex ? 2 : 0;
    /* strtold takes more than numbers as people write them. */
    if (!*digits || digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789.")])
        return false;
    errno = 0;
    long double magnitude = hex ? (long double)strtoull(digits, &end, 16) : strtold(digits, &end);
    if (errno != 0 || end == digits || *end)
        return false;
    *number = *text == '-' ? -magnitude : magnitude;
    return true;
}

/* Understand the value as what the field holds. */
static int parse_value(struct condition *condition, struct error *error)
{
    const char *value = condition->value;

    if (condition->comparison == PRESENT && *value)
        return error_set(error, ERROR_USAGE, "'%s ?' takes no value", condition->field);
    if (condition->comparison == PRESENT || condition->comparison == LIKE)
        return 0;
    condition->is_number = parse_number(value, &condition->number);
    if (condition->kind == KIND_NUMBER && !condition->is_number)
        return error_set(error, ERROR_USAGE, "%s is a number, '%s' is none", condition->field,
                         value);
    if (condition->kind == KIND_TIME &&
        instant_parse(&condition->time, value, strlen(value)) != 0)
        return error_set(error, ERROR_USAGE,
                         "%s is a time, '%s' is none (2000-11-22, 2000-11-22T08:14:04Z)",
                         condition->field, value);
    if (condition->kind == KIND_BOOL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
        return error_set(error, ERROR_USAGE, "%s is true or false, not '%s'", condition->field,
                         value);
    return 0;
}

static int add_condition(struct record_filter *filter, const char *field, size_t field_size,
                         enum comparison comparison, const char *value, struct error *error)
{
    if (memory_grow((void **)&filter->conditions, &filter->condition_capacity,
                    filter->condition_count + 1, sizeof *filter->conditions) != 0)
        return error_set_memory(error);
    struct condition *condition = &filter->conditions[filter->condition_count];
    *condition = (struct condition){ .field = strndup(field, field_size),
                                     .value = strdup(value), .comparison = comparison };
    filter->condition_count++;
    if (!condition->field || !condition->value)
        return error_set_memory(error);
    condition->kind = line_kind(condition->field);
    if (columns_check_name(condition->field, error) != 0)
        return -1;
    return parse_value(condition, error);
}

/* What text begins with: an index of comparisons, or COMPARISONS. */
static size_t find_comparison(const char *text)
{
    size_t i = 0;

    while (i < COMPARISONS &&
           strncmp(text, comparisons[i].text, strlen(comparisons[i].text)) != 0)
        i++;
    return i;
}

int record_filter_add(struct record_filter *filter, const char *condition, struct error *error)
{
    static const char space[] = " \t";
    const char *field = condition + strspn(condition, space);
    size_t field_size = strcspn(field, " \t=!<>~?");
    const char *value = field + field_size + strspn(field + field_size, space);
    size_t found = find_comparison(value);

    if (field_size == 0 || found == COMPARISONS)
        return error_set(error, ERROR_USAGE,
                         "'%s' is no condition: FIELD = VALUE, also != < <= > >= ~ ?", condition);
    value += strlen(comparisons[found].text);
    value += strspn(value, space);
    return add_condition(filter, field, field_size, comparisons[found].comparison, value, error);
}

int record_filter_add_test(struct record_filter *filter, const char *field,
                           const char *comparison, const char *value, struct error *error)
{
    size_t found = find_comparison(comparison);

    if (found == COMPARISONS || strcmp(comparison, comparisons[found].text) != 0)
        return error_set(error, ERROR_USAGE, "'%s' is no comparison: = != < <= > >= ~ ?",
                         comparison);
    return add_condition(filter, field, strlen(field), comparisons[found].comparison,
                         value ? value : "", error);
}

enum record_type record_filter_type(const struct record_filter *filter)
{
    for (size_t i = 0; i < filter->condition_count; i++) {
        const struct condition *condition = &filter->conditions[i];
        int type = record_type_by_name(condition->value, strlen(condition->value));
        if (condition->comparison == EQUAL && strcmp(condition->field, "type") == 0 && type >= 0)
            return (enum record_type)type;
    }
    return RECORD_TYPE_COUNT;
}

/* --- conditions: testing --- */

static bool in_order(enum comparison comparison, int order)
{
    switch (comparison) {
    case EQUAL: return order == 0;
    case LESS: return order < 0;
    case LESS_OR_EQUAL: return order <= 0;
    case GREATER: return order > 0;
    case GREATER_OR_EQUAL: return order >= 0;
    default: return false;
    }
}

/* The first and the last moment of the interval, the nanoseconds within their
 * second. */
static void moments(const struct instant *instant, struct instant *first, struct instant *last)
{
    uint64_t span = instant_span(instant);
    uint64_t end = instant->nanoseconds + (span > 0 ? span - 1 : 0);

    *first = *last = *instant;
    last->seconds += (int64_t)(end / 1000000000);
    last->nanoseconds = (uint32_t)(end % 1000000000);
    first->precision = last->precision = PRECISION_NANOSECOND;
}

static bool test_time(const struct condition *condition, const struct instant *instant)
{
    struct instant first, last, want_first, want_last;

    if (instant->state == INSTANT_RAW)
        return false;
    moments(instant, &first, &last);
    moments(&condition->time, &want_first, &want_last);
    switch (condition->comparison) {
    case EQUAL:
        return instant_compare(&first, &want_last) <= 0 &&
               instant_compare(&last, &want_first) >= 0;
    case LESS: return instant_compare(&first, &want_first) < 0;
    case LESS_OR_EQUAL: return instant_compare(&first, &want_last) <= 0;
    case GREATER: return instant_compare(&last, &want_last) > 0;
    case GREATER_OR_EQUAL: return instant_compare(&last, &want_first) >= 0;
    default: return false;
    }
}

static bool test_text(const struct condition *condition, const char *text, size_t size)
{
    if (condition->comparison == LIKE)
        return text_glob(condition->value, text, size);
    size_t value_size = strlen(condition->value);
    int order = memcmp(text, condition->value, size < value_size ? size : value_size);
    if (order == 0)
        order = (size > value_size) - (size < value_size);
    return in_order(condition->comparison, order);
}

static bool is_number(const struct value *value, long double *number)
{
    char *end;

    if (value->kind == VALUE_NUMBER)
        *number = (long double)value->number;
    else if (value->kind == VALUE_SIGNED)
        *number = (long double)value->signed_number;
    else if (value->kind == VALUE_JSON) { /* a fraction; in its line something stands behind it */
        *number = (long double)strtod(value->text, &end);
        return end == value->text + value->length;
    } else
        return false;
    return true;
}

/* UNEQUAL is asked as EQUAL. */
static bool test(struct record_filter *filter, const struct condition *condition,
                 const struct value *value)
{
    long double number;

    if (condition->comparison == PRESENT)
        return value->kind != VALUE_NONE;
    if (value->kind == VALUE_NONE)
        return false;
    if (value->kind == VALUE_TEXT && condition->kind != KIND_NUMBER && condition->kind != KIND_TIME)
        return test_text(condition, value->text, value->length);
    if (condition->comparison != LIKE) {
        if (condition->kind == KIND_TIME)
            return value->kind == VALUE_TIME && test_time(condition, &value->time);
        if (condition->is_number && is_number(value, &number))
            return in_order(condition->comparison,
                            (number > condition->number) - (number < condition->number));
        if (condition->kind == KIND_NUMBER)
            return false;
    }
    if (value->kind == VALUE_JSON)
        return false; /* objects; their members have names */
    buffer_clear(&filter->text);
    cell_add_plain(&filter->text, value);
    return test_text(condition, buffer_text(&filter->text), filter->text.length);
}

/* Whether a value under a dotted name meets the condition; lists are gone
 * through. The depth is that of the dots in the name. */
static bool any(struct record_filter *filter, const struct condition *condition,
                const struct line_object *object, const char *name)
{
    const char *dot = strchr(name, '.');
    struct scan_member member, item;
    bool found = line_find(object, name, strlen(name), &member);

    if (found && member.value[0] == '[' && condition->comparison != PRESENT) {
        struct scan scan = scan_text(member.value, member.value_length);
        while (scan_next_item(&scan, &item)) {
            struct value value = line_item(object->line, &item);
            if (test(filter, condition, &value))
                return true;
        }
        return false;
    }
    if (found || !dot) {
        struct value value = line_convert(object, name, strlen(name), condition->kind);
        return test(filter, condition, &value);
    }
    if (!line_find(object, name, (size_t)(dot - name), &member))
        return false;
    struct line_object inner = { object->line, member.value, member.value_length };
    if (member.value[0] == '{')
        return any(filter, condition, &inner, dot + 1);
    struct scan scan = scan_text(member.value, member.value_length);
    while (member.value[0] == '[' && scan_next_item(&scan, &item)) {
        inner = (struct line_object){ object->line, item.value, item.value_length };
        if (item.value[0] == '{' && any(filter, condition, &inner, dot + 1))
            return true;
    }
    return false;
}

bool record_filter_matches(struct record_filter *filter, struct record_line *line)
{
    const struct line_object whole = line_whole(line);

    for (size_t i = 0; i < filter->condition_count; i++) {
        struct condition condition = filter->conditions[i];
        bool contrary = condition.comparison == UNEQUAL;
        if (contrary)
            condition.comparison = EQUAL;
        if (any(filter, &condition, &whole, condition.field) == contrary)
            return false;
    }
    return true;
}

/* --- order --- */

int record_filter_sort(struct record_filter *filter, const char *fields, const char *directory,
                       struct error *error)
{
    for (;; fields++) {
        bool descending = *fields == '-';
        fields += descending;
        size_t size = strcspn(fields, ",");
        if (memory_grow((void **)&filter->orders, &filter->order_capacity,
                        filter->order_count + 1, sizeof *filter->orders) != 0)
            return error_set_memory(error);
        char *field = strndup(fields, size);
        if (!field)
            return error_set_memory(error);
        filter->orders[filter->order_count++] = (struct order){ field, descending };
        if (columns_check_name(field, error) != 0)
            return -1;
        fields += size;
        if (!*fields)
            break;
    }
    filter->parser = record_reader_new(-1);
    if (!filter->parser)
        return error_set_memory(error);
    return sorter_new(&filter->sorter, LIMIT_SORT_BYTES, directory, error);
}

static void add_big_endian(struct buffer *key, uint64_t number, size_t size)
{
    while (size-- > 0)
        buffer_add_byte(key, (char)(number >> (8 * size)));
}

/* Bytes whose order is that of the values: absent, then negative numbers,
 * numbers and times, then text. */
static void add_key(struct buffer *key, const struct value *value, struct buffer *text)
{
    enum { ABSENT, NEGATIVE, NUMBER, TEXT };
    const struct instant *time = &value->time;

    switch (value->kind) {
    case VALUE_NONE:
        buffer_add_byte(key, ABSENT);
        return;
    case VALUE_SIGNED:
        buffer_add_byte(key, value->signed_number < 0 ? NEGATIVE : NUMBER);
        add_big_endian(key, (uint64_t)value->signed_number, 8);
        return;
    case VALUE_NUMBER:
        buffer_add_byte(key, NUMBER);
        add_big_endian(key, value->number, 8);
        return;
    case VALUE_TIME:
        if (time->state == INSTANT_RAW)
            break;
        buffer_add_byte(key, time->seconds < 0 ? NEGATIVE : NUMBER);
        add_big_endian(key, (uint64_t)time->seconds, 8);
        add_big_endian(key, time->nanoseconds, 4);
        add_big_endian(key, time->precision, 1);
        return;
    default:
        break;
    }
    buffer_clear(text);
    if (value->kind == VALUE_TIME)
        cell_add_readable(text, value);
    else
        cell_add_plain(text, value);
    key->failed |= text->failed;
    buffer_add_byte(key, TEXT);
    /* An end that no text holds, so that the next field does not count as text. */
    for (size_t i = 0; i < text->length; i++) {
        buffer_add_byte(key, text->data[i]);
        if (text->data[i] == '\0')
            buffer_add_byte(key, 1);
    }
    buffer_add(key, "\0", 2);
}

static int add_to_sorter(struct record_filter *filter, struct record_line *line,
                         struct error *error)
{
    struct buffer *key = &filter->key, *text = &filter->text;

    buffer_clear(key);
    for (size_t i = 0; i < filter->order_count; i++) {
        size_t start = key->length;
        struct value value = line_value(line, filter->orders[i].field);
        add_key(key, &value, text);
        for (size_t j = start; filter->orders[i].descending && j < key->length; j++)
            key->data[j] = (char)~key->data[j];
    }
    if (key->failed || text->failed)
        return error_set_memory(error);
    return sorter_add(filter->sorter, key->data, key->length, line->text, line->length, error);
}

int record_filter_write(struct record_filter *filter, struct record_writer *writer,
                        struct record_line *line, struct error *error)
{
    if (!record_filter_matches(filter, line))
        return 0;
    if (filter->sorter)
        return add_to_sorter(filter, line, error);
    return record_writer_write_line(writer, line, error);
}

int record_filter_finish(struct record_filter *filter, struct record_writer *writer,
                         struct error *error)
{
    const void *data;
    size_t size;
    int result;

    if (!filter->sorter)
        return 0;
    if (sorter_finish(filter->sorter, error) != 0)
        return -1;
    while ((result = sorter_next(filter->sorter, &data, &size, error)) > 0) {
        struct record_line line;
        if (record_reader_take(filter->parser, data, size, &line, error) != 0 ||
            record_writer_write_line(writer, &line, error) != 0)
            return -1;
    }
    return result;
}
