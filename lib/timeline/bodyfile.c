/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bodyfile: lines of TSK 3.x bodyfiles that other tools wrote, as file records.
 *
 *     MD5|name|inode|mode_as_string|UID|GID|size|atime|mtime|ctime|crtime
 *
 * Times are seconds since 1970; 0 and -1 are not there, nor is 3373865674, which is
 * what fls makes of an NTFS time of 0. A name may have a | in it, which fls does not
 * escape: the fields behind it are counted from the end. %7C and %25 before two hex
 * digits are what fett writes for | and %, and mactime reads. " ($FILE_NAME)",
 * " (deleted)", and " -> " with its target behind that of a link, are what fls says of it.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "timeline_internal.h"

enum { INODE, MODE, UID, GID, SIZE, ATIME, MTIME, CTIME, CRTIME, FIELDS };
enum { MODE_SIZE = 13 };

struct field {
    const char *text;
    size_t size;
};

static const int64_t fls_none = 3373865674;

/* Split a line: *name and what is behind it. */
static bool split(const char *line, size_t length, struct field *name, struct field fields[FIELDS])
{
    const char *first = memchr(line, '|', length), *end = line + length;

    if (!first)
        return false;
    for (int i = FIELDS - 1; i >= 0; i--) {
        const char *bar = memrchr(line, '|', (size_t)(end - line));
        if (!bar || bar == first)
            return false;
        fields[i] = (struct field){ bar + 1, (size_t)(end - bar - 1) };
        end = bar;
    }
    *name = (struct field){ first + 1, (size_t)(end - first - 1) };
    return true;
}

static bool get_number(const struct field *field, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < field->size; i++) {
        unsigned digit = (unsigned)field->text[i] - '0';
        if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return field->size > 0;
}

/* Seconds, some tools with a fraction. */
static bool get_time(const struct field *field, struct instant *time)
{
    const char *dot = memchr(field->text, '.', field->size);
    bool negative = field->size > 0 && field->text[0] == '-';
    size_t size = dot ? (size_t)(dot - field->text) : field->size;
    struct field whole = { field->text + negative, size - negative };
    uint64_t seconds;
    uint32_t fraction = 0, unit = 100000000;

    *time = INSTANT_NONE;
    if (field->size == 0)
        return true;
    if (!get_number(&whole, &seconds) || seconds > INT64_MAX)
        return false;
    for (const char *p = dot ? dot + 1 : field->text + field->size;
         p < field->text + field->size; p++, unit /= 10) {
        if (!isdigit((uint8_t)*p))
            return false;
        fraction += (uint32_t)(*p - '0') * unit;
    }
    if ((seconds == 0 && !fraction) || (negative && seconds == 1 && !fraction) ||
        seconds == (uint64_t)fls_none)
        return true;
    int64_t second = negative ? -(int64_t)seconds : (int64_t)seconds;
    if (negative && fraction > 0) {
        second--;
        fraction = 1000000000 - fraction;
    }
    *time = instant_from_unix(second, fraction, dot ? PRECISION_NANOSECOND : PRECISION_SECOND);
    return true;
}

static bool cut_end(struct field *name, const char *end)
{
    size_t size = strlen(end);

    if (name->size <= size || memcmp(name->text + name->size - size, end, size) != 0)
        return false;
    name->size -= size;
    return true;
}

static bool is_escape(const char *text, size_t size)
{
    return size >= 3 && text[0] == '%' &&
           (memcmp(text, "%7C", 3) == 0 ||
            (size >= 5 && memcmp(text, "%25", 3) == 0 && isxdigit((uint8_t)text[3]) &&
             isxdigit((uint8_t)text[4])));
}

static void add_name(struct buffer *buffer, const struct field *name)
{
    for (size_t i = 0; i < name->size; i++) {
        if (!is_escape(name->text + i, name->size - i)) {
            buffer_add_byte(buffer, name->text[i]);
            continue;
        }
        buffer_add_byte(buffer, name->text[i + 1] == '7' ? '|' : '%');
        i += 2;
    }
}

/* "r/rrwxr-xr-x": what the name says of the type, and what the metadata say. The text is kept
 * for a bodyfile that is written again. */
static void set_mode(struct record *record, const struct field *mode, char text[MODE_SIZE])
{
    static const struct {
        char letter;
        enum file_type type;
    } types[] = { { 'r', FILE_REGULAR }, { 'd', FILE_DIRECTORY }, { 'l', FILE_LINK } };
    char letter = mode->size > 0 ? mode->text[0] : '-';

    if (mode->size == MODE_SIZE - 1 && letter == '-')
        letter = mode->text[2];
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (letter == types[i].letter)
            record_text(record, FIELD_FILE_TYPE, record_file_type_word(types[i].type));
    if (mode->size != MODE_SIZE - 1 || mode->text[1] != '/')
        return;
    for (size_t i = 0; i < mode->size; i++)
        if (!isalpha((uint8_t)mode->text[i]) && mode->text[i] != '-' && mode->text[i] != '/')
            return;
    memcpy(text, mode->text, mode->size);
    text[mode->size] = '\0';
    record_text(record, FIELD_MODE, text);
}

static bool is_link(const struct field *mode)
{
    return (mode->size > 0 && mode->text[0] == 'l') ||
           (mode->size > 2 && mode->text[1] == '/' && mode->text[2] == 'l');
}

/* The path, and what a link points to, both in timeline->name. 0, or -1 without memory. */
static int set_path(struct timeline *timeline, struct record *record, const struct field *name,
                    bool link)
{
    static const char arrow[] = " -> ";
    struct buffer *text = &timeline->name;
    const char *at = link ? memmem(name->text, name->size, arrow, sizeof arrow - 1) : NULL;
    struct field path = { name->text, at ? (size_t)(at - name->text) : name->size };

    buffer_clear(text);
    add_name(text, &path);
    size_t length = text->length;
    if (at) {
        at += sizeof arrow - 1;
        buffer_add_byte(text, '\0');
        add_name(text, &(struct field){ at, (size_t)(name->text + name->size - at) });
    }
    if (text->failed)
        return -1;
    record_text_n(record, FIELD_PATH, buffer_text(text), length);
    if (at)
        record_text_n(record, FIELD_LINK_TARGET, text->data + length + 1,
                      text->length - length - 1);
    return 0;
}

static int parse_times(const struct field fields[FIELDS], struct instant times[4])
{
    for (int i = 0; i < 4; i++)
        if (!get_time(&fields[ATIME + i], &times[i]))
            return -1;
    return 0;
}

int timeline_add_body(struct timeline *timeline, const char *file, const char *line,
                      size_t length, struct error *error)
{
    static const enum record_field own[4] = { FIELD_ATIME, FIELD_MTIME, FIELD_CTIME,
                                              FIELD_BTIME };
    static const enum record_field of_name[4] = { FIELD_FN_ATIME, FIELD_FN_MTIME,
                                                  FIELD_FN_CTIME, FIELD_FN_BTIME };
    struct field name, fields[FIELDS];
    struct instant times[4];
    struct record record;
    uint64_t numbers[FIELDS];
    char mode[MODE_SIZE];

    while (length > 0 && strchr("\r\n", line[length - 1]))
        length--;
    if (length == 0 || line[0] == '#') /* as mactime does */
        return 0;
    if (!split(line, length, &name, fields))
        return error_set(error, ERROR_DAMAGED, "no bodyfile: fewer than 11 fields");
    if (parse_times(fields, times) != 0)
        return error_set(error, ERROR_DAMAGED, "no bodyfile: a time is no number of seconds");
    if (fields[SIZE].size > 0 && !get_number(&fields[SIZE], &numbers[SIZE]))
        return error_set(error, ERROR_DAMAGED, "no bodyfile: the size is no number");

    record_begin(&record, RECORD_FILE);
    record_text(&record, FIELD_IMAGE, file);
    bool realloc = cut_end(&name, " (deleted-realloc)");
    if (realloc || cut_end(&name, " (deleted)")) {
        record_text(&record, FIELD_STATE, record_state_word(FILE_DELETED));
        record_text(&record, FIELD_META,
                    record_meta_word(realloc ? META_REALLOCATED : META_DELETED));
    }
    bool file_name = cut_end(&name, " ($FILE_NAME)");
    if (set_path(timeline, &record, &name, is_link(&fields[MODE])) != 0)
        return error_set_memory(error);
    if (fields[INODE].size > 0)
        record_text_n(&record, FIELD_INODE, fields[INODE].text, fields[INODE].size);
    set_mode(&record, &fields[MODE], mode);
    for (int i = UID; i <= SIZE; i++)
        if (get_number(&fields[i], &numbers[i]))
            record_number(&record, i == UID   ? FIELD_UID
                                   : i == GID ? FIELD_GID
                                              : FIELD_SIZE,
                          numbers[i]);
    bool late = false;
    for (int i = 0; i < 4; i++) {
        late |= times[i].state == INSTANT_RAW;
        record_time(&record, file_name ? of_name[i] : own[i], &times[i]);
    }
    if (timeline_add_made(timeline, &record, error) != 0)
        return -1;
    return late ? error_set(error, ERROR_DAMAGED, "a time is beyond the year 9999: left out") : 0;
}
