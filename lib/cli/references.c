/* SPDX-License-Identifier: Apache-2.0 */

/* References: the objects that records on standard input name, each once. See cli.h. */

#include <stdlib.h>
#include <string.h>

#include "cli_internal.h"

/* Whether a record is about bytes that are not in the content of the file which it
 * names: a hit in slack is found in no file. */
static bool is_beside_content(struct record_line *line)
{
    static const char *const areas[] = { "slack", "metadata", "unallocated", "unpartitioned" };
    const char *area =
        line->type == RECORD_INDICATOR ? record_line_text(line, "area", NULL) : NULL;

    for (size_t i = 0; area && i < sizeof areas / sizeof *areas; i++)
        if (strcmp(area, areas[i]) == 0)
            return true;
    return false;
}

static int pass_gap(struct cli *cli, struct record_line *line)
{
    struct record record;
    size_t unknown;

    if (record_line_to_record(line, &record, &unknown) == 0)
        cli_write(cli, &record);
    return 0;
}

enum { IMAGE, VOLUME, PATH, INODE, TEXTS };

/* The texts by which a record names its object, malloc'd: one that the line gives holds until
 * the next is asked for. What is no text, or no name because of a NUL in it, names nothing. */
static int take_texts(struct record_line *line, char *texts[TEXTS], struct error *error)
{
    static const char *const names[TEXTS] = { "image", "volume", "path", "inode" };

    for (int i = TEXTS - 1; i >= 0; i--) {
        size_t size;
        const char *text = record_line_text(line, names[i], &size);
        if (!text && !record_line_has(line, names[i]))
            continue;
        if (i == PATH && texts[INODE] && text && strlen(text) != size)
            continue; /* the inode says which */
        if (!text || strlen(text) != size)
            return error_set(error, ERROR_USAGE, "the record's %s is no name", names[i]);
        if (!(texts[i] = strdup(text)))
            return error_set_memory(error);
    }
    return 0;
}

/* The bytes that a record names where it names no file; an indicator always does. */
static int take_bytes(struct record_line *line, struct object_reference *reference,
                      struct error *error)
{
    if (reference->path || reference->inode ||
        (line->type != RECORD_INDICATOR && !record_line_has(line, "length")))
        return 0;
    if (record_line_number(line, "offset", &reference->offset) != 0 ||
        record_line_number(line, "length", &reference->length) != 0 || reference->length == 0)
        return error_set(error, ERROR_USAGE,
                         "the record names no file, and no bytes by offset and length");
    return 0;
}

static int resolve(struct cli *cli, struct record_line *line, struct object *object,
                   struct error *error)
{
    char *texts[TEXTS] = { NULL };
    int result = take_texts(line, texts, error);
    struct object_reference reference = { texts[IMAGE], texts[VOLUME], texts[PATH], texts[INODE],
                                          0, 0 };

    if (result == 0 && is_beside_content(line))
        reference.path = reference.inode = NULL;
    if (result == 0)
        result = take_bytes(line, &reference, error);
    if (result == 0)
        result = objects_resolve_reference(cli->objects, &reference, object, error);
    for (int i = 0; i < TEXTS; i++)
        free(texts[i]);
    return result;
}

/* Whether an object was visited before: 1 or 0, or -1 without memory. */
static int meet(struct cli *cli, const struct object *object)
{
    const char *image = spellings_first(&cli->spellings, object->evidence->path);
    const uint64_t place[] = { (uint64_t)object->kind, object->handle, object->offset,
                               object->length };
    struct buffer key = BUFFER_INIT;

    buffer_add(&key, place, sizeof place);
    buffer_add_text(&key, object->volume ? object->volume->name : "");
    buffer_add_byte(&key, '\0');
    buffer_add_text(&key, image ? image : "");
    int result = image && !key.failed ? met_add(&cli->visited, key.data, key.length) : -1;
    buffer_release(&key);
    return result;
}

int cli_refer(struct cli *cli, struct record_line *line, struct object *object,
              struct error *error)
{
    if (line->type == RECORD_GAP)
        return pass_gap(cli, line);
    if (resolve(cli, line, object, error) != 0)
        return error_prefix(error, "line %llu", (unsigned long long)line->number);
    int met = meet(cli, object);
    return met < 0 ? error_set_memory(error) : !met;
}
