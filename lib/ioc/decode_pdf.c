/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_pdf: the text of a page of PDF (ISO 32000-1, 9.4.3), where it is shown
 * in pieces:
 *
 *     BT 12 0 0 12 72 83 Tm /F1 1 Tf [ (exam) -0.2 (ple.c) -250 (om) ] TJ ET
 *
 * Strings that follow each other on one line are put together. What begins a
 * line is an operator that moves down: Td, TD, T*, ' and ", or Tm and cm with
 * another last number than before; a number of -200 and below in an array is the
 * space between words. Only lines are given that the stream does not show as
 * they are: those of several pieces, with escapes, or in hex.
 *
 * Codes that are no ASCII by themselves need the tables of the font, which are
 * not looked at; the zero bytes of two-byte codes are left out.
 */

#include <stdlib.h>
#include <string.h>

#include "decode.h"

enum { SPACE_BETWEEN_WORDS = -200, LEAST_BYTES = 4, NUMBER_SIZE = 24 };

struct page {
    const uint8_t *data;
    size_t size, at;
    struct buffer *output;
    size_t line;               /* where in the output it begins */
    unsigned pieces;           /* of the line */
    bool changed;              /* it is not as the stream shows it */
    bool array;
    char number[NUMBER_SIZE];  /* the last one */
    char heights[2][NUMBER_SIZE]; /* the last numbers of Tm and cm */
};

static bool is_blank(unsigned byte)
{
    return byte == 0 || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r' ||
           byte == ' ';
}

static bool is_regular(unsigned byte)
{
    return !is_blank(byte) && !strchr("()<>[]{}/%", (int)byte);
}

static void end_line(struct page *page)
{
    if (page->output->length > page->line && (page->pieces > 1 || page->changed))
        buffer_add_byte(page->output, '\n');
    else
        buffer_truncate(page->output, page->line);
    page->line = page->output->length;
    page->pieces = 0;
    page->changed = false;
}

static void add_code(struct page *page, unsigned code)
{
    if (code != 0)
        buffer_add_byte(page->output, (char)code);
}

static int hex_value(unsigned byte)
{
    if (byte >= '0' && byte <= '9')
        return (int)byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? (int)byte - 'a' + 10 : -1;
}

/* Behind a backslash. */
static void read_escape(struct page *page)
{
    static const char letters[] = "nrtbf", codes[] = "\n\r\t\b\f";
    unsigned byte = page->data[page->at++], code = 0;

    page->changed = true;
    if (byte == '\r' || byte == '\n') /* the string goes on in the next line */
        return;
    if (byte < '0' || byte > '7') {
        const char *letter = byte ? strchr(letters, (int)byte) : NULL;
        add_code(page, letter ? (uint8_t)codes[letter - letters] : byte);
        return;
    }
    page->at--;
    for (int i = 0; i < 3 && page->at < page->size; i++, page->at++) {
        byte = page->data[page->at];
        if (byte < '0' || byte > '7')
            break;
        code = code * 8 + byte - '0';
    }
    add_code(page, code & 0xff);
}

/* Behind "(". */
static void read_string(struct page *page)
{
    unsigned depth = 1;

    page->pieces++;
    while (page->at < page->size) {
        unsigned byte = page->data[page->at++];
        if (byte == '\\' && page->at < page->size) {
            read_escape(page);
            continue;
        }
        depth += byte == '(';
        depth -= byte == ')';
        if (depth == 0)
            break;
        page->changed |= byte == 0;
        add_code(page, byte);
    }
}

/* Behind "<". */
static void read_hex(struct page *page)
{
    int held = -1;

    page->pieces++;
    page->changed = true;
    while (page->at < page->size && page->data[page->at] != '>') {
        int value = hex_value(page->data[page->at++]);
        if (value < 0)
            continue;
        if (held >= 0)
            add_code(page, (unsigned)(held << 4 | value));
        held = held >= 0 ? -1 : value;
    }
    page->at++;
}

static void read_number(struct page *page, const uint8_t *text, size_t size)
{
    size_t length = size < NUMBER_SIZE ? size : NUMBER_SIZE - 1;

    memcpy(page->number, text, length);
    page->number[length] = '\0';
    if (page->array && page->number[0] == '-' && atof(page->number) <= SPACE_BETWEEN_WORDS)
        buffer_add_byte(page->output, ' ');
}

static void set_height(struct page *page, char height[NUMBER_SIZE])
{
    if (strcmp(height, page->number) == 0)
        return;
    memcpy(height, page->number, NUMBER_SIZE);
    end_line(page);
}

/* The bytes of an image within the stream, up to its "EI". */
static void skip_image(struct page *page)
{
    const uint8_t *end = memmem(page->data + page->at, page->size - page->at, "\nEI", 3);

    page->at = end ? (size_t)(end + 3 - page->data) : page->size;
}

static void read_operator(struct page *page, const uint8_t *text, size_t size)
{
    static const char *const lines[] = { "Td", "TD", "T*", "'", "\"" };
    unsigned first = text[0];

    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
        read_number(page, text, size);
        return;
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (size == strlen(lines[i]) && memcmp(text, lines[i], size) == 0 &&
            !(i < 2 && atof(page->number) == 0.0))
            end_line(page);
    if (size != 2)
        return;
    if (memcmp(text, "Tm", 2) == 0)
        set_height(page, page->heights[0]);
    else if (memcmp(text, "cm", 2) == 0)
        set_height(page, page->heights[1]);
    else if (memcmp(text, "ID", 2) == 0)
        skip_image(page);
}

static void read_token(struct page *page)
{
    size_t from = page->at;
    unsigned byte = page->data[page->at++];

    if (byte == '(') {
        read_string(page);
    } else if (byte == '<') {
        if (page->at < page->size && page->data[page->at] == '<')
            page->at++;
        else
            read_hex(page);
    } else if (byte == '[' || byte == ']') {
        page->array = byte == '[';
    } else if (is_regular(byte) || byte == '/') {
        while (page->at < page->size && is_regular(page->data[page->at]))
            page->at++;
        if (byte != '/')
            read_operator(page, page->data + from, page->at - from);
    }
}

/* The page is the whole of what was in a zlib stream. */
void pdf_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    size_t size = (size_t)(to - window->from);

    if (place->inside == IOC_ZLIB && from == 0 && memmem(window->bytes, size, "BT", 2) &&
        memmem(window->bytes, size, " Tf", 3))
        run_add_start(place, &(struct start){ .coding = IOC_PDF });
}

bool pdf_decode(const struct place *place, const struct start *start, struct unit *unit)
{
    struct page page = { .data = place->source->data, .size = place->source->size,
                         .at = (size_t)start->at, .output = unit->output };

    if (page.size > place_output_limit(place)) {
        page.size = place_output_limit(place);
        unit->state = IOC_LIMITED;
    }
    while (page.at < page.size)
        read_token(&page);
    end_line(&page);
    place->run->failed |= unit->output->failed;
    unit->length = page.size;
    unit->open = true;
    unit->end = unit->output->length;
    run_charge(place->run, unit->length + unit->end);
    return unit->end >= LEAST_BYTES;
}
