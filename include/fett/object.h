/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_OBJECT_H
#define FETT_OBJECT_H

/*
 * object: what an operand of a command means (fett-objects(7)).
 *
 *     IMAGE  IMAGE:VOLUME  IMAGE:VOLUME:/PATH[:STREAM]  IMAGE:VOLUME:INODE
 *     IMAGE@OFFSET+LENGTH  FILE  DIRECTORY
 *
 * The longest prefix of the operand that is an existing file is the image;
 * %XX stands for a byte (a file whose name holds such text is tried first as
 * it is). The same image named twice is opened once.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>
#include <fett/filesystem.h>
#include <fett/image.h>
#include <fett/tree.h>
#include <fett/volume.h>

enum object_kind {
    OBJECT_IMAGE,     /* all of it */
    OBJECT_VOLUME,
    OBJECT_FILE,      /* a file, folder or stream inside a volume */
    OBJECT_BYTES,     /* a range of the media */
    OBJECT_LOOSE,     /* a file of the examiner's machine in a format the command parses */
    OBJECT_DIRECTORY, /* a folder of the examiner's machine */
    OBJECT_SEGMENT,   /* a further segment of an image that was named before: nothing by itself */
};

struct gaps;

/* An image that is open, with its volumes and those file systems that were
 * asked for. */
struct evidence {
    const char *name;        /* the operand's IMAGE part, as `image` of records */
    const char *path;        /* the same as a path of the examiner's machine */
    struct image *image;     /* NULL for loose files and folders */
    struct volumes *volumes; /* likewise */
    struct tree *directory;  /* of OBJECT_DIRECTORY */
    struct gaps *gaps;       /* of it: evidence_take_gap */
    const struct zone *zone; /* for file systems that keep local time, or NULL */
    bool finds_zone;         /* without one, that of the Windows in it is asked for */
    struct zone **default_zones; /* where none was given: what Windows in each volume tells, or
                                  * NULL; the evidence's own */
    struct filesystem **filesystems; /* one for each volume, NULL until asked for */
    struct error *faults;    /* likewise: why it cannot be opened, once that is known */
};

struct object {
    enum object_kind kind;
    struct evidence *evidence;
    const struct volume *volume; /* OBJECT_VOLUME, OBJECT_FILE */
    struct filesystem *filesystem; /* OBJECT_FILE; NULL: in evidence->directory */
    uint64_t handle;             /* OBJECT_FILE: of the file system's tree */
    uint64_t offset, length;     /* OBJECT_BYTES, OBJECT_VOLUME, OBJECT_IMAGE: of the media */
};

/* So many bytes tell what a file is: the first page, and what the next begins with. */
enum { OBJECT_HEAD_SIZE = 4096 + 64 };

struct objects_options {
    struct image_options image;
    /* Whether a file's first bytes are a format that the command parses by
     * itself; NULL: none is. `size` is at most OBJECT_HEAD_SIZE. */
    int (*is_loose)(const uint8_t *head, size_t size);
    /* The same of the first page of 4096 bytes that is not zeros, where a file begins with
     * some, or NULL. */
    int (*is_loose_behind_zeros)(const uint8_t *page, size_t size);
    bool takes_directories; /* folders are OBJECT_DIRECTORY, else ERROR_USAGE */
    const struct zone *zone;  /* for file systems that keep local time, or NULL */
    bool finds_zone;          /* without it: that of the Windows in the same image */
    int64_t sector;           /* --sector: the volume that starts there; -1: none given */
};

/* All evidence of one run. */
struct objects;

struct objects *objects_new(const struct objects_options *options);
void objects_free(struct objects *objects);

/* Find what an operand names. ERROR_USAGE, ERROR_NOT_FOUND, ERROR_UNSUPPORTED
 * tell what is wrong with it and, for a volume that must be named, which there
 * are. */
int objects_resolve(struct objects *objects, const char *operand, struct object *object,
                    struct error *error);

/* The same from the members of a record: image, volume, path, inode, offset
 * and length; those that are NULL (or length 0) are not given. */
struct object_reference {
    const char *image, *volume, *path, *inode;
    uint64_t offset, length;
};
int objects_resolve_reference(struct objects *objects, const struct object_reference *reference,
                              struct object *object, struct error *error);

/* The evidence opened so far. */
size_t objects_count(const struct objects *objects);
struct evidence *objects_get(struct objects *objects, size_t index);

/* The file system of a volume of evidence, opened at the first call. */
int evidence_filesystem(struct evidence *evidence, const struct volume *volume,
                        struct filesystem **filesystem, struct error *error);

/* As image_take_gap, for any evidence. The gaps of a folder have no place: offset
 * and length are 0. */
bool evidence_take_gap(struct evidence *evidence, uint64_t offset, struct gap *gap);

/* Remember one of a folder; an image remembers its own. Strings are copied. */
void evidence_add_gap(struct evidence *evidence, const struct gap *gap);

/* Content of an object as a reader: a file's content, a volume's or range's or
 * image's bytes, a loose file. Freed by the caller. */
int object_open(const struct object *object, struct reader **reader, struct error *error);

#endif
