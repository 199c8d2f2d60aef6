/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ISO_FOLDER_H
#define ISO_FOLDER_H

/* iso_folder: whether the folders of an ISO 9660 are whole, those of Joliet too, and the times of
 * their records. */

#include <stdint.h>

#include <fett/error.h>
#include <fett/reader.h>

struct iso_visit {
    /* For each part of a folder in which names may be lost: bytes from the start of the volume,
     * the folder's path by the names of its tree (not of Rock Ridge), why. */
    void (*fault)(void *context, uint64_t at, uint64_t length, const char *path,
                  const char *reason);
    /* For the time of each record that can be one: as its clock showed it, in seconds as if that
     * was UTC, and by how many quarters of an hour it was ahead of UTC, -48 to 52. */
    void (*time)(void *context, int64_t seconds, int8_t quarters);
    void *context;
};

/* Over a reader whose first byte is that of the volume. What cannot be read is passed over:
 * the reader's owner knows. It reads no more than the volume is long. 0, or -1 without memory. */
int iso_check_folders(struct reader *reader, const struct iso_visit *visit, struct error *error);

#endif
