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

enum { SOURCE_FN, SOURCE_FS, SOURCE_SI, SOURCE_RECORD };

enum { BORN = 1, MODIFIED = 2, CHANGED = 4, ACCESSED = 8 };

/* name of an event that is not about a $FILE_NAME */
enum { NO_NAME = 0xffff };

struct event {
    int64_t seconds;
    uint32_t nanoseconds;
    uint32_t source_tree;  /* in sources; not of records */
    uint64_t handle;       /* of records: in noted */
    uint16_t name;         /* which of the file's names, or NO_NAME; of records: of its times */
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

/* A record that came in. All are places in texts, NUL-terminated. */
struct noted {
    size_t line, length; /* as it came */
    size_t source, image, volume;
};

struct around {
    char *what;
    int64_t span;
    bool found;
    struct instant time; /* INSTANT_ABSENT: a file */
};

/* A stretch of time that is shown, and why. */
struct window {
    struct instant centre;
    int64_t span;        /* seconds, to both sides */
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
    struct noted *noted;
    size_t noted_count, noted_capacity;
    struct record_reader *reader; /* parses them again */
    struct buffer texts; /* reasons; records */
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
    free(timeline->noted);
    record_reader_free(timeline->reader);
    buffer_release(&timeline->texts);
    free(timeline);
}

static int add_window(struct timeline *timeline, const struct instant *centre, int64_t span,
                      const char *why, const char *what, size_t size)
{
    if (centre->state == INSTANT_ABSENT || centre->state == INSTANT_RAW)
        return 0;
    if (memory_grow((void **)&timeline->windows, &timeline->window_capacity,
                    timeline->window_count + 1, sizeof *timeline->windows) != 0)
        return -1;
    timeline->windows[timeline->window_count++] =
        (struct window){ *centre, span, timeline->texts.length };
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
                      uint16_t name, uint64_t handle, uint32_t tree)
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
            add_event(timeline, each[i], what, source, name, handle, tree);
    }
}

/* Whether a path is the /path that is meant, or ends in the name. A stream is
 * meant by its own name or by that of its file. */
static bool is_meant(const char *what, const char *path, size_t path_length, size_t stream_length)
{
    size_t length = strlen(what), whole = path_length + (stream_length ? stream_length + 1 : 0);
    const char *begin = path;

    if (what[0] != '/') {
        const char *slash = memrchr(path, '/', path_length);
        begin = slash ? slash + 1 : path;
    }
    size_t before = (size_t)(begin - path);
    return text_compare_nocase(begin, path_length - before, what, length) == 0 ||
           (stream_length && text_compare_nocase(begin, whole - before, what, length) == 0);
}

/* The path of a file without its stream. */
static size_t main_length(const struct file *file)
{
    return file->path_length - (file->stream ? file->stream_length + 1 : 0);
}

static bool is_file_meant(const char *what, const struct file *file)
{
    if (is_meant(what, file->path, main_length(file), file->stream_length))
        return true;
    for (size_t i = 1; i < file->name_count; i++)
        if (is_meant(what, file->names[i].path, file->names[i].path_length, 0))
            return true;
    return false;
}

static int note_around(struct timeline *timeline, const struct file *file)
{
    for (size_t i = 0; i < timeline->around_count; i++) {
        struct around *around = &timeline->arounds[i];
        if (around->time.state != INSTANT_ABSENT || !is_file_meant(around->what, file))
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

/* The file's own times are shown if one of its names passes. */
static bool file_passes(const struct timeline *timeline, const struct file *file)
{
    if (path_passes(timeline, file->path, file->path_length))
        return true;
    for (size_t i = 1; i < file->name_count; i++)
        if (path_passes(timeline, file->names[i].path, file->names[i].path_length))
            return true;
    return false;
}

static int add_file(void *context, const struct file *file)
{
    struct timeline *timeline = context;
    bool ntfs = timeline->sources[timeline->current].ntfs;

    if (note_around(timeline, file) != 0) {
        timeline->out_of_memory = true;
        return -1;
    }
    if (file_passes(timeline, file))
        add_times(timeline, &file->times, ntfs ? SOURCE_SI : SOURCE_FS, NO_NAME, file->handle,
                  timeline->current);
    /* The names belong to the file, not to each of its streams, which come one
     * behind the other; a file may have named ones only. */
    unsigned long long number = strtoull(file->inode, NULL, 10) + 1;
    bool known = number == timeline->last_number;
    timeline->last_number = number;
    for (size_t i = 0; !known && i < file->name_count && i < NO_NAME; i++)
        if (path_passes(timeline, file->names[i].path, file->names[i].path_length))
            add_times(timeline, &file->names[i].times, SOURCE_FN, (uint16_t)i, file->handle,
                      timeline->current);
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

/* The times of records. An event has one. `source` NULL: that of the record. */
static const struct {
    const char *name, *description, *source;
} record_times[] = {
    { "datetime", NULL, NULL },
    { "key_last_write", "key last written", "reg" },
    { "target.btime", "program born", NULL },
    { "target.mtime", "program modified", NULL },
    { "first_seen", "first seen", NULL },
    /* sets of four, whose equal ones are one event */
    { "", NULL, NULL },
    { "fn_", NULL, "fn" },
};

enum { SINGLE_TIMES = 5, RECORD_TIME_COUNT = sizeof record_times / sizeof *record_times };

static size_t note_text(struct timeline *timeline, const char *text, size_t size)
{
    size_t place = timeline->texts.length;

    buffer_add(&timeline->texts, text ? text : "", text ? size : 0);
    buffer_add_byte(&timeline->texts, '\0');
    return place;
}

static size_t note_member(struct timeline *timeline, struct record_line *line, const char *name)
{
    size_t size = 0;
    const char *text = record_line_text(line, name, &size);

    return note_text(timeline, text, size);
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
static size_t note_source(struct timeline *timeline, struct record_line *line)
{
    if (line->type == RECORD_EVENT)
        return note_member(timeline, line, "source");
    if (line->type != RECORD_FILE)
        return note_member(timeline, line, "type");
    return note_text(timeline, record_line_has(line, "seq") ? "si" : "fs", 2);
}

int timeline_add_record(struct timeline *timeline, struct record_line *line,
                        struct error *error)
{
    struct instant single[SINGLE_TIMES];
    struct file_times sets[RECORD_TIME_COUNT - SINGLE_TIMES];
    bool any = false, event = line->type == RECORD_EVENT;

    for (int i = 0; i < SINGLE_TIMES; i++) {
        single[i] = INSTANT_NONE;
        any |= record_line_time(line, record_times[i].name, &single[i]) == 0;
    }
    for (int i = SINGLE_TIMES; i < RECORD_TIME_COUNT; i++)
        any |= get_times(line, record_times[i].name, &sets[i - SINGLE_TIMES]);
    if (!any)
        return 0;
    if (memory_grow((void **)&timeline->noted, &timeline->noted_capacity,
                    timeline->noted_count + 1, sizeof *timeline->noted) != 0)
        return error_set_memory(error);
    uint64_t number = timeline->noted_count++;
    timeline->noted[number] = (struct noted){
        .line = note_text(timeline, line->text, line->length),
        .length = line->length,
        .source = note_source(timeline, line),
        .image = note_member(timeline, line, "image"),
        .volume = note_member(timeline, line, "volume"),
    };
    for (int i = 0; i < (event ? 1 : SINGLE_TIMES); i++)
        add_event(timeline, &single[i], 0, SOURCE_RECORD, (uint16_t)i, number, 0);
    for (int i = SINGLE_TIMES; !event && i < RECORD_TIME_COUNT; i++)
        add_times(timeline, &sets[i - SINGLE_TIMES], SOURCE_RECORD, (uint16_t)i, number, 0);
    return timeline->out_of_memory || timeline->texts.failed ? error_set_memory(error) : 0;
}

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static const char *source_of(const struct timeline *timeline, const struct event *event)
{
    static const char *const names[] = { "fn", "fs", "si" };

    if (event->source != SOURCE_RECORD)
        return names[event->source];
    if (record_times[event->name].source)
        return record_times[event->name].source;
    return timeline->texts.data + timeline->noted[event->handle].source;
}

static const char *image_of(const struct timeline *timeline, const struct event *event)
{
    return event->source == SOURCE_RECORD
               ? timeline->texts.data + timeline->noted[event->handle].image
               : timeline->sources[event->source_tree].image;
}

static const char *volume_of(const struct timeline *timeline, const struct event *event)
{
    return event->source == SOURCE_RECORD
               ? timeline->texts.data + timeline->noted[event->handle].volume
               : timeline->sources[event->source_tree].volume;
}

/* Of equal times a date alone is the shortest text, then one without Z: in this
 * order the texts are sorted too. */
static int text_rank(const struct event *event)
{
    return event->precision == PRECISION_DAY ? 0 : event->state == INSTANT_LOCAL ? 1 : 2;
}

static int compare_events(const void *a, const void *b, void *context)
{
    const struct event *x = a, *y = b;
    const struct timeline *timeline = context;
    int order = 0;

    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    if (x->nanoseconds != y->nanoseconds)
        return x->nanoseconds < y->nanoseconds ? -1 : 1;
    if (text_rank(x) != text_rank(y))
        return text_rank(x) < text_rank(y) ? -1 : 1;
    if (x->source != y->source || x->source == SOURCE_RECORD)
        order = compare_texts(source_of(timeline, x), source_of(timeline, y));
    if (order == 0 && (x->source_tree != y->source_tree || x->source == SOURCE_RECORD ||
                       y->source == SOURCE_RECORD)) {
        order = compare_texts(image_of(timeline, x), image_of(timeline, y));
        if (order == 0)
            order = compare_texts(volume_of(timeline, x), volume_of(timeline, y));
    }
    if (order != 0)
        return order;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    if (x->handle != y->handle)
        return x->handle < y->handle ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

/* Nanoseconds since 1970: 64 bits would end in the year 2262. */
static __int128 nanoseconds_of(int64_t seconds, uint32_t nanoseconds)
{
    return (__int128)seconds * 1000000000 + nanoseconds;
}

static __int128 nanoseconds_at(const struct instant *instant)
{
    return nanoseconds_of(instant->seconds, instant->nanoseconds);
}

/* The nearest window that a time [first, last] is in; NULL: none. A time that is
 * not exact is in a window when some of it is. */
static const struct window *find_window(const struct timeline *timeline, __int128 first,
                                        __int128 last, __int128 *away)
{
    const struct window *nearest = NULL;

    for (size_t i = 0; i < timeline->window_count; i++) {
        const struct window *window = &timeline->windows[i];
        __int128 centre = nanoseconds_at(&window->centre);
        __int128 centre_end = centre + instant_span(&window->centre);
        __int128 span = nanoseconds_of(window->span, 0);
        if (last < centre - span || first > centre_end + span)
            continue;
        __int128 distance = first < centre ? centre - first : first - centre;
        if (!nearest || distance < *away) {
            *away = distance;
            nearest = window;
        }
    }
    return nearest;
}

/* Why an event is shown; NULL: it is not. */
static const char *reason_of(const struct timeline *timeline, const struct event *event,
                             char text[ERROR_TEXT_SIZE])
{
    const struct timeline_focus *focus = &timeline->focus;
    struct instant time = event_time(event);
    __int128 first = nanoseconds_at(&time), last = first + instant_span(&time), away = 0;

    text[0] = '\0';
    if (focus->after.state != INSTANT_ABSENT && last < nanoseconds_at(&focus->after))
        return NULL;
    if (focus->before.state != INSTANT_ABSENT && first > nanoseconds_at(&focus->before))
        return NULL;
    if (timeline->around_count == 0)
        return text;
    const struct window *window = find_window(timeline, first, last, &away);
    if (!window)
        return NULL;
    snprintf(text, ERROR_TEXT_SIZE, "%llu s %s %s", (unsigned long long)(away / 1000000000),
             first < nanoseconds_at(&window->centre) ? "before" : "after",
             timeline->texts.data + window->reason);
    return text;
}

/* By the bits of BORN, MODIFIED, CHANGED, ACCESSED. */
static void set_letters(struct record *record, uint8_t what)
{
    static const struct {
        const char *macb, *description;
    } texts[16] = {
        { "....", "" },
        { "...b", "born" },
        { "m...", "modified" },
        { "m..b", "born; modified" },
        { "..c.", "metadata changed" },
        { "..cb", "born; metadata changed" },
        { "m.c.", "modified; metadata changed" },
        { "m.cb", "born; modified; metadata changed" },
        { ".a..", "accessed" },
        { ".a.b", "born; accessed" },
        { "ma..", "modified; accessed" },
        { "ma.b", "born; modified; accessed" },
        { ".ac.", "metadata changed; accessed" },
        { ".acb", "born; metadata changed; accessed" },
        { "mac.", "modified; metadata changed; accessed" },
        { "macb", "born; modified; metadata changed; accessed" },
    };

    if (what == 0)
        return;
    record_text(record, FIELD_TIMESTAMP_DESC, texts[what].description);
    record_text(record, FIELD_MACB, texts[what].macb);
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

/* What a record says: its key, and the first of these that it has. */
static void make_message(struct buffer *message, struct record_line *line)
{
    static const char *const members[] = { "message", "data", "value", "path", "reason" };

    add_member(message, line, "key", "");
    add_member(message, line, "name", "\\");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (record_line_has(line, members[i])) {
            add_member(message, line, members[i], ": ");
            break;
        }
}

/* An event record is handed out as it came, another one is made an event of. */
static int hand_out_record(struct timeline *timeline, const struct event *event,
                           const char *reason, timeline_sink sink, void *context,
                           struct error *error)
{
    static const enum record_field kept[] = { FIELD_IMAGE, FIELD_VOLUME, FIELD_PATH, FIELD_INODE,
                                              FIELD_HOST,  FIELD_STATE,  FIELD_META,
                                              FIELD_SIZE };
    const struct noted *noted = &timeline->noted[event->handle];
    const char *text = timeline->texts.data + noted->line;
    struct record_line line;
    struct record from, record;
    struct buffer message = BUFFER_INIT;
    struct instant time = event_time(event);
    size_t unknown;

    if (!timeline->reader && !(timeline->reader = record_reader_new(-1)))
        return error_set_memory(error);
    if (record_reader_parse(timeline->reader, text, noted->length, &line, error) != 1)
        return -1;
    bool known = record_line_to_record(&line, &from, &unknown) == 0;
    if (known && from.type == RECORD_EVENT) {
        if (*reason)
            record_text(&from, FIELD_REASON, reason);
        return sink(context, &from);
    }
    record_begin(&record, RECORD_EVENT);
    record_time(&record, FIELD_DATETIME, &time);
    if (*reason)
        record_text(&record, FIELD_REASON, reason);
    set_letters(&record, event->what);
    if (record_times[event->name].description)
        record_text(&record, FIELD_TIMESTAMP_DESC, record_times[event->name].description);
    record_text(&record, FIELD_SOURCE, source_of(timeline, event));
    for (size_t i = 0; known && i < sizeof kept / sizeof *kept; i++) {
        const struct value *value = record_get(&from, kept[i]);
        if (value && (kept[i] != FIELD_SIZE || from.type == RECORD_FILE))
            record_value(&record, kept[i], value);
    }
    make_message(&message, &line);
    record_text_n(&record, FIELD_MESSAGE, buffer_text(&message), message.length);
    int result = message.failed ? error_set_memory(error) : sink(context, &record);
    buffer_release(&message);
    return result;
}

static int hand_out(struct timeline *timeline, const struct event *event, const char *reason,
                    timeline_sink sink, void *context, struct error *error)
{
    struct record record;
    struct file file;
    struct instant time = event_time(event);

    if (event->source == SOURCE_RECORD)
        return hand_out_record(timeline, event, reason, sink, context, error);
    const struct source *source = &timeline->sources[event->source_tree];
    if (tree_file(source->tree, event->handle, &file, error) != 0)
        return -1;
    record_begin(&record, RECORD_EVENT);
    record_time(&record, FIELD_DATETIME, &time);
    if (*reason)
        record_text(&record, FIELD_REASON, reason);
    set_letters(&record, event->what);
    record_text(&record, FIELD_IMAGE, source->image);
    record_text(&record, FIELD_VOLUME, source->volume);
    record_file_reference(&record, &file);
    if (file.sized)
        record_number(&record, FIELD_SIZE, file.size);
    record_text(&record, FIELD_SOURCE, source_of(timeline, event));
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

/* Events are sorted in runs, which are merged while they are handed out: sorting
 * all at once would take as much memory again. */
enum { RUN_EVENTS = 65536 };

struct run {
    const struct event *at, *end;
};

/* Let the run at `place` of the heap sink to where it belongs. */
static void sink_run(struct timeline *timeline, struct run *heap, size_t count, size_t place)
{
    for (size_t child; (child = 2 * place + 1) < count; place = child) {
        if (child + 1 < count && compare_events(heap[child + 1].at, heap[child].at, timeline) < 0)
            child++;
        if (compare_events(heap[place].at, heap[child].at, timeline) <= 0)
            break;
        struct run other = heap[place];
        heap[place] = heap[child];
        heap[child] = other;
    }
}

static int sort_runs(struct timeline *timeline, struct run **heap, size_t *count)
{
    *count = (timeline->count + RUN_EVENTS - 1) / RUN_EVENTS;
    *heap = malloc((*count + 1) * sizeof **heap);
    if (!*heap)
        return -1;
    for (size_t i = 0; i < *count; i++) {
        struct event *first = timeline->events + i * RUN_EVENTS;
        size_t left = timeline->count - i * RUN_EVENTS;
        size_t length = left < RUN_EVENTS ? left : RUN_EVENTS;
        qsort_r(first, length, sizeof *first, compare_events, timeline);
        (*heap)[i] = (struct run){ first, first + length };
    }
    for (size_t i = *count / 2; i > 0; i--)
        sink_run(timeline, *heap, *count, i - 1);
    return 0;
}

int timeline_each(struct timeline *timeline, timeline_sink sink, void *context,
                  struct error *error)
{
    char text[ERROR_TEXT_SIZE];
    struct run *heap;
    size_t count;
    int result = 0;

    if (sort_runs(timeline, &heap, &count) != 0)
        return error_set_memory(error);
    while (count > 0 && result == 0) {
        const struct event *event = heap[0].at++;
        const char *reason = reason_of(timeline, event, text);
        if (reason)
            result = hand_out(timeline, event, reason, sink, context, error);
        if (heap[0].at == heap[0].end)
            heap[0] = heap[--count];
        sink_run(timeline, heap, count, 0);
    }
    free(heap);
    return result;
}
