/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_VOLUME_H
#define FETT_VOLUME_H

/*
 * volume: the parts of an image and what is in them.
 *
 * Names are those of fett-objects(7): pN as Linux numbers partitions, p0 for a
 * file system without a partition table, .fsK behind where more than one file
 * system opens in the same place. Unpartitioned ranges have no name. An
 * encrypted or unknown volume is listed like any other, with what it is.
 *
 * Shadow copies of NTFS volumes, .vssK, the oldest first, are volumes by
 * themselves: they have the place of their volume, and volume_reader gives
 * the media with the copy in that place. So all offsets in a copy are those that its
 * bytes had on the media when it was made. Whoever goes over all volumes does not meet
 * them: they stand behind the others.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/image.h>
#include <fett/instant.h>

enum volume_scheme { SCHEME_NONE, SCHEME_MBR, SCHEME_GPT, SCHEME_BSD, SCHEME_SUN, SCHEME_MAC };

enum filesystem_kind {
    FS_NONE,      /* nothing known is in it */
    FS_NTFS,
    FS_FAT12,
    FS_FAT16,
    FS_FAT32,
    FS_EXFAT,
    FS_EXT2,
    FS_EXT3,
    FS_EXT4,
    FS_HFS,
    FS_APFS,
    FS_ISO9660,
    FS_UFS,
    FS_ENCRYPTED, /* detail names the scheme: BitLocker, LUKS ... */
    FS_KNOWN,     /* recognised by its signature, not read: XFS, Btrfs, swap, LVM ... */
};

/* What a shadow copy is, besides a volume. Texts are "" where they are not known. */
struct shadow_copy {
    const struct volume *of;    /* the volume that it is a copy of */
    struct instant created;
    const char *id;             /* of its store, as its file in System Volume Information has it */
    const char *copy_id, *set_id;
    const char *machine;        /* that made it */
};

struct volume {
    const char *name;        /* "p1", "p2.fs1", "p0.vss1", "" for an unpartitioned range */
    uint64_t offset;         /* bytes from the start of the media */
    uint64_t length;         /* bytes, cut to the media */
    uint64_t declared;       /* bytes that the table claims: more than length when cut */
    int slot;                /* mmls slot, -1 for none; see volumes_find_slots */
    enum filesystem_kind kind;
    const char *kind_name;   /* "NTFS", "FAT16", "none", "encrypted" ... */
    const char *label;       /* of the file system, or NULL; filled in where cheap */
    const char *detail;      /* partition type, encryption scheme; never NULL */
    bool unread;             /* has files, or may have, that fett cannot give */
    const struct shadow_copy *shadow; /* of a shadow copy, else NULL */
    bool has_shadows;        /* its header says that it has a catalog of shadow copies */
    const char *shadow_fault; /* why shadow copies of it may be missing, or NULL */
};

struct volumes;

/*
 * Find all volumes of an image. Damage of tables is remembered as gaps of the
 * image (GAP_STRUCTURE); a table that cannot be used at all leaves what a
 * search of its place (p0) finds. Fails only for want of memory or threads.
 * libtsk is asked for each file system by name, because its own detection
 * refuses a partition in which two are found.
 */
int volumes_open(struct volumes **volumes, struct image *image, struct error *error);
void volumes_free(struct volumes *volumes);

enum volume_scheme volumes_scheme(const struct volumes *volumes);
const char *volumes_scheme_name(const struct volumes *volumes); /* "none", "MBR" ... */

/* In order of offset, then name; unpartitioned ranges among them. Shadow copies, in the
 * order of their volumes, have the indexes from there on. */
size_t volumes_count(const struct volumes *volumes);
size_t volumes_shadow_count(const struct volumes *volumes);
const struct volume *volumes_get(const struct volumes *volumes, size_t index);

/* Find the numbers by which mmls lists the partitions; what it does not list has none. -1 where
 * libtsk, which alone knows them, cannot be loaded, and without memory. */
int volumes_find_slots(struct volumes *volumes, struct error *error);

/* By name, or NULL. "p1" also finds "p1.fs1". */
const struct volume *volumes_find(const struct volumes *volumes, const char *name);

/* Bytes of the sectors that the partition table counts in, or of those of the image. */
uint32_t volumes_sector_size(const struct volumes *volumes);

/* By the sector it starts at, or NULL. */
const struct volume *volumes_at_sector(const struct volumes *volumes, uint64_t sector);

bool volume_has_files(const struct volume *volume);

/* As image_reader; with a shadow copy in place of its volume. `volume` may be NULL. */
int volume_reader(struct image *image, const struct volume *volume, struct reader **reader,
                  struct error *error);

#endif
