/* SPDX-License-Identifier: Apache-2.0 */

/* fs-timeline: the file systems of an object, and what lies in them, into a timeline. */

#include <stdio.h>
#include <string.h>

#include <fett/met.h>

#include "lines.h"
#include "timeline_sources.h"

struct request {
    struct timeline *timeline;
    const struct examine_timeline_options *options;
};

/* Hives are read for their keys and for autostarts: what is wrong with one is told once. */
struct once {
    const struct examine_timeline_options *options;
    struct met gaps;
    struct buffer text;
};

static int gap_once(void *context, struct record *record)
{
    struct once *once = context;

    buffer_clear(&once->text);
    record_add_json(&once->text, record);
    bool met = !once->text.failed && met_add(&once->gaps, once->text.data, once->text.length) > 0;
    return met ? 0 : once->options->gap(once->options->context, record);
}

static void pass_problem(void *context, struct error *error)
{
    const struct once *once = context;

    once->options->problem(once->options->context, error);
}

/* What the container says; of raw images nothing is known. */
static struct instant time_acquired(const struct image *image)
{
    struct instant acquired = INSTANT_NONE;
    const char *name, *value;

    for (size_t i = 0; image && i < image_fact_count(image); i++) {
        image_fact(image, i, &name, &value);
        if (strcmp(name, "acquired") == 0 && instant_parse(&acquired, value, strlen(value)) != 0)
            acquired = INSTANT_NONE;
    }
    return acquired;
}

/* Times that no event can have are told, since else they would be missing. */
static void tell_unplaced(const struct request *request, const struct evidence *evidence,
                          const struct filesystem *filesystem)
{
    struct error why = ERROR_INIT;
    const char *first;
    uint64_t count = timeline_count_unplaced(request->timeline, &first);

    if (count == 0)
        return;
    error_set(&why, ERROR_DAMAGED, "%s:%s:%s: a time is out of range and no event (%llu file%s)",
              evidence->name, filesystem_volume(filesystem)->name, first,
              (unsigned long long)count, count == 1 ? "" : "s");
    request->options->problem(request->options->context, &why);
}

static int add_files(const struct request *request, const struct evidence *evidence,
                     struct filesystem *filesystem, struct error *error)
{
    if (timeline_add_tree(request->timeline, filesystem_tree(filesystem), evidence->name,
                          filesystem_volume(filesystem)->name,
                          filesystem_kind(filesystem) == FS_NTFS ? TIMELINE_TREE_NTFS
                                                                 : TIMELINE_TREE,
                          error) != 0)
        return -1;
    tell_unplaced(request, evidence, filesystem);
    return 0;
}

static int add_lost_names(const struct request *request, const struct evidence *evidence,
                          struct filesystem *filesystem, struct error *error)
{
    struct tree *tree;

    if (filesystem_lost_names(filesystem, &tree, error) != 0)
        return -1;
    return tree ? timeline_add_tree(request->timeline, tree, evidence->name,
                                    filesystem_volume(filesystem)->name, TIMELINE_TREE_I30, error)
                : 0;
}

static int add_filesystem(void *context, struct evidence *evidence,
                          struct filesystem *filesystem, struct error *error)
{
    const struct request *request = context;
    const char *sources = request->options->sources;
    struct instant acquired = time_acquired(evidence->image);

    timeline_set_acquired(request->timeline, &acquired);
    if (source_is_wanted(sources, "i30") && filesystem_seek_lost_names(filesystem, error) != 0)
        return -1;
    if (source_is_wanted(sources, "vss"))
        examine_tell_lost_shadows(evidence, filesystem);
    if (source_is_wanted(sources, "fs") &&
        add_files(request, evidence, filesystem, error) != 0)
        return -1;
    if (source_is_wanted(sources, "i30") &&
        add_lost_names(request, evidence, filesystem, error) != 0)
        return -1;
    return timeline_add_artifacts(request->timeline, evidence, filesystem, request->options,
                                  error);
}

/* When the shadow copies of an object were made. */
static int add_shadows(struct timeline *timeline, const struct object *object,
                       struct error *error)
{
    const struct evidence *evidence = object->evidence;
    size_t first = volumes_count(evidence->volumes);
    int result = 0;

    examine_tell_shadows(object);
    for (size_t i = 0; i < volumes_shadow_count(evidence->volumes) && result == 0; i++) {
        const struct volume *copy = volumes_get(evidence->volumes, first + i);
        char message[128];
        struct record record;
        if (object->volume && object->volume != copy && object->volume != copy->shadow->of)
            continue;
        snprintf(message, sizeof message, "shadow copy %s of volume %s", copy->name,
                 copy->shadow->of->name);
        record_begin(&record, RECORD_EVENT);
        record_time(&record, FIELD_DATETIME, &copy->shadow->created);
        record_text(&record, FIELD_TIMESTAMP_DESC, "shadow copy made");
        record_text(&record, FIELD_MESSAGE, message);
        record_text(&record, FIELD_SOURCE, "vss");
        record_text(&record, FIELD_IMAGE, evidence->name);
        record_text(&record, FIELD_VOLUME, copy->name);
        result = timeline_add_made(timeline, &record, error);
    }
    return result;
}

static int add_object(struct object *object, struct timeline *timeline,
                      const struct examine_timeline_options *options, struct error *error)
{
    struct request request = { timeline, options };

    if (object->kind == OBJECT_LOOSE || object->kind == OBJECT_FILE)
        return timeline_add_loose(timeline, object, options, error);
    if (object->kind != OBJECT_IMAGE && object->kind != OBJECT_VOLUME)
        return error_set(error, ERROR_USAGE, "an image or a volume is taken: %s",
                         object->evidence->name);
    if (examine_need_files(object, error) != 0)
        return -1;
    if (examine_filesystems(object, add_filesystem, &request, error) != 0)
        return -1;
    if (source_is_wanted(options->sources, "vss") && add_shadows(timeline, object, error) != 0)
        return -1;
    if (source_is_wanted(options->sources, "reg") &&
        timeline_add_autoruns(timeline, object, options, error) != 0)
        return -1;
    return timeline_add_registry(timeline, object, options->sources, options, error);
}

int examine_timeline(struct object *object, struct timeline *timeline,
                     const struct examine_timeline_options *options, struct error *error)
{
    struct once once = { .options = options, .text = BUFFER_INIT };
    struct examine_timeline_options inner = *options;

    inner.gap = gap_once;
    inner.problem = pass_problem;
    inner.context = &once;
    int result = add_object(object, timeline, &inner, error);
    met_release(&once.gaps);
    buffer_release(&once.text);
    return result;
}

struct body {
    struct timeline *timeline;
    const char *path;
};

static int add_body_line(void *context, const char *line, size_t length, struct error *error)
{
    struct body *body = context;

    return timeline_add_body(body->timeline, body->path, line, length, error);
}

int examine_timeline_body(const char *path, struct timeline *timeline, examine_problem problem,
                          void *context, struct error *error)
{
    struct body body = { timeline, path };

    return lines_each(path, add_body_line, &body, problem, context, error);
}
