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

/* What the record names. The texts are kept in it: one holds until the next is asked for. */
static int resolve(struct cli *cli, struct record_line *line, struct object *object,
                   struct error *error)
{
    char *texts[4] = { NULL };
    static const char *const names[4] = { "image", "volume", "path", "inode" };

    for (int i = 0; i < 4; i++) {
        const char *text = record_line_text(line, names[i], NULL);
        texts[i] = text ? strdup(text) : NULL;
    }
    struct object_reference reference = { texts[0], texts[1], texts[2], texts[3], 0, 0 };
    if (is_beside_content(line))
        reference.path = reference.inode = NULL;
    if (record_line_number(line, "offset", &reference.offset) == 0)
        record_line_number(line, "length", &reference.length);
    int result = objects_resolve_reference(cli->objects, &reference, object, error);
    for (int i = 0; i < 4; i++)
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
