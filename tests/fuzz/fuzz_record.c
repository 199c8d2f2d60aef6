/* SPDX-License-Identifier: Apache-2.0 */

/*
 * fuzz_record: lines of input records through reader, enriching, filter and
 * every format. What the reader accepts must still be a record after each step.
 *
 *     clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -D_GNU_SOURCE \
 *         tests/fuzz/fuzz_record.c lib/record/[*].c lib/base/[*].c -lcrypto
 *
 * (without the brackets).
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/record_filter.h>
#include <fett/record_reader.h>
#include <fett/record_writer.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int truth)
{
    if (!truth)
        abort();
}

static void enrich(struct record_line *line)
{
    struct instant time = { .seconds = 5, .state = INSTANT_CONVERTED };
    const struct member members[] = {
        { "path", value_text_n("\xff", 1) },
        { "size", value_number(UINT64_MAX) },
        { "mtime", value_time(&time) },
    };
    struct record_reader *reader = record_reader_new(-1);
    struct buffer out = BUFFER_INIT;
    struct record_line again;
    struct error error = ERROR_INIT;
    size_t text_size;
    uint64_t number;

    record_line_enrich(&out, line, members, 3);
    require(record_reader_parse(reader, out.data, out.length - 1, &again, &error) == 1);
    const char *text = record_line_text(&again, "path", &text_size);
    require(text && text_size == 1 && *text == '\xff');
    require(record_line_number(&again, "size", &number) == 0 && number == UINT64_MAX);
    require(record_line_time(&again, "mtime", &time) == 0 && time.state == INSTANT_CONVERTED);
    buffer_release(&out);
    record_reader_free(reader);
}

static void make_record(struct record_line *line)
{
    struct record_reader *reader = record_reader_new(-1);
    struct record record;
    struct buffer out = BUFFER_INIT;
    struct record_line again;
    struct error error = ERROR_INIT;
    size_t unknown;

    if (record_line_to_record(line, &record, &unknown) == 0) {
        record_add_json(&out, &record);
        require(record_reader_parse(reader, out.data, out.length - 1, &again, &error) == 1);
        require(again.type == line->type);
    }
    buffer_release(&out);
    record_reader_free(reader);
}

static void write_formats(struct record_line *line, const char *data, size_t size, int null)
{
    static const char *const fields[] = { NULL, "path,target.size,target.path,mtime,size_hex" };
    struct error error = ERROR_INIT;

    for (int i = 0; i < 2 * FORMAT_COUNT; i++) {
        struct record_writer_options options = {
            .format = (enum record_format)(i / 2), .main_type = RECORD_TYPE_COUNT,
            .fields = fields[i % 2], .width = 40, .colour = true,
        };
        struct record_writer *writer = NULL;
        require(record_writer_new(&writer, null, &options, &error) == 0);
        require(record_writer_write_line(writer, line, &error) == 0);
        if (options.format == FORMAT_JSONL)
            require(record_writer_write_lines(writer, data, size, 1, &error) == 0);
        require(record_writer_flush(writer, &error) == 0);
        record_writer_free(writer);
    }
}

static void filter_line(struct record_line *line, int null)
{
    struct record_writer_options options = { .format = FORMAT_JSONL };
    struct record_writer *writer = NULL;
    struct record_filter *filter = NULL;
    struct error error = ERROR_INIT;

    require(record_writer_new(&writer, null, &options, &error) == 0);
    require(record_filter_new(&filter, &error) == 0);
    require(record_filter_add(filter, "match.level != high", &error) == 0);
    require(record_filter_add(filter, "mtime != 2000-11-22", &error) == 0);
    require(record_filter_add(filter, "path != x", &error) == 0);
    require(record_filter_sort(filter, "mtime,-size,target.path,data", NULL, &error) == 0);
    require(record_filter_write(filter, writer, line, &error) == 0);
    require(record_filter_finish(filter, writer, &error) == 0);
    record_filter_free(filter);
    record_writer_free(writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int null = -1;
    struct record_reader *reader = record_reader_new(-1);
    struct record_line line;
    struct error error = ERROR_INIT;

    if (null < 0)
        null = open("/dev/null", O_WRONLY);
    /* A copy whose end the sanitizer sees. */
    char *text = malloc(size + !size);
    memcpy(text, data, size);
    if (record_reader_parse(reader, text, size, &line, &error) == 1 &&
        !memchr(text, '\n', size)) {
        enrich(&line);
        make_record(&line);
        write_formats(&line, text, size, null);
        filter_line(&line, null);
    } else {
        /* No record: places in its text are wrong, but inside it. */
        struct record_writer_options options = { .format = FORMAT_JSONL, .fields = "target.path" };
        struct record_writer *writer = NULL;
        require(record_writer_new(&writer, null, &options, &error) == 0);
        record_writer_write_lines(writer, text, size, 1, &error);
        record_writer_free(writer);
    }
    free(text);
    record_reader_free(reader);
    return 0;
}
