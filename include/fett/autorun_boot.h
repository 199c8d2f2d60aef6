/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_AUTORUN_BOOT_H
#define FETT_AUTORUN_BOOT_H

/*
 * autorun_boot: the code that starts before any Windows, where a BIOS starts the machine: in the
 * MBR of a disk, and in the first sectors of its volumes.
 *
 * Where such code lies and which codes are known are two tables (lib/autorun/boot_code.c).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

/* What it lies in. */
enum autorun_boot_place {
    AUTORUN_BOOT_MBR,
    AUTORUN_BOOT_FAT, /* FAT12 and FAT16 */
    AUTORUN_BOOT_FAT32,
    AUTORUN_BOOT_NTFS,
    AUTORUN_BOOT_EXFAT,
};

/* Bytes from the start of a disk or volume that all of it lies in. */
enum { AUTORUN_BOOT_SIZE = 8192 };

struct autorun_boot_area {
    enum autorun_boot_place place;
    const char *location; /* its id in the catalogue */
    const char *name;
    uint16_t offset, length; /* of the code, from the start of the disk or volume */
};

/* The table; NULL behind the last. */
const struct autorun_boot_area *autorun_boot_area(size_t index);

/* A code that is known by its digest. */
struct autorun_boot_code {
    const char *name; /* what puts it there */
    bool is_default;  /* Windows, or a program that makes file systems; else a program that
                         starts others */
};

/*
 * Which code lies in an area; `data` has the first AUTORUN_BOOT_SIZE bytes of the disk or volume,
 * at least those of the area and the first three. *code is NULL where it is none that is known.
 * Compared is what is run: not the texts that it shows, which are translated. 0 or -1.
 */
int autorun_boot_known(const struct autorun_boot_area *area, const uint8_t *data,
                       const struct autorun_boot_code **code, struct error *error);

/* Whether a disk or volume with this first sector, of 512 bytes, has the area: it is marked as one
 * that a BIOS starts, and begins as one of its kind does. */
bool autorun_boot_has(const struct autorun_boot_area *area, const uint8_t *data);

#endif
