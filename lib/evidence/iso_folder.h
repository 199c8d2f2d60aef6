/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ISO_FOLDER_H
#define ISO_FOLDER_H

/* iso_folder: whether the folders of an ISO 9660 are whole, those of Joliet too. */

#include <stdint.h>

#include <fett/error.h>
#include <fett/reader.h>

/* What a check calls for each part of a folder in which names may be lost: bytes from the
 * start of the volume, the folder's path by the names of its tree (not of Rock Ridge), why. */
typedef void (*iso_folder_fault)(void *context, uint64_t at, uint64_t length, const char *path,
                                 const char *reason);

/* Over a reader whose first byte is that of the volume. What cannot be read is passed over:
 * the reader's owner knows. It reads no more than the volume is long. 0, or -1 without memory. */
int iso_check_folders(struct reader *reader, iso_folder_fault fault, void *context,
                      struct error *error);

#endif
