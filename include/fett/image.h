/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_IMAGE_H
#define FETT_IMAGE_H

/*
 * image: the media as it was acquired, whatever container holds it.
 *
 * Raw, split raw and EWF files are read by fett itself (libtsk reports no error
 * for a damaged or missing EWF chunk, libewf places nothing behind a missing
 * segment and keeps 290 bytes for every chunk it read), VMDK and VHD through
 * libtsk. Evidence is opened read-only.
 *
 * Every part of the media that cannot be read becomes a gap: readers deliver
 * zeros there (or, for an uncompressed chunk whose checksum is wrong, the bytes
 * as stored), say so, and the image remembers the place once. Gaps found by
 * other parsers of the same evidence (a broken $MFT record) are added to the
 * same list, so that one list tells all that was lost.
 *
 * One image, many readers: image_reader gives a reader with a decompressor and
 * cache of its own for one thread; all else here is thread-safe except open
 * and free.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/digest.h>
#include <fett/error.h>
#include <fett/reader.h>
#include <fett/version.h>

enum image_format { IMAGE_RAW, IMAGE_SPLIT_RAW, IMAGE_EWF, IMAGE_VMDK, IMAGE_VHD };

enum gap_kind {
    GAP_DAMAGE,      /* the container, or the copy, lost it after acquisition */
    GAP_ACQUISITION, /* the acquiring tool could not read the original there */
    GAP_STRUCTURE,   /* readable bytes that form a broken structure */
};

struct gap {
    uint64_t offset; /* bytes from the start of the media */
    uint64_t length; /* bytes; 0 where it is not known */
    enum gap_kind kind;
    const char *reason;
    const char *volume; /* "p1" or NULL */
    const char *path;   /* of the structure it hit, or NULL */
    const char *inode;  /* likewise */
};

struct image_options {
    bool force_raw; /* take the bytes as they are, whatever they look like */
};

struct image;

/*
 * Open the image that `path` is, or is the first segment of: further segments
 * (.E02, .002, .ab ...) are found beside it. Containers that fett knows and
 * does not read (Ex01, L01, qcow2, VDI, AFF4, AD1, Norton Ghost .GHO ...) are
 * ERROR_UNSUPPORTED and named, unless force_raw. An empty file or a folder is
 * ERROR_USAGE. A missing segment is no error here: it is a gap.
 */
int image_open(struct image **image, const char *path, const struct image_options *options,
               struct error *error);
void image_free(struct image *image);

const char *image_path(const struct image *image); /* as given to image_open */
enum image_format image_format(const struct image *image);
const char *image_format_name(const struct image *image); /* "raw", "EWF" ... */
uint64_t image_size(const struct image *image);           /* bytes of the media */
uint64_t image_missing(const struct image *image);        /* of it, at its end: in no segment */
uint32_t image_sector_size(const struct image *image);    /* bytes, 512 where not stored */

/* The files it consists of, in order. */
size_t image_segment_count(const struct image *image);
const char *image_segment_path(const struct image *image, size_t index);

/* A new reader over the whole media for one thread; free it before the image. */
int image_reader(struct image *image, struct reader **reader, struct error *error);

/* Whether [offset, offset + size) is known to be all zero without reading it
 * (sparse holes of raw files, zero chunks of EWF met before). May say false
 * for zeros, never true for others. */
bool image_known_zero(struct image *image, struct reader *reader, uint64_t offset, uint64_t size);

/* What the container says about itself. Text is UTF-8 and lives as long as
 * the image. EWF: case_number, description, examiner, evidence_number, notes,
 * acquired_with, acquired_on, acquired, system_date ... */
size_t image_fact_count(const struct image *image);
void image_fact(const struct image *image, size_t index, const char **name, const char **value);

/* The digest that the container stores: its hex text, or NULL. */
const char *image_stored_digest(const struct image *image, enum digest_algorithm algorithm);

/* Remember a gap; strings are copied. Neighbouring and overlapping gaps of the
 * same kind, reason and object are joined. */
void image_add_gap(struct image *image, const struct gap *gap);

/* The next gap at or before `offset` that was not told yet, in order of offset,
 * kind, reason; from now on it counts as told. False: there is none. Strings
 * live as long as the image. What reads the media from front to back tells the
 * gaps among its results with this; UINT64_MAX takes all that are left. */
bool image_take_gap(struct image *image, uint64_t offset, struct gap *gap);

/* All gaps, told or not; the index holds until the next gap is added. */
size_t image_gap_count(struct image *image);
void image_gap(struct image *image, size_t index, struct gap *gap);

/* The libraries that evidence is read with. */
void image_versions(version_sink sink, void *context);

#endif
