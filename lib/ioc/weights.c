/* SPDX-License-Identifier: Apache-2.0 */

/*
 * weights: what each reason adds to the confidence of a finding; of hosts by what
 * their suffix is, other kinds have none. 60 and more means a host for all that
 * could be seen; below 50 is held back. The rarer a suffix is among words, the
 * less context it needs: a scheme or a mail name makes a host of any, three labels
 * of a country's.
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
    [REASON_DEFANGED] = { "defanged", { 20, 20, 30, 35, 40, 45 } },
    [REASON_ESCAPED_DOTS] = { "backslashes before dots", { 0 } },
    [REASON_BLANKS] = { "blanks within", { 0, 0, 0, 0, -60, -60 } },
    [REASON_QUOTED_SLASHES] = { "quoted slashes", { 0 } },
    [REASON_BACKSLASHES] = { "backslashes for slashes", { 0 } },
    [REASON_ESCAPED] = { "percent-encoded", { 0 } },
    [REASON_SCHEME] = { "scheme", { 55, 55, 55, 55, 55, 55 } },
    [REASON_MAIL_NAME] = { "name before @", { 25, 25, 25, 25, 35, 45 } },
    [REASON_ADDRESS] = { "four groups", { 60 } },
    [REASON_ADDRESS6] = { "IPv6 address", { 30 } },
    [REASON_HOST_ADDRESS] = { "four groups", { 30 } },
    [REASON_GROUPS6] = { "IPv6 address", { 50 } },
    [REASON_GLOBAL_ADDRESS] = { "global address", { 25 } },
    [REASON_LOCAL_ADDRESS] = { "address of a link or site", { 15 } },
    [REASON_MAPPED_ADDRESS] = { "IPv4 address in IPv6", { 20 } },
    [REASON_BRACKETS] = { "in brackets", { 15 } },
    /* As lists of hosts and addresses have them. */
    [REASON_OWN_LINE] = { "alone in its line", { 15, 0, 5, 15, 15, 0 } },
    [REASON_KNOWN_HOST] = { "well-known host", { 25, 20, 25, 30, 40, 45 } },
    [REASON_BARE_ADDRESS] = { "an address without brackets", { 15 } },
    [REASON_CVE] = { "year and number", { 90 } },
    [REASON_OCTETS] = { "six octets", { 70 } },
    [REASON_MD5_LENGTH] = { "32 hex digits as MD5 has", { 50 } },
    [REASON_SHA1_LENGTH] = { "40 hex digits as SHA-1 has", { 50 } },
    [REASON_SHA256_LENGTH] = { "64 hex digits as SHA-256 has", { 55 } },
    [REASON_SHA384_LENGTH] = { "96 hex digits as SHA-384 has", { 55 } },
    [REASON_SHA512_LENGTH] = { "128 hex digits as SHA-512 has", { 55 } },
    [REASON_WORD_NEAR] = { "a word for it before", { 35 } },
    [REASON_CHECKSUM] = { "right checksum", { 95 } },
    [REASON_HEADER] = { "behind User-Agent", { 80 } },
    [REASON_BROWSER] = { "calls itself a browser", { 80 } },
    [REASON_PROGRAM] = { "program that asks web servers", { 65 } },
    [REASON_DRIVE] = { "drive", { 40 } },
    [REASON_VARIABLE] = { "environment variable", { 45 } },
    [REASON_NT_PREFIX] = { "prefix of Windows NT", { 15 } },
    [REASON_KERNEL_NAME] = { "name that the kernel has", { 50 } },
    [REASON_SHARE] = { "host and share", { 50 } },
    [REASON_KNOWN_SHARE] = { "share that Windows has", { 35 } },
    [REASON_DOTTED_HOST] = { "host with dots", { 15 } },
    [REASON_PIPE] = { "named pipe", { 75 } },
    [REASON_REGISTRY_ROOT] = { "root of the registry", { 80 } },
    [REASON_KNOWN_KEY] = { "known key", { 60 } },
    [REASON_GLOBAL_NAME] = { "name space of objects", { 55 } },
    [REASON_LOCAL_NAME] = { "name space of a session", { 40 } },
    [REASON_OBJECT_FOLDER] = { "folder of objects", { 70 } },
    [REASON_OBJECT_WORD] = { "a word for objects", { 30 } },
    [REASON_OBJECT_NUMBER] = { "a GUID", { 20 } },
    [REASON_PROGRAM_TYPE] = { "type of a program", { 50 } },
    [REASON_SYMBOL_TYPE] = { "symbol file", { 30 } },
    [REASON_FOLDERS] = { "in a folder", { 10 } },
    [REASON_SOURCE_FOLDER] = { "in a folder", { 25 } },
    [REASON_TYPE] = { "file type", { 15 } },
    [REASON_OBJECT_TYPE] = { "file type", { -20 } },
    [REASON_COM_TYPE] = { "type is also a public suffix", { -35 } },
    [REASON_HIDDEN_TYPE] = { "blanks before the file type", { 20 } },
    [REASON_TWO_TYPES] = { "a harmless type before the file type", { 20 } },
    [REASON_LINKER_RECORD] = { "record of the linker", { 40 } },
    [REASON_TOO_LONG] = { "cut, for it is too long", { 0 } },
    [REASON_FOREIGN] = { "bytes of a code page", { -35 } },
    [REASON_SUFFIX] = { NULL, { 0, 60, 50, 35, 30, 15 } },
    [REASON_INTERNATIONAL] = { "letters beyond ASCII", { 0 } },
    [REASON_ONION_KEY] = { "right checksum", { 0, 30 } },
    [REASON_ONION_HASH] = { "16 characters of base32", { 0, 5 } },
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
    [REASON_HOST_WORD] = { "word for hosts before", { 20, 10, 10, 15, 20, 20 } },
    [REASON_HOST_FIELD] = { "Host field", { 0, 20, 30, 35, 40, 45 } },
    [REASON_HOSTS_FILE] = { "line of a hosts file", { 0, 20, 30, 35, 40, 45 } },
    [REASON_NUL_BEFORE] = { "NUL before", { 10, 10, 10, 15, 5, 0 } },
    [REASON_AT_START] = { "nothing before", { 10, 10, 10, 15, 5, 0 } },
    [REASON_QUOTED] = { "quoted", { 10 } },
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
    [REASON_KNOWN_NAME] = { "name of a program", { -40, -40, -40, -40, -40, -40 } },
    [REASON_OBJECT] = { "named like an object", { 0, -30, -40, -40, -40, -40 } },
    [REASON_MEMBER] = { "named like a member", { 0, 0, -30, -30, -30, -30 } },
    [REASON_FILE_LABEL] = { "type of a file within", { 0, 0, -30, -30, -30, -30 } },
    [REASON_FILE_NAME] = { "name in a folder", { 10, -5, -25, -25, -30, -30 } },
    [REASON_SINGLE_LETTER] = { "label of one letter", { 0, 0, -15, -25, -25, -25 } },
    [REASON_UNDERSCORE] = { "underscore", { 0, 0, -30, -30, -30, -30 } },
    [REASON_MIXED_CASE] = { "mixed case", { -30, 0, -30, -30, -30, -30 } },
    [REASON_NO_TEXT] = { "no text beside", { 0, -10, -15, -15, -15, -15 } },
    /* What is left of a name in another alphabet is nobody's, or somebody else's. */
    [REASON_LETTER_BESIDE] = { "a letter beyond ASCII beside", { -60, -60, -60, -60, -60, -60 } },
    /* What is left of it is half a name, or has two digits before. */
    [REASON_SOFT_BREAK] = { "cut by a soft line break", { -60, -60, -60, -60, -60, -60 } },
    [REASON_BEHIND_ESCAPE] = { "quoted-printable before", { -60, -60, -60, -60, -60, -60 } },
    [REASON_BESIDE_REFERENCE] = { "character reference beside", { -60, -60, -60, -60, -60, -60 } },
    [REASON_SHORT] = { "short", { 0, -10, -20, -20, -20, -20 } },
    [REASON_SHORT_NAME] = { "short name", { 0, -30, -30, -30, -30, -30 } },
    [REASON_SHORT_PATH] = { "short", { -25 } },
    [REASON_SLASHES] = { "slashes, a small letter", { -25 } },
    [REASON_SHORT_FILE] = { "short", { -15 } },
    [REASON_SHORT_TYPE] = { "short type", { -10 } },
    [REASON_VERSION_BEFORE] = { "a version before", { -45 } },
    [REASON_DIGITS_BESIDE] = { "digits beside", { -45 } },
    [REASON_SMALL_NUMBERS] = { "small numbers", { -25 } },
    [REASON_NETWORK] = { "a network", { -60 } },
    [REASON_SPECIAL_ADDRESS] = { "special address", { -30 } },
    [REASON_FEW_DIGITS] = { "few digits, or repeated", { -60 } },
    [REASON_NO_LETTERS] = { "no letters", { -40 } },
    [REASON_NO_ONION] = { "no hidden service", { -60, -60, -60, -60, -60, -60 } },
};

void judge(struct finding *finding, enum reason reason)
{
    finding->reasons[reason / 64] |= UINT64_C(1) << reason % 64;
    finding->points += weights[reason].points[finding->suffix];
}

bool has_reason(const struct finding *finding, enum reason reason)
{
    return finding->reasons[reason / 64] >> reason % 64 & 1;
}

const char *reason_text(const struct finding *finding, enum reason reason)
{
    return reason == REASON_SUFFIX ? suffix_texts[finding->suffix] : weights[reason].text;
}
