/* SPDX-License-Identifier: Apache-2.0 */

/* binxml_value: values of binary XML as text. */

#include <string.h>

#include <fett/bytes.h>
#include <fett/instant.h>
#include <fett/text.h>

#include "artifact_internal.h"
#include "binxml.h"

enum { ARRAY = 0x80, STRING = 0x01 };

/* Bytes of an item of a type; 0: it is as long as it is. */
static size_t item_size(uint8_t type)
{
    static const uint8_t sizes[0x20] = {
        [0x03] = 1, [0x04] = 1, [0x05] = 2, [0x06] = 2, [0x07] = 4,  [0x08] = 4, [0x09] = 8,
        [0x0a] = 8, [0x0d] = 4, [0x0f] = 16, [0x11] = 8, [0x12] = 16, [0x14] = 4, [0x15] = 8,
    };

    return type < sizeof sizes ? sizes[type] : 0;
}

static uint64_t number_of(const uint8_t *data, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size && i < 8; i++)
        number |= (uint64_t)data[i] << (8 * i);
    return number;
}

static void add_signed(struct buffer *buffer, const uint8_t *data, size_t size)
{
    int unused = 64 - 8 * (int)size;
    int64_t number = (int64_t)(number_of(data, size) << unused) >> unused;

    buffer_add_format(buffer, "%lld", (long long)number);
}

static void add_guid(struct buffer *buffer, const uint8_t *data)
{
    buffer_add_byte(buffer, '{');
    text_add_guid(buffer, data);
    buffer_add_byte(buffer, '}');
}

static void add_time(struct buffer *buffer, const struct instant *time)
{
    char text[INSTANT_TEXT_SIZE];

    buffer_add(buffer, text, instant_format(time, text));
}

static void add_item(struct buffer *buffer, uint8_t type, const uint8_t *data, size_t size)
{
    struct instant time;

    switch (type) {
    case 0x03: case 0x05: case 0x07: case 0x09:
        add_signed(buffer, data, size);
        break;
    case 0x04: case 0x06: case 0x08: case 0x0a: case 0x10:
        buffer_add_number(buffer, number_of(data, size));
        break;
    case 0x0d:
        buffer_add_text(buffer, number_of(data, size) ? "true" : "false");
        break;
    case 0x0f:
        add_guid(buffer, data);
        break;
    case 0x11:
        time = instant_from_filetime(bytes_u64le(data));
        add_time(buffer, &time);
        break;
    case 0x12: /* SYSTEMTIME; the day of the week stands between month and day */
        time = instant_from_civil(bytes_u16le(data), bytes_u16le(data + 2), bytes_u16le(data + 6),
                                  bytes_u16le(data + 8), bytes_u16le(data + 10),
                                  bytes_u16le(data + 12), bytes_u16le(data + 14) * 1000000u,
                                  PRECISION_MILLISECOND, false);
        add_time(buffer, &time);
        break;
    case 0x13:
        sid_add(buffer, data, size);
        break;
    case 0x14: case 0x15:
        buffer_add_format(buffer, "0x%llx", (unsigned long long)number_of(data, size));
        break;
    default:
        buffer_add_hex(buffer, data, size);
    }
}

/* Texts one behind the other, each with its NUL. */
static void add_texts(struct buffer *buffer, const uint8_t *data, size_t size)
{
    while (size >= 2) {
        size_t units = utf16_units(data, size / 2), used = 2 * units + 2;
        text_add_utf16le(buffer, data, units);
        if (used >= size)
            return;
        buffer_add_text(buffer, ", ");
        data += used;
        size -= used;
    }
}

void binxml_add_value(struct buffer *buffer, uint8_t type, const uint8_t *data, size_t size)
{
    size_t item = item_size(type & ~ARRAY);

    if ((type & ~ARRAY) == STRING) {
        add_texts(buffer, data, size);
    } else if (type == 0x02) {
        text_add_cp1252(buffer, data, strnlen((const char *)data, size));
    } else if (item == 0) {
        add_item(buffer, type, data, size);
    } else {
        for (size_t at = 0; at + item <= size; at += item) {
            if (at > 0)
                buffer_add_text(buffer, ", ");
            add_item(buffer, type & (uint8_t)~ARRAY, data + at, item);
        }
    }
}
