/* SPDX-License-Identifier: Apache-2.0 */

/*
 * record_manual: the sections FIELDS and RECORD TYPES of fett-records(5) are
 * what record_table.h declares. When this fails, put what
 *
 *     build/unit/record_manual --print
 *
 * writes between the two marks of man/fett-records.5.
 */

#include <stdlib.h>

#include <fett/reader.h>
#include <fett/record.h>

#include "tap.h"

#define BEGIN_MARK ".\\\" BEGIN of what tests/unit/record_manual --print writes\n"
#define END_MARK ".\\\" END of it\n"

enum { LINE = 78 };

/* Add words, broken into lines; none may look like a macro. */
static void add_wrapped(struct buffer *page, const char *text)
{
    size_t column = 0;

    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > 0 && column + 1 + word > LINE) {
            buffer_add_byte(page, '\n');
            column = 0;
        } else if (column > 0) {
            buffer_add_byte(page, ' ');
            column++;
        }
        if (column == 0 && (*text == '.' || *text == '\''))
            buffer_add_text(page, "\\&");
        buffer_add(page, text, word);
        column += word;
        text += word;
        text += strspn(text, " ");
    }
    buffer_add_byte(page, '\n');
}

static void add_sections(struct buffer *page)
{
    static const char *const kinds[] = {
        [KIND_TEXT] = "text", [KIND_NUMBER] = "number", [KIND_BOOL] = "true or false",
        [KIND_TIME] = "time", [KIND_LIST] = "list",     [KIND_OBJECT] = "object",
        [KIND_ANY] = "any",
    };
    struct buffer text = BUFFER_INIT;

    buffer_add_text(page, ".Sh FIELDS\n.Bl -tag -width Ds\n");
    for (int i = 0; i < FIELD_COUNT_; i++) {
        enum record_field field = (enum record_field)i;
        buffer_add_format(page, ".It Cm %s Pq %s\n", record_field_name(field),
                          kinds[record_field_kind(field)]);
        add_wrapped(page, record_field_meaning(field));
    }
    buffer_add_text(page, ".El\n.Sh RECORD TYPES\n"
                          "Each with its fields, in the order in which they are written.\n"
                          ".Bl -tag -width Ds\n");
    for (int i = 0; i < RECORD_TYPE_COUNT; i++) {
        size_t count;
        const uint16_t *fields = record_type_fields((enum record_type)i, &count);
        buffer_clear(&text);
        buffer_add_format(&text, "%s:", record_type_meaning((enum record_type)i));
        for (size_t j = 0; j < count; j++)
            buffer_add_format(&text, " %s%s", record_field_name((enum record_field)fields[j]),
                              j + 1 < count ? "," : "");
        buffer_add_format(page, ".It Cm %s\n", record_type_name((enum record_type)i));
        add_wrapped(page, buffer_text(&text));
    }
    buffer_add_text(page, ".El\n");
    buffer_release(&text);
}

int main(int argc, char **argv)
{
    struct buffer expected = BUFFER_INIT;
    struct reader *reader = NULL;
    struct error error = ERROR_INIT;
    uint8_t *page = NULL;
    size_t size;

    add_sections(&expected);
    if (argc > 1 && strcmp(argv[1], "--print") == 0) {
        fputs(buffer_text(&expected), stdout);
        buffer_release(&expected);
        return 0;
    }
    const char *path = argc > 1 ? argv[1] : "man/fett-records.5";
    if (reader_open_file(&reader, path, &error) == 0)
        reader_read_all(reader, 1 << 20, &page, &size, NULL, &error);
    if (ok(page, "%s can be read %s", path, error.text)) {
        char *begin = strstr((char *)page, BEGIN_MARK);
        char *end = begin ? strstr(begin, END_MARK) : NULL;
        if (ok(end, "it has the marks")) {
            *end = '\0';
            same_text(begin + strlen(BEGIN_MARK), buffer_text(&expected), "and is up to date");
        }
    }
    free(page);
    reader_free(reader);
    buffer_release(&expected);
    return tap_done();
}
