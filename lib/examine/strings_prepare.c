/* SPDX-License-Identifier: Apache-2.0 */

/* ioc-strings: what is searched for and what is left out, of texts and files. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fett/buffer.h>
#include <fett/examine.h>
#include <fett/limits.h>
#include <fett/record_reader.h>

#include "lines.h"

static int add_stop_line(void *stop, const char *line, size_t length, struct error *error)
{
    return ioc_stop_add_line(stop, line, length, error);
}

static int add_record(struct ioc_stop *stop, struct record_line *line, struct error *error)
{
    const char *kind_name = record_line_text(line, "kind", NULL);
    int kind = kind_name ? ioc_kind_by_name(kind_name) : -1;
    size_t length;
    const char *value = record_line_text(line, "value", &length);

    return kind < 0 || !value
               ? 0
               : ioc_stop_add_value(stop, (enum ioc_kind)kind, value, length, error);
}

static int load_baseline(struct ioc_stop *stop, const char *path, examine_problem problem,
                         void *context, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), got = 0, result = 0;
    struct record_reader *reader = fd < 0 ? NULL : record_reader_new(fd);
    struct record_line line;

    if (fd < 0)
        return error_set_errno(error, "cannot open: %s", path);
    if (!reader)
        result = error_set_memory(error);
    for (struct error wrong = ERROR_INIT;
         result == 0 && (got = record_reader_next(reader, &line, &wrong)) != 0;
         wrong = (struct error)ERROR_INIT) {
        if (got > 0) {
            result = add_record(stop, &line, error);
        } else if (got == -2) {
            result = error_set(error, wrong.kind, "%s: %s", path, wrong.text);
        } else {
            error_prefix(&wrong, "%s", path);
            problem(context, &wrong);
        }
    }
    record_reader_free(reader);
    close(fd);
    return result;
}

static int load_stop(struct ioc_stop **stop, const struct examine_strings_request *request,
                     examine_problem problem, void *context, struct error *error)
{
    if (request->stop_lists.count + request->baselines.count == 0)
        return 0;
    if (!(*stop = ioc_stop_new()))
        return error_set_memory(error);
    for (size_t i = 0; i < request->stop_lists.count; i++)
        if (lines_each(request->stop_lists.items[i], add_stop_line, *stop, problem, context,
                       error) != 0)
            return error_prefix(error, "stop list");
    for (size_t i = 0; i < request->baselines.count; i++)
        if (load_baseline(*stop, request->baselines.items[i], problem, context, error) != 0)
            return error_prefix(error, "baseline");
    return 0;
}

/* Where bad lines of keyword files go. */
struct word_file {
    const char *path;
    examine_problem problem;
    void *context;
};

static void tell_bad_word(void *context, uint64_t line, const char *why)
{
    const struct word_file *file = context;
    struct error error = ERROR_INIT;

    error_set(&error, ERROR_DAMAGED, "%s: line %llu: %s", file->path, (unsigned long long)line,
              why);
    file->problem(file->context, &error);
}

/* All of a file, or of a pipe; one byte more than is taken, so that it is known for too long. */
static int read_file(const char *path, struct buffer *text, struct error *error)
{
    enum { PIECE = 1 << 16 };
    FILE *file = fopen(path, "re");
    int result = 0;
    size_t got = 1;

    if (!file)
        return error_set_errno(error, "cannot open: %s", path);
    while (result == 0 && got > 0 && text->length <= LIMIT_KEYWORDS_BYTES) {
        char *room = buffer_reserve(text, PIECE);
        got = room ? fread(room, 1, PIECE, file) : 0;
        text->length += got;
        if (!room)
            result = error_set_memory(error);
    }
    if (result == 0 && ferror(file))
        result = error_set_errno(error, "cannot read: %s", path);
    fclose(file);
    return result;
}

static int load_word_file(struct ioc_words *words, const char *path, examine_problem problem,
                          void *context, struct error *error)
{
    struct word_file file = { path, problem, context };
    struct buffer text = BUFFER_INIT;
    struct reader *reader = NULL;
    int result = read_file(path, &text, error);

    if (result == 0 && !(reader = reader_over_memory(text.data, text.length)))
        result = error_set_memory(error);
    if (result == 0 &&
        (result = ioc_words_add_file(words, reader, tell_bad_word, &file, error)) != 0)
        error_prefix(error, "%s", path);
    reader_free(reader);
    buffer_release(&text);
    return result;
}

static int load_keywords(struct examine_strings_options *options,
                         const struct examine_strings_request *request, examine_problem problem,
                         void *context, struct error *error)
{
    struct ioc_keywords_options keywords = IOC_KEYWORDS_OPTIONS_DEFAULT;

    if (request->words.count + request->word_files.count == 0)
        return 0;
    for (size_t i = 0; i < request->words.count; i++)
        if (ioc_words_add(&options->words, request->words.items[i], strlen(request->words.items[i]),
                          error) != 0)
            return error_prefix(error, "keyword %s", request->words.items[i]);
    for (size_t i = 0; i < request->word_files.count; i++)
        if (load_word_file(&options->words, request->word_files.items[i], problem, context,
                           error) != 0)
            return -1;
    keywords.nocase = request->nocase;
    keywords.portable = options->ioc.portable;
    return ioc_keywords_new(&options->keywords, options->words.words, options->words.count,
                            &keywords, error);
}

static int make_decoder(struct ioc_decoder **decoder, const char *codings, struct error *error)
{
    struct ioc_decoder_options options = IOC_DECODER_OPTIONS_DEFAULT;

    if (!codings)
        return 0;
    return ioc_parse_names(codings, "encoding", ioc_coding_by_name, options.codings,
                           &options.codings, error) == 0
               ? ioc_decoder_new(decoder, &options, error)
               : -1;
}

static int set_indicators(struct examine_strings_options *options,
                          const struct examine_strings_request *request, struct error *error)
{
    enum { MOST = 100 };

    options->indicators =
        request->kinds ||
        (request->words.count + request->word_files.count == 0 &&
         request->least == EXAMINE_NO_STRINGS);
    if (request->kinds && ioc_parse_kinds(request->kinds, &options->ioc.kinds, error) != 0)
        return -1;
    if (request->min_confidence > MOST)
        return error_set(error, ERROR_USAGE, "a confidence is from 0 to %d, not %llu", MOST,
                         (unsigned long long)request->min_confidence);
    options->ioc.min_confidence = (unsigned)request->min_confidence;
    return 0;
}

static int set_strings(struct ioc_strings_options *strings, uint64_t least, struct error *error)
{
    if (least == EXAMINE_NO_STRINGS)
        return 0;
    *strings = (struct ioc_strings_options)IOC_STRINGS_OPTIONS_DEFAULT;
    strings->least = least < UINT32_MAX ? (unsigned)least : UINT32_MAX;
    return ioc_strings_check(strings, error);
}

int examine_strings_prepare(struct examine_strings_options *options,
                            const struct examine_strings_request *request,
                            examine_problem problem, void *context, struct error *error)
{
    return set_indicators(options, request, error) != 0 ||
                   set_strings(&options->strings, request->least, error) != 0 ||
                   load_keywords(options, request, problem, context, error) != 0 ||
                   make_decoder(&options->decoder, request->codings, error) != 0 ||
                   load_stop(&options->stop, request, problem, context, error) != 0
               ? -1
               : 0;
}

void examine_strings_release(struct examine_strings_options *options)
{
    ioc_keywords_free(options->keywords);
    ioc_words_release(&options->words);
    ioc_decoder_free(options->decoder);
    ioc_stop_free(options->stop);
}
