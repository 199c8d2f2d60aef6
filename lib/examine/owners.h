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

/* Further owners of the same bytes, for the record's `also`. */
struct also {
    struct value items[OWNERS_MOST];
    struct member members[OWNERS_MOST][3];
    size_t count;
    struct buffer texts;
    size_t places[OWNERS_MOST][3], lengths[OWNERS_MOST][3];
};

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
    struct stretch described;   /* by the record, with these members: */
    struct record record;
    uint64_t present[RECORD_SET_WORDS];
    struct also also;
    bool in_file;
    bool out_of_memory;         /* some record lacks its file: for the caller to tell */
};

/* Map all file systems of an object's evidence, or the one of a shadow copy. The map is not
 * sealed yet. */
int owners_init(struct owners *owners, const struct object *object, struct error *error);
int owners_seal(struct owners *owners, struct error *error);
void owners_release(struct owners *owners);

/*
 * A record that says which byte of the media it is about, and whose that is: image, volume,
 * path, inode, state, area, offset, file_offset, also. It holds until the next call; what is
 * said may be added to, not changed. `strongest` is the extent that counts, likewise; zeroed
 * where no file system claims the byte.
 */
struct record *owners_record(struct owners *owners, uint64_t offset,
                             const struct extent **strongest);

/* The extent alone. */
const struct extent *owners_strongest(struct owners *owners, uint64_t offset);

#endif
