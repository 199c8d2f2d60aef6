/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_KEYWORDS_H
#define FETT_IOC_KEYWORDS_H

/*
 * ioc_keywords: the examiner's own words in raw bytes, thousands at once.
 *
 * Gather the words (an array, or ioc_words for files), make a set of them once;
 * any number of threads then scan blocks with it. The set does not keep the
 * words: a hit has the number of its word, and the caller the words.
 *
 * A word is literal text, valid UTF-8 without NUL, of 1 to LIMIT_KEYWORD_BYTES
 * bytes. It is found in each of these forms, at every offset, odd ones too:
 *
 *     IOC_ASCII         its bytes, if all of it is ASCII
 *     IOC_UTF8          its bytes, if not
 *     IOC_WINDOWS_1252  one byte a character (ISO 8859-1 is the same but for
 *                       0x80-0x9f), if it has letters beyond ASCII and
 *                       Windows-1252 has them all
 *     IOC_UTF16LE, IOC_UTF16BE
 *
 * Every place is a hit: within other words, over other hits, over another hit of
 * the same word. Words of less than four characters are found too; they cost
 * speed, and most of their hits are chance.
 *
 * Without case, a letter of a word stands for all letters that text_fold makes
 * the same, in each form (in Windows-1252: those that it has). ASCII letters stand
 * for ASCII letters only. A word that is the same as one before it, or differs
 * only in the case that does not count, is not searched for again: its hits
 * carry the number of the first.
 *
 * The time of a scan is linear in the size of the data, whatever it holds: at each
 * byte at most the length of the longest keyword is compared, in each form, with as
 * many keywords as their number can be halved. Data that comes near this for long
 * words is made for it ("aaaa..." where "aaaa...b" is looked for).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/ioc.h>
#include <fett/limits.h>
#include <fett/reader.h>

/* Bytes before and behind a part that a scan looks at. */
enum { IOC_KEYWORDS_BEFORE = IOC_MARGIN, IOC_KEYWORDS_BEHIND = IOC_MARGIN };

struct ioc_keywords_options {
    uint32_t encodings; /* bit 1 << enum ioc_encoding */
    bool nocase;
    bool portable;      /* no vector instructions; the hits are the same */
};

#define IOC_KEYWORDS_OPTIONS_DEFAULT { (1u << IOC_ENCODING_COUNT) - 1, false, false }

struct ioc_keyword_hit {
    uint64_t offset;  /* of the first byte, from the start of the media */
    uint32_t length;  /* bytes that it takes there */
    uint32_t keyword; /* number of the word, from 0 */
    uint8_t encoding; /* enum ioc_encoding */
    /* The same letters are often UTF-16LE and, from the byte before, UTF-16BE:
     * within longer text always. Both are hits; the one of them that the ends of the
     * text say less for is doubtful, as ioc_scan reads it. */
    bool doubtful;
};

typedef void (*ioc_keyword_sink)(void *context, const struct ioc_keyword_hit *hit);

struct ioc_keywords;

/*
 * ERROR_USAGE for a word that is none ("keyword 3: not UTF-8"), or for no words;
 * ERROR_LIMIT for more than LIMIT_KEYWORDS, or LIMIT_KEYWORDS_BYTES of them.
 */
int ioc_keywords_new(struct ioc_keywords **keywords, const char *const *words, size_t count,
                     const struct ioc_keywords_options *options, struct error *error);

/* Accepts NULL. */
void ioc_keywords_free(struct ioc_keywords *keywords);

/*
 * Scan data[start .. end) of data[0 .. size); data[0] stands at `base` of the
 * media. As with ioc_scan a hit belongs to the part in which its first byte lies,
 * so parts put together give every hit once, whatever their borders. Hits come in
 * order of offset, keyword, encoding.
 */
void ioc_keywords_scan(const struct ioc_keywords *keywords, const uint8_t *data, size_t size,
                       size_t start, size_t end, uint64_t base, ioc_keyword_sink sink,
                       void *context);

/*
 * Words that are gathered: words.words[0 .. count) for ioc_keywords_new.
 */
struct ioc_words {
    const char **words; /* NUL behind each */
    size_t count, capacity;
};

#define IOC_WORDS_INIT { NULL, 0, 0 }

/* Give the memory back; the words are as after IOC_WORDS_INIT. */
void ioc_words_release(struct ioc_words *words);

/* Add text[0 .. length). ERROR_USAGE if it is no word. */
int ioc_words_add(struct ioc_words *words, const char *text, size_t length, struct error *error);

/* A line of a keyword file that is no word, and why: "not UTF-8". */
typedef void (*ioc_words_problem)(void *context, uint64_t line, const char *why);

/*
 * Add the words of a keyword file: one a line, in UTF-8 with or without byte order
 * mark. Lines end with LF or CR LF, the last one may lack it. All else of a line is
 * the word, blanks at its ends too. Empty lines, and lines that begin with '#', are
 * skipped. A word that begins with '#' has a backslash before it: of backslashes at
 * the start of a line that are followed by '#' the first is taken away, any other
 * backslash (\\server\share) is kept.
 *
 * A line that is no word is told to `problem` (which may be NULL) by its number,
 * from 1, and skipped. -1 if the file cannot be read whole, or is larger than
 * LIMIT_KEYWORDS_BYTES.
 */
int ioc_words_add_file(struct ioc_words *words, struct reader *reader, ioc_words_problem problem,
                       void *context, struct error *error);

#endif
