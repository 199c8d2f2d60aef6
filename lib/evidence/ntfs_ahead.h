/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NTFS_AHEAD_H
#define NTFS_AHEAD_H

/*
 * ntfs_ahead: $MFT from its first record to its last, in blocks. Another thread reads them,
 * and of an EWF image inflates them, while the caller looks at those before; a caller that
 * comes too early reads a further one meanwhile. Nothing else may read through the file
 * system's reader until the end.
 */

#include <pthread.h>

#include "ntfs.h"

enum { AHEAD_BLOCK = 1 << 19, AHEAD_BLOCKS = 4 };

struct ntfs_ahead {
    const struct ntfs *ntfs;
    uint8_t *blocks;      /* AHEAD_BLOCKS of them, used in turn */
    uint64_t count;       /* blocks of $MFT */
    uint64_t taken;       /* how many the caller was given, and the one it waits for */
    uint64_t begun;       /* how many someone reads or has read; under the lock, as what follows */
    bool done[AHEAD_BLOCKS]; /* whether the block that is in this place was read */
    bool stop;
    struct reader *reader; /* of the caller's thread */
    bool threaded;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

/* Start with the first block. 0 or -1; release is right after both. */
int ntfs_ahead_init(struct ntfs_ahead *ahead, const struct ntfs *ntfs, struct error *error);

/* The next block, which holds until the one behind it is asked for; NULL behind the last. What
 * could not be read is zeros. Bytes before it in $MFT go to *at. */
uint8_t *ntfs_ahead_next(struct ntfs_ahead *ahead, uint64_t *at, size_t *size);

void ntfs_ahead_release(struct ntfs_ahead *ahead);

#endif
