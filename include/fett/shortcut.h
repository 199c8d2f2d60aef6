/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_SHORTCUT_H
#define FETT_SHORTCUT_H

/*
 * shortcut: Windows shortcuts (.lnk), and those to DOS programs (.pif).
 *
 * A shortcut names what it opens in up to five ways, which differ where it was
 * moved, written by hand or made to mislead; each is given as it stands. Texts are
 * UTF-8, of 8-bit ones by the code page; NULL where the shortcut has none.
 *
 * Sources: [MS-SHLLINK]; of the items of a list, which it leaves open, libyal's
 * "Windows Shell Item format"; of .pif the Windows 3.1 SDK.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/instant.h>

/* A version 1 UUID that a file was given where it was made. */
struct shortcut_origin {
    struct instant time;  /* when it was made */
    uint8_t mac[6];       /* by which network card's machine */
};

struct shortcut {
    char *local_path;       /* of the drive that it lay on */
    char *network_path;     /* \\server\share\... */
    char *environment_path; /* with variables: Windows tries it before the others */
    char *item_path;        /* by the list of items of the shell, where it begins with a
                               drive or share */
    char *relative_path;    /* to the shortcut itself */
    char *arguments, *working_folder, *description, *icon;
    char *installer;        /* of an advertised program: the descriptor of Windows Installer */
    /* Of the file when the shortcut was last saved. */
    struct instant born, modified, accessed;
    uint32_t size, attributes;
    uint64_t file_reference; /* of NTFS, with the sequence number in the upper 16 bits; 0: none */
    bool has_volume;
    uint32_t drive_type;     /* as GetDriveType: 2 removable, 3 fixed, 4 remote, 5 CD */
    uint32_t volume_serial;
    char *volume_label;
    /* By distributed link tracking. */
    char *machine;           /* NetBIOS name of where it was last */
    struct shortcut_origin droid, birth; /* last, and first; time absent: unknown */
};

/* Whether a file begins as a .lnk does. */
bool shortcut_is(const uint8_t *data, size_t size);

/* Read a .lnk in memory. -1: it is none (everything is empty), or damaged: then what
 * stands before the damage is there. ERROR_SYSTEM: memory is out. Release in any case. */
int shortcut_read(struct shortcut *shortcut, const uint8_t *data, size_t size,
                  unsigned code_page, struct error *error);

/* The same of a .pif: local_path, arguments, working_folder, description. */
int shortcut_read_pif(struct shortcut *shortcut, const uint8_t *data, size_t size,
                      unsigned code_page, struct error *error);
void shortcut_release(struct shortcut *shortcut);

/* What it opens: its local path, else that on the network, that with variables, that
 * of the list of items, the relative one; NULL: it names no file. */
const char *shortcut_target(const struct shortcut *shortcut);

#endif
