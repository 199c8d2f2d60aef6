/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_PROBE_H
#define FETT_EVIDENCE_PROBE_H

/*
 * probe: what a volume holds, by the signatures near its start. Internal to
 * lib/evidence. A signature is a claim: whether the file system can be opened
 * is for volume_ntfs.c and volume_tsk.c to find out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/volume.h>

enum { PROBE_BYTES = 1 << 20, PROBE_MOST = 16, PROBE_BOOT_SECTOR = 512 };

struct probe_result {
    enum filesystem_kind kind; /* FS_FAT32 stands for any FAT, FS_EXT4 for any ext */
    const char *name;          /* "NTFS", "FAT", "LUKS" */
    bool weak;                 /* seen by plausible numbers only */
    bool files;                /* may have files: all but swap */
};

/* What `size` bytes (at most PROBE_BYTES are looked at) from the start of a
 * volume claim to be, in the order NTFS, FAT, exFAT, ext, others. Returns how
 * many were stored. */
size_t probe(const uint8_t *data, size_t size, struct probe_result found[PROBE_MOST]);

/* Whether 512 bytes are the boot sector of a FAT, by its numbers. */
bool probe_is_fat(const uint8_t *sector);

/* Whether the bytes could be told from random ones: false is what encrypted
 * volumes without any signature look like. */
bool probe_has_order(const uint8_t *data, size_t size);

#endif
