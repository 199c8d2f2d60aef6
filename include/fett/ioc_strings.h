/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IOC_STRINGS_H
#define FETT_IOC_STRINGS_H

/*
 * ioc_strings: all printable strings of raw bytes, as strings(1) shows them.
 *
 * A string is the longest run of printable characters:
 *
 *     IOC_ASCII    tab and 0x20-0x7e: what `strings -a` finds, if IOC_UTF8 is not
 *                  wanted too
 *     IOC_UTF8     those and valid UTF-8 of printable code points: none of the
 *                  controls, marks of direction, zero-width and private characters,
 *                  and nothing beyond U+3FFFF. A run that is all ASCII is IOC_ASCII.
 *     IOC_UTF16LE, IOC_UTF16BE
 *                  16-bit units that are tab, U+0020-U+007E or U+00A0-U+00FF but
 *                  the soft hyphen, at even and at odd offsets
 *
 * Most UTF-16 can be read in both byte orders, one byte apart. Of the two readings
 * of the same letters the one that has more of them is given, of equal ones the one
 * whose offset is even.
 *
 * Long strings go on in pieces, each a string of its own: a string is cut at each
 * offset that is a multiple of LIMIT_STRING_PIECE_BYTES and has that many bytes of
 * the string before it (or at the next character, if one lies across; in UTF-16 the
 * letter, not its zero, counts). So no piece has twice as many bytes and a few. The
 * last piece may have less characters than asked for.
 *
 * A string, or piece, belongs to the part in which its first byte lies, so parts put
 * together give every string once, whatever their borders, if they have margins.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/ioc.h>
#include <fett/limits.h>

/* Bytes before and behind a part that a scan looks at; IOC_MARGIN is as much. */
enum {
    IOC_STRINGS_BEFORE = LIMIT_STRING_PIECE_BYTES + 64,
    IOC_STRINGS_BEHIND = 2 * LIMIT_STRING_PIECE_BYTES + 64,
};

struct ioc_strings_options {
    uint32_t encodings; /* bit 1 << enum ioc_encoding, of those above */
    unsigned least;     /* characters, 2 to LIMIT_STRING_LEAST_CHARACTERS */
    bool portable;      /* no vector instructions; the strings are the same */
};

#define IOC_STRINGS_OPTIONS_DEFAULT \
    { 1u << IOC_ASCII | 1u << IOC_UTF8 | 1u << IOC_UTF16LE | 1u << IOC_UTF16BE, 4, false }

struct ioc_string {
    uint64_t offset;      /* of the first byte, from the start of the media */
    uint32_t length;      /* bytes that it takes there */
    uint32_t characters;
    uint8_t encoding;     /* enum ioc_encoding */
    const uint8_t *bytes; /* as they stand there, within the data that is scanned */
};

typedef void (*ioc_string_sink)(void *context, const struct ioc_string *string);

/* 0, or ERROR_USAGE for options that have no meaning. */
int ioc_strings_check(const struct ioc_strings_options *options, struct error *error);

/*
 * The strings of data[start .. end) of data[0 .. size), which stands at `base` of the
 * media, in order of offset and encoding. The options must have been checked.
 */
void ioc_strings_scan(const struct ioc_strings_options *options, const uint8_t *data, size_t size,
                      size_t start, size_t end, uint64_t base, ioc_string_sink sink,
                      void *context);

#endif
