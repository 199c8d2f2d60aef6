/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_VERSION_H
#define FETT_VERSION_H

/*
 * version: the libraries and tables that a module works with, as the custody
 * record names them. A module that has some gives each to a sink.
 */

typedef void (*version_sink)(void *context, const char *name, const char *version);

/* The system's zone tables (zone.h): "tzdata", or nothing where they are not there. */
void zone_versions(version_sink sink, void *context);

#endif
