/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_EVIDENCE_VERIFY_INTERNAL_H
#define FETT_EVIDENCE_VERIFY_INTERNAL_H

/* What verify.c (the checks and what came of them), verify_files.c (digests in files beside
 * the image) and verify_pass.c (those of the media) share. */

#include <fett/verify.h>

/* --- verify.c --- */

/* The algorithm whose digests have so many hex digits, or -1. */
int verify_algorithm_of(const char *hex, size_t length);

/* The digits in lower case. */
void verify_copy_hex(char out[DIGEST_HEX_SIZE], const char *hex, size_t length);

/* Note that a digest is expected, once; `subject` is a segment of the image, NULL: the media.
 * 0, or -1 without memory. */
int verify_add_check(struct verify *verify, const char *source, const char *subject,
                     enum digest_algorithm algorithm, const char *hex, struct error *error);

/* --- verify_files.c --- */

/* Add the digests of the files that tools write beside images. 0 or -1. */
int verify_read_files(struct verify *verify, const struct image *image, struct error *error);

/* --- verify_pass.c --- */

/* All digests of the media in one pass; "" where too much of it is missing. 0 or -1. */
int verify_digest_media(char digests[DIGEST_COUNT][DIGEST_HEX_SIZE], struct image *image,
                        const struct verify_options *options, struct error *error);

#endif
