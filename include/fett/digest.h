/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_DIGEST_H
#define FETT_DIGEST_H

/* digest: MD5, SHA-1 and SHA-256 by libcrypto. */

#include <stddef.h>
#include <stdint.h>

#include <fett/error.h>

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_COUNT };

enum { DIGEST_HEX_SIZE = 65 }; /* the longest with its NUL */

struct digest {
    enum digest_algorithm algorithm;
    void *context;
};

/* "md5", "sha1", "sha256" */
const char *digest_name(enum digest_algorithm algorithm);
/* By name without case and dashes ("SHA-1"); -1 for none. */
int digest_by_name(const char *name);
/* Hex digits of that algorithm: 32, 40, 64. */
size_t digest_hex_length(enum digest_algorithm algorithm);

int digest_init(struct digest *digest, enum digest_algorithm algorithm, struct error *error);
void digest_update(struct digest *digest, const void *data, size_t size);
/* Of one of several parts: its size goes before it, so that what ends one and begins the next
 * counts. For comparing on one machine only, whose order of bytes the size has. */
void digest_update_part(struct digest *digest, const void *data, size_t size);
/* The digest in lower-case hex, and the memory given back. */
void digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE]);
/* Give the memory back without a result; a finished or zeroed one is fine. */
void digest_release(struct digest *digest);

#endif
