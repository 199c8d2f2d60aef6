/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OWNERS_H
#define OWNERS_H

/*
 * owners: which file, or what else, the bytes of an image belong to: the extents
 * of all its file systems in one map, and their trees to name the owners by.
 *
 * For the thread that owns the file systems.
 */

#include <fett/examine.h>

enum { OWNERS_MOST = 16 };

struct owners {
    struct evidence *evidence;
    const struct volume *copy;  /* the shadow copy that all is of, or NULL */
    struct extents *extents;
    struct filesystem **spaces; /* by extent.space */
    size_t space_count;
    struct stretch stretch;     /* looked up last: whose its bytes are */
    struct extent found[OWNERS_MOST];
    size_t count;
    const struct volume *volume;
    struct file file;           /* given out last, with the path below */
    struct buffer path;
    uint32_t file_space;
    uint64_t file_owner;
    bool file_known;
};

/* Map all file systems of an object's evidence, or the one of a shadow copy. The map is not
 * sealed yet. */
int owners_init(struct owners *owners, const struct object *object, struct error *error);
int owners_seal(struct owners *owners, struct error *error);
void owners_release(struct owners *owners);

/* Further owners of the same bytes, for the record's `also`. Zeroed at first. */
struct also {
    struct value items[OWNERS_MOST];
    struct member members[OWNERS_MOST][3];
    size_t count;
    struct buffer texts;
    size_t places[OWNERS_MOST][3], lengths[OWNERS_MOST][3];
};

/*
 * Say in a record whose byte of the media it is about: volume, path, inode,
 * state, area, file_offset, also. `strongest` is the extent that counts; zeroed
 * where no file system claims the byte. Texts hold until the next call.
 */
void owners_attribute(struct owners *owners, struct record *record, uint64_t offset,
                      struct also *also, struct extent *strongest);

/* The extent alone. */
struct extent owners_strongest(struct owners *owners, uint64_t offset);

#endif
