/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STRINGS_INTERNAL_H
#define STRINGS_INTERNAL_H

/*
 * What the files of ioc-strings share: strings.c searches blocks, strings_inside.c files of
 * images, strings_text.c a stream; strings_hits.c gives out what was found in order, with its
 * owners.
 */

#include <pthread.h>
#include <stdatomic.h>

#include <fett/examine.h>

#include "blocks.h"
#include "borders.h"
#include "found.h"
#include "hidden.h"
#include "own_extents.h"
#include "owners.h"
#include "strings_folder.h"

/* The result of one block. */
struct slot {
    struct found_block block;
    size_t held; /* its part of scan.held */
    struct error loss; /* bytes that could not be read, which an image remembers itself */
    bool done;
    bool unmended; /* searched before the map was there */
};

struct scan {
    struct object *object;
    const struct examine_strings_options *options;
    struct searchers searchers;
    struct ioc_scanner *scanner; /* of the searchers, or NULL */
    uint64_t start, end; /* within what the readers read */
    bool first, last;    /* this part is the first, the last of the object */
    uint64_t stopped;    /* hidden hits */
    uint64_t block_count;
    uint64_t blocks_before, blocks_in_all; /* of a folder's files: of those before, of all */
    _Atomic uint64_t next;
    _Atomic bool stop;
    _Atomic bool mapped; /* who owns which bytes is known */
    struct slot *slots;
    size_t window;
    uint64_t taken; /* blocks handed out; under the lock */
    size_t held;    /* bytes of blocks that wait for their turn; under the lock */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* attribution, caller's thread only */
    struct owners owners;
    struct hidden *hidden;
    struct block_reader early;  /* for blocks that were searched before the map was there */
    struct borders borders;
    struct reader *media;       /* for split_covered, with room for what it reads */
    struct found_block beside;
    struct own_extents own; /* of the file that is scanned */
    struct file file;       /* likewise */
    bool file_known;
    bool loss_told;         /* likewise: that some of it cannot be read */
    struct folder folder; /* of OBJECT_DIRECTORY; all threads */
};

/* --- strings.c --- */

/* What all threads search for. */
int scan_make_searchers(struct scan *scan, struct error *error);

/* Cut what is scanned, of this length, to the part that was asked for. */
void scan_set_part(struct scan *scan, uint64_t length);

/* Of all blocks in order: searched here where there are `blocks`, else by threads. */
int scan_take_results(struct scan *scan, struct block_reader *blocks,
                      struct ioc_held_back *held_back, examine_sink sink, void *context,
                      struct error *error);

/* --- strings_inside.c --- */

/* Of a file, or of the files of a folder that is no record's, of an image; of a loose file. */
int scan_inside(struct scan *scan, bool of_record, struct ioc_held_back *held_back,
                examine_sink sink, void *context, struct error *error);

/* Remember what of a part of the file that is scanned could not be read. */
void scan_tell_loss(struct scan *scan, const struct error *loss, struct stretch part,
                    struct reader *content);

/* --- strings_hits.c --- */

/* Hits, hidden ones and gaps of the block [start, end), in order. */
int scan_hand_out(struct scan *scan, struct found_block *block, uint64_t start, uint64_t end,
                  examine_sink sink, void *context, struct error *error);

/* The gaps up to a place. Blocks come in order and a gap holds no hits, so that none is told
 * too early. */
int scan_hand_out_gaps(struct scan *scan, uint64_t offset, examine_sink sink, void *context);

/* Count what a block has that is not given out. */
void scan_add_held_back(struct ioc_held_back *held_back, const struct found_block *block);

#endif
