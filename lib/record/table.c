/* SPDX-License-Identifier: Apache-2.0 */

/* table: the declarations of record_table.h as data, and the words of states. */

#include <string.h>

#include <fett/record.h>

static const struct {
    const char *name;
    const char *meaning;
    size_t length; /* of the name */
    enum record_kind kind;
} fields[FIELD_COUNT_] = {
#define RECORD_FIELD(symbol, name, kind, meaning) { name, meaning, sizeof name - 1, KIND_##kind },
#include <fett/record_table.h>
#undef RECORD_FIELD
};

/* The symbols as the types list them, without FIELD_ before. */
enum {
#define RECORD_FIELD(symbol, name, kind, meaning) symbol = FIELD_##symbol,
#include <fett/record_table.h>
#undef RECORD_FIELD
};

#define RECORD_TYPE(symbol, name, meaning, ...) \
    static const uint16_t fields_of_##symbol[] = { __VA_ARGS__ };
#include <fett/record_table.h>
#undef RECORD_TYPE

static const struct {
    const char *name;
    const char *meaning;
    const uint16_t *fields;
    size_t count;
} types[RECORD_TYPE_COUNT] = {
#define RECORD_TYPE(symbol, name, meaning, ...) \
    { name, meaning, fields_of_##symbol, sizeof fields_of_##symbol / sizeof(uint16_t) },
#include <fett/record_table.h>
#undef RECORD_TYPE
};

const char *record_type_name(enum record_type type)
{
    return types[type].name;
}

const char *record_type_meaning(enum record_type type)
{
    return types[type].meaning;
}

int record_type_by_name(const char *name, size_t size)
{
    for (int i = 0; i < RECORD_TYPE_COUNT; i++)
        if (strlen(types[i].name) == size && memcmp(types[i].name, name, size) == 0)
            return i;
    return -1;
}

const uint16_t *record_type_fields(enum record_type type, size_t *count)
{
    *count = types[type].count;
    return types[type].fields;
}

const char *record_field_name(enum record_field field)
{
    return fields[field].name;
}

const char *record_field_meaning(enum record_field field)
{
    return fields[field].meaning;
}

enum record_kind record_field_kind(enum record_field field)
{
    return fields[field].kind;
}

int record_field_by_name(const char *name, size_t size)
{
    for (int i = 0; i < FIELD_COUNT_; i++)
        if (fields[i].length == size && memcmp(fields[i].name, name, size) == 0)
            return i;
    return -1;
}

const char *record_state_word(enum file_state state)
{
    static const char *const words[] = {
        [FILE_ALLOCATED] = "allocated", [FILE_DELETED] = "deleted", [FILE_ORPHAN] = "orphan",
    };

    return words[state];
}

const char *record_meta_word(enum file_meta meta)
{
    static const char *const words[] = {
        [META_ALLOCATED] = "allocated",
        [META_DELETED] = "deleted",
        [META_REALLOCATED] = "reallocated",
        [META_UNKNOWN] = NULL,
    };

    return words[meta];
}

const char *record_content_word(enum file_content content)
{
    static const char *const words[] = {
        [CONTENT_INTACT] = "intact",
        [CONTENT_PARTIAL] = "partial",
        [CONTENT_OVERWRITTEN] = "overwritten",
        [CONTENT_UNKNOWN] = "unknown",
    };

    return words[content];
}

const char *record_file_type_word(enum file_type type)
{
    static const char *const words[] = {
        [FILE_UNKNOWN] = "unknown", [FILE_REGULAR] = "regular", [FILE_DIRECTORY] = "directory",
        [FILE_LINK] = "link",       [FILE_SPECIAL] = "special", [FILE_VIRTUAL] = "virtual",
    };

    return words[type];
}
