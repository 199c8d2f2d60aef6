/* SPDX-License-Identifier: Apache-2.0 */

/* verify: see verify.h. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <fett/buffer.h>

#include "verify_internal.h"

struct check {
    char *source, *subject;
    enum digest_algorithm algorithm;
    char expected[DIGEST_HEX_SIZE], computed[DIGEST_HEX_SIZE];
};

struct verify {
    char digests[DIGEST_COUNT][DIGEST_HEX_SIZE];
    struct check *checks;
    size_t count, capacity;
};

/* --- what to compare with --- */

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

int verify_algorithm_of(const char *hex, size_t length)
{
    for (int i = 0; i < DIGEST_COUNT; i++)
        if (digest_hex_length((enum digest_algorithm)i) == length && is_hex(hex, length))
            return i;
    return -1;
}

void verify_copy_hex(char out[DIGEST_HEX_SIZE], const char *hex, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (char)tolower((unsigned char)hex[i]);
    out[length] = '\0';
}

int verify_parse_expectation(struct verify_expectation *expectation, const char *text,
                             struct error *error)
{
    const char *colon = strchr(text, ':'), *hex = colon ? colon + 1 : text;
    int algorithm = verify_algorithm_of(hex, strlen(hex));
    char name[16];

    if (colon && (size_t)(colon - text) < sizeof name) {
        memcpy(name, text, (size_t)(colon - text));
        name[colon - text] = '\0';
        if (digest_by_name(name) < 0)
            return error_set(error, ERROR_USAGE, "unknown digest: %s", text);
        if (digest_by_name(name) != algorithm)
            algorithm = -1;
    } else if (colon) {
        return error_set(error, ERROR_USAGE, "unknown digest: %s", text);
    }
    if (algorithm < 0)
        return error_set(error, ERROR_USAGE, "not a digest of that kind: %s", text);
    expectation->algorithm = (enum digest_algorithm)algorithm;
    verify_copy_hex(expectation->hex, hex, strlen(hex));
    return 0;
}

int verify_add_check(struct verify *verify, const char *source, const char *subject,
                     enum digest_algorithm algorithm, const char *hex, struct error *error)
{
    for (size_t i = 0; i < verify->count; i++) {
        const struct check *known = &verify->checks[i];
        if (known->algorithm == algorithm && strcasecmp(known->expected, hex) == 0 &&
            strcmp(known->source, source) == 0 &&
            strcmp(known->subject ? known->subject : "", subject ? subject : "") == 0)
            return 0;
    }
    if (memory_grow((void **)&verify->checks, &verify->capacity, verify->count + 1,
                    sizeof *verify->checks) != 0)
        return error_set_memory(error);
    struct check *check = &verify->checks[verify->count];
    *check = (struct check){ .algorithm = algorithm, .source = strdup(source) };
    check->subject = subject ? strdup(subject) : NULL;
    verify_copy_hex(check->expected, hex, strlen(hex));
    verify->count++;
    return check->source && (check->subject || !subject) ? 0 : error_set_memory(error);
}

static int collect(struct verify *verify, const struct image *image,
                   const struct verify_options *options, struct error *error)
{
    for (int i = 0; i < DIGEST_COUNT; i++) {
        const char *stored = image_stored_digest(image, (enum digest_algorithm)i);
        if (stored &&
            verify_add_check(verify, "image", NULL, (enum digest_algorithm)i, stored, error) != 0)
            return -1;
    }
    for (size_t i = 0; i < options->expected_count; i++)
        if (verify_add_check(verify, "expected", NULL, options->expected[i].algorithm,
                             options->expected[i].hex, error) != 0)
            return -1;
    return options->ignore_files ? 0 : verify_read_files(verify, image, error);
}

/* --- results --- */

enum { BLOCK_BYTES = 1 << 20 };

static int digest_file(const char *path, enum digest_algorithm algorithm,
                       char hex[DIGEST_HEX_SIZE], struct error *error)
{
    struct reader *file;
    struct digest digest;

    if (reader_open_file(&file, path, error) != 0)
        return -1;
    uint8_t *block = malloc(BLOCK_BYTES);
    int result = block ? digest_init(&digest, algorithm, error) : error_set_memory(error);
    for (uint64_t at = 0; result == 0 && at < file->size; at += BLOCK_BYTES) {
        size_t length = file->size - at < BLOCK_BYTES ? (size_t)(file->size - at) : BLOCK_BYTES;
        /* What cannot be read is zeros, and the digest will differ. */
        reader_read(file, at, block, length, NULL);
        digest_update(&digest, block, length);
    }
    if (result == 0)
        digest_finish(&digest, hex);
    free(block);
    reader_free(file);
    return result;
}

static int compute(struct verify *verify, struct error *error)
{
    for (size_t i = 0; i < verify->count; i++) {
        struct check *check = &verify->checks[i];
        if (!check->subject)
            memcpy(check->computed, verify->digests[check->algorithm], DIGEST_HEX_SIZE);
        else if (digest_file(check->subject, check->algorithm, check->computed, error) != 0)
            return -1;
    }
    return 0;
}

int verify_open(struct verify **verify, struct image *image,
                const struct verify_options *options, struct error *error)
{
    static const struct verify_options none = { .expected = NULL };
    struct verify *opened = calloc(1, sizeof *opened);

    if (!opened)
        return error_set_memory(error);
    if (!options)
        options = &none;
    if (collect(opened, image, options, error) != 0 ||
        verify_digest_media(opened->digests, image, options, error) != 0 ||
        compute(opened, error) != 0) {
        verify_free(opened);
        return -1;
    }
    *verify = opened;
    return 0;
}

void verify_free(struct verify *verify)
{
    if (!verify)
        return;
    for (size_t i = 0; i < verify->count; i++) {
        free(verify->checks[i].source);
        free(verify->checks[i].subject);
    }
    free(verify->checks);
    free(verify);
}

const char *verify_digest(const struct verify *verify, enum digest_algorithm algorithm)
{
    return verify->digests[algorithm][0] ? verify->digests[algorithm] : NULL;
}

static bool is_equal(const struct check *check)
{
    return strcmp(check->expected, check->computed) == 0;
}

enum verify_verdict verify_verdict(const struct verify *verify)
{
    for (size_t i = 0; i < verify->count; i++)
        if (!is_equal(&verify->checks[i]))
            return VERIFY_DIFFER;
    return verify->count > 0 ? VERIFY_MATCH : VERIFY_NOTHING;
}

size_t verify_check_count(const struct verify *verify)
{
    return verify->count;
}

void verify_check(const struct verify *verify, size_t index, struct verify_check *check)
{
    const struct check *own = &verify->checks[index];

    *check = (struct verify_check){
        .source = own->source,
        .subject = own->subject,
        .algorithm = own->algorithm,
        .expected = own->expected,
        .computed = own->computed,
        .equal = is_equal(own),
    };
}
