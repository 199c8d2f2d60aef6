/* SPDX-License-Identifier: Apache-2.0 */

/*
 * coins: addresses of Bitcoin, for which ransoms are asked. All carry a checksum,
 * and only those whose checksum is right are given.
 *
 *     base58check    version, 1 byte | hash, 20 | first 4 of SHA-256 of SHA-256
 *                    26 to 35 characters; version 0 begins with 1, version 5 with 3
 *     BIP 173, 350   "bc1" | version | 20 or 32 bytes, 5 bits a character | 30 bits
 *                    of checksum, 6 characters
 */

#include <openssl/evp.h>

#include "scan.h"

enum { BASE58_MIN = 26, BASE58_MAX = 35, DECODED_SIZE = 25, CHECKSUM_SIZE = 4 };

enum { VERSION_KEY = 0, VERSION_SCRIPT = 5 };

/* The 25 bytes of the text; false if it is no such number. */
static bool base58_decode(const char *text, size_t length, uint8_t bytes[DECODED_SIZE])
{
    static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    size_t ones = strspn(text, "1"), zeros = 0;

    memset(bytes, 0, DECODED_SIZE);
    for (size_t i = 0; i < length; i++) {
        const char *digit = strchr(digits, text[i]);
        unsigned carry = digit ? (unsigned)(digit - digits) : 0;
        for (size_t k = DECODED_SIZE; digit && k-- > 0; carry >>= 8) {
            carry += bytes[k] * 58u;
            bytes[k] = (uint8_t)carry;
        }
        if (!digit || carry > 0)
            return false;
    }
    while (zeros < DECODED_SIZE && bytes[zeros] == 0)
        zeros++;
    return ones == zeros;
}

static bool is_base58check(const char *text, size_t length)
{
    uint8_t bytes[DECODED_SIZE], digest[EVP_MAX_MD_SIZE];

    return length >= BASE58_MIN && length <= BASE58_MAX && (*text == '1' || *text == '3') &&
           base58_decode(text, length, bytes) &&
           (bytes[0] == VERSION_KEY || bytes[0] == VERSION_SCRIPT) &&
           EVP_Digest(bytes, DECODED_SIZE - CHECKSUM_SIZE, digest, NULL, EVP_sha256(), NULL) == 1 &&
           EVP_Digest(digest, 256 / 8, digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, bytes + DECODED_SIZE - CHECKSUM_SIZE, CHECKSUM_SIZE) == 0;
}

/* One step of the checksum of BIP 173, a BCH code over GF(32). */
static uint32_t polymod_step(uint32_t checksum, unsigned value)
{
    static const uint32_t generator[5] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                           0x2a1462b3 };
    uint32_t top = checksum >> 25;

    checksum = (checksum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < 5; i++)
        checksum ^= top >> i & 1 ? generator[i] : 0;
    return checksum;
}

/* Whether version and length are such that something can be paid there: a hash of
 * a key or script (version 0), a key (1); later versions are not in use. The bits
 * of the last character that no byte has are zero. */
static bool is_program(unsigned version, size_t characters, unsigned last)
{
    enum { CHARACTERS_20_BYTES = 32, CHARACTERS_32_BYTES = 52, REST_OF_32_BYTES = 15 };

    return (version == 0 && characters == CHARACTERS_20_BYTES) ||
           (version <= 1 && characters == CHARACTERS_32_BYTES && (last & REST_OF_32_BYTES) == 0);
}

static bool is_segwit(const char *text, size_t length)
{
    static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static const uint8_t prefix[] = { 'b' >> 5, 'c' >> 5, 0, 'b' & 31, 'c' & 31 };
    enum { PREFIX = 3, CHECKSUM_CHARACTERS = 6, BECH32 = 1, BECH32M = 0x2bc830a3 };
    uint32_t checksum = 1;
    unsigned version = 0, last = 0;

    if (memcmp(text, "bc1", PREFIX) != 0)
        return false;
    for (size_t i = 0; i < sizeof prefix; i++)
        checksum = polymod_step(checksum, prefix[i]);
    for (size_t i = PREFIX; i < length; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit)
            return false;
        unsigned value = (unsigned)(digit - digits);
        checksum = polymod_step(checksum, value);
        version = i == PREFIX ? value : version;
        last = i == length - CHECKSUM_CHARACTERS - 1 ? value : last;
    }
    return checksum == (version == 0 ? BECH32 : BECH32M) &&
           is_program(version, length - PREFIX - 1 - CHECKSUM_CHARACTERS, last);
}

void find_coin(struct scan *scan, const struct view *view, size_t begin, size_t units)
{
    enum { SEGWIT_MAX = 62 };
    char text[SEGWIT_MAX + 1], lower[SEGWIT_MAX + 1];
    bool has_upper = false, has_lower = false;
    struct finding finding = { .at = begin,
                               .length = units * view->step,
                               .kind = IOC_BTC,
                               .encoding = view->encoding };

    if (units < BASE58_MIN || units > SEGWIT_MAX)
        return;
    for (size_t i = 0; i < units; i++) {
        unsigned unit = view_behind(view, begin, i);
        text[i] = (char)unit;
        lower[i] = (char)unit_lower(unit);
        has_upper |= unit != unit_lower(unit);
        has_lower |= unit >= 'a';
    }
    text[units] = lower[units] = '\0';
    if (!is_base58check(text, units) && ((has_upper && has_lower) || !is_segwit(lower, units)))
        return;
    judge(&finding, REASON_CHECKSUM);
    add_finding(scan, &finding);
}

/* Capitals count in base58 only. */
void write_coin(const struct view *view, const struct finding *finding, struct buffer *value)
{
    bool fold = unit_lower(view_unit(view, finding->at)) == 'b';

    for (size_t i = 0; i < finding->length / view->step; i++) {
        unsigned unit = view_behind(view, finding->at, i);
        buffer_add_byte(value, (char)(fold ? unit_lower(unit) : unit));
    }
}
