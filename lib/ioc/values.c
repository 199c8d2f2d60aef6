/* SPDX-License-Identifier: Apache-2.0 */

/*
 * values: where texts begin and end that binary formats write without anything between.
 *
 * A value in a hive of Windows 95, 98 and Me, see lib/hive/creg.h:
 *
 *     01 00 00 00  xx xx xx xx  06 00  11 00  Domain evil.example.com
 *     type         any          length of the name, of the data
 *
 * A name in a certificate (X.690 8.1): its tag and length before it, the tag of what follows
 * behind it, 0x30 or 0x31, which are digits:
 *
 *     13 08  evil.com  31 0b 30 ...
 *
 * The length of what follows may be a digit or letter, too.
 *
 * The name that browsers give to what a page left, with "_" for all that names cannot have:
 *
 *     https_www.evil.com_0.localstorage    http__evil.com_a_index.html
 */

#include <fett/bytes.h>

#include "scan.h"

enum {
    VALUE_HEADER = 12, VALUE_NAME_LENGTH = 8, VALUE_DATA_LENGTH = 10,
    VALUE_TYPES = 12,  /* REG_NONE to REG_QWORD */
    VALUE_NAME_MAX = 64, /* of those that hold indicators */
};

size_t value_data(const struct view *view, size_t at)
{
    size_t name = at;

    if (view->step != 1 || at > view->size)
        return 0;
    while (name > 0 && at - name < VALUE_NAME_MAX && view->data[name - 1] >= ' ')
        name--;
    if (name < VALUE_HEADER || (name > 0 && view->data[name - 1] >= ' '))
        return 0;
    const uint8_t *header = view->data + name - VALUE_HEADER;
    size_t length = bytes_u16le(header + VALUE_NAME_LENGTH);
    bool is_value = bytes_u32le(header) < VALUE_TYPES && length > 0 && length <= VALUE_NAME_MAX &&
                    bytes_u16le(header + VALUE_DATA_LENGTH) > 0;
    return is_value ? name + length : 0;
}

size_t skip_value_name(const struct view *view, size_t begin, size_t end)
{
    unsigned before = view_before(view, begin, 1);
    size_t data = before <= ' ' ? value_data(view, begin) : 0;

    return data > begin && data < end ? data : begin;
}

/* The length that stands before the text that the host at `begin` ends, or is; 0 for none. */
static size_t length_before(const struct view *view, size_t begin, size_t *text)
{
    unsigned length;

    *text = begin;
    if (view_before(view, begin, 1) == '@')
        do
            *text -= view->step;
        while (begin - *text <= MAIL_NAME_LENGTH_MAX &&
               unit_is(view_before(view, *text, 1), CHARACTER_MAIL));
    length = view_before(view, *text, 1);
    return view->step == 1 && length <= UINT8_MAX ? length : 0;
}

bool is_measured(const struct view *view, size_t begin, size_t end)
{
    size_t text, length = length_before(view, begin, &text);

    return length > 0 && length == end - text;
}

size_t before_tag(const struct view *view, size_t begin, size_t end)
{
    size_t text, length = length_before(view, begin, &text);

    if (length > begin - text && length < end - text &&
        unit_among(view_unit(view, text + length), "01"))
        return text + length;
    return view_before(view, end, 1) == '0' ? end - view->step : end;
}

/* Whether a number that ends the name, or this part of it, stands at `at`. */
static bool is_part_number(const struct view *view, size_t at, size_t end)
{
    size_t digits = at;

    while (digits < end && unit_is(view_unit(view, digits), CHARACTER_DIGIT))
        digits += view->step;
    return digits > at && (digits == end || view_unit(view, digits) == '.');
}

bool find_origin(const struct view *view, size_t *begin, size_t *end)
{
    size_t at = *begin + 4 * view->step, lines = 0, dots = 0;

    if (!view_has(view, *begin, "http", 4))
        return false;
    if (unit_lower(view_unit(view, at)) == 's')
        at += view->step;
    for (; at < *end && view_unit(view, at) == '_'; at += view->step)
        lines++;
    size_t stop = at;
    for (; stop < *end && !(dots > 0 && view_unit(view, stop) == '_'); stop += view->step)
        dots += view_unit(view, stop) == '.';
    if (lines < 2 && !(lines == 1 && is_part_number(view, stop + view->step, *end)))
        return false; /* a name in a program, as http_request.py */
    *begin = at;
    *end = stop;
    return true;
}
