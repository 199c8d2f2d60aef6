/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_RECORD_H
#define FETT_RECORD_H

/*
 * record: what the commands say, one fact at a time.
 *
 * A record has a type and members, each a field with a value; all are declared
 * in record_table.h. A record is a plain value that owns nothing: texts, lists
 * and objects point to memory of whoever filled it, and must hold until it was
 * written. Members may be set in any order; they are written in the declared one.
 *
 * Times bring their own extra members when they are written: FIELD_precision
 * for coarse sources, FIELD_hex for what RFC 3339 cannot hold, and one list
 * "local" of the fields that a zone was applied to. Text that is not valid
 * UTF-8 is written with U+FFFD for each such byte and each lone surrogate, and
 * its bytes in hex as FIELD_hex; members of nested objects likewise. Items of a
 * list have no name, so there U+FFFD is all that remains. Numbers above 2^53 - 1
 * are written as decimal strings.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>
#include <fett/extents.h>
#include <fett/instant.h>
#include <fett/tree.h>

enum record_field {
#define RECORD_FIELD(symbol, name, kind, meaning) FIELD_##symbol,
#include <fett/record_table.h>
#undef RECORD_FIELD
    FIELD_COUNT_
};

enum record_type {
#define RECORD_TYPE(symbol, name, meaning, ...) RECORD_##symbol,
#include <fett/record_table.h>
#undef RECORD_TYPE
    RECORD_TYPE_COUNT,
};

enum record_kind { KIND_TEXT, KIND_NUMBER, KIND_BOOL, KIND_TIME, KIND_LIST, KIND_OBJECT, KIND_ANY };

enum value_kind {
    VALUE_NONE,
    VALUE_TEXT,
    VALUE_HEX, /* bytes, written as a text of hex digits */
    VALUE_NUMBER,
    VALUE_SIGNED,
    VALUE_BOOL,
    VALUE_TIME,
    VALUE_LIST,
    VALUE_OBJECT,
    VALUE_JSON, /* JSON text that was read, passed on as it is */
};

struct value {
    enum value_kind kind;
    size_t length;                  /* bytes of text, hex, JSON; items of a list */
    union {
        const char *text;           /* VALUE_TEXT, VALUE_JSON */
        const uint8_t *bytes;       /* VALUE_HEX */
        uint64_t number;            /* VALUE_NUMBER, VALUE_BOOL */
        int64_t signed_number;
        struct instant time;
        const struct value *items;  /* VALUE_LIST */
        const struct member *members; /* VALUE_OBJECT: `length` of them, in their order */
    };
};

/* A named value of a nested object. */
struct member {
    const char *name;
    struct value value;
};

enum { RECORD_SET_WORDS = (FIELD_COUNT_ + 63) / 64 };

struct record {
    enum record_type type;
    uint64_t present[RECORD_SET_WORDS]; /* bit set of fields */
    struct value values[FIELD_COUNT_];  /* of those that are present */
};

/* Start anew. Costs little: values are not cleared. */
void record_begin(struct record *record, enum record_type type);

/* Where the value of a field goes. */
static inline struct value *record_place(struct record *record, enum record_field field)
{
    record->present[field / 64] |= (uint64_t)1 << (field % 64);
    return &record->values[field];
}

/* Set members; an earlier value of the field is replaced. The field must be
 * declared for the type (asserted when it is written, in builds with
 * assertions). NULL text and absent times are not set. */
void record_text(struct record *record, enum record_field field, const char *text);
void record_hex(struct record *record, enum record_field field, const void *bytes, size_t size);
void record_bool(struct record *record, enum record_field field, bool truth);
void record_time(struct record *record, enum record_field field, const struct instant *instant);
void record_value(struct record *record, enum record_field field, const struct value *value);

/* Member by member: a value that is put together elsewhere and copied as a whole
 * has to wait for its parts, in the middle of millions of records. */
static inline void record_text_n(struct record *record, enum record_field field,
                                 const char *text, size_t size)
{
    if (!text)
        return;
    struct value *value = record_place(record, field);
    value->kind = VALUE_TEXT;
    value->length = size;
    value->text = text;
}

static inline void record_number(struct record *record, enum record_field field, uint64_t number)
{
    struct value *value = record_place(record, field);

    value->kind = VALUE_NUMBER;
    value->number = number;
}

/* The value of a field, or NULL. */
static inline const struct value *record_get(const struct record *record,
                                             enum record_field field)
{
    bool present = record->present[field / 64] >> (field % 64) & 1;

    return present ? &record->values[field] : NULL;
}

struct value value_text(const char *text);
struct value value_text_n(const char *text, size_t size);
struct value value_number(uint64_t number);
struct value value_time(const struct instant *instant);

/* The declarations. */
const char *record_type_name(enum record_type type);
const char *record_type_meaning(enum record_type type);
int record_type_by_name(const char *name, size_t size); /* -1 for none */
const uint16_t *record_type_fields(enum record_type type, size_t *count);
const char *record_field_name(enum record_field field);
const char *record_field_meaning(enum record_field field);
enum record_kind record_field_kind(enum record_field field);
int record_field_by_name(const char *name, size_t size); /* -1 for none */

/* The words for states, as records spell them. */
const char *record_state_word(enum file_state state);
const char *record_meta_word(enum file_meta meta);
const char *record_content_word(enum file_content content);
const char *record_file_type_word(enum file_type type);

/* Set path, inode, state and, for deleted ones, meta and content from a file. */
void record_file_reference(struct record *record, const struct file *file);

/* Add one JSON text line (with its newline) for the record. At least 500 MB/s. */
void record_add_json(struct buffer *buffer, const struct record *record);

/* Add one value as JSON text. */
void value_add_json(struct buffer *buffer, const struct value *value);

/* Add `,"NAME":VALUE` and the extra members that the value brings; nothing for
 * an absent one. True when NAME belongs into the list `local`. */
bool json_add_member(struct buffer *buffer, const char *name, const struct value *value);

/* Add text as a JSON string, U+FFFD for what is not valid; returns false when
 * something was not. */
bool json_add_text(struct buffer *buffer, const char *text, size_t size);

#endif
