/* SPDX-License-Identifier: Apache-2.0 */

/* libFuzzer over what Windows notes: event logs, prefetch, journals, index.dat, recycle
 * bins, shortcuts, jump lists, logs of setup; all that know the first bytes, and the others
 * by the first byte; behind the byte 0xff the number of a kind of registry key, and its
 * values: bytes of the name, of the data, whether it is a text, then both. */

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

static void take_damage(void *context, const uint64_t *offset, struct error *error)
{
    (void)offset;
    (void)context;
    if (error->kind == ERROR_NONE || error->text[0] == '\0')
        abort();
}

enum { MOST_VALUES = 8 };

static int parse_key(const uint8_t *data, size_t size, size_t number)
{
    const struct artifact_keys *keys = artifact_registry[number % artifact_registry_count];
    struct artifact_value values[MOST_VALUES];
    struct artifact_key key = { .path = "HKLM\\a\\b\\c\\0064", .path_length = 15, .values = values,
                                .last_write = instant_from_unix(974880844, 0, PRECISION_SECOND) };
    struct seen seen = { .source = keys->source };
    const struct artifact_sink sink = { take_event, take_damage, &seen };
    struct error error = ERROR_INIT;

    while (key.value_count < MOST_VALUES && size > 4) {
        size_t name = data[0] % 32, length = data[1] | (size_t)data[2] << 8;
        bool text = data[3] & 1;
        data += 4;
        size -= 4;
        name = name < size ? name : size;
        length = length < size - name ? length : size - name;
        values[key.value_count++] = (struct artifact_value){
            .name = (const char *)data, .name_length = name,
            .text = text ? (const char *)data + name : NULL, .text_length = text ? length : 0,
            .data = text ? NULL : data + name, .size = text ? 0 : length,
        };
        data += name + length;
        size -= name + length;
    }
    if (keys->parse(&key, &sink, &error) < 0 && error.kind == ERROR_NONE)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 2 && data[0] == 0xff && data[1] != 0xfe) /* that is a mark of UTF-16 */
        return parse_key(data + 2, size - 2, data[1]);
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
