/* SPDX-License-Identifier: Apache-2.0 */

/*
 * decode_qp: quoted-printable (RFC 2045 6.7), as the text of mails is in.
 *
 *     =XX     a byte, in two digits of hex, in capitals; "=" itself is =3D
 *     =CRLF   nothing: the line goes on in the next one; also =LF
 *
 * In a word (decode_words.c) "=" must stand for one of these wherever it stands, and one mark
 * at least must be of those that hosts, URLs and addresses have: a break, a sign of theirs, a
 * letter beyond ASCII.
 */

#include <string.h>

#include "decode.h"

/* A line of base64 ends in "=" too. */
enum { BASE64_SHORTEST = 24 };

static int hex_value(unsigned character)
{
    return character >= '0' && character <= '9'   ? (int)character - '0'
           : character >= 'A' && character <= 'F' ? (int)character - 'A' + 10
                                                  : -1;
}

static size_t mark_at(const uint8_t *bytes, size_t size, size_t at, uint32_t *byte)
{
    size_t left = size - at;

    *byte = MARK_NOTHING;
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
    *byte = (uint32_t)(high << 4 | low);
    return 3;
}

static bool is_within(unsigned byte)
{
    return byte > ' ' && byte < 0x7f && !strchr("<>\"'`", (int)byte);
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
static bool is_telling(uint32_t byte)
{
    return byte == MARK_NOTHING || byte >= 0x80 || strchr("=.:/@-_?&%", (int)byte);
}

/* Whether a word is in quoted-printable. */
static bool is_quoted(const uint8_t *bytes, size_t begin, size_t end)
{
    bool telling = false;

    for (size_t at = begin; at < end;) {
        uint32_t byte;
        size_t mark = mark_at(bytes, end, at, &byte);
        if (bytes[at] == '=' && (mark == 0 || byte == 0 ||
                                 (byte == MARK_NOTHING && is_base64(bytes, begin, at))))
            return false;
        telling |= mark > 0 && is_telling(byte);
        at += mark > 0 ? mark : 1;
    }
    return telling;
}

const struct word_rules qp_words = { '=', true, true, mark_at, is_within, is_quoted };

void qp_find(const struct place *place, const struct window *window, uint64_t from, uint64_t to)
{
    words_find(place, window, from, to, IOC_QUOTED_PRINTABLE);
}
