/* SPDX-License-Identifier: Apache-2.0 */

/*
 * suffix: what the last label of a name says about it. Whether it is a top-level
 * domain, the public suffix list of libpsl says (built into the library); those
 * that are also types of files need more around them to be taken for hosts.
 */

#include <string.h>

#include <fett/keyed.h>

#include "scan.h"

/*
 * What is not here and has two letters is a country's; names in other scripts are
 * like those. Longer ones are mostly words (play, name, stream), which programs
 * put behind dots more often than hosts do, and count as words and types of files.
 * Sorted by label, which a test holds.
 */
static const struct listed_suffix {
    const char *label;
    enum suffix suffix;
    const char *reason;
} suffixes[] = {
    { "ac", SUFFIX_WORD, "autoconf" },
    { "accountant", SUFFIX_GENERIC, "much used, no word of programs" },
    { "ad", SUFFIX_WORD, "a word" },
    { "agency", SUFFIX_GENERIC, "much used, no word of programs" },
    { "ai", SUFFIX_WORD, "drawings" },
    { "am", SUFFIX_WORD, "automake" },
    { "amsterdam", SUFFIX_GENERIC, "much used, no word of programs" },
    { "arpa", SUFFIX_PUBLIC, "hosts alone" },
    { "as", SUFFIX_WORD, "ActionScript, a keyword" },
    { "asia", SUFFIX_GENERIC, "much used, no word of programs" },
    { "aws", SUFFIX_GENERIC, "much used, no word of programs" },
    { "bayern", SUFFIX_GENERIC, "much used, no word of programs" },
    { "berlin", SUFFIX_GENERIC, "much used, no word of programs" },
    { "biz", SUFFIX_PUBLIC, "hosts alone" },
    { "bond", SUFFIX_GENERIC, "much used, no word of programs" },
    { "buzz", SUFFIX_GENERIC, "much used, no word of programs" },
    { "bz", SUFFIX_WORD, "archives" },
    { "bzh", SUFFIX_GENERIC, "much used, no word of programs" },
    { "casa", SUFFIX_GENERIC, "much used, no word of programs" },
    { "cat", SUFFIX_FILE, "a word" },
    { "cc", SUFFIX_WORD, "C++" },
    { "cf", SUFFIX_WORD, "configuration" },
    { "chat", SUFFIX_GENERIC, "much used, no word of programs" },
    { "cl", SUFFIX_WORD, "Lisp, OpenCL" },
    { "cloud", SUFFIX_GENERIC, "much used, no word of programs" },
    { "club", SUFFIX_GENERIC, "much used, no word of programs" },
    { "com", SUFFIX_PUBLIC, "hosts alone" },
    { "cricket", SUFFIX_GENERIC, "much used, no word of programs" },
    { "cyou", SUFFIX_GENERIC, "much used, no word of programs" },
    { "digital", SUFFIX_GENERIC, "much used, no word of programs" },
    { "do", SUFFIX_FILE, "a keyword" },
    { "earth", SUFFIX_GENERIC, "much used, no word of programs" },
    { "edu", SUFFIX_PUBLIC, "hosts alone" },
    { "eus", SUFFIX_GENERIC, "much used, no word of programs" },
    { "fun", SUFFIX_WORD, "much used, a word" },
    { "gal", SUFFIX_GENERIC, "much used, no word of programs" },
    { "gdn", SUFFIX_GENERIC, "much used, no word of programs" },
    { "gmbh", SUFFIX_GENERIC, "much used, no word of programs" },
    { "goog", SUFFIX_GENERIC, "much used, no word of programs" },
    { "gov", SUFFIX_PUBLIC, "hosts alone" },
    { "gs", SUFFIX_WORD, "GhostScript" },
    { "guru", SUFFIX_GENERIC, "much used, no word of programs" },
    { "hamburg", SUFFIX_GENERIC, "much used, no word of programs" },
    { "icu", SUFFIX_GENERIC, "much used, no word of programs" },
    { "id", SUFFIX_FILE, "members of objects" },
    { "in", SUFFIX_FILE, "templates of autoconf, a keyword" },
    { "inc", SUFFIX_FILE, "included source" },
    { "info", SUFFIX_GENERIC, "much used, no word of programs" },
    { "int", SUFFIX_FILE, "a type" },
    { "is", SUFFIX_FILE, "a keyword" },
    { "istanbul", SUFFIX_GENERIC, "much used, no word of programs" },
    { "jobs", SUFFIX_GENERIC, "much used, no word of programs" },
    { "la", SUFFIX_WORD, "libtool" },
    { "land", SUFFIX_GENERIC, "much used, no word of programs" },
    { "li", SUFFIX_WORD, "HTML" },
    { "life", SUFFIX_WORD, "much used, a word" },
    { "llc", SUFFIX_GENERIC, "much used, no word of programs" },
    { "lol", SUFFIX_GENERIC, "much used, no word of programs" },
    { "london", SUFFIX_GENERIC, "much used, no word of programs" },
    { "ltd", SUFFIX_GENERIC, "much used, no word of programs" },
    { "md", SUFFIX_FILE, "Markdown" },
    { "miami", SUFFIX_GENERIC, "much used, no word of programs" },
    { "mil", SUFFIX_PUBLIC, "hosts alone" },
    { "mk", SUFFIX_WORD, "make" },
    { "ml", SUFFIX_WORD, "OCaml" },
    { "mm", SUFFIX_WORD, "Objective C++" },
    { "mo", SUFFIX_WORD, "message catalogues" },
    { "mobi", SUFFIX_GENERIC, "much used, no word of programs" },
    { "monster", SUFFIX_GENERIC, "much used, no word of programs" },
    { "moscow", SUFFIX_GENERIC, "much used, no word of programs" },
    { "ms", SUFFIX_WORD, "milliseconds" },
    { "net", SUFFIX_PUBLIC, "hosts alone" },
    { "ninja", SUFFIX_GENERIC, "much used, no word of programs" },
    { "nyc", SUFFIX_GENERIC, "much used, no word of programs" },
    { "onion", SUFFIX_PUBLIC, "Tor, RFC 7686" },
    { "online", SUFFIX_WORD, "much used, a word" },
    { "org", SUFFIX_PUBLIC, "hosts alone" },
    { "paris", SUFFIX_GENERIC, "much used, no word of programs" },
    { "pf", SUFFIX_WORD, "Prefetch" },
    { "pl", SUFFIX_WORD, "Perl" },
    { "pm", SUFFIX_FILE, "Perl modules" },
    { "pro", SUFFIX_GENERIC, "much used, no word of programs" },
    { "ps", SUFFIX_FILE, "PostScript" },
    { "py", SUFFIX_FILE, "Python" },
    { "quebec", SUFFIX_GENERIC, "much used, no word of programs" },
    { "racing", SUFFIX_GENERIC, "much used, no word of programs" },
    { "rocks", SUFFIX_GENERIC, "much used, no word of programs" },
    { "rs", SUFFIX_FILE, "Rust" },
    { "sc", SUFFIX_WORD, "Scala" },
    { "scot", SUFFIX_GENERIC, "much used, no word of programs" },
    { "sh", SUFFIX_FILE, "shell" },
    { "shop", SUFFIX_WORD, "much used, a word" },
    { "site", SUFFIX_WORD, "much used, a word" },
    { "so", SUFFIX_FILE, "shared libraries" },
    { "solutions", SUFFIX_GENERIC, "much used, no word of programs" },
    { "space", SUFFIX_WORD, "much used, a word" },
    { "st", SUFFIX_WORD, "Smalltalk" },
    { "swiss", SUFFIX_GENERIC, "much used, no word of programs" },
    { "systems", SUFFIX_GENERIC, "much used, no word of programs" },
    { "tc", SUFFIX_WORD, "Tcl" },
    { "tech", SUFFIX_GENERIC, "much used, no word of programs" },
    { "technology", SUFFIX_GENERIC, "much used, no word of programs" },
    { "tel", SUFFIX_GENERIC, "much used, no word of programs" },
    { "tf", SUFFIX_WORD, "Terraform" },
    { "to", SUFFIX_FILE, "members of objects" },
    { "today", SUFFIX_WORD, "much used, a word" },
    { "tokyo", SUFFIX_GENERIC, "much used, no word of programs" },
    { "vegas", SUFFIX_GENERIC, "much used, no word of programs" },
    { "vi", SUFFIX_WORD, "an editor" },
    { "vip", SUFFIX_GENERIC, "much used, no word of programs" },
    { "website", SUFFIX_GENERIC, "much used, no word of programs" },
    { "wien", SUFFIX_GENERIC, "much used, no word of programs" },
    { "wiki", SUFFIX_GENERIC, "much used, no word of programs" },
    { "work", SUFFIX_WORD, "much used, a word" },
    { "world", SUFFIX_WORD, "much used, a word" },
    { "xyz", SUFFIX_GENERIC, "much used, no word of programs" },
};

/* Whether the list has names below a country's suffix, but not it: of .za co.za alone. */
static bool is_registry_alone(const psl_ctx_t *list, const char *label)
{
    char name[] = "co.??";

    if (strlen(label) != 2)
        return false;
    memcpy(name + sizeof name - 3, label, 2);
    return psl_is_public_suffix2(list, name, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

static enum suffix classify(const psl_ctx_t *list, const char *label)
{
    if (!psl_is_public_suffix2(list, label, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE))
        return is_registry_alone(list, label) ? SUFFIX_COUNTRY : SUFFIX_NONE;
    size_t length = strlen(label);
    const struct listed_suffix *row = keyed_text_row(
        suffixes, sizeof suffixes / sizeof *suffixes, sizeof *suffixes, label, length);
    if (row)
        return row->suffix;
    return length == 2 || strncmp(label, "xn--", 4) == 0 ? SUFFIX_COUNTRY : SUFFIX_FILE;
}

const char *suffix_listed(size_t index)
{
    return index < sizeof suffixes / sizeof *suffixes ? suffixes[index].label : NULL;
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

enum suffix suffix_of(const struct scan *scan, const char *label)
{
    int index = short_index(label);

    if (index >= 0) {
        /* Two threads that ask at the same time are told the same. */
        _Atomic uint8_t *known = &scan->scanner->short_suffixes[index];
        uint8_t value = atomic_load_explicit(known, memory_order_relaxed);
        if (value == 0) {
            value = (uint8_t)(classify(scan->scanner->list, label) + 1);
            atomic_store_explicit(known, value, memory_order_relaxed);
        }
        return (enum suffix)(value - 1);
    }
    struct answer *answer = answers_find(scan->answers, label, strlen(label));
    if (is_answered(answer, QUESTION_LABEL))
        return (enum suffix)answer->values[QUESTION_LABEL];
    return (enum suffix)remember(answer, QUESTION_LABEL, classify(scan->scanner->list, label));
}

bool suffix_is_registry(const struct scan *scan, const char *name)
{
    struct answer *answer = answers_find(scan->answers, name, strlen(name));

    if (is_answered(answer, QUESTION_SUFFIX))
        return answer->values[QUESTION_SUFFIX];
    return remember(answer, QUESTION_SUFFIX,
                    psl_is_public_suffix2(scan->scanner->list, name,
                                          PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0);
}

void ioc_versions(version_sink sink, void *context)
{
    sink(context, "libpsl", psl_get_version());
    sink(context, "public suffix list, SHA-1", psl_builtin_sha1sum());
}
