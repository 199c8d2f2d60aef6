/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETT_VERIFY_H
#define FETT_VERIFY_H

/*
 * verify: whether an image is what it was when it was acquired.
 *
 * The media is read once; MD5, SHA-1 and SHA-256 are computed on a thread
 * each. They are compared with what the image stores, with what the caller
 * expects, and with digest files beside the image:
 *
 *     IMAGE.md5 IMAGE.sha1 IMAGE.sha256    a digest alone, md5sum lines, BSD lines
 *     IMAGE.txt, IMAGE without its extension and .txt or .info
 *                                          "MD5 checksum: ..." of FTK Imager, Guymager
 *     MD5SUMS SHA1SUMS SHA256SUMS          md5sum lines that name a file of the image
 *
 * What a digest is of: a line that names one of the image's files is of that
 * file, which for a single raw file is the media and for all others is computed
 * from the file itself. A digest without a name, with a label, of "-" or of a
 * device is of the media. So is the only line of a digest file of a raw image,
 * whatever it names: images get renamed. Lines that name other files are of
 * those.
 *
 * Places that cannot be read count as zeros; they are gaps of the image
 * (image.h), all of which are known after this pass.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fett/digest.h>
#include <fett/error.h>
#include <fett/image.h>

struct verify_expectation {
    enum digest_algorithm algorithm;
    char hex[DIGEST_HEX_SIZE]; /* lower case */
};

/* Read "ALGORITHM:HEX", or HEX alone, whose length tells. ERROR_USAGE. */
int verify_parse_expectation(struct verify_expectation *expectation, const char *text,
                             struct error *error);

struct verify_options {
    const struct verify_expectation *expected;
    size_t expected_count;
    bool ignore_files; /* do not look for digest files */
    /* Called now and then on the calling thread; may be NULL. */
    void (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
};

struct verify_check {
    const char *source;   /* "image", "expected", or the path of the digest file */
    const char *subject;  /* the file that the digest is of; NULL: the media */
    enum digest_algorithm algorithm;
    const char *expected; /* hex, lower case */
    const char *computed; /* likewise */
    bool equal;
};

enum verify_verdict {
    VERIFY_NOTHING, /* there was nothing to compare with */
    VERIFY_MATCH,   /* all are equal */
    VERIFY_DIFFER,
};

struct verify;

/* Read all of the image. Fails only for want of memory, threads, or a digest
 * file that cannot be read; damage of the image is no failure. */
int verify_open(struct verify **verify, struct image *image,
                const struct verify_options *options, struct error *error);
void verify_free(struct verify *verify);

/* Of the media, in hex. NULL: none was computed, because by far the most of the
 * media is in no segment (limits.h); the image has it as a gap. */
const char *verify_digest(const struct verify *verify, enum digest_algorithm algorithm);

enum verify_verdict verify_verdict(const struct verify *verify);

/* In the order image, expected, files. */
size_t verify_check_count(const struct verify *verify);
void verify_check(const struct verify *verify, size_t index, struct verify_check *check);

#endif
