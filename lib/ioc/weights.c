/* SPDX-License-Identifier: Apache-2.0 */

/*
 * weights: what each reason adds to the confidence of a finding, by what its
 * suffix is. 60 and more means a host for all that could be seen; below 50 is
 * held back. The rarer a suffix is among words, the less context it needs: a
 * scheme or a mail name makes a host of any, three labels of a country's.
 */

#include "scan.h"

static const char *const suffix_texts[SUFFIX_COUNT] = {
    [SUFFIX_NONE] = "host without public suffix",
    [SUFFIX_PUBLIC] = "public suffix",
    [SUFFIX_COUNTRY] = "country suffix",
    [SUFFIX_GENERIC] = "generic suffix",
    [SUFFIX_WORD] = "suffix is also a word",
    [SUFFIX_FILE] = "suffix is also a file type or a word",
};

static const struct {
    const char *text;
    signed char points[SUFFIX_COUNT]; /* none, public, country, generic, word, file */
} weights[REASON_COUNT] = {
    [REASON_SCHEME] = { "scheme", { 55, 55, 55, 55, 55, 55 } },
    [REASON_MAIL_NAME] = { "name before @", { 25, 25, 25, 25, 35, 45 } },
    [REASON_ADDRESS] = { "four groups", { 60 } },
    [REASON_ADDRESS6] = { "IPv6 address", { 30 } },
    [REASON_HOST_ADDRESS] = { "four groups", { 30 } },
    [REASON_SUFFIX] = { NULL, { 0, 60, 50, 35, 30, 15 } },
    [REASON_LABELS_TWO] = { "two labels", { 0 } },
    [REASON_LABELS_THREE] = { "three labels", { 0, 20, 20, 20, 20, 20 } },
    [REASON_LABELS_MORE] = { "more than three labels", { 0, 20, 20, 20, 20, 20 } },
    [REASON_WWW] = { "www", { 0, 10, 10, 20, 30, 30 } },
    [REASON_SERVER] = { "named like a server", { 0, 0, 0, 0, 15, 15 } },
    [REASON_REGISTRY] = { "registry of a country", { 0, 0, 0, 0, 30, 40 } },
    [REASON_IN_URL] = { "in a URL", { 25, 25, 25, 30, 35, 50 } },
    [REASON_SLASHES_BEFORE] = { "// before", { 25, 25, 20, 20, 10, 10 } },
    [REASON_IN_MAIL] = { "behind @", { 20, 20, 20, 25, 35, 45 } },
    [REASON_AT_BEFORE] = { "@ before", { 0, 10, 10, 10, 10, 10 } },
    [REASON_WILDCARD] = { "wildcard before", { 0, 10, 10, 10, 10, 10 } },
    [REASON_HOST_WORD] = { "word for hosts before", { 0, 10, 10, 15, 20, 20 } },
    [REASON_HOST_FIELD] = { "Host field", { 0, 20, 30, 35, 40, 45 } },
    [REASON_NUL_BEFORE] = { "NUL before", { 10, 10, 10, 15, 5, 0 } },
    [REASON_PORT_BEHIND] = { "port behind", { 10, 10, 10, 15, 10, 10 } },
    /* In DER a name is followed by the tag of a sequence, 0x30, which is "0". */
    [REASON_TAG_BEHIND] = { "DER tag behind", { 0, -5, -5, -5, -5, -5 } },
    [REASON_CUT_BEHIND] = { "cut out of a longer name", { 0, -25, -25, -25, -25, -25 } },
    [REASON_CUT_MAIL] = { "cut out of a longer name", { 0, -15, -15, -15, -15, -15 } },
    [REASON_PATH_BEHIND] = { "path behind", { 5, 5, 5, 5, 5, 5 } },
    [REASON_PATH_BEFORE] = { "part of a path", { -25, -25, -25, -25, -25, -25 } },
    [REASON_CALL_BEHIND] = { "call behind", { -40, -40, -40, -40, -40, -40 } },
    [REASON_MAIL_BEHIND] = { "name of a mailbox", { 0, -50, -50, -50, -50, -50 } },
    [REASON_CODE_BEFORE] = { "code before", { 0, -30, -50, -50, -50, -50 } },
    [REASON_CODE_BEHIND] = { "code behind", { 0, -10, -25, -25, -25, -25 } },
    [REASON_PACKAGE] = { "named like a package", { 0, -40, -40, -40, -40, -40 } },
    [REASON_OBJECT] = { "named like an object", { 0, -30, -40, -40, -40, -40 } },
    [REASON_MEMBER] = { "named like a member", { 0, 0, -30, -30, -30, -30 } },
    [REASON_FILE_LABEL] = { "type of a file within", { 0, 0, -30, -30, -30, -30 } },
    [REASON_FILE_NAME] = { "name in a folder", { 0, -5, -25, -25, -30, -30 } },
    [REASON_SINGLE_LETTER] = { "label of one letter", { 0, 0, -15, -25, -25, -25 } },
    [REASON_UNDERSCORE] = { "underscore", { 0, 0, -30, -30, -30, -30 } },
    [REASON_MIXED_CASE] = { "mixed case", { 0, 0, -30, -30, -30, -30 } },
    [REASON_NO_TEXT] = { "no text beside", { 0, -10, -15, -15, -15, -15 } },
    /* What is left of a name in another alphabet is nobody's, or somebody else's. */
    [REASON_LETTER_BESIDE] = { "a letter beyond ASCII beside", { -60, -60, -60, -60, -60, -60 } },
    [REASON_SHORT] = { "short", { 0, -10, -20, -20, -20, -20 } },
    [REASON_SHORT_NAME] = { "short name", { 0, -30, -30, -30, -30, -30 } },
    [REASON_VERSION_BEFORE] = { "a version before", { -45 } },
    [REASON_DIGITS_BESIDE] = { "digits beside", { -45 } },
    [REASON_SMALL_NUMBERS] = { "small numbers", { -25 } },
    [REASON_SPECIAL_ADDRESS] = { "special address", { -30 } },
};

void judge(struct finding *finding, enum reason reason)
{
    finding->reasons |= UINT64_C(1) << reason;
    finding->points += weights[reason].points[finding->suffix];
}

const char *reason_text(const struct finding *finding, enum reason reason)
{
    return reason == REASON_SUFFIX ? suffix_texts[finding->suffix] : weights[reason].text;
}
