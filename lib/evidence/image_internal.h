/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_IMAGE_INTERNAL_H
#define FETT_EVIDENCE_IMAGE_INTERNAL_H

/*
 * What image.c and the containers (raw.c, ewf.c, tsk_image.c) share. Internal
 * to lib/evidence.
 *
 * A container's open function is given an image whose path is set. It finds
 * the segments, sets size, sector_size, format, operations and container, adds
 * facts, digests and those gaps that are known without reading, and leaves
 * nothing behind when it fails.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/image.h>

#include "gaps.h"
#include "segments.h"

struct image_operations {
    /* A reader of its own for one thread. It adds the gaps that it meets. */
    int (*reader)(struct image *image, struct reader **reader, struct error *error);
    /* See image_known_zero; the range is within the image and not empty. */
    bool (*known_zero)(struct image *image, struct reader *reader, uint64_t offset,
                       uint64_t size);
    void (*free)(struct image *image);
};

struct image_fact {
    char *name, *value;
};

struct image {
    const struct image_operations *operations;
    void *container;
    char *path;
    enum image_format format;
    uint64_t size;
    uint64_t missing; /* bytes at its end that no segment holds: EWF */
    uint32_t sector_size;
    struct segments segments;
    struct image_fact *facts;
    size_t fact_count, fact_capacity;
    char digests[DIGEST_COUNT][DIGEST_HEX_SIZE]; /* "" for none */
    struct gaps gaps;
};

int image_open_raw(struct image *image, struct error *error);
int image_open_ewf(struct image *image, struct error *error);
int image_open_tsk(struct image *image, enum image_format format, struct error *error);

/* Add a fact; both texts are copied. */
int image_add_fact(struct image *image, const char *name, const char *value, size_t length,
                   struct error *error);

/* Add a gap without an object. */
void image_add_plain_gap(struct image *image, enum gap_kind kind, uint64_t offset,
                         uint64_t length, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
