/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_registry: last writes of all keys, and the values of the registry that keep
 * times, into a timeline.
 */

#include <string.h>

#include <fett/artifact.h>

#include "timeline_sources.h"

struct registry {
    const struct examine_timeline_options *options;
    struct timeline *timeline;
    const struct artifact_values *values; /* NULL: keys are wanted */
    struct record *value;                 /* that is being parsed */
    bool first;                           /* of the passes: it tells what cannot be read */
};

static int add(struct registry *registry, struct record *record)
{
    struct error error = ERROR_INIT;

    if (timeline_add_made(registry->timeline, record, &error) == 0)
        return 0;
    registry->options->problem(registry->options->context, &error);
    return -1;
}

/* An event is where its value is. */
static int take_event(void *context, struct record *record)
{
    static const enum record_field fields[] = {
        FIELD_IMAGE, FIELD_VOLUME, FIELD_PATH, FIELD_INODE, FIELD_HOST, FIELD_KEY, FIELD_ORIGIN,
    };
    struct registry *registry = context;

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct value *value = record_get(registry->value, fields[i]);
        if (value)
            record_value(record, fields[i], value);
    }
    return add(registry, record);
}

static const char *text_of(const struct record *record, enum record_field field, size_t *length)
{
    const struct value *value = record_get(record, field);

    *length = value ? value->length : 0;
    return value ? value->text : "";
}

/* What of a deleted value cannot be used is a remnant. */
static void take_damage(void *context, struct error *error)
{
    struct registry *registry = context;
    const struct value *origin = record_get(registry->value, FIELD_ORIGIN);
    size_t length, image_length;
    const char *image = text_of(registry->value, FIELD_IMAGE, &image_length);
    const char *key = text_of(registry->value, FIELD_KEY, &length);

    if (origin && strcmp(origin->text, "live") != 0)
        return;
    error_prefix(error, "%.*s: %.*s", (int)image_length, image, (int)length, key);
    registry->options->problem(registry->options->context, error);
}

static int take_record(void *context, struct record *record)
{
    struct registry *registry = context;
    const struct artifact_sink sink = { take_event, take_damage, registry };
    const struct value *data = record_get(record, FIELD_DATA);
    struct error error = ERROR_INIT;

    if (record->type == RECORD_GAP)
        return registry->first ? registry->options->gap(registry->options->context, record) : 0;
    if (record->type == RECORD_KEY)
        return add(registry, record);
    if (!data || data->kind != VALUE_HEX)
        return 0;
    struct artifact_value value = { .data = data->bytes, .size = data->length };
    value.key = text_of(record, FIELD_KEY, &value.key_length);
    value.name = text_of(record, FIELD_NAME, &value.name_length);
    registry->value = record;
    int result = registry->values->parse(&value, &sink, &error);
    if (result < 0 && error.kind != ERROR_NONE)
        registry->options->problem(registry->options->context, &error);
    return result;
}

/* Each pass opens the hives anew, and has the same to tell of them. */
static void report(void *context, struct error *error)
{
    struct registry *registry = context;

    if (registry->first)
        registry->options->problem(registry->options->context, error);
}

static bool is_first_of_source(size_t index)
{
    return index == 0 ||
           strcmp(artifact_registry[index]->source, artifact_registry[index - 1]->source) != 0;
}

bool timeline_is_registry_source(const char *name, size_t size)
{
    for (size_t i = 0; i < artifact_registry_count; i++)
        if (is_first_of_source(i) && strlen(artifact_registry[i]->source) == size &&
            strncmp(artifact_registry[i]->source, name, size) == 0)
            return true;
    return size == 4 && strncmp(name, "keys", size) == 0;
}

int timeline_add_registry(struct timeline *timeline, struct object *object, const char *sources,
                          const struct examine_timeline_options *options, struct error *error)
{
    struct registry registry = { .options = options, .timeline = timeline, .first = true };
    int result = 0;

    if (source_is_named(sources, "keys")) {
        const struct examine_registry_filter keys = { .keys = true };
        result = examine_registry(object, &keys, take_record, report, &registry, error);
        registry.first = false;
    }
    for (size_t i = 0; i < artifact_registry_count && result == 0; i++) {
        registry.values = artifact_registry[i];
        const struct examine_registry_filter values = {
            .key = registry.values->key, .value = registry.values->name, .values = true,
        };
        if (!source_is_wanted(sources, registry.values->source))
            continue;
        result = examine_registry(object, &values, take_record, report, &registry, error);
        registry.first = false;
    }
    return result;
}
