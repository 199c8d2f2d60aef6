/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_delimited: tsv and csv.
 *
 * tsv escapes, so that a line is a record and a tab a border for every tool:
 * \t \n \r \\, \xHH for other controls and for bytes that are not UTF-8. csv
 * has no escapes (RFC 4180) but \x00 for NUL: fields with a comma, quote or line end
 * are quoted, and what is not UTF-8 is U+FFFD; its bytes are in the column FIELD_hex.
 */

#include <string.h>

#include <fett/text.h>

#include "writer.h"

/* Whether what text_code_point found is UTF-8 and no lone surrogate. */
static bool is_valid(uint32_t code_point)
{
    return code_point < 0xd800 || code_point > 0xdfff;
}

/* Add the bytes at the start that both formats write as they are; returns how
 * many. */
static size_t add_plain(struct buffer *buffer, const char *text, size_t size)
{
    size_t plain = 0;

    while (plain < size && (uint8_t)text[plain] >= 0x20 && (uint8_t)text[plain] < 0x7f &&
           text[plain] != '\\' && text[plain] != '"')
        plain++;
    buffer_add(buffer, text, plain);
    return plain;
}

static void add_tsv(struct buffer *buffer, const char *text, size_t size)
{
    static const char letters[128] = { ['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r', ['\\'] = '\\' };

    for (size_t used; size > 0; text += used, size -= used) {
        used = add_plain(buffer, text, size);
        if (used > 0)
            continue;
        uint32_t c = text_code_point(text, size, &used);
        if (c < 0x80 && letters[c])
            buffer_add_format(buffer, "\\%c", letters[c]);
        else if (is_valid(c) && c >= 0x20 && c != 0x7f)
            buffer_add(buffer, text, used);
        else
            for (size_t i = 0; i < used; i++)
                buffer_add_format(buffer, "\\x%02X", (uint8_t)text[i]);
    }
}

static void add_csv(struct buffer *buffer, const char *text, size_t size)
{
    bool quoted = false;

    for (size_t i = 0; i < size && !quoted; i++)
        quoted = text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r';
    if (quoted)
        buffer_add_byte(buffer, '"');
    for (size_t used; size > 0; text += used, size -= used) {
        used = add_plain(buffer, text, size);
        if (used > 0)
            continue;
        uint32_t c = text_code_point(text, size, &used);
        if (c == '"')
            buffer_add_byte(buffer, '"');
        if (c == '\0') /* at which many readers end */
            buffer_add_text(buffer, "\\x00");
        else if (is_valid(c))
            buffer_add(buffer, text, used);
        else
            buffer_add(buffer, "\xef\xbf\xbd", 3);
    }
    if (quoted)
        buffer_add_byte(buffer, '"');
}

void delimited_add_cell(struct buffer *buffer, enum record_format format, const char *text,
                        size_t size)
{
    if (format == FORMAT_TSV)
        add_tsv(buffer, text, size);
    else
        add_csv(buffer, text, size);
}

/* `type` is always there, and first. */
static bool is_type(const struct column *column)
{
    return strcmp(column->name, "type") == 0;
}

void delimited_add_header(struct buffer *buffer, enum record_format format,
                          const struct columns *columns)
{
    buffer_add_text(buffer, "type");
    for (size_t i = 0; i < columns->count; i++) {
        if (is_type(&columns->items[i]))
            continue;
        buffer_add_byte(buffer, format == FORMAT_TSV ? '\t' : ',');
        delimited_add_cell(buffer, format, columns->items[i].name,
                           strlen(columns->items[i].name));
    }
    buffer_add_byte(buffer, '\n');
}

void delimited_add_row(struct buffer *buffer, enum record_format format,
                       const struct columns *columns, struct row *row, struct buffer *cell)
{
    static const struct column type = { "type", -1, KIND_TEXT };

    for (size_t i = 0; i <= columns->count; i++) {
        const struct column *column = i == 0 ? &type : &columns->items[i - 1];
        if (i > 0 && is_type(column))
            continue;
        buffer_clear(cell);
        if (i == 0 && row->type >= 0) {
            buffer_add_text(cell, record_type_name((enum record_type)row->type));
        } else {
            struct value value = row_value(row, column);
            cell_add_plain(cell, &value);
        }
        if (i > 0)
            buffer_add_byte(buffer, format == FORMAT_TSV ? '\t' : ',');
        delimited_add_cell(buffer, format, cell->data, cell->length);
        buffer->failed |= cell->failed;
    }
    buffer_add_byte(buffer, '\n');
}
