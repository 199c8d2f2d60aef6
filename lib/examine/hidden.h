/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIDDEN_H
#define HIDDEN_H

/*
 * hidden: the indicators that the bytes of the media do not show as they lie:
 * those cut by the border of a fragment, and those in compressed content; also those in
 * encoded units that lie so, and in the long names of FAT and exFAT that go on in another
 * fragment of their folder.
 *
 * The scan of the media goes from front to back; beside it goes a list of the
 * places where the content of a file reads differently from the media. When
 * the scan comes to one, the file's own view of it is scanned too. What
 * that finds goes among the hits of the media, and hits of the media that are
 * parts of it are dropped: each indicator is given once.
 *
 * For the thread that owns the file systems.
 */

#include <fett/extents.h>
#include <fett/filesystem.h>
#include <fett/ioc.h>

#include "found.h"

struct hidden;

enum { HIDDEN_RUNS_MOST = 64 };

struct hidden_run {
    uint64_t offset, length; /* of the media */
};

struct hidden_hit {
    uint64_t offset;      /* of the media: its first byte, or its compression unit */
    uint64_t file_offset; /* of its first byte */
    uint64_t owner;       /* handle in the tree of `space` */
    uint64_t length;      /* bytes of content */
    uint32_t space;
    uint8_t kind, encoding, confidence;
    bool packed;          /* some of it is compressed: it has no runs */
    bool long_name;       /* it stands in a long name, in the entries of a folder */
    const char *value;
    size_t value_length;
    const char *reason;
    const char *context;  /* of a rewritten value: as it stands in the content; else NULL */
    const char *coding;   /* of one in an encoded unit, which `length` is of then, as
                           * struct found has it; else NULL */
    uint64_t decoded_offset; /* likewise */
    const struct hidden_run *runs; /* its pieces on the media */
    size_t run_count;
};

/* Before the map is sealed: remember which of its files lie in pieces. `spaces`
 * are the file systems of the image by extent.space; all must outlive it. */
int hidden_new(struct hidden **hidden, const struct extents *extents, struct image *image,
               struct filesystem *const *spaces, const struct ioc_options *options,
               const struct searchers *searchers, struct error *error);
void hidden_free(struct hidden *hidden);

/* Look at all places of the media in [start, end); calls go from front to back.
 * Compressed content that cannot be unpacked is a gap. */
int hidden_advance(struct hidden *hidden, uint64_t start, uint64_t end, struct error *error);

/* The first hit of those found that begins before `end`, in order of offset,
 * file_offset, kind, value; NULL: there is none. It holds until hidden_next. */
const struct hidden_hit *hidden_first(const struct hidden *hidden, uint64_t end);
void hidden_next(struct hidden *hidden);

/* Whether a hit of the media touches the pieces of what was found here: it is a part of
 * that, or runs on into the bytes of others, where [*from, *to) are those of the pieces. What
 * begins in the entries of a long name is always a part. */
bool hidden_covers(const struct hidden *hidden, uint64_t offset, uint64_t length, uint8_t kind,
                   uint8_t encoding, uint64_t *from, uint64_t *to);

/* Of an encoded unit that the media shows at `offset`, in the extent of its strongest
 * owner: whether it is left to the file's view. Also one that reads on behind the end of
 * its file is, into bytes that are not its own. */
bool hidden_has_unit(struct hidden *hidden, const struct extent *extent, uint64_t offset,
                     uint64_t length);

/* The media shows such a unit: if it begins far from any border and reaches one, look at it
 * through the file, in time for the next hidden_advance. */
void hidden_add_unit(struct hidden *hidden, const struct extent *extent,
                     const struct found_unit *unit);

/* Units that were added are given out: forget them. */
void hidden_forget_units(struct hidden *hidden);

/* Encoded units that a limit cut or left out. */
uint64_t hidden_limited(const struct hidden *hidden);

/* Whether packed media at `offset` could not be unpacked: then what its bytes
 * show is all there is. */
bool hidden_is_broken(const struct hidden *hidden, uint64_t offset);

#endif
