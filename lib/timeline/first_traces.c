/* SPDX-License-Identifier: Apache-2.0 */

/*
 * first_traces: of all events those that can be a link of the chain. A file comes once,
 * by the earliest birth of its $FILE_NAMEs, which programs do not set, else by its own;
 * where the journal of the volume says when it was created, by that.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/keyed.h>
#include <fett/text.h>

#include "first.h"

enum { ALIKE = 2 }; /* seconds by which births may differ: FAT's */

/* The journal says that a file was created. */
struct creation {
    uint64_t key; /* of image, record number and sequence */
    struct event event;
};

struct gathering {
    struct first *first;
    struct timeline *timeline;
    struct creation *creations;
    size_t count, capacity;
};

static bool is_alike(int64_t seconds, int64_t other)
{
    return seconds <= other + ALIKE && other <= seconds + ALIKE;
}

static struct trace *add_trace(struct first *first, const struct event *event, const char *image)
{
    if (memory_grow((void **)&first->traces, &first->capacity, first->count + 1,
                    sizeof *first->traces) != 0)
        return NULL;
    struct trace *trace = &first->traces[first->count++];
    *trace = (struct trace){ .event = *event,
                             .image = (uint32_t)text_hash_nocase(image, strlen(image)),
                             .handle = event->handle,
                             .tree = event->source == SOURCE_RECORD ? TRACE_OF_RECORD
                                                                    : event->source_tree };
    return trace;
}

static void set_path(struct trace *trace, const char *image, const char *path, size_t size)
{
    trace->path = path[0] == '/' ? first_path_key(image, path, size) : 0;
    trace->name = first_name_key(image, path, size);
}

/* --- files --- */

/* When the file came, by its names; which of them says so. */
static struct instant arrival_of(const struct file *file, size_t *name)
{
    struct instant first = INSTANT_NONE;

    for (size_t i = 0; i < file->name_count; i++) {
        const struct instant *born = &file->names[i].times.born;
        if (instant_is_set(born) &&
            (!instant_is_set(&first) || instant_compare(born, &first) < 0)) {
            first = *born;
            *name = i;
        }
    }
    return instant_is_set(&first) ? first : file->times.born;
}

/* Whether this of the file's events is the one that tells when it came. */
static bool is_arrival(const struct event *event, const struct file *file, bool *unlike)
{
    size_t name = 0;
    struct instant came = arrival_of(file, &name);
    const struct instant *born = &file->times.born;

    if (!instant_is_set(&came))
        return false;
    bool own = instant_is_set(born) && instant_compare(born, &came) == 0;
    *unlike = instant_is_set(born) && !is_alike(born->seconds, came.seconds);
    return event->source == SOURCE_FN ? !own && event->name == name : own;
}

static int add_starters(struct gathering *gathering, const struct event *event,
                        const char *image, uint64_t path)
{
    const struct first_notes *notes = &gathering->timeline->notes;

    for (size_t i = first_notes_starter(notes, path);
         i < notes->starter_count && notes->starters[i].path == path; i++) {
        struct trace *trace = add_trace(gathering->first, event, image);
        if (!trace)
            return -1;
        trace->kind = TRACE_AUTOSTART;
        trace->path = notes->starters[i].program;
        trace->focus = notes->starters[i].focus;
    }
    return 0;
}

static bool is_piped(const struct timeline *timeline, uint64_t path)
{
    const struct first_notes *notes = &timeline->notes;

    return keyed_row(notes->piped, notes->piped_count, sizeof *notes->piped, path) != NULL;
}

static int gather_file(struct gathering *gathering, const struct event *event,
                       struct error *error)
{
    struct timeline *timeline = gathering->timeline;
    const struct source_tree *tree = &timeline->trees[event->source_tree];
    bool born = event->what & BORN, unlike = false;
    struct trace trace = { 0 };
    struct file file;

    if (!born && (event->source == SOURCE_FN || !(event->what & (MODIFIED | CHANGED))))
        return 0;
    if (tree_file(tree->tree, event->handle, &file, error) != 0)
        return -1;
    if (file.stream || file.metadata_file || file.type == FILE_DIRECTORY ||
        file.type == FILE_VIRTUAL)
        return 0;
    set_path(&trace, tree->evidence, file.path, file.path_length);
    first_classify_path(file.path, file.path_length, &trace.flags, &trace.place);
    trace.focus = around_of_file(timeline, &file);
    if (trace.focus == 0 && is_piped(timeline, trace.path))
        trace.focus = timeline->notes.piped_around;
    bool mail = event->source != SOURCE_FN && first_is_mail_store(file.path, file.path_length);
    if (event->source != SOURCE_FN && event->what & MODIFIED &&
        add_starters(gathering, event, tree->evidence, trace.path) != 0)
        return error_set_memory(error);
    bool came = born && is_arrival(event, &file, &unlike) &&
                (trace.focus != 0 || trace.flags != 0);
    if (!came && !mail)
        return 0;
    struct trace *added = add_trace(gathering->first, event, tree->evidence);
    if (!added)
        return error_set_memory(error);
    added->kind = came ? TRACE_BIRTH : TRACE_MAIL;
    added->path = trace.path;
    added->name = trace.name;
    added->focus = came ? trace.focus : 0;
    added->place = trace.place;
    added->flags = (uint8_t)(trace.flags | (unlike ? TRACE_UNLIKE : 0));
    return 0;
}

/* --- records --- */

static int add_creation(struct gathering *gathering, const struct event *event, uint64_t key)
{
    if (memory_grow((void **)&gathering->creations, &gathering->capacity, gathering->count + 1,
                    sizeof *gathering->creations) != 0)
        return -1;
    gathering->creations[gathering->count++] = (struct creation){ key, *event };
    return 0;
}

/* The birth of a file by a record: in its $FILE_NAME where it has one. */
static bool is_record_arrival(struct record_line *line, const struct event *event, bool *unlike)
{
    struct instant named, own;
    const char *letters = record_line_text(line, "macb", NULL);

    if (line->type == RECORD_EVENT)
        return letters && strchr(letters, 'b');
    if (line->type != RECORD_FILE || !(event->what & BORN))
        return false;
    if (record_line_time(line, "fn_btime", &named) != 0)
        return true;
    bool has = record_line_time(line, "btime", &own) == 0;
    *unlike = has && !is_alike(own.seconds, named.seconds);
    return noted_is_name(event) != (has && instant_compare(&own, &named) == 0);
}

/* The program that a record tells of; of others the last part of an address or path. */
static void set_subject(struct record_line *line, const char *image, struct trace *trace)
{
    static const char *const members[] = { "ImagePath=", "ServiceFileName=" };
    size_t size = 0;
    const char *text = record_line_text(line, "target.path", &size);

    if (!text)
        text = record_line_text(line, "program", &size);
    if (text) {
        set_path(trace, image, text, size);
        return;
    }
    text = record_line_text(line, "message", &size);
    if (text && trace->kind == TRACE_VISIT) {
        const char *address = memmem(text, size, "://", 3);
        size_t begin = address ? (size_t)(address - text) + 3 : size;
        trace->name = first_name_key(image, text + begin,
                                     begin < size ? strcspn(text + begin, " ?#") : 0);
    }
    for (size_t i = 0; text && trace->kind == TRACE_SERVICE && i < 2; i++) {
        const char *path = memmem(text, size, members[i], strlen(members[i]));
        size_t length = path ? strcspn(path, ";") : 0;
        const char *slash = path ? memrchr(path, '\\', length) : NULL;
        if (slash)
            trace->name = first_name_key(image, slash + 1, strcspn(slash + 1, "\"; "));
    }
}

static int gather_record(struct gathering *gathering, const struct event *event,
                         struct error *error)
{
    struct timeline *timeline = gathering->timeline;
    const char *image = noted_evidence(timeline, event), *path;
    struct trace trace = { 0 };
    struct record_line line;
    uint64_t number;
    bool unlike = false;
    uint16_t seq;
    size_t size;

    if (noted_read(timeline, event, &line, error) != 0)
        return -1;
    bool piped = timeline->noted[event->handle].piped;
    if (is_record_arrival(&line, event, &unlike)) {
        path = record_line_text(&line, "path", &size);
        if (!path)
            return 0;
        size = without_stream(path, size);
        set_path(&trace, image, path, size);
        first_classify_path(path, size, &trace.flags, &trace.place);
        trace.kind = TRACE_BIRTH;
        trace.flags |= unlike ? TRACE_UNLIKE : 0;
    } else if (noted_is_single(event) && first_classify_record(&line, &trace)) {
        set_subject(&line, image, &trace);
    } else if (journal_parse_creation(&line, &number, &seq) &&
               strcmp(noted_source(timeline, event), "usn") == 0) {
        uint64_t key = journal_key(image, noted_volume(timeline, event), number, seq);
        return add_creation(gathering, event, key) != 0 ? error_set_memory(error) : 0;
    } else if (!piped || timeline->notes.piped_around == 0 || line.type != RECORD_EVENT) {
        return 0;
    }
    trace.focus = around_of_record(timeline, &line);
    if (trace.focus == 0 &&
        ((piped && first_may_begin(&line)) || is_piped(timeline, trace.path)))
        trace.focus = timeline->notes.piped_around;
    if (trace.kind == TRACE_BIRTH && trace.flags == 0 && trace.focus == 0)
        return 0;
    struct trace *added = add_trace(gathering->first, event, image);
    if (!added)
        return error_set_memory(error);
    added->kind = trace.kind;
    added->flags = (uint8_t)(trace.flags | (piped ? TRACE_PIPED : 0));
    added->place = trace.place;
    added->path = trace.path;
    added->name = trace.name;
    added->focus = trace.focus;
    return 0;
}

/* --- the journal --- */

static int compare_creations(const void *a, const void *b)
{
    const struct creation *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->event.seconds != y->event.seconds)
        return x->event.seconds < y->event.seconds ? -1 : 1;
    if (x->event.nanoseconds != y->event.nanoseconds)
        return x->event.nanoseconds < y->event.nanoseconds ? -1 : 1;
    return (x->event.handle > y->event.handle) - (x->event.handle < y->event.handle);
}

/* Files came when the journal says that they were created. */
static int use_journal(struct gathering *gathering, struct error *error)
{
    struct timeline *timeline = gathering->timeline;
    struct first *first = gathering->first;

    if (gathering->count == 0)
        return 0;
    qsort(gathering->creations, gathering->count, sizeof *gathering->creations,
          compare_creations);
    for (size_t i = 0; i < first->count; i++) {
        struct trace *trace = &first->traces[i];
        struct file file;
        if (trace->kind != TRACE_BIRTH || trace->tree == TRACE_OF_RECORD)
            continue;
        const struct source_tree *tree = &timeline->trees[trace->tree];
        if (tree_file(tree->tree, trace->handle, &file, error) != 0)
            return -1;
        const struct creation *creation =
            keyed_row(gathering->creations, gathering->count, sizeof *gathering->creations,
                      journal_key(tree->evidence, tree->volume ? tree->volume : "",
                                  file.number, file.seq));
        if (!creation || is_alike(creation->event.seconds, trace->event.seconds))
            continue;
        trace->event = creation->event;
        trace->flags |= TRACE_UNLIKE;
    }
    return 0;
}

/* --- all --- */

static int compare_traces(const void *a, const void *b)
{
    const struct trace *x = a, *y = b;
    const struct event *p = &x->event, *q = &y->event;

    if (p->seconds != q->seconds)
        return p->seconds < q->seconds ? -1 : 1;
    if (p->nanoseconds != q->nanoseconds)
        return p->nanoseconds < q->nanoseconds ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static int compare_keys(const void *a, const void *b)
{
    const struct trace_key *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->trace > y->trace) - (x->trace < y->trace);
}

static int make_keys(struct first *first, struct error *error)
{
    first->paths = calloc(first->count + 1, sizeof *first->paths);
    first->names = calloc(first->count + 1, sizeof *first->names);
    if (!first->paths || !first->names)
        return error_set_memory(error);
    for (size_t i = 0; i < first->count; i++) {
        first->paths[i] = (struct trace_key){ first->traces[i].path, (uint32_t)i };
        first->names[i] = (struct trace_key){ first->traces[i].name, (uint32_t)i };
    }
    qsort(first->paths, first->count, sizeof *first->paths, compare_keys);
    qsort(first->names, first->count, sizeof *first->names, compare_keys);
    return 0;
}

struct trace *first_find(struct first *first, const struct trace_key *keys, uint64_t key,
                         enum trace_kind kind, size_t *from)
{
    size_t at = *from;

    if (key == 0)
        return NULL;
    at += keyed_find(keys + at, first->count - at, sizeof *keys, key);
    for (; at < first->count && keys[at].key == key; at++)
        if (first->traces[keys[at].trace].kind == kind) {
            *from = at + 1;
            return &first->traces[keys[at].trace];
        }
    return NULL;
}

int first_gather(struct first *first, struct merge *merge, struct error *error)
{
    struct timeline *timeline = first->timeline;
    struct gathering gathering = { .first = first, .timeline = timeline };
    int result = 0;

    first_notes_sort(&timeline->notes);
    for (const struct event *event; result == 0 && (event = runs_next(merge));) {
        const struct instant time = event_time(event);
        if (focus_is_within(&timeline->focus, &time))
            result = event->source == SOURCE_RECORD ? gather_record(&gathering, event, error)
                                                    : gather_file(&gathering, event, error);
    }
    if (result == 0)
        result = use_journal(&gathering, error);
    free(gathering.creations);
    for (size_t i = 0; i < first->count; i++)
        first->traces[i].number = (uint32_t)i;
    if (result == 0 && first->count > 0)
        qsort(first->traces, first->count, sizeof *first->traces, compare_traces);
    return result != 0 ? result : make_keys(first, error);
}

const char *first_subject(struct first *first, const struct trace *trace, struct buffer *buffer)
{
    static const char *const members[] = { "target.path", "program", "path", "message", "type" };
    struct timeline *timeline = first->timeline;
    struct record_line line;
    struct file file;

    buffer_clear(buffer);
    if (trace->tree != TRACE_OF_RECORD) {
        if (tree_file(timeline->trees[trace->tree].tree, trace->handle, &file, NULL) == 0)
            buffer_add(buffer, file.path, file.path_length);
        return buffer_text(buffer);
    }
    if (noted_read(timeline, &trace->event, &line, NULL) != 0)
        return "";
    bool message = trace->kind == TRACE_VISIT || trace->kind == TRACE_OTHER ||
                   trace->kind == TRACE_SERVICE;
    for (size_t i = message ? 3 : 0, size; i < sizeof members / sizeof *members; i++) {
        const char *text = record_line_text(&line, members[i], &size);
        if (!text)
            continue;
        buffer_add(buffer, text, size);
        break;
    }
    return buffer_text(buffer);
}
