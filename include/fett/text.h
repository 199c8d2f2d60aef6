/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_TEXT_H
#define FETT_TEXT_H

/*
 * text: characters out of evidence, and safe characters into a terminal.
 *
 * Inside fett text is UTF-8, with one extension: a lone UTF-16 surrogate is
 * kept as its three bytes (WTF-8), so that no name is ever lost or merged with
 * another. Text from 8-bit sources that is not UTF-8 is kept byte for byte.
 * The record writer gives U+FFFD for what is not valid and the bytes in
 * FIELD_hex (fett-records(5)).
 *
 * Case is folded by Unicode simple folding for the scripts that Windows file
 * systems and registries fold (Latin, Greek, Cyrillic, Armenian); it never
 * depends on the locale.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/buffer.h>

/* "00" to "99", one behind the other. */
extern const char text_digit_pairs[200];

/* Write a number in decimal; returns the end of its digits, behind which there is no NUL. */
enum { TEXT_NUMBER_SIZE = 20 };
char *text_put_number(char *at, uint64_t number);

/* Write the permission bits of stat(2) in four octal digits and a NUL. */
enum { TEXT_MODE_SIZE = 5 };
void text_put_mode(char at[TEXT_MODE_SIZE], uint32_t mode);

/* Write two lower-case hex digits for each byte; the end likewise. */
char *text_put_hex(char *at, const void *data, size_t size);

/* Add `units` 16-bit units at `data` (no alignment needed) as UTF-8. NUL units
 * are kept as NUL bytes; cut before if they end the text. */
void text_add_utf16le(struct buffer *buffer, const uint8_t *data, size_t units);
void text_add_utf16be(struct buffer *buffer, const uint8_t *data, size_t units);

/* Add the GUID that 16 bytes are, as Windows stores one: 3808876b-c176-4e48-... */
void text_add_guid(struct buffer *buffer, const uint8_t guid[16]);

/* Add 8-bit text: ISO 8859-1 (compressed names of NT hives), Windows-1252
 * (Windows 9x). */
void text_add_latin1(struct buffer *buffer, const uint8_t *data, size_t size);
void text_add_cp1252(struct buffer *buffer, const uint8_t *data, size_t size);

/* Add text in a code page of Windows: 874, 932, 936, 949, 950, 1250 to 1258. Bytes
 * that are nothing in it, and above 0x7f all of those in another page, are kept. */
void text_add_code_page(struct buffer *buffer, unsigned page, const uint8_t *data, size_t size);

/* Add the text of a file: UTF-16 or UTF-8 where a mark at its start says so, UTF-16
 * too where its first four bytes are two letters of it; else in a code page. */
void text_add_file(struct buffer *buffer, unsigned page, const uint8_t *data, size_t size);

/* Write one code point, below 0x110000, as UTF-8 (surrogates as three bytes); returns how
 * many bytes it takes. */
size_t text_put_code_point(char bytes[4], uint32_t code_point);
/* Add one likewise. */
void text_add_code_point(struct buffer *buffer, uint32_t code_point);

/* Length of the valid UTF-8 at the start of text (strict: no surrogates, no
 * overlong forms); == size when all of it is valid. */
size_t text_valid_length(const char *text, size_t size);

/* The code point at text, its length in *used (>= 1); an invalid byte is
 * returned as 0xDC80 + (byte - 0x80) with *used 1. size >= 1. */
uint32_t text_code_point(const char *text, size_t size, size_t *used);

uint32_t text_fold(uint32_t code_point);

/* Compare without case; <0, 0, >0. */
int text_compare_nocase(const char *a, size_t a_size, const char *b, size_t b_size);
bool text_equal_nocase(const char *a, const char *b);

/* 64-bit hash that is equal for texts that differ in case only. */
uint64_t text_hash_nocase(const char *text, size_t size);

/* Whether `pattern` matches all of text, without case: `*` any characters,
 * slashes too, `?` one character, `\` makes the next literal. Linear in the
 * product of the sizes at worst. */
bool text_glob(const char *pattern, const char *text, size_t size);

/* Add text so that a terminal shows it and does nothing else: control bytes,
 * escape, DEL, C1 controls, bidirectional overrides and invalid bytes become
 * \n, \t, \r, \xHH or \u{H}; a backslash is kept as it is. */
void text_add_safe(struct buffer *buffer, const char *text, size_t size);

/* Columns that text takes on a terminal (0, 1 or 2 a character). */
size_t text_columns(const char *text, size_t size);

/* Decode %XX as one byte (operands). Returns 0, or -1 for a broken escape. */
int text_add_unescaped(struct buffer *buffer, const char *text, size_t size);

#endif
