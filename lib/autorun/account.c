/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Accounts of SAM that log on with the rights of another: the key is named by the account's
 * RID in eight hexadecimal digits, and F has at 48, as u32, the RID that Windows gives it.
 */

#include <inttypes.h>
#include <string.h>

#include <fett/bytes.h>

#include "walk.h"

static bool number_of(const char *name, size_t length, uint32_t *number)
{
    enum { DIGITS = 8 };
    static const char digits[] = "0123456789abcdef";

    *number = 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[i] >= 'A' && name[i] <= 'F' ? (char)(name[i] | 0x20) : name[i];
        const char *digit = memchr(digits, c, sizeof digits - 1);
        if (!digit)
            return false;
        *number = *number << 4 | (uint32_t)(digit - digits);
    }
    return length == DIGITS;
}

int walk_account(struct walk *walk, hive_key key, const struct hive_value *value, bool enabled)
{
    enum { RID = 48 };
    struct autorun autorun = { .enabled = enabled, .whole = true };
    struct buffer says = BUFFER_INIT;
    size_t length;
    const char *name = hive_key_name(walk->hive, key, &length);
    uint32_t own, told;

    if (!number_of(name, length, &own) || !value->data || value->size < RID + 4 ||
        (told = bytes_u32le(value->data + RID)) == own)
        return 0;
    buffer_add_format(&says, "account %" PRIu32 " logs on with the rights of account %" PRIu32, own,
                      told);
    autorun.says[AUTORUN_SAYS_ROW] = buffer_text(&says);
    buffer_clear(&walk->text);
    buffer_add_format(&walk->text, "%" PRIu32, told);
    walk->text.failed |= says.failed;
    walk->more = false;
    int result = walk_emit(walk, key, value, &autorun);
    buffer_release(&says);
    return result;
}
