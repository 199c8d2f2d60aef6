/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUTORUN_WORDS_H
#define AUTORUN_WORDS_H

/*
 * words: the arguments of a program, word by word: blanks end one outside of quotes.
 */

#include <string.h>

#include <fett/autorun.h>

struct words {
    const char *text;
    size_t size;
};

static inline void words_skip(struct words *words, size_t size)
{
    words->text += size;
    words->size -= size;
}

static inline void words_skip_any(struct words *words, const char *which)
{
    while (words->size > 0 && strchr(which, *words->text))
        words_skip(words, 1);
}

/* Bytes of the word at the start, with its quotes. */
static inline size_t words_first(const struct words *words)
{
    bool quoted = false;
    size_t size;

    for (size = 0; size < words->size && (quoted || !strchr(" \t", words->text[size])); size++)
        quoted ^= words->text[size] == '"';
    return size;
}

/* Take it away, with the blanks behind it. */
static inline struct words words_take(struct words *words)
{
    const struct words first = { words->text, words_first(words) };

    words_skip(words, first.size);
    words_skip_any(words, " \t");
    return first;
}

static inline bool words_begin(const struct words *words, const char *patterns)
{
    return autorun_matches(patterns, words->text, words_first(words));
}

/* Without the quotes around it. */
static inline struct words words_unquoted(struct words word)
{
    if (word.size > 0 && *word.text == '"')
        words_skip(&word, 1);
    if (word.size > 0 && word.text[word.size - 1] == '"')
        word.size--;
    return word;
}

#endif
