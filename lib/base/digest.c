/* SPDX-License-Identifier: Apache-2.0 */

/* digest: see digest.h. */

#include <strings.h>

#include <openssl/evp.h>

#include <fett/digest.h>
#include <fett/text.h>

static const struct {
    const char *name, *alias;
    size_t hex_length;
    const EVP_MD *(*method)(void);
} algorithms[DIGEST_COUNT] = {
    [DIGEST_MD5] = { "md5", "md5", 32, EVP_md5 },
    [DIGEST_SHA1] = { "sha1", "sha-1", 40, EVP_sha1 },
    [DIGEST_SHA256] = { "sha256", "sha-256", 64, EVP_sha256 },
};

const char *digest_name(enum digest_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

int digest_by_name(const char *name)
{
    for (int i = 0; i < DIGEST_COUNT; i++)
        if (strcasecmp(name, algorithms[i].name) == 0 || strcasecmp(name, algorithms[i].alias) == 0)
            return i;
    return -1;
}

size_t digest_hex_length(enum digest_algorithm algorithm)
{
    return algorithms[algorithm].hex_length;
}

int digest_init(struct digest *digest, enum digest_algorithm algorithm, struct error *error)
{
    digest->algorithm = algorithm;
    digest->context = EVP_MD_CTX_new();
    if (!digest->context)
        return error_set_memory(error);
    if (EVP_DigestInit_ex(digest->context, algorithms[algorithm].method(), NULL) != 1) {
        digest_release(digest);
        return error_set(error, ERROR_SYSTEM, "libcrypto does not offer %s",
                         algorithms[algorithm].name);
    }
    return 0;
}

void digest_update(struct digest *digest, const void *data, size_t size)
{
    EVP_DigestUpdate(digest->context, data, size);
}

void digest_update_part(struct digest *digest, const void *data, size_t size)
{
    uint64_t length = size;

    digest_update(digest, &length, sizeof length);
    digest_update(digest, data, size);
}

void digest_finish(struct digest *digest, char hex[DIGEST_HEX_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    EVP_DigestFinal_ex(digest->context, bytes, &length);
    *text_put_hex(hex, bytes, length) = '\0';
    digest_release(digest);
}

void digest_release(struct digest *digest)
{
    EVP_MD_CTX_free(digest->context);
    digest->context = NULL;
}
