/* SPDX-License-Identifier: Apache-2.0 */

/*
 * suffix: what the last label of a name says about it. Whether it is a top-level
 * domain, the public suffix list of libpsl says (built into the library); those
 * that are also types of files need more around them to be taken for hosts.
 */

#include <string.h>

#include "scan.h"

static bool is_one_of(const char *label, const char *list)
{
    size_t length = strlen(label);

    for (const char *at = list; *at; at += strcspn(at, " ") + (at[strcspn(at, " ")] != '\0'))
        if (strcspn(at, " ") == length && memcmp(at, label, length) == 0)
            return true;
    return false;
}

static enum suffix classify(const psl_ctx_t *list, const char *label)
{
    static const char hosts[] = "com net org edu gov mil biz arpa";
    static const char files[] =
        "ac ad ai am app as ax bz cab cat cc cf cl do gs in inc ink la li map md mk ml mm mo mov "
        "ms pf pl pm ps pub py rs sc sh so st tc tf to vi zip name id is link new next now "
        "one open page run save search select show style support target top total win windows "
        "data date dev dot get global got group help here host how like live man menu int";

    if (!psl_is_public_suffix2(list, label, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE))
        return SUFFIX_NONE;
    if (is_one_of(label, hosts))
        return SUFFIX_PUBLIC;
    if (is_one_of(label, files))
        return SUFFIX_FILE;
    return strlen(label) == 2 ? SUFFIX_COUNTRY : SUFFIX_GENERIC;
}

static int short_index(const char *label)
{
    size_t length = strlen(label);
    int index = 0;

    for (size_t i = 0; i < length && length <= 3; i++) {
        if (label[i] < 'a' || label[i] > 'z')
            return -1;
        index = index * 26 + label[i] - 'a';
    }
    return length == 2 ? index : length == 3 ? 26 * 26 + index : -1;
}

void suffixes_init(struct ioc_scanner *scanner)
{
    char label[4];

    for (int i = 0; i < 26 * 26; i++) {
        label[0] = (char)('a' + i / 26);
        label[1] = (char)('a' + i % 26);
        label[2] = '\0';
        scanner->short_suffixes[i] = (uint8_t)classify(scanner->list, label);
        for (int k = 0; k < 26; k++) {
            label[2] = (char)('a' + k);
            label[3] = '\0';
            scanner->short_suffixes[26 * 26 + i * 26 + k] =
                (uint8_t)classify(scanner->list, label);
        }
    }
}

enum suffix suffix_of(const struct ioc_scanner *scanner, const char *label)
{
    int index = short_index(label);

    return index >= 0 ? (enum suffix)scanner->short_suffixes[index]
                      : classify(scanner->list, label);
}

void ioc_versions(version_sink sink, void *context)
{
    sink(context, "libpsl", psl_get_version());
    sink(context, "public suffix list, SHA-1", psl_builtin_sha1sum());
}
