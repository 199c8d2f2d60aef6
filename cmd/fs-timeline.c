/* SPDX-License-Identifier: Apache-2.0 */

/* fs-timeline: what happened when. */

#include <stdlib.h>
#include <string.h>

#include <fett/artifact.h>
#include <fett/cli.h>
#include <fett/examine.h>
#include <fett/hive.h>

static struct timeline_focus focus;
static struct timeline *timeline;
static const char *after, *before, *sources;
static struct cli_list around, bodies;
static bool anomalies, all_anomalies, by_path;

static const struct cli_option options[] = {
    { 0, "after", "TIME", "only what happened at or after this", .text = &after, .filter = true },
    { 0, "all-anomalies", NULL, "also signs that installers and archives make in thousands",
      .flag = &all_anomalies },
    { 0, "anomalies", NULL, "also signs that times were changed", .flag = &anomalies },
    { 0, "around", "WHAT=SPAN", "only what happened near a time, a /path or a file name",
      .list = &around, .filter = true },
    { 0, "before", "TIME", "only what happened at or before this", .text = &before,
      .filter = true },
    { 0, "body", "FILE", "also the times of a bodyfile that another tool wrote", .list = &bodies },
    { 0, "first", NULL, "only what led to what is in focus", .flag = &focus.first, .filter = true },
    { 'p', "path", "PATTERN", "only files whose path matches, without case",
      .text = &focus.path, .filter = true, .filled = true },
    { 0, "source", "LIST", "fs, i30, reg, evt, prefetch, recycle, usn, webhist, lnk, jumplist, "
      "setupapi, task, pe, userassist, bam, shimcache, network, typed, recent, drives, "
      "shutdown, restore, vss, all, keys", .text = &sources },
    { 0 },
};

static int add_around(const char *text, struct error *error)
{
    const char *equals = strrchr(text, '=');
    char *what = equals ? strndup(text, (size_t)(equals - text)) : NULL;
    int64_t span;

    if (!what)
        return error_set(error, ERROR_USAGE, "--around: not WHAT=SPAN: %s", text);
    int result = cli_parse_span(equals + 1, &span, error) != 0
                     ? -1 : timeline_add_around(timeline, what, span, error);
    free(what);
    return result != 0 ? error_prefix(error, "--around") : 0;
}

static void report(void *cli, struct error *error)
{
    cli_report(cli, error);
}

static int prepare(struct cli *cli, struct error *error)
{
    focus.clock = cli->clock;
    focus.anomalies = all_anomalies ? ANOMALIES_ALL : anomalies ? ANOMALIES_LIKELY : ANOMALIES_NONE;
    if (sources && examine_timeline_check_sources(sources, error) != 0)
        return error_prefix(error, "--source");
    focus.untimed = cli->format_name && strcmp(cli->format_name, "body") == 0;
    cli->seeks_zone = sources != NULL; /* logs have local times */
    if (after && cli_parse_time(cli, after, &focus.after, error) != 0)
        return error_prefix(error, "--after");
    if (before && cli_parse_time_end(cli, before, &focus.before, error) != 0)
        return error_prefix(error, "--before");
    if (!(timeline = timeline_new(&focus)))
        return error_set_memory(error);
    for (size_t i = 0; i < around.count; i++)
        if (add_around(around.items[i], error) != 0)
            return -1;
    for (size_t i = 0; i < bodies.count; i++)
        if (examine_timeline_body(bodies.items[i], timeline, report, cli, error) != 0)
            return error_prefix(error, "--body");
    return 0;
}

static int is_artifact(const uint8_t *head, size_t size)
{
    return artifact_by_head(head, size) != NULL || hive_is(head, size);
}

/* The stream of a journal is a hole before its first record; event logs were seen with a head of
 * zeros. */
static int is_behind_zeros(const uint8_t *page, size_t size)
{
    const struct artifact_format *format = artifact_by_head(page, size);

    return format && (strcmp(format->source, "usn") == 0 || strcmp(format->source, "evt") == 0);
}

static const struct command command = {
    .name = "fs-timeline",
    .summary = "the timeline of file systems and of records",
    .operands = "OBJECT... [-]",
    .flags = CLI_OBJECTS | CLI_STDIN_RECORDS | CLI_ZONE | CLI_CLOCK | CLI_TIMELINE,
    .main_type = RECORD_EVENT,
    .table_fields = "datetime,macb,source,state,origin,size,message,reason",
    .options = options,
    .is_loose = is_artifact,
    .is_loose_behind_zeros = is_behind_zeros,
    .prepare = prepare,
};

static int add_object(struct cli *cli, struct object *object, void *context, struct error *error)
{
    const struct examine_timeline_options wanted = {
        sources || !focus.first ? sources : "all", focus.anomalies, cli_write, report, cli
    };

    (void)context;
    return examine_timeline(object, timeline, &wanted, error);
}

static int add_record(struct cli *cli, struct record_line *line, void *context,
                      struct error *error)
{
    (void)cli;
    (void)context;
    return timeline_add_record(timeline, line, error);
}

int main(int argc, char **argv)
{
    struct cli cli;
    struct error error = ERROR_INIT;

    if (cli_begin(&cli, &command, argc, argv) == 0 &&
        ((bodies.count > 0 && cli.operand_count == 0) ||
         cli_each_object(&cli, add_object, add_record, NULL) == 0)) {
        enum timeline_order order = cli.format == FORMAT_BODY      ? TIMELINE_FILES
                                    : cli.format == FORMAT_MACTIME ? TIMELINE_SECONDS
                                                                   : TIMELINE_TIMES;
        const struct timeline_parts parts = { (unsigned)cli.threads, cli_part_new, cli_part_add,
                                              cli_join, cli_part_free };
        timeline_each(timeline, order, cli_write, &cli, cli_divides(&cli) ? &parts : NULL, &error);
        cli_report(&cli, &error); /* if there is one */
        bool any = error.kind == ERROR_NONE && !timeline_is_empty(timeline); /* else why is told */
        const char *missing = any ? timeline_around_missing(timeline, &by_path) : NULL;
        if (missing)
            cli_warn(&cli, "--%s: not found: %s", by_path ? "path" : "around", missing);
        else if (any && focus.first && !timeline_told(timeline))
            cli_warn(&cli, "--first: nothing is known that belongs to what is in focus%s",
                     around.count > 0 || focus.path ? "" : ", by --around, --path or records");
    }
    timeline_free(timeline);
    return cli_end(&cli);
}
