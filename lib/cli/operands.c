/* SPDX-License-Identifier: Apache-2.0 */

/* Operands: evidence, records on standard input, or both. See cli.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/examine.h>

#include "cli_internal.h"

static void release_objects(struct cli *cli)
{
    objects_free(cli->objects);
    cli->objects = NULL;
    met_release(&cli->visited);
    spellings_release(&cli->spellings);
}

static bool is_stdin(const char *operand)
{
    return strcmp(operand, "-") == 0;
}

/* The digests that an image stores go into the custody record. */
static void note_stored_digests(struct cli *cli)
{
    for (size_t i = 0; i < objects_count(cli->objects); i++) {
        const struct evidence *evidence = objects_get(cli->objects, i);
        for (int k = 0; evidence->image && k < DIGEST_COUNT; k++) {
            const char *hex = image_stored_digest(evidence->image, (enum digest_algorithm)k);
            if (!hex)
                continue;
            struct buffer name = BUFFER_INIT;
            const struct value value = value_text(hex);
            buffer_add_format(&name, "%s:%s", evidence->name,
                              digest_name((enum digest_algorithm)k));
            buffer_add_byte(&cli->stored, ',');
            json_add_text(&cli->stored, buffer_text(&name), name.length);
            buffer_add_byte(&cli->stored, ':');
            value_add_json(&cli->stored, &value);
            buffer_release(&name);
        }
    }
}

/* The gaps that were not told among the results. */
static void write_gaps(struct cli *cli)
{
    for (size_t i = 0; i < objects_count(cli->objects); i++) {
        struct evidence *evidence = objects_get(cli->objects, i);
        struct record record;
        struct gap gap;
        while (evidence_take_gap(evidence, UINT64_MAX, &gap)) {
            examine_gap_record(&record, evidence, &gap);
            cli_write(cli, &record);
        }
    }
}

/* Local times are those of the machine that wrote them, where the image tells which. */
static void find_zone(struct cli *cli, struct object *object)
{
    struct error error = ERROR_INIT;
    struct buffer told = BUFFER_INIT, named = BUFFER_INIT;
    bool of_logs = cli->seeks_zone ||
                   (object->kind == OBJECT_FILE && cli->command->flags & CLI_TIMELINE);

    if (examine_default_zone(object, of_logs, &told, &error) != 0)
        cli_report(cli, &error);
    if (told.length > 0)
        buffer_add_format(&named, "%s: %s", object->evidence->name, told.data);
    if (of_logs && named.length > 0 && cli->zone_told.length > 0)
        buffer_add_text(&cli->zone_told, "; ");
    if (of_logs) /* said where a time was converted */
        buffer_add(&cli->zone_told, named.data, named.length);
    else if (named.length > 0)
        cli_warn(cli, CLI_ZONE_TOLD, named.data);
    buffer_release(&told);
    buffer_release(&named);
}

/* What a record names and is not there, or cannot be meant, makes its line a bad one: the
 * others are used. */
static void report(struct cli *cli, struct record_line *line, struct error *error)
{
    if (line && (error->kind == ERROR_USAGE || error->kind == ERROR_NOT_FOUND))
        error->kind = ERROR_DAMAGED;
    cli_report(cli, error);
}

static void visit_object(struct cli *cli, cli_object_visit visit, struct object *object,
                         void *context)
{
    struct error error = ERROR_INIT;

    find_zone(cli, object);
    if (object->kind != OBJECT_SEGMENT && visit(cli, object, context, &error) != 0)
        report(cli, cli->line, &error);
}

/* A record that came in: is it an object that is meant, and for the first time? */
static void visit_reference(struct cli *cli, struct record_line *line, cli_object_visit visit,
                            void *context)
{
    struct error error = ERROR_INIT;
    struct object object;
    int named = cli_refer(cli, line, &object, &error);

    if (named < 0)
        report(cli, line, &error);
    if (named != 1)
        return;
    cli->line = line;
    visit_object(cli, visit, &object, context);
    cli->line = NULL;
}

static void read_records(struct cli *cli, int fd, const char *name, cli_record_visit visit,
                         cli_object_visit visit_objects, void *context)
{
    struct record_reader *reader = record_reader_new(fd);
    struct record_line line;
    struct error error = ERROR_INIT;
    int got;

    if (!reader) {
        error_set_memory(&error);
        cli_report(cli, &error);
        return;
    }
    while ((got = record_reader_next(reader, &line, &error)) != 0 && !cli->output_failed) {
        if (got < 0) {
            error_prefix(&error, "%s", name);
            cli_report(cli, &error);
            error = (struct error)ERROR_INIT;
            if (got == -2)
                break;
        } else if (!visit) {
            visit_reference(cli, &line, visit_objects, context);
        } else if (visit(cli, &line, context, &error) != 0) {
            cli_report(cli, &error);
            if (error.kind == ERROR_SYSTEM) /* it is the same for those that follow */
                break;
            error = (struct error)ERROR_INIT;
        }
    }
    record_reader_free(reader);
}

/* Open the operands; usable[i]: that could be done. */
static void open_operands(struct cli *cli, struct object *opened, bool *usable)
{
    struct error error = ERROR_INIT;

    for (size_t i = 0; i < cli->operand_count; i++) {
        if (is_stdin(cli->operands[i]))
            continue;
        usable[i] = objects_resolve(cli->objects, cli->operands[i], &opened[i], &error) == 0;
        if (usable[i])
            continue;
        /* That an operand cannot be opened is no damage of evidence: nothing was done. */
        error.kind = ERROR_USAGE;
        cli_report(cli, &error);
    }
}

int cli_each_object(struct cli *cli, cli_object_visit visit, cli_record_visit record,
                    void *context)
{
    const struct command *command = cli->command;
    const struct objects_options options = {
        .image = { .force_raw = cli->force_raw },
        .is_loose = command->is_loose,
        .is_loose_behind_zeros = command->is_loose_behind_zeros,
        .takes_directories = command->flags & CLI_DIRECTORIES,
        .zone = cli->zone,
        .finds_zone = command->flags & CLI_ZONE && !cli->zone_name,
        .sector = cli->sector == UINT64_MAX ? -1 : (int64_t)cli->sector,
    };
    struct object *opened = calloc(cli->operand_count + 1, sizeof *opened);
    bool *usable = calloc(cli->operand_count + 1, sizeof *usable);
    struct error error = ERROR_INIT;

    cli->objects = objects_new(&options);
    cli->release = release_objects;
    if (!opened || !usable || !cli->objects) {
        error_set_memory(&error);
        cli_report(cli, &error);
        free(opened);
        free(usable);
        return -1;
    }
    open_operands(cli, opened, usable);
    note_stored_digests(cli);
    for (size_t i = 0; i < cli->operand_count && !cli->output_failed; i++) {
        if (usable[i])
            visit_object(cli, visit, &opened[i], context);
        else if (is_stdin(cli->operands[i]) &&
                 command->flags & (CLI_STDIN_OBJECTS | CLI_STDIN_RECORDS))
            read_records(cli, STDIN_FILENO, "standard input", record, visit, context);
        else if (is_stdin(cli->operands[i]))
            cli_usage(cli, "standard input is not taken");
    }
    if (cli->operand_count == 0 && command->flags & CLI_STDIN_RECORDS)
        read_records(cli, STDIN_FILENO, "standard input", record, visit, context);
    write_gaps(cli);
    free(opened);
    free(usable);
    return cli->output_failed ? -1 : 0;
}

int cli_each_record(struct cli *cli, cli_record_visit visit, void *context)
{
    struct error error = ERROR_INIT;

    if (cli->operand_count == 0)
        read_records(cli, STDIN_FILENO, "standard input", visit, NULL, context);
    for (size_t i = 0; i < cli->operand_count && !cli->output_failed; i++) {
        const char *name = cli->operands[i];
        if (is_stdin(name)) {
            read_records(cli, STDIN_FILENO, "standard input", visit, NULL, context);
            continue;
        }
        int fd = open(name, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            error_set_errno(&error, "cannot open: %s", name);
            cli_report(cli, &error);
            continue;
        }
        read_records(cli, fd, name, visit, NULL, context);
        close(fd);
    }
    return cli->output_failed ? -1 : 0;
}
