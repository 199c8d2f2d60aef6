/* SPDX-License-Identifier: Apache-2.0 */

/* The custody record: what was run, on what, with which result; appended to a
 * file as one JSON line. Times of the run stand only there. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include <fett/examine.h>

#include "cli_internal.h"

/* As a shell gives it of a process that the signal ended: see cli_end. */
enum { STATUS_PIPE_CLOSED = 128 + SIGPIPE };

static struct instant now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return instant_from_unix(time.tv_sec, (uint32_t)time.tv_nsec, PRECISION_NANOSECOND);
}

static void add_version(void *context, const char *name, const char *version)
{
    struct cli *cli = context;
    const struct value value = value_text(version);

    json_add_member(&cli->versions, name, &value);
}

int cli_custody_open(struct cli *cli, struct error *error)
{
    cli->custody_file = -1;
    cli->start = now();
    if (!cli->custody)
        return 0;
    cli->custody_file = cli_open_records(cli->custody, O_APPEND, error);
    if (cli->custody_file < 0)
        return -1;
    add_version(cli, "fett", FETT_VERSION);
    examine_versions(add_version, cli);
    add_version(cli, "libcrypto", OpenSSL_version(OPENSSL_VERSION));
    return 0;
}

/* Members that were gathered with a leading comma each, as one object. */
static struct value object_of(struct buffer *text, const struct buffer *members)
{
    buffer_add_byte(text, '{');
    if (members->length > 0)
        buffer_add(text, members->data + 1, members->length - 1);
    buffer_add_byte(text, '}');
    return (struct value){ .kind = VALUE_JSON, .length = text->length, .text = buffer_text(text) };
}

void cli_custody_append(struct cli *cli)
{
    struct buffer options = BUFFER_INIT, line = BUFFER_INIT;
    struct buffer texts[3] = { BUFFER_INIT, BUFFER_INIT, BUFFER_INIT };
    struct instant end = now();
    char hex[DIGEST_HEX_SIZE] = "";
    struct record record;
    struct error error = ERROR_INIT;

    if (cli->custody_file < 0)
        return;
    cli_options_add_json(cli, &options);
    if (cli->writer)
        record_writer_digest(cli->writer, hex);
    else if (cli->digest.context)
        digest_finish(&cli->digest, hex);

    record_begin(&record, RECORD_RUN);
    record_text_n(&record, FIELD_COMMAND, buffer_text(&cli->command_line),
                  cli->command_line.length);
    struct value value = object_of(&texts[0], &cli->versions);
    record_value(&record, FIELD_VERSIONS, &value);
    value = object_of(&texts[1], &options);
    record_value(&record, FIELD_OPTIONS, &value);
    value = object_of(&texts[2], &cli->stored);
    record_value(&record, FIELD_STORED, &value);
    record_time(&record, FIELD_START, &cli->start);
    record_time(&record, FIELD_END, &end);
    record_number(&record, FIELD_STATUS,
                  cli->pipe_closed ? STATUS_PIPE_CLOSED : (uint64_t)cli_status(cli));
    if (!cli->output_failed) { /* else nobody knows what of it arrived */
        record_number(&record, FIELD_RECORDS, cli->written.records);
        record_text(&record, FIELD_SHA256, hex);
    }
    record_add_json(&line, &record);

    /* One write with O_APPEND: runs that end at once do not mix their lines. */
    errno = 0;
    ssize_t done = write(cli->custody_file, buffer_text(&line), line.length);
    if (line.failed || done != (ssize_t)line.length || close(cli->custody_file) != 0) {
        error_set_errno(&error, "cannot write: %s", cli->custody);
        cli_report(cli, &error);
    }
    buffer_release(&options);
    buffer_release(&line);
    for (int i = 0; i < 3; i++)
        buffer_release(&texts[i]);
}
