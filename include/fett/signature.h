/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_SIGNATURE_H
#define FETT_SIGNATURE_H

/*
 * signature: what content is, whatever its name says.
 *
 * Types are libmagic's, by its own database, but for Windows programs (PE), which are most
 * of what is asked for: these are told by their headers, as Windows would load them whatever
 * else their bytes are too. When one was linked is read by fett. Nothing is kept between
 * calls.
 *
 * Source of the format knowledge: Microsoft's "PE Format".
 */

#include <stddef.h>

#include <fett/error.h>
#include <fett/instant.h>
#include <fett/reader.h>
#include <fett/version.h>

/* Enough of the beginning of a file to tell its type. */
enum { SIGNATURE_HEAD_SIZE = 65536 };

struct signatures;

/* Load libmagic's database. ERROR_SYSTEM where it is not there. */
int signatures_new(struct signatures **signatures, struct error *error);
void signatures_free(struct signatures *signatures);

/* The MIME type by the first bytes of a file ("application/x-dosexec"); valid until
 * the next call. NULL where libmagic fails. */
const char *signature_mime(struct signatures *signatures, const void *head, size_t size);

/*
 * When a Windows program (PE) was linked: in seconds, by the clock of who built it, who
 * can set it. Absent for what is no such program, for a time of 0, and where a
 * reproducible build has put a digest of the content in its place.
 */
struct instant signature_link_time(struct reader *reader);

/* libmagic and its database. */
void signature_versions(version_sink sink, void *context);

#endif
