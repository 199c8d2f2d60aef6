/* SPDX-License-Identifier: Apache-2.0 */

/* wordlist: keywords out of arrays and files; see ioc_keywords.h. */

#include <stdlib.h>
#include <string.h>

#include <fett/buffer.h>
#include <fett/text.h>

#include "keywords.h"

const char *word_problem(const char *text, size_t length)
{
    if (length == 0)
        return "empty";
    if (length > LIMIT_KEYWORD_BYTES)
        return "too long";
    if (memchr(text, '\0', length))
        return "has a NUL";
    if (text_valid_length(text, length) < length)
        return "not UTF-8";
    return NULL;
}

void ioc_words_release(struct ioc_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free((void *)words->words[i]);
    free(words->words);
    *words = (struct ioc_words)IOC_WORDS_INIT;
}

int ioc_words_add(struct ioc_words *words, const char *text, size_t length, struct error *error)
{
    const char *why = word_problem(text, length);

    if (why)
        return error_set(error, ERROR_USAGE, "keyword: %s", why);
    if (memory_grow((void **)&words->words, &words->capacity, words->count + 1,
                    sizeof *words->words) != 0)
        return error_set_memory(error);
    char *word = strndup(text, length);
    if (!word)
        return error_set_memory(error);
    words->words[words->count++] = word;
    return 0;
}

static int add_line(struct ioc_words *words, const char *text, size_t length, uint64_t line,
                    ioc_words_problem problem, void *context, struct error *error)
{
    if (length > 0 && text[length - 1] == '\r')
        length--;
    if (length == 0 || text[0] == '#')
        return 0;
    size_t backslashes = 0;
    while (backslashes < length && text[backslashes] == '\\')
        backslashes++;
    if (backslashes > 0 && backslashes < length && text[backslashes] == '#') {
        text++;
        length--;
    }
    const char *why = word_problem(text, length);
    if (!why)
        return ioc_words_add(words, text, length, error);
    if (problem)
        problem(context, line, why);
    return 0;
}

int ioc_words_add_file(struct ioc_words *words, struct reader *reader, ioc_words_problem problem,
                       void *context, struct error *error)
{
    static const char mark[] = "\xef\xbb\xbf";
    int damaged = 0, result = 0;
    uint8_t *data;
    size_t size;

    if (reader_read_all(reader, LIMIT_KEYWORDS_BYTES, &data, &size, &damaged, error) != 0)
        return -1;
    const char *text = (const char *)data, *end = text + size;
    if (size >= 3 && memcmp(text, mark, 3) == 0)
        text += 3;
    for (uint64_t line = 1; text < end && result == 0 && !damaged; line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline ? newline : end;
        result = add_line(words, text, (size_t)(line_end - text), line, problem, context, error);
        text = newline ? newline + 1 : end;
    }
    free(data);
    return damaged ? -1 : result;
}
