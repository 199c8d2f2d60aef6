/* SPDX-License-Identifier: Apache-2.0 */

/* hive_data: the data of values as text and numbers, see hive.h. */

#include <fett/bytes.h>
#include <fett/text.h>

#include "hive_internal.h"

const char *hive_type_name(uint32_t type)
{
    static const char *const names[] = {
        "REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN",
        "REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTOR",
        "REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD",
    };

    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

/* Text is taken as units of one byte (9x) or two; a byte that is left over at the
 * end is a unit too, so that nothing is out of sight. */
static size_t unit_size(const struct hive *hive)
{
    return hive->is_9x ? 1 : 2;
}

static bool is_nul(const struct hive *hive, const struct hive_value *value, size_t unit)
{
    size_t at = unit * unit_size(hive);

    return value->data[at] == 0 &&
           (hive->is_9x || at + 1 == value->size || value->data[at + 1] == 0);
}

/* Units of a value, without the NULs that end it. */
static size_t count_units(const struct hive *hive, const struct hive_value *value)
{
    size_t units = value->data ? (value->size + unit_size(hive) - 1) / unit_size(hive) : 0;

    while (units > 0 && is_nul(hive, value, units - 1))
        units--;
    return units;
}

static void add_units(const struct hive *hive, const struct hive_value *value, size_t from,
                      size_t to, struct buffer *buffer)
{
    if (hive->is_9x) {
        text_add_code_page(buffer, hive->code_page, value->data + from, to - from);
        return;
    }
    bool left_over = 2 * to > value->size;
    text_add_utf16le(buffer, value->data + 2 * from, to - from - left_over);
    if (left_over)
        text_add_code_point(buffer, value->data[value->size - 1]);
}

void hive_value_text(const struct hive *hive, const struct hive_value *value,
                     struct buffer *buffer)
{
    size_t units = count_units(hive, value);

    if (units > 0)
        add_units(hive, value, 0, units, buffer);
}

void hive_value_strings(const struct hive *hive, const struct hive_value *value,
                        void (*each)(void *context, const char *text, size_t size),
                        void *context)
{
    struct buffer text = BUFFER_INIT;
    size_t units = count_units(hive, value);

    for (size_t at = 0, end; at < units; at = end + 1) {
        for (end = at; end < units && !is_nul(hive, value, end); end++)
            ;
        buffer_clear(&text);
        add_units(hive, value, at, end, &text);
        if (text.failed)
            break;
        each(context, buffer_text(&text), text.length);
    }
    buffer_release(&text);
}

int hive_value_number(const struct hive_value *value, uint64_t *number)
{
    if (value->type == HIVE_DWORD && value->size == 4)
        *number = bytes_u32le(value->data);
    else if (value->type == HIVE_DWORD_BIG_ENDIAN && value->size == 4)
        *number = bytes_u32be(value->data);
    else if (value->type == HIVE_QWORD && value->size == 8)
        *number = bytes_u64le(value->data);
    else
        return -1;
    return 0;
}
