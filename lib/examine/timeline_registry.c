/* SPDX-License-Identifier: Apache-2.0 */

/*
 * timeline_registry: last writes of all keys, and what keys of the registry keep times of,
 * into a timeline. The hives are walked once for all sources: a source gets a key and its
 * values one by one, and they are kept until the key is whole.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/artifact.h>
#include <fett/limits.h>

#include "timeline_sources.h"

/* Where an event of a key is. */
static const enum record_field place_fields[] = {
    FIELD_IMAGE, FIELD_VOLUME, FIELD_PATH, FIELD_INODE, FIELD_HOST, FIELD_KEY, FIELD_ORIGIN,
};

enum { PLACE_VOLUME = 1, PLACE_OF_HIVE = 4, PLACE_KEY = 5, PLACE_ORIGIN = 6, PLACE_FIELDS = 7 };

/* A part of the bytes of a key; those that are not there are at NOWHERE. */
struct part {
    size_t at, length;
};

static const size_t NOWHERE = SIZE_MAX;

struct kept_value {
    struct part name, text, data;
};

/* A key that is being put together. */
struct kept_key {
    struct buffer bytes;
    struct part place[PLACE_FIELDS];
    struct kept_value *values;
    size_t count, capacity;
    struct instant last_write;
    bool begun, by_key; /* by_key: its own record came, and not a value's only */
    /* what is handed out */
    struct artifact_value *views;
    size_t view_capacity;
    struct artifact_key key;
};

struct registry;

/* What one entry of the table gets. */
struct source {
    struct registry *registry;
    const struct artifact_keys *keys;
    struct kept_key kept[2]; /* the key, and the one before it, in turn */
    unsigned turn;
};

struct registry {
    const struct examine_timeline_options *options;
    struct timeline *timeline;
    const struct evidence *evidence;
    struct source *sources;
    struct examine_registry_pattern *patterns;
    size_t count;
};

static int add(struct registry *registry, struct record *record)
{
    struct error error = ERROR_INIT;

    if (timeline_add_made(registry->timeline, record, &error) == 0)
        return 0;
    registry->options->problem(registry->options->context, &error);
    return -1;
}

static struct part keep(struct kept_key *kept, const char *data, size_t length)
{
    struct part part = { kept->bytes.length, length };

    buffer_add(&kept->bytes, data, length);
    return part;
}

static const char *kept_text(const struct kept_key *kept, struct part part)
{
    return part.at == NOWHERE ? NULL : buffer_text(&kept->bytes) + part.at;
}

static bool is_kept(const struct kept_key *kept, size_t field, const struct record *record)
{
    const struct value *value = record_get(record, place_fields[field]);
    const char *text = kept_text(kept, kept->place[field]);

    if (!value || !text)
        return !value && !text;
    return value->length == kept->place[field].length &&
           memcmp(value->text, text, value->length) == 0;
}

/* Whether a value is of the key that is kept. What is left of a deleted value has no key's
 * record before it. */
static bool belongs(const struct kept_key *kept, const struct record *record)
{
    const struct value *origin = record_get(record, FIELD_ORIGIN);
    size_t same = 0;

    if (!kept->begun)
        return false;
    for (size_t i = 0; i < PLACE_ORIGIN; i++)
        same += is_kept(kept, i, record);
    return same == PLACE_ORIGIN &&
           (is_kept(kept, PLACE_ORIGIN, record) ||
            (kept->by_key && origin && strcmp(origin->text, "deleted") != 0));
}

/* --- what the parser hands out --- */

/* That of the volume whose name the hive's records have. */
static const struct zone *zone_of(const struct registry *registry, const struct kept_key *kept)
{
    const struct evidence *evidence = registry->evidence;
    size_t count = evidence->volumes ? volumes_count(evidence->volumes) : 0;
    const char *name = kept_text(kept, kept->place[PLACE_VOLUME]);
    size_t length = kept->place[PLACE_VOLUME].length;

    for (size_t i = 0; i < count && name; i++) {
        const struct volume *volume = volumes_get(evidence->volumes, i);
        if (strlen(volume->name) == length && memcmp(volume->name, name, length) == 0)
            return examine_volume_zone(evidence, volume);
    }
    return examine_volume_zone(evidence, NULL);
}

/* An event is where its key is. */
static int take_event(void *context, struct record *record)
{
    struct source *source = context;
    const struct kept_key *kept = &source->kept[source->turn];

    for (size_t i = 0; i < PLACE_FIELDS; i++)
        if (kept_text(kept, kept->place[i]))
            record_text_n(record, place_fields[i], kept_text(kept, kept->place[i]),
                          kept->place[i].length);
    timeline_resolve_time(zone_of(source->registry, kept), record);
    return add(source->registry, record);
}

/* What of a deleted key cannot be used is a remnant. The offset is in a value. */
static void take_damage(void *context, const uint64_t *offset, struct error *error)
{
    struct source *source = context;
    const struct examine_timeline_options *options = source->registry->options;
    const struct kept_key *kept = &source->kept[source->turn];
    struct part key = kept->place[PLACE_KEY], origin = kept->place[PLACE_ORIGIN];
    struct record record;

    if (kept_text(kept, origin) &&
        (origin.length != 4 || memcmp(kept_text(kept, origin), "live", 4) != 0))
        return;
    if (error->kind == ERROR_SYSTEM) {
        options->problem(options->context, error);
        return;
    }
    if (offset)
        error_prefix(error, "at %llu", (unsigned long long)*offset);
    error_prefix(error, "%.*s", (int)key.length, kept_text(kept, key));
    record_begin(&record, RECORD_GAP);
    for (size_t i = 0; i < PLACE_KEY; i++)
        if (kept_text(kept, kept->place[i]))
            record_text_n(&record, place_fields[i], kept_text(kept, kept->place[i]),
                          kept->place[i].length);
    record_text(&record, FIELD_KIND, "structure");
    record_text(&record, FIELD_REASON, error->text);
    options->gap(options->context, &record);
}

/* The key as the parser sees it; false: memory is out. */
static bool make_view(struct kept_key *kept)
{
    struct part path = kept->place[PLACE_KEY];

    if (kept->bytes.failed ||
        memory_grow((void **)&kept->views, &kept->view_capacity, kept->count + 1,
                    sizeof *kept->views) != 0)
        return false;
    for (size_t i = 0; i < kept->count; i++) {
        const struct kept_value *value = &kept->values[i];
        kept->views[i] = (struct artifact_value){
            .name = kept_text(kept, value->name), .name_length = value->name.length,
            .text = kept_text(kept, value->text), .text_length = value->text.length,
            .data = (const uint8_t *)kept_text(kept, value->data), .size = value->data.length,
        };
    }
    kept->key = (struct artifact_key){
        .path = kept_text(kept, path), .path_length = path.length,
        .last_write = kept->last_write, .values = kept->views, .value_count = kept->count,
    };
    return true;
}

static bool is_same_hive(const struct kept_key *before, const struct kept_key *kept)
{
    size_t same = 0;

    for (size_t i = 0; before->begun && i < PLACE_OF_HIVE; i++) {
        const char *a = kept_text(before, before->place[i]), *b = kept_text(kept, kept->place[i]);
        same += a && b ? before->place[i].length == kept->place[i].length &&
                             memcmp(a, b, kept->place[i].length) == 0
                       : a == b;
    }
    return same == PLACE_OF_HIVE;
}

/* The key is whole: parse it, and take the next one. */
static int finish_key(struct source *source)
{
    const struct artifact_sink sink = { take_event, take_damage, source };
    const struct examine_timeline_options *options = source->registry->options;
    struct kept_key *kept = &source->kept[source->turn], *before = &source->kept[!source->turn];
    struct error error = ERROR_INIT;

    if (!kept->begun)
        return 0;
    if (!make_view(kept)) {
        error_set_memory(&error);
        options->problem(options->context, &error);
        return -1;
    }
    before->key.before = NULL;
    kept->key.before = is_same_hive(before, kept) ? &before->key : NULL;
    int result = source->keys->parse(&kept->key, &sink, &error);
    if (result < 0 && error.kind != ERROR_NONE)
        options->problem(options->context, &error);
    source->turn = !source->turn;
    source->kept[source->turn].begun = false;
    return result;
}

/* --- what the walk hands out --- */

static void begin_key(struct kept_key *kept, const struct record *record)
{
    const struct value *last_write = record_get(record, FIELD_KEY_LAST_WRITE);

    buffer_clear(&kept->bytes);
    kept->count = 0;
    kept->begun = true;
    kept->by_key = record->type == RECORD_KEY;
    kept->last_write = last_write ? last_write->time : INSTANT_NONE;
    for (size_t i = 0; i < PLACE_FIELDS; i++) {
        const struct value *value = record_get(record, place_fields[i]);
        kept->place[i] = value ? keep(kept, value->text, value->length)
                               : (struct part){ NOWHERE, 0 };
    }
}

static int keep_value(struct kept_key *kept, const struct record *record)
{
    static const struct part nothing = { SIZE_MAX, 0 };
    const struct value *name = record_get(record, FIELD_NAME);
    const struct value *data = record_get(record, FIELD_DATA);
    struct kept_value value = { .text = nothing, .data = nothing };

    if (memory_grow((void **)&kept->values, &kept->capacity, kept->count + 1,
                    sizeof *kept->values) != 0)
        return -1;
    value.name = keep(kept, name ? name->text : "", name ? name->length : 0);
    if (data && data->kind == VALUE_TEXT)
        value.text = keep(kept, data->text, data->length);
    else if (data && data->kind == VALUE_HEX)
        value.data = keep(kept, (const char *)data->bytes, data->length);
    kept->values[kept->count++] = value;
    return 0;
}

static int take_part(void *context, struct record *record)
{
    struct source *source = context;
    struct kept_key *kept = &source->kept[source->turn];
    struct error error = ERROR_INIT;
    bool more = record->type == RECORD_VALUE && belongs(kept, record) &&
                kept->bytes.length < LIMIT_EVENT_LOG_BYTES;

    if (!more) {
        int result = finish_key(source);
        if (result != 0)
            return result;
        kept = &source->kept[source->turn];
        begin_key(kept, record);
    }
    if (record->type != RECORD_VALUE || keep_value(kept, record) == 0)
        return 0;
    error_set_memory(&error);
    source->registry->options->problem(source->registry->options->context, &error);
    return -1;
}

/* Gaps, and all keys where they are wanted. */
static int take_record(void *context, struct record *record)
{
    struct registry *registry = context;

    return record->type == RECORD_GAP
               ? registry->options->gap(registry->options->context, record)
               : add(registry, record);
}

static void report(void *context, struct error *error)
{
    struct registry *registry = context;

    registry->options->problem(registry->options->context, error);
}

/* --- which sources --- */

bool timeline_is_registry_source(const char *name, size_t size)
{
    for (size_t i = 0; i < artifact_registry_count; i++)
        if (strlen(artifact_registry[i]->source) == size &&
            strncmp(artifact_registry[i]->source, name, size) == 0)
            return true;
    return size == 4 && strncmp(name, "keys", size) == 0;
}

static int choose(struct registry *registry, const char *sources, struct error *error)
{
    registry->sources = calloc(artifact_registry_count, sizeof *registry->sources);
    registry->patterns = calloc(artifact_registry_count, sizeof *registry->patterns);
    if (!registry->sources || !registry->patterns)
        return error_set_memory(error);
    for (size_t i = 0; i < artifact_registry_count; i++) {
        struct source *source = &registry->sources[registry->count];
        if (!source_is_wanted(sources, artifact_registry[i]->source))
            continue;
        *source = (struct source){ .registry = registry, .keys = artifact_registry[i] };
        registry->patterns[registry->count++] = (struct examine_registry_pattern){
            artifact_registry[i]->pattern, take_part, source,
        };
    }
    return 0;
}

static void release(struct registry *registry)
{
    for (size_t i = 0; i < registry->count; i++)
        for (int k = 0; k < 2; k++) {
            buffer_release(&registry->sources[i].kept[k].bytes);
            free(registry->sources[i].kept[k].values);
            free(registry->sources[i].kept[k].views);
        }
    free(registry->sources);
    free(registry->patterns);
}

int timeline_add_registry(struct timeline *timeline, struct object *object, const char *sources,
                          const struct examine_timeline_options *options, struct error *error)
{
    struct registry registry = { .options = options, .timeline = timeline,
                                 .evidence = object->evidence };
    int result = choose(&registry, sources, error);
    const struct examine_registry_filter filter = {
        .keys = source_is_named(sources, "keys"),
        .patterns = registry.patterns, .pattern_count = registry.count,
    };

    if (result == 0 && (filter.keys || filter.pattern_count > 0))
        result = examine_registry(object, &filter, take_record, report, &registry, error);
    for (size_t i = 0; i < registry.count && result == 0; i++)
        result = finish_key(&registry.sources[i]);
    release(&registry);
    return result;
}
