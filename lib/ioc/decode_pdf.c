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

enum { SPACE_BETWEEN_WORDS = -200, LEAST_BYTES = 4 };

/* A string of PDF has 32,767 bytes at most, an operator a few; a line is text of a page. */
enum { STRING_MOST = 65536, OPERATOR_MOST = 64, LINE_MOST = 65536 };

enum { END = -1 };

struct page {
    struct stream *stream;
    struct pdf_state *pdf;
    struct buffer *output; /* of pdf */
    const uint8_t *bytes;  /* what stands at `from` */
    uint64_t from, at;
    size_t size;
};

static int page_byte_slow(struct page *page)
{
    page->from = page->at;
    page->bytes = input_at(&page->stream->input, page->at, &page->size);
    if (page->bytes)
        return page->bytes[0];
    page->size = 0;
    return END;
}

/* The byte that comes next, or END. */
static inline int page_byte(struct page *page)
{
    return page->at - page->from < page->size ? page->bytes[page->at - page->from]
                                              : page_byte_slow(page);
}

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
    struct pdf_state *pdf = page->pdf;

    if (page->output->length > pdf->line && (pdf->pieces > 1 || pdf->changed))
        buffer_add_byte(page->output, '\n');
    else
        buffer_truncate(page->output, pdf->line);
    pdf->line = page->output->length;
    pdf->pieces = 0;
    pdf->changed = false;
}

static void add_code(struct page *page, unsigned code)
{
    if (code != 0)
        buffer_add_byte(page->output, (char)code);
    if (page->output->length - page->pdf->line >= LINE_MOST)
        end_line(page);
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
    int byte = page_byte(page);
    unsigned code = 0;

    page->pdf->changed = true;
    if (byte < '0' || byte > '7') {
        page->at++;
        if (byte == '\r' || byte == '\n') /* the string goes on in the next line */
            return;
        const char *letter = byte > 0 ? strchr(letters, byte) : NULL;
        add_code(page, letter ? (uint8_t)codes[letter - letters] : (unsigned)byte);
        return;
    }
    for (int i = 0; i < 3 && byte >= '0' && byte <= '7'; i++) {
        code = code * 8 + (unsigned)byte - '0';
        page->at++;
        byte = page_byte(page);
    }
    add_code(page, code & 0xff);
}

/* Behind "(". */
static void read_string(struct page *page)
{
    uint64_t last = page->at + STRING_MOST;
    unsigned depth = 1;
    int byte;

    page->pdf->pieces++;
    while (page->at < last && (byte = page_byte(page)) != END) {
        page->at++;
        if (byte == '\\' && page_byte(page) != END) {
            read_escape(page);
            continue;
        }
        depth += byte == '(';
        depth -= byte == ')';
        if (depth == 0)
            break;
        page->pdf->changed |= byte == 0;
        add_code(page, (unsigned)byte);
    }
}

/* Behind "<". */
static void read_hex(struct page *page)
{
    uint64_t last = page->at + STRING_MOST;
    int held = -1, byte;

    page->pdf->pieces++;
    page->pdf->changed = true;
    while (page->at < last && (byte = page_byte(page)) != END && byte != '>') {
        int value = hex_value((unsigned)byte);
        page->at++;
        if (value < 0)
            continue;
        if (held >= 0)
            add_code(page, (unsigned)(held << 4 | value));
        held = held >= 0 ? -1 : value;
    }
    page->at++;
}

static void read_number(struct page *page, const char *text)
{
    char *number = page->pdf->number;
    size_t length = strlen(text);

    if (length >= PDF_NUMBER_SIZE)
        length = PDF_NUMBER_SIZE - 1;
    memcpy(number, text, length);
    number[length] = '\0';
    if (page->pdf->array && number[0] == '-' && atof(number) <= SPACE_BETWEEN_WORDS)
        buffer_add_byte(page->output, ' ');
}

static void set_height(struct page *page, char height[PDF_NUMBER_SIZE])
{
    if (strcmp(height, page->pdf->number) == 0)
        return;
    memcpy(height, page->pdf->number, PDF_NUMBER_SIZE);
    end_line(page);
}

static void use_operator(struct page *page, const char *text)
{
    static const char *const lines[] = { "Td", "TD", "T*", "'", "\"" };
    struct pdf_state *pdf = page->pdf;

    if ((text[0] >= '0' && text[0] <= '9') || text[0] == '-' || text[0] == '+' ||
        text[0] == '.') {
        read_number(page, text);
        return;
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strcmp(text, lines[i]) == 0 && !(i < 2 && atof(pdf->number) == 0.0))
            end_line(page);
    if (strcmp(text, "Tm") == 0)
        set_height(page, pdf->heights[0]);
    else if (strcmp(text, "cm") == 0)
        set_height(page, pdf->heights[1]);
    else if (strcmp(text, "ID") == 0)
        pdf->image = 1;
}

/* A name, number or operator, whose first byte is `first`. */
static void read_word(struct page *page, int first)
{
    char text[OPERATOR_MOST] = { (char)first };
    size_t length = 1;
    int byte;

    for (; (byte = page_byte(page)) != END && is_regular((unsigned)byte) &&
           length + 1 < OPERATOR_MOST; page->at++)
        text[length++] = (char)byte;
    if (first != '/')
        use_operator(page, text);
}

/* The bytes of an image within the stream, up to its "EI". */
static void skip_image(struct page *page)
{
    static const char mark[] = "\nEI";
    struct pdf_state *pdf = page->pdf;
    uint64_t last = page->at + STREAM_STEP;
    int byte;

    while (pdf->image > 0 && page->at < last && (byte = page_byte(page)) != END) {
        page->at++;
        if (byte == mark[0])
            pdf->image = 2;
        else
            pdf->image = pdf->image > 1 && byte == mark[pdf->image - 1] ? pdf->image + 1 : 1;
        if (pdf->image > 3)
            pdf->image = 0;
    }
}

static void read_token(struct page *page)
{
    int byte = page_byte(page);

    page->at++;
    if (byte == '(') {
        read_string(page);
    } else if (byte == '<') {
        if (page_byte(page) == '<')
            page->at++;
        else
            read_hex(page);
    } else if (byte == '[' || byte == ']') {
        page->pdf->array = byte == '[';
    } else if (is_regular((unsigned)byte) || byte == '/') {
        read_word(page, byte);
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

bool pdf_open(struct stream *stream, const struct start *start)
{
    (void)start;
    stream->open = true;
    return true;
}

bool pdf_is_sensible(const struct stream *stream, const uint8_t *bytes, size_t size)
{
    (void)stream;
    (void)bytes;
    return size >= LEAST_BYTES;
}

/* Complete lines that were not given yet; then only what goes on is kept. */
static size_t give_lines(struct pdf_state *pdf, uint8_t *output, size_t room)
{
    size_t size = pdf->line - pdf->given < room ? pdf->line - pdf->given : room;

    memcpy(output, buffer_text(&pdf->lines) + pdf->given, size);
    pdf->given += size;
    if (pdf->given == pdf->line && pdf->line > 0) {
        size_t rest = pdf->lines.length - pdf->line;
        memmove(pdf->lines.data, pdf->lines.data + pdf->line, rest);
        buffer_truncate(&pdf->lines, rest);
        pdf->line = pdf->given = 0;
    }
    return size;
}

size_t pdf_make(struct stream *stream, uint8_t *output, size_t room)
{
    struct pdf_state *pdf = &stream->pdf;
    struct page page = { .stream = stream, .pdf = pdf, .output = &pdf->lines,
                         .at = stream->start + stream->used };
    uint64_t last = page.at + STREAM_STEP;

    while (pdf->line - pdf->given < room && page.at < last && page_byte(&page) != END) {
        if (pdf->image > 0)
            skip_image(&page);
        else
            read_token(&page);
    }
    bool over = page_byte(&page) == END;
    if (over)
        end_line(&page);
    stream->run->failed |= pdf->lines.failed;
    stream->used = page.at - stream->start;
    size_t made = give_lines(pdf, output, room);
    return over && pdf->given == pdf->line ? stream_end(stream, IOC_WHOLE, made) : made;
}
