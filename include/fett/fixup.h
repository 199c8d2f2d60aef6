/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_FIXUP_H
#define FETT_FIXUP_H

/*
 * fixup: the update sequences of NTFS. In every $MFT record, index record and
 * page of $LogFile the last two bytes of each 512 are replaced by a number that
 * is the same in all of them, and stand in an array in its head; who looks at
 * the bytes as they are stored sees text with a hole. Source: the header of
 * multi-sector records, as documented by the Linux-NTFS project.
 */

#include <stddef.h>
#include <stdint.h>

enum { FIXUP_STRIDE = 512 }; /* whatever the sector size of the media */

/*
 * Put the bytes of one record of `size` bytes back in place. *whole is how many
 * bytes at its start can be trusted: all, or those before the first sector that
 * does not hold the number (it was not written with the others). -1, and
 * nothing was changed, when its update sequence cannot be that of a record of
 * this size.
 */
int fixup_undo(uint8_t *record, size_t size, size_t *whole);

/*
 * Look for whole records in data[0 .. size), which stands at `offset` of the
 * media or of a file, and put their bytes back. `sectors` has a bit for each
 * stretch of FIXUP_STRIDE bytes that begins at a multiple of it, the first for
 * the one that holds data[0]; set where the end of a stretch was changed. Its
 * size is fixup_map_size(size).
 *
 * The names of files in these records, also in what is left there of others, are made ready
 * to be read as text: their lengths and namespaces look like letters before them, and what
 * begins behind them like their last one. The namespace becomes LONG_NAME_MARK, and the two
 * bytes behind 0.
 */
void fixup_undo_all(uint8_t *data, size_t size, uint64_t offset, uint8_t *sectors);
size_t fixup_map_size(size_t size);

#endif
