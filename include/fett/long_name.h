/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_LONG_NAME_H
#define FETT_LONG_NAME_H

/*
 * long_name: the names of files that folders of FAT and exFAT keep in pieces, in entries of
 * 32 bytes; who looks at the bytes as they are stored sees text with holes, of FAT also
 * from its end to its start. Live and deleted ones are known by their form alone, in bytes
 * of any origin. Sources: Microsoft's FAT and exFAT specifications.
 *
 * Places are those of the bytes that are given here; entries begin at multiples of
 * LONG_NAME_ENTRY of them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum long_name_format { LONG_NAME_NONE, LONG_NAME_FAT, LONG_NAME_EXFAT };

enum {
    LONG_NAME_ENTRY = 32,
    LONG_NAME_ENTRIES = 20,  /* of the longest name, in FAT */
    LONG_NAME_LETTERS = 260, /* in them, each of two bytes */
    LONG_NAME_RUNS = 60,     /* pieces of the longest name, three in each entry */
};

struct long_name {
    uint64_t place;  /* of its first entry */
    unsigned entries;
    unsigned letters;
    enum long_name_format format;
    bool begins, ends; /* its first, its last piece is there; if not, text is missing */
};

/* What stands before a name that is searched for text: a byte of the number of its letters, at
 * most LONG_NAME_MANY, and this one for its kind. ioc.h knows them for the head of a name. */
enum { LONG_NAME_MARK = 7, LONG_NAME_MANY = 127 };

/*
 * The first name at or behind data[*at]; *at is then behind it. False: there is none in
 * data[0 .. size), which stands at `place`. Names of which some entries were overwritten are
 * given as far as they follow each other.
 *
 * Two windows of the same bytes show the same name where each has LONG_NAME_ENTRIES entries
 * before and behind it.
 */
bool long_name_next(const uint8_t *data, size_t size, uint64_t place, size_t *at,
                    struct long_name *name);

/* Its text in UTF-16LE, `letters` of it. */
void long_name_text(const uint8_t *data, uint64_t place, const struct long_name *name,
                    uint8_t text[2 * LONG_NAME_LETTERS]);

/* Where a letter of it stands. */
uint64_t long_name_letter(const struct long_name *name, unsigned letter);

struct long_name_run {
    uint64_t place, length; /* bytes */
};

/* Where the text of `length` bytes stands that begins at the letter at `place`: its pieces, in
 * the order of the text. Returns how many. */
size_t long_name_runs(enum long_name_format format, uint64_t place, uint64_t length,
                      struct long_name_run runs[LONG_NAME_RUNS]);

#endif
