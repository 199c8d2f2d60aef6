/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_body: the bodyfile of TSK 3.x, which mactime reads, and the lines of
 * `mactime -d -y`.
 *
 *     0|name|inode|mode|uid|gid|size|atime|mtime|ctime|crtime
 *     Date,Size,Type,Mode,UID,GID,Meta,File Name
 *
 * Names are those of fls: "NAME ($FILE_NAME) (deleted)", the metadata address of
 * a $FILE_NAME with its attribute, whose bytes are its size. mactime splits a line at
 * each | and then turns %XX into a byte, so | is %7C and a % before two hex digits is
 * %25. A control byte and what is not Unicode is ^, as fls has it: mactime silently
 * drops names with a newline. What is no file is "[source] message".
 *
 * Neighbours that are the same line but for their times are one line: of a
 * bodyfile with up to four times, of mactime with up to four letters a second.
 * A file without any time is a line of a bodyfile with four zeros.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "event_lines.h"

void event_lines_release(struct event_lines *lines)
{
    buffer_release(&lines->begin);
    buffer_release(&lines->end);
    buffer_release(&lines->work);
}

static const struct value *text_of(const struct record *record, enum record_field field)
{
    const struct value *value = record_get(record, field);

    return value && value->kind == VALUE_TEXT ? value : NULL;
}

static bool is_word(const struct value *value, const char *word)
{
    return value && value->length == strlen(word) && memcmp(value->text, word, value->length) == 0;
}

static void add_value(struct buffer *buffer, const struct value *value)
{
    if (value)
        buffer_add(buffer, value->text, value->length);
}

static void add_number(struct buffer *buffer, const struct record *record,
                       enum record_field field)
{
    const struct value *value = record_get(record, field);

    buffer_add_number(buffer, value && value->kind == VALUE_NUMBER ? value->number : 0);
}

/* --- what both formats have --- */

/* Whether the % before it begins what mactime would take for a byte. */
static bool is_escaped(const char *text, size_t size)
{
    return size >= 2 && isxdigit((uint8_t)text[0]) && isxdigit((uint8_t)text[1]);
}

/* How much of a text stays as it is. */
static size_t plain_length(const char *text, size_t size)
{
    size_t length = 0;

    for (; length < size; length++) {
        char byte = text[length];
        if (byte < 0x20 || byte > 0x7e || byte == '|' || byte == '"' ||
            (byte == '%' && is_escaped(text + length + 1, size - length - 1)))
            break;
    }
    return length;
}

static void add_name_text(struct buffer *buffer, const char *text, size_t size, bool body)
{
    for (size_t at = 0, used; at < size; at += used) {
        used = plain_length(text + at, size - at);
        buffer_add(buffer, text + at, used);
        if (used > 0)
            continue;
        uint32_t c = text_code_point(text + at, size - at, &used);
        if (c < 0x20 || c == 0x7f || (c >= 0xd800 && c <= 0xdfff))
            buffer_add_byte(buffer, '^');
        else if (c == '"')
            buffer_add_text(buffer, body ? "\"" : "\"\"");
        else if (c < 0x7f && body)
            buffer_add_format(buffer, "%%%02X", (unsigned)c);
        else
            buffer_add(buffer, text + at, used);
    }
}

/* What fls adds to a name: a deleted one whose record is in use again, or still. */
static void add_state(struct buffer *buffer, const struct record *record)
{
    const struct value *state = text_of(record, FIELD_STATE), *meta = text_of(record, FIELD_META);

    if (!is_word(state, "deleted") && !is_word(state, "orphan"))
        return;
    bool again = is_word(meta, "allocated") || is_word(meta, "reallocated");
    buffer_add_text(buffer, again ? " (deleted-realloc)" : " (deleted)");
}

static bool is_of_file(const struct value *source)
{
    return is_word(source, "si") || is_word(source, "fn") || is_word(source, "fs") ||
           is_word(source, "i30");
}

static bool is_file_name(const struct record *record)
{
    return is_word(text_of(record, FIELD_SOURCE), "fn");
}

static void add_name(struct buffer *buffer, const struct record *record, bool body)
{
    const struct value *source = text_of(record, FIELD_SOURCE);
    const struct value *name = text_of(record, FIELD_MESSAGE);
    const struct value *target = text_of(record, FIELD_LINK_TARGET);
    const struct value *what = text_of(record, FIELD_TIMESTAMP_DESC);
    bool file = !source || is_of_file(source);

    if (!file) {
        buffer_add_byte(buffer, '[');
        add_name_text(buffer, source->text, source->length, body);
        if (what) { /* for which there is no letter */
            buffer_add_text(buffer, ": ");
            add_name_text(buffer, what->text, what->length, body);
        }
        buffer_add_text(buffer, "] ");
    }
    if (!name)
        name = text_of(record, FIELD_PATH);
    if (name)
        add_name_text(buffer, name->text, name->length, body);
    if (target) {
        buffer_add_text(buffer, " -> ");
        add_name_text(buffer, target->text, target->length, body);
    }
    if (is_file_name(record))
        buffer_add_text(buffer, " ($FILE_NAME)");
    if (file)
        add_state(buffer, record);
    else if (is_word(text_of(record, FIELD_ORIGIN), "deleted")) /* a key, an event of a log */
        buffer_add_text(buffer, " (deleted)");
}

/* "61-128-3"; of a $FILE_NAME, whose attributes are of type 48, "61-48-2". */
static void add_inode(struct buffer *buffer, const struct record *record)
{
    const struct value *inode = text_of(record, FIELD_INODE);
    const struct value *id = record_get(record, FIELD_NAME_ID);

    if (!inode) {
        buffer_add_byte(buffer, '0');
        return;
    }
    const char *dash = memchr(inode->text, '-', inode->length);
    bool whole = dash && inode->length - (size_t)(dash - inode->text) > 4 &&
                 memcmp(dash, "-48-", 4) == 0;
    if (!is_file_name(record) || !dash || whole) {
        buffer_add(buffer, inode->text, inode->length);
        return;
    }
    buffer_add(buffer, inode->text, (size_t)(dash - inode->text));
    buffer_add_text(buffer, "-48");
    if (id && id->kind == VALUE_NUMBER) {
        buffer_add_byte(buffer, '-');
        buffer_add_number(buffer, id->number);
    }
}

/* Bytes of a $FILE_NAME: 66, and two for each UTF-16 unit of the name. */
static uint64_t name_size(const struct record *record)
{
    const struct value *path = text_of(record, FIELD_PATH);
    uint64_t size = 66;

    if (!path)
        return 0;
    const char *slash = memrchr(path->text, '/', path->length);
    size_t at = slash && path->length > 1 ? (size_t)(slash - path->text) + 1 : 0;
    for (size_t used; at < path->length; at += used) {
        uint32_t c = 0;
        used = 1;
        if ((uint8_t)path->text[at] >= 0x80)
            c = text_code_point(path->text + at, path->length - at, &used);
        size += c > 0xffff ? 4 : 2;
    }
    return size;
}

/* The mode of a bodyfile that was read, which stays as it stood there; else NULL. */
static const struct value *mode_of_body(const struct record *record)
{
    const struct value *mode = text_of(record, FIELD_MODE);

    return mode && memchr(mode->text, '/', mode->length) ? mode : NULL;
}

static uint64_t size_of(const struct record *record)
{
    const struct value *size = record_get(record, FIELD_SIZE);
    bool known = size && size->kind == VALUE_NUMBER;

    if (is_file_name(record) && !(known && mode_of_body(record)))
        return name_size(record);
    return known ? size->number : 0;
}

/* "r/rrwxr-xr-x"; what is not known is -. */
static void add_mode(struct buffer *buffer, const struct record *record)
{
    static const struct {
        const char *word;
        char letter;
    } types[] = { { "regular", 'r' }, { "directory", 'd' }, { "link", 'l' }, { "virtual", 'v' } };
    const struct value *type = text_of(record, FIELD_FILE_TYPE);
    const struct value *mode = text_of(record, FIELD_MODE);
    char letter = '-', text[] = "-/----------";
    unsigned long bits = mode && mode->length < 8 ? strtoul(mode->text, NULL, 8) : 0;

    if (mode_of_body(record)) {
        add_value(buffer, mode);
        return;
    }
    for (size_t i = 0; i < sizeof types / sizeof *types && letter == '-'; i++)
        if (is_word(type, types[i].word))
            letter = types[i].letter;
    text[0] = text[2] = letter;
    for (int i = 0; i < 9; i++)
        if (bits & (0400ul >> i))
            text[3 + i] = "rwx"[i % 3];
    for (int i = 0; i < 3; i++) /* set user, set group, sticky */
        if (bits & (04000ul >> i))
            text[5 + 3 * i] = text[5 + 3 * i] == '-' ? "SST"[i] : "sst"[i];
    buffer_add(buffer, text, sizeof text - 1);
}

static void add_owner(struct buffer *buffer, const struct record *record, char between)
{
    add_mode(buffer, record);
    buffer_add_byte(buffer, between);
    add_number(buffer, record, FIELD_UID);
    buffer_add_byte(buffer, between);
    add_number(buffer, record, FIELD_GID);
    buffer_add_byte(buffer, between);
}

static void make_body(struct event_lines *lines, const struct record *record)
{
    struct buffer *buffer = &lines->work;

    buffer_add_text(buffer, "0|");
    add_name(buffer, record, true);
    buffer_add_byte(buffer, '|');
    add_inode(buffer, record);
    buffer_add_byte(buffer, '|');
    add_owner(buffer, record, '|');
    buffer_add_number(buffer, size_of(record));
}

static void make_mactime(struct event_lines *lines, const struct record *record)
{
    struct buffer *buffer = &lines->work;

    buffer_add_byte(buffer, ',');
    add_owner(buffer, record, ',');
    add_inode(buffer, record);
    buffer_add_text(buffer, ",\"");
    add_name(buffer, record, false);
    buffer_add_text(buffer, "\"\n");
}

/* --- lines --- */

static void add_signed(struct buffer *buffer, int64_t number)
{
    if (number < 0)
        buffer_add_byte(buffer, '-');
    buffer_add_number(buffer, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

static void flush_body(struct event_lines *lines, struct buffer *output)
{
    buffer_add(output, lines->end.data, lines->end.length);
    for (int i = 0; i < 4; i++) {
        buffer_add_byte(output, '|');
        add_signed(output, lines->line.set & 1 << i ? lines->line.seconds[i] : 0);
    }
    buffer_add_byte(output, '\n');
}

/* "2000-11-22T08:14:04Z,61440,m.cb" before what `end` holds. */
static void flush_mactime(struct event_lines *lines, struct buffer *output)
{
    static const struct {
        enum body_time time;
        char letter;
    } letters[] = { { BODY_MODIFIED, 'm' }, { BODY_ACCESSED, 'a' },
                    { BODY_CHANGED, 'c' },  { BODY_BORN, 'b' } };
    char text[INSTANT_TEXT_SIZE];
    struct instant time = instant_from_unix(lines->second, 0, PRECISION_NANOSECOND);
    size_t length = instant_format(&time, text);

    buffer_add(output, text, length < 20 ? length : 19); /* no fraction */
    buffer_add_text(output, "Z,");
    buffer_add_number(output, lines->size);
    buffer_add_byte(output, ',');
    for (int i = 0; i < 4; i++)
        buffer_add_byte(output,
                        lines->line.set & 1 << letters[i].time ? letters[i].letter : '.');
    buffer_add(output, lines->end.data, lines->end.length);
}

void event_lines_flush(struct event_lines *lines, enum record_format format,
                       struct buffer *output)
{
    if (!lines->waits)
        return;
    if (format == FORMAT_BODY)
        flush_body(lines, output);
    else
        flush_mactime(lines, output);
    lines->line.set = 0;
    lines->waits = false;
}

/* Where it lies, and for mactime when: what is not the same is another line. */
static bool is_another(struct event_lines *lines, const struct record *record)
{
    struct buffer *begin = &lines->begin;
    size_t before = begin->length;

    add_value(begin, text_of(record, FIELD_IMAGE));
    buffer_add_byte(begin, '\0');
    add_value(begin, text_of(record, FIELD_VOLUME));
    size_t length = begin->length - before;
    bool same = !begin->failed && length == before &&
                memcmp(begin->data, begin->data + before, length) == 0;
    if (!same && !begin->failed)
        memmove(begin->data, begin->data + before, length);
    if (!begin->failed)
        buffer_truncate(begin, length);
    return !same;
}

static void add_line(struct event_lines *lines, enum record_format format,
                     const struct record *record, const struct event_line *line,
                     struct buffer *output)
{
    int64_t second = 0;
    uint64_t bytes = size_of(record);
    bool another = is_another(lines, record);

    for (int i = 0; i < 4 && format == FORMAT_MACTIME; i++)
        if (line->set & 1 << i)
            second = line->seconds[i];
    buffer_clear(&lines->work);
    if (format == FORMAT_BODY)
        make_body(lines, record);
    else
        make_mactime(lines, record);
    another |= second != lines->second || bytes != lines->size ||
               lines->work.length != lines->end.length || (line->set & lines->line.set) != 0 ||
               memcmp(lines->work.data, lines->end.data, lines->end.length) != 0;
    if (another) {
        event_lines_flush(lines, format, output);
        struct buffer old = lines->end;
        lines->end = lines->work;
        lines->work = old;
        lines->second = second;
        lines->size = bytes;
    }
    for (int i = 0; i < 4; i++)
        if (line->set & 1 << i)
            lines->line.seconds[i] = line->seconds[i];
    lines->line.set |= line->set;
    lines->waits = true;
    output->failed |= lines->work.failed || lines->end.failed || lines->begin.failed;
}

static void set_time(struct event_line *line, enum body_time which, const struct value *value)
{
    if (!value || value->kind != VALUE_TIME || !instant_is_set(&value->time))
        return;
    line->seconds[which] = value->time.seconds;
    line->set |= (uint8_t)(1 << which);
}

bool event_lines_add(struct event_lines *lines, enum record_format format,
                     const struct record *record, struct buffer *output)
{
    static const char letters[] = "amcb";
    const struct value *macb = text_of(record, FIELD_MACB);
    struct event_line line = { 0 };

    if (record->type != RECORD_EVENT)
        return false;
    for (int i = 0; i < 4; i++)
        if (macb && memchr(macb->text, letters[i], macb->length))
            set_time(&line, (enum body_time)i, record_get(record, FIELD_DATETIME));
    if (line.set == 0 && macb) /* a file was deleted, for which there is no letter */
        return false;
    if (line.set == 0) /* it has none */
        set_time(&line, BODY_MODIFIED, record_get(record, FIELD_DATETIME));
    /* A bodyfile is a list of files too. */
    if (line.set == 0 && (format != FORMAT_BODY || !is_of_file(text_of(record, FIELD_SOURCE))))
        return false;
    add_line(lines, format, record, &line, output);
    return true;
}
