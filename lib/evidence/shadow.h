/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_SHADOW_H
#define FETT_EVIDENCE_SHADOW_H

/*
 * shadow: the shadow copies of one volume. Internal to lib/evidence; volume.c makes a
 * volume of each.
 *
 * What a copy is read by is libvshadow, which is opened when a copy is first read, once
 * for all copies and all readers: its lists of blocks are large. One lock guards it.
 */

#include <fett/image.h>
#include <fett/volume.h>

#include "shadow_catalog.h"

struct shadows;

/* The copies of a volume of `length` bytes at `offset` of the media; *shadows is NULL where
 * nothing says that there are any. Damage is told by the catalog. The image must outlive
 * them. */
int shadows_open(struct shadows **shadows, struct image *image, uint64_t offset,
                 uint64_t length, struct error *error);
void shadows_free(struct shadows *shadows);

const struct shadow_catalog *shadows_catalog(const struct shadows *shadows);

/* The media with the copy `index` in place of the volume, for one thread; `name` is that of
 * the copy. Bytes that cannot be read are a gap of the image. */
int shadows_reader(struct shadows *shadows, size_t index, const char *name,
                   struct reader **reader, struct error *error);

/* The libraries that copies are read with. */
void shadows_version(version_sink sink, void *context);

#endif
