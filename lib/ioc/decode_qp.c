/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_qp: quoted-printable (RFC 2045 6.7), as the text of mails is in.
 *
 *     =XX     a byte, in two digits of hex, in capitals; "=" itself is =3D
 *     =CRLF   nothing: the line goes on in the next one; also =LF
 *
 * A unit is a word: what stands between blanks, brackets and quotes, with one of these, so that
 * it is not alone in its line. What has no such mark reads as it lies, so that most of a text
 * is in no unit. In a word "=" must stand for one of these wherever it stands, and one mark
 * at least must be of those that hosts, URLs and addresses have: a break, a sign of theirs, a
 * letter beyond ASCII. A word beyond WORD_MOST bytes is none: the words of a cell are told by
 * it and its margins, and read from SOURCE_HISTORY.
 */

#include <string.h>

#include "decode.h"

enum { WORD_LEAST = 8, WORD_MOST = 6144 }; /* bytes; shorter ones are in random bytes */

/* A line of base64 ends in "=" too. */
enum { BASE64_SHORTEST = 24 };

static int hex_value(unsigned character)
{
    return character >= '0' && character <= '9'   ? (int)character - '0'
           : character >= 'A' && character <= 'F' ? (int)character - 'A' + 10
                                                  : -1;
}

/* Bytes of the mark at `at` of bytes[0 .. size); *byte is what it stands for, -1 for a break.
 * 0: there is none. */
static size_t mark_at(const uint8_t *bytes, size_t size, size_t at, int *byte)
{
    size_t left = size - at;

    *byte = -1;
    if (left < 2 || bytes[at] != '=')
        return 0;
    if (bytes[at + 1] == '\n')
        return 2;
    if (left < 3)
        return 0;
    if (bytes[at + 1] == '\r')
        return bytes[at + 2] == '\n' ? 3 : 0;
    int high = hex_value(bytes[at + 1]), low = hex_value(bytes[at + 2]);
    if (high < 0 || low < 0)
        return 0;
    *byte = high << 4 | low;
    return 3;
}

static bool is_of_word(unsigned byte)
{
    return byte > ' ' && byte < 0x7f && !strchr("<>\"'`", (int)byte);
}

/* The first byte of the word that holds the one at `at`, not before `least`. */
static size_t word_begin(const uint8_t *bytes, size_t least, size_t at)
{
    for (;;) {
        size_t mark = at - least >= 2 && bytes[at - 1] == '\n'
                          ? (bytes[at - 2] == '\r' ? 3 : 2) : 0;
        if (at > least && is_of_word(bytes[at - 1]))
            at--;
        else if (mark > 0 && at - least >= mark && bytes[at - mark] == '=')
            at -= mark;
        else
            return at;
    }
}

static size_t word_end(const uint8_t *bytes, size_t size, size_t at)
{
    while (at < size && is_of_word(bytes[at])) {
        int byte;
        size_t mark = mark_at(bytes, size, at, &byte);
        at += mark > 0 && byte < 0 ? mark : 1;
    }
    return at;
}

/* Whether what ends before the break at `at` is a word of base64. */
static bool is_base64(const uint8_t *bytes, size_t begin, size_t at)
{
    for (size_t i = begin; i < at; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                    bytes[i]))
            return false;
    return at - begin >= BASE64_SHORTEST && (at - begin) % 4 == 3;
}

/* What hosts, URLs and addresses have besides letters and digits of ASCII. */
static bool is_telling(int byte)
{
    return byte < 0 || byte >= 0x80 || strchr("=.:/@-_?&%", byte);
}

/* Whether a word is in quoted-printable. */
static bool is_quoted(const uint8_t *bytes, size_t begin, size_t end)
{
    bool telling = false;

    for (size_t at = begin; at < end;) {
        int byte;
        size_t mark = mark_at(bytes, end, at, &byte);
        if (bytes[at] == '=' && (mark == 0 || byte == 0 || (byte < 0 && is_base64(bytes, begin,
                                                                                  at))))
            return false;
        telling |= mark > 0 && is_telling(byte);
        at += mark > 0 ? mark : 1;
    }
    return telling;
}

/* Whether it stands beside a word in its line. */
static bool is_beside(unsigned byte)
{
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

void qp_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    const uint8_t *bytes = window->bytes, *mark;
    size_t size = (size_t)(window->to - window->from);
    size_t first = (size_t)(from - window->from), behind = (size_t)(to - window->from);
    size_t least = first < WORD_MOST ? 0 : first - WORD_MOST, at = least;
    size_t end = size - behind < WORD_MOST ? size : behind + WORD_MOST, taken = 0;

    while (at < end && (mark = memchr(bytes + at, '=', end - at))) {
        size_t begin = word_begin(bytes, least, (size_t)(mark - bytes));
        size_t lead = begin > taken && is_beside(bytes[begin - 1]);
        if (begin - lead >= behind)
            break;
        least = at = word_end(bytes, size, (size_t)(mark - bytes));
        if (at - begin < WORD_LEAST || at - begin > WORD_MOST || !is_quoted(bytes, begin, at))
            continue;
        taken = lead == 0 && at < size && is_beside(bytes[at]) ? at + 1 : at;
        if (begin - lead >= first)
            run_add_start(place, &(struct start){ .at = window->from + begin - lead,
                                                  .coding = IOC_QUOTED_PRINTABLE,
                                                  .end = window->from + taken });
    }
}

bool qp_open(struct stream *stream, const struct start *start)
{
    stream->qp.size = start->end - start->at;
    return true;
}

size_t qp_make(struct stream *stream, uint8_t *output, size_t room)
{
    uint8_t bytes[WORD_MOST + 1];
    size_t made = 0, size = input_copy(&stream->input, stream->start + stream->used, bytes,
                                       (size_t)(stream->qp.size - stream->used));
    size_t at = 0;

    while (at < size && made < room) {
        int byte;
        size_t mark = mark_at(bytes, size, at, &byte);
        if (mark == 0)
            output[made++] = bytes[at];
        else if (byte >= 0)
            output[made++] = (uint8_t)byte;
        at += mark > 0 ? mark : 1;
    }
    stream->used += at;
    return at < size ? made : stream_end(stream, IOC_WHOLE, made);
}
