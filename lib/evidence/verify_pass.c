/* SPDX-License-Identifier: Apache-2.0 */

/*
 * verify_pass: all digests of the media in one pass. The calling thread reads blocks into a
 * ring; each digest has a thread that follows it. A block is free again when all three
 * have passed it.
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <fett/limits.h>

#include "verify_internal.h"

enum { BLOCK_BYTES = 1 << 20, BLOCKS = 8 };

struct ring {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint8_t *bytes;
    size_t lengths[BLOCKS];
    uint64_t filled;               /* blocks, ever */
    uint64_t passed[DIGEST_COUNT]; /* blocks, by each digest */
    bool ended;
};

struct follower {
    struct ring *ring;
    enum digest_algorithm algorithm;
    struct digest digest;
    pthread_t thread;
};

static void *follow(void *context)
{
    struct follower *follower = context;
    struct ring *ring = follower->ring;
    uint64_t *passed = &ring->passed[follower->algorithm];

    pthread_mutex_lock(&ring->lock);
    for (;;) {
        while (*passed == ring->filled && !ring->ended)
            pthread_cond_wait(&ring->changed, &ring->lock);
        if (*passed == ring->filled)
            break;
        size_t slot = (size_t)(*passed % BLOCKS), length = ring->lengths[slot];
        pthread_mutex_unlock(&ring->lock);
        digest_update(&follower->digest, ring->bytes + slot * BLOCK_BYTES, length);
        pthread_mutex_lock(&ring->lock);
        ++*passed;
        pthread_cond_broadcast(&ring->changed);
    }
    pthread_mutex_unlock(&ring->lock);
    return NULL;
}

static bool is_full(const struct ring *ring)
{
    for (int i = 0; i < DIGEST_COUNT; i++)
        if (ring->filled - ring->passed[i] == BLOCKS)
            return true;
    return false;
}

static int fill(struct ring *ring, struct reader *reader, const struct verify_options *options,
                struct error *error)
{
    for (uint64_t offset = 0; offset < reader->size;) {
        size_t length = reader->size - offset < BLOCK_BYTES ? (size_t)(reader->size - offset)
                                                            : BLOCK_BYTES;
        struct error fault = ERROR_INIT;
        pthread_mutex_lock(&ring->lock);
        while (is_full(ring))
            pthread_cond_wait(&ring->changed, &ring->lock);
        size_t slot = (size_t)(ring->filled % BLOCKS);
        pthread_mutex_unlock(&ring->lock);
        if (reader_read(reader, offset, ring->bytes + slot * BLOCK_BYTES, length, &fault) != 0 &&
            fault.kind == ERROR_SYSTEM)
            return error_set(error, ERROR_SYSTEM, "%s", fault.text);
        pthread_mutex_lock(&ring->lock);
        ring->lengths[slot] = length;
        ring->filled++;
        pthread_cond_broadcast(&ring->changed);
        pthread_mutex_unlock(&ring->lock);
        offset += length;
        if (options->progress)
            options->progress(options->context, offset, reader->size);
    }
    return 0;
}

static int run_threads(char digests[DIGEST_COUNT][DIGEST_HEX_SIZE], struct ring *ring,
                       struct reader *reader, const struct verify_options *options,
                       struct error *error)
{
    struct follower followers[DIGEST_COUNT] = { { .ring = NULL } };
    int started = 0, result = 0;

    for (; started < DIGEST_COUNT && result == 0; started += result == 0) {
        struct follower *follower = &followers[started];
        follower->ring = ring;
        follower->algorithm = (enum digest_algorithm)started;
        result = digest_init(&follower->digest, follower->algorithm, error);
        if (result != 0)
            break;
        errno = pthread_create(&follower->thread, NULL, follow, follower);
        if (errno != 0) {
            result = error_set_errno(error, "cannot start a thread");
            digest_release(&follower->digest);
        }
    }
    if (result == 0)
        result = fill(ring, reader, options, error);
    pthread_mutex_lock(&ring->lock);
    ring->ended = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
    for (int i = 0; i < started; i++) {
        pthread_join(followers[i].thread, NULL);
        digest_finish(&followers[i].digest, digests[i]);
    }
    return result;
}

int verify_digest_media(char digests[DIGEST_COUNT][DIGEST_HEX_SIZE], struct image *image,
                        const struct verify_options *options, struct error *error)
{
    struct ring ring = { .lock = PTHREAD_MUTEX_INITIALIZER,
                         .changed = PTHREAD_COND_INITIALIZER };
    uint64_t missing = image_missing(image), held = image_size(image) - missing;
    struct reader *reader;

    /* The image told at open what is missing; no digest could be right. */
    if (missing > LIMIT_MISSING_BYTES && missing / LIMIT_MISSING_TIMES > held)
        return 0;
    if (image_reader(image, &reader, error) != 0)
        return -1;
    ring.bytes = malloc((size_t)BLOCKS * BLOCK_BYTES);
    int result = ring.bytes ? run_threads(digests, &ring, reader, options, error)
                            : error_set_memory(error);
    free(ring.bytes);
    reader_free(reader);
    return result;
}
