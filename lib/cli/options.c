/* SPDX-License-Identifier: Apache-2.0 */

/* Options: the command's table and the common one, by getopt_long; help out of
 * the same tables. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fett/limits.h>

#include "cli_internal.h"

enum { MOST_OPTIONS = 64, FIRST_LONG = 256 };

int cli_parse_number(const char *text, uint64_t *number, struct error *error)
{
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
        return error_set(error, ERROR_USAGE, "not a number: %s", text);
    *number = value;
    return 0;
}

int cli_parse_size(const char *text, uint64_t *bytes, struct error *error)
{
    static const char units[] = "KMGT";
    char *end;

    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end & ~0x20) : NULL;
    unsigned shift = unit ? 10u * (unsigned)(unit - units + 1) : 0;
    if (text[0] < '0' || text[0] > '9' || errno != 0 || (*end && (!unit || end[1])) ||
        value > UINT64_MAX >> shift)
        return error_set(error, ERROR_USAGE, "not a size in bytes (4096, 10K, 2M, 1G): %s", text);
    *bytes = value << shift;
    return 0;
}

int cli_parse_range(const char *text, uint64_t *from, uint64_t *to, struct error *error)
{
    const char *dash = strchr(text, '-');
    char *begin = dash ? strndup(text, (size_t)(dash - text)) : NULL;

    *from = 0;
    *to = UINT64_MAX;
    bool good = begin && (!*begin || cli_parse_size(begin, from, NULL) == 0) &&
                (!dash[1] || cli_parse_size(dash + 1, to, NULL) == 0) && *from <= *to;
    free(begin);
    return good ? 0 : error_set(error, ERROR_USAGE, "not A-B: %s", text);
}

int cli_parse_part(const char *text, unsigned *part, unsigned *parts, struct error *error)
{
    char behind;

    return sscanf(text, "%u/%u%c", part, parts, &behind) == 2 && *part >= 1 && *part <= *parts
               ? 0
               : error_set(error, ERROR_USAGE, "not I/N, I from 1 to N: %s", text);
}

int cli_parse_span(const char *text, int64_t *seconds, struct error *error)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = { { 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };
    const char *at = text;
    int64_t total = 0;
    bool negative = *at == '-';

    at += *at == '-' || *at == '+';
    do {
        char *end;
        errno = 0;
        long long value = *at >= '0' && *at <= '9' ? strtoll(at, &end, 10) : -1;
        int64_t unit = 0, part;
        for (size_t i = 0; value >= 0 && i < sizeof units / sizeof *units; i++)
            if (units[i].letter == *end)
                unit = units[i].seconds;
        if (unit == 0 || errno != 0 || __builtin_mul_overflow(value, unit, &part) ||
            __builtin_add_overflow(total, part, &total))
            return error_set(error, ERROR_USAGE, "not a span of time (90s, 2h, 1d12h): %s", text);
        at = end + 1;
    } while (*at);
    *seconds = negative ? -total : total;
    return 0;
}

int cli_parse_time(const struct cli *cli, const char *text, struct instant *instant,
                   struct error *error)
{
    if (instant_parse(instant, text, strlen(text)) != 0)
        return error_set(error, ERROR_USAGE, "not a time (2000-11-22T08:14:04Z): %s", text);
    if (instant->state == INSTANT_LOCAL && instant->precision == PRECISION_DAY)
        instant->precision = PRECISION_SECOND; /* its first second, to be converted */
    if (cli->zone)
        zone_resolve(cli->zone, instant);
    instant->state = INSTANT_UTC;
    return 0;
}

int cli_parse_time_end(const struct cli *cli, const char *text, struct instant *instant,
                       struct error *error)
{
    enum { DAY = 86400 };
    struct instant parsed;

    if (cli_parse_time(cli, text, instant, error) != 0)
        return -1;
    if (instant_parse(&parsed, text, strlen(text)) == 0 && parsed.precision == PRECISION_DAY) {
        instant->seconds += DAY - 1;
        instant->nanoseconds = 999999999;
        instant->precision = PRECISION_NANOSECOND;
    }
    return 0;
}

static void add_common(struct cli *cli, size_t *count)
{
    unsigned flags = cli->command->flags;
    const struct {
        bool wanted;
        struct cli_option option;
    } common[] = {
        { flags & CLI_FOLDER,
          { 'd', "directory", "DIR", "write into this folder", .text = &cli->folder } },
        { !(flags & CLI_CONTENT),
          { 'F', "fields", "A,B,...", "only these fields", .text = &cli->fields } },
        { !(flags & CLI_CONTENT),
          { 'H', "host", "NAME", "name of the machine, put in every record",
            .text = &cli->host } },
        { true, { 'h', "help", NULL, "show this and exit", .flag = &cli->help } },
        { flags & CLI_OBJECTS,
          { 'j', "threads", "N", "threads (default: one a processor)",
            .number = &cli->threads } },
        { !(flags & CLI_CONTENT),
          { 'o', "output", "FORMAT", NULL, .text = &cli->format_name } },
        { true,
          { 'q', "quiet", NULL, "no warnings, no progress", .flag = &cli->quiet } },
        { true, { 'v', "verbose", NULL, "tell more on standard error", .flag = &cli->verbose } },
        { flags & CLI_ZONE,
          { 'z', "zone", "ZONE", "zone of local times: Europe/Berlin, +02:00, none",
            .text = &cli->zone_name } },
        { flags & CLI_CLOCK,
          { 0, "clock", "SPAN", "the evidence's clock was slow by this",
            .text = &cli->clock_text } },
        { true,
          { 0, "custody", "FILE", "append a record of this run", .text = &cli->custody } },
        { flags & CLI_OBJECTS,
          { 0, "gaps", "FILE", "also write gap records to this file", .text = &cli->gaps } },
        { flags & CLI_OBJECTS,
          { 0, "progress", NULL, "tell progress in lines where there is no terminal",
            .flag = &cli->progress_lines } },
        { flags & CLI_OBJECTS,
          { 0, "raw", NULL, "take images as raw bytes, whatever they look like",
            .flag = &cli->force_raw } },
        { flags & CLI_OBJECTS,
          { 0, "sector", "N", "the volume that starts at this sector", .number = &cli->sector } },
        { true, { 0, "version", NULL, "show the version and exit", .flag = &cli->version } },
    };

    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (common[i].wanted)
            cli->options[(*count)++] = common[i].option;
}

static int build_table(struct cli *cli)
{
    size_t count = 0;

    cli->options = calloc(MOST_OPTIONS + 1, sizeof *cli->options);
    if (!cli->options)
        return -1;
    for (const struct cli_option *own = cli->command->options; own && own->name; own++)
        cli->options[count++] = *own;
    cli->own_options = count;
    add_common(cli, &count);
    return 0;
}

void cli_options_release(struct cli *cli)
{
    for (size_t i = 0; cli->options && cli->options[i].name; i++)
        if (cli->options[i].list)
            free(cli->options[i].list->items);
    free(cli->options);
}

static void print_formats(const struct cli *cli, FILE *out)
{
    for (int i = 0; i < FORMAT_COUNT; i++)
        if (cli_has_format(cli, i))
            fprintf(out, "%s%s", i ? ", " : "", record_format_name((enum record_format)i));
    for (const char *const *name = cli->command->formats; name && *name; name++)
        fprintf(out, ", %s", *name);
}

static void print_help(const struct cli *cli)
{
    const struct command *command = cli->command;

    printf("usage: %s [OPTION]... %s\n%s.\n\n", command->name, command->operands,
           command->summary);
    for (size_t i = 0; cli->options[i].name; i++) {
        const struct cli_option *option = &cli->options[i];
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s%s", option->name,
                 option->fallback   ? "[="
                 : option->argument ? " "
                                    : "",
                 option->argument ? option->argument : "", option->fallback ? "]" : "");
        if (option->letter)
            printf("  -%c, %-24s  ", option->letter, left);
        else
            printf("      %-24s  ", left);
        if (option->help) {
            printf("%s\n", option->help);
        } else {
            print_formats(cli, stdout);
            printf("\n");
        }
        if (i + 1 == cli->own_options)
            printf("\n");
    }
    printf("\nSee %s(1), fett(7)%s.\n", command->name,
           command->flags & CLI_OBJECTS ? ", fett-objects(7)" : "");
}

static int set_option(struct cli *cli, const struct cli_option *option, const char *argument)
{
    struct error error = ERROR_INIT;

    if (option->filled && argument[0] == '\0')
        return cli_usage(cli, "--%s: nothing is asked for", option->name);
    if (option->flag)
        *option->flag = true;
    if (option->text)
        *option->text = argument;
    if (option->number && cli_parse_number(argument, option->number, &error) != 0)
        return cli_usage(cli, "--%s: %s", option->name, error.text);
    if (option->list) {
        if (memory_grow((void **)&option->list->items, &option->list->capacity,
                        option->list->count + 1, sizeof *option->list->items) != 0) {
            error_set_memory(&error);
            cli_report(cli, &error);
            return -1;
        }
        option->list->items[option->list->count++] = argument;
    }
    if (option->show)
        cli->show = option->show;
    if (option->filter) /* it may leave nothing: then that is the answer */
        cli->outcome = OUTCOME_NOTHING;
    return 0;
}

/* The options as getopt_long wants them. */
static void describe(const struct cli *cli, struct option longs[MOST_OPTIONS + 1],
                     char letters[2 * MOST_OPTIONS + 2])
{
    char *at = letters;

    *at++ = ':';
    for (size_t i = 0; cli->options[i].name; i++) {
        const struct cli_option *option = &cli->options[i];
        longs[i] = (struct option){ option->name,
                                    option->fallback   ? optional_argument
                                    : option->argument ? required_argument
                                                       : no_argument,
                                    NULL, FIRST_LONG + (int)i };
        if (option->letter) {
            *at++ = option->letter;
            if (option->argument)
                *at++ = ':';
        }
    }
    *at = '\0';
}

/* Set all that are given. optind is that of the first operand then. */
static int read_options(struct cli *cli, int argc, char **argv)
{
    struct option longs[MOST_OPTIONS + 1] = { { 0 } };
    char letters[2 * MOST_OPTIONS + 2];

    describe(cli, longs, letters);
    optind = 1;
    for (int got; (got = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        const struct cli_option *option = NULL;
        if (got == ':')
            return cli_usage(cli, "option needs an argument: %s", argv[optind - 1]);
        if (got == '?' && optopt > 0 && optopt < FIRST_LONG)
            return cli_usage(cli, "unknown option: -%c", optopt);
        if (got == '?')
            return cli_usage(cli, "unknown option: %s", argv[optind - 1]);
        for (size_t i = 0; cli->options[i].name && !option; i++)
            if (got == FIRST_LONG + (int)i || got == cli->options[i].letter)
                option = &cli->options[i];
        if (set_option(cli, option, optarg ? optarg : option ? option->fallback : NULL) != 0)
            return -1;
    }
    return 0;
}

/* Whether an option asks for a text and nothing else, which is shown. */
static bool shows_text(const struct cli *cli)
{
    if (cli->help)
        print_help(cli);
    else if (cli->version)
        printf("%s (fett) %s\n", cli->command->name, FETT_VERSION);
    else if (cli->show)
        cli->show();
    else
        return false;
    return true;
}

int cli_options_parse(struct cli *cli, int argc, char **argv)
{
    if (build_table(cli) != 0) {
        cli_report(cli, &(struct error){ ERROR_SYSTEM, "out of memory" });
        return -1;
    }
    if (read_options(cli, argc, argv) != 0 || shows_text(cli))
        return -1;
    cli->operands = argv + optind;
    cli->operand_count = (size_t)(argc - optind);
    if (cli->operand_count == 0 && cli->command->flags & CLI_OBJECTS &&
        !(cli->command->flags & CLI_STDIN_RECORDS))
        return cli_usage(cli, "no operand: %s", cli->command->operands);
    if (cli->threads == 0 || cli->threads > LIMIT_THREADS)
        return cli_usage(cli, "--threads: from 1 to %d", LIMIT_THREADS);
    return 0;
}

void cli_options_add_json(const struct cli *cli, struct buffer *buffer)
{
    for (size_t i = 0; cli->options && cli->options[i].name; i++) {
        const struct cli_option *option = &cli->options[i];
        struct value value = { .kind = VALUE_NONE };
        if (option->flag && *option->flag)
            value = (struct value){ .kind = VALUE_BOOL, .number = 1 };
        else if (option->text && *option->text)
            value = value_text(*option->text);
        else if (option->number && *option->number != UINT64_MAX)
            value = value_number(*option->number);
        if (value.kind != VALUE_NONE)
            json_add_member(buffer, option->name, &value);
        if (!option->list || option->list->count == 0)
            continue;
        buffer_add_format(buffer, ",\"%s\":[", option->name);
        for (size_t k = 0; k < option->list->count; k++) {
            buffer_add_text(buffer, k ? "," : "");
            json_add_text(buffer, option->list->items[k], strlen(option->list->items[k]));
        }
        buffer_add_byte(buffer, ']');
    }
}
