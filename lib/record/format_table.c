/* SPDX-License-Identifier: Apache-2.0 */

/*
 * format_table: records as a person reads them on a terminal; see
 * record_writer.h for the rules.
 *
 * Rows wait as their cells' texts, each with a NUL behind, until there are
 * enough to lay the table out. Nothing that came from evidence reaches the
 * output but through text_add_safe.
 */

#include <stdlib.h>
#include <string.h>

#include <fett/text.h>

#include "line.h"
#include "writer.h"

/* Columns that texts and times are not narrowed below. */
enum { LEAST_TEXT = 12, LEAST_TIME = 20 };

enum { BETWEEN = 2 }; /* spaces from column to column */

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

#define ELLIPSIS "\xe2\x80\xa6"

struct waiting {
    size_t start;  /* of its first cell in `cells`, or of its line */
    bool is_note;
    bool dim;
};

struct layout {
    bool shown;
    bool filled;   /* a row has had a value in it */
    size_t width;
};

struct table {
    const struct columns *columns;
    struct record_writer_options options;
    struct buffer *output;
    struct layout *layout; /* one a column */
    bool laid_out;
    size_t left_out;       /* columns that do not fit */
    struct waiting *rows;
    size_t row_count, row_capacity;
    struct buffer cells;
    struct buffer work;
    bool days;             /* are headings */
    int64_t day;           /* the last heading, as a number since 1970 */
    bool any_day;
    bool words;            /* what has no macb letters has its description there */
};

static bool has_column(const struct columns *columns, enum record_field field)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->items[i].field == (int)field)
            return true;
    return false;
}

struct table *table_new(const struct columns *columns, const struct record_writer_options *options,
                        struct buffer *output)
{
    struct table *table = calloc(1, sizeof *table);

    if (!table)
        return NULL;
    table->columns = columns;
    table->options = *options;
    table->output = output;
    table->days = !options->fields && columns->count > 0 &&
                  columns->items[0].field == FIELD_DATETIME;
    table->words = table->days && !has_column(columns, FIELD_TIMESTAMP_DESC);
    table->layout = calloc(columns->count, sizeof *table->layout);
    if (!table->layout) {
        free(table);
        return NULL;
    }
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    free(table->layout);
    free(table->rows);
    buffer_release(&table->cells);
    buffer_release(&table->work);
    free(table);
}

/* --- cells --- */

/* Whether a first cell has a date that stands in a heading. */
static bool is_dated(const struct table *table, const struct value *value)
{
    return table->days && value->kind == VALUE_TIME && value->time.state != INSTANT_RAW &&
           value->time.state != INSTANT_ABSENT;
}

/* Bytes of a readable time that are its date, with the blank behind. */
static size_t date_length(const struct buffer *time)
{
    enum { DATE = 10 };

    return time->length > DATE ? DATE + 1 : time->length;
}

/* The letters of an event; in words what has none. */
static struct value letters_of(const struct table *table, struct row *row,
                               const struct column *column)
{
    static const struct column words = { "timestamp_desc", FIELD_TIMESTAMP_DESC, KIND_TEXT };
    struct value value = row_value(row, column);
    bool none = value.kind != VALUE_TEXT ||
                (value.length == 4 && memcmp(value.text, "....", 4) == 0);

    return table->words && none ? row_value(row, &words) : value;
}

static void add_cells(struct table *table, struct row *row)
{
    for (size_t i = 0; i < table->columns->count; i++) {
        const struct column *column = &table->columns->items[i];
        struct value value = column->field == FIELD_MACB ? letters_of(table, row, column)
                                                         : row_value(row, column);
        buffer_clear(&table->work);
        cell_add_readable(&table->work, &value);
        size_t told = i == 0 && is_dated(table, &value) ? date_length(&table->work) : 0;
        text_add_safe(&table->cells, buffer_text(&table->work) + told, table->work.length - told);
        buffer_add_byte(&table->cells, '\0');
        table->cells.failed |= table->work.failed;
    }
}

static bool is_deleted(struct row *row)
{
    static const struct column state = { "state", FIELD_STATE, KIND_TEXT };
    struct value value = row_value(row, &state);

    return value.kind == VALUE_TEXT &&
           ((value.length == 7 && memcmp(value.text, "deleted", 7) == 0) ||
            (value.length == 6 && memcmp(value.text, "orphan", 6) == 0));
}

/* The bytes at the start of text that fill at most `columns`. */
static size_t head_length(const char *text, size_t size, size_t columns)
{
    size_t at = 0, used;

    while (at < size) {
        text_code_point(text + at, size - at, &used);
        size_t width = text_columns(text + at, used);
        if (width > columns)
            break;
        columns -= width;
        at += used;
    }
    return at;
}

/* Add text cut to `width` columns; returns how many it took. */
static size_t add_cut(struct buffer *buffer, const char *text, size_t width)
{
    size_t size = strlen(text), columns = text_columns(text, size);

    if (columns <= width) {
        buffer_add(buffer, text, size);
        return columns;
    }
    /* Of a path the end says more than the middle. */
    size_t tail = strpbrk(text, "/\\") ? (width - 1) * 2 / 3 : 0;
    size_t head = head_length(text, size, width - 1 - tail);
    buffer_add(buffer, text, head);
    buffer_add_text(buffer, ELLIPSIS);
    size_t rest = head_length(text, size, columns - tail);
    if (text_columns(text + rest, size - rest) > tail) {
        size_t used; /* of a wide character, of which half would fit */
        text_code_point(text + rest, size - rest, &used);
        rest += used;
    }
    buffer_add(buffer, text + rest, size - rest);
    return text_columns(text, head) + 1 + text_columns(text + rest, size - rest);
}

static void add_spaces(struct buffer *buffer, size_t count)
{
    while (count-- > 0)
        buffer_add_byte(buffer, ' ');
}

/* Add a row of shown cells; `cell` walks over all cells. No spaces at the end. */
static void add_line(struct table *table, const char *cell)
{
    struct buffer *output = table->output;
    size_t owed = 0; /* spaces before the next text */

    for (size_t i = 0; i < table->columns->count; i++, cell += strlen(cell) + 1) {
        const struct layout *layout = &table->layout[i];
        if (!layout->shown)
            continue;
        size_t columns = text_columns(cell, strlen(cell));
        bool number = table->columns->items[i].kind == KIND_NUMBER;
        size_t padding = columns < layout->width ? layout->width - columns : 0;
        if (number)
            owed += padding;
        if (columns > 0) {
            add_spaces(output, owed);
            owed = 0;
        }
        if (number || table->options.width == 0)
            buffer_add_text(output, cell);
        else
            padding = layout->width - add_cut(output, cell, layout->width);
        if (!number)
            owed += padding;
        owed += BETWEEN;
    }
}

static void add_header(struct table *table)
{
    struct buffer names = BUFFER_INIT;

    for (size_t i = 0; i < table->columns->count; i++) {
        for (const char *p = table->columns->items[i].name; *p; p++)
            buffer_add_byte(&names, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
        buffer_add_byte(&names, '\0');
    }
    if (table->options.colour)
        buffer_add_text(table->output, BOLD);
    if (!names.failed)
        add_line(table, names.data);
    if (table->left_out > 0)
        buffer_add_format(table->output, "  +%zu more", table->left_out);
    buffer_add_text(table->output, table->options.colour ? PLAIN "\n" : "\n");
    table->output->failed |= names.failed;
    buffer_release(&names);
}

/* --- notes --- */

/* Add the value of a field as safe text; false when there is none. */
static bool add_value(struct buffer *buffer, struct row *row, const char *name,
                      const char *before)
{
    struct record_line *line = row_line(row);
    struct value value = line ? line_value(line, name) : (struct value){ .kind = VALUE_NONE };
    struct buffer text = BUFFER_INIT;

    if (value.kind == VALUE_NONE)
        return false;
    cell_add_readable(&text, &value);
    buffer_add_text(buffer, before);
    text_add_safe(buffer, buffer_text(&text), text.length);
    buffer->failed |= text.failed;
    buffer_release(&text);
    return true;
}

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);

    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/* What is left of a record without a message: name value, name value. */
static void add_members(struct buffer *buffer, struct row *row)
{
    static const char *const told[] = { "type", "image", "volume", "path", "inode", "local" };
    struct record_line *line = row_line(row);
    const char *before = ": ";
    size_t count = 0;
    const struct scan_member *members = line ? line_members(line, &count) : NULL;

    for (size_t i = 0; i < count; i++) {
        char *name = line_room(line, members[i].name_length);
        if (!name) {
            buffer->failed = true;
            return;
        }
        name[scan_unquote(members[i].name, members[i].name_length, name)] = '\0';
        bool skip = ends_with(name, "_hex") || ends_with(name, "_precision");
        for (size_t k = 0; k < sizeof told / sizeof *told; k++)
            skip |= strcmp(name, told[k]) == 0;
        if (skip)
            continue;
        buffer_add_text(buffer, before);
        text_add_safe(buffer, name, strlen(name));
        add_value(buffer, row, name, " ");
        before = ", ";
    }
}

/* "! gap at OFFSET+LENGTH: reason (image:volume:/path)"; what calls for
 * attention has the mark. */
static void compose_note(struct buffer *buffer, struct row *row, bool *alarming)
{
    static const char *const messages[] = { "message", "reason", "evidence" };
    static const char *const object[] = { "image", "volume", "path" };
    bool told = false;
    const char *before = " (";

    *alarming = row->type == RECORD_GAP || row->type == RECORD_ANOMALY || row->type == RECORD_ALERT;
    if (!add_value(buffer, row, "type", *alarming ? "! " : ""))
        buffer_add_text(buffer, "record");
    if (add_value(buffer, row, "offset", " at "))
        add_value(buffer, row, "length", "+");
    else
        add_value(buffer, row, "datetime", " at ");
    for (size_t i = 0; i < sizeof messages / sizeof *messages && !told; i++)
        told = add_value(buffer, row, messages[i], ": ");
    if (!told)
        add_members(buffer, row);
    for (size_t i = 0; i < sizeof object / sizeof *object; i++)
        if (add_value(buffer, row, object[i], before))
            before = ":";
    if (*before == ':')
        buffer_add_byte(buffer, ')');
}

void table_put_note(struct buffer *buffer, struct row *row, bool colour)
{
    struct buffer note = BUFFER_INIT;
    bool alarming;

    compose_note(&note, row, &alarming);
    colour &= alarming;
    buffer_add_text(buffer, colour ? RED : "");
    buffer_add(buffer, note.data, note.length);
    buffer_add_text(buffer, colour ? PLAIN "\n" : "\n");
    buffer->failed |= note.failed;
    buffer_release(&note);
}

/* --- layout --- */

/* The row's first cell, and for each column what it needs. */
static void measure(struct table *table, const char *cell)
{
    for (size_t i = 0; i < table->columns->count; i++, cell += strlen(cell) + 1) {
        struct layout *layout = &table->layout[i];
        size_t columns = text_columns(cell, strlen(cell));
        if (columns > layout->width)
            layout->width = columns;
        layout->filled |= columns > 0;
    }
}

static size_t least_width(const struct table *table, size_t column)
{
    enum record_kind kind = table->columns->items[column].kind;
    size_t name = strlen(table->columns->items[column].name);
    size_t width = table->layout[column].width;
    size_t least = kind == KIND_NUMBER ? width : kind == KIND_TIME ? LEAST_TIME : LEAST_TEXT;

    if (least < name)
        least = name;
    return least < width ? least : width;
}

/* Columns of all that is shown, each as wide as it is, or as narrow as it can be. */
static size_t total_width(const struct table *table, bool least)
{
    size_t total = 0, shown = 0;

    for (size_t i = 0; i < table->columns->count; i++) {
        if (!table->layout[i].shown)
            continue;
        total += least ? least_width(table, i) : table->layout[i].width;
        shown++;
    }
    return total + (shown > 0 ? (shown - 1) * BETWEEN : 0);
}

/* Leave out columns from the right until the others fit. */
static void drop_columns(struct table *table, size_t *width)
{
    enum { NOTE = sizeof "  +99 more" - 1 };
    size_t most = *width;

    for (size_t i = table->columns->count; i-- > 1 && total_width(table, true) > *width;) {
        if (!table->layout[i].shown)
            continue;
        table->layout[i].shown = false;
        table->left_out++;
        *width = most > NOTE ? most - NOTE : 1;
    }
}

/* Narrow the widest first, evenly. */
static void narrow_columns(struct table *table, size_t width)
{
    for (size_t excess = total_width(table, false); excess > width; excess--) {
        size_t widest = table->columns->count;
        for (size_t i = 0; i < table->columns->count; i++) {
            const struct layout *layout = &table->layout[i];
            if (layout->shown && layout->width > least_width(table, i) &&
                (widest == table->columns->count ||
                 layout->width > table->layout[widest].width))
                widest = i;
        }
        if (widest == table->columns->count)
            return;
        table->layout[widest].width--;
    }
}

static void lay_out(struct table *table)
{
    size_t width = table->options.width;

    for (size_t i = 0; i < table->columns->count; i++)
        table->layout[i].width = strlen(table->columns->items[i].name);
    for (size_t i = 0; i < table->row_count; i++)
        if (!table->rows[i].is_note)
            measure(table, table->cells.data + table->rows[i].start);
    for (size_t i = 0; i < table->columns->count; i++) {
        struct layout *layout = &table->layout[i];
        layout->shown = table->options.fields || layout->filled;
        /* More than the terminal has is never needed, and never subtracted. */
        if (width > 0 && layout->width > width &&
            table->columns->items[i].kind != KIND_NUMBER)
            layout->width = width;
    }
    table->left_out = 0;
    if (width > 0 && !table->options.fields)
        drop_columns(table, &width);
    if (width > 0)
        narrow_columns(table, width);
    table->laid_out = true;
}

static void add_row(struct table *table, const char *cells, bool dim)
{
    dim &= table->options.colour;
    if (dim)
        buffer_add_text(table->output, DIM);
    add_line(table, cells);
    buffer_add_text(table->output, dim ? PLAIN "\n" : "\n");
}

/* Lay out by the rows that wait, and add them. */
static void release_rows(struct table *table)
{
    bool any_row = false;

    if (table->cells.failed) {
        table->output->failed = true;
        return;
    }
    for (size_t i = 0; i < table->row_count; i++)
        any_row |= !table->rows[i].is_note;
    if (any_row) {
        lay_out(table);
        add_header(table);
    }
    for (size_t i = 0; i < table->row_count; i++) {
        const struct waiting *row = &table->rows[i];
        if (row->is_note)
            buffer_add_text(table->output, table->cells.data + row->start);
        else
            add_row(table, table->cells.data + row->start, row->dim);
    }
    table->row_count = 0;
    buffer_clear(&table->cells);
}

static void add_waiting(struct table *table, size_t start, bool is_note, bool dim)
{
    if (memory_grow((void **)&table->rows, &table->row_capacity, table->row_count + 1,
                    sizeof *table->rows) != 0) {
        table->output->failed = true;
        return;
    }
    table->rows[table->row_count++] = (struct waiting){ start, is_note, dim };
    if (table->row_count >= WRITER_TABLE_ROWS || table->cells.length >= WRITER_TABLE_BYTES)
        release_rows(table);
}

/* Whether a row has a value in a column that was left out as empty. */
static bool has_news(const struct table *table, const char *cell)
{
    for (size_t i = 0; i < table->columns->count; i++, cell += strlen(cell) + 1)
        if (*cell && !table->layout[i].shown && !table->layout[i].filled)
            return true;
    return false;
}

/* "2000-11-22 Wednesday", above the first row of a day. */
static void add_day(struct table *table, struct row *row)
{
    static const char *const names[] = { "Thursday", "Friday",  "Saturday", "Sunday",
                                         "Monday",   "Tuesday", "Wednesday" };
    enum { SECONDS = 86400, WEEK = 7 };
    struct value value = row_value(row, &table->columns->items[0]);
    char date[INSTANT_TEXT_SIZE];

    if (!is_dated(table, &value))
        return;
    int64_t second = value.time.seconds % SECONDS;
    int64_t day = (value.time.seconds - (second < 0 ? second + SECONDS : second)) / SECONDS;
    if (table->any_day && table->day == day)
        return;
    table->any_day = true;
    table->day = day;
    size_t start = table->cells.length;
    struct buffer *buffer = table->laid_out ? table->output : &table->cells;
    instant_format(&value.time, date);
    buffer_add_format(buffer, "%s%.10s %s%s\n", table->options.colour ? BOLD : "", date,
                      names[((day % WEEK) + WEEK) % WEEK], table->options.colour ? PLAIN : "");
    if (table->laid_out)
        return;
    buffer_add_byte(buffer, '\0');
    add_waiting(table, start, true, false);
}

void table_add_row(struct table *table, struct row *row)
{
    add_day(table, row);
    size_t start = table->cells.length;
    bool dim = is_deleted(row);

    add_cells(table, row);
    if (table->cells.failed) {
        table->output->failed = true;
        return;
    }
    if (table->laid_out && has_news(table, table->cells.data + start)) {
        table->laid_out = false;
        buffer_add_byte(table->output, '\n');
    }
    if (!table->laid_out) {
        add_waiting(table, start, false, dim);
        return;
    }
    add_row(table, table->cells.data + start, dim);
    buffer_clear(&table->cells);
}

void table_add_note(struct table *table, struct row *row)
{
    size_t start = table->cells.length;

    if (table->laid_out) {
        table_put_note(table->output, row, table->options.colour);
        return;
    }
    table_put_note(&table->cells, row, table->options.colour);
    buffer_add_byte(&table->cells, '\0');
    add_waiting(table, start, true, false);
}

void table_finish(struct table *table)
{
    release_rows(table);
}
