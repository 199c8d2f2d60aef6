/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ewf_header: the case data of an EWF image.
 *
 * A header section is one zlib stream of text: UTF-16 with a byte order mark
 * (header2, EnCase 4 and later) or 8-bit (header). Lines:
 *
 *     1            number of categories; "3" from EnCase 5 on
 *     main         the category; only this one tells of the case
 *     a<TAB>c ...  identifiers
 *     x<TAB>y ...  their values, in the same order
 *
 * Times are seconds since 1970 (header2) or "2002 3 4 10 19 59", local time of
 * the machine that acquired (header).
 *
 * Reference: J. Metz, Expert Witness Compression Format specification.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include <fett/buffer.h>
#include <fett/instant.h>
#include <fett/limits.h>
#include <fett/text.h>

#include "ewf_index.h"

static const struct field {
    const char *identifier, *name;
    bool time;
} fields[] = {
    { "c", "case_number", false },
    { "n", "evidence_number", false },
    { "a", "description", false },
    { "e", "examiner", false },
    { "t", "notes", false },
    { "md", "model", false },
    { "sn", "serial_number", false },
    { "l", "device_label", false },
    { "av", "acquired_with", false },
    { "ov", "acquired_on", false },
    { "m", "acquired", true },
    { "u", "system_date", true },
    { "pid", "process", false },
};

/* The stream's size is not stored: the room doubles until it fits. */
static int inflate_text(const uint8_t *data, size_t size, struct buffer *out,
                        struct error *error)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;

    if (!decompressor)
        return error_set_memory(error);
    for (size_t room = 4096; room <= LIMIT_EWF_HEADER_BYTES; room *= 2) {
        size_t length = 0;
        char *place = buffer_reserve(out, room);
        if (!place)
            break;
        result = libdeflate_zlib_decompress(decompressor, data, size, place, room, &length);
        out->length = result == LIBDEFLATE_SUCCESS ? length : 0;
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
            break;
    }
    libdeflate_free_decompressor(decompressor);
    if (out->failed)
        return error_set_memory(error);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
        return error_set(error, ERROR_DAMAGED, "longer than the limit of %d bytes",
                         LIMIT_EWF_HEADER_BYTES);
    if (result != LIBDEFLATE_SUCCESS)
        return error_set(error, ERROR_DAMAGED, "cannot be decompressed");
    return 0;
}

static void decode_text(const struct buffer *bytes, struct buffer *text)
{
    const uint8_t *data = (const uint8_t *)bytes->data;
    size_t size = bytes->length;

    if (size >= 2 && data[0] == 0xff && data[1] == 0xfe)
        text_add_utf16le(text, data + 2, (size - 2) / 2);
    else if (size >= 2 && data[0] == 0xfe && data[1] == 0xff)
        text_add_utf16be(text, data + 2, (size - 2) / 2);
    else if (text_valid_length(bytes->data, size) == size)
        buffer_add(text, data, size);
    else
        text_add_cp1252(text, data, size);
}

/* The next field or line: up to `separator` or the end. */
static const char *take(const char **at, const char *end, char separator, size_t *length)
{
    const char *start = *at;
    const char *stop = start < end ? memchr(start, separator, (size_t)(end - start)) : NULL;

    *at = stop ? stop + 1 : end;
    *length = (size_t)((stop ? stop : end) - start);
    if (separator == '\n' && *length > 0 && start[*length - 1] == '\r')
        --*length;
    return start;
}

static const struct field *find_field(const char *identifier, size_t length)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strlen(fields[i].identifier) == length &&
            memcmp(fields[i].identifier, identifier, length) == 0)
            return &fields[i];
    return NULL;
}

/* RFC 3339 where the value is one of the two forms, else the value as it is. */
static size_t time_text(const char *value, size_t length, char text[INSTANT_TEXT_SIZE])
{
    char copy[64];
    int year, month, day, hour, minute, second, used = 0;
    struct instant instant = INSTANT_NONE;

    if (length >= sizeof copy)
        return 0;
    memcpy(copy, value, length);
    copy[length] = '\0';
    if (sscanf(copy, "%4d %2d %2d %2d %2d %2d%n", &year, &month, &day, &hour, &minute, &second,
               &used) == 6 && (size_t)used == length)
        instant = instant_from_civil(year, month, day, hour, minute, second, 0,
                                     PRECISION_SECOND, true);
    else if (length <= 12 && strspn(copy, "0123456789") == length)
        instant = instant_from_unix(atoll(copy), 0, PRECISION_SECOND);
    return instant_format(&instant, text);
}

static int add_value(struct image *image, const struct field *field, const char *value,
                     size_t length, struct error *error)
{
    char text[INSTANT_TEXT_SIZE];

    if (length == 0)
        return 0;
    if (field->time) {
        size_t time_length = time_text(value, length, text);
        if (time_length > 0)
            return image_add_fact(image, field->name, text, time_length, error);
    }
    return image_add_fact(image, field->name, value, length, error);
}

static int add_main(struct image *image, const char *at, const char *end, struct error *error)
{
    size_t identifiers_length, values_length;
    const char *identifiers = take(&at, end, '\n', &identifiers_length);
    const char *values = take(&at, end, '\n', &values_length);
    const char *identifiers_end = identifiers + identifiers_length;
    const char *values_end = values + values_length;

    while (identifiers < identifiers_end) {
        size_t name_length, value_length;
        const char *name = take(&identifiers, identifiers_end, '\t', &name_length);
        const char *value = take(&values, values_end, '\t', &value_length);
        const struct field *field = find_field(name, name_length);
        if (field && add_value(image, field, value, value_length, error) != 0)
            return -1;
    }
    return 0;
}

int ewf_header_add_facts(struct image *image, const uint8_t *data, size_t size,
                         struct error *error)
{
    struct buffer bytes = BUFFER_INIT, text = BUFFER_INIT;
    int result = inflate_text(data, size, &bytes, error);

    if (result == 0) {
        decode_text(&bytes, &text);
        const char *at = buffer_text(&text), *end = at + text.length;
        size_t length = 0;
        const char *line = take(&at, end, '\n', &length);
        while (at < end && !(length == 4 && memcmp(line, "main", 4) == 0))
            line = take(&at, end, '\n', &length);
        result = text.failed ? error_set_memory(error) : add_main(image, at, end, error);
    }
    buffer_release(&bytes);
    buffer_release(&text);
    return result;
}
