/* SPDX-License-Identifier: Apache-2.0 */

/*
 * binxml: binary XML of Windows event logs, as libyal's documentation of the format
 * and MS-EVEN6 2.2.12 describe it. Offsets are from the start of the chunk.
 *
 *     00 end      0F fragment: three bytes
 *     01 element  in a definition 16 bits  32 bits: size
 *                 32 bits: name at; with 40: 32 bits: size of attributes
 *     02, 03, 04  end of a start tag, of an empty element, of an element
 *     05 value    type  its text: 16 bits: units, UTF-16
 *     06 attribute 32 bits: name at
 *     07 CDATA, 0B instruction's data: as text    08 character: 16 bits
 *     09 entity, 0A instruction: 32 bits: name at
 *     0C template a byte, 32 bits: id, 32 bits: definition at; 32 bits: values, of each
 *                 16 bits: size, type, a zero; then the values
 *     0D, 0E substitution  16 bits: which value, type
 *     a name      32 bits, 16 bits, 16 bits: units, UTF-16, NUL; where it is used first
 *                 it stands there itself
 *     a definition 32 bits, 16 bytes, 32 bits: size, then tokens; likewise
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/bytes.h>
#include <fett/text.h>

#include "binxml.h"

enum {
    DEPTH = 32,          /* elements inside each other */
    NESTED = 8,          /* templates and fragments inside each other */
    NAME_SIZE = 64,      /* of an element: those that matter have less */
    MOST_TOKENS = 65536, /* a chunk has no room for more */
    TYPE_BINXML = 0x21,
};

struct values {
    const uint8_t *descriptors;
    size_t count, data; /* data: where the first value is */
};

struct parse {
    const uint8_t *chunk;
    struct binxml_event *event;
    char elements[DEPTH][NAME_SIZE];
    int depth;
    char attribute[NAME_SIZE]; /* that is being given; "" for none */
    struct buffer label;       /* Name of a Data element */
    struct buffer text;
    unsigned tokens, nested;
    bool bad;
};

/* A token stream: cursor over [at, end) of the chunk. */
struct stream {
    struct cursor cursor;
    bool in_value; /* elements have no dependency: only those of definitions do */
    const struct values *values;
};

static void parse_stream(struct parse *parse, struct stream *stream);

static void stream_init(struct stream *stream, const struct parse *parse, size_t at, size_t end,
                        bool in_value, const struct values *values)
{
    cursor_init(&stream->cursor, parse->chunk, end, 0, "binary XML");
    cursor_seek(&stream->cursor, at);
    stream->in_value = in_value;
    stream->values = values;
}

/* The name that a token refers to, as text. */
static void read_name(struct parse *parse, struct cursor *cursor, char name[NAME_SIZE])
{
    enum { HEAD = 8 };
    uint32_t at = cursor_u32(cursor);
    struct buffer text = BUFFER_INIT;

    name[0] = '\0';
    if (cursor->failed || at > EVTX_CHUNK - HEAD) {
        parse->bad = true;
        return;
    }
    size_t units = bytes_u16le(parse->chunk + at + 6);
    if (2 * units > EVTX_CHUNK - HEAD - at) {
        parse->bad = true;
        return;
    }
    if (at == cursor->at)
        cursor_skip(cursor, HEAD + 2 * units + 2);
    text_add_utf16le(&text, parse->chunk + at + HEAD, units < NAME_SIZE ? units : NAME_SIZE);
    if (!text.failed && text.length > 0) {
        size_t length = strnlen(text.data, text.length < NAME_SIZE ? text.length : NAME_SIZE - 1);
        memcpy(name, text.data, length);
        name[length] = '\0';
    }
    buffer_release(&text);
}

static bool is_element(const struct parse *parse, int depth, const char *name)
{
    return parse->depth > depth && strcmp(parse->elements[depth], name) == 0;
}

static void set(struct buffer *buffer, const struct buffer *text)
{
    buffer_clear(buffer);
    buffer_add(buffer, text->data, text->length);
}

static void take_attribute(struct parse *parse)
{
    const char *element = parse->elements[parse->depth - 1];

    if (strcmp(element, "Provider") == 0 && strcmp(parse->attribute, "Name") == 0)
        set(&parse->event->provider, &parse->text);
    else if (strcmp(element, "Security") == 0 && strcmp(parse->attribute, "UserID") == 0)
        set(&parse->event->user, &parse->text);
    else if (strcmp(element, "Data") == 0 && strcmp(parse->attribute, "Name") == 0)
        set(&parse->label, &parse->text);
}

/* Of EventData and UserData: "Name=value", or what is in an unnamed Data alone. */
static void take_string(struct parse *parse)
{
    const char *element = parse->elements[parse->depth - 1];
    struct buffer *strings = &parse->event->strings;

    if (parse->text.length == 0)
        return;
    if (strings->length > 0)
        buffer_add_text(strings, "; ");
    if (parse->label.length > 0)
        buffer_add(strings, parse->label.data, parse->label.length);
    else if (strcmp(element, "Data") != 0)
        buffer_add_text(strings, element);
    if (parse->label.length > 0 || strcmp(element, "Data") != 0)
        buffer_add_byte(strings, '=');
    buffer_add(strings, parse->text.data, parse->text.length);
    buffer_clear(&parse->label);
}

/* A value where it stands. */
static void take(struct parse *parse, uint8_t type, const uint8_t *data, size_t size)
{
    struct binxml_event *event = parse->event;

    if (parse->depth == 0)
        return;
    buffer_clear(&parse->text);
    binxml_add_value(&parse->text, type, data, size);
    if (parse->text.failed)
        return;
    if (parse->attribute[0]) {
        take_attribute(parse);
    } else if (is_element(parse, 1, "System")) {
        if (is_element(parse, 2, "Computer"))
            set(&event->computer, &parse->text);
        else if (is_element(parse, 2, "EventID") && size >= 2) {
            event->id = type == 1 ? (uint32_t)strtoul(buffer_text(&parse->text), NULL, 10)
                                  : bytes_u16le(data);
            event->has_id = true;
        }
    } else if (parse->depth > 1) {
        take_string(parse);
    }
}

static void read_element(struct parse *parse, struct stream *stream, bool attributes)
{
    struct cursor *cursor = &stream->cursor;
    char name[NAME_SIZE];

    if (!stream->in_value)
        cursor_skip(cursor, 2);
    cursor_skip(cursor, 4);
    read_name(parse, cursor, name);
    if (attributes)
        cursor_skip(cursor, 4);
    if (parse->depth >= DEPTH) {
        parse->bad = true;
        return;
    }
    memcpy(parse->elements[parse->depth++], name, sizeof name);
    buffer_clear(&parse->label);
}

static void end_element(struct parse *parse)
{
    if (parse->depth > 0)
        parse->depth--;
    buffer_clear(&parse->label);
}

static void read_text(struct parse *parse, struct cursor *cursor)
{
    size_t size = 2 * (size_t)cursor_u16(cursor);
    const uint8_t *data = cursor_bytes(cursor, size);

    if (data)
        take(parse, 1, data, size);
}

/* Where the value of a substitution is. */
static void substitute(struct parse *parse, const struct values *values, size_t number)
{
    size_t at = values ? values->data : 0;

    if (!values || number >= values->count)
        return;
    for (size_t i = 0; i < number; i++)
        at += bytes_u16le(values->descriptors + 4 * i);
    size_t size = bytes_u16le(values->descriptors + 4 * number);
    uint8_t type = values->descriptors[4 * number + 2];
    if (at > EVTX_CHUNK || size > EVTX_CHUNK - at) {
        parse->bad = true;
    } else if (type == TYPE_BINXML) {
        struct stream inner;
        stream_init(&inner, parse, at, at + size, true, NULL);
        parse_stream(parse, &inner);
    } else if (type != 0) {
        take(parse, type, parse->chunk + at, size);
    }
}

static void read_template(struct parse *parse, struct cursor *cursor)
{
    enum { HEAD = 24 };
    struct values values;
    struct stream inner;

    cursor_skip(cursor, 5);
    uint32_t definition = cursor_u32(cursor);
    if (cursor->failed || definition > EVTX_CHUNK - HEAD) {
        parse->bad = true;
        return;
    }
    size_t size = bytes_u32le(parse->chunk + definition + 20);
    if (size > EVTX_CHUNK - HEAD - definition) {
        parse->bad = true;
        return;
    }
    if (definition == cursor->at)
        cursor_skip(cursor, HEAD + size);
    values.count = cursor_u32(cursor);
    values.descriptors = values.count < EVTX_CHUNK ? cursor_bytes(cursor, 4 * values.count) : NULL;
    if (!values.descriptors) {
        parse->bad = true;
        return;
    }
    values.data = cursor->at;
    for (size_t i = 0; i < values.count; i++)
        cursor_skip(cursor, bytes_u16le(values.descriptors + 4 * i));
    stream_init(&inner, parse, definition + HEAD, definition + HEAD + size, false, &values);
    parse_stream(parse, &inner);
}

/* One token; false at the end. */
static bool read_token(struct parse *parse, struct stream *stream)
{
    struct cursor *cursor = &stream->cursor;
    uint8_t token = cursor_u8(cursor);
    char name[NAME_SIZE];

    switch (token & 0xbf) {
    case 0x00: return false;
    case 0x01: read_element(parse, stream, token & 0x40); return true;
    case 0x02: parse->attribute[0] = '\0'; return true;
    case 0x03: parse->attribute[0] = '\0'; end_element(parse); return true;
    case 0x04: end_element(parse); return true;
    case 0x05:
        parse->bad |= cursor_u8(cursor) != 1;
        read_text(parse, cursor);
        return true;
    case 0x06: read_name(parse, cursor, parse->attribute); return true;
    case 0x07: read_text(parse, cursor); return true;
    case 0x08: {
        const uint8_t *unit = cursor_bytes(cursor, 2);
        if (unit)
            take(parse, 1, unit, 2);
        return true;
    }
    case 0x09:
    case 0x0a: read_name(parse, cursor, name); return true;
    case 0x0b: cursor_skip(cursor, 2 * (size_t)cursor_u16(cursor)); return true;
    case 0x0c: read_template(parse, cursor); return true;
    case 0x0d:
    case 0x0e: {
        size_t number = cursor_u16(cursor);
        cursor_skip(cursor, 1);
        if (!cursor->failed)
            substitute(parse, stream->values, number);
        return true;
    }
    case 0x0f: cursor_skip(cursor, 3); return true;
    default: parse->bad = true; return false;
    }
}

static void parse_stream(struct parse *parse, struct stream *stream)
{
    int depth = parse->depth;

    if (parse->nested >= NESTED) {
        parse->bad = true;
        return;
    }
    parse->nested++;
    while (!parse->bad && cursor_left(&stream->cursor) > 0 && read_token(parse, stream))
        parse->bad |= stream->cursor.failed || ++parse->tokens > MOST_TOKENS;
    parse->nested--;
    parse->depth = depth; /* whatever it left open */
    parse->attribute[0] = '\0';
}

bool binxml_parse(const uint8_t chunk[EVTX_CHUNK], size_t at, size_t end,
                  struct binxml_event *event)
{
    struct parse parse = { .chunk = chunk, .event = event };
    struct stream stream;

    buffer_clear(&event->provider);
    buffer_clear(&event->computer);
    buffer_clear(&event->user);
    buffer_clear(&event->strings);
    event->has_id = false;
    stream_init(&stream, &parse, at, end, true, NULL);
    parse_stream(&parse, &stream);
    event->strings.failed |= parse.text.failed || parse.label.failed;
    buffer_release(&parse.text);
    buffer_release(&parse.label);
    return !parse.bad;
}

void binxml_release(struct binxml_event *event)
{
    buffer_release(&event->provider);
    buffer_release(&event->computer);
    buffer_release(&event->user);
    buffer_release(&event->strings);
}
