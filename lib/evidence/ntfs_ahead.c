/* SPDX-License-Identifier: Apache-2.0 */

/* ntfs_ahead: see ntfs_ahead.h. */

#include <stdlib.h>

#include "ntfs_ahead.h"

static uint64_t size_of_mft(const struct ntfs *ntfs)
{
    return ntfs->records * ntfs->geometry.record_size;
}

static size_t size_of_block(const struct ntfs_ahead *ahead, uint64_t number)
{
    uint64_t left = size_of_mft(ahead->ntfs) - number * AHEAD_BLOCK;

    return left < AHEAD_BLOCK ? (size_t)left : AHEAD_BLOCK;
}

static uint8_t *block_at(const struct ntfs_ahead *ahead, uint64_t number)
{
    return ahead->blocks + number % AHEAD_BLOCKS * AHEAD_BLOCK;
}

/* Whether there is a block to read, and a place for it; the one that was taken last is in use. */
static bool can_begin(const struct ntfs_ahead *ahead)
{
    uint64_t in_use = ahead->taken > 0 ? ahead->taken - 1 : 0;

    return ahead->begun < ahead->count && ahead->begun < in_use + AHEAD_BLOCKS;
}

/* Read the next block; with the lock, which is given up meanwhile. */
static void read_next(struct ntfs_ahead *ahead, struct reader *reader)
{
    uint64_t number = ahead->begun++;

    ahead->done[number % AHEAD_BLOCKS] = false;
    pthread_mutex_unlock(&ahead->lock);
    /* The image remembers what it could not read; a record in it fails its own checks. */
    ntfs_mft_read_by(ahead->ntfs, reader, number * AHEAD_BLOCK, block_at(ahead, number),
                     size_of_block(ahead, number), NULL);
    pthread_mutex_lock(&ahead->lock);
    ahead->done[number % AHEAD_BLOCKS] = true;
    pthread_cond_signal(&ahead->changed);
}

static void *work(void *context)
{
    struct ntfs_ahead *ahead = context;

    pthread_mutex_lock(&ahead->lock);
    while (!ahead->stop && ahead->begun < ahead->count)
        if (can_begin(ahead))
            read_next(ahead, ahead->ntfs->base.reader);
        else
            pthread_cond_wait(&ahead->changed, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

int ntfs_ahead_init(struct ntfs_ahead *ahead, const struct ntfs *ntfs, struct error *error)
{
    *ahead = (struct ntfs_ahead){ .ntfs = ntfs,
                                  .blocks = malloc((size_t)AHEAD_BLOCKS * AHEAD_BLOCK),
                                  .count = (size_of_mft(ntfs) + AHEAD_BLOCK - 1) / AHEAD_BLOCK };
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    if (!ahead->blocks)
        return error_set_memory(error);
    if (volume_reader(ntfs->base.image, ntfs->base.volume, &ahead->reader, error) != 0)
        return -1;
    ahead->threaded =
        ahead->count > 1 && pthread_create(&ahead->thread, NULL, work, ahead) == 0;
    return 0;
}

uint8_t *ntfs_ahead_next(struct ntfs_ahead *ahead, uint64_t *at, size_t *size)
{
    uint64_t number = ahead->taken;

    if (number == ahead->count)
        return NULL;
    pthread_mutex_lock(&ahead->lock);
    ahead->taken++;
    pthread_cond_signal(&ahead->changed);
    while (ahead->begun <= number || !ahead->done[number % AHEAD_BLOCKS])
        if (can_begin(ahead))
            read_next(ahead, ahead->reader);
        else
            pthread_cond_wait(&ahead->changed, &ahead->lock);
    pthread_mutex_unlock(&ahead->lock);
    *at = number * AHEAD_BLOCK;
    *size = size_of_block(ahead, number);
    return block_at(ahead, number);
}

void ntfs_ahead_release(struct ntfs_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->stop = true;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    if (ahead->threaded)
        pthread_join(ahead->thread, NULL);
    reader_free(ahead->reader);
    free(ahead->blocks);
    pthread_mutex_destroy(&ahead->lock);
    pthread_cond_destroy(&ahead->changed);
}
