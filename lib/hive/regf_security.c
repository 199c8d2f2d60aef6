/* SPDX-License-Identifier: Apache-2.0 */

/*
 * regf_security: who owns a key, who may read it, and whether every user may change it.
 *
 * sk     4 next, 8 previous, 12 references, 16 size of the descriptor, 20 descriptor
 * descriptor, self-relative
 *        2 control (4: it has a DACL), 4 owner, 8 group, 12 SACL, 16 DACL
 * ACL    2 size, 4 number of entries; entries from 8 on
 * entry  0 type (0 allows), 1 flags (8: for those below only), 2 size, 4 rights, 8 SID
 * SID    0 revision, 1 number of parts, 2 authority of 6 bytes, big-endian, 8 the parts
 *
 * Format: Microsoft, MS-DTYP 2.4.
 */

#include <inttypes.h>
#include <stdio.h>

#include "regf.h"

enum {
    DACL_PRESENT = 4,
    INHERIT_ONLY = 8,
    ALLOWED = 0,
    MAY_READ = 1, /* KEY_QUERY_VALUE */
    MAY_WRITE = 0xc0002, /* KEY_SET_VALUE, WRITE_DAC, WRITE_OWNER */
    MOST_PARTS = 15,
};

#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define GENERIC_ALL 0x10000000u

/* The SID at a place as text; -1: there is none. */
static int format_sid(const uint8_t *sid, size_t size, char text[HIVE_SID_SIZE])
{
    uint64_t authority = 0;

    if (size < 8 || sid[0] != 1 || sid[1] > MOST_PARTS || size < 8 + 4 * (size_t)sid[1])
        return -1;
    for (int i = 2; i < 8; i++)
        authority = authority << 8 | sid[i];
    int length = snprintf(text, HIVE_SID_SIZE, "S-1-%" PRIu64, authority);
    for (unsigned i = 0; i < sid[1]; i++)
        length += snprintf(text + length, HIVE_SID_SIZE - (size_t)length, "-%" PRIu32,
                           bytes_u32le(sid + 8 + 4 * i));
    return 0;
}

/* Whether a SID is Everyone, or one of the groups that any user, or nobody known, is in. */
static bool is_everybody(const char *sid)
{
    static const char *const groups[] = {
        "S-1-1-0",      "S-1-5-7",      "S-1-5-4",     /* Everyone, anonymous, interactive */
        "S-1-5-11",     "S-1-5-32-545", "S-1-5-32-546" /* authenticated, users, guests */
    };

    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (strcmp(sid, groups[i]) == 0)
            return true;
    return false;
}

/* Whether any user may change a key by its DACL; what denies is left out of account. */
static bool may_users_write(const uint8_t *acl, size_t size)
{
    size_t at = 8;

    for (unsigned i = 0; size >= 8 && i < bytes_u16le(acl + 4); i++) {
        char sid[HIVE_SID_SIZE];
        size_t length = size - at >= 8 ? bytes_u16le(acl + at + 2) : 0;
        if (length < 8 || length > size - at)
            return false;
        if (acl[at] == ALLOWED && !(acl[at + 1] & INHERIT_ONLY) &&
            bytes_u32le(acl + at + 4) & (MAY_WRITE | GENERIC_WRITE | GENERIC_ALL) &&
            format_sid(acl + at + 8, length - 8, sid) == 0 && is_everybody(sid))
            return true;
        at += length;
    }
    return false;
}

/* Who may read by a DACL. */
static enum hive_readers readers_of(const uint8_t *acl, size_t size)
{
    enum hive_readers readers = HIVE_READ_BY_NONE;
    size_t at = 8;

    if (size < 8)
        return HIVE_READ_UNKNOWN;
    for (unsigned i = 0; i < bytes_u16le(acl + 4); i++) {
        char sid[HIVE_SID_SIZE];
        size_t length = size - at >= 8 ? bytes_u16le(acl + at + 2) : 0;
        if (length < 8 || length > size - at)
            return HIVE_READ_UNKNOWN;
        uint32_t rights = bytes_u32le(acl + at + 4);
        if (acl[at] == ALLOWED && !(acl[at + 1] & INHERIT_ONLY) &&
            rights & (MAY_READ | GENERIC_READ | GENERIC_ALL)) {
            if (format_sid(acl + at + 8, length - 8, sid) != 0)
                return HIVE_READ_UNKNOWN;
            if (strcmp(sid, "S-1-5-18") != 0)
                return HIVE_READ_BY_OTHERS;
            readers = HIVE_READ_BY_SYSTEM;
        }
        at += length;
    }
    return readers;
}

uint32_t regf_security_id(const struct hive *hive, const struct key *key)
{
    return regf_place(hive, regf_nk(hive, key) + 44);
}

void regf_security(const struct hive *hive, const struct key *key, struct hive_security *security)
{
    enum { HEADER = 20 }; /* of an sk, and of a descriptor */
    size_t size;
    uint32_t cell = regf_security_id(hive, key);
    const uint8_t *sk = regf_cell_of(hive, cell, "sk", HEADER, &size);

    *security = (struct hive_security){ .id = cell, .readers = HIVE_READ_UNKNOWN };
    if (!sk)
        return;
    const uint8_t *descriptor = sk + HEADER;
    size_t length = bytes_u32le(sk + 16);
    if (length > size - HEADER)
        length = size - HEADER;
    if (length < HEADER)
        return;
    uint32_t owner = bytes_u32le(descriptor + 4), dacl = bytes_u32le(descriptor + 16);
    if (owner != 0 && owner < length)
        format_sid(descriptor + owner, length - owner, security->owner);
    if (!(bytes_u16le(descriptor + 2) & DACL_PRESENT) || dacl == 0) {
        security->readers = HIVE_READ_BY_OTHERS; /* without one everybody may */
        security->users_may_write = true;
    } else if (dacl < length) {
        security->readers = readers_of(descriptor + dacl, length - dacl);
        security->users_may_write = may_users_write(descriptor + dacl, length - dacl);
    }
}
