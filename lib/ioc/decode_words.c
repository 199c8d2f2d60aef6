/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_words: words of text in which marks stand for characters, as =2E does in
 * quoted-printable and &#46; in HTML.
 *
 * A unit is a word: what stands between blanks, brackets and quotes, with a mark in it, and the
 * byte before and behind it, so that it is not alone in its line. What has no mark reads as it
 * lies, so that most of a text is in no unit. A word beyond WORD_MOST bytes is none: the words
 * of a cell are told by it and its margins, and read from SOURCE_HISTORY.
 */

#include <string.h>

#include <fett/text.h>

#include "decode.h"

enum { WORD_LEAST = 8, WORD_MOST = 6144 }; /* bytes; shorter ones are in random bytes */

/* The first byte of the word that holds the one at `at`, not before `least`. */
static size_t word_begin(const struct word_rules *rules, const uint8_t *bytes, size_t least,
                         size_t at)
{
    for (;;) {
        size_t mark = rules->joins_lines && at - least >= 2 && bytes[at - 1] == '\n'
                          ? (bytes[at - 2] == '\r' ? 3 : 2) : 0;
        if (at > least && rules->is_within(bytes[at - 1]))
            at--;
        else if (mark > 0 && at - least >= mark && bytes[at - mark] == rules->first)
            at -= mark;
        else
            return at;
    }
}

static size_t word_end(const struct word_rules *rules, const uint8_t *bytes, size_t size,
                       size_t at)
{
    while (at < size && rules->is_within(bytes[at])) {
        uint32_t character = 0;
        size_t mark = rules->joins_lines ? rules->mark_at(bytes, size, at, &character) : 0;
        at += mark > 0 && character == MARK_NOTHING ? mark : 1;
    }
    return at;
}

/* Whether it stands beside a word in its line. */
static bool is_beside(unsigned byte)
{
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

void words_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to,
                enum ioc_coding coding)
{
    const struct word_rules *rules = coding_of(coding)->words;
    const uint8_t *bytes = window->bytes, *mark;
    size_t size = (size_t)(window->to - window->from);
    size_t first = (size_t)(from - window->from), behind = (size_t)(to - window->from);
    size_t least = first < WORD_MOST ? 0 : first - WORD_MOST, at = least;
    size_t end = size - behind < WORD_MOST ? size : behind + WORD_MOST, taken = 0;

    while (at < end && (mark = memchr(bytes + at, rules->first, end - at))) {
        uint32_t character;
        at = (size_t)(mark - bytes);
        if (rules->mark_at(bytes, size, at, &character) == 0) {
            at++;
            continue;
        }
        size_t begin = word_begin(rules, bytes, least, at);
        size_t lead = begin > taken && is_beside(bytes[begin - 1]);
        if (begin - lead >= behind)
            break;
        least = at = word_end(rules, bytes, size, at);
        if (at - begin < WORD_LEAST || at - begin > WORD_MOST ||
            !rules->is_sensible(bytes, begin, at))
            continue;
        taken = lead == 0 && at < size && is_beside(bytes[at]) ? at + 1 : at;
        if (begin - lead >= first)
            run_add_start(place, &(struct start){ .at = window->from + begin - lead,
                                                  .coding = coding,
                                                  .end = window->from + taken });
    }
}

bool words_open(struct stream *stream, const struct start *start)
{
    stream->words.size = start->end - start->at;
    return true;
}

size_t words_make(struct stream *stream, uint8_t *output, size_t room)
{
    const struct word_rules *rules = stream->coding->words;
    uint8_t bytes[WORD_MOST + 1];
    size_t made = 0, size = input_copy(&stream->input, stream->start + stream->used, bytes,
                                       (size_t)(stream->words.size - stream->used));
    size_t at = 0;

    while (at < size && room - made >= MARK_BYTES_MOST) {
        uint32_t character;
        size_t mark = rules->mark_at(bytes, size, at, &character);
        if (mark == 0)
            output[made++] = bytes[at];
        else if (rules->makes_bytes && character != MARK_NOTHING)
            output[made++] = (uint8_t)character;
        else if (character != MARK_NOTHING)
            made += text_put_code_point((char *)output + made, character);
        at += mark > 0 ? mark : 1;
    }
    stream->used += at;
    return at < size ? made : stream_end(stream, IOC_WHOLE, made);
}
