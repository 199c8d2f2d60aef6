/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_timesketch: what Timesketch imports, JSON Lines and CSV, and the 17
 * columns of log2timeline.
 *
 * Timesketch asks for message, datetime and timestamp_desc of each event, in CSV
 * also for timestamp, microseconds since 1970; our own fields are attributes.
 */

#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "event_lines.h"
#include "writer.h"

/* What stands where a record has none. */
static const struct value no_description = { .kind = VALUE_TEXT, .length = 5, .text = "event" };

static const struct value *get(const struct record *record, enum record_field field,
                               enum value_kind kind)
{
    const struct value *value = record_get(record, field);

    return value && value->kind == kind ? value : NULL;
}

static const struct value *description_of(const struct record *record)
{
    const struct value *value = get(record, FIELD_TIMESTAMP_DESC, VALUE_TEXT);

    return value ? value : &no_description;
}

/* In words, or what the record is about. */
static const struct value *message_of(const struct record *record)
{
    static const enum record_field fields[] = { FIELD_MESSAGE, FIELD_TITLE, FIELD_EVIDENCE,
                                                FIELD_PATH };
    static const struct value nothing = { .kind = VALUE_TEXT, .text = "" };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (get(record, fields[i], VALUE_TEXT))
            return get(record, fields[i], VALUE_TEXT);
    return &nothing;
}

static void add_microseconds(struct buffer *buffer, const struct instant *time)
{
    int64_t number = time->seconds * 1000000 + time->nanoseconds / 1000;

    buffer_add_format(buffer, "%lld", (long long)number);
}

static void add_json(struct buffer *output, const struct record *record,
                     const struct instant *time)
{
    static const char end[] = "}\n";

    record_add_json(output, record);
    if (output->failed)
        return;
    buffer_truncate(output, output->length - (sizeof end - 1));
    buffer_add_text(output, ",\"timestamp\":");
    add_microseconds(output, time);
    if (!get(record, FIELD_TIMESTAMP_DESC, VALUE_TEXT))
        json_add_member(output, "timestamp_desc", description_of(record));
    if (!get(record, FIELD_MESSAGE, VALUE_TEXT))
        json_add_member(output, "message", message_of(record));
    buffer_add_text(output, end);
}

/* --- CSV --- */

static const enum record_field attributes[] = {
    FIELD_SOURCE, FIELD_MACB,  FIELD_IMAGE, FIELD_VOLUME, FIELD_PATH,     FIELD_INODE,
    FIELD_HOST,   FIELD_STATE, FIELD_META,  FIELD_SIZE,   FIELD_NAME_ID,  FIELD_REASON,
    FIELD_CODE,   FIELD_EVIDENCE, FIELD_DATETIME_CLOCK, FIELD_ORIGIN,
};

enum { ATTRIBUTES = sizeof attributes / sizeof *attributes };

static void add_cell(struct buffer *output, const struct value *value, struct buffer *work)
{
    if (!value)
        return;
    buffer_clear(work);
    cell_add_plain(work, value);
    delimited_add_cell(output, FORMAT_CSV, buffer_text(work), work->length);
    output->failed |= work->failed;
}

static void add_csv(struct buffer *output, const struct record *record,
                    const struct instant *time, struct buffer *work)
{
    add_cell(output, message_of(record), work);
    buffer_add_byte(output, ',');
    add_microseconds(output, time);
    buffer_add_byte(output, ',');
    add_cell(output, record_get(record, FIELD_DATETIME), work);
    buffer_add_byte(output, ',');
    add_cell(output, description_of(record), work);
    for (int i = 0; i < ATTRIBUTES; i++) {
        buffer_add_byte(output, ',');
        add_cell(output, record_get(record, attributes[i]), work);
    }
    buffer_add_byte(output, '\n');
}

/* --- log2timeline --- */

/* What its columns source and sourcetype say of ours. */
static const struct {
    const char *source, *group, *type;
} sources[] = {
    { "si", "FILE", "NTFS $STANDARD_INFORMATION" },
    { "fn", "FILE", "NTFS $FILE_NAME" },
    { "fs", "FILE", "file system" },
    { "i30", "FILE", "NTFS $INDEX_ALLOCATION" },
    { "usn", "FILE", "NTFS USN change" },
    { "reg", "REG", "registry key" },
    { "evt", "EVT", "event log" },
    { "lnk", "LNK", "shortcut" },
    { "recycle", "RECBIN", "recycle bin" },
    { "webhist", "WEBHIST", "index.dat" },
};

static void add_source(struct buffer *output, const struct record *record, struct buffer *work)
{
    const struct value *source = get(record, FIELD_SOURCE, VALUE_TEXT);

    for (size_t i = 0; source && i < sizeof sources / sizeof *sources; i++)
        if (source->length == strlen(sources[i].source) &&
            memcmp(source->text, sources[i].source, source->length) == 0) {
            buffer_add_format(output, "%s,%s,", sources[i].group, sources[i].type);
            return;
        }
    buffer_add_text(output, "LOG,");
    struct value type = value_text(record_type_name(record->type));
    add_cell(output, source ? source : &type, work);
    buffer_add_byte(output, ',');
}

/* "MM/DD/YYYY,HH:MM:SS,UTC"; a clock without zone: "-". */
static void add_moment(struct buffer *output, const struct instant *time)
{
    char text[INSTANT_TEXT_SIZE];
    struct instant whole = { .seconds = time->seconds, .state = INSTANT_UTC };

    if (instant_format(&whole, text) == 0)
        return;
    buffer_add_format(output, "%.2s/%.2s/%.4s,%.8s,%s,", text + 5, text + 8, text, text + 11,
                      time->state == INSTANT_LOCAL ? "-" : "UTC");
}

static void add_extra(struct buffer *output, const struct record *record, struct buffer *work)
{
    static const enum record_field fields[] = { FIELD_DATETIME, FIELD_IMAGE,   FIELD_VOLUME,
                                                FIELD_STATE,    FIELD_SIZE,    FIELD_NAME_ID,
                                                FIELD_ORIGIN };

    buffer_clear(work);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct value *value = record_get(record, fields[i]);
        if (!value)
            continue;
        buffer_add_format(work, "%s%s: ", work->length > 0 ? "; " : "",
                          record_field_name(fields[i]));
        cell_add_plain(work, value);
    }
    delimited_add_cell(output, FORMAT_CSV, buffer_text(work), work->length);
    output->failed |= work->failed;
}

static void add_l2t(struct buffer *output, const struct record *record,
                    const struct instant *time, struct buffer *work)
{
    static const struct value nobody = { .kind = VALUE_TEXT, .length = 1, .text = "-" };
    const struct value *macb = get(record, FIELD_MACB, VALUE_TEXT);
    const struct value *user = get(record, FIELD_USER, VALUE_TEXT);

    add_moment(output, time);
    for (size_t i = 0; i < 4; i++) { /* capitals */
        char letter = macb && i < macb->length ? macb->text[i] : '.';
        buffer_add_byte(output, letter == '.' ? letter : (char)(letter & ~0x20));
    }
    buffer_add_byte(output, ',');
    add_source(output, record, work);
    add_cell(output, description_of(record), work);
    buffer_add_byte(output, ',');
    add_cell(output, user ? user : &nobody, work);
    buffer_add_byte(output, ',');
    add_cell(output, record_get(record, FIELD_HOST), work);
    for (int i = 0; i < 2; i++) { /* short and desc */
        buffer_add_byte(output, ',');
        add_cell(output, message_of(record), work);
    }
    buffer_add_text(output, ",2,");
    add_cell(output, record_get(record, FIELD_PATH), work);
    buffer_add_byte(output, ',');
    add_cell(output, record_get(record, FIELD_INODE), work);
    buffer_add_byte(output, ',');
    add_cell(output, record_get(record, FIELD_REASON), work);
    buffer_add_text(output, ",fett,");
    add_extra(output, record, work);
    buffer_add_byte(output, '\n');
}

void event_lines_add_header(struct buffer *output, enum record_format format)
{
    if (format == FORMAT_MACTIME) {
        buffer_add_text(output, "Date,Size,Type,Mode,UID,GID,Meta,File Name\n");
    } else if (format == FORMAT_L2TCSV) {
        buffer_add_text(output, "date,time,timezone,MACB,source,sourcetype,type,user,host,short,"
                                "desc,version,filename,inode,notes,format,extra\n");
    } else if (format == FORMAT_TIMESKETCH_CSV) {
        buffer_add_text(output, "message,timestamp,datetime,timestamp_desc");
        for (int i = 0; i < ATTRIBUTES; i++) {
            buffer_add_byte(output, ',');
            buffer_add_text(output, record_field_name(attributes[i]));
        }
        buffer_add_byte(output, '\n');
    }
}

bool sketch_add(struct buffer *output, enum record_format format, const struct record *record,
                struct buffer *work)
{
    const struct value *time = get(record, FIELD_DATETIME, VALUE_TIME);

    if (!time || !instant_is_set(&time->time))
        return false;
    if (format == FORMAT_TIMESKETCH)
        add_json(output, record, &time->time);
    else if (format == FORMAT_TIMESKETCH_CSV)
        add_csv(output, record, &time->time, work);
    else
        add_l2t(output, record, &time->time, work);
    return true;
}
