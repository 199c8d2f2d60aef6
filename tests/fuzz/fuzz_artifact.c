/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over what Windows notes: event logs, prefetch, journals, index.dat, recycle
 * bins, shortcuts; all that know the first bytes, and the others by the first byte. */

#include <stdlib.h>
#include <string.h>

#include <fett/artifact.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    const char *source;
    size_t events;
};

static int take_event(void *context, struct record *record)
{
    struct seen *seen = context;
    const struct value *source = record_get(record, FIELD_SOURCE);

    /* Each is of its source, has a time and says something. */
    if (record->type != RECORD_EVENT || !source || strcmp(source->text, seen->source) != 0 ||
        !record_get(record, FIELD_DATETIME) || !record_get(record, FIELD_TIMESTAMP_DESC) ||
        !record_get(record, FIELD_MESSAGE))
        abort();
    return ++seen->events > 100000; /* what is endless ends here with a timeout */
}

static void take_damage(void *context, struct error *error)
{
    (void)context;
    if (error->kind == ERROR_NONE || error->text[0] == '\0')
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct artifact_format *format = artifact_by_head(data, size < 4096 ? size : 4096);

    if (!format && size > 0)
        format = artifact_formats[data[0] % artifact_format_count];
    if (!format)
        return 0;
    struct seen seen = { .source = format->source };
    const struct artifact_sink sink = { take_event, take_damage, &seen };
    struct reader *reader = reader_over_memory(data, size);
    struct error error = ERROR_INIT;
    /* Damage is always told with its reason. */
    if (reader && format->parse(reader, &sink, &error) < 0 && error.kind == ERROR_NONE)
        abort();
    reader_free(reader);
    return 0;
}
