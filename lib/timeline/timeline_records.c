/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_records: records that came in as events. Their lines are kept in a
 * spool and parsed again when they are handed out.
 */

#include <stdio.h>
#include <string.h>

#include "timeline_internal.h"

/* The times of records. An event has one. `source` NULL: that of the record. */
static const struct {
    const char *name, *description, *source;
} record_times[] = {
    { "datetime", NULL, NULL },
    { "key_last_write", "key last written", "reg" },
    { "target.btime", "program born", NULL },
    { "target.mtime", "program modified", NULL },
    { "first_seen", "first seen", NULL },
    { "last_seen", "last seen", NULL },
    /* sets of four, whose equal ones are one event */
    { "", NULL, NULL },
    { "fn_", NULL, "fn" },
};

enum { KEY_TIME = 1, SINGLE_TIMES = 6, OWN_TIMES = SINGLE_TIMES,
       RECORD_TIME_COUNT = sizeof record_times / sizeof *record_times,
       NAME_TIMES = RECORD_TIME_COUNT - 1 };

static size_t note_text(struct timeline *timeline, const char *text, size_t size)
{
    size_t place = timeline->texts.length;

    buffer_add(&timeline->texts, text, size);
    buffer_add_byte(&timeline->texts, '\0');
    return place;
}

static bool get_times(struct record_line *line, const char *prefix, struct file_times *times)
{
    static const char *const names[] = { "btime", "mtime", "atime", "ctime" };
    struct instant *each[] = { &times->born, &times->modified, &times->accessed,
                               &times->changed };
    bool any = false;

    for (int i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s%s", prefix, names[i]);
        *each[i] = INSTANT_NONE;
        any |= record_line_time(line, name, each[i]) == 0;
    }
    return any;
}

/* What an event of a record has as its source: of files what fs-timeline itself
 * would give. */
static const char *source_of(struct record_line *line, size_t *size)
{
    if (line->type == RECORD_EVENT)
        return record_line_text(line, "source", size);
    if (line->type != RECORD_FILE)
        return record_line_text(line, "type", size);
    *size = 2;
    return record_line_has(line, "seq") ? "si" : "fs";
}

static bool is_text(const struct timeline *timeline, size_t place, const char *text, size_t size)
{
    const char *other = timeline->texts.data + place;

    return strlen(other) == size && memcmp(other, text, size) == 0;
}

/* The number of a record's origin. Records of one origin come together: where they
 * do not, one that is noted twice does no harm. */
static int note_origin(struct timeline *timeline, struct record_line *line, uint32_t *number)
{
    enum { RECENT = 8 };
    size_t sizes[2] = { 0, 0 }, count = timeline->origin_count;
    const char *texts[2] = { source_of(line, &sizes[0]),
                             record_line_text(line, "volume", &sizes[1]) };
    const char *evidence = timeline_evidence(timeline, record_line_text(line, "image", NULL));

    for (int i = 0; i < 2; i++)
        if (!texts[i]) {
            texts[i] = "";
            sizes[i] = 0;
        }
    for (size_t i = count; i > 0 && i + RECENT > count; i--) {
        const struct origin *known = &timeline->origins[i - 1];
        if (is_text(timeline, known->source, texts[0], sizes[0]) &&
            is_text(timeline, known->volume, texts[1], sizes[1]) &&
            strcmp(known->evidence, evidence) == 0) {
            *number = (uint32_t)(i - 1);
            return 0;
        }
    }
    if (memory_grow((void **)&timeline->origins, &timeline->origin_capacity, count + 1,
                    sizeof *timeline->origins) != 0)
        return -1;
    timeline->origins[count] = (struct origin){
        .source = note_text(timeline, texts[0], sizes[0]),
        .volume = note_text(timeline, texts[1], sizes[1]),
        .evidence = evidence,
    };
    timeline->origin_count++;
    *number = (uint32_t)count;
    return timeline->texts.failed ? -1 : 0;
}

static bool record_passes(const struct timeline *timeline, struct record_line *line)
{
    const char *path;
    size_t size;

    if (!timeline->focus.limits.path)
        return true;
    for (size_t i = 0; (path = record_path(line, i, &size)) != NULL; i++)
        if (size > 0 && focus_passes(&timeline->focus, path, size))
            return true;
    return false;
}

/* Whether the names' times of a file record were met before (met_add): each stream of a
 * file has a record, and all have them. */
static int meet_names(struct timeline *timeline, struct record_line *line)
{
    size_t sizes[4] = { 0, 0, 0, 0 };
    const char *texts[4] = { timeline_evidence(timeline, record_line_text(line, "image", NULL)),
                             record_line_text(line, "volume", &sizes[1]),
                             record_line_text(line, "inode", &sizes[2]),
                             record_line_text(line, "path", &sizes[3]) };
    struct buffer *key = &timeline->path;

    sizes[0] = strlen(texts[0]);
    buffer_clear(key);
    for (int i = 0; i < 4; i++) {
        if (i == 2 && texts[i]) /* without the attribute */
            sizes[i] = strcspn(texts[i], "-");
        if (i == 3 && texts[i])
            sizes[i] = without_stream(texts[i], sizes[i]);
        buffer_add(key, texts[i], texts[i] ? sizes[i] : 0);
        buffer_add_byte(key, '\0');
    }
    return key->failed ? -1 : met_add(&timeline->names, key->data, key->length);
}

static int note_line(struct timeline *timeline, struct record_line *line, uint64_t *number,
                     struct error *error)
{
    struct noted noted = { .length = (uint32_t)line->length, .piped = !timeline->making };
    uint32_t origin;

    if (note_origin(timeline, line, &origin) != 0 ||
        memory_grow((void **)&timeline->noted, &timeline->noted_capacity,
                    timeline->noted_count + 1, sizeof *timeline->noted) != 0)
        return error_set_memory(error);
    noted.origin = origin & 0x7fffffff;
    if (spool_add(&timeline->spool, line->text, line->length, &noted.place, error) != 0)
        return -1;
    *number = timeline->noted_count;
    timeline->noted[timeline->noted_count++] = noted;
    return 0;
}

/* Whether a time stands there that no event can have. */
static bool is_unread(struct record_line *line, const char *name)
{
    struct instant time;
    char bytes[32];

    snprintf(bytes, sizeof bytes, "%s_hex", name);
    return record_line_time(line, name, &time) != 0 &&
           (record_line_has(line, name) || record_line_has(line, bytes));
}

/* Times of a record that came in and cannot be used are told, since else they would be missing. */
static int check_times(struct record_line *line, bool event, struct error *error)
{
    static const char *const of_others[] = {
        "key_last_write", "target.btime", "target.mtime", "first_seen", "last_seen", "btime",
        "mtime", "atime", "ctime", "dtime", "fn_btime", "fn_mtime", "fn_atime", "fn_ctime",
    };
    const char *unread = is_unread(line, "datetime") ? "datetime" : NULL;

    for (size_t i = 0; !event && !unread && i < sizeof of_others / sizeof *of_others; i++)
        unread = is_unread(line, of_others[i]) ? of_others[i] : NULL;
    return unread ? error_set(error, ERROR_DAMAGED,
                              "standard input: line %llu: %s is no time: left out",
                              (unsigned long long)line->number, unread)
                  : 0;
}

int timeline_add_record(struct timeline *timeline, struct record_line *line,
                        struct error *error)
{
    struct instant single[SINGLE_TIMES];
    struct file_times sets[RECORD_TIME_COUNT - SINGLE_TIMES];
    struct instant deleted = INSTANT_NONE;
    bool any = false, named = false;
    bool event = line->type == RECORD_EVENT || line->type == RECORD_ANOMALY;
    int singles = event ? 1 : SINGLE_TIMES, count = event ? 1 : RECORD_TIME_COUNT;
    uint64_t number = 0;

    timeline->any_record = true;
    for (int i = 0; i < singles; i++) {
        single[i] = INSTANT_NONE;
        any |= record_line_time(line, record_times[i].name, &single[i]) == 0;
    }
    for (int i = SINGLE_TIMES; i < count; i++) {
        named = get_times(line, record_times[i].name, &sets[i - SINGLE_TIMES]);
        any |= named;
    }
    if (!event)
        any |= record_line_time(line, "dtime", &deleted) == 0;
    if (first_note_record(timeline, line) != 0 || journal_note(timeline, line) != 0 ||
        latest_note(timeline, line) != 0 || use_note(timeline, line) != 0 ||
        around_note_record(timeline, line) != 0 || timeline->out_of_memory)
        return error_set_memory(error);
    /* A line of a bodyfile is of a file's own times or of a name's. */
    bool untimed = line->type == RECORD_FILE && timeline->focus.limits.untimed &&
                   !(timeline->making && named);
    if (!record_passes(timeline, line))
        return 0;
    if (!any && !untimed)
        return timeline->making ? 0 : check_times(line, event, error);
    if (note_line(timeline, line, &number, error) != 0)
        return -1;
    if (event) /* it is as it should be, and stays */
        single[0] = timeline_stored(timeline, &single[0]);
    for (int i = 0; i < singles; i++)
        timeline_add_event(timeline, &single[i], 0, SOURCE_RECORD, (uint16_t)i, number, 0);
    int known = named && line->type == RECORD_FILE ? meet_names(timeline, line) : 0;
    if (known < 0)
        return error_set_memory(error);
    for (int i = SINGLE_TIMES; i < count - known; i++) {
        bool timed = timeline_add_times(timeline, &sets[i - SINGLE_TIMES],
                                        i == OWN_TIMES ? &deleted : &INSTANT_NONE, SOURCE_RECORD,
                                        (uint16_t)i, number, 0);
        if (untimed && i == OWN_TIMES && !timed)
            timeline_add_untimed(timeline, SOURCE_RECORD, OWN_TIMES, number, 0);
    }
    if (timeline->out_of_memory)
        return error_set_memory(error);
    return timeline->making ? 0 : check_times(line, event, error);
}

/* An event of the evidence by the right clock. */
static void correct_event(const struct timeline *timeline, struct record *record)
{
    const struct value *value = record_get(record, FIELD_DATETIME);

    if (!value || value->kind != VALUE_TIME)
        return;
    struct instant time = value->time, right = timeline_correct(timeline, &time);
    record_time(record, FIELD_DATETIME, &right);
    if (record->type == RECORD_EVENT)
        record_time(record, FIELD_DATETIME_CLOCK, &time);
}

int timeline_add_made(struct timeline *timeline, struct record *record, struct error *error)
{
    struct record_line line;
    struct buffer *text = &timeline->line;

    if ((record->type == RECORD_EVENT || record->type == RECORD_ANOMALY) &&
        timeline->focus.limits.clock != 0)
        correct_event(timeline, record);
    if (!timeline->reader && !(timeline->reader = record_reader_new(-1)))
        return error_set_memory(error);
    buffer_clear(text);
    record_add_json(text, record);
    if (text->failed)
        return error_set_memory(error);
    if (record_reader_take(timeline->reader, text->data, text->length - 1, &line, error) != 0)
        return -1;
    timeline->making = true;
    int result = timeline_add_record(timeline, &line, error);
    timeline->making = false;
    return result;
}

static const struct origin *origin_of(const struct timeline *timeline, const struct event *event)
{
    return &timeline->origins[timeline->noted[event->handle].origin];
}

const char *noted_source(const struct timeline *timeline, const struct event *event)
{
    const char *source = record_times[event->name].source;

    return source ? source : timeline->texts.data + origin_of(timeline, event)->source;
}

const char *noted_evidence(const struct timeline *timeline, const struct event *event)
{
    return origin_of(timeline, event)->evidence;
}

const char *noted_volume(const struct timeline *timeline, const struct event *event)
{
    return timeline->texts.data + origin_of(timeline, event)->volume;
}

static void add_member(struct buffer *buffer, struct record_line *line, const char *name,
                       const char *before)
{
    size_t size;
    const char *text = record_line_text(line, name, &size);

    if (!text)
        return;
    buffer_add_text(buffer, buffer->length > 0 ? before : "");
    buffer_add(buffer, text, size);
}

/* Data of a registry value that are no text: a number, or a list. */
static void add_data(struct buffer *buffer, const struct record *record)
{
    const struct value *data = record_get(record, FIELD_DATA);

    if (!data || (data->kind != VALUE_NUMBER && data->kind != VALUE_JSON))
        return;
    buffer_add_text(buffer, buffer->length > 0 ? ": " : "");
    if (data->kind == VALUE_NUMBER)
        buffer_add_number(buffer, data->number);
    else
        buffer_add(buffer, data->text, data->length);
}

/* What a record says: its key, and the first of these that it has. `record`: the line where
 * its type is known, else NULL. */
static void make_message(struct buffer *message, struct record_line *line,
                         const struct record *record)
{
    static const char *const members[] = { "message", "data", "value", "path", "reason" };

    add_member(message, line, "key", "");
    add_member(message, line, "name", "\\");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (record_line_has(line, members[i])) {
            add_member(message, line, members[i], ": ");
            break;
        }
    if (record && !record_line_has(line, "message"))
        add_data(message, record);
}

/* Before what a record says the program, whose time it is. */
static void put_target_before(struct buffer *message, struct record_line *line)
{
    struct buffer whole = BUFFER_INIT;

    add_member(&whole, line, "target.path", "");
    if (whole.length > 0) {
        buffer_add_text(&whole, " (");
        buffer_add(&whole, buffer_text(message), message->length);
        buffer_add_byte(&whole, ')');
        struct buffer old = *message;
        *message = whole;
        whole = old;
    }
    message->failed |= whole.failed;
    buffer_release(&whole);
}

int noted_read(struct timeline *timeline, const struct event *event, struct record_line *line,
               struct error *error)
{
    const struct noted *noted = &timeline->noted[event->handle];

    if (!timeline->reader && !(timeline->reader = record_reader_new(-1)))
        return error_set_memory(error);
    buffer_clear(&timeline->line);
    if (spool_get(&timeline->spool, noted->place, noted->length, &timeline->line, error) != 0)
        return -1;
    return record_reader_take(timeline->reader, buffer_text(&timeline->line), noted->length, line,
                              error);
}

bool noted_is_single(const struct event *event)
{
    return event->name <= KEY_TIME;
}

bool noted_is_name(const struct event *event)
{
    return event->name == NAME_TIMES;
}

static void copy_fields(struct record *record, const struct record *from,
                        const enum record_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct value *value = record_get(from, fields[i]);
        if (value)
            record_value(record, fields[i], value);
    }
}

/* The names are those of the file and not of its stream. */
static void set_file_path(struct record *record)
{
    const struct value *path = record_get(record, FIELD_PATH);

    if (!path || path->kind != VALUE_TEXT)
        return;
    size_t size = without_stream(path->text, path->length);
    record_text_n(record, FIELD_PATH, path->text, size);
    record_text_n(record, FIELD_MESSAGE, path->text, size);
}

/* A line of a bodyfile with " ($FILE_NAME)": its size is that of the name, not of the file. */
static bool is_name_of_body(const struct record *record)
{
    const struct value *mode = record_get(record, FIELD_MODE);

    return mode && mode->kind == VALUE_TEXT && memchr(mode->text, '/', mode->length) &&
           (record_get(record, FIELD_FN_BTIME) || record_get(record, FIELD_FN_MTIME) ||
            record_get(record, FIELD_FN_CTIME) || record_get(record, FIELD_FN_ATIME));
}

int noted_hand_out(struct timeline *timeline, const struct event *event, const char *reason,
                   timeline_sink sink, void *context, struct error *error)
{
    static const enum record_field kept[] = { FIELD_IMAGE, FIELD_VOLUME, FIELD_PATH, FIELD_INODE,
                                              FIELD_HOST,  FIELD_STATE,  FIELD_META,
                                              FIELD_PROGRAM, FIELD_ORIGIN, FIELD_USER };
    /* of the file that the record is about, and for the lines of fls */
    static const enum record_field of_file[] = { FIELD_SIZE, FIELD_FILE_TYPE, FIELD_MODE,
                                                 FIELD_UID,  FIELD_GID, FIELD_LINK_TARGET };
    struct record_line line;
    struct record from, record;
    struct buffer message = BUFFER_INIT;
    size_t unknown;

    if (noted_read(timeline, event, &line, error) != 0)
        return -1;
    bool known = record_line_to_record(&line, &from, &unknown) == 0;
    if (known && (from.type == RECORD_EVENT || from.type == RECORD_ANOMALY)) {
        if (*reason)
            record_text(&from, FIELD_REASON, reason);
        return sink(context, &from);
    }
    record_begin(&record, RECORD_EVENT);
    timeline_set_time(timeline, &record, event);
    if (*reason)
        record_text(&record, FIELD_REASON, reason);
    timeline_set_letters(&record, event->what);
    if (record_times[event->name].description)
        record_text(&record, FIELD_TIMESTAMP_DESC, record_times[event->name].description);
    record_text(&record, FIELD_SOURCE, noted_source(timeline, event));
    if (known)
        copy_fields(&record, &from, kept, sizeof kept / sizeof *kept);
    if (known && from.type == RECORD_FILE && timeline->order != TIMELINE_TIMES)
        copy_fields(&record, &from, of_file, sizeof of_file / sizeof *of_file);
    else if (known && from.type == RECORD_FILE && !is_name_of_body(&from))
        copy_fields(&record, &from, of_file, 1);
    make_message(&message, &line, known ? &from : NULL);
    if (strncmp(record_times[event->name].name, "target.", 7) == 0)
        put_target_before(&message, &line);
    record_text_n(&record, FIELD_MESSAGE, buffer_text(&message), message.length);
    if (event->name == NAME_TIMES)
        set_file_path(&record);
    int result = message.failed ? error_set_memory(error) : sink(context, &record);
    buffer_release(&message);
    return result;
}
