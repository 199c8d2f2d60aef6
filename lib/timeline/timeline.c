/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline: see timeline.h. All events are gathered, then the focus is applied:
 * what lies around a file is known only when the file was met.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/text.h>
#include <fett/timeline.h>

enum { SOURCE_FN, SOURCE_FS, SOURCE_RECORD, SOURCE_SI }; /* in the order of their names */

enum { BORN = 1, MODIFIED = 2, CHANGED = 4, ACCESSED = 8 };

/* name of an event that is not about a $FILE_NAME */
enum { NO_NAME = 0xffff };

struct event {
    int64_t seconds;
    uint32_t nanoseconds;
    uint32_t source_tree;  /* in sources; of records: in texts of messages */
    uint64_t handle;       /* of records: place of the line in texts */
    uint16_t name;         /* which of the file's names, or NO_NAME */
    uint8_t source;
    uint8_t what;          /* letters */
    uint8_t precision;
    uint8_t state;         /* enum instant_state */
};

struct source {
    struct tree *tree;
    const char *image, *volume;
    bool ntfs;
};

struct around {
    char *what;
    int64_t span;
    bool found;
    struct instant time; /* INSTANT_ABSENT: a file */
};

/* A stretch of time that is shown, and why. */
struct window {
    int64_t first, last; /* seconds; nanoseconds do not matter at the ends of a span */
    struct instant centre;
    size_t reason;       /* in texts */
};

struct timeline {
    struct timeline_focus focus;
    struct around *arounds;
    size_t around_count, around_capacity;
    struct window *windows;
    size_t window_count, window_capacity;
    struct source *sources;
    size_t source_count, source_capacity;
    struct event *events;
    size_t count, capacity;
    struct buffer texts; /* reasons; members of records */
    uint32_t current;    /* source that is being walked */
    uint64_t last_number; /* inode of the file met last, plus 1 */
    bool out_of_memory;
};

struct timeline *timeline_new(const struct timeline_focus *focus)
{
    struct timeline *timeline = calloc(1, sizeof *timeline);

    if (timeline)
        timeline->focus = *focus;
    return timeline;
}

void timeline_free(struct timeline *timeline)
{
    if (!timeline)
        return;
    for (size_t i = 0; i < timeline->around_count; i++)
        free(timeline->arounds[i].what);
    free(timeline->arounds);
    free(timeline->windows);
    free(timeline->sources);
    free(timeline->events);
    buffer_release(&timeline->texts);
    free(timeline);
}

static int add_window(struct timeline *timeline, const struct instant *centre, int64_t span,
                      const char *why, const char *what, size_t size)
{
    int64_t length = (int64_t)(instant_span(centre) / 1000000000);

    if (centre->state == INSTANT_ABSENT || centre->state == INSTANT_RAW)
        return 0;
    if (memory_grow((void **)&timeline->windows, &timeline->window_capacity,
                    timeline->window_count + 1, sizeof *timeline->windows) != 0)
        return -1;
    timeline->windows[timeline->window_count++] = (struct window){
        centre->seconds - span, centre->seconds + length + span, *centre, timeline->texts.length
    };
    buffer_add_text(&timeline->texts, why);
    buffer_add(&timeline->texts, what, size);
    buffer_add_byte(&timeline->texts, '\0');
    return timeline->texts.failed ? -1 : 0;
}

int timeline_add_around(struct timeline *timeline, const char *what, int64_t span,
                        struct error *error)
{
    struct around around = { .span = span };

    if (span < 0)
        return error_set(error, ERROR_USAGE, "a span is not negative");
    around.what = strdup(what);
    if (!around.what || memory_grow((void **)&timeline->arounds, &timeline->around_capacity,
                                    timeline->around_count + 1, sizeof *timeline->arounds) != 0) {
        free(around.what);
        return error_set_memory(error);
    }
    around.found = instant_parse(&around.time, what, strlen(what)) == 0;
    if (!around.found)
        around.time = INSTANT_NONE;
    timeline->arounds[timeline->around_count++] = around;
    return around.found && add_window(timeline, &around.time, span, "", what, strlen(what)) != 0
               ? error_set_memory(error)
               : 0;
}

const char *timeline_around_missing(const struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->around_count; i++)
        if (!timeline->arounds[i].found)
            return timeline->arounds[i].what;
    return NULL;
}

static struct instant event_time(const struct event *event)
{
    return (struct instant){ event->seconds, event->nanoseconds, event->precision, event->state,
                             0 };
}

static void add_event(struct timeline *timeline, const struct instant *time, uint8_t what,
                      uint8_t source, uint16_t name, uint64_t handle, uint32_t tree)
{
    if (time->state == INSTANT_ABSENT || time->state == INSTANT_RAW)
        return;
    if (memory_grow((void **)&timeline->events, &timeline->capacity, timeline->count + 1,
                    sizeof *timeline->events) != 0) {
        timeline->out_of_memory = true;
        return;
    }
    timeline->events[timeline->count++] = (struct event){
        .seconds = time->seconds,
        .nanoseconds = time->nanoseconds,
        .source_tree = tree,
        .handle = handle,
        .name = name,
        .source = source,
        .what = what,
        .precision = time->precision,
        .state = time->state,
    };
}

/* One event for each distinct time of the four. */
static void add_times(struct timeline *timeline, const struct file_times *times, uint8_t source,
                      uint16_t name, uint64_t handle)
{
    const struct instant *each[4] = { &times->born, &times->modified, &times->changed,
                                      &times->accessed };

    for (int i = 0; i < 4; i++) {
        uint8_t what = (uint8_t)(1 << i);
        bool before = false;
        for (int k = 0; k < 4; k++) {
            if (each[k]->state != each[i]->state || instant_compare(each[k], each[i]) != 0)
                continue;
            before |= k < i;
            what |= (uint8_t)(1 << k);
        }
        if (!before)
            add_event(timeline, each[i], what, source, name, handle, timeline->current);
    }
}

static int note_around(struct timeline *timeline, const struct file *file)
{
    for (size_t i = 0; i < timeline->around_count; i++) {
        struct around *around = &timeline->arounds[i];
        size_t length = strlen(around->what);
        if (around->time.state != INSTANT_ABSENT)
            continue;
        bool same = around->what[0] == '/'
                        ? text_compare_nocase(file->path, file->path_length, around->what,
                                              length) == 0
                        : text_compare_nocase(file->name, file->name_length, around->what,
                                              length) == 0;
        if (!same)
            continue;
        around->found = true;
        if (add_window(timeline, &file->times.born, around->span, "birth of ", file->path,
                       file->path_length) != 0)
            return -1;
        for (size_t k = 0; k < file->name_count; k++)
            if (add_window(timeline, &file->names[k].times.born, around->span,
                           "birth in $FILE_NAME of ", file->names[k].path,
                           file->names[k].path_length) != 0)
                return -1;
    }
    return 0;
}

static bool path_passes(const struct timeline *timeline, const char *path, size_t length)
{
    return !timeline->focus.path || text_glob(timeline->focus.path, path, length);
}

static int add_file(void *context, const struct file *file)
{
    struct timeline *timeline = context;
    bool ntfs = timeline->sources[timeline->current].ntfs;

    if (note_around(timeline, file) != 0) {
        timeline->out_of_memory = true;
        return -1;
    }
    if (path_passes(timeline, file->path, file->path_length))
        add_times(timeline, &file->times, ntfs ? SOURCE_SI : SOURCE_FS, NO_NAME, file->handle);
    /* The names belong to the file, not to each of its streams, which come one
     * behind the other; a file may have named ones only. */
    unsigned long long number = strtoull(file->inode, NULL, 10) + 1;
    bool known = number == timeline->last_number;
    timeline->last_number = number;
    for (size_t i = 0; !known && i < file->name_count && i < NO_NAME; i++)
        if (path_passes(timeline, file->names[i].path, file->names[i].path_length))
            add_times(timeline, &file->names[i].times, SOURCE_FN, (uint16_t)i, file->handle);
    return timeline->out_of_memory ? -1 : 0;
}

int timeline_add_tree(struct timeline *timeline, struct tree *tree, const char *image,
                      const char *volume, bool ntfs, struct error *error)
{
    if (memory_grow((void **)&timeline->sources, &timeline->source_capacity,
                    timeline->source_count + 1, sizeof *timeline->sources) != 0)
        return error_set_memory(error);
    timeline->current = (uint32_t)timeline->source_count;
    timeline->last_number = 0;
    timeline->sources[timeline->source_count++] = (struct source){ tree, image, volume, ntfs };
    int result = tree_walk(tree, add_file, timeline, error);
    return timeline->out_of_memory ? error_set_memory(error) : result;
}

/* The members of a record that say where it is from, each with its NUL. */
static const char *const kept[] = { "image", "volume", "path", "inode", "state", "type" };

enum { KEPT_COUNT = sizeof kept / sizeof *kept, MESSAGE_COUNT = 3 };

int timeline_add_record(struct timeline *timeline, struct record_line *line,
                        struct error *error)
{
    static const char *const messages[MESSAGE_COUNT] = { "message", "data", "value" };
    static const struct {
        const char *name;
        uint8_t what;
    } times[] = {
        { "datetime", 0 },          { "btime", BORN },           { "mtime", MODIFIED },
        { "ctime", CHANGED },       { "atime", ACCESSED },       { "key_last_write", MODIFIED },
        { "target.btime", BORN },   { "target.mtime", MODIFIED }, { "first_seen", 0 },
    };
    size_t place = timeline->texts.length, size;

    for (int i = 0; i < KEPT_COUNT; i++) {
        const char *text = record_line_text(line, kept[i], &size);
        buffer_add(&timeline->texts, text ? text : "", text ? size : 0);
        buffer_add_byte(&timeline->texts, '\0');
    }
    const char *key = record_line_text(line, "key", &size);
    if (key) {
        buffer_add(&timeline->texts, key, size);
        const char *name = record_line_text(line, "name", &size);
        if (name) {
            buffer_add_byte(&timeline->texts, '\\');
            buffer_add(&timeline->texts, name, size);
        }
        buffer_add_text(&timeline->texts, ": ");
    }
    for (int i = 0; i < MESSAGE_COUNT; i++) {
        const char *text = record_line_text(line, messages[i], &size);
        if (!text)
            continue;
        buffer_add(&timeline->texts, text, size);
        break;
    }
    buffer_add_byte(&timeline->texts, '\0');
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct instant instant;
        if (record_line_time(line, times[i].name, &instant) == 0)
            add_event(timeline, &instant, times[i].what, SOURCE_RECORD, (uint16_t)i, place,
                      UINT32_MAX);
    }
    return timeline->out_of_memory || timeline->texts.failed ? error_set_memory(error) : 0;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

/* qsort has no context: events carry all but the names of their source, so the
 * sources are put in order first and compared by number. */
static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    if (x->nanoseconds != y->nanoseconds)
        return x->nanoseconds < y->nanoseconds ? -1 : 1;
    if (x->precision != y->precision)
        return x->precision < y->precision ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->source_tree != y->source_tree)
        return x->source_tree < y->source_tree ? -1 : 1;
    if (x->handle != y->handle)
        return x->handle < y->handle ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

/* Number the sources in the order of image and volume. */
static int order_sources(struct timeline *timeline, uint32_t **order)
{
    size_t count = timeline->source_count;

    *order = malloc((count + 1) * sizeof **order);
    if (!*order)
        return -1;
    for (size_t i = 0; i < count; i++) {
        uint32_t place = 0;
        for (size_t k = 0; k < count; k++) {
            int image = compare_texts(timeline->sources[k].image, timeline->sources[i].image);
            int volume = compare_texts(timeline->sources[k].volume, timeline->sources[i].volume);
            place += image < 0 || (image == 0 && (volume < 0 || (volume == 0 && k < i)));
        }
        (*order)[place] = (uint32_t)i;
    }
    for (size_t e = 0; e < timeline->count; e++) {
        struct event *event = &timeline->events[e];
        for (size_t i = 0; event->source != SOURCE_RECORD && i < count; i++)
            if ((*order)[i] == event->source_tree) {
                event->source_tree = (uint32_t)i;
                break;
            }
    }
    return 0;
}

/* Why an event is shown; NULL: it is not. */
static const char *reason_of(const struct timeline *timeline, const struct event *event,
                             char text[ERROR_TEXT_SIZE])
{
    const struct timeline_focus *focus = &timeline->focus;
    struct instant time = event_time(event);
    int64_t last = event->seconds + (int64_t)(instant_span(&time) / 1000000000);

    text[0] = '\0';
    if (focus->after.state != INSTANT_ABSENT &&
        (last < focus->after.seconds ||
         (last == focus->after.seconds && instant_span(&time) == 0 &&
          event->nanoseconds < focus->after.nanoseconds)))
        return NULL;
    if (focus->before.state != INSTANT_ABSENT &&
        (event->seconds > focus->before.seconds ||
         (event->seconds == focus->before.seconds &&
          event->nanoseconds > focus->before.nanoseconds)))
        return NULL;
    if (timeline->around_count == 0)
        return text;

    const struct window *nearest = NULL;
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < timeline->window_count; i++) {
        const struct window *window = &timeline->windows[i];
        if (last < window->first || event->seconds > window->last)
            continue;
        int64_t distance = event->seconds - window->centre.seconds;
        uint64_t away = (uint64_t)(distance < 0 ? -distance : distance);
        if (away < least) {
            least = away;
            nearest = window;
        }
    }
    if (!nearest)
        return NULL;
    snprintf(text, ERROR_TEXT_SIZE, "%llu s %s %s", (unsigned long long)least,
             event->seconds < nearest->centre.seconds ? "before" : "after",
             timeline->texts.data + nearest->reason);
    return text;
}

static void set_letters(struct record *record, uint8_t what, char macb[5], char desc[64])
{
    static const struct {
        uint8_t bit;
        const char *text;
    } words[] = { { BORN, "born" },
                  { MODIFIED, "modified" },
                  { CHANGED, "metadata changed" },
                  { ACCESSED, "accessed" } };
    char *at = desc;

    if (what == 0)
        return;
    macb[0] = what & MODIFIED ? 'm' : '.';
    macb[1] = what & ACCESSED ? 'a' : '.';
    macb[2] = what & CHANGED ? 'c' : '.';
    macb[3] = what & BORN ? 'b' : '.';
    macb[4] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (what & words[i].bit)
            at += sprintf(at, "%s%s", at == desc ? "" : "; ", words[i].text);
    record_text(record, FIELD_TIMESTAMP_DESC, desc);
    record_text(record, FIELD_MACB, macb);
}

/* A record's event: its members were kept one behind the other. */
static void fill_from_record(struct timeline *timeline, const struct event *event,
                             struct record *record)
{
    static const enum record_field fields[] = { FIELD_IMAGE, FIELD_VOLUME, FIELD_PATH,
                                                FIELD_INODE, FIELD_STATE,  FIELD_SOURCE };
    static const char *const what[] = { "",         "born",           "modified",
                                        "metadata changed", "accessed", "key last written",
                                        "program born", "program modified", "first seen" };
    const char *text = timeline->texts.data + event->handle;

    for (size_t i = 0; i < KEPT_COUNT; i++) {
        if (*text)
            record_text(record, fields[i], text);
        text += strlen(text) + 1;
    }
    record_text(record, FIELD_MESSAGE, text);
    if (*what[event->name])
        record_text(record, FIELD_TIMESTAMP_DESC, what[event->name]);
}

static int hand_out(struct timeline *timeline, const struct event *event, const char *reason,
                    timeline_sink sink, void *context, struct error *error)
{
    struct record record;
    struct file file;
    struct instant time = event_time(event);
    char macb[5], desc[64];

    record_begin(&record, RECORD_EVENT);
    record_time(&record, FIELD_DATETIME, &time);
    if (*reason)
        record_text(&record, FIELD_REASON, reason);
    set_letters(&record, event->what, macb, desc);
    if (event->source == SOURCE_RECORD) {
        fill_from_record(timeline, event, &record);
        return sink(context, &record);
    }
    const struct source *source = &timeline->sources[event->source_tree];
    if (tree_file(source->tree, event->handle, &file, error) != 0)
        return -1;
    record_text(&record, FIELD_IMAGE, source->image);
    record_text(&record, FIELD_VOLUME, source->volume);
    record_file_reference(&record, &file);
    if (file.sized)
        record_number(&record, FIELD_SIZE, file.size);
    record_text(&record, FIELD_SOURCE,
                event->source == SOURCE_FN   ? "fn"
                : event->source == SOURCE_SI ? "si"
                                             : "fs");
    if (event->name != NO_NAME && event->name < file.name_count) {
        const struct file_name *name = &file.names[event->name];
        record_text_n(&record, FIELD_PATH, name->path, name->path_length);
        record_text_n(&record, FIELD_MESSAGE, name->path, name->path_length);
        record_number(&record, FIELD_NAME_ID, name->id);
    } else {
        record_text_n(&record, FIELD_MESSAGE, file.path, file.path_length);
    }
    return sink(context, &record);
}

int timeline_each(struct timeline *timeline, timeline_sink sink, void *context,
                  struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    uint32_t *order = NULL;
    int result = 0;

    if (order_sources(timeline, &order) != 0)
        return error_set_memory(error);
    if (timeline->count > 0)
        qsort(timeline->events, timeline->count, sizeof *timeline->events, compare_events);
    for (size_t i = 0; i < timeline->count && result == 0; i++) {
        struct event event = timeline->events[i];
        const char *reason = reason_of(timeline, &event, text);
        if (!reason)
            continue;
        if (event.source != SOURCE_RECORD)
            event.source_tree = order[event.source_tree];
        result = hand_out(timeline, &event, reason, sink, context, error);
    }
    free(order);
    return result;
}
