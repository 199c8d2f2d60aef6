/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TIMELINE_SOURCES_H
#define TIMELINE_SOURCES_H

/* timeline_sources: what timeline.c adds besides the times of files. */

#include <fett/examine.h>

/* Whether a list of sources, NULL: fs and i30, has one of this name; `named`: by itself, not as
 * one of all. */
bool source_is_wanted(const char *sources, const char *name);
bool source_is_named(const char *sources, const char *name);

/* A time by the local clock is converted where the zone is known. */
void timeline_resolve_time(const struct zone *zone, struct record *record);

/* The artifacts that lie in a file system. */
int timeline_add_artifacts(struct timeline *timeline, const struct evidence *evidence,
                           struct filesystem *filesystem,
                           const struct examine_timeline_options *options, struct error *error);

/* A loose file, or one that an operand names. */
int timeline_add_loose(struct timeline *timeline, struct object *object,
                       const struct examine_timeline_options *options, struct error *error);

/* The keys of autostarts of an object. */
int timeline_add_autoruns(struct timeline *timeline, struct object *object,
                          const struct examine_timeline_options *options, struct error *error);

/* Keys, where they are named, and what keys keep times of. */
int timeline_add_registry(struct timeline *timeline, struct object *object, const char *sources,
                          const struct examine_timeline_options *options, struct error *error);
bool timeline_is_registry_source(const char *name, size_t size);

#endif
