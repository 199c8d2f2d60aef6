/* SPDX-License-Identifier: Apache-2.0 */

/*
 * onion: names of Tor's hidden services (RFC 7686). The label before "onion" is
 * base32:
 *
 *     version 2    16 characters: half of the SHA-1 of a key; nothing to check
 *     version 3    56 characters: key, 32 bytes | checksum, 2 | version, 1
 *                  checksum: first of SHA3-256(".onion checksum" | key | version)
 */

#include <openssl/evp.h>

#include "scan.h"

enum { V2_CHARACTERS = 16, V3_CHARACTERS = 56 };
enum { KEY_SIZE = 32, CHECKSUM_SIZE = 2, V3_SIZE = KEY_SIZE + CHECKSUM_SIZE + 1, VERSION = 3 };

static int base32_digit(char c)
{
    return c >= 'a' && c <= 'z' ? c - 'a' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool is_base32(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (base32_digit(text[i]) < 0)
            return false;
    return true;
}

static void base32_decode(const char *text, uint8_t bytes[V3_SIZE])
{
    unsigned bits = 0, count = 0;
    size_t size = 0;

    for (size_t i = 0; i < V3_CHARACTERS; i++) {
        bits = bits << 5 | (unsigned)base32_digit(text[i]);
        count += 5;
        if (count >= 8) {
            count -= 8;
            bytes[size++] = (uint8_t)(bits >> count);
        }
    }
}

static bool is_v3(const char *label)
{
    static const char salt[] = ".onion checksum";
    uint8_t bytes[V3_SIZE], text[sizeof salt - 1 + KEY_SIZE + 1], digest[EVP_MAX_MD_SIZE];

    base32_decode(label, bytes);
    memcpy(text, salt, sizeof salt - 1);
    memcpy(text + sizeof salt - 1, bytes, KEY_SIZE);
    text[sizeof text - 1] = VERSION;
    return bytes[V3_SIZE - 1] == VERSION &&
           EVP_Digest(text, sizeof text, digest, NULL, EVP_sha3_256(), NULL) == 1 &&
           memcmp(digest, bytes + KEY_SIZE, CHECKSUM_SIZE) == 0;
}

bool is_onion(const char *host, struct finding *finding)
{
    const char *dot = strrchr(host, '.'), *label = dot;

    if (!dot || strcmp(dot, ".onion") != 0)
        return false;
    while (label > host && label[-1] != '.')
        label--;
    size_t length = (size_t)(dot - label);
    if (!is_base32(label, length))
        return false;
    if (length == V2_CHARACTERS)
        judge(finding, REASON_ONION_HASH);
    else if (length == V3_CHARACTERS && is_v3(label))
        judge(finding, REASON_ONION_KEY);
    else
        return false;
    return true;
}
