/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUTORUN_DEFAULTS_H
#define AUTORUN_DEFAULTS_H

/*
 * What stands in the catalogue's places in a Windows as it is installed. Texts are
 * as shorten() leaves them: without the folder system32 (9x: system), "%win%\\" for Windows,
 * "%programs%\\" for Program Files, without quotes; likewise the library that
 * rundll32.exe loads.
 */

#include <stddef.h>

/* A value, class or key of one row of the catalogue. */
struct shipped {
    unsigned versions;  /* AUTORUN_9X ...; 0: all */
    const char *row;
    const char *names;  /* patterns */
    const char *texts;  /* patterns */
};

/* A service or driver. */
struct shipped_service {
    const char *name;
    unsigned versions;
    const char *texts;  /* patterns */
};

/* A task of Vista and later; of any version. */
struct shipped_task {
    const char *paths;  /* patterns */
    const char *texts;  /* patterns; a class of unknown server is its "{CLSID}" */
};

/* Bytes of a digest that are compared. */
enum { SHIPPED_DIGEST_BYTES = 8 };

/* NULL behind the last. */
const struct shipped *shipped(size_t index);
/* Its part for HKLM\SYSTEM. */
const struct shipped *shipped_of_system(size_t index);
/* Its part for Windows 9x alone. */
const struct shipped *shipped_9x(size_t index);
const struct shipped_task *shipped_task(size_t index);
/* Tasks by the SHA-256 of their files: paths are no patterns, texts are the digits of
 * its first bytes with | between. */
const struct shipped_task *shipped_task_digest(size_t index);
/* Names of drivers that are "drivers\\NAME.sys" in all versions; like the services
 * sorted, in lower case. */
const char *const *shipped_drivers(size_t *count);
const struct shipped_service *shipped_services(size_t *count);
/* Those whose names differ from machine to machine: names are patterns. */
const struct shipped_service *shipped_service_patterns(size_t *count);

#endif
