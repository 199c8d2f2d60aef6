/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_ENTRY_NAMES_H
#define FETT_ENTRY_NAMES_H

/*
 * entry_names: the names of files in records that numbers stand right beside: of the change
 * journal of NTFS ($UsnJrnl:$J), and of folders of ISO 9660, with those of Joliet and Rock Ridge.
 * Who looks at the bytes as they are stored sees a length or an offset as one more letter of the
 * name. For those of $MFT and of its folders see fixup.h, of FAT and exFAT long_name.h.
 */

#include <stddef.h>
#include <stdint.h>

enum { ENTRY_STRIDE = 512 }; /* the first record of a page or block begins at a multiple of it */

/* A unit of UTF-16BE that is no character, beside names in it. */
enum { ENTRY_NAME_EDGE = 0xffff };

/*
 * Look for such records in data[0 .. size), which stands at `offset` of the media or of a file,
 * known by their form alone, and make their names ready to be read as text:
 *
 *     UTF-16LE          before it the number of its letters, at most LONG_NAME_MANY, and
 *                       LONG_NAME_MARK; behind it 0
 *     UTF-16BE          ENTRY_NAME_EDGE on both sides, which also tells the byte order
 *     8 bits            0 behind it
 *
 * None of these bytes is of any text. Where the record before was cut by the start of the data,
 * those up to the next page are not known.
 */
void entry_names_mark_all(uint8_t *data, size_t size, uint64_t offset);

#endif
