/* SPDX-License-Identifier: Apache-2.0 */

/*
 * json: records to JSON text (RFC 8259), see record.h and fett-records(5).
 *
 * Every member is written with a comma before it; what opens the object or
 * array then takes the place of the first comma. Text is copied a block at a
 * time as long as nothing in it needs attention.
 */

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <fett/text.h>

#include "json.h"

/* The largest number that every JSON reader keeps exactly. */
#define LARGEST_NUMBER (((uint64_t)1 << 53) - 1)

#define EVERY_BYTE(b) (0x0101010101010101 * (uint64_t)(b))

/* Room behind what is asked for: a block that is stored past its clean part,
 * the longest escape, the closing quote. */
enum { HALF_WORD = 4, WORD = 8, BLOCK = 16, SLACK = BLOCK + 6 + 1 };

/* Finish what was written behind buffer's end. */
static void commit(struct buffer *buffer, char *at)
{
    buffer->length = (size_t)(at - buffer->data);
    *at = '\0';
}

static bool is_special(uint8_t byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80;
}

/* Marks at the special bytes of a word. Subtraction borrows only out of such a byte upward, so
 * the lowest mark is right. */
static inline uint64_t marks_of(uint64_t word)
{
    return ((word - EVERY_BYTE(0x20)) | ((word ^ EVERY_BYTE('"')) - EVERY_BYTE(1)) |
            ((word ^ EVERY_BYTE('\\')) - EVERY_BYTE(1)) | word) &
           EVERY_BYTE(0x80);
}

/* Copy a word; returns how many bytes of it are before the first special one. */
static inline size_t copy_word(char *at, const uint8_t *text)
{
    uint64_t word;

    memcpy(&word, text, WORD);
    memcpy(at, &word, WORD);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    uint64_t marks = marks_of(word);
    return marks ? (size_t)__builtin_ctzll(marks) / 8 : WORD;
}

/* The same of a block. */
static inline size_t copy_block(char *at, const uint8_t *text)
{
#ifdef __SSE2__
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)text);

    _mm_storeu_si128((__m128i *)(void *)at, block);
    /* As signed numbers those that are not ASCII are below the controls. */
    __m128i marks = _mm_or_si128(_mm_cmplt_epi8(block, _mm_set1_epi8(0x20)),
                                 _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')),
                                              _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))));
    unsigned bits = (unsigned)_mm_movemask_epi8(marks);
    return bits ? (size_t)__builtin_ctz(bits) : BLOCK;
#else
    size_t clean = copy_word(at, text);

    return clean < WORD ? clean : WORD + copy_word(at + WORD, text + WORD);
#endif
}

/* Copy 4 to 7 bytes if none of them is special; returns how many. */
static inline size_t copy_half_words(char *at, const uint8_t *text, size_t size)
{
    uint32_t first, last;

    memcpy(&first, text, HALF_WORD);
    memcpy(&last, text + size - HALF_WORD, HALF_WORD);
    memcpy(at, &first, HALF_WORD);
    memcpy(at + size - HALF_WORD, &last, HALF_WORD);
    return marks_of((uint64_t)first << 32 | last) ? 0 : size;
}

/* Copy the bytes before the first special one; returns how many. */
static size_t copy_clean(char *at, const uint8_t *text, size_t size)
{
    size_t done = 0, clean;

    for (; size - done >= BLOCK; done += BLOCK)
        if ((clean = copy_block(at + done, text + done)) < BLOCK)
            return done + clean;
    /* The rest, with clean bytes before it, makes one more. */
    if (done > 0) {
        size_t last = size - BLOCK;
        return done == size ? size : last + copy_block(at + last, text + last);
    }
    if (size >= WORD) {
        size_t last = size - WORD;
        clean = copy_word(at, text);
        return clean < WORD ? clean : last + copy_word(at + last, text + last);
    }
    if (size >= HALF_WORD)
        done = copy_half_words(at, text, size);
    for (; done < size && !is_special(text[done]); done++)
        at[done] = (char)text[done];
    return done;
}

/* Length of the valid UTF-8 sequence (Unicode, table 3-7) that a byte >= 0x80
 * begins, or 0. */
static size_t sequence(const uint8_t *p, size_t size)
{
    uint8_t low = 0x80, high = 0xbf; /* of the second byte */
    size_t length = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

    if (p[0] < 0xc2 || p[0] > 0xf4 || size < length)
        return 0;
    switch (p[0]) {
    case 0xe0: low = 0xa0; break;
    case 0xed: high = 0x9f; break;
    case 0xf0: low = 0x90; break;
    case 0xf4: high = 0x8f; break;
    }
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

/* A lone surrogate as fett keeps it: three bytes, one U+FFFD. */
static bool is_surrogate(const uint8_t *p, size_t size)
{
    return size >= 3 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf && (p[2] & 0xc0) == 0x80;
}

/* Write the escape of a control byte, a quote or a backslash. */
static char *put_escape(char *at, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    };
    char letter = byte >= 0x20 ? (char)byte : letters[byte];

    *at++ = '\\';
    if (letter) {
        *at++ = letter;
        return at;
    }
    memcpy(at, "u00", 3);
    at[3] = digits[byte >> 4];
    at[4] = digits[byte & 15];
    return at + 5;
}

/* The rest of a text behind what is clean. `at` has room for its bytes and SLACK. */
static bool add_special(struct buffer *buffer, char *at, const uint8_t *p, const uint8_t *end)
{
    bool valid = true;

    for (;;) {
        size_t length = 0, clean;
        while (p < end && *p >= 0x80 && (length = sequence(p, (size_t)(end - p))) > 0) {
            memcpy(at, p, length);
            at += length;
            p += length;
        }
        if (p < end && is_special(*p)) {
            if (*p < 0x80) {
                at = put_escape(at, *p++);
            } else {
                p += is_surrogate(p, (size_t)(end - p)) ? 3 : 1;
                memcpy(at, "\xef\xbf\xbd", 3);
                at += 3;
                valid = false;
            }
            commit(buffer, at);
            at = buffer_reserve(buffer, (size_t)(end - p) + SLACK);
            if (!at)
                return valid;
        }
        clean = copy_clean(at, p, (size_t)(end - p));
        at += clean;
        p += clean;
        if (p == end)
            break;
    }
    *at++ = '"';
    commit(buffer, at);
    return valid;
}

/* Most texts are clean to their end. */
static inline bool add_text(struct buffer *buffer, const char *text, size_t size)
{
    char *at = buffer_reserve(buffer, size + 1 + SLACK);

    if (!at)
        return true;
    *at++ = '"';
    size_t clean = copy_clean(at, (const uint8_t *)text, size);
    if (clean < size)
        return add_special(buffer, at + clean, (const uint8_t *)text + clean,
                           (const uint8_t *)text + size);
    at[size] = '"';
    commit(buffer, at + size + 1);
    return true;
}

bool json_add_text(struct buffer *buffer, const char *text, size_t size)
{
    return add_text(buffer, text, size);
}

static void add_number(struct buffer *buffer, uint64_t number)
{
    if (number <= LARGEST_NUMBER) {
        buffer_add_number(buffer, number);
        return;
    }
    buffer_add_byte(buffer, '"');
    buffer_add_number(buffer, number);
    buffer_add_byte(buffer, '"');
}

static void add_signed(struct buffer *buffer, int64_t number)
{
    if (number >= 0) {
        add_number(buffer, (uint64_t)number);
        return;
    }
    uint64_t magnitude = -(uint64_t)number;
    bool quoted = magnitude > LARGEST_NUMBER;
    buffer_add_text(buffer, quoted ? "\"-" : "-");
    buffer_add_number(buffer, magnitude);
    if (quoted)
        buffer_add_byte(buffer, '"');
}

static void add_hex(struct buffer *buffer, const void *bytes, size_t size)
{
    buffer_add_byte(buffer, '"');
    buffer_add_hex(buffer, bytes, size);
    buffer_add_byte(buffer, '"');
}

static void add_time(struct buffer *buffer, const struct instant *instant)
{
    char *at = buffer_reserve(buffer, INSTANT_TEXT_SIZE + 2);

    if (!at)
        return;
    at[0] = '"';
    size_t length = instant_format(instant, at + 1);
    if (length == 0) {
        /* Absent or raw, where no member can be left out: an item of a list. */
        buffer_add_text(buffer, "null");
        return;
    }
    at[1 + length] = '"';
    commit(buffer, at + length + 2);
}

static void add_array(struct buffer *buffer, const struct value *value)
{
    size_t start = buffer->length;

    for (size_t i = 0; i < value->length; i++) {
        buffer_add_byte(buffer, ',');
        value_add_json(buffer, &value->items[i]);
    }
    json_wrap_array(buffer, start);
}

static void add_object(struct buffer *buffer, const struct value *value)
{
    size_t start = buffer->length;
    struct buffer local = BUFFER_INIT;

    for (size_t i = 0; i < value->length; i++) {
        const struct member *member = &value->members[i];
        if (!json_add_member(buffer, member->name, &member->value))
            continue;
        buffer_add_byte(&local, ',');
        json_add_text(&local, member->name, strlen(member->name));
    }
    if (local.length > 0) {
        json_wrap_array(&local, 0);
        buffer_add_text(buffer, ",\"local\":");
        buffer_add(buffer, local.data, local.length);
    }
    buffer->failed |= local.failed;
    buffer_release(&local);
    json_wrap_object(buffer, start);
}

/* As value_add_json, of a value that is no text. */
static void add_other(struct buffer *buffer, const struct value *value)
{
    switch (value->kind) {
    case VALUE_HEX:
        add_hex(buffer, value->bytes, value->length);
        break;
    case VALUE_NUMBER:
        add_number(buffer, value->number);
        break;
    case VALUE_SIGNED:
        add_signed(buffer, value->signed_number);
        break;
    case VALUE_BOOL:
        buffer_add_text(buffer, value->number ? "true" : "false");
        break;
    case VALUE_TIME:
        add_time(buffer, &value->time);
        break;
    case VALUE_LIST:
        add_array(buffer, value);
        break;
    case VALUE_OBJECT:
        add_object(buffer, value);
        break;
    case VALUE_JSON:
        buffer_add(buffer, value->text, value->length);
        break;
    case VALUE_NONE:
    case VALUE_TEXT:
        buffer_add_text(buffer, "null");
        break;
    }
}

/* As value_add_json; returns whether it is valid, if it is text. */
static inline bool add_value(struct buffer *buffer, const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        return add_text(buffer, value->text, value->length);
    add_other(buffer, value);
    return true;
}

void value_add_json(struct buffer *buffer, const struct value *value)
{
    add_value(buffer, value);
}

/* What a member is written behind: `,"NAME":`. */
struct prefix {
    const char *text;
    size_t length;
};

/* `,"NAME_hex":"BYTES"` */
static void add_hex_twin(struct buffer *buffer, const struct prefix *prefix, const void *bytes,
                         size_t size)
{
    buffer_add(buffer, prefix->text, prefix->length - 2);
    buffer_add_text(buffer, "_hex\":");
    add_hex(buffer, bytes, size);
}

/* The stored number as its bytes stood in the evidence. */
static void add_raw_time(struct buffer *buffer, const struct prefix *prefix,
                         const struct instant *instant)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((uint64_t)instant->seconds >> (8 * i));
    add_hex_twin(buffer, prefix, bytes, instant->raw_size);
}

static void add_precision(struct buffer *buffer, const struct prefix *prefix,
                          const struct instant *instant)
{
    const char *precision = instant_precision_text((enum instant_precision)instant->precision);

    /* A date alone shows by itself what it is, but the rule has no exception. */
    if (!precision)
        return;
    buffer_add(buffer, prefix->text, prefix->length - 2);
    buffer_add_text(buffer, "_precision\":\"");
    buffer_add_text(buffer, precision);
    buffer_add_byte(buffer, '"');
}

/* As json_add_member, of a time. */
static bool add_time_member(struct buffer *buffer, const struct prefix *prefix,
                            const struct instant *instant)
{
    if (instant->state == INSTANT_ABSENT)
        return false;
    if (instant->state == INSTANT_RAW) {
        add_raw_time(buffer, prefix, instant);
        return false;
    }
    buffer_add(buffer, prefix->text, prefix->length);
    add_time(buffer, instant);
    add_precision(buffer, prefix, instant);
    return instant->state == INSTANT_CONVERTED;
}

static inline bool add_member(struct buffer *buffer, const struct prefix *prefix,
                              const struct value *value)
{
    if (value->kind == VALUE_TIME)
        return add_time_member(buffer, prefix, &value->time);
    buffer_add(buffer, prefix->text, prefix->length);
    if (!add_value(buffer, value))
        add_hex_twin(buffer, prefix, value->text, value->length);
    return false;
}

bool json_add_member(struct buffer *buffer, const char *name, const struct value *value)
{
    struct buffer text = BUFFER_INIT;

    buffer_add_byte(&text, ',');
    json_add_text(&text, name, strlen(name));
    buffer_add_byte(&text, ':');
    const struct prefix prefix = { text.data, text.length };
    bool local = text.failed ? false : add_member(buffer, &prefix, value);
    buffer->failed |= text.failed;
    buffer_release(&text);
    return local;
}

static void wrap(struct buffer *buffer, size_t start, char open, char close)
{
    if (buffer->length == start)
        buffer_add_byte(buffer, open);
    else
        buffer->data[start] = open;
    buffer_add_byte(buffer, close);
}

void json_wrap_object(struct buffer *buffer, size_t start)
{
    wrap(buffer, start, '{', '}');
}

void json_wrap_array(struct buffer *buffer, size_t start)
{
    wrap(buffer, start, '[', ']');
}

/* The prefixes of fields, with the quote that opens a text, and room to be copied as a whole. */
enum { PREFIX_ROOM = 32 };

static const struct field_prefix {
    char text[PREFIX_ROOM];
    size_t length; /* without the quote */
} prefixes[FIELD_COUNT_] = {
#define RECORD_FIELD(symbol, name, kind, meaning) { ",\"" name "\":\"", sizeof name + 3 },
#include <fett/record_table.h>
#undef RECORD_FIELD
};

#define RECORD_FIELD(symbol, name, kind, meaning)                                                 \
    _Static_assert(sizeof name + 4 <= PREFIX_ROOM, "the name of a field has room");
#include <fett/record_table.h>
#undef RECORD_FIELD

static void add_local(struct buffer *buffer, const struct record *record, const uint16_t *fields,
                      size_t count)
{
    buffer_add_text(buffer, ",\"local\":");
    size_t start = buffer->length;
    for (size_t i = 0; i < count; i++) {
        const struct value *value = record_get(record, (enum record_field)fields[i]);
        if (value && value->kind == VALUE_TIME && value->time.state == INSTANT_CONVERTED)
            buffer_add_format(buffer, ",\"%s\"", record_field_name((enum record_field)fields[i]));
    }
    json_wrap_array(buffer, start);
}

static void add_text_field(struct buffer *buffer, const struct field_prefix *prefix,
                           const struct value *value)
{
    const uint8_t *text = (const uint8_t *)value->text;
    char *at = buffer_reserve(buffer, PREFIX_ROOM + value->length + SLACK);

    if (!at)
        return;
    memcpy(at, prefix->text, PREFIX_ROOM);
    at += prefix->length + 1;
    size_t clean = copy_clean(at, text, value->length);
    if (clean == value->length) {
        at[clean] = '"';
        commit(buffer, at + clean + 1);
    } else if (!add_special(buffer, at + clean, text + clean, text + value->length)) {
        add_hex_twin(buffer, &(struct prefix){ prefix->text, prefix->length }, text,
                     value->length);
    }
}

static void add_number_field(struct buffer *buffer, const struct field_prefix *prefix,
                             uint64_t number)
{
    char *at = buffer_reserve(buffer, PREFIX_ROOM + TEXT_NUMBER_SIZE);

    if (!at)
        return;
    memcpy(at, prefix->text, PREFIX_ROOM);
    commit(buffer, text_put_number(at + prefix->length, number));
}

/* As json_add_member. Most of what a record has are texts and numbers. */
static inline bool add_field(struct buffer *buffer, const struct field_prefix *prefix,
                             const struct value *value)
{
    if (value->kind == VALUE_TEXT)
        add_text_field(buffer, prefix, value);
    else if (value->kind == VALUE_NUMBER && value->number <= LARGEST_NUMBER)
        add_number_field(buffer, prefix, value->number);
    else
        return add_member(buffer, &(struct prefix){ prefix->text, prefix->length }, value);
    return false;
}

unsigned json_add_members(struct buffer *buffer, const struct record *record,
                          const uint16_t *fields, size_t count)
{
    unsigned written = 0;
    bool local = false;

    for (size_t i = 0; i < count; i++) {
        const size_t field = fields[i];
        if (!(record->present[field / 64] >> (field % 64) & 1))
            continue;
        written++;
        local |= add_field(buffer, &prefixes[field], &record->values[field]);
    }
    if (local)
        add_local(buffer, record, fields, count);
    return written;
}
